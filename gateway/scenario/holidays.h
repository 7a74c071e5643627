/* holidays.h - calendar.json of the data folder: the days on which business rests, weekends aside. */
#ifndef BIRZHA_SCENARIO_HOLIDAYS_H
#define BIRZHA_SCENARIO_HOLIDAYS_H

#include <stdint.h>

#include "gateway/scenario/error.h"

enum { holidays_count_max = 512, holiday_name_size = 48 };

struct holiday {
    int32_t date;
    char name[holiday_name_size];
};

struct holidays {
    struct holiday days[holidays_count_max];    /* ascending */
    uint32_t days_count;
};

/* 0 or a negative errno and the error set. */
__attribute__((warn_unused_result))
int holidays_load(const char *data_dir, struct holidays *holidays, struct scenario_error *error);

#endif
