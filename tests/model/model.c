/* model.c - the model's dispatch and what may be read of it. */
#include "tests/model/model_state.h"

struct model *model_new(const struct limits *limits) {
    struct model *m = calloc(1, sizeof *m);
    CHECK(m != NULL);
    CHECK(limits->instruments_max <= MODEL_INSTRUMENTS_MAX && limits->sessions_max <= MODEL_SESSIONS_MAX);
    CHECK(limits->participants_max <= MODEL_PARTICIPANTS_MAX && limits->users_max <= MODEL_USERS_MAX);
    m->limits = *limits;
    return m;
}

void model_free(struct model *m) {
    if (m == NULL) return;
    free(m->names);
    free(m->contracts);
    free(m);
}

/* Room for `count` records of `size` bytes in an array that has room for *capacity. */
static void *with_room(void *array, uint32_t *capacity, uint32_t count, size_t size) {
    if (count <= *capacity) return array;
    *capacity = count;
    array = realloc(array, count * size);
    CHECK(array != NULL);
    return array;
}

void model_copy(struct model *target, const struct model *source) {
    struct used_name *names = with_room(target->names, &target->names_capacity, source->names_count, sizeof *names);
    struct model_contract *contracts =
        with_room(target->contracts, &target->contracts_capacity, source->contracts_count, sizeof *contracts);
    memcpy(target, source, offsetof(struct model, orders));
    memcpy(target->orders, source->orders, source->orders_count * sizeof *source->orders);
    memcpy(target->rows, source->rows, source->rows_count * sizeof *source->rows);
    memcpy(target->credits, source->credits, source->credits_count * sizeof *source->credits);
    target->orders_count = source->orders_count;
    target->triggered_count = 0;
    target->rows_count = source->rows_count;
    target->credits_count = source->credits_count;
    target->names = names;
    target->names_count = source->names_count;
    if (source->names_count > 0) memcpy(names, source->names, source->names_count * sizeof *names);
    target->contracts = contracts;
    target->contracts_count = source->contracts_count;
    if (source->contracts_count > 0)
        memcpy(contracts, source->contracts, source->contracts_count * sizeof *contracts);
}

struct event *model_say(struct model *m, enum event_kind kind, uint32_t instrument) {
    if (m->events->count == m->events->capacity) m->events->full(m->events);
    struct event *e = &m->events->events[m->events->count++];
    memset(e, 0, sizeof *e);
    e->kind = (uint16_t)kind;
    e->instrument = instrument;
    return e;
}

struct order *model_find_order(struct model *m, uint64_t id) {
    for (uint32_t i = 0; i < m->orders_count; i++)
        if (m->orders[i].id == id && m->orders[i].state != ORDER_ENDED) return &m->orders[i];
    return NULL;
}

void model_refuse(struct model *m, struct verdict v) {
    struct event *e = model_say(m, EVENT_REFUSED, NAME_NONE);
    e->refused.participant = m->command->participant;
    e->refused.command = m->command->kind;
    e->refused.reason = (uint16_t)v.reason;
    e->refused.allowed_low = v.low;
    e->refused.allowed_high = v.high;
    e->refused.detail = (uint8_t)v.detail;
}

struct verdict model_run_checks(const struct model *m, const struct order *o, model_check *const *checks,
                                uint32_t count) {
    struct verdict v = fine();
    for (uint32_t i = 0; i < count && v.reason == REJECT_NONE; i++) v = checks[i](m, o);
    return v;
}

uint64_t model_next_place(struct model *m) { return ++m->places_given; }

static void sweep_ended(struct model *m) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->orders_count; i++) {
        if (m->orders[i].state == ORDER_ENDED) continue;
        if (kept != i) m->orders[kept] = m->orders[i];
        kept++;
    }
    m->orders_count = kept;
}

static void apply_clock(struct model *m) {
    if (m->command->time_ns < m->time_ns) model_refuse(m, refuse(REJECT_TIMESTAMP_REGRESSION));
    else model_say_time(m);
}

/* What is no participant's request; each family knows its own commands. */
static void apply_official(struct model *m) {
    static struct verdict (*const families[])(struct model *) = { model_apply_world, model_apply_people,
                                                                  model_apply_table, model_apply_money };
    for (uint32_t i = 0; i < sizeof families / sizeof *families; i++) {
        struct verdict v = families[i](m);
        if (v.reason == REJECT_NONE) continue;
        model_refuse(m, v);
        return;
    }
}

void model_apply(struct model *m, const struct command *command, struct event_buffer *events) {
    m->events = events;
    m->command = command;
    model_advance(m, command->time_ns);
    sweep_ended(m);
    switch (command->kind) {
    case COMMAND_CLOCK: apply_clock(m); break;
    case COMMAND_NEW_ORDER: model_apply_new_order(m); break;
    case COMMAND_AMEND_ORDER: model_apply_amend(m); break;
    case COMMAND_CANCEL_ORDER: model_apply_cancel(m); break;
    case COMMAND_MASS_CANCEL: model_apply_mass_cancel(m); break;
    case COMMAND_DISCONNECT: model_apply_disconnect(m); break;
    default: apply_official(m);
    }
    model_run_triggered(m);
    sweep_ended(m);
}

uint32_t model_orders_count(const struct model *m) { return m->orders_count; }
uint64_t model_order_ids_count(const struct model *m) { return m->orders_given; }
int64_t model_time_ns(const struct model *m) { return m->time_ns; }
int32_t model_trade_date(const struct model *m) { return model_today(m); }

bool model_accepts(const struct model *m, uint32_t instrument) {
    if (instrument >= m->instruments_count) return false;
    const struct model_instrument *i = &m->instruments[instrument];
    bool accepts = i->sessions_count == 0 && !model_is_halted(m, instrument, NAME_NONE);
    for (uint32_t at = 0; at < i->sessions_count; at++)
        accepts = accepts || (model_is_open(m, i->sessions[at]) && !model_is_halted(m, instrument, i->sessions[at]));
    return accepts;
}

uint32_t model_listings_count(const struct model *m, uint32_t instrument) {
    return m->instruments[instrument].sessions_count;
}

uint32_t model_listing_at(const struct model *m, uint32_t instrument, uint32_t at) {
    return m->instruments[instrument].sessions[at];
}

uint32_t model_sessions_count(const struct model *m) { return m->sessions_count; }
bool model_session_is_open(const struct model *m, uint32_t session) { return m->sessions[session].open; }
uint32_t model_participants_count(const struct model *m) { return m->participants_count; }

uint8_t model_remarks(const struct model *m, uint32_t participant, uint32_t session) {
    if (session == NAME_NONE) return m->participants[participant].remarks_of_date;
    return m->sessions[session].remarks[participant];
}

uint32_t model_instruments_count(const struct model *m) { return m->instruments_count; }

struct model_order model_order_at(const struct model *m, uint32_t index) {
    const struct order *o = &m->orders[index];
    struct model_order out = { .id = o->id, .instrument = o->instrument, .participant = o->participant,
                               .connection = o->connection, .total = o->total, .filled = o->filled,
                               .price = o->price, .stop = o->stop, .side = o->side, .order_type = o->type,
                               .waiting = o->state == ORDER_WAITING, .is_iceberg = o->display != 0 };
    memcpy(out.client_order_id, o->name, client_order_id_size);
    return out;
}

uint32_t model_best(const struct model *m, uint32_t instrument, enum side side) {
    uint32_t best = 0;
    for (uint32_t i = 0; i < m->orders_count; i++) {
        const struct order *o = &m->orders[i];
        if (o->instrument != instrument || o->side != side || o->state != ORDER_RESTING) continue;
        if (best == 0 || (side == SIDE_BUY ? o->price > best : o->price < best)) best = o->price;
    }
    return best;
}

uint32_t model_reference(const struct model *m, uint32_t instrument, uint32_t *low, uint32_t *high) {
    struct model_collar collar = model_collar_of(&m->instruments[instrument], 1);
    *low = collar.low;
    *high = collar.high;
    return model_current_reference(&m->instruments[instrument]);
}
