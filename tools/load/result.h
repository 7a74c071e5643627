/* result.h - what a run came to: for a person, as JSON, and as files to plot. */
#ifndef BIRZHA_LOAD_RESULT_H
#define BIRZHA_LOAD_RESULT_H

#include <stdint.h>

#include "tools/load/checks.h"
#include "tools/load/run.h"

/* How the load was made, in words. */
struct load_description {
    const char *arrivals, *profile;
    struct mix mix;
    uint64_t seed;
    int is_recorded;
};

/* Where throughput ends: the last rate of a ramp that was kept up with. */
struct knee {
    double rate;                        /* 0: not even the first */
    char why[fault_text_size];          /* what the next rate ran into; "": the ramp ended before it */
};

struct load_result {
    struct load_description how;
    const struct load_run *run;
    const struct load_step *steps;
    uint32_t steps_count;
    const struct knee *knee;            /* NULL: one rate only */
    const struct checks *checks;
};

/* Of 100,000; the largest is the maximum. */
enum { percentiles_count = 6 };
extern const uint32_t percentile_ranks[percentiles_count];

uint64_t step_sent(const struct load_step *step);
/* No more than one request of a hundred left later than a millisecond after it was due, and none was left out. */
int step_kept_schedule(const struct load_step *step);
/* Answers a second, from the beginning to the last answer. */
double step_answered_rate(const struct load_step *step);

void result_print_text(const struct load_result *result);
void result_print_json(const struct load_result *result);

/* Writes summary.json, latency.hgrm, seconds.csv and steps.csv into the folder, which is made when it is missing. 0, or
 * -1 after a line on standard error. */
__attribute__((warn_unused_result))
int result_write_files(const struct load_result *result, const char *folder);

#endif
