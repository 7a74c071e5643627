/* market.c - phases, halts, reference prices, collars. */
#include "engine/market/market.h"

#include "engine/state.h"

enum { million = 1000000 };

int market_is_open(const struct exchange *x, uint32_t session) {
    return session == NAME_NONE || x->sessions[session].phase == PHASE_CONTINUOUS;
}

uint32_t exchange_session_of(const struct exchange *x, uint32_t instrument) {
    const struct market *market = &x->markets[instrument];
    if (market->sessions_count == 0) return NAME_NONE;
    uint32_t open_count = 0, session = market->sessions[0];
    for (uint32_t i = 0; i < market->sessions_count; i++) {
        if (!market_is_open(x, market->sessions[i])) continue;
        session = market->sessions[i];
        open_count++;
    }
    return open_count > 1 ? SESSION_AMBIGUOUS : session;
}

int exchange_session_lists(const struct exchange *x, uint32_t session, uint32_t instrument) {
    const struct market *market = &x->markets[instrument];
    for (uint32_t i = 0; i < market->sessions_count; i++) {
        if (market->sessions[i] == session) return 1;
    }
    return 0;
}

uint32_t market_session_of_order(const struct exchange *x, const struct book_order *order) {
    const struct market *market = &x->markets[order->instrument];
    return market->sessions_count > 0 ? market->sessions[order->flags >> book_session_shift] : NAME_NONE;
}

uint16_t market_session_bits(const struct exchange *x, uint32_t instrument, uint32_t session) {
    const struct market *market = &x->markets[instrument];
    if (session == NAME_NONE) return 0;
    uint32_t place = 0;
    while (market->sessions[place] != session) CHECK(++place < market->sessions_count);
    return (uint16_t)(place << book_session_shift);
}

int exchange_is_halted(const struct exchange *x, uint32_t instrument, uint32_t session) {
    if (x->markets[instrument].halted || (x->sections_halted >> x->instruments[instrument].section & 1)) return 1;
    return session != NAME_NONE && x->sessions[session].halted;
}

/* PRC-7: the last trade, else the catalogue's price. */
price exchange_reference(const struct exchange *x, uint32_t instrument) {
    price last = x->markets[instrument].last;
    return last.ticks != 0 ? last : x->instruments[instrument].reference;
}

static void find_bounds(uint64_t reference, uint64_t width_ppm, uint32_t *low, uint32_t *high) {
    *low = 1;
    *high = price_ticks_max;
    if (width_ppm == 0) return;
    uint64_t top = reference * (million + width_ppm) / million;
    if (top < price_ticks_max) *high = top == 0 ? 1 : (uint32_t)top;
    if (width_ppm >= million) return;
    uint64_t bottom = (reference * (million - width_ppm) + million - 1) / million;
    if (bottom > 1) *low = (uint32_t)bottom;
}

void market_set_collar(struct exchange *x, uint32_t instrument) {
    struct collar *collar = &x->bounds[instrument].collar;
    uint64_t width_ppm = x->instruments[instrument].collar_ppm, reference = exchange_reference(x, instrument).ticks;
    find_bounds(reference, width_ppm, &collar->low, &collar->high);
    find_bounds(reference, 3 * width_ppm, &collar->far_low, &collar->far_high);
}

void exchange_collar(const struct exchange *x, uint32_t instrument, price *low, price *high) {
    low->ticks = high->ticks = 0;
    if (x->instruments[instrument].collar_ppm == 0) return;
    low->ticks = x->bounds[instrument].collar.low;
    high->ticks = x->bounds[instrument].collar.high;
}

price market_edge(const struct exchange *x, uint32_t instrument, enum side side, int resident) {
    const struct instrument_rules *rules = &x->rules_today[instrument];
    uint32_t band = side == SIDE_BUY ? rules->ceiling_ticks[resident][side] : rules->floor_ticks[resident][side];
    if (x->instruments[instrument].collar_ppm == 0) return (price){ band };
    const struct collar *collar = &x->bounds[instrument].collar;
    if (side == SIDE_BUY) return (price){ band != 0 && band < collar->high ? band : collar->high };
    return (price){ band > collar->low ? band : collar->low };
}

static int is_business_day(const struct exchange *x, int32_t date) {
    return calendar_covers(date) && calendar_is_business_day(&x->calendar, date);
}

/* SES-4: a day of the grid that is no business day moves to the next one; the grid stays. */
static int is_of_grid(const struct exchange *x, const struct session *session, int32_t date) {
    if (!is_business_day(x, date)) return 0;
    for (int32_t day = date; day >= session->anchor_date; day--) {
        if ((day - session->anchor_date) % (int32_t)session->every_days == 0) return 1;
        if (is_business_day(x, day - 1)) return 0;
    }
    return 0;
}

int session_is_held_on(const struct exchange *x, const struct session *session, int32_t date) {
    if (session->opened_date == date) return 1;
    for (uint32_t i = 0; i < session->dates_count; i++) {
        if (session->dates[i] == date) return 1;
    }
    if (session->dates_count > 0) return 0;
    return session->every_days > 0 ? is_of_grid(x, session, date) : is_business_day(x, date);
}

/* The hours of a date: opened by hand it is open for all of it. */
static int64_t opening_ns(const struct session *session, int32_t date) {
    return trade_date_begin_ns(date, session->opened_date == date ? 0 : session->open_minute);
}
static int64_t closing_ns(const struct session *session, int32_t date) {
    return trade_date_begin_ns(date, session->opened_date == date ? 24 * 60 : session->close_minute);
}

int session_hours_contain(const struct exchange *x, const struct session *session, int64_t time_ns) {
    int32_t date = trade_date(time_ns);
    int64_t open_ns = opening_ns(session, date);
    if (session->closed_date == date || time_ns < open_ns || time_ns >= closing_ns(session, date)) return 0;
    if (session_is_held_on(x, session, date)) return 1;
    /* It opened today, maybe just now; one that is still open from yesterday is not, as that date ends only after. */
    return session->phase == PHASE_CONTINUOUS && (time_ns > open_ns || x->trade_date == date);
}

int64_t session_next_change_ns(const struct exchange *x, const struct session *session, int64_t time_ns) {
    int32_t date = trade_date(time_ns);
    if (session_hours_contain(x, session, time_ns)) return closing_ns(session, date);
    for (; calendar_covers(date); date++) {
        int64_t open_ns = opening_ns(session, date);
        if (session_is_held_on(x, session, date) && time_ns < open_ns) return open_ns;
    }
    return INT64_MAX;
}

int64_t exchange_session_opens_ns(const struct exchange *x, uint32_t index) {
    CHECK(index < x->sessions_count);
    const struct session *session = &x->sessions[index];
    if (!session_is_scheduled(session)) return INT64_MAX;
    int64_t from_ns = x->time_ns;
    if (session->closed_date == x->trade_date) from_ns = trade_date_begin_ns(x->trade_date + 1, 0) - 1;
    else if (session_hours_contain(x, session, from_ns)) from_ns = closing_ns(session, x->trade_date);
    if (!calendar_covers(trade_date(from_ns))) return INT64_MAX;
    for (int32_t date = trade_date(from_ns); calendar_covers(date); date++) {
        int64_t open_ns = opening_ns(session, date);
        if (session_is_held_on(x, session, date) && open_ns > from_ns) return open_ns;
    }
    return INT64_MAX;
}
