/* network.h - all connections of the server and the turns of the event loop.
 *
 * One turn: libuv hands over what has arrived; requests are decoded and applied, and what they cause is appended to
 * outboxes; at the end of the turn every outbox that got something is written, once. So a thousand replies to one
 * connection cost one system call, and nothing leaves a connection in the middle of a command.
 *
 * The end of the turn (network_release) is the only place where bytes leave the process. That is the gate of
 * durability: the commands of the turn are handed to the journal there, and a byte that may tell of a command leaves
 * when the command is on disk (committer.h).
 *
 * Fairness: a turn has room for `requests_per_turn` requests, shared by the connections that had any in the turn
 * before; none gets fewer than `requests_share_min`, and none more than `requests_share_max`, with whose answers its
 * outbox is full. Who has had its share joins the ready queue, and the others come first. So one client alone is served
 * in large pieces, and among many nobody waits long. While its requests wait, or its outbox is over the soft limit, or
 * its dialog is busy, nothing more is read from it: the sender feels it through TCP.
 *
 * Patience (steady time, looked at every tick_ms x tick_parts): an unfinished line is cut after line_timeout_ns without
 * a byte; a connection whose outbox lost not one byte in stall_timeout_ns is too slow (1204); one that is being
 * finished has finish_timeout_ns to take what was sent. */
#ifndef BIRZHA_NETWORK_H
#define BIRZHA_NETWORK_H

#include <stdint.h>
#include <uv.h>

#include "gateway/clock.h"
#include "gateway/metrics.h"
#include "gateway/net/outbox.h"
#include "gateway/session/hub.h"

struct committer;
struct connection;
struct publisher;
struct stages;

enum {
    read_size_max = 64 * 1024,
    send_buffer_size = 256 * 1024,      /* of the kernel, for one connection */
    requests_per_turn = 1024,
    requests_share_min = 64,            /* of one connection */
    requests_share_max = 256,
    tick_ms = 25,                       /* a part of the connections is looked at each time */
    tick_parts = 10,
    descriptors_reserved = 64,
};

struct network_patience {
    int64_t line_timeout_ns;
    int64_t stall_timeout_ns;
    int64_t finish_timeout_ns;
};

extern const struct network_patience network_patience_default;

struct network {
    uv_loop_t *loop;
    struct hub *hub;
    struct publisher *publisher;
    struct committer *committer;        /* NULL: there is no journal, and nothing waits for one */
    struct stages *stages;              /* NULL: nobody wants to know how long requests take */
    uint32_t is_timing_turns;           /* 0 or 1: how long turns take is wanted */
    struct network_patience patience;
    uint32_t connections_count, connections_count_max;
    uint32_t requests_share;            /* how many requests of a connection are applied in this turn */
    uint32_t requests_share_max;        /* tests choose another */
    uint32_t askers_count;              /* connections that had a request applied in this turn */

    uint64_t turn;                      /* counts the turns of the loop */
    int64_t turn_ns;                    /* steady time, read once or twice a turn */
    int64_t turn_begin_ns;              /* when this turn's work began; 0 = it has not */
    struct network_counters counters;

    uv_tcp_t listener;
    uint32_t is_listening;              /* 0 or 1 */
    uv_timer_t tick;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t awake;                    /* runs while there is something to do without waiting */

    struct connection *connections;     /* all, doubly linked */
    struct connection *next_ticked;     /* where the next tick goes on; NULL = with the first */
    struct connection *dirty;           /* outbox got something since the last release */
    struct connection *held;            /* outbox holds what must not leave yet */
    struct connection *ready_first, *ready_last;
    struct chunk_pool pool;
    char read_buffer[read_size_max];    /* one for all: libuv gives and takes it within one callback */
};

/* Prepares everything but the listener. */
void network_open(struct network *network, uv_loop_t *loop, struct hub *hub, struct publisher *publisher);

/* The batch of commands that what is sent now may tell of, and the last batch whose news may leave. */
uint64_t network_batch(const struct network *network);
uint64_t network_durable(const struct network *network);

/* What happens from now on happens at this time. */
static inline void network_look_at_clock(struct network *network) {
    network->turn_ns = steady_now_ns();
    if (network->turn_begin_ns == 0) network->turn_begin_ns = network->turn_ns;
}

/* Makes `listener` listen on host:port; *port becomes the port really taken. 0 or a negative error of libuv; then it is
 * closing, or was never opened. */
__attribute__((warn_unused_result))
int listen_on(uv_loop_t *loop, uv_tcp_t *listener, const char *host, uint16_t *port, uv_connection_cb on_connection);

/* Begins to accept on host:port; *port becomes the port really taken. 0 or a negative error of libuv; then nothing
 * stays open. */
__attribute__((warn_unused_result))
int network_listen(struct network *network, const char *host, uint16_t *port);

/* Writes every outbox that got something: the end of a turn. */
void network_release(struct network *network);

/* Stops accepting and finishes every connection; the loop ends when all have gone, at the latest after
 * finish_timeout_ns. */
void network_shutdown(struct network *network);

/* After the loop has ended. */
void network_close(struct network *network);

#endif
