/* flow_make.c - the generator, and the book that it matches its own orders with.
 *
 * A price of 18 bits is page (9 bits) and level (9); pages exist where orders have stood. One bitmap a book serves both
 * sides: bids are below offers, so looking up from an offer meets offers only, and down from a bid only bids. Memory
 * grows between two steps (make_room), so that nothing within a step can fail. */
#include "tools/flow/flow_make.h"
#include "instruments/splitmix.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "instruments/money.h"

enum { children_count = 512, words_count = children_count / 64, records_a_step_max = 2 };

struct made_order { uint32_t open_lots, price_ticks, prev, next, live_position, side; };
struct made_level { uint32_t head, tail; };
struct page { uint64_t bits[words_count]; struct made_level levels[children_count]; };

struct made_book {
    uint32_t best_ticks[2];             /* by enum flow_side; 0 = that side is empty */
    int32_t middle_ticks, middle_start_ticks;
    uint32_t *live;                     /* ids of live orders; the last takes the place of one that leaves */
    uint32_t live_count, live_capacity;
    uint64_t page_bits[words_count];    /* pages that hold orders */
    uint32_t pages[children_count];     /* index of the page + 1; 0 = none yet */
};

struct maker {
    struct flow_request request;
    uint64_t random;
    struct flow_sum sum;
    struct made_book *books;
    struct made_order *orders;          /* by id */
    struct flow_operation *operations;
    struct page *pages;
    uint32_t operations_count, operations_capacity, orders_count, pages_count, pages_capacity;
};

/* ---- random numbers ---- */

static uint64_t draw(struct maker *maker) { return splitmix64(&maker->random); }

static uint32_t draw_below(struct maker *maker, uint32_t n) { return (uint32_t)((uint128)draw(maker) * n >> 64); }

static uint32_t draw_geometric(struct maker *maker, uint32_t k, uint32_t cap) {
    uint32_t count = 0;
    while (count < cap && draw_below(maker, k) != 0) count++;
    return count;
}

/* ---- memory ---- */

/* Doubles an array of `capacity` records until it has room for `count`; false, with nothing changed, without memory. */
static int grow(void **records, uint32_t *capacity, uint64_t count, size_t record_size) {
    if (count <= *capacity) return 1;
    uint64_t wanted = *capacity < 64 ? 64 : *capacity;
    while (wanted < count) wanted *= 2;
    void *larger = wanted > UINT32_MAX ? NULL : realloc(*records, (size_t)wanted * record_size);
    if (larger == NULL) return 0;
    *records = larger;
    *capacity = (uint32_t)wanted;
    return 1;
}

static int grow_operations(struct maker *maker) {
    uint64_t count = (uint64_t)maker->operations_count + records_a_step_max + flow_spare_count;
    if (count <= maker->operations_capacity) return 1;
    void *operations = maker->operations, *orders = maker->orders;
    uint32_t capacity = maker->operations_capacity, orders_capacity = capacity;
    int grown = grow(&orders, &orders_capacity, count, sizeof *maker->orders);
    maker->orders = orders;
    grown = grown && grow(&operations, &capacity, count, sizeof *maker->operations);
    maker->operations = operations;
    if (grown) maker->operations_capacity = capacity;
    return grown;
}

/* Room for all that one step on `book` can add: two operations, one live order, one page. */
static int make_room(struct maker *maker, struct made_book *book) {
    void *pages = maker->pages, *live = book->live;
    int grown = grow(&pages, &maker->pages_capacity, (uint64_t)maker->pages_count + 1, sizeof *maker->pages);
    maker->pages = pages;
    grown = grown && grow(&live, &book->live_capacity, (uint64_t)book->live_count + 1, sizeof *book->live);
    book->live = live;
    return grown && grow_operations(maker) ? 0 : -ENOMEM;
}

/* ---- the book ---- */

/* The first set bit above, or below, `index`; -1 when there is none. */
static int32_t bit_above(const uint64_t *bits, int32_t index) {
    int32_t word = ++index >> 6;
    if (word == words_count) return -1;
    uint64_t rest = bits[word] & (UINT64_MAX << (index & 63));
    while (rest == 0 && ++word < words_count) rest = bits[word];
    return word == words_count ? -1 : word * 64 + __builtin_ctzll(rest);
}

static int32_t bit_below(const uint64_t *bits, int32_t index) {
    if (--index < 0) return -1;
    int32_t word = index >> 6;
    uint64_t rest = bits[word] & (UINT64_MAX >> (63 - (index & 63)));
    while (rest == 0 && --word >= 0) rest = bits[word];
    return word < 0 ? -1 : word * 64 + 63 - __builtin_clzll(rest);
}

static struct page *page_of(const struct maker *maker, const struct made_book *book, uint32_t ticks) {
    CHECK(book->pages[ticks >> 9] != 0);
    return &maker->pages[book->pages[ticks >> 9] - 1];
}

/* The next price in use beyond `ticks` on the worse side; 0 = none. */
static uint32_t next_worse(const struct maker *maker, const struct made_book *book, enum flow_side side,
                           uint32_t ticks) {
    int32_t (*next)(const uint64_t *, int32_t) = side == FLOW_BUY ? bit_below : bit_above;
    int32_t outside = side == FLOW_BUY ? children_count : -1, page = (int32_t)(ticks >> 9);
    int32_t level = next(page_of(maker, book, ticks)->bits, (int32_t)(ticks & 511));
    if (level < 0) {
        page = next(book->page_bits, page);
        if (page < 0) return 0;
        level = next(page_of(maker, book, (uint32_t)page << 9)->bits, outside);
        CHECK(level >= 0);
    }
    return (uint32_t)page << 9 | (uint32_t)level;
}

static void use_level(struct maker *maker, struct made_book *book, enum flow_side side, uint32_t ticks) {
    struct page *page = page_of(maker, book, ticks);
    page->bits[(ticks & 511) >> 6] |= UINT64_C(1) << (ticks & 63);
    book->page_bits[ticks >> 15] |= UINT64_C(1) << ((ticks >> 9) & 63);
    uint32_t best = book->best_ticks[side];
    if (best == 0 || (side == FLOW_BUY ? ticks > best : ticks < best)) book->best_ticks[side] = ticks;
}

static void unuse_level(struct maker *maker, struct made_book *book, enum flow_side side, uint32_t ticks) {
    struct page *page = page_of(maker, book, ticks);
    page->bits[(ticks & 511) >> 6] &= ~(UINT64_C(1) << (ticks & 63));
    if (bit_above(page->bits, -1) < 0) book->page_bits[ticks >> 15] &= ~(UINT64_C(1) << ((ticks >> 9) & 63));
    if (ticks == book->best_ticks[side]) book->best_ticks[side] = next_worse(maker, book, side, ticks);
}

static void enter_book(struct maker *maker, struct made_book *book, uint32_t id) {
    struct made_order *order = &maker->orders[id];
    uint32_t ticks = order->price_ticks;
    if (book->pages[ticks >> 9] == 0) {
        memset(&maker->pages[maker->pages_count], 0, sizeof *maker->pages);
        book->pages[ticks >> 9] = ++maker->pages_count;
    }
    struct made_level *level = &page_of(maker, book, ticks)->levels[ticks & 511];
    order->prev = level->tail;
    order->next = 0;
    if (level->tail != 0) maker->orders[level->tail].next = id;
    else level->head = id;
    level->tail = id;
    if (level->head == id) use_level(maker, book, (enum flow_side)order->side, ticks);
    order->live_position = book->live_count;
    book->live[book->live_count++] = id;
}

static void leave_book(struct maker *maker, struct made_book *book, uint32_t id) {
    const struct made_order *order = &maker->orders[id];
    struct made_level *level = &page_of(maker, book, order->price_ticks)->levels[order->price_ticks & 511];
    if (order->prev != 0) maker->orders[order->prev].next = order->next;
    else level->head = order->next;
    if (order->next != 0) maker->orders[order->next].prev = order->prev;
    else level->tail = order->prev;
    if (level->head == 0) unuse_level(maker, book, (enum flow_side)order->side, order->price_ticks);
    uint32_t last = book->live[--book->live_count];
    book->live[order->live_position] = last;
    maker->orders[last].live_position = order->live_position;
}

/* ---- operations ---- */

static void record(struct maker *maker, enum flow_type type, const struct made_book *book, uint32_t id) {
    const struct made_order *order = &maker->orders[id];
    maker->operations[maker->operations_count++] = (struct flow_operation){
        .type = (uint8_t)type, .side = (uint8_t)order->side, .book = (uint16_t)(book - maker->books), .id = id,
        .price_ticks = order->price_ticks, .quantity_lots = order->open_lots };
}

static int crosses(const struct made_book *book, enum flow_side side, int64_t ticks) {
    uint32_t opposite = book->best_ticks[side == FLOW_BUY ? FLOW_SELL : FLOW_BUY];
    return opposite != 0 && (side == FLOW_BUY ? ticks >= opposite : ticks <= opposite);
}

/* A new order: it trades as far as its price allows, what is left rests. Prices beyond the format are pulled in. */
static uint32_t submit(struct maker *maker, struct made_book *book, enum flow_side side, int64_t ticks, uint32_t lots) {
    uint32_t id = ++maker->orders_count;
    struct made_order *taker = &maker->orders[id];
    taker->side = side;
    taker->price_ticks = ticks < 1 ? 1 : ticks > flow_price_ticks_max ? flow_price_ticks_max : (uint32_t)ticks;
    taker->open_lots = lots;
    record(maker, FLOW_ADD, book, id);
    enum flow_side opposite = side == FLOW_BUY ? FLOW_SELL : FLOW_BUY;
    while (taker->open_lots > 0 && crosses(book, side, taker->price_ticks)) {
        uint32_t best_ticks = book->best_ticks[opposite];
        uint32_t resting_id = page_of(maker, book, best_ticks)->levels[best_ticks & 511].head;
        struct made_order *resting = &maker->orders[resting_id];
        uint32_t traded = taker->open_lots < resting->open_lots ? taker->open_lots : resting->open_lots;
        flow_sum_add(&maker->sum, id, resting_id, best_ticks, traded);
        taker->open_lots -= traded;
        resting->open_lots -= traded;
        if (resting->open_lots == 0) leave_book(maker, book, resting_id);
    }
    if (taker->open_lots > 0) enter_book(maker, book, id);
    return id;
}

static void cancel(struct maker *maker, struct made_book *book, uint32_t id) {
    record(maker, FLOW_CANCEL, book, id);
    leave_book(maker, book, id);
}

/* ---- kind flow ---- */

static void step_passive(struct maker *maker, struct made_book *book) {
    enum flow_side side = draw_below(maker, 2) == 0 ? FLOW_BUY : FLOW_SELL;
    int far = draw_below(maker, 10) == 0;
    int64_t distance = 1 + (int64_t)(far ? draw_below(maker, maker->request.far_ticks)
                                         : draw_geometric(maker, 16, 4096));
    int64_t ticks = side == FLOW_BUY ? book->middle_ticks - distance : book->middle_ticks + distance;
    if (crosses(book, side, ticks))
        ticks = side == FLOW_BUY ? (int64_t)book->best_ticks[FLOW_SELL] - 1 : (int64_t)book->best_ticks[FLOW_BUY] + 1;
    submit(maker, book, side, ticks, 1 + draw_below(maker, 100));
}

static void step_aggressive(struct maker *maker, struct made_book *book) {
    enum flow_side side = draw_below(maker, 2) == 0 ? FLOW_BUY : FLOW_SELL;
    int64_t opposite = book->best_ticks[side == FLOW_BUY ? FLOW_SELL : FLOW_BUY];
    if (opposite == 0) {
        step_passive(maker, book);
        return;
    }
    int64_t through = draw_geometric(maker, 4, 4096);
    uint32_t lots = draw_below(maker, 20) == 0 ? 500 : 50;
    submit(maker, book, side, side == FLOW_BUY ? opposite + through : opposite - through, 1 + draw_below(maker, lots));
}

/* Cancels in percent of what is not aggressive: 50, and more the fuller the book is. */
static uint32_t cancel_percent(const struct maker *maker, const struct made_book *book) {
    int64_t target = maker->request.live_count;
    CHECK(target > 0);
    int64_t percent = 50 + ((int64_t)book->live_count - target) * 50 / target;
    return percent < 5 ? 5 : percent > 95 ? 95 : (uint32_t)percent;
}

static void step_flow(struct maker *maker, struct made_book *book) {
    if (draw_below(maker, 64) == 0) {
        int32_t low = book->middle_start_ticks / 2, high = book->middle_start_ticks * 3 / 2;
        book->middle_ticks += draw_below(maker, 2) != 0 ? 1 : -1;
        if (book->middle_ticks < low) book->middle_ticks = low;
        if (book->middle_ticks > high) book->middle_ticks = high;
    }
    if (draw_below(maker, 100) < 10) {
        step_aggressive(maker, book);
        return;
    }
    uint32_t percent = cancel_percent(maker, book);
    if (book->live_count > 0 && draw_below(maker, 100) < percent)
        cancel(maker, book, book->live[draw_below(maker, book->live_count)]);
    else step_passive(maker, book);
}

/* Half of the operations go to a book of the lower numbers of a first draw. */
static struct made_book *draw_book(struct maker *maker) {
    uint32_t count = maker->request.books_count, number = 0;
    if (count > 1) {
        number = draw_below(maker, count);
        if (draw_below(maker, 2) != 0) number = draw_below(maker, number + 1);
    }
    return &maker->books[number];
}

/* Returns how many of the operations are warm-up, or -ENOMEM. */
static int64_t make_flow(struct maker *maker) {
    const struct flow_request *request = &maker->request;
    for (uint32_t b = 0; b < request->books_count; b++) {
        struct made_book *book = &maker->books[b];
        for (uint32_t i = 0; i < request->live_count; i++) {
            if (make_room(maker, book) < 0) return -ENOMEM;
            step_passive(maker, book);
        }
    }
    int64_t warm_up_count = maker->operations_count;
    for (uint32_t i = 0; i < request->operations_count; i++) {
        struct made_book *book = draw_book(maker);
        if (make_room(maker, book) < 0) return -ENOMEM;
        step_flow(maker, book);
    }
    return warm_up_count;
}

/* ---- kind sweep ---- */

/* Eats one side; what a sweeping order leaves is canceled at once, so that the next round starts one-sided. */
static int sweep_side(struct maker *maker, struct made_book *book, enum flow_side side) {
    enum flow_side sweeper = side == FLOW_BUY ? FLOW_SELL : FLOW_BUY;
    while (book->best_ticks[side] != 0) {
        if (make_room(maker, book) < 0) return -ENOMEM;
        int64_t ticks = (int64_t)book->best_ticks[side] + (side == FLOW_SELL ? 50 : -50);
        uint32_t id = submit(maker, book, sweeper, ticks, 1 + draw_below(maker, 500));
        if (book->best_ticks[sweeper] != 0) cancel(maker, book, id);
        if (maker->operations_count > FLOW_OPERATIONS_MAX) return -ENOMEM;
    }
    return 0;
}

static int64_t make_sweep(struct maker *maker) {
    struct made_book *book = &maker->books[0];
    enum flow_side side = FLOW_SELL;
    while (maker->operations_count < maker->request.operations_count) {
        for (uint32_t i = 0; i < maker->request.live_count; i++) {
            if (make_room(maker, book) < 0) return -ENOMEM;
            int64_t distance = draw_below(maker, maker->request.far_ticks);
            int64_t ticks = book->middle_start_ticks + (side == FLOW_SELL ? distance : -distance);
            submit(maker, book, side, ticks, 1 + draw_below(maker, 100));
        }
        if (sweep_side(maker, book, side) < 0) return -ENOMEM;
        side = side == FLOW_SELL ? FLOW_BUY : FLOW_SELL;
    }
    return 0;
}

/* ---- the whole ---- */

static int check_request(const struct flow_request *request, struct flow_error *error) {
    if (request->books_count == 0 || request->books_count > flow_books_count_max)
        return flow_fail(error, -EINVAL, "%" PRIu32 " books, 1 to %d are possible", request->books_count,
                         flow_books_count_max);
    if (request->kind == FLOW_KIND_SWEEP && request->books_count != 1)
        return flow_fail(error, -EINVAL, "%" PRIu32 " books, a sweep has 1", request->books_count);
    if (request->live_count == 0) return flow_fail(error, -EINVAL, "0 live orders, at least 1 is needed");
    if (request->far_ticks == 0 || request->far_ticks > flow_price_ticks_max)
        return flow_fail(error, -EINVAL, "a far range of %" PRIu32 " ticks, 1 to %d are possible", request->far_ticks,
                         flow_price_ticks_max);
    uint64_t records_count = (uint64_t)request->books_count * request->live_count + request->operations_count;
    if (request->operations_count == 0 || records_count > FLOW_OPERATIONS_MAX)
        return flow_fail(error, -EINVAL, "%" PRIu64 " orders to fill the books and %" PRIu32 " operations, 1 to %"
                         PRIu32 " together are possible", records_count - request->operations_count,
                         request->operations_count, FLOW_OPERATIONS_MAX);
    return 0;
}

/* Middles are a thousand ticks apart and come round after 200 books, so that all of them are within the format. */
static void set_middles(struct maker *maker) {
    uint32_t count = maker->request.books_count;
    CHECK(count > 0);
    for (uint32_t b = 0; b < count; b++) {
        int32_t middle = count == 1 ? 100000 : (int32_t)(20000 + 1000 * (b % 200));
        maker->books[b].middle_ticks = maker->books[b].middle_start_ticks = middle;
    }
}

/* Hands the operations over to `file`. */
static void finish(struct maker *maker, uint32_t warm_up_count, struct flow_file *file) {
    CHECK(maker->operations != NULL);
    struct flow_header header = {
        .magic = FLOW_MAGIC, .books_count = maker->request.books_count, .warm_up_count = warm_up_count,
        .operations_count = maker->operations_count - warm_up_count, .id_max = maker->orders_count,
        .expected = maker->sum, .price_min_ticks = UINT32_MAX };
    for (uint32_t i = 0; i < maker->operations_count; i++) {
        uint32_t ticks = maker->operations[i].price_ticks;
        if (ticks > header.price_max_ticks) header.price_max_ticks = ticks;
        if (ticks < header.price_min_ticks) header.price_min_ticks = ticks;
    }
    memset(&maker->operations[maker->operations_count], 0, flow_spare_count * sizeof *maker->operations);
    *file = (struct flow_file){ .header = header, .operations = maker->operations };
    maker->operations = NULL;
}

static void maker_close(struct maker *maker) {
    for (uint32_t b = 0; maker->books != NULL && b < maker->request.books_count; b++) free(maker->books[b].live);
    free(maker->books);
    free(maker->orders);
    free(maker->operations);
    free(maker->pages);
}

int flow_make(const struct flow_request *request, struct flow_file *file, struct flow_error *error) {
    int status = check_request(request, error);
    if (status < 0) return status;
    struct maker maker = { .request = *request, .random = request->seed };
    int64_t warm_up_count = -ENOMEM;
    CHECK(request->books_count > 0);
    maker.books = calloc(request->books_count, sizeof *maker.books);
    if (maker.books != NULL) {
        set_middles(&maker);
        warm_up_count = request->kind == FLOW_KIND_FLOW ? make_flow(&maker) : make_sweep(&maker);
    }
    if (warm_up_count >= 0) finish(&maker, (uint32_t)warm_up_count, file);
    maker_close(&maker);
    return warm_up_count >= 0 ? 0 : flow_fail(error, -ENOMEM, "not enough memory for this flow");
}
