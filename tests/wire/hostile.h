/* hostile.h - byte streams that no client should send, each with the reason code it must be answered with.
 *
 * Some are written out, most are generated. Every stream is one line without its '\n' and contains none. Used by the
 * tests of the decoder and, over TCP, by the end-to-end tests: send the bytes and a '\n', expect one error with the
 * code; after 108 the connection goes on, after 1203 it is closed. */
#ifndef BIRZHA_TEST_HOSTILE_H
#define BIRZHA_TEST_HOSTILE_H

#include <stdio.h>
#include <string.h>

enum { hostile_size_max = 70000, hostile_line_size_max = 16384 };

struct hostile {
    char name[96];
    int code;               /* 108 or 1203 */
    size_t size;
    char bytes[hostile_size_max];
};

struct hostile_row {
    const char *name, *bytes;
    size_t size;
};

#define HOSTILE(name, bytes) {name, bytes, sizeof bytes - 1}

/* All answered with 108. */
static const struct hostile_row hostile_rows[] = {
    HOSTILE("empty line", ""),
    HOSTILE("blanks only", "  \t "),
    HOSTILE("a lone carriage return inside", " \r "),
    HOSTILE("a word", "hello"),
    HOSTILE("an HTTP request", "GET / HTTP/1.1"),
    HOSTILE("a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    HOSTILE("a FIX message", "8=FIX.4.4\x01" "9=65\x01" "35=A\x01"),
    HOSTILE("an array", "[{\"type\":\"heartbeat\"}]"),
    HOSTILE("a string", "\"heartbeat\""),
    HOSTILE("a number", "1"),
    HOSTILE("null", "null"),
    HOSTILE("true", "true"),
    HOSTILE("byte order mark", "\xef\xbb\xbf{\"type\":\"heartbeat\"}"),
    HOSTILE("UTF-16", "\xff\xfe{\0\"\0t\0\"\0:\0" "1\0}\0"),
    HOSTILE("NUL before", "\0{\"type\":\"heartbeat\"}"),
    HOSTILE("0x01 before", "\x01{\"type\":\"heartbeat\"}"),
    HOSTILE("NUL between tokens", "{\"type\":\0\"heartbeat\"}"),
    HOSTILE("vertical tab between tokens", "{\"type\":\v\"heartbeat\"}"),
    HOSTILE("form feed between tokens", "{\"type\":\f\"heartbeat\"}"),
    HOSTILE("no-break space between tokens", "{\"type\":\xc2\xa0\"heartbeat\"}"),
    HOSTILE("NUL after", "{\"type\":\"heartbeat\"}\0"),
    HOSTILE("NUL in a string", "{\"type\":\"heart\0beat\"}"),
    HOSTILE("NUL in a name", "{\"ty\0pe\":\"heartbeat\"}"),
    HOSTILE("escaped NUL in a string", "{\"type\":\"heart\\u0000beat\"}"),
    HOSTILE("escaped NUL in a name", "{\"ty\\u0000pe\":\"heartbeat\"}"),
    HOSTILE("two objects", "{\"type\":\"heartbeat\"}{\"type\":\"heartbeat\"}"),
    HOSTILE("two objects with a blank", "{\"type\":\"heartbeat\"} {\"type\":\"heartbeat\"}"),
    HOSTILE("trailing word", "{\"type\":\"heartbeat\"}xyz"),
    HOSTILE("trailing comma after all", "{\"type\":\"heartbeat\"},"),
    HOSTILE("trailing brace", "{\"type\":\"heartbeat\"}}"),
    HOSTILE("trailing bracket", "{\"type\":\"heartbeat\"}]"),
    HOSTILE("trailing comma in an object", "{\"type\":\"heartbeat\",}"),
    HOSTILE("trailing comma in an array", "{\"a\":[1,]}"),
    HOSTILE("leading comma in an object", "{,\"type\":\"heartbeat\"}"),
    HOSTILE("leading comma in an array", "{\"a\":[,1]}"),
    HOSTILE("double comma", "{\"a\":1,,\"b\":2}"),
    HOSTILE("no comma", "{\"a\":1 \"b\":2}"),
    HOSTILE("no comma in an array", "{\"a\":[1 2]}"),
    HOSTILE("no colon", "{\"a\" 1}"),
    HOSTILE("double colon", "{\"a\"::1}"),
    HOSTILE("no value", "{\"a\":}"),
    HOSTILE("no name", "{:1}"),
    HOSTILE("name only", "{\"a\"}"),
    HOSTILE("bare name", "{a:1}"),
    HOSTILE("name in single quotes", "{'a':1}"),
    HOSTILE("number as a name", "{1:1}"),
    HOSTILE("null as a name", "{null:1}"),
    HOSTILE("brackets crossed", "{\"a\":[1}"),
    HOSTILE("brackets crossed the other way", "{\"a\":{\"b\":1]}"),
    HOSTILE("object closed as array", "{\"a\":1]"),
    HOSTILE("comment", "{\"a\":1 /* one */}"),
    HOSTILE("line comment", "{\"a\":1} // one"),
    HOSTILE("hash comment", "{\"a\":1} # one"),
    HOSTILE("duplicate name", "{\"type\":\"heartbeat\",\"type\":\"logout\"}"),
    HOSTILE("duplicate name, one escaped", "{\"type\":\"heartbeat\",\"t\\u0079pe\":\"logout\"}"),
    HOSTILE("duplicate name, solidus escaped", "{\"a/b\":1,\"a\\/b\":2}"),
    HOSTILE("duplicate name beyond ASCII", "{\"\xc3\xa9\":1,\"\\u00e9\":2}"),
    HOSTILE("duplicate name beyond the plane", "{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}"),
    HOSTILE("duplicate empty name", "{\"\":1,\"\":2}"),
    HOSTILE("duplicate name inside", "{\"a\":{\"b\":1,\"b\":2}}"),
    HOSTILE("duplicate name in an array's object", "{\"a\":[{\"b\":1},{\"b\":1,\"b\":2}]}"),
    HOSTILE("escape of nothing", "{\"a\":\"\\"),
    HOSTILE("escape of x", "{\"a\":\"\\x41\"}"),
    HOSTILE("escape of a quote only", "{\"a\":\"\\\"}"),
    HOSTILE("escape of a single quote", "{\"a\":\"\\'\"}"),
    HOSTILE("escape of 0", "{\"a\":\"\\0\"}"),
    HOSTILE("escape of NUL itself", "{\"a\":\"\\\0\"}"),
    HOSTILE("\\uZZZZ", "{\"a\":\"\\uZZZZ\"}"),
    HOSTILE("\\u with three digits", "{\"a\":\"\\u123\"}"),
    HOSTILE("\\u with a sign", "{\"a\":\"\\u+123\"}"),
    HOSTILE("\\U", "{\"a\":\"\\U0041\"}"),
    HOSTILE("lone high surrogate", "{\"a\":\"\\ud800\"}"),
    HOSTILE("lone low surrogate", "{\"a\":\"\\udc00\"}"),
    HOSTILE("surrogates swapped", "{\"a\":\"\\udc00\\ud800\"}"),
    HOSTILE("two high surrogates", "{\"a\":\"\\ud800\\ud800\"}"),
    HOSTILE("high surrogate and a letter", "{\"a\":\"\\ud800A\"}"),
    HOSTILE("high surrogate and an escape", "{\"a\":\"\\ud800\\n\"}"),
    HOSTILE("lone surrogate in a name", "{\"\\ud800\":1}"),
    HOSTILE("string not ended", "{\"a\":\"b}"),
    HOSTILE("name not ended", "{\"a:1}"),
    HOSTILE("string in single quotes", "{\"a\":'b'}"),
    HOSTILE("True", "{\"a\":True}"),
    HOSTILE("tru", "{\"a\":tru}"),
    HOSTILE("truee", "{\"a\":truee}"),
    HOSTILE("nul", "{\"a\":nul}"),
    HOSTILE("undefined", "{\"a\":undefined}"),
};

/* Numbers that are refused, as a value. */
static const char *const hostile_numbers[] = {
    "9007199254740992", "-9007199254740992", "9007199254740993", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "-9223372036854775809", "1e400", "-1e400", "1e1", "1E1", "1e+1", "1e-1", "0e0", "-0",
    "-0.0", "0.0", "1.0", "1.5", "-1.5", "007", "00", "-01", "-007", "1.", "2.e3", "-.5", ".5", "+1", "+0", "-", "--1",
    "-+1", "1e", "1e+", "0x10", "0b1", "0o7", "1_000", "1,000", "1.2.3", "1-2", "NaN", "-NaN", "nan", "Infinity",
    "-Infinity", "inf", "0.1000000000000000055511151231257827",
    "1234567890123456789012345678901234567890123456789012345678901234567890",
    "\xd9\xa1", "1a", "1 2", "1/2", "$1", "1u", "1n", "1f",
};

/* Byte sequences that are not UTF-8, inside a string. */
static const struct hostile_row hostile_utf8[] = {
    HOSTILE("lone continuation", "\x80"), HOSTILE("two continuations", "\xbf\xbf"), HOSTILE("ff fe", "\xff\xfe"),
    HOSTILE("fe", "\xfe"), HOSTILE("overlong NUL", "\xc0\x80"), HOSTILE("overlong slash", "\xc0\xaf"),
    HOSTILE("overlong c1", "\xc1\xbf"), HOSTILE("overlong in 3", "\xe0\x80\xaf"),
    HOSTILE("overlong e0 9f", "\xe0\x9f\xbf"),
    HOSTILE("overlong in 4", "\xf0\x80\x80\xaf"), HOSTILE("overlong f0 8f", "\xf0\x8f\xbf\xbf"),
    HOSTILE("surrogate d800", "\xed\xa0\x80"), HOSTILE("surrogate dfff", "\xed\xbf\xbf"),
    HOSTILE("surrogate pair", "\xed\xa0\xbd\xed\xb8\x80"), HOSTILE("beyond 10ffff", "\xf4\x90\x80\x80"),
    HOSTILE("f5", "\xf5\x80\x80\x80"), HOSTILE("five bytes", "\xf8\x88\x80\x80\x80"),
    HOSTILE("six bytes", "\xfc\x84\x80\x80\x80\x80"), HOSTILE("short 2", "\xc3"), HOSTILE("short 3", "\xe2\x82"),
    HOSTILE("short 4", "\xf0\x9f\x98"), HOSTILE("2 broken by a letter", "\xc3" "A"),
    HOSTILE("3 broken by a letter", "\xe2\x82" "A"), HOSTILE("4 broken by a letter", "\xf0\x9f\x98" "A"),
    HOSTILE("Latin-1", "Br\xfctt"), HOSTILE("Windows-1251", "\xc1\xe8\xf0\xe6\xe0"),
};

static const char hostile_order[] =
    "{\"type\":\"new_order\",\"req_id\":1,\"cl_ord_id\":\"a-1\",\"symbol\":\"DY-SMP-EX\",\"side\":\"buy\","
    "\"order_qty\":2,\"price\":\"2700.00\",\"post_only\":false}";

#define HOSTILE_COUNT(table) (sizeof(table) / sizeof *(table))

/* Raw control bytes in a string: all but '\n', which ends the line, and NUL, which is among the rows. */
enum { hostile_controls = 30 };
static const int hostile_depths[] = {9, 10, 32, 33, 100, 1000, 1001, 8000};
static const int hostile_member_counts[] = {65, 66, 128, 1000};
/* Of lines that are too long, without their end. */
static const size_t hostile_long_sizes[] = {16384, 16385, 20000, 65536};

static inline size_t hostile_count(void) {
    return HOSTILE_COUNT(hostile_rows) + HOSTILE_COUNT(hostile_numbers) + HOSTILE_COUNT(hostile_utf8) +
           (sizeof hostile_order - 2) + hostile_controls + 2 * HOSTILE_COUNT(hostile_depths) +
           HOSTILE_COUNT(hostile_member_counts) + 2 * HOSTILE_COUNT(hostile_long_sizes);
}

static inline void hostile_set(struct hostile *out, const char *name, const char *bytes, size_t size) {
    snprintf(out->name, sizeof out->name, "%s", name);
    out->code = 108;
    out->size = size;
    memcpy(out->bytes, bytes, size);
}

/* {"a":"<bytes>"} */
static inline void hostile_set_string(struct hostile *out, const char *name, const char *bytes, size_t size) {
    hostile_set(out, name, "{\"a\":\"", 6);
    memcpy(out->bytes + 6, bytes, size);
    memcpy(out->bytes + 6 + size, "\"}", 2);
    out->size = size + 8;
}

/* Objects, or arrays in an object, inside one another. */
static inline void hostile_set_depth(struct hostile *out, int depth, int arrays) {
    const char *open = arrays ? "[" : "{\"a\":";
    size_t open_size = strlen(open);
    snprintf(out->name, sizeof out->name, "depth %d in %s", depth, arrays ? "arrays" : "objects");
    out->code = 108;
    out->size = 0;
    memcpy(out->bytes, "{\"a\":", 5);
    out->size = 5;
    for (int i = 1; i < depth && out->size + open_size < hostile_line_size_max - 20; i++) {
        memcpy(out->bytes + out->size, open, open_size);
        out->size += open_size;
    }
    out->bytes[out->size++] = '1';
    char close = arrays ? ']' : '}';
    for (int i = 1; i < depth && out->size < hostile_line_size_max - 2; i++) out->bytes[out->size++] = close;
    out->bytes[out->size++] = '}';
}

static inline void hostile_set_members(struct hostile *out, int count) {
    snprintf(out->name, sizeof out->name, "%d members", count);
    out->code = 108;
    out->size = 0;
    for (int i = 0; i < count; i++) {
        out->size += (size_t)snprintf(out->bytes + out->size, 24, "%c\"m%d\":%d", i == 0 ? '{' : ',', i, i);
    }
    out->bytes[out->size++] = '}';
}

/* A line that would be fine were it not for its length; or one without any structure. */
static inline void hostile_set_long(struct hostile *out, size_t size, int structured) {
    static const char head[] = "{\"type\":\"heartbeat\"";
    snprintf(out->name, sizeof out->name, "%zu bytes, %s", size, structured ? "an object" : "letters");
    out->code = 1203;
    out->size = size;
    memset(out->bytes, structured ? ' ' : 'a', size);
    if (!structured) return;
    memcpy(out->bytes, head, sizeof head - 1);
    out->bytes[size - 1] = '}';
}

/* Stream `i` of hostile_count(). */
static inline void hostile_get(size_t i, struct hostile *out) {
    char text[96];
    if (i < HOSTILE_COUNT(hostile_rows)) {
        hostile_set(out, hostile_rows[i].name, hostile_rows[i].bytes, hostile_rows[i].size);
        return;
    }
    i -= HOSTILE_COUNT(hostile_rows);
    if (i < HOSTILE_COUNT(hostile_numbers)) {
        snprintf(text, sizeof text, "{\"a\":%s}", hostile_numbers[i]);
        hostile_set(out, text, text, strlen(text));
        return;
    }
    i -= HOSTILE_COUNT(hostile_numbers);
    if (i < HOSTILE_COUNT(hostile_utf8)) {
        hostile_set_string(out, hostile_utf8[i].name, hostile_utf8[i].bytes, hostile_utf8[i].size);
        return;
    }
    i -= HOSTILE_COUNT(hostile_utf8);
    if (i < sizeof hostile_order - 2) {
        snprintf(text, sizeof text, "order cut after %zu bytes", i + 1);
        hostile_set(out, text, hostile_order, i + 1);
        return;
    }
    i -= sizeof hostile_order - 2;
    if (i < hostile_controls) {
        char byte = (char)(i + 1 < '\n' ? i + 1 : i + 2);
        snprintf(text, sizeof text, "raw control character 0x%02x", (unsigned)byte);
        hostile_set_string(out, text, &byte, 1);
        return;
    }
    i -= hostile_controls;
    if (i < 2 * HOSTILE_COUNT(hostile_depths)) {
        hostile_set_depth(out, hostile_depths[i / 2], (int)(i % 2));
        return;
    }
    i -= 2 * HOSTILE_COUNT(hostile_depths);
    if (i < HOSTILE_COUNT(hostile_member_counts)) {
        hostile_set_members(out, hostile_member_counts[i]);
        return;
    }
    i -= HOSTILE_COUNT(hostile_member_counts);
    hostile_set_long(out, hostile_long_sizes[i / 2], (int)(i % 2));
}

#endif
