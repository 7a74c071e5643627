/* metrics.h - what the server counts, and the page that tells of it (Prometheus text format 0.0.4).
 *
 * Every module has a struct of plain counters and increments it where something happens: one thread, no locks, no
 * atomics. What the thread that writes the journal knows (how long a sync took) it hands over with its result. Counting
 * is always on; what would cost the loop a look at the clock is measured only when somebody wants to know.
 *
 * `struct metrics` is the whole at one moment: pointers to the counters, and figures that are looked up when they are
 * asked for. The writer is pure: same struct, same bytes. Counters begin at 0 when the server begins to serve: what is
 * replayed from the journal is not counted again.
 *
 * The structs are a leaf, so that modules of every layer may include this header; the writer is in the gateway's. */
#ifndef BIRZHA_METRICS_H
#define BIRZHA_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/histogram.h"
#include "gateway/wire/request.h"

struct stages;

enum {
    reject_groups_count = 13,           /* by hundred of the reason's number */
    event_kinds_max = 64,
    metrics_size_max = 256 * 1024,      /* of the page */
};

static inline uint32_t reject_group(uint32_t reason) {
    uint32_t group = reason / 100;
    return group < reject_groups_count ? group : 0;
}

struct hub_counters {
    uint64_t requests[REQUEST_COUNT];   /* lines that arrived, by type; REQUEST_UNKNOWN: malformed ones too */
    uint64_t refusals[reject_groups_count];     /* by the session layer: what never became a command */
    uint64_t logons, logon_failures;
    uint32_t logged_on;                 /* connections that are now */
};

struct sequencer_counters {
    uint64_t commands;
    uint64_t events[event_kinds_max];
    uint64_t refusals[reject_groups_count];     /* by the exchange */
};

struct committer_counters {
    uint64_t batches, bytes;
    struct histogram batch_commands;
    struct histogram sync_ns;
};

struct network_counters {
    uint64_t accepted, turned_away;
    uint64_t slow_consumers;
    uint64_t received_bytes, sent_bytes;
    struct histogram turn_ns;           /* filled while network.is_timing_turns */
};

struct publisher_counters {
    uint64_t messages[CHANNEL_COUNT];   /* encoded once each, whoever reads them */
    uint64_t conflations;               /* a reader that was behind has to catch up by a snapshot */
    uint64_t trades_missed;             /* not told to a reader that was behind */
};

struct snapshots_counters {
    uint64_t made, failed;
    struct histogram fork_ns;           /* while the server stands still */
    struct histogram duration_ns;       /* from the fork to the end of its process */
};

/* USE_MAP(XX): XX(NAME, text): kinds of records that the engine has a fixed number of. */
#define USE_MAP(XX) \
    XX(ORDERS, "orders") XX(CLIENT_IDS, "client_ids") XX(CONTRACTS, "contracts") XX(PARTICIPANTS, "participants") \
    XX(USERS, "users") XX(INSTRUMENTS, "instruments") XX(SESSIONS, "sessions") XX(CLIENTS, "clients")

#define XX(name, text) USE_##name,
enum use { USE_MAP(XX) USE_COUNT };
#undef XX

struct metrics_use { uint64_t used, max; };

/* Pointers may be NULL: there is no such part, and its figures are left out. */
struct metrics {
    const char *version;
    const struct hub_counters *hub;
    const struct sequencer_counters *sequencer;
    const struct committer_counters *committer;
    const struct network_counters *network;
    const struct publisher_counters *publisher;
    const struct snapshots_counters *snapshots;
    const struct stages *stages;
    uint64_t last_sequence;
    uint64_t connections, connections_max;
    uint64_t outbox_bytes, outbox_chunks_bytes;
    uint64_t filling_commands, writing_commands;    /* batches of the journal that are not on disk */
    uint64_t ready_connections, held_connections;
    uint64_t resident_bytes, arena_bytes;
    struct metrics_use uses[USE_COUNT];
};

/* Returns the length of the page, or 0: it does not fit. */
uint32_t metrics_write(const struct metrics *metrics, char *out, uint32_t capacity);

#endif
