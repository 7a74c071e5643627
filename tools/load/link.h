/* link.h - one connection of a load generator: what is to be written, and which requests wait for their answers.
 *
 * Answers leave a connection of the exchange in the order of its requests, and repeat their req_id; so a ring of the
 * requests that are under way is all it takes, and the first message with a request's number is its answer. */
#ifndef BIRZHA_LOAD_LINK_H
#define BIRZHA_LOAD_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "tools/client/connection.h"
#include "tools/client/users.h"

/* REQUEST_MAP(XX): XX(NAME, name in results) */
#define REQUEST_MAP(XX) \
    XX(PASSIVE, "passive") XX(AGGRESSIVE, "aggressive") XX(CANCEL, "cancel") XX(RECORDED, "recorded")
#define XX(name, text) REQUEST_##name,
enum request_kind { REQUEST_MAP(XX) REQUEST_COUNT };
#undef XX

struct request {
    int64_t due_ns, sent_ns;            /* on the run's clock; sent_ns 0: still in `out` */
    uint32_t number;                    /* its req_id */
    uint32_t kind;
};

struct link {
    struct peer peer;
    struct client_user user;
    uint32_t index;
    char *out;                          /* bytes from out_begin on are still to be written */
    size_t out_begin, out_end, out_capacity;
    struct request *ring;               /* from `answered` to `made`, those from `written` on are in `out` */
    uint32_t ring_capacity;             /* a power of two */
    uint32_t answered, written, made;
    uint32_t last_number;               /* the highest req_id given */
    uint64_t next_seq;                  /* of its private messages; 0: not known yet */
    int is_dirty;                       /* it is in the list of those to flush */
    int wants_room;                     /* the socket took no more: epoll says when it does */
    int is_lost;
};

/* Connects; the welcome has been read. Returns enum peer_status. */
__attribute__((warn_unused_result))
int link_open(struct link *link, uint32_t index, const char *address, uint32_t timeout_ms);
void link_close(struct link *link);

/* Room for `size` more bytes of output. Memory that is short ends the program. */
char *link_reserve(struct link *link, size_t size);

/* A request of `size` bytes, line end included, has been written to what link_reserve gave. */
void link_add(struct link *link, size_t size, int64_t due_ns, uint32_t number, enum request_kind kind);

/* Writes what the socket takes; `now_ns` becomes the time of those requests. Returns -1 when the connection is lost. */
__attribute__((warn_unused_result))
int link_flush(struct link *link, int64_t now_ns);

/* The oldest request that has no answer; NULL: all have. */
struct request *link_oldest(struct link *link);
static inline uint32_t link_waiting_count(const struct link *link) { return link->made - link->answered; }

#endif
