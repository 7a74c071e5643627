/* test_late_login.c - ACC-10: whoever logs on at or after the start of a session waits for the next. */
#include "tests/engine/fixture.h"

enum { TRADER };
static const int64_t minute_ns = 60 * NS_PER_SECOND;

/* The session MORNING, 10:00 to 11:00 in Minsk, has MILK and refuses late logins; UA-B has one trader. It is 9:00. */
static struct fixture *world(int64_t *start_ns) {
    struct fixture *f = fixture_new();
    struct command c = fixture_command(COMMAND_USER, NAME_NONE);
    memcpy(c.add_user.name, "ub", 2);
    c.add_user.participant = UA_B;
    c.add_user.role = ROLE_TRADER;
    fixture_apply(f, c);
    c = fixture_command(COMMAND_SESSION, NAME_NONE);
    memcpy(c.session.id, "MORNING", 7);
    c.session.open_minute = 600;
    c.session.close_minute = 660;
    fixture_apply(f, c);
    c = fixture_command(COMMAND_SESSION_TERMS, NAME_NONE);
    c.session_terms.flags = SESSION_LATE_LOGIN_REFUSE;
    fixture_apply(f, c);
    c = fixture_command(COMMAND_SESSION_SYMBOL, NAME_NONE);
    c.session_symbol.instrument = MILK;
    fixture_apply(f, c);
    *start_ns = trade_date_begin_ns(exchange_trade_date(f->exchange), 600);
    cr_assert_gt(*start_ns, f->time_ns);
    return f;
}

static void log_on(struct fixture *f, int64_t time_ns, int on) {
    struct command c = fixture_command(COMMAND_LOGON, UA_B);
    c.user = TRADER;
    c.logon.on = (uint8_t)on;
    f->time_ns = time_ns;
    fixture_apply(f, c);
}

static enum reject order_at(struct fixture *f, int64_t time_ns) {
    struct command c = order(UA_B, SIDE_BUY, 1, 500);
    c.user = TRADER;
    c.time_ns = f->time_ns = time_ns;
    return reason_of(f, c);
}

Test(late_login, before_the_start_is_in_time_and_at_the_start_is_late) {
    static const struct { int64_t offset_ns; enum reject reason; } rows[] = {
        {-1, REJECT_NONE}, {0, REJECT_LATE_LOGIN}, {1, REJECT_LATE_LOGIN},
    };
    for (uint32_t i = 0; i < 3; i++) {
        int64_t start_ns;
        struct fixture *f = world(&start_ns);
        log_on(f, start_ns + rows[i].offset_ns, 1);
        cr_expect_eq(order_at(f, start_ns + minute_ns), rows[i].reason, "row %u", i);
        fixture_free(f);
    }
}

/* Who is not there at all is late; who leaves and comes back is late; the next day's start is another one. */
Test(late_login, one_must_have_stayed) {
    int64_t start_ns;
    struct fixture *f = world(&start_ns);
    cr_expect_eq(order_at(f, start_ns + minute_ns), REJECT_LATE_LOGIN);
    log_on(f, start_ns + 2 * minute_ns, 1);
    cr_expect_eq(order_at(f, start_ns + NS_PER_DAY + minute_ns), REJECT_NONE);
    log_on(f, start_ns + NS_PER_DAY + 2 * minute_ns, 0);
    log_on(f, start_ns + NS_PER_DAY + 3 * minute_ns, 1);
    cr_expect_eq(order_at(f, start_ns + NS_PER_DAY + 4 * minute_ns), REJECT_LATE_LOGIN);
    fixture_free(f);
}

/* ACC-9 comes before, ACC-11 after: 212, 213, 214. */
Test(late_login, stands_between_certificate_and_sanction) {
    int64_t start_ns;
    struct fixture *f = world(&start_ns);
    struct command c = fixture_command(COMMAND_SANCTION, NAME_NONE);
    c.sanction = (struct command_sanction){ .participant = UA_B, .until_date = exchange_trade_date(f->exchange) };
    fixture_apply(f, c);
    cr_expect_eq(order_at(f, start_ns + minute_ns), REJECT_LATE_LOGIN);
    c = fixture_command(COMMAND_CERTIFICATE, NAME_NONE);
    memcpy(c.certificate.person, "ub", 2);
    c.certificate.issue_date = exchange_trade_date(f->exchange) + 1;
    c.certificate.power_to_date = date_none;
    fixture_apply(f, c);
    cr_expect_eq(order_at(f, start_ns + 2 * minute_ns), REJECT_SIGNATURE_INVALID);
    fixture_free(f);
}
