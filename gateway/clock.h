/* clock.h - what time it is. Nothing else in the program reads a clock.
 *
 * Two kinds of time, which never mix:
 *   exchange time   nanoseconds since 1970, UTC; stamped into commands and messages. Under the wall clock it is the
 *                   real time: read once at the start, and from then on counted by the steady clock, so that it never
 *                   goes back. Under the manual clock it stands still, and only a command moves it: the exchange
 *                   knows it.
 *   steady time     nanoseconds of a clock that only goes forward, for heartbeats and timeouts; always real. */
#ifndef BIRZHA_CLOCK_H
#define BIRZHA_CLOCK_H

#include <stdint.h>

struct wall_clock {
    int64_t start_ns;           /* real time ... */
    int64_t started_at_ns;      /* ... at this steady time */
};

int64_t steady_now_ns(void);

void wall_clock_init(struct wall_clock *clock);
int64_t wall_clock_now_ns(const struct wall_clock *clock);

#endif
