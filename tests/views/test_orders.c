/* test_orders.c - what owners are told, and what is remembered of their orders. */
#include "tests/views/fixture.h"

/* The figures that protocol.md's execution_report shows of an order. */
struct figures { uint8_t exec_type, ord_status; uint32_t quantity, cum, leaves; uint64_t value; };

static void expect_report(const struct report *report, struct figures expected) {
    cr_expect_eq(report->kind, REPORT_EXECUTION);
    cr_expect_eq(report->exec_type, expected.exec_type, "exec_type %u, not %u", report->exec_type, expected.exec_type);
    cr_expect_eq(report->ord_status, expected.ord_status, "ord_status %u, not %u", report->ord_status,
                 expected.ord_status);
    cr_expect_eq(report->order_quantity.lots, expected.quantity);
    cr_expect_eq(report->cum_quantity.lots, expected.cum);
    cr_expect_eq(report->leaves_quantity.lots, expected.leaves);
    cr_expect_eq(report->value, expected.value);
    cr_expect_eq(report->seq, 0, "views do not number reports");
}

static void expect_name(const char *field, const char *text) {
    char padded[client_order_id_size];
    name_set(padded, client_order_id_size, text, (uint32_t)strlen(text));
    cr_expect_arr_eq(field, padded, client_order_id_size, "the name is \"%.36s\", not \"%s\"", field, text);
}

Test(orders_view, tells_a_new_order_in_its_own_words) {
    struct views *v = views_new();
    struct event event = accepted(11, ANNA, SIDE_SELL, 40, 540);
    event.order.display.lots = 10;
    event.order.shown.lots = 10;
    event.order.time_in_force = TIF_GTD;
    event.order.expire_date = date_from_civil(2021, 2, 1);
    event.order.order_flags = ORDER_POST_ONLY;
    COMMAND(v, named(11, ANNA, "A-1"), event);
    cr_assert_eq(v->reports_count, 1);
    const struct report *report = &v->reports[0];
    expect_report(report, (struct figures){EXEC_TYPE_NEW, ORD_STATUS_NEW, 40, 0, 40, 0});
    expect_name(report->client_order_id, "A-1");
    expect_name(report->orig_client_order_id, "");
    cr_expect_eq(report->order_id, 11);
    cr_expect_eq(report->participant, ANNA);
    cr_expect_eq(report->client, NAME_NONE);
    cr_expect_eq(report->instrument, BUTTER);
    cr_expect_eq(report->price.ticks, 540);
    cr_expect_eq(report->display_quantity.lots, 10);
    cr_expect_eq(report->time_in_force, TIF_GTD);
    cr_expect_eq(report->expire_date, date_from_civil(2021, 2, 1));
    cr_expect_eq(report->order_flags, ORDER_POST_ONLY);
    cr_expect_eq(report->side, SIDE_SELL);
    cr_expect_eq(report->time_ns, v->time_ns);
    cr_expect_eq(report->exec_sequence, 1);
    cr_expect_eq(report->exec_index, 1, "the second event of its command");
    views_free(v);
}

Test(orders_view, tells_a_broker_for_which_client) {
    struct views *v = views_new();
    struct event event = accepted(11, BROKER, SIDE_BUY, 5, 100);
    event.order.principal = VERA;
    COMMAND(v, event);
    cr_expect_eq(v->reports[0].participant, BROKER);
    cr_expect_eq(v->reports[0].client, VERA);
    views_free(v);
}

Test(orders_view, tells_the_resting_side_of_a_trade_first) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_SELL, 30, 100));
    COMMAND(v, incoming(2, BORIS, SIDE_BUY, 10, 105),
            trade(71, SIDE_BUY, (struct trade_side){1, ANNA, 20}, (struct trade_side){2, BORIS, 0}, 10, 100));
    cr_assert_eq(v->reports_count, 3);
    expect_report(&v->reports[0], (struct figures){EXEC_TYPE_NEW, ORD_STATUS_NEW, 10, 0, 10, 0});
    expect_report(&v->reports[1], (struct figures){EXEC_TYPE_TRADE, ORD_STATUS_PARTIALLY_FILLED, 30, 10, 20, 1000});
    expect_report(&v->reports[2], (struct figures){EXEC_TYPE_TRADE, ORD_STATUS_FILLED, 10, 10, 0, 1000});
    const struct { uint32_t participant; uint8_t liquidity, side; } sides[] = {
        {ANNA, LIQUIDITY_MAKER, SIDE_SELL}, {BORIS, LIQUIDITY_TAKER, SIDE_BUY}};
    for (uint32_t i = 0; i < 2; i++) {
        const struct report *report = &v->reports[i + 1];
        cr_expect_eq(report->participant, sides[i].participant);
        cr_expect_eq(report->liquidity, sides[i].liquidity);
        cr_expect_eq(report->side, sides[i].side);
        cr_expect_eq(report->trade_id, 71);
        cr_expect_eq(report->last_quantity.lots, 10);
        cr_expect_eq(report->last_price.ticks, 100, "the trade's price is the resting order's");
        cr_expect_eq(report->deal_class, DEAL_EXPORT);
        cr_expect_eq(report->exec_index, 1);
    }
    views_free(v);
}

Test(orders_view, sums_fills_until_the_last_says_filled) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_SELL, 4, 100), accepted(2, ANNA, SIDE_SELL, 6, 102));
    COMMAND(v, incoming(3, BORIS, SIDE_BUY, 10, 102),
            trade(1, SIDE_BUY, (struct trade_side){1, ANNA, 0}, (struct trade_side){3, BORIS, 6}, 4, 100),
            trade(2, SIDE_BUY, (struct trade_side){2, ANNA, 0}, (struct trade_side){3, BORIS, 0}, 6, 102));
    cr_assert_eq(v->reports_count, 5);
    expect_report(&v->reports[2], (struct figures){EXEC_TYPE_TRADE, ORD_STATUS_PARTIALLY_FILLED, 10, 4, 6, 400});
    expect_report(&v->reports[4], (struct figures){EXEC_TYPE_TRADE, ORD_STATUS_FILLED, 10, 10, 0, 400 + 612});
    cr_expect_eq(orders_view_open_count(v->orders), 0);
    cr_expect_eq(orders_view_ended_count(v->orders), 3);
    views_free(v);
}

Test(orders_view, knows_auction_fills_from_makers_and_takers) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_SELL, 4, 100), incoming(2, BORIS, SIDE_BUY, 4, 100));
    struct event event = trade(1, SIDE_BUY, (struct trade_side){1, ANNA, 0}, (struct trade_side){2, BORIS, 0}, 4, 100);
    event.trade.condition = CONDITION_AUCTION;
    COMMAND(v, event);
    cr_expect_eq(v->reports[0].liquidity, LIQUIDITY_AUCTION);
    cr_expect_eq(v->reports[1].liquidity, LIQUIDITY_AUCTION);
    views_free(v);
}

Test(orders_view, tells_a_refusal_with_its_reason_and_figures) {
    struct views *v = views_new();
    const struct event event = {.kind = EVENT_REJECTED, .instrument = NAME_NONE, .rejected = {
        .participant = VERA, .user = 9, .price.ticks = PRICE_OFF_TICK, .quantity.lots = UINT32_MAX, .side = SIDE_SELL,
        .reason = REJECT_QTY_ABOVE_MAXIMUM, .allowed_low = 1, .allowed_high = 10000, .time_in_force = TIF_IOC,
        .display.lots = 6, .min.lots = 4, .expire_date = date_from_civil(2021, 3, 1)}};
    COMMAND(v, named(0, VERA, "v9"), event);
    cr_assert_eq(v->reports_count, 1);
    const struct report *report = &v->reports[0];
    expect_report(report, (struct figures){EXEC_TYPE_REJECTED, ORD_STATUS_REJECTED, UINT32_MAX, 0, 0, 0});
    expect_name(report->client_order_id, "v9");
    cr_expect_eq(report->order_id, 0);
    cr_expect_eq(report->participant, VERA);
    cr_expect_eq(report->instrument, NAME_NONE);
    cr_expect_eq(report->client, NAME_NONE);
    cr_expect_eq(report->price.ticks, PRICE_OFF_TICK);
    cr_expect_eq(report->reason, REJECT_QTY_ABOVE_MAXIMUM);
    cr_expect_eq(report->allowed_low, 1);
    cr_expect_eq(report->allowed_high, 10000);
    cr_expect_eq(report->time_in_force, TIF_IOC);
    cr_expect_eq(report->display_quantity.lots, 6);
    cr_expect_eq(report->min_quantity.lots, 4);
    cr_expect_eq(report->expire_date, date_from_civil(2021, 3, 1));
    views_free(v);
}

Test(orders_view, a_name_belongs_to_the_next_event_only) {
    struct views *v = views_new();
    struct event refused = {.kind = EVENT_REFUSED, .instrument = NAME_NONE, .refused = {.participant = ANNA}};
    COMMAND(v, named(0, ANNA, "lost"), refused);
    cr_expect_eq(v->reports_count, 0, "a refused request is answered by who received it");
    COMMAND(v, accepted(1, ANNA, SIDE_BUY, 1, 10));
    expect_name(v->reports[0].client_order_id, "");
    views_free(v);
}

/* After ANNA's 11 (30 lots at 100, 10 of them filled) was amended. */
Test(orders_view, tells_whether_an_amend_kept_the_priority) {
    const struct { uint16_t flags; uint8_t expected; } cases[] = {
        {EVENT_PRIORITY_KEPT | EVENT_RESTS, REPORT_PRIORITY_KEPT}, {EVENT_RESTS, REPORT_PRIORITY_LOST}};
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct views *v = views_new();
        COMMAND(v, named(11, ANNA, "old"), accepted(11, ANNA, SIDE_SELL, 30, 100));
        COMMAND(v, incoming(12, BORIS, SIDE_BUY, 10, 100),
                trade(1, SIDE_BUY, (struct trade_side){11, ANNA, 20}, (struct trade_side){12, BORIS, 0}, 10, 100));
        struct event event = change(EVENT_REPLACED, 11, ANNA, SIDE_SELL);
        event.flags = cases[i].flags;
        event.order_change.price_before.ticks = 100;
        event.order_change.price.ticks = 101;
        event.order_change.shown_before.lots = event.order_change.leaves_before.lots = 20;
        event.order_change.shown.lots = event.order_change.leaves.lots = 15;
        event.order_change.quantity.lots = 25;
        COMMAND(v, named(11, ANNA, "new"), event);
        cr_assert_eq(v->reports_count, 1);
        expect_report(&v->reports[0],
                      (struct figures){EXEC_TYPE_REPLACED, ORD_STATUS_PARTIALLY_FILLED, 25, 10, 15, 1000});
        cr_expect_eq(v->reports[0].flags, cases[i].expected);
        cr_expect_eq(v->reports[0].price.ticks, 101);
        expect_name(v->reports[0].client_order_id, "new");
        expect_name(v->reports[0].orig_client_order_id, "old");
        expect_name(orders_view_find(v->orders, 11)->client_order_id, "new");
        views_free(v);
    }
}

Test(orders_view, an_amend_without_a_name_leaves_the_name) {
    struct views *v = views_new();
    COMMAND(v, named(11, ANNA, "old"), accepted(11, ANNA, SIDE_SELL, 30, 100));
    struct event event = change(EVENT_REPLACED, 11, ANNA, SIDE_SELL);
    event.flags = EVENT_PRIORITY_KEPT | EVENT_RESTS;
    event.order_change.price_before.ticks = event.order_change.price.ticks = 100;
    event.order_change.shown_before.lots = event.order_change.leaves_before.lots = 30;
    event.order_change.shown.lots = event.order_change.leaves.lots = event.order_change.quantity.lots = 20;
    COMMAND(v, event);
    expect_name(v->reports[0].client_order_id, "old");
    expect_name(v->reports[0].orig_client_order_id, "");
    expect_name(orders_view_find(v->orders, 11)->client_order_id, "old");
    views_free(v);
}

/* Decrement: 12 own lots come in against 30 resting ones, and 12 come off both. */
Test(orders_view, a_restated_quantity_is_off_the_total) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_SELL, 30, 100));
    struct event maker = change(EVENT_RESTATED, 1, ANNA, SIDE_SELL), taker = change(EVENT_CANCELED, 2, ANNA, SIDE_BUY);
    maker.order_change.price_before.ticks = maker.order_change.price.ticks = 100;
    maker.order_change.shown_before.lots = maker.order_change.leaves_before.lots = 30;
    maker.order_change.shown.lots = maker.order_change.leaves.lots = maker.order_change.quantity.lots = 18;
    taker.order_change.leaves_before.lots = 12;
    maker.order_change.reason = taker.order_change.reason = REJECT_SELF_TRADE_PREVENTED;
    COMMAND(v, incoming(2, ANNA, SIDE_BUY, 12, 100), maker, taker);
    cr_assert_eq(v->reports_count, 3);
    expect_report(&v->reports[1], (struct figures){EXEC_TYPE_RESTATED, ORD_STATUS_NEW, 18, 0, 18, 0});
    expect_report(&v->reports[2], (struct figures){EXEC_TYPE_CANCELED, ORD_STATUS_CANCELED, 12, 0, 0, 0});
    cr_expect_eq(v->reports[1].reason, REJECT_SELF_TRADE_PREVENTED);
    cr_expect_eq(v->reports[1].price.ticks, 100);
    cr_expect_eq(v->reports[2].reason, REJECT_SELF_TRADE_PREVENTED);
    cr_expect_eq(orders_view_find(v->orders, 1)->reason, REJECT_NONE, "it has not ended");
    views_free(v);
}

Test(orders_view, an_incoming_order_that_is_restated_keeps_its_price) {
    struct views *v = views_new();
    struct event event = change(EVENT_RESTATED, 2, ANNA, SIDE_BUY);
    event.order_change.leaves_before.lots = 12;
    event.order_change.leaves.lots = event.order_change.quantity.lots = 5;
    COMMAND(v, incoming(2, ANNA, SIDE_BUY, 12, 100), event);
    cr_expect_eq(v->reports[1].price.ticks, 100);
    views_free(v);
}

Test(orders_view, a_stop_waits_then_triggers_with_a_notice) {
    struct views *v = views_new();
    struct event event = incoming(5, BORIS, SIDE_BUY, 8, 0);
    event.flags = EVENT_PENDING;
    event.order.order_type = ORDER_TYPE_STOP;
    event.order.stop.ticks = 120;
    COMMAND(v, named(5, BORIS, "stop"), event);
    expect_report(&v->reports[0], (struct figures){EXEC_TYPE_NEW, ORD_STATUS_PENDING_TRIGGER, 8, 0, 8, 0});
    cr_expect_eq(v->reports[0].price.ticks, 0);
    cr_expect_eq(v->reports[0].stop.ticks, 120);
    event = change(EVENT_TRIGGERED, 5, BORIS, SIDE_BUY);
    event.flags = EVENT_RESTS;
    event.order_change.price.ticks = 132;
    event.order_change.shown.lots = event.order_change.leaves.lots = 8;
    COMMAND(v, event);
    cr_assert_eq(v->reports_count, 2);
    expect_report(&v->reports[0], (struct figures){EXEC_TYPE_TRIGGERED, ORD_STATUS_NEW, 8, 0, 8, 0});
    cr_expect_eq(v->reports[0].price.ticks, 132);
    const struct report *notice = &v->reports[1];
    cr_expect_eq(notice->kind, REPORT_NOTICE);
    cr_expect_eq(notice->reason, 1106);
    cr_expect_eq(notice->order_id, 5);
    cr_expect_eq(notice->participant, BORIS);
    expect_name(notice->client_order_id, "stop");
    views_free(v);
}

Test(orders_view, an_amended_stop_still_waits) {
    struct views *v = views_new();
    struct event event = incoming(5, BORIS, SIDE_BUY, 8, 125);
    event.flags = EVENT_PENDING;
    COMMAND(v, event);
    event = change(EVENT_REPLACED, 5, BORIS, SIDE_BUY);
    event.flags = EVENT_PENDING | EVENT_RESTS;
    event.order_change.price.ticks = 126;
    event.order_change.leaves_before.lots = 8;
    event.order_change.leaves.lots = event.order_change.quantity.lots = 9;
    COMMAND(v, event);
    expect_report(&v->reports[0], (struct figures){EXEC_TYPE_REPLACED, ORD_STATUS_PENDING_TRIGGER, 9, 0, 9, 0});
    views_free(v);
}

Test(orders_view, an_iceberg_notices_its_next_slice) {
    struct views *v = views_new();
    struct event event = accepted(1, ANNA, SIDE_SELL, 25, 100);
    event.order.display.lots = event.order.shown.lots = 10;
    COMMAND(v, event);
    event = change(EVENT_REFRESHED, 1, ANNA, SIDE_SELL);
    event.order_change.price.ticks = 100;
    event.order_change.shown.lots = 10;
    event.order_change.leaves.lots = 15;
    COMMAND(v, incoming(2, BORIS, SIDE_BUY, 10, 100),
            trade(1, SIDE_BUY, (struct trade_side){1, ANNA, 15}, (struct trade_side){2, BORIS, 0}, 10, 100), event);
    cr_assert_eq(v->reports_count, 4);
    cr_expect_eq(v->reports[3].kind, REPORT_NOTICE);
    cr_expect_eq(v->reports[3].reason, 1105);
    cr_expect_eq(v->reports[3].participant, ANNA);
    cr_expect_eq(v->reports[3].order_id, 1);
    views_free(v);
}

Test(orders_view, an_order_that_ended_has_nothing_left) {
    const struct { enum event_kind kind; uint16_t reason; uint8_t exec_type, status; } cases[] = {
        {EVENT_CANCELED, REJECT_NONE, EXEC_TYPE_CANCELED, ORD_STATUS_CANCELED},
        {EVENT_CANCELED, REJECT_SELF_TRADE_PREVENTED, EXEC_TYPE_CANCELED, ORD_STATUS_CANCELED},
        {EVENT_CANCELED, REJECT_PARTIAL_NOT_ALLOWED, EXEC_TYPE_CANCELED, ORD_STATUS_CANCELED},
        {EVENT_EXPIRED, REJECT_NONE, EXEC_TYPE_EXPIRED, ORD_STATUS_EXPIRED}};
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct views *v = views_new();
        COMMAND(v, accepted(1, ANNA, SIDE_SELL, 30, 100), incoming(2, BORIS, SIDE_BUY, 10, 100),
                trade(1, SIDE_BUY, (struct trade_side){1, ANNA, 20}, (struct trade_side){2, BORIS, 0}, 10, 100));
        struct event event = canceled(1, ANNA, SIDE_SELL, 20, 100);
        event.kind = (uint16_t)cases[i].kind;
        event.order_change.reason = cases[i].reason;
        COMMAND(v, event);
        cr_assert_eq(v->reports_count, 1);
        expect_report(&v->reports[0], (struct figures){cases[i].exec_type, cases[i].status, 30, 10, 0, 1000});
        cr_expect_eq(v->reports[0].reason, cases[i].reason);
        const struct order_state *order = orders_view_find(v->orders, 1);
        cr_assert_not_null(order);
        cr_expect_not(order_state_is_open(order));
        views_free(v);
    }
}

Test(orders_view, answers_an_order_that_was_sent_again) {
    struct views *v = views_new();
    const struct event again = {.kind = EVENT_ORDER_STATUS, .instrument = BUTTER,
                                .order_status = {.order_id = 1, .participant = ANNA}};
    COMMAND(v, named(1, ANNA, "a"), accepted(1, ANNA, SIDE_SELL, 30, 100));
    COMMAND(v, again);
    cr_assert_eq(v->reports_count, 1);
    expect_report(&v->reports[0], (struct figures){EXEC_TYPE_ORDER_STATUS, ORD_STATUS_NEW, 30, 0, 30, 0});
    cr_expect_eq(v->reports[0].flags, REPORT_POSS_DUP);
    expect_name(v->reports[0].client_order_id, "a");
    COMMAND(v, canceled(1, ANNA, SIDE_SELL, 30, 100));
    COMMAND(v, again);
    expect_report(&v->reports[0], (struct figures){EXEC_TYPE_ORDER_STATUS, ORD_STATUS_CANCELED, 30, 0, 0, 0});
    for (uint64_t id = 2; id < 2 + views_ended_max; id++)
        COMMAND(v, accepted(id, ANNA, SIDE_SELL, 1, 100), canceled(id, ANNA, SIDE_SELL, 1, 100));
    COMMAND(v, again);
    cr_expect_eq(v->reports_count, 0, "it was forgotten");
    views_free(v);
}

Test(orders_view, a_queried_order_is_not_a_duplicate) {
    struct views *v = views_new();
    COMMAND(v, named(1, ANNA, "a"), accepted(1, ANNA, SIDE_SELL, 30, 100));
    struct report report;
    orders_view_status(orders_view_find(v->orders, 1), 77, &report);
    expect_report(&report, (struct figures){EXEC_TYPE_ORDER_STATUS, ORD_STATUS_NEW, 30, 0, 30, 0});
    cr_expect_eq(report.flags, 0);
    cr_expect_eq(report.time_ns, 77);
    cr_expect_eq(report.trade_id, 0);
    views_free(v);
}

Test(orders_view, forgets_the_oldest_that_ended_and_no_open_one) {
    struct views *v = views_new();
    COMMAND(v, named(100, ANNA, "open"), accepted(100, ANNA, SIDE_SELL, 1, 100));
    for (uint64_t id = 1; id <= 20; id++) {
        COMMAND(v, accepted(id, ANNA, SIDE_SELL, 1, 100), canceled(id, ANNA, SIDE_SELL, 1, 100));
        for (uint64_t old = 1; old <= id; old++)
            cr_expect_eq(orders_view_find(v->orders, old) != NULL, old + views_ended_max > id, "%lu, %lu", old, id);
    }
    cr_expect_not_null(orders_view_find(v->orders, 100));
    cr_expect_null(orders_view_find(v->orders, 0));
    cr_expect_eq(orders_view_ended_count(v->orders), views_ended_max);
    views_free(v);
}

Test(orders_view, holds_as_many_open_orders_as_the_exchange) {
    struct views *v = views_new();
    for (int round = 0; round < 3; round++) {
        for (uint64_t id = 1; id <= views_limits.orders_max; id++)
            COMMAND(v, accepted(id + (uint64_t)round * 100, ANNA, SIDE_SELL, 1, 100));
        cr_expect_eq(orders_view_open_count(v->orders), views_limits.orders_max);
        for (uint64_t id = 1; id <= views_limits.orders_max; id++)
            COMMAND(v, canceled(id + (uint64_t)round * 100, ANNA, SIDE_SELL, 1, 100));
        cr_expect_eq(orders_view_open_count(v->orders), 0);
    }
    views_free(v);
}

static uint64_t next_id(const struct views *v, struct orders_cursor *cursor) {
    const struct order_state *order = orders_view_next(v->orders, cursor);
    return order ? order->order_id : 0;
}

Test(orders_view, lists_a_participants_open_orders_in_order_of_entry) {
    struct views *v = views_new();
    COMMAND(v, accepted(9, ANNA, SIDE_SELL, 1, 100), accepted(3, BORIS, SIDE_BUY, 1, 90),
            accepted(7, ANNA, SIDE_SELL, 1, 100), accepted(8, ANNA, SIDE_BUY, 1, 90));
    COMMAND(v, canceled(7, ANNA, SIDE_SELL, 1, 100));
    struct orders_cursor cursor = {.participant = ANNA};
    cr_expect_eq(next_id(v, &cursor), 9);
    cr_expect_eq(next_id(v, &cursor), 8);
    cr_expect_eq(next_id(v, &cursor), 0);
    cursor = (struct orders_cursor){.participant = VERA};
    cr_expect_eq(next_id(v, &cursor), 0);
    cursor = (struct orders_cursor){.participant = NAME_NONE};
    cr_expect_eq(next_id(v, &cursor), 0, "who is no participant has no orders");
    views_free(v);
}

Test(orders_view, a_list_goes_on_after_changes) {
    struct views *v = views_new();
    for (uint64_t id = 1; id <= 5; id++) COMMAND(v, accepted(id, ANNA, SIDE_SELL, 1, 100));
    struct orders_cursor cursor = {.participant = ANNA};
    cr_expect_eq(next_id(v, &cursor), 1);
    cr_expect_eq(next_id(v, &cursor), 2);
    for (uint64_t id = 1; id <= 3; id++) COMMAND(v, canceled(id, ANNA, SIDE_SELL, 1, 100));
    /* The record where the walk stands is taken by another order of the same participant. */
    COMMAND(v, accepted(6, BORIS, SIDE_SELL, 1, 100), canceled(6, BORIS, SIDE_SELL, 1, 100));
    COMMAND(v, accepted(7, BORIS, SIDE_SELL, 1, 100), canceled(7, BORIS, SIDE_SELL, 1, 100));
    COMMAND(v, accepted(8, ANNA, SIDE_SELL, 1, 100));
    cr_expect_eq(next_id(v, &cursor), 4);
    cr_expect_eq(next_id(v, &cursor), 5);
    cr_expect_eq(next_id(v, &cursor), 8, "accepted meanwhile");
    cr_expect_eq(next_id(v, &cursor), 0);
    views_free(v);
}
