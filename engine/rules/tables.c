/* tables.c - rows of the rule tables, and the row of today for every instrument. */
#include "engine/rules/tables.h"

#include <string.h>

#include "engine/state.h"
#include "instruments/decimal.h"

static int covers(int32_t from_date, int32_t to_date, int32_t date) {
    return date >= from_date && (to_date == date_none || date <= to_date);
}

int tables_allow_transit(const struct exchange *x, uint32_t section, int32_t *from_date) {
    const struct rule_tables *tables = x->tables;
    *from_date = 0;
    if (tables->transit_count == 0) return 1;
    int is_decided = 0;
    for (uint32_t i = tables->transit_count; i-- > 0;) {
        const struct command_transit_rule *row = &tables->transit[i];
        int names_it = row->sections_mask >> section & 1;
        if (!is_decided && covers(row->from_date, row->to_date, x->trade_date)) {
            if (names_it) return 1;
            is_decided = 1;     /* by the last row in force */
        }
        if (names_it && row->from_date > x->trade_date && (*from_date == 0 || row->from_date < *from_date))
            *from_date = row->from_date;
    }
    return 0;
}

/* TRN-10: a transit deal is delivered at the first basis outside Belarus. */
static void refresh_transit(const struct exchange *x, const struct instrument *instrument,
                            struct instrument_rules *rules) {
    int32_t from_date;
    rules->transit_basis = RULE_ANY;
    for (uint32_t i = instrument->bases_count; i-- > 0;) {
        if (instrument->bases[i].country[0] != 'B' || instrument->bases[i].country[1] != 'Y')
            rules->transit_basis = (uint8_t)i;
    }
    int has_place = x->tables->transit_count == 0 || instrument->bases_count == 0 ||
                    rules->transit_basis != RULE_ANY;
    rules->transit_allowed = has_place && tables_allow_transit(x, instrument->section, &from_date);
}

static void refresh_currency(const struct exchange *x, uint8_t currency, struct instrument_rules *rules) {
    const struct rule_tables *tables = x->tables;
    int rows_count = 0;
    rules->currency_from_date = date_none;
    for (uint32_t i = tables->currencies_count; i-- > 0;) {
        const struct command_currency_rule *row = &tables->currencies[i];
        if (row->currency != currency) continue;
        rows_count++;
        if (covers(row->from_date, row->to_date, x->trade_date)) {
            rules->currency_from_date = date_none;
            memcpy(rules->countries, row->countries, sizeof row->countries);
            while (rules->countries_count < countries_count_max && row->countries[rules->countries_count][0] != '\0')
                rules->countries_count++;
            return;
        }
        if (row->from_date > x->trade_date &&
            (rules->currency_from_date == date_none || row->from_date < rules->currency_from_date))
            rules->currency_from_date = row->from_date;
    }
    rules->currency_is_gone = rows_count > 0 && rules->currency_from_date == date_none;
}

static void refresh_bands(const struct exchange *x, uint32_t index, struct instrument_rules *rules) {
    for (uint32_t i = 0; i < x->tables->bands_count; i++) {
        const struct command_band_rule *row = &x->tables->bands[i];
        if (row->instrument != index || !covers(row->from_date, row->to_date, x->trade_date)) continue;
        for (int resident = 0; resident <= 1; resident++) {
            for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
                if (exchange_entry_class(x, index, (enum side)side, resident) != row->deal_class) continue;
                if (row->band == BAND_RULE_FLOOR) rules->floor_ticks[resident][side] = row->level.ticks;
                else rules->ceiling_ticks[resident][side] = row->level.ticks;
            }
        }
    }
}

const struct command_band_rule *exchange_band_rule(const struct exchange *x, uint32_t index, enum side side,
                                                   int resident, enum band_kind band) {
    for (uint32_t i = x->tables->bands_count; i-- > 0;) {
        const struct command_band_rule *row = &x->tables->bands[i];
        if (row->instrument == index && row->band == band && covers(row->from_date, row->to_date, x->trade_date) &&
            exchange_entry_class(x, index, side, resident) == row->deal_class) return row;
    }
    return NULL;
}

static int fits(uint8_t wanted, uint32_t is) { return wanted == RULE_ANY || wanted == is; }

static void refresh_fee(const struct exchange *x, const struct command_fee_rule *row, uint32_t index,
                        struct instrument_rules *rules) {
    const struct instrument *instrument = &x->instruments[index];
    if (!covers(row->from_date, row->to_date, x->trade_date) || !fits(row->section, instrument->section) ||
        (row->instrument != NAME_NONE && row->instrument != index) ||
        (row->group[0] != '\0' && memcmp(row->group, instrument->group, instrument_group_size) != 0)) return;
    for (uint32_t class = DEAL_DOMESTIC; class <= DEAL_TRANSIT; class++) {
        for (uint32_t side = SIDE_BUY; side <= SIDE_SELL; side++) {
            if (!fits(row->deal_class, class) || !fits(row->side, side)) continue;
            rules->fee_ppm[class][side] = row->ppm;
            rules->fee_flat[class][side] = row->flat;
            rules->fee_flat_currency[class][side] = row->currency;
        }
    }
}

static int is_waived(const struct exchange *x, uint32_t section, uint32_t class, uint32_t side) {
    for (uint32_t i = 0; i < x->tables->waivers_count; i++) {
        const struct command_waiver_rule *row = &x->tables->waivers[i];
        if (covers(row->from_date, row->to_date, x->trade_date) && fits(row->section, section) &&
            fits(row->deal_class, class) && fits(row->side, side)) return 1;
    }
    return 0;
}

static int64_t rate_of(const struct exchange *x, uint8_t currency) {
    if (currency == CURRENCY_BYN) return decimal_power(4);
    int64_t byn_scaled = 0;
    int32_t from_date = date_none;
    for (uint32_t i = 0; i < x->tables->fx_count; i++) {
        const struct command_fx_rate *row = &x->tables->fx[i];
        if (row->currency != currency || row->from_date > x->trade_date || row->from_date < from_date) continue;
        byn_scaled = row->byn_scaled;
        from_date = row->from_date;
    }
    return byn_scaled;
}

/* TRN-1: seller's residency is the high bit of a class, the buyer's the low one; 1 = not resident. */
static int is_resident_side(uint32_t class, uint32_t side) { return !(class >> side & 1); }
_Static_assert(DEAL_EXPORT == 1 << SIDE_BUY && DEAL_IMPORT == 1 << SIDE_SELL, "as is_resident_side has it");

static void refresh_classes(const struct exchange *x, uint32_t index, struct instrument_rules *rules) {
    const struct instrument *instrument = &x->instruments[index];
    int has_rate = instrument->currency != CURRENCY_BYN && rules->byn_scaled > 0;
    for (uint32_t class = DEAL_DOMESTIC; class <= DEAL_TRANSIT; class++) {
        struct class_terms *terms = &rules->classes[class];
        terms->contract.instrument = (uint16_t)index;
        terms->contract.fee_due_date = terms->event.fee_due_date = x->fee_due_date;
        for (uint32_t side = SIDE_BUY; side <= SIDE_SELL; side++) {
            int is_flat = rules->fee_flat[class][side].minor > 0;
            int is_converted = !is_flat && has_rate && is_resident_side(class, side);
            uint8_t currency = is_flat        ? rules->fee_flat_currency[class][side]
                               : is_converted ? CURRENCY_BYN
                                              : instrument->currency;
            terms->fee_accounts[side] = (currency - instrument->currency) * (int32_t)sizeof(struct account);
            terms->contract.fee_currencies |= (uint8_t)(currency << 4 * side);
            terms->event.fee_currencies[side] = currency;
            terms->converted_sides |= (uint8_t)(is_converted << side);
            terms->is_unlike |= (uint8_t)(is_flat | is_converted);
        }
        terms->fee_ppm = rules->fee_ppm[class][SIDE_BUY];
        terms->is_unlike |= rules->fee_ppm[class][SIDE_SELL] != terms->fee_ppm;
        terms->event.basis = instrument->bases_count == 0 ? RULE_ANY : class == DEAL_TRANSIT ? rules->transit_basis : 0;
    }
}

void tables_refresh(struct exchange *x, uint32_t index) {
    const struct instrument *instrument = &x->instruments[index];
    const struct rule_tables *tables = x->tables;
    struct instrument_rules *rules = &x->rules_today[index];
    memset(rules, 0, sizeof *rules);
    for (uint32_t class = 0; class <= DEAL_TRANSIT; class++)
        rules->fee_ppm[class][SIDE_BUY] = rules->fee_ppm[class][SIDE_SELL] = tables->terms.fee_ppm;
    for (uint32_t i = 0; i < tables->fees_count; i++) refresh_fee(x, &tables->fees[i], index, rules);
    for (int resident = 0; resident <= 1; resident++) {
        for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
            uint32_t class = exchange_entry_class(x, index, (enum side)side, resident);
            rules->entry_class[resident][side] = (uint8_t)class;
            int waived = is_waived(x, instrument->section, class, (uint32_t)side);
            rules->deposit_ppm[resident][side] = waived ? 0 : tables->terms.deposit_ppm;
        }
    }
    rules->deposit_floor = tables->terms.deposit_floors[instrument->currency];
    rules->byn_scaled = rate_of(x, instrument->currency);
    refresh_bands(x, index, rules);
    refresh_currency(x, instrument->currency, rules);
    refresh_transit(x, instrument, rules);
    refresh_classes(x, index, rules);
}

void tables_take_fee_due_date(struct exchange *x) {
    for (uint32_t i = 0; i < x->instruments_count; i++) {
        for (uint32_t class = DEAL_DOMESTIC; class <= DEAL_TRANSIT; class++) {
            struct class_terms *terms = &x->rules_today[i].classes[class];
            terms->contract.fee_due_date = terms->event.fee_due_date = x->fee_due_date;
        }
    }
}

void tables_refresh_all(struct exchange *x) {
    for (uint32_t i = 0; i < x->instruments_count; i++) tables_refresh(x, i);
}

/* ---- rows come in ---- */

static bool dates_are_sound(int32_t from_date, int32_t to_date) { return to_date == date_none || to_date >= from_date; }

static bool terms_are_sound(const struct command_rule_terms *terms) {
    for (int i = 0; i < CURRENCY_COUNT; i++) {
        if (terms->deposit_floors[i].minor < 0 || terms->deposit_floors[i].minor > VALUE_MINOR_MAX) return false;
    }
    return terms->deposit_ppm <= 1000000 && terms->fee_ppm <= 1000000 && terms->deposit_business_days <= 3 &&
           terms->fee_due_business_days <= 60 && terms->exposure_factor <= 1000000;
}

static bool fee_is_sound(const struct exchange *x, const struct command_fee_rule *row) {
    return (row->instrument == NAME_NONE || row->instrument < x->instruments_count) && row->ppm <= 1000000 &&
           row->flat.minor >= 0 && row->flat.minor <= VALUE_MINOR_MAX && row->currency < CURRENCY_COUNT &&
           (row->section == RULE_ANY || row->section < SECTION_COUNT) &&
           (row->deal_class == RULE_ANY || row->deal_class <= DEAL_TRANSIT) &&
           (row->side == RULE_ANY || row->side < SIDE_BOTH) && dates_are_sound(row->from_date, row->to_date);
}

bool tables_are_sound(const struct exchange *x, const struct command *command) {
    switch ((enum command_kind)command->kind) {
        case COMMAND_RULE_TERMS: return terms_are_sound(&command->rule_terms);
        case COMMAND_TRANSIT_RULE:
            return command->transit_rule.sections_mask < 1 << SECTION_COUNT &&
                   dates_are_sound(command->transit_rule.from_date, command->transit_rule.to_date);
        case COMMAND_CURRENCY_RULE:
            return command->currency_rule.currency < CURRENCY_COUNT &&
                   dates_are_sound(command->currency_rule.from_date, command->currency_rule.to_date);
        case COMMAND_BAND_RULE:
            return command->band_rule.instrument < x->instruments_count && command->band_rule.level.ticks > 0 &&
                   command->band_rule.level.ticks <= price_ticks_max && command->band_rule.band <= BAND_RULE_CEILING &&
                   command->band_rule.deal_class <= DEAL_TRANSIT &&
                   dates_are_sound(command->band_rule.from_date, command->band_rule.to_date);
        case COMMAND_FEE_RULE: return fee_is_sound(x, &command->fee_rule);
        case COMMAND_WAIVER_RULE:
            return dates_are_sound(command->waiver_rule.from_date, command->waiver_rule.to_date);
        case COMMAND_FX_RATE:
            return command->fx_rate.currency < CURRENCY_COUNT && command->fx_rate.currency != CURRENCY_BYN &&
                   command->fx_rate.byn_scaled > 0 && command->fx_rate.byn_scaled <= INT64_C(1000000000000);
        default: return false;
    }
}

/* Copies a row to the end of its table; false when that is full. */
#define ADD(rows, count, count_max, row) \
    do { \
        if ((count) == (count_max)) return false; \
        (rows)[(count)++] = (row); \
    } while (0)

bool tables_add(struct exchange *x, const struct command *command) {
    struct rule_tables *tables = x->tables;
    switch ((enum command_kind)command->kind) {
        case COMMAND_RULE_TERMS: tables->terms = command->rule_terms; tables->has_terms = 1; break;
        case COMMAND_TRANSIT_RULE:
            ADD(tables->transit, tables->transit_count, transit_rows_max, command->transit_rule);
            break;
        case COMMAND_CURRENCY_RULE:
            ADD(tables->currencies, tables->currencies_count, currency_rows_max, command->currency_rule);
            break;
        case COMMAND_BAND_RULE: ADD(tables->bands, tables->bands_count, band_rows_max, command->band_rule); break;
        case COMMAND_FEE_RULE: ADD(tables->fees, tables->fees_count, fee_rows_max, command->fee_rule); break;
        case COMMAND_WAIVER_RULE:
            ADD(tables->waivers, tables->waivers_count, waiver_rows_max, command->waiver_rule);
            break;
        case COMMAND_FX_RATE: ADD(tables->fx, tables->fx_count, fx_rows_max, command->fx_rate); break;
        default: return false;
    }
    tables_refresh_all(x);
    return true;
}
