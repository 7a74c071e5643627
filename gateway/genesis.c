/* genesis.c - file, hashes, commands; see genesis.h. */
#include "gateway/genesis.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/password.h"
#include "gateway/scenario/data_folder.h"
#include "instruments/calendar.h"

#define DEMONSTRATION_WORLD "scenarios/demo.json"

enum { path_size = 512, hashers_max = 8 };

int genesis_read(const char *path, struct scenario *scenario, char *error, size_t error_size) {
    char folder[data_folder_size], shipped[path_size];
    if (data_folder_find(folder) < 0) {
        snprintf(error, error_size, "the name of the data folder is too long");
        return -1;
    }
    snprintf(shipped, sizeof shipped, "%s/%s", folder, DEMONSTRATION_WORLD);
    struct scenario_error reason;
    if (scenario_load(path ? path : shipped, folder, scenario, &reason) == 0) return 0;
    scenario_error_format(&reason, error, error_size);
    return -1;
}

/* ---- passwords ---- */

struct hasher {
    pthread_t thread;
    const struct scenario_password *passwords;
    struct command *commands;           /* one PASSWORD for each */
    uint32_t count, first, step;        /* takes first, first + step, ... */
    int status;
};

static void *hash_some(void *argument) {
    struct hasher *hasher = argument;
    for (uint32_t i = hasher->first; i < hasher->count && hasher->status == 0; i += hasher->step) {
        struct command *command = &hasher->commands[i];
        command->kind = COMMAND_PASSWORD;
        command->participant = command->user = NAME_NONE;
        command->password.user = hasher->passwords[i].user;
        hasher->status = password_hash(hasher->passwords[i].text, command->password.hash);
    }
    return NULL;
}

static uint32_t hashers_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1) return 1;
    return count < hashers_max ? (uint32_t)count : hashers_max;
}

/* Fills one PASSWORD command for every password. 0 or a negative errno. */
static int hash_all(const struct scenario *scenario, struct command *commands) {
    struct hasher hashers[hashers_max];
    uint32_t count = hashers_count(), started = 0;
    for (uint32_t i = 0; i < count; i++) {
        hashers[i] = (struct hasher){
            .passwords = scenario->passwords, .commands = commands, .count = scenario->passwords_count,
            .first = i, .step = count,
        };
    }
    while (started + 1 < count &&
           pthread_create(&hashers[started].thread, NULL, hash_some, &hashers[started]) == 0) started++;
    /* This thread takes the last share, and those that found no thread. */
    for (uint32_t i = started; i < count; i++) hash_some(&hashers[i]);
    int status = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i < started) pthread_join(hashers[i].thread, NULL);
        if (hashers[i].status < 0) status = hashers[i].status;
    }
    return status;
}

/* ---- commands ---- */

/* 0, or the reason why the exchange refused the command. */
static uint16_t apply(struct sequencer *sequencer, struct command *command) {
    struct applied applied = sequencer_apply(sequencer, command);
    for (uint32_t i = 0; i < applied.events_count; i++) {
        if (applied.events[i].kind == EVENT_REFUSED) return applied.events[i].refused.reason;
    }
    return 0;
}

static int apply_all(struct sequencer *sequencer, struct command *commands, uint32_t count, int64_t time_ns,
                     char *error, size_t error_size) {
    for (uint32_t i = 0; i < count; i++) {
        commands[i].time_ns = time_ns;
        uint16_t reason = apply(sequencer, &commands[i]);
        if (reason == 0) continue;
        snprintf(error, error_size, "the world cannot be created: command %u of kind %u is refused: %s", i + 1,
                 commands[i].kind, reject_name(reason));
        return -1;
    }
    return 0;
}

/* When the world begins. */
static int64_t beginning_ns(const struct scenario *scenario, enum clock_mode clock) {
    if (clock == CLOCK_MODE_MANUAL) return scenario->start_ns;
    struct wall_clock wall;
    wall_clock_init(&wall);
    return wall_clock_now_ns(&wall);
}

int genesis_apply(struct sequencer *sequencer, struct scenario *scenario, enum clock_mode clock, char *error,
                  size_t error_size) {
    int64_t time_ns = beginning_ns(scenario, clock);
    if (!calendar_covers(trade_date(time_ns))) {
        snprintf(error, error_size, "today lies outside the calendar, which ends with the year %d", calendar_year_last);
        return -1;
    }
    struct command *passwords = calloc(scenario->passwords_count + 1, sizeof *passwords);
    int status = passwords ? hash_all(scenario, passwords) : -ENOMEM;
    if (status < 0) {
        snprintf(error, error_size, "a password cannot be hashed: %s", strerror(-status));
        free(passwords);
        return -1;
    }
    status = apply_all(sequencer, scenario->commands, scenario->commands_count, time_ns, error, error_size);
    if (status == 0) {
        status = apply_all(sequencer, passwords, scenario->passwords_count, time_ns, error, error_size);
    }
    free(passwords);
    return status;
}
