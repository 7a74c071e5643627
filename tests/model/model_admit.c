/* model_admit.c - the checks of groups 2 to 5: who may trade, for whom, here, and in this currency (RULEBOOK.md).
 * Group 2 and the broker's status are asked of the firm that enters the order; country, residency and the certificate of
 * own use are the principal's (BRK-5). */
#include "tests/model/model_state.h"

static const struct model_participant *firm_of(const struct model *m, const struct order *o) {
    return &m->participants[o->participant];
}

static bool has_principal(const struct model *m, const struct order *o) {
    return o->principal < m->participants_count;
}

static bool is_within(int32_t date, int32_t from, int32_t to) { return date >= from && (to == date_none || date <= to); }

static const struct model_session *session_of(const struct model *m, const struct order *o) {
    uint32_t session = model_session_of(m, o);
    return session == NAME_NONE ? NULL : &m->sessions[session];
}

/* ---- group 2 ---- */

struct verdict model_check_firm(const struct model *m) {
    if (m->command->participant >= m->participants_count) return refuse(REJECT_UNKNOWN_PARTICIPANT);
    const struct model_participant *p = &m->participants[m->command->participant];
    if (!p->accredited && !p->withdrawn) return refuse(REJECT_NOT_ACCREDITED);
    return fine();
}

struct verdict model_check_dates(const struct model *m, const struct order *o) {
    uint32_t section = m->instruments[o->instrument].section;
    int32_t today = model_today(m), from = firm_of(m, o)->sections[section].from,
            to = firm_of(m, o)->sections[section].to;
    if (!firm_of(m, o)->sections[section].present) return fine();
    if (today < from) return refuse_with(REJECT_ACCREDITATION_NOT_YET_EFFECTIVE, from, 0);
    if (to != date_none && today > to) return refuse_with(REJECT_ACCREDITATION_EXPIRED, 0, to);
    return fine();
}

struct verdict model_check_standing(const struct model *m, const struct order *o) {
    (void)o;
    int32_t until = m->participants[m->command->participant].suspended_until;
    if (model_is_suspended(m, m->command->participant))
        return refuse_with(REJECT_ACCREDITATION_SUSPENDED, 0, until == date_none ? 0 : until);
    if (m->participants[m->command->participant].withdrawn) return refuse(REJECT_ACCREDITATION_WITHDRAWN);
    return fine();
}

struct verdict model_check_section(const struct model *m, const struct order *o) {
    uint32_t section = m->instruments[o->instrument].section;
    return firm_of(m, o)->sections[section].present ? fine() : refuse(REJECT_SECTION_NOT_ACCREDITED);
}

static uint8_t remarks_that_count(const struct model *m, const struct order *o) {
    return model_remarks(m, o->participant, model_session_of(m, o));
}

struct verdict model_check_papers(const struct model *m, const struct order *o) {
    uint8_t r = remarks_that_count(m, o);
    if (r & 1 << REMARK_PAPERS)
        return refuse_with(REJECT_ACCREDITATION_DOCS_INCOMPLETE, firm_of(m, o)->papers_missing, 0);
    if (r & 1 << REMARK_CONTRACT) return refuse(REJECT_SERVICE_CONTRACT_MISSING);
    return fine();
}

struct verdict model_check_trader(const struct model *m, const struct order *o) {
    const struct command *c = m->command;
    (void)o;
    if (c->user == NAME_NONE) return fine();
    if (c->user >= m->users_count) return refuse(REJECT_TRADER_NOT_REGISTERED);
    const struct model_user *u = &m->users[c->user];
    if (u->role != ROLE_TRADER || u->participant != c->participant ||
        m->persons[u->person].participant != c->participant)
        return refuse(REJECT_TRADER_NOT_REGISTERED);
    return fine();
}

struct verdict model_check_certificate(const struct model *m, const struct order *o) {
    (void)o;
    if (m->command->user == NAME_NONE) return fine();
    const struct model_person *p = &m->persons[m->users[m->command->user].person];
    if (p->from != date_none && !is_within(model_today(m), p->from, p->to))
        return refuse_with(REJECT_SIGNATURE_INVALID, p->from, p->to);
    return fine();
}

/* ACC-10: before the session started, and stayed. */
struct verdict model_check_late(const struct model *m, const struct order *o) {
    const struct model_session *s = session_of(m, o);
    if (m->command->user == NAME_NONE || s == NULL || !(s->terms.flags & SESSION_LATE_LOGIN_REFUSE)) return fine();
    if (s->started_ns == INT64_MIN) return fine();     /* it has been open ever since there is a world */
    const struct model_user *u = &m->users[m->command->user];
    if (!u->here || u->here_since >= s->started_ns)
        return refuse_with(REJECT_LATE_LOGIN, s->started_ns, u->here ? u->here_since : 0);
    return fine();
}

struct verdict model_check_remarks(const struct model *m, const struct order *o) {
    uint8_t r = remarks_that_count(m, o);
    const struct model_session *s = session_of(m, o);
    int32_t today = model_today(m), until = firm_of(m, o)->sanction_until;
    if (until != date_none && today <= until) return refuse_with(REJECT_SANCTION_ACTIVE, 0, until);
    if (r & 1 << REMARK_ARREARS) return refuse(REJECT_FEE_ARREARS);
    if (r & 1 << REMARK_CLAIM) return refuse(REJECT_OBLIGATIONS_OUTSTANDING);
    if (o->side != SIDE_BUY || s == NULL || !(s->terms.flags & SESSION_OWN_USE) || !has_principal(m, o)) return fine();
    const struct model_participant *p = &m->participants[o->principal];
    if (p->own_use_from == date_none || !is_within(today, p->own_use_from, p->own_use_to))
        return refuse(REJECT_OWN_USE_CERTIFICATE_REQUIRED);
    return fine();
}

/* ---- group 3 ---- */

const struct command_client *model_registration(const struct model *m, const struct order *o) {
    for (uint32_t i = 0; i < m->clients_count; i++) {
        const struct command_client *c = &m->clients[i];
        if (c->broker == o->participant && c->client == o->principal && c->registered &&
            c->section == m->instruments[o->instrument].section)
            return c;
    }
    return NULL;
}

static struct verdict check_mandate_date(const struct model *m, const struct command_client *c) {
    if (c->expire_date == date_none || model_today(m) <= c->expire_date) return fine();
    struct verdict v = refuse_with(REJECT_MANDATE_EXCEEDED, 0, c->expire_date);
    v.detail = DETAIL_MANDATE_EXPIRED;
    return v;
}

static struct verdict check_mandate(const struct model *m, const struct order *o, const struct command_client *c) {
    if (c->side != SIDE_BOTH && c->side != o->side) return refuse_case(REJECT_MANDATE_EXCEEDED, DETAIL_MANDATE_SIDE);
    if (c->instrument != NAME_NONE && c->instrument != o->instrument)
        return refuse_case(REJECT_MANDATE_EXCEEDED, DETAIL_MANDATE_INSTRUMENT);
    struct verdict v = fine();
    if (c->quantity_max.lots != 0 && o->total > c->quantity_max.lots) {
        v = refuse_with(REJECT_MANDATE_EXCEEDED, 0, c->quantity_max.lots);
        v.detail = DETAIL_MANDATE_QUANTITY;
        return v;
    }
    uint32_t at = o->price != 0 ? o->price : model_reckoned_price(m, o), limit = c->limit.ticks;
    if (limit != 0 && (o->side == SIDE_BUY ? at > limit : at < limit)) {
        v = refuse_with(REJECT_MANDATE_EXCEEDED, limit, limit);
        v.detail = DETAIL_MANDATE_PRICE;
        return v;
    }
    return check_mandate_date(m, c);
}

static struct verdict check_licence(const struct model *m, const struct order *o) {
    const struct model_participant *b = firm_of(m, o);
    int32_t today = model_today(m);
    if (b->broker == BROKER_STATE_NONE) return refuse(REJECT_BROKER_LICENCE_REQUIRED);
    if (today < b->broker_from) return refuse_with(REJECT_BROKER_LICENCE_REQUIRED, b->broker_from, 0);
    if (b->broker == BROKER_STATE_ENDED || (b->broker_to != date_none && today > b->broker_to))
        return refuse_with(REJECT_BROKER_LICENCE_EXPIRED, 0, b->broker_to);
    return b->broker == BROKER_STATE_SUSPENDED ? refuse(REJECT_BROKER_LICENCE_SUSPENDED) : fine();
}

/* The broker's status and the registration; *found is the registration. */
static struct verdict check_registration(const struct model *m, const struct order *o,
                                         const struct command_client **found) {
    struct verdict v = check_licence(m, o);
    if (v.reason != REJECT_NONE) return v;
    *found = has_principal(m, o) ? model_registration(m, o) : NULL;
    if (*found == NULL || model_is_suspended(m, o->principal) || m->participants[o->principal].withdrawn)
        return refuse(REJECT_CLIENT_NOT_REGISTERED);
    return fine();
}

struct verdict model_check_broker(const struct model *m, const struct order *o) {
    const struct command_client *c;
    if (o->principal == o->participant) return fine();
    struct verdict v = check_registration(m, o, &c);
    return v.reason == REJECT_NONE ? check_mandate(m, o, c) : v;
}

/* Of an order that stands only the mandate's last day is asked again, not what it may say. */
static struct verdict check_broker_again(const struct model *m, const struct order *o) {
    const struct command_client *c;
    if (o->principal == o->participant) return fine();
    struct verdict v = check_registration(m, o, &c);
    return v.reason == REJECT_NONE ? check_mandate_date(m, c) : v;
}

struct verdict model_check_stands(const struct model *m, const struct order *o) {
    static model_check *const checks[] = { model_check_dates, model_check_section, check_broker_again };
    return RUN_CHECKS(m, o, checks);
}

/* ---- group 4 ---- */

bool model_lists_country(const char countries[countries_count_max][2], const char country[2]) {
    bool is_empty = true;
    for (uint32_t i = 0; i < countries_count_max; i++) {
        if (countries[i][0] == '\0') continue;
        is_empty = false;
        if (memcmp(countries[i], country, 2) == 0) return true;
    }
    return is_empty;
}

/* SES-6: who sells and who buys, by residency. */
static bool fits_direction(uint8_t direction, uint32_t side, bool resident) {
    switch (direction) {
    case DIRECTION_DOMESTIC: return resident;
    case DIRECTION_EXPORT: return resident == (side == SIDE_SELL);
    case DIRECTION_IMPORT: return resident == (side == SIDE_BUY);
    case DIRECTION_TRANSIT: return !resident;
    default: return true;
    }
}

static bool is_broker_today(const struct model *m, const struct order *o) {
    return check_licence(m, o).reason == REJECT_NONE;
}

struct verdict model_check_eligible(const struct model *m, const struct order *o) {
    const struct model_session *s = session_of(m, o);
    if (s == NULL) return fine();
    const struct model_participant *p = &m->participants[o->principal];
    bool buys = o->side == SIDE_BUY;
    if (!model_lists_country(buys ? s->terms.buyer_countries : s->terms.seller_countries, p->country))
        return refuse_case(REJECT_SESSION_COUNTRY_RESTRICTED, buys ? DETAIL_BUYER_COUNTRY : DETAIL_SELLER_COUNTRY);
    if (!fits_direction(s->terms.direction, o->side, p->resident)) return refuse(REJECT_SESSION_DIRECTION_MISMATCH);
    if (s->terms.direction == DIRECTION_TRANSIT) {
        const struct model_instrument *i = &m->instruments[o->instrument];
        bool is_asked, permitted = model_transit_permitted(m, i->section, &is_asked);
        if (!permitted) return refuse_with(REJECT_TRANSIT_NOT_ALLOWED, model_transit_from(m, i->section), 0);
        if (is_asked && !model_leaves_belarus(i)) return refuse(REJECT_TRANSIT_BASIS_INVALID);
    }
    if (s->terms.role == SESSION_ROLE_BROKERS_ONLY && !is_broker_today(m, o))
        return refuse(REJECT_SESSION_ROLE_RESTRICTED);
    return fine();
}

/* ---- group 5 ---- */

/* STL-3; STL-4 where nobody can be on the other side, as the session's direction says. */
static struct verdict check_residency(const struct model *m, const struct order *o,
                                      const struct command_currency_rule *row) {
    const struct model_session *s = session_of(m, o);
    const struct model_participant *p = &m->participants[o->principal];
    bool in_byn = m->instruments[o->instrument].currency == CURRENCY_BYN;
    if (row != NULL && !model_lists_country(row->countries, p->country))
        return refuse_case(REJECT_CURRENCY_RESIDENCY_MISMATCH, DETAIL_CURRENCY_COUNTRY);
    if (!(m->terms.flags & RULE_DOMESTIC_BYN_ONLY)) return fine();
    bool crosses = s != NULL && s->terms.direction != DIRECTION_ANY && s->terms.direction != DIRECTION_DOMESTIC;
    if (in_byn && (!p->resident || crosses)) return refuse_case(REJECT_CURRENCY_RESIDENCY_MISMATCH, DETAIL_FOREIGN_IN_BYN);
    if (!in_byn && s != NULL && s->terms.direction == DIRECTION_DOMESTIC)
        return refuse_case(REJECT_CURRENCY_RESIDENCY_MISMATCH, DETAIL_DOMESTIC_IN_FOREIGN);
    return fine();
}

struct verdict model_check_currency(const struct model *m, const struct order *o) {
    const struct model_instrument *i = &m->instruments[o->instrument];
    const struct model_session *s = session_of(m, o);
    if (s != NULL && s->terms.currencies_mask != 0 && !(s->terms.currencies_mask & 1 << i->currency))
        return refuse(REJECT_CURRENCY_NOT_ALLOWED);
    const struct command_currency_rule *row;
    int32_t from = model_currency_from(m, i->currency, &row);
    if (from == date_none) return refuse(REJECT_CURRENCY_NOT_ALLOWED);
    if (from != model_today(m)) return refuse_with(REJECT_CURRENCY_NOT_YET_AVAILABLE, from, 0);
    struct verdict v = check_residency(m, o, row);
    if (v.reason != REJECT_NONE) return v;
    if (o->payment_terms != 0 && !(i->payment_terms & 1 << (o->payment_terms - 1)))
        return refuse_with(REJECT_PAYMENT_TERMS_NOT_ALLOWED, i->payment_terms, 0);
    return fine();
}
