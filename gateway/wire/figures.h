/* figures.h - what the figures of a request are inside the exchange: ticks, lots, order ids. Private to decode.
 *
 * Whichever way a line is read (forms.h, entry.h), its figures become what they are here. Well-written figures
 * that cannot be traded are the sentinels of engine/command.h. */
#ifndef BIRZHA_WIRE_FIGURES_H
#define BIRZHA_WIRE_FIGURES_H

#include <stdint.h>

#include "instruments/instrument.h"

/* Ticks of a price of `instrument`; NULL = of none that is known: PRICE_INVALID. 0, or -1: it is no decimal. */
__attribute__((warn_unused_result))
int figure_ticks(const struct instrument *instrument, const char *text, uint32_t size, uint32_t *ticks);

/* 0 for what is too few for anything, UINT32_MAX for what is too many. */
uint32_t figure_lots(int64_t value);

/* UINT64_MAX for a text that no order can have as its id. */
uint64_t figure_order_id(const char *text, uint32_t size);

#endif
