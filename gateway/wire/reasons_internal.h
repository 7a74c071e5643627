/* reasons_internal.h - what the files of the sentences share. Private to reasons*.c. */
#ifndef BIRZHA_WIRE_REASONS_INTERNAL_H
#define BIRZHA_WIRE_REASONS_INTERNAL_H

#include "gateway/wire/phrase.h"
#include "gateway/wire/reasons.h"

/* A sentence in the making, with what its parts need. */
struct sentence {
    const struct exchange *exchange;
    const struct reason_case *about;
    const struct instrument *instrument;    /* NULL = none */
    char *out;
};

__attribute__((format(printf, 2, 3)))
void say(struct sentence *sentence, const char *format, ...);

/* Parts of sentences: text that is written to `out`, or a constant. */
const char *ticks_text(const struct sentence *sentence, int64_t ticks, char out[part_size]);
const char *symbol_text(const struct sentence *sentence, char out[part_size]);
const char *participant_text(const struct sentence *sentence, char out[part_size]);
const char *section_text(const struct sentence *sentence);

/* "2021-06-28 at 09:30", Minsk time. */
const char *moment_text(int64_t time_ns, char out[part_size]);

/* The request's words; all "" where none are known. */
const struct request_words *words_of(const struct sentence *sentence);
/* The instrument's session, and for whom the order is; NAME_NONE where that is not known. */
uint32_t session_of(const struct sentence *sentence);
uint32_t principal_of(const struct sentence *sentence);

/* Groups 2 to 5 and 8. */
void say_admission(struct sentence *sentence);
void say_broker(struct sentence *sentence);
void say_eligibility(struct sentence *sentence);
void say_collateral(struct sentence *sentence);

#endif
