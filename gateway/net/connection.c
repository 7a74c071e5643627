/* connection.c - reading, writing and ending; see connection.h. */
#include "gateway/net/connection.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/clock.h"
#include "gateway/net/network.h"
#include "instruments/check.h"

#define CONTAINER_OF(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

struct connection *connection_of_dialog(struct dialog *dialog) {
    return CONTAINER_OF(dialog, struct connection, dialog);
}

static void read_start(struct connection *connection);
static void read_stop(struct connection *connection);

/* ---- who needs the memory ---- */

static void hold(struct connection *connection) {
    connection->holders_count++;
}

static void release(struct connection *connection) {
    CHECK(connection->holders_count > 0);
    if (--connection->holders_count > 0) return;
    free(connection->line_buffer);
    free(connection);
}

/* ---- the lists of the network ---- */

static void mark_dirty(struct connection *connection) {
    if (connection->marks & CONNECTION_DIRTY) return;
    connection->marks |= CONNECTION_DIRTY;
    connection->next_dirty = connection->network->dirty;
    connection->network->dirty = connection;
    hold(connection);
}

static void mark_ready(struct connection *connection) {
    struct network *network = connection->network;
    if (connection->marks & CONNECTION_READY) return;
    connection->marks |= CONNECTION_READY;
    connection->next_ready = NULL;
    if (network->ready_last) network->ready_last->next_ready = connection;
    else network->ready_first = connection;
    network->ready_last = connection;
    hold(connection);
}

static void link_connection(struct connection *connection) {
    struct network *network = connection->network;
    connection->next = network->connections;
    connection->previous = NULL;
    if (connection->next) connection->next->previous = connection;
    network->connections = connection;
    network->connections_count++;
}

static void unlink_connection(struct connection *connection) {
    struct network *network = connection->network;
    if (network->next_ticked == connection) network->next_ticked = connection->next;
    if (connection->previous) connection->previous->next = connection->next;
    else network->connections = connection->next;
    if (connection->next) connection->next->previous = connection->previous;
    network->connections_count--;
}

/* ---- the end ---- */

static void drop_kept(struct connection *connection) {
    free(connection->kept);
    connection->kept = NULL;
}

/* The dialog and the publisher are told once, whoever ends the connection first. */
static void detach(struct connection *connection) {
    publisher_leave(connection->network->publisher, &connection->reader);
    dialog_close(&connection->dialog);
}

static void on_closed(uv_handle_t *handle) {
    struct connection *connection = handle->data;
    unlink_connection(connection);
    stages_forget(connection->network->stages, &connection->timed);
    outbox_close(&connection->outbox);
    drop_kept(connection);
    release(connection);
}

enum farewell { FAREWELL_ORDERLY, FAREWELL_RESET };

/* RESET also throws away what the kernel still holds; it cannot follow a shutdown. */
static void close_now(struct connection *connection, enum farewell farewell) {
    if (connection->state == CONNECTION_CLOSED) return;
    int attached = connection->state == CONNECTION_OPEN;
    connection->state = CONNECTION_CLOSED;
    if (attached) detach(connection);
    if (farewell == FAREWELL_RESET && !(connection->marks & CONNECTION_SHUT) &&
        uv_tcp_close_reset(&connection->tcp, on_closed) == 0) return;
    uv_close((uv_handle_t *)&connection->tcp, on_closed);
}

static void on_shut(uv_shutdown_t *request, int status) {
    (void)request;
    (void)status;
}

/* FINISHING: once everything has been written, says that nothing more comes. */
static void shut_when_empty(struct connection *connection) {
    if (connection->state != CONNECTION_FINISHING || connection->outbox.size > 0) return;
    if (connection->marks & CONNECTION_SHUT) return;
    if (connection->marks & CONNECTION_ENDED) {
        close_now(connection, FAREWELL_ORDERLY);
        return;
    }
    connection->marks |= CONNECTION_SHUT;
    int status = uv_shutdown(&connection->shutdown, (uv_stream_t *)&connection->tcp, on_shut);
    if (status < 0) close_now(connection, FAREWELL_ORDERLY);
}

void connection_finish(struct connection *connection) {
    if (connection->state != CONNECTION_OPEN) return;
    connection->state = CONNECTION_FINISHING;
    connection->finish_by_ns = connection->network->turn_ns + connection->network->patience.finish_timeout_ns;
    detach(connection);
    drop_kept(connection);
    read_start(connection);
    mark_dirty(connection);
}

/* 1204: says so and ends. */
static void lose(struct connection *connection) {
    if (connection->state != CONNECTION_OPEN) return;
    connection->network->counters.slow_consumers++;
    dialog_on_too_slow(&connection->dialog);
    connection_finish(connection);
}

/* ---- writing ---- */

static void port_send(struct port *port, const char *bytes, uint32_t size) {
    struct connection *connection = CONTAINER_OF(port, struct connection, port);
    if (connection->state != CONNECTION_OPEN || (connection->marks & CONNECTION_OVERFLOWED)) return;
    connection->sent_ns = connection->network->turn_ns;
    if (connection->outbox.size == 0) connection->progress_ns = connection->network->turn_ns;
    outbox_set_batch(&connection->outbox, network_batch(connection->network));
    if (outbox_append(&connection->outbox, bytes, size) < 0) connection->marks |= CONNECTION_OVERFLOWED;
    mark_dirty(connection);
}

static void port_send_last(struct port *port, const char *bytes, uint32_t size) {
    struct connection *connection = CONTAINER_OF(port, struct connection, port);
    if (connection->state != CONNECTION_OPEN) return;
    outbox_set_batch(&connection->outbox, network_batch(connection->network));
    if (outbox_append_last(&connection->outbox, bytes, size) == 0) mark_dirty(connection);
}

static int port_is_behind(const struct port *port) {
    const struct connection *connection = (const struct connection *)(const void *)
        ((const char *)port - offsetof(struct connection, port));
    return connection->state != CONNECTION_OPEN || outbox_is_behind(&connection->outbox);
}

static void port_finish(struct port *port) {
    connection_finish(CONTAINER_OF(port, struct connection, port));
}

static void written(struct connection *connection, uint32_t size) {
    if (size > 0) connection->progress_ns = connection->network->turn_ns;
    outbox_consume(&connection->outbox, size);
    connection->sent_bytes += size;
    connection->network->counters.sent_bytes += size;
    if (connection->timed.first)
        stages_on_sent(connection->network->stages, &connection->timed, connection->sent_bytes, steady_now_ns());
}

static void on_written(uv_write_t *request, int status) {
    struct connection *connection = request->data;
    uint32_t size = connection->in_flight_size;
    connection->in_flight_size = 0;
    if (connection->state == CONNECTION_CLOSED) return;
    if (status < 0) {
        close_now(connection, FAREWELL_ORDERLY);
        return;
    }
    written(connection, size);
    mark_dirty(connection);
}

/* The first `size` bytes that wait. */
static uint32_t buffers_of(const struct outbox *outbox, uint32_t size, uv_buf_t *buffers) {
    struct outbox_span spans[outbox_spans_max];
    uint32_t spans_count = outbox_spans(outbox, spans, outbox_spans_max), count = 0;
    while (count < spans_count && size > 0) {
        uint32_t part = spans[count].size < size ? (uint32_t)spans[count].size : size;
        buffers[count] = (uv_buf_t){.base = (char *)(uintptr_t)spans[count].bytes, .len = part};
        size -= part;
        count++;
    }
    return count;
}

/* Writes what may leave: what the kernel takes at once, and the rest by one uv_write. Negative: the connection is
 * broken. */
static int write_out(struct connection *connection) {
    uv_buf_t buffers[outbox_spans_max];
    uv_stream_t *stream = (uv_stream_t *)&connection->tcp;
    uint32_t left = outbox_releasable(&connection->outbox, network_durable(connection->network));
    if (left == 0) return 0;
    uint32_t count = buffers_of(&connection->outbox, left, buffers);
    int size = uv_try_write(stream, buffers, count);
    if (size < 0 && size != UV_EAGAIN) return size;
    if (size > 0) written(connection, (uint32_t)size);
    if (size > 0) left -= (uint32_t)size;
    if (left == 0) return 0;
    count = buffers_of(&connection->outbox, left, buffers);
    connection->in_flight_size = left;
    connection->write.data = connection;
    return uv_write(&connection->write, stream, buffers, count, on_written);
}

/* Some of it must wait until it is on disk. */
static void mark_held(struct connection *connection) {
    if (connection->marks & CONNECTION_HELD || connection->in_flight_size > 0) return;
    connection->marks |= CONNECTION_HELD;
    connection->next_held = connection->network->held;
    connection->network->held = connection;
    hold(connection);
}

void connection_release_held(struct network *network) {
    while (network->held) {
        struct connection *connection = network->held;
        network->held = connection->next_held;
        connection->marks &= (uint8_t)~CONNECTION_HELD;
        if (connection->state != CONNECTION_CLOSED) mark_dirty(connection);
        release(connection);
    }
}

/* Whether something was held back that can go on when there is room. */
static int was_interrupted(const struct connection *connection) {
    return connection->state == CONNECTION_OPEN && !outbox_is_behind(&connection->outbox) &&
           (!(connection->marks & CONNECTION_READING) || dialog_is_busy(&connection->dialog) ||
            publisher_is_waiting(&connection->reader));
}

static void flush(struct connection *connection) {
    if (connection->state == CONNECTION_CLOSED) return;
    if (connection->marks & CONNECTION_OVERFLOWED) lose(connection);
    if (connection->in_flight_size == 0 && connection->outbox.size > 0 && write_out(connection) < 0) {
        close_now(connection, FAREWELL_ORDERLY);
        return;
    }
    if (connection->outbox.size > 0) mark_held(connection);
    shut_when_empty(connection);
    if (was_interrupted(connection)) mark_ready(connection);
}

void connection_flush_next(struct network *network) {
    struct connection *connection = network->dirty;
    network->dirty = connection->next_dirty;
    connection->marks &= (uint8_t)~CONNECTION_DIRTY;
    flush(connection);
    release(connection);
}

/* ---- reading ---- */

static int takes_requests(const struct connection *connection) {
    return connection->state == CONNECTION_OPEN && !(connection->marks & CONNECTION_OVERFLOWED) &&
           !dialog_is_busy(&connection->dialog) && !outbox_is_behind(&connection->outbox);
}

/* What is left of the chunk moves to memory of its own; the read buffer belongs to the next connection. */
static void keep_rest(struct connection *connection) {
    if (connection->lines.chunk_size == 0 || connection->kept) return;
    connection->kept = malloc(connection->lines.chunk_size);
    if (!connection->kept) {
        close_now(connection, FAREWELL_RESET);
        return;
    }
    memcpy(connection->kept, connection->lines.chunk, connection->lines.chunk_size);
    connection->lines.chunk = connection->kept;
}

/* The input is used up: more is welcome, unless the other side has ended its half. */
static void on_used_up(struct connection *connection) {
    drop_kept(connection);
    if (connection->marks & CONNECTION_ENDED) connection_finish(connection);
    else read_start(connection);
}

/* How many more requests may be applied in this turn. */
static uint32_t requests_left(struct connection *connection) {
    struct network *network = connection->network;
    if (connection->turn != network->turn) {
        connection->requests_count = 0;
        network->askers_count++;
    }
    connection->turn = network->turn;
    uint32_t share = network->requests_share;
    return connection->requests_count < share ? share - connection->requests_count : 0;
}

/* A request has been answered: its answer stands at the end of the outbox, unless its reader is behind. */
static void time_request(struct connection *connection) {
    const struct network *network = connection->network;
    if (!network->stages) return;
    if (dialog_is_busy(&connection->dialog)) stages_skip(network->stages);
    else stages_end(network->stages, &connection->timed,
                    network_durable(network) == UINT64_MAX ? 0 : network_batch(network),
                    connection->sent_bytes + connection->outbox.size);
}

/* Applies requests until the input or the turn is used up. */
static void take_requests(struct connection *connection) {
    uint32_t left = requests_left(connection);
    enum line_status status = LINE_READY;
    struct line line;
    while (left > 0 && takes_requests(connection)) {
        status = line_reader_next(&connection->lines, &line);
        if (status != LINE_READY) break;
        connection->requests_count++;
        stages_begin(connection->network->stages, connection->received_ns);
        /* The line lies in the read buffer, in `kept` or in `line_buffer`: all ours to wipe. */
        dialog_on_line(&connection->dialog, (char *)(uintptr_t)line.text, line.size);
        time_request(connection);
        left--;
    }
    if (connection->state != CONNECTION_OPEN) return;
    if (status == LINE_TOO_LONG) {
        dialog_on_line_too_long(&connection->dialog);
        connection_finish(connection);
    } else if (status == LINE_NONE) {
        on_used_up(connection);
    } else {
        keep_rest(connection);
        read_stop(connection);
        if (left == 0) mark_ready(connection);
    }
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    struct connection *connection = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(connection->network->read_buffer, read_size_max);
}

/* The other side has ended its half: what it asked before is answered still. */
static void on_end(struct connection *connection) {
    connection->marks |= CONNECTION_ENDED;
    read_stop(connection);
    if (connection->state == CONNECTION_OPEN) take_requests(connection);
    else if (connection->marks & CONNECTION_SHUT) close_now(connection, FAREWELL_ORDERLY);
}

/* A reader without a buffer serves as long as every chunk ends with a line, and most clients send no other. */
static int give_line_buffer(struct connection *connection, const char *chunk, size_t size) {
    if (connection->line_buffer || chunk[size - 1] == '\n') return 0;
    connection->line_buffer = malloc(line_size_max);
    if (!connection->line_buffer) return -1;
    line_reader_init(&connection->lines, connection->line_buffer);
    return 0;
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct connection *connection = stream->data;
    network_look_at_clock(connection->network);
    if (size == UV_EOF) {
        on_end(connection);
    } else if (size < 0 || (size > 0 && give_line_buffer(connection, buffer->base, (size_t)size) < 0)) {
        close_now(connection, FAREWELL_ORDERLY);
    } else if (size > 0 && connection->state == CONNECTION_OPEN) {
        connection->received_ns = connection->network->turn_ns;
        connection->network->counters.received_bytes += (uint64_t)size;
        line_reader_feed(&connection->lines, buffer->base, (size_t)size);
        take_requests(connection);
    }
}

static void read_start(struct connection *connection) {
    if (connection->marks & (CONNECTION_READING | CONNECTION_ENDED)) return;
    if (uv_read_start((uv_stream_t *)&connection->tcp, on_allocate, on_read) < 0) {
        close_now(connection, FAREWELL_ORDERLY);
        return;
    }
    connection->marks |= CONNECTION_READING;
}

static void read_stop(struct connection *connection) {
    if (!(connection->marks & CONNECTION_READING)) return;
    uv_read_stop((uv_stream_t *)&connection->tcp);
    connection->marks &= (uint8_t)~CONNECTION_READING;
}

static void continue_now(struct connection *connection) {
    if (connection->state != CONNECTION_OPEN) return;
    dialog_pump(&connection->dialog);
    publisher_pump(connection->network->publisher, &connection->reader);
    take_requests(connection);
}

void connection_continue_next(struct network *network) {
    struct connection *connection = network->ready_first;
    network->ready_first = connection->next_ready;
    if (!network->ready_first) network->ready_last = NULL;
    connection->marks &= (uint8_t)~CONNECTION_READY;
    continue_now(connection);
    release(connection);
}

/* ---- beginning, time, password checks ---- */

void connection_on_tick(struct connection *connection, int64_t now_ns) {
    const struct network_patience *patience = &connection->network->patience;
    if (connection->state == CONNECTION_FINISHING && now_ns >= connection->finish_by_ns) {
        close_now(connection, FAREWELL_RESET);
    }
    if (connection->state != CONNECTION_OPEN) return;
    int64_t silence_ns = now_ns - connection->received_ns;
    if (connection->outbox.size > 0 && now_ns - connection->progress_ns >= patience->stall_timeout_ns) {
        lose(connection);
    } else if ((connection->marks & CONNECTION_READING) && line_reader_pending(&connection->lines) > 0 &&
               silence_ns >= patience->line_timeout_ns) {
        connection_finish(connection);
    } else {
        int busy = dialog_is_busy(&connection->dialog);
        /* While nothing is read the silence is ours. */
        int64_t received_ns = connection->marks & CONNECTION_READING ? connection->received_ns : now_ns;
        dialog_on_tick(&connection->dialog, now_ns, connection->sent_ns, received_ns);
        if (busy && connection->state == CONNECTION_OPEN) mark_ready(connection);
    }
}

void connection_hold(struct connection *connection) {
    hold(connection);
}

void connection_on_verdict(struct connection *connection, enum logon_verdict verdict) {
    dialog_on_verdict(&connection->dialog, verdict, connection->network->turn_ns);
    if (connection->state == CONNECTION_OPEN) mark_ready(connection);
    release(connection);
}

void connection_on_hash(struct connection *connection, const char *hash) {
    dialog_on_hash(&connection->dialog, hash);
    if (connection->state == CONNECTION_OPEN) mark_ready(connection);
    release(connection);
}

void connection_on_snapshot(struct connection *connection, uint64_t sequence, const char *failure) {
    dialog_on_snapshot(&connection->dialog, sequence, failure);
    if (connection->state == CONNECTION_OPEN) mark_ready(connection);
    release(connection);
}

static struct connection *connection_new(struct network *network) {
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) return NULL;
    connection->network = network;
    connection->port = (struct port){port_send, port_send_last, port_is_behind, port_finish};
    connection->received_ns = connection->progress_ns = connection->sent_ns = network->turn_ns;
    outbox_init(&connection->outbox, &network->pool);
    return connection;
}

static int accept_into(struct connection *connection) {
    int size = send_buffer_size;
    int status = uv_accept((uv_stream_t *)&connection->network->listener, (uv_stream_t *)&connection->tcp);
    if (status < 0) return status;
    status = uv_tcp_nodelay(&connection->tcp, 1);
    if (status < 0) return status;
    return uv_send_buffer_size((uv_handle_t *)&connection->tcp, &size);
}

void connection_accept(struct network *network) {
    struct connection *connection = connection_new(network);
    if (!connection || uv_tcp_init(network->loop, &connection->tcp) < 0) {
        free(connection);
        return;
    }
    connection->tcp.data = connection;
    hold(connection);
    link_connection(connection);
    if (accept_into(connection) < 0 || network->connections_count > network->connections_count_max) {
        network->counters.turned_away++;
        connection->state = CONNECTION_CLOSED;
        uv_close((uv_handle_t *)&connection->tcp, on_closed);
        return;
    }
    network->counters.accepted++;
    publisher_join(network->publisher, &connection->reader, &connection->port);
    dialog_init(&connection->dialog, network->hub, &connection->port);
    read_start(connection);
}
