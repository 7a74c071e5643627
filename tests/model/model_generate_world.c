/* model_generate_world.c - the world that every random run begins with: instruments of all sizes, sessions of all hours,
 * firms that may trade everywhere, somewhere, not yet and no longer. */
#include "tests/model/model_generate_inside.h"

static const int64_t first_time_ns = (INT64_C(18631) * 86400 + 6 * 3600) * NS_PER_SECOND;

struct command *generator_add_world(struct generator *g, enum command_kind kind) {
    CHECK(g->world_count < generator_world_max);
    struct command *c = &g->world[g->world_count++];
    memset(c, 0, sizeof *c);
    c->kind = (uint16_t)kind;
    c->time_ns = first_time_ns;
    c->participant = c->user = NAME_NONE;
    return c;
}

const struct instrument_row generator_instruments[world_instruments] = {
    { "MILK", SECTION_AGRI, CURRENCY_USD, 2, 20, 500, 540, 1, 60, 100000, NAME_NONE },
    { "PLAIN", SECTION_AGRI, CURRENCY_BYN, 2, 1, 1, 50, 2, 1000, 0, NAME_NONE },
    { "WOOD", SECTION_TIMBER, CURRENCY_EUR, 3, 10, 1, 4, 1, 50, 200000, 1 },
    { "STEEL", SECTION_METALS, CURRENCY_RUB, 2, 60, 100, 1000, 5, 15, 20000, 0 },
    { "HUGE", SECTION_CONSUMER, CURRENCY_CNY, 2, 1, 1, price_ticks_max - 3, 1, 1000000000, 100000, NAME_NONE },
    { "SUGAR", SECTION_CONSUMER, CURRENCY_USD, 2, 20, 10, 30, 3, 100, 500000, 2 },
    { "NIGHT", SECTION_AGRI, CURRENCY_USD, 4, 100, 1, 20, 1, 40, 350000, 3 },
    { "BARE", SECTION_AGRI, CURRENCY_USD, 2, 1, 1, 1, 1, 1, 0, NAME_NONE },
};

static void build_instrument(struct generator *g, uint32_t index) {
    const struct instrument_row *row = &generator_instruments[index];
    struct command *c = generator_add_world(g, COMMAND_INSTRUMENT);
    set_text(c->instrument.symbol, symbol_size, row->symbol);
    set_text(c->instrument.name, instrument_name_size, row->symbol);
    c->instrument.section = row->section;
    c->instrument.currency = row->currency;
    c->instrument.price_places = row->price_places;
    if (index == untradable) return;
    c = generator_add_world(g, COMMAND_INSTRUMENT_TERMS);
    c->instrument_terms = (struct command_instrument_terms){
        .instrument = index, .lot_units = row->lot_units, .tick_scaled = row->tick_scaled,
        .reference.ticks = row->reference, .quantity_min.lots = row->quantity_min,
        .quantity_max.lots = row->quantity_max, .collar_ppm = row->collar_ppm, .payment_terms_mask = 7 };
    c = generator_add_world(g, COMMAND_BASIS);
    c->basis.instrument = index;
    set_text(c->basis.basis.place, place_size, "Minsk");
    memcpy(c->basis.basis.country, "BY", 2);
}

const struct listing generator_listings[listings_count] = {
    { 0, 1 }, { 0, 5 }, { 2, 0 }, { 2, 4 }, { 3, 4 }, { 3, 2 }, { 5, 5 }, { 5, 3 },
};

static void list_symbol(struct generator *g, uint32_t session, uint32_t instrument) {
    struct command *c = generator_add_world(g, COMMAND_SESSION_SYMBOL);
    c->session_symbol.session = session;
    c->session_symbol.instrument = instrument;
}

static void build_sessions(struct generator *g) {
    static const struct { const char *id; uint16_t open_minute, close_minute; } rows[] = {
        { "DAY", 600, 960 }, { "ALWAYS", 0, 0 }, { "LATE", 720, 1440 }, { "ROUND", 0, 1440 }, { "SPECIAL", 540, 780 },
        { "SECOND", 0, 0 },
    };
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct command *c = generator_add_world(g, COMMAND_SESSION);
        set_text(c->session.id, session_id_size, rows[i].id);
        c->session.open_minute = rows[i].open_minute;
        c->session.close_minute = rows[i].close_minute;
    }
    bool several = g->rules & GENERATE_SEVERAL;
    for (uint32_t i = 0; i < world_instruments; i++) {
        if (generator_instruments[i].session == NAME_NONE || (several && percent(g, 35))) continue;
        list_symbol(g, generator_instruments[i].session, i);
    }
    for (uint32_t i = 0; i < listings_count && several; i++)
        if (percent(g, 65)) list_symbol(g, generator_listings[i].session, generator_listings[i].instrument);
}

void generator_make_listing(struct generator *g, struct command *c) {
    const struct listing *listing = &generator_listings[below(g, listings_count)];
    c->kind = COMMAND_SESSION_SYMBOL;
    c->session_symbol.session = listing->session;
    c->session_symbol.instrument = listing->instrument;
    if (percent(g, 60)) return;
    c->session_symbol.session = below(g, world_sessions);
    c->session_symbol.instrument = below(g, world_instruments);
}

static void accredit(struct generator *g, uint32_t participant, uint32_t section, int32_t from, int32_t to) {
    struct command *c = generator_add_world(g, COMMAND_ACCREDIT);
    c->accredit.participant = participant;
    c->accredit.section = (uint8_t)section;
    c->accredit.from_date = from;
    c->accredit.to_date = to;
}

static void build_participants(struct generator *g) {
    static const char *const ids[world_participants] = { "BY-A", "UA-B", "LT-C", "BY-D", "CN-E", "BY-F", "PL-G" };
    for (uint32_t i = 0; i < world_participants; i++) {
        struct command *c = generator_add_world(g, COMMAND_PARTICIPANT);
        set_text(c->add_participant.id, participant_id_size, ids[i]);
        set_text(c->add_participant.name, participant_name_size, ids[i]);
        memcpy(c->add_participant.country, ids[i], 2);
    }
    for (uint32_t section = 0; section < SECTION_COUNT; section++) {
        accredit(g, 0, section, first_date - 300, date_none);
        accredit(g, 1, section, first_date, date_none);
        if (section != SECTION_TIMBER)
            accredit(g, 2, section, first_date - 300, section == SECTION_METALS ? first_date + 20 : date_none);
        accredit(g, 6, section, first_date - 300, date_none);
    }
    accredit(g, 3, SECTION_AGRI, first_date - 300, date_none);
    accredit(g, 3, SECTION_CONSUMER, first_date - 300, date_none);
    accredit(g, 5, SECTION_AGRI, first_date + 30, date_none);
    accredit(g, 5, SECTION_METALS, first_date - 300, first_date - 1);
    static const struct { const char *name; uint32_t participant; uint8_t role; } users[] = {
        { "alla", 0, ROLE_TRADER }, { "boris", 1, ROLE_TRADER }, { "clara", 2, ROLE_TRADER },
        { "olga", 0, ROLE_OBSERVER }, { "chief", NAME_NONE, ROLE_SUPERVISOR }, { "fedor", 5, ROLE_TRADER },
    };
    for (uint32_t i = 0; i < sizeof users / sizeof *users; i++) {
        struct command *c = generator_add_world(g, COMMAND_USER);
        set_text(c->add_user.name, user_name_size, users[i].name);
        c->add_user.participant = users[i].participant;
        c->add_user.role = users[i].role;
    }
}

void generator_build_world(struct generator *g) {
    for (uint32_t i = 0; i < world_instruments; i++) build_instrument(g, i);
    build_sessions(g);
    build_participants(g);
}
