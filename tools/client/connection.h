/* connection.h - a connection to the exchange as lines in and lines out.
 *
 * A peer is the exchange at the other end of one TCP socket. The calls block, with a timeout; they are for every
 * program that talks to an exchange, the client's own subcommands and load tools alike. One JSON object is one line;
 * this file looks into a line only where the session demands it (welcome, logon). Nothing here prints.
 *
 * Keeping alive: peer_read_line sends a heartbeat when nothing was sent for heartbeat_silence_ms. A program that
 * polls the descriptor itself calls peer_keep_alive every few seconds.
 *
 * Not here: the meaning of messages (show.h), and many connections in one loop - that is poll(2) over `fd`, then
 * peer_receive and peer_next_line, which never block. */
#ifndef BIRZHA_CLIENT_CONNECTION_H
#define BIRZHA_CLIENT_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

enum {
    peer_line_size_max = 16384,              /* protocol: a line with its end */
    heartbeat_silence_ms = 10 * 1000,
};

/* Negative results of this file. */
enum peer_status {
    PEER_OK = 0,
    PEER_ADDRESS = -1,        /* not HOST:PORT, or no such host */
    PEER_UNREACHABLE = -2,    /* nobody accepts there */
    PEER_CLOSED = -3,         /* the other side closed, or the connection broke */
    PEER_TIMEOUT = -4,
    PEER_PROTOCOL = -5,       /* the other side does not speak this protocol */
    PEER_REFUSED = -6,        /* logon: the exchange said no; `reply` says why */
};

struct peer {
    int fd;                             /* -1 while closed */
    int64_t last_sent_ms;
    size_t input_begin, input_end;      /* unread bytes in `input` */
    char input[2 * peer_line_size_max];
};

/* One sentence about a status. */
const char *peer_status_text(enum peer_status status);

/* Connects to "HOST:PORT" ("[::1]:7400" for a literal IPv6 address) and reads the welcome, which is copied to
 * `welcome` (peer_line_size_max bytes) unless it is NULL. On any other result than PEER_OK nothing stays open. */
__attribute__((warn_unused_result))
enum peer_status peer_open(struct peer *peer, const char *address, uint32_t timeout_ms, char *welcome);
void peer_close(struct peer *peer);

/* Sends `line` and a line end. Waits while the other side does not read, up to `timeout_ms`. */
__attribute__((warn_unused_result))
enum peer_status peer_send_line(struct peer *peer, const char *line, uint32_t timeout_ms);

/* The next line, NUL-terminated and without its end; valid until the next call on this peer. */
__attribute__((warn_unused_result))
enum peer_status peer_read_line(struct peer *peer, uint32_t timeout_ms, char **line);

/* Takes what has arrived, without waiting. PEER_OK also when there is nothing yet. */
__attribute__((warn_unused_result))
enum peer_status peer_receive(struct peer *peer);

/* The next complete line that has been received, as in peer_read_line; NULL when there is none. */
char *peer_next_line(struct peer *peer);

__attribute__((warn_unused_result))
enum peer_status peer_keep_alive(struct peer *peer);

/* Logs on and waits for the answer. `reply` (peer_line_size_max bytes) gets the logon_ack or, with
 * PEER_REFUSED, the error. `members` is appended to the request: "", or ",\"cancel_on_disconnect\":true". */
__attribute__((warn_unused_result))
enum peer_status peer_logon(struct peer *peer, const char *user, const char *password, const char *members,
                                uint32_t timeout_ms, char *reply);

/* The request that peer_logon sends; the caller frees it. */
char *peer_logon_line(const char *user, const char *password, const char *members);

/* Whether `line` is a message of `type`; looks at the text only. */
int peer_line_is(const char *line, const char *type);

/* Milliseconds of a clock that only goes forward. */
int64_t peer_now_ms(void);

#endif
