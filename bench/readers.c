/* readers.c - how long one book update takes to reach a thousand readers, and how long a bare loop of send takes.
 *
 *     bench_readers PORT READERS UPDATES        a server of bench/wire.json
 *     bench_readers PORT READERS UPDATES bare   the server below
 *     bench_readers serve READERS               a bare server: prints its port, then sends a fixed update of the same
 *                                               size to every reader for each line of the last connection
 *
 * 25 times a second an order is sent, and the clock stands when each reader has its update; the first ten are not
 * counted. Prints one line of JSON:
 * percentiles over all readers of all updates, and of the last reader of each. The client polls all sockets with
 * epoll, in both cases alike; it wants a processor of its own, and the server another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/client.h"
#include "gateway/histogram.h"

enum { readers_max = 10000, entries_max = 512, buffer_size = 1 << 16, updates_a_second = 25, warm_up_count = 10 };

static const char update[] =
    "{\"type\":\"book_update\",\"symbol\":\"DY-SMP-EX\",\"md_seq\":5014,\"prev_md_seq\":5012,"
    "\"bids\":[[\"2600.00\",1007,1]],\"asks\":[],\"ts\":\"2021-06-28T06:00:00.000000000Z\"}\n";

static void allow_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void write_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = send(fd, bytes, size, MSG_NOSIGNAL);
        if (written <= 0) stop("the other side is gone");
        bytes += written;
        size -= (size_t)written;
    }
}

static void write_text(int fd, const char *text) { write_all(fd, text, strlen(text)); }

/* Until a line with this word has come. */
static void await(int fd, const char *word) {
    static char text[buffer_size];
    size_t size = 0;
    do {
        ssize_t got = recv(fd, text + size, sizeof text - 1 - size, 0);
        if (got <= 0) stop("no %s", word);
        size += (size_t)got;
        text[size] = '\0';
    } while (strstr(text, word) == NULL || text[size - 1] != '\n');
}

/* ---- readers ---- */

static int readers[readers_max];
static uint32_t readers_count;

static void open_readers(int port, int is_bare) {
    for (uint32_t i = 0; i < readers_count; i++) {
        readers[i] = connect_to(port);
        if (is_bare) continue;
        write_text(readers[i], "{\"type\":\"subscribe\",\"channel\":\"book\",\"symbols\":[\"DY-SMP-EX\"]}\n");
        await(readers[i], "book_snapshot");
    }
}

static int open_trader(int port, int is_bare) {
    int trader = connect_to(port);
    if (is_bare) return trader;
    write_text(trader, "{\"type\":\"logon\",\"user\":\"u0\",\"password\":\"p\"}\n");
    await(trader, "logon_ack");
    return trader;
}

static void send_order(int trader, uint32_t number) {
    char line[256];
    int size = snprintf(line, sizeof line, "{\"type\":\"new_order\",\"cl_ord_id\":\"r-%u\",\"symbol\":\"DY-SMP-EX\","
                        "\"side\":\"buy\",\"order_qty\":1,\"price\":\"%u.00\"}\n", number, 2500 + 5 * (number % 19));
    write_all(trader, line, (size_t)size);
}

/* Takes what has come; 1 when it holds an update. Heartbeats do not count. */
static int take_update(int fd) {
    static char text[buffer_size];
    ssize_t got = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) stop("a reader was dropped");
    if (got < 0) return 0;
    text[got] = '\0';
    return strstr(text, "\"book_update\"") != NULL;
}

static void run(int port, uint32_t updates_count, int is_bare) {
    static struct histogram each, last;
    static struct epoll_event entries[entries_max];
    int poll = epoll_create1(EPOLL_CLOEXEC);
    open_readers(port, is_bare);
    int trader = open_trader(port, is_bare);
    for (uint32_t i = 0; i < readers_count; i++) {
        struct epoll_event entry = {.events = EPOLLIN, .data.fd = readers[i]};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, readers[i], &entry) < 0) stop("epoll: %s", strerror(errno));
    }
    int64_t due_ns = now_ns();
    for (uint32_t i = 0; i < warm_up_count + updates_count; i++) {
        uint32_t waiting_count = readers_count;
        while (now_ns() < due_ns) continue;
        int64_t begin_ns = now_ns();
        send_order(trader, i);
        while (waiting_count > 0) {
            int count = epoll_wait(poll, entries, entries_max, 1000);
            if (count == 0) stop("%u readers got no update", waiting_count);
            for (int e = 0; e < count; e++) {
                if (!take_update(entries[e].data.fd)) continue;
                waiting_count--;
                if (i >= warm_up_count) histogram_record(&each, (uint64_t)(now_ns() - begin_ns));
            }
        }
        if (i >= warm_up_count) histogram_record(&last, (uint64_t)(now_ns() - begin_ns));
        if (!is_bare) await(trader, "\"new\"");
        due_ns += 1000000000 / updates_a_second;
    }
    printf("{\"case\":\"%s\",\"readers\":%u,\"updates\":%u,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,"
           "\"last_p50_us\":%.1f,\"last_p99_us\":%.1f}\n", is_bare ? "bare" : "server", readers_count, updates_count,
           (double)histogram_percentile(&each, 50000) / 1e3, (double)histogram_percentile(&each, 99000) / 1e3,
           (double)each.max / 1e3, (double)histogram_percentile(&last, 50000) / 1e3,
           (double)histogram_percentile(&last, 99000) / 1e3);
}

/* ---- the bare server ---- */

static void serve(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char line[4096];
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    pacing_avoid(listener);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1024) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0) stop("cannot listen: %s", strerror(errno));
    printf("{\"type\":\"ready\",\"tcp\":\"127.0.0.1:%u\"}\n", ntohs(address.sin_port));
    fflush(stdout);
    for (uint32_t i = 0; i < readers_count; i++) {
        readers[i] = accept(listener, NULL, NULL);
        setsockopt(readers[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    int trader = accept(listener, NULL, NULL);
    while (recv(trader, line, sizeof line, 0) > 0) {
        for (uint32_t i = 0; i < readers_count; i++) write_all(readers[i], update, sizeof update - 1);
    }
}

int main(int argc, char **argv) {
    if (argc < 3) stop("usage: bench_readers PORT READERS UPDATES [bare] | serve READERS");
    readers_count = (uint32_t)strtoul(argv[2], NULL, 10);
    if (readers_count == 0 || readers_count > readers_max) stop("1 to %d readers", readers_max);
    allow_descriptors();
    if (strcmp(argv[1], "serve") == 0) serve();
    else if (argc < 4) stop("usage: bench_readers PORT READERS UPDATES [bare]");
    else run((int)strtol(argv[1], NULL, 10), (uint32_t)strtoul(argv[3], NULL, 10), argc > 4);
    return 0;
}
