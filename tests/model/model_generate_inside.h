/* model_generate_inside.h - what the parts of the generator share: the numbers of its world, and small dice.
 *
 * model_generate.c         requests of participants, time, what is odd
 * model_generate_world.c   the world that every run begins with
 * model_generate_rules.c   people, sessions' terms, rule tables and money, in worlds that have them */
#ifndef BIRZHA_TESTS_MODEL_GENERATE_INSIDE_H
#define BIRZHA_TESTS_MODEL_GENERATE_INSIDE_H

#include <stdio.h>
#include <string.h>

#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/name_table.h"
#include "instruments/splitmix.h"
#include "tests/model/model_generate.h"

enum {
    world_participants = 7, world_instruments = 8, world_sessions = 6, world_users = 6,
    valuable = 4,           /* the instrument where the largest value is near */
    untradable = 7,         /* the one without terms */
    first_date = 18631,     /* 2021-01-04, a Monday; the world begins at 09:00 in Minsk */
};

struct instrument_row {
    const char *symbol;
    uint8_t section, currency, price_places;
    uint32_t lot_units;
    int64_t tick_scaled;
    uint32_t reference, quantity_min, quantity_max, collar_ppm;
    uint32_t session;       /* NAME_NONE = none */
};
extern const struct instrument_row generator_instruments[world_instruments];

/* Worlds with GENERATE_SEVERAL list these beside what the rows say, some of them only later. */
struct listing { uint32_t instrument, session; };
enum { listings_count = 8 };
extern const struct listing generator_listings[listings_count];

static inline uint32_t below(struct generator *g, uint32_t n) {
    return n == 0 ? 0 : (uint32_t)((generator_random(&g->state) >> 32) * n >> 32);
}
static inline bool one_in(struct generator *g, uint32_t n) { return below(g, n) == 0; }
static inline bool percent(struct generator *g, uint32_t n) { return below(g, 100) < n; }
static inline void set_text(char *field, uint32_t size, const char *text) {
    name_set(field, size, text, (uint32_t)strlen(text));
}

/* ---- model_generate_world.c ---- */
struct command *generator_add_world(struct generator *g, enum command_kind kind);
void generator_build_world(struct generator *g);
/* One more session lists an instrument: one that the world has left out, or any. */
void generator_make_listing(struct generator *g, struct command *c);

/* ---- model_generate_rules.c ---- */
void generator_build_rules(struct generator *g);
/* Something that an official says under the rules of this world. */
void generator_make_official(struct generator *g, const struct model *m, struct command *c);
/* Gives a new order what only the rules look at: client, session, terms of payment. */
void generator_add_to_order(struct generator *g, const struct model *m, struct command *c);

#endif
