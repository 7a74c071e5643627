/* test_dataset.c - the half-year of deals: its two totals, to the cent, and that a seed gives the same bytes. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "instruments/calendar.h"
#include "tools/dataset/dataset.h"
#include "tools/dataset/dataset_main.h"
#include "tools/report/tables.h"

TestSuite(dataset, .timeout = 120);

static void make(char path[40], uint64_t seed) {
    char error[dataset_error_size] = "";
    snprintf(path, 40, "/tmp/birzha-dataset-XXXXXX");
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_eq(dataset_h1_2021(path, seed, error), 0, "%s", error);
}

static char *table_of(const struct follow *follow, enum report_table table) {
    const struct report_scope scope = {date_from_civil(2021, 1, 1), date_from_civil(2021, 6, 30), PERIOD_HALF};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct sheet sheet = report_make(follow, table, &scope);
    sheet_print(&sheet, SHEET_CSV, out);
    sheet_free(&sheet);
    fclose(out);
    return text;
}

Test(dataset, the_transit_of_the_half_year_is_exact) {
    char path[40];
    struct follow follow;
    struct stream_error error;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        make(path, seed);
        cr_assert_eq(follow_file(&follow, path, &error), 0, "%s", error.text);
        char *text = table_of(&follow, REPORT_TRANSIT);
        cr_expect_str_eq(text, "period,section,currency,deals,value\r\n"
                               "2021-H1,timber,USD,77,968000.00\r\n"
                               "2021-H1,consumer,USD,76,2300000.00\r\n");
        free(text);
        for (uint32_t i = 0; i < follow.trades_count; i++) {
            const struct followed_trade *trade = &follow.trades[i];
            int is_transit = trade->deal_class == DEAL_TRANSIT;
            cr_expect(date_weekday(trade->date) <= 5);
            cr_expect(is_transit || trade->deal_class == DEAL_EXPORT);
            if (is_transit) cr_expect_str_eq(follow.participants[trade->principals[SIDE_SELL]].country, "RU");
        }
        /* Exports: 48 + 30 + 60 + 40 + 36. */
        cr_expect_eq(follow.trades_count, 77 + 76 + 214);
        follow_free(&follow);
        unlink(path);
    }
}

static uint64_t hash_file(const char *path) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file);
    for (int c; (c = getc(file)) != EOF;) hash = (hash ^ (uint64_t)c) * UINT64_C(0x100000001B3);
    fclose(file);
    return hash;
}

Test(dataset, a_seed_gives_the_same_bytes_and_another_seed_others) {
    char first[40], again[40], other[40];
    make(first, 7);
    make(again, 7);
    make(other, 8);
    cr_expect_eq(hash_file(first), hash_file(again));
    cr_expect_neq(hash_file(first), hash_file(other));
    unlink(first);
    unlink(again);
    unlink(other);
}

Test(dataset, what_is_wrong_on_the_command_line_is_said) {
    char name[] = "dataset", h1[] = "h1-2021", h2[] = "h2-2021", out[] = "--out=/tmp/no/such/folder/x", seed[] = "--seed=x";
    cr_redirect_stderr();
    cr_expect_eq(dataset_main(1, (char *[]){name, NULL}), 2);
    cr_expect_eq(dataset_main(2, (char *[]){name, h1, NULL}), 2);
    cr_expect_eq(dataset_main(3, (char *[]){name, h2, out, NULL}), 2);
    cr_expect_eq(dataset_main(4, (char *[]){name, h1, out, seed, NULL}), 2);
    cr_expect_eq(dataset_main(3, (char *[]){name, h1, out, NULL}), 1);
}
