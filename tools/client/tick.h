/* tick.h - prices as a client handles them: decimal text in, exact integers inside, decimal text out.
 *
 * A price key is the price in units of 10^-6, for comparing and for differences. A tick turns prices into whole
 * numbers of ticks and back, so that "one tick better" is + 1. No floating point anywhere. */
#ifndef BIRZHA_CLIENT_TICK_H
#define BIRZHA_CLIENT_TICK_H

#include <stdint.h>

enum { price_key_places = 6, price_text_size = 40 };

/* The smallest step of a price, and the places that prices are written with. */
struct tick {
    int64_t key;                /* > 0 */
    uint32_t places;
};

/* A decimal as an integer of 10^-6; 0 for what is not a decimal of at most 6 places. */
int64_t price_key(const char *decimal);

/* Digits after the point of a decimal: "2700.00" has 2. */
uint32_t price_places(const char *decimal);

/* Writes a key with `places` (at most 6) places; what lies beyond them must be 0. `text` has price_text_size bytes. */
void price_key_text(int64_t key, uint32_t places, char *text);

/* Reads a tick such as "0.50". 0, or -1 when that is no positive decimal. */
__attribute__((warn_unused_result))
int tick_read(struct tick *tick, const char *decimal);

/* How many whole ticks a price is, rounded down; 0 for what is not a price. */
int64_t tick_count(const struct tick *tick, const char *decimal);

/* The price of so many ticks, as text of price_text_size bytes at most. */
void tick_text(const struct tick *tick, int64_t ticks, char *text);

#endif
