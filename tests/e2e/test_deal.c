/* test_deal.c - one real deal from beginning to end: a Ukrainian importer buys a trial batch of 40 t of skimmed milk
 * powder from a Belarusian dairy at 2,700.00 USD a tonne. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/market.h"

/* Both sides after the deal; the text members of the two fills. */
struct sides { char dairy_trade[64], food_trade[64], dairy_order[64], food_order[64]; };

static void deal_make(struct market *market, struct sides *sides) {
    order_enter(market->dairy, "batch-1", "sell", 2, "2700.00", ",'time_in_force':'gtc'");
    client_copy(market->dairy, "order_id", sides->dairy_order, sizeof sides->dairy_order);
    order_send(market->food, "trial-1", "buy", 2, "2700.00", ",'req_id':'r1'");
    expect_report(market->food, "new", "trial-1", ",'req_id':'r1','ord_status':'new','symbol':'DY-SMP-EX','side':'buy',"
                  "'order_qty':2,'cum_qty':0,'leaves_qty':2,'price':'2700.00','order_id':'*','exec_id':'*',"
                  "'trade_id':null,'ts':'2021-06-28T06:00:00.000000000Z'");
    client_copy(market->food, "order_id", sides->food_order, sizeof sides->food_order);
    expect_report(market->food, "trade", "trial-1", ",'ord_status':'filled','symbol':'DY-SMP-EX','side':'buy',"
                  "'order_qty':2,"
                  "'cum_qty':2,'leaves_qty':0,'price':'2700.00','last_qty':2,'last_px':'2700.00','avg_px':'2700.0000',"
                  "'liquidity':'taker','deal_class':'export','trade_id':'*','exec_id':'*','reason':null,'client':null");
    client_copy(market->food, "trade_id", sides->food_trade, sizeof sides->food_trade);
    expect_report(market->dairy, "trade", "batch-1", ",'ord_status':'filled','symbol':'DY-SMP-EX','side':'sell',"
                  "'order_qty':2,'cum_qty':2,'leaves_qty':0,'price':'2700.00','last_qty':2,'last_px':'2700.00',"
                  "'avg_px':'2700.0000','liquidity':'maker','deal_class':'export','trade_id':'*','exec_id':'*',"
                  "'reason':null,'client':null");
    client_copy(market->dairy, "trade_id", sides->dairy_trade, sizeof sides->dairy_trade);
}

Test(deal, both_sides_reports_agree) {
    struct market market;
    struct sides sides;
    market_open(&market);
    deal_make(&market, &sides);
    cr_expect_str_eq(sides.dairy_trade, sides.food_trade);
    cr_expect_str_neq(sides.dairy_order, sides.food_order);
    client_expect_quiet(market.dairy);
    client_expect_quiet(market.food);
    client_expect_quiet(market.trade);
    market_close(&market);
}

Test(deal, both_sides_have_it_in_their_deals_and_nobody_else) {
    struct market market;
    struct sides sides;
    market_open(&market);
    deal_make(&market, &sides);
    client_send(market.food, "{'type':'deals_request','req_id':9}");
    client_expect(market.food, "{'type':'deals','req_id':9,'deals':[{'trade_id':'%s','trade_date':'2021-06-28',"
                  "'symbol':'DY-SMP-EX','section':'agri','side':'buy','qty':2,'price':'2700.00','value':'108000.00',"
                  "'currency':'USD','deal_class':'export','counterparty':'BY-DAIRY-1'}]}", sides.food_trade);
    client_send(market.dairy, "{'type':'deals_request'}");
    client_expect(market.dairy, "{'type':'deals','deals':[{'trade_id':'%s','trade_date':'2021-06-28',"
                  "'symbol':'DY-SMP-EX','section':'agri','side':'sell','qty':2,'price':'2700.00','value':'108000.00',"
                  "'currency':'USD','deal_class':'export','counterparty':'UA-FOOD-1'}]}", sides.dairy_trade);
    client_send(market.trade, "{'type':'deals_request'}");
    client_expect(market.trade, "{'type':'deals','deals':[]}");
    market_close(&market);
}

Test(deal, deals_are_chosen_by_trade_date) {
    static const struct { const char *range; int count; } cases[] = {
        {"", 2}, {",'from':'2021-06-28','to':'2021-06-28'", 1}, {",'from':'2021-06-29'", 1}, {",'to':'2021-06-28'", 1},
        {",'from':'2021-06-28','to':'2021-06-29'", 2}, {",'from':'2021-06-30'", 0}, {",'to':'2021-06-27'", 0},
    };
    struct market market;
    struct sides sides;
    market_open(&market);
    deal_make(&market, &sides);
    clock_move(market.root, "2021-06-29T06:00:00Z");
    order_enter(market.dairy, "batch-2", "sell", 1, "2700.00", "");
    order_enter(market.food, "trial-2", "buy", 1, "2700.00", "");
    expect_fill(market.food, "trial-2", 1, "2700.00", "taker", "filled");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(market.food, "{'type':'deals_request'%s}", cases[i].range);
        const cJSON *answer = client_expect(market.food, "{'type':'deals'}");
        cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(answer, "deals")), cases[i].count, "%s: %s",
                     cases[i].range, market.food->line);
    }
    market_close(&market);
}

/* Who the sides are decides what kind of deal it is: residents are registered in Belarus. */
Test(deal, its_class_follows_from_residency) {
    struct market market;
    market_open(&market);
    static const struct { int sell_resident, buy_resident; const char *class_name; } cases[] = {
        {1, 0, "export"}, {0, 1, "import"}, {0, 0, "transit"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client *seller = cases[i].sell_resident ? market.dairy : market.trade;
        struct client *buyer = cases[i].buy_resident ? market.dairy : market.food;
        char id[2][16] = {"", ""};
        snprintf(id[0], sizeof id[0], "s%zu", i);
        snprintf(id[1], sizeof id[1], "b%zu", i);
        order_enter(seller, id[0], "sell", 1, "2700.00", "");
        order_enter(buyer, id[1], "buy", 1, "2700.00", "");
        expect_fill(buyer, id[1], 1, "2700.00", "taker", "filled");
        cr_expect_str_eq(client_text(buyer, "deal_class"), cases[i].class_name);
        expect_fill(seller, id[0], 1, "2700.00", "maker", "filled");
        cr_expect_str_eq(client_text(seller, "deal_class"), cases[i].class_name);
    }
    market_close(&market);
}
