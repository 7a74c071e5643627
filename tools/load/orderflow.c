/* orderflow.c - see orderflow.h. */
#include "tools/load/orderflow.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "instruments/splitmix.h"
#include "tools/client/message.h"

/* Prices stand within this many ticks of the reference price, and within a fiftieth of it. */
enum { span_ticks_max = 40, span_part = 50, rush_aggressive_percent = 60, cancel_tries = 4 };

static uint32_t below(struct orderflow *orderflow, uint32_t limit) {
    return (uint32_t)((unsigned __int128)splitmix64(&orderflow->random) * limit >> 64);
}

/* ---- what may be traded ---- */

static void keep_instrument(struct orderflow *orderflow, const cJSON *row) {
    if (orderflow->instruments_count == orderflow_instruments_max) return;
    struct orderflow_instrument *instrument = &orderflow->instruments[orderflow->instruments_count];
    const char *reference = message_text(row, "reference_px");
    if (tick_read(&instrument->tick, message_text(row, "tick")) != 0) return;
    uint32_t places = price_places(reference);
    if (places > instrument->tick.places && places <= price_key_places) instrument->tick.places = places;
    instrument->reference_ticks = tick_count(&instrument->tick, reference);
    if (instrument->reference_ticks <= 1) return;
    int64_t span = instrument->reference_ticks / span_part;
    instrument->span_ticks = span < 1 ? 1 : span < span_ticks_max ? span : span_ticks_max;
    snprintf(instrument->symbol, sizeof instrument->symbol, "%s", message_text(row, "symbol"));
    snprintf(instrument->section, sizeof instrument->section, "%s", message_text(row, "section"));
    orderflow->instruments_count++;
}

void orderflow_keep_instruments(struct orderflow *orderflow, const cJSON *message) {
    const cJSON *row;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(message, "instruments")) keep_instrument(orderflow, row);
}

void orderflow_keep_record(struct orderflow *orderflow, uint32_t connection, const cJSON *record) {
    const cJSON *sections = cJSON_GetObjectItemCaseSensitive(record, "sections"), *each;
    if (!cJSON_IsArray(sections)) return;
    for (uint32_t i = 0; i < orderflow->instruments_count; i++) {
        orderflow->barred[connection][i] = 1;
        cJSON_ArrayForEach(each, sections) {
            if (strcmp(message_text(each, "section"), orderflow->instruments[i].section) == 0)
                orderflow->barred[connection][i] = 0;
        }
    }
}

/* Not admitted (2xx to 5xx, and sessions that do not trade it): for good. */
void orderflow_learn(struct orderflow *orderflow, uint32_t connection, const struct answer *refusal) {
    if (!((refusal->code >= 200 && refusal->code < 600) || refusal->code == 104 || refusal->code == 105)) return;
    for (uint32_t i = 0; i < orderflow->instruments_count; i++) {
        if (answer_text_is(refusal->symbol, orderflow->instruments[i].symbol)) orderflow->barred[connection][i] = 1;
    }
}

/* ---- requests ---- */

static const struct orderflow_instrument *pick_instrument(struct orderflow *orderflow, uint32_t connection) {
    uint32_t count = orderflow->instruments_count;
    if (count == 0) return NULL;
    uint32_t start = below(orderflow, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = (start + i) % count;
        if (!orderflow->barred[connection][at]) return &orderflow->instruments[at];
    }
    return NULL;
}

/* An open order that nobody is taking back yet; 0: the lot fell on none. */
static uint32_t write_cancel(struct orderflow *orderflow, struct ledger *ledger, uint32_t connection, uint32_t number,
                             char *out) {
    uint32_t open_count = ledger->own[connection].count;
    for (int tries = 0; open_count > 0 && tries < cancel_tries; tries++) {
        struct load_order *order = ledger_own(ledger, connection, below(orderflow, open_count));
        if (order->is_leaving) continue;
        order->is_leaving = 1;
        return (uint32_t)snprintf(out, request_size_max,
                                  "{\"type\":\"cancel_order\",\"req_id\":%u,\"order_id\":\"%s\"}\n", number,
                                  order->order_id);
    }
    return 0;
}

static uint32_t write_order(struct orderflow *orderflow, uint32_t connection, uint32_t number, int crosses, char *out) {
    const struct orderflow_instrument *instrument = pick_instrument(orderflow, connection);
    if (instrument == NULL) return 0;
    int buys = (int)below(orderflow, 2);
    int64_t away = crosses ? instrument->span_ticks : 1 + below(orderflow, (uint32_t)instrument->span_ticks);
    char text[price_text_size];
    tick_text(&instrument->tick, instrument->reference_ticks + (buys == crosses ? away : -away), text);
    return (uint32_t)snprintf(out, request_size_max,
                              "{\"type\":\"new_order\",\"req_id\":%u,\"cl_ord_id\":\"%s-%x-%x\","
                              "\"symbol\":\"%s\",\"side\":\"%s\",\"order_qty\":%u,\"price\":\"%s\","
                              "\"time_in_force\":\"%s\"}\n", number, orderflow->run_name, connection, number,
                              instrument->symbol, buys ? "buy" : "sell", 1 + below(orderflow, crosses ? 3 : 2), text,
                              crosses ? "ioc" : "day");
}

uint32_t orderflow_next_request(struct orderflow *orderflow, struct ledger *ledger, uint32_t connection,
                                uint32_t number, int is_rush, char *out, enum request_kind *kind) {
    uint32_t roll = below(orderflow, 100), open_count = ledger->own[connection].count;
    uint32_t aggressive = is_rush ? rush_aggressive_percent : orderflow->mix.aggressive;
    int is_full = open_count >= orderflow->open_max;
    *kind = REQUEST_CANCEL;
    if (roll >= aggressive && (is_full || roll >= aggressive + orderflow->mix.passive)) {
        uint32_t size = write_cancel(orderflow, ledger, connection, number, out);
        if (size > 0) return size;
    }
    *kind = roll < aggressive || is_full ? REQUEST_AGGRESSIVE : REQUEST_PASSIVE;
    return write_order(orderflow, connection, number, *kind == REQUEST_AGGRESSIVE, out);
}
