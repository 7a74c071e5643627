/* rules.c - the written order of checks: which group is asked after which. */
#include "engine/rules/rules.h"

#include "engine/market/market.h"
#include "engine/state.h"

#define FIRST_REFUSAL(check) \
    do { \
        struct verdict verdict_ = (check); \
        if (verdict_.reason != REJECT_NONE) return verdict_; \
    } while (0)

static int instrument_is_tradable(const struct exchange *x, uint32_t instrument) {
    return instrument < x->instruments_count && x->instruments[instrument].lot_tick.minor != 0;
}

/* Group 1, in the order of its codes. */
static struct verdict check_market(const struct exchange *x, uint32_t instrument) {
    if (!market_is_open(x, instrument)) return verdict_refuse(REJECT_SESSION_CLOSED, 0, 0);
    if (exchange_is_halted(x, instrument)) return verdict_refuse(REJECT_MARKET_HALTED, 0, 0);
    return verdict_ok();
}

static struct verdict check_format(const struct exchange *x, const struct command *command,
                                   const struct order_terms *terms, enum name_state name) {
    if (!instrument_is_tradable(x, terms->instrument)) return verdict_refuse(REJECT_INSTRUMENT_UNKNOWN, 0, 0);
    FIRST_REFUSAL(check_market(x, terms->instrument));
    if (name == NAME_TAKEN) return verdict_refuse(REJECT_DUPLICATE_CLIENT_ORDER_ID, 0, 0);
    if (command->time_ns < x->time_ns) return verdict_refuse(REJECT_TIMESTAMP_REGRESSION, 0, 0);
    return verdict_ok();
}

struct verdict rules_check_new(const struct exchange *x, const struct command *command, const struct order_terms *terms,
                               enum name_state name) {
    FIRST_REFUSAL(check_format(x, command, terms, name));
    FIRST_REFUSAL(admission_check_participant(x, terms->participant));
    FIRST_REFUSAL(admission_check_section(x, terms->participant, x->instruments[terms->instrument].section));
    FIRST_REFUSAL(admission_check_trader(x, terms->participant, terms->user));
    FIRST_REFUSAL(quantity_check(x, terms));
    FIRST_REFUSAL(price_check(x, terms));
    return verdict_ok();
}

struct verdict rules_check_requester(const struct exchange *x, const struct command *command, enum name_state name) {
    if (command->time_ns < x->time_ns) return verdict_refuse(REJECT_TIMESTAMP_REGRESSION, 0, 0);
    if (name == NAME_TAKEN) return verdict_refuse(REJECT_DUPLICATE_CLIENT_ORDER_ID, 0, 0);
    FIRST_REFUSAL(admission_check_participant(x, command->participant));
    return admission_check_trader(x, command->participant, command->user);
}

struct verdict rules_check_amended(const struct exchange *x, const struct order_terms *terms) {
    FIRST_REFUSAL(check_market(x, terms->instrument));
    FIRST_REFUSAL(admission_check_section(x, terms->participant, x->instruments[terms->instrument].section));
    FIRST_REFUSAL(quantity_check(x, terms));
    FIRST_REFUSAL(price_check(x, terms));
    return verdict_ok();
}
