/* rules_table.h - rules.json of the data folder: the dated tables, rates and floors of the default rulebook.
 *
 * Everything that changes with a date, a section or a currency is data, so that a scenario or a test can load another
 * table. The file is read and checked as a whole whenever a world is created. In force now is the collar; the other
 * tables stand ready for the rules that read them. Every table is documented in instruments/README.md. */
#ifndef BIRZHA_SCENARIO_RULES_TABLE_H
#define BIRZHA_SCENARIO_RULES_TABLE_H

#include <stdint.h>

#include "gateway/scenario/catalogue.h"
#include "gateway/scenario/error.h"
#include "instruments/instrument.h"
#include "instruments/money.h"

enum {
    rule_rows_max = 128,
    rule_countries_max = 8,
    fx_places = 4,
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
    uint32_t instrument;                /* row of the catalogue */
    price level;
    enum band band;                     /* floor or ceiling */
    uint8_t deal_class;                 /* enum deal_class */
    uint8_t incoterm;                   /* INCOTERM_COUNT = any basis */
};

/* FEE-5: a fee of so much a deal and side instead of a rate. */
struct flat_fee_row {
    uint32_t instrument;
    uint8_t currency;
    money amount;
};

struct rules_table {
    struct transit_row transit[rule_rows_max];
    struct currency_row currencies[rule_rows_max];
    struct band_row bands[rule_rows_max];
    struct flat_fee_row flat_fees[rule_rows_max];
    uint32_t transit_count, currencies_count, bands_count, flat_fees_count;
    uint32_t deposit_rate_ppm;                      /* DEP-1 */
    money deposit_floors[CURRENCY_COUNT];
    uint32_t deposit_business_days_before;          /* DEP-3 */
    uint32_t fee_rate_ppm;                          /* FEE-2 */
    uint32_t fee_due_business_days;                 /* FEE-6 */
    int64_t byn_per_unit[CURRENCY_COUNT];           /* FEE-3, 4 places; BYN itself 10,000 */
    uint32_t collar_ppm;                            /* PRC-4 */
};

/* Bands and flat fees name instruments of `catalogue`; a row of the catalogue has a band exactly if it says so. 0 or a
 * negative errno and the error set. */
__attribute__((warn_unused_result))
int rules_table_load(const char *data_dir, const struct catalogue *catalogue, struct rules_table *rules,
                     struct scenario_error *error);

#endif
