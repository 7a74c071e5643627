/* client.h - those who talk to the server: what they send is chosen by chance, what they hear is checked.
 *
 * What they know together is kept here for the whole run, whatever dies meanwhile: every private message that somebody
 * has read, by participant and number, and every order that was sent. Checked with every line that is read:
 *   private numbers    without a gap on every connection; the same number says the same, whoever hears it, live or said
 *                      again, before a crash or after it; poss_dup when it is said again and only then
 *   logon_ack          its next_seq is not behind what anybody has read: nothing acknowledged is lost
 *   orders             an execution report is about an order that was sent, as it was sent; one request is one order on
 *                      one trade date, however often it was sent
 *   replies            come in the order of the requests
 *   market data        every book_update continues the message before it; a trade that was left out shows */
#ifndef BIRZHA_TESTS_SIM_CLIENT_H
#define BIRZHA_TESTS_SIM_CLIENT_H

#include <stdint.h>

#include "tests/sim/loop.h"

enum { clients_max = 32, desks_count = 7, symbols_count = 4, sent_max = 4096, pending_max = 64, sim_levels_max = 100 };

enum client_kind { CLIENT_TRADER, CLIENT_OBSERVER, CLIENT_SUPERVISOR, CLIENT_ADMIN, CLIENT_READER, CLIENT_HOSTILE };
enum client_state { CLIENT_AWAY, CLIENT_STRANGER, CLIENT_LOGGING_ON, CLIENT_LOGGED_ON };

/* A new_order, as it was sent first, and what became of it. */
struct sent_order {
    char text[240];                     /* all of the line but its req_id */
    uint64_t order_id;                  /* 0 = not known yet */
    uint64_t seq;                       /* of the report that told it */
    int32_t date;                       /* and its trade date */
    uint32_t quantity;
    uint8_t is_buy;
};

struct level { int64_t price; uint64_t quantity; uint32_t orders; };

/* A book as a reader has it. */
struct reader_book {
    uint32_t is_subscribed, has_snapshot, depth;
    uint64_t md_seq;
    struct level sides[2][sim_levels_max + 1];
    uint32_t counts[2];
};

struct peer {
    uint32_t number;
    enum client_kind kind;
    enum client_state state;
    const char *user;
    int desk;                           /* of its participant; -1 = none */
    struct socket *socket;
    struct bytes in;
    uint64_t seen_seq;                  /* last number that it has read, ever */
    uint64_t asked_seq, expected_seq, live_seq;     /* of this connection; 0 = not known yet */
    uint64_t known_seq;                 /* what somebody had read of its participant when it logged on */
    uint64_t req_id, answered_id, pending[pending_max];
    uint32_t pending_count;
    struct sent_order *sent;
    uint32_t sent_count;
    uint32_t is_slow;                   /* steps for which it reads nothing */
    struct { uint64_t req_id; uint32_t symbol, depth; } awaited[pending_max];   /* subscriptions to books, on their way */
    uint32_t awaited_count;
    struct reader_book books[symbols_count];
    uint64_t trades_md_seq[symbols_count];
};

struct client_figures {
    uint64_t requests, orders, amends, cancels, mass_cancels, resends, queries, admin, hostile, logons, replays,
             cancels_on_disconnect, subscriptions, connects, leaves_orderly, resets, cut_anywhere, vanished, slow_spells;
    /* What was checked. */
    uint64_t lines, reports, said_again, compared, orders_known, repeats_known, replies, status_replies, book_messages,
             conflated, trades, broken_chains, refusals_1212, too_slow, books_compared, wrong_logons;
};

struct client_world {
    struct peer clients[clients_max];
    uint32_t clients_count;
    uint64_t *seen[desks_count];        /* by number: what it said, as a hash; 0 = nobody has read it */
    uint64_t seen_capacity[desks_count], seen_max[desks_count];
    struct client_figures figures;
    int64_t exchange_ns;                /* so that requests can speak of the time; the simulation says it */
    uint32_t manual_clock;
    void (*fail)(const char *what, const char *line);
    void (*on_logout)(const struct socket *socket);     /* one was asked for */
};
extern struct client_world client_world;

extern const char *const sim_symbols[symbols_count];
extern const char *const sim_participants[desks_count];

void clients_begin(uint32_t count);
void clients_end(void);
/* Does something, or nothing. */
void client_act(struct peer *client);
/* Reads up to `size` bytes of what waits. */
void client_read(struct peer *client, size_t size);
/* Goes away. */
void client_leave(struct peer *client, enum socket_end end);
/* Connects and asks for everything from number 1. */
void client_audit(struct peer *client);

#endif
