#include "gateway/wire/reasons.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/reject.h"
#include "instruments/check.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

/* A sentence in the making, with what its parts need. */
struct sentence {
    const struct exchange *exchange;
    const struct reason_case *about;
    const struct instrument *instrument;    /* NULL = none */
    char *out;
};

__attribute__((format(printf, 2, 3)))
static void say(struct sentence *sentence, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence->out, reason_text_size, format, arguments);
    va_end(arguments);
}

/* ---- parts of sentences ---- */

enum { part_size = 64 };

/* NUL-padded field -> NUL-terminated text. */
static const char *field_text(const char *field, uint32_t field_size, char out[part_size]) {
    CHECK(field_size < part_size);
    memcpy(out, field, field_size);
    out[field_size] = '\0';
    return out;
}

static const char *decimal_text(int64_t scaled, uint32_t places, char out[part_size]) {
    out[decimal_format(scaled, places, out)] = '\0';
    return out;
}

static const char *ticks_text(const struct sentence *sentence, int64_t ticks, char out[part_size]) {
    if (sentence->instrument == NULL) return snprintf(out, part_size, "%" PRId64 " ticks", ticks), out;
    return decimal_text(ticks * sentence->instrument->tick_scaled, sentence->instrument->price_places, out);
}

static const char *date_text(int64_t date, char out[part_size]) {
    date_format((int32_t)date, out);
    out[10] = '\0';
    return out;
}

static const char *symbol_text(const struct sentence *sentence, char out[part_size]) {
    if (sentence->instrument == NULL) return "the instrument";
    return field_text(sentence->instrument->symbol, symbol_size, out);
}

static const char *participant_text(const struct sentence *sentence, char out[part_size]) {
    if (sentence->about->participant >= exchange_participants_count(sentence->exchange)) return "the participant";
    return field_text(exchange_participant(sentence->exchange, sentence->about->participant)->id,
                      participant_id_size, out);
}

static const char *section_text(const struct sentence *sentence) {
    return sentence->instrument == NULL ? "its section" : section_name((enum section)sentence->instrument->section);
}

/* ---- 1xx: format and session ---- */

static void say_unknown_instrument(struct sentence *sentence) {
    char symbol[part_size];
    const struct request_words *words = sentence->about->words;
    if (sentence->instrument != NULL) say(sentence, "%s cannot be traded yet", symbol_text(sentence, symbol));
    else if (words != NULL && words->symbol[0] != '\0') say(sentence, "there is no instrument \"%s\"", words->symbol);
    else say(sentence, "there is no such instrument");
}

static void say_closed(struct sentence *sentence) {
    char symbol[part_size], id[part_size];
    uint32_t session = NAME_NONE;
    if (sentence->instrument != NULL) {
        session = exchange_market(sentence->exchange, sentence->about->instrument)->session;
    }
    if (session >= exchange_sessions_count(sentence->exchange)) {
        say(sentence, "%s is in no session that is open", symbol_text(sentence, symbol));
        return;
    }
    const struct session *row = exchange_session(sentence->exchange, session);
    say(sentence, "session %s of %s is closed; its hours are %02d:%02d to %02d:%02d Minsk time on business days",
        field_text(row->id, session_id_size, id), symbol_text(sentence, symbol), row->open_minute / 60,
        row->open_minute % 60, row->close_minute / 60, row->close_minute % 60);
}

/* ---- 2xx: admission ---- */

static void say_dates(struct sentence *sentence, const char *what, int64_t date) {
    char participant[part_size], figure[part_size], today[part_size];
    say(sentence, "the accreditation of %s in section %s %s %s, and the trade date is %s",
        participant_text(sentence, participant), section_text(sentence), what, date_text(date, figure),
        date_text(exchange_trade_date(sentence->exchange), today));
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

/* ---- all ---- */

static void say_format(struct sentence *sentence) {
    char part[part_size];
    switch (sentence->about->reason) {
    case REJECT_SESSION_UNKNOWN: say(sentence, "there is no such session"); break;
    case REJECT_INSTRUMENT_NOT_IN_SESSION:
        say(sentence, "%s is not traded in this session", symbol_text(sentence, part));
        break;
    case REJECT_PHASE_ACTION_NOT_ALLOWED:
        say(sentence, "the session is in that phase already, or was closed by hand today");
        break;
    case REJECT_SESSION_CLOSED: say_closed(sentence); break;
    case REJECT_INSTRUMENT_UNKNOWN: say_unknown_instrument(sentence); break;
    case REJECT_MARKET_HALTED:
        say(sentence, "trading in %s is halted; cancels are taken", symbol_text(sentence, part));
        break;
    case REJECT_DUPLICATE_CLIENT_ORDER_ID:
        say(sentence, "cl_ord_id was used today for a request with other content");
        break;
    case REJECT_TIMESTAMP_REGRESSION: say(sentence, "the time lies before the exchange's time"); break;
    case REJECT_RATE_LIMITED: say(sentence, "too many messages in a second; send this one again later"); break;
    }
}

static void say_until(struct sentence *sentence, const char *what, int64_t date) {
    char part[part_size];
    if (date == 0) say(sentence, "%s", what);
    else say(sentence, "%s until %s", what, date_text(date, part));
}

static void say_papers(struct sentence *sentence) {
    static const char *const papers[] = {
#define XX(name, text) text,
        PAPER_MAP(XX)
#undef XX
    };
    char list[2 * part_size] = "";
    for (int i = 0; i < PAPER_COUNT; i++) {
        if (!(sentence->about->allowed_low >> i & 1)) continue;
        size_t size = strlen(list);
        snprintf(list + size, sizeof list - size, "%s%s", size == 0 ? "" : ", ", papers[i]);
    }
    if (list[0] == '\0') say(sentence, "papers were missing when the session began");
    else say(sentence, "papers are missing: %s", list);
}

/* BRK-7 */
static void say_mandate(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char part[part_size];
    switch (about->detail) {
    case DETAIL_MANDATE_SIDE: say(sentence, "the client's mandate is for the other side"); break;
    case DETAIL_MANDATE_INSTRUMENT: say(sentence, "the client's mandate is for another instrument"); break;
    case DETAIL_MANDATE_QUANTITY:
        say(sentence, "the client's mandate allows %" PRId64 " lots an order", about->allowed_high);
        break;
    case DETAIL_MANDATE_PRICE:
        say(sentence, "the client's mandate has the limit %s", ticks_text(sentence, about->allowed_high, part));
        break;
    default: say(sentence, "the client's mandate ended on %s", date_text(about->allowed_high, part)); break;
    }
}

static void say_admission(struct sentence *sentence) {
    char part[part_size], second[part_size];
    const char *participant = participant_text(sentence, part);
    switch (sentence->about->reason) {
    case REJECT_UNKNOWN_PARTICIPANT: say(sentence, "there is no such participant"); break;
    case REJECT_NOT_ACCREDITED: say(sentence, "%s is not accredited with the exchange", participant); break;
    case REJECT_ACCREDITATION_NOT_YET_EFFECTIVE:
        say_dates(sentence, "begins on", sentence->about->allowed_low);
        break;
    case REJECT_ACCREDITATION_EXPIRED: say_dates(sentence, "ended on", sentence->about->allowed_high); break;
    case REJECT_SECTION_NOT_ACCREDITED:
        say(sentence, "%s is not accredited in section %s", participant, section_text(sentence));
        break;
    case REJECT_TRADER_NOT_REGISTERED: say(sentence, "the user is not a trader of %s", participant); break;
    case REJECT_ACCREDITATION_SUSPENDED:
        say_until(sentence, "the accreditation is suspended", sentence->about->allowed_high);
        break;
    case REJECT_ACCREDITATION_WITHDRAWN: say(sentence, "the accreditation was withdrawn, for good"); break;
    case REJECT_ACCREDITATION_DOCS_INCOMPLETE: say_papers(sentence); break;
    case REJECT_SERVICE_CONTRACT_MISSING:
        say(sentence, "%s has no service contract with the exchange that both have signed", participant);
        break;
    case REJECT_TRADER_OTHER_PARTICIPANT:
        say(sentence, "this person is the trader of another participant, and can be one of one only");
        break;
    case REJECT_SIGNATURE_INVALID:
        say(sentence, "the signature certificate is valid from %s to %s",
            date_text(sentence->about->allowed_low, part), date_text(sentence->about->allowed_high, second));
        break;
    case REJECT_SANCTION_ACTIVE:
        say_until(sentence, "a sanction is in force", sentence->about->allowed_high);
        break;
    case REJECT_FEE_ARREARS: say(sentence, "exchange fees were unpaid after their due date"); break;
    case REJECT_OBLIGATIONS_OUTSTANDING: say(sentence, "a claim of non-performance is open"); break;
    case REJECT_OWN_USE_CERTIFICATE_REQUIRED:
        say(sentence, "buyers in this session need a valid certificate of own use");
        break;
    }
}

static void say_broker(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char part[part_size];
    switch (about->reason) {
    case REJECT_BROKER_LICENCE_REQUIRED:
        if (about->allowed_low == 0) say(sentence, "only a broker acts for clients");
        else say(sentence, "the broker status begins on %s", date_text(about->allowed_low, part));
        break;
    case REJECT_BROKER_LICENCE_EXPIRED:
        say(sentence, "the broker status ended on %s", date_text(about->allowed_high, part));
        break;
    case REJECT_BROKER_LICENCE_SUSPENDED: say(sentence, "the broker status is suspended"); break;
    case REJECT_CLIENT_NOT_REGISTERED:
        say(sentence, "the client is not registered with this broker for the section");
        break;
    case REJECT_BROKER_SCORE_TOO_LOW:
        say(sentence, "the score is %" PRId64 "; %" PRId64 " points are needed", about->allowed_high,
            about->allowed_low);
        break;
    case REJECT_MANDATE_EXCEEDED: say_mandate(sentence); break;
    }
}

/* Groups 4 and 5. */
static void say_eligibility(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char part[part_size];
    switch (about->reason) {
    case REJECT_SESSION_COUNTRY_RESTRICTED:
        say(sentence, "%s of this country are not admitted to the session",
            about->detail == DETAIL_SELLER_COUNTRY ? "sellers" : "buyers");
        break;
    case REJECT_SESSION_DIRECTION_MISMATCH:
        say(sentence, "the session's direction does not allow a firm of this residency to %s",
            about->side == SIDE_BUY ? "buy" : "sell");
        break;
    case REJECT_TRANSIT_NOT_ALLOWED:
        if (about->allowed_low == 0) say(sentence, "deals between two non-residents are not allowed in the section");
        else say(sentence, "deals between two non-residents are allowed in the section from %s on",
                 date_text(about->allowed_low, part));
        break;
    case REJECT_TRANSIT_BASIS_INVALID: say(sentence, "no place of delivery lies outside Belarus"); break;
    case REJECT_SESSION_ROLE_RESTRICTED: say(sentence, "only brokers are admitted to the session"); break;
    case REJECT_CURRENCY_NOT_ALLOWED: say(sentence, "the currency is not admitted here"); break;
    case REJECT_CURRENCY_NOT_YET_AVAILABLE:
        say(sentence, "the currency is available from %s on", date_text(about->allowed_low, part));
        break;
    case REJECT_CURRENCY_RESIDENCY_MISMATCH:
        if (about->detail == DETAIL_CURRENCY_COUNTRY)
            say(sentence, "the currency is not open to firms of this country");
        else if (about->detail == DETAIL_FOREIGN_IN_BYN) say(sentence, "BYN is for deals between two residents");
        else say(sentence, "two residents deal in BYN only");
        break;
    case REJECT_PAYMENT_TERMS_NOT_ALLOWED: say(sentence, "the instrument does not offer these payment terms"); break;
    }
}

static void say_collateral(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char low[part_size], high[part_size];
    decimal_text(about->allowed_low, 2, low);
    decimal_text(about->allowed_high, 2, high);
    switch (about->reason) {
    case REJECT_INSUFFICIENT_DEPOSIT: say(sentence, "a deposit of %s is required and %s is free", low, high); break;
    case REJECT_DEPOSIT_TOO_LATE:
        say(sentence, "a deposit of %s is required and %s counts today; money counts from two business days after it "
            "was credited", low, high);
        break;
    case REJECT_DEPOSIT_CURRENCY_MISMATCH:
        say(sentence, "a deposit of %s is required in the currency of the order, and there is none", low);
        break;
    case REJECT_WITHDRAWAL_EXCEEDS_FREE: say(sentence, "only %s is free", high); break;
    case REJECT_ORDER_VALUE_LIMIT: say(sentence, "the order's value is %s; the limit is %s", low, high); break;
    case REJECT_OPEN_EXPOSURE_LIMIT:
        say(sentence, "open orders and contracts would come to %s; the limit is %s", low, high);
        break;
    case REJECT_KILL_SWITCH_ACTIVE: say(sentence, "the supervisor has stopped all orders of the firm"); break;
    }
}

static void say_quantity(struct sentence *sentence) {
    switch (sentence->about->reason) {
    case REJECT_QTY_BELOW_MINIMUM: say_too_few(sentence); break;
    case REJECT_QTY_ABOVE_MAXIMUM: say_too_many(sentence); break;
    case REJECT_PARTIAL_NOT_ALLOWED: say(sentence, "fewer lots than min_qty can be traded now"); break;
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
    case REJECT_PRICE_ABOVE_CEILING:
        say(sentence, "the price is above the ceiling %s", ticks_text(sentence, about->allowed_high, figure));
        break;
    case REJECT_PRICE_BELOW_FLOOR:
        say(sentence, "the price is below the floor %s", ticks_text(sentence, about->allowed_low, figure));
        break;
    }
}

static void say_book(struct sentence *sentence) {
    switch (sentence->about->reason) {
    case REJECT_SELF_TRADE_PREVENTED: say(sentence, "it would have traded with an order of the same principal"); break;
    case REJECT_POST_ONLY_WOULD_TRADE: say(sentence, "a post-only order may not trade when it comes in"); break;
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
    case REJECT_BAD_VALUE:
        if (sentence->about->command == COMMAND_BUST)
            say(sentence, "there is no such deal, it was taken back before, or this world keeps no contracts");
        else say(sentence, "it exists already, or a value is out of range");
        break;
    case REJECT_LIMIT_REACHED: say(sentence, "the exchange has no room for one more"); break;
    case REJECT_NOT_AVAILABLE: say(sentence, "this is not available yet"); break;
    }
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
    case 6: say_quantity(&sentence); break;
    case 3: say_broker(&sentence); break;
    case 4:
    case 5: say_eligibility(&sentence); break;
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
