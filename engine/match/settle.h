/* settle.h - the money of orders and trades: holds, releases, contracts, fees. DEP-4, FEE-1 to 5, RSK-1.
 *
 * An order's deposit lies on its payer's account as `held`; order_hold says how much and where, and its part of the
 * account's exposure is value_ticks x open lots. A trade moves a share of each side's deposit to `blocked`, charges
 * both fees and makes a contract. All do nothing while money is off (no RULE_TERMS, or RULES_OFF). */
#ifndef BIRZHA_SETTLE_H
#define BIRZHA_SETTLE_H

#include <stdint.h>

#include "engine/match/continuous.h"
#include "engine/rules/rules.h"
#include "engine/state.h"

/* An order comes in: it holds what the check reckoned. Says HELD. */
void settle_enter(struct exchange *x, const struct incoming *in, const struct order_money *reckoned,
                  struct event_buffer *events);
/* An order is amended: it holds what the check reckoned, in the place of what it held before; `open_lots_before` count
 * with its value now. Says HELD. */
void settle_hold(struct exchange *x, uint32_t slot, const struct order_money *money, uint32_t open_lots_before,
                 struct event_buffer *events);
/* Part of the order's open quantity goes without a trade: its share of the hold is free again. Says HELD. */
void settle_reduce(struct exchange *x, uint32_t slot, uint32_t lots, uint32_t open_lots_before,
                   struct event_buffer *events);
/* The order ends with `open_lots` open; with none, its last trade took all it held. */
void settle_release_held(struct exchange *x, uint32_t slot, uint32_t open_lots);
static inline void settle_release(struct exchange *x, uint32_t slot, uint32_t open_lots) {
    if (money_is_on(x) && open_lots > 0) settle_release_held(x, slot, open_lots);
}

/* The money of trades that the incoming order has just made, one behind another, in the written order of rules: each
 * side's deposit gives its share, which stays blocked behind the contract; both fees are charged; the contract is
 * written and said. `events` are 2 x trades_count: room for a CONTRACT, then the TRADE that is said already. The orders
 * may have left the book, their slots must not have been taken again. `has_agents`: a broker entered an order of them.
 * DEP-4, FEE-1 to 5. */
void settle_trades(struct exchange *x, const struct incoming *in, struct event *events, uint32_t trades_count,
                   int has_agents);

/* Puts the fees of trades since the last time into their accounts' lists of unpaid fees (ledger.h). No order needs the
 * lists, so they are made when somebody does: at the beginning of a date, for a payment, for a bust. */
void settle_list_fees(struct exchange *x);

/* No contract can be made any more. */
static inline int settle_is_full(const struct exchange *x) {
    return x->trades_count >= x->limits.contracts_max;
}

#endif
