/* loop.h - libuv and the network, as the server sees them: loop.c gives the functions of uv.h that the server calls.
 *
 * One turn of the loop is libuv's: timers, idle, prepare, what has arrived, check, closing. Nothing happens by itself:
 * the simulation moves time, lets bytes arrive, lets clients read, and asks for a turn.
 *
 * A socket is two queues of bytes. What the client wrote is in `up`; the first `arrived` bytes of it can be read by the
 * server, in pieces as it comes. What the server wrote is in `down`, at most `room` bytes; when that is full the server
 * gets UV_EAGAIN. A client can end in three ways: in order (what it wrote still arrives), by a reset (what has not
 * been read is lost), and without a word: then bytes go nowhere, and nobody hears of it. */
#ifndef BIRZHA_TESTS_SIM_LOOP_H
#define BIRZHA_TESTS_SIM_LOOP_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum { sockets_max = 64, write_spans_max = 64 };

enum socket_end { END_NONE, END_ORDERLY, END_RESET };

struct bytes { uint8_t *bytes; size_t size, capacity; };

/* Bytes from `begin` up to `end` may tell of all that happened up to command `sequence`. */
struct mark { uint64_t begin, end, sequence; };

struct socket {
    uint32_t is_used, number;
    uv_tcp_t *tcp;                      /* the server's handle; NULL before it was accepted and after it was closed */
    uint32_t is_waiting;                /* to be accepted */
    struct bytes up, down;
    size_t arrived, room;
    uint32_t is_reading, is_vanished;
    enum socket_end client_end, server_end;
    uint32_t end_was_told;
    uv_alloc_cb on_allocate;
    uv_read_cb on_read;
    uv_write_t *write;
    uv_write_cb on_written;
    uv_buf_t spans[write_spans_max];
    uint32_t spans_count;
    uint64_t appended, departed;        /* bytes that the server put into the outbox, and that left it */
    struct mark *marks;
    uint32_t marks_count, marks_capacity;
};

struct loop_figures {
    uint64_t turns, accepts, reads, read_bytes, try_writes, partial_writes, refused_writes, queued_writes, down_bytes,
             resets_by_server, works, timers;
};

struct sim_loop {
    int64_t now_ns;                     /* steady time */
    struct socket sockets[sockets_max];
    uint32_t sockets_count;             /* ever */
    struct loop_figures figures;
    uint32_t everything_now;            /* 1: whatever can be done in a turn is done */
    void (*on_accepted)(struct socket *socket);
    /* Bytes are about to leave the process, up to socket->departed. */
    void (*on_departed)(struct socket *socket);
};
extern struct sim_loop sim_loop;

void sim_loop_turn(void);
/* Forgets all handles, and what they were to do: the process is gone. Sockets stay, reset. */
void sim_loop_forget(void);
/* Passwords are being looked at somewhere. */
int sim_loop_has_work(void);

/* ---- the client's side ---- */

/* NULL when nobody listens. */
struct socket *socket_connect(size_t room);
void socket_write(struct socket *socket, const void *bytes, size_t size);
/* Up to `size` bytes more arrive at the server. */
void socket_arrive(struct socket *socket, size_t size);
/* The client has no more use for it. */
void socket_leave(struct socket *socket, enum socket_end end);
void bytes_take(struct bytes *bytes, size_t size);
void bytes_put(struct bytes *to, const void *bytes, size_t size);
/* Free again, if both sides have left. */
void socket_tidy(struct socket *socket);

#endif
