/* fuzz_journal.c - a journal that something happened to: bytes changed, pieces moved, copied, cut. What the scan gives is
 * a beginning of what was written, or it says that the journal is corrupt; and it comes to an end. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/journal/scan.h"
#include "engine/journal/writer.h"
#include "instruments/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { segments_max = 3, segment_size = 8 * journal_page_size, operation_size = 8 };

static uint8_t original[segments_max][segment_size], damaged[segments_max][segment_size];
static uint64_t commands_count;

static void write_batch(struct journal_writer *writer, uint32_t count) {
    static uint8_t batch[4 * journal_page_size];
    if (!journal_has_room(writer, count)) journal_begin_segment(writer, original[writer->segment_number]);
    struct command *commands = (void *)(batch + sizeof(struct journal_batch_header));
    for (uint32_t i = 0; i < count; i++) {
        commands_count++;
        commands[i] = (struct command){.sequence = commands_count, .time_ns = (int64_t)commands_count,
                                       .kind = COMMAND_CLOCK};
    }
    uint64_t offset = writer->offset;
    uint64_t batch_size = journal_seal(writer, batch, count, (int64_t)commands_count, commands_count);
    memcpy(original[writer->segment_number - 1] + offset, batch, batch_size);
}

static void make_original(void) {
    static const struct limits limits = {.orders_max = 3};
    struct journal_writer writer;
    if (commands_count > 0) return;
    journal_writer_init(&writer, 99, segment_size, &limits);
    for (uint32_t i = 0; i < 14; i++) write_batch(&writer, i % 4 == 3 ? 40 : i + 1);
    CHECK(writer.segment_number == segments_max);
}

/* Eight bytes of the input are one thing that happens. */
static void damage(const uint8_t *operation) {
    uint32_t from = (uint32_t)(operation[1] | operation[2] << 8 | operation[3] << 16) % sizeof damaged;
    uint32_t to = (uint32_t)(operation[4] | operation[5] << 8 | operation[6] << 16) % sizeof damaged;
    uint8_t *bytes = &damaged[0][0];
    switch (operation[0] % 4) {
    case 0: bytes[from] ^= operation[7] ? operation[7] : 1; break;
    case 1: memset(bytes + from, 0, sizeof damaged - from < 512 ? sizeof damaged - from : 512); break;
    case 2:     /* a page to another place */
        memmove(bytes + to / journal_page_size * journal_page_size, bytes + from / journal_page_size * journal_page_size,
                journal_page_size);
        break;
    default: memset(bytes + from / journal_page_size * journal_page_size, 0, journal_page_size); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    make_original();
    memcpy(damaged, original, sizeof damaged);
    uint32_t count = 1 + data[0] % segments_max;
    for (size_t at = 1; at + operation_size <= size; at += operation_size) damage(data + at);
    struct journal_bytes segments[segments_max];
    for (uint32_t i = 0; i < count; i++) segments[i] = (struct journal_bytes){damaged[i], segment_size};
    struct journal_scan scan;
    const struct journal_batch_header *header;
    const struct command *commands;
    enum journal_status status;
    uint64_t sequence = 0;
    journal_scan_init(&scan, segments, count);
    while ((status = journal_scan_next(&scan, &header, &commands)) == JOURNAL_BATCH) {
        if (sequence == 0) sequence = header->first_sequence - 1;
        for (uint32_t i = 0; i < header->commands_count; i++, sequence++)
            CHECK(commands[i].sequence == sequence + 1 && commands[i].time_ns == (int64_t)sequence + 1);
    }
    CHECK(status == JOURNAL_END || status == JOURNAL_TORN || status == JOURNAL_CORRUPT);
    CHECK(sequence <= commands_count);
    return 0;
}
