/* format.h - the bytes of a journal. FORMAT.md says what they mean; this is their shape. */
#ifndef BIRZHA_JOURNAL_FORMAT_H
#define BIRZHA_JOURNAL_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "engine/command.h"
#include "engine/exchange.h"

enum { journal_page_size = 4096, journal_version = 1, journal_magic_size = 8 };
#define JOURNAL_SEGMENT_MAGIC "BIRZHAJ1"
#define JOURNAL_BATCH_MAGIC UINT32_C(0x48435442)   /* "BTCH" */

/* The first page of a segment; what follows in the page is zero. */
struct journal_segment_header {
    char magic[journal_magic_size];
    uint32_t version, command_size;
    uint64_t file_id;           /* of the journal: the same in all its segments and batches */
    uint64_t segment_number;    /* from 1 */
    uint64_t first_batch, first_sequence;
    uint64_t previous_hash;     /* of the batch before the first; 0 = there is none */
    struct limits limits;       /* of the exchange */
    uint8_t reserved[24];
    uint64_t hash;              /* of this header with 0 here */
};
_Static_assert(sizeof(struct journal_segment_header) == 128, "no padding");

/* A batch: this, then the commands, then zeros up to a whole page. */
struct journal_batch_header {
    uint32_t magic;
    uint32_t commands_count;    /* 0: the journal was closed in order */
    uint64_t file_id;
    uint64_t batch_number;      /* from 1, without a gap */
    uint64_t first_sequence;    /* of its commands */
    uint64_t size;              /* in bytes, whole pages */
    int64_t time_ns;            /* of the last command */
    uint64_t events_hash;       /* of all events since the beginning, see journal_hash_events */
    uint64_t previous_hash;     /* of the batch before */
    uint64_t body_hash;         /* of all that follows this header */
    uint8_t reserved[48];
    uint64_t hash;              /* of this header with 0 here */
};
_Static_assert(sizeof(struct journal_batch_header) == sizeof(struct command), "a header is as large as a command");

/* Size of a batch of so many commands. */
static inline uint64_t journal_batch_size(uint64_t commands_count) {
    uint64_t bytes = sizeof(struct journal_batch_header) + commands_count * sizeof(struct command);
    return (bytes + journal_page_size - 1) / journal_page_size * journal_page_size;
}

uint64_t journal_hash(const void *bytes, size_t size);
/* The running hash of all events: that of a command's events, seeded with the hash before it. */
uint64_t journal_hash_events(uint64_t before, const struct event *events, uint32_t events_count);

#endif
