/* crowd.c - `birzha crowd`: background traders, so that an exchange one has just started is alive.
 *
 * One process, one connection a trader, one poll loop. The first connection also reads the public book and trades of
 * all symbols, which all traders share. Each turn one trader looks at one instrument and does what crowd_trader.h
 * chooses; turns come at the rate that was asked for, five times as often in the first seconds while books are still
 * one-sided. What a trader may not trade it learns from its own record and from refusals, and leaves alone.
 *
 * Bounded: crowd_orders_max orders a trader, cancelled by the exchange when the crowd goes away.
 * A server that goes away ends the crowd quietly: exit code 0. */
#include "tools/client/commands.h"

#include <cjson/cJSON.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "tools/client/connection.h"
#include "tools/client/crowd_trader.h"
#include "tools/client/board.h"
#include "tools/client/message.h"
#include "tools/client/options.h"
#include "tools/client/ask.h"
#include "tools/client/talk.h"
#include "tools/client/tick.h"
#include "tools/client/users.h"

enum {
    traders_count_max = 64, traders_count_default = 12, instruments_count_max = 256, name_size = 64,
    rate_default = 20, rate_max = 1000, opening_ms = 15000, opening_speed = 5,
    pause_after_refusal_ms = 3000, send_timeout_ms = 2000, book_depth = 3,
};

/* Symbols of the shipped catalogue that are busier than the rest, so that a visitor sees something move. */
static const char *const favourites[] = {"DY-SMP-EX", "DY-SMP-EX", "TB-PINE-SAW-EX", "MT-REBAR-PL"};
enum { favourites_count = sizeof favourites / sizeof favourites[0] };

struct crowd_instrument {
    struct tick tick;
    int64_t reference_ticks;
    char section[name_size];
    struct board board;
};

struct crowd_order {
    char order_id[name_size];
    uint32_t instrument;
    enum crowd_side side;
    uint32_t filled_lots;
};

struct crowd_trader {
    struct peer peer;
    char user[name_size], password[name_size];
    struct crowd_order orders[2 * crowd_orders_max];
    uint32_t orders_count;
    uint8_t barred[instruments_count_max];      /* 1: may not trade it */
    int64_t resting_until_ms;                   /* after a refusal that time may cure */
};

struct crowd {
    const struct client_options *options;
    uint32_t rate, seconds;
    uint64_t random;
    struct crowd_trader *traders;
    uint32_t traders_count;
    struct crowd_instrument *instruments;
    uint32_t instruments_count;
    uint32_t request_id;
    int64_t start_ms;
    int gone;                                   /* 1: a connection was lost */
};

/* ---- what arrives ---- */

static uint32_t find_instrument(const struct crowd *crowd, const char *symbol) {
    uint32_t i = 0;
    while (i < crowd->instruments_count && strcmp(crowd->instruments[i].board.symbol, symbol) != 0) i++;
    return i;
}

static void keep_instrument(struct crowd *crowd, const struct cJSON *row) {
    if (crowd->instruments_count == instruments_count_max) return;
    struct crowd_instrument *instrument = &crowd->instruments[crowd->instruments_count];
    if (tick_read(&instrument->tick, message_text(row, "tick")) != 0) return;
    uint32_t places = price_places(message_text(row, "reference_px"));
    if (places > instrument->tick.places && places <= price_key_places) instrument->tick.places = places;
    instrument->reference_ticks = tick_count(&instrument->tick, message_text(row, "reference_px"));
    if (instrument->reference_ticks <= 0) return;
    snprintf(instrument->section, sizeof instrument->section, "%s", message_text(row, "section"));
    board_init(&instrument->board, message_text(row, "symbol"));
    crowd->instruments_count++;
}

static void keep_instruments(struct crowd *crowd, const struct cJSON *message) {
    const cJSON *row;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(message, "instruments")) keep_instrument(crowd, row);
}

/* Sections that the trader's participant is not accredited in are barred; a record without the list bars nothing. */
static void keep_record(const struct crowd *crowd, struct crowd_trader *trader, const struct cJSON *record) {
    const cJSON *sections = cJSON_GetObjectItemCaseSensitive(record, "sections"), *each;
    if (!cJSON_IsArray(sections)) return;
    for (uint32_t i = 0; i < crowd->instruments_count; i++) {
        trader->barred[i] = 1;
        cJSON_ArrayForEach(each, sections) {
            if (strcmp(message_text(each, "section"), crowd->instruments[i].section) == 0) trader->barred[i] = 0;
        }
    }
}

/* Keeps the list of open orders as the newest report of an order has it. */
static void keep_order(const struct crowd *crowd, struct crowd_trader *trader, const struct cJSON *report) {
    const char *order_id = message_text(report, "order_id");
    uint32_t instrument = find_instrument(crowd, message_text(report, "symbol")), at = 0;
    if (order_id[0] == '\0' || instrument == crowd->instruments_count) return;
    while (at < trader->orders_count && strcmp(trader->orders[at].order_id, order_id) != 0) at++;
    if (message_integer(report, "leaves_qty") == 0) {
        if (at < trader->orders_count) trader->orders[at] = trader->orders[--trader->orders_count];
        return;
    }
    if (at == 2 * crowd_orders_max) return;
    struct crowd_order *order = &trader->orders[at];
    if (at == trader->orders_count) trader->orders_count++;
    snprintf(order->order_id, sizeof order->order_id, "%s", order_id);
    order->instrument = instrument;
    order->side = strcmp(message_text(report, "side"), "buy") == 0 ? CROWD_BUY : CROWD_SELL;
    order->filled_lots = (uint32_t)message_integer(report, "cum_qty");
}

/* What a trader is not admitted to (2xx to 5xx, 104, 105) it leaves alone for good; anything else it waits out. */
static void learn(const struct crowd *crowd, struct crowd_trader *trader, const struct cJSON *refusal) {
    long long code = message_integer(refusal, "code");
    uint32_t instrument = find_instrument(crowd, message_text(refusal, "symbol"));
    int for_good = (code >= 200 && code < 600) || code == 104 || code == 105;
    if (for_good && instrument < crowd->instruments_count) trader->barred[instrument] = 1;
    else if (code < 900 || code >= 1000) trader->resting_until_ms = peer_now_ms() + pause_after_refusal_ms;
}

static void on_message(struct crowd *crowd, struct crowd_trader *trader, const struct cJSON *message) {
    if (message_is(message, "execution_report")) {
        if (strcmp(message_text(message, "exec_type"), "rejected") == 0) learn(crowd, trader, message);
        else keep_order(crowd, trader, message);
    } else if (message_is(message, "error")) {
        learn(crowd, trader, message);
    } else if (message_is(message, "instruments")) {
        keep_instruments(crowd, message);
    } else if (message_is(message, "participant")) {
        keep_record(crowd, trader, message);
    } else {
        uint32_t instrument = find_instrument(crowd, message_text(message, "symbol"));
        if (instrument < crowd->instruments_count) board_apply(&crowd->instruments[instrument].board, message);
    }
}

static void take_lines(struct crowd *crowd, struct crowd_trader *trader) {
    if (peer_receive(&trader->peer) != PEER_OK) crowd->gone = 1;
    for (char *line; (line = peer_next_line(&trader->peer)) != NULL;) {
        cJSON *message = cJSON_Parse(line);
        if (message != NULL) on_message(crowd, trader, message);
        cJSON_Delete(message);
    }
}

/* ---- what is done ---- */

static void send_request(struct crowd *crowd, struct crowd_trader *trader, char *line) {
    if (peer_send_line(&trader->peer, line, send_timeout_ms) != PEER_OK) crowd->gone = 1;
    free(line);
}

static void send_order(struct crowd *crowd, struct crowd_trader *trader, const struct crowd_instrument *instrument,
                       const struct crowd_choice *choice) {
    char order_id[32], lots[16], limit[price_text_size], mistake[128];
    ask_make_order_id(order_id);
    snprintf(lots, sizeof lots, "%u", choice->lots);
    tick_text(&instrument->tick, choice->ticks, limit);
    struct order_request order = {
        .client_order_id = order_id, .symbol = instrument->board.symbol, .quantity = lots, .price = limit,
        .side = choice->side == CROWD_BUY ? "buy" : "sell",
        .time_in_force = choice->action == CROWD_TAKE ? "ioc" : "day",
    };
    char *line = ask_new_order(&order, ++crowd->request_id, mistake, sizeof mistake);
    CHECK(line != NULL);
    send_request(crowd, trader, line);
}

static void send_change(struct crowd *crowd, struct crowd_trader *trader, const struct crowd_order *order,
                        const struct crowd_view *view, const struct crowd_choice *choice) {
    const struct crowd_instrument *instrument = &crowd->instruments[order->instrument];
    char order_id[32], lots[16], limit[price_text_size];
    int amend = choice->action == CROWD_AMEND;
    struct cJSON *request = ask_begin(amend ? "amend_order" : "cancel_order", ++crowd->request_id);
    ask_make_order_id(order_id);
    ask_text(request, "cl_ord_id", order_id);
    ask_text(request, "order_id", order->order_id);
    if (amend) {
        int64_t fair = crowd_fair_ticks(view, &crowd->random);
        tick_text(&instrument->tick, crowd_quote_ticks(view, order->side, fair, &crowd->random), limit);
        snprintf(lots, sizeof lots, "%u", order->filled_lots + choice->lots);
        ask_number(request, "order_qty", lots);
        ask_text(request, "price", limit);
    }
    send_request(crowd, trader, ask_end(request));
}

static int64_t best_ticks(const struct crowd_instrument *instrument, const struct board_level *levels,
                          uint32_t count) {
    return count > 0 ? levels[0].price_key / instrument->tick.key : 0;
}

static struct crowd_view look(const struct crowd *crowd, const struct crowd_trader *trader, uint32_t at) {
    const struct crowd_instrument *instrument = &crowd->instruments[at];
    const struct board *board = &instrument->board;
    const struct board_trade *last = board_trade_at(board, 0);
    struct crowd_view view = {
        .reference_ticks = instrument->reference_ticks,
        .last_ticks = last != NULL ? last->price_key / instrument->tick.key : 0,
        .bid_ticks = best_ticks(instrument, board->bids, board->bids_count),
        .ask_ticks = best_ticks(instrument, board->asks, board->asks_count),
        .own_orders_count = trader->orders_count,
    };
    for (uint32_t i = 0; i < trader->orders_count; i++) view.own_here_count += trader->orders[i].instrument == at;
    return view;
}

/* The trader's `index`-th order in an instrument. */
static const struct crowd_order *own_order(const struct crowd_trader *trader, uint32_t instrument, uint32_t index) {
    for (uint32_t i = 0; i < trader->orders_count; i++) {
        if (trader->orders[i].instrument == instrument && index-- == 0) return &trader->orders[i];
    }
    return NULL;
}

static int is_one_sided(const struct crowd *crowd, uint32_t instrument) {
    const struct board *board = &crowd->instruments[instrument].board;
    return board->bids_count == 0 || board->asks_count == 0;
}

/* While there are one-sided books every other turn goes to one of them; of the others every second goes to a
 * favourite, if the trader may trade it. */
static uint32_t pick_instrument(struct crowd *crowd, const struct crowd_trader *trader) {
    uint32_t count = crowd->instruments_count;
    uint32_t start = (uint32_t)(crowd_random(&crowd->random) % count);
    if (crowd_random(&crowd->random) % 2 == 0) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t at = (start + i) % count;
            if (!trader->barred[at] && is_one_sided(crowd, at)) return at;
        }
    }
    if (crowd_random(&crowd->random) % 2 == 0) {
        uint32_t at = find_instrument(crowd, favourites[crowd_random(&crowd->random) % favourites_count]);
        if (at < count && !trader->barred[at]) return at;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!trader->barred[(start + i) % count]) return (start + i) % count;
    }
    return count;
}

static void take_turn(struct crowd *crowd) {
    struct crowd_trader *trader = &crowd->traders[crowd_random(&crowd->random) % crowd->traders_count];
    if (trader->resting_until_ms > peer_now_ms() || crowd->instruments_count == 0) return;
    uint32_t at = pick_instrument(crowd, trader);
    if (at == crowd->instruments_count) return;
    struct crowd_view view = look(crowd, trader, at);
    struct crowd_choice choice = crowd_choose(&view, &crowd->random);
    if (choice.action == CROWD_QUOTE || choice.action == CROWD_TAKE) {
        send_order(crowd, trader, &crowd->instruments[at], &choice);
    } else if (choice.action != CROWD_REST) {
        send_change(crowd, trader, own_order(trader, at, choice.own_index), &view, &choice);
    }
}

/* ---- the loop ---- */

/* Books that nobody here may trade do not count. */
static int all_two_sided(const struct crowd *crowd) {
    for (uint32_t i = 0; i < crowd->instruments_count; i++) {
        uint32_t t = 0;
        while (t < crowd->traders_count && crowd->traders[t].barred[i]) t++;
        if (t < crowd->traders_count && is_one_sided(crowd, i)) return 0;
    }
    return 1;
}

static int64_t turn_us(const struct crowd *crowd, int64_t now_ms) {
    int opening = now_ms - crowd->start_ms < opening_ms && !all_two_sided(crowd);
    return 1000000 / ((int64_t)crowd->rate * (opening ? opening_speed : 1));
}

static void run(struct crowd *crowd) {
    struct pollfd entries[traders_count_max];
    for (uint32_t i = 0; i < crowd->traders_count; i++) {
        entries[i] = (struct pollfd){.fd = crowd->traders[i].peer.fd, .events = POLLIN};
    }
    crowd->start_ms = peer_now_ms();
    int64_t end_ms = crowd->seconds > 0 ? crowd->start_ms + (int64_t)crowd->seconds * 1000 : INT64_MAX;
    int64_t next_us = crowd->start_ms * 1000;
    while (!crowd->gone && peer_now_ms() < end_ms) {
        int64_t wait_ms = next_us / 1000 - peer_now_ms();
        int ready = poll(entries, crowd->traders_count, wait_ms > 0 ? (int)wait_ms : 0);
        for (uint32_t i = 0; i < crowd->traders_count; i++) {
            struct crowd_trader *trader = &crowd->traders[i];
            if (ready > 0 && entries[i].revents != 0) take_lines(crowd, trader);
            if (peer_keep_alive(&trader->peer) != PEER_OK) crowd->gone = 1;
        }
        int64_t now_ms = peer_now_ms();
        if (crowd->gone || next_us / 1000 > now_ms) continue;
        take_turn(crowd);
        next_us += turn_us(crowd, now_ms);
        if (next_us < (now_ms - 1000) * 1000) next_us = now_ms * 1000;     /* no catching up after a long stop */
    }
}

/* ---- the beginning ---- */

static int add_trader(struct crowd *crowd, const char *user, const char *password) {
    if (crowd->traders_count == traders_count_max) return -1;
    struct crowd_trader *trader = &crowd->traders[crowd->traders_count++];
    snprintf(trader->user, sizeof trader->user, "%s", user);
    snprintf(trader->password, sizeof trader->password, "%s", password);
    trader->peer.fd = -1;
    return 0;
}

static int read_users(struct crowd *crowd, const char *path) {
    struct client_users users;
    if (users_read(path, &users) != 0) return -1;
    int result = 0;
    for (uint32_t i = 0; i < users.count && result == 0; i++)
        result = add_trader(crowd, users.users[i].user, users.users[i].password);
    if (result != 0) fprintf(stderr, "birzha: %s has more than %d users\n", path, traders_count_max);
    users_free(&users);
    return result;
}

static enum peer_status ask(struct crowd *crowd, struct crowd_trader *trader, const char *type) {
    char *line = ask_end(ask_begin(type, ++crowd->request_id));
    enum peer_status status = peer_send_line(&trader->peer, line, send_timeout_ms);
    free(line);
    uint32_t wanted = crowd->request_id;
    for (int done = 0; status == PEER_OK && !done;) {
        status = peer_read_line(&trader->peer, crowd->options->timeout_s * 1000, &line);
        cJSON *message = status == PEER_OK ? cJSON_Parse(line) : NULL;
        done = message_answers(message, wanted) && !message_has_more(message);
        if (message != NULL) on_message(crowd, trader, message);
        cJSON_Delete(message);
    }
    return status;
}

static enum peer_status enter(struct crowd *crowd, struct crowd_trader *trader) {
    static char reply[peer_line_size_max];
    uint32_t timeout_ms = crowd->options->timeout_s * 1000;
    enum peer_status status = peer_open(&trader->peer, crowd->options->address, timeout_ms, NULL);
    if (status == PEER_OK) {
        status = peer_logon(&trader->peer, trader->user, trader->password, ",\"cancel_on_disconnect\":true",
                              timeout_ms, reply);
    }
    if (status == PEER_OK && crowd->instruments_count == 0) status = ask(crowd, trader, "instruments_request");
    if (status == PEER_OK) status = ask(crowd, trader, "participant_request");
    if (status != PEER_OK) peer_close(&trader->peer);
    return status;
}

/* Logs everyone on; those who are refused are left out. */
static int enter_all(struct crowd *crowd) {
    uint32_t entered = 0;
    for (uint32_t i = 0; i < crowd->traders_count; i++) {
        if (entered != i) {
            memcpy(&crowd->traders[entered], &crowd->traders[i], sizeof crowd->traders[0]);
        }
        enum peer_status status = enter(crowd, &crowd->traders[entered]);
        if (status == PEER_OK) entered++;
        else if (status != PEER_REFUSED) return talk_failure(crowd->options, status);
        else fprintf(stderr, "birzha: %s may not log on and is left out\n", crowd->traders[entered].user);
    }
    crowd->traders_count = entered;
    return entered > 0 ? EXIT_DONE : EXIT_LOGON;
}

static void subscribe_all(struct crowd *crowd) {
    static const char *const channels[] = {"book", "trades"}, *const all[] = {"all"};
    for (uint32_t i = 0; i < 2; i++) {
        struct cJSON *request = ask_begin("subscribe", ++crowd->request_id);
        ask_text(request, "channel", channels[i]);
        ask_list(request, "symbols", all, 1);
        if (i == 0) cJSON_AddNumberToObject(request, "depth", book_depth);
        send_request(crowd, &crowd->traders[0], ask_end(request));
    }
}

static const char crowd_usage[] =
    "usage: birzha crowd [--users FILE | --bots N] [--seed N] [--rate N] [--seconds N]\n"
    "Background traders that keep every book two-sided and the tape running, until Ctrl-C or the server's end.\n"
    "  --users FILE   lines of USER PASSWORD      --bots N   bot1 to botN with the password bot (12)\n"
    "  --rate N       requests a second, all traders together (20)\n"
    "  --seed N       for other choices (1)       --seconds N   stop after N seconds\n";

static int prepare(struct crowd *crowd, const char *users_path, uint32_t bots_count) {
    crowd->traders = calloc(traders_count_max, sizeof crowd->traders[0]);
    crowd->instruments = calloc(instruments_count_max, sizeof crowd->instruments[0]);
    CHECK(crowd->traders != NULL && crowd->instruments != NULL);
    if (users_path != NULL) return read_users(crowd, users_path) == 0 ? EXIT_DONE : EXIT_USAGE;
    if (bots_count == 0 || bots_count > traders_count_max) {
        fprintf(stderr, "birzha: --bots is 1 to %d\n", traders_count_max);
        return EXIT_USAGE;
    }
    for (uint32_t i = 1; i <= bots_count; i++) {
        char user[16];
        snprintf(user, sizeof user, "bot%u", i);
        if (add_trader(crowd, user, "bot") != 0) return EXIT_USAGE;
    }
    return EXIT_DONE;
}

static void leave(struct crowd *crowd) {
    for (uint32_t i = 0; i < crowd->traders_count; i++) peer_close(&crowd->traders[i].peer);
    free(crowd->traders);
    free(crowd->instruments);
}

int command_crowd(int argc, char **argv) {
    struct crowd crowd = {.rate = rate_default};
    const char *users_path = NULL;
    uint32_t seed = 1, bots_count = traders_count_default;
    const struct option own[] = {
        {"--users", OPTION_TEXT, &users_path}, {"--bots", OPTION_NUMBER, &bots_count},
        {"--seed", OPTION_NUMBER, &seed}, {"--rate", OPTION_NUMBER, &crowd.rate},
        {"--seconds", OPTION_NUMBER, &crowd.seconds},
    };
    struct client_options options;
    if (options_read(&options, own, 5, argc, argv) != 0) return EXIT_USAGE;
    if (options.help) {
        printf("%s%s", crowd_usage, options_help);
        return EXIT_DONE;
    }
    if (options.positionals_count > 0 || crowd.rate == 0 || crowd.rate > rate_max) {
        fprintf(stderr, "birzha: crowd takes options only, and --rate is 1 to %d; try --help\n", rate_max);
        return EXIT_USAGE;
    }
    crowd.options = &options;
    crowd.random = seed;
    int code = prepare(&crowd, users_path, bots_count);
    if (code == EXIT_DONE) code = enter_all(&crowd);
    if (code == EXIT_DONE) {
        subscribe_all(&crowd);
        fprintf(stderr, "crowd: %u traders, %u instruments, %u requests a second\n", crowd.traders_count,
                crowd.instruments_count, crowd.rate);
        run(&crowd);
    }
    leave(&crowd);
    return code;
}
