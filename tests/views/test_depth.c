/* test_depth.c - the book as the public sees it. */
#include "tests/views/fixture.h"

static void expect_side(const struct views *v, enum side side, const struct depth_level *expected, uint32_t count) {
    struct depth_level levels[16];
    uint32_t found = depth_top(v->depth, BUTTER, side, levels, 16);
    cr_assert_eq(found, count, "%u levels, not %u", found, count);
    for (uint32_t i = 0; i < count; i++) {
        cr_expect_eq(levels[i].price.ticks, expected[i].price.ticks, "level %u", i);
        cr_expect_eq(levels[i].quantity_lots, expected[i].quantity_lots, "level %u", i);
        cr_expect_eq(levels[i].orders_count, expected[i].orders_count, "level %u", i);
    }
    cr_expect_eq(depth_levels_count(v->depth, BUTTER, side), count);
}
#define EXPECT_SIDE(v, side, ...) \
    expect_side(v, side, (const struct depth_level[]){__VA_ARGS__}, \
                sizeof((const struct depth_level[]){__VA_ARGS__}) / sizeof(struct depth_level))
#define EXPECT_EMPTY(v, side) expect_side(v, side, NULL, 0)
#define LEVEL(ticks_, lots_, orders_) {.price.ticks = (ticks_), .quantity_lots = (lots_), .orders_count = (orders_)}

Test(depth, shows_the_best_first) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_BUY, 5, 100), accepted(2, ANNA, SIDE_BUY, 6, 102),
            accepted(3, BORIS, SIDE_BUY, 7, 100), accepted(4, BORIS, SIDE_SELL, 8, 110),
            accepted(5, BORIS, SIDE_SELL, 9, 105));
    EXPECT_SIDE(v, SIDE_BUY, LEVEL(102, 6, 1), LEVEL(100, 12, 2));
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(105, 9, 1), LEVEL(110, 8, 1));
    struct depth_level one;
    cr_expect_eq(depth_top(v->depth, BUTTER, SIDE_BUY, &one, 1), 1);
    cr_expect_eq(one.price.ticks, 102);
    cr_expect_eq(depth_best(v->depth, BUTTER, SIDE_SELL).price.ticks, 105);
    cr_expect_eq(depth_best(v->depth, TIMBER, SIDE_SELL).price.ticks, 0, "books do not mix");
    cr_expect_eq(depth_at(v->depth, BUTTER, SIDE_BUY, (price){100}).quantity_lots, 12);
    cr_expect_eq(depth_at(v->depth, BUTTER, SIDE_BUY, (price){101}).orders_count, 0);
    cr_expect_eq(depth_at(v->depth, BUTTER, SIDE_BUY, (price){90000000}).orders_count, 0);
    views_free(v);
}

Test(depth, reaches_from_one_tick_to_the_largest_price) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_SELL, 1, 1), accepted(2, ANNA, SIDE_SELL, 2, price_ticks_max),
            accepted(3, ANNA, SIDE_SELL, 3, 262144), accepted(4, ANNA, SIDE_SELL, 4, 511),
            accepted(5, ANNA, SIDE_SELL, 5, 512));
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(1, 1, 1), LEVEL(511, 4, 1), LEVEL(512, 5, 1), LEVEL(262144, 3, 1),
                LEVEL(price_ticks_max, 2, 1));
    COMMAND(v, canceled(1, ANNA, SIDE_SELL, 1, 1), canceled(3, ANNA, SIDE_SELL, 3, 262144));
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(511, 4, 1), LEVEL(512, 5, 1), LEVEL(price_ticks_max, 2, 1));
    views_free(v);
}

Test(depth, a_level_holds_more_than_32_bits_of_lots) {
    struct views *v = views_new();
    for (uint64_t id = 1; id <= 8; id++) COMMAND(v, accepted(id, ANNA, SIDE_BUY, QUANTITY_LOTS_MAX, 100));
    EXPECT_SIDE(v, SIDE_BUY, LEVEL(100, UINT64_C(8000000000), 8));
    views_free(v);
}

Test(depth, a_trade_takes_from_the_makers_level) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_SELL, 10, 100), accepted(2, BORIS, SIDE_SELL, 4, 100),
            accepted(3, ANNA, SIDE_SELL, 6, 101));
    COMMAND(v, incoming(4, VERA, SIDE_BUY, 20, 101),
            trade(1, SIDE_BUY, (struct trade_side){1, ANNA, 0}, (struct trade_side){4, VERA, 10}, 10, 100));
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(100, 4, 1), LEVEL(101, 6, 1));
    struct event rested = change(EVENT_RESTED, 4, VERA, SIDE_BUY);
    rested.order_change.price.ticks = 101;
    rested.order_change.shown.lots = rested.order_change.leaves.lots = 1;
    COMMAND(v, trade(2, SIDE_BUY, (struct trade_side){2, BORIS, 0}, (struct trade_side){4, VERA, 6}, 4, 100),
            trade(3, SIDE_BUY, (struct trade_side){3, ANNA, 1}, (struct trade_side){4, VERA, 1}, 5, 101), rested);
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(101, 1, 1));
    EXPECT_SIDE(v, SIDE_BUY, LEVEL(101, 1, 1));
    views_free(v);
}

Test(depth, an_iceberg_shows_slice_after_slice) {
    struct views *v = views_new();
    struct event iceberg = accepted(1, ANNA, SIDE_SELL, 25, 100);
    iceberg.order.display.lots = iceberg.order.shown.lots = 10;
    COMMAND(v, iceberg);
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(100, 10, 1));
    struct event slice = change(EVENT_REFRESHED, 1, ANNA, SIDE_SELL);
    slice.order_change.price.ticks = 100;
    slice.order_change.shown.lots = 10;
    slice.order_change.leaves.lots = 15;
    COMMAND(v, incoming(2, BORIS, SIDE_BUY, 13, 100),
            trade(1, SIDE_BUY, (struct trade_side){1, ANNA, 15}, (struct trade_side){2, BORIS, 3}, 10, 100), slice,
            trade(2, SIDE_BUY, (struct trade_side){1, ANNA, 12}, (struct trade_side){2, BORIS, 0}, 3, 100));
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(100, 7, 1));
    struct event cancel = canceled(1, ANNA, SIDE_SELL, 12, 100);
    cancel.order_change.shown_before.lots = 7;
    COMMAND(v, cancel);
    EXPECT_EMPTY(v, SIDE_SELL);
    views_free(v);
}

Test(depth, all_or_none_and_waiting_stops_are_not_shown) {
    struct views *v = views_new();
    struct event hidden = accepted(1, ANNA, SIDE_SELL, 10, 100), stop = incoming(2, ANNA, SIDE_BUY, 5, 0);
    hidden.order.shown.lots = 0;
    hidden.order.order_flags = ORDER_ALL_OR_NONE;
    stop.flags = EVENT_PENDING;
    COMMAND(v, hidden, stop);
    EXPECT_EMPTY(v, SIDE_SELL);
    EXPECT_EMPTY(v, SIDE_BUY);
    struct event fill = trade(1, SIDE_BUY, (struct trade_side){1, ANNA, 0}, (struct trade_side){3, BORIS, 0}, 10, 100);
    fill.flags |= TRADE_MAKER_HIDDEN;
    COMMAND(v, accepted(4, VERA, SIDE_SELL, 3, 100), incoming(3, BORIS, SIDE_BUY, 10, 100), fill);
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(100, 3, 1));
    struct event triggered = change(EVENT_TRIGGERED, 2, ANNA, SIDE_BUY);
    triggered.order_change.price.ticks = 99;
    triggered.order_change.shown.lots = triggered.order_change.leaves.lots = 5;
    COMMAND(v, triggered);
    EXPECT_SIDE(v, SIDE_BUY, LEVEL(99, 5, 1));
    views_free(v);
}

Test(depth, an_amended_order_moves) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_BUY, 10, 100), accepted(2, BORIS, SIDE_BUY, 3, 100));
    struct event event = change(EVENT_REPLACED, 1, ANNA, SIDE_BUY);
    event.order_change.price_before.ticks = 100;
    event.order_change.shown_before.lots = event.order_change.leaves_before.lots = 10;
    event.order_change.price.ticks = 104;
    event.order_change.shown.lots = event.order_change.leaves.lots = event.order_change.quantity.lots = 8;
    COMMAND(v, event);
    EXPECT_SIDE(v, SIDE_BUY, LEVEL(104, 8, 1), LEVEL(100, 3, 1));
    event.order_change.price_before.ticks = 104;
    event.order_change.shown_before.lots = event.order_change.leaves_before.lots = 8;
    event.order_change.shown.lots = event.order_change.leaves.lots = event.order_change.quantity.lots = 5;
    event.flags = EVENT_PRIORITY_KEPT;
    COMMAND(v, event);
    EXPECT_SIDE(v, SIDE_BUY, LEVEL(104, 5, 1), LEVEL(100, 3, 1));
    views_free(v);
}

Test(depth, a_restated_order_stays_and_an_incoming_one_was_never_there) {
    struct views *v = views_new();
    COMMAND(v, accepted(1, ANNA, SIDE_SELL, 30, 100));
    struct event maker = change(EVENT_RESTATED, 1, ANNA, SIDE_SELL), taker = change(EVENT_CANCELED, 2, ANNA, SIDE_BUY);
    maker.order_change.price_before.ticks = maker.order_change.price.ticks = 100;
    maker.order_change.shown_before.lots = maker.order_change.leaves_before.lots = 30;
    maker.order_change.shown.lots = maker.order_change.leaves.lots = maker.order_change.quantity.lots = 18;
    taker.order_change.leaves_before.lots = 12;
    COMMAND(v, incoming(2, ANNA, SIDE_BUY, 12, 100), maker, taker);
    EXPECT_SIDE(v, SIDE_SELL, LEVEL(100, 18, 1));
    EXPECT_EMPTY(v, SIDE_BUY);
    views_free(v);
}

Test(depth, says_from_which_price_on_it_changed) {
    struct views *v = views_new();
    cr_expect_eq(depth_dirty(v->depth, BUTTER, SIDE_BUY).ticks, 0);
    COMMAND(v, accepted(1, ANNA, SIDE_BUY, 10, 100), accepted(2, ANNA, SIDE_BUY, 10, 90),
            accepted(3, ANNA, SIDE_SELL, 10, 110), accepted(4, ANNA, SIDE_SELL, 10, 120));
    cr_expect_eq(depth_dirty(v->depth, BUTTER, SIDE_BUY).ticks, 100, "the best that changed");
    cr_expect_eq(depth_dirty(v->depth, BUTTER, SIDE_SELL).ticks, 110);
    cr_expect_eq(depth_dirty(v->depth, TIMBER, SIDE_SELL).ticks, 0);
    depth_settle(v->depth, BUTTER);
    cr_expect_eq(depth_dirty(v->depth, BUTTER, SIDE_BUY).ticks, 0);
    COMMAND(v, canceled(2, ANNA, SIDE_BUY, 10, 90));
    cr_expect_eq(depth_dirty(v->depth, BUTTER, SIDE_BUY).ticks, 90);
    cr_expect_eq(depth_dirty(v->depth, BUTTER, SIDE_SELL).ticks, 0);
    views_free(v);
}

/* One group of 512 prices is all there is: an order may still move within it and, alone, out of it. */
Test(depth, an_order_that_moves_needs_no_room_for_two) {
    struct limits limits = views_limits;
    limits.orders_max = limits.price_leaves_max = limits.price_branches_max = 1;
    struct depth *depth = depth_init(views_memory(depth_size(&limits)), &limits);
    const struct event first = accepted(1, ANNA, SIDE_BUY, 10, 100);
    depth_apply(depth, &first);
    struct event event = change(EVENT_REPLACED, 1, ANNA, SIDE_BUY);
    const uint32_t path[] = {100, 101, 5000000, 5000000, 1};
    for (uint32_t i = 1; i < sizeof path / sizeof *path; i++) {
        event.order_change.price_before.ticks = path[i - 1];
        event.order_change.price.ticks = path[i];
        event.order_change.shown_before.lots = event.order_change.shown.lots = 10;
        depth_apply(depth, &event);
        depth_verify(depth);
        cr_expect_eq(depth_best(depth, BUTTER, SIDE_BUY).price.ticks, path[i]);
    }
    free(depth);
}
