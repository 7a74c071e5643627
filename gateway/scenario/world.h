/* world.h - a scenario while it is being read. Private to this folder. */
#ifndef BIRZHA_SCENARIO_WORLD_H
#define BIRZHA_SCENARIO_WORLD_H

#include "gateway/scenario/catalogue.h"
#include "gateway/scenario/document.h"
#include "gateway/scenario/holidays.h"
#include "gateway/scenario/registry.h"
#include "gateway/scenario/rules_table.h"
#include "gateway/scenario/scenario.h"

struct world {
    struct scenario *scenario;
    struct catalogue catalogue;         /* the shipped one */
    struct catalogue chosen;            /* this world's instruments */
    struct holidays holidays;
    struct rules_table rules;
    struct registry symbols, sessions, participants, users;
    struct registry persons;            /* who trades ... */
    uint32_t *employers;                /* ... for which participant, by person */
    uint32_t *listed_in;                /* by instrument: index + 1 of the session that listed it last ... */
    uint8_t *listings_count;            /* ... and how many did */
    int has_terms;                      /* deposits, fees and contracts are in force */
    int collects_fees;                  /* fees are taken from the deposit on the day they are due */
    struct command spare;               /* where commands go when memory is short ... */
    int out_of_memory;                  /* ... which the end of the loading says */
};

/* A new command of the world, zeroed but for kind, time and asker. Valid until the next. */
struct command *world_command(struct world *world, enum command_kind kind);

/* Reads the key `rules`, over the shipped tables; the instruments come before. */
__attribute__((warn_unused_result))
int world_read_rules(struct world *world, const struct place *root);
/* Adds the commands of the rule tables. */
void world_say_rules(struct world *world);

/* Each reads one key of the scenario and adds its commands. 0 or -EINVAL. */
__attribute__((warn_unused_result))
int world_read_instruments(struct world *world, const struct place *root);
__attribute__((warn_unused_result))
int world_read_sessions(struct world *world, const struct place *list);
__attribute__((warn_unused_result))
int world_read_participants(struct world *world, const struct place *list);
__attribute__((warn_unused_result))
int world_read_users(struct world *world, const struct place *list);

#endif
