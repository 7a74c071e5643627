/* The guard: what it accepts, what it refuses, why and where. */
#include <criterion/criterion.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/guard.h"
#include "hostile.h"

TestSuite(guard, .timeout = 60);

/* Checks bytes in a block of exactly their size, so that a sanitizer sees a look beyond the end. */
static int guard_exact(const char *text, size_t size, const struct guard_limits *limits, struct guard_error *error) {
    char *copy = malloc(size == 0 ? 1 : size);
    memcpy(copy, text, size);
    int status = json_guard(copy, size, limits, error);
    free(copy);
    return status;
}

struct row {
    const char *text;
    size_t size;
    enum guard_reason reason;
    size_t offset;
};
#define ROW(text, reason, offset) {text, sizeof text - 1, GUARD_##reason, offset}

/* The edge table: what cJSON would let pass and a client must not rely on. GUARD_NONE: accepted. */
static const struct row edges[] = {
    ROW("{\"price\":9007199254740991}", NONE, 0),
    ROW("{\"price\":-9007199254740991}", NONE, 0),
    ROW("{\"price\":9007199254740992}", RANGE, 9),
    ROW("{\"price\":9007199254740993}", RANGE, 9),
    ROW("{\"price\":9223372036854775807}", RANGE, 9),
    ROW("{\"price\":18446744073709551617}", RANGE, 9),
    ROW("{\"price\":1e400}", NUMBER, 9),
    ROW("{\"price\":-1e400}", NUMBER, 9),
    ROW("{\"price\":0}", NONE, 0),
    ROW("{\"price\":-0}", NUMBER, 9),
    ROW("{\"price\":-1}", NONE, 0),
    ROW("{\"price\":007}", NUMBER, 9),
    ROW("{\"price\":-01}", NUMBER, 9),
    ROW("{\"price\":1.}", NUMBER, 9),
    ROW("{\"price\":2.e3}", NUMBER, 9),
    ROW("{\"price\":-.5}", NUMBER, 9),
    ROW("{\"price\":+1}", NUMBER, 9),
    ROW("{\"price\":.5}", NUMBER, 9),
    ROW("{\"price\":1e}", NUMBER, 9),
    ROW("{\"price\":0x10}", NUMBER, 9),
    ROW("{\"price\":NaN}", LITERAL, 9),
    ROW("{\"price\":Infinity}", LITERAL, 9),
    ROW("{\"price\":1.2.3}", NUMBER, 9),
    ROW("{\"price\":0.1000000000000000055511151231257827}", NUMBER, 9),
    ROW("{\"price\":1.5}", NUMBER, 9),
    ROW("{\"price\":1.0}", NUMBER, 9),
    ROW("{\"price\":1e3}", NUMBER, 9),
    ROW("{\"price\":1234567890123456789012345678901234567890123456789012345678901234567890}", RANGE, 9),
    ROW("{\"p\":1,\"p\":2}", DUPLICATE_NAME, 7),
    ROW("{\"p\":1,\"\\u0070\":2}", DUPLICATE_NAME, 7),
    ROW("{\"P\":1,\"p\":2}", NONE, 0),
    ROW("{\"p\":\"a\0b\"}", NUL, 7),
    ROW("{\"p\":\"a\\u0000b\"}", NUL, 7),
    ROW("{\"p\":\"\xff\xfe\"}", UTF8, 6),
    ROW("{\"p\":\"\xc0\x80\"}", UTF8, 6),
    ROW("{\"p\":\"\xed\xa0\x80\"}", UTF8, 6),
    ROW("{\"p\":\"\\ud800\"}", SURROGATE, 6),
    ROW("{\"p\":\"\\udc00\"}", SURROGATE, 6),
    ROW("{\"p\":\"\\ud83d\\ude00\"}", NONE, 0),
    ROW("{\"p\":\"\\uZZZZ\"}", ESCAPE, 6),
    ROW("{\"p\":\"a\x01\"}", CONTROL, 7),
    ROW("{\"p\":\"a\tb\"}", CONTROL, 7),
    ROW("{\"p\":\"a\nb\"}", CONTROL, 7),
    ROW("\xef\xbb\xbf{\"p\":1}", BYTE_ORDER_MARK, 0),
    ROW("\0{\"p\":1}", NUL, 0),
    ROW("\x01{\"p\":1}", CONTROL, 0),
    ROW("{\"p\":1}xyz", TRAILING, 7),
    ROW("{\"p\":1}{\"p\":1}", TRAILING, 7),
};

static void check_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct guard_error error = {GUARD_NONE, 0};
        int status = guard_exact(rows[i].text, rows[i].size, &guard_limits_line, &error);
        cr_expect_eq(status, rows[i].reason == GUARD_NONE ? 0 : -1, "%s", rows[i].text);
        cr_expect_eq(error.reason, rows[i].reason, "%s: %s", rows[i].text, guard_reason_text(error.reason));
        cr_expect_eq(error.offset, rows[i].offset, "%s: at %zu", rows[i].text, error.offset);
    }
}

Test(guard, keeps_the_edge_table) { check_rows(edges, sizeof edges / sizeof edges[0]); }

Test(guard, accepts_what_json_allows) {
    static const struct row rows[] = {
        ROW("{}", NONE, 0), ROW(" \t\r\n{ \t\r\n} \t\r\n", NONE, 0), ROW("{\"\":\"\"}", NONE, 0),
        ROW("{\"a\":null,\"b\":true,\"c\":false}", NONE, 0), ROW("{\"a\":[]}", NONE, 0),
        ROW("{\"a\":[1,\"two\",[3],{\"four\":4}]}", NONE, 0), ROW("{\"a\":{},\"b\":{\"a\":{\"b\":1}}}", NONE, 0),
        ROW("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20ac\\ud83d\\ude00\\uFFFF\"}", NONE, 0),
        ROW("{\"a\":\"\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xee\x80\x80 \xf4\x8f\xbf\xbf "
            "\xef\xbb\xbf\"}", NONE, 0),
        ROW("{\"a\" : 1 , \"b\" : [ 1 , 2 ] }", NONE, 0),
        ROW("{\"a\":1,\"a \":2,\" a\":3,\"aa\":4}", NONE, 0),
        ROW("{\"\\u00e9\":1,\"e\":2,\"\xc3\xaa\":3}", NONE, 0),
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

Test(guard, says_what_is_wrong_and_at_which_byte) {
    static const struct row rows[] = {
        ROW("", EMPTY, 0), ROW("   ", EMPTY, 3), ROW("[1]", NOT_AN_OBJECT, 0), ROW(" 1", NOT_AN_OBJECT, 1),
        ROW("{", TRUNCATED, 1), ROW("{\"a", TRUNCATED, 3), ROW("{\"a\"", TRUNCATED, 4), ROW("{\"a\":", TRUNCATED, 5),
        ROW("{\"a\":-", TRUNCATED, 6), ROW("{\"a\":1", TRUNCATED, 6), ROW("{\"a\":[1", TRUNCATED, 7),
        ROW("{\"a\":\"\\", TRUNCATED, 7), ROW("{\"a\":\"\\u12", TRUNCATED, 10), ROW("{\"a\":1,", TRUNCATED, 7),
        ROW("{a:1}", SYNTAX, 1), ROW("{\"a\" 1}", SYNTAX, 5), ROW("{\"a\":1,}", SYNTAX, 7),
        ROW("{\"a\":[1,]}", SYNTAX, 8), ROW("{\"a\":[1}", SYNTAX, 7), ROW("{\"a\":1]", SYNTAX, 6),
        ROW("{\"a\":@}", SYNTAX, 5), ROW("{\"a\":True}", LITERAL, 5), ROW("{\"a\":nulll}", LITERAL, 5),
        ROW("{\"a\":\"\\x\"}", ESCAPE, 6), ROW("{\"a\":1}\xff", UTF8, 7), ROW("{\"a\":1} \0", NUL, 8),
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

Test(guard, bounds_depth_at_8_and_members_at_64) {
    struct guard_error error;
    static struct hostile stream;
    hostile_set_depth(&stream, 8, 0);
    cr_expect_eq(guard_exact(stream.bytes, stream.size, &guard_limits_line, &error), 0);
    hostile_set_depth(&stream, 8, 1);
    cr_expect_eq(guard_exact(stream.bytes, stream.size, &guard_limits_line, &error), 0);
    hostile_set_depth(&stream, 9, 1);
    cr_expect_eq(guard_exact(stream.bytes, stream.size, &guard_limits_line, &error), -1);
    cr_expect_eq(error.reason, GUARD_DEPTH);
    cr_expect_eq(error.offset, 5 + 7);
    cr_expect_eq(guard_exact(stream.bytes, stream.size, &guard_limits_file, &error), 0);
    hostile_set_members(&stream, 64);
    cr_expect_eq(guard_exact(stream.bytes, stream.size, &guard_limits_line, &error), 0);
    hostile_set_members(&stream, 65);
    cr_expect_eq(guard_exact(stream.bytes, stream.size, &guard_limits_line, &error), -1);
    cr_expect_eq(error.reason, GUARD_MEMBERS);
    cr_expect_eq(guard_exact(stream.bytes, stream.size, &guard_limits_file, &error), 0);
}

/* 64 members at each of 8 depths: the table of names is full to what the line's limits can ask for. */
Test(guard, finds_a_duplicate_among_the_names_of_full_objects) {
    static char text[32768];
    size_t size = 0;
    struct guard_error error;
#define add(text, at, ...) snprintf(text + (at), sizeof text - (at), __VA_ARGS__)
    for (int depth = 0; depth < 8; depth++) {
        for (int i = 0; i < 63; i++) size += (size_t)add(text, size, "%c\"%d\":1", i == 0 ? '{' : ',', i);
        size += (size_t)add(text, size, ",\"x\":");
    }
    size_t inner = size;
    size += (size_t)add(text, size, "1}}}}}}}}");
    cr_expect_eq(guard_exact(text, size, &guard_limits_line, &error), 0);
    add(text, inner - 5, ",\"7\":1}}}}}}}}");
    cr_expect_eq(guard_exact(text, strlen(text), &guard_limits_line, &error), -1);
    cr_expect_eq(error.reason, GUARD_DUPLICATE_NAME);
    cr_expect_eq(error.offset, inner - 4);
#undef add
}

Test(guard, has_no_limit_on_arrays) {
    static char text[16383];
    struct guard_error error;
    memcpy(text, "{\"a\":[", 6);
    for (size_t i = 6; i < sizeof text - 3; i++) text[i] = i % 2 == 0 ? '1' : ',';
    memcpy(text + sizeof text - 3, "1]}", 3);
    cr_expect_eq(guard_exact(text, sizeof text, &guard_limits_line, &error), 0);
}

Test(guard, refuses_every_hostile_line) {
    static struct hostile stream;
    size_t tried = 0;
    for (size_t i = 0; i < hostile_count(); i++) {
        struct guard_error error;
        hostile_get(i, &stream);
        cr_assert_null(memchr(stream.bytes, '\n', stream.size), "%s", stream.name);
        if (stream.code != 108) continue;
        tried++;
        cr_expect_eq(guard_exact(stream.bytes, stream.size, &guard_limits_line, &error), -1, "%s", stream.name);
    }
    cr_assert_geq(tried, 200);
}

static uint64_t random_state = 20210628;
static uint32_t random_below(uint32_t bound) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % bound;
}

/* Whatever the guard accepts cJSON accepts too, to the last byte. Inputs: good lines with a few bytes changed. */
Test(guard, accepts_nothing_that_cjson_refuses) {
    static const char *const seeds[] = {
        hostile_order, "{\"a\":[1,\"two\",[3],{\"four\":4}],\"b\":null}", "{\"a\":\"\\ud83d\\ude00\\u00e9\",\"b\":-12}",
        "{\"\xc3\xa9\":{\"\xe2\x82\xac\":[true,false,null]}}",
    };
    static const char alphabet[] = "{}[]\",:0123456789-+.eEtrufalsn\\/ub \t\r\x01\x7f\x80\xc3\xa9\xed\xf0";
    uint32_t accepted = 0;
    for (uint32_t round = 0; round < 300000; round++) {
        char text[256];
        const char *seed = seeds[random_below(4)];
        uint32_t size = (uint32_t)strlen(seed);
        memcpy(text, seed, size);
        for (uint32_t changes = random_below(4); changes > 0; changes--) {
            text[random_below(size)] = alphabet[random_below(sizeof alphabet - 1)];
        }
        struct guard_error error;
        if (json_guard(text, size, &guard_limits_line, &error) != 0) {
            cr_assert_leq(error.offset, size);
            continue;
        }
        accepted++;
        const char *end = NULL;
        text[size] = '\0';
        cJSON *tree = cJSON_ParseWithLengthOpts(text, size + 1, &end, 1);
        cr_assert_not_null(tree, "%s", text);
        cJSON_Delete(tree);
    }
    cr_assert_gt(accepted, 50000);
}
