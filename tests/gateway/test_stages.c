/* test_stages.c - six points make six stages; what is not timed is counted. */
#include <criterion/criterion.h>
#include <string.h>

#include "gateway/stages.h"

static struct stages *stages;
static struct stage_queue queue;

static void open_all(void) {
    stages = stages_open();
    cr_assert_not_null(stages);
    queue = (struct stage_queue){0};
}

static void close_all(void) { stages_close(stages); }

TestSuite(stages, .init = open_all, .fini = close_all, .timeout = 20);

/* An order that was received at `at`, and took 1, 2 and 3 to be decoded, sequenced and matched. */
static void order(int64_t at, uint64_t batch, uint64_t end) {
    stages_begin(stages, at);
    stages_mark(stages, POINT_DECODED, at + 1);
    stages->is_order = 1;
    stages_mark(stages, POINT_SEQUENCED, at + 3);
    stages_mark(stages, POINT_MATCHED, at + 6);
    stages_end(stages, &queue, batch, end);
}

static void expect(enum stage stage, uint64_t count, uint64_t sum) {
    cr_expect_eq(stages->histograms[stage].count, count, "%s", stage_name(stage));
    cr_expect_eq(stages->histograms[stage].sum, sum, "%s", stage_name(stage));
}

Test(stages, the_parts_of_an_order_add_up) {
    order(1000, 1, 50);
    order(1000, 1, 90);
    stages_on_durable(stages, 1, 1100);
    stages_on_sent(stages, &queue, 49, 1150);
    expect(STAGE_TOTAL, 0, 0);
    stages_on_sent(stages, &queue, 89, 1200);
    stages_on_sent(stages, &queue, 90, 1300);
    expect(STAGE_DECODE, 2, 2);
    expect(STAGE_SEQUENCE, 2, 4);
    expect(STAGE_MATCH, 2, 6);
    expect(STAGE_DURABLE, 2, 2 * 94);
    expect(STAGE_SEND, 2, 100 + 200);
    expect(STAGE_TOTAL, 2, 200 + 300);
    cr_expect_eq(queue.first, 0);
    cr_expect_eq(stages->untimed, 0);
}

Test(stages, where_nothing_waits_for_the_disk_sending_follows_matching) {
    order(1000, 0, 50);
    stages_on_sent(stages, &queue, 50, 1010);
    expect(STAGE_DURABLE, 0, 0);
    expect(STAGE_SEND, 1, 4);
    expect(STAGE_TOTAL, 1, 10);
}

Test(stages, a_batch_keeps_the_time_at_which_it_was_first_known_to_be_durable) {
    order(1000, 3, 50);
    stages_on_durable(stages, 3, 1100);
    stages_on_durable(stages, 3, 5000);
    stages_on_durable(stages, 4, 6000);
    stages_on_sent(stages, &queue, 50, 7000);
    expect(STAGE_DURABLE, 1, 94);
    expect(STAGE_SEND, 1, 5900);
}

/* A reader so slow that its batch is forgotten still has a total. */
Test(stages, an_answer_that_leaves_hundreds_of_batches_later_has_a_total_only) {
    order(1000, 1, 50);
    stages_on_durable(stages, 1, 1100);
    stages_on_durable(stages, 1 + stage_batches_count, 9000);
    stages_on_sent(stages, &queue, 50, 9001);
    expect(STAGE_DURABLE, 0, 0);
    expect(STAGE_TOTAL, 1, 8001);
}

Test(stages, other_requests_and_those_that_never_reached_the_exchange_are_not_timed) {
    stages_begin(stages, 1000);
    stages_end(stages, &queue, 1, 10);
    stages_begin(stages, 1000);
    stages_mark(stages, POINT_DECODED, 1001);
    stages_mark(stages, POINT_MATCHED, 1002);
    stages_end(stages, &queue, 1, 10);
    stages_skip(stages);
    cr_expect_eq(queue.first, 0);
    cr_expect_eq(stages->untimed, 0);
}

Test(stages, the_pool_has_an_end_and_gives_back_what_is_forgotten) {
    for (uint32_t i = 0; i < stage_entries_count + 3; i++) order(1000, 1, i + 1);
    cr_expect_eq(stages->untimed, 3);
    stages_forget(stages, &queue);
    cr_expect_eq(stages->untimed, 3 + stage_entries_count);
    for (uint32_t i = 0; i < stage_entries_count; i++) order(1000, 1, i + 1);
    cr_expect_eq(stages->untimed, 3 + stage_entries_count);
    stages_forget(NULL, &queue);
}

Test(stages, a_line_for_people_has_all_percentiles) {
    char line[stage_line_size];
    order(1000, 0, 50);
    stages_on_sent(stages, &queue, 50, 2501000);
    cr_expect_eq(stages_line(stages, STAGE_TOTAL, line), strlen(line));
    cr_expect_str_eq(line, "stage total    count 1  p50 2500.0 us  p90 2500.0 us  p99 2500.0 us  p99.9 2500.0 us  max"
                           " 2500.0 us");
}
