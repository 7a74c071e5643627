/* test_stream.c - a participant's numbered messages. */
#include <criterion/criterion.h>

#include "gateway/session/stream.h"

static void append(struct stream *stream, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        struct report report = {.order_id = 1000 + stream_next_seq(stream)};
        stream_append(stream, &report);
    }
}

Test(stream, a_zeroed_stream_starts_at_one_and_keeps_nothing) {
    struct stream stream = {0};
    cr_assert_eq(stream_next_seq(&stream), 1);
    cr_assert_eq(stream_first_seq(&stream), 1);
    cr_assert_null(stream_find(&stream, 0));
    cr_assert_null(stream_find(&stream, 1));
    stream_close(&stream);
}

Test(stream, numbers_are_gap_free_and_found_again_while_the_ring_grows) {
    struct stream stream = {0};
    for (uint64_t count = 1; count <= 300; count++) {
        append(&stream, 1);
        cr_assert_eq(stream_next_seq(&stream), count + 1);
        for (uint64_t seq = 1; seq <= count; seq++) {
            const struct report *report = stream_find(&stream, seq);
            cr_assert_not_null(report);
            cr_assert_eq(report->seq, seq);
            cr_assert_eq(report->order_id, 1000 + seq);
        }
        cr_assert_null(stream_find(&stream, count + 1));
    }
    stream_close(&stream);
}

Test(stream, the_last_65536_are_kept) {
    struct stream stream = {0};
    append(&stream, 65536);
    cr_assert_eq(stream_first_seq(&stream), 1);
    append(&stream, 10);
    cr_assert_eq(stream_next_seq(&stream), 65547);
    cr_assert_eq(stream_first_seq(&stream), 11);
    cr_assert_null(stream_find(&stream, 10));
    cr_assert_eq(stream_find(&stream, 11)->order_id, 1011);
    cr_assert_eq(stream_find(&stream, 65546)->order_id, 66546);
    stream_close(&stream);
}
