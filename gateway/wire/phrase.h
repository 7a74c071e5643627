/* phrase.h - figures as parts of sentences. Private to those who write sentences: reasons.c, explain.c. */
#ifndef BIRZHA_WIRE_PHRASE_H
#define BIRZHA_WIRE_PHRASE_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "engine/exchange.h"
#include "instruments/check.h"
#include "instruments/decimal.h"

enum { part_size = 64 };

/* NUL-padded field -> NUL-terminated text. */
static inline const char *field_text(const char *field, uint32_t field_size, char out[part_size]) {
    CHECK(field_size < part_size);
    memcpy(out, field, field_size);
    out[field_size] = '\0';
    return out;
}

static inline const char *decimal_text(int64_t scaled, uint32_t places, char out[part_size]) {
    out[decimal_format(scaled, places, out)] = '\0';
    return out;
}

/* A price of an instrument; in ticks when there is none. */
static inline const char *price_text(const struct instrument *instrument, int64_t ticks, char out[part_size]) {
    if (instrument == NULL) return snprintf(out, part_size, "%" PRId64 " ticks", ticks), out;
    return decimal_text(ticks * instrument->tick_scaled, instrument->price_places, out);
}

static inline const char *date_text(int64_t date, char out[part_size]) {
    date_format((int32_t)date, out);
    out[10] = '\0';
    return out;
}

/* "0.2 %" of 2,000 millionths. */
static inline const char *percent_text(uint32_t ppm, char out[part_size]) {
    uint32_t size = decimal_format(ppm, 4, out);
    while (out[size - 1] == '0') size--;
    if (out[size - 1] == '.') size--;
    memcpy(out + size, " %", 3);
    return out;
}

#endif
