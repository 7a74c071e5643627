/* holidays.c - the list of holidays; see holidays.h. */
#include "gateway/scenario/holidays.h"

#include <errno.h>
#include <stdio.h>

#include "gateway/scenario/document.h"

static int read_day(const struct place *object, struct holidays *holidays) {
    static const struct key keys[] = {{"date", KEY_REQUIRED}, {"name", KEY_REQUIRED}};
    struct holiday day = {0};
    if (place_check_keys(object, keys, sizeof keys / sizeof keys[0]) != 0) return -EINVAL;
    if (place_read_date(object, "date", &day.date) != 0) return -EINVAL;
    if (place_read_label(object, "name", day.name, sizeof day.name) != 0) return -EINVAL;
    if (holidays->days_count > 0 && day.date <= holidays->days[holidays->days_count - 1].date) {
        return place_refuse_key(object, "date", "not later than the holiday before it");
    }
    if (holidays->days_count == holidays_count_max) {
        return place_refuse(object, "one too many; there may be %d holidays", holidays_count_max);
    }
    holidays->days[holidays->days_count++] = day;
    return 0;
}

static int read_calendar(const struct document *document, struct holidays *holidays) {
    static const struct key keys[] = {{"version", KEY_REQUIRED}, {"holidays", KEY_REQUIRED}};
    struct place root = document_root(document);
    int64_t version;
    if (place_check_keys(&root, keys, sizeof keys / sizeof keys[0]) != 0) return -EINVAL;
    if (place_read_integer(&root, "version", 1, 1, &version) != 0) return -EINVAL;
    struct place list = place_get(&root, "holidays");
    if (place_check_list(&list) != 0) return -EINVAL;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        if (read_day(&item, holidays) != 0) return -EINVAL;
    }
    return 0;
}

int holidays_load(const char *data_dir, struct holidays *holidays, struct scenario_error *error) {
    char path[scenario_file_size];
    struct document document;
    snprintf(path, sizeof path, "%s/calendar.json", data_dir);
    int status = document_open(&document, path, error);
    if (status != 0) return status;
    holidays->days_count = 0;
    status = read_calendar(&document, holidays);
    document_close(&document);
    return status;
}
