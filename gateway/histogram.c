/* histogram.c - reading; see histogram.h. */
#include "gateway/histogram.h"

#include "instruments/check.h"

uint64_t histogram_limit(uint32_t bucket) {
    CHECK(bucket < histogram_buckets_count);
    if (bucket < histogram_steps) return bucket + 1;
    uint32_t shift = bucket / histogram_steps - 1;
    return (uint64_t)(bucket % histogram_steps + histogram_steps + 1) << shift;
}

uint64_t histogram_percentile(const struct histogram *histogram, uint32_t rank_of_100000) {
    CHECK(rank_of_100000 <= 100000);
    /* Rounded up: at least so many values are not above what is returned. */
    uint64_t count = histogram->count;
    uint64_t rank = count / 100000 * rank_of_100000 + (count % 100000 * rank_of_100000 + 99999) / 100000;
    uint64_t seen = 0;
    if (count == 0) return 0;
    for (uint32_t bucket = 0; bucket + 1 < histogram_buckets_count; bucket++) {
        seen += histogram->counts[bucket];
        if (seen >= rank && seen > 0) {
            uint64_t limit = histogram_limit(bucket);
            return limit < histogram->max ? limit : histogram->max;
        }
    }
    return histogram->max;
}
