/* test_money.c - values and sums say when they leave their range. */
#include <criterion/criterion.h>

#include "instruments/instrument.h"
#include "instruments/money.h"

Test(money, values_of_known_deals) {
    static const struct { uint32_t ticks, lots; int64_t lot_tick, value; } rows[] = {
        {540, 2, 10000, 10800000},          /* 40 t of milk powder at 2,700.00, tick 5.00, lot 20 t: 108,000.00 */
        {1000, 5000, 50, 250000000},        /* 5,000 m3 at 500.00, tick 0.50: 2,500,000.00 */
        {1, 1, 1, 1}, {231, 1, 900, 207900},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        money value = {-77};
        cr_assert(money_value((price){rows[i].ticks}, (quantity){rows[i].lots}, (money){rows[i].lot_tick}, &value));
        cr_expect_eq(value.minor, rows[i].value, "row %zu", i);
    }
}

Test(money, a_value_beyond_the_largest_is_refused) {
    money value = {-77};
    cr_expect(money_value((price){46000000}, (quantity){100000000}, (money){1}, &value));
    cr_expect_eq(value.minor, VALUE_MINOR_MAX);
    value.minor = -77;
    cr_expect(!money_value((price){46000001}, (quantity){100000000}, (money){1}, &value));
    cr_expect(!money_value((price){UINT32_MAX}, (quantity){UINT32_MAX}, (money){INT64_MAX}, &value));
    cr_expect_eq(value.minor, -77);
}

Test(money, sums_that_do_not_fit_are_refused) {
    money sum = {-77};
    cr_expect(!money_add((money){INT64_MAX}, (money){1}, &sum));
    cr_expect(!money_add((money){INT64_MIN}, (money){-1}, &sum));
    cr_expect_eq(sum.minor, -77);
    cr_expect(money_add((money){-5}, (money){3}, &sum));
    cr_expect_eq(sum.minor, -2);
}
