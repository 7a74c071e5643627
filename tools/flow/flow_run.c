/* flow_run.c - the replay: operations become commands, events become a checksum. */
#include "tools/flow/flow_run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "engine/exchange.h"
#include "instruments/check.h"
#include "instruments/name_table.h"
#include "instruments/splitmix.h"
#include "tools/flow/stopwatch.h"

/* Participant 2k buys, 2k + 1 sells: nobody ever meets itself, and so the trades do not depend on who trades. */
enum { participant_buyer, participant_seller };
enum { equals_count_max = 64, bands_count_max = 512, collar_ppm_wide = 1000000, exposure_factor = 100 };
/* More than the orders of a flow hold and its trades block; two million firms have no more together than fits. */
static const int64_t deposit_minor = INT64_C(1000000000000);
enum { events_count_max = 1024, lookahead_count = 16, cache_line_size = 64, huge_page_size = 2 << 20,
       orders_in_cache = 1 << 15, firms_in_cache = 1 << 11 };

_Static_assert((int)lookahead_count <= (int)flow_spare_count, "looking ahead stays within the spare operations");

struct replay {
    struct exchange *exchange;
    struct event_buffer buffer;
    uint64_t *order_ids;        /* the exchange's, by the file's id */
    uint32_t *file_ids;         /* by the low half of an order id, its slot */
    uint32_t *owners;           /* by the file's id: the participant; NULL when they take turns */
    uint32_t turns_mask;        /* of the file's id: the pair whose turn it is */
    struct flow_sum sum;
    struct command add[2], cancel[2];   /* by side: what all commands of the two kinds have in common */
    uint64_t sequence;
    uint32_t gives_hints;       /* 0 or 1: more orders or firms than the caches hold, or it is latency that counts */
    uint32_t id;                /* of the operation being applied */
    uint32_t refused_reason;    /* the last refusal's; 0 = nothing was refused */
    void *mapping;
    size_t mapping_size;
};

/* ---- limits ---- */

/* More orders than this are never open at once: every fill only makes room. */
static uint32_t orders_bound(const struct flow_file *file) {
    uint32_t open_count = 0, open_count_max = 0;
    for (uint32_t i = 0; i < flow_records_count(&file->header); i++) {
        if (file->operations[i].type == FLOW_CANCEL) open_count--;
        else if (++open_count > open_count_max) open_count_max = open_count;
    }
    return open_count_max;
}

/* Groups of 512 prices that orders of the file stand in, each side of each book by itself. 0 without memory. */
static uint32_t leaves_bound(const struct flow_file *file) {
    const uint32_t groups_count = flow_price_ticks_max / 512 + 1;
    uint32_t leaves_count = 0;
    uint8_t *seen = calloc((size_t)file->header.books_count * 2 * groups_count, 1);
    if (seen == NULL) return 0;
    for (uint32_t i = 0; i < flow_records_count(&file->header); i++) {
        const struct flow_operation *operation = &file->operations[i];
        size_t ladder = (size_t)operation->book * 2 + operation->side;
        uint8_t *group = &seen[ladder * groups_count + operation->price_ticks / 512];
        leaves_count += *group == 0;
        *group = 1;
    }
    free(seen);
    return leaves_count;
}

/* A trade uses up one of its two orders at least: there are no more trades than orders. */
static uint32_t contracts_bound(const struct flow_file *file) {
    uint32_t orders_count = 0;
    for (uint32_t i = 0; i < flow_records_count(&file->header); i++)
        orders_count += file->operations[i].type == FLOW_ADD;
    return orders_count;
}

/* Everything that trades lies within the collar around it, which is as wide as it is high. */
static uint32_t highest_price(const struct flow_file *file) {
    uint32_t price_ticks = 1;
    for (uint32_t i = 0; i < flow_records_count(&file->header); i++) {
        if (file->operations[i].price_ticks > price_ticks) price_ticks = file->operations[i].price_ticks;
    }
    return price_ticks;
}

static int limits_for(const struct flow_file *file, const struct flow_plan *plan, struct limits *limits) {
    uint32_t leaves_count = leaves_bound(file);
    if (leaves_count == 0) return -ENOMEM;
    *limits = (struct limits){
        .instruments_max = file->header.books_count, .sessions_max = 1, .participants_max = plan->participants_count,
        .users_max = 1, .orders_max = orders_bound(file), .price_leaves_max = leaves_count,
        .price_branches_max = 2 * file->header.books_count, .client_ids_max = 1,
        .contracts_max = plan->rules == RULES_ON ? contracts_bound(file) : 0, .clients_max = 1 };
    return 0;
}

/* ---- the world ---- */

static void apply_world(struct replay *replay, struct command command) {
    command.sequence = ++replay->sequence;
    command.participant = command.user = NAME_NONE;
    replay->buffer.count = 0;
    exchange_apply(replay->exchange, &command, &replay->buffer);
    CHECK(replay->buffer.count == 1 && replay->buffer.events[0].kind != EVENT_REFUSED);
}

static void add_instrument(struct replay *replay, uint32_t index, const struct flow_plan *plan,
                           uint32_t price_ticks_high) {
    struct command names = { .kind = COMMAND_INSTRUMENT, .instrument = { .section = SECTION_TIMBER,
                             .unit = UNIT_M3, .currency = CURRENCY_BYN, .price_places = 2 } };
    snprintf(names.instrument.symbol, symbol_size, "BOOK-%" PRIu32, index);
    apply_world(replay, names);
    struct command terms = { .kind = COMMAND_INSTRUMENT_TERMS, .instrument_terms = {
        .instrument = index, .lot_units = 1, .tick_scaled = 1, .reference.ticks = price_ticks_high,
        .quantity_min.lots = 1, .quantity_max.lots = QUANTITY_LOTS_MAX, .payment_terms_mask = 1,
        .collar_ppm = plan->rules == RULES_ON ? collar_ppm_wide : 0 } };
    apply_world(replay, terms);
}

/* Every other pair is foreign, where there are more pairs than one: all four classes of deals come up. */
static void add_participant(struct replay *replay, uint32_t index) {
    struct command command = { .kind = COMMAND_PARTICIPANT, .add_participant.country = { 'B', 'Y' } };
    if (index / 2 % 2 == 1) memcpy(command.add_participant.country, "RU", 2);
    char id[participant_id_size];
    int size = snprintf(id, sizeof id, "%s-%" PRIu32, index % 2 == participant_buyer ? "BUYER" : "SELLER", index / 2);
    CHECK(size > 0 && size < participant_id_size);
    name_set(command.add_participant.id, participant_id_size, id, (uint32_t)size);
    apply_world(replay, command);
}

/* The rates of the shipped tables, a band that nothing breaks, and money for every order. Residents and foreigners
 * share the book, so STL-4, which parts them by currency, is not in force. */
static void add_rules(struct replay *replay, uint32_t books_count, uint32_t participants_count) {
    struct command terms = { .kind = COMMAND_RULE_TERMS, .rule_terms = {
        .deposit_ppm = 2000, .deposit_business_days = 2, .fee_ppm = 2000, .fee_due_business_days = 5,
        .exposure_factor = exposure_factor } };
    terms.rule_terms.deposit_floors[CURRENCY_BYN].minor = 60000;
    apply_world(replay, terms);
    apply_world(replay, (struct command){ .kind = COMMAND_TRANSIT_RULE, .transit_rule = {
        .from_date = 0, .to_date = date_none, .sections_mask = 1 << SECTION_TIMBER } });
    for (uint32_t i = 0; i < books_count && i < bands_count_max; i++) {
        apply_world(replay, (struct command){ .kind = COMMAND_BAND_RULE, .band_rule = {
            .instrument = i, .level.ticks = price_ticks_max, .from_date = 0, .to_date = date_none,
            .band = BAND_RULE_CEILING, .deal_class = DEAL_DOMESTIC } });
    }
    for (uint32_t participant = 0; participant < participants_count; participant++) {
        apply_world(replay, (struct command){ .kind = COMMAND_ACCREDIT, .accredit = {
            .participant = participant, .from_date = 0, .to_date = date_none, .section = SECTION_TIMBER } });
        apply_world(replay, (struct command){ .kind = COMMAND_DEPOSIT, .deposit = {
            .participant = participant, .currency = CURRENCY_BYN, .action = DEPOSIT_AT_ONCE,
            .amount.minor = deposit_minor } });
    }
}

static void build_world(struct replay *replay, const struct flow_file *file, const struct flow_plan *plan) {
    const uint32_t books_count = file->header.books_count, price_ticks_high = highest_price(file);
    for (uint32_t i = 0; i < books_count; i++) add_instrument(replay, i, plan, price_ticks_high);
    for (uint32_t i = 0; i < plan->participants_count; i++) add_participant(replay, i);
    if (plan->rules == RULES_ON) add_rules(replay, books_count, plan->participants_count);
    for (int sells = 0; sells <= 1; sells++) {
        uint32_t participant = sells ? participant_seller : participant_buyer;
        replay->add[sells] = (struct command){ .kind = COMMAND_NEW_ORDER, .participant = participant, .user = NAME_NONE,
            .new_order = { .client = NAME_NONE, .market_session = NAME_NONE, .expire_date = date_none,
                           .side = sells ? SIDE_SELL : SIDE_BUY, .order_type = ORDER_TYPE_LIMIT,
                           .time_in_force = TIF_GTC } };
        replay->cancel[sells] = (struct command){ .kind = COMMAND_CANCEL_ORDER, .participant = participant,
                                                  .user = NAME_NONE };
    }
}

/* Skewed as books are: half of the orders fall to anybody, the other half to somebody of lower number than that. */
static void find_owners(const struct flow_file *file, uint32_t participants_count, uint32_t *owners) {
    const uint32_t pairs_count = participants_count / 2;
    uint64_t state = 1;
    for (uint32_t i = 0; i < flow_records_count(&file->header); i++) {
        const struct flow_operation *operation = &file->operations[i];
        if (operation->type != FLOW_ADD) continue;
        uint64_t pair = (uint64_t)((uint128)splitmix64(&state) * pairs_count >> 64);
        if (splitmix64(&state) >> 63) pair = (uint64_t)((uint128)splitmix64(&state) * (pair + 1) >> 64);
        owners[operation->id] = 2 * (uint32_t)pair + (operation->side != FLOW_BUY);
    }
}

/* ---- events ---- */

static inline void read_events(struct replay *replay) {
    const uint64_t wanted = UINT64_C(1) << EVENT_ACCEPTED | UINT64_C(1) << EVENT_TRADE |
                            UINT64_C(1) << EVENT_REJECTED | UINT64_C(1) << EVENT_REFUSED;
    const struct event *event = replay->buffer.events, *end = event + replay->buffer.count;
    for (; event != end; event++) {
        if (!(wanted >> event->kind & 1)) continue;     /* kinds are less than 64 */
        switch (event->kind) {
            case EVENT_ACCEPTED:
                replay->order_ids[replay->id] = event->order.order_id;
                replay->file_ids[(uint32_t)event->order.order_id] = replay->id;
                break;
            case EVENT_TRADE:
                flow_sum_add(&replay->sum, replay->file_ids[(uint32_t)event->trade.taker_order_id],
                             replay->file_ids[(uint32_t)event->trade.maker_order_id], event->trade.price.ticks,
                             event->trade.quantity.lots);
                break;
            case EVENT_REJECTED: replay->refused_reason = event->rejected.reason; break;
            case EVENT_REFUSED: replay->refused_reason = event->refused.reason; break;
            default: break;
        }
    }
}

static void on_full(struct event_buffer *buffer) {
    read_events(buffer->owner);
    buffer->count = 0;
}

/* ---- operations ---- */

static inline uint32_t owner_of(const struct replay *replay, const struct flow_operation *operation) {
    if (replay->owners != NULL) return replay->owners[operation->id];
    return 2 * (operation->id & replay->turns_mask) + (operation->side != FLOW_BUY);
}

static inline void apply_add(struct replay *replay, const struct flow_operation *operation) {
    struct command *command = &replay->add[operation->side != FLOW_BUY];
    command->sequence = ++replay->sequence;
    command->participant = owner_of(replay, operation);
    command->new_order.instrument = operation->book;
    command->new_order.price.ticks = operation->price_ticks;
    command->new_order.quantity.lots = operation->quantity_lots;
    exchange_apply(replay->exchange, command, &replay->buffer);
}

static inline void apply_cancel(struct replay *replay, const struct flow_operation *operation) {
    struct command *command = &replay->cancel[operation->side != FLOW_BUY];
    command->sequence = ++replay->sequence;
    command->participant = owner_of(replay, operation);
    command->cancel_order.order_id = replay->order_ids[operation->id];
    exchange_apply(replay->exchange, command, &replay->buffer);
}

static inline void hint(const struct replay *replay, const struct flow_operation *operation, enum fetch_stage stage) {
    enum side side = operation->side == FLOW_BUY ? SIDE_BUY : SIDE_SELL;
    if (replay->turns_mask > 0 && stage == FETCH_FAR)
        exchange_fetch_firm(replay->exchange, owner_of(replay, operation), operation->book, side);
    if (operation->type == FLOW_ADD) {
        exchange_fetch_price(replay->exchange, operation->book, side, operation->price_ticks, stage);
    } else {
        exchange_fetch_order(replay->exchange, replay->order_ids[operation->id], stage);
    }
}

/* Fetches what will be looked up for operations that come soon: here an order's id and then by that its slot, and in
 * the exchange what it knows to fetch. */
static inline void fetch_ahead(const struct replay *replay, const struct flow_operation *operation) {
    __builtin_prefetch(&replay->order_ids[operation[lookahead_count].id], 1);
    if (replay->owners != NULL) __builtin_prefetch(&replay->owners[operation[lookahead_count].id]);
    uint64_t order_id = replay->order_ids[operation[lookahead_count / 2].id];
    __builtin_prefetch(&replay->file_ids[(uint32_t)order_id], 1);
    if (!replay->gives_hints) return;
    hint(replay, &operation[lookahead_count * 3 / 4], FETCH_FAR);
    hint(replay, &operation[lookahead_count / 2], FETCH_NEAR);
    hint(replay, &operation[lookahead_count / 4], FETCH_NEXT);
}

/* Applies `count` operations. Returns how many were applied before the first that the exchange refused. */
static __attribute__((noinline)) uint32_t apply_operations(struct replay *replay,
                                                           const struct flow_operation *operations, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        fetch_ahead(replay, &operations[i]);
        replay->id = operations[i].id;
        replay->buffer.count = 0;
        if (operations[i].type == FLOW_ADD) apply_add(replay, &operations[i]);
        else apply_cancel(replay, &operations[i]);
        read_events(replay);
        if (__builtin_expect(replay->refused_reason != 0, 0)) return i;
    }
    return count;
}

/* The same, with the time of each, in ticks of the stopwatch. */
static uint32_t time_operations(struct replay *replay, const struct flow_operation *operations, uint32_t count,
                                uint32_t *times) {
    const uint64_t overhead = stopwatch_overhead();
    for (uint32_t i = 0; i < count; i++) {
        fetch_ahead(replay, &operations[i]);
        replay->id = operations[i].id;
        replay->buffer.count = 0;
        uint64_t begin = stopwatch_read();
        if (operations[i].type == FLOW_ADD) apply_add(replay, &operations[i]);
        else apply_cancel(replay, &operations[i]);
        read_events(replay);
        uint64_t spent = stopwatch_read() - begin;
        times[i] = (uint32_t)(spent > overhead ? spent - overhead : 0);
        if (__builtin_expect(replay->refused_reason != 0, 0)) return i;
    }
    return count;
}

/* ---- runs ---- */

static size_t rounded(size_t size, size_t to) { return (size + to - 1) & ~(to - 1); }

/* Zeroed memory, in huge pages where the system gives them, every page present. NULL without memory. */
static char *map_touched(struct replay *replay, size_t size) {
    replay->mapping_size = rounded(size, huge_page_size) + huge_page_size;
    replay->mapping = mmap(NULL, replay->mapping_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (replay->mapping == MAP_FAILED) return NULL;
    char *memory = replay->mapping;
    memory += rounded((uintptr_t)memory, huge_page_size) - (uintptr_t)memory;
    /* Advice only: without huge pages the replay is slower, not wrong. */
    (void)madvise(memory, rounded(size, huge_page_size), MADV_HUGEPAGE);
    memset(memory, 0, size);
    return memory;
}

static int replay_open(struct replay *replay, const struct flow_file *file, const struct flow_plan *plan,
                       const struct limits *limits, struct event *events) {
    const size_t ids_count = (size_t)file->header.id_max + 1;
    const int takes_turns = plan->participants_count == 2 || plan->participants_count == equals_count_max;
    size_t owners_bytes = takes_turns ? 0 : ids_count * sizeof *replay->owners;
    size_t exchange_bytes = rounded(exchange_size(limits), cache_line_size);
    size_t order_ids_bytes = rounded(ids_count * sizeof *replay->order_ids, cache_line_size);
    size_t file_ids_bytes = rounded(((size_t)limits->orders_max + 1) * sizeof *replay->file_ids, cache_line_size);
    char *memory = map_touched(replay, exchange_bytes + order_ids_bytes + file_ids_bytes + owners_bytes);
    if (memory == NULL) return -ENOMEM;
    replay->exchange = exchange_init(memory, limits);
    replay->order_ids = (void *)(memory + exchange_bytes);
    replay->file_ids = (void *)(memory + exchange_bytes + order_ids_bytes);
    replay->buffer = (struct event_buffer){ .events = events, .capacity = events_count_max, .full = on_full,
                                            .owner = replay };
    replay->turns_mask = plan->participants_count / 2 - 1;
    if (!takes_turns) {
        replay->owners = (void *)(memory + exchange_bytes + order_ids_bytes + file_ids_bytes);
        find_owners(file, plan->participants_count, replay->owners);
    }
    replay->gives_hints = plan->times_each || file->header.warm_up_count > orders_in_cache ||
                          plan->participants_count > firms_in_cache;
    exchange_set_rules(replay->exchange, plan->rules);
    build_world(replay, file, plan);
    return 0;
}

static int fail_refused(const struct replay *replay, const struct flow_file *file, uint32_t index,
                        struct flow_error *error) {
    const struct flow_operation *operation = &file->operations[index];
    return flow_fail(error, -EPROTO, "operation %" PRIu32 " (%s of order %" PRIu32 "): the exchange refused it, %"
                     PRIu32, index, operation->type == FLOW_ADD ? "entry" : "cancel", operation->id,
                     replay->refused_reason);
}

/* `times` NULL: all together; else each by itself. */
static int time_run(struct replay *replay, const struct flow_file *file, uint32_t *times, int64_t *spent_ns,
                    struct flow_error *error) {
    uint32_t warm_up_count = file->header.warm_up_count, timed_count = file->header.operations_count;
    const struct flow_operation *timed = file->operations + warm_up_count;
    uint32_t applied = apply_operations(replay, file->operations, warm_up_count);
    if (applied < warm_up_count) return fail_refused(replay, file, applied, error);
    int64_t begin_ns = stopwatch_clock_ns();
    applied = times == NULL ? apply_operations(replay, timed, timed_count)
                            : time_operations(replay, timed, timed_count, times);
    *spent_ns = stopwatch_clock_ns() - begin_ns;
    if (applied < timed_count) return fail_refused(replay, file, warm_up_count + applied, error);
    return 0;
}

/* One run from a fresh exchange to its end. */
static int run_once(const struct flow_file *file, const struct flow_plan *plan, const struct limits *limits,
                    struct event *events, uint32_t *times, struct flow_result *result, int64_t *spent_ns,
                    struct flow_error *error) {
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL) return flow_fail(error, -ENOMEM, "not enough memory");
    int status = replay_open(replay, file, plan, limits, events);
    if (status < 0) flow_fail(error, status, "not enough memory for %" PRIu32 " open orders", limits->orders_max);
    else status = time_run(replay, file, times, spent_ns, error);
    if (status == 0) {
        result->sum = replay->sum;
        result->resting_count = exchange_open_orders_count(replay->exchange);
        result->state_hash = exchange_digest(replay->exchange);
    }
    if (replay->mapping != NULL && replay->mapping != MAP_FAILED) munmap(replay->mapping, replay->mapping_size);
    free(replay);
    return status;
}

static int compare_doubles(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static int fail_differs(uint32_t run, uint64_t hash, uint64_t first_hash, struct flow_error *error) {
    return flow_fail(error, -EPROTO, "run %" PRIu32 " ended in the state %016" PRIx64 ", the first in %016" PRIx64,
                     run + 1, hash, first_hash);
}

static int run_all(const struct flow_file *file, const struct flow_plan *plan, const struct limits *limits,
                   struct event *events, double *times_ns, struct flow_result *result, struct flow_error *error) {
    uint64_t first_hash = 0;
    for (uint32_t run = 0; run < plan->runs_count; run++) {
        int64_t spent_ns = 0;
        int status = run_once(file, plan, limits, events, NULL, result, &spent_ns, error);
        if (status < 0) return status;
        times_ns[run] = (double)spent_ns / file->header.operations_count;
        if (run == 0) first_hash = result->state_hash;
        if (result->state_hash != first_hash) return fail_differs(run, result->state_hash, first_hash, error);
    }
    qsort(times_ns, plan->runs_count, sizeof *times_ns, compare_doubles);
    result->ns_min = times_ns[0];
    result->ns_max = times_ns[plan->runs_count - 1];
    result->ns_median = (times_ns[(plan->runs_count - 1) / 2] + times_ns[plan->runs_count / 2]) / 2;
    return 0;
}

/* One more run. The counter's rate is taken over it. */
static int run_each(const struct flow_file *file, const struct flow_plan *plan, const struct limits *limits,
                    struct event *events, struct flow_result *result, struct flow_error *error) {
    const uint64_t first_hash = result->state_hash;
    uint32_t count = file->header.operations_count, *times = malloc(count * sizeof *times);
    if (times == NULL) return flow_fail(error, -ENOMEM, "not enough memory for %" PRIu32 " times", count);
    int64_t spent_ns, begin_ns = stopwatch_clock_ns();
    uint64_t begin = stopwatch_read();
    int status = run_once(file, plan, limits, events, times, result, &spent_ns, error);
    double ns_per_tick = (double)(stopwatch_clock_ns() - begin_ns) / (double)(stopwatch_read() - begin);
    if (status == 0 && result->state_hash != first_hash)
        status = fail_differs(plan->runs_count, result->state_hash, first_hash, error);
    if (status == 0 && count > 0) {
        struct stopwatch_percentiles each = stopwatch_percentiles(times, count, ns_per_tick);
        result->ns_p50 = each.p50_ns;
        result->ns_p99 = each.p99_ns;
        result->ns_p999 = each.p999_ns;
    }
    free(times);
    return status;
}

int flow_run(const struct flow_file *file, const struct flow_plan *plan, struct flow_result *result,
             struct flow_error *error) {
    CHECK(plan->runs_count > 0 && plan->runs_count <= flow_runs_count_max);
    CHECK(plan->participants_count >= 2 && plan->participants_count % 2 == 0);
    double *times_ns = calloc(plan->runs_count, sizeof *times_ns);
    struct event *events = aligned_alloc(cache_line_size, events_count_max * sizeof *events);
    struct flow_result fresh = { .ns_min = 0 };
    struct limits limits = { .instruments_max = 0 };
    int status = times_ns == NULL || events == NULL || limits_for(file, plan, &limits) < 0
                     ? flow_fail(error, -ENOMEM, "not enough memory")
                     : run_all(file, plan, &limits, events, times_ns, &fresh, error);
    if (status == 0 && plan->times_each) status = run_each(file, plan, &limits, events, &fresh, error);
    if (status == 0) *result = fresh;
    free(times_ns);
    free(events);
    return status;
}
