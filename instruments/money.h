/* money.h - the unit types: a price, a quantity and an amount of money do not mix.
 *
 * price     whole ticks of one instrument, 1 or more; 0 means "none"
 * quantity  whole lots of one instrument
 * money     signed minor units (cents, kopecks) of one currency
 *
 * Each is a struct of one field so that adding a price to an amount does not compile. Arithmetic that could
 * leave its range says so; nothing here wraps, and nothing here is a binary floating point number. */
#ifndef BIRZHA_MONEY_H
#define BIRZHA_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "instruments/limits.h"

__extension__ typedef unsigned __int128 uint128;

typedef struct { uint32_t ticks; } price;
typedef struct { uint32_t lots; } quantity;
typedef struct { int64_t minor; } money;

/* a + b; false, and *sum unchanged, when it does not fit. */
__attribute__((warn_unused_result))
static inline bool money_add(money a, money b, money *sum) {
    int64_t minor;
    if (__builtin_add_overflow(a.minor, b.minor, &minor)) return false;
    sum->minor = minor;
    return true;
}

/* Value of `lots` lots at `at`, where one tick on one lot is worth `lot_tick` (instrument.h).
 * PRC-1: false, and *value unchanged, when it exceeds VALUE_MINOR_MAX. */
__attribute__((warn_unused_result))
static inline bool money_value(price at, quantity lots, money lot_tick, money *value) {
    uint128 product = (uint128)((uint64_t)at.ticks * lots.lots) * (uint64_t)lot_tick.minor;
    if (product > (uint128)VALUE_MINOR_MAX) return false;
    value->minor = (int64_t)product;
    return true;
}

#endif
