/* test_typed.c - what is typed at the prompt, and what is sent for it. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tools/client/typed.h"

static const char *const known[] = {"DY-SMP-EX", "DY-BUT-EX", "TB-SAW-TR"};
static const struct symbol_list symbols = {known, 3};

static struct typed parse(const char *line) {
    struct typed typed;
    typed_parse(line, &symbols, 3, "own-1", &typed);
    return typed;
}

Test(typed, commands_become_requests) {
    const struct { const char *line, *request; } cases[] = {
        {"buy 2 dy-smp-ex at 2700.00",
         "{\"type\":\"new_order\",\"req_id\":3,\"cl_ord_id\":\"own-1\",\"symbol\":\"DY-SMP-EX\",\"side\":\"buy\","
         "\"order_qty\":2,\"price\":\"2700.00\"}"},
        {"  SELL 1 DY-BUT-EX market ioc\n",
         "{\"type\":\"new_order\",\"req_id\":3,\"cl_ord_id\":\"own-1\",\"symbol\":\"DY-BUT-EX\",\"side\":\"sell\","
         "\"order_qty\":1,\"ord_type\":\"market\",\"time_in_force\":\"ioc\"}"},
        {"buy 9 NEW at 1 gtd 2021-07-30 display 3 id mine post_only",
         "{\"type\":\"new_order\",\"req_id\":3,\"cl_ord_id\":\"mine\",\"symbol\":\"NEW\",\"side\":\"buy\","
         "\"order_qty\":9,\"price\":\"1\",\"time_in_force\":\"gtd\",\"expire_date\":\"2021-07-30\",\"display_qty\":3,"
         "\"post_only\":true}"},
        {"sell 4 tb-saw-tr stop 279.50",
         "{\"type\":\"new_order\",\"req_id\":3,\"cl_ord_id\":\"own-1\",\"symbol\":\"TB-SAW-TR\",\"side\":\"sell\","
         "\"order_qty\":4,\"ord_type\":\"stop\",\"stop_px\":\"279.50\"}"},
        {"amend 17 qty 3 at 2690.00",
         "{\"type\":\"amend_order\",\"req_id\":3,\"cl_ord_id\":\"own-1\",\"order_id\":\"17\",\"order_qty\":3,"
         "\"price\":\"2690.00\"}"},
        {"amend id mine display 2",
         "{\"type\":\"amend_order\",\"req_id\":3,\"cl_ord_id\":\"own-1\",\"orig_cl_ord_id\":\"mine\","
         "\"display_qty\":2}"},
        {"cancel 17", "{\"type\":\"cancel_order\",\"req_id\":3,\"order_id\":\"17\"}"},
        {"cancel id mine", "{\"type\":\"cancel_order\",\"req_id\":3,\"orig_cl_ord_id\":\"mine\"}"},
        {"cancel all", "{\"type\":\"mass_cancel\",\"req_id\":3}"},
        {"cancel all dy-smp-ex sell",
         "{\"type\":\"mass_cancel\",\"req_id\":3,\"symbol\":\"DY-SMP-EX\",\"side\":\"sell\"}"},
        {"status 17", "{\"type\":\"order_status_request\",\"req_id\":3,\"order_id\":\"17\"}"},
        {"orders", "{\"type\":\"open_orders_request\",\"req_id\":3}"},
        {"instruments agri", "{\"type\":\"instruments_request\",\"req_id\":3,\"section\":\"agri\"}"},
        {"deals 2021-06-01 2021-06-30",
         "{\"type\":\"deals_request\",\"req_id\":3,\"from\":\"2021-06-01\",\"to\":\"2021-06-30\"}"},
        {"subscribe trades dy-smp-ex TB-SAW-TR",
         "{\"type\":\"subscribe\",\"req_id\":3,\"channel\":\"trades\",\"symbols\":[\"DY-SMP-EX\",\"TB-SAW-TR\"]}"},
        {"unsubscribe ticker all",
         "{\"type\":\"unsubscribe\",\"req_id\":3,\"channel\":\"ticker\",\"symbols\":\"all\"}"},
        {"explain trade 5", "{\"type\":\"explain\",\"req_id\":3,\"trade_id\":\"5\"}"},
        {"explain seq 12", "{\"type\":\"explain\",\"req_id\":3,\"seq\":12}"},
        {" {\"type\":\"anything\"}\r\n", "{\"type\":\"anything\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct typed typed = parse(cases[i].line);
        cr_assert_eq(typed.kind, TYPED_REQUEST, "%s: %s", cases[i].line, typed.mistake);
        cr_assert_str_eq(typed.request, cases[i].request);
        free(typed.request);
    }
}

Test(typed, mistakes_are_named_and_nothing_is_sent) {
    const struct { const char *line, *sentence; } cases[] = {
        {"fly", "no such command (help lists them): \"fly\""},
        {"buy", "say it like this: buy 2 DY-SMP-EX at 2700.00"},
        {"buy 2", "say it like this: buy 2 DY-SMP-EX at 2700.00"},
        {"buy 2 DY-SMP-EX", "a price is missing: give one, or make it a market order"},
        {"buy 2 DY-SMP-EX at", "a value is missing after \"at\""},
        {"buy 2 DY-SMP-EX 2700.00", "a price needs the word at before it: \"2700.00\""},
        {"buy 2 DY-SMP-EX sideways", "no such option of an order: \"sideways\""},
        {"buy two DY-SMP-EX at 1", "quantity is a whole number of lots, not \"two\""},
        {"buy 2 DY-SMP-EX at 1 gtd", "gtd wants a date, such as gtd 2021-07-30"},
        {"cancel", "which order? For example: cancel 17, cancel id my-1, or cancel all DY-SMP-EX"},
        {"cancel 17 18", "this is one word too many: \"18\""},
        {"amend 17", "what shall change? For example: amend 17 qty 3 at 2690.00"},
        {"amend 17 side buy", "amend changes qty, at or display, not \"side\""},
        {"amend 17 qty 2.5", "not a whole number of lots: \"2.5\""},
        {"orders now", "this is one word too many: \"now\""},
        {"watch", "which symbol? Try: instruments"},
        {"subscribe trades", "a channel and symbols, for example: subscribe trades DY-SMP-EX, or subscribe ticker all"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct typed typed = parse(cases[i].line);
        cr_assert_eq(typed.kind, TYPED_MISTAKE, "%s", cases[i].line);
        cr_assert_null(typed.request);
        cr_assert_str_eq(typed.mistake, cases[i].sentence);
    }
}

Test(typed, actions_carry_their_words) {
    const struct { const char *line; enum typed_action action; const char *first, *second; } cases[] = {
        {"help", ACTION_HELP, "", ""}, {"help buy", ACTION_HELP, "buy", ""}, {"quit", ACTION_QUIT, "", ""},
        {"exit", ACTION_QUIT, "", ""}, {"logon dairy1", ACTION_LOGON, "dairy1", ""},
        {"logon dairy1 secret", ACTION_LOGON, "dairy1", "secret"}, {"book dy-but-ex", ACTION_BOOK, "DY-BUT-EX", ""},
        {"watch TB-SAW-TR", ACTION_WATCH, "TB-SAW-TR", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct typed typed = parse(cases[i].line);
        cr_assert_eq(typed.kind, TYPED_ACTION, "%s", cases[i].line);
        cr_assert_eq(typed.action, cases[i].action, "%s", cases[i].line);
        cr_assert_str_eq(typed.words[0], cases[i].first);
        cr_assert_str_eq(typed.words[1], cases[i].second);
    }
}

Test(typed, an_empty_line_is_nothing_and_a_monster_is_a_mistake) {
    cr_assert_eq(parse("").kind, TYPED_NOTHING);
    cr_assert_eq(parse(" \t\n").kind, TYPED_NOTHING);
    char many[300] = "", longer[5000];
    for (size_t i = 0; i < 298; i++) many[i] = i % 2 == 0 ? 'a' : ' ';
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    cr_assert_eq(parse(many).kind, TYPED_MISTAKE);
    cr_assert_eq(parse(longer).kind, TYPED_MISTAKE);
}

/* The completions of a line, joined with blanks. */
static void assert_completions(const char *line, uint32_t word_size, const char *expected) {
    const char *words[completions_count_max];
    char joined[2000] = "";
    uint32_t size, count = typed_complete(line, &symbols, words, &size);
    for (uint32_t i = 0; i < count; i++) {
        strncat(joined, i > 0 ? " " : "", sizeof joined - strlen(joined) - 1);
        strncat(joined, words[i], sizeof joined - strlen(joined) - 1);
    }
    cr_assert_str_eq(joined, expected, "%s -> %s", line, joined);
    cr_assert_eq(size, word_size, "%s", line);
}

Test(typed, tab_completes_commands_symbols_and_words) {
    assert_completions("su", 2, "subscribe");
    assert_completions("b", 1, "book buy balances");
    assert_completions("watch dy", 2, "DY-SMP-EX DY-BUT-EX");
    assert_completions("buy 2 tb", 2, "TB-SAW-TR");
    assert_completions("buy 2 DY-SMP-EX a", 1, "at all_or_none at_open at_close");
    assert_completions("instruments ", 0, "timber metals agri consumer");
    assert_completions("help wa", 2, "watch");
    assert_completions("orders x", 1, "");
    assert_completions("nothing x", 1, "");
}
