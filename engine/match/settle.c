/* settle.c - deposits follow orders, contracts follow trades. */
#include "engine/match/settle.h"

#include <string.h>

#include "engine/rules/tables.h"
#include "instruments/decimal.h"

enum { million = 1000000, fx_scale = 10000 };

static __attribute__((noinline)) money share_of_much(money deposit, uint32_t lots, uint32_t open_lots) {
    return (money){ (int64_t)((uint128)(uint64_t)deposit.minor * lots / open_lots) };
}

/* floor(deposit x lots / open): all of it when nothing stays open. Whether that is so is not asked: it cannot be
 * predicted, and a division costs less than a wrong guess. */
static inline money share_of(money deposit, uint32_t lots, uint32_t open_lots) {
    if (__builtin_expect(deposit.minor > UINT32_MAX, 0)) return share_of_much(deposit, lots, open_lots);
    return (money){ (int64_t)((uint64_t)deposit.minor * lots / open_lots) };
}

static int64_t part_value(const struct exchange *x, uint32_t slot, uint32_t lots) {
    return (int64_t)x->details[slot].hold.value_ticks * lots *
           x->instruments[x->pool.orders[slot].instrument].lot_tick.minor;
}

/* The figures that are not the order's are the caller's. */
static inline void say_held(const struct exchange *x, uint32_t slot, const struct event_held *figures,
                            struct event_buffer *events) {
    const struct book_order *order = &x->pool.orders[slot];
    const struct order_hold *hold = &x->details[slot].hold;
    uint32_t payer = hold->account / CURRENCY_COUNT;
    *event_next(events) = (struct event){ .kind = EVENT_HELD, .instrument = order->instrument, .held = {
        .order_id = book_order_id(order, slot), .amount = hold->deposit, .value = figures->value,
        .free = x->accounts[hold->account].free, .participant = order_participant(x, slot),
        .principal = order->principal, .payer = payer, .ppm = figures->ppm,
        .currency = (uint8_t)(hold->account - payer * CURRENCY_COUNT), .deal_class = figures->deal_class,
        .by_floor = figures->by_floor } };
}

static inline void let_go(struct exchange *x, uint32_t slot, uint32_t open_lots) {
    struct account *account = &x->accounts[x->details[slot].hold.account];
    ledger_move(&account->held, &account->free, x->details[slot].hold.deposit);
    account->exposure.minor -= part_value(x, slot, open_lots);
}

void settle_enter(struct exchange *x, const struct incoming *in, const struct order_money *reckoned,
                  struct event_buffer *events) {
    if (!money_is_on(x)) return;
    struct account *account = &x->accounts[reckoned->account];
    x->details[in->slot].hold = (struct order_hold){ .deposit = reckoned->required, .account = reckoned->account,
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
    x->details[slot].hold = (struct order_hold){ .deposit = reckoned->required, .account = reckoned->account,
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
    struct order_hold *hold = &x->details[slot].hold;
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
    x->details[slot].hold.deposit.minor = 0;
}

/* ---- trades ---- */

/* The value of which a rate's share can be reckoned in 64 bits. */
static const int64_t value_minor_fast = INT64_MAX / 2 / million;

/* A rate's share and an amount in BYN, both half up; 128 bits only where 64 do not do. */
static inline int64_t rate_share(int64_t minor, uint32_t ppm) {
    if (minor <= value_minor_fast) return (int64_t)(((uint64_t)minor * ppm + million / 2) / million);
    return (int64_t)decimal_divide_half_up((uint128)(uint64_t)minor * ppm, million);
}

static inline int64_t to_byn(int64_t minor, int64_t byn_scaled) {
    uint64_t product;
    if (!__builtin_mul_overflow((uint64_t)minor, (uint64_t)byn_scaled, &product) &&
        product <= UINT64_MAX - fx_scale)
        return (int64_t)((product + fx_scale / 2) / fx_scale);
    return (int64_t)decimal_divide_half_up((uint128)(uint64_t)minor * (uint64_t)byn_scaled, fx_scale);
}

struct fees { money sides[2]; };

/* FEE-2, FEE-3, FEE-5: flat fees go before rates, and a resident's share of the value is converted at the official
 * rate. */
static __attribute__((noinline)) struct fees unlike_fees(const struct instrument_rules *rules,
                                                         enum deal_class deal_class, int64_t value_minor) {
    struct fees fees;
    const uint8_t converted_sides = rules->classes[deal_class].converted_sides;
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        int64_t minor = rate_share(value_minor, rules->fee_ppm[deal_class][side]);
        if (converted_sides >> side & 1) minor = to_byn(minor, rules->byn_scaled);
        fees.sides[side] = rules->fee_flat[deal_class][side].minor > 0 ? rules->fee_flat[deal_class][side]
                                                                       : (money){ minor };
    }
    return fees;
}

/* Both fees. Mostly they are the same share of the value. */
static inline struct fees fees_of(const struct instrument_rules *rules, const struct class_terms *terms,
                                  enum deal_class deal_class, int64_t value_minor) {
    if (__builtin_expect(terms->is_unlike || value_minor > value_minor_fast, 0))
        return unlike_fees(rules, deal_class, value_minor);
    const money share = { rate_share(value_minor, terms->fee_ppm) };
    return (struct fees){ { share, share } };
}

/* The fee is owed from now on, on the payer's account in the fee's currency; settle_list_fees puts it into that
 * account's list. */
static inline void charge(struct exchange *x, struct account *account, const struct class_terms *terms, enum side side,
                          money fee) {
    struct account *owes = (struct account *)(void *)((char *)account + terms->fee_accounts[side]);
    ledger_move(&owes->receivable, &x->fee_incomes[terms->event.fee_currencies[side]], fee);
}

/* BRK-5, BRK-6: a broker may have entered an order of the trade, for a client. */
static void write_agents(struct exchange *x, enum side side, const struct incoming *in,
                         const struct event_trade *trade, struct contract *contract) {
    enum side other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    const uint32_t maker_slot = (uint32_t)trade->maker_order_id;
    contract->principals[other] = x->pool.orders[maker_slot].principal;
    if (in->principal == in->participant && contract->principals[other] == trade->maker_participant) return;
    contract->flags |= CONTRACT_HAS_AGENTS;
    struct contract_agents *agents = &x->agents[trade->trade_id];
    agents->participants[side] = in->participant;
    agents->participants[other] = trade->maker_participant;
    agents->payers[side] = x->details[in->slot].hold.account / CURRENCY_COUNT;
    agents->payers[other] = x->details[maker_slot].hold.account / CURRENCY_COUNT;
}

/* The resting order's side. DEP-4: the deposit's share moves to the contract; in the exposure the order's price gives
 * way to the trade's. `unit` is the value of all lots at a price of one tick. An order that is used up keeps the figure
 * in its hold: nobody reads it again. */
static inline money secure(struct order_hold *hold, struct account *account, const struct event_trade *trade,
                           int64_t unit) {
    uint32_t ticks = trade->price.ticks;
    money part = hold->deposit;
    if (trade->maker_leaves.lots > 0) {
        part = share_of(part, trade->quantity.lots, trade->maker_leaves.lots + trade->quantity.lots);
        hold->deposit.minor -= part.minor;
    }
    ledger_move(&account->held, &account->blocked, part);
    if (hold->value_ticks != ticks) account->exposure.minor += ((int64_t)ticks - (int64_t)hold->value_ticks) * unit;
    return part;
}

/* What a contract says that does not come of money. What lies side by side in both records is copied as one word, and
 * those of the contract go past the caches: it is not read before its fees are due, or somebody asks. */
static inline void write_terms(uint32_t principal, enum side side, const struct event_trade *trade,
                               const struct class_terms *terms, struct contract *contract, struct event *event) {
    const int buys = side == SIDE_BUY;
    write_past_caches(contract->next_unpaid, 0, eight_bytes_of(buys ? principal : trade->maker_participant,
                                                               buys ? trade->maker_participant : principal));
    write_past_caches(&contract->price, eight_bytes(&trade->price), eight_bytes(&terms->contract));
    copy_eight(event, &(uint64_t){ eight_bytes_of(EVENT_CONTRACT, terms->contract.instrument) });
    event->contract.trade_id = trade->trade_id;
    copy_eight(&event->contract.fee_due_date, &terms->event);
    memset((char *)event + sizeof *event - 8, 0, 8);
}

static inline void write_amounts(const money amounts[2], money in_contract[2], money in_event[2]) {
    write_past_caches(in_contract, (uint64_t)amounts[0].minor, (uint64_t)amounts[1].minor);
    in_event[0] = amounts[0];
    in_event[1] = amounts[1];
}

/* One copy a side. The incoming order's deposit and exposure are posted once, after the last trade; both orders may lie
 * on one account, so nothing of it is remembered meanwhile. */
static inline __attribute__((always_inline)) void settle_side(struct exchange *x, const struct incoming *in,
                                                              enum side side, struct event *event,
                                                              uint32_t trades_count, int has_agents) {
    const struct instrument_rules *rules = &x->rules_today[in->instrument];
    const int64_t lot_tick = x->instruments[in->instrument].lot_tick.minor;
    const uint32_t principal = in->principal;
    struct order_hold *hold = &x->details[in->slot].hold;
    struct account *own = &x->accounts[hold->account];
    money left = hold->deposit;
    int64_t value_minor = 0;
    const uint32_t open_before = event[1].trade.taker_leaves.lots + event[1].trade.quantity.lots;
    struct contract *contract = &x->contracts[event[1].trade.trade_id];
    for (const struct event *end = event + 2 * trades_count; event != end; event += 2, contract++) {
        const struct event_trade *trade = &event[1].trade;
        const struct class_terms *terms = &rules->classes[trade->deal_class];
        const uint32_t lots = trade->quantity.lots;
        write_terms(principal, side, trade, terms, contract, event);
        if (has_agents) write_agents(x, side, in, trade, contract);
        const money part = share_of(left, lots, trade->taker_leaves.lots + lots);
        left.minor -= part.minor;
        const int64_t unit = lot_tick * lots, value = trade->price.ticks * unit;
        value_minor += value;
        struct order_hold *maker_hold = &x->details[(uint32_t)trade->maker_order_id].hold;
        struct account *its = &x->accounts[maker_hold->account];
        const money its_part = secure(maker_hold, its, trade, unit);
        write_amounts(side == SIDE_BUY ? (money[]){ part, its_part } : (money[]){ its_part, part }, contract->blocked,
                      event->contract.blocked);
        const struct fees fees = fees_of(rules, terms, (enum deal_class)trade->deal_class, value);
        write_amounts(fees.sides, contract->fees, event->contract.fees);
        charge(x, side == SIDE_BUY ? own : its, terms, SIDE_BUY, fees.sides[SIDE_BUY]);
        charge(x, side == SIDE_BUY ? its : own, terms, SIDE_SELL, fees.sides[SIDE_SELL]);
    }
    ledger_move(&own->held, &own->blocked, (money){ hold->deposit.minor - left.minor });
    const uint32_t lots_sum = open_before - event[-1].trade.taker_leaves.lots;
    own->exposure.minor += value_minor - hold->value_ticks * lot_tick * lots_sum;
    hold->deposit = left;
}

void settle_list_fees(struct exchange *x) {
    for (uint64_t id = x->fees_listed_count + 1; id <= contracts_count(x); id++) {
        const struct contract *contract = &x->contracts[id];
        for (uint32_t side = SIDE_BUY; side <= SIDE_SELL; side++) {
            if (contract->fees[side].minor == 0) continue;
            struct account *account = account_of(x, contract_payer(x, id, (int)side),
                                                 contract_fee_currency(contract, (int)side));
            uint32_t entry = 2 * (uint32_t)id + side, tail = account->unpaid_tail;
            account->unpaid_tail = entry;
            if (tail != 0) x->contracts[tail / 2].next_unpaid[tail % 2] = entry;
            else account->unpaid_head = entry;
        }
    }
    x->fees_listed_count = contracts_count(x);
}

void settle_trades(struct exchange *x, const struct incoming *in, struct event *events, uint32_t trades_count,
                   int has_agents) {
    if (__builtin_expect(has_agents, 0)) settle_side(x, in, incoming_side(in), events, trades_count, 1);
    else if (in->book_flags & BOOK_SELL) settle_side(x, in, SIDE_SELL, events, trades_count, 0);
    else settle_side(x, in, SIDE_BUY, events, trades_count, 0);
}
