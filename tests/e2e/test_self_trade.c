/* test_self_trade.c - a participant never trades with itself (STP-1); the incoming order says how. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/market.h"

#define SELF_TRADE ",'ord_status':'canceled','leaves_qty':0,'code':901,'reason':'self_trade_prevented','rule':'STP-1'"

Test(self_trade, cancel_newest_ends_the_incoming_order_after_its_fills) {
    struct market market;
    market_open(&market);
    order_enter(market.trade, "s1", "sell", 2, "2695.00", "");
    order_enter(market.dairy, "s2", "sell", 5, "2700.00", "");
    order_enter(market.trade, "s3", "sell", 5, "2700.00", "");
    order_enter(market.dairy, "b1", "buy", 4, "2700.00", "");
    expect_fill(market.dairy, "b1", 2, "2695.00", "taker", "partially_filled");
    expect_report(market.dairy, "canceled", "b1", SELF_TRADE ",'order_qty':4,'cum_qty':2");
    client_expect_quiet(market.dairy);
    client_send(market.dairy, "{'type':'open_orders_request'}");
    client_expect(market.dairy, "{'type':'open_orders','orders':[{'cl_ord_id':'s2','leaves_qty':5}]}");
    market_close(&market);
}

Test(self_trade, cancel_oldest_ends_the_resting_order_and_goes_on) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 5, "2700.00", "");
    order_enter(market.trade, "s2", "sell", 4, "2705.00", "");
    order_enter(market.dairy, "b1", "buy", 4, "2705.00", ",'stp':'cancel_oldest'");
    expect_report(market.dairy, "canceled", "s1", SELF_TRADE ",'cum_qty':0");
    expect_fill(market.dairy, "b1", 4, "2705.00", "taker", "filled");
    client_expect_quiet(market.dairy);
    market_close(&market);
}

Test(self_trade, cancel_both_ends_the_resting_order_first) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 5, "2700.00", "");
    order_enter(market.dairy, "b1", "buy", 4, "2705.00", ",'stp':'cancel_both'");
    expect_report(market.dairy, "canceled", "s1", SELF_TRADE ",'cum_qty':0");
    expect_report(market.dairy, "canceled", "b1", SELF_TRADE ",'cum_qty':0");
    client_expect_quiet(market.dairy);
    market_close(&market);
}

/* The smaller quantity comes off both; the survivor's total shrinks with it. */
static void decrement(int resting, int incoming, const char *survivor, int left) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "rests", "sell", resting, "2700.00", "");
    order_enter(market.dairy, "comes", "buy", incoming, "2700.00", ",'stp':'decrement'");
    int canceled = 0, restated = 0;
    for (int i = 0; i < 2; i++) {
        client_expect(market.dairy, "{'type':'execution_report'}");
        const char *kind = client_text(market.dairy, "exec_type"), *id = client_text(market.dairy, "cl_ord_id");
        if (strcmp(kind, "restated") == 0) {
            restated++;
            cr_expect_str_eq(id, survivor);
            cr_expect_eq(client_number(market.dairy, "order_qty"), left);
            cr_expect_eq(client_number(market.dairy, "leaves_qty"), left);
        } else {
            canceled++;
            cr_expect_str_eq(kind, "canceled");
            cr_expect_str_neq(id, survivor);
            cr_expect_eq(client_number(market.dairy, "code"), 901);
        }
    }
    cr_expect(canceled == 1 && restated == 1);
    client_expect_quiet(market.dairy);
    client_send(market.dairy, "{'type':'open_orders_request'}");
    client_expect(market.dairy, "{'type':'open_orders','orders':[{'cl_ord_id':'%s','order_qty':%d,'leaves_qty':%d}]}",
                  survivor, left, left);
    market_close(&market);
}

Test(self_trade, decrement_takes_the_smaller_off_a_larger_resting_order) { decrement(5, 3, "rests", 2); }

Test(self_trade, decrement_takes_the_smaller_off_a_larger_incoming_order) { decrement(3, 5, "comes", 2); }

Test(self_trade, decrement_of_equals_ends_both_the_resting_one_first) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "rests", "sell", 3, "2700.00", "");
    order_enter(market.dairy, "comes", "buy", 3, "2700.00", ",'stp':'decrement'");
    expect_report(market.dairy, "canceled", "rests", ",'ord_status':'canceled','code':901");
    expect_report(market.dairy, "canceled", "comes", ",'ord_status':'canceled','code':901");
    client_expect_quiet(market.dairy);
    market_close(&market);
}

/* Two users of one participant are one participant. */
Test(self_trade, two_users_of_a_participant_do_not_trade_with_each_other) {
    struct server server;
    server_start(&server, "tests/e2e/worlds/roles.json");
    struct client *dairy = client_logon(&server, "dairy"), *clerk = client_logon(&server, "clerk");
    order_enter(dairy, "s1", "sell", 1, "2700.00", "");
    expect_report(clerk, "new", "s1", "");
    order_enter(clerk, "b1", "buy", 1, "2700.00", "");
    expect_report(clerk, "canceled", "b1", SELF_TRADE);
    client_close(dairy);
    client_close(clerk);
    server_stop(&server);
}

/* An own order in the way ends the look-ahead of fill-or-kill, unless it would be canceled. */
Test(self_trade, fill_or_kill_counts_only_up_to_an_own_order) {
    struct market market;
    market_open(&market);
    order_enter(market.trade, "s1", "sell", 2, "2700.00", "");
    order_enter(market.dairy, "s2", "sell", 2, "2700.00", "");
    order_enter(market.trade, "s3", "sell", 2, "2700.00", "");
    order_send(market.dairy, "b1", "buy", 4, "2700.00", ",'time_in_force':'fok'");
    expect_refusal(market.dairy, 903, "fok_not_fillable", "2");
    order_enter(market.dairy, "b2", "buy", 4, "2700.00", ",'time_in_force':'fok','stp':'cancel_oldest'");
    expect_fill(market.dairy, "b2", 2, "2700.00", "taker", "partially_filled");
    expect_report(market.dairy, "canceled", "s2", SELF_TRADE);
    expect_fill(market.dairy, "b2", 2, "2700.00", "taker", "filled");
    market_close(&market);
}
