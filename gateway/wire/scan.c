#include "gateway/wire/scan.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a word is its lowest");
_Static_assert(MEMBER_COUNT <= 32, "a bit for each member");

/* ---- strings ---- */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of every byte that is zero; beyond the first of them it may be wrong. */
static inline uint64_t zero_bytes(uint64_t word) { return (word - EACH(1)) & ~word & EACH(0x80); }

/* The same for bytes that end a plain run: a quote, a backslash, a control character, one beyond ASCII. */
static inline uint64_t special_bytes(uint64_t word) {
    uint64_t control = (word - EACH(0x20)) & ~word & EACH(0x80);
    return zero_bytes(word ^ EACH('"')) | zero_bytes(word ^ EACH('\\')) | control | (word & EACH(0x80));
}

/* The closing quote of the string whose first byte is at `at`; NULL when something else than plain text comes first. */
static inline const char *string_end(const char *at, const char *end) {
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        uint64_t special = special_bytes(word);
        if (special != 0) {
            at += __builtin_ctzll(special) / 8;
            return *at == '"' ? at : NULL;
        }
        at += 8;
    }
    for (; at < end; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"') return at;
        if (byte < 0x20 || byte == '\\' || byte >= 0x80) return NULL;
    }
    return NULL;
}

/* ---- names ---- */

#define KEY(size, first, last) ((uint32_t)(size) << 16 | (uint32_t)(first) << 8 | (uint32_t)(last))

/* MEMBER_COUNT for a name that is not in the list. */
static inline enum member find_member(const char *name, uint32_t size) {
    if (size == 0 || size > 16) return MEMBER_COUNT;
    switch (KEY(size, (unsigned char)name[0], (unsigned char)name[size - 1])) {
#define XX(name_of, text, first, last) \
    case KEY(sizeof text - 1, first, last): \
        return memcmp(name, text, sizeof text - 1) == 0 ? MEMBER_##name_of : MEMBER_COUNT;
    MEMBER_MAP(XX)
#undef XX
    default: return MEMBER_COUNT;
    }
}

/* ---- values ---- */

static inline int is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/* A number as json_guard takes it; the byte behind it is looked at by the caller. Returns its end, or NULL. */
static inline const char *read_integer(const char *at, const char *end, struct scan_value *value) {
    enum { digits_max = 16 };
    const char *begin = at;
    int negative = *at == '-';
    at += negative;
    const char *digits = at;
    uint64_t magnitude = 0;
    while (at < end && is_digit(*at)) {
        if (at - digits == digits_max) return NULL;
        magnitude = magnitude * 10 + (uint64_t)(*at++ - '0');
    }
    if (at == digits || (*digits == '0' && (at - digits > 1 || negative))) return NULL;
    if (magnitude > (UINT64_C(1) << 53) - 1) return NULL;
    *value = (struct scan_value){.text = begin, .size = (uint32_t)(at - begin), .kind = SCAN_INTEGER,
                                 .integer = negative ? -(int64_t)magnitude : (int64_t)magnitude};
    return at;
}

static const char *read_word(const char *at, const char *end, struct scan_value *value) {
    static const struct { const char *text; uint32_t size, kind; } words[] = {
        {"true", 4, SCAN_TRUE}, {"false", 5, SCAN_FALSE}, {"null", 4, SCAN_NULL}};
    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((size_t)(end - at) < words[i].size || memcmp(at, words[i].text, words[i].size) != 0) continue;
        *value = (struct scan_value){.text = at, .size = words[i].size, .kind = words[i].kind};
        return at + words[i].size;
    }
    return NULL;
}

/* The value that begins at `at`, which lies in the text. Returns its end, or NULL. */
static inline const char *read_value(const char *at, const char *end, struct scan_value *value) {
    if (*at == '"') {
        const char *begin = at + 1, *quote = string_end(begin, end);
        if (quote == NULL) return NULL;
        *value = (struct scan_value){.text = begin, .size = (uint32_t)(quote - begin), .kind = SCAN_STRING};
        return quote + 1;
    }
    if (is_digit(*at) || *at == '-') return read_integer(at, end, value);
    return read_word(at, end, value);
}

/* ---- the line ---- */

static inline const char *skip_blanks(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
    return at;
}

/* Behind blanks: whether `byte` is next. */
static inline int passes(const char **at, const char *end, char byte) {
    *at = skip_blanks(*at, end);
    if (*at >= end || **at != byte) return 0;
    ++*at;
    return 1;
}

/* One member, up to what follows its value. */
static inline const char *read_member(const char *at, const char *end, struct scan *scan) {
    if (!passes(&at, end, '"')) return NULL;
    const char *name = at, *quote = string_end(at, end);
    if (quote == NULL) return NULL;
    enum member member = find_member(name, (uint32_t)(quote - name));
    if (member == MEMBER_COUNT || scan->members & 1u << member) return NULL;
    scan->members |= 1u << member;
    at = quote + 1;
    if (!passes(&at, end, ':')) return NULL;
    at = skip_blanks(at, end);
    return at < end ? read_value(at, end, &scan->values[member]) : NULL;
}

int scan_line(const char *text, size_t size, struct scan *scan) {
    const char *at = text, *end = text + size;
    scan->members = 0;
    if (!passes(&at, end, '{')) return 0;
    do {
        at = read_member(at, end, scan);
        if (at == NULL) return 0;
    } while (passes(&at, end, ','));
    if (!passes(&at, end, '}')) return 0;
    return skip_blanks(at, end) == end;
}
