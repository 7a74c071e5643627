/* snapshots.h - snapshots while the server serves: when one is due, a forked process writes it.
 *
 * At the end of a batch the process forks. The child sees the state as it is then, however long it takes, and shares
 * its memory until the parent changes it: so clients notice nothing but the fork and the pages that are copied. The
 * child has no other thread and closes what it does not need; it writes, syncs, and waits until the parent says that
 * the journal has the batch, so that no snapshot is ever ahead of the journal. Then it renames, thins out, and ends.
 * If the parent dies, so does the child.
 *
 * One at a time. When the server stops, one under way is given up, and the last is made in the process itself. */
#ifndef BIRZHA_SNAPSHOTS_H
#define BIRZHA_SNAPSHOTS_H

#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "gateway/config.h"
#include "gateway/metrics.h"

struct committer;
struct connection;
struct sequencer;

struct snapshots {
    const struct committer *committer;  /* NULL: no journal, no snapshots */
    const struct sequencer *sequencer;
    enum sync_mode sync;                /* that the server was started with */
    uint64_t every;                     /* commands from one to the next; 0 = only those that are asked for */
    uint64_t last_sequence;             /* of the latest that was made, or tried */
    uint32_t prunes;                    /* 0 or 1: segments that are not needed are removed */
    uint32_t is_wanted;                 /* somebody asked, and it has not begun */
    struct connection *asker;           /* waits for the answer; NULL = nobody does */
    uv_signal_t child_ends;
    pid_t child;                        /* 0 = none */
    int go;                             /* pipe to the child; -1 once it has been told */
    struct snapshots_counters counters;
    int64_t begun_ns;                   /* steady time of the last fork */
    uint64_t sequence, awaited_batch;   /* of the child's snapshot: its command, and the batch that must be on disk */
};

/* `last_sequence`: of the snapshot that the world came back from; 0 = none. */
void snapshots_open(struct snapshots *snapshots, uv_loop_t *loop, const struct config *config,
                    const struct committer *committer, const struct sequencer *sequencer, uint64_t last_sequence);

/* Wants one now; NULL, and `asker` is told by connection_on_snapshot, or why there can be none. */
const char *snapshots_ask(struct snapshots *snapshots, struct connection *asker);

/* Begins one if it is time, and the state is that of a batch's end; lets the child go on. Often. */
void snapshots_on_turn(struct snapshots *snapshots);

/* Gives up what is under way. */
void snapshots_stop(struct snapshots *snapshots);

/* The last one, here and now: the journal is finished. What goes wrong is said, and that is all. */
void snapshots_make_last(const struct snapshots *snapshots);

/* The handle closes on the loop's next turn. */
void snapshots_close(struct snapshots *snapshots);

#endif
