/* deals.c - the ring of deals and the lists through it; see deals.h. */
#include "engine/views/deals.h"

#include "engine/exchange.h"
#include "engine/image.h"
#include "engine/views/orders.h"
#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

/* A participant's deals; slot + 1, 0 = none. */
struct deal_list { uint32_t first, last; };

struct deals {
    struct deal *ring;                  /* deal number n lies at (n - 1) % deals_max */
    struct deal_list *lists;            /* by participant */
    uint64_t taken_count;               /* deals ever */
    uint32_t deals_max, participants_max;
};

/* ---- memory ---- */

enum { cache_line = 64 };

struct layout { size_t ring, lists, size; };

static size_t reserve(struct layout *at, size_t record_size, size_t count) {
    size_t offset = at->size;
    at->size = (offset + record_size * count + cache_line - 1) & ~(size_t)(cache_line - 1);
    return offset;
}

static struct layout layout_of(const struct limits *limits, uint32_t deals_max) {
    struct layout at = {0};
    reserve(&at, sizeof(struct deals), 1);
    at.ring = reserve(&at, sizeof(struct deal), deals_max);
    at.lists = reserve(&at, sizeof(struct deal_list), limits->participants_max);
    return at;
}

size_t deals_size(const struct limits *limits, uint32_t deals_max) {
    return layout_of(limits, deals_max).size;
}

struct deals *deals_init(void *memory, const struct limits *limits, uint32_t deals_max) {
    CHECK(((uintptr_t)memory & (cache_line - 1)) == 0);
    CHECK(deals_max > 0 && deals_max < UINT32_MAX && limits->participants_max > 0);
    const struct layout at = layout_of(limits, deals_max);
    char *base = memory;
    struct deals *deals = memory;
    deals->ring = (void *)(base + at.ring);
    deals->lists = (void *)(base + at.lists);
    deals->deals_max = deals_max;
    deals->participants_max = limits->participants_max;
    return deals;
}

/* ---- ring and lists ---- */

static uint32_t slot_of(const struct deals *deals, uint64_t number) {
    return (uint32_t)((number - 1) % deals->deals_max);
}

/* Number of the oldest deal kept; of the next one while there is none. */
static uint64_t oldest(const struct deals *deals) {
    return deals->taken_count - deals_count(deals) + 1;
}

/* Sides whose list the deal stands in: one where both parties are the same participant. */
static uint32_t sides_count(const struct deal *deal) {
    return deal->parties[SIDE_BUY].participant == deal->parties[SIDE_SELL].participant ? 1 : 2;
}

/* The link of `participant`'s list that goes through a deal of its. */
static uint32_t side_of(const struct deal *deal, uint32_t participant) {
    if (deal->parties[SIDE_BUY].participant == participant) return SIDE_BUY;
    CHECK(deal->parties[SIDE_SELL].participant == participant);
    return SIDE_SELL;
}

static void list_append(struct deals *deals, uint32_t participant, uint32_t slot) {
    CHECK(participant < deals->participants_max);
    struct deal_list *list = &deals->lists[participant];
    if (list->last != 0) {
        struct deal *last = &deals->ring[list->last - 1];
        last->next[side_of(last, participant)] = slot + 1;
    } else {
        list->first = slot + 1;
    }
    list->last = slot + 1;
}

static void forget_oldest(struct deals *deals) {
    uint32_t slot = slot_of(deals, oldest(deals));
    const struct deal *deal = &deals->ring[slot];
    for (uint32_t side = 0; side < sides_count(deal); side++) {
        struct deal_list *list = &deals->lists[deal->parties[side].participant];
        CHECK(list->first == slot + 1);
        list->first = deal->next[side];
        if (list->first == 0) list->last = 0;
    }
}

/* ---- events ---- */

static struct deal_party party_of(const struct orders_view *orders, uint64_t order_id, uint32_t participant) {
    const struct order_state *order = orders_view_find(orders, order_id);
    CHECK(order != NULL);
    CHECK(order->participant == participant);
    return (struct deal_party){.order_id = order_id, .participant = participant,
                               .principal = order->client != NAME_NONE ? order->client : participant};
}

static void take_trade(struct deals *deals, const struct orders_view *orders, const struct event *event,
                       int64_t time_ns) {
    const struct event_trade *trade = &event->trade;
    CHECK(deals->taken_count == 0 ||
          trade->trade_id > deals->ring[slot_of(deals, deals->taken_count)].trade_id);
    if (deals_count(deals) == deals->deals_max) forget_oldest(deals);
    uint64_t number = ++deals->taken_count;
    uint32_t slot = slot_of(deals, number);
    struct deal *deal = &deals->ring[slot];
    enum side taker_side = event->flags & TRADE_TAKER_BUYS ? SIDE_BUY : SIDE_SELL;
    enum side maker_side = taker_side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    *deal = (struct deal){
        .number = number, .trade_id = trade->trade_id, .contract_id = trade->trade_id,
        .value = (uint64_t)trade->price.ticks * trade->quantity.lots, .time_ns = time_ns,
        .trade_date = trade_date(time_ns), .instrument = event->instrument, .price = trade->price,
        .quantity = trade->quantity, .deal_class = trade->deal_class, .condition = trade->condition,
        .state = DEAL_STATE_DEAL, .taker_side = (uint8_t)taker_side};
    deal->parties[taker_side] = party_of(orders, trade->taker_order_id, trade->taker_participant);
    deal->parties[maker_side] = party_of(orders, trade->maker_order_id, trade->maker_participant);
    for (uint32_t side = 0; side < sides_count(deal); side++) {
        list_append(deals, deal->parties[side].participant, slot);
    }
}

static void take_bust(struct deals *deals, uint64_t trade_id) {
    const struct deal *deal = deals_find(deals, trade_id);
    if (deal) deals->ring[slot_of(deals, deal->number)].state = DEAL_STATE_BUSTED;
}

void deals_apply(struct deals *deals, const struct orders_view *orders, const struct event *event, int64_t time_ns) {
    if (event->kind == EVENT_TRADE) take_trade(deals, orders, event, time_ns);
    else if (event->kind == EVENT_BUSTED) take_bust(deals, event->busted.trade_id);
}

/* The order as it stands, or what the deal knows of one that is no longer on record. */
static void report_side(const struct deal *deal, enum side side, const struct orders_view *orders, int64_t time_ns,
                        struct report *out) {
    const struct deal_party *party = &deal->parties[side];
    const struct order_state *order = orders_view_find(orders, party->order_id);
    if (order) {
        orders_view_status(order, time_ns, out);
        return;
    }
    *out = (struct report){
        .time_ns = time_ns, .order_id = party->order_id, .value = deal->value, .participant = party->participant,
        .instrument = deal->instrument, .price = deal->price, .order_quantity = deal->quantity,
        .cum_quantity = deal->quantity, .expire_date = date_none, .kind = REPORT_EXECUTION,
        .client = party->principal != party->participant ? party->principal : NAME_NONE,
        .ord_status = ORD_STATUS_FILLED, .side = (uint8_t)side};
}

uint32_t deals_reports(const struct deals *deals, const struct orders_view *orders, const struct event *event,
                       uint64_t command_sequence, uint32_t event_index, int64_t time_ns,
                       struct report out[deals_reports_max]) {
    if (event->kind != EVENT_BUSTED) return 0;
    const struct event_busted *busted = &event->busted;
    const struct deal *deal = deals_find(deals, busted->trade_id);
    if (!deal) return 0;
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        struct report *report = &out[side];
        report_side(deal, (enum side)side, orders, time_ns, report);
        report->exec_type = EXEC_TYPE_TRADE_CANCEL;
        report->reason = REJECT_NONE;
        report->exec_sequence = command_sequence;
        report->exec_index = event_index;
        report->trade_id = deal->trade_id;
        report->last_quantity = deal->quantity;
        report->last_price = deal->price;
        report->deal_class = deal->deal_class;
        report->liquidity = side == deal->taker_side ? LIQUIDITY_TAKER : LIQUIDITY_MAKER;
        report->fee.minor = -busted->fees[side].minor;
        report->fee_currency = busted->fee_currencies[side];
        report->flags |= REPORT_HAS_FEE;
    }
    return 2;
}

/* ---- reading ---- */

uint32_t deals_count(const struct deals *deals) {
    return deals->taken_count < deals->deals_max ? (uint32_t)deals->taken_count : deals->deals_max;
}

/* The deal of the list that comes after the one looked at last; slot + 1. */
static uint32_t resume(const struct deals *deals, const struct deals_cursor *cursor) {
    if (cursor->number < oldest(deals)) return deals->lists[cursor->participant].first;
    CHECK(cursor->number <= deals->taken_count);
    const struct deal *last = &deals->ring[slot_of(deals, cursor->number)];
    return last->next[side_of(last, cursor->participant)];
}

const struct deal *deals_next(const struct deals *deals, struct deals_cursor *cursor) {
    if (cursor->participant >= deals->participants_max) return NULL;
    for (uint32_t link = resume(deals, cursor); link != 0; link = resume(deals, cursor)) {
        const struct deal *deal = &deals->ring[link - 1];
        CHECK(deal->number > cursor->number);
        if (cursor->to_date != date_none && deal->trade_date > cursor->to_date) return NULL;
        cursor->number = deal->number;
        if (cursor->from_date == date_none || deal->trade_date >= cursor->from_date) return deal;
    }
    return NULL;
}

/* Trade ids grow with the numbers, so the ring is searched by halves. */
const struct deal *deals_find(const struct deals *deals, uint64_t trade_id) {
    uint64_t low = oldest(deals), high = deals->taken_count + 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const struct deal *deal = &deals->ring[slot_of(deals, middle)];
        if (deal->trade_id == trade_id) return deal;
        if (deal->trade_id < trade_id) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

/* ---- snapshots ---- */

/* The ring as far as it is filled. The lists through it follow from its order. */
static void span_all(struct image *image, struct deals *deals) {
    const uint32_t shape[] = {sizeof(struct deal), deals->deals_max};
    image_shape(image, shape, sizeof shape / sizeof *shape);
    IMAGE_MEMBER(image, deals->taken_count);
    image_expect(image, deals->taken_count <= UINT64_MAX / 2);
    if (image->is_unsound) deals->taken_count = 0;
    image_array(image, deals->ring, sizeof *deals->ring, deals_count(deals));
}

void deals_write(const struct deals *deals, struct image *image) {
    span_all(image, (struct deals *)(uintptr_t)deals);
}

int deals_load(struct deals *deals, struct image *image) {
    span_all(image, deals);
    if (image_end(image) < 0) return -1;
    for (uint64_t number = oldest(deals); number <= deals->taken_count; number++) {
        uint32_t slot = slot_of(deals, number);
        struct deal *deal = &deals->ring[slot];
        if (deal->number != number || deal->parties[SIDE_BUY].participant >= deals->participants_max ||
            deal->parties[SIDE_SELL].participant >= deals->participants_max) return -1;
        deal->next[SIDE_BUY] = deal->next[SIDE_SELL] = 0;
        for (uint32_t side = 0; side < sides_count(deal); side++)
            list_append(deals, deal->parties[side].participant, slot);
    }
    return 0;
}

/* ---- consistency ---- */

static uint32_t verify_list(const struct deals *deals, uint32_t participant) {
    const struct deal_list *list = &deals->lists[participant];
    uint32_t count = 0, last = 0;
    uint64_t number = oldest(deals) - 1;
    for (uint32_t link = list->first; link != 0;) {
        const struct deal *deal = &deals->ring[link - 1];
        CHECK(deal->number > number && deal->number <= deals->taken_count);
        number = deal->number;
        last = link;
        link = deal->next[side_of(deal, participant)];
        count++;
    }
    CHECK(list->last == last);
    return count;
}

void deals_verify(const struct deals *deals) {
    uint32_t parties_count = 0, listed_count = 0;
    for (uint64_t number = oldest(deals); number <= deals->taken_count; number++) {
        const struct deal *deal = &deals->ring[slot_of(deals, number)];
        CHECK(deal->number == number && deal->contract_id == deal->trade_id);
        CHECK(deal->value == (uint64_t)deal->price.ticks * deal->quantity.lots && deal->value > 0);
        if (number > oldest(deals)) {
            const struct deal *before = &deals->ring[slot_of(deals, number - 1)];
            CHECK(before->trade_id < deal->trade_id && before->trade_date <= deal->trade_date);
        }
        parties_count += sides_count(deal);
    }
    for (uint32_t i = 0; i < deals->participants_max; i++) listed_count += verify_list(deals, i);
    CHECK(parties_count == listed_count);
}
