/* test_ask.c - orders in words, as the one line of JSON that is sent. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tools/client/ask.h"

static void assert_order(struct order_request order, const char *expected) {
    char mistake[240];
    char *line = ask_new_order(&order, 7, mistake, sizeof mistake);
    cr_assert_not_null(line, "%s", mistake);
    cr_assert_str_eq(line, expected);
    free(line);
}

Test(ask, an_order_is_written_member_by_member_as_it_was_said) {
    assert_order((struct order_request){.client_order_id = "a-1", .symbol = "DY-SMP-EX", .side = "buy",
                                        .quantity = "5", .price = "2700.00"},
        "{\"type\":\"new_order\",\"req_id\":7,\"cl_ord_id\":\"a-1\",\"symbol\":\"DY-SMP-EX\",\"side\":\"buy\","
        "\"order_qty\":5,\"price\":\"2700.00\"}");
    assert_order((struct order_request){.client_order_id = "a-2", .symbol = "TB-SAW-TR", .side = "sell",
                                        .quantity = "900000000000000", .type = "market", .time_in_force = "ioc",
                                        .min = "2"},
        "{\"type\":\"new_order\",\"req_id\":7,\"cl_ord_id\":\"a-2\",\"symbol\":\"TB-SAW-TR\",\"side\":\"sell\","
        "\"order_qty\":900000000000000,\"ord_type\":\"market\",\"time_in_force\":\"ioc\",\"min_qty\":2}");
    assert_order((struct order_request){.client_order_id = "a-3", .symbol = "X", .side = "sell", .quantity = "9",
                                        .price = "280.50", .display = "3", .post_only = 1, .client = "BY-FARM-2",
                                        .stp = "decrement"},
        "{\"type\":\"new_order\",\"req_id\":7,\"cl_ord_id\":\"a-3\",\"symbol\":\"X\",\"side\":\"sell\","
        "\"order_qty\":9,\"price\":\"280.50\",\"display_qty\":3,\"post_only\":true,\"client\":\"BY-FARM-2\","
        "\"stp\":\"decrement\"}");
}

Test(ask, a_stop_price_makes_it_a_stop_order) {
    assert_order((struct order_request){.client_order_id = "s", .symbol = "X", .side = "buy", .quantity = "1",
                                        .stop = "2750.00"},
        "{\"type\":\"new_order\",\"req_id\":7,\"cl_ord_id\":\"s\",\"symbol\":\"X\",\"side\":\"buy\","
        "\"order_qty\":1,\"ord_type\":\"stop\",\"stop_px\":\"2750.00\"}");
    assert_order((struct order_request){.client_order_id = "s", .symbol = "X", .side = "buy", .quantity = "1",
                                        .price = "2760.00", .stop = "2750.00"},
        "{\"type\":\"new_order\",\"req_id\":7,\"cl_ord_id\":\"s\",\"symbol\":\"X\",\"side\":\"buy\","
        "\"order_qty\":1,\"price\":\"2760.00\",\"ord_type\":\"stop_limit\",\"stop_px\":\"2750.00\"}");
}

Test(ask, words_that_cannot_be_an_order_are_not_sent) {
    const struct { struct order_request order; const char *sentence; } cases[] = {
        {{.symbol = "X", .side = "buy", .quantity = "five", .price = "1"},
         "quantity is a whole number of lots, not \"five\""},
        {{.symbol = "X", .side = "buy", .quantity = "1.5", .price = "1"},
         "quantity is a whole number of lots, not \"1.5\""},
        {{.symbol = "X", .side = "buy", .quantity = "1", .price = "cheap"},
         "price is a decimal such as 2700.00, not \"cheap\""},
        {{.symbol = "X", .side = "buy", .quantity = "1"},
         "a price is missing: give one, or make it a market order"},
        {{.symbol = "X", .side = "buy", .quantity = "1", .price = "2", .display = "-1"},
         "display is a whole number of lots, not \"-1\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char mistake[240];
        cr_assert_null(ask_new_order(&cases[i].order, 1, mistake, sizeof mistake));
        cr_assert_str_eq(mistake, cases[i].sentence);
    }
}

Test(ask, text_is_quoted_and_all_is_no_list) {
    struct cJSON *request = ask_begin("subscribe", 1);
    ask_text(request, "channel", "a\"b\\\n");
    ask_list(request, "symbols", (const char *const[]){"all"}, 1);
    char *line = ask_end(request);
    cr_assert_str_eq(line, "{\"type\":\"subscribe\",\"req_id\":1,\"channel\":\"a\\\"b\\\\\\n\",\"symbols\":\"all\"}");
    free(line);
}

Test(ask, made_order_ids_differ_and_keep_to_the_alphabet) {
    char before[32] = "", now[32];
    for (int i = 0; i < 1000; i++) {
        ask_make_order_id(now);
        cr_assert_str_neq(now, before);
        cr_assert_lt(strlen(now), 24);
        cr_assert_eq(strspn(now, "abcdefghijklmnopqrstuvwxyz0123456789"), strlen(now));
        memcpy(before, now, sizeof now);
    }
}

Test(ask, numbers_and_decimals_are_told_apart) {
    const struct { const char *text; int number, decimal; } cases[] = {
        {"0", 1, 1}, {"7", 1, 1}, {"007", 0, 1}, {"", 0, 0}, {"1.5", 0, 1}, {"1.", 0, 0}, {".5", 0, 0}, {"-1", 0, 1},
        {"1e3", 0, 0}, {"+1", 0, 0}, {"123456789012345", 1, 1}, {"1234567890123456", 0, 1}, {"1 ", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(ask_is_number(cases[i].text), cases[i].number, "\"%s\"", cases[i].text);
        cr_assert_eq(ask_is_decimal(cases[i].text), cases[i].decimal, "\"%s\"", cases[i].text);
    }
}
