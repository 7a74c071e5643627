/* clearance.c - see clearance.h. */
#include "engine/rules/clearance.h"

#include <stddef.h>

enum { million = 1000000 };

static struct clearance *place_of(const struct exchange *x, uint32_t participant, uint32_t instrument, uint32_t side) {
    uint32_t mixed = participant * UINT32_C(0x9E3779B1) ^ instrument * UINT32_C(0x85EBCA77);
    return &x->clearances[(mixed >> 16 ^ side) & (clearances_count - 1)];
}

/* One load; a freestanding memcpy would be a call. */
static inline uint64_t eight_bytes(const void *address) {
    uint64_t bytes;
    __builtin_memcpy(&bytes, address, sizeof bytes);
    return bytes;
}

/* The eight bytes of an order from its side on, and those of them that must be as they were: side, type (limit is 0),
 * the flags that are conditions, payment terms, display. */
static inline uint64_t shape_of(uint8_t side, uint8_t order_type, uint8_t flags, uint8_t payment_terms,
                                uint8_t display) {
    const uint8_t bytes[8] = { side, order_type, 0, 0, flags, payment_terms, display, 0 };
    return eight_bytes(bytes);
}
static inline uint64_t shape_mask(void) {
    return shape_of(255, 255, ORDER_POST_ONLY | ORDER_ALL_OR_NONE, 255, 255);
}
_Static_assert(offsetof(struct command_new_order, has_display) == offsetof(struct command_new_order, side) + 6 &&
               offsetof(struct command_new_order, flags) == offsetof(struct command_new_order, side) + 4 &&
               offsetof(struct command_new_order, market_session) == 8 &&
               offsetof(struct command, user) == offsetof(struct command, participant) + 4, "as shape_of has it");

void clearance_give(struct exchange *x, const struct order_terms *terms) {
    if (terms->principal != terms->participant) return;     /* a mandate looks at price and quantity: BRK-7 */
    const struct instrument *instrument = &x->instruments[terms->instrument];
    const struct instrument_rules *rules = &x->rules_today[terms->instrument];
    const struct participant *firm = &x->participants[terms->participant];
    uint32_t ceiling = rules->ceiling_ticks[firm->resident][terms->side];
    uint32_t floor = rules->floor_ticks[firm->resident][terms->side];
    *place_of(x, terms->participant, terms->instrument, terms->side) = (struct clearance){
        .world = x->world, .participant = terms->participant, .user = terms->user, .instrument = terms->instrument,
        .client = NAME_NONE, .session = terms->session_named,
        .shape = shape_of(terms->side, ORDER_TYPE_LIMIT, 0, terms->payment_terms, 0),
        .account = terms->participant * CURRENCY_COUNT + instrument->currency,
        .lots_low = instrument->quantity_min.lots, .lots_high = instrument->quantity_max.lots,
        .band_low = floor > 0 ? floor : 1, .band_high = ceiling > 0 && ceiling < price_ticks_max ? ceiling
                                                                                                : price_ticks_max,
        .deposit_ppm = x->tables->has_terms ? rules->deposit_ppm[firm->resident][terms->side] : 0,
        .deposit_floor = rules->deposit_floor, .lot_tick = instrument->lot_tick.minor,
        .units_max = (uint64_t)(INT64_MAX / 2 / million) / (uint64_t)instrument->lot_tick.minor,
        .exposure_factor = firm->exposure_factor != 0 ? firm->exposure_factor : x->tables->terms.exposure_factor,
        .entry_class = rules->entry_class[firm->resident][terms->side], .has_money = x->tables->has_terms != 0 };
}

/* A limit order without conditions, day, gtc, ioc or fok: groups 6 and 7 can say nothing but about its figures. What
 * lies together in a command is compared together. */
static inline int is_everyday(const struct clearance *clearance, const struct exchange *x,
                              const struct command *command) {
    const struct command_new_order *order = &command->new_order;
    const uint32_t times = 1u << TIF_DAY | 1u << TIF_GTC | 1u << TIF_IOC | 1u << TIF_FOK;
    return clearance->world == x->world && eight_bytes(&clearance->participant) == eight_bytes(&command->participant) &&
           eight_bytes(&clearance->instrument) == eight_bytes(&order->instrument) &&
           clearance->session == order->market_session &&
           (eight_bytes(&order->side) & shape_mask()) == clearance->shape && order->min.lots == 0 &&
           (times >> order->time_in_force & 1);
}

/* Group 8. value x million fits 63 bits. */
static inline int is_secured(const struct clearance *clearance, const struct account *account,
                             const struct order_money *reckoned) {
    if (reckoned->ppm == 0) return account->order_value_max.minor == 0;
    int64_t counted = ledger_counted(account).minor, standing = ledger_standing(account).minor, limit;
    if (__builtin_mul_overflow(standing, (int64_t)clearance->exposure_factor, &limit)) return 0;
    int64_t exposure = account->exposure.minor + reckoned->value.minor;
    if (clearance->exposure_factor == 0 || limit > INT64_MAX / 2) limit = INT64_MAX / 2;
    return counted >= reckoned->required.minor && account->credited.minor > 0 && exposure <= limit &&
           account->order_value_max.minor == 0;
}

int clearance_admits(const struct exchange *x, const struct command *command, struct order_money *reckoned) {
    const struct command_new_order *order = &command->new_order;
    const struct clearance *clearance = place_of(x, command->participant, order->instrument, order->side & 1);
    if (__builtin_expect(!is_everyday(clearance, x, command) || command->time_ns < x->time_ns, 0)) return 0;
    uint32_t lots = order->quantity.lots, ticks = order->price.ticks;
    const struct collar *collar = &x->collars[order->instrument];
    int is_outside = lots < clearance->lots_low || lots > clearance->lots_high || ticks < clearance->band_low ||
                     ticks > clearance->band_high || ticks < collar->far_low || ticks > collar->far_high;
    uint64_t units = (uint64_t)ticks * lots;
    if (__builtin_expect(is_outside || units > clearance->units_max, 0)) return 0;
    if (!clearance->has_money) return 1;
    int64_t value = (int64_t)units * clearance->lot_tick;
    int64_t share = (int64_t)(((uint64_t)value * clearance->deposit_ppm + million - 1) / million);
    int by_floor = share <= clearance->deposit_floor.minor && clearance->deposit_floor.minor > 0;
    if (by_floor) share = clearance->deposit_floor.minor;
    *reckoned = (struct order_money){
        .required.minor = clearance->deposit_ppm > 0 ? share : 0, .value.minor = value, .value_ticks = ticks,
        .ppm = clearance->deposit_ppm, .payer = command->participant, .account = clearance->account,
        .by_floor = by_floor && clearance->deposit_ppm > 0, .deal_class = clearance->entry_class };
    return is_secured(clearance, &x->accounts[clearance->account], reckoned);
}
