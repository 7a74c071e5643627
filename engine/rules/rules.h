/* rules.h - may this happen now? Pure checks in written order; the first refusal wins.
 *
 * rules_check_* run before anything changes and read the state only. The order of checks is that of the reason
 * codes (reject.h): format and session, admission, [broker, eligibility, currency], quantity, price, [collateral].
 * Groups in
 * brackets have no rule in force yet; their place is between their neighbours in rules_check_new.
 * What depends on the other side of the book (post-only, fill-or-kill, self-trade) is asked by engine/match. */
#ifndef BIRZHA_RULES_H
#define BIRZHA_RULES_H

#include <stdint.h>

#include "engine/exchange.h"

/* A reason with its figures, see event_rejected. reason REJECT_NONE: nothing against it. */
struct verdict {
    enum reject reason;
    int64_t allowed_low, allowed_high;
};

/* An order as it would stand: a new one, or an existing one after an amend. */
struct order_terms {
    uint32_t participant, user, instrument;
    uint32_t price_ticks;       /* ticks or a sentinel; 0 = none */
    uint32_t stop_ticks;        /* of a stop that waits; else 0 */
    uint32_t quantity_lots, display_lots, min_lots;
    uint32_t filled_lots;       /* of an order that is amended */
    int32_t expire_date;
    uint8_t side, order_type, time_in_force, order_flags;
    uint8_t has_display;        /* display_lots was given */
    uint8_t has_price;          /* of an amend: a price was given */
    uint8_t amended;
};

/* Groups 1 to 8 for an order that wants to come in. `duplicate_name`: its client order id is taken (107). */
enum name_state { NAME_FREE, NAME_TAKEN };
struct verdict rules_check_new(const struct exchange *x, const struct command *command, const struct order_terms *terms,
                               enum name_state name);

/* What can be said of an amend before its order is known (109, 107, 201, 202, 210), and after. */
struct verdict rules_check_requester(const struct exchange *x, const struct command *command, enum name_state name);
struct verdict rules_check_amended(const struct exchange *x, const struct order_terms *terms);

/* The value an order may come to, for PRC-1; false when it exceeds VALUE_MINOR_MAX. */
bool rules_order_value(const struct exchange *x, const struct order_terms *terms, money *value);

static inline struct verdict verdict_ok(void) { return (struct verdict){ .reason = REJECT_NONE }; }
static inline struct verdict verdict_refuse(enum reject reason, int64_t low, int64_t high) {
    return (struct verdict){ .reason = reason, .allowed_low = low, .allowed_high = high };
}

/* One group each; files of the same names. */
struct verdict admission_check_participant(const struct exchange *x, uint32_t participant);
struct verdict admission_check_section(const struct exchange *x, uint32_t participant, uint32_t section);
struct verdict admission_check_trader(const struct exchange *x, uint32_t participant, uint32_t user);
struct verdict quantity_check(const struct exchange *x, const struct order_terms *terms);
struct verdict price_check(const struct exchange *x, const struct order_terms *terms);

#endif
