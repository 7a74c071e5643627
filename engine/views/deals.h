/* deals.h - the register of deals: who sold what to whom, one record a trade, the latest deals_max of them.
 *
 * Records lie in a ring in the order they were made. Each stands in the list of its buyer and in that of its seller, in
 * the same order; the oldest of the ring is thus the first of its lists, and forgetting it is two unlinks at the
 * head. A deal between two clients of one broker stands in the broker's list once.
 *
 * A trade's event names the participants; for whom a broker acted is known from the orders. So deals_apply reads
 * the view of orders, which must have taken the same event before.
 *
 * Money: `value` is price x lots in ticks x lots; x the instrument's lot_tick it is the deal's value in minor units. */
#ifndef BIRZHA_VIEWS_DEALS_H
#define BIRZHA_VIEWS_DEALS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/event.h"
#include "engine/views/report.h"

struct image;
struct limits;
struct deals;
struct orders_view;

/* DEAL_STATE_MAP(XX): XX(NAME, name on the wire). BUSTED: taken back by the supervisor (FEE-7). */
#define DEAL_STATE_MAP(XX) XX(DEAL, "deal") XX(BUSTED, "busted")
#define XX(name, text) DEAL_STATE_##name,
enum deal_state { DEAL_STATE_MAP(XX) };
#undef XX

/* Buyer and seller come as an array by enum side. */
struct deal_party {
    uint64_t order_id;
    uint32_t participant;       /* who entered the order */
    uint32_t principal;         /* who bought or sold: the participant itself, or its client */
};

struct deal {
    uint64_t number;            /* counts the deals taken, from 1 */
    uint64_t trade_id;
    uint64_t contract_id;       /* the trade's id: one trade, one contract */
    uint64_t value;
    int64_t time_ns;
    int32_t trade_date;
    uint32_t instrument;
    price price;
    quantity quantity;
    struct deal_party parties[2];
    uint32_t next[2];           /* in the list of the buyer, of the seller: slot + 1, 0 = end */
    uint8_t deal_class, condition;
    uint8_t state;              /* enum deal_state */
    uint8_t taker_side;         /* enum side */
    uint8_t reserved[4];
};
_Static_assert(sizeof(struct deal) == 104, "a deal has no padding");

/* `limits` are those of the exchange that speaks; deals_max >= 1. `memory` is deals_size zeroed bytes, 64-byte aligned;
 * what is not needed of it is never touched. */
size_t deals_size(const struct limits *limits, uint32_t deals_max);
struct deals *deals_init(void *memory, const struct limits *limits, uint32_t deals_max);

/* Takes an event of a command that was applied at `time_ns`, after `orders` took it. Trade ids must grow. */
void deals_apply(struct deals *deals, const struct orders_view *orders, const struct event *event, int64_t time_ns);

enum { deals_reports_max = 2 };

/* What the sides of a deal are told of its BUSTED, the buyer first: exec_type trade_cancel with the fill that is taken
 * back and, below 0, the fee that is. The orders stay as they are. Comes after deals_apply of the same event; returns
 * how many reports there are: none for a deal that was forgotten. */
uint32_t deals_reports(const struct deals *deals, const struct orders_view *orders, const struct event *event,
                       uint64_t command_sequence, uint32_t event_index, int64_t time_ns,
                       struct report out[deals_reports_max]);

/* Walks a participant's deals, dated from from_date to to_date (inclusive; date_none = without bound), oldest first;
 * it may be kept over any number of events:
 *
 *     struct deals_cursor cursor = {.participant = p, .from_date = date_none, .to_date = date_none};
 *     while ((deal = deals_next(deals, &cursor))) ...
 *
 * Valid until the next deals_apply. Deals that are made meanwhile come too. */
struct deals_cursor {
    uint64_t number;            /* of the deal looked at last; 0 = none yet */
    uint32_t participant;
    int32_t from_date, to_date;
};
/* NULL at the end. */
const struct deal *deals_next(const struct deals *deals, struct deals_cursor *cursor);

/* NULL when there is none, or it was forgotten. */
const struct deal *deals_find(const struct deals *deals, uint64_t trade_id);

/* Deals kept. */
uint32_t deals_count(const struct deals *deals);

/* All that it remembers, as engine/image.h says, between two commands; and back, into one that was initialised with the
 * same figures and has taken nothing. 0, or -1 and it is of no use: the image does not fit, or holds what cannot be. */
void deals_write(const struct deals *deals, struct image *image);
__attribute__((warn_unused_result))
int deals_load(struct deals *deals, struct image *image);

/* CHECKs ring, lists and counts; for tests and simulations. */
void deals_verify(const struct deals *deals);

#endif
