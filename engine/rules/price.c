/* price.c - group 7: the price, the collar around it, the stop price, the value. PRC-1, PRC-4, ORD-4. */
#include "engine/market/market.h"
#include "engine/rules/rules.h"
#include "engine/state.h"

/* A market order that rests is a limit order; only a waiting STOP has no limit then. */
static int has_limit(const struct order_terms *terms) {
    return terms->order_type == ORDER_TYPE_LIMIT || terms->order_type == ORDER_TYPE_STOP_LIMIT ||
           (terms->amended && terms->order_type != ORDER_TYPE_STOP);
}

static struct verdict check_limit(const struct exchange *x, const struct order_terms *terms) {
    if (!has_limit(terms)) return verdict_ok();
    if (terms->price_ticks == PRICE_OFF_TICK) return verdict_refuse(REJECT_PRICE_NOT_ON_TICK, 0, 0);
    if (terms->price_ticks == 0 || terms->price_ticks > price_ticks_max)
        return verdict_refuse(REJECT_PRICE_INVALID, 1, price_ticks_max);
    price low, high;
    market_collar(x, terms->instrument, 3, &low, &high);
    if (terms->price_ticks < low.ticks || terms->price_ticks > high.ticks)
        return verdict_refuse(REJECT_PRICE_OUTSIDE_COLLAR, low.ticks, high.ticks);
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

/* The price an order's value is reckoned at: its limit, or what stands for one. */
static uint32_t value_ticks(const struct exchange *x, const struct order_terms *terms) {
    if (has_limit(terms)) return terms->price_ticks;
    if (terms->order_type == ORDER_TYPE_STOP) return terms->stop_ticks;
    if (x->instruments[terms->instrument].collar_ppm == 0) return exchange_reference(x, terms->instrument).ticks;
    price low, high;
    market_collar(x, terms->instrument, 1, &low, &high);
    return terms->side == SIDE_BUY ? high.ticks : low.ticks;
}

bool rules_order_value(const struct exchange *x, const struct order_terms *terms, money *value) {
    return money_value((price){ value_ticks(x, terms) }, (quantity){ terms->quantity_lots },
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
