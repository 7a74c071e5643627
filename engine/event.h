/* event.h - everything the exchange says, as records of one cache line.
 *
 * Applying a command appends events; the events of equal commands in equal states are equal to the byte. An
 * event carries what a reader needs to follow without asking the exchange: views/ builds books, tapes and order
 * states from events alone, and so can a reader of a recorded stream.
 *
 * What the book shows. Depth follows from four members and needs no memory of single orders:
 *   shown, price of ACCEPTED RESTED TRIGGERED  an order with `shown` > 0 joins its level: + shown, + 1 order
 *   TRADE                                      maker's level: - quantity, - 1 order when maker_leaves is 0;
 *                                              nothing when TRADE_MAKER_HIDDEN
 *   REFRESHED                                  an iceberg's next slice: + shown
 *   shown_before, price_before of REPLACED RESTATED CANCELED EXPIRED   leaves: - shown_before, and - 1 order
 *                                              if shown_before > 0; REPLACED and RESTATED then join with shown
 *
 * Order of events for one order that comes in: [CLIENT_ID] ACCEPTED, then TRADE and REFRESHED and the ends of resting
 * orders that stood in the way, then RESTED if something stays in the book, or CANCELED. An order that meets nobody
 * within its limit rests at once and says so in ACCEPTED itself (EVENT_RESTS, with `shown`); so does an all-or-none
 * order that cannot fill. */
#ifndef BIRZHA_EVENT_H
#define BIRZHA_EVENT_H

#include <stdint.h>

#include "engine/command.h"
#include "engine/reject.h"

/* EVENT_MAP(XX): XX(number, NAME, member of the union). Numbers are part of recorded streams. */
#define EVENT_MAP(XX) \
    XX(1, CLIENT_ID, client_id) \
    XX(2, ACCEPTED, order) \
    XX(3, REJECTED, rejected) \
    XX(4, ORDER_STATUS, order_status) \
    XX(5, TRADE, trade) \
    XX(6, RESTED, order_change) \
    XX(7, REFRESHED, order_change) \
    XX(8, REPLACED, order_change) \
    XX(9, RESTATED, order_change) \
    XX(10, TRIGGERED, order_change) \
    XX(11, CANCELED, order_change) \
    XX(12, EXPIRED, order_change) \
    XX(13, REFUSED, refused) \
    XX(14, MASS_CANCELED, mass_canceled) \
    XX(15, HELD, held) \
    XX(16, CONTRACT, contract) \
    XX(17, PAIR_SKIPPED, pair_skipped) \
    XX(18, BUSTED, busted) \
    XX(32, TIME, time) \
    XX(33, INSTRUMENT, subject) \
    XX(34, BASIS, subject) \
    XX(35, SESSION, subject) \
    XX(36, SESSION_PHASE, session_phase) \
    XX(37, PARTICIPANT, subject) \
    XX(38, ACCREDITED, accredited) \
    XX(39, USER, subject) \
    XX(40, DEPOSIT, deposit) \
    XX(41, HALT, halt) \
    XX(42, STANDING, standing) \
    XX(43, BROKER, broker) \
    XX(44, CLIENT, client) \
    XX(45, REMARK, remark) \
    XX(46, SANCTION, sanction) \
    XX(47, OWN_USE, own_use) \
    XX(48, TRADER, trader) \
    XX(49, CERTIFICATE, certificate) \
    XX(50, KILL, kill) \
    XX(51, RISK_LIMITS, risk_limits) \
    XX(52, RULE, rule) \
    XX(53, FEES_PAID, fees_paid) \
    XX(54, NEWS, subject)

#define XX(number, name, member) EVENT_##name = number,
enum event_kind { EVENT_MAP(XX) };
#undef XX

enum deal_class { DEAL_DOMESTIC, DEAL_EXPORT, DEAL_IMPORT, DEAL_TRANSIT };
enum trade_condition {
    CONDITION_CONTINUOUS, CONDITION_AUCTION, CONDITION_LOT, CONDITION_NEGOTIATED, CONDITION_DOUBLE_COUNTER
};

/* `flags` of the event's head. */
enum event_flag {
    /* ACCEPTED, TRIGGERED, REPLACED: the order rests as it is, no trade follows. */
    EVENT_RESTS = 1 << 0,
    /* ACCEPTED: a stop that waits for its trigger; REPLACED, CANCELED, EXPIRED: it was still waiting. */
    EVENT_PENDING = 1 << 1,
    /* REPLACED: the order kept its place in the queue. */
    EVENT_PRIORITY_KEPT = 1 << 2,
    /* TRADE: the incoming order buys. */
    TRADE_TAKER_BUYS = 1 << 3,
    /* TRADE: the resting order is not shown in depth (all or none). */
    TRADE_MAKER_HIDDEN = 1 << 4,
};

/* Why an order ended or changed without its owner's single cancel. */
enum change_cause {
    CAUSE_REQUEST,              /* cancel or amend by its owner */
    CAUSE_MASS_CANCEL,
    CAUSE_DISCONNECT,
    CAUSE_REMAINDER,            /* what an immediate-or-cancel order could not trade */
    CAUSE_SELF_TRADE,           /* 901 */
    CAUSE_MIN_QUANTITY,         /* 607: the minimum quantity cannot be met */
    CAUSE_END_OF_DAY,
    CAUSE_EXPIRE_DATE,
    CAUSE_SESSION_CLOSE,
    CAUSE_LIMIT_REACHED,        /* 1210: no room left to rest */
    CAUSE_TRADING,              /* RESTED, REFRESHED, TRIGGERED */
    CAUSE_SUSPENSION,           /* 1103: who entered it, or for whom, was suspended or withdrew (ACC-16) */
    CAUSE_ADMISSION,            /* its owner may no longer trade: 203, 204, 207, 301 to 305 */
    CAUSE_BAND,                 /* 703, 704: outside the band of the new date */
    CAUSE_KILL,                 /* 808 */
};

/* Name that a participant gave an order; stands before the ACCEPTED, REPLACED, REJECTED or REFUSED it belongs to. */
struct event_client_id {
    uint64_t order_id;          /* 0 for a request that was refused */
    uint32_t participant;
    char text[client_order_id_size];
    uint8_t reserved[8];
};

/* A new order in its own words. */
struct event_order {
    uint64_t order_id;
    uint32_t participant, user, principal, connection;
    price price;                /* a market order's is its collar; 0 for a stop that waits to become market */
    price stop;
    quantity quantity;
    quantity shown;             /* what depth gains now */
    quantity display;           /* slice of an iceberg, else 0 */
    int32_t expire_date;
    uint8_t side, order_type, time_in_force, order_flags;
    uint8_t reserved[4];
};

/* Later changes of an order that exists. All kinds give order_id, participant, side and cause; beside them
 *   RESTED, REFRESHED    price, shown, leaves
 *   TRIGGERED            price (the limit it has from now on), shown if it rests at once, leaves
 *   REPLACED             price_before, shown_before, leaves_before; price, shown, quantity, leaves, display
 *   RESTATED             the same without display, reason 901
 *   CANCELED, EXPIRED    price_before, shown_before, leaves_before, reason
 * Members not named are 0. price_before and shown_before speak of the book: both are 0 for an order that did not stand
 * in it (an incoming one, a waiting stop), and shown_before is 0 for one that depth does not show. The price of a
 * waiting STOP is 0. RESTATED of an incoming order has price and shown 0 as well. */
struct event_order_change {
    uint64_t order_id;
    uint32_t participant;
    price price_before, price;
    quantity shown_before, shown;
    quantity quantity;          /* total as it now stands, filled part included (REPLACED, RESTATED) */
    quantity leaves;            /* still open; 0 once ended */
    quantity leaves_before;
    quantity display;
    uint8_t side;
    uint8_t cause;              /* enum change_cause */
    uint16_t reason;            /* enum reject; 0 when there is nothing to explain */
    uint8_t reserved[8];
};

/* A new order that was refused: exactly one reason, and nothing else changed. `allowed_low` and `allowed_high` are
 * the figures of the reason where it has some: ticks, lots, dates (day numbers) or minor units. */
struct event_rejected {
    uint32_t participant, user;
    price price, stop;
    quantity quantity;
    uint16_t reason;
    uint8_t side, order_type;
    int64_t allowed_low, allowed_high;
    quantity display, min;
    int32_t expire_date;
    uint8_t time_in_force;
    uint8_t detail;             /* which of the reason's cases, see enum verdict_detail */
    uint8_t reserved[2];
};

/* The same order came a second time, word for word: it is answered with its present state. */
struct event_order_status {
    uint64_t order_id;
    uint32_t participant;
    uint8_t reserved[44];
};

/* Both sides of a deal, at the resting order's price. */
struct event_trade {
    uint64_t trade_id;
    uint64_t maker_order_id, taker_order_id;
    price price;
    quantity quantity;
    quantity maker_leaves, taker_leaves;
    uint32_t maker_participant, taker_participant;
    uint8_t deal_class, condition;
    uint8_t reserved[6];
};

/* Any other request that was refused: amend, cancel, administration. */
struct event_refused {
    uint64_t order_id;          /* as far as the request named an order that exists */
    uint32_t participant;
    uint16_t command;           /* enum command_kind */
    uint16_t reason;
    int64_t allowed_low, allowed_high;
    uint8_t detail;             /* enum verdict_detail */
    uint8_t reserved[23];
};

struct event_mass_canceled { uint32_t participant, count; uint8_t reserved[48]; };
struct event_time { int64_t time_ns; int32_t trade_date; uint8_t reserved[44]; };
struct event_subject { uint32_t index; uint8_t reserved[52]; };

/* PHASE_MAP(XX): XX(NAME, name on the wire) */
#define PHASE_MAP(XX) XX(CLOSED, "closed") XX(CONTINUOUS, "continuous") XX(HALTED, "halted")
#define XX(name, text) PHASE_##name,
enum phase { PHASE_MAP(XX) PHASE_COUNT };
#undef XX

struct event_session_phase { uint32_t session; uint8_t phase; uint8_t reserved[51]; };
struct event_accredited { uint32_t participant; int32_t from_date, to_date; uint8_t section; uint8_t reserved[43]; };
struct event_deposit {
    uint32_t participant;
    uint8_t currency, action, reserved0[2];
    money amount, credited, free;   /* credited: all that ever was */
    int32_t counts_date;        /* CREDIT: the first date on which it counts for orders (DEP-3); else date_none */
    uint8_t reserved[20];
};
struct event_halt { uint32_t target; uint8_t scope, halted; uint8_t reserved[50]; };

/* Which case of a reason it is, where one reason has several. */
enum verdict_detail {
    DETAIL_NONE,
    DETAIL_MANDATE_SIDE, DETAIL_MANDATE_INSTRUMENT, DETAIL_MANDATE_QUANTITY, DETAIL_MANDATE_PRICE,
    DETAIL_MANDATE_EXPIRED,     /* 305 */
    DETAIL_BUYER_COUNTRY, DETAIL_SELLER_COUNTRY,    /* 401 */
    DETAIL_CURRENCY_COUNTRY,    /* 503: STL-3 */
    DETAIL_FOREIGN_IN_BYN,      /* 503: STL-4, TRN-9 */
    DETAIL_DOMESTIC_IN_FOREIGN, /* 503: STL-4 */
    DETAIL_FIRM_HALTED,         /* 808: it is the client that is stopped */
};

/* ---- money: only where RULE_TERMS has been given ---- */

/* What an order's deposit is from now on. Stands before the ACCEPTED, REPLACED or RESTATED it belongs to. When an order
 * ends, what it held is free again, and no HELD says so. DEP-1, DEP-4. */
struct event_held {
    uint64_t order_id;
    money amount;               /* held for the open part now */
    money value;                /* of the open part, at the price that deposits are reckoned with (DEP-11) */
    money free;                 /* of the payer, afterwards */
    uint32_t participant, principal, payer;
    uint32_t ppm;               /* rate of the deposit; 0 = waived */
    uint8_t currency;
    uint8_t deal_class;         /* enum deal_class that bands and waivers were asked for */
    uint8_t by_floor;           /* the floor of the currency was more than the rate gave */
    uint8_t reserved[5];
};

/* What a trade brings: a contract in state deal. Stands before its TRADE. Arrays by enum side. FEE-1, DEP-4. */
struct event_contract {
    uint64_t trade_id;
    money fees[2];
    money blocked[2];           /* moved from the orders' deposits */
    int32_t fee_due_date;
    uint8_t fee_currencies[2];
    uint8_t basis;              /* of the instrument's list, 255 = none is listed */
    uint8_t reserved[9];
};

/* A resting order within reach was passed over, since the rules forbid the pair. Told to the incoming side. TRN-3 */
struct event_pair_skipped {
    uint64_t order_id, maker_order_id;
    uint32_t participant;
    uint16_t reason;            /* 1101, or 503 for a domestic deal in foreign currency (STL-4) */
    uint8_t reserved[34];
};

/* A trade is cancelled as an error: fees are reversed, deposits released. By enum side. FEE-7 */
struct event_busted {
    uint64_t trade_id;
    money fees[2];
    money released[2];
    uint32_t participants[2];
    uint8_t fee_currencies[2];
    uint8_t reserved[6];
};

struct event_standing { uint32_t participant; int32_t until_date; uint8_t state; uint8_t reserved[47]; };
struct event_broker {
    uint32_t participant;
    int32_t from_date, to_date, score;
    uint8_t state;              /* enum broker_state */
    uint8_t scored;             /* the score decided */
    uint8_t reserved[38];
};
struct event_client {
    uint32_t broker, client, instrument;
    quantity quantity_max;
    price limit;
    int32_t expire_date;
    uint8_t section, side, flags, registered;
    uint8_t reserved[28];
};
struct event_remark { uint32_t participant; uint8_t remark, value, at_once; uint8_t reserved[49]; };
struct event_sanction { uint32_t participant; int32_t until_date; uint8_t reserved[48]; };
struct event_own_use { uint32_t participant; int32_t from_date, to_date; uint8_t reserved[44]; };
struct event_trader { char person[user_name_size]; uint32_t participant; uint8_t registered; uint8_t reserved[27]; };
struct event_certificate { char person[user_name_size]; int32_t from_date, to_date; uint8_t reserved[24]; };
struct event_kill { uint32_t participant; uint8_t on; uint8_t reserved[51]; };
struct event_risk_limits {
    uint32_t participant, exposure_factor, message_rate;
    uint8_t currency, given, reserved0[2];
    money order_value_max;
    uint8_t reserved[32];
};
struct event_rule { uint16_t command; uint8_t reserved[54]; };     /* a row of that kind of command is in force */
struct event_fees_paid {
    money amount, fees_due, free;
    uint32_t participant;
    uint8_t currency, source;
    uint8_t reserved[26];
};

struct event {
    uint16_t kind;              /* enum event_kind */
    uint16_t flags;             /* enum event_flag */
    uint32_t instrument;        /* NAME_NONE where there is none */
    union {
        struct event_client_id client_id;
        struct event_order order;
        struct event_order_change order_change;
        struct event_rejected rejected;
        struct event_order_status order_status;
        struct event_trade trade;
        struct event_refused refused;
        struct event_mass_canceled mass_canceled;
        struct event_time time;
        struct event_subject subject;
        struct event_session_phase session_phase;
        struct event_accredited accredited;
        struct event_deposit deposit;
        struct event_halt halt;
        struct event_held held;
        struct event_contract contract;
        struct event_pair_skipped pair_skipped;
        struct event_busted busted;
        struct event_standing standing;
        struct event_broker broker;
        struct event_client client;
        struct event_remark remark;
        struct event_sanction sanction;
        struct event_own_use own_use;
        struct event_trader trader;
        struct event_certificate certificate;
        struct event_kill kill;
        struct event_risk_limits risk_limits;
        struct event_rule rule;
        struct event_fees_paid fees_paid;
    };
};

#define XX(number, name, member) \
    _Static_assert(sizeof(((struct event *)0)->member) == 56, #name " fills an event");
EVENT_MAP(XX)
#undef XX
_Static_assert(sizeof(struct event) == 64, "an event is one cache line");

/* Where events go. The owner gives the array; when it is full, or has no room for the two of a trade, the engine calls
 * `full`, which must make room: a larger array, or the same one emptied after its events were taken. It is called
 * between two events and must not touch the exchange. */
struct event_buffer {
    struct event *events;
    uint32_t count, capacity;
    void (*full)(struct event_buffer *buffer);
    void *owner;
};

#endif
