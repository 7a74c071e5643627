/* test_load.c - `birzha load` against a server, and against one that lies: a proxy in between that leaves out or
 * changes a message must make the run invalid. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/server.h"

enum { said_size = 1 << 16, line_size = 1 << 17 };

static char said[said_size];
static char folder[64], world[80], users[96];
static struct server server;

/* Four firms, with a journal. */
static void start(void) {
    char command[256];
    const char *birzha = getenv("BIRZHA");
    snprintf(folder, sizeof folder, "/tmp/birzha-load-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(world, sizeof world, "%s/world.json", folder);
    snprintf(users, sizeof users, "%s.users", world);
    snprintf(command, sizeof command, "%s load --make-world %s --firms 4", birzha != NULL ? birzha : "build/release/birzha",
             world);
    cr_assert_eq(system(command), 0);
    char data[80];
    snprintf(data, sizeof data, "%s/data", folder);
    server_start_with(&server, (const char *const[]){"--listen", "127.0.0.1:0", "--scenario", world, "--data", data,
                                                     "--sync", "none", NULL});
}

static void stop(void) {
    char command[96];
    server_stop(&server);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_expect_eq(system(command), 0);
}

TestSuite(load, .init = start, .fini = stop, .timeout = 100);

/* Its exit code; what it said is in `said`. */
static int run(int port, const char *arguments) {
    char command[768];
    const char *birzha = getenv("BIRZHA");
    snprintf(command, sizeof command, "%s load --connect 127.0.0.1:%d --users %s %s 2>&1",
             birzha != NULL ? birzha : "build/release/birzha", port, users, arguments);
    FILE *output = popen(command, "r");
    cr_assert_not_null(output);
    said[fread(said, 1, sizeof said - 1, output)] = '\0';
    return WEXITSTATUS(pclose(output));
}

static void expect_run(int port, const char *arguments, int exit_code, const char *const *parts) {
    int code = run(port, arguments);
    cr_expect_eq(code, exit_code, "%s: %d: %s", arguments, code, said);
    for (; *parts != NULL; parts++) cr_expect_not_null(strstr(said, *parts), "%s: no %s in: %s", arguments, *parts, said);
}

/* A constant rate for a time is exactly their product; everything is checked, the replay of the journal too. */
Test(load, a_run_is_counted_and_proved) {
    char arguments[256];
    snprintf(arguments, sizeof arguments, "--rate 2000 --duration 2 --arrivals constant --json --data %s/data --out %s/out",
             folder, folder);
    expect_run(server.port, arguments, 0, (const char *const[]){
        "\"connections\":4", "\"sent\":4000,\"answered\":4000,\"unanswered\":0", "\"accounted\":\"ok\"",
        "\"sequences\":\"ok\"", "\"ledger\":\"ok\"", "\"book\":\"ok\"", "\"replay\":\"ok\"", "\"valid\":true", NULL });
    static const char *const files[] = { "summary.json", "latency.hgrm", "raw.hgrm", "seconds.csv", "steps.csv",
                                         "plot.gp" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/out/%s", folder, files[i]);
        cr_expect_eq(access(path, R_OK), 0, "%s", path);
    }
}

/* What one run left in the journal is the load of the next, on a fresh server of the same world. */
Test(load, a_recorded_journal_is_sent_again) {
    char arguments[256];
    expect_run(server.port, "--rate 1000 --duration 1 --arrivals constant --mix 60/20/20", 0,
               (const char *const[]){ "1000 sent, 1000 answered", NULL });
    struct server fresh;
    server_start_with(&fresh, (const char *const[]){"--listen", "127.0.0.1:0", "--scenario", world, "--ephemeral", NULL});
    snprintf(arguments, sizeof arguments, "--replay %s/data --speed 2 --json", folder);
    expect_run(fresh.port, arguments, 0, (const char *const[]){
        "\"arrivals\":\"recorded\"", "\"sent\":1000,\"answered\":1000", "\"ledger\":\"ok\"",
        "\"book\":\"not checked\"", "\"valid\":true", NULL });
    server_stop(&fresh);
}

/* A busy machine may end it at the second rate that is not kept up with; those two are there in any case. */
Test(load, a_ramp_has_its_steps) {
    expect_run(server.port, "--rate 200 --ramp 800 --steps 3 --duration 1 --limit-ms 5000 --json", 0,
               (const char *const[]){ "\"steps\":[{\"rate\":200.000", "{\"rate\":400.000", "\"knee\":{\"rate\":", NULL });
}

Test(load, a_journal_that_is_not_the_servers_is_noticed) {
    char arguments[256];
    expect_run(server.port, "--rate 500 --duration 1", 0, (const char *const[]){ "valid as far as", NULL });
    struct server other;
    server_start_with(&other, (const char *const[]){"--listen", "127.0.0.1:0", "--scenario", world, "--ephemeral", NULL});
    snprintf(arguments, sizeof arguments, "--rate 1000 --duration 1 --seed 2 --data %s/data", folder);
    expect_run(other.port, arguments, 1, (const char *const[]){ "replay     failed", "NOT VALID", NULL });
    server_stop(&other);
}

Test(load, mistakes_of_the_command_line_are_told) {
    expect_run(server.port, "--rate 0 --duration 1", 2, (const char *const[]){ "--rate is 1 to", NULL });
    expect_run(server.port, "--rate 10 --duration 1 --mix 50/50/50", 2, (const char *const[]){ "come to 100", NULL });
    expect_run(server.port, "--rate 10 --duration 1 --arrivals fast", 2, (const char *const[]){ "poisson", NULL });
    expect_run(server.port, "--replay /nowhere", 2, (const char *const[]){ "/nowhere", NULL });
    expect_run(1, "--rate 10 --duration 1", 3, (const char *const[]){ "nobody answers", NULL });
}

/* ---- a server that lies ---- */

enum lie { LIE_DROPS_A_FILL, LIE_CHANGES_A_FILL, LIE_CHANGES_THE_BOOK };

/* The line as the client gets it; 0: not at all. */
static int bend(enum lie lie, char *line) {
    static int fills_count;
    char *at;
    if (lie == LIE_CHANGES_THE_BOOK) {
        at = strstr(line, "\"book_snapshot\"") != NULL ? strstr(line, "\"bids\":[[") : NULL;
        if (at != NULL) memcpy(at, "\"bidz\":[[", 9);
        return 1;
    }
    if (strstr(line, "\"exec_type\":\"trade\"") == NULL || ++fills_count != 20) return 1;
    if (lie == LIE_DROPS_A_FILL) return 0;
    at = strstr(line, "\"last_qty\":");
    cr_assert_not_null(at);
    at[11] = at[11] == '9' ? '8' : (char)(at[11] + 1);
    return 1;
}

static int connect_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) _exit(1);
    return fd;
}

static void write_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written <= 0) _exit(0);
        bytes += written;
        size -= (size_t)written;
    }
}

/* One connection: up as it is, down line by line. */
static void pass(int client, enum lie lie) {
    static char down[line_size], up[4096];
    size_t kept = 0;
    int upstream = connect_to(server.port);
    struct pollfd entries[2] = {{.fd = client, .events = POLLIN}, {.fd = upstream, .events = POLLIN}};
    for (;;) {
        poll(entries, 2, -1);
        if (entries[0].revents != 0) {
            ssize_t size = read(client, up, sizeof up);
            if (size <= 0) _exit(0);
            write_all(upstream, up, (size_t)size);
        }
        if (entries[1].revents == 0) continue;
        ssize_t size = read(upstream, down + kept, sizeof down - 1 - kept);
        if (size <= 0) _exit(0);
        kept += (size_t)size;
        char *line = down, *end;
        while ((end = memchr(line, '\n', kept - (size_t)(line - down))) != NULL) {
            *end = '\0';
            if (bend(lie, line)) {
                *end = '\n';
                write_all(client, line, (size_t)(end + 1 - line));
            }
            line = end + 1;
        }
        kept -= (size_t)(line - down);
        memmove(down, line, kept);
    }
}

/* Returns the port; the proxy ends when it is killed. */
static int start_proxy(enum lie lie, pid_t *pid) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert(listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof address) == 0 &&
              listen(listener, 16) == 0 && getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    *pid = fork();
    cr_assert_geq(*pid, 0);
    if (*pid == 0) {
        signal(SIGCHLD, SIG_IGN);
        for (;;) {
            int client = accept(listener, NULL, NULL);
            if (client < 0) _exit(0);
            if (fork() == 0) pass(client, lie);
            close(client);
        }
    }
    close(listener);
    return ntohs(address.sin_port);
}

static void expect_lie_noticed(enum lie lie, const char *part) {
    pid_t proxy;
    int port = start_proxy(lie, &proxy);
    expect_run(port, "--rate 2000 --duration 1 --mix 40/40/20", 1, (const char *const[]){ part, "NOT VALID", NULL });
    kill(proxy, SIGKILL);
    waitpid(proxy, NULL, 0);
}

Test(load, a_message_that_is_left_out_is_noticed) { expect_lie_noticed(LIE_DROPS_A_FILL, "sequences  failed"); }
Test(load, a_fill_that_is_changed_is_noticed) { expect_lie_noticed(LIE_CHANGES_A_FILL, "ledger     failed"); }
Test(load, a_book_that_lacks_our_orders_is_noticed) { expect_lie_noticed(LIE_CHANGES_THE_BOOK, "book       failed"); }
