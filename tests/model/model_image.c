/* model_image.c - see model_image.h. */
#include "tests/model/model_image.h"

#include <stdlib.h>
#include <string.h>

#include "engine/image.h"
#include "engine/state.h"
#include "instruments/check.h"

struct image_writer {
    struct image image;         /* first */
    struct kept_image *kept;
};

void kept_image_free(struct kept_image *kept) { free(kept->bytes); }

static void put(struct image *image, const void *bytes, size_t size) {
    struct kept_image *kept = ((struct image_writer *)(void *)image)->kept;
    if (kept->size + size > kept->capacity) {
        kept->capacity = 2 * (kept->size + size);
        kept->bytes = realloc(kept->bytes, kept->capacity);
        CHECK(kept->bytes != NULL);
    }
    memcpy(kept->bytes + kept->size, bytes, size);
    CHECK(kept->spans_count < kept_spans_max);
    kept->spans[kept->spans_count].from = (uintptr_t)bytes;
    kept->spans[kept->spans_count].size = size;
    kept->spans[kept->spans_count++].at = kept->size;
    kept->size += size;
}

void kept_image_take(struct kept_image *kept, const struct exchange *exchange) {
    struct image_writer writer = { .image.put = put, .kept = kept };
    kept->size = kept->spans_count = kept->edges_count = 0;
    exchange_write(exchange, &writer.image);
}

int kept_image_load(const struct kept_image *kept, struct exchange *exchange) {
    struct image image = { .bytes = kept->bytes, .left = kept->size };
    return exchange_load(exchange, &image);
}

/* ---- what cannot be, and what just can ---- */

static void add_edge(struct kept_image *kept, const void *at, size_t size, uint64_t value, bool is_good,
                     const char *member) {
    for (uint32_t i = 0; i < kept->spans_count; i++) {
        size_t offset = (uintptr_t)at - kept->spans[i].from;
        if (offset >= kept->spans[i].size) continue;
        CHECK(kept->edges_count < kept_edges_max);
        kept->edges[kept->edges_count].at = kept->spans[i].at + offset;
        kept->edges[kept->edges_count].size = size;
        kept->edges[kept->edges_count].value = value;
        kept->edges[kept->edges_count].is_good = is_good;
        kept->edges[kept->edges_count++].member = member;
        return;
    }
}

/* A member of the state with a value that it cannot have, or just can. What is not in use is not in the image: then it
 * is nothing. */
#define WRONG(member, value) add_edge(k, &(member), sizeof(member), (uint64_t)(value), false, #member)
#define GOOD(member, value) add_edge(k, &(member), sizeof(member), (uint64_t)(value), true, #member)

/* One of so many records; of none the first, which is not in use. */
static uint64_t some(uint64_t pick, uint64_t count) { return count == 0 ? 0 : pick % count; }

static void find_edges_of_counts(struct kept_image *k, const struct exchange *x) {
    WRONG(x->instruments_count, x->limits.instruments_max + 1);
    WRONG(x->sessions_count, x->limits.sessions_max + 1);
    WRONG(x->participants_count, x->limits.participants_max + 1);
    WRONG(x->users_count, x->limits.users_max + 1);
    WRONG(x->persons_count, 2 * x->limits.users_max + 1);
    WRONG(x->clients_count, x->limits.clients_max + 1);
    WRONG(x->tables->has_terms, 2);
    WRONG(x->tables->transit_count, transit_rows_max + 1);
    WRONG(x->tables->currencies_count, currency_rows_max + 1);
    WRONG(x->tables->bands_count, band_rows_max + 1);
    WRONG(x->tables->fees_count, fee_rows_max + 1);
    WRONG(x->tables->waivers_count, waiver_rows_max + 1);
    WRONG(x->tables->fx_count, fx_rows_max + 1);
    WRONG(x->pool.slots_used, x->limits.orders_max + 1);
    WRONG(x->pool.live_count, x->pool.slots_used + 1);
    WRONG(x->pool.live_count, x->pool.live_count + 1);
    WRONG(x->pool.live_count, x->pool.live_count - 1);
    WRONG(x->names_next, 0);
    WRONG(x->names_next, x->limits.client_ids_max + 1);
    bool is_round = x->names[x->names_next].day != 0;       /* then the next place may be any */
    if (!is_round && x->names_next < x->limits.client_ids_max) WRONG(x->names_next, x->names_next + 1);
    if (!is_round && x->names_next > 1) WRONG(x->names_next, x->names_next - 1);
}

static void find_edges_of_world(struct kept_image *k, const struct exchange *x, uint64_t pick) {
    const struct instrument *in = &x->instruments[some(pick, x->instruments_count)];
    const struct market *market = &x->markets[some(pick, x->instruments_count)];
    const struct session *session = &x->sessions[some(pick, x->sessions_count)];
    const struct user *user = &x->users[some(pick, x->users_count)];
    const struct person *person = &x->persons[some(pick, x->persons_count)];
    WRONG(in->section, SECTION_COUNT);
    WRONG(in->currency, CURRENCY_COUNT);
    WRONG(in->unit, UNIT_COUNT);
    WRONG(in->bases_count, bases_count_max + 1);
    GOOD(in->bases_count, bases_count_max);
    WRONG(in->price_places, 7);
    WRONG(in->reference.ticks, price_ticks_max + 1);
    GOOD(in->reference.ticks, price_ticks_max);
    WRONG(market->last.ticks, price_ticks_max + 1);
    GOOD(market->last.ticks, price_ticks_max);
    WRONG(market->sessions_count, sessions_per_instrument_max + 1);
    if (market->sessions_count > 0) WRONG(market->sessions[market->sessions_count - 1], x->sessions_count);
    WRONG(session->dates_count, session_dates_max + 1);
    GOOD(session->dates_count, session_dates_max);
    WRONG(session->phase, PHASE_COUNT);
    WRONG(session->model, MODEL_COUNT);
    WRONG(session->direction, DIRECTION_COUNT);
    WRONG(session->role, SESSION_ROLE_COUNT);
    WRONG(user->role, ROLE_COUNT);
    WRONG(user->participant, x->participants_count);
    WRONG(user->person, x->persons_count);
    WRONG(person->participant, x->participants_count);
    WRONG(in->symbol[0], 0);
    if (x->tables->fees_count > 0) WRONG(x->tables->fees[pick % x->tables->fees_count].currency, CURRENCY_COUNT);
    if (x->tables->bands_count > 0)
        WRONG(x->tables->bands[pick % x->tables->bands_count].level.ticks, price_ticks_max + 1);
}

static void find_edges_of_people(struct kept_image *k, const struct exchange *x, uint64_t pick) {
    uint64_t contracts = contracts_count(x), id = 1 + some(pick, contracts), entries_end = 2 * contracts + 2;
    const struct participant *firm = &x->participants[some(pick, x->participants_count)];
    const struct client *client = &x->clients[some(pick, x->clients_count)];
    const struct account *account = &x->accounts[some(pick, (uint64_t)x->participants_count * CURRENCY_COUNT)];
    const struct contract *contract = &x->contracts[id];
    WRONG(firm->state, PARTICIPANT_STATE_COUNT);
    WRONG(firm->broker_state, BROKER_STATE_COUNT);
    WRONG(firm->resident, 2);
    WRONG(firm->clients_head, x->clients_count + 1);
    GOOD(firm->clients_head, x->clients_count);
    WRONG(client->broker, x->participants_count);
    WRONG(client->client, x->participants_count);
    WRONG(client->instrument, x->instruments_count);
    WRONG(client->next, x->clients_count + 1);
    GOOD(client->next, x->clients_count);
    WRONG(client->section, SECTION_COUNT);
    WRONG(account->unpaid_head, entries_end);
    WRONG(account->unpaid_tail, entries_end);
    WRONG(contract->instrument, x->instruments_count);
    WRONG(contract->fee_currencies, CURRENCY_COUNT);
    WRONG(contract->fee_currencies, CURRENCY_COUNT << 4);
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        WRONG(contract->principals[side], x->participants_count);
        WRONG(contract->next_unpaid[side], entries_end);
    }
    while (id <= contracts && !(x->contracts[id].flags & CONTRACT_HAS_AGENTS)) id++;
    for (int side = SIDE_BUY; side <= SIDE_SELL && id <= contracts; side++) {
        WRONG(x->contracts[id].principals[side], x->participants_count);
        WRONG(x->agents[id].participants[side], x->participants_count);
        WRONG(x->agents[id].payers[side], x->participants_count);
    }
}

static void find_edges_of_order(struct kept_image *k, const struct exchange *x, uint32_t slot) {
    const struct book_order *order = &x->pool.orders[slot];
    const struct market *market = &x->markets[order->instrument];
    uint32_t sessions_count = market->sessions_count > 0 ? market->sessions_count : 1;
    WRONG(order->instrument, x->instruments_count);
    WRONG(order->next, x->pool.slots_used + 1);
    WRONG(order->prev, x->pool.slots_used + 1);
    WRONG(order->price_ticks, 0);
    WRONG(order->price_ticks, price_ticks_max + 1);
    WRONG(order->principal, x->participants_count);
    WRONG(order->flags, order->flags & ~BOOK_LIVE);
    WRONG(order->flags, order->flags | BOOK_QUEUED);
    if (sessions_count < sessions_per_instrument_max)
        WRONG(order->flags, (order->flags & ~BOOK_SESSION) | sessions_count << book_session_shift);
    if (order->prev != 0) WRONG(order->prev, 0);    /* a second one that is the first of its price */
    else WRONG(order->prev, slot);                  /* a price without a first one */
    if (order->next != 0) WRONG(order->next, 0);
    else WRONG(order->next, slot);
    if (order->prev != 0) GOOD(order->prev, x->pool.slots_used);    /* who stands there is not asked */
    if (order->next != 0) GOOD(order->next, x->pool.slots_used);
    WRONG(x->details[slot].participant, x->participants_count);
    WRONG(x->details[slot].name, x->limits.client_ids_max + 1);
    GOOD(x->details[slot].name, x->limits.client_ids_max);
    WRONG(x->details[slot].hold.account, x->participants_count * CURRENCY_COUNT);
}

static void find_edges_of_orders(struct kept_image *k, const struct exchange *x, uint64_t pick) {
    const struct order_pool *pool = &x->pool;
    uint32_t first = 1 + (uint32_t)some(pick, pool->slots_used), slot = first, behind = first;
    while (slot <= pool->slots_used && !(pool->orders[slot].flags & BOOK_LIVE)) slot++;
    if (slot <= pool->slots_used) find_edges_of_order(k, x, slot);
    while (behind <= pool->slots_used && !(pool->orders[behind].flags & BOOK_LIVE && pool->orders[behind].prev != 0))
        behind++;
    if (behind <= pool->slots_used && behind != slot) find_edges_of_order(k, x, behind);
    uint32_t free_slot = pool->slot_free;
    WRONG(pool->slot_free, pool->slots_used + 1);
    if (free_slot == 0) {
        if (pool->slots_used > 0) WRONG(pool->slot_free, pool->slots_used);
        return;
    }
    WRONG(pool->slot_free, 0);
    if (slot <= pool->slots_used) WRONG(pool->slot_free, slot);
    WRONG(pool->orders[free_slot].instrument, x->instruments_count);
    WRONG(pool->orders[free_slot].next, pool->slots_used + 1);
    WRONG(pool->orders[free_slot].next, free_slot);
    if (pool->orders[free_slot].next != 0) WRONG(pool->orders[free_slot].next, 0);
}

void kept_image_find_edges(struct kept_image *k, const struct exchange *x) {
    uint64_t pick = exchange_digest(x);
    k->edges_count = 0;
    find_edges_of_counts(k, x);
    find_edges_of_world(k, x, pick);
    find_edges_of_people(k, x, pick);
    find_edges_of_orders(k, x, pick);
    if (x->names_next == 1) return;
    const struct order_name *name = &x->names[1 + pick % (x->names_next - 1)];
    WRONG(name->day, 0);
    WRONG(name->participant, x->participants_count);
    WRONG(name->instrument, x->instruments_count);
}

void kept_image_turn_edge(struct kept_image *kept, uint32_t edge) {
    uint8_t *at = kept->bytes + kept->edges[edge].at;
    uint64_t value = kept->edges[edge].value, was = 0;
    memcpy(&was, at, kept->edges[edge].size);
    memcpy(at, &value, kept->edges[edge].size);
    kept->edges[edge].value = was;
}
