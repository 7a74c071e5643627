/* test_position.c - values are found again in their text, whatever stands between them. */
#include <criterion/criterion.h>
#include <string.h>

#include "gateway/scenario/position.h"

static const char text[] =
    " {\"a\": {\"x}\": [1, \"]{\\\"\", {}], \"y\": []},\n"
    "  \"b\" :\n"
    "   [ [ ], {\"k\\\"\": null, \"l\": -12}, \"z\" ],\n"
    "  \"c\": true}\n";

static const struct {
    uint32_t ordinals[4], ordinals_count;
    const char *path, *value;
    uint32_t line;
} entries[] = {
    {{0}, 1, "a", "{\"x}\": [1, \"]{\\\"\", {}], \"y\": []}", 1},
    {{0, 0}, 2, "a.x}", "[1, \"]{\\\"\", {}]", 1},
    {{0, 0, 0}, 3, "a.x}[0]", "1", 1},
    {{0, 0, 1}, 3, "a.x}[1]", "\"]{\\\"\"", 1},
    {{0, 0, 2}, 3, "a.x}[2]", "{}", 1},
    {{0, 1}, 2, "a.y", "[]", 1},
    {{1}, 1, "b", "[ [ ], {\"k\\\"\": null, \"l\": -12}, \"z\" ]", 2},
    {{1, 0}, 2, "b[0]", "[ ]", 3},
    {{1, 1}, 2, "b[1]", "{\"k\\\"\": null, \"l\": -12}", 3},
    {{1, 1, 0}, 3, "b[1].k\\\"", "null", 3},
    {{1, 1, 1}, 3, "b[1].l", "-12", 3},
    {{1, 2}, 2, "b[2]", "\"z\"", 3},
    {{2}, 1, "c", "true", 4},
};
enum { entries_count = sizeof entries / sizeof entries[0] };

static void expect_entry(const struct walk *walk, uint32_t i) {
    char path[64];
    walk_describe(walk, path, sizeof path);
    cr_expect_str_eq(path, entries[i].path);
    cr_expect_eq(line_of(text, walk_entry(walk)), entries[i].line, "%s", path);
    size_t begin = walk_value(walk), end = walk_value_end(walk, begin);
    cr_expect(end - begin == strlen(entries[i].value) && memcmp(text + begin, entries[i].value, end - begin) == 0,
              "%s: %.*s", path, (int)(end - begin), text + begin);
}

Test(position, a_walk_meets_every_entry_once_in_order) {
    struct walk walk;
    walk_init(&walk, text, strlen(text));
    for (uint32_t i = 0; i < entries_count; i++) {
        cr_assert(walk_next(&walk), "entry %u", i);
        expect_entry(&walk, i);
    }
    cr_expect(!walk_next(&walk));
}

Test(position, entries_are_found_by_their_numbers) {
    for (uint32_t i = 0; i < entries_count; i++) {
        struct walk walk;
        walk_init(&walk, text, strlen(text));
        cr_assert(walk_to(&walk, entries[i].ordinals, entries[i].ordinals_count));
        expect_entry(&walk, i);
    }
    struct walk walk;
    walk_init(&walk, text, strlen(text));
    cr_expect(!walk_to(&walk, (const uint32_t[]){3}, 1));
    walk_init(&walk, text, strlen(text));
    cr_expect(!walk_to(&walk, (const uint32_t[]){1, 0, 0}, 3));
}

Test(position, entries_are_found_by_an_offset_in_them) {
    struct walk walk;
    walk_init(&walk, text, strlen(text));
    walk_to_offset(&walk, 0);
    cr_expect_eq(walk.depth, 0);
    walk_init(&walk, text, strlen(text));
    walk_to_offset(&walk, (size_t)(strstr(text, "-12") + 1 - text));
    expect_entry(&walk, 10);
    walk_init(&walk, text, strlen(text));
    walk_to_offset(&walk, strlen(text));
    expect_entry(&walk, 12);
}

Test(position, no_text_leads_a_walk_astray) {
    for (size_t cut = 0; cut <= strlen(text); cut++) {
        char *copy = strndup(text, cut);        /* the sanitizer watches its end */
        struct walk walk;
        walk_init(&walk, copy, cut);
        while (walk_next(&walk)) {
            char path[8];
            walk_describe(&walk, path, sizeof path);
            cr_assert_leq(walk_value(&walk), cut);
            cr_assert_leq(walk_value_end(&walk, walk_value(&walk)), cut);
        }
        free(copy);
    }
}
