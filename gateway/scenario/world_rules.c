/* world_rules.c - the rule tables of the world: the shipped ones with what the scenario changes, as commands. */
#include <errno.h>
#include <string.h>

#include "gateway/scenario/world.h"
#include "instruments/calendar.h"

#define COUNT(array) (uint32_t)(sizeof array / sizeof array[0])

/* ---- reading ---- */

static uint32_t index_in_world(const struct world *world, uint32_t row) {
    const char *symbol = world->catalogue.rows[row].instrument.symbol;
    return name_table_find(&world->symbols.table, world->symbols.names, symbol, name_size(symbol, symbol_size));
}

/* The shipped rows are about rows of the catalogue: from here on about this world's instruments, the others are left
 * out. */
static void keep_rows_of_world(struct world *world) {
    struct rules_table *rules = &world->rules;
    uint32_t bands_count = 0, flat_fees_count = 0, fee_rates_count = 0;
    for (uint32_t i = 0; i < rules->bands_count; i++) {
        struct band_row row = rules->bands[i];
        row.instrument = index_in_world(world, row.instrument);
        if (row.instrument != NAME_NONE) rules->bands[bands_count++] = row;
    }
    for (uint32_t i = 0; i < rules->flat_fees_count; i++) {
        struct flat_fee_row row = rules->flat_fees[i];
        row.instrument = index_in_world(world, row.instrument);
        if (row.instrument != NAME_NONE) rules->flat_fees[flat_fees_count++] = row;
    }
    for (uint32_t i = 0; i < rules->fee_rates_count; i++) {
        struct fee_rate_row row = rules->fee_rates[i];
        int is_general = row.instrument == NAME_NONE;
        if (!is_general) row.instrument = index_in_world(world, row.instrument);
        if (is_general || row.instrument != NAME_NONE) rules->fee_rates[fee_rates_count++] = row;
    }
    rules->bands_count = bands_count;
    rules->flat_fees_count = flat_fees_count;
    rules->fee_rates_count = fee_rates_count;
}

/* A bare market: only the collar, which the instruments have taken already, and what the scenario gives. */
static void clear_tables(struct world *world) {
    uint32_t collar_ppm = world->rules.collar_ppm;
    world->rules = (struct rules_table){.collar_ppm = collar_ppm};
    world->has_terms = 0;
}

static int is_text(const struct place *place, const char *text) {
    return cJSON_IsString(place->json) && strcmp(place->json->valuestring, text) == 0;
}

/* Whether the shipped tables are in force at all, and who sees to the payment of fees. */
static int read_base(struct world *world, const struct place *rules) {
    static const char *const tables[] = {"default", "none"}, *const collects[] = {"instruction", "deposit"};
    uint32_t table = 0, collect = 0;
    if (place_read_choice(rules, "tables", tables, 2, &table) != 0) return -EINVAL;
    if (place_read_choice(rules, "collect_fees", collects, 2, &collect) != 0) return -EINVAL;
    if (table == 1) clear_tables(world);
    world->collects_fees = collect == 1;
    return 0;
}

int world_read_rules(struct world *world, const struct place *root) {
    static const struct key keys[] = {
        {"collar", KEY_OPTIONAL}, {"tables", KEY_OPTIONAL}, {"collect_fees", KEY_OPTIONAL}, {"allocation", KEY_LATER},
        {"bands", KEY_OPTIONAL}, {"currencies", KEY_OPTIONAL}, {"deposit", KEY_OPTIONAL}, {"fees", KEY_OPTIONAL},
        {"fx", KEY_OPTIONAL}, {"transit", KEY_OPTIONAL}, {"waivers", KEY_OPTIONAL},
        {"domestic_byn_only", KEY_OPTIONAL}};
    struct place rules, unused;
    char quote[place_quote_size];
    keep_rows_of_world(world);
    world->has_terms = 1;
    if (!place_find(root, "rules", &rules) || is_text(&rules, "default")) return 0;
    if (is_text(&rules, "none")) {
        clear_tables(world);
        return 0;
    }
    if (!cJSON_IsObject(rules.json)) {
        return place_refuse(&rules, "%s; it may be \"default\", \"none\" or an object", place_quote(rules.json, quote));
    }
    if (place_check_keys(&rules, keys, COUNT(keys)) != 0 || read_base(world, &rules) != 0) return -EINVAL;
    if (rules_table_change(&rules, &world->chosen, &world->rules) != 0) return -EINVAL;
    world->has_terms |= place_find(&rules, "deposit", &unused) || place_find(&rules, "fees", &unused) ||
                        place_find(&rules, "domestic_byn_only", &unused);
    return 0;
}

/* ---- commands ---- */

static void say_dated_tables(struct world *world) {
    const struct rules_table *rules = &world->rules;
    for (uint32_t i = 0; i < rules->transit_count; i++) {
        const struct transit_row *row = &rules->transit[i];
        world_command(world, COMMAND_TRANSIT_RULE)->transit_rule = (struct command_transit_rule){
            .from_date = row->dates.from, .to_date = row->dates.to, .sections_mask = row->sections_mask};
    }
    for (uint32_t i = 0; i < rules->currencies_count; i++) {
        const struct currency_row *row = &rules->currencies[i];
        struct command *command = world_command(world, COMMAND_CURRENCY_RULE);
        command->currency_rule = (struct command_currency_rule){
            .from_date = row->dates.from, .to_date = row->dates.to, .currency = row->currency};
        memcpy(command->currency_rule.countries, row->countries, 2 * (size_t)row->countries_count);
    }
    for (uint32_t i = 0; i < rules->bands_count; i++) {
        const struct band_row *row = &rules->bands[i];
        world_command(world, COMMAND_BAND_RULE)->band_rule = (struct command_band_rule){
            .instrument = row->instrument, .level = row->level, .from_date = row->dates.from,
            .to_date = row->dates.to, .band = row->band == BAND_FLOOR ? BAND_RULE_FLOOR : BAND_RULE_CEILING,
            .deal_class = row->deal_class};
    }
    for (uint32_t i = 0; i < rules->waivers_count; i++) {
        const struct waiver_row *row = &rules->waivers[i];
        world_command(world, COMMAND_WAIVER_RULE)->waiver_rule = (struct command_waiver_rule){
            .from_date = row->dates.from, .to_date = row->dates.to, .section = row->section,
            .deal_class = row->deal_class, .side = row->side};
    }
}

/* Rates before flat fees: what comes later goes before. */
static void say_fees(struct world *world) {
    const struct rules_table *rules = &world->rules;
    for (uint32_t i = 0; i < rules->fee_rates_count; i++) {
        const struct fee_rate_row *row = &rules->fee_rates[i];
        struct command *command = world_command(world, COMMAND_FEE_RULE);
        command->fee_rule = (struct command_fee_rule){
            .instrument = row->instrument, .ppm = row->rate_ppm, .from_date = row->dates.from,
            .to_date = row->dates.to, .section = row->section, .deal_class = row->deal_class, .side = row->side};
        memcpy(command->fee_rule.group, row->group, instrument_group_size);
    }
    for (uint32_t i = 0; i < rules->flat_fees_count; i++) {
        const struct flat_fee_row *row = &rules->flat_fees[i];
        world_command(world, COMMAND_FEE_RULE)->fee_rule = (struct command_fee_rule){
            .instrument = row->instrument, .flat = row->amount, .currency = row->currency,
            .from_date = row->dates.from, .to_date = row->dates.to, .section = RULE_ANY, .deal_class = RULE_ANY,
            .side = RULE_ANY};
    }
    for (uint32_t i = 0; i < rules->fx_count; i++) {
        const struct fx_row *row = &rules->fx[i];
        world_command(world, COMMAND_FX_RATE)->fx_rate = (struct command_fx_rate){
            .byn_scaled = row->byn_per_unit, .from_date = row->from_date, .currency = row->currency};
    }
}

static void say_terms(struct world *world) {
    const struct rules_table *rules = &world->rules;
    struct command *command = world_command(world, COMMAND_RULE_TERMS);
    command->rule_terms = (struct command_rule_terms){
        .deposit_ppm = rules->deposit_rate_ppm, .deposit_business_days = rules->deposit_business_days_before,
        .fee_ppm = rules->fee_rate_ppm, .fee_due_business_days = rules->fee_due_business_days,
        .exposure_factor = rules->exposure_factor,
        .flags = (uint8_t)((rules->domestic_byn_only ? RULE_DOMESTIC_BYN_ONLY : 0) |
                           (world->collects_fees ? RULE_COLLECT_FEES : 0))};
    memcpy(command->rule_terms.deposit_floors, rules->deposit_floors, sizeof rules->deposit_floors);
}

void world_say_rules(struct world *world) {
    if (world->has_terms) say_terms(world);
    say_dated_tables(world);
    say_fees(world);
}
