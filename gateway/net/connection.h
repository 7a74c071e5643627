/* connection.h - one TCP connection: bytes in, lines to its dialog, bytes out.
 *
 * States. OPEN: lines are read and answered. FINISHING: nothing more is answered; what was sent is written, then
 * the end of the stream, then whatever still arrives is thrown away until the other side closes or patience ends, so
 * that the last message is not lost to a reset. CLOSED: the handle is closing; the memory goes in its callback, or
 * when the password check that may still run comes back.
 *
 * Requests that cannot be taken now (their turn is used up, the dialog is busy, the outbox is behind) stay in `kept`,
 * a copy of what the read buffer had left; nothing is read before it is used up. So a connection holds at most one
 * read buffer and one unfinished line, and most hold neither. */
#ifndef BIRZHA_CONNECTION_H
#define BIRZHA_CONNECTION_H

#include <stdint.h>
#include <uv.h>

#include "gateway/net/outbox.h"
#include "gateway/publisher.h"
#include "gateway/session/dialog.h"
#include "gateway/session/port.h"
#include "gateway/stages.h"
#include "gateway/wire/line.h"

struct network;

enum connection_state { CONNECTION_OPEN, CONNECTION_FINISHING, CONNECTION_CLOSED };

enum connection_mark {
    CONNECTION_DIRTY = 1 << 0,          /* in the list of outboxes to write */
    CONNECTION_READY = 1 << 1,          /* in the queue of connections with requests to apply */
    CONNECTION_READING = 1 << 2,        /* uv_read_start is in force */
    CONNECTION_OVERFLOWED = 1 << 3,     /* a message found no room */
    CONNECTION_SHUT = 1 << 4,           /* we have ended our half of the stream */
    CONNECTION_ENDED = 1 << 5,          /* the other side has ended its half */
    CONNECTION_HELD = 1 << 6,           /* in the list of outboxes that wait for the disk */
};

struct connection {
    uv_tcp_t tcp;
    uv_write_t write;
    uv_shutdown_t shutdown;
    struct network *network;
    struct connection *previous, *next;
    struct connection *next_dirty, *next_ready, *next_held;
    uint8_t state;                      /* enum connection_state */
    uint8_t marks;                      /* enum connection_mark */
    uint8_t holders_count;              /* who needs the memory: the handle, either list, a password check */
    uint32_t requests_count;            /* applied in turn `turn` */
    uint64_t turn;
    uint32_t in_flight_size;            /* bytes of the outbox that a uv_write holds; 0 = none */
    int64_t progress_ns;                /* steady time when the other side last took a byte, or had none to take */
    int64_t received_ns;                /* steady time of the last byte received */
    int64_t sent_ns;                    /* steady time of the last message appended */
    int64_t finish_by_ns;
    uint64_t sent_bytes;                /* that the kernel has taken, ever */
    struct stage_queue timed;           /* requests whose answers wait in the outbox */
    char *kept;                         /* NULL while nothing is kept */
    struct outbox outbox;
    struct port port;
    struct dialog dialog;
    struct reader reader;
    struct line_reader lines;
    char *line_buffer;                  /* NULL until a line comes in pieces */
};

/* Takes the connection that waits at the listener; one too many is closed at once. */
void connection_accept(struct network *network);

/* What waited for the disk may have been waited for long enough: all of it is looked at again. */
void connection_release_held(struct network *network);

/* Takes the first connection off the dirty list and writes what waits in its outbox, as far as the kernel takes it. */
void connection_flush_next(struct network *network);

/* Takes the first connection off the ready queue and takes up what was interrupted: messages that the dialog or the
 * publisher held back, then requests. */
void connection_continue_next(struct network *network);

/* Heartbeats and patience. */
void connection_on_tick(struct connection *connection, int64_t now_ns);

/* A password check keeps the connection's memory until its result is handed over, exactly once. */
void connection_hold(struct connection *connection);
void connection_on_verdict(struct connection *connection, enum logon_verdict verdict);
void connection_on_hash(struct connection *connection, const char *hash);
/* The same for a snapshot that it asked for. */
void connection_on_snapshot(struct connection *connection, uint64_t sequence, const char *failure);

/* The connection that a dialog belongs to. */
struct connection *connection_of_dialog(struct dialog *dialog);

/* What was sent leaves, then the connection closes. */
void connection_finish(struct connection *connection);

#endif
