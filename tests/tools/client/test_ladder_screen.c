/* test_ladder_screen.c - the ladder as lines, drawn by hand. */
#include <cjson/cJSON.h>
#include <criterion/criterion.h>

#include "tools/client/ladder_screen.h"
#include "tools/client/board.h"

static void feed(struct board *board, const char *line) {
    cJSON *message = cJSON_Parse(line);
    cr_assert_not_null(message);
    board_apply(board, message);
    cJSON_Delete(message);
}

static void make(struct board *board) {
    board_init(board, "DY-SMP-EX");
    feed(board, "{\"type\":\"book_snapshot\",\"symbol\":\"DY-SMP-EX\",\"md_seq\":5,\"ts\":\"2021-06-28T06:00:01.1Z\","
         "\"bids\":[[\"2700.00\",8,2],[\"2695.00\",1,1],[\"2690.00\",5,1]],"
         "\"asks\":[[\"2710.00\",4,1],[\"2715.00\",2,1]]}");
    feed(board, "{\"type\":\"status\",\"symbol\":\"DY-SMP-EX\",\"phase\":\"continuous\"}");
}

static void draw(const struct board *board, uint32_t width, uint32_t height, struct output *output) {
    struct ladder_frame frame = {.width = width, .height = height, .footer = "q leaves", .style = &style_plain};
    ladder_screen_draw(board, &frame, output);
}

/* Width 42: the price takes 10 columns, 16 are left on either side, 2 of them for the longest bar. */
Test(ladder_screen, prices_stand_in_the_middle_with_bars_towards_the_outside) {
    struct board board;
    make(&board);
    struct output output = {0};
    draw(&board, 42, 8, &output);
    cr_assert_str_eq(output.bytes,
        "DY-SMP-EX  continuous         06:00:01 UTC\n"
        "------------------------------------------\n"
        "                 2715.00  # 2 (1)         \n"
        "                 2710.00  # 4 (1)         \n"
        "-------------- spread 10.00 --------------\n"
        "        (2) 8 ## 2700.00                  \n"
        "         (1) 1 # 2695.00                  \n"
        "q leaves                                  ");
    output_free(&output);
}

/* Width 76: 30 for the tape, 46 for the ladder, bars up to 4. */
Test(ladder_screen, a_wide_screen_shows_the_last_trades_at_the_right) {
    struct board board;
    make(&board);
    feed(&board, "{\"type\":\"trade\",\"symbol\":\"DY-SMP-EX\",\"price\":\"2705.00\",\"qty\":3,"
         "\"ts\":\"2021-06-28T06:00:02.1Z\"}");
    feed(&board, "{\"type\":\"trade\",\"symbol\":\"DY-SMP-EX\",\"price\":\"2700.00\",\"qty\":12,"
         "\"ts\":\"2021-06-28T06:00:03.1Z\"}");
    struct output output = {0};
    draw(&board, 76, 9, &output);
    cr_assert_str_eq(output.bytes,
        "DY-SMP-EX  continuous  last 2700.00                             06:00:03 UTC\n"
        "----------------------------------------------------------------------------\n"
        "                   2715.00  # 2 (1)            | 06:00:03    2700.00 -    12\n"
        "                   2710.00  ## 4 (1)           | 06:00:02    2705.00       3\n"
        "---------------- spread 10.00 ---------------- | \n"
        "        (2) 8 #### 2700.00                     | \n"
        "           (1) 1 # 2695.00                     | \n"
        "\n"
        "q leaves                                                                    ");
    output_free(&output);
}

Test(ladder_screen, every_size_gives_exactly_its_lines_and_never_more_columns) {
    struct board board;
    make(&board);
    const struct { uint32_t width, height, columns, lines; } cases[] = {
        {80, 24, 80, 24}, {132, 50, 132, 50}, {40, 8, 40, 8}, {1, 1, 40, 8}, {75, 9, 75, 9}, {301, 101, 301, 101},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct output output = {0};
        draw(&board, cases[i].width, cases[i].height, &output);
        uint32_t lines = 1, columns = 0, widest = 0;
        for (size_t at = 0; at < output.size; at++) {
            columns = output.bytes[at] == '\n' ? 0 : columns + 1;
            lines += output.bytes[at] == '\n';
            if (columns > widest) widest = columns;
        }
        cr_assert_eq(lines, cases[i].lines, "%u lines at %ux%u", lines, cases[i].width, cases[i].height);
        cr_assert_leq(widest, cases[i].columns, "%u columns at %ux%u", widest, cases[i].width, cases[i].height);
        output_free(&output);
    }
}

Test(ladder_screen, an_empty_book_has_a_line_without_a_spread) {
    struct board board;
    board_init(&board, "X");
    struct output output = {0};
    draw(&board, 40, 8, &output);
    cr_assert_not_null(strstr(output.bytes, "\n----------------------------------------\n"));
    cr_assert_null(strstr(output.bytes, "spread"));
    output_free(&output);
}
