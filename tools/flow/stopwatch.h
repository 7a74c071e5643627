/* stopwatch.h - the time of a single operation of some tens of nanoseconds.
 *
 * The processor's own counter, read so that nothing before it is still under way and nothing behind it has begun; the
 * least time between two readings is taken off. Its rate is found beside the system's clock over the whole run. On
 * other processors than x86-64 the system's clock is read itself. */
#ifndef BIRZHA_STOPWATCH_H
#define BIRZHA_STOPWATCH_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

static inline int64_t stopwatch_clock_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static inline uint64_t stopwatch_read(void) {
#if defined(__x86_64__)
    unsigned processor;
    uint64_t ticks = __rdtscp(&processor);
    _mm_lfence();
    return ticks;
#else
    return (uint64_t)stopwatch_clock_ns();
#endif
}

/* The least that lies between two readings. */
static inline uint64_t stopwatch_overhead(void) {
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < 2000; i++) {
        uint64_t begin = stopwatch_read(), spent = stopwatch_read() - begin;
        if (spent < least) least = spent;
    }
    return least;
}

struct stopwatch_percentiles { double p50_ns, p99_ns, p999_ns; };

static inline int stopwatch_compare(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* Sorts the times, in ticks, of `count` > 0 operations. */
static inline struct stopwatch_percentiles stopwatch_percentiles(uint32_t *times, uint32_t count, double ns_per_tick) {
    qsort(times, count, sizeof *times, stopwatch_compare);
    return (struct stopwatch_percentiles){ times[count / 2] * ns_per_tick,
                                           times[(uint64_t)count * 99 / 100] * ns_per_tick,
                                           times[(uint64_t)count * 999 / 1000] * ns_per_tick };
}

#endif
