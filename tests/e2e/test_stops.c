/* test_stops.c - stop orders: waiting, triggering, the order in which they do, and what follows (ORD-4). */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/market.h"

/* The dairy sells one lot to the trading house at a price: the trade that triggers. */
static void trade_at(struct market *market, const char *id, const char *price) {
    order_enter(market->dairy, id, "sell", 1, price, "");
    order_enter(market->trade, id, "buy", 1, price, "");
    expect_fill(market->trade, id, 1, price, "taker", "filled");
    expect_fill(market->dairy, id, 1, price, "maker", "filled");
}

Test(stops, a_stop_waits_and_then_is_a_market_order) {
    struct market market;
    market_open(&market);
    order_send(market.food, "stop", "buy", 2, NULL, ",'ord_type':'stop','stop_px':'2750.00'");
    expect_report(market.food, "new", "stop", ",'ord_status':'pending_trigger','order_qty':2,'cum_qty':0,"
                  "'leaves_qty':2");
    trade_at(&market, "t1", "2745.00");
    client_expect_quiet(market.food);
    order_enter(market.dairy, "offer", "sell", 2, "2760.00", "");
    trade_at(&market, "t2", "2750.00");
    expect_report(market.food, "triggered", "stop", ",'ord_status':'new','order_qty':2,'cum_qty':0,'leaves_qty':2,"
                  "'price':'3025.00'");
    expect_fill(market.food, "stop", 2, "2760.00", "taker", "filled");
    expect_fill(market.dairy, "offer", 2, "2760.00", "maker", "filled");
    client_expect_quiet(market.food);
    market_close(&market);
}

Test(stops, a_sell_stop_triggers_at_or_below_its_price) {
    struct market market;
    market_open(&market);
    order_enter(market.food, "stop", "sell", 1, "2655.00", ",'ord_type':'stop_limit','stop_px':'2650.00'");
    trade_at(&market, "t1", "2655.00");
    client_expect_quiet(market.food);
    trade_at(&market, "t2", "2645.00");
    expect_report(market.food, "triggered", "stop", ",'ord_status':'new','price':'2655.00','leaves_qty':1");
    client_expect_quiet(market.food);
    order_enter(market.trade, "b1", "buy", 1, "2655.00", "");
    expect_fill(market.trade, "b1", 1, "2655.00", "taker", "filled");
    expect_fill(market.food, "stop", 1, "2655.00", "maker", "filled");
    market_close(&market);
}

/* Three stops of one trade: by entry, buys and sells together. The first one's trade triggers a fourth. */
Test(stops, triggered_stops_come_in_the_order_of_their_entry) {
    struct market market;
    market_open(&market);
    order_enter(market.food, "first", "buy", 1, "2760.00", ",'ord_type':'stop_limit','stop_px':'2750.00'");
    order_enter(market.food, "chained", "buy", 1, "2700.00", ",'ord_type':'stop_limit','stop_px':'2760.00'");
    order_enter(market.food, "second", "buy", 1, "2705.00", ",'ord_type':'stop_limit','stop_px':'2740.00'");
    order_enter(market.food, "third", "buy", 1, "2710.00", ",'ord_type':'stop_limit','stop_px':'2745.00'");
    order_enter(market.dairy, "offer", "sell", 1, "2760.00", "");
    trade_at(&market, "t1", "2750.00");
    expect_report(market.food, "triggered", "first", "");
    expect_fill(market.food, "first", 1, "2760.00", "taker", "filled");
    expect_report(market.food, "triggered", "second", "");
    expect_report(market.food, "triggered", "third", "");
    expect_report(market.food, "triggered", "chained", "");
    client_expect_quiet(market.food);
    market_close(&market);
}

Test(stops, a_waiting_stop_is_canceled_amended_and_expires_like_any_order) {
    struct market market;
    market_open(&market);
    order_enter(market.food, "a", "buy", 2, NULL, ",'ord_type':'stop','stop_px':'2800.00'");
    client_send(market.food, "{'type':'amend_order','cl_ord_id':'a2','orig_cl_ord_id':'a','order_qty':1}");
    expect_report(market.food, "replaced", "a2", ",'orig_cl_ord_id':'a','ord_status':'pending_trigger','order_qty':1,"
                  "'leaves_qty':1");
    client_send(market.food, "{'type':'cancel_order','orig_cl_ord_id':'a2'}");
    expect_report(market.food, "canceled", "a2", ",'ord_status':'canceled','order_qty':1,'cum_qty':0");
    order_enter(market.food, "b", "buy", 1, NULL, ",'ord_type':'stop','stop_px':'2800.00'");
    clock_move(market.root, "2021-06-29T06:00:00Z");
    expect_report(market.food, "expired", "b", ",'ord_status':'expired','leaves_qty':0");
    market_close(&market);
}

Test(stops, post_only_that_would_trade_when_triggered_ends_with_902) {
    struct market market;
    market_open(&market);
    order_enter(market.food, "stop", "buy", 1, "2760.00", ",'ord_type':'stop_limit','stop_px':'2750.00',"
                "'post_only':true");
    order_enter(market.dairy, "offer", "sell", 1, "2760.00", "");
    trade_at(&market, "t1", "2750.00");
    expect_report(market.food, "triggered", "stop", "");
    expect_report(market.food, "canceled", "stop", ",'ord_status':'canceled','code':902,"
                  "'reason':'post_only_would_trade','leaves_qty':0");
    market_close(&market);
}

Test(stops, a_trigger_is_noticed) {
    struct market market;
    char order_id[64];
    market_open(&market);
    order_enter(market.food, "stop", "buy", 1, NULL, ",'ord_type':'stop','stop_px':'2750.00'");
    client_copy(market.food, "order_id", order_id, sizeof order_id);
    trade_at(&market, "t1", "2750.00");
    expect_notice(market.food, 1106, "stop_triggered", order_id);
    market_close(&market);
}
