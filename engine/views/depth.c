/* depth.c - levels on ladders; see depth.h. */
#include "engine/views/depth.h"

#include "engine/book/ladder.h"
#include "engine/exchange.h"
#include "engine/image.h"
#include "instruments/check.h"

/* What stands at one price. Its number is both `head` and `tail` of the ladder's level; 0 = none. */
struct aggregate {
    uint64_t quantity_lots;
    uint32_t orders_count;
    uint32_t next_free;
};

struct depth_book {
    struct ladder sides[2];     /* by enum side */
    price dirty[2];             /* 0 = nothing changed */
    uint8_t reserved[56];
};
_Static_assert(sizeof(struct depth_book) % 64 == 0, "books are whole cache lines");

struct depth {
    struct price_pool prices;
    struct depth_book *books;
    struct aggregate *aggregates;       /* 0 is never used */
    uint32_t aggregate_free;            /* head of the free list */
    uint32_t aggregates_used;           /* highest number ever taken */
    uint32_t aggregates_max;
    uint32_t instruments_max;
};

/* ---- memory ---- */

enum { cache_line = 64 };

struct layout { size_t books, aggregates, leaves, branches, size; };

static size_t reserve(struct layout *at, size_t record_size, size_t count) {
    size_t offset = at->size;
    at->size = (offset + record_size * count + cache_line - 1) & ~(size_t)(cache_line - 1);
    return offset;
}

/* One shown order makes at most one level, so there are never more levels than open orders. */
static struct layout layout_of(const struct limits *limits) {
    struct layout at = {0};
    reserve(&at, sizeof(struct depth), 1);
    at.books = reserve(&at, sizeof(struct depth_book), limits->instruments_max);
    at.aggregates = reserve(&at, sizeof(struct aggregate), (size_t)limits->orders_max + 1);
    at.leaves = reserve(&at, sizeof(struct price_leaf), (size_t)limits->price_leaves_max + 1);
    at.branches = reserve(&at, sizeof(struct price_branch), (size_t)limits->price_branches_max + 1);
    return at;
}

size_t depth_size(const struct limits *limits) {
    return layout_of(limits).size;
}

static inline enum ladder_order order_of(uint32_t side) {
    return side == SIDE_BUY ? LADDER_HIGH_FIRST : LADDER_LOW_FIRST;
}

struct depth *depth_init(void *memory, const struct limits *limits) {
    CHECK(((uintptr_t)memory & (cache_line - 1)) == 0);
    CHECK(limits->instruments_max > 0 && limits->orders_max > 0 && limits->orders_max < UINT32_MAX);
    const struct layout at = layout_of(limits);
    char *base = memory;
    struct depth *depth = memory;
    depth->books = (void *)(base + at.books);
    depth->aggregates = (void *)(base + at.aggregates);
    depth->prices.leaves = (void *)(base + at.leaves);
    depth->prices.branches = (void *)(base + at.branches);
    depth->prices.leaf_max = limits->price_leaves_max;
    depth->prices.branch_max = limits->price_branches_max;
    depth->aggregates_max = limits->orders_max;
    depth->instruments_max = limits->instruments_max;
    for (uint32_t i = 0; i < limits->instruments_max; i++) {
        struct ladder *sides = depth->books[i].sides;
        for (uint32_t side = SIDE_BUY; side <= SIDE_SELL; side++) ladder_init(&sides[side], order_of(side));
    }
    return depth;
}

static struct depth_book *book_of(const struct depth *depth, uint32_t instrument) {
    CHECK(instrument < depth->instruments_max);
    return &depth->books[instrument];
}

static uint32_t aggregate_take(struct depth *depth) {
    uint32_t number = depth->aggregate_free;
    if (number != 0) depth->aggregate_free = depth->aggregates[number].next_free;
    else number = ++depth->aggregates_used;
    CHECK(number <= depth->aggregates_max);
    depth->aggregates[number] = (struct aggregate){0};
    return number;
}

static void aggregate_give(struct depth *depth, uint32_t number) {
    depth->aggregates[number] = (struct aggregate){.next_free = depth->aggregate_free};
    depth->aggregate_free = number;
}

/* ---- changes ---- */

static void mark_dirty(struct depth_book *book, uint32_t side, price at) {
    price *dirty = &book->dirty[side];
    if (dirty->ticks == 0 || (side == SIDE_BUY ? at.ticks > dirty->ticks : at.ticks < dirty->ticks)) *dirty = at;
}

/* `orders_count` more orders at a price (none for an iceberg's next slice), with `shown` more lots. */
static void gain(struct depth *depth, uint32_t instrument, uint32_t side, price at, quantity shown,
                 uint32_t orders_count) {
    CHECK(side <= SIDE_SELL);
    CHECK(at.ticks > 0 && at.ticks <= price_ticks_max && shown.lots > 0);
    struct depth_book *book = book_of(depth, instrument);
    struct level *level = ladder_reach(&depth->prices, &book->sides[side], at.ticks);
    CHECK(level != NULL);
    if (level->head == 0) {
        CHECK(orders_count > 0);
        level->head = level->tail = aggregate_take(depth);
        ladder_use(&depth->prices, &book->sides[side], order_of(side), at.ticks);
    }
    struct aggregate *aggregate = &depth->aggregates[level->head];
    aggregate->quantity_lots += shown.lots;
    aggregate->orders_count += orders_count;
    mark_dirty(book, side, at);
}

/* The level of a price, NULL when nothing stands there. Unlike ladder_level it may be asked for any price. */
static struct level *level_find(const struct depth *depth, const struct ladder *ladder, price at) {
    uint32_t branch = ladder->branches[at.ticks >> 18];
    if (branch == 0) return NULL;
    uint32_t leaf = depth->prices.branches[branch].leaves[(at.ticks >> 9) & 511];
    if (leaf == 0) return NULL;
    struct level *level = &depth->prices.leaves[leaf].levels[at.ticks & 511];
    return level->head != 0 ? level : NULL;
}

/* `orders_count` orders leave a price, and `shown` lots. The level goes with its last order. */
static void lose(struct depth *depth, uint32_t instrument, uint32_t side, price at, quantity shown,
                 uint32_t orders_count) {
    CHECK(side <= SIDE_SELL);
    CHECK(at.ticks > 0 && at.ticks <= price_ticks_max && shown.lots > 0);
    struct depth_book *book = book_of(depth, instrument);
    struct level *level = level_find(depth, &book->sides[side], at);
    CHECK(level != NULL);
    struct aggregate *aggregate = &depth->aggregates[level->head];
    CHECK(aggregate->quantity_lots >= shown.lots && aggregate->orders_count >= orders_count);
    aggregate->quantity_lots -= shown.lots;
    aggregate->orders_count -= orders_count;
    mark_dirty(book, side, at);
    if (aggregate->orders_count > 0) return;
    CHECK(aggregate->quantity_lots == 0);
    aggregate_give(depth, level->head);
    level->head = level->tail = 0;
    ladder_unuse(&depth->prices, &book->sides[side], order_of(side), at.ticks);
}

/* It leaves first, as in the engine: the nodes that the old price gives back may be what the new one needs. */
static void apply_change(struct depth *depth, const struct event *event) {
    const struct event_order_change *change = &event->order_change;
    uint32_t in = event->instrument;
    if (change->shown_before.lots > 0) lose(depth, in, change->side, change->price_before, change->shown_before, 1);
    if (change->shown.lots > 0) gain(depth, in, change->side, change->price, change->shown, 1);
}

static void apply_trade(struct depth *depth, const struct event *event) {
    if (event->flags & TRADE_MAKER_HIDDEN) return;
    const struct event_trade *trade = &event->trade;
    uint32_t maker_side = event->flags & TRADE_TAKER_BUYS ? SIDE_SELL : SIDE_BUY;
    lose(depth, event->instrument, maker_side, trade->price, trade->quantity, trade->maker_leaves.lots == 0);
}

void depth_apply(struct depth *depth, const struct event *event) {
    switch ((enum event_kind)event->kind) {
        case EVENT_ACCEPTED: {
            const struct event_order *order = &event->order;
            if (order->shown.lots > 0) gain(depth, event->instrument, order->side, order->price, order->shown, 1);
            return;
        }
        case EVENT_TRADE: apply_trade(depth, event); return;
        case EVENT_REFRESHED: {
            const struct event_order_change *change = &event->order_change;
            gain(depth, event->instrument, change->side, change->price, change->shown, 0);
            return;
        }
        case EVENT_RESTED: case EVENT_TRIGGERED: case EVENT_REPLACED: case EVENT_RESTATED: case EVENT_CANCELED:
        case EVENT_EXPIRED:
            apply_change(depth, event);
            return;
        default: return;
    }
}

/* ---- reading ---- */

static struct depth_level level_at(const struct depth *depth, const struct ladder *ladder, uint32_t ticks) {
    const struct aggregate *aggregate = &depth->aggregates[ladder_level(&depth->prices, ladder, ticks)->head];
    return (struct depth_level){.price.ticks = ticks, .orders_count = aggregate->orders_count,
                                .quantity_lots = aggregate->quantity_lots};
}

uint32_t depth_top(const struct depth *depth, uint32_t instrument, enum side side, struct depth_level *levels,
                   uint32_t levels_max) {
    CHECK(side <= SIDE_SELL);
    const struct ladder *ladder = &book_of(depth, instrument)->sides[side];
    const enum ladder_order order = order_of(side);
    uint32_t count = 0;
    for (uint32_t ticks = ladder->best_ticks; count < levels_max && ticks != ladder_none(order);
         ticks = ladder_worse(&depth->prices, ladder, order, ticks)) {
        levels[count++] = level_at(depth, ladder, ticks);
    }
    return count;
}

struct depth_level depth_best(const struct depth *depth, uint32_t instrument, enum side side) {
    struct depth_level best = {0};
    depth_top(depth, instrument, side, &best, 1);
    return best;
}

struct depth_level depth_at(const struct depth *depth, uint32_t instrument, enum side side, price at) {
    CHECK(side <= SIDE_SELL);
    CHECK(at.ticks > 0 && at.ticks <= price_ticks_max);
    const struct ladder *ladder = &book_of(depth, instrument)->sides[side];
    if (!level_find(depth, ladder, at)) return (struct depth_level){.price = at};
    return level_at(depth, ladder, at.ticks);
}

uint32_t depth_levels_count(const struct depth *depth, uint32_t instrument, enum side side) {
    CHECK(side <= SIDE_SELL);
    return book_of(depth, instrument)->sides[side].levels_count;
}

price depth_dirty(const struct depth *depth, uint32_t instrument, enum side side) {
    CHECK(side <= SIDE_SELL);
    return book_of(depth, instrument)->dirty[side];
}

void depth_settle(struct depth *depth, uint32_t instrument) {
    struct depth_book *book = book_of(depth, instrument);
    for (uint32_t side = SIDE_BUY; side <= SIDE_SELL; side++) book->dirty[side] = (price){0};
}

/* ---- snapshots ---- */

/* One level, as it is written: aggregates and ladders follow from them. */
struct level_record {
    uint32_t ticks, orders_count;
    uint64_t quantity_lots;
};

static void write_side(struct image *image, const struct depth *depth, const struct ladder *ladder, uint32_t side) {
    uint32_t count = ladder->levels_count, left = count;
    image_span(image, &count, sizeof count);
    for (uint32_t ticks = ladder->best_ticks; left > 0; left--) {
        const struct depth_level level = level_at(depth, ladder, ticks);
        struct level_record record = {ticks, level.orders_count, level.quantity_lots};
        IMAGE_MEMBER(image, record);
        ticks = ladder_worse(&depth->prices, ladder, order_of(side), ticks);
    }
}

static void load_side(struct image *image, struct depth *depth, uint32_t instrument, uint32_t side) {
    uint32_t count = 0;
    struct ladder *ladder = &depth->books[instrument].sides[side];
    image_count(image, &count, depth->aggregates_max);
    for (; count > 0 && !image->is_unsound; count--) {
        struct level_record record = {0};
        IMAGE_MEMBER(image, record);
        image_expect(image, record.ticks > 0 && record.ticks <= price_ticks_max && record.orders_count > 0 &&
                            depth->aggregates_used < depth->aggregates_max);
        struct level *level = image->is_unsound ? NULL : ladder_reach(&depth->prices, ladder, record.ticks);
        image_expect(image, level && level->head == 0);
        if (image->is_unsound) return;
        level->head = level->tail = aggregate_take(depth);
        depth->aggregates[level->head] =
            (struct aggregate){.quantity_lots = record.quantity_lots, .orders_count = record.orders_count};
        ladder_use(&depth->prices, ladder, order_of(side), record.ticks);
    }
}

/* Whether anything was ever shown in it. */
static int is_touched(const struct depth_book *book) {
    return (book->dirty[SIDE_BUY].ticks | book->dirty[SIDE_SELL].ticks) != 0 ||
           book->sides[SIDE_BUY].levels_count + book->sides[SIDE_SELL].levels_count > 0;
}

static void span_all(struct image *image, struct depth *depth) {
    const uint32_t shape[] = {sizeof(struct level_record)};
    uint32_t count = depth->instruments_max;
    image_shape(image, shape, 1);
    while (count > 0 && !is_touched(&depth->books[count - 1])) count--;
    image_count(image, &count, depth->instruments_max);
    for (uint32_t i = 0; i < count; i++) {
        IMAGE_MEMBER(image, depth->books[i].dirty);
        for (uint32_t side = SIDE_BUY; side <= SIDE_SELL; side++) {
            if (image_is_loading(image)) load_side(image, depth, i, side);
            else write_side(image, depth, &depth->books[i].sides[side], side);
        }
    }
}

void depth_write(const struct depth *depth, struct image *image) {
    span_all(image, (struct depth *)(uintptr_t)depth);
}

int depth_load(struct depth *depth, struct image *image) {
    span_all(image, depth);
    return image_end(image);
}

/* ---- consistency ---- */

static uint32_t verify_side(const struct depth *depth, const struct ladder *ladder, enum ladder_order order) {
    ladder_verify(&depth->prices, ladder, order);
    uint32_t count = 0;
    for (uint32_t ticks = ladder->best_ticks; ticks != ladder_none(order);
         ticks = ladder_worse(&depth->prices, ladder, order, ticks)) {
        const struct depth_level level = level_at(depth, ladder, ticks);
        CHECK(level.orders_count > 0);
        CHECK(level.quantity_lots >= level.orders_count);
        count++;
    }
    CHECK(count == ladder->levels_count);
    return count;
}

void depth_verify(const struct depth *depth) {
    uint32_t levels_count = 0, free_count = 0;
    for (uint32_t i = 0; i < depth->instruments_max; i++) {
        for (uint32_t side = SIDE_BUY; side <= SIDE_SELL; side++) {
            levels_count += verify_side(depth, &depth->books[i].sides[side], order_of(side));
        }
    }
    for (uint32_t number = depth->aggregate_free; number != 0; number = depth->aggregates[number].next_free) {
        CHECK(depth->aggregates[number].orders_count == 0);
        free_count++;
    }
    CHECK(levels_count + free_count == depth->aggregates_used);
}
