/* test_orders.c - every order type and time in force, and who trades first. Lots of DY-SMP-EX, reference price 2700.00:
 * the collar is 2430.00 to 2970.00. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/market.h"

Test(orders, better_price_first_then_earlier_entry) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 2, "2705.00", "");
    order_enter(market.dairy, "s2", "sell", 2, "2700.00", "");
    order_enter(market.trade, "s3", "sell", 2, "2700.00", "");
    order_enter(market.dairy, "s4", "sell", 2, "2700.00", "");
    order_send(market.food, "b1", "buy", 7, "2710.00", "");
    expect_report(market.food, "new", "b1", ",'order_qty':7,'cum_qty':0,'leaves_qty':7,'price':'2710.00'");
    static const struct { int quantity; const char *price; int filled, open; const char *average, *status; } fills[] = {
        {2, "2700.00", 2, 5, "2700.0000", "partially_filled"}, {2, "2700.00", 4, 3, "2700.0000", "partially_filled"},
        {2, "2700.00", 6, 1, "2700.0000", "partially_filled"}, {1, "2705.00", 7, 0, "2700.7143", "filled"},
    };
    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++)
        client_expect(market.food, "{'type':'execution_report','exec_type':'trade','cl_ord_id':'b1','order_qty':7,"
                      "'price':'2710.00','liquidity':'taker','last_qty':%d,'last_px':'%s','cum_qty':%d,'leaves_qty':%d,"
                      "'avg_px':'%s','ord_status':'%s'}", fills[i].quantity, fills[i].price, fills[i].filled,
                      fills[i].open, fills[i].average, fills[i].status);
    client_expect_quiet(market.food);
    expect_fill(market.dairy, "s2", 2, "2700.00", "maker", "filled");
    expect_fill(market.trade, "s3", 2, "2700.00", "maker", "filled");
    expect_fill(market.dairy, "s4", 2, "2700.00", "maker", "filled");
    expect_fill(market.dairy, "s1", 1, "2705.00", "maker", "partially_filled");
    client_expect_quiet(market.dairy);
    client_expect_quiet(market.trade);
    market_close(&market);
}

Test(orders, the_price_of_a_trade_is_the_resting_orders) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 1, "2690.00", "");
    order_enter(market.food, "b1", "buy", 1, "2710.00", "");
    expect_fill(market.food, "b1", 1, "2690.00", "taker", "filled");
    expect_fill(market.dairy, "s1", 1, "2690.00", "maker", "filled");
    order_enter(market.food, "b2", "buy", 1, "2710.00", "");
    order_enter(market.dairy, "s2", "sell", 1, "2690.00", "");
    expect_fill(market.dairy, "s2", 1, "2710.00", "taker", "filled");
    expect_fill(market.food, "b2", 1, "2710.00", "maker", "filled");
    market_close(&market);
}

/* 31 lots at 2700.00 and 1 at 2705.00: 2700.15625, the half goes up. */
Test(orders, the_average_has_four_places_half_up) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 31, "2700.00", "");
    order_enter(market.dairy, "s2", "sell", 1, "2705.00", "");
    order_enter(market.food, "b1", "buy", 32, "2705.00", "");
    expect_report(market.food, "trade", "b1", ",'avg_px':'2700.0000'");
    expect_report(market.food, "trade", "b1", ",'avg_px':'2700.1563','ord_status':'filled'");
    market_close(&market);
}

Test(orders, an_integer_price_is_in_units_of_the_currency) {
    struct market market;
    market_open(&market);
    client_send(market.dairy, "{'type':'new_order','cl_ord_id':'s1','symbol':'DY-SMP-EX','side':'sell','order_qty':1,"
                              "'price':2700}");
    expect_report(market.dairy, "new", "s1", ",'price':'2700.00'");
    market_close(&market);
}

Test(orders, limit_and_day_are_what_an_order_is_when_it_does_not_say) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "plain", "sell", 1, "2700.00", "");
    order_enter(market.dairy, "said", "sell", 1, "2700.00", ",'ord_type':'limit','time_in_force':'day',"
                "'post_only':false,'all_or_none':false,'stp':'cancel_newest'");
    clock_move(market.root, "2021-06-29T06:00:00Z");
    expect_report(market.dairy, "expired", "plain", ",'ord_status':'expired','leaves_qty':0");
    expect_report(market.dairy, "expired", "said", ",'ord_status':'expired','leaves_qty':0");
    market_close(&market);
}

Test(orders, immediate_or_cancel_trades_what_it_can) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 3, "2700.00", "");
    order_enter(market.food, "b1", "buy", 5, "2700.00", ",'time_in_force':'ioc'");
    expect_report(market.food, "trade", "b1", ",'last_qty':3,'order_qty':5,'cum_qty':3,'leaves_qty':2,"
                  "'ord_status':'partially_filled'");
    expect_report(market.food, "canceled", "b1", ",'ord_status':'canceled','order_qty':5,'cum_qty':3,'leaves_qty':0,"
                  "'avg_px':'2700.0000','reason':null,'code':null");
    expect_fill(market.dairy, "s1", 3, "2700.00", "maker", "filled");
    order_enter(market.food, "b2", "buy", 5, "2700.00", ",'time_in_force':'ioc'");
    expect_report(market.food, "canceled", "b2", ",'ord_status':'canceled','cum_qty':0,'leaves_qty':0,'reason':null");
    client_expect_quiet(market.dairy);
    market_close(&market);
}

Test(orders, a_minimum_quantity_that_cannot_be_met_is_607) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 3, "2700.00", "");
    order_enter(market.food, "b1", "buy", 5, "2700.00", ",'time_in_force':'ioc','min_qty':4");
    expect_report(market.food, "canceled", "b1", ",'ord_status':'canceled','cum_qty':0,'leaves_qty':0,'code':607,"
                  "'reason':'partial_not_allowed'");
    order_enter(market.food, "b2", "buy", 5, "2700.00", ",'time_in_force':'ioc','min_qty':3");
    expect_fill(market.food, "b2", 3, "2700.00", "taker", "partially_filled");
    expect_report(market.food, "canceled", "b2", ",'cum_qty':3,'leaves_qty':0,'reason':null");
    market_close(&market);
}

Test(orders, fill_or_kill_does_all_or_nothing) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 3, "2700.00", "");
    order_enter(market.trade, "s2", "sell", 3, "2705.00", "");
    order_send(market.food, "b1", "buy", 5, "2700.00", ",'time_in_force':'fok'");
    expect_refusal(market.food, 903, "fok_not_fillable", "3 5");
    client_expect_quiet(market.dairy);
    order_enter(market.food, "b2", "buy", 5, "2705.00", ",'time_in_force':'fok'");
    expect_fill(market.food, "b2", 3, "2700.00", "taker", "partially_filled");
    expect_fill(market.food, "b2", 2, "2705.00", "taker", "filled");
    expect_fill(market.dairy, "s1", 3, "2700.00", "maker", "filled");
    expect_fill(market.trade, "s2", 2, "2705.00", "maker", "partially_filled");
    market_close(&market);
}

/* The collar around 2700.00 ends at 2970.00: that is the price a market order has and shows. */
Test(orders, a_market_order_is_a_limit_at_the_collar) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 2, "2700.00", "");
    order_enter(market.food, "b1", "buy", 5, NULL, ",'ord_type':'market'");
    cr_expect_str_eq(client_text(market.food, "price"), "2970.00");
    expect_fill(market.food, "b1", 2, "2700.00", "taker", "partially_filled");
    client_send(market.food, "{'type':'open_orders_request'}");
    client_expect(market.food, "{'type':'open_orders','orders':[{'cl_ord_id':'b1','leaves_qty':3,'price':'2970.00'}]}");
    client_send(market.food, "{'type':'mass_cancel'}");
    expect_report(market.food, "canceled", "b1", "");
    order_enter(market.trade, "s2", "sell", 1, NULL, ",'ord_type':'market','time_in_force':'gtc'");
    cr_expect_str_eq(client_text(market.trade, "price"), "2430.00");
    order_send(market.dairy, "s3", "buy", 1, NULL, ",'ord_type':'market','time_in_force':'fok'");
    expect_report(market.dairy, "trade", "s1", "");
    expect_report(market.dairy, "new", "s3", "");
    expect_fill(market.dairy, "s3", 1, "2430.00", "taker", "filled");
    market_close(&market);
}

/* Nothing trades beyond the collar as it stood when the order came in; what cannot trade rests, and the book may stay
 * crossed. The next order meets the collar of the last trade. */
Test(orders, no_trade_beyond_the_collar) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 1, "2950.00", "");
    order_enter(market.dairy, "s2", "sell", 1, "2970.00", "");
    order_enter(market.dairy, "s3", "sell", 1, "2975.00", "");
    order_enter(market.food, "b1", "buy", 3, "3000.00", "");
    expect_fill(market.food, "b1", 1, "2950.00", "taker", "partially_filled");
    expect_fill(market.food, "b1", 1, "2970.00", "taker", "partially_filled");
    client_expect_quiet(market.food);
    client_send(market.food, "{'type':'open_orders_request'}");
    client_expect(market.food, "{'type':'open_orders','orders':[{'cl_ord_id':'b1','leaves_qty':1,'price':'3000.00'}]}");
    order_enter(market.trade, "b2", "buy", 1, "2975.00", "");
    expect_fill(market.trade, "b2", 1, "2975.00", "taker", "filled");
    market_close(&market);
}

Test(orders, all_or_none_waits_for_one_that_fills_it_whole) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "whole", "sell", 5, "2700.00", ",'all_or_none':true");
    order_enter(market.trade, "after", "sell", 2, "2700.00", "");
    order_enter(market.food, "b1", "buy", 3, "2700.00", "");
    expect_fill(market.food, "b1", 2, "2700.00", "taker", "partially_filled");
    expect_fill(market.trade, "after", 2, "2700.00", "maker", "filled");
    client_expect_quiet(market.dairy);
    order_enter(market.trade, "b2", "buy", 6, "2700.00", "");
    expect_fill(market.trade, "b2", 5, "2700.00", "taker", "partially_filled");
    expect_fill(market.dairy, "whole", 5, "2700.00", "maker", "filled");
    market_close(&market);
}

Test(orders, an_incoming_all_or_none_rests_when_it_cannot_fill_whole) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 3, "2700.00", "");
    order_enter(market.food, "whole", "buy", 5, "2700.00", ",'all_or_none':true");
    client_expect_quiet(market.food);
    client_expect_quiet(market.dairy);
    order_enter(market.trade, "s2", "sell", 2, "2700.00", "");
    client_expect_quiet(market.food);
    order_enter(market.trade, "s3", "sell", 5, "2700.00", ",'all_or_none':true");
    expect_fill(market.trade, "s3", 5, "2700.00", "taker", "filled");
    expect_fill(market.food, "whole", 5, "2700.00", "maker", "filled");
    order_enter(market.food, "b2", "buy", 5, "2700.00", ",'all_or_none':true");
    expect_fill(market.food, "b2", 3, "2700.00", "taker", "partially_filled");
    expect_fill(market.food, "b2", 2, "2700.00", "taker", "filled");
    market_close(&market);
}

Test(orders, post_only_is_maker_or_nothing) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 3, "2700.00", "");
    order_send(market.food, "b1", "buy", 1, "2700.00", ",'post_only':true");
    expect_refusal(market.food, 902, "post_only_would_trade", "");
    client_expect_quiet(market.dairy);
    order_enter(market.food, "b1", "buy", 1, "2695.00", ",'post_only':true");
    order_enter(market.dairy, "s2", "sell", 1, "2695.00", "");
    expect_fill(market.dairy, "s2", 1, "2695.00", "taker", "filled");
    expect_fill(market.food, "b1", 1, "2695.00", "maker", "filled");
    market_close(&market);
}

/* Slices of 5 out of 12; each used-up slice goes to the back of its price. */
Test(orders, an_iceberg_shows_a_slice_at_a_time) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "ice", "sell", 12, "2700.00", ",'display_qty':5");
    order_enter(market.trade, "plain", "sell", 5, "2700.00", "");
    order_enter(market.food, "b1", "buy", 6, "2700.00", "");
    expect_fill(market.food, "b1", 5, "2700.00", "taker", "partially_filled");
    expect_fill(market.dairy, "ice", 5, "2700.00", "maker", "partially_filled");
    expect_fill(market.food, "b1", 1, "2700.00", "taker", "filled");
    expect_fill(market.trade, "plain", 1, "2700.00", "maker", "partially_filled");
    order_enter(market.food, "b2", "buy", 11, "2700.00", "");
    expect_fill(market.food, "b2", 4, "2700.00", "taker", "partially_filled");
    expect_fill(market.food, "b2", 5, "2700.00", "taker", "partially_filled");
    expect_fill(market.food, "b2", 2, "2700.00", "taker", "filled");
    expect_fill(market.trade, "plain", 4, "2700.00", "maker", "filled");
    expect_fill(market.dairy, "ice", 5, "2700.00", "maker", "partially_filled");
    expect_fill(market.dairy, "ice", 2, "2700.00", "maker", "filled");
    market_close(&market);
}

Test(orders, a_new_slice_is_noticed) {
    struct market market;
    char order_id[64];
    market_open(&market);
    order_enter(market.dairy, "ice", "sell", 12, "2700.00", ",'display_qty':5");
    client_copy(market.dairy, "order_id", order_id, sizeof order_id);
    order_enter(market.food, "b1", "buy", 5, "2700.00", "");
    expect_fill(market.food, "b1", 5, "2700.00", "taker", "filled");
    expect_notice(market.dairy, 1105, "iceberg_refreshed", order_id);
    market_close(&market);
}

/* Every report of a busy day has an exec_id of its own. */
Test(orders, no_exec_id_comes_twice) {
    enum { reports_max = 64 };
    static char seen[reports_max][64];
    struct market market;
    int count = 0;
    market_open(&market);
    for (int i = 0; i < 10; i++) {
        char id[16];
        snprintf(id, sizeof id, "s%d", i);
        order_send(market.dairy, id, "sell", 1, "2700.00", "");
    }
    order_send(market.food, "b", "buy", 10, "2700.00", "");
    for (int i = 0; i < 20 + 11; i++) {
        struct client *client = i < 20 ? market.dairy : market.food;
        client_expect(client, "{'type':'execution_report','exec_id':'*'}");
        client_copy(client, "exec_id", seen[count], sizeof seen[count]);
        for (int before = 0; before < count; before++) cr_assert_str_neq(seen[before], seen[count]);
        count++;
    }
    market_close(&market);
}

Test(orders, types_that_a_time_in_force_allows_are_taken) {
    static const struct { const char *price, *extra; int ends; } cases[] = {
        {"2600.00", "", 0}, {"2600.00", ",'time_in_force':'gtc'", 0},
        {"2600.00", ",'time_in_force':'gtd','expire_date':'2021-06-28'", 0},
        {"2600.00", ",'time_in_force':'gtd','expire_date':'2021-12-31'", 0}, {"2600.00", ",'time_in_force':'ioc'", 1},
        {NULL, ",'ord_type':'market','time_in_force':'ioc'", 1}, {NULL, ",'ord_type':'market'", 0},
        {NULL, ",'ord_type':'stop','stop_px':'2800.00'", 0},
        {NULL, ",'ord_type':'stop','stop_px':'2800.00','time_in_force':'gtc'", 0},
        {"2600.00", ",'ord_type':'stop_limit','stop_px':'2800.00'", 0},
        {"2600.00", ",'ord_type':'stop_limit','stop_px':'2800.00','post_only':true", 0},
        {"2600.00", ",'post_only':true,'time_in_force':'gtc'", 0}, {"2600.00", ",'display_qty':1", 0},
        {"2600.00", ",'all_or_none':true,'time_in_force':'gtc'", 0}, {NULL, ",'ord_type':'market','display_qty':1", 0},
        {"2600.00", ",'stp':'cancel_oldest'", 0}, {"2600.00", ",'stp':'cancel_both'", 0},
        {"2600.00", ",'stp':'decrement'", 0},
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[16];
        snprintf(id, sizeof id, "t%zu", i);
        order_enter(market.food, id, "buy", 2, cases[i].price, cases[i].extra);
        if (!cases[i].ends) client_send(market.food, "{'type':'cancel_order','orig_cl_ord_id':'%s'}", id);
        expect_report(market.food, "canceled", id, ",'ord_status':'canceled','order_qty':2,'cum_qty':0,'leaves_qty':0");
    }
    client_expect_quiet(market.food);
    market_close(&market);
}
