/* stages.c - see stages.h. */
#include "gateway/stages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "instruments/check.h"

struct stages *stages_open(void) {
    struct stages *stages = calloc(1, sizeof *stages);
    if (!stages) return NULL;
    for (uint32_t i = 0; i + 1 < stage_entries_count; i++) stages->entries[i].next = i + 2;
    stages->free = 1;
    return stages;
}

void stages_close(struct stages *stages) {
    free(stages);
}

/* Steady time goes forward, but points are told by two threads; nothing is ever negative. */
static void record(struct stages *stages, enum stage stage, int64_t from_ns, int64_t to_ns) {
    histogram_record(&stages->histograms[stage], to_ns > from_ns ? (uint64_t)(to_ns - from_ns) : 0);
}

static int is_timed(const struct stages *stages) {
    return stages->is_order && stages->points[POINT_MATCHED] != 0;
}

void stages_end(struct stages *stages, struct stage_queue *queue, uint64_t batch, uint64_t end) {
    if (!is_timed(stages)) return;
    if (stages->free == 0) {
        stages->untimed++;
        return;
    }
    const int64_t *points = stages->points;
    uint32_t index = stages->free;
    struct stage_entry *entry = &stages->entries[index - 1];
    stages->free = entry->next;
    *entry = (struct stage_entry){points[POINT_RECEIVED], points[POINT_MATCHED], batch, end, 0};
    if (queue->last) stages->entries[queue->last - 1].next = index;
    else queue->first = index;
    queue->last = index;
    record(stages, STAGE_DECODE, points[POINT_RECEIVED], points[POINT_DECODED]);
    record(stages, STAGE_SEQUENCE, points[POINT_DECODED], points[POINT_SEQUENCED]);
    record(stages, STAGE_MATCH, points[POINT_SEQUENCED], points[POINT_MATCHED]);
}

void stages_skip(struct stages *stages) {
    stages->untimed += (uint64_t)is_timed(stages);
}

void stages_on_durable(struct stages *stages, uint64_t batch, int64_t now_ns) {
    uint64_t first = stages->durable_batch + 1;
    if (first + stage_batches_count <= batch) first = batch - stage_batches_count + 1;
    for (uint64_t each = first; each <= batch; each++) stages->durable_ns[each % stage_batches_count] = now_ns;
    if (batch > stages->durable_batch) stages->durable_batch = batch;
}

/* When the batch was on disk; 0 = it is not known any more. An answer has left, so its batch is there. */
static int64_t durable_ns(const struct stages *stages, uint64_t batch) {
    CHECK(batch <= stages->durable_batch);
    return stages->durable_batch - batch < stage_batches_count ? stages->durable_ns[batch % stage_batches_count] : 0;
}

static void finish(struct stages *stages, const struct stage_entry *entry, int64_t now_ns) {
    int64_t ready_ns = entry->batch > 0 ? durable_ns(stages, entry->batch) : entry->matched_ns;
    record(stages, STAGE_TOTAL, entry->received_ns, now_ns);
    if (ready_ns == 0) return;
    if (entry->batch > 0) record(stages, STAGE_DURABLE, entry->matched_ns, ready_ns);
    record(stages, STAGE_SEND, ready_ns, now_ns);
}

static void drop_first(struct stages *stages, struct stage_queue *queue) {
    uint32_t index = queue->first;
    struct stage_entry *entry = &stages->entries[index - 1];
    queue->first = entry->next;
    if (!queue->first) queue->last = 0;
    entry->next = stages->free;
    stages->free = index;
}

void stages_on_sent(struct stages *stages, struct stage_queue *queue, uint64_t sent, int64_t now_ns) {
    while (queue->first && stages->entries[queue->first - 1].end <= sent) {
        finish(stages, &stages->entries[queue->first - 1], now_ns);
        drop_first(stages, queue);
    }
}

void stages_forget(struct stages *stages, struct stage_queue *queue) {
    while (stages && queue->first) {
        stages->untimed++;
        drop_first(stages, queue);
    }
}

const char *stage_name(enum stage stage) {
    static const char *const names[] = {
#define XX(name, text) text,
        STAGE_MAP(XX)
#undef XX
    };
    CHECK(stage < STAGE_COUNT);
    return names[stage];
}

uint32_t stages_line(const struct stages *stages, enum stage stage, char out[stage_line_size]) {
    static const struct { uint32_t rank; const char *name; } ranks[] = {
        {50000, "p50"}, {90000, "p90"}, {99000, "p99"}, {99900, "p99.9"}, {100000, "max"},
    };
    const struct histogram *histogram = &stages->histograms[stage];
    int size = snprintf(out, stage_line_size, "stage %-8s count %" PRIu64, stage_name(stage), histogram->count);
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        uint64_t ns = histogram_percentile(histogram, ranks[i].rank);
        size += snprintf(out + size, stage_line_size - (size_t)size, "  %s %" PRIu64 ".%" PRIu64 " us", ranks[i].name,
                         ns / 1000, ns % 1000 / 100);
    }
    CHECK(size > 0 && size < stage_line_size);
    return (uint32_t)size;
}
