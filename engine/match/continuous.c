/* continuous.c - the walk of an incoming order through the other side.
 *
 * One walk serves both sides: it is written once over a constant `side` and inlined twice, so that neither copy asks
 * which side it is on, and twice again, without and with money. What is rare on the way (an own order, a pair that
 * may not deal, all-or-none, the next slice of an iceberg) is marked unlikely and lies outside the walk's own code.
 *
 * Money is a second loop over the trades of the first (settle_trades), not a part of it: together they have more under
 * way than a processor has registers. The walk leaves room for each trade's CONTRACT before its TRADE, and has what is
 * open settled before anything else is said, before somebody looks at holds or accounts, and at its end. */
#include "engine/match/continuous.h"

#include "engine/market/market.h"
#include "engine/match/settle.h"

void continuous_end(struct exchange *x, uint32_t slot, uint32_t open_lots) {
    settle_release(x, slot, open_lots);
    x->participants[order_participant(x, slot)].open_orders_count--;
    order_pool_give(&x->pool, slot);
}

void continuous_withdraw(struct exchange *x, uint32_t slot) {
    const struct book_order *order = &x->pool.orders[slot];
    CHECK(order->flags & BOOK_LIVE && !(order->flags & BOOK_QUEUED));
    struct book *book = &x->books[order->instrument];
    enum side side = book_order_side(order);
    if (order->flags & BOOK_PENDING) book_remove(&x->pool, &x->prices, &book->stops[side], stop_order(side), slot);
    else book_remove(&x->pool, &x->prices, &book->sides[side], side_order(side), slot);
}

/* ---- who may meet whom ---- */

void continuous_set_pairs(const struct exchange *x, struct incoming *in) {
    in->pair_mask = BOOK_SESSION;
    in->pair_value = in->book_flags & BOOK_SESSION;
    if (x->rules == RULES_OFF) return;
    if (in->book_flags & BOOK_FOREIGN) {
        if (x->rules_today[in->instrument].transit_allowed) return;
        in->pair_mask |= BOOK_FOREIGN;
        in->pair_reason = REJECT_TRANSIT_PAIR_SKIPPED;
    } else if (x->tables->terms.flags & RULE_DOMESTIC_BYN_ONLY &&
               x->instruments[in->instrument].currency != CURRENCY_BYN) {
        in->pair_mask |= BOOK_FOREIGN;
        in->pair_value |= BOOK_FOREIGN;
        in->pair_reason = REJECT_CURRENCY_RESIDENCY_MISMATCH;
    }
}

/* Of another session: to the order it is not there, so nobody is told of it. */
static inline int is_elsewhere(const struct incoming *in, const struct book_order *maker) {
    return ((maker->flags ^ in->book_flags) & BOOK_SESSION) != 0;
}

static inline int pair_is_allowed(const struct incoming *in, const struct book_order *maker) {
    return (maker->flags & in->pair_mask) == in->pair_value;
}

/* Both orders are their firms' own, of two firms that may deal, and what rests trades in any size: nothing has to be
 * looked at before they trade. */
static inline int is_plain(const struct incoming *in, const struct book_order *maker) {
    const uint16_t unusual = BOOK_FOR_CLIENT | BOOK_ALL_OR_NONE;
    return maker->principal != in->principal && !(in->book_flags & BOOK_FOR_CLIENT) &&
           (maker->flags & (in->pair_mask | unusual)) == in->pair_value;
}

/* STP-1, BRK-8: the same principal, or a broker's own account against its own client. */
static inline int is_own(const struct exchange *x, const struct incoming *in, const struct book_order *maker,
                         uint32_t slot) {
    if (maker->principal == in->principal) return !is_elsewhere(in, maker);
    if (!((maker->flags | in->book_flags) & BOOK_FOR_CLIENT) || is_elsewhere(in, maker)) return 0;
    if (maker->principal == in->participant) return 1;
    return maker->flags & BOOK_FOR_CLIENT && x->details[slot].participant == in->principal;
}

static void say_skipped(const struct exchange *x, const struct incoming *in, uint32_t slot,
                        struct event_buffer *events) {
    *event_next(events) = (struct event){ .kind = EVENT_PAIR_SKIPPED, .instrument = in->instrument, .pair_skipped = {
        .order_id = in->order_id, .maker_order_id = book_order_id(&x->pool.orders[slot], slot),
        .participant = in->participant, .reason = in->pair_reason } };
}

/* ---- order of entry ---- */

static void sift_down(const struct exchange *x, uint32_t *slots, uint32_t root, uint32_t count) {
    for (uint32_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && x->details[slots[child + 1]].entry > x->details[slots[child]].entry) child++;
        if (x->details[slots[root]].entry >= x->details[slots[child]].entry) return;
        uint32_t slot = slots[root];
        slots[root] = slots[child];
        slots[child] = slot;
        root = child;
    }
}

void continuous_sort_by_entry(const struct exchange *x, uint32_t *slots, uint32_t slots_count) {
    for (uint32_t i = slots_count / 2; i-- > 0;) sift_down(x, slots, i, slots_count);
    for (uint32_t last = slots_count; last-- > 1;) {
        uint32_t slot = slots[0];
        slots[0] = slots[last];
        slots[last] = slot;
        sift_down(x, slots, 0, last);
    }
}

/* ---- stops (ORD-4) ---- */

static uint32_t collect_stops(struct exchange *x, struct book *book, enum side side, uint32_t trade_ticks,
                              uint32_t slots_count) {
    struct ladder *stops = &book->stops[side];
    enum ladder_order order = stop_order(side);
    while (side == SIDE_BUY ? trade_ticks >= stops->best_ticks : trade_ticks <= stops->best_ticks) {
        uint32_t slot = ladder_level(&x->prices, stops, stops->best_ticks)->head;
        book_remove(&x->pool, &x->prices, stops, order, slot);
        x->scratch[slots_count++] = slot;
    }
    return slots_count;
}

/* A trade at `trade_ticks` is a trigger event: the stops it satisfies join the queue in order of entry. */
static void queue_stops(struct exchange *x, struct book *book, uint32_t trade_ticks) {
    uint32_t slots_count = collect_stops(x, book, SIDE_BUY, trade_ticks, 0);
    slots_count = collect_stops(x, book, SIDE_SELL, trade_ticks, slots_count);
    continuous_sort_by_entry(x, x->scratch, slots_count);
    for (uint32_t i = 0; i < slots_count; i++) {
        uint32_t slot = x->scratch[i];
        x->pool.orders[slot].flags = (uint16_t)((x->pool.orders[slot].flags & ~BOOK_PENDING) | BOOK_QUEUED);
        x->pool.orders[slot].next = 0;
        if (x->trigger_tail != 0) x->pool.orders[x->trigger_tail].next = slot;
        else x->trigger_head = slot;
        x->trigger_tail = slot;
    }
}

static inline int triggers_stops(const struct book *book, uint32_t trade_ticks) {
    return trade_ticks >= book->stops[SIDE_BUY].best_ticks || trade_ticks <= book->stops[SIDE_SELL].best_ticks;
}

/* ---- looking ahead ---- */

/* What one level gives of `want` lots. *blocked is set when an own order ends the walk there. */
static uint32_t level_fillable(const struct exchange *x, const struct incoming *in, const struct level *level,
                               uint32_t want, int *blocked) {
    uint32_t left = want;
    uint64_t hidden_lots = 0;
    for (uint32_t slot = level->head; slot != 0 && left > 0; slot = x->pool.orders[slot].next) {
        const struct book_order *maker = &x->pool.orders[slot];
        if (is_own(x, in, maker, slot)) {
            if (in->stp == STP_CANCEL_OLDEST) continue;
            *blocked = 1;
            return want - left;
        }
        if (!pair_is_allowed(in, maker)) continue;
        if (maker->flags & BOOK_ALL_OR_NONE && maker->shown_lots > left) continue;
        left -= maker->shown_lots < left ? maker->shown_lots : left;
        hidden_lots += maker->hidden_lots;
    }
    left -= hidden_lots < left ? (uint32_t)hidden_lots : left;
    return want - left;
}

uint32_t continuous_fillable(const struct exchange *x, const struct incoming *in) {
    enum side other = in->book_flags & BOOK_SELL ? SIDE_BUY : SIDE_SELL;
    enum ladder_order order = side_order(other);
    const struct ladder *ladder = &x->books[in->instrument].sides[other];
    uint32_t filled = 0;
    int blocked = 0;
    for (uint32_t ticks = ladder->best_ticks; filled < in->open_lots && !blocked && ticks != ladder_none(order);
         ticks = ladder_worse(&x->prices, ladder, order, ticks)) {
        if (other == SIDE_SELL ? ticks > in->limit_ticks : ticks < in->limit_ticks) break;
        const struct level *level = ladder_level(&x->prices, ladder, ticks);
        filled += level_fillable(x, in, level, in->open_lots - filled, &blocked);
    }
    return filled;
}

/* ---- self-trade prevention (STP-1) ---- */

static void say_self_trade(const struct exchange *x, const struct incoming *in, uint32_t slot, uint16_t kind,
                           uint32_t leaves_before, uint32_t shown_before, struct event_buffer *events) {
    const struct book_order *order = &x->pool.orders[slot];
    int resting = slot != in->slot;
    struct event *event = event_next(events);
    *event = (struct event){ .kind = kind, .instrument = in->instrument, .order_change = {
        .order_id = resting ? book_order_id(order, slot) : in->order_id,
        .participant = resting ? order_participant(x, slot) : in->participant,
        .side = (uint8_t)(resting ? SIDE_BUY + SIDE_SELL - incoming_side(in) : incoming_side(in)),
        .cause = CAUSE_SELF_TRADE, .reason = REJECT_SELF_TRADE_PREVENTED,
        .leaves_before.lots = leaves_before, .shown_before.lots = shown_before,
        .price_before.ticks = resting ? order->price_ticks : 0 } };
    if (kind != EVENT_RESTATED) return;
    event->order_change.price = event->order_change.price_before;
    event->order_change.shown.lots = resting ? book_order_depth(order) : 0;
    event->order_change.leaves.lots = resting ? book_order_open(order) : in->open_lots;
    event->order_change.quantity.lots = x->details[slot].quantity_lots;
}

/* The walk itself takes an emptied level out of its ladder. */
static void cancel_resting(struct exchange *x, const struct incoming *in, struct level *level, uint32_t slot,
                           struct event_buffer *events) {
    const struct book_order *order = &x->pool.orders[slot];
    say_self_trade(x, in, slot, EVENT_CANCELED, book_order_open(order), book_order_depth(order), events);
    level_unlink(&x->pool, level, slot);
    continuous_end(x, slot, book_order_open(order));
}

static void cancel_incoming(struct exchange *x, struct incoming *in, struct event_buffer *events) {
    say_self_trade(x, in, in->slot, EVENT_CANCELED, in->open_lots, 0, events);
    in->ended = 1;
}

static void decrement_both(struct exchange *x, struct incoming *in, struct level *level, uint32_t slot,
                           struct event_buffer *events) {
    struct book_order *maker = &x->pool.orders[slot];
    uint32_t maker_open = book_order_open(maker), shown_before = book_order_depth(maker);
    uint32_t taken = in->open_lots < maker_open ? in->open_lots : maker_open;
    x->details[slot].quantity_lots -= taken;
    x->details[in->slot].quantity_lots -= taken;
    if (taken == maker_open) {
        cancel_resting(x, in, level, slot, events);
    } else {
        uint32_t from_hidden = taken < maker->hidden_lots ? taken : maker->hidden_lots;
        maker->hidden_lots -= from_hidden;
        maker->shown_lots -= taken - from_hidden;
        settle_reduce(x, slot, taken, maker_open, events);
        say_self_trade(x, in, slot, EVENT_RESTATED, maker_open, shown_before, events);
    }
    if (taken == in->open_lots) {
        cancel_incoming(x, in, events);
        return;
    }
    settle_reduce(x, in->slot, taken, in->open_lots, events);
    in->open_lots -= taken;
    say_self_trade(x, in, in->slot, EVENT_RESTATED, in->open_lots + taken, 0, events);
}

static void prevent_self_trade(struct exchange *x, struct incoming *in, struct level *level, uint32_t slot,
                               struct event_buffer *events) {
    switch ((enum stp)in->stp) {
        case STP_CANCEL_NEWEST: cancel_incoming(x, in, events); return;
        case STP_CANCEL_OLDEST: cancel_resting(x, in, level, slot, events); return;
        case STP_CANCEL_BOTH:
            cancel_resting(x, in, level, slot, events);
            cancel_incoming(x, in, events);
            return;
        case STP_DECREMENT: decrement_both(x, in, level, slot, events); return;
        case STP_COUNT: break;
    }
    CHECK(!"a self-trade mode");
}

/* ---- the walk ---- */

/* TRN-1: the seller's residency is the high bit: domestic, export, import, transit. What each side adds to it. */
static inline uint32_t class_part(enum side side, uint16_t flags) {
    return (flags & BOOK_FOREIGN ? 1u : 0u) << (side == SIDE_SELL);
}

/* What the walk has said and settle_trades has not seen yet: TRADE events, each with room before it. */
struct unsettled {
    uint32_t events_begin;
    uint32_t events_end;        /* as far as there is room for events, and for their trades' contracts */
    uint32_t has_agents;        /* a broker entered an order of one of them */
};

/* Something else has been said, or room was made: from here on. */
static inline void begin_unsettled(const struct exchange *x, const struct event_buffer *events, uint32_t has_agents,
                                   struct unsettled *unsettled) {
    const uint64_t trades_left = settle_is_full(x) ? 0 : x->limits.contracts_max - x->trades_count;
    const uint64_t contracts_end = events->count + 2 * trades_left;
    *unsettled = (struct unsettled){
        .events_begin = events->count, .has_agents = has_agents,
        .events_end = contracts_end < events->capacity ? (uint32_t)contracts_end : events->capacity };
}

static inline void settle_all(struct exchange *x, const struct incoming *in, const struct unsettled *unsettled,
                              struct event_buffer *events) {
    uint32_t trades_count = (events->count - unsettled->events_begin) / 2;
    if (trades_count > 0)
        settle_trades(x, in, &events->events[unsettled->events_begin], trades_count, (int)unsettled->has_agents);
}

/* Room for one more trade. Returns 0 when no contract can be made any more. */
static __attribute__((noinline)) int make_room(struct exchange *x, const struct incoming *in,
                                               struct unsettled *unsettled, struct event_buffer *events) {
    if (settle_is_full(x)) return 0;
    settle_all(x, in, unsettled, events);
    events->full(events);
    CHECK(events->capacity - events->count >= 2);
    begin_unsettled(x, events, unsettled->has_agents, unsettled);   /* the trade that wants it may have agents */
    return 1;
}

/* `participant`: who entered the resting order. */
static inline __attribute__((always_inline)) void say_trade(struct exchange *x, const struct incoming *in,
                                                            enum side side, uint32_t slot, uint32_t lots,
                                                            uint32_t wanted_lots, uint32_t participant,
                                                            struct event *event) {
    const enum side other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    const struct book_order *maker = &x->pool.orders[slot];
    *event = (struct event){
        .kind = EVENT_TRADE,
        .flags = (uint16_t)((side == SIDE_BUY ? TRADE_TAKER_BUYS : 0) |
                            (maker->flags & BOOK_ALL_OR_NONE ? TRADE_MAKER_HIDDEN : 0)),
        .instrument = in->instrument,
        .trade = { .trade_id = ++x->trades_count, .maker_order_id = book_order_id(maker, slot),
                   .taker_order_id = in->order_id, .price.ticks = maker->price_ticks, .quantity.lots = lots,
                   .maker_leaves.lots = book_order_open(maker) - lots, .taker_leaves.lots = wanted_lots,
                   .maker_participant = participant, .taker_participant = in->participant,
                   .deal_class = (uint8_t)(in->class_part | class_part(other, maker->flags)),
                   .condition = CONDITION_CONTINUOUS } };
}

/* The slice of an iceberg is used up: the next one goes to the back of the price. */
static void refresh(struct exchange *x, const struct incoming *in, struct level *level, uint32_t slot,
                    struct event_buffer *events) {
    struct book_order *maker = &x->pool.orders[slot];
    uint32_t display_lots = x->details[slot].display_lots;
    CHECK(display_lots > 0);
    maker->shown_lots = maker->hidden_lots < display_lots ? maker->hidden_lots : display_lots;
    maker->hidden_lots -= maker->shown_lots;
    level_unlink(&x->pool, level, slot);
    level_append(&x->pool, level, slot);
    *event_next(events) = (struct event){ .kind = EVENT_REFRESHED, .instrument = in->instrument, .order_change = {
        .order_id = book_order_id(maker, slot), .participant = order_participant(x, slot),
        .price.ticks = maker->price_ticks, .shown.lots = maker->shown_lots, .leaves.lots = book_order_open(maker),
        .side = (uint8_t)book_order_side(maker), .cause = CAUSE_TRADING } };
}

/* What becomes of the meeting with a resting order that is not plain. */
enum meeting { MEETING_TRADES, MEETING_PASSES, MEETING_ENDS };

static __attribute__((noinline)) enum meeting meet(struct exchange *x, struct incoming *in, struct level *level,
                                                   uint32_t slot, uint32_t *wanted_lots, struct event_buffer *events) {
    const struct book_order *maker = &x->pool.orders[slot];
    if (is_own(x, in, maker, slot)) {
        in->open_lots = *wanted_lots;
        prevent_self_trade(x, in, level, slot, events);
        *wanted_lots = in->open_lots;
        return in->ended ? MEETING_ENDS : MEETING_PASSES;
    }
    if (!pair_is_allowed(in, maker)) {
        if (!is_elsewhere(in, maker)) say_skipped(x, in, slot, events);
        return MEETING_PASSES;
    }
    return maker->flags & BOOK_ALL_OR_NONE && maker->shown_lots > *wanted_lots ? MEETING_PASSES : MEETING_TRADES;
}

/* Trades with the orders of one level until nothing is wanted or nobody is left. Returns whether there was a trade.
 * `unsettled` is NULL without money. */
static inline __attribute__((always_inline)) int match_level(struct exchange *x, struct unsettled *unsettled,
                                                             struct incoming *in, enum side side, struct level *level,
                                                             struct event_buffer *events) {
    uint32_t next, wanted_lots = in->open_lots;
    int traded = 0;
    for (uint32_t slot = level->head; slot != 0 && wanted_lots > 0; slot = next) {
        struct book_order *maker = &x->pool.orders[slot];
        uint32_t participant = maker->principal;
        next = maker->next;
        if (unsettled != NULL) __builtin_prefetch(&x->details[next].hold);
        if (__builtin_expect(!is_plain(in, maker), 0)) {
            uint32_t wanted_now = wanted_lots;
            participant = order_participant(x, slot);
            if (unsettled != NULL) settle_all(x, in, unsettled, events);
            enum meeting meeting = meet(x, in, level, slot, &wanted_now, events);
            if (unsettled != NULL)
                begin_unsettled(x, events, (in->book_flags | maker->flags) & BOOK_FOR_CLIENT, unsettled);
            wanted_lots = wanted_now;
            if (meeting == MEETING_ENDS) return traded;
            if (meeting == MEETING_PASSES) continue;
        }
        if (unsettled != NULL && __builtin_expect(events->count + 2 > unsettled->events_end, 0) &&
            !make_room(x, in, unsettled, events)) {
            in->is_out_of_room = 1;
            break;
        }
        uint32_t lots = maker->shown_lots < wanted_lots ? maker->shown_lots : wanted_lots;
        wanted_lots -= lots;
        traded = 1;
        if (unsettled != NULL) events->count++;     /* for its contract */
        struct event *event = unsettled != NULL ? &events->events[events->count++] : event_next(events);
        say_trade(x, in, side, slot, lots, wanted_lots, participant, event);
        maker->shown_lots -= lots;
        if (maker->shown_lots > 0) break;
        if (__builtin_expect(maker->hidden_lots > 0, 0)) {
            if (unsettled != NULL) settle_all(x, in, unsettled, events);
            refresh(x, in, level, slot, events);
            if (unsettled != NULL) begin_unsettled(x, events, 0, unsettled);
            if (next == 0) next = slot;
            continue;
        }
        level_unlink(&x->pool, level, slot);
        x->participants[participant].open_orders_count--;
        order_pool_give(&x->pool, slot);
    }
    in->open_lots = wanted_lots;
    return traded;
}

/* Level by level, best first. A level that was passed over stays behind; one that emptied is taken out, and if it
 * was the best, the ladder knows the next. */
static inline __attribute__((always_inline)) void match_side(struct exchange *x, struct unsettled *unsettled,
                                                             struct incoming *in, enum side side,
                                                             struct event_buffer *events) {
    struct book *book = &x->books[in->instrument];
    struct ladder *ladder = &book->sides[side == SIDE_BUY ? SIDE_SELL : SIDE_BUY];
    const enum ladder_order order = side == SIDE_BUY ? LADDER_LOW_FIRST : LADDER_HIGH_FIRST;
    uint32_t ticks = ladder->best_ticks;
    while (side == SIDE_BUY ? ticks <= in->limit_ticks : ticks >= in->limit_ticks) {
        struct level *level = ladder_level(&x->prices, ladder, ticks);
        if (match_level(x, unsettled, in, side, level, events)) {
            market_set_last(x, in->instrument, ticks);
            if (__builtin_expect(triggers_stops(book, ticks), 0)) queue_stops(x, book, ticks);
        }
        uint32_t here = ticks;
        if (level->head != 0) {
            if (in->open_lots == 0 || in->ended || in->is_out_of_room) return;
            ticks = ladder_worse(&x->prices, ladder, order, here);
        } else if (here == ladder->best_ticks) {
            ladder_unuse(&x->prices, ladder, order, here);
            ticks = ladder->best_ticks;
        } else {
            ticks = ladder_worse(&x->prices, ladder, order, here);
            ladder_unuse(&x->prices, ladder, order, here);
        }
        if (in->open_lots == 0 || in->ended || in->is_out_of_room) return;
    }
}

void continuous_match(struct exchange *x, struct incoming *in, struct event_buffer *events) {
    CHECK(in->limit_ticks > 0 && in->limit_ticks <= price_ticks_max);
    int sells = in->book_flags & BOOK_SELL;
    in->class_part = (uint8_t)class_part(incoming_side(in), in->book_flags);
    if (!money_is_on(x)) {
        if (sells) match_side(x, NULL, in, SIDE_SELL, events);
        else match_side(x, NULL, in, SIDE_BUY, events);
        return;
    }
    struct unsettled unsettled;
    begin_unsettled(x, events, 0, &unsettled);
    if (sells) match_side(x, &unsettled, in, SIDE_SELL, events);
    else match_side(x, &unsettled, in, SIDE_BUY, events);
    settle_all(x, in, &unsettled, events);
}
