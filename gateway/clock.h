/* clock.h - what time it is. Nothing else in the program reads a clock.
 *
 * Two kinds of time, which never mix:
 *   exchange time   nanoseconds since 1970, UTC; stamped into commands and messages. Under the wall clock it begins at
 *                   the scenario's start when the process starts, and then runs at the real pace. Under the manual
 *                   clock it stands still, and only a command moves it: the exchange itself knows it then.
 *   steady time     nanoseconds of a clock that only goes forward, for heartbeats and timeouts; always real. */
#ifndef BIRZHA_CLOCK_H
#define BIRZHA_CLOCK_H

#include <stdint.h>

/* Relates exchange time to steady time, for the wall clock. */
struct wall_clock {
    int64_t start_ns;           /* exchange time ... */
    int64_t started_at_ns;      /* ... at this steady time */
};

int64_t steady_now_ns(void);

void wall_clock_init(struct wall_clock *clock, int64_t start_ns);
int64_t wall_clock_now_ns(const struct wall_clock *clock);

#endif
