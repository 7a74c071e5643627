/* scenario.c - the keys of the world itself, and the order in which its commands come. */
#include "gateway/scenario/scenario.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/scenario/world.h"
#include "instruments/calendar.h"

#define COUNT(array) (uint32_t)(sizeof array / sizeof array[0])

/* Room beyond the file, for what officials create later. */
enum { description_size = 1024 };
enum { instruments_spare = 64, sessions_spare = 16, participants_spare = 1024, users_spare = 2048 };

struct command *world_command(struct world *world, enum command_kind kind) {
    struct scenario *scenario = world->scenario;
    if (scenario->commands_count == scenario->commands_capacity) {
        uint32_t capacity = scenario->commands_capacity == 0 ? 1024 : 2 * scenario->commands_capacity;
        struct command *commands = realloc(scenario->commands, capacity * sizeof *commands);
        if (commands != NULL) {
            scenario->commands = commands;
            scenario->commands_capacity = capacity;
        }
    }
    struct command *command = &world->spare;
    if (scenario->commands_count < scenario->commands_capacity) {
        command = &scenario->commands[scenario->commands_count++];
    } else {
        world->out_of_memory = 1;
    }
    memset(command, 0, sizeof *command);
    command->kind = (uint16_t)kind;
    command->time_ns = scenario->start_ns;
    command->participant = command->user = NAME_NONE;
    return command;
}

/* ---- keys of the scenario itself ---- */

static int read_start(const struct place *root, int64_t *start_ns) {
    struct place place = place_get(root, "start");
    const char *text;
    uint32_t size;
    char quote[place_quote_size];
    int64_t given;
    if (place_text(&place, &text, &size) != 0) return -EINVAL;
    if (!timestamp_parse(text, size, &given)) {
        return place_refuse(&place, "%s is not a moment; one is written \"2021-06-28T06:00:00Z\"",
                            place_quote(place.json, quote));
    }
    if (!calendar_covers(trade_date(given))) {
        return place_refuse(&place, "%s lies outside the calendar, which knows the years %d to %d",
                            place_quote(place.json, quote), calendar_year_first, calendar_year_last);
    }
    *start_ns = given;
    return 0;
}

static int read_head(struct scenario *scenario, const struct place *root) {
    static const struct key keys[] = {
        {"name", KEY_REQUIRED}, {"description", KEY_OPTIONAL}, {"start", KEY_REQUIRED}, {"seed", KEY_OPTIONAL},
        {"instruments", KEY_OPTIONAL},
        {"rules", KEY_OPTIONAL}, {"participants", KEY_OPTIONAL}, {"users", KEY_OPTIONAL}, {"sessions", KEY_OPTIONAL},
        {"agents", KEY_OPTIONAL}};
    int64_t seed = 1;
    if (place_check_keys(root, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_label(root, "name", scenario->name, scenario_name_size) != 0) return -EINVAL;
    char description[description_size] = "";     /* for who reads the file */
    if (place_read_label(root, "description", description, description_size) != 0) return -EINVAL;
    if (read_start(root, &scenario->start_ns) != 0) return -EINVAL;
    if (place_read_integer(root, "seed", 0, (INT64_C(1) << 53) - 1, &seed) != 0) return -EINVAL;
    scenario->seed = (uint64_t)seed;
    return 0;
}

/* A list of objects, kept as text. */
static int read_agents(struct world *world, const struct place *root) {
    struct place list;
    const char *text = "[]";
    size_t size = 2;
    if (place_find(root, "agents", &list)) {
        if (place_check_list(&list) != 0) return -EINVAL;
        for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
            if (place_check_object(&item) != 0) return -EINVAL;
        }
        place_raw(&list, &text, &size);
    }
    world->scenario->agents = strndup(text, size);
    if (world->scenario->agents == NULL) world->out_of_memory = 1;
    return 0;
}

static void say_holidays(struct world *world) {
    for (uint32_t i = 0; i < world->holidays.days_count; i++) {
        world_command(world, COMMAND_HOLIDAY)->holiday = (struct command_holiday){.date = world->holidays.days[i].date};
    }
}

typedef int read_key(struct world *world, const struct place *list);

static int read_if_there(struct world *world, const struct place *root, const char *key, read_key *read) {
    struct place list;
    return place_find(root, key, &list) ? read(world, &list) : 0;
}

static int read_world(struct world *world, const struct place *root) {
    if (read_head(world->scenario, root) != 0) return -EINVAL;
    say_holidays(world);
    if (world_read_instruments(world, root) != 0) return -EINVAL;
    if (world_read_rules(world, root) != 0) return -EINVAL;
    world_say_rules(world);
    if (read_if_there(world, root, "sessions", world_read_sessions) != 0) return -EINVAL;
    if (read_if_there(world, root, "participants", world_read_participants) != 0) return -EINVAL;
    if (read_if_there(world, root, "users", world_read_users) != 0) return -EINVAL;
    if (read_agents(world, root) != 0) return -EINVAL;
    return world->out_of_memory ? place_refuse(root, "no memory for a world of this size") : 0;
}

/* ---- limits ---- */

static uint32_t at_least(uint32_t limit, uint32_t count, uint32_t spare) {
    return limit >= count + spare ? limit : count + spare;
}

static void set_limits(struct world *world) {
    struct limits *limits = &world->scenario->limits;
    *limits = limits_default;
    limits->instruments_max = at_least(limits->instruments_max, world->symbols.names_count, instruments_spare);
    if (limits->instruments_max > UINT16_MAX) limits->instruments_max = UINT16_MAX;
    limits->sessions_max = at_least(limits->sessions_max, world->sessions.names_count, sessions_spare);
    limits->participants_max =
        at_least(limits->participants_max, world->participants.names_count, participants_spare);
    limits->users_max = at_least(limits->users_max, world->users.names_count, users_spare);
}

/* ---- loading ---- */

struct scenario_data {
    struct catalogue catalogue;
    struct holidays holidays;
    struct rules_table rules;
};

static int fail_memory(struct scenario_error *error) {
    *error = (struct scenario_error){.text = "no memory to read it"};
    return -ENOMEM;
}

int scenario_data_load(const char *data_dir, struct scenario_data **data, struct scenario_error *error) {
    *error = (struct scenario_error){0};
    struct scenario_data *fresh = calloc(1, sizeof *fresh);
    if (fresh == NULL) return fail_memory(error);
    int status = catalogue_load(data_dir, &fresh->catalogue, error);
    if (status == 0) status = holidays_load(data_dir, &fresh->holidays, error);
    if (status == 0) status = rules_table_load(data_dir, &fresh->catalogue, &fresh->rules, error);
    if (status == 0) *data = fresh;
    else scenario_data_free(fresh);
    return status;
}

void scenario_data_free(struct scenario_data *data) {
    catalogue_free(&data->catalogue);
    free(data);
}

static int load_file(struct world *world, const char *path, struct scenario_error *error) {
    struct document document;
    int status = document_open(&document, path, error);
    if (status != 0) return status;
    struct place root = document_root(&document);
    status = read_world(world, &root);
    document_close(&document);
    return status;
}

static void world_close(struct world *world) {
    catalogue_free(&world->chosen);
    registry_close(&world->symbols);
    registry_close(&world->sessions);
    registry_close(&world->participants);
    registry_close(&world->users);
    registry_close(&world->persons);
    free(world->employers);
    free(world->listed_in);
    free(world->listings_count);
    free(world);
}

/* The rules are the world's own, which may change them; the catalogue stays the data's. */
int scenario_load_with(const char *path, const struct scenario_data *data, struct scenario *scenario,
                       struct scenario_error *error) {
    *scenario = (struct scenario){0};
    *error = (struct scenario_error){0};
    struct world *world = calloc(1, sizeof *world);
    if (world == NULL) return fail_memory(error);
    world->scenario = scenario;
    world->catalogue = data->catalogue;
    world->holidays = data->holidays;
    world->rules = data->rules;
    int status = load_file(world, path, error);
    if (status == 0) set_limits(world);
    world_close(world);
    if (status != 0) scenario_free(scenario);
    return status;
}

int scenario_load(const char *path, const char *data_dir, struct scenario *scenario, struct scenario_error *error) {
    struct scenario_data *data;
    *scenario = (struct scenario){0};
    int status = scenario_data_load(data_dir, &data, error);
    if (status != 0) return status;
    status = scenario_load_with(path, data, scenario, error);
    scenario_data_free(data);
    return status;
}

void scenario_free(struct scenario *scenario) {
    if (scenario->passwords != NULL) {
        explicit_bzero(scenario->passwords, scenario->passwords_count * sizeof scenario->passwords[0]);
    }
    free(scenario->passwords);
    free(scenario->commands);
    free(scenario->agents);
    *scenario = (struct scenario){0};
}
