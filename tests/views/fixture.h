/* fixture.h - all views on events made by hand, and short words for such events.
 *
 * Two instruments, BUTTER and TIMBER; four participants. The events of one command are given together: after each of
 * them orders, market and deals are verified, and depth after the last (depth.h says why). */
#ifndef BIRZHA_TESTS_VIEWS_FIXTURE_H
#define BIRZHA_TESTS_VIEWS_FIXTURE_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exchange.h"
#include "engine/views/deals.h"
#include "engine/views/depth.h"
#include "engine/views/market.h"
#include "engine/views/orders.h"
#include "instruments/name_table.h"

enum { BUTTER, TIMBER };
enum { ANNA, BORIS, VERA, BROKER };
enum { views_reports_max = 16 };

/* How much the views remember: little, so that tests reach it. */
enum { views_ended_max = 3, views_trades_max = 4, views_deals_max = 5 };

static const struct limits views_limits = {
    .instruments_max = 2, .sessions_max = 1, .participants_max = 4, .users_max = 1, .orders_max = 8,
    .price_leaves_max = 8, .price_branches_max = 8, .client_ids_max = 16,
};

struct views {
    struct orders_view *orders;
    struct depth *depth;
    struct market_view *market;
    struct deals *deals;
    struct report reports[views_reports_max];   /* of the last command */
    uint32_t reports_count;
    uint64_t sequence;          /* of the last command */
    int64_t time_ns;
};

/* Zeroed memory as the views want it; free() gives it back. */
static inline void *views_memory(size_t size) {
    size_t whole = (size + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, whole);
    cr_assert_not_null(memory);
    memset(memory, 0, whole);
    return memory;
}

/* 10:00 in Minsk. */
static inline int64_t morning_of(int32_t year, int32_t month, int32_t day) {
    return trade_date_begin_ns(date_from_civil(year, month, day), 10 * 60);
}

static inline struct views *views_new(void) {
    struct views *v = calloc(1, sizeof *v);
    cr_assert_not_null(v);
    v->orders = orders_view_init(views_memory(orders_view_size(&views_limits, views_ended_max)), &views_limits,
                                 views_ended_max);
    v->depth = depth_init(views_memory(depth_size(&views_limits)), &views_limits);
    v->market = market_view_init(views_memory(market_view_size(&views_limits, views_trades_max)), &views_limits,
                                 views_trades_max);
    v->deals = deals_init(views_memory(deals_size(&views_limits, views_deals_max)), &views_limits, views_deals_max);
    v->time_ns = morning_of(2021, 1, 4);
    return v;
}

static inline void views_free(struct views *v) {
    free(v->orders);
    free(v->depth);
    free(v->market);
    free(v->deals);
    free(v);
}

/* The events of one command. */
static inline void views_apply(struct views *v, const struct event *events, uint32_t count) {
    v->sequence++;
    v->reports_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        cr_assert_leq(v->reports_count + orders_view_reports_max, views_reports_max);
        v->reports_count += orders_view_apply(v->orders, &events[i], v->sequence, i, v->time_ns,
                                              &v->reports[v->reports_count]);
        depth_apply(v->depth, &events[i]);
        market_view_apply(v->market, &events[i], v->time_ns);
        deals_apply(v->deals, v->orders, &events[i], v->time_ns);
        orders_view_verify(v->orders);
        market_view_verify(v->market);
        deals_verify(v->deals);
    }
    depth_verify(v->depth);
}
#define COMMAND(v, ...) \
    views_apply(v, (const struct event[]){__VA_ARGS__}, \
                sizeof((const struct event[]){__VA_ARGS__}) / sizeof(struct event))

/* ---- events ---- */

static inline struct event named(uint64_t order_id, uint32_t participant, const char *text) {
    struct event event = {.kind = EVENT_CLIENT_ID, .instrument = BUTTER,
                          .client_id = {.order_id = order_id, .participant = participant}};
    name_set(event.client_id.text, client_order_id_size, text, (uint32_t)strlen(text));
    return event;
}

/* A day limit order for BUTTER that rests without a trade. */
static inline struct event accepted(uint64_t order_id, uint32_t participant, enum side side, uint32_t lots,
                                    uint32_t ticks) {
    return (struct event){.kind = EVENT_ACCEPTED, .flags = EVENT_RESTS, .instrument = BUTTER, .order = {
        .order_id = order_id, .participant = participant, .principal = participant, .price.ticks = ticks,
        .quantity.lots = lots, .shown.lots = lots, .expire_date = date_none, .side = (uint8_t)side}};
}

/* The same, about to trade: not in the book. */
static inline struct event incoming(uint64_t order_id, uint32_t participant, enum side side, uint32_t lots,
                                    uint32_t ticks) {
    struct event event = accepted(order_id, participant, side, lots, ticks);
    event.flags = 0;
    event.order.shown.lots = 0;
    return event;
}

/* One side of a trade, as it stands after it. */
struct trade_side { uint64_t order_id; uint32_t participant, leaves; };

static inline struct event trade(uint64_t trade_id, enum side taker_side, struct trade_side maker,
                                 struct trade_side taker, uint32_t lots, uint32_t ticks) {
    return (struct event){.kind = EVENT_TRADE, .flags = taker_side == SIDE_BUY ? TRADE_TAKER_BUYS : 0,
        .instrument = BUTTER, .trade = {
        .trade_id = trade_id, .maker_order_id = maker.order_id, .taker_order_id = taker.order_id, .price.ticks = ticks,
        .quantity.lots = lots, .maker_leaves.lots = maker.leaves, .taker_leaves.lots = taker.leaves,
        .maker_participant = maker.participant, .taker_participant = taker.participant,
        .deal_class = DEAL_EXPORT, .condition = CONDITION_CONTINUOUS}};
}

/* Members beyond these are the caller's. */
static inline struct event change(enum event_kind kind, uint64_t order_id, uint32_t participant, enum side side) {
    return (struct event){.kind = (uint16_t)kind, .instrument = BUTTER,
                          .order_change = {.order_id = order_id, .participant = participant, .side = (uint8_t)side}};
}

/* An order leaves the book: all of it was shown. */
static inline struct event canceled(uint64_t order_id, uint32_t participant, enum side side, uint32_t lots,
                                    uint32_t ticks) {
    struct event event = change(EVENT_CANCELED, order_id, participant, side);
    event.order_change.leaves_before.lots = lots;
    event.order_change.shown_before.lots = lots;
    event.order_change.price_before.ticks = ticks;
    return event;
}

static inline struct event time_passes(int64_t time_ns) {
    return (struct event){.kind = EVENT_TIME, .instrument = NAME_NONE,
                          .time = {.time_ns = time_ns, .trade_date = trade_date(time_ns)}};
}

#endif
