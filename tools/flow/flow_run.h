/* flow_run.h - replays an order flow through the engine and takes the time.
 *
 * A book of the flow is an instrument, its prices the ticks, its quantities the lots. One participant buys and another
 * sells (or more of both, to see what many cost), and no order has a client order id. What is timed is the way from a
 * command to its events, and the reading of the events by the checksum. With RULES_OFF that is the bare book. With
 * RULES_ON every order passes the whole rulebook: admission, eligibility, bands, a deposit held and released, and every
 * trade makes a contract with two fees.
 *
 * Each run starts with a fresh exchange whose memory has been touched, so that no page fault falls into the time. The
 * warm-up is not timed; one pair of clock readings stands around all other operations. An operation includes filling in
 * its command. What belongs to the replay alone (from the file's id to the exchange's order id, which a real client
 * remembers) is fetched ahead, so that it does not count against the exchange.
 *
 * Whether the trades are those that the file announces is for the caller to compare. */
#ifndef BIRZHA_FLOW_RUN_H
#define BIRZHA_FLOW_RUN_H

#include "engine/exchange.h"
#include "tools/flow/flow_file.h"

enum { flow_runs_count_max = 1000, flow_participants_count_max = 2000000 };

struct flow_plan {
    enum rules_mode rules;
    uint32_t runs_count;                /* 1 to flow_runs_count_max */
    /* Even, from 2; half of them buy, half sell. 2 and 64: in turn; else few of them often, many seldom. */
    uint32_t participants_count;
    uint32_t times_each;                /* 0 or 1: one more run, in which every operation is timed by itself */
};

struct flow_result {
    double ns_median, ns_min, ns_max;   /* an operation, over the runs */
    double ns_p50, ns_p99, ns_p999;     /* of operations timed by themselves */
    struct flow_sum sum;
    uint32_t resting_count;
    uint64_t state_hash;
};

/* Replays `file` as the plan says. 0, or a negative errno with *error set: -ENOMEM, or -EPROTO when the exchange
 * refuses an operation or two runs end in different states. */
__attribute__((warn_unused_result))
int flow_run(const struct flow_file *file, const struct flow_plan *plan, struct flow_result *result,
             struct flow_error *error);

#endif
