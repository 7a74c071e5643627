/* book.c - the parts of the book that are not on the hot path. */
#include "engine/book/book.h"

void book_init(struct book *book) {
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        ladder_init(&book->sides[side], side_order((enum side)side));
        ladder_init(&book->stops[side], stop_order((enum side)side));
    }
}

enum order_find order_pool_find(const struct order_pool *pool, uint64_t order_id, uint32_t *slot) {
    uint32_t number = (uint32_t)order_id, generation = (uint32_t)(order_id >> 32);
    if (number == 0 || number > pool->slots_used || generation == 0) return ORDER_NEVER_KNOWN;
    const struct book_order *order = &pool->orders[number];
    if (generation > order->generation) return ORDER_NEVER_KNOWN;
    if (generation < order->generation || !(order->flags & BOOK_LIVE)) return ORDER_ENDED;
    *slot = number;
    return ORDER_FOUND;
}

static uint32_t level_verify(const struct order_pool *pool, const struct level *level, uint32_t ticks,
                             uint16_t flags_mask, uint16_t flags_expected) {
    uint32_t orders_count = 0, prev = 0;
    for (uint32_t slot = level->head; slot != 0; slot = pool->orders[slot].next) {
        const struct book_order *order = &pool->orders[slot];
        CHECK(order->prev == prev);
        CHECK(order->price_ticks == ticks);
        CHECK((order->flags & flags_mask) == flags_expected);
        CHECK(order->shown_lots > 0);
        prev = slot;
        orders_count++;
        CHECK(orders_count <= pool->live_count);
    }
    CHECK(level->tail == prev);
    CHECK(orders_count > 0);
    return orders_count;
}

uint32_t book_verify_ladder(const struct order_pool *pool, const struct price_pool *prices, const struct ladder *ladder,
                            enum ladder_order order, uint16_t flags_mask, uint16_t flags_expected) {
    ladder_verify(prices, ladder, order);
    uint32_t orders_count = 0;
    for (uint32_t ticks = ladder->best_ticks; ticks != ladder_none(order);
         ticks = ladder_worse(prices, ladder, order, ticks))
        orders_count += level_verify(pool, ladder_level(prices, ladder, ticks), ticks, flags_mask, flags_expected);
    return orders_count;
}
