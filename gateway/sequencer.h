/* sequencer.h - the single writer: gives every command its place and time, and applies it.
 *
 *     command -> due CLOCK first -> sequence, time -> exchange_apply -> events -> views -> reports to the hub
 *                                                                             \-> publisher -> market data
 *
 * Sequences count from 1 without a gap; time never goes back. Under the wall clock a command's time is the moment it
 * is stamped; under the manual clock it is where the last CLOCK command left it. Every moment at which something is due
 * (a phase, the end of a day) gets a CLOCK command of its own, before whatever comes later: so the events of a request
 * are its own, and those of a moment bear its time, however far the clock has jumped.
 *
 * All happens before the call returns, on one thread, and nothing leaves the process meanwhile: reports are kept in
 * streams, messages in outboxes. The commands applied between two calls of network_release are a batch of the journal
 * (committer.h): no byte that shows an effect leaves before its cause is on disk. */
#ifndef BIRZHA_SEQUENCER_H
#define BIRZHA_SEQUENCER_H

#include <stdint.h>

#include "engine/exchange.h"
#include "gateway/clock.h"
#include "gateway/config.h"
#include "gateway/metrics.h"
#include "gateway/password.h"
#include "gateway/publisher.h"
#include "gateway/recorder.h"
#include "gateway/session/hub.h"

struct committer;
struct deals;
struct depth;
struct market_view;
struct orders_view;
struct stages;
struct story;

struct sequencer {
    void *memory;                       /* of all that follows but the events */
    size_t memory_size;
    struct exchange *exchange;
    enum clock_mode clock_mode;
    struct wall_clock wall;
    uint32_t is_started;                /* 0 while the world is being created */
    struct event_buffer events;
    struct orders_view *orders;
    struct depth *depth;
    struct market_view *market;
    struct deals *deals;
    struct story *story;
    struct hub *hub;                    /* NULL until sequencer_connect: reports go nowhere */
    struct publisher *publisher;
    struct credentials *credentials;
    struct recorder recorder;
    struct committer *committer;        /* NULL: no journal */
    struct stages *stages;              /* NULL: nobody wants to know how long it takes */
    struct sequencer_counters counters;
};

/* How much the views remember; no effect on what is decided. */
struct view_sizes {
    uint32_t ended_orders_max;          /* that can still be asked for */
    uint32_t tape_trades_max;           /* of an instrument */
    uint32_t deals_max;                 /* that can still be listed */
    uint32_t notes_max;                 /* from which orders can still be explained; a power of two */
};
extern const struct view_sizes view_sizes_default;

/* Takes all memory and begins with an empty exchange. 0 or a negative errno; on an error nothing stays allocated. */
__attribute__((warn_unused_result))
int sequencer_open(struct sequencer *sequencer, const struct limits *limits);
__attribute__((warn_unused_result))
int sequencer_open_sized(struct sequencer *sequencer, const struct limits *limits, const struct view_sizes *sizes);
void sequencer_close(struct sequencer *sequencer);

/* Who hears of what happens from now on; all live longer than the sequencer. */
void sequencer_connect(struct sequencer *sequencer, struct hub *hub, struct publisher *publisher,
                       struct credentials *credentials);

/* Records every command from now on, the first of the world included if it is called before genesis. A recording that
 * cannot be written ends the process with a line that says so. 0 or a negative errno. */
__attribute__((warn_unused_result))
int sequencer_record(struct sequencer *sequencer, const char *path);

/* What has been recorded goes to the file: once a batch. */
void sequencer_flush_recording(struct sequencer *sequencer);

/* Commands go to the journal from now on, the first of the world included if it is called before genesis. */
void sequencer_commit_to(struct sequencer *sequencer, struct committer *committer);

/* A command that a journal gave back: applied as it is. Its events are valid until the next call. */
struct applied sequencer_replay(struct sequencer *sequencer, const struct command *command);

/* The world has been created: from now on time is the wall clock's, or stands still. */
void sequencer_start(struct sequencer *sequencer, enum clock_mode mode);

/* Exchange time now. */
int64_t sequencer_now_ns(const struct sequencer *sequencer);

/* Stamps and applies; the events are valid until the next call. Before sequencer_start the command's own time_ns is
 * kept: the world is created at its own moment. */
struct applied sequencer_apply(struct sequencer *sequencer, struct command *command);

/* The manual clock moves to `now_ns`, which is not before the exchange's time. */
void sequencer_move_clock(struct sequencer *sequencer, int64_t now_ns);

/* Wall clock: lets happen what is due. Returns 1 if something was. */
int sequencer_on_time(struct sequencer *sequencer);

/* Wall clock: nanoseconds until something is due; INT64_MAX = never. */
int64_t sequencer_due_in_ns(const struct sequencer *sequencer);

#endif
