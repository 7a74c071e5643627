/* recovery.h - a world comes back: from its journal, every command applied again; or from a snapshot, and then the
 * commands behind it. What the events come to must be what it was.
 *
 * A snapshot is used if the journal goes on where it says: the same file id, and the batch before of the same hash and
 * with the same events. What the journal held before it is not looked at, and need not be there. */
#ifndef BIRZHA_RECOVERY_H
#define BIRZHA_RECOVERY_H

#include <stddef.h>
#include <stdint.h>

#include "engine/journal/scan.h"
#include "engine/journal/snapshot.h"

struct sequencer;

/* What was found. */
struct recovery {
    struct journal_scan scan;
    uint64_t commands_count, events_hash;
    uint32_t is_empty;              /* no batch: the world has to be created */
    uint32_t is_torn;
    const struct journal_batch_header *first_header;    /* of the first batch, read already; NULL: it is not */
    const struct command *first_commands;
};

/* Looks at the first batch of the segments: is_empty, or scan.limits are those of the exchange to come. 0, or -1 and
 * one line in `error`: the journal is corrupt. */
__attribute__((warn_unused_result))
int recovery_begin(struct recovery *recovery, const struct journal_bytes *segments, uint32_t segments_count,
                   char *error, size_t error_size);

/* How a snapshot and a journal stand to each other. */
enum recovery_fit {
    FIT_GOES_ON,                    /* the journal goes on behind the snapshot */
    FIT_ELSEWHERE,                  /* the snapshot is of another journal, or the part that it needs is not there */
    FIT_CORRUPT,                    /* the journal is damaged, or ends before what the snapshot has */
};

/* Looks for the place behind `mark`; recovery_replay goes on from there. *needed is the index of the first segment that
 * this takes. Unless it goes on one line is in `error`. */
__attribute__((warn_unused_result))
enum recovery_fit recovery_begin_behind(struct recovery *recovery, const struct journal_bytes *segments,
                                        uint32_t segments_count, const struct snapshot_mark *mark, uint32_t *needed,
                                        char *error, size_t error_size);

/* Applies everything to an exchange of those limits. The same. */
__attribute__((warn_unused_result))
int recovery_replay(struct recovery *recovery, struct sequencer *sequencer, char *error, size_t error_size);

/* The connections of before are gone: their orders with cancel-on-disconnect end, and nobody is logged on. */
void recovery_end_connections(struct sequencer *sequencer);

#endif
