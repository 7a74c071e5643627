#include "gateway/wire/guard.h"

#include <string.h>

#include "instruments/check.h"

const struct guard_limits guard_limits_line = {.depth_max = 8, .members_count_max = 64};
const struct guard_limits guard_limits_file = {.depth_max = 16, .members_count_max = 512};

/* A name of an object that is still open. The hash is over the name as unescaped. */
struct name {
    uint32_t offset;            /* of its first byte, behind the quote */
    uint32_t size;              /* as written, escapes not resolved */
    uint32_t hash;
};

/* An object or array that is still open. */
struct level {
    uint64_t name_bits;         /* which hashes, modulo 64, its names have: most new names need no comparison */
    uint32_t names_begin;       /* its first name */
    uint32_t is_object;
};

/* What may come next. */
enum expectation {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END,        /* after [ */
    EXPECT_NAME,                /* after , in an object */
    EXPECT_NAME_OR_END,         /* after { */
    EXPECT_COMMA_OR_END,
};

struct guard {
    const uint8_t *text;
    size_t size, at;
    const struct guard_limits *limits;
    struct guard_error *error;
    uint32_t depth, names_count;
    struct level levels[guard_depth_max];
    struct name names[guard_names_count_max];
};

const char *guard_reason_text(enum guard_reason reason) {
    static const char *const texts[] = {
#define XX(name, text) text,
        GUARD_REASON_MAP(XX)
#undef XX
    };
    CHECK(reason < GUARD_REASON_COUNT);
    return texts[reason];
}

static int fail_at(struct guard *guard, enum guard_reason reason, size_t offset) {
    *guard->error = (struct guard_error){.reason = reason, .offset = offset};
    return -1;
}

static int fail(struct guard *guard, enum guard_reason reason) {
    return fail_at(guard, reason, guard->at);
}

/* ---- characters ---- */

static int is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

static void skip_blanks(struct guard *guard) {
    while (guard->at < guard->size) {
        uint8_t byte = guard->text[guard->at];
        if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n') return;
        guard->at++;
    }
}

static int is_continuation(const struct guard *guard, size_t at) {
    return at < guard->size && (guard->text[at] & 0xC0) == 0x80;
}

/* Size of the UTF-8 sequence at `at`, 0 when it is none: too short, overlong, a surrogate, beyond U+10FFFF. */
static uint32_t utf8_size(const struct guard *guard, size_t at) {
    uint8_t first = guard->text[at];
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !is_continuation(guard, at + 1)) return 0;
    uint8_t second = guard->text[at + 1];
    if (first < 0xE0) return 2;
    if (first == 0xE0 && second < 0xA0) return 0;
    if (first == 0xED && second > 0x9F) return 0;
    if (!is_continuation(guard, at + 2)) return 0;
    if (first < 0xF0) return 3;
    if (first == 0xF0 && second < 0x90) return 0;
    if (first == 0xF4 && second > 0x8F) return 0;
    return is_continuation(guard, at + 3) ? 4 : 0;
}

/* What stands where a token should be: says what is wrong with it as exactly as can be said. */
static int fail_character(struct guard *guard, enum guard_reason otherwise) {
    if (guard->at >= guard->size) return fail(guard, GUARD_TRUNCATED);
    uint8_t byte = guard->text[guard->at];
    if (byte == 0) return fail(guard, GUARD_NUL);
    if (byte < 0x20) return fail(guard, GUARD_CONTROL);
    if (utf8_size(guard, guard->at) == 0) return fail(guard, GUARD_UTF8);
    return fail(guard, otherwise);
}

static int hex_value(uint8_t byte) {
    if (is_digit(byte)) return byte - '0';
    if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
    return -1;
}

/* The four hex digits at `at`, or -1. The caller knows that they lie inside the text. */
static int32_t hex4(const uint8_t *digits) {
    int32_t value = 0;
    for (uint32_t i = 0; i < 4; i++) {
        int digit = hex_value(digits[i]);
        if (digit < 0) return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* ---- strings ---- */

static uint32_t hash_step(uint32_t hash, uint8_t byte) { return (hash ^ byte) * UINT32_C(16777619); }

/* Writes the UTF-8 of a code point; returns its size. */
static uint32_t utf8_encode(uint32_t code, uint8_t out[4]) {
    if (code < 0x80) { out[0] = (uint8_t)code; return 1; }
    uint32_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (uint32_t i = size - 1; i > 0; i--, code >>= 6) out[i] = (uint8_t)(0x80 | (code & 0x3F));
    out[0] = (uint8_t)(marks[size] | code);
    return size;
}

/* The character that the escape at `at` (a backslash, known to be valid) stands for, as UTF-8; *escape_size is what
 * it takes in the text. */
static uint32_t unescape(const uint8_t *at, uint8_t out[4], uint32_t *escape_size) {
    *escape_size = 2;
    switch (at[1]) {
    case 'b': out[0] = '\b'; return 1;
    case 'f': out[0] = '\f'; return 1;
    case 'n': out[0] = '\n'; return 1;
    case 'r': out[0] = '\r'; return 1;
    case 't': out[0] = '\t'; return 1;
    case 'u': break;
    default: out[0] = at[1]; return 1;
    }
    uint32_t code = (uint32_t)hex4(at + 2);
    *escape_size = 6;
    if (code >= 0xD800 && code <= 0xDBFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + ((uint32_t)hex4(at + 8) - 0xDC00);
        *escape_size = 12;
    }
    return utf8_encode(code, out);
}

/* guard->at is on a backslash. Validates the escape and passes it, without changing the hash. */
static int pass_escape(struct guard *guard) {
    const uint8_t *at = guard->text + guard->at;
    size_t left = guard->size - guard->at;
    if (left < 2) return fail_at(guard, GUARD_TRUNCATED, guard->size);
    if (at[1] != 'u') {
        if (at[1] == 0 || strchr("\"\\/bfnrt", at[1]) == NULL) return fail(guard, GUARD_ESCAPE);
        guard->at += 2;
        return 0;
    }
    if (left < 6) return fail_at(guard, GUARD_TRUNCATED, guard->size);
    int32_t code = hex4(at + 2);
    if (code < 0) return fail(guard, GUARD_ESCAPE);
    if (code == 0) return fail(guard, GUARD_NUL);
    if (code >= 0xDC00 && code <= 0xDFFF) return fail(guard, GUARD_SURROGATE);
    guard->at += 6;
    if (code < 0xD800 || code > 0xDBFF) return 0;
    int32_t low = left >= 12 && at[6] == '\\' && at[7] == 'u' ? hex4(at + 8) : -1;
    if (low < 0xDC00 || low > 0xDFFF) return fail_at(guard, GUARD_SURROGATE, guard->at - 6);
    guard->at += 6;
    return 0;
}

static uint32_t hash_unescaped(uint32_t hash, const uint8_t *at) {
    uint8_t bytes[4];
    uint32_t escape_size, size = unescape(at, bytes, &escape_size);
    for (uint32_t i = 0; i < size; i++) hash = hash_step(hash, bytes[i]);
    return hash;
}

/* guard->at is on the opening quote; passes the string. *hash, when wanted, is that of the string it stands for. */
static int pass_string(struct guard *guard, uint32_t *hash) {
    uint32_t running = UINT32_C(2166136261);
    guard->at++;
    while (guard->at < guard->size) {
        size_t begin = guard->at;
        uint8_t byte = guard->text[begin];
        if (byte == '"') {
            guard->at++;
            if (hash != NULL) *hash = running;
            return 0;
        }
        if (byte == '\\') {
            if (pass_escape(guard) != 0) return -1;
            if (hash != NULL) running = hash_unescaped(running, guard->text + begin);
            continue;
        }
        if (byte < 0x20) return fail(guard, byte == 0 ? GUARD_NUL : GUARD_CONTROL);
        uint32_t size = byte < 0x80 ? 1 : utf8_size(guard, begin);
        if (size == 0) return fail(guard, GUARD_UTF8);
        if (hash != NULL) {
            for (uint32_t i = 0; i < size; i++) running = hash_step(running, guard->text[begin + i]);
        }
        guard->at += size;
    }
    return fail(guard, GUARD_TRUNCATED);
}

/* ---- names ---- */

/* Whether two names, escapes resolved, are the same. Both are known to be valid. */
static int names_equal(const struct guard *guard, const struct name *a, const struct name *b) {
    const uint8_t *at[2] = {guard->text + a->offset, guard->text + b->offset};
    const uint8_t *const end[2] = {at[0] + a->size, at[1] + b->size};
    uint8_t bytes[2][4];
    uint32_t sizes[2];
    while (at[0] < end[0] && at[1] < end[1]) {
        for (uint32_t i = 0; i < 2; i++) {
            uint32_t used = 1;
            sizes[i] = 1;
            bytes[i][0] = *at[i];
            if (*at[i] == '\\') sizes[i] = unescape(at[i], bytes[i], &used);
            /* An escape may stand for several bytes: compare the other's raw ones with it as a whole. */
            else if (*at[i] >= 0xC0) {
                sizes[i] = used = utf8_size(guard, (size_t)(at[i] - guard->text));
                memcpy(bytes[i], at[i], used);
            }
            at[i] += used;
        }
        if (sizes[0] != sizes[1] || memcmp(bytes[0], bytes[1], sizes[0]) != 0) return 0;
    }
    return at[0] == end[0] && at[1] == end[1];
}

static int add_name(struct guard *guard, const struct name *name) {
    struct level *level = &guard->levels[guard->depth - 1];
    size_t quote = name->offset - 1;
    uint32_t count = guard->names_count - level->names_begin;
    if (count >= guard->limits->members_count_max || guard->names_count >= guard_names_count_max) {
        return fail_at(guard, GUARD_MEMBERS, quote);
    }
    uint64_t bit = UINT64_C(1) << ((name->hash ^ name->hash >> 16) & 63);
    if (level->name_bits & bit) {
        for (uint32_t i = level->names_begin; i < guard->names_count; i++) {
            if (guard->names[i].hash != name->hash) continue;
            if (names_equal(guard, &guard->names[i], name)) return fail_at(guard, GUARD_DUPLICATE_NAME, quote);
        }
    }
    level->name_bits |= bit;
    guard->names[guard->names_count++] = *name;
    return 0;
}

/* A name and its colon. */
static int pass_name(struct guard *guard) {
    if (guard->at >= guard->size || guard->text[guard->at] != '"') return fail_character(guard, GUARD_SYNTAX);
    struct name name = {.offset = (uint32_t)guard->at + 1};
    if (pass_string(guard, &name.hash) != 0) return -1;
    name.size = (uint32_t)guard->at - 1 - name.offset;
    if (add_name(guard, &name) != 0) return -1;
    skip_blanks(guard);
    if (guard->at >= guard->size || guard->text[guard->at] != ':') return fail_character(guard, GUARD_SYNTAX);
    guard->at++;
    return 0;
}

/* ---- numbers and words ---- */

/* Bytes that can be part of something that was meant as a number or a word. */
static int is_word_byte(uint8_t byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '.' ||
           byte == '+' || byte == '-' || byte == '_';
}

static int pass_number(struct guard *guard) {
    size_t begin = guard->at, at = begin;
    if (guard->text[at] == '-') at++;
    size_t digits = at;
    uint64_t value = 0;
    while (at < guard->size && is_digit(guard->text[at])) {
        /* Stops growing far beyond the range and far below the end of 64 bits. */
        if (value <= INT64_C(1) << 53) value = value * 10 + (uint32_t)(guard->text[at] - '0');
        at++;
    }
    int leading_zero = at - digits > 1 && guard->text[digits] == '0';
    int minus_zero = digits > begin && at - digits == 1 && value == 0;
    int goes_on = at < guard->size && is_word_byte(guard->text[at]);
    if (at == digits && at >= guard->size) return fail_at(guard, GUARD_TRUNCATED, at);
    if (at == digits || leading_zero || minus_zero || goes_on) return fail_at(guard, GUARD_NUMBER, begin);
    if (value > (UINT64_C(1) << 53) - 1) return fail_at(guard, GUARD_RANGE, begin);
    guard->at = at;
    return 0;
}

static int pass_literal(struct guard *guard) {
    static const char *const words[] = {"true", "false", "null"};
    size_t end = guard->at;
    while (end < guard->size && is_word_byte(guard->text[end])) end++;
    size_t size = end - guard->at;
    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (size != strlen(words[i]) || memcmp(guard->text + guard->at, words[i], size) != 0) continue;
        guard->at = end;
        return 0;
    }
    return fail(guard, GUARD_LITERAL);
}

/* ---- structure ---- */

/* guard->at is on { or [. */
static int open_level(struct guard *guard, uint32_t is_object) {
    if (guard->depth >= guard->limits->depth_max) return fail(guard, GUARD_DEPTH);
    guard->levels[guard->depth++] = (struct level){.names_begin = guard->names_count, .is_object = is_object};
    guard->at++;
    return 0;
}

static void close_level(struct guard *guard) {
    CHECK(guard->depth > 0);
    guard->names_count = guard->levels[--guard->depth].names_begin;
    guard->at++;
}

static int pass_value(struct guard *guard, enum expectation *next) {
    if (guard->at >= guard->size) return fail(guard, GUARD_TRUNCATED);
    uint8_t byte = guard->text[guard->at];
    *next = EXPECT_COMMA_OR_END;
    if (byte == '"') return pass_string(guard, NULL);
    if (byte == '{') {
        *next = EXPECT_NAME_OR_END;
        return open_level(guard, 1);
    }
    if (byte == '[') {
        *next = EXPECT_VALUE_OR_END;
        return open_level(guard, 0);
    }
    if (byte == '-' || is_digit(byte)) return pass_number(guard);
    if (byte == '+' || byte == '.') return fail(guard, GUARD_NUMBER);
    if (is_word_byte(byte)) return pass_literal(guard);
    return fail_character(guard, GUARD_SYNTAX);
}

/* One step: a name, a value, a comma or an end. */
static int step(struct guard *guard, enum expectation *expectation) {
    const struct level *level = &guard->levels[guard->depth - 1];
    uint8_t byte = guard->at < guard->size ? guard->text[guard->at] : 0;
    uint8_t end = level->is_object ? '}' : ']';
    int may_end = *expectation != EXPECT_VALUE && *expectation != EXPECT_NAME;
    if (may_end && byte == end) {
        close_level(guard);
        *expectation = EXPECT_COMMA_OR_END;
        return 0;
    }
    switch (*expectation) {
    case EXPECT_VALUE:
    case EXPECT_VALUE_OR_END:
        return pass_value(guard, expectation);
    case EXPECT_NAME:
    case EXPECT_NAME_OR_END:
        *expectation = EXPECT_VALUE;
        return pass_name(guard);
    case EXPECT_COMMA_OR_END:
        if (byte != ',') return fail_character(guard, GUARD_SYNTAX);
        guard->at++;
        *expectation = level->is_object ? EXPECT_NAME : EXPECT_VALUE;
        return 0;
    }
    CHECK(0);
    return -1;
}

static int pass_start(struct guard *guard) {
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    if (guard->size >= sizeof mark && memcmp(guard->text, mark, sizeof mark) == 0) {
        return fail(guard, GUARD_BYTE_ORDER_MARK);
    }
    skip_blanks(guard);
    if (guard->at >= guard->size) return fail(guard, GUARD_EMPTY);
    if (guard->text[guard->at] != '{') return fail_character(guard, GUARD_NOT_AN_OBJECT);
    return open_level(guard, 1);
}

int json_guard(const char *text, size_t size, const struct guard_limits *limits, struct guard_error *error) {
    CHECK(size <= UINT32_MAX && limits->depth_max <= guard_depth_max);
    struct guard guard;     /* the tables are filled as they are needed */
    guard.text = (const uint8_t *)text;
    guard.size = size;
    guard.at = 0;
    guard.limits = limits;
    guard.error = error;
    guard.depth = guard.names_count = 0;
    if (pass_start(&guard) != 0) return -1;
    enum expectation expectation = EXPECT_NAME_OR_END;
    while (guard.depth > 0) {
        skip_blanks(&guard);
        if (step(&guard, &expectation) != 0) return -1;
    }
    skip_blanks(&guard);
    if (guard.at < guard.size) return fail_character(&guard, GUARD_TRAILING);
    return 0;
}
