/* test_outbox.c - what goes in comes out, in order, whole, and never beyond the limit. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/net/outbox.h"

static char pattern(uint64_t position) {
    return (char)('a' + position % 23);
}

static int append(struct outbox *outbox, uint64_t *written, uint32_t size) {
    char *bytes = malloc(size + 1);
    for (uint32_t i = 0; i < size; i++) bytes[i] = pattern(*written + i);
    int status = outbox_append(outbox, bytes, size);
    if (status == 0) *written += size;
    free(bytes);
    return status;
}

/* Checks all that waits against the pattern. */
static void check_content(const struct outbox *outbox, uint64_t consumed) {
    struct outbox_span spans[outbox_spans_max];
    uint32_t count = outbox_spans(outbox, spans, outbox_spans_max);
    uint64_t position = consumed;
    for (uint32_t i = 0; i < count; i++) {
        cr_assert_gt(spans[i].size, 0);
        for (size_t j = 0; j < spans[i].size; j++) cr_assert_eq(spans[i].bytes[j], pattern(position++));
    }
    cr_assert_eq(position, consumed + outbox->size);
}

Test(outbox, bytes_come_out_in_order_whatever_the_pieces) {
    struct chunk_pool pool = {0};
    struct outbox outbox;
    outbox_init(&outbox, &pool);
    uint64_t written = 0, consumed = 0, state = 12345;
    for (int round = 0; round < 3000; round++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint32_t size = (uint32_t)(state >> 33) % ((state >> 20) % 5 == 0 ? 40000 : 700);
        if (append(&outbox, &written, size) < 0) {
            cr_assert_gt(outbox.size + size, (uint32_t)(outbox_size_max - outbox_size_last));
        }
        uint32_t part = outbox.size ? (uint32_t)(state >> 40) % (outbox.size + 1) : 0;
        if (round % 16 == 0) check_content(&outbox, consumed);
        outbox_consume(&outbox, part);
        consumed += part;
    }
    check_content(&outbox, consumed);
    outbox_close(&outbox);
    cr_assert_eq(pool.used_count, 0);
    chunk_pool_close(&pool);
}

Test(outbox, a_message_beyond_the_limit_changes_nothing) {
    struct chunk_pool pool = {0};
    struct outbox outbox;
    outbox_init(&outbox, &pool);
    uint64_t written = 0;
    const uint32_t limit = outbox_size_max - outbox_size_last;
    cr_assert_eq(append(&outbox, &written, limit - 10), 0);
    cr_assert_eq(append(&outbox, &written, 11), -ENOBUFS);
    cr_assert_eq(outbox.size, limit - 10);
    cr_assert_eq(append(&outbox, &written, 10), 0);
    check_content(&outbox, 0);
    outbox_close(&outbox);
    chunk_pool_close(&pool);
}

Test(outbox, last_words_have_room_of_their_own) {
    struct chunk_pool pool = {0};
    struct outbox outbox;
    outbox_init(&outbox, &pool);
    uint64_t written = 0;
    cr_assert_eq(append(&outbox, &written, outbox_size_max - outbox_size_last), 0);
    cr_assert_eq(append(&outbox, &written, 1), -ENOBUFS);
    char words[outbox_size_last];
    for (int i = 0; i < outbox_size_last; i++) words[i] = pattern(written + (uint64_t)i);
    cr_assert_eq(outbox_append_last(&outbox, words, outbox_size_last), 0);
    cr_assert_eq(outbox_append_last(&outbox, words, 1), -ENOBUFS);
    check_content(&outbox, 0);
    outbox_close(&outbox);
    chunk_pool_close(&pool);
}

Test(outbox, memory_stays_within_the_limit_for_one_who_takes_a_byte_at_a_time) {
    struct chunk_pool pool = {0};
    struct outbox outbox;
    outbox_init(&outbox, &pool);
    uint64_t written = 0, consumed = 0;
    for (int round = 0; round < 20000; round++) {
        if (append(&outbox, &written, 150) == 0) continue;
        outbox_consume(&outbox, 1);
        consumed++;
    }
    cr_assert_leq(pool.used_count, (uint32_t)outbox_size_max / (chunk_size - 16) + 2);
    cr_assert_leq(pool.used_count, (uint32_t)outbox_spans_max);
    check_content(&outbox, consumed);
    outbox_close(&outbox);
    chunk_pool_close(&pool);
}

Test(outbox, is_behind_above_the_soft_limit) {
    struct chunk_pool pool = {0};
    struct outbox outbox;
    outbox_init(&outbox, &pool);
    uint64_t written = 0;
    cr_assert_eq(append(&outbox, &written, outbox_size_soft), 0);
    cr_assert_not(outbox_is_behind(&outbox));
    cr_assert_eq(append(&outbox, &written, 1), 0);
    cr_assert(outbox_is_behind(&outbox));
    outbox_close(&outbox);
    chunk_pool_close(&pool);
}

Test(outbox, the_pool_keeps_a_bounded_number_of_free_chunks) {
    struct chunk_pool pool = {0};
    struct outbox outboxes[64];
    uint64_t written = 0;
    for (int i = 0; i < 64; i++) {
        outbox_init(&outboxes[i], &pool);
        cr_assert_eq(append(&outboxes[i], &written, outbox_size_max - outbox_size_last), 0);
    }
    for (int i = 0; i < 64; i++) outbox_close(&outboxes[i]);
    cr_assert_eq(pool.used_count, 0);
    cr_assert_eq(pool.free_count, (uint32_t)chunks_kept_max);
    chunk_pool_close(&pool);
}

/* What belongs to a batch that is not on disk yet may not leave; what came before it may. */
Test(outbox, a_batch_holds_its_bytes_until_it_is_durable) {
    struct chunk_pool pool = {0};
    struct outbox outbox;
    outbox_init(&outbox, &pool);
    outbox_set_batch(&outbox, 7);
    cr_assert_eq(outbox_append(&outbox, "seven", 5), 0);
    outbox_set_batch(&outbox, 8);
    cr_assert_eq(outbox_append(&outbox, "eight8", 6), 0);
    cr_expect_eq(outbox_releasable(&outbox, 6), 0);
    cr_expect_eq(outbox_releasable(&outbox, 7), 5);
    cr_expect_eq(outbox_releasable(&outbox, 8), 11);
    cr_expect_eq(outbox_releasable(&outbox, UINT64_MAX), 11);
    outbox_consume(&outbox, 5);
    cr_expect_eq(outbox_releasable(&outbox, 7), 0);
    outbox_set_batch(&outbox, 10);
    cr_assert_eq(outbox_append(&outbox, "ten", 3), 0);
    cr_expect_eq(outbox_releasable(&outbox, 8), 6);
    cr_expect_eq(outbox_releasable(&outbox, 9), 6);
    cr_expect_eq(outbox_releasable(&outbox, 10), 9);
    outbox_close(&outbox);
    chunk_pool_close(&pool);
}
