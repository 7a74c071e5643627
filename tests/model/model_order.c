/* model_order.c - what participants ask of the model: the order of checks, amends and cancels (MATCHING.md 1, 2, 6, 8
 * and 10). Groups 2 to 5 are in model_admit.c, group 8 in model_money.c. */
#include "tests/model/model_state.h"

/* The order that a request names: an open one, or the reason why there is none. */
static struct order *named_order(struct model *m, uint64_t order_id, const char *name, enum reject *reason) {
    *reason = REJECT_ORDER_UNKNOWN;
    uint64_t id = order_id != 0 ? order_id : model_bearer_of(m, m->command->participant, name);
    if (id == 0 || id > m->orders_given) return NULL;
    struct order *o = model_find_order(m, id);
    *reason = o == NULL ? REJECT_ORDER_NOT_ACTIVE
              : o->participant != m->command->participant ? REJECT_ORDER_NOT_OWNED : REJECT_NONE;
    return o;
}

static bool is_participant(const struct model *m) { return m->command->participant < m->participants_count; }

static bool is_tradable(const struct model *m, uint32_t instrument) {
    return instrument < m->instruments_count && m->instruments[instrument].has_terms;
}

/* ---- what an order says ---- */

static struct verdict check_quantity(const struct model *m, const struct order *o, uint32_t minimum_wanted) {
    const struct model_instrument *i = &m->instruments[o->instrument];
    uint32_t low = i->quantity_min, high = i->quantity_max;
    if (o->filled + 1 > low) low = o->filled + 1;
    if (o->total < low) return refuse_with(REJECT_QTY_BELOW_MINIMUM, low, high);
    if (minimum_wanted > o->total) return refuse_with(REJECT_QTY_BELOW_MINIMUM, low, o->total);
    if (o->total > high) return refuse_with(REJECT_QTY_ABOVE_MAXIMUM, low, high);
    return fine();
}

static bool is_immediate(uint32_t tif) { return tif == TIF_IOC || tif == TIF_FOK; }
static bool is_stop(uint32_t type) { return type == ORDER_TYPE_STOP || type == ORDER_TYPE_STOP_LIMIT; }
static bool has_limit(uint32_t type) { return type == ORDER_TYPE_LIMIT || type == ORDER_TYPE_STOP_LIMIT; }

static struct verdict check_flags(const struct order *o) {
    bool immediate = is_immediate(o->tif), all_or_none = (o->flags & ORDER_ALL_OR_NONE) != 0;
    if ((o->flags & ORDER_POST_ONLY) && (!has_limit(o->type) || immediate || all_or_none))
        return refuse(REJECT_ORDER_TYPE_NOT_ALLOWED);
    if (all_or_none && immediate) return refuse(REJECT_ORDER_TYPE_NOT_ALLOWED);
    return fine();
}

static struct verdict check_time_in_force(const struct model *m, const struct order *o, uint32_t minimum_wanted) {
    int32_t today = model_today(m);
    if (o->tif == TIF_GTD && o->expire_date < today) return refuse_with(REJECT_TIF_INVALID, today, 0);
    if (o->tif == TIF_AT_OPEN || o->tif == TIF_AT_CLOSE) return refuse(REJECT_TIF_INVALID);
    if (minimum_wanted > 0 && o->tif != TIF_IOC) return refuse(REJECT_TIF_INVALID);
    if (is_stop(o->type) && is_immediate(o->tif)) return refuse(REJECT_TIF_INVALID);
    return fine();
}

/* `given` says that there is a displayed quantity, be it 0. */
static struct verdict check_display(const struct order *o, bool given) {
    if (!given) return fine();
    if (o->display == 0 || o->display >= o->total || is_immediate(o->tif) || (o->flags & ORDER_ALL_OR_NONE))
        return refuse_with(REJECT_DISPLAY_QTY_INVALID, 1, (int64_t)o->total - 1);
    return fine();
}

/* PRC-2 */
struct verdict model_check_band(const struct model *m, const struct order *o, uint32_t at) {
    uint32_t ceiling = model_band(m, o, BAND_RULE_CEILING), floor = model_band(m, o, BAND_RULE_FLOOR);
    if (ceiling != 0 && at > ceiling) return refuse_with(REJECT_PRICE_ABOVE_CEILING, floor, ceiling);
    if (floor != 0 && at < floor) return refuse_with(REJECT_PRICE_BELOW_FLOOR, floor, ceiling);
    return fine();
}

static struct verdict check_price(const struct model *m, const struct order *o) {
    if (o->price == PRICE_OFF_TICK) return refuse(REJECT_PRICE_NOT_ON_TICK);
    if (o->price == 0 || o->price > price_ticks_max) return refuse_with(REJECT_PRICE_INVALID, 1, price_ticks_max);
    struct verdict band = model_check_band(m, o, o->price);
    if (band.reason != REJECT_NONE) return band;
    struct model_collar wide = model_collar_of(&m->instruments[o->instrument], 3);
    if (wide.high != 0 && (o->price < wide.low || o->price > wide.high))
        return refuse_with(REJECT_PRICE_OUTSIDE_COLLAR, wide.low, wide.high);
    return fine();
}

static bool is_satisfied(const struct order *stop, uint32_t last) {
    return stop->side == SIDE_BUY ? last >= stop->stop : last <= stop->stop;
}

static struct verdict check_stop(const struct model *m, const struct order *o) {
    uint32_t last = m->instruments[o->instrument].last;
    if (o->stop == 0 || o->stop > price_ticks_max) return refuse(REJECT_STOP_PRICE_INVALID);
    if (last != 0 && is_satisfied(o, last)) return refuse_with(REJECT_STOP_PRICE_INVALID, last, last);
    return fine();
}

static struct verdict check_value(const struct model *m, const struct order *o) {
    uint32_t at = model_reckoned_price(m, o);
    uint128 value = (uint128)o->total * at * (uint64_t)m->instruments[o->instrument].lot_tick;
    if (value > (uint128)VALUE_MINOR_MAX) return refuse_with(REJECT_VALUE_OVERFLOW, 0, VALUE_MINOR_MAX);
    return fine();
}

/* ---- new order ---- */

/* How many of an instrument's sessions are open; *session is the one that an order belongs to which names none: the
 * last open one that was found, or the first of all. */
static uint32_t find_session(const struct model *m, uint32_t instrument, uint32_t *session) {
    uint32_t open_count = 0;
    *session = NAME_NONE;
    if (instrument >= m->instruments_count || m->instruments[instrument].sessions_count == 0) return 0;
    const struct model_instrument *i = &m->instruments[instrument];
    *session = i->sessions[0];
    for (uint32_t at = 0; at < i->sessions_count; at++) {
        if (!m->sessions[i->sessions[at]].open) continue;
        *session = i->sessions[at];
        open_count++;
    }
    return open_count;
}

static struct order order_of_request(const struct model *m) {
    const struct command *c = m->command;
    const struct command_new_order *n = &c->new_order;
    struct order o = { .instrument = n->instrument, .participant = c->participant, .connection = c->connection,
                       .price = n->price.ticks, .stop = n->stop.ticks, .total = n->quantity.lots,
                       .open = n->quantity.lots, .display = n->display.lots, .expire_date = n->expire_date,
                       .side = n->side, .type = n->order_type, .tif = n->time_in_force, .stp = n->stp,
                       .flags = n->flags, .payment_terms = n->payment_terms, .state = ORDER_INCOMING };
    if (n->market_session != NAME_NONE) o.session = n->market_session;
    else find_session(m, n->instrument, &o.session);
    o.principal = n->client != NAME_NONE ? n->client : c->participant;
    o.payer = o.participant;
    return o;
}

/* Group 1. A session that is named is looked for before the instrument. */
static struct verdict check_new_state(struct model *m, const struct used_name *used) {
    const struct command *c = m->command;
    uint32_t instrument = c->new_order.instrument, session = c->new_order.market_session;
    bool is_named = session != NAME_NONE;
    if (is_named) {
        if (session >= m->sessions_count) return refuse(REJECT_SESSION_UNKNOWN);
        if (!m->sessions[session].open) return refuse(REJECT_SESSION_CLOSED);
    }
    if (!is_tradable(m, instrument)) return refuse(REJECT_INSTRUMENT_UNKNOWN);
    if (!is_named && find_session(m, instrument, &session) > 1) return refuse(REJECT_SESSION_UNKNOWN);
    if (!model_is_open(m, session)) return refuse(REJECT_SESSION_CLOSED);
    if (is_named && !model_is_listed(m, instrument, session)) return refuse(REJECT_INSTRUMENT_NOT_IN_SESSION);
    if (model_is_halted(m, instrument, session)) return refuse(REJECT_MARKET_HALTED);
    if (model_is_used_today(m, used)) return refuse(REJECT_DUPLICATE_CLIENT_ORDER_ID);
    if (c->time_ns < m->time_ns) return refuse(REJECT_TIMESTAMP_REGRESSION);
    return fine();
}

/* Groups 2 to 5. */
static struct verdict check_new_people(struct model *m, struct order *o) {
    static model_check *const checks[] = { model_check_dates, model_check_standing, model_check_section,
                                           model_check_papers, model_check_trader, model_check_certificate,
                                           model_check_late, model_check_remarks, model_check_broker,
                                           model_check_eligible, model_check_currency };
    struct verdict v = model_check_firm(m);
    if (v.reason == REJECT_NONE) v = RUN_CHECKS(m, o, checks);
    if (v.reason == REJECT_NONE) o->payer = model_payer_of(m, o);
    return v;
}

static struct verdict check_new_words(struct model *m, const struct order *o) {
    const struct command_new_order *n = &m->command->new_order;
    struct verdict v = check_quantity(m, o, n->min.lots);
    if (v.reason == REJECT_NONE) v = check_flags(o);
    if (v.reason == REJECT_NONE) v = check_time_in_force(m, o, n->min.lots);
    if (v.reason == REJECT_NONE) v = check_display(o, n->has_display != 0);
    if (v.reason == REJECT_NONE && has_limit(o->type)) v = check_price(m, o);
    if (v.reason == REJECT_NONE && o->type == ORDER_TYPE_MARKET) v = model_check_band(m, o, model_market_limit(m, o));
    if (v.reason == REJECT_NONE && is_stop(o->type)) v = check_stop(m, o);
    if (v.reason == REJECT_NONE) v = check_value(m, o);
    if (v.reason == REJECT_NONE) v = model_check_money(m, o, NULL);
    return v;
}

static struct verdict check_new_book(struct model *m, struct order *o) {
    bool stands = is_stop(o->type);     /* it trades nothing now */
    if (!is_stop(o->type)) {
        if (o->type == ORDER_TYPE_MARKET) o->price = model_market_limit(m, o);
        struct foresight ahead = model_look_ahead(m, o);
        uint32_t fillable = ahead.fillable;
        stands = model_rests_at_once(o, &ahead);
        if ((o->flags & ORDER_POST_ONLY) && fillable > 0) return refuse(REJECT_POST_ONLY_WOULD_TRADE);
        if (o->tif == TIF_FOK && fillable < o->total) return refuse_with(REJECT_FOK_NOT_FILLABLE, 0, fillable);
    }
    if (m->orders_count >= m->limits.orders_max)
        return refuse_with(REJECT_LIMIT_REACHED, 0, m->limits.orders_max);
    if (stands && !model_has_room_for(m, o, is_stop(o->type) ? ORDER_WAITING : ORDER_RESTING))
        return refuse(REJECT_LIMIT_REACHED);
    return fine();
}

static void say_rejected(struct model *m, struct verdict v) {
    const struct command *c = m->command;
    const struct command_new_order *n = &c->new_order;
    model_say_name(m, n->instrument, 0, n->client_order_id);
    struct event *e = model_say(m, EVENT_REJECTED, n->instrument);
    e->rejected.participant = c->participant;
    e->rejected.user = c->user;
    e->rejected.price = n->price;
    e->rejected.stop = n->stop;
    e->rejected.quantity = n->quantity;
    e->rejected.display = n->display;
    e->rejected.min = n->min;
    e->rejected.expire_date = n->expire_date;
    e->rejected.reason = (uint16_t)v.reason;
    e->rejected.side = n->side;
    e->rejected.order_type = n->order_type;
    e->rejected.time_in_force = n->time_in_force;
    e->rejected.allowed_low = v.low;
    e->rejected.allowed_high = v.high;
    e->rejected.detail = (uint8_t)v.detail;
}

void model_apply_new_order(struct model *m) {
    const struct command_new_order *n = &m->command->new_order;
    const struct used_name *used = model_find_name(m, m->command->participant, n->client_order_id);
    if (model_is_resend(m, used)) {
        model_answer_resend(m, used);
        return;
    }
    struct order incoming = order_of_request(m);
    struct verdict v = check_new_state(m, used);
    if (v.reason == REJECT_NONE) v = check_new_people(m, &incoming);
    if (v.reason == REJECT_NONE) v = check_new_words(m, &incoming);
    incoming.reckoned = v.reason == REJECT_NONE && m->has_terms ? model_reckoned_price(m, &incoming) : 0;
    if (v.reason == REJECT_NONE) v = check_new_book(m, &incoming);
    if (v.reason != REJECT_NONE) {
        say_rejected(m, v);
        return;
    }
    CHECK(m->orders_count < MODEL_ORDERS_MAX);
    struct order *o = &m->orders[m->orders_count++];
    *o = incoming;
    o->id = ++m->orders_given;
    o->entry = ++m->entries_given;
    model_use_name(m, o, n->client_order_id);
    model_say_name(m, o->instrument, o->id, n->client_order_id);
    model_hold(m, o);
    if (is_stop(o->type)) {
        o->state = ORDER_WAITING;
        model_announce(m, o, EVENT_ACCEPTED, NULL, EVENT_PENDING);
    } else {
        model_enter(m, o, EVENT_ACCEPTED, NULL);
    }
}

/* ---- amend and cancel ---- */

static void say_refused(struct model *m, const struct order *o, uint32_t instrument, const char *name,
                        struct verdict v) {
    model_say_name(m, instrument, 0, name);
    struct event *e = model_say(m, EVENT_REFUSED, instrument);
    e->refused.order_id = o == NULL ? 0 : o->id;
    e->refused.participant = m->command->participant;
    e->refused.command = m->command->kind;
    e->refused.reason = (uint16_t)v.reason;
    e->refused.allowed_low = v.low;
    e->refused.allowed_high = v.high;
    e->refused.detail = (uint8_t)v.detail;
}

/* Refuses an amend or cancel; the order is told of once the request has found it. */
static void refuse_change(struct model *m, const struct order *o, bool found, const char *name, struct verdict v) {
    if (found) say_refused(m, o, o->instrument, name, v);
    else say_refused(m, NULL, NAME_NONE, name, v);
}

/* Reasons that come before anybody looks for the order. */
static bool is_before_lookup(enum reject reason) {
    return reason == REJECT_TIMESTAMP_REGRESSION || reason == REJECT_DUPLICATE_CLIENT_ORDER_ID ||
           reason == REJECT_UNKNOWN_PARTICIPANT || reason == REJECT_NOT_ACCREDITED ||
           reason == REJECT_ACCREDITATION_SUSPENDED || reason == REJECT_ACCREDITATION_WITHDRAWN ||
           reason == REJECT_TRADER_NOT_REGISTERED || reason == REJECT_SIGNATURE_INVALID;
}

/* What the order would be after the amend. */
static struct order amended(const struct order *o, const struct command_amend_order *a) {
    struct order n = *o;
    if (a->flags & AMEND_QUANTITY) n.total = a->quantity.lots;
    bool has_price = !(o->state == ORDER_WAITING && o->type == ORDER_TYPE_STOP);
    if (has_price && (a->flags & AMEND_PRICE)) n.price = a->price.ticks;
    if (a->flags & AMEND_DISPLAY) n.display = a->display_lots;
    n.open = n.total - n.filled;
    return n;
}

static bool keeps_priority(const struct order *o, const struct order *n, const struct command_amend_order *a) {
    return n->total < o->total && n->price == o->price && !(a->flags & AMEND_DISPLAY);
}

/* The rules run again, and with them who pays (BRK-6). */
static struct verdict check_amended(struct model *m, const struct order *o, struct order *n) {
    const struct command_amend_order *a = &m->command->amend_order;
    bool has_price = !(o->state == ORDER_WAITING && o->type == ORDER_TYPE_STOP);
    uint32_t session = model_session_of(m, o);
    if (!model_is_open(m, session)) return refuse(REJECT_SESSION_CLOSED);
    if (model_is_halted(m, o->instrument, session)) return refuse(REJECT_MARKET_HALTED);
    static model_check *const checks[] = { model_check_dates, model_check_section, model_check_papers, model_check_late,
                                           model_check_remarks, model_check_broker, model_check_eligible,
                                           model_check_currency };
    struct verdict v = RUN_CHECKS(m, n, checks);
    if (v.reason == REJECT_NONE) n->payer = model_payer_of(m, n);
    if (v.reason == REJECT_NONE) v = check_quantity(m, n, 0);
    if (v.reason == REJECT_NONE && !has_price && (a->flags & AMEND_PRICE))
        v = refuse(REJECT_ORDER_TYPE_NOT_ALLOWED);
    if (v.reason == REJECT_NONE) v = check_display(n, (a->flags & AMEND_DISPLAY) && n->display != 0);
    if (v.reason == REJECT_NONE && has_price) v = check_price(m, n);
    if (v.reason == REJECT_NONE) v = check_value(m, n);
    if (v.reason == REJECT_NONE) v = model_check_money(m, n, o);
    if (v.reason != REJECT_NONE) return v;
    if (n->state != ORDER_RESTING || keeps_priority(o, n, a)) return fine();
    struct foresight ahead = model_look_ahead(m, n);
    if ((n->flags & ORDER_POST_ONLY) && ahead.fillable > 0) return refuse(REJECT_POST_ONLY_WOULD_TRADE);
    if (model_rests_at_once(n, &ahead) && !model_has_room_for(m, n, ORDER_RESTING)) return refuse(REJECT_LIMIT_REACHED);
    return fine();
}

static struct verdict check_amend(struct model *m, const struct used_name *used, const struct order *o,
                                  enum reject lookup) {
    const struct command *c = m->command;
    if (c->time_ns < m->time_ns) return refuse(REJECT_TIMESTAMP_REGRESSION);
    if (model_is_used_today(m, used)) return refuse(REJECT_DUPLICATE_CLIENT_ORDER_ID);
    static model_check *const checks[] = { model_check_standing, model_check_trader, model_check_certificate };
    struct verdict v = model_check_firm(m);
    if (v.reason == REJECT_NONE) v = RUN_CHECKS(m, o, checks);
    if (v.reason == REJECT_NONE) v = refuse(lookup);
    if (v.reason != REJECT_NONE) return v;
    struct order n = amended(o, &c->amend_order);
    return check_amended(m, o, &n);
}

static void replace(struct model *m, struct order *o) {
    const struct command_amend_order *a = &m->command->amend_order;
    struct order before = *o, after = amended(o, a);
    bool kept = keeps_priority(o, &after, a);
    model_release(m, o);
    after.hold = 0;
    after.payer = model_payer_of(m, o);
    *o = after;
    if (m->has_terms) o->reckoned = model_reckoned_price(m, o);
    model_use_name(m, o, a->client_order_id);
    model_say_name(m, o->instrument, o->id, a->client_order_id);
    model_hold(m, o);
    if (!kept) o->entry = ++m->entries_given;
    unsigned flags = kept ? EVENT_PRIORITY_KEPT : 0;
    if (o->state == ORDER_WAITING) {
        model_announce(m, o, EVENT_REPLACED, &before, flags | EVENT_PENDING);
    } else if (kept) {
        if (o->shown > o->open) o->shown = o->open;
        model_announce(m, o, EVENT_REPLACED, &before, flags | EVENT_RESTS);
    } else {
        o->state = ORDER_INCOMING;
        model_enter(m, o, EVENT_REPLACED, &before);
    }
}

void model_apply_amend(struct model *m) {
    const struct command_amend_order *a = &m->command->amend_order;
    const struct used_name *used = model_find_name(m, m->command->participant, a->client_order_id);
    if (model_is_resend(m, used)) {
        model_answer_resend(m, used);
        return;
    }
    enum reject lookup;
    struct order *o = named_order(m, a->order_id, a->orig_client_order_id, &lookup);
    struct verdict v = check_amend(m, used, o, lookup);
    if (v.reason == REJECT_NONE) replace(m, o);
    else refuse_change(m, o, o != NULL && !is_before_lookup(v.reason), a->client_order_id, v);
}

void model_apply_cancel(struct model *m) {
    const struct command *c = m->command;
    const struct command_cancel_order *r = &c->cancel_order;
    enum reject lookup;
    struct order *o = named_order(m, r->order_id, r->orig_client_order_id, &lookup);
    struct verdict v = fine();
    if (c->time_ns < m->time_ns) v = refuse(REJECT_TIMESTAMP_REGRESSION);
    else if (!is_participant(m)) v = refuse(REJECT_UNKNOWN_PARTICIPANT);
    else v = refuse(lookup);
    if (v.reason == REJECT_NONE) model_end_order(m, o, EVENT_CANCELED, CAUSE_REQUEST, REJECT_NONE);
    else refuse_change(m, o, o != NULL && !is_before_lookup(v.reason), r->client_order_id, v);
}

static bool is_mass_canceled(const struct model *m, const struct order *o, const void *context) {
    const struct command_mass_cancel *r = context;
    return o->participant == m->command->participant &&
           (r->instrument == NAME_NONE || r->instrument == o->instrument) &&
           (r->client == NAME_NONE || r->client == o->principal) && (r->side == SIDE_BOTH || r->side == o->side);
}

void model_apply_mass_cancel(struct model *m) {
    const struct command *c = m->command;
    const struct command_mass_cancel *r = &c->mass_cancel;
    struct verdict v = fine();
    if (c->time_ns < m->time_ns) v = refuse(REJECT_TIMESTAMP_REGRESSION);
    else if (!is_participant(m)) v = refuse(REJECT_UNKNOWN_PARTICIPANT);
    else if (r->instrument != NAME_NONE && r->instrument >= m->instruments_count) v = refuse(REJECT_INSTRUMENT_UNKNOWN);
    if (v.reason != REJECT_NONE) {
        say_refused(m, NULL, r->instrument, "", v);
        return;
    }
    uint32_t count = model_end_orders(m, is_mass_canceled, r, EVENT_CANCELED, CAUSE_MASS_CANCEL, REJECT_NONE);
    struct event *e = model_say(m, EVENT_MASS_CANCELED, r->instrument);
    e->mass_canceled.participant = c->participant;
    e->mass_canceled.count = count;
}
