/* metrics.c - the page; see metrics.h. A family is begun by its HELP and TYPE, and its samples follow. Names say their
 * unit; seconds and bytes, as Prometheus wants. */
#include "gateway/metrics.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/event.h"
#include "gateway/stages.h"
#include "instruments/check.h"

struct page {
    char *out;
    uint32_t size, capacity;
    uint32_t is_full;               /* 0 or 1: something did not fit */
};

__attribute__((format(printf, 2, 3)))
static void put(struct page *page, const char *format, ...) {
    va_list arguments;
    uint32_t room = page->capacity - page->size;
    va_start(arguments, format);
    int size = vsnprintf(page->out + page->size, room, format, arguments);
    va_end(arguments);
    if (size < 0 || (uint32_t)size >= room) page->is_full = 1;
    else page->size += (uint32_t)size;
}

static void begin(struct page *page, const char *name, const char *type, const char *help) {
    put(page, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void counter(struct page *page, const char *name, const char *help, uint64_t value) {
    begin(page, name, "counter", help);
    put(page, "%s %" PRIu64 "\n", name, value);
}

static void gauge(struct page *page, const char *name, const char *help, uint64_t value) {
    begin(page, name, "gauge", help);
    put(page, "%s %" PRIu64 "\n", name, value);
}

/* One of a family's samples, told from the others by a label. */
static void labelled(struct page *page, const char *name, const char *label, const char *text, uint64_t value) {
    put(page, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, text, value);
}

/* ---- histograms ---- */

/* How a histogram is shown: its unit, how many buckets an octave, and from where to where. */
struct shape {
    enum { UNIT_ONE, UNIT_SECONDS } unit;
    uint32_t steps;                 /* 1, 2, 4, 8 or 16 */
    uint64_t low, high;             /* the first limit shown, and the last before +Inf; powers of two */
};

static const struct shape shape_stage = {UNIT_SECONDS, 4, 1 << 7, UINT64_C(1) << 34};
static const struct shape shape_duration = {UNIT_SECONDS, 2, 1 << 10, UINT64_C(1) << 34};
static const struct shape shape_batch = {UNIT_ONE, 2, 1, 1 << 17};

/* Nanoseconds as seconds, without trailing zeros. */
static void put_value(struct page *page, const struct shape *shape, uint64_t value) {
    char text[48];
    if (shape->unit == UNIT_ONE) {
        put(page, "%" PRIu64, value);
        return;
    }
    int size = snprintf(text, sizeof text, "%" PRIu64 ".%09" PRIu64, value / 1000000000, value % 1000000000);
    while (text[size - 1] == '0') text[--size] = '\0';
    if (text[size - 1] == '.') text[--size] = '\0';
    put(page, "%s", text);
}

static int is_shown(const struct shape *shape, uint64_t limit) {
    if (limit < shape->low || limit > shape->high) return 0;
    if (limit < 2) return 1;
    uint64_t octave = UINT64_C(1) << (63 - __builtin_clzll(limit - 1));
    uint64_t unit = octave > shape->steps ? octave / shape->steps : 1;
    return limit % unit == 0;
}

/* `label` is "" or a label with a comma behind it. */
static void put_histogram(struct page *page, const char *name, const char *label, const struct shape *shape,
                          const struct histogram *histogram) {
    uint64_t seen = 0;
    char alone[64];
    for (uint32_t bucket = 0; bucket < histogram_buckets_count; bucket++) {
        uint64_t limit = histogram_limit(bucket);
        seen += histogram->counts[bucket];
        if (!is_shown(shape, limit)) continue;
        put(page, "%s_bucket{%sle=\"", name, label);
        put_value(page, shape, limit);
        put(page, "\"} %" PRIu64 "\n", seen);
    }
    put(page, "%s_bucket{%sle=\"+Inf\"} %" PRIu64 "\n", name, label, histogram->count);
    int size = (int)strlen(label);
    snprintf(alone, sizeof alone, size > 0 ? "{%.*s}" : "%.*s", size > 0 ? size - 1 : 0, label);
    put(page, "%s_sum%s ", name, alone);
    put_value(page, shape, histogram->sum);
    put(page, "\n%s_count%s %" PRIu64 "\n", name, alone, histogram->count);
}

static void histogram(struct page *page, const char *name, const char *help, const struct shape *shape,
                      const struct histogram *values) {
    begin(page, name, "histogram", help);
    put_histogram(page, name, "", shape, values);
}

/* ---- families ---- */

static void put_network(struct page *page, const struct metrics *metrics) {
    const struct network_counters *network = metrics->network;
    gauge(page, "birzha_connections", "Connections of clients.", metrics->connections);
    gauge(page, "birzha_connections_max", "Connections that are accepted at most.", metrics->connections_max);
    gauge(page, "birzha_outbox_bytes", "Bytes that wait to be sent.", metrics->outbox_bytes);
    gauge(page, "birzha_outbox_chunks_bytes", "Memory of outboxes, spare chunks included.",
          metrics->outbox_chunks_bytes);
    gauge(page, "birzha_ready_connections", "Connections with requests that wait for their turn.",
          metrics->ready_connections);
    gauge(page, "birzha_held_connections", "Connections with answers that wait for the disk.",
          metrics->held_connections);
    if (!network) return;
    counter(page, "birzha_connections_accepted_total", "Connections that were accepted.", network->accepted);
    counter(page, "birzha_connections_refused_total", "Connections that were one too many.", network->turned_away);
    counter(page, "birzha_slow_consumers_total", "Connections ended because they did not take what they were sent.",
            network->slow_consumers);
    counter(page, "birzha_received_bytes_total", "Bytes that arrived.", network->received_bytes);
    counter(page, "birzha_sent_bytes_total", "Bytes that the kernel has taken.", network->sent_bytes);
    histogram(page, "birzha_loop_turn_duration_seconds", "Work of one turn of the loop, between two waits.",
              &shape_duration, &network->turn_ns);
}

static const char *group_name(uint32_t group) {
    static const char *const names[reject_groups_count] = {
        "none", "format", "admission", "broker", "eligibility", "terms", "quantity", "price", "collateral", "book",
        "contract", "notice", "session",
    };
    return names[group];
}

static void put_requests(struct page *page, const struct metrics *metrics) {
    const struct hub_counters *hub = metrics->hub;
    gauge(page, "birzha_sessions", "Connections that are logged on.", hub->logged_on);
    counter(page, "birzha_logons_total", "Logons.", hub->logons);
    counter(page, "birzha_logon_failures_total", "Logons with a wrong name or password.", hub->logon_failures);
    begin(page, "birzha_requests_total", "counter", "Requests by type; unknown: no type, or not well formed.");
    labelled(page, "birzha_requests_total", "type", "unknown", hub->requests[REQUEST_UNKNOWN]);
    for (int type = REQUEST_UNKNOWN + 1; type < REQUEST_COUNT; type++)
        labelled(page, "birzha_requests_total", "type", request_name((enum request_type)type), hub->requests[type]);
    begin(page, "birzha_refusals_total", "counter", "Requests refused, by group of reasons.");
    for (uint32_t group = 1; group < reject_groups_count; group++) {
        uint64_t by_exchange = metrics->sequencer ? metrics->sequencer->refusals[group] : 0;
        labelled(page, "birzha_refusals_total", "group", group_name(group), hub->refusals[group] + by_exchange);
    }
}

static void put_events(struct page *page, const uint64_t *events) {
    static const struct { uint16_t kind; const char *name; } kinds[] = {
#define XX(number, name, member) {number, #name},
        EVENT_MAP(XX)
#undef XX
    };
    _Static_assert((int)EVENT_NEWS < (int)event_kinds_max, "every kind has its counter");
    begin(page, "birzha_events_total", "counter", "Events of the exchange by kind.");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char name[32];
        size_t size = strlen(kinds[i].name);
        CHECK(size < sizeof name);
        for (size_t c = 0; c <= size; c++) name[c] = (char)tolower((unsigned char)kinds[i].name[c]);
        labelled(page, "birzha_events_total", "kind", name, events[kinds[i].kind]);
    }
}

static void put_exchange(struct page *page, const struct metrics *metrics) {
    static const char *const uses[] = {
#define XX(name, text) text,
        USE_MAP(XX)
#undef XX
    };
    const struct sequencer_counters *sequencer = metrics->sequencer;
    counter(page, "birzha_commands_total", "Commands that were given their place.", sequencer->commands);
    gauge(page, "birzha_last_sequence", "Sequence of the last command, since the world began.", metrics->last_sequence);
    counter(page, "birzha_orders_accepted_total", "New orders accepted.", sequencer->events[EVENT_ACCEPTED]);
    counter(page, "birzha_orders_rejected_total", "New orders rejected.", sequencer->events[EVENT_REJECTED]);
    counter(page, "birzha_trades_total", "Trades.", sequencer->events[EVENT_TRADE]);
    put_events(page, sequencer->events);
    begin(page, "birzha_engine_records", "gauge", "Records of the exchange in use.");
    for (int use = 0; use < USE_COUNT; use++)
        labelled(page, "birzha_engine_records", "kind", uses[use], metrics->uses[use].used);
    begin(page, "birzha_engine_records_max", "gauge", "Records that the exchange has room for.");
    for (int use = 0; use < USE_COUNT; use++)
        labelled(page, "birzha_engine_records_max", "kind", uses[use], metrics->uses[use].max);
    gauge(page, "birzha_engine_arena_bytes", "Address space of exchange and views; what is not used takes no memory.",
          metrics->arena_bytes);
}

static void put_journal(struct page *page, const struct metrics *metrics) {
    const struct committer_counters *committer = metrics->committer;
    counter(page, "birzha_journal_bytes_total", "Bytes handed to the journal.", committer->bytes);
    counter(page, "birzha_journal_batches_total", "Batches handed to the journal.", committer->batches);
    histogram(page, "birzha_journal_batch_commands", "Commands of a batch.", &shape_batch, &committer->batch_commands);
    histogram(page, "birzha_sync_duration_seconds", "How long the disk took to sync a batch.", &shape_duration,
              &committer->sync_ns);
    gauge(page, "birzha_journal_filling_commands", "Commands that wait for the batch before them.",
          metrics->filling_commands);
    gauge(page, "birzha_journal_writing_commands", "Commands on their way to the disk.", metrics->writing_commands);
}

static void put_snapshots(struct page *page, const struct snapshots_counters *snapshots) {
    begin(page, "birzha_snapshots_total", "counter", "Snapshots by how they ended.");
    labelled(page, "birzha_snapshots_total", "result", "made", snapshots->made);
    labelled(page, "birzha_snapshots_total", "result", "failed", snapshots->failed);
    histogram(page, "birzha_snapshot_fork_seconds", "How long the server stood still to fork.",
              &shape_duration, &snapshots->fork_ns);
    histogram(page, "birzha_snapshot_duration_seconds", "From the fork to the end of that process.", &shape_duration,
              &snapshots->duration_ns);
}

static void put_market_data(struct page *page, const struct publisher_counters *publisher) {
    begin(page, "birzha_market_data_messages_total", "counter",
          "Market data messages, each written once for all its readers.");
    for (int channel = 0; channel < CHANNEL_COUNT; channel++)
        labelled(page, "birzha_market_data_messages_total", "channel", channel_name((enum channel)channel),
                 publisher->messages[channel]);
    counter(page, "birzha_market_data_conflations_total", "Times that a reader was behind and is to catch up.",
            publisher->conflations);
    counter(page, "birzha_market_data_trades_missed_total", "Trades not told to a reader that was behind.",
            publisher->trades_missed);
}

static void put_stages(struct page *page, const struct stages *stages) {
    begin(page, "birzha_stage_seconds", "histogram", "Where the time of an order request goes.");
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        char label[48];
        snprintf(label, sizeof label, "stage=\"%s\",", stage_name((enum stage)stage));
        put_histogram(page, "birzha_stage_seconds", label, &shape_stage, &stages->histograms[stage]);
    }
    counter(page, "birzha_stage_untimed_total", "Order requests of connections that were behind, or ended.",
            stages->untimed);
}

uint32_t metrics_write(const struct metrics *metrics, char *out, uint32_t capacity) {
    struct page page = {.out = out, .capacity = capacity};
    begin(&page, "birzha_build_info", "gauge", "The program.");
    labelled(&page, "birzha_build_info", "version", metrics->version, 1);
    gauge(&page, "process_resident_memory_bytes", "Memory that the process has.", metrics->resident_bytes);
    put_network(&page, metrics);
    if (metrics->hub) put_requests(&page, metrics);
    if (metrics->sequencer) put_exchange(&page, metrics);
    if (metrics->committer) put_journal(&page, metrics);
    if (metrics->snapshots) put_snapshots(&page, metrics->snapshots);
    if (metrics->publisher) put_market_data(&page, metrics->publisher);
    if (metrics->stages) put_stages(&page, metrics->stages);
    return page.is_full ? 0 : page.size;
}
