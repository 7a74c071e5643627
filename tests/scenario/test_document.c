/* test_document.c - strict reading, value by value; and no bytes that a reader falls over. */
#include "tests/scenario/fixture.h"

#include "gateway/scenario/document.h"
#include "instruments/calendar.h"

static struct document document;
static struct scenario_error error;
static struct place root;

/* Opens an object with the one key "v"; the value is written as in a file. */
static void open_value(const char *value) {
    char text[256], path[32];
    snprintf(text, sizeof text, "{'v':%s}", value);
    write_world(path, text);
    cr_assert_eq(document_open(&document, path, &error), 0, "%s", value);
    unlink(path);
    root = document_root(&document);
}

Test(document, decimals_of_any_scale) {
    static const struct { const char *value; uint32_t places; int64_t scaled; } rows[] = {
        {"'2700.00'", 2, 270000}, {"2700", 2, 270000}, {"'0.5'", 4, 5000}, {"0", 2, 0}, {"-3", 2, -300},
        {"'-3.10'", 2, -310}, {"'1.000000'", 2, 100},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t scaled = -77;
        open_value(rows[i].value);
        struct place place = place_get(&root, "v");
        cr_expect_eq(place_decimal(&place, rows[i].places, -1000, 1000000, &scaled), 0, "%s", rows[i].value);
        cr_expect_eq(scaled, rows[i].scaled);
        document_close(&document);
    }
}

Test(document, decimals_that_are_refused_leave_the_value_alone) {
    static const char *const values[] = {"'1e3'", "''", "'2.005'", "'99999999999999999999'", "'-0'", "true", "null",
                                         "[]", "{}", "'-10.01'", "1000000"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        int64_t scaled = -77;
        open_value(values[i]);
        struct place place = place_get(&root, "v");
        cr_expect_eq(place_decimal(&place, 2, -1000, 1000000, &scaled), -EINVAL, "%s", values[i]);
        cr_expect_eq(scaled, -77);
        cr_expect_str_eq(error.key, "v");
        document_close(&document);
    }
}

Test(document, what_is_absent_keeps_its_default) {
    int64_t integer = 5;
    int32_t date = 6;
    uint32_t choice = 7;
    char field[4] = "abc";
    struct place member;
    open_value("1");
    cr_expect_eq(place_read_integer(&root, "w", 0, 1, &integer), 0);
    cr_expect_eq(place_read_date(&root, "w", &date), 0);
    cr_expect_eq(place_read_choice(&root, "w", (const char *const[]){"a"}, 1, &choice), 0);
    cr_expect_eq(place_read_id(&root, "w", field, 4), 0);
    cr_expect_eq(place_read_label(&root, "w", field, 4), 0);
    cr_expect(integer == 5 && date == 6 && choice == 7 && strcmp(field, "abc") == 0);
    cr_expect(!place_find(&root, "w", &member));
    cr_expect(!place_find(&root, "V", &member), "case matters");
    document_close(&document);
}

Test(document, null_is_a_value_unless_asked_for) {
    struct place member;
    open_value("null");
    cr_expect(place_find(&root, "v", &member));
    cr_expect(!place_find_given(&root, "v", &member));
    document_close(&document);
}

Test(document, keys_of_later_rules_may_only_say_nothing) {
    static const struct key keys[] = {{"v", KEY_LATER}};
    static const struct { const char *value; int status; } rows[] = {
        {"null", 0}, {"false", 0}, {"[]", 0}, {"true", -EINVAL}, {"0", -EINVAL}, {"''", -EINVAL}, {"{}", -EINVAL},
        {"[null]", -EINVAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        open_value(rows[i].value);
        cr_expect_eq(place_check_keys(&root, keys, 1), rows[i].status, "%s", rows[i].value);
        document_close(&document);
    }
}

Test(document, values_are_quoted_short) {
    static const struct { const char *value, *quote; } rows[] = {
        {"'abc'", "\"abc\""}, {"12", "12"}, {"-9007199254740991", "-9007199254740991"}, {"null", "null"},
        {"true", "true"}, {"false", "false"}, {"[1]", "a list"}, {"{}", "an object"},
        {"'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg'",
         "\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefffffff...\""},
        /* A character that does not fit is left out whole. */
        {"'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffff\xC3\xA4gggg'",
         "\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffff...\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char quote[place_quote_size];
        open_value(rows[i].value);
        cr_expect_str_eq(place_quote(place_get(&root, "v").json, quote), rows[i].quote);
        document_close(&document);
    }
}

/* Bytes changed at random in a sound world: refused or read, never anything else. */
Test(document, damaged_files_are_refused_or_read) {
    static const char world[] =
        "{'name':'n','start':'2021-06-28T06:00:00Z','instruments':['DY-SMP-EX',{'symbol':'T','section':'agri','unit':"
        "'t','lot':1,'tick':'0.01','currency':'USD','reference_px':'9.50'}],'rules':{'collar':{'T':'5'}},"
        "'participants':[{'id':'A','country':'BY','accreditations':[{'section':'agri','from':'2020-01-01','to':null}],"
        "'deposit':{'USD':'1.00'}}],'users':[{'user':'u','participant':'A','role':'trader','password':'p'}],"
        "'sessions':[{'id':'S','model':'continuous','symbols':['T'],'schedule':{'open':'09:00','close':'17:00'}}],"
        "'agents':[{}]}";
    static const char bytes[] = "'{}[],:\\0-9.\"eatu\x01\x80\xC3";
    uint64_t random = 1;
    uint32_t refused = 0, rounds = 400;
    for (uint32_t i = 0; i < rounds; i++) {
        char damaged[sizeof world];
        memcpy(damaged, world, sizeof world);
        for (uint32_t changes = 1 + i % 3; changes > 0; changes--) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            damaged[(random >> 33) % (sizeof world - 1)] = bytes[(random >> 20) % (sizeof bytes - 1)];
        }
        struct scenario scenario;
        struct scenario_error why;
        int status = load_text(damaged, &scenario, &why);
        cr_assert(status == 0 || status == -EINVAL, "%s", damaged);
        if (status == 0) scenario_free(&scenario);
        else cr_assert(why.line >= 1 && why.text[0] != '\0', "%s", damaged);
        refused += status != 0;
    }
    cr_expect_gt(refused, rounds / 2);
}
