/* json.h - writes JSON, member by member, into a line. Private to the encoders.
 *
 * A line is begun, filled and ended; there is no tree. Digits are written two at a time, texts eight bytes at a time,
 * and the second of a time stamp is kept from one message to the next. Strings are escaped as JSON asks; bytes beyond
 * ASCII pass as they are: every text that gets here is valid UTF-8, since nothing else passes the guard. The bound is a
 * CHECK, because every message is known to fit. */
#ifndef BIRZHA_WIRE_JSON_H
#define BIRZHA_WIRE_JSON_H

#include <stdint.h>
#include <string.h>

#include "gateway/wire/line.h"
#include "gateway/wire/request.h"
#include "instruments/check.h"
#include "instruments/instrument.h"

struct json {
    char *out;              /* line_size_max bytes */
    uint32_t size;
};

static inline void json_raw(struct json *json, const char *text, size_t size) {
    CHECK(size <= line_size_max - json->size);
    memcpy(json->out + json->size, text, size);
    json->size += (uint32_t)size;
}

/* For constants: the length is known when this is compiled. */
static inline void json_put(struct json *json, const char *text) { json_raw(json, text, strlen(text)); }

/* ,"name": for a constant name that is not the first in its object: one copy, and no look at what stands before. */
#define JSON_NEXT(json, name) json_raw(json, ",\"" name "\":", sizeof ",\"" name "\":" - 1)

/* A whole member whose value is one of few texts. More is copied than is kept, so that the copy has a fixed size. */
enum { json_piece_size = 40 };
struct json_piece {
    char text[json_piece_size];
    uint32_t size;
};
#define JSON_PIECE(name, value) {",\"" name "\":\"" value "\"", sizeof ",\"" name "\":\"" value "\"" - 1},

static inline void json_piece(struct json *json, const struct json_piece *piece) {
    CHECK(json_piece_size <= line_size_max - json->size && piece->size <= json_piece_size);
    memcpy(json->out + json->size, piece->text, json_piece_size);
    json->size += piece->size;
}

/* ,"name": - or without the comma behind { [ and at the start. */
static inline void json_name(struct json *json, const char *name) {
    char before = json->size == 0 ? '{' : json->out[json->size - 1];
    json_put(json, before == '{' || before == '[' ? "\"" : ",\"");
    json_put(json, name);
    json_put(json, "\":");
}

/* A comma, unless the element is the first. For arrays. */
static inline void json_separate(struct json *json) {
    char before = json->out[json->size - 1];
    if (before != '[' && before != '{') json_put(json, ",");
}

/* Values. */
void json_string(struct json *json, const char *text, uint32_t size);
void json_field(struct json *json, const char *field, uint32_t field_size);     /* NUL-padded */
void json_id(struct json *json, uint64_t id);                                   /* a string of digits */
void json_unsigned(struct json *json, uint64_t value);
void json_price(struct json *json, const struct instrument *instrument, price at);
void json_money(struct json *json, money amount);
void json_date(struct json *json, int32_t date);
void json_decimal(struct json *json, int64_t scaled, uint32_t places);

/* Members. */
void json_member_text(struct json *json, const char *name, const char *text);               /* NUL-terminated */
void json_member_field(struct json *json, const char *name, const char *field, uint32_t field_size);   /* NUL-padded */
void json_member_unsigned(struct json *json, const char *name, uint64_t value);
void json_member_id(struct json *json, const char *name, uint64_t id);                      /* a string of digits */
void json_member_flag(struct json *json, const char *name, int flag);
void json_member_price(struct json *json, const char *name, const struct instrument *instrument, price at);
void json_member_money(struct json *json, const char *name, money amount);
void json_member_date(struct json *json, const char *name, int32_t date);

/* {"type":"...","req_id":... */
struct json json_begin(char *out, const char *type, const struct request_id *id);
/* ,"req_id":... where the request has one. */
void json_request_id(struct json *json, const struct request_id *id);
/* ,"ts":"..."}\n ; gives the size of the line. */
uint32_t json_end(struct json *json, int64_t time_ns);

#endif
