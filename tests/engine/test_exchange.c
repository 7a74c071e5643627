/* test_exchange.c - the life of orders after they came in; time; the world; digests. From MATCHING.md. */
#include "tests/engine/fixture.h"

static struct command amend(uint32_t participant, uint64_t order_id) {
    struct command c = fixture_command(COMMAND_AMEND_ORDER, participant);
    c.amend_order.order_id = order_id;
    return c;
}

static struct command cancel(uint32_t participant, uint64_t order_id) {
    struct command c = fixture_command(COMMAND_CANCEL_ORDER, participant);
    c.cancel_order.order_id = order_id;
    return c;
}

static struct command credit(uint32_t participant, int64_t amount_minor) {
    struct command c = fixture_command(COMMAND_DEPOSIT, NAME_NONE);
    c.deposit = (struct command_deposit){ .participant = participant, .currency = CURRENCY_USD,
                                          .action = DEPOSIT_AT_ONCE, .amount.minor = amount_minor };
    return c;
}

/* A quarter of 2^63 minor units for one firm, half of it for all of them (command.h); sums never overflow. */
Test(exchange, there_is_an_end_to_money) {
    struct fixture *f = fixture_new();
    const uint32_t each_count = (uint32_t)(INT64_MAX / 4 / VALUE_MINOR_MAX);
    for (uint32_t firm = BY_A; firm <= UA_B; firm++) {
        for (uint32_t i = 0; i < each_count; i++) cr_assert_eq(reason_of(f, credit(firm, VALUE_MINOR_MAX)), REJECT_NONE);
        cr_assert_eq(reason_of(f, credit(firm, VALUE_MINOR_MAX)), REJECT_BAD_VALUE);
    }
    int64_t left = INT64_MAX / 2 - 2 * (int64_t)each_count * VALUE_MINOR_MAX;
    cr_assert(left > 0 && left <= VALUE_MINOR_MAX);
    cr_assert_eq(reason_of(f, credit(LT_C, left + 1)), REJECT_BAD_VALUE);
    cr_assert_eq(reason_of(f, credit(LT_C, left)), REJECT_NONE);
    cr_assert_eq(reason_of(f, credit(LT_C, 1)), REJECT_BAD_VALUE);
    fixture_free(f);
}

static struct command at(int32_t year, int32_t month, int32_t day, int32_t minute) {
    struct command c = fixture_command(COMMAND_CLOCK, NAME_NONE);
    c.time_ns = trade_date_begin_ns(date_from_civil(year, month, day), minute);
    return c;
}

Test(exchange, less_quantity_keeps_its_place_and_anything_else_loses_it) {
    for (int keeps = 0; keeps < 2; keeps++) {
        struct fixture *f = fixture_new();
        uint64_t first = enter(f, order(BY_A, SIDE_SELL, 4, 540));
        uint64_t second = enter(f, order(LT_C, SIDE_SELL, 4, 540));
        struct command c = amend(BY_A, first);
        c.amend_order.flags = AMEND_QUANTITY;
        c.amend_order.quantity.lots = keeps ? 3 : 5;
        fixture_apply(f, c);
        EXPECT_KINDS(f, EVENT_REPLACED);
        cr_assert_eq((f->events[0].flags & EVENT_PRIORITY_KEPT) != 0, keeps);
        cr_assert_eq(f->events[0].order_change.shown_before.lots, 4);
        cr_assert_eq(f->events[0].order_change.shown.lots, keeps ? 3 : 5);
        fixture_apply(f, order(UA_B, SIDE_BUY, 1, 540));
        EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE);
        cr_assert_eq(f->events[1].trade.maker_order_id, keeps ? first : second);
        fixture_free(f);
    }
}

Test(exchange, an_amend_counts_what_has_been_filled) {
    struct fixture *f = fixture_new();
    uint64_t id = enter(f, order(BY_A, SIDE_SELL, 5, 540));
    fixture_apply(f, order(UA_B, SIDE_BUY, 2, 540));
    struct command c = amend(BY_A, id);
    c.amend_order.flags = AMEND_QUANTITY;
    c.amend_order.quantity.lots = 2;
    cr_assert_eq(reason_of(f, c), REJECT_QTY_BELOW_MINIMUM);
    cr_assert_eq(f->events[0].refused.allowed_low, 3);
    c.amend_order.quantity.lots = 3;
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_REPLACED);
    cr_assert_eq(f->events[0].order_change.leaves.lots, 1);
    cr_assert_eq(f->events[0].order_change.quantity.lots, 3);
    fixture_free(f);
}

Test(exchange, an_amended_price_that_crosses_trades_as_an_incoming_order) {
    struct fixture *f = fixture_new();
    enter(f, order(BY_A, SIDE_SELL, 1, 545));
    uint64_t id = enter(f, order(UA_B, SIDE_BUY, 2, 540));
    struct command c = amend(UA_B, id);
    c.amend_order.flags = AMEND_PRICE;
    c.amend_order.price.ticks = 546;
    memcpy(c.amend_order.client_order_id, "next", 4);
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_CLIENT_ID, EVENT_REPLACED, EVENT_TRADE, EVENT_RESTED);
    cr_assert_eq(f->events[2].trade.price.ticks, 545);
    cr_assert_eq(f->events[2].trade.taker_order_id, id);
    cr_assert_eq(exchange_best(f->exchange, MILK, SIDE_BUY).ticks, 546);
    fixture_free(f);
}

Test(exchange, cancel_tells_unknown_foreign_and_ended_orders_apart) {
    struct fixture *f = fixture_new();
    uint64_t id = enter(f, order(BY_A, SIDE_SELL, 1, 540));
    cr_assert_eq(reason_of(f, cancel(BY_A, id + 1)), REJECT_ORDER_UNKNOWN);
    cr_assert_eq(reason_of(f, cancel(BY_A, UINT64_MAX)), REJECT_ORDER_UNKNOWN);
    cr_assert_eq(reason_of(f, cancel(UA_B, id)), REJECT_ORDER_NOT_OWNED);
    fixture_apply(f, cancel(BY_A, id));
    EXPECT_KINDS(f, EVENT_CANCELED);
    cr_assert_eq(reason_of(f, cancel(BY_A, id)), REJECT_ORDER_NOT_ACTIVE);
    uint64_t next = enter(f, order(BY_A, SIDE_SELL, 1, 540));
    cr_assert_neq(next, id);
    cr_assert_eq(reason_of(f, cancel(BY_A, id)), REJECT_ORDER_NOT_ACTIVE);
    fixture_free(f);
}

Test(exchange, the_newest_name_of_an_order_names_it) {
    struct fixture *f = fixture_new();
    struct command c = order(BY_A, SIDE_SELL, 3, 540);
    memcpy(c.new_order.client_order_id, "one", 3);
    enter(f, c);
    c = amend(BY_A, 0);
    memcpy(c.amend_order.orig_client_order_id, "one", 3);
    memcpy(c.amend_order.client_order_id, "two", 3);
    c.amend_order.flags = AMEND_QUANTITY;
    c.amend_order.quantity.lots = 2;
    cr_assert_eq(reason_of(f, c), REJECT_NONE);
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_ORDER_STATUS);
    c = cancel(BY_A, 0);
    memcpy(c.cancel_order.orig_client_order_id, "one", 3);
    cr_assert_eq(reason_of(f, c), REJECT_ORDER_UNKNOWN);
    memcpy(c.cancel_order.orig_client_order_id, "two", 3);
    cr_assert_eq(reason_of(f, c), REJECT_NONE);
    fixture_free(f);
}

static uint64_t find_named(const struct fixture *f, uint32_t participant, const char *text) {
    char padded[client_order_id_size] = { 0 };
    memcpy(padded, text, strlen(text));
    return exchange_find_order(f->exchange, participant, padded);
}

Test(exchange, a_name_finds_the_latest_order_of_its_participant_also_when_it_has_ended) {
    struct fixture *f = fixture_new();
    struct command c = order(BY_A, SIDE_SELL, 3, 540);
    memcpy(c.new_order.client_order_id, "x", 1);
    uint64_t of_a = enter(f, c);
    c.participant = UA_B;
    uint64_t of_b = enter(f, c);
    cr_expect_eq(find_named(f, BY_A, "x"), of_a);
    cr_expect_eq(find_named(f, UA_B, "x"), of_b);
    cr_expect_eq(find_named(f, BY_A, "y"), 0);
    cr_expect_eq(find_named(f, BY_A, ""), 0, "an order without a name is not called \"\"");
    cr_assert_eq(reason_of(f, cancel(BY_A, of_a)), REJECT_NONE);
    cr_expect_eq(find_named(f, BY_A, "x"), of_a, "ended, but still the latest");
    fixture_free(f);
}

Test(exchange, an_order_sent_again_over_a_session_of_the_other_kind_is_the_same_order) {
    struct fixture *f = fixture_new();
    struct command bound = order(BY_A, SIDE_BUY, 3, 540), free_one;
    memcpy(bound.new_order.client_order_id, "once", 4);
    free_one = bound;
    bound.new_order.flags = ORDER_CANCEL_ON_DISCONNECT;
    uint64_t order_id = enter(f, bound);
    fixture_apply(f, free_one);
    EXPECT_KINDS(f, EVENT_ORDER_STATUS);
    cr_assert_eq(f->events[0].order_status.order_id, order_id);
    free_one.new_order.flags = ORDER_POST_ONLY;
    cr_assert_eq(reason_of(f, free_one), REJECT_DUPLICATE_CLIENT_ORDER_ID);
    fixture_free(f);
}

Test(exchange, mass_cancel_and_disconnect_end_orders_in_order_of_entry) {
    struct fixture *f = fixture_new();
    uint64_t ids[4];
    for (int i = 0; i < 4; i++) {
        struct command c = order(UA_B, i % 2 ? SIDE_SELL : SIDE_BUY, 1, i % 2 ? 550u : 530u);
        c.connection = 9;
        c.new_order.flags = i == 0 ? ORDER_CANCEL_ON_DISCONNECT : 0;
        ids[i] = enter(f, c);
    }
    struct command c = fixture_command(COMMAND_DISCONNECT, UA_B);
    c.connection = 9;
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_CANCELED);
    cr_assert_eq(f->events[0].order_change.order_id, ids[0]);
    c = fixture_command(COMMAND_MASS_CANCEL, UA_B);
    c.mass_cancel.instrument = c.mass_cancel.client = NAME_NONE;
    c.mass_cancel.side = SIDE_BOTH;
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_CANCELED, EVENT_CANCELED, EVENT_CANCELED, EVENT_MASS_CANCELED);
    for (int i = 1; i < 4; i++) cr_assert_eq(f->events[i - 1].order_change.order_id, ids[i]);
    cr_assert_eq(f->events[3].mass_canceled.count, 3);
    fixture_free(f);
}

Test(exchange, the_end_of_the_trade_date_ends_day_orders) {
    struct fixture *f = fixture_new();
    uint64_t day = enter(f, order(UA_B, SIDE_BUY, 1, 530));
    struct command c = order(UA_B, SIDE_BUY, 1, 530);
    c.new_order.time_in_force = TIF_GTC;
    enter(f, c);
    c.new_order.time_in_force = TIF_GTD;
    c.new_order.expire_date = date_from_civil(2021, 1, 5);
    uint64_t dated = enter(f, c);
    fixture_apply(f, at(2021, 1, 4, 24 * 60 - 1));
    EXPECT_KINDS(f, EVENT_TIME);
    fixture_apply(f, at(2021, 1, 5, 0));                     /* 2021-01-04 21:00 UTC */
    EXPECT_KINDS(f, EVENT_TIME, EVENT_EXPIRED, EVENT_TIME);
    cr_assert_eq(f->events[0].time.trade_date, date_from_civil(2021, 1, 5));
    cr_assert_eq(f->events[1].order_change.order_id, day);
    fixture_apply(f, at(2021, 1, 7, 60));                    /* two dates end on the way */
    EXPECT_KINDS(f, EVENT_TIME, EVENT_EXPIRED, EVENT_TIME, EVENT_TIME);
    cr_assert_eq(f->events[1].order_change.order_id, dated);
    cr_assert_eq(exchange_open_orders_count(f->exchange), 1);
    cr_assert_eq(reason_of(f, at(2021, 1, 6, 0)), REJECT_TIMESTAMP_REGRESSION);
    fixture_free(f);
}

Test(exchange, a_session_with_hours_opens_and_closes_on_business_days) {
    struct fixture *f = fixture_new();
    struct command c = fixture_command(COMMAND_HOLIDAY, NAME_NONE);
    c.holiday.date = date_from_civil(2021, 1, 7);
    fixture_apply(f, c);
    c = fixture_command(COMMAND_SESSION, NAME_NONE);
    memcpy(c.session.id, "DAY", 3);
    c.session.open_minute = 10 * 60;
    c.session.close_minute = 17 * 60;
    fixture_apply(f, c);
    c = fixture_command(COMMAND_SESSION_SYMBOL, NAME_NONE);
    c.session_symbol.instrument = MILK;
    fixture_apply(f, c);
    struct command buy = order(UA_B, SIDE_BUY, 1, 530);
    cr_assert_eq(reason_of(f, buy), REJECT_SESSION_CLOSED);  /* it is 09:00 */
    fixture_apply(f, at(2021, 1, 4, 10 * 60));
    EXPECT_KINDS(f, EVENT_SESSION_PHASE, EVENT_TIME);
    cr_assert_eq(reason_of(f, buy), REJECT_NONE);
    fixture_apply(f, at(2021, 1, 4, 17 * 60));
    EXPECT_KINDS(f, EVENT_SESSION_PHASE, EVENT_EXPIRED, EVENT_TIME);
    fixture_apply(f, at(2021, 1, 7, 12 * 60));               /* a holiday: the 5th and 6th open and close on the way */
    cr_assert_eq(reason_of(f, buy), REJECT_SESSION_CLOSED);
    fixture_apply(f, at(2021, 1, 8, 12 * 60));
    cr_assert_eq(reason_of(f, buy), REJECT_NONE);
    fixture_free(f);
}

Test(exchange, no_room_is_a_refusal_and_not_an_accident) {
    struct fixture *f = fixture_new();
    for (int i = 0; i < 256; i++) enter(f, order(UA_B, SIDE_BUY, 1, 530));
    cr_assert_eq(reason_of(f, order(UA_B, SIDE_BUY, 1, 530)), REJECT_LIMIT_REACHED);
    fixture_apply(f, order(BY_A, SIDE_SELL, 1, 530));
    cr_assert_eq(f->events[0].rejected.reason, REJECT_LIMIT_REACHED);
    fixture_free(f);
}

/* 64 groups of 512 prices a fixture has; every bid here needs one of its own. */
Test(exchange, no_room_for_a_new_price_refuses_or_ends_what_would_rest) {
    struct fixture *f = fixture_new();
    struct command c = order(UA_B, SIDE_BUY, 1, 0);
    c.new_order.instrument = PLAIN;
    uint64_t last = 0;
    for (uint32_t group = 0; group < 63; group++) {
        c.new_order.price.ticks = 1 + 512 * group;
        last = enter(f, c);
    }
    struct command sell = order(BY_A, SIDE_SELL, 1, 100000);
    sell.new_order.instrument = PLAIN;
    enter(f, sell);                                          /* the 64th */
    c.new_order.price.ticks = 1 + 512 * 63;
    cr_assert_eq(reason_of(f, c), REJECT_LIMIT_REACHED);
    struct command move = amend(UA_B, last);
    move.amend_order.flags = AMEND_PRICE;
    move.amend_order.price.ticks = 1 + 512 * 64;
    cr_assert_eq(reason_of(f, move), REJECT_LIMIT_REACHED);
    c.new_order.price.ticks = 1;                             /* a price in use has room */
    enter(f, c);
    c.new_order.price.ticks = 100300;                        /* another group: trades with the sell, whose group empties */
    c.new_order.quantity.lots = 2;
    fixture_apply(f, c);
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_RESTED);
    sell.new_order.price.ticks = 1 + 512 * 62;
    sell.new_order.quantity.lots = 3;
    fixture_apply(f, sell);                                  /* empties two groups of bids, needs one */
    EXPECT_KINDS(f, EVENT_ACCEPTED, EVENT_TRADE, EVENT_TRADE, EVENT_RESTED);
    fixture_free(f);
}

static uint64_t digest_with(uint32_t orders_max, uint32_t lots) {
    struct limits limits = { .instruments_max = 2, .sessions_max = 1, .participants_max = 4, .users_max = 1,
                             .orders_max = orders_max, .price_leaves_max = orders_max, .price_branches_max = 4,
                             .client_ids_max = orders_max };
    struct fixture *f = calloc(1, sizeof *f);
    size_t size = (exchange_size(&limits) + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, size);
    memset(memory, 0, size);
    f->exchange = exchange_init(memory, &limits);
    f->buffer = (struct event_buffer){ .events = f->events, .capacity = fixture_events_max, .full = fixture_full };
    f->time_ns = trade_date_begin_ns(date_from_civil(2021, 1, 4), 600);
    fixture_instrument(f, MILK, "MILK", 100000);
    fixture_participant(f, BY_A, "BY-A");
    fixture_participant(f, UA_B, "UA-B");
    struct command c = order(BY_A, SIDE_SELL, 3, 540);
    c.new_order.instrument = MILK;
    memcpy(c.new_order.client_order_id, "x", 1);
    enter(f, c);
    enter(f, order(UA_B, SIDE_BUY, lots, 540));
    uint64_t digest = exchange_digest(f->exchange);
    fixture_free(f);
    return digest;
}

Test(exchange, equal_states_have_equal_digests_whatever_the_limits) {
    cr_assert_eq(digest_with(8, 2), digest_with(64, 2));
    cr_assert_neq(digest_with(8, 2), digest_with(8, 1));
}
