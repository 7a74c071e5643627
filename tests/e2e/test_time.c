/* test_time.c - what the clock brings: the end of days and sessions, expiry dates; and what a halt stops. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/market.h"

Test(time, a_day_order_ends_with_the_trade_date_and_gtc_stays) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "day", "sell", 1, "2700.00", "");
    order_enter(market.dairy, "gtc", "sell", 1, "2700.00", ",'time_in_force':'gtc'");
    clock_move(market.root, "2021-06-28T20:59:59Z");
    client_expect_quiet(market.dairy);
    clock_move(market.root, "2021-06-28T21:00:00Z");
    cr_expect_str_eq(client_text(market.root, "trade_date"), "2021-06-29");
    expect_report(market.dairy, "expired", "day", ",'ord_status':'expired','order_qty':1,'cum_qty':0,'leaves_qty':0,"
                  "'ts':'2021-06-28T21:00:00.000000000Z'");
    client_expect_quiet(market.dairy);
    client_send(market.dairy, "{'type':'open_orders_request'}");
    client_expect(market.dairy, "{'type':'open_orders','orders':[{'cl_ord_id':'gtc'}]}");
    market_close(&market);
}

Test(time, good_till_date_ends_when_the_date_is_over) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "today", "sell", 1, "2700.00", ",'time_in_force':'gtd','expire_date':'2021-06-28'");
    order_enter(market.dairy, "third", "sell", 1, "2700.00", ",'time_in_force':'gtd','expire_date':'2021-06-30'");
    order_enter(market.dairy, "second", "sell", 1, "2700.00", ",'time_in_force':'gtd','expire_date':'2021-06-29'");
    clock_move(market.root, "2021-06-29T06:00:00Z");
    expect_report(market.dairy, "expired", "today", ",'ord_status':'expired','leaves_qty':0");
    client_expect_quiet(market.dairy);
    clock_move(market.root, "2021-07-05T06:00:00Z");
    expect_report(market.dairy, "expired", "second", ",'ts':'2021-06-29T21:00:00.000000000Z'");
    expect_report(market.dairy, "expired", "third", ",'ts':'2021-06-30T21:00:00.000000000Z'");
    market_close(&market);
}

/* AGRI-DAY, 9:00 to 17:00 in Minsk, which is 6:00 to 14:00 UTC; 2021-06-28 is a Monday. */
Test(time, a_scheduled_session_opens_and_closes) {
    struct server server;
    server_start(&server, "tests/e2e/worlds/scheduled.json");
    struct client *dairy = client_logon(&server, "dairy"), *root = client_logon(&server, "root");
    order_send(dairy, "early", "sell", 1, "2700.00", "");
    expect_refusal(dairy, 102, "session_closed", "");
    order_enter(dairy, "other", "sell", 1, "5130.00", ",'symbol':'DY-BUT-825'");
    clock_move(root, "2021-06-28T06:00:00Z");
    order_enter(dairy, "day", "sell", 1, "2700.00", "");
    order_enter(dairy, "gtc", "sell", 1, "2700.00", ",'time_in_force':'gtc'");
    clock_move(root, "2021-06-28T13:59:59Z");
    client_expect_quiet(dairy);
    clock_move(root, "2021-06-28T14:00:00Z");
    expect_report(dairy, "expired", "day", ",'ord_status':'expired','ts':'2021-06-28T14:00:00.000000000Z'");
    order_send(dairy, "late", "sell", 1, "2700.00", "");
    expect_refusal(dairy, 102, "session_closed", "");
    client_send(dairy, "{'type':'amend_order','cl_ord_id':'gtc2','orig_cl_ord_id':'gtc','order_qty':1}");
    expect_refusal(dairy, 102, "session_closed", "");
    client_send(dairy, "{'type':'cancel_order','orig_cl_ord_id':'gtc'}");
    expect_report(dairy, "canceled", "gtc", "");
    clock_move(root, "2021-07-03T08:00:00Z");
    expect_report(dairy, "expired", "other", "");
    order_send(dairy, "saturday", "sell", 1, "2700.00", "");
    expect_refusal(dairy, 102, "session_closed", "");
    clock_move(root, "2021-07-05T08:00:00Z");
    order_enter(dairy, "monday", "sell", 1, "2700.00", "");
    client_close(dairy);
    client_close(root);
    server_stop(&server);
}

/* During a halt only cancels pass (SES-14); it may be put on a symbol, a session or a section. */
Test(halt, by_symbol_only_that_symbol_stops) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
    client_send(market.root, "{'type':'admin_halt','req_id':1,'symbol':'DY-SMP-EX'}");
    client_expect(market.root, "{'type':'ack','req_id':1}");
    order_send(market.dairy, "b", "sell", 1, "2700.00", "");
    expect_refusal(market.dairy, 106, "market_halted", "DY-SMP-EX");
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'a2','orig_cl_ord_id':'a','order_qty':3}");
    expect_refusal(market.dairy, 106, "market_halted", "");
    order_enter(market.dairy, "butter", "sell", 1, "5130.00", ",'symbol':'DY-BUT-825'");
    client_send(market.dairy, "{'type':'cancel_order','orig_cl_ord_id':'a'}");
    expect_report(market.dairy, "canceled", "a", "");
    client_send(market.root, "{'type':'admin_resume','symbol':'DY-SMP-EX'}");
    client_expect(market.root, "{'type':'ack'}");
    order_enter(market.dairy, "b", "sell", 1, "2700.00", "");
    market_close(&market);
}

Test(halt, by_section_every_symbol_of_it_stops) {
    struct market market;
    market_open(&market);
    client_send(market.root, "{'type':'admin_halt','section':'agri'}");
    client_expect(market.root, "{'type':'ack'}");
    order_send(market.dairy, "a", "sell", 1, "2700.00", "");
    expect_refusal(market.dairy, 106, "market_halted", "");
    order_send(market.dairy, "b", "sell", 1, "5130.00", ",'symbol':'DY-BUT-825'");
    expect_refusal(market.dairy, 106, "market_halted", "");
    order_enter(market.trade, "rebar", "buy", 1, "740.00", ",'symbol':'MT-REBAR-12'");
    client_send(market.root, "{'type':'admin_resume','section':'agri'}");
    client_expect(market.root, "{'type':'ack'}");
    order_enter(market.dairy, "a", "sell", 1, "2700.00", "");
    market_close(&market);
}

Test(halt, a_symbol_stays_halted_when_its_section_resumes) {
    struct market market;
    market_open(&market);
    static const char *const requests[] = {"'type':'admin_halt','section':'agri'",
                                           "'type':'admin_halt','symbol':'DY-SMP-EX'",
                                           "'type':'admin_resume','section':'agri'"};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        client_send(market.root, "{%s}", requests[i]);
        client_expect(market.root, "{'type':'ack'}");
    }
    order_enter(market.dairy, "butter", "sell", 1, "5130.00", ",'symbol':'DY-BUT-825'");
    order_send(market.dairy, "a", "sell", 1, "2700.00", "");
    expect_refusal(market.dairy, 106, "market_halted", "");
    client_send(market.root, "{'type':'admin_resume','symbol':'DY-SMP-EX'}");
    client_expect(market.root, "{'type':'ack'}");
    order_enter(market.dairy, "a", "sell", 1, "2700.00", "");
    market_close(&market);
}

Test(halt, by_session_every_symbol_of_it_stops) {
    struct server server;
    server_start(&server, "tests/e2e/worlds/scheduled.json");
    struct client *dairy = client_logon(&server, "dairy"), *root = client_logon(&server, "root");
    clock_move(root, "2021-06-28T06:00:00Z");
    client_send(root, "{'type':'admin_halt','session':'AGRI-DAY'}");
    client_expect(root, "{'type':'ack'}");
    order_send(dairy, "a", "sell", 1, "2700.00", "");
    expect_refusal(dairy, 106, "market_halted", "");
    order_enter(dairy, "b", "sell", 1, "5130.00", ",'symbol':'DY-BUT-825'");
    client_send(root, "{'type':'admin_resume','session':'AGRI-DAY'}");
    client_expect(root, "{'type':'ack'}");
    order_enter(dairy, "a", "sell", 1, "2700.00", "");
    client_close(dairy);
    client_close(root);
    server_stop(&server);
}
