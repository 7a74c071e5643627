/* exchange_world.c - the commands that build and change the world. MATCHING.md 9. */
#include <string.h>

#include "engine/exchange_internal.h"
#include "engine/market/market.h"
#include "engine/participants/standing.h"
#include "engine/rules/tables.h"
#include "instruments/decimal.h"

void refuse(const struct command *command, uint32_t instrument, uint64_t order_id, struct verdict verdict,
            struct event_buffer *events) {
    *event_next(events) = (struct event){ .kind = EVENT_REFUSED, .instrument = instrument, .refused = {
        .order_id = order_id, .participant = command->participant, .command = command->kind,
        .reason = (uint16_t)verdict.reason,
        .allowed_low = verdict.allowed_low, .allowed_high = verdict.allowed_high, .detail = verdict.detail } };
}

void refuse_value(const struct command *command, struct event_buffer *events) {
    refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_BAD_VALUE, 0, 0), events);
}

void refuse_full(const struct command *command, uint32_t count_max, struct event_buffer *events) {
    refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_LIMIT_REACHED, 0, count_max), events);
}

static void say_subject(enum event_kind kind, uint32_t instrument, uint32_t index, struct event_buffer *events) {
    *event_next(events) = (struct event){ .kind = (uint16_t)kind, .instrument = instrument, .subject.index = index };
}

/* ---- instruments ---- */

static void add_instrument(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_instrument *row = &command->instrument;
    uint32_t size = name_size(row->symbol, symbol_size), index = x->instruments_count;
    if (size == 0 || exchange_find_instrument(x, row->symbol, size) != NAME_NONE || row->section >= SECTION_COUNT ||
        row->unit >= UNIT_COUNT || row->currency >= CURRENCY_COUNT || row->price_places < 2 || row->price_places > 6) {
        refuse_value(command, events);
        return;
    }
    if (index == x->limits.instruments_max) {
        refuse_full(command, x->limits.instruments_max, events);
        return;
    }
    struct instrument *instrument = &x->instruments[index];
    memcpy(instrument->symbol, row->symbol, symbol_size);
    memcpy(instrument->name, row->name, instrument_name_size);
    instrument->section = row->section;
    instrument->unit = row->unit;
    instrument->currency = row->currency;
    instrument->price_places = row->price_places;
    x->markets[index] = (struct market){ .sessions_count = 0 };
    book_init(&x->books[index]);
    x->instruments_count++;
    name_table_insert(&x->symbol_table, x->instruments[0].symbol, index);
    tables_refresh(x, index);
    say_subject(EVENT_INSTRUMENT, index, index, events);
}

/* What a tick on a lot is worth, in whole minor units; 0 when it is not whole or does not fit. */
static int64_t lot_tick_minor(const struct command_instrument_terms *terms, uint32_t price_places) {
    int64_t product, scale = decimal_power(price_places - 2);
    if (__builtin_mul_overflow(terms->tick_scaled, (int64_t)terms->lot_units, &product)) return 0;
    return product % scale == 0 && product / scale <= VALUE_MINOR_MAX ? product / scale : 0;
}

static int terms_are_sound(const struct exchange *x, const struct command_instrument_terms *terms) {
    return terms->instrument < x->instruments_count && x->instruments[terms->instrument].lot_tick.minor == 0 &&
           terms->lot_units > 0 && terms->tick_scaled > 0 && terms->reference.ticks > 0 &&
           terms->reference.ticks <= price_ticks_max && terms->quantity_min.lots > 0 &&
           terms->quantity_min.lots <= terms->quantity_max.lots && terms->quantity_max.lots <= QUANTITY_LOTS_MAX &&
           terms->payment_terms_mask < 1 << PAYMENT_COUNT &&
           lot_tick_minor(terms, x->instruments[terms->instrument].price_places) > 0;
}

static void set_terms(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_instrument_terms *terms = &command->instrument_terms;
    if (!terms_are_sound(x, terms)) {
        refuse_value(command, events);
        return;
    }
    struct instrument *instrument = &x->instruments[terms->instrument];
    instrument->lot_tick.minor = lot_tick_minor(terms, instrument->price_places);
    instrument->tick_scaled = terms->tick_scaled;
    instrument->reference = terms->reference;
    instrument->quantity_min = terms->quantity_min;
    instrument->quantity_max = terms->quantity_max;
    instrument->lot_units = terms->lot_units;
    instrument->collar_ppm = terms->collar_ppm;
    instrument->payment_terms_mask = terms->payment_terms_mask;
    memcpy(instrument->group, terms->group, instrument_group_size);
    tables_refresh(x, terms->instrument);
    market_set_collar(x, terms->instrument);
    say_subject(EVENT_INSTRUMENT, terms->instrument, terms->instrument, events);
}

static void add_basis(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_basis *row = &command->basis;
    if (row->instrument >= x->instruments_count || x->instruments[row->instrument].bases_count == bases_count_max ||
        row->basis.incoterm >= INCOTERM_COUNT) {
        refuse_value(command, events);
        return;
    }
    struct instrument *instrument = &x->instruments[row->instrument];
    instrument->bases[instrument->bases_count++] = row->basis;
    tables_refresh(x, row->instrument);
    say_subject(EVENT_BASIS, row->instrument, row->instrument, events);
}

/* ---- sessions, calendar, halts ---- */

static int hours_are_sound(uint32_t open_minute, uint32_t close_minute) {
    if (open_minute == 0 && close_minute == 0) return 1;
    return open_minute < close_minute && close_minute <= 24 * 60;
}

static void add_session(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_session *row = &command->session;
    uint32_t size = name_size(row->id, session_id_size), index = x->sessions_count;
    if (size == 0 || exchange_find_session(x, row->id, size) != NAME_NONE || row->model >= MODEL_COUNT ||
        !hours_are_sound(row->open_minute, row->close_minute)) {
        refuse_value(command, events);
        return;
    }
    if (row->model != MODEL_CONTINUOUS) {
        refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_NOT_AVAILABLE, 0, 0), events);
        return;
    }
    if (index == x->limits.sessions_max) {
        refuse_full(command, x->limits.sessions_max, events);
        return;
    }
    struct session *session = &x->sessions[index];
    memcpy(session->id, row->id, session_id_size);
    session->open_minute = row->open_minute;
    session->close_minute = row->close_minute;
    session->model = row->model;
    session->phase = PHASE_CLOSED;
    session->closed_date = session->opened_date = date_none;
    session->started_ns = INT64_MIN;
    if (!session_is_scheduled(session) || session_hours_contain(x, session, x->time_ns))
        session->phase = PHASE_CONTINUOUS;
    x->sessions_count++;
    name_table_insert(&x->session_table, x->sessions[0].id, index);
    standing_take_snapshot(x, index);
    say_subject(EVENT_SESSION, NAME_NONE, index, events);
    time_plan(x);
}

static void list_in_session(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_session_symbol *row = &command->session_symbol;
    if (row->session >= x->sessions_count || row->instrument >= x->instruments_count ||
        exchange_session_lists(x, row->session, row->instrument)) {
        refuse_value(command, events);
        return;
    }
    struct market *market = &x->markets[row->instrument];
    if (market->sessions_count == sessions_per_instrument_max) {
        refuse_full(command, sessions_per_instrument_max, events);
        return;
    }
    market->sessions[market->sessions_count++] = row->session;
    say_subject(EVENT_SESSION, row->instrument, row->session, events);
}

static int terms_of_session_are_sound(const struct exchange *x, const struct command_session_terms *terms) {
    return terms->session < x->sessions_count && terms->direction < DIRECTION_COUNT &&
           terms->role < SESSION_ROLE_COUNT &&
           terms->currencies_mask < 1 << CURRENCY_COUNT && terms->every_days <= 366 && terms->has_hours <= 1 &&
           (!terms->has_hours || hours_are_sound(terms->open_minute, terms->close_minute)) &&
           (terms->every_days == 0 || calendar_covers(terms->anchor_date));
}

/* Days and hours that were not known when the session was created may close or open it. */
static void review_session(struct exchange *x, uint32_t index, struct event_buffer *events) {
    const struct session *session = &x->sessions[index];
    int held = session->closed_date != x->trade_date;
    if (session_is_scheduled(session))
        held = session_is_held_on(x, session, x->trade_date) && session_hours_contain(x, session, x->time_ns);
    enum phase phase = held ? PHASE_CONTINUOUS : PHASE_CLOSED;
    if (session->phase != phase) time_change_phase(x, index, phase, events);
    say_subject(EVENT_SESSION, NAME_NONE, index, events);
    time_plan(x);
}

static void set_session_terms(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_session_terms *terms = &command->session_terms;
    if (!terms_of_session_are_sound(x, terms)) {
        refuse_value(command, events);
        return;
    }
    struct session *session = &x->sessions[terms->session];
    session->direction = terms->direction;
    session->role = terms->role;
    session->flags = terms->flags;
    session->currencies_mask = terms->currencies_mask;
    session->every_days = terms->every_days;
    session->anchor_date = terms->anchor_date;
    if (terms->has_hours) {
        session->open_minute = terms->open_minute;
        session->close_minute = terms->close_minute;
    }
    memcpy(session->buyer_countries, terms->buyer_countries, sizeof session->buyer_countries);
    memcpy(session->seller_countries, terms->seller_countries, sizeof session->seller_countries);
    review_session(x, terms->session, events);
}

static void add_session_date(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_session_date *row = &command->session_date;
    if (row->session >= x->sessions_count || !calendar_covers(row->date)) {
        refuse_value(command, events);
        return;
    }
    struct session *session = &x->sessions[row->session];
    if (session->dates_count == session_dates_max) {
        refuse_full(command, session_dates_max, events);
        return;
    }
    session->dates[session->dates_count++] = row->date;
    review_session(x, row->session, events);
}

/* SES-14: the supervisor opens or closes a session by hand; closed, it stays so until the next date. */
static void set_phase(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_phase *row = &command->phase;
    if (row->session >= x->sessions_count || row->phase > PHASE_CONTINUOUS) {
        refuse_value(command, events);
        return;
    }
    struct session *session = &x->sessions[row->session];
    if (session->phase == row->phase || session->closed_date == x->trade_date) {
        refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_PHASE_ACTION_NOT_ALLOWED, 0, 0), events);
        return;
    }
    if (row->phase == PHASE_CLOSED) session->closed_date = x->trade_date;
    else session->opened_date = x->trade_date;
    time_change_phase(x, row->session, (enum phase)row->phase, events);
    time_plan(x);
}

static void add_rule(struct exchange *x, const struct command *command, struct event_buffer *events) {
    int is_late = command->kind == COMMAND_RULE_TERMS && x->entries_count > 0;
    if (is_late || !tables_are_sound(x, command)) {
        refuse_value(command, events);
        return;
    }
    if (!tables_add(x, command)) {
        refuse_full(command, 0, events);
        return;
    }
    x->has_money = x->rules == RULES_ON && x->tables->has_terms;
    time_find_fee_due_date(x);
    *event_next(events) =
        (struct event){ .kind = EVENT_RULE, .instrument = NAME_NONE, .rule.command = command->kind };
    orders_end_unfit(x, NAME_NONE, events);
}

static void set_holiday(struct exchange *x, const struct command *command, struct event_buffer *events) {
    if (!calendar_covers(command->holiday.date)) {
        refuse_value(command, events);
        return;
    }
    calendar_set_holiday(&x->calendar, command->holiday.date);
    time_find_fee_due_date(x);
    time_plan(x);
}

static void halt(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_halt *request = &command->halt;
    uint32_t target = request->target;
    uint32_t bounds[] = { x->instruments_count, x->sessions_count, SECTION_COUNT };
    if (request->scope > HALT_SECTION || target >= bounds[request->scope] || request->halted > 1) {
        refuse_value(command, events);
        return;
    }
    switch ((enum halt_scope)request->scope) {
        case HALT_INSTRUMENT: x->markets[target].halted = request->halted; break;
        case HALT_SESSION: x->sessions[target].halted = request->halted; break;
        case HALT_SECTION:
            x->sections_halted = (x->sections_halted & ~(UINT32_C(1) << target)) | (uint32_t)request->halted << target;
            break;
    }
    *event_next(events) = (struct event){
        .kind = EVENT_HALT, .instrument = request->scope == HALT_INSTRUMENT ? target : NAME_NONE,
        .halt = { .target = target, .scope = request->scope, .halted = request->halted } };
}

/* ---- participants ---- */

static void add_participant(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_add_participant *row = &command->add_participant;
    uint32_t size = name_size(row->id, participant_id_size), index = x->participants_count;
    if (size == 0 || exchange_find_participant(x, row->id, size) != NAME_NONE || row->country[0] < 'A' ||
        row->country[0] > 'Z' || row->country[1] < 'A' || row->country[1] > 'Z') {
        refuse_value(command, events);
        return;
    }
    if (index == x->limits.participants_max) {
        refuse_full(command, x->limits.participants_max, events);
        return;
    }
    struct participant *participant = &x->participants[index];
    memcpy(participant->id, row->id, participant_id_size);
    memcpy(participant->name, row->name, participant_name_size);
    memcpy(participant->country, row->country, 2);
    participant->resident = row->country[0] == 'B' && row->country[1] == 'Y';
    participant->state = PARTICIPANT_APPLIED;
    participant->suspended_until_date = participant->sanction_until_date = date_none;
    participant->own_use_from_date = participant->own_use_to_date = date_none;
    participant->broker_from_date = participant->broker_to_date = date_none;
    x->participants_count++;
    name_table_insert(&x->participant_table, x->participants[0].id, index);
    say_subject(EVENT_PARTICIPANT, NAME_NONE, index, events);
}

static void accredit(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_accredit *row = &command->accredit;
    if (row->participant >= x->participants_count || row->section >= SECTION_COUNT ||
        (row->to_date != date_none && row->to_date < row->from_date)) {
        refuse_value(command, events);
        return;
    }
    struct participant *participant = &x->participants[row->participant];
    if (participant->state == PARTICIPANT_WITHDRAWN) {
        refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_ACCREDITATION_WITHDRAWN, 0, 0), events);
        return;
    }
    participant->sections[row->section] =
        (struct participant_section){ .from_date = row->from_date, .to_date = row->to_date, .present = 1 };
    if (participant->state == PARTICIPANT_APPLIED) participant->state = PARTICIPANT_ACCREDITED;
    *event_next(events) = (struct event){ .kind = EVENT_ACCREDITED, .instrument = NAME_NONE, .accredited = {
        .participant = row->participant, .section = row->section,
        .from_date = row->from_date, .to_date = row->to_date } };
    orders_end_unfit(x, row->participant, events);
}

static void add_user(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_add_user *row = &command->add_user;
    uint32_t size = name_size(row->name, user_name_size), index = x->users_count;
    int belongs = row->participant < x->participants_count;
    if (size == 0 || exchange_find_user(x, row->name, size) != NAME_NONE || row->role >= ROLE_COUNT ||
        (!belongs && (row->participant != NAME_NONE || row->role == ROLE_TRADER))) {
        refuse_value(command, events);
        return;
    }
    if (index == x->limits.users_max) {
        refuse_full(command, x->limits.users_max, events);
        return;
    }
    uint32_t person = NAME_NONE;
    if (row->role == ROLE_TRADER) {
        const char *id = row->person[0] != '\0' ? row->person : row->name;
        struct verdict verdict = people_register(x, id, row->participant, &person);
        if (verdict.reason != REJECT_NONE) {
            refuse(command, NAME_NONE, 0, verdict, events);
            return;
        }
    }
    struct user *user = &x->users[index];
    memcpy(user->name, row->name, user_name_size);
    user->participant = row->participant;
    user->person = person;
    user->role = row->role;
    x->users_count++;
    name_table_insert(&x->user_table, x->users[0].name, index);
    say_subject(EVENT_USER, NAME_NONE, index, events);
}

void world_apply(struct exchange *x, const struct command *command, struct event_buffer *events) {
    if (command->time_ns < x->time_ns) {
        refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_TIMESTAMP_REGRESSION, 0, 0), events);
        return;
    }
    switch ((enum command_kind)command->kind) {
        case COMMAND_INSTRUMENT: add_instrument(x, command, events); return;
        case COMMAND_INSTRUMENT_TERMS: set_terms(x, command, events); return;
        case COMMAND_BASIS: add_basis(x, command, events); return;
        case COMMAND_SESSION: add_session(x, command, events); return;
        case COMMAND_SESSION_SYMBOL: list_in_session(x, command, events); return;
        case COMMAND_PARTICIPANT: add_participant(x, command, events); return;
        case COMMAND_ACCREDIT: accredit(x, command, events); return;
        case COMMAND_USER: add_user(x, command, events); return;
        case COMMAND_PASSWORD: return;
        case COMMAND_DEPOSIT: case COMMAND_PAY_FEES: case COMMAND_BUST: money_apply(x, command, events); return;
        case COMMAND_STANDING: case COMMAND_BROKER: case COMMAND_CLIENT: case COMMAND_REMARK: case COMMAND_SANCTION:
        case COMMAND_OWN_USE: case COMMAND_TRADER: case COMMAND_CERTIFICATE: case COMMAND_KILL:
        case COMMAND_RISK_LIMITS: case COMMAND_LOGON: people_apply(x, command, events); return;
        case COMMAND_PHASE: set_phase(x, command, events); return;
        case COMMAND_SESSION_TERMS: set_session_terms(x, command, events); return;
        case COMMAND_SESSION_DATE: add_session_date(x, command, events); return;
        case COMMAND_RULE_TERMS: case COMMAND_TRANSIT_RULE: case COMMAND_CURRENCY_RULE: case COMMAND_BAND_RULE:
        case COMMAND_FEE_RULE: case COMMAND_WAIVER_RULE: case COMMAND_FX_RATE: add_rule(x, command, events); return;
        case COMMAND_NEWS: say_subject(EVENT_NEWS, NAME_NONE, 0, events); return;
        case COMMAND_HALT: halt(x, command, events); return;
        case COMMAND_HOLIDAY: set_holiday(x, command, events); return;
        case COMMAND_CLOCK: case COMMAND_NEW_ORDER: case COMMAND_AMEND_ORDER: case COMMAND_CANCEL_ORDER:
        case COMMAND_MASS_CANCEL: case COMMAND_DISCONNECT: break;
    }
    refuse_value(command, events);
}
