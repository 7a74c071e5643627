/* test_publisher.c - what readers of market data get, and that what they get is the book. */
#include "engine/views/depth.h"
#include "engine/views/market.h"
#include "gateway/publisher.h"
#include "tests/session/fixture.h"

static struct publisher *publisher;
static struct depth *depth;
static struct market_view *market;
static struct reader readers[4];
static struct event batch[16];
static uint32_t batch_count;

static void open_all(void) {
    fixture_open();
    const struct limits *limits = exchange_limits(fixture->exchange);
    depth = depth_init(zeroed(depth_size(limits)), limits);
    market = market_view_init(zeroed(market_view_size(limits, 4)), limits, 4);
    publisher = calloc(1, sizeof *publisher);
    const struct publisher_views views = {.exchange = fixture->exchange, .depth = depth, .market = market};
    cr_assert_eq(publisher_init(publisher, &views), 0);
    for (int i = 0; i < 4; i++) publisher_join(publisher, &readers[i], &fixture->ports[i].port);
}

static void close_all(void) {
    for (int i = 0; i < 4; i++) publisher_leave(publisher, &readers[i]);
    publisher_close(publisher);
    free(publisher);
    free(depth);
    free(market);
    fixture_close();
}

TestSuite(publisher, .init = open_all, .fini = close_all, .timeout = 20);

static void subscribe(int who, enum channel channel, uint32_t levels) {
    const struct request_subscribe request = {.channel = channel, .depth = levels, .instruments_count = 1};
    since = fixture->ports[who].lines_count;
    cr_assert_eq(publisher_subscribe(publisher, &readers[who], &request), 0);
}

/* ---- what happens in the market ---- */

static struct event *next_event(enum event_kind kind) {
    batch[batch_count] = (struct event){.kind = (uint16_t)kind, .instrument = 0};
    return &batch[batch_count++];
}

static void rest(uint64_t order_id, enum side side, uint32_t ticks, uint32_t lots) {
    struct event *event = next_event(EVENT_ACCEPTED);
    event->flags = EVENT_RESTS;
    event->order = (struct event_order){.order_id = order_id, .price = {ticks}, .quantity = {lots}, .shown = {lots},
                                        .side = (uint8_t)side, .expire_date = date_none};
}

static void cancel(uint64_t order_id, enum side side, uint32_t ticks, uint32_t lots) {
    next_event(EVENT_CANCELED)->order_change = (struct event_order_change){
        .order_id = order_id, .price_before = {ticks}, .shown_before = {lots}, .leaves_before = {lots},
        .side = (uint8_t)side};
}

/* All since the last call was one command. */
static void end_command(void) {
    for (uint32_t i = 0; i < batch_count; i++) {
        depth_apply(depth, &batch[i]);
        market_view_apply(market, &batch[i], 0);
    }
    publisher_on_events(publisher, batch, batch_count, exchange_time_ns(fixture->exchange));
    batch_count = 0;
}

/* ---- what readers hear ---- */

Test(publisher, a_book_begins_with_a_snapshot_and_goes_on_with_levels) {
    rest(1, SIDE_BUY, 400, 5);
    end_command();
    subscribe(0, CHANNEL_BOOK, 20);
    expect_part(heard(0, 0), "\"type\":\"book_snapshot\"");
    expect_part(heard(0, 0), "\"md_seq\":1");
    expect_part(heard(0, 0), "\"bids\":[[\"200.00\",5,1]]");
    expect_no_part(heard(0, 0), "conflated");
    rest(2, SIDE_BUY, 400, 2);
    rest(3, SIDE_SELL, 410, 3);
    end_command();
    expect_part(heard(0, 1), "\"type\":\"book_update\"");
    expect_part(heard(0, 1), "\"md_seq\":2");
    expect_part(heard(0, 1), "\"prev_md_seq\":1");
    expect_part(heard(0, 1), "\"bids\":[[\"200.00\",7,2]]");
    expect_part(heard(0, 1), "\"asks\":[[\"205.00\",3,1]]");
    cancel(3, SIDE_SELL, 410, 3);
    end_command();
    expect_part(heard(0, 2), "\"asks\":[[\"205.00\",0,0]]");
}

Test(publisher, a_shallow_reader_has_exactly_its_best_levels) {
    subscribe(0, CHANNEL_BOOK, 1);
    rest(1, SIDE_BUY, 400, 5);
    end_command();
    rest(2, SIDE_BUY, 390, 1);
    end_command();
    rest(3, SIDE_BUY, 410, 2);
    end_command();
    cancel(3, SIDE_BUY, 410, 2);
    end_command();
    expect_part(heard(0, 1), "\"bids\":[[\"200.00\",5,1]]");
    expect_part(heard(0, 2), "\"md_seq\":3");
    expect_part(heard(0, 2), "\"prev_md_seq\":1");
    expect_part(heard(0, 2), "\"bids\":[[\"205.00\",2,1],[\"200.00\",0,0]]");
    expect_part(heard(0, 3), "\"bids\":[[\"205.00\",0,0],[\"200.00\",5,1]]");
    cr_assert_str_eq(heard(0, 4), "");
}

Test(publisher, a_reader_who_is_behind_gets_one_fresh_snapshot_and_an_unbroken_chain) {
    subscribe(0, CHANNEL_BOOK, 20);
    subscribe(1, CHANNEL_BOOK, 20);
    fixture->ports[0].room = 0;
    uint32_t before = fixture->ports[0].lines_count;
    for (uint64_t i = 1; i <= 5; i++) {
        rest(i, SIDE_BUY, 400, 1);
        end_command();
    }
    cr_assert_eq(fixture->ports[0].lines_count, before);
    cr_assert(publisher_is_waiting(&readers[0]));
    cr_assert_not(publisher_is_waiting(&readers[1]), "nobody waits for a slow reader");
    fixture->ports[0].room = UINT32_MAX;
    publisher_pump(publisher, &readers[0]);
    publisher_pump(publisher, &readers[0]);
    cr_assert_eq(fixture->ports[0].lines_count, before + 1);
    const char *snapshot = fixture->ports[0].lines[before];
    expect_part(snapshot, "\"type\":\"book_snapshot\"");
    expect_part(snapshot, "\"conflated\":true");
    expect_part(snapshot, "\"md_seq\":5");
    expect_part(snapshot, "[[\"200.00\",5,5]]");
    rest(9, SIDE_BUY, 399, 1);
    end_command();
    expect_part(fixture->ports[0].lines[before + 1], "\"prev_md_seq\":5");
}

Test(publisher, trades_and_ticker_and_status) {
    subscribe(0, CHANNEL_TRADES, 20);
    cr_assert_str_eq(heard(0, 0), "");
    subscribe(1, CHANNEL_TICKER, 20);
    expect_part(heard(1, 0), "\"type\":\"ticker\"");
    subscribe(2, CHANNEL_STATUS, 20);
    expect_part(heard(2, 0), "\"type\":\"status\"");
    expect_part(heard(2, 0), "\"phase\":\"continuous\"");
    uint32_t before[3];
    for (int i = 0; i < 3; i++) before[i] = fixture->ports[i].lines_count;
    rest(1, SIDE_BUY, 400, 5);
    end_command();
    next_event(EVENT_TRADE)->trade = (struct event_trade){
        .trade_id = 1, .maker_order_id = 1, .taker_order_id = 2, .price = {400}, .quantity = {2}, .maker_leaves = {3}};
    end_command();
    const char *trade = fixture->ports[0].lines[before[0]];
    expect_part(trade, "\"type\":\"trade\"");
    expect_part(trade, "\"price\":\"200.00\"");
    expect_part(trade, "\"md_seq\":1");
    expect_part(trade, "\"prev_md_seq\":0");
    expect_part(trade, "\"trade_date\":\"2021-06-28\"");
    cr_assert_eq(fixture->ports[1].lines_count, before[1] + 2);
    expect_part(fixture->ports[1].lines[before[1] + 1], "\"last_px\":\"200.00\"");
    struct command halt = {.kind = COMMAND_HALT, .participant = NAME_NONE, .user = NAME_NONE,
                           .halt = {.scope = HALT_INSTRUMENT, .halted = 1}};
    world(halt);
    next_event(EVENT_HALT)->halt = (struct event_halt){.scope = HALT_INSTRUMENT, .halted = 1};
    end_command();
    expect_part(fixture->ports[2].lines[before[2]], "\"phase\":\"halted\"");
}

Test(publisher, unsubscribing_ends_it_and_subscribing_again_starts_afresh) {
    subscribe(0, CHANNEL_BOOK, 20);
    subscribe(0, CHANNEL_BOOK, 5);
    expect_part(heard(0, 0), "book_snapshot");
    rest(1, SIDE_BUY, 400, 5);
    end_command();
    expect_part(heard(0, 1), "book_update");
    cr_assert_str_eq(heard(0, 2), "", "one subscription, not two");
    const struct request_subscribe all = {.channel = CHANNEL_BOOK, .all = 1};
    publisher_unsubscribe(publisher, &readers[0], &all);
    rest(2, SIDE_BUY, 400, 5);
    end_command();
    cr_assert_str_eq(heard(0, 2), "");
}

Test(publisher, leaving_while_a_snapshot_waits_leaves_nothing_behind) {
    fixture->ports[0].room = 0;
    subscribe(0, CHANNEL_BOOK, 20);
    subscribe(0, CHANNEL_TICKER, 20);
    cr_assert(publisher_is_waiting(&readers[0]));
    publisher_leave(publisher, &readers[0]);
    cr_assert_not(publisher_is_waiting(&readers[0]));
    rest(2, SIDE_BUY, 400, 5);
    end_command();
}
