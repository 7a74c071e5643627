/* forms_people.c - the supervisor's desk: who may trade, for whom and how far. One form a message. */
#include <string.h>

#include "gateway/wire/forms_people.h"
#include "gateway/wire/members.h"
#include "instruments/name_table.h"

#define COMMAND (body->request->command)
#define FIELDS(table) table, sizeof table / sizeof table[0]

#define XX(name, text) text,
static const char *const sides[] = {"buy", "sell"};
static const char *const papers[] = {PAPER_MAP(XX)};
static const char *const phases[] = {"closed", "continuous"};
#undef XX
static const char *const currencies[] = {
#define XX(code) #code,
    CURRENCY_MAP(XX)
#undef XX
};

/* A date, or null for none. */
static int read_date_or_none(struct body *body, const cJSON *item, const char *field, int32_t *date) {
    *date = date_none;
    return cJSON_IsNull(item) ? 0 : member_date(body, item, field, date);
}

static int read_byte(struct body *body, const cJSON *item, const char *field, uint8_t *byte) {
    uint32_t flag;
    if (member_flag(body, item, field, &flag) != 0) return -1;
    *byte = (uint8_t)flag;
    return 0;
}

static int read_count(struct body *body, const cJSON *item, const char *field, uint32_t *count) {
    int64_t value;
    if (member_integer(body, item, field, 0, 1000000, &value) != 0) return -1;
    *count = (uint32_t)value;
    return 0;
}

static int read_currency(struct body *body, const cJSON *item, const char *field, uint8_t *currency) {
    uint32_t index;
    if (member_choice(body, item, field, currencies, CURRENCY_COUNT, &index) != 0) return -1;
    *currency = (uint8_t)index;
    return 0;
}

/* ---- standing ---- */

static void begin_suspend(struct request *request) {
    request->command.kind = COMMAND_STANDING;
    request->command.standing = (struct command_standing){.until_date = date_none, .action = STANDING_SUSPEND};
}
static void begin_reinstate(struct request *request) {
    begin_suspend(request);
    request->command.standing.action = STANDING_REINSTATE;
}
static void begin_withdraw(struct request *request) {
    begin_suspend(request);
    request->command.standing.action = STANDING_WITHDRAW;
}
static int read_standing_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.standing.participant);
}
static int read_until(struct body *body, const cJSON *item, const char *field) {
    return read_date_or_none(body, item, field, &COMMAND.standing.until_date);
}
static const struct field suspend_fields[] = {
    {"participant", REQUIRED, read_standing_participant}, {"until", OPTIONAL, read_until}};

/* ---- brokers and clients ---- */

static void begin_broker(struct request *request) {
    request->command.kind = COMMAND_BROKER;
    request->command.broker = (struct command_broker){.from_date = date_none, .to_date = date_none};
}
static int read_broker_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.broker.participant);
}
static int read_broker_from(struct body *body, const cJSON *item, const char *field) {
    return member_date(body, item, field, &COMMAND.broker.from_date);
}
static int read_broker_to(struct body *body, const cJSON *item, const char *field) {
    return read_date_or_none(body, item, field, &COMMAND.broker.to_date);
}
static int read_broker_state(struct body *body, const cJSON *item, const char *field) {
    static const char *const states[] = {"active", "suspended"};
    uint32_t state;
    if (member_choice(body, item, field, states, 2, &state) != 0) return -1;
    COMMAND.broker.action = state == 1 ? BROKER_SUSPEND : BROKER_REINSTATE;
    return 0;
}
static int read_resident_clients(struct body *body, const cJSON *item, const char *field) {
    return read_count(body, item, field, &COMMAND.broker.new_resident_clients);
}
static int read_foreign_clients(struct body *body, const cJSON *item, const char *field) {
    return read_count(body, item, field, &COMMAND.broker.new_foreign_clients);
}
static int read_other_points(struct body *body, const cJSON *item, const char *field) {
    int64_t points;
    if (member_integer(body, item, field, -1000000, 1000000, &points) != 0) return -1;
    COMMAND.broker.other_points = (int32_t)points;
    return 0;
}
static int read_tax_arrears(struct body *body, const cJSON *item, const char *field) {
    return read_byte(body, item, field, &COMMAND.broker.tax_arrears);
}
static int finish_broker(struct body *body) {
    if (COMMAND.broker.action != BROKER_GRANT || COMMAND.broker.from_date != date_none) return 0;
    return body_refuse(body, REJECT_MISSING_FIELD, "from", "admin_broker needs from, or a state");
}
static const struct field broker_fields[] = {
    {"participant", REQUIRED, read_broker_participant}, {"from", OPTIONAL, read_broker_from},
    {"to", OPTIONAL, read_broker_to}, {"state", OPTIONAL, read_broker_state},
    {"new_by_clients", OPTIONAL, read_resident_clients}, {"new_foreign_clients", OPTIONAL, read_foreign_clients},
    {"other", OPTIONAL, read_other_points}, {"tax_arrears", OPTIONAL, read_tax_arrears}};

static void begin_client(struct request *request) {
    request->command.kind = COMMAND_CLIENT;
    request->command.client = (struct command_client){
        .instrument = NAME_NONE, .expire_date = date_none, .side = SIDE_BOTH, .registered = 1};
}
static int read_client_broker(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.client.broker);
}
static int read_client_client(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.client.client);
}
static int read_client_section(struct body *body, const cJSON *item, const char *field) {
    uint32_t section;
    if (member_section(body, item, field, &section) != 0) return -1;
    COMMAND.client.section = (uint8_t)section;
    return 0;
}
static int read_client_side(struct body *body, const cJSON *item, const char *field) {
    uint32_t side;
    if (member_choice(body, item, field, sides, 2, &side) != 0) return -1;
    COMMAND.client.side = (uint8_t)side;
    return 0;
}
static int read_client_symbol(struct body *body, const cJSON *item, const char *field) {
    char text[quote_size];
    if (member_instrument(body, item, field, &COMMAND.client.instrument) != 0) return -1;
    body->instrument = COMMAND.client.instrument;
    if (COMMAND.client.instrument == NAME_NONE) {
        body_unknown_name(body, REJECT_INSTRUMENT_UNKNOWN, field, "there is no instrument \"%s\"",
                          quote(item->valuestring, text));
    }
    return 0;
}
static int read_client_quantity(struct body *body, const cJSON *item, const char *field) {
    int64_t lots;
    if (member_integer(body, item, field, 1, QUANTITY_LOTS_MAX, &lots) != 0) return -1;
    COMMAND.client.quantity_max.lots = (uint32_t)lots;
    return 0;
}
static int read_client_limit(struct body *body, const cJSON *item, const char *field) {
    return member_price(body, item, field, &COMMAND.client.limit.ticks, body->request->words.price);
}
static int read_client_expiry(struct body *body, const cJSON *item, const char *field) {
    return read_date_or_none(body, item, field, &COMMAND.client.expire_date);
}
static int read_client_flag(struct body *body, const cJSON *item, const char *field, enum client_flag bit) {
    uint32_t flag;
    if (member_flag(body, item, field, &flag) != 0) return -1;
    if (flag) COMMAND.client.flags |= (uint8_t)bit;
    return 0;
}
static int read_own_account(struct body *body, const cJSON *item, const char *field) {
    return read_client_flag(body, item, field, CLIENT_OWN_ACCOUNT);
}
static int read_cross_allowed(struct body *body, const cJSON *item, const char *field) {
    return read_client_flag(body, item, field, CLIENT_CROSS_ALLOWED);
}
static int read_client_registered(struct body *body, const cJSON *item, const char *field) {
    return read_byte(body, item, field, &COMMAND.client.registered);
}
static const struct field client_fields[] = {
    {"broker", REQUIRED, read_client_broker}, {"client", REQUIRED, read_client_client},
    {"section", REQUIRED, read_client_section}, {"side", OPTIONAL, read_client_side},
    {"symbol", OPTIONAL, read_client_symbol}, {"order_qty_max", OPTIONAL, read_client_quantity},
    {"limit_px", OPTIONAL, read_client_limit}, {"expire_date", OPTIONAL, read_client_expiry},
    {"own_account", OPTIONAL, read_own_account}, {"cross_allowed", OPTIONAL, read_cross_allowed},
    {"registered", OPTIONAL, read_client_registered}};

/* ---- remarks ---- */

static void begin_remark(struct request *request, enum remark remark) {
    request->command.kind = COMMAND_REMARK;
    request->command.remark = (struct command_remark){.remark = (uint8_t)remark};
}
static void begin_papers(struct request *request) { begin_remark(request, REMARK_PAPERS); }
static void begin_contract(struct request *request) { begin_remark(request, REMARK_CONTRACT); }
static void begin_arrears(struct request *request) { begin_remark(request, REMARK_ARREARS); }
static void begin_claim(struct request *request) { begin_remark(request, REMARK_CLAIM); }
static int read_remark_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.remark.participant);
}
static int read_missing(struct body *body, const cJSON *item, const char *field) {
    if (!cJSON_IsArray(item))
        return body_refuse(body, REJECT_BAD_VALUE, field, "missing is a list of papers, empty when none is missing");
    const cJSON *paper;
    cJSON_ArrayForEach(paper, item) {
        uint32_t index;
        if (member_choice(body, paper, field, papers, PAPER_COUNT, &index) != 0) return -1;
        COMMAND.remark.value |= (uint8_t)(1 << index);
    }
    return 0;
}
static int read_remark_on(struct body *body, const cJSON *item, const char *field) {
    return read_byte(body, item, field, &COMMAND.remark.value);
}
static int read_signed(struct body *body, const cJSON *item, const char *field) {
    if (read_byte(body, item, field, &COMMAND.remark.value) != 0) return -1;
    COMMAND.remark.value = !COMMAND.remark.value;
    return 0;
}
static int read_at_once(struct body *body, const cJSON *item, const char *field) {
    return read_byte(body, item, field, &COMMAND.remark.at_once);
}
static const struct field papers_fields[] = {
    {"participant", REQUIRED, read_remark_participant}, {"missing", REQUIRED, read_missing},
    {"at_once", OPTIONAL, read_at_once}};
static const struct field contract_fields[] = {
    {"participant", REQUIRED, read_remark_participant}, {"signed", REQUIRED, read_signed},
    {"at_once", OPTIONAL, read_at_once}};
static const struct field arrears_fields[] = {
    {"participant", REQUIRED, read_remark_participant}, {"on", REQUIRED, read_remark_on},
    {"at_once", OPTIONAL, read_at_once}};
static const struct field claim_fields[] = {
    {"participant", REQUIRED, read_remark_participant}, {"open", REQUIRED, read_remark_on},
    {"at_once", OPTIONAL, read_at_once}};

/* ---- sanctions and certificates ---- */

static void begin_sanction(struct request *request) { request->command.kind = COMMAND_SANCTION; }
static int read_sanction_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.sanction.participant);
}
static int read_sanction_until(struct body *body, const cJSON *item, const char *field) {
    return read_date_or_none(body, item, field, &COMMAND.sanction.until_date);
}
static const struct field sanction_fields[] = {
    {"participant", REQUIRED, read_sanction_participant}, {"until", REQUIRED, read_sanction_until}};

static void begin_own_use(struct request *request) {
    request->command.kind = COMMAND_OWN_USE;
    request->command.own_use.to_date = date_none;
}
static int read_own_use_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.own_use.participant);
}
static int read_own_use_from(struct body *body, const cJSON *item, const char *field) {
    return read_date_or_none(body, item, field, &COMMAND.own_use.from_date);
}
static int read_own_use_to(struct body *body, const cJSON *item, const char *field) {
    return read_date_or_none(body, item, field, &COMMAND.own_use.to_date);
}
static const struct field own_use_fields[] = {
    {"participant", REQUIRED, read_own_use_participant}, {"from", REQUIRED, read_own_use_from},
    {"to", OPTIONAL, read_own_use_to}};

static void begin_trader(struct request *request) {
    request->command.kind = COMMAND_TRADER;
    request->command.trader.registered = 1;
}
static int read_trader_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.trader.participant);
}
static int read_trader_person(struct body *body, const cJSON *item, const char *field) {
    return member_id(body, item, field, COMMAND.trader.person, user_name_size);
}
static int read_trader_registered(struct body *body, const cJSON *item, const char *field) {
    return read_byte(body, item, field, &COMMAND.trader.registered);
}
static const struct field trader_fields[] = {
    {"participant", REQUIRED, read_trader_participant}, {"person", REQUIRED, read_trader_person},
    {"registered", OPTIONAL, read_trader_registered}};

static void begin_certificate(struct request *request) {
    request->command.kind = COMMAND_CERTIFICATE;
    request->command.certificate.power_to_date = date_none;
}
static int read_certificate_person(struct body *body, const cJSON *item, const char *field) {
    return member_id(body, item, field, COMMAND.certificate.person, user_name_size);
}
static int read_issued(struct body *body, const cJSON *item, const char *field) {
    return member_date(body, item, field, &COMMAND.certificate.issue_date);
}
static int read_power_until(struct body *body, const cJSON *item, const char *field) {
    return read_date_or_none(body, item, field, &COMMAND.certificate.power_to_date);
}
static const struct field certificate_fields[] = {
    {"person", REQUIRED, read_certificate_person}, {"issued", REQUIRED, read_issued},
    {"power_of_attorney_until", OPTIONAL, read_power_until}};

/* ---- limits, phases, fees ---- */

static void begin_kill(struct request *request) { request->command.kind = COMMAND_KILL; }
static int read_kill_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.kill.participant);
}
static int read_kill_on(struct body *body, const cJSON *item, const char *field) {
    return read_byte(body, item, field, &COMMAND.kill.on);
}
static const struct field kill_fields[] = {
    {"participant", REQUIRED, read_kill_participant}, {"on", REQUIRED, read_kill_on}};

static void begin_limits(struct request *request) { request->command.kind = COMMAND_RISK_LIMITS; }
static int read_limits_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.risk_limits.participant);
}
static int read_limits_currency(struct body *body, const cJSON *item, const char *field) {
    return read_currency(body, item, field, &COMMAND.risk_limits.currency);
}
static int read_order_value_max(struct body *body, const cJSON *item, const char *field) {
    COMMAND.risk_limits.given |= RISK_ORDER_VALUE;
    return cJSON_IsNull(item) ? 0 : member_money(body, item, field, &COMMAND.risk_limits.order_value_max.minor);
}
static int read_exposure_factor(struct body *body, const cJSON *item, const char *field) {
    COMMAND.risk_limits.given |= RISK_EXPOSURE_FACTOR;
    return read_count(body, item, field, &COMMAND.risk_limits.exposure_factor);
}
static int read_message_rate(struct body *body, const cJSON *item, const char *field) {
    COMMAND.risk_limits.given |= RISK_MESSAGE_RATE;
    return cJSON_IsNull(item) ? 0 : read_count(body, item, field, &COMMAND.risk_limits.message_rate);
}
static int finish_limits(struct body *body) {
    if (COMMAND.risk_limits.given != 0) return 0;
    return body_refuse(body, REJECT_MISSING_FIELD, "order_value_max",
                       "admin_limits needs order_value_max, exposure_factor or message_rate");
}
static const struct field limits_fields[] = {
    {"participant", REQUIRED, read_limits_participant}, {"currency", OPTIONAL, read_limits_currency},
    {"order_value_max", OPTIONAL, read_order_value_max}, {"exposure_factor", OPTIONAL, read_exposure_factor},
    {"message_rate", OPTIONAL, read_message_rate}};

static void begin_phase(struct request *request) { request->command.kind = COMMAND_PHASE; }
static int read_phase_session(struct body *body, const cJSON *item, const char *field) {
    char text[quote_size];
    if (member_session(body, item, field, &COMMAND.phase.session) != 0) return -1;
    if (COMMAND.phase.session == NAME_NONE) {
        body_unknown_name(body, REJECT_SESSION_UNKNOWN, field, "there is no session \"%s\"",
                          quote(item->valuestring, text));
    }
    return 0;
}
static int read_phase(struct body *body, const cJSON *item, const char *field) {
    uint32_t phase;
    if (member_choice(body, item, field, phases, 2, &phase) != 0) return -1;
    COMMAND.phase.phase = phase == 0 ? PHASE_CLOSED : PHASE_CONTINUOUS;
    return 0;
}
static const struct field phase_fields[] = {
    {"session", REQUIRED, read_phase_session}, {"phase", REQUIRED, read_phase}};

static void begin_fees(struct request *request) {
    request->command.kind = COMMAND_PAY_FEES;
    request->command.pay_fees.source = FEE_SOURCE_BANK;
}
static int read_fees_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.pay_fees.participant);
}
static int read_fees_currency(struct body *body, const cJSON *item, const char *field) {
    return read_currency(body, item, field, &COMMAND.pay_fees.currency);
}
static int read_fees_amount(struct body *body, const cJSON *item, const char *field) {
    return member_money(body, item, field, &COMMAND.pay_fees.amount.minor);
}
static int read_fees_source(struct body *body, const cJSON *item, const char *field) {
    static const char *const sources[] = {"deposit", "bank"};
    uint32_t source;
    if (member_choice(body, item, field, sources, 2, &source) != 0) return -1;
    COMMAND.pay_fees.source = (uint8_t)source;
    return 0;
}
static const struct field fees_fields[] = {
    {"participant", REQUIRED, read_fees_participant}, {"currency", REQUIRED, read_fees_currency},
    {"amount", REQUIRED, read_fees_amount}, {"source", OPTIONAL, read_fees_source}};

static const struct form forms[REQUEST_COUNT] = {
    [REQUEST_ADMIN_SUSPEND] = {FIELDS(suspend_fields), begin_suspend, NULL, NULL},
    [REQUEST_ADMIN_REINSTATE] = {suspend_fields, 1, begin_reinstate, NULL, NULL},
    [REQUEST_ADMIN_WITHDRAW] = {suspend_fields, 1, begin_withdraw, NULL, NULL},
    [REQUEST_ADMIN_BROKER] = {FIELDS(broker_fields), begin_broker, NULL, finish_broker},
    [REQUEST_ADMIN_CLIENT] = {FIELDS(client_fields), begin_client, NULL, NULL},
    [REQUEST_ADMIN_PAPERS] = {FIELDS(papers_fields), begin_papers, NULL, NULL},
    [REQUEST_ADMIN_CONTRACT] = {FIELDS(contract_fields), begin_contract, NULL, NULL},
    [REQUEST_ADMIN_ARREARS] = {FIELDS(arrears_fields), begin_arrears, NULL, NULL},
    [REQUEST_ADMIN_CLAIM] = {FIELDS(claim_fields), begin_claim, NULL, NULL},
    [REQUEST_ADMIN_SANCTION] = {FIELDS(sanction_fields), begin_sanction, NULL, NULL},
    [REQUEST_ADMIN_OWN_USE] = {FIELDS(own_use_fields), begin_own_use, NULL, NULL},
    [REQUEST_ADMIN_TRADER] = {FIELDS(trader_fields), begin_trader, NULL, NULL},
    [REQUEST_ADMIN_CERTIFICATE] = {FIELDS(certificate_fields), begin_certificate, NULL, NULL},
    [REQUEST_ADMIN_KILL] = {FIELDS(kill_fields), begin_kill, NULL, NULL},
    [REQUEST_ADMIN_LIMITS] = {FIELDS(limits_fields), begin_limits, NULL, finish_limits},
    [REQUEST_ADMIN_PHASE] = {FIELDS(phase_fields), begin_phase, NULL, NULL},
    [REQUEST_ADMIN_FEES] = {FIELDS(fees_fields), begin_fees, NULL, NULL},
};

const struct form *form_of_people(enum request_type type) {
    return forms[type].fields != NULL ? &forms[type] : NULL;
}
