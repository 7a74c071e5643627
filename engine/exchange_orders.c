/* exchange_orders.c - what happens to orders: they come in, are amended, canceled, triggered, and end.
 * MATCHING.md is the text that this file follows, section by section. */
#include <string.h>

#include "engine/exchange_internal.h"
#include "engine/market/market.h"
#include "engine/match/continuous.h"
#include "engine/match/settle.h"
#include "engine/participants/names.h"
#include "engine/rules/clearance.h"

/* ---- words ---- */

static void say_client_id(const char *text, uint32_t instrument, uint32_t participant, uint64_t order_id,
                          struct event_buffer *events) {
    if (text[0] == '\0') return;
    struct event *event = event_next(events);
    *event = (struct event){ .kind = EVENT_CLIENT_ID, .instrument = instrument,
                             .client_id = { .order_id = order_id, .participant = participant } };
    memcpy(event->client_id.text, text, client_order_id_size);
}

static void say_rejected(const struct command *command, struct verdict verdict, struct event_buffer *events) {
    const struct command_new_order *order = &command->new_order;
    say_client_id(order->client_order_id, order->instrument, command->participant, 0, events);
    *event_next(events) = (struct event){ .kind = EVENT_REJECTED, .instrument = order->instrument, .rejected = {
        .participant = command->participant, .user = command->user, .price = order->price, .stop = order->stop,
        .quantity = order->quantity, .display = order->display, .min = order->min,
        .expire_date = order->expire_date, .reason = (uint16_t)verdict.reason, .side = order->side,
        .order_type = order->order_type, .time_in_force = order->time_in_force,
        .allowed_low = verdict.allowed_low, .allowed_high = verdict.allowed_high, .detail = verdict.detail } };
}

static void say_status(uint32_t instrument, uint32_t participant, uint64_t order_id, struct event_buffer *events) {
    *event_next(events) = (struct event){ .kind = EVENT_ORDER_STATUS, .instrument = instrument,
                                          .order_status = { .order_id = order_id, .participant = participant } };
}

/* An order ends for the reason of `filter`; it must have left its queue, or never stood in one (shown = price = 0). */
static void say_ended(const struct exchange *x, uint32_t slot, uint16_t kind, uint8_t cause, enum reject reason,
                      uint32_t price_before, uint32_t shown_before, uint32_t open_lots, struct event_buffer *events) {
    const struct book_order *order = &x->pool.orders[slot];
    *event_next(events) = (struct event){
        .kind = kind, .flags = order->flags & BOOK_PENDING ? EVENT_PENDING : 0, .instrument = order->instrument,
        .order_change = { .order_id = book_order_id(order, slot), .participant = order_participant(x, slot),
                          .price_before.ticks = price_before, .shown_before.lots = shown_before,
                          .leaves_before.lots = open_lots, .side = (uint8_t)book_order_side(order), .cause = cause,
                          .reason = (uint16_t)reason } };
}

/* ---- coming in: the way of new, amended and triggered orders ---- */

/* What an incoming order will do, decided by looking only. */
enum plan { PLAN_REST, PLAN_TRADE, PLAN_TRADE_NOTHING, PLAN_REFUSE_POST_ONLY, PLAN_REFUSE_FOK };

static enum plan plan_order(const struct exchange *x, const struct incoming *in, uint8_t time_in_force,
                            uint8_t order_flags, uint32_t min_lots, uint32_t *fillable_lots) {
    int crosses = continuous_crosses(x, in);
    int conditional = time_in_force == TIF_FOK || order_flags & (ORDER_POST_ONLY | ORDER_ALL_OR_NONE) || min_lots > 0;
    *fillable_lots = 0;
    if (!conditional) return crosses ? PLAN_TRADE : time_in_force == TIF_IOC ? PLAN_TRADE : PLAN_REST;
    if (crosses) *fillable_lots = continuous_fillable(x, in);
    if (order_flags & ORDER_POST_ONLY) {
        if (*fillable_lots > 0) return PLAN_REFUSE_POST_ONLY;
        return crosses ? PLAN_TRADE : PLAN_REST;
    }
    if (time_in_force == TIF_FOK) return *fillable_lots < in->open_lots ? PLAN_REFUSE_FOK : PLAN_TRADE;
    if (order_flags & ORDER_ALL_OR_NONE) return *fillable_lots < in->open_lots ? PLAN_REST : PLAN_TRADE;
    return *fillable_lots < min_lots ? PLAN_TRADE_NOTHING : PLAN_TRADE;
}

/* How far it may trade: its price, inside the collar (PRC-4). */
static uint32_t collared(const struct exchange *x, uint32_t instrument, enum side side, uint32_t ticks) {
    if (x->rules == RULES_OFF) return ticks;
    const struct collar *collar = &x->bounds[instrument].collar;
    if (side == SIDE_BUY) return ticks < collar->high ? ticks : collar->high;
    return ticks > collar->low ? ticks : collar->low;
}

/* A market order is a limit order at the collar, or at the band where that is nearer. */
static uint32_t market_limit(const struct exchange *x, uint32_t instrument, enum side side, uint16_t book_flags) {
    price edge = market_edge(x, instrument, side, !(book_flags & BOOK_FOREIGN));
    if (edge.ticks != 0) return edge.ticks;
    return side == SIDE_BUY ? price_ticks_max : 1;
}

/* Puts an order behind all of its price. `level` is its level, reached already. */
static void rest(struct exchange *x, const struct incoming *in, struct level *level) {
    struct book_order *order = &x->pool.orders[in->slot];
    uint32_t display_lots = x->details[in->slot].display_lots;
    uint32_t shown_lots = display_lots != 0 && display_lots < in->open_lots ? display_lots : in->open_lots;
    order->price_ticks = in->price_ticks;
    order->shown_lots = shown_lots;
    order->hidden_lots = in->open_lots - shown_lots;
    order->principal = in->principal;
    order->instrument = (uint16_t)in->instrument;
    order->flags = in->book_flags;
    enum side side = incoming_side(in);
    book_insert(&x->pool, &x->prices, &x->books[in->instrument].sides[side], side_order(side), level, in->slot);
}

static void end_incoming(struct exchange *x, const struct incoming *in, uint8_t cause, enum reject reason,
                         struct event_buffer *events) {
    say_ended(x, in->slot, EVENT_CANCELED, cause, reason, 0, 0, in->open_lots, events);
    continuous_end(x, in->slot, in->open_lots);
}

/* After ACCEPTED, REPLACED or TRIGGERED without EVENT_RESTS: the walk, and what becomes of the rest. */
static void trade_and_rest(struct exchange *x, struct incoming *in, enum plan plan, uint8_t time_in_force,
                           struct event_buffer *events) {
    if (plan == PLAN_TRADE_NOTHING) {
        end_incoming(x, in, CAUSE_MIN_QUANTITY, REJECT_PARTIAL_NOT_ALLOWED, events);
        return;
    }
    if (continuous_crosses(x, in)) continuous_match(x, in, events);
    if (in->ended || in->open_lots == 0) {
        continuous_end(x, in->slot, in->open_lots);
        return;
    }
    if (in->is_out_of_room) {
        end_incoming(x, in, CAUSE_LIMIT_REACHED, REJECT_LIMIT_REACHED, events);
        return;
    }
    if (time_in_force == TIF_IOC || time_in_force == TIF_FOK) {
        end_incoming(x, in, CAUSE_REMAINDER, REJECT_NONE, events);
        return;
    }
    enum side side = incoming_side(in);
    struct level *level = book_room(&x->prices, &x->books[in->instrument].sides[side], in->price_ticks);
    if (level == NULL) {
        end_incoming(x, in, CAUSE_LIMIT_REACHED, REJECT_LIMIT_REACHED, events);
        return;
    }
    rest(x, in, level);
    const struct book_order *order = &x->pool.orders[in->slot];
    *event_next(events) = (struct event){ .kind = EVENT_RESTED, .instrument = in->instrument, .order_change = {
        .order_id = in->order_id, .participant = in->participant, .price.ticks = in->price_ticks,
        .shown.lots = book_order_depth(order), .leaves.lots = in->open_lots, .side = (uint8_t)side,
        .cause = CAUSE_TRADING } };
}

/* ---- stops (MATCHING.md 5) ---- */

static struct incoming incoming_of_slot(const struct exchange *x, uint32_t slot) {
    const struct book_order *order = &x->pool.orders[slot];
    struct incoming in = {
        .order_id = book_order_id(order, slot), .slot = slot, .instrument = order->instrument,
        .participant = x->details[slot].participant, .principal = order->principal,
        .price_ticks = order->price_ticks, .open_lots = book_order_open(order),
        .book_flags = (uint16_t)(order->flags & ~(BOOK_PENDING | BOOK_QUEUED | BOOK_PENDING_MARKET)),
        .stp = x->details[slot].stp };
    continuous_set_pairs(x, &in);
    return in;
}

static void trigger(struct exchange *x, uint32_t slot, struct event_buffer *events) {
    struct incoming in = incoming_of_slot(x, slot);
    const struct order_detail *detail = &x->details[slot];
    enum side side = incoming_side(&in);
    in.price_ticks = detail->limit_ticks != 0 ? detail->limit_ticks
                                              : market_limit(x, in.instrument, side, in.book_flags);
    in.limit_ticks = collared(x, in.instrument, side, in.price_ticks);
    x->pool.orders[slot].flags = in.book_flags;
    uint8_t time_in_force = detail->time_in_force;
    uint32_t fillable_lots;
    enum plan plan = plan_order(x, &in, time_in_force, detail->order_flags, 0, &fillable_lots);
    struct verdict band = verdict_ok();     /* PRC-2: of a market order, whose price is known only now */
    if (x->rules == RULES_ON)
        band = price_check_band(x, in.instrument, side, !(in.book_flags & BOOK_FOREIGN), in.price_ticks);
    struct level *level = NULL;
    if (plan == PLAN_REST && band.reason == REJECT_NONE)
        level = book_room(&x->prices, &x->books[in.instrument].sides[side], in.price_ticks);
    if (level != NULL) rest(x, &in, level);
    *event_next(events) = (struct event){
        .kind = EVENT_TRIGGERED, .flags = level != NULL ? EVENT_RESTS : 0, .instrument = in.instrument,
        .order_change = { .order_id = in.order_id, .participant = in.participant, .price.ticks = in.price_ticks,
                          .shown.lots = level != NULL ? book_order_depth(&x->pool.orders[slot]) : 0,
                          .leaves.lots = in.open_lots, .side = (uint8_t)side, .cause = CAUSE_TRADING } };
    if (level != NULL) return;
    if (band.reason != REJECT_NONE) end_incoming(x, &in, CAUSE_BAND, band.reason, events);
    else if (plan == PLAN_REFUSE_POST_ONLY) end_incoming(x, &in, CAUSE_TRADING, REJECT_POST_ONLY_WOULD_TRADE, events);
    else if (plan == PLAN_REST) end_incoming(x, &in, CAUSE_LIMIT_REACHED, REJECT_LIMIT_REACHED, events);
    else trade_and_rest(x, &in, plan, time_in_force, events);
}

static void work_off_triggers(struct exchange *x, struct event_buffer *events) {
    while (x->trigger_head != 0) {
        uint32_t slot = x->trigger_head;
        x->trigger_head = x->pool.orders[slot].next;
        if (x->trigger_head == 0) x->trigger_tail = 0;
        trigger(x, slot, events);
    }
}

/* ---- new orders (MATCHING.md 1, 2) ---- */

static struct order_terms terms_of_new(const struct command *command) {
    const struct command_new_order *order = &command->new_order;
    uint32_t principal = order->client == NAME_NONE ? command->participant : order->client;
    return (struct order_terms){
        .participant = command->participant, .user = command->user, .instrument = order->instrument,
        .principal = principal, .session_named = order->market_session, .payment_terms = order->payment_terms,
        .price_ticks = order->price.ticks, .stop_ticks = order->stop.ticks, .quantity_lots = order->quantity.lots,
        .display_lots = order->display.lots, .min_lots = order->min.lots, .expire_date = order->expire_date,
        .side = order->side, .order_type = order->order_type, .time_in_force = order->time_in_force,
        .order_flags = order->flags, .has_display = order->has_display };
}

/* What must hold even when no rule is asked. */
static struct verdict check_bare(const struct exchange *x, const struct command *command) {
    const struct command_new_order *order = &command->new_order;
    if (order->instrument >= x->instruments_count) return verdict_refuse(REJECT_INSTRUMENT_UNKNOWN, 0, 0);
    if (command->participant >= x->participants_count) return verdict_refuse(REJECT_UNKNOWN_PARTICIPANT, 0, 0);
    if (order->quantity.lots == 0 || order->quantity.lots > QUANTITY_LOTS_MAX)
        return verdict_refuse(REJECT_QTY_BELOW_MINIMUM, 1, QUANTITY_LOTS_MAX);
    if (order->order_type != ORDER_TYPE_LIMIT) return verdict_refuse(REJECT_ORDER_TYPE_NOT_ALLOWED, 0, 0);
    if (order->price.ticks == 0 || order->price.ticks > price_ticks_max)
        return verdict_refuse(REJECT_PRICE_INVALID, 1, price_ticks_max);
    return verdict_ok();
}

/* The whole written order of checks. */
static struct verdict check_in_order(struct exchange *x, const struct command *command, enum name_state name,
                                     struct order_money *reckoned) {
    struct order_terms terms = terms_of_new(command);
    rules_find_session(x, &terms);
    rules_find_payer(x, &terms);
    struct verdict verdict = rules_check_new(x, command, &terms, name, reckoned);
    if (verdict.reason == REJECT_NONE) clearance_give(x, &terms);
    return verdict;
}

void orders_check_agreement(struct exchange *x, const struct command *command, const struct order_money *reckoned) {
    struct order_money in_order;
    CHECK(check_in_order(x, command, NAME_FREE, &in_order).reason == REJECT_NONE);
    CHECK(in_order.required.minor == reckoned->required.minor && in_order.value.minor == reckoned->value.minor &&
          in_order.value_ticks == reckoned->value_ticks && in_order.ppm == reckoned->ppm &&
          in_order.payer == reckoned->payer && in_order.by_floor == reckoned->by_floor &&
          in_order.deal_class == reckoned->deal_class);
}

static int is_stop(const struct command_new_order *order) {
    return order->order_type == ORDER_TYPE_STOP || order->order_type == ORDER_TYPE_STOP_LIMIT;
}

/* Which of several sessions it was admitted to. Without rules it is the one it names, or the first. */
static uint16_t session_bits_of_new(const struct exchange *x, const struct command_new_order *order) {
    uint32_t session = order->market_session;
    if (session == NAME_NONE) session = exchange_session_of(x, order->instrument);
    if (!exchange_session_lists(x, session, order->instrument)) session = x->markets[order->instrument].sessions[0];
    return market_session_bits(x, order->instrument, session);
}

static struct incoming incoming_of_new(const struct exchange *x, const struct command *command) {
    const struct command_new_order *order = &command->new_order;
    enum side side = (enum side)order->side;
    uint32_t principal = order->client == NAME_NONE ? command->participant : order->client;
    struct incoming in = {
        .instrument = order->instrument, .participant = command->participant, .principal = principal,
        .price_ticks = order->price.ticks, .open_lots = order->quantity.lots, .stp = order->stp,
        .book_flags = (uint16_t)(BOOK_LIVE | (side == SIDE_SELL ? BOOK_SELL : 0) |
                                 (order->flags & ORDER_ALL_OR_NONE ? BOOK_ALL_OR_NONE : 0) |
                                 (principal != command->participant ? BOOK_FOR_CLIENT : 0) |
                                 (x->participants[principal].resident ? 0 : BOOK_FOREIGN)) };
    if (order->order_type == ORDER_TYPE_MARKET)
        in.price_ticks = market_limit(x, in.instrument, side, in.book_flags);
    if (x->markets[in.instrument].sessions_count > 1) in.book_flags |= session_bits_of_new(x, order);
    continuous_set_pairs(x, &in);
    in.limit_ticks = collared(x, in.instrument, side, in.price_ticks);
    return in;
}

/* Gives the order its slot and writes down what the walk does not need. */
static void open_order(struct exchange *x, const struct command *command, struct incoming *in) {
    const struct command_new_order *order = &command->new_order;
    in->slot = order_pool_take(&x->pool);
    in->order_id = book_order_id(&x->pool.orders[in->slot], in->slot);
    x->participants[in->participant].open_orders_count++;
    x->pool.orders[in->slot].principal = in->principal;
    x->pool.orders[in->slot].instrument = (uint16_t)in->instrument;
    x->pool.orders[in->slot].flags = in->book_flags;
    x->details[in->slot] = (struct order_detail){
        .entry = ++x->entries_count, .quantity_lots = order->quantity.lots,
        .display_lots = order->has_display ? order->display.lots : 0,
        .limit_ticks = order->order_type == ORDER_TYPE_STOP_LIMIT ? order->price.ticks : 0,
        .participant = command->participant, .user = command->user, .connection = command->connection,
        .expire_date = order->expire_date, .order_type = order->order_type, .time_in_force = order->time_in_force,
        .stp = order->stp, .order_flags = order->flags };
}

static void name_order(struct exchange *x, const struct command *command, const char *text, const struct incoming *in,
                       uint64_t content, struct event_buffer *events) {
    if (text[0] == '\0') return;
    say_client_id(text, in->instrument, in->participant, in->order_id, events);
    x->details[in->slot].name = names_insert(x, command->participant, text, content, in->order_id, in->instrument);
}

static void say_accepted(const struct command *command, const struct incoming *in, uint32_t shown_lots, uint16_t flags,
                         struct event_buffer *events) {
    const struct command_new_order *order = &command->new_order;
    *event_next(events) = (struct event){
        .kind = EVENT_ACCEPTED, .flags = flags, .instrument = in->instrument,
        .order = { .order_id = in->order_id, .participant = in->participant, .user = command->user,
                   .principal = in->principal, .connection = command->connection, .price.ticks = in->price_ticks,
                   .stop = order->stop, .quantity = order->quantity, .shown.lots = shown_lots,
                   .display.lots = order->has_display ? order->display.lots : 0, .expire_date = order->expire_date,
                   .side = order->side, .order_type = order->order_type, .time_in_force = order->time_in_force,
                   .order_flags = order->flags } };
}

/* The last of all reasons: every slot is in use. */
static int refuse_without_slot(const struct exchange *x, const struct command *command, struct event_buffer *events) {
    if (!order_pool_full(&x->pool)) return 0;
    say_rejected(command, verdict_refuse(REJECT_LIMIT_REACHED, 0, x->limits.orders_max), events);
    return 1;
}

/* A stop takes its place among the waiting ones, at its stop price. */
static void wait_for_trigger(struct exchange *x, const struct command *command, struct incoming *in,
                             const struct order_money *reckoned, uint64_t content, struct event_buffer *events) {
    const struct command_new_order *order = &command->new_order;
    enum side side = incoming_side(in);
    struct ladder *stops = &x->books[in->instrument].stops[side];
    if (refuse_without_slot(x, command, events)) return;
    struct level *level = book_room(&x->prices, stops, order->stop.ticks);
    if (level == NULL) {
        say_rejected(command, verdict_refuse(REJECT_LIMIT_REACHED, 0, 0), events);
        return;
    }
    open_order(x, command, in);
    struct book_order *waiting = &x->pool.orders[in->slot];
    waiting->price_ticks = order->stop.ticks;
    waiting->shown_lots = in->open_lots;
    waiting->hidden_lots = 0;
    waiting->flags = (uint16_t)(in->book_flags | BOOK_PENDING);
    book_insert(&x->pool, &x->prices, stops, stop_order(side), level, in->slot);
    in->price_ticks = x->details[in->slot].limit_ticks;
    name_order(x, command, order->client_order_id, in, content, events);
    settle_enter(x, in, reckoned, events);
    say_accepted(command, in, 0, EVENT_PENDING, events);
}

/* An order that is checked: it rests, or trades first. */
static void enter(struct exchange *x, const struct command *command, struct incoming *in,
                  const struct order_money *reckoned, uint64_t content, struct event_buffer *events) {
    const struct command_new_order *order = &command->new_order;
    uint32_t fillable_lots;
    enum plan plan = plan_order(x, in, order->time_in_force, order->flags, order->min.lots, &fillable_lots);
    if (plan == PLAN_REFUSE_POST_ONLY) {
        say_rejected(command, verdict_refuse(REJECT_POST_ONLY_WOULD_TRADE, 0, 0), events);
        return;
    }
    if (plan == PLAN_REFUSE_FOK) {
        say_rejected(command, verdict_refuse(REJECT_FOK_NOT_FILLABLE, 0, fillable_lots), events);
        return;
    }
    if (refuse_without_slot(x, command, events)) return;
    struct level *level = NULL;
    if (plan == PLAN_REST) {
        level = book_room(&x->prices, &x->books[in->instrument].sides[order->side], in->price_ticks);
        if (level == NULL) {
            say_rejected(command, verdict_refuse(REJECT_LIMIT_REACHED, 0, 0), events);
            return;
        }
    }
    open_order(x, command, in);
    name_order(x, command, order->client_order_id, in, content, events);
    settle_enter(x, in, reckoned, events);
    if (plan == PLAN_REST) {
        rest(x, in, level);
        say_accepted(command, in, book_order_depth(&x->pool.orders[in->slot]), EVENT_RESTS, events);
        return;
    }
    say_accepted(command, in, 0, 0, events);
    trade_and_rest(x, in, plan, order->time_in_force, events);
    work_off_triggers(x, events);
}

void orders_enter(struct exchange *x, const struct command *command, const struct order_money *reckoned,
                  uint64_t content, struct event_buffer *events) {
    struct incoming in = incoming_of_new(x, command);
    if (is_stop(&command->new_order)) wait_for_trigger(x, command, &in, reckoned, content, events);
    else enter(x, command, &in, reckoned, content, events);
}

void orders_apply_new(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_new_order *order = &command->new_order;
    uint64_t content = 0;
    enum name_state name = NAME_FREE;
    if (order->client_order_id[0] != '\0') {
        uint32_t entry;
        content = names_content(command);
        enum name_use use = names_check(x, command->participant, order->client_order_id, content, &entry);
        if (use == NAME_SAME_REQUEST) {
            say_status(order->instrument, command->participant, x->names[entry].order_id, events);
            return;
        }
        if (use == NAME_OTHER_REQUEST) name = NAME_TAKEN;
    }
    struct order_money reckoned = { .payer = command->participant };
    struct verdict verdict = x->rules == RULES_OFF ? check_bare(x, command)
                                                   : check_in_order(x, command, name, &reckoned);
    if (verdict.reason == REJECT_NONE) orders_enter(x, command, &reckoned, content, events);
    else say_rejected(command, verdict, events);
}

/* ---- finding the order that a request names ---- */

static struct verdict find_order(const struct exchange *x, const struct command *command, uint64_t order_id,
                                 const char *client_order_id, uint32_t *slot) {
    int by_name = order_id == 0;
    if (by_name) {
        uint32_t name = client_order_id[0] != '\0' ? names_find(x, command->participant, client_order_id) : 0;
        if (name == 0) return verdict_refuse(REJECT_ORDER_UNKNOWN, 0, 0);
        order_id = x->names[name].order_id;
    }
    switch (order_pool_find(&x->pool, order_id, slot)) {
        case ORDER_NEVER_KNOWN: return verdict_refuse(REJECT_ORDER_UNKNOWN, 0, 0);
        case ORDER_ENDED: return verdict_refuse(REJECT_ORDER_NOT_ACTIVE, 0, 0);
        case ORDER_FOUND: break;
    }
    if (order_participant(x, *slot) != command->participant) return verdict_refuse(REJECT_ORDER_NOT_OWNED, 0, 0);
    return verdict_ok();
}

static void refuse_order_request(const struct exchange *x, const struct command *command, const char *client_order_id,
                                 uint32_t slot, struct verdict verdict, struct event_buffer *events) {
    uint32_t instrument = slot != 0 ? x->pool.orders[slot].instrument : NAME_NONE;
    uint64_t order_id = slot != 0 ? book_order_id(&x->pool.orders[slot], slot) : 0;
    say_client_id(client_order_id, instrument, command->participant, 0, events);
    refuse(command, instrument, order_id, verdict, events);
}

/* ---- amend (MATCHING.md 6) ---- */

/* The order as it would stand: what the request does not give is the order's own. */
static struct order_terms terms_of_amend(const struct exchange *x, const struct command *command, uint32_t slot) {
    const struct command_amend_order *amend = &command->amend_order;
    const struct book_order *order = &x->pool.orders[slot];
    const struct order_detail *detail = &x->details[slot];
    int pending = order->flags & BOOK_PENDING;
    uint32_t own_price = pending ? detail->limit_ticks : order->price_ticks;
    money lot_tick = x->instruments[order->instrument].lot_tick;
    struct order_terms terms = {
        .participant = command->participant, .user = command->user, .instrument = order->instrument,
        .principal = order->principal, .session_named = NAME_NONE, .session = market_session_of_order(x, order),
        .own_hold = detail->hold.deposit,
        .own_exposure.minor = (int64_t)detail->hold.value_ticks * book_order_open(order) * lot_tick.minor,
        .price_ticks = amend->flags & AMEND_PRICE ? amend->price.ticks : own_price,
        .stop_ticks = pending ? order->price_ticks : 0,
        .has_price = (amend->flags & AMEND_PRICE) != 0,
        .quantity_lots = amend->flags & AMEND_QUANTITY ? amend->quantity.lots : detail->quantity_lots,
        .display_lots = amend->display_lots, .has_display = (amend->flags & AMEND_DISPLAY) != 0,
        .filled_lots = detail->quantity_lots - book_order_open(order), .expire_date = detail->expire_date,
        .side = (uint8_t)book_order_side(order),
        .order_type = pending || detail->order_type < ORDER_TYPE_STOP ? detail->order_type : ORDER_TYPE_LIMIT,
        .time_in_force = detail->time_in_force, .order_flags = detail->order_flags, .amended = 1 };
    rules_find_payer(x, &terms);
    /* What another holds for it is not this payer's (a client that has an account of its own since): BRK-6, DEP-2. */
    if (detail->hold.account / CURRENCY_COUNT != terms.payer) terms.own_hold = terms.own_exposure = (money){ 0 };
    return terms;
}

static void say_replaced(const struct exchange *x, const struct incoming *in, uint16_t flags, uint32_t price_before,
                         uint32_t shown_before, uint32_t leaves_before, struct event_buffer *events) {
    const struct book_order *order = &x->pool.orders[in->slot];
    const struct order_detail *detail = &x->details[in->slot];
    *event_next(events) = (struct event){
        .kind = EVENT_REPLACED, .flags = flags, .instrument = in->instrument,
        .order_change = { .order_id = in->order_id, .participant = in->participant, .price_before.ticks = price_before,
                          .shown_before.lots = shown_before, .leaves_before.lots = leaves_before,
                          .price.ticks = in->price_ticks,
                          .shown.lots = flags & EVENT_RESTS ? book_order_depth(order) : 0,
                          .quantity.lots = detail->quantity_lots, .leaves.lots = in->open_lots,
                          .display.lots = detail->display_lots, .side = (uint8_t)incoming_side(in),
                          .cause = CAUSE_REQUEST } };
}

static void rename_order(struct exchange *x, const struct command *command, const struct incoming *in,
                         struct event_buffer *events) {
    const char *text = command->amend_order.client_order_id;
    if (text[0] == '\0') return;
    uint32_t old = x->details[in->slot].name;
    if (old != 0) names_replace(x, old);
    name_order(x, command, text, in, names_content(command), events);
}

/* Less quantity at the same price: the order stays where it is, what is hidden goes first. */
static void shrink_in_place(struct exchange *x, const struct command *command, struct incoming *in,
                            const struct order_money *reckoned, struct event_buffer *events) {
    struct book_order *order = &x->pool.orders[in->slot];
    uint32_t leaves_before = book_order_open(order), shown_before = book_order_depth(order);
    uint32_t pending = order->flags & BOOK_PENDING;
    uint32_t less_lots = leaves_before - in->open_lots;
    uint32_t from_hidden = less_lots < order->hidden_lots ? less_lots : order->hidden_lots;
    order->hidden_lots -= from_hidden;
    order->shown_lots -= less_lots - from_hidden;
    rename_order(x, command, in, events);
    settle_hold(x, in->slot, reckoned, leaves_before, events);
    uint16_t flags = (uint16_t)(EVENT_PRIORITY_KEPT | (pending ? EVENT_PENDING : EVENT_RESTS));
    say_replaced(x, in, flags, pending ? 0 : order->price_ticks, shown_before, leaves_before, events);
}

/* A waiting stop goes behind the others of its stop price. */
static void requeue_stop(struct exchange *x, const struct command *command, struct incoming *in,
                         const struct order_money *reckoned, struct event_buffer *events) {
    struct book_order *order = &x->pool.orders[in->slot];
    uint32_t leaves_before = book_order_open(order);
    enum side side = book_order_side(order);
    struct level *level = ladder_level(&x->prices, &x->books[in->instrument].stops[side], order->price_ticks);
    level_unlink(&x->pool, level, in->slot);
    level_append(&x->pool, level, in->slot);
    order->shown_lots = in->open_lots;
    order->hidden_lots = 0;
    x->details[in->slot].limit_ticks = in->price_ticks;
    rename_order(x, command, in, events);
    settle_hold(x, in->slot, reckoned, leaves_before, events);
    say_replaced(x, in, EVENT_PENDING, 0, 0, leaves_before, events);
}

static void reenter(struct exchange *x, const struct command *command, struct incoming *in, enum plan plan,
                    const struct order_money *reckoned, struct event_buffer *events) {
    struct book_order *order = &x->pool.orders[in->slot];
    uint32_t price_before = order->price_ticks, shown_before = book_order_depth(order);
    uint32_t leaves_before = book_order_open(order);
    continuous_withdraw(x, in->slot);
    rename_order(x, command, in, events);
    settle_hold(x, in->slot, reckoned, leaves_before, events);
    if (plan == PLAN_REST) {
        enum side side = incoming_side(in);
        struct level *level = book_room(&x->prices, &x->books[in->instrument].sides[side], in->price_ticks);
        CHECK(level != NULL);
        rest(x, in, level);
    }
    say_replaced(x, in, plan == PLAN_REST ? EVENT_RESTS : 0, price_before, shown_before, leaves_before, events);
    if (plan == PLAN_REST) return;
    trade_and_rest(x, in, plan, x->details[in->slot].time_in_force, events);
    work_off_triggers(x, events);
}

/* The place in the queue is lost: the order comes in again with its new terms. */
static void amend_and_lose(struct exchange *x, const struct command *command, struct incoming *in,
                           uint32_t quantity_lots, const struct order_money *reckoned, struct event_buffer *events) {
    const struct command_amend_order *amend = &command->amend_order;
    struct order_detail *detail = &x->details[in->slot];
    int pending = x->pool.orders[in->slot].flags & BOOK_PENDING;
    enum plan plan = PLAN_REST;
    if (!pending) {
        in->limit_ticks = collared(x, in->instrument, incoming_side(in), in->price_ticks);
        uint32_t fillable_lots;
        plan = plan_order(x, in, detail->time_in_force, detail->order_flags, 0, &fillable_lots);
        const struct ladder *ladder = &x->books[in->instrument].sides[incoming_side(in)];
        struct verdict verdict = verdict_ok();
        if (plan == PLAN_REFUSE_POST_ONLY) verdict = verdict_refuse(REJECT_POST_ONLY_WOULD_TRADE, 0, 0);
        else if (plan == PLAN_REST && !ladder_has_room(&x->prices, ladder, in->price_ticks))
            verdict = verdict_refuse(REJECT_LIMIT_REACHED, 0, 0);
        if (verdict.reason != REJECT_NONE) {
            refuse_order_request(x, command, amend->client_order_id, in->slot, verdict, events);
            return;
        }
    }
    detail->quantity_lots = quantity_lots;
    detail->entry = ++x->entries_count;
    if (amend->flags & AMEND_DISPLAY) detail->display_lots = amend->display_lots;
    if (pending) requeue_stop(x, command, in, reckoned, events);
    else reenter(x, command, in, plan, reckoned, events);
}

void orders_apply_amend(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_amend_order *amend = &command->amend_order;
    enum name_state name = NAME_FREE;
    if (amend->client_order_id[0] != '\0') {
        uint32_t entry;
        uint64_t content = names_content(command);
        enum name_use use = names_check(x, command->participant, amend->client_order_id, content, &entry);
        if (use == NAME_SAME_REQUEST) {
            uint64_t order_id = x->names[entry].order_id;
            say_status(x->names[entry].instrument, command->participant, order_id, events);
            return;
        }
        if (use == NAME_OTHER_REQUEST) name = NAME_TAKEN;
    }
    uint32_t slot = 0;
    struct verdict verdict = rules_check_requester(x, command, name);
    if (verdict.reason == REJECT_NONE)
        verdict = find_order(x, command, amend->order_id, amend->orig_client_order_id, &slot);
    struct order_terms terms;
    struct order_money reckoned;
    if (verdict.reason == REJECT_NONE) {
        terms = terms_of_amend(x, command, slot);
        verdict = rules_check_amended(x, &terms, &reckoned);
    }
    if (verdict.reason != REJECT_NONE) {
        refuse_order_request(x, command, amend->client_order_id, slot, verdict, events);
        return;
    }
    struct incoming in = incoming_of_slot(x, slot);
    uint32_t own_price = x->pool.orders[slot].flags & BOOK_PENDING ? x->details[slot].limit_ticks : in.price_ticks;
    in.price_ticks = terms.price_ticks;
    in.open_lots = terms.quantity_lots - terms.filled_lots;
    if (!(amend->flags & AMEND_DISPLAY) && terms.price_ticks == own_price &&
        terms.quantity_lots < x->details[slot].quantity_lots) {
        x->details[slot].quantity_lots = terms.quantity_lots;
        shrink_in_place(x, command, &in, &reckoned, events);
    } else {
        amend_and_lose(x, command, &in, terms.quantity_lots, &reckoned, events);
    }
}

/* ---- cancel ---- */

static void end_order(struct exchange *x, uint32_t slot, uint16_t kind, uint8_t cause, enum reject reason,
                      struct event_buffer *events) {
    const struct book_order *order = &x->pool.orders[slot];
    uint32_t price_before = order->flags & BOOK_PENDING ? 0 : order->price_ticks;
    say_ended(x, slot, kind, cause, reason, price_before, book_order_depth(order), book_order_open(order), events);
    continuous_withdraw(x, slot);
    continuous_end(x, slot, book_order_open(order));
}

static struct verdict check_canceler(const struct exchange *x, const struct command *command) {
    if (command->time_ns < x->time_ns) return verdict_refuse(REJECT_TIMESTAMP_REGRESSION, 0, 0);
    if (command->participant >= x->participants_count) return verdict_refuse(REJECT_UNKNOWN_PARTICIPANT, 0, 0);
    return verdict_ok();
}

void orders_apply_cancel(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_cancel_order *cancel = &command->cancel_order;
    uint32_t slot = 0;
    struct verdict verdict = check_canceler(x, command);
    if (verdict.reason == REJECT_NONE)
        verdict = find_order(x, command, cancel->order_id, cancel->orig_client_order_id, &slot);
    if (verdict.reason == REJECT_NONE) end_order(x, slot, EVENT_CANCELED, CAUSE_REQUEST, REJECT_NONE, events);
    else refuse_order_request(x, command, cancel->client_order_id, slot, verdict, events);
}

/* Why an order that may not stand ends. ACC-16: 1103 for a suspension or a withdrawal. */
static enum reject reason_of_standing(const struct exchange *x, uint32_t slot, uint8_t *cause) {
    enum reject reason = rules_check_standing(x, slot).reason;
    if (reason == REJECT_PRICE_ABOVE_CEILING || reason == REJECT_PRICE_BELOW_FLOOR) *cause = CAUSE_BAND;
    if (reason != REJECT_ACCREDITATION_SUSPENDED && reason != REJECT_ACCREDITATION_WITHDRAWN) return reason;
    *cause = CAUSE_SUSPENSION;
    return REJECT_ORDER_RELEASED_BY_SUSPENSION;
}

static int ends_by_standing(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    int concerned = filter->participant == NAME_NONE || x->details[slot].participant == filter->participant ||
                    x->pool.orders[slot].principal == filter->participant;
    return concerned && rules_check_standing(x, slot).reason != REJECT_NONE;
}

void orders_end_unfit(struct exchange *x, uint32_t participant, struct event_buffer *events) {
    if (x->pool.live_count == 0 || x->rules == RULES_OFF) return;
    struct order_filter filter = { .ends = ends_by_standing, .kind = EVENT_CANCELED, .cause = CAUSE_ADMISSION,
                                   .participant = participant };
    orders_end_all(x, &filter, events);
}

static int ends_by_kill(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    return x->details[slot].participant == filter->participant ||
           x->pool.orders[slot].principal == filter->participant;
}

void orders_end_killed(struct exchange *x, uint32_t participant, struct event_buffer *events) {
    if (x->pool.live_count == 0) return;
    struct order_filter filter = { .ends = ends_by_kill, .kind = EVENT_CANCELED, .cause = CAUSE_KILL,
                                   .reason = REJECT_KILL_SWITCH_ACTIVE, .participant = participant };
    orders_end_all(x, &filter, events);
}

uint32_t orders_end_all(struct exchange *x, const struct order_filter *filter, struct event_buffer *events) {
    uint32_t slots_count = 0;
    for (uint32_t slot = 1, seen = 0; slot <= x->pool.slots_used && seen < x->pool.live_count; slot++) {
        if (!(x->pool.orders[slot].flags & BOOK_LIVE)) continue;
        seen++;
        if (filter->ends(x, filter, slot)) x->scratch[slots_count++] = slot;
    }
    continuous_sort_by_entry(x, x->scratch, slots_count);
    for (uint32_t i = 0; i < slots_count; i++) {
        uint32_t slot = x->scratch[i];
        int dated = filter->kind == EVENT_EXPIRED && x->details[slot].time_in_force == TIF_GTD;
        uint8_t cause = dated ? CAUSE_EXPIRE_DATE : filter->cause;
        enum reject reason = filter->reason;
        if (cause == CAUSE_ADMISSION) reason = reason_of_standing(x, slot, &cause);
        end_order(x, slot, filter->kind, cause, reason, events);
    }
    return slots_count;
}

static int ends_by_mass_cancel(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    const struct book_order *order = &x->pool.orders[slot];
    return x->details[slot].participant == filter->participant &&
           (filter->client == NAME_NONE || order->principal == filter->client) &&
           (filter->instrument == NAME_NONE || order->instrument == filter->instrument) &&
           (filter->side == SIDE_BOTH || book_order_side(order) == (enum side)filter->side);
}

void orders_apply_mass_cancel(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_mass_cancel *request = &command->mass_cancel;
    struct verdict verdict = check_canceler(x, command);
    int named = request->instrument != NAME_NONE;
    if (verdict.reason == REJECT_NONE && named && request->instrument >= x->instruments_count)
        verdict = verdict_refuse(REJECT_INSTRUMENT_UNKNOWN, 0, 0);
    if (verdict.reason != REJECT_NONE) {
        refuse(command, request->instrument, 0, verdict, events);
        return;
    }
    struct order_filter filter = { .ends = ends_by_mass_cancel, .kind = EVENT_CANCELED, .cause = CAUSE_MASS_CANCEL,
                                   .side = request->side, .instrument = request->instrument, .client = request->client,
                                   .participant = command->participant };
    uint32_t count = x->participants[command->participant].open_orders_count;
    if (count > 0) count = orders_end_all(x, &filter, events);
    *event_next(events) = (struct event){ .kind = EVENT_MASS_CANCELED, .instrument = request->instrument,
        .mass_canceled = { .participant = command->participant, .count = count } };
}

static int ends_by_disconnect(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    const struct order_detail *detail = &x->details[slot];
    return detail->participant == filter->participant && detail->connection == filter->connection &&
           detail->order_flags & ORDER_CANCEL_ON_DISCONNECT;
}

void orders_apply_disconnect(struct exchange *x, const struct command *command, struct event_buffer *events) {
    if (command->participant >= x->participants_count || x->participants[command->participant].open_orders_count == 0)
        return;
    struct order_filter filter = { .ends = ends_by_disconnect, .kind = EVENT_CANCELED, .cause = CAUSE_DISCONNECT,
                                   .participant = command->participant, .connection = command->connection };
    orders_end_all(x, &filter, events);
}
