/* exchange_time.c - time passes: trade dates end, sessions open and close, orders expire. MATCHING.md 7.
 *
 * Moments at which something is due are worked off one by one, earliest first, whatever command brings the time. */
#include "engine/exchange_internal.h"
#include "engine/market/market.h"
#include "engine/participants/standing.h"
#include "engine/rules/tables.h"

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
    return x->details[slot].time_in_force == TIF_DAY &&
           market_session_of_order(x, &x->pool.orders[slot]) == filter->session;
}

static int is_past_expiry(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    return x->details[slot].time_in_force == TIF_GTD && x->details[slot].expire_date < filter->date;
}

static int ends_with_date(const struct exchange *x, const struct order_filter *filter, uint32_t slot) {
    return x->details[slot].time_in_force == TIF_DAY || is_past_expiry(x, filter, slot);
}

void time_change_phase(struct exchange *x, uint32_t index, enum phase phase, struct event_buffer *events) {
    struct session *session = &x->sessions[index];
    session->phase = (uint8_t)phase;
    *event_next(events) = (struct event){ .kind = EVENT_SESSION_PHASE, .instrument = NAME_NONE,
                                          .session_phase = { .session = index, .phase = (uint8_t)phase } };
    if (phase == PHASE_CONTINUOUS) {
        session->started_ns = x->time_ns;
        standing_take_snapshot(x, index);
    }
    if (phase != PHASE_CLOSED) return;
    struct order_filter filter = { .ends = ends_with_session, .kind = EVENT_EXPIRED, .cause = CAUSE_SESSION_CLOSE,
                                   .session = index };
    if (x->pool.live_count > 0) orders_end_all(x, &filter, events);
}

/* Moves the sessions that are in the wrong phase now to `phase`, in the order of their index. */
static void change_phases(struct exchange *x, enum phase phase, struct event_buffer *events) {
    for (uint32_t i = 0; i < x->sessions_count; i++) {
        const struct session *session = &x->sessions[i];
        if (session->phase == phase) continue;
        int open = session_is_scheduled(session) ? session_hours_contain(x, session, x->time_ns)
                                                 : session->closed_date != x->trade_date;
        if (open == (phase == PHASE_CONTINUOUS)) time_change_phase(x, i, phase, events);
    }
}

void time_find_fee_due_date(struct exchange *x) {
    if (!calendar_covers(x->trade_date)) return;
    int32_t days = (int32_t)x->tables->terms.fee_due_business_days;
    x->fee_due_date = calendar_add_business_days(&x->calendar, x->trade_date, days);
    tables_take_fee_due_date(x);
}

/* A suspension whose last day is over ends by itself. */
static void end_suspensions(struct exchange *x, struct event_buffer *events) {
    for (uint32_t i = 0; i < x->participants_count; i++) {
        struct participant *participant = &x->participants[i];
        if (participant->state != PARTICIPANT_SUSPENDED || participant->suspended_until_date == date_none ||
            participant->suspended_until_date >= x->trade_date) continue;
        participant->state = PARTICIPANT_ACCREDITED;
        participant->suspended_until_date = date_none;
        *event_next(events) = (struct event){ .kind = EVENT_STANDING, .instrument = NAME_NONE, .standing = {
            .participant = i, .until_date = date_none, .state = PARTICIPANT_ACCREDITED } };
    }
}

/* ACC-15: for those who trade without a session, or in one that is always open, a date is a session. */
static void begin_always_open(struct exchange *x) {
    standing_take_snapshot(x, NAME_NONE);
    for (uint32_t i = 0; i < x->sessions_count; i++) {
        if (session_is_scheduled(&x->sessions[i])) continue;
        x->sessions[i].started_ns = x->time_ns;
        standing_take_snapshot(x, i);
    }
}

static void change_date(struct exchange *x, int32_t date, struct event_buffer *events) {
    x->trade_date = date;
    time_say(x, events);
    struct order_filter filter = { .ends = ends_with_date, .kind = EVENT_EXPIRED, .cause = CAUSE_END_OF_DAY,
                                   .date = date };
    if (x->pool.live_count > 0) orders_end_all(x, &filter, events);
    end_suspensions(x, events);
    tables_refresh_all(x);
    time_find_fee_due_date(x);
    money_begin_date(x, events);
    orders_end_unfit(x, NAME_NONE, events);
    begin_always_open(x);
}

void time_advance(struct exchange *x, int64_t time_ns, struct event_buffer *events) {
    while (x->next_due_ns <= time_ns) {
        x->time_ns = x->next_due_ns;
        x->world++;
        change_phases(x, PHASE_CLOSED, events);
        int32_t date = trade_date(x->time_ns);
        if (date != x->trade_date) change_date(x, date, events);
        change_phases(x, PHASE_CONTINUOUS, events);
        time_plan(x);
    }
    x->time_ns = time_ns;
}
