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

/* Days as far as the exchange takes them. */
enum { million = 1000000, money_places = 2, fx_max = 1000000, deposit_days_max = 3, fee_days_max = 60 };

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

static const char *const classes[] = {"domestic", "export", "import", "transit"};   /* enum deal_class */
static const char *const sides[] = {"buy", "sell"};

enum source { SHIPPED, SCENARIO };

/* What all tables share while they are read. */
struct reading {
    const struct catalogue *catalogue;
    struct rules_table *rules;
    enum source source;
};

/* A key that the shipped file must have and a scenario may have. */
static enum key_use if_shipped(const struct reading *reading) {
    return reading->source == SHIPPED ? KEY_REQUIRED : KEY_OPTIONAL;
}

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
    return place_refuse(&place, "there is no instrument %s", place_quote(place.json, quote));
}

/* Left out, or null: any. */
static int read_choice_or_any(const struct place *object, const char *key, const char *const *names, uint32_t count,
                              uint8_t *choice) {
    struct place place;
    uint32_t index;
    *choice = RULE_ANY;
    if (!place_find_given(object, key, &place)) return 0;
    if (place_choice(&place, names, count, &index) != 0) return -EINVAL;
    *choice = (uint8_t)index;
    return 0;
}

static int read_ppm(const struct place *object, const char *key, uint32_t *ppm) {
    int64_t value = *ppm;
    if (place_read_integer(object, key, 0, million, &value) != 0) return -EINVAL;
    *ppm = (uint32_t)value;
    return 0;
}

static int read_days(const struct place *object, const char *key, int64_t days_max, uint32_t *days) {
    int64_t value = *days;
    if (place_read_integer(object, key, 0, days_max, &value) != 0) return -EINVAL;
    *days = (uint32_t)value;
    return 0;
}

/* ---- rows ---- */

static int read_transit(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {{"from", KEY_REQUIRED}, {"to", KEY_OPTIONAL}, {"sections", KEY_REQUIRED}};
    struct transit_row *row = &reading->rules->transit[reading->rules->transit_count++];
    *row = (struct transit_row){0};
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
        {"currency", KEY_REQUIRED}, {"from", KEY_REQUIRED}, {"to", KEY_OPTIONAL}, {"countries", KEY_REQUIRED}};
    struct currency_row *row = &reading->rules->currencies[reading->rules->currencies_count++];
    *row = (struct currency_row){0};
    uint32_t currency = 0;
    if (place_check_keys(object, keys, COUNT(keys)) != 0 || read_dates(object, &row->dates) != 0) return -EINVAL;
    if (place_read_choice(object, "currency", currencies, CURRENCY_COUNT, &currency) != 0) return -EINVAL;
    row->currency = (uint8_t)currency;
    struct place list = place_get(object, "countries");
    return read_countries(&list, row);
}

static int read_band_kind(const struct place *object, const struct reading *reading, struct band_row *row) {
    enum band announced = reading->catalogue->rows[row->instrument].band;
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
    if (band == BAND_NONE) return place_refuse_key(object, "band", "it may be floor or ceiling");
    if (reading->source == SCENARIO || band == announced) return 0;
    return place_refuse_key(object, "band", "the catalogue says \"%s\" for this instrument", band_names[announced]);
}

static int read_band(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {
        {"symbol", KEY_REQUIRED}, {"band", KEY_REQUIRED}, {"deal_class", KEY_REQUIRED}, {"basis", KEY_OPTIONAL},
        {"level_px", KEY_REQUIRED}, {"from", KEY_REQUIRED}, {"to", KEY_OPTIONAL}};
    struct band_row *row = &reading->rules->bands[reading->rules->bands_count++];
    *row = (struct band_row){0};
    if (place_check_keys(object, keys, COUNT(keys)) != 0 || read_dates(object, &row->dates) != 0) return -EINVAL;
    if (read_symbol(object, reading->catalogue, &row->instrument) != 0) return -EINVAL;
    if (read_band_kind(object, reading, row) != 0) return -EINVAL;
    struct place level = place_get(object, "level_px");
    return catalogue_read_price(&level, &reading->catalogue->rows[row->instrument].instrument, &row->level);
}

static int read_flat_fee(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {{"symbol", KEY_REQUIRED}, {"currency", KEY_REQUIRED}, {"amount", KEY_REQUIRED},
                                      {"from", KEY_OPTIONAL}, {"to", KEY_OPTIONAL}};
    struct flat_fee_row *row = &reading->rules->flat_fees[reading->rules->flat_fees_count++];
    *row = (struct flat_fee_row){0};
    uint32_t currency = 0;
    row->dates.from = date_from_civil(calendar_year_first, 1, 1);
    if (place_check_keys(object, keys, COUNT(keys)) != 0 || read_dates(object, &row->dates) != 0) return -EINVAL;
    if (read_symbol(object, reading->catalogue, &row->instrument) != 0) return -EINVAL;
    if (place_read_choice(object, "currency", currencies, CURRENCY_COUNT, &currency) != 0) return -EINVAL;
    row->currency = (uint8_t)currency;
    struct place amount = place_get(object, "amount");
    /* An amount of 0 would not go before the rate. */
    return place_decimal(&amount, money_places, 1, VALUE_MINOR_MAX, &row->amount.minor);
}

static int read_fee_rate(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {
        {"rate_ppm", KEY_REQUIRED}, {"from", KEY_REQUIRED}, {"to", KEY_OPTIONAL}, {"symbol", KEY_OPTIONAL},
        {"group", KEY_OPTIONAL}, {"section", KEY_OPTIONAL}, {"deal_class", KEY_OPTIONAL}, {"side", KEY_OPTIONAL}};
    struct fee_rate_row *row = &reading->rules->fee_rates[reading->rules->fee_rates_count++];
    *row = (struct fee_rate_row){0};
    struct place symbol;
    row->instrument = NAME_NONE;
    if (place_check_keys(object, keys, COUNT(keys)) != 0 || read_dates(object, &row->dates) != 0) return -EINVAL;
    if (read_ppm(object, "rate_ppm", &row->rate_ppm) != 0) return -EINVAL;
    if (place_find(object, "symbol", &symbol) &&
        read_symbol(object, reading->catalogue, &row->instrument) != 0) return -EINVAL;
    if (place_read_label(object, "group", row->group, instrument_group_size) != 0) return -EINVAL;
    if (read_choice_or_any(object, "section", sections, SECTION_COUNT, &row->section) != 0) return -EINVAL;
    if (read_choice_or_any(object, "deal_class", classes, COUNT(classes), &row->deal_class) != 0) return -EINVAL;
    return read_choice_or_any(object, "side", sides, COUNT(sides), &row->side);
}

static int read_waiver(const struct place *object, struct reading *reading) {
    static const struct key keys[] = {{"from", KEY_REQUIRED}, {"to", KEY_OPTIONAL}, {"section", KEY_OPTIONAL},
                                      {"deal_class", KEY_OPTIONAL}, {"side", KEY_OPTIONAL}};
    struct waiver_row *row = &reading->rules->waivers[reading->rules->waivers_count++];
    *row = (struct waiver_row){0};
    if (place_check_keys(object, keys, COUNT(keys)) != 0 || read_dates(object, &row->dates) != 0) return -EINVAL;
    if (read_choice_or_any(object, "section", sections, SECTION_COUNT, &row->section) != 0) return -EINVAL;
    if (read_choice_or_any(object, "deal_class", classes, COUNT(classes), &row->deal_class) != 0) return -EINVAL;
    return read_choice_or_any(object, "side", sides, COUNT(sides), &row->side);
}

typedef int read_row(const struct place *object, struct reading *reading);

/* A table that is given takes the place of the one there is. */
static int read_list(const struct place *object, const char *key, uint32_t rows_max, uint32_t *rows_count,
                     read_row *read, struct reading *reading) {
    struct place list;
    if (!place_find(object, key, &list)) return 0;
    if (place_check_list(&list) != 0) return -EINVAL;
    if (place_items_count(&list) > rows_max) {
        return place_refuse(&list, "%u rows; there may be %u", place_items_count(&list), rows_max);
    }
    *rows_count = 0;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        if (read(&item, reading) != 0) return -EINVAL;
    }
    return 0;
}

/* ---- rates ---- */

/* {CURRENCY: amount}; a scenario may leave currencies out. */
static int read_floors(const struct place *object, struct reading *reading) {
    struct key keys[CURRENCY_COUNT];
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) keys[i] = (struct key){currencies[i], if_shipped(reading)};
    if (place_check_keys(object, keys, CURRENCY_COUNT) != 0) return -EINVAL;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) {
        struct place member;
        if (!place_find(object, currencies[i], &member)) continue;
        if (place_decimal(&member, money_places, 0, VALUE_MINOR_MAX, &reading->rules->deposit_floors[i].minor) != 0)
            return -EINVAL;
    }
    return 0;
}

static int read_deposit(const struct place *object, struct reading *reading) {
    const struct key keys[] = {
        {"rate_ppm", if_shipped(reading)}, {"floors", if_shipped(reading)},
        {"business_days_before", if_shipped(reading)}, {"exposure_factor", KEY_OPTIONAL}};
    struct rules_table *rules = reading->rules;
    struct place floors;
    int64_t factor = rules->exposure_factor;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (read_ppm(object, "rate_ppm", &rules->deposit_rate_ppm) != 0) return -EINVAL;
    if (read_days(object, "business_days_before", deposit_days_max, &rules->deposit_business_days_before) != 0)
        return -EINVAL;
    if (place_read_integer(object, "exposure_factor", 0, million, &factor) != 0) return -EINVAL;
    rules->exposure_factor = (uint32_t)factor;
    return place_find(object, "floors", &floors) ? read_floors(&floors, reading) : 0;
}

static int read_fees(const struct place *object, struct reading *reading) {
    const struct key keys[] = {{"rate_ppm", if_shipped(reading)}, {"due_business_days", if_shipped(reading)},
                               {"flat", if_shipped(reading)}, {"rates", KEY_OPTIONAL}};
    struct rules_table *rules = reading->rules;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (read_ppm(object, "rate_ppm", &rules->fee_rate_ppm) != 0) return -EINVAL;
    if (read_days(object, "due_business_days", fee_days_max, &rules->fee_due_business_days) != 0) return -EINVAL;
    if (read_list(object, "flat", fee_rows_count_max, &rules->flat_fees_count, read_flat_fee, reading) != 0)
        return -EINVAL;
    return read_list(object, "rates", fee_rows_count_max, &rules->fee_rates_count, read_fee_rate, reading);
}

static int add_fx(const struct place *rate, uint32_t currency, int32_t from_date, struct reading *reading) {
    struct rules_table *rules = reading->rules;
    if (rules->fx_count == fx_rows_count_max) return place_refuse(rate, "more than %d rates", fx_rows_count_max);
    struct fx_row *row = &rules->fx[rules->fx_count++];
    *row = (struct fx_row){0};
    row->currency = (uint8_t)currency;
    row->from_date = from_date;
    return place_decimal(rate, fx_places, 1, fx_max * decimal_power(fx_places), &row->byn_per_unit);
}

/* A currency's rate, or its list of {"from", "rate"}. */
static int read_rates_of(const struct place *member, uint32_t currency, struct reading *reading) {
    static const struct key keys[] = {{"from", KEY_REQUIRED}, {"rate", KEY_REQUIRED}};
    if (!cJSON_IsArray(member->json))
        return add_fx(member, currency, date_from_civil(calendar_year_first, 1, 1), reading);
    for (struct place item = place_first(member); item.json != NULL; place_next(&item)) {
        int32_t from_date = 0;
        if (place_check_keys(&item, keys, COUNT(keys)) != 0) return -EINVAL;
        if (place_read_date(&item, "from", &from_date) != 0) return -EINVAL;
        struct place rate = place_get(&item, "rate");
        if (add_fx(&rate, currency, from_date, reading) != 0) return -EINVAL;
    }
    return 0;
}

/* The shipped file has every currency but BYN; the rates that a scenario gives replace those of their currency. */
static int read_fx(const struct place *object, struct reading *reading) {
    struct key keys[CURRENCY_COUNT];
    uint32_t keys_count = 0;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) {
        if (i != CURRENCY_BYN) keys[keys_count++] = (struct key){currencies[i], if_shipped(reading)};
    }
    if (place_check_keys(object, keys, keys_count) != 0) return -EINVAL;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) {
        struct place member;
        struct rules_table *rules = reading->rules;
        if (!place_find(object, currencies[i], &member)) continue;
        uint32_t kept = 0;
        for (uint32_t row = 0; row < rules->fx_count; row++) {
            if (rules->fx[row].currency != i) rules->fx[kept++] = rules->fx[row];
        }
        rules->fx_count = kept;
        if (read_rates_of(&member, i, reading) != 0) return -EINVAL;
    }
    return 0;
}

/* ---- all tables ---- */

static int read_domestic(const struct place *object, struct rules_table *rules) {
    struct place flag;
    if (!place_find(object, "domestic_byn_only", &flag)) return 0;
    if (!cJSON_IsBool(flag.json)) return place_refuse(&flag, "it may be true or false");
    rules->domestic_byn_only = cJSON_IsTrue(flag.json) != 0;
    return 0;
}

static int read_tables(const struct place *object, struct reading *reading) {
    struct rules_table *rules = reading->rules;
    struct place deposit, fees, fx;
    if (read_list(object, "transit", rule_rows_max, &rules->transit_count, read_transit, reading) != 0 ||
        read_list(object, "currencies", rule_rows_max, &rules->currencies_count, read_currency, reading) != 0 ||
        read_list(object, "bands", band_rows_count_max, &rules->bands_count, read_band, reading) != 0 ||
        read_list(object, "waivers", rule_rows_max, &rules->waivers_count, read_waiver, reading) != 0) return -EINVAL;
    if (place_find(object, "deposit", &deposit) && read_deposit(&deposit, reading) != 0) return -EINVAL;
    if (place_find(object, "fees", &fees) && read_fees(&fees, reading) != 0) return -EINVAL;
    if (place_find(object, "fx", &fx) && read_fx(&fx, reading) != 0) return -EINVAL;
    return read_domestic(object, rules);
}

int rules_table_change(const struct place *object, const struct catalogue *instruments, struct rules_table *rules) {
    struct reading reading = {.catalogue = instruments, .rules = rules, .source = SCENARIO};
    return read_tables(object, &reading);
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
        {"bands", KEY_REQUIRED}, {"deposit", KEY_REQUIRED}, {"fees", KEY_REQUIRED}, {"fx", KEY_REQUIRED},
        {"waivers", KEY_OPTIONAL}, {"domestic_byn_only", KEY_OPTIONAL}};
    struct place root = document_root(document);
    int64_t version;
    if (place_check_keys(&root, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_integer(&root, "version", 1, 1, &version) != 0) return -EINVAL;
    if (read_tables(&root, reading) != 0) return -EINVAL;
    struct place collar = place_get(&root, "collar");
    if (catalogue_read_collar(&collar, &reading->rules->collar_ppm) != 0) return -EINVAL;
    return check_bands(&root, reading->catalogue, reading->rules);
}

int rules_table_load(const char *data_dir, const struct catalogue *catalogue, struct rules_table *rules,
                     struct scenario_error *error) {
    char path[scenario_file_size];
    struct document document;
    struct reading reading = {.catalogue = catalogue, .rules = rules};
    *rules = (struct rules_table){.domestic_byn_only = 1, .exposure_factor = exposure_factor_default};
    snprintf(path, sizeof path, "%s/rules.json", data_dir);
    int status = document_open(&document, path, error);
    if (status != 0) return status;
    status = read_rules(&document, &reading);
    document_close(&document);
    return status;
}
