/* arrivals.h - when requests are meant to be sent: an open loop, which does not wait for anybody's answer.
 *
 * Times are nanoseconds from the beginning of a run. How they follow each other (constant, poisson, bursts) and how
 * the rate changes over the run (steady, opening, spike) are chosen apart; the same seed gives the same times. */
#ifndef BIRZHA_LOAD_ARRIVALS_H
#define BIRZHA_LOAD_ARRIVALS_H

#include <stdint.h>

/* ARRIVAL_MAP(XX): XX(NAME, its word) */
#define ARRIVAL_MAP(XX) XX(CONSTANT, "constant") XX(POISSON, "poisson") XX(BURSTY, "bursty")
#define PROFILE_MAP(XX) XX(STEADY, "steady") XX(OPENING, "opening") XX(SPIKE, "spike")
#define XX(name, word) ARRIVAL_##name,
enum arrival_kind { ARRIVAL_MAP(XX) ARRIVAL_COUNT };
#undef XX
#define XX(name, word) PROFILE_##name,
enum profile { PROFILE_MAP(XX) PROFILE_COUNT };
#undef XX

struct arrivals {
    enum arrival_kind kind;
    enum profile profile;
    double rate;                /* a second, where the profile says 1 */
    double duration_ns;
    double at_ns;
    uint64_t random;
    uint64_t burst_left;        /* of the present burst */
};

void arrivals_begin(struct arrivals *arrivals, enum arrival_kind kind, enum profile profile, double rate,
                    double seconds, uint64_t seed);

/* The next time; at or beyond the duration: there are no more. */
int64_t arrivals_next(struct arrivals *arrivals);

/* How many times the rate there is at this moment of the run. opening: 4 in the beginning, soon 1. spike: 1, and 6
 * for the twentieth part of the run behind its middle. */
double arrivals_factor(const struct arrivals *arrivals, double at_ns);

/* In a spike everybody wants to trade at once. */
int arrivals_is_rush(const struct arrivals *arrivals, int64_t at_ns);

#endif
