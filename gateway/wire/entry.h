/* entry.h - order entry straight from the members of a line (scan.h). Private to decode.
 *
 * What is right is understood here. What is not, in whatever respect, is left alone: the forms (forms.h), which know
 * the order of verdicts and the sentences, read the line anew and refuse it. So there is one place that refuses, and
 * both ways understand the same: what this file takes the forms take, as the very same request
 * (tests/fuzz/fuzz_agree.c). */
#ifndef BIRZHA_WIRE_ENTRY_H
#define BIRZHA_WIRE_ENTRY_H

#include "engine/exchange.h"
#include "gateway/wire/request.h"
#include "gateway/wire/scan.h"

enum entry_status { ENTRY_LEFT, ENTRY_READ };

/* Where a symbol was found the last time; a guess, looked at before it is believed. Zeroed = nothing. */
enum { entry_guesses_count = 64 };
struct entry_guesses {
    uint32_t instruments[entry_guesses_count];
};

/* What is asked, and by whom. */
struct entry {
    const struct scan *scan;
    const struct exchange *exchange;
    struct entry_guesses *guesses;
    uint32_t participant;
};

/* `request` has its type and req_id, and is empty but for that. ENTRY_LEFT: it is no longer. */
enum entry_status entry_read(const struct entry *entry, struct request *request);

#endif
