/* test_catalogue.c - the shipped catalogue against figures typed from the rulebook's list of instruments. */
#include "tests/scenario/fixture.h"

#include "gateway/scenario/catalogue.h"

static const struct expected {
    const char *symbol;
    enum section section;
    const char *group;
    enum unit unit;
    uint32_t lot;
    int64_t tick_minor;
    enum currency currency;
    const char *bases;
    int64_t reference_minor;
    int64_t lot_value;              /* reference x lot, in whole units of the currency */
    const char *hs;
    enum band band;
} expected[] = {
    {"TB-PINE-SAW-EX", SECTION_TIMBER, "lumber", UNIT_M3, 30, 50, CURRENCY_EUR,
     "FCA CPT DAP", 24500, 7350, "4407 11", BAND_NONE},
    {"TB-SPRC-SAW-EX", SECTION_TIMBER, "lumber", UNIT_M3, 30, 50, CURRENCY_EUR,
     "FCA CPT DAP", 25000, 7500, "4407 12", BAND_NONE},
    {"TB-SAW-UK-MB", SECTION_TIMBER, "lumber", UNIT_M3, 1, 50, CURRENCY_USD,
     "FCA CPT DAP CIF", 50000, 500, "4407 11/12", BAND_NONE},
    {"TB-SAW-CN-CT", SECTION_TIMBER, "lumber", UNIT_M3, 45, 50, CURRENCY_USD,
     "CPT CIP CIF DAP", 29300, 13185, "4407 11/12", BAND_NONE},
    {"TB-SAW-CN-CY", SECTION_TIMBER, "lumber", UNIT_M3, 45, 100, CURRENCY_CNY,
     "CPT CIP CIF DAP", 189000, 85050, "4407 11/12", BAND_NONE},
    {"TB-SAW-DOM", SECTION_TIMBER, "lumber", UNIT_M3, 5, 100, CURRENCY_BYN,
     "FCA EXW", 48000, 2400, "4407 11/12", BAND_CEILING},
    {"TB-SAW-TR", SECTION_TIMBER, "lumber", UNIT_M3, 1, 50, CURRENCY_USD,
     "FCA DAP", 28000, 280, "4407 11/12", BAND_NONE},
    {"TB-BIRCH-SAW-EX", SECTION_TIMBER, "lumber", UNIT_M3, 30, 50, CURRENCY_EUR,
     "FCA DAP", 26000, 7800, "4407 96", BAND_NONE},
    {"TB-OAK-SAW-EX", SECTION_TIMBER, "lumber", UNIT_M3, 15, 100, CURRENCY_EUR,
     "FCA DAP", 62000, 9300, "4407 91", BAND_NONE},
    {"TB-POLE-EX", SECTION_TIMBER, "roundwood products", UNIT_M3, 30, 50, CURRENCY_EUR,
     "FCA DAP", 19000, 5700, "4404 10", BAND_NONE},
    {"TB-RND-PINE-A", SECTION_TIMBER, "roundwood", UNIT_M3, 30, 50, CURRENCY_BYN,
     "FCA EXW", 16500, 4950, "4403 21", BAND_NONE},
    {"TB-RND-SW-IM", SECTION_TIMBER, "roundwood", UNIT_M3, 30, 50, CURRENCY_EUR,
     "FCA DAP", 15000, 4500, "4403 21/23", BAND_NONE},
    {"TB-PELLET-EX", SECTION_TIMBER, "wood fuel", UNIT_TONNE, 20, 50, CURRENCY_EUR,
     "FCA DAP", 13500, 2700, "4401 31", BAND_NONE},
    {"TB-CHIP-EX", SECTION_TIMBER, "wood fuel", UNIT_M3, 90, 10, CURRENCY_EUR,
     "FCA DAP", 2310, 2079, "4401 21", BAND_NONE},
    {"TB-PLYW-BIR", SECTION_TIMBER, "panels", UNIT_M3, 20, 100, CURRENCY_EUR,
     "FCA DAP", 62000, 12400, "4412 33", BAND_NONE},
    {"DY-SMP-EX", SECTION_AGRI, "dairy", UNIT_TONNE, 20, 500, CURRENCY_USD,
     "FCA CPT DAP", 270000, 54000, "0402 10", BAND_FLOOR},
    {"DY-SMP-CN", SECTION_AGRI, "dairy", UNIT_TONNE, 20, 500, CURRENCY_USD,
     "FCA CIP", 235000, 47000, "0402 10", BAND_FLOOR},
    {"DY-SMP-RU", SECTION_AGRI, "dairy", UNIT_TONNE, 20, 50000, CURRENCY_RUB,
     "FCA CPT", 19800000, 3960000, "0402 10", BAND_FLOOR},
    {"DY-WMP-EX", SECTION_AGRI, "dairy", UNIT_TONNE, 20, 500, CURRENCY_USD,
     "FCA CPT", 345000, 69000, "0402 21", BAND_FLOOR},
    {"DY-BUT-825", SECTION_AGRI, "dairy", UNIT_TONNE, 10, 1000, CURRENCY_USD,
     "FCA CPT", 513000, 51300, "0405 10", BAND_FLOOR},
    {"DY-BUT-725", SECTION_AGRI, "dairy", UNIT_TONNE, 10, 1000, CURRENCY_USD,
     "FCA CPT", 460000, 46000, "0405 20", BAND_FLOOR},
    {"DY-CHS-45", SECTION_AGRI, "dairy", UNIT_TONNE, 10, 1000, CURRENCY_USD,
     "FCA CPT", 450000, 45000, "0406 90", BAND_FLOOR},
    {"DY-WHEY-EX", SECTION_AGRI, "dairy", UNIT_TONNE, 20, 500, CURRENCY_USD,
     "FCA CPT", 115000, 23000, "0404 10", BAND_NONE},
    {"DY-CASEIN-T", SECTION_AGRI, "dairy", UNIT_TONNE, 10, 1000, CURRENCY_USD,
     "FCA DAP", 800000, 80000, "3501 10", BAND_NONE},
    {"DY-MILK-RAW", SECTION_AGRI, "dairy", UNIT_TONNE, 10, 100, CURRENCY_BYN,
     "EXW FCA", 76000, 7600, "0401 20", BAND_NONE},
    {"MT-REBAR-12", SECTION_METALS, "ferrous rolled", UNIT_TONNE, 20, 100, CURRENCY_USD,
     "FCA CPT DAP", 74000, 14800, "7214 20", BAND_NONE},
    {"MT-REBAR-PL", SECTION_METALS, "ferrous rolled", UNIT_TONNE, 20, 100, CURRENCY_EUR,
     "FCA DAP", 66000, 13200, "7214 20", BAND_NONE},
    {"MT-REBAR-DOM", SECTION_METALS, "ferrous rolled", UNIT_TONNE, 5, 100, CURRENCY_BYN,
     "FCA EXW", 205000, 10250, "7214 20", BAND_CEILING},
    {"MT-WROD", SECTION_METALS, "ferrous rolled", UNIT_TONNE, 20, 100, CURRENCY_USD,
     "FCA CPT", 78000, 15600, "7213 91", BAND_NONE},
    {"MT-HRS", SECTION_METALS, "ferrous rolled", UNIT_TONNE, 20, 100, CURRENCY_USD,
     "FCA DAP", 96000, 19200, "7208 5x", BAND_NONE},
    {"MT-CRS", SECTION_METALS, "ferrous rolled", UNIT_TONNE, 5, 100, CURRENCY_BYN,
     "FCA EXW", 290000, 14500, "7209 16", BAND_CEILING},
    {"MT-GALV", SECTION_METALS, "ferrous rolled", UNIT_TONNE, 5, 100, CURRENCY_BYN,
     "FCA EXW", 325000, 16250, "7210 49", BAND_CEILING},
    {"MT-ANGLE", SECTION_METALS, "ferrous rolled", UNIT_TONNE, 5, 100, CURRENCY_BYN,
     "FCA EXW", 225000, 11250, "7216 21/31", BAND_CEILING},
    {"MT-PIGIRON", SECTION_METALS, "ferrous raw", UNIT_TONNE, 60, 100, CURRENCY_USD,
     "FCA DAP", 56000, 33600, "7201 10", BAND_NONE},
    {"MT-SCRAP-3A", SECTION_METALS, "scrap", UNIT_TONNE, 20, 100, CURRENCY_EUR,
     "FCA DAP", 34000, 6800, "7204 49", BAND_NONE},
    {"MT-CU-SCRAP", SECTION_METALS, "scrap", UNIT_TONNE, 5, 500, CURRENCY_USD,
     "FCA DAP", 810000, 40500, "7404 00", BAND_NONE},
    {"MT-AL-SCRAP", SECTION_METALS, "scrap", UNIT_TONNE, 5, 500, CURRENCY_USD,
     "FCA DAP", 175000, 8750, "7602 00", BAND_NONE},
    {"MT-CU-ROD", SECTION_METALS, "non-ferrous", UNIT_TONNE, 5, 500, CURRENCY_USD,
     "FCA CPT", 950000, 47500, "7408 11", BAND_NONE},
    {"OS-RSO-EX", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 500, CURRENCY_USD,
     "FCA CPT DAP", 130000, 26000, "1514 11", BAND_NONE},
    {"OS-RSM-EX", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 100, CURRENCY_USD,
     "FCA CPT DAP", 32000, 6400, "2306 41", BAND_NONE},
    {"OS-SBM-DOM", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 100, CURRENCY_BYN,
     "FCA EXW", 128000, 25600, "2304 00", BAND_NONE},
    {"OS-SFM-DOM", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 100, CURRENCY_BYN,
     "FCA EXW", 77000, 15400, "2306 30", BAND_NONE},
    {"OS-RSD-IM", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 100, CURRENCY_USD,
     "FCA DAP", 60000, 12000, "1205 10", BAND_NONE},
    {"OS-SBN-IM", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 100, CURRENCY_USD,
     "FCA DAP", 56000, 11200, "1201 90", BAND_NONE},
    {"OS-SFO-TR", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 500, CURRENCY_USD,
     "FCA CPT", 125000, 25000, "1512 11", BAND_NONE},
    {"OS-RSO-TR", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 500, CURRENCY_USD,
     "CPT DAP", 133000, 26600, "1514 11", BAND_NONE},
    {"OS-FLAX-TR", SECTION_AGRI, "oilseeds", UNIT_TONNE, 20, 100, CURRENCY_USD,
     "FCA CPT", 82000, 16400, "1204 00", BAND_NONE},
    {"IC-CEM-RU", SECTION_CONSUMER, "building", UNIT_TONNE, 60, 50, CURRENCY_USD,
     "FCA CPT", 5200, 3120, "2523 29", BAND_NONE},
    {"IC-COAL-IM", SECTION_CONSUMER, "fuel", UNIT_TONNE, 60, 50, CURRENCY_USD,
     "FCA DAP", 8500, 5100, "2701 12", BAND_NONE},
    {"AG-WETBLUE", SECTION_AGRI, "hides", UNIT_TONNE, 5, 500, CURRENCY_USD,
     "FCA DAP", 160000, 8000, "4104 11", BAND_NONE},
    {"IC-MOTOIL-TR", SECTION_CONSUMER, "chemicals", UNIT_TONNE, 5, 500, CURRENCY_USD,
     "FCA DAP", 210000, 10500, "2710 19", BAND_NONE},
    {"IC-TEXT-TR", SECTION_CONSUMER, "textile", UNIT_TONNE, 1, 500, CURRENCY_USD,
     "FCA DAP", 520000, 5200, "52-55", BAND_NONE},
};
enum { expected_count = sizeof expected / sizeof expected[0] };

static struct catalogue catalogue;

static void load(void) {
    struct scenario_error error;
    char said[1024] = "";
    int status = catalogue_load(data_dir(), &catalogue, &error);
    if (status != 0) scenario_error_format(&error, said, sizeof said);
    cr_assert_eq(status, 0, "%s", said);
}

static void unload(void) { catalogue_free(&catalogue); }

TestSuite(catalogue, .init = load, .fini = unload);

Test(catalogue, has_exactly_the_52_instruments_of_the_list) {
    cr_assert_eq(expected_count, 52);
    cr_assert_eq(catalogue.rows_count, 52);
    for (uint32_t i = 0; i < expected_count; i++) {
        const char *symbol = expected[i].symbol;
        cr_expect_eq(catalogue_find(&catalogue, symbol, (uint32_t)strlen(symbol)), i, "%s", symbol);
    }
    cr_expect_eq(catalogue_find(&catalogue, "DY-SMP", 6), NAME_NONE);
}

Test(catalogue, every_row_has_the_figures_of_the_list) {
    for (uint32_t i = 0; i < expected_count; i++) {
        const struct instrument *row = &catalogue.rows[i].instrument;
        const struct expected *want = &expected[i];
        cr_expect_eq(row->section, want->section, "%s", want->symbol);
        cr_expect(field_is(row->group, instrument_group_size, want->group), "%s", want->symbol);
        cr_expect_eq(row->unit, want->unit, "%s", want->symbol);
        cr_expect_eq(row->lot_units, want->lot, "%s", want->symbol);
        cr_expect_eq(row->currency, want->currency, "%s", want->symbol);
        cr_expect_eq(row->price_places, 2, "%s", want->symbol);
        cr_expect_eq(row->tick_scaled, want->tick_minor, "%s", want->symbol);
        cr_expect_eq(row->reference.ticks * want->tick_minor, want->reference_minor, "%s", want->symbol);
        cr_expect_eq(row->reference.ticks * row->lot_tick.minor, want->lot_value * 100, "%s", want->symbol);
        cr_expect_eq(row->lot_tick.minor, want->tick_minor * want->lot, "%s", want->symbol);
        cr_expect(field_is(catalogue.rows[i].hs, hs_size, want->hs), "%s", want->symbol);
        cr_expect_eq(catalogue.rows[i].band, want->band, "%s", want->symbol);
    }
}

Test(catalogue, every_row_can_be_traded) {
    for (uint32_t i = 0; i < catalogue.rows_count; i++) {
        const struct instrument *row = &catalogue.rows[i].instrument;
        const char *symbol = expected[i].symbol;
        cr_expect_gt(name_size(row->name, instrument_name_size), 8, "%s", symbol);
        cr_expect_eq(row->quantity_min.lots, 1, "%s", symbol);
        cr_expect_eq(row->quantity_max.lots, 10000, "%s", symbol);
        cr_expect_eq(row->collar_ppm, COLLAR_DEFAULT, "%s", symbol);
        int prepaid_only = strcmp(symbol, "MT-REBAR-PL") == 0;
        cr_expect_eq(row->payment_terms_mask, prepaid_only ? 1 : 7, "%s", symbol);
        money value;
        cr_expect(money_value(row->reference, row->quantity_max, row->lot_tick, &value), "%s", symbol);
    }
}

Test(catalogue, every_basis_has_a_place_and_a_country) {
    for (uint32_t i = 0; i < catalogue.rows_count; i++) {
        const struct instrument *row = &catalogue.rows[i].instrument;
        char bases[bases_count_max * 4 + 1] = "";
        for (uint32_t b = 0; b < row->bases_count; b++) {
            snprintf(bases + strlen(bases), sizeof bases - strlen(bases), "%s%s", b == 0 ? "" : " ",
                     incoterm_code((enum incoterm)row->bases[b].incoterm));
            cr_expect_gt(name_size(row->bases[b].place, place_size), 2, "%s", expected[i].symbol);
            cr_expect(row->bases[b].country[0] >= 'A' && row->bases[b].country[1] >= 'A', "%s", expected[i].symbol);
        }
        cr_expect_str_eq(bases, expected[i].bases, "%s", expected[i].symbol);
    }
}

/* Where goods begin or end their way follows from what an instrument is for. */
Test(catalogue, places_fit_the_direction_of_the_trade) {
    for (uint32_t i = 0; i < catalogue.rows_count; i++) {
        const struct instrument *row = &catalogue.rows[i].instrument;
        const char *symbol = expected[i].symbol, *ending = strrchr(symbol, '-');
        uint32_t at_home = 0;
        for (uint32_t b = 0; b < row->bases_count; b++) at_home += memcmp(row->bases[b].country, "BY", 2) == 0;
        if (strcmp(ending, "-TR") == 0) cr_expect_eq(at_home, 0, "%s: transit goes past Belarus", symbol);
        if (strcmp(ending, "-DOM") == 0) cr_expect_eq(at_home, row->bases_count, "%s stays in Belarus", symbol);
        if (strcmp(ending, "-EX") == 0) {
            cr_expect_eq(memcmp(row->bases[0].country, "BY", 2), 0, "%s begins in Belarus", symbol);
            cr_expect_eq(at_home, 1, "%s", symbol);
        }
        if (strcmp(ending, "-IM") == 0) {
            cr_expect_neq(memcmp(row->bases[0].country, "BY", 2), 0, "%s begins abroad", symbol);
            cr_expect_eq(at_home, 1, "%s", symbol);
        }
    }
}
