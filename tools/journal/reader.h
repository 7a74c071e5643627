/* reader.h - a journal's commands one after another, and an exchange that follows them.
 *
 * Where the beginning of a journal has been removed, the oldest snapshot that is whole stands for it: the commands
 * behind it are given, and the exchange begins with its state. */
#ifndef BIRZHA_JOURNAL_READER_H
#define BIRZHA_JOURNAL_READER_H

#include <stddef.h>
#include <stdint.h>

#include "engine/exchange.h"
#include "engine/journal/scan.h"
#include "engine/journal/snapshot.h"
#include "gateway/segment_files.h"
#include "gateway/snapshot_files.h"

struct reader {
    const char *folder;
    struct segment_files files;
    struct journal_scan scan;
    const struct journal_batch_header *header;      /* of the present batch */
    const struct command *commands;
    uint32_t next;                                  /* index in it */
    enum journal_status status;                     /* once reader_next gave NULL: how the journal ends */
    uint64_t batches_count;
    struct snapshot_file snapshot;                  /* that stands for the beginning; no bytes: the journal has it */
    struct snapshot_header snapshot_header;
};

/* 0, or -1 and one line in `error`. */
__attribute__((warn_unused_result))
int reader_open(struct reader *reader, const char *folder, char *error, size_t error_size);
void reader_close(struct reader *reader);

/* The next command; NULL at the end: see status. */
const struct command *reader_next(struct reader *reader);
/* The present command was the last of its batch. */
int reader_is_batch_end(const struct reader *reader);

/* The last command before the first that reader_next gives: 0, or a snapshot's. */
static inline uint64_t reader_sequence_before(const struct reader *reader) {
    return reader->snapshot.bytes ? reader->snapshot_header.mark.sequence : 0;
}

/* An exchange for this journal's commands, with the state before the first that reader_next gives; its limits must be
 * known: by a snapshot, or since reader_next has given one. 0, or -1: memory is short, or the snapshot does not fit. */
struct follower {
    struct exchange *exchange;
    size_t size;
    struct event_buffer events;                     /* of the last command */
    uint64_t events_hash;
};
__attribute__((warn_unused_result))
int follower_open(struct follower *follower, const struct reader *reader);
void follower_apply(struct follower *follower, const struct command *command);
void follower_close(struct follower *follower);

#endif
