/* world_rules.c - the rule tables of the world, as commands: one for each row that concerns its instruments. */
#include <string.h>

#include "gateway/scenario/world.h"
#include "instruments/calendar.h"

static uint32_t index_in_world(const struct world *world, uint32_t row) {
    const char *symbol = world->catalogue.rows[row].instrument.symbol;
    return name_table_find(&world->symbols.table, world->symbols.names, symbol, name_size(symbol, symbol_size));
}

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
        uint32_t instrument = index_in_world(world, row->instrument);
        if (instrument == NAME_NONE) continue;
        world_command(world, COMMAND_BAND_RULE)->band_rule = (struct command_band_rule){
            .instrument = instrument, .level = row->level, .from_date = row->dates.from, .to_date = row->dates.to,
            .band = row->band == BAND_FLOOR ? BAND_RULE_FLOOR : BAND_RULE_CEILING, .deal_class = row->deal_class};
    }
}

static void say_fees(struct world *world) {
    const struct rules_table *rules = &world->rules;
    int32_t first_date = date_from_civil(calendar_year_first, 1, 1);
    for (uint32_t i = 0; i < rules->flat_fees_count; i++) {
        const struct flat_fee_row *row = &rules->flat_fees[i];
        uint32_t instrument = index_in_world(world, row->instrument);
        if (instrument == NAME_NONE) continue;
        world_command(world, COMMAND_FEE_RULE)->fee_rule = (struct command_fee_rule){
            .instrument = instrument, .flat = row->amount, .currency = row->currency, .from_date = first_date,
            .to_date = date_none, .section = RULE_ANY, .deal_class = RULE_ANY, .side = RULE_ANY};
    }
    for (uint8_t currency = 0; currency < CURRENCY_COUNT; currency++) {
        if (currency == CURRENCY_BYN) continue;
        world_command(world, COMMAND_FX_RATE)->fx_rate = (struct command_fx_rate){
            .byn_scaled = rules->byn_per_unit[currency], .from_date = first_date, .currency = currency};
    }
}

void world_say_rules(struct world *world) {
    const struct rules_table *rules = &world->rules;
    if (world->has_no_tables) return;
    struct command *command = world_command(world, COMMAND_RULE_TERMS);
    command->rule_terms = (struct command_rule_terms){
        .deposit_ppm = rules->deposit_rate_ppm, .deposit_business_days = rules->deposit_business_days_before,
        .fee_ppm = rules->fee_rate_ppm, .fee_due_business_days = rules->fee_due_business_days,
        .exposure_factor = exposure_factor_default,
        .flags = (uint8_t)(RULE_DOMESTIC_BYN_ONLY | (world->collects_fees ? RULE_COLLECT_FEES : 0))};
    memcpy(command->rule_terms.deposit_floors, rules->deposit_floors, sizeof rules->deposit_floors);
    say_dated_tables(world);
    say_fees(world);
}
