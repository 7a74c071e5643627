/* test_table.c - tables, column by column. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>

#include "tools/client/table.h"

static const struct table_column columns[] = {
    {"symbol", "symbol", TABLE_LEFT}, {"lots", "qty", TABLE_RIGHT}, {"price", "price", TABLE_RIGHT},
    {"client", "client", TABLE_LEFT},
};

static void assert_table(const char *rows, const char *expected) {
    cJSON *list = cJSON_Parse(rows);
    struct output output = {0};
    table_print(columns, 4, list, &style_plain, &output);
    cr_assert_str_eq(output.bytes, expected);
    output_free(&output);
    cJSON_Delete(list);
}

Test(table, cells_are_aligned_and_a_column_with_nothing_in_it_is_left_out) {
    assert_table("[{\"symbol\":\"DY-SMP-EX\",\"qty\":5,\"price\":\"2700.00\"},"
                 "{\"symbol\":\"X\",\"qty\":9007199254740991,\"price\":\"2.50\",\"client\":null}]",
                 "  symbol                 lots    price\n"
                 "  DY-SMP-EX                 5  2700.00\n"
                 "  X          9007199254740991     2.50\n");
}

Test(table, a_column_with_one_value_is_kept_and_lines_have_no_blanks_at_their_end) {
    assert_table("[{\"symbol\":\"A\",\"client\":\"F-2\"},{\"symbol\":\"B\"}]",
                 "  symbol  client\n"
                 "  A       F-2\n"
                 "  B\n");
}

Test(table, no_rows_say_so) {
    assert_table("[]", "  (none)\n");
}

Test(table, width_counts_characters_not_bytes) {
    assert_table("[{\"symbol\":\"\xD0\x9C\xD0\x9B\",\"qty\":1},{\"symbol\":\"ABCDEFG\",\"qty\":2}]",
                 "  symbol   lots\n"
                 "  \xD0\x9C\xD0\x9B          1\n"
                 "  ABCDEFG     2\n");
}

Test(table, any_value_is_told_to_a_person) {
    const struct { const char *json, *text; } cases[] = {
        {"\"x\"", "x"}, {"12", "12"}, {"-7", "-7"}, {"true", "yes"}, {"false", "no"}, {"null", ""},
        {"[\"A\",\"B\"]", "A, B"}, {"{\"place\":\"Minsk\",\"n\":2}", "Minsk 2"},
        {"[{\"section\":\"agri\",\"from\":\"2020-01-01\"},{\"section\":\"timber\"}]", "agri 2020-01-01, timber"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *value = cJSON_Parse(cases[i].json);
        struct output output = {0};
        output_add(&output, "");
        table_value(value, &output);
        cr_assert_str_eq(output.bytes, cases[i].text);
        output_free(&output);
        cJSON_Delete(value);
    }
}
