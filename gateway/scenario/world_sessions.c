/* world_sessions.c - when which instruments are traded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/scenario/world.h"

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
    static const struct key keys[] = {{"open", KEY_REQUIRED}, {"close", KEY_REQUIRED}, {"every_days", KEY_LATER},
                                      {"anchor", KEY_LATER}, {"dates", KEY_LATER}};
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
    static const char *const directions[] = {"any", "domestic", "export", "import", "transit"};
    uint32_t model = 0, direction = 0;
    if (place_read_choice(object, "model", models, MODEL_COUNT, &model) != 0) return -EINVAL;
    if (model != MODEL_CONTINUOUS) {
        return place_refuse_key(object, "model", "\"%s\" is not available yet; sessions are continuous", models[model]);
    }
    if (place_read_choice(object, "direction", directions, COUNT(directions), &direction) != 0) return -EINVAL;
    if (direction != 0) {
        return place_refuse_key(object, "direction", "\"%s\" is not available yet; it may be any",
                                directions[direction]);
    }
    session->model = (uint8_t)model;
    return 0;
}

static int list_symbols(struct world *world, const struct place *object, uint32_t session) {
    struct place list = place_get(object, "symbols");
    if (place_check_list(&list) != 0) return -EINVAL;
    if (place_items_count(&list) == 0) return place_refuse(&list, "empty; a session has at least one instrument");
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        uint32_t instrument;
        if (registry_find(&world->symbols, &item, &instrument) != 0) return -EINVAL;
        if (world->is_listed[instrument]) {
            return place_refuse(&item, "listed already; several sessions for one instrument are not available yet");
        }
        world->is_listed[instrument] = 1;
        world_command(world, COMMAND_SESSION_SYMBOL)->session_symbol =
            (struct command_session_symbol){.session = session, .instrument = instrument};
    }
    return 0;
}

static int read_session(struct world *world, const struct place *object) {
    static const struct key keys[] = {
        {"id", KEY_REQUIRED}, {"model", KEY_REQUIRED}, {"symbols", KEY_REQUIRED}, {"schedule", KEY_OPTIONAL},
        {"direction", KEY_OPTIONAL}, {"countries", KEY_LATER}, {"multi_basis", KEY_LATER}, {"late_login", KEY_LATER},
        {"own_use", KEY_LATER}, {"role", KEY_LATER}};
    struct command_session session = {0};
    uint32_t index = world->sessions.names_count;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_id(object, "id", session.id, session_id_size) != 0) return -EINVAL;
    struct place id = place_get(object, "id");
    if (registry_add(&world->sessions, session.id, &id) != 0) return -EINVAL;
    if (read_model(object, &session) != 0 || read_schedule(object, &session) != 0) return -EINVAL;
    world_command(world, COMMAND_SESSION)->session = session;
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
