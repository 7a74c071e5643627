/* model_script.h - scripts: commands and the events they must give, as text.
 *
 * tests/scripts/README.md describes the format. In a script an order is known by the number of its ACCEPTED: the first
 * order of the script is 1. */
#ifndef BIRZHA_TESTS_MODEL_SCRIPT_H
#define BIRZHA_TESTS_MODEL_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "engine/command.h"
#include "engine/event.h"

/* An event of which some members are stated; only those are compared. */
struct expectation {
    struct event event;
    uint64_t stated;            /* bit i = member i of the kind's list */
    uint32_t line;
};

struct script_step {
    struct command command;
    uint32_t expected_first, expected_count;    /* of the script's expectations */
    bool expects;               /* false = nothing is said about its events */
    uint32_t line;
};

struct script {
    struct script_step *steps;
    struct expectation *expectations;
    uint32_t steps_count, expectations_count;
    char error[160];            /* why reading failed, with the line */
};

/* 0, or -1 and script->error. The script must be freed in both cases. */
__attribute__((warn_unused_result)) int script_parse(struct script *script, const char *text);
__attribute__((warn_unused_result)) int script_read(struct script *script, const char *path);
void script_free(struct script *script);

/* Whether an event is what the script says. */
bool script_matches(const struct expectation *expected, const struct event *event);

/* One line each. The time is written when it is not *time_ns, which then becomes the command's. */
void script_write_command(FILE *file, const struct command *command, int64_t *time_ns);
void script_write_event(FILE *file, const struct event *event);

/* Lower-case name of a kind or reason; "?" for a number that is none. */
const char *script_event_name(uint32_t kind);
const char *script_reason_name(uint32_t reason);

#endif
