/* histogram.h - how often something took how long: fixed buckets that are linear within an octave, and counts.
 *
 * Bucket b holds the values in (limit of b - 1, limit of b]. Up to 128 every value has a bucket of its own (0 shares
 * the first); from there on every octave is cut into 128, so a bucket is at most 0.8 % wide. The last one also takes
 * what is beyond. Limits are whole numbers that belong to their bucket, as with `le` of the exposition format, and
 * those of 2 or 4 buckets an octave are among them: coarse buckets are exact sums of fine ones.
 *
 * A leaf: nothing but integers. What they mean (nanoseconds, commands) is the owner's business. */
#ifndef BIRZHA_HISTOGRAM_H
#define BIRZHA_HISTOGRAM_H

#include <stdint.h>

enum {
    histogram_step_bits = 7,
    histogram_steps = 1 << histogram_step_bits,         /* buckets of an octave */
    histogram_octaves = 38 - histogram_step_bits,       /* beyond those: up to 2^38, or 4.6 minutes in nanoseconds */
    histogram_buckets_count = histogram_steps * (histogram_octaves + 1),
};

struct histogram {
    uint64_t counts[histogram_buckets_count];
    uint64_t count, sum, max;
};

static inline uint32_t histogram_bucket(uint64_t value) {
    uint64_t below = value > 0 ? value - 1 : 0;
    if (below < histogram_steps) return (uint32_t)below;
    uint32_t shift = 63u - histogram_step_bits - (uint32_t)__builtin_clzll(below);
    if (shift >= histogram_octaves) return histogram_buckets_count - 1;
    return shift * histogram_steps + (uint32_t)(below >> shift);
}

static inline void histogram_record(struct histogram *histogram, uint64_t value) {
    histogram->counts[histogram_bucket(value)]++;
    histogram->count++;
    histogram->sum += value;
    if (value > histogram->max) histogram->max = value;
}

/* The largest value that belongs to the bucket; of the last one, the largest that would without what is beyond. */
uint64_t histogram_limit(uint32_t bucket);

/* The limit of the bucket in which the value of that rank lies, at most the largest value recorded: 99,900 of 100,000
 * is p99.9. 0 when nothing was recorded. */
uint64_t histogram_percentile(const struct histogram *histogram, uint32_t rank_of_100000);

#endif
