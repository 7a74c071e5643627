/* committer.h - group commit: commands are collected into a batch, one batch is on its way to the disk, and what a
 * command caused may leave the process when its batch is there.
 *
 *     committer_add ... committer_add   committer_turn_end          the batch is sealed and handed to the writer
 *               the next batch fills meanwhile                      on_durable: it is on disk, and the next one goes
 *
 * A byte for a client belongs to the batch that was filling when it was made (committer_batch), and may leave once that
 * number is at most committer_durable. With --sync group that is when the batch has been synced; with interval and
 * none it is at once.
 *
 * When the disk gives no room for another segment, committer_is_full says so in time: what has been taken is still
 * written, and clients are refused (1212). A write or sync that fails ends the process, with nothing released that
 * depended on it: whether the disk has it is not known, so nobody may be told. */
#ifndef BIRZHA_COMMITTER_H
#define BIRZHA_COMMITTER_H

#include <stdint.h>

#include "engine/event.h"
#include "engine/journal/writer.h"
#include "gateway/config.h"
#include "gateway/metrics.h"
#include "gateway/storage_file.h"

#define INTERVAL_NS INT64_C(10000000)

/* Commands that wait, behind room for the header of their batch. */
struct command_batch {
    uint8_t *bytes;
    uint64_t capacity;
    uint32_t commands_count;
    int64_t time_ns;                    /* of the last command */
};

struct committer {
    struct storage storage;
    struct journal_writer writer;
    enum sync_mode sync;
    struct command_batch filling, writing;
    uint32_t is_writing, is_finished;
    uint64_t durable_batch;             /* all batches up to it are on disk ... */
    int64_t durable_ns;                 /* ... since this steady time */
    uint64_t prepared_segment;          /* created ahead; 0 = none */
    int prepare_status;                 /* why the next segment could not be created; 0 = it was not asked for */
    uint64_t events_hash;
    int64_t synced_ns;                  /* interval: when the disk was last asked to */
    uint32_t is_unsynced;               /* interval: something was written since */
    struct committer_counters counters;
    uint8_t first_page[journal_page_size];
    void (*on_durable)(void *owner);
    void *owner;
};

/* Opens the data folder. 0, or -1 and one line in `error`. */
__attribute__((warn_unused_result))
int committer_open(struct committer *committer, const struct config *config, char *error, size_t error_size);

/* Begins an empty journal, or goes on where a scan of the storage's segments ended. The same. */
__attribute__((warn_unused_result))
int committer_begin(struct committer *committer, const struct limits *limits, char *error, size_t error_size);
__attribute__((warn_unused_result))
int committer_resume(struct committer *committer, const struct journal_scan *scan, uint64_t events_hash, char *error,
                     size_t error_size);

/* Starts the writer. 0 or a negative errno. */
__attribute__((warn_unused_result))
int committer_start(struct committer *committer, uv_loop_t *loop, void (*on_durable)(void *), void *owner);

void committer_add(struct committer *committer, const struct command *command, const struct event *events,
                   uint32_t events_count);
/* Hands what has been collected to the disk, if the disk is free. */
void committer_turn_end(struct committer *committer);
/* interval: asks for a sync when the last write has waited for one long enough. Every few ms. */
void committer_on_tick(struct committer *committer);
/* Waits until everything is on disk. */
void committer_drain(struct committer *committer);

static inline uint64_t committer_batch(const struct committer *committer) {
    return committer->filling.commands_count > 0 ? committer->writer.next_batch : committer->writer.next_batch - 1;
}
static inline uint64_t committer_durable(const struct committer *committer) {
    return committer->sync == SYNC_MODE_GROUP ? committer->durable_batch : UINT64_MAX;
}
/* No room is sure for one more command of a client. */
int committer_is_full(const struct committer *committer);

/* Everything is written, and a batch of nothing behind it: the journal is closed in order. Nothing may be added any
 * more. */
void committer_finish(struct committer *committer);

/* All batches up to here have been handed to the disk; what was added last is the last of the one before next_batch. */
static inline int committer_is_at_batch_end(const struct committer *committer) {
    return committer->filling.commands_count == 0;
}

/* Finishes, if that has not been done, and gives everything back. */
void committer_close(struct committer *committer);

#endif
