/* calendar.h - dates, the trade date, and which days are business days.
 *
 * A date is a day number: days since 1970-01-01. Exchange time is nanoseconds since then, UTC. The exchange
 * lives on Minsk time, UTC+3 the year round, so the trade date changes at 21:00 UTC.
 * Holidays are data (instruments/data/calendar.json): they are loaded into `struct calendar`. */
#ifndef BIRZHA_CALENDAR_H
#define BIRZHA_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "instruments/limits.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_DAY (INT64_C(86400) * NS_PER_SECOND)
#define MINSK_OFFSET_NS (INT64_C(3) * 3600 * NS_PER_SECOND)

enum { calendar_days_count = 4018, date_none = INT32_MIN };   /* 2020-01-01 to 2030-12-31 */

/* One bit a day from 1 January of calendar_year_first: set = holiday that is not already a weekend's matter. */
struct calendar {
    uint64_t holiday_bits[(calendar_days_count + 63) / 64];
};

/* Proleptic Gregorian; the caller gives a valid date. */
int32_t date_from_civil(int32_t year, int32_t month, int32_t day);
void date_to_civil(int32_t date, int32_t *year, int32_t *month, int32_t *day);
/* 1 = Monday to 7 = Sunday. */
int32_t date_weekday(int32_t date);

/* "2021-06-28" (exactly 10 bytes) -> true; false, *date unchanged, for anything else, 31 February included. */
__attribute__((warn_unused_result))
bool date_parse(const char *text, uint32_t size, int32_t *date);
void date_format(int32_t date, char out[10]);

/* RFC 3339 UTC: "2021-06-28T06:00:00Z", fraction of up to 9 digits. */
__attribute__((warn_unused_result))
bool timestamp_parse(const char *text, uint32_t size, int64_t *time_ns);
enum { timestamp_text_size = 30 };   /* "2021-06-28T06:00:00.000000000Z" */
void timestamp_format(int64_t time_ns, char out[timestamp_text_size]);

/* Minsk date of a moment, and the moment a Minsk date begins (plus `minutes` into it). */
int32_t trade_date(int64_t time_ns);
int64_t trade_date_begin_ns(int32_t date, int32_t minutes);

/* Whether the calendar knows the year of `date`. The two below ask only for dates it knows. */
bool calendar_covers(int32_t date);
void calendar_set_holiday(struct calendar *calendar, int32_t date);
bool calendar_is_business_day(const struct calendar *calendar, int32_t date);
/* `days` business days after `date` (which need not be one itself); date_none beyond the tables.
 * days < 0 counts back; days = 0: `date` itself, or the next business day. */
int32_t calendar_add_business_days(const struct calendar *calendar, int32_t date, int32_t days);

#endif
