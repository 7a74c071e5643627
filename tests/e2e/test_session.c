/* test_session.c - welcome, logon, roles, the private stream and its resumption, and how a connection ends. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/market.h"

#define ROLES_WORLD "tests/e2e/worlds/roles.json"

Test(session, the_welcome_introduces_the_exchange) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *client = client_connect(server.port);
    client_expect(client, "{'type':'welcome','exchange':'birzha','protocol':1,'version':'*','clock':'manual',"
                          "'trade_date':'2021-01-04','ts':'2021-01-04T06:00:00.000000000Z'}");
    client_expect_quiet(client);
    client_close(client);
    server_stop(&server);
}

Test(session, logon_says_who_one_is) {
    static const struct { const char *user, *participant, *role; } cases[] = {
        {"dairy", "'BY-DAIRY-1'", "trader"}, {"watcher", "'BY-DAIRY-1'", "observer"},
        {"makler", "null", "supervisor"}, {"root", "null", "admin"},
    };
    struct server server;
    server_start(&server, ROLES_WORLD);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client *client = client_open(&server);
        client_send(client, "{'type':'logon','req_id':7,'user':'%s','password':'%s-secret'}", cases[i].user,
                    cases[i].user);
        client_expect(client, "{'type':'logon_ack','req_id':7,'user':'%s','participant':%s,'role':'%s','next_seq':1,"
                              "'heartbeat_s':10}", cases[i].user, cases[i].participant, cases[i].role);
        client_close(client);
    }
    server_stop(&server);
}

Test(session, wrong_name_and_wrong_password_look_the_same) {
    struct server server;
    char answers[2][client_line_max + 1];
    server_start(&server, ROLES_WORLD);
    struct client *client = client_open(&server);
    static const char *const attempts[] = {"'user':'dairy','password':'wrong-secret'",
                                           "'user':'nobody','password':'wrong-secret'"};
    for (int i = 0; i < 2; i++) {
        client_send(client, "{'type':'logon','req_id':'try',%s}", attempts[i]);
        client_expect(client, "{'type':'error','req_id':'try','reason':'bad_credentials','code':1202,'text':'*'}");
        snprintf(answers[i], sizeof answers[i], "%s", client->line);
    }
    cr_expect_str_eq(answers[0], answers[1]);
    client_send(client, "{'type':'logon','user':'dairy','password':'dairy-secret'}");
    client_expect(client, "{'type':'logon_ack','user':'dairy'}");
    client_close(client);
    server_stop(&server);
}

/* Checking a password takes a while; what was sent behind the logon waits for it. */
Test(session, requests_behind_a_logon_are_answered_after_it) {
    static const char requests[] =
        "{\"type\":\"balances_request\",\"req_id\":1}\n"
        "{\"type\":\"logon\",\"req_id\":2,\"user\":\"dairy\",\"password\":\"wrong-secret\"}\n"
        "{\"type\":\"balances_request\",\"req_id\":3}\n"
        "{\"type\":\"logon\",\"req_id\":4,\"user\":\"dairy\",\"password\":\"dairy-secret\"}\n"
        "{\"type\":\"new_order\",\"req_id\":5,\"cl_ord_id\":\"o\",\"symbol\":\"DY-SMP-EX\",\"side\":\"sell\","
        "\"order_qty\":1,\"price\":\"2700.00\"}\n{\"type\":\"open_orders_request\",\"req_id\":6}\n";
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *client = client_open(&server);
    client_send_bytes(client, requests, sizeof requests - 1);
    client_expect(client, "{'type':'error','req_id':1,'code':1200}");
    client_expect(client, "{'type':'error','req_id':2,'code':1202}");
    client_expect(client, "{'type':'error','req_id':3,'code':1200}");
    client_expect(client, "{'type':'logon_ack','req_id':4}");
    client_expect(client, "{'type':'execution_report','req_id':5,'exec_type':'new','seq':1}");
    client_expect(client, "{'type':'open_orders','req_id':6,'orders':[{'cl_ord_id':'o'}]}");
    client_close(client);
    server_stop(&server);
}

Test(session, a_second_logon_on_one_connection_is_1209) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *client = client_logon(&server, "dairy");
    client_send(client, "{'type':'logon','req_id':2,'user':'food','password':'food-secret'}");
    client_expect(client, "{'type':'error','req_id':2,'reason':'already_logged_on','code':1209}");
    order_enter(client, "still-dairy", "sell", 1, "2700.00", "");
    client_close(client);
    server_stop(&server);
}

Test(session, what_is_public_needs_none) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *client = client_open(&server);
    client_send(client, "{'type':'instruments_request','req_id':1}");
    client_expect(client, "{'type':'instruments','req_id':1,'last':true,'instruments':[{'symbol':'DY-SMP-EX'}]}");
    client_send(client, "{'type':'sessions_request','req_id':2}");
    client_expect(client, "{'type':'sessions','req_id':2,'last':true,'sessions':'*'}");
    client_close(client);
    server_stop(&server);
}

/* The middle of five times from logon to its refusal, on a new connection each. */
static long refusal_us(const struct server *server, const char *user) {
    enum { tries = 5 };
    long took_us[tries];
    for (int i = 0; i < tries; i++) {
        struct timespec start, end;
        struct client *client = client_open(server);
        clock_gettime(CLOCK_MONOTONIC, &start);
        client_send(client, "{'type':'logon','user':'%s','password':'wrong-secret'}", user);
        client_expect(client, "{'type':'error','code':1202}");
        clock_gettime(CLOCK_MONOTONIC, &end);
        client_close(client);
        long us = (end.tv_sec - start.tv_sec) * 1000000L + (end.tv_nsec - start.tv_nsec) / 1000;
        int at = i;
        for (; at > 0 && took_us[at - 1] > us; at--) took_us[at] = took_us[at - 1];
        took_us[at] = us;
    }
    return took_us[tries / 2];
}

/* Without the work of a password hash the refusal of an unknown name would come a hundred times sooner. */
Test(session, an_unknown_name_takes_as_long_as_a_wrong_password) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    long known_us = refusal_us(&server, "dairy"), unknown_us = refusal_us(&server, "nobody");
    cr_expect(unknown_us * 3 > known_us && known_us * 3 > unknown_us, "known %ld us, unknown %ld us", known_us,
              unknown_us);
    server_stop(&server);
}

/* After the third failure answers come late; others are served meanwhile. */
Test(session, guessing_passwords_is_slow) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *guesser = client_open(&server), *other = client_logon(&server, "food");
    for (int i = 0; i < 3; i++) {
        client_send(guesser, "{'type':'logon','user':'dairy','password':'guess-%d'}", i);
        client_expect(guesser, "{'type':'error','code':1202}");
    }
    client_send(guesser, "{'type':'logon','user':'dairy','password':'guess-4'}");
    order_enter(other, "served", "buy", 1, "2600.00", "");
    cr_expect_null(client_receive_within(guesser, 500), "%s", guesser->line);
    client_expect(guesser, "{'type':'error','code':1202}");
    client_send(guesser, "{'type':'logon','user':'dairy','password':'dairy-secret'}");
    client_expect(guesser, "{'type':'logon_ack'}");
    client_close(guesser);
    client_close(other);
    server_stop(&server);
}

Test(session, everything_private_needs_a_logon) {
    static const char *const requests[] = {
        "'type':'new_order','cl_ord_id':'a','symbol':'DY-SMP-EX','side':'buy','order_qty':1,'price':'2700.00'",
        "'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'a','order_qty':2",
        "'type':'cancel_order','order_id':'1'",
        "'type':'mass_cancel'", "'type':'open_orders_request'", "'type':'order_status_request','order_id':'1'",
        "'type':'balances_request'", "'type':'deals_request'", "'type':'participant_request'",
        "'type':'admin_digest'", "'type':'admin_clock','now':'2021-01-05T06:00:00Z'", "'type':'admin_shutdown'",
        "'type':'admin_halt','symbol':'DY-SMP-EX'", "'type':'explain','order_id':'1'",
    };
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *client = client_open(&server);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        client_send(client, "{%s,'req_id':%d}", requests[i], (int)i);
        client_expect(client, "{'type':'error','req_id':%d,'reason':'not_logged_on','code':1200,'seq':null}", (int)i);
    }
    client_close(client);
    server_stop(&server);
}

/* Who may do what: one request per line, and the roles that may, as letters of "tosa". */
static const struct { const char *roles, *request; } rights[] = {
    {"t", "'type':'new_order','cl_ord_id':'r','symbol':'DY-SMP-EX','side':'sell','order_qty':1,'price':'2700.00'"},
    {"t", "'type':'amend_order','cl_ord_id':'r2','orig_cl_ord_id':'unknown','order_qty':2"},
    {"t", "'type':'cancel_order','orig_cl_ord_id':'unknown'"},
    {"t", "'type':'mass_cancel','symbol':'DY-SMP-EX'"},
    {"sa", "'type':'admin_halt','symbol':'DY-SMP-EX'"},
    {"sa", "'type':'admin_resume','symbol':'DY-SMP-EX'"},
    {"sa", "'type':'admin_accredit','participant':'BY-DAIRY-1','section':'timber','from':'2020-01-01'"},
    {"sa", "'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':'1.00','action':'credit'"},
    {"a", "'type':'admin_clock','now':'2021-01-04T06:00:00Z'"},
    {"a", "'type':'admin_user','user':'made','participant':'BY-DAIRY-1','role':'trader','password':'made-secret'"},
    {"tosa", "'type':'instruments_request'"},
    {"tosa", "'type':'sessions_request'"},
};

Test(session, a_role_may_do_what_its_line_says_and_nothing_else) {
    static const struct { char letter; const char *user; } roles[] = {
        {'t', "dairy"}, {'o', "watcher"}, {'s', "makler"}, {'a', "root"}};
    struct server server;
    server_start(&server, ROLES_WORLD);
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
        struct client *client = client_logon(&server, roles[r].user);
        for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
            client_send(client, "{%s,'req_id':'right'}", rights[i].request);
            const cJSON *answer = client_receive(client);
            const cJSON *code = cJSON_GetObjectItemCaseSensitive(answer, "code");
            int refused = cJSON_IsNumber(code) && code->valueint == 1201;
            int allowed = strchr(rights[i].roles, roles[r].letter) != NULL;
            cr_expect_eq(refused, !allowed, "%s, %s: %s", roles[r].user, rights[i].request, client->line);
            if (refused) cr_expect_str_eq(client_text(client, "reason"), "not_authorised");
            client_send(client, "{'type':'no_such_request','req_id':'next'}");
            do client_receive(client);
            while (strstr(client->line, "\"next\"") == NULL);
        }
        client_close(client);
    }
    server_stop(&server);
}

Test(session, logout_is_answered_and_ends_the_connection) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *client = client_logon(&server, "dairy");
    client_send(client, "{'type':'logout','req_id':'bye'}");
    client_expect(client, "{'type':'logout','req_id':'bye'}");
    client_expect_end(client);
    client_close(client);
    server_stop(&server);
}

Test(session, a_heartbeat_needs_no_answer_and_does_no_harm) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *client = client_logon(&server, "dairy");
    client_send(client, "{'type':'heartbeat'}");
    client_expect_quiet(client);
    int before = client->heartbeats_count;
    client_send(client, "{'type':'heartbeat','req_id':'ping'}");
    client_expect_quiet(client);
    cr_expect_eq(client->heartbeats_count, before + 1, "a heartbeat with a req_id is answered by one");
    client_close(client);
    server_stop(&server);
}

Test(session, req_id_comes_back_as_it_was_given) {
    static const char *const ids[] = {"'a string'", "0", "9007199254740991", "-9007199254740991",
                                      "'123456789012345678901234567890123456'"};
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *client = client_logon(&server, "dairy");
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        client_send(client, "{'type':'balances_request','req_id':%s}", ids[i]);
        client_expect(client, "{'type':'balances','req_id':%s}", ids[i]);
    }
    client_send(client, "{'type':'balances_request','req_id':'1234567890123456789012345678901234567'}");
    client_expect(client, "{'type':'error','code':1206,'field':'req_id'}");
    client_send(client, "{'type':'balances_request','req_id':true}");
    client_expect(client, "{'type':'error','code':1206,'field':'req_id'}");
    client_send(client, "{'type':'balances_request'}");
    client_expect(client, "{'type':'balances','req_id':null}");
    client_close(client);
    server_stop(&server);
}

Test(session, every_connection_of_a_participant_gets_its_reports) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *dairy = client_logon(&server, "dairy"), *clerk = client_logon(&server, "clerk");
    struct client *watcher = client_logon(&server, "watcher"), *food = client_logon(&server, "food");
    order_send(dairy, "d1", "sell", 1, "2700.00", ",'req_id':5");
    expect_report(dairy, "new", "d1", ",'seq':1,'req_id':5");
    expect_report(clerk, "new", "d1", ",'seq':1,'req_id':null");
    expect_report(watcher, "new", "d1", ",'seq':1");
    client_send(clerk, "{'type':'cancel_order','orig_cl_ord_id':'d1'}");
    expect_report(dairy, "canceled", "d1", ",'seq':2");
    expect_report(clerk, "canceled", "d1", ",'seq':2");
    expect_report(watcher, "canceled", "d1", ",'seq':2");
    client_expect_quiet(food);
    client_close(dairy);
    client_close(clerk);
    client_close(watcher);
    client_close(food);
    server_stop(&server);
}

Test(session, seq_goes_on_across_connections_and_per_participant) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *dairy = client_logon(&server, "dairy"), *food = client_logon(&server, "food");
    order_enter(dairy, "d1", "sell", 1, "2700.00", "");
    cr_expect_eq(client_number(dairy, "seq"), 1);
    order_enter(dairy, "d2", "sell", 1, "2700.00", "");
    order_send(food, "f1", "buy", 3, "2700.00", "");
    expect_report(food, "new", "f1", ",'seq':1");
    expect_fill(dairy, "d1", 1, "2700.00", "maker", "filled");
    expect_fill(dairy, "d2", 1, "2700.00", "maker", "filled");
    cr_expect_eq(client_number(dairy, "seq"), 4);
    client_close(dairy);
    client_close(food);
    food = client_logon(&server, "food");
    cr_expect_eq(client_number(food, "next_seq"), 4);
    dairy = client_open(&server);
    client_send(dairy, "{'type':'logon','user':'clerk','password':'clerk-secret'}");
    client_expect(dairy, "{'type':'logon_ack','participant':'BY-DAIRY-1','next_seq':5}");
    order_send(dairy, "d3", "sell", 1, "2700.00", "");
    expect_report(dairy, "new", "d3", ",'seq':5");
    expect_fill(dairy, "d3", 1, "2700.00", "taker", "filled");
    expect_fill(food, "f1", 1, "2700.00", "maker", "filled");
    cr_expect_eq(client_number(food, "seq"), 4);
    client_close(dairy);
    client_close(food);
    server_stop(&server);
}

Test(session, what_was_missed_is_sent_again_word_for_word) {
    struct server server;
    enum { reports_count = 5, asked_from = 3 };
    char sent[reports_count][client_line_max + 1];
    server_start(&server, ROLES_WORLD);
    struct client *dairy = client_logon(&server, "dairy");
    for (int i = 0; i < reports_count; i++) {
        char id[16];
        snprintf(id, sizeof id, "d%d", i + 1);
        order_enter(dairy, id, "sell", i + 1, "2700.00", "");
        snprintf(sent[i], sizeof sent[i], "%s", dairy->line);
    }
    client_close(dairy);
    dairy = client_open(&server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','next_expected_seq':%d}", asked_from);
    client_expect(dairy, "{'type':'logon_ack','next_seq':%d}", reports_count + 1);
    dairy->replay_next = asked_from;
    for (int i = asked_from - 1; i < reports_count; i++) {
        sent[i][strlen(sent[i]) - 1] = '\0';
        client_expect(dairy, "%s,\"poss_dup\":true}", sent[i]);
    }
    order_enter(dairy, "live", "sell", 1, "2700.00", "");
    cr_expect_eq(client_number(dairy, "seq"), reports_count + 1);
    client_close(dairy);
    server_stop(&server);
}

Test(session, without_next_expected_seq_nothing_is_sent_again) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *dairy = client_logon(&server, "dairy");
    order_enter(dairy, "d1", "sell", 1, "2700.00", "");
    client_close(dairy);
    dairy = client_logon(&server, "dairy");
    cr_expect_eq(client_number(dairy, "next_seq"), 2);
    client_expect_quiet(dairy);
    client_close(dairy);
    dairy = client_open(&server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','next_expected_seq':2}");
    client_expect(dairy, "{'type':'logon_ack','next_seq':2}");
    client_expect_quiet(dairy);
    client_close(dairy);
    server_stop(&server);
}

Test(session, a_number_that_was_never_sent_is_an_error) {
    static const char *const numbers[] = {"0", "-1", "5", "9007199254740991", "'1'"};
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *dairy = client_logon(&server, "dairy");
    order_enter(dairy, "d1", "sell", 1, "2700.00", "");
    client_close(dairy);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        dairy = client_open(&server);
        client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','next_expected_seq':%s}",
                    numbers[i]);
        client_expect(dairy, "{'type':'error','code':1206,'field':'next_expected_seq'}");
        client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','next_expected_seq':1}");
        client_expect(dairy, "{'type':'logon_ack','next_seq':2}");
        dairy->replay_next = 1;
        expect_report(dairy, "new", "d1", ",'seq':1,'poss_dup':true");
        client_close(dairy);
    }
    server_stop(&server);
}

/* The last 65,536 messages are kept. Who asks for older ones is told what is lost, and then gets the state. */
Test(session, what_is_no_longer_kept_is_a_gap_and_then_the_state) {
    enum { kept = 65536, pairs_count = 33000, batch = 100 };
    static char bytes[batch * 256];
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *dairy = client_logon(&server, "dairy");
    order_enter(dairy, "open", "sell", 7, "2800.00", "");
    for (int sent = 0; sent < pairs_count; sent += batch) {
        size_t size = 0;
        for (int i = 0; i < batch; i++)
            size += (size_t)snprintf(bytes + size, sizeof bytes - size,
                "{\"type\":\"new_order\",\"cl_ord_id\":\"g%d\",\"symbol\":\"DY-SMP-EX\",\"side\":\"buy\","
                "\"order_qty\":1,\"price\":\"2600.00\",\"time_in_force\":\"ioc\"}\n", sent + i);
        client_send_bytes(dairy, bytes, size);
        for (int i = 0; i < 2 * batch; i++) client_receive(dairy);
    }
    long long next = dairy->seq_next;
    cr_assert_eq(next, 2 + 2 * pairs_count);
    client_close(dairy);
    dairy = client_open(&server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','next_expected_seq':2}");
    client_expect(dairy, "{'type':'logon_ack','next_seq':%lld}", next);
    client_expect(dairy, "{'type':'gap','from':2}");
    long long lost = client_number(dairy, "to");
    cr_expect(lost == next - 1 || lost == next - 1 - kept, "%s", dairy->line);
    dairy->replay_next = lost + 1;
    do client_receive(dairy);
    while (strcmp(client_text(dairy, "type"), "execution_report") == 0);
    cr_expect_str_eq(client_text(dairy, "type"), "open_orders", "%s", dairy->line);
    cr_expect_not_null(strstr(dairy->line, "\"open\""), "%s", dairy->line);
    client_close(dairy);
    server_stop(&server);
}

/* Two users' worth of orders: those of the session that asked for it end with the connection, and only those. */
Test(session, cancel_on_disconnect_ends_the_sessions_own_orders) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *clerk = client_logon(&server, "clerk");
    order_enter(clerk, "stays", "sell", 1, "2700.00", "");
    struct client *dairy = client_open(&server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','cancel_on_disconnect':true}");
    client_expect(dairy, "{'type':'logon_ack'}");
    order_enter(dairy, "goes-1", "sell", 2, "2705.00", "");
    order_enter(dairy, "goes-2", "sell", 3, "2700.00", ",'time_in_force':'gtc'");
    expect_report(clerk, "new", "goes-1", "");
    expect_report(clerk, "new", "goes-2", "");
    client_close(dairy);
    expect_report(clerk, "canceled", "goes-1", ",'ord_status':'canceled','leaves_qty':0");
    expect_report(clerk, "canceled", "goes-2", ",'ord_status':'canceled','leaves_qty':0");
    client_send(clerk, "{'type':'open_orders_request'}");
    client_expect(clerk, "{'type':'open_orders','orders':[{'cl_ord_id':'stays'}]}");
    client_close(clerk);
    server_stop(&server);
}

/* The server drops the connection itself: that is no logout. */
Test(session, cancel_on_disconnect_holds_when_the_server_hangs_up) {
    static char endless[2 * client_line_max];
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *clerk = client_logon(&server, "clerk"), *dairy = client_open(&server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','cancel_on_disconnect':true}");
    client_expect(dairy, "{'type':'logon_ack'}");
    order_enter(dairy, "goes", "sell", 2, "2705.00", "");
    expect_report(clerk, "new", "goes", "");
    memset(endless, 'x', sizeof endless);
    client_send_bytes(dairy, endless, sizeof endless);
    client_expect(dairy, "{'type':'error','code':1203}");
    expect_report(clerk, "canceled", "goes", ",'ord_status':'canceled','leaves_qty':0");
    client_close(dairy);
    client_close(clerk);
    server_stop(&server);
}

Test(session, orders_outlive_a_logout_and_a_plain_disconnect) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *dairy = client_open(&server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','cancel_on_disconnect':true}");
    client_expect(dairy, "{'type':'logon_ack'}");
    order_enter(dairy, "before-logout", "sell", 1, "2700.00", "");
    client_send(dairy, "{'type':'logout'}");
    client_expect(dairy, "{'type':'logout'}");
    client_expect_end(dairy);
    client_close(dairy);
    dairy = client_logon(&server, "dairy");
    order_enter(dairy, "before-drop", "sell", 1, "2700.00", "");
    client_close(dairy);
    usleep(100000);
    dairy = client_logon(&server, "dairy");
    client_send(dairy, "{'type':'open_orders_request'}");
    client_expect(dairy, "{'type':'open_orders','orders':[{'cl_ord_id':'before-logout'},{'cl_ord_id':'before-drop'}]}");
    client_close(dairy);
    server_stop(&server);
}

/* The long test: real seconds pass. Heartbeats after 10 s of silence, the end after 30 s, but only for who is logged
 * on; an unfinished line is cut off after 5 s. */
Test(session, silence_brings_heartbeats_and_then_the_end, .timeout = 60) {
    struct server server;
    server_start(&server, ROLES_WORLD);
    struct client *silent = client_logon(&server, "dairy"), *stranger = client_open(&server);
    struct client *slow = client_open(&server), *beating = client_logon(&server, "food");
    client_send_bytes(slow, "{\"type\":", 8);
    cr_expect_not(client_ends_within(slow, 3500), "an unfinished line was cut off before 5 s");
    cr_expect(client_ends_within(slow, 4000), "an unfinished line was not cut off after 5 s");
    const cJSON *beat = client_receive_within(silent, 6000);
    cr_assert_not_null(beat, "no heartbeat after 10 s");
    cr_expect_not_null(strstr(silent->line, "\"heartbeat\""), "%s", silent->line);
    client_send(beating, "{'type':'heartbeat'}");
    cr_expect_not(client_ends_within(silent, 12000), "cut off before 30 s of silence");
    client_send(beating, "{'type':'heartbeat'}");
    cr_expect(client_ends_within(silent, 12000), "not cut off after 30 s of silence");
    client_expect_quiet(beating);
    cr_expect(beating->heartbeats_count >= 2, "%d heartbeats in 30 s", beating->heartbeats_count);
    client_expect_quiet(stranger);
    client_close(silent);
    client_close(stranger);
    client_close(slow);
    client_close(beating);
    server_stop(&server);
}
