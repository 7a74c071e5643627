#include "gateway/wire/encode.h"

#include <stdio.h>
#include <string.h>

#include "gateway/wire/encode_internal.h"
#include "instruments/calendar.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

#define XX(name, text) text,
static const char *const roles[] = {ROLE_MAP(XX)};
static const char *const phases[] = {PHASE_MAP(XX)};
#undef XX

const char *deal_class_name(enum deal_class deal_class) {
    static const char *const names[] = {"domestic", "export", "import", "transit"};
    CHECK(deal_class < sizeof names / sizeof names[0]);
    return names[deal_class];
}

static const char *condition_name(enum trade_condition condition) {
    static const char *const names[] = {"continuous", "auction", "lot", "negotiated", "double_counter"};
    CHECK(condition < sizeof names / sizeof names[0]);
    return names[condition];
}

static void put_symbol(struct json *json, const struct exchange *exchange, uint32_t instrument) {
    json_member_field(json, "symbol", exchange_instrument(exchange, instrument)->symbol, symbol_size);
}

/* ---- session ---- */

uint32_t encode_welcome(char *out, const struct welcome_message *welcome) {
    struct json json = json_begin(out, "welcome", NULL);
    json_member_text(&json, "exchange", "birzha");
    json_member_unsigned(&json, "protocol", 1);
    json_member_text(&json, "version", welcome->version);
    json_member_text(&json, "clock", welcome->clock);
    json_member_date(&json, "trade_date", welcome->trade_date);
    return json_end(&json, welcome->time_ns);
}

uint32_t encode_logon_ack(char *out, const struct exchange *exchange, const struct logon_message *logon) {
    CHECK(logon->role < ROLE_COUNT);
    struct json json = json_begin(out, "logon_ack", logon->id);
    json_member_field(&json, "user", logon->user, user_name_size);
    if (logon->participant == NAME_NONE) {
        json_name(&json, "participant");
        json_put(&json, "null");
    } else {
        json_member_field(&json, "participant", exchange_participant(exchange, logon->participant)->id,
                          participant_id_size);
    }
    json_member_text(&json, "role", roles[logon->role]);
    json_member_unsigned(&json, "next_seq", logon->next_seq);
    json_member_unsigned(&json, "heartbeat_s", logon->heartbeat_s);
    return json_end(&json, logon->time_ns);
}

uint32_t encode_logout(char *out, const struct request_id *id, int64_t time_ns) {
    struct json json = json_begin(out, "logout", id);
    return json_end(&json, time_ns);
}

uint32_t encode_heartbeat(char *out, const struct request_id *id, int64_t time_ns) {
    struct json json = json_begin(out, "heartbeat", id);
    return json_end(&json, time_ns);
}

uint32_t encode_gap(char *out, uint64_t from, uint64_t to, int64_t time_ns) {
    struct json json = json_begin(out, "gap", NULL);
    json_member_unsigned(&json, "from", from);
    json_member_unsigned(&json, "to", to);
    return json_end(&json, time_ns);
}

/* ---- errors and acknowledgements ---- */

void encode_reason(struct json *json, uint16_t reason) {
    encode_reason_of(json, reason, reject_rule((enum reject)reason));
}

void encode_reason_of(struct json *json, uint16_t reason, const char *rule) {
    const char *name = reject_name((enum reject)reason);
    CHECK(name != NULL && rule != NULL);
    json_member_text(json, "reason", name);
    json_member_unsigned(json, "code", reason);
    if (rule[0] != '\0') json_member_text(json, "rule", rule);
}

static void put_order_name(struct json *json, const char *member, const char *name) {
    if (name != NULL && name[0] != '\0') json_member_field(json, member, name, client_order_id_size);
}

uint32_t encode_error(char *out, const struct error_message *message) {
    struct json json = json_begin(out, "error", message->id);
    if (message->rule != NULL) encode_reason_of(&json, message->reason, message->rule);
    else encode_reason(&json, message->reason);
    json_name(&json, "text");
    json_string(&json, message->text, (uint32_t)strnlen(message->text, decode_text_size));
    if (message->field != NULL && message->field[0] != '\0') {
        json_name(&json, "field");
        json_string(&json, message->field, (uint32_t)strnlen(message->field, decode_field_size));
    }
    put_order_name(&json, "cl_ord_id", message->client_order_id);
    put_order_name(&json, "orig_cl_ord_id", message->orig_client_order_id);
    if (message->order_id != 0 && message->order_id != UINT64_MAX) {
        json_member_id(&json, "order_id", message->order_id);
    }
    return json_end(&json, message->time_ns);
}

uint32_t encode_decode_error(char *out, const struct request_id *id, const struct decode_error *error,
                             int64_t time_ns) {
    return encode_error(out, &(struct error_message){.id = id, .reason = error->reason, .field = error->field,
                                                     .text = error->text, .time_ns = time_ns});
}

uint32_t encode_refused(char *out, const struct exchange *exchange, const struct event *refused,
                        const struct request *request, int64_t time_ns) {
    CHECK(refused->kind == EVENT_REFUSED);
    char text[reason_text_size];
    const struct event_refused *row = &refused->refused;
    const struct command *command = &request->command;
    struct error_message message = {.id = &request->id, .reason = row->reason, .text = text,
                                    .order_id = row->order_id, .time_ns = time_ns};
    struct reason_case about = {.reason = row->reason, .instrument = refused->instrument,
                                .participant = row->participant, .order_id = row->order_id,
                                .allowed_low = row->allowed_low, .allowed_high = row->allowed_high,
                                .detail = row->detail, .command = row->command,
                                .words = &request->words};
    if (command->kind == COMMAND_AMEND_ORDER) {
        message.client_order_id = command->amend_order.client_order_id;
        message.orig_client_order_id = command->amend_order.orig_client_order_id;
        if (message.order_id == 0) message.order_id = command->amend_order.order_id;
        about.price = command->amend_order.price;
        about.quantity = command->amend_order.quantity;
        about.display.lots = command->amend_order.display_lots;
    } else if (command->kind == COMMAND_CANCEL_ORDER) {
        message.client_order_id = command->cancel_order.client_order_id;
        message.orig_client_order_id = command->cancel_order.orig_client_order_id;
        if (message.order_id == 0) message.order_id = command->cancel_order.order_id;
    }
    if (command->kind == COMMAND_DEPOSIT) about.currency = (uint8_t)(1 + command->deposit.currency);
    if (command->kind == COMMAND_PAY_FEES) about.currency = (uint8_t)(1 + command->pay_fees.currency);
    reason_text(exchange, &about, text);
    message.rule = reason_rule(exchange, &about);
    return encode_error(out, &message);
}

uint32_t encode_ack(char *out, const struct request_id *id, int64_t time_ns) {
    struct json json = json_begin(out, "ack", id);
    return json_end(&json, time_ns);
}

uint32_t encode_ack_snapshot(char *out, const struct request_id *id, uint64_t sequence, int64_t time_ns) {
    struct json json = json_begin(out, "ack", id);
    json_member_unsigned(&json, "sequence", sequence);
    return json_end(&json, time_ns);
}

uint32_t encode_ack_clock(char *out, const struct request_id *id, int32_t trade_date, int64_t time_ns) {
    struct json json = json_begin(out, "ack", id);
    char now[timestamp_text_size];
    timestamp_format(time_ns, now);
    json_name(&json, "now");
    json_string(&json, now, sizeof now);
    json_member_date(&json, "trade_date", trade_date);
    return json_end(&json, time_ns);
}

/* The ack repeats every symbol with two quotes and a comma; symbols have no character that JSON escapes. */
_Static_assert(request_symbols_max * (symbol_size + 3) + request_id_json_size + 256 <= line_size_max, "an ack fits");

uint32_t encode_ack_channel(char *out, const struct exchange *exchange, const struct request *request,
                            int64_t time_ns) {
    struct json json = json_begin(out, "ack", &request->id);
    const struct request_subscribe *subscribe = &request->subscribe;
    json_member_text(&json, "channel", channel_name(subscribe->channel));
    json_name(&json, "symbols");
    if (subscribe->all) {
        json_put(&json, "\"all\"");
        return json_end(&json, time_ns);
    }
    json_put(&json, "[");
    for (uint32_t i = 0; i < subscribe->instruments_count; i++) {
        const char *symbol = exchange_instrument(exchange, subscribe->instruments[i])->symbol;
        json_separate(&json);
        json_string(&json, symbol, name_size(symbol, symbol_size));
    }
    json_put(&json, "]");
    return json_end(&json, time_ns);
}

uint32_t encode_news(char *out, const char *text, uint32_t text_size, int64_t time_ns) {
    struct json json = json_begin(out, "news", NULL);
    json_member_field(&json, "text", text, text_size);
    return json_end(&json, time_ns);
}

uint32_t encode_mass_cancel_ack(char *out, const struct request_id *id, uint32_t count, int64_t time_ns) {
    struct json json = json_begin(out, "mass_cancel_ack", id);
    json_member_unsigned(&json, "count", count);
    return json_end(&json, time_ns);
}

uint32_t encode_digest(char *out, const struct request_id *id, uint64_t sequence, uint64_t state_hash,
                       int64_t time_ns) {
    struct json json = json_begin(out, "digest", id);
    char hash[17];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)state_hash);
    json_member_unsigned(&json, "sequence", sequence);
    json_member_text(&json, "state_hash", hash);
    return json_end(&json, time_ns);
}

/* ---- market data ---- */

/* Head of every numbered public message. */
static struct json begin_public(char *out, const char *type, const struct exchange *exchange, uint32_t instrument,
                                uint64_t md_seq, uint64_t prev_md_seq) {
    struct json json = json_begin(out, type, NULL);
    put_symbol(&json, exchange, instrument);
    json_member_unsigned(&json, "md_seq", md_seq);
    json_member_unsigned(&json, "prev_md_seq", prev_md_seq);
    return json;
}

static void put_levels(struct json *json, const char *name, const struct instrument *instrument,
                       const struct book_level *levels, uint32_t count) {
    json_name(json, name);
    json_put(json, "[");
    for (uint32_t i = 0; i < count; i++) {
        json_put(json, i == 0 ? "[" : ",[");
        json_price(json, instrument, levels[i].price);
        json_put(json, ",");
        json_unsigned(json, levels[i].quantity_lots);
        json_put(json, ",");
        json_unsigned(json, levels[i].orders_count);
        json_put(json, "]");
    }
    json_put(json, "]");
}

static void put_sides(struct json *json, const struct exchange *exchange, const struct book_message *book) {
    CHECK(book->bids_count + book->asks_count <= book_levels_max);
    const struct instrument *instrument = exchange_instrument(exchange, book->instrument);
    put_levels(json, "bids", instrument, book->bids, book->bids_count);
    put_levels(json, "asks", instrument, book->asks, book->asks_count);
}

uint32_t encode_book_snapshot(char *out, const struct exchange *exchange, const struct book_message *book) {
    struct json json = json_begin(out, "book_snapshot", NULL);
    put_symbol(&json, exchange, book->instrument);
    json_member_unsigned(&json, "md_seq", book->md_seq);
    if (book->conflated) json_member_flag(&json, "conflated", 1);
    put_sides(&json, exchange, book);
    return json_end(&json, book->time_ns);
}

uint32_t encode_book_update(char *out, const struct exchange *exchange, const struct book_message *book) {
    struct json json = begin_public(out, "book_update", exchange, book->instrument, book->md_seq, book->prev_md_seq);
    put_sides(&json, exchange, book);
    return json_end(&json, book->time_ns);
}

uint32_t encode_trade(char *out, const struct exchange *exchange, const struct trade_message *trade) {
    struct json json = begin_public(out, "trade", exchange, trade->instrument, trade->md_seq, trade->prev_md_seq);
    json_member_id(&json, "trade_id", trade->trade_id);
    json_member_price(&json, "price", exchange_instrument(exchange, trade->instrument), trade->price);
    json_member_unsigned(&json, "qty", trade->quantity.lots);
    json_member_text(&json, "deal_class", deal_class_name((enum deal_class)trade->deal_class));
    json_member_text(&json, "condition", condition_name((enum trade_condition)trade->condition));
    json_member_date(&json, "trade_date", trade->trade_date);
    return json_end(&json, trade->time_ns);
}

static void put_price_if(struct json *json, const char *name, const struct instrument *instrument, price at) {
    if (at.ticks != 0) json_member_price(json, name, instrument, at);
}

uint32_t encode_ticker(char *out, const struct exchange *exchange, const struct ticker_message *ticker) {
    const struct instrument *instrument = exchange_instrument(exchange, ticker->instrument);
    struct json json = begin_public(out, "ticker", exchange, ticker->instrument, ticker->md_seq, ticker->prev_md_seq);
    put_price_if(&json, "bid_px", instrument, ticker->bid);
    if (ticker->bid.ticks != 0) json_member_unsigned(&json, "bid_qty", ticker->bid_lots);
    put_price_if(&json, "ask_px", instrument, ticker->ask);
    if (ticker->ask.ticks != 0) json_member_unsigned(&json, "ask_qty", ticker->ask_lots);
    put_price_if(&json, "last_px", instrument, ticker->last);
    json_member_unsigned(&json, "volume", ticker->volume_lots);
    put_price_if(&json, "reference_px", instrument, ticker->reference);
    return json_end(&json, ticker->time_ns);
}

uint32_t encode_status(char *out, const struct exchange *exchange, const struct status_message *status) {
    CHECK(status->phase < PHASE_COUNT);
    struct json json = begin_public(out, "status", exchange, status->instrument, status->md_seq, status->prev_md_seq);
    if (status->session < exchange_sessions_count(exchange)) {
        json_member_field(&json, "session", exchange_session(exchange, status->session)->id, session_id_size);
    }
    json_member_text(&json, "phase", phases[status->phase]);
    return json_end(&json, status->time_ns);
}
