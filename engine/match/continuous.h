/* continuous.h - the continuous book: an incoming order walks the other side. MTX-1, STP-1; MATCHING.md sections 3
 * to 5.
 *
 * The walk changes resting orders and says what it did in events; what becomes of the incoming order's rest is for its
 * caller. Every decision that must come before anything happens (post-only, fill-or-kill ...) is made by
 * looking ahead with continuous_fillable, which reads only. */
#ifndef BIRZHA_CONTINUOUS_H
#define BIRZHA_CONTINUOUS_H

#include <stdint.h>

#include "engine/state.h"

/* An order on its way into the book. It has a slot already, but stands in no queue. */
struct incoming {
    uint64_t order_id;
    uint32_t slot;
    uint32_t instrument;
    uint32_t participant, principal;
    uint32_t price_ticks;       /* where its rest will stand */
    uint32_t limit_ticks;       /* how far it may trade: its price inside the collar */
    uint32_t open_lots;
    uint16_t book_flags;        /* BOOK_SELL, BOOK_ALL_OR_NONE, BOOK_FOREIGN ... */
    uint16_t pair_mask, pair_value;     /* a resting order may be met if (flags & pair_mask) == pair_value */
    uint16_t pair_reason;       /* why not, else */
    uint8_t class_part;         /* its part of the deal class, the walk's own */
    uint8_t stp;
    uint8_t ended;              /* self-trade prevention ended it */
    uint8_t is_out_of_room;     /* no contract can be made any more */
};

static inline enum side incoming_side(const struct incoming *in) {
    return in->book_flags & BOOK_SELL ? SIDE_SELL : SIDE_BUY;
}

/* Whether anything on the other side lies within its limit. */
static inline int continuous_crosses(const struct exchange *x, const struct incoming *in) {
    const struct book *book = &x->books[in->instrument];
    return in->book_flags & BOOK_SELL ? in->limit_ticks <= book->sides[SIDE_BUY].best_ticks
                                      : in->limit_ticks >= book->sides[SIDE_SELL].best_ticks;
}

/* Lots that the walk would trade, up to in->open_lots. */
uint32_t continuous_fillable(const struct exchange *x, const struct incoming *in);

/* The walk. Leaves in->open_lots and in->ended; sets the market's last price and queues the stops it triggered. */
void continuous_match(struct exchange *x, struct incoming *in, struct event_buffer *events);

/* Takes a live order out of the queue it stands in (side or stop ladder). */
void continuous_withdraw(struct exchange *x, uint32_t slot);

/* An order ends with `open_lots` open: its slot, its deposit and its participant's count are given back. It must stand
 * in no queue. */
void continuous_end(struct exchange *x, uint32_t slot, uint32_t open_lots);

/* pair_allowed (TRN-3, STL-4): which resting orders it may meet, fixed while it comes in. */
void continuous_set_pairs(const struct exchange *x, struct incoming *in);

/* Puts slots in order of entry. */
void continuous_sort_by_entry(const struct exchange *x, uint32_t *slots, uint32_t slots_count);

#endif
