/* options.c - argument parsing by table; see options.h. */
#include "tools/client/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char options_help[] =
    "Common options\n"
    "  --connect HOST:PORT   where the exchange listens (BIRZHA_CONNECT, else 127.0.0.1:7400)\n"
    "  --user USER           who logs on (BIRZHA_USER)\n"
    "  --password PASSWORD   (BIRZHA_PASSWORD; a terminal is asked for it when it is missing)\n"
    "  --timeout SECONDS     how long to wait for an answer (10)\n"
    "  --json                print the lines of the exchange as received\n"
    "Exit codes\n"
    "  0 done   1 refused by the exchange   2 wrong usage   3 cannot connect, or connection lost\n"
    "  4 logon failed   5 no answer in time\n";

static const struct option *find_option(const struct option *options, uint32_t count, const char *name, size_t size) {
    for (uint32_t i = 0; i < count; i++) {
        if (strlen(options[i].name) == size && memcmp(options[i].name, name, size) == 0) return &options[i];
    }
    return NULL;
}

static int read_number(const char *text, uint32_t *number) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value > UINT32_MAX) return -1;
    *number = (uint32_t)value;
    return 0;
}

static int store(const struct option *option, const char *value) {
    if (option->kind == OPTION_TEXT) {
        *(const char **)option->target = value;
        return 0;
    }
    if (read_number(value, option->target) == 0) return 0;
    fprintf(stderr, "birzha: %s wants a whole number, not \"%s\"\n", option->name, value);
    return -1;
}

/* Takes the option at argv[*index], and its value; *index is left at the last argument used. */
static int take_option(const struct option *const tables[2], const uint32_t counts[2], int argc, char **argv,
                       int *index) {
    const char *argument = argv[*index];
    const char *equals = strchr(argument, '=');
    size_t size = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
    const struct option *option = find_option(tables[0], counts[0], argument, size);
    if (option == NULL) option = find_option(tables[1], counts[1], argument, size);
    if (option == NULL) {
        fprintf(stderr, "birzha: there is no option %.*s; try --help\n", (int)size, argument);
        return -1;
    }
    if (option->kind == OPTION_FLAG) {
        if (equals != NULL) {
            fprintf(stderr, "birzha: %s takes no value\n", option->name);
            return -1;
        }
        *(uint32_t *)option->target = 1;
        return 0;
    }
    if (equals != NULL) return store(option, equals + 1);
    if (*index + 1 >= argc) {
        fprintf(stderr, "birzha: %s wants a value\n", option->name);
        return -1;
    }
    return store(option, argv[++*index]);
}

int options_read(struct client_options *options, const struct option *own, uint32_t own_count, int argc, char **argv) {
    const char *address = getenv("BIRZHA_CONNECT");
    *options = (struct client_options){
        .address = address != NULL && address[0] != '\0' ? address : "127.0.0.1:7400",
        .user = getenv("BIRZHA_USER"),
        .password = getenv("BIRZHA_PASSWORD"),
        .timeout_s = timeout_s_default,
    };
    const struct option common[] = {
        {"--connect", OPTION_TEXT, &options->address}, {"--user", OPTION_TEXT, &options->user},
        {"--password", OPTION_TEXT, &options->password}, {"--timeout", OPTION_NUMBER, &options->timeout_s},
        {"--json", OPTION_FLAG, &options->json}, {"--help", OPTION_FLAG, &options->help},
    };
    const struct option *const tables[2] = {common, own};
    const uint32_t counts[2] = {sizeof common / sizeof common[0], own_count};
    int options_end = 0;
    for (int i = 1; i < argc; i++) {
        if (!options_end && strcmp(argv[i], "--") == 0) {
            options_end = 1;
        } else if (!options_end && argv[i][0] == '-' && argv[i][1] == '-') {
            if (take_option(tables, counts, argc, argv, &i) != 0) return -1;
        } else if (options->positionals_count == positionals_count_max) {
            fprintf(stderr, "birzha: \"%s\" is one argument too many; try --help\n", argv[i]);
            return -1;
        } else {
            options->positionals[options->positionals_count++] = argv[i];
        }
    }
    return 0;
}
