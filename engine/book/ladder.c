/* ladder.c - the parts of the ladder that the hot path seldom needs: growing, giving back, far jumps. */
#include "engine/book/ladder.h"

#include <stddef.h>

enum { last_child = node_children - 1 };

void ladder_init(struct ladder *ladder, enum ladder_order order) {
    ladder->best_ticks = ladder_none(order);
    ladder->levels_count = 0;
}

static void bit_set(uint64_t *bits, uint32_t index) { bits[index >> 6] |= UINT64_C(1) << (index & 63); }
static void bit_clear(uint64_t *bits, uint32_t index) { bits[index >> 6] &= ~(UINT64_C(1) << (index & 63)); }

static int bits_empty(const uint64_t *bits) {
    uint64_t any = 0;
    for (uint32_t i = 0; i < node_words; i++) any |= bits[i];
    return any == 0;
}

/* The set bit nearest to `index` on its worse side (below for HIGH_FIRST), or -1. */
static int32_t bits_worse(const uint64_t *bits, enum ladder_order order, uint32_t index) {
    int32_t word = (int32_t)(index >> 6);
    uint64_t below = (UINT64_C(1) << (index & 63)) - 1;
    if (order == LADDER_HIGH_FIRST) {
        uint64_t rest = bits[word] & below;
        while (rest == 0 && --word >= 0) rest = bits[word];
        return word < 0 ? -1 : word * 64 + 63 - __builtin_clzll(rest);
    }
    uint64_t rest = bits[word] & ~((below << 1) | 1);
    while (rest == 0 && ++word < node_words) rest = bits[word];
    return word == node_words ? -1 : word * 64 + __builtin_ctzll(rest);
}

/* The best set bit of a node that has one. */
static uint32_t bits_best(const uint64_t *bits, enum ladder_order order) {
    if (order == LADDER_HIGH_FIRST) {
        int32_t word = node_words - 1;
        while (bits[word] == 0) word--;
        return (uint32_t)(word * 64 + 63 - __builtin_clzll(bits[word]));
    }
    int32_t word = 0;
    while (bits[word] == 0) word++;
    return (uint32_t)(word * 64 + __builtin_ctzll(bits[word]));
}

uint32_t ladder_worse_far(const struct price_pool *pool, const struct ladder *ladder, enum ladder_order order,
                          uint32_t ticks) {
    uint32_t top = ticks >> 18, middle = (ticks >> 9) & 511;
    const struct price_branch *branch = &pool->branches[ladder->branches[top]];
    const struct price_leaf *leaf = &pool->leaves[branch->leaves[middle]];
    int32_t low = bits_worse(leaf->bits, order, ticks & 511);
    if (low >= 0) return (ticks & ~UINT32_C(511)) | (uint32_t)low;

    int32_t next = bits_worse(branch->bits, order, middle);
    if (next < 0) {
        int32_t next_top = bits_worse(ladder->bits, order, top);
        if (next_top < 0) return ladder_none(order);
        top = (uint32_t)next_top;
        branch = &pool->branches[ladder->branches[top]];
        next = (int32_t)bits_best(branch->bits, order);
    }
    leaf = &pool->leaves[branch->leaves[next]];
    return top << 18 | (uint32_t)next << 9 | bits_best(leaf->bits, order);
}

static uint32_t branch_take(struct price_pool *pool) {
    uint32_t branch = pool->branch_free;
    if (branch == 0) return pool->branch_used < pool->branch_max ? ++pool->branch_used : 0;
    pool->branch_free = pool->branches[branch].leaves[last_child];
    pool->branches[branch].leaves[last_child] = 0;
    return branch;
}

static void branch_give(struct price_pool *pool, uint32_t branch) {
    pool->branches[branch].leaves[last_child] = pool->branch_free;
    pool->branch_free = branch;
}

static uint32_t leaf_take(struct price_pool *pool) {
    uint32_t leaf = pool->leaf_free;
    if (leaf == 0) return pool->leaf_used < pool->leaf_max ? ++pool->leaf_used : 0;
    pool->leaf_free = pool->leaves[leaf].levels[last_child].head;
    pool->leaves[leaf].levels[last_child].head = 0;
    return leaf;
}

static void leaf_give(struct price_pool *pool, uint32_t leaf) {
    pool->leaves[leaf].levels[last_child].head = pool->leaf_free;
    pool->leaf_free = leaf;
}

struct level *ladder_grow(struct price_pool *pool, struct ladder *ladder, uint32_t ticks) {
    CHECK(ticks > 0 && ticks <= price_ticks_max);
    uint32_t top = ticks >> 18, middle = (ticks >> 9) & 511;
    uint32_t branch = ladder->branches[top];
    uint32_t fresh_branch = branch == 0 ? branch_take(pool) : 0;
    if (branch == 0 && fresh_branch == 0) return NULL;
    uint32_t leaf = leaf_take(pool);
    if (leaf == 0) {
        if (fresh_branch != 0) branch_give(pool, fresh_branch);
        return NULL;
    }
    if (fresh_branch != 0) {
        branch = fresh_branch;
        ladder->branches[top] = branch;
        bit_set(ladder->bits, top);
    }
    CHECK(pool->branches[branch].leaves[middle] == 0);
    pool->branches[branch].leaves[middle] = leaf;
    bit_set(pool->branches[branch].bits, middle);
    return &pool->leaves[leaf].levels[ticks & 511];
}

int ladder_has_room(const struct price_pool *pool, const struct ladder *ladder, uint32_t ticks) {
    int leaf_left = pool->leaf_free != 0 || pool->leaf_used < pool->leaf_max;
    uint32_t branch = ladder->branches[ticks >> 18];
    if (branch == 0) return leaf_left && (pool->branch_free != 0 || pool->branch_used < pool->branch_max);
    return leaf_left || pool->branches[branch].leaves[(ticks >> 9) & 511] != 0;
}

/* Called when a word of the leaf's bitmap has become zero: gives back the nodes that are empty now. */
void ladder_release(struct price_pool *pool, struct ladder *ladder, uint32_t ticks) {
    uint32_t top = ticks >> 18, middle = (ticks >> 9) & 511;
    uint32_t branch_number = ladder->branches[top];
    struct price_branch *branch = &pool->branches[branch_number];
    uint32_t leaf = branch->leaves[middle];
    if (!bits_empty(pool->leaves[leaf].bits)) return;
    branch->leaves[middle] = 0;
    bit_clear(branch->bits, middle);
    leaf_give(pool, leaf);
    if (!bits_empty(branch->bits)) return;
    ladder->branches[top] = 0;
    bit_clear(ladder->bits, top);
    branch_give(pool, branch_number);
}

static uint32_t leaf_verify(const struct price_leaf *leaf) {
    uint32_t levels_count = 0;
    for (uint32_t i = 0; i < node_children; i++) {
        int used = (leaf->bits[i >> 6] >> (i & 63)) & 1;
        CHECK(used == (leaf->levels[i].head != 0));
        CHECK(used == (leaf->levels[i].tail != 0));
        levels_count += (uint32_t)used;
    }
    CHECK(levels_count > 0);
    return levels_count;
}

void ladder_verify(const struct price_pool *pool, const struct ladder *ladder, enum ladder_order order) {
    uint32_t levels_count = 0, best = ladder_none(order);
    for (uint32_t top = 0; top < node_children; top++) {
        uint32_t branch = ladder->branches[top];
        CHECK((branch != 0) == ((ladder->bits[top >> 6] >> (top & 63)) & 1));
        if (branch == 0) continue;
        CHECK(!bits_empty(pool->branches[branch].bits));
        for (uint32_t middle = 0; middle < node_children; middle++) {
            uint32_t leaf = pool->branches[branch].leaves[middle];
            CHECK((leaf != 0) == ((pool->branches[branch].bits[middle >> 6] >> (middle & 63)) & 1));
            if (leaf == 0) continue;
            levels_count += leaf_verify(&pool->leaves[leaf]);
            uint32_t ticks = top << 18 | middle << 9 | bits_best(pool->leaves[leaf].bits, order);
            if (order == LADDER_HIGH_FIRST ? ticks > best : ticks < best) best = ticks;
        }
    }
    CHECK(levels_count == ladder->levels_count);
    CHECK(best == ladder->best_ticks);
}
