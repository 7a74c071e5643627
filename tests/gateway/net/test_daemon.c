/* test_daemon.c - the whole server over sockets: trade, resume, drop, flood, stall, stop. */
#include "tests/gateway/net/daemon_fixture.h"

TestSuite(daemon, .init = open_manual, .fini = close_daemon, .timeout = 40);

Test(daemon, two_parties_trade_and_the_public_sees_it) {
    struct caller *alfa = call_as("alfa", "a", ""), *beta = call_as("beta", "b", ""), *reader = call();
    tell(reader, "{\"type\":\"subscribe\",\"channel\":\"book\",\"symbols\":[\"WHEAT\"]}");
    expect(reader, "\"type\":\"ack\"");
    expect(reader, "\"type\":\"book_snapshot\"");
    tell(alfa, ORDER("a1", "sell", "5", "200.00"));
    expect(alfa, "\"exec_type\":\"new\"");
    expect(reader, "\"asks\":[[\"200.00\",5,1]]");
    tell(beta, ORDER("b1", "buy", "3", "201.00"));
    expect(beta, "\"exec_type\":\"new\"");
    expect(beta, "\"last_px\":\"200.00\"");
    expect(alfa, "\"exec_type\":\"trade\"");
    expect(reader, "\"asks\":[[\"200.00\",2,1]]");
    tell(alfa, "{\"type\":\"deals_request\"}");
    expect(alfa, "\"counterparty\":\"BETA\"");
    hang_up(alfa);
    hang_up(beta);
    hang_up(reader);
}

Test(daemon, requests_in_one_segment_are_answered_in_their_order) {
    struct caller *alfa = call_as("alfa", "a", "");
    char requests[64 * 1024];
    size_t size = 0;
    for (int i = 0; i < 500; i++) {
        size += (size_t)snprintf(requests + size, sizeof requests - size,
                                 "{\"type\":\"heartbeat\",\"req_id\":%d}\n", i);
    }
    tell_bytes(alfa, requests, size);
    for (int i = 0; i < 500; i++) {
        char part[32];
        snprintf(part, sizeof part, "\"req_id\":%d,", i);
        expect(alfa, part);
    }
    hang_up(alfa);
}

Test(daemon, a_request_behind_a_logon_waits_for_it_even_if_the_sender_has_ended_its_half) {
    struct caller *alfa = call();
    const char *both = "{\"type\":\"logon\",\"user\":\"alfa\",\"password\":\"a\"}\n{\"type\":\"balances_request\"}\n";
    tell_bytes(alfa, both, strlen(both));
    shutdown(alfa->fd, SHUT_WR);
    expect(alfa, "\"type\":\"logon_ack\"");
    expect(alfa, "\"credited\":\"1000.00\"");
    expect_end(alfa);
    hang_up(alfa);
}

Test(daemon, a_dropped_connection_takes_its_orders_along_if_it_said_so) {
    struct caller *first = call_as("alfa", "a", ",\"cancel_on_disconnect\":true"), *second = call_as("alfa", "a", "");
    tell(first, ORDER("a1", "sell", "5", "200.00"));
    expect(second, "\"exec_type\":\"new\"");
    hang_up(first);
    expect(second, "\"exec_type\":\"canceled\"");
    tell(second, "{\"type\":\"open_orders_request\"}");
    expect(second, "\"orders\":[]");
    hang_up(second);
}

Test(daemon, garbage_is_refused_line_by_line_and_a_line_too_long_ends_it) {
    struct caller *caller = call();
    tell(caller, "\x01\x02");
    expect(caller, "\"code\":108");
    tell(caller, "{\"type\":\"sessions_request\"}");
    expect(caller, "\"type\":\"sessions\"");
    char *line = malloc(20000);
    memset(line, 'x', 20000);
    tell_bytes(caller, line, 20000);
    expect(caller, "\"code\":1203");
    expect_end(caller);
    free(line);
    hang_up(caller);
}

Test(daemon, an_unfinished_line_is_cut_off_and_an_idle_stranger_is_not) {
    struct caller *slow = call(), *idle = call();
    tell_bytes(slow, "{\"type\":", 8);
    expect_end(slow);
    tell(idle, "{\"type\":\"sessions_request\"}");
    expect(idle, "\"type\":\"sessions\"");
    hang_up(slow);
    hang_up(idle);
}

/* Asks until the server no longer reads. Returns the bytes it took. */
static size_t flood(struct caller *caller) {
    static const char request[] = "{\"type\":\"instruments_request\"}\n";
    size_t taken = 0;
    struct pollfd ready = {.fd = caller->fd, .events = POLLOUT};
    while (poll(&ready, 1, 200) == 1 && !(ready.revents & (POLLERR | POLLHUP))) {
        ssize_t done = send(caller->fd, request, sizeof request - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (done <= 0) break;
        taken += (size_t)done;
    }
    return taken;
}

Test(daemon, one_who_never_reads_costs_a_bounded_outbox_and_is_dropped) {
    struct caller *deaf = call(), *other = call();
    flood(deaf);
    cr_assert_leq(running->daemon->network.pool.used_count, (uint32_t)outbox_spans_max);
    tell(other, "{\"type\":\"sessions_request\"}");
    expect(other, "\"type\":\"sessions\"");
    for (int i = 0; i < 50 && __atomic_load_n(&running->daemon->network.connections_count, __ATOMIC_RELAXED) > 1; i++) {
        usleep(100 * 1000);
    }
    cr_assert_eq(running->daemon->network.connections_count, 1, "the deaf one is gone");
    hang_up(deaf);
    hang_up(other);
}

Test(daemon, resume_after_a_reconnect) {
    struct caller *alfa = call_as("alfa", "a", "");
    tell(alfa, ORDER("a1", "sell", "5", "200.00"));
    expect(alfa, "\"seq\":1");
    tell(alfa, "{\"type\":\"logout\"}");
    expect(alfa, "\"type\":\"logout\"");
    expect_end(alfa);
    hang_up(alfa);
    alfa = call_as("alfa", "a", ",\"next_expected_seq\":1");
    expect(alfa, "\"poss_dup\":true");
    tell(alfa, "{\"type\":\"open_orders_request\"}");
    expect(alfa, "\"cl_ord_id\":\"a1\"");
    hang_up(alfa);
}

Test(daemon, wrong_credentials_are_refused_and_new_users_can_log_on) {
    struct caller *stranger = call();
    tell(stranger, "{\"type\":\"logon\",\"user\":\"alfa\",\"password\":\"b\"}");
    expect(stranger, "\"code\":1202");
    tell(stranger, "{\"type\":\"logon\",\"user\":\"nobody\",\"password\":\"b\"}");
    expect(stranger, "\"code\":1202");
    struct caller *root = call_as("root", "r", "");
    tell(root, "{\"type\":\"admin_user\",\"user\":\"late\",\"participant\":\"ALFA\",\"role\":\"trader\","
               "\"password\":\"l\"}");
    expect(root, "\"type\":\"ack\"");
    hang_up(call_as("late", "l", ""));
    hang_up(stranger);
    hang_up(root);
}

Test(daemon, the_clock_moves_by_command_and_day_orders_end) {
    struct caller *root = call_as("root", "r", ""), *alfa = call_as("alfa", "a", "");
    tell(alfa, ORDER("a1", "sell", "5", "200.00"));
    expect(alfa, "\"exec_type\":\"new\"");
    tell(root, "{\"type\":\"admin_clock\",\"now\":\"2021-06-29T06:00:00Z\"}");
    expect(root, "\"trade_date\":\"2021-06-29\"");
    expect(alfa, "\"exec_type\":\"expired\"");
    hang_up(alfa);
    hang_up(root);
}

Test(daemon, shutdown_ends_every_connection_in_order) {
    struct caller *root = call_as("root", "r", ""), *reader = call();
    tell(root, "{\"type\":\"admin_shutdown\"}");
    expect(root, "\"type\":\"ack\"");
    expect_end(root);
    expect_end(reader);
    hang_up(root);
    hang_up(reader);
}

Test(daemon, one_connection_too_many_is_closed_at_once) {
    running->daemon->network.connections_count_max = 2;
    struct caller *first = call(), *second = call();
    struct caller *third = calloc(1, sizeof *third);
    third->fd = connect_socket();
    expect_end(third);
    tell(second, "{\"type\":\"sessions_request\"}");
    expect(second, "\"type\":\"sessions\"");
    hang_up(first);
    hang_up(second);
    hang_up(third);
}

/* The lines that one connection sends at once wait for their turns; the other is answered in between. */
Test(daemon, one_connection_cannot_own_the_loop) {
    running->daemon->network.requests_share_max = running->daemon->network.requests_share = 1;
    struct caller *greedy = call(), *modest = call();
    enum { greedy_count = 2000 };
    static char requests[64 * greedy_count];
    size_t size = 0;
    for (int i = 0; i < greedy_count; i++) {
        size += (size_t)snprintf(requests + size, sizeof requests - size,
                                 "{\"type\":\"heartbeat\",\"req_id\":%d}\n", i);
    }
    tell_bytes(greedy, requests, size);
    tell(modest, "{\"type\":\"heartbeat\",\"req_id\":1}");
    expect(modest, "\"req_id\":1");
    for (int i = 0; i < greedy_count; i++) {
        char part[32];
        snprintf(part, sizeof part, "\"req_id\":%d,", i);
        expect(greedy, part);
    }
    hang_up(greedy);
    hang_up(modest);
}

Test(daemon, many_connections_come_and_go) {
    enum { callers_max = 200 };
    struct caller *callers[callers_max];
    for (int i = 0; i < callers_max; i++) callers[i] = call();
    for (int i = 0; i < callers_max; i++) {
        tell(callers[i], "{\"type\":\"subscribe\",\"channel\":\"book\",\"symbols\":\"all\"}");
    }
    for (int i = 0; i < callers_max; i++) expect(callers[i], "\"type\":\"ack\"");
    for (int i = 0; i < callers_max; i++) hang_up(callers[i]);
}
