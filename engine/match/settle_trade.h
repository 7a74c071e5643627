/* settle_trade.h - the money of one trade, written into the walk itself: every trade comes through here, and a call
 * with all that it needs would cost a fifth of it. DEP-4, FEE-1 to 5.
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
};

static inline struct settlement settle_begin(const struct exchange *x, const struct incoming *in) {
    struct order_hold *hold = &x->holds[in->slot];
    return (struct settlement){ .rules = &x->rules_today[in->instrument], .hold = hold,
                                .account = &x->accounts[hold->account],
                                .lot_tick = x->instruments[in->instrument].lot_tick.minor };
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
    if (!__builtin_mul_overflow((uint64_t)minor, (uint64_t)byn_scaled, &product) &&
        product <= UINT64_MAX - settle_fx_scale)
        return (int64_t)((product + settle_fx_scale / 2) / settle_fx_scale);
    return (int64_t)decimal_divide_half_up((uint128)(uint64_t)minor * (uint64_t)byn_scaled, settle_fx_scale);
}

/* Both fees. Mostly the rates of both sides are the same. */
struct fees { money bought, sold; };

static inline struct fees settle_fees(const struct instrument_rules *rules, const struct class_terms *terms,
                                      enum deal_class deal_class, int64_t value_minor) {
    if (__builtin_expect(terms->is_unlike, 0)) {
        money unlike[2];
        settle_unlike_fees(rules, deal_class, value_minor, unlike);
        return (struct fees){ unlike[SIDE_BUY], unlike[SIDE_SELL] };
    }
    const money share = { settle_rate_share(value_minor, terms->fee_ppm[SIDE_BUY]) };
    if (terms->converted_sides == 0) return (struct fees){ share, share };
    const money converted = { settle_to_byn(share.minor, rules->byn_scaled) };
    return (struct fees){ terms->converted_sides >> SIDE_BUY & 1 ? converted : share,
                          terms->converted_sides >> SIDE_SELL & 1 ? converted : share };
}

/* The fee is owed from now on, and stands at the end of the account's list of unpaid fees. */
static inline void settle_charge(struct exchange *x, struct account *account, money *income, money fee,
                                 uint32_t entry) {
    if (fee.minor == 0) return;
    ledger_move(&account->receivable, income, fee);
    uint32_t tail = account->unpaid_tail;
    account->unpaid_tail = entry;
    if (__builtin_expect(tail != 0, 1)) x->contracts[tail / 2].next_unpaid[tail % 2] = entry;
    else account->unpaid_head = entry;
}

/* One side. DEP-4: the deposit's share moves to the contract; in the exposure the order's price gives way to the
 * trade's. `unit` is the value of all lots at a price of one tick. */
static inline money settle_secure(struct order_hold *hold, struct account *account, uint32_t ticks, int64_t unit,
                                  uint32_t lots, uint32_t open_lots) {
    money part = settle_share(hold->deposit, lots, open_lots);
    hold->deposit.minor -= part.minor;
    ledger_move(&account->held, &account->blocked, part);
    if (hold->value_ticks != ticks) account->exposure.minor += ((int64_t)ticks - (int64_t)hold->value_ticks) * unit;
    return part;
}

/* What a trade is about, read once. */
struct trade_terms {
    uint32_t maker_slot, maker_principal;
    uint32_t ticks, lots;
    uint32_t taker_open_lots, maker_open_lots;      /* before it */
    enum deal_class deal_class;
    int has_agents;             /* a broker entered one of the orders */
};

/* Figures go where they belong as soon as they are known: a walk has more of them under way than there are
 * registers, and each that has to wait is written and read once more. The trade is not counted yet. */
static inline __attribute__((always_inline)) void settle_trade(struct exchange *x, const struct settlement *settlement,
                                                               enum side side, const struct incoming *in,
                                                               const struct trade_terms *trade, struct event *event) {
    const enum side other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    const uint32_t trade_id = (uint32_t)x->trades_count + 1;
    const int64_t unit = settlement->lot_tick * trade->lots;
    struct contract *contract = &x->contracts[trade_id];
    __builtin_prefetch(contract + 16, 1);       /* trades to come will write there */
    *event = (struct event){ .kind = EVENT_CONTRACT, .instrument = in->instrument,
                             .contract = { .trade_id = trade_id, .fee_due_date = x->fee_due_date } };
    contract->price.ticks = trade->ticks;
    contract->quantity.lots = trade->lots;
    contract->fee_due_date = x->fee_due_date;
    contract->instrument = (uint16_t)in->instrument;
    contract->next_unpaid[0] = contract->next_unpaid[1] = 0;
    contract->principals[side] = in->principal;
    contract->principals[other] = trade->maker_principal;
    contract->flags = trade->has_agents ? CONTRACT_HAS_AGENTS : 0;

    struct account *own = settlement->account;
    money part = settle_secure(settlement->hold, own, trade->ticks, unit, trade->lots, trade->taker_open_lots);
    contract->blocked[side] = event->contract.blocked[side] = part;
    struct order_hold *maker_hold = &x->holds[trade->maker_slot];
    struct account *its = &x->accounts[maker_hold->account];
    part = settle_secure(maker_hold, its, trade->ticks, unit, trade->lots, trade->maker_open_lots);
    contract->blocked[other] = event->contract.blocked[other] = part;

    const struct class_terms *terms = &settlement->rules->classes[trade->deal_class];
    const struct fees fees = settle_fees(settlement->rules, terms, trade->deal_class, trade->ticks * unit);
    const uint8_t currencies[2] = { terms->currencies & 15, terms->currencies >> 4 };
    contract->fees[SIDE_BUY] = event->contract.fees[SIDE_BUY] = fees.bought;
    contract->fees[SIDE_SELL] = event->contract.fees[SIDE_SELL] = fees.sold;
    contract->fee_currencies = terms->currencies;
    event->contract.fee_currencies[SIDE_BUY] = currencies[SIDE_BUY];
    event->contract.fee_currencies[SIDE_SELL] = currencies[SIDE_SELL];
    event->contract.basis = terms->basis;
    struct account *buyer = side == SIDE_BUY ? own : its, *seller = side == SIDE_BUY ? its : own;
    settle_charge(x, buyer + terms->fee_accounts[SIDE_BUY], &x->treasuries[currencies[SIDE_BUY]].fee_income,
                  fees.bought, 2 * trade_id + SIDE_BUY);
    settle_charge(x, seller + terms->fee_accounts[SIDE_SELL], &x->treasuries[currencies[SIDE_SELL]].fee_income,
                  fees.sold, 2 * trade_id + SIDE_SELL);
    if (__builtin_expect(trade->has_agents, 0)) settle_write_agents(x, trade_id, in, trade->maker_slot);
}

#endif
