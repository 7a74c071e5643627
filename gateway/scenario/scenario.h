/* scenario.h - a world from its file: the commands that create it, and what does not fit into commands.
 *
 * SCENARIO.md is the format. Loading is a function of the bytes: the same scenario and data folder give the same
 * commands in the same order. Numbers of instruments, sessions, participants and users are those that an empty exchange
 * gives them. The loader applies the same bounds as the exchange, so none of its commands is refused by one that has at
 * least `limits`.
 *
 * Not here: hashing of passwords, stamping of commands, running of agents. */
#ifndef BIRZHA_SCENARIO_SCENARIO_H
#define BIRZHA_SCENARIO_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

#include "engine/command.h"
#include "engine/exchange.h"
#include "gateway/scenario/error.h"

enum { scenario_name_size = 64, scenario_password_size_max = 127 };

struct scenario_password {
    uint32_t user;                                  /* as in COMMAND_USER, counted from 0 */
    char text[scenario_password_size_max + 1];      /* in clear, NUL-terminated */
};

struct scenario {
    char name[scenario_name_size + 1];
    int64_t start_ns;
    uint64_t seed;
    struct command *commands;           /* time_ns = start_ns; sequence 0, the sequencer gives one */
    uint32_t commands_count, commands_capacity;
    struct scenario_password *passwords;
    uint32_t passwords_count;
    char *agents;                       /* JSON text of the list, NUL-terminated; "[]" when there are none */
    struct limits limits;               /* limits_default, or more where the world needs more */
};

/* The data folder, read once for any number of worlds: catalogue, holidays, rule tables. */
struct scenario_data;

/* 0 or a negative errno (-EINVAL: the content) and *error set; then there is nothing to free. */
__attribute__((warn_unused_result))
int scenario_data_load(const char *data_dir, struct scenario_data **data, struct scenario_error *error);
void scenario_data_free(struct scenario_data *data);
__attribute__((warn_unused_result))
int scenario_load_with(const char *path, const struct scenario_data *data, struct scenario *scenario,
                       struct scenario_error *error);

/* The same of a folder that is read for this world only. */
__attribute__((warn_unused_result))
int scenario_load(const char *path, const char *data_dir, struct scenario *scenario, struct scenario_error *error);

/* Wipes the passwords and frees everything. */
void scenario_free(struct scenario *scenario);

#endif
