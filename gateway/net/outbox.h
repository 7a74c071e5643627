/* outbox.h - bytes that wait for one connection: a queue of chunks with a hard limit.
 *
 * All outboxes of a server take their chunks from one pool, so a thousand idle connections cost nothing and memory is
 * bounded by connections x outbox_size_max. A message is appended whole or not at all. What is being written stays
 * where it is until it is consumed: appending never moves bytes, so one write may be in flight meanwhile.
 *
 * Two limits: above `outbox_size_soft` its connection is "behind": whoever makes messages at will (market data, lists,
 * replay) holds back, and no more requests are read from it. `outbox_size_max` is the end: the append fails
 * and the connection is lost (1204).
 *
 * Durability: bytes are tagged with the batch of commands that they may tell of (committer.h), and may leave when that
 * batch is on disk. No more than two batches can be unfinished, so two counts suffice.
 *
 * Not here: sockets. The owner writes what outbox_spans gives and says with outbox_consume how much has left. */
#ifndef BIRZHA_OUTBOX_H
#define BIRZHA_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

enum {
    chunk_size = 16 * 1024,             /* its header included */
    chunks_kept_max = 256,              /* free ones that the pool holds on to */
    outbox_size_soft = 128 * 1024,
    outbox_size_max = 256 * 1024,
    outbox_size_last = 1024,            /* of it, kept for the last words of a connection that is lost */
    outbox_spans_max = outbox_size_max / (chunk_size / 2) + 2,
};

struct chunk;

struct chunk_pool {
    struct chunk *free;
    uint32_t free_count;
    uint32_t used_count;                /* in outboxes; for figures and tests */
    uint64_t pending_size;              /* bytes that wait in all outboxes */
};

struct outbox {
    struct chunk_pool *pool;
    struct chunk *first, *last;
    uint32_t size;                      /* bytes that wait */
    uint32_t last_size, before_size;    /* bytes of `batch`, and of the one before it, that were appended */
    uint64_t batch;                     /* of the bytes appended last */
};

struct outbox_span {
    const char *bytes;
    size_t size;
};

void chunk_pool_close(struct chunk_pool *pool);

void outbox_init(struct outbox *outbox, struct chunk_pool *pool);
/* Gives all chunks back, whatever waits in them. No write may be in flight. */
void outbox_close(struct outbox *outbox);

/* What is appended from now on belongs to this batch; numbers never fall, and all up to batch - 2 are durable. */
void outbox_set_batch(struct outbox *outbox, uint64_t batch);
/* How many of the first bytes may leave when all batches up to `durable` are on disk. */
uint32_t outbox_releasable(const struct outbox *outbox, uint64_t durable);

/* 0, or -ENOBUFS (limit) or -ENOMEM; then nothing was appended. */
__attribute__((warn_unused_result))
int outbox_append(struct outbox *outbox, const char *bytes, uint32_t size);
/* The same, and may use the room for last words. */
__attribute__((warn_unused_result))
int outbox_append_last(struct outbox *outbox, const char *bytes, uint32_t size);

/* The bytes that wait, oldest first, in up to `spans_max` pieces; returns their number. Valid until consumed. */
uint32_t outbox_spans(const struct outbox *outbox, struct outbox_span *spans, uint32_t spans_max);

/* The first `size` bytes have left. */
void outbox_consume(struct outbox *outbox, uint32_t size);

static inline int outbox_is_behind(const struct outbox *outbox) {
    return outbox->size > outbox_size_soft;
}

#endif
