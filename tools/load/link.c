/* link.c - see link.h. */
#include "tools/load/link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "instruments/check.h"

enum { out_capacity_min = 1 << 12, ring_capacity_min = 1 << 6 };

int link_open(struct link *link, uint32_t index, const char *address, uint32_t timeout_ms) {
    link->index = index;
    link->out_capacity = out_capacity_min;
    link->out = malloc(link->out_capacity);
    link->ring_capacity = ring_capacity_min;
    link->ring = malloc(link->ring_capacity * sizeof *link->ring);
    CHECK(link->out != NULL && link->ring != NULL);
    return peer_open(&link->peer, address, timeout_ms, NULL);
}

void link_close(struct link *link) {
    peer_close(&link->peer);
    free(link->out);
    free(link->ring);
    link->out = NULL;
    link->ring = NULL;
}

char *link_reserve(struct link *link, size_t size) {
    if (link->out_begin == link->out_end) link->out_begin = link->out_end = 0;
    if (link->out_end + size > link->out_capacity && link->out_begin > link->out_capacity / 2) {
        memmove(link->out, link->out + link->out_begin, link->out_end - link->out_begin);
        link->out_end -= link->out_begin;
        link->out_begin = 0;
    }
    while (link->out_end + size > link->out_capacity) {
        link->out_capacity *= 2;
        link->out = realloc(link->out, link->out_capacity);
        CHECK(link->out != NULL);
    }
    return link->out + link->out_end;
}

static void grow_ring(struct link *link) {
    struct request *bigger = malloc(2 * (size_t)link->ring_capacity * sizeof *bigger);
    CHECK(bigger != NULL);
    for (uint32_t i = link->answered; i != link->made; i++)
        bigger[i & (2 * link->ring_capacity - 1)] = link->ring[i & (link->ring_capacity - 1)];
    free(link->ring);
    link->ring = bigger;
    link->ring_capacity *= 2;
}

void link_add(struct link *link, size_t size, int64_t due_ns, uint32_t number, enum request_kind kind) {
    if (link->made - link->answered == link->ring_capacity) grow_ring(link);
    link->ring[link->made++ & (link->ring_capacity - 1)] =
        (struct request){ .due_ns = due_ns, .number = number, .kind = (uint32_t)kind };
    link->last_number = number;
    link->out_end += size;
}

int link_flush(struct link *link, int64_t now_ns) {
    /* Sent is when it is given to the kernel for the first time; what the socket does not take yet is late by its own
     * account, and stays in the time that the answer takes. */
    for (; link->written != link->made; link->written++)
        link->ring[link->written & (link->ring_capacity - 1)].sent_ns = now_ns;
    link->wants_room = 0;
    while (link->out_begin < link->out_end) {
        ssize_t size = send(link->peer.fd, link->out + link->out_begin, link->out_end - link->out_begin, MSG_NOSIGNAL);
        if (size >= 0) {
            link->out_begin += (size_t)size;
            link->peer.last_sent_ms = now_ns / 1000000;
        } else if (errno == EAGAIN) {
            link->wants_room = 1;
            return 0;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

struct request *link_oldest(struct link *link) {
    return link->answered == link->made ? NULL : &link->ring[link->answered & (link->ring_capacity - 1)];
}
