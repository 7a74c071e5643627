/* world_instruments.c - which instruments the world has, and the collars that its rules change. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/scenario/world.h"

/* ---- choosing ---- */

static int is_default(const struct place *place) {
    return cJSON_IsString(place->json) && strcmp(place->json->valuestring, "default") == 0;
}

/* `place` is where its symbol stands. */
static int add_row(struct world *world, const struct catalogue_row *row, const struct place *place) {
    if (registry_add(&world->symbols, row->instrument.symbol, place) != 0) return -EINVAL;
    world->chosen.rows[world->chosen.rows_count++] = *row;
    return 0;
}

static int choose_symbol(struct world *world, const struct place *item) {
    const char *text;
    uint32_t size;
    char quote[place_quote_size];
    if (place_text(item, &text, &size) != 0) return -EINVAL;
    uint32_t index = catalogue_find(&world->catalogue, text, size);
    if (index == NAME_NONE) {
        return place_refuse(item, "the catalogue has no instrument %s", place_quote(item->json, quote));
    }
    return add_row(world, &world->catalogue.rows[index], item);
}

static int define_instrument(struct world *world, const struct place *item) {
    struct catalogue_row row;
    char quote[place_quote_size];
    if (catalogue_read_row(item, &row) != 0) return -EINVAL;
    if (row.band != BAND_NONE) {
        struct place band = place_get(item, "band");
        return place_refuse(&band, "%s is not available yet for an instrument of a scenario",
                            place_quote(band.json, quote));
    }
    struct place symbol = place_get(item, "symbol");
    return add_row(world, &row, &symbol);
}

static int open_chosen(struct world *world, uint32_t count_max, const struct place *place) {
    world->chosen.rows = calloc((size_t)count_max + 1, sizeof world->chosen.rows[0]);
    world->listed_in = calloc((size_t)count_max + 1, sizeof world->listed_in[0]);
    world->listings_count = calloc((size_t)count_max + 1, 1);
    if (registry_open(&world->symbols, "instrument", count_max, symbol_size) == 0 && world->chosen.rows != NULL &&
        world->listed_in != NULL && world->listings_count != NULL) return 0;
    return place_refuse(place, "no memory for %u instruments", count_max);
}

static int choose_all(struct world *world, const struct place *root) {
    if (open_chosen(world, world->catalogue.rows_count, root) != 0) return -EINVAL;
    for (uint32_t i = 0; i < world->catalogue.rows_count; i++) {
        if (add_row(world, &world->catalogue.rows[i], root) != 0) return -EINVAL;
    }
    return 0;
}

static int choose(struct world *world, const struct place *root) {
    struct place place;
    char quote[place_quote_size];
    if (!place_find(root, "instruments", &place) || is_default(&place)) return choose_all(world, root);
    if (!cJSON_IsArray(place.json)) {
        return place_refuse(&place, "%s; it may be \"default\" or a list", place_quote(place.json, quote));
    }
    uint32_t count = place_items_count(&place);
    if (count > UINT16_MAX) return place_refuse(&place, "%u instruments; there may be %d", count, UINT16_MAX);
    if (open_chosen(world, count, &place) != 0) return -EINVAL;
    for (struct place item = place_first(&place); item.json != NULL; place_next(&item)) {
        int status = cJSON_IsObject(item.json) ? define_instrument(world, &item) : choose_symbol(world, &item);
        if (status != 0) return status;
    }
    return 0;
}

/* ---- collars ---- */

static int read_collar(struct world *world, const struct place *member) {
    const char *symbol = member->json->string;
    uint32_t index = name_table_find(&world->symbols.table, world->symbols.names, symbol, (uint32_t)strlen(symbol));
    if (index == NAME_NONE) return place_refuse(member, "this world has no instrument \"%.24s\"", symbol);
    return catalogue_read_collar(member, &world->chosen.rows[index].instrument.collar_ppm);
}

/* The collars of single instruments, which their terms need. */
static int read_collars(struct world *world, const struct place *root) {
    struct place rules, collars;
    if (!place_find(root, "rules", &rules) || !cJSON_IsObject(rules.json)) return 0;
    if (!place_find(&rules, "collar", &collars)) return 0;
    if (place_check_object(&collars) != 0) return -EINVAL;
    for (struct place member = place_first(&collars); member.json != NULL; place_next(&member)) {
        if (read_collar(world, &member) != 0) return -EINVAL;
    }
    return 0;
}

/* ---- commands ---- */

static void say_terms(struct world *world, uint32_t index, const struct instrument *instrument) {
    uint32_t collar_ppm = instrument->collar_ppm;
    struct command *command = world_command(world, COMMAND_INSTRUMENT_TERMS);
    command->instrument_terms = (struct command_instrument_terms){
        .instrument = index, .lot_units = instrument->lot_units, .tick_scaled = instrument->tick_scaled,
        .reference = instrument->reference, .quantity_min = instrument->quantity_min,
        .quantity_max = instrument->quantity_max,
        .collar_ppm = collar_ppm == COLLAR_DEFAULT ? world->rules.collar_ppm : collar_ppm,
        .payment_terms_mask = instrument->payment_terms_mask};
    memcpy(command->instrument_terms.group, instrument->group, instrument_group_size);
}

static void say_instrument(struct world *world, uint32_t index) {
    const struct instrument *instrument = &world->chosen.rows[index].instrument;
    struct command *command = world_command(world, COMMAND_INSTRUMENT);
    command->instrument = (struct command_instrument){
        .section = instrument->section, .unit = instrument->unit, .currency = instrument->currency,
        .price_places = instrument->price_places};
    memcpy(command->instrument.symbol, instrument->symbol, symbol_size);
    memcpy(command->instrument.name, instrument->name, instrument_name_size);
    say_terms(world, index, instrument);
    for (uint32_t i = 0; i < instrument->bases_count; i++) {
        world_command(world, COMMAND_BASIS)->basis =
            (struct command_basis){.instrument = index, .basis = instrument->bases[i]};
    }
}

int world_read_instruments(struct world *world, const struct place *root) {
    if (choose(world, root) != 0 || read_collars(world, root) != 0) return -EINVAL;
    for (uint32_t i = 0; i < world->chosen.rows_count; i++) say_instrument(world, i);
    return 0;
}
