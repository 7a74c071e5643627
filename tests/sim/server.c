/* server.c - see server.h. */
#include "tests/sim/server.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/views/depth.h"
#include "engine/views/orders.h"
#include "gateway/net/connection.h"
#include "gateway/recovery.h"
#include "instruments/check.h"
#include "tests/sim/chance.h"
#include "tests/sim/client.h"
#include "tests/sim/loop.h"
#include "tests/sim/machine.h"
#include "tests/sim/storage.h"

struct server server;

static void (*real_send)(struct port *, const char *, uint32_t);
static void (*real_send_last)(struct port *, const char *, uint32_t);

static void check(int holds, const char *what, uint64_t a, uint64_t b) {
    char detail[80];
    if (holds) return;
    snprintf(detail, sizeof detail, "%" PRIu64 ", %" PRIu64, a, b);
    server.fail(what, detail);
}

/* ---- what leaves ---- */

static void add_mark(struct socket *socket, uint64_t size) {
    if (socket->marks_count == socket->marks_capacity) {
        socket->marks_capacity = 2 * socket->marks_capacity + 16;
        socket->marks = realloc(socket->marks, socket->marks_capacity * sizeof *socket->marks);
    }
    uint64_t sequence = exchange_sequence(server.daemon->sequencer.exchange);
    socket->marks[socket->marks_count++] = (struct mark){socket->appended, socket->appended + size, sequence};
    socket->appended += size;
}

/* A message that is put into an outbox may tell of everything that has been applied by then. */
static void note(struct port *port, void (*send)(struct port *, const char *, uint32_t), const char *bytes,
                 uint32_t size) {
    struct connection *connection = (void *)((char *)port - offsetof(struct connection, port));
    struct socket *socket = ((uv_handle_t *)&connection->tcp)->u.reserved[0];
    uint32_t before = connection->outbox.size;
    send(port, bytes, size);
    if (socket && connection->outbox.size > before) add_mark(socket, connection->outbox.size - before);
}

static void noting_send(struct port *port, const char *bytes, uint32_t size) { note(port, real_send, bytes, size); }
static void noting_send_last(struct port *port, const char *bytes, uint32_t size) {
    note(port, real_send_last, bytes, size);
}

static void on_accepted(struct socket *socket) {
    struct connection *connection = socket->tcp->data;
    real_send = connection->port.send;
    real_send_last = connection->port.send_last;
    connection->port.send = noting_send;
    connection->port.send_last = noting_send_last;
    add_mark(socket, connection->outbox.size);
}

static void on_departed(struct socket *socket) {
    uint32_t done = 0;
    if (server.disk.is_dead) return;
    check(socket->departed <= socket->appended, "bytes that nobody sent", socket->departed, socket->appended);
    for (; done < socket->marks_count && socket->marks[done].begin < socket->departed; done++) {
        const struct mark *mark = &socket->marks[done];
        server.figures.releases_checked++;
        check(mark->sequence <= server.durable_sequence, "RELEASED BEFORE DURABLE: command, durable up to", mark->sequence,
              server.durable_sequence);
        if (mark->end > socket->departed) break;
    }
    socket->marks_count -= done;
    if (done > 0) memmove(socket->marks, socket->marks + done, socket->marks_count * sizeof *socket->marks);
}

/* ---- what is written ---- */

static void keep_digest(uint64_t sequence, uint64_t digest) {
    if (sequence >= server.digests_capacity) {
        uint64_t capacity = 2 * sequence + 1024;
        server.digests = realloc(server.digests, capacity * sizeof *server.digests);
        memset(server.digests + server.digests_capacity, 0,
               (capacity - server.digests_capacity) * sizeof *server.digests);
        server.digests_capacity = capacity;
    }
    server.digests[sequence] = digest;
}

static void on_submit(const struct storage_job *job) {
    if (job->size == 0 || server.disk.is_dead || server.is_probe) return;
    const struct journal_batch_header *header = (const void *)job->bytes;
    const struct exchange *exchange = server.daemon->sequencer.exchange;
    server.job = *job;
    server.job_sequence = header->first_sequence + header->commands_count - 1;
    server.figures.batches++;
    server.figures.commands += header->commands_count;
    check(server.job_sequence == exchange_sequence(exchange), "a batch without all that was applied",
          server.job_sequence, exchange_sequence(exchange));
    keep_digest(server.job_sequence, exchange_digest(exchange));
}

static void on_synced(void *owner, const struct disk_file *file) {
    uint64_t number = 0;
    (void)owner;
    if (server.job.size == 0 || sscanf(file->name, "journal-%8" SCNu64 ".seg", &number) != 1) return;
    if (number != server.job.segment || server.job.offset + server.job.size > file->size) return;
    if (memcmp(file->platter + server.job.offset, server.job.bytes, server.job.size) != 0) return;
    server.durable_sequence = server.job_sequence;
    server.job.size = 0;
}

/* ---- the journal on the disk ---- */

enum look { LOOK_AT_PLATTER, LOOK_AT_CACHE };

static uint32_t segments_of(enum look look, struct journal_bytes segments[disk_files_max]) {
    uint32_t count = 0;
    for (uint32_t number = 1; number < disk_files_max; number++) {
        char name[segment_name_size];
        segment_name(number, name);
        const struct disk_file *file = disk_find(&server.disk, name);
        if (!file) break;
        segments[count++] = (struct journal_bytes){look == LOOK_AT_PLATTER ? file->platter : file->now, file->size};
    }
    return count;
}

/* The last command of the journal, and that of the batch before the last. */
struct journal_end { uint64_t last, before; };

static struct journal_end find_end(enum look look) {
    struct journal_bytes segments[disk_files_max];
    struct journal_scan scan;
    const struct journal_batch_header *header;
    const struct command *commands;
    uint32_t count = segments_of(look, segments);
    struct journal_end end = {0};
    if (count == 0) return end;
    journal_scan_init(&scan, segments, count);
    while (journal_scan_next(&scan, &header, &commands) == JOURNAL_BATCH)
        end = (struct journal_end){header->first_sequence + header->commands_count - 1, end.last};
    return end;
}

static uint64_t platter_sequence(void) { return find_end(LOOK_AT_PLATTER).last; }

static void grow_events(struct event_buffer *buffer) {
    buffer->capacity *= 2;
    buffer->events = realloc(buffer->events, buffer->capacity * sizeof *buffer->events);
}

static void replay_batch(struct exchange *exchange, struct event_buffer *events, uint64_t *hash,
                         const struct journal_batch_header *header, const struct command *commands) {
    for (uint32_t i = 0; i < header->commands_count; i++) {
        events->count = 0;
        check(commands[i].sequence == exchange_sequence(exchange) + 1, "a journal with a hole", commands[i].sequence, 0);
        exchange_apply(exchange, &commands[i], events);
        *hash = journal_hash_events(*hash, events->events, events->count);
        server.figures.replayed_commands++;
    }
    check(*hash == header->events_hash, "a replay brings other events: batch", header->batch_number, 0);
    uint64_t sequence = exchange_sequence(exchange);
    uint64_t known = sequence < server.digests_capacity ? server.digests[sequence] : 0;
    if (known == 0) return;
    server.figures.digests_compared++;
    check(exchange_digest(exchange) == known, "a replay comes to another state: command", sequence, 0);
}

void server_check_replay(void) {
    struct journal_bytes segments[disk_files_max];
    struct journal_scan scan;
    const struct journal_batch_header *header;
    const struct command *commands;
    uint64_t hash = 0;
    uint32_t count = segments_of(LOOK_AT_CACHE, segments);
    check(count > 0, "there is no journal", 0, 0);
    journal_scan_init(&scan, segments, count);
    enum journal_status status = journal_scan_next(&scan, &header, &commands);
    size_t size = exchange_size(&scan.limits);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct event_buffer events = {.capacity = 1024, .full = grow_events, .events = malloc(1024 * sizeof(struct event))};
    struct exchange *exchange = exchange_init(memory, &scan.limits);
    for (; status == JOURNAL_BATCH; status = journal_scan_next(&scan, &header, &commands))
        replay_batch(exchange, &events, &hash, header, commands);
    check(status == JOURNAL_END, "the journal does not end in order", (uint64_t)scan.fault, scan.torn_bytes);
    const struct exchange *own = server.daemon->sequencer.exchange;
    check(exchange_sequence(exchange) == exchange_sequence(own), "the journal ends at another command than the server",
          exchange_sequence(exchange), exchange_sequence(own));
    check(exchange_digest(exchange) == exchange_digest(own), "the server's state is not that of its journal",
          exchange_sequence(own), 0);
    server.figures.replays++;
    free(events.events);
    munmap(memory, size);
}

/* ---- invariants ---- */

void server_check_bounds(void) {
    const struct network *network = &server.daemon->network;
    uint64_t bytes = 0;
    for (const struct connection *each = network->connections; each; each = each->next) {
        check(each->outbox.size <= outbox_size_max, "an outbox beyond its bound", each->outbox.size, outbox_size_max);
        bytes += each->outbox.size + 2 * chunk_size;
    }
    check((uint64_t)network->pool.used_count * (chunk_size / 2) <= bytes, "chunks that no outbox has",
          network->pool.used_count, bytes);
}

static void check_sums(const struct exchange *exchange) {
    for (uint32_t currency = 0; currency < CURRENCY_COUNT; currency++) {
        int64_t sum = exchange_cash(exchange, (enum currency)currency).minor +
                      exchange_fee_income(exchange, (enum currency)currency).minor;
        for (uint32_t i = 0; i < exchange_participants_count(exchange); i++) {
            const struct account *account = exchange_account(exchange, i, (enum currency)currency);
            sum += account->free.minor + account->held.minor + account->blocked.minor + account->paying_out.minor +
                   account->receivable.minor;
        }
        check(sum == 0, "money does not add up: currency", currency, (uint64_t)sum);
    }
}

void server_note_logout(const struct socket *socket) {
    const struct connection *connection = socket->tcp ? socket->tcp->data : NULL;
    if (connection && connection->dialog.connection < connections_noted_max)
        server.may_have_left[connection->dialog.connection] = 1;
}

static int is_connected(uint32_t number) {
    for (const struct connection *each = server.daemon->network.connections; each; each = each->next)
        if (each->dialog.connection == number && each->dialog.state == DIALOG_LOGGED_ON) return 1;
    return server.may_have_left[number % connections_noted_max];
}

/* Orders that were to end with their connection have. */
static void check_bound_orders(const struct sequencer *sequencer) {
    for (uint32_t i = 0; i < exchange_participants_count(sequencer->exchange); i++) {
        struct orders_cursor cursor = {.participant = i};
        const struct order_state *order;
        while ((order = orders_view_next(sequencer->orders, &cursor)) != NULL) {
            if (!(order->order_flags & ORDER_CANCEL_ON_DISCONNECT)) continue;
            uint32_t number = exchange_order_connection(sequencer->exchange, order->order_id);
            check(is_connected(number), "an order outlives the connection that it was to end with", order->order_id, number);
            server.figures.bound_orders++;
        }
    }
}

void server_verify(void) {
    const struct sequencer *sequencer = &server.daemon->sequencer;
    check_bound_orders(sequencer);
    exchange_verify(sequencer->exchange);
    orders_view_verify(sequencer->orders);
    depth_verify(sequencer->depth);
    check_sums(sequencer->exchange);
    server.figures.verifications++;
}

/* ---- the end ---- */

int server_is_alive(void) { return server.daemon && !server.disk.is_dead && !server.is_over; }

static void on_end(void *owner) {
    (void)owner;
    /* Nothing more of it is seen. */
    const struct exchange *exchange = server.daemon ? server.daemon->sequencer.exchange : NULL;
    server.applied_sequence = exchange ? exchange_sequence(exchange) : 0;
}

/* What had left the server may still reach the client, up to any byte. */
static void part_from_clients(void) {
    for (uint32_t i = 0; i < client_world.clients_count; i++) {
        struct peer *client = &client_world.clients[i];
        if (!client->socket) continue;
        client_read(client, chance_below((uint32_t)client->socket->down.size + 1));
        client_leave(client, END_RESET);
    }
    for (uint32_t i = 0; i < sockets_max; i++) {
        struct socket *socket = &sim_loop.sockets[i];
        if (!socket->is_used) continue;
        socket->is_waiting = 0;
        socket_leave(socket, END_RESET);
    }
}

/* The dead server is closed, so that its memory comes back. */
static void bury(void) {
    struct daemon *daemon = server.daemon;
    server.disk.is_dead = 1;
    machine.can_end = 0;
    sim_loop.everything_now = 1;
    if (daemon->committer) daemon->committer->storage.status = daemon->committer->storage.create_status = 0;
    if (daemon->network.loop) network_shutdown(&daemon->network);
    for (int i = 0; i < 40 && (i == 0 || daemon->network.connections_count > 0 || sim_loop_has_work()); i++) {
        sim_loop.now_ns += 1000000000;
        if (sim_storage_has_job()) sim_storage_run_job();
        if (daemon->network.loop) sim_loop_turn();
    }
    daemon_close(daemon);
    free(daemon);
    server.daemon = NULL;
    server.is_over = 0;
    server.job.size = 0;
    sim_loop.everything_now = 0;
    sim_storage_forget();
    sim_loop_forget();
}

/* What is still to be written may fail to be. */
static void drain(void) {
    machine.can_end = 1;
    if (setjmp(machine.end) == 0) {
        committer_drain(server.daemon->committer);
    } else {
        server.is_over = 1;
        server.figures.own_ends++;
    }
    machine.can_end = 0;
}

/* Stops as it does when it is asked to: everything is said, everything is written. */
static void stop(void) {
    struct daemon *daemon = server.daemon;
    daemon_stop(daemon);
    for (int i = 0; i < 60 && daemon->network.connections_count > 0 && server_is_alive(); i++) {
        sim_loop.now_ns += 200000000;
        if (sim_storage_has_job()) sim_storage_run_job();
        if (server_is_alive()) server_turn();
        for (uint32_t j = 0; j < client_world.clients_count; j++)
            client_read(&client_world.clients[j], chance_below(100000));
    }
    if (!server_is_alive()) return;
    check(daemon->network.connections_count == 0, "the server does not stop", daemon->network.connections_count, 0);
    uint64_t last = exchange_sequence(daemon->sequencer.exchange);
    server.applied_sequence = last;
    drain();
    if (server.is_over) return;
    /* What is closed cannot be buried, so the disk is good to the last batch, of nothing. */
    server.disk.plan.fail_sync_after = server.disk.plan.fail_write_after = 0;
    daemon_close(daemon);
    free(daemon);
    server.daemon = NULL;
    if (!server.disk.is_dead) {
        check(platter_sequence() == last, "stopped in order, and not all is on the platter", platter_sequence(), last);
        server.durable_sequence = last;
    }
    sim_storage_forget();
    sim_loop_forget();
}

void server_end(enum server_end end) {
    if (end == SERVER_STOPPED && server_is_alive()) {
        stop();
        server.figures.stops++;
    }
    if (server.daemon) {
        if (!server.disk.is_dead) on_end(NULL);
        server.disk.is_dead = 1;
        part_from_clients();
        bury();
    }
    part_from_clients();
    if (end == SERVER_LOST_POWER) disk_lose_power(&server.disk);
    server.figures.power_cuts += end == SERVER_LOST_POWER;
    server.figures.crashes += end == SERVER_CRASHED;
    disk_restart(&server.disk);
}

/* A disk that fails is a reason to end. One that is full is none while nobody has been refused. */
static void check_own_end(void) {
    const struct server_life *life = &server.life;
    if (server.disk.figures.syncs_failed > life->syncs_failed || server.disk.figures.writes_failed > life->writes_failed)
        return;
    check(server.disk.figures.no_room > life->no_room, "the server ends by itself where nothing is wrong", 0, 0);
    check(client_world.figures.refusals_1212 > life->refusals, "the disk is full, and nobody was refused before the end",
          exchange_sequence(server.daemon->sequencer.exchange), 0);
}

void server_turn(void) {
    machine.can_end = 1;
    if (setjmp(machine.end) == 0) {
        sim_loop_turn();
    } else {
        server.is_over = 1;
        server.figures.own_ends++;
        check_own_end();
        on_end(NULL);
    }
    machine.can_end = 0;
}

/* ---- the beginning ---- */

static int open_daemon(char *error, size_t error_size) {
    const struct config config = {.host = "127.0.0.1", .data = "disk", .scenario = "tests/sim/world.json",
                                  .clock = server.clock, .sync = SYNC_MODE_GROUP, .segment_mib = 1,
                                  .snapshot_every = server.snapshot_every};
    server.daemon = calloc(1, sizeof *server.daemon);
    server.job.size = 0;
    volatile int status = DAEMON_FAILED;
    machine.can_end = 1;
    if (setjmp(machine.end) == 0) {
        status = daemon_open(server.daemon, &server.loop, &config, error, error_size);
    } else {
        snprintf(error, error_size, "it has ended by itself");
        server.figures.own_ends++;
        server.is_over = 1;
    }
    machine.can_end = 0;
    return status;
}

/* Nothing stays of a start that came to nothing. */
static void give_up(int status) {
    if (status == DAEMON_OK || server.is_over) {
        bury();
    } else {
        free(server.daemon);
        server.daemon = NULL;
        sim_storage_forget();
        sim_loop_forget();
    }
    server.figures.ends_in_recovery++;
}

/* Every number that somebody has read is there. */
static void check_streams(void) {
    const struct exchange *exchange = server.daemon->sequencer.exchange;
    for (int i = 0; i < desks_count; i++) {
        const char *id = sim_participants[i];
        uint32_t participant = exchange_find_participant(exchange, id, (uint32_t)strlen(id));
        uint64_t next_seq = stream_next_seq(&server.daemon->hub.desks[participant].stream);
        if (client_world.seen_max[i] >= next_seq) server.fail("LOST: private numbers that were read before", id);
    }
}

/* What came back, against what is known of the time before. */
static void check_recovered(void) {
    const struct exchange *exchange = server.daemon->sequencer.exchange;
    uint64_t last = exchange_sequence(exchange), on_platter = platter_sequence();
    check(on_platter >= last, "what was recovered is not on the platter", on_platter, last);
    check(last >= server.durable_sequence, "LOST: durable before, there now", server.durable_sequence, last);
    server.durable_sequence = on_platter;
    server.applied_sequence = last;
    check_streams();
    server_check_replay();
    server_verify();
}

static int try_to_start(int may_go_wrong) {
    char error[512] = "";
    struct disk_plan *plan = &server.disk.plan;
    plan->short_write_one_in = chance_below(2) ? 0 : 8;
    plan->interrupt_one_in = chance_below(2) ? 0 : 10;
    if (may_go_wrong && chance_below(3) == 0) plan->end_after_steps = 1 + chance_below(14);
    if (may_go_wrong && chance_one_in(12)) plan->fail_sync_after = 1 + chance_below(6);
    uint64_t syncs_failed = server.disk.figures.syncs_failed;
    int status = open_daemon(error, sizeof error);
    int is_hurt = server.disk.is_dead || server.disk.figures.syncs_failed > syncs_failed;
    if (status == DAEMON_OK && !server.disk.is_dead && !server.is_over) {
        plan->fail_sync_after = plan->end_after_steps = 0;
        return 1;
    }
    if (!is_hurt) server.fail("the server does not start", error);
    give_up(status);
    if (chance_below(2)) disk_lose_power(&server.disk);
    disk_restart(&server.disk);
    return 0;
}

/* A file that has something in it; NULL when chance finds none. */
static struct disk_file *some_file(void) {
    struct disk_file *file = &server.disk.files[chance_below(disk_files_max)];
    struct disk_file *found = NULL;
    for (int i = 0; i < disk_files_max; i++, file++) {
        if (file == server.disk.files + disk_files_max) file = server.disk.files;
        /* What only the cache has goes anyway. */
        if (file->is_hidden_loss) return NULL;
        if (file->is_used && file->is_linked && file->size > 0 && !found) found = file;
    }
    return found;
}

static void flip_a_bit(struct disk_file *file) {
    uint64_t at = chance_below((uint32_t)file->size);
    while (at > 0 && file->now[at] == 0 && chance_below(64)) at--;
    uint8_t bit = (uint8_t)(1u << chance_below(8));
    file->now[at] ^= bit;
    file->platter[at] ^= bit;
    server.figures.bits_tried++;
    server.disk.figures.bits_flipped++;
}

/* With that bit it starts, and may have lost the last batch, or it refuses to. */
static void start_as_probe(uint64_t needed) {
    char error[512];
    server.is_probe = 1;
    int status = open_daemon(error, sizeof error);
    server.is_probe = 0;
    if (status == DAEMON_OK) {
        server.figures.bits_in_the_end++;
        uint64_t last = exchange_sequence(server.daemon->sequencer.exchange);
        check(last >= needed, "a flipped bit takes more than the last batch", last, needed);
        bury();
        return;
    }
    check(status == DAEMON_CORRUPT, "a flipped bit is refused for another reason", (uint64_t)-status, 0);
    server.figures.bits_found++;
    free(server.daemon);
    server.daemon = NULL;
    sim_storage_forget();
    sim_loop_forget();
}

/* One bit of what lies on the disk is another. The server must refuse it, unless it cannot know: in the last batch,
 * which may never have been finished, and behind it; or need not: in a snapshot, where another one will do or the whole
 * journal, and before one. */
static void try_a_flipped_bit(void) {
    struct disk_file *file = some_file();
    if (!file) return;
    const struct journal_end end = find_end(LOOK_AT_CACHE);
    uint64_t before = server.durable_sequence;
    struct disk_image *image = disk_save(&server.disk);
    flip_a_bit(file);
    start_as_probe(strncmp(file->name, "snapshot", 8) == 0 ? before : end.before);
    disk_load(&server.disk, image);
    disk_restart(&server.disk);
    server.durable_sequence = before;
}

void server_start(void) {
    if (chance_one_in(4)) try_a_flipped_bit();
    server.life = (struct server_life){server.disk.figures.syncs_failed, server.disk.figures.writes_failed,
                                       server.disk.figures.no_room, client_world.figures.refusals_1212};
    memset(server.may_have_left, 0, sizeof server.may_have_left);
    int attempt = 0;
    while (!try_to_start(attempt < 4)) attempt++;
    server.figures.starts++;
    check_recovered();
    char error[256];
    uint16_t port = 7400;
    if (daemon_listen(server.daemon, "127.0.0.1", &port, error, sizeof error) < 0) server.fail("cannot listen", error);
}

void server_begin(uint64_t segment_size, enum clock_mode clock, uint32_t snapshot_every) {
    struct disk_figures so_far = server.disk.figures;
    disk_open(&server.disk);
    server.disk.figures = so_far;
    server.disk.on_end = on_end;
    server.disk.on_synced = on_synced;
    server.clock = clock;
    server.snapshot_every = snapshot_every;
    server.durable_sequence = server.applied_sequence = 0;
    server.job.size = 0;
    sim_storage = (struct sim_storage){.disk = &server.disk, .segment_size = segment_size, .on_submit = on_submit};
    sim_loop.on_accepted = on_accepted;
    sim_loop.on_departed = on_departed;
}

void server_forget(void) {
    free(server.digests);
    server.digests = NULL;
    server.digests_capacity = 0;
    disk_close(&server.disk);
}
