/* world.c - see world.h. */
#include "tools/load/world.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { path_size = 512 };

/* Residents only, in instruments in BYN: everybody may deal with everybody. */
static void put_firm(FILE *out, uint32_t i, uint32_t message_rate, int is_last) {
    static const char *const sections[] = { "agri", "metals", "timber" };
    fprintf(out, "  {\"id\": \"F%u\", \"country\": \"BY\", \"accreditations\": [", i);
    for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++)
        fprintf(out, "%s{\"section\": \"%s\", \"from\": \"2020-01-01\"}", s > 0 ? ", " : "", sections[s]);
    fprintf(out, "],\n   \"deposit\": {\"BYN\": \"1000000000.00\"}");
    if (message_rate > 0) fprintf(out, ", \"limits\": {\"message_rate\": %u}", message_rate);
    fprintf(out, "}%s\n", is_last ? "" : ",");
}

static int close_file(FILE *out, const char *path) {
    if (out != NULL && fclose(out) == 0) return 0;
    fprintf(stderr, "birzha load: %s cannot be written: %s\n", path, strerror(errno));
    return -1;
}

static int write_users(const char *path, uint32_t firms_count) {
    char users_path[path_size];
    snprintf(users_path, sizeof users_path, "%s.users", path);
    FILE *out = fopen(users_path, "w");
    for (uint32_t i = 0; out != NULL && i < firms_count; i++) fprintf(out, "t%u p\n", i);
    return close_file(out, users_path);
}

int world_write(const char *path, uint32_t firms_count, uint32_t message_rate) {
    FILE *out = fopen(path, "w");
    if (out == NULL) return close_file(out, path);
    fprintf(out, "{\"name\": \"Load\", \"description\": \"%u firms to be loaded (birzha load --make-world).\",\n"
            " \"start\": \"2021-06-28T06:00:00Z\", \"instruments\": [\"OS-SBM-DOM\", \"OS-SFM-DOM\", \"MT-REBAR-DOM\", "
            "\"TB-SAW-DOM\"],\n"
            " \"participants\": [\n", firms_count);
    for (uint32_t i = 0; i < firms_count; i++) put_firm(out, i, message_rate, i + 1 == firms_count);
    fprintf(out, " ],\n \"users\": [\n  {\"user\": \"admin\", \"role\": \"admin\", \"password\": \"admin\"}");
    for (uint32_t i = 0; i < firms_count; i++)
        fprintf(out, ",\n  {\"user\": \"t%u\", \"participant\": \"F%u\", \"role\": \"trader\", \"password\": \"p\"}", i,
                i);
    fprintf(out, "]}\n");
    if (close_file(out, path) != 0) return -1;
    return write_users(path, firms_count);
}
