/* exchange_world.c - the commands that build and change the world. MATCHING.md 9. */
#include <string.h>

#include "engine/exchange_internal.h"
#include "engine/market/market.h"
#include "instruments/decimal.h"

void refuse(const struct command *command, uint32_t instrument, uint64_t order_id, struct verdict verdict,
            struct event_buffer *events) {
    *event_next(events) = (struct event){ .kind = EVENT_REFUSED, .instrument = instrument, .refused = {
        .order_id = order_id, .participant = command->participant, .command = command->kind,
        .reason = (uint16_t)verdict.reason,
        .allowed_low = verdict.allowed_low, .allowed_high = verdict.allowed_high } };
}

static void refuse_value(const struct command *command, struct event_buffer *events) {
    refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_BAD_VALUE, 0, 0), events);
}

static void refuse_full(const struct command *command, uint32_t count_max, struct event_buffer *events) {
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
    x->markets[index] = (struct market){ .session = NAME_NONE };
    book_init(&x->books[index]);
    x->instruments_count++;
    name_table_insert(&x->symbol_table, x->instruments[0].symbol, index);
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
    say_subject(EVENT_BASIS, row->instrument, row->instrument, events);
}

/* ---- sessions, calendar, halts ---- */

static void add_session(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_session *row = &command->session;
    uint32_t size = name_size(row->id, session_id_size), index = x->sessions_count;
    int hours_are_sound = (row->open_minute == 0 && row->close_minute == 0) ||
                          (row->open_minute < row->close_minute && row->close_minute <= 24 * 60);
    if (size == 0 || exchange_find_session(x, row->id, size) != NAME_NONE || row->model >= MODEL_COUNT ||
        !hours_are_sound) {
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
    if (!session_is_scheduled(session) || session_hours_contain(x, session, x->time_ns))
        session->phase = PHASE_CONTINUOUS;
    x->sessions_count++;
    name_table_insert(&x->session_table, x->sessions[0].id, index);
    say_subject(EVENT_SESSION, NAME_NONE, index, events);
    time_plan(x);
}

static void list_in_session(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_session_symbol *row = &command->session_symbol;
    if (row->session >= x->sessions_count || row->instrument >= x->instruments_count ||
        x->markets[row->instrument].session != NAME_NONE) {
        refuse_value(command, events);
        return;
    }
    x->markets[row->instrument].session = row->session;
    say_subject(EVENT_SESSION, row->instrument, row->session, events);
}

static void set_holiday(struct exchange *x, const struct command *command, struct event_buffer *events) {
    if (!calendar_covers(command->holiday.date)) {
        refuse_value(command, events);
        return;
    }
    calendar_set_holiday(&x->calendar, command->holiday.date);
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
    participant->sections[row->section] =
        (struct participant_section){ .from_date = row->from_date, .to_date = row->to_date, .present = 1 };
    participant->state = PARTICIPANT_ACCREDITED;
    *event_next(events) = (struct event){ .kind = EVENT_ACCREDITED, .instrument = NAME_NONE, .accredited = {
        .participant = row->participant, .section = row->section,
        .from_date = row->from_date, .to_date = row->to_date } };
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
    struct user *user = &x->users[index];
    memcpy(user->name, row->name, user_name_size);
    user->participant = row->participant;
    user->role = row->role;
    x->users_count++;
    name_table_insert(&x->user_table, x->users[0].name, index);
    say_subject(EVENT_USER, NAME_NONE, index, events);
}

static void deposit(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_deposit *row = &command->deposit;
    if (row->participant >= x->participants_count || row->currency >= CURRENCY_COUNT || row->amount.minor <= 0 ||
        row->amount.minor > VALUE_MINOR_MAX || row->action > DEPOSIT_WITHDRAW) {
        refuse_value(command, events);
        return;
    }
    money *credited = &x->participants[row->participant].credited[row->currency];
    money sum, change = { row->action == DEPOSIT_CREDIT ? row->amount.minor : -row->amount.minor };
    if (row->action == DEPOSIT_WITHDRAW && row->amount.minor > credited->minor) {
        refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_WITHDRAWAL_EXCEEDS_FREE, 0, credited->minor), events);
        return;
    }
    if (!money_add(*credited, change, &sum)) {
        refuse_value(command, events);
        return;
    }
    *credited = sum;
    *event_next(events) = (struct event){ .kind = EVENT_DEPOSIT, .instrument = NAME_NONE, .deposit = {
        .participant = row->participant, .currency = row->currency, .action = row->action, .amount = row->amount,
        .credited = sum, .free = sum } };
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
        case COMMAND_DEPOSIT: deposit(x, command, events); return;
        case COMMAND_HALT: halt(x, command, events); return;
        case COMMAND_HOLIDAY: set_holiday(x, command, events); return;
        case COMMAND_CLOCK: case COMMAND_NEW_ORDER: case COMMAND_AMEND_ORDER: case COMMAND_CANCEL_ORDER:
        case COMMAND_MASS_CANCEL: case COMMAND_DISCONNECT: break;
    }
    refuse_value(command, events);
}
