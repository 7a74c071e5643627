/* model_generate.h - commands that nobody would think of, reproducible from a seed.
 *
 * A world of a few instruments (different ticks, limits, collars, sessions) and participants (accredited everywhere, in
 * one section, not yet, no longer, never), and then requests that lean towards edges: prices around the collar, wrong
 * owners, dead orders, names used twice, dates around today, midnight. */
#ifndef BIRZHA_TESTS_MODEL_GENERATE_H
#define BIRZHA_TESTS_MODEL_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/command.h"
#include "tests/model/model.h"

enum { generator_recent_max = 32, generator_world_max = 192 };

/* Every world has some of the rules: bits of `rules`. */
enum generator_rules {
    GENERATE_PEOPLE = 1 << 0,   /* standing, brokers, remarks, certificates, limits */
    GENERATE_SESSIONS = 1 << 1, /* what sessions admit, dates, phases by hand */
    GENERATE_TABLES = 1 << 2,   /* transit, currencies, bands */
    GENERATE_MONEY = 1 << 3,    /* deposits, fees, contracts, busts */
    GENERATE_OFFICIALS = GENERATE_PEOPLE | GENERATE_SESSIONS | GENERATE_TABLES | GENERATE_MONEY,
    GENERATE_SEVERAL = 1 << 4,  /* instruments that several sessions list */
};

struct generator {
    uint64_t state;
    uint64_t sequence;
    struct command world[generator_world_max];      /* what builds the world, first */
    uint32_t world_count, world_next;
    struct command recent[generator_recent_max];    /* requests with names, to be sent once more */
    uint32_t recent_count;
    uint32_t open_orders_wanted;
    uint32_t rules;             /* enum generator_rules: what this world has */
};

/* splitmix64, from its published description. */
uint64_t generator_random(uint64_t *state);

void generator_init(struct generator *generator, uint64_t seed, uint32_t rules);
/* The next command, chosen with an eye on what is there. */
struct command generator_next(struct generator *generator, const struct model *model);

#endif
