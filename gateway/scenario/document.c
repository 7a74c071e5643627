/* document.c - reading a file through the guard, and refusing what is in it; see document.h. */
#include "gateway/scenario/document.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/scenario/position.h"
#include "gateway/wire/guard.h"
#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

void scenario_error_format(const struct scenario_error *error, char *out, size_t size) {
    if (error->line == 0) snprintf(out, size, "%s: %s", error->file, error->text);
    else if (error->key[0] == '\0') snprintf(out, size, "%s:%u: %s", error->file, error->line, error->text);
    else snprintf(out, size, "%s:%u: %s: %s", error->file, error->line, error->key, error->text);
}

/* ---- opening ---- */

enum { document_size_begin = 1 << 14 };

static int fail_file(const struct document *document, int status, const char *text) {
    CHECK(status < 0);
    document->error->line = 0;
    document->error->key[0] = '\0';
    snprintf(document->error->text, sizeof document->error->text, "%s", text);
    return status;
}

/* Reads until the end, or until there is more than a file may have. 0 or a negative errno. */
static int read_all(struct document *document, FILE *file) {
    size_t capacity = 0;
    while (document->size <= document_size_max) {
        if (document->size == capacity) {
            capacity = capacity == 0 ? document_size_begin : 2 * capacity;
            char *larger = realloc(document->text, capacity + 1);
            if (larger == NULL) return -ENOMEM;
            document->text = larger;
        }
        errno = 0;
        size_t got = fread(document->text + document->size, 1, capacity - document->size, file);
        document->size += got;
        if (got > 0) continue;
        document->text[document->size] = '\0';
        return ferror(file) ? errno != 0 ? -errno : -EIO : 0;
    }
    return -EFBIG;
}

/* The whole file, with a NUL behind it. 0 or a negative errno. */
static int read_file(struct document *document) {
    FILE *file = fopen(document->path, "rb");
    if (file == NULL) return fail_file(document, -errno, strerror(errno));
    int status = read_all(document, file);
    fclose(file);
    if (status == 0) return 0;
    free(document->text);
    document->text = NULL;
    return fail_file(document, status, status == -EFBIG ? "larger than the 16 MiB that a file may have"
                                                        : strerror(-status));
}

/* A mistake that still belongs to a key; the others concern the text as a whole. */
static int has_key(enum guard_reason reason) {
    return reason != GUARD_EMPTY && reason != GUARD_TRUNCATED && reason != GUARD_NOT_AN_OBJECT &&
           reason != GUARD_TRAILING && reason != GUARD_BYTE_ORDER_MARK;
}

static int fail_guard(const struct document *document, const struct guard_error *guarded) {
    struct scenario_error *error = document->error;
    size_t column = guarded->offset;
    while (column > 0 && document->text[column - 1] != '\n') column--;
    error->line = line_of(document->text, guarded->offset);
    error->key[0] = '\0';
    if (has_key(guarded->reason)) {
        struct walk walk;
        walk_init(&walk, document->text, document->size);
        walk_to_offset(&walk, guarded->offset);
        walk_describe(&walk, error->key, sizeof error->key);
    }
    snprintf(error->text, sizeof error->text, "%s, at column %zu%s", guard_reason_text(guarded->reason),
             guarded->offset - column + 1, guarded->reason == GUARD_NUMBER ? "; decimals are written in quotes" : "");
    return -EINVAL;
}

int document_open(struct document *document, const char *path, struct scenario_error *error) {
    *document = (struct document){.path = path, .error = error};
    snprintf(error->file, sizeof error->file, "%s", path);
    int status = read_file(document);
    if (status != 0) return status;
    struct guard_error guarded;
    if (json_guard(document->text, document->size, &guard_limits_file, &guarded) != 0) {
        status = fail_guard(document, &guarded);
    } else {
        document->root = cJSON_ParseWithLengthOpts(document->text, document->size + 1, NULL, 0);
        /* What the guard lets pass every parser takes: there was no memory. */
        if (document->root == NULL) status = fail_file(document, -ENOMEM, strerror(ENOMEM));
    }
    if (status != 0) free(document->text);
    return status;
}

void document_close(struct document *document) {
    cJSON_Delete(document->root);
    free(document->text);
    document->root = NULL;
    document->text = NULL;
}

struct place document_root(const struct document *document) {
    return (struct place){.document = document, .json = document->root};
}

/* ---- places ---- */

static uint32_t ordinal_of(const struct place *place) {
    uint32_t ordinal = 0;
    for (const cJSON *item = place->up->json->child; item != place->json; item = item->next) ordinal++;
    return ordinal;
}

static void walk_to_place(struct walk *walk, const struct place *place) {
    uint32_t ordinals[guard_depth_max], depth = 0;
    for (const struct place *at = place; at->up != NULL; at = at->up) depth++;
    CHECK(depth < guard_depth_max);
    uint32_t i = depth;
    for (const struct place *at = place; at->up != NULL; at = at->up) ordinals[--i] = ordinal_of(at);
    walk_init(walk, place->document->text, place->document->size);
    if (depth > 0) CHECK(walk_to(walk, ordinals, depth));
}

void place_raw(const struct place *place, const char **text, size_t *size) {
    struct walk walk;
    walk_to_place(&walk, place);
    CHECK(walk.depth > 0);
    size_t begin = walk_value(&walk);
    *text = place->document->text + begin;
    *size = walk_value_end(&walk, begin) - begin;
}

/* Line and key of a place; `key` is appended unless NULL. */
static void blame(const struct place *place, const char *key) {
    struct scenario_error *error = place->document->error;
    struct walk walk;
    walk_to_place(&walk, place);
    size_t at = walk.depth > 0 ? walk_entry(&walk) : (size_t)(strchr(place->document->text, '{') - walk.text);
    error->line = line_of(place->document->text, at);
    walk_describe(&walk, error->key, sizeof error->key);
    if (key == NULL) return;
    size_t used = strlen(error->key);
    snprintf(error->key + used, sizeof error->key - used, "%s%s", used > 0 ? "." : "", key);
}

int place_refuse(const struct place *place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(place->document->error->text, scenario_text_size, format, arguments);
    va_end(arguments);
    blame(place, NULL);
    return -EINVAL;
}

int place_refuse_key(const struct place *object, const char *key, const char *format, ...) {
    struct place member;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(object->document->error->text, scenario_text_size, format, arguments);
    va_end(arguments);
    if (place_find(object, key, &member)) blame(&member, NULL);
    else blame(object, key);
    return -EINVAL;
}

const char *place_quote(const cJSON *json, char out[place_quote_size]) {
    if (cJSON_IsString(json)) {
        int size = (int)strlen(json->valuestring), kept = size <= place_quote_size - 7 ? size : place_quote_size - 7;
        while (kept < size && kept > 0 && ((unsigned char)json->valuestring[kept] & 0xC0) == 0x80) kept--;
        snprintf(out, place_quote_size, "\"%.*s%s\"", kept, json->valuestring, kept < size ? "..." : "");
    } else if (cJSON_IsNumber(json)) {
        snprintf(out, place_quote_size, "%.0f", json->valuedouble);
    } else {
        snprintf(out, place_quote_size, "%s", cJSON_IsArray(json) ? "a list" : cJSON_IsObject(json) ? "an object" :
                 cJSON_IsNull(json) ? "null" : cJSON_IsTrue(json) ? "true" : "false");
    }
    return out;
}

/* ---- objects and lists ---- */

int place_check_object(const struct place *place) {
    char quote[place_quote_size];
    if (cJSON_IsObject(place->json)) return 0;
    return place_refuse(place, "%s stands where an object is expected", place_quote(place->json, quote));
}

int place_check_list(const struct place *place) {
    char quote[place_quote_size];
    if (cJSON_IsArray(place->json)) return 0;
    return place_refuse(place, "%s stands where a list is expected", place_quote(place->json, quote));
}

/* "a, b or c" */
static void join_names(const char *const *names, uint32_t names_count, char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < names_count && used < size; i++) {
        const char *separator = i == 0 ? "" : i + 1 == names_count ? " or " : ", ";
        used += (size_t)snprintf(out + used, size - used, "%s%s", separator, names[i]);
    }
}

static int refuse_unknown_key(const struct place *member, const struct key *keys, uint32_t keys_count) {
    const char *names[64];
    uint32_t names_count = 0;
    for (uint32_t i = 0; i < keys_count && names_count < 64; i++) {
        if (keys[i].use != KEY_LATER) names[names_count++] = keys[i].name;
    }
    char known[256];
    join_names(names, names_count, known, sizeof known);
    return place_refuse(member, "there is no such key here; it may be %s", known);
}

static int says_nothing(const cJSON *json) {
    return cJSON_IsNull(json) || cJSON_IsFalse(json) || (cJSON_IsArray(json) && json->child == NULL);
}

int place_check_keys(const struct place *place, const struct key *keys, uint32_t keys_count) {
    if (place_check_object(place) != 0) return -EINVAL;
    for (struct place member = place_first(place); member.json != NULL; place_next(&member)) {
        uint32_t i = 0;
        while (i < keys_count && strcmp(keys[i].name, member.json->string) != 0) i++;
        if (i == keys_count) return refuse_unknown_key(&member, keys, keys_count);
        if (keys[i].use == KEY_LATER && !says_nothing(member.json)) {
            return place_refuse(&member, "not available yet");
        }
    }
    for (uint32_t i = 0; i < keys_count; i++) {
        if (keys[i].use != KEY_REQUIRED) continue;
        if (cJSON_GetObjectItemCaseSensitive(place->json, keys[i].name) != NULL) continue;
        return place_refuse_key(place, keys[i].name, "this key is missing");
    }
    return 0;
}

int place_find(const struct place *object, const char *key, struct place *member) {
    const cJSON *json = cJSON_GetObjectItemCaseSensitive(object->json, key);
    if (json == NULL) return 0;
    *member = (struct place){.document = object->document, .up = object, .json = json};
    return 1;
}

int place_find_given(const struct place *object, const char *key, struct place *member) {
    struct place found;
    if (!place_find(object, key, &found) || cJSON_IsNull(found.json)) return 0;
    *member = found;
    return 1;
}

struct place place_get(const struct place *object, const char *key) {
    struct place member;
    CHECK(place_find(object, key, &member));
    return member;
}

struct place place_first(const struct place *list) {
    return (struct place){.document = list->document, .up = list, .json = list->json->child};
}

void place_next(struct place *item) { item->json = item->json->next; }

uint32_t place_items_count(const struct place *list) { return (uint32_t)cJSON_GetArraySize(list->json); }

/* ---- values ---- */

int place_text(const struct place *place, const char **text, uint32_t *size) {
    char quote[place_quote_size];
    if (!cJSON_IsString(place->json)) {
        place_refuse(place, "%s stands where a text is expected", place_quote(place->json, quote));
        return -EINVAL;     /* as such, so that compilers see that *text is set or the caller has left */
    }
    *text = place->json->valuestring;
    *size = (uint32_t)strlen(*text);
    return 0;
}

static int check_text_size(const struct place *place, uint32_t size, uint32_t size_max) {
    if (size >= 1 && size <= size_max) return 0;
    return place_refuse(place, "%u bytes long; it may have 1 to %u", size, size_max);
}

int place_read_label(const struct place *object, const char *key, char *field, uint32_t size_max) {
    struct place place;
    const char *text;
    uint32_t size;
    if (!place_find(object, key, &place)) return 0;
    if (place_text(&place, &text, &size) != 0 || check_text_size(&place, size, size_max) != 0) return -EINVAL;
    for (uint32_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F) {
            return place_refuse(&place, "a control character at byte %u; a name for people has none", i + 1);
        }
    }
    name_set(field, size_max, text, size);
    return 0;
}

static int is_id_byte(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '.' || byte == '_' || byte == '-';
}

int place_id(const struct place *place, char *field, uint32_t size_max) {
    const char *text;
    uint32_t size;
    char quote[place_quote_size];
    if (place_text(place, &text, &size) != 0 || check_text_size(place, size, size_max) != 0) return -EINVAL;
    for (uint32_t i = 0; i < size; i++) {
        if (is_id_byte(text[i])) continue;
        return place_refuse(place, "%s has a character that is none of A-Z a-z 0-9 . _ - at byte %u",
                            place_quote(place->json, quote), i + 1);
    }
    name_set(field, size_max, text, size);
    return 0;
}

int place_read_id(const struct place *object, const char *key, char *field, uint32_t size_max) {
    struct place place;
    return place_find(object, key, &place) ? place_id(&place, field, size_max) : 0;
}

int place_read_integer(const struct place *object, const char *key, int64_t low, int64_t high, int64_t *value) {
    struct place place;
    char quote[place_quote_size];
    if (!place_find(object, key, &place)) return 0;
    if (!cJSON_IsNumber(place.json)) {
        return place_refuse(&place, "%s stands where an integer is expected", place_quote(place.json, quote));
    }
    /* The guard lets only integers pass that this type holds exactly. */
    int64_t given = (int64_t)place.json->valuedouble;
    if (given < low || given > high) {
        return place_refuse(&place, "%lld; it may be %lld to %lld", (long long)given, (long long)low, (long long)high);
    }
    *value = given;
    return 0;
}

int place_country(const struct place *place, char country[2]) {
    const char *text;
    uint32_t size;
    char quote[place_quote_size];
    if (place_text(place, &text, &size) != 0) return -EINVAL;
    if (size != 2 || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z') {
        return place_refuse(place, "%s is not a country; one is two capital letters, such as \"BY\"",
                            place_quote(place->json, quote));
    }
    memcpy(country, text, 2);
    return 0;
}

int place_date(const struct place *place, int32_t *date) {
    const char *text;
    uint32_t size;
    char quote[place_quote_size];
    int32_t given;
    if (place_text(place, &text, &size) != 0) return -EINVAL;
    if (!date_parse(text, size, &given)) {
        return place_refuse(place, "%s is not a date; one is written \"2021-06-28\"", place_quote(place->json, quote));
    }
    if (!calendar_covers(given)) {
        return place_refuse(place, "%s lies outside the calendar, which knows the years %d to %d",
                            place_quote(place->json, quote), calendar_year_first, calendar_year_last);
    }
    *date = given;
    return 0;
}

int place_read_date(const struct place *object, const char *key, int32_t *date) {
    struct place place;
    return place_find(object, key, &place) ? place_date(&place, date) : 0;
}

int place_choice(const struct place *place, const char *const *names, uint32_t names_count, uint32_t *index) {
    const char *text;
    uint32_t size;
    if (place_text(place, &text, &size) != 0) return -EINVAL;
    for (uint32_t i = 0; i < names_count; i++) {
        if (strcmp(names[i], text) != 0) continue;
        *index = i;
        return 0;
    }
    char known[256], quote[place_quote_size];
    join_names(names, names_count, known, sizeof known);
    return place_refuse(place, "%s; it may be %s", place_quote(place->json, quote), known);
}

int place_read_choice(const struct place *object, const char *key, const char *const *names, uint32_t names_count,
                      uint32_t *index) {
    struct place place;
    return place_find(object, key, &place) ? place_choice(&place, names, names_count, index) : 0;
}

static int refuse_decimal(const struct place *place, enum decimal_status status, uint32_t places) {
    char quote[place_quote_size];
    place_quote(place->json, quote);
    if (status == DECIMAL_TOO_PRECISE) return place_refuse(place, "%s has more than %u decimals", quote, places);
    if (status == DECIMAL_OUT_OF_RANGE) return place_refuse(place, "%s is too large", quote);
    return place_refuse(place, "%s is not a decimal; one is written \"2700.00\"", quote);
}

int place_decimal(const struct place *place, uint32_t places, int64_t low, int64_t high, int64_t *scaled) {
    char digits[decimal_text_size_max], quote[place_quote_size];
    const char *text = digits;
    uint32_t size;
    if (cJSON_IsNumber(place->json)) size = decimal_format((int64_t)place->json->valuedouble, 0, digits);
    else if (place_text(place, &text, &size) != 0) return -EINVAL;
    int64_t given;
    enum decimal_status status = decimal_parse(text, size, places, &given);
    if (status != DECIMAL_OK) return refuse_decimal(place, status, places);
    if (given < low || given > high) {
        char low_text[decimal_text_size_max], high_text[decimal_text_size_max];
        int low_size = (int)decimal_format(low, places, low_text);
        int high_size = (int)decimal_format(high, places, high_text);
        return place_refuse(place, "%s; it may be %.*s to %.*s", place_quote(place->json, quote), low_size, low_text,
                            high_size, high_text);
    }
    *scaled = given;
    return 0;
}
