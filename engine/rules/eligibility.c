/* eligibility.c - groups 4 and 5: countries, directions, transit, roles, currencies and terms of payment.
 * SES-3, SES-6, SES-18, TRN-2, TRN-9, TRN-10, STL-1 to 5. Residency and country are the principal's (BRK-5). */
#include "engine/rules/rules.h"
#include "engine/rules/tables.h"
#include "engine/state.h"

static struct verdict refuse_detail(enum reject reason, enum verdict_detail detail) {
    struct verdict verdict = verdict_refuse(reason, 0, 0);
    verdict.detail = (uint8_t)detail;
    return verdict;
}

/* Whether the list is empty or holds the country. */
static int admits(const char countries[][2], const char country[2]) {
    if (countries[0][0] == '\0') return 1;
    for (int i = 0; i < countries_count_max && countries[i][0] != '\0'; i++) {
        if (countries[i][0] == country[0] && countries[i][1] == country[1]) return 1;
    }
    return 0;
}

/* SES-6: whether a principal of that residency can take that side in a session of that direction. */
static int direction_admits(enum direction direction, uint32_t side, int resident) {
    switch (direction) {
        case DIRECTION_DOMESTIC: return resident;
        case DIRECTION_EXPORT: return side == SIDE_SELL ? resident : !resident;
        case DIRECTION_IMPORT: return side == SIDE_SELL ? !resident : resident;
        case DIRECTION_TRANSIT: return !resident;
        case DIRECTION_ANY: case DIRECTION_COUNT: break;
    }
    return 1;
}

static struct verdict check_transit_session(const struct exchange *x, const struct order_terms *terms) {
    const struct instrument *instrument = &x->instruments[terms->instrument];
    int32_t from_date;
    if (!tables_allow_transit(x, instrument->section, &from_date))
        return verdict_refuse(REJECT_TRANSIT_NOT_ALLOWED, from_date, 0);
    if (x->tables->transit_count > 0 && instrument->bases_count > 0 &&
        x->rules_today[terms->instrument].transit_basis == RULE_ANY)
        return verdict_refuse(REJECT_TRANSIT_BASIS_INVALID, 0, 0);
    return verdict_ok();
}

struct verdict eligibility_check(const struct exchange *x, const struct order_terms *terms) {
    uint32_t index = terms->session;
    if (index == NAME_NONE) return verdict_ok();
    const struct session *session = &x->sessions[index];
    const struct participant *principal = &x->participants[terms->principal];
    int buys = terms->side == SIDE_BUY;
    if (!admits(buys ? session->buyer_countries : session->seller_countries, principal->country))
        return refuse_detail(REJECT_SESSION_COUNTRY_RESTRICTED, buys ? DETAIL_BUYER_COUNTRY : DETAIL_SELLER_COUNTRY);
    if (!direction_admits((enum direction)session->direction, terms->side, principal->resident))
        return verdict_refuse(REJECT_SESSION_DIRECTION_MISMATCH, 0, 0);
    if (session->direction == DIRECTION_TRANSIT) {
        struct verdict verdict = check_transit_session(x, terms);
        if (verdict.reason != REJECT_NONE) return verdict;
    }
    if (session->role == SESSION_ROLE_BROKERS_ONLY &&
        broker_check_licence(x, terms->participant).reason != REJECT_NONE)
        return verdict_refuse(REJECT_SESSION_ROLE_RESTRICTED, 0, 0);
    return verdict_ok();
}

/* STL-4: whether there can be anybody to deal with in this currency. */
static struct verdict check_pairs(const struct exchange *x, const struct order_terms *terms, int resident) {
    if (!(x->tables->terms.flags & RULE_DOMESTIC_BYN_ONLY)) return verdict_ok();
    uint32_t session = terms->session;
    enum direction direction = session == NAME_NONE ? DIRECTION_ANY : (enum direction)x->sessions[session].direction;
    if (x->instruments[terms->instrument].currency == CURRENCY_BYN) {
        if (!resident || (direction != DIRECTION_ANY && direction != DIRECTION_DOMESTIC))
            return refuse_detail(REJECT_CURRENCY_RESIDENCY_MISMATCH, DETAIL_FOREIGN_IN_BYN);
    } else if (direction == DIRECTION_DOMESTIC) {
        return refuse_detail(REJECT_CURRENCY_RESIDENCY_MISMATCH, DETAIL_DOMESTIC_IN_FOREIGN);
    }
    return verdict_ok();
}

struct verdict currency_check(const struct exchange *x, const struct order_terms *terms) {
    const struct instrument *instrument = &x->instruments[terms->instrument];
    const struct instrument_rules *rules = &x->rules_today[terms->instrument];
    const struct participant *principal = &x->participants[terms->principal];
    uint32_t session = terms->session;
    uint32_t mask = session == NAME_NONE ? 0 : x->sessions[session].currencies_mask;
    if (rules->currency_is_gone || (mask != 0 && !(mask >> instrument->currency & 1)))
        return verdict_refuse(REJECT_CURRENCY_NOT_ALLOWED, 0, 0);
    if (rules->currency_from_date != date_none)
        return verdict_refuse(REJECT_CURRENCY_NOT_YET_AVAILABLE, rules->currency_from_date, 0);
    if (rules->countries_count > 0 && !admits(rules->countries, principal->country))
        return refuse_detail(REJECT_CURRENCY_RESIDENCY_MISMATCH, DETAIL_CURRENCY_COUNTRY);
    struct verdict verdict = check_pairs(x, terms, principal->resident);
    if (verdict.reason != REJECT_NONE) return verdict;
    if (terms->payment_terms != 0 && !(instrument->payment_terms_mask >> (terms->payment_terms - 1) & 1))
        return verdict_refuse(REJECT_PAYMENT_TERMS_NOT_ALLOWED, instrument->payment_terms_mask, 0);
    return verdict_ok();
}
