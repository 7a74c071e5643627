/* crowd_trader.h - what a background trader does next. Pure: what it sees and a random state in, a choice out.
 *
 * Prices are whole ticks, quantities lots; everything is integer arithmetic on splitmix64, so that a seed gives the
 * same choices on every machine. A trader believes in a fair price that wanders near the last trade and is drawn back
 * to the reference price. It mostly quotes on either side of it, sometimes takes the best offer of the other side,
 * and changes or withdraws what it has quoted. */
#ifndef BIRZHA_CLIENT_CROWD_TRADER_H
#define BIRZHA_CLIENT_CROWD_TRADER_H

#include <stdint.h>

enum { crowd_orders_max = 64, crowd_lots_max = 6 };

enum crowd_action { CROWD_REST, CROWD_QUOTE, CROWD_TAKE, CROWD_AMEND, CROWD_CANCEL };
enum crowd_side { CROWD_BUY, CROWD_SELL };

/* One instrument and the trader's own position in it. 0 ticks = there is none. */
struct crowd_view {
    int64_t reference_ticks, last_ticks;
    int64_t bid_ticks, ask_ticks;       /* best of the book */
    uint32_t own_orders_count;          /* of all instruments */
    uint32_t own_here_count;            /* of this one */
};

struct crowd_choice {
    enum crowd_action action;
    enum crowd_side side;       /* of a quote or a take */
    int64_t ticks;              /* price of a quote or a take */
    uint32_t lots;
    uint32_t own_index;         /* amend, cancel: which of own_here_count */
};

/* The next number of splitmix64 (Steele, Lea, Flood 2014). */
uint64_t crowd_random(uint64_t *state);

/* What the trader holds to be right, within 4 % of the reference price, at least one tick. */
int64_t crowd_fair_ticks(const struct crowd_view *view, uint64_t *random);

/* A price for a quote on `side` around `fair_ticks`, never through the other side of the book; at least 1. */
int64_t crowd_quote_ticks(const struct crowd_view *view, enum crowd_side side, int64_t fair_ticks, uint64_t *random);

/* The next step. A side of the book that is empty is quoted first; with crowd_orders_max orders nothing is added. */
struct crowd_choice crowd_choose(const struct crowd_view *view, uint64_t *random);

#endif
