/* test_teaching_worlds.c - what instruments/README.md says there is to see in the shipped teaching worlds, played. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/market.h"

/* In these worlds a password is the user's name. */
static struct client *enter(const struct server *server, const char *user) {
    struct client *client = client_open(server);
    client_send(client, "{'type':'logon','user':'%s','password':'%s'}", user, user);
    client_expect(client, "{'type':'logon_ack','user':'%s'}", user);
    client->seq_next = client_number(client, "next_seq");
    return client;
}

#define DOLLARS ",'symbol':'TB-SAW-CN-CT'"
#define YUAN ",'symbol':'TB-SAW-CN-CY'"

Test(teaching, the_china_session) {
    struct server server;
    server_start(&server, "instruments/data/scenarios/china.json");
    struct client *saw = enter(&server, "sawmill1"), *china = enter(&server, "lumber-cn");
    struct client *second = enter(&server, "trade-cn"), *korea = enter(&server, "timber-kr");
    struct client *admin = enter(&server, "admin");
    order_send(korea, "k", "buy", 1, "293.00", DOLLARS);
    expect_refusal(korea, 401, "session_country_restricted", "CN KR");
    order_send(china, "c0", "sell", 1, "293.00", DOLLARS);
    expect_refusal(china, 402, "session_direction_mismatch", "export");
    order_enter(saw, "s1", "sell", 1, "293.00", DOLLARS);
    order_enter(china, "c1", "buy", 1, "293.00", DOLLARS);
    expect_report(china, "trade", "c1", ",'fee':'26.37','fee_currency':'USD','deal_class':'export'");
    expect_report(saw, "trade", "s1", ",'fee':'66.72','fee_currency':'BYN'");
    order_send(china, "c2", "buy", 1, "1890.00", YUAN);
    expect_refusal(china, 502, "currency_not_yet_available", "CNY 2021-07-01");
    clock_move(admin, "2021-07-05T07:00:00Z");
    order_send(china, "c2", "buy", 1, "1890.00", YUAN);
    expect_refusal(china, 102, "session_closed", "CHINA 2021-07-12 09:00");
    clock_move(admin, "2021-07-12T06:00:00Z");
    order_enter(china, "c3", "buy", 1, "1890.00", YUAN);
    cr_expect_str_eq(client_text(china, "deposit"), "1600.00");
    order_send(saw, "s2", "sell", 1, "1890.00", YUAN);
    expect_report(saw, "new", "s2", "");
    expect_report(china, "trade", "c3", ",'fee':'170.10','fee_currency':'CNY'");
    /* 170.10 x 0.3900 = 66.339 */
    expect_report(saw, "trade", "s2", ",'fee':'66.34','fee_currency':'BYN'");
    order_send(second, "t", "buy", 1, "1890.00", YUAN);
    expect_refusal(second, 803, "deposit_currency_mismatch", "CNY");
    client_send(admin, "{'type':'admin_deposit','participant':'CN-TRADE-2','currency':'CNY','amount':'5000.00',"
                "'action':'credit'}");
    client_expect(admin, "{'type':'ack'}");
    order_send(second, "t", "buy", 1, "1890.00", YUAN);
    expect_refusal(second, 802, "deposit_too_late", "1600.00 0.00");
    client_close(saw);
    client_close(china);
    client_close(second);
    client_close(korea);
    client_close(admin);
    server_stop(&server);
}

#define FOR_CHINA ",'symbol':'TB-SAW-CN-CT','client':'CN-BUYER-1'"
#define PINE ",'symbol':'TB-PINE-SAW-EX'"

/* Mandates, whose money it is, and the yearly points. */
Test(teaching, brokers_and_clients) {
    struct server server;
    server_start(&server, "instruments/data/scenarios/broker.json");
    struct client *saw = enter(&server, "sawmill1"), *israel = enter(&server, "decor-il");
    struct client *china = enter(&server, "lumber-cn"), *admin = enter(&server, "admin");
    order_send(israel, "a", "buy", 6, "294.00", FOR_CHINA);
    expect_refusal(israel, 305, "mandate_exceeded", "5 6");
    order_send(israel, "a", "buy", 5, "296.00", FOR_CHINA);
    expect_refusal(israel, 305, "mandate_exceeded", "295.00");
    order_send(israel, "a", "sell", 5, "294.00", FOR_CHINA);
    expect_refusal(israel, 305, "mandate_exceeded", "buy");
    order_enter(israel, "b", "buy", 5, "294.00", FOR_CHINA);
    order_send(china, "a", "buy", 1, "294.00", FOR_CHINA);
    expect_refusal(china, 301, "broker_licence_required", "2021-04-01");
    order_enter(saw, "s", "sell", 5, "294.00", ",'symbol':'TB-SAW-CN-CT'");
    expect_report(israel, "trade", "b", ",'client':'CN-BUYER-1','deal_class':'export','fee_currency':'USD'");
    client_send(saw, "{'type':'deals_request'}");
    expect_report(saw, "trade", "s", "");
    client_expect(saw, "{'type':'deals','deals':[{'counterparty':'CN-BUYER-1','state':'deal'}]}");
    order_enter(israel, "e", "buy", 1, "245.00", PINE ",'client':'EE-BUYER-1'");
    order_send(israel, "e2", "buy", 2, "245.00", PINE ",'client':'EE-BUYER-1'");
    expect_report(israel, "new", "e2", ",'client':'EE-BUYER-1','deposit':'200.00'");
    order_send(israel, "e3", "buy", 1, "245.00", PINE ",'client':'EE-BUYER-1'");
    expect_refusal(israel, 801, "insufficient_deposit", "200.00 100.00");
    clock_move(admin, "2021-04-01T06:00:00Z");
    order_enter(china, "a", "buy", 9, "300.00", FOR_CHINA);
    client_send(admin, "{'type':'admin_broker','participant':'IL-DECOR-1','from':'2022-03-01','new_foreign_clients':4,"
                "'new_by_clients':1}");
    client_expect(admin, "{'type':'error','code':306,'rule':'BRK-10','text':'~23'}");
    client_close(saw);
    client_close(israel);
    client_close(china);
    client_close(admin);
    server_stop(&server);
}

/* Remarks, limits and a certificate. */
Test(teaching, what_is_in_the_way_of_a_firm) {
    struct server server;
    server_start(&server, "instruments/data/scenarios/broker.json");
    struct client *latvia = enter(&server, "new-lv"), *lithuania = enter(&server, "late-lt");
    struct client *poland = enter(&server, "claim-pl"), *germany = enter(&server, "small-de");
    struct client *admin = enter(&server, "admin");
    order_send(latvia, "a", "buy", 1, "245.00", PINE);
    expect_refusal(latvia, 208, "accreditation_docs_incomplete", "passport register_extract");
    order_send(lithuania, "a", "buy", 1, "245.00", PINE);
    expect_refusal(lithuania, 215, "fee_arrears", "");
    order_send(poland, "a", "buy", 1, "245.00", PINE);
    expect_refusal(poland, 214, "sanction_active", "2021-04-02");
    order_send(germany, "a", "buy", 2, "245.00", PINE);
    expect_refusal(germany, 806, "order_value_limit", "14700.00 10000.00 EUR");
    order_enter(germany, "b", "buy", 1, "245.00", PINE ",'time_in_force':'gtc'");
    for (int i = 0; i < 3; i++) {
        client_send(germany, "{'type':'balances_request'}");
        client_expect(germany, "{'type':'balances'}");
    }
    client_send(germany, "{'type':'balances_request'}");
    client_expect(germany, "{'type':'error','code':110,'rule':'RSK-2'}");
    client_send(admin, "{'type':'admin_arrears','participant':'LT-LATE-1','on':false}");
    client_expect(admin, "{'type':'ack'}");
    order_send(lithuania, "a", "buy", 1, "245.00", PINE);
    expect_refusal(lithuania, 215, "fee_arrears", "");
    clock_move(admin, "2021-04-01T06:00:00Z");
    order_enter(lithuania, "a", "buy", 1, "245.00", PINE);
    clock_move(admin, "2021-04-06T06:00:00Z");
    order_send(poland, "a", "buy", 1, "245.00", PINE);
    expect_refusal(poland, 216, "obligations_outstanding", "");
    order_send(germany, "c", "buy", 1, "245.00", PINE);
    expect_refusal(germany, 212, "signature_invalid", "2021-04-05 2021-04-06");
    client_close(latvia);
    client_close(lithuania);
    client_close(poland);
    client_close(germany);
    client_close(admin);
    server_stop(&server);
}

/* --record over TCP: the recording of a served world is one that `birzha report` reads, the bust included. */
Test(teaching, a_recording_is_made_over_tcp) {
    struct server server;
    char path[64], command[256], line[512], said[8192] = "";
    snprintf(path, sizeof path, "/tmp/birzha-record-%d", (int)getpid());
    server_start_with(&server, (const char *const[]){
        "--listen", "127.0.0.1:0", "--ephemeral", "--clock", "manual", "--scenario",
        "instruments/data/scenarios/china.json", "--record", path, NULL});
    struct client *saw = enter(&server, "sawmill1"), *china = enter(&server, "lumber-cn");
    struct client *admin = enter(&server, "admin");
    for (int i = 0; i < 2; i++) {
        char sale[16], purchase[16];
        snprintf(sale, sizeof sale, "s%d", i);
        snprintf(purchase, sizeof purchase, "b%d", i);
        order_enter(saw, sale, "sell", 1 + i, "293.00", DOLLARS);
        order_enter(china, purchase, "buy", 1 + i, "293.00", DOLLARS);
        expect_report(china, "trade", purchase, "");
        expect_report(saw, "trade", sale, "");
    }
    client_send(admin, "{'type':'admin_bust','trade_id':'%s','text':'typed twice'}", client_text(saw, "trade_id"));
    client_expect(admin, "{'type':'ack'}");
    client_send(admin, "{'type':'admin_news','text':'closing'}");
    client_expect(admin, "{'type':'ack'}");
    client_close(saw);
    client_close(china);
    client_close(admin);
    server_stop(&server);
    const char *birzha = getenv("BIRZHA");
    snprintf(command, sizeof command, "%s report %s 2>&1", birzha != NULL ? birzha : "build/release/birzha", path);
    FILE *output = popen(command, "r");
    cr_assert_not_null(output);
    while (fgets(line, sizeof line, output) != NULL) strncat(said, line, sizeof said - strlen(said) - 1);
    cr_expect_eq(pclose(output), 0, "%s", said);
    cr_expect_not_null(strstr(said, "26370.00  USD       export  BY-SAW-1  BY              CN-LUMBER-1  CN             "
                                    "busted"), "%s", said);
    cr_expect_not_null(strstr(said, "200.15    133.43  66.72"), "fees charged, reversed, net: %s", said);
    unlink(path);
}
