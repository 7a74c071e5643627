/* test_snapshots.c - a server that comes back from a snapshot is the one that stopped, as far as anybody can ask over TCP. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/market.h"

#define DAIRY_WORLD "tests/e2e/worlds/dairy.json"

enum { text_size = 4096, names_max = 16 };

struct kept { struct server server; char folder[64]; const char *more[6]; };

static void arguments_of(const struct kept *kept, const char *arguments[20]) {
    const char *const fixed[] = {"--listen", "127.0.0.1:0", "--clock", "manual", "--scenario", DAIRY_WORLD, "--data",
                                 kept->folder};
    uint32_t count = 0;
    for (; count < sizeof fixed / sizeof *fixed; count++) arguments[count] = fixed[count];
    for (uint32_t i = 0; kept->more[i]; i++) arguments[count++] = kept->more[i];
    arguments[count] = NULL;
}

static void start(struct kept *kept) {
    const char *arguments[20];
    arguments_of(kept, arguments);
    server_start_with(&kept->server, arguments);
}

static void begin(struct kept *kept, const char *first, const char *second, const char *third, const char *fourth) {
    memset(kept, 0, sizeof *kept);
    kept->more[0] = first;
    kept->more[1] = second;
    kept->more[2] = third;
    kept->more[3] = fourth;
    snprintf(kept->folder, sizeof kept->folder, "/tmp/birzha-snap-XXXXXX");
    cr_assert_not_null(mkdtemp(kept->folder));
    start(kept);
}

static void kill_now(struct kept *kept) {
    kill(kept->server.pid, SIGKILL);
    waitpid(kept->server.pid, NULL, 0);
    close(kept->server.output);
    unlink(kept->server.log_path);
}

static void end(struct kept *kept) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", kept->folder);
    cr_expect_eq(system(command), 0);
}

/* Names in the folder that begin so, sorted. */
struct names { char names[names_max][64]; uint32_t count; };

static int compare_names(const void *left, const void *right) { return strcmp(left, right); }

static struct names list(const struct kept *kept, const char *beginning) {
    struct names found = {0};
    DIR *folder = opendir(kept->folder);
    cr_assert_not_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (strncmp(entry->d_name, beginning, strlen(beginning)) != 0 || found.count == names_max) continue;
        snprintf(found.names[found.count++], 64, "%.63s", entry->d_name);
    }
    closedir(folder);
    qsort(found.names, found.count, sizeof found.names[0], compare_names);
    return found;
}

/* One bit in the middle of a file. */
static void damage(const struct kept *kept, const char *name) {
    char path[160];
    unsigned char byte;
    snprintf(path, sizeof path, "%s/%s", kept->folder, name);
    int file = open(path, O_RDWR | O_CLOEXEC);
    cr_assert(file >= 0, "%s", path);
    off_t middle = lseek(file, 0, SEEK_END) / 2;
    cr_assert_eq(pread(file, &byte, 1, middle), 1);
    byte ^= 16;
    cr_assert_eq(pwrite(file, &byte, 1, middle), 1);
    close(file);
}

static void expect_log(const struct kept *kept, const char *part) {
    char log[text_size];
    FILE *file = fopen(kept->server.log_path, "r");
    cr_assert_not_null(file);
    log[fread(log, 1, sizeof log - 1, file)] = '\0';
    fclose(file);
    cr_expect_not_null(strstr(log, part), "no \"%s\" in: %s", part, log);
}

static void expect_exit_3(const struct kept *kept, const char *part) {
    const char *arguments[20];
    struct server_outcome outcome;
    arguments_of(kept, arguments);
    server_run(arguments, &outcome);
    cr_expect_eq(outcome.exit_code, 3);
    cr_expect_not_null(strstr(outcome.errors, part), "no \"%s\" in: %s", part, outcome.errors);
}

static long long snapshot_now(struct client *root) {
    client_send(root, "{'type':'admin_snapshot','req_id':'s'}");
    client_expect(root, "{'type':'ack','req_id':'s'}");
    return client_number(root, "sequence");
}

static void digest_of(const struct kept *kept, char hash[32]) {
    struct client *root = client_logon(&kept->server, "root");
    client_send(root, "{'type':'admin_digest'}");
    client_expect(root, "{'type':'digest'}");
    client_copy(root, "state_hash", hash, 32);
    client_close(root);
}

/* What each of these is answered with, without the moment. */
static void ask(const struct kept *kept, const char *user, const char *request, char answer[text_size]) {
    struct client *client = client_logon(&kept->server, user);
    client_send(client, "%s", request);
    client_receive(client);
    snprintf(answer, text_size, "%.4000s", client->line);
    client_close(client);
}

static const struct { const char *user, *request; } questions[] = {
    {"dairy", "{'type':'open_orders_request'}"},
    {"food", "{'type':'open_orders_request'}"},
    {"dairy", "{'type':'deals_request'}"},
    {"food", "{'type':'balances_request'}"},
    {"root", "{'type':'sessions_request'}"},
    {"root", "{'type':'instruments_request'}"},
    {"dairy", "{'type':'order_status_request','orig_cl_ord_id':'s1'}"},
    {"dairy", "{'type':'explain','seq':2}"},
    {"food", "{'type':'explain','seq':1}"},
    {"root", "{'type':'admin_digest'}"},
};
enum { questions_count = sizeof questions / sizeof *questions };

static void ask_all(const struct kept *kept, char answers[questions_count][text_size]) {
    for (int i = 0; i < questions_count; i++) ask(kept, questions[i].user, questions[i].request, answers[i]);
}

/* The subscription's first messages: where the channels have counted to. */
static void ask_channels(const struct kept *kept, char answers[3][text_size]) {
    static const char *const channels[] = {"book", "ticker", "status"};
    struct client *reader = client_open(&kept->server);
    for (int i = 0; i < 3; i++) {
        client_send(reader, "{'type':'subscribe','channel':'%s','symbols':['DY-SMP-EX']}", channels[i]);
        client_expect(reader, "{'type':'ack'}");
        client_receive(reader);
        snprintf(answers[i], text_size, "%.4000s", reader->line);
    }
    client_close(reader);
}

/* Orders, a trade, an amend: something of everything before the snapshot, and `after` it. */
static void trade(const struct kept *kept, int after) {
    char id[16];
    struct client *dairy = client_logon(&kept->server, "dairy"), *food = client_logon(&kept->server, "food");
    snprintf(id, sizeof id, "s%d", after + 1);
    order_enter(dairy, id, "sell", 50, "2700.00", ",'time_in_force':'gtc'");
    snprintf(id, sizeof id, "b%d", after + 1);
    order_enter(food, id, "buy", 2, "2700.00", "");
    expect_fill(food, id, 2, "2700.00", "taker", "filled");
    snprintf(id, sizeof id, "c%d", after + 1);
    order_enter(food, id, "buy", 3, "2695.00", ",'time_in_force':'gtc'");
    client_close(dairy);
    client_close(food);
}

Test(snapshots, a_server_that_is_killed_comes_back_from_the_one_that_was_asked_for) {
    static char before[questions_count][text_size], after[questions_count][text_size];
    static char channels_before[3][text_size], channels_after[3][text_size];
    struct kept kept;
    char text[64];
    begin(&kept, NULL, NULL, NULL, NULL);
    trade(&kept, 0);
    struct client *root = client_logon(&kept.server, "root");
    long long sequence = snapshot_now(root);
    client_close(root);
    struct names snapshots = list(&kept, "snapshot-");
    cr_assert_eq(snapshots.count, 1);
    snprintf(text, sizeof text, "snapshot-%012lld.snap", sequence);
    cr_expect_str_eq(snapshots.names[0], text);
    trade(&kept, 1);
    ask_all(&kept, before);
    ask_channels(&kept, channels_before);
    kill_now(&kept);
    start(&kept);
    snprintf(text, sizeof text, "the state after command %lld, and 3 commands came back", sequence);
    expect_log(&kept, text);
    ask_all(&kept, after);
    ask_channels(&kept, channels_after);
    for (int i = 0; i < questions_count; i++) cr_expect_str_eq(after[i], before[i], "%s", questions[i].request);
    for (int i = 0; i < 3; i++) cr_expect_str_eq(channels_after[i], channels_before[i]);
    server_stop(&kept.server);
    end(&kept);
}

/* Private numbers go on, what was said before the snapshot can be had again, and names are known. */
Test(snapshots, private_numbers_are_resumed_across_one) {
    struct kept kept;
    begin(&kept, NULL, NULL, NULL, NULL);
    trade(&kept, 0);
    server_stop(&kept.server);
    start(&kept);
    expect_log(&kept, "and 0 commands came back");
    struct client *dairy = client_open(&kept.server);
    client_send(dairy, "{'type':'logon','user':'dairy','password':'dairy-secret','next_expected_seq':1}");
    dairy->replay_next = 1;
    client_expect(dairy, "{'type':'logon_ack','next_seq':3}");
    client_expect(dairy, "{'type':'execution_report','seq':1,'exec_type':'new','cl_ord_id':'s1','poss_dup':true}");
    client_expect(dairy, "{'type':'execution_report','seq':2,'exec_type':'trade','cl_ord_id':'s1','poss_dup':true}");
    order_send(dairy, "s1", "sell", 50, "2700.00", ",'time_in_force':'gtc'");
    client_expect(dairy, "{'type':'execution_report','exec_type':'order_status','cl_ord_id':'s1','cum_qty':2}");
    order_enter(dairy, "s3", "sell", 1, "2800.00", "");
    cr_expect_eq(client_number(dairy, "seq"), 3);
    client_close(dairy);
    server_stop(&kept.server);
    end(&kept);
}

/* The newest is damaged: the one before. Both are: the whole journal. It is gone as well: exit 3, and why. */
Test(snapshots, a_damaged_one_is_passed_over) {
    struct kept kept;
    char before[32], after[32], first[64];
    begin(&kept, NULL, NULL, NULL, NULL);
    trade(&kept, 0);
    struct client *root = client_logon(&kept.server, "root");
    snprintf(first, sizeof first, "the state after command %lld,", snapshot_now(root));
    trade(&kept, 1);
    snapshot_now(root);
    trade(&kept, 2);
    client_close(root);
    digest_of(&kept, before);
    kill_now(&kept);
    struct names snapshots = list(&kept, "snapshot-");
    cr_assert_eq(snapshots.count, 2);
    damage(&kept, snapshots.names[1]);
    start(&kept);
    expect_log(&kept, "is not used: a part of it is damaged");
    expect_log(&kept, first);
    digest_of(&kept, after);
    cr_expect_str_eq(after, before);
    kill_now(&kept);
    damage(&kept, snapshots.names[0]);
    start(&kept);
    digest_of(&kept, after);
    cr_expect_str_eq(after, before);
    kill_now(&kept);
    char path[160];
    snprintf(path, sizeof path, "%s/journal-00000001.seg", kept.folder);
    unlink(path);
    expect_exit_3(&kept, "not the journal that they belong to");
    end(&kept);
}

Test(snapshots, two_are_kept_and_they_come_by_themselves) {
    struct kept kept;
    begin(&kept, "--snapshot-every", "3", NULL, NULL);
    for (int i = 0; i < 5; i++) {
        trade(&kept, i);
        usleep(100000);     /* one is made at a time: the next begins when this one is done */
    }
    struct names snapshots = list(&kept, "snapshot-");
    cr_expect_eq(snapshots.count, 2);
    for (uint32_t i = 0; i < snapshots.count; i++) cr_expect_not_null(strstr(snapshots.names[i], ".snap"));
    server_stop(&kept.server);
    cr_expect_eq(list(&kept, "snapshot-").count, 2);
    end(&kept);
}

Test(snapshots, where_there_is_no_journal_there_are_none) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *root = client_logon(&server, "root"), *dairy = client_logon(&server, "dairy");
    client_send(root, "{'type':'admin_snapshot','req_id':1}");
    client_expect(root, "{'type':'error','req_id':1,'reason':'not_available','code':1211}");
    cr_expect_not_null(strstr(client_text(root, "text"), "--ephemeral"));
    client_send(dairy, "{'type':'admin_snapshot','req_id':2}");
    client_expect(dairy, "{'type':'error','req_id':2,'reason':'not_authorised','code':1201}");
    client_close(root);
    client_close(dairy);
    server_stop(&server);
}

/* Every order is a batch, a batch is a page, a segment of 1 MiB holds 255 of them. */
static void fill_segments(const struct kept *kept, int round) {
    struct client *dairy = client_logon(&kept->server, "dairy");
    for (int i = 0; i < 300; i++) {
        char id[32];
        snprintf(id, sizeof id, "f%d-%d", round, i);
        order_enter(dairy, id, "sell", 1, "2750.00", "");
        client_send(dairy, "{'type':'cancel_order','orig_cl_ord_id':'%s'}", id);
        client_expect(dairy, "{'type':'execution_report','exec_type':'canceled'}");
    }
    client_close(dairy);
}

static int journal(const char *verb, const struct kept *kept, const char *more, char said[text_size]) {
    char command[512];
    const char *birzha = getenv("BIRZHA");
    snprintf(command, sizeof command, "%s journal %s %s %s 2>&1", birzha ? birzha : "build/release/birzha", verb,
             kept->folder, more);
    FILE *output = popen(command, "r");
    cr_assert_not_null(output);
    said[fread(said, 1, text_size - 1, output)] = '\0';
    return WEXITSTATUS(pclose(output));
}

Test(snapshots, pruned_segments_are_not_missed, .timeout = 60) {
    struct kept kept;
    char before[32], after[32], said[text_size], expected[64];
    begin(&kept, "--prune", "--segment-mib", "1", NULL);
    struct client *root = client_logon(&kept.server, "root");
    for (int round = 0; round < 2; round++) {
        trade(&kept, round);
        fill_segments(&kept, round);
        cr_expect_eq(list(&kept, "journal-00000001").count, 1);
        snapshot_now(root);
    }
    trade(&kept, 2);
    client_close(root);
    digest_of(&kept, before);
    cr_expect_eq(list(&kept, "journal-00000001").count, 0);
    kill_now(&kept);
    start(&kept);
    digest_of(&kept, after);
    cr_expect_str_eq(after, before);
    snprintf(expected, sizeof expected, "\"state_hash\":\"%s\"", after);
    cr_expect_eq(journal("verify", &kept, "", said), 0, "%s", said);
    cr_expect_not_null(strstr(said, expected), "%s", said);
    cr_expect_eq(journal("digest", &kept, "--to 100", said), 1, "%s", said);
    cr_expect_not_null(strstr(said, "begins behind command"), "%s", said);
    cr_expect_eq(journal("diff", &kept, kept.folder, said), 0, "%s", said);
    cr_expect_eq(journal("stream", &kept, "/tmp/birzha-never-written", said), 1, "%s", said);
    unlink("/tmp/birzha-never-written");
    kill_now(&kept);
    struct names snapshots = list(&kept, "snapshot-");
    for (uint32_t i = 0; i < snapshots.count; i++) damage(&kept, snapshots.names[i]);
    expect_exit_3(&kept, "those before it are missing");
    cr_expect_eq(journal("verify", &kept, "", said), 1, "%s", said);
    cr_expect_not_null(strstr(said, "those before it are missing"), "%s", said);
    end(&kept);
}

/* A journal that ends before what a snapshot has lost something that was on disk. */
Test(snapshots, a_journal_behind_its_snapshot_is_refused) {
    static const char zeros[4096];
    struct kept kept;
    begin(&kept, NULL, NULL, NULL, NULL);
    trade(&kept, 0);
    server_stop(&kept.server);
    char path[160];
    snprintf(path, sizeof path, "%s/journal-00000001.seg", kept.folder);
    int file = open(path, O_RDWR | O_CLOEXEC);
    cr_assert(file >= 0);
    for (off_t at = 1 << 16; at > 4096; at -= 4096) {       /* the last batches */
        char page[4096];
        cr_assert_eq(pread(file, page, sizeof page, at), (ssize_t)sizeof page);
        if (memcmp(page, zeros, sizeof page) != 0) {
            cr_assert_eq(pwrite(file, zeros, sizeof zeros, at), (ssize_t)sizeof zeros);
            break;
        }
    }
    close(file);
    expect_exit_3(&kept, "it ends before batch");
    end(&kept);
}
