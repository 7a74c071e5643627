#include "gateway/wire/decode.h"

#include <cjson/cJSON.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/wire/entry.h"
#include "gateway/wire/forms.h"
#include "gateway/wire/guard.h"
#include "gateway/wire/line.h"
#include "gateway/wire/scan.h"
#include "instruments/check.h"

/* cJSON takes a 64-byte node for every value and a copy of every string. The most that one byte of a line can ask for
 * is 32 bytes: an array of single digits, two bytes and one node each. */
enum { arena_size = 48 * line_size_max, line_padding = 2 };
_Static_assert(sizeof(cJSON) <= 64, "the arena is sized for nodes of 64 bytes");

struct decoder {
    const cJSON *root;          /* of the line of the last decode_head; lies in the arena. NULL = not parsed (yet) */
    const char *given;          /* that line, where the caller has it; NULL = it was refused */
    uint32_t given_size;
    uint32_t is_scanned;        /* 1: `scan` has its members */
    enum decoder_way way;
    struct scan scan;
    struct entry_guesses guesses;
    size_t arena_used;
    char line[line_size_max + line_padding];
    alignas(16) char arena[arena_size];
};

/* ---- the arena, and the parser on top of it ---- */

/* cJSON's allocator has no argument to carry this. Set while a line is parsed. */
static struct decoder *active;

static void *arena_take(size_t size) {
    size_t rounded = (size + 15) & ~(size_t)15;
    if (rounded > arena_size - active->arena_used) return NULL;
    void *memory = active->arena + active->arena_used;
    active->arena_used += rounded;
    return memory;
}

static void arena_give(void *memory) { (void)memory; }

/* The line of the last decode_head. NULL when the parser refuses, which after the guard it has no reason to. The two
 * zero bytes behind the line keep a parser that looks ahead inside the buffer. */
static const cJSON *parse(struct decoder *decoder) {
    const uint32_t size = decoder->given_size;
    memcpy(decoder->line, decoder->given, size);
    memset(decoder->line + size, 0, line_padding);
    decoder->arena_used = 0;
    active = decoder;
    cJSON_Hooks hooks = {.malloc_fn = arena_take, .free_fn = arena_give};
    cJSON_InitHooks(&hooks);
    const cJSON *root = cJSON_ParseWithLengthOpts(decoder->line, size, NULL, 0);
    cJSON_InitHooks(NULL);
    active = NULL;
    return root;
}

size_t decoder_size(void) { return sizeof(struct decoder); }

struct decoder *decoder_init(void *memory) { return decoder_init_for(memory, DECODER_BOTH_WAYS); }

struct decoder *decoder_init_for(void *memory, enum decoder_way way) {
    struct decoder *decoder = memory;
    CHECK(decoder != NULL);
    decoder->root = NULL;
    decoder->given = NULL;
    decoder->given_size = decoder->is_scanned = 0;
    decoder->way = way;
    decoder->guesses = (struct entry_guesses){.instruments = {0}};
    decoder->arena_used = 0;
    return decoder;
}

/* ---- errors ---- */

/* Cuts `text` to fewer than `size` bytes, between two characters. */
static void copy_cut(char *out, size_t size, const char *text) {
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
    }
    memcpy(out, text, length);
    out[length] = '\0';
}

__attribute__((format(printf, 4, 0)))
static void set_error(struct decode_error *error, uint16_t reason, const char *field, const char *format,
                      va_list arguments) {
    char text[2 * decode_text_size];
    vsnprintf(text, sizeof text, format, arguments);
    error->reason = reason;
    copy_cut(error->field, sizeof error->field, field);
    copy_cut(error->text, sizeof error->text, text);
}

__attribute__((format(printf, 4, 5)))
static int fail(struct decode_error *error, uint16_t reason, const char *field, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    set_error(error, reason, field, format, arguments);
    va_end(arguments);
    return -1;
}

int body_refuse(struct body *body, uint16_t reason, const char *field, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    set_error(body->error, reason, field, format, arguments);
    va_end(arguments);
    return -1;
}

void decode_error_too_long(struct decode_error *error) {
    (void)fail(error, REJECT_MESSAGE_TOO_LONG, "", "a message has at most %d bytes with its line end; the connection is"
               " closed", line_size_max);
}

void decode_error_not_logged_on(struct decode_error *error, enum request_type type) {
    const char *name = request_name(type);
    (void)fail(error, REJECT_NOT_LOGGED_ON, "", "%s needs a logon first", name == NULL ? "this request" : name);
}

void decode_error_not_authorised(struct decode_error *error, enum request_type type, enum role role) {
    static const char *const roles[] = {
#define XX(name, text) text,
        ROLE_MAP(XX)
#undef XX
    };
    CHECK(role < ROLE_COUNT);
    (void)fail(error, REJECT_NOT_AUTHORISED, "", "%s needs the role %s, and this user is %s %s", request_name(type),
               access_name(request_access(type)), strchr("ao", roles[role][0]) != NULL ? "an" : "a", roles[role]);
}

/* ---- step 1: the line, its type, its req_id ---- */

/* A member of an object by its exact name. */
static const cJSON *find_member(const cJSON *object, const char *name) {
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (strcmp(item->string, name) == 0) return item;
    }
    return NULL;
}

/* Writes one character of a JSON string, escaped where it must be; returns the bytes written, at most 6. */
static uint32_t escape_byte(char *out, unsigned char byte) {
    static const char hex[] = "0123456789abcdef";
    if (byte == '"' || byte == '\\') {
        out[0] = '\\';
        out[1] = (char)byte;
        return 2;
    }
    if (byte >= 0x20) {
        out[0] = (char)byte;
        return 1;
    }
    memcpy(out, "\\u00", 4);
    out[4] = hex[byte >> 4];
    out[5] = hex[byte & 15];
    return 6;
}

static uint32_t count_characters(const char *text) {
    uint32_t count = 0;
    for (; *text != '\0'; text++) count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* Takes the req_id over as JSON. 0, or -1 when it is neither a short string nor an integer. */
static int read_id(const cJSON *item, struct request_id *id) {
    if (cJSON_IsString(item)) {
        const char *text = item->valuestring;
        if (count_characters(text) > request_id_characters_max) return -1;
        uint32_t size = 0;
        id->json[size++] = '"';
        for (; *text != '\0'; text++) size += escape_byte(id->json + size, (unsigned char)*text);
        id->json[size++] = '"';
        CHECK(size <= request_id_json_size);
        id->size = (uint8_t)size;
        return 0;
    }
    if (!cJSON_IsNumber(item)) return -1;
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%lld", (long long)item->valuedouble);
    memcpy(id->json, digits, (size_t)size);
    id->size = (uint8_t)size;
    return 0;
}

/* The same from the line itself, where there is nothing to escape, and every byte is a character. */
static void take_id(const struct scan_value *value, struct request_id *id) {
    if (value->kind == SCAN_INTEGER) {
        memcpy(id->json, value->text, value->size);
        id->size = (uint8_t)value->size;
    } else if (value->kind == SCAN_STRING && value->size <= request_id_characters_max) {
        memcpy(id->json, value->text - 1, value->size + 2);
        id->size = (uint8_t)(value->size + 2);
    }
}

/* Nothing is said yet but perhaps type and req_id. */
static void clear_body(struct request *request) {
    request->command = (struct command){.kind = 0};
    request->words.symbol[0] = request->words.price[0] = request->words.stop[0] = '\0';
    request->words.client[0] = request->words.session[0] = '\0';
    request->words.quantity[0] = request->words.display[0] = request->words.min[0] = '\0';
}

static void request_begin(struct request *request) {
    request->type = REQUEST_UNKNOWN;
    request->id.size = 0;
    clear_body(request);
}

static void read_head(const cJSON *root, struct request *request) {
    const cJSON *type = find_member(root, "type"), *id = find_member(root, "req_id");
    if (type != NULL && cJSON_IsString(type)) {
        request->type = request_find(type->valuestring, (uint32_t)strlen(type->valuestring));
    }
    if (id != NULL) (void)read_id(id, &request->id);
}

static void take_head(const struct scan *scan, struct request *request) {
    const struct scan_value *type = scan_find(scan, MEMBER_TYPE), *id = scan_find(scan, MEMBER_REQ_ID);
    if (type != NULL && type->kind == SCAN_STRING) request->type = request_find(type->text, type->size);
    if (id != NULL) take_id(id, &request->id);
}

int decode_head(struct decoder *decoder, const char *line, uint32_t size, struct request *request,
                struct decode_error *error) {
    CHECK(size <= line_size_max);
    struct guard_error guard;
    decoder->root = NULL;
    decoder->given = line;
    decoder->given_size = size;
    request_begin(request);
    decoder->is_scanned = decoder->way == DECODER_BOTH_WAYS && scan_line(line, size, &decoder->scan);
    if (decoder->is_scanned) {
        take_head(&decoder->scan, request);
        return 0;
    }
    if (json_guard(line, size, &guard_limits_line, &guard) != 0) {
        decoder->given = NULL;
        return fail(error, REJECT_MALFORMED_REQUEST, "", "%s, at byte %zu", guard_reason_text(guard.reason),
                    guard.offset);
    }
    decoder->root = parse(decoder);
    if (decoder->root == NULL) return fail(error, REJECT_MALFORMED_REQUEST, "", "not JSON, at byte 0");
    read_head(decoder->root, request);
    return 0;
}

/* ---- step 2: the members ---- */

static int refuse_type(const struct decoder *decoder, struct decode_error *error) {
    const cJSON *type = find_member(decoder->root, "type");
    if (type == NULL) return fail(error, REJECT_MISSING_FIELD, "type", "a request has a type");
    if (!cJSON_IsString(type)) return fail(error, REJECT_BAD_VALUE, "type", "the type of a request is a string");
    char name[decode_field_size];
    copy_cut(name, sizeof name, type->valuestring);
    return fail(error, REJECT_UNKNOWN_TYPE, "type", "there is no request \"%s\"", name);
}

/* Sorts the members into the fields of the form; 1207 for the first that has none. */
static int assign_members(struct body *body, const cJSON *root) {
    for (const cJSON *item = root->child; item != NULL; item = item->next) {
        uint32_t i = 0;
        while (i < body->form->fields_count && strcmp(body->form->fields[i].name, item->string) != 0) i++;
        if (i < body->form->fields_count) {
            body->members[i] = item;
        } else if (strcmp(item->string, "type") != 0 && strcmp(item->string, "req_id") != 0) {
            char name[decode_field_size];
            copy_cut(name, sizeof name, item->string);
            return body_refuse(body, REJECT_UNKNOWN_FIELD, item->string, "%s has no member \"%s\"",
                               request_name(body->request->type), name);
        }
    }
    return 0;
}

static int check_complete(struct body *body) {
    for (uint32_t i = 0; i < body->form->fields_count; i++) {
        const struct field *field = &body->form->fields[i];
        if (field->presence != REQUIRED || body->members[i] != NULL) continue;
        return body_refuse(body, REJECT_MISSING_FIELD, field->name, "%s needs %s", request_name(body->request->type),
                           field->name);
    }
    return body->form->complete == NULL ? 0 : body->form->complete(body);
}

static int read_members(struct body *body, const cJSON *root) {
    if (find_member(root, "req_id") != NULL && body->request->id.size == 0) {
        return body_refuse(body, REJECT_BAD_VALUE, "req_id", "req_id is an integer or a string of at most %d"
                           " characters", request_id_characters_max);
    }
    for (uint32_t i = 0; i < body->form->fields_count; i++) {
        const struct field *field = &body->form->fields[i];
        if (body->members[i] != NULL && field->read(body, body->members[i], field->name) != 0) return -1;
    }
    return body->form->finish == NULL ? 0 : body->form->finish(body);
}

/* By the form of its type. */
static int decode_by_form(struct decoder *decoder, const struct exchange *exchange, uint32_t participant,
                          struct request *request, struct decode_error *error) {
    if (request->type == REQUEST_UNKNOWN) return refuse_type(decoder, error);
    if (request_availability(request->type) == LATER) {
        return fail(error, REJECT_NOT_AVAILABLE, "type", "%s is not available yet", request_name(request->type));
    }
    struct body body = {.exchange = exchange, .participant = participant, .request = request,
                        .form = form_of(request->type), .instrument = NAME_NONE, .error = error};
    CHECK(body.form->fields_count <= form_fields_max);
    if (body.form->begin != NULL) body.form->begin(request);
    if (assign_members(&body, decoder->root) != 0 || check_complete(&body) != 0) return -1;
    if (read_members(&body, decoder->root) != 0) return -1;
    if (body.unknown_name.reason == 0 && body.later.reason == 0) return 0;
    *error = body.unknown_name.reason != 0 ? body.unknown_name : body.later;
    return -1;
}

int decode_body(struct decoder *decoder, const struct exchange *exchange, uint32_t participant,
                struct request *request, struct decode_error *error) {
    CHECK(decoder->given != NULL);
    if (decoder->is_scanned) {
        const struct entry entry = {.scan = &decoder->scan, .exchange = exchange, .guesses = &decoder->guesses,
                                    .participant = participant};
        if (entry_read(&entry, request) == ENTRY_READ) return 0;
        clear_body(request);
        decoder->root = parse(decoder);
        if (decoder->root == NULL) return fail(error, REJECT_MALFORMED_REQUEST, "", "not JSON, at byte 0");
    }
    return decode_by_form(decoder, exchange, participant, request, error);
}
