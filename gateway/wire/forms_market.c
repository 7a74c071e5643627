/* forms_market.c - admin_session, admin_bust, admin_news. */
#include <string.h>

#include "gateway/wire/forms_market.h"
#include "gateway/wire/members.h"
#include "instruments/name_table.h"

#define COMMAND (body->request->command)
#define SESSION (body->request->session)
#define FIELDS(table) table, sizeof table / sizeof table[0]
#define COUNT(array) (uint32_t)(sizeof array / sizeof array[0])

#define XX(name, text) text,
static const char *const models[] = {MODEL_MAP(XX)};
static const char *const directions[] = {DIRECTION_MAP(XX)};
static const char *const session_roles[] = {SESSION_ROLE_MAP(XX)};
#undef XX
static const char *const currencies[] = {
#define XX(code) #code,
    CURRENCY_MAP(XX)
#undef XX
};

/* ---- admin_bust, admin_news ---- */

static void begin_bust(struct request *request) { request->command.kind = COMMAND_BUST; }
static int read_trade_id(struct body *body, const cJSON *item, const char *field) {
    return member_order_id(body, item, field, &COMMAND.bust.trade_id);
}
static int read_bust_text(struct body *body, const cJSON *item, const char *field) {
    const char *text;
    if (member_text(body, item, field, 1, sizeof COMMAND.bust.text, &text) != 0) return -1;
    name_set(COMMAND.bust.text, sizeof COMMAND.bust.text, text, (uint32_t)strlen(text));
    return 0;
}
static const struct field bust_fields[] = {{"trade_id", REQUIRED, read_trade_id}, {"text", REQUIRED, read_bust_text}};

static void begin_news(struct request *request) { request->command.kind = COMMAND_NEWS; }
static int read_news_text(struct body *body, const cJSON *item, const char *field) {
    const char *text;
    if (member_text(body, item, field, 1, sizeof COMMAND.news.text, &text) != 0) return -1;
    name_set(COMMAND.news.text, sizeof COMMAND.news.text, text, (uint32_t)strlen(text));
    return 0;
}
static const struct field news_fields[] = {{"text", REQUIRED, read_news_text}};

/* ---- admin_session ---- */

static void begin_session(struct request *request) {
    memset(&request->session, 0, sizeof request->session);
    request->session.index = NAME_NONE;
}

/* The first field: what is not said of a session that exists stays as it is. */
static int read_id(struct body *body, const cJSON *item, const char *field) {
    if (member_id(body, item, field, SESSION.session.id, session_id_size) != 0) return -1;
    if (member_session(body, item, field, &SESSION.index) != 0) return -1;
    if (SESSION.index == NAME_NONE) return 0;
    const struct session *now = exchange_session(body->exchange, SESSION.index);
    SESSION.terms = (struct command_session_terms){
        .every_days = now->every_days, .anchor_date = now->anchor_date, .direction = now->direction,
        .role = now->role, .flags = now->flags, .currencies_mask = now->currencies_mask};
    memcpy(SESSION.terms.buyer_countries, now->buyer_countries, sizeof now->buyer_countries);
    memcpy(SESSION.terms.seller_countries, now->seller_countries, sizeof now->seller_countries);
    return 0;
}

static int read_model(struct body *body, const cJSON *item, const char *field) {
    uint32_t model;
    if (member_choice(body, item, field, models, MODEL_COUNT, &model) != 0) return -1;
    if (model != MODEL_CONTINUOUS) body_later(body, field, "model %s is not available yet", models[model]);
    SESSION.session.model = (uint8_t)model;
    return 0;
}

static int read_symbols(struct body *body, const cJSON *item, const char *field) {
    char text[quote_size];
    if (!cJSON_IsArray(item) || (item->child == NULL && SESSION.index == NAME_NONE))
        return body_refuse(body, REJECT_BAD_VALUE, field, "symbols is a list of one or more instruments");
    for (const cJSON *symbol = item->child; symbol != NULL; symbol = symbol->next) {
        uint32_t instrument;
        if (member_instrument(body, symbol, field, &instrument) != 0) return -1;
        if (instrument == NAME_NONE) {
            body_unknown_name(body, REJECT_INSTRUMENT_UNKNOWN, field, "there is no instrument \"%s\"",
                              quote(symbol->valuestring, text));
            continue;
        }
        if (SESSION.index != NAME_NONE && exchange_session_lists(body->exchange, SESSION.index, instrument)) continue;
        int twice = 0;
        for (uint32_t i = 0; i < SESSION.symbols_count; i++) twice |= SESSION.symbols[i] == instrument;
        if (twice)
            return body_refuse(body, REJECT_BAD_VALUE, field, "%s is in the list twice", symbol->valuestring);
        if (exchange_market(body->exchange, instrument)->sessions_count == sessions_per_instrument_max)
            return body_refuse(body, REJECT_LIMIT_REACHED, field, "%s is listed in %d sessions, the most there may be",
                               symbol->valuestring, sessions_per_instrument_max);
        if (SESSION.symbols_count == request_session_symbols_max)
            return body_refuse(body, REJECT_BAD_VALUE, field, "symbols lists at most %d", request_session_symbols_max);
        SESSION.symbols[SESSION.symbols_count++] = instrument;
    }
    return 0;
}

/* ---- when ---- */

/* "09:30" in minutes, up to "24:00"; -1 for anything else. */
static int minute_of(const cJSON *item) {
    const char *text = item != NULL && cJSON_IsString(item) ? item->valuestring : "";
    if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5 || strchr(text, ':') != text + 2 ||
        strchr(text + 3, ':') != NULL) return -1;
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    int total = hour * 60 + minute;
    return minute < 60 && total <= 24 * 60 ? total : -1;
}

static int read_dates(struct body *body, const cJSON *item, const char *field) {
    uint32_t present = SESSION.index == NAME_NONE ? 0 : exchange_session(body->exchange, SESSION.index)->dates_count;
    if (!cJSON_IsArray(item)) return body_refuse(body, REJECT_BAD_VALUE, field, "dates is a list of dates");
    for (const cJSON *date = item->child; date != NULL; date = date->next) {
        if (present + SESSION.dates_count == session_dates_max)
            return body_refuse(body, REJECT_BAD_VALUE, field, "a session has at most %d dates", session_dates_max);
        if (member_date(body, date, field, &SESSION.dates[SESSION.dates_count]) != 0) return -1;
        SESSION.dates_count++;
    }
    return 0;
}

/* SES-4 */
static int read_grid(struct body *body, const cJSON *every, const cJSON *anchor, const char *field) {
    int64_t days;
    if (every == NULL && anchor == NULL) return 0;
    if (every == NULL || anchor == NULL)
        return body_refuse(body, REJECT_BAD_VALUE, field, "every_days and anchor go together");
    if (member_integer(body, every, field, 1, 366, &days) != 0) return -1;
    SESSION.terms.every_days = (uint32_t)days;
    return member_date(body, anchor, field, &SESSION.terms.anchor_date);
}

static int read_hours(struct body *body, const cJSON *item, const char *field) {
    static const char *const names[] = {"open", "close", "every_days", "anchor", "dates"};
    const cJSON *members[COUNT(names)] = {NULL};
    for (const cJSON *member = item->child; member != NULL; member = member->next) {
        uint32_t i = 0;
        while (i < COUNT(names) && strcmp(names[i], member->string) != 0) i++;
        if (i == COUNT(names))
            return body_refuse(body, REJECT_BAD_VALUE, field, "schedule has open, close, every_days, anchor and dates,"
                               " not \"%.40s\"", member->string);
        members[i] = member;
    }
    int open = minute_of(members[0]), close = minute_of(members[1]);
    if (open < 0 || close <= open)
        return body_refuse(body, REJECT_BAD_VALUE, field, "schedule has open and close, times of day such as \"09:00\""
                           " up to \"24:00\", open before close");
    SESSION.terms.open_minute = SESSION.session.open_minute = (uint16_t)open;
    SESSION.terms.close_minute = SESSION.session.close_minute = (uint16_t)close;
    if (read_grid(body, members[2], members[3], field) != 0) return -1;
    return members[4] == NULL ? 0 : read_dates(body, members[4], field);
}

static int read_schedule(struct body *body, const cJSON *item, const char *field) {
    SESSION.terms.has_hours = SESSION.index != NAME_NONE;
    SESSION.terms.every_days = 0;
    if (cJSON_IsString(item) && strcmp(item->valuestring, "always") == 0) return 0;
    if (cJSON_IsObject(item)) return read_hours(body, item, field);
    return body_refuse(body, REJECT_BAD_VALUE, field, "schedule is \"always\" or an object with open and close");
}

/* ---- who ---- */

static int read_direction(struct body *body, const cJSON *item, const char *field) {
    uint32_t direction;
    if (member_choice(body, item, field, directions, DIRECTION_COUNT, &direction) != 0) return -1;
    SESSION.terms.direction = (uint8_t)direction;
    return 0;
}
static int read_role(struct body *body, const cJSON *item, const char *field) {
    uint32_t role;
    if (member_choice(body, item, field, session_roles, SESSION_ROLE_COUNT, &role) != 0) return -1;
    SESSION.terms.role = (uint8_t)role;
    return 0;
}

/* null and an empty list admit all. */
static int read_country_list(struct body *body, const cJSON *item, const char *field,
                             char countries[countries_count_max][2]) {
    memset(countries, 0, 2 * countries_count_max);
    if (cJSON_IsNull(item)) return 0;
    int count = cJSON_IsArray(item) ? cJSON_GetArraySize(item) : -1;
    if (count < 0 || count > countries_count_max)
        return body_refuse(body, REJECT_BAD_VALUE, field, "%s is null or a list of at most %d countries", field,
                           countries_count_max);
    int i = 0;
    for (const cJSON *country = item->child; country != NULL; country = country->next, i++) {
        const char *code = cJSON_IsString(country) ? country->valuestring : "";
        if (strlen(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z')
            return body_refuse(body, REJECT_BAD_VALUE, field, "a country is a code of two capital letters such as"
                               " \"CN\"");
        memcpy(countries[i], code, 2);
    }
    return 0;
}
static int read_buyers(struct body *body, const cJSON *item, const char *field) {
    return read_country_list(body, item, field, SESSION.terms.buyer_countries);
}
static int read_sellers(struct body *body, const cJSON *item, const char *field) {
    return read_country_list(body, item, field, SESSION.terms.seller_countries);
}

static int read_currencies(struct body *body, const cJSON *item, const char *field) {
    SESSION.terms.currencies_mask = 0;
    if (cJSON_IsNull(item)) return 0;
    if (!cJSON_IsArray(item))
        return body_refuse(body, REJECT_BAD_VALUE, field, "currencies is null or a list of currencies");
    for (const cJSON *code = item->child; code != NULL; code = code->next) {
        uint32_t currency;
        if (member_choice(body, code, field, currencies, CURRENCY_COUNT, &currency) != 0) return -1;
        SESSION.terms.currencies_mask |= (uint8_t)(1 << currency);
    }
    return 0;
}

static int read_flag(struct body *body, const cJSON *item, const char *field, enum session_flag bit) {
    uint32_t flag;
    if (member_flag(body, item, field, &flag) != 0) return -1;
    SESSION.terms.flags &= (uint8_t)~bit;
    if (flag) SESSION.terms.flags |= (uint8_t)bit;
    return 0;
}
static int read_own_use(struct body *body, const cJSON *item, const char *field) {
    return read_flag(body, item, field, SESSION_OWN_USE);
}
static int read_multi_basis(struct body *body, const cJSON *item, const char *field) {
    return read_flag(body, item, field, SESSION_MULTI_BASIS);
}
static int read_late_login(struct body *body, const cJSON *item, const char *field) {
    static const char *const modes[] = {"admit", "refuse"};
    uint32_t mode;
    if (member_choice(body, item, field, modes, 2, &mode) != 0) return -1;
    SESSION.terms.flags &= (uint8_t)~SESSION_LATE_LOGIN_REFUSE;
    if (mode == 1) SESSION.terms.flags |= SESSION_LATE_LOGIN_REFUSE;
    return 0;
}

enum { session_symbols_field = 2 };     /* its place in the table below */
static int complete_session(struct body *body) {
    const char *id = cJSON_IsString(body->members[0]) ? body->members[0]->valuestring : "";
    size_t size = strlen(id);
    int exists = size > 0 && size <= session_id_size &&
                 exchange_find_session(body->exchange, id, (uint32_t)size) != NAME_NONE;
    if (exists || body->members[session_symbols_field] != NULL) return 0;
    return body_refuse(body, REJECT_MISSING_FIELD, "symbols", "admin_session needs symbols to create a session");
}

static const struct field session_fields[] = {
    {"session", REQUIRED, read_id}, {"model", OPTIONAL, read_model}, {"symbols", OPTIONAL, read_symbols},
    {"schedule", OPTIONAL, read_schedule}, {"dates", OPTIONAL, read_dates}, {"direction", OPTIONAL, read_direction},
    {"countries", OPTIONAL, read_buyers}, {"seller_countries", OPTIONAL, read_sellers},
    {"currencies", OPTIONAL, read_currencies}, {"role", OPTIONAL, read_role}, {"own_use", OPTIONAL, read_own_use},
    {"multi_basis", OPTIONAL, read_multi_basis}, {"late_login", OPTIONAL, read_late_login}};

/* ---- all ---- */

static const struct form bust_form = {FIELDS(bust_fields), begin_bust, NULL, NULL};
static const struct form news_form = {FIELDS(news_fields), begin_news, NULL, NULL};
static const struct form session_form = {FIELDS(session_fields), begin_session, complete_session, NULL};

const struct form *form_of_market(enum request_type type) {
    switch (type) {
    case REQUEST_ADMIN_BUST: return &bust_form;
    case REQUEST_ADMIN_NEWS: return &news_form;
    case REQUEST_ADMIN_SESSION: return &session_form;
    default: return NULL;
    }
}
