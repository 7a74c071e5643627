/* ladder_screen.h - the price ladder and tape of a board as the lines of a screen.
 *
 * Pure: a board and a size in, text out; the caller moves the cursor. Exactly `height` lines of at most `width`
 * columns, separated by '\n', none after the last:
 *
 *   title     symbol, phase, last price, time
 *   asks      worst at the top; the price in the middle, a bar and the lots to its right
 *   spread    best offer less best bid
 *   bids      best at the top; a bar and the lots to the left of the price
 *   footer    whatever the caller wants to say
 *
 * A bar is as long as the level's lots against the largest level that is shown. From ladder_tape_width_min columns up
 * the last trades stand at the right edge. */
#ifndef BIRZHA_CLIENT_LADDER_SCREEN_H
#define BIRZHA_CLIENT_LADDER_SCREEN_H

#include <stdint.h>

#include "tools/client/output.h"

struct board;

enum { ladder_width_min = 40, ladder_height_min = 8, ladder_tape_width_min = 76, ladder_side_rows_max = 20 };

struct ladder_frame {
    uint32_t width, height;     /* smaller than the minima count as the minima */
    const char *footer;
    const struct style *style;
};

void ladder_screen_draw(const struct board *board, const struct ladder_frame *frame, struct output *output);

#endif
