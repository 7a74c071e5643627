/* test_holidays.c - the shipped calendar: nine days a year, the movable one from an own reckoning of Easter. */
#include "tests/scenario/fixture.h"

#include "gateway/scenario/holidays.h"
#include "instruments/calendar.h"

static struct holidays holidays;

static void load(void) {
    struct scenario_error error;
    char said[1024] = "";
    int status = holidays_load(data_dir(), &holidays, &error);
    if (status != 0) scenario_error_format(&error, said, sizeof said);
    cr_assert_eq(status, 0, "%s", said);
}

TestSuite(holidays, .init = load);

static int is_holiday(int32_t date) {
    for (uint32_t i = 0; i < holidays.days_count; i++) {
        if (holidays.days[i].date == date) return 1;
    }
    return 0;
}

/* Orthodox Easter: the Julian computus (Meeus), moved by the 13 days that the calendars are apart until 2099. */
static int32_t orthodox_easter(int32_t year) {
    int32_t d = (19 * (year % 19) + 15) % 30;
    int32_t e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    return date_from_civil(year, (d + e + 114) / 31, (d + e + 114) % 31 + 1) + 13;
}

Test(holidays, the_reckoning_of_easter_is_right) {
    static const int32_t days[][3] = { {2020, 4, 19}, {2021, 5, 2}, {2022, 4, 24}, {2023, 4, 16}, {2024, 5, 5} };
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        int32_t year = days[i][0];
        cr_expect_eq(orthodox_easter(year), date_from_civil(year, days[i][1], days[i][2]), "%d", year);
    }
}

Test(holidays, fixed_days_of_every_year) {
    static const int32_t days[][2] = { {1, 1}, {1, 7}, {3, 8}, {5, 1}, {5, 9}, {7, 3}, {11, 7}, {12, 25} };
    for (int32_t year = 2020; year <= 2030; year++) {
        for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
            int32_t month = days[i][0], day = days[i][1];
            cr_expect(is_holiday(date_from_civil(year, month, day)), "%d-%d-%d", year, month, day);
        }
    }
}

Test(holidays, radunitsa_is_the_tuesday_nine_days_after_orthodox_easter) {
    for (int32_t year = 2020; year <= 2030; year++) {
        int32_t radunitsa = orthodox_easter(year) + 9;
        cr_expect_eq(date_weekday(radunitsa), 2, "%d", year);
        cr_expect(is_holiday(radunitsa), "%d", year);
    }
    cr_expect(is_holiday(date_from_civil(2021, 5, 11)));
}

Test(holidays, there_are_no_others) { cr_expect_eq(holidays.days_count, 9 * 11); }
