/* model.h - a second exchange, written to be believed rather than to be fast.
 *
 * The model takes the same commands as the engine and gives the same events. It was written from
 * engine/match/MATCHING.md and the vocabulary headers alone, by someone who did not look at the engine: where both
 * agree on millions of commands, both have read the rules the same way. It keeps everything in plain arrays and finds
 * everything by looking through them.
 *
 * One difference is meant:
 *   order ids    the model counts 1, 2, 3 ... in the order of ACCEPTED; the engine's ids say where an order is stored.
 *                model_pair.h translates. */
#ifndef BIRZHA_TESTS_MODEL_H
#define BIRZHA_TESTS_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/exchange.h"

struct model;

struct model *model_new(const struct limits *limits);
void model_free(struct model *model);

/* Makes `target` equal to `source`, a model with the same limits. */
void model_copy(struct model *target, const struct model *source);

/* Applies one command and appends what happened. Bytes of an event that nothing is said about are 0. */
void model_apply(struct model *model, const struct command *command, struct event_buffer *events);

/* ---- reading; for comparisons and for whoever makes up the next command ---- */

/* An order that has not ended. */
struct model_order {
    uint64_t id;
    uint32_t instrument, participant, connection;
    uint32_t total, filled;
    uint32_t price, stop;
    uint8_t side, order_type, waiting, is_iceberg;
    char client_order_id[client_order_id_size];
};

uint32_t model_orders_count(const struct model *model);
/* Open order `index`, in no particular order; index < model_orders_count. */
struct model_order model_order_at(const struct model *model, uint32_t index);
/* Orders that were ever accepted: their ids are 1 to this number. */
uint64_t model_order_ids_count(const struct model *model);
/* Best price of a side, shown or not, waiting stops apart; 0 = that side is empty. */
uint32_t model_best(const struct model *model, uint32_t instrument, enum side side);
int64_t model_time_ns(const struct model *model);
int32_t model_trade_date(const struct model *model);
/* Whether orders for the instrument pass its session and halts now. */
bool model_accepts(const struct model *model, uint32_t instrument);
/* Sessions that list the instrument, and which one was the `at`-th to do so; at < model_listings_count. */
uint32_t model_listings_count(const struct model *model, uint32_t instrument);
uint32_t model_listing_at(const struct model *model, uint32_t instrument, uint32_t at);
uint32_t model_sessions_count(const struct model *model);
bool model_session_is_open(const struct model *model, uint32_t session);
uint32_t model_participants_count(const struct model *model);
/* Remarks that count in a session (NAME_NONE: for what is always open): bit = enum remark. */
uint8_t model_remarks(const struct model *model, uint32_t participant, uint32_t session);
uint32_t model_instruments_count(const struct model *model);
/* What a firm owes in fees, due or not yet; 0 for a firm that is none. */
int64_t model_fees_due(const struct model *model, uint32_t participant, enum currency currency);
/* The reference price and the collar of an instrument; without a collar *high is 0. */
uint32_t model_reference(const struct model *model, uint32_t instrument, uint32_t *low, uint32_t *high);

#endif
