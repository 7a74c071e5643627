/* rules_table.c - the dated tables, row by row; see rules_table.h. */
#include "gateway/scenario/rules_table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/event.h"
#include "gateway/scenario/document.h"
#include "instruments/calendar.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

enum { million = 1000000, money_places = 2, fx_max = 1000000, days_max = 365 };

#define COUNT(array) (uint32_t)(sizeof array / sizeof array[0])

static const char *const sections[] = {
#define XX(name, text) text,
    SECTION_MAP(XX)
#undef XX
};
static const char *const currencies[] = {
#define XX(code) #code,
    CURRENCY_MAP(XX)
#undef XX
};
static const char *const incoterms[] = {
#define XX(code) #code,
    INCOTERM_MAP(XX)
#undef XX
};
static const char *const band_names[] = {
#define XX(name, text) text,
    BAND_MAP(XX)
#undef XX
};

/* What all tables share while they are read. */
struct reading {
    const struct catalogue *catalogue;
    struct rules_table *rules;
};

/* ---- parts of rows ---- */

static int read_dates(const struct place *object, struct date_range *dates) {
    struct place to;
    dates->to = date_none;
    if (place_read_date(object, "from", &dates->from) != 0) return -EINVAL;
    if (!place_find_given(object, "to", &to)) return 0;
    if (place_date(&to, &dates->to) != 0) return -EINVAL;
    return dates->to >= dates->from ? 0 : place_refuse(&to, "earlier than the day it counts from");
}

static int read_symbol(const struct place *object, const struct catalogue *catalogue, uint32_t *instrument) {
    struct place place = place_get(object, "symbol");
    const char *text;
    uint32_t size;
    char quote[place_quote_size];
    if (place_text(&place, &text, &size) != 0) return -EINVAL;
    *instrument = catalogue_find(catalogue, text, size);
    if (*instrument != NAME_NONE) return 0;
    return place_refuse(&place, "%s is not in the catalogue", place_quote(place.json, quote));
}

static int read_ppm(const struct place *object, const char *key, uint32_t *ppm) {
    int64_t value = 0;
    if (place_read_integer(object, key, 0, million, &value) != 0) return -EINVAL;
    *ppm = (uint32_t)value;
    return 0;
}

static int read_days(const struct place *object, const char *key, uint32_t *days) {
    int64_t value = 0;
    if (place_read_integer(object, key, 0, days_max, &value) != 0) return -EINVAL;
    *days = (uint32_t)value;
    return 0;
}

/* ---- rows ---- */

static int read_transit(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {{"from", KEY_REQUIRED}, {"to", KEY_REQUIRED}, {"sections", KEY_REQUIRED}};
    struct transit_row *row = &reading->rules->transit[reading->rules->transit_count++];
    if (place_check_keys(object, keys, COUNT(keys)) != 0 || read_dates(object, &row->dates) != 0) return -EINVAL;
    struct place list = place_get(object, "sections");
    if (place_check_list(&list) != 0) return -EINVAL;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        uint32_t section = 0;
        if (place_choice(&item, sections, SECTION_COUNT, &section) != 0) return -EINVAL;
        row->sections_mask |= UINT32_C(1) << section;
    }
    return 0;
}

static int read_countries(const struct place *list, struct currency_row *row) {
    if (place_check_list(list) != 0) return -EINVAL;
    for (struct place item = place_first(list); item.json != NULL; place_next(&item)) {
        char country[4] = {0};
        if (place_id(&item, country, 2) != 0) return -EINVAL;
        if (row->countries_count == rule_countries_max) return place_refuse(&item, "one country too many");
        memcpy(row->countries[row->countries_count++], country, 2);
    }
    return 0;
}

static int read_currency(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {
        {"currency", KEY_REQUIRED}, {"from", KEY_REQUIRED}, {"to", KEY_REQUIRED}, {"countries", KEY_REQUIRED}};
    struct currency_row *row = &reading->rules->currencies[reading->rules->currencies_count++];
    uint32_t currency = 0;
    if (place_check_keys(object, keys, COUNT(keys)) != 0 || read_dates(object, &row->dates) != 0) return -EINVAL;
    if (place_read_choice(object, "currency", currencies, CURRENCY_COUNT, &currency) != 0) return -EINVAL;
    row->currency = (uint8_t)currency;
    struct place list = place_get(object, "countries");
    return read_countries(&list, row);
}

static int read_band_kind(const struct place *object, const struct catalogue *catalogue, struct band_row *row) {
    static const char *const classes[] = {"domestic", "export", "import", "transit"};   /* enum deal_class */
    uint32_t band = BAND_NONE, deal_class = 0, incoterm = INCOTERM_COUNT;
    struct place basis;
    if (place_read_choice(object, "band", band_names, BAND_COUNT, &band) != 0) return -EINVAL;
    if (place_read_choice(object, "deal_class", classes, COUNT(classes), &deal_class) != 0) return -EINVAL;
    if (place_find_given(object, "basis", &basis) && place_choice(&basis, incoterms, INCOTERM_COUNT, &incoterm) != 0) {
        return -EINVAL;
    }
    row->band = (enum band)band;
    row->deal_class = (uint8_t)deal_class;
    row->incoterm = (uint8_t)incoterm;
    if (band != BAND_NONE && band == catalogue->rows[row->instrument].band) return 0;
    return place_refuse_key(object, "band", "the catalogue says \"%s\" for this instrument",
                            band_names[catalogue->rows[row->instrument].band]);
}

static int read_band(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {
        {"symbol", KEY_REQUIRED}, {"band", KEY_REQUIRED}, {"deal_class", KEY_REQUIRED}, {"basis", KEY_REQUIRED},
        {"level_px", KEY_REQUIRED}, {"from", KEY_REQUIRED}, {"to", KEY_REQUIRED}};
    struct band_row *row = &reading->rules->bands[reading->rules->bands_count++];
    if (place_check_keys(object, keys, COUNT(keys)) != 0 || read_dates(object, &row->dates) != 0) return -EINVAL;
    if (read_symbol(object, reading->catalogue, &row->instrument) != 0) return -EINVAL;
    if (read_band_kind(object, reading->catalogue, row) != 0) return -EINVAL;
    struct place level = place_get(object, "level_px");
    return catalogue_read_price(&level, &reading->catalogue->rows[row->instrument].instrument, &row->level);
}

static int read_flat_fee(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {{"symbol", KEY_REQUIRED}, {"currency", KEY_REQUIRED}, {"amount", KEY_REQUIRED}};
    struct flat_fee_row *row = &reading->rules->flat_fees[reading->rules->flat_fees_count++];
    uint32_t currency = 0;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (read_symbol(object, reading->catalogue, &row->instrument) != 0) return -EINVAL;
    if (place_read_choice(object, "currency", currencies, CURRENCY_COUNT, &currency) != 0) return -EINVAL;
    row->currency = (uint8_t)currency;
    struct place amount = place_get(object, "amount");
    return place_decimal(&amount, money_places, 0, VALUE_MINOR_MAX, &row->amount.minor);
}

typedef int read_row(const struct place *object, struct reading *reading);

static int read_list(const struct place *object, const char *key, read_row *read, struct reading *reading) {
    struct place list = place_get(object, key);
    if (place_check_list(&list) != 0) return -EINVAL;
    if (place_items_count(&list) > rule_rows_max) {
        return place_refuse(&list, "%u rows; there may be %d", place_items_count(&list), rule_rows_max);
    }
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        if (read(&item, reading) != 0) return -EINVAL;
    }
    return 0;
}

/* ---- rates ---- */

/* {CURRENCY: decimal} into values[CURRENCY_COUNT]; every currency but `except` must be there. */
static int read_by_currency(const struct place *object, uint32_t places, int64_t high, uint32_t except,
                            int64_t values[CURRENCY_COUNT]) {
    struct key keys[CURRENCY_COUNT];
    uint32_t keys_count = 0;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) {
        if (i != except) keys[keys_count++] = (struct key){currencies[i], KEY_REQUIRED};
    }
    if (place_check_keys(object, keys, keys_count) != 0) return -EINVAL;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) {
        if (i == except) continue;
        struct place member = place_get(object, currencies[i]);
        if (place_decimal(&member, places, 1, high, &values[i]) != 0) return -EINVAL;
    }
    return 0;
}

static int read_deposit(const struct place *object, struct rules_table *rules) {
    static const struct key keys[] = {
        {"rate_ppm", KEY_REQUIRED}, {"floors", KEY_REQUIRED}, {"business_days_before", KEY_REQUIRED}};
    int64_t floors[CURRENCY_COUNT] = {0};
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (read_ppm(object, "rate_ppm", &rules->deposit_rate_ppm) != 0) return -EINVAL;
    if (read_days(object, "business_days_before", &rules->deposit_business_days_before) != 0) return -EINVAL;
    struct place place = place_get(object, "floors");
    if (read_by_currency(&place, money_places, VALUE_MINOR_MAX, CURRENCY_COUNT, floors) != 0) return -EINVAL;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) rules->deposit_floors[i].minor = floors[i];
    return 0;
}

static int read_fees(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {
        {"rate_ppm", KEY_REQUIRED}, {"due_business_days", KEY_REQUIRED}, {"flat", KEY_REQUIRED}};
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (read_ppm(object, "rate_ppm", &reading->rules->fee_rate_ppm) != 0) return -EINVAL;
    if (read_days(object, "due_business_days", &reading->rules->fee_due_business_days) != 0) return -EINVAL;
    return read_list(object, "flat", read_flat_fee, reading);
}

static int read_rates(const struct place *root, struct reading *reading) {
    struct place deposit = place_get(root, "deposit"), fees = place_get(root, "fees");
    struct place fx = place_get(root, "fx"), collar = place_get(root, "collar");
    struct rules_table *rules = reading->rules;
    if (read_deposit(&deposit, rules) != 0 || read_fees(&fees, reading) != 0) return -EINVAL;
    rules->byn_per_unit[CURRENCY_BYN] = decimal_power(fx_places);
    int64_t rate_max = fx_max * decimal_power(fx_places);
    if (read_by_currency(&fx, fx_places, rate_max, CURRENCY_BYN, rules->byn_per_unit) != 0) return -EINVAL;
    return catalogue_read_collar(&collar, &rules->collar_ppm);
}

/* ---- the file ---- */

/* A band that the catalogue announces must be somewhere. */
static int check_bands(const struct place *root, const struct catalogue *catalogue, const struct rules_table *rules) {
    for (uint32_t i = 0; i < catalogue->rows_count; i++) {
        if (catalogue->rows[i].band == BAND_NONE) continue;
        uint32_t at = 0;
        while (at < rules->bands_count && rules->bands[at].instrument != i) at++;
        if (at < rules->bands_count) continue;
        const char *symbol = catalogue->rows[i].instrument.symbol;
        return place_refuse_key(root, "bands", "no row for %.*s, which has a %s in the catalogue",
                                (int)name_size(symbol, symbol_size), symbol, band_names[catalogue->rows[i].band]);
    }
    return 0;
}

static int read_rules(const struct document *document, struct reading *reading) {
    static const struct key keys[] = {
        {"version", KEY_REQUIRED}, {"collar", KEY_REQUIRED}, {"transit", KEY_REQUIRED}, {"currencies", KEY_REQUIRED},
        {"bands", KEY_REQUIRED}, {"deposit", KEY_REQUIRED}, {"fees", KEY_REQUIRED}, {"fx", KEY_REQUIRED}};
    struct place root = document_root(document);
    int64_t version;
    if (place_check_keys(&root, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_integer(&root, "version", 1, 1, &version) != 0) return -EINVAL;
    if (read_list(&root, "transit", read_transit, reading) != 0) return -EINVAL;
    if (read_list(&root, "currencies", read_currency, reading) != 0) return -EINVAL;
    if (read_list(&root, "bands", read_band, reading) != 0) return -EINVAL;
    if (read_rates(&root, reading) != 0) return -EINVAL;
    return check_bands(&root, reading->catalogue, reading->rules);
}

int rules_table_load(const char *data_dir, const struct catalogue *catalogue, struct rules_table *rules,
                     struct scenario_error *error) {
    char path[scenario_file_size];
    struct document document;
    struct reading reading = {.catalogue = catalogue, .rules = rules};
    *rules = (struct rules_table){0};
    snprintf(path, sizeof path, "%s/rules.json", data_dir);
    int status = document_open(&document, path, error);
    if (status != 0) return status;
    status = read_rules(&document, &reading);
    document_close(&document);
    return status;
}
