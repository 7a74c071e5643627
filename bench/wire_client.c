/* wire_client.c - sends orders to a server as fast as it acknowledges them, and says how many that were a second.
 *
 *     bench_wire_client PORT CONNECTIONS WINDOW REQUESTS SERVER_PID
 *     bench_wire_client PORT echo ROUNDS
 *     bench_wire_client bare sleep|spin
 *
 * The first: all lines are written out before the clock starts. Each connection is another firm of bench/wire.json; of
 * its requests 10 % are orders at 2700.00, where firms of even number buy and those of odd number sell, so that they
 * trade with each other; the others are orders that rest away from the market, and cancels of those, about one each.
 * No more than WINDOW requests of a connection are unanswered. The client never waits: it wants a processor of its own.
 *
 * A request is acknowledged by its report: new, or canceled. Anything else (a rejection, an error) ends the run, and
 * at the end the counts must be exact. Beside orders a second it tells how much processor time the server took, which a
 * neighbour on its processor does not change as much.
 *
 * The second: one order at a time, and its round trip: percentiles in microseconds. The third is what it is held
 * against: a server that prints its port, takes one connection, and answers every line with the same report; it
 * sleeps until something comes, or asks again and again. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/client.h"
#include "instruments/splitmix.h"

enum { connections_max = 8, live_max = 2048, read_max = 1 << 20, line_max = 1024 };

struct client {
    int socket;
    char *lines;                        /* all requests */
    uint64_t *ends;                     /* where each of them ends in `lines` */
    uint32_t requests_count, orders_count, cancels_count;
    uint64_t written;                   /* bytes of `lines` that are on their way */
    uint32_t sent_count;                /* requests that are whole on their way */
    uint32_t acks_count, news_count, canceled_count, trades_count;
    uint64_t received;                  /* bytes */
    char buffer[read_max + line_max];   /* begins with the unfinished line of the last read */
    uint32_t kept;
};

/* Processor time of a process in ticks, in user mode and in the kernel. */
static void read_ticks(const char *pid, uint64_t ticks[2]) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) stop("no process %s", pid);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    const char *at = strrchr(text, ')');
    if (!at || sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64, &ticks[0],
                      &ticks[1]) != 2)
        stop("%s cannot be read", path);
}

/* ---- requests ---- */

static uint32_t render_order(char *out, uint32_t firm, uint32_t number, uint64_t roll) {
    int at_market = roll % 1000 >= 900;
    int buys = at_market ? firm % 2 == 0 : (int)(roll >> 20 & 1);
    uint32_t away = 100 + 5 * (uint32_t)(roll >> 24 & 31);
    uint32_t whole = at_market ? 2700 : buys ? 2700 - away : 2700 + away;
    return (uint32_t)snprintf(out, line_max, "{\"type\":\"new_order\",\"cl_ord_id\":\"f%u-%07u\","
                              "\"symbol\":\"DY-SMP-EX\",\"side\":\"%s\",\"order_qty\":%u,\"price\":\"%u.00\","
                              "\"time_in_force\":\"day\"}\n", firm, number,
                              buys ? "buy" : "sell", at_market ? 10 : 1 + (uint32_t)(roll >> 32) % 100, whole);
}

static void render(struct client *client, uint32_t firm, uint32_t requests_count) {
    uint64_t state = 1 + firm, size = 0;
    uint32_t live[live_max], live_count = 0;
    client->lines = malloc((size_t)requests_count * 160);
    client->ends = malloc(requests_count * sizeof *client->ends);
    if (!client->lines || !client->ends) stop("no memory");
    for (uint32_t i = 0; i < requests_count; i++) {
        uint64_t roll = splitmix64(&state);
        /* The book stays as it is: a cancel for about every passive order, as soon as there are enough of them. */
        int cancels = roll % 1000 < 415 && live_count > 0;
        if (live_count == live_max && roll % 1000 < 900) cancels = 1;
        if (cancels) {
            uint32_t which = (uint32_t)(roll >> 32) % live_count;
            size += (uint32_t)snprintf(client->lines + size, line_max, "{\"type\":\"cancel_order\",\"orig_cl_ord_id\":"
                                       "\"f%u-%07u\"}\n", firm, live[which]);
            live[which] = live[--live_count];
            client->cancels_count++;
        } else {
            size += render_order(client->lines + size, firm, i, roll);
            if (roll % 1000 < 900) live[live_count++] = i;
            client->orders_count++;
        }
        client->ends[i] = size;
    }
    client->requests_count = requests_count;
}

/* ---- the connection ---- */

static void log_on(struct client *client, int port, uint32_t firm) {
    char text[4096];
    size_t size = 0;
    client->socket = connect_to(port);
    dprintf(client->socket, "{\"type\":\"logon\",\"user\":\"u%u\",\"password\":\"p\"}\n", firm);
    for (;;) {
        ssize_t got = read(client->socket, text + size, sizeof text - 1 - size);
        if (got <= 0) stop("the server closed the connection");
        size += (size_t)got;
        text[size] = '\0';
        if (strstr(text, "\"logon_ack\"") && text[size - 1] == '\n') break;
    }
    fcntl(client->socket, F_SETFL, O_NONBLOCK);
}

/* {"type":"execution_report","seq":118,"exec_type":"new" ... */
static void take_line(struct client *client, const char *line, uint32_t size) {
    static const char head[] = "{\"type\":\"execution_report\",\"seq\":", then[] = ",\"exec_type\":\"";
    enum { head_size = sizeof head - 1, then_size = sizeof then - 1 };
    uint32_t at = head_size;
    if (size < 120 || memcmp(line, head, head_size) != 0) stop("unexpected: %.*s", (int)size, line);
    while (line[at] >= '0' && line[at] <= '9') at++;
    if (memcmp(line + at, then, then_size) != 0) stop("unexpected: %.*s", (int)size, line);
    char type = line[at + then_size], next = line[at + then_size + 1];
    if (type == 'n') client->news_count++;
    else if (type == 'c') client->canceled_count++;
    else if (type == 't' && next == 'r') client->trades_count++;
    else stop("unexpected: %.*s", (int)size, line);
    client->acks_count += type != 't';
}

static void take_answers(struct client *client) {
    ssize_t got = recv(client->socket, client->buffer + client->kept, read_max, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) stop("the server closed the connection");
    if (got < 0) return;
    client->received += (uint64_t)got;
    const char *line = client->buffer, *end = client->buffer + client->kept + got, *stop_at;
    while ((stop_at = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        take_line(client, line, (uint32_t)(stop_at - line));
        line = stop_at + 1;
    }
    client->kept = (uint32_t)(end - line);
    if (client->kept > line_max) stop("a line is too long");
    memmove(client->buffer, line, client->kept);
}

static void send_requests(struct client *client, uint32_t window) {
    uint32_t until = client->acks_count + window;
    if (until > client->requests_count) until = client->requests_count;
    uint64_t end = until > 0 ? client->ends[until - 1] : 0;
    /* Half a window at a time: many small writes would measure the client. */
    if (end <= client->written || (until < client->requests_count && until - client->sent_count < window / 2)) return;
    ssize_t size = send(client->socket, client->lines + client->written, end - client->written, MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) stop("the server closed the connection");
    if (size > 0) client->written += (uint64_t)size;
    while (client->sent_count < until && client->ends[client->sent_count] <= client->written) client->sent_count++;
}

/* ---- throughput ---- */

static void check(const struct client *client) {
    if (client->news_count != client->orders_count || client->canceled_count != client->cancels_count)
        stop("%u orders and %u cancels were sent, %u and %u acknowledged", client->orders_count, client->cancels_count,
             client->news_count, client->canceled_count);
}

static void run(struct client *clients, uint32_t connections_count, uint32_t window, const char *pid) {
    uint64_t before[2], after[2];
    uint32_t done = 0;
    read_ticks(pid, before);
    int64_t begin_ns = now_ns();
    while (done < connections_count) {
        done = 0;
        for (uint32_t i = 0; i < connections_count; i++) {
            send_requests(&clients[i], window);
            take_answers(&clients[i]);
            done += clients[i].acks_count == clients[i].requests_count;
        }
    }
    double seconds = (double)(now_ns() - begin_ns) / 1e9, tick_s = 1.0 / (double)sysconf(_SC_CLK_TCK);
    read_ticks(pid, after);
    uint64_t orders = 0, cancels = 0, trades = 0, bytes = 0;
    for (uint32_t i = 0; i < connections_count; i++) {
        check(&clients[i]);
        orders += clients[i].orders_count;
        cancels += clients[i].cancels_count;
        trades += clients[i].trades_count;
        bytes += clients[i].received;
    }
    double user_ns = (double)(after[0] - before[0]) * tick_s * 1e9 / (double)(orders + cancels);
    double kernel_ns = (double)(after[1] - before[1]) * tick_s * 1e9 / (double)(orders + cancels);
    printf("{\"connections\":%u,\"window\":%u,\"orders\":%" PRIu64 ",\"cancels\":%" PRIu64 ",\"trade_reports\":%" PRIu64
           ",\"seconds\":%.3f,\"acknowledged_per_s\":%.0f,\"server_user_ns\":%.0f,\"server_kernel_ns\":%.0f,"
           "\"acknowledged_per_cpu_s\":%.0f,\"bytes_per_request\":%.0f}\n", connections_count, window, orders, cancels,
           trades, seconds, (double)(orders + cancels) / seconds, user_ns, kernel_ns, 1e9 / (user_ns + kernel_ns),
           (double)bytes / (double)(orders + cancels));
}

/* ---- round trips ---- */

static int by_size(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void run_round_trips(struct client *client, uint32_t rounds) {
    int64_t *times = calloc(rounds, sizeof *times);
    if (!times) stop("no memory");
    for (uint32_t i = 0; i < rounds; i++) {
        int64_t begin_ns = now_ns();
        client->sent_count = i;
        send_requests(client, 1);
        while (client->acks_count == i) take_answers(client);
        times[i] = now_ns() - begin_ns;
    }
    qsort(times, rounds, sizeof *times, by_size);
    printf("{\"rounds\":%u,\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f}\n", rounds,
           (double)times[rounds / 2] / 1e3, (double)times[rounds * 99ul / 100] / 1e3,
           (double)times[rounds * 999ul / 1000] / 1e3);
    free(times);
}

/* ---- the bare server ---- */

static void write_all(int to, const char *text) {
    if (send(to, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text)) stop("the client is gone");
}

static void run_bare(int timeout_ms) {
    static const char report[] =
        "{\"type\":\"execution_report\",\"seq\":118,\"exec_type\":\"new\",\"ord_status\":\"new\","
        "\"cl_ord_id\":\"f0-0000001\",\"order_id\":\"4294967297\",\"exec_id\":\"310-1-b\",\"symbol\":\"DY-SMP-EX\","
        "\"side\":\"buy\",\"order_qty\":40,\"cum_qty\":0,\"leaves_qty\":40,\"price\":\"2700.00\","
        "\"ord_type\":\"limit\","
        "\"time_in_force\":\"day\",\"deposit\":\"0.00\",\"ts\":\"2021-06-28T06:00:00.000000000Z\"}\n";
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char line[4096];
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0) stop("cannot listen: %s", strerror(errno));
    printf("{\"type\":\"ready\",\"tcp\":\"127.0.0.1:%u\"}\n", ntohs(address.sin_port));
    fflush(stdout);
    int client = accept(listener, NULL, NULL);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    pacing_avoid(client);
    if (recv(client, line, sizeof line, 0) <= 0) stop("the client is gone");
    write_all(client, "{\"type\":\"logon_ack\"}\n");
    struct epoll_event event = {.events = EPOLLIN};
    int poll = epoll_create1(0);
    if (epoll_ctl(poll, EPOLL_CTL_ADD, client, &event) < 0) stop("no epoll: %s", strerror(errno));
    for (;;) {
        if (epoll_wait(poll, &event, 1, timeout_ms) <= 0) continue;
        if (recv(client, line, sizeof line, 0) <= 0) break;
        write_all(client, report);
    }
}

int main(int argc, char **argv) {
    static struct client clients[connections_max];
    if (argc == 3 && strcmp(argv[1], "bare") == 0) {
        run_bare(strcmp(argv[2], "spin") == 0 ? 0 : -1);
        return 0;
    }
    if (argc == 4 && strcmp(argv[2], "echo") == 0) {
        uint32_t rounds = (uint32_t)strtoul(argv[3], NULL, 10);
        render(&clients[0], 0, rounds);
        log_on(&clients[0], (int)strtol(argv[1], NULL, 10), 0);
        run_round_trips(&clients[0], rounds);
        return 0;
    }
    if (argc != 6) stop("usage: bench_wire_client PORT CONNECTIONS WINDOW REQUESTS SERVER_PID");
    uint32_t connections_count = (uint32_t)strtoul(argv[2], NULL, 10), window = (uint32_t)strtoul(argv[3], NULL, 10);
    uint32_t requests_count = (uint32_t)strtoul(argv[4], NULL, 10);
    if (connections_count == 0 || connections_count > connections_max || window == 0)
        stop("1 to 8 connections, a window");
    for (uint32_t i = 0; i < connections_count; i++) {
        render(&clients[i], i, requests_count / connections_count);
        log_on(&clients[i], (int)strtol(argv[1], NULL, 10), i);
    }
    run(clients, connections_count, window, argv[5]);
    return 0;
}
