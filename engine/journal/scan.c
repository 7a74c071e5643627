/* scan.c - see scan.h. */
#include "engine/journal/scan.h"

#include <string.h>

#include "instruments/check.h"

void journal_scan_init(struct journal_scan *scan, const struct journal_bytes *segments, uint32_t segments_count) {
    CHECK(segments_count > 0);
    *scan = (struct journal_scan){ .segments = segments, .segments_count = segments_count };
}

/* ---- headers ---- */

int journal_read_segment(const struct journal_bytes *segment, struct journal_segment_header *header) {
    if (segment->size < journal_page_size) return 0;
    memcpy(header, segment->bytes, sizeof *header);
    uint64_t hash = header->hash;
    header->hash = 0;
    int whole = memcmp(header->magic, JOURNAL_SEGMENT_MAGIC, journal_magic_size) == 0 &&
                header->version == journal_version && header->command_size == sizeof(struct command) &&
                journal_hash(header, sizeof *header) == hash;
    header->hash = hash;
    for (uint32_t i = sizeof *header; i < journal_page_size && whole; i++) whole = segment->bytes[i] == 0;
    return whole;
}

/* A header that is one, of this journal, at a page of a segment; whatever its number. While nothing is known of the
 * journal, its first page being damaged, any will do. */
static int is_batch_header(const struct journal_scan *scan, const struct journal_bytes *segment, uint64_t offset,
                           struct journal_batch_header *header) {
    if (segment->size < offset + sizeof *header) return 0;
    memcpy(header, segment->bytes + offset, sizeof *header);
    uint64_t hash = header->hash;
    if (header->magic != JOURNAL_BATCH_MAGIC) return 0;
    if (scan->file_id != 0 && header->file_id != scan->file_id) return 0;
    header->hash = 0;
    int whole = journal_hash(header, sizeof *header) == hash;
    header->hash = hash;
    return whole;
}

static int is_next_batch(const struct journal_scan *scan, const struct journal_bytes *segment, uint64_t offset,
                         struct journal_batch_header *header) {
    return is_batch_header(scan, segment, offset, header) && header->batch_number == scan->next_batch &&
           header->first_sequence == scan->next_sequence && header->previous_hash == scan->previous_hash &&
           header->size == journal_batch_size(header->commands_count) && header->size <= segment->size - offset &&
           journal_hash(segment->bytes + offset + sizeof *header, header->size - sizeof *header) == header->body_hash;
}

/* ---- segments ---- */

static enum journal_status open_segment(struct journal_scan *scan) {
    const struct journal_bytes *segment = &scan->segments[scan->segment];
    struct journal_segment_header header;
    if (!journal_read_segment(segment, &header)) {
        scan->fault = FAULT_SEGMENT_HEADER;
        return JOURNAL_TORN;
    }
    if (scan->segment == 0) {
        scan->file_id = header.file_id;
        scan->first_segment = header.segment_number;
        scan->next_batch = header.first_batch;
        scan->next_sequence = header.first_sequence;
        scan->previous_hash = header.previous_hash;
        scan->limits = header.limits;
    } else if (header.file_id != scan->file_id || header.segment_number != scan->first_segment + scan->segment ||
               header.first_batch != scan->next_batch || header.first_sequence != scan->next_sequence ||
               header.previous_hash != scan->previous_hash) {
        scan->fault = FAULT_SEGMENT_ORDER;
        return JOURNAL_CORRUPT;
    }
    scan->offset = journal_page_size;
    return JOURNAL_BATCH;
}

/* Whether a batch with a higher number than the one that is missing, or a segment that knew it, stands after it. */
static int is_followed(const struct journal_scan *scan) {
    struct journal_batch_header header;
    struct journal_segment_header begun;
    for (uint32_t i = scan->segment; i < scan->segments_count; i++) {
        const struct journal_bytes *segment = &scan->segments[i];
        if (i > scan->segment && journal_read_segment(segment, &begun) && begun.file_id == scan->file_id &&
            begun.first_batch > scan->next_batch) return 1;
        for (uint64_t at = i == scan->segment ? scan->offset : 0; at < segment->size; at += journal_page_size)
            if (is_batch_header(scan, segment, at, &header) && header.batch_number > scan->next_batch) return 1;
    }
    return 0;
}

static uint64_t bytes_that_are_not_zero(const struct journal_bytes *segment, uint64_t offset) {
    uint64_t end = segment->size;
    while (end > offset && segment->bytes[end - 1] == 0) end--;
    return end - offset;
}

/* Something is where no whole batch is. */
static enum journal_status judge(struct journal_scan *scan, enum journal_fault fault) {
    scan->fault = fault;
    if (is_followed(scan)) {
        scan->fault = FAULT_LATER_BATCH;
        return JOURNAL_CORRUPT;
    }
    scan->torn_bytes = 0;
    for (uint32_t i = scan->segment; i < scan->segments_count; i++)
        scan->torn_bytes += bytes_that_are_not_zero(&scan->segments[i], i == scan->segment ? scan->offset : 0);
    return scan->torn_bytes > 0 ? JOURNAL_TORN : JOURNAL_END;
}

/* No batch continues the present segment: the next one may. */
static enum journal_status leave_segment(struct journal_scan *scan) {
    const struct journal_bytes *segment = &scan->segments[scan->segment];
    if (scan->segment + 1 == scan->segments_count || bytes_that_are_not_zero(segment, scan->offset) > 0)
        return judge(scan, FAULT_BATCH);
    uint64_t offset = scan->offset;
    scan->segment++;
    scan->offset = 0;
    enum journal_status status = open_segment(scan);
    if (status != JOURNAL_TORN) return status;
    /* The next segment was being begun: the journal ends in this one, unless there is more of it. */
    status = judge(scan, FAULT_SEGMENT_HEADER);
    if (status == JOURNAL_CORRUPT) return status;
    scan->segment--;
    scan->offset = offset;
    return status;
}

enum journal_status journal_scan_open(struct journal_scan *scan) {
    enum journal_status status = open_segment(scan);
    if (status != JOURNAL_TORN) return status;
    return scan->segments_count > 1 ? JOURNAL_CORRUPT : judge(scan, FAULT_SEGMENT_HEADER);
}

enum journal_status journal_scan_next(struct journal_scan *scan, const struct journal_batch_header **header,
                                      const struct command **commands) {
    struct journal_batch_header next;
    if (scan->offset == 0) {
        enum journal_status status = journal_scan_open(scan);
        if (status != JOURNAL_BATCH) return status;
    }
    while (!is_next_batch(scan, &scan->segments[scan->segment], scan->offset, &next)) {
        enum journal_status status = leave_segment(scan);
        if (status != JOURNAL_BATCH) return status;
    }
    const uint8_t *bytes = scan->segments[scan->segment].bytes + scan->offset;
    *header = (const void *)bytes;
    *commands = (const void *)(bytes + sizeof next);
    scan->offset += next.size;
    scan->next_batch++;
    scan->next_sequence += next.commands_count;
    scan->previous_hash = next.hash;
    return JOURNAL_BATCH;
}

void journal_resume(const struct journal_scan *scan, struct journal_writer *writer) {
    *writer = (struct journal_writer){
        .file_id = scan->file_id, .segment_number = scan->first_segment + scan->segment,
        .segment_size = scan->segments[scan->segment].size, .offset = scan->offset, .next_batch = scan->next_batch,
        .next_sequence = scan->next_sequence, .previous_hash = scan->previous_hash, .limits = scan->limits,
    };
}
