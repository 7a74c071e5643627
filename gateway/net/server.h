/* server.h - all parts of the server put together.
 *
 *     server_open      memory, world, passwords; nothing is heard yet
 *     server_listen    from now on clients can connect
 *     uv_run           until server_stop, by a signal or admin_shutdown
 *     server_close
 *
 * This is the only place that knows every part: it is the hub's host (hub.h), connects sequencer, hub and publisher,
 * and has the timer that wakes the exchange when something is due under the wall clock. */
#ifndef BIRZHA_SERVER_H
#define BIRZHA_SERVER_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/config.h"
#include "gateway/net/network.h"
#include "gateway/password.h"
#include "gateway/publisher.h"
#include "gateway/sequencer.h"
#include "gateway/session/hub.h"

struct server {
    uv_loop_t *loop;
    uv_timer_t due;                     /* wall clock: when something is due */
    uint32_t is_stopping;               /* 0 or 1 */
    struct sequencer sequencer;
    struct credentials credentials;
    struct publisher publisher;
    struct hub hub;
    struct network network;
};

/* Creates the world that `config` names. 0, or -1 and one line in `error`; then nothing stays open. The server is
 * large: it belongs on the heap. */
__attribute__((warn_unused_result))
int server_open(struct server *server, uv_loop_t *loop, const struct config *config, char *error, size_t error_size);

/* *port becomes the one taken. 0, or -1 and one line in `error`. */
__attribute__((warn_unused_result))
int server_listen(struct server *server, const char *host, uint16_t *port, char *error, size_t error_size);

/* Stops accepting, finishes all connections; the loop ends soon after. Idempotent. */
void server_stop(struct server *server);

/* After the loop has ended. */
void server_close(struct server *server);

#endif
