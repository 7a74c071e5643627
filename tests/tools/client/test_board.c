/* test_board.c - a board from messages. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>
#include <stdio.h>

#include "tools/client/board.h"

static enum board_change feed(struct board *board, const char *line) {
    cJSON *message = cJSON_Parse(line);
    cr_assert_not_null(message);
    enum board_change change = board_apply(board, message);
    cJSON_Delete(message);
    return change;
}

/* Both sides as "bids | asks", a level as price x lots. */
static void assert_depth(const struct board *board, const char *expected) {
    char text[512] = "";
    size_t size = 0;
    for (uint32_t i = 0; i < board->bids_count; i++) {
        size += (size_t)snprintf(text + size, sizeof text - size, "%s x %d ", board->bids[i].price,
                                 (int)board->bids[i].quantity);
    }
    size += (size_t)snprintf(text + size, sizeof text - size, "|");
    for (uint32_t i = 0; i < board->asks_count; i++) {
        size += (size_t)snprintf(text + size, sizeof text - size, " %s x %d", board->asks[i].price,
                                 (int)board->asks[i].quantity);
    }
    cr_assert_str_eq(text, expected);
}

#define SNAPSHOT "{\"type\":\"book_snapshot\",\"symbol\":\"X\",\"md_seq\":5,\"ts\":\"2021-06-28T06:00:01.1Z\"," \
    "\"bids\":[[\"100.00\",3,2],[\"99.50\",1,1]],\"asks\":[[\"100.50\",4,1]]}"

Test(board, updates_set_add_and_remove_levels) {
    struct board board;
    board_init(&board, "X");
    cr_assert_eq(feed(&board, SNAPSHOT), BOARD_BOOK);
    assert_depth(&board, "100.00 x 3 99.50 x 1 | 100.50 x 4");
    cr_assert_eq(feed(&board, "{\"type\":\"book_update\",\"symbol\":\"X\",\"md_seq\":6,\"prev_md_seq\":5,"
                      "\"bids\":[[\"99.50\",7,2],[\"100.25\",1,1]],\"asks\":[[\"101.00\",2,1],[\"100.50\",0,0]]}"),
                 BOARD_BOOK);
    assert_depth(&board, "100.25 x 1 100.00 x 3 99.50 x 7 | 101.00 x 2");
    cr_assert_str_eq(board.time, "06:00:01");
}

Test(board, prices_are_sorted_as_numbers_not_as_text) {
    struct board board;
    board_init(&board, "X");
    feed(&board, "{\"type\":\"book_snapshot\",\"symbol\":\"X\",\"md_seq\":1,"
         "\"bids\":[[\"99.50\",1,1],[\"1000.00\",1,1],[\"999.50\",1,1]],"
         "\"asks\":[[\"10000.00\",1,1],[\"2000.00\",1,1]]}");
    assert_depth(&board, "1000.00 x 1 999.50 x 1 99.50 x 1 | 2000.00 x 1 10000.00 x 1");
}

Test(board, a_gap_waits_for_the_next_snapshot) {
    struct board board;
    board_init(&board, "X");
    const char *later = "{\"type\":\"book_update\",\"symbol\":\"X\",\"md_seq\":8,\"prev_md_seq\":7,"
                        "\"bids\":[[\"99.50\",9,2]],\"asks\":[]}";
    cr_assert_eq(feed(&board, later), BOARD_UNCHANGED);
    feed(&board, SNAPSHOT);
    cr_assert_eq(feed(&board, later), BOARD_GAP);
    cr_assert_eq(feed(&board, later), BOARD_UNCHANGED);
    assert_depth(&board, "100.00 x 3 99.50 x 1 | 100.50 x 4");
    cr_assert_eq(feed(&board, SNAPSHOT), BOARD_BOOK);
}

Test(board, other_symbols_are_not_looked_at) {
    struct board board;
    board_init(&board, "Y");
    cr_assert_eq(feed(&board, SNAPSHOT), BOARD_UNCHANGED);
    cr_assert_eq(board.updates_count, 0);
}

Test(board, the_tape_keeps_the_newest_and_knows_the_direction) {
    struct board board;
    board_init(&board, "X");
    char line[256];
    for (int i = 1; i <= board_tape_max + 6; i++) {
        snprintf(line, sizeof line, "{\"type\":\"trade\",\"symbol\":\"X\",\"price\":\"%d.00\",\"qty\":%d}",
                 i == board_tape_max + 6 ? 1 : 100 + i, i);
        cr_assert_eq(feed(&board, line), BOARD_TRADE);
    }
    cr_assert_eq(board_trade_at(&board, 0)->quantity, board_tape_max + 6);
    cr_assert_eq(board_trade_at(&board, 0)->direction, -1);
    cr_assert_eq(board_trade_at(&board, 1)->direction, 1);
    cr_assert_eq(board_trade_at(&board, board_tape_max - 1)->quantity, 7);
    cr_assert_null(board_trade_at(&board, board_tape_max));
}

Test(board, more_levels_than_fit_leave_the_best) {
    struct board board;
    board_init(&board, "X");
    feed(&board, "{\"type\":\"book_snapshot\",\"symbol\":\"X\",\"md_seq\":1,\"bids\":[],\"asks\":[]}");
    char line[256];
    for (int i = 1; i <= board_levels_max + 5; i++) {
        snprintf(line, sizeof line, "{\"type\":\"book_update\",\"symbol\":\"X\",\"md_seq\":%d,\"prev_md_seq\":%d,"
                 "\"bids\":[[\"%d.00\",1,1]],\"asks\":[[\"%d.00\",1,1]]}", i + 1, i, i, i);
        feed(&board, line);
    }
    cr_assert_eq(board.bids_count, board_levels_max);
    cr_assert_eq(board.asks_count, board_levels_max);
    cr_assert_str_eq(board.bids[0].price, "105.00");
    cr_assert_str_eq(board.bids[board_levels_max - 1].price, "6.00");
    cr_assert_str_eq(board.asks[0].price, "1.00");
    cr_assert_str_eq(board.asks[board_levels_max - 1].price, "100.00");
}
