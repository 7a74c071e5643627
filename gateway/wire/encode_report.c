/* encode_report.c - what is said about orders: execution_report, notice, and a row of open_orders. */
#include <string.h>

#include "gateway/wire/encode_internal.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

#define XX(name, text) text,
static const char *const ord_status_names[] = {ORD_STATUS_MAP(XX)};
#undef XX
#define XX(name, text) JSON_PIECE("exec_type", text)
static const struct json_piece exec_types[] = {EXEC_TYPE_MAP(XX)};
#undef XX
#define XX(name, text) JSON_PIECE("ord_status", text)
static const struct json_piece ord_statuses[] = {ORD_STATUS_MAP(XX)};
#undef XX
#define XX(name, text) JSON_PIECE("liquidity", text)
static const struct json_piece liquidities[] = {LIQUIDITY_MAP(XX)};
#undef XX
#define XX(name, text) JSON_PIECE("ord_type", text)
static const struct json_piece order_types[] = {ORDER_TYPE_MAP(XX)};
#undef XX
#define XX(name, text) JSON_PIECE("time_in_force", text)
static const struct json_piece times_in_force[] = {TIME_IN_FORCE_MAP(XX)};
#undef XX
static const struct json_piece sides[] = {JSON_PIECE("side", "buy") JSON_PIECE("side", "sell")};
#define COUNT(table) (sizeof table / sizeof table[0])

/* The instrument of a report, NULL for a symbol that does not exist. */
static const struct instrument *instrument_of(const struct exchange *exchange, const struct report *report) {
    if (report->instrument >= exchange_instruments_count(exchange)) return NULL;
    return exchange_instrument(exchange, report->instrument);
}

/* Whether `words` can be repeated as a price: it was one, only not of this instrument. */
static int is_decimal(const char *words) {
    int64_t scaled;
    return decimal_parse(words, (uint32_t)strlen(words), decimal_places_max, &scaled) == DECIMAL_OK;
}

/* A price in ticks, or what stood in the request when that could not be turned into ticks. */
static void put_price(struct json *json, const struct instrument *instrument, price at, const char *words) {
    if (instrument != NULL && at.ticks < PRICE_INVALID) json_price(json, instrument, at);
    else if (words != NULL && is_decimal(words)) json_string(json, words, (uint32_t)strlen(words));
    else json_put(json, "\"0.00\"");
}

/* cl_ord_id and order_id are always there; "" for an order that has none: without a name, or rejected. */
static void put_names(struct json *json, const struct report *report) {
    JSON_NEXT(json, "cl_ord_id");
    json_field(json, report->client_order_id, client_order_id_size);
    if (report->orig_client_order_id[0] != '\0') {
        JSON_NEXT(json, "orig_cl_ord_id");
        json_field(json, report->orig_client_order_id, client_order_id_size);
    }
    JSON_NEXT(json, "order_id");
    if (report->order_id != 0) json_id(json, report->order_id);
    else json_put(json, "\"\"");
}

/* Sequence of the command, index of the event in it, side: together they never come twice. */
static void put_exec_id(struct json *json, const struct report *report) {
    json_put(json, ",\"exec_id\":\"");
    json_unsigned(json, report->exec_sequence);
    json_put(json, "-");
    json_unsigned(json, report->exec_index);
    json_put(json, report->side == SIDE_BUY ? "-b\"" : "-s\"");
}

/* Average price of all fills, 4 places, half up. */
static void put_avg_px(struct json *json, const struct instrument *instrument, const struct report *report) {
    if (instrument == NULL || report->cum_quantity.lots == 0) return;
    uint64_t divisor = report->cum_quantity.lots * (uint64_t)decimal_power(instrument->price_places);
    uint64_t factor = (uint64_t)instrument->tick_scaled * 10000, sum, average;
    /* Half up, in 64 bits where they suffice. */
    if (__builtin_mul_overflow(report->value, factor, &sum)) {
        average = decimal_divide_half_up((uint128)report->value * factor, divisor);
    } else {
        uint64_t rest = sum % divisor;
        average = sum / divisor + (rest >= divisor - rest);
    }
    JSON_NEXT(json, "avg_px");
    json_decimal(json, (int64_t)average, 4);
}

static void put_fill(struct json *json, const struct instrument *instrument, const struct report *report) {
    CHECK(instrument != NULL);
    CHECK(report->liquidity < COUNT(liquidities));
    JSON_NEXT(json, "last_qty");
    json_unsigned(json, report->last_quantity.lots);
    JSON_NEXT(json, "last_px");
    json_price(json, instrument, report->last_price);
    put_avg_px(json, instrument, report);
    json_piece(json, &liquidities[report->liquidity]);
    json_member_text(json, "deal_class", deal_class_name((enum deal_class)report->deal_class));
}

/* What the order is; a fill does not repeat it. */
static void put_terms(struct json *json, const struct instrument *instrument, const struct report *report,
                      const struct request_words *words) {
    CHECK(report->order_type < COUNT(order_types) && report->time_in_force < COUNT(times_in_force));
    json_piece(json, &order_types[report->order_type]);
    json_piece(json, &times_in_force[report->time_in_force]);
    if (report->expire_date != date_none) json_member_date(json, "expire_date", report->expire_date);
    if (report->stop.ticks != 0) {
        JSON_NEXT(json, "stop_px");
        put_price(json, instrument, report->stop, words ? words->stop : NULL);
    }
    if (report->display_quantity.lots != 0) json_member_unsigned(json, "display_qty", report->display_quantity.lots);
    if (report->order_flags & ORDER_POST_ONLY) json_member_flag(json, "post_only", 1);
    if (report->order_flags & ORDER_ALL_OR_NONE) json_member_flag(json, "all_or_none", 1);
}

/* A rejected order's client is known from its request alone: told again, a broker's may have been for anybody. */
static int is_rejected_for_unknown(const struct exchange *exchange, const struct report *report) {
    return report->exec_type == EXEC_TYPE_REJECTED && report->participant < exchange_participants_count(exchange) &&
           exchange_participant(exchange, report->participant)->broker_state != BROKER_STATE_NONE;
}

/* reason, code, rule, text. */
static void put_reason(struct json *json, const struct exchange *exchange, const struct report *report,
                       const struct request_words *words) {
    char text[reason_text_size];
    struct reason_case about = reason_case_of(report, words);
    if (words == NULL && is_rejected_for_unknown(exchange, report)) about.client = UINT32_MAX;
    uint32_t size = reason_text(exchange, &about, text);
    encode_reason_of(json, report->reason, reason_rule(exchange, &about));
    json_name(json, "text");
    json_string(json, text, size);
}

static void put_symbol(struct json *json, const struct instrument *instrument, const struct request_words *words) {
    JSON_NEXT(json, "symbol");
    if (instrument != NULL) json_field(json, instrument->symbol, symbol_size);
    else if (words != NULL) json_string(json, words->symbol, (uint32_t)strlen(words->symbol));
    else json_put(json, "\"\"");
}

/* A quantity as reported: what was no quantity is 0. */
static void put_lots(struct json *json, quantity lots) {
    json_unsigned(json, lots.lots == UINT32_MAX ? 0 : lots.lots);
}

/* From symbol to price: the middle of a report, and of a row of open_orders. */
static void put_order(struct json *json, const struct exchange *exchange, const struct report *report,
                      const struct request_words *words) {
    const struct instrument *instrument = instrument_of(exchange, report);
    put_symbol(json, instrument, words);
    json_piece(json, &sides[report->side != SIDE_BUY]);
    if (report->client != NAME_NONE) {
        json_member_field(json, "client", exchange_participant(exchange, report->client)->id, participant_id_size);
    } else if (words != NULL && words->client[0] != '\0') {
        json_member_text(json, "client", words->client);
    }
    JSON_NEXT(json, "order_qty");
    put_lots(json, report->order_quantity);
    JSON_NEXT(json, "cum_qty");
    put_lots(json, report->cum_quantity);
    JSON_NEXT(json, "leaves_qty");
    put_lots(json, report->leaves_quantity);
    JSON_NEXT(json, "price");
    put_price(json, instrument, report->price, words == NULL ? NULL : words->price);
}

static void put_execution(struct json *json, const struct exchange *exchange, const struct report *report,
                          const struct request_words *words) {
    const struct instrument *instrument = instrument_of(exchange, report);
    CHECK(report->exec_type < COUNT(exec_types) && report->ord_status < COUNT(ord_statuses));
    json_piece(json, &exec_types[report->exec_type]);
    json_piece(json, &ord_statuses[report->ord_status]);
    put_names(json, report);
    put_exec_id(json, report);
    if (report->trade_id != 0) {
        JSON_NEXT(json, "trade_id");
        json_id(json, report->trade_id);
    }
    put_order(json, exchange, report, words);
    if (report->exec_type == EXEC_TYPE_TRADE || report->exec_type == EXEC_TYPE_TRADE_CANCEL) {
        put_fill(json, instrument, report);
    } else {
        put_avg_px(json, instrument, report);
        put_terms(json, instrument, report, words);
    }
    JSON_NEXT(json, "deposit");
    json_money(json, report->deposit);
    if (report->flags & REPORT_HAS_FEE) {
        json_member_money(json, "fee", report->fee);
        json_member_text(json, "fee_currency", currency_code((enum currency)report->fee_currency));
    }
    if (report->flags & REPORT_PRIORITY_KEPT) json_member_text(json, "priority", "kept");
    if (report->flags & REPORT_PRIORITY_LOST) json_member_text(json, "priority", "lost");
    if (report->reason != 0) put_reason(json, exchange, report, words);
}

uint32_t encode_report(char *out, const struct exchange *exchange, const struct report *report,
                       const struct request_id *id, const struct request_words *words, enum delivery delivery) {
    int notice = report->kind == REPORT_NOTICE;
    struct json json = {.out = out, .size = 0};
    json_put(&json, notice ? "{\"type\":\"notice\"" : "{\"type\":\"execution_report\"");
    json_request_id(&json, id);
    if (report->seq != 0) {
        JSON_NEXT(&json, "seq");
        json_unsigned(&json, report->seq);
    }
    if (notice) {
        put_reason(&json, exchange, report, words);
        if (report->order_id != 0) json_member_id(&json, "order_id", report->order_id);
    } else {
        put_execution(&json, exchange, report, words);
    }
    if (delivery == DELIVERY_AGAIN || report->flags & REPORT_POSS_DUP) json_member_flag(&json, "poss_dup", 1);
    return json_end(&json, report->time_ns);
}

/* ---- open_orders ---- */

void list_add_order(struct list *list, const struct exchange *exchange, const struct report *order) {
    CHECK(list->kind == LIST_OPEN_ORDERS);
    const struct instrument *instrument = instrument_of(exchange, order);
    struct json json = list_row_begin(list);
    json_member_text(&json, "ord_status", ord_status_names[order->ord_status]);
    put_names(&json, order);
    put_order(&json, exchange, order, NULL);
    put_avg_px(&json, instrument, order);
    put_terms(&json, instrument, order, NULL);
    json_member_money(&json, "deposit", order->deposit);
    list_row_end(list, &json);
}
