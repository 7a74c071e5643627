/* journal_make.c - writes a journal of so many commands, to measure how long it takes to come back.
 *
 *     bench_journal_make FOLDER COMMANDS [SEED]
 *
 * One instrument, 100 firms, no rules beyond accreditation; of the commands 55 % are orders around a price, 45 % cancel
 * one of the latest thousand; 64 commands a batch. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/exchange.h"
#include "engine/journal/writer.h"
#include "gateway/segment_files.h"
#include "instruments/calendar.h"
#include "instruments/name_table.h"
#include "instruments/splitmix.h"

enum { firms_count = 100, batch_commands = 64, recent_count = 1024 };
static const uint64_t segment_bytes = UINT64_C(64) << 20;

static uint64_t random_state = 1;

static uint64_t next_random(void) { return splitmix64(&random_state); }

static struct { uint64_t order_id; uint32_t participant; } recent[recent_count];
static uint64_t events_hash;

static struct command head(enum command_kind kind, uint32_t participant) {
    return (struct command){.kind = (uint16_t)kind, .participant = participant, .user = NAME_NONE};
}

/* Commands 1 and 2 make the instrument, the next 200 the firms. */
static struct command make(uint64_t sequence) {
    uint64_t roll = next_random();
    uint32_t firm = (uint32_t)((sequence - 3) / 2);
    struct command c = head(COMMAND_INSTRUMENT, NAME_NONE);
    if (sequence == 1) {
        memcpy(c.instrument.symbol, "MILK", 4);
        c.instrument.price_places = 2;
        return c;
    }
    if (sequence == 2) {
        c = head(COMMAND_INSTRUMENT_TERMS, NAME_NONE);
        c.instrument_terms = (struct command_instrument_terms){.lot_units = 1, .tick_scaled = 1,
            .reference.ticks = 10000,
            .quantity_min.lots = 1, .quantity_max.lots = 100, .payment_terms_mask = 1};
        return c;
    }
    if (firm < firms_count && sequence % 2 == 1) {
        c = head(COMMAND_PARTICIPANT, NAME_NONE);
        snprintf(c.add_participant.id, participant_id_size, "F%u", firm);
        memcpy(c.add_participant.country, "BY", 2);
        return c;
    }
    if (firm < firms_count) {
        c = head(COMMAND_ACCREDIT, NAME_NONE);
        c.accredit = (struct command_accredit){.participant = firm, .to_date = date_none};
        return c;
    }
    if (roll % 100 < 45) {
        uint32_t which = (uint32_t)(roll >> 8) % recent_count;
        c = head(COMMAND_CANCEL_ORDER, recent[which].participant);
        c.cancel_order.order_id = recent[which].order_id;
        return c;
    }
    c = head(COMMAND_NEW_ORDER, (uint32_t)(roll >> 40) % firms_count);
    c.new_order = (struct command_new_order){.client = NAME_NONE, .market_session = NAME_NONE,
        .price.ticks = 9950 + (uint32_t)(roll >> 16) % 100, .quantity.lots = 1 + (uint32_t)(roll >> 24) % 9,
        .expire_date = date_none, .side = (uint8_t)(roll >> 33 & 1), .time_in_force = TIF_GTC,
        .stp = STP_CANCEL_OLDEST};
    return c;
}

static void remember(const struct event_buffer *events) {
    for (uint32_t i = 0; i < events->count; i++) {
        const struct event *event = &events->events[i];
        if (event->kind != EVENT_ACCEPTED) continue;
        uint32_t which = (uint32_t)(next_random() % recent_count);
        recent[which].order_id = event->order.order_id;
        recent[which].participant = event->order.participant;
    }
}

static void more(struct event_buffer *buffer) {
    buffer->capacity *= 2;
    buffer->events = realloc(buffer->events, buffer->capacity * sizeof *buffer->events);
}

static void put(int file, const uint8_t *bytes, uint64_t size, uint64_t offset) {
    if (pwrite(file, bytes, size, (off_t)offset) == (ssize_t)size) return;
    perror("bench_journal_make");
    exit(1);
}

static int begin_segment(struct journal_writer *writer, const char *folder, int file) {
    static uint8_t page[journal_page_size];
    char name[segment_name_size], path[512];
    if (file >= 0) close(file);
    journal_begin_segment(writer, page);
    segment_name(writer->segment_number, name);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (file < 0 || ftruncate(file, (off_t)writer->segment_size) < 0) exit(1);
    put(file, page, journal_page_size, 0);
    return file;
}

int main(int argc, char **argv) {
    if (argc < 3) return fputs("usage: bench_journal_make FOLDER COMMANDS [SEED]\n", stderr), 2;
    uint64_t count = strtoull(argv[2], NULL, 10);
    if (argc > 3) random_state = strtoull(argv[3], NULL, 10);
    size_t size = exchange_size(&limits_default);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct exchange *exchange = exchange_init(memory, &limits_default);
    struct event_buffer events = {.capacity = 4096, .full = more};
    events.events = malloc(events.capacity * sizeof *events.events);
    struct journal_writer writer;
    journal_writer_init(&writer, 1 + next_random() / 2, segment_bytes, &limits_default);
    static uint8_t batch[journal_page_size * 4 + batch_commands * sizeof(struct command)];
    struct command *commands = (void *)(batch + sizeof(struct journal_batch_header));
    int file = -1;
    for (uint64_t sequence = 1; sequence <= count;) {
        uint32_t n = 0;
        for (; n < batch_commands && sequence <= count; n++, sequence++) {
            commands[n] = make(sequence);
            commands[n].sequence = sequence;
            commands[n].time_ns = INT64_C(1624860000000000000) + (int64_t)sequence * 1000;
            events.count = 0;
            exchange_apply(exchange, &commands[n], &events);
            events_hash = journal_hash_events(events_hash, events.events, events.count);
            remember(&events);
        }
        if (!journal_has_room(&writer, n)) file = begin_segment(&writer, argv[1], file);
        uint64_t offset = writer.offset;
        put(file, batch, journal_seal(&writer, batch, n, commands[n - 1].time_ns, events_hash), offset);
    }
    printf("{\"sequence\":%" PRIu64 ",\"state_hash\":\"%016" PRIx64 "\",\"open_orders\":%u}\n", count,
           exchange_digest(exchange), exchange_open_orders_count(exchange));
    return 0;
}
