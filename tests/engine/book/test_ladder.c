/* test_ladder.c - prices in use, against a plain bitmap of all prices that are tried. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/book/ladder.h"

enum { leaves_max = 40, branches_max = 6, prices_count = 24 };

/* On both sides of every border: word, leaf, branch, root, and the two ends. */
static const uint32_t prices[prices_count] = {
    1, 2, 62, 63, 64, 65, 127, 128, 510, 511, 512, 513, 262142, 262143, 262144, 262145, 300000, 524287, 524288, 1000000,
    80000001, 134217215, 134217726, 134217727 };

struct plain { struct price_pool pool; struct ladder ladder; int used[prices_count]; };

static void plain_init(struct plain *p, enum ladder_order order) {
    memset(p, 0, sizeof *p);
    p->pool.leaves = calloc(leaves_max + 1, sizeof *p->pool.leaves);
    p->pool.branches = calloc(branches_max + 1, sizeof *p->pool.branches);
    p->pool.leaf_max = leaves_max;
    p->pool.branch_max = branches_max;
    ladder_init(&p->ladder, order);
}

static void plain_free(struct plain *p) {
    free(p->pool.leaves);
    free(p->pool.branches);
}

static void toggle(struct plain *p, enum ladder_order order, int i) {
    uint32_t ticks = prices[i];
    if (!p->used[i]) {
        struct level *level = ladder_reach(&p->pool, &p->ladder, ticks);
        cr_assert_not_null(level);
        level->head = level->tail = (uint32_t)i + 1;
        ladder_use(&p->pool, &p->ladder, order, ticks);
    } else {
        struct level *level = ladder_level(&p->pool, &p->ladder, ticks);
        cr_assert_eq(level->head, (uint32_t)i + 1);
        level->head = level->tail = 0;
        ladder_unuse(&p->pool, &p->ladder, order, ticks);
    }
    p->used[i] = !p->used[i];
}

/* Walks the ladder and the table side by side, best first. */
static void compare(const struct plain *p, enum ladder_order order) {
    uint32_t ticks = p->ladder.best_ticks;
    for (int n = 0; n < prices_count; n++) {
        int i = order == LADDER_LOW_FIRST ? n : prices_count - 1 - n;
        if (!p->used[i]) continue;
        cr_assert_eq(ticks, prices[i], "%u instead of %u", ticks, prices[i]);
        ticks = ladder_worse(&p->pool, &p->ladder, order, ticks);
    }
    cr_assert_eq(ticks, ladder_none(order));
    ladder_verify(&p->pool, &p->ladder, order);
}

static void toggle_at_random(enum ladder_order order) {
    struct plain p;
    plain_init(&p, order);
    uint64_t state = 42;
    for (int step = 0; step < 20000; step++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        toggle(&p, order, (int)((state >> 33) % prices_count));
        compare(&p, order);
    }
    plain_free(&p);
}

Test(ladder, lists_prices_lowest_first) { toggle_at_random(LADDER_LOW_FIRST); }
Test(ladder, lists_prices_highest_first) { toggle_at_random(LADDER_HIGH_FIRST); }

Test(ladder, gives_every_node_back_when_it_empties) {
    struct plain p;
    plain_init(&p, LADDER_LOW_FIRST);
    for (int round = 0; round < 100; round++)
        for (int i = 0; i < 2 * prices_count; i++) toggle(&p, LADDER_LOW_FIRST, i % prices_count);
    cr_assert_eq(p.ladder.levels_count, 0);
    cr_assert_leq(p.pool.leaf_used, prices_count);
    uint32_t free_count = 0;
    for (uint32_t leaf = p.pool.leaf_free; leaf != 0; leaf = p.pool.leaves[leaf].levels[511].head) free_count++;
    cr_assert_eq(free_count, p.pool.leaf_used);
    plain_free(&p);
}

Test(ladder, says_no_and_changes_nothing_when_the_pool_is_used_up) {
    struct plain p;
    plain_init(&p, LADDER_LOW_FIRST);
    p.pool.leaf_max = 2;
    p.pool.branch_max = 1;
    toggle(&p, LADDER_LOW_FIRST, 0);
    toggle(&p, LADDER_LOW_FIRST, 11);                                  /* 513: the second leaf */
    cr_assert_null(ladder_reach(&p.pool, &p.ladder, 2000));
    cr_assert_null(ladder_reach(&p.pool, &p.ladder, 300000));
    cr_assert_not(ladder_has_room(&p.pool, &p.ladder, 2000));
    cr_assert_not(ladder_has_room(&p.pool, &p.ladder, 300000));
    cr_assert(ladder_has_room(&p.pool, &p.ladder, 7));
    compare(&p, LADDER_LOW_FIRST);
    plain_free(&p);
}
