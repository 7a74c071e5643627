/* exchange.c - the exchange's memory, and the one dispatch. */
#include "engine/exchange.h"

#include "engine/exchange_internal.h"
#include "engine/participants/names.h"

const struct limits limits_default = {
    .instruments_max = 256,
    .sessions_max = 64,
    .participants_max = 4096,
    .users_max = 8192,
    .orders_max = 1 << 20,
    .price_leaves_max = 1 << 17,
    .price_branches_max = 1 << 12,
    .client_ids_max = 1 << 22,
    .contracts_max = 1 << 22,
    .clients_max = 1 << 16,
};

enum { cache_line = 64 };

/* One array of the state: where its pointer lies, how large it is. Entry 0 of some arrays means "none". */
static size_t place(size_t *offset, size_t record_size, size_t count) {
    size_t at = *offset;
    *offset = (at + record_size * count + cache_line - 1) & ~(size_t)(cache_line - 1);
    return at;
}

static uint32_t clearances_count_for(const struct limits *limits) {
    /* A firm trades some of the instruments often; of a million firms most trade one. */
    const uint64_t often = limits->instruments_max < 16 ? limits->instruments_max : 16;
    uint32_t count = clearances_count_min;
    while (count < clearances_count_max && count / 2 < limits->participants_max * often) count *= 2;
    return count;
}

static uint32_t clearances_shift_for(const struct limits *limits) {
    uint32_t shift = 0, count = clearances_count_for(limits);
    while (UINT32_C(1) << shift < limits->participants_max && UINT32_C(2) << shift < count) shift++;
    return shift;
}

struct layout {
    size_t books, markets, orders, details, leaves, branches, instruments, sessions, participants, users, names,
        name_buckets, scratch, symbol_slots, participant_slots, user_slots, session_slots, tables, persons, clients,
        accounts, contracts, agents, rules_today, remarks, bounds, clearances, size;
};

static struct layout layout_of(const struct limits *limits) {
    struct layout at;
    size_t offset = 0;
    place(&offset, sizeof(struct exchange), 1);
    at.books = place(&offset, sizeof(struct book), limits->instruments_max);
    at.markets = place(&offset, sizeof(struct market), limits->instruments_max);
    at.orders = place(&offset, sizeof(struct book_order), (size_t)limits->orders_max + 1);
    at.details = place(&offset, sizeof(struct order_detail), (size_t)limits->orders_max + 1);
    at.leaves = place(&offset, sizeof(struct price_leaf), (size_t)limits->price_leaves_max + 1);
    at.branches = place(&offset, sizeof(struct price_branch), (size_t)limits->price_branches_max + 1);
    at.instruments = place(&offset, sizeof(struct instrument), limits->instruments_max);
    at.sessions = place(&offset, sizeof(struct session), limits->sessions_max);
    at.participants = place(&offset, sizeof(struct participant), limits->participants_max);
    at.users = place(&offset, sizeof(struct user), limits->users_max);
    at.names = place(&offset, sizeof(struct order_name), (size_t)limits->client_ids_max + 1);
    at.name_buckets = place(&offset, sizeof(uint32_t), names_buckets_count(limits->client_ids_max));
    at.scratch = place(&offset, sizeof(uint32_t), (size_t)limits->orders_max + 1);
    at.symbol_slots = place(&offset, sizeof(uint32_t), name_table_slots_count(limits->instruments_max));
    at.participant_slots = place(&offset, sizeof(uint32_t), name_table_slots_count(limits->participants_max));
    at.user_slots = place(&offset, sizeof(uint32_t), name_table_slots_count(limits->users_max));
    at.session_slots = place(&offset, sizeof(uint32_t), name_table_slots_count(limits->sessions_max));
    at.tables = place(&offset, sizeof(struct rule_tables), 1);
    at.persons = place(&offset, sizeof(struct person), 2 * (size_t)limits->users_max);
    at.clients = place(&offset, sizeof(struct client), limits->clients_max);
    at.accounts = place(&offset, sizeof(struct account), (size_t)limits->participants_max * CURRENCY_COUNT);
    at.contracts = place(&offset, sizeof(struct contract), (size_t)limits->contracts_max + 1);
    at.agents = place(&offset, sizeof(struct contract_agents), (size_t)limits->contracts_max + 1);
    at.rules_today = place(&offset, sizeof(struct instrument_rules), limits->instruments_max);
    at.remarks = place(&offset, limits->participants_max, (size_t)limits->sessions_max + 1);
    at.bounds = place(&offset, sizeof(struct order_bounds), limits->instruments_max);
    at.clearances = place(&offset, sizeof(struct clearance), clearances_count_for(limits));
    at.size = offset;
    return at;
}

size_t exchange_size(const struct limits *limits) { return layout_of(limits).size; }

static struct name_table table_at(char *base, size_t slots, uint32_t names_max, uint32_t name_bytes,
                                  uint32_t record_size) {
    return (struct name_table){ .slots = (uint32_t *)(void *)(base + slots),
                                .slots_count = name_table_slots_count(names_max),
                                .name_size = name_bytes, .record_size = record_size };
}

/* Lets the pointers point into the block that the exchange lies in. */
static void attach(struct exchange *x) {
    struct layout at = layout_of(&x->limits);
    char *base = (char *)x;
    x->books = (void *)(base + at.books);
    x->markets = (void *)(base + at.markets);
    x->pool.orders = (void *)(base + at.orders);
    x->details = (void *)(base + at.details);
    x->prices.leaves = (void *)(base + at.leaves);
    x->prices.branches = (void *)(base + at.branches);
    x->instruments = (void *)(base + at.instruments);
    x->sessions = (void *)(base + at.sessions);
    x->participants = (void *)(base + at.participants);
    x->users = (void *)(base + at.users);
    x->names = (void *)(base + at.names);
    x->name_buckets = (void *)(base + at.name_buckets);
    x->name_buckets_count = names_buckets_count(x->limits.client_ids_max);
    x->scratch = (void *)(base + at.scratch);
    x->tables = (void *)(base + at.tables);
    x->persons = (void *)(base + at.persons);
    x->clients = (void *)(base + at.clients);
    x->accounts = (void *)(base + at.accounts);
    x->contracts = (void *)(base + at.contracts);
    x->agents = (void *)(base + at.agents);
    x->rules_today = (void *)(base + at.rules_today);
    x->remarks_at_start = (void *)(base + at.remarks);
    x->bounds = (void *)(base + at.bounds);
    x->clearances_count = clearances_count_for(&x->limits);
    x->clearances_shift = clearances_shift_for(&x->limits);
    x->clearances = (void *)(base + at.clearances);
    x->symbol_table = table_at(base, at.symbol_slots, x->limits.instruments_max, symbol_size,
                               sizeof(struct instrument));
    x->participant_table = table_at(base, at.participant_slots, x->limits.participants_max, participant_id_size,
                                    sizeof(struct participant));
    x->user_table = table_at(base, at.user_slots, x->limits.users_max, user_name_size, sizeof(struct user));
    x->session_table = table_at(base, at.session_slots, x->limits.sessions_max, session_id_size,
                                sizeof(struct session));
}

static int limits_are_sound(const struct limits *limits) {
    return limits->instruments_max > 0 && limits->instruments_max <= UINT16_MAX && limits->sessions_max > 0 &&
           limits->participants_max > 0 && limits->users_max > 0 && limits->orders_max > 0 &&
           limits->orders_max < 1 << 28 && limits->price_leaves_max > 0 && limits->price_branches_max > 0 &&
           limits->client_ids_max > 0 && limits->client_ids_max < UINT32_C(1) << 31 &&
           limits->contracts_max < UINT32_C(1) << 30;
}

struct exchange *exchange_init(void *memory, const struct limits *limits) {
    CHECK(((uintptr_t)memory & (cache_line - 1)) == 0);
    CHECK(limits_are_sound(limits));
    struct exchange *x = memory;
    x->limits = *limits;
    x->rules = RULES_ON;
    x->time_ns = INT64_MIN;
    x->next_due_ns = INT64_MAX;
    x->names_next = 1;
    x->world = 1;
    x->pool.slots_max = limits->orders_max;
    x->prices.leaf_max = limits->price_leaves_max;
    x->prices.branch_max = limits->price_branches_max;
    attach(x);
    return x;
}

void exchange_set_rules(struct exchange *x, enum rules_mode mode) {
    x->rules = mode;
    x->has_money = mode == RULES_ON && x->tables->has_terms;
}

/* The first command says what time it is; nothing can be due before. */
static void begin(struct exchange *x, int64_t time_ns) {
    x->time_ns = time_ns;
    x->trade_date = trade_date(time_ns);
    time_find_fee_due_date(x);
    time_plan(x);
}

static void apply_clock(struct exchange *x, const struct command *command, struct event_buffer *events) {
    if (command->time_ns < x->time_ns)
        refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_TIMESTAMP_REGRESSION, 0, 0), events);
    else time_say(x, events);
}

/* Everything but everyday orders; apart, so that these do not pay for the registers it needs. */
static __attribute__((noinline)) void apply_other(struct exchange *x, const struct command *command,
                                                  struct event_buffer *events) {
    switch (command->kind) {
        case COMMAND_NEW_ORDER: orders_apply_new(x, command, events); return;
        case COMMAND_CANCEL_ORDER: orders_apply_cancel(x, command, events); return;
        case COMMAND_AMEND_ORDER: orders_apply_amend(x, command, events); return;
        case COMMAND_MASS_CANCEL: orders_apply_mass_cancel(x, command, events); return;
        case COMMAND_DISCONNECT: orders_apply_disconnect(x, command, events); return;
        case COMMAND_CLOCK: apply_clock(x, command, events); return;
        default:
            x->world++;
            world_apply(x, command, events);
            return;
    }
}

/* Time has come to something, or this is the first command of all. */
static __attribute__((noinline)) void arrive(struct exchange *x, int64_t time_ns, struct event_buffer *events) {
    if (x->time_ns == INT64_MIN) begin(x, time_ns);
    if (time_ns >= x->next_due_ns) time_advance(x, time_ns, events);
}

void exchange_apply(struct exchange *x, const struct command *command, struct event_buffer *events) {
    x->sequence = command->sequence;
    if (__builtin_expect(x->time_ns == INT64_MIN || command->time_ns >= x->next_due_ns, 0))
        arrive(x, command->time_ns, events);
    if (command->time_ns > x->time_ns) x->time_ns = command->time_ns;
    if (command->kind == COMMAND_NEW_ORDER && orders_apply_everyday(x, command, events)) return;
    apply_other(x, command, events);
}
