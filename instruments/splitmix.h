/* splitmix.h - splitmix64, after its published description (Steele, Lea, Flood 2014): a number for every state, the
 * same everywhere. For flows, agents, tests and ties; never for secrets. */
#ifndef BIRZHA_SPLITMIX_H
#define BIRZHA_SPLITMIX_H

#include <stdint.h>

static inline uint64_t splitmix64(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

#endif
