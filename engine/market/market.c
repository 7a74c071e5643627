/* market.c - phases, halts, reference prices, collars. */
#include "engine/market/market.h"

#include "engine/state.h"

enum { million = 1000000 };

int market_is_open(const struct exchange *x, uint32_t instrument) {
    uint32_t session = x->markets[instrument].session;
    return session == NAME_NONE || x->sessions[session].phase == PHASE_CONTINUOUS;
}

int exchange_is_halted(const struct exchange *x, uint32_t instrument) {
    const struct market *market = &x->markets[instrument];
    if (market->halted || (x->sections_halted >> x->instruments[instrument].section & 1)) return 1;
    return market->session != NAME_NONE && x->sessions[market->session].halted;
}

/* PRC-7: the last trade, else the catalogue's price. */
price exchange_reference(const struct exchange *x, uint32_t instrument) {
    price last = x->markets[instrument].last;
    return last.ticks != 0 ? last : x->instruments[instrument].reference;
}

void market_collar(const struct exchange *x, uint32_t instrument, uint32_t times, price *low, price *high) {
    uint64_t width_ppm = (uint64_t)x->instruments[instrument].collar_ppm * times;
    low->ticks = 1;
    high->ticks = price_ticks_max;
    if (width_ppm == 0) return;
    uint64_t reference = exchange_reference(x, instrument).ticks;
    uint64_t top = reference * (million + width_ppm) / million;
    if (top < price_ticks_max) high->ticks = top == 0 ? 1 : (uint32_t)top;
    if (width_ppm < million) {
        uint64_t bottom = (reference * (million - width_ppm) + million - 1) / million;
        if (bottom > 1) low->ticks = (uint32_t)bottom;
    }
}

void exchange_collar(const struct exchange *x, uint32_t instrument, price *low, price *high) {
    market_collar(x, instrument, 1, low, high);
    if (x->instruments[instrument].collar_ppm == 0) low->ticks = high->ticks = 0;
}

static int is_business_day(const struct exchange *x, int32_t date) {
    return calendar_covers(date) && calendar_is_business_day(&x->calendar, date);
}

int session_hours_contain(const struct exchange *x, const struct session *session, int64_t time_ns) {
    int32_t date = trade_date(time_ns);
    int64_t open_ns = trade_date_begin_ns(date, session->open_minute);
    if (time_ns < open_ns || time_ns >= trade_date_begin_ns(date, session->close_minute)) return 0;
    return is_business_day(x, date) || (session->phase == PHASE_CONTINUOUS && time_ns > open_ns);
}

int64_t session_next_change_ns(const struct exchange *x, const struct session *session, int64_t time_ns) {
    int32_t date = trade_date(time_ns);
    if (session_hours_contain(x, session, time_ns)) return trade_date_begin_ns(date, session->close_minute);
    for (; calendar_covers(date); date++) {
        int64_t open_ns = trade_date_begin_ns(date, session->open_minute);
        if (is_business_day(x, date) && time_ns < open_ns) return open_ns;
    }
    return INT64_MAX;
}
