/* tick.c - over instruments/decimal; see tick.h. */
#include "tools/client/tick.h"

#include <string.h>

#include "instruments/check.h"
#include "instruments/decimal.h"

_Static_assert((int)price_text_size > (int)decimal_text_size_max, "a decimal and its NUL fit");

int64_t price_key(const char *decimal) {
    int64_t key = 0;
    size_t size = strlen(decimal);
    if (size >= price_text_size) return 0;
    if (decimal_parse(decimal, (uint32_t)size, price_key_places, &key) != DECIMAL_OK) return 0;
    return key;
}

uint32_t price_places(const char *decimal) {
    const char *point = strchr(decimal, '.');
    return point == NULL ? 0 : (uint32_t)strlen(point + 1);
}

void price_key_text(int64_t key, uint32_t places, char *text) {
    CHECK(places <= price_key_places);
    uint32_t size = decimal_format(key / decimal_power(price_key_places - places), places, text);
    CHECK(size < price_text_size);
    text[size] = '\0';
}

int tick_read(struct tick *tick, const char *decimal) {
    int64_t key = price_key(decimal);
    uint32_t places = price_places(decimal);
    if (key <= 0 || places > price_key_places) return -1;
    tick->key = key;
    tick->places = places;
    return 0;
}

int64_t tick_count(const struct tick *tick, const char *decimal) {
    return price_key(decimal) / tick->key;
}

void tick_text(const struct tick *tick, int64_t ticks, char *text) {
    price_key_text(ticks * tick->key, tick->places, text);
}
