/* board.h - one symbol as its public messages tell it: depth, last trades, phase.
 *
 * A board is fed with messages and holds what a screen or a trader needs. Depth follows the protocol: a snapshot
 * replaces both sides, an update sets levels absolutely, quantity 0 removes one. The sequence of the book channel is
 * checked; a gap makes the board wait for the next snapshot, which the reader must ask for.
 *
 * Invariants: bids are sorted from the highest price down, asks from the lowest up; no level has quantity 0; at
 * most board_levels_max a side (the worst beyond that are forgotten).
 * Prices are kept as they were sent, and beside it as price keys (tick.h) for sorting and differences. */
#ifndef BIRZHA_CLIENT_BOARD_H
#define BIRZHA_CLIENT_BOARD_H

#include <stdint.h>

struct cJSON;

enum { board_levels_max = 100, board_tape_max = 64, board_text_size = 40 };

enum board_change {
    BOARD_UNCHANGED,       /* not for this board, or nothing new in it */
    BOARD_BOOK,
    BOARD_TRADE,
    BOARD_STATUS,
    BOARD_GAP,             /* updates are missing: subscribe again */
};

struct board_level {
    int64_t price_key;
    int64_t quantity, orders;
    char price[board_text_size];
};

struct board_trade {
    char time[board_text_size];        /* "06:00:01" */
    char price[board_text_size];
    int64_t price_key, quantity;
    int direction;                      /* against the trade before: -1, 0 or 1 */
};

struct board {
    char symbol[board_text_size];
    char phase[board_text_size];       /* "" until a status was seen */
    char time[board_text_size];        /* of the newest message: "06:00:01" */
    struct board_level bids[board_levels_max], asks[board_levels_max];
    uint32_t bids_count, asks_count;
    struct board_trade tape[board_tape_max];
    uint64_t trades_count;              /* ever; the newest is tape[(trades_count - 1) % board_tape_max] */
    uint64_t updates_count;             /* messages that changed something */
    int64_t book_sequence;              /* md_seq of the book channel; -1 = waits for a snapshot */
};

void board_init(struct board *board, const char *symbol);

/* Takes in one message of any kind. */
enum board_change board_apply(struct board *board, const struct cJSON *message);

/* The newest trade but `age`; NULL when there are not that many. */
const struct board_trade *board_trade_at(const struct board *board, uint32_t age);

#endif
