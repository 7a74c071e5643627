/* clearance.c - see clearance.h. */
#include "engine/rules/clearance.h"

#include "engine/market/market.h"

enum { million = 1000000 };

/* What its exposure may come to, as long as nothing but orders happens: trades and holds leave the money that stands on
 * the account as it is. RSK-1 */
static int64_t exposure_limit(const struct exchange *x, const struct participant *firm, const struct account *account) {
    uint32_t factor = firm->exposure_factor != 0 ? firm->exposure_factor : x->tables->terms.exposure_factor;
    int64_t limit;
    if (factor == 0 || __builtin_mul_overflow(ledger_standing(account).minor, (int64_t)factor, &limit) ||
        limit > INT64_MAX / 2) return INT64_MAX / 2;
    return limit;
}

void clearance_give(struct exchange *x, const struct order_terms *terms) {
    if (terms->principal != terms->participant) return;     /* a mandate looks at price and quantity: BRK-7 */
    const struct instrument *instrument = &x->instruments[terms->instrument];
    const struct instrument_rules *rules = &x->rules_today[terms->instrument];
    const struct participant *firm = &x->participants[terms->participant];
    const struct account *account = account_of(x, terms->participant, instrument->currency);
    int has_money = x->tables->has_terms != 0;
    uint32_t ppm = has_money ? rules->deposit_ppm[firm->resident][terms->side] : 0;
    if (account->order_value_max.minor != 0) return;        /* it looks at each order: RSK-1 */
    uint32_t ceiling = rules->ceiling_ticks[firm->resident][terms->side];
    uint32_t floor = rules->floor_ticks[firm->resident][terms->side];
    struct order_bounds *bounds = &x->bounds[terms->instrument];
    bounds->lots_low = instrument->quantity_min.lots;
    bounds->lots_high = instrument->quantity_max.lots;
    bounds->lot_tick = instrument->lot_tick.minor;
    bounds->units_max = (uint64_t)(INT64_MAX / 2 / million) / (uint64_t)instrument->lot_tick.minor;
    *clearance_place(x, terms->participant, terms->instrument, terms->side) = (struct clearance){
        .world = x->world, .participant = terms->participant, .user = terms->user, .instrument = terms->instrument,
        .session = terms->session_named,
        .side = (uint8_t)terms->side, .payment_terms = (uint8_t)terms->payment_terms,
        .account = terms->participant * CURRENCY_COUNT + instrument->currency, .ppm = ppm,
        .band_low = floor > 0 ? floor : 1, .band_high = ceiling > 0 && ceiling < price_ticks_max ? ceiling
                                                                                                : price_ticks_max,
        .deposit_floor.minor = ppm > 0 ? rules->deposit_floor.minor : 0,
        .exposure_max = ppm > 0 ? exposure_limit(x, firm, account) : INT64_MAX / 2,
        .book_flags = (uint16_t)(BOOK_LIVE | (firm->resident ? 0 : BOOK_FOREIGN) |
                                 market_session_bits(x, terms->instrument, terms->session)),
        .has_money = (uint8_t)has_money, .currency = (uint8_t)instrument->currency,
        .deal_class = rules->entry_class[firm->resident][terms->side] };
}
