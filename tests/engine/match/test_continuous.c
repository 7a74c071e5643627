/* test_continuous.c - the walk of an incoming order: priority, prices, special orders. Expected events by hand, from
 * engine/match/MATCHING.md. */
#include "tests/engine/fixture.h"

static const struct event_trade *trade_at(const struct fixture *f, uint32_t index) {
    cr_assert_eq(f->events[index].kind, EVENT_TRADE);
    return &f->events[index].trade;
}

Test(continuous, better_price_first_then_earlier_entry_at_the_resting_price) {
    struct fixture *f = fixture_new();
    uint64_t late = enter(f, order(BY_A, SIDE_SELL, 5, 541));
    uint64_t first = enter(f, order(BY_A, SIDE_SELL, 2, 540));
    uint64_t second = enter(f, order(LT_C, SIDE_SELL, 2, 540));
    fixture_apply(f, order(UA_B, SIDE_BUY, 6, 542));
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_TRADE, EVENT_TRADE);
    const uint64_t makers[] = { first, second, late };
    const uint32_t ticks[] = { 540, 540, 541 }, lots[] = { 2, 2, 2 }, maker_leaves[] = { 0, 0, 3 }, left[] = { 4, 2, 0 };
    for (uint32_t i = 0; i < 3; i++) {
        const struct event_trade *trade = trade_at(f, i + 1);
        cr_assert_eq(trade->maker_order_id, makers[i]);
        cr_assert_eq(trade->price.ticks, ticks[i]);
        cr_assert_eq(trade->quantity.lots, lots[i]);
        cr_assert_eq(trade->maker_leaves.lots, maker_leaves[i]);
        cr_assert_eq(trade->taker_leaves.lots, left[i]);
        cr_assert_eq(trade->trade_id, i + 1);
    }
    cr_assert_eq(trade_at(f, 1)->deal_class, DEAL_EXPORT);
    cr_assert_eq(trade_at(f, 2)->deal_class, DEAL_TRANSIT);
    fixture_free(f);
}

Test(continuous, a_rest_stands_at_its_own_price) {
    struct fixture *f = fixture_new();
    enter(f, order(BY_A, SIDE_SELL, 2, 540));
    fixture_apply(f, order(UA_B, SIDE_BUY, 5, 541));
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_RESTED);
    cr_assert_eq(f->events[2].order_change.price.ticks, 541);
    cr_assert_eq(f->events[2].order_change.shown.lots, 3);
    cr_assert_eq(exchange_best(f->exchange, MILK, SIDE_BUY).ticks, 541);
    cr_assert_eq(exchange_best(f->exchange, MILK, SIDE_SELL).ticks, 0);
    fixture_free(f);
}

Test(continuous, an_iceberg_shows_slices_and_goes_to_the_back) {
    struct fixture *f = fixture_new();
    struct command iceberg = order(BY_A, SIDE_SELL, 5, 540);
    iceberg.new_order.display.lots = 2;
    iceberg.new_order.has_display = 1;
    uint64_t ice = enter(f, iceberg);
    cr_assert_eq(f->events[0].order.shown.lots, 2);
    uint64_t plain = enter(f, order(LT_C, SIDE_SELL, 1, 540));
    fixture_apply(f, order(UA_B, SIDE_BUY, 4, 540));
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_REFRESHED, EVENT_TRADE, EVENT_TRADE);
    cr_assert_eq(trade_at(f, 1)->maker_order_id, ice);
    cr_assert_eq(trade_at(f, 1)->maker_leaves.lots, 3);
    cr_assert_eq(f->events[2].order_change.shown.lots, 2);
    cr_assert_eq(trade_at(f, 3)->maker_order_id, plain);
    cr_assert_eq(trade_at(f, 4)->maker_order_id, ice);
    cr_assert_eq(trade_at(f, 4)->quantity.lots, 1);
    fixture_free(f);
}

Test(continuous, all_or_none_waits_for_one_order_that_fills_it) {
    struct fixture *f = fixture_new();
    struct command whole = order(BY_A, SIDE_SELL, 4, 540);
    whole.new_order.flags = ORDER_ALL_OR_NONE;
    uint64_t id = enter(f, whole);
    cr_assert_eq(f->events[0].order.shown.lots, 0);
    enter(f, order(UA_B, SIDE_BUY, 3, 540));
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_RESTED);
    fixture_apply(f, order(UA_B, SIDE_BUY, 4, 540));
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE);
    cr_assert_eq(trade_at(f, 1)->maker_order_id, id);
    cr_assert(f->events[1].flags & TRADE_MAKER_HIDDEN);
    fixture_free(f);
}

Test(continuous, conditions_are_decided_before_anything_happens) {
    struct fixture *f = fixture_new();
    enter(f, order(BY_A, SIDE_SELL, 3, 540));
    struct command c = order(UA_B, SIDE_BUY, 4, 540);
    c.new_order.time_in_force = TIF_FOK;
    cr_assert_eq(reason_of(f, c), REJECT_FOK_NOT_FILLABLE);
    cr_assert_eq(f->events[0].rejected.allowed_high, 3);
    c.new_order.time_in_force = TIF_DAY;
    c.new_order.flags = ORDER_POST_ONLY;
    cr_assert_eq(reason_of(f, c), REJECT_POST_ONLY_WOULD_TRADE);
    c.new_order.flags = 0;
    c.new_order.time_in_force = TIF_IOC;
    c.new_order.min.lots = 4;
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_CANCELED);
    cr_assert_eq(f->events[1].order_change.reason, REJECT_PARTIAL_NOT_ALLOWED);
    c.new_order.min.lots = 3;
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_CANCELED);
    cr_assert_eq(f->events[2].order_change.cause, CAUSE_REMAINDER);
    cr_assert_eq(f->events[2].order_change.reason, REJECT_NONE);
    fixture_free(f);
}

/* An own sell of 3 stands before a foreign one of 3; an own buy of 5 comes in. */
static struct fixture *meet_myself(enum stp mode) {
    struct fixture *f = fixture_new();
    enter(f, order(UA_B, SIDE_SELL, 3, 540));
    enter(f, order(BY_A, SIDE_SELL, 3, 540));
    struct command c = order(UA_B, SIDE_BUY, 5, 540);
    c.new_order.stp = (uint8_t)mode;
    fixture_apply(f, c);
    return f;
}

Test(continuous, self_trade_cancels_the_newest) {
    struct fixture *f = meet_myself(STP_CANCEL_NEWEST);
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_CANCELED);
    cr_assert_eq(f->events[1].order_change.reason, REJECT_SELF_TRADE_PREVENTED);
    cr_assert_eq(f->events[1].order_change.leaves_before.lots, 5);
    fixture_free(f);
}

Test(continuous, self_trade_cancels_the_oldest_and_goes_on) {
    struct fixture *f = meet_myself(STP_CANCEL_OLDEST);
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_CANCELED, EVENT_TRADE, EVENT_RESTED);
    cr_assert_eq(f->events[1].order_change.shown_before.lots, 3);
    cr_assert_eq(f->events[3].order_change.leaves.lots, 2);
    fixture_free(f);
}

Test(continuous, self_trade_cancels_both) {
    struct fixture *f = meet_myself(STP_CANCEL_BOTH);
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_CANCELED, EVENT_CANCELED);
    cr_assert_eq(f->events[1].order_change.side, SIDE_SELL);
    cr_assert_eq(f->events[2].order_change.side, SIDE_BUY);
    fixture_free(f);
}

Test(continuous, self_trade_takes_the_smaller_quantity_off_both) {
    struct fixture *f = meet_myself(STP_DECREMENT);
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_CANCELED, EVENT_RESTATED, EVENT_TRADE);
    cr_assert_eq(f->events[2].order_change.leaves_before.lots, 5);
    cr_assert_eq(f->events[2].order_change.leaves.lots, 2);
    cr_assert_eq(f->events[2].order_change.quantity.lots, 2);
    cr_assert_eq(trade_at(f, 3)->quantity.lots, 2);
    fixture_free(f);
}

Test(continuous, no_trade_beyond_the_collar) {
    struct fixture *f = fixture_new();                       /* reference 540: trades within 486 .. 594 */
    enter(f, order(BY_A, SIDE_SELL, 1, 594));
    enter(f, order(BY_A, SIDE_SELL, 1, 595));
    fixture_apply(f, order(UA_B, SIDE_BUY, 2, 600));
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_RESTED);
    cr_assert_eq(trade_at(f, 1)->price.ticks, 594);
    cr_assert_eq(f->events[2].order_change.price.ticks, 600);
    fixture_free(f);
}

Test(continuous, a_market_order_is_a_limit_at_the_collar) {
    struct fixture *f = fixture_new();
    struct command c = order(UA_B, SIDE_BUY, 2, 0);
    c.new_order.order_type = ORDER_TYPE_MARKET;
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_ACCEPTED);
    cr_assert_eq(f->events[0].order.price.ticks, 594);       /* floor(540 x 1.1) */
    c = order(BY_A, SIDE_SELL, 1, 0);
    c.new_order.order_type = ORDER_TYPE_MARKET;
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE);
    cr_assert_eq(f->events[0].order.price.ticks, 486);       /* ceil(540 x 0.9) */
    cr_assert_eq(trade_at(f, 1)->price.ticks, 594);
    fixture_free(f);
}

static struct command stop(uint32_t participant, enum side side, uint32_t lots, uint32_t stop_ticks, uint32_t limit) {
    struct command c = order(participant, side, lots, limit);
    c.new_order.order_type = limit == 0 ? ORDER_TYPE_STOP : ORDER_TYPE_STOP_LIMIT;
    c.new_order.stop.ticks = stop_ticks;
    return c;
}

Test(continuous, stops_enter_in_the_order_they_were_entered_after_the_command) {
    struct fixture *f = fixture_new();
    uint64_t higher = enter(f, stop(LT_C, SIDE_BUY, 1, 541, 545));
    EXPECT_KINDS(f, EVENT_ACCEPTED);
    cr_assert(f->events[0].flags & EVENT_PENDING);
    uint64_t lower = enter(f, stop(LT_C, SIDE_BUY, 1, 540, 544));
    enter(f, order(BY_A, SIDE_SELL, 2, 541));
    fixture_apply(f, order(UA_B, SIDE_BUY, 2, 541));
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_TRIGGERED, EVENT_TRIGGERED);
    cr_assert_eq(f->events[2].order_change.order_id, higher);
    cr_assert_eq(f->events[3].order_change.order_id, lower);
    cr_assert_eq(exchange_best(f->exchange, MILK, SIDE_BUY).ticks, 545);
    fixture_free(f);
}

Test(continuous, a_sell_stop_becomes_a_market_order_and_may_trigger_the_next) {
    struct fixture *f = fixture_new();
    enter(f, stop(BY_A, SIDE_SELL, 1, 540, 0));
    enter(f, stop(BY_A, SIDE_SELL, 1, 530, 0));
    enter(f, order(UA_B, SIDE_BUY, 1, 540));
    enter(f, order(UA_B, SIDE_BUY, 1, 530));
    enter(f, order(UA_B, SIDE_BUY, 1, 520));
    fixture_apply(f, order(LT_C, SIDE_SELL, 1, 540));
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_TRIGGERED, EVENT_TRADE, EVENT_TRIGGERED, EVENT_TRADE);
    cr_assert_eq(trade_at(f, 3)->price.ticks, 530);
    cr_assert_eq(trade_at(f, 5)->price.ticks, 520);
    fixture_free(f);
}
