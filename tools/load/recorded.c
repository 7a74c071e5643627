/* recorded.c - see recorded.h. A journal names participants, instruments and orders by number; an exchange that
 * follows it knows what they are called. */
#include "tools/load/recorded.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"
#include "tools/journal/reader.h"

enum { line_size_max = 1024, date_text_size = 10 };

/* What orders are called, by the low half of their ids. */
struct order_name { uint64_t order_id; char text[client_order_id_size]; };
struct order_names { struct order_name *names; uint32_t count; };

struct scribe {
    struct recorded *recorded;
    const struct exchange *exchange;
    struct order_names names;
    int64_t first_ns;
    uint32_t *user_numbers;             /* by the exchange's number: 1 + ours; 0 = not met yet */
    uint32_t user_numbers_count;
    char line[line_size_max];
    uint32_t size;
};

__attribute__((format(printf, 2, 3)))
static void put(struct scribe *scribe, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(scribe->line + scribe->size, line_size_max - scribe->size, format, arguments);
    va_end(arguments);
    CHECK(size >= 0 && scribe->size + (uint32_t)size < line_size_max);
    scribe->size += (uint32_t)size;
}

static void put_name(struct scribe *scribe, const char *member, const char *field, uint32_t size) {
    put(scribe, ",\"%s\":\"%.*s\"", member, (int)name_size(field, size), field);
}

static void put_price(struct scribe *scribe, const char *member, uint32_t ticks, const struct instrument *instrument) {
    char text[decimal_text_size_max];
    if (ticks == 0 || ticks >= PRICE_INVALID) return;
    uint32_t size = decimal_format(ticks * instrument->tick_scaled, instrument->price_places, text);
    put(scribe, ",\"%s\":\"%.*s\"", member, (int)size, text);
}

/* ---- requests ---- */

static const char *const order_types[] = {
#define XX(name, text) text,
    ORDER_TYPE_MAP(XX)
#undef XX
};
static const char *const times_in_force[] = {
#define XX(name, text) text,
    TIME_IN_FORCE_MAP(XX)
#undef XX
};
static const char *const stps[] = {
#define XX(name, text) text,
    STP_MAP(XX)
#undef XX
};

/* 0: it names what does not exist, and cannot be told again. */
static int write_new(struct scribe *scribe, const struct command_new_order *order) {
    const struct exchange *x = scribe->exchange;
    if (order->instrument >= exchange_instruments_count(x) || order->order_type >= ORDER_TYPE_COUNT ||
        order->time_in_force >= TIF_COUNT || order->stp >= STP_COUNT || order->client_order_id[0] == '\0') return 0;
    const struct instrument *instrument = exchange_instrument(x, order->instrument);
    put(scribe, "{\"type\":\"new_order\",\"req_id\":%u", scribe->recorded->requests_count + 1);
    put_name(scribe, "cl_ord_id", order->client_order_id, client_order_id_size);
    put_name(scribe, "symbol", instrument->symbol, symbol_size);
    put(scribe, ",\"side\":\"%s\",\"order_qty\":%u,\"ord_type\":\"%s\",\"time_in_force\":\"%s\",\"stp\":\"%s\"",
        order->side == SIDE_BUY ? "buy" : "sell", order->quantity.lots, order_types[order->order_type],
        times_in_force[order->time_in_force], stps[order->stp]);
    put_price(scribe, "price", order->price.ticks, instrument);
    put_price(scribe, "stop_px", order->stop.ticks, instrument);
    if (order->has_display) put(scribe, ",\"display_qty\":%u", order->display.lots);
    if (order->min.lots > 0) put(scribe, ",\"min_qty\":%u", order->min.lots);
    if (order->flags & ORDER_POST_ONLY) put(scribe, ",\"post_only\":true");
    if (order->flags & ORDER_ALL_OR_NONE) put(scribe, ",\"all_or_none\":true");
    if (order->time_in_force == TIF_GTD) {
        char date[date_text_size];
        date_format(order->expire_date, date);
        put(scribe, ",\"expire_date\":\"%.*s\"", date_text_size, date);
    }
    if (order->client < exchange_participants_count(x))
        put_name(scribe, "client", exchange_participant(x, order->client)->id, participant_id_size);
    if (order->market_session < exchange_sessions_count(x))
        put_name(scribe, "session", exchange_session(x, order->market_session)->id, session_id_size);
    return 1;
}

/* By the name it had: orders get other numbers when they meet in another order. */
static int put_original(struct scribe *scribe, uint64_t order_id, const char *original) {
    uint32_t slot = (uint32_t)order_id;
    if (original[0] != '\0') put_name(scribe, "orig_cl_ord_id", original, client_order_id_size);
    else if (slot < scribe->names.count && scribe->names.names[slot].order_id == order_id)
        put_name(scribe, "orig_cl_ord_id", scribe->names.names[slot].text, client_order_id_size);
    else return 0;
    return 1;
}

static int write_cancel(struct scribe *scribe, const struct command_cancel_order *cancel) {
    put(scribe, "{\"type\":\"cancel_order\",\"req_id\":%u", scribe->recorded->requests_count + 1);
    return put_original(scribe, cancel->order_id, cancel->orig_client_order_id);
}

static int write_amend(struct scribe *scribe, uint32_t participant, const struct command_amend_order *amend) {
    const struct exchange *x = scribe->exchange;
    put(scribe, "{\"type\":\"amend_order\",\"req_id\":%u", scribe->recorded->requests_count + 1);
    put_name(scribe, "cl_ord_id", amend->client_order_id, client_order_id_size);
    if (!put_original(scribe, amend->order_id, amend->orig_client_order_id)) return 0;
    if (amend->flags & AMEND_QUANTITY) put(scribe, ",\"order_qty\":%u", amend->quantity.lots);
    if (amend->flags & AMEND_DISPLAY) put(scribe, ",\"display_qty\":%u", amend->display_lots);
    if (!(amend->flags & AMEND_PRICE)) return 1;
    uint32_t instrument = exchange_find_order_instrument(x, participant, amend->order_id, amend->orig_client_order_id);
    if (instrument >= exchange_instruments_count(x)) return 0;
    put_price(scribe, "price", amend->price.ticks, exchange_instrument(x, instrument));
    return 1;
}

/* ---- the journal ---- */

static void *grown(void *memory, uint64_t count, size_t size) {
    void *bigger = realloc(memory, count * size);
    CHECK(bigger != NULL);
    return bigger;
}

static uint32_t user_number(struct scribe *scribe, uint32_t user) {
    struct recorded *recorded = scribe->recorded;
    if (user >= scribe->user_numbers_count) {
        scribe->user_numbers = grown(scribe->user_numbers, user + 1, sizeof *scribe->user_numbers);
        memset(scribe->user_numbers + scribe->user_numbers_count, 0,
               (user + 1 - scribe->user_numbers_count) * sizeof *scribe->user_numbers);
        scribe->user_numbers_count = user + 1;
    }
    if (scribe->user_numbers[user] == 0) {
        const char *name = exchange_user(scribe->exchange, user)->name;
        char own[user_text_size];
        snprintf(own, sizeof own, "%.*s", (int)name_size(name, user_name_size), name);
        users_add(&recorded->users, own, "");
        scribe->user_numbers[user] = recorded->users.count;
    }
    return scribe->user_numbers[user] - 1;
}

static void keep(struct scribe *scribe, const struct command *command) {
    struct recorded *recorded = scribe->recorded;
    put(scribe, "}\n");
    if (recorded->requests_count == recorded->requests_capacity) {
        recorded->requests_capacity = recorded->requests_capacity == 0 ? 1024 : 2 * recorded->requests_capacity;
        recorded->requests = grown(recorded->requests, recorded->requests_capacity, sizeof *recorded->requests);
    }
    if (recorded->text_size + scribe->size > recorded->text_capacity) {
        recorded->text_capacity = 2 * (recorded->text_size + scribe->size);
        recorded->text = grown(recorded->text, recorded->text_capacity, 1);
    }
    if (recorded->requests_count == 0) scribe->first_ns = command->time_ns;
    recorded->requests[recorded->requests_count] = (struct recorded_request){
        .due_ns = command->time_ns - scribe->first_ns, .offset = recorded->text_size, .size = scribe->size,
        .user = user_number(scribe, command->user), .number = recorded->requests_count + 1 };
    recorded->requests_count++;
    memcpy(recorded->text + recorded->text_size, scribe->line, scribe->size);
    recorded->text_size += scribe->size;
}

static int is_request(const struct command *command) {
    return command->kind == COMMAND_NEW_ORDER || command->kind == COMMAND_CANCEL_ORDER ||
           command->kind == COMMAND_AMEND_ORDER;
}

/* Before the command is applied: an order is to be found as it was when the command came. */
static void take_command(struct scribe *scribe, const struct command *command) {
    int is_whole = 0;
    scribe->size = 0;
    if (is_request(command) && command->user < exchange_users_count(scribe->exchange)) {
        if (command->kind == COMMAND_NEW_ORDER) is_whole = write_new(scribe, &command->new_order);
        else if (command->kind == COMMAND_CANCEL_ORDER) is_whole = write_cancel(scribe, &command->cancel_order);
        else is_whole = write_amend(scribe, command->participant, &command->amend_order);
    }
    if (is_whole) keep(scribe, command);
    else scribe->recorded->skipped_count++;
}

static void take_names(struct scribe *scribe, const struct event_buffer *events) {
    for (uint32_t i = 0; i < events->count; i++) {
        const struct event *event = &events->events[i];
        if (event->kind != EVENT_CLIENT_ID || event->client_id.order_id == 0) continue;
        uint32_t slot = (uint32_t)event->client_id.order_id;
        if (slot >= scribe->names.count) {
            uint32_t count = 2 * slot + 64;
            scribe->names.names = grown(scribe->names.names, count, sizeof *scribe->names.names);
            memset(scribe->names.names + scribe->names.count, 0,
                   (count - scribe->names.count) * sizeof *scribe->names.names);
            scribe->names.count = count;
        }
        scribe->names.names[slot].order_id = event->client_id.order_id;
        memcpy(scribe->names.names[slot].text, event->client_id.text, client_order_id_size);
    }
}

static int read_all(struct scribe *scribe, struct reader *reader, char *error, size_t error_size) {
    struct follower follower = { .exchange = NULL };
    const struct command *command;
    int status = 0;
    while (status == 0 && (command = reader_next(reader)) != NULL) {
        if (follower.exchange == NULL && follower_open(&follower, reader) < 0) {
            snprintf(error, error_size, "there is not enough memory to follow the journal");
            return -1;
        }
        scribe->exchange = follower.exchange;
        take_command(scribe, command);
        follower_apply(&follower, command);
        take_names(scribe, &follower.events);
    }
    if (reader->status == JOURNAL_CORRUPT) {
        snprintf(error, error_size, "the journal is damaged; birzha journal verify says where");
        status = -1;
    }
    if (follower.exchange != NULL) follower_close(&follower);
    return status;
}

int recorded_open(struct recorded *recorded, const char *folder, char *error, size_t error_size) {
    struct reader reader;
    *recorded = (struct recorded){ .requests_count = 0 };
    if (reader_open(&reader, folder, error, error_size) < 0) return -1;
    struct scribe scribe = { .recorded = recorded };
    int status = read_all(&scribe, &reader, error, error_size);
    reader_close(&reader);
    free(scribe.names.names);
    free(scribe.user_numbers);
    if (status == 0 && recorded->requests_count == 0) {
        snprintf(error, error_size, "%s holds no orders", folder);
        status = -1;
    }
    if (status < 0) recorded_close(recorded);
    return status;
}

void recorded_close(struct recorded *recorded) {
    free(recorded->requests);
    free(recorded->text);
    users_free(&recorded->users);
    *recorded = (struct recorded){ .requests_count = 0 };
}
