/* test_crowd_trader.c - what background traders may and may not do. */
#include <criterion/criterion.h>

#include "tools/client/crowd_trader.h"

/* The first numbers that the published algorithm gives for the seed 1234567. */
Test(crowd_trader, the_dice_are_splitmix64) {
    uint64_t state = 1234567;
    cr_assert_eq(crowd_random(&state), UINT64_C(6457827717110365317));
    cr_assert_eq(crowd_random(&state), UINT64_C(3203168211198807973));
    cr_assert_eq(crowd_random(&state), UINT64_C(9817491932198370423));
}

Test(crowd_trader, the_fair_price_stays_within_four_percent_of_the_reference) {
    uint64_t random = 1;
    for (int64_t last = 0; last <= 2000; last += 50) {
        struct crowd_view view = {.reference_ticks = 1000, .last_ticks = last};
        for (int i = 0; i < 100; i++) {
            int64_t fair = crowd_fair_ticks(&view, &random);
            cr_assert_geq(fair, 960);
            cr_assert_leq(fair, 1040);
        }
    }
    struct crowd_view smallest = {.reference_ticks = 1};
    for (int i = 0; i < 100; i++) cr_assert_geq(crowd_fair_ticks(&smallest, &random), 1);
}

Test(crowd_trader, a_quote_never_crosses_the_book) {
    uint64_t random = 2;
    struct crowd_view view = {.reference_ticks = 500, .bid_ticks = 498, .ask_ticks = 501};
    for (int i = 0; i < 1000; i++) {
        int64_t fair = 480 + i % 40;
        int64_t bid = crowd_quote_ticks(&view, CROWD_BUY, fair, &random);
        int64_t ask = crowd_quote_ticks(&view, CROWD_SELL, fair, &random);
        cr_assert_lt(bid, 501);
        cr_assert_lt(bid, fair);
        cr_assert_gt(ask, 498);
        cr_assert_gt(ask, fair);
    }
    struct crowd_view low = {.reference_ticks = 1};
    for (int i = 0; i < 100; i++) cr_assert_geq(crowd_quote_ticks(&low, CROWD_BUY, 1, &random), 1);
}

Test(crowd_trader, an_empty_side_is_quoted_first) {
    uint64_t random = 3;
    struct crowd_view no_bid = {.reference_ticks = 500, .ask_ticks = 510};
    struct crowd_view no_ask = {.reference_ticks = 500, .bid_ticks = 490};
    for (int i = 0; i < 100; i++) {
        struct crowd_choice first = crowd_choose(&no_bid, &random), second = crowd_choose(&no_ask, &random);
        cr_assert_eq(first.action, CROWD_QUOTE);
        cr_assert_eq(first.side, CROWD_BUY);
        cr_assert_eq(second.action, CROWD_QUOTE);
        cr_assert_eq(second.side, CROWD_SELL);
    }
}

Test(crowd_trader, with_all_its_orders_out_it_adds_nothing) {
    uint64_t random = 4;
    struct crowd_view view = {.reference_ticks = 500, .own_orders_count = crowd_orders_max};
    for (int i = 0; i < 1000; i++) {
        view.own_here_count = (uint32_t)(i % 3);
        view.bid_ticks = i % 2 == 0 ? 499 : 0;
        struct crowd_choice choice = crowd_choose(&view, &random);
        cr_assert_neq(choice.action, CROWD_QUOTE);
        if (choice.action == CROWD_AMEND || choice.action == CROWD_CANCEL) {
            cr_assert_lt(choice.own_index, view.own_here_count);
        }
    }
}

Test(crowd_trader, it_does_everything_now_and_then_and_the_same_for_the_same_seed) {
    uint64_t one = 5, two = 5;
    uint32_t counts[5] = {0};
    struct crowd_view view = {.reference_ticks = 500, .bid_ticks = 499, .ask_ticks = 501, .own_orders_count = 8,
                              .own_here_count = 2};
    for (int i = 0; i < 1000; i++) {
        struct crowd_choice first = crowd_choose(&view, &one), second = crowd_choose(&view, &two);
        cr_assert_eq(first.action, second.action);
        cr_assert_eq(first.ticks, second.ticks);
        counts[first.action]++;
        if (first.action == CROWD_TAKE) cr_assert_eq(first.ticks, first.side == CROWD_BUY ? 501 : 499);
        if (first.action == CROWD_QUOTE || first.action == CROWD_TAKE) cr_assert(first.lots >= 1 && first.lots <= 6);
    }
    cr_assert_eq(counts[CROWD_REST], 0);
    for (int action = CROWD_QUOTE; action <= CROWD_CANCEL; action++) cr_assert_gt(counts[action], 50);
}
