/* options.h - the command line of the client's subcommands: common options, exit codes, positional arguments.
 *
 * A subcommand lists its own options in a table; the common ones are added here. Both "--name VALUE" and
 * "--name=VALUE" are understood, options and positional arguments may stand in any order, "--" ends the options. */
#ifndef BIRZHA_CLIENT_OPTIONS_H
#define BIRZHA_CLIENT_OPTIONS_H

#include <stdint.h>

/* What the client's subcommands exit with. */
enum client_exit {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,       /* the exchange said no; the reason was printed */
    EXIT_USAGE = 2,
    EXIT_CONNECTION = 3,    /* cannot connect, or the connection was lost */
    EXIT_LOGON = 4,
    EXIT_TIMEOUT = 5,
};

enum { positionals_count_max = 20, timeout_s_default = 10 };

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER };

/* One option of a subcommand. `target` is a uint32_t (set to 1) for a flag, a const char * for text and a uint32_t
 * for a number; it keeps its value when the option is absent. */
struct option {
    const char *name;           /* with its dashes */
    enum option_kind kind;
    void *target;
};

/* Where to connect and as whom; what every subcommand understands. */
struct client_options {
    const char *address;        /* HOST:PORT */
    const char *user, *password;        /* NULL: not given */
    uint32_t json;              /* 1: lines as received instead of text for a person */
    uint32_t timeout_s;
    uint32_t help;
    const char *positionals[positionals_count_max];
    uint32_t positionals_count;
};

/* Reads argv[1] and up; environment variables BIRZHA_CONNECT, BIRZHA_USER and BIRZHA_PASSWORD stand in for options
 * that are absent. 0, or -1 after one line on standard error about what is wrong. */
__attribute__((warn_unused_result))
int options_read(struct client_options *options, const struct option *own, uint32_t own_count, int argc, char **argv);

/* The common options and the exit codes, as --help shows them. */
extern const char options_help[];

#endif
