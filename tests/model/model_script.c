/* model_script.c - reading and writing scripts by tables of members.
 *
 * Every kind of command and event has a list of members: name in the script, place in the record, how it is written,
 * and the value it has when a script does not name it. Reading and writing walk the same lists. */
#include "tests/model/model_script.h"

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

enum member_form {
    FORM_U8, FORM_U16, FORM_U32, FORM_I64, FORM_U64,    /* decimal; the largest of 32 bits is written "max" */
    FORM_INDEX,             /* 32 bits; NAME_NONE is "-" */
    FORM_PRICE,             /* 32 bits; the sentinels are "invalid" and "off_tick" */
    FORM_DATE,              /* 32 bits; date_none is "-" */
    FORM_TIME,              /* 64 bits */
    FORM_TEXT,              /* as many bytes as `size` says */
    FORM_NAME,              /* one byte out of a list of names */
    FORM_FLAGS8, FORM_FLAGS16,  /* names of bits, joined with '+' */
    FORM_REASON,            /* 16 bits: name of a reason */
    FORM_COMMAND,           /* 16 bits: name of a kind of command */
};

struct member {
    const char *name;
    uint16_t offset, size;
    enum member_form form;
    const char *const *names;
    int64_t usual;              /* value when it is not written */
    uint16_t given_offset;      /* with given_bit: the byte that says whether the member is there at all */
    uint8_t given_bit;          /* 0 = it always is */
};

struct kind {
    uint16_t number;
    const char *name;
    const struct member *members;
    uint32_t members_count;
};

/* ---- names of values ---- */

#define TEXT_OF(name, text) text,
#define CODE_OF(code) #code,
static const char *const side_names[] = { "buy", "sell", "both", NULL };
static const char *const type_names[] = { ORDER_TYPE_MAP(TEXT_OF) NULL };
static const char *const tif_names[] = { TIME_IN_FORCE_MAP(TEXT_OF) NULL };
static const char *const stp_names[] = { STP_MAP(TEXT_OF) NULL };
static const char *const role_names[] = { ROLE_MAP(TEXT_OF) NULL };
static const char *const section_names[] = { SECTION_MAP(TEXT_OF) NULL };
static const char *const currency_names[] = { CURRENCY_MAP(CODE_OF) NULL };
static const char *const unit_names[] = { UNIT_MAP(TEXT_OF) NULL };
static const char *const incoterm_names[] = { INCOTERM_MAP(CODE_OF) NULL };
static const char *const market_model_names[] = { MODEL_MAP(TEXT_OF) NULL };
static const char *const phase_names[] = { PHASE_MAP(TEXT_OF) NULL };
static const char *const scope_names[] = { "instrument", "session", "section", NULL };
static const char *const action_names[] = { "credit", "withdraw", "at_once", "paid_out", NULL };
static const char *const remark_names[] = { REMARK_MAP(TEXT_OF) NULL };
static const char *const direction_names[] = { DIRECTION_MAP(TEXT_OF) NULL };
static const char *const session_role_names[] = { SESSION_ROLE_MAP(TEXT_OF) NULL };
static const char *const state_names[] = { "applied", "accredited", "suspended", "withdrawn", NULL };
static const char *const broker_state_names[] = { "none", "active", "suspended", "ended", NULL };
static const char *const standing_names[] = { "suspend", "reinstate", "withdraw", NULL };
static const char *const broker_action_names[] = { "grant", "suspend", "reinstate", NULL };
static const char *const band_names[] = { "floor", "ceiling", NULL };
static const char *const source_names[] = { "deposit", "bank", NULL };
static const char *const class_names[] = { "domestic", "export", "import", "transit", NULL };
static const char *const condition_names[] = { "continuous", "auction", "lot", "negotiated", "double_counter", NULL };
static const char *const cause_names[] = { "request", "mass_cancel", "disconnect", "remainder", "self_trade",
                                           "min_quantity", "end_of_day", "expire_date", "session_close",
                                           "limit_reached", "trading", "suspension", "admission", "band", "kill", NULL };
static const char *const order_flag_names[] = { "post_only", "all_or_none", "cancel_on_disconnect", NULL };
static const char *const event_flag_names[] = { "rests", "pending", "priority_kept", "taker_buys", "maker_hidden",
                                                NULL };

static const struct { uint32_t number; const char *name; } reasons[] = {
#define XX(number, name, text, rule) { number, text },
    REJECT_MAP(XX)
#undef XX
};

/* ---- members of commands ---- */

#define MEMBER(type, field, word, ...) \
    { .name = word, .offset = offsetof(struct type, field), .size = sizeof(((struct type *)0)->field), __VA_ARGS__ }
#define C(field, word, ...) MEMBER(command, field, word, __VA_ARGS__)
#define E(field, word, ...) MEMBER(event, field, word, __VA_ARGS__)
#define U32 .form = FORM_U32
#define INDEX .form = FORM_INDEX, .usual = NAME_NONE
#define INDEX_0 .form = FORM_INDEX
#define NAMED(list) .form = FORM_NAME, .names = list
#define USUALLY(value) .usual = (value)

/* Who asks stands in every command; the kind's own members follow. */
static const struct member head_of_command[] = {
    C(participant, "participant", INDEX), C(user, "user", INDEX), C(connection, "connection", U32),
};

static const struct member of_command_new_order[] = {
    C(new_order.instrument, "instrument", INDEX_0), C(new_order.side, "side", NAMED(side_names)),
    C(new_order.quantity, "quantity", U32), C(new_order.price, "price", .form = FORM_PRICE),
    C(new_order.order_type, "type", NAMED(type_names)), C(new_order.stop, "stop", .form = FORM_PRICE),
    C(new_order.time_in_force, "tif", NAMED(tif_names)),
    C(new_order.expire_date, "expire_date", .form = FORM_DATE, USUALLY(date_none)),
    C(new_order.display, "display", U32, .given_offset = offsetof(struct command, new_order.has_display),
      .given_bit = 1),
    C(new_order.min, "min", U32), C(new_order.stp, "stp", NAMED(stp_names)),
    C(new_order.flags, "flags", .form = FORM_FLAGS8, .names = order_flag_names),
    C(new_order.client_order_id, "id", .form = FORM_TEXT), C(new_order.client, "client", INDEX),
    C(new_order.market_session, "session", INDEX), C(new_order.payment_terms, "payment_terms", .form = FORM_U8),
};
static const struct member of_command_amend_order[] = {
    C(amend_order.order_id, "order", .form = FORM_U64), C(amend_order.orig_client_order_id, "orig", .form = FORM_TEXT),
    C(amend_order.quantity, "quantity", U32, .given_offset = offsetof(struct command, amend_order.flags),
      .given_bit = AMEND_QUANTITY),
    C(amend_order.price, "price", .form = FORM_PRICE, .given_offset = offsetof(struct command, amend_order.flags),
      .given_bit = AMEND_PRICE),
    C(amend_order.display_lots, "display", U32, .given_offset = offsetof(struct command, amend_order.flags),
      .given_bit = AMEND_DISPLAY),
    C(amend_order.client_order_id, "id", .form = FORM_TEXT),
};
static const struct member of_command_cancel_order[] = {
    C(cancel_order.order_id, "order", .form = FORM_U64),
    C(cancel_order.orig_client_order_id, "orig", .form = FORM_TEXT),
    C(cancel_order.client_order_id, "id", .form = FORM_TEXT),
};
static const struct member of_command_mass_cancel[] = {
    C(mass_cancel.instrument, "instrument", INDEX), C(mass_cancel.client, "client", INDEX),
    C(mass_cancel.side, "side", NAMED(side_names), USUALLY(SIDE_BOTH)),
};
static const struct member of_command_instrument[] = {
    C(instrument.symbol, "symbol", .form = FORM_TEXT), C(instrument.name, "name", .form = FORM_TEXT),
    C(instrument.section, "section", NAMED(section_names)), C(instrument.unit, "unit", NAMED(unit_names)),
    C(instrument.currency, "currency", NAMED(currency_names)),
    C(instrument.price_places, "price_places", .form = FORM_U8, USUALLY(2)),
};
static const struct member of_command_instrument_terms[] = {
    C(instrument_terms.instrument, "instrument", INDEX_0),
    C(instrument_terms.lot_units, "lot_units", U32, USUALLY(1)),
    C(instrument_terms.tick_scaled, "tick_scaled", .form = FORM_I64, USUALLY(1)),
    C(instrument_terms.reference, "reference", .form = FORM_PRICE),
    C(instrument_terms.quantity_min, "quantity_min", U32, USUALLY(1)),
    C(instrument_terms.quantity_max, "quantity_max", U32, USUALLY(10000)),
    C(instrument_terms.collar_ppm, "collar_ppm", U32, USUALLY(100000)),
    C(instrument_terms.payment_terms_mask, "payment_terms_mask", .form = FORM_U8, USUALLY(7)),
    C(instrument_terms.group, "group", .form = FORM_TEXT),
};
static const struct member of_command_basis[] = {
    C(basis.instrument, "instrument", INDEX_0), C(basis.basis.place, "place", .form = FORM_TEXT),
    C(basis.basis.country, "country", .form = FORM_TEXT), C(basis.basis.incoterm, "incoterm", NAMED(incoterm_names)),
};
static const struct member of_command_session[] = {
    C(session.id, "id", .form = FORM_TEXT), C(session.open_minute, "open_minute", .form = FORM_U16),
    C(session.close_minute, "close_minute", .form = FORM_U16), C(session.model, "model", NAMED(market_model_names)),
};
static const struct member of_command_session_symbol[] = {
    C(session_symbol.session, "session", INDEX_0),
    C(session_symbol.instrument, "instrument", INDEX_0),
};
static const struct member of_command_participant[] = {
    C(add_participant.id, "id", .form = FORM_TEXT), C(add_participant.name, "name", .form = FORM_TEXT),
    C(add_participant.country, "country", .form = FORM_TEXT),
};
static const struct member of_command_accredit[] = {
    C(accredit.participant, "accredited", INDEX_0), C(accredit.section, "section", NAMED(section_names)),
    C(accredit.from_date, "from", .form = FORM_DATE), C(accredit.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_command_user[] = {
    C(add_user.name, "name", .form = FORM_TEXT), C(add_user.participant, "of", INDEX_0),
    C(add_user.role, "role", NAMED(role_names)),
};
static const struct member of_command_password[] = {
    C(password.user, "owner", INDEX_0), C(password.hash, "hash", .form = FORM_TEXT),
};
static const struct member of_command_deposit[] = {
    C(deposit.participant, "of", INDEX_0), C(deposit.currency, "currency", NAMED(currency_names)),
    C(deposit.action, "action", NAMED(action_names)), C(deposit.amount, "amount", .form = FORM_I64),
};
static const struct member of_command_halt[] = {
    C(halt.scope, "scope", NAMED(scope_names)), C(halt.target, "target", U32),
    C(halt.halted, "halted", .form = FORM_U8, USUALLY(1)),
};
static const struct member of_command_holiday[] = { C(holiday.date, "date", .form = FORM_DATE) };
static const struct member of_command_clock[] = { C(reserved, "reserved", .form = FORM_U16) };
static const struct member of_command_disconnect[] = { C(reserved, "reserved", .form = FORM_U16) };

/* ---- members of events ---- */

static const struct member head_of_event[] = {
    E(instrument, "instrument", INDEX), E(flags, "is", .form = FORM_FLAGS16, .names = event_flag_names),
};

static const struct member of_client_id[] = {
    E(client_id.order_id, "order", .form = FORM_U64), E(client_id.participant, "participant", INDEX_0),
    E(client_id.text, "id", .form = FORM_TEXT),
};
static const struct member of_order[] = {
    E(order.order_id, "order", .form = FORM_U64), E(order.participant, "participant", INDEX_0),
    E(order.side, "side", NAMED(side_names)), E(order.quantity, "quantity", U32),
    E(order.price, "price", .form = FORM_PRICE), E(order.shown, "shown", U32),
    E(order.stop, "stop", .form = FORM_PRICE), E(order.display, "display", U32),
    E(order.order_type, "type", NAMED(type_names)),
    E(order.time_in_force, "tif", NAMED(tif_names)),
    E(order.expire_date, "expire_date", .form = FORM_DATE, USUALLY(date_none)),
    E(order.order_flags, "flags", .form = FORM_FLAGS8, .names = order_flag_names),
    E(order.user, "user", INDEX), E(order.principal, "principal", INDEX_0),
    E(order.connection, "connection", U32),
};
static const struct member of_rejected[] = {
    E(rejected.reason, "reason", .form = FORM_REASON), E(rejected.participant, "participant", INDEX_0),
    E(rejected.allowed_low, "low", .form = FORM_I64), E(rejected.allowed_high, "high", .form = FORM_I64),
    E(rejected.side, "side", NAMED(side_names)), E(rejected.quantity, "quantity", U32),
    E(rejected.price, "price", .form = FORM_PRICE), E(rejected.stop, "stop", .form = FORM_PRICE),
    E(rejected.order_type, "type", NAMED(type_names)), E(rejected.time_in_force, "tif", NAMED(tif_names)),
    E(rejected.expire_date, "expire_date", .form = FORM_DATE, USUALLY(date_none)),
    E(rejected.display, "display", U32), E(rejected.min, "min", U32),
    E(rejected.user, "user", INDEX),
};
static const struct member of_order_status[] = {
    E(order_status.order_id, "order", .form = FORM_U64),
    E(order_status.participant, "participant", INDEX_0),
};
static const struct member of_trade[] = {
    E(trade.trade_id, "trade", .form = FORM_U64), E(trade.maker_order_id, "maker", .form = FORM_U64),
    E(trade.taker_order_id, "taker", .form = FORM_U64), E(trade.price, "price", .form = FORM_PRICE),
    E(trade.quantity, "quantity", U32), E(trade.maker_leaves, "maker_leaves", U32),
    E(trade.taker_leaves, "taker_leaves", U32), E(trade.maker_participant, "maker_participant", INDEX_0),
    E(trade.taker_participant, "taker_participant", INDEX_0),
    E(trade.deal_class, "class", NAMED(class_names)), E(trade.condition, "condition", NAMED(condition_names)),
};
static const struct member of_order_change[] = {
    E(order_change.order_id, "order", .form = FORM_U64),
    E(order_change.participant, "participant", INDEX_0), E(order_change.side, "side", NAMED(side_names)),
    E(order_change.price_before, "price_before", .form = FORM_PRICE), E(order_change.shown_before, "shown_before", U32),
    E(order_change.leaves_before, "leaves_before", U32), E(order_change.price, "price", .form = FORM_PRICE),
    E(order_change.shown, "shown", U32), E(order_change.quantity, "quantity", U32),
    E(order_change.leaves, "leaves", U32), E(order_change.display, "display", U32),
    E(order_change.cause, "cause", NAMED(cause_names)), E(order_change.reason, "reason", .form = FORM_REASON),
};
static const struct member of_refused[] = {
    E(refused.reason, "reason", .form = FORM_REASON), E(refused.command, "command", .form = FORM_COMMAND),
    E(refused.order_id, "order", .form = FORM_U64), E(refused.participant, "participant", INDEX_0),
    E(refused.allowed_low, "low", .form = FORM_I64), E(refused.allowed_high, "high", .form = FORM_I64),
};
static const struct member of_mass_canceled[] = {
    E(mass_canceled.participant, "participant", INDEX_0), E(mass_canceled.count, "count", U32),
};
static const struct member of_time[] = {
    E(time.time_ns, "at", .form = FORM_TIME), E(time.trade_date, "date", .form = FORM_DATE),
};
static const struct member of_subject[] = { E(subject.index, "index", U32) };
static const struct member of_session_phase[] = {
    E(session_phase.session, "session", U32), E(session_phase.phase, "phase", NAMED(phase_names)),
};
static const struct member of_accredited[] = {
    E(accredited.participant, "participant", INDEX_0), E(accredited.section, "section", NAMED(section_names)),
    E(accredited.from_date, "from", .form = FORM_DATE),
    E(accredited.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_deposit[] = {
    E(deposit.participant, "participant", INDEX_0), E(deposit.currency, "currency", NAMED(currency_names)),
    E(deposit.action, "action", NAMED(action_names)), E(deposit.amount, "amount", .form = FORM_I64),
    E(deposit.credited, "credited", .form = FORM_I64), E(deposit.free, "free", .form = FORM_I64),
    E(deposit.counts_date, "counts", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_halt[] = {
    E(halt.scope, "scope", NAMED(scope_names)), E(halt.target, "target", U32),
    E(halt.halted, "halted", .form = FORM_U8),
};

/* ---- the rulebook ---- */

static const struct member of_command_standing[] = {
    C(standing.participant, "of", INDEX_0), C(standing.action, "action", NAMED(standing_names)),
    C(standing.until_date, "until", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_command_broker[] = {
    C(broker.participant, "of", INDEX_0), C(broker.action, "action", NAMED(broker_action_names)),
    C(broker.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    C(broker.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
    C(broker.new_resident_clients, "resident_clients", U32), C(broker.new_foreign_clients, "foreign_clients", U32),
    C(broker.other_points, "other", U32), C(broker.tax_arrears, "tax_arrears", .form = FORM_U8),
};
static const struct member of_command_client[] = {
    C(client.broker, "broker", INDEX_0), C(client.client, "client", INDEX_0),
    C(client.section, "section", NAMED(section_names)), C(client.side, "side", NAMED(side_names), USUALLY(SIDE_BOTH)),
    C(client.instrument, "instrument", INDEX), C(client.quantity_max, "quantity_max", U32),
    C(client.limit, "limit", .form = FORM_PRICE),
    C(client.expire_date, "expire_date", .form = FORM_DATE, USUALLY(date_none)),
    C(client.flags, "client_flags", .form = FORM_U8), C(client.registered, "registered", .form = FORM_U8, USUALLY(1)),
};
static const struct member of_command_remark[] = {
    C(remark.participant, "of", INDEX_0), C(remark.remark, "remark", NAMED(remark_names)),
    C(remark.value, "value", .form = FORM_U8), C(remark.at_once, "at_once", .form = FORM_U8),
};
static const struct member of_command_sanction[] = {
    C(sanction.participant, "of", INDEX_0), C(sanction.until_date, "until", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_command_own_use[] = {
    C(own_use.participant, "of", INDEX_0), C(own_use.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    C(own_use.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_command_trader[] = {
    C(trader.person, "person", .form = FORM_TEXT), C(trader.participant, "of", INDEX_0),
    C(trader.registered, "registered", .form = FORM_U8, USUALLY(1)),
};
static const struct member of_command_certificate[] = {
    C(certificate.person, "person", .form = FORM_TEXT),
    C(certificate.issue_date, "issued", .form = FORM_DATE, USUALLY(date_none)),
    C(certificate.power_to_date, "power_to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_command_kill[] = {
    C(kill.participant, "of", INDEX_0), C(kill.on, "on", .form = FORM_U8),
};
static const struct member of_command_risk_limits[] = {
    C(risk_limits.participant, "of", INDEX_0), C(risk_limits.currency, "currency", NAMED(currency_names)),
    C(risk_limits.given, "given", .form = FORM_U8),
    C(risk_limits.order_value_max, "order_value_max", .form = FORM_I64),
    C(risk_limits.exposure_factor, "exposure_factor", U32), C(risk_limits.message_rate, "message_rate", U32),
};
static const struct member of_command_phase[] = {
    C(phase.session, "session", INDEX_0), C(phase.phase, "phase", NAMED(phase_names)),
};
static const struct member of_command_session_terms[] = {
    C(session_terms.session, "session", INDEX_0), C(session_terms.direction, "direction", NAMED(direction_names)),
    C(session_terms.role, "role", NAMED(session_role_names)),
    C(session_terms.flags, "session_flags", .form = FORM_U8),
    C(session_terms.currencies_mask, "currencies", .form = FORM_U8), C(session_terms.every_days, "every_days", U32),
    C(session_terms.anchor_date, "anchor", .form = FORM_DATE),
    C(session_terms.buyer_countries, "buyers", .form = FORM_TEXT),
    C(session_terms.seller_countries, "sellers", .form = FORM_TEXT),
    C(session_terms.has_hours, "has_hours", .form = FORM_U8),
    C(session_terms.open_minute, "open_minute", .form = FORM_U16),
    C(session_terms.close_minute, "close_minute", .form = FORM_U16),
};
static const struct member of_command_session_date[] = {
    C(session_date.session, "session", INDEX_0), C(session_date.date, "date", .form = FORM_DATE),
};
static const struct member of_command_rule_terms[] = {
    C(rule_terms.deposit_ppm, "deposit_ppm", U32), C(rule_terms.deposit_floors[0], "floor_byn", .form = FORM_I64),
    C(rule_terms.deposit_floors[1], "floor_usd", .form = FORM_I64),
    C(rule_terms.deposit_floors[2], "floor_eur", .form = FORM_I64),
    C(rule_terms.deposit_floors[3], "floor_rub", .form = FORM_I64),
    C(rule_terms.deposit_floors[4], "floor_cny", .form = FORM_I64),
    C(rule_terms.deposit_business_days, "deposit_days", U32), C(rule_terms.fee_ppm, "fee_ppm", U32),
    C(rule_terms.fee_due_business_days, "fee_days", U32), C(rule_terms.exposure_factor, "exposure_factor", U32),
    C(rule_terms.flags, "rule_flags", .form = FORM_U8),
};
static const struct member of_command_transit_rule[] = {
    C(transit_rule.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    C(transit_rule.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
    C(transit_rule.sections_mask, "sections", U32),
};
static const struct member of_command_currency_rule[] = {
    C(currency_rule.currency, "currency", NAMED(currency_names)),
    C(currency_rule.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    C(currency_rule.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
    C(currency_rule.countries, "countries", .form = FORM_TEXT),
};
static const struct member of_command_band_rule[] = {
    C(band_rule.instrument, "instrument", INDEX_0), C(band_rule.band, "band", NAMED(band_names)),
    C(band_rule.level, "level", .form = FORM_PRICE), C(band_rule.deal_class, "class", NAMED(class_names)),
    C(band_rule.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    C(band_rule.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_command_fee_rule[] = {
    C(fee_rule.instrument, "instrument", INDEX), C(fee_rule.group, "group", .form = FORM_TEXT),
    C(fee_rule.section, "section", .form = FORM_U8, USUALLY(RULE_ANY)),
    C(fee_rule.deal_class, "class", .form = FORM_U8, USUALLY(RULE_ANY)),
    C(fee_rule.side, "side", .form = FORM_U8, USUALLY(RULE_ANY)), C(fee_rule.ppm, "ppm", U32),
    C(fee_rule.flat, "flat", .form = FORM_I64), C(fee_rule.currency, "currency", NAMED(currency_names)),
    C(fee_rule.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    C(fee_rule.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_command_waiver_rule[] = {
    C(waiver_rule.section, "section", .form = FORM_U8, USUALLY(RULE_ANY)),
    C(waiver_rule.deal_class, "class", .form = FORM_U8, USUALLY(RULE_ANY)),
    C(waiver_rule.side, "side", .form = FORM_U8, USUALLY(RULE_ANY)),
    C(waiver_rule.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    C(waiver_rule.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_command_fx_rate[] = {
    C(fx_rate.currency, "currency", NAMED(currency_names)), C(fx_rate.byn_scaled, "byn", .form = FORM_I64),
    C(fx_rate.from_date, "from", .form = FORM_DATE),
};
static const struct member of_command_pay_fees[] = {
    C(pay_fees.participant, "of", INDEX_0), C(pay_fees.currency, "currency", NAMED(currency_names)),
    C(pay_fees.source, "source", NAMED(source_names)), C(pay_fees.amount, "amount", .form = FORM_I64),
};
static const struct member of_command_bust[] = {
    C(bust.trade_id, "trade", .form = FORM_U64), C(bust.text, "text", .form = FORM_TEXT),
};
static const struct member of_command_news[] = {
    C(news.text, "text", .form = FORM_TEXT),
};
static const struct member of_command_logon[] = {
    C(logon.on, "on", .form = FORM_U8),
};
static const struct member of_held[] = {
    E(held.order_id, "order", .form = FORM_U64), E(held.amount, "amount", .form = FORM_I64),
    E(held.value, "value", .form = FORM_I64), E(held.free, "free", .form = FORM_I64),
    E(held.participant, "participant", INDEX_0), E(held.principal, "principal", INDEX_0),
    E(held.payer, "payer", INDEX_0), E(held.ppm, "ppm", U32), E(held.currency, "currency", NAMED(currency_names)),
    E(held.deal_class, "class", NAMED(class_names)), E(held.by_floor, "by_floor", .form = FORM_U8),
};
static const struct member of_contract[] = {
    E(contract.trade_id, "trade", .form = FORM_U64), E(contract.fees[0], "fee_buy", .form = FORM_I64),
    E(contract.fees[1], "fee_sell", .form = FORM_I64), E(contract.blocked[0], "blocked_buy", .form = FORM_I64),
    E(contract.blocked[1], "blocked_sell", .form = FORM_I64), E(contract.fee_due_date, "due", .form = FORM_DATE),
    E(contract.fee_currencies[0], "currency_buy", NAMED(currency_names)),
    E(contract.fee_currencies[1], "currency_sell", NAMED(currency_names)),
    E(contract.basis, "basis", .form = FORM_U8),
};
static const struct member of_pair_skipped[] = {
    E(pair_skipped.order_id, "order", .form = FORM_U64), E(pair_skipped.maker_order_id, "maker", .form = FORM_U64),
    E(pair_skipped.participant, "participant", INDEX_0), E(pair_skipped.reason, "reason", .form = FORM_REASON),
};
static const struct member of_busted[] = {
    E(busted.trade_id, "trade", .form = FORM_U64), E(busted.fees[0], "fee_buy", .form = FORM_I64),
    E(busted.fees[1], "fee_sell", .form = FORM_I64), E(busted.released[0], "released_buy", .form = FORM_I64),
    E(busted.released[1], "released_sell", .form = FORM_I64), E(busted.participants[0], "buyer", INDEX_0),
    E(busted.participants[1], "seller", INDEX_0), E(busted.fee_currencies[0], "currency_buy", NAMED(currency_names)),
    E(busted.fee_currencies[1], "currency_sell", NAMED(currency_names)),
};
static const struct member of_standing[] = {
    E(standing.participant, "participant", INDEX_0),
    E(standing.until_date, "until", .form = FORM_DATE, USUALLY(date_none)),
    E(standing.state, "state", NAMED(state_names)),
};
static const struct member of_broker[] = {
    E(broker.participant, "participant", INDEX_0), E(broker.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    E(broker.to_date, "to", .form = FORM_DATE, USUALLY(date_none)), E(broker.score, "score", U32),
    E(broker.state, "state", NAMED(broker_state_names)), E(broker.scored, "scored", .form = FORM_U8),
};
static const struct member of_client[] = {
    E(client.broker, "broker", INDEX_0), E(client.client, "client", INDEX_0),
    E(client.section, "section", NAMED(section_names)), E(client.side, "side", NAMED(side_names), USUALLY(SIDE_BOTH)),
    E(client.instrument, "mandate", INDEX), E(client.quantity_max, "quantity_max", U32),
    E(client.limit, "limit", .form = FORM_PRICE),
    E(client.expire_date, "expire_date", .form = FORM_DATE, USUALLY(date_none)),
    E(client.flags, "client_flags", .form = FORM_U8), E(client.registered, "registered", .form = FORM_U8, USUALLY(1)),
};
static const struct member of_remark[] = {
    E(remark.participant, "participant", INDEX_0), E(remark.remark, "remark", NAMED(remark_names)),
    E(remark.value, "value", .form = FORM_U8), E(remark.at_once, "at_once", .form = FORM_U8),
};
static const struct member of_sanction[] = {
    E(sanction.participant, "participant", INDEX_0),
    E(sanction.until_date, "until", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_own_use[] = {
    E(own_use.participant, "participant", INDEX_0),
    E(own_use.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    E(own_use.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_trader[] = {
    E(trader.person, "person", .form = FORM_TEXT), E(trader.participant, "participant", INDEX_0),
    E(trader.registered, "registered", .form = FORM_U8),
};
static const struct member of_certificate[] = {
    E(certificate.person, "person", .form = FORM_TEXT),
    E(certificate.from_date, "from", .form = FORM_DATE, USUALLY(date_none)),
    E(certificate.to_date, "to", .form = FORM_DATE, USUALLY(date_none)),
};
static const struct member of_kill[] = {
    E(kill.participant, "participant", INDEX_0), E(kill.on, "on", .form = FORM_U8),
};
static const struct member of_risk_limits[] = {
    E(risk_limits.participant, "participant", INDEX_0), E(risk_limits.currency, "currency", NAMED(currency_names)),
    E(risk_limits.given, "given", .form = FORM_U8),
    E(risk_limits.order_value_max, "order_value_max", .form = FORM_I64),
    E(risk_limits.exposure_factor, "exposure_factor", U32), E(risk_limits.message_rate, "message_rate", U32),
};
static const struct member of_rule[] = {
    E(rule.command, "command", .form = FORM_COMMAND),
};
static const struct member of_fees_paid[] = {
    E(fees_paid.participant, "participant", INDEX_0), E(fees_paid.currency, "currency", NAMED(currency_names)),
    E(fees_paid.source, "source", NAMED(source_names)), E(fees_paid.amount, "amount", .form = FORM_I64),
    E(fees_paid.fees_due, "fees_due", .form = FORM_I64), E(fees_paid.free, "free", .form = FORM_I64),
};

/* ---- kinds ---- */

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define KIND(number, name, list) { number, #name, list, COUNT_OF(list) }

static const struct kind command_kinds[] = {
    KIND(COMMAND_CLOCK, clock, of_command_clock),
    KIND(COMMAND_NEW_ORDER, new_order, of_command_new_order),
    KIND(COMMAND_AMEND_ORDER, amend_order, of_command_amend_order),
    KIND(COMMAND_CANCEL_ORDER, cancel_order, of_command_cancel_order),
    KIND(COMMAND_MASS_CANCEL, mass_cancel, of_command_mass_cancel),
    KIND(COMMAND_DISCONNECT, disconnect, of_command_disconnect),
    KIND(COMMAND_INSTRUMENT, instrument, of_command_instrument),
    KIND(COMMAND_INSTRUMENT_TERMS, instrument_terms, of_command_instrument_terms),
    KIND(COMMAND_BASIS, basis, of_command_basis),
    KIND(COMMAND_SESSION, session, of_command_session),
    KIND(COMMAND_SESSION_SYMBOL, session_symbol, of_command_session_symbol),
    KIND(COMMAND_PARTICIPANT, participant, of_command_participant),
    KIND(COMMAND_ACCREDIT, accredit, of_command_accredit),
    KIND(COMMAND_USER, user, of_command_user),
    KIND(COMMAND_PASSWORD, password, of_command_password),
    KIND(COMMAND_DEPOSIT, deposit, of_command_deposit),
    KIND(COMMAND_HALT, halt, of_command_halt),
    KIND(COMMAND_HOLIDAY, holiday, of_command_holiday),
    KIND(COMMAND_STANDING, standing, of_command_standing),
    KIND(COMMAND_BROKER, broker, of_command_broker),
    KIND(COMMAND_CLIENT, client, of_command_client),
    KIND(COMMAND_REMARK, remark, of_command_remark),
    KIND(COMMAND_SANCTION, sanction, of_command_sanction),
    KIND(COMMAND_OWN_USE, own_use, of_command_own_use),
    KIND(COMMAND_TRADER, trader, of_command_trader),
    KIND(COMMAND_CERTIFICATE, certificate, of_command_certificate),
    KIND(COMMAND_KILL, kill, of_command_kill),
    KIND(COMMAND_RISK_LIMITS, risk_limits, of_command_risk_limits),
    KIND(COMMAND_PHASE, phase, of_command_phase),
    KIND(COMMAND_SESSION_TERMS, session_terms, of_command_session_terms),
    KIND(COMMAND_SESSION_DATE, session_date, of_command_session_date),
    KIND(COMMAND_RULE_TERMS, rule_terms, of_command_rule_terms),
    KIND(COMMAND_TRANSIT_RULE, transit_rule, of_command_transit_rule),
    KIND(COMMAND_CURRENCY_RULE, currency_rule, of_command_currency_rule),
    KIND(COMMAND_BAND_RULE, band_rule, of_command_band_rule),
    KIND(COMMAND_FEE_RULE, fee_rule, of_command_fee_rule),
    KIND(COMMAND_WAIVER_RULE, waiver_rule, of_command_waiver_rule),
    KIND(COMMAND_FX_RATE, fx_rate, of_command_fx_rate),
    KIND(COMMAND_PAY_FEES, pay_fees, of_command_pay_fees),
    KIND(COMMAND_BUST, bust, of_command_bust),
    KIND(COMMAND_NEWS, news, of_command_news),
    KIND(COMMAND_LOGON, logon, of_command_logon),
};

static const struct kind event_kinds[] = {
#define XX(number, name, member) { number, #name, of_##member, COUNT_OF(of_##member) },
    EVENT_MAP(XX)
#undef XX
};

static const struct kind *kind_by_number(const struct kind *kinds, uint32_t count, uint32_t number) {
    for (uint32_t i = 0; i < count; i++)
        if (kinds[i].number == number) return &kinds[i];
    return NULL;
}

static const struct kind *kind_by_name(const struct kind *kinds, uint32_t count, const char *name) {
    for (uint32_t i = 0; i < count; i++)
        if (strcasecmp(kinds[i].name, name) == 0) return &kinds[i];
    return NULL;
}

const char *script_event_name(uint32_t number) {
    static char name[32];
    const struct kind *kind = kind_by_number(event_kinds, COUNT_OF(event_kinds), number);
    if (kind == NULL) return "?";
    uint32_t i = 0;
    for (; kind->name[i] != '\0' && i + 1 < sizeof name; i++) name[i] = (char)tolower((unsigned char)kind->name[i]);
    name[i] = '\0';
    return name;
}

const char *script_reason_name(uint32_t reason) {
    for (uint32_t i = 0; i < COUNT_OF(reasons); i++)
        if (reasons[i].number == reason) return reasons[i].name;
    return "?";
}

/* ---- values ---- */

static int64_t value_of(const void *record, const struct member *m) {
    const char *at = (const char *)record + m->offset;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    int64_t i64;
    switch (m->form) {
    case FORM_U8: case FORM_NAME: case FORM_FLAGS8: memcpy(&u8, at, 1); return u8;
    case FORM_U16: case FORM_FLAGS16: case FORM_REASON: case FORM_COMMAND: memcpy(&u16, at, 2); return u16;
    case FORM_U32: case FORM_INDEX: case FORM_PRICE: memcpy(&u32, at, 4); return u32;
    case FORM_DATE: memcpy(&u32, at, 4); return (int32_t)u32;
    case FORM_I64: case FORM_U64: case FORM_TIME: memcpy(&i64, at, 8); return i64;
    case FORM_TEXT: break;
    }
    return 0;
}

static void set_value(void *record, const struct member *m, int64_t value) {
    char *at = (char *)record + m->offset;
    uint8_t u8 = (uint8_t)value;
    uint16_t u16 = (uint16_t)value;
    uint32_t u32 = (uint32_t)value;
    switch (m->form) {
    case FORM_U8: case FORM_NAME: case FORM_FLAGS8: memcpy(at, &u8, 1); break;
    case FORM_U16: case FORM_FLAGS16: case FORM_REASON: case FORM_COMMAND: memcpy(at, &u16, 2); break;
    case FORM_U32: case FORM_INDEX: case FORM_PRICE: case FORM_DATE: memcpy(at, &u32, 4); break;
    case FORM_I64: case FORM_U64: case FORM_TIME: memcpy(at, &value, 8); break;
    case FORM_TEXT: break;
    }
}

static bool is_usual(const void *record, const struct member *m) {
    if (m->form == FORM_TEXT) return ((const char *)record)[m->offset] == '\0';
    return value_of(record, m) == m->usual;
}

/* ---- writing ---- */

static void write_flags(FILE *file, int64_t value, const char *const *names) {
    const char *join = "";
    for (uint32_t bit = 0; names[bit] != NULL; bit++) {
        if (!(value & (INT64_C(1) << bit))) continue;
        fprintf(file, "%s%s", join, names[bit]);
        join = "+";
        value &= ~(INT64_C(1) << bit);
    }
    if (value != 0) fprintf(file, "%s%" PRId64, join, value);
    else if (join[0] == '\0') fputs("-", file);
}

static void write_number(FILE *file, int64_t value, const struct member *m) {
    if (m->form == FORM_INDEX && value == NAME_NONE) fputs("-", file);
    else if (m->form == FORM_PRICE && value == PRICE_INVALID) fputs("invalid", file);
    else if (m->form == FORM_PRICE && value == PRICE_OFF_TICK) fputs("off_tick", file);
    else if (m->form == FORM_U32 && value == UINT32_MAX) fputs("max", file);
    else fprintf(file, "%" PRId64, value);
}

static void write_time(FILE *file, int64_t time_ns) {
    char text[timestamp_text_size];
    timestamp_format(time_ns, text);
    fprintf(file, "%.*s", (int)timestamp_text_size, text);
}

static void write_value(FILE *file, const void *record, const struct member *m) {
    int64_t value = value_of(record, m);
    char date[10];
    const struct kind *kind;
    switch (m->form) {
    case FORM_TEXT: fprintf(file, "%.*s", (int)m->size, (const char *)record + m->offset); break;
    case FORM_NAME:
        for (int64_t i = 0; i <= value; i++) {
            if (m->names[i] == NULL) { fprintf(file, "%" PRId64, value); break; }
            if (i == value) fputs(m->names[i], file);
        }
        break;
    case FORM_FLAGS8: case FORM_FLAGS16: write_flags(file, value, m->names); break;
    case FORM_DATE:
        if (value == date_none) { fputs("-", file); break; }
        date_format((int32_t)value, date);
        fprintf(file, "%.10s", date);
        break;
    case FORM_TIME: write_time(file, value); break;
    case FORM_REASON: fputs(script_reason_name((uint32_t)value), file); break;
    case FORM_COMMAND:
        kind = kind_by_number(command_kinds, COUNT_OF(command_kinds), (uint32_t)value);
        fputs(kind == NULL ? "?" : kind->name, file);
        break;
    default: write_number(file, value, m);
    }
}

static void write_members(FILE *file, const void *record, const struct member *members, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const struct member *m = &members[i];
        if (m->given_bit != 0) {
            if (!(((const uint8_t *)record)[m->given_offset] & m->given_bit)) continue;
        } else if (is_usual(record, m)) {
            continue;
        }
        fprintf(file, " %s=", m->name);
        write_value(file, record, m);
    }
}

void script_write_command(FILE *file, const struct command *c, int64_t *time_ns) {
    const struct kind *kind = kind_by_number(command_kinds, COUNT_OF(command_kinds), c->kind);
    CHECK(kind != NULL);
    fputs(kind->name, file);
    if (c->time_ns != *time_ns) {
        fputs(" time=", file);
        write_time(file, c->time_ns);
        *time_ns = c->time_ns;
    }
    write_members(file, c, head_of_command, COUNT_OF(head_of_command));
    write_members(file, c, kind->members, kind->members_count);
    fputc('\n', file);
}

void script_write_event(FILE *file, const struct event *e) {
    const struct kind *kind = kind_by_number(event_kinds, COUNT_OF(event_kinds), e->kind);
    fprintf(file, "  %s", script_event_name(e->kind));
    write_members(file, e, head_of_event, COUNT_OF(head_of_event));
    if (kind != NULL) write_members(file, e, kind->members, kind->members_count);
    fputc('\n', file);
}

/* ---- reading ---- */

static bool parse_number(const char *text, const struct member *m, int64_t *value) {
    if (m->form == FORM_INDEX && strcmp(text, "-") == 0) *value = NAME_NONE;
    else if (m->form == FORM_PRICE && strcmp(text, "invalid") == 0) *value = PRICE_INVALID;
    else if (m->form == FORM_PRICE && strcmp(text, "off_tick") == 0) *value = PRICE_OFF_TICK;
    else if (m->form == FORM_U32 && strcmp(text, "max") == 0) *value = UINT32_MAX;
    else {
        char *end;
        *value = strtoll(text, &end, 10);
        return end != text && *end == '\0';
    }
    return true;
}

static bool parse_named(const char *text, const char *const *names, int64_t *value) {
    for (int64_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], text) != 0) continue;
        *value = i;
        return true;
    }
    char *end;
    *value = strtoll(text, &end, 10);
    return end != text && *end == '\0';
}

static bool parse_flags(char *text, const char *const *names, int64_t *value) {
    *value = 0;
    if (strcmp(text, "-") == 0) return true;
    for (char *next; text != NULL; text = next) {
        next = strchr(text, '+');
        if (next != NULL) *next++ = '\0';
        int64_t bit;
        if (!parse_named(text, names, &bit) || bit > 15) return false;
        *value |= INT64_C(1) << bit;
    }
    return true;
}

static bool parse_value(void *record, const struct member *m, char *text) {
    int64_t value = 0;
    int32_t date;
    const struct kind *kind;
    uint32_t size = (uint32_t)strlen(text);
    switch (m->form) {
    case FORM_TEXT:
        if (size > m->size) return false;
        name_set((char *)record + m->offset, m->size, text, size);
        return true;
    case FORM_NAME:
        if (!parse_named(text, m->names, &value)) return false;
        break;
    case FORM_FLAGS8: case FORM_FLAGS16:
        if (!parse_flags(text, m->names, &value)) return false;
        break;
    case FORM_DATE:
        if (strcmp(text, "-") == 0) { value = date_none; break; }
        if (!date_parse(text, size, &date)) return false;
        value = date;
        break;
    case FORM_TIME:
        if (!timestamp_parse(text, size, &value)) return false;
        break;
    case FORM_REASON:
        for (uint32_t i = 0; i < COUNT_OF(reasons); i++) {
            if (strcmp(reasons[i].name, text) != 0) continue;
            set_value(record, m, reasons[i].number);
            return true;
        }
        return false;
    case FORM_COMMAND:
        kind = kind_by_name(command_kinds, COUNT_OF(command_kinds), text);
        if (kind == NULL) return false;
        value = kind->number;
        break;
    default:
        if (!parse_number(text, m, &value)) return false;
    }
    set_value(record, m, value);
    return true;
}

static void set_usual(void *record, const struct member *members, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (members[i].given_bit == 0) set_value(record, &members[i], members[i].usual);
}

/* Index of the member called `name` within head and own members taken together, or -1. */
static int find_member(const struct member *head, uint32_t head_count, const struct kind *kind, const char *name,
                       const struct member **found) {
    for (uint32_t i = 0; i < head_count + kind->members_count; i++) {
        *found = i < head_count ? &head[i] : &kind->members[i - head_count];
        if (strcmp((*found)->name, name) == 0) return (int)i;
    }
    return -1;
}

/* Reads the "name=value" words of a line into a record; *stated gets the bits of the members. */
static const char *parse_members(char *words, void *record, const struct member *head, uint32_t head_count,
                                 const struct kind *kind, int64_t *time_ns, uint64_t *stated) {
    char *rest = words;
    for (char *word = strtok_r(NULL, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(word, '=');
        if (value == NULL) return word;
        *value++ = '\0';
        if (time_ns != NULL && strcmp(word, "time") == 0) {
            if (!timestamp_parse(value, (uint32_t)strlen(value), time_ns)) return word;
            continue;
        }
        const struct member *m;
        int index = find_member(head, head_count, kind, word, &m);
        if (index < 0 || !parse_value(record, m, value)) return word;
        if (m->given_bit != 0) ((uint8_t *)record)[m->given_offset] |= m->given_bit;
        *stated |= UINT64_C(1) << index;
    }
    return NULL;
}

static void *grown(void *array, uint32_t count, size_t size) {
    if ((count & (count - 1)) != 0) return array;      /* room doubles at powers of two */
    array = realloc(array, (count == 0 ? 1 : 2 * (size_t)count) * size);
    CHECK(array != NULL);
    return array;
}

static const char *parse_command_line(struct script *s, char *line, uint32_t number, int64_t *time_ns) {
    char *rest = line, *name = strtok_r(NULL, " ", &rest);
    const struct kind *kind = kind_by_name(command_kinds, COUNT_OF(command_kinds), name);
    if (kind == NULL) return name;
    s->steps = grown(s->steps, s->steps_count, sizeof *s->steps);
    struct script_step *step = &s->steps[s->steps_count++];
    *step = (struct script_step){ .expected_first = s->expectations_count, .line = number };
    struct command *c = &step->command;
    c->kind = kind->number;
    c->sequence = s->steps_count;
    set_usual(c, head_of_command, COUNT_OF(head_of_command));
    set_usual(c, kind->members, kind->members_count);
    uint64_t stated = 0;
    const char *wrong = parse_members(rest, c, head_of_command, COUNT_OF(head_of_command), kind, time_ns, &stated);
    c->time_ns = *time_ns;
    return wrong;
}

static const char *parse_event_line(struct script *s, char *line, uint32_t number) {
    char *rest = line, *name = strtok_r(NULL, " ", &rest);
    if (s->steps_count == 0) return name;
    struct script_step *step = &s->steps[s->steps_count - 1];
    step->expects = true;
    if (strcmp(name, "nothing") == 0) return NULL;
    const struct kind *kind = kind_by_name(event_kinds, COUNT_OF(event_kinds), name);
    if (kind == NULL) return name;
    s->expectations = grown(s->expectations, s->expectations_count, sizeof *s->expectations);
    struct expectation *x = &s->expectations[s->expectations_count++];
    step->expected_count++;
    *x = (struct expectation){ .line = number, .event.kind = kind->number, .event.instrument = NAME_NONE };
    return parse_members(rest, &x->event, head_of_event, COUNT_OF(head_of_event), kind, NULL, &x->stated);
}

int script_parse(struct script *s, const char *text) {
    *s = (struct script){ 0 };
    int64_t time_ns = 0;
    uint32_t number = 0;
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        char line[1024];
        number++;
        if (size >= sizeof line) {
            snprintf(s->error, sizeof s->error, "line %u: longer than %zu bytes", number, sizeof line - 1);
            return -1;
        }
        memcpy(line, text, size);
        line[size] = '\0';
        text += size + (text[size] == '\n');
        line[strcspn(line, "#\r")] = '\0';
        if (line[strspn(line, " ")] == '\0') continue;
        const char *wrong = line[0] == ' ' ? parse_event_line(s, line, number)
                                           : parse_command_line(s, line, number, &time_ns);
        if (wrong == NULL) continue;
        snprintf(s->error, sizeof s->error, "line %u: cannot read \"%.40s\"", number, wrong);
        return -1;
    }
    return 0;
}

int script_read(struct script *s, const char *path) {
    *s = (struct script){ 0 };
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        snprintf(s->error, sizeof s->error, "cannot open %.100s", path);
        return -1;
    }
    size_t capacity = 1 << 16, size = 0;
    char *text = malloc(capacity);
    CHECK(text != NULL);
    for (size_t got; (got = fread(text + size, 1, capacity - size - 1, file)) > 0;) {
        size += got;
        if (size + 1 < capacity) continue;
        capacity *= 2;
        text = realloc(text, capacity);
        CHECK(text != NULL);
    }
    fclose(file);
    text[size] = '\0';
    int result = script_parse(s, text);
    free(text);
    return result;
}

void script_free(struct script *s) {
    free(s->steps);
    free(s->expectations);
    s->steps = NULL;
    s->expectations = NULL;
}

bool script_matches(const struct expectation *x, const struct event *e) {
    if (x->event.kind != e->kind) return false;
    const struct kind *kind = kind_by_number(event_kinds, COUNT_OF(event_kinds), e->kind);
    uint32_t head_count = COUNT_OF(head_of_event);
    for (uint32_t i = 0; i < head_count + kind->members_count; i++) {
        if (!(x->stated & (UINT64_C(1) << i))) continue;
        const struct member *m = i < head_count ? &head_of_event[i] : &kind->members[i - head_count];
        if (m->form == FORM_TEXT) {
            if (memcmp((const char *)&x->event + m->offset, (const char *)e + m->offset, m->size) != 0) return false;
        } else if (value_of(&x->event, m) != value_of(e, m)) {
            return false;
        }
    }
    return true;
}
