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
static inline uint64_t rate_share(uint64_t minor, uint32_t ppm) {
    uint64_t product;
    if (!__builtin_mul_overflow(minor, (uint64_t)ppm, &product) && product <= UINT64_MAX - million)
        return (product + million / 2) / million;
    return decimal_divide_half_up((uint128)minor * ppm, million);
}

static inline uint64_t to_byn(uint64_t minor, uint64_t byn_scaled) {
    uint64_t product;
    if (!__builtin_mul_overflow(minor, byn_scaled, &product) && product <= UINT64_MAX - fx_scale)
        return (product + fx_scale / 2) / fx_scale;
    return decimal_divide_half_up((uint128)minor * byn_scaled, fx_scale);
}

/* A contract in the making: what both sides' clearing needs of it. */
struct clearing {
    const struct instrument_rules *rules;
    uint32_t principals[2];
    uint32_t trade_id, lots;
    int64_t value_minor, lot_tick;
    enum deal_class deal_class;
    uint8_t currency;           /* of value and deposits */
};

/* FEE-2, FEE-3, FEE-5: the fee of one side, `share` being the rate's share of the value; a resident's is converted to
 * BYN at the official rate. */
static inline money fee_of(const struct exchange *x, const struct clearing *clearing, enum side side, uint64_t share,
                           uint8_t *currency) {
    const struct instrument_rules *rules = clearing->rules;
    money flat = rules->fee_flat[clearing->deal_class][side];
    if (__builtin_expect(flat.minor > 0, 0)) {
        *currency = rules->fee_flat_currency[clearing->deal_class][side];
        return flat;
    }
    *currency = clearing->currency;
    if (clearing->currency != CURRENCY_BYN && rules->byn_scaled > 0 &&
        x->participants[clearing->principals[side]].resident) {
        *currency = CURRENCY_BYN;
        share = to_byn(share, (uint64_t)rules->byn_scaled);
    }
    return (money){ (int64_t)share };
}

/* The fee is owed from now on, and stands at the end of the payer's list of unpaid fees. `account`: of the deposit; the
 * payer's accounts of other currencies lie beside it. */
static inline void charge(struct exchange *x, const struct clearing *clearing, enum side side, money fee,
                          uint8_t currency, struct account *account) {
    if (fee.minor == 0) return;
    account += (int)currency - (int)clearing->currency;
    ledger_move(&account->receivable, &x->treasuries[currency].fee_income, fee);
    uint32_t entry = 2 * clearing->trade_id + side, tail = account->unpaid_tail;
    if (tail != 0) x->contracts[tail / 2].next_unpaid[tail % 2] = entry;
    else account->unpaid_head = entry;
    account->unpaid_tail = entry;
}

/* Both fees. The rates of both sides are mostly the same. */
static inline void find_fees(const struct exchange *x, const struct clearing *clearing, money fees[2],
                             uint8_t currencies[2]) {
    const uint32_t *ppm = clearing->rules->fee_ppm[clearing->deal_class];
    uint64_t value = (uint64_t)clearing->value_minor, share = rate_share(value, ppm[SIDE_BUY]);
    fees[SIDE_BUY] = fee_of(x, clearing, SIDE_BUY, share, &currencies[SIDE_BUY]);
    if (__builtin_expect(ppm[SIDE_SELL] != ppm[SIDE_BUY], 0)) share = rate_share(value, ppm[SIDE_SELL]);
    fees[SIDE_SELL] = fee_of(x, clearing, SIDE_SELL, share, &currencies[SIDE_SELL]);
}

/* One side. DEP-4: the deposit's share moves to the contract. */
static inline struct account *secure(struct exchange *x, const struct clearing *clearing, uint32_t slot,
                                     uint32_t open_lots, money *blocked) {
    struct order_hold *hold = &x->holds[slot];
    struct account *account = &x->accounts[hold->account];
    money part = share_of(hold->deposit, clearing->lots, open_lots);
    ledger_move(&account->held, &account->blocked, part);
    hold->deposit.minor -= part.minor;
    account->exposure.minor += clearing->value_minor -
                               (int64_t)hold->value_ticks * clearing->lots * clearing->lot_tick;
    *blocked = part;
    return account;
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

static inline uint8_t basis_of(const struct exchange *x, uint32_t instrument, enum deal_class deal_class) {
    if (x->instruments[instrument].bases_count == 0) return RULE_ANY;
    return deal_class == DEAL_TRANSIT ? x->rules_today[instrument].transit_basis : 0;
}

/* Both sides' figures are kept in locals until the contract is written, whole: what was just stored in parts is slow to
 * read back together. */
void settle_trade(struct exchange *x, const struct incoming *in, uint32_t open_lots, uint32_t maker_slot, uint32_t lots,
                  enum deal_class deal_class, struct event_buffer *events) {
    uint32_t trade_id = (uint32_t)x->trades_count + 1;
    CHECK(trade_id <= x->limits.contracts_max);
    const struct book_order *maker = &x->pool.orders[maker_slot];
    int has_agents = (in->book_flags | maker->flags) & BOOK_FOR_CLIENT;
    int buys = incoming_side(in) == SIDE_BUY;
    int64_t lot_tick = x->instruments[in->instrument].lot_tick.minor;
    const struct clearing clearing = {
        .rules = &x->rules_today[in->instrument], .trade_id = trade_id, .lots = lots,
        .principals = { buys ? in->principal : maker->principal, buys ? maker->principal : in->principal },
        .value_minor = (int64_t)maker->price_ticks * lots * lot_tick, .lot_tick = lot_tick, .deal_class = deal_class,
        .currency = x->instruments[in->instrument].currency };
    money own_part, its_part, fees[2];
    uint8_t currencies[2];
    struct account *own = secure(x, &clearing, in->slot, open_lots, &own_part);
    struct account *its = secure(x, &clearing, maker_slot, book_order_open(maker), &its_part);
    money bought = buys ? own_part : its_part, sold = buys ? its_part : own_part;
    find_fees(x, &clearing, fees, currencies);
    struct contract *contract = &x->contracts[trade_id];
    __builtin_prefetch(contract + 16, 1);       /* trades to come will write there */
    *contract = (struct contract){
        .blocked = { bought, sold }, .fees = { fees[0], fees[1] },
        .principals = { clearing.principals[0], clearing.principals[1] },
        .price.ticks = maker->price_ticks, .quantity.lots = lots, .fee_due_date = x->fee_due_date,
        .instrument = (uint16_t)in->instrument, .fee_currencies = (uint8_t)(currencies[0] | currencies[1] << 4),
        .flags = has_agents ? CONTRACT_HAS_AGENTS : 0 };
    if (__builtin_expect(has_agents, 0)) write_agents(x, trade_id, in, maker_slot);
    charge(x, &clearing, SIDE_BUY, fees[SIDE_BUY], currencies[SIDE_BUY], buys ? own : its);
    charge(x, &clearing, SIDE_SELL, fees[SIDE_SELL], currencies[SIDE_SELL], buys ? its : own);
    *event_next(events) = (struct event){ .kind = EVENT_CONTRACT, .instrument = in->instrument, .contract = {
        .trade_id = trade_id, .fees = { fees[0], fees[1] }, .blocked = { bought, sold },
        .fee_due_date = x->fee_due_date, .fee_currencies = { currencies[0], currencies[1] },
        .basis = basis_of(x, in->instrument, deal_class) } };
}
