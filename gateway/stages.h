/* stages.h - where the time of an order request goes: six points, and histograms of what lies between them.
 *
 *     received    the read that brought the end of its line has returned; all requests of one read share it
 *     decoded     the line is a request that may be made: line, scan, decode, admission of the session
 *     sequenced   it has its place and time, and what was due before it has happened
 *     matched     exchange_apply has returned
 *     durable     the batch that it is in is on disk; all requests of a batch share it. Only where answers wait for the
 *                 disk (--sync group): elsewhere there is no such point, and `send` begins where `match` ends
 *     sent        the kernel has taken the last byte of its answer; all answers of one write share it
 *
 * STAGE_MAP has the stages. Timed are requests about orders that reached the exchange, refused or not; one whose
 * connection takes its answers too slowly to get this one at once is counted as untimed: the time would be its
 * reader's.
 *
 * A request that is timed waits in the queue of its connection until its answer has left. Entries come from one pool
 * that is taken once; when it is empty requests go untimed. Sans-I/O: who knows the time says it. */
#ifndef BIRZHA_STAGES_H
#define BIRZHA_STAGES_H

#include <stdint.h>

#include "gateway/histogram.h"

enum stage_point { POINT_RECEIVED, POINT_DECODED, POINT_SEQUENCED, POINT_MATCHED, stage_points_count };

/* STAGE_MAP(XX): XX(NAME, text) */
#define STAGE_MAP(XX) \
    XX(DECODE, "decode")        /* received to decoded: waiting behind others of the same read, and decoding */ \
    XX(SEQUENCE, "sequence")    /* decoded to sequenced */ \
    XX(MATCH, "match")          /* sequenced to matched */ \
    XX(DURABLE, "durable")      /* matched to durable: the rest of the turn, the batch before, write and sync */ \
    XX(SEND, "send")            /* durable to sent: the loop wakes, and writes */ \
    XX(TOTAL, "total")          /* received to sent */

#define XX(name, text) STAGE_##name,
enum stage { STAGE_MAP(XX) STAGE_COUNT };
#undef XX

enum { stage_entries_count = 65536, stage_batches_count = 256, stage_line_size = 256 };

/* A connection's requests whose answers have not left: first and last entry, by index + 1; 0 = none. */
struct stage_queue { uint32_t first, last; };

struct stage_entry {
    int64_t received_ns, matched_ns;
    uint64_t batch;                     /* 0 = nothing waits for the disk */
    uint64_t end;                       /* its answer's end, among all bytes of its connection */
    uint32_t next;                      /* index + 1; 0 = none */
};

struct stages {
    int64_t points[stage_points_count]; /* of the request at hand; 0 = not reached */
    uint32_t is_order;                  /* of the request at hand: 0 or 1 */
    uint32_t free;                      /* list of unused entries; index + 1 */
    uint64_t untimed;
    uint64_t durable_batch;             /* the last one that was told */
    int64_t durable_ns[stage_batches_count];    /* of the last batches, by number */
    struct histogram histograms[STAGE_COUNT];
    struct stage_entry entries[stage_entries_count];
};

/* NULL when there is no memory. */
struct stages *stages_open(void);
void stages_close(struct stages *stages);

/* A line is about to be understood. Everything below may be called without stages (NULL) where it says so: then nobody
 * wants to know. */
static inline void stages_begin(struct stages *stages, int64_t received_ns) {
    if (!stages) return;
    stages->points[POINT_RECEIVED] = received_ns;
    stages->points[POINT_MATCHED] = 0;
    stages->is_order = 0;
}

static inline void stages_mark(struct stages *stages, enum stage_point point, int64_t now_ns) {
    stages->points[point] = now_ns;
}

/* The request at hand has been answered; the answer ends `end` bytes from the beginning of its connection, and waits
 * for the batch, 0 = for none. */
void stages_end(struct stages *stages, struct stage_queue *queue, uint64_t batch, uint64_t end);
/* The request at hand goes untimed. */
void stages_skip(struct stages *stages);

/* All batches up to this one are on disk since `now_ns`, if they were not before. */
void stages_on_durable(struct stages *stages, uint64_t batch, int64_t now_ns);

/* The connection's first `sent` bytes have left by now. */
void stages_on_sent(struct stages *stages, struct stage_queue *queue, uint64_t sent, int64_t now_ns);

/* The connection is gone. NULL is fine. */
void stages_forget(struct stages *stages, struct stage_queue *queue);

const char *stage_name(enum stage stage);

/* One line for people, without its end: count, percentiles, maximum. Returns its length. */
uint32_t stages_line(const struct stages *stages, enum stage stage, char out[stage_line_size]);

#endif
