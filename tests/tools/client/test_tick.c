/* test_tick.c - prices as keys and as whole ticks. */
#include <criterion/criterion.h>

#include "tools/client/tick.h"

Test(tick, keys_are_exact_and_zero_for_what_is_no_price) {
    const struct { const char *text; int64_t key; } cases[] = {
        {"2700.00", INT64_C(2700000000)}, {"0.5", 500000}, {"0.000001", 1}, {"7", 7000000}, {"0.0000001", 0},
        {"x", 0}, {"", 0}, {"1.", 0}, {"134217727.99", INT64_C(134217727990000)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert_eq(price_key(cases[i].text), cases[i].key, "%s", cases[i].text);
    }
}

Test(tick, steps_come_out_as_the_exchange_writes_prices) {
    const struct { const char *tick, *from; int64_t steps; const char *to; } cases[] = {
        {"5.00", "2700.00", 1, "2705.00"}, {"5.00", "2700.00", -2, "2690.00"}, {"0.50", "230.00", 3, "231.50"},
        {"0.50", "100.00", -1, "99.50"}, {"1.00", "620.00", 0, "620.00"}, {"0.01", "9.99", 1, "10.00"},
        {"0.0025", "1.0000", 1, "1.0025"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tick tick;
        char text[price_text_size];
        cr_assert_eq(tick_read(&tick, cases[i].tick), 0);
        tick_text(&tick, tick_count(&tick, cases[i].from) + cases[i].steps, text);
        cr_assert_str_eq(text, cases[i].to);
    }
}

Test(tick, a_price_between_two_ticks_counts_the_lower) {
    struct tick tick;
    cr_assert_eq(tick_read(&tick, "5.00"), 0);
    cr_assert_eq(tick_count(&tick, "2704.99"), 540);
    cr_assert_eq(tick_count(&tick, "2705.00"), 541);
}

Test(tick, what_is_no_tick_is_refused) {
    const char *const texts[] = {"0.00", "-5.00", "", "five", "0.0000001"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct tick tick = {.key = 7};
        cr_assert_eq(tick_read(&tick, texts[i]), -1, "%s", texts[i]);
        cr_assert_eq(tick.key, 7);
    }
}
