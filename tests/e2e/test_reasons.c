/* test_reasons.c - every reason that a request can be refused for: its number, its name, its rule and the figures that
 * its sentence carries; and which of two reasons comes first. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/expect.h"
#include "tests/support/market.h"

/* One new order that is refused: `figures` are the parts that `text` must contain. */
struct refusal {
    int code;
    const char *reason, *rule, *figures;
    const char *side;
    int quantity;
    const char *price, *extra;
};

static void expect_refusals(struct client *client, const struct refusal *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct refusal *one = &cases[i];
        char id[24];
        snprintf(id, sizeof id, "r%zu", i);
        order_send(client, id, one->side, one->quantity, one->price, one->extra);
        expect_refusal(client, one->code, one->reason, one->figures);
        char why[256], expectation[256];
        snprintf(expectation, sizeof expectation, "{'type':'execution_report','cl_ord_id':'%s','side':'%s','cum_qty':0,"
                 "'leaves_qty':0,'rule':'%s','seq':'*','trade_id':null}", id, one->side, one->rule);
        cr_expect(expect_match(expectation, client->message, why, sizeof why) == 0, "case %zu, %s: %s", i, why,
                  client->line);
    }
    client_expect_quiet(client);
    client_send(client, "{'type':'open_orders_request'}");
    client_expect(client, "{'type':'open_orders','orders':[]}");
}

/* The collar around 2700.00 is 2430.00 to 2970.00; three times as wide: 1890.00 to 3510.00. */
Test(reasons, of_quantity_and_price) {
    static const struct refusal cases[] = {
        {602, "qty_below_minimum", "LOT-2", "0 1", "buy", 0, "2700.00", ""},
        {602, "qty_below_minimum", "LOT-2", "-3 1", "buy", -3, "2700.00", ""},
        {603, "qty_above_maximum", "LOT-2", "2147483647 10000", "buy", 2147483647, "2700.00", ""},
        {603, "qty_above_maximum", "LOT-2", "10001 10000", "buy", 10001, "2700.00", ""},
        {602, "qty_below_minimum", "LOT-2", "3 2", "buy", 2, "2700.00", ",'time_in_force':'ioc','min_qty':3"},
        {701, "price_invalid", "PRC-1", "0.00", "buy", 1, "0.00", ""},
        {701, "price_invalid", "PRC-1", "-5.00", "buy", 1, "-5.00", ""},
        {701, "price_invalid", "PRC-1", "671088635.00", "buy", 1, "671088640.00", ""},
        {702, "price_not_on_tick", "PRC-1", "2702.00 5.00 2700.00 2705.00", "buy", 1, "2702.00", ""},
        {702, "price_not_on_tick", "PRC-1", "2704.99 2700.00 2705.00", "sell", 1, "2704.99", ""},
        {705, "price_outside_collar", "PRC-4", "3515.00 1890.00 3510.00", "buy", 1, "3515.00", ""},
        {705, "price_outside_collar", "PRC-4", "1885.00 1890.00 3510.00", "sell", 1, "1885.00", ""},
        {705, "price_outside_collar", "PRC-4", "3515.00 3510.00", "buy", 1, "3515.00",
         ",'ord_type':'stop_limit','stop_px':'2800.00'"},
        {708, "stop_price_invalid", "ORD-4", "2802.00", "buy", 1, NULL, ",'ord_type':'stop','stop_px':'2802.00'"},
        {708, "stop_price_invalid", "ORD-4", "0.00", "sell", 1, NULL, ",'ord_type':'stop','stop_px':'0.00'"},
    };
    struct market market;
    market_open(&market);
    expect_refusals(market.food, cases, sizeof cases / sizeof *cases);
    order_enter(market.food, "high", "buy", 1, "3510.00", "");
    order_enter(market.dairy, "most", "buy", 10000, "1890.00", "");
    market_close(&market);
}

Test(reasons, of_type_and_time_in_force) {
    static const struct refusal cases[] = {
        {610, "order_type_not_allowed", "ORD-1", "", "buy", 2, NULL, ",'ord_type':'market','post_only':true"},
        {610, "order_type_not_allowed", "ORD-1", "", "buy", 2, NULL,
         ",'ord_type':'stop','stop_px':'2800.00','post_only':true"},
        {610, "order_type_not_allowed", "ORD-1", "", "buy", 2, "2700.00", ",'post_only':true,'time_in_force':'ioc'"},
        {610, "order_type_not_allowed", "ORD-1", "", "buy", 2, "2700.00", ",'post_only':true,'time_in_force':'fok'"},
        {610, "order_type_not_allowed", "ORD-1", "", "buy", 2, "2700.00", ",'post_only':true,'all_or_none':true"},
        {610, "order_type_not_allowed", "ORD-1", "", "buy", 2, "2700.00", ",'all_or_none':true,'time_in_force':'ioc'"},
        {610, "order_type_not_allowed", "ORD-1", "", "buy", 2, "2700.00", ",'all_or_none':true,'time_in_force':'fok'"},
        {611, "tif_invalid", "ORD-1", "2021-06-27 2021-06-28", "buy", 2, "2700.00",
         ",'time_in_force':'gtd','expire_date':'2021-06-27'"},
        {611, "tif_invalid", "ORD-1", "", "buy", 2, "2700.00", ",'min_qty':1"},
        {611, "tif_invalid", "ORD-1", "", "buy", 2, "2700.00", ",'min_qty':1,'time_in_force':'fok'"},
        {611, "tif_invalid", "ORD-1", "", "buy", 2, "2700.00", ",'min_qty':1,'time_in_force':'gtc'"},
        {611, "tif_invalid", "ORD-1", "", "buy", 2, NULL, ",'ord_type':'stop','stop_px':'2800.00',"
         "'time_in_force':'ioc'"},
        {611, "tif_invalid", "ORD-1", "", "buy", 2, "2700.00",
         ",'ord_type':'stop_limit','stop_px':'2800.00','time_in_force':'fok'"},
        {612, "display_qty_invalid", "ORD-3", "0 1", "buy", 2, "2700.00", ",'display_qty':0"},
        {612, "display_qty_invalid", "ORD-3", "2 1", "buy", 2, "2700.00", ",'display_qty':2"},
        {612, "display_qty_invalid", "ORD-3", "-1", "buy", 2, "2700.00", ",'display_qty':-1"},
        {612, "display_qty_invalid", "ORD-3", "7 4", "buy", 5, "2700.00", ",'display_qty':7"},
        {612, "display_qty_invalid", "ORD-3", "", "buy", 2, "2700.00", ",'display_qty':1,'time_in_force':'ioc'"},
        {612, "display_qty_invalid", "ORD-3", "", "buy", 2, "2700.00", ",'display_qty':1,'time_in_force':'fok'"},
        {612, "display_qty_invalid", "ORD-3", "", "buy", 2, "2700.00", ",'display_qty':1,'all_or_none':true"},
    };
    struct market market;
    market_open(&market);
    expect_refusals(market.food, cases, sizeof cases / sizeof *cases);
    market_close(&market);
}

Test(reasons, of_sections_and_names) {
    static const struct refusal cases[] = {
        {104, "instrument_unknown", "SES-17", "DY-SOUP", "buy", 1, "2700.00", ",'symbol':'DY-SOUP'"},
        {104, "instrument_unknown", "SES-17", "dy-smp-ex", "buy", 1, "2700.00", ",'symbol':'dy-smp-ex'"},
        {207, "section_not_accredited", "ACC-3", "metals", "buy", 1, "740.00", ",'symbol':'MT-REBAR-12'"},
    };
    struct market market;
    market_open(&market);
    expect_refusals(market.food, cases, sizeof cases / sizeof *cases);
    market_close(&market);
}

/* A trade at 2700.00 has already satisfied these stops. */
Test(reasons, a_stop_that_the_last_trade_satisfies_is_708) {
    static const struct refusal cases[] = {
        {708, "stop_price_invalid", "ORD-4", "2700.00", "buy", 1, NULL, ",'ord_type':'stop','stop_px':'2700.00'"},
        {708, "stop_price_invalid", "ORD-4", "2695.00 2700.00", "buy", 1, NULL,
         ",'ord_type':'stop','stop_px':'2695.00'"},
        {708, "stop_price_invalid", "ORD-4", "2700.00", "sell", 1, NULL, ",'ord_type':'stop','stop_px':'2700.00'"},
        {708, "stop_price_invalid", "ORD-4", "2705.00 2700.00", "sell", 1, "2650.00",
         ",'ord_type':'stop_limit','stop_px':'2705.00'"},
    };
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s", "sell", 1, "2700.00", "");
    order_enter(market.trade, "b", "buy", 1, "2700.00", "");
    expect_refusals(market.food, cases, sizeof cases / sizeof *cases);
    order_enter(market.food, "up", "buy", 1, NULL, ",'ord_type':'stop','stop_px':'2705.00'");
    order_enter(market.food, "down", "sell", 1, NULL, ",'ord_type':'stop','stop_px':'2695.00'");
    market_close(&market);
}

/* 1,000,000 t a lot at 1.00 USD a tick: 46,000,000,000,000.00 USD is 46,000,000 ticks x lots. */
Test(reasons, limits_of_an_instrument) {
    static const struct refusal cases[] = {
        {709, "value_overflow", "PRC-1", "46000000000000.00", "buy", 46000001, "1.00", ",'symbol':'TEST-WIDE'"},
        {709, "value_overflow", "PRC-1", "46000000000000.00", "sell", 1, "46000001.00", ",'symbol':'TEST-WIDE'"},
        {709, "value_overflow", "PRC-1", "46000000000000.00", "buy", 461, NULL,
         ",'symbol':'TEST-WIDE','ord_type':'stop','stop_px':'100000.00'"},
        {709, "value_overflow", "PRC-1", "46000000000000.00", "buy", 461, NULL,
         ",'symbol':'TEST-WIDE','ord_type':'market'"},
        {602, "qty_below_minimum", "LOT-2", "9 10", "buy", 9, "100.00", ",'symbol':'TEST-TEN'"},
        {603, "qty_above_maximum", "LOT-2", "51 50", "buy", 51, "100.00", ",'symbol':'TEST-TEN'"},
        {705, "price_outside_collar", "PRC-4", "130.01 130.00 70.00", "buy", 10, "130.01", ",'symbol':'TEST-TEN'"},
        {705, "price_outside_collar", "PRC-4", "69.99 70.00", "sell", 10, "69.99", ",'symbol':'TEST-TEN'"},
        {602, "qty_below_minimum", "LOT-2", "0 1", "sell", 0, "100.00", ",'symbol':'TEST-WIDE'"},
    };
    struct server server;
    server_start(&server, "tests/e2e/worlds/limits.json");
    struct client *dairy = client_logon(&server, "dairy");
    expect_refusals(dairy, cases, sizeof cases / sizeof *cases);
    order_enter(dairy, "most", "buy", 46000000, "1.00", ",'symbol':'TEST-WIDE'");
    order_enter(dairy, "ten", "buy", 10, "70.00", ",'symbol':'TEST-TEN'");
    order_enter(dairy, "fifty", "buy", 50, "130.00", ",'symbol':'TEST-TEN','stp':'cancel_oldest'");
    client_close(dairy);
    server_stop(&server);
}

/* TV-1, TV-2: accreditation from 2020-05-01 on; and one that ended on 2020-04-30. */
Test(reasons, of_accreditation_dates) {
    struct server server;
    server_start(&server, "tests/e2e/worlds/admission.json");
    struct client *lumber = client_logon(&server, "lumber"), *sawmill = client_logon(&server, "sawmill");
    struct client *newcomer = client_logon(&server, "newcomer"), *root = client_logon(&server, "root");
    static const char timber[] = ",'symbol':'TB-SAW-CN-CT'";
    order_send(newcomer, "n1", "buy", 1, "293.00", timber);
    expect_refusal(newcomer, 202, "not_accredited", "RU-NEW-1");
    cr_expect_str_eq(client_text(newcomer, "rule"), "ACC-2");
    order_send(lumber, "tv1", "buy", 1, "293.00", timber);
    expect_refusal(lumber, 203, "accreditation_not_yet_effective", "2020-05-01 2020-04-30");
    cr_expect_str_eq(client_text(lumber, "rule"), "ACC-2");
    order_enter(sawmill, "s1", "sell", 1, "293.00", ",'symbol':'TB-SAW-CN-CT','time_in_force':'gtc'");
    order_enter(sawmill, "kept", "sell", 2, "300.00", ",'symbol':'TB-SAW-CN-CT','time_in_force':'gtc'");
    clock_move(root, "2020-05-01T06:00:00Z");
    /* Nobody who is not accredited any more has an order: those of the sawmill end with its last day. */
    expect_report(sawmill, "canceled", "s1", ",'code':204,'reason':'accreditation_expired'");
    expect_report(sawmill, "canceled", "kept", ",'code':204,'reason':'accreditation_expired'");
    order_enter(lumber, "tv2", "buy", 1, "293.00", timber);
    order_send(sawmill, "s2", "sell", 1, "293.00", timber);
    expect_refusal(sawmill, 204, "accreditation_expired", "2020-04-30 2020-05-01");
    cr_expect_str_eq(client_text(sawmill, "rule"), "ACC-2");
    client_send(sawmill, "{'type':'amend_order','cl_ord_id':'k2','orig_cl_ord_id':'kept','order_qty':1}");
    expect_refusal(sawmill, 906, "order_not_active", "");
    client_send(sawmill, "{'type':'cancel_order','orig_cl_ord_id':'kept'}");
    expect_refusal(sawmill, 906, "order_not_active", "");
    order_send(lumber, "n2", "buy", 1, "2700.00", "");
    expect_refusal(lumber, 207, "section_not_accredited", "agri");
    client_close(lumber);
    client_close(sawmill);
    client_close(newcomer);
    client_close(root);
    server_stop(&server);
}

/* A failed cancel or amend is an error that repeats the names of the request. */
Test(reasons, of_cancel_and_amend) {
    static const char *const requests[] = {"'type':'cancel_order'",
                                           "'type':'amend_order','cl_ord_id':'new','order_qty':1"};
    struct market market;
    char dairys[64], ended[64];
    market_open(&market);
    order_enter(market.dairy, "dairys", "sell", 2, "2700.00", "");
    client_copy(market.dairy, "order_id", dairys, sizeof dairys);
    order_enter(market.food, "ended", "buy", 1, "2700.00", "");
    client_copy(market.food, "order_id", ended, sizeof ended);
    expect_fill(market.food, "ended", 1, "2700.00", "taker", "filled");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        client_send(market.food, "{%s,'req_id':1,'orig_cl_ord_id':'never'}", requests[i]);
        client_expect(market.food, "{'type':'error','req_id':1,'code':904,'reason':'order_unknown','rule':'ORD-6',"
                      "'orig_cl_ord_id':'never','seq':null}");
        client_send(market.food, "{%s,'orig_cl_ord_id':'dairys'}", requests[i]);
        client_expect(market.food, "{'type':'error','code':904,'reason':'order_unknown','orig_cl_ord_id':'dairys'}");
        client_send(market.food, "{%s,'order_id':'%s'}", requests[i], dairys);
        client_expect(market.food, "{'type':'error','code':905,'reason':'order_not_owned','rule':'ORD-6',"
                      "'order_id':'%s'}", dairys);
        client_send(market.food, "{%s,'order_id':'%s'}", requests[i], ended);
        client_expect(market.food, "{'type':'error','code':906,'reason':'order_not_active','rule':'ORD-6',"
                      "'order_id':'%s'}", ended);
        client_send(market.food, "{%s,'orig_cl_ord_id':'ended'}", requests[i]);
        client_expect(market.food, "{'type':'error','code':906,'orig_cl_ord_id':'ended'}");
    }
    client_expect_quiet(market.food);
    expect_report(market.dairy, "trade", "dairys", ",'leaves_qty':1");
    client_expect_quiet(market.dairy);
    market_close(&market);
}

Test(reasons, of_an_amend) {
    static const struct { int code; const char *reason, *figures, *members; } cases[] = {
        {602, "qty_below_minimum", "0", "'order_qty':0"},
        {603, "qty_above_maximum", "10001 10000", "'order_qty':10001"},
        {612, "display_qty_invalid", "5 4", "'display_qty':5"},
        {701, "price_invalid", "0.00", "'price':'0.00'"},
        {702, "price_not_on_tick", "2701.00 2700.00 2705.00", "'price':'2701.00'"},
        {705, "price_outside_collar", "3515.00 3510.00", "'price':'3515.00'"},
    };
    struct market market;
    market_open(&market);
    order_enter(market.food, "bid", "buy", 1, "2600.00", "");
    order_enter(market.dairy, "a", "sell", 5, "2700.00", ",'post_only':true");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'a%zu','orig_cl_ord_id':'a',%s}", i,
                    cases[i].members);
        expect_refusal(market.dairy, cases[i].code, cases[i].reason, cases[i].figures);
    }
    order_enter(market.dairy, "stop", "sell", 1, NULL, ",'ord_type':'stop','stop_px':'2500.00'");
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'y','orig_cl_ord_id':'stop','price':'2600.00'}");
    expect_refusal(market.dairy, 610, "order_type_not_allowed", "");
    client_send(market.dairy, "{'type':'cancel_order','orig_cl_ord_id':'stop'}");
    expect_report(market.dairy, "canceled", "stop", "");
    client_send(market.dairy, "{'type':'mass_cancel','symbol':'DY-SOUP'}");
    expect_refusal(market.dairy, 104, "instrument_unknown", "DY-SOUP");
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'z','orig_cl_ord_id':'a','price':'2600.00'}");
    expect_refusal(market.dairy, 902, "post_only_would_trade", "");
    client_send(market.dairy, "{'type':'open_orders_request'}");
    client_expect(market.dairy, "{'type':'open_orders','orders':[{'cl_ord_id':'a','order_qty':5,'price':'2700.00'}]}");
    market_close(&market);
}

/* ---- the session layer: fields ---- */

Test(reasons, fields_that_are_missing_wrong_or_unknown) {
    static const struct { int code; const char *reason, *field, *request; } cases[] = {
        {1208, "unknown_type", NULL, "'type':'make_me_rich'"},
        {1208, "unknown_type", NULL, "'type':'New_Order'"},
        {1205, "missing_field", "cl_ord_id", "'type':'new_order','symbol':'DY-SMP-EX','side':'buy','order_qty':1,"
         "'price':'1.00'"},
        {1205, "missing_field", "symbol", "'type':'new_order','cl_ord_id':'x','side':'buy','order_qty':1,"
         "'price':'1.00'"},
        {1205, "missing_field", "side", "'type':'new_order','cl_ord_id':'x','symbol':'DY-SMP-EX','order_qty':1,"
         "'price':'1.00'"},
        {1205, "missing_field", "order_qty", "'type':'new_order','cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy',"
         "'price':'1.00'"},
        {1205, "missing_field", "channel", "'type':'subscribe','symbols':'all'"},
        {1205, "missing_field", "symbols", "'type':'subscribe','channel':'book'"},
        {1206, "bad_value", "channel", "'type':'subscribe','channel':'gossip','symbols':'all'"},
        {1206, "bad_value", "symbols", "'type':'subscribe','channel':'book','symbols':'some'"},
        {1206, "bad_value", "depth", "'type':'subscribe','channel':'book','symbols':'all','depth':0"},
        {1206, "bad_value", "depth", "'type':'subscribe','channel':'book','symbols':'all','depth':101"},
        {1206, "bad_value", "from", "'type':'deals_request','from':'yesterday'"},
        {1207, "unknown_field", "colour", "'type':'balances_request','colour':'red'"},
        {1207, "unknown_field", "Symbol", "'type':'mass_cancel','Symbol':'DY-SMP-EX'"},
        {1207, "unknown_field", "password", "'type':'open_orders_request','password':'x'"},
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(market.food, "{'req_id':%zu,%s}", i, cases[i].request);
        client_expect(market.food, "{'type':'error','req_id':%zu,'code':%d,'reason':'%s','rule':null,'text':'*'}", i,
                      cases[i].code, cases[i].reason);
        if (cases[i].field != NULL) cr_expect_str_eq(client_text(market.food, "field"), cases[i].field);
    }
    client_expect_quiet(market.food);
    market_close(&market);
}

/* A good order with one member replaced; the field is named. */
Test(reasons, a_bad_value_names_its_field) {
    static const struct { const char *field, *members; } cases[] = {
        {"cl_ord_id", "'cl_ord_id':'','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00'"},
        {"cl_ord_id", "'cl_ord_id':'a b','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00'"},
        {"cl_ord_id", "'cl_ord_id':'\xc3\xa4','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00'"},
        {"cl_ord_id", "'cl_ord_id':17,'symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00'"},
        {"cl_ord_id", "'cl_ord_id':'1234567890123456789012345678901234567','symbol':'DY-SMP-EX','side':'buy',"
         "'order_qty':1,'price':'2700.00'"},
        {"side", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'BUY','order_qty':1,'price':'2700.00'"},
        {"side", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':1,'order_qty':1,'price':'2700.00'"},
        {"symbol", "'cl_ord_id':'x','symbol':17,'side':'buy','order_qty':1,'price':'2700.00'"},
        {"order_qty", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':'1','price':'2700.00'"},
        {"order_qty", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':null,'price':'2700.00'"},
        {"price", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'two'"},
        {"price", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2,700.00'"},
        {"price", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':''"},
        {"price", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':true"},
        {"price", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':['2700.00']"},
        {"ord_type", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00',"
         "'ord_type':'pegged'"},
        {"time_in_force", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00',"
                          "'time_in_force':'forever'"},
        {"expire_date", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00',"
                        "'time_in_force':'gtd','expire_date':'2021-02-30'"},
        {"post_only", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00',"
         "'post_only':'yes'"},
        {"all_or_none", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00',"
         "'all_or_none':1"},
        {"stp", "'cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00','stp':'none'"},
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(market.food, "{'type':'new_order','req_id':%zu,%s}", i, cases[i].members);
        client_expect(market.food, "{'type':'error','req_id':%zu,'code':1206,'reason':'bad_value','field':'%s'}", i,
                      cases[i].field);
    }
    client_expect_quiet(market.food);
    market_close(&market);
}

/* Prices and types that belong together. */
Test(reasons, a_type_says_which_prices_it_needs) {
    static const struct { const char *field, *price, *extra; } cases[] = {
        {"price", NULL, ""}, {"price", NULL, ",'ord_type':'stop_limit','stop_px':'2800.00'"},
        {"price", "2700.00", ",'ord_type':'market'"}, {"price", "2700.00", ",'ord_type':'stop','stop_px':'2800.00'"},
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        order_send(market.food, "x", "buy", 1, cases[i].price, cases[i].extra);
        client_expect(market.food, "{'type':'error','field':'%s'}", cases[i].field);
        long long code = client_number(market.food, "code");
        cr_expect(cases[i].price == NULL ? code == 1205 : code >= 1205 && code <= 1207, "%s", market.food->line);
    }
    static const char *const stops[] = {",'ord_type':'stop_limit'", ",'ord_type':'stop'"};
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        order_send(market.food, "x", "buy", 1, i == 0 ? "2700.00" : NULL, stops[i]);
        client_receive(market.food);
        long long code = client_number(market.food, "code");
        cr_expect(code == 708 || code == 1205, "%s", market.food->line);
    }
    client_expect_quiet(market.food);
    market_close(&market);
}

/* Members that belong to one type or time in force and to no other. */
Test(reasons, members_of_another_kind_of_order_are_refused) {
    static const struct { int code; const char *field, *extra; } cases[] = {
        {1206, "stop_px", ",'stop_px':'2800.00'"},
        {1206, "expire_date", ",'expire_date':'2021-06-29'"},
        {1206, "expire_date", ",'time_in_force':'gtc','expire_date':'2021-06-29'"},
        {1205, "expire_date", ",'time_in_force':'gtd'"},
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        order_send(market.food, "x", "buy", 1, "2700.00", cases[i].extra);
        client_expect(market.food, "{'type':'error','code':%d,'field':'%s'}", cases[i].code, cases[i].field);
    }
    order_enter(market.food, "a", "buy", 1, "2600.00", "");
    static const char *const requests[] = {"'type':'cancel_order'",
                                           "'type':'cancel_order','orig_cl_ord_id':'a','order_id':'1'",
                                           "'type':'amend_order','cl_ord_id':'b','order_qty':2",
                                           "'type':'order_status_request'"};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        client_send(market.food, "{%s}", requests[i]);
        client_expect(market.food, "{'type':'error'}");
        long long code = client_number(market.food, "code");
        cr_expect(code == 1205 || code == 1206, "%s: %s", requests[i], market.food->line);
    }
    market_close(&market);
}

/* Ways to write a price: equal ones, others that are no price of the instrument, and what is no decimal at all. */
Test(reasons, a_price_is_a_decimal) {
    static const struct { int code; const char *price; } cases[] = {
        {0, "'2700'"}, {0, "'2700.0'"}, {0, "'2700.00000'"}, {0, "2700"}, {702, "'2700.001'"}, {701, "0"}, {701, "-5"},
        {701, "'0'"}, {701, "'-2700.00'"}, {701, "'99999999999999999999999999'"}, {701, "9007199254740991"},
        {1206, "'+2700'"}, {1206, "' 2700'"}, {1206, "'2700 '"}, {1206, "'2700.'"}, {1206, "'.5'"}, {1206, "'02700'"},
        {1206, "'2.7e3'"}, {1206, "'0x1'"}, {1206, "'NaN'"}, {1206, "'-'"}, {1206, "null"}, {1206, "{}"},
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(market.food, "{'type':'new_order','cl_ord_id':'p%zu','symbol':'DY-SMP-EX','side':'buy',"
                    "'order_qty':1,'price':%s}", i, cases[i].price);
        const cJSON *answer = client_receive(market.food);
        const cJSON *code = cJSON_GetObjectItemCaseSensitive(answer, "code");
        cr_expect_eq(code != NULL ? code->valueint : 0, cases[i].code, "%s: %s", cases[i].price, market.food->line);
        if (cases[i].code == 0) cr_expect_str_eq(client_text(market.food, "price"), "2700.00");
    }
    market_close(&market);
}

Test(reasons, what_officials_cannot_do_yet_says_so) {
    static const char *const types[] = {
        "admin_guarantee", "admin_carry_over",
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        client_send(market.root, "{'type':'%s','req_id':%zu}", types[i], i);
        client_expect(market.root, "{'type':'error','req_id':%zu,'code':1211,'reason':'not_available'}", i);
        client_send(market.food, "{'type':'%s','req_id':%zu}", types[i], i);
        client_expect(market.food, "{'type':'error','req_id':%zu,'code':1201}", i);
    }
    market_close(&market);
}

Test(reasons, what_is_not_available_yet_says_so) {
    static const char order[] = "'type':'new_order','cl_ord_id':'x','symbol':'DY-SMP-EX','side':'buy','order_qty':1,"
                                "'price':'2700.00'";
    static const char *const extras[] = {"'time_in_force':'at_open'", "'time_in_force':'at_close'"};
    static const char *const requests[] = {
        "'type':'subscribe','channel':'auction','symbols':'all'",
        "'type':'lot_offer','lot':'L1','session':'S','symbol':'DY-SMP-EX','order_qty':1,'start_px':'2700.00'",
        "'type':'lot_bid','lot':'L1','price':'2700.00'", "'type':'lot_choose_basis','lot':'L1','basis':'FCA'",
        "'type':'deal_propose','deal':'D1','symbol':'S','side':'buy','order_qty':1,'price':'1.00','counterparty':'X'",
        "'type':'deal_confirm','deal':'D1'", "'type':'deal_decline','deal':'D1'",
        "'type':'contract_sign','contract_id':'C1'", "'type':'contract_pay','contract_id':'C1'",
        "'type':'contract_ship','contract_id':'C1'", "'type':'contract_accept','contract_id':'C1'",
        "'type':'contract_dispute','contract_id':'C1'", "'type':'contract_cancel','contract_id':'C1'",
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        client_send(market.food, "{%s,%s,'req_id':%zu}", order, extras[i], i);
        client_expect(market.food, "{'type':'error','req_id':%zu,'code':1211,'reason':'not_available'}", i);
    }
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        client_send(market.food, "{%s,'req_id':'r%zu'}", requests[i], i);
        client_expect(market.food, "{'type':'error','req_id':'r%zu','code':1211,'reason':'not_available'}", i);
    }
    client_expect_quiet(market.food);
    market_close(&market);
}

/* ---- which comes first ---- */

/* Two things wrong with one new order: the earlier code of the two is the verdict. The market is prepared so that
 * 2700.00 is the last trade, DY-BUT-825 is halted, "taken" is an id of today and 1 lot is offered at 2710.00. */
Test(precedence, of_two_reasons_the_earlier_one_is_given) {
    static const struct { int first, second; const char *id, *side; int quantity; const char *price,
                         *extra; } cases[] = {
        {1207, 1206, "p", "down", 1, "2700.00", ",'colour':'red'"},
        {1206, 104, "p", "down", 1, "2700.00", ",'symbol':'DY-SOUP'"},
        {104, 602, "p", "buy", 0, "2700.00", ",'symbol':'DY-SOUP'"},
        {104, 107, "taken", "buy", 1, "2700.00", ",'symbol':'DY-SOUP'"},
        {106, 107, "taken", "buy", 1, "5130.00", ",'symbol':'DY-BUT-825'"},
        {106, 602, "p", "buy", 0, "5130.00", ",'symbol':'DY-BUT-825'"},
        {106, 702, "p", "buy", 1, "5131.00", ",'symbol':'DY-BUT-825'"},
        {107, 207, "taken", "buy", 1, "740.00", ",'symbol':'MT-REBAR-12'"},
        {107, 702, "taken", "buy", 1, "2701.00", ""},
        {207, 602, "p", "buy", 0, "740.00", ",'symbol':'MT-REBAR-12'"},
        {207, 702, "p", "buy", 1, "740.50", ",'symbol':'MT-REBAR-12'"},
        {602, 610, "p", "buy", 0, "2700.00", ",'post_only':true,'time_in_force':'ioc'"},
        {602, 702, "p", "buy", 0, "2701.00", ""},
        {603, 611, "p", "buy", 10001, "2700.00", ",'min_qty':1"},
        {603, 705, "p", "buy", 10001, "3600.00", ""},
        {610, 611, "p", "buy", 2, "2700.00", ",'all_or_none':true,'time_in_force':'fok','min_qty':1"},
        {610, 612, "p", "buy", 2, "2700.00", ",'post_only':true,'time_in_force':'ioc','display_qty':1"},
        {611, 612, "p", "buy", 2, "2700.00", ",'min_qty':1,'display_qty':2"},
        {611, 701, "p", "buy", 2, "0.00", ",'min_qty':1"},
        {612, 702, "p", "buy", 2, "2701.00", ",'display_qty':2"},
        {701, 708, "p", "buy", 2, "0.00", ",'ord_type':'stop_limit','stop_px':'2600.00'"},
        {702, 705, "p", "buy", 2, "3601.00", ""},
        {705, 708, "p", "buy", 2, "3600.00", ",'ord_type':'stop_limit','stop_px':'2600.00'"},
        {705, 902, "p", "buy", 2, "3600.00", ",'post_only':true"},
        {705, 903, "p", "buy", 2, "3600.00", ",'time_in_force':'fok'"},
        {702, 903, "p", "buy", 2, "2701.00", ",'time_in_force':'fok'"},
        {602, 902, "p", "buy", 0, "2710.00", ",'post_only':true"},
    };
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s", "sell", 1, "2700.00", "");
    order_enter(market.food, "taken", "buy", 1, "2700.00", "");
    expect_fill(market.food, "taken", 1, "2700.00", "taker", "filled");
    expect_fill(market.dairy, "s", 1, "2700.00", "maker", "filled");
    order_enter(market.dairy, "offer", "sell", 1, "2710.00", "");
    client_send(market.root, "{'type':'admin_halt','symbol':'DY-BUT-825'}");
    client_expect(market.root, "{'type':'ack'}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        order_send(market.food, cases[i].id, cases[i].side, cases[i].quantity, cases[i].price, cases[i].extra);
        client_receive(market.food);
        cr_expect_eq(client_number(market.food, "code"), cases[i].first, "case %zu, %d before %d: %s", i,
                     cases[i].first,
                     cases[i].second, market.food->line);
    }
    market_close(&market);
}

Test(precedence, session_and_role_come_before_type_and_fields) {
    struct server server;
    server_start(&server, "tests/e2e/worlds/roles.json");
    struct client *stranger = client_open(&server), *watcher = client_logon(&server, "watcher");
    client_send(stranger, "{'type':'new_order','colour':'red'}");
    client_expect(stranger, "{'type':'error','code':1200}");
    client_send(watcher, "{'type':'new_order','colour':'red'}");
    client_expect(watcher, "{'type':'error','code':1201}");
    client_send(stranger, "{'type':'new_order','colour':1.5}");
    client_expect(stranger, "{'type':'error','code':108}");
    client_close(stranger);
    client_close(watcher);
    server_stop(&server);
}

Test(precedence, a_closed_session_comes_before_accreditation_and_quantity) {
    struct server server;
    server_start_text(&server,
        "{ 'name': 'Closed', 'start': '2021-06-28T05:00:00Z', 'instruments': ['DY-SMP-EX'],"
        " 'participants': [{ 'id': 'A', 'country': 'BY', 'accreditations': [] }],"
        " 'users': [{ 'user': 'a', 'participant': 'A', 'role': 'trader', 'password': 'a-secret' },"
        "           { 'user': 'root', 'role': 'admin', 'password': 'root-secret' }],"
        " 'sessions': [{ 'id': 'DAY', 'model': 'continuous', 'symbols': ['DY-SMP-EX'],"
        "                'schedule': { 'open': '09:00', 'close': '17:00' } }] }");
    struct client *a = client_logon(&server, "a"), *root = client_logon(&server, "root");
    order_send(a, "x", "buy", 0, "2701.00", "");
    expect_refusal(a, 102, "session_closed", "");
    client_send(root, "{'type':'admin_halt','symbol':'DY-SMP-EX'}");
    client_expect(root, "{'type':'ack'}");
    order_send(a, "x", "buy", 0, "2701.00", "");
    expect_refusal(a, 102, "session_closed", "");
    clock_move(root, "2021-06-28T06:00:00Z");
    order_send(a, "x", "buy", 0, "2701.00", "");
    expect_refusal(a, 106, "market_halted", "");
    client_send(root, "{'type':'admin_resume','symbol':'DY-SMP-EX'}");
    client_expect(root, "{'type':'ack'}");
    order_send(a, "x", "buy", 0, "2701.00", "");
    expect_refusal(a, 202, "not_accredited", "");
    client_close(a);
    client_close(root);
    server_stop(&server);
}
