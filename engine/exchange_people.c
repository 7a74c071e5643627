/* exchange_people.c - the commands about who may trade, for whom and how far. ACC-2 to 17, BRK-1 to 11, RSK-1 to 3. */
#include <string.h>

#include "engine/exchange_internal.h"
#include "engine/participants/standing.h"

static int is_participant(const struct exchange *x, uint32_t participant) {
    return participant < x->participants_count;
}

static void refuse_with(const struct command *command, enum reject reason, int64_t low, int64_t high,
                        struct event_buffer *events) {
    refuse(command, NAME_NONE, 0, verdict_refuse(reason, low, high), events);
}

/* ---- standing (ACC-2, ACC-16, ACC-17) ---- */

static void change_standing(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_standing *row = &command->standing;
    if (!is_participant(x, row->participant) || row->action > STANDING_WITHDRAW) {
        refuse_value(command, events);
        return;
    }
    struct participant *participant = &x->participants[row->participant];
    if (participant->state == PARTICIPANT_WITHDRAWN) {
        refuse_with(command, REJECT_ACCREDITATION_WITHDRAWN, 0, 0, events);
        return;
    }
    if (participant->state == PARTICIPANT_APPLIED && row->action != STANDING_WITHDRAW) {
        refuse_with(command, REJECT_NOT_ACCREDITED, 0, 0, events);
        return;
    }
    int32_t until_date = row->action == STANDING_SUSPEND ? row->until_date : date_none;
    int is_past = until_date != date_none && until_date < x->trade_date;
    if (is_past || (row->action == STANDING_REINSTATE && participant->state != PARTICIPANT_SUSPENDED)) {
        refuse_value(command, events);
        return;
    }
    static const uint8_t states[] = { PARTICIPANT_SUSPENDED, PARTICIPANT_ACCREDITED, PARTICIPANT_WITHDRAWN };
    participant->state = states[row->action];
    participant->suspended_until_date = until_date;
    *event_next(events) = (struct event){ .kind = EVENT_STANDING, .instrument = NAME_NONE, .standing = {
        .participant = row->participant, .until_date = until_date, .state = participant->state } };
    orders_end_unfit(x, row->participant, events);
}

/* ---- brokers (BRK-1, BRK-10) ---- */

enum { points_resident = 3, points_foreign = 5, points_arrears = 10, points_to_pass = 24 };

static void say_broker(const struct exchange *x, uint32_t index, uint8_t scored, struct event_buffer *events) {
    const struct participant *broker = &x->participants[index];
    *event_next(events) = (struct event){ .kind = EVENT_BROKER, .instrument = NAME_NONE, .broker = {
        .participant = index, .from_date = broker->broker_from_date, .to_date = broker->broker_to_date,
        .score = broker->broker_score, .state = broker->broker_state, .scored = scored } };
}

static void grant_licence(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_broker *row = &command->broker;
    struct participant *broker = &x->participants[row->participant];
    uint8_t scored = broker->broker_state != BROKER_STATE_NONE;
    int64_t score = 0;
    if (scored) {
        score = (int64_t)points_resident * row->new_resident_clients +
                (int64_t)points_foreign * row->new_foreign_clients + row->other_points -
                (row->tax_arrears ? points_arrears : 0);
        broker->broker_score = (int32_t)(score > INT32_MAX ? INT32_MAX : score < INT32_MIN ? INT32_MIN : score);
    }
    int passed = !scored || score >= points_to_pass;
    broker->broker_state = passed ? BROKER_STATE_ACTIVE : BROKER_STATE_ENDED;
    if (passed) {
        broker->broker_from_date = row->from_date;
        broker->broker_to_date = row->to_date;
    } else {
        broker->broker_to_date = x->trade_date;
    }
    if (!passed) refuse_with(command, REJECT_BROKER_SCORE_TOO_LOW, points_to_pass, broker->broker_score, events);
    say_broker(x, row->participant, scored, events);
    orders_end_unfit(x, row->participant, events);
}

static void change_broker(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_broker *row = &command->broker;
    int sound = is_participant(x, row->participant) && row->action <= BROKER_REINSTATE && row->tax_arrears <= 1;
    if (sound && row->action == BROKER_GRANT)
        sound = row->from_date != date_none && (row->to_date == date_none || row->to_date >= row->from_date);
    if (sound && row->action == BROKER_SUSPEND)
        sound = x->participants[row->participant].broker_state == BROKER_STATE_ACTIVE;
    if (sound && row->action == BROKER_REINSTATE)
        sound = x->participants[row->participant].broker_state == BROKER_STATE_SUSPENDED;
    if (!sound) {
        refuse_value(command, events);
        return;
    }
    if (row->action == BROKER_GRANT) {
        grant_licence(x, command, events);
        return;
    }
    x->participants[row->participant].broker_state =
        row->action == BROKER_SUSPEND ? BROKER_STATE_SUSPENDED : BROKER_STATE_ACTIVE;
    say_broker(x, row->participant, 0, events);
    orders_end_unfit(x, row->participant, events);
}

/* ---- clients (BRK-4, BRK-7, BRK-11) ---- */

static int client_is_sound(const struct exchange *x, const struct command_client *row) {
    return is_participant(x, row->broker) && is_participant(x, row->client) && row->broker != row->client &&
           row->section < SECTION_COUNT && row->side <= SIDE_BOTH && row->registered <= 1 &&
           (row->instrument == NAME_NONE || (row->instrument < x->instruments_count &&
                                             x->instruments[row->instrument].section == row->section)) &&
           row->limit.ticks <= price_ticks_max && (row->limit.ticks == 0 || row->instrument != NAME_NONE);
}

static void say_client(const struct client *client, struct event_buffer *events) {
    *event_next(events) = (struct event){ .kind = EVENT_CLIENT, .instrument = client->instrument, .client = {
        .broker = client->broker, .client = client->client, .instrument = client->instrument,
        .quantity_max = client->quantity_max, .limit = client->limit, .expire_date = client->expire_date,
        .section = client->section, .side = client->side, .flags = client->flags,
        .registered = client->registered } };
}

static void change_client(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_client *row = &command->client;
    if (!client_is_sound(x, row)) {
        refuse_value(command, events);
        return;
    }
    struct participant *broker = &x->participants[row->broker];
    if (row->registered && broker->broker_state == BROKER_STATE_NONE) {
        refuse_with(command, REJECT_BROKER_LICENCE_REQUIRED, 0, 0, events);
        return;
    }
    if (row->registered && (broker->remarks & 1 << REMARK_ARREARS || standing_has_overdue_fees(x, row->broker))) {
        refuse_with(command, REJECT_FEE_ARREARS, 0, 0, events);
        return;
    }
    uint32_t at = standing_find_client(x, row->broker, row->client, row->section);
    if (at == NAME_NONE && !row->registered) {
        refuse_with(command, REJECT_CLIENT_NOT_REGISTERED, 0, 0, events);
        return;
    }
    if (at == NAME_NONE) {
        if (x->clients_count == x->limits.clients_max) {
            refuse_full(command, x->limits.clients_max, events);
            return;
        }
        at = x->clients_count++;
        x->clients[at].next = broker->clients_head;
        broker->clients_head = at + 1;
    }
    uint32_t next = x->clients[at].next;
    x->clients[at] = (struct client){
        .broker = row->broker, .client = row->client, .instrument = row->instrument, .quantity_max = row->quantity_max,
        .limit = row->limit, .expire_date = row->expire_date, .section = row->section, .side = row->side,
        .flags = row->flags, .registered = row->registered, .next = next };
    say_client(&x->clients[at], events);
    orders_end_unfit(x, row->broker, events);
}

/* ---- remarks, sanctions, certificates (ACC-4, ACC-5, ACC-9, ACC-11 to 15) ---- */

static void set_remark(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_remark *row = &command->remark;
    int value_max = row->remark == REMARK_PAPERS ? (1 << PAPER_COUNT) - 1 : 1;
    if (!is_participant(x, row->participant) || row->remark >= REMARK_COUNT || row->value > value_max) {
        refuse_value(command, events);
        return;
    }
    struct participant *participant = &x->participants[row->participant];
    if (row->remark == REMARK_PAPERS) participant->papers_missing = row->value;
    else if (row->value) participant->remarks |= (uint8_t)(1 << row->remark);
    else participant->remarks &= (uint8_t)~(1 << row->remark);
    if (row->at_once) standing_set_at_once(x, row->participant, (enum remark)row->remark);
    *event_next(events) = (struct event){ .kind = EVENT_REMARK, .instrument = NAME_NONE, .remark = {
        .participant = row->participant, .remark = row->remark, .value = row->value, .at_once = row->at_once } };
}

static void set_sanction(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_sanction *row = &command->sanction;
    if (!is_participant(x, row->participant)) {
        refuse_value(command, events);
        return;
    }
    x->participants[row->participant].sanction_until_date = row->until_date;
    *event_next(events) = (struct event){ .kind = EVENT_SANCTION, .instrument = NAME_NONE, .sanction = {
        .participant = row->participant, .until_date = row->until_date } };
}

static void set_own_use(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_own_use *row = &command->own_use;
    if (!is_participant(x, row->participant) || (row->to_date != date_none && row->to_date < row->from_date)) {
        refuse_value(command, events);
        return;
    }
    x->participants[row->participant].own_use_from_date = row->from_date;
    x->participants[row->participant].own_use_to_date = row->to_date;
    *event_next(events) = (struct event){ .kind = EVENT_OWN_USE, .instrument = NAME_NONE, .own_use = {
        .participant = row->participant, .from_date = row->from_date, .to_date = row->to_date } };
}

/* ---- persons (ACC-7 to 9) ---- */

static uint32_t find_person(const struct exchange *x, const char *id) {
    for (uint32_t i = 0; i < x->persons_count; i++) {
        if (memcmp(x->persons[i].id, id, user_name_size) == 0) return i;
    }
    return NAME_NONE;
}

static uint32_t add_person(struct exchange *x, const char *id) {
    CHECK(x->persons_count < 2 * x->limits.users_max);
    struct person *person = &x->persons[x->persons_count];
    memcpy(person->id, id, user_name_size);
    person->participant = NAME_NONE;
    person->certificate_from_date = person->certificate_to_date = date_none;
    return x->persons_count++;
}

struct verdict people_register(struct exchange *x, const char *id, uint32_t participant, uint32_t *person) {
    *person = find_person(x, id);
    if (*person == NAME_NONE && x->persons_count == 2 * x->limits.users_max)
        return verdict_refuse(REJECT_LIMIT_REACHED, 0, x->persons_count);
    if (*person == NAME_NONE) *person = add_person(x, id);
    uint32_t present = x->persons[*person].participant;
    if (present != NAME_NONE && present != participant) return verdict_refuse(REJECT_TRADER_OTHER_PARTICIPANT, 0, 0);
    x->persons[*person].participant = participant;
    return verdict_ok();
}

static void change_trader(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_trader *row = &command->trader;
    uint32_t person = find_person(x, row->person);
    if (!is_participant(x, row->participant) || row->person[0] == '\0' || row->registered > 1 ||
        (!row->registered && (person == NAME_NONE || x->persons[person].participant != row->participant))) {
        refuse_value(command, events);
        return;
    }
    if (row->registered) {
        struct verdict verdict = people_register(x, row->person, row->participant, &person);
        if (verdict.reason != REJECT_NONE) {
            refuse(command, NAME_NONE, 0, verdict, events);
            return;
        }
    } else {
        x->persons[person].participant = NAME_NONE;
    }
    struct event *event = event_next(events);
    *event = (struct event){ .kind = EVENT_TRADER, .instrument = NAME_NONE,
                             .trader = { .participant = row->participant, .registered = row->registered } };
    memcpy(event->trader.person, row->person, user_name_size);
}

/* ACC-9: the end is that of the power of attorney, or three years after the issue. */
static int32_t certificate_end(const struct command_certificate *row) {
    int32_t year, month, day;
    date_to_civil(row->issue_date, &year, &month, &day);
    int32_t end = date_from_civil(year + 3, month, month == 2 && day == 29 ? 28 : day);
    return row->power_to_date != date_none && row->power_to_date < end ? row->power_to_date : end;
}

static void set_certificate(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_certificate *row = &command->certificate;
    uint32_t person = find_person(x, row->person);
    if (person == NAME_NONE || !calendar_covers(row->issue_date)) {
        refuse_value(command, events);
        return;
    }
    x->persons[person].certificate_from_date = row->issue_date;
    x->persons[person].certificate_to_date = certificate_end(row);
    struct event *event = event_next(events);
    *event = (struct event){ .kind = EVENT_CERTIFICATE, .instrument = NAME_NONE, .certificate = {
        .from_date = row->issue_date, .to_date = x->persons[person].certificate_to_date } };
    memcpy(event->certificate.person, row->person, user_name_size);
}

/* ACC-10. Says nothing but a refusal: nobody else need know. */
static void note_logon(struct exchange *x, const struct command *command, struct event_buffer *events) {
    if (command->user >= x->users_count || command->logon.on > 1 ||
        command->logon.on == x->users[command->user].is_here) {
        refuse_value(command, events);
        return;
    }
    x->users[command->user].is_here = command->logon.on;
    x->users[command->user].here_since_ns = command->logon.on ? x->time_ns : 0;
}

/* ---- limits (RSK-1 to 3) ---- */

static void kill(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_kill *row = &command->kill;
    if (!is_participant(x, row->participant) || row->on > 1) {
        refuse_value(command, events);
        return;
    }
    x->participants[row->participant].killed = row->on;
    *event_next(events) = (struct event){ .kind = EVENT_KILL, .instrument = NAME_NONE,
                                          .kill = { .participant = row->participant, .on = row->on } };
    if (row->on) orders_end_killed(x, row->participant, events);
}

static void set_limits(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_risk_limits *row = &command->risk_limits;
    if (!is_participant(x, row->participant) || row->currency >= CURRENCY_COUNT || row->order_value_max.minor < 0 ||
        row->exposure_factor > 1000000) {
        refuse_value(command, events);
        return;
    }
    struct participant *participant = &x->participants[row->participant];
    if (row->given & RISK_ORDER_VALUE)
        account_of(x, row->participant, row->currency)->order_value_max = row->order_value_max;
    if (row->given & RISK_EXPOSURE_FACTOR) participant->exposure_factor = row->exposure_factor;
    if (row->given & RISK_MESSAGE_RATE) participant->message_rate = row->message_rate;
    *event_next(events) = (struct event){ .kind = EVENT_RISK_LIMITS, .instrument = NAME_NONE, .risk_limits = {
        .participant = row->participant, .exposure_factor = participant->exposure_factor,
        .message_rate = participant->message_rate, .currency = row->currency, .given = row->given,
        .order_value_max = account_of(x, row->participant, row->currency)->order_value_max } };
}

void people_apply(struct exchange *x, const struct command *command, struct event_buffer *events) {
    switch ((enum command_kind)command->kind) {
        case COMMAND_STANDING: change_standing(x, command, events); return;
        case COMMAND_BROKER: change_broker(x, command, events); return;
        case COMMAND_CLIENT: change_client(x, command, events); return;
        case COMMAND_REMARK: set_remark(x, command, events); return;
        case COMMAND_SANCTION: set_sanction(x, command, events); return;
        case COMMAND_OWN_USE: set_own_use(x, command, events); return;
        case COMMAND_TRADER: change_trader(x, command, events); return;
        case COMMAND_CERTIFICATE: set_certificate(x, command, events); return;
        case COMMAND_KILL: kill(x, command, events); return;
        case COMMAND_RISK_LIMITS: set_limits(x, command, events); return;
        case COMMAND_LOGON: note_logon(x, command, events); return;
        default: refuse_value(command, events); return;
    }
}
