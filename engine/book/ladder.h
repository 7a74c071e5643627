/* ladder.h - the prices of one side that hold orders, as a radix tree over ticks.
 *
 * A price of 27 bits is root (9 bits) -> branch (9) -> leaf (9) -> level. Every node has a bitmap of 512 bits that says
 * which of its children are in use, so the next price in either direction is a few bit scans away however far it
 * lies, and a level is three array accesses away however many prices there are. Leaves and branches come
 * from pools shared by all books and go back when their last order leaves: the memory of a book follows what rests
 * in it, not the width of its prices.
 *
 *   level   head and tail of a FIFO of orders, linked by slot; 0 = none; 8 bytes, eight to a cache line
 *   leaf    bitmap + 512 levels, branch  bitmap + 512 leaf numbers, root  the same over branches, inside the ladder
 *
 * A freed node is all zero again but for its link in the free list, which lies in its last child.
 * `best_ticks` is kept: it changes only when a better price appears or the best level empties.
 * A ladder knows which way is better (enum ladder_order), and no more: not sides, not owners. */
#ifndef BIRZHA_LADDER_H
#define BIRZHA_LADDER_H

#include <stdint.h>

#include "instruments/check.h"
#include "instruments/limits.h"

enum { node_children = 512, node_words = node_children / 64 };

/* HIGH_FIRST: the highest price is the best (bids, and sell stops); LOW_FIRST: the lowest (offers, buy stops). */
enum ladder_order { LADDER_HIGH_FIRST, LADDER_LOW_FIRST };

/* best_ticks of an empty ladder: worse than every price, so that comparing needs no special case. */
#define LADDER_NONE_HIGH UINT32_C(0)
#define LADDER_NONE_LOW UINT32_MAX

struct level { uint32_t head, tail; };
struct price_leaf { uint64_t bits[node_words]; struct level levels[node_children]; };
struct price_branch { uint64_t bits[node_words]; uint32_t leaves[node_children]; };

struct ladder {
    uint32_t best_ticks;
    uint32_t levels_count;
    uint8_t reserved[56];
    uint64_t bits[node_words];
    uint32_t branches[node_children];
};

/* Number 0 means none in both pools. */
struct price_pool {
    struct price_leaf *leaves;
    struct price_branch *branches;
    uint32_t leaf_free, leaf_used, leaf_max;
    uint32_t branch_free, branch_used, branch_max;
};

static inline uint32_t ladder_none(enum ladder_order order) {
    return order == LADDER_HIGH_FIRST ? LADDER_NONE_HIGH : LADDER_NONE_LOW;
}

void ladder_init(struct ladder *ladder, enum ladder_order order);

/* The level of a price that is in use. */
static inline struct level *ladder_level(const struct price_pool *pool, const struct ladder *ladder, uint32_t ticks) {
    uint32_t branch = ladder->branches[ticks >> 18];
    uint32_t leaf = pool->branches[branch].leaves[(ticks >> 9) & 511];
    return &pool->leaves[leaf].levels[ticks & 511];
}

/* The level of any price, its nodes taken from the pool where they are missing; NULL, and nothing has changed, when
 * the pool is exhausted. The caller puts an order in and says so with ladder_use. */
struct level *ladder_grow(struct price_pool *pool, struct ladder *ladder, uint32_t ticks);

static inline __attribute__((always_inline)) struct level *ladder_reach(struct price_pool *pool, struct ladder *ladder,
                                                                        uint32_t ticks) {
    uint32_t branch = ladder->branches[ticks >> 18];
    if (__builtin_expect(branch != 0, 1)) {
        uint32_t leaf = pool->branches[branch].leaves[(ticks >> 9) & 511];
        if (__builtin_expect(leaf != 0, 1)) return &pool->leaves[leaf].levels[ticks & 511];
    }
    return ladder_grow(pool, ladder, ticks);
}

/* The level of `ticks`, reached before, has its first order now. */
static inline void ladder_use(struct price_pool *pool, struct ladder *ladder, enum ladder_order order, uint32_t ticks) {
    uint32_t leaf = pool->branches[ladder->branches[ticks >> 18]].leaves[(ticks >> 9) & 511];
    pool->leaves[leaf].bits[(ticks & 511) >> 6] |= UINT64_C(1) << (ticks & 63);
    ladder->levels_count++;
    int better = order == LADDER_HIGH_FIRST ? ticks > ladder->best_ticks : ticks < ladder->best_ticks;
    if (better) ladder->best_ticks = ticks;
}

/* Whether ladder_reach would succeed. Changes nothing. */
int ladder_has_room(const struct price_pool *pool, const struct ladder *ladder, uint32_t ticks);

/* The next price in use that is worse than `ticks`, or ladder_none. */
uint32_t ladder_worse_far(const struct price_pool *pool, const struct ladder *ladder, enum ladder_order order,
                          uint32_t ticks);

static inline uint32_t ladder_worse(const struct price_pool *pool, const struct ladder *ladder, enum ladder_order order,
                                    uint32_t ticks) {
    uint32_t leaf = pool->branches[ladder->branches[ticks >> 18]].leaves[(ticks >> 9) & 511];
    uint64_t word = pool->leaves[leaf].bits[(ticks & 511) >> 6];
    if (order == LADDER_HIGH_FIRST) {
        word &= (UINT64_C(1) << (ticks & 63)) - 1;
        if (word != 0) return (ticks & ~UINT32_C(63)) | (63 - (uint32_t)__builtin_clzll(word));
    } else {
        word &= ~((UINT64_C(2) << (ticks & 63)) - 1);
        if (word != 0) return (ticks & ~UINT32_C(63)) | (uint32_t)__builtin_ctzll(word);
    }
    return ladder_worse_far(pool, ladder, order, ticks);
}

void ladder_release(struct price_pool *pool, struct ladder *ladder, uint32_t ticks);

/* The level of `ticks` has lost its last order. */
static inline void ladder_unuse(struct price_pool *pool, struct ladder *ladder, enum ladder_order order,
                                uint32_t ticks) {
    if (ticks == ladder->best_ticks) ladder->best_ticks = ladder_worse(pool, ladder, order, ticks);
    uint32_t leaf = pool->branches[ladder->branches[ticks >> 18]].leaves[(ticks >> 9) & 511];
    uint64_t *word = &pool->leaves[leaf].bits[(ticks & 511) >> 6];
    *word &= ~(UINT64_C(1) << (ticks & 63));
    ladder->levels_count--;
    if (*word == 0) ladder_release(pool, ladder, ticks);
}

/* CHECKs that bitmaps, counts and best agree, and that nothing empty is kept. */
void ladder_verify(const struct price_pool *pool, const struct ladder *ladder, enum ladder_order order);

_Static_assert(sizeof(struct price_leaf) == 65 * 64, "a leaf is whole cache lines");
_Static_assert(sizeof(struct price_branch) == 33 * 64, "a branch is whole cache lines");
_Static_assert(price_ticks_max == (1 << 27) - 1, "three levels of nine bits");

#endif
