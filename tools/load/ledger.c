/* ledger.c - see ledger.h. Two tables by open addressing; a place is freed by moving up what was pushed on. */
#include "tools/load/ledger.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"

enum { capacity_min = 1 << 10 };

static void *allocate(uint64_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL) {
        fputs("birzha load: not enough memory\n", stderr);
        exit(1);
    }
    return memory;
}

void ledger_open(struct ledger *ledger, uint32_t connections_count) {
    memset(ledger, 0, sizeof *ledger);
    ledger->orders_capacity = ledger->halves_capacity = capacity_min;
    ledger->orders = allocate(capacity_min, sizeof *ledger->orders);
    ledger->halves = allocate(capacity_min, sizeof *ledger->halves);
    ledger->own = allocate(connections_count, sizeof *ledger->own);
    ledger->connections_count = connections_count;
    for (uint32_t i = 0; i < connections_count; i++) {
        ledger->own[i].capacity = 16;
        ledger->own[i].places = allocate(ledger->own[i].capacity, sizeof *ledger->own[i].places);
    }
}

void ledger_close(struct ledger *ledger) {
    for (uint32_t i = 0; i < ledger->connections_count; i++) free(ledger->own[i].places);
    free(ledger->orders);
    free(ledger->halves);
    free(ledger->own);
}

void ledger_fault(struct ledger *ledger, const char *format, ...) {
    if (ledger->faults_count++ > 0) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(ledger->first_fault, sizeof ledger->first_fault, format, arguments);
    va_end(arguments);
}

/* ---- orders ---- */

static uint64_t key_of(struct answer_text id) {
    uint64_t key = answer_text_hash(id);
    return key != 0 ? key : 1;
}

static uint64_t find_order(const struct ledger *ledger, uint64_t key) {
    uint64_t place = key & (ledger->orders_capacity - 1);
    while (ledger->orders[place].key != 0 && ledger->orders[place].key != key)
        place = (place + 1) & (ledger->orders_capacity - 1);
    return place;
}

static void put_order(struct ledger *ledger, const struct load_order *order) {
    uint64_t place = find_order(ledger, order->key);
    ledger->orders[place] = *order;
    ledger->own[order->owner].places[order->position] = (uint32_t)place;
}

static void grow_orders(struct ledger *ledger) {
    struct load_order *old = ledger->orders;
    uint64_t old_capacity = ledger->orders_capacity;
    ledger->orders_capacity *= 2;
    ledger->orders = allocate(ledger->orders_capacity, sizeof *ledger->orders);
    for (uint64_t i = 0; i < old_capacity; i++) {
        if (old[i].key != 0) put_order(ledger, &old[i]);
    }
    free(old);
}

static void copy(char *out, size_t size, struct answer_text text) {
    size_t length = text.size < size - 1 ? text.size : size - 1;
    memcpy(out, text.text, length);
    out[length] = '\0';
}

static void open_order(struct ledger *ledger, uint32_t connection, const struct answer *answer) {
    struct own_orders *own = &ledger->own[connection];
    if (2 * ++ledger->orders_count > ledger->orders_capacity) grow_orders(ledger);
    if (own->count == own->capacity) {
        own->capacity *= 2;
        own->places = realloc(own->places, own->capacity * sizeof *own->places);
        CHECK(own->places != NULL);
    }
    struct load_order order = { .key = key_of(answer->order_id), .owner = connection, .position = own->count++,
                                .quantity = answer->quantity, .filled = answer->filled, .leaves = answer->leaves,
                                .is_buy = (uint8_t)answer->is_buy, .waits = (uint8_t)answer->waits };
    copy(order.order_id, sizeof order.order_id, answer->order_id);
    copy(order.price, sizeof order.price, answer->price);
    copy(order.symbol, sizeof order.symbol, answer->symbol);
    put_order(ledger, &order);
}

/* Whoever stands behind the freed place and would be found there no more moves up. */
static void close_order(struct ledger *ledger, uint64_t place) {
    struct load_order *orders = ledger->orders, gone = orders[place];
    struct own_orders *own = &ledger->own[gone.owner];
    const uint64_t mask = ledger->orders_capacity - 1;
    own->places[gone.position] = own->places[--own->count];
    orders[own->places[gone.position]].position = gone.position;
    orders[place].key = 0;
    ledger->orders_count--;
    for (uint64_t i = (place + 1) & mask; orders[i].key != 0; i = (i + 1) & mask) {
        uint64_t home = orders[i].key & mask;
        if (((i - home) & mask) < ((i - place) & mask)) continue;
        orders[place] = orders[i];
        ledger->own[orders[i].owner].places[orders[i].position] = (uint32_t)place;
        orders[i].key = 0;
        place = i;
    }
}

const struct load_order *ledger_find(const struct ledger *ledger, struct answer_text order_id) {
    const struct load_order *order = &ledger->orders[find_order(ledger, key_of(order_id))];
    return order->key != 0 ? order : NULL;
}

struct load_order *ledger_own(struct ledger *ledger, uint32_t connection, uint32_t number) {
    CHECK(number < ledger->own[connection].count);
    return &ledger->orders[ledger->own[connection].places[number]];
}

/* ---- trades ---- */

static uint64_t find_half(const struct ledger *ledger, uint64_t key) {
    uint64_t place = key & (ledger->halves_capacity - 1);
    while (ledger->halves[place].key != 0 && ledger->halves[place].key != key)
        place = (place + 1) & (ledger->halves_capacity - 1);
    return place;
}

static void grow_halves(struct ledger *ledger) {
    struct half_trade *old = ledger->halves;
    uint64_t old_capacity = ledger->halves_capacity;
    ledger->halves_capacity *= 2;
    ledger->halves = allocate(ledger->halves_capacity, sizeof *ledger->halves);
    for (uint64_t i = 0; i < old_capacity; i++) {
        if (old[i].key != 0) ledger->halves[find_half(ledger, old[i].key)] = old[i];
    }
    free(old);
}

static void close_half(struct ledger *ledger, uint64_t place) {
    struct half_trade *halves = ledger->halves;
    const uint64_t mask = ledger->halves_capacity - 1;
    halves[place].key = 0;
    ledger->halves_count--;
    for (uint64_t i = (place + 1) & mask; halves[i].key != 0; i = (i + 1) & mask) {
        uint64_t home = halves[i].key & mask;
        if (((i - home) & mask) < ((i - place) & mask)) continue;
        halves[place] = halves[i];
        halves[i].key = 0;
        place = i;
    }
}

static void take_half(struct ledger *ledger, const struct answer *answer) {
    struct half_trade half = { .key = key_of(answer->trade_id), .is_buy = (uint8_t)answer->is_buy,
                               .terms = answer_text_hash(answer->last_price) + (uint64_t)answer->last_quantity };
    if (2 * (ledger->halves_count + 1) > ledger->halves_capacity) grow_halves(ledger);
    uint64_t place = find_half(ledger, half.key);
    const struct half_trade *other = &ledger->halves[place];
    if (other->key == 0) {
        ledger->halves[place] = half;
        ledger->halves_count++;
        return;
    }
    if (other->terms != half.terms || other->is_buy == half.is_buy)
        ledger_fault(ledger, "trade %.*s: its two sides were told different things", (int)answer->trade_id.size,
                     answer->trade_id.text);
    ledger->trades_count++;
    close_half(ledger, place);
}

/* ---- reports ---- */

static void take_fill(struct ledger *ledger, const struct load_order *order, const struct answer *answer) {
    ledger->fills_count++;
    *(answer->is_buy ? &ledger->lots_bought : &ledger->lots_sold) += (uint64_t)answer->last_quantity;
    if (answer->filled != order->filled + answer->last_quantity ||
        answer->leaves != order->leaves - answer->last_quantity)
        ledger_fault(ledger, "order %s: a fill of %" PRId64 " lots turned %" PRId64 " filled, %" PRId64 " open into %"
                     PRId64 " filled, %" PRId64 " open", order->order_id, answer->last_quantity, order->filled,
                     order->leaves, answer->filled, answer->leaves);
    take_half(ledger, answer);
}

static void take_change(struct ledger *ledger, uint64_t place, const struct answer *answer) {
    struct load_order *order = &ledger->orders[place];
    if (answer->exec_type == EXEC_TYPE_TRADE) take_fill(ledger, order, answer);
    else if (answer->filled != order->filled && answer->exec_type != EXEC_TYPE_TRADE_CANCEL)
        ledger_fault(ledger, "order %s: %" PRId64 " filled became %" PRId64 " without a trade", order->order_id,
                     order->filled, answer->filled);
    if (answer->leaves == 0) {
        close_order(ledger, place);
        return;
    }
    if (answer->quantity != answer->filled + answer->leaves)
        ledger_fault(ledger, "order %s: %" PRId64 " lots, %" PRId64 " filled and %" PRId64 " open", order->order_id,
                     answer->quantity, answer->filled, answer->leaves);
    order->quantity = answer->quantity;
    order->filled = answer->filled;
    order->leaves = answer->leaves;
    order->waits = (uint8_t)answer->waits;
    copy(order->price, sizeof order->price, answer->price);
}

void ledger_take(struct ledger *ledger, uint32_t connection, const struct answer *answer, int is_own) {
    if (answer->exec_type == EXEC_TYPE_REJECTED || answer->exec_type == EXEC_TYPE_ORDER_STATUS) return;
    uint64_t place = find_order(ledger, key_of(answer->order_id));
    if (ledger->orders[place].key != 0) {
        if (ledger->orders[place].owner == connection) take_change(ledger, place, answer);
        return;
    }
    /* Orders of others, and of sister connections, are none of ours; neither are those of an earlier day. */
    if (answer->exec_type == EXEC_TYPE_NEW && is_own) open_order(ledger, connection, answer);
    else if (is_own && answer->exec_type == EXEC_TYPE_TRADE)
        ledger_fault(ledger, "order %.*s: a trade of an order that is not open", (int)answer->order_id.size,
                     answer->order_id.text);
}

void ledger_count_reason(struct ledger *ledger, struct answer_text reason) {
    uint32_t i = 0;
    while (i < ledger->reasons_count && !answer_text_is(reason, ledger->reasons[i].reason)) i++;
    if (i == reasons_count_max) return;
    if (i == ledger->reasons_count) copy(ledger->reasons[ledger->reasons_count++].reason, reason_size, reason);
    ledger->reasons[i].count++;
}
