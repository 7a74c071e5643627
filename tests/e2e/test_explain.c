/* test_explain.c - `explain` over TCP: why an order traded, waited, was passed over or refused. What is asked of a step
 * is its rule and its figures, worked out by hand from the rulebook. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/expect.h"
#include "tests/support/market.h"

#define FROM_2020 "'accreditations':[{'section':'agri','from':'2020-01-01','to':null}]"
#define USER(name, firm) "{'user':'" name "','participant':'" firm "','role':'trader','password':'" name "-secret'},"

/* Two residents, two non-residents, a broker with a client; milk powder in USD, collar 10 %, deposits asked for. */
static const char world[] =
    "{'name':'Why','start':'2020-11-10T06:00:00Z','rules':'default','instruments':['DY-SMP-EX'],'participants':["
    "{'id':'BY-1','country':'BY'," FROM_2020 ",'deposit':{'USD':'1000.00','BYN':'100000.00'}},"
    "{'id':'RU-5','country':'RU'," FROM_2020 ",'deposit':{'USD':'10000.00'}},"
    "{'id':'PL-11','country':'PL'," FROM_2020 ",'deposit':{'USD':'10000.00'}},"
    "{'id':'UA-1','country':'UA'," FROM_2020 ",'deposit':{'USD':'100.00'}},"
    "{'id':'BY-BRK','country':'BY'," FROM_2020 ",'deposit':{'USD':'10000.00'},'broker':{'from':'2020-01-01'},"
    " 'clients':[{'id':'PL-C','sections':['agri']}]},{'id':'PL-C','country':'PL'}],"
    "'users':[" USER("by1", "BY-1") USER("ru5", "RU-5") USER("pl11", "PL-11") USER("ua1", "UA-1") USER("brk", "BY-BRK")
    "{'user':'root','role':'admin','password':'root-secret'},"
    "{'user':'desk','role':'supervisor','password':'desk-secret'}],'sessions':[]}";

/* The explanation has a step of this rule whose text contains every part of `parts` (separated by |). */
#define expect_step(client, rule, parts) expect_step_at(__LINE__, client, rule, parts)
static void expect_step_at(int line, struct client *client, const char *rule, const char *parts) {
    const cJSON *step;
    cJSON_ArrayForEach(step, expect_path(client->message, "steps")) {
        const char *text = expect_path(step, "text")->valuestring;
        if (strcmp(expect_path(step, "rule")->valuestring, rule) != 0) continue;
        cr_assert(cJSON_IsObject(expect_path(step, "figures")));
        char rest[400], *state = NULL;
        snprintf(rest, sizeof rest, "%s", parts);
        int fits = 1;
        for (char *part = strtok_r(rest, "|", &state); part && fits; part = strtok_r(NULL, "|", &state))
            fits = strstr(text, part) != NULL;
        if (fits) return;
    }
    cr_assert_fail("line %d: no step of %s with \"%s\" in %s", line, rule, parts, client->line);
}

static void explain(struct client *client, const char *what) {
    client_send(client, "{'type':'explain','req_id':'e',%s}", what);
    client_expect(client, "{'type':'explanation','req_id':'e','last':true}");
}

static void explain_order(struct client *client, const char *order_id) {
    char what[64];
    snprintf(what, sizeof what, "'order_id':'%s'", order_id);
    explain(client, what);
}

/* TV-9's book: 2 lots at 2,690 that a Pole may not take in 2020, 2 at 2,700 that it may. */
Test(explain, a_fill_and_a_transit_pair_that_is_passed_over) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *ru5 = client_logon(&server, "ru5");
    struct client *pl11 = client_logon(&server, "pl11"), *desk = client_logon(&server, "desk");
    char order_id[32], trade_id[32], what[64];
    order_enter(ru5, "r", "sell", 2, "2690.00", "");
    order_enter(by1, "s", "sell", 2, "2700.00", "");
    order_enter(pl11, "b", "buy", 2, "2705.00", ",'time_in_force':'ioc'");
    client_copy(pl11, "order_id", order_id, sizeof order_id);
    client_expect(pl11, "{'type':'notice','code':1101}");
    expect_fill(pl11, "b", 2, "2700.00", "taker", "filled");
    client_copy(pl11, "trade_id", trade_id, sizeof trade_id);

    explain_order(pl11, order_id);
    expect_step(pl11, "ORD-1", "PL-11|buy 2 lots|2705.00|ioc");
    expect_step(pl11, "ACC-3", "PL-11|agri|2020-11-10");
    /* 2 x 20 t x 2,705 = 108,200; 0.2 % = 216.40, at least 250.00; 10,000 - 250 stay. */
    expect_step(pl11, "DEP-1", "108200.00|0.2 %|216.40|250.00|9750.00");
    expect_step(pl11, "TRN-3", "2690.00|non-resident|PL-11|2020-11-10|agri");
    cr_assert_null(strstr(client_text(pl11, "steps.3.text"), "RU-5"), "the book names nobody");
    expect_step(pl11, "MTX-1", "2 lots|BY-1|2700.00|2705.00|0 lots open still");
    expect_step(pl11, "TRN-1", "PL-11 (PL) is a non-resident|BY-1 (BY) is a resident|export");
    expect_step(pl11, "DEP-4", "250.00 x 2 / 2 lots = 250.00|blocked");
    expect_step(pl11, "FEE-2", "0.2 % of 108000.00 = 216.00 USD|2020-11-17");

    /* The other side of the same trade: 216.00 USD at the day's rate are BYN. */
    snprintf(what, sizeof what, "'trade_id':'%s'", trade_id);
    expect_fill(by1, "s", 2, "2700.00", "maker", "filled");
    explain(by1, what);
    expect_step(by1, "MTX-1", "place in the book at 2700.00|the first at that price|best sell price was 2690.00");
    expect_step(by1, "MTX-1", "came in and met this one|PL-11|2700.00");
    expect_step(by1, "FEE-3", "0.2 % of 108000.00 = 216.00 USD|BYN");
    explain(desk, what);
    expect_step(desk, "TRN-3", "RU-5 (RU)|2690.00");
    client_send(ru5, "{'type':'explain',%s}", what);
    client_expect(ru5, "{'type':'error','code':904,'rule':'ORD-6'}");
    client_close(by1);
    client_close(ru5);
    client_close(pl11);
    client_close(desk);
    server_stop(&server);
}

Test(explain, a_partial_fill_behind_a_queue) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *brk = client_logon(&server, "brk");
    struct client *pl11 = client_logon(&server, "pl11");
    char order_id[32];
    order_enter(brk, "q1", "sell", 1, "2700.00", "");
    order_enter(brk, "q2", "sell", 2, "2700.00", "");
    order_enter(by1, "mine", "sell", 2, "2700.00", "");
    client_copy(by1, "order_id", order_id, sizeof order_id);
    explain_order(by1, order_id);
    expect_step(by1, "MTX-1", "at 2700.00 behind 2 orders with 3 lots");
    expect_step(by1, "MTX-1", "now: 2 lots open at 2700.00; 2 orders with 3 lots before it");
    order_enter(pl11, "b1", "buy", 2, "2700.00", "");
    explain_order(by1, order_id);
    expect_step(by1, "MTX-1", "now: 2 lots open at 2700.00; 1 order with 1 lot before it");
    expect_fill(pl11, "b1", 1, "2700.00", "taker", "partially_filled");
    expect_fill(pl11, "b1", 1, "2700.00", "taker", "filled");
    order_enter(pl11, "b2", "buy", 2, "2700.00", "");
    expect_fill(by1, "mine", 1, "2700.00", "maker", "partially_filled");
    explain_order(by1, order_id);
    expect_step(by1, "MTX-1", "1 lot with PL-11|whose order came in|1 lot open still");
    expect_step(by1, "DEP-4", "250.00 x 1 / 2 lots = 125.00 USD|125.00 stays held");
    expect_step(by1, "MTX-1", "now: 1 lot open at 2700.00, the first at that price");
    client_close(by1);
    client_close(brk);
    client_close(pl11);
    server_stop(&server);
}

/* Refusals have no order: the number of the private message names them. */
Test(explain, refusals_by_deposit_and_by_collar) {
    struct server server;
    server_start_text(&server, world);
    struct client *ua1 = client_logon(&server, "ua1"), *root = client_logon(&server, "root");
    char what[64];
    order_send(ua1, "poor", "buy", 10, "2700.00", "");
    expect_refusal(ua1, 801, "insufficient_deposit", "");
    snprintf(what, sizeof what, "'seq':%lld", client_number(ua1, "seq"));
    explain(ua1, what);
    /* 10 x 20 t x 2,700 = 540,000; 0.2 % = 1,080; 100 are free. */
    expect_step(ua1, "ORD-1", "UA-1|buy 10 lots|DY-SMP-EX|2700.00");
    expect_step(ua1, "PRC-1", "passed");
    expect_step(ua1, "DEP-1", "540000.00|0.2 %|1080.00|250.00|1080.00 USD");
    expect_step(ua1, "DEP-2", "1080.00|100.00");
    order_send(ua1, "far", "buy", 1, "3515.00", "");
    expect_refusal(ua1, 705, "price_outside_collar", "");
    snprintf(what, sizeof what, "'seq':%lld", client_number(ua1, "seq"));
    explain(ua1, what);
    expect_step(ua1, "PRC-4", "10 %|2700.00");
    expect_step(ua1, "PRC-4", "refused|1890.00|3510.00");
    client_send(ua1, "{'type':'explain','seq':99}");
    client_expect(ua1, "{'type':'error','reason':'bad_value','field':'seq','text':'~99'}");
    client_send(ua1, "{'type':'explain'}");
    client_expect(ua1, "{'type':'error','reason':'missing_field','field':'order_id'}");
    client_send(ua1, "{'type':'explain','order_id':'1','seq':1}");
    client_expect(ua1, "{'type':'error','reason':'bad_value','field':'seq'}");
    client_send(root, "{'type':'explain','seq':1}");
    client_expect(root, "{'type':'error','reason':'bad_value','field':'seq'}");
    client_close(ua1);
    client_close(root);
    server_stop(&server);
}

/* PRC-2, PRC-3: 508.00 is the most from 2021-07-09 on. */
Test(explain, a_refusal_by_a_price_band) {
    struct server server;
    server_start_text(&server,
        "{'name':'Bands','start':'2021-07-09T06:00:00Z','rules':'default','instruments':['TB-SAW-DOM'],'participants':["
        "{'id':'BY-1','country':'BY','accreditations':[{'section':'timber','from':'2020-01-01','to':null}],"
        "'deposit':{'BYN':'100000.00'}}],'users':[" USER("by1", "BY-1")
        "{'user':'root','role':'admin','password':'root-secret'}],'sessions':[]}");
    struct client *by1 = client_logon(&server, "by1");
    char what[64];
    order_send(by1, "high", "buy", 1, "509.00", ",'symbol':'TB-SAW-DOM'");
    expect_refusal(by1, 703, "price_above_ceiling", "508.00");
    snprintf(what, sizeof what, "'seq':%lld", client_number(by1, "seq"));
    explain(by1, what);
    expect_step(by1, "LOT-2", "passed");
    expect_step(by1, "PRC-2", "refused|508.00");
    client_close(by1);
    server_stop(&server);
}

/* BRK-1, ACC-16: a suspended broker's order for a client ends, and a new one is refused. */
Test(explain, a_suspended_brokers_client) {
    struct server server;
    server_start_text(&server, world);
    struct client *brk = client_logon(&server, "brk"), *desk = client_logon(&server, "desk");
    char order_id[32], what[64];
    order_enter(brk, "c", "buy", 2, "2600.00", ",'client':'PL-C'");
    client_copy(brk, "order_id", order_id, sizeof order_id);
    client_send(desk, "{'type':'admin_suspend','participant':'BY-BRK'}");
    client_expect(desk, "{'type':'ack'}");
    expect_report(brk, "canceled", "c", ",'code':1103");
    explain_order(brk, order_id);
    expect_step(brk, "BRK-4", "BY-BRK acted as broker for PL-C|PL, a non-resident");
    expect_step(brk, "DEP-1", "BY-BRK's money");
    expect_step(brk, "ACC-16", "suspended");
    expect_step(brk, "DEP-4", "250.00 USD|free again");
    order_send(brk, "again", "buy", 2, "2600.00", ",'client':'PL-C'");
    expect_refusal(brk, 205, "accreditation_suspended", "");
    snprintf(what, sizeof what, "'seq':%lld", client_number(brk, "seq"));
    explain(brk, what);
    expect_step(brk, "SES-1", "passed");
    expect_step(brk, "ACC-2", "refused|suspended");
    client_close(brk);
    client_close(desk);
    server_stop(&server);
}
