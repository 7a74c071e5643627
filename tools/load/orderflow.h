/* orderflow.h - what a load generator's firms may trade, and the next request that one of them makes.
 *
 * Orders gather around an instrument's reference price: passive ones a few ticks on their own side of it, aggressive
 * ones far enough on the other side to meet them, immediate-or-cancel. Cancels take back open orders at random. What
 * a firm may not trade it learns from its own record and from refusals, and leaves alone. */
#ifndef BIRZHA_LOAD_ORDERFLOW_H
#define BIRZHA_LOAD_ORDERFLOW_H

#include <stdint.h>

#include "tools/client/tick.h"
#include "tools/load/ledger.h"
#include "tools/load/link.h"

enum { orderflow_instruments_max = 256, request_size_max = 512, section_size = 24 };

struct orderflow_instrument {
    char symbol[order_symbol_size], section[section_size];
    struct tick tick;
    int64_t reference_ticks, span_ticks;
};

struct mix { uint32_t passive, aggressive, cancel; };      /* percent, 100 together */

struct orderflow {
    struct orderflow_instrument instruments[orderflow_instruments_max];
    uint32_t instruments_count;
    uint8_t (*barred)[orderflow_instruments_max];          /* by connection: 1 = leaves it alone */
    struct mix mix;
    uint32_t open_max;                                  /* orders a connection keeps open at most */
    uint64_t random;
    char run_name[16];                                  /* in the names of orders: no two runs share one */
};

struct cJSON;
void orderflow_keep_instruments(struct orderflow *orderflow, const struct cJSON *message);
void orderflow_keep_record(struct orderflow *orderflow, uint32_t connection, const struct cJSON *record);
void orderflow_learn(struct orderflow *orderflow, uint32_t connection, const struct answer *refusal);

/* Writes the next request of a connection, with its line end, to `out` (request_size_max bytes), and sets its kind.
 * Returns its size; 0: there is nothing that it may do. */
uint32_t orderflow_next_request(struct orderflow *orderflow, struct ledger *ledger, uint32_t connection,
                                uint32_t number, int is_rush, char *out, enum request_kind *kind);

#endif
