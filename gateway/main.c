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
#include "instruments/check.h"

enum exit_code { EXIT_STOPPED = 0, EXIT_START_FAILED = 1, EXIT_BAD_FLAGS = 2, EXIT_CORRUPT = 3 };

enum { signals_count = 2, error_size = 512 };

static void on_signal(uv_signal_t *signal, int number) {
    (void)number;
    daemon_stop(signal->data);
}

/* Signals stop the server; they do not keep the loop alive. */
static void watch_signals(uv_loop_t *loop, uv_signal_t signals[signals_count], struct daemon *daemon) {
    static const int numbers[signals_count] = {SIGTERM, SIGINT};
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

static void print_ready(const struct config *config, uint16_t port) {
    int brackets = strchr(config->host, ':') != NULL;
    printf("{\"type\":\"ready\",\"tcp\":\"%s%s%s:%u\",\"data\":", brackets ? "[" : "", config->host,
           brackets ? "]" : "", port);
    print_string(config->data);
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
    uint16_t port = config->port;
    int code = EXIT_STOPPED;
    if (daemon_listen(daemon, config->host, &port, error, sizeof error) < 0) {
        fprintf(stderr, "birzhad: %s\n", error);
        code = EXIT_START_FAILED;
    } else {
        print_ready(config, port);
        run_loop(loop, config);
    }
    close_signals(signals);
    daemon_close(daemon);
    CHECK(uv_loop_close(loop) == 0);
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
