/* test_metrics.c - what the server says that it counted is what was sent to it; and whoever speaks bad HTTP is answered. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/exposition.h"
#include "tests/support/market.h"

#define DAIRY_WORLD "tests/e2e/worlds/dairy.json"

enum { page_size = 512 * 1024, wait_ms = 15000, page_age_us = 120 * 1000 };

struct measured { struct server server; char folder[64]; int port; };

static char page[page_size];

static void begin(struct measured *measured) {
    snprintf(measured->folder, sizeof measured->folder, "/tmp/birzha-metrics-XXXXXX");
    cr_assert_not_null(mkdtemp(measured->folder));
    server_start_with(&measured->server, (const char *const[]){
        "--listen", "127.0.0.1:0", "--clock", "manual", "--scenario", DAIRY_WORLD, "--data", measured->folder,
        "--metrics", "127.0.0.1:0", "--stage-timings", NULL});
    static const char member[] = "\"metrics\":\"127.0.0.1:";
    const char *address = strstr(measured->server.ready, member);
    cr_assert_not_null(address, "%s", measured->server.ready);
    measured->port = (int)strtol(address + sizeof member - 1, NULL, 10);
}

static void end(struct measured *measured) {
    char command[96];
    server_stop(&measured->server);
    snprintf(command, sizeof command, "rm -rf '%s'", measured->folder);
    cr_expect_eq(system(command), 0);
}

/* ---- HTTP ---- */

static int dial(const struct measured *measured) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)measured->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(fd, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Sends, and reads until the server ends the connection; the body is in `page`. The status, or 0: it closed without. */
static int ask(const struct measured *measured, const char *request, size_t size) {
    int fd = dial(measured), status = 0;
    size_t length = 0;
    while (size > 0) {
        ssize_t sent = send(fd, request, size, MSG_NOSIGNAL);
        if (sent <= 0) break;
        request += sent;
        size -= (size_t)sent;
    }
    for (;;) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        cr_assert_eq(poll(&ready, 1, wait_ms), 1, "no answer");
        ssize_t got = read(fd, page + length, sizeof page - 1 - length);
        if (got <= 0) break;
        length += (size_t)got;
    }
    close(fd);
    page[length] = '\0';
    if (length == 0) return 0;
    cr_assert_eq(sscanf(page, "HTTP/1.1 %d ", &status), 1, "%.40s", page);
    char *body = strstr(page, "\r\n\r\n");
    char *announced = strstr(page, "\r\nContent-Length: ");
    cr_assert(body != NULL && announced != NULL && announced < body);
    cr_assert_eq(strtoul(announced + 18, NULL, 10), strlen(body + 4));
    memmove(page, body + 4, strlen(body + 4) + 1);
    return status;
}

/* A page that is not older than what was done last. */
static void read_page(const struct measured *measured) {
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char why[400];
    usleep(page_age_us);
    cr_assert_eq(ask(measured, request, sizeof request - 1), 200);
    cr_assert_eq(exposition_check(page, why, sizeof why), 0, "%s", why);
}

static void expect_values(const char *const *samples, const double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double value = exposition_value(page, samples[i]);
        cr_expect(value == values[i], "%s: %g instead of %g", samples[i], value, values[i]);
    }
}

#define EXPECT(...) do { \
        static const struct { const char *sample; double value; } rows[] = {__VA_ARGS__}; \
        const char *samples[64]; \
        double values[64]; \
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) \
            samples[row] = rows[row].sample, values[row] = rows[row].value; \
        expect_values(samples, values, sizeof rows / sizeof *rows); \
    } while (0)

/* ---- counts ---- */

Test(metrics, begin_at_zero_and_know_the_world) {
    struct measured measured;
    begin(&measured);
    read_page(&measured);
    EXPECT({"birzha_build_info{version=\"0.1.0\"}", 1}, {"birzha_connections", 0}, {"birzha_sessions", 0},
           {"birzha_commands_total", 0}, {"birzha_orders_accepted_total", 0}, {"birzha_journal_batches_total", 0},
           {"birzha_sync_duration_seconds_count", 0}, {"birzha_engine_records{kind=\"participants\"}", 3},
           {"birzha_engine_records{kind=\"instruments\"}", 3}, {"birzha_engine_records{kind=\"users\"}", 4},
           {"birzha_engine_records{kind=\"orders\"}", 0}, {"birzha_stage_seconds_count{stage=\"total\"}", 0});
    cr_expect_gt(exposition_value(page, "process_resident_memory_bytes"), 1 << 20);
    cr_expect_gt(exposition_value(page, "birzha_last_sequence"), 0);
    cr_expect_geq(exposition_value(page, "birzha_engine_records_max{kind=\"orders\"}"), 1 << 20);
    end(&measured);
}

/* Six requests about orders reach the exchange, one does not; two lines are nothing at all. */
static void trade(struct client *dairy, struct client *food, struct client *reader) {
    client_send(reader, "{'type':'subscribe','channel':'trades','symbols':['DY-SMP-EX']}");
    client_expect(reader, "{'type':'ack','channel':'trades'}");
    order_enter(dairy, "s1", "sell", 5, "2700.00", "");
    order_enter(dairy, "s2", "sell", 5, "2750.00", "");
    order_enter(food, "b1", "buy", 2, "2700.00", "");
    expect_fill(food, "b1", 2, "2700.00", "taker", "filled");
    client_expect(reader, "{'type':'trade','qty':2}");
    expect_fill(dairy, "s1", 2, "2700.00", "maker", "partially_filled");
    order_send(food, "b2", "buy", 1, "2702.30", "");
    expect_refusal(food, 702, "price_not_on_tick", "");
    client_send(dairy, "{'type':'cancel_order','cl_ord_id':'c1','orig_cl_ord_id':'never'}");
    client_receive(dairy);
    client_send(dairy, "{'type':'mass_cancel'}");
    client_receive(dairy);
    client_receive(dairy);
    client_expect(dairy, "{'type':'mass_cancel_ack'}");
    client_send(dairy, "{'type':'new_order','cl_ord_id':'s3'}");
    client_expect(dairy, "{'type':'error','code':1205}");
    client_send(dairy, "not json");
    client_expect(dairy, "{'type':'error','code':108}");
    client_send(dairy, "{'type':'nonsense'}");
    client_expect(dairy, "{'type':'error','code':1208}");
}

Test(metrics, count_exactly_what_was_sent) {
    struct measured measured;
    begin(&measured);
    struct client *dairy = client_logon(&measured.server, "dairy"), *food = client_logon(&measured.server, "food");
    struct client *stranger = client_open(&measured.server);
    client_send(stranger, "{'type':'logon','user':'root','password':'wrong'}");
    client_expect(stranger, "{'type':'error'}");
    trade(dairy, food, stranger);
    read_page(&measured);
    EXPECT({"birzha_connections", 3}, {"birzha_connections_accepted_total", 3}, {"birzha_sessions", 2},
           {"birzha_logons_total", 2}, {"birzha_logon_failures_total", 1},
           {"birzha_requests_total{type=\"logon\"}", 3}, {"birzha_requests_total{type=\"new_order\"}", 5},
           {"birzha_requests_total{type=\"cancel_order\"}", 1}, {"birzha_requests_total{type=\"mass_cancel\"}", 1},
           {"birzha_requests_total{type=\"subscribe\"}", 1}, {"birzha_requests_total{type=\"unknown\"}", 2},
           {"birzha_refusals_total{group=\"format\"}", 1}, {"birzha_refusals_total{group=\"price\"}", 1},
           {"birzha_refusals_total{group=\"book\"}", 1}, {"birzha_refusals_total{group=\"session\"}", 3},
           {"birzha_commands_total", 6}, {"birzha_orders_accepted_total", 3}, {"birzha_orders_rejected_total", 1},
           {"birzha_trades_total", 1}, {"birzha_events_total{kind=\"canceled\"}", 2},
           {"birzha_journal_batch_commands_sum", 6}, {"birzha_market_data_messages_total{channel=\"trades\"}", 1},
           {"birzha_market_data_messages_total{channel=\"book\"}", 0}, {"birzha_engine_records{kind=\"orders\"}", 0},
           {"birzha_outbox_bytes", 0}, {"birzha_journal_filling_commands", 0}, {"birzha_slow_consumers_total", 0});
    double batches = exposition_value(page, "birzha_journal_batches_total");
    cr_expect(batches >= 1 && batches <= 6, "%g batches", batches);
    cr_expect_eq(exposition_value(page, "birzha_journal_batch_commands_count"), batches);
    cr_expect_eq(exposition_value(page, "birzha_sync_duration_seconds_count"), batches);
    cr_expect_gt(exposition_value(page, "birzha_sync_duration_seconds_sum"), 0);
    cr_expect_gt(exposition_value(page, "birzha_loop_turn_duration_seconds_count"), 6);
    static const char *const stages[] = {"decode", "sequence", "match", "durable", "send", "total"};
    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
        char sample[80];
        snprintf(sample, sizeof sample, "birzha_stage_seconds_count{stage=\"%s\"}", stages[i]);
        cr_expect_eq(exposition_value(page, sample), 6, "%s: %g", stages[i], exposition_value(page, sample));
    }
    cr_expect_eq(exposition_value(page, "birzha_stage_untimed_total"), 0);
    client_close(dairy);
    client_close(food);
    client_close(stranger);
    end(&measured);
}

static int stage_lines(const struct server *server) {
    char line[256];
    int count = 0;
    FILE *file = fopen(server->log_path, "r");
    cr_assert_not_null(file);
    while (fgets(line, sizeof line, file)) {
        count += strncmp(line, "birzhad: stage ", 15) == 0 && strstr(line, " p99.9 ") != NULL;
    }
    fclose(file);
    return count;
}

Test(metrics, a_signal_prints_the_stages_and_ends_nothing) {
    struct measured measured;
    begin(&measured);
    struct client *dairy = client_logon(&measured.server, "dairy");
    order_enter(dairy, "s1", "sell", 5, "2700.00", "");
    kill(measured.server.pid, SIGUSR1);
    for (int i = 0; i < 200 && stage_lines(&measured.server) < 6; i++) usleep(20 * 1000);
    cr_expect_eq(stage_lines(&measured.server), 6);
    order_enter(dairy, "s2", "sell", 5, "2700.00", "");
    client_close(dairy);
    end(&measured);
}

Test(metrics, are_not_there_unless_asked_for_and_the_signal_is_harmless) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    cr_expect_null(strstr(server.ready, "metrics"));
    kill(server.pid, SIGUSR1);
    struct client *dairy = client_logon(&server, "dairy");
    order_enter(dairy, "s1", "sell", 5, "2700.00", "");
    cr_expect_eq(stage_lines(&server), 0);
    client_close(dairy);
    server_stop(&server);
}

/* ---- those who do not behave ---- */

Test(metrics, bad_http_is_answered_and_does_no_harm) {
    static const struct { const char *request; int status; } rows[] = {
        {"GET / HTTP/1.1\r\n\r\n", 404}, {"GET /favicon.ico HTTP/1.0\r\n\r\n", 404},
        {"POST /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 405}, {"HEAD /metrics HTTP/1.1\r\n\r\n", 405},
        {"\r\n\r\n", 400}, {"GET /metrics HTTP/9.9\r\n\r\n", 400}, {"\x16\x03\x01\n\n", 400},
        {"{\"type\":\"logon\"}\n\n", 400}, {"GET /metrics HTTP/1.0\n\n", 200},
        {"GET /metrics HTTP/1.1\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n", 200},
    };
    struct measured measured;
    begin(&measured);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(ask(&measured, rows[i].request, strlen(rows[i].request)), rows[i].status, "%s", rows[i].request);
    size_t size = 1 << 20;
    char *garbage = malloc(size);
    memset(garbage, 'A', size);
    int status = ask(&measured, garbage, size);
    cr_expect(status == 400 || status == 0, "%d", status);
    cr_expect_eq(ask(&measured, garbage, 4096), 400);
    free(garbage);
    for (int i = 0; i < 100; i++) close(dial(&measured));
    read_page(&measured);
    cr_expect_eq(exposition_value(page, "birzha_connections"), 0);
    int silent = dial(&measured);           /* does not keep the server from ending */
    end(&measured);
    close(silent);
}

/* All places are taken by clients that say nothing, and more wait: trading goes on, and they are ended in time. */
Test(metrics, silent_connections_are_ended_and_nobody_else_waits_for_them) {
    enum { silent_count = 12 };
    struct measured measured;
    int silent[silent_count];
    begin(&measured);
    for (int i = 0; i < silent_count; i++) silent[i] = dial(&measured);
    struct client *dairy = client_logon(&measured.server, "dairy");
    order_enter(dairy, "s1", "sell", 5, "2700.00", "");
    read_page(&measured);
    EXPECT({"birzha_connections", 1}, {"birzha_orders_accepted_total", 1});
    for (int i = 0; i < 8; i++) {
        struct pollfd ready = {.fd = silent[i], .events = POLLIN};
        char byte;
        cr_expect_eq(poll(&ready, 1, 1000), 1, "%d is still there", i);
        cr_expect_leq(read(silent[i], &byte, 1), 0);
    }
    client_close(dairy);
    end(&measured);
    for (int i = 0; i < silent_count; i++) close(silent[i]);
}

Test(metrics, an_address_in_use_exits_1) {
    struct measured measured;
    struct server_outcome outcome;
    char address[32];
    begin(&measured);
    snprintf(address, sizeof address, "127.0.0.1:%d", measured.port);
    server_run((const char *const[]){"--listen", "127.0.0.1:0", "--ephemeral", "--scenario", DAIRY_WORLD, "--metrics",
                                     address, NULL}, &outcome);
    cr_expect_eq(outcome.exit_code, 1, "exit code %d", outcome.exit_code);
    cr_expect_not_null(strstr(outcome.errors, "for --metrics: address already in use"), "%s", outcome.errors);
    cr_expect_str_empty(outcome.output);
    end(&measured);
}
