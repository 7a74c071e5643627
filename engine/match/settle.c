/* settle.c - deposits follow orders, contracts follow trades. */
#include "engine/match/settle.h"

#include "engine/rules/tables.h"
#include "instruments/decimal.h"

enum { million = 1000000, fx_scale = 10000 };

static int64_t part_value(const struct exchange *x, uint32_t slot, uint32_t lots) {
    return (int64_t)x->holds[slot].value_ticks * lots *
           x->instruments[x->pool.orders[slot].instrument].lot_tick.minor;
}

/* floor(deposit x lots / open), all of it with the last lot. */
static inline money share_of(money deposit, uint32_t lots, uint32_t open_lots) {
    if (lots == open_lots) return deposit;
    uint64_t product;
    if (!__builtin_mul_overflow((uint64_t)deposit.minor, (uint64_t)lots, &product)) {
        if (product <= UINT32_MAX) return (money){ (uint32_t)product / open_lots };     /* half the time */
        return (money){ (int64_t)(product / open_lots) };
    }
    return (money){ (int64_t)((uint128)(uint64_t)deposit.minor * lots / open_lots) };
}

/* The figures that are not the order's are the caller's. */
static inline void say_held(const struct exchange *x, uint32_t slot, const struct event_held *figures,
                            struct event_buffer *events) {
    const struct book_order *order = &x->pool.orders[slot];
    const struct order_hold *hold = &x->holds[slot];
    uint32_t payer = hold->account / CURRENCY_COUNT;
    *event_next(events) = (struct event){ .kind = EVENT_HELD, .instrument = order->instrument, .held = {
        .order_id = book_order_id(order, slot), .amount = hold->deposit, .value = figures->value,
        .free = x->accounts[hold->account].free, .participant = order_participant(x, slot),
        .principal = order->principal, .payer = payer, .ppm = figures->ppm,
        .currency = (uint8_t)(hold->account - payer * CURRENCY_COUNT), .deal_class = figures->deal_class,
        .by_floor = figures->by_floor } };
}

static inline void let_go(struct exchange *x, uint32_t slot, uint32_t open_lots) {
    struct account *account = &x->accounts[x->holds[slot].account];
    ledger_move(&account->held, &account->free, x->holds[slot].deposit);
    account->exposure.minor -= part_value(x, slot, open_lots);
}

void settle_enter(struct exchange *x, const struct incoming *in, const struct order_money *reckoned,
                  struct event_buffer *events) {
    if (!money_is_on(x)) return;
    struct account *account = &x->accounts[reckoned->account];
    x->holds[in->slot] = (struct order_hold){ .deposit = reckoned->required, .account = reckoned->account,
                                              .value_ticks = reckoned->value_ticks };
    ledger_move(&account->free, &account->held, reckoned->required);
    account->exposure.minor += reckoned->value.minor;
    *event_next(events) = (struct event){ .kind = EVENT_HELD, .instrument = in->instrument, .held = {
        .order_id = in->order_id, .amount = reckoned->required, .value = reckoned->value, .free = account->free,
        .participant = in->participant, .principal = in->principal, .payer = reckoned->payer, .ppm = reckoned->ppm,
        .currency = (uint8_t)(reckoned->account - reckoned->payer * CURRENCY_COUNT),
        .deal_class = reckoned->deal_class, .by_floor = reckoned->by_floor } };
}

void settle_hold(struct exchange *x, uint32_t slot, const struct order_money *reckoned, uint32_t open_lots_before,
                 struct event_buffer *events) {
    if (!money_is_on(x)) return;
    let_go(x, slot, open_lots_before);
    struct account *account = &x->accounts[reckoned->account];
    x->holds[slot] = (struct order_hold){ .deposit = reckoned->required, .account = reckoned->account,
                                          .value_ticks = reckoned->value_ticks };
    ledger_move(&account->free, &account->held, reckoned->required);
    account->exposure.minor += reckoned->value.minor;
    const struct event_held figures = { .value = reckoned->value, .ppm = reckoned->ppm,
                                        .deal_class = reckoned->deal_class, .by_floor = reckoned->by_floor };
    say_held(x, slot, &figures, events);
}

void settle_reduce(struct exchange *x, uint32_t slot, uint32_t lots, uint32_t open_lots_before,
                   struct event_buffer *events) {
    if (!money_is_on(x)) return;
    struct order_hold *hold = &x->holds[slot];
    struct account *account = &x->accounts[hold->account];
    money part = share_of(hold->deposit, lots, open_lots_before);
    ledger_move(&account->held, &account->free, part);
    hold->deposit.minor -= part.minor;
    account->exposure.minor -= part_value(x, slot, lots);
    const struct event_held figures = { .value.minor = part_value(x, slot, open_lots_before - lots) };
    say_held(x, slot, &figures, events);
}

void settle_release_held(struct exchange *x, uint32_t slot, uint32_t open_lots) {
    let_go(x, slot, open_lots);
    x->holds[slot].deposit.minor = 0;
}

/* ---- trades ---- */

/* A rate's share and an amount in BYN, both half up; 128 bits only where 64 do not do. */
static inline int64_t rate_share(int64_t minor, uint32_t ppm) {
    if (__builtin_expect(minor <= INT64_MAX / 2 / million, 1))
        return (int64_t)(((uint64_t)minor * ppm + million / 2) / million);
    return (int64_t)decimal_divide_half_up((uint128)(uint64_t)minor * ppm, million);
}

static inline int64_t to_byn(int64_t minor, int64_t byn_scaled) {
    uint64_t product;
    if (!__builtin_mul_overflow((uint64_t)minor, (uint64_t)byn_scaled, &product) && product <= UINT64_MAX - fx_scale)
        return (int64_t)((product + fx_scale / 2) / fx_scale);
    return (int64_t)decimal_divide_half_up((uint128)(uint64_t)minor * (uint64_t)byn_scaled, fx_scale);
}

/* FEE-2, FEE-3, FEE-5: flat fees go before rates, and a resident's share of the value is converted at the official
 * rate. */
static __attribute__((noinline)) void find_unlike_fees(const struct instrument_rules *rules, enum deal_class deal_class,
                                                       int64_t value_minor, money fees[2]) {
    const struct class_terms *terms = &rules->classes[deal_class];
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        fees[side].minor = rate_share(value_minor, terms->fee_ppm[side]);
        if (terms->converted_sides >> side & 1) fees[side].minor = to_byn(fees[side].minor, rules->byn_scaled);
        if (terms->flat_sides >> side & 1) fees[side] = rules->fee_flat[deal_class][side];
    }
}

/* Both fees. Mostly the rates of both sides are the same. */
static inline void find_fees(const struct instrument_rules *rules, enum deal_class deal_class, int64_t value_minor,
                             money fees[2]) {
    const struct class_terms *terms = &rules->classes[deal_class];
    if (__builtin_expect(terms->flat_sides | (terms->fee_ppm[SIDE_BUY] ^ terms->fee_ppm[SIDE_SELL]), 0)) {
        find_unlike_fees(rules, deal_class, value_minor, fees);
        return;
    }
    int64_t share = rate_share(value_minor, terms->fee_ppm[SIDE_BUY]), converted = share;
    if (terms->converted_sides != 0) converted = to_byn(share, rules->byn_scaled);
    fees[SIDE_BUY].minor = terms->converted_sides & 1 << SIDE_BUY ? converted : share;
    fees[SIDE_SELL].minor = terms->converted_sides & 1 << SIDE_SELL ? converted : share;
}

/* The fee is owed from now on, and stands at the end of the payer's list of unpaid fees. `account`: of the deposit; the
 * payer's accounts of other currencies lie beside it. */
static inline void charge(struct exchange *x, const struct settlement *settlement, struct account *account, money fee,
                          uint32_t currency, uint32_t entry) {
    if (fee.minor == 0) return;
    account += (int)currency - (int)settlement->currency;
    ledger_move(&account->receivable, &x->treasuries[currency].fee_income, fee);
    uint32_t tail = account->unpaid_tail;
    if (__builtin_expect(tail != 0, 1)) x->contracts[(tail / 2)].next_unpaid[tail % 2] = entry;
    else account->unpaid_head = entry;
    account->unpaid_tail = entry;
}

/* One side. DEP-4: the deposit's share moves to the contract. */
static inline money secure(struct order_hold *hold, struct account *account, int64_t value_minor, int64_t lot_tick,
                           uint32_t lots, uint32_t open_lots) {
    money part = share_of(hold->deposit, lots, open_lots);
    hold->deposit.minor -= part.minor;
    ledger_move(&account->held, &account->blocked, part);
    account->exposure.minor += value_minor - (int64_t)hold->value_ticks * lots * lot_tick;
    return part;
}

/* BRK-5, BRK-6: a broker entered an order of the trade. */
static __attribute__((noinline)) void write_agents(struct exchange *x, uint32_t trade_id, const struct incoming *in,
                                                   uint32_t maker_slot) {
    enum side side = incoming_side(in), other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    struct contract_agents *agents = &x->agents[trade_id];
    agents->participants[side] = in->participant;
    agents->participants[other] = order_participant(x, maker_slot);
    agents->payers[side] = x->holds[in->slot].account / CURRENCY_COUNT;
    agents->payers[other] = x->holds[maker_slot].account / CURRENCY_COUNT;
}

/* Both sides' figures are kept in locals until the contract is written, whole: what was just stored in parts is slow to
 * read back together. */
static inline __attribute__((always_inline)) void settle(struct exchange *x, const struct settlement *settlement,
                                                         enum side side, const struct incoming *in, uint32_t open_lots,
                                                         uint32_t maker_slot, uint32_t lots, enum deal_class deal_class,
                                                         struct event_buffer *events) {
    uint32_t trade_id = (uint32_t)x->trades_count + 1;
    const struct book_order *maker = &x->pool.orders[maker_slot];
    const struct class_terms *terms = &settlement->rules->classes[deal_class];
    struct order_hold *maker_hold = &x->holds[maker_slot];
    struct account *own = settlement->account, *its = &x->accounts[maker_hold->account];
    int64_t lot_tick = settlement->lot_tick, value_minor = (int64_t)maker->price_ticks * lots * lot_tick;
    money own_part = secure(settlement->hold, own, value_minor, lot_tick, lots, open_lots);
    money its_part = secure(maker_hold, its, value_minor, lot_tick, lots, book_order_open(maker));
    money bought = side == SIDE_BUY ? own_part : its_part, sold = side == SIDE_BUY ? its_part : own_part;
    money fees[2];
    find_fees(settlement->rules, deal_class, value_minor, fees);
    uint32_t buyer_currency = terms->fee_currencies[SIDE_BUY], seller_currency = terms->fee_currencies[SIDE_SELL];
    int has_agents = (in->book_flags | maker->flags) & BOOK_FOR_CLIENT;
    struct contract *contract = &x->contracts[trade_id];
    __builtin_prefetch(contract + 16, 1);       /* trades to come will write there */
    *contract = (struct contract){
        .blocked = { bought, sold }, .fees = { fees[SIDE_BUY], fees[SIDE_SELL] },
        .principals = { side == SIDE_BUY ? in->principal : maker->principal,
                        side == SIDE_BUY ? maker->principal : in->principal },
        .price.ticks = maker->price_ticks, .quantity.lots = lots, .fee_due_date = x->fee_due_date,
        .instrument = (uint16_t)in->instrument, .fee_currencies = (uint8_t)(buyer_currency | seller_currency << 4),
        .flags = has_agents ? CONTRACT_HAS_AGENTS : 0 };
    if (__builtin_expect(has_agents, 0)) write_agents(x, trade_id, in, maker_slot);
    charge(x, settlement, side == SIDE_BUY ? own : its, fees[SIDE_BUY], buyer_currency, 2 * trade_id + SIDE_BUY);
    charge(x, settlement, side == SIDE_BUY ? its : own, fees[SIDE_SELL], seller_currency, 2 * trade_id + SIDE_SELL);
    *event_next(events) = (struct event){ .kind = EVENT_CONTRACT, .instrument = in->instrument, .contract = {
        .trade_id = trade_id, .fees = { fees[SIDE_BUY], fees[SIDE_SELL] }, .blocked = { bought, sold },
        .fee_due_date = x->fee_due_date, .fee_currencies = { (uint8_t)buyer_currency, (uint8_t)seller_currency },
        .basis = terms->basis } };
}

void settle_bought(struct exchange *x, const struct settlement *settlement, const struct incoming *in,
                   uint32_t open_lots, uint32_t maker_slot, uint32_t lots, enum deal_class deal_class,
                   struct event_buffer *events) {
    settle(x, settlement, SIDE_BUY, in, open_lots, maker_slot, lots, deal_class, events);
}

void settle_sold(struct exchange *x, const struct settlement *settlement, const struct incoming *in, uint32_t open_lots,
                 uint32_t maker_slot, uint32_t lots, enum deal_class deal_class, struct event_buffer *events) {
    settle(x, settlement, SIDE_SELL, in, open_lots, maker_slot, lots, deal_class, events);
}
