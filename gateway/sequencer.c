/* sequencer.c - stamps, applies, and tells; see sequencer.h. */
#include "gateway/sequencer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/views/deals.h"
#include "engine/views/depth.h"
#include "engine/views/market.h"
#include "engine/views/orders.h"
#include "engine/views/story.h"
#include "gateway/committer.h"
#include "gateway/stages.h"
#include "instruments/check.h"

enum { events_capacity_first = 1024 };

const struct view_sizes view_sizes_default = {
    .ended_orders_max = 65536, .tape_trades_max = 64, .deals_max = 1 << 20, .notes_max = 1 << 20,
};

/* ---- memory ---- */

/* A larger array. Events that cannot be kept would be lost to all views: without memory there is nothing left to do. */
static void grow_events(struct event_buffer *events) {
    uint32_t capacity = 2 * events->capacity;
    struct event *larger = realloc(events->events, (size_t)capacity * sizeof *larger);
    if (!larger) {
        fprintf(stderr, "birzhad: no memory for the events of one command\n");
        abort();
    }
    events->events = larger;
    events->capacity = capacity;
}

/* State and views lie in one mapping: zeroed, aligned, and only what is used takes memory. */
struct layout {
    size_t exchange_offset, orders_offset, depth_offset, market_offset, deals_offset, story_offset;
    size_t size;
};

static size_t reserve(struct layout *layout, size_t size) {
    size_t offset = layout->size;
    layout->size += (size + 63) & ~(size_t)63;
    return offset;
}

static struct layout plan(const struct limits *limits, const struct view_sizes *sizes) {
    struct layout layout = {0};
    layout.exchange_offset = reserve(&layout, exchange_size(limits));
    layout.orders_offset = reserve(&layout, orders_view_size(limits, sizes->ended_orders_max));
    layout.depth_offset = reserve(&layout, depth_size(limits));
    layout.market_offset = reserve(&layout, market_view_size(limits, sizes->tape_trades_max));
    layout.deals_offset = reserve(&layout, deals_size(limits, sizes->deals_max));
    layout.story_offset = reserve(&layout, story_size(sizes->notes_max));
    return layout;
}

/* Zeroed memory, in huge pages where the system gives them: a world is read at random, and looking a page up would cost
 * as much as the read; and the process that writes a snapshot is forked in a moment, since there is little to copy. */
static char *map_world(struct sequencer *sequencer, size_t size) {
    const size_t page = 2 << 20, mapped = size + page;
    char *memory = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    sequencer->memory = memory;
    sequencer->memory_size = mapped;
    memory += -(uintptr_t)memory & (page - 1);
    (void)madvise(memory, size, MADV_HUGEPAGE);     /* advice: without it everything works, slower */
    return memory;
}

static int map_all(struct sequencer *sequencer, const struct limits *limits, const struct view_sizes *sizes) {
    const struct layout layout = plan(limits, sizes);
    char *memory = map_world(sequencer, layout.size);
    if (memory == NULL) return -errno;
    sequencer->exchange = exchange_init(memory + layout.exchange_offset, limits);
    sequencer->orders = orders_view_init(memory + layout.orders_offset, limits, sizes->ended_orders_max);
    sequencer->depth = depth_init(memory + layout.depth_offset, limits);
    sequencer->market = market_view_init(memory + layout.market_offset, limits, sizes->tape_trades_max);
    sequencer->deals = deals_init(memory + layout.deals_offset, limits, sizes->deals_max);
    sequencer->story = story_init(memory + layout.story_offset, sizes->notes_max);
    return 0;
}

/* ---- views ---- */

static void count(struct sequencer_counters *counters, const struct event *event) {
    if (event->kind < event_kinds_max) counters->events[event->kind]++;
    if (event->kind == EVENT_REJECTED) counters->refusals[reject_group(event->rejected.reason)]++;
    if (event->kind == EVENT_REFUSED) counters->refusals[reject_group(event->refused.reason)]++;
}

/* The register of deals asks the view of orders, so it comes after it; the story asks the depth that an order found,
 * so it comes before. */
static void tell_views(struct sequencer *sequencer, const struct command *command) {
    struct report reports[orders_view_reports_max + deals_reports_max];
    const int64_t time_ns = command->time_ns;
    for (uint32_t i = 0; i < sequencer->events.count; i++) {
        const struct event *event = &sequencer->events.events[i];
        count(&sequencer->counters, event);
        uint32_t reports_count = orders_view_apply(sequencer->orders, event, command->sequence, i, time_ns, reports);
        story_apply(sequencer->story, sequencer->depth, event, time_ns);
        depth_apply(sequencer->depth, event);
        market_view_apply(sequencer->market, event, time_ns);
        deals_apply(sequencer->deals, sequencer->orders, event, time_ns);
        reports_count += deals_reports(sequencer->deals, sequencer->orders, event, command->sequence, i, time_ns,
                                       reports + reports_count);
        for (uint32_t j = 0; j < reports_count && sequencer->hub; j++) hub_on_report(sequencer->hub, &reports[j]);
    }
}

int sequencer_open(struct sequencer *sequencer, const struct limits *limits) {
    return sequencer_open_sized(sequencer, limits, &view_sizes_default);
}

int sequencer_open_sized(struct sequencer *sequencer, const struct limits *limits, const struct view_sizes *sizes) {
    memset(sequencer, 0, sizeof *sequencer);
    sequencer->events = (struct event_buffer){.capacity = events_capacity_first, .full = grow_events};
    sequencer->events.events = malloc(events_capacity_first * sizeof *sequencer->events.events);
    if (!sequencer->events.events) return -ENOMEM;
    int status = map_all(sequencer, limits, sizes);
    if (status < 0) sequencer_close(sequencer);
    return status;
}

/* A recording with a hole would be believed: the process ends, as it does without memory. */
static void check_recording(int status) {
    if (status == 0) return;
    fprintf(stderr, "%s: the recording cannot be written: %s\n", program_invocation_short_name, strerror(-status));
    exit(EXIT_FAILURE);
}

int sequencer_record(struct sequencer *sequencer, const char *path) {
    return recorder_open(&sequencer->recorder, path);
}

void sequencer_flush_recording(struct sequencer *sequencer) {
    if (sequencer->recorder.file) check_recording(recorder_flush(&sequencer->recorder));
}

void sequencer_close(struct sequencer *sequencer) {
    check_recording(recorder_close(&sequencer->recorder));
    if (sequencer->memory) munmap(sequencer->memory, sequencer->memory_size);
    free(sequencer->events.events);
    memset(sequencer, 0, sizeof *sequencer);
}

void sequencer_connect(struct sequencer *sequencer, struct hub *hub, struct publisher *publisher,
                       struct credentials *credentials) {
    sequencer->hub = hub;
    sequencer->publisher = publisher;
    sequencer->credentials = credentials;
}

/* ---- time ---- */

void sequencer_start(struct sequencer *sequencer, enum clock_mode mode) {
    sequencer->clock_mode = mode;
    sequencer->is_started = 1;
    wall_clock_init(&sequencer->wall);
}

static int follows_wall_clock(const struct sequencer *sequencer) {
    return sequencer->is_started && sequencer->clock_mode == CLOCK_MODE_WALL;
}

int64_t sequencer_now_ns(const struct sequencer *sequencer) {
    int64_t exchange_ns = exchange_time_ns(sequencer->exchange);
    if (!follows_wall_clock(sequencer)) return exchange_ns;
    int64_t wall_ns = wall_clock_now_ns(&sequencer->wall);
    return wall_ns > exchange_ns ? wall_ns : exchange_ns;
}

int64_t sequencer_due_in_ns(const struct sequencer *sequencer) {
    int64_t due_ns = exchange_next_due_ns(sequencer->exchange);
    if (due_ns == INT64_MAX || !follows_wall_clock(sequencer)) return INT64_MAX;
    int64_t now_ns = sequencer_now_ns(sequencer);
    return due_ns > now_ns ? due_ns - now_ns : 0;
}

/* ---- commands ---- */

/* The command is stamped already. */
static struct applied apply_one(struct sequencer *sequencer, const struct command *command) {
    struct event_buffer *events = &sequencer->events;
    events->count = 0;
    if (sequencer->stages) stages_mark(sequencer->stages, POINT_SEQUENCED, steady_now_ns());
    exchange_apply(sequencer->exchange, command, events);
    if (sequencer->stages) stages_mark(sequencer->stages, POINT_MATCHED, steady_now_ns());
    sequencer->counters.commands++;
    if (sequencer->recorder.file) {
        check_recording(recorder_write(&sequencer->recorder, command, events->events, events->count));
    }
    if (sequencer->committer) committer_add(sequencer->committer, command, events->events, events->count);
    tell_views(sequencer, command);
    if (sequencer->publisher) {
        publisher_on_events(sequencer->publisher, events->events, events->count, command->time_ns);
    }
    if (sequencer->credentials && command->kind == COMMAND_PASSWORD) {
        credentials_apply(sequencer->credentials, &command->password);
    }
    return (struct applied){command->sequence, events->events, events->count};
}

void sequencer_commit_to(struct sequencer *sequencer, struct committer *committer) {
    sequencer->committer = committer;
}

struct applied sequencer_replay(struct sequencer *sequencer, const struct command *command) {
    CHECK(!sequencer->committer && command->sequence == exchange_sequence(sequencer->exchange) + 1);
    return apply_one(sequencer, command);
}

static void apply_clock(struct sequencer *sequencer, int64_t time_ns) {
    const struct command clock = {
        .sequence = exchange_sequence(sequencer->exchange) + 1,
        .time_ns = time_ns,
        .kind = COMMAND_CLOCK,
        .participant = NAME_NONE,
        .user = NAME_NONE,
    };
    apply_one(sequencer, &clock);
}

/* Lets everything happen that is due up to `time_ns`: each moment in a command of its own, so that its events bear its
 * time. */
static void apply_due(struct sequencer *sequencer, int64_t time_ns) {
    int64_t due_ns;
    while ((due_ns = exchange_next_due_ns(sequencer->exchange)) <= time_ns) apply_clock(sequencer, due_ns);
}

struct applied sequencer_apply(struct sequencer *sequencer, struct command *command) {
    if (sequencer->is_started) {
        command->time_ns = sequencer_now_ns(sequencer);
        apply_due(sequencer, command->time_ns);
    }
    command->sequence = exchange_sequence(sequencer->exchange) + 1;
    return apply_one(sequencer, command);
}

void sequencer_move_clock(struct sequencer *sequencer, int64_t now_ns) {
    CHECK(now_ns >= exchange_time_ns(sequencer->exchange));
    apply_due(sequencer, now_ns);
    if (now_ns > exchange_time_ns(sequencer->exchange)) apply_clock(sequencer, now_ns);
}

int sequencer_on_time(struct sequencer *sequencer) {
    if (sequencer_due_in_ns(sequencer) > 0) return 0;
    apply_due(sequencer, sequencer_now_ns(sequencer));
    return 1;
}
