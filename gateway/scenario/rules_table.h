/* rules_table.h - the dated tables, rates and floors of the rulebook: rules.json of the data folder, and what a
 * scenario changes of it.
 *
 * Everything that changes with a date, a section or a currency is data. The file is read and checked as a whole
 * whenever a world is created; a scenario's own tables have the same keys and rows, and each one that is given takes
 * the place of the shipped one. Every table is documented in instruments/README.md. */
#ifndef BIRZHA_SCENARIO_RULES_TABLE_H
#define BIRZHA_SCENARIO_RULES_TABLE_H

#include <stdint.h>

#include "gateway/scenario/catalogue.h"
#include "gateway/scenario/error.h"
#include "instruments/instrument.h"
#include "instruments/money.h"

/* No more rows of a kind than the exchange keeps; fee_rows_max for rates and flat fees together. */
enum {
    rule_rows_max = 64,
    band_rows_count_max = 512,
    fee_rows_count_max = 128,
    fx_rows_count_max = 1024,
    rule_countries_max = 8,
    fx_places = 4,
    exposure_factor_default = 500,      /* RSK-1: 1 / 0.2 % */
};

/* First and last day; to = date_none: without end. */
struct date_range { int32_t from, to; };

/* TRN-2: sections in which deals between two non-residents are allowed. */
struct transit_row {
    struct date_range dates;
    uint32_t sections_mask;             /* bit = section */
};

/* STL-2, STL-3, DEP-8: a currency that is not available always, or not to everybody. */
struct currency_row {
    struct date_range dates;
    uint8_t currency;
    uint8_t countries_count;            /* 0 = every country */
    char countries[rule_countries_max][2];
};

/* PRC-2, PRC-3: a fixed floor or ceiling. */
struct band_row {
    struct date_range dates;
    uint32_t instrument;                /* row of the catalogue, or of the world's instruments */
    price level;
    enum band band;                     /* floor or ceiling */
    uint8_t deal_class;                 /* enum deal_class */
    uint8_t incoterm;                   /* INCOTERM_COUNT = any basis */
};

/* FEE-5: a fee of so much a deal and side instead of a rate. */
struct flat_fee_row {
    struct date_range dates;
    uint32_t instrument;
    uint8_t currency;
    money amount;
};

/* FEE-2: another rate for the deals that the row fits; a later row goes before an earlier one. */
struct fee_rate_row {
    struct date_range dates;
    uint32_t instrument;                /* NAME_NONE = any */
    uint32_t rate_ppm;
    char group[instrument_group_size];  /* "" = any */
    uint8_t section, deal_class, side;  /* RULE_ANY = any */
};

/* DEP-10: no deposit is asked for such orders. */
struct waiver_row {
    struct date_range dates;
    uint8_t section, deal_class, side;  /* RULE_ANY = any */
};

/* FEE-3: BYN for one unit, 4 places, from a date on. */
struct fx_row {
    int32_t from_date;
    uint8_t currency;
    int64_t byn_per_unit;
};

struct rules_table {
    struct transit_row transit[rule_rows_max];
    struct currency_row currencies[rule_rows_max];
    struct band_row bands[band_rows_count_max];
    struct flat_fee_row flat_fees[fee_rows_count_max];
    struct fee_rate_row fee_rates[fee_rows_count_max];
    struct waiver_row waivers[rule_rows_max];
    struct fx_row fx[fx_rows_count_max];
    uint32_t transit_count, currencies_count, bands_count, flat_fees_count, fee_rates_count, waivers_count, fx_count;
    uint32_t deposit_rate_ppm;                      /* DEP-1 */
    money deposit_floors[CURRENCY_COUNT];
    uint32_t deposit_business_days_before;          /* DEP-3 */
    uint32_t fee_rate_ppm;                          /* FEE-2 */
    uint32_t fee_due_business_days;                 /* FEE-6 */
    uint32_t exposure_factor;                       /* RSK-1; 0 = no limit */
    uint32_t domestic_byn_only;                     /* STL-4: 0 or 1 */
    uint32_t collar_ppm;                            /* PRC-4 */
};

/* Bands and flat fees name instruments of `catalogue`; a row of the catalogue has a band exactly if it says so. 0 or a
 * negative errno and the error set. */
__attribute__((warn_unused_result))
int rules_table_load(const char *data_dir, const struct catalogue *catalogue, struct rules_table *rules,
                     struct scenario_error *error);

/* Reads the tables that a scenario's `object` gives over those in `rules`; instruments are those of the world. What
 * keys the object may have beside them is for the caller, who has checked them. 0 or -EINVAL. */
__attribute__((warn_unused_result))
int rules_table_change(const struct place *object, const struct catalogue *instruments, struct rules_table *rules);

#endif
