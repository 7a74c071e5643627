/* world_people.c - participants with their accreditations and deposits, and the users who act for them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/scenario/world.h"
#include "instruments/calendar.h"

#define COUNT(array) (uint32_t)(sizeof array / sizeof array[0])

enum { money_places = 2 };

/* ---- participants ---- */

static int read_accreditation(const struct place *object, struct command_accredit *accredit) {
    static const struct key keys[] = {{"section", KEY_REQUIRED}, {"from", KEY_REQUIRED}, {"to", KEY_OPTIONAL}};
    static const char *const sections[] = {
#define XX(name, text) text,
        SECTION_MAP(XX)
#undef XX
    };
    uint32_t section = 0;
    struct place to;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_choice(object, "section", sections, SECTION_COUNT, &section) != 0) return -EINVAL;
    if (place_read_date(object, "from", &accredit->from_date) != 0) return -EINVAL;
    accredit->section = (uint8_t)section;
    accredit->to_date = date_none;
    if (!place_find_given(object, "to", &to)) return 0;
    if (place_date(&to, &accredit->to_date) != 0) return -EINVAL;
    return accredit->to_date >= accredit->from_date ? 0 : place_refuse(&to, "earlier than the day it counts from");
}

static int read_accreditations(struct world *world, const struct place *object, uint32_t participant) {
    struct place list;
    uint32_t sections_mask = 0;
    if (!place_find(object, "accreditations", &list)) return 0;
    if (place_check_list(&list) != 0) return -EINVAL;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        struct command_accredit accredit = {.participant = participant};
        if (read_accreditation(&item, &accredit) != 0) return -EINVAL;
        if (sections_mask >> accredit.section & 1) {
            return place_refuse_key(&item, "section", "this participant has an accreditation in this section already");
        }
        sections_mask |= UINT32_C(1) << accredit.section;
        world_command(world, COMMAND_ACCREDIT)->accredit = accredit;
    }
    return 0;
}

static int read_deposit(struct world *world, const struct place *object, uint32_t participant) {
    static const struct key keys[] = {
#define XX(code) {#code, KEY_OPTIONAL},
        CURRENCY_MAP(XX)
#undef XX
    };
    struct place amounts;
    if (!place_find(object, "deposit", &amounts)) return 0;
    if (place_check_keys(&amounts, keys, COUNT(keys)) != 0) return -EINVAL;
    for (struct place member = place_first(&amounts); member.json != NULL; place_next(&member)) {
        money amount;
        if (place_decimal(&member, money_places, 0, VALUE_MINOR_MAX, &amount.minor) != 0) return -EINVAL;
        if (amount.minor == 0) continue;
        int currency = currency_parse(member.json->string, (uint32_t)strlen(member.json->string));
        world_command(world, COMMAND_DEPOSIT)->deposit = (struct command_deposit){
            .participant = participant, .currency = (uint8_t)currency, .action = DEPOSIT_AT_ONCE, .amount = amount};
    }
    return 0;
}

/* from, and to if it ends. */
static int read_period(const struct place *object, int32_t *from_date, int32_t *to_date) {
    static const struct key keys[] = {{"from", KEY_REQUIRED}, {"to", KEY_OPTIONAL}};
    struct place to;
    *to_date = date_none;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_date(object, "from", from_date) != 0) return -EINVAL;
    if (!place_find_given(object, "to", &to)) return 0;
    if (place_date(&to, to_date) != 0) return -EINVAL;
    return *to_date >= *from_date ? 0 : place_refuse(&to, "earlier than the day it counts from");
}

static int read_broker(struct world *world, const struct place *object, uint32_t participant) {
    struct place period;
    struct command_broker broker = {.participant = participant, .action = BROKER_GRANT};
    if (!place_find_given(object, "broker", &period)) return 0;
    if (read_period(&period, &broker.from_date, &broker.to_date) != 0) return -EINVAL;
    world_command(world, COMMAND_BROKER)->broker = broker;
    return 0;
}

static int read_own_use(struct world *world, const struct place *object, uint32_t participant) {
    struct place period;
    struct command_own_use own_use = {.participant = participant};
    if (!place_find_given(object, "own_use", &period)) return 0;
    if (read_period(&period, &own_use.from_date, &own_use.to_date) != 0) return -EINVAL;
    world_command(world, COMMAND_OWN_USE)->own_use = own_use;
    return 0;
}

/* BRK-4: {"id", "sections"}; the client is a participant of this file. */
static int read_client(struct world *world, const struct place *object, uint32_t broker) {
    static const struct key keys[] = {{"id", KEY_REQUIRED}, {"sections", KEY_REQUIRED}, {"own_account", KEY_OPTIONAL}};
    static const char *const sections[] = {
#define XX(name, text) text,
        SECTION_MAP(XX)
#undef XX
    };
    struct command_client client = {.broker = broker, .instrument = NAME_NONE, .expire_date = date_none,
                                    .side = SIDE_BOTH, .registered = 1};
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    struct place id = place_get(object, "id"), list = place_get(object, "sections"), own;
    if (registry_find(&world->participants, &id, &client.client) != 0) return -EINVAL;
    if (client.client == broker) return place_refuse(&id, "the broker itself");
    if (place_find(object, "own_account", &own)) {
        if (!cJSON_IsBool(own.json)) return place_refuse(&own, "it may be true or false");
        if (cJSON_IsTrue(own.json)) client.flags = CLIENT_OWN_ACCOUNT;
    }
    if (place_check_list(&list) != 0) return -EINVAL;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        uint32_t section;
        if (place_choice(&item, sections, SECTION_COUNT, &section) != 0) return -EINVAL;
        client.section = (uint8_t)section;
        world_command(world, COMMAND_CLIENT)->client = client;
    }
    return 0;
}

/* All participants are known by now: a client may stand behind its broker in the file. */
static int read_clients(struct world *world, const struct place *object, uint32_t broker) {
    struct place list, licence;
    if (!place_find_given(object, "clients", &list)) return 0;
    if (place_check_list(&list) != 0) return -EINVAL;
    if (place_items_count(&list) > 0 && !place_find_given(object, "broker", &licence)) {
        return place_refuse(&list, "only a broker has clients; this participant has no key \"broker\"");
    }
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        if (read_client(world, &item, broker) != 0) return -EINVAL;
    }
    return 0;
}

static int read_participant(struct world *world, const struct place *object) {
    static const struct key keys[] = {
        {"id", KEY_REQUIRED}, {"country", KEY_REQUIRED}, {"name", KEY_OPTIONAL}, {"accreditations", KEY_OPTIONAL},
        {"deposit", KEY_OPTIONAL}, {"broker", KEY_OPTIONAL}, {"clients", KEY_OPTIONAL}, {"papers", KEY_LATER},
        {"contract", KEY_LATER}, {"sanction", KEY_LATER}, {"claims", KEY_LATER}, {"own_use", KEY_OPTIONAL},
        {"arrears", KEY_LATER}, {"guarantee", KEY_LATER}, {"limits", KEY_LATER}, {"carry_over", KEY_LATER}};
    struct command_add_participant participant = {0};
    uint32_t index = world->participants.names_count;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_id(object, "id", participant.id, participant_id_size) != 0) return -EINVAL;
    struct place id = place_get(object, "id");
    if (registry_add(&world->participants, participant.id, &id) != 0) return -EINVAL;
    memcpy(participant.name, participant.id, participant_id_size);
    if (place_read_label(object, "name", participant.name, participant_name_size) != 0) return -EINVAL;
    struct place country = place_get(object, "country");
    if (place_country(&country, participant.country) != 0) return -EINVAL;
    world_command(world, COMMAND_PARTICIPANT)->add_participant = participant;
    if (read_accreditations(world, object, index) != 0) return -EINVAL;
    if (read_broker(world, object, index) != 0 || read_own_use(world, object, index) != 0) return -EINVAL;
    return read_deposit(world, object, index);
}

int world_read_participants(struct world *world, const struct place *list) {
    if (place_check_list(list) != 0) return -EINVAL;
    if (registry_open(&world->participants, "participant", place_items_count(list), participant_id_size) != 0) {
        return place_refuse(list, "no memory for it");
    }
    for (struct place item = place_first(list); item.json != NULL; place_next(&item)) {
        if (read_participant(world, &item) != 0) return -EINVAL;
    }
    uint32_t index = 0;
    for (struct place item = place_first(list); item.json != NULL; place_next(&item)) {
        if (read_clients(world, &item, index++) != 0) return -EINVAL;
    }
    return 0;
}

/* ---- users ---- */

static int read_password(const struct place *object, struct scenario_password *password) {
    struct place place = place_get(object, "password");
    const char *text;
    uint32_t size;
    if (place_text(&place, &text, &size) != 0) return -EINVAL;
    if (size < 1 || size > scenario_password_size_max) {
        return place_refuse(&place, "%u bytes long; it may have 1 to %d", size, scenario_password_size_max);
    }
    memcpy(password->text, text, size + 1);
    return 0;
}

static int read_user_participant(struct world *world, const struct place *object, struct command_add_user *user) {
    struct place place;
    user->participant = NAME_NONE;
    if (place_find_given(object, "participant", &place)) {
        return registry_find(&world->participants, &place, &user->participant);
    }
    if (user->role != ROLE_TRADER) return 0;
    return place_refuse_key(object, "participant", "this key is missing; a trader belongs to a participant");
}

static int read_user(struct world *world, const struct place *object) {
    static const struct key keys[] = {{"user", KEY_REQUIRED}, {"role", KEY_REQUIRED}, {"password", KEY_REQUIRED},
                                      {"participant", KEY_OPTIONAL}, {"certificate", KEY_LATER}};
    static const char *const roles[] = {
#define XX(name, text) text,
        ROLE_MAP(XX)
#undef XX
    };
    struct command_add_user user = {0};
    struct scenario *scenario = world->scenario;
    uint32_t role = 0;
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_id(object, "user", user.name, user_name_size) != 0) return -EINVAL;
    struct place name = place_get(object, "user");
    if (registry_add(&world->users, user.name, &name) != 0) return -EINVAL;
    if (place_read_choice(object, "role", roles, ROLE_COUNT, &role) != 0) return -EINVAL;
    user.role = (uint8_t)role;
    if (read_user_participant(world, object, &user) != 0) return -EINVAL;
    struct scenario_password *password = &scenario->passwords[scenario->passwords_count];
    if (read_password(object, password) != 0) return -EINVAL;
    password->user = scenario->passwords_count++;
    world_command(world, COMMAND_USER)->add_user = user;
    return 0;
}

int world_read_users(struct world *world, const struct place *list) {
    if (place_check_list(list) != 0) return -EINVAL;
    uint32_t count = place_items_count(list);
    world->scenario->passwords = calloc((size_t)count + 1, sizeof world->scenario->passwords[0]);
    if (registry_open(&world->users, "user", count, user_name_size) != 0 || world->scenario->passwords == NULL) {
        return place_refuse(list, "no memory for it");
    }
    for (struct place item = place_first(list); item.json != NULL; place_next(&item)) {
        if (read_user(world, &item) != 0) return -EINVAL;
    }
    return 0;
}
