/* kill_driver.c - the server is killed in the midst of its work, again and again, and must not have lied.
 *
 *     kill_driver SERVER_BINARY [KILLS] [SEED] [SYNC] [snapshots]      (5, 1, group)
 *     kill_driver SERVER_BINARY full FOLDER      instead: orders until the disk is full, see full_disk.sh
 *     kill_driver SERVER_BINARY again FOLDER     and the same server once there is room
 *     kill_driver SERVER_BINARY fails FOLDER LIBRARY   instead: a disk that fails, see failing_sync.sh
 *     kill_driver SERVER_BINARY latency EVERY    instead: how long an order takes, with a snapshot every EVERY commands
 *     kill_driver SERVER_BINARY rate SYNC        instead: orders acknowledged a second, for three seconds
 *
 * Four clients enter orders as fast as the server takes them. At a random moment it is killed with SIGKILL. What the
 * clients had received by then was acknowledged: each of those orders must be in the journal, and the journal must hold
 * no order that nobody sent. Then the server starts again on the same folder: its state must be that of a replay of the
 * journal, to the hash, and every participant's private numbers must go on where the acknowledged ones ended. After
 * every 50 kills the folder is begun anew. With `snapshots`, one is made every few hundred
 * commands, segments are small, and what is not needed of them is pruned; the driver keeps links to all of them, so that
 * what is expected still comes from a replay of everything. With SYNC none, which promises nothing, it should find that something is lost:
 * that shows that it looks. Prints its figures, the last line sums up, and exits 0 if all held. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/exchange.h"
#include "engine/journal/scan.h"
#include "gateway/segment_files.h"
#include "instruments/splitmix.h"

enum {
    clients_count = 4, orders_max = 250000, line_max = 16384, window = 64, wait_ms = 20000, folder_kills = 50,
    kill_after_ms_max = 60, figures_size = 64,
};

struct trader {
    int socket;
    char line[line_max];
    size_t length;
    uint32_t sent, acknowledged;    /* of this round; acknowledged in order, since one connection is answered in order */
    uint64_t seq;                   /* last private number seen */
    uint32_t is_refused;            /* 1212 has been said */
};

struct driver {
    const char *server, *sync, *every;
    char folder[64], world[64];
    uint32_t has_snapshots;
    char shadow[80];                /* links to every segment that there ever was; with snapshots */
    pid_t pid;
    int port, output;
    uint32_t round;
    struct trader clients[clients_count];
    /* What the journal held at the end of the round before. */
    uint64_t sequence_before;
    uint64_t acknowledged, in_journal, kills_in_write, kills_in_snapshot, pruned, pruned_before;
};

__attribute__((format(printf, 1, 2), noreturn))
static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    exit(1);
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static uint64_t random_state;

static uint64_t next_random(void) { return splitmix64(&random_state); }

/* ---- the server ---- */

static void write_world(struct driver *d) {
    snprintf(d->world, sizeof d->world, "/tmp/birzha-crash-XXXXXX.json");
    int file = mkstemps(d->world, 5);
    FILE *out = file >= 0 ? fdopen(file, "w") : NULL;
    if (!out) die("cannot write the world");
    fprintf(out, "{\"name\":\"Killed\",\"start\":\"2021-06-28T06:00:00Z\",\"rules\":\"none\",\"instruments\":[\"DY-SMP-EX\"],"
                 "\"participants\":[");
    for (int i = 0; i < clients_count; i++)
        fprintf(out, "%s{\"id\":\"F%d\",\"country\":\"%s\",\"accreditations\":[{\"section\":\"agri\",\"from\":"
                     "\"2020-01-01\"}]}", i ? "," : "", i, i % 2 ? "BY" : "UA");
    fprintf(out, "],\"users\":[");
    for (int i = 0; i < clients_count; i++)
        fprintf(out, "{\"user\":\"u%d\",\"participant\":\"F%d\",\"role\":\"trader\",\"password\":\"p\"},", i, i);
    fprintf(out, "{\"user\":\"root\",\"role\":\"admin\",\"password\":\"p\"}]}");
    fclose(out);
}

static void start_server(struct driver *d) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0 || (d->pid = fork()) < 0) die("cannot start the server: %s", strerror(errno));
    if (d->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(ends[1], STDOUT_FILENO);
        char log[80];
        snprintf(log, sizeof log, "%s.log", d->folder);
        dup2(open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDERR_FILENO);
        execl(d->server, d->server, "--listen", "127.0.0.1:0", "--clock", "manual", "--scenario", d->world, "--data",
              d->folder, "--sync", d->sync, "--snapshot-every", d->every,
              d->has_snapshots ? "--prune" : (char *)NULL, "--segment-mib", "1", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    d->output = ends[0];
    char line[512];
    size_t length = 0;
    while (length + 1 < sizeof line && read(d->output, line + length, 1) == 1 && line[length] != '\n') length++;
    line[length] = '\0';
    const char *address = strstr(line, "\"tcp\":\"127.0.0.1:");
    if (!address) die("round %u: the server does not start again: %s; see %s.log", d->round, line, d->folder);
    d->port = (int)strtol(address + strlen("\"tcp\":\"127.0.0.1:"), NULL, 10);
}

/* Whether a thread of the server is in pwrite or fdatasync now. */
static int is_writing(pid_t pid) {
    char path[64], text[64];
    for (pid_t thread = pid + 1; thread < pid + 16; thread++) {
        snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", pid, thread);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) continue;
        ssize_t size = read(file, text, sizeof text - 1);
        close(file);
        if (size <= 0) continue;
        text[size] = '\0';
        long number = strtol(text, NULL, 10);
        if (number == 18 || number == 75) return 1;     /* pwrite64, fdatasync on x86-64 */
    }
    return 0;
}

static void kill_server(struct driver *d) {
    d->kills_in_write += (uint64_t)is_writing(d->pid);
    kill(d->pid, SIGKILL);
    waitpid(d->pid, NULL, 0);
    close(d->output);
}

/* ---- links to all segments ---- */

/* The number of a segment's file; 0: it is none. */
static uint64_t number_of(const char *name) {
    uint64_t number;
    return segment_number(name, &number) ? number : 0;
}

/* A segment that was begun anew is another file. */
static void link_one(const struct driver *d, const char *name) {
    char path[160], other[160];
    struct stat here, there;
    snprintf(path, sizeof path, "%s/%s", d->folder, name);
    snprintf(other, sizeof other, "%s/%s", d->shadow, name);
    if (stat(path, &here) < 0) return;
    if (stat(other, &there) == 0 && there.st_ino == here.st_ino) return;
    unlink(other);
    if (link(path, other) < 0 && errno != ENOENT) die("cannot link %s: %s", path, strerror(errno));
}

/* Of those that a recovery cut off nothing is left. */
static void unlink_behind(const struct driver *d, uint64_t last) {
    char path[160];
    DIR *names = opendir(d->shadow);
    if (!names) die("no shadow folder");
    for (const struct dirent *entry; (entry = readdir(names)) != NULL;) {
        if (number_of(entry->d_name) <= last) continue;
        snprintf(path, sizeof path, "%s/%.40s", d->shadow, entry->d_name);
        unlink(path);
    }
    closedir(names);
}

/* Links what is new; says whether a snapshot is being written. */
static int link_segments(struct driver *d) {
    uint64_t first = UINT64_MAX, last = 0;
    int is_writing_one = 0;
    if (!d->has_snapshots) return 0;
    DIR *names = opendir(d->folder);
    if (!names) die("no folder");
    for (const struct dirent *entry; (entry = readdir(names)) != NULL;) {
        uint64_t number = number_of(entry->d_name);
        is_writing_one |= strstr(entry->d_name, ".tmp") != NULL;
        if (number == 0) continue;
        if (number > last) last = number;
        if (number < first) first = number;
        link_one(d, entry->d_name);
    }
    closedir(names);
    unlink_behind(d, last);
    if (last > 0 && first > d->pruned + 1) d->pruned = first - 1;
    return is_writing_one;
}

/* ---- clients ---- */

static int connect_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) < 0)
        die("cannot connect: %s", strerror(errno));
    return connection;
}

/* The next line, NUL-terminated; NULL when there is none within `patience_ms`, or the connection ended. */
static const char *receive(struct trader *client, int patience_ms, char out[line_max]) {
    for (;;) {
        char *end = memchr(client->line, '\n', client->length);
        if (end) {
            size_t size = (size_t)(end - client->line);
            memcpy(out, client->line, size);
            out[size] = '\0';
            client->length -= size + 1;
            memmove(client->line, end + 1, client->length);
            return out;
        }
        struct pollfd waiting = {.fd = client->socket, .events = POLLIN};
        if (client->length == sizeof client->line || poll(&waiting, 1, patience_ms) <= 0) return NULL;
        ssize_t size = read(client->socket, client->line + client->length, sizeof client->line - client->length);
        if (size <= 0) return NULL;
        client->length += (size_t)size;
    }
}

static const char *await(struct trader *client, const char *part, char out[line_max]) {
    const char *line;
    while ((line = receive(client, wait_ms, out)) != NULL)
        if (strstr(line, part)) return line;
    die("no %s", part);
}

static uint64_t number_after(const char *line, const char *name) {
    const char *at = strstr(line, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

static void log_on(struct driver *d, int i) {
    struct trader *client = &d->clients[i];
    char text[line_max];
    client->socket = connect_to(d->port);
    client->length = client->sent = client->acknowledged = 0;
    dprintf(client->socket, "{\"type\":\"logon\",\"user\":\"u%d\",\"password\":\"p\"}\n", i);
    const char *line = await(client, "\"logon_ack\"", text);
    uint64_t next_seq = number_after(line, "\"next_seq\":");
    if (next_seq <= client->seq) die("round %u: client %d had seen number %" PRIu64 ", the next is %" PRIu64, d->round, i,
                                     client->seq, next_seq);
}

static void send_orders(struct driver *d, int i) {
    struct trader *client = &d->clients[i];
    while (client->sent < client->acknowledged + window && client->sent < orders_max) {
        uint64_t roll = next_random();
        char text[256];
        int size = snprintf(text, sizeof text, "{\"type\":\"new_order\",\"cl_ord_id\":\"%u-%d-%u\",\"symbol\":\"DY-SMP-EX\","
                            "\"side\":\"%s\",\"order_qty\":%d,\"price\":\"%d.00\",\"time_in_force\":\"gtc\"}\n", d->round, i,
                            client->sent, roll & 1 ? "buy" : "sell", (int)(roll >> 8 & 7) + 1,
                            2600 + 5 * (int)(roll >> 16 & 31));
        if (send(client->socket, text, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL) != size) return;
        client->sent++;
    }
}

/* One connection is answered in order, so the acknowledged orders are the first ones. */
static void take_answers(struct driver *d, int i, int patience_ms) {
    struct trader *client = &d->clients[i];
    char text[line_max], expected[64];
    const char *line;
    while ((line = receive(client, patience_ms, text)) != NULL) {
        uint64_t seq = number_after(line, "\"seq\":");
        if (seq > client->seq) client->seq = seq;
        client->is_refused |= strstr(line, "\"storage_full\"") != NULL;
        if (!strstr(line, "\"exec_type\":\"new\"")) continue;
        snprintf(expected, sizeof expected, "\"cl_ord_id\":\"%u-%d-%u\"", d->round, i, client->acknowledged);
        if (!strstr(line, expected)) die("round %u: %s does not stand in %s", d->round, expected, line);
        client->acknowledged++;
    }
}

static void run_load(struct driver *d) {
    int64_t end_ms = now_ms() + 2 + (int64_t)(next_random() % (kill_after_ms_max * (d->has_snapshots ? 5 : 1)));
    while (now_ms() < end_ms) {
        link_segments(d);
        for (int i = 0; i < clients_count; i++) send_orders(d, i);
        for (int i = 0; i < clients_count; i++) take_answers(d, i, 0);
    }
    int is_writing_one = link_segments(d);
    kill_server(d);
    d->kills_in_snapshot += (uint64_t)is_writing_one;
    link_segments(d);
    for (int i = 0; i < clients_count; i++) {
        take_answers(d, i, 100);
        close(d->clients[i].socket);
    }
}

/* ---- the journal ---- */

struct following { struct exchange *exchange; size_t size; struct event_buffer events; };

static void forget(struct event_buffer *buffer) { buffer->count = 0; }

static void begin_following(struct following *f, const struct limits *limits) {
    f->size = exchange_size(limits);
    void *memory = mmap(NULL, f->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) die("no memory");
    f->exchange = exchange_init(memory, limits);
    f->events = (struct event_buffer){.events = calloc(256, sizeof(struct event)), .capacity = 256, .full = forget};
}

static void end_following(struct following *f) {
    if (f->exchange) munmap(f->exchange, f->size);
    free(f->events.events);
    memset(f, 0, sizeof *f);
}

/* An order of this round: whose, and which. The name tells. */
static int is_of_round(const struct driver *d, const struct command *command, int *client, uint32_t *order) {
    unsigned round, number;
    char text[client_order_id_size + 1] = {0};
    if (command->kind != COMMAND_NEW_ORDER) return 0;
    memcpy(text, command->new_order.client_order_id, client_order_id_size);
    if (sscanf(text, "%u-%d-%u", &round, client, &number) != 3 || round != d->round) return 0;
    *order = number;
    return 1;
}

/* Reads the journal up to command `until`; the orders of this round are counted, and must be the first that were sent. */
static void read_journal(struct driver *d, uint64_t until, struct following *f, uint32_t in_journal[clients_count]) {
    struct segment_files files;
    struct journal_scan scan;
    const struct journal_batch_header *header;
    const struct command *commands;
    enum journal_status status;
    if (segment_files_map(&files, d->has_snapshots ? d->shadow : d->folder) < 0 || files.count == 0) die("the journal cannot be read");
    journal_scan_init(&scan, files.segments, files.count);
    memset(in_journal, 0, clients_count * sizeof *in_journal);
    while ((status = journal_scan_next(&scan, &header, &commands)) == JOURNAL_BATCH) {
        for (uint32_t i = 0; i < header->commands_count && commands[i].sequence <= until; i++) {
            int client;
            uint32_t order;
            if (f && !f->exchange) begin_following(f, &scan.limits);
            if (f) {
                f->events.count = 0;
                exchange_apply(f->exchange, &commands[i], &f->events);
            }
            if (!is_of_round(d, &commands[i], &client, &order)) continue;
            if (order != in_journal[client]) die("round %u: client %d: order %u where %u was next", d->round, client, order,
                                                 in_journal[client]);
            in_journal[client]++;
        }
    }
    if (status == JOURNAL_CORRUPT) die("round %u: the journal is corrupt", d->round);
    segment_files_unmap(&files);
}

static void check_promises(struct driver *d) {
    uint32_t in_journal[clients_count];
    read_journal(d, UINT64_MAX, NULL, in_journal);
    for (int i = 0; i < clients_count; i++) {
        const struct trader *client = &d->clients[i];
        if (client->acknowledged > in_journal[i])
            die("round %u: client %d: %u orders acknowledged, %u in the journal: %u LOST", d->round, i,
                client->acknowledged, in_journal[i], client->acknowledged - in_journal[i]);
        if (in_journal[i] > client->sent)
            die("round %u: client %d: %u orders sent, %u in the journal: INVENTED", d->round, i, client->sent, in_journal[i]);
        d->acknowledged += client->acknowledged;
        d->in_journal += in_journal[i];
    }
}

/* The server that started again says what its state is; a replay must say the same. */
static void check_state(struct driver *d) {
    struct trader *root = calloc(1, sizeof *root);
    struct following f = {0};
    char text[line_max];
    uint32_t unused[clients_count];
    root->socket = connect_to(d->port);
    dprintf(root->socket, "{\"type\":\"logon\",\"user\":\"root\",\"password\":\"p\"}\n");
    await(root, "\"logon_ack\"", text);
    dprintf(root->socket, "{\"type\":\"admin_digest\"}\n");
    const char *line = await(root, "\"digest\"", text);
    uint64_t sequence = number_after(line, "\"sequence\":");
    const char *hash = strstr(line, "\"state_hash\":\"");
    read_journal(d, sequence, &f, unused);
    char replayed[24];
    snprintf(replayed, sizeof replayed, "%016" PRIx64, exchange_digest(f.exchange));
    if (!hash || strncmp(hash + strlen("\"state_hash\":\""), replayed, 16) != 0 ||
        exchange_sequence(f.exchange) != sequence)
        die("round %u: at command %" PRIu64 " the server says %.40s, a replay %s", d->round, sequence,
            hash ? hash : "nothing", replayed);
    end_following(&f);
    close(root->socket);
    free(root);
}

/* ---- rounds ---- */

static void begin_folder(struct driver *d) {
    snprintf(d->folder, sizeof d->folder, "/tmp/birzha-crash-XXXXXX");
    if (!mkdtemp(d->folder)) die("no folder");
    memset(d->clients, 0, sizeof d->clients);
    if (!d->has_snapshots) return;
    snprintf(d->shadow, sizeof d->shadow, "%s.all", d->folder);
    if (mkdir(d->shadow, 0700) < 0) die("no shadow folder");
    d->pruned_before += d->pruned;
    d->pruned = 0;
}

static void remove_folder(struct driver *d) {
    char command[256];
    snprintf(command, sizeof command, "rm -rf '%s' '%s.all' '%s.log'", d->folder, d->folder, d->folder);
    if (system(command) != 0) die("the folder cannot be removed");
}

/* A disk with room for one segment and no second. */
static int fill_disk(struct driver *d, int is_again) {
    d->round = is_again ? 2 : 1;
    start_server(d);
    if (is_again) check_state(d);
    for (int i = 0; i < clients_count; i++) log_on(d, i);
    int64_t end_ms = now_ms() + (is_again ? 200 : 120000);
    while (now_ms() < end_ms && !d->clients[0].is_refused) {
        for (int i = 0; i < clients_count; i++) send_orders(d, i);
        for (int i = 0; i < clients_count; i++) take_answers(d, i, 0);
    }
    if (is_again == (int)d->clients[0].is_refused) die("the disk is %s", is_again ? "full still" : "not full");
    for (int i = 0; i < clients_count; i++) take_answers(d, i, 200);
    kill(d->pid, SIGTERM);
    int status;
    waitpid(d->pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) die("the server ended with status %d", status);
    check_promises(d);
    printf("%s: %" PRIu64 " orders acknowledged, %" PRIu64 " in the journal; 0 lost, 0 invented\n",
           is_again ? "more room" : "full disk", d->acknowledged, d->in_journal);
    return 0;
}

/* The server ends by itself, because LIBRARY lets a sync fail; without it, it comes back. */
static int outlast(struct driver *d, const char *library) {
    int status;
    setenv("LD_PRELOAD", library, 1);
    d->round = 1;
    start_server(d);
    unsetenv("LD_PRELOAD");
    for (int i = 0; i < clients_count; i++) log_on(d, i);
    int64_t end_ms = now_ms() + wait_ms;
    while (waitpid(d->pid, &status, WNOHANG) == 0) {
        if (now_ms() > end_ms) die("the server goes on after a sync that failed");
        for (int i = 0; i < clients_count; i++) send_orders(d, i);
        for (int i = 0; i < clients_count; i++) take_answers(d, i, 0);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 0) die("the server ended with status %d", status);
    for (int i = 0; i < clients_count; i++) take_answers(d, i, 100);
    check_promises(d);
    start_server(d);
    check_state(d);
    kill_server(d);
    printf("%" PRIu64 "\n", d->acknowledged);
    return 0;
}

/* How many orders a second are acknowledged, with `window` of each client under way. */
static int measure(struct driver *d) {
    enum { seconds = 3 };
    d->round = 1;
    start_server(d);
    for (int i = 0; i < clients_count; i++) log_on(d, i);
    int64_t end_ms = now_ms() + seconds * 1000;
    while (now_ms() < end_ms) {
        for (int i = 0; i < clients_count; i++) send_orders(d, i);
        for (int i = 0; i < clients_count; i++) take_answers(d, i, 0);
    }
    uint64_t acknowledged = 0;
    for (int i = 0; i < clients_count; i++) acknowledged += d->clients[i].acknowledged;
    kill_server(d);
    remove_folder(d);
    printf("%" PRIu64 "\n", acknowledged / seconds);
    return 0;
}

static int compare_times(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* One order at a time by client 0, timed, while the others keep the server at work; from the third second on. */
static int measure_latency(struct driver *d) {
    enum { seconds = 20, times_max = 1 << 20 };
    static int64_t times[times_max];
    uint32_t count = 0;
    d->round = 1;
    start_server(d);
    for (int i = 0; i < clients_count; i++) log_on(d, i);
    int64_t begin_ms = now_ms();
    while (now_ms() < begin_ms + seconds * 1000 && count < times_max && d->clients[0].sent < orders_max) {
        struct trader *client = &d->clients[0];
        char text[256];
        int size = snprintf(text, sizeof text, "{\"type\":\"new_order\",\"cl_ord_id\":\"1-0-%u\",\"symbol\":\"DY-SMP-EX\","
                            "\"side\":\"buy\",\"order_qty\":1,\"price\":\"2500.00\",\"time_in_force\":\"gtc\"}\n", client->sent++);
        int64_t sent_ns = now_ns();
        if (send(client->socket, text, (size_t)size, MSG_NOSIGNAL) != size) die("the server is gone");
        while (client->acknowledged < client->sent) {
            take_answers(d, 0, 0);
            if (client->acknowledged < client->sent && now_ns() - sent_ns > INT64_C(10000000000)) die("no answer");
        }
        if (now_ms() > begin_ms + 2000) times[count++] = now_ns() - sent_ns;
        for (int i = 1; i < clients_count; i++) {
            if (d->clients[i].sent == d->clients[i].acknowledged) send_orders(d, i);
            take_answers(d, i, 0);
        }
    }
    qsort(times, count, sizeof *times, compare_times);
    kill_server(d);
    remove_folder(d);
    printf("orders %u, us: p50 %.0f, p99 %.0f, p99.9 %.0f, max %.0f\n", count, (double)times[count / 2] / 1e3,
           (double)times[count - count / 100 - 1] / 1e3, (double)times[count - count / 1000 - 1] / 1e3, (double)times[count - 1] / 1e3);
    return 0;
}

/* Killed so many times. */
static int run_kills(struct driver *d, uint32_t kills) {
    begin_folder(d);
    for (d->round = 1; d->round <= kills; d->round++) {
        start_server(d);
        link_segments(d);
        if (d->round > 1) check_state(d);
        for (int i = 0; i < clients_count; i++) log_on(d, i);
        run_load(d);
        check_promises(d);
        if (d->round % folder_kills != 0) continue;
        remove_folder(d);
        begin_folder(d);
    }
    remove_folder(d);
    printf("crash: %u kills, %" PRIu64 " of them in a write or sync; %" PRIu64 " orders acknowledged, %" PRIu64
           " in the journal; 0 lost, 0 invented\n", kills, d->kills_in_write, d->acknowledged, d->in_journal);
    if (d->has_snapshots)
        printf("crash: with snapshots: %" PRIu64 " kills while one was written, %" PRIu64 " segments pruned; every state that "
               "came back was that of a replay of everything\n", d->kills_in_snapshot, d->pruned_before + d->pruned);
    return 0;
}

static int run(struct driver *d, int argc, char **argv) {
    const char *mode = argc > 2 ? argv[2] : "5", *third = argc > 3 ? argv[3] : "";
    d->sync = "group";
    d->every = "0";
    if (strcmp(mode, "latency") == 0) {
        d->every = third;
        begin_folder(d);
        return measure_latency(d);
    }
    if (strcmp(mode, "rate") == 0) {
        d->sync = third;
        begin_folder(d);
        return measure(d);
    }
    if (mode[0] >= '0' && mode[0] <= '9') {
        random_state = *third ? strtoull(third, NULL, 10) : 1;
        if (argc > 4) d->sync = argv[4];
        d->has_snapshots = argc > 5 && strcmp(argv[5], "snapshots") == 0;
        if (d->has_snapshots) d->every = "300";
        return run_kills(d, (uint32_t)strtoul(mode, NULL, 10));
    }
    snprintf(d->folder, sizeof d->folder, "%s", third);
    if (strcmp(mode, "fails") == 0 && argc > 4) return outlast(d, argv[4]);
    return fill_disk(d, strcmp(mode, "again") == 0);
}

int main(int argc, char **argv) {
    if (argc < 2) die("usage: see the head of tests/crash/kill_driver.c");
    struct driver *d = calloc(1, sizeof *d);
    d->server = argv[1];
    signal(SIGPIPE, SIG_IGN);
    write_world(d);
    int code = run(d, argc, argv);
    unlink(d->world);
    free(d);
    return code;
}
