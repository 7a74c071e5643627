/* test_book_diff.c - what turns one book into the other. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/book_diff.h"

static struct book_side side_of(const uint32_t (*rows)[3], uint32_t count) {
    struct book_side side = {.count = count};
    for (uint32_t i = 0; i < count; i++) {
        side.levels[i] = (struct book_level){
            .price = {rows[i][0]}, .quantity_lots = rows[i][1], .orders_count = rows[i][2],
        };
    }
    return side;
}

static void check(const struct book_change *change, const uint32_t (*rows)[3], uint32_t count) {
    cr_assert_eq(change->count, count);
    for (uint32_t i = 0; i < count; i++) {
        cr_assert_eq(change->levels[i].price.ticks, rows[i][0], "row %u", i);
        cr_assert_eq(change->levels[i].quantity_lots, rows[i][1], "row %u", i);
        cr_assert_eq(change->levels[i].orders_count, rows[i][2], "row %u", i);
    }
}

Test(book_diff, equal_books_differ_in_nothing) {
    struct book_side side = side_of((const uint32_t[][3]){{10, 5, 1}, {9, 7, 2}}, 2);
    struct book_change change;
    book_diff(&side, &side, SIDE_BUY, &change);
    cr_assert_eq(change.count, 0);
    struct book_side empty = {0};
    book_diff(&empty, &empty, SIDE_SELL, &change);
    cr_assert_eq(change.count, 0);
}

Test(book_diff, bids_that_come_go_and_change_are_told_best_first) {
    struct book_side before = side_of((const uint32_t[][3]){{10, 5, 1}, {9, 7, 2}, {7, 1, 1}}, 3);
    struct book_side after = side_of((const uint32_t[][3]){{11, 2, 1}, {9, 7, 3}, {8, 4, 1}, {7, 1, 1}}, 4);
    struct book_change change;
    book_diff(&before, &after, SIDE_BUY, &change);
    check(&change, (const uint32_t[][3]){{11, 2, 1}, {10, 0, 0}, {9, 7, 3}, {8, 4, 1}}, 4);
}

Test(book_diff, asks_run_the_other_way) {
    struct book_side before = side_of((const uint32_t[][3]){{7, 1, 1}, {9, 7, 2}}, 2);
    struct book_side after = side_of((const uint32_t[][3]){{8, 4, 1}, {9, 6, 2}}, 2);
    struct book_change change;
    book_diff(&before, &after, SIDE_SELL, &change);
    check(&change, (const uint32_t[][3]){{7, 0, 0}, {8, 4, 1}, {9, 6, 2}}, 3);
}

/* Knuth's MMIX generator, its high half. */
static uint64_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Applies a change as a reader does. */
static void apply(uint64_t *lots, const struct book_change *change) {
    for (uint32_t i = 0; i < change->count; i++) lots[change->levels[i].price.ticks] = change->levels[i].quantity_lots;
}

Test(book_diff, a_reader_who_applies_every_change_has_the_book) {
    uint64_t reader[64] = {0};
    struct book_side before = {0};
    uint64_t state = 7;
    for (int round = 0; round < 2000; round++) {
        struct book_side after = {0};
        for (uint32_t ticks = 1; ticks < 64; ticks++) {
            if (next_random(&state) % 3 != 0) continue;
            uint64_t lots = 1 + next_random(&state) % 3;
            after.levels[after.count++] = (struct book_level){
                .price = {ticks}, .quantity_lots = lots, .orders_count = 1,
            };
        }
        struct book_change change;
        book_diff(&before, &after, SIDE_SELL, &change);
        apply(reader, &change);
        uint64_t expected[64] = {0};
        for (uint32_t i = 0; i < after.count; i++) {
            expected[after.levels[i].price.ticks] = after.levels[i].quantity_lots;
        }
        cr_assert_eq(memcmp(reader, expected, sizeof reader), 0);
        before = after;
    }
}
