/* model_world.c - who and what the model's world consists of, and how its time passes (MATCHING.md 7 and 9). */
#include "tests/model/model_state.h"

/* ---- time ---- */

static int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int32_t model_date(int64_t time_ns) { return (int32_t)floor_divide(time_ns + MINSK_OFFSET_NS, NS_PER_DAY); }

static int64_t begin_of(int32_t date, uint32_t minute) {
    return date * NS_PER_DAY - MINSK_OFFSET_NS + minute * (60 * NS_PER_SECOND);
}

/* 1970-01-01 was a Thursday. */
static bool is_business_day(const struct model *m, int32_t date) {
    int64_t weekday = (((int64_t)date + 3) % 7 + 7) % 7;    /* 0 = Monday */
    if (weekday >= 5) return false;
    for (uint32_t i = 0; i < m->holidays_count; i++)
        if (m->holidays[i] == date) return false;
    return true;
}

static bool is_always_open(const struct model_session *s) { return s->open_minute == 0 && s->close_minute == 0; }

bool model_is_open(const struct model *m, uint32_t instrument) {
    uint32_t session = m->instruments[instrument].session;
    return session == NAME_NONE || m->sessions[session].open;
}

bool model_is_halted(const struct model *m, uint32_t instrument) {
    const struct model_instrument *i = &m->instruments[instrument];
    return i->halted || m->section_halted[i->section] || (i->session != NAME_NONE && m->sessions[i->session].halted);
}

static bool is_scheduled_open(const struct model *m, const struct model_session *s, int64_t time_ns) {
    int32_t date = model_date(time_ns);
    return is_business_day(m, date) && time_ns >= begin_of(date, s->open_minute) &&
           time_ns < begin_of(date, s->close_minute);
}

static void set_phase(struct model *m, uint32_t session, bool open) {
    struct event *e = model_say(m, EVENT_SESSION_PHASE, NAME_NONE);
    e->session_phase.session = session;
    e->session_phase.phase = open ? PHASE_CONTINUOUS : PHASE_CLOSED;
    m->sessions[session].open = open;
}

static bool ends_with_session(const struct model *m, const struct order *o, const void *context) {
    return o->tif == TIF_DAY && m->instruments[o->instrument].session == *(const uint32_t *)context;
}

static bool ends_at_midnight(const struct model *m, const struct order *o, const void *context) {
    int32_t date = *(const int32_t *)context;
    (void)m;
    return o->tif == TIF_DAY || (o->tif == TIF_GTD && o->expire_date < date);
}

static void pay_out(struct model *m, int32_t date);
static void end_unfit(struct model *m, int32_t date);

/* DAY and GTD orders end together, in the order of entry, each with its own cause. */
static void end_at_midnight(struct model *m, int32_t date) {
    for (;;) {
        struct order *first = NULL;
        for (uint32_t i = 0; i < m->orders_count; i++) {
            struct order *o = &m->orders[i];
            if (o->state == ORDER_ENDED || !ends_at_midnight(m, o, &date)) continue;
            if (first == NULL || o->entry < first->entry) first = o;
        }
        if (first == NULL) return;
        model_end_order(m, first, EVENT_EXPIRED, first->tif == TIF_DAY ? CAUSE_END_OF_DAY : CAUSE_EXPIRE_DATE,
                        REJECT_NONE);
    }
}

/* A session that is open until midnight and opens again at that moment has not closed. */
static void close_sessions(struct model *m, int64_t now) {
    for (uint32_t i = 0; i < m->sessions_count; i++) {
        const struct model_session *s = &m->sessions[i];
        if (is_always_open(s)) continue;
        if (!s->open || now < begin_of(model_date(now - 1), s->close_minute) || is_scheduled_open(m, s, now)) continue;
        set_phase(m, i, false);
        model_end_orders(m, ends_with_session, &i, EVENT_EXPIRED, CAUSE_SESSION_CLOSE);
    }
}

static void open_sessions(struct model *m, int64_t now) {
    for (uint32_t i = 0; i < m->sessions_count; i++) {
        const struct model_session *s = &m->sessions[i];
        if (!is_always_open(s) && !s->open && is_scheduled_open(m, s, now)) set_phase(m, i, true);
    }
}

/* The first moment after now, not later than `end`, at which something is due; `end` + 1 when there is none. */
static int64_t next_moment(const struct model *m, int64_t end) {
    int32_t date = model_date(m->time_ns);
    int64_t next = begin_of(date + 1, 0);
    for (uint32_t i = 0; i < m->sessions_count; i++) {
        const struct model_session *s = &m->sessions[i];
        if (is_always_open(s) || (!s->open && !is_business_day(m, date))) continue;
        int64_t opens = begin_of(date, s->open_minute), closes = begin_of(date, s->close_minute);
        if (opens > m->time_ns && opens < next) next = opens;
        if (closes > m->time_ns && closes < next) next = closes;
    }
    return next > end ? end + 1 : next;
}

void model_say_time(struct model *m) {
    struct event *e = model_say(m, EVENT_TIME, NAME_NONE);
    e->time.time_ns = m->time_ns;
    e->time.trade_date = model_date(m->time_ns);
}

void model_advance(struct model *m, int64_t time_ns) {
    if (time_ns <= m->time_ns) return;
    if (m->time_ns == 0) m->time_ns = time_ns;      /* the world begins now: nothing was due before */
    for (;;) {
        int64_t moment = next_moment(m, time_ns);
        if (moment > time_ns) break;
        int32_t date = model_date(m->time_ns);
        m->time_ns = moment;
        close_sessions(m, moment);
        if (model_date(moment) != date) {
            model_say_time(m);
            end_at_midnight(m, model_date(moment));
            pay_out(m, model_date(moment));
            end_unfit(m, model_date(moment));
        }
        open_sessions(m, moment);
    }
    m->time_ns = time_ns;
}

/* ---- building the world ---- */

void model_refuse(struct model *m, enum reject reason, int64_t high) {
    struct event *e = model_say(m, EVENT_REFUSED, NAME_NONE);
    e->refused.participant = m->command->participant;
    e->refused.command = m->command->kind;
    e->refused.reason = (uint16_t)reason;
    e->refused.allowed_high = high;
}

static void say_subject(struct model *m, enum event_kind kind, uint32_t instrument, uint32_t index) {
    model_say(m, kind, instrument)->subject.index = index;
}

static enum reject add_instrument(struct model *m, const struct command_instrument *c) {
    for (uint32_t i = 0; i < m->instruments_count; i++)
        if (memcmp(m->instruments[i].symbol, c->symbol, symbol_size) == 0) return REJECT_BAD_VALUE;
    if (c->symbol[0] == '\0' || c->section >= SECTION_COUNT || c->unit >= UNIT_COUNT ||
        c->currency >= CURRENCY_COUNT || c->price_places < 2 || c->price_places > 6)
        return REJECT_BAD_VALUE;
    if (m->instruments_count == m->limits.instruments_max) return REJECT_LIMIT_REACHED;
    struct model_instrument *i = &m->instruments[m->instruments_count++];
    memset(i, 0, sizeof *i);
    memcpy(i->symbol, c->symbol, symbol_size);
    i->section = c->section;
    i->currency = c->currency;
    i->price_places = c->price_places;
    i->session = NAME_NONE;
    say_subject(m, EVENT_INSTRUMENT, m->instruments_count - 1, m->instruments_count - 1);
    return REJECT_NONE;
}

static enum reject set_terms(struct model *m, const struct command_instrument_terms *c) {
    if (c->instrument >= m->instruments_count) return REJECT_BAD_VALUE;
    struct model_instrument *i = &m->instruments[c->instrument];
    if (i->has_terms) return REJECT_BAD_VALUE;
    int64_t scale = 1;
    for (uint32_t place = 2; place < i->price_places; place++) scale *= 10;
    if (c->lot_units == 0 || c->tick_scaled <= 0 || c->tick_scaled > INT64_MAX / c->lot_units) return REJECT_BAD_VALUE;
    int64_t lot_tick_scaled = c->tick_scaled * c->lot_units;
    if (lot_tick_scaled % scale != 0 || lot_tick_scaled / scale > VALUE_MINOR_MAX) return REJECT_BAD_VALUE;
    if (c->reference.ticks == 0 || c->reference.ticks > price_ticks_max) return REJECT_BAD_VALUE;
    if (c->quantity_min.lots == 0 || c->quantity_max.lots < c->quantity_min.lots ||
        c->quantity_max.lots > QUANTITY_LOTS_MAX)
        return REJECT_BAD_VALUE;
    i->has_terms = true;
    i->lot_tick = lot_tick_scaled / scale;
    i->reference = c->reference.ticks;
    i->quantity_min = c->quantity_min.lots;
    i->quantity_max = c->quantity_max.lots;
    i->collar_ppm = c->collar_ppm;
    say_subject(m, EVENT_INSTRUMENT, c->instrument, c->instrument);
    return REJECT_NONE;
}

static enum reject add_basis(struct model *m, const struct command_basis *c) {
    if (c->instrument >= m->instruments_count || c->basis.incoterm >= INCOTERM_COUNT) return REJECT_BAD_VALUE;
    struct model_instrument *i = &m->instruments[c->instrument];
    if (i->bases_count == bases_count_max) return REJECT_LIMIT_REACHED;
    i->bases_count++;
    say_subject(m, EVENT_BASIS, c->instrument, c->instrument);
    return REJECT_NONE;
}

static enum reject add_session(struct model *m, const struct command_session *c) {
    for (uint32_t i = 0; i < m->sessions_count; i++)
        if (memcmp(m->sessions[i].id, c->id, session_id_size) == 0) return REJECT_BAD_VALUE;
    bool always = c->open_minute == 0 && c->close_minute == 0;
    if (c->id[0] == '\0' || c->model >= MODEL_COUNT || (!always && c->open_minute >= c->close_minute) ||
        c->close_minute > 1440)
        return REJECT_BAD_VALUE;
    if (m->sessions_count == m->limits.sessions_max) return REJECT_LIMIT_REACHED;
    struct model_session *s = &m->sessions[m->sessions_count++];
    memset(s, 0, sizeof *s);
    memcpy(s->id, c->id, session_id_size);
    s->open_minute = c->open_minute;
    s->close_minute = c->close_minute;
    s->open = always || is_scheduled_open(m, s, m->time_ns);
    say_subject(m, EVENT_SESSION, NAME_NONE, m->sessions_count - 1);
    return REJECT_NONE;
}

static enum reject list_symbol(struct model *m, const struct command_session_symbol *c) {
    if (c->session >= m->sessions_count || c->instrument >= m->instruments_count) return REJECT_BAD_VALUE;
    if (m->instruments[c->instrument].session != NAME_NONE) return REJECT_BAD_VALUE;
    m->instruments[c->instrument].session = c->session;
    say_subject(m, EVENT_SESSION, c->instrument, c->session);
    return REJECT_NONE;
}

static enum reject add_participant(struct model *m, const struct command_add_participant *c) {
    for (uint32_t i = 0; i < m->participants_count; i++)
        if (memcmp(m->participants[i].id, c->id, participant_id_size) == 0) return REJECT_BAD_VALUE;
    if (c->id[0] == '\0') return REJECT_BAD_VALUE;
    if (m->participants_count == m->limits.participants_max) return REJECT_LIMIT_REACHED;
    struct model_participant *p = &m->participants[m->participants_count++];
    memset(p, 0, sizeof *p);
    memcpy(p->id, c->id, participant_id_size);
    p->resident = c->country[0] == 'B' && c->country[1] == 'Y';
    say_subject(m, EVENT_PARTICIPANT, NAME_NONE, m->participants_count - 1);
    return REJECT_NONE;
}

/* Why an order may not stand on that date: its owner's accreditation in the section. */
static enum reject unfit_reason(const struct model *m, const struct order *o, int32_t date) {
    uint32_t section = m->instruments[o->instrument].section;
    const struct model_participant *p = &m->participants[o->participant];
    if (!p->sections[section].present) return REJECT_SECTION_NOT_ACCREDITED;
    if (date < p->sections[section].from) return REJECT_ACCREDITATION_NOT_YET_EFFECTIVE;
    if (p->sections[section].to != date_none && date > p->sections[section].to) return REJECT_ACCREDITATION_EXPIRED;
    return REJECT_NONE;
}

/* Nobody who is not accredited has an order: those that may not stand end in the order of entry. */
static void end_unfit(struct model *m, int32_t date) {
    for (;;) {
        struct order *first = NULL;
        for (uint32_t i = 0; i < m->orders_count; i++) {
            struct order *o = &m->orders[i];
            if (o->state == ORDER_ENDED || unfit_reason(m, o, date) == REJECT_NONE) continue;
            if (first == NULL || o->entry < first->entry) first = o;
        }
        if (first == NULL) return;
        model_end_order(m, first, EVENT_CANCELED, CAUSE_ADMISSION, unfit_reason(m, first, date));
    }
}

static enum reject accredit(struct model *m, const struct command_accredit *c) {
    if (c->participant >= m->participants_count || c->section >= SECTION_COUNT) return REJECT_BAD_VALUE;
    if (c->to_date != date_none && c->to_date < c->from_date) return REJECT_BAD_VALUE;
    struct model_participant *p = &m->participants[c->participant];
    p->accredited = true;
    p->sections[c->section].present = true;
    p->sections[c->section].from = c->from_date;
    p->sections[c->section].to = c->to_date;
    struct event *e = model_say(m, EVENT_ACCREDITED, NAME_NONE);
    e->accredited.participant = c->participant;
    e->accredited.from_date = c->from_date;
    e->accredited.to_date = c->to_date;
    e->accredited.section = c->section;
    end_unfit(m, model_date(m->time_ns));
    return REJECT_NONE;
}

static enum reject add_user(struct model *m, const struct command_add_user *c) {
    for (uint32_t i = 0; i < m->users_count; i++)
        if (memcmp(m->users[i].name, c->name, user_name_size) == 0) return REJECT_BAD_VALUE;
    if (c->name[0] == '\0' || c->role >= ROLE_COUNT) return REJECT_BAD_VALUE;
    bool alone = c->participant == NAME_NONE && c->role != ROLE_TRADER;
    if (c->participant >= m->participants_count && !alone) return REJECT_BAD_VALUE;
    if (m->users_count == m->limits.users_max) return REJECT_LIMIT_REACHED;
    struct model_user *u = &m->users[m->users_count++];
    memset(u, 0, sizeof *u);
    memcpy(u->name, c->name, user_name_size);
    u->participant = c->participant;
    u->role = c->role;
    say_subject(m, EVENT_USER, NAME_NONE, m->users_count - 1);
    return REJECT_NONE;
}

static void say_deposit(struct model *m, uint32_t participant, uint8_t currency, uint8_t action, int64_t amount) {
    const struct model_participant *p = &m->participants[participant];
    struct event *e = model_say(m, EVENT_DEPOSIT, NAME_NONE);
    e->deposit.participant = participant;
    e->deposit.currency = currency;
    e->deposit.action = action;
    e->deposit.amount.minor = amount;
    e->deposit.credited.minor = p->credited[currency];
    e->deposit.free.minor = p->free[currency];
    e->deposit.counts_date = date_none;     /* no rule asks for days yet */
}

/* DEP-6: what was asked back leaves on the next business day. */
static void pay_out(struct model *m, int32_t date) {
    if (!is_business_day(m, date)) return;
    for (uint32_t i = 0; i < m->participants_count; i++) {
        for (uint8_t c = 0; c < CURRENCY_COUNT; c++) {
            int64_t amount = m->participants[i].paying_out[c];
            if (amount == 0) continue;
            m->participants[i].paying_out[c] = 0;
            say_deposit(m, i, c, DEPOSIT_PAID_OUT, amount);
        }
    }
}

static enum reject deposit(struct model *m, const struct command_deposit *c, int64_t *free_minor) {
    if (c->participant >= m->participants_count || c->currency >= CURRENCY_COUNT || c->action > DEPOSIT_AT_ONCE ||
        c->amount.minor <= 0 || c->amount.minor > VALUE_MINOR_MAX)
        return REJECT_BAD_VALUE;
    struct model_participant *p = &m->participants[c->participant];
    int64_t sum;
    if (c->action == DEPOSIT_WITHDRAW) {
        if (c->amount.minor > p->free[c->currency]) {
            *free_minor = p->free[c->currency];
            return REJECT_WITHDRAWAL_EXCEEDS_FREE;
        }
        p->free[c->currency] -= c->amount.minor;
        p->paying_out[c->currency] += c->amount.minor;
    } else {
        if (__builtin_add_overflow(p->credited[c->currency], c->amount.minor, &sum) || sum > INT64_MAX / 4)
            return REJECT_BAD_VALUE;
        p->credited[c->currency] = sum;
        p->free[c->currency] += c->amount.minor;
    }
    say_deposit(m, c->participant, c->currency, c->action, c->amount.minor);
    return REJECT_NONE;
}

static enum reject halt(struct model *m, const struct command_halt *c) {
    uint32_t counts[] = { m->instruments_count, m->sessions_count, SECTION_COUNT };
    if (c->scope > HALT_SECTION || c->halted > 1 || c->target >= counts[c->scope]) return REJECT_BAD_VALUE;
    if (c->scope == HALT_INSTRUMENT) m->instruments[c->target].halted = c->halted;
    if (c->scope == HALT_SESSION) m->sessions[c->target].halted = c->halted;
    if (c->scope == HALT_SECTION) m->section_halted[c->target] = c->halted;
    struct event *e = model_say(m, EVENT_HALT, c->scope == HALT_INSTRUMENT ? c->target : NAME_NONE);
    e->halt.target = c->target;
    e->halt.scope = c->scope;
    e->halt.halted = c->halted;
    return REJECT_NONE;
}

static enum reject add_holiday(struct model *m, const struct command_holiday *c) {
    int32_t first = 18262, last = 22279;    /* 2020-01-01, 2030-12-31 */
    if (c->date < first || c->date > last) return REJECT_BAD_VALUE;
    for (uint32_t i = 0; i < m->holidays_count; i++)
        if (m->holidays[i] == c->date) return REJECT_NONE;
    if (m->holidays_count < MODEL_HOLIDAYS_MAX) m->holidays[m->holidays_count++] = c->date;
    return REJECT_NONE;
}

static uint32_t room_for(const struct model *m, uint32_t kind) {
    switch (kind) {
    case COMMAND_INSTRUMENT: return m->limits.instruments_max;
    case COMMAND_SESSION: return m->limits.sessions_max;
    case COMMAND_PARTICIPANT: return m->limits.participants_max;
    case COMMAND_USER: return m->limits.users_max;
    default: return bases_count_max;
    }
}

void model_apply_world(struct model *m) {
    const struct command *c = m->command;
    enum reject reason = REJECT_NONE;
    int64_t free_minor = 0;
    switch (c->kind) {
    case COMMAND_INSTRUMENT: reason = add_instrument(m, &c->instrument); break;
    case COMMAND_INSTRUMENT_TERMS: reason = set_terms(m, &c->instrument_terms); break;
    case COMMAND_BASIS: reason = add_basis(m, &c->basis); break;
    case COMMAND_SESSION: reason = add_session(m, &c->session); break;
    case COMMAND_SESSION_SYMBOL: reason = list_symbol(m, &c->session_symbol); break;
    case COMMAND_PARTICIPANT: reason = add_participant(m, &c->add_participant); break;
    case COMMAND_ACCREDIT: reason = accredit(m, &c->accredit); break;
    case COMMAND_USER: reason = add_user(m, &c->add_user); break;
    case COMMAND_DEPOSIT: reason = deposit(m, &c->deposit, &free_minor); break;
    case COMMAND_HALT: reason = halt(m, &c->halt); break;
    case COMMAND_HOLIDAY: reason = add_holiday(m, &c->holiday); break;
    default: break;     /* a password changes nothing */
    }
    if (reason == REJECT_LIMIT_REACHED) model_refuse(m, reason, room_for(m, c->kind));
    else if (reason != REJECT_NONE) model_refuse(m, reason, free_minor);
}
