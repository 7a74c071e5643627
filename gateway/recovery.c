/* recovery.c - see recovery.h. */
#include "gateway/recovery.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/views/orders.h"
#include "gateway/sequencer.h"
#include "instruments/name_table.h"

/* ---- what is wrong ---- */

static const char *fault_text(enum journal_fault fault) {
    switch (fault) {
    case FAULT_SEGMENT_HEADER: return "the segment's first page is damaged";
    case FAULT_SEGMENT_ORDER: return "the segment does not continue the one before";
    case FAULT_BATCH: return "there is no whole batch";
    case FAULT_LATER_BATCH: return "a batch is damaged, and later ones are there";
    case FAULT_NONE: break;
    }
    return "damaged";
}

static int refuse_corrupt(const struct journal_scan *scan, char *error, size_t error_size) {
    snprintf(error, error_size, "the journal is corrupt: segment %" PRIu64 ", byte %" PRIu64 ": %s; batch %" PRIu64
             " is missing, command %" PRIu64 " would have been next", scan->first_segment + scan->segment, scan->offset,
             fault_text(scan->fault), scan->next_batch, scan->next_sequence);
    return -1;
}

int recovery_begin(struct recovery *recovery, const struct journal_bytes *segments, uint32_t segments_count,
                   char *error, size_t error_size) {
    memset(recovery, 0, sizeof *recovery);
    recovery->is_empty = 1;
    if (segments_count == 0) return 0;
    journal_scan_init(&recovery->scan, segments, segments_count);
    enum journal_status status =
        journal_scan_next(&recovery->scan, &recovery->first_header, &recovery->first_commands);
    if (status == JOURNAL_CORRUPT) return refuse_corrupt(&recovery->scan, error, error_size);
    if (status != JOURNAL_BATCH) return 0;
    recovery->is_empty = 0;
    if (recovery->scan.first_segment == 1) return 0;
    snprintf(error, error_size, "the journal begins with segment %" PRIu64 ": those before it are missing, and no "
             "snapshot that can be used stands for them", recovery->scan.first_segment);
    return -1;
}

/* ---- behind a snapshot ---- */

/* Index of the segment that holds the mark's next batch, or would; segments_count when none does. */
static uint32_t find_segment(const struct journal_bytes *segments, uint32_t segments_count,
                             const struct snapshot_mark *mark) {
    struct journal_segment_header header;
    for (uint32_t i = segments_count; i-- > 0;)
        if (journal_read_segment(&segments[i], &header) && header.file_id == mark->file_id &&
            header.first_batch <= mark->next_batch) return i;
    return segments_count;
}

/* Goes over the batches that the snapshot has: JOURNAL_BATCH, or how the journal ends before. */
static enum journal_status skip_batches(struct journal_scan *scan, const struct snapshot_mark *mark,
                                        uint64_t *events_hash) {
    const struct journal_batch_header *header;
    const struct command *commands;
    enum journal_status status = journal_scan_open(scan);
    *events_hash = mark->events_hash;
    while (status == JOURNAL_BATCH && scan->next_batch < mark->next_batch) {
        status = journal_scan_next(scan, &header, &commands);
        if (status == JOURNAL_BATCH) *events_hash = header->events_hash;
    }
    return status;
}

enum recovery_fit recovery_begin_behind(struct recovery *recovery, const struct journal_bytes *segments,
                                        uint32_t segments_count, const struct snapshot_mark *mark, uint32_t *needed,
                                        char *error, size_t error_size) {
    struct journal_scan *scan = &recovery->scan;
    memset(recovery, 0, sizeof *recovery);
    *needed = find_segment(segments, segments_count, mark);
    if (*needed == segments_count) {
        snprintf(error, error_size, "the journal does not have batch %" PRIu64 ", behind which it goes on",
                 mark->next_batch - 1);
        return FIT_ELSEWHERE;
    }
    journal_scan_init(scan, segments + *needed, segments_count - *needed);
    enum journal_status status = skip_batches(scan, mark, &recovery->events_hash);
    if (status != JOURNAL_BATCH) {
        if (status == JOURNAL_CORRUPT) (void)refuse_corrupt(scan, error, error_size);
        else snprintf(error, error_size, "the journal is corrupt: it ends before batch %" PRIu64 ", and a snapshot has "
                      "batch %" PRIu64, scan->next_batch, mark->next_batch - 1);
        return FIT_CORRUPT;
    }
    if (scan->previous_hash == mark->previous_hash && scan->next_sequence == mark->sequence + 1 &&
        recovery->events_hash == mark->events_hash &&
        memcmp(&scan->limits, &mark->limits, sizeof mark->limits) == 0) return FIT_GOES_ON;
    snprintf(error, error_size, "the journal tells another story before batch %" PRIu64, mark->next_batch);
    return FIT_ELSEWHERE;
}

/* ---- replay ---- */

static int replay_batch(struct recovery *recovery, struct sequencer *sequencer,
                        const struct journal_batch_header *header, const struct command *commands, char *error,
                        size_t error_size) {
    for (uint32_t i = 0; i < header->commands_count; i++) {
        if (commands[i].sequence != header->first_sequence + i) {
            snprintf(error, error_size, "the journal is corrupt: batch %" PRIu64 " has command %" PRIu64
                     " where %" PRIu64 " should be", header->batch_number, commands[i].sequence,
                     header->first_sequence + i);
            return -1;
        }
        struct applied applied = sequencer_replay(sequencer, &commands[i]);
        recovery->events_hash = journal_hash_events(recovery->events_hash, applied.events, applied.events_count);
        recovery->commands_count++;
    }
    if (recovery->events_hash == header->events_hash) return 0;
    snprintf(error, error_size, "batch %" PRIu64 " of the journal gives other events than it did (%016" PRIx64
             ", not %016" PRIx64 "): it was made by another version", header->batch_number, recovery->events_hash,
             header->events_hash);
    return -1;
}

int recovery_replay(struct recovery *recovery, struct sequencer *sequencer, char *error, size_t error_size) {
    const struct journal_batch_header *header = recovery->first_header;
    const struct command *commands = recovery->first_commands;
    enum journal_status status = JOURNAL_BATCH;
    if (!header) status = journal_scan_next(&recovery->scan, &header, &commands);
    while (status == JOURNAL_BATCH) {
        if (replay_batch(recovery, sequencer, header, commands, error, error_size) < 0) return -1;
        status = journal_scan_next(&recovery->scan, &header, &commands);
    }
    recovery->is_torn = status == JOURNAL_TORN;
    return status == JOURNAL_CORRUPT ? refuse_corrupt(&recovery->scan, error, error_size) : 0;
}

/* ---- connections ---- */

/* The participant's first open order that was to end with its connection; NULL when none is left. */
static const struct order_state *find_bound(const struct sequencer *sequencer, uint32_t participant) {
    struct orders_cursor cursor = {.participant = participant};
    const struct order_state *order;
    while ((order = orders_view_next(sequencer->orders, &cursor)) != NULL)
        if (order->order_flags & ORDER_CANCEL_ON_DISCONNECT) return order;
    return NULL;
}

void recovery_end_connections(struct sequencer *sequencer) {
    const struct exchange *exchange = sequencer->exchange;
    for (uint32_t i = 0; i < exchange_participants_count(exchange); i++) {
        const struct order_state *order;
        while ((order = find_bound(sequencer, i)) != NULL) {
            struct command command = {.kind = COMMAND_DISCONNECT, .participant = i, .user = NAME_NONE,
                                      .connection = exchange_order_connection(exchange, order->order_id)};
            sequencer_apply(sequencer, &command);
        }
    }
    for (uint32_t i = 0; i < exchange_users_count(exchange); i++) {
        const struct user *user = exchange_user(exchange, i);
        if (!user->is_here) continue;
        struct command command = {.kind = COMMAND_LOGON, .participant = user->participant, .user = i};
        sequencer_apply(sequencer, &command);
    }
}
