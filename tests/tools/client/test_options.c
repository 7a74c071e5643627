/* test_options.c - command lines. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>

#include "tools/client/options.h"

static void clear_environment(void) {
    unsetenv("BIRZHA_CONNECT");
    unsetenv("BIRZHA_USER");
    unsetenv("BIRZHA_PASSWORD");
    cr_redirect_stderr();
}

struct own { const char *tif; uint32_t post_only, seed; };

static int read_line(struct client_options *options, struct own *own, char **argv) {
    const struct option table[] = {
        {"--tif", OPTION_TEXT, &own->tif}, {"--post-only", OPTION_FLAG, &own->post_only},
        {"--seed", OPTION_NUMBER, &own->seed},
    };
    int argc = 0;
    while (argv[argc] != NULL) argc++;
    return options_read(options, table, 3, argc, argv);
}

/* A word that may be written to, as those of argv; it lives as long as the block it stands in. */
#define W(text) (char[]){text}
#define LINE(...) ((char *[]){W("order"), __VA_ARGS__, NULL})

Test(options, positionals_and_options_stand_in_any_order, .init = clear_environment) {
    struct client_options options;
    struct own own = {0};
    char *line[] = {W("order"), W("buy"), W("--tif"), W("gtc"), W("5"), W("--post-only"), W("X"), W("--seed=12"),
                    W("--connect=h:1"), W("--"), W("--odd"), NULL};
    cr_assert_eq(read_line(&options, &own, line), 0);
    cr_assert_eq(options.positionals_count, 4);
    cr_assert_str_eq(options.positionals[0], "buy");
    cr_assert_str_eq(options.positionals[1], "5");
    cr_assert_str_eq(options.positionals[2], "X");
    cr_assert_str_eq(options.positionals[3], "--odd");
    cr_assert_str_eq(own.tif, "gtc");
    cr_assert_eq(own.post_only, 1);
    cr_assert_eq(own.seed, 12);
    cr_assert_str_eq(options.address, "h:1");
}

Test(options, the_environment_stands_in_and_the_command_line_wins, .init = clear_environment) {
    struct client_options options;
    struct own own = {0};
    char *bare[] = {W("order"), W("buy"), NULL}, *named[] = {W("order"), W("--user"), W("steel1"), NULL};
    cr_assert_eq(read_line(&options, &own, bare), 0);
    cr_assert_str_eq(options.address, "127.0.0.1:7400");
    cr_assert_null(options.user);
    cr_assert_eq(options.timeout_s, 10);
    setenv("BIRZHA_CONNECT", "h:2", 1);
    setenv("BIRZHA_USER", "dairy1", 1);
    cr_assert_eq(read_line(&options, &own, named), 0);
    cr_assert_str_eq(options.address, "h:2");
    cr_assert_str_eq(options.user, "steel1");
}

Test(options, wrong_lines_are_refused, .init = clear_environment) {
    struct client_options options;
    struct own own = {0};
    cr_assert_eq(read_line(&options, &own, LINE(W("--unknown"))), -1);
    cr_assert_eq(read_line(&options, &own, LINE(W("--tif"))), -1);
    cr_assert_eq(read_line(&options, &own, LINE(W("--post-only=1"))), -1);
    cr_assert_eq(read_line(&options, &own, LINE(W("--seed"), W("x"))), -1);
    cr_assert_eq(read_line(&options, &own, LINE(W("--seed"), W("-1"))), -1);
    cr_assert_eq(read_line(&options, &own, LINE(W("--seed"), W("4294967296"))), -1);
    cr_assert_eq(read_line(&options, &own, LINE(W("1"), W("2"), W("3"), W("4"), W("5"), W("6"), W("7"), W("8"),
                                                W("9"), W("10"), W("11"), W("12"), W("13"), W("14"), W("15"),
                                                W("16"), W("17"), W("18"), W("19"), W("20"), W("21"))), -1);
}
