#include "gateway/wire/json.h"

#include "instruments/calendar.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"

static int is_plain(unsigned char byte) { return byte >= 0x20 && byte != '"' && byte != '\\'; }

static void put_escape(struct json *json, unsigned char byte) {
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    const char *found = byte == 0 ? NULL : strchr("\"\\\nn\rr\tt", byte);
    if (found == NULL) {
        json_raw(json, text, sizeof text);
        return;
    }
    text[1] = byte >= 0x20 ? (char)byte : found[1];
    json_raw(json, text, 2);
}

void json_string(struct json *json, const char *text, uint32_t size) {
    json_put(json, "\"");
    uint32_t begin = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (is_plain((unsigned char)text[i])) continue;
        json_raw(json, text + begin, i - begin);
        put_escape(json, (unsigned char)text[i]);
        begin = i + 1;
    }
    json_raw(json, text + begin, size - begin);
    json_put(json, "\"");
}

void json_unsigned(struct json *json, uint64_t value) {
    char digits[20];
    uint32_t begin = sizeof digits;
    do digits[--begin] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    json_raw(json, digits + begin, sizeof digits - begin);
}

void json_decimal(struct json *json, int64_t scaled, uint32_t places) {
    char text[decimal_text_size_max];
    json_put(json, "\"");
    json_raw(json, text, decimal_format(scaled, places, text));
    json_put(json, "\"");
}

void json_price(struct json *json, const struct instrument *instrument, price at) {
    json_decimal(json, instrument->tick_scaled * at.ticks, instrument->price_places);
}

void json_money(struct json *json, money amount) { json_decimal(json, amount.minor, 2); }

void json_date(struct json *json, int32_t date) {
    char text[10];
    date_format(date, text);
    json_string(json, text, sizeof text);
}

/* ---- members ---- */

void json_member_text(struct json *json, const char *name, const char *text) {
    json_name(json, name);
    json_string(json, text, (uint32_t)strlen(text));
}

void json_member_field(struct json *json, const char *name, const char *field, uint32_t field_size) {
    json_name(json, name);
    json_string(json, field, name_size(field, field_size));
}

void json_member_unsigned(struct json *json, const char *name, uint64_t value) {
    json_name(json, name);
    json_unsigned(json, value);
}

void json_member_id(struct json *json, const char *name, uint64_t id) {
    json_name(json, name);
    json_put(json, "\"");
    json_unsigned(json, id);
    json_put(json, "\"");
}

void json_member_flag(struct json *json, const char *name, int flag) {
    json_name(json, name);
    json_put(json, flag ? "true" : "false");
}

void json_member_price(struct json *json, const char *name, const struct instrument *instrument, price at) {
    json_name(json, name);
    json_price(json, instrument, at);
}

void json_member_money(struct json *json, const char *name, money amount) {
    json_name(json, name);
    json_money(json, amount);
}

void json_member_date(struct json *json, const char *name, int32_t date) {
    json_name(json, name);
    json_date(json, date);
}

/* ---- lines ---- */

struct json json_begin(char *out, const char *type, const struct request_id *id) {
    struct json json = {.out = out, .size = 0};
    json_put(&json, "{");
    json_member_text(&json, "type", type);
    if (id != NULL && id->size > 0) {
        json_name(&json, "req_id");
        json_raw(&json, id->json, id->size);
    }
    return json;
}

uint32_t json_end(struct json *json, int64_t time_ns) {
    char text[timestamp_text_size];
    timestamp_format(time_ns, text);
    json_name(json, "ts");
    json_string(json, text, sizeof text);
    json_put(json, "}\n");
    return json->size;
}
