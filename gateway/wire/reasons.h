/* reasons.h - the sentence that explains a refusal to a person, with its figures: what was given, what is allowed, and
 * the nearest value that would do.
 *
 * The figures come from the event (allowed_low, allowed_high; engine/match/MATCHING.md says what they mean for which
 * reason), the units from the instrument. Sentences are for reading; programs go by `code` and `reason`. */
#ifndef BIRZHA_WIRE_REASONS_H
#define BIRZHA_WIRE_REASONS_H

#include <stdint.h>

#include "engine/exchange.h"
#include "engine/views/report.h"
#include "gateway/wire/request.h"

enum { reason_text_size = 320 };

/* What is known about the request that was refused; zero, NAME_NONE and NULL where nothing is. */
struct reason_case {
    uint16_t reason;                    /* enum reject */
    uint32_t instrument;                /* NAME_NONE = none or unknown */
    uint32_t participant;
    uint32_t client;                    /* whom a broker acts for: index + 1; 0 = nobody, or in the words only;
                                         * UINT32_MAX = not known */
    uint64_t order_id;
    price price, stop;                  /* sentinels of command.h included */
    quantity quantity, display, min;
    int32_t expire_date;
    uint8_t side, order_type, time_in_force;
    int64_t allowed_low, allowed_high;
    uint8_t detail;                     /* enum verdict_detail */
    uint16_t command;                   /* enum command_kind of a request that was refused, else 0 */
    uint8_t currency;                   /* of money: enum currency + 1; 0 = the instrument's */
    const struct request_words *words;  /* the request in its own words */
};

/* The rule behind it, where one reason serves several; "" = none. */
const char *reason_rule(const struct exchange *exchange, const struct reason_case *about);

/* What a report of a refusal says; `words` may be NULL. */
struct reason_case reason_case_of(const struct report *report, const struct request_words *words);

/* Writes one sentence, NUL-terminated, without its full stop; returns its length. Never empty. */
uint32_t reason_text(const struct exchange *exchange, const struct reason_case *about, char out[reason_text_size]);

#endif
