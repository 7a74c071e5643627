/* client.c - sockets, lines, and what holds for every message. */
#include "tests/support/client.h"

#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/expect.h"

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* ---- connecting ---- */

struct client *client_connect(int port) {
    struct client *client = calloc(1, sizeof *client);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(connect(client->socket, (struct sockaddr *)&address, sizeof address) == 0,
              "cannot connect to port %d: %s", port, strerror(errno));
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return client;
}

struct client *client_open(const struct server *server) {
    struct client *client = client_connect(server->port);
    client_expect(client, "{'type':'welcome'}");
    return client;
}

struct client *client_logon(const struct server *server, const char *user) {
    struct client *client = client_open(server);
    client_send(client, "{'type':'logon','user':'%s','password':'%s-secret'}", user, user);
    client_expect(client, "{'type':'logon_ack','user':'%s'}", user);
    return client;
}

void client_close(struct client *client) {
    if (client == NULL) return;
    close(client->socket);
    cJSON_Delete(client->message);
    free(client);
}

/* ---- sending ---- */

void client_send_bytes(struct client *client, const void *bytes, size_t size) {
    const char *at = bytes;
    while (size > 0) {
        ssize_t sent = send(client->socket, at, size, MSG_NOSIGNAL);
        cr_assert(sent > 0, "cannot send: %s", strerror(errno));
        at += sent;
        size -= (size_t)sent;
    }
}

void client_send(struct client *client, const char *format, ...) {
    char line[client_line_max + 2];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    cr_assert(length > 0 && (size_t)length < sizeof line - 1, "request too long for a test");
    expect_quotes(line);
    line[length] = '\n';
    client_send_bytes(client, line, (size_t)length + 1);
}

/* ---- what holds for every message ---- */

static long long member(const cJSON *message, const char *name) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(message, name);
    return cJSON_IsNumber(value) ? (long long)value->valuedouble : -1;
}

static const char *member_text(const cJSON *message, const char *name) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(message, name);
    return cJSON_IsString(value) ? value->valuestring : "";
}

/* 2021-06-28T06:00:00.000000000Z */
static int is_timestamp(const char *text) {
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddddddddZ";
    if (strlen(text) != sizeof form - 1) return 0;
    for (size_t i = 0; form[i] != '\0'; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != form[i]) return 0;
    return 1;
}

static const char *report_breach(const cJSON *report) {
    const char *status = member_text(report, "ord_status");
    long long order = member(report, "order_qty"), filled = member(report, "cum_qty"), open = member(report,
        "leaves_qty");
    if (order < 0 || filled < 0 || open < 0) return "a report without order_qty, cum_qty or leaves_qty";
    int live = strcmp(status, "new") == 0 || strcmp(status, "partially_filled") == 0 || strcmp(status,
        "pending_trigger") == 0;
    if (live && order != filled + open) return "a live order whose order_qty is not cum_qty + leaves_qty";
    if (!live && open != 0) return "an order that ended with leaves_qty";
    if (strcmp(status, "filled") == 0 && filled != order) return "a filled order whose cum_qty is not order_qty";
    if (strcmp(status, "new") == 0 && filled != 0) return "a new order with cum_qty";
    if (strcmp(status, "partially_filled") == 0 && filled == 0) return "a partially filled order without cum_qty";
    return NULL;
}

static const char *seq_breach(struct client *client, const cJSON *message) {
    long long seq = member(message, "seq");
    if (seq < 0) return NULL;
    int again = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(message, "poss_dup"));
    long long *next = again ? &client->replay_next : &client->seq_next;
    if (*next == 0) return again ? "a replay that nobody asked for" : "seq before logon";
    return seq == (*next)++ ? NULL : "a gap in seq";
}

static const char *message_breach(struct client *client, const cJSON *message) {
    if (!cJSON_IsObject(message)) return "not a JSON object";
    const char *type = member_text(message, "type");
    if (*type == '\0') return "no type";
    if (!is_timestamp(member_text(message, "ts"))) return "no ts with nanoseconds";
    if (strcmp(type, "logon_ack") == 0) client->seq_next = member(message, "next_seq");
    const char *breach = seq_breach(client, message);
    if (breach == NULL && strcmp(type, "execution_report") == 0) breach = report_breach(message);
    return breach;
}

/* ---- receiving ---- */

/* Takes the next line out of the buffer into `line`. Returns 1, or 0 when there is no whole one yet. */
static int buffer_take_line(struct client *client) {
    char *start = client->buffer + client->start;
    char *end = memchr(start, '\n', client->length);
    cr_assert(end != NULL || client->length < client_line_max, "a line of more than 16,384 bytes: %.200s", start);
    if (end == NULL) return 0;
    size_t size = (size_t)(end - start);
    cr_assert(size < client_line_max, "a line of more than 16,384 bytes: %.200s", start);
    memcpy(client->line, start, size);
    client->line[size] = '\0';
    client->start += size + 1;
    client->length -= size + 1;
    return 1;
}

/* Waits for bytes until the deadline. Returns 1, or 0 when time or connection are over. */
static int buffer_fill(struct client *client, long deadline_ms) {
    if (client->start > 0) memmove(client->buffer, client->buffer + client->start, client->length);
    client->start = 0;
    struct pollfd waiting = {.fd = client->socket, .events = POLLIN};
    long left_ms = deadline_ms - now_ms();
    if (left_ms < 0 || poll(&waiting, 1, (int)left_ms) <= 0) return 0;
    ssize_t got = recv(client->socket, client->buffer + client->length, sizeof client->buffer - client->length, 0);
    if (got <= 0) return 0;
    client->length += (size_t)got;
    return 1;
}

const cJSON *client_receive_within(struct client *client, long wait_ms) {
    long deadline_ms = now_ms() + wait_ms;
    while (!buffer_take_line(client))
        if (!buffer_fill(client, deadline_ms)) return NULL;
    if (getenv("BIRZHA_TEST_TRACE") != NULL) fprintf(stderr, "%d < %s\n", client->socket, client->line);
    cJSON_Delete(client->message);
    client->message = cJSON_ParseWithOpts(client->line, NULL, 1);
    const char *breach = message_breach(client, client->message);
    cr_assert(breach == NULL, "%s: %s", breach, client->line);
    return client->message;
}

const cJSON *client_receive(struct client *client) {
    for (;;) {
        const cJSON *message = client_receive_within(client, client_wait_ms);
        cr_assert_not_null(message, "no message; the last one was: %s", client->line);
        if (strcmp(member_text(message, "type"), "heartbeat") != 0) return message;
        client->heartbeats_count++;
    }
}

const cJSON *client_expect_at(const char *file, int line, struct client *client, const char *format, ...) {
    char expectation[client_line_max], why[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(expectation, sizeof expectation, format, arguments);
    va_end(arguments);
    const cJSON *message;
    do {
        message = client_receive_within(client, client_wait_ms);
        cr_assert_not_null(message, "%s:%d: nothing came\n  wanted: %s\n  before: %s", file, line, expectation,
                           client->line);
        if (strcmp(member_text(message, "type"), "heartbeat") == 0) client->heartbeats_count++;
    } while (strcmp(member_text(message, "type"), "heartbeat") == 0 ||
             (strcmp(member_text(message, "type"), "notice") == 0 && strstr(expectation, "'notice'") == NULL));
    int fits = expect_match(expectation, message, why, sizeof why) == 0;
    cr_assert(fits, "%s:%d: %s\n  wanted: %s\n  got:    %s", file, line, why, expectation, client->line);
    return message;
}

void client_expect_quiet_at(const char *file, int line, struct client *client) {
    int fence = ++client->fences_count;
    client_send(client, "{'type':'no_such_request','req_id':'fence-%d'}", fence);
    client_expect_at(file, line, client, "{'type':'error','req_id':'fence-%d'}", fence);
}

int client_ends_within(struct client *client, long wait_ms) {
    long deadline_ms = now_ms() + wait_ms;
    while (now_ms() < deadline_ms) {
        char bytes[4096];
        struct pollfd waiting = {.fd = client->socket, .events = POLLIN};
        long left_ms = deadline_ms - now_ms();
        if (left_ms <= 0 || poll(&waiting, 1, (int)left_ms) <= 0) return 0;
        if (recv(client->socket, bytes, sizeof bytes, 0) <= 0) return 1;
    }
    return 0;
}

void client_expect_end(struct client *client) {
    const cJSON *message;
    long deadline_ms = now_ms() + client_wait_ms;
    while ((message = client_receive_within(client, deadline_ms - now_ms())) != NULL)
        cr_assert_str_eq(member_text(message, "type"), "heartbeat", "a message instead of the end: %s", client->line);
    cr_assert(client_ends_within(client, 1000), "the connection was not closed");
}

/* ---- reading the last message ---- */

const char *client_text(const struct client *client, const char *path) {
    const cJSON *value = expect_path(client->message, path);
    cr_assert(cJSON_IsString(value), "no text %s in %s", path, client->line);
    return value->valuestring;
}

long long client_number(const struct client *client, const char *path) {
    const cJSON *value = expect_path(client->message, path);
    cr_assert(cJSON_IsNumber(value), "no number %s in %s", path, client->line);
    return (long long)value->valuedouble;
}

void client_copy(const struct client *client, const char *path, char *text, size_t size) {
    int length = snprintf(text, size, "%s", client_text(client, path));
    cr_assert(length >= 0 && (size_t)length < size, "%s is too long", path);
}
