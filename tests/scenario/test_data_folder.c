/* test_data_folder.c - the data is found from wherever the program lies. */
#include "tests/scenario/fixture.h"

#include <sys/stat.h>

#include "gateway/scenario/data_folder.h"

static char root[32];

static void make_folder(const char *path) {
    char full[128];
    snprintf(full, sizeof full, "%s/%s", root, path);
    cr_assert_eq(mkdir(full, 0700), 0);
}

static void make_file(const char *path) {
    char full[128];
    snprintf(full, sizeof full, "%s/%s", root, path);
    write_file(full, "{}");
}

static void expect_found(const char *program_folder, const char *variable, const char *expected) {
    char from[128], found[data_folder_size];
    snprintf(from, sizeof from, "%s/%s", root, program_folder);
    cr_assert_eq(data_folder_find_from(from, variable, found), 0);
    const char *shown = strncmp(found, root, strlen(root)) == 0 ? found + strlen(root) + 1 : found;
    cr_expect_str_eq(shown, expected);
}

Test(data_folder, variable_then_beside_the_program_then_here) {
    static const char *const folders[] = {"tree", "tree/build", "tree/build/release", "tree/instruments",
                                          "tree/instruments/data", "usr", "usr/bin", "usr/share", "usr/share/birzha",
                                          "usr/share/birzha/data", "alone"};
    static const char *const files[] = {"tree/instruments/data/catalogue.json", "usr/share/birzha/data/catalogue.json"};
    snprintf(root, sizeof root, "/tmp/birzha-test-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) make_folder(folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) make_file(files[i]);

    expect_found("tree/build", NULL, "tree/instruments/data");
    expect_found("tree/build/release", NULL, "tree/instruments/data");
    expect_found("tree/build/release", "", "tree/instruments/data");
    expect_found("usr/bin", NULL, "usr/share/birzha/data");
    expect_found("alone", NULL, "instruments/data");
    expect_found("tree/build", "/somewhere/else", "/somewhere/else");

    char full[128];
    for (size_t i = sizeof files / sizeof files[0]; i-- > 0;) {
        snprintf(full, sizeof full, "%s/%s", root, files[i]);
        unlink(full);
    }
    for (size_t i = sizeof folders / sizeof folders[0]; i-- > 0;) {
        snprintf(full, sizeof full, "%s/%s", root, folders[i]);
        rmdir(full);
    }
    rmdir(root);
}

Test(data_folder, a_name_that_is_too_long_is_refused) {
    char name[data_folder_size + 8], found[data_folder_size] = "as before";
    memset(name, 'x', sizeof name);
    name[data_folder_size] = '\0';
    cr_expect_eq(data_folder_find_from("/", name, found), -ENAMETOOLONG);
    cr_expect_str_eq(found, "as before");
    name[data_folder_size - 1] = '\0';
    cr_expect_eq(data_folder_find_from("/", name, found), 0);
}
