/* metrics_server.c - see metrics_server.h.
 *
 * A client's place is FREE; READING the head of its request; WRITING the answer; DRAINING: the answer has left and our
 * half of the stream is ended, what still arrives is thrown away until the other side closes, so that no reset takes
 * the answer back; CLOSING. */
#include "gateway/net/metrics_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/http.h"
#include "gateway/metrics.h"
#include "gateway/net/daemon_metrics.h"
#include "gateway/net/network.h"
#include "instruments/check.h"

enum { metrics_tick_ms = 250 };

enum client_state { CLIENT_FREE, CLIENT_READING, CLIENT_WRITING, CLIENT_DRAINING, CLIENT_CLOSING };

struct metrics_client {
    uv_tcp_t tcp;
    uv_write_t write;
    uv_shutdown_t shutdown;
    struct metrics_server *server;
    enum client_state state;
    int64_t end_ns;                     /* steady time when its patience is over */
    uint32_t request_size;
    char head[http_head_size_max];
    char request[metrics_request_size];
    char page[metrics_size_max];        /* its own copy: the server's may be made anew while it is written */
};

struct metrics_server {
    uv_loop_t *loop;
    struct daemon *daemon;
    uv_tcp_t listener;
    uv_timer_t tick;
    uint32_t is_listening, is_waiting, is_stopped;  /* 0 or 1; waiting: somebody found no free place */
    uint32_t page_size;
    int64_t page_ns;                    /* when the page was made; 0 = never */
    char page[metrics_size_max];
    struct metrics_client clients[metrics_clients_max];
};

static void accept_one(struct metrics_server *server);

/* ---- ends ---- */

static void on_closed(uv_handle_t *handle) {
    struct metrics_client *client = handle->data;
    client->state = CLIENT_FREE;
    if (client->server->is_waiting && !client->server->is_stopped) accept_one(client->server);
}

static void close_client(struct metrics_client *client) {
    if (client->state == CLIENT_FREE || client->state == CLIENT_CLOSING) return;
    client->state = CLIENT_CLOSING;
    uv_close((uv_handle_t *)&client->tcp, on_closed);
}

static void on_shut(uv_shutdown_t *shutdown, int status) {
    if (status < 0) close_client(shutdown->data);
}

static void on_written(uv_write_t *write, int status) {
    struct metrics_client *client = write->data;
    if (client->state != CLIENT_WRITING) return;
    client->state = CLIENT_DRAINING;
    client->shutdown.data = client;
    if (status < 0 || uv_shutdown(&client->shutdown, (uv_stream_t *)&client->tcp, on_shut) < 0) close_client(client);
}

/* ---- the answer ---- */

static void make_page(struct metrics_server *server) {
    int64_t now_ns = steady_now_ns();
    if (server->page_ns > 0 && now_ns - server->page_ns < INT64_C(1000000) * metrics_page_ms) return;
    struct metrics metrics;
    daemon_metrics(server->daemon, &metrics);
    server->page_size = metrics_write(&metrics, server->page, sizeof server->page);
    server->page_ns = now_ns;
    CHECK(server->page_size > 0);       /* what is on it does not depend on clients */
}

static void answer(struct metrics_client *client, enum http_status status) {
    struct metrics_server *server = client->server;
    uint32_t page_size = 0;
    if (status == HTTP_OK) {
        make_page(server);
        page_size = server->page_size;
        memcpy(client->page, server->page, page_size);
    }
    uint32_t head_size = http_head(status, page_size, client->head);
    const uv_buf_t buffers[] = {uv_buf_init(client->head, head_size), uv_buf_init(client->page, page_size)};
    client->state = CLIENT_WRITING;
    client->write.data = client;
    int failed = uv_write(&client->write, (uv_stream_t *)&client->tcp, buffers, page_size > 0 ? 2 : 1, on_written);
    if (failed < 0) close_client(client);
}

/* ---- the request ---- */

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    struct metrics_client *client = handle->data;
    (void)suggested;
    /* Once it is answered, what still comes is read over what is no longer needed. */
    uint32_t used = client->state == CLIENT_READING ? client->request_size : 0;
    *buffer = uv_buf_init(client->request + used, metrics_request_size - used);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct metrics_client *client = stream->data;
    (void)buffer;
    if (size < 0) {
        /* Its half of the stream has ended; while it is being answered it may still read. */
        if (size == UV_EOF && client->state == CLIENT_WRITING) uv_read_stop(stream);
        else close_client(client);
        return;
    }
    if (client->state != CLIENT_READING) return;
    client->request_size += (uint32_t)size;
    enum http_status status = http_judge(client->request, client->request_size);
    if (status == HTTP_INCOMPLETE && client->request_size == metrics_request_size) status = HTTP_BAD;
    if (status != HTTP_INCOMPLETE) answer(client, status);
}

/* ---- clients ---- */

static struct metrics_client *free_place(struct metrics_server *server) {
    for (uint32_t i = 0; i < metrics_clients_max; i++) {
        if (server->clients[i].state == CLIENT_FREE) return &server->clients[i];
    }
    return NULL;
}

/* While nobody takes the one that waits, libuv accepts no others: the rest stays with the kernel. */
static void accept_one(struct metrics_server *server) {
    struct metrics_client *client = free_place(server);
    server->is_waiting = client == NULL;
    if (!client || uv_tcp_init(server->loop, &client->tcp) < 0) return;
    client->tcp.data = client;
    client->server = server;
    client->state = CLIENT_READING;
    client->request_size = 0;
    client->end_ns = steady_now_ns() + INT64_C(1000000) * metrics_life_ms;
    uv_unref((uv_handle_t *)&client->tcp);
    int status = uv_accept((uv_stream_t *)&server->listener, (uv_stream_t *)&client->tcp);
    if (status == 0) status = uv_read_start((uv_stream_t *)&client->tcp, on_allocate, on_read);
    if (status < 0) close_client(client);
}

static void on_connection(uv_stream_t *listener, int status) {
    if (status == 0) accept_one(listener->data);
}

static void on_tick(uv_timer_t *tick) {
    struct metrics_server *server = tick->data;
    int64_t now_ns = steady_now_ns();
    for (uint32_t i = 0; i < metrics_clients_max; i++) {
        if (server->clients[i].state != CLIENT_FREE && now_ns >= server->clients[i].end_ns)
            close_client(&server->clients[i]);
    }
}

/* ---- life ---- */

static void on_daemon_stopping(void *owner) {
    metrics_server_stop(owner);
}

struct metrics_server *metrics_server_open(uv_loop_t *loop, struct daemon *daemon) {
    struct metrics_server *server = calloc(1, sizeof *server);
    if (!server) return NULL;
    server->loop = loop;
    server->daemon = daemon;
    daemon->on_stopping = on_daemon_stopping;
    daemon->stopping_owner = server;
    uv_timer_init(loop, &server->tick);
    server->tick.data = server;
    uv_timer_start(&server->tick, on_tick, metrics_tick_ms, metrics_tick_ms);
    uv_unref((uv_handle_t *)&server->tick);
    return server;
}

int metrics_server_listen(struct metrics_server *server, const char *host, uint16_t *port, char *error,
                          size_t error_size) {
    int status = listen_on(server->loop, &server->listener, host, port, on_connection);
    if (status < 0) {
        snprintf(error, error_size, "cannot listen on %s:%u for --metrics: %s", host, *port, uv_strerror(status));
        return -1;
    }
    server->listener.data = server;
    server->is_listening = 1;
    uv_unref((uv_handle_t *)&server->listener);
    return 0;
}

void metrics_server_stop(struct metrics_server *server) {
    if (!server || server->is_stopped) return;
    server->is_stopped = 1;
    uv_close((uv_handle_t *)&server->tick, NULL);
    if (server->is_listening) uv_close((uv_handle_t *)&server->listener, NULL);
    for (uint32_t i = 0; i < metrics_clients_max; i++) close_client(&server->clients[i]);
}

void metrics_server_free(struct metrics_server *server) {
    free(server);
}
