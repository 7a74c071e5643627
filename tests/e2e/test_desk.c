/* test_desk.c - what the supervisor's desk does to deals, sessions and rates: a bust, news, admin_session, the limit on
 * messages. Figures are the rulebook's own arithmetic: 2 x 20 t x 2,700.00 USD, deposit 250.00, fees 216.00 USD and
 * 546.48 BYN. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/expect.h"
#include "tests/support/market.h"

#define AGRI "'accreditations':[{'section':'agri','from':'2020-01-01','to':null}]"
#define MONEY "'deposit':{'BYN':'100000.00','USD':'100000.00'}"
#define TRADER(name, firm) "{'user':'" name "','participant':'" firm "','role':'trader','password':'" name "-secret'},"

static const char world[] =
    "{'name':'Desk','start':'2021-08-02T06:00:00Z','instruments':['DY-SMP-EX','DY-BUT-825','DY-SMP-CN'],"
    "'participants':[{'id':'BY-1','country':'BY'," AGRI "," MONEY "},{'id':'UA-1','country':'UA'," AGRI "," MONEY "},"
    "{'id':'PL-1','country':'PL'," AGRI "," MONEY "}],"
    "'users':[" TRADER("by1", "BY-1") TRADER("ua1", "UA-1") TRADER("ua2", "UA-1") TRADER("pl1", "PL-1")
    "{'user':'eye','participant':'UA-1','role':'observer','password':'eye-secret'},"
    "{'user':'boss','role':'supervisor','password':'boss-secret'},"
    "{'user':'root','role':'admin','password':'root-secret'}]}";

/* One account of the answer to balances_request. */
static void expect_account(struct client *client, const char *expectation) {
    char why[256] = "no such account";
    client_send(client, "{'type':'balances_request'}");
    const cJSON *answer = client_expect(client, "{'type':'balances','accounts':'*'}"), *account;
    int found = 0;
    cJSON_ArrayForEach(account, cJSON_GetObjectItemCaseSensitive(answer, "accounts"))
        found |= expect_match(expectation, account, why, sizeof why) == 0;
    cr_expect(found, "%s: %s: %s", expectation, why, client->line);
}

/* FEE-7: both sides are told, fees are owed no more, deposits are free, the deal says so. */
Test(desk, a_bust_takes_a_deal_back) {
    struct server server;
    char trade_id[32];
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *ua1 = client_logon(&server, "ua1");
    struct client *boss = client_logon(&server, "boss");
    order_enter(ua1, "b", "buy", 3, "2700.00", "");
    order_enter(by1, "s", "sell", 2, "2700.00", "");
    expect_fill(by1, "s", 2, "2700.00", "taker", "filled");
    expect_fill(ua1, "b", 2, "2700.00", "maker", "partially_filled");
    client_copy(ua1, "trade_id", trade_id, sizeof trade_id);
    client_send(boss, "{'type':'admin_bust','req_id':7,'trade_id':'%s','text':'wrong price'}", trade_id);
    client_expect(boss, "{'type':'ack','req_id':7}");
    expect_report(ua1, "trade_cancel", "b", ",'trade_id':'*','side':'buy','ord_status':'partially_filled',"
                  "'last_qty':2,'last_px':'2700.00','deal_class':'export','fee':'-216.00','fee_currency':'USD'");
    cr_expect_str_eq(client_text(ua1, "trade_id"), trade_id);
    expect_report(by1, "trade_cancel", "s", ",'trade_id':'*','side':'sell','ord_status':'filled','last_qty':2,"
                  "'last_px':'2700.00','fee':'-546.48','fee_currency':'BYN','deposit':'0.00'");
    client_send(ua1, "{'type':'deals_request'}");
    client_expect(ua1, "{'type':'deals','deals':[{'trade_id':'%s','contract_id':'%s','state':'busted','qty':2,"
                  "'value':'108000.00','fee':'0.00','counterparty':'BY-1'}]}", trade_id, trade_id);
    expect_account(by1, "{'currency':'USD','free':'100000.00','blocked':'0.00'}");
    expect_account(by1, "{'currency':'BYN','fees_due':'0.00'}");
    expect_account(ua1, "{'currency':'USD','blocked':'0.00','fees_due':'0.00'}");
    client_send(boss, "{'type':'admin_bust','trade_id':'%s','text':'again'}", trade_id);
    client_expect(boss, "{'type':'error','code':1206,'reason':'bad_value','text':'~deal'}");
    client_send(boss, "{'type':'admin_bust','trade_id':'999999','text':'none'}");
    client_expect(boss, "{'type':'error','code':1206,'text':'~deal'}");
    client_send(ua1, "{'type':'admin_bust','trade_id':'%s','text':'mine'}", trade_id);
    client_expect(ua1, "{'type':'error','code':1201}");
    client_send(boss, "{'type':'admin_bust','text':'which'}");
    client_expect(boss, "{'type':'error','code':1205,'field':'trade_id'}");
    client_close(by1);
    client_close(ua1);
    client_close(boss);
    server_stop(&server);
}

/* A fee that was paid already is the payer's again, free on its account; one that was not is owed no more. */
Test(desk, a_bust_gives_paid_fees_back) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *ua1 = client_logon(&server, "ua1");
    struct client *boss = client_logon(&server, "boss");
    order_enter(ua1, "b", "buy", 2, "2700.00", "");
    order_enter(by1, "s", "sell", 2, "2700.00", "");
    client_send(boss, "{'type':'admin_fees','participant':'UA-1','currency':'USD','amount':'216.00'}");
    client_expect(boss, "{'type':'ack'}");
    client_send(boss, "{'type':'admin_fees','participant':'BY-1','currency':'BYN','amount':'46.48','source':'deposit'}");
    client_expect(boss, "{'type':'ack'}");
    client_send(boss, "{'type':'admin_bust','trade_id':'1','text':'typed twice'}");
    client_expect(boss, "{'type':'ack'}");
    expect_fill(by1, "s", 2, "2700.00", "taker", "filled");
    expect_report(by1, "trade_cancel", "s", "");
    expect_fill(ua1, "b", 2, "2700.00", "maker", "filled");
    expect_report(ua1, "trade_cancel", "b", "");
    expect_account(ua1, "{'currency':'USD','credited':'100216.00','free':'100216.00','fees_due':'0.00'}");
    expect_account(by1, "{'currency':'BYN','credited':'100046.48','free':'100000.00','fees_due':'0.00',"
                   "'set_off':'46.48'}");
    client_close(by1);
    client_close(ua1);
    client_close(boss);
    server_stop(&server);
}

/* The report of a bust is one of the stream: it comes again after a logon. */
Test(desk, a_bust_is_sent_again) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *ua1 = client_logon(&server, "ua1");
    struct client *root = client_logon(&server, "root");
    order_enter(ua1, "b", "buy", 1, "2700.00", "");
    client_close(ua1);
    order_enter(by1, "s", "sell", 1, "2700.00", "");
    expect_fill(by1, "s", 1, "2700.00", "taker", "filled");
    client_send(root, "{'type':'admin_bust','trade_id':'%s','text':''}", client_text(by1, "trade_id"));
    client_expect(root, "{'type':'error','code':1206,'field':'text'}");
    client_send(root, "{'type':'admin_bust','trade_id':'%s','text':'x'}", client_text(by1, "trade_id"));
    client_expect(root, "{'type':'ack'}");
    expect_report(by1, "trade_cancel", "s", "");
    ua1 = client_open(&server);
    ua1->replay_next = 1;
    client_send(ua1, "{'type':'logon','user':'ua1','password':'ua1-secret','next_expected_seq':1}");
    client_expect(ua1, "{'type':'logon_ack','next_seq':4}");
    client_expect(ua1, "{'exec_type':'new','seq':1,'poss_dup':true}");
    client_expect(ua1, "{'exec_type':'trade','seq':2,'poss_dup':true}");
    client_expect(ua1, "{'exec_type':'trade_cancel','seq':3,'poss_dup':true,'fee':'-108.00','last_px':'2700.00'}");
    client_close(by1);
    client_close(ua1);
    client_close(root);
    server_stop(&server);
}

/* Everybody who is logged on or subscribed to anything reads it; a connection that only came in does not. */
Test(desk, news_reaches_everyone) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *boss = client_logon(&server, "boss");
    struct client *reader = client_open(&server), *stranger = client_open(&server);
    client_send(reader, "{'type':'subscribe','channel':'trades','symbols':'all'}");
    client_expect(reader, "{'type':'ack'}");
    client_send(boss, "{'type':'admin_news','req_id':1,'text':'Rain in Brest; \\u00abharvest\\u00bb late'}");
    client_expect(boss, "{'type':'ack','req_id':1}");
    client_expect(boss, "{'type':'news','text':'Rain in Brest; \\u00abharvest\\u00bb late','seq':null}");
    client_expect(by1, "{'type':'news','text':'~Rain','ts':'*'}");
    client_expect(reader, "{'type':'news','text':'~harvest'}");
    client_expect_quiet(stranger);
    client_send(by1, "{'type':'admin_news','text':'buy'}");
    client_expect(by1, "{'type':'error','code':1201}");
    client_send(boss, "{'type':'admin_news','text':'%0100d'}", 0);
    client_expect(boss, "{'type':'error','code':1206,'field':'text','text':'~96'}");
    client_close(by1);
    client_close(boss);
    client_close(reader);
    client_close(stranger);
    server_stop(&server);
}

/* One session of the answer to sessions_request. */
static void expect_session(struct client *client, const char *expectation) {
    char why[256] = "no such session";
    client_send(client, "{'type':'sessions_request'}");
    const cJSON *answer = client_expect(client, "{'type':'sessions','last':true}"), *session;
    int found = 0;
    cJSON_ArrayForEach(session, cJSON_GetObjectItemCaseSensitive(answer, "sessions"))
        found |= expect_match(expectation, session, why, sizeof why) == 0;
    cr_expect(found, "%s: %s: %s", expectation, why, client->line);
}

/* Created with its restrictions, which bind at once; then changed. */
Test(desk, a_session_is_created_and_changed) {
    struct server server;
    server_start_text(&server, world);
    struct client *by1 = client_logon(&server, "by1"), *ua1 = client_logon(&server, "ua1");
    struct client *pl1 = client_logon(&server, "pl1"), *boss = client_logon(&server, "boss");
    client_send(boss, "{'type':'admin_session','req_id':1,'session':'UKRAINE','symbols':['DY-SMP-EX'],"
                "'direction':'export','countries':['UA'],'currencies':['USD']}");
    client_expect(boss, "{'type':'ack','req_id':1}");
    expect_session(boss, "{'session':'UKRAINE','model':'continuous','phase':'continuous','opens':null,'closes':null,"
                   "'symbols':['DY-SMP-EX'],'restrictions':{'direction':'export','countries':['UA'],"
                   "'currencies':['USD']}}");
    order_enter(ua1, "b", "buy", 1, "2600.00", ",'session':'UKRAINE'");
    order_send(pl1, "b", "buy", 1, "2600.00", "");
    expect_refusal(pl1, 401, "session_country_restricted", "buyers PL UA");
    order_send(by1, "b", "buy", 1, "2600.00", "");
    expect_refusal(by1, 401, "session_country_restricted", "BY");
    order_send(ua1, "s", "sell", 1, "2800.00", "");
    expect_refusal(ua1, 402, "session_direction_mismatch", "export sell UKRAINE");
    client_send(boss, "{'type':'admin_session','session':'UKRAINE','countries':['UA','PL']}");
    client_expect(boss, "{'type':'ack'}");
    order_enter(pl1, "b", "buy", 1, "2600.00", "");
    expect_session(boss, "{'session':'UKRAINE','restrictions':{'direction':'export','countries':['UA','PL']}}");
    client_send(boss, "{'type':'admin_session','session':'UKRAINE','countries':null,'direction':'any',"
                "'symbols':['DY-SMP-EX','DY-BUT-825'],'role':'brokers_only'}");
    client_expect(boss, "{'type':'ack'}");
    expect_session(boss, "{'session':'UKRAINE','symbols':['DY-SMP-EX','DY-BUT-825'],"
                   "'restrictions':{'direction':null,'countries':null,'role':'brokers_only'}}");
    order_send(pl1, "c", "buy", 1, "5000.00", ",'symbol':'DY-BUT-825'");
    expect_refusal(pl1, 406, "session_role_restricted", "");
    client_close(by1);
    client_close(ua1);
    client_close(pl1);
    client_close(boss);
    server_stop(&server);
}

/* Hours, a grid of days, single dates. 2 August 2021 is a Monday. */
Test(desk, a_session_with_hours) {
    struct server server;
    server_start_text(&server, world);
    struct client *ua1 = client_logon(&server, "ua1"), *root = client_logon(&server, "root");
    client_send(root, "{'type':'admin_session','session':'NOON','symbols':['DY-SMP-EX'],"
                "'schedule':{'open':'12:00','close':'13:30','every_days':14,'anchor':'2021-08-02'}}");
    client_expect(root, "{'type':'ack'}");
    expect_session(root, "{'session':'NOON','phase':'closed','opens':'12:00','closes':'13:30',"
                   "'restrictions':{'every_days':14,'anchor':'2021-08-02'}}");
    order_send(ua1, "a", "buy", 1, "2600.00", "");
    expect_refusal(ua1, 102, "session_closed", "NOON 12:00 13:30 2021-08-02");
    clock_move(root, "2021-08-02T09:00:00Z");
    order_enter(ua1, "a", "buy", 1, "2600.00", "");
    clock_move(root, "2021-08-03T09:00:00Z");
    expect_report(ua1, "expired", "a", "");
    order_send(ua1, "b", "buy", 1, "2600.00", "");
    expect_refusal(ua1, 102, "session_closed", "2021-08-16");
    client_send(root, "{'type':'admin_session','session':'NOON','dates':['2021-08-03','2021-08-10']}");
    client_expect(root, "{'type':'ack'}");
    order_enter(ua1, "b", "buy", 1, "2600.00", "");
    expect_session(root, "{'session':'NOON','restrictions':{'dates':['2021-08-03','2021-08-10']}}");
    client_close(ua1);
    client_close(root);
    server_stop(&server);
}

/* Other hours count from now on: they may close a session, and open it. 09:00 Minsk time is 06:00 UTC. */
Test(desk, a_session_gets_other_hours) {
    struct server server;
    server_start_text(&server, world);
    struct client *ua1 = client_logon(&server, "ua1"), *root = client_logon(&server, "root");
    client_send(root, "{'type':'admin_session','session':'DAY','symbols':['DY-SMP-EX'],"
                "'schedule':{'open':'09:00','close':'12:00'}}");
    client_expect(root, "{'type':'ack'}");
    order_enter(ua1, "a", "buy", 1, "2600.00", "");
    client_send(root, "{'type':'admin_session','session':'DAY','schedule':{'open':'10:00','close':'11:00'}}");
    client_expect(root, "{'type':'ack'}");
    expect_report(ua1, "expired", "a", "");
    expect_session(root, "{'session':'DAY','phase':'closed','opens':'10:00','closes':'11:00'}");
    order_send(ua1, "b", "buy", 1, "2600.00", "");
    expect_refusal(ua1, 102, "session_closed", "DAY 10:00 11:00");
    clock_move(root, "2021-08-02T07:00:00Z");
    order_enter(ua1, "b", "buy", 1, "2600.00", "");
    clock_move(root, "2021-08-02T08:00:00Z");
    expect_report(ua1, "expired", "b", "");
    client_send(root, "{'type':'admin_session','session':'DAY','schedule':'always','model':'continuous'}");
    client_expect(root, "{'type':'ack'}");
    expect_session(root, "{'session':'DAY','phase':'continuous','opens':null,'closes':null}");
    order_enter(ua1, "c", "buy", 1, "2600.00", "");
    client_close(ua1);
    client_close(root);
    server_stop(&server);
}

Test(desk, sessions_that_cannot_be) {
    static const struct { int code; const char *field, *members; } cases[] = {
        {1205, "symbols", "'session':'NEW'"},
        {1206, "symbols", "'session':'NEW','symbols':[]"},
        {104, "symbols", "'session':'NEW','symbols':['NO-SUCH']"},
        {1206, "symbols", "'session':'NEW','symbols':['DY-SMP-EX','DY-SMP-EX']"},
        {1211, "model", "'session':'NEW','model':'english','symbols':['DY-SMP-EX']"},
        {1206, "model", "'session':'NEW','model':'bazaar','symbols':['DY-SMP-EX']"},
        {1206, "direction", "'session':'NEW','symbols':['DY-SMP-EX'],'direction':'up'"},
        {1206, "countries", "'session':'NEW','symbols':['DY-SMP-EX'],'countries':['China']"},
        {1206, "schedule", "'session':'NEW','symbols':['DY-SMP-EX'],'schedule':'daily'"},
        {1206, "schedule", "'session':'NEW','symbols':['DY-SMP-EX'],'schedule':{'open':'09:00'}"},
        {1206, "schedule", "'session':'NEW','symbols':['DY-SMP-EX'],'schedule':{'open':'09:00','close':'08:00'}"},
        {1206, "schedule", "'session':'NEW','symbols':['DY-SMP-EX'],'schedule':{'open':'09:00','close':'10:00','x':1}"},
        {1206, "schedule", "'session':'OLD','schedule':{'open':'09:00','close':'09:00'}"},
        {1211, "model", "'session':'OLD','model':'call'"},
        {1206, "session", "'session':'a b','symbols':['DY-SMP-EX']"},
        {1206, "late_login", "'session':'NEW','symbols':['DY-SMP-EX'],'late_login':'never'"},
    };
    struct server server;
    char before[32];
    server_start_text(&server, world);
    struct client *root = client_logon(&server, "root");
    client_send(root, "{'type':'admin_session','session':'OLD','symbols':['DY-SMP-CN']}");
    client_expect(root, "{'type':'ack'}");
    client_send(root, "{'type':'admin_digest'}");
    client_expect(root, "{'type':'digest'}");
    client_copy(root, "state_hash", before, sizeof before);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(root, "{'type':'admin_session',%s,'req_id':%zu}", cases[i].members, i);
        client_expect(root, "{'type':'error','req_id':%zu,'code':%d,'field':'%s'}", i, cases[i].code, cases[i].field);
    }
    client_send(root, "{'type':'admin_digest'}");
    client_expect(root, "{'type':'digest','state_hash':'%s'}", before);
    client_close(root);
    server_stop(&server);
}

/* ACC-10: who is not here when the session starts waits for the next; a second connection does not matter. */
Test(desk, a_late_login) {
    struct server server;
    server_start_text(&server, world);
    struct client *ua1 = client_logon(&server, "ua1"), *root = client_logon(&server, "root");
    client_send(root, "{'type':'admin_session','session':'NOON','symbols':['DY-SMP-EX'],'late_login':'refuse',"
                "'schedule':{'open':'12:00','close':'13:30'}}");
    client_expect(root, "{'type':'ack'}");
    expect_session(root, "{'session':'NOON','restrictions':{'late_login':'refuse'}}");
    clock_move(root, "2021-08-02T09:00:00Z");
    struct client *pl1 = client_logon(&server, "pl1"), *again = client_logon(&server, "ua1");
    order_enter(ua1, "a", "buy", 1, "2600.00", "");
    order_send(pl1, "b", "buy", 1, "2600.00", "");
    client_expect(pl1, "{'exec_type':'rejected','code':213,'reason':'late_login','rule':'ACC-10',"
                  "'text':'~2021-08-02 at 12:00'}");
    client_close(ua1);
    expect_report(again, "new", "a", "");
    order_enter(again, "c", "buy", 1, "2600.00", "");
    clock_move(root, "2021-08-03T09:00:00Z");
    order_enter(pl1, "b", "buy", 1, "2600.00", "");
    client_close(again);
    client_close(pl1);
    pl1 = client_logon(&server, "pl1");
    order_send(pl1, "d", "buy", 1, "2600.00", "");
    expect_refusal(pl1, 213, "late_login", "");
    client_close(pl1);
    client_close(root);
    server_stop(&server);
}

/* What stands in a firm's record: licence, clients with their mandates, remarks and when they count. */
Test(desk, a_record_in_full) {
    static const char *const acts[] = {
        "'type':'admin_broker','participant':'PL-1','from':'2021-01-01'",
        ("'type':'admin_client','broker':'PL-1','client':'UA-1','section':'agri','side':'buy','symbol':'DY-SMP-EX',"
         "'order_qty_max':5,'limit_px':'2750.00','expire_date':'2021-12-31'"),
        "'type':'admin_client','broker':'PL-1','client':'BY-1','section':'agri','own_account':true",
        "'type':'admin_claim','participant':'PL-1','open':true,'at_once':true",
        "'type':'admin_papers','participant':'PL-1','missing':['passport','register_extract']",
        "'type':'admin_sanction','participant':'PL-1','until':'2021-08-09'",
        "'type':'admin_own_use','participant':'PL-1','from':'2021-01-01'",
    };
    struct server server;
    server_start_text(&server, world);
    struct client *pl1 = client_logon(&server, "pl1"), *root = client_logon(&server, "root");
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        client_send(root, "{%s}", acts[i]);
        client_expect(root, "{'type':'ack'}");
    }
    client_send(pl1, "{'type':'participant_request','req_id':1}");
    client_expect(pl1, "{'type':'participant','req_id':1,'broker':{'state':'active','from':'2021-01-01','score':0},"
                  "'remarks':[{'remark':'papers','state':'from_next_session','missing':['passport','register_extract']},"
                  "{'remark':'claim','state':'in_force'},{'remark':'sanction','until':'2021-08-09'}],"
                  "'own_use':{'from':'2021-01-01','to':null},'killed':false,'last':true}");
    cr_expect_not_null(strstr(pl1->line, "{\"client\":\"UA-1\",\"section\":\"agri\",\"side\":\"buy\","
                              "\"order_qty_max\":5,\"symbol\":\"DY-SMP-EX\",\"limit_px\":\"2750.00\","
                              "\"expire_date\":\"2021-12-31\",\"own_account\":false,\"cross_allowed\":false}"),
                       "%s", pl1->line);
    cr_expect_not_null(strstr(pl1->line, "{\"client\":\"BY-1\",\"section\":\"agri\",\"own_account\":true"),
                       "%s", pl1->line);
    client_close(pl1);
    client_close(root);
    server_stop(&server);
}

/* A broker with more clients than a line holds: several lines, each client once. */
Test(desk, a_record_of_many_clients) {
    enum { clients_count = 300 };
    struct server server;
    server_start_text(&server, world);
    struct client *pl1 = client_logon(&server, "pl1"), *root = client_logon(&server, "root");
    client_send(root, "{'type':'admin_broker','participant':'PL-1','from':'2021-01-01'}");
    client_expect(root, "{'type':'ack'}");
    for (int i = 0; i < clients_count; i++) {
        client_send(root, "{'type':'admin_participant','participant':'A-CLIENT-OF-THE-BR%d','name':'n','country':"
                    "'LV'}", i);
        client_expect(root, "{'type':'ack'}");
        client_send(root, "{'type':'admin_client','broker':'PL-1','client':'A-CLIENT-OF-THE-BR%d','section':'agri'}",
                    i);
        client_expect(root, "{'type':'ack'}");
    }
    client_send(pl1, "{'type':'participant_request','req_id':1}");
    int count = 0, lines = 0, last = 0;
    while (!last) {
        const cJSON *part = client_expect(pl1, "{'type':'participant','req_id':1,'participant':'PL-1','last':'*'}");
        count += cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(part, "clients"));
        last = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(part, "last"));
        lines++;
    }
    cr_expect_eq(count, clients_count);
    cr_expect_gt(lines, 1);
    client_expect_quiet(pl1);
    client_close(pl1);
    client_close(root);
    server_stop(&server);
}

/* RSK-2: as many messages at once as the rate, then as many as time brings; time is the exchange's. Each trader has its
 * own measure, whatever the connection; observers and officials have none. */
Test(desk, the_rate_of_messages) {
    struct server server;
    server_start_text(&server, world);
    struct client *ua1 = client_logon(&server, "ua1"), *again = client_logon(&server, "ua1");
    struct client *ua2 = client_logon(&server, "ua2"), *eye = client_logon(&server, "eye");
    struct client *root = client_logon(&server, "root");
    client_send(root, "{'type':'admin_limits','participant':'UA-1','message_rate':4}");
    client_expect(root, "{'type':'ack'}");
    for (int i = 0; i < 2; i++) {
        client_send(ua1, "{'type':'balances_request'}");
        client_expect(ua1, "{'type':'balances'}");
    }
    client_send(again, "{'type':'balances_request'}");
    client_expect(again, "{'type':'balances'}");
    order_enter(ua1, "a", "buy", 1, "2600.00", "");
    client_expect(again, "{'type':'execution_report','exec_type':'new'}");
    client_send(ua1, "{'type':'new_order','req_id':'r','cl_ord_id':'b','symbol':'DY-SMP-EX','side':'buy','order_qty':1,"
                "'price':'2600.00'}");
    client_expect(ua1, "{'type':'error','req_id':'r','code':110,'reason':'rate_limited','rule':'RSK-2','text':'~4'}");
    client_send(again, "nonsense");
    client_expect(again, "{'type':'error','code':110}");
    client_expect(eye, "{'type':'execution_report','cl_ord_id':'a'}");
    for (int i = 0; i < 8; i++) {
        client_send(eye, "{'type':'balances_request'}");
        client_expect(eye, "{'type':'balances'}");
    }
    client_expect(ua2, "{'type':'execution_report','cl_ord_id':'a'}");
    order_send(ua2, "c", "buy", 1, "2600.00", "");
    expect_report(ua2, "new", "c", "");
    client_expect(ua1, "{'type':'execution_report','cl_ord_id':'c'}");
    clock_move(root, "2021-08-02T06:00:00.249999999Z");
    client_send(ua1, "{'type':'balances_request'}");
    client_expect(ua1, "{'type':'error','code':110}");
    clock_move(root, "2021-08-02T06:00:00.25Z");
    client_send(ua1, "{'type':'balances_request'}");
    client_expect(ua1, "{'type':'balances'}");
    client_send(ua1, "{'type':'balances_request'}");
    client_expect(ua1, "{'type':'error','code':110}");
    client_send(root, "{'type':'admin_limits','participant':'UA-1','message_rate':0}");
    client_expect(root, "{'type':'ack'}");
    for (int i = 0; i < 8; i++) {
        client_send(ua1, "{'type':'balances_request'}");
        client_expect(ua1, "{'type':'balances'}");
    }
    client_close(ua1);
    client_close(again);
    client_close(ua2);
    client_close(eye);
    client_close(root);
    server_stop(&server);
}
