/* client.h - a client of the wire protocol for tests: blocking sockets, one line at a time, a deadline on everything.
 *
 * Requests and expectations are written as in expect.h, with ' for ", and are printf formats. Every message that
 * arrives is held against what the protocol promises of all messages, whatever the test is about:
 *   it is a JSON object of at most 16,384 bytes with `type` and a `ts` in nanoseconds;
 *   `seq` has no gap, counted from the `next_seq` of logon_ack (a replay: from the number asked for);
 *   an execution report adds up: live, order_qty = cum_qty + leaves_qty; ended, leaves_qty = 0; filled, cum_qty =
 *   order_qty.
 * Heartbeats are passed over everywhere; notices wherever the expectation is not about one. */
#ifndef BIRZHA_TEST_CLIENT_H
#define BIRZHA_TEST_CLIENT_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include "tests/support/server.h"

enum { client_line_max = 16384, client_wait_ms = 15000 };

struct client {
    int socket;
    size_t start, length;           /* unread bytes of `buffer` */
    char buffer[4 * client_line_max];
    char line[client_line_max + 1]; /* the message of `message`, without its newline */
    cJSON *message;                 /* the last one received */
    long long seq_next;             /* of the private stream; 0 before logon */
    long long replay_next;          /* of messages sent again; 0 when none was asked for */
    int heartbeats_count;           /* passed over so far */
    int fences_count;
};

/* Connects and takes the welcome. */
struct client *client_open(const struct server *server);

/* Connects to a port and takes nothing. */
struct client *client_connect(int port);

/* Connects and logs on; the password of every user in tests/e2e/worlds is USER-secret. */
struct client *client_logon(const struct server *server, const char *user);

/* Closes the socket as it is, without logout. NULL is fine. */
void client_close(struct client *client);

void client_send(struct client *client, const char *format, ...) __attribute__((format(printf, 2, 3)));
void client_send_bytes(struct client *client, const void *bytes, size_t size);

/* The next message, heartbeats aside; it stays valid until the next call. Fails the test after client_wait_ms. */
const cJSON *client_receive(struct client *client);

/* The next message, heartbeats included, or NULL when `wait_ms` pass or the connection ends. */
const cJSON *client_receive_within(struct client *client, long wait_ms);

/* Receives the next message and holds it against an expectation. */
#define client_expect(client, ...) client_expect_at(__FILE__, __LINE__, client, __VA_ARGS__)
const cJSON *client_expect_at(const char *file, int line, struct client *client, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Nothing more has been sent to this client: what answers a last, nonsensical request comes next. */
#define client_expect_quiet(client) client_expect_quiet_at(__FILE__, __LINE__, client)
void client_expect_quiet_at(const char *file, int line, struct client *client);

/* The server closes the connection, with no further message but heartbeats. */
void client_expect_end(struct client *client);

/* Whether the connection has been closed by the server within `wait_ms`; messages are read and dropped. */
int client_ends_within(struct client *client, long wait_ms);

/* A member of the last message, which must be there. */
const char *client_text(const struct client *client, const char *path);
long long client_number(const struct client *client, const char *path);

/* Copies a text member of the last message. */
void client_copy(const struct client *client, const char *path, char *text, size_t size);

#endif
