/* world.h - a small exchange for the tests of the wire: the real engine with a few names in it.
 *
 * Monday 2021-06-28, 09:00 in Minsk. Instruments: DY-SMP-EX (agri, USD, tick 5.00, lot 20 t, reference 2700.00, 1 to
 * 10,000 lots, collar 10 %, session AGRI-DAY 09:00-17:00), TB-SAW (timber, USD, tick 0.50, no collar, session
 * TIMBER-ANY, always open), MT-FINE (metals, EUR, four places, tick 0.0025), NO-TERMS (no terms yet). Participants:
 * BY-DAIRY-1 (all sections), DE-TRADE-2 (agri from 2021-07-01), RU-WOOD-3 (none). User: dairy1, trader of the first. */
#ifndef BIRZHA_TEST_WIRE_WORLD_H
#define BIRZHA_TEST_WIRE_WORLD_H

#include <criterion/criterion.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exchange.h"
#include "instruments/name_table.h"
#include "tests/support/expect.h"

enum { DY_SMP_EX, TB_SAW, MT_FINE, NO_TERMS };
enum { BY_DAIRY_1, DE_TRADE_2, RU_WOOD_3 };
enum { AGRI_DAY, TIMBER_ANY };
enum { world_events_max = 64 };

struct world {
    struct exchange *exchange;
    struct event events[world_events_max];
    struct event_buffer buffer;
    uint64_t sequence;
    int64_t time_ns;
};

static inline void world_full(struct event_buffer *buffer) {
    (void)buffer;
    cr_assert_fail("a command gave more events than a test expects");
}

/* Applies a command at the world's time; its events are in world->events. */
static inline uint32_t world_apply(struct world *world, struct command command) {
    command.sequence = ++world->sequence;
    command.time_ns = world->time_ns;
    world->buffer.count = 0;
    exchange_apply(world->exchange, &command, &world->buffer);
    return world->buffer.count;
}

static inline struct command world_command(enum command_kind kind, uint32_t participant) {
    return (struct command){.kind = (uint16_t)kind, .participant = participant, .user = NAME_NONE};
}

#define WORLD_NAME(field, text) name_set(field, sizeof field, text, (uint32_t)strlen(text))

static inline void world_instrument(struct world *world, const char *symbol, enum section section,
                                    enum currency currency, uint8_t places) {
    struct command c = world_command(COMMAND_INSTRUMENT, NAME_NONE);
    WORLD_NAME(c.instrument.symbol, symbol);
    WORLD_NAME(c.instrument.name, "Skimmed \"milk\" powder");
    c.instrument.section = (uint8_t)section;
    c.instrument.unit = UNIT_TONNE;
    c.instrument.currency = (uint8_t)currency;
    c.instrument.price_places = places;
    world_apply(world, c);
}

static inline void world_terms(struct world *world, uint32_t index, uint32_t lot, int64_t tick, uint32_t reference,
                               uint32_t collar_ppm) {
    struct command c = world_command(COMMAND_INSTRUMENT_TERMS, NAME_NONE);
    c.instrument_terms = (struct command_instrument_terms){
        .instrument = index, .lot_units = lot, .tick_scaled = tick, .reference.ticks = reference,
        .quantity_min.lots = 1, .quantity_max.lots = 10000, .collar_ppm = collar_ppm, .payment_terms_mask = 5};
    WORLD_NAME(c.instrument_terms.group, "dairy");
    world_apply(world, c);
    c = world_command(COMMAND_BASIS, NAME_NONE);
    c.basis.instrument = index;
    WORLD_NAME(c.basis.basis.place, "Minsk");
    memcpy(c.basis.basis.country, "BY", 2);
    c.basis.basis.incoterm = INCOTERM_FCA;
    world_apply(world, c);
}

static inline void world_session(struct world *world, const char *id, uint32_t index, int open_hour, int close_hour,
                                 uint32_t instrument) {
    struct command c = world_command(COMMAND_SESSION, NAME_NONE);
    WORLD_NAME(c.session.id, id);
    c.session.open_minute = (uint16_t)(open_hour * 60);
    c.session.close_minute = (uint16_t)(close_hour * 60);
    world_apply(world, c);
    c = world_command(COMMAND_SESSION_SYMBOL, NAME_NONE);
    c.session_symbol.session = index;
    c.session_symbol.instrument = instrument;
    world_apply(world, c);
}

static inline void world_participant(struct world *world, const char *id, const char *name) {
    struct command c = world_command(COMMAND_PARTICIPANT, NAME_NONE);
    WORLD_NAME(c.add_participant.id, id);
    WORLD_NAME(c.add_participant.name, name);
    memcpy(c.add_participant.country, id, 2);
    world_apply(world, c);
}

static inline void world_accredit(struct world *world, uint32_t participant, enum section section, int32_t from,
                                  int32_t to) {
    struct command c = world_command(COMMAND_ACCREDIT, NAME_NONE);
    c.accredit = (struct command_accredit){
        .participant = participant, .section = (uint8_t)section, .from_date = from, .to_date = to};
    world_apply(world, c);
}

static inline struct world *world_new(void) {
    struct limits limits = {.instruments_max = 8, .sessions_max = 4, .participants_max = 8, .users_max = 8,
                            .orders_max = 64, .price_leaves_max = 64, .price_branches_max = 16, .client_ids_max = 64};
    struct world *world = calloc(1, sizeof *world);
    size_t size = (exchange_size(&limits) + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, size);
    cr_assert(world != NULL && memory != NULL);
    memset(memory, 0, size);
    world->exchange = exchange_init(memory, &limits);
    world->buffer = (struct event_buffer){.events = world->events, .capacity = world_events_max, .full = world_full};
    world->time_ns = trade_date_begin_ns(date_from_civil(2021, 6, 28), 9 * 60);
    world_instrument(world, "DY-SMP-EX", SECTION_AGRI, CURRENCY_USD, 2);
    world_instrument(world, "TB-SAW", SECTION_TIMBER, CURRENCY_USD, 2);
    world_instrument(world, "MT-FINE", SECTION_METALS, CURRENCY_EUR, 4);
    world_instrument(world, "NO-TERMS", SECTION_AGRI, CURRENCY_USD, 2);
    world_terms(world, DY_SMP_EX, 20, 500, 540, 100000);
    world_terms(world, TB_SAW, 1, 50, 560, 0);
    world_terms(world, MT_FINE, 4, 25, 1000, 0);
    world_session(world, "AGRI-DAY", AGRI_DAY, 9, 17, DY_SMP_EX);
    world_session(world, "TIMBER-ANY", TIMBER_ANY, 0, 0, TB_SAW);
    world_participant(world, "BY-DAIRY-1", "Dairy One");
    world_participant(world, "DE-TRADE-2", "Trade Two");
    world_participant(world, "RU-WOOD-3", "Wood Three");
    int32_t begin = date_from_civil(2020, 1, 1);
    for (int s = 0; s < SECTION_COUNT; s++) world_accredit(world, BY_DAIRY_1, (enum section)s, begin, date_none);
    world_accredit(world, DE_TRADE_2, SECTION_AGRI, date_from_civil(2021, 7, 1), date_from_civil(2021, 12, 31));
    struct command c = world_command(COMMAND_USER, NAME_NONE);
    WORLD_NAME(c.add_user.name, "dairy1");
    c.add_user.participant = BY_DAIRY_1;
    world_apply(world, c);
    return world;
}

static inline void world_free(struct world *world) {
    free(world->exchange);
    free(world);
}

/* Enters a day limit order of BY-DAIRY-1, whom nobody checks for being a trader; gives its id. */
static inline uint64_t world_order(struct world *world, uint32_t instrument, const char *name, uint32_t lots,
                                   uint32_t ticks) {
    struct command c = world_command(COMMAND_NEW_ORDER, BY_DAIRY_1);
    c.new_order = (struct command_new_order){
        .instrument = instrument, .client = NAME_NONE, .market_session = NAME_NONE, .expire_date = date_none,
        .price.ticks = ticks, .quantity.lots = lots};
    WORLD_NAME(c.new_order.client_order_id, name);
    uint32_t count = world_apply(world, c);
    for (uint32_t i = 0; i < count; i++) {
        if (world->events[i].kind == EVENT_ACCEPTED) return world->events[i].order.order_id;
    }
    cr_assert_fail("the order was not accepted: event %u, reason %u", world->events[0].kind,
                   world->events[count - 1].rejected.reason);
    return 0;
}

/* Checks one line as it leaves: ended by '\n', one JSON object, within the limit, and as expected (expect.h), with
 * exactly `members_count` members. */
static inline void expect_line(const char *line, uint32_t size, const char *expectation, int members_count) {
    char why[256];
    cr_assert(size > 0 && size <= 16384 && line[size - 1] == '\n');
    const char *end = NULL;
    cJSON *message = cJSON_ParseWithLengthOpts(line, size, &end, 0);
    cr_assert(message != NULL && end == line + size - 1, "not JSON: %.*s", (int)size, line);
    cr_expect_eq(expect_match(expectation, message, why, sizeof why), 0, "%s\n%.*s", why, (int)size, line);
    cr_expect_eq(cJSON_GetArraySize(message), members_count, "%d members: %.*s", cJSON_GetArraySize(message),
                 (int)size, line);
    cJSON_Delete(message);
}

#endif
