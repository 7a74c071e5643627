/* server.h - the life of the server in the simulation: it starts, is killed, loses its power, starts again.
 *
 * The server is gateway/net/daemon.c with everything behind it. It is dead when its disk is (disk.h): from then on
 * nothing of what it does reaches the disk or a client; its memory is given back by closing it in order.
 *
 * Checked here, against the fake disk and not against what the server believes:
 *   release       no byte leaves before all commands that it may tell of are on the platter (server.durable_sequence)
 *   recovery      what was durable when it died is there, nothing is there that was not applied, and the state is the
 *                 one it had after that command
 *   replay        the journal as it lies on the disk, applied to an exchange of its own, comes to the same state and
 *                 the same events; what the server has recovered is on the platter before it answers anybody
 *   bits          a bit that was flipped in what had been synced is found, or lies in the last batch or behind it */
#ifndef BIRZHA_TESTS_SIM_SERVER_H
#define BIRZHA_TESTS_SIM_SERVER_H

#include <stdint.h>

#include "gateway/net/daemon.h"
#include "tests/sim/disk.h"

enum { connections_noted_max = 65536 };
enum server_end { SERVER_CRASHED, SERVER_LOST_POWER, SERVER_STOPPED };

struct server_figures {
    uint64_t starts, crashes, power_cuts, stops, own_ends, ends_in_recovery, bits_found,
             bits_in_the_end, bits_tried, batches, commands, releases_checked, replays, replayed_commands, digests_compared,
             verifications, books_verified, failed_sync_restarts, bound_orders;
};

/* How often things had gone wrong when it was started. */
struct server_life { uint64_t syncs_failed, writes_failed, no_room, refusals; };

struct server {
    struct daemon *daemon;              /* NULL while there is none */
    uv_loop_t loop;
    struct disk disk;
    enum clock_mode clock;
    uint32_t snapshot_every;            /* commands; 0 = only when somebody asks, and in the end */
    uint64_t durable_sequence;          /* the platter has all commands up to it */
    uint64_t applied_sequence;          /* of the exchange, when it was last looked at */
    struct storage_job job;             /* on its way to the platter; size 0 = none */
    uint64_t job_sequence;              /* its last command */
    uint64_t *digests, digests_capacity;        /* by sequence: the state after it; 0 = not looked at */
    uint32_t is_probe;                  /* it is started only to see whether it starts */
    uint32_t is_over;                   /* the process has ended by itself */
    struct server_life life;
    uint8_t may_have_left[connections_noted_max];       /* by number of the connection, in this life */
    struct server_figures figures;
    void (*fail)(const char *what, const char *detail);
};
extern struct server server;

void server_begin(uint64_t segment_size, enum clock_mode clock, uint32_t snapshot_every);
/* Starts it, whatever comes in between, until it runs. */
void server_start(void);
/* One turn of its loop. Afterwards it may have ended: server_is_alive. */
void server_turn(void);
int server_is_alive(void);
/* It has died, or is killed, or is asked to stop, and is gone when this returns. */
void server_end(enum server_end end);
/* Everything is freed. */
void server_forget(void);

/* A client has asked to be logged out: its orders may stay. */
struct socket;
void server_note_logout(const struct socket *socket);

/* Cheap: bounds of memory. */
void server_check_bounds(void);
/* Dear: all invariants of exchange and views, sums of money. */
void server_verify(void);
/* Dearer: the journal from scratch. All must have been written. */
void server_check_replay(void);

#endif
