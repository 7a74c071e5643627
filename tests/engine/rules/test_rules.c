/* test_rules.c - single refusals and what they leave behind; which of two comes first is in test_precedence.c. */
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
