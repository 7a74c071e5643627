/* writer.h - makes the bytes that a journal is extended with. Sans-I/O: whoever writes them says so to nobody here.
 *
 * The caller collects commands behind room for a header, seals the batch, and writes its bytes at the offset that was
 * writer->offset before; a batch that does not fit the segment goes into a new one, begun by journal_begin_segment. */
#ifndef BIRZHA_JOURNAL_WRITER_H
#define BIRZHA_JOURNAL_WRITER_H

#include <stdint.h>

#include "engine/journal/format.h"

struct journal_writer {
    uint64_t file_id;
    uint64_t segment_number;    /* of the present segment; 0 = none has been begun */
    uint64_t segment_size;
    uint64_t offset;            /* where the next batch goes */
    uint64_t next_batch, next_sequence;
    uint64_t previous_hash;
    struct limits limits;
};

/* A journal that does not exist yet. segment_size is whole pages, two at least. */
void journal_writer_init(struct journal_writer *writer, uint64_t file_id, uint64_t segment_size,
                         const struct limits *limits);

/* Fills the first page of the next segment, which is the present one from now on. */
void journal_begin_segment(struct journal_writer *writer, uint8_t page[journal_page_size]);

/* Whether a batch of so many commands fits the present segment, or any. */
int journal_has_room(const struct journal_writer *writer, uint64_t commands_count);
int journal_fits_segment(const struct journal_writer *writer, uint64_t commands_count);

/* `batch` has room for journal_batch_size bytes, and `commands_count` commands from sizeof(struct journal_batch_header)
 * on. Fills the header and the end; returns the size. */
uint64_t journal_seal(struct journal_writer *writer, uint8_t *batch, uint32_t commands_count, int64_t time_ns,
                      uint64_t events_hash);

#endif
