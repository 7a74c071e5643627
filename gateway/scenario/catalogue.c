/* catalogue.c - rows of instruments; SCENARIO.md has their keys. */
#include "gateway/scenario/catalogue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/decimal.h"
#include "instruments/name_table.h"

enum {
    lot_units_max = 1000000,
    quantity_default_max = 10000,       /* lots an order */
    tick_places_max = 6,
    price_places_min = 2,
    percent_max = 100,
};

/* ---- bases and terms ---- */

static int read_basis(const struct place *object, struct basis *basis) {
    static const struct key keys[] = {
        {"basis", KEY_REQUIRED}, {"place", KEY_REQUIRED}, {"country", KEY_REQUIRED}};
    static const char *const incoterms[] = {
#define XX(code) #code,
        INCOTERM_MAP(XX)
#undef XX
    };
    uint32_t incoterm = 0;
    if (place_check_keys(object, keys, sizeof keys / sizeof keys[0]) != 0) return -EINVAL;
    if (place_read_choice(object, "basis", incoterms, INCOTERM_COUNT, &incoterm) != 0) return -EINVAL;
    if (place_read_label(object, "place", basis->place, place_size) != 0) return -EINVAL;
    basis->incoterm = (uint8_t)incoterm;
    struct place country = place_get(object, "country");
    return place_country(&country, basis->country);
}

static void set_default_basis(struct instrument *instrument) {
    struct basis *basis = &instrument->bases[0];
    name_set(basis->place, place_size, "Minsk", 5);
    memcpy(basis->country, "BY", 2);
    basis->incoterm = INCOTERM_FCA;
    instrument->bases_count = 1;
}

static int read_bases(const struct place *object, struct instrument *instrument) {
    struct place list;
    if (!place_find(object, "bases", &list)) {
        set_default_basis(instrument);
        return 0;
    }
    if (place_check_list(&list) != 0) return -EINVAL;
    uint32_t count = place_items_count(&list);
    if (count < 1 || count > bases_count_max) {
        return place_refuse(&list, "%u bases; there may be 1 to %d", count, bases_count_max);
    }
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        if (read_basis(&item, &instrument->bases[instrument->bases_count]) != 0) return -EINVAL;
        instrument->bases_count++;
    }
    return 0;
}

static int read_payment_terms(const struct place *object, struct instrument *instrument) {
    static const char *const names[] = {
#define XX(name, text) text,
        PAYMENT_TERMS_MAP(XX)
#undef XX
    };
    struct place list;
    if (!place_find(object, "payment_terms", &list)) {
        instrument->payment_terms_mask = (1 << PAYMENT_COUNT) - 1;
        return 0;
    }
    if (place_check_list(&list) != 0) return -EINVAL;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        uint32_t terms = 0;
        if (place_choice(&item, names, PAYMENT_COUNT, &terms) != 0) return -EINVAL;
        if (instrument->payment_terms_mask >> terms & 1) return place_refuse(&item, "given twice");
        instrument->payment_terms_mask |= (uint8_t)(1 << terms);
    }
    if (instrument->payment_terms_mask == 0) return place_refuse(&list, "empty; an instrument needs terms of payment");
    return 0;
}

/* ---- lot, tick, price ---- */

static int read_tick(const struct place *object, struct instrument *instrument) {
    struct place place = place_get(object, "tick");
    int64_t tick;
    if (place_decimal(&place, tick_places_max, 1, INT64_C(1000000) * decimal_power(tick_places_max), &tick) != 0) {
        return -EINVAL;
    }
    uint32_t places = tick_places_max;
    while (places > price_places_min && tick % 10 == 0) {
        tick /= 10;
        places--;
    }
    instrument->tick_scaled = tick;
    instrument->price_places = (uint8_t)places;
    /* At most 10^12 times 10^6: fits. */
    int64_t lot_tick = tick * instrument->lot_units, scale = decimal_power(places - price_places_min);
    if (lot_tick % scale != 0) {
        return place_refuse(&place, "a tick on a lot of %u is not worth whole minor units of the currency",
                            instrument->lot_units);
    }
    instrument->lot_tick.minor = lot_tick / scale;
    if (instrument->lot_tick.minor <= VALUE_MINOR_MAX) return 0;
    return place_refuse(&place, "a tick on a lot of %u is worth more than a deal may be", instrument->lot_units);
}

/* "2700.00" of so many ticks. */
static int price_text(const struct instrument *instrument, int64_t ticks, char out[decimal_text_size_max]) {
    return (int)decimal_format(ticks * instrument->tick_scaled, instrument->price_places, out);
}

int catalogue_read_price(const struct place *place, const struct instrument *instrument, price *out) {
    int64_t scaled, tick = instrument->tick_scaled;
    char quote[place_quote_size], low[decimal_text_size_max], high[decimal_text_size_max];
    if (place_decimal(place, tick_places_max, 1, INT64_MAX, &scaled) != 0) return -EINVAL;
    int64_t scale = decimal_power(tick_places_max - instrument->price_places);
    int64_t ticks = scaled / scale / tick;
    if (ticks > price_ticks_max) {
        int size = price_text(instrument, price_ticks_max, high);
        return place_refuse(place, "%s; the largest price with this tick is %.*s", place_quote(place->json, quote),
                            size, high);
    }
    if (scaled % scale != 0 || scaled / scale % tick != 0) {
        int low_size = price_text(instrument, ticks, low), high_size = price_text(instrument, ticks + 1, high);
        return place_refuse(place, "%s is not a multiple of the tick; the nearest are %.*s and %.*s",
                            place_quote(place->json, quote), low_size, low, high_size, high);
    }
    out->ticks = (uint32_t)ticks;
    return 0;
}

int catalogue_read_collar(const struct place *place, uint32_t *collar_ppm) {
    /* One percent is 10,000 ppm, so a percentage with 4 places is ppm. */
    int64_t ppm;
    if (place_decimal(place, collar_places, 0, percent_max * decimal_power(collar_places), &ppm) != 0) return -EINVAL;
    *collar_ppm = (uint32_t)ppm;
    return 0;
}

static int read_quantities(const struct place *object, struct instrument *instrument) {
    int64_t low = 1, high = quantity_default_max;
    if (place_read_integer(object, "order_qty_min", 1, QUANTITY_LOTS_MAX, &low) != 0) return -EINVAL;
    if (place_read_integer(object, "order_qty_max", 1, QUANTITY_LOTS_MAX, &high) != 0) return -EINVAL;
    if (low > high) {
        return place_refuse_key(object, "order_qty_min", "%lld, more than the largest order of %lld", (long long)low,
                                (long long)high);
    }
    instrument->quantity_min.lots = (uint32_t)low;
    instrument->quantity_max.lots = (uint32_t)high;
    return 0;
}

/* ---- a row ---- */

static int read_kinds(const struct place *object, struct catalogue_row *row) {
    static const char *const sections[] = {
#define XX(name, text) text,
        SECTION_MAP(XX)
    };
    static const char *const units[] = { UNIT_MAP(XX) };
    static const char *const bands[] = { BAND_MAP(XX) };
#undef XX
    static const char *const currencies[] = {
#define XX(code) #code,
        CURRENCY_MAP(XX)
#undef XX
    };
    uint32_t section = 0, unit = 0, currency = 0, band = BAND_NONE;
    if (place_read_choice(object, "section", sections, SECTION_COUNT, &section) != 0) return -EINVAL;
    if (place_read_choice(object, "unit", units, UNIT_COUNT, &unit) != 0) return -EINVAL;
    if (place_read_choice(object, "currency", currencies, CURRENCY_COUNT, &currency) != 0) return -EINVAL;
    if (place_read_choice(object, "band", bands, BAND_COUNT, &band) != 0) return -EINVAL;
    row->instrument.section = (uint8_t)section;
    row->instrument.unit = (uint8_t)unit;
    row->instrument.currency = (uint8_t)currency;
    row->band = (enum band)band;
    return 0;
}

static int read_names(const struct place *object, struct catalogue_row *row) {
    struct instrument *instrument = &row->instrument;
    if (place_read_id(object, "symbol", instrument->symbol, symbol_size) != 0) return -EINVAL;
    memcpy(instrument->name, instrument->symbol, symbol_size);
    if (place_read_label(object, "name", instrument->name, instrument_name_size) != 0) return -EINVAL;
    if (place_read_label(object, "group", instrument->group, instrument_group_size) != 0) return -EINVAL;
    return place_read_label(object, "hs", row->hs, hs_size);
}

static int read_prices(const struct place *object, struct instrument *instrument) {
    struct place place = place_get(object, "reference_px");
    int64_t lot = 0;
    if (place_read_integer(object, "lot", 1, lot_units_max, &lot) != 0) return -EINVAL;
    instrument->lot_units = (uint32_t)lot;
    if (read_tick(object, instrument) != 0) return -EINVAL;
    if (catalogue_read_price(&place, instrument, &instrument->reference) != 0) return -EINVAL;
    instrument->collar_ppm = COLLAR_DEFAULT;
    if (!place_find(object, "collar", &place)) return 0;
    return catalogue_read_collar(&place, &instrument->collar_ppm);
}

int catalogue_read_row(const struct place *object, struct catalogue_row *row) {
    static const struct key keys[] = {
        {"symbol", KEY_REQUIRED}, {"name", KEY_OPTIONAL}, {"section", KEY_REQUIRED}, {"group", KEY_OPTIONAL},
        {"unit", KEY_REQUIRED}, {"lot", KEY_REQUIRED}, {"tick", KEY_REQUIRED}, {"currency", KEY_REQUIRED},
        {"reference_px", KEY_REQUIRED}, {"bases", KEY_OPTIONAL}, {"order_qty_min", KEY_OPTIONAL},
        {"order_qty_max", KEY_OPTIONAL}, {"payment_terms", KEY_OPTIONAL}, {"collar", KEY_OPTIONAL},
        {"hs", KEY_OPTIONAL}, {"band", KEY_OPTIONAL},
    };
    struct catalogue_row read = {.band = BAND_NONE};
    if (place_check_keys(object, keys, sizeof keys / sizeof keys[0]) != 0) return -EINVAL;
    if (read_names(object, &read) != 0 || read_kinds(object, &read) != 0) return -EINVAL;
    if (read_prices(object, &read.instrument) != 0 || read_quantities(object, &read.instrument) != 0) return -EINVAL;
    if (read_bases(object, &read.instrument) != 0) return -EINVAL;
    if (read_payment_terms(object, &read.instrument) != 0) return -EINVAL;
    *row = read;
    return 0;
}

/* ---- the shipped catalogue ---- */

uint32_t catalogue_find(const struct catalogue *catalogue, const char *symbol, uint32_t size) {
    for (uint32_t i = 0; i < catalogue->rows_count; i++) {
        const char *field = catalogue->rows[i].instrument.symbol;
        if (name_size(field, symbol_size) == size && memcmp(field, symbol, size) == 0) return i;
    }
    return NAME_NONE;
}

static int read_rows(const struct place *list, struct catalogue *catalogue) {
    for (struct place item = place_first(list); item.json != NULL; place_next(&item)) {
        struct catalogue_row *row = &catalogue->rows[catalogue->rows_count];
        if (catalogue_read_row(&item, row) != 0) return -EINVAL;
        const char *symbol = row->instrument.symbol;
        uint32_t size = name_size(symbol, symbol_size);
        if (catalogue_find(catalogue, symbol, size) != NAME_NONE) {
            return place_refuse_key(&item, "symbol", "\"%.*s\" is an instrument already", (int)size, symbol);
        }
        catalogue->rows_count++;
    }
    return 0;
}

static int read_catalogue(const struct document *document, struct catalogue *catalogue) {
    static const struct key keys[] = {{"version", KEY_REQUIRED}, {"instruments", KEY_REQUIRED}};
    struct place root = document_root(document);
    int64_t version;
    if (place_check_keys(&root, keys, sizeof keys / sizeof keys[0]) != 0) return -EINVAL;
    if (place_read_integer(&root, "version", 1, 1, &version) != 0) return -EINVAL;
    struct place list = place_get(&root, "instruments");
    if (place_check_list(&list) != 0) return -EINVAL;
    catalogue->rows = calloc(place_items_count(&list) + 1, sizeof catalogue->rows[0]);
    if (catalogue->rows == NULL) return place_refuse(&list, "no memory for it");
    return read_rows(&list, catalogue);
}

int catalogue_load(const char *data_dir, struct catalogue *catalogue, struct scenario_error *error) {
    char path[scenario_file_size];
    struct document document;
    *catalogue = (struct catalogue){0};
    snprintf(path, sizeof path, "%s/catalogue.json", data_dir);
    int status = document_open(&document, path, error);
    if (status != 0) return status;
    status = read_catalogue(&document, catalogue);
    document_close(&document);
    if (status != 0) catalogue_free(catalogue);
    return status;
}

void catalogue_free(struct catalogue *catalogue) {
    free(catalogue->rows);
    *catalogue = (struct catalogue){0};
}
