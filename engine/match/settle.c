/* settle.c - deposits follow orders, contracts follow trades. */
#include "engine/match/settle.h"

#include "engine/rules/tables.h"
#include "instruments/decimal.h"

enum { million = 1000000, fx_scale = 10000 };

static int64_t part_value(const struct exchange *x, uint32_t slot, uint32_t lots) {
    return (int64_t)x->details[slot].value_ticks * lots *
           x->instruments[x->pool.orders[slot].instrument].lot_tick.minor;
}

static struct account *payer_account(const struct exchange *x, uint32_t slot) {
    return account_of(x, x->details[slot].payer, x->instruments[x->pool.orders[slot].instrument].currency);
}

/* floor(hold x lots / open), all of it with the last lot. */
static money share_of(money hold, uint32_t lots, uint32_t open_lots) {
    if (lots == open_lots) return hold;
    uint64_t product;
    if (!__builtin_mul_overflow((uint64_t)hold.minor, (uint64_t)lots, &product))
        return (money){ (int64_t)(product / open_lots) };
    return (money){ (int64_t)((uint128)(uint64_t)hold.minor * lots / open_lots) };
}

static void say_held(const struct exchange *x, uint32_t slot, const struct event_held *facts,
                     struct event_buffer *events) {
    const struct book_order *order = &x->pool.orders[slot];
    struct event *event = event_next(events);
    *event = (struct event){ .kind = EVENT_HELD, .instrument = order->instrument, .held = *facts };
    event->held.order_id = book_order_id(order, slot);
    event->held.participant = x->details[slot].participant;
    event->held.principal = order->principal;
    event->held.payer = x->details[slot].payer;
    event->held.amount = x->details[slot].hold;
    event->held.free = payer_account(x, slot)->free;
    event->held.currency = x->instruments[order->instrument].currency;
}

void settle_hold(struct exchange *x, uint32_t slot, const struct order_money *money_now, uint32_t open_lots_before,
                 struct event_buffer *events) {
    if (!money_is_on(x)) return;
    struct order_detail *detail = &x->details[slot];
    if (open_lots_before > 0) {
        struct account *before = payer_account(x, slot);
        ledger_move(&before->held, &before->free, detail->hold);
        before->exposure.minor -= part_value(x, slot, open_lots_before);
    }
    detail->payer = money_now->payer;
    detail->hold = money_now->required;
    detail->value_ticks = money_now->value_ticks;
    struct account *account = payer_account(x, slot);
    ledger_move(&account->free, &account->held, money_now->required);
    account->exposure.minor += money_now->value.minor;
    struct event_held facts = { .value = money_now->value, .ppm = money_now->ppm, .deal_class = money_now->deal_class,
                                .by_floor = money_now->by_floor };
    say_held(x, slot, &facts, events);
}

void settle_reduce(struct exchange *x, uint32_t slot, uint32_t lots, uint32_t open_lots_before,
                   struct event_buffer *events) {
    if (!money_is_on(x)) return;
    struct account *account = payer_account(x, slot);
    money part = share_of(x->details[slot].hold, lots, open_lots_before);
    ledger_move(&account->held, &account->free, part);
    x->details[slot].hold.minor -= part.minor;
    account->exposure.minor -= part_value(x, slot, lots);
    struct event_held facts = { .value.minor = part_value(x, slot, open_lots_before - lots) };
    say_held(x, slot, &facts, events);
}

void settle_release_held(struct exchange *x, uint32_t slot, uint32_t open_lots) {
    struct account *account = payer_account(x, slot);
    ledger_move(&account->held, &account->free, x->details[slot].hold);
    x->details[slot].hold.minor = 0;
    account->exposure.minor -= part_value(x, slot, open_lots);
}

/* ---- trades ---- */

/* FEE-2, FEE-3, FEE-5: the fee of one side; a resident's is converted to BYN at the official rate. */
static money fee_of(const struct exchange *x, const struct contract *contract, enum side side, uint8_t *currency) {
    const struct instrument_rules *rules = &x->rules_today[contract->instrument];
    *currency = contract->currency;
    money flat = rules->fee_flat[contract->deal_class][side];
    if (flat.minor > 0) {
        *currency = rules->fee_flat_currency[contract->deal_class][side];
        return flat;
    }
    uint128 product = (uint128)(uint64_t)contract->value.minor * rules->fee_ppm[contract->deal_class][side];
    uint64_t fee = product <= UINT64_MAX - million ? ((uint64_t)product + million / 2) / million
                                                   : decimal_divide_half_up(product, million);
    if (contract->currency != CURRENCY_BYN && x->participants[contract->principals[side]].resident &&
        rules->byn_scaled > 0) {
        *currency = CURRENCY_BYN;
        fee = decimal_divide_half_up((uint128)fee * (uint64_t)rules->byn_scaled, fx_scale);
    }
    return (money){ (int64_t)fee };
}

/* The fee is owed from now on, and stands at the end of the payer's list of unpaid fees. */
static void charge(struct exchange *x, struct contract *contract, uint32_t trade_id, enum side side) {
    uint8_t currency;
    money fee = fee_of(x, contract, side, &currency);
    contract->fees[side] = contract->unpaid[side] = fee;
    contract->fee_currencies[side] = currency;
    struct account *account = account_of(x, contract->payers[side], currency);
    ledger_move(&account->receivable, &x->treasuries[currency].fee_income, fee);
    if (fee.minor == 0) return;
    uint32_t entry = 2 * trade_id + side, tail = account->unpaid_tail;
    if (tail != 0) x->contracts[tail / 2].next_unpaid[tail % 2] = entry;
    else account->unpaid_head = entry;
    account->unpaid_tail = entry;
}

static void secure(struct exchange *x, struct contract *contract, const struct settlement *trade, enum side side) {
    uint32_t slot = trade->slots[side];
    struct order_detail *detail = &x->details[slot];
    struct account *account = payer_account(x, slot);
    money part = share_of(detail->hold, trade->lots, trade->open_lots[side]);
    ledger_move(&account->held, &account->blocked, part);
    detail->hold.minor -= part.minor;
    account->exposure.minor += contract->value.minor - part_value(x, slot, trade->lots);
    contract->blocked[side] = part;
    contract->payers[side] = detail->payer;
    contract->participants[side] = trade->participants[side];
    contract->principals[side] = x->pool.orders[slot].principal;
}

void settle_trade(struct exchange *x, const struct settlement *trade, struct event_buffer *events) {
    if (!money_is_on(x)) return;
    uint32_t trade_id = (uint32_t)x->trades_count + 1;
    CHECK(trade_id <= x->limits.contracts_max);
    const struct instrument *instrument = &x->instruments[trade->instrument];
    struct contract *contract = &x->contracts[trade_id];
    *contract = (struct contract){
        .instrument = trade->instrument, .price = trade->price, .quantity.lots = trade->lots,
        .value.minor = (int64_t)trade->price.ticks * trade->lots * instrument->lot_tick.minor,
        .trade_date = x->trade_date, .fee_due_date = x->fee_due_date, .currency = instrument->currency,
        .state = CONTRACT_STATE_DEAL, .deal_class = (uint8_t)trade->deal_class,
        .basis = instrument->bases_count == 0 ? RULE_ANY : trade->deal_class == DEAL_TRANSIT
                 ? x->rules_today[trade->instrument].transit_basis : 0 };
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) secure(x, contract, trade, (enum side)side);
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) charge(x, contract, trade_id, (enum side)side);
    *event_next(events) = (struct event){ .kind = EVENT_CONTRACT, .instrument = trade->instrument, .contract = {
        .trade_id = trade_id, .fees = { contract->fees[0], contract->fees[1] },
        .blocked = { contract->blocked[0], contract->blocked[1] }, .fee_due_date = contract->fee_due_date,
        .fee_currencies = { contract->fee_currencies[0], contract->fee_currencies[1] }, .basis = contract->basis } };
}
