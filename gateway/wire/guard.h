/* guard.h - the strict reader of JSON that stands before every parser.
 *
 * Accepts exactly: one JSON object (RFC 8259) and blanks around it, with the restrictions of I-JSON and a few more, so
 * that no two programs can read the same bytes differently:
 *   text     valid UTF-8; no byte order mark, no NUL, no raw control character in a string; \u0000 and lone
 *            surrogates are refused as well
 *   objects  names are unique within an object, compared after unescaping, case matters
 *   numbers  integers of at most 2^53 - 1 either way; no -0, leading zero, fraction or exponent
 *   size     depth and members of an object are bounded by the caller's limits
 * One pass over the bytes, no recursion, no allocation; about 12 KiB of stack. What it accepts every JSON parser
 * accepts, and understands the same way. */
#ifndef BIRZHA_WIRE_GUARD_H
#define BIRZHA_WIRE_GUARD_H

#include <stddef.h>
#include <stdint.h>

enum {
    guard_depth_max = 32,           /* no limits may ask for more */
    guard_names_count_max = 1024,   /* of all objects that are open at the same time */
};

struct guard_limits {
    uint32_t depth_max;             /* the outermost object is depth 1 */
    uint32_t members_count_max;     /* of one object */
};

/* A line of the protocol: depth 8, 64 members. */
extern const struct guard_limits guard_limits_line;
/* A scenario or another file: depth 16, 512 members. */
extern const struct guard_limits guard_limits_file;

/* GUARD_REASON_MAP(XX): XX(NAME, what is wrong, to be followed by "at byte N") */
#define GUARD_REASON_MAP(XX) \
    XX(NONE, "nothing") \
    XX(EMPTY, "no JSON object") \
    XX(TRUNCATED, "the JSON ends too early") \
    XX(NOT_AN_OBJECT, "a message is a JSON object and starts with {") \
    XX(TRAILING, "something after the end of the object") \
    XX(SYNTAX, "not JSON") \
    XX(LITERAL, "a word that is not true, false or null") \
    XX(BYTE_ORDER_MARK, "a byte order mark") \
    XX(NUL, "a NUL character") \
    XX(CONTROL, "a raw control character") \
    XX(UTF8, "invalid UTF-8") \
    XX(ESCAPE, "an escape that JSON does not know") \
    XX(SURROGATE, "half of a surrogate pair") \
    XX(DUPLICATE_NAME, "a name for the second time in the same object") \
    XX(DEPTH, "nesting that is too deep") \
    XX(MEMBERS, "too many members in an object") \
    XX(NUMBER, "a number that is not a plain integer (no fraction, exponent, leading zero, plus sign or -0)") \
    XX(RANGE, "an integer beyond 9007199254740991")

#define XX(name, text) GUARD_##name,
enum guard_reason { GUARD_REASON_MAP(XX) GUARD_REASON_COUNT };
#undef XX

struct guard_error {
    enum guard_reason reason;
    size_t offset;              /* of the byte where it shows, from 0; for a name or number: where it starts */
};

/* 0, or -1 and *error set. `text` need not end with a NUL. */
__attribute__((warn_unused_result))
int json_guard(const char *text, size_t size, const struct guard_limits *limits, struct guard_error *error);

/* "a byte order mark" ... : what is wrong, without the place. */
const char *guard_reason_text(enum guard_reason reason);

#endif
