/* limit_sketch.c - what the hardware permits: the least work that still makes the right trades.
 *
 * Not an exchange and not a style to follow. Nothing is validated, nothing is said but the checksum, there are no
 * owners, no rules, no client ids and no recycling: an order is 16 bytes at the index that is its id in the file.
 * Levels are 8 bytes, reached over a table of pages of 512 ticks; a bitmap of three levels a side finds the next price;
 * both sides share the levels, since a price cannot hold both. The distance between this and the engine is the price of
 * being an exchange, which is why every figure in RESULTS.md stands beside it. */
#include "bench/replay.h"

enum { sketch_ticks_count = 1 << 18, page_levels_count = 512, words_count = sketch_ticks_count / 64 };

/* best of an empty side: no price is as bad. */
enum { no_bid = 0, no_offer = sketch_ticks_count };

struct sketch_order { uint32_t lots, side_price, prev, next; };   /* side in the top bit; lots 0 = not live */
struct sketch_level { uint32_t head, tail; };
struct sketch_page { struct sketch_level levels[page_levels_count]; };

struct sketch_book {
    uint64_t tops[2];                       /* bit = 4,096 prices */
    uint64_t middles[2][words_count / 64];  /* bit = 64 prices */
    uint64_t prices[2][words_count];        /* bit = a price in use */
    uint32_t best[2];
    struct sketch_page *pages[sketch_ticks_count / page_levels_count];
};

struct sketch {
    struct sketch_book *books;
    struct sketch_order *orders;
    struct sketch_page *pages;
    uint32_t pages_used;
    uint32_t ids_count;
    size_t books_size, orders_size, pages_size;
};

/* ---- bitmap ---- */

static inline void price_use(struct sketch_book *book, int side, uint32_t ticks) {
    book->prices[side][ticks >> 6] |= UINT64_C(1) << (ticks & 63);
    book->middles[side][ticks >> 12] |= UINT64_C(1) << ((ticks >> 6) & 63);
    book->tops[side] |= UINT64_C(1) << (ticks >> 12);
}

static inline void price_unuse(struct sketch_book *book, int side, uint32_t ticks) {
    uint64_t word = book->prices[side][ticks >> 6] &= ~(UINT64_C(1) << (ticks & 63));
    if (word != 0) return;
    word = book->middles[side][ticks >> 12] &= ~(UINT64_C(1) << ((ticks >> 6) & 63));
    if (word == 0) book->tops[side] &= ~(UINT64_C(1) << (ticks >> 12));
}

static inline uint32_t lowest(uint64_t word) { return (uint32_t)__builtin_ctzll(word); }
static inline uint32_t highest(uint64_t word) { return 63 - (uint32_t)__builtin_clzll(word); }

/* The bits of a word strictly above, or below, a position of 0 to 63. */
static inline uint64_t above(uint64_t word, uint32_t position) { return word & (UINT64_MAX << position << 1); }
static inline uint64_t below(uint64_t word, uint32_t position) { return word & ~(UINT64_MAX << position); }

static inline uint32_t next_offer(const struct sketch_book *book, uint32_t ticks) {
    uint32_t middle = ticks >> 6, top = ticks >> 12;
    uint64_t word = above(book->prices[FLOW_SELL][middle], ticks & 63);
    if (word != 0) return middle << 6 | lowest(word);
    word = above(book->middles[FLOW_SELL][top], middle & 63);
    if (word == 0) {
        uint64_t tops = above(book->tops[FLOW_SELL], top);
        if (tops == 0) return no_offer;
        top = lowest(tops);
        word = book->middles[FLOW_SELL][top];
    }
    middle = top << 6 | lowest(word);
    return middle << 6 | lowest(book->prices[FLOW_SELL][middle]);
}

static inline uint32_t next_bid(const struct sketch_book *book, uint32_t ticks) {
    uint32_t middle = ticks >> 6, top = ticks >> 12;
    uint64_t word = below(book->prices[FLOW_BUY][middle], ticks & 63);
    if (word != 0) return middle << 6 | highest(word);
    word = below(book->middles[FLOW_BUY][top], middle & 63);
    if (word == 0) {
        uint64_t tops = below(book->tops[FLOW_BUY], top);
        if (tops == 0) return no_bid;
        top = highest(tops);
        word = book->middles[FLOW_BUY][top];
    }
    middle = top << 6 | highest(word);
    return middle << 6 | highest(book->prices[FLOW_BUY][middle]);
}

static inline uint32_t next_price(const struct sketch_book *book, int side, uint32_t ticks) {
    return side == FLOW_BUY ? next_bid(book, ticks) : next_offer(book, ticks);
}

static inline struct sketch_level *level_at(struct sketch *sketch, struct sketch_book *book, uint32_t ticks) {
    struct sketch_page **page = &book->pages[ticks / page_levels_count];
    if (__builtin_expect(*page == NULL, 0)) *page = &sketch->pages[sketch->pages_used++];
    return &(*page)->levels[ticks % page_levels_count];
}

/* ---- orders ---- */

static inline __attribute__((always_inline)) void rest(struct sketch *sketch, struct sketch_book *book, const int side,
                                                       const struct flow_operation *operation, uint32_t lots) {
    uint32_t ticks = operation->price_ticks, id = operation->id;
    struct sketch_level *level = level_at(sketch, book, ticks);
    uint32_t tail = level->tail;
    sketch->orders[id] = (struct sketch_order){ lots, ticks | (uint32_t)side << 31, tail, 0 };
    level->tail = id;
    if (tail != 0) {
        sketch->orders[tail].next = id;
        return;
    }
    level->head = id;
    price_use(book, side, ticks);
    if (side == FLOW_BUY ? ticks > book->best[FLOW_BUY] : ticks < book->best[FLOW_SELL]) book->best[side] = ticks;
}

/* Trades with one level. Returns the lots still wanted; the level may be left without a head. */
static inline __attribute__((always_inline)) uint32_t trade_level(struct sketch *sketch, struct sketch_level *level,
                                                                  uint32_t ticks, uint32_t taker, uint32_t lots,
                                                                  struct flow_sum *sum) {
    struct sketch_order *orders = sketch->orders;
    uint32_t id = level->head;
    do {
        struct sketch_order *maker = &orders[id];
        uint32_t open_lots = maker->lots;
        flow_sum_add(sum, taker, id, ticks, open_lots < lots ? open_lots : lots);
        if (open_lots > lots) {
            maker->lots = open_lots - lots;
            lots = 0;
            break;
        }
        lots -= open_lots;
        maker->lots = 0;
        id = maker->next;
        if (id != 0) __builtin_prefetch(&orders[orders[id].next]);
    } while (id != 0 && lots > 0);
    level->head = id;
    if (id != 0) orders[id].prev = 0;
    else level->tail = 0;
    return lots;
}

static inline __attribute__((always_inline)) void add(struct sketch *sketch, const struct flow_operation *operation,
                                                      const int side, struct flow_sum *sum) {
    struct sketch_book *book = &sketch->books[operation->book];
    const int other = side == FLOW_BUY ? FLOW_SELL : FLOW_BUY;
    uint32_t lots = operation->quantity_lots, best = book->best[other];
    while (side == FLOW_BUY ? operation->price_ticks >= best : operation->price_ticks <= best) {
        struct sketch_level *level = level_at(sketch, book, best);
        lots = trade_level(sketch, level, best, operation->id, lots, sum);
        if (level->head != 0) return;
        uint32_t next = next_price(book, other, best);
        price_unuse(book, other, best);
        book->best[other] = best = next;
        if (lots == 0) return;
    }
    rest(sketch, book, side, operation, lots);
}

static inline void cancel(struct sketch *sketch, const struct flow_operation *operation) {
    struct sketch_book *book = &sketch->books[operation->book];
    struct sketch_order *orders = sketch->orders, *order = &orders[operation->id];
    uint32_t ticks = order->side_price & ~(UINT32_C(1) << 31), prev = order->prev, next = order->next;
    int side = (int)(order->side_price >> 31);
    struct sketch_level *level = level_at(sketch, book, ticks);
    order->lots = 0;
    if (prev != 0) orders[prev].next = next;
    else level->head = next;
    if (next != 0) orders[next].prev = prev;
    else level->tail = prev;
    if ((prev | next) != 0) return;
    if (ticks == book->best[side]) book->best[side] = next_price(book, side, ticks);
    price_unuse(book, side, ticks);
}

/* ---- the engine that bench_main wants ---- */

static void sketch_apply(void *engine, const struct flow_operation *operations, uint32_t count, struct flow_sum *sum) {
    struct sketch *sketch = engine;
    struct flow_sum local = *sum;
    for (const struct flow_operation *operation = operations; operation < operations + count; operation++) {
        if (operation->type == FLOW_CANCEL) cancel(sketch, operation);
        else if (operation->side == FLOW_BUY) add(sketch, operation, FLOW_BUY, &local);
        else add(sketch, operation, FLOW_SELL, &local);
    }
    *sum = local;
}

static void *sketch_open(const struct flow_header *header) {
    struct sketch *sketch = calloc(1, sizeof *sketch);
    if (sketch == NULL) bench_stop("not enough memory");
    size_t pages_count = header->price_max_ticks / page_levels_count - header->price_min_ticks / page_levels_count + 1;
    sketch->ids_count = header->id_max;
    sketch->books_size = header->books_count * sizeof *sketch->books;
    sketch->orders_size = ((size_t)header->id_max + 1) * sizeof *sketch->orders;
    sketch->pages_size = header->books_count * pages_count * sizeof *sketch->pages;
    sketch->books = bench_map(sketch->books_size);
    sketch->orders = bench_map(sketch->orders_size);
    sketch->pages = bench_map(sketch->pages_size);
    for (uint32_t b = 0; b < header->books_count; b++) sketch->books[b].best[FLOW_SELL] = no_offer;
    return sketch;
}

static uint32_t sketch_resting(const void *engine) {
    const struct sketch *sketch = engine;
    uint32_t count = 0;
    for (uint32_t id = 1; id <= sketch->ids_count; id++) count += sketch->orders[id].lots != 0;
    return count;
}

static void sketch_close(void *engine) {
    struct sketch *sketch = engine;
    bench_unmap(sketch->books, sketch->books_size);
    bench_unmap(sketch->orders, sketch->orders_size);
    bench_unmap(sketch->pages, sketch->pages_size);
    free(sketch);
}

int main(int argc, char **argv) {
    const struct bench_engine engine = { .name = "limit", .open = sketch_open, .apply = sketch_apply,
                                         .resting = sketch_resting, .close = sketch_close };
    return bench_main(&engine, argc, argv);
}
