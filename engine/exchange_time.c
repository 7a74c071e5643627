/* exchange_time.c - time passes: trade dates end, sessions open and close, orders expire. MATCHING.md 7.
 *
 * Moments at which something is due are worked off one by one, earliest first, whatever command brings the time. */
#include "engine/exchange_internal.h"
#include "engine/market/market.h"

void time_say(const struct exchange *x, struct event_buffer *events) {
    *event_next(events) = (struct event){ .kind = EVENT_TIME, .instrument = NAME_NONE,
                                          .time = { .time_ns = x->time_ns, .trade_date = x->trade_date } };
}

/* The next moment at which anything is due, seen from now. */
void time_plan(struct exchange *x) {
    int64_t due_ns = trade_date_begin_ns(x->trade_date + 1, 0);
    for (uint32_t i = 0; i < x->sessions_count; i++) {
        if (!session_is_scheduled(&x->sessions[i])) continue;
        int64_t change_ns = session_next_change_ns(x, &x->sessions[i], x->time_ns);
        if (change_ns < due_ns) due_ns = change_ns;
    }
    x->next_due_ns = due_ns;
}

static int ends_with_session(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    return x->markets[x->pool.orders[slot].instrument].session == filter->session &&
           x->details[slot].time_in_force == TIF_DAY;
}

static int is_past_expiry(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    return x->details[slot].time_in_force == TIF_GTD && x->details[slot].expire_date < filter->date;
}

static int ends_with_date(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    return x->details[slot].time_in_force == TIF_DAY || is_past_expiry(x, filter, slot);
}

static void change_phase(struct exchange *x, uint32_t index, enum phase phase, struct event_buffer *events) {
    struct session *session = &x->sessions[index];
    session->phase = (uint8_t)phase;
    *event_next(events) = (struct event){ .kind = EVENT_SESSION_PHASE, .instrument = NAME_NONE,
                                          .session_phase = { .session = index, .phase = (uint8_t)phase } };
    if (phase != PHASE_CLOSED) return;
    struct order_filter filter = { .ends = ends_with_session, .kind = EVENT_EXPIRED, .cause = CAUSE_SESSION_CLOSE,
                                   .session = index };
    if (x->pool.live_count > 0) orders_end_all(x, &filter, events);
}

/* Moves the sessions that are in the wrong phase now to `phase`, in the order of their index. */
static void change_phases(struct exchange *x, enum phase phase, struct event_buffer *events) {
    for (uint32_t i = 0; i < x->sessions_count; i++) {
        const struct session *session = &x->sessions[i];
        if (!session_is_scheduled(session) || session->phase == phase) continue;
        int open = session_hours_contain(x, session, x->time_ns);
        if (open == (phase == PHASE_CONTINUOUS)) change_phase(x, i, phase, events);
    }
}

static void change_date(struct exchange *x, int32_t date, struct event_buffer *events) {
    x->trade_date = date;
    time_say(x, events);
    struct order_filter filter = { .ends = ends_with_date, .kind = EVENT_EXPIRED, .cause = CAUSE_END_OF_DAY,
                                   .date = date };
    if (x->pool.live_count > 0) orders_end_all(x, &filter, events);
}

void time_advance(struct exchange *x, int64_t time_ns, struct event_buffer *events) {
    while (x->next_due_ns <= time_ns) {
        x->time_ns = x->next_due_ns;
        change_phases(x, PHASE_CLOSED, events);
        int32_t date = trade_date(x->time_ns);
        if (date != x->trade_date) change_date(x, date, events);
        change_phases(x, PHASE_CONTINUOUS, events);
        time_plan(x);
    }
    x->time_ns = time_ns;
}
