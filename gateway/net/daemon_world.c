/* daemon_world.c - see daemon_world.h. */
#include "gateway/net/daemon_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/genesis.h"
#include "gateway/recovery.h"
#include "gateway/snapshot_files.h"
#include "gateway/world_image.h"

/* What opening needs all the way. */
struct opening {
    struct daemon *daemon;
    const struct config *config;
    const struct hub_host *host;
    char *error;
    size_t error_size;
};

/* ---- parts ---- */

static int record(const struct opening *o) {
    if (!o->config->record) return 0;
    int status = sequencer_record(&o->daemon->sequencer, o->config->record);
    if (status == 0) return 0;
    snprintf(o->error, o->error_size, "%s cannot be recorded to: %s", o->config->record, strerror(-status));
    return -1;
}

/* Everything that needs memory, in the order of dependence; close_exchange undoes what was done. */
static int open_parts(const struct opening *o) {
    struct daemon *daemon = o->daemon;
    struct sequencer *sequencer = &daemon->sequencer;
    const struct hub_views hub_views = {
        .exchange = sequencer->exchange, .orders = sequencer->orders, .deals = sequencer->deals,
        .story = sequencer->story,
    };
    const struct publisher_views publisher_views = {
        .exchange = sequencer->exchange, .depth = sequencer->depth, .market = sequencer->market,
    };
    int status = hub_init(&daemon->hub, o->host, &hub_views);
    if (status == 0) status = publisher_init(&daemon->publisher, &publisher_views);
    if (status == 0) status = credentials_init(&daemon->credentials, exchange_limits(sequencer->exchange)->users_max);
    return status;
}

static int open_exchange(const struct opening *o, const struct limits *limits) {
    struct daemon *daemon = o->daemon;
    int status = sequencer_open(&daemon->sequencer, limits);
    if (status == 0) status = open_parts(o);
    if (status < 0) {
        snprintf(o->error, o->error_size, "no memory for the exchange: %s", strerror(-status));
        return DAEMON_FAILED;
    }
    sequencer_connect(&daemon->sequencer, &daemon->hub, &daemon->publisher, &daemon->credentials);
    return record(o) < 0 ? DAEMON_FAILED : DAEMON_OK;
}

static void close_exchange(struct daemon *daemon) {
    credentials_close(&daemon->credentials);
    publisher_close(&daemon->publisher);
    hub_close(&daemon->hub);
    sequencer_close(&daemon->sequencer);
}

void daemon_world_close_journal(struct daemon *daemon) {
    if (daemon->committer) committer_close(daemon->committer);
    daemon->committer = NULL;
}

void daemon_world_close(struct daemon *daemon) {
    daemon_world_close_journal(daemon);
    close_exchange(daemon);
}

/* ---- a world that does not exist yet ---- */

/* All of it is one batch of the journal: it is there, or it is not. */
static int create_world(const struct opening *o) {
    struct daemon *daemon = o->daemon;
    struct scenario scenario;
    if (genesis_read(o->config->scenario, &scenario, o->error, o->error_size) < 0) return DAEMON_FAILED;
    int status = open_exchange(o, &scenario.limits);
    if (status == DAEMON_OK && daemon->committer) {
        if (committer_begin(daemon->committer, &scenario.limits, o->error, o->error_size) < 0) status = DAEMON_FAILED;
        else sequencer_commit_to(&daemon->sequencer, daemon->committer);
    }
    if (status == DAEMON_OK &&
        genesis_apply(&daemon->sequencer, &scenario, o->config->clock, o->error, o->error_size) < 0)
        status = DAEMON_FAILED;
    scenario_free(&scenario);
    return status;
}

/* ---- a world that comes back ---- */

static void say_recovered(const struct config *config, const struct recovery *recovery, uint64_t snapshot_sequence) {
    fprintf(stderr, "birzhad: %s: ", config->data);
    if (snapshot_sequence > 0) fprintf(stderr, "the state after command %" PRIu64 ", and ", snapshot_sequence);
    fprintf(stderr, "%" PRIu64 " commands came back, up to batch %" PRIu64, recovery->commands_count,
            recovery->scan.next_batch - 1);
    if (recovery->is_torn) fprintf(stderr, "; %" PRIu64 " bytes that were never finished are cut off",
                                   recovery->scan.torn_bytes);
    fprintf(stderr, "\n");
    if (config->scenario) fprintf(stderr, "birzhad: --scenario is not read: the world exists\n");
}

/* The exchange is there, as far as the snapshot goes; the rest of the journal follows. */
static int go_on(const struct opening *o, struct recovery *recovery, uint64_t snapshot_sequence) {
    struct daemon *daemon = o->daemon;
    if (recovery_replay(recovery, &daemon->sequencer, o->error, o->error_size) < 0) return DAEMON_CORRUPT;
    if (committer_resume(daemon->committer, &recovery->scan, recovery->events_hash, o->error, o->error_size) < 0)
        return DAEMON_FAILED;
    sequencer_commit_to(&daemon->sequencer, daemon->committer);
    say_recovered(o->config, recovery, snapshot_sequence);
    return DAEMON_OK;
}

static void say_not_used(const struct config *config, uint64_t sequence, const char *why) {
    char name[snapshot_file_name_size];
    snapshot_file_name(sequence, name);
    fprintf(stderr, "birzhad: %s/%s is not used: %s\n", config->data, name, why);
}

enum { SNAPSHOT_SKIPPED = 1 };      /* beside enum daemon_status: another one may do */

/* From one snapshot, whose bytes are there. */
static int try_bytes(const struct opening *o, uint64_t sequence, const struct snapshot_file *file) {
    struct segment_files *files = &o->daemon->committer->storage.files;
    struct snapshot_header header;
    struct recovery recovery;
    uint32_t needed;
    enum snapshot_fault fault = snapshot_open(file->bytes, file->size, &header);
    if (fault != SNAPSHOT_WHOLE) {
        say_not_used(o->config, sequence, snapshot_fault_text(fault));
        return SNAPSHOT_SKIPPED;
    }
    enum recovery_fit fit = recovery_begin_behind(&recovery, files->segments, files->count, &header.mark, &needed,
                                                  o->error, o->error_size);
    if (fit == FIT_CORRUPT) return DAEMON_CORRUPT;
    if (fit == FIT_ELSEWHERE) {
        say_not_used(o->config, sequence, o->error);
        return SNAPSHOT_SKIPPED;
    }
    int status = open_exchange(o, &header.mark.limits);
    if (status != DAEMON_OK) return status;
    const char *section = world_image_load(&o->daemon->sequencer, file->bytes, &header);
    if (!section) {
        segment_files_drop(files, needed);
        recovery.scan.segments = files->segments;
        return go_on(o, &recovery, sequence);
    }
    say_not_used(o->config, sequence, "its contents do not fit this program");
    close_exchange(o->daemon);
    return SNAPSHOT_SKIPPED;
}

static int try_snapshot(const struct opening *o, uint64_t sequence) {
    struct snapshot_file file;
    int status = snapshot_file_map(o->daemon->committer->storage.folder_descriptor, sequence, &file);
    if (status < 0) {
        say_not_used(o->config, sequence, strerror(-status));
        return SNAPSHOT_SKIPPED;
    }
    status = try_bytes(o, sequence, &file);
    snapshot_file_unmap(&file);
    return status;
}

/* The whole story, from the first command. */
static int replay_all(const struct opening *o, uint32_t snapshots_count) {
    const struct segment_files *files = &o->daemon->committer->storage.files;
    struct recovery recovery;
    if (recovery_begin(&recovery, files->segments, files->count, o->error, o->error_size) < 0) return DAEMON_CORRUPT;
    if (recovery.is_empty && snapshots_count > 0) {
        snprintf(o->error, o->error_size, "there are snapshots in %.200s, but not the journal that they belong to",
                 o->config->data);
        return DAEMON_CORRUPT;
    }
    if (recovery.is_empty) return create_world(o);
    int status = open_exchange(o, &recovery.scan.limits);
    return status == DAEMON_OK ? go_on(o, &recovery, 0) : status;
}

/* A recording tells everything from the beginning, so then no snapshot will do. */
static int open_kept(const struct opening *o, uint64_t *snapshot_sequence) {
    struct snapshot_list list = {0};
    int folder = o->daemon->committer->storage.folder_descriptor;
    int status = snapshot_files_sweep(folder);
    if (status == 0) status = snapshot_files_list(folder, &list);
    if (status < 0) {
        snprintf(o->error, o->error_size, "%.300s: its snapshots cannot be read: %s", o->config->data,
                 strerror(-status));
        return DAEMON_FAILED;
    }
    for (uint32_t i = 0; i < list.count && !o->config->record; i++) {
        status = try_snapshot(o, list.sequences[i]);
        if (status == DAEMON_OK) *snapshot_sequence = list.sequences[i];
        if (status != SNAPSHOT_SKIPPED) return status;
    }
    return replay_all(o, list.count);
}

int daemon_world_open(struct daemon *daemon, const struct config *config, const struct hub_host *host,
                      uint64_t *snapshot_sequence, char *error, size_t error_size) {
    const struct opening o = {daemon, config, host, error, error_size};
    *snapshot_sequence = 0;
    if (config->ephemeral) return create_world(&o);
    daemon->committer = &daemon->committer_memory;
    if (committer_open(daemon->committer, config, error, error_size) < 0) return DAEMON_FAILED;
    return open_kept(&o, snapshot_sequence);
}
