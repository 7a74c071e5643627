/* fixture.h - scenarios written in a test, and where the shipped data lies. */
#ifndef BIRZHA_TESTS_SCENARIO_FIXTURE_H
#define BIRZHA_TESTS_SCENARIO_FIXTURE_H

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/scenario/scenario.h"
#include "instruments/name_table.h"

static inline const char *data_dir(void) {
    const char *named = getenv("BIRZHA_DATA_DIR");
    return named != NULL ? named : "instruments/data";
}

/* Writes a file whose text has ' where JSON has ". */
static inline void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    cr_assert_not_null(file);
    for (; *text != '\0'; text++) fputc(*text == '\'' ? '"' : *text, file);
    fclose(file);
}

/* The same in a new file; the caller removes it. */
static inline void write_world(char path[32], const char *text) {
    snprintf(path, 32, "/tmp/birzha-test-XXXXXX");
    int file = mkstemp(path);
    cr_assert(file >= 0);
    close(file);
    write_file(path, text);
}

/* Loads a world from such a text. */
static inline int load_text(const char *text, struct scenario *scenario, struct scenario_error *error) {
    char path[32];
    write_world(path, text);
    int status = scenario_load(path, data_dir(), scenario, error);
    unlink(path);
    return status;
}

/* Loads a world that must be right. */
static inline void load_sound(const char *text, struct scenario *scenario) {
    struct scenario_error error;
    char said[1024] = "";
    int status = load_text(text, scenario, &error);
    if (status != 0) scenario_error_format(&error, said, sizeof said);
    cr_assert_eq(status, 0, "%s", said);
}

static inline int field_is(const char *field, uint32_t field_size, const char *text) {
    return name_size(field, field_size) == strlen(text) && memcmp(field, text, strlen(text)) == 0;
}

/* The nth command of a kind, from 0; NULL when there are fewer. */
static inline const struct command *command_of(const struct scenario *scenario, enum command_kind kind, uint32_t nth) {
    for (uint32_t i = 0; i < scenario->commands_count; i++) {
        if (scenario->commands[i].kind == kind && nth-- == 0) return &scenario->commands[i];
    }
    return NULL;
}

static inline uint32_t commands_of(const struct scenario *scenario, enum command_kind kind) {
    uint32_t count = 0;
    while (command_of(scenario, kind, count) != NULL) count++;
    return count;
}

#endif
