/* follow.c - see follow.h. */
#include "tools/report/follow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/calendar.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

enum { slots_count_first = 1024, items_count_first = 64 };

/* ---- places of ids ---- */

static uint32_t id_slot(const struct id_map *map, uint64_t id) {
    uint64_t hash = id * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t slot = (uint32_t)(hash >> 32) & (map->slots_count - 1);
    while (map->places[slot] != 0 && map->ids[slot] != id) slot = (slot + 1) & (map->slots_count - 1);
    return slot;
}

uint32_t id_map_find(const struct id_map *map, uint64_t id) {
    return map->slots_count > 0 ? map->places[id_slot(map, id)] - 1 : NAME_NONE;
}

static void id_map_free(struct id_map *map) {
    free(map->ids);
    free(map->places);
}

static int id_map_grow(struct id_map *map) {
    struct id_map larger = {.slots_count = map->slots_count > 0 ? 2 * map->slots_count : slots_count_first,
                            .used_count = map->used_count};
    larger.ids = calloc(larger.slots_count, sizeof *larger.ids);
    larger.places = calloc(larger.slots_count, sizeof *larger.places);
    if (!larger.ids || !larger.places) {
        id_map_free(&larger);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < map->slots_count; i++) {
        if (map->places[i] == 0) continue;
        uint32_t slot = id_slot(&larger, map->ids[i]);
        larger.ids[slot] = map->ids[i];
        larger.places[slot] = map->places[i];
    }
    id_map_free(map);
    *map = larger;
    return 0;
}

static int id_map_set(struct id_map *map, uint64_t id, uint32_t place) {
    if (2 * (map->used_count + 1) > map->slots_count && id_map_grow(map) < 0) return -ENOMEM;
    uint32_t slot = id_slot(map, id);
    if (map->places[slot] == 0) map->used_count++;
    map->ids[slot] = id;
    map->places[slot] = place + 1;
    return 0;
}

/* ---- arrays ---- */

/* Room for one more item, which is zero. Capacities are powers of two, so they follow from the count. NULL without
 * memory. */
static void *append(void *array, uint32_t *count, size_t item_size) {
    void **items = array;
    if (*count == 0 || (*count >= items_count_first && (*count & (*count - 1)) == 0)) {
        uint32_t capacity = *count == 0 ? items_count_first : 2 * *count;
        void *larger = *count < UINT32_MAX / 2 ? realloc(*items, capacity * item_size) : NULL;
        if (!larger) return NULL;
        *items = larger;
    }
    return memset((char *)*items + (size_t)(*count)++ * item_size, 0, item_size);
}

static void copy_name(char *out, const char *field, uint32_t size) {
    memcpy(out, field, size);
    out[size] = '\0';
}

/* ---- the world ---- */

static int on_instrument(struct follow *follow, const struct command_instrument *row) {
    struct followed_instrument *item = append(&follow->instruments, &follow->instruments_count, sizeof *item);
    if (!item) return -ENOMEM;
    if (row->section >= SECTION_COUNT || row->unit >= UNIT_COUNT || row->currency >= CURRENCY_COUNT ||
        row->price_places < 2 || row->price_places > 6) return -EINVAL;
    copy_name(item->symbol, row->symbol, symbol_size);
    copy_name(item->name, row->name, instrument_name_size);
    item->section = row->section;
    item->unit = row->unit;
    item->currency = row->currency;
    item->price_places = row->price_places;
    return 0;
}

static int on_terms(struct follow *follow, const struct command_instrument_terms *row) {
    if (row->instrument >= follow->instruments_count || row->lot_units == 0 || row->tick_scaled <= 0 ||
        row->tick_scaled > INT32_MAX) return -EINVAL;
    struct followed_instrument *item = &follow->instruments[row->instrument];
    uint128 scale = (uint128)decimal_power((uint32_t)item->price_places - 2);
    uint128 worth = (uint128)row->tick_scaled * row->lot_units / scale;
    if (worth == 0 || worth > VALUE_MINOR_MAX) return -EINVAL;
    copy_name(item->group, row->group, instrument_group_size);
    item->lot_units = row->lot_units;
    item->tick_scaled = row->tick_scaled;
    item->lot_tick.minor = (int64_t)worth;
    return 0;
}

static int on_participant(struct follow *follow, const struct command_add_participant *row) {
    struct followed_participant *item = append(&follow->participants, &follow->participants_count, sizeof *item);
    if (!item) return -ENOMEM;
    copy_name(item->id, row->id, participant_id_size);
    copy_name(item->name, row->name, participant_name_size);
    copy_name(item->country, row->country, 2);
    return 0;
}

static int on_session(struct follow *follow, const struct command_session *row) {
    struct followed_session *item = append(&follow->sessions, &follow->sessions_count, sizeof *item);
    if (!item) return -ENOMEM;
    copy_name(item->id, row->id, session_id_size);
    return 0;
}

static int on_listing(struct follow *follow, const struct command_session_symbol *row) {
    if (row->session >= follow->sessions_count || row->instrument >= follow->instruments_count) return -EINVAL;
    struct followed_listing *item = append(&follow->listings, &follow->listings_count, sizeof *item);
    if (!item) return -ENOMEM;
    *item = (struct followed_listing){.session = row->session, .instrument = row->instrument};
    return 0;
}

/* Names come from commands that were not refused. */
static int on_command(struct follow *follow, const struct stream_reader *stream) {
    const struct command *command = &stream->command;
    for (uint32_t i = 0; i < stream->events_count; i++) {
        if (stream->events[i].kind == EVENT_REFUSED) return 0;
    }
    switch (command->kind) {
        case COMMAND_INSTRUMENT: return on_instrument(follow, &command->instrument);
        case COMMAND_INSTRUMENT_TERMS: return on_terms(follow, &command->instrument_terms);
        case COMMAND_PARTICIPANT: return on_participant(follow, &command->add_participant);
        case COMMAND_SESSION: return on_session(follow, &command->session);
        case COMMAND_SESSION_SYMBOL: return on_listing(follow, &command->session_symbol);
        default: return 0;
    }
}

/* ---- orders ---- */

static struct followed_order *order_of(struct follow *follow, uint64_t order_id) {
    uint32_t place = id_map_find(&follow->order_places, order_id);
    return place != NAME_NONE ? &follow->orders[place] : NULL;
}

static struct followed_step *add_step(struct follow *follow, const struct stream_reader *stream,
                                      const struct event *event, uint64_t order_id) {
    struct followed_step *step = append(&follow->steps, &follow->steps_count, sizeof *step);
    if (!step) return NULL;
    step->order_id = order_id;
    step->sequence = stream->command.sequence;
    step->time_ns = stream->command.time_ns;
    step->kind = event->kind;
    return step;
}

static int on_accepted(struct follow *follow, const struct stream_reader *stream, const struct event *event) {
    const struct event_order *said = &event->order;
    if (event->instrument >= follow->instruments_count || follow->instruments[event->instrument].lot_units == 0 ||
        said->participant >= follow->participants_count || said->principal >= follow->participants_count ||
        said->side >= SIDE_BOTH || said->order_type >= ORDER_TYPE_COUNT || said->time_in_force >= TIF_COUNT)
        return -EINVAL;
    struct followed_order *order = append(&follow->orders, &follow->orders_count, sizeof *order);
    struct followed_step *step = add_step(follow, stream, event, said->order_id);
    if (!order || !step || id_map_set(&follow->order_places, said->order_id, follow->orders_count - 1) < 0)
        return -ENOMEM;
    *order = (struct followed_order){
        .order_id = said->order_id, .time_ns = stream->command.time_ns, .instrument = event->instrument,
        .participant = said->participant, .principal = said->principal, .payer = said->participant,
        .price = said->price, .stop = said->stop, .quantity = said->quantity, .leaves = said->quantity,
        .side = said->side, .order_type = said->order_type, .time_in_force = said->time_in_force,
    };
    if (follow->client_id.order_id == said->order_id)
        copy_name(order->client_order_id, follow->client_id.text, client_order_id_size);
    if (follow->held.order_id == said->order_id) {
        order->held = follow->held.amount;
        order->payer = follow->held.payer;
    }
    step->price = said->price;
    step->quantity = said->quantity;
    step->leaves = said->quantity;
    return 0;
}

/* Of an order that is not known yet it waits for ACCEPTED; of one that is, it counts at once. */
static int on_held(struct follow *follow, const struct event_held *held) {
    if (held->payer >= follow->participants_count) return -EINVAL;
    struct followed_order *order = order_of(follow, held->order_id);
    follow->held = *held;
    if (order) order->held = held->amount;
    return 0;
}

static void end_order(struct followed_order *order, enum followed_state state) {
    order->state = (uint8_t)state;
    order->leaves.lots = 0;
    order->held.minor = 0;
}

static int on_change(struct follow *follow, const struct stream_reader *stream, const struct event *event) {
    const struct event_order_change *change = &event->order_change;
    struct followed_order *order = order_of(follow, change->order_id);
    if (!order) return -EINVAL;
    struct followed_step *step = add_step(follow, stream, event, change->order_id);
    if (!step) return -ENOMEM;
    int has_ended = event->kind == EVENT_CANCELED || event->kind == EVENT_EXPIRED;
    int has_total = event->kind == EVENT_REPLACED || event->kind == EVENT_RESTATED;
    step->price = has_ended ? change->price_before : change->price;
    step->quantity = has_total ? change->quantity : order->quantity;
    step->leaves = change->leaves;
    step->cause = change->cause;
    step->reason = change->reason;
    if (has_total) order->quantity = change->quantity;
    if (event->kind == EVENT_REPLACED && follow->client_id.order_id == change->order_id)
        copy_name(order->client_order_id, follow->client_id.text, client_order_id_size);
    if ((event->kind == EVENT_REPLACED || event->kind == EVENT_TRIGGERED) && change->price.ticks > 0)
        order->price = change->price;
    order->leaves = change->leaves;
    if (has_ended) end_order(order, event->kind == EVENT_CANCELED ? FOLLOWED_CANCELED : FOLLOWED_EXPIRED);
    return 0;
}

/* ---- trades ---- */

static int fill(struct follow *follow, const struct stream_reader *stream, const struct event *event, enum side side,
                struct followed_trade *trade, quantity leaves) {
    struct followed_order *order = order_of(follow, trade->order_ids[side]);
    struct followed_step *step = add_step(follow, stream, event, trade->order_ids[side]);
    if (!order || order->side != side || order->instrument != trade->instrument) return -EINVAL;
    if (!step) return -ENOMEM;
    trade->participants[side] = order->participant;
    trade->principals[side] = order->principal;
    trade->payers[side] = order->payer;
    order->filled.lots += trade->quantity.lots;
    order->leaves = leaves;
    order->held.minor -= trade->blocked[side].minor;
    if (leaves.lots == 0) end_order(order, FOLLOWED_FILLED);
    step->trade_id = trade->trade_id;
    step->price = trade->price;
    step->quantity = trade->quantity;
    step->leaves = leaves;
    return 0;
}

static int count_money(struct follow *follow, money amount) {
    if (amount.minor < 0 || follow->money_total + (uint64_t)amount.minor > INT64_MAX) return -ERANGE;
    follow->money_total += (uint64_t)amount.minor;
    return 0;
}

static int add_contract(struct follow *follow, struct followed_trade *trade) {
    const struct event_contract *contract = &follow->contract;
    if (contract->trade_id != trade->trade_id) return 0;
    trade->has_contract = 1;
    trade->fee_due_date = contract->fee_due_date;
    trade->basis = contract->basis;
    for (int side = 0; side < 2; side++) {
        if (contract->fee_currencies[side] >= CURRENCY_COUNT || contract->blocked[side].minor < 0) return -EINVAL;
        trade->fees[side] = contract->fees[side];
        trade->blocked[side] = contract->blocked[side];
        trade->fee_currencies[side] = contract->fee_currencies[side];
        if (count_money(follow, contract->fees[side]) < 0) return -ERANGE;
    }
    return 0;
}

static int on_trade(struct follow *follow, const struct stream_reader *stream, const struct event *event) {
    const struct event_trade *said = &event->trade;
    if (event->instrument >= follow->instruments_count || said->deal_class > DEAL_TRANSIT) return -EINVAL;
    struct followed_trade *trade = append(&follow->trades, &follow->trades_count, sizeof *trade);
    if (!trade || id_map_set(&follow->trade_places, said->trade_id, follow->trades_count - 1) < 0) return -ENOMEM;
    enum side taker = event->flags & TRADE_TAKER_BUYS ? SIDE_BUY : SIDE_SELL, maker = (enum side)!taker;
    *trade = (struct followed_trade){
        .trade_id = said->trade_id, .sequence = stream->command.sequence, .time_ns = stream->command.time_ns,
        .date = trade_date(stream->command.time_ns), .instrument = event->instrument, .price = said->price,
        .quantity = said->quantity, .deal_class = said->deal_class, .condition = said->condition, .basis = UINT8_MAX,
    };
    trade->order_ids[taker] = said->taker_order_id;
    trade->order_ids[maker] = said->maker_order_id;
    if (!money_value(said->price, said->quantity, follow->instruments[event->instrument].lot_tick, &trade->value))
        return -ERANGE;
    int status = count_money(follow, trade->value);
    if (status == 0) status = add_contract(follow, trade);
    if (status == 0) status = fill(follow, stream, event, maker, trade, said->maker_leaves);
    if (status == 0) status = fill(follow, stream, event, taker, trade, said->taker_leaves);
    return status;
}

static int on_busted(struct follow *follow, const struct event_busted *busted) {
    uint32_t place = id_map_find(&follow->trade_places, busted->trade_id);
    if (place == NAME_NONE) return -EINVAL;
    follow->trades[place].is_busted = 1;
    return 0;
}

/* ---- the stream ---- */

static int on_event(struct follow *follow, const struct stream_reader *stream, const struct event *event) {
    switch (event->kind) {
        case EVENT_CLIENT_ID: follow->client_id = event->client_id; return 0;
        case EVENT_HELD: return on_held(follow, &event->held);
        case EVENT_CONTRACT: follow->contract = event->contract; return 0;
        case EVENT_ACCEPTED: return on_accepted(follow, stream, event);
        case EVENT_TRADE: return on_trade(follow, stream, event);
        case EVENT_BUSTED: return on_busted(follow, &event->busted);
        case EVENT_RESTED: case EVENT_REFRESHED: case EVENT_REPLACED: case EVENT_RESTATED: case EVENT_TRIGGERED:
        case EVENT_CANCELED: case EVENT_EXPIRED: return on_change(follow, stream, event);
        default: return 0;
    }
}

static int follow_record(struct follow *follow, const struct stream_reader *stream, struct stream_error *error) {
    int status = on_command(follow, stream);
    uint32_t i = 0;
    for (; status == 0 && i < stream->events_count; i++) status = on_event(follow, stream, &stream->events[i]);
    if (status == -ENOMEM) return stream_fail(error, status, "not enough memory");
    if (status == -ERANGE)
        return stream_fail(error, status, "record %" PRIu64 ": amounts beyond what can be summed", stream->record);
    if (status < 0)
        return stream_fail(error, status, "record %" PRIu64 ": command %u or its event %" PRIu32
                           " speaks of something that the stream never brought", stream->record, stream->command.kind,
                           i);
    return 0;
}

int follow_file(struct follow *follow, const char *path, struct stream_error *error) {
    struct stream_reader stream;
    memset(follow, 0, sizeof *follow);
    int status = stream_reader_open(&stream, path, error);
    if (status < 0) return status;
    while ((status = stream_reader_next(&stream, error)) > 0) {
        status = follow_record(follow, &stream, error);
        if (status < 0) break;
    }
    stream_reader_close(&stream);
    if (status < 0) follow_free(follow);
    return status;
}

void follow_free(struct follow *follow) {
    free(follow->instruments);
    free(follow->participants);
    free(follow->sessions);
    free(follow->listings);
    free(follow->orders);
    free(follow->steps);
    free(follow->trades);
    id_map_free(&follow->order_places);
    id_map_free(&follow->trade_places);
    memset(follow, 0, sizeof *follow);
}
