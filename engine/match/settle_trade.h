/* settle_trade.h - the money of one trade, written into the walk itself: every trade comes through here, and a call with
 * all that it needs would cost a fifth of it. DEP-4, FEE-1 to 5.
 *
 * Each side's deposit gives the trade its share, which stays blocked behind the contract; both fees are charged; the
 * contract is written and said. What is rare (flat fees, unlike rates, brokers) is called: settle.c. */
#ifndef BIRZHA_SETTLE_TRADE_H
#define BIRZHA_SETTLE_TRADE_H

#include "engine/match/settle.h"
#include "instruments/decimal.h"

enum { settle_million = 1000000, settle_fx_scale = 10000 };

/* Fees that no rate gives, or two. */
void settle_unlike_fees(const struct instrument_rules *rules, enum deal_class deal_class, int64_t value_minor,
                        money fees[2]);
void settle_write_agents(struct exchange *x, uint32_t trade_id, const struct incoming *in, uint32_t maker_slot);

/* What the trades of one walk have in common. */
struct settlement {
    const struct instrument_rules *rules;
    struct order_hold *hold;    /* of the incoming order */
    struct account *account;    /* that its hold lies on */
    int64_t lot_tick;
    uint32_t currency;          /* of the instrument and its deposits */
};

static inline struct settlement settle_begin(const struct exchange *x, const struct incoming *in) {
    const struct instrument *instrument = &x->instruments[in->instrument];
    struct order_hold *hold = &x->holds[in->slot];
    return (struct settlement){ .rules = &x->rules_today[in->instrument], .hold = hold,
                                .account = &x->accounts[hold->account], .lot_tick = instrument->lot_tick.minor,
                                .currency = instrument->currency };
}

/* floor(deposit x lots / open), all of it with the last lot. */
static inline money settle_share(money deposit, uint32_t lots, uint32_t open_lots) {
    if (lots == open_lots) return deposit;
    uint64_t product;
    if (!__builtin_mul_overflow((uint64_t)deposit.minor, (uint64_t)lots, &product)) {
        if (product <= UINT32_MAX) return (money){ (uint32_t)product / open_lots };     /* half the time */
        return (money){ (int64_t)(product / open_lots) };
    }
    return (money){ (int64_t)((uint128)(uint64_t)deposit.minor * lots / open_lots) };
}

/* A rate's share and an amount in BYN, both half up; 128 bits only where 64 do not do. */
static inline int64_t settle_rate_share(int64_t minor, uint32_t ppm) {
    if (__builtin_expect(minor <= INT64_MAX / 2 / settle_million, 1))
        return (int64_t)(((uint64_t)minor * ppm + settle_million / 2) / settle_million);
    return (int64_t)decimal_divide_half_up((uint128)(uint64_t)minor * ppm, settle_million);
}

static inline int64_t settle_to_byn(int64_t minor, int64_t byn_scaled) {
    uint64_t product;
    if (!__builtin_mul_overflow((uint64_t)minor, (uint64_t)byn_scaled, &product) && product <= UINT64_MAX - settle_fx_scale)
        return (int64_t)((product + settle_fx_scale / 2) / settle_fx_scale);
    return (int64_t)decimal_divide_half_up((uint128)(uint64_t)minor * (uint64_t)byn_scaled, settle_fx_scale);
}

/* Both fees. Mostly the rates of both sides are the same. */
static inline void settle_fees(const struct instrument_rules *rules, enum deal_class deal_class, int64_t value_minor,
                             money fees[2]) {
    const struct class_terms *terms = &rules->classes[deal_class];
    if (__builtin_expect(terms->flat_sides | (terms->fee_ppm[SIDE_BUY] ^ terms->fee_ppm[SIDE_SELL]), 0)) {
        settle_unlike_fees(rules, deal_class, value_minor, fees);
        return;
    }
    int64_t share = settle_rate_share(value_minor, terms->fee_ppm[SIDE_BUY]), converted = share;
    if (terms->converted_sides != 0) converted = settle_to_byn(share, rules->byn_scaled);
    fees[SIDE_BUY].minor = terms->converted_sides & 1 << SIDE_BUY ? converted : share;
    fees[SIDE_SELL].minor = terms->converted_sides & 1 << SIDE_SELL ? converted : share;
}

/* The fee is owed from now on, and stands at the end of the payer's list of unpaid fees. `account`: of the deposit; the
 * payer's accounts of other currencies lie beside it. */
static inline void settle_charge(struct exchange *x, const struct settlement *settlement, struct account *account, money fee,
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
static inline money settle_secure(struct order_hold *hold, struct account *account, int64_t value_minor, int64_t lot_tick,
                           uint32_t lots, uint32_t open_lots) {
    money part = settle_share(hold->deposit, lots, open_lots);
    hold->deposit.minor -= part.minor;
    ledger_move(&account->held, &account->blocked, part);
    account->exposure.minor += value_minor - (int64_t)hold->value_ticks * lots * lot_tick;
    return part;
}

/* Both sides' figures are kept in locals until the contract is written, whole: what was just stored in parts is slow to
 * read back together. */
static inline __attribute__((always_inline)) void settle_trade(struct exchange *x, const struct settlement *settlement,
                                                               enum side side, const struct incoming *in, uint32_t open_lots,
                                                         uint32_t maker_slot, uint32_t lots, enum deal_class deal_class,
                                                         struct event_buffer *events) {
    uint32_t trade_id = (uint32_t)x->trades_count + 1;
    const struct book_order *maker = &x->pool.orders[maker_slot];
    const struct class_terms *terms = &settlement->rules->classes[deal_class];
    struct order_hold *maker_hold = &x->holds[maker_slot];
    struct account *own = settlement->account, *its = &x->accounts[maker_hold->account];
    int64_t lot_tick = settlement->lot_tick, value_minor = (int64_t)maker->price_ticks * lots * lot_tick;
    money own_part = settle_secure(settlement->hold, own, value_minor, lot_tick, lots, open_lots);
    money its_part = settle_secure(maker_hold, its, value_minor, lot_tick, lots, book_order_open(maker));
    money bought = side == SIDE_BUY ? own_part : its_part, sold = side == SIDE_BUY ? its_part : own_part;
    money fees[2];
    settle_fees(settlement->rules, deal_class, value_minor, fees);
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
    if (__builtin_expect(has_agents, 0)) settle_write_agents(x, trade_id, in, maker_slot);
    settle_charge(x, settlement, side == SIDE_BUY ? own : its, fees[SIDE_BUY], buyer_currency, 2 * trade_id + SIDE_BUY);
    settle_charge(x, settlement, side == SIDE_BUY ? its : own, fees[SIDE_SELL], seller_currency, 2 * trade_id + SIDE_SELL);
    *event_next(events) = (struct event){ .kind = EVENT_CONTRACT, .instrument = in->instrument, .contract = {
        .trade_id = trade_id, .fees = { fees[SIDE_BUY], fees[SIDE_SELL] }, .blocked = { bought, sold },
        .fee_due_date = x->fee_due_date, .fee_currencies = { (uint8_t)buyer_currency, (uint8_t)seller_currency },
        .basis = terms->basis } };
}

#endif
