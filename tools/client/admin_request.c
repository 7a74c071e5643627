/* admin_request.c - one table row a request; see admin_request.h. */
#include "tools/client/admin_request.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "tools/client/ask.h"

enum { members_max = 5, options_max = 12, value_size = 512 };

struct admin_request {
    const char *name, *type;
    const char *members[members_max];       /* words that must be there */
    const char *options[options_max];       /* NAME=VALUE */
    const char *constant_name, *constant_value;     /* a member that the name itself implies */
    const char *summary;
};

#define NO_OPTIONS {NULL}
#define NO_CONSTANT NULL, NULL

static const struct admin_request requests[] = {
    {"clock", "admin_clock", {"now"}, NO_OPTIONS, NO_CONSTANT, "move a manual clock forward, to 2021-06-28T09:00:00Z"},
    {"session", "admin_session", {"session"},
     {"symbols", "schedule", "dates", "direction", "countries", "seller_countries", "currencies", "role", "own_use",
      "multi_basis", "model", "late_login"}, NO_CONSTANT,
     "create a session, or change one; schedule=always or 09:00-17:00 or 09:00-17:00/14@2021-01-11 (every 14 days)"},
    {"phase", "admin_phase", {"session", "phase"}, NO_OPTIONS, NO_CONSTANT,
     "open a session for the rest of the day (continuous), or close it (closed)"},
    {"participant", "admin_participant", {"participant", "name", "country"}, NO_OPTIONS, NO_CONSTANT,
     "create a participant"},
    {"accredit", "admin_accredit", {"participant", "section", "from"}, {"to"}, NO_CONSTANT, "accredit it in a section"},
    {"suspend", "admin_suspend", {"participant"}, {"until"}, NO_CONSTANT, "suspend its accreditation"},
    {"reinstate", "admin_reinstate", {"participant"}, NO_OPTIONS, NO_CONSTANT, "end the suspension"},
    {"withdraw", "admin_withdraw", {"participant"}, NO_OPTIONS, NO_CONSTANT, "withdraw its accreditation, for good"},
    {"broker", "admin_broker", {"participant", "from"},
     {"to", "new_by_clients", "new_foreign_clients", "other", "tax_arrears"}, NO_CONSTANT,
     "make it a broker; a second time: re-accredit it by its points"},
    {"broker-state", "admin_broker", {"participant", "state"}, NO_OPTIONS, NO_CONSTANT,
     "suspend its broker status (suspended), or lift that (active)"},
    {"client", "admin_client", {"broker", "client", "section"},
     {"side", "symbol", "order_qty_max", "limit_px", "expire_date", "own_account", "cross_allowed", "registered"},
     NO_CONSTANT, "register a broker's client with its mandate; registered=no ends it"},
    {"papers", "admin_papers", {"participant", "missing"}, {"at_once"}, NO_CONSTANT,
     "which papers are missing: statutes,power_of_attorney,passport,register_extract, or none"},
    {"contract", "admin_contract", {"participant", "signed"}, {"at_once"}, NO_CONSTANT,
     "whether its service contract is signed"},
    {"arrears", "admin_arrears", {"participant", "on"}, {"at_once"}, NO_CONSTANT, "whether it is in arrears"},
    {"claim", "admin_claim", {"participant", "open"}, {"at_once"}, NO_CONSTANT,
     "whether a claim of non-performance is open"},
    {"sanction", "admin_sanction", {"participant", "until"}, NO_OPTIONS, NO_CONSTANT,
     "block it up to a last day; none lifts it"},
    {"own-use", "admin_own_use", {"participant", "from"}, {"to"}, NO_CONSTANT,
     "its certificate of own use, or none"},
    {"trader", "admin_trader", {"participant", "person"}, {"registered"}, NO_CONSTANT,
     "register a person as its trader; registered=no ends it"},
    {"certificate", "admin_certificate", {"person", "issued"}, {"power_of_attorney_until"}, NO_CONSTANT,
     "a trader's signature certificate"},
    {"kill", "admin_kill", {"participant", "on"}, NO_OPTIONS, NO_CONSTANT,
     "the kill switch: yes cancels all its orders"},
    {"limits", "admin_limits", {"participant"}, {"currency", "order_value_max", "exposure_factor", "message_rate"},
     NO_CONSTANT, "limits on orders, exposure and messages a second"},
    {"deposit", "admin_deposit", {"participant", "currency", "amount"}, NO_OPTIONS, "action", "credit",
     "credit a deposit"},
    {"payout", "admin_deposit", {"participant", "currency", "amount"}, NO_OPTIONS, "action", "withdraw",
     "pay a deposit out"},
    {"fees", "admin_fees", {"participant", "currency", "amount"}, {"source"}, NO_CONSTANT,
     "book a payment of fees due; source=deposit takes it from the deposit"},
    {"user", "admin_user", {"user", "participant", "role", "password"}, {"person"}, NO_CONSTANT,
     "create a user; an official's participant is none"},
    {"bust", "admin_bust", {"trade_id", "text"}, NO_OPTIONS, NO_CONSTANT, "take a deal back as an error"},
    {"halt", "admin_halt", {"symbol"}, NO_OPTIONS, NO_CONSTANT, "halt a symbol"},
    {"resume", "admin_resume", {"symbol"}, NO_OPTIONS, NO_CONSTANT, "let it trade again"},
    {"halt-session", "admin_halt", {"session"}, NO_OPTIONS, NO_CONSTANT, "halt a session"},
    {"resume-session", "admin_resume", {"session"}, NO_OPTIONS, NO_CONSTANT, "let it trade again"},
    {"halt-section", "admin_halt", {"section"}, NO_OPTIONS, NO_CONSTANT, "halt a section"},
    {"resume-section", "admin_resume", {"section"}, NO_OPTIONS, NO_CONSTANT, "let it trade again"},
    {"news", "admin_news", {"text"}, NO_OPTIONS, NO_CONSTANT, "a sentence to everyone"},
    {"digest", "admin_digest", {NULL}, NO_OPTIONS, NO_CONSTANT, "hash of the exchange's state"},
    {"snapshot", "admin_snapshot", {NULL}, NO_OPTIONS, NO_CONSTANT,
     "write a snapshot now; answered when it is on disk"},
    {"shutdown", "admin_shutdown", {NULL}, NO_OPTIONS, NO_CONSTANT, "stop the server"},
};
enum { requests_count = sizeof requests / sizeof requests[0] };

/* ---- how a member is written ---- */

/* TEXT_OR_NULL: `none` is null. TEXT_OR_NOTHING: `none` leaves it out. LIST: `none` is []; LIST_OR_NULL: it is null. */
enum kind { TEXT, TEXT_OR_NULL, TEXT_OR_NOTHING, NUMBER, FLAG, LIST, LIST_OR_NULL, SCHEDULE };

static const struct { const char *name; enum kind kind; } kinds[] = {
    {"until", TEXT_OR_NULL}, {"to", TEXT_OR_NULL}, {"expire_date", TEXT_OR_NULL}, {"order_value_max", TEXT_OR_NULL},
    {"power_of_attorney_until", TEXT_OR_NULL}, {"new_by_clients", NUMBER}, {"new_foreign_clients", NUMBER},
    {"other", NUMBER}, {"order_qty_max", NUMBER}, {"exposure_factor", NUMBER}, {"message_rate", NUMBER},
    {"tax_arrears", FLAG}, {"own_account", FLAG}, {"cross_allowed", FLAG}, {"registered", FLAG}, {"signed", FLAG},
    {"on", FLAG}, {"open", FLAG}, {"at_once", FLAG}, {"multi_basis", FLAG}, {"missing", LIST}, {"symbols", LIST},
    {"dates", LIST}, {"countries", LIST_OR_NULL}, {"seller_countries", LIST_OR_NULL}, {"currencies", LIST_OR_NULL},
    {"schedule", SCHEDULE},
};

static enum kind kind_of(const struct admin_request *request, const char *member) {
    if (strcmp(request->name, "own-use") == 0 && strcmp(member, "from") == 0) return TEXT_OR_NULL;
    if (strcmp(request->name, "user") == 0 && strcmp(member, "participant") == 0) return TEXT_OR_NOTHING;
    if (strcmp(member, "own_use") == 0) return FLAG;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, member) == 0) return kinds[i].kind;
    }
    return TEXT;
}

static int add_flag(cJSON *out, const char *name, const char *value) {
    int yes = strcmp(value, "yes") == 0 || strcmp(value, "on") == 0 || strcmp(value, "true") == 0;
    int no = strcmp(value, "no") == 0 || strcmp(value, "off") == 0 || strcmp(value, "false") == 0;
    if (!yes && !no) return -1;
    CHECK(cJSON_AddBoolToObject(out, name, yes) != NULL);
    return 0;
}

static int add_number(cJSON *out, const char *name, const char *value) {
    if (!ask_is_number(value[0] == '-' ? value + 1 : value)) return -1;
    CHECK(cJSON_AddRawToObject(out, name, value) != NULL);
    return 0;
}

static int add_list(cJSON *out, const char *name, const char *value) {
    char copy[value_size], *rest = copy;
    if (strlen(value) >= sizeof copy) return -1;
    snprintf(copy, sizeof copy, "%s", value);
    cJSON *list = cJSON_AddArrayToObject(out, name);
    CHECK(list != NULL);
    for (char *item; (item = strsep(&rest, ",")) != NULL;) {
        if (*item == '\0') return -1;
        cJSON_AddItemToArray(list, cJSON_CreateString(item));
    }
    return 0;
}

/* always, 09:00-17:00, 09:00-17:00/14@2021-01-11 */
static int add_schedule(cJSON *out, const char *value) {
    char open[6], close[6], anchor[11];
    int days, end = 0;
    if (strcmp(value, "always") == 0) {
        ask_text(out, "schedule", value);
        return 0;
    }
    int is_grid = sscanf(value, "%5[0-9:]-%5[0-9:]/%d@%10[0-9-]%n", open, close, &days, anchor, &end) == 4 &&
                  value[end] == '\0';
    if (!is_grid && (sscanf(value, "%5[0-9:]-%5[0-9:]%n", open, close, &end) != 2 || value[end] != '\0')) return -1;
    cJSON *schedule = cJSON_AddObjectToObject(out, "schedule");
    CHECK(schedule != NULL);
    ask_text(schedule, "open", open);
    ask_text(schedule, "close", close);
    if (!is_grid) return 0;
    CHECK(cJSON_AddNumberToObject(schedule, "every_days", days) != NULL);
    ask_text(schedule, "anchor", anchor);
    return 0;
}

/* 0, or -1: the value is not one of this kind. */
static int add_member(const struct admin_request *request, cJSON *out, const char *name, const char *value) {
    enum kind kind = kind_of(request, name);
    int none = strcmp(value, "none") == 0;
    if (none && (kind == TEXT_OR_NULL || kind == LIST_OR_NULL)) {
        CHECK(cJSON_AddNullToObject(out, name) != NULL);
        return 0;
    }
    if (none && kind == LIST) {
        CHECK(cJSON_AddArrayToObject(out, name) != NULL);
        return 0;
    }
    switch (kind) {
    case FLAG: return add_flag(out, name, value);
    case NUMBER: return add_number(out, name, value);
    case LIST:
    case LIST_OR_NULL: return add_list(out, name, value);
    case SCHEDULE: return add_schedule(out, value);
    case TEXT_OR_NOTHING:
        if (none) return 0;
        break;
    case TEXT:
    case TEXT_OR_NULL: break;
    }
    ask_text(out, name, value);
    return 0;
}

/* ---- requests ---- */

static uint32_t members_count(const struct admin_request *request) {
    uint32_t count = 0;
    while (count < members_max && request->members[count] != NULL) count++;
    return count;
}

/* The option that a word NAME=VALUE names; NULL for none. `*value` is what follows the "=". */
static const char *find_option(const struct admin_request *request, const char *word, const char **value) {
    const char *equals = strchr(word, '=');
    if (equals == NULL) return NULL;
    size_t size = (size_t)(equals - word);
    *value = equals + 1;
    for (uint32_t i = 0; i < options_max && request->options[i] != NULL; i++) {
        if (strlen(request->options[i]) == size && memcmp(request->options[i], word, size) == 0)
            return request->options[i];
    }
    return NULL;
}

static int add_words(const struct admin_request *request, const char *const *words, uint32_t words_count, cJSON *out,
                     char mistake[admin_mistake_size]) {
    uint32_t required = members_count(request);
    for (uint32_t i = 0; i < words_count; i++) {
        const char *value = words[i];
        const char *name = i < required ? request->members[i] : find_option(request, words[i], &value);
        if (name == NULL) {
            snprintf(mistake, admin_mistake_size, "%.100s is no argument of admin %s", words[i], request->name);
            return -1;
        }
        if (cJSON_GetObjectItemCaseSensitive(out, name) != NULL) {
            snprintf(mistake, admin_mistake_size, "%s is given twice", name);
            return -1;
        }
        if (add_member(request, out, name, value) == 0) continue;
        snprintf(mistake, admin_mistake_size, "%s cannot be \"%.100s\"", name, value);
        return -1;
    }
    return 0;
}

char *admin_request_make(const char *const *words, uint32_t words_count, uint32_t request_id,
                         char mistake[admin_mistake_size]) {
    const char *name = words_count > 0 ? words[0] : "";
    const struct admin_request *found = NULL;
    for (uint32_t i = 0; i < requests_count; i++) {
        if (strcmp(requests[i].name, name) == 0) found = &requests[i];
    }
    if (found == NULL) {
        snprintf(mistake, admin_mistake_size, "admin wants a request, not \"%.100s\"", name);
        return NULL;
    }
    if (words_count - 1 < members_count(found)) {
        snprintf(mistake, admin_mistake_size, "admin %s wants %u arguments", found->name, members_count(found));
        return NULL;
    }
    struct cJSON *out = ask_begin(found->type, request_id);
    if (add_words(found, words + 1, words_count - 1, out, mistake) != 0) {
        cJSON_Delete(out);
        return NULL;
    }
    if (found->constant_name != NULL) ask_text(out, found->constant_name, found->constant_value);
    return ask_end(out);
}

int admin_request_describe(uint32_t index, char usage[320], const char **summary) {
    if (index >= requests_count) return 0;
    const struct admin_request *request = &requests[index];
    size_t size = (size_t)snprintf(usage, 320, "%s", request->name);
    for (uint32_t i = 0; i < members_count(request); i++)
        size += (size_t)snprintf(usage + size, 320 - size, " %s", request->members[i]);
    for (uint32_t i = 0; i < options_max && request->options[i] != NULL; i++)
        size += (size_t)snprintf(usage + size, 320 - size, "%s%s=", i == 0 ? " [" : " ", request->options[i]);
    if (request->options[0] != NULL) size += (size_t)snprintf(usage + size, 320 - size, "]");
    CHECK(size < 320);
    *summary = request->summary;
    return 1;
}
