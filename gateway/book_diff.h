/* book_diff.h - the best levels of a book, and what changed between two looks at them. */
#ifndef BIRZHA_BOOK_DIFF_H
#define BIRZHA_BOOK_DIFF_H

#include <stdint.h>

#include "engine/command.h"
#include "gateway/wire/encode.h"

/* Best first. */
struct book_side {
    uint32_t count;
    struct book_level levels[depth_levels_max];
};

struct book_sides {
    struct book_side bids, asks;
};

/* Levels to send, best first: absolute, a level that is gone has quantity 0. */
struct book_change {
    uint32_t count;
    struct book_level levels[2 * depth_levels_max];
};

/* What turns `before` into `after`. Both are of `side`. */
void book_diff(const struct book_side *before, const struct book_side *after, enum side side,
               struct book_change *change);

#endif
