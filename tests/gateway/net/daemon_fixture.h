/* daemon_fixture.h - a whole server on a thread of its own, and clients with blocking sockets. */
#ifndef BIRZHA_TESTS_DAEMON_FIXTURE_H
#define BIRZHA_TESTS_DAEMON_FIXTURE_H

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "gateway/net/daemon.h"
#include "instruments/calendar.h"

#define SCENARIO_TEXT \
    "{\"name\": \"test\", \"start\": \"2021-06-28T06:00:00Z\", \"rules\": \"none\"," \
    " \"instruments\": [{\"symbol\": \"WHEAT\", \"section\": \"agri\", \"unit\": \"t\", \"lot\": 1," \
    "                    \"tick\": \"0.50\", \"currency\": \"USD\", \"reference_px\": \"200.00\"}]," \
    " \"participants\": [" \
    "   {\"id\": \"ALFA\", \"name\": \"Alfa\", \"country\": \"BY\", \"deposit\": {\"USD\": \"1000.00\"}," \
    "    \"accreditations\": [{\"section\": \"agri\", \"from\": \"2020-01-01\", \"to\": null}]}," \
    "   {\"id\": \"BETA\", \"name\": \"Beta\", \"country\": \"RU\"," \
    "    \"accreditations\": [{\"section\": \"agri\", \"from\": \"2020-01-01\", \"to\": null}]}]," \
    " \"users\": [{\"user\": \"alfa\", \"participant\": \"ALFA\", \"role\": \"trader\", \"password\": \"a\"}," \
    "             {\"user\": \"beta\", \"participant\": \"BETA\", \"role\": \"trader\", \"password\": \"b\"}," \
    "             {\"user\": \"root\", \"role\": \"admin\", \"password\": \"r\"}]}"

struct running {
    struct daemon *daemon;
    uv_loop_t loop;
    uv_async_t stop;
    pthread_t thread;
    uint16_t port;
};

static struct running *running;

static inline void on_stop(uv_async_t *stop) {
    daemon_stop(stop->data);
}

static inline void *serve(void *argument) {
    (void)argument;
    uv_run(&running->loop, UV_RUN_DEFAULT);
    return NULL;
}

static inline void write_scenario(char path[]) {
    int file = mkstemp(path);
    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, SCENARIO_TEXT, sizeof SCENARIO_TEXT - 1), (ssize_t)sizeof SCENARIO_TEXT - 1);
    close(file);
}

/* Impatient, so that tests do not wait: what takes 5 and 10 s takes 0.3 and 0.6. */
static inline void open_daemon(enum clock_mode clock) {
    char error[512] = "", path[] = "/tmp/birzha_test_XXXXXX";
    write_scenario(path);
    running = calloc(1, sizeof *running);
    running->daemon = calloc(1, sizeof *running->daemon);
    cr_assert_eq(uv_loop_init(&running->loop), 0);
    const struct config config = {.clock = clock, .scenario = path, .ephemeral = 1};
    cr_assert_eq(daemon_open(running->daemon, &running->loop, &config, error, sizeof error), 0, "%s", error);
    unlink(path);
    running->daemon->network.patience = (struct network_patience){
        .line_timeout_ns = 3 * NS_PER_SECOND / 10,
        .stall_timeout_ns = 6 * NS_PER_SECOND / 10,
        .finish_timeout_ns = 3 * NS_PER_SECOND / 10,
    };
    cr_assert_eq(daemon_listen(running->daemon, "127.0.0.1", &running->port, error, sizeof error), 0, "%s", error);
    uv_async_init(&running->loop, &running->stop, on_stop);
    running->stop.data = running->daemon;
    uv_unref((uv_handle_t *)&running->stop);
    cr_assert_eq(pthread_create(&running->thread, NULL, serve, NULL), 0);
}

static inline void open_manual(void) {
    open_daemon(CLOCK_MODE_MANUAL);
}

static inline void close_daemon(void) {
    uv_async_send(&running->stop);
    pthread_join(running->thread, NULL);
    uv_close((uv_handle_t *)&running->stop, NULL);
    daemon_close(running->daemon);
    cr_assert_eq(uv_loop_close(&running->loop), 0);
    free(running->daemon);
    free(running);
}

/* ---- clients ---- */

struct caller {
    int fd;
    size_t size;                /* unread bytes */
    char input[1 << 17];
    char line[1 << 15];         /* the last one read, NUL-terminated */
};

/* Waits up to `timeout_ms` for the next line. NULL at the end of the stream or when none comes. */
static inline const char *hear_within(struct caller *caller, int timeout_ms) {
    for (;;) {
        char *end = memchr(caller->input, '\n', caller->size);
        if (end) {
            size_t size = (size_t)(end - caller->input);
            memcpy(caller->line, caller->input, size);
            caller->line[size] = '\0';
            caller->size -= size + 1;
            memmove(caller->input, end + 1, caller->size);
            return caller->line;
        }
        struct pollfd ready = {.fd = caller->fd, .events = POLLIN};
        if (poll(&ready, 1, timeout_ms) <= 0) return NULL;
        ssize_t size = read(caller->fd, caller->input + caller->size, sizeof caller->input - caller->size);
        if (size <= 0) return NULL;
        caller->size += (size_t)size;
    }
}

static inline const char *hear(struct caller *caller) {
    const char *line = hear_within(caller, 5000);
    cr_assert_not_null(line);
    return line;
}

static inline void expect(struct caller *caller, const char *part) {
    const char *line = hear(caller);
    cr_assert_not_null(strstr(line, part), "expected %s in: %s", part, line);
}

/* Nothing more comes: the other side has closed. */
static inline void expect_end(struct caller *caller) {
    char byte;
    struct pollfd ready = {.fd = caller->fd, .events = POLLIN};
    cr_assert_null(hear_within(caller, 3000));
    cr_assert_eq(poll(&ready, 1, 3000), 1);
    cr_assert_leq(read(caller->fd, &byte, 1), 0);
}

static inline void tell_bytes(struct caller *caller, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t done = send(caller->fd, bytes, size, MSG_NOSIGNAL);
        cr_assert_gt(done, 0);
        bytes += done;
        size -= (size_t)done;
    }
}

static inline void tell(struct caller *caller, const char *line) {
    tell_bytes(caller, line, strlen(line));
    tell_bytes(caller, "\n", 1);
}

static inline int connect_socket(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(running->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static inline struct caller *call(void) {
    struct caller *caller = calloc(1, sizeof *caller);
    caller->fd = connect_socket();
    expect(caller, "\"type\":\"welcome\"");
    return caller;
}

static inline struct caller *call_as(const char *user, const char *password, const char *more) {
    char line[256];
    struct caller *caller = call();
    snprintf(line, sizeof line, "{\"type\":\"logon\",\"user\":\"%s\",\"password\":\"%s\"%s}", user, password, more);
    tell(caller, line);
    expect(caller, "\"type\":\"logon_ack\"");
    return caller;
}

static inline void hang_up(struct caller *caller) {
    close(caller->fd);
    free(caller);
}

#define ORDER(id, side, lots, price) \
    "{\"type\":\"new_order\",\"cl_ord_id\":\"" id "\",\"symbol\":\"WHEAT\",\"side\":\"" side "\",\"order_qty\":" lots \
    ",\"price\":\"" price "\"}"

#endif
