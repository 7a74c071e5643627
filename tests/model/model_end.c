/* model_end.c - how orders end without a trade (MATCHING.md 7; ACC-2, ACC-16, PRC-2, RSK-3). What an order held of the
 * payer's money is free again. */
#include "tests/model/model_state.h"

void model_end_order(struct model *m, struct order *o, enum event_kind kind, enum change_cause cause,
                     enum reject reason) {
    CHECK(o->state != ORDER_ENDED);
    struct event *e = model_say(m, kind, o->instrument);
    if (o->state == ORDER_WAITING) e->flags = EVENT_PENDING;
    e->order_change.order_id = o->id;
    e->order_change.participant = o->participant;
    e->order_change.side = o->side;
    e->order_change.cause = (uint8_t)cause;
    e->order_change.reason = (uint16_t)reason;
    e->order_change.leaves_before.lots = o->open;
    if (o->state == ORDER_RESTING) {
        e->order_change.price_before.ticks = o->price;
        e->order_change.shown_before.lots = o->shown;
    }
    model_release(m, o);
    o->state = ORDER_ENDED;
}

/* The order that passes the test and entered first, or NULL. */
static struct order *first_of(struct model *m, model_order_test *test, const void *context) {
    struct order *first = NULL;
    for (uint32_t i = 0; i < m->orders_count; i++) {
        struct order *o = &m->orders[i];
        if (o->state == ORDER_ENDED || !test(m, o, context)) continue;
        if (first == NULL || o->entry < first->entry) first = o;
    }
    return first;
}

uint32_t model_end_orders(struct model *m, model_order_test *test, const void *context, enum event_kind kind,
                          enum change_cause cause, enum reject reason) {
    for (uint32_t ended = 0;; ended++) {
        struct order *first = first_of(m, test, context);
        if (first == NULL) return ended;
        model_end_order(m, first, kind, cause, reason);
    }
}

/* ---- midnight ---- */

static bool ends_at_midnight(const struct model *m, const struct order *o, const void *context) {
    (void)context;
    return o->tif == TIF_DAY || (o->tif == TIF_GTD && o->expire_date < model_today(m));
}

/* DAY and GTD orders end together, in the order of entry, each with its own cause. */
void model_end_at_midnight(struct model *m) {
    for (;;) {
        struct order *first = first_of(m, ends_at_midnight, NULL);
        if (first == NULL) return;
        model_end_order(m, first, EVENT_EXPIRED, first->tif == TIF_DAY ? CAUSE_END_OF_DAY : CAUSE_EXPIRE_DATE,
                        REJECT_NONE);
    }
}

/* ---- what may not stand ---- */

/* PRC-2: a band that has begun and that the order's price lies outside of. */
static enum reject band_reason(const struct model *m, const struct order *o) {
    uint32_t ceiling = model_band(m, o, BAND_RULE_CEILING), floor = model_band(m, o, BAND_RULE_FLOOR);
    if (o->price == 0) return REJECT_NONE;
    if (ceiling != 0 && o->price > ceiling) return REJECT_PRICE_ABOVE_CEILING;
    if (floor != 0 && o->price < floor) return REJECT_PRICE_BELOW_FLOOR;
    return REJECT_NONE;
}

static bool is_unfit(const struct model *m, const struct order *o, const void *context) {
    const uint32_t *participant = context;
    if (*participant != NAME_NONE && o->participant != *participant) return false;
    return model_check_stands(m, o).reason != REJECT_NONE || band_reason(m, o) != REJECT_NONE;
}

void model_end_unfit(struct model *m, uint32_t participant) {
    for (;;) {
        struct order *first = first_of(m, is_unfit, &participant);
        if (first == NULL) return;
        enum reject reason = model_check_stands(m, first).reason;
        if (reason != REJECT_NONE) model_end_order(m, first, EVENT_CANCELED, CAUSE_ADMISSION, reason);
        else model_end_order(m, first, EVENT_CANCELED, CAUSE_BAND, band_reason(m, first));
    }
}

static bool is_of_firm(const struct model *m, const struct order *o, const void *context) {
    const uint32_t *participant = context;
    (void)m;
    return o->participant == *participant || o->principal == *participant;
}

void model_end_orders_of(struct model *m, uint32_t participant, enum change_cause cause, enum reject reason) {
    model_end_orders(m, is_of_firm, &participant, EVENT_CANCELED, cause, reason);
}

/* ---- a connection is gone ---- */

static bool is_left_behind(const struct model *m, const struct order *o, const void *context) {
    (void)context;
    return (o->flags & ORDER_CANCEL_ON_DISCONNECT) && o->connection == m->command->connection &&
           o->participant == m->command->participant;
}

void model_apply_disconnect(struct model *m) {
    model_end_orders(m, is_left_behind, NULL, EVENT_CANCELED, CAUSE_DISCONNECT, REJECT_NONE);
}
