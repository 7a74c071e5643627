/* test_startup.c - flags, the ready line, exit codes, and what a world that does not load says. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/client.h"
#include "tests/support/expect.h"

#define DAIRY_WORLD "tests/e2e/worlds/dairy.json"

static int lines_count(const char *text) {
    int count = 0;
    for (; *text != '\0'; text++) count += *text == '\n';
    return count;
}

Test(startup, the_ready_line_says_where_and_how) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    char expectation[256], why[256];
    snprintf(expectation, sizeof expectation,
             "{'type':'ready','tcp':'127.0.0.1:%d','data':'*','sync':'*','clock':'manual','pid':%d}", server.port,
             (int)server.pid);
    cJSON *ready = cJSON_Parse(server.ready);
    cr_expect(expect_match(expectation, ready, why, sizeof why) == 0, "%s: %s", why, server.ready);
    cJSON_Delete(ready);
    kill(server.pid, SIGTERM);
    char more[256];
    cr_expect_eq(read(server.output, more, sizeof more), 0, "standard output carries more than the ready line");
    cr_expect_eq(server_wait(&server), 0);
}

Test(startup, bad_flags_exit_2_with_one_line) {
    static const char *const cases[][6] = {
        {"--ephemeral", "--nonsense"},
        {"--ephemeral", "--clock", "sundial"},
        {"--ephemeral", "--clock"},
        {"--ephemeral", "--sync", "sometimes"},
        {"--ephemeral", "--listen", "127.0.0.1"},
        {"--ephemeral", "--listen", "127.0.0.1:65536"},
        {"--ephemeral", "--listen", "127.0.0.1:-1"},
        {"--ephemeral", "--listen", "127.0.0.1:port"},
        {"--ephemeral", "--listen", ""},
        {"--ephemeral", "--scenario"},
        {"--ephemeral", "extra"},
        {"--EPHEMERAL"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server_outcome outcome;
        server_run(cases[i], &outcome);
        cr_expect_eq(outcome.exit_code, 2, "case %zu: exit code %d", i, outcome.exit_code);
        cr_expect_str_empty(outcome.output, "case %zu", i);
        cr_expect_eq(lines_count(outcome.errors), 1, "case %zu: %s", i, outcome.errors);
    }
}

/* A world with one mistake: the line it is on, and the key or value that the message must name. */
struct broken_world { int line; const char *name, *text; };

static const struct broken_world broken_worlds[] = {
    {2, "colour", "{ 'name': 'x',\n 'colour': 'red',\n 'start': '2021-06-28T06:00:00Z' }"},
    {3, "start", "{ 'name': 'x',\n 'seed': 1,\n 'start': 'last Monday' }"},
    {3, "seed", "{ 'name': 'x',\n 'start': '2021-06-28T06:00:00Z',\n 'seed': 'one' }"},
    {3, "DY-SOUP", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x',\n 'instruments': ['DY-SMP-EX',\n 'DY-SOUP'] }"},
    {3, "country", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x',\n 'participants': [{ 'id': 'A', 'name': 'a',\n"
                   " 'country': 'Belarus' }] }"},
    {4, "section", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x',\n 'participants': [{ 'id': 'A', 'name': 'a',\n"
                   " 'country': 'BY', 'accreditations': [{\n 'section': 'fish', 'from': '2020-01-01' }] }] }"},
    {3, "deposit", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x',\n 'participants': [{ 'id': 'A', 'name': 'a',\n"
                   " 'country': 'BY', 'deposit': { 'USD': '1.005' } }] }"},
    {3, "participant", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x',\n 'users': [{ 'user': 'u',\n"
                       " 'participant': 'NOBODY', 'role': 'trader', 'password': 'p-secret' }] }"},
    {3, "role", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x',\n 'users': [{ 'user': 'u', 'password': 'p-secret',\n"
                " 'role': 'emperor' }] }"},
    {3, "model", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x', 'instruments': ['DY-SMP-EX'],\n"
                 " 'sessions': [{ 'id': 'S', 'symbols': ['DY-SMP-EX'],\n 'model': 'roulette' }] }"},
    {3, "symbols", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x', 'instruments': ['DY-SMP-EX'],\n"
                   " 'sessions': [{ 'id': 'S', 'model': 'continuous',\n 'symbols': ['DY-BUT-825'] }] }"},
    {3, "open", "{ 'start': '2021-06-28T06:00:00Z', 'name': 'x', 'instruments': ['DY-SMP-EX'],\n"
                " 'sessions': [{ 'id': 'S', 'model': 'continuous', 'symbols': ['DY-SMP-EX'],\n"
                " 'schedule': { 'open': '25:00', 'close': '26:00' } }] }"},
};

Test(startup, a_broken_world_exits_1_and_names_file_line_and_key) {
    for (size_t i = 0; i < sizeof broken_worlds / sizeof *broken_worlds; i++) {
        const struct broken_world *world = &broken_worlds[i];
        struct server_outcome outcome;
        char path[64], place[80];
        scenario_write(path, world->text);
        server_run((const char *const[]){"--listen", "127.0.0.1:0", "--ephemeral", "--clock", "manual", "--scenario",
                                         path, NULL}, &outcome);
        snprintf(place, sizeof place, "%s:%d", path, world->line);
        cr_expect_eq(outcome.exit_code, 1, "%s: exit code %d", world->name, outcome.exit_code);
        cr_expect_not_null(strstr(outcome.errors, place), "not at %s: %s", place, outcome.errors);
        cr_expect_not_null(strstr(outcome.errors, world->name), "no %s: %s", world->name, outcome.errors);
        cr_expect_eq(lines_count(outcome.errors), 1, "%s: %s", world->name, outcome.errors);
        cr_expect_str_empty(outcome.output, "%s", world->name);
        unlink(path);
    }
}

/* All that else wakes the loop: arrivals, timers, password threads, the journal's writer, signals. */
Test(startup, busy_polling_changes_nothing_but_the_waiting) {
    struct server server;
    char data[] = "/tmp/birzha-busy-XXXXXX", path[64];
    cr_assert_not_null(mkdtemp(data));
    scenario_write(path, "{ 'name': 'x', 'start': '2021-06-28T06:00:00Z', 'rules': 'none', 'instruments': ['DY-SMP-EX'],"
                         " 'participants': [{ 'id': 'A', 'country': 'BY', 'accreditations': [{ 'section': 'agri',"
                         " 'from': '2020-01-01' }] }], 'users': [{ 'user': 'u', 'participant': 'A', 'role': 'trader',"
                         " 'password': 'u-secret' }] }");
    server_start_with(&server, (const char *const[]){"--listen", "127.0.0.1:0", "--busy-poll", "--data", data,
                                                     "--clock", "manual", "--scenario", path, NULL});
    struct client *client = client_logon(&server, "u");
    for (int i = 0; i < 20; i++) {
        client_send(client, "{'type':'new_order','req_id':%d,'cl_ord_id':'o%d','symbol':'DY-SMP-EX','side':'buy',"
                            "'order_qty':1,'price':'2600.00'}", i, i);
        client_expect(client, "{'type':'execution_report','req_id':%d,'exec_type':'new'}", i);
    }
    client_close(client);
    server_stop(&server);
    unlink(path);
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", data);
    cr_assert_eq(system(command), 0);
}

Test(startup, bytes_that_are_no_json_exit_1_with_file_and_line) {
    static const struct { int line; const char *text; } cases[] = {
        {1, ""}, {1, "[]"}, {2, "{ 'name': 'x',\n 'start' '2021-06-28T06:00:00Z' }"}, {2,
            "{ 'name': 'x',\n 'name': 'y' }"},
        {3, "{ 'name': 'x',\n 'start': '2021-06-28T06:00:00Z'\n} trailing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct server_outcome outcome;
        char path[64], place[80];
        scenario_write(path, cases[i].text);
        server_run((const char *const[]){"--listen", "127.0.0.1:0", "--ephemeral", "--scenario", path, NULL}, &outcome);
        snprintf(place, sizeof place, "%s:%d", path, cases[i].line);
        cr_expect_eq(outcome.exit_code, 1, "case %zu: exit code %d", i, outcome.exit_code);
        cr_expect_not_null(strstr(outcome.errors, place), "not at %s: %s", place, outcome.errors);
        unlink(path);
    }
}

Test(startup, a_world_that_is_not_there_exits_1) {
    struct server_outcome outcome;
    server_run((const char *const[]){"--listen", "127.0.0.1:0", "--ephemeral", "--scenario", "/tmp/no/such/world.json",
                                     NULL}, &outcome);
    cr_expect_eq(outcome.exit_code, 1, "exit code %d", outcome.exit_code);
    cr_expect_not_null(strstr(outcome.errors, "/tmp/no/such/world.json"), "%s", outcome.errors);
}

Test(startup, an_address_in_use_exits_1) {
    struct server server;
    struct server_outcome outcome;
    char address[32];
    server_start(&server, DAIRY_WORLD);
    snprintf(address, sizeof address, "127.0.0.1:%d", server.port);
    server_run((const char *const[]){"--listen", address, "--ephemeral", "--scenario", DAIRY_WORLD, NULL}, &outcome);
    cr_expect_eq(outcome.exit_code, 1, "exit code %d", outcome.exit_code);
    cr_expect_eq(lines_count(outcome.errors), 1, "%s", outcome.errors);
    server_stop(&server);
}

Test(startup, signals_end_it_with_0_and_close_every_connection) {
    static const int signals[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct server server;
        server_start(&server, DAIRY_WORLD);
        struct client *trader = client_logon(&server, "dairy"), *stranger = client_open(&server);
        kill(server.pid, signals[i]);
        cr_expect_eq(server_wait(&server), 0, "signal %d", signals[i]);
        cr_expect(client_ends_within(trader, 1000));
        cr_expect(client_ends_within(stranger, 1000));
        client_close(trader);
        client_close(stranger);
    }
}

/* What it asked for fills every buffer on the way to it; the server must not wait for it for long. */
Test(startup, a_client_that_never_reads_does_not_hold_up_the_end) {
    enum { orders_count = 1000, requests_count = 400 };
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_logon(&server, "dairy");
    for (int i = 0; i < orders_count; i++) {
        client_send(client, "{'type':'new_order','cl_ord_id':'o%d','symbol':'DY-SMP-EX','side':'sell','order_qty':1,"
                    "'price':'2700.00'}", i);
        client_expect(client, "{'type':'execution_report','exec_type':'new'}");
    }
    for (int i = 0; i < requests_count; i++) client_send(client, "{'type':'open_orders_request'}");
    struct client *other = client_logon(&server, "food");
    client_expect_quiet(other);
    kill(server.pid, SIGTERM);
    cr_expect_eq(server_wait(&server), 0);
    client_close(client);
    client_close(other);
}

Test(startup, the_wall_clock_is_the_default_and_starts_now) {
    struct server server;
    server_start_with(&server, (const char *const[]){"--listen", "127.0.0.1:0", "--ephemeral", "--scenario",
                                                      DAIRY_WORLD, NULL});
    cr_expect_not_null(strstr(server.ready, "\"clock\":\"wall\""), "%s", server.ready);
    cr_expect_not_null(strstr(server.ready, "\"sync\":\"group\""), "%s", server.ready);
    struct client *client = client_connect(server.port);
    client_expect(client, "{'type':'welcome','clock':'wall'}");
    char today[16];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    time_t minsk = now.tv_sec + 3 * 3600;
    strftime(today, sizeof today, "%Y-%m-%d", gmtime(&minsk));
    cr_expect_str_eq(client_text(client, "trade_date"), today);
    client_close(client);
    server_stop(&server);
}

Test(startup, without_a_scenario_the_demonstration_world_opens) {
    struct server server;
    server_start_with(&server, (const char *const[]){"--listen", "127.0.0.1:0", "--ephemeral", "--clock", "manual",
                                                     NULL});
    struct client *client = client_open(&server);
    client_send(client, "{'type':'subscribe','channel':'book','symbols':['DY-SMP-EX']}");
    client_expect(client, "{'type':'ack','channel':'book'}");
    client_expect(client, "{'type':'book_snapshot','symbol':'DY-SMP-EX'}");
    client_close(client);
    server_stop(&server);
}
