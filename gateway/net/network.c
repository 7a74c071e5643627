/* network.c - the listener and the turns of the loop; see network.h. */
#include "gateway/net/network.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "gateway/clock.h"
#include "gateway/committer.h"
#include "gateway/net/connection.h"
#include "gateway/net/pacing.h"
#include "gateway/stages.h"
#include "instruments/calendar.h"
#include "instruments/check.h"

enum { backlog = 1024, connections_count_default_max = 50000 };

const struct network_patience network_patience_default = {
    .line_timeout_ns = 5 * NS_PER_SECOND,
    .stall_timeout_ns = 10 * NS_PER_SECOND,
    .finish_timeout_ns = 3 * NS_PER_SECOND,
};

/* ---- turns ---- */

static void on_awake(uv_idle_t *handle) {
    (void)handle;
}

/* While something can be done without waiting for the network, the loop must not wait. */
static void set_awake(struct network *network) {
    if (network->ready_first || network->dirty) uv_idle_start(&network->awake, on_awake);
    else uv_idle_stop(&network->awake);
}

uint64_t network_batch(const struct network *network) {
    return network->committer ? committer_batch(network->committer) : 0;
}

uint64_t network_durable(const struct network *network) {
    return network->committer ? committer_durable(network->committer) : UINT64_MAX;
}

void network_release(struct network *network) {
    if (network->committer) {
        const struct committer *committer = network->committer;
        if (network->stages) stages_on_durable(network->stages, committer->durable_batch, committer->durable_ns);
        committer_turn_end(network->committer);
        connection_release_held(network);
    }
    while (network->dirty) connection_flush_next(network);
}

/* Those who were ready when the turn ended get one more go; who becomes ready meanwhile waits for the next. */
static void continue_ready(struct network *network) {
    struct connection *last = network->ready_last;
    while (network->ready_first) {
        struct connection *connection = network->ready_first;
        connection_continue_next(network);
        if (connection == last) break;
    }
}

static void on_check(uv_check_t *handle) {
    struct network *network = handle->data;
    network_look_at_clock(network);
    continue_ready(network);
    network_release(network);
}

/* Those who asked in the last turn will probably ask in the next. */
static void set_share(struct network *network) {
    uint32_t share = requests_per_turn / (network->askers_count > 0 ? network->askers_count : 1);
    if (share < requests_share_min) share = requests_share_min;
    network->requests_share = share < network->requests_share_max ? share : network->requests_share_max;
    network->askers_count = 0;
}

/* What timers caused must not wait for the next arrival. */
static void on_prepare(uv_prepare_t *handle) {
    struct network *network = handle->data;
    network_release(network);
    set_awake(network);
    set_share(network);
    network->turn++;
    if (network->is_timing_turns && network->turn_begin_ns > 0)
        histogram_record(&network->counters.turn_ns, (uint64_t)(steady_now_ns() - network->turn_begin_ns));
    network->turn_begin_ns = 0;
}

/* A part of them: what ten thousand connections are due at one time, heartbeats above all, must not be one long
 * turn. */
static void on_tick(uv_timer_t *handle) {
    struct network *network = handle->data;
    uint32_t left = network->connections_count / tick_parts + 1;
    network->turn_ns = steady_now_ns();
    if (!network->next_ticked) network->next_ticked = network->connections;
    while (network->next_ticked && left-- > 0) {
        struct connection *connection = network->next_ticked;
        network->next_ticked = connection->next;
        connection_on_tick(connection, network->turn_ns);
    }
}

/* ---- life ---- */

static uint32_t connections_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) return connections_count_default_max;
    if (limit.rlim_cur <= 2 * descriptors_reserved) return descriptors_reserved;
    rlim_t rest = limit.rlim_cur - descriptors_reserved;
    return rest < connections_count_default_max ? (uint32_t)rest : connections_count_default_max;
}

void network_open(struct network *network, uv_loop_t *loop, struct hub *hub, struct publisher *publisher) {
    memset(network, 0, offsetof(struct network, read_buffer));
    network->loop = loop;
    network->hub = hub;
    network->publisher = publisher;
    network->patience = network_patience_default;
    network->requests_share = network->requests_share_max = requests_share_max;
    network->connections_count_max = connections_limit();
    network->turn_ns = steady_now_ns();
    /* None of these can fail, and none of them keeps the loop alive: connections and the listener do. */
    uv_timer_init(loop, &network->tick);
    uv_prepare_init(loop, &network->prepare);
    uv_check_init(loop, &network->check);
    uv_idle_init(loop, &network->awake);
    network->tick.data = network->prepare.data = network->check.data = network->awake.data = network;
    uv_timer_start(&network->tick, on_tick, tick_ms, tick_ms);
    uv_prepare_start(&network->prepare, on_prepare);
    uv_check_start(&network->check, on_check);
    uv_unref((uv_handle_t *)&network->tick);
    uv_unref((uv_handle_t *)&network->prepare);
    uv_unref((uv_handle_t *)&network->check);
    uv_unref((uv_handle_t *)&network->awake);
}

static void on_connection(uv_stream_t *listener, int status) {
    struct network *network = listener->data;
    if (status < 0) {
        fprintf(stderr, "birzhad: a connection could not be accepted: %s\n", uv_strerror(status));
        return;
    }
    connection_accept(network);
}

static int resolve(uv_loop_t *loop, const char *host, uint16_t port, struct sockaddr_storage *address) {
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
    uv_getaddrinfo_t request;
    int status = uv_getaddrinfo(loop, &request, NULL, host, service, &hints);
    if (status < 0) return status;
    CHECK(request.addrinfo->ai_addrlen <= sizeof *address);
    memcpy(address, request.addrinfo->ai_addr, request.addrinfo->ai_addrlen);
    uv_freeaddrinfo(request.addrinfo);
    return 0;
}

static int bound_port(const uv_tcp_t *listener, uint16_t *port) {
    struct sockaddr_storage address;
    int size = sizeof address;
    int status = uv_tcp_getsockname(listener, (struct sockaddr *)&address, &size);
    if (status < 0) return status;
    if (address.ss_family == AF_INET6) *port = ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    else *port = ntohs(((struct sockaddr_in *)&address)->sin_port);
    return 0;
}

int listen_on(uv_loop_t *loop, uv_tcp_t *listener, const char *host, uint16_t *port, uv_connection_cb on_accept) {
    struct sockaddr_storage address;
    int status = resolve(loop, host, *port, &address);
    if (status < 0) return status;
    status = uv_tcp_init(loop, listener);
    if (status < 0) return status;
    status = uv_tcp_bind(listener, (struct sockaddr *)&address, 0);
    uv_os_fd_t fd;
    if (status == 0 && uv_fileno((const uv_handle_t *)listener, &fd) == 0) pacing_avoid(fd);
    if (status == 0) status = uv_listen((uv_stream_t *)listener, backlog, on_accept);
    if (status == 0) status = bound_port(listener, port);
    if (status < 0) uv_close((uv_handle_t *)listener, NULL);
    return status;
}

int network_listen(struct network *network, const char *host, uint16_t *port) {
    int status = listen_on(network->loop, &network->listener, host, port, on_connection);
    network->listener.data = network;
    network->is_listening = status == 0;
    return status;
}

void network_shutdown(struct network *network) {
    if (network->is_listening) uv_close((uv_handle_t *)&network->listener, NULL);
    network->is_listening = 0;
    for (struct connection *connection = network->connections; connection; connection = connection->next) {
        connection_finish(connection);
    }
}

void network_close(struct network *network) {
    CHECK(network->connections_count == 0);
    uv_close((uv_handle_t *)&network->tick, NULL);
    uv_close((uv_handle_t *)&network->prepare, NULL);
    uv_close((uv_handle_t *)&network->check, NULL);
    uv_close((uv_handle_t *)&network->awake, NULL);
    uv_run(network->loop, UV_RUN_DEFAULT);
    chunk_pool_close(&network->pool);
}
