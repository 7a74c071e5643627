/* test_name_table.c - names are found by their bytes, whatever else is in the table. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "instruments/name_table.h"

enum { field_size = 12, records_count = 1000, slots_count = 2048 };

struct record {
    uint32_t other;
    char name[field_size];
};

static struct record records[records_count];
static uint32_t slots[slots_count];
static struct name_table table;

static void setup(void) {
    cr_assert_eq(name_table_slots_count(records_count), slots_count);
    table = (struct name_table){
        .slots = slots, .slots_count = slots_count, .name_size = field_size, .record_size = sizeof(struct record)};
}

static void enter(uint32_t index, const char *text) {
    name_set(records[index].name, field_size, text, (uint32_t)strlen(text));
    name_table_insert(&table, records[0].name, index);
}

static uint32_t find(const char *text) {
    return name_table_find(&table, records[0].name, text, (uint32_t)strlen(text));
}

Test(name_table, slots_are_a_power_of_two_and_twice_the_names) {
    static const uint32_t rows[][2] = { {0, 2}, {1, 2}, {2, 4}, {3, 8}, {4, 8}, {256, 512}, {257, 1024}, {4096, 8192} };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(name_table_slots_count(rows[i][0]), rows[i][1], "%u names", rows[i][0]);
    }
}

Test(name_table, an_empty_table_finds_nothing, .init = setup) {
    cr_assert_eq(find("DY-SMP-EX"), NAME_NONE);
    cr_assert_eq(find(""), NAME_NONE);
}

Test(name_table, finds_every_name_of_a_full_table_and_no_other, .init = setup) {
    char text[field_size + 1];
    for (uint32_t i = 0; i < records_count; i++) {
        snprintf(text, sizeof text, "N-%u", i);
        enter(i, text);
    }
    for (uint32_t i = 0; i < records_count; i++) {
        snprintf(text, sizeof text, "N-%u", i);
        cr_assert_eq(find(text), i, "%s", text);
        snprintf(text, sizeof text, "M-%u", i);
        cr_assert_eq(find(text), NAME_NONE, "%s", text);
    }
}

Test(name_table, compares_whole_names, .init = setup) {
    enter(0, "ABC");
    enter(1, "ABCD");
    enter(2, "ABCDEFGHIJKL");       /* fills its field: no NUL */
    cr_expect_eq(find("ABC"), 0);
    cr_expect_eq(find("ABCD"), 1);
    cr_expect_eq(find("ABCDEFGHIJKL"), 2);
    cr_expect_eq(find("AB"), NAME_NONE);
    cr_expect_eq(find("abc"), NAME_NONE);
    cr_expect_eq(find("ABCDEFGHIJKLM"), NAME_NONE);
    cr_expect_eq(name_table_find(&table, records[0].name, "ABC\0", 4), NAME_NONE);
    cr_expect_eq(name_table_find(&table, records[0].name, "ABCXYZ", 3), 0);
}

/* In a table of two slots every second name comes past the one that is there. */
Test(name_table, the_beginning_of_a_name_is_another_name) {
    static const char text[] = "ABCDEFGHIJKL";
    for (uint32_t kept = 1; kept <= field_size; kept++) {
        uint32_t two[2] = {0, 0};
        struct name_table small = {.slots = two, .slots_count = 2, .name_size = field_size,
                                   .record_size = sizeof(struct record)};
        name_set(records[0].name, field_size, text, kept);
        name_table_insert(&small, records[0].name, 0);
        for (uint32_t size = 1; size <= field_size; size++) {
            cr_expect_eq(name_table_find(&small, records[0].name, text, size), size == kept ? 0 : NAME_NONE);
        }
    }
}

Test(name_table, fields_are_padded_and_measured) {
    char field[8];
    memset(field, 'x', sizeof field);
    name_set(field, sizeof field, "abc", 3);
    cr_expect_eq(memcmp(field, "abc\0\0\0\0\0", 8), 0);
    cr_expect_eq(name_size(field, sizeof field), 3);
    name_set(field, sizeof field, "abcdefgh", 8);
    cr_expect_eq(name_size(field, sizeof field), 8);
    name_set(field, sizeof field, "", 0);
    cr_expect_eq(name_size(field, sizeof field), 0);
}
