/* daemon.h - all parts of the server put together.
 *
 *     daemon_open      memory, world, passwords; nothing is heard yet
 *     daemon_listen    from now on clients can connect
 *     uv_run           until daemon_stop, by a signal or admin_shutdown
 *     daemon_close
 *
 * This is the only place that knows every part: it is the hub's host (hub.h), connects sequencer, hub and publisher,
 * and has the timer that wakes the exchange when something is due under the wall clock. */
#ifndef BIRZHA_DAEMON_H
#define BIRZHA_DAEMON_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "gateway/committer.h"
#include "gateway/config.h"
#include "gateway/net/network.h"
#include "gateway/net/snapshots.h"
#include "gateway/password.h"
#include "gateway/publisher.h"
#include "gateway/sequencer.h"
#include "gateway/session/hub.h"
#include "gateway/stages.h"

struct daemon {
    uv_loop_t *loop;
    uv_timer_t due;                     /* wall clock: when something is due */
    uv_prepare_t turn_end;              /* what the turn recorded goes to the file */
    uv_timer_t sync;                    /* --sync interval: asks for the disk */
    int64_t planned_due_ns;             /* what `due` was set for; 0 = look again */
    uint32_t is_stopping;               /* 0 or 1 */
    struct committer *committer;        /* NULL: --ephemeral */
    struct committer committer_memory;
    struct stages *stages;              /* NULL: no --stage-timings */
    void (*on_stopping)(void *owner);   /* whoever else keeps handles is told that the server stops; NULL = nobody */
    void *stopping_owner;
    struct sequencer sequencer;
    struct credentials credentials;
    struct publisher publisher;
    struct snapshots snapshots;
    struct hub hub;
    struct network network;
};

/* DAEMON_CORRUPT: journal or snapshots are damaged, or do not make a whole. */
enum daemon_status { DAEMON_OK = 0, DAEMON_FAILED = -1, DAEMON_CORRUPT = -2 };

/* Brings back the world that the data folder holds, or creates the one that `config` names. On an error one line is in
 * `error`, and nothing stays open but handles that close on the loop's next turns. The server is large: it belongs on
 * the heap. */
__attribute__((warn_unused_result))
int daemon_open(struct daemon *daemon, uv_loop_t *loop, const struct config *config, char *error, size_t error_size);

/* *port becomes the one taken. 0, or -1 and one line in `error`. */
__attribute__((warn_unused_result))
int daemon_listen(struct daemon *daemon, const char *host, uint16_t *port, char *error, size_t error_size);

/* Stops accepting, finishes all connections; the loop ends soon after. Idempotent. */
void daemon_stop(struct daemon *daemon);

/* After the loop has ended. */
void daemon_close(struct daemon *daemon);

#endif
