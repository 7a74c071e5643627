/* depth.h - the book as the public sees it: per instrument and side, levels of [price, quantity, orders].
 *
 * Built from events alone by the four rules that stand at the top of event.h. All-or-none orders, waiting stops and
 * the hidden part of an iceberg are in no event's `shown`, and so in no level.
 *
 * A side is the ladder of engine/book: a radix tree over ticks with bitmaps, here with an aggregate instead of a queue
 * under each price. A change costs the same few steps wherever it falls, the best levels follow one another by bit
 * scans, and no side has a bound of its own. (A sorted array a side is cheap near the top but would need room
 * for orders_max levels on every side, or a way to grow.) Prices shown are among the prices in the engine's own
 * book, so limits that suffice for the exchange suffice here.
 *
 * Who publishes keeps what it sent last and compares it with depth_top; depth_dirty tells beforehand whether a look can
 * be worth it. Within a command an iceberg between two slices leaves a level of quantity 0 that still counts its
 * order; between commands every level has quantity > 0. Look between commands. */
#ifndef BIRZHA_VIEWS_DEPTH_H
#define BIRZHA_VIEWS_DEPTH_H

#include <stddef.h>
#include <stdint.h>

#include "engine/event.h"

struct image;
struct limits;
struct depth;

struct depth_level {
    price price;                /* 0 = there is none */
    uint32_t orders_count;
    uint64_t quantity_lots;
};

/* `limits` are those of the exchange that speaks; `memory` is depth_size zeroed bytes, 64-byte aligned; what is not
 * needed of it is never touched. */
size_t depth_size(const struct limits *limits);
struct depth *depth_init(void *memory, const struct limits *limits);

/* Events that say nothing about the book are passed over. */
void depth_apply(struct depth *depth, const struct event *event);

/* The best `levels_max` levels of a side, best first. Returns how many there are. */
uint32_t depth_top(const struct depth *depth, uint32_t instrument, enum side side, struct depth_level *levels,
                   uint32_t levels_max);
/* The best level; price 0 when the side is empty. */
struct depth_level depth_best(const struct depth *depth, uint32_t instrument, enum side side);
/* The level at a price from 1 to price_ticks_max; all 0 but the price when nothing stands there. */
struct depth_level depth_at(const struct depth *depth, uint32_t instrument, enum side side, price at);
uint32_t depth_levels_count(const struct depth *depth, uint32_t instrument, enum side side);

/* The best price whose level changed since depth_settle (or ever), 0 = none did. What stands before it is as it was;
 * so a reader whose last level was better, with all its levels in use, has nothing to learn. */
price depth_dirty(const struct depth *depth, uint32_t instrument, enum side side);
void depth_settle(struct depth *depth, uint32_t instrument);

/* All that it remembers, as engine/image.h says, between two commands; and back, into one that was initialised with the
 * same figures and has taken nothing. 0, or -1 and it is of no use: the image does not fit, or holds what cannot be. */
void depth_write(const struct depth *depth, struct image *image);
__attribute__((warn_unused_result))
int depth_load(struct depth *depth, struct image *image);

/* CHECKs trees, aggregates and counts, between commands; for tests and simulations. */
void depth_verify(const struct depth *depth);

#endif
