/* calendar.c - civil dates, timestamps, trade dates and business days.
 *
 * The conversion between civil dates and day numbers counts years from 1 March, so that the leap day is the last of
 * its year, and works in eras of 400 years, which all have 146,097 days. */
#include "instruments/calendar.h"

#include "instruments/check.h"

enum {
    days_per_era = 146097,
    years_per_era = 400,
    epoch_days = 719468,        /* from 0000-03-01 to 1970-01-01 */
    date_text_size = 10,
    clock_text_size = 8,        /* "06:00:00" */
    date_1970_weekday = 4,      /* a Thursday */
};

/* ---- civil dates ---- */

/* Days from 1 March to the first of a month, March being month 0. */
static int32_t days_before_month(int32_t month_from_march) { return (153 * month_from_march + 2) / 5; }

static int32_t floor_divide(int32_t value, int32_t divisor) {
    int32_t quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

int32_t date_from_civil(int32_t year, int32_t month, int32_t day) {
    CHECK(month >= 1 && month <= 12);
    CHECK(day >= 1 && day <= 31);
    int32_t march_year = month <= 2 ? year - 1 : year;
    int32_t era = floor_divide(march_year, years_per_era);
    int32_t year_of_era = march_year - era * years_per_era;
    int32_t day_of_year = days_before_month(month > 2 ? month - 3 : month + 9) + day - 1;
    int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + day_of_era - epoch_days;
}

void date_to_civil(int32_t date, int32_t *year, int32_t *month, int32_t *day) {
    int32_t from_epoch = date + epoch_days;
    int32_t era = floor_divide(from_epoch, days_per_era);
    int32_t day_of_era = from_epoch - era * days_per_era;
    /* Leap days out of the count: one in 4 years, none in 100, one in 400. */
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month_from_march = (5 * day_of_year + 2) / 153;
    *day = day_of_year - days_before_month(month_from_march) + 1;
    *month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *year = year_of_era + era * years_per_era + (*month <= 2 ? 1 : 0);
}

int32_t date_weekday(int32_t date) {
    int32_t from_monday = date + date_1970_weekday - 1;
    return from_monday - 7 * floor_divide(from_monday, 7) + 1;
}

/* ---- text ---- */

/* `size` digits as a number, or -1. */
static int32_t parse_digits(const char *text, uint32_t size) {
    int32_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static void format_digits(uint32_t value, uint32_t size, char *out) {
    for (uint32_t i = size; i > 0; i--) {
        out[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
}

bool date_parse(const char *text, uint32_t size, int32_t *date) {
    if (size != date_text_size || text[4] != '-' || text[7] != '-') return false;
    int32_t year = parse_digits(text, 4), month = parse_digits(text + 5, 2), day = parse_digits(text + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    /* A day that the month does not have comes back as one of the next month. */
    int32_t parsed = date_from_civil(year, month, day), back_year, back_month, back_day;
    date_to_civil(parsed, &back_year, &back_month, &back_day);
    if (back_month != month) return false;
    *date = parsed;
    return true;
}

void date_format(int32_t date, char out[10]) {
    int32_t year, month, day;
    date_to_civil(date, &year, &month, &day);
    CHECK(year >= 0 && year <= 9999);
    format_digits((uint32_t)year, 4, out);
    out[4] = '-';
    format_digits((uint32_t)month, 2, out + 5);
    out[7] = '-';
    format_digits((uint32_t)day, 2, out + 8);
}

/* "06:00:00" in seconds, or -1. Leap seconds are not known here. */
static int32_t parse_clock(const char *text) {
    if (text[2] != ':' || text[5] != ':') return -1;
    int32_t hour = parse_digits(text, 2), minute = parse_digits(text + 3, 2), second = parse_digits(text + 6, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
    return (hour * 60 + minute) * 60 + second;
}

/* ".5" to ".123456789", or nothing, in nanoseconds; -1 for anything else. */
static int32_t parse_fraction(const char *text, uint32_t size) {
    if (size == 0) return 0;
    if (size < 2 || size > 10 || text[0] != '.') return -1;
    int32_t value = parse_digits(text + 1, size - 1);
    for (uint32_t places = size - 1; value > 0 && places < 9; places++) value *= 10;
    return value;
}

bool timestamp_parse(const char *text, uint32_t size, int64_t *time_ns) {
    enum { fraction_at = date_text_size + 1 + clock_text_size };
    int32_t date;
    if (size <= fraction_at || text[date_text_size] != 'T' || text[size - 1] != 'Z') return false;
    if (!date_parse(text, date_text_size, &date)) return false;
    int32_t seconds = parse_clock(text + date_text_size + 1);
    int32_t fraction_ns = parse_fraction(text + fraction_at, size - 1 - fraction_at);
    if (seconds < 0 || fraction_ns < 0) return false;
    int64_t day_ns, parsed_ns;
    if (__builtin_mul_overflow((int64_t)date, NS_PER_DAY, &day_ns)) return false;
    if (__builtin_add_overflow(day_ns, seconds * NS_PER_SECOND + fraction_ns, &parsed_ns)) return false;
    *time_ns = parsed_ns;
    return true;
}

/* The day of a moment and the nanoseconds since it began. */
static int32_t split_day(int64_t time_ns, int64_t *within_day_ns) {
    int64_t day = time_ns / NS_PER_DAY, within = time_ns % NS_PER_DAY;
    if (within < 0) {
        within += NS_PER_DAY;
        day--;
    }
    *within_day_ns = within;
    return (int32_t)day;
}

void timestamp_format(int64_t time_ns, char out[timestamp_text_size]) {
    int64_t within_day_ns;
    date_format(split_day(time_ns, &within_day_ns), out);
    uint32_t seconds = (uint32_t)(within_day_ns / NS_PER_SECOND);
    out[10] = 'T';
    format_digits(seconds / 3600, 2, out + 11);
    out[13] = ':';
    format_digits(seconds / 60 % 60, 2, out + 14);
    out[16] = ':';
    format_digits(seconds % 60, 2, out + 17);
    out[19] = '.';
    format_digits((uint32_t)(within_day_ns % NS_PER_SECOND), 9, out + 20);
    out[29] = 'Z';
}

/* ---- trade dates ---- */

int32_t trade_date(int64_t time_ns) {
    int64_t within_day_ns;
    int32_t date = split_day(time_ns, &within_day_ns);
    return within_day_ns + MINSK_OFFSET_NS >= NS_PER_DAY ? date + 1 : date;
}

int64_t trade_date_begin_ns(int32_t date, int32_t minutes) {
    int64_t begin_ns;
    CHECK(!__builtin_mul_overflow((int64_t)date, NS_PER_DAY, &begin_ns));
    CHECK(!__builtin_add_overflow(begin_ns, minutes * (60 * NS_PER_SECOND) - MINSK_OFFSET_NS, &begin_ns));
    return begin_ns;
}

/* ---- business days ---- */

static int32_t calendar_date_first(void) { return date_from_civil(calendar_year_first, 1, 1); }

bool calendar_covers(int32_t date) {
    int32_t first = calendar_date_first();
    return date >= first && date < first + calendar_days_count;
}

void calendar_set_holiday(struct calendar *calendar, int32_t date) {
    CHECK(calendar_covers(date));
    if (date_weekday(date) > 5) return;
    uint32_t index = (uint32_t)(date - calendar_date_first());
    calendar->holiday_bits[index / 64] |= UINT64_C(1) << index % 64;
}

bool calendar_is_business_day(const struct calendar *calendar, int32_t date) {
    CHECK(calendar_covers(date));
    uint32_t index = (uint32_t)(date - calendar_date_first());
    return date_weekday(date) <= 5 && (calendar->holiday_bits[index / 64] >> index % 64 & 1) == 0;
}

int32_t calendar_add_business_days(const struct calendar *calendar, int32_t date, int32_t days) {
    CHECK(calendar_covers(date));
    int32_t step = days < 0 ? -1 : 1;
    /* With nothing to count the date itself may be the answer; else the count starts beside it. */
    int32_t left = days == 0 ? 1 : days;
    int32_t at = days == 0 ? date - 1 : date;
    while (left != 0) {
        at += step;
        if (!calendar_covers(at)) return date_none;
        if (calendar_is_business_day(calendar, at)) left -= step;
    }
    return at;
}
