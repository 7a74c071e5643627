/* checks.c - see checks.h. */
#include "tools/load/checks.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "tools/client/ask.h"
#include "tools/client/message.h"
#include "tools/journal/reader.h"

/* Others trade while we look: what does not fit at once may fit a moment later. */
enum { book_depth = 100, book_tries = 8, book_pause_ms = 200, accounts_members_count = 6 };

__attribute__((format(printf, 3, 4)))
static void fail(struct checks *checks, enum check check, const char *format, ...) {
    if (checks->of[check].outcome == CHECK_FAILED) return;
    checks->of[check].outcome = CHECK_FAILED;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(checks->of[check].text, sizeof checks->of[check].text, format, arguments);
    va_end(arguments);
}

static void skip(struct checks *checks, enum check check, const char *why) {
    checks->of[check].outcome = CHECK_NOT_MADE;
    snprintf(checks->of[check].text, sizeof checks->of[check].text, "%s", why);
}

/* ---- orders and money ---- */

static void check_orders(struct load_run *run, struct link *link, struct checks *checks) {
    cJSON *answer = run_ask(run, link, ask_begin("open_orders_request", 0), "open_orders"), *row;
    uint32_t found_count = 0;
    if (answer == NULL) return;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(answer, "orders")) {
        const char *id = message_text(row, "order_id");
        const struct load_order *order = ledger_find(&run->ledger, (struct answer_text){ id, (uint32_t)strlen(id) });
        if (order == NULL || order->owner != link->index) continue;
        found_count++;
        if (order->leaves != message_integer(row, "leaves_qty") || order->filled != message_integer(row, "cum_qty"))
            fail(checks, VALID_LEDGER, "order %s: reports came to %" PRId64 " filled, %" PRId64 " open; the "
                 "exchange has %lld, %lld", id, order->filled, order->leaves, message_integer(row, "cum_qty"),
                 message_integer(row, "leaves_qty"));
    }
    if (found_count != run->ledger.own[link->index].count)
        fail(checks, VALID_LEDGER, "connection %u has %u open orders by its reports, the exchange lists %u of them",
             link->index, run->ledger.own[link->index].count, found_count);
    cJSON_Delete(answer);
}

/* credited = free + held + blocked + paying_out + paid_out + set_off */
static void check_money(struct load_run *run, struct link *link, struct checks *checks) {
    static const char *const parts[accounts_members_count] =
        { "free", "held", "blocked", "paying_out", "paid_out", "set_off" };
    cJSON *answer = run_ask(run, link, ask_begin("balances_request", 0), "balances"), *row;
    if (answer == NULL) return;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(answer, "accounts")) {
        int64_t sum = 0, credited = price_key(message_text(row, "credited"));
        for (int i = 0; i < accounts_members_count; i++) {
            const char *text = message_text(row, parts[i]);
            sum += text[0] == '-' ? -price_key(text + 1) : price_key(text);
        }
        if (sum != credited)
            fail(checks, VALID_LEDGER, "%s: of %s %s credited the parts come to another sum", link->user.user,
                 message_text(row, "credited"), message_text(row, "currency"));
    }
    cJSON_Delete(answer);
}

/* ---- the book ---- */

/* Lots of ours at one price of one side of one book. */
struct own_level { uint64_t key; int64_t lots; int is_seen; };
struct own_levels { struct own_level *levels; uint32_t count; };

static uint64_t level_key(const char *symbol, int is_buy, const char *price_text) {
    struct answer_text name = { symbol, (uint32_t)strlen(symbol) }, at = { price_text, (uint32_t)strlen(price_text) };
    return answer_text_hash(name) * 31 + answer_text_hash(at) * 2 + (uint64_t)is_buy;
}

static int compare_levels(const void *left, const void *right) {
    uint64_t a = ((const struct own_level *)left)->key, b = ((const struct own_level *)right)->key;
    return (a > b) - (a < b);
}

static struct own_levels sum_own(const struct ledger *ledger) {
    struct own_levels own = { calloc(ledger->orders_count + 1, sizeof *own.levels), 0 };
    uint32_t merged = 0;
    CHECK(own.levels != NULL);
    for (uint64_t i = 0; i < ledger->orders_capacity; i++) {
        const struct load_order *order = &ledger->orders[i];
        if (order->key == 0 || order->waits) continue;
        own.levels[own.count++] = (struct own_level){ level_key(order->symbol, order->is_buy, order->price),
                                                      order->leaves, 0 };
    }
    qsort(own.levels, own.count, sizeof *own.levels, compare_levels);
    for (uint32_t i = 0; i < own.count; i++) {
        if (merged > 0 && own.levels[merged - 1].key == own.levels[i].key)
            own.levels[merged - 1].lots += own.levels[i].lots;
        else own.levels[merged++] = own.levels[i];
    }
    own.count = merged;
    return own;
}

/* Returns how many levels of ours hold more than the book shows. */
static uint32_t compare_side(const cJSON *side, const char *symbol, int is_buy, struct own_levels *own) {
    const cJSON *level;
    uint32_t wrong_count = 0;
    cJSON_ArrayForEach(level, side) {
        const char *at = cJSON_GetStringValue(cJSON_GetArrayItem(level, 0));
        if (at == NULL) return 1;
        struct own_level wanted = { .key = level_key(symbol, is_buy, at) };
        struct own_level *found = bsearch(&wanted, own->levels, own->count, sizeof wanted, compare_levels);
        if (found == NULL) continue;
        found->is_seen = 1;
        wrong_count += (double)found->lots > cJSON_GetNumberValue(cJSON_GetArrayItem(level, 1));
    }
    return wrong_count;
}

/* Asks for every book that we have something in. Returns how many of our levels are wrong, -1 when it cannot be told.
 * A book of which more levels are there than are told is left alone: the rest of ours may stand behind them. */
static int compare_books(struct load_run *run, struct link *link) {
    struct own_levels own = sum_own(&run->ledger);
    uint32_t wrong_count = 0, unseen_count = 0, deep_count = 0;
    for (uint32_t i = 0; i < run->orderflow.instruments_count; i++) {
        const char *symbol = run->orderflow.instruments[i].symbol;
        cJSON *request = ask_begin("subscribe", 0);
        ask_text(request, "channel", "book");
        ask_list(request, "symbols", &symbol, 1);
        cJSON_AddNumberToObject(request, "depth", book_depth);
        cJSON *snapshot = run_ask(run, link, request, "book_snapshot");
        if (snapshot == NULL) {
            free(own.levels);
            return -1;
        }
        const cJSON *bids = cJSON_GetObjectItemCaseSensitive(snapshot, "bids");
        const cJSON *asks = cJSON_GetObjectItemCaseSensitive(snapshot, "asks");
        deep_count += cJSON_GetArraySize(bids) == book_depth || cJSON_GetArraySize(asks) == book_depth;
        wrong_count += compare_side(bids, symbol, 1, &own) + compare_side(asks, symbol, 0, &own);
        cJSON_Delete(snapshot);
        request = ask_begin("unsubscribe", 0);
        ask_text(request, "channel", "book");
        ask_list(request, "symbols", &symbol, 1);
        cJSON_Delete(run_ask(run, link, request, "ack"));
    }
    for (uint32_t i = 0; i < own.count; i++) unseen_count += !own.levels[i].is_seen;
    free(own.levels);
    return (int)(wrong_count + (deep_count == 0 ? unseen_count : 0));
}

static void check_book(struct load_run *run, struct checks *checks) {
    int wrong_count = -1;
    for (int i = 0; i < book_tries && wrong_count != 0; i++) {
        run_listen(run, (int64_t)book_pause_ms * 1000000 * (i > 0));
        if (!run->links[0].is_lost) wrong_count = compare_books(run, &run->links[0]);
    }
    if (wrong_count < 0) fail(checks, VALID_BOOK, "the books could not be asked for");
    else if (wrong_count > 0)
        fail(checks, VALID_BOOK, "at %d prices we have more in the market than the public book shows", wrong_count);
}

/* ---- replay ---- */

static cJSON *ask_digest(const struct load_run *run, const struct check_plan *plan) {
    static struct peer peer;
    static char reply[peer_line_size_max];
    char *line;
    cJSON *digest = NULL;
    if (peer_open(&peer, run->address, run->timeout_ms, NULL) != PEER_OK) return NULL;
    enum peer_status status = peer_logon(&peer, plan->admin, plan->admin_password, "", run->timeout_ms, reply);
    if (status == PEER_OK) status = peer_send_line(&peer, "{\"type\":\"admin_digest\"}", run->timeout_ms);
    while (status == PEER_OK && digest == NULL) {
        status = peer_read_line(&peer, run->timeout_ms, &line);
        if (status == PEER_OK && peer_line_is(line, "error")) break;
        if (status == PEER_OK && peer_line_is(line, "digest")) digest = cJSON_Parse(line);
    }
    peer_close(&peer);
    return digest;
}

/* The state behind command `sequence`. 0, or -1 and a line in `error`. */
static int replay_to(const char *folder, uint64_t sequence, uint64_t *hash, char *error, size_t error_size) {
    struct reader reader;
    struct follower follower = { .exchange = NULL };
    const struct command *command;
    uint64_t reached = 0;
    if (reader_open(&reader, folder, error, error_size) < 0) return -1;
    while (reached < sequence && (command = reader_next(&reader)) != NULL) {
        if (follower.exchange == NULL && follower_open(&follower, &reader) < 0) break;
        follower_apply(&follower, command);
        reached = command->sequence;
    }
    if (follower.exchange != NULL) {
        *hash = exchange_digest(follower.exchange);
        follower_close(&follower);
    }
    reader_close(&reader);
    if (reached == sequence) return 0;
    snprintf(error, error_size, "the journal in %s ends at command %" PRIu64 ", the server is at %" PRIu64, folder,
             reached, sequence);
    return -1;
}

static void check_replay(const struct load_run *run, const struct check_plan *plan, struct checks *checks) {
    char error[256], text[24];
    uint64_t hash = 0;
    if (plan->journal == NULL) {
        skip(checks, VALID_REPLAY, "--data DIR names the journal of the server, if it has one here");
        return;
    }
    cJSON *digest = ask_digest(run, plan);
    if (digest == NULL) {
        skip(checks, VALID_REPLAY, "the digest takes an administrator: --admin USER --admin-password PASSWORD");
        return;
    }
    uint64_t sequence = (uint64_t)message_integer(digest, "sequence");
    if (replay_to(plan->journal, sequence, &hash, error, sizeof error) < 0) {
        fail(checks, VALID_REPLAY, "%s", error);
    } else {
        snprintf(text, sizeof text, "%016" PRIx64, hash);
        if (strcmp(text, message_text(digest, "state_hash")) != 0)
            fail(checks, VALID_REPLAY, "behind command %" PRIu64 " the server is in state %s, its journal gives %s",
                 sequence, message_text(digest, "state_hash"), text);
        else snprintf(checks->of[VALID_REPLAY].text, fault_text_size, "%" PRIu64 " commands, state %s", sequence, text);
    }
    cJSON_Delete(digest);
}

/* ---- all ---- */

void checks_make(struct load_run *run, uint64_t unanswered, const struct check_plan *plan, struct checks *checks) {
    memset(checks, 0, sizeof *checks);
    if (unanswered > 0) fail(checks, VALID_ACCOUNTED, "%" PRIu64 " requests have no answer", unanswered);
    for (uint32_t i = 0; i < run->links_count; i++) {
        check_orders(run, &run->links[i], checks);
        check_money(run, &run->links[i], checks);
    }
    if (plan->is_recorded) skip(checks, VALID_BOOK, "recorded orders may stand in it unseen");
    else check_book(run, checks);
    check_replay(run, plan, checks);
    const struct ledger *ledger = &run->ledger;
    if (run->is_lost) fail(checks, VALID_ACCOUNTED, "%s", ledger->first_fault);
    if (ledger->gaps_count > 0) fail(checks, VALID_SEQUENCES, "%s", ledger->first_gap);
    if (ledger->faults_count > 0) fail(checks, VALID_LEDGER, "%s", ledger->first_fault);
}

int checks_are_good(const struct checks *checks) {
    for (int i = 0; i < VALID_COUNT; i++) {
        if (checks->of[i].outcome == CHECK_FAILED) return 0;
    }
    return 1;
}
