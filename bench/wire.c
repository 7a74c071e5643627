/* wire.c - what a message costs between the socket and the exchange: nanoseconds, and the loop to count instructions.
 *
 *     bench_wire SCENARIO [RUNS [MESSAGES]]        every case, one JSON line each: median, least and most over the runs
 *     bench_wire SCENARIO CASE MESSAGES            one case, once, for cachegrind
 *
 *   guard           the strict scanner over a new_order
 *   decode_*        line to request: decode_head and decode_body, as a dialog calls them
 *   encode_*        report to line
 *   dialog          two lines, new_order and the cancel of it, through a dialog, the exchange and all views to the two
 *                   answers: everything but sockets
 *
 * The lines and reports are those of bench/wire.json's world; names and figures change from one message to the next,
 * so that nothing is predicted too well. Sixteen lines take turns: they lie in the first cache, as a socket's do. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/exchange.h"
#include "gateway/genesis.h"
#include "gateway/sequencer.h"
#include "gateway/session/dialog.h"
#include "gateway/session/hub.h"
#include "gateway/wire/decode.h"
#include "gateway/wire/encode.h"
#include "gateway/wire/guard.h"
#include "instruments/check.h"

enum { lines_count = 16, line_max = 256, runs_max = 101 };

struct bench {
    struct sequencer sequencer;
    struct hub hub;
    struct publisher publisher;
    struct port port;
    struct dialog dialog;
    struct decoder *decoder;
    struct request request;
    struct decode_error error;
    char news[lines_count][line_max], cancels[lines_count][line_max], amends[lines_count][line_max];
    uint32_t news_sizes[lines_count], cancels_sizes[lines_count], amends_sizes[lines_count];
    struct report reports[3][lines_count];
    char out[line_size_max];
    uint64_t sink;              /* what was made is looked at */
    uint32_t orders_count;
};

/* ---- the world ---- */

static struct applied host_apply(void *owner, struct command *command) {
    struct bench *bench = owner;
    return sequencer_apply(&bench->sequencer, command);
}

static int64_t host_now_ns(void *owner) {
    const struct bench *bench = owner;
    return sequencer_now_ns(&bench->sequencer);
}

static void host_verify(void *owner, struct dialog *dialog, uint32_t user, const struct request_text *password) {
    (void)owner, (void)dialog, (void)user, (void)password;
}

static void port_send(struct port *port, const char *bytes, uint32_t size) {
    struct bench *bench = (struct bench *)(void *)((char *)port - offsetof(struct bench, port));
    bench->sink += size + (uint8_t)bytes[size / 2];
}

static int port_is_behind(const struct port *port) {
    (void)port;
    return 0;
}

static void port_finish(struct port *port) { (void)port; }

static void open_world(struct bench *bench, const char *path) {
    char error[512];
    struct scenario scenario;
    if (genesis_read(path, &scenario, error, sizeof error) < 0) {
        fprintf(stderr, "bench_wire: %s\n", error);
        exit(1);
    }
    /* Nobody's password is asked here, and hashing them would outweigh what is counted. */
    scenario.passwords_count = 0;
    if (sequencer_open(&bench->sequencer, &scenario.limits) < 0 ||
        genesis_apply(&bench->sequencer, &scenario, CLOCK_MODE_MANUAL, error, sizeof error) < 0) {
        fprintf(stderr, "bench_wire: %s\n", error);
        exit(1);
    }
    scenario_free(&scenario);
    const struct hub_host host = {.owner = bench, .version = "bench", .clock_mode = "manual", .apply = host_apply,
                                  .now_ns = host_now_ns, .verify = host_verify};
    const struct hub_views views = {bench->sequencer.exchange, bench->sequencer.orders, bench->sequencer.deals,
                                    bench->sequencer.story};
    const struct publisher_views market = {bench->sequencer.exchange, bench->sequencer.depth, bench->sequencer.market};
    CHECK(hub_init(&bench->hub, &host, &views) == 0 && publisher_init(&bench->publisher, &market) == 0);
    sequencer_connect(&bench->sequencer, &bench->hub, &bench->publisher, NULL);
    sequencer_start(&bench->sequencer, CLOCK_MODE_WALL);
    bench->port = (struct port){port_send, port_send, port_is_behind, port_finish};
    dialog_init(&bench->dialog, &bench->hub, &bench->port);
    char logon[] = "{\"type\":\"logon\",\"user\":\"u0\",\"password\":\"p\"}";
    dialog_on_line(&bench->dialog, logon, sizeof logon - 1);
    dialog_on_verdict(&bench->dialog, LOGON_PASSED, 0);
    CHECK(bench->dialog.state == DIALOG_LOGGED_ON);
    bench->decoder = bench->hub.decoder;
}

/* ---- lines and reports ---- */

static void make_lines(struct bench *bench) {
    for (uint32_t i = 0; i < lines_count; i++) {
        bench->news_sizes[i] = (uint32_t)snprintf(bench->news[i], line_max, "{\"type\":\"new_order\",\"cl_ord_id\":"
            "\"f0-%07u\",\"symbol\":\"DY-SMP-EX\",\"side\":\"%s\",\"order_qty\":%u,\"price\":\"%u.00\","
            "\"time_in_force\":\"day\"}", 1234567 * (i + 1) % 9999999, i * 7 % 3 ? "buy" : "sell",
            1 + i * 37 % 100, 2500 + i * 35 % 200);
        bench->cancels_sizes[i] = (uint32_t)snprintf(bench->cancels[i], line_max, "{\"type\":\"cancel_order\","
            "\"orig_cl_ord_id\":\"f0-%07u\"}", 1234567 * (i + 1) % 9999999);
        bench->amends_sizes[i] = (uint32_t)snprintf(bench->amends[i], line_max, "{\"type\":\"amend_order\","
            "\"cl_ord_id\":\"g0-%07u\",\"orig_cl_ord_id\":\"f0-%07u\",\"order_qty\":%u,\"price\":\"%u.00\"}", i,
            i, 1 + i, 2500 + i * 5);
    }
}

static void make_reports(struct bench *bench) {
    static const uint8_t types[3] = {EXEC_TYPE_NEW, EXEC_TYPE_TRADE, EXEC_TYPE_CANCELED};
    for (uint32_t i = 0; i < 3 * lines_count; i++) {
        struct report *report = &bench->reports[i / lines_count][i % lines_count];
        *report = (struct report){
            .seq = 123456 + i * 977, .time_ns = INT64_C(1624860000123456789) + i * INT64_C(1234567),
            .order_id = UINT64_C(4294967297) + i, .exec_sequence = 876543 + i * 31, .exec_index = 1, .participant = 0,
            .client = NAME_NONE, .price.ticks = 500 + i % 100, .order_quantity.lots = 40 + i,
            .leaves_quantity.lots = 40 + i, .expire_date = date_none, .exec_type = types[i / lines_count],
            .side = i % 2};
        snprintf(report->client_order_id, client_order_id_size, "f0-%07u", 1234567 * (i + 1) % 9999999);
        if (report->exec_type != EXEC_TYPE_TRADE) continue;
        report->trade_id = 54321 + i;
        report->cum_quantity.lots = report->last_quantity.lots = 10 + i % 7;
        report->leaves_quantity.lots -= report->cum_quantity.lots;
        report->last_price = report->price;
        report->value = (uint64_t)report->last_quantity.lots * report->price.ticks;
        report->liquidity = LIQUIDITY_MAKER;
        report->ord_status = ORD_STATUS_PARTIALLY_FILLED;
    }
}

/* ---- cases ---- */

static void run_guard(struct bench *bench, uint32_t count) {
    struct guard_error error;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t which = i % lines_count;
        CHECK(json_guard(bench->news[which], bench->news_sizes[which], &guard_limits_line, &error) == 0);
    }
}

static void decode(struct bench *bench, char lines[][line_max], const uint32_t *sizes, uint32_t count) {
    struct request *request = &bench->request;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t which = i % lines_count;
        CHECK(decode_head(bench->decoder, lines[which], sizes[which], request, &bench->error) == 0);
        CHECK(decode_body(bench->decoder, bench->sequencer.exchange, 0, request, &bench->error) == 0);
        bench->sink += request->command.new_order.quantity.lots;
    }
}
static void run_decode_new(struct bench *bench, uint32_t count) {
    decode(bench, bench->news, bench->news_sizes, count);
}
static void run_decode_cancel(struct bench *bench, uint32_t count) {
    decode(bench, bench->cancels, bench->cancels_sizes, count);
}
static void run_decode_amend(struct bench *bench, uint32_t count) {
    decode(bench, bench->amends, bench->amends_sizes, count);
}

static void encode(struct bench *bench, uint32_t kind, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        struct report *report = &bench->reports[kind][i % lines_count];
        report->seq++;
        report->time_ns += 1237;
        uint32_t size = encode_report(bench->out, bench->sequencer.exchange, report, NULL, NULL, DELIVERY_FIRST);
        bench->sink += size + (uint8_t)bench->out[size / 2];
    }
}
static void run_encode_new(struct bench *bench, uint32_t count) { encode(bench, 0, count); }
static void run_encode_trade(struct bench *bench, uint32_t count) { encode(bench, 1, count); }
static void run_encode_canceled(struct bench *bench, uint32_t count) { encode(bench, 2, count); }

/* The digits of an order's name in a line. */
static char *digits_of(char *line) {
    char *at = strstr(line, "f0-");
    CHECK(at != NULL);
    return at + 3;
}

static void run_dialog(struct bench *bench, uint32_t count) {
    char line[line_max], digits[8];
    const struct stream *stream = &bench->hub.desks[bench->dialog.participant].stream;
    uint64_t first_seq = stream_next_seq(stream);
    for (uint32_t i = 0; i < count / 2; i++) {
        uint32_t which = i % lines_count;
        snprintf(digits, sizeof digits, "%07u", bench->orders_count++ % 10000000);
        memcpy(line, bench->news[which], line_max);
        memcpy(digits_of(line), digits, 7);
        dialog_on_line(&bench->dialog, line, bench->news_sizes[which]);
        memcpy(line, bench->cancels[which], line_max);
        memcpy(digits_of(line), digits, 7);
        dialog_on_line(&bench->dialog, line, bench->cancels_sizes[which]);
    }
    CHECK(stream_next_seq(stream) == first_seq + count / 2 * 2);
}

static const struct {
    const char *name;
    void (*run)(struct bench *bench, uint32_t count);
} cases[] = {
    {"guard", run_guard},
    {"decode_new_order", run_decode_new},
    {"decode_cancel_order", run_decode_cancel},
    {"decode_amend_order", run_decode_amend},
    {"encode_new", run_encode_new},
    {"encode_trade", run_encode_trade},
    {"encode_canceled", run_encode_canceled},
    {"dialog", run_dialog},
};

/* ---- measuring ---- */

static int by_size(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double ns_a_message(struct bench *bench, size_t which, uint32_t count) {
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    cases[which].run(bench, count);
    clock_gettime(CLOCK_MONOTONIC, &end);
    return ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / count;
}

static void measure(struct bench *bench, uint32_t runs, uint32_t count) {
    double times[runs_max];
    for (size_t which = 0; which < sizeof cases / sizeof *cases; which++) {
        (void)ns_a_message(bench, which, count);
        for (uint32_t run = 0; run < runs; run++) times[run] = ns_a_message(bench, which, count);
        qsort(times, runs, sizeof *times, by_size);
        printf("{\"case\":\"%s\",\"messages\":%u,\"runs\":%u,\"ns\":%.1f,\"ns_min\":%.1f,\"ns_max\":%.1f}\n",
               cases[which].name, count, runs, times[runs / 2], times[0], times[runs - 1]);
    }
}

int main(int argc, char **argv) {
    static struct bench bench;
    uint32_t runs = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 9;
    uint32_t count = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 100000;
    if (argc < 2 || argc > 4 || count == 0 || runs > runs_max) {
        fprintf(stderr, "usage: bench_wire SCENARIO [RUNS [MESSAGES]], or SCENARIO CASE MESSAGES\n");
        return 2;
    }
    open_world(&bench, argv[1]);
    make_lines(&bench);
    make_reports(&bench);
    for (size_t which = 0; which < sizeof cases / sizeof *cases && argc > 2; which++) {
        if (strcmp(cases[which].name, argv[2]) != 0) continue;
        cases[which].run(&bench, count);
        return 0;
    }
    if (runs == 0) {
        fprintf(stderr, "bench_wire: there is no case %s\n", argv[2]);
        return 2;
    }
    measure(&bench, runs, count);
    return bench.sink == 0;
}
