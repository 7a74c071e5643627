/* encode_list.c - lists of any length, in lines of bounded length. */
#include <stdio.h>
#include <string.h>

#include "gateway/wire/encode_internal.h"
#include "instruments/calendar.h"
#include "instruments/name_table.h"

/* What follows the last row of a line: ],"last":false,"ts":"..."}\n */
enum { tail_size_max = 80 };

static const char *const types[] = {
#define XX(name, type, member) type,
    LIST_MAP(XX)
#undef XX
};
static const char *const members[] = {
#define XX(name, type, member) member,
    LIST_MAP(XX)
#undef XX
};

/* ---- lines ---- */

static void begin_line(struct list *list) {
    struct json json = json_begin(list->out, types[list->kind], list->id);
    json_name(&json, members[list->kind]);
    json_put(&json, "[");
    list->size = json.size;
    list->rows_count = 0;
}

static void end_line(struct list *list, int last) {
    struct json json = {.out = list->out, .size = list->size};
    json_put(&json, "]");
    json_member_flag(&json, "last", last);
    list->size = json_end(&json, list->time_ns);
    list->emit(list->owner, list->out, list->size);
}

void list_begin(struct list *list, char *out, enum list_kind kind, const struct request_id *id, int64_t time_ns,
                list_emit *emit, void *owner) {
    *list = (struct list){.out = out, .kind = kind, .id = id, .time_ns = time_ns, .emit = emit, .owner = owner};
    begin_line(list);
}

void list_end(struct list *list) { end_line(list, 1); }

struct json list_row_begin(struct list *list) {
    if (list->size + row_size_max + tail_size_max > line_size_max) {
        end_line(list, 0);
        begin_line(list);
    }
    struct json json = {.out = list->out, .size = list->size};
    json_put(&json, list->rows_count == 0 ? "{" : ",{");
    return json;
}

void list_row_end(struct list *list, struct json *json) {
    json_put(json, "}");
    CHECK(json->size - list->size <= row_size_max);
    list->size = json->size;
    list->rows_count++;
}

/* ---- rows ---- */

void list_add_balance(struct list *list, const struct balance_row *balance) {
    CHECK(list->kind == LIST_BALANCES);
    struct json json = list_row_begin(list);
    json_member_text(&json, "currency", currency_code((enum currency)balance->currency));
    json_member_money(&json, "credited", balance->credited);
    json_member_money(&json, "free", balance->free);
    json_member_money(&json, "held", balance->held);
    json_member_money(&json, "blocked", balance->blocked);
    json_member_money(&json, "fees_due", balance->fees_due);
    json_member_money(&json, "uncounted", balance->uncounted);
    json_member_money(&json, "paying_out", balance->paying_out);
    json_member_money(&json, "paid_out", balance->paid_out);
    json_member_money(&json, "set_off", balance->set_off);
    list_row_end(list, &json);
}

void list_add_deal(struct list *list, const struct exchange *exchange, const struct deal_row *deal) {
    static const char *const states[] = {
#define XX(name, text) text,
        DEAL_STATE_MAP(XX)
#undef XX
    };
    CHECK(list->kind == LIST_DEALS && deal->state < sizeof states / sizeof states[0]);
    const struct instrument *instrument = exchange_instrument(exchange, deal->instrument);
    money value;
    /* What traded passed the same test when the order came in. */
    int fits = money_value(deal->price, deal->quantity, instrument->lot_tick, &value);
    CHECK(fits);
    struct json json = list_row_begin(list);
    json_member_id(&json, "trade_id", deal->trade_id);
    if (deal->contract_id != 0) json_member_id(&json, "contract_id", deal->contract_id);
    json_member_date(&json, "trade_date", deal->trade_date);
    json_member_field(&json, "symbol", instrument->symbol, symbol_size);
    json_member_text(&json, "section", section_name((enum section)instrument->section));
    json_member_text(&json, "side", deal->side == SIDE_BUY ? "buy" : "sell");
    json_member_unsigned(&json, "qty", deal->quantity.lots);
    json_member_price(&json, "price", instrument, deal->price);
    json_member_money(&json, "value", value);
    json_member_text(&json, "currency", currency_code((enum currency)instrument->currency));
    json_member_text(&json, "deal_class", deal_class_name((enum deal_class)deal->deal_class));
    if (deal->counterparty != NAME_NONE) {
        json_member_field(&json, "counterparty", exchange_participant(exchange, deal->counterparty)->id,
                          participant_id_size);
    }
    json_member_money(&json, "fee", deal->fee);
    if (deal->contract_id != 0) {
        json_member_text(&json, "fee_currency", currency_code((enum currency)deal->fee_currency));
    }
    json_member_text(&json, "state", states[deal->state]);
    list_row_end(list, &json);
}

static void put_bases(struct json *json, const struct instrument *instrument) {
    json_name(json, "bases");
    json_put(json, "[");
    for (uint32_t i = 0; i < instrument->bases_count; i++) {
        const struct basis *basis = &instrument->bases[i];
        json_put(json, i == 0 ? "{" : ",{");
        json_member_text(json, "basis", incoterm_code((enum incoterm)basis->incoterm));
        json_member_field(json, "place", basis->place, place_size);
        json_member_field(json, "country", basis->country, sizeof basis->country);
        json_put(json, "}");
    }
    json_put(json, "]");
}

static void put_payment_terms(struct json *json, const struct instrument *instrument) {
    json_name(json, "payment_terms");
    json_put(json, "[");
    for (uint32_t terms = 0; terms < PAYMENT_COUNT; terms++) {
        if ((instrument->payment_terms_mask >> terms & 1) == 0) continue;
        const char *name = payment_terms_name((enum payment_terms)terms);
        json_separate(json);
        json_string(json, name, (uint32_t)strlen(name));
    }
    json_put(json, "]");
}

/* `session` where there is one, the first of several, which `sessions` lists. */
static void put_sessions(struct json *json, const struct exchange *exchange, const struct market *market) {
    if (market->sessions_count == 0) return;
    json_member_field(json, "session", exchange_session(exchange, market->sessions[0])->id, session_id_size);
    if (market->sessions_count == 1) return;
    json_name(json, "sessions");
    json_put(json, "[");
    for (uint32_t i = 0; i < market->sessions_count; i++) {
        const char *id = exchange_session(exchange, market->sessions[i])->id;
        json_separate(json);
        json_string(json, id, name_size(id, session_id_size));
    }
    json_put(json, "]");
}

void list_add_instrument(struct list *list, const struct exchange *exchange, uint32_t index) {
    CHECK(list->kind == LIST_INSTRUMENTS);
    const struct instrument *instrument = exchange_instrument(exchange, index);
    struct json json = list_row_begin(list);
    json_member_field(&json, "symbol", instrument->symbol, symbol_size);
    json_member_field(&json, "name", instrument->name, instrument_name_size);
    json_member_text(&json, "section", section_name((enum section)instrument->section));
    json_member_field(&json, "group", instrument->group, instrument_group_size);
    json_member_text(&json, "currency", currency_code((enum currency)instrument->currency));
    json_member_unsigned(&json, "lot", instrument->lot_units);
    json_member_text(&json, "unit", unit_name((enum unit)instrument->unit));
    json_member_price(&json, "tick", instrument, (price){1});
    json_member_price(&json, "reference_px", instrument, instrument->reference);
    json_member_unsigned(&json, "order_qty_min", instrument->quantity_min.lots);
    json_member_unsigned(&json, "order_qty_max", instrument->quantity_max.lots);
    json_member_unsigned(&json, "collar_ppm", instrument->collar_ppm);
    put_sessions(&json, exchange, exchange_market(exchange, index));
    put_bases(&json, instrument);
    put_payment_terms(&json, instrument);
    list_row_end(list, &json);
}

static void put_minute(struct json *json, const char *name, uint32_t minute) {
    char text[16];
    snprintf(text, sizeof text, "%02u:%02u", minute / 60, minute % 60);
    json_member_text(json, name, text);
}

static void put_countries(struct json *json, const char *name, const char countries[countries_count_max][2]) {
    if (countries[0][0] == '\0') return;
    json_name(json, name);
    json_put(json, "[");
    for (uint32_t i = 0; i < countries_count_max && countries[i][0] != '\0'; i++) {
        json_separate(json);
        json_string(json, countries[i], 2);
    }
    json_put(json, "]");
}

static void put_currencies(struct json *json, const struct session *session) {
    if (session->currencies_mask == 0) return;
    json_name(json, "currencies");
    json_put(json, "[");
    for (uint32_t currency = 0; currency < CURRENCY_COUNT; currency++) {
        if (!(session->currencies_mask >> currency & 1)) continue;
        json_separate(json);
        json_string(json, currency_code((enum currency)currency), 3);
    }
    json_put(json, "]");
}

static void put_days(struct json *json, const struct session *session) {
    if (session->every_days != 0) {
        json_member_unsigned(json, "every_days", session->every_days);
        json_member_date(json, "anchor", session->anchor_date);
    }
    if (session->dates_count == 0) return;
    json_name(json, "dates");
    json_put(json, "[");
    for (uint32_t i = 0; i < session->dates_count; i++) {
        json_separate(json);
        json_date(json, session->dates[i]);
    }
    json_put(json, "]");
}

/* Who and what is admitted, and on which days; what is not restricted is left out. */
static void put_restrictions(struct json *json, const struct session *session) {
    static const char *const directions[] = {
#define XX(name, text) text,
        DIRECTION_MAP(XX)
#undef XX
    };
    json_name(json, "restrictions");
    json_put(json, "{");
    if (session->direction != DIRECTION_ANY) json_member_text(json, "direction", directions[session->direction]);
    put_countries(json, "countries", session->buyer_countries);
    put_countries(json, "seller_countries", session->seller_countries);
    put_currencies(json, session);
    if (session->role == SESSION_ROLE_BROKERS_ONLY) json_member_text(json, "role", "brokers_only");
    if (session->flags & SESSION_OWN_USE) json_member_flag(json, "own_use", 1);
    if (session->flags & SESSION_MULTI_BASIS) json_member_flag(json, "multi_basis", 1);
    if (session->flags & SESSION_LATE_LOGIN_REFUSE) json_member_text(json, "late_login", "refuse");
    put_days(json, session);
    json_put(json, "}");
}

/* A row up to its list of symbols. */
static struct json begin_session_row(struct list *list, const struct session *session) {
    static const char *const models[] = {
#define XX(name, text) text,
        MODEL_MAP(XX)
#undef XX
    };
    static const char *const phases[] = {
#define XX(name, text) text,
        PHASE_MAP(XX)
#undef XX
    };
    CHECK(session->model < MODEL_COUNT && session->phase < PHASE_COUNT);
    struct json json = list_row_begin(list);
    json_member_field(&json, "session", session->id, session_id_size);
    json_member_text(&json, "model", models[session->model]);
    json_member_text(&json, "phase", phases[session->halted ? PHASE_HALTED : session->phase]);
    if (session->open_minute == 0 && session->close_minute == 0) {
        json_name(&json, "opens");
        json_put(&json, "null,\"closes\":null");
    } else {
        put_minute(&json, "opens", session->open_minute);
        put_minute(&json, "closes", session->close_minute);
    }
    put_restrictions(&json, session);
    json_name(&json, "symbols");
    json_put(&json, "[");
    return json;
}

void list_add_session(struct list *list, const struct exchange *exchange, uint32_t index) {
    CHECK(list->kind == LIST_SESSIONS);
    enum { symbol_json_size_max = 6 * symbol_size + 3 };
    const struct session *session = exchange_session(exchange, index);
    struct json json = begin_session_row(list, session);
    for (uint32_t i = 0; i < exchange_instruments_count(exchange); i++) {
        if (!exchange_session_lists(exchange, index, i)) continue;
        if (json.size - list->size + symbol_json_size_max + 2 > row_size_max) {
            json_put(&json, "]");
            list_row_end(list, &json);
            json = begin_session_row(list, session);
        }
        const char *symbol = exchange_instrument(exchange, i)->symbol;
        json_separate(&json);
        json_string(&json, symbol, name_size(symbol, symbol_size));
    }
    json_put(&json, "]");
    list_row_end(list, &json);
}
