/* encode_internal.h - what the files of the encoder share. Private to encode*.c. */
#ifndef BIRZHA_WIRE_ENCODE_INTERNAL_H
#define BIRZHA_WIRE_ENCODE_INTERNAL_H

#include "gateway/wire/encode.h"
#include "gateway/wire/json.h"

/* ,"reason":"...","code":N and, where there is one, ,"rule":"..." */
void encode_reason(struct json *json, uint16_t reason);
/* The same with the rule that the caller knows better; "" = none. */
void encode_reason_of(struct json *json, uint16_t reason, const char *rule);

const char *deal_class_name(enum deal_class deal_class);

/* A row of a list: an object is opened in a line that has room for row_size_max bytes more, and closed again. */
enum { row_size_max = 4096 };
struct json list_row_begin(struct list *list);
void list_row_end(struct list *list, struct json *json);

#endif
