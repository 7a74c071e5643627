/* scan.h - reads a journal back, and says how it ends. Sans-I/O: segments are bytes in memory.
 *
 * Batches are given one after another as long as each is whole and continues the chain. What comes after the last of
 * them decides (FORMAT.md):
 *   END      nothing: zeros up to the end
 *   TORN     something that is no batch, and no batch of this journal with a higher number after it: a write that was
 *            never finished, and so never acknowledged. It may be cut off.
 *   CORRUPT  a batch of this journal with a higher number follows, or a segment is missing, or is of another journal:
 *            something that had been on disk has changed. Nothing may be loaded. */
#ifndef BIRZHA_JOURNAL_SCAN_H
#define BIRZHA_JOURNAL_SCAN_H

#include <stdint.h>

#include "engine/journal/format.h"
#include "engine/journal/writer.h"

struct journal_bytes { const uint8_t *bytes; uint64_t size; };

enum journal_status { JOURNAL_BATCH = 1, JOURNAL_END = 0, JOURNAL_TORN = -1, JOURNAL_CORRUPT = -2 };

/* Why it is corrupt, or torn. */
enum journal_fault {
    FAULT_NONE,
    FAULT_SEGMENT_HEADER,       /* not a segment of this format, or damaged */
    FAULT_SEGMENT_ORDER,        /* it does not continue the segment before */
    FAULT_BATCH,                /* no whole batch where one should be */
    FAULT_LATER_BATCH,          /* the same, and batches of this journal follow */
};

struct journal_scan {
    const struct journal_bytes *segments;
    uint32_t segments_count;
    uint32_t segment;           /* index of the present one */
    uint64_t offset;            /* in it: of the batch that comes next; of the fault in the end */
    uint64_t file_id, first_segment;
    uint64_t next_batch, next_sequence;
    uint64_t previous_hash;
    struct limits limits;
    enum journal_fault fault;
    uint64_t torn_bytes;        /* from offset to the last byte that is not zero */
};

/* The segments in the order of their numbers, one at least. */
void journal_scan_init(struct journal_scan *scan, const struct journal_bytes *segments, uint32_t segments_count);

/* Opens the first segment, so that it is known which batch comes next; without it the first journal_scan_next does so.
 * JOURNAL_BATCH, or how the journal ends. */
enum journal_status journal_scan_open(struct journal_scan *scan);

/* The header of a segment, if its first page is whole: 1, else 0. */
int journal_read_segment(const struct journal_bytes *segment, struct journal_segment_header *header);

/* JOURNAL_BATCH: *header and *commands are of the next batch, in the segment's bytes. Any other status is the end. */
enum journal_status journal_scan_next(struct journal_scan *scan, const struct journal_batch_header **header,
                                      const struct command **commands);

/* A writer that goes on where JOURNAL_END or JOURNAL_TORN was found; what is torn must be zeroed before it writes. */
void journal_resume(const struct journal_scan *scan, struct journal_writer *writer);

#endif
