/* test_several_sessions.c - one instrument in several sessions: which one an order belongs to, whom it meets, when it ends,
 * what the public sees. SES-1, SES-2, SES-3; PROTOCOL.md 5 and 7. */
#include <criterion/criterion.h>

#include "tests/support/expect.h"
#include "tests/support/market.h"

#define AGRI "'accreditations':[{'section':'agri','from':'2020-01-01','to':null}]"
#define MONEY "'deposit':{'BYN':'100000.00','USD':'100000.00'}"
#define FIRM(id, country) "{'id':'" id "','country':'" country "'," AGRI "," MONEY "}"
#define TRADER(name, firm) "{'user':'" name "','participant':'" firm "','role':'trader','password':'" name "-secret'}"

/* 2 August 2021 is a Monday; the start is 09:00 in Minsk, when MORNING and SPECIAL are open and LATE is not. */
static const char world[] =
    "{'name':'Several','start':'2021-08-02T06:00:00Z','instruments':['DY-SMP-EX','DY-BUT-825'],"
    "'participants':[" FIRM("BY-1", "BY") "," FIRM("UA-1", "UA") "," FIRM("CN-1", "CN") "],"
    "'users':[" TRADER("by1", "BY-1") "," TRADER("ua1", "UA-1") "," TRADER("cn1", "CN-1") ","
    "{'user':'root','role':'admin','password':'root-secret'}],"
    "'sessions':[{'id':'MORNING','model':'continuous','symbols':['DY-SMP-EX','DY-BUT-825'],"
    "'schedule':{'open':'09:00','close':'12:00'}},"
    "{'id':'SPECIAL','model':'continuous','symbols':['DY-SMP-EX'],'direction':'export','countries':['CN'],"
    "'schedule':{'open':'09:00','close':'11:00'}},"
    "{'id':'LATE','model':'continuous','symbols':['DY-SMP-EX'],'schedule':{'open':'13:00','close':'17:00'}}]}";

struct several {
    struct server server;
    struct client *by1, *ua1, *cn1, *root;
};

static void several_open(struct several *s) {
    server_start_text(&s->server, world);
    s->by1 = client_logon(&s->server, "by1");
    s->ua1 = client_logon(&s->server, "ua1");
    s->cn1 = client_logon(&s->server, "cn1");
    s->root = client_logon(&s->server, "root");
}

static void several_close(struct several *s) {
    client_close(s->by1);
    client_close(s->ua1);
    client_close(s->cn1);
    client_close(s->root);
    server_stop(&s->server);
}

/* Needed only while several are open. */
Test(several_sessions, an_order_names_its_session_where_several_are_open) {
    struct several s;
    several_open(&s);
    order_send(s.by1, "a", "sell", 1, "2700.00", "");
    expect_refusal(s.by1, 101, "session_unknown", "DY-SMP-EX several MORNING SPECIAL LATE");
    order_send(s.by1, "a", "sell", 1, "2700.00", ",'session':'LATE'");
    expect_refusal(s.by1, 102, "session_closed", "LATE 13:00 17:00 2021-08-02");
    order_send(s.by1, "a", "sell", 1, "2700.00", ",'session':'NIGHT'");
    expect_refusal(s.by1, 101, "session_unknown", "NIGHT");
    order_send(s.by1, "a", "sell", 1, "4800.00", ",'session':'SPECIAL','symbol':'DY-BUT-825'");
    expect_refusal(s.by1, 105, "instrument_not_in_session", "DY-BUT-825 MORNING");
    order_enter(s.by1, "b", "sell", 1, "4800.00", ",'symbol':'DY-BUT-825'");
    order_enter(s.by1, "a", "sell", 1, "2700.00", ",'session':'SPECIAL'");
    clock_move(s.root, "2021-08-02T08:00:00Z");
    expect_report(s.by1, "expired", "a", "");
    order_enter(s.by1, "c", "sell", 1, "2700.00", "");
    clock_move(s.root, "2021-08-02T09:00:00Z");
    expect_report(s.by1, "expired", "b", "");
    expect_report(s.by1, "expired", "c", "");
    order_send(s.by1, "d", "sell", 1, "2700.00", "");
    expect_refusal(s.by1, 102, "session_closed", "DY-SMP-EX");
    clock_move(s.root, "2021-08-02T10:00:00Z");
    order_enter(s.by1, "d", "sell", 1, "2700.00", "");
    several_close(&s);
}

/* The better and the earlier offer of another session is not there; nobody is told of it. */
Test(several_sessions, orders_meet_within_their_session) {
    struct several s;
    several_open(&s);
    order_enter(s.by1, "special", "sell", 1, "2650.00", ",'session':'SPECIAL'");
    order_enter(s.by1, "morning", "sell", 1, "2700.00", ",'session':'MORNING'");
    order_send(s.ua1, "no", "buy", 1, "2700.00", ",'session':'SPECIAL'");
    expect_refusal(s.ua1, 401, "session_country_restricted", "UA CN");
    order_enter(s.ua1, "u", "buy", 2, "2700.00", ",'session':'MORNING'");
    expect_fill(s.ua1, "u", 1, "2700.00", "taker", "partially_filled");
    expect_fill(s.by1, "morning", 1, "2700.00", "maker", "filled");
    order_enter(s.cn1, "c", "buy", 1, "2700.00", ",'session':'SPECIAL','post_only':false,'time_in_force':'fok'");
    expect_fill(s.cn1, "c", 1, "2650.00", "taker", "filled");
    expect_fill(s.by1, "special", 1, "2650.00", "maker", "filled");
    order_enter(s.by1, "p", "sell", 1, "2700.00", ",'session':'SPECIAL','post_only':true");
    order_send(s.cn1, "f", "buy", 2, "2700.00", ",'session':'SPECIAL','time_in_force':'fok'");
    expect_refusal(s.cn1, 903, "fok_not_fillable", "1");
    several_close(&s);
}

/* One's own order elsewhere is no self-trade. An amend stays in its session. */
Test(several_sessions, own_orders_of_another_session_are_not_met) {
    struct several s;
    several_open(&s);
    order_enter(s.by1, "sell", "sell", 1, "2700.00", ",'session':'SPECIAL'");
    order_enter(s.by1, "buy", "buy", 1, "2600.00", ",'session':'MORNING'");
    client_send(s.by1, "{'type':'amend_order','cl_ord_id':'buy2','orig_cl_ord_id':'buy','price':'2700.00'}");
    expect_report(s.by1, "replaced", "buy2", ",'price':'2700.00','leaves_qty':1");
    client_expect_quiet(s.by1);
    order_enter(s.by1, "sell2", "sell", 1, "2700.00", ",'session':'MORNING','time_in_force':'ioc'");
    expect_report(s.by1, "canceled", "sell2", ",'code':901");
    several_close(&s);
}

/* A status for each session; lists name them all; a halt of one leaves the others alone. */
Test(several_sessions, the_public_sees_each) {
    struct several s;
    several_open(&s);
    struct client *reader = client_open(&s.server);
    client_send(reader, "{'type':'subscribe','channel':'status','symbols':['DY-SMP-EX']}");
    client_expect(reader, "{'type':'ack'}");
    client_expect(reader, "{'type':'status','session':'MORNING','phase':'continuous'}");
    client_expect(reader, "{'type':'status','session':'SPECIAL','phase':'continuous'}");
    client_expect(reader, "{'type':'status','session':'LATE','phase':'closed'}");
    client_send(s.root, "{'type':'admin_halt','session':'SPECIAL'}");
    client_expect(s.root, "{'type':'ack'}");
    client_expect(reader, "{'type':'status','session':'SPECIAL','phase':'halted','md_seq':'*'}");
    order_send(s.by1, "a", "sell", 1, "2700.00", ",'session':'SPECIAL'");
    expect_refusal(s.by1, 106, "market_halted", "SPECIAL");
    order_enter(s.by1, "a", "sell", 1, "2700.00", ",'session':'MORNING'");
    client_send(reader, "{'type':'instruments_request','section':'agri'}");
    client_expect(reader, "{'type':'instruments','last':true,'instruments':[{'symbol':'DY-SMP-EX','session':'MORNING',"
                  "'sessions':['MORNING','SPECIAL','LATE']},{'symbol':'DY-BUT-825','session':'MORNING','sessions':null}]}");
    client_send(s.root, "{'type':'admin_session','session':'LATE','schedule':'always'}");
    client_expect(s.root, "{'type':'ack'}");
    client_expect(reader, "{'type':'status','session':'LATE','phase':'continuous'}");
    client_close(reader);
    several_close(&s);
}
