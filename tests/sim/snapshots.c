/* snapshots.c - gateway/net/snapshots.h without a fork: the child is a task of the simulation.
 *
 * What a forked process would see is the state at a batch's end, so its file is written then, at once; whether it goes
 * on to have its name, and when, is as in the real one: not before the journal has the batch. A child that fails takes
 * nobody with it. */
#include "gateway/net/snapshots.h"

#include <string.h>

#include "gateway/committer.h"
#include "gateway/net/connection.h"
#include "gateway/sequencer.h"
#include "gateway/snapshot_files.h"
#include "tests/sim/disk.h"
#include "tests/sim/storage.h"

struct sim_snapshots sim_snapshots;

static struct snapshot_mark mark_now(const struct snapshots *snapshots) {
    const struct journal_writer *writer = &snapshots->committer->writer;
    const struct exchange *exchange = snapshots->sequencer->exchange;
    return (struct snapshot_mark){
        .file_id = writer->file_id, .sequence = exchange_sequence(exchange), .next_batch = writer->next_batch,
        .previous_hash = writer->previous_hash, .events_hash = snapshots->committer->events_hash,
        .time_ns = exchange_time_ns(exchange), .limits = writer->limits,
    };
}

static int publish(const struct snapshots *snapshots, uint64_t sequence) {
    int status = snapshot_file_publish(disk_folder, sequence);
    if (status == 0) status = snapshot_files_thin(disk_folder);
    if (status == 0 && snapshots->prunes) status = snapshot_files_prune(disk_folder);
    return status;
}

static void end_child(struct snapshots *snapshots, const char *failure) {
    struct connection *asker = snapshots->asker;
    snapshots->child = 0;
    snapshots->asker = NULL;
    if (failure) sim_snapshots.failed++;
    else sim_snapshots.made++;
    if (asker) connection_on_snapshot(asker, snapshots->sequence, failure);
}

static void begin(struct snapshots *snapshots) {
    const struct snapshot_mark mark = mark_now(snapshots);
    snapshots->is_wanted = 0;
    snapshots->sequence = snapshots->last_sequence = mark.sequence;
    snapshots->awaited_batch = mark.next_batch - 1;
    snapshots->child = 1;
    if (snapshot_file_write(disk_folder, snapshots->sequencer, mark) < 0)
        end_child(snapshots, "the snapshot could not be made");
}

static int is_due(const struct snapshots *snapshots) {
    if (snapshots->is_wanted) return 1;
    uint64_t sequence = exchange_sequence(snapshots->sequencer->exchange);
    return snapshots->every > 0 && sequence - snapshots->last_sequence >= snapshots->every;
}

void snapshots_on_turn(struct snapshots *snapshots) {
    if (!snapshots->committer) return;
    if (snapshots->child == 0 && is_due(snapshots) && committer_is_at_batch_end(snapshots->committer)) begin(snapshots);
    if (snapshots->child == 0 || snapshots->committer->durable_batch < snapshots->awaited_batch) return;
    end_child(snapshots, publish(snapshots, snapshots->sequence) < 0 ? "the snapshot could not be named" : NULL);
}

const char *snapshots_ask(struct snapshots *snapshots, struct connection *asker) {
    if (snapshots->child != 0 || snapshots->is_wanted) return "a snapshot is being made";
    connection_hold(asker);
    snapshots->asker = asker;
    snapshots->is_wanted = 1;
    return NULL;
}

void snapshots_stop(struct snapshots *snapshots) {
    snapshots->is_wanted = 0;
    if (snapshots->child != 0 || snapshots->asker) end_child(snapshots, "the server is stopping");
}

void snapshots_make_last(const struct snapshots *snapshots) {
    if (!snapshots->committer) return;
    const struct snapshot_mark mark = mark_now(snapshots);
    int status = snapshot_file_write(disk_folder, snapshots->sequencer, mark);
    if (status == 0) status = publish(snapshots, mark.sequence);
    if (status == 0) sim_snapshots.made++;
    else sim_snapshots.failed++;
}

void snapshots_open(struct snapshots *snapshots, uv_loop_t *loop, const struct config *config,
                    const struct committer *committer, const struct sequencer *sequencer, uint64_t last_sequence) {
    (void)loop;
    *snapshots = (struct snapshots){
        .committer = committer, .sequencer = sequencer, .sync = config->sync, .every = config->snapshot_every,
        .prunes = config->prune, .last_sequence = last_sequence, .go = -1,
    };
    sim_snapshots.used += last_sequence > 0;
}

void snapshots_close(struct snapshots *snapshots) { (void)snapshots; }
