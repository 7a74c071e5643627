/* test_password.c - hashes and the table of credentials. */
#include <criterion/criterion.h>
#include <string.h>

#include "gateway/password.h"
#include "instruments/name_table.h"

Test(password, only_the_right_one_fits) {
    char hash[password_hash_size], again[password_hash_size];
    cr_assert_eq(password_hash("correct horse", hash), 0);
    cr_assert_eq(strncmp(hash, "$y$", 3), 0);
    cr_assert_eq(password_verify("correct horse", hash), PASSWORD_RIGHT);
    cr_assert_eq(password_verify("correct hors", hash), PASSWORD_WRONG);
    cr_assert_eq(password_verify("", hash), PASSWORD_WRONG);
    cr_assert_eq(password_hash("correct horse", again), 0);
    cr_assert_neq(memcmp(hash, again, sizeof hash), 0, "a fresh salt every time");
}

Test(password, a_damaged_hash_fits_nothing) {
    char hash[password_hash_size] = "";
    cr_assert_eq(password_verify("", hash), PASSWORD_WRONG);
    memset(hash, 'x', sizeof hash);
    cr_assert_eq(password_verify("x", hash), PASSWORD_WRONG);
}

Test(password, the_table_is_fed_by_commands_and_unknown_users_fit_nothing) {
    struct credentials credentials;
    cr_assert_eq(credentials_init(&credentials, 4), 0);
    struct command_password command = {.user = 2};
    cr_assert_eq(password_hash("secret", command.hash), 0);
    credentials_apply(&credentials, &command);
    cr_assert_eq(password_verify("secret", credentials_hash(&credentials, 2)), PASSWORD_RIGHT);
    const uint32_t others[] = {0, 1, 3, 4, NAME_NONE};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *hash = credentials_hash(&credentials, others[i]);
        cr_assert_eq(strncmp(hash, "$y$", 3), 0, "checking it takes as long");
        cr_assert_eq(password_verify("secret", hash), PASSWORD_WRONG);
        cr_assert_eq(password_verify("nobody", hash), PASSWORD_WRONG);
        cr_assert_eq(password_verify("", hash), PASSWORD_WRONG);
    }
    command.user = 4;
    credentials_apply(&credentials, &command);
    credentials_close(&credentials);
}
