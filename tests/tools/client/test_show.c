/* test_show.c - messages as sentences. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>

#include "tools/client/message.h"
#include "tools/client/show.h"

static void assert_shown(const char *line, const char *expected) {
    cJSON *message = cJSON_Parse(line);
    cr_assert_not_null(message);
    struct output output = {0};
    output_add(&output, "");
    show_message(message, &style_plain, &output);
    cr_assert_str_eq(output.bytes, expected);
    output_free(&output);
    cJSON_Delete(message);
}

#define HEAD "{\"type\":\"execution_report\",\"ts\":\"2021-06-28T06:00:01.123456789Z\",\"cl_ord_id\":\"a-1\"," \
    "\"symbol\":\"DY-SMP-EX\",\"side\":\"buy\",\"order_qty\":5,\"price\":\"2700.00\","

Test(show, reports_of_an_order) {
    assert_shown(HEAD "\"exec_type\":\"new\",\"ord_status\":\"new\",\"order_id\":\"17\","
                 "\"cum_qty\":0,\"leaves_qty\":5}",
                 "06:00:01.123  new  buy 5 DY-SMP-EX at 2700.00, 5 open  order 17 (a-1)\n");
    assert_shown(HEAD "\"exec_type\":\"replaced\",\"ord_status\":\"partially_filled\",\"order_id\":\"17\","
                 "\"cum_qty\":2,\"leaves_qty\":3,\"avg_px\":\"2690.0000\",\"priority\":\"lost\"}",
                 "06:00:01.123  replaced  buy 5 DY-SMP-EX at 2700.00, 3 open, 2 done at 2690.0000, priority lost"
                 "  order 17 (a-1)\n");
    assert_shown(HEAD "\"exec_type\":\"order_status\",\"ord_status\":\"filled\",\"order_id\":\"17\",\"cum_qty\":5,"
                 "\"leaves_qty\":0}",
                 "06:00:01.123  filled  buy 5 DY-SMP-EX at 2700.00, 0 open, 5 done  order 17 (a-1)\n");
}

Test(show, a_waiting_stop_has_no_price) {
    assert_shown("{\"type\":\"execution_report\",\"symbol\":\"X\",\"side\":\"sell\",\"order_qty\":5,"
                 "\"price\":\"0.00\",\"exec_type\":\"new\",\"order_id\":\"8\",\"cum_qty\":0,\"leaves_qty\":5}",
                 "new  sell 5 X, 5 open  order 8\n");
}

Test(show, a_fill_says_price_class_and_fee) {
    assert_shown(HEAD "\"exec_type\":\"trade\",\"ord_status\":\"partially_filled\",\"order_id\":\"17\","
                 "\"trade_id\":\"9\",\"last_qty\":2,\"last_px\":\"2690.00\",\"cum_qty\":2,\"leaves_qty\":3,"
                 "\"liquidity\":\"taker\",\"deal_class\":\"export\",\"fee\":\"216.00\"}",
                 "06:00:01.123  bought 2 DY-SMP-EX at 2690.00, 2 of 5 done, taker, export, fee 216.00"
                 "  trade 9  order 17 (a-1)\n");
}

Test(show, a_refusal_gives_sentence_reason_number_and_rule) {
    assert_shown(HEAD "\"exec_type\":\"rejected\",\"ord_status\":\"rejected\",\"cum_qty\":0,\"leaves_qty\":0,"
                 "\"reason\":\"price_not_on_tick\",\"code\":702,\"rule\":\"PRC-1\",\"text\":\"the tick is 5.00\"}",
                 "06:00:01.123  refused  buy 5 DY-SMP-EX at 2700.00: the tick is 5.00 (price_not_on_tick, 702, PRC-1)"
                 " (a-1)\n");
    assert_shown("{\"type\":\"error\",\"reason\":\"not_logged_on\",\"code\":1200,\"text\":\"log on first\"}",
                 "refused: log on first (not_logged_on, 1200)\n");
}

Test(show, public_messages) {
    assert_shown("{\"type\":\"trade\",\"symbol\":\"X\",\"md_seq\":2,\"prev_md_seq\":1,\"trade_id\":\"4\","
                 "\"price\":\"2.50\",\"qty\":3,\"deal_class\":\"transit\",\"condition\":\"continuous\","
                 "\"trade_date\":\"2021-06-28\",\"ts\":\"2021-06-28T06:00:01.123456789Z\"}",
                 "06:00:01.123  trade  X  3 at 2.50  transit  continuous\n");
    assert_shown("{\"type\":\"book_snapshot\",\"symbol\":\"X\",\"md_seq\":2,\"bids\":[[\"2.50\",3,1],[\"2.00\",1,1]],"
                 "\"asks\":[]}",
                 "book   X  bids 2.50 x 3 (1), 2.00 x 1 (1)\n");
    assert_shown("{\"type\":\"status\",\"symbol\":\"X\",\"phase\":\"halted\",\"md_seq\":3,\"prev_md_seq\":2}",
                 "status  symbol X  phase halted\n");
    assert_shown("{\"type\":\"heartbeat\",\"ts\":\"2021-06-28T06:00:01.123456789Z\"}", "");
}

Test(show, lists_are_tables) {
    assert_shown("{\"type\":\"balances\",\"accounts\":[{\"currency\":\"USD\",\"credited\":\"100000.00\","
                 "\"free\":\"99750.00\",\"held\":\"250.00\",\"blocked\":\"0.00\",\"fees_due\":\"0.00\"}],"
                 "\"last\":true}",
                 "  currency   credited      free    held  blocked  fees due\n"
                 "  USD       100000.00  99750.00  250.00     0.00      0.00\n");
    assert_shown("{\"type\":\"deals\",\"deals\":[],\"last\":true}", "  (none)\n");
}

Test(message, parts_of_a_list_become_one) {
    cJSON *whole = NULL;
    message_join(&whole, cJSON_Parse("{\"type\":\"deals\",\"req_id\":1,\"deals\":[{\"a\":1}],\"last\":false}"));
    cr_assert(message_has_more(whole));
    cJSON *part = cJSON_Parse("{\"type\":\"deals\",\"req_id\":1,\"deals\":[{\"a\":2},{\"a\":3}],\"last\":true}");
    cr_assert_not(message_has_more(part));
    cr_assert(message_answers(part, 1));
    cr_assert_not(message_answers(part, 2));
    message_join(&whole, part);
    char *text = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(whole, "deals"));
    cr_assert_str_eq(text, "[{\"a\":1},{\"a\":2},{\"a\":3}]");
    cJSON_free(text);
    cJSON_Delete(whole);
}
