/* fixture.h - a dialog with nothing real around it but the exchange: the host and the connection are fakes.
 *
 * The world: instrument "WHEAT" (USD, tick 0.50) in session "DAY", participants ALFA (BY) and BETA (RU), users
 * "trader" (ALFA), "second" (ALFA), "watcher" (observer, ALFA), "other" (BETA), "super" and "root" without participant.
 * Every password is right if it is "right". What a command brings about is scripted: the next events and reports. */
#ifndef BIRZHA_TESTS_SESSION_FIXTURE_H
#define BIRZHA_TESTS_SESSION_FIXTURE_H

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exchange.h"
#include "engine/views/deals.h"
#include "engine/views/story.h"
#include "engine/views/orders.h"
#include "gateway/session/dialog.h"
#include "gateway/session/hub.h"
#include "instruments/name_table.h"

enum { lines_max = 4096, script_max = 8, commands_max = 64 };

struct fake_port {
    struct port port;
    char *lines[lines_max];     /* what was sent, without line ends */
    uint32_t lines_count;
    uint32_t room;              /* lines until the port is behind */
    uint32_t finished, last_words;
};

struct fixture {
    struct exchange *exchange;
    void *orders, *deals, *story;
    struct hub hub;
    struct fake_port ports[4];
    struct dialog dialogs[4];
    /* What the host was asked. */
    struct command commands[commands_max];
    uint32_t commands_count;
    uint64_t sequence;
    int64_t clock_moved_to_ns;
    uint32_t shutdowns;
    struct dialog *checking;
    uint32_t checked_user;
    int checked_right;
    struct request_subscribe subscribed;
    /* What the next command brings about. */
    struct event events[script_max];
    uint32_t events_count;
    struct report reports[script_max];
    uint32_t reports_count;
};

static struct fixture *fixture;

/* ---- the connection ---- */

static inline void fake_send(struct port *port, const char *bytes, uint32_t size) {
    struct fake_port *fake = (struct fake_port *)port;
    cr_assert_lt(fake->lines_count, (uint32_t)lines_max);
    cr_assert_eq(bytes[size - 1], '\n');
    fake->lines[fake->lines_count++] = strndup(bytes, size - 1);
    if (fake->room > 0) fake->room--;
}

static inline void fake_send_last(struct port *port, const char *bytes, uint32_t size) {
    ((struct fake_port *)port)->last_words++;
    fake_send(port, bytes, size);
}

static inline int fake_is_behind(const struct port *port) {
    return ((const struct fake_port *)port)->room == 0;
}

static inline void fake_finish(struct port *port) {
    ((struct fake_port *)port)->finished++;
}

/* ---- the host ---- */

static inline struct applied fake_apply(void *owner, struct command *command) {
    (void)owner;
    cr_assert_lt(fixture->commands_count, (uint32_t)commands_max);
    fixture->commands[fixture->commands_count++] = *command;
    fixture->sequence++;
    for (uint32_t i = 0; i < fixture->reports_count; i++) {
        fixture->reports[i].exec_sequence = fixture->sequence;
        hub_on_report(&fixture->hub, &fixture->reports[i]);
    }
    fixture->reports_count = 0;
    return (struct applied){fixture->sequence, fixture->events, fixture->events_count};
}

static inline void fake_move_clock(void *owner, int64_t now_ns) {
    (void)owner;
    fixture->clock_moved_to_ns = now_ns;
}

static inline int64_t fake_now_ns(void *owner) {
    (void)owner;
    return exchange_time_ns(fixture->exchange);
}

static inline void fake_verify(void *owner, struct dialog *dialog, uint32_t user, const struct request_text *password) {
    (void)owner;
    fixture->checking = dialog;
    fixture->checked_user = user;
    fixture->checked_right = password->size == 5 && memcmp(password->text, "right", 5) == 0;
}

static inline void fake_hash(void *owner, struct dialog *dialog, const struct request_text *password) {
    fake_verify(owner, dialog, NAME_NONE, password);
}

static inline int fake_subscribe(void *owner, struct dialog *dialog, const struct request_subscribe *subscribe) {
    (void)owner;
    (void)dialog;
    fixture->subscribed = *subscribe;
    return 0;
}

static inline void fake_unsubscribe(void *owner, struct dialog *dialog, const struct request_subscribe *subscribe) {
    fake_subscribe(owner, dialog, subscribe);
}

static inline void fake_announce(void *owner, const char *line, uint32_t size) {
    (void)owner;
    (void)line;
    (void)size;
}

static inline void fake_shutdown(void *owner) {
    (void)owner;
    fixture->shutdowns++;
}

/* ---- the world ---- */

static inline void ignore_full(struct event_buffer *buffer) {
    buffer->count = 0;
}

static inline void world(struct command command) {
    struct event events[8];
    struct event_buffer buffer = {.events = events, .capacity = 8, .full = ignore_full};
    command.sequence = exchange_sequence(fixture->exchange) + 1;
    int64_t now_ns = exchange_time_ns(fixture->exchange);
    command.time_ns = command.kind == COMMAND_CLOCK ? command.time_ns : now_ns;
    exchange_apply(fixture->exchange, &command, &buffer);
    for (uint32_t i = 0; i < buffer.count; i++) {
        cr_assert_neq(events[i].kind, EVENT_REFUSED, "command %u", command.kind);
    }
}

static inline void add_user(const char *name, uint32_t participant, enum role role) {
    struct command command = {.kind = COMMAND_USER, .participant = NAME_NONE, .user = NAME_NONE};
    command.add_user.participant = participant;
    command.add_user.role = (uint8_t)role;
    name_set(command.add_user.name, user_name_size, name, (uint32_t)strlen(name));
    world(command);
}

static inline void add_participant(const char *id, const char *country) {
    struct command command = {.kind = COMMAND_PARTICIPANT, .participant = NAME_NONE, .user = NAME_NONE};
    name_set(command.add_participant.id, participant_id_size, id, (uint32_t)strlen(id));
    name_set(command.add_participant.name, participant_name_size, id, (uint32_t)strlen(id));
    memcpy(command.add_participant.country, country, 2);
    world(command);
}

static inline void add_instrument(const char *symbol) {
    struct command command = {.kind = COMMAND_INSTRUMENT, .participant = NAME_NONE, .user = NAME_NONE};
    name_set(command.instrument.symbol, symbol_size, symbol, (uint32_t)strlen(symbol));
    name_set(command.instrument.name, instrument_name_size, symbol, (uint32_t)strlen(symbol));
    command.instrument.section = SECTION_AGRI;
    command.instrument.unit = UNIT_TONNE;
    command.instrument.currency = CURRENCY_USD;
    command.instrument.price_places = 2;
    world(command);
    command = (struct command){.kind = COMMAND_INSTRUMENT_TERMS, .participant = NAME_NONE, .user = NAME_NONE};
    command.instrument_terms = (struct command_instrument_terms){
        .instrument = exchange_find_instrument(fixture->exchange, symbol, (uint32_t)strlen(symbol)), .lot_units = 1,
        .tick_scaled = 50, .reference = {400}, .quantity_min = {1}, .quantity_max = {10000}, .payment_terms_mask = 7,
    };
    world(command);
}

static inline void build_world(void) {
    struct command clock = {.kind = COMMAND_CLOCK, .participant = NAME_NONE, .user = NAME_NONE};
    cr_assert(timestamp_parse("2021-06-28T06:00:00Z", 20, &clock.time_ns));
    world(clock);
    add_instrument("WHEAT");
    struct command session = {.kind = COMMAND_SESSION, .participant = NAME_NONE, .user = NAME_NONE};
    name_set(session.session.id, session_id_size, "DAY", 3);
    world(session);
    struct command listed = {.kind = COMMAND_SESSION_SYMBOL, .participant = NAME_NONE, .user = NAME_NONE};
    world(listed);
    add_participant("ALFA", "BY");
    add_participant("BETA", "RU");
    add_user("trader", 0, ROLE_TRADER);
    add_user("second", 0, ROLE_TRADER);
    add_user("watcher", 0, ROLE_OBSERVER);
    add_user("other", 1, ROLE_TRADER);
    add_user("super", NAME_NONE, ROLE_SUPERVISOR);
    add_user("root", NAME_NONE, ROLE_ADMIN);
}

static inline void *zeroed(size_t size) {
    size = (size + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, size);
    memset(memory, 0, size);
    return memory;
}

static inline void fixture_open(void) {
    static const struct limits limits = {
        .instruments_max = 8, .sessions_max = 4, .participants_max = 8, .users_max = 16, .orders_max = 256,
        .price_leaves_max = 16, .price_branches_max = 8, .client_ids_max = 256,
    };
    fixture = calloc(1, sizeof *fixture);
    fixture->exchange = exchange_init(zeroed(exchange_size(&limits)), &limits);
    fixture->orders = orders_view_init(zeroed(orders_view_size(&limits, 16)), &limits, 16);
    fixture->deals = deals_init(zeroed(deals_size(&limits, 16)), &limits, 16);
    fixture->story = story_init(zeroed(story_size(64)), 64);
    build_world();
    const struct hub_host host = {
        .version = "test", .clock_mode = "manual", .apply = fake_apply, .move_clock = fake_move_clock,
        .now_ns = fake_now_ns, .verify = fake_verify, .hash = fake_hash, .subscribe = fake_subscribe,
        .unsubscribe = fake_unsubscribe, .shutdown = fake_shutdown, .announce = fake_announce,
    };
    const struct hub_views views = {
        .exchange = fixture->exchange, .orders = fixture->orders, .deals = fixture->deals,
        .story = fixture->story,
    };
    cr_assert_eq(hub_init(&fixture->hub, &host, &views), 0);
    for (int i = 0; i < 4; i++) {
        fixture->ports[i].port = (struct port){fake_send, fake_send_last, fake_is_behind, fake_finish};
        fixture->ports[i].room = UINT32_MAX;
        dialog_init(&fixture->dialogs[i], &fixture->hub, &fixture->ports[i].port);
    }
}

static inline void fixture_close(void) {
    fixture->events_count = 0;
    for (int i = 0; i < 4; i++) {
        dialog_close(&fixture->dialogs[i]);
        for (uint32_t j = 0; j < fixture->ports[i].lines_count; j++) free(fixture->ports[i].lines[j]);
    }
    hub_close(&fixture->hub);
    free(fixture->exchange);
    free(fixture->orders);
    free(fixture->deals);
    free(fixture->story);
    free(fixture);
}

/* ---- talking ---- */

/* One request from connection `who`. Afterwards its new lines are at `since`. */
static uint32_t since;
static inline void say(int who, const char *text) {
    char line[1024];
    snprintf(line, sizeof line, "%s", text);
    since = fixture->ports[who].lines_count;
    dialog_on_line(&fixture->dialogs[who], line, (uint32_t)strlen(text));
}

/* The n-th line since the last request, "" if there is none. */
static inline const char *heard(int who, uint32_t n) {
    const struct fake_port *port = &fixture->ports[who];
    return since + n < port->lines_count ? port->lines[since + n] : "";
}

static inline void expect_part(const char *line, const char *part) {
    cr_assert_not_null(strstr(line, part), "expected %s in: %s", part, line);
}

static inline void expect_no_part(const char *line, const char *part) {
    cr_assert_null(strstr(line, part), "did not expect %s in: %s", part, line);
}

static inline void verdict(int who, int64_t now_ns) {
    cr_assert_eq(fixture->checking, &fixture->dialogs[who]);
    dialog_on_verdict(&fixture->dialogs[who], fixture->checked_right ? LOGON_PASSED : LOGON_REFUSED, now_ns);
}

static inline void log_on(int who, const char *user, const char *more) {
    char line[256];
    snprintf(line, sizeof line, "{\"type\":\"logon\",\"req_id\":1,\"user\":\"%s\",\"password\":\"right\"%s}", user,
             more);
    say(who, line);
    cr_assert(dialog_is_busy(&fixture->dialogs[who]));
    verdict(who, 0);
    expect_part(heard(who, 0), "\"type\":\"logon_ack\"");
}

/* The next command makes an order of ALFA: ACCEPTED and its report. */
static inline void script_accepted(uint64_t order_id, const char *client_order_id) {
    fixture->events[0] = (struct event){.kind = EVENT_ACCEPTED, .instrument = 0, .order = {.order_id = order_id}};
    fixture->events_count = 1;
    fixture->reports[0] = (struct report){
        .order_id = order_id, .participant = 0, .client = NAME_NONE, .instrument = 0, .price = {400},
        .order_quantity = {5}, .leaves_quantity = {5}, .exec_type = EXEC_TYPE_NEW, .ord_status = ORD_STATUS_NEW,
        .expire_date = date_none,
    };
    name_set(fixture->reports[0].client_order_id, client_order_id_size, client_order_id,
             (uint32_t)strlen(client_order_id));
    fixture->reports_count = 1;
}

#define ORDER_LINE "{\"type\":\"new_order\",\"req_id\":\"r1\",\"cl_ord_id\":\"a1\",\"symbol\":\"WHEAT\"," \
                   "\"side\":\"buy\",\"order_qty\":5,\"price\":\"200.00\"}"

#endif
