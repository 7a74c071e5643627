/* test_sequencer.c - places, times, and what is due before a command. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

/* Pretends that the machine's clock shows this moment now. */
static void set_wall_clock(int64_t now_ns) {
    sequencer.wall.start_ns += now_ns - wall_clock_now_ns(&sequencer.wall);
}

Test(sequencer, the_wall_clock_is_the_real_time) {
    struct timespec real;
    sequencer_start(&sequencer, CLOCK_MODE_WALL);
    clock_gettime(CLOCK_REALTIME, &real);
    cr_assert_lt(llabs(sequencer_now_ns(&sequencer) / NS_PER_SECOND - (int64_t)real.tv_sec), 60);
    set_wall_clock(start_ns + 7);
    apply(participant("A"));
    cr_assert_geq(exchange_time_ns(sequencer.exchange), start_ns + 7, "stamped when it was given, whatever it said");
    set_wall_clock(start_ns - NS_PER_SECOND);
    cr_assert_geq(sequencer_now_ns(&sequencer), start_ns + 7, "time never goes back");
}

Test(sequencer, what_is_due_happens_in_commands_of_its_own_first) {
    sequencer_start(&sequencer, CLOCK_MODE_WALL);
    const int64_t midnight_ns = trade_date_begin_ns(trade_date(start_ns) + 1, 0);
    set_wall_clock(midnight_ns - 3600 * NS_PER_SECOND);
    cr_assert_gt(sequencer_due_in_ns(&sequencer), 3000 * NS_PER_SECOND);
    cr_assert_eq(sequencer_on_time(&sequencer), 0);
    set_wall_clock(midnight_ns);
    cr_assert_eq(sequencer_due_in_ns(&sequencer), 0);
    uint64_t first = exchange_sequence(sequencer.exchange);
    struct applied applied = apply(participant("A"));
    cr_assert_eq(applied.sequence, first + 2);
    cr_assert_eq(applied.events_count, 1);
    cr_assert_eq(applied.events[0].kind, EVENT_PARTICIPANT);
    set_wall_clock(midnight_ns + 3 * NS_PER_DAY);
    cr_assert_eq(sequencer_on_time(&sequencer), 1);
    cr_assert_eq(exchange_sequence(sequencer.exchange), first + 5, "three midnights, one command each");
    cr_assert_eq(exchange_time_ns(sequencer.exchange), midnight_ns + 3 * NS_PER_DAY);
}

Test(sequencer, a_jump_of_the_manual_clock_stops_at_every_moment_on_its_way) {
    sequencer_start(&sequencer, CLOCK_MODE_MANUAL);
    uint64_t first = exchange_sequence(sequencer.exchange);
    sequencer_move_clock(&sequencer, start_ns + 2 * NS_PER_DAY);
    cr_assert_eq(exchange_sequence(sequencer.exchange), first + 3);
    cr_assert_eq(exchange_time_ns(sequencer.exchange), start_ns + 2 * NS_PER_DAY);
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

Test(sequencer, a_recording_holds_every_command_and_no_hash) {
    char path[] = "/tmp/birzha-recording-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(sequencer_record(&sequencer, path), 0);
    apply(participant("A"));
    apply((struct command){.kind = COMMAND_PASSWORD, .password = {.hash = "$y$secret"}});
    sequencer_flush_recording(&sequencer);
    /* A header of 32 bytes; two commands of 128 with 8 before their events; the participant's event. */
    static char bytes[1024];
    ssize_t size = read(fd, bytes, sizeof bytes);
    close(fd);
    unlink(path);
    cr_expect_eq(size, 32 + (128 + 8 + 64) + (128 + 8));
    cr_expect_eq(memcmp(bytes, "BIRZHAS1", 8), 0);
    cr_expect_null(memmem(bytes, (size_t)size, "secret", 6));
}

Test(sequencer, a_recording_that_cannot_be_written_is_refused) {
    cr_expect_eq(sequencer_record(&sequencer, "/tmp/no/such/folder/x"), -ENOENT);
}
