/* test_load.c - the parts of the load generator: its schedule, its reading of messages, its books of its own orders. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "instruments/splitmix.h"
#include "tools/load/arrivals.h"
#include "tools/load/ledger.h"

/* ---- arrivals ---- */

static uint64_t count_arrivals(enum arrival_kind kind, enum profile profile, double rate, double seconds,
                               uint64_t seed) {
    struct arrivals arrivals;
    uint64_t count = 0;
    int64_t before = 0;
    arrivals_begin(&arrivals, kind, profile, rate, seconds, seed);
    for (int64_t at; (at = arrivals_next(&arrivals)) < (int64_t)(seconds * 1e9); count++) {
        cr_assert_geq(at, before);
        before = at;
    }
    return count;
}

Test(load_arrivals, a_constant_rate_is_exact_and_even) {
    struct arrivals arrivals;
    cr_expect_eq(count_arrivals(ARRIVAL_CONSTANT, PROFILE_STEADY, 2000, 5, 1), 10000);
    arrivals_begin(&arrivals, ARRIVAL_CONSTANT, PROFILE_STEADY, 1000, 1, 1);
    for (int64_t i = 0; i < 1000; i++) cr_assert_eq(arrivals_next(&arrivals), i * 1000000);
}

/* The count of a Poisson process is within 5 standard deviations of its mean, and its gaps are exponential: 1 / e of
 * them are longer than the mean. */
Test(load_arrivals, poisson_is_poisson) {
    for (uint64_t seed = 1; seed <= 20; seed++) {
        uint64_t count = count_arrivals(ARRIVAL_POISSON, PROFILE_STEADY, 1000, 100, seed);
        cr_expect(count > 100000 - 5 * 317 && count < 100000 + 5 * 317, "seed %u: %u", (unsigned)seed, (unsigned)count);
    }
    struct arrivals arrivals;
    uint64_t longer_count = 0;
    int64_t before = 0;
    arrivals_begin(&arrivals, ARRIVAL_POISSON, PROFILE_STEADY, 1000, 1000, 7);
    for (int i = 0; i < 100000; i++) {
        int64_t at = arrivals_next(&arrivals);
        longer_count += at - before > 1000000;
        before = at;
    }
    cr_expect(longer_count > 36000 && longer_count < 37600, "%u of 100000", (unsigned)longer_count);
}

/* Bursts keep the mean, but most gaps are 2 microseconds. */
Test(load_arrivals, bursts_keep_the_mean) {
    struct arrivals arrivals;
    uint64_t close_count = 0;
    int64_t before = 0;
    uint64_t count = count_arrivals(ARRIVAL_BURSTY, PROFILE_STEADY, 1000, 1000, 3);
    cr_expect(count > 960000 && count < 1040000, "%u", (unsigned)count);
    arrivals_begin(&arrivals, ARRIVAL_BURSTY, PROFILE_STEADY, 1000, 1000, 4);
    for (int i = 0; i < 100000; i++) {
        int64_t at = arrivals_next(&arrivals);
        close_count += at - before <= 2001;
        before = at;
    }
    cr_expect(close_count > 90000, "%u of 100000", (unsigned)close_count);
}

/* opening: 1 + 3 e^(-8 t) has the mean 1 + 3/8 (1 - e^-8); spike: 1 + 5 x 0.05. */
Test(load_arrivals, profiles_change_the_rate) {
    uint64_t opening = count_arrivals(ARRIVAL_CONSTANT, PROFILE_OPENING, 1000, 100, 1);
    uint64_t spike = count_arrivals(ARRIVAL_CONSTANT, PROFILE_SPIKE, 1000, 100, 1);
    struct arrivals arrivals;
    cr_expect(opening > 136500 && opening < 138500, "%u", (unsigned)opening);
    cr_expect(spike > 124500 && spike < 125500, "%u", (unsigned)spike);
    arrivals_begin(&arrivals, ARRIVAL_CONSTANT, PROFILE_OPENING, 1000, 100, 1);
    cr_expect_float_eq(arrivals_factor(&arrivals, 0), 4, 1e-9);
    arrivals_begin(&arrivals, ARRIVAL_CONSTANT, PROFILE_SPIKE, 1000, 100, 1);
    cr_expect(arrivals_is_rush(&arrivals, 52000000000) && !arrivals_is_rush(&arrivals, 56000000000));
}

/* ---- messages ---- */

static struct answer read(const char *line) {
    struct answer answer;
    cr_assert_eq(answer_read(line, &answer), 0, "%s", line);
    return answer;
}

Test(load_answers, a_report_is_read) {
    struct answer answer = read("{\"type\":\"execution_report\",\"req_id\":7,\"seq\":120,\"exec_type\":\"trade\","
        "\"ord_status\":\"partially_filled\",\"cl_ord_id\":\"a\",\"order_id\":\"42\",\"exec_id\":\"1\","
        "\"trade_id\":\"9\",\"symbol\":\"DY-SMP-EX\",\"side\":\"buy\",\"order_qty\":40,\"cum_qty\":10,"
        "\"leaves_qty\":30,\"price\":\"2700.00\","
        "\"last_qty\":10,\"last_px\":\"2695.00\",\"text\":\"a \\\"b\\\" c\",\"poss_dup\":true}");
    cr_expect(answer.kind == ANSWER_REPORT && answer.exec_type == EXEC_TYPE_TRADE);
    cr_expect(answer.is_buy && answer.is_duplicate);
    cr_expect(answer.has_request && answer.request == 7 && answer.seq == 120);
    cr_expect(answer.quantity == 40 && answer.filled == 10 && answer.leaves == 30 && answer.last_quantity == 10);
    cr_expect(answer_text_is(answer.order_id, "42") && answer_text_is(answer.trade_id, "9"));
    cr_expect(answer_text_is(answer.symbol, "DY-SMP-EX") && answer_text_is(answer.price, "2700.00"));
    cr_expect(answer_text_is(answer.last_price, "2695.00"));
}

Test(load_answers, other_messages_are_told_apart) {
    struct answer answer = read("{\"type\":\"error\",\"req_id\":3,\"reason\":\"order_unknown\",\"code\":904}");
    cr_expect(answer.kind == ANSWER_ERROR && answer.code == 904 && answer_text_is(answer.reason, "order_unknown"));
    cr_expect(read("{\"type\":\"heartbeat\",\"ts\":\"x\"}").kind == ANSWER_OTHER);
    cr_expect(read("{\"type\":\"notice\",\"seq\":5,\"code\":1101}").kind == ANSWER_NOTICE);
    cr_expect(read("{\"type\":\"open_orders\",\"orders\":[{\"seq\":1}]}").kind == ANSWER_OTHER);
}

Test(load_answers, what_is_no_message_is_refused) {
    static const char *const lines[] = { "", "x", "{", "{\"type\"", "{\"type\":", "{\"type\":\"error\"",
                                         "{\"type\":\"a\\", "{\"type\":\"error\"}x", "{type:1}", "{\"seq\":,\"a\":1}" };
    struct answer answer;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_expect_eq(answer_read(lines[i], &answer), -1, "%s", lines[i]);
}

/* ---- the ledger ---- */

static struct ledger ledger;

static void open_ledger(void) { ledger_open(&ledger, 4); }
static void close_ledger(void) { ledger_close(&ledger); }

TestSuite(load_ledger, .init = open_ledger, .fini = close_ledger, .timeout = 30);

static struct answer_text text(const char *word) { return (struct answer_text){ word, (uint32_t)strlen(word) }; }

static struct answer report(enum exec_type type, const char *id, int64_t lots, int64_t filled, int64_t leaves) {
    return (struct answer){ .kind = ANSWER_REPORT, .exec_type = type, .order_id = text(id), .symbol = text("S"),
                            .price = text("10.00"), .quantity = lots, .filled = filled, .leaves = leaves };
}

static struct answer fill(const char *id, const char *trade, int is_buy, int64_t lots, int64_t filled, int64_t leaves) {
    struct answer answer = report(EXEC_TYPE_TRADE, id, filled + leaves, filled, leaves);
    answer.trade_id = text(trade);
    answer.last_price = text("10.00");
    answer.last_quantity = lots;
    answer.is_buy = is_buy;
    return answer;
}

static void take(uint32_t connection, struct answer answer, int is_own) {
    ledger_take(&ledger, connection, &answer, is_own);
}

Test(load_ledger, orders_open_fill_and_end) {
    take(0, report(EXEC_TYPE_NEW, "1", 5, 0, 5), 1);
    take(1, report(EXEC_TYPE_NEW, "2", 3, 0, 3), 1);
    take(2, report(EXEC_TYPE_NEW, "3", 3, 0, 3), 0);         /* a sister connection's */
    cr_expect_eq(ledger.orders_count, 2);
    take(0, fill("1", "t1", 0, 3, 3, 2), 0);
    take(1, fill("2", "t1", 1, 3, 3, 0), 0);
    cr_expect_eq(ledger.trades_count, 1);
    cr_expect_eq(ledger.orders_count, 1);
    cr_expect_eq(ledger_own(&ledger, 0, 0)->leaves, 2);
    take(0, report(EXEC_TYPE_CANCELED, "1", 5, 3, 0), 1);
    cr_expect_eq(ledger.orders_count, 0);
    cr_expect_eq(ledger.faults_count, 0, "%s", ledger.first_fault);
}

Test(load_ledger, whatever_does_not_fit_is_a_fault) {
    take(0, report(EXEC_TYPE_NEW, "1", 5, 0, 5), 1);
    take(0, fill("1", "t1", 0, 2, 3, 2), 0);            /* 2 lots are not 3 */
    cr_expect_eq(ledger.faults_count, 1);
    take(1, report(EXEC_TYPE_NEW, "2", 5, 0, 5), 1);
    take(1, fill("2", "t1", 0, 2, 2, 3), 0);            /* both sides sell */
    cr_expect_eq(ledger.faults_count, 2);
    take(1, report(EXEC_TYPE_CANCELED, "2", 5, 3, 0), 1);    /* filled without a trade */
    cr_expect_eq(ledger.faults_count, 3);
    take(2, fill("7", "t2", 1, 1, 1, 1), 1);            /* of an order that was never opened */
    cr_expect_eq(ledger.faults_count, 4);
    take(3, report(EXEC_TYPE_NEW, "3", 5, 0, 5), 1);
    take(3, report(EXEC_TYPE_RESTATED, "3", 4, 0, 3), 0);    /* 4 are not 0 + 3 */
    cr_expect_eq(ledger.faults_count, 5);
}

/* Against a plain list: whatever opens and ends, the same orders are open, each found by its id and by its owner. */
Test(load_ledger, orders_are_found_whatever_opened_and_ended) {
    enum { ids_count = 3000, steps_count = 60000 };
    static uint8_t is_open[ids_count];
    char id[16];
    uint64_t random = 5, open_count = 0, own_count = 0;
    for (int step = 0; step < steps_count; step++) {
        uint32_t i = (uint32_t)(splitmix64(&random) % ids_count);
        snprintf(id, sizeof id, "%u", i);
        take(i % 4, report(is_open[i] ? EXEC_TYPE_CANCELED : EXEC_TYPE_NEW, id, 5, 0, is_open[i] ? 0 : 5), 1);
        open_count += is_open[i] ? UINT64_MAX : 1;
        is_open[i] = !is_open[i];
        cr_assert_eq(ledger.orders_count, open_count);
    }
    for (uint32_t i = 0; i < ids_count; i++) {
        snprintf(id, sizeof id, "%u", i);
        const struct load_order *order = ledger_find(&ledger, text(id));
        cr_assert_eq(order != NULL, is_open[i], "order %u", i);
        if (order != NULL) cr_assert_eq(ledger_own(&ledger, i % 4, order->position), order);
    }
    for (uint32_t connection = 0; connection < 4; connection++) own_count += ledger.own[connection].count;
    cr_expect_eq(own_count, open_count);
    cr_expect_eq(ledger.faults_count, 0);
}
