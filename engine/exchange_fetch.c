/* exchange_fetch.c - hints to the memory: what a command that comes soon will touch is fetched while others are
 * applied.
 *
 * An order lies somewhere among millions, its price in another place, and the neighbours in its queue in two more; each
 * is found through the one before, and a processor cannot look past the few hundred instructions of the command at
 * hand. A caller that knows its next commands (a replay, a simulation) says so in three stages, some commands apart:
 * each reads only what the stage before has fetched. Nothing is changed, and nothing depends on a hint: a wrong one
 * costs time.
 *
 * What fits the caches anyway needs no hints: a caller with a few thousand orders had better give none. */
#include "engine/exchange.h"
#include "engine/participants/names.h"
#include "engine/rules/clearance.h"
#include "engine/state.h"

/* The level of a price, NULL when its leaf is not there. */
static const struct level *find_level(const struct exchange *x, const struct ladder *ladder, uint32_t ticks) {
    uint32_t leaf = x->prices.branches[ladder->branches[ticks >> 18]].leaves[ticks >> 9 & 511];
    return leaf != 0 ? &x->prices.leaves[leaf].levels[ticks & 511] : NULL;
}

void exchange_fetch_price(const struct exchange *x, uint32_t instrument, enum side side, uint32_t ticks,
                          enum fetch_stage stage) {
    if (instrument >= x->instruments_count || ticks > price_ticks_max || side > SIDE_SELL) return;
    const struct book *book = &x->books[instrument];
    const struct ladder *ladder = &book->sides[side];
    if (stage == FETCH_FAR) {
        __builtin_prefetch(&ladder->branches[ticks >> 18]);
        __builtin_prefetch(&book->sides[SIDE_BUY].best_ticks);
        __builtin_prefetch(&book->sides[SIDE_SELL].best_ticks);
        return;
    }
    const struct level *level = find_level(x, ladder, ticks);
    if (level == NULL) return;
    if (stage == FETCH_NEAR) __builtin_prefetch(level, 1);
    else __builtin_prefetch(&x->pool.orders[level->tail], 1);
}

void exchange_fetch_order(const struct exchange *x, uint64_t order_id, enum fetch_stage stage) {
    uint32_t slot = (uint32_t)order_id;
    if (slot == 0 || slot > x->pool.slots_used) return;
    const struct book_order *order = &x->pool.orders[slot];
    if (stage == FETCH_FAR) {
        __builtin_prefetch(order, 1);
        __builtin_prefetch(&x->details[slot], 1);      /* the next new order takes the slot of the last that ended */
        return;
    }
    if (!(order->flags & BOOK_LIVE) || order->flags & (BOOK_PENDING | BOOK_QUEUED)) return;
    if (stage == FETCH_NEXT) {
        __builtin_prefetch(&x->pool.orders[order->prev], 1);
        __builtin_prefetch(&x->pool.orders[order->next], 1);
        return;
    }
    const struct level *level = find_level(x, &x->books[order->instrument].sides[book_order_side(order)],
                                           order->price_ticks);
    if (level != NULL) __builtin_prefetch(level, 1);
}

void exchange_fetch_firm(const struct exchange *x, uint32_t participant, uint32_t instrument, enum side side) {
    if (participant >= x->participants_count) return;
    __builtin_prefetch(&x->participants[participant].open_orders_count, 1);
    __builtin_prefetch(&x->participants[participant].resident);
    if (instrument >= x->instruments_count || x->rules == RULES_OFF) return;
    __builtin_prefetch(clearance_place(x, participant, instrument, side));
    __builtin_prefetch(account_of(x, participant, x->instruments[instrument].currency), 1);
}

void exchange_fetch_name(const struct exchange *x, uint32_t participant, const char *client_order_id) {
    names_fetch(x, participant, client_order_id);
}
