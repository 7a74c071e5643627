/* arrivals.c - see arrivals.h. */
#include "tools/load/arrivals.h"

#include <math.h>

#include "instruments/splitmix.h"

/* A burst has 20 requests on average, 2 microseconds apart. */
static const double burst_mean = 20, burst_gap_ns = 2000;
static const double opening_extra = 3, opening_fall = 8, spike_factor = 6, spike_begin = 0.5, spike_end = 0.55;

/* In (0, 1]. */
static double uniform(struct arrivals *arrivals) {
    return (double)((splitmix64(&arrivals->random) >> 11) + 1) / 9007199254740992.0;
}

static double exponential(struct arrivals *arrivals, double mean) { return -log(uniform(arrivals)) * mean; }

void arrivals_begin(struct arrivals *arrivals, enum arrival_kind kind, enum profile profile, double rate,
                    double seconds, uint64_t seed) {
    *arrivals = (struct arrivals){ .kind = kind, .profile = profile, .rate = rate, .duration_ns = seconds * 1e9,
                                   .random = seed };
}

int arrivals_is_rush(const struct arrivals *arrivals, int64_t at_ns) {
    double part = (double)at_ns / arrivals->duration_ns;
    return arrivals->profile == PROFILE_SPIKE && part >= spike_begin && part < spike_end;
}

double arrivals_factor(const struct arrivals *arrivals, double at_ns) {
    switch (arrivals->profile) {
        case PROFILE_OPENING: return 1 + opening_extra * exp(-opening_fall * at_ns / arrivals->duration_ns);
        case PROFILE_SPIKE: return arrivals_is_rush(arrivals, (int64_t)at_ns) ? spike_factor : 1;
        case PROFILE_STEADY: case PROFILE_COUNT: break;
    }
    return 1;
}

static double gap_ns(struct arrivals *arrivals) {
    double mean = 1e9 / (arrivals->rate * arrivals_factor(arrivals, arrivals->at_ns));
    switch (arrivals->kind) {
        case ARRIVAL_POISSON: return exponential(arrivals, mean);
        case ARRIVAL_BURSTY:
            if (arrivals->burst_left > 0) {
                arrivals->burst_left--;
                return burst_gap_ns < mean ? burst_gap_ns : mean;
            }
            /* What follows the first of a burst is geometric: as many as the mean asks for. */
            arrivals->burst_left = (uint64_t)(log(uniform(arrivals)) / log(1 - 1 / burst_mean));
            return exponential(arrivals, mean * burst_mean - (burst_gap_ns < mean ? burst_gap_ns : mean) *
                                             (burst_mean - 1));
        case ARRIVAL_CONSTANT: case ARRIVAL_COUNT: break;
    }
    return mean;
}

int64_t arrivals_next(struct arrivals *arrivals) {
    double now = arrivals->at_ns;
    arrivals->at_ns += gap_ns(arrivals);
    /* The first of a constant flow comes at once, so that a rate for a duration gives exactly their product. */
    return (int64_t)(arrivals->kind == ARRIVAL_CONSTANT ? now : arrivals->at_ns);
}
