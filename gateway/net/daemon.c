/* daemon.c - wiring; see daemon.h. */
#include "gateway/net/daemon.h"

#include <stdio.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/net/connection.h"
#include "gateway/net/daemon_world.h"
#include "gateway/net/verifier.h"
#include "gateway/recovery.h"

/* ---- the hub's host ---- */

static void plan_due(struct daemon *daemon);

static struct applied host_apply(void *owner, struct command *command) {
    struct daemon *daemon = owner;
    struct applied applied = sequencer_apply(&daemon->sequencer, command);
    plan_due(daemon);
    return applied;
}

static void host_on_decoded(void *owner, enum request_type type) {
    struct daemon *daemon = owner;
    stages_mark(daemon->stages, POINT_DECODED, steady_now_ns());
    daemon->stages->is_order = type == REQUEST_NEW_ORDER || type == REQUEST_AMEND_ORDER ||
                               type == REQUEST_CANCEL_ORDER || type == REQUEST_MASS_CANCEL;
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

static int host_is_full(void *owner) {
    const struct daemon *daemon = owner;
    return daemon->committer && committer_is_full(daemon->committer);
}

static void host_shutdown(void *owner) {
    daemon_stop(owner);
}

static const char *host_snapshot(void *owner, struct dialog *dialog) {
    struct daemon *daemon = owner;
    return snapshots_ask(&daemon->snapshots, connection_of_dialog(dialog));
}

static struct hub_host host_of(struct daemon *daemon, const struct config *config) {
    enum clock_mode clock = config->clock;
    return (struct hub_host){
        .owner = daemon,
        .version = BIRZHA_VERSION,
        .clock_mode = clock_mode_name(clock),
        .apply = host_apply,
        .on_decoded = config->stage_timings ? host_on_decoded : NULL,
        .move_clock = clock == CLOCK_MODE_MANUAL ? host_move_clock : NULL,
        .now_ns = host_now_ns,
        .verify = host_verify,
        .hash = host_hash,
        .subscribe = host_subscribe,
        .unsubscribe = host_unsubscribe,
        .announce = host_announce,
        .is_full = host_is_full,
        .shutdown = host_shutdown,
        .snapshot = host_snapshot,
    };
}

/* ---- what is due under the wall clock ---- */

static void on_due(uv_timer_t *timer) {
    struct daemon *daemon = timer->data;
    if (sequencer_on_time(&daemon->sequencer)) hub_deliver(&daemon->hub);
    daemon->planned_due_ns = 0;
    plan_due(daemon);
}

/* After every command: few of them change when something is due. Rounded up, so that the timer never comes too early;
 * at most an hour, since a plan can change. */
static void plan_due(struct daemon *daemon) {
    const int64_t hour_ms = 3600 * 1000, ms_ns = 1000 * 1000;
    int64_t planned_ns = exchange_next_due_ns(daemon->sequencer.exchange);
    if (planned_ns == daemon->planned_due_ns) return;
    daemon->planned_due_ns = planned_ns;
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

/* ---- the recording, and snapshots ---- */

static void on_turn_end(uv_prepare_t *turn_end) {
    struct daemon *daemon = turn_end->data;
    sequencer_flush_recording(&daemon->sequencer);
    if (!daemon->is_stopping) snapshots_on_turn(&daemon->snapshots);
}

static void turn_end_open(struct daemon *daemon) {
    uv_prepare_init(daemon->loop, &daemon->turn_end);
    daemon->turn_end.data = daemon;
    uv_unref((uv_handle_t *)&daemon->turn_end);
    uv_prepare_start(&daemon->turn_end, on_turn_end);
}

/* ---- --sync interval ---- */

enum { sync_tick_ms = 5 };

static void on_sync(uv_timer_t *timer) {
    const struct daemon *daemon = timer->data;
    committer_on_tick(daemon->committer);
}

static void sync_open(struct daemon *daemon, enum sync_mode mode) {
    uv_timer_init(daemon->loop, &daemon->sync);
    daemon->sync.data = daemon;
    uv_unref((uv_handle_t *)&daemon->sync);
    if (!daemon->committer || mode != SYNC_MODE_INTERVAL) return;
    uv_timer_start(&daemon->sync, on_sync, sync_tick_ms, sync_tick_ms);
}

/* ---- life ---- */

/* While the disk is never idle, this is when a batch has ended and no command has come since. */
static void on_durable(void *owner) {
    struct daemon *daemon = owner;
    if (daemon->network.is_timing_turns) network_look_at_clock(&daemon->network);
    if (!daemon->is_stopping) snapshots_on_turn(&daemon->snapshots);
    network_release(&daemon->network);
}

/* Time moves from now on, and the disk follows. */
static int start(struct daemon *daemon, const struct config *config, char *error, size_t error_size) {
    sequencer_start(&daemon->sequencer, config->clock);
    if (!daemon->committer) return DAEMON_OK;
    int status = committer_start(daemon->committer, daemon->loop, on_durable, daemon);
    if (status < 0) {
        snprintf(error, error_size, "the journal's writer cannot be started: %s", strerror(-status));
        return DAEMON_FAILED;
    }
    recovery_end_connections(&daemon->sequencer);
    committer_drain(daemon->committer);
    daemon->committer->counters = (struct committer_counters){0};
    return DAEMON_OK;
}

/* What has been counted so far was the making of the world. */
static int measure(struct daemon *daemon, const struct config *config, char *error, size_t error_size) {
    daemon->sequencer.counters = (struct sequencer_counters){0};
    if (!config->stage_timings) return DAEMON_OK;
    daemon->stages = daemon->sequencer.stages = stages_open();
    if (daemon->stages) {
        if (daemon->committer) daemon->stages->durable_batch = daemon->committer->durable_batch;
        return DAEMON_OK;
    }
    snprintf(error, error_size, "no memory for --stage-timings");
    return DAEMON_FAILED;
}

int daemon_open(struct daemon *daemon, uv_loop_t *loop, const struct config *config, char *error, size_t error_size) {
    memset(daemon, 0, offsetof(struct daemon, network));
    daemon->loop = loop;
    const struct hub_host host = host_of(daemon, config);
    uint64_t snapshot_sequence;
    int status = daemon_world_open(daemon, config, &host, &snapshot_sequence, error, error_size);
    if (status == DAEMON_OK) status = start(daemon, config, error, error_size);
    if (status == DAEMON_OK) status = measure(daemon, config, error, error_size);
    if (status != DAEMON_OK) {
        daemon_world_close(daemon);
        return status;
    }
    snapshots_open(&daemon->snapshots, loop, config, daemon->committer, &daemon->sequencer, snapshot_sequence);
    network_open(&daemon->network, loop, &daemon->hub, &daemon->publisher);
    daemon->network.committer = daemon->committer;
    daemon->network.stages = daemon->stages;
    daemon->network.is_timing_turns = config->metrics_host[0] != '\0';
    due_open(daemon);
    turn_end_open(daemon);
    sync_open(daemon, config->sync);
    return DAEMON_OK;
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
    if (daemon->on_stopping) daemon->on_stopping(daemon->stopping_owner);
    snapshots_stop(&daemon->snapshots);
    network_shutdown(&daemon->network);
}

void daemon_close(struct daemon *daemon) {
    uv_close((uv_handle_t *)&daemon->due, NULL);
    uv_close((uv_handle_t *)&daemon->turn_end, NULL);
    uv_close((uv_handle_t *)&daemon->sync, NULL);
    snapshots_stop(&daemon->snapshots);
    if (daemon->committer) committer_finish(daemon->committer);
    snapshots_make_last(&daemon->snapshots);
    snapshots_close(&daemon->snapshots);
    daemon_world_close_journal(daemon);
    network_close(&daemon->network);
    daemon_world_close(daemon);
    stages_close(daemon->stages);
    daemon->stages = NULL;
}
