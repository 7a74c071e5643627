/* test_rules_table.c - the shipped dated tables against figures typed from the rulebook. */
#include "tests/scenario/fixture.h"

#include "engine/event.h"
#include "gateway/scenario/rules_table.h"
#include "instruments/calendar.h"

static struct catalogue catalogue;
static struct rules_table rules;

static void load(void) {
    struct scenario_error error = {0};
    char said[1024] = "";
    int status = catalogue_load(data_dir(), &catalogue, &error);
    if (status == 0) status = rules_table_load(data_dir(), &catalogue, &rules, &error);
    if (status != 0) scenario_error_format(&error, said, sizeof said);
    cr_assert_eq(status, 0, "%s", said);
}

static void unload(void) { catalogue_free(&catalogue); }

TestSuite(rules_table, .init = load, .fini = unload);

Test(rules_table, transit_in_2020_is_for_consumer_goods_and_then_for_all) {
    cr_assert_eq(rules.transit_count, 2);
    cr_expect_eq(rules.transit[0].sections_mask, 1u << SECTION_CONSUMER);
    cr_expect_eq(rules.transit[0].dates.from, date_from_civil(2020, 1, 1));
    cr_expect_eq(rules.transit[0].dates.to, date_from_civil(2020, 12, 31));
    cr_expect_eq(rules.transit[1].sections_mask, 15u);
    cr_expect_eq(rules.transit[1].dates.from, date_from_civil(2021, 1, 1));
    cr_expect_eq(rules.transit[1].dates.to, date_none);
}

Test(rules_table, yuan_from_july_2021_for_china_and_belarus) {
    cr_assert_eq(rules.currencies_count, 1);
    const struct currency_row *row = &rules.currencies[0];
    cr_expect_eq(row->currency, CURRENCY_CNY);
    cr_expect_eq(row->dates.from, date_from_civil(2021, 7, 1));
    cr_expect_eq(row->dates.to, date_none);
    cr_assert_eq(row->countries_count, 2);
    cr_expect_eq(memcmp(row->countries, "BYCN", 4), 0);
}

Test(rules_table, bands_stand_at_their_levels) {
    /* Floor: 92 % of the reference price, up to the tick. Ceiling: 106 %, down to the tick. */
    static const struct { const char *symbol; enum band band; int64_t level_minor; } rows[] = {
        {"TB-SAW-DOM", BAND_CEILING, 50800}, {"DY-SMP-EX", BAND_FLOOR, 248500}, {"DY-SMP-CN", BAND_FLOOR, 216500},
        {"DY-SMP-RU", BAND_FLOOR, 18250000}, {"DY-WMP-EX", BAND_FLOOR, 317500}, {"DY-BUT-825", BAND_FLOOR, 472000},
        {"DY-BUT-725", BAND_FLOOR, 424000}, {"DY-CHS-45", BAND_FLOOR, 414000}, {"MT-REBAR-DOM", BAND_CEILING, 217300},
        {"MT-CRS", BAND_CEILING, 307400}, {"MT-GALV", BAND_CEILING, 344500}, {"MT-ANGLE", BAND_CEILING, 238500},
    };
    cr_assert_eq(rules.bands_count, sizeof rows / sizeof rows[0]);
    for (uint32_t i = 0; i < rules.bands_count; i++) {
        const struct band_row *row = &rules.bands[i];
        const struct instrument *instrument = &catalogue.rows[row->instrument].instrument;
        cr_expect(field_is(instrument->symbol, symbol_size, rows[i].symbol), "row %u", i);
        cr_expect_eq(row->band, rows[i].band, "%s", rows[i].symbol);
        cr_expect_eq(row->level.ticks * instrument->tick_scaled, rows[i].level_minor, "%s", rows[i].symbol);
        int is_floor = rows[i].band == BAND_FLOOR;
        cr_expect_eq(row->deal_class, is_floor ? DEAL_EXPORT : DEAL_DOMESTIC, "%s", rows[i].symbol);
        cr_expect_eq(row->incoterm, is_floor ? INCOTERM_FCA : INCOTERM_COUNT, "%s", rows[i].symbol);
        int is_lumber = i == 0;
        cr_expect_eq(row->dates.from, is_lumber ? date_from_civil(2021, 7, 9) : date_from_civil(2020, 1, 1));
        cr_expect_eq(row->dates.to, is_lumber ? date_from_civil(2021, 7, 28) : date_none);
    }
}

Test(rules_table, deposits_fees_and_exchange_rates) {
    cr_expect_eq(rules.deposit_rate_ppm, 2000);
    cr_expect_eq(rules.deposit_floors[CURRENCY_BYN].minor, 60000);
    cr_expect_eq(rules.deposit_floors[CURRENCY_USD].minor, 25000);
    cr_expect_eq(rules.deposit_floors[CURRENCY_EUR].minor, 20000);
    cr_expect_eq(rules.deposit_floors[CURRENCY_RUB].minor, 1800000);
    cr_expect_eq(rules.deposit_floors[CURRENCY_CNY].minor, 160000);
    cr_expect_eq(rules.deposit_business_days_before, 2);
    cr_expect_eq(rules.fee_rate_ppm, 2000);
    cr_expect_eq(rules.fee_due_business_days, 5);
    cr_assert_eq(rules.flat_fees_count, 1);
    const struct catalogue_row *milk = &catalogue.rows[rules.flat_fees[0].instrument];
    cr_expect(field_is(milk->instrument.symbol, symbol_size, "DY-MILK-RAW"));
    cr_expect_eq(rules.flat_fees[0].amount.minor, 10);
    cr_expect_eq(rules.flat_fees[0].currency, CURRENCY_BYN);
    static const int64_t rates[CURRENCY_COUNT] = {10000, 25300, 30100, 346, 3920};
    cr_assert_eq(rules.fx_count, CURRENCY_COUNT - 1);
    for (uint32_t i = 0; i < rules.fx_count; i++) {
        cr_expect_eq(rules.fx[i].byn_per_unit, rates[rules.fx[i].currency], "row %u", i);
        cr_expect_eq(rules.fx[i].from_date, date_from_civil(2020, 1, 1));
    }
    cr_expect_eq(rules.waivers_count + rules.fee_rates_count, 0);
    cr_expect(rules.domestic_byn_only && rules.exposure_factor == 500);
    cr_expect_eq(rules.collar_ppm, 100000);
}
