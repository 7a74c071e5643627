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

/* ---- texts ---- */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a word is its lowest");

/* The high bit of every byte that cannot stand in a string as it is; beyond the first of them it may be wrong. */
static inline uint64_t special_bytes(uint64_t word) {
    uint64_t quote = word ^ EACH('"'), backslash = word ^ EACH('\\');
    uint64_t control = (word - EACH(0x20)) & ~word;
    return (control | ((quote - EACH(1)) & ~quote) | ((backslash - EACH(1)) & ~backslash)) & EACH(0x80);
}

/* Copies the first plain bytes of `text`, of at most `size`, to `out`, which has room for 7 more; gives their number.
 */
static inline uint32_t copy_plain(char *out, const char *text, uint32_t size) {
    uint32_t at = 0;
    for (; at + 8 <= size; at += 8) {
        uint64_t word;
        memcpy(&word, text + at, sizeof word);
        memcpy(out + at, &word, sizeof word);
        uint64_t special = special_bytes(word);
        if (special != 0) return at + (uint32_t)__builtin_ctzll(special) / 8;
    }
    for (; at < size && is_plain((unsigned char)text[at]); at++) out[at] = text[at];
    return at;
}

void json_string(struct json *json, const char *text, uint32_t size) {
    json_put(json, "\"");
    for (;;) {
        CHECK(size + 8 <= line_size_max - json->size);
        uint32_t plain = copy_plain(json->out + json->size, text, size);
        json->size += plain;
        if (plain == size) break;
        put_escape(json, (unsigned char)text[plain]);
        text += plain + 1;
        size -= plain + 1;
    }
    json_put(json, "\"");
}

void json_field(struct json *json, const char *field, uint32_t field_size) {
    CHECK(field_size + 16 <= line_size_max - json->size);
    char *out = json->out + json->size;
    uint32_t plain = copy_plain(out + 1, field, field_size);
    if (plain < field_size && field[plain] != '\0') {
        json_string(json, field, name_size(field, field_size));
        return;
    }
    out[0] = out[plain + 1] = '"';
    json->size += plain + 2;
}

/* ---- numbers ---- */

static const char pairs[201] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Digits of a number; 1 for 0. */
static inline uint32_t digits_count(uint64_t value) {
    uint32_t count = 1;
    for (; value >= 10000; value /= 10000) count += 4;
    return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

/* Writes the last `count` digits of a number so that they end before `end`. */
static inline void put_digits(char *end, uint64_t value, uint32_t count) {
    for (; count >= 2; count -= 2, value /= 100) memcpy(end -= 2, pairs + value % 100 * 2, 2);
    if (count > 0) end[-1] = (char)('0' + value % 10);
}

enum { digits_max = 20 };

void json_unsigned(struct json *json, uint64_t value) {
    CHECK(digits_max <= line_size_max - json->size);
    uint32_t count = digits_count(value);
    json->size += count;
    put_digits(json->out + json->size, value, count);
}

void json_id(struct json *json, uint64_t id) {
    CHECK(digits_max + 2 <= line_size_max - json->size);
    uint32_t count = digits_count(id);
    char *out = json->out + json->size;
    out[0] = out[count + 1] = '"';
    put_digits(out + 1 + count, id, count);
    json->size += count + 2;
}

/* "-12.50": a point before the last `places` digits, and at least one digit before the point. */
void json_decimal(struct json *json, int64_t scaled, uint32_t places) {
    CHECK(decimal_text_size_max + 2 <= line_size_max - json->size && places < digits_max - 1);
    uint64_t magnitude = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled, power = (uint64_t)decimal_power(places);
    uint64_t whole = magnitude / power;
    uint32_t count = digits_count(whole);
    char *out = json->out + json->size, *at = out;
    *at++ = '"';
    if (scaled < 0) *at++ = '-';
    at += count;
    put_digits(at, whole, count);
    if (places > 0) {
        *at = '.';
        at += 1 + places;
        put_digits(at, magnitude - whole * power, places);
    }
    *at++ = '"';
    json->size += (uint32_t)(at - out);
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
    json_field(json, field, field_size);
}

void json_member_unsigned(struct json *json, const char *name, uint64_t value) {
    json_name(json, name);
    json_unsigned(json, value);
}

void json_member_id(struct json *json, const char *name, uint64_t id) {
    json_name(json, name);
    json_id(json, id);
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

void json_request_id(struct json *json, const struct request_id *id) {
    if (id == NULL || id->size == 0) return;
    JSON_NEXT(json, "req_id");
    json_raw(json, id->json, id->size);
}

struct json json_begin(char *out, const char *type, const struct request_id *id) {
    struct json json = {.out = out, .size = 0};
    json_put(&json, "{");
    json_member_text(&json, "type", type);
    json_request_id(&json, id);
    return json;
}

/* Messages of the same second differ in nine digits; the rest is kept. Where clocks stand still that is always so. */
static _Thread_local struct {
    int64_t second;
    char text[timestamp_text_size];     /* "" = nothing kept */
} kept;

uint32_t json_end(struct json *json, int64_t time_ns) {
    enum { fraction_at = 20, fraction_size = 9 };
    static const char begin[] = ",\"ts\":\"", end[] = "\"}\n";
    char *out = json->out + json->size;
    CHECK(sizeof begin + timestamp_text_size + sizeof end <= line_size_max - json->size);
    int64_t second = time_ns / NS_PER_SECOND, rest_ns = time_ns % NS_PER_SECOND;
    if (rest_ns < 0) {
        second--;
        rest_ns += NS_PER_SECOND;
    }
    if (second != kept.second || kept.text[0] == '\0') {
        timestamp_format(second * NS_PER_SECOND, kept.text);
        kept.second = second;
    }
    memcpy(out, begin, sizeof begin - 1);
    out += sizeof begin - 1;
    memcpy(out, kept.text, timestamp_text_size);
    put_digits(out + fraction_at + fraction_size, (uint64_t)rest_ns, fraction_size);
    out += timestamp_text_size;
    memcpy(out, end, sizeof end - 1);
    json->size = (uint32_t)(out - json->out) + sizeof end - 1;
    return json->size;
}
