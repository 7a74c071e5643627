/* market.h - orders in one line, and the reports they bring: short words for what most end-to-end tests do.
 *
 * Orders are for DY-SMP-EX unless `extra` says otherwise: lots of 20 t, tick 5.00 USD, reference 2700.00. */
#ifndef BIRZHA_TEST_MARKET_H
#define BIRZHA_TEST_MARKET_H

#include "tests/support/client.h"

/* The world of tests/e2e/worlds/dairy.json with those who trade in it, logged on. */
struct market {
    struct server server;
    struct client *dairy;       /* BY-DAIRY-1, a resident: its sales to the others are exports */
    struct client *food;        /* UA-FOOD-1 */
    struct client *trade;       /* PL-TRADE-1 */
    struct client *root;        /* administrator */
};

void market_open(struct market *market);
void market_close(struct market *market);

/* Sends new_order; `price` NULL leaves it out; `extra` is "" or further members with a comma before each. */
void order_send(struct client *client, const char *id, const char *side, int quantity, const char *price,
                const char *extra);

/* order_send, and the order must be acknowledged as new. The order id is in the client's last message. */
#define order_enter(client, id, side, quantity, price, extra) \
    order_enter_at(__FILE__, __LINE__, client, id, side, quantity, price, extra)
void order_enter_at(const char *file, int line, struct client *client, const char *id, const char *side, int quantity,
                    const char *price, const char *extra);

/* The next message is this execution report; `more` is "" or further members, with a comma before each. */
#define expect_report(client, exec_type, id, more) expect_report_at(__FILE__, __LINE__, client, exec_type, id, more)
void expect_report_at(const char *file, int line, struct client *client, const char *exec_type, const char *id,
                      const char *more);

/* The next message is a `trade` report of this order. */
#define expect_fill(client, id, quantity, price, liquidity, status) \
    expect_fill_at(__FILE__, __LINE__, client, id, quantity, price, liquidity, status)
void expect_fill_at(const char *file, int line, struct client *client, const char *id, int quantity, const char *price,
                    const char *liquidity, const char *status);

/* The next message is the refusal of a new order (`rejected`) or of another request (`error`). `figures` is what `text`
 * must contain, parts separated by blanks, or "". */
#define expect_refusal(client, code, reason, figures) \
    expect_refusal_at(__FILE__, __LINE__, client, code, reason, figures)
void expect_refusal_at(const char *file, int line, struct client *client, int code, const char *reason,
                       const char *figures);

/* Among the messages that are under way there is this notice; what comes before it is read and dropped. */
void expect_notice(struct client *client, int code, const char *reason, const char *order_id);

/* Moves the manual clock. */
#define clock_move(client, now) clock_move_at(__FILE__, __LINE__, client, now)
void clock_move_at(const char *file, int line, struct client *client, const char *now);

#endif
