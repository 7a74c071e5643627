/* model_time.c - how the model's time passes: dates, business days, sessions, and what is due at which moment
 * (MATCHING.md 7 and 9; SES-4, SES-5, ACC-15). */
#include "tests/model/model_state.h"

/* ---- dates ---- */

static int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int32_t model_date(int64_t time_ns) { return (int32_t)floor_divide(time_ns + MINSK_OFFSET_NS, NS_PER_DAY); }
int32_t model_today(const struct model *m) { return model_date(m->time_ns); }

static int64_t begin_of(int32_t date, uint32_t minute) {
    return date * NS_PER_DAY - MINSK_OFFSET_NS + minute * (60 * NS_PER_SECOND);
}

bool model_is_known_date(int32_t date) {
    int32_t first = 18262, last = 22279;    /* 2020-01-01, 2030-12-31 */
    return date == date_none || (date >= first && date <= last);
}

bool model_are_dates(int32_t from, int32_t to) {
    if (!model_is_known_date(from) || !model_is_known_date(to)) return false;
    return from == date_none || to == date_none || from <= to;
}

/* 1970-01-01 was a Thursday. */
bool model_is_business_day(const struct model *m, int32_t date) {
    int64_t weekday = (((int64_t)date + 3) % 7 + 7) % 7;    /* 0 = Monday */
    if (weekday >= 5) return false;
    for (uint32_t i = 0; i < m->holidays_count; i++)
        if (m->holidays[i] == date) return false;
    return true;
}

int32_t model_add_business_days(const struct model *m, int32_t date, uint32_t days) {
    while (!model_is_business_day(m, date) && days == 0) date++;
    while (days > 0)
        if (model_is_business_day(m, ++date)) days--;
    return date;
}

/* ---- what is open ---- */

bool model_are_hours(uint32_t open_minute, uint32_t close_minute) {
    return (open_minute == 0 && close_minute == 0) || (open_minute < close_minute && close_minute <= 1440);
}

bool model_is_always_open(const struct model_session *s) { return s->open_minute == 0 && s->close_minute == 0; }

bool model_is_open(const struct model *m, uint32_t session) { return session == NAME_NONE || m->sessions[session].open; }

bool model_is_halted(const struct model *m, uint32_t instrument, uint32_t session) {
    const struct model_instrument *i = &m->instruments[instrument];
    return i->halted || m->section_halted[i->section] || (session != NAME_NONE && m->sessions[session].halted);
}

bool model_is_listed(const struct model *m, uint32_t instrument, uint32_t session) {
    const struct model_instrument *i = &m->instruments[instrument];
    for (uint32_t at = 0; at < i->sessions_count; at++)
        if (i->sessions[at] == session) return true;
    return false;
}

/* What rested before any session had its instrument belongs to the first that has. */
uint32_t model_session_of(const struct model *m, const struct order *o) {
    const struct model_instrument *i = &m->instruments[o->instrument];
    if (o->session != NAME_NONE) return o->session;
    return i->sessions_count == 0 ? NAME_NONE : i->sessions[0];
}

/* SES-4: a day of the grid that is no business day moves to the next one; the grid stays. */
static bool is_on_grid(const struct model *m, const struct model_session *s, int32_t date) {
    if (!model_is_business_day(m, date)) return false;
    for (int32_t day = date; day >= s->terms.anchor_date; day--) {
        if (day != date && model_is_business_day(m, day)) return false;
        if (((int64_t)day - s->terms.anchor_date) % s->terms.every_days == 0) return true;
    }
    return false;
}

/* Whether the session is held on the date, as its hours, grid and dates say. */
static bool takes_place(const struct model *m, const struct model_session *s, int32_t date) {
    if (model_is_always_open(s)) return true;
    for (uint32_t i = 0; i < s->dates_count; i++)
        if (s->dates[i] == date) return true;
    if (s->dates_count > 0) return false;
    if (s->terms.every_days > 0) return is_on_grid(m, s, date);
    return model_is_business_day(m, date);
}

bool model_is_scheduled_open(const struct model *m, const struct model_session *s, int64_t time_ns) {
    int32_t date = model_date(time_ns);
    if (s->opened_date == date) return true;
    if (s->closed_date == date || !takes_place(m, s, date)) return false;
    return model_is_always_open(s) ||
           (time_ns >= begin_of(date, s->open_minute) && time_ns < begin_of(date, s->close_minute));
}

/* ---- phases ---- */

static bool ends_with_session(const struct model *m, const struct order *o, const void *context) {
    return o->tif == TIF_DAY && model_session_of(m, o) == *(const uint32_t *)context;
}

static void say_phase(struct model *m, uint32_t session) {
    struct event *e = model_say(m, EVENT_SESSION_PHASE, NAME_NONE);
    e->session_phase.session = session;
    e->session_phase.phase = m->sessions[session].open ? PHASE_CONTINUOUS : PHASE_CLOSED;
}

/* ACC-10, ACC-15: what is asked of a session's beginning. */
static void start(struct model *m, struct model_session *s) {
    s->started_ns = m->time_ns;
    for (uint32_t i = 0; i < m->participants_count; i++) s->remarks[i] = model_remarks_now(m, i);
}

static void open_session(struct model *m, uint32_t session) {
    m->sessions[session].open = true;
    start(m, &m->sessions[session]);
    say_phase(m, session);
}

static void close_session(struct model *m, uint32_t session) {
    m->sessions[session].open = false;
    say_phase(m, session);
    model_end_orders(m, ends_with_session, &session, EVENT_EXPIRED, CAUSE_SESSION_CLOSE, REJECT_NONE);
}

/* By hand: `continuous` opens for the rest of the date, `closed` closes until the next. */
struct verdict model_apply_phase(struct model *m, const struct command_phase *c) {
    if (c->session >= m->sessions_count || c->phase > PHASE_CONTINUOUS) return refuse(REJECT_BAD_VALUE);
    struct model_session *s = &m->sessions[c->session];
    if (s->open == (c->phase == PHASE_CONTINUOUS))
        return refuse(REJECT_PHASE_ACTION_NOT_ALLOWED);
    if (c->phase == PHASE_CONTINUOUS && s->closed_date == model_today(m))
        return refuse(REJECT_PHASE_ACTION_NOT_ALLOWED);     /* closed is the last phase of a date */
    s->opened_date = s->closed_date = date_none;
    if (c->phase == PHASE_CONTINUOUS) {
        s->opened_date = model_today(m);
        open_session(m, c->session);
    } else {
        s->closed_date = model_today(m);
        close_session(m, c->session);
    }
    return fine();
}

/* After its days have changed a session opens, or closes, at once. */
static void say_changed_session(struct model *m, uint32_t session) {
    bool is_due = model_is_scheduled_open(m, &m->sessions[session], m->time_ns);
    if (is_due && !m->sessions[session].open) open_session(m, session);
    if (!is_due && m->sessions[session].open) close_session(m, session);
    model_say(m, EVENT_SESSION, NAME_NONE)->subject.index = session;
}

struct verdict model_apply_session_terms(struct model *m, const struct command_session_terms *c) {
    if (c->session >= m->sessions_count || c->direction >= DIRECTION_COUNT || c->role >= SESSION_ROLE_COUNT)
        return refuse(REJECT_BAD_VALUE);
    if (c->every_days > 0 && (c->anchor_date == date_none || !model_is_known_date(c->anchor_date)))
        return refuse(REJECT_BAD_VALUE);
    if (c->has_hours && !model_are_hours(c->open_minute, c->close_minute)) return refuse(REJECT_BAD_VALUE);
    struct model_session *s = &m->sessions[c->session];
    s->terms = *c;
    if (c->has_hours) {
        s->open_minute = c->open_minute;
        s->close_minute = c->close_minute;
    }
    say_changed_session(m, c->session);
    return fine();
}

struct verdict model_apply_session_date(struct model *m, const struct command_session_date *c) {
    if (c->session >= m->sessions_count || c->date == date_none || !model_is_known_date(c->date))
        return refuse(REJECT_BAD_VALUE);
    struct model_session *s = &m->sessions[c->session];
    if (s->dates_count == session_dates_max) return refuse_with(REJECT_LIMIT_REACHED, 0, session_dates_max);
    s->dates[s->dates_count++] = c->date;
    say_changed_session(m, c->session);
    return fine();
}

/* ---- what is due ---- */

/* A session that is open until midnight and opens again at that moment has not closed. */
static void close_sessions(struct model *m, int64_t now) {
    for (uint32_t i = 0; i < m->sessions_count; i++) {
        const struct model_session *s = &m->sessions[i];
        if (!s->open || model_is_scheduled_open(m, s, now)) continue;
        uint32_t minute = model_is_always_open(s) ? 1440 : s->close_minute;
        if (now < begin_of(model_date(now - 1), minute)) continue;
        close_session(m, i);
    }
}

static void open_sessions(struct model *m, int64_t now) {
    for (uint32_t i = 0; i < m->sessions_count; i++)
        if (!m->sessions[i].open && model_is_scheduled_open(m, &m->sessions[i], now)) open_session(m, i);
}

/* The first moment after now, not later than `end`, at which something may be due; `end` + 1 when there is none. */
static int64_t next_moment(const struct model *m, int64_t end) {
    int32_t date = model_today(m);
    int64_t next = begin_of(date + 1, 0);
    for (uint32_t i = 0; i < m->sessions_count; i++) {
        const struct model_session *s = &m->sessions[i];
        int64_t opens = begin_of(date, s->open_minute), closes = begin_of(date, s->close_minute);
        if (opens > m->time_ns && opens < next) next = opens;
        if (closes > m->time_ns && closes < next) next = closes;
    }
    return next > end ? end + 1 : next;
}

void model_say_time(struct model *m) {
    struct event *e = model_say(m, EVENT_TIME, NAME_NONE);
    e->time.time_ns = m->time_ns;
    e->time.trade_date = model_today(m);
}

static void begin_date(struct model *m) {
    model_say_time(m);
    model_end_at_midnight(m);
    model_end_suspensions(m);
    model_begin_date_of_money(m);
    for (uint32_t i = 0; i < m->participants_count; i++)
        m->participants[i].remarks_of_date = model_remarks_now(m, i);
    for (uint32_t i = 0; i < m->sessions_count; i++)    /* what is always open starts with the date */
        if (model_is_always_open(&m->sessions[i]) && m->sessions[i].open) start(m, &m->sessions[i]);
    model_end_unfit(m, NAME_NONE);
}

void model_advance(struct model *m, int64_t time_ns) {
    if (time_ns <= m->time_ns) return;
    if (m->time_ns == 0) m->time_ns = time_ns;      /* the world begins now: nothing was due before */
    for (;;) {
        int64_t moment = next_moment(m, time_ns);
        if (moment > time_ns) break;
        int32_t date = model_today(m);
        m->time_ns = moment;
        close_sessions(m, moment);
        if (model_date(moment) != date) begin_date(m);
        open_sessions(m, moment);
    }
    m->time_ns = time_ns;
}
