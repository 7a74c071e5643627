/* chance.c - see chance.h. */
#include "tests/sim/chance.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "instruments/splitmix.h"

static uint64_t random_state, trace;

void chance_begin(uint64_t seed) {
    random_state = seed * UINT64_C(0x5851F42D4C957F2D) + 1;
    trace = 0;
}

uint64_t chance_next(void) { return splitmix64(&random_state); }

uint32_t chance_below(uint32_t limit) { return limit > 0 ? (uint32_t)(chance_next() % limit) : 0; }

int chance_one_in(uint32_t many) { return chance_below(many) == 0; }

void trace_add(const void *bytes, size_t size) { trace = XXH3_64bits_withSeed(bytes, size, trace); }

void trace_number(uint64_t number) { trace_add(&number, sizeof number); }

uint64_t trace_hash(void) { return trace; }
