/* exchange_everyday.c - the straight path of the everyday order: a limit order, day, gtc or ioc, on the own account of
 * a firm that was admitted before, without condition.
 *
 * Nine of ten orders are of this kind, and most of them come to rest. What the long path (exchange_orders.c) finds out
 * step by step is known of them beforehand: nothing has to be planned, and what the rules say that depends on neither
 * price nor quantity was said when the firm's last order of the kind took the long path (rules/clearance.h). So an
 * order that rests is written down here, line by line, in the order of its events. Whatever is unusual - a reason to
 * refuse, no room, a name that was seen before - is left to the long path, before anything has changed; one that trades
 * goes there too, once it is admitted. With BIRZHA_PARANOID the long path's checks are asked as well, and must agree.
 *
 * The path is written once and inlined for each side, without and with money, so that no copy asks which it is. What
 * it touches: command 2 cache lines, one each of clearance, bounds, account, book, level, order (2 to a line), its
 * detail, the firm's count, and one for each event. */
#include <stddef.h>
#include <string.h>

#include "engine/exchange_internal.h"
#include "engine/market/market.h"
#include "engine/participants/names.h"
#include "engine/rules/clearance.h"

enum { million = 1000000, events_per_order_max = 3 };

/* What the path knows of an order beside its command. */
struct everyday {
    const struct clearance *clearance;  /* with rules */
    struct account *account;    /* of the deposit, with money */
    money required, value;      /* of the deposit, with money */
    uint32_t by_floor;          /* the deposit is the floor, not the rate's share */
    uint32_t collar_ticks;      /* with rules: how far anybody may trade on its side */
    uint16_t book_flags;
    uint64_t content;           /* of the request, where it has a name */
};

/* ---- is it one? ---- */

/* The eight bytes of an order from its side on. */
static inline uint64_t shape(uint8_t side, uint8_t order_type, uint8_t flags, uint8_t has_display) {
    const uint8_t bytes[8] = { side, order_type, 0, 0, flags, 0, has_display, 0 };
    return eight_bytes(bytes);
}
static inline uint64_t shape_of(const struct command_new_order *order) { return eight_bytes(&order->side); }
_Static_assert(offsetof(struct command_new_order, has_display) == offsetof(struct command_new_order, side) + 6 &&
               offsetof(struct command_new_order, flags) == offsetof(struct command_new_order, side) + 4,
               "as shape has it");

/* Nothing in it but a price, a quantity, a side and a time in force. */
static inline int has_everyday_shape(const struct command_new_order *order) {
    const uint32_t times = 1u << TIF_DAY | 1u << TIF_GTC | 1u << TIF_IOC;
    const uint64_t unusual = shape(0xFE, 0xFF, ORDER_POST_ONLY | ORDER_ALL_OR_NONE, 0xFF);
    return (shape_of(order) & unusual) == 0 && (order->min.lots | order->stop.ticks) == 0 &&
           order->time_in_force < 32 && (times >> order->time_in_force & 1);
}

/* RULES_OFF: what must hold even then. */
static inline __attribute__((always_inline)) int is_permitted_bare(const struct exchange *x,
                                                                   const struct command *command,
                                                                   struct everyday *everyday) {
    const struct command_new_order *order = &command->new_order;
    if (order->client != NAME_NONE || command->participant >= x->participants_count ||
        order->instrument >= x->instruments_count || x->markets[order->instrument].sessions_count > 1 ||
        order->quantity.lots - 1 >= QUANTITY_LOTS_MAX || order->price.ticks - 1 >= price_ticks_max) return 0;
    everyday->book_flags = x->participants[command->participant].resident ? BOOK_LIVE : BOOK_LIVE | BOOK_FOREIGN;
    return 1;
}

/* RULES_ON: price, quantity and deposit of an order whose firm was admitted before. */
static inline __attribute__((always_inline)) int is_permitted(const struct exchange *x, const struct command *command,
                                                              struct everyday *everyday) {
    const struct command_new_order *order = &command->new_order;
    const struct clearance *clearance = clearance_place(x, command->participant, order->instrument, order->side);
    if (!clearance_covers(clearance, x, command)) return 0;
    uint32_t lots = order->quantity.lots, ticks = order->price.ticks;
    const struct order_bounds *bounds = &x->bounds[order->instrument];
    const struct collar *collar = &bounds->collar;
    int is_outside = lots < bounds->lots_low || lots > bounds->lots_high || ticks < clearance->band_low ||
                     ticks > clearance->band_high || ticks < collar->far_low || ticks > collar->far_high;
    uint64_t units = (uint64_t)ticks * lots;
    if (__builtin_expect(is_outside || units > bounds->units_max, 0)) return 0;
    everyday->collar_ticks = order->side == SIDE_BUY ? collar->high : collar->low;
    everyday->clearance = clearance;
    everyday->book_flags = clearance->book_flags;
    if (!clearance->has_money) return 1;
    /* Group 8. What is asked of the standing money was asked when the clearance was given. */
    int64_t value = (int64_t)units * bounds->lot_tick, floor = clearance->deposit_floor.minor;
    int64_t share = (int64_t)(((uint64_t)value * clearance->ppm + million - 1) / million);
    everyday->by_floor = share < floor;
    everyday->required.minor = share < floor ? floor : share;
    everyday->value.minor = value;
    everyday->account = &x->accounts[clearance->account];
    return ledger_counted(everyday->account).minor >= everyday->required.minor &&
           everyday->account->exposure.minor + value <= clearance->exposure_max;
}

/* The same in the words of the long path. */
static inline struct order_money money_of(const struct everyday *everyday, const struct command *command) {
    const struct clearance *clearance = everyday->clearance;
    if (clearance == NULL || !clearance->has_money) return (struct order_money){ .payer = command->participant };
    return (struct order_money){
        .required = everyday->required, .value = everyday->value, .value_ticks = command->new_order.price.ticks,
        .ppm = clearance->ppm, .payer = command->participant, .account = clearance->account,
        .by_floor = (uint8_t)everyday->by_floor, .deal_class = clearance->deal_class };
}

/* ---- it rests ---- */

/* DEP-4: the deposit goes behind the order. HELD is written word by word. */
static inline __attribute__((always_inline)) void hold(struct exchange *x, const struct everyday *everyday,
                                                       uint64_t order_id, uint32_t instrument, uint32_t ticks,
                                                       struct event *event) {
    const struct clearance *clearance = everyday->clearance;
    struct account *account = everyday->account;
    struct order_hold *behind = &x->details[(uint32_t)order_id].hold;
    behind->deposit = everyday->required;
    copy_eight(&behind->account, &(uint64_t){ eight_bytes_of(clearance->account, ticks) });
    ledger_move(&account->free, &account->held, everyday->required);
    account->exposure.minor += everyday->value.minor;
    const money free = account->free;
    copy_eight(event, &(uint64_t){ eight_bytes_of(EVENT_HELD, instrument) });
    struct event_held *held = &event->held;
    held->order_id = order_id;
    held->amount = everyday->required;
    held->value = everyday->value;
    held->free = free;
    const uint32_t firm = clearance->participant;
    copy_eight(&held->participant, &(uint64_t){ eight_bytes_of(firm, firm) });
    copy_eight(&held->payer, &(uint64_t){ eight_bytes_of(firm, clearance->ppm) });
    copy_eight(&held->currency, &(uint64_t){ clearance->currency | (uint32_t)clearance->deal_class << 8 |
                                             everyday->by_floor << 16 });
}
_Static_assert(offsetof(struct event_held, principal) == offsetof(struct event_held, participant) + 4 &&
               offsetof(struct event_held, ppm) == offsetof(struct event_held, payer) + 4 &&
               offsetof(struct event_held, by_floor) == offsetof(struct event_held, currency) + 2 &&
               offsetof(struct event_held, currency) + 8 == sizeof(struct event_held), "as hold has it");

static inline __attribute__((always_inline)) void write_detail(struct exchange *x, const struct command *command,
                                                               uint32_t slot) {
    const struct command_new_order *order = &command->new_order;
    x->details[slot] = (struct order_detail){
        .entry = ++x->entries_count, .quantity_lots = order->quantity.lots, .participant = command->participant,
        .user = command->user, .connection = command->connection, .expire_date = order->expire_date,
        .order_type = ORDER_TYPE_LIMIT, .time_in_force = order->time_in_force, .stp = order->stp,
        .order_flags = order->flags };
}

static inline __attribute__((always_inline)) void say_accepted(const struct command *command, uint64_t order_id,
                                                               struct event *event) {
    const struct command_new_order *order = &command->new_order;
    *event = (struct event){ .kind = EVENT_ACCEPTED, .flags = EVENT_RESTS, .instrument = order->instrument, .order = {
        .order_id = order_id, .participant = command->participant, .user = command->user,
        .principal = command->participant, .connection = command->connection, .price = order->price,
        .stop = order->stop, .quantity = order->quantity, .shown = order->quantity, .expire_date = order->expire_date,
        .side = order->side, .order_type = ORDER_TYPE_LIMIT, .time_in_force = order->time_in_force,
        .order_flags = order->flags } };
}

static __attribute__((noinline)) void name(struct exchange *x, const struct command *command, uint64_t order_id,
                                           uint64_t content, struct event *event) {
    const struct command_new_order *order = &command->new_order;
    *event = (struct event){ .kind = EVENT_CLIENT_ID, .instrument = order->instrument,
                             .client_id = { .order_id = order_id, .participant = command->participant } };
    memcpy(event->client_id.text, order->client_order_id, client_order_id_size);
    x->details[(uint32_t)order_id].name = names_insert(x, command->participant, order->client_order_id, content,
                                                       order_id, order->instrument);
}

/* Returns 0 when there is no room at its price. */
static inline __attribute__((always_inline)) int rest(struct exchange *x, const struct command *command,
                                                      const struct everyday *everyday, enum side side, int has_money,
                                                      struct event_buffer *events) {
    const struct command_new_order *order = &command->new_order;
    uint32_t ticks = order->price.ticks, instrument = order->instrument;
    struct ladder *ladder = &x->books[instrument].sides[side];
    struct level *level = ladder_reach(&x->prices, ladder, ticks);
    if (__builtin_expect(level == NULL, 0)) return 0;
    uint32_t slot = order_pool_take(&x->pool);
    struct book_order *resting = &x->pool.orders[slot];
    uint64_t order_id = book_order_id(resting, slot);
    resting->price_ticks = ticks;
    resting->shown_lots = order->quantity.lots;
    resting->hidden_lots = 0;
    resting->principal = command->participant;
    resting->instrument = (uint16_t)instrument;
    resting->flags = (uint16_t)(everyday->book_flags | (side == SIDE_SELL ? BOOK_SELL : 0));
    write_detail(x, command, slot);
    x->participants[command->participant].open_orders_count++;
    book_insert(&x->pool, &x->prices, ladder, side_order(side), level, slot);
    struct event *event = &events->events[events->count];
    if (order->client_order_id[0] != '\0') name(x, command, order_id, everyday->content, event++);
    if (has_money) hold(x, everyday, order_id, instrument, ticks, event++);
    say_accepted(command, order_id, event++);
    events->count = (uint32_t)(event - events->events);
    return 1;
}

static inline int reaches(enum side side, uint32_t ticks, uint32_t best_ticks) {
    return side == SIDE_BUY ? ticks >= best_ticks : ticks <= best_ticks;
}

static inline __attribute__((always_inline)) int enter(struct exchange *x, const struct command *command,
                                                       const struct everyday *everyday, enum side side, int has_money,
                                                       struct event_buffer *events) {
    uint32_t best = x->books[command->new_order.instrument].sides[side == SIDE_BUY ? SIDE_SELL : SIDE_BUY].best_ticks;
    int crosses = reaches(side, command->new_order.price.ticks, best) &&
                  (everyday->clearance == NULL || reaches(side, everyday->collar_ticks, best));
    if (!crosses && command->new_order.time_in_force != TIF_IOC)
        return rest(x, command, everyday, side, has_money, events);
    struct order_money reckoned = money_of(everyday, command);
    orders_enter(x, command, &reckoned, everyday->content, events);
    return 1;
}

static inline __attribute__((always_inline)) int enter_by_side(struct exchange *x, const struct command *command,
                                                               struct everyday *everyday, int has_money,
                                                               struct event_buffer *events) {
    const struct command_new_order *order = &command->new_order;
    if (order->client_order_id[0] != '\0') {
        uint32_t entry;
        everyday->content = names_content(command);
        if (names_check(x, command->participant, order->client_order_id, everyday->content, &entry) != NAME_UNUSED)
            return 0;
    }
    if (order->side == SIDE_BUY) return enter(x, command, everyday, SIDE_BUY, has_money, events);
    return enter(x, command, everyday, SIDE_SELL, has_money, events);
}

/* What is written of the order if it stays: by the time that the rules have been asked it is at hand. */
static inline void fetch_slot(const struct exchange *x) {
    const uint32_t slot = x->pool.slot_free;
    __builtin_prefetch(&x->pool.orders[slot], 1);
    __builtin_prefetch(&x->details[slot], 1);
}

__attribute__((hot)) int orders_apply_everyday(struct exchange *x, const struct command *command,
                                                struct event_buffer *events) {
    const struct command_new_order *order = &command->new_order;
    if (!has_everyday_shape(order) || order_pool_full(&x->pool) || command->time_ns < x->time_ns ||
        events->capacity - events->count < events_per_order_max) return 0;
    struct everyday everyday = { .clearance = NULL };
    if (x->rules == RULES_OFF)
        return is_permitted_bare(x, command, &everyday) && enter_by_side(x, command, &everyday, 0, events);
    fetch_slot(x);
    if (!is_permitted(x, command, &everyday)) return 0;
    if (PARANOID) {
        struct order_money reckoned = money_of(&everyday, command);
        orders_check_agreement(x, command, &reckoned);
    }
    if (everyday.clearance->has_money) return enter_by_side(x, command, &everyday, 1, events);
    return enter_by_side(x, command, &everyday, 0, events);
}
