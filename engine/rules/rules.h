/* rules.h - may this happen now? Pure checks in written order; the first refusal wins.
 *
 * rules_check_* run before anything changes and read the state only. The order of checks is that of the reason
 * codes (reject.h): format and session, admission, broker, eligibility, currency, quantity, price, collateral.
 * What depends on the other side of the book (post-only, fill-or-kill, self-trade) is asked by engine/match. */
#ifndef BIRZHA_RULES_H
#define BIRZHA_RULES_H

#include <stdint.h>

#include "engine/exchange.h"

/* A reason with its figures, see event_rejected. reason REJECT_NONE: nothing against it. */
struct verdict {
    enum reject reason;
    int64_t allowed_low, allowed_high;
    uint8_t detail;             /* enum verdict_detail */
};

/* An order as it would stand: a new one, or an existing one after an amend. */
struct order_terms {
    uint32_t participant, user, instrument;
    uint32_t principal;         /* the participant itself, or the client; beyond the participants: no such client */
    uint32_t payer;             /* whose account deposits and fees are taken from (BRK-6) */
    uint32_t client;            /* registration of the client, NAME_NONE = none */
    uint32_t session_named;     /* NAME_NONE = not; beyond the sessions: no such session */
    uint32_t session;           /* where it trades, once it is known to be one; NAME_NONE = always */
    money own_hold, own_exposure;   /* of an order that is amended: they are free for it */
    uint32_t price_ticks;       /* ticks or a sentinel; 0 = none */
    uint32_t stop_ticks;        /* of a stop that waits; else 0 */
    uint32_t quantity_lots, display_lots, min_lots;
    uint32_t filled_lots;       /* of an order that is amended */
    int32_t expire_date;
    uint8_t side, order_type, time_in_force, order_flags;
    uint8_t has_display;        /* display_lots was given */
    uint8_t has_price;          /* of an amend: a price was given */
    uint8_t amended;
    uint8_t payment_terms;      /* 0 = not given, else 1 + enum payment_terms */
};

/* What an order will hold, and how that was reckoned. */
struct order_money {
    money required, value;
    uint32_t value_ticks, ppm;
    uint32_t payer, account;    /* whose money, and where: CURRENCY_COUNT x payer + currency */
    uint8_t by_floor, deal_class;
};

/* Groups 1 to 8 for an order that wants to come in. `duplicate_name`: its client order id is taken (107). */
enum name_state { NAME_FREE, NAME_TAKEN };
struct verdict rules_check_new(const struct exchange *x, const struct command *command, const struct order_terms *terms,
                               enum name_state name, struct order_money *reckoned);

/* What can be said of an amend before its order is known (109, 107, 201, 202, 210), and after. */
struct verdict rules_check_requester(const struct exchange *x, const struct command *command, enum name_state name);
struct verdict rules_check_amended(const struct exchange *x, const struct order_terms *terms,
                                   struct order_money *reckoned);
/* May an order that rests stay, now that the date or a record has changed? ACC-16, BRK-1, BRK-4, BRK-7, PRC-2. */
struct verdict rules_check_standing(const struct exchange *x, uint32_t slot);

/* Which session an order belongs to: the one it names, else its instrument's. Fills in session. SES-1 */
void rules_find_session(const struct exchange *x, struct order_terms *terms);

/* Whose account pays for an order, and the client's registration: fills in payer and client. */
void rules_find_payer(const struct exchange *x, struct order_terms *terms);

/* The price that an order counts with: its limit, or what stands for one (DEP-11). */
uint32_t rules_value_ticks(const struct exchange *x, const struct order_terms *terms);

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
struct verdict admission_check_login(const struct exchange *x, uint32_t user, uint32_t session);
struct verdict admission_check_state(const struct exchange *x, uint32_t participant);
struct verdict admission_check_papers(uint8_t remarks, uint8_t papers_missing);
struct verdict admission_check_remarks(const struct exchange *x, const struct order_terms *terms, uint8_t remarks);
struct verdict broker_check(const struct exchange *x, const struct order_terms *terms);
struct verdict broker_check_licence(const struct exchange *x, uint32_t participant);
struct verdict broker_check_expiry(const struct exchange *x, const struct client *client);
struct verdict eligibility_check(const struct exchange *x, const struct order_terms *terms);
struct verdict currency_check(const struct exchange *x, const struct order_terms *terms);
struct verdict collateral_check(const struct exchange *x, const struct order_terms *terms,
                                struct order_money *reckoned);
/* PRC-2, for a price in an instrument; resident: the principal's. */
struct verdict price_check_band(const struct exchange *x, uint32_t instrument, uint32_t side, int resident,
                                uint32_t ticks);
struct verdict quantity_check(const struct exchange *x, const struct order_terms *terms);
struct verdict price_check(const struct exchange *x, const struct order_terms *terms);

#endif
