/* settle.c - deposits follow orders, contracts follow trades. */
#include "engine/match/settle_trade.h"

#include "engine/rules/tables.h"

static int64_t part_value(const struct exchange *x, uint32_t slot, uint32_t lots) {
    return (int64_t)x->holds[slot].value_ticks * lots *
           x->instruments[x->pool.orders[slot].instrument].lot_tick.minor;
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
    money part = settle_share(hold->deposit, lots, open_lots_before);
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

/* ---- what is rare of a trade ---- */

/* FEE-2, FEE-3, FEE-5: flat fees go before rates, and a resident's share of the value is converted at the official
 * rate. */
void settle_unlike_fees(const struct instrument_rules *rules, enum deal_class deal_class, int64_t value_minor,
                        money fees[2]) {
    const struct class_terms *terms = &rules->classes[deal_class];
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        fees[side].minor = settle_rate_share(value_minor, terms->fee_ppm[side]);
        if (terms->converted_sides >> side & 1) fees[side].minor = settle_to_byn(fees[side].minor, rules->byn_scaled);
        if (rules->fee_flat[deal_class][side].minor > 0) fees[side] = rules->fee_flat[deal_class][side];
    }
}

/* BRK-5, BRK-6: a broker entered an order of the trade. */
void settle_write_agents(struct exchange *x, uint32_t trade_id, const struct incoming *in, uint32_t maker_slot) {
    enum side side = incoming_side(in), other = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    struct contract_agents *agents = &x->agents[trade_id];
    agents->participants[side] = in->participant;
    agents->participants[other] = order_participant(x, maker_slot);
    agents->payers[side] = x->holds[in->slot].account / CURRENCY_COUNT;
    agents->payers[other] = x->holds[maker_slot].account / CURRENCY_COUNT;
}
