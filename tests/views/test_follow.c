/* test_follow.c - views that follow an exchange know what the exchange knows.
 *
 * Random commands go to an exchange, its events to the views. After every command what the views say is held against
 * the exchange's own state, which they have never seen: every open order, every level, the last prices. The
 * reports on the way must tell each order's life without a gap. */
#include "engine/participants/names.h"
#include "engine/state.h"
#include "engine/views/deals.h"
#include "engine/views/depth.h"
#include "engine/views/market.h"
#include "engine/views/orders.h"
#include "instruments/splitmix.h"
#include "tests/engine/fixture.h"

enum { participants_count = 3, instruments_count = 2 };
enum { follow_ended_max = 64, orders_seen_max = 4096, order_ids_max = 64 };

/* What the reports have told of one order. */
struct told { uint64_t order_id, value; uint32_t cum, quantity, leaves; uint8_t ended; };

struct follow {
    struct fixture *market;
    struct orders_view *orders;
    struct depth *depth;
    struct market_view *figures;
    struct deals *deals;
    uint64_t random;
    struct told told[orders_seen_max];
    uint32_t told_count;
    uint64_t order_ids[order_ids_max];     /* some that were accepted, for cancels and amends */
    uint32_t order_ids_count;
    struct command last_order;  /* to be sent again */
    uint64_t fills_lots;        /* of both sides, from the reports */
    uint64_t trades_lots;       /* from the events */
    uint32_t kinds_seen[64];    /* events by kind */
};

static void *zeroed(size_t size) {
    size_t whole = (size + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, whole);
    cr_assert_not_null(memory);
    memset(memory, 0, whole);
    return memory;
}

static struct follow *follow_new(uint64_t seed) {
    struct follow *f = calloc(1, sizeof *f);
    cr_assert_not_null(f);
    f->market = fixture_new();
    f->random = seed;
    const struct limits *limits = exchange_limits(f->market->exchange);
    f->orders = orders_view_init(zeroed(orders_view_size(limits, follow_ended_max)), limits, follow_ended_max);
    f->depth = depth_init(zeroed(depth_size(limits)), limits);
    f->figures = market_view_init(zeroed(market_view_size(limits, 16)), limits, 16);
    f->deals = deals_init(zeroed(deals_size(limits, 100)), limits, 100);
    return f;
}

static void follow_free(struct follow *f) {
    free(f->orders);
    free(f->depth);
    free(f->figures);
    free(f->deals);
    fixture_free(f->market);
    free(f);
}

/* ---- random commands ---- */

static uint64_t random_word(struct follow *f) { return splitmix64(&f->random); }

static uint32_t below(struct follow *f, uint32_t bound) {
    return (uint32_t)(random_word(f) % bound);
}

static int one_in(struct follow *f, uint32_t n) {
    return below(f, n) == 0;
}

/* One of 40 names: they come again on other days, and on the same day with other content. */
static void some_name(struct follow *f, char name[client_order_id_size]) {
    char text[] = {'n', (char)('a' + below(f, 8)), (char)('a' + below(f, 5)), '\0'};
    name_set(name, client_order_id_size, text, 3);
}

static uint32_t some_price(struct follow *f) {
    return one_in(f, 40) ? 1 + below(f, price_ticks_max) : 525 + below(f, 30);
}

static struct command some_order(struct follow *f) {
    if (one_in(f, 30) && f->last_order.kind != 0) return f->last_order;
    struct command c = order(below(f, participants_count), (enum side)below(f, 2), 1 + below(f, 60), some_price(f));
    struct command_new_order *o = &c.new_order;
    o->instrument = below(f, instruments_count);
    o->time_in_force = (const uint8_t[]){TIF_DAY, TIF_DAY, TIF_GTC, TIF_GTC, TIF_GTD, TIF_IOC, TIF_FOK}[below(f, 7)];
    if (o->time_in_force == TIF_GTD) o->expire_date = exchange_trade_date(f->market->exchange) + (int32_t)below(f, 3);
    o->order_type = one_in(f, 4) ? (uint8_t)below(f, ORDER_TYPE_COUNT) : ORDER_TYPE_LIMIT;
    if (o->order_type == ORDER_TYPE_STOP || o->order_type == ORDER_TYPE_STOP_LIMIT) o->stop.ticks = some_price(f);
    if (o->order_type == ORDER_TYPE_STOP || o->order_type == ORDER_TYPE_MARKET) o->price.ticks = 0;
    o->stp = (uint8_t)below(f, STP_COUNT);
    if (one_in(f, 6)) o->flags |= ORDER_ALL_OR_NONE;
    if (one_in(f, 8)) o->flags |= ORDER_POST_ONLY;
    if (one_in(f, 3)) o->flags |= ORDER_CANCEL_ON_DISCONNECT;
    if (one_in(f, 4)) {
        o->has_display = 1;
        o->display.lots = below(f, 12);
    }
    if (one_in(f, 10)) o->min.lots = 1 + below(f, 20);
    if (!one_in(f, 4)) some_name(f, o->client_order_id);
    c.connection = below(f, 3);
    f->last_order = c;
    return c;
}

static uint64_t some_order_id(struct follow *f) {
    return f->order_ids_count > 0 && !one_in(f, 20) ? f->order_ids[below(f, f->order_ids_count)] : random_word(f);
}

static uint32_t owner_of(const struct follow *f, uint64_t order_id, uint32_t otherwise) {
    const struct order_state *known = orders_view_find(f->orders, order_id);
    return known ? known->participant : otherwise;
}

static struct command some_amend(struct follow *f) {
    struct command c = fixture_command(COMMAND_AMEND_ORDER, below(f, participants_count));
    struct command_amend_order *a = &c.amend_order;
    if (one_in(f, 3)) some_name(f, a->orig_client_order_id);
    else a->order_id = some_order_id(f);
    if (a->order_id != 0 && !one_in(f, 10)) c.participant = owner_of(f, a->order_id, c.participant);
    if (!one_in(f, 3)) some_name(f, a->client_order_id);
    a->flags = (uint8_t)below(f, 8);
    a->quantity.lots = 1 + below(f, 60);
    a->price.ticks = some_price(f);
    a->display_lots = below(f, 12);
    return c;
}

static struct command some_cancel(struct follow *f) {
    struct command c = fixture_command(COMMAND_CANCEL_ORDER, below(f, participants_count));
    if (one_in(f, 3)) some_name(f, c.cancel_order.orig_client_order_id);
    else c.cancel_order.order_id = some_order_id(f);
    if (c.cancel_order.order_id != 0) c.participant = owner_of(f, c.cancel_order.order_id, c.participant);
    if (one_in(f, 2)) some_name(f, c.cancel_order.client_order_id);
    return c;
}

static struct command some_command(struct follow *f) {
    uint32_t dice = below(f, 200);
    if (dice < 120) return some_order(f);
    if (dice < 160) return some_amend(f);
    if (dice < 194) return some_cancel(f);
    struct command c = fixture_command(COMMAND_CLOCK, below(f, participants_count));
    if (dice < 196) {
        c.kind = COMMAND_MASS_CANCEL;
        c.mass_cancel = (struct command_mass_cancel){
            .instrument = one_in(f, 2) ? NAME_NONE : below(f, instruments_count), .client = NAME_NONE,
            .side = (uint8_t)below(f, 3)};
    } else if (dice < 198) {
        c.kind = COMMAND_DISCONNECT;
        c.connection = below(f, 3);
    } else {
        c.time_ns = f->market->time_ns + (int64_t)below(f, 30) * 3600 * NS_PER_SECOND;
    }
    return c;
}

/* ---- what the reports tell ---- */

static struct told *told_of(struct follow *f, uint64_t order_id) {
    for (uint32_t i = f->told_count; i > 0; i--)
        if (f->told[i - 1].order_id == order_id) return &f->told[i - 1];
    return NULL;
}

static void hear_new(struct follow *f, const struct report *report) {
    cr_assert_null(told_of(f, report->order_id), "an order is new once");
    cr_assert_lt(f->told_count, orders_seen_max);
    cr_assert_eq(report->cum_quantity.lots, 0);
    f->told[f->told_count++] = (struct told){.order_id = report->order_id};
    if (f->order_ids_count < order_ids_max) f->order_ids[f->order_ids_count++] = report->order_id;
    else f->order_ids[below(f, order_ids_max)] = report->order_id;
}

/* protocol.md 5: live, order_qty = cum_qty + leaves_qty; ended, leaves_qty = 0; the completing fill says filled. */
static void expect_sound(const struct report *report) {
    uint64_t cum = report->cum_quantity.lots, leaves = report->leaves_quantity.lots;
    switch ((enum ord_status)report->ord_status) {
        case ORD_STATUS_NEW: case ORD_STATUS_PENDING_TRIGGER:
            cr_assert(cum == 0 && leaves > 0 && report->order_quantity.lots == leaves);
            return;
        case ORD_STATUS_PARTIALLY_FILLED:
            cr_assert(cum > 0 && leaves > 0 && report->order_quantity.lots == cum + leaves);
            return;
        case ORD_STATUS_FILLED: cr_assert(leaves == 0 && report->order_quantity.lots == cum); return;
        case ORD_STATUS_CANCELED: case ORD_STATUS_EXPIRED:
            cr_assert(leaves == 0 && cum < report->order_quantity.lots);
            return;
        case ORD_STATUS_REJECTED: case ORD_STATUS_COUNT: break;
    }
    cr_assert_fail("a known order is never rejected");
}

static void hear(struct follow *f, const struct report *report) {
    if (report->exec_type == EXEC_TYPE_REJECTED) {
        cr_assert(report->order_id == 0 && report->reason != REJECT_NONE);
        return;
    }
    expect_sound(report);
    if (report->kind == REPORT_NOTICE || report->exec_type == EXEC_TYPE_ORDER_STATUS) return;
    if (report->exec_type == EXEC_TYPE_NEW) hear_new(f, report);
    struct told *told = told_of(f, report->order_id);
    cr_assert_not_null(told, "the first report of an order is new");
    cr_assert_not(told->ended, "nothing comes after the end");
    if (report->exec_type == EXEC_TYPE_TRADE) {
        cr_assert_eq(report->cum_quantity.lots, told->cum + report->last_quantity.lots);
        cr_assert_eq(report->leaves_quantity.lots, told->leaves - report->last_quantity.lots);
        cr_assert_eq(report->value, told->value + (uint64_t)report->last_price.ticks * report->last_quantity.lots);
        f->fills_lots += report->last_quantity.lots;
    } else {
        cr_assert_eq(report->cum_quantity.lots, told->cum);
        cr_assert_eq(report->value, told->value);
    }
    told->cum = report->cum_quantity.lots;
    told->value = report->value;
    told->leaves = report->leaves_quantity.lots;
    told->ended = told->leaves == 0;
}

/* ---- what the exchange knows ---- */

static void expect_order(const struct follow *f, uint32_t slot) {
    const struct exchange *x = f->market->exchange;
    const struct book_order *in_book = &x->pool.orders[slot];
    const struct order_detail *detail = &x->details[slot];
    const struct order_state *order = orders_view_find(f->orders, book_order_id(in_book, slot));
    cr_assert_not_null(order);
    cr_assert(order_state_is_open(order));
    int pending = (in_book->flags & BOOK_PENDING) != 0;
    cr_assert_eq(order->status == ORD_STATUS_PENDING_TRIGGER, pending);
    cr_assert_eq(order->leaves.lots, book_order_open(in_book));
    cr_assert_eq(order->quantity.lots, detail->quantity_lots);
    cr_assert_eq(order->price.ticks, pending ? detail->limit_ticks : in_book->price_ticks);
    cr_assert_eq(order->display.lots, detail->display_lots);
    cr_assert_eq(order->participant, detail->participant);
    cr_assert_eq(order->instrument, in_book->instrument);
    cr_assert_eq(order->side, book_order_side(in_book));
    if (detail->name == 0) return;
    const char *name = x->names[detail->name].text;
    cr_assert_arr_eq(order->client_order_id, name, client_order_id_size);
    const struct order_state *latest = orders_view_find(f->orders, exchange_find_order(x, order->participant, name));
    if (latest) cr_assert_arr_eq(latest->client_order_id, name, client_order_id_size, "the latest bearer of a name");
}

/* A level as the book has it: added up over the orders at that price. */
static struct depth_level level_in_book(const struct exchange *x, uint32_t instrument, enum side side, uint32_t ticks) {
    struct depth_level level = {.price.ticks = ticks};
    for (uint32_t slot = 1; slot <= x->pool.slots_used; slot++) {
        const struct book_order *order = &x->pool.orders[slot];
        if (!(order->flags & BOOK_LIVE) || order->instrument != instrument || book_order_side(order) != side) continue;
        if (order->price_ticks != ticks || book_order_depth(order) == 0) continue;
        level.quantity_lots += book_order_depth(order);
        level.orders_count++;
    }
    return level;
}

static void expect_side(const struct follow *f, uint32_t instrument, enum side side) {
    const struct exchange *x = f->market->exchange;
    struct depth_level levels[256];
    uint32_t count = depth_top(f->depth, instrument, side, levels, 256), shown_count = 0, summed_count = 0;
    cr_assert_eq(count, depth_levels_count(f->depth, instrument, side));
    for (uint32_t i = 0; i < count; i++) {
        struct depth_level expected = level_in_book(x, instrument, side, levels[i].price.ticks);
        cr_assert_eq(levels[i].quantity_lots, expected.quantity_lots);
        cr_assert_eq(levels[i].orders_count, expected.orders_count);
        uint32_t here = levels[i].price.ticks, before = i > 0 ? levels[i - 1].price.ticks : 0;
        if (i > 0) cr_assert(side == SIDE_BUY ? here < before : here > before, "best first");
        summed_count += levels[i].orders_count;
    }
    int any_hidden = 0;
    for (uint32_t slot = 1; slot <= x->pool.slots_used; slot++) {
        const struct book_order *order = &x->pool.orders[slot];
        if (!(order->flags & BOOK_LIVE) || order->instrument != instrument || book_order_side(order) != side) continue;
        shown_count += book_order_depth(order) > 0;
        any_hidden |= (order->flags & BOOK_ALL_OR_NONE) != 0;
    }
    cr_assert_eq(summed_count, shown_count, "no shown order stands in a level that depth lacks");
    uint32_t best = exchange_best(x, instrument, side).ticks;
    uint32_t shown = depth_best(f->depth, instrument, side).price.ticks;
    if (!any_hidden) cr_assert_eq(shown, best);
    else if (shown != 0) cr_assert(side == SIDE_BUY ? shown <= best : shown >= best);
}

static void expect_all(struct follow *f) {
    const struct exchange *x = f->market->exchange;
    orders_view_verify(f->orders);
    depth_verify(f->depth);
    market_view_verify(f->figures);
    deals_verify(f->deals);
    cr_assert_eq(orders_view_open_count(f->orders), exchange_open_orders_count(x));
    for (uint32_t slot = 1; slot <= x->pool.slots_used; slot++)
        if (x->pool.orders[slot].flags & BOOK_LIVE) expect_order(f, slot);
    for (uint32_t i = 0; i < instruments_count; i++) {
        expect_side(f, i, SIDE_BUY);
        expect_side(f, i, SIDE_SELL);
        cr_assert_eq(market_view_figures(f->figures, i)->last.ticks, exchange_market(x, i)->last.ticks);
    }
    for (uint32_t p = 0; p < participants_count; p++) {
        struct orders_cursor cursor = {.participant = p};
        uint32_t count = 0;
        while (orders_view_next(f->orders, &cursor)) count++;
        cr_assert_eq(count, exchange_participant(x, p)->open_orders_count);
    }
    cr_assert_eq(f->fills_lots, 2 * f->trades_lots, "each trade is told to both sides");
}

static void follow(struct follow *f, uint32_t commands_count) {
    for (uint32_t i = 0; i < commands_count; i++) {
        struct command command = some_command(f);
        uint32_t count = fixture_apply(f->market, command);
        for (uint32_t k = 0; k < count; k++) {
            const struct event *event = &f->market->events[k];
            struct report reports[orders_view_reports_max];
            uint32_t told = orders_view_apply(f->orders, event, f->market->sequence, k, f->market->time_ns, reports);
            depth_apply(f->depth, event);
            market_view_apply(f->figures, event, f->market->time_ns);
            deals_apply(f->deals, f->orders, event, f->market->time_ns);
            if (event->kind == EVENT_TRADE) f->trades_lots += event->trade.quantity.lots;
            for (uint32_t r = 0; r < told; r++) hear(f, &reports[r]);
            f->kinds_seen[event->kind]++;
        }
        expect_all(f);
    }
}

/* ---- the tests ---- */

enum { rounds_count = 12, round_commands_count = 400 };

Test(follow, views_know_what_the_exchange_knows) {
    uint32_t seen[64] = {0};
    for (uint64_t seed = 1; seed <= rounds_count; seed++) {
        struct follow *f = follow_new(seed);
        follow(f, round_commands_count);
        for (uint32_t kind = 0; kind < 64; kind++) seen[kind] += f->kinds_seen[kind];
        follow_free(f);
    }
    for (uint32_t kind = EVENT_CLIENT_ID; kind <= EVENT_MASS_CANCELED; kind++)
        cr_expect_gt(seen[kind], 0, "no event %u came: the commands are too tame", kind);
    cr_expect_gt(seen[EVENT_TIME], 0);
}
