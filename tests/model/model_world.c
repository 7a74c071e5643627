/* model_world.c - what the model's world consists of: instruments, sessions, participants, users (MATCHING.md 9). */
#include "tests/model/model_state.h"

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
    i->basis_abroad = bases_count_max;
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
    i->payment_terms = c->payment_terms_mask;
    memcpy(i->group, c->group, instrument_group_size);
    say_subject(m, EVENT_INSTRUMENT, c->instrument, c->instrument);
    return REJECT_NONE;
}

static enum reject add_basis(struct model *m, const struct command_basis *c) {
    if (c->instrument >= m->instruments_count || c->basis.incoterm >= INCOTERM_COUNT) return REJECT_BAD_VALUE;
    struct model_instrument *i = &m->instruments[c->instrument];
    if (i->bases_count == bases_count_max) return REJECT_LIMIT_REACHED;
    bool abroad = c->basis.country[0] != 'B' || c->basis.country[1] != 'Y';
    if (abroad && i->basis_abroad == bases_count_max) i->basis_abroad = i->bases_count;
    i->bases_count++;
    say_subject(m, EVENT_BASIS, c->instrument, c->instrument);
    return REJECT_NONE;
}

static enum reject add_session(struct model *m, const struct command_session *c) {
    for (uint32_t i = 0; i < m->sessions_count; i++)
        if (memcmp(m->sessions[i].id, c->id, session_id_size) == 0) return REJECT_BAD_VALUE;
    if (c->id[0] == '\0' || c->model >= MODEL_COUNT || !model_are_hours(c->open_minute, c->close_minute))
        return REJECT_BAD_VALUE;
    if (m->sessions_count == m->limits.sessions_max) return REJECT_LIMIT_REACHED;
    struct model_session *s = &m->sessions[m->sessions_count++];
    memset(s, 0, sizeof *s);
    memcpy(s->id, c->id, session_id_size);
    s->open_minute = c->open_minute;
    s->close_minute = c->close_minute;
    s->opened_date = s->closed_date = date_none;
    s->open = model_is_scheduled_open(m, s, m->time_ns);
    s->started_ns = INT64_MIN;
    for (uint32_t i = 0; i < m->participants_count; i++) s->remarks[i] = model_remarks_now(m, i);
    say_subject(m, EVENT_SESSION, NAME_NONE, m->sessions_count - 1);
    return REJECT_NONE;
}

static enum reject list_symbol(struct model *m, const struct command_session_symbol *c) {
    if (c->session >= m->sessions_count || c->instrument >= m->instruments_count) return REJECT_BAD_VALUE;
    struct model_instrument *i = &m->instruments[c->instrument];
    if (model_is_listed(m, c->instrument, c->session)) return REJECT_BAD_VALUE;
    if (i->sessions_count == MODEL_LISTINGS_MAX) return REJECT_LIMIT_REACHED;
    i->sessions[i->sessions_count++] = c->session;
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
    memcpy(p->country, c->country, 2);
    p->resident = c->country[0] == 'B' && c->country[1] == 'Y';
    p->suspended_until = p->sanction_until = p->own_use_from = p->own_use_to = date_none;
    p->broker_from = p->broker_to = date_none;
    say_subject(m, EVENT_PARTICIPANT, NAME_NONE, m->participants_count - 1);
    return REJECT_NONE;
}

static enum reject accredit(struct model *m, const struct command_accredit *c) {
    if (c->participant >= m->participants_count || c->section >= SECTION_COUNT) return REJECT_BAD_VALUE;
    if (c->to_date != date_none && c->to_date < c->from_date) return REJECT_BAD_VALUE;
    struct model_participant *p = &m->participants[c->participant];
    if (p->withdrawn) return REJECT_ACCREDITATION_WITHDRAWN;
    p->accredited = true;
    p->sections[c->section].present = true;
    p->sections[c->section].from = c->from_date;
    p->sections[c->section].to = c->to_date;
    struct event *e = model_say(m, EVENT_ACCREDITED, NAME_NONE);
    e->accredited.participant = c->participant;
    e->accredited.from_date = c->from_date;
    e->accredited.to_date = c->to_date;
    e->accredited.section = c->section;
    model_end_unfit(m, c->participant);
    return REJECT_NONE;
}

static enum reject add_user(struct model *m, const struct command_add_user *c) {
    for (uint32_t i = 0; i < m->users_count; i++)
        if (memcmp(m->users[i].name, c->name, user_name_size) == 0) return REJECT_BAD_VALUE;
    if (c->name[0] == '\0' || c->role >= ROLE_COUNT) return REJECT_BAD_VALUE;
    bool alone = c->participant == NAME_NONE && c->role != ROLE_TRADER;
    if (c->participant >= m->participants_count && !alone) return REJECT_BAD_VALUE;
    if (m->users_count == m->limits.users_max) return REJECT_LIMIT_REACHED;
    uint32_t person = NAME_NONE;
    if (c->role == ROLE_TRADER) {
        const char *name = c->person[0] != '\0' ? c->person : c->name;
        struct verdict v = model_register_person(m, name, c->participant, &person);
        if (v.reason != REJECT_NONE) return v.reason;
    }
    struct model_user *u = &m->users[m->users_count++];
    memset(u, 0, sizeof *u);
    memcpy(u->name, c->name, user_name_size);
    u->participant = c->participant;
    u->role = c->role;
    u->person = person;
    say_subject(m, EVENT_USER, NAME_NONE, m->users_count - 1);
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

struct verdict model_apply_world(struct model *m) {
    const struct command *c = m->command;
    enum reject reason = REJECT_NONE;
    switch (c->kind) {
    case COMMAND_INSTRUMENT: reason = add_instrument(m, &c->instrument); break;
    case COMMAND_INSTRUMENT_TERMS: reason = set_terms(m, &c->instrument_terms); break;
    case COMMAND_BASIS: reason = add_basis(m, &c->basis); break;
    case COMMAND_SESSION: reason = add_session(m, &c->session); break;
    case COMMAND_SESSION_SYMBOL: reason = list_symbol(m, &c->session_symbol); break;
    case COMMAND_PARTICIPANT: reason = add_participant(m, &c->add_participant); break;
    case COMMAND_ACCREDIT: reason = accredit(m, &c->accredit); break;
    case COMMAND_USER: reason = add_user(m, &c->add_user); break;
    case COMMAND_HALT: reason = halt(m, &c->halt); break;
    case COMMAND_HOLIDAY: reason = add_holiday(m, &c->holiday); break;
    case COMMAND_NEWS: say_subject(m, EVENT_NEWS, NAME_NONE, 0); break;
    default: break;     /* a password changes nothing */
    }
    return refuse_with(reason, 0, reason == REJECT_LIMIT_REACHED ? room_for(m, c->kind) : 0);
}
