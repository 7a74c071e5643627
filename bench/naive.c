/* naive.c - the simplest honest engine: what one writes in an afternoon from textbook parts.
 *
 * Each side of a book is a balanced tree of prices (a treap), each price a linked list of orders, each order and price
 * a malloc of its own, and a hash table with chains finds an order by its id. It makes the right trades and does
 * nothing foolish. The distance between this and the engine is what careful memory layout buys. */
#include "bench/replay.h"

struct naive_level;

struct naive_order {
    uint32_t id, lots;
    struct naive_level *level;
    struct naive_order *prev, *next;    /* in its price */
    struct naive_order *chain;          /* in its bucket */
};

struct naive_level {
    uint32_t ticks, weight;             /* a heap over random weights keeps the tree balanced */
    uint8_t side;
    struct naive_level *left, *right;
    struct naive_order *head, *tail;
};

struct naive_book { struct naive_level *roots[2]; };

struct naive {
    struct naive_book *books;
    struct naive_order **buckets;
    uint32_t buckets_count, resting_count;      /* buckets: a power of two */
    uint32_t random;
};

/* ---- the tree of prices ---- */

static void rotate_right(struct naive_level **root) {
    struct naive_level *up = (*root)->left;
    (*root)->left = up->right;
    up->right = *root;
    *root = up;
}

static void rotate_left(struct naive_level **root) {
    struct naive_level *up = (*root)->right;
    (*root)->right = up->left;
    up->left = *root;
    *root = up;
}

static struct naive_level *tree_find(struct naive_level *root, uint32_t ticks) {
    while (root != NULL && root->ticks != ticks) root = ticks < root->ticks ? root->left : root->right;
    return root;
}

static void tree_insert(struct naive_level **root, struct naive_level *level) {
    if (*root == NULL) {
        *root = level;
    } else if (level->ticks < (*root)->ticks) {
        tree_insert(&(*root)->left, level);
        if ((*root)->left->weight > (*root)->weight) rotate_right(root);
    } else {
        tree_insert(&(*root)->right, level);
        if ((*root)->right->weight > (*root)->weight) rotate_left(root);
    }
}

/* Turns the level down to where it has one child at most, and takes it out. */
static void tree_remove(struct naive_level **root, const struct naive_level *level) {
    while (*root != level) root = level->ticks < (*root)->ticks ? &(*root)->left : &(*root)->right;
    while (level->left != NULL && level->right != NULL) {
        if (level->left->weight > level->right->weight) {
            rotate_right(root);
            root = &(*root)->right;
        } else {
            rotate_left(root);
            root = &(*root)->left;
        }
    }
    *root = level->left != NULL ? level->left : level->right;
}

/* The best price of a side; NULL when it is empty. */
static struct naive_level *tree_best(struct naive_level *root, uint8_t side) {
    if (root == NULL) return NULL;
    if (side == FLOW_BUY) while (root->right != NULL) root = root->right;
    else while (root->left != NULL) root = root->left;
    return root;
}

/* ---- the table of ids ---- */

static struct naive_order **bucket_of(const struct naive *naive, uint32_t id) {
    return &naive->buckets[(id * UINT32_C(2654435769) >> 7) & (naive->buckets_count - 1)];
}

static void table_grow(struct naive *naive) {
    struct naive_order **old = naive->buckets;
    uint32_t old_count = naive->buckets_count;
    naive->buckets_count = old_count == 0 ? 64 : old_count * 2;
    naive->buckets = calloc(naive->buckets_count, sizeof(struct naive_order *));
    if (naive->buckets == NULL) bench_stop("not enough memory");
    for (uint32_t i = 0; i < old_count; i++) {
        for (struct naive_order *order = old[i], *next; order != NULL; order = next) {
            struct naive_order **bucket = bucket_of(naive, order->id);
            next = order->chain;
            order->chain = *bucket;
            *bucket = order;
        }
    }
    free(old);
}

static void table_insert(struct naive *naive, struct naive_order *order) {
    if (naive->resting_count++ == naive->buckets_count) table_grow(naive);
    struct naive_order **bucket = bucket_of(naive, order->id);
    order->chain = *bucket;
    *bucket = order;
}

static struct naive_order *table_remove(struct naive *naive, uint32_t id) {
    struct naive_order **link = bucket_of(naive, id);
    while (*link != NULL && (*link)->id != id) link = &(*link)->chain;
    struct naive_order *order = *link;
    if (order == NULL) bench_stop("a cancel of an order that is not live");
    *link = order->chain;
    naive->resting_count--;
    return order;
}

/* ---- orders ---- */

static void *take(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) bench_stop("not enough memory");
    return memory;
}

static void rest(struct naive *naive, struct naive_book *book, const struct flow_operation *operation, uint32_t lots) {
    struct naive_level *level = tree_find(book->roots[operation->side], operation->price_ticks);
    if (level == NULL) {
        level = take(sizeof *level);
        naive->random = naive->random * UINT32_C(1664525) + UINT32_C(1013904223);
        level->ticks = operation->price_ticks;
        level->weight = naive->random;
        level->side = operation->side;
        tree_insert(&book->roots[operation->side], level);
    }
    struct naive_order *order = take(sizeof *order);
    order->id = operation->id;
    order->lots = lots;
    order->level = level;
    order->prev = level->tail;
    if (level->tail != NULL) level->tail->next = order;
    else level->head = order;
    level->tail = order;
    table_insert(naive, order);
}

/* Takes an order out of the table, its price and, when that is empty, the tree. */
static void leave(struct naive *naive, struct naive_book *book, uint32_t id) {
    struct naive_order *order = table_remove(naive, id);
    struct naive_level *level = order->level;
    if (order->prev != NULL) order->prev->next = order->next;
    else level->head = order->next;
    if (order->next != NULL) order->next->prev = order->prev;
    else level->tail = order->prev;
    free(order);
    if (level->head != NULL) return;
    tree_remove(&book->roots[level->side], level);
    free(level);
}

static void add(struct naive *naive, const struct flow_operation *operation, struct flow_sum *sum) {
    struct naive_book *book = &naive->books[operation->book];
    uint8_t other = operation->side == FLOW_BUY ? FLOW_SELL : FLOW_BUY;
    uint32_t lots = operation->quantity_lots;
    while (lots > 0) {
        struct naive_level *level = tree_best(book->roots[other], other);
        if (level == NULL) break;
        if (other == FLOW_SELL ? level->ticks > operation->price_ticks : level->ticks < operation->price_ticks) break;
        struct naive_order *maker = level->head;
        uint32_t traded = lots < maker->lots ? lots : maker->lots;
        flow_sum_add(sum, operation->id, maker->id, level->ticks, traded);
        lots -= traded;
        maker->lots -= traded;
        if (maker->lots == 0) leave(naive, book, maker->id);
    }
    if (lots > 0) rest(naive, book, operation, lots);
}

/* ---- the engine that bench_main wants ---- */

static void naive_apply(void *engine, const struct flow_operation *operations, uint32_t count, struct flow_sum *sum) {
    struct naive *naive = engine;
    for (uint32_t i = 0; i < count; i++) {
        if (operations[i].type == FLOW_ADD) add(naive, &operations[i], sum);
        else leave(naive, &naive->books[operations[i].book], operations[i].id);
    }
}

static void *naive_open(const struct flow_header *header) {
    struct naive *naive = take(sizeof *naive);
    naive->books = take(header->books_count * sizeof *naive->books);
    naive->random = 1;
    table_grow(naive);
    return naive;
}

static uint32_t naive_resting(const void *engine) { return ((const struct naive *)engine)->resting_count; }

static void naive_close(void *engine) {
    struct naive *naive = engine;
    for (uint32_t i = 0; i < naive->buckets_count; i++)
        while (naive->buckets[i] != NULL) {
            struct naive_order *order = naive->buckets[i];
            struct naive_level *level = order->level;
            naive->buckets[i] = order->chain;
            if (order->prev != NULL) order->prev->next = order->next;
            else level->head = order->next;
            if (order->next != NULL) order->next->prev = order->prev;
            if (level->head == NULL) free(level);
            free(order);
        }
    free(naive->buckets);
    free(naive->books);
    free(naive);
}

int main(int argc, char **argv) {
    const struct bench_engine engine = { .name = "naive", .open = naive_open, .apply = naive_apply,
                                         .resting = naive_resting, .close = naive_close };
    return bench_main(&engine, argc, argv);
}
