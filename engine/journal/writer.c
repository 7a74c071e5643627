/* writer.c - see writer.h. */
#include "engine/journal/writer.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "instruments/check.h"

uint64_t journal_hash(const void *bytes, size_t size) { return XXH3_64bits(bytes, size); }

uint64_t journal_hash_events(uint64_t before, const struct event *events, uint32_t events_count) {
    if (events_count == 0) return before;
    return XXH3_64bits_withSeed(events, events_count * sizeof *events, before);
}

void journal_writer_init(struct journal_writer *writer, uint64_t file_id, uint64_t segment_size,
                         const struct limits *limits) {
    CHECK(segment_size % journal_page_size == 0 && segment_size >= 2 * journal_page_size);
    *writer = (struct journal_writer){
        .file_id = file_id, .segment_size = segment_size, .offset = segment_size, .next_batch = 1, .next_sequence = 1,
        .limits = *limits,
    };
}

void journal_begin_segment(struct journal_writer *writer, uint8_t page[journal_page_size]) {
    struct journal_segment_header header = {
        .version = journal_version, .command_size = sizeof(struct command), .file_id = writer->file_id,
        .segment_number = ++writer->segment_number, .first_batch = writer->next_batch,
        .first_sequence = writer->next_sequence, .previous_hash = writer->previous_hash, .limits = writer->limits,
    };
    memcpy(header.magic, JOURNAL_SEGMENT_MAGIC, journal_magic_size);
    header.hash = journal_hash(&header, sizeof header);
    memset(page, 0, journal_page_size);
    memcpy(page, &header, sizeof header);
    writer->offset = journal_page_size;
}

int journal_fits_segment(const struct journal_writer *writer, uint64_t commands_count) {
    return journal_batch_size(commands_count) <= writer->segment_size - journal_page_size;
}

int journal_has_room(const struct journal_writer *writer, uint64_t commands_count) {
    return journal_batch_size(commands_count) <= writer->segment_size - writer->offset;
}

uint64_t journal_seal(struct journal_writer *writer, uint8_t *batch, uint32_t commands_count, int64_t time_ns,
                      uint64_t events_hash) {
    CHECK(writer->segment_number > 0 && journal_has_room(writer, commands_count));
    struct journal_batch_header header = {
        .magic = JOURNAL_BATCH_MAGIC, .commands_count = commands_count, .file_id = writer->file_id,
        .batch_number = writer->next_batch++, .first_sequence = writer->next_sequence,
        .size = journal_batch_size(commands_count), .time_ns = time_ns, .events_hash = events_hash,
        .previous_hash = writer->previous_hash,
    };
    uint64_t used = sizeof header + commands_count * sizeof(struct command);
    memset(batch + used, 0, header.size - used);
    header.body_hash = journal_hash(batch + sizeof header, header.size - sizeof header);
    header.hash = journal_hash(&header, sizeof header);
    memcpy(batch, &header, sizeof header);
    writer->previous_hash = header.hash;
    writer->next_sequence += commands_count;
    writer->offset += header.size;
    return header.size;
}
