/* model_people.c - who may trade, and how far: what the exchange's officials say of participants, brokers, clients and
 * traders (RULEBOOK.md, ACC, BRK and RSK). What is allowed in consequence is asked in model_admit.c. */
#include "tests/model/model_state.h"

static bool is_participant(const struct model *m, uint32_t participant) { return participant < m->participants_count; }

/* ---- standing: ACC-2, ACC-16, ACC-17 ---- */

bool model_is_suspended(const struct model *m, uint32_t participant) {
    return m->participants[participant].suspended;
}

static uint8_t state_of(const struct model_participant *p) {
    if (p->withdrawn) return PARTICIPANT_WITHDRAWN;
    if (p->suspended) return PARTICIPANT_SUSPENDED;
    return p->accredited ? PARTICIPANT_ACCREDITED : PARTICIPANT_APPLIED;
}

static void say_standing(struct model *m, uint32_t participant) {
    const struct model_participant *p = &m->participants[participant];
    struct event *e = model_say(m, EVENT_STANDING, NAME_NONE);
    e->standing.participant = participant;
    e->standing.until_date = p->suspended_until;
    e->standing.state = state_of(p);
}

/* A suspension that had a last day is over with it. */
void model_end_suspensions(struct model *m) {
    for (uint32_t i = 0; i < m->participants_count; i++) {
        struct model_participant *p = &m->participants[i];
        if (!p->suspended || p->suspended_until == date_none || model_today(m) <= p->suspended_until) continue;
        p->suspended = false;
        p->suspended_until = date_none;
        say_standing(m, i);
    }
}

static struct verdict apply_standing(struct model *m, const struct command_standing *c) {
    if (!is_participant(m, c->participant) || c->action > STANDING_WITHDRAW) return refuse(REJECT_BAD_VALUE);
    struct model_participant *p = &m->participants[c->participant];
    if (p->withdrawn) return refuse(REJECT_ACCREDITATION_WITHDRAWN);
    if (!p->accredited && c->action != STANDING_WITHDRAW) return refuse(REJECT_NOT_ACCREDITED);
    if (c->action == STANDING_REINSTATE && !p->suspended) return refuse(REJECT_BAD_VALUE);
    if (c->action == STANDING_SUSPEND && c->until_date != date_none && c->until_date < model_today(m))
        return refuse(REJECT_BAD_VALUE);
    p->suspended = c->action == STANDING_SUSPEND;
    p->suspended_until = p->suspended ? c->until_date : date_none;
    p->withdrawn = c->action == STANDING_WITHDRAW;
    say_standing(m, c->participant);
    if (c->action != STANDING_REINSTATE)
        model_end_orders_of(m, c->participant, CAUSE_SUSPENSION, REJECT_ORDER_RELEASED_BY_SUSPENSION);
    return fine();
}

/* ---- brokers: BRK-1, BRK-10 ---- */

enum { broker_score_needed = 24 };

static void say_broker(struct model *m, uint32_t participant, uint8_t scored) {
    const struct model_participant *p = &m->participants[participant];
    struct event *e = model_say(m, EVENT_BROKER, NAME_NONE);
    e->broker.participant = participant;
    e->broker.from_date = p->broker_from;
    e->broker.to_date = p->broker_to;
    e->broker.score = p->score;
    e->broker.state = p->broker;
    e->broker.scored = scored;
}

static int64_t score_of(const struct command_broker *c) {
    return INT64_C(3) * c->new_resident_clients + INT64_C(5) * c->new_foreign_clients + c->other_points -
           (c->tax_arrears ? 10 : 0);
}

/* The first grant makes a broker; a later one is decided by the score, and below 24 the status ends. */
static struct verdict grant(struct model *m, const struct command_broker *c) {
    struct model_participant *p = &m->participants[c->participant];
    if (c->from_date == date_none || !model_are_dates(c->from_date, c->to_date))
        return refuse(REJECT_BAD_VALUE);
    bool scored = p->broker != BROKER_STATE_NONE;
    if (scored) p->score = (int32_t)score_of(c);
    if (scored && p->score < broker_score_needed) {
        p->broker = BROKER_STATE_ENDED;
        p->broker_to = model_today(m);
        model_refuse(m, refuse_with(REJECT_BROKER_SCORE_TOO_LOW, broker_score_needed, p->score));
    } else {
        p->broker = BROKER_STATE_ACTIVE;
        p->broker_from = c->from_date;
        p->broker_to = c->to_date;
    }
    say_broker(m, c->participant, scored);
    return fine();
}

static struct verdict apply_broker(struct model *m, const struct command_broker *c) {
    if (!is_participant(m, c->participant) || c->action > BROKER_REINSTATE || c->tax_arrears > 1)
        return refuse(REJECT_BAD_VALUE);
    struct model_participant *p = &m->participants[c->participant];
    if (c->action == BROKER_GRANT) {
        struct verdict v = grant(m, c);
        if (v.reason != REJECT_NONE) return v;
    } else {
        uint8_t needed = c->action == BROKER_SUSPEND ? BROKER_STATE_ACTIVE : BROKER_STATE_SUSPENDED;
        if (p->broker != needed) return refuse(REJECT_BAD_VALUE);
        p->broker = c->action == BROKER_SUSPEND ? BROKER_STATE_SUSPENDED : BROKER_STATE_ACTIVE;
        say_broker(m, c->participant, 0);
    }
    model_end_unfit(m, c->participant);
    return fine();
}

/* ---- clients: BRK-4, BRK-7, BRK-11 ---- */

/* Place of the registration; clients_count = there was none. */
static uint32_t place_of(const struct model *m, const struct command_client *c) {
    uint32_t at = 0;
    while (at < m->clients_count && (m->clients[at].broker != c->broker || m->clients[at].client != c->client ||
                                     m->clients[at].section != c->section))
        at++;
    return at;
}

static bool was_registered(const struct model *m, const struct command_client *c) {
    return place_of(m, c) < m->clients_count;
}

static struct verdict check_client(struct model *m, const struct command_client *c) {
    if (!is_participant(m, c->broker) || !is_participant(m, c->client) || c->broker == c->client ||
        c->section >= SECTION_COUNT || c->side > SIDE_BOTH || c->registered > 1 ||
        !model_is_known_date(c->expire_date))
        return refuse(REJECT_BAD_VALUE);
    if (c->instrument != NAME_NONE &&
        (c->instrument >= m->instruments_count || m->instruments[c->instrument].section != c->section))
        return refuse(REJECT_BAD_VALUE);
    if (c->limit.ticks > price_ticks_max || (c->limit.ticks != 0 && c->instrument == NAME_NONE))
        return refuse(REJECT_BAD_VALUE);
    if (!c->registered) return was_registered(m, c) ? fine() : refuse(REJECT_CLIENT_NOT_REGISTERED);
    bool in_arrears = (model_remarks_now(m, c->broker) & 1 << REMARK_ARREARS) != 0;
    if (in_arrears) return refuse(REJECT_FEE_ARREARS);
    return m->participants[c->broker].broker == BROKER_STATE_NONE ? refuse(REJECT_BROKER_LICENCE_REQUIRED) : fine();
}

static void say_client(struct model *m, const struct command_client *c) {
    struct event *e = model_say(m, EVENT_CLIENT, c->instrument);
    e->client.broker = c->broker;
    e->client.client = c->client;
    e->client.instrument = c->instrument;
    e->client.quantity_max = c->quantity_max;
    e->client.limit = c->limit;
    e->client.expire_date = c->expire_date;
    e->client.section = c->section;
    e->client.side = c->side;
    e->client.flags = c->flags;
    e->client.registered = c->registered;
}

static struct verdict apply_client(struct model *m, const struct command_client *c) {
    struct verdict v = check_client(m, c);
    if (v.reason != REJECT_NONE) return v;
    uint32_t at = place_of(m, c);
    if (at == m->limits.clients_max) return refuse_with(REJECT_LIMIT_REACHED, 0, at);
    CHECK(at < MODEL_CLIENTS_MAX);
    if (at == m->clients_count) m->clients_count++;
    m->clients[at] = *c;
    say_client(m, c);
    model_end_unfit(m, c->broker);
    return fine();
}

/* ---- remarks: ACC-4, 5, 12, 13, 15 ---- */

uint8_t model_remarks_now(const struct model *m, uint32_t participant) {
    uint8_t now = m->participants[participant].remarks;
    if (model_is_in_arrears(m, participant)) now |= 1 << REMARK_ARREARS;
    return now;
}

static void set_remark(uint8_t *remarks, uint8_t remark, uint8_t value) {
    uint8_t bit = (uint8_t)(1 << remark);
    *remarks = (uint8_t)(value != 0 ? *remarks | bit : *remarks & ~bit);
}

static struct verdict apply_remark(struct model *m, const struct command_remark *c) {
    if (!is_participant(m, c->participant) || c->remark >= REMARK_COUNT || c->at_once > 1)
        return refuse(REJECT_BAD_VALUE);
    struct model_participant *p = &m->participants[c->participant];
    uint8_t papers = (uint8_t)((1 << PAPER_COUNT) - 1), value = c->value;
    if (c->remark == REMARK_PAPERS ? (value & ~papers) != 0 : value > 1) return refuse(REJECT_BAD_VALUE);
    if (c->remark == REMARK_PAPERS && p->resident) value &= (uint8_t)~(1 << PAPER_REGISTER_EXTRACT);
    if (c->remark == REMARK_PAPERS) p->papers_missing = value;
    set_remark(&p->remarks, c->remark, value);
    if (c->at_once) {
        value = model_remarks_now(m, c->participant) >> c->remark & 1;     /* unpaid fees are not cured by a word */
        set_remark(&p->remarks_of_date, c->remark, value);
        for (uint32_t i = 0; i < m->sessions_count; i++)
            set_remark(&m->sessions[i].remarks[c->participant], c->remark, value);
    }
    struct event *e = model_say(m, EVENT_REMARK, NAME_NONE);
    e->remark.participant = c->participant;
    e->remark.remark = c->remark;
    e->remark.value = c->value;
    e->remark.at_once = c->at_once;
    return fine();
}

/* ---- sanctions, own use ---- */

static struct verdict apply_sanction(struct model *m, const struct command_sanction *c) {
    if (!is_participant(m, c->participant) || !model_is_known_date(c->until_date)) return refuse(REJECT_BAD_VALUE);
    m->participants[c->participant].sanction_until = c->until_date;
    struct event *e = model_say(m, EVENT_SANCTION, NAME_NONE);
    e->sanction.participant = c->participant;
    e->sanction.until_date = c->until_date;
    return fine();
}

static struct verdict apply_own_use(struct model *m, const struct command_own_use *c) {
    if (!is_participant(m, c->participant) || !model_are_dates(c->from_date, c->to_date))
        return refuse(REJECT_BAD_VALUE);
    m->participants[c->participant].own_use_from = c->from_date;
    m->participants[c->participant].own_use_to = c->to_date;
    struct event *e = model_say(m, EVENT_OWN_USE, NAME_NONE);
    e->own_use.participant = c->participant;
    e->own_use.from_date = c->from_date;
    e->own_use.to_date = c->to_date;
    return fine();
}

/* ---- traders: ACC-7 to 10 ---- */

static struct model_person *find_person(struct model *m, const char *name) {
    for (uint32_t i = 0; i < m->persons_count; i++)
        if (memcmp(m->persons[i].id, name, user_name_size) == 0) return &m->persons[i];
    return NULL;
}

static struct model_person *person_of(struct model *m, const char *name) {
    struct model_person *p = find_person(m, name);
    if (p != NULL) return p;
    CHECK(m->persons_count < MODEL_PERSONS_MAX);
    p = &m->persons[m->persons_count++];
    memcpy(p->id, name, user_name_size);
    p->participant = NAME_NONE;
    p->from = p->to = date_none;
    return p;
}

struct verdict model_register_person(struct model *m, const char *name, uint32_t participant, uint32_t *index) {
    const struct model_person *known = find_person(m, name);
    if (known != NULL && known->participant != NAME_NONE && known->participant != participant)
        return refuse(REJECT_TRADER_OTHER_PARTICIPANT);
    struct model_person *p = person_of(m, name);
    p->participant = participant;
    *index = (uint32_t)(p - m->persons);
    return fine();
}

static struct verdict apply_trader(struct model *m, const struct command_trader *c) {
    if (!is_participant(m, c->participant) || c->person[0] == '\0' || c->registered > 1)
        return refuse(REJECT_BAD_VALUE);
    const struct model_person *known = find_person(m, c->person);
    bool is_others = known != NULL && known->participant != NAME_NONE && known->participant != c->participant;
    if (!c->registered && (known == NULL || known->participant != c->participant)) return refuse(REJECT_BAD_VALUE);
    if (is_others) return refuse(REJECT_TRADER_OTHER_PARTICIPANT);
    person_of(m, c->person)->participant = c->registered ? c->participant : NAME_NONE;
    struct event *e = model_say(m, EVENT_TRADER, NAME_NONE);
    memcpy(e->trader.person, c->person, user_name_size);
    e->trader.participant = c->participant;
    e->trader.registered = c->registered;
    return fine();
}

/* Three years after a date: the same day of the year, or the day before where there is none. */
static int32_t three_years_after(int32_t date) {
    int32_t year, month, day;
    date_to_civil(date, &year, &month, &day);
    if (month == 2 && day == 29) day = 28;
    return date_from_civil(year + 3, month, day);
}

/* ACC-9: until the power of attorney ends, at most three years from its issue. */
static struct verdict apply_certificate(struct model *m, const struct command_certificate *c) {
    if (c->person[0] == '\0' || c->issue_date == date_none ||
        !model_is_known_date(c->issue_date) || !model_is_known_date(c->power_to_date))
        return refuse(REJECT_BAD_VALUE);
    struct model_person *p = find_person(m, c->person);
    if (p == NULL) return refuse(REJECT_BAD_VALUE);
    int32_t latest = three_years_after(c->issue_date);
    p->from = c->issue_date;
    p->to = c->power_to_date != date_none && c->power_to_date < latest ? c->power_to_date : latest;
    struct event *e = model_say(m, EVENT_CERTIFICATE, NAME_NONE);
    memcpy(e->certificate.person, c->person, user_name_size);
    e->certificate.from_date = p->from;
    e->certificate.to_date = p->to;
    return fine();
}

static struct verdict apply_logon(struct model *m, const struct command_logon *c) {
    if (m->command->user >= m->users_count || c->on > 1) return refuse(REJECT_BAD_VALUE);
    struct model_user *u = &m->users[m->command->user];
    if (u->here == (c->on != 0)) return refuse(REJECT_BAD_VALUE);
    if (c->on) u->here_since = m->time_ns;
    u->here = c->on != 0;
    return fine();
}

/* ---- RSK-1 to 3 ---- */

static struct verdict apply_kill(struct model *m, const struct command_kill *c) {
    if (!is_participant(m, c->participant) || c->on > 1) return refuse(REJECT_BAD_VALUE);
    m->participants[c->participant].killed = c->on;
    struct event *e = model_say(m, EVENT_KILL, NAME_NONE);
    e->kill.participant = c->participant;
    e->kill.on = c->on;
    if (c->on) model_end_orders_of(m, c->participant, CAUSE_KILL, REJECT_KILL_SWITCH_ACTIVE);
    return fine();
}

static struct verdict apply_risk_limits(struct model *m, const struct command_risk_limits *c) {
    if (!is_participant(m, c->participant) || c->currency >= CURRENCY_COUNT || c->order_value_max.minor < 0)
        return refuse(REJECT_BAD_VALUE);
    struct model_participant *p = &m->participants[c->participant];
    if (c->given & RISK_ORDER_VALUE) p->order_value_max[c->currency] = c->order_value_max.minor;
    if (c->given & RISK_EXPOSURE_FACTOR) p->exposure_factor = c->exposure_factor;
    if (c->given & RISK_MESSAGE_RATE) p->message_rate = c->message_rate;
    struct event *e = model_say(m, EVENT_RISK_LIMITS, NAME_NONE);
    e->risk_limits.participant = c->participant;
    e->risk_limits.exposure_factor = p->exposure_factor;
    e->risk_limits.message_rate = p->message_rate;
    e->risk_limits.currency = c->currency;
    e->risk_limits.given = c->given;
    e->risk_limits.order_value_max.minor = p->order_value_max[c->currency];
    return fine();
}

struct verdict model_apply_people(struct model *m) {
    const struct command *c = m->command;
    switch (c->kind) {
    case COMMAND_STANDING: return apply_standing(m, &c->standing);
    case COMMAND_BROKER: return apply_broker(m, &c->broker);
    case COMMAND_CLIENT: return apply_client(m, &c->client);
    case COMMAND_REMARK: return apply_remark(m, &c->remark);
    case COMMAND_SANCTION: return apply_sanction(m, &c->sanction);
    case COMMAND_OWN_USE: return apply_own_use(m, &c->own_use);
    case COMMAND_TRADER: return apply_trader(m, &c->trader);
    case COMMAND_CERTIFICATE: return apply_certificate(m, &c->certificate);
    case COMMAND_KILL: return apply_kill(m, &c->kill);
    case COMMAND_RISK_LIMITS: return apply_risk_limits(m, &c->risk_limits);
    case COMMAND_LOGON: return apply_logon(m, &c->logon);
    case COMMAND_PHASE: return model_apply_phase(m, &c->phase);
    case COMMAND_SESSION_TERMS: return model_apply_session_terms(m, &c->session_terms);
    case COMMAND_SESSION_DATE: return model_apply_session_date(m, &c->session_date);
    default: return fine();
    }
}
