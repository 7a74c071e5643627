/* daemon.c - wiring; see daemon.h. */
#include "gateway/net/daemon.h"

#include <stdio.h>
#include <string.h>

#include "gateway/genesis.h"
#include "gateway/net/connection.h"
#include "gateway/net/verifier.h"

/* ---- the hub's host ---- */

static void plan_due(struct daemon *daemon);

static struct applied host_apply(void *owner, struct command *command) {
    struct daemon *daemon = owner;
    struct applied applied = sequencer_apply(&daemon->sequencer, command);
    plan_due(daemon);
    return applied;
}

static void host_move_clock(void *owner, int64_t now_ns) {
    struct daemon *daemon = owner;
    sequencer_move_clock(&daemon->sequencer, now_ns);
}

static int64_t host_now_ns(void *owner) {
    const struct daemon *daemon = owner;
    return sequencer_now_ns(&daemon->sequencer);
}

static void host_verify(void *owner, struct dialog *dialog, uint32_t user, const struct request_text *password) {
    struct daemon *daemon = owner;
    verifier_check(daemon->loop, connection_of_dialog(dialog), credentials_hash(&daemon->credentials, user), password);
}

static void host_hash(void *owner, struct dialog *dialog, const struct request_text *password) {
    struct daemon *daemon = owner;
    verifier_hash(daemon->loop, connection_of_dialog(dialog), password);
}

static int host_subscribe(void *owner, struct dialog *dialog, const struct request_subscribe *subscribe) {
    struct daemon *daemon = owner;
    return publisher_subscribe(&daemon->publisher, &connection_of_dialog(dialog)->reader, subscribe);
}

static void host_unsubscribe(void *owner, struct dialog *dialog, const struct request_subscribe *subscribe) {
    struct daemon *daemon = owner;
    publisher_unsubscribe(&daemon->publisher, &connection_of_dialog(dialog)->reader, subscribe);
}

/* A connection that is behind misses it: news is no reason to drop a reader. */
static void host_announce(void *owner, const char *line, uint32_t size) {
    const struct daemon *daemon = owner;
    for (struct connection *each = daemon->network.connections; each; each = each->next) {
        int listens = each->dialog.state == DIALOG_LOGGED_ON || each->reader.subscriptions;
        if (listens && !each->port.is_behind(&each->port)) each->port.send(&each->port, line, size);
    }
}

static void host_shutdown(void *owner) {
    daemon_stop(owner);
}

static struct hub_host host_of(struct daemon *daemon, enum clock_mode clock) {
    return (struct hub_host){
        .owner = daemon,
        .version = BIRZHA_VERSION,
        .clock_mode = clock_mode_name(clock),
        .apply = host_apply,
        .move_clock = clock == CLOCK_MODE_MANUAL ? host_move_clock : NULL,
        .now_ns = host_now_ns,
        .verify = host_verify,
        .hash = host_hash,
        .subscribe = host_subscribe,
        .unsubscribe = host_unsubscribe,
        .announce = host_announce,
        .shutdown = host_shutdown,
    };
}

/* ---- what is due under the wall clock ---- */

static void on_due(uv_timer_t *timer) {
    struct daemon *daemon = timer->data;
    if (sequencer_on_time(&daemon->sequencer)) hub_deliver(&daemon->hub);
    plan_due(daemon);
}

/* Rounded up, so that the timer never comes too early; at most an hour, since a plan can change. */
static void plan_due(struct daemon *daemon) {
    const int64_t hour_ms = 3600 * 1000, ms_ns = 1000 * 1000;
    int64_t due_ns = sequencer_due_in_ns(&daemon->sequencer);
    if (due_ns == INT64_MAX) return;
    int64_t due_ms = due_ns / ms_ns + 1;
    uv_timer_start(&daemon->due, on_due, (uint64_t)(due_ms < hour_ms ? due_ms : hour_ms), 0);
}

static void due_open(struct daemon *daemon) {
    uv_timer_init(daemon->loop, &daemon->due);
    daemon->due.data = daemon;
    uv_unref((uv_handle_t *)&daemon->due);
    plan_due(daemon);
}

/* ---- the recording ---- */

static void on_turn_end(uv_prepare_t *turn_end) {
    struct daemon *daemon = turn_end->data;
    sequencer_flush_recording(&daemon->sequencer);
}

static void turn_end_open(struct daemon *daemon) {
    uv_prepare_init(daemon->loop, &daemon->turn_end);
    daemon->turn_end.data = daemon;
    uv_unref((uv_handle_t *)&daemon->turn_end);
    uv_prepare_start(&daemon->turn_end, on_turn_end);
}

static int record(struct daemon *daemon, const char *path, char *error, size_t error_size) {
    if (!path) return 0;
    int status = sequencer_record(&daemon->sequencer, path);
    if (status < 0) snprintf(error, error_size, "%s cannot be recorded to: %s", path, strerror(-status));
    return status < 0 ? -1 : 0;
}

/* ---- life ---- */

/* Everything that needs memory, in the order of dependence; daemon_close undoes what was done. */
static int open_parts(struct daemon *daemon, enum clock_mode clock) {
    struct sequencer *sequencer = &daemon->sequencer;
    const struct hub_host host = host_of(daemon, clock);
    const struct hub_views hub_views = {
        .exchange = sequencer->exchange, .orders = sequencer->orders, .deals = sequencer->deals,
        .story = sequencer->story,
    };
    const struct publisher_views publisher_views = {
        .exchange = sequencer->exchange, .depth = sequencer->depth, .market = sequencer->market,
    };
    int status = hub_init(&daemon->hub, &host, &hub_views);
    if (status == 0) status = publisher_init(&daemon->publisher, &publisher_views);
    if (status == 0) status = credentials_init(&daemon->credentials, exchange_limits(sequencer->exchange)->users_max);
    return status;
}

static void close_parts(struct daemon *daemon) {
    credentials_close(&daemon->credentials);
    publisher_close(&daemon->publisher);
    hub_close(&daemon->hub);
    sequencer_close(&daemon->sequencer);
}

/* The parts, then the world inside them. */
static int open_world(struct daemon *daemon, const struct config *config, struct scenario *scenario, char *error,
                      size_t error_size) {
    int status = sequencer_open(&daemon->sequencer, &scenario->limits);
    if (status == 0) status = open_parts(daemon, config->clock);
    if (status < 0) {
        snprintf(error, error_size, "no memory for the exchange: %s", strerror(-status));
        return -1;
    }
    sequencer_connect(&daemon->sequencer, &daemon->hub, &daemon->publisher, &daemon->credentials);
    if (record(daemon, config->record, error, error_size) < 0) return -1;
    return genesis_apply(&daemon->sequencer, scenario, config->clock, error, error_size);
}

int daemon_open(struct daemon *daemon, uv_loop_t *loop, const struct config *config, char *error, size_t error_size) {
    struct scenario scenario;
    memset(daemon, 0, offsetof(struct daemon, network));
    daemon->loop = loop;
    if (genesis_read(config->scenario, &scenario, error, error_size) < 0) return -1;
    int status = open_world(daemon, config, &scenario, error, error_size);
    scenario_free(&scenario);
    if (status < 0) {
        close_parts(daemon);
        return -1;
    }
    sequencer_start(&daemon->sequencer, config->clock);
    network_open(&daemon->network, loop, &daemon->hub, &daemon->publisher);
    due_open(daemon);
    turn_end_open(daemon);
    return 0;
}

int daemon_listen(struct daemon *daemon, const char *host, uint16_t *port, char *error, size_t error_size) {
    int status = network_listen(&daemon->network, host, port);
    if (status == 0) return 0;
    snprintf(error, error_size, "cannot listen on %s:%u: %s", host, *port, uv_strerror(status));
    return -1;
}

void daemon_stop(struct daemon *daemon) {
    if (daemon->is_stopping) return;
    daemon->is_stopping = 1;
    network_shutdown(&daemon->network);
}

void daemon_close(struct daemon *daemon) {
    uv_close((uv_handle_t *)&daemon->due, NULL);
    uv_close((uv_handle_t *)&daemon->turn_end, NULL);
    network_close(&daemon->network);
    close_parts(daemon);
}
