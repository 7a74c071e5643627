/* client.c - what clients say; see client.h. What they hear is looked at in client_hear.c. */
#include "tests/sim/client.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/calendar.h"
#include "tests/sim/chance.h"
#include "tests/sim/client_hear.h"

struct client_world client_world;

const char *const sim_symbols[symbols_count] = {"DY-SMP-EX", "DY-BUT-825", "TB-SAW-TR", "TB-SAW-DOM"};
const char *const sim_participants[desks_count] = {
    "BY-DAIRY-1", "BY-SAW-1", "UA-FOOD-1", "PL-TRADE-1", "RU-TRADE-1", "LT-SLOW-1", "DE-CLIENT-1",
};

/* Reference price and tick, in hundredths. */
static const struct { int64_t reference, tick; } terms[symbols_count] = {{270000, 500}, {513000, 1000}, {28000, 50},
                                                                        {48000, 100}};

static const struct { const char *user; enum client_kind kind; int desk; } people[] = {
    {"dairy", CLIENT_TRADER, 0}, {"saw", CLIENT_TRADER, 1}, {"trade", CLIENT_TRADER, 3}, {"rus", CLIENT_TRADER, 4},
    {"super", CLIENT_SUPERVISOR, -1}, {"root", CLIENT_ADMIN, -1}, {NULL, CLIENT_READER, -1}, {"food", CLIENT_TRADER, 2},
    {"dairy2", CLIENT_TRADER, 0}, {"slow", CLIENT_TRADER, 5}, {"watch", CLIENT_OBSERVER, 0}, {NULL, CLIENT_HOSTILE, -1},
    {"dairy", CLIENT_TRADER, 0}, {"trade", CLIENT_TRADER, 3}, {NULL, CLIENT_READER, -1}, {"rus", CLIENT_TRADER, 4},
};
enum { people_count = sizeof people / sizeof people[0] };

static struct client_figures *const figures = &client_world.figures;

void clients_begin(uint32_t count) {
    client_world.clients_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct peer *client = &client_world.clients[i];
        uint32_t which = i % people_count;
        *client = (struct peer){.number = i, .kind = people[which].kind, .user = people[which].user,
                                  .desk = people[which].desk};
        if (client->kind == CLIENT_TRADER) client->sent = calloc(sent_max, sizeof *client->sent);
    }
}

void clients_end(void) {
    for (uint32_t i = 0; i < client_world.clients_count; i++) {
        free(client_world.clients[i].sent);
        free(client_world.clients[i].in.bytes);
    }
    for (int i = 0; i < desks_count; i++) free(client_world.seen[i]);
    struct client_figures kept = client_world.figures;
    void (*fail)(const char *, const char *) = client_world.fail;
    void (*on_logout)(const struct socket *) = client_world.on_logout;
    memset(&client_world, 0, sizeof client_world);
    client_world.figures = kept;
    client_world.fail = fail;
    client_world.on_logout = on_logout;
}

/* ---- lines ---- */

/* One request: `{"type":"...","req_id":N` and what is given, which begins with a comma or ends the object. */
__attribute__((format(printf, 3, 4)))
static void ask(struct peer *client, const char *type, const char *format, ...) {
    char line[1024], rest[900];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(rest, sizeof rest, format, arguments);
    va_end(arguments);
    int size = snprintf(line, sizeof line, "{\"type\":\"%s\",\"req_id\":%" PRIu64 "%s}\n", type, ++client->req_id, rest);
    client->pending[client->pending_count++] = client->req_id;
    figures->requests++;
    trace_add(line, (size_t)size);
    socket_write(client->socket, line, (size_t)size);
}

static void put_price(char text[24], int64_t hundredths) {
    snprintf(text, 24, "%" PRId64 ".%02" PRId64, hundredths / 100, hundredths % 100);
}

/* ---- orders ---- */

static void order_terms(char *out, size_t size, uint32_t symbol) {
    static const char *const times[] = {"day", "gtc", "ioc", "fok", "day", "gtc"};
    const char *time_in_force = times[chance_below(6)];
    uint32_t roll = chance_below(24);
    char price[24];
    put_price(price, terms[symbol].reference + ((int64_t)chance_below(9) - 4) * terms[symbol].tick);
    if (roll == 0) snprintf(out, size, ",\"ord_type\":\"market\",\"time_in_force\":\"ioc\"");
    else if (roll == 1) snprintf(out, size, ",\"ord_type\":\"stop\",\"stop_px\":\"%s\"", price);
    else if (roll == 2) snprintf(out, size, ",\"price\":\"%s\",\"display_qty\":1", price);
    else if (roll == 3) snprintf(out, size, ",\"price\":\"%s\",\"all_or_none\":true", price);
    else if (roll == 4) snprintf(out, size, ",\"price\":\"%s\",\"post_only\":true", price);
    else if (roll == 5) snprintf(out, size, ",\"price\":\"%s1\"", price);
    else if (roll == 6) snprintf(out, size, ",\"price\":\"%s\",\"time_in_force\":\"gtd\",\"expire_date\":\"2029-01-01\"", price);
    else if (roll == 7) snprintf(out, size, ",\"price\":\"%s\",\"stp\":\"decrement\"", price);
    else snprintf(out, size, ",\"price\":\"%s\",\"time_in_force\":\"%s\"", price, time_in_force);
}

static void send_order(struct peer *client) {
    if (client->sent_count == sent_max) return;
    static const uint32_t habits[desks_count][2] = {{0, 1}, {2, 3}, {0, 1}, {0, 2}, {0, 2}, {2, 2}, {0, 0}};
    uint32_t number = client->sent_count++, symbol = habits[client->desk][chance_below(2)];
    if (chance_one_in(12)) symbol = chance_below(symbols_count);
    struct sent_order *order = &client->sent[number];
    char more[120];
    order_terms(more, sizeof more, symbol);
    order->is_buy = client->desk < 2 ? chance_one_in(4) : !chance_one_in(4);
    order->quantity = 1 + chance_below(6);
    const char *client_part = client->desk == 3 && chance_one_in(3) ? ",\"client\":\"DE-CLIENT-1\"" : "";
    snprintf(order->text, sizeof order->text, ",\"cl_ord_id\":\"c%u-%u\",\"symbol\":\"%s\",\"side\":\"%s\",\"order_qty\":%u%s%s",
             client->number, number, sim_symbols[symbol], order->is_buy ? "buy" : "sell", order->quantity, more,
             client_part);
    figures->orders++;
    ask(client, "new_order", "%s", order->text);
}

/* The same request once more: one that was not answered, as a client does that came back, or one that was. */
static void resend_order(struct peer *client) {
    if (client->sent_count == 0) return;
    uint32_t last = client->sent_count < 12 ? client->sent_count : 12;
    const struct sent_order *order = &client->sent[client->sent_count - 1 - chance_below(last)];
    figures->resends++;
    ask(client, "new_order", "%s", order->text);
}

static const struct sent_order *some_order(const struct peer *client, uint32_t *number) {
    if (client->sent_count == 0) return NULL;
    uint32_t last = client->sent_count < 40 ? client->sent_count : 40;
    *number = client->sent_count - 1 - chance_below(last);
    return &client->sent[*number];
}

static void change_order(struct peer *client) {
    uint32_t number;
    const struct sent_order *order = some_order(client, &number);
    if (!order) return;
    if (chance_below(3)) {
        figures->cancels++;
        ask(client, "cancel_order", ",\"orig_cl_ord_id\":\"c%u-%u\"", client->number, number);
        return;
    }
    figures->amends++;
    ask(client, "amend_order", ",\"cl_ord_id\":\"a%u-%" PRIu64 "\",\"orig_cl_ord_id\":\"c%u-%u\",\"order_qty\":%u",
        client->number, client->req_id, client->number, number, 1 + chance_below(8));
}

static void query(struct peer *client) {
    static const char *const lists[] = {"open_orders_request", "balances_request", "deals_request", "sessions_request",
                                        "instruments_request", "participant_request"};
    uint32_t number, roll = chance_below(9);
    figures->queries++;
    if (client->is_slow > 0) roll = chance_below(2) ? 0 : 2;
    if (roll < 6) {
        ask(client, lists[roll], "%s", "");
        return;
    }
    const struct sent_order *order = client->kind == CLIENT_TRADER ? some_order(client, &number) : NULL;
    if (!order) ask(client, "heartbeat", "%s", "");
    else if (roll == 6 && order->order_id) ask(client, "explain", ",\"order_id\":\"%" PRIu64 "\"", order->order_id);
    else ask(client, "order_status_request", ",\"orig_cl_ord_id\":\"c%u-%u\"", client->number, number);
}

/* Who reads nothing asks for lists, so that they do not fit. */
static void trade(struct peer *client) {
    uint32_t roll = chance_below(100);
    if (client->is_slow > 0 && chance_below(2)) query(client);
    else if (roll < 62) send_order(client);
    else if (roll < 80) change_order(client);
    else if (roll < 90) resend_order(client);
    else if (roll < 98) query(client);
    else {
        figures->mass_cancels++;
        ask(client, "mass_cancel", "%s", chance_below(2) ? "" : ",\"side\":\"buy\"");
    }
}

/* ---- officials ---- */

static void supervise(struct peer *client) {
    const char *participant = sim_participants[chance_below(desks_count)], *symbol = sim_symbols[chance_below(symbols_count)];
    figures->admin++;
    switch (chance_below(12)) {
    case 0: ask(client, "admin_halt", ",\"symbol\":\"%s\"", symbol); break;
    case 1: case 2: case 3: ask(client, "admin_resume", ",\"symbol\":\"%s\"", symbol); break;
    case 4: ask(client, "admin_deposit", ",\"participant\":\"%s\",\"currency\":\"USD\",\"amount\":\"%u.00\",\"action\":\"%s\"",
                participant, 1 + chance_below(5000), chance_below(3) ? "credit" : "withdraw"); break;
    case 5: ask(client, "admin_news", ",\"text\":\"The time is now, and the market is open\""); break;
    case 6: ask(client, "admin_bust", ",\"trade_id\":\"%u\",\"text\":\"in error\"", 1 + chance_below(60)); break;
    case 7: ask(client, "admin_kill", ",\"participant\":\"%s\",\"on\":%s", participant, chance_below(6) ? "false" : "true"); break;
    case 8: ask(client, chance_below(5) ? "admin_reinstate" : "admin_suspend", ",\"participant\":\"%s\"", participant); break;
    case 9: ask(client, "admin_phase", ",\"session\":\"BUTTER\",\"phase\":\"%s\"", chance_below(3) ? "continuous" : "closed"); break;
    default: ask(client, "admin_digest", "%s", ""); break;
    }
}

static void administer(struct peer *client) {
    uint32_t roll = chance_below(14);
    if (roll == 13) {
        ask(client, "admin_snapshot", "%s", "");
        return;
    }
    if (roll >= 3) {
        supervise(client);
        return;
    }
    figures->admin++;
    if (roll == 0) {
        ask(client, "admin_user", ",\"user\":\"u%" PRIu64 "\",\"participant\":\"BY-SAW-1\",\"role\":\"observer\",\"password\":\"x\"",
            client->req_id);
        return;
    }
    char text[timestamp_text_size + 1] = {0};
    int64_t forward_ns = chance_one_in(6) ? (int64_t)chance_below(30) * 3600 * NS_PER_SECOND : (int64_t)chance_below(20000) * 1000000;
    timestamp_format(client_world.exchange_ns + forward_ns, text);
    ask(client, "admin_clock", ",\"now\":\"%s\"", text);
}

/* ---- market data, and worse ---- */

static void subscribe(struct peer *client) {
    static const char *const channels[] = {"book", "book", "book", "trades", "ticker", "status"};
    const char *channel = channels[chance_below(6)];
    uint32_t symbol = chance_below(symbols_count + 1), depth = 1 + chance_below(chance_below(2) ? 5 : 100);
    int is_book = strcmp(channel, "book") == 0;
    char symbols[64] = "\"all\"", levels[24] = "";
    figures->subscriptions++;
    if (symbol < symbols_count) snprintf(symbols, sizeof symbols, "[\"%s\"]", sim_symbols[symbol]);
    if (is_book) snprintf(levels, sizeof levels, ",\"depth\":%u", depth);
    ask(client, "subscribe", ",\"channel\":\"%s\",\"symbols\":%s%s", channel, symbols, levels);
    /* The snapshots come behind the ack, so what is known of these books is known no longer. */
    for (uint32_t i = 0; is_book && i < symbols_count; i++)
        if (symbol == symbols_count || i == symbol) client_awaits_book(client, i, client->req_id, depth);
}

static void be_hostile(struct peer *client) {
    static const char *const bad[] = {"\n", "{}\n", "{\"type\":\"logon\"}\n", "[1,2]\n", "{\"type\":\"new_order\"}\n",
        "{\"type\":\"heartbeat\",\"x\":[[[[[[[[[1]]]]]]]]]}\n", "{\"type\":\"a\",\"type\":\"b\"}\n", "\r\n",
        "{\"type\":\"instruments_request\"}\n", "{\"type\":\"subscribe\",\"channel\":\"book\",\"symbols\":\"all\"}\n"};
    uint8_t junk[600];
    figures->hostile++;
    uint32_t roll = chance_below(16);
    if (roll < 10) {
        socket_write(client->socket, bad[roll], strlen(bad[roll]));
    } else if (roll < 15) {
        uint32_t size = chance_below(sizeof junk);
        for (uint32_t i = 0; i < size; i++) junk[i] = (uint8_t)chance_next();
        socket_write(client->socket, junk, size);
    } else {
        memset(junk, 'x', sizeof junk);
        for (int i = 0; i < 30; i++) socket_write(client->socket, junk, sizeof junk);
    }
}

/* ---- coming and going ---- */

static void log_on(struct peer *client) {
    char more[160] = "";
    const char *password = client->user;
    client->asked_seq = 0;
    if (client->desk >= 0 && chance_below(4)) {
        client->asked_seq = chance_below(2) ? client->seen_seq + 1 : 1 + chance_below((uint32_t)client->seen_seq + 1);
        snprintf(more, sizeof more, ",\"next_expected_seq\":%" PRIu64, client->asked_seq);
        figures->replays++;
    }
    if (chance_one_in(20)) {
        password = "wrong";
        figures->wrong_logons++;
    }
    const char *bound = "";
    if (client->kind == CLIENT_TRADER && chance_one_in(3)) {
        bound = ",\"cancel_on_disconnect\":true";
        figures->cancels_on_disconnect++;
    }
    client->state = CLIENT_LOGGING_ON;
    client->known_seq = client->desk >= 0 ? client_world.seen_max[client->desk] : 0;
    ask(client, "logon", ",\"user\":\"%s\",\"password\":\"%s\"%s%s", client->user, password, more, bound);
}

static void connect_to(struct peer *client) {
    static const size_t rooms[] = {256, 4096, 65536, 262144};
    client->socket = socket_connect(rooms[chance_below(4)]);
    if (!client->socket) return;
    figures->connects++;
    client->state = CLIENT_STRANGER;
    client->in.size = 0;
    client->pending_count = client->awaited_count = 0;
    client->answered_id = client->expected_seq = client->live_seq = 0;
    memset(client->books, 0, sizeof client->books);
    memset(client->trades_md_seq, 0, sizeof client->trades_md_seq);
}

void client_leave(struct peer *client, enum socket_end end) {
    if (!client->socket) return;
    socket_leave(client->socket, end);
    client->socket = NULL;
    client->state = CLIENT_AWAY;
}

/* The ways in which a connection ends that the client has not asked for. */
static void break_off(struct peer *client) {
    struct socket *socket = client->socket;
    switch (chance_below(4)) {
    case 0:
        figures->leaves_orderly++;
        client_leave(client, END_ORDERLY);
        break;
    case 1:
        figures->resets++;
        client_leave(client, END_RESET);
        break;
    case 2:
        /* What was on its way arrives up to any byte. */
        figures->cut_anywhere++;
        if (socket->up.size > socket->arrived)
            socket->up.size = socket->arrived + chance_below((uint32_t)(socket->up.size - socket->arrived) + 1);
        client_leave(client, END_ORDERLY);
        break;
    default:
        /* The machine at the other end has vanished. Nobody tells the server. */
        figures->vanished++;
        socket->is_vanished = 1;
        client->socket = NULL;
        client->state = CLIENT_AWAY;
        break;
    }
}

void client_audit(struct peer *client) {
    client_leave(client, END_ORDERLY);
    connect_to(client);
    if (!client->socket) return;
    client->socket->room = 1 << 20;
    client->state = CLIENT_LOGGING_ON;
    client->known_seq = client->desk >= 0 ? client_world.seen_max[client->desk] : 0;
    client->asked_seq = 1;
    ask(client, "logon", ",\"user\":\"%s\",\"password\":\"%s\",\"next_expected_seq\":1", client->user, client->user);
}

static void act_on_line(struct peer *client) {
    if (client->kind == CLIENT_HOSTILE) {
        be_hostile(client);
    } else if (client->kind == CLIENT_READER) {
        if (chance_below(3) == 0) subscribe(client);
        else if (chance_below(2)) ask(client, "instruments_request", "%s", "");
        else ask(client, "heartbeat", "%s", "");
    } else if (client->state == CLIENT_STRANGER) {
        log_on(client);
    } else if (client->state == CLIENT_LOGGED_ON) {
        if (client->kind == CLIENT_TRADER) trade(client);
        else if (client->kind == CLIENT_SUPERVISOR) supervise(client);
        else if (client->kind == CLIENT_ADMIN) administer(client);
        else query(client);
        if (chance_one_in(60)) subscribe(client);
    }
}

void client_act(struct peer *client) {
    if (!client->socket) {
        if (chance_below(3)) connect_to(client);
        return;
    }
    int has_room = client->pending_count + 2 < pending_max && client->awaited_count + 2 * symbols_count < pending_max;
    if (chance_one_in(150)) {
        break_off(client);
    } else if (has_room && client->state == CLIENT_LOGGED_ON && chance_one_in(300)) {
        ask(client, "logout", "%s", "");
        client_world.on_logout(client->socket);
    } else if (chance_one_in(200)) {
        figures->slow_spells++;
        client->is_slow = 1 + chance_below(chance_below(2) ? 3000 : 100);
    } else if (has_room) {
        act_on_line(client);
    }
}
