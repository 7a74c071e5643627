/* test_decimal.c - decimal text, scaled integers, rounding. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "instruments/decimal.h"

static enum decimal_status parse(const char *text, uint32_t places, int64_t *scaled) {
    return decimal_parse(text, (uint32_t)strlen(text), places, scaled);
}

Test(decimal, reads_exact_values) {
    static const struct { const char *text; uint32_t places; int64_t scaled; } rows[] = {
        {"0", 2, 0}, {"0.00", 2, 0}, {"0.000000", 2, 0}, {"2700.00", 2, 270000}, {"2700", 2, 270000},
        {"2700.5", 2, 270050}, {"2700.500000", 2, 270050}, {"0.01", 2, 1}, {"-0.01", 2, -1}, {"-25", 2, -2500},
        {"23.10", 2, 2310}, {"1", 0, 1}, {"1.0", 0, 1}, {"0.123456789", 9, 123456789},
        {"92233720368547758.07", 2, INT64_MAX}, {"-92233720368547758.08", 2, INT64_MIN},
        {"9223372036854775807", 0, INT64_MAX}, {"9.223372036", 9, INT64_C(9223372036)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t scaled = -77;
        cr_expect_eq(parse(rows[i].text, rows[i].places, &scaled), DECIMAL_OK, "%s", rows[i].text);
        cr_expect_eq(scaled, rows[i].scaled, "%s: %" PRId64, rows[i].text, scaled);
    }
}

Test(decimal, refuses_what_is_not_a_decimal_and_leaves_the_value_alone) {
    static const char *const texts[] = {
        "", "-", ".", "-.", ".5", "-.5", "5.", "-5.", "+5", " 5", "5 ", "5,0", "1e3", "1E3", "0x10", "00", "007",
        "00.5", "-0", "-0.0", "-0.000", "-00", "--5", "1.2.3", "1_000", "NaN", "inf", "5\n", "1-", "1.-5",
        "\xD9\xA1",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t scaled = -77;
        cr_expect_eq(parse(texts[i], 2, &scaled), DECIMAL_MALFORMED, "'%s'", texts[i]);
        cr_expect_eq(scaled, -77);
    }
}

Test(decimal, tells_too_precise_from_out_of_range) {
    static const struct { const char *text; uint32_t places; enum decimal_status status; } rows[] = {
        {"0.001", 2, DECIMAL_TOO_PRECISE}, {"2700.005", 2, DECIMAL_TOO_PRECISE}, {"-0.001", 2, DECIMAL_TOO_PRECISE},
        {"0.5", 0, DECIMAL_TOO_PRECISE}, {"1.00000000000000000000000000001", 2, DECIMAL_TOO_PRECISE},
        {"92233720368547758.08", 2, DECIMAL_OUT_OF_RANGE}, {"-92233720368547758.09", 2, DECIMAL_OUT_OF_RANGE},
        {"184467440737095516.16", 2, DECIMAL_OUT_OF_RANGE}, {"99999999999999999999999999", 0, DECIMAL_OUT_OF_RANGE},
        {"99999999999999999999.001", 2, DECIMAL_OUT_OF_RANGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t scaled = -77;
        cr_expect_eq(parse(rows[i].text, rows[i].places, &scaled), rows[i].status, "%s", rows[i].text);
        cr_expect_eq(scaled, -77);
    }
}

Test(decimal, reads_no_byte_beyond_its_size) {
    int64_t scaled;
    cr_assert_eq(decimal_parse("2700.009", 7, 2, &scaled), DECIMAL_OK);
    cr_assert_eq(scaled, 270000);
    cr_assert_eq(decimal_parse("27-", 2, 2, &scaled), DECIMAL_OK);
    cr_assert_eq(scaled, 2700);
    cr_assert_eq(decimal_parse("1\0", 2, 2, &scaled), DECIMAL_MALFORMED);
}

Test(decimal, writes_exactly_the_places_asked_for) {
    static const struct { int64_t scaled; uint32_t places; const char *text; } rows[] = {
        {270000, 2, "2700.00"}, {0, 2, "0.00"}, {0, 0, "0"}, {1, 2, "0.01"}, {-1, 2, "-0.01"}, {-2500, 2, "-25.00"},
        {100, 2, "1.00"}, {5, 0, "5"}, {1234567, 6, "1.234567"}, {INT64_MAX, 2, "92233720368547758.07"},
        {INT64_MIN, 2, "-92233720368547758.08"}, {INT64_MIN, 0, "-9223372036854775808"}, {7, 4, "0.0007"},
        {INT64_MIN, 9, "-9223372036.854775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[decimal_text_size_max + 1] = {0};
        uint32_t size = decimal_format(rows[i].scaled, rows[i].places, out);
        cr_expect_eq(size, strlen(rows[i].text));
        cr_expect_str_eq(out, rows[i].text);
    }
}

Test(decimal, reads_back_what_it_writes) {
    for (uint32_t places = 0; places <= decimal_places_max; places++) {
        uint64_t bits = 1;
        for (uint32_t i = 0; i < 200; i++) {
            bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            int64_t scaled = (int64_t)(bits >> (i % 64)), back = 0;
            char out[decimal_text_size_max];
            uint32_t size = decimal_format(scaled, places, out);
            cr_assert_eq(decimal_parse(out, size, places, &back), DECIMAL_OK);
            cr_assert_eq(back, scaled);
        }
    }
}

Test(decimal, powers_of_ten) {
    cr_assert_eq(decimal_power(0), 1);
    cr_assert_eq(decimal_power(2), 100);
    cr_assert_eq(decimal_power(9), 1000000000);
    cr_assert_eq(decimal_power(18), INT64_C(1000000000000000000));
}

Test(decimal, divides_half_up) {
    static const struct { uint64_t numerator, denominator, quotient; } rows[] = {
        {0, 1, 0}, {5, 10, 1}, {4, 10, 0}, {15, 10, 2}, {14, 10, 1}, {1, 3, 0}, {2, 3, 1}, {7, 7, 1},
        {UINT64_MAX, 1, UINT64_MAX}, {UINT64_MAX, UINT64_MAX, 1}, {UINT64_MAX / 2, UINT64_MAX, 0},
        {UINT64_MAX / 2 + 1, UINT64_MAX, 1}, {1, UINT64_MAX, 0},
        /* Fees at 2,000 ppm: 250 minor units give 1, 249 give 0. */
        {UINT64_C(250) * 2000, 1000000, 1}, {UINT64_C(249) * 2000, 1000000, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(decimal_divide_half_up(rows[i].numerator, rows[i].denominator), rows[i].quotient, "row %zu", i);
    }
}

Test(decimal, divides_products_beyond_64_bits) {
    /* 46,000,000,000,000.00 at 2,000,000 ppm is twice as much: the product needs 73 bits. */
    uint128 product = (uint128)VALUE_MINOR_MAX * 2000000;
    cr_assert_eq(decimal_divide_half_up(product, 1000000), UINT64_C(2) * (uint64_t)VALUE_MINOR_MAX);
    cr_assert_eq(decimal_divide_half_up(product + 499999, 1000000), UINT64_C(2) * (uint64_t)VALUE_MINOR_MAX);
    cr_assert_eq(decimal_divide_half_up(product + 500000, 1000000), UINT64_C(2) * (uint64_t)VALUE_MINOR_MAX + 1);
}
