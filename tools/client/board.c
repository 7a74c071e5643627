/* board.c - depth, tape and phase from messages; see board.h. */
#include "tools/client/board.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "tools/client/message.h"
#include "tools/client/tick.h"

enum board_side { BOARD_BIDS, BOARD_ASKS };

void board_init(struct board *board, const char *symbol) {
    memset(board, 0, sizeof *board);
    snprintf(board->symbol, sizeof board->symbol, "%s", symbol);
    board->book_sequence = -1;
}

static void keep_text(char *kept, const char *text) {
    snprintf(kept, board_text_size, "%.*s", board_text_size - 1, text);
}

/* "2021-06-28T06:00:01.1..." -> "06:00:01". */
static void keep_time(char *kept, const cJSON *message) {
    const char *ts = message_text(message, "ts");
    if (strlen(ts) >= 19) snprintf(kept, board_text_size, "%.8s", ts + 11);
}

static int is_better(enum board_side side, int64_t key, int64_t than) {
    return side == BOARD_BIDS ? key > than : key < than;
}

/* Sets the level at `price` to `quantity`, which removes it when 0. */
static void set_level(struct board_level *levels, uint32_t *count, enum board_side side, const char *price,
                      int64_t quantity, int64_t orders) {
    int64_t key = price_key(price);
    uint32_t at = 0;
    while (at < *count && is_better(side, levels[at].price_key, key)) at++;
    int exists = at < *count && levels[at].price_key == key;
    if (quantity <= 0) {
        if (!exists) return;
        memmove(&levels[at], &levels[at + 1], (*count - at - 1) * sizeof levels[0]);
        (*count)--;
        return;
    }
    if (!exists) {
        if (at == board_levels_max) return;
        if (*count == board_levels_max) (*count)--;
        memmove(&levels[at + 1], &levels[at], (*count - at) * sizeof levels[0]);
        (*count)++;
    }
    levels[at].price_key = key;
    levels[at].quantity = quantity;
    levels[at].orders = orders;
    keep_text(levels[at].price, price);
}

static int64_t integer_at(const cJSON *list, int index) {
    const cJSON *item = cJSON_GetArrayItem(list, index);
    return cJSON_IsNumber(item) ? (int64_t)cJSON_GetNumberValue(item) : 0;
}

static void set_levels(struct board *board, enum board_side side, const cJSON *message) {
    struct board_level *levels = side == BOARD_BIDS ? board->bids : board->asks;
    uint32_t *count = side == BOARD_BIDS ? &board->bids_count : &board->asks_count;
    const cJSON *level;
    cJSON_ArrayForEach(level, cJSON_GetObjectItemCaseSensitive(message, side == BOARD_BIDS ? "bids" : "asks")) {
        const char *price = cJSON_GetStringValue(cJSON_GetArrayItem(level, 0));
        if (price != NULL) set_level(levels, count, side, price, integer_at(level, 1), integer_at(level, 2));
    }
}

static enum board_change apply_book(struct board *board, const cJSON *message, int snapshot) {
    if (!snapshot) {
        if (board->book_sequence < 0) return BOARD_UNCHANGED;
        if (message_integer(message, "prev_md_seq") != board->book_sequence) {
            board->book_sequence = -1;
            return BOARD_GAP;
        }
    } else {
        board->bids_count = board->asks_count = 0;
    }
    board->book_sequence = message_integer(message, "md_seq");
    set_levels(board, BOARD_BIDS, message);
    set_levels(board, BOARD_ASKS, message);
    return BOARD_BOOK;
}

static enum board_change apply_trade(struct board *board, const cJSON *message) {
    const struct board_trade *before = board_trade_at(board, 0);
    struct board_trade trade = {.quantity = message_integer(message, "qty")};
    keep_time(trade.time, message);
    keep_text(trade.price, message_text(message, "price"));
    trade.price_key = price_key(trade.price);
    if (before != NULL) {
        trade.direction = (trade.price_key > before->price_key) - (trade.price_key < before->price_key);
    }
    board->tape[board->trades_count++ % board_tape_max] = trade;
    return BOARD_TRADE;
}

enum board_change board_apply(struct board *board, const struct cJSON *message) {
    if (strcmp(message_text(message, "symbol"), board->symbol) != 0) return BOARD_UNCHANGED;
    enum board_change change = BOARD_UNCHANGED;
    if (message_is(message, "book_snapshot")) change = apply_book(board, message, 1);
    else if (message_is(message, "book_update")) change = apply_book(board, message, 0);
    else if (message_is(message, "trade")) change = apply_trade(board, message);
    else if (message_is(message, "status")) {
        keep_text(board->phase, message_text(message, "phase"));
        change = BOARD_STATUS;
    }
    if (change == BOARD_UNCHANGED) return change;
    keep_time(board->time, message);
    board->updates_count++;
    return change;
}

const struct board_trade *board_trade_at(const struct board *board, uint32_t age) {
    if (age >= board->trades_count || age >= board_tape_max) return NULL;
    return &board->tape[(board->trades_count - 1 - age) % board_tape_max];
}
