/* test_dialog.c - who may ask what, and what leaves in which order. */
#include "tests/session/fixture.h"

TestSuite(dialog, .init = fixture_open, .fini = fixture_close, .timeout = 20);

Test(dialog, begins_with_a_welcome) {
    cr_assert_eq(fixture->ports[0].lines_count, 1);
    expect_part(fixture->ports[0].lines[0], "\"type\":\"welcome\"");
    expect_part(fixture->ports[0].lines[0], "\"trade_date\":\"2021-06-28\"");
}

Test(dialog, verdicts_come_in_their_order) {
    static const struct { const char *line, *reason; } strangers[] = {
        {"{", "\"reason\":\"malformed_request\""},
        {"{\"req_id\":7}", "\"reason\":\"not_logged_on\""},
        {"{\"type\":\"no_such\",\"req_id\":7}", "\"reason\":\"not_logged_on\""},
        {"{\"type\":\"new_order\",\"req_id\":7}", "\"reason\":\"not_logged_on\""},
        {"{\"type\":\"admin_digest\",\"req_id\":7}", "\"reason\":\"not_logged_on\""},
        {"{\"type\":\"subscribe\",\"req_id\":7}", "\"reason\":\"missing_field\""},
    };
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        say(0, strangers[i].line);
        expect_part(heard(0, 0), strangers[i].reason);
        if (i > 0) expect_part(heard(0, 0), "\"req_id\":7");
    }
    log_on(0, "trader", "");
    static const struct { const char *line, *reason; } traders[] = {
        {"{\"type\":\"no_such\"}", "\"reason\":\"unknown_type\""},
        {"{\"type\":\"admin_digest\",\"nonsense\":1}", "\"reason\":\"not_authorised\""},
        {"{\"type\":\"new_order\",\"nonsense\":1}", "\"reason\":\"unknown_field\""},
        {"{\"type\":\"new_order\"}", "\"reason\":\"missing_field\""},
        {"{\"type\":\"logon\",\"nonsense\":1}", "\"reason\":\"already_logged_on\""},
        {"{\"type\":\"lot_bid\",\"lot\":\"1\"}", "\"reason\":\"not_available\""},
        {"{\"type\":\"explain\",\"order_id\":\"1\"}", "\"reason\":\"order_unknown\""},
    };
    for (size_t i = 0; i < sizeof traders / sizeof *traders; i++) {
        say(0, traders[i].line);
        expect_part(heard(0, 0), traders[i].reason);
    }
    cr_assert_eq(fixture->commands_count, 0);
}

Test(dialog, roles_may_do_what_is_theirs) {
    static const struct { const char *user; int orders, supervises, administers; } rows[] = {
        {"trader", 1, 0, 0}, {"watcher", 0, 0, 0}, {"super", 0, 1, 0}, {"root", 0, 1, 1},
    };
    for (int i = 0; i < 4; i++) {
        log_on(i, rows[i].user, "");
        script_accepted(1, "a1");
        say(i, ORDER_LINE);
        cr_assert_eq(strstr(heard(i, 0), "not_authorised") == NULL, rows[i].orders, "%s orders", rows[i].user);
        fixture->reports_count = fixture->events_count = 0;
        say(i, "{\"type\":\"admin_halt\",\"symbol\":\"WHEAT\"}");
        cr_assert_eq(strstr(heard(i, 0), "\"type\":\"ack\"") != NULL, rows[i].supervises, "%s halts", rows[i].user);
        say(i, "{\"type\":\"admin_shutdown\"}");
        cr_assert_eq(strstr(heard(i, 0), "\"type\":\"ack\"") != NULL, rows[i].administers, "%s stops", rows[i].user);
        say(i, "{\"type\":\"balances_request\",\"req_id\":3}");
        expect_part(heard(i, 0), "\"type\":\"balances\"");
    }
    cr_assert_eq(fixture->shutdowns, 1);
}

Test(dialog, wrong_name_and_wrong_password_look_the_same) {
    say(0, "{\"type\":\"logon\",\"req_id\":1,\"user\":\"trader\",\"password\":\"wrong\"}");
    cr_assert_eq(fixture->checked_user, 0);
    verdict(0, 0);
    const char *wrong_password = heard(0, 0);
    expect_part(wrong_password, "\"reason\":\"bad_credentials\"");
    say(0, "{\"type\":\"logon\",\"req_id\":1,\"user\":\"nobody\",\"password\":\"right\"}");
    cr_assert_eq(fixture->checked_user, NAME_NONE, "it is checked all the same");
    verdict(0, 0);
    cr_assert_str_eq(heard(0, 0), wrong_password);
    log_on(0, "trader", "");
}

Test(dialog, a_password_is_wiped_from_the_line) {
    char line[] = "{\"type\":\"logon\",\"user\":\"trader\",\"password\":\"right\"}";
    dialog_on_line(&fixture->dialogs[0], line, sizeof line - 1);
    for (size_t i = 0; i < sizeof line; i++) cr_assert_eq(line[i], 0);
}

Test(dialog, repeated_failures_are_answered_late_and_end_the_connection) {
    int64_t now_ns = 0;
    for (int failure = 1; failure <= logon_failures_max; failure++) {
        say(0, "{\"type\":\"logon\",\"user\":\"trader\",\"password\":\"wrong\"}");
        verdict(0, now_ns);
        if (failure > logon_failures_free) {
            cr_assert_str_eq(heard(0, 0), "", "failure %d is answered late", failure);
            cr_assert(dialog_is_busy(&fixture->dialogs[0]));
            dialog_on_tick(&fixture->dialogs[0], now_ns + LOGON_DELAY_NS - 1, now_ns, now_ns);
            cr_assert_str_eq(heard(0, 0), "");
            now_ns += 8 * LOGON_DELAY_NS;
            dialog_on_tick(&fixture->dialogs[0], now_ns, now_ns, now_ns);
        }
        expect_part(heard(0, 0), "bad_credentials");
        cr_assert_eq(fixture->ports[0].finished, failure == logon_failures_max);
    }
}

Test(dialog, the_reports_of_a_request_repeat_its_id_to_the_one_who_asked_only) {
    log_on(0, "trader", "");
    log_on(1, "second", "");
    log_on(2, "other", "");
    uint32_t heard_before[3];
    for (int i = 0; i < 3; i++) heard_before[i] = fixture->ports[i].lines_count;
    script_accepted(77, "a1");
    say(0, ORDER_LINE);
    cr_assert_eq(fixture->commands[0].participant, 0);
    cr_assert_eq(fixture->commands[0].user, 0);
    cr_assert_eq(fixture->commands[0].connection, fixture->dialogs[0].connection);
    expect_part(heard(0, 0), "\"req_id\":\"r1\"");
    expect_part(heard(0, 0), "\"seq\":1");
    cr_assert_eq(fixture->ports[1].lines_count, heard_before[1] + 1);
    const char *second = fixture->ports[1].lines[heard_before[1]];
    expect_part(second, "\"seq\":1");
    expect_no_part(second, "req_id");
    cr_assert_eq(fixture->ports[2].lines_count, heard_before[2], "another participant hears nothing");
}

Test(dialog, reports_about_other_orders_are_no_answer) {
    log_on(0, "trader", "");
    script_accepted(77, "a1");
    fixture->reports[1] = (struct report){
        .order_id = 5, .participant = 0, .client = NAME_NONE, .expire_date = date_none,
        .exec_type = EXEC_TYPE_CANCELED, .ord_status = ORD_STATUS_CANCELED, .reason = REJECT_SELF_TRADE_PREVENTED,
    };
    fixture->reports_count = 2;
    say(0, ORDER_LINE);
    expect_part(heard(0, 0), "\"req_id\":\"r1\"");
    expect_part(heard(0, 1), "\"order_id\":\"5\"");
    expect_no_part(heard(0, 1), "req_id");
    script_accepted(77, "a1");
    fixture->events_count = 0;
    hub_on_report(&fixture->hub, &fixture->reports[0]);
    since = fixture->ports[0].lines_count;
    hub_deliver(&fixture->hub);
    expect_no_part(heard(0, 0), "req_id");
}

Test(dialog, a_refused_cancel_is_a_direct_answer_without_number) {
    log_on(0, "trader", "");
    fixture->events[0] = (struct event){.kind = EVENT_REFUSED, .instrument = NAME_NONE, .refused = {
        .command = COMMAND_CANCEL_ORDER, .reason = REJECT_ORDER_UNKNOWN}};
    fixture->events_count = 1;
    say(0, "{\"type\":\"cancel_order\",\"req_id\":4,\"orig_cl_ord_id\":\"zz\"}");
    expect_part(heard(0, 0), "\"type\":\"error\"");
    expect_part(heard(0, 0), "\"code\":904");
    expect_part(heard(0, 0), "\"orig_cl_ord_id\":\"zz\"");
    expect_part(heard(0, 0), "\"req_id\":4");
    expect_no_part(heard(0, 0), "\"seq\"");
}

Test(dialog, a_mass_cancel_is_acknowledged_behind_its_reports_even_by_a_slow_connection) {
    log_on(0, "trader", "");
    for (uint32_t i = 0; i < 3; i++) {
        fixture->reports[i] = (struct report){.order_id = i + 1, .participant = 0, .client = NAME_NONE,
            .exec_type = EXEC_TYPE_CANCELED, .ord_status = ORD_STATUS_CANCELED, .expire_date = date_none};
        fixture->events[i] = (struct event){.kind = EVENT_CANCELED, .order_change = {.order_id = i + 1}};
    }
    fixture->events[3] = (struct event){.kind = EVENT_MASS_CANCELED, .mass_canceled = {.count = 3}};
    fixture->reports_count = 3;
    fixture->events_count = 4;
    fixture->ports[0].room = 2;
    say(0, "{\"type\":\"mass_cancel\",\"req_id\":9}");
    cr_assert_eq(fixture->ports[0].lines_count, since + 2);
    cr_assert(dialog_is_busy(&fixture->dialogs[0]), "no request is taken while reports wait");
    fixture->ports[0].room = UINT32_MAX;
    dialog_pump(&fixture->dialogs[0]);
    expect_part(heard(0, 2), "\"seq\":3");
    expect_no_part(heard(0, 2), "req_id");
    expect_part(heard(0, 3), "\"type\":\"mass_cancel_ack\"");
    expect_part(heard(0, 3), "\"req_id\":9");
    expect_part(heard(0, 3), "\"count\":3");
    cr_assert_not(dialog_is_busy(&fixture->dialogs[0]));
}

Test(dialog, resume_sends_what_was_missed_again_and_says_so) {
    log_on(0, "trader", "");
    for (uint64_t i = 1; i <= 5; i++) {
        script_accepted(i, "a1");
        say(0, ORDER_LINE);
    }
    log_on(1, "second", ",\"next_expected_seq\":4");
    expect_part(heard(1, 0), "\"next_seq\":6");
    expect_part(heard(1, 1), "\"seq\":4");
    expect_part(heard(1, 1), "\"poss_dup\":true");
    expect_part(heard(1, 2), "\"seq\":5");
    cr_assert_str_eq(heard(1, 3), "");
    uint32_t before = fixture->ports[1].lines_count;
    script_accepted(6, "a1");
    say(0, ORDER_LINE);
    const char *live = fixture->ports[1].lines[before];
    expect_part(live, "\"seq\":6");
    expect_no_part(live, "poss_dup");
    log_on(2, "watcher", "");
    cr_assert_str_eq(heard(2, 1), "", "nothing is replayed unless asked for");
}

Test(dialog, a_number_that_was_never_given_cannot_be_expected) {
    say(0, "{\"type\":\"logon\",\"user\":\"trader\",\"password\":\"right\",\"next_expected_seq\":2}");
    verdict(0, 0);
    expect_part(heard(0, 0), "\"code\":1206");
    expect_part(heard(0, 0), "\"field\":\"next_expected_seq\"");
    log_on(0, "trader", ",\"next_expected_seq\":1");
    cr_assert_str_eq(heard(0, 1), "");
}

Test(dialog, cancel_on_disconnect_is_for_drops_not_for_logout) {
    log_on(0, "trader", ",\"cancel_on_disconnect\":true");
    log_on(1, "trader", ",\"cancel_on_disconnect\":true");
    log_on(2, "trader", "");
    script_accepted(1, "a1");
    say(0, ORDER_LINE);
    cr_assert(fixture->commands[0].new_order.flags & ORDER_CANCEL_ON_DISCONNECT);
    script_accepted(2, "a2");
    say(2, ORDER_LINE);
    cr_assert_not(fixture->commands[1].new_order.flags & ORDER_CANCEL_ON_DISCONNECT);
    dialog_close(&fixture->dialogs[0]);
    cr_assert_eq(fixture->commands_count, 3);
    cr_assert_eq(fixture->commands[2].kind, COMMAND_DISCONNECT);
    cr_assert_eq(fixture->commands[2].connection, fixture->dialogs[0].connection);
    say(1, "{\"type\":\"logout\",\"req_id\":5}");
    expect_part(heard(1, 0), "\"type\":\"logout\"");
    expect_part(heard(1, 0), "\"req_id\":5");
    cr_assert_eq(fixture->ports[1].finished, 1);
    dialog_close(&fixture->dialogs[1]);
    dialog_close(&fixture->dialogs[2]);
    cr_assert_eq(fixture->commands_count, 3);
}

Test(dialog, silence_is_broken_after_10_s_and_ends_a_logged_on_connection_after_30_s) {
    const int64_t s = NS_PER_SECOND;
    struct dialog *dialog = &fixture->dialogs[0];
    since = fixture->ports[0].lines_count;
    dialog_on_tick(dialog, 1000 * s, 0, 0);
    cr_assert_eq(fixture->ports[0].finished, 0, "a stranger may stay idle");
    log_on(0, "trader", "");
    since = fixture->ports[0].lines_count;
    dialog_on_tick(dialog, 10 * s - 1, 0, 0);
    cr_assert_str_eq(heard(0, 0), "");
    dialog_on_tick(dialog, 10 * s, 0, 0);
    expect_part(heard(0, 0), "\"type\":\"heartbeat\"");
    dialog_on_tick(dialog, 30 * s - 1, 25 * s, 0);
    cr_assert_eq(fixture->ports[0].finished, 0);
    dialog_on_tick(dialog, 30 * s, 25 * s, 0);
    cr_assert_eq(fixture->ports[0].finished, 1);
}

Test(dialog, the_manual_clock_goes_forward_only) {
    log_on(0, "root", "");
    say(0, "{\"type\":\"admin_clock\",\"now\":\"2021-06-28T05:59:59Z\"}");
    expect_part(heard(0, 0), "\"code\":109");
    say(0, "{\"type\":\"admin_clock\",\"now\":\"2031-06-28T05:59:59Z\"}");
    expect_part(heard(0, 0), "\"type\":\"error\"");
    say(0, "{\"type\":\"admin_clock\",\"now\":\"2021-06-28T08:00:00Z\",\"req_id\":2}");
    expect_part(heard(0, 0), "\"type\":\"ack\"");
    cr_assert_eq(fixture->clock_moved_to_ns, exchange_time_ns(fixture->exchange) + 7200 * NS_PER_SECOND);
}

Test(dialog, a_user_is_created_with_the_hash_of_its_password) {
    log_on(0, "root", "");
    say(0, "{\"type\":\"admin_user\",\"req_id\":2,\"user\":\"late\",\"participant\":\"ALFA\",\"role\":\"trader\","
           "\"password\":\"right\"}");
    cr_assert(fixture->checked_right);
    cr_assert(dialog_is_busy(&fixture->dialogs[0]));
    fixture->events[0] = (struct event){.kind = EVENT_USER, .subject.index = 6};
    fixture->events_count = 1;
    char hash[password_hash_size] = "$y$fake";
    dialog_on_hash(&fixture->dialogs[0], hash);
    cr_assert_eq(fixture->commands_count, 2);
    cr_assert_eq(fixture->commands[0].kind, COMMAND_USER);
    cr_assert_eq(fixture->commands[1].kind, COMMAND_PASSWORD);
    cr_assert_eq(fixture->commands[1].password.user, 6);
    cr_assert_eq(memcmp(fixture->commands[1].password.hash, hash, sizeof hash), 0);
    expect_part(heard(0, 0), "\"type\":\"ack\"");
}

Test(dialog, what_comes_back_after_the_end_is_ignored) {
    say(0, "{\"type\":\"logon\",\"user\":\"trader\",\"password\":\"right\"}");
    dialog_close(&fixture->dialogs[0]);
    uint32_t before = fixture->ports[0].lines_count;
    verdict(0, 0);
    cr_assert_eq(fixture->ports[0].lines_count, before);
    cr_assert_null(fixture->hub.desks[0].dialogs);
}

Test(dialog, a_range_that_is_no_longer_kept_is_told_as_a_gap) {
    for (uint64_t i = 0; i < stream_reports_max + 100; i++) {
        struct report report = {.order_id = i, .participant = 0, .client = NAME_NONE, .expire_date = date_none};
        hub_on_report(&fixture->hub, &report);
    }
    hub_deliver(&fixture->hub);
    fixture->ports[0].room = 3;    /* the rest of 65,536 reports may wait */
    log_on(0, "trader", ",\"next_expected_seq\":50");
    expect_part(heard(0, 0), "\"next_seq\":65637");
    expect_part(heard(0, 1), "\"type\":\"gap\"");
    expect_part(heard(0, 1), "\"from\":50,\"to\":100");
    expect_part(heard(0, 2), "\"type\":\"open_orders\"");
    fixture->ports[0].room = 1;
    dialog_pump(&fixture->dialogs[0]);
    expect_part(heard(0, 3), "\"seq\":101");
    expect_part(heard(0, 3), "\"poss_dup\":true");
}
