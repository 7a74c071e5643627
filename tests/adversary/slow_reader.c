/* slow_reader.c - a thousand readers of market data, one of which never reads, while the book moves.
 *
 *     slow_reader SERVER_BINARY
 *
 * What must hold: the server's memory stays bounded, order entry is as quick as before, every other reader gets every
 * update without a gap, and the one that does not read is dropped. Prints its figures, the last line sums up,
 * and exits 0 if all held, else 1.
 *
 * One trader enters and cancels orders. 9 followers and the stuck reader are subscribed to the symbol that moves, 990
 * others to one that moves rarely. It goes in thirds. The first fills the trader's kept reports (65,536). The second,
 * with everybody still reading, is the yardstick: for the latency, and for the memory that orders take anyway, since
 * their ids and what became of them stay on record. In the last the stuck reader reads no more, with the smallest
 * receive buffer that the kernel grants. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    readers_count = 1000,
    followers_count = 10,               /* of the busy symbol; the first is the one that gets stuck */
    line_max = 16384,
    moves_count = 48000,                /* orders entered and canceled in each third */
    batch_moves = 50,                   /* in flight at a time */
    quiet_every = 4000,                 /* moves between two of the quiet symbol */
    sample_every = 100,                 /* batches between two latency samples */
    samples_max = 1024,
    wait_ms = 30000,
    patience_s = 13,                    /* the server's, with a reader that takes no byte, is 10 */
    rss_growth_kib_max = 8 * 1024,      /* of the last third beyond that of the second */
};

/* Order entry may be slower in the last third by this much, at the 99th percentile. */
static const int64_t latency_growth_ns_max = 20 * 1000 * 1000;

static const char world[] =
    "{ \"name\": \"One that never reads\", \"start\": \"2021-06-28T06:00:00Z\","
    "  \"instruments\": [\"DY-SMP-EX\", \"DY-BUT-825\"],"
    "  \"participants\": [{ \"id\": \"MAKER\", \"country\": \"BY\", \"deposit\": { \"USD\": \"100000000.00\" },"
    "    \"accreditations\": [{ \"section\": \"agri\", \"from\": \"2020-01-01\" }] }],"
    "  \"users\": [{ \"user\": \"maker\", \"participant\": \"MAKER\", \"role\": \"trader\","
    "    \"password\": \"maker-secret\" }] }";

struct connection {
    int socket;
    size_t length;
    long long lines, md_seq, gaps, conflated;
    int subscribed, closed, told_slow;
    char buffer[line_max + 4096];
};

static struct connection readers[readers_count], trader;
static int poller;
static long long order_number;

static void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* ---- the server ---- */

static pid_t server_start(const char *binary, int *port) {
    char path[] = "/tmp/birzha-slow-reader-XXXXXX", line[1024];
    int file = mkstemp(path), ends[2];
    if (file < 0 || write(file, world, sizeof world - 1) != (ssize_t)sizeof world - 1 || pipe2(ends, O_CLOEXEC) != 0)
        die("cannot prepare the world: %s", strerror(errno));
    close(file);
    pid_t server = fork();
    if (server == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(ends[1], STDOUT_FILENO);
        execl(binary, binary, "--listen", "127.0.0.1:0", "--ephemeral", "--clock", "manual", "--scenario", path,
              (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t length = 0;
    while (length + 1 < sizeof line && read(ends[0], line + length, 1) == 1 && line[length] != '\n') length++;
    line[length] = '\0';
    unlink(path);
    const char *tcp = strstr(line, "\"tcp\":\"127.0.0.1:");
    if (tcp == NULL) die("no ready line from %s: %s", binary, line);
    *port = (int)strtol(tcp + strlen("\"tcp\":\"127.0.0.1:"), NULL, 10);
    return server;
}

/* A figure of /proc/PID/status in KiB. */
static long server_kib(pid_t server, const char *figure) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)server);
    FILE *file = fopen(path, "r");
    long kib = -1;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, figure, strlen(figure)) == 0) kib = strtol(line + strlen(figure) + 1, NULL, 10);
    if (file != NULL) fclose(file);
    if (kib < 0) die("the server is gone");
    return kib;
}

/* ---- connections ---- */

static void connection_open(struct connection *connection, int port, int receive_bytes) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_bytes > 0) setsockopt(connection->socket, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    int connected = connect(connection->socket, (struct sockaddr *)&address, sizeof address) == 0;
    if (!connected) die("connect: %s", strerror(errno));
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    fcntl(connection->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, connection->socket, &event);
}

static long long line_number(const char *line, const char *member, long long otherwise) {
    const char *at = strstr(line, member);
    return at != NULL ? strtoll(at + strlen(member), NULL, 10) : otherwise;
}

static void line_take(struct connection *connection, const char *line) {
    connection->lines++;
    if (strstr(line, "\"slow_consumer\"") != NULL) connection->told_slow = 1;
    if (strstr(line, "\"conflated\":true") != NULL) connection->conflated++;
    if (strstr(line, "\"type\":\"book_snapshot\"") != NULL) connection->subscribed = 1;
    int is_update = strstr(line, "\"type\":\"book_update\"") != NULL;
    if (is_update && line_number(line, "\"prev_md_seq\":", -1) != connection->md_seq) connection->gaps++;
    connection->md_seq = line_number(line, "\"md_seq\":", connection->md_seq);
}

/* Takes what has arrived. */
static void connection_read(struct connection *connection) {
    for (;;) {
        ssize_t got = recv(connection->socket, connection->buffer + connection->length,
                           sizeof connection->buffer - 1 - connection->length, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) {
            connection->closed = 1;
            epoll_ctl(poller, EPOLL_CTL_DEL, connection->socket, NULL);
            return;
        }
        connection->length += (size_t)got;
        char *start = connection->buffer, *end;
        while ((end = memchr(start, '\n', connection->length - (size_t)(start - connection->buffer))) != NULL) {
            *end = '\0';
            line_take(connection, start);
            start = end + 1;
        }
        connection->length -= (size_t)(start - connection->buffer);
        memmove(connection->buffer, start, connection->length);
        if (connection->length >= line_max) die("a line of more than 16,384 bytes");
    }
}

static void poll_once(int timeout_ms) {
    struct epoll_event events[256];
    int count = epoll_wait(poller, events, 256, timeout_ms);
    for (int i = 0; i < count; i++) connection_read(events[i].data.ptr);
}

static void connection_send(struct connection *connection, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(connection->socket, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) die("send: %s", strerror(errno));
        if (sent < 0) poll_once(10);
        else bytes += sent, size -= (size_t)sent;
    }
}

/* Lets everything arrive until the trader has this many lines. */
static void trader_wait(long long lines) {
    int64_t deadline_ns = now_ns() + wait_ms * INT64_C(1000000);
    while (trader.lines < lines) {
        poll_once(100);
        if (trader.closed) die("the trader was disconnected");
        if (now_ns() > deadline_ns) die("the trader waits for an answer for %d s", wait_ms / 1000);
    }
}

/* ---- the market ---- */

/* Enters and cancels `count` orders in one piece, and waits for the reports. */
static void market_move(const char *symbol, const char *price, int count) {
    static char bytes[batch_moves * 512];
    size_t size = 0;
    for (int i = 0; i < count; i++) {
        order_number++;
        size += (size_t)snprintf(bytes + size, sizeof bytes - size,
            "{\"type\":\"new_order\",\"cl_ord_id\":\"m%lld\",\"symbol\":\"%s\",\"side\":\"sell\",\"order_qty\":%d,"
            "\"price\":\"%s\"}\n{\"type\":\"cancel_order\",\"orig_cl_ord_id\":\"m%lld\"}\n",
            order_number, symbol, 1 + i % 100, price, order_number);
    }
    long long wanted = trader.lines + 2 * count;
    connection_send(&trader, bytes, size);
    trader_wait(wanted);
}

static int compare_ns(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* One third of the run. Returns the 99th percentile of an order and its cancel, one at a time. */
static int64_t market_run(pid_t server, long *kib_max) {
    static int64_t samples[samples_max];
    static const char *const prices[] = {"2700.00", "2705.00", "2710.00", "2715.00", "2720.00"};
    int samples_count = 0;
    for (int moves = 0, batch = 0; moves < moves_count; moves += batch_moves, batch++) {
        market_move("DY-SMP-EX", prices[batch % 5], batch_moves);
        if (moves % quiet_every == 0) market_move("DY-BUT-825", "5130.00", 1);
        for (int i = 0; i < 10 && batch % (sample_every / 10) == 0 && samples_count < samples_max; i++) {
            int64_t start_ns = now_ns();
            market_move("DY-SMP-EX", "2730.00", 1);
            samples[samples_count++] = now_ns() - start_ns;
        }
        long kib = server_kib(server, "VmRSS:");
        if (kib > *kib_max) *kib_max = kib;
    }
    qsort(samples, (size_t)samples_count, sizeof *samples, compare_ns);
    return samples[samples_count * 99 / 100];
}

/* ---- the run ---- */

static void readers_open(int port) {
    static const char subscribe[] = "{\"type\":\"subscribe\",\"channel\":\"book\",\"depth\":100,"
                                    "\"symbols\":[\"%s\"]}\n";
    for (int i = 0; i < readers_count; i++) {
        char line[128];
        connection_open(&readers[i], port, i == 0 ? 1 : 0);
        int size = snprintf(line, sizeof line, subscribe, i < followers_count ? "DY-SMP-EX" : "DY-BUT-825");
        connection_send(&readers[i], line, (size_t)size);
    }
    int64_t deadline_ns = now_ns() + wait_ms * INT64_C(1000000);
    for (int i = 0; i < readers_count; i++)
        while (!readers[i].subscribed) {
            poll_once(100);
            if (now_ns() > deadline_ns) die("reader %d got no snapshot", i);
        }
}

static void trader_open(int port) {
    static const char logon[] = "{\"type\":\"logon\",\"user\":\"maker\",\"password\":\"maker-secret\"}\n";
    connection_open(&trader, port, 0);
    connection_send(&trader, logon, sizeof logon - 1);
    trader_wait(2);
}

/* Lets the other readers catch up with the first follower; counts those that lost something. */
static int readers_harmed(void) {
    int harmed = 0;
    int64_t deadline_ns = now_ns() + wait_ms * INT64_C(1000000);
    for (int i = 1; i < readers_count; i++) {
        const struct connection *leader = &readers[i < followers_count ? 1 : followers_count];
        while (!readers[i].closed && readers[i].md_seq < leader->md_seq && now_ns() < deadline_ns) poll_once(100);
        int lost = readers[i].closed || readers[i].gaps > 0 || readers[i].conflated > 0;
        lost |= readers[i].md_seq != leader->md_seq;
        if (lost && harmed++ < 3)
            printf("reader %d: closed %d, gaps %lld, conflated %lld, at md_seq %lld of %lld\n", i, readers[i].closed,
                   readers[i].gaps, readers[i].conflated, readers[i].md_seq, leader->md_seq);
    }
    return harmed;
}

/* The market goes on slowly for a while, and then the stuck reader takes what there is for it: since it took nothing
 * for so long, it must have been dropped. */
static int stuck_dealt_with(void) {
    struct connection *stuck = &readers[0];
    for (int i = 0; i < patience_s * 10; i++) {
        market_move("DY-SMP-EX", "2730.00", 1);
        poll_once(100);
        usleep(90000);
    }
    int64_t deadline_ns = now_ns() + 2 * INT64_C(1000000000);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stuck};
    epoll_ctl(poller, EPOLL_CTL_ADD, stuck->socket, &event);
    while (!stuck->closed && now_ns() < deadline_ns) poll_once(100);
    printf("stuck reader: closed %d, told slow_consumer %d, conflated %lld times, %lld lines of %lld\n", stuck->closed,
           stuck->told_slow, stuck->conflated, stuck->lines, readers[1].lines);
    return stuck->closed;
}

int main(int argc, char **argv) {
    if (argc != 2) die("usage: slow_reader SERVER_BINARY");
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < 8192 ? files.rlim_max : 8192;
    setrlimit(RLIMIT_NOFILE, &files);
    int port, status;
    long warm_kib = 0, first_kib = 0, second_kib = 0;
    poller = epoll_create1(EPOLL_CLOEXEC);
    pid_t server = server_start(argv[1], &port);
    readers_open(port);
    trader_open(port);
    printf("%d readers connected, RSS %ld KiB\n", readers_count, server_kib(server, "VmRSS:"));
    market_run(server, &warm_kib);
    int64_t start_ns = now_ns();
    int64_t before_ns = market_run(server, &first_kib);
    printf("all reading: %d moves in %.1f s, order and cancel p99 %.2f ms, RSS %ld KiB\n", moves_count,
           (double)(now_ns() - start_ns) / 1e9, (double)before_ns / 1e6, first_kib);
    int harmed_before = readers_harmed();
    epoll_ctl(poller, EPOLL_CTL_DEL, readers[0].socket, NULL);
    start_ns = now_ns();
    int64_t after_ns = market_run(server, &second_kib);
    printf("one stuck:   %d moves in %.1f s, order and cancel p99 %.2f ms, RSS %ld KiB\n", moves_count,
           (double)(now_ns() - start_ns) / 1e9, (double)after_ns / 1e6, second_kib);
    int harmed = readers_harmed(), dealt_with = stuck_dealt_with();
    kill(server, SIGTERM);
    waitpid(server, &status, 0);
    long growth_kib = (second_kib - first_kib) - (first_kib - warm_kib);
    int bounded = growth_kib <= rss_growth_kib_max, quick = after_ns <= before_ns + latency_growth_ns_max;
    int ended = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    int moved = readers[1].lines > moves_count;     /* orders that are refused move nothing, and prove nothing */
    int good = moved && bounded && quick && ended && dealt_with && harmed == 0 && harmed_before == 0;
    printf("%s: RSS growth %ld KiB more than before (at most %d), %d of %d others harmed, %s, exit %s\n", good ? "held" : "FAILED",
           growth_kib, rss_growth_kib_max, harmed + harmed_before, readers_count - 1,
           quick ? "order entry unaffected" : "order entry slower", ended ? "0" : "not 0");
    return good ? 0 : 1;
}
