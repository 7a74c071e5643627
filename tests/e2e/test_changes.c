/* test_changes.c - what can be done to an order that rests: amend, cancel, mass cancel, ask for it, send it again. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/market.h"

/* ---- amend (ORD-5) ---- */

Test(amend, less_quantity_at_the_same_price_keeps_priority) {
    struct market market;
    char order_id[64];
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
    client_copy(market.dairy, "order_id", order_id, sizeof order_id);
    order_enter(market.trade, "b", "sell", 5, "2700.00", "");
    client_send(market.dairy, "{'type':'amend_order','req_id':3,'cl_ord_id':'a2','orig_cl_ord_id':'a','order_qty':3}");
    client_expect(market.dairy, "{'type':'execution_report','req_id':3,'exec_type':'replaced','ord_status':'new',"
                  "'priority':'kept','cl_ord_id':'a2','orig_cl_ord_id':'a','order_id':'%s','order_qty':3,'cum_qty':0,"
                  "'leaves_qty':3,'price':'2700.00','reason':null}", order_id);
    order_enter(market.food, "f", "buy", 3, "2700.00", "");
    expect_fill(market.dairy, "a2", 3, "2700.00", "maker", "filled");
    client_expect_quiet(market.trade);
    market_close(&market);
}

Test(amend, anything_else_loses_priority) {
    static const char *const changes[] = {"'order_qty':6", "'order_qty':4,'price':'2700.00','display_qty':2",
                                          "'order_qty':5",
                                          "'price':'2700.00'", "'display_qty':2"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct market market;
        market_open(&market);
        order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
        order_enter(market.trade, "b", "sell", 5, "2700.00", "");
        client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'a2','orig_cl_ord_id':'a',%s}", changes[i]);
        expect_report(market.dairy, "replaced", "a2", ",'priority':'lost','ord_status':'new','orig_cl_ord_id':'a'");
        order_enter(market.food, "f", "buy", 5, "2700.00", "");
        expect_fill(market.trade, "b", 5, "2700.00", "maker", "filled");
        client_expect_quiet(market.dairy);
        market_close(&market);
    }
}

Test(amend, a_new_price_comes_in_like_a_new_order) {
    struct market market;
    market_open(&market);
    order_enter(market.food, "bid", "buy", 2, "2690.00", "");
    order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'a2','orig_cl_ord_id':'a','price':'2690.00'}");
    expect_report(market.dairy, "replaced", "a2", ",'priority':'lost','price':'2690.00','order_qty':5,'leaves_qty':5");
    expect_fill(market.dairy, "a2", 2, "2690.00", "taker", "partially_filled");
    expect_fill(market.food, "bid", 2, "2690.00", "maker", "filled");
    client_send(market.dairy, "{'type':'open_orders_request'}");
    client_expect(market.dairy, "{'type':'open_orders','orders':[{'cl_ord_id':'a2','price':'2690.00','order_qty':5,"
                  "'cum_qty':2,'leaves_qty':3}]}");
    market_close(&market);
}

Test(amend, the_quantity_is_the_new_total) {
    struct market market;
    char order_id[64];
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 10, "2700.00", "");
    client_copy(market.dairy, "order_id", order_id, sizeof order_id);
    order_enter(market.food, "f", "buy", 4, "2700.00", "");
    expect_fill(market.dairy, "a", 4, "2700.00", "maker", "partially_filled");
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'a2','order_id':'%s','order_qty':4}", order_id);
    expect_refusal(market.dairy, 602, "qty_below_minimum", "4 5");
    client_expect_quiet(market.dairy);
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'a2','order_id':'%s','order_qty':6}", order_id);
    expect_report(market.dairy, "replaced", "a2", ",'priority':'kept','ord_status':'partially_filled','order_qty':6,"
                  "'cum_qty':4,'leaves_qty':2,'avg_px':'2700.0000'");
    market_close(&market);
}

Test(amend, a_hidden_part_shrinks_first) {
    struct market market;
    market_open(&market);
    client_send(market.food, "{'type':'subscribe','channel':'book','symbols':['DY-SMP-EX']}");
    client_expect(market.food, "{'type':'ack'}");
    client_expect(market.food, "{'type':'book_snapshot','bids':[],'asks':[]}");
    order_enter(market.dairy, "ice", "sell", 12, "2700.00", ",'display_qty':5");
    client_expect(market.food, "{'type':'book_update','asks':[['2700.00',5,1]],'bids':[]}");
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'ice2','orig_cl_ord_id':'ice','order_qty':6}");
    expect_report(market.dairy, "replaced", "ice2", ",'priority':'kept','order_qty':6,'leaves_qty':6");
    client_expect_quiet(market.food);
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'ice3','orig_cl_ord_id':'ice2','order_qty':3}");
    expect_report(market.dairy, "replaced", "ice3", ",'priority':'kept','order_qty':3,'leaves_qty':3");
    client_expect(market.food, "{'type':'book_update','asks':[['2700.00',3,1]],'bids':[]}");
    market_close(&market);
}

Test(amend, display_zero_makes_a_plain_order) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "ice", "sell", 12, "2700.00", ",'display_qty':5");
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'plain','orig_cl_ord_id':'ice','display_qty':0}");
    expect_report(market.dairy, "replaced", "plain", ",'priority':'lost','order_qty':12");
    client_send(market.food, "{'type':'subscribe','channel':'book','symbols':['DY-SMP-EX']}");
    client_expect(market.food, "{'type':'ack'}");
    client_expect(market.food, "{'type':'book_snapshot','asks':[['2700.00',12,1]]}");
    market_close(&market);
}

/* ---- cancel (ORD-6) ---- */

Test(cancel, by_either_name_and_with_what_was_filled) {
    struct market market;
    char order_id[64];
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
    order_enter(market.food, "f", "buy", 2, "2700.00", "");
    expect_fill(market.dairy, "a", 2, "2700.00", "maker", "partially_filled");
    client_send(market.dairy, "{'type':'cancel_order','req_id':'c','orig_cl_ord_id':'a'}");
    expect_report(market.dairy, "canceled", "a", ",'req_id':'c','ord_status':'canceled','order_qty':5,'cum_qty':2,"
                  "'leaves_qty':0,'avg_px':'2700.0000','reason':null,'code':null");
    order_enter(market.dairy, "b", "sell", 5, "2700.00", "");
    client_copy(market.dairy, "order_id", order_id, sizeof order_id);
    client_send(market.dairy, "{'type':'cancel_order','cl_ord_id':'c2','order_id':'%s'}", order_id);
    client_expect(market.dairy, "{'type':'execution_report','exec_type':'canceled','order_id':'%s',"
                  "'ord_status':'canceled','order_qty':5,'cum_qty':0,'leaves_qty':0}", order_id);
    market_close(&market);
}

/* Orders of two symbols and two sides; `left` are the ones that a mass cancel with these members leaves. */
Test(cancel, a_mass_cancel_takes_what_fits_in_the_order_of_entry) {
    static const struct { const char *members, *canceled, *left; } cases[] = {
        {"", "1234", ""},
        {",'symbol':'DY-SMP-EX'", "124", "3"},
        {",'side':'buy'", "23", "14"},
        {",'symbol':'DY-SMP-EX','side':'sell'", "14", "23"},
        {",'symbol':'MT-REBAR-12'", "", "1234"},
    };
    struct market market;
    market_open(&market);
    order_enter(market.trade, "other", "sell", 1, "2900.00", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[16];
        const char *const sides[] = {"sell", "buy", "buy", "sell"};
        const char *const prices[] = {"2800.00", "2600.00", "5000.00", "2805.00"};
        for (int n = 1; n <= 4; n++) {
            snprintf(id, sizeof id, "c%zu-%d", i, n);
            order_enter(market.dairy, id, sides[n - 1], n, prices[n - 1], n == 3 ? ",'symbol':'DY-BUT-825'" : "");
        }
        client_send(market.dairy, "{'type':'mass_cancel','req_id':'m'%s}", cases[i].members);
        for (const char *at = cases[i].canceled; *at != '\0'; at++) {
            snprintf(id, sizeof id, "c%zu-%c", i, *at);
            expect_report(market.dairy, "canceled", id, ",'ord_status':'canceled','cum_qty':0,'leaves_qty':0");
        }
        client_expect(market.dairy, "{'type':'mass_cancel_ack','req_id':'m','count':%zu}", strlen(cases[i].canceled));
        for (const char *at = cases[i].left; *at != '\0'; at++) {
            client_send(market.dairy, "{'type':'cancel_order','orig_cl_ord_id':'c%zu-%c'}", i, *at);
            expect_report(market.dairy, "canceled", "*", "");
        }
    }
    client_expect_quiet(market.trade);
    market_close(&market);
}

/* ---- sending again (ORD-7) ---- */

Test(resend, the_same_request_is_answered_with_the_orders_present_state) {
    struct market market;
    char order_id[64];
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
    client_copy(market.dairy, "order_id", order_id, sizeof order_id);
    order_enter(market.food, "f", "buy", 2, "2700.00", "");
    expect_fill(market.dairy, "a", 2, "2700.00", "maker", "partially_filled");
    order_send(market.dairy, "a", "sell", 5, "2700.00", ",'req_id':'again'");
    expect_report(market.dairy, "order_status", "a", ",'req_id':'again','poss_dup':true,"
                  "'ord_status':'partially_filled','order_qty':5,'cum_qty':2,'leaves_qty':3,'seq':null");
    cr_expect_str_eq(client_text(market.dairy, "order_id"), order_id);
    client_send(market.dairy, "{'type':'cancel_order','orig_cl_ord_id':'a'}");
    expect_report(market.dairy, "canceled", "a", "");
    order_send(market.dairy, "a", "sell", 5, "2700.00", "");
    expect_report(market.dairy, "order_status", "a", ",'poss_dup':true,'ord_status':'canceled','cum_qty':2,"
                  "'leaves_qty':0");
    client_send(market.dairy, "{'type':'open_orders_request'}");
    client_expect(market.dairy, "{'type':'open_orders','orders':[]}");
    market_close(&market);
}

Test(resend, other_content_under_the_same_name_is_107) {
    static const struct { const char *side; int quantity; const char *price, *extra; } cases[] = {
        {"buy", 5, "2700.00", ""}, {"sell", 6, "2700.00", ""}, {"sell", 5, "2705.00", ""},
        {"sell", 5, "2700.00", ",'time_in_force':'gtc'"}, {"sell", 5, "2700.00", ",'post_only':true"},
        {"sell", 5, "2700.00", ",'symbol':'DY-BUT-825'"}, {"sell", 5, "2700.00", ",'stp':'decrement'"},
        {"sell", 5, "2700.00", ",'display_qty':2"},
    };
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        order_send(market.dairy, "a", cases[i].side, cases[i].quantity, cases[i].price, cases[i].extra);
        expect_refusal(market.dairy, 107, "duplicate_client_order_id", "");
    }
    order_enter(market.food, "a", "buy", 1, "2600.00", "");
    clock_move(market.root, "2021-06-29T06:00:00Z");
    expect_report(market.dairy, "expired", "a", "");
    order_enter(market.dairy, "a", "sell", 6, "2700.00", "");
    market_close(&market);
}

Test(resend, an_amend_sent_again_does_nothing_twice) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
    for (int i = 0; i < 2; i++) {
        client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'a2','orig_cl_ord_id':'a','order_qty':3}");
        expect_report(market.dairy, i == 0 ? "replaced" : "order_status", "a2", ",'order_qty':3,'leaves_qty':3");
    }
    order_enter(market.dairy, "b", "sell", 5, "2700.00", "");
    client_send(market.dairy, "{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'a2','order_qty':2}");
    expect_refusal(market.dairy, 107, "duplicate_client_order_id", "");
    market_close(&market);
}

Test(resend, a_refused_order_leaves_its_name_free) {
    struct market market;
    market_open(&market);
    order_send(market.dairy, "a", "sell", 1, "2701.00", "");
    expect_refusal(market.dairy, 702, "price_not_on_tick", "");
    order_enter(market.dairy, "a", "sell", 1, "2700.00", "");
    market_close(&market);
}

/* ---- asking ---- */

Test(status, one_order_by_either_name) {
    struct market market;
    char order_id[64];
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 5, "2700.00", ",'display_qty':2,'time_in_force':'gtc'");
    client_copy(market.dairy, "order_id", order_id, sizeof order_id);
    client_send(market.dairy, "{'type':'order_status_request','req_id':1,'orig_cl_ord_id':'a'}");
    expect_report(market.dairy, "order_status", "a", ",'req_id':1,'seq':null,'ord_status':'new','symbol':'DY-SMP-EX',"
                  "'side':'sell','order_qty':5,'cum_qty':0,'leaves_qty':5,'price':'2700.00'");
    client_send(market.dairy, "{'type':'order_status_request','req_id':2,'order_id':'%s'}", order_id);
    expect_report(market.dairy, "order_status", "a", ",'req_id':2,'leaves_qty':5");
    client_send(market.dairy, "{'type':'order_status_request','orig_cl_ord_id':'never'}");
    expect_refusal(market.dairy, 904, "order_unknown", "");
    client_send(market.food, "{'type':'order_status_request','order_id':'%s'}", order_id);
    const cJSON *answer = client_receive(market.food);
    int code = (int)client_number(market.food, "code");
    cr_expect(answer != NULL && (code == 904 || code == 905), "%s", market.food->line);
    market_close(&market);
}

Test(status, open_orders_are_the_participants_own_in_the_order_of_entry) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "a", "sell", 5, "2700.00", "");
    order_enter(market.dairy, "b", "buy", 1, NULL, ",'ord_type':'stop','stop_px':'2900.00'");
    order_enter(market.trade, "x", "sell", 1, "2710.00", "");
    order_enter(market.dairy, "c", "sell", 3, "5130.00", ",'symbol':'DY-BUT-825'");
    client_send(market.dairy, "{'type':'open_orders_request','req_id':4}");
    client_expect(market.dairy, "{'type':'open_orders','req_id':4,'orders':["
                  "{'cl_ord_id':'a','order_id':'*','symbol':'DY-SMP-EX','side':'sell','ord_status':'new','order_qty':5,"
                  "'cum_qty':0,'leaves_qty':5,'price':'2700.00'},{'cl_ord_id':'b','ord_status':'pending_trigger'},"
                  "{'cl_ord_id':'c','symbol':'DY-BUT-825','price':'5130.00'}]}");
    client_send(market.food, "{'type':'open_orders_request'}");
    client_expect(market.food, "{'type':'open_orders','orders':[]}");
    market_close(&market);
}
