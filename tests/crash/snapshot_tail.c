/* snapshot_tail.c - a snapshot and what comes after it are the whole story, at every place.
 *
 *     snapshot_tail [COMMANDS] [EVERY] [SEED]      (20000, 1000, 1)
 *
 * Random commands go to an exchange with everything behind it that the server has: views, participants' streams, market
 * data counters. It is never stopped: what it says is what is expected. After every EVERY commands it writes a snapshot,
 * and another one, as the server would at its start, is filled from that. The two are asked everything that can be asked;
 * then both get the same commands, and every event must be the same, to the byte, until the next snapshot, where they are
 * asked again. A world has 20,000 commands; worlds differ in limits and in how much their views remember, so that every
 * ring goes round. In every second world money and brokers are on. Prints its figures; exits 0 if nothing differed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/views/deals.h"
#include "engine/views/depth.h"
#include "engine/views/market.h"
#include "engine/views/orders.h"
#include "engine/views/story.h"
#include "gateway/sequencer.h"
#include "gateway/world_image.h"
#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/name_table.h"
#include "instruments/splitmix.h"
#include "tests/model/model_generate.h"
#include "tests/model/model_script.h"

enum { world_commands = 20000, ids_max = 4096, queue_walk_max = 1 << 20 };

static const struct limits limits_large = {
    .instruments_max = 12, .sessions_max = 6, .participants_max = 12, .users_max = 12, .orders_max = 1024,
    .price_leaves_max = 256, .price_branches_max = 128, .client_ids_max = 1 << 14, .contracts_max = 1 << 15,
    .clients_max = 64,
};
static const struct view_sizes views_large = {
    .ended_orders_max = 4096, .tape_trades_max = 64, .deals_max = 4096, .notes_max = 1 << 14,
};

/* ---- one server without sockets ---- */

struct post {
    struct sequencer sequencer;
    struct hub *hub;
    struct publisher *publisher;
    struct credentials credentials;
};

static struct limits limits;
static struct view_sizes views;
static uint64_t seed_of_world, commands_done;

static void die(const char *what, uint64_t a, uint64_t b) {
    printf("%s (%" PRIu64 ", %" PRIu64 ") at command %" PRIu64 " of the world of seed %" PRIu64 "\n", what, a, b,
           commands_done, seed_of_world);
    exit(1);
}

static void post_open(struct post *s) {
    const struct hub_host host = {0};
    s->hub = calloc(1, sizeof *s->hub);
    s->publisher = calloc(1, sizeof *s->publisher);
    CHECK(s->hub && s->publisher && sequencer_open_sized(&s->sequencer, &limits, &views) == 0);
    const struct hub_views hub_views = {.exchange = s->sequencer.exchange, .orders = s->sequencer.orders,
                                        .deals = s->sequencer.deals, .story = s->sequencer.story};
    const struct publisher_views publisher_views = {.exchange = s->sequencer.exchange, .depth = s->sequencer.depth,
                                                    .market = s->sequencer.market};
    CHECK(hub_init(s->hub, &host, &hub_views) == 0 && publisher_init(s->publisher, &publisher_views) == 0);
    CHECK(credentials_init(&s->credentials, limits.users_max) == 0);
    sequencer_connect(&s->sequencer, s->hub, s->publisher, &s->credentials);
}

static void post_close(struct post *s) {
    credentials_close(&s->credentials);
    publisher_close(s->publisher);
    hub_deliver(s->hub);
    hub_close(s->hub);
    sequencer_close(&s->sequencer);
    free(s->publisher);
    free(s->hub);
}

/* ---- snapshots in memory ---- */

struct bytes { uint8_t *bytes; size_t size, capacity; };

static void collect(void *owner, const void *bytes, size_t size) {
    struct bytes *out = owner;
    if (out->size + size > out->capacity) {
        out->capacity = 2 * (out->size + size);
        out->bytes = realloc(out->bytes, out->capacity);
        CHECK(out->bytes);
    }
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static void write_snapshot(const struct post *s, struct bytes *out) {
    static struct snapshot_writer writer;
    static uint8_t page[snapshot_header_size];
    const struct exchange *x = s->sequencer.exchange;
    const struct snapshot_mark mark = {.file_id = 1, .sequence = exchange_sequence(x), .limits = limits,
                                       .state_hash = exchange_digest(x)};
    out->size = 0;
    collect(out, page, sizeof page);
    snapshot_begin(&writer, collect, out);
    world_image_write(&s->sequencer, &writer);
    snapshot_seal(&writer, &mark, out->bytes);
}

static void load_snapshot(struct post *s, const struct bytes *from) {
    struct snapshot_header header;
    /* Exactly as many bytes as there are: whoever reads more is seen by the sanitizer. */
    uint8_t *copy = malloc(from->size);
    CHECK(copy);
    memcpy(copy, from->bytes, from->size);
    if (snapshot_open(copy, from->size, &header) != SNAPSHOT_WHOLE) die("a snapshot is not whole", from->size, 0);
    const char *wrong = world_image_load(&s->sequencer, copy, &header);
    free(copy);
    if (wrong) {
        printf("section %s: ", wrong);
        die("a snapshot cannot be loaded", 0, 0);
    }
}

/* ---- everything that can be asked ---- */

static uint64_t ids[ids_max];           /* of the latest accepted orders */
static uint64_t ids_count, answers_count;

static void same(const char *what, const void *a, const void *b, size_t size, uint64_t which) {
    answers_count++;
    if (!a != !b || (a && memcmp(a, b, size) != 0)) die(what, which, size);
}
static void same_number(const char *what, uint64_t a, uint64_t b) {
    answers_count++;
    if (a != b) die(what, a, b);
}

static void ask_exchange(const struct exchange *a, const struct exchange *b) {
    same_number("digest", exchange_digest(a), exchange_digest(b));
    same_number("sequence", exchange_sequence(a), exchange_sequence(b));
    same_number("next due", (uint64_t)exchange_next_due_ns(a), (uint64_t)exchange_next_due_ns(b));
    for (uint32_t i = 0; i < exchange_instruments_count(a); i++) {
        price low[2], high[2];
        exchange_collar(a, i, &low[0], &high[0]);
        exchange_collar(b, i, &low[1], &high[1]);
        same_number("collar", low[0].ticks + ((uint64_t)high[0].ticks << 32), low[1].ticks + ((uint64_t)high[1].ticks << 32));
        same("rules of today", exchange_instrument_rules(a, i), exchange_instrument_rules(b, i),
             sizeof(struct instrument_rules), i);
        for (int side = SIDE_BUY; side <= SIDE_SELL; side++)
            same_number("best", exchange_best(a, i, (enum side)side).ticks, exchange_best(b, i, (enum side)side).ticks);
        const char *symbol = exchange_instrument(a, i)->symbol;
        same_number("symbol", exchange_find_instrument(b, symbol, name_size(symbol, symbol_size)), i);
    }
    for (uint32_t i = 0; i < exchange_participants_count(a); i++) {
        const char *id = exchange_participant(a, i)->id;
        same_number("participant", exchange_find_participant(b, id, name_size(id, participant_id_size)), i);
        for (int c = 0; c < CURRENCY_COUNT; c++)
            same("account", exchange_account(a, i, (enum currency)c), exchange_account(b, i, (enum currency)c),
                 sizeof(struct account), i);
    }
    exchange_verify(b);
}

static void ask_orders(const struct post *a, const struct post *b) {
    const struct orders_view *left = a->sequencer.orders, *right = b->sequencer.orders;
    for (uint32_t p = 0; p < limits.participants_max; p++) {
        struct orders_cursor i = {.participant = p}, j = {.participant = p};
        const struct order_state *order;
        do {
            order = orders_view_next(left, &i);
            same("open order", order, orders_view_next(right, &j), sizeof *order, p);
        } while (order);
    }
    for (uint64_t n = ids_count > ids_max ? ids_count - ids_max : 0; n < ids_count; n++) {
        uint64_t id = ids[n % ids_max];
        const struct order_state *order = orders_view_find(left, id);
        same("order by id", order, orders_view_find(right, id), sizeof *order, id);
        const struct story_note *note = story_last(a->sequencer.story, id), *other = story_last(b->sequencer.story, id);
        for (;;) {
            same("note", note, other, sizeof *note, id);
            if (!note) break;
            note = story_before(a->sequencer.story, note);
            other = story_before(b->sequencer.story, other);
        }
        uint32_t before[2] = {0};
        uint64_t lots[2] = {0};
        exchange_queue_ahead(a->sequencer.exchange, id, queue_walk_max, &before[0], &lots[0]);
        exchange_queue_ahead(b->sequencer.exchange, id, queue_walk_max, &before[1], &lots[1]);
        same_number("queue", before[0] + lots[0] * 4096, before[1] + lots[1] * 4096);
        if (!order || order->client_order_id[0] == '\0') continue;
        const char *name = order->client_order_id;
        same_number("order by name", exchange_find_order(a->sequencer.exchange, order->participant, name),
                    exchange_find_order(b->sequencer.exchange, order->participant, name));
        same_number("instrument by name", exchange_find_order_instrument(a->sequencer.exchange, order->participant, 0, name),
                    exchange_find_order_instrument(b->sequencer.exchange, order->participant, 0, name));
    }
    orders_view_verify(right);
}

static void ask_market(const struct post *a, const struct post *b) {
    static struct depth_level left[2048], right[2048];
    const struct market_view *m = a->sequencer.market, *n = b->sequencer.market;
    same_number("date", (uint64_t)market_view_date(m), (uint64_t)market_view_date(n));
    for (uint32_t i = 0; i < limits.instruments_max; i++) {
        same("figures", market_view_figures(m, i), market_view_figures(n, i), sizeof(struct market_figures), i);
        uint32_t count = market_view_tape_count(m, i);
        same_number("tape", count, market_view_tape_count(n, i));
        for (uint32_t age = 0; age < count; age++)
            same("taped", market_view_tape(m, i, age), market_view_tape(n, i, age), sizeof(struct tape_trade), i);
        same("md_seq", a->publisher->desks[i].md_seq, b->publisher->desks[i].md_seq, sizeof a->publisher->desks[i].md_seq, i);
        for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
            count = depth_top(a->sequencer.depth, i, (enum side)side, left, 2048);
            same_number("levels", count, depth_top(b->sequencer.depth, i, (enum side)side, right, 2048));
            same("depth", left, right, count * sizeof *left, i);
            same_number("dirty", depth_dirty(a->sequencer.depth, i, (enum side)side).ticks,
                        depth_dirty(b->sequencer.depth, i, (enum side)side).ticks);
        }
    }
    market_view_verify(n);
    depth_verify(b->sequencer.depth);
}

static void ask_participants(const struct post *a, const struct post *b) {
    for (uint32_t p = 0; p < limits.participants_max; p++) {
        struct deals_cursor i = {.participant = p, .from_date = date_none, .to_date = date_none}, j = i;
        const struct deal *deal;
        do {
            deal = deals_next(a->sequencer.deals, &i);
            same("deal", deal, deals_next(b->sequencer.deals, &j), sizeof *deal, p);
        } while (deal);
        const struct stream *left = &a->hub->desks[p].stream, *right = &b->hub->desks[p].stream;
        same_number("first seq", stream_first_seq(left), stream_first_seq(right));
        same_number("next seq", stream_next_seq(left), stream_next_seq(right));
        for (uint64_t seq = stream_first_seq(left); seq < stream_next_seq(left); seq++)
            same("report", stream_find(left, seq), stream_find(right, seq), sizeof(struct report), seq);
    }
    for (uint32_t u = 0; u < exchange_users_count(a->sequencer.exchange); u++)
        same("hash", credentials_hash(&a->credentials, u), credentials_hash(&b->credentials, u),
             a->credentials.hashes[u][0] ? password_hash_size : 0, u);
    deals_verify(b->sequencer.deals);
}

static void ask_everything(const struct post *a, const struct post *b) {
    static struct bytes left, right;
    ask_exchange(a->sequencer.exchange, b->sequencer.exchange);
    ask_orders(a, b);
    ask_market(a, b);
    ask_participants(a, b);
    write_snapshot(a, &left);
    write_snapshot(b, &right);
    same_number("size of a snapshot", left.size, right.size);
    same("snapshot", left.bytes, right.bytes, left.size, 0);
}

/* ---- commands ---- */

/* Orders are known to the generator by the model's number. */
static struct { uint64_t *ids; uint64_t count; } numbers;

static uint64_t id_of(uint64_t number) {
    if (number == 0) return 0;
    return number <= numbers.count ? numbers.ids[number - 1] : UINT64_C(900000000) << 32 | number % 16;
}

static struct command translated(struct command command, const struct exchange *x) {
    uint32_t participants_count = exchange_participants_count(x);
    if (command.kind == COMMAND_AMEND_ORDER) command.amend_order.order_id = id_of(command.amend_order.order_id);
    if (command.kind == COMMAND_CANCEL_ORDER) command.cancel_order.order_id = id_of(command.cancel_order.order_id);
    /* A server's requests come from somebody who is there; the generator's need not. */
    if (command.kind < COMMAND_INSTRUMENT && command.kind != COMMAND_CLOCK && participants_count > 0)
        command.participant %= participants_count;
    command.sequence = exchange_sequence(x) + 1;
    return command;
}

static void learn(const struct event_buffer *model_events, const struct applied *applied) {
    uint64_t id = 0;
    for (uint32_t i = 0; i < applied->events_count; i++) {
        const struct event *event = &applied->events[i];
        if (event->kind != EVENT_ACCEPTED) continue;
        id = event->order.order_id;
        ids[ids_count++ % ids_max] = id;
    }
    for (uint32_t i = 0; i < model_events->count; i++)
        if (model_events->events[i].kind == EVENT_ACCEPTED && numbers.count < world_commands)
            numbers.ids[numbers.count++] = id;
}

static const char money_script[] =
    "rule_terms deposit_ppm=2000 floor_usd=25000 floor_byn=60000 deposit_days=2 fee_ppm=2000 fee_days=1 "
    "exposure_factor=5000 rule_flags=1\n"
    "transit_rule from=2021-01-01 sections=15\n"
    "fx_rate currency=USD byn=25300 from=2020-01-01\nfx_rate currency=EUR byn=30300 from=2020-01-01\n"
    "fx_rate currency=RUB byn=300 from=2020-01-01\n"
    "broker of=0 action=grant from=2020-01-01\nclient broker=0 client=1 section=agri\n"
    "client broker=0 client=2 section=timber\nclient broker=0 client=3 section=agri\n";

/* Money for everybody, trades that are taken back, fees that are paid: what the generator does not ask for. */
static struct command of_money(uint64_t *random, const struct exchange *x) {
    uint64_t roll = splitmix64(random);
    uint32_t who = (uint32_t)(roll >> 8) % 12;
    struct command c = {.time_ns = exchange_time_ns(x), .participant = NAME_NONE, .user = NAME_NONE};
    if (roll % 8 < 3) {
        c.kind = COMMAND_BUST;
        c.bust.trade_id = (roll >> 16) % 2000;
    } else if (roll % 8 < 5) {
        c.kind = COMMAND_PAY_FEES;
        c.pay_fees = (struct command_pay_fees){.amount.minor = (int64_t)(roll >> 20) % 5000, .participant = who,
                                               .source = roll >> 12 & 1};
    } else if (roll % 8 < 6) {
        c.kind = COMMAND_PASSWORD;
        c.password.user = who % 4;
        memset(c.password.hash, 'a' + (int)(roll >> 16) % 20, 40);
    } else {
        c.kind = COMMAND_DEPOSIT;
        c.deposit = (struct command_deposit){.amount.minor = (int64_t)(roll >> 20) % 100000000, .participant = who,
                                             .currency = (uint8_t)((roll >> 12) % CURRENCY_COUNT),
                                             .action = roll >> 18 & 1 ? DEPOSIT_AT_ONCE : DEPOSIT_CREDIT};
    }
    return c;
}

/* ---- runs ---- */

struct run {
    struct post whole, loaded;
    uint32_t is_loaded;
    struct generator generator;
    struct model *model;
    struct event_buffer model_events;
    uint64_t random;
    struct script money;
    uint64_t snapshots_count, events_count, bytes_count;
};

static void more_events(struct event_buffer *buffer) {
    buffer->capacity *= 2;
    buffer->events = realloc(buffer->events, buffer->capacity * sizeof *buffer->events);
    CHECK(buffer->events);
}

/* What comes next: the generator's world, then money if it is on, then requests. */
static struct command next_command(struct run *run, uint64_t position, uint32_t has_money) {
    const struct exchange *x = run->whole.sequencer.exchange;
    uint64_t begin = run->generator.world_count;
    run->model_events.count = 0;
    if (has_money && position >= begin && position < begin + run->money.steps_count) {
        struct command command = run->money.steps[position - begin].command;
        command.time_ns = exchange_time_ns(x);
        return translated(command, x);
    }
    if (has_money && position > begin && (position < begin + 120 || splitmix64(&run->random) % 16 == 0))
        return translated(of_money(&run->random, x), x);
    struct command command = generator_next(&run->generator, run->model);
    model_apply(run->model, &command, &run->model_events);
    return translated(command, x);
}

static void apply_one(struct run *run, const struct command *command) {
    struct applied whole = sequencer_replay(&run->whole.sequencer, command);
    learn(&run->model_events, &whole);
    run->events_count += whole.events_count;
    if (!run->is_loaded) return;
    struct applied loaded = sequencer_replay(&run->loaded.sequencer, command);
    if (whole.events_count != loaded.events_count) die("number of events", whole.events_count, loaded.events_count);
    if (memcmp(whole.events, loaded.events, whole.events_count * sizeof *whole.events) != 0)
        die("events", command->kind, whole.events_count);
}

static void snapshot(struct run *run) {
    static struct bytes bytes;
    if (run->is_loaded) {
        ask_everything(&run->whole, &run->loaded);
        post_close(&run->loaded);
    }
    write_snapshot(&run->whole, &bytes);
    post_open(&run->loaded);
    load_snapshot(&run->loaded, &bytes);
    run->is_loaded = 1;
    ask_everything(&run->whole, &run->loaded);
    run->snapshots_count++;
    run->bytes_count += bytes.size;
}

static void choose_world(uint64_t seed) {
    limits = limits_large;
    views = views_large;
    if (seed % 3 == 1) {                /* little room: everything goes round soon */
        limits.orders_max = 100;
        limits.client_ids_max = 300;
        limits.contracts_max = 900;
        views = (struct view_sizes){.ended_orders_max = 50, .tape_trades_max = 5, .deals_max = 70, .notes_max = 256};
    }
    seed_of_world = seed;
    commands_done = ids_count = numbers.count = 0;
}

static void run_world(struct run *run, uint64_t seed, uint64_t commands, uint64_t every) {
    choose_world(seed);
    post_open(&run->whole);
    run->is_loaded = 0;
    run->random = seed;
    run->model = model_new(&limits);
    generator_init(&run->generator, seed, (uint32_t)(seed % 32));
    CHECK(script_parse(&run->money, money_script) == 0);
    while (commands_done < commands) {
        struct command command = next_command(run, commands_done, seed % 2);
        apply_one(run, &command);
        if (++commands_done % every == 0) snapshot(run);
    }
    if (run->is_loaded) {
        ask_everything(&run->whole, &run->loaded);
        post_close(&run->loaded);
    }
    post_close(&run->whole);
    model_free(run->model);
    script_free(&run->money);
}

int main(int argc, char **argv) {
    uint64_t commands = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000;
    uint64_t every = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    struct run *run = calloc(1, sizeof *run);
    run->model_events = (struct event_buffer){.capacity = 4096, .full = more_events};
    run->model_events.events = malloc(run->model_events.capacity * sizeof *run->model_events.events);
    numbers.ids = malloc(world_commands * sizeof *numbers.ids);
    for (uint64_t left = commands; left > 0;) {
        uint64_t part = left < world_commands ? left : world_commands;
        run_world(run, seed++, part, every);
        left -= part;
    }
    printf("snapshots: %" PRIu64 " commands, %" PRIu64 " snapshots of %" PRIu64 " bytes on average, loaded and followed: %"
           PRIu64 " events and %" PRIu64 " answers the same as without\n", commands, run->snapshots_count,
           run->snapshots_count ? run->bytes_count / run->snapshots_count : 0, run->events_count, answers_count);
    free(run->model_events.events);
    free(numbers.ids);
    free(run);
    return 0;
}
