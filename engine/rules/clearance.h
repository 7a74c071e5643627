/* clearance.h - what is known of the everyday order before it comes: a limit order on the own account of a firm that
 * was admitted before.
 *
 * Most of what the rules ask depends on the firm, the instrument, the session and the date, and not on the order. So
 * when an order has passed the whole written order of checks, its answers are kept, and the next order of the same
 * firm, user, instrument and side needs only its price, its quantity and its deposit looked at - as long as nothing but
 * orders happened since (exchange.world). Whatever a clearance does not admit at once takes the long way, which alone
 * refuses: the order of checks stands in one place, rules.c. Who uses it: exchange_everyday.c.
 *
 * Clearances are derived: they lie outside the digest, and losing one costs time and changes nothing. */
#ifndef BIRZHA_CLEARANCE_H
#define BIRZHA_CLEARANCE_H

#include "engine/rules/rules.h"
#include "engine/state.h"

/* A row for each side of each book, as far as there are places, and in it the participants side by side: those who
 * trade one book share no more lines of the cache than they must. */
static inline struct clearance *clearance_place(const struct exchange *x, uint32_t participant, uint32_t instrument,
                                                uint32_t side) {
    uint32_t row = (2 * instrument + side) << x->clearances_shift;
    return &x->clearances[(row + participant) & (x->clearances_count - 1)];
}

/* Whether it speaks of this order, of which it is known that it has no conditions. Name by name: who has just written
 * one of a command's halves would have to wait until it can be read as a whole. */
static inline int clearance_covers(const struct clearance *clearance, const struct exchange *x,
                                   const struct command *command) {
    const struct command_new_order *order = &command->new_order;
    return clearance->world == x->world && clearance->participant == command->participant &&
           clearance->user == command->user && clearance->instrument == order->instrument &&
           order->client == NAME_NONE && clearance->session == order->market_session &&
           clearance->side == order->side && clearance->payment_terms == order->payment_terms;
}

/* An order with these terms was admitted the long way. */
void clearance_give(struct exchange *x, const struct order_terms *terms);

#endif
