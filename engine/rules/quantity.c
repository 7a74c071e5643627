/* quantity.c - group 6: quantity, type, time in force, display. LOT-1, LOT-2, ORD-1, ORD-3. */
#include "engine/rules/rules.h"
#include "engine/state.h"

static int is_stop(const struct order_terms *terms) {
    return terms->order_type == ORDER_TYPE_STOP || terms->order_type == ORDER_TYPE_STOP_LIMIT;
}

static int is_immediate(const struct order_terms *terms) {
    return terms->time_in_force == TIF_IOC || terms->time_in_force == TIF_FOK;
}

/* LOT-2; an amend's new total must leave something open. */
static struct verdict check_range(const struct instrument *instrument, const struct order_terms *terms) {
    int64_t low = instrument->quantity_min.lots, high = instrument->quantity_max.lots;
    if (terms->amended && low < (int64_t)terms->filled_lots + 1) low = (int64_t)terms->filled_lots + 1;
    if (terms->quantity_lots < low) return verdict_refuse(REJECT_QTY_BELOW_MINIMUM, low, high);
    if (!terms->amended && terms->min_lots > terms->quantity_lots)
        return verdict_refuse(REJECT_QTY_BELOW_MINIMUM, low, terms->quantity_lots);
    if (terms->quantity_lots > high) return verdict_refuse(REJECT_QTY_ABOVE_MAXIMUM, low, high);
    return verdict_ok();
}

static struct verdict check_type(const struct order_terms *terms) {
    int limited = terms->order_type == ORDER_TYPE_LIMIT || terms->order_type == ORDER_TYPE_STOP_LIMIT;
    int all_or_none = (terms->order_flags & ORDER_ALL_OR_NONE) != 0;
    if (terms->order_flags & ORDER_POST_ONLY && (!limited || is_immediate(terms) || all_or_none))
        return verdict_refuse(REJECT_ORDER_TYPE_NOT_ALLOWED, 0, 0);
    if (all_or_none && is_immediate(terms)) return verdict_refuse(REJECT_ORDER_TYPE_NOT_ALLOWED, 0, 0);
    if (terms->amended && terms->order_type == ORDER_TYPE_STOP && terms->has_price)
        return verdict_refuse(REJECT_ORDER_TYPE_NOT_ALLOWED, 0, 0);
    return verdict_ok();
}

static struct verdict check_time_in_force(const struct exchange *x, const struct order_terms *terms) {
    if (terms->time_in_force == TIF_GTD && terms->expire_date < x->trade_date)
        return verdict_refuse(REJECT_TIF_INVALID, x->trade_date, 0);
    if (terms->time_in_force == TIF_AT_OPEN || terms->time_in_force == TIF_AT_CLOSE)
        return verdict_refuse(REJECT_TIF_INVALID, 0, 0);
    if (terms->min_lots != 0 && terms->time_in_force != TIF_IOC) return verdict_refuse(REJECT_TIF_INVALID, 0, 0);
    if (is_stop(terms) && is_immediate(terms)) return verdict_refuse(REJECT_TIF_INVALID, 0, 0);
    return verdict_ok();
}

static struct verdict check_display(const struct order_terms *terms) {
    if (!terms->has_display) return verdict_ok();
    if (terms->amended && terms->display_lots == 0) return verdict_ok();
    if (terms->display_lots == 0 || terms->display_lots >= terms->quantity_lots || is_immediate(terms) ||
        terms->order_flags & ORDER_ALL_OR_NONE)
        return verdict_refuse(REJECT_DISPLAY_QTY_INVALID, 1, (int64_t)terms->quantity_lots - 1);
    return verdict_ok();
}

struct verdict quantity_check(const struct exchange *x, const struct order_terms *terms) {
    struct verdict verdict = check_range(&x->instruments[terms->instrument], terms);
    if (verdict.reason == REJECT_NONE) verdict = check_type(terms);
    if (verdict.reason == REJECT_NONE) verdict = check_time_in_force(x, terms);
    if (verdict.reason == REJECT_NONE) verdict = check_display(terms);
    return verdict;
}
