/* decimal.h - exact decimal text <-> scaled integers. No floating point, no locale, no allocation.
 *
 * A decimal with `places` places is held as value x 10^places in an int64_t: "2700.00" with 2 places is
 * 270000. Accepted text: an optional '-', digits, optionally '.' and at least one digit; no '+', no blanks, no
 * exponent, no leading zeros but "0" itself, and not "-0" in any spelling. */
#ifndef BIRZHA_DECIMAL_H
#define BIRZHA_DECIMAL_H

#include <stdint.h>

#include "instruments/money.h"

enum decimal_status {
    DECIMAL_OK = 0,
    DECIMAL_MALFORMED = -1,       /* not a decimal at all */
    DECIMAL_TOO_PRECISE = -2,     /* digits other than 0 beyond `places` */
    DECIMAL_OUT_OF_RANGE = -3,    /* does not fit 64 bits once scaled */
};

enum { decimal_places_max = 9, decimal_text_size_max = 24 };

/* Reads `size` bytes of `text`. On DECIMAL_OK *scaled is set, else it is unchanged. */
__attribute__((warn_unused_result))
enum decimal_status decimal_parse(const char *text, uint32_t size, uint32_t places, int64_t *scaled);

/* Writes `scaled` with exactly `places` decimals ("2700.00") into `out` (decimal_text_size_max bytes at
 * least) and returns the length; no NUL is written. */
uint32_t decimal_format(int64_t scaled, uint32_t places, char *out);

/* 10^places for places 0 to 18. */
int64_t decimal_power(uint32_t places);

/* numerator / denominator rounded half up (away from zero for exact halves of positive numbers); both must be
 * non-negative, denominator > 0. */
uint64_t decimal_divide_half_up(uint128 numerator, uint64_t denominator);

#endif
