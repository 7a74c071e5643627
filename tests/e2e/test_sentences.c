/* test_sentences.c - a refusal names the very rule and the figures: what was given, what is allowed, from when and for
 * whom. `rule` is exact where one reason serves several rules. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/market.h"

#define EVERYWHERE \
    "'accreditations':[{'section':'timber','from':'2020-01-01'},{'section':'agri','from':'2020-01-01'}," \
    "{'section':'metals','from':'2020-01-01'}]"
#define MONEY "'deposit':{'BYN':'1000000.00','USD':'1000000.00','CNY':'1000000.00','RUB':'1000000.00'}"
#define FIRM(id, country) "{'id':'" id "','country':'" country "'," EVERYWHERE "," MONEY "}"
#define TRADER(name, firm) "{'user':'" name "','participant':'" firm "','role':'trader','password':'" name "-secret'},"

static const char world[] =
    "{'name':'Sentences','start':'2021-07-12T06:00:00Z',"
    "'instruments':['TB-SAW-CN-CY','TB-SAW-DOM','TB-SAW-TR','DY-SMP-EX','MT-REBAR-12',"
    "{'symbol':'BYN-TR','section':'timber','unit':'m3','lot':1,'tick':'0.01','currency':'BYN','reference_px':'100',"
    " 'bases':[{'basis':'DAP','place':'Riga','country':'LV'}]},"
    "{'symbol':'USD-DOM','section':'timber','unit':'m3','lot':1,'tick':'0.01','currency':'USD','reference_px':'100'}],"
    "'participants':[" FIRM("BY-1", "BY") "," FIRM("DE-1", "DE") ",{'id':'CN-9','country':'CN'},"
    "{'id':'CN-1','country':'CN'," EVERYWHERE "," MONEY ",'broker':{'from':'2021-01-01'},"
    "'clients':[{'id':'CN-9','sections':['timber']}]},"
    "{'id':'PL-1','country':'PL','accreditations':[{'section':'agri','from':'2020-01-01'}],"
    "'deposit':{'USD':'300.00'}}],"
    "'users':[" TRADER("by1", "BY-1") TRADER("de1", "DE-1") TRADER("cn1", "CN-1") TRADER("pl1", "PL-1")
    "{'user':'root','role':'admin','password':'root-secret'}],"
    "'sessions':[{'id':'CHINA','model':'continuous','symbols':['TB-SAW-TR'],'countries':['CN','KR'],"
    "'currencies':['EUR','USD']},"
    "{'id':'TRANSIT','model':'continuous','symbols':['BYN-TR'],'direction':'transit'},"
    "{'id':'DOMESTIC','model':'continuous','symbols':['USD-DOM'],'direction':'domestic'}]}";

/* Sends an order and holds its refusal against code, rule and the parts of the sentence. */
static void expect_refused(struct client *client, const char *side, const char *price, const char *extra, int code,
                           const char *rule, const char *text) {
    static int count;
    char id[16];
    snprintf(id, sizeof id, "x%d", count++);
    order_send(client, id, side, 1, price, extra);
    client_expect(client, "{'type':'execution_report','exec_type':'rejected','code':%d,'rule':'%s','text':'~%s'}", code,
                  rule, text);
}

/* STL-3: a currency for some countries. STL-4: BYN for two residents, and they in BYN only. TRN-9: transit never in it. */
Test(sentences, the_currency_and_the_residence) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *de1 = client_logon(&server, "de1");
    expect_refused(de1, "buy", "1890.00", ",'symbol':'TB-SAW-CN-CY'", 503, "STL-3",
                   "CNY is open to firms of BY, CN; DE-1 is of DE");
    expect_refused(de1, "buy", "480.00", ",'symbol':'TB-SAW-DOM'", 503, "STL-4",
                   "BYN is for deals between two residents; DE-1 is of DE");
    expect_refused(de1, "buy", "100.00", ",'symbol':'BYN-TR'", 503, "TRN-9", "BYN");
    expect_refused(by1, "buy", "100.00", ",'symbol':'USD-DOM'", 503, "STL-4",
                   "two residents deal in BYN only, and USD-DOM is in USD");
    client_close(by1);
    client_close(de1);
    server_stop(&server);
}

/* The session, its countries, direction and currencies; the broker's client. */
Test(sentences, the_session_and_the_client) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *de1 = client_logon(&server, "de1");
    struct client *cn1 = client_logon(&server, "cn1"), *root = client_logon(&server, "root");
    expect_refused(de1, "buy", "280.00", ",'symbol':'TB-SAW-TR'", 401, "SES-3",
                   "session CHINA admits buyers from CN, KR, not from DE");
    expect_refused(by1, "buy", "100.00", ",'symbol':'BYN-TR'", 402, "SES-6",
                   "session TRANSIT is for transit, in which a resident may not buy");
    expect_refused(by1, "sell", "2700.00", ",'session':'CHINA'", 105, "SES-2", "DY-SMP-EX is listed in no session");
    expect_refused(by1, "sell", "2700.00", ",'session':'INDIA'", 101, "SES-1", "there is no session \\\"INDIA\\\"");
    client_send(root, "{'type':'admin_session','session':'CHINA','currencies':['CNY','EUR']}");
    client_expect(root, "{'type':'ack'}");
    expect_refused(cn1, "buy", "280.00", ",'symbol':'TB-SAW-TR'", 501, "STL-1",
                   "session CHINA admits EUR, CNY, not USD");
    expect_refused(cn1, "buy", "2700.00", ",'client':'CN-9'", 304, "BRK-4",
                   "CN-9 is not registered with CN-1 as a client for section agri");
    cr_expect_str_eq(client_text(cn1, "client"), "CN-9");
    client_send(root, "{'type':'admin_client','broker':'CN-1','client':'CN-9','section':'timber',"
                "'symbol':'TB-SAW-CN-CY','order_qty_max':4,'limit_px':'1900.00'}");
    client_expect(root, "{'type':'ack'}");
    expect_refused(cn1, "buy", "1920.00", ",'symbol':'TB-SAW-CN-CY','client':'CN-9'", 305, "BRK-7",
                   "the mandate of CN-9 has the limit 1900.00 to buy");
    expect_refused(cn1, "buy", "280.00", ",'symbol':'TB-SAW-TR','client':'CN-9'", 305, "BRK-7",
                   "the mandate of CN-9 is for TB-SAW-CN-CY, not for TB-SAW-TR");
    client_close(by1);
    client_close(de1);
    client_close(cn1);
    client_close(root);
    server_stop(&server);
}

/* The price, the bound, the deals and the days it is for. */
Test(sentences, bands) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1");
    expect_refused(by1, "buy", "509.00", ",'symbol':'TB-SAW-DOM'", 703, "PRC-2",
                   "price 509.00 is above the ceiling 508.00 for domestic deals from 2021-07-09 to 2021-07-28");
    expect_refused(by1, "sell", "2480.00", "", 704, "PRC-2",
                   "price 2480.00 is below the floor 2485.00 for export deals from 2020-01-01 on");
    order_enter(by1, "ok", "sell", 1, "2600.00", "");
    client_send(by1, "{'type':'amend_order','cl_ord_id':'am','orig_cl_ord_id':'ok','price':'2480.00'}");
    client_expect(by1, "{'type':'error','code':704,'rule':'PRC-2','text':'~price 2480.00 is below the floor 2485.00 for"
                  " export deals'}");
    client_close(by1);
    server_stop(&server);
}

/* Money with its currency; sections; dates with today's. */
Test(sentences, money_and_dates) {
    struct server server;
    server_start_text(&server, world);
    struct client *pl1 = client_logon(&server, "pl1"), *root = client_logon(&server, "root");
    expect_refused(pl1, "buy", "600.00", ",'symbol':'MT-REBAR-12'", 207, "ACC-3",
                   "PL-1 is not accredited in section metals; it is in agri");
    order_enter(pl1, "a", "buy", 1, "2700.00", "");
    expect_refused(pl1, "buy", "2700.00", "", 801, "DEP-2", "a deposit of 250.00 USD is required and 50.00 is free");
    client_send(root, "{'type':'admin_sanction','participant':'PL-1','until':'2021-07-15'}");
    client_expect(root, "{'type':'ack'}");
    expect_refused(pl1, "buy", "2700.00", "", 214, "ACC-11",
                   "a sanction is in force until 2021-07-15, and the trade date is 2021-07-12");
    client_send(root, "{'type':'admin_deposit','participant':'PL-1','currency':'USD','amount':'90.00',"
                "'action':'withdraw'}");
    client_expect(root, "{'type':'error','code':805,'rule':'DEP-6','text':'~only 50.00 USD is free'}");
    client_send(root, "{'type':'admin_fees','participant':'PL-1','currency':'USD','amount':'1.00'}");
    client_expect(root, "{'type':'error','code':1206,'text':'~fees that are due'}");
    client_send(root, "{'type':'admin_withdraw','participant':'PL-1'}");
    client_expect(root, "{'type':'ack'}");
    client_send(root, "{'type':'admin_reinstate','participant':'PL-1'}");
    client_expect(root, "{'type':'error','code':206,'rule':'ACC-17'}");
    client_close(pl1);
    client_close(root);
    server_stop(&server);
}
