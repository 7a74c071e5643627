/* test_histogram.c - every value has its bucket, and percentiles are not farther off than a bucket is wide. */
#include <criterion/criterion.h>
#include <string.h>

#include "gateway/histogram.h"

static struct histogram histogram;

static void empty(void) { memset(&histogram, 0, sizeof histogram); }

TestSuite(histogram, .init = empty, .timeout = 20);

Test(histogram, limits_rise_and_values_lie_between_them) {
    uint64_t below = 0;
    for (uint32_t bucket = 0; bucket + 1 < histogram_buckets_count; bucket++) {
        uint64_t limit = histogram_limit(bucket);
        cr_assert_gt(limit, below);
        cr_assert_eq(histogram_bucket(limit), bucket, "limit of %u", bucket);
        cr_assert_eq(histogram_bucket(below + 1), bucket, "first of %u", bucket);
        cr_assert_leq((limit - below - 1) * histogram_steps, limit, "bucket %u is too wide", bucket);
        below = limit;
    }
    cr_assert_eq(histogram_limit(histogram_buckets_count - 1), UINT64_C(1) << 38);
}

Test(histogram, nothing_falls_out_at_either_end) {
    static const uint64_t values[] = {0, 1, 2, 128, 129, UINT64_C(1) << 38, (UINT64_C(1) << 38) + 1, UINT64_MAX};
    static const uint32_t buckets[] = {0, 0, 1, 127, 128, histogram_buckets_count - 1, histogram_buckets_count - 1,
                                       histogram_buckets_count - 1};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        cr_expect_eq(histogram_bucket(values[i]), buckets[i], "value %zu", i);
}

Test(histogram, percentiles_are_the_values_that_they_name) {
    cr_expect_eq(histogram_percentile(&histogram, 50000), 0);
    for (uint64_t i = 1; i <= 100000; i++) histogram_record(&histogram, i * 1000);
    static const struct { uint32_t rank; uint64_t value; } rows[] = {
        {50000, 50000000}, {90000, 90000000}, {99000, 99000000}, {99900, 99900000}, {1, 1000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = histogram_percentile(&histogram, rows[i].rank);
        cr_expect_geq(value, rows[i].value, "p%u", rows[i].rank);
        cr_expect_leq(value - rows[i].value, rows[i].value / 128 + 1, "p%u", rows[i].rank);
    }
    cr_expect_eq(histogram_percentile(&histogram, 100000), 100000000);
    cr_expect_eq(histogram.count, 100000);
    cr_expect_eq(histogram.sum, UINT64_C(1000) * 100000 / 2 * 100001);
}

/* Beyond the last limit only the maximum is known. */
Test(histogram, what_is_beyond_the_last_bucket_is_the_maximum) {
    histogram_record(&histogram, 7);
    histogram_record(&histogram, UINT64_C(1) << 50);
    cr_expect_eq(histogram_percentile(&histogram, 50000), 7);
    cr_expect_eq(histogram_percentile(&histogram, 99000), UINT64_C(1) << 50);
}
