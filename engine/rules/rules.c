/* rules.c - the written order of checks: which group is asked after which. */
#include "engine/rules/rules.h"

#include "engine/market/market.h"
#include "engine/participants/standing.h"
#include "engine/state.h"

#define FIRST_REFUSAL(check) \
    do { \
        struct verdict verdict_ = (check); \
        if (verdict_.reason != REJECT_NONE) return verdict_; \
    } while (0)

static int instrument_is_tradable(const struct exchange *x, uint32_t instrument) {
    return instrument < x->instruments_count && x->instruments[instrument].lot_tick.minor != 0;
}

static struct verdict check_market(const struct exchange *x, uint32_t instrument, uint32_t session) {
    if (!market_is_open(x, session)) return verdict_refuse(REJECT_SESSION_CLOSED, 0, 0);
    if (exchange_is_halted(x, instrument, session)) return verdict_refuse(REJECT_MARKET_HALTED, 0, 0);
    return verdict_ok();
}

/* SES-2: a session that is named must be one, open, and have the instrument. */
static struct verdict check_session(const struct exchange *x, const struct order_terms *terms) {
    if (terms->session_named >= x->sessions_count) return verdict_refuse(REJECT_SESSION_UNKNOWN, 0, 0);
    if (!market_is_open(x, terms->session_named)) return verdict_refuse(REJECT_SESSION_CLOSED, 0, 0);
    if (!instrument_is_tradable(x, terms->instrument)) return verdict_refuse(REJECT_INSTRUMENT_UNKNOWN, 0, 0);
    if (!exchange_session_lists(x, terms->session_named, terms->instrument))
        return verdict_refuse(REJECT_INSTRUMENT_NOT_IN_SESSION, 0, 0);
    return verdict_ok();
}

void rules_find_session(const struct exchange *x, struct order_terms *terms) {
    terms->session = terms->session_named;
    if (terms->session_named == NAME_NONE && terms->instrument < x->instruments_count)
        terms->session = exchange_session_of(x, terms->instrument);
}

/* Group 1, in the order of its codes; without a session the instrument is found first. */
static struct verdict check_format(const struct exchange *x, const struct command *command,
                                   const struct order_terms *terms, enum name_state name) {
    if (terms->session_named != NAME_NONE) FIRST_REFUSAL(check_session(x, terms));
    if (!instrument_is_tradable(x, terms->instrument)) return verdict_refuse(REJECT_INSTRUMENT_UNKNOWN, 0, 0);
    if (terms->session == SESSION_AMBIGUOUS) return verdict_refuse(REJECT_SESSION_UNKNOWN, 0, 0);
    FIRST_REFUSAL(check_market(x, terms->instrument, terms->session));
    if (name == NAME_TAKEN) return verdict_refuse(REJECT_DUPLICATE_CLIENT_ORDER_ID, 0, 0);
    if (command->time_ns < x->time_ns) return verdict_refuse(REJECT_TIMESTAMP_REGRESSION, 0, 0);
    return verdict_ok();
}

/* Group 2, in the order of its codes. */
static struct verdict check_admission(const struct exchange *x, const struct order_terms *terms) {
    FIRST_REFUSAL(admission_check_participant(x, terms->participant));
    const struct participant *record = &x->participants[terms->participant];
    uint8_t remarks = exchange_remarks(x, terms->participant, terms->session);
    FIRST_REFUSAL(admission_check_section(x, terms->participant, x->instruments[terms->instrument].section));
    FIRST_REFUSAL(admission_check_papers(remarks, standing_papers_missing(record)));
    FIRST_REFUSAL(admission_check_trader(x, terms->participant, terms->user));
    FIRST_REFUSAL(admission_check_login(x, terms->user, terms->session));
    return admission_check_remarks(x, terms, remarks);
}

/* Groups 2 to 5. */
static struct verdict check_who(const struct exchange *x, const struct order_terms *terms) {
    FIRST_REFUSAL(check_admission(x, terms));
    FIRST_REFUSAL(broker_check(x, terms));
    FIRST_REFUSAL(eligibility_check(x, terms));
    return currency_check(x, terms);
}

/* Groups 6 to 8. */
static struct verdict check_what(const struct exchange *x, const struct order_terms *terms,
                                 struct order_money *reckoned) {
    FIRST_REFUSAL(quantity_check(x, terms));
    FIRST_REFUSAL(price_check(x, terms));
    return collateral_check(x, terms, reckoned);
}

struct verdict rules_check_new(const struct exchange *x, const struct command *command, const struct order_terms *terms,
                               enum name_state name, struct order_money *reckoned) {
    FIRST_REFUSAL(check_format(x, command, terms, name));
    FIRST_REFUSAL(check_who(x, terms));
    return check_what(x, terms, reckoned);
}

struct verdict rules_check_requester(const struct exchange *x, const struct command *command, enum name_state name) {
    if (command->time_ns < x->time_ns) return verdict_refuse(REJECT_TIMESTAMP_REGRESSION, 0, 0);
    if (name == NAME_TAKEN) return verdict_refuse(REJECT_DUPLICATE_CLIENT_ORDER_ID, 0, 0);
    FIRST_REFUSAL(admission_check_participant(x, command->participant));
    FIRST_REFUSAL(admission_check_state(x, command->participant));
    return admission_check_trader(x, command->participant, command->user);
}

struct verdict rules_check_amended(const struct exchange *x, const struct order_terms *terms,
                                   struct order_money *reckoned) {
    FIRST_REFUSAL(check_market(x, terms->instrument, terms->session));
    FIRST_REFUSAL(check_who(x, terms));
    return check_what(x, terms, reckoned);
}

void rules_find_payer(const struct exchange *x, struct order_terms *terms) {
    terms->payer = terms->participant;
    terms->client = NAME_NONE;
    if (terms->principal == terms->participant || terms->participant >= x->participants_count ||
        terms->instrument >= x->instruments_count) return;
    uint32_t section = x->instruments[terms->instrument].section;
    terms->client = standing_registration(x, terms->participant, terms->principal, section);
    if (terms->client != NAME_NONE && x->clients[terms->client].flags & CLIENT_OWN_ACCOUNT)
        terms->payer = terms->principal;
}

struct verdict rules_check_standing(const struct exchange *x, uint32_t slot) {
    const struct book_order *order = &x->pool.orders[slot];
    uint32_t participant = order_participant(x, slot), section = x->instruments[order->instrument].section;
    FIRST_REFUSAL(admission_check_section(x, participant, section));
    if (order->principal != participant) {
        FIRST_REFUSAL(admission_check_state(x, order->principal));
        FIRST_REFUSAL(broker_check_licence(x, participant));
        uint32_t client = standing_registration(x, participant, order->principal, section);
        if (client == NAME_NONE) return verdict_refuse(REJECT_CLIENT_NOT_REGISTERED, 0, 0);
        FIRST_REFUSAL(broker_check_expiry(x, &x->clients[client]));
    }
    uint32_t ticks = order->flags & BOOK_PENDING ? x->details[slot].limit_ticks : order->price_ticks;
    if (ticks == 0) return verdict_ok();
    return price_check_band(x, order->instrument, book_order_side(order), !(order->flags & BOOK_FOREIGN), ticks);
}
