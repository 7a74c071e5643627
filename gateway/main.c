/* main.c - birzhad: reads the flags, starts the server, says that it is ready, and stops it on a signal.
 *
 * Standard output carries one line, when clients can connect; everything else goes to standard error. Exit codes are
 * those that config.c prints with --help. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "gateway/config.h"
#include "gateway/net/daemon.h"
#include "gateway/net/metrics_server.h"
#include "gateway/stages.h"
#include "instruments/check.h"

enum exit_code { EXIT_STOPPED = 0, EXIT_START_FAILED = 1, EXIT_BAD_FLAGS = 2, EXIT_CORRUPT = 3 };

enum { signals_count = 3, error_size = 512 };

/* Where the time went so far; for people. */
static void say_stages(const struct daemon *daemon) {
    char line[stage_line_size];
    for (int stage = 0; stage < STAGE_COUNT && daemon->stages; stage++) {
        stages_line(daemon->stages, (enum stage)stage, line);
        fprintf(stderr, "birzhad: %s\n", line);
    }
}

static void on_signal(uv_signal_t *signal, int number) {
    struct daemon *daemon = signal->data;
    if (number != SIGUSR1) daemon_stop(daemon);
    else if (daemon->stages) say_stages(daemon);
    else fputs("birzhad: nothing is measured; start with --stage-timings\n", stderr);
}

/* Signals stop the server; they do not keep the loop alive. */
static void watch_signals(uv_loop_t *loop, uv_signal_t signals[signals_count], struct daemon *daemon) {
    static const int numbers[signals_count] = {SIGTERM, SIGINT, SIGUSR1};
    for (int i = 0; i < signals_count; i++) {
        uv_signal_init(loop, &signals[i]);
        signals[i].data = daemon;
        uv_signal_start(&signals[i], on_signal, numbers[i]);
        uv_unref((uv_handle_t *)&signals[i]);
    }
}

static void close_signals(uv_signal_t signals[signals_count]) {
    for (int i = 0; i < signals_count; i++) uv_close((uv_handle_t *)&signals[i], NULL);
}

/* A JSON string with its quotes. */
static void print_string(const char *text) {
    putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\') printf("\\%c", *c);
        else if (*c < 0x20) printf("\\u%04x", *c);
        else putchar(*c);
    }
    putchar('"');
}

static void print_address(const char *name, const char *host, uint16_t port) {
    int brackets = strchr(host, ':') != NULL;
    printf(",\"%s\":\"%s%s%s:%u\"", name, brackets ? "[" : "", host, brackets ? "]" : "", port);
}

static void print_ready(const struct config *config, uint16_t port, uint16_t metrics_port) {
    printf("{\"type\":\"ready\"");
    print_address("tcp", config->host, port);
    printf(",\"data\":");
    print_string(config->data);
    if (config->metrics_host[0]) print_address("metrics", config->metrics_host, metrics_port);
    printf(",\"sync\":\"%s\",\"clock\":\"%s\",\"pid\":%ld}\n", sync_mode_name(config->sync),
           clock_mode_name(config->clock), (long)getpid());
    fflush(stdout);
}

/* Until nothing keeps the loop alive. Who sleeps until something comes is woken some microseconds late: busy polling
 * buys them for a processor. */
static void run_loop(uv_loop_t *loop, const struct config *config) {
    if (!config->busy_poll) {
        uv_run(loop, UV_RUN_DEFAULT);
        return;
    }
    while (uv_run(loop, UV_RUN_NOWAIT)) continue;
}

/* Listens everywhere, says so, and serves until the end. */
static int serve(struct daemon *daemon, struct metrics_server *metrics, uv_loop_t *loop, const struct config *config) {
    char error[error_size];
    uint16_t port = config->port, metrics_port = config->metrics_port;
    int status = 0;
    if (metrics) status = metrics_server_listen(metrics, config->metrics_host, &metrics_port, error, sizeof error);
    if (status == 0) status = daemon_listen(daemon, config->host, &port, error, sizeof error);
    if (status < 0) {
        fprintf(stderr, "birzhad: %s\n", error);
        return EXIT_START_FAILED;
    }
    print_ready(config, port, metrics_port);
    run_loop(loop, config);
    return EXIT_STOPPED;
}

static int run(struct daemon *daemon, const struct config *config) {
    char error[error_size];
    uv_loop_t *loop = uv_default_loop();
    int status = daemon_open(daemon, loop, config, error, sizeof error);
    if (status != DAEMON_OK) {
        fprintf(stderr, "birzhad: %s\n", error);
        return status == DAEMON_CORRUPT ? EXIT_CORRUPT : EXIT_START_FAILED;
    }
    uv_signal_t signals[signals_count];
    watch_signals(loop, signals, daemon);
    struct metrics_server *metrics = config->metrics_host[0] ? metrics_server_open(loop, daemon) : NULL;
    int code = EXIT_START_FAILED;
    if (config->metrics_host[0] && !metrics) fputs("birzhad: no memory for --metrics\n", stderr);
    else code = serve(daemon, metrics, loop, config);
    close_signals(signals);
    say_stages(daemon);
    metrics_server_stop(metrics);
    daemon_close(daemon);
    CHECK(uv_loop_close(loop) == 0);
    metrics_server_free(metrics);
    return code;
}

int main(int argc, char **argv) {
    struct config config;
    char error[error_size];
    switch (config_parse(&config, argc, argv, error, sizeof error)) {
    case CONFIG_HELP:
        fputs(config_usage(), stdout);
        return EXIT_STOPPED;
    case CONFIG_VERSION:
        puts("birzhad " BIRZHA_VERSION);
        return EXIT_STOPPED;
    case CONFIG_BAD:
        fprintf(stderr, "birzhad: %s\n", error);
        return EXIT_BAD_FLAGS;
    case CONFIG_RUN:
        break;
    }
    signal(SIGPIPE, SIG_IGN);
    /* Password checks share the processors with the loop: two at a time. Must be set before the first one. */
    setenv("UV_THREADPOOL_SIZE", "2", 0);
    struct daemon *daemon = calloc(1, sizeof *daemon);
    if (!daemon) {
        fputs("birzhad: no memory\n", stderr);
        return EXIT_START_FAILED;
    }
    int code = run(daemon, &config);
    free(daemon);
    return code;
}
