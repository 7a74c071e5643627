/* market.h - what is traded when: sessions and their phases, halts, reference prices and collars.
 *
 * A session is a set of instruments with hours. An instrument that no session lists trades continuously, always. One
 * may be listed in several, open at the same time or not: they share its book, its last price and its market data, but
 * an order meets those of its own session only, as the restrictions of another are not its own.
 * Functions here read the state; the commands that change it are in engine/exchange_world.c and exchange_time.c. */
#ifndef BIRZHA_MARKET_H
#define BIRZHA_MARKET_H

#include <stdint.h>

#include "engine/book/book.h"
#include "engine/state.h"

/* Whether orders are accepted now as far as the session's phase goes; NAME_NONE = always. */
int market_is_open(const struct exchange *x, uint32_t session);

/* The session of a resting order; NAME_NONE = its instrument trades always. */
uint32_t market_session_of_order(const struct exchange *x, const struct book_order *order);
/* The session's place among those that list the instrument, as book_order flags; 0 where none does. */
uint16_t market_session_bits(const struct exchange *x, uint32_t instrument, uint32_t session);

/* Works out the collar anew: the reference price or the collar's width has changed. */
void market_set_collar(struct exchange *x, uint32_t instrument);
/* A trade was made at `ticks`: it is the reference price from now on. PRC-7 */
static inline void market_set_last(struct exchange *x, uint32_t instrument, uint32_t ticks) {
    if (x->markets[instrument].last.ticks == ticks) return;
    x->markets[instrument].last.ticks = ticks;
    market_set_collar(x, instrument);
}

/* How far an order without limit may trade: the collar, and the band of its side within it; 0 = there is neither. */
price market_edge(const struct exchange *x, uint32_t instrument, enum side side, int resident);

/* SES-4, SES-5: whether the session is held on that date, as far as its days go. */
int session_is_held_on(const struct exchange *x, const struct session *session, int32_t date);

/* A session with hours: whether it should be open at `time_ns`, given its present phase, and the next moment this
 * changes (INT64_MAX when the calendar's years are over). It opens on business days only; one that is open keeps its
 * hours, even if its day has been declared a holiday since. */
int session_hours_contain(const struct exchange *x, const struct session *session, int64_t time_ns);
int64_t session_next_change_ns(const struct exchange *x, const struct session *session, int64_t time_ns);

static inline int session_is_scheduled(const struct session *session) {
    return session->open_minute != session->close_minute;
}

#endif
