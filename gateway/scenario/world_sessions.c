/* world_sessions.c - when which instruments are traded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exchange.h"
#include "gateway/scenario/world.h"
#include "instruments/calendar.h"

#define COUNT(array) (uint32_t)(sizeof array / sizeof array[0])

enum { minutes_per_day = 24 * 60 };

/* "09:30" in minutes, up to "24:00"; -1 for anything else. */
static int parse_time_of_day(const char *text, uint32_t size) {
    static const uint32_t digits[] = {0, 1, 3, 4};
    if (size != 5 || text[2] != ':') return -1;
    for (uint32_t i = 0; i < COUNT(digits); i++) {
        if (text[digits[i]] < '0' || text[digits[i]] > '9') return -1;
    }
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    int total = hour * 60 + minute;
    return minute < 60 && total <= minutes_per_day ? total : -1;
}

static int read_time_of_day(const struct place *object, const char *key, uint16_t *minute) {
    struct place place = place_get(object, key);
    const char *text;
    uint32_t size;
    char quote[place_quote_size];
    if (place_text(&place, &text, &size) != 0) return -EINVAL;
    int parsed = parse_time_of_day(text, size);
    if (parsed < 0) {
        return place_refuse(&place, "%s is not a time of day; one is written \"09:00\", up to \"24:00\"",
                            place_quote(place.json, quote));
    }
    *minute = (uint16_t)parsed;
    return 0;
}

static int read_schedule(const struct place *object, struct command_session *session) {
    static const struct key keys[] = {{"open", KEY_REQUIRED}, {"close", KEY_REQUIRED}, {"every_days", KEY_OPTIONAL},
                                      {"anchor", KEY_OPTIONAL}, {"dates", KEY_OPTIONAL}};
    struct place place;
    char quote[place_quote_size];
    if (!place_find(object, "schedule", &place)) return 0;
    if (cJSON_IsString(place.json) && strcmp(place.json->valuestring, "always") == 0) return 0;
    if (!cJSON_IsObject(place.json)) {
        return place_refuse(&place, "%s; it may be \"always\" or an object with open and close",
                            place_quote(place.json, quote));
    }
    if (place_check_keys(&place, keys, COUNT(keys)) != 0) return -EINVAL;
    if (read_time_of_day(&place, "open", &session->open_minute) != 0) return -EINVAL;
    if (read_time_of_day(&place, "close", &session->close_minute) != 0) return -EINVAL;
    if (session->open_minute < session->close_minute) return 0;
    return place_refuse_key(&place, "close", "not later than the opening at %02d:%02d", session->open_minute / 60,
                            session->open_minute % 60);
}

static int read_model(const struct place *object, struct command_session *session) {
    static const char *const models[] = {
#define XX(name, text) text,
        MODEL_MAP(XX)
#undef XX
    };
    uint32_t model = 0;
    if (place_read_choice(object, "model", models, MODEL_COUNT, &model) != 0) return -EINVAL;
    if (model != MODEL_CONTINUOUS) {
        return place_refuse_key(object, "model", "\"%s\" is not available yet; sessions are continuous", models[model]);
    }
    session->model = (uint8_t)model;
    return 0;
}

static int read_countries(const struct place *object, const char *key, char countries[countries_count_max][2]) {
    struct place list;
    uint32_t count = 0;
    if (!place_find_given(object, key, &list)) return 0;
    if (place_check_list(&list) != 0) return -EINVAL;
    if (place_items_count(&list) > countries_count_max) {
        return place_refuse(&list, "%u countries; there may be %d", place_items_count(&list), countries_count_max);
    }
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        if (place_country(&item, countries[count++]) != 0) return -EINVAL;
    }
    return 0;
}

static int read_currencies(const struct place *object, uint8_t *mask) {
    static const char *const codes[] = {
#define XX(code) #code,
        CURRENCY_MAP(XX)
#undef XX
    };
    struct place list;
    if (!place_find_given(object, "currencies", &list)) return 0;
    if (place_check_list(&list) != 0) return -EINVAL;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        uint32_t currency;
        if (place_choice(&item, codes, CURRENCY_COUNT, &currency) != 0) return -EINVAL;
        *mask |= (uint8_t)(1 << currency);
    }
    return 0;
}

static int read_session_flag(const struct place *object, const char *key, enum session_flag bit, uint8_t *flags) {
    struct place flag;
    if (!place_find(object, key, &flag)) return 0;
    if (!cJSON_IsBool(flag.json)) return place_refuse(&flag, "it may be true or false");
    if (cJSON_IsTrue(flag.json)) *flags |= (uint8_t)bit;
    return 0;
}

/* ACC-10 */
static int read_late_login(const struct place *object, uint8_t *flags) {
    static const char *const modes[] = {"admit", "refuse"};
    struct place place;
    uint32_t mode;
    if (!place_find_given(object, "late_login", &place)) return 0;
    if (place_choice(&place, modes, COUNT(modes), &mode) != 0) return -EINVAL;
    if (mode == 1) *flags |= SESSION_LATE_LOGIN_REFUSE;
    return 0;
}

/* SES-4: every so many days from an anchor. */
static int read_grid(const struct place *object, struct command_session_terms *terms) {
    struct place schedule, every;
    int64_t days = 0;
    if (!place_find(object, "schedule", &schedule) || !cJSON_IsObject(schedule.json)) return 0;
    if (!place_find(&schedule, "every_days", &every)) return 0;
    if (place_read_integer(&schedule, "every_days", 1, 366, &days) != 0) return -EINVAL;
    terms->every_days = (uint32_t)days;
    if (!place_find(&schedule, "anchor", &every)) {
        return place_refuse_key(&schedule, "anchor", "this key is missing; every_days counts from it");
    }
    return place_read_date(&schedule, "anchor", &terms->anchor_date);
}

static int read_terms(struct world *world, const struct place *object, uint32_t session) {
    static const char *const directions[] = {
#define XX(name, text) text,
        DIRECTION_MAP(XX)
#undef XX
    };
    static const char *const session_roles[] = {
#define XX(name, text) text,
        SESSION_ROLE_MAP(XX)
#undef XX
    };
    uint32_t direction = 0, role = 0;
    struct command_session_terms terms = {.session = session};
    if (place_read_choice(object, "direction", directions, DIRECTION_COUNT, &direction) != 0) return -EINVAL;
    if (place_read_choice(object, "role", session_roles, SESSION_ROLE_COUNT, &role) != 0) return -EINVAL;
    terms.direction = (uint8_t)direction;
    terms.role = (uint8_t)role;
    if (read_countries(object, "countries", terms.buyer_countries) != 0) return -EINVAL;
    if (read_countries(object, "seller_countries", terms.seller_countries) != 0) return -EINVAL;
    if (read_currencies(object, &terms.currencies_mask) != 0) return -EINVAL;
    if (read_session_flag(object, "own_use", SESSION_OWN_USE, &terms.flags) != 0) return -EINVAL;
    if (read_session_flag(object, "multi_basis", SESSION_MULTI_BASIS, &terms.flags) != 0) return -EINVAL;
    if (read_late_login(object, &terms.flags) != 0) return -EINVAL;
    if (read_grid(object, &terms) != 0) return -EINVAL;
    world_command(world, COMMAND_SESSION_TERMS)->session_terms = terms;
    return 0;
}

/* SES-5: the dates of a session that is not held regularly. */
static int read_days(struct world *world, const struct place *object, uint32_t session) {
    struct place schedule, list;
    if (!place_find(object, "schedule", &schedule) || !cJSON_IsObject(schedule.json)) return 0;
    if (!place_find_given(&schedule, "dates", &list)) return 0;
    if (place_check_list(&list) != 0) return -EINVAL;
    if (place_items_count(&list) > session_dates_max) {
        return place_refuse(&list, "%u dates; there may be %d", place_items_count(&list), session_dates_max);
    }
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        struct command_session_date row = {.session = session};
        if (place_date(&item, &row.date) != 0) return -EINVAL;
        world_command(world, COMMAND_SESSION_DATE)->session_date = row;
    }
    return 0;
}

static int list_symbols(struct world *world, const struct place *object, uint32_t session) {
    struct place list = place_get(object, "symbols");
    if (place_check_list(&list) != 0) return -EINVAL;
    if (place_items_count(&list) == 0) return place_refuse(&list, "empty; a session has at least one instrument");
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        uint32_t instrument;
        if (registry_find(&world->symbols, &item, &instrument) != 0) return -EINVAL;
        if (world->listed_in[instrument] == session + 1) return place_refuse(&item, "in the list twice");
        if (world->listings_count[instrument] == sessions_per_instrument_max) {
            return place_refuse(&item, "listed in %d sessions already, the most there may be",
                                sessions_per_instrument_max);
        }
        world->listed_in[instrument] = session + 1;
        world->listings_count[instrument]++;
        world_command(world, COMMAND_SESSION_SYMBOL)->session_symbol =
            (struct command_session_symbol){.session = session, .instrument = instrument};
    }
    return 0;
}

static int read_session(struct world *world, const struct place *object) {
    static const struct key keys[] = {
        {"id", KEY_REQUIRED}, {"model", KEY_REQUIRED}, {"symbols", KEY_REQUIRED}, {"schedule", KEY_OPTIONAL},
        {"direction", KEY_OPTIONAL}, {"countries", KEY_OPTIONAL}, {"seller_countries", KEY_OPTIONAL},
        {"currencies", KEY_OPTIONAL}, {"multi_basis", KEY_OPTIONAL}, {"late_login", KEY_OPTIONAL},
        {"own_use", KEY_OPTIONAL}, {"role", KEY_OPTIONAL}};
    struct command_session session = {0};
    uint32_t index = world->sessions.names_count;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_id(object, "id", session.id, session_id_size) != 0) return -EINVAL;
    struct place id = place_get(object, "id");
    if (registry_add(&world->sessions, session.id, &id) != 0) return -EINVAL;
    if (read_model(object, &session) != 0 || read_schedule(object, &session) != 0) return -EINVAL;
    world_command(world, COMMAND_SESSION)->session = session;
    if (read_terms(world, object, index) != 0 || read_days(world, object, index) != 0) return -EINVAL;
    return list_symbols(world, object, index);
}

int world_read_sessions(struct world *world, const struct place *list) {
    if (place_check_list(list) != 0) return -EINVAL;
    if (registry_open(&world->sessions, "session", place_items_count(list), session_id_size) != 0) {
        return place_refuse(list, "no memory for it");
    }
    for (struct place item = place_first(list); item.json != NULL; place_next(&item)) {
        if (read_session(world, &item) != 0) return -EINVAL;
    }
    return 0;
}
