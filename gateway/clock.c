/* clock.c - the only reader of time; see clock.h. */
#include "gateway/clock.h"

#include <time.h>
#include <uv.h>

#include "instruments/check.h"

int64_t steady_now_ns(void) {
    return (int64_t)uv_hrtime();
}

void wall_clock_init(struct wall_clock *clock) {
    struct timespec now;
    int status = clock_gettime(CLOCK_REALTIME, &now);
    CHECK(status == 0);
    clock->start_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    clock->started_at_ns = steady_now_ns();
}

int64_t wall_clock_now_ns(const struct wall_clock *clock) {
    return clock->start_ns + (steady_now_ns() - clock->started_at_ns);
}
