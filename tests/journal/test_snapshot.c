/* test_snapshot.c - a snapshot of a small exchange: it comes back, every flipped bit and every missing byte is found, and
 * bytes that hold what cannot be are refused though their hash fits. Expected figures are those of FORMAT.md. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/journal/snapshot.h"
#include "tests/engine/fixture.h"

struct file { uint8_t *bytes; size_t size; };

static void collect(void *owner, const void *bytes, size_t size) {
    struct file *file = owner;
    file->bytes = realloc(file->bytes, file->size + size);
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
}

static struct fixture *busy_market(void) {
    struct fixture *f = fixture_new();
    fixture_apply(f, order(BY_A, SIDE_SELL, 5, 540));
    fixture_apply(f, order(BY_A, SIDE_SELL, 6, 541));
    fixture_apply(f, order(UA_B, SIDE_BUY, 2, 540));
    fixture_apply(f, order(UA_B, SIDE_BUY, 9, 530));
    return f;
}

static void seal(struct file *file, struct snapshot_writer *writer, const struct exchange *x) {
    const struct snapshot_mark mark = {.file_id = 7, .sequence = exchange_sequence(x), .next_batch = 3, .events_hash = 11,
                                       .state_hash = exchange_digest(x), .limits = *exchange_limits(x)};
    snapshot_seal(writer, &mark, file->bytes);
}

static struct snapshot_writer writer;

static struct file snapshot_of(const struct exchange *x) {
    static const uint8_t page[snapshot_header_size];
    struct file file = {0};
    collect(&file, page, sizeof page);
    snapshot_begin(&writer, collect, &file);
    snapshot_begin_section(&writer, "exchange");
    exchange_write(x, &writer.image);
    snapshot_end_section(&writer);
    seal(&file, &writer, x);
    return file;
}

static struct exchange *empty_like(const struct exchange *x) {
    size_t size = (exchange_size(exchange_limits(x)) + 63) & ~(size_t)63;
    return exchange_init(memset(aligned_alloc(64, size), 0, size), exchange_limits(x));
}

static int load(const struct file *file, struct exchange *x) {
    struct snapshot_header header;
    struct image image;
    if (snapshot_open(file->bytes, file->size, &header) != SNAPSHOT_WHOLE) return -2;
    if (snapshot_find_section(file->bytes, &header, "exchange", &image) < 0) return -3;
    return exchange_load(x, &image);
}

Test(snapshot, what_is_written_comes_back) {
    struct fixture *f = busy_market();
    struct file file = snapshot_of(f->exchange);
    struct exchange *x = empty_like(f->exchange);
    cr_assert_eq(load(&file, x), 0);
    exchange_verify(x);
    cr_expect_eq(exchange_digest(x), exchange_digest(f->exchange));
    cr_expect_eq(exchange_best(x, MILK, SIDE_SELL).ticks, 540);
    cr_expect_eq(exchange_best(x, MILK, SIDE_BUY).ticks, 530);
    cr_expect_eq(exchange_find_participant(x, "UA-B", 4), UA_B);
    cr_expect_eq(exchange_open_orders_count(x), 3);
    free(x);
    free(file.bytes);
    fixture_free(f);
}

/* FORMAT.md, "Snapshot": where the header's fields lie. */
Test(snapshot, the_header_is_as_the_page_says) {
    struct fixture *f = busy_market();
    struct file file = snapshot_of(f->exchange);
    uint64_t sequence, next_batch, events_hash, size, offset;
    uint32_t version, sections_count;
    cr_expect_eq(memcmp(file.bytes, "BIRZHAP1", 8), 0);
    memcpy(&version, file.bytes + 8, 4);
    memcpy(&sections_count, file.bytes + 12, 4);
    memcpy(&sequence, file.bytes + 24, 8);
    memcpy(&next_batch, file.bytes + 32, 8);
    memcpy(&events_hash, file.bytes + 48, 8);
    memcpy(&size, file.bytes + 72, 8);
    memcpy(&offset, file.bytes + 128 + 8, 8);
    cr_expect_eq(version, 2);
    cr_expect_eq(sections_count, 1);
    cr_expect_eq(sequence, f->sequence);
    cr_expect_eq(next_batch, 3);
    cr_expect_eq(events_hash, 11);
    cr_expect_eq(size, file.size);
    cr_expect_eq(memcmp(file.bytes + 128, "exchange", 8), 0);
    cr_expect_eq(offset, 4096);
    free(file.bytes);
    fixture_free(f);
}

Test(snapshot, every_flipped_bit_is_found, .timeout = 120) {
    struct fixture *f = busy_market();
    struct file file = snapshot_of(f->exchange);
    struct snapshot_header header;
    uint64_t found = 0;
    for (uint64_t bit = 0; bit < 8 * file.size; bit++) {
        file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        found += snapshot_open(file.bytes, file.size, &header) != SNAPSHOT_WHOLE;
        file.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_expect_eq(found, 8 * file.size);
    fprintf(stderr, "snapshot: %lu of %lu flipped bits found\n", found, 8 * file.size);
    free(file.bytes);
    fixture_free(f);
}

/* A copy of exactly the length, so that reading one byte more is seen. */
Test(snapshot, every_length_but_its_own_is_found, .timeout = 120) {
    struct fixture *f = busy_market();
    struct file file = snapshot_of(f->exchange);
    struct snapshot_header header;
    uint64_t found = 0;
    for (size_t size = 0; size < file.size; size++) {
        uint8_t *cut = malloc(size);
        memcpy(cut, file.bytes, size);
        found += snapshot_open(cut, size, &header) != SNAPSHOT_WHOLE;
        free(cut);
    }
    cr_expect_eq(found, file.size);
    collect(&file, "", 1);
    cr_expect_eq(snapshot_open(file.bytes, file.size, &header), SNAPSHOT_SHORT);
    fprintf(stderr, "snapshot: %lu of %lu lengths found\n", found, file.size - 1);
    free(file.bytes);
    fixture_free(f);
}

/* Limits that are too small, and a section that says less or more than it should. */
Test(snapshot, what_does_not_fit_is_refused) {
    struct fixture *f = busy_market();
    struct file file = snapshot_of(f->exchange);
    struct snapshot_header header;
    struct image image;
    struct limits small = *exchange_limits(f->exchange);
    small.orders_max = 2;
    size_t size = (exchange_size(&small) + 63) & ~(size_t)63;
    struct exchange *x = exchange_init(memset(aligned_alloc(64, size), 0, size), &small);
    cr_expect_eq(load(&file, x), -1);
    free(x);
    cr_assert_eq(snapshot_open(file.bytes, file.size, &header), SNAPSHOT_WHOLE);
    cr_expect_eq(snapshot_find_section(file.bytes, &header, "nothing", &image), -1);
    for (uint64_t left = 0; left < header.sections[0].size; left += 7) {
        x = empty_like(f->exchange);
        image = (struct image){.bytes = file.bytes + 4096, .left = left};
        cr_assert_eq(exchange_load(x, &image), -1, "%lu bytes", left);
        free(x);
    }
    free(file.bytes);
    fixture_free(f);
}
