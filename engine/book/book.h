/* book.h - resting orders in price-time order: one pool of orders for the exchange, four ladders an instrument.
 *
 * An order is a slot in the pool. What the matching walk reads lies in `struct book_order`, two to a cache line; all
 * else about an order is kept by the same slot in another array (engine/state.h). Orders of one price are a doubly
 * linked FIFO of slots, so that a cancel is an unlink and never a search. Slots are reused, the last freed first.
 *
 * The order id that the outside world knows is generation << 32 | slot: no map stands between an id and its order.
 * The generation of a slot grows with each use, so an id is never given twice.
 *
 * The same structure keeps waiting stops, in ladders of their own, by stop price.
 * The book knows nothing of accounts, phases, time or rules: `principal` and the pair bits are numbers to it. */
#ifndef BIRZHA_BOOK_H
#define BIRZHA_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/book/ladder.h"
#include "engine/command.h"

enum book_order_flag {
    BOOK_LIVE = 1 << 0,
    BOOK_SELL = 1 << 1,
    BOOK_ALL_OR_NONE = 1 << 2,      /* trades whole or not at all; not shown */
    BOOK_PENDING = 1 << 3,          /* a stop that waits */
    BOOK_QUEUED = 1 << 4,           /* a stop whose trigger has come, not yet worked off */
    BOOK_PENDING_MARKET = 1 << 5,   /* of a waiting stop: becomes a market order */
    BOOK_NAMED = 1 << 6,            /* has a client order id */
    BOOK_FOREIGN = 1 << 7,          /* the principal is not resident in Belarus */
    BOOK_FOR_CLIENT = 1 << 8,       /* entered by a broker: the participant is not the principal */
    BOOK_SESSION = 7 << 13,         /* which of the sessions that list the instrument */
};
enum { book_session_shift = 13 };

struct book_order {
    uint32_t price_ticks;       /* where it stands: its price, or its stop price while BOOK_PENDING */
    uint32_t shown_lots;        /* what can trade now; of an all-or-none order: all of it */
    uint32_t hidden_lots;       /* the rest of an iceberg */
    uint32_t prev, next;        /* in the FIFO of its price; next also in the free list */
    uint32_t principal;
    uint32_t generation;
    uint16_t instrument;
    uint16_t flags;             /* enum book_order_flag */
};
_Static_assert(sizeof(struct book_order) == 32, "two orders to a cache line");

struct order_pool {
    struct book_order *orders;  /* slot 0 is never used */
    uint32_t slot_free;         /* head of the free list */
    uint32_t slots_used;        /* highest slot ever taken */
    uint32_t slots_max;
    uint32_t live_count;
};

struct book {
    struct ladder sides[2];     /* by enum side */
    struct ladder stops[2];     /* buy stops trigger from below: LOW_FIRST; sell stops HIGH_FIRST */
};

static inline enum ladder_order side_order(enum side side) {
    return side == SIDE_BUY ? LADDER_HIGH_FIRST : LADDER_LOW_FIRST;
}
static inline enum ladder_order stop_order(enum side side) {
    return side == SIDE_BUY ? LADDER_LOW_FIRST : LADDER_HIGH_FIRST;
}

static inline enum side book_order_side(const struct book_order *order) {
    return order->flags & BOOK_SELL ? SIDE_SELL : SIDE_BUY;
}
static inline uint32_t book_order_open(const struct book_order *order) {
    return order->shown_lots + order->hidden_lots;
}
/* What depth shows of a resting order. */
static inline uint32_t book_order_depth(const struct book_order *order) {
    return order->flags & (BOOK_ALL_OR_NONE | BOOK_PENDING | BOOK_QUEUED) ? 0 : order->shown_lots;
}
static inline uint64_t book_order_id(const struct book_order *order, uint32_t slot) {
    return (uint64_t)order->generation << 32 | slot;
}

void book_init(struct book *book);

/* ---- slots ---- */

static inline bool order_pool_full(const struct order_pool *pool) {
    return pool->slot_free == 0 && pool->slots_used == pool->slots_max;
}

/* A slot for a new order, its generation grown; the pool must not be full. All other members are the caller's. */
static inline uint32_t order_pool_take(struct order_pool *pool) {
    uint32_t slot = pool->slot_free;
    if (slot != 0) pool->slot_free = pool->orders[slot].next;
    else slot = ++pool->slots_used;
    pool->orders[slot].generation++;
    pool->live_count++;
    return slot;
}

static inline void order_pool_give(struct order_pool *pool, uint32_t slot) {
    pool->orders[slot].flags = 0;
    pool->orders[slot].next = pool->slot_free;
    pool->slot_free = slot;
    pool->live_count--;
}

/* What an order id stands for. */
enum order_find { ORDER_FOUND, ORDER_NEVER_KNOWN, ORDER_ENDED };
enum order_find order_pool_find(const struct order_pool *pool, uint64_t order_id, uint32_t *slot);

/* ---- queues ---- */

/* Puts an order at the back of its level, which lies in `ladder` at order->price_ticks. */
static inline void level_append(struct order_pool *pool, struct level *level, uint32_t slot) {
    struct book_order *order = &pool->orders[slot];
    order->prev = level->tail;
    order->next = 0;
    if (level->tail != 0) pool->orders[level->tail].next = slot;
    else level->head = slot;
    level->tail = slot;
}

static inline void level_unlink(struct order_pool *pool, struct level *level, uint32_t slot) {
    const struct book_order *order = &pool->orders[slot];
    if (order->prev != 0) pool->orders[order->prev].next = order->next;
    else level->head = order->next;
    if (order->next != 0) pool->orders[order->next].prev = order->prev;
    else level->tail = order->prev;
}

/* Whether an order can be put at `ticks`, growing the ladder if needed; it must be put there next. */
static inline __attribute__((always_inline)) struct level *book_room(struct price_pool *prices, struct ladder *ladder,
                                                                     uint32_t ticks) {
    return ladder_reach(prices, ladder, ticks);
}

static inline __attribute__((always_inline)) void book_insert(struct order_pool *pool, struct price_pool *prices,
                                                              struct ladder *ladder, enum ladder_order order,
                                                              struct level *level, uint32_t slot) {
    bool first = level->head == 0;
    level_append(pool, level, slot);
    if (first) ladder_use(prices, ladder, order, pool->orders[slot].price_ticks);
}

static inline void book_remove(struct order_pool *pool, struct price_pool *prices, struct ladder *ladder,
                               enum ladder_order order, uint32_t slot) {
    uint32_t ticks = pool->orders[slot].price_ticks;
    struct level *level = ladder_level(prices, ladder, ticks);
    level_unlink(pool, level, slot);
    if (level->head == 0) ladder_unuse(prices, ladder, order, ticks);
}

/* CHECKs links, sides, prices and counts of one ladder; returns the number of orders in it. */
uint32_t book_verify_ladder(const struct order_pool *pool, const struct price_pool *prices, const struct ladder *ladder,
                            enum ladder_order order, uint16_t flags_mask, uint16_t flags_expected);

#endif
