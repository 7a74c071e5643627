/* test_metrics.c - the page says what was counted, in a form that Prometheus takes. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "engine/event.h"
#include "engine/reject.h"
#include "gateway/metrics.h"
#include "gateway/stages.h"
#include "tests/support/exposition.h"

static char page[metrics_size_max];
static struct hub_counters hub;
static struct sequencer_counters sequencer;
static struct committer_counters committer;
static struct network_counters network;
static struct publisher_counters publisher;
static struct snapshots_counters snapshots;
static struct metrics metrics;

static void open_all(void) {
    metrics = (struct metrics){
        .version = "9.8.7", .hub = &hub, .sequencer = &sequencer, .committer = &committer, .network = &network,
        .publisher = &publisher, .snapshots = &snapshots, .stages = stages_open(),
    };
    cr_assert_not_null(metrics.stages);
}

static void close_all(void) { stages_close((struct stages *)(uintptr_t)metrics.stages); }

TestSuite(metrics, .init = open_all, .fini = close_all, .timeout = 20);

static void write_page(void) {
    char why[400];
    uint32_t size = metrics_write(&metrics, page, sizeof page);
    cr_assert_gt(size, 0);
    cr_assert_eq(size, strlen(page));
    cr_assert_eq(exposition_check(page, why, sizeof why), 0, "%s", why);
}

static void expect_value(const char *sample, double value) {
    double found = exposition_value(page, sample);
    cr_expect_float_eq(found, value, 1e-12, "%s: %.10f", sample, found);
}

Test(metrics, counters_and_gauges_come_out_as_they_went_in) {
    hub.requests[REQUEST_NEW_ORDER] = 12;
    hub.requests[REQUEST_UNKNOWN] = 3;
    hub.refusals[1] = 5;
    hub.logged_on = 4;
    sequencer.refusals[1] = 2;
    sequencer.refusals[7] = UINT64_MAX;
    sequencer.events[EVENT_TRADE] = 6;
    snapshots.made = 8;
    publisher.messages[CHANNEL_TICKER] = 9;
    metrics.last_sequence = 77;
    metrics.uses[USE_CONTRACTS] = (struct metrics_use){10, 20};
    write_page();
    expect_value("birzha_requests_total{type=\"new_order\"}", 12);
    expect_value("birzha_requests_total{type=\"unknown\"}", 3);
    expect_value("birzha_refusals_total{group=\"format\"}", 7);
    cr_expect_not_null(strstr(page, "\nbirzha_refusals_total{group=\"price\"} 18446744073709551615\n"));
    expect_value("birzha_sessions", 4);
    expect_value("birzha_trades_total", 6);
    expect_value("birzha_events_total{kind=\"trade\"}", 6);
    expect_value("birzha_last_sequence", 77);
    expect_value("birzha_snapshots_total{result=\"made\"}", 8);
    expect_value("birzha_market_data_messages_total{channel=\"ticker\"}", 9);
    expect_value("birzha_engine_records{kind=\"contracts\"}", 10);
    expect_value("birzha_engine_records_max{kind=\"contracts\"}", 20);
    cr_expect_not_null(strstr(page, "birzha_build_info{version=\"9.8.7\"} 1\n"));
}

/* `le` includes its own value. */
Test(metrics, histograms_are_cumulative_and_in_seconds) {
    static const uint64_t commands[] = {1, 1, 2, 3, 4, 5, 6, 7, 65536, 1 << 20};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        histogram_record(&committer.batch_commands, commands[i]);
    histogram_record(&committer.sync_ns, 1024);
    histogram_record(&committer.sync_ns, 1025);
    histogram_record(&committer.sync_ns, 2000000000);
    write_page();
    expect_value("birzha_journal_batch_commands_bucket{le=\"1\"}", 2);
    expect_value("birzha_journal_batch_commands_bucket{le=\"2\"}", 3);
    expect_value("birzha_journal_batch_commands_bucket{le=\"3\"}", 4);
    expect_value("birzha_journal_batch_commands_bucket{le=\"4\"}", 5);
    expect_value("birzha_journal_batch_commands_bucket{le=\"6\"}", 7);
    expect_value("birzha_journal_batch_commands_bucket{le=\"65536\"}", 9);
    expect_value("birzha_journal_batch_commands_bucket{le=\"+Inf\"}", 10);
    expect_value("birzha_journal_batch_commands_sum", 1 + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 65536 + (1 << 20));
    expect_value("birzha_sync_duration_seconds_bucket{le=\"0.000001024\"}", 1);
    expect_value("birzha_sync_duration_seconds_bucket{le=\"0.000001536\"}", 2);
    expect_value("birzha_sync_duration_seconds_bucket{le=\"2.147483648\"}", 3);
    expect_value("birzha_sync_duration_seconds_sum", 2.000002049);
    expect_value("birzha_sync_duration_seconds_count", 3);
}

Test(metrics, parts_that_are_not_there_are_left_out) {
    struct stages *stages = (struct stages *)(uintptr_t)metrics.stages;
    metrics.committer = NULL;
    metrics.snapshots = NULL;
    metrics.stages = NULL;
    write_page();
    cr_expect_null(strstr(page, "birzha_journal"));
    cr_expect_null(strstr(page, "birzha_snapshot"));
    cr_expect_null(strstr(page, "birzha_stage"));
    metrics.stages = stages;
}

Test(metrics, the_fullest_page_fits_and_a_smaller_one_is_no_page) {
    memset(&hub, 0xff, sizeof hub);
    memset(&sequencer, 0xff, sizeof sequencer);
    memset(&network, 0x7f, sizeof network);
    memset((void *)(uintptr_t)metrics.stages->histograms, 0x01, sizeof metrics.stages->histograms);
    uint32_t size = metrics_write(&metrics, page, sizeof page);
    cr_assert_gt(size, 0);
    cr_expect_lt(size, sizeof page / 2);
    cr_expect_eq(metrics_write(&metrics, page, size), 0);
    cr_expect_eq(metrics_write(&metrics, page, 10), 0);
}

/* The reader that the tests believe refuses what Prometheus would. */
Test(metrics, pages_that_break_the_format_are_seen) {
    static const char *const pages[] = {
        "x 1\n",
        "# HELP x y\n# TYPE x gauge\n",
        "# HELP x y\n# TYPE x gauge\nx 1",
        "# HELP x y\n# TYPE x gauge\nx one\n",
        "# HELP x y\n# TYPE x gauge\nx 1\nx 1\n",
        "# HELP x y\n# TYPE x counter\nx 1\n",
        "# HELP x y\n# TYPE x gauge\ny 1\n",
        "# HELP x y\n# TYPE x gauge\nx{a=b} 1\n",
        "# HELP x y\n# TYPE x gauge\nx{a=\"b\" 1\n",
        "# TYPE x gauge\nx 1\n",
        "# HELP x y\n# TYPE x gauge\nx 1\n# HELP x y\n# TYPE x gauge\nx 1\n",
        "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n",
        "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 2\n",
        "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"2\"} 1\nx_bucket{le=\"1\"} 1\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\n",
        "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_sum 1\nx_count 1\n",
        "# HELP x y\n# TYPE x histogram\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\n",
    };
    char why[400];
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        cr_expect_eq(exposition_check(pages[i], why, sizeof why), -1, "taken: %s", pages[i]);
}

/* Every reason has a group that is shown. */
Test(metrics, every_reason_belongs_to_a_group) {
#define XX(number, name, text, rule) cr_expect(number == 0 || reject_group(number) > 0, "%s", text);
    REJECT_MAP(XX)
#undef XX
    cr_expect_eq(reject_group(9999), 0);
}
