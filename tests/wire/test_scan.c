#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/command.h"
#include "gateway/wire/figures.h"
#include "gateway/wire/scan.h"
#include "instruments/decimal.h"
#include "instruments/splitmix.h"

/* In memory that ends where the line ends. */
static int scan(const char *text, struct scan *out) {
    static char *line;
    free(line);
    size_t size = strlen(text);
    line = malloc(size + 1);
    memcpy(line + 1, text, size);
    return scan_line(line + 1, size, out);
}

Test(scan, hands_out_members_as_they_lie_in_the_line) {
    struct scan s;
    cr_assert_eq(scan(" { \"type\" : \"new_order\",\t\"order_qty\":-12,\"post_only\":true,\"stp\":null,\"price\":\"\"}\r", &s), 1);
    cr_expect_eq(s.members, 1u << MEMBER_TYPE | 1u << MEMBER_ORDER_QTY | 1u << MEMBER_POST_ONLY | 1u << MEMBER_STP |
                            1u << MEMBER_PRICE);
    const struct scan_value *type = scan_find(&s, MEMBER_TYPE), *lots = scan_find(&s, MEMBER_ORDER_QTY);
    cr_expect_eq(type->kind, SCAN_STRING);
    cr_expect(type->size == 9 && memcmp(type->text, "new_order", 9) == 0);
    cr_expect(lots->kind == SCAN_INTEGER && lots->integer == -12 && lots->size == 3);
    cr_expect_eq(scan_find(&s, MEMBER_POST_ONLY)->kind, SCAN_TRUE);
    cr_expect_eq(scan_find(&s, MEMBER_STP)->kind, SCAN_NULL);
    cr_expect(scan_find(&s, MEMBER_PRICE)->kind == SCAN_STRING && scan_find(&s, MEMBER_PRICE)->size == 0);
    cr_expect_null(scan_find(&s, MEMBER_SIDE));
}

Test(scan, knows_each_member_by_its_name) {
#define XX(name, text, first, last) {MEMBER_##name, text},
    static const struct { enum member member; const char *name; } rows[] = {MEMBER_MAP(XX)};
#undef XX
    struct scan s;
    char line[64];
    for (uint32_t i = 0; i < MEMBER_COUNT; i++) {
        snprintf(line, sizeof line, "{\"%s\":%u}", rows[i].name, i);
        cr_assert_eq(scan(line, &s), 1, "%s", line);
        cr_expect(s.members == 1u << rows[i].member && s.values[rows[i].member].integer == i, "%s", line);
    }
}

Test(scan, leaves_everything_else_to_the_guard) {
    static const char *const lines[] = {
        "", " ", "{", "}", "{}", "[]", "{\"type\"", "{\"type\":", "{\"type\":\"", "{\"type\":\"a\"",
        "{\"type\":\"a\",", "{\"type\":\"a\",}",
        "{\"type\":\"a\"}}", "{\"type\":\"a\"}x", "{\"type\" \"a\"}", "{\"type\":\"a\" \"side\":1}", "{\"type\":\"a\",\"type\":\"b\"}",
        "{\"prise\":1}", "{\"\":1}", "{\"ty\\u0070e\":1}", "{\"type\":\"\\n\"}", "{\"type\":\"\x01\"}", "{\"type\":\"\xd1\x8f\"}",
        "{\"side\":[]}", "{\"side\":{}}", "{\"price\":1.5}", "{\"price\":1e3}", "{\"price\":-0}", "{\"price\":-}", "{\"price\":007}",
        "{\"price\":00}", "{\"price\":+1}", "{\"price\":9007199254740992}", "{\"price\":-9007199254740992}",
        "{\"price\":99999999999999999999}", "{\"price\":1x}", "{\"side\":tru}", "{\"side\":truex}", "{\"side\":NaN}", "{\"side\":}",
        "\xef\xbb\xbf{}", "{\"side\":0x1}"};
    struct scan s;
    for (uint32_t i = 0; i < sizeof lines / sizeof *lines; i++) cr_expect_eq(scan(lines[i], &s), 0, "%s", lines[i]);
    cr_expect_eq(scan("{\"price\":9007199254740991,\"side\":-9007199254740991,\"stp\":0}", &s), 1);
}

/* The words end at every place of a word of eight bytes. */
Test(scan, finds_the_end_of_strings_of_every_size) {
    struct scan s;
    char line[128], text[64];
    for (int size = 0; size < 40; size++) {
        memset(text, 'x', sizeof text);
        text[size] = '\0';
        snprintf(line, sizeof line, "{\"req_id\":\"%s\"}", text);
        cr_assert(scan(line, &s) == 1 && s.values[MEMBER_REQ_ID].size == (uint32_t)size, "%s", line);
        for (int at = 0; at < size; at++) {
            static const char bad[] = "\\\x1f\x80";
            for (const char *byte = bad; *byte; byte++) {
                char spoilt[128];
                memcpy(spoilt, line, sizeof line);
                spoilt[11 + at] = *byte;
                cr_assert_eq(scan(spoilt, &s), 0, "%s", spoilt);
            }
        }
    }
}

/* ---- figures ---- */

/* What a price is by the long way. */
static int expect_ticks(const struct instrument *instrument, const char *text, uint32_t size, uint32_t *ticks) {
    int64_t scaled;
    if (decimal_parse(text, size, decimal_places_max, &scaled) == DECIMAL_MALFORMED) return -1;
    enum decimal_status status = decimal_parse(text, size, instrument->price_places, &scaled);
    *ticks = PRICE_INVALID;
    if (text[0] == '-' || status == DECIMAL_OUT_OF_RANGE) return 0;
    *ticks = PRICE_OFF_TICK;
    if (status == DECIMAL_TOO_PRECISE) return 0;
    *ticks = PRICE_INVALID;
    if (scaled == 0 || scaled / instrument->tick_scaled > price_ticks_max) return 0;
    *ticks = scaled % instrument->tick_scaled ? PRICE_OFF_TICK : (uint32_t)(scaled / instrument->tick_scaled);
    return 0;
}

Test(figures, short_prices_are_what_decimals_are) {
    static const char bytes[] = "0000123456789999..-x";
    struct instrument instrument = {.price_places = 2, .tick_scaled = 5};
    uint64_t state = 7;
    char text[32];
    for (uint32_t i = 0; i < 300000; i++) {
        uint32_t size = (uint32_t)(splitmix64(&state) % 24), ticks = 0, expected = 0;
        for (uint32_t at = 0; at < size; at++) text[at] = bytes[splitmix64(&state) % (i % 2 ? 18 : 20)];
        instrument.price_places = (uint8_t)(2 + splitmix64(&state) % 5);
        int status = figure_ticks(&instrument, text, size, &ticks);
        cr_assert_eq(status, expect_ticks(&instrument, text, size, &expected), "%.*s", (int)size, text);
        if (status == 0) cr_assert_eq(ticks, expected, "%.*s: %u, not %u", (int)size, text, ticks, expected);
    }
    uint32_t ticks;
    cr_expect(figure_ticks(NULL, "2700.00", 7, &ticks) == 0 && ticks == PRICE_INVALID);
    cr_expect_eq(figure_ticks(NULL, "27x", 3, &ticks), -1);
}

Test(figures, lots_and_ids_have_their_sentinels) {
    cr_expect_eq(figure_lots(-1), 0);
    cr_expect_eq(figure_lots(0), 0);
    cr_expect_eq(figure_lots(QUANTITY_LOTS_MAX), QUANTITY_LOTS_MAX);
    cr_expect_eq(figure_lots((int64_t)QUANTITY_LOTS_MAX + 1), UINT32_MAX);
    cr_expect_eq(figure_order_id("4294967297", 10), UINT64_C(4294967297));
    cr_expect_eq(figure_order_id("18446744073709551615", 20), UINT64_MAX);
    cr_expect_eq(figure_order_id("18446744073709551616", 20), UINT64_MAX);
    cr_expect_eq(figure_order_id("01", 2), UINT64_MAX);
    cr_expect_eq(figure_order_id("1a", 2), UINT64_MAX);
}
