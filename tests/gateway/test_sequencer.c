/* test_sequencer.c - places, times, and what is due before a command. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sequencer.h"
#include "instruments/name_table.h"

static const struct limits limits = {
    .instruments_max = 8, .sessions_max = 4, .participants_max = 8, .users_max = 16, .orders_max = 256,
    .price_leaves_max = 16, .price_branches_max = 8, .client_ids_max = 256,
};

static struct sequencer sequencer;
static int64_t start_ns;

static struct applied apply(struct command command) {
    command.time_ns = start_ns;
    command.participant = command.user = NAME_NONE;
    return sequencer_apply(&sequencer, &command);
}

static void open_all(void) {
    cr_assert_eq(sequencer_open(&sequencer, &limits), 0);
    cr_assert(timestamp_parse("2021-06-28T06:00:00Z", 20, &start_ns));
    apply((struct command){.kind = COMMAND_CLOCK});
}

static void close_all(void) {
    sequencer_close(&sequencer);
}

TestSuite(sequencer, .init = open_all, .fini = close_all, .timeout = 20);

static struct command participant(const char *id) {
    struct command command = {.kind = COMMAND_PARTICIPANT};
    name_set(command.add_participant.id, participant_id_size, id, (uint32_t)strlen(id));
    memcpy(command.add_participant.country, "BY", 2);
    return command;
}

Test(sequencer, sequences_have_no_gap_and_refusals_count) {
    uint64_t first = exchange_sequence(sequencer.exchange);
    cr_assert_eq(apply(participant("A")).sequence, first + 1);
    struct applied again = apply(participant("A"));
    cr_assert_eq(again.sequence, first + 2);
    cr_assert_eq(again.events[0].kind, EVENT_REFUSED);
    cr_assert_eq(exchange_sequence(sequencer.exchange), first + 2);
}

Test(sequencer, the_manual_clock_stands_still_until_it_is_moved) {
    sequencer_start(&sequencer, CLOCK_MODE_MANUAL);
    apply(participant("A"));
    cr_assert_eq(sequencer_now_ns(&sequencer), start_ns);
    cr_assert_eq(sequencer_due_in_ns(&sequencer), INT64_MAX);
    cr_assert_eq(sequencer_on_time(&sequencer), 0);
    sequencer_move_clock(&sequencer, start_ns + 5 * NS_PER_SECOND);
    cr_assert_eq(sequencer_now_ns(&sequencer), start_ns + 5 * NS_PER_SECOND);
}

Test(sequencer, the_wall_clock_runs_from_the_start_of_the_world) {
    sequencer_start(&sequencer, CLOCK_MODE_WALL);
    int64_t before_ns = sequencer_now_ns(&sequencer);
    cr_assert_geq(before_ns, start_ns);
    cr_assert_lt(before_ns, start_ns + 60 * NS_PER_SECOND);
    apply(participant("A"));
    cr_assert_geq(exchange_time_ns(sequencer.exchange), before_ns, "stamped when it was given, whatever it said");
    cr_assert_gt(sequencer_due_in_ns(&sequencer), 0);
}

Test(sequencer, what_is_due_happens_in_a_command_of_its_own_first) {
    sequencer_start(&sequencer, CLOCK_MODE_WALL);
    sequencer.wall.start_ns += 16 * 3600 * NS_PER_SECOND;       /* past the end of the Minsk day */
    cr_assert_eq(sequencer_due_in_ns(&sequencer), 0);
    uint64_t first = exchange_sequence(sequencer.exchange);
    struct applied applied = apply(participant("A"));
    cr_assert_eq(applied.sequence, first + 2);
    cr_assert_eq(applied.events_count, 1);
    cr_assert_eq(applied.events[0].kind, EVENT_PARTICIPANT);
    cr_assert_eq(exchange_trade_date(sequencer.exchange), trade_date(start_ns) + 1);
    sequencer.wall.start_ns += 24 * 3600 * NS_PER_SECOND;
    cr_assert_eq(sequencer_on_time(&sequencer), 1);
    cr_assert_eq(exchange_sequence(sequencer.exchange), first + 3);
}

Test(sequencer, passwords_reach_the_table_and_change_nothing_else) {
    struct credentials credentials;
    cr_assert_eq(credentials_init(&credentials, limits.users_max), 0);
    sequencer_connect(&sequencer, NULL, NULL, &credentials);
    struct command command = {.kind = COMMAND_PASSWORD, .password.user = 3};
    cr_assert_eq(password_hash("secret", command.password.hash), 0);
    cr_assert_eq(apply(command).events_count, 0);
    cr_assert_eq(password_verify("secret", credentials_hash(&credentials, 3)), PASSWORD_RIGHT);
    credentials_close(&credentials);
}
