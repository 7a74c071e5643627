/* reasons_rules.c - the sentences of who may trade, for whom, where, in which currency and with what deposit; and
 * which rule a reason is about where several share one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/reject.h"
#include "gateway/wire/reasons_internal.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

enum { list_size = 2 * part_size };

/* Adds to a list with commas; what does not fit is left out. */
static void list_add(char list[list_size], const char *text) {
    size_t size = strlen(list);
    if (size + strlen(text) + 3 > list_size) return;
    snprintf(list + size, list_size - size, "%s%s", size == 0 ? "" : ", ", text);
}

static const char *principal_text(const struct sentence *sentence, char out[part_size]) {
    uint32_t principal = principal_of(sentence);
    if (principal == NAME_NONE) return "the firm";
    return field_text(exchange_participant(sentence->exchange, principal)->id, participant_id_size, out);
}

static const char *session_text(const struct sentence *sentence, char out[part_size]) {
    uint32_t session = session_of(sentence);
    if (session == NAME_NONE) return "the session";
    return field_text(exchange_session(sentence->exchange, session)->id, session_id_size, out);
}

static const char *today_text(const struct sentence *sentence, char out[part_size]) {
    return date_text(exchange_trade_date(sentence->exchange), out);
}

/* " USD", or "" where it is not known. */
static const char *currency_text(const struct sentence *sentence) {
    static const char *const codes[] = {
#define XX(code) " " #code,
        CURRENCY_MAP(XX)
#undef XX
    };
    if (sentence->about->currency != 0) return codes[sentence->about->currency - 1];
    return sentence->instrument == NULL ? "" : codes[sentence->instrument->currency];
}

/* The same for the beginning of a sentence. */
static const char *currency_word(const struct sentence *sentence) {
    const char *text = currency_text(sentence);
    return *text == '\0' ? "the currency" : text + 1;
}

/* ---- 2xx: admission ---- */

static void say_dates(struct sentence *sentence, const char *what, int64_t date) {
    char participant[part_size], figure[part_size], today[part_size];
    say(sentence, "the accreditation of %s in section %s %s %s, and the trade date is %s",
        participant_text(sentence, participant), section_text(sentence), what, date_text(date, figure),
        today_text(sentence, today));
}

static void say_until(struct sentence *sentence, const char *what, int64_t date) {
    char part[part_size], today[part_size];
    if (date == 0) say(sentence, "%s", what);
    else say(sentence, "%s until %s, and the trade date is %s", what, date_text(date, part),
             today_text(sentence, today));
}

static void say_sections(struct sentence *sentence) {
    char part[part_size], list[list_size] = "";
    uint32_t participant = sentence->about->participant;
    for (uint32_t i = 0; participant < exchange_participants_count(sentence->exchange) && i < SECTION_COUNT; i++) {
        if (exchange_participant(sentence->exchange, participant)->sections[i].present)
            list_add(list, section_name((enum section)i));
    }
    say(sentence, "%s is not accredited in section %s%s%s", participant_text(sentence, part), section_text(sentence),
        list[0] == '\0' ? "" : "; it is in ", list);
}

static void say_papers(struct sentence *sentence) {
    static const char *const papers[] = {
#define XX(name, text) text,
        PAPER_MAP(XX)
#undef XX
    };
    char list[list_size] = "";
    for (int i = 0; i < PAPER_COUNT; i++) {
        if (sentence->about->allowed_low >> i & 1) list_add(list, papers[i]);
    }
    if (list[0] == '\0') say(sentence, "papers were missing when the session began");
    else say(sentence, "papers are missing: %s", list);
}

/* ACC-12, ACC-15, BRK-11: what counts is how it stood when the session began; what is due now is told beside it. */
static void say_arrears(struct sentence *sentence) {
    char list[list_size] = "", amount[part_size], due[part_size + 8];
    uint32_t participant = sentence->about->participant;
    if (sentence->about->command == COMMAND_CLIENT) {
        say(sentence, "a broker in arrears with exchange fees registers no clients");
        return;
    }
    for (uint32_t i = 0; participant < exchange_participants_count(sentence->exchange) && i < CURRENCY_COUNT; i++) {
        const struct account *account = exchange_account(sentence->exchange, participant, (enum currency)i);
        if (account->receivable.minor == 0) continue;
        snprintf(due, sizeof due, "%s %s", decimal_text(-account->receivable.minor, 2, amount),
                 currency_code((enum currency)i));
        list_add(list, due);
    }
    say(sentence, "exchange fees were unpaid after their due date when the session began; owed now: %s",
        list[0] == '\0' ? "nothing" : list);
}

static void say_own_use(struct sentence *sentence) {
    char firm[part_size], from[part_size], to[part_size];
    uint32_t principal = principal_of(sentence);
    const struct participant *row = principal == NAME_NONE ? NULL : exchange_participant(sentence->exchange, principal);
    if (row == NULL || row->own_use_from_date == date_none) {
        say(sentence, "buyers in this session need a valid certificate of own use, and %s has none",
            principal_text(sentence, firm));
        return;
    }
    say(sentence, "buyers in this session need a valid certificate of own use, and that of %s is valid from %s%s%s",
        principal_text(sentence, firm), date_text(row->own_use_from_date, from),
        row->own_use_to_date == date_none ? " on" : " to ",
        row->own_use_to_date == date_none ? "" : date_text(row->own_use_to_date, to));
}

static void say_signature(struct sentence *sentence) {
    char from[part_size], to[part_size], today[part_size];
    say(sentence, "the signature certificate is valid from %s to %s, and the trade date is %s",
        date_text(sentence->about->allowed_low, from), date_text(sentence->about->allowed_high, to),
        today_text(sentence, today));
}

/* ACC-10 */
static void say_late_login(struct sentence *sentence) {
    char id[part_size], start[part_size], logon[part_size];
    const struct reason_case *about = sentence->about;
    moment_text(about->allowed_low, start);
    if (about->allowed_high == 0) {
        say(sentence, "session %s began on %s, Minsk time, and this user was not logged on", session_text(sentence, id),
            start);
        return;
    }
    say(sentence, "session %s began on %s, Minsk time, and this user logged on, not before that, on %s",
        session_text(sentence, id), start, moment_text(about->allowed_high, logon));
}

void say_admission(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char part[part_size];
    const char *participant = participant_text(sentence, part);
    switch (about->reason) {
    case REJECT_UNKNOWN_PARTICIPANT: say(sentence, "there is no such participant"); break;
    case REJECT_NOT_ACCREDITED: say(sentence, "%s is not accredited with the exchange", participant); break;
    case REJECT_ACCREDITATION_NOT_YET_EFFECTIVE: say_dates(sentence, "begins on", about->allowed_low); break;
    case REJECT_ACCREDITATION_EXPIRED: say_dates(sentence, "ended on", about->allowed_high); break;
    case REJECT_SECTION_NOT_ACCREDITED: say_sections(sentence); break;
    case REJECT_TRADER_NOT_REGISTERED: say(sentence, "the user is not a trader of %s", participant); break;
    case REJECT_ACCREDITATION_SUSPENDED:
        say_until(sentence, "the accreditation is suspended", about->allowed_high);
        break;
    case REJECT_ACCREDITATION_WITHDRAWN: say(sentence, "the accreditation was withdrawn, for good"); break;
    case REJECT_ACCREDITATION_DOCS_INCOMPLETE: say_papers(sentence); break;
    case REJECT_SERVICE_CONTRACT_MISSING:
        say(sentence, "%s has no service contract with the exchange that both have signed", participant);
        break;
    case REJECT_TRADER_OTHER_PARTICIPANT:
        say(sentence, "this person is the trader of another participant, and can be one of one only");
        break;
    case REJECT_SIGNATURE_INVALID: say_signature(sentence); break;
    case REJECT_LATE_LOGIN: say_late_login(sentence); break;
    case REJECT_SANCTION_ACTIVE: say_until(sentence, "a sanction is in force", about->allowed_high); break;
    case REJECT_FEE_ARREARS: say_arrears(sentence); break;
    case REJECT_OBLIGATIONS_OUTSTANDING:
        say(sentence, "a claim of non-performance was open when the session began");
        break;
    case REJECT_OWN_USE_CERTIFICATE_REQUIRED: say_own_use(sentence); break;
    }
}

/* ---- 3xx: brokers ---- */

/* The client's registration with the broker in the instrument's section; NULL when there is none. */
static const struct client *mandate_of(const struct sentence *sentence) {
    uint32_t principal = principal_of(sentence), broker = sentence->about->participant;
    if (sentence->instrument == NULL || broker >= exchange_participants_count(sentence->exchange)) return NULL;
    for (uint32_t at = exchange_participant(sentence->exchange, broker)->clients_head; at != 0;) {
        const struct client *row = exchange_client(sentence->exchange, at - 1);
        if (row->client == principal && row->section == sentence->instrument->section) return row;
        at = row->next;
    }
    return NULL;
}

/* BRK-7 */
static void say_mandate(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    const struct client *mandate = mandate_of(sentence);
    char client[part_size], part[part_size], given[part_size];
    const char *name = principal_text(sentence, client);
    switch (about->detail) {
    case DETAIL_MANDATE_SIDE:
        say(sentence, "the mandate of %s is to %s", name, about->side == SIDE_BUY ? "sell" : "buy");
        break;
    case DETAIL_MANDATE_INSTRUMENT:
        snprintf(part, sizeof part, "another instrument");
        if (mandate != NULL && mandate->instrument != NAME_NONE)
            field_text(exchange_instrument(sentence->exchange, mandate->instrument)->symbol, symbol_size, part);
        say(sentence, "the mandate of %s is for %s, not for %s", name, part, symbol_text(sentence, given));
        break;
    case DETAIL_MANDATE_QUANTITY:
        say(sentence, "the mandate of %s allows %" PRId64 " lots an order, not %" PRIu32, name, about->allowed_high,
            about->quantity.lots);
        break;
    case DETAIL_MANDATE_PRICE:
        say(sentence, "the mandate of %s has the limit %s to %s", name, ticks_text(sentence, about->allowed_high, part),
            about->side == SIDE_BUY ? "buy" : "sell");
        break;
    default:
        say(sentence, "the mandate of %s ended on %s, and the trade date is %s", name,
            date_text(about->allowed_high, part), today_text(sentence, given));
        break;
    }
}

/* BRK-10: the status did not run out, it was taken, on that very date. */
static int lost_by_score(const struct sentence *sentence) {
    uint32_t broker = sentence->about->participant;
    return broker < exchange_participants_count(sentence->exchange) &&
           exchange_participant(sentence->exchange, broker)->broker_state == BROKER_STATE_ENDED;
}

void say_broker(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char part[part_size], second[part_size], today[part_size];
    switch (about->reason) {
    case REJECT_BROKER_LICENCE_REQUIRED:
        if (about->allowed_low == 0) {
            say(sentence, "only a broker acts for clients, and %s is none", participant_text(sentence, part));
        } else {
            say(sentence, "the broker status of %s begins on %s, and the trade date is %s",
                participant_text(sentence, part), date_text(about->allowed_low, second), today_text(sentence, today));
        }
        break;
    case REJECT_BROKER_LICENCE_EXPIRED:
        if (lost_by_score(sentence)) {
            say(sentence, "%s is no broker any more: its score of %" PRId32
                " was too low at the re-accreditation of %s", participant_text(sentence, part),
                exchange_participant(sentence->exchange, about->participant)->broker_score,
                date_text(about->allowed_high, second));
            break;
        }
        say(sentence, "the broker status of %s ended on %s, and the trade date is %s", participant_text(sentence, part),
            date_text(about->allowed_high, second), today_text(sentence, today));
        break;
    case REJECT_BROKER_LICENCE_SUSPENDED:
        say(sentence, "the broker status of %s is suspended", participant_text(sentence, part));
        break;
    case REJECT_CLIENT_NOT_REGISTERED:
        if (words_of(sentence)->client[0] == '\0')
            say(sentence, "the client is not registered with this broker for section %s", section_text(sentence));
        else say(sentence, "%s is not registered with %s as a client for section %s", words_of(sentence)->client,
                 participant_text(sentence, part), section_text(sentence));
        break;
    case REJECT_BROKER_SCORE_TOO_LOW:
        say(sentence, "the score is %" PRId64 "; %" PRId64 " points are needed", about->allowed_high,
            about->allowed_low);
        break;
    case REJECT_MANDATE_EXCEEDED: say_mandate(sentence); break;
    }
}

/* ---- 4xx, 5xx: the session, currency, terms ---- */

static void say_countries(struct sentence *sentence) {
    int sells = sentence->about->detail == DETAIL_SELLER_COUNTRY;
    uint32_t session = session_of(sentence), principal = principal_of(sentence);
    char id[part_size], list[list_size] = "", country[4] = "";
    if (session != NAME_NONE) {
        const struct session *row = exchange_session(sentence->exchange, session);
        for (int i = 0; i < countries_count_max; i++) {
            const char *code = sells ? row->seller_countries[i] : row->buyer_countries[i];
            if (code[0] != '\0') list_add(list, (const char[3]){code[0], code[1], '\0'});
        }
    }
    if (principal != NAME_NONE) memcpy(country, exchange_participant(sentence->exchange, principal)->country, 2);
    if (principal == NAME_NONE || list[0] == '\0') {
        say(sentence, "%s of this country are not admitted to the session", sells ? "sellers" : "buyers");
        return;
    }
    say(sentence, "session %s admits %s from %s, not from %s", session_text(sentence, id), sells ? "sellers" : "buyers",
        list, country);
}

static void say_direction(struct sentence *sentence) {
    static const char *const directions[] = {
#define XX(name, text) text,
        DIRECTION_MAP(XX)
#undef XX
    };
    uint32_t session = session_of(sentence), principal = principal_of(sentence);
    char id[part_size];
    const char *verb = sentence->about->side == SIDE_BUY ? "buy" : "sell";
    if (session == NAME_NONE || principal == NAME_NONE) {
        say(sentence, "the session's direction does not allow a firm of this residency to %s", verb);
        return;
    }
    say(sentence, "session %s is for %s, in which a %s may not %s", session_text(sentence, id),
        directions[exchange_session(sentence->exchange, session)->direction],
        exchange_participant(sentence->exchange, principal)->resident ? "resident" : "non-resident", verb);
}

static void say_transit(struct sentence *sentence) {
    char part[part_size], today[part_size];
    if (sentence->about->allowed_low == 0)
        say(sentence, "deals between two non-residents are not allowed in section %s", section_text(sentence));
    else say(sentence, "deals between two non-residents are allowed in section %s from %s on, and the trade date is %s",
             section_text(sentence), date_text(sentence->about->allowed_low, part), today_text(sentence, today));
}

/* STL-1: today's tables, or the session. */
static void say_currency(struct sentence *sentence) {
    uint32_t session = session_of(sentence);
    char list[list_size] = "", id[part_size];
    uint8_t mask = session == NAME_NONE ? 0 : exchange_session(sentence->exchange, session)->currencies_mask;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) {
        if (mask >> i & 1) list_add(list, currency_code((enum currency)i));
    }
    if (list[0] == '\0') say(sentence, "%s is not admitted today", currency_word(sentence));
    else say(sentence, "session %s admits %s, not%s", session_text(sentence, id), list, currency_text(sentence));
}

/* STL-2, DEP-8 */
static void say_currency_date(struct sentence *sentence) {
    char part[part_size], today[part_size];
    say(sentence, "%s is available from %s on, and the trade date is %s", currency_word(sentence),
        date_text(sentence->about->allowed_low, part), today_text(sentence, today));
}

/* STL-3, STL-4, TRN-9 */
static void say_residency(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char firm[part_size], list[list_size] = "", country[4] = "";
    uint32_t principal = principal_of(sentence);
    if (principal != NAME_NONE) memcpy(country, exchange_participant(sentence->exchange, principal)->country, 2);
    if (about->detail == DETAIL_DOMESTIC_IN_FOREIGN) {
        say(sentence, "two residents deal in BYN only, and %s is in%s", symbol_text(sentence, firm),
            currency_text(sentence));
    } else if (about->detail == DETAIL_CURRENCY_COUNTRY) {
        const struct instrument_rules *rules = sentence->instrument == NULL ? NULL :
            exchange_instrument_rules(sentence->exchange, about->instrument);
        for (int i = 0; rules != NULL && i < rules->countries_count; i++)
            list_add(list, (const char[3]){rules->countries[i][0], rules->countries[i][1], '\0'});
        say(sentence, "%s is open to firms of %s; %s is of %s", currency_word(sentence), list,
            principal_text(sentence, firm), country);
    } else if (principal == NAME_NONE) {
        say(sentence, "BYN is for deals between two residents");
    } else {
        say(sentence, "BYN is for deals between two residents; %s is of %s", principal_text(sentence, firm), country);
    }
}

static void say_terms(struct sentence *sentence) {
    char list[list_size] = "", symbol[part_size];
    for (uint32_t i = 0; sentence->instrument != NULL && i < PAYMENT_COUNT; i++) {
        if (!(sentence->instrument->payment_terms_mask >> i & 1)) continue;
        list_add(list, payment_terms_name((enum payment_terms)i));
    }
    say(sentence, "%s does not offer these payment terms, but %s", symbol_text(sentence, symbol), list);
}

void say_eligibility(struct sentence *sentence) {
    char part[part_size];
    switch (sentence->about->reason) {
    case REJECT_SESSION_COUNTRY_RESTRICTED: say_countries(sentence); break;
    case REJECT_SESSION_DIRECTION_MISMATCH: say_direction(sentence); break;
    case REJECT_TRANSIT_NOT_ALLOWED: say_transit(sentence); break;
    case REJECT_TRANSIT_BASIS_INVALID:
        say(sentence, "no place of delivery of %s lies outside Belarus", symbol_text(sentence, part));
        break;
    case REJECT_SESSION_ROLE_RESTRICTED:
        say(sentence, "session %s is for brokers only", session_text(sentence, part));
        break;
    case REJECT_CURRENCY_NOT_ALLOWED: say_currency(sentence); break;
    case REJECT_CURRENCY_NOT_YET_AVAILABLE: say_currency_date(sentence); break;
    case REJECT_CURRENCY_RESIDENCY_MISMATCH: say_residency(sentence); break;
    case REJECT_PAYMENT_TERMS_NOT_ALLOWED: say_terms(sentence); break;
    }
}

/* ---- 8xx: deposit and limits ---- */

void say_collateral(struct sentence *sentence) {
    const struct reason_case *about = sentence->about;
    char low[part_size], high[part_size], firm[part_size];
    const char *currency = currency_text(sentence);
    decimal_text(about->allowed_low, 2, low);
    decimal_text(about->allowed_high, 2, high);
    switch (about->reason) {
    case REJECT_INSUFFICIENT_DEPOSIT:
        say(sentence, "a deposit of %s%s is required and %s is free", low, currency, high);
        break;
    case REJECT_DEPOSIT_TOO_LATE:
        say(sentence, "a deposit of %s%s is required and %s counts today; money counts from two business days after it "
            "was credited", low, currency, high);
        break;
    case REJECT_DEPOSIT_CURRENCY_MISMATCH:
        say(sentence, "a deposit of %s%s is required, in the currency of the order; there was never one in it", low,
            currency);
        break;
    case REJECT_WITHDRAWAL_EXCEEDS_FREE: say(sentence, "only %s%s is free", high, currency); break;
    case REJECT_ORDER_VALUE_LIMIT:
        say(sentence, "the order's value is %s%s; the limit is %s", low, currency, high);
        break;
    case REJECT_OPEN_EXPOSURE_LIMIT:
        say(sentence, "open orders and contracts would come to %s%s; the limit is %s", low, currency, high);
        break;
    case REJECT_KILL_SWITCH_ACTIVE:
        say(sentence, "the supervisor has stopped all orders of %s", about->detail == DETAIL_FIRM_HALTED
            ? principal_text(sentence, firm) : participant_text(sentence, firm));
        break;
    }
}

/* ---- rules ---- */

const char *reason_rule(const struct exchange *exchange, const struct reason_case *about) {
    struct sentence sentence = {.exchange = exchange, .about = about};
    if (about->instrument < exchange_instruments_count(exchange))
        sentence.instrument = exchange_instrument(exchange, about->instrument);
    uint32_t session = session_of(&sentence);
    switch (about->reason) {
    case REJECT_CURRENCY_RESIDENCY_MISMATCH:
        if (about->detail == DETAIL_CURRENCY_COUNTRY) return "STL-3";
        if (about->detail == DETAIL_FOREIGN_IN_BYN && session != NAME_NONE &&
            exchange_session(exchange, session)->direction == DIRECTION_TRANSIT) return "TRN-9";
        return "STL-4";
    case REJECT_CURRENCY_NOT_YET_AVAILABLE:
        if (about->command == COMMAND_DEPOSIT) return "DEP-8";
        break;
    case REJECT_FEE_ARREARS:
        if (about->command == COMMAND_CLIENT) return "BRK-11";
        break;
    case REJECT_ACCREDITATION_WITHDRAWN:
        if (about->command == COMMAND_STANDING || about->command == COMMAND_ACCREDIT) return "ACC-17";
        break;
    default: break;
    }
    const char *rule = reject_rule((enum reject)about->reason);
    CHECK(rule != NULL);
    return rule;
}
