#include "gateway/wire/reasons_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/reject.h"
#include "instruments/check.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

void say(struct sentence *sentence, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence->out, reason_text_size, format, arguments);
    va_end(arguments);
}

/* ---- parts of sentences ---- */

const char *ticks_text(const struct sentence *sentence, int64_t ticks, char out[part_size]) {
    return price_text(sentence->instrument, ticks, out);
}

const char *symbol_text(const struct sentence *sentence, char out[part_size]) {
    if (sentence->instrument == NULL) return "the instrument";
    return field_text(sentence->instrument->symbol, symbol_size, out);
}

const char *participant_text(const struct sentence *sentence, char out[part_size]) {
    if (sentence->about->participant >= exchange_participants_count(sentence->exchange)) return "the participant";
    return field_text(exchange_participant(sentence->exchange, sentence->about->participant)->id,
                      participant_id_size, out);
}

const char *section_text(const struct sentence *sentence) {
    return sentence->instrument == NULL ? "its section" : section_name((enum section)sentence->instrument->section);
}

const struct request_words *words_of(const struct sentence *sentence) {
    static const struct request_words none;
    return sentence->about->words != NULL ? sentence->about->words : &none;
}

uint32_t session_of(const struct sentence *sentence) {
    if (sentence->instrument == NULL) return NAME_NONE;
    const struct exchange *exchange = sentence->exchange;
    const char *named = words_of(sentence)->session;
    uint32_t session = exchange_find_session(exchange, named, (uint32_t)strlen(named));
    if (session != NAME_NONE && exchange_session_lists(exchange, session, sentence->about->instrument)) return session;
    session = exchange_session_of(exchange, sentence->about->instrument);
    return session != SESSION_AMBIGUOUS ? session : exchange_market(exchange, sentence->about->instrument)->sessions[0];
}

uint32_t principal_of(const struct sentence *sentence) {
    const struct exchange *exchange = sentence->exchange;
    const char *client = words_of(sentence)->client;
    uint32_t principal = sentence->about->client != 0 ? sentence->about->client - 1 : sentence->about->participant;
    if (client[0] != '\0') principal = exchange_find_participant(exchange, client, (uint32_t)strlen(client));
    return principal < exchange_participants_count(exchange) ? principal : NAME_NONE;
}

/* ---- 1xx: format and session ---- */

static void say_unknown_instrument(struct sentence *sentence) {
    char symbol[part_size];
    const struct request_words *words = sentence->about->words;
    if (sentence->instrument != NULL) say(sentence, "%s cannot be traded yet", symbol_text(sentence, symbol));
    else if (words != NULL && words->symbol[0] != '\0') say(sentence, "there is no instrument \"%s\"", words->symbol);
    else say(sentence, "there is no such instrument");
}

const char *moment_text(int64_t time_ns, char out[part_size]) {
    char date[part_size];
    int32_t day = trade_date(time_ns);
    int minute = (int)((time_ns - trade_date_begin_ns(day, 0)) / (60 * NS_PER_SECOND));
    snprintf(out, part_size, "%.10s at %02d:%02d", date_text(day, date), minute / 60, minute % 60);
    return out;
}

static void say_closed(struct sentence *sentence) {
    char symbol[part_size], id[part_size], moment[part_size], next[2 * part_size] = "";
    uint32_t index = session_of(sentence);
    if (index == NAME_NONE) {
        say(sentence, "%s is in no session that is open", symbol_text(sentence, symbol));
        return;
    }
    const struct session *row = exchange_session(sentence->exchange, index);
    field_text(row->id, session_id_size, id);
    if (row->open_minute == row->close_minute) {
        say(sentence, "session %s of %s is always open, but was closed by hand for today", id,
            symbol_text(sentence, symbol));
        return;
    }
    int64_t opens_ns = exchange_session_opens_ns(sentence->exchange, index);
    if (opens_ns == INT64_MAX) snprintf(next, sizeof next, ", and it does not open again");
    else snprintf(next, sizeof next, ", and it opens on %s", moment_text(opens_ns, moment));
    const char *days = row->dates_count > 0 ? "certain days" : row->every_days > 0 ? "days of its grid" :
                                                                                     "business days";
    say(sentence, "session %s of %s is closed; its hours are %02d:%02d to %02d:%02d Minsk time on %s%s", id,
        symbol_text(sentence, symbol), row->open_minute / 60, row->open_minute % 60, row->close_minute / 60,
        row->close_minute % 60, days, next);
}

/* The sessions that list the instrument: "AGRI-DAY, CN-SPECIAL". */
enum { sessions_text_size = sessions_per_instrument_max * (session_id_size + 2) + 1 };
static const char *sessions_text(const struct sentence *sentence, char out[sessions_text_size]) {
    const struct market *market = exchange_market(sentence->exchange, sentence->about->instrument);
    size_t size = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < market->sessions_count; i++) {
        char id[part_size];
        field_text(exchange_session(sentence->exchange, market->sessions[i])->id, session_id_size, id);
        size += (size_t)snprintf(out + size, sessions_text_size - size, "%s%s", i > 0 ? ", " : "", id);
    }
    return out;
}

static void say_other_session(struct sentence *sentence) {
    char symbol[part_size], sessions[sessions_text_size];
    uint32_t index = session_of(sentence);
    if (index == NAME_NONE) {
        say(sentence, "%s is listed in no session; leave the member out", symbol_text(sentence, symbol));
        return;
    }
    say(sentence, "%s is not traded in this session; it is in %s", symbol_text(sentence, symbol),
        sessions_text(sentence, sessions));
}

/* SES-1: of several that are open the order must say which. */
static void say_unknown_session(struct sentence *sentence) {
    char symbol[part_size], sessions[sessions_text_size];
    const char *named = words_of(sentence)->session;
    int is_ambiguous = sentence->instrument != NULL &&
                       exchange_session_of(sentence->exchange, sentence->about->instrument) == SESSION_AMBIGUOUS;
    if (named[0] != '\0') say(sentence, "there is no session \"%s\"", named);
    else if (!is_ambiguous) say(sentence, "there is no such session");
    else say(sentence, "%s is traded in several sessions that are open; give session as one of %s",
             symbol_text(sentence, symbol), sessions_text(sentence, sessions));
}

static void say_halted(struct sentence *sentence) {
    char symbol[part_size], id[part_size], what[2 * part_size] = "";
    uint32_t index = session_of(sentence);
    if (sentence->instrument != NULL && !exchange_market(sentence->exchange, sentence->about->instrument)->halted) {
        if (index != NAME_NONE && exchange_session(sentence->exchange, index)->halted) {
            snprintf(what, sizeof what, ", as all of session %s is",
                     field_text(exchange_session(sentence->exchange, index)->id, session_id_size, id));
        } else if (exchange_is_halted(sentence->exchange, sentence->about->instrument, index)) {
            snprintf(what, sizeof what, ", as all of section %s is", section_text(sentence));
        }
    }
    say(sentence, "trading in %s is halted%s; cancels are taken", symbol_text(sentence, symbol), what);
}

/* ---- 6xx: quantity, type, time in force ---- */

/* "quantity 7" in the request's own words, else as it was counted; "the quantity" for a sentinel without words. */
static const char *given_lots(const char *what, const char *words, uint32_t lots, char out[part_size]) {
    if (words != NULL && words[0] != '\0') snprintf(out, part_size, "%s %.40s", what, words);
    else if (lots == 0 || lots == UINT32_MAX) snprintf(out, part_size, "the %s", what);
    else snprintf(out, part_size, "%s %" PRIu32, what, lots);
    return out;
}

static const char *given_quantity(const struct reason_case *about, char out[part_size]) {
    return given_lots("quantity", about->words != NULL ? about->words->quantity : NULL, about->quantity.lots, out);
}

static void say_too_few(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char given[part_size];
    if (about->quantity.lots != UINT32_MAX && about->quantity.lots >= about->allowed_low && about->allowed_low > 0) {
        const char *words = about->words != NULL ? about->words->min : NULL;
        say(sentence, "%s is above the order's quantity, %" PRId64 " lots",
            given_lots("min_qty", words, about->min.lots, given), about->allowed_high);
    } else {
        say(sentence, "%s is below the least allowed, %" PRId64 " lots; the most is %" PRId64,
            given_quantity(about, given), about->allowed_low, about->allowed_high);
    }
}

static void say_too_many(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char given[part_size];
    say(sentence, "%s is above the most allowed, %" PRId64 " lots; the least is %" PRId64,
        given_quantity(about, given), about->allowed_high, about->allowed_low);
}

static void say_display(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char given[part_size];
    const char *words = about->words != NULL ? about->words->display : NULL;
    given_lots("display_qty", words, about->display.lots, given);
    if (about->allowed_high < 1) {
        say(sentence, "%s cannot be: an order of one lot has nothing to hide", given);
        return;
    }
    say(sentence, "%s cannot be: it is 1 to %" PRId64 " here, and goes with neither ioc, fok nor all_or_none",
        given, about->allowed_high);
}

static void say_time_in_force(struct sentence *sentence) {
    char given[part_size], today[part_size];
    const struct reason_case *about = sentence->about;
    if (about->time_in_force == TIF_GTD && about->allowed_low != 0) {
        say(sentence, "expire_date %s lies before the trade date, %s", date_text(about->expire_date, given),
            date_text(about->allowed_low, today));
    } else if (about->order_type == ORDER_TYPE_STOP || about->order_type == ORDER_TYPE_STOP_LIMIT) {
        say(sentence, "a stop waits: it can be day, gtc or gtd, and has no min_qty");
    } else {
        say(sentence, "min_qty is for ioc orders only");
    }
}

/* ---- 7xx: prices ---- */

/* What was given for a price: its own words, or the ticks when they are some. "" when neither is known. */
static const char *given_price(const struct sentence *sentence, price at, const char *words, char out[part_size]) {
    out[0] = '\0';
    if (words != NULL && words[0] != '\0') snprintf(out, part_size, " %s", words);
    else if (at.ticks != 0 && at.ticks < PRICE_INVALID) {
        char text[part_size];
        snprintf(out, part_size, " %.60s", ticks_text(sentence, at.ticks, text));
    }
    return out;
}

/* "; nearest are 235.50 and 236.00", or "" when the price given is not known. */
static const char *nearest_text(const struct sentence *sentence, const char *words, char out[2 * part_size]) {
    out[0] = '\0';
    int64_t scaled;
    if (sentence->instrument->tick_scaled == 0) return out;
    if (words == NULL || decimal_parse(words, (uint32_t)strlen(words), decimal_places_max, &scaled) != DECIMAL_OK) {
        return out;
    }
    const struct instrument *instrument = sentence->instrument;
    uint128 tick = (uint128)instrument->tick_scaled * (uint64_t)decimal_power(decimal_places_max -
                                                                              instrument->price_places);
    uint128 below = (uint128)scaled / tick;
    char low[part_size], high[part_size];
    if (scaled <= 0 || below >= price_ticks_max) return out;
    ticks_text(sentence, (int64_t)below + 1, high);
    if (below == 0) snprintf(out, 2 * part_size, "; the nearest is %s", high);
    else snprintf(out, 2 * part_size, "; nearest are %.30s and %.30s", ticks_text(sentence, (int64_t)below, low), high);
    return out;
}

static void say_off_tick(struct sentence *sentence, const char *member, price at, const char *words) {
    char given[part_size], tick[part_size], nearest[2 * part_size];
    if (sentence->instrument == NULL) {
        say(sentence, "%s is not a multiple of the tick", member);
        return;
    }
    say(sentence, "%s%s is not a multiple of the tick %s%s", member, given_price(sentence, at, words, given),
        ticks_text(sentence, 1, tick), nearest_text(sentence, words, nearest));
}

static void say_range(struct sentence *sentence, const char *what) {
    const struct reason_case *about = sentence->about;
    char given[part_size], low[part_size], high[part_size];
    say(sentence, "price%s %s %s to %s",
        given_price(sentence, about->price, about->words == NULL ? NULL : about->words->price, given), what,
        ticks_text(sentence, about->allowed_low, low), ticks_text(sentence, about->allowed_high, high));
}

static void say_stop(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    const char *words = about->words == NULL ? NULL : about->words->stop;
    char given[part_size], last[part_size];
    if (about->stop.ticks == PRICE_OFF_TICK) {
        say_off_tick(sentence, "stop_px", about->stop, words);
    } else if (about->allowed_low != 0) {
        say(sentence, "the last trade, at %s, already triggers a %s stop at%s",
            ticks_text(sentence, about->allowed_low, last), about->side == SIDE_BUY ? "buy" : "sell",
            given_price(sentence, about->stop, words, given));
    } else {
        say(sentence, "stop_px%s is not a price", given_price(sentence, about->stop, words, given));
    }
}

/* The row of the table that the bound comes from: the side of an amend's order is not known here, its level is. */
static const struct command_band_rule *band_row(const struct sentence *sentence, enum band_kind band) {
    const struct reason_case *about = sentence->about;
    int64_t level = band == BAND_RULE_CEILING ? about->allowed_high : about->allowed_low;
    uint32_t principal = principal_of(sentence);
    if (sentence->instrument == NULL || principal == NAME_NONE) return NULL;
    int resident = exchange_participant(sentence->exchange, principal)->resident;
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        const struct command_band_rule *row =
            exchange_band_rule(sentence->exchange, about->instrument, (enum side)side, resident, band);
        if (row != NULL && row->level.ticks == level) return row;
    }
    return NULL;
}

/* PRC-2: the price, the bound, for which deals and on which days. */
static void say_band(struct sentence *sentence, enum band_kind band) {
    static const char *const classes[] = {"domestic", "export", "import", "transit"};   /* enum deal_class */
    const struct reason_case *about = sentence->about;
    int is_ceiling = band == BAND_RULE_CEILING;
    char given[part_size], bound[part_size], from[part_size], to[part_size], dates[3 * part_size] = "";
    const struct command_band_rule *row = band_row(sentence, band);
    if (row != NULL && row->to_date != date_none)
        snprintf(dates, sizeof dates, " for %s deals from %s to %s", classes[row->deal_class],
                 date_text(row->from_date, from), date_text(row->to_date, to));
    else if (row != NULL)
        snprintf(dates, sizeof dates, " for %s deals from %s on", classes[row->deal_class],
                 date_text(row->from_date, from));
    say(sentence, "price%s is %s %s%s", given_price(sentence, about->price, words_of(sentence)->price, given),
        is_ceiling ? "above the ceiling" : "below the floor",
        ticks_text(sentence, is_ceiling ? about->allowed_high : about->allowed_low, bound), dates);
}

/* ORD-8: what it would have traded with. */
static void say_post_only(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char given[part_size], best[part_size];
    price other = {0};
    if (sentence->instrument != NULL)
        other = exchange_best(sentence->exchange, about->instrument, about->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY);
    if (other.ticks == 0) {
        say(sentence, "a post-only order may not trade when it comes in");
        return;
    }
    say(sentence, "a post-only order may not trade when it comes in, and at%s it meets the best %s, %s",
        given_price(sentence, about->price, words_of(sentence)->price, given),
        about->side == SIDE_BUY ? "offer" : "bid", ticks_text(sentence, other.ticks, best));
}

/* LOT-6 */
static void say_partial(struct sentence *sentence) {
    char given[part_size];
    say(sentence, "fewer lots than %s can be traded now",
        given_lots("min_qty", words_of(sentence)->min, sentence->about->min.lots, given));
}

/* A value that is refused late: the exchange alone could know. */
static void say_bad_value(struct sentence *sentence) {
    switch (sentence->about->command) {
    case COMMAND_BUST:
        say(sentence, "there is no such deal, it was taken back before, or this world keeps no contracts");
        break;
    case COMMAND_PAY_FEES: say(sentence, "the amount is more than the fees that are due in this currency"); break;
    case COMMAND_STANDING:
        say(sentence, "the last day of a suspension is not in the past, and only who is suspended is reinstated");
        break;
    case COMMAND_BROKER:
        say(sentence, "to is not before from, and only an active broker is suspended and a suspended one made active");
        break;
    case COMMAND_CERTIFICATE: say(sentence, "this person is nobody's trader"); break;
    case COMMAND_TRADER: say(sentence, "this person is not a trader of the participant"); break;
    case COMMAND_CLIENT:
        say(sentence, "a client is another firm than its broker, a limit needs a symbol, and that is of the section");
        break;
    default: say(sentence, "it exists already, or a value is out of range"); break;
    }
}

/* ---- all ---- */

static void say_format(struct sentence *sentence) {
    switch (sentence->about->reason) {
    case REJECT_SESSION_UNKNOWN:
        say_unknown_session(sentence);
        break;
    case REJECT_INSTRUMENT_NOT_IN_SESSION: say_other_session(sentence); break;
    case REJECT_PHASE_ACTION_NOT_ALLOWED:
        say(sentence, "the session is in that phase already, or was closed by hand today");
        break;
    case REJECT_SESSION_CLOSED: say_closed(sentence); break;
    case REJECT_INSTRUMENT_UNKNOWN: say_unknown_instrument(sentence); break;
    case REJECT_MARKET_HALTED: say_halted(sentence); break;
    case REJECT_DUPLICATE_CLIENT_ORDER_ID:
        say(sentence, "cl_ord_id was used today for a request with other content");
        break;
    case REJECT_TIMESTAMP_REGRESSION: say(sentence, "the time lies before the exchange's time"); break;
    case REJECT_RATE_LIMITED: say(sentence, "too many messages in a second; send this one again later"); break;
    }
}

static void say_quantity(struct sentence *sentence) {
    switch (sentence->about->reason) {
    case REJECT_QTY_BELOW_MINIMUM: say_too_few(sentence); break;
    case REJECT_QTY_ABOVE_MAXIMUM: say_too_many(sentence); break;
    case REJECT_PARTIAL_NOT_ALLOWED: say_partial(sentence); break;
    case REJECT_ORDER_TYPE_NOT_ALLOWED:
        say(sentence, "post_only goes with limit and stop_limit alone, neither it nor all_or_none with ioc or fok, nor"
            " with each other; a waiting stop has no price to amend");
        break;
    case REJECT_TIF_INVALID: say_time_in_force(sentence); break;
    case REJECT_DISPLAY_QTY_INVALID: say_display(sentence); break;
    }
}

static void say_price(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char figure[part_size];
    switch (about->reason) {
    case REJECT_PRICE_INVALID: say_range(sentence, "is not a price; possible are"); break;
    case REJECT_PRICE_NOT_ON_TICK:
        say_off_tick(sentence, "price", about->price, about->words == NULL ? NULL : about->words->price);
        break;
    case REJECT_PRICE_OUTSIDE_COLLAR: say_range(sentence, "is too far from the market; allowed now are"); break;
    case REJECT_STOP_PRICE_INVALID: say_stop(sentence); break;
    case REJECT_VALUE_OVERFLOW:
        say(sentence, "quantity times price exceeds %s", decimal_text(about->allowed_high, 2, figure));
        break;
    case REJECT_PRICE_ABOVE_CEILING: say_band(sentence, BAND_RULE_CEILING); break;
    case REJECT_PRICE_BELOW_FLOOR: say_band(sentence, BAND_RULE_FLOOR); break;
    }
}

static void say_book(struct sentence *sentence) {
    switch (sentence->about->reason) {
    case REJECT_SELF_TRADE_PREVENTED: say(sentence, "it would have traded with an order of the same principal"); break;
    case REJECT_POST_ONLY_WOULD_TRADE: say_post_only(sentence); break;
    case REJECT_FOK_NOT_FILLABLE:
        say(sentence, "%" PRId64 " of %" PRIu32 " lots can be filled now", sentence->about->allowed_high,
            sentence->about->quantity.lots);
        break;
    case REJECT_ORDER_UNKNOWN: say(sentence, "there is no such order"); break;
    case REJECT_ORDER_NOT_OWNED: say(sentence, "the order belongs to another participant"); break;
    case REJECT_ORDER_NOT_ACTIVE: say(sentence, "the order has ended already"); break;
    case REJECT_TRANSIT_PAIR_SKIPPED:
        say(sentence, "an order within reach was passed over: two non-residents may not deal here today");
        break;
    case REJECT_ORDER_RELEASED_BY_SUSPENSION:
        say(sentence, "the order was canceled and its deposit released: the accreditation was suspended or withdrawn");
        break;
    case REJECT_STOP_TRIGGERED: say(sentence, "the stop was triggered and is an order in the market now"); break;
    case REJECT_ICEBERG_REFRESHED: say(sentence, "the next slice of the iceberg is shown"); break;
    case REJECT_BAD_VALUE: say_bad_value(sentence); break;
    case REJECT_LIMIT_REACHED: say(sentence, "the exchange has no room for one more"); break;
    case REJECT_NOT_AVAILABLE: say(sentence, "this is not available yet"); break;
    }
}

struct reason_case reason_case_of(const struct report *report, const struct request_words *words) {
    return (struct reason_case){
        .reason = report->reason, .instrument = report->instrument, .participant = report->participant,
        .order_id = report->order_id, .price = report->price, .stop = report->stop,
        .quantity = report->order_quantity, .display = report->display_quantity, .min = report->min_quantity,
        .expire_date = report->expire_date, .side = report->side, .order_type = report->order_type,
        .time_in_force = report->time_in_force, .allowed_low = report->allowed_low,
        .allowed_high = report->allowed_high, .detail = report->detail, .words = words,
        .client = report->client != NAME_NONE ? report->client + 1 : 0};
}

uint32_t reason_text(const struct exchange *exchange, const struct reason_case *about, char out[reason_text_size]) {
    struct sentence sentence = {.exchange = exchange, .about = about, .out = out};
    if (about->instrument < exchange_instruments_count(exchange)) {
        sentence.instrument = exchange_instrument(exchange, about->instrument);
    }
    out[0] = '\0';
    switch (about->reason / 100) {
    case 1: say_format(&sentence); break;
    case 2: say_admission(&sentence); break;
    case 3: say_broker(&sentence); break;
    case 4:
    case 5: say_eligibility(&sentence); break;
    case 6: say_quantity(&sentence); break;
    case 7: say_price(&sentence); break;
    case 8: say_collateral(&sentence); break;
    default: say_book(&sentence); break;
    }
    if (out[0] == '\0') {
        const char *name = reject_name((enum reject)about->reason);
        say(&sentence, "%s", name == NULL ? "refused" : name);
        for (char *byte = out; *byte != '\0'; byte++) *byte = *byte == '_' ? ' ' : *byte;
    }
    return (uint32_t)strlen(out);
}
