/* decimal.c - decimal text to scaled integers and back; rounding. */
#include "instruments/decimal.h"

#include "instruments/check.h"

enum { powers_count = 19 };

static const int64_t powers[powers_count] = {
    INT64_C(1), INT64_C(10), INT64_C(100), INT64_C(1000), INT64_C(10000), INT64_C(100000), INT64_C(1000000),
    INT64_C(10000000), INT64_C(100000000), INT64_C(1000000000), INT64_C(10000000000), INT64_C(100000000000),
    INT64_C(1000000000000), INT64_C(10000000000000), INT64_C(100000000000000), INT64_C(1000000000000000),
    INT64_C(10000000000000000), INT64_C(100000000000000000), INT64_C(1000000000000000000),
};

int64_t decimal_power(uint32_t places) {
    CHECK(places < powers_count);
    return powers[places];
}

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/* Where the parts of a decimal lie in its text. */
struct shape {
    uint32_t whole_begin, whole_end;        /* digits before the point */
    uint32_t fraction_begin, fraction_end;  /* digits behind it; empty when there is no point */
    bool negative;
};

static uint32_t skip_digits(const char *text, uint32_t size, uint32_t at) {
    while (at < size && is_digit(text[at])) at++;
    return at;
}

/* Finds the parts; false when the text is not a decimal. Says nothing about -0 and size. */
static bool find_shape(const char *text, uint32_t size, struct shape *shape) {
    shape->negative = size > 0 && text[0] == '-';
    shape->whole_begin = shape->negative ? 1 : 0;
    shape->whole_end = skip_digits(text, size, shape->whole_begin);
    uint32_t whole_size = shape->whole_end - shape->whole_begin;
    if (whole_size == 0 || (whole_size > 1 && text[shape->whole_begin] == '0')) return false;
    shape->fraction_begin = shape->fraction_end = shape->whole_end;
    if (shape->whole_end == size) return true;
    if (text[shape->whole_end] != '.') return false;
    shape->fraction_begin = shape->whole_end + 1;
    shape->fraction_end = skip_digits(text, size, shape->fraction_begin);
    return shape->fraction_end > shape->fraction_begin && shape->fraction_end == size;
}

static bool all_zero(const char *text, uint32_t begin, uint32_t end) {
    for (uint32_t at = begin; at < end; at++) {
        if (text[at] != '0') return false;
    }
    return true;
}

/* magnitude x 10 + digit; false when it does not fit 64 bits. */
static bool push_digit(uint64_t *magnitude, uint32_t digit) {
    return !__builtin_mul_overflow(*magnitude, UINT64_C(10), magnitude) &&
           !__builtin_add_overflow(*magnitude, (uint64_t)digit, magnitude);
}

/* The digits down to `places` behind the point, as one number; false when it does not fit 64 bits. */
static bool scale_magnitude(const char *text, const struct shape *shape, uint32_t places, uint64_t *magnitude) {
    *magnitude = 0;
    for (uint32_t at = shape->whole_begin; at < shape->whole_end; at++) {
        if (!push_digit(magnitude, (uint32_t)(text[at] - '0'))) return false;
    }
    for (uint32_t i = 0; i < places; i++) {
        uint32_t at = shape->fraction_begin + i;
        uint32_t digit = at < shape->fraction_end ? (uint32_t)(text[at] - '0') : 0;
        if (!push_digit(magnitude, digit)) return false;
    }
    return true;
}

enum decimal_status decimal_parse(const char *text, uint32_t size, uint32_t places, int64_t *scaled) {
    CHECK(places <= decimal_places_max);
    struct shape shape;
    if (!find_shape(text, size, &shape)) return DECIMAL_MALFORMED;
    bool zero = all_zero(text, shape.whole_begin, shape.whole_end) &&
                all_zero(text, shape.fraction_begin, shape.fraction_end);
    if (zero && shape.negative) return DECIMAL_MALFORMED;
    uint64_t magnitude;
    if (!scale_magnitude(text, &shape, places, &magnitude)) return DECIMAL_OUT_OF_RANGE;
    /* There is one negative number more than there are positive ones. */
    if (magnitude > (uint64_t)INT64_MAX + (shape.negative ? 1 : 0)) return DECIMAL_OUT_OF_RANGE;
    uint32_t kept_end = shape.fraction_begin + places;
    if (kept_end < shape.fraction_end && !all_zero(text, kept_end, shape.fraction_end)) return DECIMAL_TOO_PRECISE;
    *scaled = shape.negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return DECIMAL_OK;
}

uint32_t decimal_format(int64_t scaled, uint32_t places, char *out) {
    CHECK(places < powers_count);
    uint64_t magnitude = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
    char reversed[decimal_text_size_max];
    uint32_t size = 0;
    /* At least one digit stands before the point. */
    for (uint32_t digits = 0; magnitude != 0 || digits <= places; digits++) {
        if (digits == places && places > 0) reversed[size++] = '.';
        reversed[size++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    }
    if (scaled < 0) reversed[size++] = '-';
    CHECK(size <= decimal_text_size_max);
    for (uint32_t i = 0; i < size; i++) out[i] = reversed[size - 1 - i];
    return size;
}

uint64_t decimal_divide_half_up(uint128 numerator, uint64_t denominator) {
    CHECK(denominator > 0);
    uint128 quotient = numerator / denominator;
    uint64_t remainder = (uint64_t)(numerator - quotient * denominator);
    /* remainder >= denominator / 2, without halving an odd number. */
    if (remainder >= denominator - remainder) quotient++;
    CHECK(quotient <= UINT64_MAX);
    return (uint64_t)quotient;
}
