/* dialog.h - the conversation with one connection: who it is, what it may ask, what it is told.
 *
 * (In the market's own words a session is a trading session; ours with a client is called a dialog.)
 *
 * States. STRANGER: has not logged on, reads public data. CHECKING: its password, or the password of a user that it
 * creates, is being hashed elsewhere. DELAYED: too many wrong passwords, the answer is held back. LOGGED_ON. SAVING:
 * a snapshot that it asked for is being made. CLOSED.
 *
 * One request at a time: a dialog that is busy takes no request until it is done, so replies leave in the order of the
 * requests. It is busy while it waits for a password check, and while it has more to send than its connection
 * takes: a list, a replay, many reports. Those are not queued as bytes: the dialog remembers where it stands and goes
 * on in dialog_pump. So neither a million open orders nor a replay of 65,536 reports costs memory.
 *
 * What a logged-on dialog sends, by priority: the rest of a list, then reports in the order of their numbers, then the
 * acknowledgement that belongs behind them. A range of the stream that is no longer kept is told by `gap`, and
 * followed by the open orders as they are now.
 *
 * Sans-I/O: time comes in as an argument (steady time), bytes leave through the port. */
#ifndef BIRZHA_DIALOG_H
#define BIRZHA_DIALOG_H

#include <stdint.h>

#include "engine/command.h"
#include "gateway/session/hub.h"
#include "gateway/session/port.h"
#include "gateway/wire/request.h"
#include "instruments/calendar.h"

#define HEARTBEAT_NS (10 * NS_PER_SECOND)
#define SILENCE_NS (30 * NS_PER_SECOND)

enum {
    logon_failures_free = 3,            /* after that every wrong password is answered late */
    logon_failures_max = 10,            /* the last one ends the connection */
};
#define LOGON_DELAY_NS NS_PER_SECOND

struct listing;

enum dialog_state { DIALOG_STRANGER, DIALOG_CHECKING, DIALOG_DELAYED, DIALOG_LOGGED_ON, DIALOG_SAVING, DIALOG_CLOSED };

enum logon_verdict { LOGON_REFUSED, LOGON_PASSED };

/* Which reports are the answer to the last request, and what they repeat of it. */
struct dialog_answer {
    uint64_t sequence;                  /* of the command; 0 = none */
    uint64_t order_id;                  /* of the order that it was about; 0 = rejected */
    struct request_id id;
    struct request_words words;
    uint32_t has_ack;                   /* a mass_cancel_ack waits until the reports have left */
    uint32_t count;                     /* its figure */
};

struct dialog {
    struct hub *hub;
    struct port *port;
    struct dialog *previous, *next;     /* logged on for the same participant */
    uint8_t state;                      /* enum dialog_state */
    uint8_t role;                       /* enum role */
    uint8_t cancel_on_disconnect;       /* 0 or 1 */
    uint8_t logon_failures_count;
    uint32_t connection;                /* its number */
    uint32_t user, participant;         /* participant: NAME_NONE for an official */
    uint64_t next_seq;                  /* of the stream: what this connection gets next */
    uint64_t live_seq;                  /* reports below were made before the logon */
    int64_t answer_at_ns;               /* DELAYED */
    struct request_id pending_id;       /* CHECKING, DELAYED, SAVING: of the request that waits */
    uint32_t pending_user;              /* CHECKING: who wants to log on; NAME_NONE = nobody of that name */
    uint64_t pending_next_seq;          /* CHECKING: next_expected_seq of the logon */
    struct command pending_command;     /* CHECKING: USER to be applied when its password is hashed; kind 0 = a logon */
    struct dialog_answer answer;
    struct listing *listing;            /* NULL while no list is being sent */
};

/* Begins with the welcome. `hub` and `port` live longer than the dialog. */
void dialog_init(struct dialog *dialog, struct hub *hub, struct port *port);

/* The connection is gone or will be: its orders are cancelled if it asked for that. Nothing is sent any more. */
void dialog_close(struct dialog *dialog);

/* One line without its end. The bytes are wiped when they held a password. Not to be called while busy. */
void dialog_on_line(struct dialog *dialog, char *line, uint32_t size);

/* The two errors after which the caller ends the connection: 1203 and 1204. */
void dialog_on_line_too_long(struct dialog *dialog);
void dialog_on_too_slow(struct dialog *dialog);

/* Results of hub_host.verify and hub_host.hash; ignored when the dialog is closed. `hash`: password_hash_size bytes,
 * NULL = it could not be made. */
void dialog_on_verdict(struct dialog *dialog, enum logon_verdict verdict, int64_t now_ns);
void dialog_on_hash(struct dialog *dialog, const char *hash);

/* Result of hub_host.snapshot: `failure` says why there is none, NULL = it is on disk. Ignored when the dialog is
 * closed. */
void dialog_on_snapshot(struct dialog *dialog, uint64_t sequence, const char *failure);

/* Sends what waits, as far as the port is not behind. Idempotent. */
void dialog_pump(struct dialog *dialog);

/* Whether no request can be taken now. */
int dialog_is_busy(const struct dialog *dialog);

/* Time passes. `sent_ns`, `received_ns`: when the connection last sent and received anything. */
void dialog_on_tick(struct dialog *dialog, int64_t now_ns, int64_t sent_ns, int64_t received_ns);

#endif
