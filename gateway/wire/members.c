#include "gateway/wire/members.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/wire/figures.h"
#include "instruments/check.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

const char *quote(const char *text, char out[quote_size]) {
    size_t size = strnlen(text, quote_size);
    if (size == quote_size) {
        size = quote_size - 4;
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80) size--;
        memcpy(out, text, size);
        memcpy(out + size, "...", 4);
        return out;
    }
    memcpy(out, text, size);
    out[size] = '\0';
    return out;
}

__attribute__((format(printf, 4, 0)))
static void remember(struct decode_error *error, uint16_t reason, const char *field, const char *format,
                     va_list arguments) {
    if (error->reason != 0) return;
    error->reason = reason;
    snprintf(error->field, sizeof error->field, "%s", field);
    vsnprintf(error->text, sizeof error->text, format, arguments);
}

void body_unknown_name(struct body *body, uint16_t reason, const char *field, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    remember(&body->unknown_name, reason, field, format, arguments);
    va_end(arguments);
}

void body_later(struct body *body, const char *field, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    remember(&body->later, REJECT_NOT_AVAILABLE, field, format, arguments);
    va_end(arguments);
}

static int bad_kind(struct body *body, const char *field, const char *kind) {
    return body_refuse(body, REJECT_BAD_VALUE, field, "%s is %s", field, kind);
}

/* ---- the plain kinds ---- */

int member_text(struct body *body, const cJSON *item, const char *field, uint32_t size_min, uint32_t size_max,
                const char **text) {
    if (!cJSON_IsString(item)) return bad_kind(body, field, "a string");
    size_t size = strlen(item->valuestring);
    if (size < size_min || size > size_max) {
        return body_refuse(body, REJECT_BAD_VALUE, field, "%s has %zu bytes, %" PRIu32 " to %" PRIu32 " are allowed",
                           field, size, size_min, size_max);
    }
    *text = item->valuestring;
    return 0;
}

int member_integer(struct body *body, const cJSON *item, const char *field, int64_t low, int64_t high,
                   int64_t *integer) {
    if (!cJSON_IsNumber(item)) return bad_kind(body, field, "an integer");
    /* Exact: the guard let no integer pass that this type cannot hold. */
    int64_t value = (int64_t)item->valuedouble;
    if (value < low || value > high) {
        return body_refuse(body, REJECT_BAD_VALUE, field, "%s is %" PRId64 ", %" PRId64 " to %" PRId64 " are allowed",
                           field, value, low, high);
    }
    *integer = value;
    return 0;
}

int member_flag(struct body *body, const cJSON *item, const char *field, uint32_t *flag) {
    if (!cJSON_IsBool(item)) return bad_kind(body, field, "true or false");
    *flag = cJSON_IsTrue(item) ? 1 : 0;
    return 0;
}

int member_choice(struct body *body, const cJSON *item, const char *field, const char *const *names,
                  uint32_t names_count, uint32_t *index) {
    char list[160], given[quote_size];
    int size = 0;
    for (uint32_t i = 0; i < names_count; i++) {
        if (cJSON_IsString(item) && strcmp(item->valuestring, names[i]) == 0) {
            *index = i;
            return 0;
        }
        const char *comma = i == 0 ? "" : i + 1 == names_count ? " or " : ", ";
        size += snprintf(list + size, sizeof list - (size_t)size, "%s%s", comma, names[i]);
        CHECK(size > 0 && size < (int)sizeof list);
    }
    if (!cJSON_IsString(item)) return bad_kind(body, field, list);
    return body_refuse(body, REJECT_BAD_VALUE, field, "%s is %s, not \"%s\"", field, list,
                       quote(item->valuestring, given));
}

int member_date(struct body *body, const cJSON *item, const char *field, int32_t *date) {
    char given[quote_size];
    int32_t value;
    if (!cJSON_IsString(item)) return bad_kind(body, field, "a date such as \"2021-06-28\"");
    if (!date_parse(item->valuestring, (uint32_t)strlen(item->valuestring), &value)) {
        return body_refuse(body, REJECT_BAD_VALUE, field, "%s is a date such as 2021-06-28, not \"%s\"", field,
                           quote(item->valuestring, given));
    }
    if (!calendar_covers(value)) {
        return body_refuse(body, REJECT_BAD_VALUE, field, "%s is %s, and the calendar goes from %d to %d", field,
                           item->valuestring, calendar_year_first, calendar_year_last);
    }
    *date = value;
    return 0;
}

/* ---- ids ---- */

static int is_id_byte(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_' || byte == '.' || byte == '-';
}

int member_id(struct body *body, const cJSON *item, const char *field, char *out, uint32_t size) {
    const char *text = cJSON_IsString(item) ? item->valuestring : "";
    size_t text_size = 0;
    while (text[text_size] != '\0' && is_id_byte(text[text_size])) text_size++;
    if (text_size == 0 || text_size > size || text[text_size] != '\0') {
        char given[quote_size];
        return body_refuse(body, REJECT_BAD_VALUE, field, "%s is a string of 1 to %" PRIu32 " of A-Z a-z 0-9 _ . -"
                           "%s%s%s", field, size, text[0] == '\0' ? "" : ", not \"", quote(text, given),
                           text[0] == '\0' ? "" : "\"");
    }
    name_set(out, size, text, (uint32_t)text_size);
    return 0;
}

int member_order_name(struct body *body, const cJSON *item, const char *field, char out[client_order_id_size]) {
    return member_id(body, item, field, out, client_order_id_size);
}

int member_order_id(struct body *body, const cJSON *item, const char *field, uint64_t *order_id) {
    if (!cJSON_IsString(item) || item->valuestring[0] == '\0') {
        return bad_kind(body, field, "a string, as it stands in a report");
    }
    *order_id = figure_order_id(item->valuestring, (uint32_t)strlen(item->valuestring));
    return 0;
}

/* ---- quantities, prices, money ---- */

int member_lots(struct body *body, const cJSON *item, const char *field, uint32_t *lots,
                char words[request_word_size]) {
    int64_t value = 0;
    if (!cJSON_IsNumber(item)) return bad_kind(body, field, "an integer number of lots");
    if (member_integer(body, item, field, INT64_MIN, INT64_MAX, &value) != 0) return -1;
    *lots = figure_lots(value);
    snprintf(words, request_word_size, "%" PRId64, value);
    return 0;
}

int member_price(struct body *body, const cJSON *item, const char *field, uint32_t *ticks,
                 char words[request_word_size]) {
    char digits[24], given[quote_size];
    const char *text = digits;
    if (cJSON_IsString(item)) text = item->valuestring;
    else if (cJSON_IsNumber(item)) snprintf(digits, sizeof digits, "%" PRId64, (int64_t)item->valuedouble);
    else return bad_kind(body, field, "a decimal string such as \"2700.00\", or an integer");
    const struct instrument *instrument = NULL;
    if (body->instrument < exchange_instruments_count(body->exchange)) {
        instrument = exchange_instrument(body->exchange, body->instrument);
    }
    if (figure_ticks(instrument, text, (uint32_t)strlen(text), ticks) != 0) {
        return body_refuse(body, REJECT_BAD_VALUE, field, "%s is a decimal such as 2700.00, not \"%s\"", field,
                           quote(text, given));
    }
    snprintf(words, request_word_size, "%s", text);
    return 0;
}

int member_money(struct body *body, const cJSON *item, const char *field, int64_t *minor) {
    char given[quote_size];
    int64_t value;
    if (!cJSON_IsString(item)) return bad_kind(body, field, "a decimal string such as \"1000.00\"");
    const char *text = item->valuestring;
    if (decimal_parse(text, (uint32_t)strlen(text), 2, &value) != DECIMAL_OK || value <= 0 ||
        value > VALUE_MINOR_MAX) {
        return body_refuse(body, REJECT_BAD_VALUE, field, "%s is an amount above 0 with at most two decimals and at"
                           " most 46000000000000.00, not \"%s\"", field, quote(text, given));
    }
    *minor = value;
    return 0;
}

/* ---- names of the world ---- */

typedef uint32_t find_name(const struct exchange *exchange, const char *text, uint32_t size);

static int find_by(struct body *body, const cJSON *item, const char *field, uint32_t size_max, find_name *find,
                   uint32_t *index) {
    if (!cJSON_IsString(item)) return bad_kind(body, field, "a string");
    size_t size = strlen(item->valuestring);
    *index = size == 0 || size > size_max ? NAME_NONE : find(body->exchange, item->valuestring, (uint32_t)size);
    return 0;
}

int member_instrument(struct body *body, const cJSON *item, const char *field, uint32_t *index) {
    return find_by(body, item, field, symbol_size, exchange_find_instrument, index);
}

int member_session(struct body *body, const cJSON *item, const char *field, uint32_t *index) {
    return find_by(body, item, field, session_id_size, exchange_find_session, index);
}

int member_participant(struct body *body, const cJSON *item, const char *field, uint32_t *index) {
    char given[quote_size];
    if (find_by(body, item, field, participant_id_size, exchange_find_participant, index) != 0) return -1;
    if (*index == NAME_NONE) {
        body_unknown_name(body, REJECT_UNKNOWN_PARTICIPANT, field, "there is no participant \"%s\"",
                          quote(item->valuestring, given));
    }
    return 0;
}

int member_section(struct body *body, const cJSON *item, const char *field, uint32_t *section) {
    static const char *const names[] = {
#define XX(name, text) text,
        SECTION_MAP(XX)
#undef XX
    };
    return member_choice(body, item, field, names, SECTION_COUNT, section);
}
