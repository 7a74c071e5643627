/* admin.c - `birzha admin`: the official's requests. Words become a request in admin_request. */
#include "tools/client/commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/client/admin_request.h"
#include "tools/client/talk.h"

enum { request_id_only = 1 };

static int help(void) {
    char usage[320];
    const char *summary;
    printf("usage: birzha admin REQUEST [ARGUMENTS] [NAME=VALUE ...]\n"
           "Requests of a supervisor or administrator. `none` is no value, lists have commas, flags are yes or no.\n");
    for (uint32_t i = 0; admin_request_describe(i, usage, &summary); i++) printf("  %s\n      %s\n", usage, summary);
    printf("%s", options_help);
    return EXIT_DONE;
}

int command_admin(int argc, char **argv) {
    struct client_options options;
    char mistake[admin_mistake_size];
    if (options_read(&options, NULL, 0, argc, argv) != 0) return EXIT_USAGE;
    if (options.help) return help();
    char *line = admin_request_make(options.positionals, options.positionals_count, request_id_only, mistake);
    if (line == NULL) {
        fprintf(stderr, "birzha: %s; try birzha admin --help\n", mistake);
        return EXIT_USAGE;
    }
    static struct talk talk;
    int code = talk_open(&talk, &options, TALK_LOGON);
    if (code != EXIT_DONE) {
        free(line);
        return code;
    }
    return talk_close(&talk, talk_ask(&talk, line, request_id_only));
}
