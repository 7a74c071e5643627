/* sim.c - the whole server in one process, on a disk, a network and a clock that are made of one seed.
 *
 *     sim [--seed N] [--steps M] [--seeds K] [--verbose]      (1, 3000, 1)
 *
 * README.md says what is real, what is made, what goes wrong and what must hold. A run is steps: time moves or stands
 * still, clients speak and read, bytes arrive, the disk works, something goes wrong, and the server's loop turns once.
 * The same seed gives the same run: the trace's hash is printed. What does not hold ends the program with one line that
 * says how to repeat it. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/views/depth.h"
#include "instruments/calendar.h"
#include "tests/sim/chance.h"
#include "tests/sim/client.h"
#include "tests/sim/loop.h"
#include "tests/sim/machine.h"
#include "tests/sim/server.h"
#include "tests/sim/storage.h"

enum { verify_every = 48, settle_every = 700, settle_turns_max = 4000, settle_room = 65536 };

struct sim_figures {
    uint64_t runs, steps, jumps, stands_still, jumps_at_restart, settles, planned_ends, planned_sync_failures,
             planned_write_failures, full_disks, disk_waits;
};

static struct {
    uint64_t seed, steps, step, seeds;
    const char *program;
    uint32_t is_verbose, time_stands;   /* steps for which the time of day stands still */
    uint32_t fault_one_in;
    struct sim_figures figures;
} sim = {.seed = 1, .steps = 3000, .seeds = 1};

/* ---- what does not hold ---- */

static void say_how_to_repeat(void) {
    printf("at step %" PRIu64 "; repeat with: %s --seed %" PRIu64 " --steps %" PRIu64 "\n", sim.step, sim.program, sim.seed,
           sim.steps);
    fflush(stdout);
}

static void print_faults(void);
static void print_work(void);

static void fail(const char *what, const char *detail) {
    if (sim.is_verbose) {
        print_faults();
        print_work();
    }
    printf("FAILED: %s: %s\n", what, detail);
    say_how_to_repeat();
    _exit(1);
}

static void on_signal(int number) {
    signal(number, SIG_DFL);
    say_how_to_repeat();
    raise(number);
}

/* ---- time ---- */

static void move_time(void) {
    uint32_t roll = chance_below(400);
    int64_t forward_ns = chance_below(3) ? (int64_t)chance_below(2000000) : 0;
    if (roll == 0) forward_ns = (int64_t)chance_below(12) * NS_PER_SECOND;
    else if (roll < 12) forward_ns = (int64_t)chance_below(400) * 1000000;
    sim_loop.now_ns += forward_ns;
    if (sim.time_stands > 0) {
        sim.time_stands--;
        sim.figures.stands_still++;
        return;
    }
    machine.wall_ns += forward_ns;
    if (chance_one_in(500)) sim.time_stands = chance_below(200);
    if (chance_one_in(400)) {
        sim.figures.jumps++;
        machine.wall_ns += (int64_t)chance_below(chance_below(4) ? 60 : 40000) * NS_PER_SECOND;
    }
}

/* ---- the network ---- */

static void move_bytes(void) {
    for (uint32_t i = 0; i < sockets_max; i++) {
        struct socket *socket = &sim_loop.sockets[i];
        if (!socket->is_used || socket->up.size == socket->arrived || chance_below(3) == 0) continue;
        socket_arrive(socket, chance_below(4) ? SIZE_MAX : 1 + chance_below(chance_below(2) ? 3 : 200));
    }
    for (uint32_t i = 0; i < client_world.clients_count; i++) {
        struct peer *client = &client_world.clients[i];
        if (client->is_slow > 0) client->is_slow--;
        else if (client->socket && chance_below(3)) client_read(client, chance_below(4) ? SIZE_MAX : chance_below(300));
    }
}

/* ---- what goes wrong ---- */

static uint64_t bytes_on_disk(void) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < disk_files_max; i++) sum += server.disk.files[i].size;
    return sum;
}

static void plan_fault(void) {
    struct disk_plan *plan = &server.disk.plan;
    if (plan->end_after_steps || plan->fail_sync_after || plan->fail_write_after) return;
    switch (chance_below(8)) {
    case 0: case 1: case 2: case 3:
        sim.figures.planned_ends++;
        plan->end_after_steps = 1 + chance_below(40);
        break;
    case 4:
        sim.figures.planned_sync_failures++;
        plan->fail_sync_after = 1 + chance_below(8);
        break;
    case 5:
        sim.figures.planned_write_failures++;
        plan->fail_write_after = 1 + chance_below(8);
        break;
    case 6:
        if (plan->room_bytes == UINT64_MAX) sim.figures.full_disks++;
        plan->room_bytes = bytes_on_disk() + chance_below(200000);
        break;
    default:
        server_end(chance_below(2) ? SERVER_STOPPED : SERVER_CRASHED);
        break;
    }
}

static void let_disk_work(void) {
    if (!sim_storage_has_job()) return;
    if (chance_below(5) < 3) {
        sim.figures.disk_waits++;
        return;
    }
    sim_storage_run_job();
}

/* ---- quiet moments ---- */

static int is_quiet(void) {
    for (uint32_t i = 0; i < sockets_max; i++) {
        const struct socket *socket = &sim_loop.sockets[i];
        if (!socket->is_used || socket->is_vanished) continue;
        if (socket->is_waiting || socket->up.size > 0 || socket->down.size > 0 || socket->write) return 0;
    }
    return !sim_storage_has_job() && !sim_loop_has_work() && !server.daemon->committer->is_writing &&
           server.daemon->committer->filling.commands_count == 0 && !server.daemon->network.ready_first &&
           !server.daemon->network.dirty;
}

static const char *name_of(const struct peer *client) { return client->user ? client->user : "a reader"; }

static void compare_side(const struct peer *client, uint32_t symbol, enum side side) {
    struct depth_level levels[sim_levels_max + 1];
    const struct exchange *exchange = server.daemon->sequencer.exchange;
    const struct reader_book *book = &client->books[symbol];
    uint32_t instrument = exchange_find_instrument(exchange, sim_symbols[symbol], (uint32_t)strlen(sim_symbols[symbol]));
    int64_t tick = exchange_instrument(exchange, instrument)->tick_scaled;
    uint32_t count = depth_top(server.daemon->sequencer.depth, instrument, side, levels, book->depth);
    const struct level *mine = book->sides[side == SIDE_BUY ? 0 : 1];
    if (count != book->counts[side == SIDE_BUY ? 0 : 1]) fail("a reader's book has another number of levels", name_of(client));
    for (uint32_t i = 0; i < count; i++) {
        if (levels[i].price.ticks * tick == mine[i].price && levels[i].quantity_lots == mine[i].quantity &&
            levels[i].orders_count == mine[i].orders) continue;
        fail("a reader's book is not the engine's", sim_symbols[symbol]);
    }
}

static void look_at_readers(void) {
    for (uint32_t i = 0; i < client_world.clients_count; i++) {
        const struct peer *client = &client_world.clients[i];
        if (!client->socket || client->kind == CLIENT_HOSTILE) continue;
        if (client->pending_count > 0 && client->state != CLIENT_LOGGING_ON) fail("a request without a reply", name_of(client));
        for (uint32_t symbol = 0; symbol < symbols_count; symbol++) {
            if (!client->books[symbol].has_snapshot) continue;
            compare_side(client, symbol, SIDE_BUY);
            compare_side(client, symbol, SIDE_SELL);
            client_world.figures.books_compared++;
        }
    }
}

/* Everything that is on its way arrives; then all must agree. */
static void settle(void) {
    sim_loop.everything_now = 1;
    int turns = 0;
    for (; turns < settle_turns_max && server_is_alive() && (turns < 4 || !is_quiet()); turns++) {
        sim_loop.now_ns += 100000;
        for (uint32_t i = 0; i < sockets_max; i++) {
            if (!sim_loop.sockets[i].is_used) continue;
            socket_arrive(&sim_loop.sockets[i], SIZE_MAX);
            if (sim_loop.sockets[i].room < settle_room) sim_loop.sockets[i].room = settle_room;
        }
        if (sim_storage_has_job()) sim_storage_run_job();
        if (server_is_alive()) server_turn();
        for (uint32_t i = 0; i < client_world.clients_count; i++) {
            client_world.clients[i].is_slow = 0;
            client_read(&client_world.clients[i], SIZE_MAX);
        }
    }
    sim_loop.everything_now = 0;
    if (!server_is_alive()) return;
    if (turns == settle_turns_max) fail("it does not come to rest", "");
    sim.figures.settles++;
    look_at_readers();
    server_check_replay();
    server_verify();
}

/* ---- a run ---- */

/* The server has died, or is to: it goes, and comes back. */
static void replace_server(void) {
    int by_itself = server.is_over && !server.disk.is_dead;
    if (server.daemon) server_end(chance_below(2) ? SERVER_LOST_POWER : SERVER_CRASHED);
    if (by_itself) server.figures.failed_sync_restarts++;
    server.disk.plan.room_bytes = UINT64_MAX;
    if (chance_one_in(3)) {
        sim.figures.jumps_at_restart++;
        machine.wall_ns += ((int64_t)chance_below(7200) - 3600) * NS_PER_SECOND;
    }
    server_start();
}

static void trace_step(void) {
    trace_number((uint64_t)sim_loop.now_ns);
    trace_number(server.durable_sequence);
    trace_number(server.disk.plan.end_after_steps);
}

static void step(void) {
    move_time();
    client_world.exchange_ns = sequencer_now_ns(&server.daemon->sequencer);
    for (uint32_t i = 1 + chance_below(4); i > 0; i--)
        client_act(&client_world.clients[chance_below(client_world.clients_count)]);
    move_bytes();
    if (chance_one_in(sim.fault_one_in)) plan_fault();
    if (server_is_alive()) let_disk_work();
    if (server_is_alive()) server_turn();
    if (server_is_alive()) server_check_bounds();
    if (server_is_alive() && chance_one_in(verify_every)) server_verify();
    if (server_is_alive() && chance_one_in(settle_every)) settle();
    if (!server_is_alive() || server.daemon->is_stopping) replace_server();
    trace_step();
}

/* Every participant asks for all it was ever told. */
static void audit(void) {
    server.disk.plan = (struct disk_plan){.room_bytes = UINT64_MAX};
    /* The server has heard by now of those who vanished: they take no place any more. */
    for (uint32_t i = 0; i < sockets_max; i++)
        if (sim_loop.sockets[i].is_used && sim_loop.sockets[i].is_vanished) socket_leave(&sim_loop.sockets[i], END_RESET);
    settle();
    /* A disk that was full has room again; nobody is let in before the server has been started again. */
    if (committer_is_full(server.daemon->committer)) {
        server_end(SERVER_STOPPED);
        server_start();
    }
    for (uint32_t i = 0; i < client_world.clients_count; i++)
        if (client_world.clients[i].kind == CLIENT_TRADER) client_audit(&client_world.clients[i]);
    settle();
    for (uint32_t i = 0; i < client_world.clients_count; i++) {
        const struct peer *client = &client_world.clients[i];
        if (client->kind != CLIENT_TRADER) continue;
        if (client->state != CLIENT_LOGGED_ON) fail("an audit was not let in", client->user);
        if (client->expected_seq <= client_world.seen_max[client->desk]) fail("LOST: an audit did not hear all", client->user);
    }
}

static void run(uint64_t seed) {
    static const uint32_t rates[] = {60, 150, 400, 100000}, snapshots[] = {0, 40, 300, 2000};
    chance_begin(seed);
    memset(sim_loop.sockets, 0, sizeof sim_loop.sockets);
    sim_loop.sockets_count = 0;
    sim_loop.now_ns = NS_PER_SECOND;
    machine.wall_ns = INT64_C(1795845600) * NS_PER_SECOND + (int64_t)chance_below(86400) * NS_PER_SECOND;
    sim.time_stands = 0;
    sim.fault_one_in = rates[chance_below(4)];
    enum clock_mode clock = chance_below(2) ? CLOCK_MODE_WALL : CLOCK_MODE_MANUAL;
    client_world.manual_clock = clock == CLOCK_MODE_MANUAL;
    server_begin(chance_below(2) ? 640 * 1024 : 1024 * 1024, clock, snapshots[chance_below(4)]);
    clients_begin(10 + chance_below(21));
    server_start();
    for (sim.step = 0; sim.step < sim.steps; sim.step++) step();
    audit();
    server_end(SERVER_STOPPED);
    server_start();
    server_end(SERVER_LOST_POWER);
    server_start();
    server_end(SERVER_STOPPED);
    clients_end();
    server_forget();
    sim.figures.runs++;
    sim.figures.steps += sim.steps;
}

/* ---- figures ---- */

static void print_faults(void) {
    const struct client_figures *c = &client_world.figures;
    const struct disk_figures *d = &server.disk.figures;
    const struct server_figures *s = &server.figures;
    const struct sim_figures *f = &sim.figures;
    const struct loop_figures *l = &sim_loop.figures;
    printf("server: %" PRIu64 " starts, %" PRIu64 " crashes, %" PRIu64 " power cuts, %" PRIu64 " ends by itself, %" PRIu64
           " ends during recovery, %" PRIu64 " stops\n", s->starts, s->crashes, s->power_cuts, s->own_ends,
           s->ends_in_recovery, s->stops);
    printf("disk: %" PRIu64 " sectors lost, %" PRIu64 " kept, %" PRIu64 " garbled, %" PRIu64 " names unsure, %" PRIu64
           " syncs failed, %" PRIu64 " writes failed, %" PRIu64 " short, %" PRIu64 " interrupted, %" PRIu64 " without room, %"
           PRIu64 " bits flipped\n", d->sectors_lost, d->sectors_kept, d->sectors_garbled, d->names_lost, d->syncs_failed,
           d->writes_failed, d->short_writes, d->interrupts, d->no_room, d->bits_flipped);
    printf("snapshots: %" PRIu64 " made, %" PRIu64 " could not be, %" PRIu64 " starts from one\n", sim_snapshots.made,
           sim_snapshots.failed, sim_snapshots.used);
    printf("network: %" PRIu64 " connections, %" PRIu64 " left in order, %" PRIu64 " resets, %" PRIu64 " cut at any byte, %"
           PRIu64 " vanished, %" PRIu64 " slow spells, %" PRIu64 " partial writes, %" PRIu64 " refused, %" PRIu64
           " hostile\n", c->connects, c->leaves_orderly, c->resets, c->cut_anywhere, c->vanished, c->slow_spells,
           l->partial_writes, l->refused_writes, c->hostile);
    printf("clock: %" PRIu64 " jumps, %" PRIu64 " at a restart, %" PRIu64 " steps of standing still\n", f->jumps,
           f->jumps_at_restart, f->stands_still);
}

static void print_work(void) {
    const struct client_figures *c = &client_world.figures;
    const struct server_figures *s = &server.figures;
    printf("asked: %" PRIu64 " requests, %" PRIu64 " orders, %" PRIu64 " amends, %" PRIu64 " cancels, %" PRIu64
           " mass cancels, %" PRIu64 " resends, %" PRIu64 " queries, %" PRIu64 " by officials, %" PRIu64 " logons, %" PRIu64
           " with replay, %" PRIu64 " to cancel on disconnect\n", c->requests, c->orders, c->amends, c->cancels,
           c->mass_cancels, c->resends, c->queries, c->admin, c->logons, c->replays, c->cancels_on_disconnect);
    printf("heard: %" PRIu64 " lines, %" PRIu64 " replies in order, %" PRIu64 " private, %" PRIu64 " said again, %" PRIu64
           " compared, %" PRIu64 " orders, %" PRIu64 " of them again, %" PRIu64 " by status, %" PRIu64 " book messages, %"
           PRIu64 " conflated, %" PRIu64 " trades, %" PRIu64 " chains broken visibly, %" PRIu64 " too slow, %" PRIu64
           " refused with 1212\n", c->lines, c->replies, c->reports, c->said_again, c->compared, c->orders_known,
           c->repeats_known, c->status_replies, c->book_messages, c->conflated, c->trades, c->broken_chains, c->too_slow,
           c->refusals_1212);
    printf("checked: %" PRIu64 " releases against the platter, %" PRIu64 " replays of %" PRIu64 " commands, %" PRIu64
           " digests, %" PRIu64 " verifications, %" PRIu64 " books, %" PRIu64 " flipped bits found, %" PRIu64
           " where they need not be, %" PRIu64 " bound orders\n", s->releases_checked, s->replays,
           s->replayed_commands, s->digests_compared,
           s->verifications, c->books_compared, s->bits_found, s->bits_in_the_end,
           s->bound_orders);
}

static int read_flags(int argc, char **argv) {
    sim.program = argv[0];
    for (int i = 1; i < argc; i++) {
        uint64_t *number = strcmp(argv[i], "--seed") == 0 ? &sim.seed : strcmp(argv[i], "--steps") == 0 ? &sim.steps :
                           strcmp(argv[i], "--seeds") == 0 ? &sim.seeds : NULL;
        if (strcmp(argv[i], "--verbose") == 0) sim.is_verbose = 1;
        else if (!number || i + 1 == argc) return -1;
        else *number = strtoull(argv[++i], NULL, 10);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (read_flags(argc, argv) < 0) {
        fprintf(stderr, "usage: sim [--seed N] [--steps M] [--seeds K] [--verbose]\n");
        return 2;
    }
    server.fail = client_world.fail = fail;
    client_world.on_logout = server_note_logout;
    machine_on_check = say_how_to_repeat;
    signal(SIGSEGV, on_signal);
    /* What the server says to its operator is not asked for here; sanitizers do not write to this stream. */
    if (!sim.is_verbose) stderr = fopen("/dev/null", "w");
    uint64_t together = 0;
    for (uint64_t end = sim.seed + sim.seeds; sim.seed < end; sim.seed++) {
        run(sim.seed);
        together = together * 31 + trace_hash();
        printf("seed %" PRIu64 ": trace %016" PRIx64 "\n", sim.seed, trace_hash());
    }
    print_faults();
    print_work();
    printf("sim: %" PRIu64 " runs of %" PRIu64 " steps, trace %016" PRIx64 ": everything held\n", sim.figures.runs, sim.steps,
           together);
    if (!sim.is_verbose) fclose(stderr);
    return 0;
}
