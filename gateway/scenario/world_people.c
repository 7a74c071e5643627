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

static int read_flag(const struct place *object, const char *key, int *flag) {
    struct place place;
    if (!place_find_given(object, key, &place)) return 0;
    if (!cJSON_IsBool(place.json)) return place_refuse(&place, "it may be true or false");
    *flag = cJSON_IsTrue(place.json) != 0;
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

/* BRK-7: what the client allows. */
static int read_mandate(struct world *world, const struct place *object, struct command_client *client) {
    static const char *const sides[] = {"buy", "sell"};
    uint32_t side = SIDE_BOTH;
    int64_t lots = 0;
    int own_account = 0, cross_allowed = 0;
    struct place symbol, limit, expiry;
    if (place_read_choice(object, "side", sides, COUNT(sides), &side) != 0) return -EINVAL;
    client->side = (uint8_t)side;
    if (place_find_given(object, "symbol", &symbol) &&
        registry_find(&world->symbols, &symbol, &client->instrument) != 0) return -EINVAL;
    if (place_read_integer(object, "order_qty_max", 1, QUANTITY_LOTS_MAX, &lots) != 0) return -EINVAL;
    client->quantity_max.lots = (uint32_t)lots;
    if (place_find_given(object, "limit_px", &limit)) {
        if (client->instrument == NAME_NONE) return place_refuse(&limit, "a limit needs a symbol");
        const struct instrument *instrument = &world->chosen.rows[client->instrument].instrument;
        if (catalogue_read_price(&limit, instrument, &client->limit) != 0) return -EINVAL;
    }
    if (place_find_given(object, "expire_date", &expiry) && place_date(&expiry, &client->expire_date) != 0)
        return -EINVAL;
    if (read_flag(object, "own_account", &own_account) != 0) return -EINVAL;
    if (read_flag(object, "cross_allowed", &cross_allowed) != 0) return -EINVAL;
    client->flags = (uint8_t)((own_account ? CLIENT_OWN_ACCOUNT : 0) | (cross_allowed ? CLIENT_CROSS_ALLOWED : 0));
    return 0;
}

/* BRK-4: {"id", "sections"} and the mandate; the client is a participant of this file. */
static int read_client(struct world *world, const struct place *object, uint32_t broker) {
    static const struct key keys[] = {
        {"id", KEY_REQUIRED}, {"sections", KEY_REQUIRED}, {"own_account", KEY_OPTIONAL}, {"side", KEY_OPTIONAL},
        {"symbol", KEY_OPTIONAL}, {"order_qty_max", KEY_OPTIONAL}, {"limit_px", KEY_OPTIONAL},
        {"expire_date", KEY_OPTIONAL}, {"cross_allowed", KEY_OPTIONAL}};
    static const char *const sections[] = {
#define XX(name, text) text,
        SECTION_MAP(XX)
#undef XX
    };
    struct command_client client = {.broker = broker, .instrument = NAME_NONE, .expire_date = date_none,
                                    .side = SIDE_BOTH, .registered = 1};
    if (place_check_keys(object, keys, COUNT(keys)) != 0) return -EINVAL;
    struct place id = place_get(object, "id"), list = place_get(object, "sections");
    if (registry_find(&world->participants, &id, &client.client) != 0) return -EINVAL;
    if (client.client == broker) return place_refuse(&id, "the broker itself");
    if (read_mandate(world, object, &client) != 0) return -EINVAL;
    if (place_check_list(&list) != 0) return -EINVAL;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        uint32_t section;
        if (place_choice(&item, sections, SECTION_COUNT, &section) != 0) return -EINVAL;
        if (client.instrument != NAME_NONE && world->chosen.rows[client.instrument].instrument.section != section)
            return place_refuse(&item, "the mandate's symbol is of another section");
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

/* ---- remarks and limits: after the clients, since a broker in arrears registers none (BRK-11) ---- */

/* What a world begins with counts at once. */
static void say_remark(struct world *world, uint32_t participant, enum remark remark, uint8_t value) {
    world_command(world, COMMAND_REMARK)->remark = (struct command_remark){
        .participant = participant, .remark = (uint8_t)remark, .value = value, .at_once = 1};
}

/* {"missing": [...]} */
static int read_papers(struct world *world, const struct place *object, uint32_t participant) {
    static const struct key keys[] = {{"missing", KEY_REQUIRED}};
    static const char *const papers[] = {
#define XX(name, text) text,
        PAPER_MAP(XX)
#undef XX
    };
    struct place place;
    uint8_t mask = 0;
    if (!place_find_given(object, "papers", &place)) return 0;
    if (place_check_keys(&place, keys, COUNT(keys)) != 0) return -EINVAL;
    struct place list = place_get(&place, "missing");
    if (place_check_list(&list) != 0) return -EINVAL;
    for (struct place item = place_first(&list); item.json != NULL; place_next(&item)) {
        uint32_t paper;
        if (place_choice(&item, papers, PAPER_COUNT, &paper) != 0) return -EINVAL;
        mask |= (uint8_t)(1 << paper);
    }
    if (mask != 0) say_remark(world, participant, REMARK_PAPERS, mask);
    return 0;
}

/* {"order_value_max": {CURRENCY: amount}, "exposure_factor", "message_rate"} */
static int read_limits(struct world *world, const struct place *object, uint32_t participant) {
    static const struct key keys[] = {
        {"order_value_max", KEY_OPTIONAL}, {"exposure_factor", KEY_OPTIONAL}, {"message_rate", KEY_OPTIONAL}};
    static const struct key codes[] = {
#define XX(code) {#code, KEY_OPTIONAL},
        CURRENCY_MAP(XX)
#undef XX
    };
    struct place place, amounts;
    int64_t factor = -1, rate = -1;
    if (!place_find_given(object, "limits", &place)) return 0;
    if (place_check_keys(&place, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_integer(&place, "exposure_factor", 1, 1000000, &factor) != 0) return -EINVAL;
    if (place_read_integer(&place, "message_rate", 1, 1000000, &rate) != 0) return -EINVAL;
    if (factor >= 0 || rate >= 0) {
        world_command(world, COMMAND_RISK_LIMITS)->risk_limits = (struct command_risk_limits){
            .participant = participant, .exposure_factor = factor < 0 ? 0 : (uint32_t)factor,
            .message_rate = rate < 0 ? 0 : (uint32_t)rate,
            .given = (uint8_t)((factor < 0 ? 0 : RISK_EXPOSURE_FACTOR) | (rate < 0 ? 0 : RISK_MESSAGE_RATE))};
    }
    if (!place_find_given(&place, "order_value_max", &amounts)) return 0;
    if (place_check_keys(&amounts, codes, COUNT(codes)) != 0) return -EINVAL;
    for (struct place member = place_first(&amounts); member.json != NULL; place_next(&member)) {
        money amount;
        if (place_decimal(&member, money_places, 1, VALUE_MINOR_MAX, &amount.minor) != 0) return -EINVAL;
        int currency = currency_parse(member.json->string, (uint32_t)strlen(member.json->string));
        world_command(world, COMMAND_RISK_LIMITS)->risk_limits = (struct command_risk_limits){
            .participant = participant, .currency = (uint8_t)currency, .given = RISK_ORDER_VALUE,
            .order_value_max = amount};
    }
    return 0;
}

static int read_standing(struct world *world, const struct place *object, uint32_t participant) {
    int contract = 1, arrears = 0, claims = 0;
    struct place sanction;
    struct command_sanction row = {.participant = participant};
    if (read_papers(world, object, participant) != 0) return -EINVAL;
    if (read_flag(object, "contract", &contract) != 0) return -EINVAL;
    if (!contract) say_remark(world, participant, REMARK_CONTRACT, 1);
    if (read_flag(object, "arrears", &arrears) != 0) return -EINVAL;
    if (arrears) say_remark(world, participant, REMARK_ARREARS, 1);
    if (read_flag(object, "claims", &claims) != 0) return -EINVAL;
    if (claims) say_remark(world, participant, REMARK_CLAIM, 1);
    if (place_find_given(object, "sanction", &sanction)) {
        if (place_date(&sanction, &row.until_date) != 0) return -EINVAL;
        world_command(world, COMMAND_SANCTION)->sanction = row;
    }
    return read_limits(world, object, participant);
}

static int read_participant(struct world *world, const struct place *object) {
    static const struct key keys[] = {
        {"id", KEY_REQUIRED}, {"country", KEY_REQUIRED}, {"name", KEY_OPTIONAL}, {"accreditations", KEY_OPTIONAL},
        {"deposit", KEY_OPTIONAL}, {"broker", KEY_OPTIONAL}, {"clients", KEY_OPTIONAL}, {"papers", KEY_OPTIONAL},
        {"contract", KEY_OPTIONAL}, {"sanction", KEY_OPTIONAL}, {"claims", KEY_OPTIONAL}, {"own_use", KEY_OPTIONAL},
        {"arrears", KEY_OPTIONAL}, {"guarantee", KEY_LATER}, {"limits", KEY_OPTIONAL}, {"carry_over", KEY_LATER}};
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
    index = 0;
    for (struct place item = place_first(list); item.json != NULL; place_next(&item)) {
        if (read_standing(world, &item, index++) != 0) return -EINVAL;
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

/* Who the user is: left out, the person of the user's name. A person is trader of one participant (ACC-8). */
static int read_person(struct world *world, const struct place *object, struct command_add_user *user) {
    struct place place;
    if (place_read_id(object, "person", user->person, user_name_size) != 0) return -EINVAL;
    int is_named = place_find_given(object, "person", &place);
    if (user->role != ROLE_TRADER)
        return is_named ? place_refuse(&place, "only a trader has one") : 0;
    if (!is_named) place = place_get(object, "user");
    const char *person = is_named ? user->person : user->name;
    struct registry *persons = &world->persons;
    uint32_t size = name_size(person, user_name_size);
    uint32_t index = name_table_find(&persons->table, persons->names, person, size);
    if (index == NAME_NONE) {
        world->employers[persons->names_count] = user->participant;
        return registry_add(persons, person, &place);
    }
    if (world->employers[index] == user->participant) return 0;
    return place_refuse(&place, "%.*s is a trader of another participant, and a person is one of one only",
                        (int)size, person);
}

/* ACC-9 */
static int read_certificate(struct world *world, const struct place *object, const struct command_add_user *user) {
    static const struct key keys[] = {{"issued", KEY_REQUIRED}, {"power_of_attorney_until", KEY_OPTIONAL}};
    struct place place, until;
    struct command_certificate row = {.power_to_date = date_none};
    if (!place_find_given(object, "certificate", &place)) return 0;
    if (user->role != ROLE_TRADER) return place_refuse(&place, "only a trader has one");
    if (place_check_keys(&place, keys, COUNT(keys)) != 0) return -EINVAL;
    if (place_read_date(&place, "issued", &row.issue_date) != 0) return -EINVAL;
    if (place_find_given(&place, "power_of_attorney_until", &until) && place_date(&until, &row.power_to_date) != 0)
        return -EINVAL;
    memcpy(row.person, user->person[0] != '\0' ? user->person : user->name, user_name_size);
    world_command(world, COMMAND_CERTIFICATE)->certificate = row;
    return 0;
}

static int read_user(struct world *world, const struct place *object) {
    static const struct key keys[] = {{"user", KEY_REQUIRED}, {"role", KEY_REQUIRED}, {"password", KEY_REQUIRED},
                                      {"participant", KEY_OPTIONAL}, {"person", KEY_OPTIONAL},
                                      {"certificate", KEY_OPTIONAL}};
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
    if (read_person(world, object, &user) != 0) return -EINVAL;
    struct scenario_password *password = &scenario->passwords[scenario->passwords_count];
    if (read_password(object, password) != 0) return -EINVAL;
    password->user = scenario->passwords_count++;
    world_command(world, COMMAND_USER)->add_user = user;
    return read_certificate(world, object, &user);
}

int world_read_users(struct world *world, const struct place *list) {
    if (place_check_list(list) != 0) return -EINVAL;
    uint32_t count = place_items_count(list);
    world->scenario->passwords = calloc((size_t)count + 1, sizeof world->scenario->passwords[0]);
    world->employers = calloc((size_t)count + 1, sizeof *world->employers);
    if (registry_open(&world->users, "user", count, user_name_size) != 0 || world->scenario->passwords == NULL ||
        registry_open(&world->persons, "person", count, user_name_size) != 0 || world->employers == NULL) {
        return place_refuse(list, "no memory for it");
    }
    for (struct place item = place_first(list); item.json != NULL; place_next(&item)) {
        if (read_user(world, &item) != 0) return -EINVAL;
    }
    return 0;
}
