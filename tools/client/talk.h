/* talk.h - one conversation with the exchange for a subcommand: connect, log on, ask, print, leave.
 *
 * Text for a person goes to standard output, or the lines as received with --json; what went wrong goes to standard
 * error in one line. Every function returns one of enum client_exit, so that a subcommand is a chain of them. */
#ifndef BIRZHA_CLIENT_TALK_H
#define BIRZHA_CLIENT_TALK_H

#include "tools/client/connection.h"
#include "tools/client/options.h"
#include "tools/client/output.h"

enum talk_logon {
    TALK_LOGON,             /* needs a user; the password is asked for when it is missing */
    TALK_LOGON_IF_GIVEN,    /* public data: logs on only when a user was named */
};

struct talk {
    struct peer peer;
    const struct client_options *options;
    struct style style;
    struct output output;
    char reply[peer_line_size_max];
};

/* Connects and logs on. On anything but EXIT_DONE nothing stays open. */
__attribute__((warn_unused_result))
int talk_open(struct talk *talk, const struct client_options *options, enum talk_logon logon);

/* Sends `request` (which it frees) and prints what comes until the answer to `request_id` is complete.
 * EXIT_REFUSED when that answer is an error or a rejected order. */
__attribute__((warn_unused_result))
int talk_ask(struct talk *talk, char *request, uint32_t request_id);

/* Logs out where logged on, prints what was still under way, and closes. Gives `exit_code` back. */
int talk_close(struct talk *talk, int exit_code);

/* Prints "birzha: ADDRESS: why" and gives the exit code that belongs to the status. */
int talk_failure(const struct client_options *options, enum peer_status status);

/* Asks for a text on the terminal, without showing it. 0, or -1 where there is no terminal. */
__attribute__((warn_unused_result))
int talk_ask_password(const char *user, char *password, uint32_t size);

#endif
