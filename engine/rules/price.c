/* price.c - group 7: the price, the collar around it, the stop price, the value. PRC-1, PRC-4, ORD-4. */
#include "engine/market/market.h"
#include "engine/rules/rules.h"
#include "engine/state.h"

/* A market order that rests is a limit order; only a waiting STOP has no limit then. */
static int has_limit(const struct order_terms *terms) {
    return terms->order_type == ORDER_TYPE_LIMIT || terms->order_type == ORDER_TYPE_STOP_LIMIT ||
           (terms->amended && terms->order_type != ORDER_TYPE_STOP);
}

struct verdict price_check_band(const struct exchange *x, uint32_t instrument, uint32_t side, int resident,
                                uint32_t ticks) {
    const struct instrument_rules *rules = &x->rules_today[instrument];
    uint32_t ceiling = rules->ceiling_ticks[resident][side], floor = rules->floor_ticks[resident][side];
    if (ceiling != 0 && ticks > ceiling) return verdict_refuse(REJECT_PRICE_ABOVE_CEILING, floor, ceiling);
    if (ticks < floor) return verdict_refuse(REJECT_PRICE_BELOW_FLOOR, floor, ceiling);
    return verdict_ok();
}

/* PRC-2: a market order that could not even trade at the band's edge. A stop's is asked when its trigger has come. */
static struct verdict check_market(const struct exchange *x, const struct order_terms *terms) {
    if (terms->order_type != ORDER_TYPE_MARKET) return verdict_ok();
    int resident = x->participants[terms->principal].resident;
    price edge = market_edge(x, terms->instrument, (enum side)terms->side, resident);
    if (edge.ticks == 0) return verdict_ok();
    return price_check_band(x, terms->instrument, terms->side, resident, edge.ticks);
}

static struct verdict check_limit(const struct exchange *x, const struct order_terms *terms) {
    if (!has_limit(terms)) return check_market(x, terms);
    if (terms->price_ticks == PRICE_OFF_TICK) return verdict_refuse(REJECT_PRICE_NOT_ON_TICK, 0, 0);
    if (terms->price_ticks == 0 || terms->price_ticks > price_ticks_max)
        return verdict_refuse(REJECT_PRICE_INVALID, 1, price_ticks_max);
    struct verdict band = price_check_band(x, terms->instrument, terms->side,
                                           x->participants[terms->principal].resident, terms->price_ticks);
    if (band.reason != REJECT_NONE) return band;
    const struct collar *collar = &x->bounds[terms->instrument].collar;
    if (terms->price_ticks < collar->far_low || terms->price_ticks > collar->far_high)
        return verdict_refuse(REJECT_PRICE_OUTSIDE_COLLAR, collar->far_low, collar->far_high);
    return verdict_ok();
}

/* ORD-4: a stop must have a price, and the last trade must not have passed it already. */
static struct verdict check_stop(const struct exchange *x, const struct order_terms *terms) {
    if (terms->order_type != ORDER_TYPE_STOP && terms->order_type != ORDER_TYPE_STOP_LIMIT) return verdict_ok();
    if (terms->amended) return verdict_ok();
    if (terms->stop_ticks == 0 || terms->stop_ticks > price_ticks_max)
        return verdict_refuse(REJECT_STOP_PRICE_INVALID, 0, 0);
    uint32_t last = x->markets[terms->instrument].last.ticks;
    if (last == 0) return verdict_ok();
    if (terms->side == SIDE_BUY ? last >= terms->stop_ticks : last <= terms->stop_ticks)
        return verdict_refuse(REJECT_STOP_PRICE_INVALID, last, last);
    return verdict_ok();
}

/* DEP-11: what an order without limit may trade at. A stop trades near its stop price, so the higher of the two. */
uint32_t rules_value_ticks(const struct exchange *x, const struct order_terms *terms) {
    if (has_limit(terms)) return terms->price_ticks;
    price edge = market_edge(x, terms->instrument, (enum side)terms->side,
                             x->participants[terms->principal].resident);
    uint32_t reference = exchange_reference(x, terms->instrument).ticks;
    if (edge.ticks == 0) edge.ticks = terms->side == SIDE_BUY ? reference + reference / 10 : reference - reference / 10;
    if (edge.ticks > price_ticks_max) edge.ticks = price_ticks_max;
    return terms->order_type == ORDER_TYPE_STOP && terms->stop_ticks > edge.ticks ? terms->stop_ticks : edge.ticks;
}

bool rules_order_value(const struct exchange *x, const struct order_terms *terms, money *value) {
    return money_value((price){ rules_value_ticks(x, terms) }, (quantity){ terms->quantity_lots },
                       x->instruments[terms->instrument].lot_tick, value);
}

struct verdict price_check(const struct exchange *x, const struct order_terms *terms) {
    struct verdict verdict = check_limit(x, terms);
    if (verdict.reason == REJECT_NONE) verdict = check_stop(x, terms);
    money value;
    if (verdict.reason == REJECT_NONE && !rules_order_value(x, terms, &value))
        verdict = verdict_refuse(REJECT_VALUE_OVERFLOW, 0, VALUE_MINOR_MAX);
    return verdict;
}
