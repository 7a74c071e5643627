/* forms.h - which members each request has, and how they are read. Private to decode.
 *
 * A form is a table of fields in the order of PROTOCOL.md. decode.c walks it: members that are in no row are refused
 * (1207), then required ones that are missing (1205, `complete` for those required by others), then every member is
 * read (1206), then `finish` looks at them together (1206). What only a later version can do is remembered on the
 * way and refused last (1211), and so is a name of the world that nobody bears (104, 101, 201) before it. */
#ifndef BIRZHA_WIRE_FORMS_H
#define BIRZHA_WIRE_FORMS_H

#include <cjson/cJSON.h>

#include "engine/exchange.h"
#include "gateway/wire/decode.h"
#include "gateway/wire/request.h"

enum { form_fields_max = 20 };

struct form;

/* A request on its way to being understood. */
struct body {
    const struct exchange *exchange;
    uint32_t participant;
    struct request *request;
    const struct form *form;
    const cJSON *members[form_fields_max];  /* by field; NULL = not given */
    uint32_t instrument;                    /* whose ticks prices are in; NAME_NONE = none known */
    struct decode_error *error;
    struct decode_error unknown_name, later;   /* reason 0 = nothing of the kind */
};

/* Reads one member into the request. 0, or -1 and the error is set. */
typedef int field_read(struct body *body, const cJSON *item, const char *field);
enum presence { REQUIRED, OPTIONAL };

struct field {
    const char *name;
    enum presence presence;
    field_read *read;
};

struct form {
    const struct field *fields;
    uint32_t fields_count;
    void (*begin)(struct request *request);     /* what holds where nothing is said; NULL = all zero */
    int (*complete)(struct body *body);         /* 1205 that depends on other members; NULL = none */
    int (*finish)(struct body *body);           /* members together; NULL = nothing to do */
};

/* The form of a type that is offered. */
const struct form *form_of(enum request_type type);

/* Sets the error and returns -1. `field` may be "". */
__attribute__((format(printf, 4, 5)))
int body_refuse(struct body *body, uint16_t reason, const char *field, const char *format, ...);

#endif
