/* metrics_server.h - GET /metrics over HTTP/1.0 and 1.1, on the server's own loop.
 *
 * One request a connection; the answer ends it. Nothing that is sent here can grow memory or hold up the server: there
 * are places for `metrics_clients_max` connections, taken once, and who comes when all are in use waits in the kernel's
 * queue; a head may have metrics_request_size bytes; every connection ends metrics_life_ms after it began, whatever it
 * does; and the page is made anew at most every metrics_page_ms, who asks sooner gets the same one again.
 *
 * Its handles do not keep the loop alive. Opened by main.c alone: a server without --metrics has none of this. */
#ifndef BIRZHA_METRICS_SERVER_H
#define BIRZHA_METRICS_SERVER_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct daemon;
struct metrics_server;

enum {
    metrics_clients_max = 8,
    metrics_request_size = 4096,
    metrics_life_ms = 5000,
    metrics_page_ms = 100,
};

/* NULL when there is no memory. It stops listening when the daemon stops. */
struct metrics_server *metrics_server_open(uv_loop_t *loop, struct daemon *daemon);

/* *port becomes the one taken. 0, or -1 and one line in `error`. */
__attribute__((warn_unused_result))
int metrics_server_listen(struct metrics_server *server, const char *host, uint16_t *port, char *error,
                          size_t error_size);

/* Closes all handles; they are gone after the loop's next turns. Idempotent; NULL is fine. */
void metrics_server_stop(struct metrics_server *server);
/* After that. NULL is fine. */
void metrics_server_free(struct metrics_server *server);

#endif
