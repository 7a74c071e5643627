/* server.c - wiring; see server.h. */
#include "gateway/net/server.h"

#include <stdio.h>
#include <string.h>

#include "gateway/genesis.h"
#include "gateway/net/connection.h"
#include "gateway/net/verifier.h"

/* ---- the hub's host ---- */

static void plan_due(struct server *server);

static struct applied host_apply(void *owner, struct command *command) {
    struct server *server = owner;
    struct applied applied = sequencer_apply(&server->sequencer, command);
    plan_due(server);
    return applied;
}

static void host_move_clock(void *owner, int64_t now_ns) {
    struct server *server = owner;
    sequencer_move_clock(&server->sequencer, now_ns);
}

static int64_t host_now_ns(void *owner) {
    const struct server *server = owner;
    return sequencer_now_ns(&server->sequencer);
}

static void host_verify(void *owner, struct dialog *dialog, uint32_t user, const struct request_text *password) {
    struct server *server = owner;
    verifier_check(server->loop, connection_of_dialog(dialog), credentials_hash(&server->credentials, user), password);
}

static void host_hash(void *owner, struct dialog *dialog, const struct request_text *password) {
    struct server *server = owner;
    verifier_hash(server->loop, connection_of_dialog(dialog), password);
}

static int host_subscribe(void *owner, struct dialog *dialog, const struct request_subscribe *subscribe) {
    struct server *server = owner;
    return publisher_subscribe(&server->publisher, &connection_of_dialog(dialog)->reader, subscribe);
}

static void host_unsubscribe(void *owner, struct dialog *dialog, const struct request_subscribe *subscribe) {
    struct server *server = owner;
    publisher_unsubscribe(&server->publisher, &connection_of_dialog(dialog)->reader, subscribe);
}

static void host_shutdown(void *owner) {
    server_stop(owner);
}

static struct hub_host host_of(struct server *server, enum clock_mode clock) {
    return (struct hub_host){
        .owner = server,
        .version = BIRZHA_VERSION,
        .clock_mode = clock_mode_name(clock),
        .apply = host_apply,
        .move_clock = clock == CLOCK_MODE_MANUAL ? host_move_clock : NULL,
        .now_ns = host_now_ns,
        .verify = host_verify,
        .hash = host_hash,
        .subscribe = host_subscribe,
        .unsubscribe = host_unsubscribe,
        .shutdown = host_shutdown,
    };
}

/* ---- what is due under the wall clock ---- */

static void on_due(uv_timer_t *timer) {
    struct server *server = timer->data;
    if (sequencer_on_time(&server->sequencer)) hub_deliver(&server->hub);
    plan_due(server);
}

/* Rounded up, so that the timer never comes too early; at most an hour, since a plan can change. */
static void plan_due(struct server *server) {
    const int64_t hour_ms = 3600 * 1000, ms_ns = 1000 * 1000;
    int64_t due_ns = sequencer_due_in_ns(&server->sequencer);
    if (due_ns == INT64_MAX) return;
    int64_t due_ms = due_ns / ms_ns + 1;
    uv_timer_start(&server->due, on_due, (uint64_t)(due_ms < hour_ms ? due_ms : hour_ms), 0);
}

static void due_open(struct server *server) {
    uv_timer_init(server->loop, &server->due);
    server->due.data = server;
    uv_unref((uv_handle_t *)&server->due);
    plan_due(server);
}

/* ---- life ---- */

/* Everything that needs memory, in the order of dependence; server_close undoes what was done. */
static int open_parts(struct server *server, enum clock_mode clock) {
    struct sequencer *sequencer = &server->sequencer;
    const struct hub_host host = host_of(server, clock);
    const struct hub_views hub_views = {
        .exchange = sequencer->exchange, .orders = sequencer->orders, .deals = sequencer->deals,
    };
    const struct publisher_views publisher_views = {
        .exchange = sequencer->exchange, .depth = sequencer->depth, .market = sequencer->market,
    };
    int status = hub_init(&server->hub, &host, &hub_views);
    if (status == 0) status = publisher_init(&server->publisher, &publisher_views);
    if (status == 0) status = credentials_init(&server->credentials, exchange_limits(sequencer->exchange)->users_max);
    return status;
}

static void close_parts(struct server *server) {
    credentials_close(&server->credentials);
    publisher_close(&server->publisher);
    hub_close(&server->hub);
    sequencer_close(&server->sequencer);
}

/* The parts, then the world inside them. */
static int open_world(struct server *server, const struct config *config, struct scenario *scenario, char *error,
                      size_t error_size) {
    int status = sequencer_open(&server->sequencer, &scenario->limits);
    if (status == 0) status = open_parts(server, config->clock);
    if (status < 0) {
        snprintf(error, error_size, "no memory for the exchange: %s", strerror(-status));
        return -1;
    }
    sequencer_connect(&server->sequencer, &server->hub, &server->publisher, &server->credentials);
    return genesis_apply(&server->sequencer, scenario, error, error_size);
}

int server_open(struct server *server, uv_loop_t *loop, const struct config *config, char *error, size_t error_size) {
    struct scenario scenario;
    memset(server, 0, offsetof(struct server, network));
    server->loop = loop;
    if (genesis_read(config->scenario, &scenario, error, error_size) < 0) return -1;
    int status = open_world(server, config, &scenario, error, error_size);
    scenario_free(&scenario);
    if (status < 0) {
        close_parts(server);
        return -1;
    }
    sequencer_start(&server->sequencer, config->clock);
    network_open(&server->network, loop, &server->hub, &server->publisher);
    due_open(server);
    return 0;
}

int server_listen(struct server *server, const char *host, uint16_t *port, char *error, size_t error_size) {
    int status = network_listen(&server->network, host, port);
    if (status == 0) return 0;
    snprintf(error, error_size, "cannot listen on %s:%u: %s", host, *port, uv_strerror(status));
    return -1;
}

void server_stop(struct server *server) {
    if (server->is_stopping) return;
    server->is_stopping = 1;
    network_shutdown(&server->network);
}

void server_close(struct server *server) {
    uv_close((uv_handle_t *)&server->due, NULL);
    network_close(&server->network);
    close_parts(server);
}
