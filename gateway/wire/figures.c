#include "gateway/wire/figures.h"

#include <stddef.h>

#include "engine/command.h"
#include "instruments/check.h"
#include "instruments/decimal.h"

static int is_digit(char byte) { return byte >= '0' && byte <= '9'; }

static uint32_t ticks_of_scaled(const struct instrument *instrument, int64_t scaled) {
    /* An instrument whose terms are not there yet has no tick, and cannot be traded. */
    if (scaled == 0 || instrument->tick_scaled == 0) return PRICE_INVALID;
    int64_t ticks = scaled / instrument->tick_scaled;
    if (ticks > price_ticks_max) return PRICE_INVALID;
    return ticks * instrument->tick_scaled == scaled ? (uint32_t)ticks : PRICE_OFF_TICK;
}

/* A decimal of so few digits that all of them fit 64 bits, not below 0: as one number, and how many of them stand
 * behind the point. 0 when it is another, or none. */
static int read_short(const char *text, uint32_t size, uint64_t *digits, uint32_t *places) {
    enum { size_max = 18 };
    if (size == 0 || size > size_max || (text[0] == '0' && size > 1 && text[1] != '.')) return 0;
    uint64_t value = 0;
    uint32_t at = 0;
    for (; at < size && is_digit(text[at]); at++) value = value * 10 + (uint64_t)(text[at] - '0');
    if (at == 0) return 0;
    *places = 0;
    if (at < size) {
        if (text[at] != '.' || at + 1 == size) return 0;
        *places = size - at - 1;
        for (at++; at < size; at++) {
            if (!is_digit(text[at])) return 0;
            value = value * 10 + (uint64_t)(text[at] - '0');
        }
    }
    *digits = value;
    return 1;
}

/* Ticks of a decimal that read_short has read. */
static uint32_t ticks_of_short(const struct instrument *instrument, uint64_t digits, uint32_t places) {
    int64_t scaled;
    if (places <= instrument->price_places) {
        int64_t power = decimal_power(instrument->price_places - places);
        if (__builtin_mul_overflow((int64_t)digits, power, &scaled)) return PRICE_INVALID;
    } else {
        uint64_t power = (uint64_t)decimal_power(places - instrument->price_places);
        scaled = (int64_t)(digits / power);
        if ((uint64_t)scaled * power != digits) return PRICE_OFF_TICK;
    }
    return ticks_of_scaled(instrument, scaled);
}

/* The same for any decimal. */
static uint32_t ticks_of_any(const struct instrument *instrument, const char *text, uint32_t size) {
    int64_t scaled;
    enum decimal_status status = decimal_parse(text, size, instrument->price_places, &scaled);
    if (text[0] == '-' || status == DECIMAL_OUT_OF_RANGE) return PRICE_INVALID;
    if (status == DECIMAL_TOO_PRECISE) return PRICE_OFF_TICK;
    CHECK(status == DECIMAL_OK);
    return ticks_of_scaled(instrument, scaled);
}

int figure_ticks(const struct instrument *instrument, const char *text, uint32_t size, uint32_t *ticks) {
    uint64_t digits;
    uint32_t places;
    int64_t scaled;
    if (read_short(text, size, &digits, &places)) {
        *ticks = instrument == NULL ? PRICE_INVALID : ticks_of_short(instrument, digits, places);
        return 0;
    }
    if (decimal_parse(text, size, decimal_places_max, &scaled) == DECIMAL_MALFORMED) return -1;
    *ticks = instrument == NULL ? PRICE_INVALID : ticks_of_any(instrument, text, size);
    return 0;
}

uint32_t figure_lots(int64_t value) {
    return value <= 0 ? 0 : value > QUANTITY_LOTS_MAX ? UINT32_MAX : (uint32_t)value;
}

uint64_t figure_order_id(const char *text, uint32_t size) {
    uint64_t value = 0;
    int known = size > 0 && text[0] != '0';
    for (uint32_t i = 0; known && i < size; i++) {
        known = is_digit(text[i]) && !__builtin_mul_overflow(value, 10, &value) &&
                !__builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value);
    }
    return known ? value : UINT64_MAX;
}
