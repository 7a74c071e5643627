/* fuzz_snapshot.c - a snapshot that something happened to, of a small busy world: bytes changed, pieces copied, moved, cut.
 * Most inputs then get hashes that fit, so that what reads the sections is reached. Loading says whether it can be, and
 * never runs off; and where the hashes are not mended, only the bytes that were written are accepted. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/journal/snapshot.h"
#include "engine/views/deals.h"
#include "engine/views/depth.h"
#include "engine/views/market.h"
#include "engine/views/orders.h"
#include "engine/views/story.h"
#include "gateway/session/hub.h"
#include "instruments/calendar.h"
#include "instruments/name_table.h"
#include "instruments/splitmix.h"
#include "tests/fuzz/fuzz_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { operation_size = 8, ended_max = 16, tape_max = 8, deals_max = 16, notes_max = 64, parts_count = 6, file_max = 1 << 18 };

/* The exchange and its views, in one piece of memory. */
struct state {
    char *memory;
    size_t size;
    struct exchange *exchange;
    struct orders_view *orders;
    struct depth *depth;
    struct market_view *market;
    struct deals *deals;
    struct story *story;
};

static uint8_t original[file_max], damaged[file_max];
static size_t original_size;
static struct state victim;
static char *pristine;          /* the victim's memory, as it was initialised */

static size_t rounded(size_t size) { return (size + 63) & ~(size_t)63; }

static void state_open(struct state *s) {
    const size_t sizes[parts_count] = {
        exchange_size(&fuzz_limits), orders_view_size(&fuzz_limits, ended_max), depth_size(&fuzz_limits),
        market_view_size(&fuzz_limits, tape_max), deals_size(&fuzz_limits, deals_max), story_size(notes_max),
    };
    for (int i = 0; i < parts_count; i++) s->size += rounded(sizes[i]);
    char *at = s->memory = aligned_alloc(64, s->size);
    CHECK(at);
    memset(at, 0, s->size);
    s->exchange = exchange_init(at, &fuzz_limits);
    s->orders = orders_view_init(at += rounded(sizes[0]), &fuzz_limits, ended_max);
    s->depth = depth_init(at += rounded(sizes[1]), &fuzz_limits);
    s->market = market_view_init(at += rounded(sizes[2]), &fuzz_limits, tape_max);
    s->deals = deals_init(at += rounded(sizes[3]), &fuzz_limits, deals_max);
    s->story = story_init(at + rounded(sizes[4]), notes_max);
}

static void tell(struct state *s, const struct command *command, const struct event_buffer *events) {
    struct report reports[orders_view_reports_max];
    for (uint32_t i = 0; i < events->count; i++) {
        orders_view_apply(s->orders, &events->events[i], command->sequence, i, command->time_ns, reports);
        story_apply(s->story, s->depth, &events->events[i], command->time_ns);
        depth_apply(s->depth, &events->events[i]);
        market_view_apply(s->market, &events->events[i], command->time_ns);
        deals_apply(s->deals, s->orders, &events->events[i], command->time_ns);
    }
}

static void collect(void *owner, const void *bytes, size_t size) {
    (void)owner;
    CHECK(original_size + size <= file_max);
    memcpy(original + original_size, bytes, size);
    original_size += size;
}

#define SECTION(name, call) (snapshot_begin_section(&writer, name), call, snapshot_end_section(&writer))

static void make_original(void) {
    static struct snapshot_writer writer;
    struct state s = {0};
    struct script script;
    struct event_buffer events = {.capacity = 4096, .full = fuzz_more};
    uint64_t random = 5;
    if (original_size > 0) return;
    events.events = calloc(events.capacity, sizeof *events.events);
    state_open(&s);
    CHECK(events.events && script_parse(&script, fuzz_world_script) == 0);
    for (uint32_t i = 0; i < script.steps_count + 150; i++) {
        struct command c = {.participant = NAME_NONE, .user = NAME_NONE};
        uint64_t roll = splitmix64(&random);
        if (i < script.steps_count) c = script.steps[i].command;
        else {
            c.kind = COMMAND_NEW_ORDER;
            c.time_ns = exchange_time_ns(s.exchange) + 1000000000;
            c.participant = (uint32_t)(roll % 4);
            c.new_order = (struct command_new_order){.client = NAME_NONE, .market_session = NAME_NONE,
                .price.ticks = 535 + (uint32_t)(roll >> 8) % 10, .quantity.lots = 1 + (uint32_t)(roll >> 16) % 5,
                .side = roll >> 24 & 1, .expire_date = date_none, .time_in_force = TIF_GTC, .stp = STP_CANCEL_OLDEST};
            c.new_order.client_order_id[0] = (char)('A' + i % 26);
            c.new_order.client_order_id[1] = (char)('a' + i / 26);
        }
        c.sequence = i + 1;
        events.count = 0;
        exchange_apply(s.exchange, &c, &events);
        tell(&s, &c, &events);
    }
    static const uint8_t page[snapshot_header_size];
    collect(NULL, page, sizeof page);
    snapshot_begin(&writer, collect, NULL);
    SECTION("exchange", exchange_write(s.exchange, &writer.image));
    SECTION("orders", orders_view_write(s.orders, &writer.image));
    SECTION("depth", depth_write(s.depth, &writer.image));
    SECTION("market", market_view_write(s.market, &writer.image));
    SECTION("deals", deals_write(s.deals, &writer.image));
    SECTION("story", story_write(s.story, &writer.image));
    const struct snapshot_mark mark = {.file_id = 1, .sequence = exchange_sequence(s.exchange), .next_batch = 2,
                                       .limits = fuzz_limits};
    snapshot_seal(&writer, &mark, original);
    state_open(&victim);
    pristine = malloc(victim.size);
    CHECK(pristine);
    memcpy(pristine, victim.memory, victim.size);
    script_free(&script);
    free(events.events);
    free(s.memory);
}

/* Eight bytes of the input are one thing that happens. */
static void damage(const uint8_t *operation, size_t *size) {
    if (*size == 0) return;
    uint32_t from = (uint32_t)(operation[1] | operation[2] << 8 | operation[3] << 16) % (uint32_t)*size;
    uint32_t to = (uint32_t)(operation[4] | operation[5] << 8 | operation[6] << 16) % (uint32_t)*size;
    size_t length = 1 + operation[7];
    if (length > *size - (from > to ? from : to)) length = *size - (from > to ? from : to);
    switch (operation[0] % 5) {
    case 0: damaged[from] ^= operation[7] ? operation[7] : 1; break;
    case 1: memset(damaged + from, operation[4], length); break;
    case 2: memmove(damaged + to, damaged + from, length); break;
    case 3: memcpy(damaged + from / 4 * 4, operation + 4, *size - from / 4 * 4 < 4 ? *size - from / 4 * 4 : 4); break;
    default: *size = operation[7] % 4 == 0 ? from : *size; break;
    }
}

/* Hashes that fit, whatever the bytes are; sections lie where they lay. */
static void mend(size_t size) {
    struct snapshot_header header;
    if (size < snapshot_header_size) return;
    memcpy(&header, original, sizeof header);
    header.mark.size = size;
    for (uint32_t i = 0; i < header.sections_count; i++) {
        struct snapshot_section *section = &header.sections[i];
        if (section->offset > size) section->offset = size;
        if (section->size > size - section->offset) section->size = size - section->offset;
        section->hash = journal_hash(damaged + section->offset, section->size);
    }
    header.hash = 0;
    memset(damaged, 0, snapshot_header_size);
    memcpy(damaged, &header, sizeof header);
    header.hash = journal_hash(damaged, snapshot_header_size);
    memcpy(damaged, &header, sizeof header);
}

#define LOAD(name, module, member) \
    (snapshot_find_section(copy, &header, name, &image) == 0 && module##_load(victim.member, &image) == 0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    make_original();
    memcpy(damaged, original, original_size);
    size_t length = original_size;
    for (size_t at = 1; at + operation_size <= size; at += operation_size) damage(data + at, &length);
    if (data[0] % 8 != 0) mend(length);
    uint8_t *copy = malloc(length);
    CHECK(copy || length == 0);
    if (length > 0) memcpy(copy, damaged, length);
    struct snapshot_header header;
    struct image image;
    if (snapshot_open(copy, length, &header) == SNAPSHOT_WHOLE) {
        CHECK(data[0] % 8 != 0 || (length == original_size && memcmp(copy, original, length) == 0));
        memcpy(victim.memory, pristine, victim.size);
        if (LOAD("exchange", exchange, exchange)) (void)exchange_digest(victim.exchange);
        (void)(LOAD("orders", orders_view, orders) + LOAD("depth", depth, depth) + LOAD("market", market_view, market) +
               LOAD("deals", deals, deals) + LOAD("story", story, story));
    }
    free(copy);
    return 0;
}
