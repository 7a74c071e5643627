/* chance.h - every toss of a coin in a simulation, from one seed; and the trace that says whether two runs were one.
 *
 * Whatever is decided by chance is decided here, in the order in which the simulation asks; so the same seed gives the
 * same run. Whatever happened goes into the trace, which is a hash: no addresses, no real time. */
#ifndef BIRZHA_TESTS_SIM_CHANCE_H
#define BIRZHA_TESTS_SIM_CHANCE_H

#include <stddef.h>
#include <stdint.h>

void chance_begin(uint64_t seed);
uint64_t chance_next(void);
/* From 0 to limit - 1; 0 when the limit is 0. */
uint32_t chance_below(uint32_t limit);
/* Whether one of `many` has come up. */
int chance_one_in(uint32_t many);

void trace_add(const void *bytes, size_t size);
void trace_number(uint64_t number);
uint64_t trace_hash(void);

#endif
