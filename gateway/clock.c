/* clock.c - the only reader of time; see clock.h. */
#include "gateway/clock.h"

#include <uv.h>

int64_t steady_now_ns(void) {
    return (int64_t)uv_hrtime();
}

void wall_clock_init(struct wall_clock *clock, int64_t start_ns) {
    clock->start_ns = start_ns;
    clock->started_at_ns = steady_now_ns();
}

int64_t wall_clock_now_ns(const struct wall_clock *clock) {
    return clock->start_ns + (steady_now_ns() - clock->started_at_ns);
}
