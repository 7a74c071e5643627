/* test_journal.c - what was acknowledged is there after SIGKILL, over TCP: orders, money, private numbers, names. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/market.h"

#define DAIRY_WORLD "tests/e2e/worlds/dairy.json"

struct kept { struct server server; char folder[64]; };

static void start(struct kept *kept) {
    server_start_with(&kept->server, (const char *const[]){"--listen", "127.0.0.1:0", "--clock", "manual", "--scenario",
                                                           DAIRY_WORLD, "--data", kept->folder, NULL});
}

static void begin(struct kept *kept) {
    memset(kept, 0, sizeof *kept);
    snprintf(kept->folder, sizeof kept->folder, "/tmp/birzha-kept-XXXXXX");
    cr_assert_not_null(mkdtemp(kept->folder));
    start(kept);
}

/* The hard way, and up again. */
static void kill_and_start(struct kept *kept) {
    kill(kept->server.pid, SIGKILL);
    waitpid(kept->server.pid, NULL, 0);
    close(kept->server.output);
    unlink(kept->server.log_path);
    start(kept);
}

static void segment_path(const struct kept *kept, char path[128]) {
    snprintf(path, 128, "%s/journal-00000001.seg", kept->folder);
}

static void end(struct kept *kept) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", kept->folder);
    cr_expect_eq(system(command), 0);
}

static void digest_of(struct client *root, char hash[32]) {
    client_send(root, "{'type':'admin_digest'}");
    client_expect(root, "{'type':'digest'}");
    client_copy(root, "state_hash", hash, 32);
}

Test(journal, a_killed_server_comes_back_as_it_was) {
    struct kept kept;
    char before[32], after[32];
    begin(&kept);
    struct client *dairy = client_logon(&kept.server, "dairy"), *food = client_logon(&kept.server, "food");
    struct client *root = client_logon(&kept.server, "root");
    order_enter(dairy, "s1", "sell", 5, "2700.00", ",'time_in_force':'gtc'");
    order_enter(food, "b1", "buy", 2, "2700.00", "");
    expect_fill(food, "b1", 2, "2700.00", "taker", "filled");
    clock_move(root, "2021-06-28T07:30:00Z");
    digest_of(root, before);
    client_close(dairy);
    client_close(food);
    client_close(root);
    kill_and_start(&kept);
    root = client_logon(&kept.server, "root");
    digest_of(root, after);
    cr_expect_str_eq(after, before);
    dairy = client_logon(&kept.server, "dairy");
    client_send(dairy, "{'type':'open_orders_request'}");
    client_expect(dairy, "{'type':'open_orders','orders':[{'cl_ord_id':'s1','cum_qty':2,'leaves_qty':3}]}");
    client_send(dairy, "{'type':'deals_request'}");
    client_expect(dairy, "{'type':'deals','deals':[{'qty':2,'price':'2700.00','counterparty':'UA-FOOD-1'}]}");
    client_close(dairy);
    client_close(root);
    server_stop(&kept.server);
    start(&kept);
    root = client_logon(&kept.server, "root");
    digest_of(root, after);
    cr_expect_str_eq(after, before);
    client_close(root);
    server_stop(&kept.server);
    end(&kept);
}

/* Private numbers go on, and what was missed comes again; the same request makes no second order. */
Test(journal, numbers_and_names_outlive_a_crash) {
    struct kept kept;
    begin(&kept);
    struct client *dairy = client_logon(&kept.server, "dairy"), *food = client_logon(&kept.server, "food");
    order_enter(dairy, "s1", "sell", 5, "2700.00", ",'time_in_force':'gtc'");
    order_enter(food, "b1", "buy", 2, "2700.00", "");
    client_close(dairy);
    client_close(food);
    kill_and_start(&kept);
    dairy = client_open(&kept.server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','next_expected_seq':2}");
    dairy->replay_next = 2;
    client_expect(dairy, "{'type':'logon_ack','next_seq':3}");
    client_expect(dairy, "{'type':'execution_report','seq':2,'exec_type':'trade','cl_ord_id':'s1','poss_dup':true}");
    order_send(dairy, "s1", "sell", 5, "2700.00", ",'time_in_force':'gtc'");
    client_expect(dairy, "{'type':'execution_report','exec_type':'order_status','cl_ord_id':'s1','cum_qty':2,"
                         "'leaves_qty':3,'poss_dup':true}");
    order_send(dairy, "s1", "sell", 6, "2700.00", ",'time_in_force':'gtc'");
    expect_refusal(dairy, 107, "duplicate_client_order_id", "");
    client_close(dairy);
    server_stop(&kept.server);
    end(&kept);
}

/* A connection that was to take its orders with it did so, though the server died with it. */
Test(journal, a_crash_is_a_disconnect) {
    struct kept kept;
    begin(&kept);
    struct client *dairy = client_open(&kept.server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','cancel_on_disconnect':true}");
    client_expect(dairy, "{'type':'logon_ack'}");
    order_enter(dairy, "bound", "sell", 5, "2700.00", ",'time_in_force':'gtc'");
    client_close(dairy);
    kill_and_start(&kept);
    dairy = client_logon(&kept.server, "dairy");
    client_send(dairy, "{'type':'open_orders_request'}");
    client_expect(dairy, "{'type':'open_orders','orders':[]}");
    client_close(dairy);
    server_stop(&kept.server);
    end(&kept);
}

Test(journal, one_folder_one_server) {
    struct kept kept;
    struct server_outcome outcome;
    begin(&kept);
    server_run((const char *const[]){"--listen", "127.0.0.1:0", "--data", kept.folder, NULL}, &outcome);
    cr_expect_eq(outcome.exit_code, 1);
    cr_expect_not_null(strstr(outcome.errors, "another server"), "%s", outcome.errors);
    server_stop(&kept.server);
    end(&kept);
}

static void put_byte(const struct kept *kept, long offset, int flip) {
    char path[128];
    unsigned char byte;
    segment_path(kept, path);
    int file = open(path, O_RDWR | O_CLOEXEC);
    cr_assert(file >= 0 && pread(file, &byte, 1, offset) == 1);
    byte ^= (unsigned char)flip;
    cr_assert_eq(pwrite(file, &byte, 1, offset), 1);
    close(file);
}

/* A flipped bit in what was written long ago: refused with exit code 3 and the place. Garbage behind the end: cut off. */
Test(journal, damage_is_told_from_what_was_never_finished) {
    struct kept kept;
    struct server_outcome outcome;
    begin(&kept);
    struct client *dairy = client_logon(&kept.server, "dairy");
    order_enter(dairy, "s1", "sell", 5, "2700.00", ",'time_in_force':'gtc'");
    client_close(dairy);
    server_stop(&kept.server);
    put_byte(&kept, 5000, 4);
    server_run((const char *const[]){"--listen", "127.0.0.1:0", "--data", kept.folder, NULL}, &outcome);
    cr_expect_eq(outcome.exit_code, 3);
    cr_expect_not_null(strstr(outcome.errors, "corrupt"), "%s", outcome.errors);
    cr_expect_not_null(strstr(outcome.errors, "byte 4096"), "%s", outcome.errors);
    put_byte(&kept, 5000, 4);
    put_byte(&kept, 60 * 1024 * 1024, 255);
    start(&kept);
    dairy = client_logon(&kept.server, "dairy");
    client_send(dairy, "{'type':'open_orders_request'}");
    client_expect(dairy, "{'type':'open_orders','orders':[{'cl_ord_id':'s1'}]}");
    client_close(dairy);
    server_stop(&kept.server);
    end(&kept);
}

/* Runs `birzha journal ARGUMENTS`; its exit code, and what it printed. */
static int ask_journal(const char *arguments, char *said, size_t size) {
    char command[512];
    const char *birzha = getenv("BIRZHA");
    snprintf(command, sizeof command, "%s journal %s 2>&1", birzha != NULL ? birzha : "build/release/birzha", arguments);
    FILE *output = popen(command, "r");
    cr_assert_not_null(output);
    size_t length = fread(said, 1, size - 1, output);
    said[length] = '\0';
    return WEXITSTATUS(pclose(output));
}

__attribute__((format(printf, 3, 4)))
static void expect_journal(int exit_code, const char *part, const char *format, ...) {
    char arguments[400], said[65536];
    va_list values;
    va_start(values, format);
    vsnprintf(arguments, sizeof arguments, format, values);
    va_end(values);
    int code = ask_journal(arguments, said, sizeof said);
    cr_expect_eq(code, exit_code, "journal %s: %d: %.300s", arguments, code, said);
    cr_expect_not_null(strstr(said, part), "journal %s: no %s in %.600s", arguments, part, said);
}

/* What the journal says while the server runs is what the server says; earlier moments are there as well. */
Test(journal, can_be_asked_while_the_server_runs) {
    struct kept kept;
    char hash[32], expected[64];
    begin(&kept);
    struct client *dairy = client_logon(&kept.server, "dairy"), *food = client_logon(&kept.server, "food");
    struct client *root = client_logon(&kept.server, "root");
    order_enter(dairy, "s1", "sell", 5, "2700.00", ",'time_in_force':'gtc'");
    clock_move(root, "2021-06-28T07:30:00Z");
    order_enter(food, "b1", "buy", 2, "2700.00", "");
    digest_of(root, hash);
    snprintf(expected, sizeof expected, "\"state_hash\":\"%s\"", hash);
    expect_journal(0, expected, "digest %s", kept.folder);
    expect_journal(0, expected, "verify %s", kept.folder);
    expect_journal(0, "\"symbol\":\"DY-SMP-EX\",\"ask_px\":\"2700.00\",\"last_px\":\"2700.00\"", "replay %s", kept.folder);
    expect_journal(0, "\"symbol\":\"DY-SMP-EX\",\"ask_px\":\"2700.00\"}", "replay %s --at 2021-06-28T07:00:00Z", kept.folder);
    expect_journal(0, "\"command\":\"new_order\",\"participant\":\"UA-FOOD-1\",\"user\":\"food\",\"symbol\":\"DY-SMP-EX\","
                      "\"side\":\"buy\",\"order_qty\":2,\"price\":\"2700.00\",\"events\":[\"client_id\",\"accepted\",\"trade\"]",
                   "dump %s", kept.folder);
    expect_journal(0, "equal: ", "diff %s %s", kept.folder, kept.folder);
    expect_journal(2, "second name", "diff %s", kept.folder);
    expect_journal(1, "none so early", "digest %s --at 2021-06-27T00:00:00Z", kept.folder);
    expect_journal(1, "cannot be read", "verify %s/nothing", kept.folder);
    client_close(dairy);
    client_close(food);
    client_close(root);
    server_stop(&kept.server);
    put_byte(&kept, 5000, 4);
    expect_journal(3, "byte 4096", "verify %s", kept.folder);
    end(&kept);
}
