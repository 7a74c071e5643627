/* test_market_data.c - what the public sees: snapshots, updates that follow without a gap, trades, tickers, halts. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/expect.h"
#include "tests/support/market.h"

/* ---- a reader's own book, kept from messages alone ---- */

enum { levels_max = 128, price_size = 24 };

struct level { char price[price_size]; long long quantity, orders; };
struct side_book { struct level levels[levels_max]; int count; };
struct local_book { struct side_book bids, asks; long long md_seq; };

static double level_price(const struct level *level) { return strtod(level->price, NULL); }

/* Puts one level where it belongs; best first: bids fall, asks rise. Quantity 0 takes it away. */
static void side_apply(struct side_book *side, const cJSON *row, int rising) {
    struct level level = {.quantity = (long long)cJSON_GetArrayItem(row, 1)->valuedouble,
                          .orders = (long long)cJSON_GetArrayItem(row, 2)->valuedouble};
    snprintf(level.price, sizeof level.price, "%s", cJSON_GetArrayItem(row, 0)->valuestring);
    double sign = rising ? 1 : -1;
    int at = 0;
    while (at < side->count && sign * level_price(&side->levels[at]) < sign * level_price(&level)) at++;
    int exists = at < side->count && strcmp(side->levels[at].price, level.price) == 0;
    if (level.quantity == 0) {
        cr_assert(exists, "removes %s, which is not there", level.price);
        memmove(&side->levels[at], &side->levels[at + 1], (size_t)(side->count - at - 1) * sizeof level);
        side->count--;
        return;
    }
    if (!exists) {
        cr_assert_lt(side->count, levels_max);
        memmove(&side->levels[at + 1], &side->levels[at], (size_t)(side->count - at) * sizeof level);
        side->count++;
    }
    side->levels[at] = level;
}

static void book_apply(struct local_book *book, const cJSON *message) {
    const cJSON *row;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(message, "bids")) side_apply(&book->bids, row, 0);
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(message, "asks")) side_apply(&book->asks, row, 1);
    book->md_seq = (long long)cJSON_GetObjectItemCaseSensitive(message, "md_seq")->valuedouble;
}

static void side_equal(const struct side_book *side, const cJSON *rows, const char *name) {
    cr_assert_eq(side->count, cJSON_GetArraySize(rows), "%s: %d levels here, %d there", name, side->count,
                 cJSON_GetArraySize(rows));
    for (int i = 0; i < side->count; i++) {
        const cJSON *row = cJSON_GetArrayItem(rows, i);
        cr_assert_str_eq(side->levels[i].price, cJSON_GetArrayItem(row, 0)->valuestring, "%s, level %d", name, i);
        cr_assert_eq(side->levels[i].quantity, (long long)cJSON_GetArrayItem(row, 1)->valuedouble, "%s, level %d",
                     name, i);
        cr_assert_eq(side->levels[i].orders, (long long)cJSON_GetArrayItem(row, 2)->valuedouble, "%s, level %d",
                     name, i);
    }
}

static void subscribe(struct client *client, const char *members) {
    client_send(client, "{'type':'subscribe','req_id':'sub','symbols':['DY-SMP-EX'],%s}", members);
    client_expect(client, "{'type':'ack','req_id':'sub'}");
}

static void subscribe_book(struct client *client, int depth, struct local_book *book) {
    char members[64];
    snprintf(members, sizeof members, "'channel':'book','depth':%d", depth);
    subscribe(client, members);
    memset(book, 0, sizeof *book);
    book_apply(book, client_expect(client, "{'type':'book_snapshot','symbol':'DY-SMP-EX','bids':'*','asks':'*'}"));
}

/* Takes all updates up to a fence; each must follow the one before it. */
static void follow_book(struct client *client, struct local_book *book) {
    client_send(client, "{'type':'no_such_request','req_id':'end'}");
    for (;;) {
        const cJSON *message = client_receive(client);
        const char *type = client_text(client, "type");
        if (strcmp(type, "error") == 0) return;
        cr_assert_str_eq(type, "book_update", "%s", client->line);
        cr_assert_eq(client_number(client, "prev_md_seq"), book->md_seq, "%s", client->line);
        cr_assert_gt(client_number(client, "md_seq"), book->md_seq, "%s", client->line);
        book_apply(book, message);
    }
}

/* ---- tests ---- */

Test(market_data, public_data_needs_no_logon) {
    struct market market;
    market_open(&market);
    struct client *reader = client_open(&market.server);
    order_enter(market.dairy, "s1", "sell", 2, "2700.00", "");
    order_enter(market.dairy, "s2", "sell", 3, "2700.00", "");
    order_enter(market.dairy, "s3", "sell", 1, "2710.00", "");
    order_enter(market.food, "b1", "buy", 4, "2690.00", "");
    client_send(reader, "{'type':'subscribe','req_id':1,'channel':'book','symbols':['DY-SMP-EX']}");
    client_expect(reader, "{'type':'ack','req_id':1,'channel':'book','symbols':['DY-SMP-EX']}");
    client_expect(reader, "{'type':'book_snapshot','symbol':'DY-SMP-EX','md_seq':'*','bids':[['2690.00',4,1]],"
                          "'asks':[['2700.00',5,2],['2710.00',1,1]],'seq':null}");
    client_close(reader);
    market_close(&market);
}

Test(market_data, each_change_is_one_update_of_absolute_levels) {
    struct market market;
    market_open(&market);
    struct client *reader = client_open(&market.server);
    struct local_book book;
    subscribe_book(reader, 20, &book);
    cr_expect(book.bids.count == 0 && book.asks.count == 0);
    long long previous = book.md_seq;
    order_enter(market.dairy, "s1", "sell", 2, "2700.00", "");
    client_expect(reader, "{'type':'book_update','symbol':'DY-SMP-EX','prev_md_seq':%lld,'bids':[],"
                  "'asks':[['2700.00',2,1]]}",
                  previous);
    previous = client_number(reader, "md_seq");
    order_enter(market.dairy, "s2", "sell", 3, "2700.00", "");
    client_expect(reader, "{'type':'book_update','prev_md_seq':%lld,'asks':[['2700.00',5,2]]}", previous);
    previous = client_number(reader, "md_seq");
    order_enter(market.food, "b1", "buy", 1, "2700.00", "");
    client_expect(reader, "{'type':'book_update','prev_md_seq':%lld,'bids':[],'asks':[['2700.00',4,2]]}", previous);
    previous = client_number(reader, "md_seq");
    expect_fill(market.food, "b1", 1, "2700.00", "taker", "filled");
    order_enter(market.food, "b2", "buy", 6, "2700.00", "");
    client_expect(reader, "{'type':'book_update','prev_md_seq':%lld,'bids':[['2700.00',2,1]],'asks':[['2700.00',0,0]]}",
                  previous);
    previous = client_number(reader, "md_seq");
    client_send(market.food, "{'type':'mass_cancel'}");
    client_expect(reader, "{'type':'book_update','prev_md_seq':%lld,'bids':[['2700.00',0,0]],'asks':[]}", previous);
    order_enter(market.trade, "no-trace", "buy", 1, "2700.00", ",'time_in_force':'ioc'");
    expect_report(market.trade, "canceled", "no-trace", "");
    order_enter(market.trade, "stop", "sell", 1, NULL, ",'ord_type':'stop','stop_px':'2600.00'");
    order_enter(market.trade, "aon", "sell", 1, "2800.00", ",'all_or_none':true");
    client_expect_quiet(reader);
    client_close(reader);
    market_close(&market);
}

Test(market_data, an_iceberg_shows_its_slice_only) {
    struct market market;
    market_open(&market);
    struct client *reader = client_open(&market.server);
    struct local_book book;
    subscribe_book(reader, 20, &book);
    order_enter(market.dairy, "ice", "sell", 12, "2700.00", ",'display_qty':5");
    client_expect(reader, "{'type':'book_update','asks':[['2700.00',5,1]]}");
    order_enter(market.food, "b1", "buy", 11, "2700.00", "");
    client_expect(reader, "{'type':'book_update','asks':[['2700.00',1,1]],'bids':[]}");
    client_close(reader);
    market_close(&market);
}

/* The book moves at random; readers of 3, 20 and 100 levels keep up, and each book is what a newcomer gets. */
Test(market_data, a_followed_book_equals_a_fresh_snapshot) {
    enum { rounds = 10, moves = 40, readers_count = 3 };
    static const int depths[readers_count] = {3, 20, 100};
    static struct local_book books[readers_count];
    struct market market;
    market_open(&market);
    struct client *readers[readers_count];
    for (int r = 0; r < readers_count; r++) {
        readers[r] = client_open(&market.server);
        subscribe_book(readers[r], depths[r], &books[r]);
    }
    unsigned seed = 20210628;
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < moves; i++) {
            seed = seed * 1664525u + 1013904223u;
            struct client *who = (seed >> 8) % 2 ? market.dairy : market.food;
            char id[32], price[32];
            snprintf(id, sizeof id, "m%d-%d", round, i);
            snprintf(price, sizeof price, "%u.00", 2500 + (seed >> 10) % 80 * 5);
            order_send(who, id, (seed >> 9) % 2 ? "buy" : "sell", (int)(1 + (seed >> 20) % 9), price,
                       (seed >> 24) % 8 == 0 ? ",'time_in_force':'ioc'" : ",'stp':'cancel_oldest'");
            if ((seed >> 27) % 4 != 0) continue;
            client_send(who, "{'type':'cancel_order','orig_cl_ord_id':'m%d-%d'}", round, i / 2);
        }
        for (struct client *who = market.dairy;; who = market.food) {
            client_send(who, "{'type':'no_such_request','req_id':'end'}");
            do client_receive(who);
            while (strstr(who->line, "\"end\"") == NULL);
            if (who == market.food) break;
        }
        for (int r = 0; r < readers_count; r++) {
            follow_book(readers[r], &books[r]);
            struct local_book fresh;
            struct client *newcomer = client_open(&market.server);
            subscribe_book(newcomer, depths[r], &fresh);
            side_equal(&books[r].bids, cJSON_GetObjectItemCaseSensitive(newcomer->message, "bids"), "bids");
            side_equal(&books[r].asks, cJSON_GetObjectItemCaseSensitive(newcomer->message, "asks"), "asks");
            cr_assert_leq(fresh.bids.count, depths[r]);
            client_close(newcomer);
        }
    }
    cr_expect_gt(books[1].bids.count + books[1].asks.count, 4, "the market hardly moved");
    for (int r = 0; r < readers_count; r++) client_close(readers[r]);
    market_close(&market);
}

Test(market_data, depth_shows_the_best_levels_and_brings_up_the_next) {
    struct market market;
    market_open(&market);
    struct client *reader = client_open(&market.server);
    struct local_book book;
    order_enter(market.dairy, "s1", "sell", 1, "2700.00", "");
    order_enter(market.dairy, "s2", "sell", 2, "2705.00", "");
    order_enter(market.dairy, "s3", "sell", 3, "2710.00", "");
    subscribe_book(reader, 2, &book);
    cr_expect_eq(book.asks.count, 2);
    order_enter(market.dairy, "s4", "sell", 4, "2715.00", "");
    client_expect_quiet(reader);
    client_send(market.dairy, "{'type':'cancel_order','orig_cl_ord_id':'s1'}");
    expect_report(market.dairy, "canceled", "s1", "");
    follow_book(reader, &book);
    cr_assert_eq(book.asks.count, 2);
    cr_expect_str_eq(book.asks.levels[0].price, "2705.00");
    cr_expect_str_eq(book.asks.levels[1].price, "2710.00");
    cr_expect_eq(book.asks.levels[1].quantity, 3);
    client_close(reader);
    market_close(&market);
}

Test(market_data, trades_name_no_parties) {
    struct market market;
    market_open(&market);
    struct client *reader = client_open(&market.server);
    subscribe(reader, "'channel':'trades'");
    char trade_ids[2][64];
    for (int i = 0; i < 2; i++) {
        const char *const names[] = {"t1", "t2"};
        order_enter(market.dairy, names[i], "sell", 2 + i, "2700.00", "");
        order_enter(market.food, names[i], "buy", 2 + i, "2700.00", "");
        expect_fill(market.food, names[i], 2 + i, "2700.00", "taker", "filled");
        client_copy(market.food, "trade_id", trade_ids[i], sizeof trade_ids[i]);
        expect_fill(market.dairy, names[i], 2 + i, "2700.00", "maker", "filled");
    }
    client_expect(reader, "{'type':'trade','symbol':'DY-SMP-EX','md_seq':'*','prev_md_seq':'*','trade_id':'%s',"
                          "'price':'2700.00','qty':2,'deal_class':'export','condition':'continuous',"
                          "'trade_date':'2021-06-28','ts':'2021-06-28T06:00:00.000000000Z','seq':null}", trade_ids[0]);
    cr_expect_null(strstr(reader->line, "FOOD"), "%s", reader->line);
    cr_expect_null(strstr(reader->line, "DAIRY"), "%s", reader->line);
    long long previous = client_number(reader, "md_seq");
    client_expect(reader, "{'type':'trade','trade_id':'%s','qty':3,'prev_md_seq':%lld}", trade_ids[1], previous);
    client_expect_quiet(reader);
    client_close(reader);
    market_close(&market);
}

Test(market_data, a_ticker_gives_the_last_price_and_the_best) {
    struct market market;
    market_open(&market);
    struct client *reader = client_open(&market.server);
    order_enter(market.dairy, "s1", "sell", 2, "2720.00", "");
    order_enter(market.dairy, "s2", "sell", 2, "2725.00", "");
    order_enter(market.food, "b0", "buy", 2, "2715.00", "");
    subscribe(reader, "'channel':'ticker'");
    order_enter(market.food, "b1", "buy", 2, "2720.00", "");
    client_send(reader, "{'type':'no_such_request','req_id':'end'}");
    char last[client_line_max + 1] = "";
    for (;;) {
        client_receive(reader);
        if (strcmp(client_text(reader, "type"), "error") == 0) break;
        cr_assert_str_eq(client_text(reader, "type"), "ticker", "%s", reader->line);
        cr_assert_str_eq(client_text(reader, "symbol"), "DY-SMP-EX");
        memcpy(last, reader->line, sizeof last);
    }
    static const char *const figures[] = {"\"2720.00\"", "\"2725.00\"", "\"2715.00\""};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        cr_expect_not_null(strstr(last, figures[i]), "no %s in the last ticker: %s", figures[i], last);
    client_close(reader);
    market_close(&market);
}

Test(market_data, a_halt_shows_in_the_status) {
    struct market market;
    market_open(&market);
    struct client *reader = client_open(&market.server);
    subscribe(reader, "'channel':'status'");
    client_send(market.root, "{'type':'admin_halt','symbol':'DY-SMP-EX'}");
    client_expect(market.root, "{'type':'ack'}");
    const char *phase;
    do client_expect(reader, "{'type':'status','symbol':'DY-SMP-EX','phase':'*'}");
    while (strcmp(phase = client_text(reader, "phase"), "continuous") == 0);
    cr_expect_str_eq(phase, "halted");
    client_send(market.root, "{'type':'admin_resume','symbol':'DY-SMP-EX'}");
    client_expect(market.root, "{'type':'ack'}");
    client_expect(reader, "{'type':'status','symbol':'DY-SMP-EX','phase':'continuous'}");
    client_expect_quiet(reader);
    client_close(reader);
    market_close(&market);
}

/* Collects "session/phase" of every status message up to a fence. */
static void collect_phases(struct client *reader, char *phases, size_t size) {
    *phases = '\0';
    client_send(reader, "{'type':'no_such_request','req_id':'end'}");
    for (;;) {
        client_receive(reader);
        if (strcmp(client_text(reader, "type"), "error") == 0) return;
        size_t length = strlen(phases);
        const char *session = client_text(reader, "session"), *phase = client_text(reader, "phase");
        snprintf(phases + length, size - length, "%s/%s ", session, phase);
    }
}

Test(market_data, a_scheduled_session_shows_its_phases) {
    struct server server;
    char phases[256];
    server_start(&server, "tests/e2e/worlds/scheduled.json");
    struct client *reader = client_open(&server), *root = client_logon(&server, "root");
    subscribe(reader, "'channel':'status'");
    collect_phases(reader, phases, sizeof phases);
    clock_move(root, "2021-06-28T06:00:00Z");
    client_expect(reader, "{'type':'status','symbol':'DY-SMP-EX','session':'AGRI-DAY','phase':'continuous',"
                          "'ts':'2021-06-28T06:00:00.000000000Z'}");
    clock_move(root, "2021-06-28T14:00:00Z");
    client_expect(reader, "{'type':'status','symbol':'DY-SMP-EX','session':'AGRI-DAY','phase':'closed',"
                          "'ts':'2021-06-28T14:00:00.000000000Z'}");
    client_close(reader);
    client_close(root);
    server_stop(&server);
}

/* Everything due on the way happens, in order: also when the clock is moved over a whole day at once. */
Test(market_data, no_phase_is_left_out_when_the_clock_jumps) {
    struct server server;
    char phases[256];
    server_start(&server, "tests/e2e/worlds/scheduled.json");
    struct client *reader = client_open(&server), *root = client_logon(&server, "root");
    subscribe(reader, "'channel':'status'");
    collect_phases(reader, phases, sizeof phases);
    clock_move(root, "2021-06-28T14:00:00Z");
    client_expect_quiet(root);
    collect_phases(reader, phases, sizeof phases);
    cr_expect_str_eq(phases, "AGRI-DAY/continuous AGRI-DAY/closed ");
    client_close(reader);
    client_close(root);
    server_stop(&server);
}

Test(market_data, subscriptions_take_all_and_end) {
    struct market market;
    market_open(&market);
    struct client *reader = client_open(&market.server);
    client_send(reader, "{'type':'subscribe','channel':'book','symbols':'all'}");
    client_expect(reader, "{'type':'ack','channel':'book'}");
    char seen[256] = "";
    for (int i = 0; i < 3; i++) {
        client_expect(reader, "{'type':'book_snapshot','bids':[],'asks':[]}");
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s ", client_text(reader, "symbol"));
    }
    cr_expect(strstr(seen, "DY-SMP-EX") && strstr(seen, "DY-BUT-825") && strstr(seen, "MT-REBAR-12"), "%s", seen);
    client_send(reader, "{'type':'unsubscribe','req_id':2,'channel':'book','symbols':['DY-SMP-EX']}");
    client_expect(reader, "{'type':'ack','req_id':2,'channel':'book'}");
    order_enter(market.dairy, "s1", "sell", 1, "2700.00", "");
    client_expect_quiet(reader);
    order_enter(market.dairy, "s2", "sell", 1, "5130.00", ",'symbol':'DY-BUT-825'");
    client_expect(reader, "{'type':'book_update','symbol':'DY-BUT-825'}");
    client_send(reader, "{'type':'subscribe','channel':'book','symbols':['DY-SMP-EX']}");
    client_expect(reader, "{'type':'ack'}");
    client_expect(reader, "{'type':'book_snapshot','symbol':'DY-SMP-EX','asks':[['2700.00',1,1]]}");
    client_send(reader, "{'type':'subscribe','req_id':3,'channel':'book','symbols':['DY-SMP-EX','DY-SOUP']}");
    client_expect(reader, "{'type':'error','req_id':3,'code':104,'reason':'instrument_unknown'}");
    client_close(reader);
    market_close(&market);
}
