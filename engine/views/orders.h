/* orders.h - every open order and those that ended lately, as their owners see them; and what the owners are told.
 *
 * One event goes in, up to two reports come out (report.h). Nothing is asked of the exchange: what a report says
 * follows from the events before it, so the same code tells participants what happens, answers their queries, and
 * can follow a recorded stream.
 *
 *   ACCEPTED      new (pending_trigger for a stop that waits)     REJECTED   rejected
 *   TRADE         trade, the resting side first, then the incoming one
 *   REPLACED      replaced: priority kept or lost; orig_client_order_id when the order got another name
 *   RESTATED      restated        CANCELED   canceled             EXPIRED    expired
 *   TRIGGERED     triggered, then the notice 1106                 REFRESHED  the notice 1105
 *   PAIR_SKIPPED  the notice 1101, where it is that (TRN-3); CANCELED by a suspension: also the notice 1103 (ACC-16)
 *   HELD, CONTRACT  say nothing by themselves: the deposit and the fee stand in the report that follows
 *   ORDER_STATUS  order_status, POSS_DUP: a direct answer to the request that was sent again
 *   REFUSED and all others say nothing here: they are answered by whoever received the request.
 *
 * Invariants. An open order: quantity = cum + leaves, leaves > 0, status new, partially_filled or pending_trigger.
 * One that ended: leaves = 0, status filled, canceled or expired; its quantity is what it was at the end, and what was
 * left of it is quantity - cum. `value` is the sum of price x lots over the fills, below 2^59 ticks x lots.
 *
 * Memory. Records lie in one pool of orders_max + ended_max. An order is found by id, and stands in one list: of its
 * participant while it is open, in order of entry; of the ended ones afterwards. When more than ended_max have ended,
 * the oldest of them is forgotten.
 *
 * Not here: which order bears a name (exchange_find_order), the numbering of reports (seq is 0), who may see them,
 * and which connection entered an order. */
#ifndef BIRZHA_VIEWS_ORDERS_H
#define BIRZHA_VIEWS_ORDERS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/event.h"
#include "engine/views/report.h"

struct image;
struct limits;
struct orders_view;

/* One order. Read only, valid until the next orders_view_apply. */
struct order_state {
    uint64_t order_id;
    uint64_t entry;             /* counts accepted orders from 1: the order of entry */
    uint64_t value;             /* of all fills, in ticks x lots */
    money hold;                 /* deposit behind the open part; 0 once ended */
    uint32_t participant;       /* who entered it */
    uint32_t client;            /* the principal when it is not the participant, else NAME_NONE */
    uint32_t instrument;
    price price;                /* 0 for a stop that waits to become market */
    price stop;
    quantity quantity, cum, leaves;
    quantity display;           /* slice of an iceberg, else 0 */
    int32_t expire_date;
    uint16_t reason;            /* enum reject: why it ended; 0 = nothing to explain */
    uint8_t status;             /* enum ord_status */
    uint8_t side, order_type, time_in_force, order_flags;
    uint8_t reserved;           /* 0 outside of orders_view_load */
    uint32_t next, previous;            /* in its list */
    uint32_t next_by_id;                /* in its chain */
    char client_order_id[client_order_id_size];     /* the name it bears now; "" = none */
};
_Static_assert(sizeof(struct order_state) == 128, "two cache lines");

static inline int order_state_is_open(const struct order_state *order) {
    return order->status == ORD_STATUS_NEW || order->status == ORD_STATUS_PARTIALLY_FILLED ||
           order->status == ORD_STATUS_PENDING_TRIGGER;
}

/* `limits` are those of the exchange that speaks; ended_max >= 2 orders that ended are remembered. `memory` is
 * orders_view_size zeroed bytes, 64-byte aligned; what is not needed of it is never touched. */
size_t orders_view_size(const struct limits *limits, uint32_t ended_max);
struct orders_view *orders_view_init(void *memory, const struct limits *limits, uint32_t ended_max);

enum { orders_view_reports_max = 2 };

/* Takes event `event_index` (from 0) of command `command_sequence`, applied at `time_ns`, and writes what participants
 * are to be told. Returns how many reports that is. An ORDER_STATUS gives none when the order is forgotten: whoever
 * asked is owed another answer. */
uint32_t orders_view_apply(struct orders_view *view, const struct event *event, uint64_t command_sequence,
                           uint32_t event_index, int64_t time_ns, struct report out[orders_view_reports_max]);

/* NULL when there is none, or it ended too long ago. */
const struct order_state *orders_view_find(const struct orders_view *view, uint64_t order_id);
/* Walks a participant's open orders in order of entry, and may be kept over any number of events:
 *
 *     struct orders_cursor cursor = {.participant = participant};
 *     while ((order = orders_view_next(view, &cursor))) ...
 *
 * Every order that is open all the while comes exactly once; one that is accepted meanwhile comes too. */
struct orders_cursor {
    uint64_t entry;             /* of the order given last; 0 = none yet */
    uint32_t index;
    uint32_t participant;
};
/* NULL at the end. */
const struct order_state *orders_view_next(const struct orders_view *view, struct orders_cursor *cursor);

/* The order as it stands, as a report of exec_type order_status, not numbered. */
void orders_view_status(const struct order_state *order, int64_t time_ns, struct report *report);

uint32_t orders_view_open_count(const struct orders_view *view);
uint32_t orders_view_ended_count(const struct orders_view *view);

/* All that it remembers, as engine/image.h says, between two commands; and back, into one that was initialised with the
 * same figures and has taken nothing. 0, or -1 and it is of no use: the image does not fit, or holds what cannot be. */
void orders_view_write(const struct orders_view *view, struct image *image);
__attribute__((warn_unused_result))
int orders_view_load(struct orders_view *view, struct image *image);

/* CHECKs all invariants above, lists, chains and counts; for tests and simulations. */
void orders_view_verify(const struct orders_view *view);

#endif
