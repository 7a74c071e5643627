/* client_hear.c - what clients hear, and whether it is true; see client.h. */
#include "tests/sim/client_hear.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "instruments/calendar.h"
#include "tests/sim/chance.h"

static struct client_figures *const figures = &client_world.figures;

/* ---- members of a line ---- */

/* What stands behind `"name":`, NULL when it is not there. */
static const char *member(const char *line, const char *name) {
    char key[48];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(line, key);
    return at ? at + strlen(key) : NULL;
}

static int is_word(const char *at, const char *word) {
    size_t size = strlen(word);
    return at && at[0] == '"' && strncmp(at + 1, word, size) == 0 && at[1 + size] == '"';
}

static uint64_t number(const char *at) {
    if (at && *at == '"') at++;
    return at ? strtoull(at, NULL, 10) : 0;
}

/* The length of a simple value. */
static size_t value_size(const char *at) {
    size_t size = 0;
    if (at[0] != '"') return strcspn(at, ",}]");
    for (size = 1; at[size] && at[size] != '"'; size++)
        if (at[size] == '\\') size++;
    return size + 1;
}

static void check(int holds, const char *what, const char *line) {
    if (!holds) client_world.fail(what, line);
}

/* ---- replies ---- */

static void hear_reply(struct peer *client, const char *line) {
    uint64_t id = number(member(line, "req_id"));
    if (id == 0 || id == client->answered_id) return;
    check(client->pending_count > 0 && client->pending[0] == id, "a reply out of order, or to nothing", line);
    client->answered_id = id;
    client->pending_count--;
    memmove(client->pending, client->pending + 1, client->pending_count * sizeof client->pending[0]);
    figures->replies++;
}

/* ---- private messages ---- */

/* What a message says, without what may differ between those who hear it: req_id, poss_dup, and the words of the
 * request that it answers. */
static uint64_t said(const char *line) {
    static const char *const names[] = {"exec_type", "ord_status", "cl_ord_id", "orig_cl_ord_id", "order_id", "exec_id",
        "trade_id", "side", "order_qty", "cum_qty", "leaves_qty", "last_qty", "last_px", "avg_px", "liquidity",
        "deal_class", "deposit", "fee", "priority", "reason", "code", "ts"};
    uint64_t hash = 1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *at = member(line, names[i]);
        if (at) hash = XXH3_64bits_withSeed(at, value_size(at), hash + i);
    }
    return hash;
}

static void remember(int desk, uint64_t seq, const char *line) {
    uint64_t *capacity = &client_world.seen_capacity[desk], hash = said(line);
    if (seq >= *capacity) {
        uint64_t larger = 2 * seq + 64;
        client_world.seen[desk] = realloc(client_world.seen[desk], larger * sizeof(uint64_t));
        memset(client_world.seen[desk] + *capacity, 0, (larger - *capacity) * sizeof(uint64_t));
        *capacity = larger;
    }
    uint64_t *known = &client_world.seen[desk][seq];
    if (*known) figures->compared++;
    check(*known == 0 || *known == hash, "the same number says something else", line);
    *known = hash;
    if (seq > client_world.seen_max[desk]) client_world.seen_max[desk] = seq;
}

/* The order that a name belongs to; NULL when it is not one of new_order. */
static struct sent_order *order_named(const struct peer *client, const char *name, const char *line) {
    unsigned who, which;
    if (!name || sscanf(name, "\"c%u-%u\"", &who, &which) != 2) return NULL;
    check(who < client_world.clients_count && which < client_world.clients[who].sent_count, "nobody sent this order", line);
    check(client_world.clients[who].desk == client->desk, "an order of another participant", line);
    return &client_world.clients[who].sent[which];
}

static int32_t date_of(const char *line) {
    int64_t time_ns = 0;
    const char *ts = member(line, "ts");
    check(ts && timestamp_parse(ts + 1, timestamp_text_size, &time_ns), "no time", line);
    return trade_date(time_ns);
}

static void hear_order(const struct peer *client, const char *line) {
    const char *type = member(line, "exec_type");
    int is_new = is_word(type, "new"), is_status = is_word(type, "order_status"), is_rejected = is_word(type, "rejected");
    if (!is_new && !is_status && !is_rejected) return;
    struct sent_order *order = order_named(client, member(line, "cl_ord_id"), line);
    if (!order) return;
    int32_t date = date_of(line);
    uint64_t order_id = number(member(line, "order_id"));
    if (is_status) figures->status_replies++;
    if (is_new) {
        check(number(member(line, "order_qty")) == order->quantity, "another quantity than was sent", line);
        check(is_word(member(line, "side"), order->is_buy ? "buy" : "sell"), "another side than was sent", line);
    }
    if (order->order_id && order->date == date) {
        figures->repeats_known++;
        check(!is_rejected || number(member(line, "seq")) < order->seq, "taken, and then rejected", line);
        check(is_status || is_rejected || order->order_id == order_id, "a second order for one request", line);
    }
    if (is_rejected || is_status) return;
    figures->orders_known++;
    order->order_id = order_id;
    order->seq = number(member(line, "seq"));
    order->date = date;
}

static void hear_private(struct peer *client, const char *line, uint64_t seq) {
    int again = member(line, "poss_dup") != NULL;
    figures->reports++;
    figures->said_again += (uint64_t)again;
    check(client->state == CLIENT_LOGGED_ON && client->desk >= 0, "a private message to a stranger", line);
    check(seq == client->expected_seq, "a gap in the private numbers", line);
    check(again == (seq < client->live_seq), "poss_dup is wrong", line);
    client->expected_seq++;
    remember(client->desk, seq, line);
    if (seq > client->seen_seq) client->seen_seq = seq;
}

static void hear_logon(struct peer *client, const char *line) {
    uint64_t next_seq = number(member(line, "next_seq"));
    client->state = CLIENT_LOGGED_ON;
    client->live_seq = next_seq;
    client->expected_seq = client->asked_seq ? client->asked_seq : next_seq;
    figures->logons++;
    if (client->desk < 0) return;
    check(next_seq > client->known_seq, "LOST: numbers that were read before are not there", line);
}

static void hear_error(struct peer *client, const char *line) {
    uint64_t code = number(member(line, "code"));
    if (code == 1212) figures->refusals_1212++;
    if (code == 1204) figures->too_slow++;
    if (client->state == CLIENT_LOGGING_ON && code != 1204) {
        check(code == 1202 || code == 1212, "a logon is refused", line);
        client->state = CLIENT_STRANGER;
    }
    uint64_t id = number(member(line, "req_id"));
    while (client->awaited_count > 0 && id != 0 && client->awaited[0].req_id == id)
        memmove(client->awaited, client->awaited + 1, --client->awaited_count * sizeof client->awaited[0]);
}

/* ---- books ---- */

static int symbol_of(const char *line) {
    const char *at = member(line, "symbol");
    for (int i = 0; i < symbols_count; i++)
        if (is_word(at, sim_symbols[i])) return i;
    return -1;
}

void client_awaits_book(struct peer *client, uint32_t symbol, uint64_t req_id, uint32_t depth) {
    client->awaited[client->awaited_count].req_id = req_id;
    client->awaited[client->awaited_count].symbol = symbol;
    client->awaited[client->awaited_count++].depth = depth;
}

/* From here on these books are of the new subscription. */
static void hear_ack(struct peer *client, const char *line) {
    uint64_t id = number(member(line, "req_id"));
    while (client->awaited_count > 0 && client->awaited[0].req_id == id) {
        client->books[client->awaited[0].symbol] =
            (struct reader_book){.is_subscribed = 1, .depth = client->awaited[0].depth};
        memmove(client->awaited, client->awaited + 1, --client->awaited_count * sizeof client->awaited[0]);
    }
}

static const char *read_level(const char *at, struct level *level) {
    char *end;
    long long whole = strtoll(at + 2, &end, 10);
    level->price = whole * 100 + strtoll(end + 1, &end, 10);
    level->quantity = strtoull(end + 2, &end, 10);
    level->orders = (uint32_t)strtoul(end + 1, &end, 10);
    return end + 1;
}

/* Side 0 is bids: better is higher. */
static void set_level(struct reader_book *book, int side, struct level level) {
    struct level *levels = book->sides[side];
    uint32_t at = 0;
    while (at < book->counts[side] && (side == 0 ? levels[at].price > level.price : levels[at].price < level.price)) at++;
    int found = at < book->counts[side] && levels[at].price == level.price;
    if (level.quantity == 0) {
        if (found) memmove(levels + at, levels + at + 1, (--book->counts[side] - at) * sizeof *levels);
        return;
    }
    if (!found && book->counts[side] == sim_levels_max + 1) return;
    if (!found) memmove(levels + at + 1, levels + at, (book->counts[side]++ - at) * sizeof *levels);
    levels[at] = level;
}

/* Removals first: an update may take the last level out and put another in. */
static void apply_levels(struct reader_book *book, const char *line, const char *name, int side) {
    for (int pass = 0; pass < 2; pass++) {
        const char *at = member(line, name);
        check(at && *at == '[', "no levels", line);
        at++;
        while (*at == '[' || *at == ',') {
            struct level level;
            if (*at == ',') at++;
            at = read_level(at, &level);
            if ((level.quantity == 0) == (pass == 0)) set_level(book, side, level);
        }
    }
}

static void hear_book(struct peer *client, const char *line, int is_snapshot) {
    int symbol = symbol_of(line);
    check(symbol >= 0, "a book of an unknown symbol", line);
    struct reader_book *book = &client->books[symbol];
    if (!book->is_subscribed) return;
    uint64_t md_seq = number(member(line, "md_seq"));
    figures->book_messages++;
    if (is_snapshot) {
        figures->conflated += member(line, "conflated") != NULL;
        book->has_snapshot = 1;
        book->counts[0] = book->counts[1] = 0;
    } else {
        check(book->has_snapshot, "an update before a snapshot", line);
        check(number(member(line, "prev_md_seq")) == book->md_seq, "a broken chain", line);
        check(md_seq > book->md_seq, "md_seq goes back", line);
    }
    book->md_seq = md_seq;
    apply_levels(book, line, "bids", 0);
    apply_levels(book, line, "asks", 1);
    check(book->counts[0] <= book->depth && book->counts[1] <= book->depth, "more levels than were asked for", line);
}

static void hear_trade(struct peer *client, const char *line) {
    int symbol = symbol_of(line);
    uint64_t md_seq = number(member(line, "md_seq")), *last = &client->trades_md_seq[symbol];
    figures->trades++;
    check(md_seq > *last, "a trade twice", line);
    if (*last && number(member(line, "prev_md_seq")) != *last) figures->broken_chains++;
    *last = md_seq;
}

/* ---- lines ---- */

static void hear(struct peer *client, const char *line) {
    const char *type = member(line, "type");
    const char *seq = member(line, "seq");
    figures->lines++;
    trace_add(line, strlen(line));
    check(strncmp(line, "{\"type\":\"", 9) == 0 && line[strlen(line) - 1] == '}', "no message", line);
    hear_reply(client, line);
    if (is_word(type, "execution_report") || is_word(type, "notice")) {
        if (seq) hear_private(client, line, number(seq));
        if (client->desk >= 0) hear_order(client, line);
    } else if (is_word(type, "logon_ack")) hear_logon(client, line);
    else if (is_word(type, "error")) hear_error(client, line);
    else if (is_word(type, "gap")) check(0, "a gap that need not be", line);
    else if (is_word(type, "ack")) hear_ack(client, line);
    else if (is_word(type, "book_snapshot")) hear_book(client, line, 1);
    else if (is_word(type, "book_update")) hear_book(client, line, 0);
    else if (is_word(type, "trade")) hear_trade(client, line);
}

static void hear_all(struct peer *client) {
    uint8_t *end;
    size_t done = 0;
    while ((end = memchr(client->in.bytes + done, '\n', client->in.size - done)) != NULL) {
        *end = '\0';
        check(end - (client->in.bytes + done) < 16384, "a line that is too long", "");
        hear(client, (const char *)client->in.bytes + done);
        done = (size_t)(end - client->in.bytes) + 1;
    }
    bytes_take(&client->in, done);
}

void client_read(struct peer *client, size_t size) {
    struct socket *socket = client->socket;
    if (!socket) return;
    if (size > socket->down.size) size = socket->down.size;
    if (size > 0) {
        bytes_put(&client->in, socket->down.bytes, size);
        bytes_take(&socket->down, size);
        hear_all(client);
    }
    if (socket->down.size == 0 && socket->server_end != END_NONE) client_leave(client, END_ORDERLY);
}
