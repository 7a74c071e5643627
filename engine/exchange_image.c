/* exchange_image.c - the exchange in a snapshot: what is written, and what must hold of what is read.
 *
 * The spans are the used records in index order and the heads of the free lists. What follows from them is worked out
 * again: name tables, ladders, buckets of client ids, collars, the rules' row of today; clearances begin empty.
 *
 * What is read is looked at as far as a wrong index would make the exchange run off. Beyond that it is trusted: the
 * hash over the bytes has been checked by then (engine/journal/snapshot.h), and the digest of what came of them is
 * checked after. */
#include <string.h>

#include "engine/image.h"
#include "engine/market/market.h"
#include "engine/participants/names.h"
#include "engine/rules/tables.h"
#include "engine/state.h"

#define MEMBER(member) IMAGE_MEMBER(image, x->member)
#define RECORDS(array, count) image_array(image, array, sizeof *(array), count)

/* ---- spans ---- */

static const uint32_t shape[] = {
    sizeof(struct instrument), sizeof(struct market), sizeof(struct session), sizeof(struct participant),
    sizeof(struct user), sizeof(struct person), sizeof(struct client), sizeof(struct account), sizeof(struct contract),
    sizeof(struct contract_agents),
    sizeof(struct book_order), sizeof(struct order_detail), sizeof(struct order_hold), sizeof(struct order_name),
    sizeof(struct calendar), sizeof(struct command_rule_terms), CURRENCY_COUNT, SECTION_COUNT,
};

static void span_head(struct image *image, struct exchange *x) {
    MEMBER(sequence);
    MEMBER(time_ns);
    MEMBER(next_due_ns);
    MEMBER(trade_date);
    MEMBER(fee_due_date);
    MEMBER(trades_count);
    MEMBER(entries_count);
    MEMBER(fees_listed_count);
    MEMBER(world);
    MEMBER(sections_halted);
    MEMBER(calendar);
    MEMBER(cash);
    MEMBER(fee_incomes);
}

static void span_world(struct image *image, struct exchange *x) {
    const struct limits *max = &x->limits;
    image_count(image, &x->instruments_count, max->instruments_max);
    image_count(image, &x->sessions_count, max->sessions_max);
    image_count(image, &x->participants_count, max->participants_max);
    image_count(image, &x->users_count, max->users_max);
    image_count(image, &x->persons_count, 2 * max->users_max);
    image_count(image, &x->clients_count, max->clients_max);
    RECORDS(x->instruments, x->instruments_count);
    RECORDS(x->markets, x->instruments_count);
    RECORDS(x->sessions, x->sessions_count);
    RECORDS(x->participants, x->participants_count);
    RECORDS(x->users, x->users_count);
    RECORDS(x->persons, x->persons_count);
    RECORDS(x->clients, x->clients_count);
    RECORDS(x->accounts, (uint64_t)x->participants_count * CURRENCY_COUNT);
    for (size_t row = 0; row <= x->sessions_count; row++)
        image_span(image, &x->remarks_at_start[row * max->participants_max], x->participants_count);
}

static void span_tables(struct image *image, struct rule_tables *tables) {
    image_count(image, &tables->has_terms, 1);
    image_count(image, &tables->transit_count, transit_rows_max);
    image_count(image, &tables->currencies_count, currency_rows_max);
    image_count(image, &tables->bands_count, band_rows_max);
    image_count(image, &tables->fees_count, fee_rows_max);
    image_count(image, &tables->waivers_count, waiver_rows_max);
    image_count(image, &tables->fx_count, fx_rows_max);
    IMAGE_MEMBER(image, tables->terms);
    RECORDS(tables->transit, tables->transit_count);
    RECORDS(tables->currencies, tables->currencies_count);
    RECORDS(tables->bands, tables->bands_count);
    RECORDS(tables->fees, tables->fees_count);
    RECORDS(tables->waivers, tables->waivers_count);
    RECORDS(tables->fx, tables->fx_count);
}

static void span_orders(struct image *image, struct exchange *x) {
    image_count(image, &x->pool.slots_used, x->limits.orders_max);
    image_count(image, &x->pool.live_count, x->pool.slots_used);
    image_count(image, &x->pool.slot_free, x->pool.slots_used);
    RECORDS(x->pool.orders + 1, x->pool.slots_used);
    RECORDS(x->details + 1, x->pool.slots_used);
}

/* The ring has gone round once its next place is taken. */
static uint32_t names_count(const struct exchange *x) {
    return x->names[x->names_next].day != 0 ? x->limits.client_ids_max : x->names_next - 1;
}

static void span_names(struct image *image, struct exchange *x) {
    uint32_t count = image_is_loading(image) ? 0 : names_count(x);
    image_count(image, &x->names_next, x->limits.client_ids_max);
    image_count(image, &count, x->limits.client_ids_max);
    image_expect(image, x->names_next > 0 && (count == x->limits.client_ids_max || count == x->names_next - 1));
    RECORDS(x->names + 1, count);
}

static void span_all(struct image *image, struct exchange *x) {
    image_shape(image, shape, sizeof shape / sizeof *shape);
    span_head(image, x);
    span_world(image, x);
    span_tables(image, x->tables);
    span_orders(image, x);
    RECORDS(x->contracts + 1, contracts_count(x));
    if (x->clients_count > 0) RECORDS(x->agents + 1, contracts_count(x));
    span_names(image, x);
}

void exchange_write(const struct exchange *x, struct image *image) {
    span_all(image, (struct exchange *)(uintptr_t)x);
}

/* ---- what must hold ---- */

static int is_index(uint32_t index, uint32_t count) { return index < count || index == NAME_NONE; }

static int market_is_sound(const struct exchange *x, const struct market *market) {
    if (market->last.ticks > price_ticks_max || market->sessions_count > sessions_per_instrument_max) return 0;
    for (uint32_t i = 0; i < market->sessions_count; i++) {
        if (market->sessions[i] >= x->sessions_count) return 0;
    }
    return 1;
}

static int world_is_sound(const struct exchange *x) {
    int sound = 1;
    for (uint32_t i = 0; i < x->instruments_count; i++) {
        const struct instrument *in = &x->instruments[i];
        sound &= in->section < SECTION_COUNT && in->currency < CURRENCY_COUNT && in->unit < UNIT_COUNT &&
                 in->bases_count <= bases_count_max && in->price_places <= 6 &&
                 in->reference.ticks <= price_ticks_max &&
                 market_is_sound(x, &x->markets[i]);
    }
    for (uint32_t i = 0; i < x->sessions_count; i++) {
        const struct session *session = &x->sessions[i];
        sound &= session->dates_count <= session_dates_max && session->phase < PHASE_COUNT &&
                 session->model < MODEL_COUNT && session->direction < DIRECTION_COUNT &&
                 session->role < SESSION_ROLE_COUNT;
    }
    for (uint32_t i = 0; i < x->users_count; i++) {
        const struct user *user = &x->users[i];
        sound &= user->role < ROLE_COUNT && is_index(user->participant, x->participants_count) &&
                 is_index(user->person, x->persons_count);
    }
    for (uint32_t i = 0; i < x->persons_count; i++)
        sound &= is_index(x->persons[i].participant, x->participants_count);
    return sound;
}

static int people_are_sound(const struct exchange *x) {
    int sound = x->fees_listed_count <= contracts_count(x);
    uint64_t entries_end = 2 * contracts_count(x) + 2;
    for (uint32_t i = 0; i < x->participants_count; i++) {
        const struct participant *firm = &x->participants[i];
        sound &= firm->state < PARTICIPANT_STATE_COUNT && firm->broker_state < BROKER_STATE_COUNT &&
                 firm->resident <= 1 && firm->clients_head <= x->clients_count;
    }
    for (uint32_t i = 0; i < x->clients_count; i++) {
        const struct client *client = &x->clients[i];
        sound &= client->broker < x->participants_count && client->client < x->participants_count &&
                 is_index(client->instrument, x->instruments_count) && client->next <= x->clients_count &&
                 client->section < SECTION_COUNT;
    }
    for (uint64_t i = 0; i < (uint64_t)x->participants_count * CURRENCY_COUNT; i++)
        sound &= x->accounts[i].unpaid_head < entries_end && x->accounts[i].unpaid_tail < entries_end;
    for (uint64_t id = 1; id <= contracts_count(x); id++) {
        const struct contract *contract = &x->contracts[id];
        sound &= contract->instrument < x->instruments_count;
        for (int side = SIDE_BUY; side <= SIDE_SELL; side++)
            sound &= contract->principals[side] < x->participants_count &&
                     contract_participant(x, id, side) < x->participants_count &&
                     contract_payer(x, id, side) < x->participants_count && contract->next_unpaid[side] < entries_end &&
                     contract_fee_currency(contract, side) < CURRENCY_COUNT;
    }
    return sound;
}

static int tables_are_in_range(const struct rule_tables *tables) {
    int sound = 1;
    for (uint32_t i = 0; i < tables->fees_count; i++) sound &= tables->fees[i].currency < CURRENCY_COUNT;
    for (uint32_t i = 0; i < tables->bands_count; i++) sound &= tables->bands[i].level.ticks <= price_ticks_max;
    return sound;
}

/* Slots that are not taken, one after another; neither fewer nor more than there are. */
static int free_list_is_sound(const struct order_pool *pool) {
    uint32_t left = pool->slots_used - pool->live_count, slot = pool->slot_free;
    for (; slot != 0 && left > 0; left--) {
        if (pool->orders[slot].flags & BOOK_LIVE || pool->orders[slot].next > pool->slots_used) return 0;
        slot = pool->orders[slot].next;
    }
    return slot == 0 && left == 0;
}

static int is_in_session(const struct market *market, const struct book_order *order) {
    return order->flags >> book_session_shift < (market->sessions_count > 0 ? market->sessions_count : 1);
}

static int orders_are_sound(const struct exchange *x) {
    int sound = 1;
    for (uint32_t slot = 1; slot <= x->pool.slots_used; slot++) {
        const struct book_order *order = &x->pool.orders[slot];
        const struct order_detail *detail = &x->details[slot];
        if (order->instrument >= x->instruments_count) return 0;    /* its market is looked at below */
        sound &= order->next <= x->pool.slots_used;
        if (!(order->flags & BOOK_LIVE)) continue;
        sound &= order->prev <= x->pool.slots_used && order->price_ticks > 0 && order->price_ticks <= price_ticks_max &&
                 order->principal < x->participants_count && !(order->flags & BOOK_QUEUED) &&
                 is_in_session(&x->markets[order->instrument], order) &&
                 detail->participant < x->participants_count &&
                 detail->name <= x->limits.client_ids_max &&
                 x->details[slot].hold.account < x->participants_count * CURRENCY_COUNT;
    }
    return sound;
}

static int names_are_sound(const struct exchange *x, uint32_t count) {
    int sound = 1;
    for (uint32_t i = 1; i <= count; i++)
        sound &= x->names[i].day != 0 && x->names[i].participant < x->participants_count &&
                 x->names[i].instrument < x->instruments_count;
    return sound;
}

/* ---- what follows ---- */

/* Names that are there already, or are none, make it -1. */
static int fill_name_table(struct name_table *table, const char *names, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const char *name = names + (size_t)i * table->record_size;
        uint32_t size = name_size(name, table->name_size);
        if (size == 0 || name_table_find(table, names, name, size) != NAME_NONE) return -1;
        name_table_insert(table, names, i);
    }
    return 0;
}

/* A live order lies at its price; the first and the last of a price are those that have none before and behind. */
static int stand_in_ladder(struct exchange *x, uint32_t slot) {
    const struct book_order *order = &x->pool.orders[slot];
    struct book *book = &x->books[order->instrument];
    enum side side = book_order_side(order);
    int waits = (order->flags & BOOK_PENDING) != 0;
    struct ladder *ladder = waits ? &book->stops[side] : &book->sides[side];
    struct level *level = ladder_reach(&x->prices, ladder, order->price_ticks);
    if (!level || (order->prev == 0 && level->head != 0) || (order->next == 0 && level->tail != 0)) return -1;
    if (order->next == 0) level->tail = slot;
    if (order->prev != 0) return 0;
    level->head = slot;
    ladder_use(&x->prices, ladder, waits ? stop_order(side) : side_order(side), order->price_ticks);
    return 0;
}

static int fill_books(struct exchange *x) {
    uint32_t heads_count = 0, tails_count = 0, live_count = 0;
    for (uint32_t i = 0; i < x->instruments_count; i++) book_init(&x->books[i]);
    for (uint32_t slot = 1; slot <= x->pool.slots_used; slot++) {
        const struct book_order *order = &x->pool.orders[slot];
        if (!(order->flags & BOOK_LIVE)) continue;
        if (stand_in_ladder(x, slot) < 0) return -1;
        live_count++;
        heads_count += order->prev == 0;
        tails_count += order->next == 0;
    }
    return heads_count == tails_count && live_count == x->pool.live_count ? 0 : -1;
}

static int derive(struct exchange *x) {
    if (fill_name_table(&x->symbol_table, x->instruments[0].symbol, x->instruments_count) < 0 ||
        fill_name_table(&x->session_table, x->sessions[0].id, x->sessions_count) < 0 ||
        fill_name_table(&x->participant_table, x->participants[0].id, x->participants_count) < 0 ||
        fill_name_table(&x->user_table, x->users[0].name, x->users_count) < 0 || fill_books(x) < 0) return -1;
    names_fill_buckets(x, names_count(x));
    exchange_set_rules(x, x->rules);
    tables_refresh_all(x);
    for (uint32_t i = 0; i < x->instruments_count; i++) market_set_collar(x, i);
    return 0;
}

int exchange_load(struct exchange *x, struct image *image) {
    span_all(image, x);
    if (image_end(image) < 0) return -1;
    if (!world_is_sound(x) || !tables_are_in_range(x->tables) || !people_are_sound(x) || !orders_are_sound(x) ||
        !free_list_is_sound(&x->pool) || !names_are_sound(x, names_count(x))) return -1;
    return derive(x);
}
