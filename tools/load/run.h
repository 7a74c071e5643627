/* run.h - a crowd of connections, and requests sent on them by a schedule that waits for nobody.
 *
 * Open loop: when a request is due is decided beforehand; a server that falls behind does not slow the load down, and
 * the time that a request had to wait before it could even be sent counts. So there are two latencies: `corrected`,
 * from the moment a request was due to its answer, which is what its user would feel; and `raw`, from the moment it was
 * given to the kernel, which leaves out what a stalled sender hides (coordinated omission). `late` is the difference of
 * the two beginnings: it tells whether the schedule was kept.
 *
 * One thread: it sends what is due, reads what has come, and sleeps until shortly before the next request is due; the
 * last 50 microseconds it stays awake. A run that is to be believed gives it a processor of its own. */
#ifndef BIRZHA_LOAD_RUN_H
#define BIRZHA_LOAD_RUN_H

#include <stdint.h>

#include "gateway/histogram.h"
#include "tools/load/arrivals.h"
#include "tools/load/ledger.h"
#include "tools/load/link.h"
#include "tools/load/orderflow.h"
#include "tools/load/recorded.h"

struct load_counts {
    uint64_t sent[REQUEST_COUNT], answered, refused;
};

/* One second of a step. */
struct load_second { uint64_t sent, answered, p50_ns, p99_ns, max_ns; };

/* What one rate came to. */
struct load_step {
    double rate, seconds;               /* asked for */
    struct load_counts counts;
    struct histogram corrected, raw, late;
    int64_t spent_ns;                   /* until the last request was sent */
    int64_t answered_ns;                /* until the last answer came */
    uint64_t unanswered;
    struct load_second *by_second;
    uint32_t seconds_count, seconds_capacity;
    int is_cut;                         /* the server took no more, and the rest was not sent */
};

struct cJSON;

struct load_run {
    const char *address;
    uint32_t timeout_ms;
    struct link *links;
    uint32_t links_count;
    int *idle;                          /* sockets of connections that only stay */
    uint32_t idle_count;
    int epoll;
    struct orderflow orderflow;
    struct ledger ledger;
    uint64_t random;
    uint64_t waiting_count;             /* requests that have no answer yet */
    uint64_t unwritten_size;            /* bytes that the sockets have not taken, as of the last look */
    struct link **dirty;
    uint32_t dirty_count;
    int shows_live;
    struct load_step *step;             /* under way; NULL between steps */
    struct histogram second;            /* of the present second */
    int64_t begin_ns;                   /* of the step */
    int is_lost;                        /* a connection broke off; the reason is the ledger's first fault */
};

/* Connects and logs on `count` connections, the users in turn, and learns what they may trade; users that are refused
 * are left out. Opens `idle_count` more that never log on. Returns enum client_exit, after a line on standard error
 * when that is not EXIT_DONE. */
__attribute__((warn_unused_result))
int run_open(struct load_run *run, const struct client_user *users, uint32_t users_count, uint32_t count,
             uint32_t idle_count);
void run_close(struct load_run *run);

/* Sends by the schedule and waits for the answers. */
void run_step(struct load_run *run, struct arrivals *arrivals, struct load_step *step);
/* Sends what was recorded, `speed` times as fast. */
void run_recorded(struct load_run *run, const struct recorded *recorded, double speed, struct load_step *step);
void step_close(struct load_step *step);

/* Reads what has come on all connections for so long. */
void run_listen(struct load_run *run, int64_t ns);

/* Asks something that is no part of the load and waits for the answer of type `answer_type`, all parts of it; reports
 * that come before it are taken as always. The request is freed. NULL: refused, or the connection is lost. */
struct cJSON *run_ask(struct load_run *run, struct link *link, struct cJSON *request, const char *answer_type);

int64_t run_clock_ns(void);

#endif
