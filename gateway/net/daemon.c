/* daemon.c - wiring; see daemon.h. */
#include "gateway/net/daemon.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/genesis.h"
#include "gateway/net/connection.h"
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
        .is_full = host_is_full,
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

static void close_journal(struct daemon *daemon) {
    if (daemon->committer) committer_close(daemon->committer);
    daemon->committer = NULL;
}

static void close_parts(struct daemon *daemon) {
    close_journal(daemon);
    credentials_close(&daemon->credentials);
    publisher_close(&daemon->publisher);
    hub_close(&daemon->hub);
    sequencer_close(&daemon->sequencer);
}

static int open_exchange(struct daemon *daemon, const struct config *config, const struct limits *limits, char *error,
                         size_t error_size) {
    int status = sequencer_open(&daemon->sequencer, limits);
    if (status == 0) status = open_parts(daemon, config->clock);
    if (status < 0) {
        snprintf(error, error_size, "no memory for the exchange: %s", strerror(-status));
        return DAEMON_FAILED;
    }
    sequencer_connect(&daemon->sequencer, &daemon->hub, &daemon->publisher, &daemon->credentials);
    return record(daemon, config->record, error, error_size) < 0 ? DAEMON_FAILED : DAEMON_OK;
}

/* A world that does not exist yet, from its file. All of it is one batch of the journal: it is there, or it is not. */
static int create_world(struct daemon *daemon, const struct config *config, char *error, size_t error_size) {
    struct scenario scenario;
    if (genesis_read(config->scenario, &scenario, error, error_size) < 0) return DAEMON_FAILED;
    int status = open_exchange(daemon, config, &scenario.limits, error, error_size);
    if (status == DAEMON_OK && daemon->committer) {
        if (committer_begin(daemon->committer, &scenario.limits, error, error_size) < 0) status = DAEMON_FAILED;
        else sequencer_commit_to(&daemon->sequencer, daemon->committer);
    }
    if (status == DAEMON_OK && genesis_apply(&daemon->sequencer, &scenario, config->clock, error, error_size) < 0)
        status = DAEMON_FAILED;
    scenario_free(&scenario);
    return status;
}

static void say_recovered(const struct config *config, const struct recovery *recovery) {
    fprintf(stderr, "birzhad: %s: %" PRIu64 " commands in %" PRIu64 " batches came back", config->data,
            recovery->commands_count, recovery->scan.next_batch - 1);
    if (recovery->is_torn) fprintf(stderr, "; %" PRIu64 " bytes that were never finished are cut off",
                                   recovery->scan.torn_bytes);
    fprintf(stderr, "\n");
    if (config->scenario) fprintf(stderr, "birzhad: --scenario is not read: the world exists\n");
}

/* The world that the journal tells of. */
static int recover_world(struct daemon *daemon, const struct config *config, struct recovery *recovery, char *error,
                         size_t error_size) {
    struct sequencer *sequencer = &daemon->sequencer;
    int status = open_exchange(daemon, config, &recovery->scan.limits, error, error_size);
    if (status != DAEMON_OK) return status;
    if (recovery_replay(recovery, sequencer, error, error_size) < 0) return DAEMON_CORRUPT;
    if (committer_resume(daemon->committer, &recovery->scan, recovery->events_hash, error, error_size) < 0)
        return DAEMON_FAILED;
    sequencer_commit_to(sequencer, daemon->committer);
    say_recovered(config, recovery);
    return DAEMON_OK;
}

static int open_world(struct daemon *daemon, const struct config *config, char *error, size_t error_size) {
    if (config->ephemeral) return create_world(daemon, config, error, error_size);
    struct recovery recovery;
    daemon->committer = &daemon->committer_memory;
    if (committer_open(daemon->committer, config->data, config->sync, error, error_size) < 0) return DAEMON_FAILED;
    const struct segment_files *files = &daemon->committer->storage.files;
    if (recovery_begin(&recovery, files->segments, files->count, error, error_size) < 0)
        return DAEMON_CORRUPT;
    if (recovery.is_empty) return create_world(daemon, config, error, error_size);
    return recover_world(daemon, config, &recovery, error, error_size);
}

static void on_durable(void *owner) {
    struct daemon *daemon = owner;
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
    return DAEMON_OK;
}

int daemon_open(struct daemon *daemon, uv_loop_t *loop, const struct config *config, char *error, size_t error_size) {
    memset(daemon, 0, offsetof(struct daemon, network));
    daemon->loop = loop;
    int status = open_world(daemon, config, error, error_size);
    if (status == DAEMON_OK) status = start(daemon, config, error, error_size);
    if (status != DAEMON_OK) {
        close_parts(daemon);
        return status;
    }
    network_open(&daemon->network, loop, &daemon->hub, &daemon->publisher);
    daemon->network.committer = daemon->committer;
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
    network_shutdown(&daemon->network);
}

void daemon_close(struct daemon *daemon) {
    uv_close((uv_handle_t *)&daemon->due, NULL);
    uv_close((uv_handle_t *)&daemon->turn_end, NULL);
    uv_close((uv_handle_t *)&daemon->sync, NULL);
    close_journal(daemon);
    network_close(&daemon->network);
    close_parts(daemon);
}
