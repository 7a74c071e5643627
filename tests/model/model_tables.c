/* model_tables.c - the dated rule tables (RULEBOOK.md). All rows stand in one list in the order in which they came; a
 * later row goes before an earlier one, so every question walks the list from its end. Nothing is prepared: what a table
 * says is asked anew for every order. */
#include "tests/model/model_state.h"

static bool is_in_force(int32_t date, int32_t from, int32_t to) {
    return (from == date_none || date >= from) && (to == date_none || date <= to);
}

/* ---- giving ---- */

static struct verdict check_row(const struct model *m, const struct command *c) {
    bool bad = false;
    switch (c->kind) {
    case COMMAND_TRANSIT_RULE:
        bad = !model_are_dates(c->transit_rule.from_date, c->transit_rule.to_date) ||
              c->transit_rule.sections_mask >> SECTION_COUNT != 0;
        break;
    case COMMAND_CURRENCY_RULE:
        bad = !model_are_dates(c->currency_rule.from_date, c->currency_rule.to_date) ||
              c->currency_rule.currency >= CURRENCY_COUNT;
        break;
    case COMMAND_BAND_RULE:
        bad = !model_are_dates(c->band_rule.from_date, c->band_rule.to_date) ||
              c->band_rule.instrument >= m->instruments_count || c->band_rule.band > BAND_RULE_CEILING ||
              c->band_rule.deal_class > DEAL_TRANSIT || c->band_rule.level.ticks == 0 ||
              c->band_rule.level.ticks > price_ticks_max;
        break;
    case COMMAND_FEE_RULE:
        bad = !model_are_dates(c->fee_rule.from_date, c->fee_rule.to_date) || c->fee_rule.flat.minor < 0 ||
              c->fee_rule.currency >= CURRENCY_COUNT || c->fee_rule.ppm > 1000000 ||
              (c->fee_rule.instrument != NAME_NONE && c->fee_rule.instrument >= m->instruments_count);
        break;
    case COMMAND_WAIVER_RULE: bad = !model_are_dates(c->waiver_rule.from_date, c->waiver_rule.to_date); break;
    default: bad = c->fx_rate.currency >= CURRENCY_COUNT || c->fx_rate.byn_scaled <= 0; break;
    }
    return bad ? refuse(REJECT_BAD_VALUE) : fine();
}

/* How many rows of a kind there can be; no document says. */
static uint32_t room_for(uint32_t kind) {
    switch (kind) {
    case COMMAND_BAND_RULE: return 512;
    case COMMAND_FEE_RULE: return 256;
    case COMMAND_FX_RATE: return 4096;
    default: return 64;
    }
}

static uint32_t count_rows(const struct model *m, uint32_t kind) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->rows_count; i++) count += m->rows[i].kind == kind;
    return count;
}

static void say_rule(struct model *m) { model_say(m, EVENT_RULE, NAME_NONE)->rule.command = m->command->kind; }

static struct verdict give_terms(struct model *m, const struct command_rule_terms *c) {
    if (m->orders_given > 0) return refuse(REJECT_BAD_VALUE);
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++)
        if (c->deposit_floors[i].minor < 0) return refuse(REJECT_BAD_VALUE);
    if (c->deposit_ppm > 1000000 || c->fee_ppm > 1000000 || c->deposit_business_days > 3 ||
        c->fee_due_business_days > 60)
        return refuse(REJECT_BAD_VALUE);
    m->has_terms = true;
    m->terms = *c;
    say_rule(m);
    model_end_unfit(m, NAME_NONE);
    return fine();
}

struct verdict model_apply_table(struct model *m) {
    const struct command *c = m->command;
    if (c->kind == COMMAND_RULE_TERMS) return give_terms(m, &c->rule_terms);
    if (c->kind < COMMAND_TRANSIT_RULE || c->kind > COMMAND_FX_RATE) return fine();
    struct verdict v = check_row(m, c);
    if (v.reason != REJECT_NONE) return v;
    if (count_rows(m, c->kind) == room_for(c->kind)) return refuse(REJECT_LIMIT_REACHED);
    CHECK(m->rows_count < MODEL_ROWS_MAX);
    m->rows[m->rows_count++] = *c;
    say_rule(m);
    model_end_unfit(m, NAME_NONE);
    return fine();
}

/* ---- transit and pairs ---- */

/* TRN-2: without any row nothing is asked. */
bool model_transit_permitted(const struct model *m, uint32_t section, bool *is_asked) {
    *is_asked = false;
    for (uint32_t i = m->rows_count; i-- > 0;) {
        if (m->rows[i].kind != COMMAND_TRANSIT_RULE) continue;
        const struct command_transit_rule *r = &m->rows[i].transit_rule;
        *is_asked = true;
        if (is_in_force(model_today(m), r->from_date, r->to_date)) return (r->sections_mask & 1U << section) != 0;
    }
    return !*is_asked;
}

int32_t model_transit_from(const struct model *m, uint32_t section) {
    int32_t next = 0;
    for (uint32_t i = 0; i < m->rows_count; i++) {
        const struct command_transit_rule *r = &m->rows[i].transit_rule;
        if (m->rows[i].kind != COMMAND_TRANSIT_RULE || !(r->sections_mask & 1U << section)) continue;
        if (r->from_date > model_today(m) && (next == 0 || r->from_date < next)) next = r->from_date;
    }
    return next;
}

/* TRN-10. Where no place at all is listed, none is known to lie in Belarus. */
bool model_leaves_belarus(const struct model_instrument *i) {
    return i->bases_count == 0 || i->basis_abroad != bases_count_max;
}

enum deal_class model_class_of(const struct model *m, uint32_t seller, uint32_t buyer) {
    bool seller_resident = m->participants[seller].resident, buyer_resident = m->participants[buyer].resident;
    if (seller_resident) return buyer_resident ? DEAL_DOMESTIC : DEAL_EXPORT;
    return buyer_resident ? DEAL_IMPORT : DEAL_TRANSIT;
}

enum reject model_pair_reason(const struct model *m, uint32_t instrument, uint32_t seller, uint32_t buyer) {
    const struct model_instrument *i = &m->instruments[instrument];
    enum deal_class deal_class = model_class_of(m, seller, buyer);
    if (deal_class == DEAL_TRANSIT) {
        bool is_asked, permitted = model_transit_permitted(m, i->section, &is_asked);
        if (!permitted || (is_asked && !model_leaves_belarus(i))) return REJECT_TRANSIT_PAIR_SKIPPED;
    }
    if (!(m->terms.flags & RULE_DOMESTIC_BYN_ONLY)) return REJECT_NONE;
    return (deal_class == DEAL_DOMESTIC) == (i->currency == CURRENCY_BYN) ? REJECT_NONE
                                                                         : REJECT_CURRENCY_RESIDENCY_MISMATCH;
}

/* ---- bands ---- */

enum deal_class model_entry_class(const struct model *m, uint32_t instrument, uint32_t side, uint32_t principal) {
    bool resident = m->participants[principal].resident, with_resident = true, sells = side == SIDE_SELL;
    bool in_byn = m->instruments[instrument].currency == CURRENCY_BYN;
    if ((m->terms.flags & RULE_DOMESTIC_BYN_ONLY) && resident && !in_byn) with_resident = false;
    if (resident && with_resident) return DEAL_DOMESTIC;
    if (!resident && !with_resident) return DEAL_TRANSIT;
    return resident == sells ? DEAL_EXPORT : DEAL_IMPORT;
}

uint32_t model_band(const struct model *m, const struct order *o, enum band_kind band) {
    enum deal_class deal_class = model_entry_class(m, o->instrument, o->side, o->principal);
    for (uint32_t i = m->rows_count; i-- > 0;) {
        if (m->rows[i].kind != COMMAND_BAND_RULE) continue;
        const struct command_band_rule *r = &m->rows[i].band_rule;
        if (r->instrument == o->instrument && r->band == band && r->deal_class == deal_class &&
            is_in_force(model_today(m), r->from_date, r->to_date))
            return r->level.ticks;
    }
    return 0;
}

/* ---- currencies ---- */

int32_t model_currency_from(const struct model *m, uint32_t currency, const struct command_currency_rule **row) {
    int32_t today = model_today(m), next = date_none;
    bool is_asked = false;
    *row = NULL;
    for (uint32_t i = m->rows_count; i-- > 0;) {
        const struct command_currency_rule *r = &m->rows[i].currency_rule;
        if (m->rows[i].kind != COMMAND_CURRENCY_RULE || r->currency != currency) continue;
        is_asked = true;
        if (is_in_force(today, r->from_date, r->to_date)) {
            *row = r;
            return today;
        }
        if (r->from_date > today && (next == date_none || r->from_date < next)) next = r->from_date;
    }
    return is_asked ? next : today;
}

/* DEP-8: whether the currency can be had, or could at some time. */
bool model_currency_has_begun(const struct model *m, uint32_t currency) {
    bool is_asked = false;
    for (uint32_t i = 0; i < m->rows_count; i++) {
        const struct command_currency_rule *r = &m->rows[i].currency_rule;
        if (m->rows[i].kind != COMMAND_CURRENCY_RULE || r->currency != currency) continue;
        if (r->from_date == date_none || r->from_date <= model_today(m)) return true;
        is_asked = true;
    }
    return !is_asked;
}

/* The rate of the latest day that has come; of two rows for one day the later row's. */
int64_t model_byn_rate(const struct model *m, uint32_t currency) {
    const struct command_fx_rate *latest = NULL;
    for (uint32_t i = 0; i < m->rows_count; i++) {
        const struct command_fx_rate *r = &m->rows[i].fx_rate;
        if (m->rows[i].kind != COMMAND_FX_RATE || r->currency != currency || r->from_date > model_today(m)) continue;
        if (latest == NULL || r->from_date >= latest->from_date) latest = r;
    }
    return latest == NULL ? 0 : latest->byn_scaled;
}

/* ---- deposits and fees ---- */

static bool is_any_or(uint8_t wanted, uint32_t value) { return wanted == RULE_ANY || wanted == value; }

uint32_t model_deposit_ppm(const struct model *m, const struct order *o) {
    enum deal_class deal_class = model_entry_class(m, o->instrument, o->side, o->principal);
    for (uint32_t i = m->rows_count; i-- > 0;) {
        if (m->rows[i].kind != COMMAND_WAIVER_RULE) continue;
        const struct command_waiver_rule *r = &m->rows[i].waiver_rule;
        if (is_in_force(model_today(m), r->from_date, r->to_date) &&
            is_any_or(r->section, m->instruments[o->instrument].section) && is_any_or(r->deal_class, deal_class) &&
            is_any_or(r->side, o->side))
            return 0;
    }
    return m->terms.deposit_ppm;
}

static bool fits_deal(const struct model *m, const struct command_fee_rule *r, uint32_t instrument,
                      enum deal_class deal_class, enum side side) {
    const struct model_instrument *i = &m->instruments[instrument];
    bool group = r->group[0] == '\0' || memcmp(r->group, i->group, instrument_group_size) == 0;
    return group && (r->instrument == NAME_NONE || r->instrument == instrument) && is_any_or(r->section, i->section) &&
           is_any_or(r->deal_class, deal_class) && is_any_or(r->side, side) &&
           is_in_force(model_today(m), r->from_date, r->to_date);
}

int64_t model_fee(const struct model *m, uint32_t instrument, enum deal_class deal_class, enum side side,
                  int64_t value, uint8_t *currency, bool *is_flat) {
    uint32_t ppm = m->terms.fee_ppm;
    *currency = (uint8_t)m->instruments[instrument].currency;
    *is_flat = false;
    for (uint32_t i = m->rows_count; i-- > 0;) {
        const struct command_fee_rule *r = &m->rows[i].fee_rule;
        if (m->rows[i].kind != COMMAND_FEE_RULE || !fits_deal(m, r, instrument, deal_class, side)) continue;
        ppm = r->ppm;
        if (r->flat.minor == 0) break;
        *currency = r->currency;
        *is_flat = true;
        return r->flat.minor;
    }
    return (int64_t)(((uint128)value * ppm + 500000) / 1000000);
}
