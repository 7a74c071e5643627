#include "gateway/wire/explain.h"

#include <stdarg.h>

#include "engine/views/deals.h"
#include "engine/views/orders.h"
#include "gateway/wire/encode_internal.h"
#include "gateway/wire/phrase.h"
#include "gateway/wire/reasons.h"
#include "instruments/calendar.h"
#include "instruments/name_table.h"

enum { text_size = 512, worth_size = 256, million = 1000000, queue_walk_max = 10000 };

/* ---- a step ---- */

/* Opens the figures of the next step; they are written with json_member_* before `say`. */
static struct json *figures(struct explanation *why) {
    why->figures = (struct json){.out = why->scratch};
    json_put(&why->figures, "{");
    return &why->figures;
}

/* Writes the step: the rule, the sentence, and the figures that were opened before. */
__attribute__((format(printf, 3, 4)))
static void say(struct explanation *why, const char *rule, const char *format, ...) {
    char text[text_size];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CHECK(size > 0 && size < text_size);
    json_put(&why->figures, "}");
    struct json json = list_row_begin(why->list);
    json_member_text(&json, "rule", rule);
    json_name(&json, "text");
    json_string(&json, text, (uint32_t)size);
    json_name(&json, "figures");
    json_raw(&json, why->figures.out, why->figures.size);
    list_row_end(why->list, &json);
}

/* ---- parts ---- */

static const struct instrument *instrument_of(const struct explanation *why) {
    if (why->instrument >= exchange_instruments_count(why->exchange)) return NULL;
    return exchange_instrument(why->exchange, why->instrument);
}

static const char *currency_of(const struct explanation *why) {
    return currency_code((enum currency)instrument_of(why)->currency);
}

static const struct participant *firm(const struct explanation *why, uint32_t index) {
    return exchange_participant(why->exchange, index);
}

static const char *firm_text(const struct explanation *why, uint32_t index, char out[part_size]) {
    return field_text(firm(why, index)->id, participant_id_size, out);
}

static const char *symbol_text(const struct explanation *why, char out[part_size]) {
    const struct instrument *instrument = instrument_of(why);
    CHECK(instrument != NULL);
    return field_text(instrument->symbol, symbol_size, out);
}

/* "1 lot", "2 lots" */
static const char *count_text(uint64_t count, const char *what, char out[part_size]) {
    snprintf(out, part_size, "%" PRIu64 " %s%s", count, what, count == 1 ? "" : "s");
    return out;
}

static const char *lots_text(uint64_t lots, char out[part_size]) { return count_text(lots, "lot", out); }

static const char *side_text(uint32_t side) { return side == SIDE_BUY ? "buy" : "sell"; }
static const char *resident_text(int resident) { return resident ? "a resident" : "a non-resident"; }

/* "2 lots of 20 t at 2700.00 = 108000.00 USD" */
static void value_text(const struct explanation *why, price at, uint32_t lots, money value, char out[worth_size]) {
    char lots_part[part_size], price_part[part_size], value_part[part_size];
    const struct instrument *instrument = instrument_of(why);
    snprintf(out, worth_size, "%s of %" PRIu32 " %s at %s %s worth %s %s", lots_text(lots, lots_part),
             instrument->lot_units, unit_name((enum unit)instrument->unit),
             price_text(instrument, at.ticks, price_part),
             lots == 1 ? "is" : "are", decimal_text(value.minor, 2, value_part), currency_of(why));
}

static money value_of(const struct explanation *why, price at, uint32_t lots) {
    money value = {0};
    (void)!money_value(at, (quantity){lots}, instrument_of(why)->lot_tick, &value);
    return value;
}

static int64_t share_up(money value, uint32_t ppm) {
    return (int64_t)(((uint128)(uint64_t)value.minor * ppm + million - 1) / million);
}

/* ---- coming in ---- */

static void say_request(struct explanation *why, const struct event_order *order, int64_t time_ns) {
    static const char *const types[] = {
#define XX(name, text) text,
        ORDER_TYPE_MAP(XX)
#undef XX
    };
    static const char *const times[] = {
#define XX(name, text) text,
        TIME_IN_FORCE_MAP(XX)
#undef XX
    };
    char who[part_size], symbol[part_size], at[part_size], stop[part_size + 8] = "", when[part_size], lots[part_size];
    const struct instrument *instrument = instrument_of(why);
    struct json *json = figures(why);
    json_member_id(json, "order_id", order->order_id);
    json_member_text(json, "side", side_text(order->side));
    json_member_unsigned(json, "qty", order->quantity.lots);
    if (order->price.ticks != 0) json_member_price(json, "price", instrument, order->price);
    json_member_text(json, "ord_type", types[order->order_type]);
    json_member_text(json, "time_in_force", times[order->time_in_force]);
    if (order->price.ticks != 0) snprintf(at, sizeof at, " at %.40s", price_text(instrument, order->price.ticks, when));
    else at[0] = '\0';
    if (order->stop.ticks != 0) snprintf(stop, sizeof stop, ", stop %.40s",
                                         price_text(instrument, order->stop.ticks, when));
    timestamp_format(time_ns, when);
    say(why, "ORD-1", "%s asked to %s %s of %s%s%s (%s, %s) at %.19s UTC; every check was passed, and it became order "
        "%" PRIu64, firm_text(why, why->participant, who), side_text(order->side),
        lots_text(order->quantity.lots, lots), symbol_text(why, symbol), at, stop, types[order->order_type],
        times[order->time_in_force], when, order->order_id);
}

static void say_standing(struct explanation *why, int64_t time_ns) {
    char who[part_size], client[part_size], date[part_size];
    const struct instrument *instrument = instrument_of(why);
    const struct participant *principal = firm(why, why->principal);
    firm_text(why, why->participant, who);
    json_member_date(figures(why), "trade_date", trade_date(time_ns));
    say(why, "ACC-3", "%s was accredited in section %s on %s", who,
        section_name((enum section)instrument->section), date_text(trade_date(time_ns), date));
    if (why->principal == why->participant) return;
    struct json *json = figures(why);
    json_member_field(json, "client", principal->id, participant_id_size);
    json_member_field(json, "country", principal->country, sizeof principal->country);
    say(why, "BRK-4", "%s acted as broker for %s, a client registered with it; country and residency are the "
        "client's: %.2s, %s", who, firm_text(why, why->principal, client), principal->country,
        resident_text(principal->resident));
}

/* DEP-1, DEP-4, DEP-10, DEP-11: the deposit that was said before the event that is being told. */
static void say_deposit(struct explanation *why) {
    char worth[worth_size], rate[part_size], share[part_size], amount[part_size], free[part_size], payer[part_size];
    const struct event_held *held = &why->held;
    if (!why->has_held) return;
    why->has_held = 0;
    why->hold = held->amount;
    const char *currency = currency_code((enum currency)held->currency);
    int64_t lot_tick = instrument_of(why)->lot_tick.minor;
    price at = {why->leaves_lots == 0 ? 0
                : (uint32_t)(held->value.minor / lot_tick / why->leaves_lots)};
    value_text(why, at, why->leaves_lots, held->value, worth);
    struct json *json = figures(why);
    json_member_money(json, "value", held->value);
    json_member_text(json, "rate", percent_text(held->ppm, rate));
    json_member_money(json, "deposit", held->amount);
    json_member_money(json, "free", held->free);
    json_member_text(json, "currency", currency);
    decimal_text(held->amount.minor, 2, amount);
    decimal_text(held->free.minor, 2, free);
    firm_text(why, held->payer, payer);
    if (held->ppm == 0 && held->amount.minor == 0) {
        say(why, "DEP-10", "%s; no deposit is asked for it", worth);
    } else if (held->ppm == 0) {
        say(why, "DEP-4", "the deposit shrank with the quantity: %s %s is held now, %s stays free", amount,
            currency, free);
    } else {
        decimal_text(share_up(held->value, held->ppm), 2, share);
        say(why, "DEP-1", "%s%s; %s of it is %s%s: %s %s of %s's money is held for it, %s stays free", worth,
            at.ticks == why->limit.ticks ? "" : " (the price that an order without limit counts with, DEP-11)",
            rate, share, held->by_floor ? ", less than the least deposit of this currency" : "", amount, currency,
            payer, free);
    }
}

/* MTX-1: who stood before the order when it came to rest. */
static void say_place(struct explanation *why, const struct story_queue *queue, price at) {
    char here[part_size], best[part_size], better[2 * part_size] = "", orders[part_size], lots[part_size];
    const struct instrument *instrument = instrument_of(why);
    struct json *json = figures(why);
    json_member_price(json, "price", instrument, at);
    json_member_unsigned(json, "orders_ahead", queue->orders);
    json_member_unsigned(json, "qty_ahead", queue->lots);
    if (queue->best.ticks != 0) {
        json_member_price(json, "best", instrument, queue->best);
        if (queue->best.ticks != at.ticks) {
            snprintf(better, sizeof better, "; the best %s price was %.40s", side_text(why->side),
                     price_text(instrument, queue->best.ticks, best));
        }
    }
    price_text(instrument, at.ticks, here);
    if (queue->orders == 0) {
        say(why, "MTX-1", "it took its place in the book at %s, the first at that price%s", here, better);
    } else {
        say(why, "MTX-1", "it took its place in the book at %s behind %s with %s, which came earlier%s", here,
            count_text(queue->orders, "order", orders), lots_text(queue->lots, lots), better);
    }
}

static void note_accepted(struct explanation *why, const struct story_note *note) {
    const struct event_order *order = &note->event.order;
    why->is_begun = 1;
    why->instrument = note->event.instrument;
    why->participant = order->participant;
    why->principal = order->principal;
    why->side = order->side;
    why->limit = order->price;
    why->leaves_lots = order->quantity.lots;
    say_request(why, order, note->time_ns);
    say_standing(why, note->time_ns);
    say_deposit(why);
    if (note->event.flags & EVENT_PENDING) {
        figures(why);
        say(why, "ORD-4", "it waits, shown to nobody, until a trade reaches its stop price");
    } else if (note->event.flags & EVENT_RESTS && order->order_flags & ORDER_ALL_OR_NONE) {
        figures(why);
        say(why, "LOT-6", "it cannot trade whole now, so it waits in the book, not shown in depth");
    } else if (note->event.flags & EVENT_RESTS) {
        say_place(why, &note->queue, order->price);
    }
}

/* ---- meeting ---- */

/* The price that an order stood at when note `number` was written; 0 when that is no longer known. */
static price price_then(const struct story *story, uint64_t order_id, uint64_t number) {
    const struct story_note *note = story_last(story, order_id);
    for (; note != NULL; note = story_before(story, note)) {
        if (note->number > number) continue;
        switch (note->event.kind) {
        case EVENT_ACCEPTED: return note->event.order.price;
        case EVENT_REPLACED: case EVENT_RESTED: case EVENT_TRIGGERED: return note->event.order_change.price;
        default: break;
        }
    }
    return (price){0};
}

/* For whom that order was; NAME_NONE when that is no longer known. */
static uint32_t principal_of(const struct story *story, uint64_t order_id) {
    const struct story_note *note = story_last(story, order_id);
    for (; note != NULL; note = story_before(story, note)) {
        if (note->event.kind == EVENT_ACCEPTED) return note->event.order.principal;
    }
    return NAME_NONE;
}

static void note_skipped(struct explanation *why, const struct story_note *note) {
    const struct event_pair_skipped *skipped = &note->event.pair_skipped;
    char at[part_size] = "", own[part_size], date[part_size], who[3 * part_size], id[part_size];
    int transit = skipped->reason == REJECT_TRANSIT_PAIR_SKIPPED;
    price standing = price_then(why->story, skipped->maker_order_id, note->number);
    uint32_t other = principal_of(why->story, skipped->maker_order_id);
    struct json *json = figures(why);
    json_member_unsigned(json, "code", skipped->reason);
    if (standing.ticks != 0) {
        json_member_price(json, "price", instrument_of(why), standing);
        snprintf(at, sizeof at, " at %.40s", price_text(instrument_of(why), standing.ticks, own));
    }
    snprintf(who, sizeof who, "an order");
    if (why->official && other != NAME_NONE) {
        json_member_id(json, "other_order_id", skipped->maker_order_id);
        snprintf(who, sizeof who, "order %" PRIu64 " of %.30s (%.2s)", skipped->maker_order_id,
                 firm_text(why, other, id), firm(why, other)->country);
    }
    json_member_date(json, "trade_date", trade_date(note->time_ns));
    firm_text(why, why->principal, own);
    if (transit) {
        say(why, "TRN-3", "%s%s was within reach and was passed over, keeping its place: its principal is a "
            "non-resident, as %s is, and on %s two non-residents may not deal in section %s", who, at, own,
            date_text(trade_date(note->time_ns), date),
            section_name((enum section)instrument_of(why)->section));
    } else {
        say(why, "STL-4", "%s%s was within reach and was passed over, keeping its place: its principal is a "
            "resident, as %s is, and two residents deal in BYN only, not in %s", who, at, own,
            currency_of(why));
    }
}

/* FEE-1 to 5. The arithmetic is told if today's rates give the very fee. */
static void say_fee(struct explanation *why, const struct event_contract *contract, const struct event *event,
                    money value) {
    char amount[part_size], due[part_size], rate[part_size], plain[part_size], fx[part_size], worth[part_size];
    const struct instrument *instrument = instrument_of(why);
    const struct instrument_rules *rules = exchange_instrument_rules(why->exchange, why->instrument);
    uint32_t side = why->side, class = event->trade.deal_class, ppm = rules->fee_ppm[class][side];
    const char *currency = currency_code((enum currency)contract->fee_currencies[side]);
    uint64_t fee = (uint64_t)contract->fees[side].minor;
    uint64_t at_rate = decimal_divide_half_up((uint128)(uint64_t)value.minor * ppm, million);
    uint64_t converted = decimal_divide_half_up((uint128)at_rate * (uint64_t)rules->byn_scaled, 10000);
    int is_converted = contract->fee_currencies[side] != instrument->currency;
    struct json *json = figures(why);
    json_member_money(json, "fee", contract->fees[side]);
    json_member_text(json, "currency", currency);
    json_member_date(json, "due", contract->fee_due_date);
    decimal_text((int64_t)fee, 2, amount);
    decimal_text((int64_t)at_rate, 2, plain);
    decimal_text(value.minor, 2, worth);
    date_text(contract->fee_due_date, due);
    percent_text(ppm, rate);
    if (rules->fee_flat[class][side].minor > 0 && rules->fee_flat[class][side].minor == (int64_t)fee) {
        say(why, "FEE-5", "the fee is %s %s a deal and side, whatever its size; due by %s", amount, currency, due);
    } else if (!is_converted && at_rate == fee) {
        say(why, "FEE-2", "the fee is %s of %s = %s %s; due by %s", rate, worth, amount, currency, due);
    } else if (is_converted && rules->byn_scaled > 0 && converted == fee) {
        say(why, "FEE-3", "the fee is %s of %s = %s %s; a resident pays it in BYN at the official rate %s: %s BYN; "
            "due by %s", rate, worth, plain, currency_of(why), decimal_text(rules->byn_scaled, 4, fx), amount,
            due);
    } else {
        say(why, "FEE-1", "the fee is %s %s; due by %s", amount, currency, due);
    }
}

static void say_contract(struct explanation *why, const struct story_note *note, money value,
                         uint32_t open_before) {
    const struct event_contract *contract = &note->contract;
    char part[part_size], hold[part_size], left[part_size], lots[part_size];
    money blocked = contract->blocked[why->side];
    if (contract->trade_id == 0) return;
    if (blocked.minor > 0) {
        struct json *json = figures(why);
        json_member_money(json, "blocked", blocked);
        json_member_text(json, "currency", currency_of(why));
        decimal_text(why->hold.minor, 2, hold);
        decimal_text(why->hold.minor - blocked.minor, 2, left);
        say(why, "DEP-4", "the contract takes its part of the deposit: %s x %" PRIu32 " / %s = %s %s, which stay "
            "blocked until the contract is done; %s stays held", hold, note->event.trade.quantity.lots,
            lots_text(open_before, lots), decimal_text(blocked.minor, 2, part), currency_of(why), left);
        why->hold.minor -= blocked.minor;
    }
    say_fee(why, contract, &note->event, value);
}

/* TRN-1: whose countries made the class. */
static void say_class(struct explanation *why, const struct event_trade *trade, uint32_t other) {
    char own[part_size], theirs[part_size];
    const struct participant *mine = firm(why, why->principal), *its = firm(why, other);
    const char *class = deal_class_name((enum deal_class)trade->deal_class);
    json_member_text(figures(why), "deal_class", class);
    say(why, "TRN-1", "%s (%.2s) is %s and %s (%.2s) is %s: the deal is %s", firm_text(why,
        why->principal, own), mine->country, resident_text(mine->resident), firm_text(why, other, theirs),
        its->country, resident_text(its->resident), class);
}

static void note_trade(struct explanation *why, const struct story_note *note) {
    const struct event_trade *trade = &note->event.trade;
    const struct instrument *instrument = instrument_of(why);
    int incoming = note->order_id == trade->taker_order_id;
    char at[part_size], limit[part_size], theirs[part_size], lots[part_size], left[part_size];
    uint32_t open_before = why->leaves_lots;
    why->leaves_lots = (incoming ? trade->taker_leaves : trade->maker_leaves).lots;
    if (why->trade_id != 0 && why->trade_id != trade->trade_id) {
        why->hold.minor -= note->contract.blocked[why->side].minor;
        return;
    }
    const struct deal *deal = deals_find(why->deals, trade->trade_id);
    uint32_t other = deal != NULL ? deal->parties[why->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY].principal
                                  : incoming ? trade->maker_participant : trade->taker_participant;
    money value = value_of(why, trade->price, trade->quantity.lots);
    struct json *json = figures(why);
    json_member_id(json, "trade_id", trade->trade_id);
    json_member_unsigned(json, "qty", trade->quantity.lots);
    json_member_price(json, "price", instrument, trade->price);
    json_member_money(json, "value", value);
    json_member_unsigned(json, "leaves_qty", why->leaves_lots);
    price_text(instrument, trade->price.ticks, at);
    price_text(instrument, why->limit.ticks, limit);
    firm_text(why, other, theirs);
    lots_text(trade->quantity.lots, lots);
    lots_text(why->leaves_lots, left);
    if (incoming) {
        say(why, "MTX-1", "trade %" PRIu64 ": %s with %s at %s; that order stood first among those it could meet, and "
            "the price is the resting order's (its own limit was %s); %s open still", trade->trade_id, lots, theirs, at,
            limit, left);
    } else {
        say(why, "MTX-1", "trade %" PRIu64 ": %s with %s, whose order came in and met this one, the first at the best "
            "price; the price is the resting order's, %s; %s open still", trade->trade_id, lots, theirs, at, left);
    }
    say_class(why, trade, other);
    say_contract(why, note, value, open_before);
    if (why->trade_id != 0) why->is_over = 1;
}

/* ---- changes and ends ---- */

static void note_replaced(struct explanation *why, const struct story_note *note) {
    const struct event_order_change *change = &note->event.order_change;
    char at[part_size], lots[part_size];
    why->limit = change->price;
    why->leaves_lots = change->leaves.lots;
    struct json *json = figures(why);
    json_member_unsigned(json, "qty", change->quantity.lots);
    json_member_unsigned(json, "leaves_qty", change->leaves.lots);
    if (change->price.ticks != 0) json_member_price(json, "price", instrument_of(why), change->price);
    say(why, "ORD-5", "it was amended to %s at %s, of which %" PRIu32 " open; %s",
        lots_text(change->quantity.lots, lots), price_text(instrument_of(why), change->price.ticks, at),
        change->leaves.lots,
        note->event.flags & EVENT_PRIORITY_KEPT
            ? "nothing but less quantity was asked, so it kept its place in the queue"
            : "more than less quantity was asked, so it lost its place in the queue");
    say_deposit(why);
    if ((note->event.flags & (EVENT_RESTS | EVENT_PENDING | EVENT_PRIORITY_KEPT)) == EVENT_RESTS) {
        say_place(why, &note->queue, change->price);
    }
}

/* The rule behind an end, and a sentence about it. */
static const char *end_text(const struct event_order_change *change, const char **rule) {
    static const struct { const char *rule, *text; } ends[] = {
        [CAUSE_REQUEST] = {"ORD-6", "its owner canceled it"},
        [CAUSE_MASS_CANCEL] = {"ORD-6", "its owner canceled all such orders"},
        [CAUSE_DISCONNECT] = {"ORD-6", "the connection it came over ended, and it was to end with it"},
        [CAUSE_REMAINDER] = {"ORD-2", "what could not trade at once ended, as an immediate order asks"},
        [CAUSE_SELF_TRADE] = {"STP-1", "it met an order of the same principal, and nobody trades with itself"},
        [CAUSE_MIN_QUANTITY] = {"LOT-6", "fewer lots than its least could trade at once"},
        [CAUSE_END_OF_DAY] = {"ORD-1", "the trade date ended, and it was good for that day"},
        [CAUSE_EXPIRE_DATE] = {"ORD-1", "its last date passed"},
        [CAUSE_SESSION_CLOSE] = {"SES-1", "its session closed, and it was good for that day"},
        [CAUSE_LIMIT_REACHED] = {"", "the book had no room for one more price"},
        [CAUSE_SUSPENSION] = {"ACC-16", "the firm that entered it, or its client, was suspended or withdrew: resting "
                                        "orders end then and what they held is freed"},
        [CAUSE_ADMISSION] = {"ACC-2", "its owner may no longer trade in the section"},
        [CAUSE_BAND] = {"PRC-2", "a price band began that its price lies outside of"},
        [CAUSE_KILL] = {"RSK-3", "the supervisor stopped all orders of the firm"},
    };
    CHECK(change->cause < sizeof ends / sizeof ends[0]);
    const char *text = ends[change->cause].text;
    *rule = ends[change->cause].rule;
    if (text == NULL) text = "it ended";
    if (*rule == NULL) *rule = "";
    if (change->cause == CAUSE_ADMISSION && reject_rule((enum reject)change->reason) != NULL) {
        *rule = reject_rule((enum reject)change->reason);
    }
    return text;
}

static void note_ended(struct explanation *why, const struct story_note *note) {
    const struct event_order_change *change = &note->event.order_change;
    const char *rule, *text = end_text(change, &rule);
    char freed[part_size], when[timestamp_text_size], lots[part_size];
    timestamp_format(note->time_ns, when);
    struct json *json = figures(why);
    json_member_unsigned(json, "qty", change->leaves_before.lots);
    if (change->reason != 0) json_member_unsigned(json, "code", change->reason);
    say(why, rule, "it ended at %.19s UTC with %s open: %s", when, lots_text(change->leaves_before.lots, lots), text);
    why->leaves_lots = 0;
    if (why->hold.minor == 0) return;
    json_member_money(figures(why), "freed", why->hold);
    say(why, "DEP-4", "the %s %s it still held are free again", decimal_text(why->hold.minor, 2, freed),
        currency_of(why));
    why->hold.minor = 0;
}

static void note_changed(struct explanation *why, const struct story_note *note) {
    const struct event_order_change *change = &note->event.order_change;
    char at[part_size], lots[part_size], orders[part_size];
    switch (note->event.kind) {
    case EVENT_RESTED:
        why->limit = change->price;
        if (change->shown.lots > 0) say_place(why, &note->queue, change->price);
        break;
    case EVENT_REFRESHED:
        json_member_unsigned(figures(why), "shown", change->shown.lots);
        say(why, "ORD-3", "its shown slice was used up; the next, %s, went to the back of the queue, behind %s",
            lots_text(change->shown.lots, lots), count_text(note->queue.orders, "order", orders));
        break;
    case EVENT_TRIGGERED:
        why->limit = change->price;
        figures(why);
        say(why, "ORD-4", "a trade reached its stop price: from then on it was an order with the limit %s",
            price_text(instrument_of(why), change->price.ticks, at));
        if (change->shown.lots > 0) say_place(why, &note->queue, change->price);
        break;
    case EVENT_RESTATED:
        why->leaves_lots = change->leaves.lots;
        json_member_unsigned(figures(why), "leaves_qty", change->leaves.lots);
        say(why, "STP-1", "it met an order of the same principal: the smaller quantity came off both, %s "
            "open still", lots_text(change->leaves.lots, lots));
        say_deposit(why);
        break;
    default:
        break;
    }
}

void explain_note(struct explanation *why, const struct story_note *note) {
    if (why->is_over) return;
    if (note->event.kind == EVENT_HELD) {
        why->held = note->event.held;
        why->has_held = 1;
        return;
    }
    if (note->event.kind == EVENT_ACCEPTED) {
        note_accepted(why, note);
        return;
    }
    if (!why->is_begun) return;
    switch (note->event.kind) {
    case EVENT_PAIR_SKIPPED: note_skipped(why, note); break;
    case EVENT_TRADE: note_trade(why, note); break;
    case EVENT_REPLACED: note_replaced(why, note); break;
    case EVENT_CANCELED: case EVENT_EXPIRED: note_ended(why, note); break;
    default: note_changed(why, note); break;
    }
}

/* ---- now ---- */

static void say_waiting(struct explanation *why, const struct order_state *order) {
    char at[part_size], lots[part_size], before[part_size], ahead[part_size];
    uint32_t orders;
    uint64_t lots_ahead;
    struct json *json = figures(why);
    json_member_unsigned(json, "leaves_qty", order->leaves.lots);
    json_member_money(json, "deposit", order->hold);
    price_text(exchange_instrument(why->exchange, order->instrument), order->price.ticks, at);
    lots_text(order->leaves.lots, lots);
    if (order->status == ORD_STATUS_PENDING_TRIGGER) {
        say(why, "ORD-4", "it is still waiting for its stop price");
    } else if (!exchange_queue_ahead(why->exchange, order->order_id, queue_walk_max, &orders, &lots_ahead)) {
        say(why, "MTX-1", "now: %s open at %s", lots, at);
    } else {
        json_member_unsigned(json, "orders_ahead", orders);
        json_member_unsigned(json, "qty_ahead", lots_ahead);
        count_text(orders, "order", before);
        lots_text(lots_ahead, ahead);
        if (orders == 0) say(why, "MTX-1", "now: %s open at %s, the first at that price", lots, at);
        else say(why, "MTX-1", "now: %s open at %s; %s%s with %s before it at that price", lots, at,
                 orders >= queue_walk_max ? "more than " : "", before, ahead);
    }
}

void explain_now(struct explanation *why, const struct order_state *order) {
    if (!why->is_begun) {
        figures(why);
        say(why, "", "the beginning of this order's story is no longer kept");
    }
    if (why->is_over || why->trade_id != 0 || order == NULL || !order_state_is_open(order)) return;
    say_waiting(why, order);
}

/* ---- refusals ---- */

/* Groups of checks, in their order, as an order that got past them may be told. */
static const struct { uint16_t group; const char *rule, *text; } passed[] = {
    {1, "SES-1", "the instrument exists, its session was open and nothing was halted"},
    {2, "ACC-2", "the firm, its section, papers and trader were in order"},
    {3, "BRK-4", "the broker's status and the client's registration and mandate were in order"},
    {4, "SES-3", "country, direction and role suited the session"},
    {5, "STL-1", "currency and payment terms were admitted"},
    {6, "LOT-2", "quantity and kind of order were possible"},
    {7, "PRC-1", "the price was one: on the tick, within the bands and the collar"},
    {8, "DEP-2", "deposit and limits sufficed"},
};

static void say_passed(struct explanation *why, const struct report *refused) {
    for (uint32_t i = 0; i < sizeof passed / sizeof passed[0] && passed[i].group < refused->reason / 100; i++) {
        if (passed[i].group == 3 && refused->client == NAME_NONE) continue;
        figures(why);
        say(why, passed[i].rule, "passed: %s", passed[i].text);
    }
}

/* DEP-1: how the deposit that was asked for came about, if today's rates still give it. */
static void say_required(struct explanation *why, const struct report *refused) {
    char worth[worth_size], rate[part_size], share[part_size], least[part_size], asked[part_size];
    const struct instrument_rules *rules = exchange_instrument_rules(why->exchange, refused->instrument);
    int resident = firm(why, why->principal)->resident;
    uint32_t ppm = rules->deposit_ppm[resident][refused->side];
    if (refused->price.ticks == 0 || refused->price.ticks >= PRICE_INVALID || ppm == 0) return;
    money value = value_of(why, refused->price, refused->order_quantity.lots);
    int64_t at_rate = share_up(value, ppm), required = refused->allowed_low;
    if (required != (at_rate > rules->deposit_floor.minor ? at_rate : rules->deposit_floor.minor)) return;
    struct json *json = figures(why);
    json_member_money(json, "value", value);
    json_member_text(json, "rate", percent_text(ppm, rate));
    json_member_money(json, "least", rules->deposit_floor);
    json_member_money(json, "deposit", (money){required});
    json_member_text(json, "currency", currency_of(why));
    value_text(why, refused->price, refused->order_quantity.lots, value, worth);
    decimal_text(at_rate, 2, share);
    decimal_text(rules->deposit_floor.minor, 2, least);
    say(why, "DEP-1", "%s; %s of it is %s, and the least is %s: a deposit of %s %s is asked for", worth, rate, share,
        least, decimal_text(required, 2, asked), currency_of(why));
}

/* PRC-4: how the bounds came about, if they are the same today. */
static void say_collar(struct explanation *why, const struct report *refused) {
    char around[part_size], width[part_size];
    const struct instrument *instrument = instrument_of(why);
    price reference = exchange_reference(why->exchange, refused->instrument);
    uint64_t high = (uint64_t)reference.ticks * (million + 3 * (uint64_t)instrument->collar_ppm) / million;
    if (high != (uint64_t)refused->allowed_high) return;
    json_member_price(figures(why), "reference", instrument, reference);
    say(why, "PRC-4", "the collar is %s around %s, the price of the last trade or else of the catalogue; an order "
        "may lie three times as far away", percent_text(instrument->collar_ppm, width),
        price_text(instrument, reference.ticks, around));
}

static void say_verdict(struct explanation *why, const struct report *refused) {
    char text[reason_text_size];
    const struct reason_case about = reason_case_of(refused, NULL);
    reason_text(why->exchange, &about, text);
    struct json *json = figures(why);
    json_member_unsigned(json, "code", refused->reason);
    json_member_text(json, "reason", reject_name((enum reject)refused->reason));
    if (refused->reason == REJECT_INSUFFICIENT_DEPOSIT || refused->reason == REJECT_DEPOSIT_TOO_LATE) {
        json_member_money(json, "deposit", (money){refused->allowed_low});
        json_member_money(json, "free", (money){refused->allowed_high});
        json_member_money(json, "missing", (money){refused->allowed_low - refused->allowed_high});
    }
    if (refused->reason / 100 == 7 && instrument_of(why) != NULL && refused->reason != REJECT_VALUE_OVERFLOW) {
        if (refused->allowed_low > 0)
            json_member_price(json, "low", instrument_of(why), (price){(uint32_t)refused->allowed_low});
        if (refused->allowed_high > 0)
            json_member_price(json, "high", instrument_of(why), (price){(uint32_t)refused->allowed_high});
    }
    say(why, reason_rule(why->exchange, &about), "refused: %s; nothing else has changed", text);
}

void explain_refusal(struct explanation *why, const struct report *refused) {
    char who[part_size], symbol[part_size] = "an instrument that does not exist", at[part_size] = "";
    char when[part_size], lots[part_size];
    why->instrument = refused->instrument;
    why->participant = refused->participant;
    why->principal = refused->client != NAME_NONE ? refused->client : refused->participant;
    const struct instrument *instrument = instrument_of(why);
    if (instrument != NULL) symbol_text(why, symbol);
    struct json *json = figures(why);
    json_member_text(json, "side", side_text(refused->side));
    json_member_unsigned(json, "qty", refused->order_quantity.lots);
    if (instrument != NULL && refused->price.ticks != 0 && refused->price.ticks < PRICE_INVALID) {
        json_member_price(json, "price", instrument, refused->price);
        snprintf(at, sizeof at, " at %.40s", price_text(instrument, refused->price.ticks, when));
    }
    timestamp_format(refused->time_ns, when);
    say(why, "ORD-1", "%s asked to %s %s of %s%s at %.19s UTC", firm_text(why, refused->participant, who),
        side_text(refused->side), lots_text(refused->order_quantity.lots, lots), symbol, at, when);
    say_passed(why, refused);
    if (refused->reason == REJECT_INSUFFICIENT_DEPOSIT || refused->reason == REJECT_DEPOSIT_TOO_LATE) {
        say_required(why, refused);
    }
    if (refused->reason == REJECT_PRICE_OUTSIDE_COLLAR) say_collar(why, refused);
    say_verdict(why, refused);
}
