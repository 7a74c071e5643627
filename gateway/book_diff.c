/* book_diff.c - one walk along two sorted lists; see book_diff.h. */
#include "gateway/book_diff.h"

#include "instruments/check.h"

/* Whether price `a` stands before `b` on this side. */
static int is_better(price a, price b, enum side side) {
    return side == SIDE_BUY ? a.ticks > b.ticks : a.ticks < b.ticks;
}

static int is_equal(const struct book_level *a, const struct book_level *b) {
    return a->quantity_lots == b->quantity_lots && a->orders_count == b->orders_count;
}

static void add(struct book_change *change, struct book_level level) {
    CHECK(change->count < sizeof change->levels / sizeof *change->levels);
    change->levels[change->count++] = level;
}

void book_diff(const struct book_side *before, const struct book_side *after, enum side side,
               struct book_change *change) {
    const struct book_level *old = before->levels, *old_end = old + before->count;
    const struct book_level *new = after->levels, *new_end = new + after->count;
    change->count = 0;
    while (old < old_end || new < new_end) {
        if (new == new_end || (old < old_end && is_better(old->price, new->price, side))) {
            add(change, (struct book_level){.price = old->price});
            old++;
        } else if (old == old_end || is_better(new->price, old->price, side)) {
            add(change, *new);
            new++;
        } else {
            if (!is_equal(old, new)) add(change, *new);
            old++;
            new++;
        }
    }
}
