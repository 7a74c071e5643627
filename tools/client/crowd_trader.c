/* crowd_trader.c - integer arithmetic and dice; see crowd_trader.h. */
#include "tools/client/crowd_trader.h"
#include "instruments/splitmix.h"

#include "instruments/check.h"

uint64_t crowd_random(uint64_t *state) { return splitmix64(state); }

/* 0 to n - 1. The bias of the remainder is below 2^-50 for what is asked here. */
static int64_t below(uint64_t *random, int64_t n) {
    CHECK(n > 0);
    return (int64_t)(crowd_random(random) % (uint64_t)n);
}

static int64_t max_i64(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
    return value < low ? low : value > high ? high : value;
}

int64_t crowd_fair_ticks(const struct crowd_view *view, uint64_t *random) {
    int64_t reference = view->reference_ticks;
    int64_t anchor = view->last_ticks > 0 ? view->last_ticks : reference;
    int64_t reach = max_i64(1, reference / 400);
    int64_t fair = anchor + (reference - anchor) / 8 + below(random, 2 * reach + 1) - reach;
    int64_t band = reference * 4 / 100;
    return max_i64(1, clamp(fair, reference - band, reference + band));
}

int64_t crowd_quote_ticks(const struct crowd_view *view, enum crowd_side side, int64_t fair_ticks, uint64_t *random) {
    /* The smaller of two draws: most quotes stand near the fair price, some far from it. */
    int64_t depth = max_i64(6, view->reference_ticks / 80);
    int64_t first = below(random, depth), second = below(random, depth);
    int64_t distance = 1 + (first < second ? first : second);
    int64_t ticks = side == CROWD_BUY ? fair_ticks - distance : fair_ticks + distance;
    if (side == CROWD_BUY && view->ask_ticks > 0 && ticks >= view->ask_ticks) ticks = view->ask_ticks - 1;
    if (side == CROWD_SELL && view->bid_ticks > 0 && ticks <= view->bid_ticks) ticks = view->bid_ticks + 1;
    return max_i64(1, ticks);
}

static struct crowd_choice quote(const struct crowd_view *view, enum crowd_side side, uint64_t *random) {
    struct crowd_choice choice = {.action = CROWD_QUOTE, .side = side};
    choice.ticks = crowd_quote_ticks(view, side, crowd_fair_ticks(view, random), random);
    choice.lots = (uint32_t)(1 + below(random, crowd_lots_max));
    return choice;
}

/* Takes from the side of the book that the fair price makes look cheap. */
static struct crowd_choice take(const struct crowd_view *view, uint64_t *random) {
    struct crowd_choice choice = {.action = CROWD_TAKE};
    int64_t fair = crowd_fair_ticks(view, random);
    choice.side = 2 * fair >= view->bid_ticks + view->ask_ticks ? CROWD_BUY : CROWD_SELL;
    choice.ticks = choice.side == CROWD_BUY ? view->ask_ticks : view->bid_ticks;
    choice.lots = (uint32_t)(1 + below(random, crowd_lots_max / 2));
    return choice;
}

static struct crowd_choice change(const struct crowd_view *view, enum crowd_action action, uint64_t *random) {
    struct crowd_choice choice = {.action = action};
    choice.own_index = (uint32_t)below(random, view->own_here_count);
    choice.lots = (uint32_t)(1 + below(random, crowd_lots_max));
    return choice;
}

struct crowd_choice crowd_choose(const struct crowd_view *view, uint64_t *random) {
    CHECK(view->reference_ticks > 0);
    int full = view->own_orders_count >= crowd_orders_max;
    if (!full && view->bid_ticks == 0) return quote(view, CROWD_BUY, random);
    if (!full && view->ask_ticks == 0) return quote(view, CROWD_SELL, random);
    int64_t dice = below(random, 100);
    if (dice < 25 && view->bid_ticks > 0 && view->ask_ticks > 0) return take(view, random);
    if (dice < 40 && view->own_here_count > 0) return change(view, CROWD_AMEND, random);
    if ((full || dice < 55) && view->own_here_count > 0) return change(view, CROWD_CANCEL, random);
    if (full) return (struct crowd_choice){.action = CROWD_REST};
    return quote(view, below(random, 2) == 0 ? CROWD_BUY : CROWD_SELL, random);
}
