/* test_report.c - tables of the hand-made stream (hand_made.h) against figures worked out on paper. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

#include "tests/tools/report/hand_made.h"
#include "tools/report/database.h"
#include "tools/report/report_main.h"
#include "tools/report/tables.h"

static struct hand_made made;
static struct follow follow;

static void open_all(void) {
    struct stream_error error;
    made = hand_made_stream();
    cr_assert_eq(follow_file(&follow, made.path, &error), 0, "%s", error.text);
}

static void close_all(void) {
    follow_free(&follow);
    unlink(made.path);
}

TestSuite(report, .init = open_all, .fini = close_all, .timeout = 20);

static const struct report_scope everything = {date_none, date_none, PERIOD_HALF};

#define expect_table(table, scope, format, expected) expect_table_at(__LINE__, table, scope, format, expected)
static void expect_table_at(int line, enum report_table table, const struct report_scope *scope,
                            enum sheet_format format, const char *expected) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct sheet sheet = report_make(&follow, table, scope);
    sheet_print(&sheet, format, out);
    sheet_free(&sheet);
    fclose(out);
    cr_expect_str_eq(text, expected, "line %d:\n%s", line, text);
    free(text);
}

Test(report, sums_by_section_currency_class_and_country) {
    /* 108000 + 53800 + 162600 = 324400; the busted trade counts nowhere. */
    expect_table(REPORT_SECTIONS, &everything, SHEET_CSV,
                 "section,currency,deals,value\r\nagri,USD,3,324400.00\r\n");
    expect_table(REPORT_CURRENCIES, &everything, SHEET_CSV, "currency,deals,value\r\nUSD,3,324400.00\r\n");
    expect_table(REPORT_CLASSES, &everything, SHEET_CSV,
                 "class,currency,deals,value\r\nexport,USD,2,270600.00\r\ntransit,USD,1,53800.00\r\n");
    expect_table(REPORT_COUNTRIES, &everything, SHEET_CSV,
                 "country,currency,deals_sold,value_sold,deals_bought,value_bought\r\n"
                 "BY,USD,2,270600.00,0,0.00\r\n"
                 "LT,USD,0,0.00,2,216400.00\r\n"
                 "RU,USD,1,53800.00,0,0.00\r\n"
                 "UA,USD,0,0.00,1,108000.00\r\n");
}

Test(report, transit_by_period) {
    expect_table(REPORT_TRANSIT, &everything, SHEET_CSV,
                 "period,section,currency,deals,value\r\n2021-H1,agri,USD,1,53800.00\r\n");
    const struct report_scope months = {date_none, date_none, PERIOD_MONTH};
    expect_table(REPORT_TRANSIT, &months, SHEET_JSON,
                 "{\"table\":\"transit\",\"rows\":[{\"period\":\"2021-01\",\"section\":\"agri\",\"currency\":\"USD\","
                 "\"deals\":1,\"value\":\"53800.00\"}]}\n");
}

Test(report, ratings_put_the_largest_first) {
    expect_table(REPORT_SELLERS, &everything, SHEET_CSV,
                 "currency,rank,participant,name,country,deals,value\r\n"
                 "USD,1,BY-A,BY-A,BY,2,270600.00\r\nUSD,2,RU-D,RU-D,RU,1,53800.00\r\n");
    expect_table(REPORT_BUYERS, &everything, SHEET_CSV,
                 "currency,rank,participant,name,country,deals,value\r\n"
                 "USD,1,LT-C,LT-C,LT,2,216400.00\r\nUSD,2,UA-B,UA-B,UA,1,108000.00\r\n");
}

Test(report, fees_are_the_payers_and_a_bust_reverses_them) {
    /* BY-A: 546.48 + 822.76. UA-B: 216.00 of its own and 325.20 for its client. */
    expect_table(REPORT_FEES, &everything, SHEET_CSV,
                 "payer,currency,deals,charged,reversed,net\r\n"
                 "BY-A,BYN,2,1369.24,0.00,1369.24\r\n"
                 "UA-B,USD,2,541.20,0.00,541.20\r\n"
                 "LT-C,USD,1,107.60,0.00,107.60\r\n"
                 "LT-C,EUR,1,5.60,5.60,0.00\r\n"
                 "RU-D,USD,1,107.60,0.00,107.60\r\n"
                 "RU-D,EUR,1,5.60,5.60,0.00\r\n");
}

Test(report, brokers_are_those_who_act_for_others) {
    expect_table(REPORT_BROKERS, &everything, SHEET_CSV,
                 "broker,country,currency,clients,client_deals,value\r\nUA-B,UA,USD,1,1,162600.00\r\n");
}

Test(report, a_quotation_needs_three_deals_of_two_sellers) {
    /* 161800 / 60 = 2696.66..; 162600 / 60 = 2710; over the year 324400 / 120 = 2703.33.. */
    expect_table(REPORT_QUOTATIONS, &everything, SHEET_CSV,
                 "period,section,group,currency,deals,sellers,quantity,unit,value,price,kind\r\n"
                 "2021-H1,agri,dairy,USD,2,2,60,t,161800.00,2696.67,price result\r\n"
                 "2021-H2,agri,dairy,USD,1,1,60,t,162600.00,2710.00,price result\r\n");
    const struct report_scope year = {date_none, date_none, PERIOD_YEAR};
    expect_table(REPORT_QUOTATIONS, &year, SHEET_CSV,
                 "period,section,group,currency,deals,sellers,quantity,unit,value,price,kind\r\n"
                 "2021,agri,dairy,USD,3,2,120,t,324400.00,2703.33,quotation\r\n");
}

Test(report, deals_between_two_dates) {
    const struct report_scope july = {date_from_civil(2021, 7, 5), date_from_civil(2021, 7, 5), PERIOD_HALF};
    expect_table(REPORT_DEALS, &july, SHEET_CSV,
                 "trade_id,date,symbol,quantity,unit,price,value,currency,class,seller,seller_country,buyer,"
                 "buyer_country,state\r\n"
                 "4,2021-07-05,MILK,60,t,2710.00,162600.00,USD,export,BY-A,BY,LT-C,LT,deal\r\n");
    const struct report_scope before = {date_none, date_from_civil(2021, 1, 3), PERIOD_HALF};
    expect_table(REPORT_SECTIONS, &before, SHEET_CSV, "section,currency,deals,value\r\n");
    expect_table(REPORT_SECTIONS, &everything, SHEET_TEXT,
                 "sections\n"
                 "section  currency  deals      value\n"
                 "agri     USD           3  324400.00\n\n");
}

/* ---- SQLite ---- */

static int64_t ask(sqlite3 *database, const char *question) {
    sqlite3_stmt *statement = NULL;
    cr_assert_eq(sqlite3_prepare_v2(database, question, -1, &statement, NULL), SQLITE_OK, "%s: %s", question,
                 sqlite3_errmsg(database));
    cr_assert_eq(sqlite3_step(statement), SQLITE_ROW, "%s", question);
    int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

Test(report, the_database_holds_the_same_sums) {
    char path[80];
    struct stream_error error;
    sqlite3 *database = NULL;
    snprintf(path, sizeof path, "%s.db", made.path);
    cr_assert_eq(database_write(&follow, path, &error), 0, "%s", error.text);
    cr_expect_eq(database_write(&follow, path, &error), -EEXIST);
    cr_assert_eq(sqlite3_open(path, &database), SQLITE_OK);
    cr_expect_eq(ask(database, "SELECT count(*) FROM instruments"), 2);
    cr_expect_eq(ask(database, "SELECT count(*) FROM participants"), 4);
    cr_expect_eq(ask(database, "SELECT count(*) FROM orders WHERE state = 'filled' AND held_minor = 0"), 8);
    cr_expect_eq(ask(database, "SELECT count(*) FROM order_events"), 16);
    cr_expect_eq(ask(database, "SELECT count(*) FROM order_events WHERE trade_id = 4"), 2);
    cr_expect_eq(ask(database, "SELECT sum(value_minor) FROM trades JOIN contracts USING (trade_id)"
                               " WHERE state = 'deal' AND currency = 'USD'"), 32440000);
    cr_expect_eq(ask(database, "SELECT sum(value_minor) FROM trades WHERE class = 'transit' AND currency = 'USD'"),
                 5380000);
    cr_expect_eq(ask(database, "SELECT sum(seller_fee_minor) FROM contracts WHERE seller_fee_currency = 'BYN'"), 136924);
    cr_expect_eq(ask(database, "SELECT sum(buyer_blocked_minor + seller_blocked_minor) FROM contracts"), 200000);
    cr_expect_eq(ask(database, "SELECT trade_id FROM contracts WHERE state = 'busted'"), 3);
    sqlite3_close(database);
    unlink(path);
}

/* ---- the command line ---- */

static int run(const char *first, const char *second, const char *third) {
    char name[] = "report", a[96], b[96], c[96];
    snprintf(a, sizeof a, "%s", first);
    snprintf(b, sizeof b, "%s", second ? second : "");
    snprintf(c, sizeof c, "%s", third ? third : "");
    char *argv[] = {name, a, second ? b : NULL, third ? c : NULL, NULL};
    return report_main(third ? 4 : second ? 3 : 2, argv);
}

Test(report, the_command_line_prints_a_table) {
    cr_redirect_stdout();
    cr_assert_eq(run(made.path, "--what=transit", "--format=csv"), 0);
    fflush(stdout);
    cr_assert_stdout_eq_str("period,section,currency,deals,value\r\n2021-H1,agri,USD,1,53800.00\r\n");
}

Test(report, what_is_wrong_on_the_command_line_is_said) {
    static const struct { const char *first, *second; } rows[] = {
        {"--what=deals", NULL}, {"f", "--what=cats"}, {"f", "--from=yesterday"}, {"f", "--period=week"},
        {"f", "--format=xml"}, {"f", "g"}, {"f", "--nonsense"}, {"f", "--to"},
    };
    cr_redirect_stderr();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(run(rows[i].first, rows[i].second, NULL), 2, "row %zu", i);
    cr_expect_eq(run("/tmp/no/such/stream", NULL, NULL), 1);
}

Test(report, a_stream_that_speaks_of_the_unknown_is_refused) {
    struct hand_made broken;
    struct follow other;
    struct stream_error error;
    hand_made_begin(&broken);
    hand_made_trade(&broken, (struct hand_made_deal){.instrument = 9, .seller = BY_A, .buyer = UA_B,
                                                     .buyer_principal = UA_B, .ticks = 1, .lots = 1});
    cr_assert_eq(recorder_close(&broken.recorder), 0);
    cr_expect_eq(follow_file(&other, broken.path, &error), -EINVAL);
    cr_expect_not_null(strstr(error.text, "record 9"), "%s", error.text);
    unlink(broken.path);
}
