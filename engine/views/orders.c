/* orders.c - orders followed through their events, and the reports that come of it; see orders.h. */
#include "engine/views/orders.h"

#include <string.h>

#include "engine/exchange.h"
#include "engine/image.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

/* Doubly linked by order_state.next and previous; 0 = none. */
struct order_list { uint32_t first, last; };

struct orders_view {
    struct order_state *orders;         /* 0 is never used */
    uint32_t *open_buckets;             /* heads of chains; 0 = empty: open orders by slot, so one in each, */
    uint32_t *ended_buckets;            /* and ended ones by a hash of their id */
    struct order_list *open;            /* by participant, in order of entry */
    struct order_list ended;            /* the oldest first */
    uint64_t entries_count;
    uint32_t open_buckets_count, ended_buckets_count;   /* powers of two */
    uint32_t free;                      /* linked by order_state.next */
    uint32_t used;                      /* highest number ever taken */
    uint32_t used_max, ended_max, participants_max, instruments_max;
    uint32_t open_count, ended_count;
    struct event_held held;             /* wait for the event they belong to; id 0 = none does */
    struct event_contract contract;
    struct event_client_id name;        /* waits for the event it belongs to; text "" = none does */
};

/* Which event it is that a report comes of. */
struct moment {
    uint64_t command_sequence;
    int64_t time_ns;
    uint32_t event_index;
};

/* ---- memory ---- */

enum { cache_line = 64 };

struct layout { size_t orders, open_buckets, ended_buckets, open, size; };

static size_t reserve(struct layout *at, size_t record_size, size_t count) {
    size_t offset = at->size;
    at->size = (offset + record_size * count + cache_line - 1) & ~(size_t)(cache_line - 1);
    return offset;
}

static uint32_t buckets_count_for(uint32_t orders_max) {
    uint32_t count = 2;
    while (count < orders_max) count *= 2;
    return count;
}

static struct layout layout_of(const struct limits *limits, uint32_t ended_max) {
    CHECK(limits->orders_max > 0 && limits->orders_max < UINT32_C(1) << 30);
    CHECK(ended_max >= 2 && ended_max < UINT32_C(1) << 30);
    uint32_t orders_max = limits->orders_max + ended_max;
    struct layout at = {0};
    reserve(&at, sizeof(struct orders_view), 1);
    at.orders = reserve(&at, sizeof(struct order_state), (size_t)orders_max + 2);
    at.open_buckets = reserve(&at, sizeof(uint32_t), buckets_count_for(limits->orders_max));
    at.ended_buckets = reserve(&at, sizeof(uint32_t), buckets_count_for(ended_max));
    at.open = reserve(&at, sizeof(struct order_list), limits->participants_max);
    return at;
}

size_t orders_view_size(const struct limits *limits, uint32_t ended_max) {
    return layout_of(limits, ended_max).size;
}

struct orders_view *orders_view_init(void *memory, const struct limits *limits, uint32_t ended_max) {
    CHECK(((uintptr_t)memory & (cache_line - 1)) == 0);
    const struct layout at = layout_of(limits, ended_max);
    char *base = memory;
    struct orders_view *view = memory;
    view->orders = (void *)(base + at.orders);
    view->open_buckets = (void *)(base + at.open_buckets);
    view->ended_buckets = (void *)(base + at.ended_buckets);
    view->open = (void *)(base + at.open);
    view->open_buckets_count = buckets_count_for(limits->orders_max);
    view->ended_buckets_count = buckets_count_for(ended_max);
    /* One more than can be kept: an order that ends is kept before the oldest is forgotten. */
    view->used_max = limits->orders_max + ended_max + 1;
    view->ended_max = ended_max;
    view->participants_max = limits->participants_max;
    view->instruments_max = limits->instruments_max;
    return view;
}

/* ---- chains: by id ---- */

/* Finalizer of splitmix64 (Steele, Lea and Flood): every bit of the result depends on every bit of the word. */
static uint64_t mix(uint64_t word) {
    word = (word ^ (word >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94D049BB133111EB);
    return word ^ (word >> 31);
}

/* The low half of an order id is its slot in the book, and the last slot that became free is the first to be used
 * again: of open orders, the part of the table that is touched is small, and in the cache. */
static uint32_t *open_bucket(const struct orders_view *view, uint64_t order_id) {
    return &view->open_buckets[(uint32_t)order_id & (view->open_buckets_count - 1)];
}

static uint32_t *ended_bucket(const struct orders_view *view, uint64_t order_id) {
    return &view->ended_buckets[mix(order_id) & (view->ended_buckets_count - 1)];
}

static uint32_t find_in(const struct orders_view *view, uint32_t number, uint64_t order_id) {
    while (number != 0 && view->orders[number].order_id != order_id) number = view->orders[number].next_by_id;
    return number;
}

static uint32_t find_id(const struct orders_view *view, uint64_t order_id) {
    uint32_t number = find_in(view, *open_bucket(view, order_id), order_id);
    return number != 0 ? number : find_in(view, *ended_bucket(view, order_id), order_id);
}

static void chain_push(struct orders_view *view, uint32_t *bucket, uint32_t number) {
    view->orders[number].next_by_id = *bucket;
    *bucket = number;
}

static void chain_remove(struct orders_view *view, uint32_t *link, uint32_t number) {
    while (*link != number) {
        CHECK(*link != 0);
        link = &view->orders[*link].next_by_id;
    }
    *link = view->orders[number].next_by_id;
}

/* ---- lists: open orders of a participant, ended orders ---- */

static void list_append(struct orders_view *view, struct order_list *list, uint32_t number) {
    struct order_state *order = &view->orders[number];
    order->previous = list->last;
    order->next = 0;
    if (list->last != 0) view->orders[list->last].next = number;
    else list->first = number;
    list->last = number;
}

static void list_remove(struct orders_view *view, struct order_list *list, uint32_t number) {
    const struct order_state *order = &view->orders[number];
    if (order->previous != 0) view->orders[order->previous].next = order->next;
    else list->first = order->next;
    if (order->next != 0) view->orders[order->next].previous = order->previous;
    else list->last = order->previous;
}

/* ---- life of a record ---- */

static uint32_t record_take(struct orders_view *view) {
    uint32_t number = view->free;
    if (number != 0) view->free = view->orders[number].next;
    else number = ++view->used;
    CHECK(number <= view->used_max);
    return number;
}

static void forget_oldest(struct orders_view *view) {
    uint32_t number = view->ended.first;
    CHECK(number != 0);
    chain_remove(view, ended_bucket(view, view->orders[number].order_id), number);
    list_remove(view, &view->ended, number);
    __builtin_prefetch(&view->orders[view->ended.first]);   /* it ended long ago, and is the next to be forgotten */
    view->orders[number] = (struct order_state){.next = view->free};
    view->free = number;
    view->ended_count--;
}

static void end(struct orders_view *view, struct order_state *order, enum ord_status status, uint16_t reason) {
    CHECK(order_state_is_open(order));
    uint32_t number = (uint32_t)(order - view->orders);
    list_remove(view, &view->open[order->participant], number);
    chain_remove(view, open_bucket(view, order->order_id), number);
    chain_push(view, ended_bucket(view, order->order_id), number);
    order->leaves = (quantity){0};
    order->status = (uint8_t)status;
    order->hold.minor = 0;
    order->reason = reason;
    list_append(view, &view->ended, number);
    view->open_count--;
    if (++view->ended_count > view->ended_max) forget_oldest(view);
}

/* The open order that an event speaks of. It must be known: events tell of no order that was not accepted. */
static struct order_state *order_of(struct orders_view *view, uint64_t order_id) {
    uint32_t number = find_in(view, *open_bucket(view, order_id), order_id);
    CHECK(number != 0);
    CHECK(order_state_is_open(&view->orders[number]));
    return &view->orders[number];
}

static struct order_state *order_changed(struct orders_view *view, const struct event *event) {
    const struct event_order_change *change = &event->order_change;
    struct order_state *order = order_of(view, change->order_id);
    CHECK(order->instrument == event->instrument && order->participant == change->participant);
    CHECK(order->side == change->side);
    return order;
}

/* Status of an order that is open and does not wait. */
static uint8_t status_open(const struct order_state *order) {
    return order->cum.lots > 0 ? ORD_STATUS_PARTIALLY_FILLED : ORD_STATUS_NEW;
}

/* ---- reports ---- */

static struct report *report_order(const struct order_state *order, const struct moment *moment, enum exec_type type,
                                   struct report *report) {
    *report = (struct report){
        .time_ns = moment->time_ns, .order_id = order->order_id, .exec_sequence = moment->command_sequence,
        .exec_index = moment->event_index, .value = order->value, .participant = order->participant,
        .instrument = order->instrument, .client = order->client, .price = order->price, .stop = order->stop,
        .order_quantity = order->quantity, .cum_quantity = order->cum, .leaves_quantity = order->leaves,
        .display_quantity = order->display, .expire_date = order->expire_date, .reason = order->reason,
        .deposit = order->hold, .kind = REPORT_EXECUTION, .exec_type = (uint8_t)type, .ord_status = order->status,
        .side = order->side,
        .order_type = order->order_type, .time_in_force = order->time_in_force, .order_flags = order->order_flags};
    memcpy(report->client_order_id, order->client_order_id, client_order_id_size);
    return report;
}

static void report_notice(const struct order_state *order, const struct moment *moment, enum reject reason,
                          struct report *report) {
    report_order(order, moment, EXEC_TYPE_ORDER_STATUS, report);
    report->kind = REPORT_NOTICE;
    report->reason = (uint16_t)reason;
}

void orders_view_status(const struct order_state *order, int64_t time_ns, struct report *report) {
    const struct moment moment = {.time_ns = time_ns};
    report_order(order, &moment, EXEC_TYPE_ORDER_STATUS, report);
}

/* ---- events ---- */

/* The name that stood before this event; NULL when there was none. */
static const char *name_for(const struct orders_view *view, uint64_t order_id, uint32_t participant) {
    if (view->name.text[0] == '\0') return NULL;
    CHECK(view->name.order_id == order_id && view->name.participant == participant);
    return view->name.text;
}

/* The deposit that was said before this event, if it was. */
static void take_hold(const struct orders_view *view, struct order_state *order) {
    if (view->held.order_id == order->order_id) order->hold = view->held.amount;
}

static uint32_t apply_accepted(struct orders_view *view, const struct event *event, const struct moment *moment,
                               struct report *out) {
    const struct event_order *accepted = &event->order;
    CHECK(accepted->order_id != 0 && find_in(view, *open_bucket(view, accepted->order_id), accepted->order_id) == 0);
    CHECK(accepted->participant < view->participants_max && accepted->quantity.lots > 0);
    uint32_t number = record_take(view);
    struct order_state *order = &view->orders[number];
    *order = (struct order_state){
        .order_id = accepted->order_id, .entry = ++view->entries_count, .participant = accepted->participant,
        .client = accepted->principal != accepted->participant ? accepted->principal : NAME_NONE,
        .instrument = event->instrument, .price = accepted->price, .stop = accepted->stop,
        .quantity = accepted->quantity, .leaves = accepted->quantity, .display = accepted->display,
        .expire_date = accepted->expire_date, .side = accepted->side, .order_type = accepted->order_type,
        .time_in_force = accepted->time_in_force, .order_flags = accepted->order_flags,
        .status = event->flags & EVENT_PENDING ? ORD_STATUS_PENDING_TRIGGER : ORD_STATUS_NEW};
    chain_push(view, open_bucket(view, order->order_id), number);
    take_hold(view, order);
    const char *name = name_for(view, order->order_id, order->participant);
    if (name) memcpy(order->client_order_id, name, client_order_id_size);
    list_append(view, &view->open[order->participant], number);
    view->open_count++;
    report_order(order, moment, EXEC_TYPE_NEW, out);
    return 1;
}

static uint32_t apply_rejected(const struct orders_view *view, const struct event *event, const struct moment *moment,
                               struct report *out) {
    const struct event_rejected *rejected = &event->rejected;
    *out = (struct report){
        .time_ns = moment->time_ns, .exec_sequence = moment->command_sequence, .exec_index = moment->event_index,
        .allowed_low = rejected->allowed_low, .allowed_high = rejected->allowed_high,
        .participant = rejected->participant, .instrument = event->instrument, .client = NAME_NONE,
        .price = rejected->price, .stop = rejected->stop, .order_quantity = rejected->quantity,
        .display_quantity = rejected->display, .min_quantity = rejected->min, .expire_date = rejected->expire_date,
        .reason = rejected->reason, .detail = rejected->detail, .kind = REPORT_EXECUTION,
        .exec_type = EXEC_TYPE_REJECTED, .ord_status = ORD_STATUS_REJECTED, .side = rejected->side,
        .order_type = rejected->order_type, .time_in_force = rejected->time_in_force};
    const char *name = name_for(view, 0, rejected->participant);
    if (name) memcpy(out->client_order_id, name, client_order_id_size);
    return 1;
}

static uint32_t apply_order_status(const struct orders_view *view, const struct event *event,
                                   const struct moment *moment, struct report *out) {
    const struct order_state *order = orders_view_find(view, event->order_status.order_id);
    if (!order) return 0;
    CHECK(order->participant == event->order_status.participant);
    report_order(order, moment, EXEC_TYPE_ORDER_STATUS, out)->flags = REPORT_POSS_DUP;
    return 1;
}

/* One side of a trade: the order that is `leaves` afterwards. */
static void fill(struct orders_view *view, const struct event *event, uint64_t order_id, quantity leaves,
                 enum liquidity liquidity, const struct moment *moment, struct report *out) {
    const struct event_trade *trade = &event->trade;
    struct order_state *order = order_of(view, order_id);
    CHECK(order->instrument == event->instrument && order->status != ORD_STATUS_PENDING_TRIGGER);
    CHECK(trade->quantity.lots > 0 && order->leaves.lots == (uint64_t)leaves.lots + trade->quantity.lots);
    order->cum.lots += trade->quantity.lots;
    order->leaves = leaves;
    order->value += (uint64_t)trade->price.ticks * trade->quantity.lots;
    order->status = ORD_STATUS_PARTIALLY_FILLED;
    int has_contract = view->contract.trade_id == trade->trade_id;
    if (has_contract) order->hold.minor -= view->contract.blocked[order->side].minor;
    if (leaves.lots == 0) end(view, order, ORD_STATUS_FILLED, REJECT_NONE);
    report_order(order, moment, EXEC_TYPE_TRADE, out);
    out->trade_id = trade->trade_id;
    out->last_quantity = trade->quantity;
    out->last_price = trade->price;
    out->liquidity = trade->condition == CONDITION_AUCTION ? LIQUIDITY_AUCTION : (uint8_t)liquidity;
    out->deal_class = trade->deal_class;
    if (!has_contract) return;
    out->fee = view->contract.fees[order->side];
    out->fee_currency = view->contract.fee_currencies[order->side];
    out->flags |= REPORT_HAS_FEE;
}

static uint32_t apply_trade(struct orders_view *view, const struct event *event, const struct moment *moment,
                            struct report *out) {
    const struct event_trade *trade = &event->trade;
    fill(view, event, trade->maker_order_id, trade->maker_leaves, LIQUIDITY_MAKER, moment, &out[0]);
    fill(view, event, trade->taker_order_id, trade->taker_leaves, LIQUIDITY_TAKER, moment, &out[1]);
    CHECK(out[0].side != out[1].side);
    return 2;
}

static uint32_t apply_replaced(struct orders_view *view, const struct event *event, const struct moment *moment,
                               struct report *out) {
    const struct event_order_change *change = &event->order_change;
    struct order_state *order = order_changed(view, event);
    CHECK(order->leaves.lots == change->leaves_before.lots && change->leaves.lots > 0);
    CHECK(change->quantity.lots == (uint64_t)order->cum.lots + change->leaves.lots);
    CHECK(((event->flags & EVENT_PENDING) != 0) == (order->status == ORD_STATUS_PENDING_TRIGGER));
    order->quantity = change->quantity;
    order->leaves = change->leaves;
    order->price = change->price;
    order->display = change->display;
    take_hold(view, order);
    report_order(order, moment, EXEC_TYPE_REPLACED, out);
    out->flags = event->flags & EVENT_PRIORITY_KEPT ? REPORT_PRIORITY_KEPT : REPORT_PRIORITY_LOST;
    const char *name = name_for(view, order->order_id, order->participant);
    if (!name) return 1;
    memcpy(out->orig_client_order_id, order->client_order_id, client_order_id_size);
    memcpy(out->client_order_id, name, client_order_id_size);
    memcpy(order->client_order_id, name, client_order_id_size);
    return 1;
}

/* The price is not read: of an incoming order the event has none. */
static uint32_t apply_restated(struct orders_view *view, const struct event *event, const struct moment *moment,
                               struct report *out) {
    const struct event_order_change *change = &event->order_change;
    struct order_state *order = order_changed(view, event);
    CHECK(order->leaves.lots == change->leaves_before.lots && change->leaves.lots > 0);
    CHECK(change->quantity.lots == (uint64_t)order->cum.lots + change->leaves.lots);
    order->quantity = change->quantity;
    order->leaves = change->leaves;
    take_hold(view, order);
    report_order(order, moment, EXEC_TYPE_RESTATED, out)->reason = change->reason;
    return 1;
}

static uint32_t apply_triggered(struct orders_view *view, const struct event *event, const struct moment *moment,
                                struct report *out) {
    struct order_state *order = order_changed(view, event);
    CHECK(order->status == ORD_STATUS_PENDING_TRIGGER);
    CHECK(order->leaves.lots == event->order_change.leaves.lots);
    order->price = event->order_change.price;
    order->status = status_open(order);
    report_order(order, moment, EXEC_TYPE_TRIGGERED, &out[0]);
    report_notice(order, moment, REJECT_STOP_TRIGGERED, &out[1]);
    return 2;
}

static uint32_t apply_refreshed(struct orders_view *view, const struct event *event, const struct moment *moment,
                                struct report *out) {
    const struct order_state *order = order_changed(view, event);
    CHECK(order->leaves.lots == event->order_change.leaves.lots && order->display.lots > 0);
    report_notice(order, moment, REJECT_ICEBERG_REFRESHED, out);
    return 1;
}

static uint32_t apply_rested(struct orders_view *view, const struct event *event) {
    const struct order_state *order = order_changed(view, event);
    CHECK(order->leaves.lots == event->order_change.leaves.lots);
    CHECK(order->price.ticks == event->order_change.price.ticks);
    return 0;
}

static uint32_t apply_ended(struct orders_view *view, const struct event *event, const struct moment *moment,
                            struct report *out) {
    struct order_state *order = order_changed(view, event);
    CHECK(order->leaves.lots == event->order_change.leaves_before.lots);
    int expired = event->kind == EVENT_EXPIRED;
    end(view, order, expired ? ORD_STATUS_EXPIRED : ORD_STATUS_CANCELED, event->order_change.reason);
    report_order(order, moment, expired ? EXEC_TYPE_EXPIRED : EXEC_TYPE_CANCELED, &out[0]);
    if (event->order_change.reason != REJECT_ORDER_RELEASED_BY_SUSPENSION) return 1;
    report_notice(order, moment, REJECT_ORDER_RELEASED_BY_SUSPENSION, &out[1]);
    return 2;
}

static uint32_t apply_pair_skipped(struct orders_view *view, const struct event *event, const struct moment *moment,
                                   struct report *out) {
    if (event->pair_skipped.reason != REJECT_TRANSIT_PAIR_SKIPPED) return 0;
    report_notice(order_of(view, event->pair_skipped.order_id), moment, REJECT_TRANSIT_PAIR_SKIPPED, out);
    return 1;
}

static uint32_t apply(struct orders_view *view, const struct event *event, const struct moment *moment,
                      struct report *out) {
    switch ((enum event_kind)event->kind) {
        case EVENT_ACCEPTED: return apply_accepted(view, event, moment, out);
        case EVENT_REJECTED: return apply_rejected(view, event, moment, out);
        case EVENT_ORDER_STATUS: return apply_order_status(view, event, moment, out);
        case EVENT_TRADE: return apply_trade(view, event, moment, out);
        case EVENT_RESTED: return apply_rested(view, event);
        case EVENT_REFRESHED: return apply_refreshed(view, event, moment, out);
        case EVENT_REPLACED: return apply_replaced(view, event, moment, out);
        case EVENT_RESTATED: return apply_restated(view, event, moment, out);
        case EVENT_TRIGGERED: return apply_triggered(view, event, moment, out);
        case EVENT_PAIR_SKIPPED: return apply_pair_skipped(view, event, moment, out);
        case EVENT_CANCELED: case EVENT_EXPIRED: return apply_ended(view, event, moment, out);
        default: return 0;
    }
}

uint32_t orders_view_apply(struct orders_view *view, const struct event *event, uint64_t command_sequence,
                           uint32_t event_index, int64_t time_ns, struct report out[orders_view_reports_max]) {
    if (event->kind == EVENT_CLIENT_ID) {
        CHECK(view->name.text[0] == '\0' && event->client_id.text[0] != '\0');
        view->name = event->client_id;
        return 0;
    }
    if (event->kind == EVENT_HELD) {
        view->held = event->held;
        return 0;
    }
    if (event->kind == EVENT_CONTRACT) {
        view->contract = event->contract;
        return 0;
    }
    const struct moment moment = {command_sequence, time_ns, event_index};
    uint32_t count = apply(view, event, &moment, out);
    CHECK(count <= orders_view_reports_max);
    view->name.text[0] = '\0';
    view->held.order_id = view->contract.trade_id = 0;
    return count;
}

/* ---- reading ---- */

const struct order_state *orders_view_find(const struct orders_view *view, uint64_t order_id) {
    uint32_t number = order_id != 0 ? find_id(view, order_id) : 0;
    return number != 0 ? &view->orders[number] : NULL;
}

/* Where a walk goes on: behind the order given last while that is still open, else at the first that came later. */
static uint32_t resume(const struct orders_view *view, const struct orders_cursor *cursor) {
    uint32_t first = view->open[cursor->participant].first;
    if (cursor->entry == 0) return first;
    CHECK(cursor->index > 0 && cursor->index <= view->used);
    const struct order_state *last = &view->orders[cursor->index];
    if (last->entry == cursor->entry && order_state_is_open(last)) return last->next;
    while (first != 0 && view->orders[first].entry <= cursor->entry) first = view->orders[first].next;
    return first;
}

const struct order_state *orders_view_next(const struct orders_view *view, struct orders_cursor *cursor) {
    if (cursor->participant >= view->participants_max) return NULL;
    uint32_t number = resume(view, cursor);
    if (number == 0) return NULL;
    const struct order_state *order = &view->orders[number];
    CHECK(order->participant == cursor->participant && order->entry > cursor->entry);
    cursor->index = number;
    cursor->entry = order->entry;
    return order;
}

uint32_t orders_view_open_count(const struct orders_view *view) {
    return view->open_count;
}

uint32_t orders_view_ended_count(const struct orders_view *view) {
    return view->ended_count;
}

/* ---- snapshots ---- */

/* Records 1 to `used`, ended and free ones among them. Lists and buckets follow from them. */
static void span_all(struct image *image, struct orders_view *view) {
    const uint32_t shape[] = {sizeof(struct order_state), sizeof(struct event), view->ended_max};
    image_shape(image, shape, sizeof shape / sizeof *shape);
    IMAGE_MEMBER(image, view->entries_count);
    IMAGE_MEMBER(image, view->held);
    IMAGE_MEMBER(image, view->contract);
    IMAGE_MEMBER(image, view->name);
    image_count(image, &view->used, view->used_max);
    image_count(image, &view->free, view->used);
    image_count(image, &view->open_count, view->used);
    image_count(image, &view->ended_count, view->ended_max);
    image_array(image, view->orders + 1, sizeof *view->orders, view->used);
}

void orders_view_write(const struct orders_view *view, struct image *image) {
    span_all(image, (struct orders_view *)(uintptr_t)view);
}

static int is_known(const struct order_state *order) { return order->entry != 0; }

/* Links lead to records that there are, and only from records that are in use. */
static int links_are_sound(const struct orders_view *view) {
    int sound = 1;
    for (uint32_t number = 1; number <= view->used; number++) {
        const struct order_state *order = &view->orders[number];
        sound &= order->next <= view->used && order->previous <= view->used && order->next_by_id <= view->used &&
                 order->reserved == 0;
        if (!is_known(order)) continue;
        sound &= order->participant < view->participants_max && order->side <= SIDE_SELL &&
                 (order->client < view->participants_max || order->client == NAME_NONE) &&
                 order->instrument < view->instruments_max;
    }
    return sound;
}

/* First and last of a list are those without one before and behind. */
static int take_place_in_list(struct orders_view *view, uint32_t number) {
    const struct order_state *order = &view->orders[number];
    struct order_list *list = order_state_is_open(order) ? &view->open[order->participant] : &view->ended;
    if ((order->previous == 0 && list->first != 0) || (order->next == 0 && list->last != 0)) return -1;
    if (order->previous == 0) list->first = number;
    if (order->next == 0) list->last = number;
    return 0;
}

static uint32_t *bucket_of(const struct orders_view *view, const struct order_state *order) {
    return order_state_is_open(order) ? open_bucket(view, order->order_id) : ended_bucket(view, order->order_id);
}

/* A chain's head is the record that no other of its chain points to; while they are looked for, `reserved` says so. */
static void fill_buckets(struct orders_view *view) {
    for (uint32_t number = 1; number <= view->used; number++) {
        const struct order_state *order = &view->orders[number];
        if (is_known(order)) view->orders[order->next_by_id].reserved = 1;
    }
    for (uint32_t number = 0; number <= view->used; number++) {
        struct order_state *order = &view->orders[number];
        uint8_t is_pointed_to = order->reserved;
        order->reserved = 0;
        if (is_known(order) && !is_pointed_to) *bucket_of(view, order) = number;
    }
}

int orders_view_load(struct orders_view *view, struct image *image) {
    uint32_t open_count = 0, known_count = 0;
    span_all(image, view);
    if (image_end(image) < 0 || !links_are_sound(view)) return -1;
    for (uint32_t number = 1; number <= view->used; number++) {
        const struct order_state *order = &view->orders[number];
        if (!is_known(order)) continue;
        if (take_place_in_list(view, number) < 0) return -1;
        open_count += (uint32_t)order_state_is_open(order);
        known_count++;
    }
    fill_buckets(view);
    return open_count == view->open_count && known_count == view->open_count + view->ended_count ? 0 : -1;
}

/* ---- consistency ---- */

static void verify_record(const struct orders_view *view, const struct order_state *order) {
    uint32_t number = (uint32_t)(order - view->orders);
    CHECK(order->order_id != 0 && order->participant < view->participants_max);
    CHECK(order->entry <= view->entries_count && find_id(view, order->order_id) == number);
    CHECK((order->value == 0) == (order->cum.lots == 0));
    if (!order_state_is_open(order)) {
        CHECK(order->leaves.lots == 0);
        CHECK(order->status == ORD_STATUS_FILLED || order->status == ORD_STATUS_CANCELED ||
              order->status == ORD_STATUS_EXPIRED);
        CHECK(order->status != ORD_STATUS_FILLED || order->cum.lots == order->quantity.lots);
        CHECK(order->cum.lots <= order->quantity.lots);
        return;
    }
    CHECK(order->leaves.lots > 0 && order->reason == REJECT_NONE);
    CHECK(order->quantity.lots == (uint64_t)order->cum.lots + order->leaves.lots);
    CHECK(order->status == ORD_STATUS_PENDING_TRIGGER || order->status == status_open(order));
    CHECK(order->status != ORD_STATUS_PENDING_TRIGGER || order->cum.lots == 0);
}

/* `participant` is whose open orders they are; NAME_NONE for the ended ones. */
static uint32_t verify_list(const struct orders_view *view, const struct order_list *list, uint32_t participant) {
    uint32_t count = 0, previous = 0;
    uint64_t entry = 0;
    for (uint32_t number = list->first; number != 0; number = view->orders[number].next) {
        const struct order_state *order = &view->orders[number];
        CHECK(order->previous == previous);
        CHECK(order_state_is_open(order) == (participant != NAME_NONE));
        if (participant != NAME_NONE) CHECK(order->participant == participant && order->entry > entry);
        entry = order->entry;
        previous = number;
        count++;
    }
    CHECK(list->last == previous);
    return count;
}

void orders_view_verify(const struct orders_view *view) {
    uint32_t known_count = 0, open_count = 0, free_count = 0;
    for (uint32_t number = 1; number <= view->used; number++) {
        if (view->orders[number].entry == 0) continue;
        verify_record(view, &view->orders[number]);
        known_count++;
    }
    for (uint32_t i = 0; i < view->participants_max; i++) open_count += verify_list(view, &view->open[i], i);
    for (uint32_t number = view->free; number != 0; number = view->orders[number].next) {
        CHECK(view->orders[number].entry == 0);
        free_count++;
    }
    CHECK(open_count == view->open_count);
    CHECK(verify_list(view, &view->ended, NAME_NONE) == view->ended_count);
    CHECK(view->ended_count <= view->ended_max);
    CHECK(known_count == view->open_count + view->ended_count);
    CHECK(known_count + free_count == view->used);
}
