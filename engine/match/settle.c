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
    if (!__builtin_mul_overflow((uint64_t)deposit.minor, (uint64_t)lots, &product))
        return (money){ (int64_t)(product / open_lots) };
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

/* FEE-2, FEE-3, FEE-5: the fee of one side, `share` being the rate's share of the value; a resident's is converted to
 * BYN at the official rate. */
static inline money fee_of(const struct exchange *x, const struct contract *contract,
                           const struct instrument_rules *rules, enum side side, uint64_t share, uint8_t *currency) {
    money flat = rules->fee_flat[contract->deal_class][side];
    if (__builtin_expect(flat.minor > 0, 0)) {
        *currency = rules->fee_flat_currency[contract->deal_class][side];
        return flat;
    }
    *currency = contract->currency;
    if (contract->currency != CURRENCY_BYN && rules->byn_scaled > 0 &&
        x->participants[contract->principals[side]].resident) {
        *currency = CURRENCY_BYN;
        share = to_byn(share, (uint64_t)rules->byn_scaled);
    }
    return (money){ (int64_t)share };
}

/* The fee is owed from now on, and stands at the end of the payer's list of unpaid fees. `account`: of the deposit. */
static inline void charge(struct exchange *x, struct contract *contract, uint32_t trade_id, enum side side, money fee,
                          uint8_t currency, struct account *account) {
    contract->fees[side] = contract->unpaid[side] = fee;
    contract->fee_currencies[side] = currency;
    if (fee.minor == 0) return;
    if (currency != contract->currency) account = account_of(x, contract->payers[side], currency);
    ledger_move(&account->receivable, &x->treasuries[currency].fee_income, fee);
    uint32_t entry = 2 * trade_id + side, tail = account->unpaid_tail;
    if (tail != 0) x->contracts[tail / 2].next_unpaid[tail % 2] = entry;
    else account->unpaid_head = entry;
    account->unpaid_tail = entry;
}

/* Both fees. The rates of both sides are mostly the same. */
static inline void charge_both(struct exchange *x, struct contract *contract, uint32_t trade_id, struct account *buyer,
                               struct account *seller) {
    const struct instrument_rules *rules = &x->rules_today[contract->instrument];
    const uint32_t *ppm = rules->fee_ppm[contract->deal_class];
    uint64_t value = (uint64_t)contract->value.minor, share = rate_share(value, ppm[SIDE_BUY]);
    uint8_t currency;
    money fee = fee_of(x, contract, rules, SIDE_BUY, share, &currency);
    charge(x, contract, trade_id, SIDE_BUY, fee, currency, buyer);
    if (__builtin_expect(ppm[SIDE_SELL] != ppm[SIDE_BUY], 0)) share = rate_share(value, ppm[SIDE_SELL]);
    fee = fee_of(x, contract, rules, SIDE_SELL, share, &currency);
    charge(x, contract, trade_id, SIDE_SELL, fee, currency, seller);
}

/* One side of a contract in the making. DEP-4: the deposit's share moves to the contract. */
static inline struct account *secure(struct exchange *x, struct contract *contract, enum side side, uint32_t slot,
                                     uint32_t open_lots, int64_t lot_tick) {
    struct order_hold *hold = &x->holds[slot];
    struct account *account = &x->accounts[hold->account];
    uint32_t lots = contract->quantity.lots;
    money part = share_of(hold->deposit, lots, open_lots);
    ledger_move(&account->held, &account->blocked, part);
    hold->deposit.minor -= part.minor;
    account->exposure.minor += contract->value.minor - (int64_t)hold->value_ticks * lots * lot_tick;
    contract->blocked[side] = part;
    contract->payers[side] = hold->account / CURRENCY_COUNT;
    return account;
}

static inline uint8_t basis_of(const struct exchange *x, uint32_t instrument, enum deal_class deal_class) {
    if (x->instruments[instrument].bases_count == 0) return RULE_ANY;
    return deal_class == DEAL_TRANSIT ? x->rules_today[instrument].transit_basis : 0;
}

void settle_trade(struct exchange *x, const struct incoming *in, uint32_t open_lots, uint32_t maker_slot, uint32_t lots,
                  enum deal_class deal_class, struct event_buffer *events) {
    uint32_t trade_id = (uint32_t)x->trades_count + 1;
    CHECK(trade_id <= x->limits.contracts_max);
    const struct instrument *instrument = &x->instruments[in->instrument];
    const struct book_order *maker = &x->pool.orders[maker_slot];
    int64_t lot_tick = instrument->lot_tick.minor;
    enum side side = incoming_side(in), other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    struct contract *contract = &x->contracts[trade_id];
    /* Trades to come will write there. */
    __builtin_prefetch(contract + 8, 1);
    __builtin_prefetch((const char *)(contract + 8) + 64, 1);
    *contract = (struct contract){
        .instrument = in->instrument, .price.ticks = maker->price_ticks, .quantity.lots = lots,
        .value.minor = (int64_t)maker->price_ticks * lots * lot_tick, .trade_date = x->trade_date,
        .fee_due_date = x->fee_due_date, .currency = instrument->currency, .state = CONTRACT_STATE_DEAL,
        .deal_class = (uint8_t)deal_class, .basis = basis_of(x, in->instrument, deal_class) };
    contract->participants[side] = in->participant;
    contract->principals[side] = in->principal;
    contract->participants[other] = order_participant(x, maker_slot);
    contract->principals[other] = maker->principal;
    struct account *own = secure(x, contract, side, in->slot, open_lots, lot_tick);
    struct account *its = secure(x, contract, other, maker_slot, book_order_open(maker), lot_tick);
    charge_both(x, contract, trade_id, side == SIDE_BUY ? own : its, side == SIDE_BUY ? its : own);
    *event_next(events) = (struct event){ .kind = EVENT_CONTRACT, .instrument = in->instrument, .contract = {
        .trade_id = trade_id, .fees = { contract->fees[0], contract->fees[1] },
        .blocked = { contract->blocked[0], contract->blocked[1] }, .fee_due_date = contract->fee_due_date,
        .fee_currencies = { contract->fee_currencies[0], contract->fee_currencies[1] }, .basis = contract->basis } };
}
