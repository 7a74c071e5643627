/* test_admin.c - what supervisors and administrators can do to the world; the digest that proves two worlds alike. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/expect.h"
#include "tests/support/market.h"

Test(admin, the_manual_clock_moves_forward_only) {
    struct market market;
    market_open(&market);
    client_send(market.root, "{'type':'admin_clock','req_id':1,'now':'2021-06-28T06:00:01Z'}");
    client_expect(market.root, "{'type':'ack','req_id':1,'now':'2021-06-28T06:00:01.000000000Z',"
                  "'trade_date':'2021-06-28'}");
    client_send(market.root, "{'type':'admin_clock','req_id':2,'now':'2021-06-28T06:00:00Z'}");
    client_expect(market.root, "{'type':'error','req_id':2,'code':109,'reason':'timestamp_regression',"
                  "'rule':'SES-17'}");
    client_send(market.root, "{'type':'admin_clock','now':'2021-06-28T06:00:01.000000001Z'}");
    client_expect(market.root, "{'type':'ack','now':'2021-06-28T06:00:01.000000001Z'}");
    client_send(market.root, "{'type':'admin_clock','now':'tomorrow'}");
    client_expect(market.root, "{'type':'error','code':1206,'field':'now'}");
    client_send(market.root, "{'type':'admin_clock','now':'2021-06-31T06:00:00Z'}");
    client_expect(market.root, "{'type':'error','code':1206,'field':'now'}");
    clock_move(market.root, "2021-12-31T20:59:59.999999999Z");
    cr_expect_str_eq(client_text(market.root, "trade_date"), "2021-12-31");
    clock_move(market.root, "2021-12-31T21:00:00Z");
    cr_expect_str_eq(client_text(market.root, "trade_date"), "2022-01-01");
    order_enter(market.dairy, "s1", "sell", 1, "2700.00", "");
    cr_expect_str_eq(client_text(market.dairy, "ts"), "2021-12-31T21:00:00.000000000Z");
    market_close(&market);
}

Test(admin, the_wall_clock_is_not_moved_by_hand) {
    struct server server;
    server_start_with(&server, (const char *const[]){"--listen", "127.0.0.1:0", "--ephemeral", "--scenario",
                                                      "tests/e2e/worlds/roles.json", NULL});
    struct client *root = client_logon(&server, "root");
    client_send(root, "{'type':'admin_clock','now':'2030-01-01T00:00:00Z'}");
    client_expect(root, "{'type':'error'}");
    client_close(root);
    server_stop(&server);
}

/* From nothing to a trade: a participant, its accreditation, its user. */
Test(admin, a_newcomer_is_created_accredited_and_trades) {
    struct market market;
    market_open(&market);
    client_send(market.root, "{'type':'admin_participant','req_id':1,'participant':'LV-TRADE-1','name':'A newcomer',"
                             "'country':'LV'}");
    client_expect(market.root, "{'type':'ack','req_id':1}");
    client_send(market.root, "{'type':'admin_user','req_id':2,'user':'latvia','participant':'LV-TRADE-1',"
                "'role':'trader','password':'latvia-secret'}");
    client_expect(market.root, "{'type':'ack','req_id':2}");
    struct client *latvia = client_logon(&market.server, "latvia");
    order_send(latvia, "b1", "buy", 1, "2700.00", "");
    expect_refusal(latvia, 202, "not_accredited", "LV-TRADE-1");
    client_send(market.root, "{'type':'admin_accredit','participant':'LV-TRADE-1','section':'timber',"
                "'from':'2021-01-01'}");
    client_expect(market.root, "{'type':'ack'}");
    order_send(latvia, "b1", "buy", 1, "2700.00", "");
    expect_refusal(latvia, 207, "section_not_accredited", "agri");
    client_send(market.root, "{'type':'admin_accredit','participant':'LV-TRADE-1','section':'agri','from':'2021-06-29',"
                             "'to':'2021-06-29'}");
    client_expect(market.root, "{'type':'ack'}");
    order_send(latvia, "b1", "buy", 1, "2700.00", "");
    expect_refusal(latvia, 203, "accreditation_not_yet_effective", "2021-06-29");
    clock_move(market.root, "2021-06-29T06:00:00Z");
    order_enter(latvia, "b1", "buy", 1, "2700.00", "");
    order_enter(market.dairy, "s1", "sell", 1, "2700.00", "");
    expect_fill(latvia, "b1", 1, "2700.00", "maker", "filled");
    clock_move(market.root, "2021-06-30T06:00:00Z");
    order_send(latvia, "b2", "buy", 1, "2700.00", "");
    expect_refusal(latvia, 204, "accreditation_expired", "2021-06-29");
    client_send(market.root, "{'type':'admin_accredit','participant':'LV-TRADE-1','section':'agri',"
                "'from':'2021-06-30'}");
    client_expect(market.root, "{'type':'ack'}");
    order_enter(latvia, "b2", "buy", 1, "2700.00", "");
    client_close(latvia);
    market_close(&market);
}

Test(admin, what_exists_or_does_not_is_refused) {
    static const struct { int code; const char *request; } cases[] = {
        {1206, "'type':'admin_participant','participant':'BY-DAIRY-1','name':'again','country':'BY'"},
        {1206, "'type':'admin_participant','participant':'NEW','name':'x','country':'Belarus'"},
        {1206, "'type':'admin_user','user':'dairy','participant':'BY-DAIRY-1','role':'trader','password':'x-secret'"},
        {1206, "'type':'admin_user','user':'new','participant':'BY-DAIRY-1','role':'emperor','password':'x-secret'"},
        {201, "'type':'admin_user','user':'new','participant':'NOBODY','role':'trader','password':'x-secret'"},
        {201, "'type':'admin_accredit','participant':'NOBODY','section':'agri','from':'2021-01-01'"},
        {1206, "'type':'admin_accredit','participant':'BY-DAIRY-1','section':'fish','from':'2021-01-01'"},
        {1206, "'type':'admin_accredit','participant':'BY-DAIRY-1','section':'agri','from':'2021-13-01'"},
        {201, "'type':'admin_deposit','participant':'NOBODY','currency':'USD','amount':'1.00','action':'credit'"},
        {1206, "'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'GBP','amount':'1.00','action':'credit'"},
        {1206, "'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':'1.005','action':'credit'"},
        {1206, "'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':'-1.00','action':'credit'"},
        {1206, "'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':'1.00','action':'steal'"},
        {104, "'type':'admin_halt','symbol':'DY-SOUP'"},
        {101, "'type':'admin_halt','session':'NO-SUCH'"},
        {1206, "'type':'admin_halt','section':'fish'"},
        {1205, "'type':'admin_halt'"},
        {1205, "'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','action':'credit'"},
    };
    struct market market;
    market_open(&market);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(market.root, "{%s,'req_id':%zu}", cases[i].request, i);
        client_expect(market.root, "{'type':'error','req_id':%zu,'code':'*'}", i);
        cr_expect_eq(client_number(market.root, "code"), cases[i].code, "%s: %s", cases[i].request, market.root->line);
    }
    market_close(&market);
}

/* What was ever credited to the participant's account of a currency, and what of it is free. */
static void expect_balance(struct client *client, const char *currency, const char *credited, const char *amount) {
    char expectation[256], why[256] = "no such account";
    snprintf(expectation, sizeof expectation, "{'currency':'%s','credited':'%s','free':'%s','held':'0.00',"
             "'blocked':'0.00','fees_due':'0.00'}", currency, credited, amount);
    client_send(client, "{'type':'balances_request'}");
    const cJSON *answer = client_expect(client, "{'type':'balances','accounts':'*'}"), *account;
    int found = 0;
    cJSON_ArrayForEach(account, cJSON_GetObjectItemCaseSensitive(answer, "accounts"))
        found |= expect_match(expectation, account, why, sizeof why) == 0;
    cr_expect(found, "%s: %s: %s", expectation, why, client->line);
}

static void deposit(struct client *root, const char *currency, const char *amount, const char *action) {
    client_send(root, "{'type':'admin_deposit','participant':'UA-FOOD-1','currency':'%s','amount':'%s','action':'%s'}",
                currency, amount, action);
}

Test(admin, deposits_come_and_go_as_far_as_they_are_free) {
    struct market market;
    market_open(&market);
    expect_balance(market.food, "USD", "100000.00", "100000.00");
    deposit(market.root, "USD", "250.50", "credit");
    client_expect(market.root, "{'type':'ack'}");
    deposit(market.root, "USD", "100250.51", "withdraw");
    client_expect(market.root, "{'type':'error','code':805,'reason':'withdrawal_exceeds_free','rule':'DEP-6',"
                               "'text':'~100250.50'}");
    deposit(market.root, "EUR", "0.01", "withdraw");
    client_expect(market.root, "{'type':'error','code':805,'text':'~0.00'}");
    deposit(market.root, "USD", "100000.50", "withdraw");
    client_expect(market.root, "{'type':'ack'}");
    expect_balance(market.food, "USD", "100250.50", "250.00");
    deposit(market.root, "EUR", "12.00", "credit");
    client_expect(market.root, "{'type':'ack'}");
    expect_balance(market.food, "EUR", "12.00", "12.00");
    market_close(&market);
}

/* The state hash after what is scripted here; `extra` adds one more order. */
static void scripted_digest(char hash[32], long long *sequence, const char *extra) {
    struct market market;
    market_open(&market);
    order_enter(market.dairy, "s1", "sell", 5, "2700.00", "");
    order_enter(market.food, "b1", "buy", 2, "2700.00", "");
    expect_fill(market.food, "b1", 2, "2700.00", "taker", "filled");
    clock_move(market.root, "2021-06-28T08:00:00Z");
    deposit(market.root, "USD", "250.50", "credit");
    client_expect(market.root, "{'type':'ack'}");
    if (*extra != '\0') order_enter(market.food, extra, "buy", 1, "2600.00", "");
    client_send(market.root, "{'type':'admin_digest','req_id':1}");
    client_expect(market.root, "{'type':'digest','req_id':1,'sequence':'*','state_hash':'*'}");
    client_copy(market.root, "state_hash", hash, 32);
    *sequence = client_number(market.root, "sequence");
    market_close(&market);
}

Test(admin, equal_commands_give_equal_digests_and_others_do_not) {
    char hash[4][32];
    long long sequence[4];
    scripted_digest(hash[0], &sequence[0], "");
    scripted_digest(hash[1], &sequence[1], "");
    scripted_digest(hash[2], &sequence[2], "x");
    scripted_digest(hash[3], &sequence[3], "y");
    cr_expect_eq(strlen(hash[0]), 16);
    cr_expect_eq(strspn(hash[0], "0123456789abcdef"), 16, "%s", hash[0]);
    cr_expect_str_eq(hash[0], hash[1]);
    cr_expect_eq(sequence[0], sequence[1]);
    cr_expect_str_neq(hash[0], hash[2]);
    cr_expect_gt(sequence[2], sequence[0]);
    cr_expect_str_neq(hash[2], hash[3], "the name of an order is part of the state");
}

Test(admin, a_question_changes_nothing) {
    struct market market;
    char before[32];
    market_open(&market);
    client_send(market.root, "{'type':'admin_digest'}");
    client_expect(market.root, "{'type':'digest'}");
    client_copy(market.root, "state_hash", before, sizeof before);
    static const char *const questions[] = {"open_orders_request", "balances_request", "deals_request",
                                            "instruments_request", "sessions_request", "participant_request"};
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        client_send(market.food, "{'type':'%s'}", questions[i]);
        client_receive(market.food);
    }
    client_expect_quiet(market.food);
    client_send(market.root, "{'type':'admin_digest'}");
    client_expect(market.root, "{'type':'digest','state_hash':'%s'}", before);
    market_close(&market);
}

Test(admin, shutdown_ends_the_server_with_0) {
    struct server server;
    server_start(&server, "tests/e2e/worlds/roles.json");
    struct client *root = client_logon(&server, "root"), *dairy = client_logon(&server, "dairy");
    client_send(root, "{'type':'admin_shutdown','req_id':'down'}");
    client_expect(root, "{'type':'ack','req_id':'down'}");
    cr_expect_eq(server_wait(&server), 0);
    cr_expect(client_ends_within(dairy, 1000));
    client_close(root);
    client_close(dairy);
}
