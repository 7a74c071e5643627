/* test_deals.c - the register of deals. */
#include "tests/views/fixture.h"

/* A deal of 2 lots at 100 between two participants: both orders come in for it and are filled. */
static uint64_t make_deal(struct views *v, uint32_t buyer, uint32_t seller) {
    static const uint64_t first_order_id = 1000;
    uint64_t trade_id = v->sequence + 1, maker = first_order_id + 2 * trade_id, taker = maker + 1;
    COMMAND(v, accepted(maker, seller, SIDE_SELL, 2, 100), incoming(taker, buyer, SIDE_BUY, 2, 100),
            trade(trade_id, SIDE_BUY, (struct trade_side){maker, seller, 0}, (struct trade_side){taker, buyer, 0}, 2,
                  100));
    return trade_id;
}

static struct deals_cursor all_of(uint32_t participant) {
    return (struct deals_cursor){.participant = participant, .from_date = date_none, .to_date = date_none};
}

static uint64_t next_trade(const struct views *v, struct deals_cursor *cursor) {
    const struct deal *deal = deals_next(v->deals, cursor);
    return deal ? deal->trade_id : 0;
}

Test(deals, a_deal_says_who_sold_what_to_whom) {
    const enum side taker_sides[] = {SIDE_BUY, SIDE_SELL};
    for (uint32_t i = 0; i < 2; i++) {
        enum side taker_side = taker_sides[i], maker_side = taker_side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
        struct views *v = views_new();
        struct event maker = accepted(1, BROKER, maker_side, 30, 100);
        maker.order.principal = VERA;
        COMMAND(v, maker);
        COMMAND(v, incoming(2, BORIS, taker_side, 10, 100),
                trade(7, taker_side, (struct trade_side){1, BROKER, 20}, (struct trade_side){2, BORIS, 0}, 10, 100));
        cr_assert_eq(deals_count(v->deals), 1);
        const struct deal *deal = deals_find(v->deals, 7);
        cr_assert_not_null(deal);
        cr_expect_eq(deal->contract_id, 7);
        cr_expect_eq(deal->trade_date, date_from_civil(2021, 1, 4));
        cr_expect_eq(deal->instrument, BUTTER);
        cr_expect_eq(deal->price.ticks, 100);
        cr_expect_eq(deal->quantity.lots, 10);
        cr_expect_eq(deal->value, 1000);
        cr_expect_eq(deal->deal_class, DEAL_EXPORT);
        cr_expect_eq(deal->state, DEAL_STATE_DEAL);
        cr_expect_eq(deal->taker_side, taker_side);
        cr_expect_eq(deal->parties[maker_side].participant, BROKER);
        cr_expect_eq(deal->parties[maker_side].principal, VERA);
        cr_expect_eq(deal->parties[maker_side].order_id, 1);
        cr_expect_eq(deal->parties[taker_side].participant, BORIS);
        cr_expect_eq(deal->parties[taker_side].principal, BORIS);
        views_free(v);
    }
}

/* FEE-7: both sides are told, of an order that is still known and of one that is not; other deals stay as they are. */
Test(deals, a_bust_marks_the_deal_and_tells_both_sides) {
    struct views *v = views_new();
    uint64_t first = make_deal(v, ANNA, BORIS), second = make_deal(v, ANNA, BORIS);
    const struct event busted = {.kind = EVENT_BUSTED, .instrument = BUTTER, .busted = {
        .trade_id = second, .fees = {{216}, {546}}, .fee_currencies = {CURRENCY_USD, CURRENCY_BYN}}};
    COMMAND(v, busted);
    cr_expect_eq(v->reports_count, 0, "orders stay as they are");
    cr_expect_eq(deals_find(v->deals, second)->state, DEAL_STATE_BUSTED);
    cr_expect_eq(deals_find(v->deals, first)->state, DEAL_STATE_DEAL);
    struct report told[deals_reports_max];
    cr_assert_eq(deals_reports(v->deals, v->orders, &busted, 9, 4, v->time_ns, told), 2);
    const uint32_t who[] = {ANNA, BORIS};
    const int64_t fees[] = {-216, -546};
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        const struct report *report = &told[side];
        cr_expect(report->exec_type == EXEC_TYPE_TRADE_CANCEL && report->participant == who[side]);
        cr_expect(report->side == side && report->trade_id == second && report->ord_status == ORD_STATUS_FILLED);
        cr_expect(report->last_quantity.lots == 2 && report->last_price.ticks == 100);
        cr_expect(report->fee.minor == fees[side] && report->flags == REPORT_HAS_FEE);
        cr_expect(report->exec_sequence == 9 && report->exec_index == 4);
    }
    cr_expect_eq(told[SIDE_BUY].fee_currency, CURRENCY_USD);
    for (uint32_t i = 0; i < views_ended_max; i++) make_deal(v, VERA, BORIS);
    if (deals_find(v->deals, second) != NULL) {
        cr_assert_null(orders_view_find(v->orders, told[SIDE_BUY].order_id), "the order is no longer on record");
        cr_assert_eq(deals_reports(v->deals, v->orders, &busted, 9, 4, v->time_ns, told), 2);
        cr_expect(told[SIDE_BUY].order_id != 0 && told[SIDE_BUY].participant == ANNA);
        cr_expect(told[SIDE_BUY].order_quantity.lots == 2 && told[SIDE_BUY].leaves_quantity.lots == 0);
    }
    const struct event unknown = {.kind = EVENT_BUSTED, .busted = {.trade_id = 12345}};
    cr_expect_eq(deals_reports(v->deals, v->orders, &unknown, 9, 4, v->time_ns, told), 0);
    views_free(v);
}

Test(deals, lists_those_of_a_participant_in_order) {
    struct views *v = views_new();
    uint64_t first = make_deal(v, ANNA, BORIS), second = make_deal(v, VERA, ANNA);
    make_deal(v, VERA, BORIS);
    struct deals_cursor cursor = all_of(ANNA);
    cr_expect_eq(next_trade(v, &cursor), first);
    cr_expect_eq(next_trade(v, &cursor), second);
    cr_expect_eq(next_trade(v, &cursor), 0);
    uint64_t later = make_deal(v, ANNA, VERA);
    cr_expect_eq(next_trade(v, &cursor), later, "made after the list had ended");
    cr_expect_eq(next_trade(v, &cursor), 0);
    cursor = all_of(NAME_NONE);
    cr_expect_eq(next_trade(v, &cursor), 0, "who is no participant has no deals");
    views_free(v);
}

Test(deals, a_cross_of_two_clients_is_listed_once) {
    struct views *v = views_new();
    uint64_t cross = make_deal(v, BROKER, BROKER), next = make_deal(v, BROKER, ANNA);
    struct deals_cursor cursor = all_of(BROKER);
    cr_expect_eq(next_trade(v, &cursor), cross);
    cr_expect_eq(next_trade(v, &cursor), next);
    cr_expect_eq(next_trade(v, &cursor), 0);
    views_free(v);
}

Test(deals, dates_bound_a_list_on_both_ends) {
    struct views *v = views_new();
    uint64_t trades[4];
    for (int32_t day = 0; day < 4; day++) {
        v->time_ns = morning_of(2021, 1, 4 + day);
        trades[day] = make_deal(v, ANNA, BORIS);
    }
    const struct { int32_t from, to; int32_t first, count; } cases[] = {
        {date_none, date_none, 0, 4}, {1, date_none, 1, 3}, {date_none, 2, 0, 3},
        {1, 2, 1, 2}, {2, 2, 2, 1}, {4, 9, 0, 0}};
    const int32_t base = date_from_civil(2021, 1, 4);
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct deals_cursor cursor = {.participant = BORIS,
            .from_date = cases[i].from == date_none ? date_none : base + cases[i].from,
            .to_date = cases[i].to == date_none ? date_none : base + cases[i].to};
        for (int32_t k = 0; k < cases[i].count; k++)
            cr_expect_eq(next_trade(v, &cursor), trades[cases[i].first + k], "case %u, deal %d", i, k);
        cr_expect_eq(next_trade(v, &cursor), 0, "case %u ends", i);
    }
    views_free(v);
}

Test(deals, the_oldest_is_forgotten_first) {
    struct views *v = views_new();
    uint64_t trades[12];
    const uint32_t parties[][2] = {{ANNA, BORIS}, {BORIS, VERA}, {BROKER, BROKER}};
    for (uint32_t i = 0; i < 12; i++) {
        trades[i] = make_deal(v, parties[i % 3][0], parties[i % 3][1]);
        for (uint32_t old = 0; old <= i; old++)
            cr_expect_eq(deals_find(v->deals, trades[old]) != NULL, old + views_deals_max > i, "%u after %u", old, i);
    }
    cr_expect_eq(deals_count(v->deals), views_deals_max);
    cr_expect_null(deals_find(v->deals, trades[11] + 1));
    cr_expect_null(deals_find(v->deals, 0));
    struct deals_cursor cursor = all_of(BORIS);
    for (uint32_t i = 7; i < 12; i++)
        if (i % 3 != 2) cr_expect_eq(next_trade(v, &cursor), trades[i]);
    cr_expect_eq(next_trade(v, &cursor), 0);
    views_free(v);
}

Test(deals, who_was_forgotten_altogether_begins_a_new_list) {
    struct views *v = views_new();
    make_deal(v, ANNA, BORIS);
    for (uint32_t i = 0; i < views_deals_max; i++) make_deal(v, VERA, BROKER);
    struct deals_cursor cursor = all_of(ANNA);
    cr_expect_eq(next_trade(v, &cursor), 0);
    uint64_t trades[] = {make_deal(v, ANNA, VERA), make_deal(v, BROKER, ANNA)};
    cr_expect_eq(next_trade(v, &cursor), trades[0]);
    cr_expect_eq(next_trade(v, &cursor), trades[1]);
    cr_expect_eq(next_trade(v, &cursor), 0);
    cursor = all_of(BORIS);
    cr_expect_eq(next_trade(v, &cursor), 0);
    views_free(v);
}

Test(deals, a_list_goes_on_where_its_place_was_forgotten) {
    struct views *v = views_new();
    uint64_t trades[9];
    for (uint32_t i = 0; i < 2; i++) trades[i] = make_deal(v, ANNA, BORIS);
    struct deals_cursor cursor = all_of(ANNA);
    cr_expect_eq(next_trade(v, &cursor), trades[0]);
    for (uint32_t i = 2; i < 9; i++) trades[i] = make_deal(v, ANNA, BORIS);
    for (uint32_t i = 9 - views_deals_max; i < 9; i++) cr_expect_eq(next_trade(v, &cursor), trades[i]);
    cr_expect_eq(next_trade(v, &cursor), 0);
    views_free(v);
}
