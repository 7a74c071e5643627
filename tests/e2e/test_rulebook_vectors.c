/* test_rulebook_vectors.c - the worked examples of the rulebook, over TCP with the manual clock: who may trade when,
 * who may deal with whom, what is held and charged. Figures are the rulebook's own arithmetic. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/market.h"

#define EVERYWHERE(from) \
    "'accreditations':[{'section':'timber','from':'" from "','to':null},{'section':'agri','from':'" from "','to':null}," \
    "{'section':'consumer','from':'" from "','to':null}]"
#define MONEY "'deposit':{'BYN':'1000000.00','USD':'1000000.00','EUR':'1000000.00','CNY':'1000000.00'}"
#define TRADER(name, firm) "{'user':'" name "','participant':'" firm "','role':'trader','password':'" name "-secret'},"

/* The firms of the examples, of which each test uses some. */
#define FIRMS \
    "'participants':[" \
    "{'id':'BY-1','country':'BY'," EVERYWHERE("2020-01-01") "," MONEY "}," \
    "{'id':'BY-2','country':'BY'," EVERYWHERE("2020-01-01") "," MONEY "}," \
    "{'id':'RU-5','country':'RU'," EVERYWHERE("2020-01-01") "," MONEY "}," \
    "{'id':'PL-11','country':'PL'," EVERYWHERE("2020-01-01") "," MONEY "}," \
    "{'id':'UA-1','country':'UA'," EVERYWHERE("2020-01-01") "," MONEY "}," \
    "{'id':'DE-1','country':'DE'," EVERYWHERE("2020-01-01") "," MONEY "}," \
    "{'id':'KR-1','country':'KR'," EVERYWHERE("2021-06-01") "," MONEY "}," \
    "{'id':'CN-1','country':'CN'," EVERYWHERE("2020-05-01") "," MONEY ",'broker':{'from':'2021-04-01'}," \
    " 'clients':[{'id':'CN-9','sections':['timber']}]}," \
    "{'id':'IL-1','country':'IL'," EVERYWHERE("2021-03-01") "," MONEY ",'broker':{'from':'2021-03-01'}," \
    " 'clients':[{'id':'CN-9','sections':['timber']}]}," \
    "{'id':'CN-9','country':'CN'}," \
    "{'id':'GB-1','country':'GB'," EVERYWHERE("2020-01-01") "}," \
    "{'id':'GB-2','country':'GB'," EVERYWHERE("2020-01-01") "}]," \
    "'users':[" TRADER("by1", "BY-1") TRADER("by2", "BY-2") TRADER("ru5", "RU-5") TRADER("pl11", "PL-11") \
    TRADER("ua1", "UA-1") TRADER("de1", "DE-1") TRADER("kr1", "KR-1") TRADER("cn1", "CN-1") TRADER("il1", "IL-1") \
    TRADER("gb1", "GB-1") TRADER("gb2", "GB-2") "{'user':'root','role':'admin','password':'root-secret'}]"
#define WORLD(start, instruments, sessions) \
    "{'name':'Examples of the rulebook','start':'" start "','rules':'default','instruments':[" instruments "]," FIRMS \
    ",'sessions':[" sessions "]}"

#define LUMBER ",'symbol':'TB-SAW-CN-CT'"

/* TV-1, TV-2: accreditation counts from its first day. TV-3, TV-4: so does the status of a broker, and who may trade at
 * all is asked before. */
Test(rulebook_vectors, dates_of_accreditation_and_broker_status) {
    struct server server;
    server_start_text(&server, WORLD("2020-04-30T06:00:00Z", "'TB-SAW-CN-CT'", ""));
    struct client *cn1 = client_logon(&server, "cn1"), *il1 = client_logon(&server, "il1");
    struct client *root = client_logon(&server, "root");
    order_send(cn1, "tv1", "buy", 1, "293.00", LUMBER);
    expect_refusal(cn1, 203, "accreditation_not_yet_effective", "2020-05-01");
    clock_move(root, "2020-05-01T06:00:00Z");
    order_enter(cn1, "tv2", "buy", 1, "293.00", LUMBER);
    clock_move(root, "2021-02-28T06:00:00Z");
    expect_report(cn1, "expired", "tv2", "");
    order_send(il1, "tv4", "buy", 1, "293.00", LUMBER ",'client':'CN-9'");
    expect_refusal(il1, 203, "accreditation_not_yet_effective", "2021-03-01");
    clock_move(root, "2021-03-31T06:00:00Z");
    order_send(cn1, "tv3a", "buy", 1, "293.00", LUMBER ",'client':'CN-9'");
    expect_refusal(cn1, 301, "broker_licence_required", "2021-04-01");
    clock_move(root, "2021-04-01T06:00:00Z");
    order_enter(cn1, "tv3b", "buy", 1, "293.00", LUMBER ",'client':'CN-9'");
    client_close(cn1);
    client_close(il1);
    client_close(root);
    server_stop(&server);
}

/* TV-5: a session for buyers from China. */
Test(rulebook_vectors, a_country_session) {
    struct server server;
    server_start_text(&server, WORLD("2021-06-28T06:00:00Z", "'TB-SAW-CN-CT'",
        "{'id':'CHINA','model':'continuous','symbols':['TB-SAW-CN-CT'],'schedule':'always','countries':['CN']}"));
    struct client *kr1 = client_logon(&server, "kr1"), *cn1 = client_logon(&server, "cn1");
    struct client *by1 = client_logon(&server, "by1");
    order_send(kr1, "tv5", "buy", 1, "293.00", LUMBER);
    expect_refusal(kr1, 401, "session_country_restricted", "buyers");
    order_enter(cn1, "c", "buy", 1, "293.00", LUMBER ",'session':'CHINA'");
    order_enter(by1, "s", "sell", 1, "300.00", LUMBER);
    order_send(by1, "x", "sell", 1, "300.00", LUMBER ",'session':'INDIA'");
    expect_refusal(by1, 101, "session_unknown", "");
    client_close(kr1);
    client_close(cn1);
    client_close(by1);
    server_stop(&server);
}

/* TV-7: in 2020 two non-residents deal in industrial and consumer goods. */
Test(rulebook_vectors, transit_in_consumer_goods) {
    struct server server;
    server_start_text(&server, WORLD("2020-11-10T06:00:00Z", "'IC-TEXT-TR'", ""));
    struct client *ru5 = client_logon(&server, "ru5"), *pl11 = client_logon(&server, "pl11");
    order_enter(ru5, "s", "sell", 1, "5200.00", ",'symbol':'IC-TEXT-TR'");
    order_enter(pl11, "b", "buy", 1, "5200.00", ",'symbol':'IC-TEXT-TR'");
    expect_report(pl11, "trade", "b", ",'last_px':'5200.00','deal_class':'transit','fee':'10.40','fee_currency':'USD'");
    client_close(ru5);
    client_close(pl11);
    server_stop(&server);
}

/* The book of TV-9 and TV-10. */
static void open_book(struct server *server, struct client **ru5, struct client **by1, struct client **pl11) {
    *ru5 = client_logon(server, "ru5");
    *by1 = client_logon(server, "by1");
    *pl11 = client_logon(server, "pl11");
    order_enter(*ru5, "r", "sell", 2, "2690.00", ",'time_in_force':'gtc'");
    order_enter(*by1, "s", "sell", 2, "2700.00", "");
}

/* TV-9: in 2020 a Pole passes a Russian's milk powder over. FEE-6: what nobody pays is in arrears after the due date. */
Test(rulebook_vectors, a_transit_pair_is_passed_over) {
    struct server server;
    struct client *ru5, *by1, *pl11;
    server_start_text(&server, WORLD("2020-11-10T06:00:00Z", "'DY-SMP-EX'", ""));
    struct client *root = client_logon(&server, "root");
    open_book(&server, &ru5, &by1, &pl11);
    order_enter(pl11, "tv9", "buy", 2, "2700.00", ",'time_in_force':'ioc'");
    client_expect(pl11, "{'type':'notice','code':1101,'reason':'transit_pair_skipped','rule':'TRN-3'}");
    expect_report(pl11, "trade", "tv9", ",'last_qty':2,'last_px':'2700.00','deal_class':'export','ord_status':'filled'");
    expect_fill(by1, "s", 2, "2700.00", "maker", "filled");
    clock_move(root, "2020-11-17T06:00:00Z");
    order_enter(pl11, "due", "buy", 1, "2600.00", ",'time_in_force':'gtc'");
    clock_move(root, "2020-11-18T06:00:00Z");
    order_send(pl11, "late", "buy", 1, "2600.00", "");
    expect_refusal(pl11, 215, "fee_arrears", "");
    client_send(root, "{'type':'admin_fees','participant':'PL-11','currency':'USD','amount':'216.00'}");
    client_expect(root, "{'type':'ack'}");
    order_send(pl11, "cured", "buy", 1, "2600.00", "");
    expect_refusal(pl11, 215, "fee_arrears", "");
    clock_move(root, "2020-11-19T06:00:00Z");
    order_enter(pl11, "free", "buy", 1, "2600.00", "");
    client_close(ru5);
    client_close(by1);
    client_close(pl11);
    client_close(root);
    server_stop(&server);
}

/* TV-10: from 2021 on they deal. */
Test(rulebook_vectors, a_transit_pair_deals) {
    struct server server;
    struct client *ru5, *by1, *pl11;
    server_start_text(&server, WORLD("2021-01-04T06:00:00Z", "'DY-SMP-EX'", ""));
    open_book(&server, &ru5, &by1, &pl11);
    order_enter(pl11, "tv10", "buy", 2, "2700.00", ",'time_in_force':'ioc'");
    expect_report(pl11, "trade", "tv10", ",'last_qty':2,'last_px':'2690.00','deal_class':'transit'");
    expect_report(ru5, "trade", "r", ",'last_qty':2,'last_px':'2690.00','deal_class':'transit'");
    client_close(ru5);
    client_close(by1);
    client_close(pl11);
    server_stop(&server);
}

/* TV-11: 2 x 20 t x 2,700.00 = 108,000.00. Deposit 0.2 % = 216.00, but at least 250.00. Fee 216.00 USD of the buyer;
 * the seller, a resident, pays 216.00 x 2.53 = 546.48 BYN. */
Test(rulebook_vectors, deposit_and_fees_of_a_deal) {
    struct server server;
    server_start_text(&server, WORLD("2021-08-02T06:00:00Z", "'DY-SMP-EX'", ""));
    struct client *by1 = client_logon(&server, "by1"), *ua1 = client_logon(&server, "ua1");
    order_send(ua1, "b", "buy", 2, "2700.00", ",'req_id':'r'");
    expect_report(ua1, "new", "b", ",'req_id':'r','deposit':'250.00'");
    client_send(ua1, "{'type':'balances_request'}");
    client_expect(ua1, "{'type':'balances'}");
    cr_expect_not_null(strstr(ua1->line, "\"currency\":\"USD\",\"credited\":\"1000000.00\",\"free\":\"999750.00\","
                                         "\"held\":\"250.00\",\"blocked\":\"0.00\",\"fees_due\":\"0.00\""), "%s", ua1->line);
    order_enter(by1, "s", "sell", 2, "2700.00", "");
    expect_report(by1, "trade", "s", ",'fee':'546.48','fee_currency':'BYN','deposit':'0.00','deal_class':'export'");
    expect_report(ua1, "trade", "b", ",'fee':'216.00','fee_currency':'USD','deposit':'0.00'");
    client_send(ua1, "{'type':'balances_request'}");
    client_expect(ua1, "{'type':'balances'}");
    cr_expect_not_null(strstr(ua1->line, "\"free\":\"999750.00\",\"held\":\"0.00\",\"blocked\":\"250.00\","
                                         "\"fees_due\":\"216.00\""), "%s", ua1->line);
    client_close(by1);
    client_close(ua1);
    server_stop(&server);
}

/* TV-13: 0.2 % rounded up, at least 1,600.00 CNY. */
Test(rulebook_vectors, deposit_rounds_up) {
    struct server server;
    server_start_text(&server, WORLD("2021-07-01T06:00:00Z", "{'symbol':'ONE-CNY','section':'timber','unit':'m3',"
        "'lot':1,'tick':'0.01','currency':'CNY','reference_px':'800000.00','collar':'0'}", ""));
    struct client *cn1 = client_logon(&server, "cn1");
    static const char *const cases[][2] = {
        {"950000.00", "1900.00"}, {"800000.00", "1600.00"}, {"800000.01", "1600.01"}};
    for (int i = 0; i < 3; i++) {
        char id[16];
        snprintf(id, sizeof id, "o%d", i);
        order_enter(cn1, id, "buy", 1, cases[i][0], ",'symbol':'ONE-CNY'");
        cr_expect_str_eq(client_text(cn1, "deposit"), cases[i][1], "%s", cases[i][0]);
    }
    client_close(cn1);
    server_stop(&server);
}

/* TV-14: fees round half up: 0.2 % of 2.50 is half a cent, of 2.49 less. */
Test(rulebook_vectors, fee_rounds_half_up) {
    struct server server;
    server_start_text(&server, WORLD("2021-07-01T06:00:00Z", "{'symbol':'ONE-USD','section':'timber','unit':'m3',"
        "'lot':1,'tick':'0.01','currency':'USD','reference_px':'2.50','collar':'0'}", ""));
    struct client *by1 = client_logon(&server, "by1"), *de1 = client_logon(&server, "de1");
    order_enter(by1, "s1", "sell", 1, "2.50", ",'symbol':'ONE-USD'");
    order_enter(de1, "b1", "buy", 1, "2.50", ",'symbol':'ONE-USD'");
    expect_report(de1, "trade", "b1", ",'fee':'0.01'");
    order_enter(de1, "b2", "buy", 1, "2.49", ",'symbol':'ONE-USD'");
    expect_report(by1, "trade", "s1", "");
    order_enter(by1, "s2", "sell", 1, "2.49", ",'symbol':'ONE-USD'");
    expect_report(de1, "trade", "b2", ",'fee':'0.00'");
    client_close(by1);
    client_close(de1);
    server_stop(&server);
}

/* TV-15: yuan from 1 July 2021, for firms of China and Belarus. */
Test(rulebook_vectors, yuan) {
    static const char yuan[] = ",'symbol':'TB-SAW-CN-CY'";
    struct server server;
    server_start_text(&server, WORLD("2021-06-30T06:00:00Z", "'TB-SAW-CN-CY'",
        "{'id':'EXPORT','model':'continuous','symbols':['TB-SAW-CN-CY'],'direction':'export'}"));
    struct client *cn1 = client_logon(&server, "cn1"), *de1 = client_logon(&server, "de1");
    struct client *root = client_logon(&server, "root");
    order_send(cn1, "a", "buy", 1, "1890.00", yuan);
    expect_refusal(cn1, 502, "currency_not_yet_available", "2021-07-01");
    clock_move(root, "2021-07-01T06:00:00Z");
    order_enter(cn1, "b", "buy", 1, "1890.00", yuan);
    order_send(de1, "c", "buy", 1, "1890.00", yuan);
    expect_refusal(de1, 503, "currency_residency_mismatch", "");
    order_send(de1, "d", "sell", 1, "1890.00", yuan);
    expect_refusal(de1, 402, "session_direction_mismatch", "sell");
    client_close(cn1);
    client_close(de1);
    client_close(root);
    server_stop(&server);
}

/* TV-16: money counts from the second business day after it was credited. */
Test(rulebook_vectors, late_money) {
    struct server server;
    server_start_text(&server, WORLD("2021-06-25T06:00:00Z", "'DY-SMP-EX'", ""));
    struct client *gb1 = client_logon(&server, "gb1"), *gb2 = client_logon(&server, "gb2");
    struct client *root = client_logon(&server, "root");
    static const char credit[] = "'currency':'USD','amount':'500.00','action':'credit'";
    client_send(root, "{'type':'admin_deposit','participant':'GB-1',%s}", credit);
    client_expect(root, "{'type':'ack'}");
    clock_move(root, "2021-06-28T06:00:00Z");
    client_send(root, "{'type':'admin_deposit','participant':'GB-2',%s}", credit);
    client_expect(root, "{'type':'ack'}");
    clock_move(root, "2021-06-29T06:00:00Z");
    order_enter(gb1, "fri", "buy", 1, "2700.00", "");
    order_send(gb2, "mon", "buy", 1, "2700.00", "");
    expect_refusal(gb2, 802, "deposit_too_late", "250.00 0.00");
    clock_move(root, "2021-06-30T06:00:00Z");
    order_enter(gb2, "wed", "buy", 1, "2700.00", "");
    order_enter(gb2, "more", "buy", 2, "2700.00", "");
    order_send(gb2, "most", "buy", 1, "2700.00", "");
    expect_refusal(gb2, 801, "insufficient_deposit", "250.00 0.00");
    client_close(gb1);
    client_close(gb2);
    client_close(root);
    server_stop(&server);
}

/* TV-19: domestic lumber has a ceiling of 508.00 from 9 to 28 July 2021. */
Test(rulebook_vectors, a_ceiling_for_three_weeks) {
    static const struct { const char *day, *code; } days[] = {
        {"2021-07-08", NULL}, {"2021-07-09", "703"}, {"2021-07-28", "703"}, {"2021-07-29", NULL}};
    struct server server;
    server_start_text(&server, WORLD("2021-07-07T06:00:00Z", "'TB-SAW-DOM'", ""));
    struct client *by1 = client_logon(&server, "by1"), *root = client_logon(&server, "root");
    for (int i = 0; i < 4; i++) {
        char now[32], id[16];
        snprintf(now, sizeof now, "%sT06:00:00Z", days[i].day);
        snprintf(id, sizeof id, "d%d", i);
        clock_move(root, now);
        if (i == 1) expect_report(by1, "expired", "d0", "");
        order_send(by1, id, "buy", 1, "509.00", ",'symbol':'TB-SAW-DOM'");
        if (days[i].code != NULL) expect_refusal(by1, 703, "price_above_ceiling", "508.00");
        else expect_report(by1, "new", id, "");
    }
    client_close(by1);
    client_close(root);
    server_stop(&server);
}

/* TV-20: 8 x 3 = 24 passes; 4 x 5 + 1 x 3 = 23 does not; 5 x 5 + 3 x 3 - 10 = 24 does. */
Test(rulebook_vectors, a_brokers_score) {
    struct server server;
    server_start_text(&server, WORLD("2021-08-02T06:00:00Z", "'DY-SMP-EX'", ""));
    struct client *root = client_logon(&server, "root");
    static const char again[] = "'type':'admin_broker','participant':'IL-1','from':'2021-08-02'";
    client_send(root, "{%s,'new_by_clients':8}", again);
    client_expect(root, "{'type':'ack'}");
    client_send(root, "{%s,'new_foreign_clients':4,'new_by_clients':1}", again);
    client_expect(root, "{'type':'error','code':306,'reason':'broker_score_too_low','rule':'BRK-10','text':'~23'}");
    client_send(root, "{%s,'new_foreign_clients':5,'new_by_clients':3,'tax_arrears':true}", again);
    client_expect(root, "{'type':'ack'}");
    client_close(root);
    server_stop(&server);
}

/* TV-32: one person is trader of one participant. */
Test(rulebook_vectors, one_person_one_participant) {
    struct server server;
    server_start_text(&server, WORLD("2021-08-02T06:00:00Z", "'DY-SMP-EX'", ""));
    struct client *root = client_logon(&server, "root");
    client_send(root, "{'type':'admin_trader','participant':'BY-1','person':'ivanova'}");
    client_expect(root, "{'type':'ack'}");
    client_send(root, "{'type':'admin_trader','participant':'BY-2','person':'ivanova'}");
    client_expect(root, "{'type':'error','code':211,'reason':'trader_other_participant','rule':'ACC-8'}");
    client_close(root);
    server_stop(&server);
}

/* ACC-16: a suspension takes the orders out and gives the deposits back; a broker's include its clients'. */
Test(rulebook_vectors, a_suspension_releases_what_orders_held) {
    struct server server;
    server_start_text(&server, WORLD("2021-08-02T06:00:00Z", "'TB-SAW-CN-CT'", ""));
    struct client *cn1 = client_logon(&server, "cn1"), *root = client_logon(&server, "root");
    order_enter(cn1, "own", "buy", 1, "293.00", LUMBER);
    order_enter(cn1, "other", "buy", 1, "292.00", LUMBER ",'client':'CN-9'");
    client_send(root, "{'type':'admin_suspend','participant':'CN-1'}");
    client_expect(root, "{'type':'ack'}");
    expect_report(cn1, "canceled", "own", ",'code':1103,'deposit':'0.00','rule':'ACC-16'");
    client_expect(cn1, "{'type':'notice','code':1103,'rule':'ACC-16'}");
    expect_report(cn1, "canceled", "other", ",'code':1103,'client':'CN-9'");
    client_expect(cn1, "{'type':'notice','code':1103}");
    order_send(cn1, "no", "buy", 1, "293.00", LUMBER ",'client':'CN-9'");
    expect_refusal(cn1, 205, "accreditation_suspended", "");
    client_send(root, "{'type':'admin_reinstate','participant':'CN-1'}");
    client_expect(root, "{'type':'ack'}");
    order_enter(cn1, "again", "buy", 1, "293.00", LUMBER ",'client':'CN-9'");
    client_close(cn1);
    client_close(root);
    server_stop(&server);
}
