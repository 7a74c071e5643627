/* test_scan.c - what is written is read back; what is damaged is told from what was never finished. */
#include "tests/journal/fixture.h"

/* 64 KiB: batches of 1, 2, 40, 60, 31 commands in 1, 1, 2, 2, 1 pages fill the first segment's seven; 33 and 0 follow in
 * the second. */
enum { closed_commands_count = 1 + 2 + 40 + 60 + 31 + 33 };

static struct disk *closed_journal(void) {
    struct disk *d = disk_new();
    disk_write(d, 1);
    disk_write(d, 2);
    disk_write(d, 40);
    disk_write(d, 60);
    disk_write(d, 31);
    disk_write(d, 33);
    disk_write(d, 0);
    cr_assert_eq(d->segments_count, 2);
    cr_assert_eq(d->segments_count * fixture_segment_size, 64 * 1024);
    return d;
}

Test(journal, what_is_written_is_read_back) {
    struct disk *d = closed_journal();
    struct ending ending = disk_read(d);
    cr_expect_eq(ending.status, JOURNAL_END);
    cr_expect_eq(ending.batches, 7);
    cr_expect_eq(ending.sequence, closed_commands_count);
    cr_expect_eq(ending.scan.file_id, (uint64_t)fixture_file_id);
    cr_expect_eq(ending.scan.limits.orders_max, 9);
    struct journal_writer writer;
    journal_resume(&ending.scan, &writer);
    cr_expect_eq(memcmp(&writer, &d->writer, sizeof writer), 0);
    disk_free(d);
}

Test(journal, a_writer_that_resumed_goes_on) {
    struct disk *d = closed_journal();
    struct ending ending = disk_read(d);
    journal_resume(&ending.scan, &d->writer);
    disk_write(d, 7);
    ending = disk_read(d);
    cr_expect_eq(ending.status, JOURNAL_END);
    cr_expect_eq(ending.sequence, closed_commands_count + 7);
    disk_free(d);
}

/* The last write is cut somewhere before its last command's time, or only its later half arrived: all before it is there,
 * and nothing else. */
Test(journal, a_last_write_that_was_cut_is_torn) {
    for (uint32_t cut = 0; cut < 128 + 39 * 128 + 16; cut += 97) {
        struct disk *d = disk_new();
        disk_write(d, 3);
        uint64_t offset = d->writer.offset;
        disk_write(d, 40);
        memset(d->segments[0] + offset + cut, 0, fixture_segment_size - offset - cut);
        struct ending ending = disk_read(d);
        cr_assert_eq(ending.status, cut == 0 ? JOURNAL_END : JOURNAL_TORN, "cut at %u", cut);
        cr_assert_eq(ending.sequence, 3);
        cr_assert_eq(ending.scan.offset, offset);
        disk_free(d);
    }
    struct disk *d = disk_new();
    disk_write(d, 3);
    uint64_t offset = d->writer.offset;
    disk_write(d, 40);
    memset(d->segments[0] + offset, 0, journal_page_size);
    cr_assert_eq(disk_read(d).status, JOURNAL_TORN);
    disk_free(d);
}

/* Every single bit: the damage is found, or lies behind the last command. 0 commands may be lost or changed. */
Test(journal, every_flipped_bit_is_found_or_lies_behind_the_last_command, .timeout = 300) {
    struct disk *d = closed_journal();
    uint64_t corrupt = 0, behind = 0;
    for (uint32_t i = 0; i < d->segments_count; i++) {
        for (uint32_t bit = 0; bit < 8 * fixture_segment_size; bit++) {
            d->segments[i][bit / 8] ^= (uint8_t)(1u << bit % 8);
            struct ending ending = disk_read(d);
            corrupt += ending.status == JOURNAL_CORRUPT;
            behind += ending.status != JOURNAL_CORRUPT && ending.sequence == closed_commands_count;
            if (ending.status != JOURNAL_CORRUPT) cr_assert_eq(ending.sequence, closed_commands_count, "segment %u bit %u", i, bit);
            d->segments[i][bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    cr_expect_eq(corrupt + behind, 2 * 8 * fixture_segment_size);
    fprintf(stderr, "journal: %lu flipped bits found, %lu behind the last command\n", corrupt, behind);
    disk_free(d);
}

Test(journal, segments_must_be_there_in_order_and_of_one_journal) {
    struct disk *d = closed_journal(), *other = closed_journal();
    struct journal_bytes swapped[2] = {d->bytes[1], d->bytes[0]};
    memcpy(d->bytes, swapped, sizeof swapped);
    cr_expect_eq(disk_read(d).status, JOURNAL_CORRUPT);
    struct journal_bytes back[2] = {swapped[1], swapped[0]};
    memcpy(d->bytes, back, sizeof back);
    cr_expect_eq(disk_read(d).status, JOURNAL_END);
    /* The first segment of a longer journal, then a second one that does not continue it. */
    disk_write(d, 1);
    memset(d->segments[0] + 4 * journal_page_size, 0, journal_page_size);
    cr_expect_eq(disk_read(d).status, JOURNAL_CORRUPT);
    disk_free(d);
    disk_free(other);
}

/* The batch before a new segment is lost although the segment knew it. */
Test(journal, a_segment_that_was_begun_proves_the_batch_before_it) {
    struct disk *d = disk_new();
    disk_write(d, 1);
    uint64_t offset = d->writer.offset;
    disk_write(d, 1);
    disk_add_segment(d);
    memset(d->segments[0] + offset, 0, journal_page_size);
    cr_expect_eq(disk_read(d).status, JOURNAL_CORRUPT);
    disk_free(d);
}
