/* test_rules.c - one refusal after the other, and which comes first when two apply. */
#include "tests/engine/fixture.h"

Test(rules, reasons_stand_in_ascending_order_and_have_names) {
    int previous = -1;
#define XX(number, name, text, rule) \
    cr_assert_gt(number, previous); \
    previous = number; \
    cr_assert_str_eq(reject_name(REJECT_##name), text);
    REJECT_MAP(XX)
#undef XX
    cr_assert_null(reject_name((enum reject)9999));
}

/* What can be wrong with one order, in the order of checks. */
struct fault {
    enum reject reason;
    void (*make)(struct fixture *f, struct command *c);
};

static void unknown_instrument(struct fixture *f, struct command *c) { (void)f; c->new_order.instrument = NAME_NONE; }
static void halted(struct fixture *f, struct command *c) {
    (void)c;
    struct command halt = fixture_command(COMMAND_HALT, NAME_NONE);
    halt.halt = (struct command_halt){ .target = MILK, .scope = HALT_INSTRUMENT, .halted = 1 };
    fixture_apply(f, halt);
}
static void duplicate(struct fixture *f, struct command *c) {
    struct command first = order(c->participant, SIDE_BUY, 7, 500);
    first.participant = c->participant;
    memcpy(first.new_order.client_order_id, "again", 5);
    memcpy(c->new_order.client_order_id, "again", 5);
    fixture_apply(f, first);
}
static void past(struct fixture *f, struct command *c) { c->time_ns = f->time_ns - 1; }
static void unknown_participant(struct fixture *f, struct command *c) { (void)f; c->participant = 7; }
static void unknown_user(struct fixture *f, struct command *c) { (void)f; c->user = 5; }
static void too_little(struct fixture *f, struct command *c) { (void)f; c->new_order.quantity.lots = 0; }
static void too_much(struct fixture *f, struct command *c) { (void)f; c->new_order.quantity.lots = 10001; }
static void post_only_ioc(struct fixture *f, struct command *c) {
    (void)f;
    c->new_order.flags = ORDER_POST_ONLY;
    c->new_order.time_in_force = TIF_IOC;
}
static void min_of_day_order(struct fixture *f, struct command *c) { (void)f; c->new_order.min.lots = 1; }
static void display_zero(struct fixture *f, struct command *c) { (void)f; c->new_order.has_display = 1; }
static void no_price(struct fixture *f, struct command *c) { (void)f; c->new_order.price.ticks = PRICE_INVALID; }
static void off_tick(struct fixture *f, struct command *c) { (void)f; c->new_order.price.ticks = PRICE_OFF_TICK; }
static void far_price(struct fixture *f, struct command *c) { (void)f; c->new_order.price.ticks = 703; }

static const struct fault faults[] = {
    { REJECT_INSTRUMENT_UNKNOWN, unknown_instrument }, { REJECT_MARKET_HALTED, halted },
    { REJECT_DUPLICATE_CLIENT_ORDER_ID, duplicate }, { REJECT_TIMESTAMP_REGRESSION, past },
    { REJECT_UNKNOWN_PARTICIPANT, unknown_participant }, { REJECT_TRADER_NOT_REGISTERED, unknown_user },
    { REJECT_QTY_BELOW_MINIMUM, too_little }, { REJECT_QTY_ABOVE_MAXIMUM, too_much },
    { REJECT_ORDER_TYPE_NOT_ALLOWED, post_only_ioc }, { REJECT_TIF_INVALID, min_of_day_order },
    { REJECT_DISPLAY_QTY_INVALID, display_zero }, { REJECT_PRICE_INVALID, no_price },
    { REJECT_PRICE_NOT_ON_TICK, off_tick }, { REJECT_PRICE_OUTSIDE_COLLAR, far_price } };
enum { faults_count = sizeof faults / sizeof *faults };

/* Pairs that one order cannot have at once: one member, two values. */
static int exclude_each_other(enum reject a, enum reject b) {
    if (a == REJECT_QTY_BELOW_MINIMUM && b == REJECT_QTY_ABOVE_MAXIMUM) return 1;
    if (a >= REJECT_PRICE_INVALID && b >= REJECT_PRICE_INVALID) return 1;
    return a == REJECT_DUPLICATE_CLIENT_ORDER_ID && b == REJECT_UNKNOWN_PARTICIPANT;
}

Test(rules, every_fault_gets_its_reason_and_leaves_nothing_behind) {
    for (int i = 0; i < faults_count; i++) {
        struct fixture *f = fixture_new();
        struct command c = order(UA_B, SIDE_BUY, 2, 540);
        faults[i].make(f, &c);
        uint32_t before = exchange_open_orders_count(f->exchange);
        enum reject reason = reason_of(f, c);
        cr_assert_eq(reason, faults[i].reason, "%s: %s", reject_name(faults[i].reason), reject_name(reason));
        cr_assert_eq(exchange_open_orders_count(f->exchange), before);
        fixture_free(f);
    }
}

Test(rules, of_two_faults_the_earlier_answers) {
    for (int i = 0; i < faults_count; i++) {
        for (int j = i + 1; j < faults_count; j++) {
            if (exclude_each_other(faults[i].reason, faults[j].reason)) continue;
            struct fixture *f = fixture_new();
            struct command c = order(UA_B, SIDE_BUY, 2, 540);
            faults[i].make(f, &c);
            faults[j].make(f, &c);
            /* The halt of the pair stops the order that would make the id a duplicate. */
            enum reject expected = faults[i].reason, reason = reason_of(f, c);
            cr_assert_eq(reason, expected, "%s before %s: got %s", reject_name(expected), reject_name(faults[j].reason),
                         reject_name(reason));
            fixture_free(f);
        }
    }
}

Test(rules, accreditation_is_a_matter_of_section_and_date) {
    struct fixture *f = fixture_new();
    struct command c = fixture_command(COMMAND_PARTICIPANT, NAME_NONE);
    memcpy(c.add_participant.id, "CN-1", 4);
    memcpy(c.add_participant.country, "CN", 2);
    fixture_apply(f, c);
    struct command buy = order(3, SIDE_BUY, 2, 540);
    cr_assert_eq(reason_of(f, buy), REJECT_NOT_ACCREDITED);
    struct command accredit = fixture_command(COMMAND_ACCREDIT, NAME_NONE);
    int32_t today = date_from_civil(2021, 1, 4);
    const struct { uint8_t section; int32_t from, to; enum reject reason; } rows[] = {
        { SECTION_TIMBER, today, date_none, REJECT_SECTION_NOT_ACCREDITED },
        { SECTION_AGRI, today + 1, date_none, REJECT_ACCREDITATION_NOT_YET_EFFECTIVE },
        { SECTION_AGRI, today - 9, today - 1, REJECT_ACCREDITATION_EXPIRED },
        { SECTION_AGRI, today, today, REJECT_NONE } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        accredit.accredit = (struct command_accredit){ .participant = 3, .section = rows[i].section,
                                                       .from_date = rows[i].from, .to_date = rows[i].to };
        fixture_apply(f, accredit);
        cr_assert_eq(reason_of(f, buy), rows[i].reason, "row %zu", i);
    }
    fixture_free(f);
}

Test(rules, the_same_request_twice_makes_one_order) {
    struct fixture *f = fixture_new();
    struct command c = order(UA_B, SIDE_BUY, 2, 540);
    memcpy(c.new_order.client_order_id, "a1", 2);
    uint64_t id = enter(f, c);
    EXPECT_KINDS(f, EVENT_CLIENT_ID, EVENT_ACCEPTED);
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_ORDER_STATUS);
    cr_assert_eq(f->events[0].order_status.order_id, id);
    c.new_order.quantity.lots = 3;
    cr_assert_eq(reason_of(f, c), REJECT_DUPLICATE_CLIENT_ORDER_ID);
    c.time_ns = f->time_ns + NS_PER_DAY;
    enter(f, c);                                             /* another trade date: the name is free again */
    fixture_free(f);
}

Test(rules, a_value_that_cannot_be_counted_is_refused) {
    struct fixture *f = fixture_new();
    struct command c = order(UA_B, SIDE_BUY, 10000, price_ticks_max);
    c.new_order.instrument = PLAIN;
    cr_assert_eq(reason_of(f, c), REJECT_VALUE_OVERFLOW);    /* 134,217,727 x 100.00 x 10,000 > 46,000,000,000,000.00 */
    c.new_order.quantity.lots = 3427;                        /* 134,217,727 x 10,000 x 3,427 = 4.5996e15 minor units */
    cr_assert_eq(reason_of(f, c), REJECT_NONE);
    fixture_free(f);
}
