/* fixture.h - a small market for engine tests: one exchange, one event buffer, and short words for commands.
 *
 * The world: instrument 0 "MILK" (agri, USD, tick 5.00, lot 20 t, reference 540 ticks = 2700.00, 1 to 10,000 lots, collar
 * 10 %), instrument 1 "PLAIN" (the same without collar); participants 0 "BY-A", 1 "UA-B", 2 "LT-C", accredited
 * in agri from 2020; the date is Monday 2021-01-04, 09:00 in Minsk. */
#ifndef BIRZHA_TESTS_ENGINE_FIXTURE_H
#define BIRZHA_TESTS_ENGINE_FIXTURE_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exchange.h"
#include "instruments/name_table.h"

enum { MILK, PLAIN };
enum { BY_A, UA_B, LT_C };
enum { fixture_events_max = 4096 };

struct fixture {
    struct exchange *exchange;
    struct event events[fixture_events_max];
    struct event_buffer buffer;
    uint64_t sequence;
    int64_t time_ns;
};

static inline void fixture_full(struct event_buffer *buffer) {
    (void)buffer;
    cr_assert_fail("a command gave more events than a test expects");
}

/* Applies a command; its events are then in buffer.events[0 .. count-1]. */
static inline uint32_t fixture_apply(struct fixture *f, struct command command) {
    command.sequence = ++f->sequence;
    if (command.time_ns == 0) command.time_ns = f->time_ns;
    f->buffer.count = 0;
    exchange_apply(f->exchange, &command, &f->buffer);
    f->time_ns = exchange_time_ns(f->exchange);
    exchange_verify(f->exchange);
    return f->buffer.count;
}

static inline struct command fixture_command(enum command_kind kind, uint32_t participant) {
    return (struct command){ .kind = (uint16_t)kind, .participant = participant, .user = NAME_NONE };
}

static inline void fixture_instrument(struct fixture *f, uint32_t index, const char *symbol, uint32_t collar_ppm) {
    struct command c = fixture_command(COMMAND_INSTRUMENT, NAME_NONE);
    name_set(c.instrument.symbol, symbol_size, symbol, (uint32_t)strlen(symbol));
    c.instrument.section = SECTION_AGRI;
    c.instrument.unit = UNIT_TONNE;
    c.instrument.currency = CURRENCY_USD;
    c.instrument.price_places = 2;
    fixture_apply(f, c);
    c = fixture_command(COMMAND_INSTRUMENT_TERMS, NAME_NONE);
    c.instrument_terms = (struct command_instrument_terms){
        .instrument = index, .lot_units = 20, .tick_scaled = 500, .reference.ticks = 540,
        .quantity_min.lots = 1, .quantity_max.lots = 10000, .collar_ppm = collar_ppm, .payment_terms_mask = 7 };
    fixture_apply(f, c);
}

static inline void fixture_participant(struct fixture *f, uint32_t index, const char *id) {
    struct command c = fixture_command(COMMAND_PARTICIPANT, NAME_NONE);
    name_set(c.add_participant.id, participant_id_size, id, (uint32_t)strlen(id));
    memcpy(c.add_participant.country, id, 2);
    fixture_apply(f, c);
    c = fixture_command(COMMAND_ACCREDIT, NAME_NONE);
    c.accredit = (struct command_accredit){ .participant = index, .section = SECTION_AGRI, .to_date = date_none,
                                            .from_date = date_from_civil(2020, 1, 1) };
    fixture_apply(f, c);
}

static inline struct fixture *fixture_new(void) {
    struct limits limits = { .instruments_max = 4, .sessions_max = 4, .participants_max = 8, .users_max = 8,
                             .orders_max = 256, .price_leaves_max = 64, .price_branches_max = 16, .client_ids_max = 64 };
    struct fixture *f = calloc(1, sizeof *f);
    size_t size = (exchange_size(&limits) + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, size);
    cr_assert(f != NULL && memory != NULL);
    memset(memory, 0, size);
    f->exchange = exchange_init(memory, &limits);
    f->buffer = (struct event_buffer){ .events = f->events, .capacity = fixture_events_max, .full = fixture_full };
    f->time_ns = trade_date_begin_ns(date_from_civil(2021, 1, 4), 9 * 60);
    fixture_instrument(f, MILK, "MILK", 100000);
    fixture_instrument(f, PLAIN, "PLAIN", 0);
    fixture_participant(f, BY_A, "BY-A");
    fixture_participant(f, UA_B, "UA-B");
    fixture_participant(f, LT_C, "LT-C");
    return f;
}

static inline void fixture_free(struct fixture *f) {
    free(f->exchange);
    free(f);
}

/* A day limit order; change what else it should be before fixture_apply. */
static inline struct command order(uint32_t participant, enum side side, uint32_t lots, uint32_t ticks) {
    struct command c = fixture_command(COMMAND_NEW_ORDER, participant);
    c.new_order = (struct command_new_order){ .instrument = MILK, .client = NAME_NONE, .market_session = NAME_NONE,
                                              .price.ticks = ticks, .quantity.lots = lots, .side = (uint8_t)side,
                                              .expire_date = date_none };
    return c;
}

/* Enters an order that must be accepted; returns its id. */
static inline uint64_t enter(struct fixture *f, struct command c) {
    uint32_t count = fixture_apply(f, c);
    for (uint32_t i = 0; i < count; i++)
        if (f->events[i].kind == EVENT_ACCEPTED) return f->events[i].order.order_id;
    cr_assert_fail("the order was not accepted: event %u, reason %u", f->events[0].kind, f->events[0].rejected.reason);
    return 0;
}

/* The reason a command is turned down with; REJECT_NONE when it is not. */
static inline enum reject reason_of(struct fixture *f, struct command c) {
    uint32_t count = fixture_apply(f, c);
    for (uint32_t i = 0; i < count; i++) {
        if (f->events[i].kind == EVENT_REJECTED) return (enum reject)f->events[i].rejected.reason;
        if (f->events[i].kind == EVENT_REFUSED) return (enum reject)f->events[i].refused.reason;
    }
    return REJECT_NONE;
}

static inline void expect_kinds(const struct fixture *f, const uint16_t *kinds, uint32_t count) {
    cr_assert_eq(f->buffer.count, count, "%u events instead of %u", f->buffer.count, count);
    for (uint32_t i = 0; i < count; i++)
        cr_assert_eq(f->events[i].kind, kinds[i], "event %u is %u instead of %u", i, f->events[i].kind, kinds[i]);
}
#define EXPECT_KINDS(f, ...) \
    expect_kinds(f, (const uint16_t[]){ __VA_ARGS__ }, sizeof((const uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t))

#endif
