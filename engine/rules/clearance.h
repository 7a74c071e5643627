/* clearance.h - the short way for the everyday order: a limit order on the own account of a firm that was admitted
 * before.
 *
 * Most of what the rules ask depends on the firm, the instrument, the session and the date, and not on the order. So
 * when an order has passed the whole written order of checks, its answers are kept, and the next order of the same
 * firm, user, instrument and side needs only its price, its quantity and its deposit looked at - as long as nothing
 * but orders happened since (exchange.world). Whatever the short way does not admit at once takes the long one, which
 * alone refuses: the order of checks stands in one place, rules.c. With BIRZHA_PARANOID the long way is asked as well,
 * and must agree.
 *
 * Clearances are derived: they lie outside the digest, and losing one costs time and changes nothing. */
#ifndef BIRZHA_CLEARANCE_H
#define BIRZHA_CLEARANCE_H

#include "engine/rules/rules.h"
#include "engine/state.h"

/* Whether the order is admitted the short way; *reckoned is set then. Its name must be free. */
int clearance_admits(const struct exchange *x, const struct command *command, struct order_money *reckoned);

/* An order with these terms was admitted the long way. */
void clearance_give(struct exchange *x, const struct order_terms *terms);

#endif
