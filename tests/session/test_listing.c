/* test_listing.c - lists that are longer than what a connection takes at once. */
#include "tests/session/fixture.h"

TestSuite(listing, .init = fixture_open, .fini = fixture_close, .timeout = 20);

enum { orders_count = 200 };

static void enter_orders(void) {
    for (uint64_t i = 1; i <= orders_count; i++) {
        const struct event event = {.kind = EVENT_ACCEPTED, .flags = EVENT_RESTS, .instrument = 0, .order = {
            .order_id = (UINT64_C(1) << 32) + i, .participant = 0, .principal = 0, .price = {400}, .quantity = {1},
            .shown = {1}, .expire_date = date_none}};
        struct report reports[orders_view_reports_max];
        cr_assert_eq(orders_view_apply(fixture->orders, &event, i, 0, 0, reports), 1);
    }
}

static uint32_t rows_of(const char *line) {
    uint32_t count = 0;
    for (const char *at = line; (at = strstr(at, "\"order_id\":")); at++) count++;
    return count;
}

Test(listing, a_long_list_waits_for_a_slow_connection_and_so_do_reports) {
    enter_orders();
    log_on(0, "trader", "");
    fixture->ports[0].room = 1;
    say(0, "{\"type\":\"open_orders_request\",\"req_id\":3}");
    cr_assert_eq(fixture->ports[0].lines_count, since + 1);
    cr_assert(dialog_is_busy(&fixture->dialogs[0]));
    struct report report = {.order_id = 9, .participant = 0, .client = NAME_NONE, .expire_date = date_none};
    hub_on_report(&fixture->hub, &report);
    hub_deliver(&fixture->hub);
    cr_assert_eq(fixture->ports[0].lines_count, since + 1, "a report does not overtake the list");
    uint32_t lines_count = 1;
    while (dialog_is_busy(&fixture->dialogs[0])) {
        fixture->ports[0].room = 1;
        dialog_pump(&fixture->dialogs[0]);
        cr_assert_eq(fixture->ports[0].lines_count, since + ++lines_count, "one at a time");
    }
    uint32_t rows_count = 0;
    for (uint32_t i = 0; i + 1 < lines_count; i++) {
        expect_part(heard(0, i), "\"req_id\":3");
        expect_part(heard(0, i), i + 2 == lines_count ? "\"last\":true" : "\"last\":false");
        rows_count += rows_of(heard(0, i));
    }
    cr_assert_gt(lines_count, 2);
    cr_assert_eq(rows_count, (uint32_t)orders_count);
    expect_part(heard(0, lines_count - 1), "\"type\":\"execution_report\"");
}

Test(listing, others_see_none_of_it_and_officials_have_no_orders) {
    enter_orders();
    static const char *const users[] = {"other", "super", "root"};
    for (int i = 0; i < 3; i++) {
        log_on(i, users[i], "");
        say(i, "{\"type\":\"open_orders_request\"}");
        expect_part(heard(i, 0), "\"orders\":[]");
        expect_part(heard(i, 0), "\"last\":true");
    }
}

Test(listing, a_connection_that_goes_in_the_middle_leaves_nothing_behind) {
    enter_orders();
    log_on(0, "trader", "");
    fixture->ports[0].room = 1;
    say(0, "{\"type\":\"open_orders_request\"}");
    cr_assert(dialog_is_busy(&fixture->dialogs[0]));
    dialog_close(&fixture->dialogs[0]);
    cr_assert_null(fixture->dialogs[0].listing);
}
