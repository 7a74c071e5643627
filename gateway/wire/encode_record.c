/* encode_record.c - a participant's own record: accreditation, broker status, clients and their mandates, remarks. */
#include <stdlib.h>

#include "gateway/wire/encode_internal.h"
#include "instruments/calendar.h"
#include "instruments/name_table.h"

#define XX(name, text) text,
static const char *const participant_states[] = {PARTICIPANT_STATE_MAP(XX)};
static const char *const broker_states[] = {BROKER_STATE_MAP(XX)};
static const char *const remarks[] = {REMARK_MAP(XX)};
static const char *const papers[] = {PAPER_MAP(XX)};
#undef XX

/* What one client takes at most, and what follows the last one. */
enum { client_size_max = 512, end_size_max = 128 };

static void put_date_if(struct json *json, const char *name, int32_t date) {
    if (date != date_none) json_member_date(json, name, date);
}

static void put_sections(struct json *json, const struct participant *participant) {
    json_name(json, "sections");
    json_put(json, "[");
    for (uint32_t section = 0; section < SECTION_COUNT; section++) {
        const struct participant_section *row = &participant->sections[section];
        if (!row->present) continue;
        json_separate(json);
        json_put(json, "{");
        json_member_text(json, "section", section_name((enum section)section));
        json_member_date(json, "from", row->from_date);
        put_date_if(json, "to", row->to_date);
        json_put(json, "}");
    }
    json_put(json, "]");
}

static void put_broker(struct json *json, const struct participant *participant) {
    json_name(json, "broker");
    if (participant->broker_state == BROKER_STATE_NONE) {
        json_put(json, "null");
        return;
    }
    json_put(json, "{");
    json_member_text(json, "state", broker_states[participant->broker_state]);
    json_member_date(json, "from", participant->broker_from_date);
    put_date_if(json, "to", participant->broker_to_date);
    json_name(json, "score");
    if (participant->broker_score < 0) json_put(json, "-");
    json_unsigned(json, (uint64_t)llabs((long long)participant->broker_score));
    json_put(json, "}");
}

static void put_own_use(struct json *json, const struct participant *participant) {
    json_name(json, "own_use");
    if (participant->own_use_from_date == date_none) {
        json_put(json, "null");
        return;
    }
    json_put(json, "{");
    json_member_date(json, "from", participant->own_use_from_date);
    put_date_if(json, "to", participant->own_use_to_date);
    json_put(json, "}");
}

static void put_missing_papers(struct json *json, const struct participant *participant) {
    json_name(json, "missing");
    json_put(json, "[");
    for (uint32_t i = 0; i < PAPER_COUNT; i++) {
        if (!(participant->papers_missing >> i & 1)) continue;
        json_separate(json);
        json_string(json, papers[i], (uint32_t)strlen(papers[i]));
    }
    json_put(json, "]");
}

/* ACC-15: what stands in the way, and since when it does. `counts`: as the trade date began, which is what instruments
 * without hours ask; `stands`: now. */
static void put_remarks(struct json *json, const struct exchange *exchange, uint32_t index) {
    const struct participant *participant = exchange_participant(exchange, index);
    uint8_t counts = exchange_remarks(exchange, index, NAME_NONE), stands = exchange_remarks_now(exchange, index);
    json_name(json, "remarks");
    json_put(json, "[");
    for (uint32_t i = 0; i < REMARK_COUNT; i++) {
        int counted = counts >> i & 1, standing = stands >> i & 1;
        if (!counted && !standing) continue;
        json_separate(json);
        json_put(json, "{");
        json_member_text(json, "remark", remarks[i]);
        json_member_text(json, "state", !standing ? "cured" : counted ? "in_force" : "from_next_session");
        if (i == REMARK_PAPERS && standing) put_missing_papers(json, participant);
        json_put(json, "}");
    }
    if (participant->sanction_until_date != date_none &&
        participant->sanction_until_date >= exchange_trade_date(exchange)) {
        json_separate(json);
        json_put(json, "{\"remark\":\"sanction\",\"state\":\"in_force\"");
        json_member_date(json, "until", participant->sanction_until_date);
        json_put(json, "}");
    }
    json_put(json, "]");
}

static void put_mandate(struct json *json, const struct exchange *exchange, const struct client *client) {
    if (client->side != SIDE_BOTH) json_member_text(json, "side", client->side == SIDE_BUY ? "buy" : "sell");
    if (client->quantity_max.lots != 0) json_member_unsigned(json, "order_qty_max", client->quantity_max.lots);
    if (client->instrument != NAME_NONE) {
        const struct instrument *instrument = exchange_instrument(exchange, client->instrument);
        json_member_field(json, "symbol", instrument->symbol, symbol_size);
        if (client->limit.ticks != 0) json_member_price(json, "limit_px", instrument, client->limit);
    }
    put_date_if(json, "expire_date", client->expire_date);
    json_member_flag(json, "own_account", client->flags & CLIENT_OWN_ACCOUNT);
    json_member_flag(json, "cross_allowed", client->flags & CLIENT_CROSS_ALLOWED);
}

/* `from` is a registration, index + 1; returns the one that found no room, 0 = all are written. */
static uint32_t put_clients(struct json *json, const struct exchange *exchange, uint32_t from) {
    json_name(json, "clients");
    json_put(json, "[");
    for (; from != 0; from = exchange_client(exchange, from - 1)->next) {
        const struct client *client = exchange_client(exchange, from - 1);
        if (!client->registered) continue;
        if (json->size + client_size_max + end_size_max > line_size_max) break;
        json_separate(json);
        json_put(json, "{");
        json_member_field(json, "client", exchange_participant(exchange, client->client)->id, participant_id_size);
        json_member_text(json, "section", section_name((enum section)client->section));
        put_mandate(json, exchange, client);
        json_put(json, "}");
    }
    json_put(json, "]");
    return from;
}

uint32_t encode_participant(char *out, const struct exchange *exchange, const struct request_id *id,
                            uint32_t participant, uint32_t *clients_from, int64_t time_ns) {
    struct json json = json_begin(out, "participant", id);
    uint32_t from = *clients_from;
    *clients_from = 0;
    if (participant == NAME_NONE) {
        json_member_flag(&json, "last", 1);
        return json_end(&json, time_ns);
    }
    const struct participant *row = exchange_participant(exchange, participant);
    json_member_field(&json, "participant", row->id, participant_id_size);
    json_member_field(&json, "name", row->name, participant_name_size);
    json_member_field(&json, "country", row->country, sizeof row->country);
    json_member_flag(&json, "resident", row->resident);
    json_member_text(&json, "accreditation", participant_states[row->state]);
    if (row->state == PARTICIPANT_SUSPENDED) put_date_if(&json, "suspended_until", row->suspended_until_date);
    put_sections(&json, row);
    json_member_unsigned(&json, "open_orders", row->open_orders_count);
    put_broker(&json, row);
    put_remarks(&json, exchange, participant);
    put_own_use(&json, row);
    json_member_flag(&json, "killed", row->killed);
    if (row->message_rate != 0) json_member_unsigned(&json, "message_rate", row->message_rate);
    *clients_from = put_clients(&json, exchange, from != 0 ? from : row->clients_head);
    json_member_flag(&json, "last", *clients_from == 0);
    return json_end(&json, time_ns);
}
