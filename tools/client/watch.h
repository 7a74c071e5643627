/* watch.h - a symbol live: the price ladder and tape redrawn in place on a terminal, plain lines elsewhere. */
#ifndef BIRZHA_CLIENT_WATCH_H
#define BIRZHA_CLIENT_WATCH_H

#include <stdint.h>

#include "tools/client/connection.h"
#include "tools/client/output.h"

enum watch_form {
    WATCH_SCREEN,       /* redrawn in place; `q` ends it; needs a terminal */
    WATCH_LINES,        /* one line a change */
    WATCH_JSON,         /* the lines of the exchange */
};

struct watch_settings {
    const char *symbol;
    enum watch_form form;
    uint32_t seconds;           /* 0 = no end */
    uint32_t updates;           /* 0 = no end */
    uint32_t timeout_ms;        /* for the first answer */
    const struct style *style;
};

/* Requests of watch_run have ids from here, so that late answers can be told apart. */
enum { watch_request_id = 2000000 };

/* Subscribes, shows until the end that was asked for, unsubscribes. One of enum client_exit. Messages that are not of
 * the symbol's public data - reports of own orders - are appended to `others` as text. */
int watch_run(struct peer *peer, const struct watch_settings *settings, struct output *others);

/* Columns and rows of the terminal behind standard output; 80 and 24 where it does not say. */
void terminal_size(uint32_t *columns, uint32_t *rows);

#endif
