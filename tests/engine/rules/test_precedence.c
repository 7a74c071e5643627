/* test_precedence.c - of two things wrong with an order, the earlier in the written order answers: every pair of reasons
 * that one order can get at once. The order of checks is that of RULEBOOK.md: groups by ascending number, and within a
 * group by ascending code.
 *
 * A trial says in knobs what is wrong with the world and with the order; a fault turns one knob. Each fault alone must
 * give its own reason, and each two together that of the lower code. Pairs that no order can have are listed with the
 * cause; a pair that is neither listed nor gives the right reason fails. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/engine/fixture.h"

enum { FIRM_SELLER, FIRM_BROKER, FIRM_CLIENT, FIRM_OTHER };
enum { USER_OF_BROKER, USER_OF_OTHER };
enum { GRAIN, SPARE };      /* SPARE: timber in EUR, in no session, for the order that uses the name "again" */
enum { HALL, EMPTY_HALL };  /* sessions; GRAIN trades in the first, from 10:00 on; it is 10:01 then */
enum { nowhere = 99, room = 8 };
enum funds { FUNDS_AT_HAND, FUNDS_GONE, FUNDS_LATE, FUNDS_ELSEWHERE };
enum standing_knob { STANDING_GOOD, STANDING_SUSPENDED, STANDING_WITHDRAWN };
enum dates_knob { DATES_NOW, DATES_FUTURE, DATES_PAST, DATES_NO_SECTION };

struct trial {
    struct command_new_order order;
    uint32_t participant, user;
    int past, duplicate, closed, halted, full;
    int never_accredited, papers, contract, old_certificate, late, sanction, arrears, claim, own_use;
    enum dates_knob dates;
    enum standing_knob standing;
    int no_licence, licence_expired, licence_suspended, unregistered, mandate_sells, brokers_only;
    int buyers_from_china, transit_forbidden, bases_at_home;
    enum direction direction;
    int currency_excluded, currency_to_come, in_byn;
    int far, ceiling, floor, huge_lot;
    enum funds funds;
    int value_limit, exposure_limit, killed;
};

struct fault {
    enum reject reason;
    void (*make)(struct trial *t);
};

#define FAULT(name, statement) static void name(struct trial *t) { statement; }
FAULT(session_unknown, t->order.market_session = nowhere)
FAULT(session_closed, t->closed = 1)
FAULT(instrument_unknown, t->order.instrument = NAME_NONE)
FAULT(not_in_session, t->order.market_session = EMPTY_HALL)
FAULT(halted, t->halted = 1)
FAULT(duplicate, t->duplicate = 1)
FAULT(past, t->past = 1)
FAULT(unknown_participant, t->participant = nowhere)
FAULT(not_accredited, t->never_accredited = 1)
FAULT(not_yet, t->dates = DATES_FUTURE)
FAULT(expired, t->dates = DATES_PAST)
FAULT(suspended, t->standing = STANDING_SUSPENDED)
FAULT(withdrawn, t->standing = STANDING_WITHDRAWN)
FAULT(no_section, t->dates = DATES_NO_SECTION)
FAULT(no_papers, t->papers = 1)
FAULT(no_contract, t->contract = 1)
FAULT(strange_user, t->user = USER_OF_OTHER)
FAULT(old_certificate, t->old_certificate = 1)
FAULT(late_login, t->late = 1)
FAULT(sanction, t->sanction = 1)
FAULT(arrears, t->arrears = 1)
FAULT(claim, t->claim = 1)
FAULT(no_own_use, t->own_use = 1)
FAULT(no_licence, t->no_licence = 1)
FAULT(licence_expired, t->licence_expired = 1)
FAULT(licence_suspended, t->licence_suspended = 1)
FAULT(unregistered, t->unregistered = 1)
FAULT(mandate, t->mandate_sells = 1)
FAULT(wrong_country, t->buyers_from_china = 1)
FAULT(wrong_direction, t->direction = DIRECTION_DOMESTIC)
FAULT(no_transit, (t->direction = DIRECTION_TRANSIT, t->transit_forbidden = 1))
FAULT(no_foreign_basis, (t->direction = DIRECTION_TRANSIT, t->bases_at_home = 1))
FAULT(brokers_only, t->brokers_only = 1)
FAULT(currency_excluded, t->currency_excluded = 1)
FAULT(currency_to_come, t->currency_to_come = 1)
FAULT(foreigner_in_byn, t->in_byn = 1)
FAULT(strange_terms, t->order.payment_terms = 1 + PAYMENT_CASH_ON_DELIVERY)
FAULT(too_little, t->order.quantity.lots = 0)
FAULT(too_much, t->order.quantity.lots = 5000)
FAULT(post_only_whole, t->order.flags |= ORDER_POST_ONLY | ORDER_ALL_OR_NONE)
FAULT(min_of_day, t->order.min.lots = 1)
FAULT(display_nothing, t->order.has_display = 1)
FAULT(no_price, t->order.price.ticks = PRICE_INVALID)
FAULT(off_tick, t->order.price.ticks = PRICE_OFF_TICK)
FAULT(above_ceiling, t->ceiling = 1)
FAULT(below_floor, t->floor = 1)
FAULT(far_away, t->far = 1)
FAULT(no_stop_price, t->order.order_type = ORDER_TYPE_STOP_LIMIT)
FAULT(overflow, t->huge_lot = 1)
FAULT(no_funds, t->funds = FUNDS_GONE)
FAULT(late_funds, t->funds = FUNDS_LATE)
FAULT(other_funds, t->funds = FUNDS_ELSEWHERE)
FAULT(value_limit, t->value_limit = 1)
FAULT(exposure_limit, t->exposure_limit = 1)
FAULT(killed, t->killed = 1)
FAULT(post_only, t->order.flags |= ORDER_POST_ONLY)
FAULT(fill_or_kill, t->order.time_in_force = TIF_FOK)
FAULT(no_room, t->full = 1)

static const struct fault faults[] = {
    {REJECT_SESSION_UNKNOWN, session_unknown}, {REJECT_SESSION_CLOSED, session_closed},
    {REJECT_INSTRUMENT_UNKNOWN, instrument_unknown}, {REJECT_INSTRUMENT_NOT_IN_SESSION, not_in_session},
    {REJECT_MARKET_HALTED, halted}, {REJECT_DUPLICATE_CLIENT_ORDER_ID, duplicate}, {REJECT_TIMESTAMP_REGRESSION, past},
    {REJECT_UNKNOWN_PARTICIPANT, unknown_participant}, {REJECT_NOT_ACCREDITED, not_accredited},
    {REJECT_ACCREDITATION_NOT_YET_EFFECTIVE, not_yet}, {REJECT_ACCREDITATION_EXPIRED, expired},
    {REJECT_ACCREDITATION_SUSPENDED, suspended}, {REJECT_ACCREDITATION_WITHDRAWN, withdrawn},
    {REJECT_SECTION_NOT_ACCREDITED, no_section}, {REJECT_ACCREDITATION_DOCS_INCOMPLETE, no_papers},
    {REJECT_SERVICE_CONTRACT_MISSING, no_contract}, {REJECT_TRADER_NOT_REGISTERED, strange_user},
    {REJECT_SIGNATURE_INVALID, old_certificate}, {REJECT_LATE_LOGIN, late_login}, {REJECT_SANCTION_ACTIVE, sanction},
    {REJECT_FEE_ARREARS, arrears}, {REJECT_OBLIGATIONS_OUTSTANDING, claim},
    {REJECT_OWN_USE_CERTIFICATE_REQUIRED, no_own_use}, {REJECT_BROKER_LICENCE_REQUIRED, no_licence},
    {REJECT_BROKER_LICENCE_EXPIRED, licence_expired}, {REJECT_BROKER_LICENCE_SUSPENDED, licence_suspended},
    {REJECT_CLIENT_NOT_REGISTERED, unregistered}, {REJECT_MANDATE_EXCEEDED, mandate},
    {REJECT_SESSION_COUNTRY_RESTRICTED, wrong_country}, {REJECT_SESSION_DIRECTION_MISMATCH, wrong_direction},
    {REJECT_TRANSIT_NOT_ALLOWED, no_transit}, {REJECT_TRANSIT_BASIS_INVALID, no_foreign_basis},
    {REJECT_SESSION_ROLE_RESTRICTED, brokers_only}, {REJECT_CURRENCY_NOT_ALLOWED, currency_excluded},
    {REJECT_CURRENCY_NOT_YET_AVAILABLE, currency_to_come}, {REJECT_CURRENCY_RESIDENCY_MISMATCH, foreigner_in_byn},
    {REJECT_PAYMENT_TERMS_NOT_ALLOWED, strange_terms}, {REJECT_QTY_BELOW_MINIMUM, too_little},
    {REJECT_QTY_ABOVE_MAXIMUM, too_much}, {REJECT_ORDER_TYPE_NOT_ALLOWED, post_only_whole},
    {REJECT_TIF_INVALID, min_of_day}, {REJECT_DISPLAY_QTY_INVALID, display_nothing}, {REJECT_PRICE_INVALID, no_price},
    {REJECT_PRICE_NOT_ON_TICK, off_tick}, {REJECT_PRICE_ABOVE_CEILING, above_ceiling},
    {REJECT_PRICE_BELOW_FLOOR, below_floor}, {REJECT_PRICE_OUTSIDE_COLLAR, far_away},
    {REJECT_STOP_PRICE_INVALID, no_stop_price}, {REJECT_VALUE_OVERFLOW, overflow},
    {REJECT_INSUFFICIENT_DEPOSIT, no_funds}, {REJECT_DEPOSIT_TOO_LATE, late_funds},
    {REJECT_DEPOSIT_CURRENCY_MISMATCH, other_funds}, {REJECT_ORDER_VALUE_LIMIT, value_limit},
    {REJECT_OPEN_EXPOSURE_LIMIT, exposure_limit}, {REJECT_KILL_SWITCH_ACTIVE, killed},
    {REJECT_POST_ONLY_WOULD_TRADE, post_only}, {REJECT_FOK_NOT_FILLABLE, fill_or_kill}, {REJECT_LIMIT_REACHED, no_room},
};
enum { faults_count = sizeof faults / sizeof *faults };

/* Why no order can have both: `lower` with each code of `others`, 0 at the end. */
static const struct { int lower, others[24]; const char *cause; } exclusive[] = {
    {101, {105}, "an order names one session"},
    {107, {201, 202}, "whoever was never admitted has used no name"},
    {201, {202, 203, 204, 205, 206, 207, 208, 209, 214, 215, 216}, "a firm that does not exist has no record"},
    {201, {301, 302, 303, 305, 406}, "nor a licence, nor mandates"},
    {201, {801, 802, 803, 806, 807, 808}, "nor an account, nor limits"},
    {202, {203, 204, 205, 206, 207}, "what was never there is neither early, late, suspended nor in another section"},
    {203, {204, 207}, "a section has one accreditation"},
    {204, {207}, "a section has one accreditation"},
    {205, {206}, "a firm has one state"},
    {301, {302, 303}, "no licence: neither expired nor suspended"},
    {304, {305, 406}, "without registration no mandate; without a licence it is 301"},
    {305, {406}, "without a licence it is 301"},
    {402, {403, 404}, "a session has one direction"},
    {602, {603, 709}, "a quantity is too small or too large"},
    {701, {702, 703, 704, 705, 709}, "what is no price is neither high nor low"},
    {702, {703, 704, 705, 709}, "what is off tick has no place among the ticks"},
    {708, {902, 903}, "a stop that waits meets nobody"},
    {801, {802, 803}, "an account has one balance"},
    {802, {803}, "an account has one balance"},
    {902, {903}, "post-only and fill-or-kill is 610"},
};

static const char *cause_of_exclusion(int lower, int higher) {
    for (size_t i = 0; i < sizeof exclusive / sizeof *exclusive; i++) {
        for (int j = 0; exclusive[i].lower == lower && exclusive[i].others[j] != 0; j++)
            if (exclusive[i].others[j] == higher) return exclusive[i].cause;
    }
    return NULL;
}

/* ---- the world of a trial ---- */

static void command_of(struct fixture *f, struct command c) { fixture_apply(f, c); }
#define APPLY(f, name, ...) do { \
    struct command c_ = fixture_command(COMMAND_##name, NAME_NONE); \
    __VA_ARGS__ \
    command_of(f, c_); \
} while (0)

static struct fixture *begin_world(void) {
    struct limits limits = {.instruments_max = 4, .sessions_max = 4, .participants_max = 8, .users_max = 8,
                            .orders_max = room, .price_leaves_max = 64, .price_branches_max = 16, .client_ids_max = 64,
                            .contracts_max = 16, .clients_max = 8};
    struct fixture *f = calloc(1, sizeof *f);
    size_t size = (exchange_size(&limits) + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, size);
    cr_assert(f != NULL && memory != NULL);
    memset(memory, 0, size);
    f->exchange = exchange_init(memory, &limits);
    f->buffer = (struct event_buffer){.events = f->events, .capacity = fixture_events_max, .full = fixture_full};
    f->time_ns = trade_date_begin_ns(date_from_civil(2021, 6, 28), 9 * 60);
    return f;
}

static void add_instruments(struct fixture *f, const struct trial *t) {
    for (uint32_t i = GRAIN; i <= SPARE; i++) {
        APPLY(f, INSTRUMENT, snprintf(c_.instrument.symbol, symbol_size, "I%u", i);
              c_.instrument.section = i == SPARE ? SECTION_TIMBER : SECTION_AGRI; c_.instrument.price_places = 2;
              c_.instrument.currency = i == SPARE ? CURRENCY_EUR : t->in_byn ? CURRENCY_BYN : CURRENCY_USD;);
        APPLY(f, INSTRUMENT_TERMS, c_.instrument_terms = ((struct command_instrument_terms){
              .instrument = i, .lot_units = i == GRAIN && t->huge_lot ? 1000000000 : 20,
              .tick_scaled = i == GRAIN && t->huge_lot ? 1000000 : 500, .reference.ticks = 100,
              .quantity_min.lots = 1, .quantity_max.lots = 1000, .collar_ppm = 100000,
              .payment_terms_mask = 1 << PAYMENT_PREPAID_FULL_DEFERRED}););
    }
    for (uint32_t i = 0; i < 2; i++)
        APPLY(f, BASIS, memcpy(c_.basis.basis.place, "P", 1);
              memcpy(c_.basis.basis.country, i == 1 && !t->bases_at_home ? "LV" : "BY", 2););
    for (uint32_t i = HALL; i <= EMPTY_HALL; i++)
        APPLY(f, SESSION, snprintf(c_.session.id, session_id_size, "S%u", i);
              c_.session.open_minute = 10 * 60; c_.session.close_minute = 18 * 60;);
    APPLY(f, SESSION_SYMBOL, c_.session_symbol.session = HALL; c_.session_symbol.instrument = GRAIN;);
}

static void accredit(struct fixture *f, uint32_t firm, enum section section) {
    APPLY(f, ACCREDIT, c_.accredit = ((struct command_accredit){.participant = firm, .to_date = date_none,
                                                                .section = (uint8_t)section}););
}

static void add_firms(struct fixture *f, const struct trial *t) {
    static const char countries[][3] = {"BY", "PL", "PL", "PL"};
    static const uint32_t owners[] = {FIRM_BROKER, FIRM_OTHER};
    for (uint32_t i = FIRM_SELLER; i <= FIRM_OTHER; i++) {
        APPLY(f, PARTICIPANT, snprintf(c_.add_participant.id, participant_id_size, "F%u", i);
              memcpy(c_.add_participant.country, countries[i], 2););
        if (i == FIRM_CLIENT || (i == FIRM_BROKER && t->never_accredited)) continue;
        accredit(f, i, SECTION_TIMBER);
        if (i != FIRM_BROKER || t->dates != DATES_NO_SECTION) accredit(f, i, SECTION_AGRI);
    }
    for (uint32_t i = 0; i < 2; i++)
        APPLY(f, USER, snprintf(c_.add_user.name, user_name_size, "u%u", i); c_.add_user.participant = owners[i];
              c_.add_user.role = ROLE_TRADER;);
}

static void put_money(struct fixture *f, uint32_t firm, enum currency currency, enum deposit_action action) {
    APPLY(f, DEPOSIT, c_.deposit = ((struct command_deposit){.participant = firm, .currency = (uint8_t)currency,
                                                             .action = (uint8_t)action, .amount.minor = 5000000}););
}

static void add_tables(struct fixture *f, const struct trial *t) {
    APPLY(f, RULE_TERMS, c_.rule_terms = ((struct command_rule_terms){.deposit_ppm = 2000, .deposit_business_days = 2,
          .fee_ppm = 2000, .fee_due_business_days = 5, .exposure_factor = 500, .flags = RULE_DOMESTIC_BYN_ONLY,
          .deposit_floors = {{60000}, {25000}, {20000}, {1800000}, {160000}}}););
    APPLY(f, TRANSIT_RULE, c_.transit_rule = ((struct command_transit_rule){
          .to_date = date_none, .sections_mask = t->transit_forbidden ? 1 << SECTION_TIMBER : 1 << SECTION_AGRI}););
    enum currency currency = t->in_byn ? CURRENCY_BYN : CURRENCY_USD;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) put_money(f, FIRM_SELLER, (enum currency)i, DEPOSIT_AT_ONCE);
    put_money(f, FIRM_BROKER, CURRENCY_EUR, DEPOSIT_AT_ONCE);
    if (t->funds == FUNDS_AT_HAND || t->funds == FUNDS_GONE) put_money(f, FIRM_BROKER, currency, DEPOSIT_AT_ONCE);
    if (t->funds == FUNDS_GONE) put_money(f, FIRM_BROKER, currency, DEPOSIT_WITHDRAW);
    if (t->funds == FUNDS_LATE) put_money(f, FIRM_BROKER, currency, DEPOSIT_CREDIT);
}

static void add_broker(struct fixture *f, const struct trial *t) {
    int32_t today = exchange_trade_date(f->exchange);
    int invalid = t->no_licence || (t->brokers_only && !t->licence_expired && !t->licence_suspended);
    APPLY(f, BROKER, c_.broker = ((struct command_broker){
          .participant = FIRM_BROKER, .from_date = invalid ? today + 1 : today - 10,
          .to_date = t->licence_expired ? today - 1 : date_none, .action = BROKER_GRANT}););
    if (t->licence_suspended)
        APPLY(f, BROKER, c_.broker.participant = FIRM_BROKER; c_.broker.action = BROKER_SUSPEND;);
    if (t->unregistered) return;
    APPLY(f, CLIENT, c_.client = ((struct command_client){
          .broker = FIRM_BROKER, .client = FIRM_CLIENT, .instrument = NAME_NONE, .expire_date = date_none,
          .section = SECTION_AGRI, .side = t->mandate_sells ? SIDE_SELL : SIDE_BOTH, .registered = 1}););
}

/* The broker's trader logs on, unless it is late, and the session starts. */
static void start_session(struct fixture *f, const struct trial *t) {
    if (!t->late) APPLY(f, LOGON, c_.user = USER_OF_BROKER; c_.participant = FIRM_BROKER; c_.logon.on = 1;);
    f->time_ns += 61 * 60 * NS_PER_SECOND;
    APPLY(f, CLOCK);
}

/* One lot is for sale at 95; the broker has used the name "again"; the rest of the room may be filled. */
static void add_orders(struct fixture *f, const struct trial *t) {
    struct command c = order(FIRM_SELLER, SIDE_SELL, 1, 95);
    fixture_apply(f, c);
    c = order(FIRM_BROKER, SIDE_BUY, 1, 100);
    c.new_order.instrument = SPARE;
    c.new_order.time_in_force = TIF_IOC;
    memcpy(c.new_order.client_order_id, "again", 5);
    fixture_apply(f, c);
    c = order(FIRM_SELLER, SIDE_SELL, 1, 101);
    c.new_order.instrument = SPARE;
    for (uint32_t i = 0; t->full && i < room; i++) fixture_apply(f, c);
}

static void set_remark(struct fixture *f, enum remark remark, int on, uint8_t value) {
    if (on) APPLY(f, REMARK, c_.remark = ((struct command_remark){.participant = FIRM_BROKER, .value = value, .at_once = 1,
                                                                  .remark = (uint8_t)remark}););
}

static void spoil_firm(struct fixture *f, const struct trial *t) {
    int32_t today = exchange_trade_date(f->exchange);
    struct command_accredit dates = {.participant = FIRM_BROKER, .to_date = date_none, .section = SECTION_AGRI};
    if (t->dates == DATES_FUTURE) dates.from_date = today + 1;
    if (t->dates == DATES_PAST) dates.to_date = today - 1;
    if (t->dates == DATES_FUTURE || t->dates == DATES_PAST) APPLY(f, ACCREDIT, c_.accredit = dates;);
    set_remark(f, REMARK_PAPERS, t->papers, 1 << PAPER_STATUTES);
    set_remark(f, REMARK_CONTRACT, t->contract, 1);
    set_remark(f, REMARK_ARREARS, t->arrears, 1);
    set_remark(f, REMARK_CLAIM, t->claim, 1);
    if (t->standing == STANDING_SUSPENDED)
        APPLY(f, STANDING, c_.standing = ((struct command_standing){.participant = FIRM_BROKER, .until_date = date_none,
                                                                    .action = STANDING_SUSPEND}););
    if (t->standing == STANDING_WITHDRAWN)
        APPLY(f, STANDING, c_.standing = ((struct command_standing){.participant = FIRM_BROKER, .until_date = date_none,
                                                                    .action = STANDING_WITHDRAW}););
    if (t->sanction)
        APPLY(f, SANCTION, c_.sanction = ((struct command_sanction){.participant = FIRM_BROKER, .until_date = today}););
    if (t->old_certificate)
        APPLY(f, CERTIFICATE, snprintf(c_.certificate.person, user_name_size, "u%u", t->user);
              c_.certificate.issue_date = today - 30; c_.certificate.power_to_date = today - 1;);
    if (t->value_limit || t->exposure_limit)
        APPLY(f, RISK_LIMITS, c_.risk_limits = ((struct command_risk_limits){
              .participant = FIRM_BROKER, .currency = t->in_byn ? CURRENCY_BYN : CURRENCY_USD, .order_value_max.minor = 1,
              .exposure_factor = 1, .given = (uint8_t)((t->value_limit ? RISK_ORDER_VALUE : 0) |
                                                       (t->exposure_limit ? RISK_EXPOSURE_FACTOR : 0))}););
    if (t->killed) APPLY(f, KILL, c_.kill.participant = FIRM_BROKER; c_.kill.on = 1;);
}

static void set_band(struct fixture *f, enum band_kind band, uint32_t ticks) {
    APPLY(f, BAND_RULE, c_.band_rule = ((struct command_band_rule){
          .instrument = GRAIN, .level.ticks = ticks, .to_date = date_none, .band = (uint8_t)band,
          .deal_class = (uint8_t)exchange_entry_class(f->exchange, GRAIN, SIDE_BUY, 0)}););
}

static void set_phase(struct fixture *f, uint32_t session, enum phase phase) {
    APPLY(f, PHASE, c_.phase.session = session; c_.phase.phase = (uint8_t)phase;);
}

static void spoil_market(struct fixture *f, const struct trial *t) {
    uint32_t flags = (t->own_use ? SESSION_OWN_USE : 0) | (t->late ? SESSION_LATE_LOGIN_REFUSE : 0);
    APPLY(f, SESSION_TERMS, c_.session_terms = ((struct command_session_terms){
          .session = HALL, .direction = (uint8_t)t->direction, .flags = (uint8_t)flags,
          .role = t->brokers_only ? SESSION_ROLE_BROKERS_ONLY : SESSION_ROLE_ANY,
          .currencies_mask = t->currency_excluded ? 1 << CURRENCY_CNY : 0});
          if (t->buyers_from_china) memcpy(c_.session_terms.buyer_countries[0], "CN", 2););
    if (t->currency_to_come)
        APPLY(f, CURRENCY_RULE, c_.currency_rule = ((struct command_currency_rule){
              .from_date = exchange_trade_date(f->exchange) + 1, .to_date = date_none,
              .currency = t->in_byn ? CURRENCY_BYN : CURRENCY_USD}););
    if (t->ceiling) set_band(f, BAND_RULE_CEILING, 90);
    if (t->floor) set_band(f, BAND_RULE_FLOOR, 200);
    for (uint32_t i = HALL; t->closed && i <= EMPTY_HALL; i++) set_phase(f, i, PHASE_CLOSED);
    for (uint32_t i = HALL; t->halted && i <= EMPTY_HALL; i++)
        APPLY(f, HALT, c_.halt = ((struct command_halt){.target = i, .scope = HALT_SESSION, .halted = 1}););
}

static void add_world(struct fixture *f, const struct trial *t) {
    add_instruments(f, t);
    add_firms(f, t);
    add_tables(f, t);
    add_broker(f, t);
    start_session(f, t);
    add_orders(f, t);
    spoil_market(f, t);
    spoil_firm(f, t);
}

static enum reject answer(const struct trial *t) {
    struct fixture *f = begin_world();
    add_world(f, t);
    struct command c = fixture_command(COMMAND_NEW_ORDER, t->participant);
    c.user = t->user;
    c.new_order = t->order;
    int licence_fault = t->no_licence || t->licence_expired || t->licence_suspended;
    if (t->brokers_only && !licence_fault) c.new_order.client = NAME_NONE;
    if (t->far) c.new_order.price.ticks = t->floor ? 1 : 2000;
    if (t->duplicate) memcpy(c.new_order.client_order_id, "again", 5);
    c.time_ns = f->time_ns - t->past;
    uint32_t orders_before = exchange_open_orders_count(f->exchange);
    money free_before = exchange_account(f->exchange, FIRM_BROKER, CURRENCY_USD)->free;
    enum reject reason = reason_of(f, c);
    if (reason != REJECT_NONE) {
        cr_expect_eq(exchange_open_orders_count(f->exchange), orders_before, "a refused order leaves nothing behind");
        cr_expect_eq(exchange_account(f->exchange, FIRM_BROKER, CURRENCY_USD)->free.minor, free_before.minor);
    }
    fixture_free(f);
    return reason;
}

static struct trial clean(void) {
    struct trial t;
    memset(&t, 0, sizeof t);
    t.participant = FIRM_BROKER;
    t.user = USER_OF_BROKER;
    t.order = (struct command_new_order){.instrument = GRAIN, .client = FIRM_CLIENT, .market_session = HALL,
                                         .price.ticks = 100, .quantity.lots = 10, .side = SIDE_BUY,
                                         .expire_date = date_none};
    return t;
}

Test(precedence, nothing_is_wrong_with_the_clean_order) {
    struct trial t = clean();
    cr_assert_eq(answer(&t), REJECT_NONE, "%s", reject_name(answer(&t)));
}

Test(precedence, each_fault_has_its_own_reason) {
    for (int i = 0; i < faults_count; i++) {
        struct trial t = clean();
        faults[i].make(&t);
        enum reject reason = answer(&t);
        cr_expect_eq(reason, faults[i].reason, "%s: %s", reject_name(faults[i].reason), reject_name(reason));
    }
}

Test(precedence, of_two_the_earlier_answers) {
    int tried = 0, excluded = 0;
    for (int i = 0; i < faults_count; i++) {
        for (int j = i + 1; j < faults_count; j++) {
            cr_assert_lt((int)faults[i].reason, (int)faults[j].reason);
            if (cause_of_exclusion((int)faults[i].reason, (int)faults[j].reason) != NULL) {
                excluded++;
                continue;
            }
            struct trial t = clean();
            faults[j].make(&t);
            faults[i].make(&t);
            enum reject reason = answer(&t);
            cr_expect_eq(reason, faults[i].reason, "%s and %s: %s", reject_name(faults[i].reason),
                         reject_name(faults[j].reason), reject_name(reason));
            tried++;
        }
    }
    cr_expect_eq(tried + excluded, faults_count * (faults_count - 1) / 2);
    fprintf(stderr, "precedence: %d reasons, %d pairs tried, %d that no order can have\n", faults_count, tried, excluded);
}
