/* power_cuts.c - the power goes, at any moment, and takes from the disk what had not been synced: any sectors of it.
 *
 *     power_cuts [CUTS] [SEED]      (2000, 1)
 *
 * The engine and the journal are the real ones; the disk is a fake in memory that is written and synced in the order in
 * which storage_file.c does it. A cut comes before a random one of these steps, those of a recovery included. Then every
 * sector of 512 bytes that was written and not synced is there or is not, by the toss of a coin, or all of one kind; a
 * file whose folder was not synced is there or is not. What must hold after every cut:
 *   the journal is never found corrupt;
 *   its commands are the first of those that were given, and all whose batch had been synced (acknowledged) are there;
 *   a replay comes to the state that the exchange had after the last of them.
 * Prints its figures, the last line sums up, and exits 0 if all held; else the seed that repeats it. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exchange.h"
#include "engine/journal/scan.h"
#include "engine/journal/writer.h"
#include "instruments/calendar.h"
#include "instruments/name_table.h"
#include "instruments/splitmix.h"

enum {
    segments_max = 64, segment_pages = 24, segment_size = segment_pages * journal_page_size, sector_size = 512,
    sectors_count = segment_size / sector_size, batch_commands_max = 70, commands_max = 6000, cuts_a_world = 25,
};

/* ---- chance ---- */

static uint64_t random_state;

static uint64_t next_random(void) { return splitmix64(&random_state); }
static uint32_t below(uint32_t limit) { return (uint32_t)(next_random() % limit); }

/* ---- the disk ---- */

struct file {
    uint8_t *now, *synced;              /* as it would be read, and as it is on the platter */
    uint8_t dirty[sectors_count];
    uint32_t exists, is_listed;         /* its name: now, and on the platter */
};

struct disk {
    struct file files[segments_max];
    uint32_t steps_left;                /* until the power goes */
    jmp_buf outage;
};

static uint64_t cuts_in_recovery, cuts_total, torn_ends;

static void step(struct disk *d) {
    if (d->steps_left-- == 0) longjmp(d->outage, 1);
}

static void disk_write(struct disk *d, uint64_t segment, uint64_t offset, const uint8_t *bytes, uint64_t size) {
    struct file *file = &d->files[segment];
    step(d);
    memcpy(file->now + offset, bytes, size);
    for (uint64_t i = offset / sector_size; i * sector_size < offset + size; i++) file->dirty[i] = 1;
}

static void disk_sync(struct disk *d, uint64_t segment) {
    struct file *file = &d->files[segment];
    step(d);
    memcpy(file->synced, file->now, segment_size);
    memset(file->dirty, 0, sizeof file->dirty);
}

static void disk_create(struct disk *d, uint64_t segment) {
    struct file *file = &d->files[segment];
    step(d);
    if (!file->now) {
        file->now = calloc(2, segment_size);
        file->synced = file->now + segment_size;
    }
    memset(file->now, 0, segment_size);
    file->exists = 1;
}

static void disk_remove(struct disk *d, uint64_t segment) {
    step(d);
    d->files[segment].exists = 0;
}

static void disk_sync_folder(struct disk *d) {
    step(d);
    for (uint32_t i = 0; i < segments_max; i++) d->files[i].is_listed = d->files[i].exists;
}

/* What is left: of what was not synced, nothing, everything, or whatever the coin says. */
static void lose_power(struct disk *d) {
    uint32_t kind = below(4);
    for (uint32_t i = 0; i < segments_max; i++) {
        struct file *file = &d->files[i];
        if (!file->now) continue;
        for (uint32_t s = 0; s < sectors_count; s++) {
            if (!file->dirty[s]) continue;
            int arrived = kind == 0 ? 0 : kind == 1 ? 1 : (int)below(2);
            if (arrived) memcpy(file->synced + s * sector_size, file->now + s * sector_size, sector_size);
        }
        memcpy(file->now, file->synced, segment_size);
        memset(file->dirty, 0, sizeof file->dirty);
        if (file->exists != file->is_listed && below(2)) file->is_listed = file->exists;
        file->exists = file->is_listed;
    }
    cuts_total++;
}

/* ---- the exchange ---- */

static const struct limits limits = {
    .instruments_max = 2, .sessions_max = 1, .participants_max = 4, .users_max = 1, .orders_max = 512,
    .price_leaves_max = 16, .price_branches_max = 8, .client_ids_max = 512, .contracts_max = 4096, .clients_max = 1,
};

struct world {
    struct exchange *exchange;
    struct event_buffer events;
    uint64_t events_hash;
};

static void full(struct event_buffer *buffer) {
    buffer->capacity *= 2;
    buffer->events = realloc(buffer->events, buffer->capacity * sizeof *buffer->events);
}

static struct world *world_new(void) {
    struct world *w = calloc(1, sizeof *w);
    size_t size = (exchange_size(&limits) + 63) & ~(size_t)63;
    w->exchange = memset(aligned_alloc(64, size), 0, size);
    exchange_init(w->exchange, &limits);
    w->events = (struct event_buffer){.capacity = 256, .full = full};
    w->events.events = malloc(w->events.capacity * sizeof *w->events.events);
    return w;
}

static void world_free(struct world *w) {
    free(w->exchange);
    free(w->events.events);
    free(w);
}

static void world_apply(struct world *w, const struct command *command) {
    w->events.count = 0;
    exchange_apply(w->exchange, command, &w->events);
    w->events_hash = journal_hash_events(w->events_hash, w->events.events, w->events.count);
}

/* The world is made first; then orders that trade, rest and are canceled. */
static struct command make_command(uint64_t sequence) {
    struct command c = {.sequence = sequence, .time_ns = 1624860000000000000 + (int64_t)sequence * 1000000,
                        .participant = NAME_NONE, .user = NAME_NONE, .kind = COMMAND_NEW_ORDER};
    switch (sequence) {
    case 1:
        c.kind = COMMAND_INSTRUMENT;
        memcpy(c.instrument.symbol, "MILK", 4);
        c.instrument.price_places = 2;
        return c;
    case 2:
        c.kind = COMMAND_INSTRUMENT_TERMS;
        c.instrument_terms = (struct command_instrument_terms){.lot_units = 1, .tick_scaled = 1, .reference.ticks = 100,
            .quantity_min.lots = 1, .quantity_max.lots = 100, .payment_terms_mask = 1};
        return c;
    case 3: case 5: case 7:
        c.kind = COMMAND_PARTICIPANT;
        c.add_participant.id[0] = (char)('A' + sequence);
        memcpy(c.add_participant.country, "BY", 2);
        return c;
    case 4: case 6: case 8:
        c.kind = COMMAND_ACCREDIT;
        c.accredit = (struct command_accredit){.participant = (uint32_t)(sequence / 2 - 2), .to_date = date_none};
        return c;
    default:
        break;
    }
    c.participant = below(3);
    if (below(4) == 0) {
        c.kind = COMMAND_MASS_CANCEL;
        c.mass_cancel = (struct command_mass_cancel){.instrument = NAME_NONE, .client = NAME_NONE, .side = SIDE_BOTH};
        return c;
    }
    c.new_order = (struct command_new_order){.client = NAME_NONE, .market_session = NAME_NONE,
        .price.ticks = 95 + below(10), .quantity.lots = 1 + below(9), .expire_date = date_none,
        .side = (uint8_t)below(2), .time_in_force = TIF_GTC};
    snprintf(c.new_order.client_order_id, client_order_id_size, "%" PRIu64, sequence);
    return c;
}

/* ---- a run ---- */

/* All that was given, and the state after each command. */
struct history {
    struct command commands[commands_max];
    uint64_t digests[commands_max], hashes[commands_max];
    uint64_t given, acknowledged;
};

struct run {
    struct disk disk;
    struct history history;
    struct world *world;
    struct journal_writer writer;
    uint8_t page[journal_page_size];
    uint8_t batch[4 * journal_page_size + batch_commands_max * sizeof(struct command)];
};

static uint64_t world_seed;

static void wrong(const char *what, uint64_t a, uint64_t b) {
    printf("%s (%" PRIu64 ", %" PRIu64 "); repeat with: power_cuts %d %" PRIu64 "\n", what, a, b, cuts_a_world, world_seed);
    exit(1);
}

/* As storage_file.c: the file whole and synced, the folder synced, the first page synced. */
static void begin_segment(struct run *run) {
    uint64_t number = run->writer.segment_number + 1;
    if (number >= segments_max) wrong("too many segments", number, 0);
    disk_create(&run->disk, number);
    disk_sync(&run->disk, number);
    disk_sync_folder(&run->disk);
    journal_begin_segment(&run->writer, run->page);
    disk_write(&run->disk, number, 0, run->page, journal_page_size);
    disk_sync(&run->disk, number);
}

static void write_batch(struct run *run) {
    struct history *history = &run->history;
    struct command *commands = (void *)(run->batch + sizeof(struct journal_batch_header));
    uint32_t count = 1 + below(below(3) == 0 ? batch_commands_max : 3);
    if (history->given == 0) count = 8;
    for (uint32_t i = 0; i < count; i++) {
        struct command command = make_command(history->given + 1);
        world_apply(run->world, &command);
        commands[i] = command;
        history->commands[history->given] = command;
        history->digests[history->given] = exchange_digest(run->world->exchange);
        history->hashes[history->given++] = run->world->events_hash;
    }
    if (!journal_has_room(&run->writer, count)) begin_segment(run);
    uint64_t offset = run->writer.offset;
    uint64_t size = journal_seal(&run->writer, run->batch, count, commands[count - 1].time_ns, run->world->events_hash);
    disk_write(&run->disk, run->writer.segment_number, offset, run->batch, size);
    disk_sync(&run->disk, run->writer.segment_number);
    history->acknowledged = history->given;
}

/* Looks at what is there, checks every promise, and leaves a world that has come back. */
static void read_back(struct run *run, struct journal_scan *scan, enum journal_status *end) {
    struct journal_bytes segments[segments_max];
    uint32_t count = 0;
    while (count + 1 < segments_max && run->disk.files[count + 1].exists) {
        segments[count] = (struct journal_bytes){run->disk.files[count + 1].now, segment_size};
        count++;
    }
    world_free(run->world);
    run->world = world_new();
    uint64_t came_back = 0;
    *end = JOURNAL_END;
    memset(scan, 0, sizeof *scan);
    if (count > 0) {
        const struct journal_batch_header *header;
        const struct command *commands;
        journal_scan_init(scan, segments, count);
        while ((*end = journal_scan_next(scan, &header, &commands)) == JOURNAL_BATCH) {
            for (uint32_t i = 0; i < header->commands_count; i++, came_back++) {
                if (came_back == run->history.given) wrong("a command that was never given", came_back, 0);
                if (memcmp(&commands[i], &run->history.commands[came_back], sizeof *commands) != 0)
                    wrong("another command than was given", came_back + 1, 0);
                world_apply(run->world, &commands[i]);
            }
            if (run->world->events_hash != header->events_hash) wrong("other events", header->batch_number, 0);
        }
    }
    if (*end == JOURNAL_CORRUPT) wrong("found corrupt", scan->next_batch, (uint64_t)scan->fault);
    if (came_back < run->history.acknowledged) wrong("LOST", run->history.acknowledged, came_back);
    if (came_back > 0 && exchange_digest(run->world->exchange) != run->history.digests[came_back - 1])
        wrong("another state", came_back, 0);
    run->history.given = came_back;
}

/* As recovery and storage_cut do it: what is torn is zeroed, later files go, both synced; or an empty journal begins. */
static void recover(struct run *run) {
    static const uint8_t zeros[journal_page_size];
    struct journal_scan scan;
    enum journal_status end;
    read_back(run, &scan, &end);
    if (end == JOURNAL_TORN) torn_ends++;
    uint64_t last = 0;
    if (run->history.given > 0) {
        journal_resume(&scan, &run->writer);
        last = run->writer.segment_number;
        struct file *file = &run->disk.files[last];
        for (uint64_t at = scan.offset; at < segment_size; at += journal_page_size)
            if (memcmp(file->now + at, zeros, journal_page_size) != 0)
                disk_write(&run->disk, last, at, zeros, journal_page_size);
        disk_sync(&run->disk, last);
    } else {
        journal_writer_init(&run->writer, 1 + next_random() % UINT32_MAX, segment_size, &limits);
    }
    for (uint64_t later = last + 1; later < segments_max; later++)
        if (run->disk.files[later].exists) disk_remove(&run->disk, later);
    disk_sync_folder(&run->disk);
    run->history.acknowledged = run->history.given;
}

/* The power goes `cuts` times in one world. */
static void run_world(uint32_t cuts) {
    struct run *run = calloc(1, sizeof *run);
    volatile uint32_t left = cuts, recovering = 0;
    run->world = world_new();
    if (setjmp(run->disk.outage) != 0) {
        lose_power(&run->disk);
        cuts_in_recovery += recovering;
        if (--left == 0) {
            struct journal_scan scan;
            enum journal_status end;
            read_back(run, &scan, &end);
            world_free(run->world);
            for (uint32_t i = 0; i < segments_max; i++) free(run->disk.files[i].now);
            free(run);
            return;
        }
    }
    run->disk.steps_left = below(4) == 0 ? below(4) : below(60);
    recovering = 1;
    recover(run);
    recovering = 0;
    for (;;) {
        if (run->history.given + batch_commands_max + 8 > commands_max) run->disk.steps_left = 0;
        write_batch(run);
    }
}

int main(int argc, char **argv) {
    uint64_t cuts = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    while (cuts_total < cuts) {
        world_seed = seed++;
        random_state = world_seed * UINT64_C(0x5851F42D4C957F2D);
        run_world(cuts_a_world);
    }
    printf("power: %" PRIu64 " cuts, %" PRIu64 " of them during a recovery, %" PRIu64 " torn ends cut off; 0 acknowledged "
           "commands lost, 0 invented, every state as it was\n", cuts_total, cuts_in_recovery, torn_ends);
    return 0;
}
