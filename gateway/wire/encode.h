/* encode.h - messages to clients, written as JSON into the caller's bytes.
 *
 * Every function writes one whole line, '\n' included, into `out`, which has line_size_max bytes, and returns its size:
 * always at least 1 and at most line_size_max. Nothing can fail: all texts are bounded, and what is not is cut before.
 * Where a `struct request_id` is asked for, NULL or size 0 leaves req_id out. `time_ns` becomes `ts`.
 * Lists of any length are written by `struct list` below, in as many lines as they need.
 *
 * Numbers are integers; prices, money and ids are strings, prices with their instrument's decimals. Members that do not
 * apply are left out, not null, unless the protocol says otherwise. */
#ifndef BIRZHA_WIRE_ENCODE_H
#define BIRZHA_WIRE_ENCODE_H

#include <stdint.h>

#include "engine/exchange.h"
#include "engine/views/deals.h"
#include "engine/views/report.h"
#include "gateway/wire/decode.h"
#include "gateway/wire/line.h"
#include "gateway/wire/reasons.h"
#include "gateway/wire/request.h"

/* ---- session ---- */

struct welcome_message {
    const char *version;        /* of the program, at most 64 bytes */
    const char *clock;          /* "wall" or "manual" */
    int32_t trade_date;
    int64_t time_ns;
};
uint32_t encode_welcome(char *out, const struct welcome_message *welcome);

struct logon_message {
    const struct request_id *id;
    const char *user;           /* user_name_size bytes, NUL-padded */
    uint32_t participant;       /* NAME_NONE: the user has none; the member is null then */
    uint8_t role;
    uint32_t heartbeat_s;
    uint64_t next_seq;
    int64_t time_ns;
};
uint32_t encode_logon_ack(char *out, const struct exchange *exchange, const struct logon_message *logon);

uint32_t encode_logout(char *out, const struct request_id *id, int64_t time_ns);
uint32_t encode_heartbeat(char *out, const struct request_id *id, int64_t time_ns);
/* Private messages `from` to `to`, inclusive, are no longer kept. */
uint32_t encode_gap(char *out, uint64_t from, uint64_t to, int64_t time_ns);

/* ---- answers ---- */

/* Order ids of a cancel or amend that failed: client_order_id_size bytes each, NUL-padded; NULL or "" = left out. */
struct error_message {
    const struct request_id *id;
    uint16_t reason;            /* enum reject */
    const char *rule;           /* NULL = the reason's; "" = none */
    const char *field;          /* NULL or "" = left out; at most decode_field_size bytes */
    const char *text;           /* one sentence; cut at decode_text_size */
    const char *client_order_id, *orig_client_order_id;
    uint64_t order_id;          /* 0 and UINT64_MAX = left out */
    int64_t time_ns;
};
uint32_t encode_error(char *out, const struct error_message *message);
/* What decode found. */
uint32_t encode_decode_error(char *out, const struct request_id *id, const struct decode_error *error, int64_t time_ns);
/* An event REFUSED as the answer to `request`: reason, text, and the names of the order for a cancel or amend. */
uint32_t encode_refused(char *out, const struct exchange *exchange, const struct event *refused,
                        const struct request *request, int64_t time_ns);

/* The answer to an administrative request that was done. */
uint32_t encode_ack(char *out, const struct request_id *id, int64_t time_ns);
/* admin_snapshot: the last command that the snapshot has. */
uint32_t encode_ack_snapshot(char *out, const struct request_id *id, uint64_t sequence, int64_t time_ns);
uint32_t encode_ack_clock(char *out, const struct request_id *id, int32_t trade_date, int64_t time_ns);
/* subscribe and unsubscribe; `symbols` is "all" or the list, as asked. */
uint32_t encode_ack_channel(char *out, const struct exchange *exchange, const struct request *request, int64_t time_ns);
/* To everybody; `text` is NUL-padded. */
uint32_t encode_news(char *out, const char *text, uint32_t text_size, int64_t time_ns);
uint32_t encode_mass_cancel_ack(char *out, const struct request_id *id, uint32_t count, int64_t time_ns);
uint32_t encode_digest(char *out, const struct request_id *id, uint64_t sequence, uint64_t state_hash, int64_t time_ns);
/* A participant's own record. A broker can have more clients than a line holds, so it comes as one or more of them,
 * each with other clients: `*clients_from` is 0 at first and is moved on; 0 afterwards: this was the last.
 * `participant` NAME_NONE (an official): the members but last and ts are left out. */
uint32_t encode_participant(char *out, const struct exchange *exchange, const struct request_id *id,
                            uint32_t participant, uint32_t *clients_from, int64_t time_ns);

/* ---- private messages ---- */

/* How often a message is sent. */
enum delivery { DELIVERY_FIRST, DELIVERY_AGAIN };   /* AGAIN: a replay after logon, "poss_dup":true */

/* execution_report or notice, by report->kind. `words` is NULL when the request's own words are no longer known: the
 * sentence of a refusal is then less exact, and a symbol or price that means nothing here is "" or "0.00". */
uint32_t encode_report(char *out, const struct exchange *exchange, const struct report *report,
                       const struct request_id *id, const struct request_words *words, enum delivery delivery);

/* ---- market data ---- */

struct book_level {
    price price;
    uint32_t orders_count;
    uint64_t quantity_lots;     /* 0 = the level is gone (book_update only) */
};

/* Levels of both sides that fit one message whatever their figures: a full snapshot of the largest depth. An update
 * with more goes out in two, each with its own md_seq, or as a snapshot. */
enum { book_levels_max = 2 * depth_levels_max };

struct book_message {
    uint32_t instrument;
    uint32_t conflated;         /* snapshot only: 1 = updates were left out before it */
    uint64_t md_seq, prev_md_seq;   /* prev_md_seq: update only */
    const struct book_level *bids, *asks;   /* best first; together at most book_levels_max */
    uint32_t bids_count, asks_count;
    int64_t time_ns;
};
uint32_t encode_book_snapshot(char *out, const struct exchange *exchange, const struct book_message *book);
uint32_t encode_book_update(char *out, const struct exchange *exchange, const struct book_message *book);

struct trade_message {
    uint64_t md_seq, prev_md_seq;
    uint64_t trade_id;
    uint32_t instrument;
    price price;
    quantity quantity;
    uint8_t deal_class, condition;
    int32_t trade_date;
    int64_t time_ns;
};
uint32_t encode_trade(char *out, const struct exchange *exchange, const struct trade_message *trade);

struct ticker_message {
    uint64_t md_seq, prev_md_seq;
    uint32_t instrument;
    price bid, ask, last, reference;        /* 0 = none: the member is left out */
    uint64_t bid_lots, ask_lots;
    uint64_t volume_lots;                   /* of the trade date */
    int64_t time_ns;
};
uint32_t encode_ticker(char *out, const struct exchange *exchange, const struct ticker_message *ticker);

/* The phase is that of the instrument: halted when it, its session or its section is. */
struct status_message {
    uint64_t md_seq, prev_md_seq;
    uint32_t instrument;
    uint32_t session;
    uint8_t phase;
    int64_t time_ns;
};
uint32_t encode_status(char *out, const struct exchange *exchange, const struct status_message *status);

/* ---- lists ---- */

/* A list is one or more lines, all with the same type and req_id; "last" is false in all but the last.
 *
 *     list_begin(&list, out, LIST_OPEN_ORDERS, &request.id, time_ns, emit, owner);
 *     for ... list_add_order(&list, exchange, &report);
 *     list_end(&list);
 *
 * `emit` is called with every line that is full and, from list_end, with the last one; it must copy it. Between
 * list_begin and list_end `out` holds the line that is being written, and nothing else may be written there. */
#define LIST_MAP(XX) \
    XX(OPEN_ORDERS, "open_orders", "orders") XX(BALANCES, "balances", "accounts") XX(DEALS, "deals", "deals") \
    XX(INSTRUMENTS, "instruments", "instruments") XX(SESSIONS, "sessions", "sessions") \
    XX(EXPLANATION, "explanation", "steps")

#define XX(name, type, member) LIST_##name,
enum list_kind { LIST_MAP(XX) };
#undef XX

typedef void list_emit(void *owner, const char *line, uint32_t size);

struct list {
    char *out;                  /* line_size_max bytes, the caller's */
    uint32_t size;
    uint32_t rows_count;        /* in the line that is being written */
    enum list_kind kind;
    const struct request_id *id;
    int64_t time_ns;
    list_emit *emit;
    void *owner;
};

void list_begin(struct list *list, char *out, enum list_kind kind, const struct request_id *id, int64_t time_ns,
                list_emit *emit, void *owner);
void list_end(struct list *list);

/* An order as it stands: exec_type and what concerns a single fill are not read. */
void list_add_order(struct list *list, const struct exchange *exchange, const struct report *order);

struct balance_row {
    uint8_t currency;
    money credited, free, held, blocked, fees_due;
    money uncounted, paying_out, paid_out, set_off;
};
void list_add_balance(struct list *list, const struct balance_row *balance);

/* A deal as one of its parties sees it. */
struct deal_row {
    uint64_t trade_id;
    uint64_t contract_id;       /* 0 = left out */
    uint32_t instrument;
    uint32_t counterparty;      /* participant; NAME_NONE = not told */
    price price;
    quantity quantity;
    money fee;                  /* of this side, as charged; 0 where fees are not, or no longer */
    int32_t trade_date;
    uint8_t side, deal_class, fee_currency;
    uint8_t state;              /* enum deal_state */
};
void list_add_deal(struct list *list, const struct exchange *exchange, const struct deal_row *deal);

void list_add_instrument(struct list *list, const struct exchange *exchange, uint32_t instrument);
/* With the symbols that trade in it; a session with too many of them for one line takes several rows. */
void list_add_session(struct list *list, const struct exchange *exchange, uint32_t session);

#endif
