/* test_instrument.c - every list has its names, and reads exactly those. */
#include <criterion/criterion.h>
#include <string.h>

#include "instruments/instrument.h"

static uint32_t length(const char *text) { return (uint32_t)strlen(text); }

Test(instrument, names_are_those_of_the_wire) {
    static const char *const sections[] = {"timber", "metals", "agri", "consumer"};
    static const char *const currencies[] = {"BYN", "USD", "EUR", "RUB", "CNY"};
    static const char *const units[] = {"m3", "t"};
    static const char *const incoterms[] = {"EXW", "FCA", "CPT", "CIP", "CIF", "DAP"};
    static const char *const terms[] = {"prepaid_full_deferred", "lc", "cod"};
    cr_assert_eq(SECTION_COUNT, 4);
    cr_assert_eq(CURRENCY_COUNT, 5);
    cr_assert_eq(UNIT_COUNT, 2);
    cr_assert_eq(INCOTERM_COUNT, 6);
    cr_assert_eq(PAYMENT_COUNT, 3);
    for (int i = 0; i < SECTION_COUNT; i++) {
        cr_expect_str_eq(section_name((enum section)i), sections[i]);
        cr_expect_eq(section_parse(sections[i], length(sections[i])), i);
    }
    for (int i = 0; i < CURRENCY_COUNT; i++) {
        cr_expect_str_eq(currency_code((enum currency)i), currencies[i]);
        cr_expect_eq(currency_parse(currencies[i], length(currencies[i])), i);
    }
    for (int i = 0; i < UNIT_COUNT; i++) {
        cr_expect_str_eq(unit_name((enum unit)i), units[i]);
        cr_expect_eq(unit_parse(units[i], length(units[i])), i);
    }
    for (int i = 0; i < INCOTERM_COUNT; i++) {
        cr_expect_str_eq(incoterm_code((enum incoterm)i), incoterms[i]);
        cr_expect_eq(incoterm_parse(incoterms[i], length(incoterms[i])), i);
    }
    for (int i = 0; i < PAYMENT_COUNT; i++) {
        cr_expect_str_eq(payment_terms_name((enum payment_terms)i), terms[i]);
        cr_expect_eq(payment_terms_parse(terms[i], length(terms[i])), i);
    }
}

Test(instrument, anything_else_has_no_value) {
    static const char *const texts[] = {"", "Timber", "timbe", "timbers", "usd", "US", "USDX", "M3", "T", "fca", "icg"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_expect_eq(section_parse(texts[i], length(texts[i])), -1, "%s", texts[i]);
        cr_expect_eq(currency_parse(texts[i], length(texts[i])), -1, "%s", texts[i]);
        cr_expect_eq(unit_parse(texts[i], length(texts[i])), -1, "%s", texts[i]);
        cr_expect_eq(incoterm_parse(texts[i], length(texts[i])), -1, "%s", texts[i]);
        cr_expect_eq(payment_terms_parse(texts[i], length(texts[i])), -1, "%s", texts[i]);
    }
    cr_expect_eq(currency_parse("USDT", 3), CURRENCY_USD, "only `size` bytes are read");
}

Test(instrument, a_value_outside_the_list_has_no_name) {
    cr_expect_null(section_name(SECTION_COUNT));
    cr_expect_null(currency_code(CURRENCY_COUNT));
    cr_expect_null(unit_name(UNIT_COUNT));
    cr_expect_null(incoterm_code(INCOTERM_COUNT));
    cr_expect_null(payment_terms_name(PAYMENT_COUNT));
}
