/* ladder_screen.c - rows of the ladder from top to bottom; see ladder_screen.h. */
#include "tools/client/ladder_screen.h"

#include <stdio.h>
#include <string.h>

#include "tools/client/board.h"
#include "tools/client/tick.h"

enum { tape_width = 30, half_text_width = 14, rows_fixed = 4 };

/* Where things stand on the screen, in columns and rows. */
struct layout {
    uint32_t width, side_rows;
    uint32_t ladder_width;      /* without the tape */
    uint32_t half_width;        /* left or right of the price */
    uint32_t price_width;
    uint32_t bar_max;
    uint32_t tape_rows;         /* 0 = no tape */
    int64_t quantity_max;       /* of the levels shown */
};

static uint32_t min_u32(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static void consider(struct layout *layout, const struct board_level *levels, uint32_t count) {
    for (uint32_t i = 0; i < min_u32(count, layout->side_rows); i++) {
        uint32_t price_width = (uint32_t)strlen(levels[i].price) + 2;
        if (price_width > layout->price_width) layout->price_width = price_width;
        if (levels[i].quantity > layout->quantity_max) layout->quantity_max = levels[i].quantity;
    }
}

static struct layout lay_out(const struct board *board, const struct ladder_frame *frame) {
    struct layout layout = {.price_width = 10, .quantity_max = 1};
    uint32_t height = frame->height < ladder_height_min ? ladder_height_min : frame->height;
    layout.width = frame->width < ladder_width_min ? ladder_width_min : frame->width;
    layout.side_rows = min_u32((height - rows_fixed) / 2, ladder_side_rows_max);
    layout.tape_rows = layout.width >= ladder_tape_width_min ? 2 * layout.side_rows + 1 : 0;
    layout.ladder_width = layout.tape_rows > 0 ? layout.width - tape_width : layout.width;
    consider(&layout, board->bids, board->bids_count);
    consider(&layout, board->asks, board->asks_count);
    layout.half_width = (layout.ladder_width - min_u32(layout.price_width, layout.ladder_width)) / 2;
    layout.bar_max = layout.half_width > half_text_width ? layout.half_width - half_text_width : 0;
    return layout;
}

/* At least one column for anything that is there. */
static uint32_t bar_length(const struct layout *layout, int64_t quantity) {
    uint32_t length = (uint32_t)(quantity * layout->bar_max / layout->quantity_max);
    return length == 0 && layout->bar_max > 0 ? 1 : length;
}

/* "12 (3)": lots and, where told, orders. Never wider than half_text_width - 1. */
static void level_text(const struct board_level *level, char *text, size_t size, int quantity_first) {
    char orders[16] = "";
    if (level->orders > 0 && level->orders < 1000) snprintf(orders, sizeof orders, "(%d)", (int)level->orders);
    const char *gap = orders[0] != '\0' ? " " : "";
    if (quantity_first) snprintf(text, size, "%lld%s%s", (long long)level->quantity, gap, orders);
    else snprintf(text, size, "%s%s%lld", orders, gap, (long long)level->quantity);
}

static void centre(struct output *output, const char *text, uint32_t width) {
    uint32_t columns = min_u32(output_columns(text), width);
    output_repeat(output, " ", (width - columns) / 2);
    output_left(output, text, width - (width - columns) / 2);
}

static void draw_ask(const struct layout *layout, const struct board_level *level, const struct style *style,
                     struct output *output) {
    char text[32];
    level_text(level, text, sizeof text, 1);
    output_repeat(output, " ", layout->half_width);
    output_add(output, style->sell);
    centre(output, level->price, layout->price_width);
    uint32_t bar = bar_length(layout, level->quantity);
    output_repeat(output, style->bar, bar);
    output_add(output, style->plain);
    output_add(output, " ");
    output_left(output, text, layout->half_width - bar - 1);
}

static void draw_bid(const struct layout *layout, const struct board_level *level, const struct style *style,
                     struct output *output) {
    char text[32];
    level_text(level, text, sizeof text, 0);
    uint32_t bar = bar_length(layout, level->quantity);
    output_right(output, text, layout->half_width - bar - 1);
    output_add(output, " ");
    output_add(output, style->buy);
    output_repeat(output, style->bar, bar);
    centre(output, level->price, layout->price_width);
    output_add(output, style->plain);
    output_repeat(output, " ", layout->half_width);
}

static void draw_spread(const struct board *board, const struct layout *layout, const struct style *style,
                        struct output *output) {
    char text[64] = "";
    if (board->bids_count > 0 && board->asks_count > 0) {
        char decimal[price_text_size];
        price_key_text(board->asks[0].price_key - board->bids[0].price_key,
                       min_u32(price_places(board->asks[0].price), price_key_places), decimal);
        snprintf(text, sizeof text, " spread %s ", decimal);
    }
    uint32_t width = 2 * layout->half_width + layout->price_width;
    uint32_t columns = min_u32(output_columns(text), width), left = (width - columns) / 2;
    output_add(output, style->faint);
    output_repeat(output, style->line, left);
    output_left(output, text, columns);
    output_repeat(output, style->line, width - columns - left);
    output_add(output, style->plain);
}

static void draw_ladder_row(const struct board *board, const struct layout *layout, uint32_t row,
                            const struct style *style, struct output *output) {
    uint32_t rows = layout->side_rows, blank = 2 * layout->half_width + layout->price_width;
    if (row == rows) {
        draw_spread(board, layout, style, output);
    } else if (row < rows) {
        uint32_t level = rows - 1 - row;
        if (level < board->asks_count) draw_ask(layout, &board->asks[level], style, output);
        else output_repeat(output, " ", blank);
    } else {
        uint32_t level = row - rows - 1;
        if (level < board->bids_count) draw_bid(layout, &board->bids[level], style, output);
        else output_repeat(output, " ", blank);
    }
    output_repeat(output, " ", layout->ladder_width - blank);
}

static void draw_tape_row(const struct board *board, uint32_t row, const struct style *style,
                          struct output *output) {
    const struct board_trade *trade = board_trade_at(board, row);
    output_print(output, " %s|%s ", style->faint, style->plain);
    if (trade == NULL) return;
    char quantity[24];
    snprintf(quantity, sizeof quantity, "%lld", (long long)trade->quantity);
    output_print(output, "%s%s%s ", style->faint, trade->time, style->plain);
    output_add(output, trade->direction > 0 ? style->buy : trade->direction < 0 ? style->sell : "");
    output_right(output, trade->price, 10);
    output_add(output, trade->direction > 0 ? " +" : trade->direction < 0 ? " -" : "  ");
    output_add(output, style->plain);
    output_right(output, quantity, 6);
}

static void draw_title(const struct board *board, const struct layout *layout, const struct style *style,
                       struct output *output) {
    const struct board_trade *last = board_trade_at(board, 0);
    char text[256], time[board_text_size + 4] = "";
    if (board->time[0] != '\0') snprintf(time, sizeof time, "%s UTC", board->time);
    snprintf(text, sizeof text, "%s  %s%s%s", board->symbol, board->phase, last != NULL ? "  last " : "",
             last != NULL ? last->price : "");
    output_add(output, style->strong);
    output_left(output, text, layout->width - min_u32((uint32_t)strlen(time), layout->width));
    output_print(output, "%s%s%s%s\n", style->plain, style->faint, time, style->plain);
    output_add(output, style->faint);
    output_repeat(output, style->line, layout->width);
    output_print(output, "%s\n", style->plain);
}

void ladder_screen_draw(const struct board *board, const struct ladder_frame *frame, struct output *output) {
    struct layout layout = lay_out(board, frame);
    uint32_t height = frame->height < ladder_height_min ? ladder_height_min : frame->height;
    draw_title(board, &layout, frame->style, output);
    uint32_t rows = 2 * layout.side_rows + 1;
    for (uint32_t row = 0; row < rows; row++) {
        draw_ladder_row(board, &layout, row, frame->style, output);
        if (row < layout.tape_rows) draw_tape_row(board, row, frame->style, output);
        output_add(output, "\n");
    }
    for (uint32_t row = rows + 3; row < height; row++) output_add(output, "\n");
    output_add(output, frame->style->faint);
    output_left(output, frame->footer != NULL ? frame->footer : "", layout.width);
    output_add(output, frame->style->plain);
}
