/* fixture.h - a journal in memory: segments as bytes, filled as the storage of the server fills files. */
#ifndef BIRZHA_TESTS_JOURNAL_FIXTURE_H
#define BIRZHA_TESTS_JOURNAL_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/journal/scan.h"
#include "engine/journal/writer.h"

enum { fixture_segments_max = 8, fixture_segment_size = 8 * journal_page_size, fixture_file_id = 77 };

static const struct limits fixture_limits = {.instruments_max = 2, .orders_max = 9};

struct disk {
    uint8_t *segments[fixture_segments_max];
    struct journal_bytes bytes[fixture_segments_max];
    uint32_t segments_count;
    struct journal_writer writer;
    uint64_t next_sequence;
};

static inline struct disk *disk_new(void) {
    struct disk *d = calloc(1, sizeof *d);
    journal_writer_init(&d->writer, fixture_file_id, fixture_segment_size, &fixture_limits);
    return d;
}

static inline void disk_free(struct disk *d) {
    for (uint32_t i = 0; i < d->segments_count; i++) free(d->segments[i]);
    free(d);
}

static inline void disk_add_segment(struct disk *d) {
    cr_assert_lt(d->segments_count, (uint32_t)fixture_segments_max);
    uint8_t *segment = calloc(1, fixture_segment_size);
    journal_begin_segment(&d->writer, segment);
    d->segments[d->segments_count] = segment;
    d->bytes[d->segments_count++] = (struct journal_bytes){segment, fixture_segment_size};
}

/* A batch of CLOCK commands; their time tells them apart. */
static inline void disk_write(struct disk *d, uint32_t commands_count) {
    if (!journal_has_room(&d->writer, commands_count)) disk_add_segment(d);
    uint8_t *batch = calloc(1, journal_batch_size(commands_count));
    struct command *commands = (void *)(batch + sizeof(struct journal_batch_header));
    for (uint32_t i = 0; i < commands_count; i++) {
        commands[i].kind = COMMAND_CLOCK;
        commands[i].sequence = ++d->next_sequence;
        commands[i].time_ns = (int64_t)(1000 * commands[i].sequence);
    }
    uint64_t offset = d->writer.offset;
    uint64_t size = journal_seal(&d->writer, batch, commands_count, (int64_t)(1000 * d->next_sequence),
                                 d->next_sequence);
    memcpy(d->segments[d->segments_count - 1] + offset, batch, size);
    free(batch);
}

/* How a journal ends, and the last command in it. */
struct ending { enum journal_status status; uint64_t batches, sequence; struct journal_scan scan; };

static inline struct ending disk_read(const struct disk *d) {
    struct ending ending = {0};
    const struct journal_batch_header *header;
    const struct command *commands;
    journal_scan_init(&ending.scan, d->bytes, d->segments_count);
    while ((ending.status = journal_scan_next(&ending.scan, &header, &commands)) == JOURNAL_BATCH) {
        if (ending.batches++ == 0) ending.sequence = header->first_sequence - 1;
        for (uint32_t i = 0; i < header->commands_count; i++) {
            cr_assert_eq(commands[i].sequence, ending.sequence + 1);
            cr_assert_eq(commands[i].time_ns, (int64_t)(1000 * commands[i].sequence));
            ending.sequence++;
        }
    }
    return ending;
}

#endif
