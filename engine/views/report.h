/* report.h - what one participant is told: the record behind every private message.
 *
 * views/orders turns events into reports; the gateway numbers, keeps and encodes them. A report stands alone: it can be
 * kept and encoded again later, and gives the same message. All numbers are ticks, lots and minor units. */
#ifndef BIRZHA_REPORT_H
#define BIRZHA_REPORT_H

#include <stdint.h>

#include "engine/event.h"

/* EXEC_TYPE_MAP(XX), ORD_STATUS_MAP(XX), LIQUIDITY_MAP(XX): XX(NAME, name on the wire) */
#define EXEC_TYPE_MAP(XX) \
    XX(NEW, "new") XX(TRADE, "trade") XX(CANCELED, "canceled") XX(REPLACED, "replaced") XX(REJECTED, "rejected") \
    XX(EXPIRED, "expired") XX(TRIGGERED, "triggered") XX(RESTATED, "restated") XX(ORDER_STATUS, "order_status") \
    XX(TRADE_CANCEL, "trade_cancel")
#define ORD_STATUS_MAP(XX) \
    XX(NEW, "new") XX(PARTIALLY_FILLED, "partially_filled") XX(FILLED, "filled") XX(CANCELED, "canceled") \
    XX(REJECTED, "rejected") XX(EXPIRED, "expired") XX(PENDING_TRIGGER, "pending_trigger")
#define LIQUIDITY_MAP(XX) XX(NONE, "") XX(MAKER, "maker") XX(TAKER, "taker") XX(AUCTION, "auction")

#define XX(name, text) EXEC_TYPE_##name,
enum exec_type { EXEC_TYPE_MAP(XX) EXEC_TYPE_COUNT };
#undef XX
#define XX(name, text) ORD_STATUS_##name,
enum ord_status { ORD_STATUS_MAP(XX) ORD_STATUS_COUNT };
#undef XX
#define XX(name, text) LIQUIDITY_##name,
enum liquidity { LIQUIDITY_MAP(XX) LIQUIDITY_COUNT };
#undef XX

enum report_kind { REPORT_EXECUTION, REPORT_NOTICE };

enum report_flag {
    REPORT_PRIORITY_KEPT = 1 << 0,    /* replaced: the reply's "priority" */
    REPORT_PRIORITY_LOST = 1 << 1,
    REPORT_POSS_DUP = 1 << 2,         /* answer to a resent order */
    REPORT_HAS_FEE = 1 << 3,          /* a fill that fees were charged for */
};

struct report {
    uint64_t seq;               /* the participant's; 0 = not numbered (a direct answer) */
    int64_t time_ns;            /* exchange time */
    uint64_t order_id;          /* 0 for a rejected order */
    uint64_t trade_id;          /* 0 unless exec_type trade */
    /* What makes exec_id: the command's sequence, the event's index within it, the side of the report. */
    uint64_t exec_sequence;
    uint64_t value;             /* sum of price x quantity of all fills, in ticks x lots; avg_px = value / cum */
    int64_t allowed_low, allowed_high;    /* figures of a refusal, as in event.h */
    money deposit;              /* what the order holds now, DEP-4 */
    money fee;                  /* of this fill; minor units of fee_currency */
    uint32_t exec_index;
    uint32_t participant;       /* who is told */
    uint32_t instrument;
    uint32_t client;            /* the principal when it is not the participant itself, else NAME_NONE */
    price price, stop;
    quantity order_quantity, cum_quantity, leaves_quantity, display_quantity;
    quantity last_quantity;
    quantity min_quantity;      /* rejected orders only: for the sentence of the refusal */
    price last_price;
    int32_t expire_date;
    uint16_t reason;            /* enum reject; 0 = none */
    uint8_t kind;               /* enum report_kind */
    uint8_t exec_type, ord_status;
    uint8_t side, order_type, time_in_force, order_flags;
    uint8_t liquidity, deal_class;
    uint8_t flags;              /* enum report_flag */
    uint8_t fee_currency;
    uint8_t detail;             /* of a refusal: enum verdict_detail */
    uint8_t reserved[2];
    char client_order_id[client_order_id_size];
    char orig_client_order_id[client_order_id_size];   /* after an amend: the name before */
};

_Static_assert(sizeof(struct report) == 224, "a report has no padding");

#endif
