/* outbox.c - chunks in a list; see outbox.h. */
#include "gateway/net/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"

struct chunk {
    struct chunk *next;
    uint32_t begin, end;        /* what waits is bytes[begin, end) */
    char bytes[chunk_size - 16];
};

_Static_assert(sizeof(struct chunk) == chunk_size, "a chunk is as large as it says");
_Static_assert(outbox_size_soft < outbox_size_max, "first a connection is behind, then it is lost");

static struct chunk *chunk_take(struct chunk_pool *pool) {
    struct chunk *chunk = pool->free;
    if (chunk) {
        pool->free = chunk->next;
        pool->free_count--;
    } else {
        chunk = malloc(sizeof *chunk);
        if (!chunk) return NULL;
    }
    pool->used_count++;
    chunk->next = NULL;
    chunk->begin = 0;
    chunk->end = 0;
    return chunk;
}

static void chunk_give(struct chunk_pool *pool, struct chunk *chunk) {
    CHECK(pool->used_count > 0);
    pool->used_count--;
    if (pool->free_count >= chunks_kept_max) {
        free(chunk);
        return;
    }
    chunk->next = pool->free;
    pool->free = chunk;
    pool->free_count++;
}

void chunk_pool_close(struct chunk_pool *pool) {
    CHECK(pool->used_count == 0);
    while (pool->free) {
        struct chunk *chunk = pool->free;
        pool->free = chunk->next;
        free(chunk);
    }
    pool->free_count = 0;
}

void outbox_init(struct outbox *outbox, struct chunk_pool *pool) {
    *outbox = (struct outbox){.pool = pool};
}

void outbox_close(struct outbox *outbox) {
    while (outbox->first) {
        struct chunk *chunk = outbox->first;
        outbox->first = chunk->next;
        chunk_give(outbox->pool, chunk);
    }
    outbox->last = NULL;
    outbox->pool->pending_size -= outbox->size;
    outbox->size = 0;
}

void outbox_set_batch(struct outbox *outbox, uint64_t batch) {
    if (batch == outbox->batch) return;
    CHECK(batch > outbox->batch);
    outbox->before_size = outbox->batch + 1 == batch ? outbox->last_size : 0;
    outbox->last_size = 0;
    outbox->batch = batch;
}

uint32_t outbox_releasable(const struct outbox *outbox, uint64_t durable) {
    uint32_t held = outbox->batch > durable ? outbox->last_size : 0;
    if (outbox->batch > durable + 1 && durable != UINT64_MAX) held += outbox->before_size;
    CHECK(held <= outbox->size);
    return outbox->size - held;
}

static uint32_t room_in_last(const struct outbox *outbox) {
    return outbox->last ? (uint32_t)sizeof outbox->last->bytes - outbox->last->end : 0;
}

/* Chains enough chunks for `size` bytes; NULL when memory is short. */
static struct chunk *chunks_take(struct chunk_pool *pool, uint32_t size) {
    struct chunk *first = NULL;
    for (uint32_t taken = 0; taken < size; taken += (uint32_t)sizeof first->bytes) {
        struct chunk *chunk = chunk_take(pool);
        if (!chunk) {
            while (first) {
                chunk = first->next;
                chunk_give(pool, first);
                first = chunk;
            }
            return NULL;
        }
        chunk->next = first;
        first = chunk;
    }
    return first;
}

static uint32_t fill(struct chunk *chunk, const char *bytes, uint32_t size) {
    uint32_t room = (uint32_t)sizeof chunk->bytes - chunk->end;
    uint32_t part = size < room ? size : room;
    memcpy(chunk->bytes + chunk->end, bytes, part);
    chunk->end += part;
    return part;
}

static int append(struct outbox *outbox, const char *bytes, uint32_t size) {
    if (size == 0) return 0;
    uint32_t room = room_in_last(outbox);
    struct chunk *fresh = NULL;
    if (size > room) {
        fresh = chunks_take(outbox->pool, size - room);
        if (!fresh) return -ENOMEM;
    }
    uint32_t done = outbox->last ? fill(outbox->last, bytes, size) : 0;
    if (fresh) {
        if (outbox->last) outbox->last->next = fresh;
        else outbox->first = fresh;
    }
    for (struct chunk *chunk = fresh; chunk; chunk = chunk->next) {
        done += fill(chunk, bytes + done, size - done);
        outbox->last = chunk;
    }
    CHECK(done == size);
    outbox->size += size;
    outbox->pool->pending_size += size;
    outbox->last_size += size;
    return 0;
}

int outbox_append(struct outbox *outbox, const char *bytes, uint32_t size) {
    const uint32_t limit = outbox_size_max - outbox_size_last;
    if (outbox->size > limit || size > limit - outbox->size) return -ENOBUFS;
    return append(outbox, bytes, size);
}

int outbox_append_last(struct outbox *outbox, const char *bytes, uint32_t size) {
    if (size > outbox_size_max - outbox->size) return -ENOBUFS;
    return append(outbox, bytes, size);
}

uint32_t outbox_spans(const struct outbox *outbox, struct outbox_span *spans, uint32_t spans_max) {
    uint32_t count = 0;
    for (const struct chunk *chunk = outbox->first; chunk && count < spans_max; chunk = chunk->next) {
        spans[count++] = (struct outbox_span){chunk->bytes + chunk->begin, chunk->end - chunk->begin};
    }
    return count;
}

void outbox_consume(struct outbox *outbox, uint32_t size) {
    CHECK(size <= outbox->size);
    outbox->size -= size;
    outbox->pool->pending_size -= size;
    while (size > 0) {
        struct chunk *chunk = outbox->first;
        CHECK(chunk != NULL);
        uint32_t waits = chunk->end - chunk->begin;
        uint32_t part = size < waits ? size : waits;
        chunk->begin += part;
        size -= part;
        if (chunk->begin < chunk->end) break;
        outbox->first = chunk->next;
        if (!outbox->first) outbox->last = NULL;
        chunk_give(outbox->pool, chunk);
    }
}
