/* ledger.h - what a load generator knows of its own orders, by the exchange's reports alone: which are open and how
 * much of them, and both halves of every trade. Whatever does not fit together is a fault, counted by its kind.
 *
 * A report is looked at by the connection that sent the order, and by no other: where several connections belong to
 * one firm, each hears of all of its orders. The ledger grows with what is open, not with what was sent. */
#ifndef BIRZHA_LOAD_LEDGER_H
#define BIRZHA_LOAD_LEDGER_H

#include <stdint.h>

#include "tools/load/answer.h"

enum {
    order_id_size = 24, order_price_size = 24, order_symbol_size = 32,
    fault_text_size = 240, reason_size = 48, reasons_count_max = 96,
};

struct load_order {
    uint64_t key;                       /* of its id; 0: the place is free */
    uint32_t owner;                     /* the connection that sent it */
    uint32_t position;                  /* among the owner's open orders */
    char order_id[order_id_size], price[order_price_size], symbol[order_symbol_size];
    int64_t quantity, filled, leaves;
    uint8_t is_buy, waits;
    uint8_t is_leaving;                 /* its cancel is under way */
};

/* The half of a trade that has come, until the other comes. Trades with firms that are not ours stay halves. */
struct half_trade {
    uint64_t key;
    uint64_t terms;                     /* price and quantity */
    uint8_t is_buy;
};

/* The open orders of one connection, as places in the ledger. */
struct own_orders { uint32_t *places; uint32_t count, capacity; };

struct reason_count { char reason[reason_size]; uint64_t count; };

struct ledger {
    struct load_order *orders;          /* open addressing by key, a power of two */
    uint64_t orders_count, orders_capacity;
    struct half_trade *halves;
    uint64_t halves_count, halves_capacity;
    struct own_orders *own;             /* by connection */
    uint32_t connections_count;
    uint64_t fills_count, trades_count;         /* reports of fills; trades whose two halves both came */
    uint64_t lots_bought, lots_sold;
    uint64_t faults_count;
    char first_fault[fault_text_size];
    uint64_t gaps_count;                /* in the numbers of private messages */
    char first_gap[fault_text_size];
    struct reason_count reasons[reasons_count_max];
    uint32_t reasons_count;
};

/* Memory that is short ends the program: there is nothing else to do with a run. */
void ledger_open(struct ledger *ledger, uint32_t connections_count);
void ledger_close(struct ledger *ledger);

/* `is_own`: the report answers a request of this connection. */
void ledger_take(struct ledger *ledger, uint32_t connection, const struct answer *answer, int is_own);
void ledger_count_reason(struct ledger *ledger, struct answer_text reason);

/* The order, or NULL. */
const struct load_order *ledger_find(const struct ledger *ledger, struct answer_text order_id);
/* The connection's open order of this number, below own[connection].count. */
struct load_order *ledger_own(struct ledger *ledger, uint32_t connection, uint32_t number);

__attribute__((format(printf, 2, 3)))
void ledger_fault(struct ledger *ledger, const char *format, ...);

#endif
