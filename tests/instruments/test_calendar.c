/* test_calendar.c - dates, timestamps, trade dates, business days. Expected dates are from printed calendars. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "instruments/calendar.h"

/* The exchange's holidays of 2021. */
static struct calendar calendar_2021(void) {
    static const int32_t days[][2] = { {1, 1}, {1, 7}, {3, 8}, {5, 1}, {5, 9}, {5, 11}, {7, 3}, {11, 7}, {12, 25} };
    struct calendar calendar = {0};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        calendar_set_holiday(&calendar, date_from_civil(2021, days[i][0], days[i][1]));
    }
    return calendar;
}

static int32_t date(const char *text) {
    int32_t parsed = date_none;
    cr_assert(date_parse(text, (uint32_t)strlen(text), &parsed), "%s", text);
    return parsed;
}

static void expect_date(int32_t actual, const char *expected) {
    char text[11] = {0};
    if (actual == date_none) memcpy(text, "none", 5);
    else date_format(actual, text);
    cr_expect_str_eq(text, expected, "%s instead of %s", text, expected);
}

Test(calendar, known_day_numbers) {
    static const struct { const char *text; int32_t number; int32_t weekday; } rows[] = {
        {"1970-01-01", 0, 4}, {"1969-12-31", -1, 3}, {"2000-02-29", 11016, 2}, {"2000-03-01", 11017, 3},
        {"2020-01-01", 18262, 3}, {"2021-01-04", 18631, 1}, {"2021-06-28", 18806, 1}, {"2021-08-02", 18841, 1},
        {"2030-12-31", 22279, 2}, {"1900-02-28", -25509, 3}, {"1900-03-01", -25508, 4}, {"0001-01-01", -719162, 1},
        {"9999-12-31", 2932896, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(date(rows[i].text), rows[i].number, "%s is %" PRId32, rows[i].text, date(rows[i].text));
        expect_date(rows[i].number, rows[i].text);
        cr_expect_eq(date_weekday(rows[i].number), rows[i].weekday, "%s", rows[i].text);
    }
}

Test(calendar, every_day_comes_back_and_follows_the_one_before) {
    static const int32_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t expected = date_from_civil(1890, 1, 1);
    for (int32_t year = 1890; year <= 2110; year++) {
        int32_t leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int32_t month = 1; month <= 12; month++) {
            int32_t days = month_days[month - 1] + (month == 2 && leap);
            for (int32_t day = 1; day <= days; day++, expected++) {
                int32_t y, m, d;
                date_to_civil(expected, &y, &m, &d);
                cr_assert(y == year && m == month && d == day, "%d-%d-%d", year, month, day);
                cr_assert_eq(date_from_civil(year, month, day), expected);
                cr_assert_eq(date_weekday(expected + 1), date_weekday(expected) % 7 + 1);
            }
        }
    }
}

Test(calendar, dates_that_are_none) {
    static const char *const texts[] = {
        "2021-02-29", "2021-02-31", "2100-02-29", "2021-04-31", "2021-00-10", "2021-13-01", "2021-01-00", "2021-01-32",
        "0000-01-01", "2021-1-01", "21-01-01", "2021/01/01", "2021-01-01 ", " 2021-01-01", "2021-01-0x", "+021-01-01",
        "", "2021-0101",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int32_t parsed = -77;
        cr_expect(!date_parse(texts[i], (uint32_t)strlen(texts[i]), &parsed), "%s", texts[i]);
        cr_expect_eq(parsed, -77);
    }
}

Test(calendar, timestamps_both_ways) {
    static const struct { const char *in; int64_t time_ns; const char *out; } rows[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000000000Z"},
        {"2021-06-28T06:00:00Z", INT64_C(1624860000000000000), "2021-06-28T06:00:00.000000000Z"},
        {"2021-06-28T06:00:00.5Z", INT64_C(1624860000500000000), "2021-06-28T06:00:00.500000000Z"},
        {"2021-12-31T23:59:59.999999999Z", INT64_C(1640995199999999999), "2021-12-31T23:59:59.999999999Z"},
        {"1969-12-31T23:59:59.000000001Z", INT64_C(-999999999), "1969-12-31T23:59:59.000000001Z"},
        {"2021-01-01T00:00:00.000Z", INT64_C(1609459200000000000), "2021-01-01T00:00:00.000000000Z"},
        {"2262-04-11T23:47:16.854775807Z", INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t time_ns = -77;
        cr_assert(timestamp_parse(rows[i].in, (uint32_t)strlen(rows[i].in), &time_ns), "%s", rows[i].in);
        cr_expect_eq(time_ns, rows[i].time_ns, "%s is %" PRId64, rows[i].in, time_ns);
        char out[timestamp_text_size + 1] = {0};
        timestamp_format(rows[i].time_ns, out);
        cr_expect_str_eq(out, rows[i].out);
    }
}

Test(calendar, timestamps_that_are_none) {
    static const char *const texts[] = {
        "", "Z", "2021-06-28", "2021-06-28T06:00:00", "2021-06-28 06:00:00Z", "2021-06-28t06:00:00z",
        "2021-06-28T24:00:00Z", "2021-06-28T06:60:00Z", "2021-06-28T06:00:60Z", "2021-06-28T06:00:00+00:00",
        "2021-06-28T06:00:00.Z", "2021-06-28T06:00:00.1234567890Z", "2021-06-28T06:00:00,5Z", "2021-06-28T6:00:00Z",
        "2021-02-30T06:00:00Z", "2262-04-11T23:47:16.854775808Z", "9999-01-01T00:00:00Z", "2021-06-28T06:00Z",
        "2021-06-28T06:00:00.5",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t time_ns = -77;
        cr_expect(!timestamp_parse(texts[i], (uint32_t)strlen(texts[i]), &time_ns), "%s", texts[i]);
        cr_expect_eq(time_ns, -77);
    }
}

Test(calendar, the_trade_date_changes_at_21_utc) {
    static const struct { const char *moment; const char *date; } rows[] = {
        {"2020-12-31T20:59:59.999999999Z", "2020-12-31"}, {"2020-12-31T21:00:00Z", "2021-01-01"},
        {"2021-06-28T00:00:00Z", "2021-06-28"}, {"2021-06-28T06:00:00Z", "2021-06-28"},
        {"1969-12-31T21:00:00Z", "1970-01-01"}, {"1969-12-31T20:59:59Z", "1969-12-31"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t time_ns = 0;
        cr_assert(timestamp_parse(rows[i].moment, (uint32_t)strlen(rows[i].moment), &time_ns));
        expect_date(trade_date(time_ns), rows[i].date);
    }
    int64_t nine = 0;
    cr_assert(timestamp_parse("2021-06-28T06:00:00Z", 20, &nine));
    cr_assert_eq(trade_date_begin_ns(date("2021-06-28"), 9 * 60), nine, "09:00 in Minsk is 06:00 UTC");
    cr_assert_eq(trade_date(trade_date_begin_ns(date("2021-06-28"), 0)), date("2021-06-28"));
    cr_assert_eq(trade_date(trade_date_begin_ns(date("2021-06-28"), 0) - 1), date("2021-06-27"));
}

Test(calendar, covers_2020_to_2030) {
    cr_assert(!calendar_covers(date("2019-12-31")));
    cr_assert(calendar_covers(date("2020-01-01")));
    cr_assert(calendar_covers(date("2030-12-31")));
    cr_assert(!calendar_covers(date("2031-01-01")));
}

Test(calendar, business_days) {
    struct calendar calendar = calendar_2021();
    static const struct { const char *date; int business; } rows[] = {
        {"2021-01-01", 0}, {"2021-01-04", 1}, {"2021-01-07", 0}, {"2021-03-08", 0}, {"2021-03-09", 1},
        {"2021-05-01", 0}, {"2021-05-10", 1}, {"2021-05-11", 0}, {"2021-07-02", 1}, {"2021-07-03", 0},
        {"2021-07-04", 0}, {"2021-07-05", 1}, {"2021-11-08", 1}, {"2021-12-25", 0}, {"2021-12-31", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(calendar_is_business_day(&calendar, date(rows[i].date)), rows[i].business, "%s", rows[i].date);
    }
}

Test(calendar, a_holiday_on_a_weekend_leaves_no_trace) {
    struct calendar with = {0}, without = {0};
    calendar_set_holiday(&with, date("2021-07-03"));
    cr_assert_eq(memcmp(&with, &without, sizeof with), 0);
}

Test(calendar, counts_business_days_as_the_rulebook_does) {
    struct calendar calendar = calendar_2021();
    static const struct { const char *from; int32_t days; const char *to; } rows[] = {
        {"2021-06-29", -2, "2021-06-25"},       /* a deposit must be there two business days before the session */
        {"2021-06-30", 3, "2021-07-05"},        /* last day to sign: timber */
        {"2021-06-30", 5, "2021-07-07"},        /* ... and agricultural goods */
        {"2021-07-05", 5, "2021-07-12"},        /* prepayment within 5 days of registration */
        {"2021-07-03", 0, "2021-07-05"}, {"2021-07-05", 0, "2021-07-05"}, {"2021-07-03", 1, "2021-07-05"},
        {"2021-07-04", -1, "2021-07-02"}, {"2021-05-10", 1, "2021-05-12"}, {"2021-03-05", 1, "2021-03-09"},
        {"2030-12-31", 1, "none"}, {"2030-12-30", 1, "2030-12-31"}, {"2020-01-01", -1, "none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_date(calendar_add_business_days(&calendar, date(rows[i].from), rows[i].days), rows[i].to);
    }
}

Test(calendar, a_fortnightly_session_moves_off_a_holiday_and_its_grid_stays) {
    struct calendar calendar = calendar_2021();
    static const char *const sessions[] = {
        "2021-01-11", "2021-01-25", "2021-02-08", "2021-02-22", "2021-03-09", "2021-03-22", "2021-04-05", "2021-04-19",
        "2021-05-03", "2021-05-17", "2021-05-31", "2021-06-14", "2021-06-28", "2021-07-12", "2021-07-26",
    };
    int32_t anchor = date("2021-01-11");
    for (int32_t i = 0; i < (int32_t)(sizeof sessions / sizeof sessions[0]); i++) {
        expect_date(calendar_add_business_days(&calendar, anchor + 14 * i, 0), sessions[i]);
    }
}
