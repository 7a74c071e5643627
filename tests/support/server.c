/* server.c - fork, exec, a pipe for standard output and a file for standard error. */
#include "tests/support/server.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cjson/cJSON.h>

static const char *server_binary(void) {
    const char *named = getenv("BIRZHAD");
    return named != NULL && *named != '\0' ? named : "build/release/birzhad";
}

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* The whole of a file, as far as `size` allows. */
static void file_read(const char *path, char *text, size_t size) {
    FILE *file = fopen(path, "r");
    size_t length = file != NULL ? fread(text, 1, size - 1, file) : 0;
    text[length] = '\0';
    if (file != NULL) fclose(file);
}

static void server_fail(const struct server *server, const char *what) {
    char log[server_text_max];
    file_read(server->log_path, log, sizeof log);
    unlink(server->log_path);
    cr_assert_fail("%s; its standard error: %s", what, log);
}

static void server_exec(const char *const *arguments, int output, int errors) {
    char *argv[server_arguments_max + 2] = {(char *)(uintptr_t)server_binary()};
    for (int i = 0; arguments[i] != NULL && i < server_arguments_max; i++)
        argv[i + 1] = (char *)(uintptr_t)arguments[i];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execv(argv[0], argv);
    dprintf(STDERR_FILENO, "cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static void server_launch(struct server *server, const char *const *arguments) {
    memset(server, 0, sizeof *server);
    snprintf(server->log_path, sizeof server->log_path, "/tmp/birzha-e2e-XXXXXX");
    int errors = mkostemp(server->log_path, O_CLOEXEC);
    int ends[2];
    cr_assert(errors >= 0 && pipe2(ends, O_CLOEXEC) == 0, "cannot prepare to run the server: %s", strerror(errno));
    server->pid = fork();
    cr_assert(server->pid >= 0, "cannot fork: %s", strerror(errno));
    if (server->pid == 0) server_exec(arguments, ends[1], errors);
    close(ends[1]);
    close(errors);
    server->output = ends[0];
}

/* Reads up to and including a newline, or to the end of the stream. Returns the length. */
static size_t output_line(const struct server *server, char *text, size_t size) {
    size_t length = 0;
    long deadline_ms = now_ms() + server_wait_ms;
    while (length + 1 < size) {
        struct pollfd waiting = {.fd = server->output, .events = POLLIN};
        long left_ms = deadline_ms - now_ms();
        if (left_ms <= 0 || poll(&waiting, 1, (int)left_ms) <= 0) break;
        if (read(server->output, text + length, 1) != 1) break;
        if (text[length++] == '\n') break;
    }
    text[length] = '\0';
    return length;
}

/* The port in "tcp":"HOST:PORT" of the ready line; 0 when there is none. */
static int ready_port(const char *line) {
    cJSON *ready = cJSON_Parse(line);
    const cJSON *address = cJSON_GetObjectItemCaseSensitive(ready, "tcp");
    const char *colon = cJSON_IsString(address) ? strrchr(address->valuestring, ':') : NULL;
    int port = colon != NULL ? (int)strtol(colon + 1, NULL, 10) : 0;
    cJSON_Delete(ready);
    return port;
}

void server_start_with(struct server *server, const char *const *arguments) {
    server_launch(server, arguments);
    size_t length = output_line(server, server->ready, sizeof server->ready);
    if (length == 0 || server->ready[length - 1] != '\n') server_fail(server, "no ready line from the server");
    server->port = ready_port(server->ready);
    if (server->port <= 0) {
        fprintf(stderr, "ready line: %s\n", server->ready);
        server_fail(server, "no port in the ready line");
    }
}

void server_start(struct server *server, const char *scenario_path) {
    server_start_with(server, (const char *const[]){"--listen", "127.0.0.1:0", "--ephemeral", "--clock", "manual",
                                                     "--scenario", scenario_path, NULL});
}

void server_start_text(struct server *server, const char *scenario) {
    char path[64];
    scenario_write(path, scenario);
    server_start(server, path);
    memcpy(server->scenario_path, path, sizeof path);
}

/* Waits for the end and keeps the standard error. */
static int server_join(struct server *server) {
    int status = 0;
    long deadline_ms = now_ms() + server_wait_ms;
    pid_t ended = 0;
    while ((ended = waitpid(server->pid, &status, WNOHANG)) == 0 && now_ms() < deadline_ms) usleep(5000);
    if (ended == 0) {
        kill(server->pid, SIGKILL);
        waitpid(server->pid, &status, 0);
        server_fail(server, "the server did not end");
    }
    close(server->output);
    if (server->scenario_path[0] != '\0') unlink(server->scenario_path);
    server->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int server_wait(struct server *server) {
    int code = server_join(server);
    unlink(server->log_path);
    return code;
}

void server_stop(struct server *server) {
    kill(server->pid, SIGTERM);
    int code = server_join(server);
    if (code != 0) {
        fprintf(stderr, "exit code %d\n", code);
        server_fail(server, "SIGTERM did not end the server with exit code 0");
    }
    unlink(server->log_path);
}

void server_run(const char *const *arguments, struct server_outcome *outcome) {
    struct server server;
    server_launch(&server, arguments);
    size_t length = 0;
    while (length + 1 < sizeof outcome->output) {
        size_t more = output_line(&server, outcome->output + length, sizeof outcome->output - length);
        if (more == 0) break;
        length += more;
        if (ready_port(outcome->output) > 0) kill(server.pid, SIGKILL);    /* it started after all: no need to wait */
    }
    outcome->output[length] = '\0';
    outcome->exit_code = server_join(&server);
    file_read(server.log_path, outcome->errors, sizeof outcome->errors);
    unlink(server.log_path);
}

void scenario_write(char path[64], const char *scenario) {
    snprintf(path, 64, "/tmp/birzha-world-XXXXXX.json");
    int file = mkostemps(path, 5, O_CLOEXEC);
    FILE *stream = file >= 0 ? fdopen(file, "w") : NULL;
    cr_assert_not_null(stream, "cannot write a scenario file");
    for (const char *at = scenario; *at != '\0'; at++) fputc(*at == '\'' ? '"' : *at, stream);
    fclose(stream);
}
