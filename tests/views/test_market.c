/* test_market.c - the day's figures and the tape. */
#include "tests/views/fixture.h"

struct market_fixture { struct market_view *view; uint64_t trade_id; int64_t time_ns; };

static struct market_fixture market_new(void) {
    return (struct market_fixture){
        .view = market_view_init(views_memory(market_view_size(&views_limits, views_trades_max)), &views_limits,
                                 views_trades_max),
        .time_ns = morning_of(2021, 1, 4)};
}

static void deal(struct market_fixture *m, uint32_t instrument, uint32_t ticks, uint32_t lots) {
    struct event event = {.kind = EVENT_TRADE, .instrument = instrument, .trade = {
        .trade_id = ++m->trade_id, .price.ticks = ticks, .quantity.lots = lots, .deal_class = DEAL_TRANSIT}};
    market_view_apply(m->view, &event, m->time_ns);
    market_view_verify(m->view);
}

static void pass_to(struct market_fixture *m, int64_t time_ns) {
    m->time_ns = time_ns;
    const struct event event = time_passes(time_ns);
    market_view_apply(m->view, &event, time_ns);
    market_view_verify(m->view);
}

struct day { uint32_t open, high, low, last, last_lots, reference; uint64_t trades_count, volume, turnover; };

static void expect_day(const struct market_fixture *m, uint32_t instrument, struct day expected) {
    const struct market_figures *figures = market_view_figures(m->view, instrument);
    cr_expect_eq(figures->open.ticks, expected.open);
    cr_expect_eq(figures->high.ticks, expected.high);
    cr_expect_eq(figures->low.ticks, expected.low);
    cr_expect_eq(figures->last.ticks, expected.last);
    cr_expect_eq(figures->last_quantity.lots, expected.last_lots);
    cr_expect_eq(figures->reference.ticks, expected.reference);
    cr_expect_eq(figures->trades_count, expected.trades_count);
    cr_expect_eq(figures->volume_lots, expected.volume);
    cr_expect_eq(figures->turnover, expected.turnover);
}

Test(market_view, sums_up_the_day) {
    struct market_fixture m = market_new();
    expect_day(&m, BUTTER, (struct day){0});
    cr_expect_eq(market_view_date(m.view), date_none);
    deal(&m, BUTTER, 100, 5);
    deal(&m, BUTTER, 103, 2);
    deal(&m, TIMBER, 7, 1);
    deal(&m, BUTTER, 99, 1);
    deal(&m, BUTTER, 101, 4);
    expect_day(&m, BUTTER, (struct day){100, 103, 99, 101, 4, 0, 4, 12, 500 + 206 + 99 + 404});
    expect_day(&m, TIMBER, (struct day){7, 7, 7, 7, 1, 0, 1, 1, 7});
    cr_expect_eq(market_view_date(m.view), date_from_civil(2021, 1, 4));
    free(m.view);
}

Test(market_view, a_new_date_begins_anew_but_for_the_last_price) {
    const int announced[] = {1, 0};
    for (uint32_t i = 0; i < 2; i++) {
        struct market_fixture m = market_new();
        deal(&m, BUTTER, 100, 5);
        if (announced[i]) {
            pass_to(&m, morning_of(2021, 1, 5));
            expect_day(&m, BUTTER, (struct day){0, 0, 0, 100, 5, 100, 0, 0, 0});
        }
        m.time_ns = morning_of(2021, 1, 5);
        deal(&m, BUTTER, 90, 3);
        expect_day(&m, BUTTER, (struct day){90, 90, 90, 90, 3, 100, 1, 3, 270});
        cr_expect_eq(market_view_date(m.view), date_from_civil(2021, 1, 5));
        free(m.view);
    }
}

/* PRC-7: 40 lots at 200 are too old by a minute; 1 x 100 + 3 x 104 = 412, / 4 = 103; half a tick goes up: 1 x 100 + 1 x
 * 101 = 201, / 2 = 100.5. A date without trades changes nothing. */
Test(market_view, the_reference_is_the_mean_of_the_last_half_hour) {
    const int64_t minute = 60 * NS_PER_SECOND;
    struct market_fixture m = market_new();
    const int64_t start = m.time_ns;
    deal(&m, BUTTER, 200, 40);
    m.time_ns = start + minute;
    deal(&m, BUTTER, 100, 1);
    m.time_ns = start + 30 * minute;
    deal(&m, BUTTER, 104, 3);
    pass_to(&m, morning_of(2021, 1, 5));
    cr_expect_eq(market_view_figures(m.view, BUTTER)->reference.ticks, 103);
    pass_to(&m, morning_of(2021, 1, 6));
    cr_expect_eq(market_view_figures(m.view, BUTTER)->reference.ticks, 103);
    deal(&m, BUTTER, 100, 1);
    deal(&m, BUTTER, 101, 1);
    cr_expect_eq(market_view_figures(m.view, BUTTER)->reference.ticks, 103);
    pass_to(&m, morning_of(2021, 1, 7));
    cr_expect_eq(market_view_figures(m.view, BUTTER)->reference.ticks, 101);
    cr_expect_eq(market_view_figures(m.view, TIMBER)->reference.ticks, 0);
    free(m.view);
}

Test(market_view, the_date_changes_at_midnight_in_minsk) {
    struct market_fixture m = market_new();
    const int64_t midnight_ns = trade_date_begin_ns(date_from_civil(2021, 1, 5), 0);
    pass_to(&m, midnight_ns - 1);
    deal(&m, BUTTER, 100, 5);
    pass_to(&m, midnight_ns - 1);
    expect_day(&m, BUTTER, (struct day){100, 100, 100, 100, 5, 0, 1, 5, 500});
    pass_to(&m, midnight_ns);
    expect_day(&m, BUTTER, (struct day){0, 0, 0, 100, 5, 100, 0, 0, 0});
    free(m.view);
}

/* 300 of the largest trades: 300 x 134217727 x 10^9 = 40265318100 x 10^9; 2^64 is 18446744073.7 x 10^9. */
Test(market_view, turnover_does_not_end_at_64_bits) {
    struct market_fixture m = market_new();
    for (int i = 0; i < 300; i++) deal(&m, BUTTER, price_ticks_max, QUANTITY_LOTS_MAX);
    const struct market_figures *figures = market_view_figures(m.view, BUTTER);
    cr_expect(figures->turnover / 1000000000 == UINT64_C(40265318100));
    cr_expect(figures->turnover % 1000000000 == 0);
    cr_expect_eq(figures->volume_lots, UINT64_C(300000000000));
    free(m.view);
}

Test(market_view, the_tape_keeps_the_latest) {
    struct market_fixture m = market_new();
    for (uint32_t i = 1; i <= 7; i++) {
        deal(&m, BUTTER, 100 + i, i);
        uint32_t kept = i < views_trades_max ? i : views_trades_max;
        cr_assert_eq(market_view_tape_count(m.view, BUTTER), kept);
        for (uint32_t age = 0; age < kept; age++)
            cr_expect_eq(market_view_tape(m.view, BUTTER, age)->price.ticks, 100 + i - age);
    }
    cr_expect_eq(market_view_tape_count(m.view, TIMBER), 0);
    const struct tape_trade *latest = market_view_tape(m.view, BUTTER, 0);
    cr_expect_eq(latest->trade_id, 7);
    cr_expect_eq(latest->quantity.lots, 7);
    cr_expect_eq(latest->time_ns, m.time_ns);
    cr_expect_eq(latest->trade_date, date_from_civil(2021, 1, 4));
    cr_expect_eq(latest->deal_class, DEAL_TRANSIT);
    cr_expect_eq(latest->taker_side, SIDE_SELL);
    free(m.view);
}
