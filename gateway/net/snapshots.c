/* snapshots.c - the fork, and both its ends; see snapshots.h. */
#include "gateway/net/snapshots.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/clock.h"
#include "gateway/committer.h"
#include "gateway/net/connection.h"
#include "gateway/sequencer.h"
#include "gateway/snapshot_files.h"
#include "instruments/check.h"

enum { child_nice = 10 };

static int folder_of(const struct snapshots *snapshots) { return snapshots->committer->storage.folder_descriptor; }

/* The place in the journal at a batch's end. */
static struct snapshot_mark mark_now(const struct snapshots *snapshots) {
    const struct journal_writer *writer = &snapshots->committer->writer;
    const struct exchange *exchange = snapshots->sequencer->exchange;
    return (struct snapshot_mark){
        .file_id = writer->file_id, .sequence = exchange_sequence(exchange), .next_batch = writer->next_batch,
        .previous_hash = writer->previous_hash, .events_hash = snapshots->committer->events_hash,
        .time_ns = exchange_time_ns(exchange), .limits = writer->limits,
    };
}

/* It is on disk under its temporary name, and so is the journal. */
static int publish(const struct snapshots *snapshots, uint64_t sequence) {
    int folder = folder_of(snapshots), status = snapshot_file_publish(folder, sequence);
    if (status == 0) status = snapshot_files_thin(folder);
    if (status == 0 && snapshots->prunes) status = snapshot_files_prune(folder);
    return status;
}

/* ---- the child ---- */

/* Sockets, the lock and everything else of the parent's; what is needed are two descriptors above the standard ones. */
static void close_others(int one, int other) {
    unsigned low = (unsigned)(one < other ? one : other), high = (unsigned)(one < other ? other : one);
    if (low > 3) close_range(3, low - 1, 0);
    if (high > low + 1) close_range(low + 1, high - 1, 0);
    close_range(high + 1, ~0u, 0);
}

/* The parent's handlers would write into the parent's pipe. The parent says when to end, or is gone. */
static void stand_alone(pid_t parent, const sigset_t *signals) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, signals, NULL);
    if (getppid() != parent) _exit(EXIT_FAILURE);
    if (nice(child_nice) < 0) errno = 0;    /* it may be slower than it should; no harm */
}

/* Whether the parent has said that the batch is in the journal. */
static int wait_for_go(int go) {
    char byte;
    ssize_t size;
    do size = read(go, &byte, 1);
    while (size < 0 && errno == EINTR);
    return size == 1;
}

static int write_as_child(const struct snapshots *snapshots, const struct snapshot_mark *mark, int go) {
    char name[snapshot_file_name_size];
    int folder = folder_of(snapshots);
    int status = snapshot_file_write(folder, snapshots->sequencer, *mark);
    if (status < 0) return status;
    status = wait_for_go(go) ? 0 : -EPIPE;
    /* With interval and none the batch has been written, no more. */
    if (status == 0 && snapshots->sync != SYNC_MODE_GROUP && syncfs(folder) < 0) status = -errno;
    if (status == 0) return publish(snapshots, mark->sequence);
    snapshot_temporary_name(mark->sequence, getpid(), name);
    unlinkat(folder, name, 0);
    return status;
}

/* ---- the parent ---- */

static void answer(struct snapshots *snapshots, const char *failure) {
    struct connection *asker = snapshots->asker;
    snapshots->asker = NULL;
    if (asker) connection_on_snapshot(asker, snapshots->sequence, failure);
}

static void say_failed(struct snapshots *snapshots, const char *reason) {
    char text[160];
    snprintf(text, sizeof text, "the snapshot could not be made: %s", reason);
    fprintf(stderr, "birzhad: %s\n", text);
    snapshots->counters.failed++;
    answer(snapshots, text);
}

static void stop_waiting_for_go(struct snapshots *snapshots) {
    if (snapshots->go >= 0) close(snapshots->go);
    snapshots->go = -1;
}

/* The child is no more. What it may have left unfinished goes. */
static void forget_child(struct snapshots *snapshots) {
    char name[snapshot_file_name_size];
    snapshot_temporary_name(snapshots->sequence, snapshots->child, name);
    unlinkat(folder_of(snapshots), name, 0);
    stop_waiting_for_go(snapshots);
    snapshots->child = 0;
}

static void on_child_ends(uv_signal_t *handle, int number) {
    struct snapshots *snapshots = handle->data;
    int status;
    (void)number;
    if (snapshots->child == 0 || waitpid(snapshots->child, &status, WNOHANG) != snapshots->child) return;
    forget_child(snapshots);
    histogram_record(&snapshots->counters.duration_ns, (uint64_t)(steady_now_ns() - snapshots->begun_ns));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        snapshots->counters.made++;
        answer(snapshots, NULL);
    } else say_failed(snapshots, WIFEXITED(status) ? strerror(WEXITSTATUS(status)) : "its process was killed");
}

/* Signals are held back meanwhile: none may find the child with the parent's handlers. */
static void begin(struct snapshots *snapshots) {
    const struct snapshot_mark mark = mark_now(snapshots);
    int ends[2];
    sigset_t all, before;
    snapshots->is_wanted = 0;
    snapshots->sequence = snapshots->last_sequence = mark.sequence;
    if (pipe2(ends, O_CLOEXEC) < 0) {
        say_failed(snapshots, strerror(errno));
        return;
    }
    snapshots->begun_ns = steady_now_ns();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    uint64_t before_ns = uv_hrtime();
    pid_t parent = getpid(), child = fork();
    int error = errno;
    if (child == 0) {
        stand_alone(parent, &before);
        close_others(folder_of(snapshots), ends[0]);
        _exit(-write_as_child(snapshots, &mark, ends[0]));
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    histogram_record(&snapshots->counters.fork_ns, (uint64_t)(steady_now_ns() - snapshots->begun_ns));
    close(ends[0]);
    if (child < 0) {
        close(ends[1]);
        say_failed(snapshots, strerror(error));
        return;
    }
    fprintf(stderr, "birzhad: snapshot of command %" PRIu64 " begun; the server stood still for %" PRIu64 " us\n",
            mark.sequence, (uv_hrtime() - before_ns) / 1000);
    snapshots->child = child;
    snapshots->go = ends[1];
    snapshots->awaited_batch = mark.next_batch - 1;
}

static int is_due(const struct snapshots *snapshots) {
    if (snapshots->is_wanted) return 1;
    uint64_t sequence = exchange_sequence(snapshots->sequencer->exchange);
    return snapshots->every > 0 && sequence - snapshots->last_sequence >= snapshots->every;
}

void snapshots_on_turn(struct snapshots *snapshots) {
    if (!snapshots->committer) return;
    if (snapshots->child == 0 && is_due(snapshots) && committer_is_at_batch_end(snapshots->committer)) begin(snapshots);
    if (snapshots->go < 0 || snapshots->committer->durable_batch < snapshots->awaited_batch) return;
    /* One byte into an empty pipe; if the child is gone already, SIGCHLD tells why. */
    if (write(snapshots->go, "", 1) < 0) errno = 0;
    stop_waiting_for_go(snapshots);
}

const char *snapshots_ask(struct snapshots *snapshots, struct connection *asker) {
    if (!snapshots->committer) return "there is no journal: the server was started with --ephemeral";
    if (snapshots->child != 0 || snapshots->is_wanted) return "a snapshot is being made";
    connection_hold(asker);
    snapshots->asker = asker;
    snapshots->is_wanted = 1;
    return NULL;
}

void snapshots_stop(struct snapshots *snapshots) {
    if (snapshots->child != 0) {
        kill(snapshots->child, SIGKILL);
        while (waitpid(snapshots->child, NULL, 0) < 0 && errno == EINTR) continue;
        forget_child(snapshots);
    }
    snapshots->is_wanted = 0;
    answer(snapshots, "the server is stopping");
}

void snapshots_make_last(const struct snapshots *snapshots) {
    if (!snapshots->committer) return;
    const struct snapshot_mark mark = mark_now(snapshots);
    int status = snapshot_file_write(folder_of(snapshots), snapshots->sequencer, mark);
    if (status == 0 && snapshots->sync != SYNC_MODE_GROUP && syncfs(folder_of(snapshots)) < 0) status = -errno;
    if (status == 0) status = publish(snapshots, mark.sequence);
    if (status < 0) fprintf(stderr, "birzhad: no snapshot at the end: %s\n", strerror(-status));
}

void snapshots_open(struct snapshots *snapshots, uv_loop_t *loop, const struct config *config,
                    const struct committer *committer, const struct sequencer *sequencer, uint64_t last_sequence) {
    *snapshots = (struct snapshots){
        .committer = committer, .sequencer = sequencer, .sync = config->sync,
        .every = config->snapshot_every, .prunes = config->prune,
        .last_sequence = last_sequence, .go = -1,
    };
    uv_signal_init(loop, &snapshots->child_ends);
    snapshots->child_ends.data = snapshots;
    uv_signal_start(&snapshots->child_ends, on_child_ends, SIGCHLD);
    uv_unref((uv_handle_t *)&snapshots->child_ends);
}

void snapshots_close(struct snapshots *snapshots) {
    CHECK(snapshots->child == 0);
    uv_close((uv_handle_t *)&snapshots->child_ends, NULL);
}
