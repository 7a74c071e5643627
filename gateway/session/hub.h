/* hub.h - what all dialogs share: the participants' streams, who is logged on, and the way to the exchange.
 *
 * A command that a dialog gives to the hub is applied at once. Its reports arrive through hub_on_report while it is
 * applied: they are numbered and kept in the streams of their participants. Nothing is sent meanwhile. When the command
 * is done hub_deliver lets every dialog of those participants send what is new; the dialog that asked marks its answer
 * before that, so that its own report can carry the req_id.
 *
 * The hub does no I/O and knows no clock: what lies outside is behind `struct hub_host`, in tests a fake. */
#ifndef BIRZHA_HUB_H
#define BIRZHA_HUB_H

#include <stdint.h>

#include "engine/exchange.h"
#include "engine/views/report.h"
#include "gateway/metrics.h"
#include "gateway/session/stream.h"
#include "gateway/wire/decode.h"
#include "gateway/wire/encode.h"
#include "gateway/wire/request.h"

struct deals;
struct dialog;
struct image;
struct orders_view;
struct story;

/* A command that was applied. */
struct applied {
    uint64_t sequence;
    const struct event *events;         /* valid until the next command */
    uint32_t events_count;
};

struct hub_host {
    void *owner;
    const char *version;                /* of the program */
    const char *clock_mode;             /* "wall" or "manual" */
    /* Gives the command its sequence and time and applies it. Never fails. */
    struct applied (*apply)(void *owner, struct command *command);
    /* A request is understood and may be made; it is applied next. NULL = nobody wants to know when. */
    void (*on_decoded)(void *owner, enum request_type type);
    /* Moves exchange time forward to `now_ns`; NULL under the wall clock. */
    void (*move_clock)(void *owner, int64_t now_ns);
    /* Exchange time, for `ts`. */
    int64_t (*now_ns)(void *owner);
    /* Checks a password elsewhere; the answer is dialog_on_verdict, once, later. `user` may be NAME_NONE. */
    void (*verify)(void *owner, struct dialog *dialog, uint32_t user, const struct request_text *password);
    /* Hashes a password elsewhere; the answer is dialog_on_hash, once, later. */
    void (*hash)(void *owner, struct dialog *dialog, const struct request_text *password);
    /* Begins or ends sending market data to the dialog's connection. 0, or negative: no memory for it. */
    int (*subscribe)(void *owner, struct dialog *dialog, const struct request_subscribe *subscribe);
    void (*unsubscribe)(void *owner, struct dialog *dialog, const struct request_subscribe *subscribe);
    /* Sends a line to everybody who is logged on or subscribed to anything, and not behind. */
    void (*announce)(void *owner, const char *line, uint32_t size);
    /* Whether the journal has no room for what a client asks: it is refused with 1212. NULL = never. */
    int (*is_full)(void *owner);
    void (*shutdown)(void *owner);
    /* Begins a snapshot; the answer is dialog_on_snapshot, once, later. Or says why none can be made now. NULL =
     * never. */
    const char *(*snapshot)(void *owner, struct dialog *dialog);
};

/* What queries read. */
struct hub_views {
    const struct exchange *exchange;
    const struct orders_view *orders;
    const struct deals *deals;
    const struct story *story;
};

struct participant_desk {
    struct stream stream;
    struct dialog *dialogs;             /* logged on, doubly linked */
    uint32_t next_touched;              /* list of those with undelivered reports, by index + 1; 0 = end */
    uint32_t touched;
};

struct hub {
    struct hub_host host;
    struct hub_views views;
    struct participant_desk *desks;     /* by participant */
    uint32_t *logons_count;             /* by user: connections that are logged on as it */
    int64_t *rate_paid_ns;              /* by user: until when its messages have used up its rate (RSK-2) */
    uint32_t participants_max;
    uint32_t touched_first;             /* index + 1; 0 = none */
    uint32_t connections_count;         /* ever; gives each connection its number */
    struct report answer;               /* of a command that is answered directly, outside the stream */
    uint32_t has_answer;
    struct hub_counters counters;
    struct decoder *decoder;
    struct request request;             /* the one that is being answered */
    char out[line_size_max];            /* the message that is being written */
};

/* 0 or a negative errno; on an error nothing stays allocated. `hub` is large: it belongs on the heap. */
__attribute__((warn_unused_result))
int hub_init(struct hub *hub, const struct hub_host *host, const struct hub_views *views);
void hub_close(struct hub *hub);

/* The streams of all participants, as engine/image.h says; back into a hub that has had no report, whose exchange is
 * there already. 0, or -1: the image does not fit or there is no memory for it, and the hub is only good to be
 * closed. */
void hub_write(const struct hub *hub, struct image *image);
__attribute__((warn_unused_result))
int hub_load(struct hub *hub, struct image *image);

/* A report of the command that is being applied. */
void hub_on_report(struct hub *hub, const struct report *report);

/* Lets all who have something new send it. After every command, also those that nobody asked for. */
void hub_deliver(struct hub *hub);

void hub_join(struct hub *hub, struct dialog *dialog);
void hub_leave(struct hub *hub, struct dialog *dialog);

/* A dialog has logged on, or is about to leave. Where a session refuses late logins (ACC-10) the exchange is told who
 * comes and goes: the first connection of a trader, and the last. */
void hub_on_logon(struct hub *hub, const struct dialog *dialog);
void hub_on_logoff(struct hub *hub, const struct dialog *dialog);
/* From now on a session refuses late logins: those who are here are made known. */
void hub_tell_logons(struct hub *hub);

#endif
