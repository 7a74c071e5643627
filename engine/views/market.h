/* market.h - the tape and the day's figures of every instrument, from events alone.
 *
 * Figures are of the trade date and begin anew with it: at the TIME event that announces the date, or at the first
 * trade dated so. Two outlast the date: `last`, the price of the last trade ever, and `reference`, the reference price
 * of the date (PRC-7): the mean price, weighted by lots and rounded half up to a tick, of the last 30 minutes of the
 * latest date with trades - the minute of that date's last trade and the 29 before it. It is 0 before there has been a
 * trade on an earlier date, and then the catalogue's price stands in for it. (The price that collars are drawn around
 * follows every trade: ask exchange_reference for that one.)
 *
 * Turnover is the sum of price x lots in ticks x lots, 128 bits wide: a trade is below 2^57, so no number of trades
 * overflows it. Volume is below 2^30 a trade in 64 bits: more than 2^33 trades a day.
 *
 * The tape keeps the last trades_max trades of each instrument.
 *
 * Not here: bid and offer (depth.h), phases and halts. */
#ifndef BIRZHA_VIEWS_MARKET_H
#define BIRZHA_VIEWS_MARKET_H

#include <stddef.h>
#include <stdint.h>

#include "engine/event.h"

struct image;
struct limits;
struct market_view;

/* What the market did in one instrument. */
struct market_figures {
    uint128 turnover;           /* ticks x lots; x lot_tick gives money */
    uint64_t volume_lots;
    uint64_t trades_count;
    price last;                 /* 0 = never a trade */
    quantity last_quantity;
    price open, high, low;      /* 0 while trades_count is 0 */
    price reference;
    uint8_t reserved[8];
};

/* One line of the tape. It names no parties. */
struct tape_trade {
    uint64_t trade_id;
    int64_t time_ns;
    price price;
    quantity quantity;
    int32_t trade_date;
    uint8_t deal_class, condition;
    uint8_t taker_side;         /* enum side */
    uint8_t reserved;
};

/* `limits` are those of the exchange that speaks; trades_max >= 1. `memory` is market_view_size zeroed bytes, 64-byte
 * aligned; what is not needed of it is never touched. */
size_t market_view_size(const struct limits *limits, uint32_t trades_max);
struct market_view *market_view_init(void *memory, const struct limits *limits, uint32_t trades_max);

/* Takes an event of a command that was applied at `time_ns`. */
void market_view_apply(struct market_view *view, const struct event *event, int64_t time_ns);

/* Valid until the next market_view_apply, as are the others. */
const struct market_figures *market_view_figures(const struct market_view *view, uint32_t instrument);
/* The date that the figures are of; date_none before any event that has one. */
int32_t market_view_date(const struct market_view *view);

/* Trades on the tape, and one of them: 0 is the latest. */
uint32_t market_view_tape_count(const struct market_view *view, uint32_t instrument);
const struct tape_trade *market_view_tape(const struct market_view *view, uint32_t instrument, uint32_t age);

/* All that it remembers, as engine/image.h says, between two commands; and back, into one that was initialised with the
 * same figures and has taken nothing. 0, or -1 and it is of no use: the image does not fit, or holds what cannot be. */
void market_view_write(const struct market_view *view, struct image *image);
__attribute__((warn_unused_result))
int market_view_load(struct market_view *view, struct image *image);

/* CHECKs that figures and tape agree; for tests and simulations. */
void market_view_verify(const struct market_view *view);

#endif
