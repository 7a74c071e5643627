/* recovery.h - a world comes back from its journal: every command is applied again, and what the events come to must be
 * what it was. */
#ifndef BIRZHA_RECOVERY_H
#define BIRZHA_RECOVERY_H

#include <stddef.h>
#include <stdint.h>

#include "engine/journal/scan.h"
#include "gateway/sequencer.h"

/* What was found. */
struct recovery {
    struct journal_scan scan;
    uint64_t commands_count, events_hash;
    uint32_t is_empty;              /* no batch: the world has to be created */
    uint32_t is_torn;
    const struct journal_batch_header *first_header;    /* of the first batch, read already */
    const struct command *first_commands;
};

/* Looks at the first batch of the segments: is_empty, or scan.limits are those of the exchange to come. 0, or -1 and
 * one line in `error`: the journal is corrupt. */
__attribute__((warn_unused_result))
int recovery_begin(struct recovery *recovery, const struct journal_bytes *segments, uint32_t segments_count,
                   char *error, size_t error_size);

/* Applies everything to an exchange of those limits. The same. */
__attribute__((warn_unused_result))
int recovery_replay(struct recovery *recovery, struct sequencer *sequencer, char *error, size_t error_size);

/* The connections of before are gone: their orders with cancel-on-disconnect end, and nobody is logged on. */
void recovery_end_connections(struct sequencer *sequencer);

#endif
