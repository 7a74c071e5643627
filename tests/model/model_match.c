/* model_match.c - how the model's orders meet: collar, look-ahead, walk, stops (MATCHING.md 3 to 5). */
#include "tests/model/model_state.h"

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* ---- collar ---- */

uint32_t model_current_reference(const struct model_instrument *i) { return i->last != 0 ? i->last : i->reference; }

struct model_collar model_collar_of(const struct model_instrument *i, uint32_t times) {
    if (i->collar_ppm == 0) return (struct model_collar){ 0, 0 };
    int64_t million = 1000000, reference = model_current_reference(i), width = (int64_t)i->collar_ppm * times;
    int64_t high = reference * (million + width) / million;
    int64_t low = width >= million ? 1 : (reference * (million - width) + million - 1) / million;
    if (low < 1) low = 1;
    if (high > price_ticks_max) high = price_ticks_max;
    return (struct model_collar){ (uint32_t)low, (uint32_t)high };
}

uint32_t model_market_limit(const struct model *m, const struct order *o) {
    bool buys = o->side == SIDE_BUY;
    struct model_collar collar = model_collar_of(&m->instruments[o->instrument], 1);
    uint32_t edge = collar.high == 0 ? (buys ? price_ticks_max : 1) : buys ? collar.high : collar.low;
    uint32_t band = model_band(m, o, buys ? BAND_RULE_CEILING : BAND_RULE_FLOOR);
    if (band != 0 && (buys ? band < edge : band > edge)) edge = band;
    return edge;
}

/* The worst price the order may trade at: its own, and not beyond the collar of this moment. */
static uint32_t trading_limit(const struct model *m, const struct order *o) {
    struct model_collar collar = model_collar_of(&m->instruments[o->instrument], 1);
    if (collar.high == 0) return o->price;
    if (o->side == SIDE_BUY) return smaller(o->price, collar.high);
    return o->price > collar.low ? o->price : collar.low;
}

/* STP-1: one principal. BRK-8: what is a broker's own, whoever entered it, and what the broker entered for a client. */
static bool is_own(const struct order *a, const struct order *b) {
    return a->principal == b->principal || a->principal == b->participant || b->principal == a->participant;
}

static enum reject forbidden(const struct model *m, const struct order *incoming, const struct order *resting) {
    bool buys = incoming->side == SIDE_BUY;
    return model_pair_reason(m, incoming->instrument, buys ? resting->principal : incoming->principal,
                             buys ? incoming->principal : resting->principal);
}

/* ---- look-ahead ---- */

static bool is_opposite(const struct order *incoming, const struct order *o, uint32_t limit) {
    if (o->state != ORDER_RESTING || o->instrument != incoming->instrument || o->side == incoming->side) return false;
    return incoming->side == SIDE_BUY ? o->price <= limit : o->price >= limit;
}

/* An order of another session is passed over without a word. */
static bool is_elsewhere(const struct model *m, const struct order *incoming, const struct order *o) {
    return model_session_of(m, o) != model_session_of(m, incoming);
}

/* Whether `a` is met before `b` by an incoming order of `side`. */
static bool meets_first(enum side side, const struct order *a, const struct order *b) {
    if (a->price != b->price) return side == SIDE_BUY ? a->price < b->price : a->price > b->price;
    return a->place < b->place;
}

/* The next resting order that the walk comes to, or NULL. */
static struct order *next_met(const struct model *m, struct order *orders, uint32_t count,
                              const struct order *incoming, uint32_t limit) {
    struct order *best = NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct order *o = &orders[i];
        if (!is_opposite(incoming, o, limit) || o->passed_over || is_elsewhere(m, incoming, o)) continue;
        if (best == NULL || meets_first(incoming->side, o, best)) best = o;
    }
    return best;
}

static uint32_t tradable(const struct order *resting, uint32_t wanted) {
    return resting->flags & ORDER_ALL_OR_NONE ? resting->open : smaller(wanted, resting->shown);
}

/* Tries it out on a copy of the other side. */
struct foresight model_look_ahead(const struct model *m, const struct order *incoming) {
    static struct order copies[MODEL_ORDERS_MAX];
    struct foresight f = { 0, false };
    uint32_t limit = trading_limit(m, incoming), count = 0, wanted = incoming->open;
    uint64_t place = m->places_given;
    for (uint32_t i = 0; i < m->orders_count; i++) {
        if (!is_opposite(incoming, &m->orders[i], limit)) continue;
        copies[count] = m->orders[i];
        copies[count++].passed_over = 0;
    }
    f.meets = count > 0;
    while (wanted > 0) {
        struct order *r = next_met(m, copies, count, incoming, limit);
        if (r == NULL) break;
        if (is_own(r, incoming)) {
            if (incoming->stp != STP_CANCEL_OLDEST) break;
            r->state = ORDER_ENDED;
            continue;
        }
        if (forbidden(m, incoming, r) != REJECT_NONE || ((r->flags & ORDER_ALL_OR_NONE) && r->open > wanted)) {
            r->passed_over = 1;
            continue;
        }
        uint32_t lots = tradable(r, wanted);
        f.fillable += lots;
        wanted -= lots;
        r->open -= lots;
        if (!(r->flags & ORDER_ALL_OR_NONE)) r->shown -= lots;
        if (r->open == 0) {
            r->state = ORDER_ENDED;
        } else if (r->shown == 0 && r->display != 0) {
            r->shown = smaller(r->display, r->open);
            r->place = ++place;
        }
    }
    return f;
}

/* ---- saying ---- */

static struct event *say_change(struct model *m, enum event_kind kind, const struct order *o, enum change_cause cause,
                                enum reject reason) {
    struct event *e = model_say(m, kind, o->instrument);
    e->order_change.order_id = o->id;
    e->order_change.participant = o->participant;
    e->order_change.side = o->side;
    e->order_change.cause = (uint8_t)cause;
    e->order_change.reason = (uint16_t)reason;
    return e;
}

static void announce_new(struct model *m, const struct order *o, unsigned flags) {
    const struct command *c = m->command;
    struct event *e = model_say(m, EVENT_ACCEPTED, o->instrument);
    e->flags = (uint16_t)flags;
    e->order.order_id = o->id;
    e->order.participant = o->participant;
    e->order.user = c->user;
    e->order.principal = o->principal;
    e->order.connection = c->connection;
    e->order.price.ticks = o->price;
    e->order.stop.ticks = o->stop;
    e->order.quantity.lots = o->total;
    e->order.shown.lots = o->state == ORDER_RESTING ? o->shown : 0;
    e->order.display.lots = o->display;
    e->order.expire_date = o->expire_date;
    e->order.side = o->side;
    e->order.order_type = o->type;
    e->order.time_in_force = o->tif;
    e->order.order_flags = o->flags;
}

void model_announce(struct model *m, const struct order *o, enum event_kind kind, const struct order *before,
                    unsigned flags) {
    if (kind == EVENT_ACCEPTED) {
        announce_new(m, o, flags);
        return;
    }
    struct event *e = say_change(m, kind, o, kind == EVENT_TRIGGERED ? CAUSE_TRADING : CAUSE_REQUEST, REJECT_NONE);
    e->flags = (uint16_t)flags;
    e->order_change.price.ticks = o->price;
    e->order_change.shown.lots = o->state == ORDER_RESTING ? o->shown : 0;
    e->order_change.leaves.lots = o->open;
    if (kind == EVENT_TRIGGERED) return;
    if (before->state == ORDER_RESTING) {
        e->order_change.price_before.ticks = before->price;
        e->order_change.shown_before.lots = before->shown;
    }
    e->order_change.leaves_before.lots = before->open;
    e->order_change.quantity.lots = o->total;
    e->order_change.display.lots = o->display;
}

/* ---- self-trade ---- */

/* Takes `lots` off the open quantity and the total; a resting iceberg gives from its hidden part first. */
static void decrement(struct model *m, struct order *o, uint32_t lots) {
    struct order before = *o;
    o->open -= lots;
    o->total -= lots;
    if (o->shown > o->open) o->shown = o->open;
    model_release_part(m, o, lots);
    struct event *e = say_change(m, EVENT_RESTATED, o, CAUSE_SELF_TRADE, REJECT_SELF_TRADE_PREVENTED);
    e->order_change.leaves_before.lots = before.open;
    e->order_change.leaves.lots = o->open;
    e->order_change.quantity.lots = o->total;
    if (o->state != ORDER_RESTING) return;
    e->order_change.price_before.ticks = before.price;
    e->order_change.shown_before.lots = before.shown;
    e->order_change.price.ticks = o->price;
    e->order_change.shown.lots = o->shown;
}

static void end_own(struct model *m, struct order *o) {
    model_end_order(m, o, EVENT_CANCELED, CAUSE_SELF_TRADE, REJECT_SELF_TRADE_PREVENTED);
}

static void prevent_self_trade(struct model *m, struct order *incoming, struct order *resting) {
    uint32_t lots = smaller(incoming->open, resting->open);
    bool resting_ends = resting->open == lots, incoming_ends = incoming->open == lots;
    switch (incoming->stp) {
    case STP_CANCEL_NEWEST: end_own(m, incoming); break;
    case STP_CANCEL_OLDEST: end_own(m, resting); break;
    case STP_CANCEL_BOTH:
        end_own(m, resting);
        end_own(m, incoming);
        break;
    default:
        if (resting_ends) end_own(m, resting);
        else decrement(m, resting, lots);
        if (incoming_ends) end_own(m, incoming);
        else decrement(m, incoming, lots);
    }
}

/* ---- the walk ---- */

/* A trade is a trigger event: the stops it satisfies join the queue in the order of their entry. */
static void queue_stops(struct model *m, uint32_t instrument, uint32_t at) {
    for (;;) {
        struct order *first = NULL;
        for (uint32_t i = 0; i < m->orders_count; i++) {
            struct order *o = &m->orders[i];
            if (o->state != ORDER_WAITING || o->instrument != instrument) continue;
            if (o->side == SIDE_BUY ? at < o->stop : at > o->stop) continue;
            if (first == NULL || o->entry < first->entry) first = o;
        }
        if (first == NULL) return;
        first->state = ORDER_TRIGGERED;
        m->triggered[m->triggered_count++] = first->id;
    }
}

static void trade(struct model *m, struct order *incoming, struct order *resting) {
    uint32_t lots = tradable(resting, incoming->open);
    bool hidden = (resting->flags & ORDER_ALL_OR_NONE) != 0, buys = incoming->side == SIDE_BUY;
    uint64_t trade_id = ++m->trades_given;
    model_settle(m, trade_id, buys ? incoming : resting, buys ? resting : incoming, resting->price, lots);
    incoming->open -= lots;
    incoming->filled += lots;
    resting->open -= lots;
    resting->filled += lots;
    if (!hidden) resting->shown -= lots;
    struct event *e = model_say(m, EVENT_TRADE, incoming->instrument);
    e->flags = (uint16_t)((buys ? TRADE_TAKER_BUYS : 0) | (hidden ? TRADE_MAKER_HIDDEN : 0));
    e->trade.trade_id = trade_id;
    e->trade.maker_order_id = resting->id;
    e->trade.taker_order_id = incoming->id;
    e->trade.price.ticks = resting->price;
    e->trade.quantity.lots = lots;
    e->trade.maker_leaves.lots = resting->open;
    e->trade.taker_leaves.lots = incoming->open;
    e->trade.maker_participant = resting->participant;
    e->trade.taker_participant = incoming->participant;
    e->trade.deal_class = (uint8_t)model_class_of(m, buys ? resting->principal : incoming->principal,
                                                  buys ? incoming->principal : resting->principal);
    e->trade.condition = CONDITION_CONTINUOUS;
    m->instruments[incoming->instrument].last = resting->price;
    queue_stops(m, incoming->instrument, resting->price);
    if (resting->open == 0) {
        resting->state = ORDER_ENDED;
    } else if (resting->shown == 0 && resting->display != 0) {
        resting->shown = smaller(resting->display, resting->open);
        resting->place = model_next_place(m);
        e = say_change(m, EVENT_REFRESHED, resting, CAUSE_TRADING, REJECT_NONE);
        e->order_change.price.ticks = resting->price;
        e->order_change.shown.lots = resting->shown;
        e->order_change.leaves.lots = resting->open;
    }
}

static void pass_over(struct model *m, const struct order *incoming, struct order *resting, enum reject reason) {
    resting->passed_over = 1;
    struct event *e = model_say(m, EVENT_PAIR_SKIPPED, incoming->instrument);
    e->pair_skipped.order_id = incoming->id;
    e->pair_skipped.maker_order_id = resting->id;
    e->pair_skipped.participant = incoming->participant;
    e->pair_skipped.reason = (uint16_t)reason;
}

static void walk(struct model *m, struct order *incoming) {
    uint32_t limit = trading_limit(m, incoming);
    for (uint32_t i = 0; i < m->orders_count; i++) m->orders[i].passed_over = 0;
    while (incoming->state == ORDER_INCOMING && incoming->open > 0) {
        struct order *r = next_met(m, m->orders, m->orders_count, incoming, limit);
        if (r == NULL) return;
        enum reject reason = forbidden(m, incoming, r);
        if (is_own(r, incoming)) prevent_self_trade(m, incoming, r);
        else if (reason != REJECT_NONE) pass_over(m, incoming, r, reason);
        else if ((r->flags & ORDER_ALL_OR_NONE) && r->open > incoming->open) r->passed_over = 1;
        else trade(m, incoming, r);
    }
}

static void set_resting(struct model *m, struct order *o) {
    o->state = ORDER_RESTING;
    o->place = model_next_place(m);
    o->shown = o->display != 0 ? smaller(o->display, o->open) : o->open;
    if (o->flags & ORDER_ALL_OR_NONE) o->shown = 0;
}

static void settle_rest(struct model *m, struct order *o) {
    if (o->state == ORDER_ENDED) return;
    if (o->open == 0) {
        o->state = ORDER_ENDED;
    } else if (o->tif == TIF_IOC || o->tif == TIF_FOK) {
        model_end_order(m, o, EVENT_CANCELED, CAUSE_REMAINDER, REJECT_NONE);
    } else if (!model_has_room_for(m, o, ORDER_RESTING)) {
        model_end_order(m, o, EVENT_CANCELED, CAUSE_LIMIT_REACHED, REJECT_LIMIT_REACHED);
    } else {
        set_resting(m, o);
        struct event *e = say_change(m, EVENT_RESTED, o, CAUSE_TRADING, REJECT_NONE);
        e->order_change.price.ticks = o->price;
        e->order_change.shown.lots = o->shown;
        e->order_change.leaves.lots = o->open;
    }
}

bool model_rests_at_once(const struct order *o, const struct foresight *ahead) {
    bool holds_back = (o->flags & ORDER_ALL_OR_NONE) && ahead->fillable < o->open;
    return o->tif != TIF_IOC && o->tif != TIF_FOK && (holds_back || !ahead->meets);
}

void model_enter(struct model *m, struct order *o, enum event_kind kind, const struct order *before) {
    struct foresight ahead = model_look_ahead(m, o);
    bool stays_out = kind == EVENT_TRIGGERED && (o->flags & ORDER_POST_ONLY) && ahead.fillable > 0;
    o->state = ORDER_INCOMING;
    enum reject outside = kind == EVENT_TRIGGERED ? model_check_band(m, o, o->price).reason : REJECT_NONE;
    bool would_rest = !stays_out && outside == REJECT_NONE && model_rests_at_once(o, &ahead);
    if (would_rest && model_has_room_for(m, o, ORDER_RESTING)) {
        set_resting(m, o);
        model_announce(m, o, kind, before, EVENT_RESTS);
        return;
    }
    model_announce(m, o, kind, before, 0);
    if (would_rest) {
        model_end_order(m, o, EVENT_CANCELED, CAUSE_LIMIT_REACHED, REJECT_LIMIT_REACHED);
        return;
    }
    if (outside != REJECT_NONE) {
        model_end_order(m, o, EVENT_CANCELED, CAUSE_BAND, outside);
        return;
    }
    if (stays_out) {
        model_end_order(m, o, EVENT_CANCELED, CAUSE_TRADING, REJECT_POST_ONLY_WOULD_TRADE);
        return;
    }
    if (kind == EVENT_ACCEPTED && ahead.fillable < m->command->new_order.min.lots) {
        model_end_order(m, o, EVENT_CANCELED, CAUSE_MIN_QUANTITY, REJECT_PARTIAL_NOT_ALLOWED);
        return;
    }
    walk(m, o);
    settle_rest(m, o);
}

void model_run_triggered(struct model *m) {
    while (m->triggered_count > 0) {
        struct order *o = model_find_order(m, m->triggered[0]);
        m->triggered_count--;
        memmove(m->triggered, m->triggered + 1, m->triggered_count * sizeof *m->triggered);
        CHECK(o != NULL && o->state == ORDER_TRIGGERED);
        if (o->type == ORDER_TYPE_STOP) o->price = model_market_limit(m, o);
        o->state = ORDER_INCOMING;
        model_enter(m, o, EVENT_TRIGGERED, NULL);
    }
}
