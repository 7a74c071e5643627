/* loop.c - see loop.h. */
#include "tests/sim/loop.h"

#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "tests/sim/chance.h"

enum { handles_max = 16, works_max = 64, read_size_max_uv = 65536 };

struct timer { uv_timer_t *handle; uv_timer_cb callback; int64_t due_ns, repeat_ns; };
struct hook { uv_handle_t *handle; void (*callback)(void *); };
struct work { uv_work_t *request; uv_work_cb work; uv_after_work_cb after; };

struct sim_loop sim_loop;

static struct timer timers[handles_max];
static struct hook prepares[handles_max], checks[handles_max], idles[handles_max];
static struct work works[works_max];
static uint32_t works_count;
static uv_async_t *async_handle;
static uv_async_cb async_callback;
static uint32_t async_sent;
static uv_stream_t *listener;
static uv_connection_cb on_connection;
static uv_handle_t *closing;
static struct socket *accepting;

/* ---- bytes ---- */

void bytes_put(struct bytes *to, const void *bytes, size_t size) {
    if (size == 0) return;
    if (to->size + size > to->capacity) {
        to->capacity = 2 * (to->size + size);
        to->bytes = realloc(to->bytes, to->capacity);
        CHECK(to->bytes);
    }
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

void bytes_take(struct bytes *bytes, size_t size) {
    CHECK(size <= bytes->size);
    bytes->size -= size;
    if (bytes->size > 0) memmove(bytes->bytes, bytes->bytes + size, bytes->size);
}

/* ---- handles ---- */

static void init(uv_handle_t *handle, uv_handle_type type) {
    void *data = handle->data;
    memset(handle, 0, sizeof *handle);
    handle->data = data;
    handle->type = type;
}

static void set_hook(struct hook *hooks, uv_handle_t *handle, void (*callback)(void *)) {
    struct hook *free_one = NULL;
    for (int i = 0; i < handles_max; i++) {
        if (hooks[i].handle == handle) free_one = &hooks[i];
        if (!hooks[i].handle && !free_one) free_one = &hooks[i];
    }
    CHECK(free_one);
    *free_one = (struct hook){handle, callback};
}

static void drop_hook(struct hook *hooks, const uv_handle_t *handle) {
    for (int i = 0; i < handles_max; i++)
        if (hooks[i].handle == handle) hooks[i] = (struct hook){0};
}

static void run_hooks(struct hook *hooks) {
    for (int i = 0; i < handles_max; i++)
        if (hooks[i].handle) hooks[i].callback(hooks[i].handle);
}

#define HOOK_FUNCTIONS(name, table, TYPE) \
    int uv_##name##_init(uv_loop_t *loop, uv_##name##_t *handle) { \
        (void)loop; \
        init((uv_handle_t *)handle, TYPE); \
        return 0; \
    } \
    int uv_##name##_start(uv_##name##_t *handle, uv_##name##_cb callback) { \
        set_hook(table, (uv_handle_t *)handle, (void (*)(void *))callback); \
        return 0; \
    } \
    int uv_##name##_stop(uv_##name##_t *handle) { \
        drop_hook(table, (uv_handle_t *)handle); \
        return 0; \
    }
HOOK_FUNCTIONS(prepare, prepares, UV_PREPARE)
HOOK_FUNCTIONS(check, checks, UV_CHECK)
HOOK_FUNCTIONS(idle, idles, UV_IDLE)

int uv_timer_init(uv_loop_t *loop, uv_timer_t *handle) {
    (void)loop;
    init((uv_handle_t *)handle, UV_TIMER);
    return 0;
}

int uv_timer_stop(uv_timer_t *handle) {
    for (int i = 0; i < handles_max; i++)
        if (timers[i].handle == handle) timers[i] = (struct timer){0};
    return 0;
}

int uv_timer_start(uv_timer_t *handle, uv_timer_cb callback, uint64_t timeout_ms, uint64_t repeat_ms) {
    uv_timer_stop(handle);
    for (int i = 0; i < handles_max; i++) {
        if (timers[i].handle) continue;
        timers[i] = (struct timer){handle, callback, sim_loop.now_ns + (int64_t)timeout_ms * 1000000,
                                   (int64_t)repeat_ms * 1000000};
        return 0;
    }
    CHECK(!"too many timers");
    return 0;
}

static void run_timers(void) {
    for (int i = 0; i < handles_max; i++) {
        struct timer timer = timers[i];
        if (!timer.handle || timer.due_ns > sim_loop.now_ns) continue;
        if (timer.repeat_ns > 0) timers[i].due_ns = sim_loop.now_ns + timer.repeat_ns;
        else timers[i] = (struct timer){0};
        sim_loop.figures.timers++;
        timer.callback(timer.handle);
    }
}

void uv_unref(uv_handle_t *handle) { (void)handle; }

int uv_async_init(uv_loop_t *loop, uv_async_t *async, uv_async_cb callback) {
    (void)loop;
    init((uv_handle_t *)async, UV_ASYNC);
    async_handle = async;
    async_callback = callback;
    async_sent = 0;
    return 0;
}

int uv_async_send(uv_async_t *async) {
    async_sent = async == async_handle;
    return 0;
}

const char *uv_strerror(int status) { return strerror(-status); }
uv_buf_t uv_buf_init(char *base, unsigned int size) { return (uv_buf_t){.base = base, .len = size}; }
uint64_t uv_hrtime(void) { return (uint64_t)sim_loop.now_ns; }

int uv_queue_work(uv_loop_t *loop, uv_work_t *request, uv_work_cb work, uv_after_work_cb after) {
    (void)loop;
    if (works_count == works_max) return UV_ENOMEM;
    works[works_count++] = (struct work){request, work, after};
    return 0;
}

int sim_loop_has_work(void) { return works_count > 0; }

/* ---- sockets: the server's side ---- */

static struct socket *socket_of(const void *stream) {
    return ((const uv_handle_t *)stream)->u.reserved[0];
}

int uv_tcp_init(uv_loop_t *loop, uv_tcp_t *tcp) {
    (void)loop;
    init((uv_handle_t *)tcp, UV_TCP);
    return 0;
}

int uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request, uv_getaddrinfo_cb callback, const char *node,
                   const char *service, const struct addrinfo *hints) {
    static struct sockaddr_in address = {.sin_family = AF_INET};
    static struct addrinfo found = {.ai_addr = (struct sockaddr *)&address, .ai_addrlen = sizeof address};
    (void)loop;
    (void)callback;
    (void)node;
    (void)service;
    (void)hints;
    request->addrinfo = &found;
    return 0;
}

void uv_freeaddrinfo(struct addrinfo *found) { (void)found; }

int uv_tcp_bind(uv_tcp_t *tcp, const struct sockaddr *address, unsigned int flags) {
    (void)tcp;
    (void)address;
    (void)flags;
    return 0;
}

/* There is no descriptor behind it. */
int uv_fileno(const uv_handle_t *handle, uv_os_fd_t *fd) {
    (void)handle;
    (void)fd;
    return UV_EBADF;
}

int uv_tcp_getsockname(const uv_tcp_t *tcp, struct sockaddr *name, int *size) {
    (void)tcp;
    (void)size;
    name->sa_family = AF_INET;
    return 0;
}

int uv_listen(uv_stream_t *stream, int backlog, uv_connection_cb callback) {
    (void)backlog;
    listener = stream;
    on_connection = callback;
    return 0;
}

int uv_accept(uv_stream_t *server, uv_stream_t *client) {
    (void)server;
    if (!accepting) return UV_EAGAIN;
    accepting->is_waiting = 0;
    accepting->tcp = (uv_tcp_t *)client;
    ((uv_handle_t *)client)->u.reserved[0] = accepting;
    sim_loop.figures.accepts++;
    return 0;
}

int uv_tcp_nodelay(uv_tcp_t *tcp, int on) {
    (void)tcp;
    (void)on;
    return 0;
}

int uv_send_buffer_size(uv_handle_t *handle, int *size) {
    (void)handle;
    (void)size;
    return 0;
}

int uv_read_start(uv_stream_t *stream, uv_alloc_cb on_allocate, uv_read_cb on_read) {
    struct socket *socket = socket_of(stream);
    socket->is_reading = 1;
    socket->on_allocate = on_allocate;
    socket->on_read = on_read;
    return 0;
}

int uv_read_stop(uv_stream_t *stream) {
    struct socket *socket = socket_of(stream);
    if (socket) socket->is_reading = 0;
    return 0;
}

/* Moves what fits; a client that has gone away takes everything once, and then its reset is there. */
static size_t push(struct socket *socket, const uint8_t *bytes, size_t size) {
    size_t room = socket->room - (socket->down.size < socket->room ? socket->down.size : socket->room);
    if (socket->client_end == END_ORDERLY) {
        socket->client_end = END_RESET;
        socket->departed += size;
        return size;
    }
    if (size > room) size = room;
    bytes_put(&socket->down, bytes, size);
    socket->departed += size;
    sim_loop.figures.down_bytes += size;
    return size;
}

int uv_try_write(uv_stream_t *stream, const uv_buf_t *buffers, unsigned int count) {
    struct socket *socket = socket_of(stream);
    size_t total = 0, sent = 0;
    sim_loop.figures.try_writes++;
    if (socket->write) return UV_EAGAIN;
    if (socket->client_end == END_RESET) return UV_EPIPE;
    for (unsigned int i = 0; i < count; i++) total += buffers[i].len;
    size_t limit = !sim_loop.everything_now && chance_one_in(16) ? chance_below((uint32_t)total + 1) : total;
    for (unsigned int i = 0; i < count && sent < limit; i++) {
        size_t part = buffers[i].len < limit - sent ? buffers[i].len : limit - sent;
        size_t pushed = push(socket, (const uint8_t *)buffers[i].base, part);
        sent += pushed;
        if (pushed < part) break;
    }
    if (sent > 0 && sim_loop.on_departed) sim_loop.on_departed(socket);
    if (sent < total) sim_loop.figures.partial_writes++;
    if (sent == 0) sim_loop.figures.refused_writes++;
    return sent > 0 ? (int)sent : UV_EAGAIN;
}

int uv_write(uv_write_t *request, uv_stream_t *stream, const uv_buf_t *buffers, unsigned int count,
             uv_write_cb callback) {
    struct socket *socket = socket_of(stream);
    CHECK(!socket->write && count <= write_spans_max);
    sim_loop.figures.queued_writes++;
    request->handle = stream;
    socket->write = request;
    socket->on_written = callback;
    memcpy(socket->spans, buffers, count * sizeof *buffers);
    socket->spans_count = count;
    return 0;
}

static void finish_write(struct socket *socket, int status) {
    uv_write_t *request = socket->write;
    socket->write = NULL;
    socket->on_written(request, status);
}

static void continue_write(struct socket *socket) {
    if (socket->client_end == END_RESET) {
        finish_write(socket, UV_EPIPE);
        return;
    }
    uint64_t before = socket->departed;
    while (socket->spans_count > 0) {
        uv_buf_t *first = &socket->spans[0];
        size_t pushed = push(socket, (const uint8_t *)first->base, first->len);
        first->base += pushed;
        first->len -= pushed;
        if (first->len > 0) break;
        memmove(socket->spans, socket->spans + 1, --socket->spans_count * sizeof *socket->spans);
    }
    if (socket->departed > before && sim_loop.on_departed) sim_loop.on_departed(socket);
    if (socket->spans_count == 0) finish_write(socket, 0);
}

int uv_shutdown(uv_shutdown_t *request, uv_stream_t *stream, uv_shutdown_cb callback) {
    struct socket *socket = socket_of(stream);
    CHECK(!socket->write);
    if (socket->client_end == END_RESET) return UV_ENOTCONN;
    socket->server_end = END_ORDERLY;
    callback(request, 0);
    return 0;
}

static int is_closing(const uv_handle_t *handle) {
    for (const uv_handle_t *each = closing; each; each = each->next_closing)
        if (each == handle) return 1;
    return 0;
}

void uv_close(uv_handle_t *handle, uv_close_cb callback) {
    CHECK(!is_closing(handle));
    drop_hook(prepares, handle);
    drop_hook(checks, handle);
    drop_hook(idles, handle);
    uv_timer_stop((uv_timer_t *)handle);
    if (handle == (uv_handle_t *)async_handle) async_handle = NULL;
    if (handle == (uv_handle_t *)listener) listener = NULL;
    struct socket *socket = handle->type == UV_TCP ? socket_of(handle) : NULL;
    if (socket) {
        /* What the server has not read is answered by a reset, and that may overtake what was sent. */
        if (socket->up.size > 0 && chance_below(2)) socket->down.size = 0;
        socket->server_end = socket->up.size > 0 ? END_RESET : END_ORDERLY;
        socket->is_reading = 0;
    }
    handle->close_cb = callback;
    handle->next_closing = closing;
    closing = handle;
}

int uv_tcp_close_reset(uv_tcp_t *tcp, uv_close_cb callback) {
    struct socket *socket = socket_of(tcp);
    sim_loop.figures.resets_by_server++;
    if (socket) socket->down.size = 0;
    uv_close((uv_handle_t *)tcp, callback);
    if (socket) socket->server_end = END_RESET;
    return 0;
}

static void run_closing(void) {
    uv_handle_t *handles = closing;
    closing = NULL;
    while (handles) {
        uv_handle_t *handle = handles;
        handles = handle->next_closing;
        struct socket *socket = handle->type == UV_TCP ? socket_of(handle) : NULL;
        if (socket) {
            if (socket->write) finish_write(socket, UV_ECANCELED);
            socket->tcp = NULL;
            socket_tidy(socket);
        }
        if (handle->close_cb) handle->close_cb(handle);
    }
}

/* ---- turns ---- */

static void accept_waiting(struct socket *socket) {
    if (!listener) return;
    accepting = socket;
    on_connection(listener, 0);
    accepting = NULL;
    if (socket->tcp && !is_closing((uv_handle_t *)socket->tcp) && sim_loop.on_accepted) sim_loop.on_accepted(socket);
}

static void tell_end(struct socket *socket, int status) {
    uv_buf_t buffer = {0};
    socket->end_was_told = 1;
    socket->on_read((uv_stream_t *)socket->tcp, status, &buffer);
}

static void read_arrived(struct socket *socket) {
    uv_buf_t buffer = {0};
    if (socket->client_end == END_RESET) {
        if (!socket->end_was_told) tell_end(socket, UV_ECONNRESET);
        return;
    }
    if (socket->arrived == 0) {
        if (socket->client_end == END_ORDERLY && socket->up.size == 0 && !socket->end_was_told) tell_end(socket, UV_EOF);
        return;
    }
    socket->on_allocate((uv_handle_t *)socket->tcp, read_size_max_uv, &buffer);
    size_t size = socket->arrived < buffer.len ? socket->arrived : buffer.len;
    memcpy(buffer.base, socket->up.bytes, size);
    bytes_take(&socket->up, size);
    socket->arrived -= size;
    sim_loop.figures.reads++;
    sim_loop.figures.read_bytes += size;
    socket->on_read((uv_stream_t *)socket->tcp, (ssize_t)size, &buffer);
}

static int is_open(const struct socket *socket) {
    return socket->is_used && socket->tcp && !is_closing((const uv_handle_t *)socket->tcp);
}

static void poll_socket(struct socket *socket) {
    if (socket->is_used && socket->is_waiting) accept_waiting(socket);
    if (is_open(socket) && socket->write) continue_write(socket);
    if (is_open(socket) && socket->is_reading) read_arrived(socket);
}

static void run_works(void) {
    while (works_count > 0 && (sim_loop.everything_now || chance_below(3) == 0)) {
        uint32_t which = chance_below(works_count);
        const struct work work = works[which];
        works[which] = works[--works_count];
        sim_loop.figures.works++;
        work.work(work.request);
        work.after(work.request, 0);
    }
}

static void poll_all(void) {
    uint32_t first = chance_below(sockets_max);
    if (async_sent && async_handle) {
        async_sent = 0;
        async_callback(async_handle);
    }
    for (uint32_t i = 0; i < sockets_max; i++) poll_socket(&sim_loop.sockets[(first + i) % sockets_max]);
    run_works();
}

void sim_loop_turn(void) {
    sim_loop.figures.turns++;
    run_timers();
    run_hooks(idles);
    run_hooks(prepares);
    poll_all();
    run_hooks(checks);
    run_closing();
}

int uv_run(uv_loop_t *loop, uv_run_mode mode) {
    (void)loop;
    (void)mode;
    sim_loop.everything_now++;
    while (closing || works_count > 0) {
        run_works();
        run_closing();
    }
    sim_loop.everything_now--;
    return 0;
}

void sim_loop_forget(void) {
    CHECK(works_count == 0);
    while (closing) run_closing();
    memset(timers, 0, sizeof timers);
    memset(prepares, 0, sizeof prepares);
    memset(checks, 0, sizeof checks);
    memset(idles, 0, sizeof idles);
    async_handle = NULL;
    listener = NULL;
}

/* ---- sockets: the client's side ---- */

struct socket *socket_connect(size_t room) {
    if (!listener) return NULL;
    for (int i = 0; i < sockets_max; i++) {
        struct socket *socket = &sim_loop.sockets[i];
        if (socket->is_used) continue;
        *socket = (struct socket){.is_used = 1, .is_waiting = 1, .number = ++sim_loop.sockets_count, .room = room};
        return socket;
    }
    return NULL;
}

void socket_write(struct socket *socket, const void *bytes, size_t size) {
    if (socket->server_end == END_RESET || !socket->is_used) return;
    bytes_put(&socket->up, bytes, size);
}

void socket_arrive(struct socket *socket, size_t size) {
    if (socket->is_vanished) return;
    size_t rest = socket->up.size - socket->arrived;
    socket->arrived += size < rest ? size : rest;
}

void socket_leave(struct socket *socket, enum socket_end end) {
    CHECK(end != END_NONE);
    if (end == END_RESET) socket->up.size = socket->arrived = 0;
    socket->client_end = end;
    socket->down.size = 0;
    socket_tidy(socket);
}

void socket_tidy(struct socket *socket) {
    if (!socket->is_used || socket->tcp || socket->client_end == END_NONE) return;
    free(socket->up.bytes);
    free(socket->down.bytes);
    free(socket->marks);
    memset(socket, 0, sizeof *socket);
}
