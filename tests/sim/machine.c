/* machine.c - see machine.h. */
#include "tests/sim/machine.h"

#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "gateway/clock.h"
#include "instruments/check.h"
#include "tests/sim/chance.h"
#include "tests/sim/loop.h"

struct machine machine;
void (*machine_on_check)(void);

/* ---- gateway/clock.h ---- */

int64_t steady_now_ns(void) { return sim_loop.now_ns; }

void wall_clock_init(struct wall_clock *clock) {
    clock->start_ns = machine.wall_ns;
    clock->started_at_ns = sim_loop.now_ns;
}

int64_t wall_clock_now_ns(const struct wall_clock *clock) {
    (void)clock;
    return machine.wall_ns;
}

/* ---- libc ---- */

ssize_t getrandom(void *bytes, size_t size, unsigned int flags) {
    uint8_t *at = bytes;
    (void)flags;
    for (size_t i = 0; i < size; i++) at[i] = (uint8_t)chance_next();
    return (ssize_t)size;
}

/* The process ends here; the simulation goes on where it can. */
void _Exit(int code) {
    machine.exits++;
    if (machine.can_end) longjmp(machine.end, 1);
    printf("the server has ended (%d) where nothing was wrong\n", code);
    if (machine_on_check) machine_on_check();
    exit(code);
}

/* ---- libcrypt: as different for different passwords as it must be, and cheap; called on several threads ---- */

char *crypt_gensalt_rn(const char *prefix, unsigned long count, const char *random, int random_size, char *out,
                       int out_size) {
    (void)count;
    (void)random;
    (void)random_size;
    snprintf(out, (size_t)out_size, "%ssim$", prefix);
    return out;
}

/* A setting is itself or a hash made with it; what stands behind its last '$' is the hash. */
char *crypt_r(const char *phrase, const char *setting, struct crypt_data *data) {
    uint64_t hash = XXH3_64bits(phrase, strlen(phrase));
    snprintf(data->output, sizeof data->output, "$y$sim$%016llx", (unsigned long long)hash);
    (void)setting;
    return data->output;
}

/* ---- CHECK ---- */

_Noreturn void check_failed(const char *expression, const char *file, int line) {
    printf("CHECK(%s) failed at %s:%d\n", expression, file, line);
    if (machine_on_check) machine_on_check();
    fflush(stdout);
    abort();
}
