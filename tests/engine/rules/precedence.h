/* precedence.h - the world in which two things are wrong with one request, and the loop over every pair of them.
 *
 * A trial says in knobs what is wrong with the world and with the request; a fault turns one knob. A table of faults
 * stands in the written order of checks: each fault alone must give its own reason, each two together that of the
 * earlier. Pairs that no request can have are listed with the cause; what is neither listed nor tried fails, and so
 * does a listed pair that is none of the table. */
#ifndef BIRZHA_TESTS_ENGINE_RULES_PRECEDENCE_H
#define BIRZHA_TESTS_ENGINE_RULES_PRECEDENCE_H

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
enum { bid = 90, offer = 95, filled_lots = 2, mandate_lots = 25 };
enum funds { FUNDS_AT_HAND, FUNDS_GONE, FUNDS_LATE, FUNDS_ELSEWHERE };
enum standing_knob { STANDING_GOOD, STANDING_SUSPENDED, STANDING_WITHDRAWN };
enum dates_knob { DATES_NOW, DATES_FUTURE, DATES_PAST, DATES_NO_SECTION };

struct trial {
    struct command_new_order order;
    struct command_amend_order amend;
    uint32_t participant, user;
    int amends, stop_waits, ended, of_another;   /* of an amend: a waiting stop, an ended order, one of FIRM_SELLER */
    int too_small, too_large;
    int past, duplicate, closed, halted, full;
    int never_accredited, papers, contract, old_certificate, late, sanction, arrears, claim, own_use;
    enum dates_knob dates;
    enum standing_knob standing;
    int no_licence, licence_expired, licence_suspended, brokers_only;
    int unregistered, client_suspended, mandate_sells, mandate_small;
    int buyers_from_china, transit_forbidden, bases_at_home, client_at_home;
    enum direction direction;
    int currency_excluded, currency_to_come, in_byn;
    int no_price, off_tick, would_trade, far, huge_lot;
    uint32_t ceiling, floor;    /* ticks; 0 = none */
    enum funds funds;
    int value_limit, exposure_limit, killed;
};

struct fault {
    enum reject reason;
    void (*make)(struct trial *t);
};
#define FAULT(name, statement) static void name(struct trial *t) { statement; }

/* A session has one direction, and in one for transit a client from Belarus has no place. */
static inline void make_direction_wrong(struct trial *t) {
    if (t->direction == DIRECTION_TRANSIT) t->client_at_home = 1;
    else t->direction = t->in_byn && t->amends ? DIRECTION_EXPORT : DIRECTION_DOMESTIC;
}

/* Why no request can have both: `first` with each code of `others`, 0 at the end. */
struct exclusion { int first, others[24]; const char *cause; };
/* Where the engine is known to answer otherwise than the documents say; `second` is 0 for a fault alone. */
struct difference { int first, second, answer; };

struct matrix {
    const char *title;
    const struct fault *faults;     /* in the written order of checks */
    const struct exclusion *exclusions;
    const struct exclusion *unwritten;      /* pairs of which no document says which comes first: either may */
    const struct difference *known_differences;
    int faults_count, exclusions_count, unwritten_count, known_differences_count;
    void (*begin)(struct trial *t);
};

/* ---- the world of a trial ---- */

/* What a trial does to the world must happen: a fault that the exchange would not hear of proves nothing. */
#define APPLY(f, name, ...) do { \
    struct command c_ = fixture_command(COMMAND_##name, NAME_NONE); \
    __VA_ARGS__ \
    enum reject refused_ = reason_of(f, c_); \
    cr_expect_eq(refused_, REJECT_NONE, #name " in line %d: %s", __LINE__, reject_name(refused_)); \
} while (0)

static inline struct fixture *begin_world(void) {
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

static inline uint32_t least_lots(const struct trial *t) { return t->too_small && !t->too_large ? 20 : 1; }
static inline int64_t initial_money(const struct trial *t) { return t->huge_lot ? INT64_C(10000000000000) : 5000000; }

/* Terms are given once, so the orders that are there before the trial's must do with its least quantity and its huge
 * lot: one lot at the offer, or 20 lots at the bid, have a value that can be reckoned, and what the trial asks for has
 * not. */
static inline void set_terms(struct fixture *f, uint32_t instrument, const struct trial *t) {
    int huge = instrument == GRAIN && t->huge_lot;
    APPLY(f, INSTRUMENT_TERMS, c_.instrument_terms = ((struct command_instrument_terms){
          .instrument = instrument, .lot_units = huge ? 1000000000 : 20,
          .tick_scaled = !huge ? 500 : t->amends ? 2000 : 10000, .reference.ticks = 100,
          .quantity_min.lots = instrument == GRAIN ? least_lots(t) : 1, .quantity_max.lots = 1000,
          .collar_ppm = 100000, .payment_terms_mask = 1 << PAYMENT_PREPAID_FULL_DEFERRED}););
}

static inline void add_instruments(struct fixture *f, const struct trial *t) {
    for (uint32_t i = GRAIN; i <= SPARE; i++) {
        APPLY(f, INSTRUMENT, snprintf(c_.instrument.symbol, symbol_size, "I%u", i);
              c_.instrument.section = i == SPARE ? SECTION_TIMBER : SECTION_AGRI; c_.instrument.price_places = 2;
              c_.instrument.currency = i == SPARE ? CURRENCY_EUR : t->in_byn ? CURRENCY_BYN : CURRENCY_USD;);
        set_terms(f, i, t);
    }
    for (uint32_t i = 0; i < 2; i++)
        APPLY(f, BASIS, memcpy(c_.basis.basis.place, "P", 1);
              memcpy(c_.basis.basis.country, i == 1 && !t->bases_at_home ? "LV" : "BY", 2););
    for (uint32_t i = HALL; i <= EMPTY_HALL; i++)
        APPLY(f, SESSION, snprintf(c_.session.id, session_id_size, "S%u", i);
              c_.session.open_minute = 10 * 60; c_.session.close_minute = 18 * 60;);
    APPLY(f, SESSION_SYMBOL, c_.session_symbol.session = HALL; c_.session_symbol.instrument = GRAIN;);
}

static inline void accredit(struct fixture *f, uint32_t firm, enum section section) {
    APPLY(f, ACCREDIT, c_.accredit = ((struct command_accredit){.participant = firm, .to_date = date_none,
                                                                .section = (uint8_t)section}););
}

static inline void add_firms(struct fixture *f, const struct trial *t) {
    const char *countries[] = {"BY", "PL", t->client_at_home ? "BY" : "PL", "PL"};
    static const uint32_t owners[] = {FIRM_BROKER, FIRM_OTHER};
    for (uint32_t i = FIRM_SELLER; i <= FIRM_OTHER; i++) {
        APPLY(f, PARTICIPANT, snprintf(c_.add_participant.id, participant_id_size, "F%u", i);
              memcpy(c_.add_participant.country, countries[i], 2););
        if (i == FIRM_BROKER && t->never_accredited) continue;
        accredit(f, i, SECTION_TIMBER);
        if (i != FIRM_BROKER || t->dates != DATES_NO_SECTION) accredit(f, i, SECTION_AGRI);
    }
    for (uint32_t i = 0; i < 2; i++)
        APPLY(f, USER, snprintf(c_.add_user.name, user_name_size, "u%u", i); c_.add_user.participant = owners[i];
              c_.add_user.role = ROLE_TRADER;);
}

static inline enum currency currency_of(const struct trial *t) { return t->in_byn ? CURRENCY_BYN : CURRENCY_USD; }

static inline void move_money(struct fixture *f, uint32_t firm, enum currency currency, enum deposit_action action,
                              int64_t minor) {
    APPLY(f, DEPOSIT, c_.deposit = ((struct command_deposit){.participant = firm, .currency = (uint8_t)currency,
                                                             .action = (uint8_t)action, .amount.minor = minor}););
}

static inline void set_rules(struct fixture *f) {
    APPLY(f, RULE_TERMS, c_.rule_terms = ((struct command_rule_terms){.deposit_ppm = 2000, .deposit_business_days = 2,
          .fee_ppm = 2000, .fee_due_business_days = 5, .exposure_factor = 500, .flags = RULE_DOMESTIC_BYN_ONLY,
          .deposit_floors = {{60000}, {25000}, {20000}, {1800000}, {160000}}}););
}

static inline void add_tables(struct fixture *f, const struct trial *t) {
    set_rules(f);
    APPLY(f, TRANSIT_RULE, c_.transit_rule = ((struct command_transit_rule){
          .to_date = date_none, .sections_mask = t->transit_forbidden ? 1 << SECTION_TIMBER : 1 << SECTION_AGRI}););
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++)
        move_money(f, FIRM_SELLER, (enum currency)i, DEPOSIT_AT_ONCE, initial_money(t));
    move_money(f, FIRM_BROKER, CURRENCY_EUR, DEPOSIT_AT_ONCE, initial_money(t));
    if (t->funds != FUNDS_ELSEWHERE) move_money(f, FIRM_BROKER, currency_of(t), DEPOSIT_AT_ONCE, initial_money(t));
}

/* A second grant is a re-accreditation: 8 new residents are the 24 points that it needs (BRK-10). */
static inline void set_licence(struct fixture *f, enum broker_action action, int32_t from_date, int32_t to_date) {
    APPLY(f, BROKER, c_.broker = ((struct command_broker){.participant = FIRM_BROKER, .from_date = from_date,
          .to_date = to_date, .new_resident_clients = 8, .action = (uint8_t)action}););
}

/* The mandate of the trial in the end: nothing, to sell only, or (of no use to a stop, which names no price) a limit
 * and a quantity that the order to be amended keeps within. */
static inline void set_client(struct fixture *f, const struct trial *t) {
    struct command_client client = {
        .broker = FIRM_BROKER, .client = FIRM_CLIENT, .instrument = NAME_NONE, .expire_date = date_none,
        .section = SECTION_AGRI, .side = t->mandate_sells ? SIDE_SELL : SIDE_BOTH,
        .registered = t->client_suspended || !t->unregistered};
    if (t->mandate_small) client.quantity_max.lots = mandate_lots;
    if (t->mandate_small && !t->stop_waits) {
        client.instrument = GRAIN;
        client.limit.ticks = bid + 1;
    }
    APPLY(f, CLIENT, c_.client = client;);
}

static inline int licence_is_bad(const struct trial *t) {
    return t->no_licence || t->licence_expired || t->licence_suspended;
}

/* In a session for brokers only it is somebody without a licence who comes, for its own account. */
static inline uint32_t principal_of(const struct trial *t) {
    return t->brokers_only && !licence_is_bad(t) ? NAME_NONE : t->order.client;
}

/* The broker's trader logs on, unless it is late, and the session starts. */
static inline void start_session(struct fixture *f, const struct trial *t) {
    if (!t->late) APPLY(f, LOGON, c_.user = USER_OF_BROKER; c_.participant = FIRM_BROKER; c_.logon.on = 1;);
    f->time_ns += 61 * 60 * NS_PER_SECOND;
    APPLY(f, CLOCK);
}

/* Something is for sale, unless even the least of it would be too much for the trial; the broker has used the name
 * "again"; the rest of the room may be filled. */
static inline uint64_t add_orders(struct fixture *f, const struct trial *t) {
    int nothing = t->too_small && !t->amends && (t->huge_lot || t->order.time_in_force == TIF_FOK);
    struct command c = order(FIRM_SELLER, SIDE_SELL, least_lots(t), offer);
    c.new_order.time_in_force = TIF_GTC;
    uint64_t of_seller = nothing ? 0 : enter(f, c);
    c = order(FIRM_BROKER, SIDE_BUY, 1, 100);
    c.new_order.instrument = SPARE;
    c.new_order.time_in_force = TIF_IOC;
    memcpy(c.new_order.client_order_id, "again", 5);
    fixture_apply(f, c);
    c = order(FIRM_SELLER, SIDE_SELL, 1, 101);
    c.new_order.instrument = SPARE;
    for (uint32_t i = 0; t->full && i < room; i++) fixture_apply(f, c);
    return of_seller;
}

/* The order that is to be amended: post-only, 20 lots, of which the seller takes 2; or a stop that waits. It lasts
 * longer than a day, since a session that closes would end it. */
static inline uint64_t add_own_order(struct fixture *f, const struct trial *t) {
    struct command c = order(FIRM_BROKER, SIDE_BUY, 20, bid);
    c.user = USER_OF_BROKER;
    c.new_order.client = principal_of(t);
    c.new_order.time_in_force = TIF_GTC;
    c.new_order.flags = ORDER_POST_ONLY;
    c.new_order.payment_terms = 1 + PAYMENT_PREPAID_FULL_DEFERRED;
    if (t->stop_waits) {
        c.new_order.order_type = ORDER_TYPE_STOP;
        c.new_order.flags = 0;
        c.new_order.price.ticks = 0;
        c.new_order.stop.ticks = 115;
    }
    uint64_t order_id = enter(f, c);
    if (!t->stop_waits && !t->too_small) {
        c = order(FIRM_SELLER, SIDE_SELL, filled_lots, bid);
        c.new_order.time_in_force = TIF_IOC;
        enter(f, c);
    }
    if (t->ended) {
        c = fixture_command(COMMAND_CANCEL_ORDER, FIRM_BROKER);
        c.cancel_order.order_id = order_id;
        cr_assert_eq(reason_of(f, c), REJECT_NONE);
    }
    return order_id;
}

static inline void set_remark(struct fixture *f, enum remark remark, int on, uint8_t value) {
    if (on) APPLY(f, REMARK, c_.remark = ((struct command_remark){
                  .participant = FIRM_BROKER, .value = value, .at_once = 1, .remark = (uint8_t)remark}););
}

static inline void set_standing(struct fixture *f, uint32_t firm, enum standing_action action) {
    APPLY(f, STANDING, c_.standing = ((struct command_standing){.participant = firm, .until_date = date_none,
                                                                .action = (uint8_t)action}););
}

static inline void spoil_firm(struct fixture *f, const struct trial *t) {
    int32_t today = exchange_trade_date(f->exchange);
    struct command_accredit dates = {.participant = FIRM_BROKER, .to_date = date_none, .section = SECTION_AGRI};
    if (t->dates == DATES_FUTURE) dates.from_date = today + 1;
    if (t->dates == DATES_PAST) dates.to_date = today - 1;
    if (t->dates == DATES_FUTURE || t->dates == DATES_PAST) APPLY(f, ACCREDIT, c_.accredit = dates;);
    set_remark(f, REMARK_PAPERS, t->papers, 1 << PAPER_STATUTES);
    set_remark(f, REMARK_CONTRACT, t->contract, 1);
    set_remark(f, REMARK_ARREARS, t->arrears, 1);
    set_remark(f, REMARK_CLAIM, t->claim, 1);
    if (t->standing == STANDING_SUSPENDED) set_standing(f, FIRM_BROKER, STANDING_SUSPEND);
    if (t->standing == STANDING_WITHDRAWN) set_standing(f, FIRM_BROKER, STANDING_WITHDRAW);
    if (t->sanction)
        APPLY(f, SANCTION, c_.sanction = ((struct command_sanction){.participant = FIRM_BROKER, .until_date = today}););
    if (t->old_certificate)
        APPLY(f, CERTIFICATE, snprintf(c_.certificate.person, user_name_size, "u%u", t->user);
              c_.certificate.issue_date = today - 30; c_.certificate.power_to_date = today - 1;);
    if (t->killed) APPLY(f, KILL, c_.kill.participant = FIRM_BROKER; c_.kill.on = 1;);
}

static inline void spoil_broker(struct fixture *f, const struct trial *t) {
    int32_t today = exchange_trade_date(f->exchange);
    if (t->no_licence || (t->brokers_only && !licence_is_bad(t)))
        set_licence(f, BROKER_GRANT, today + 1, date_none);
    if (t->licence_expired) set_licence(f, BROKER_GRANT, today - 10, today - 1);
    if (t->licence_suspended) set_licence(f, BROKER_SUSPEND, date_none, date_none);
    if (t->mandate_sells || t->mandate_small || t->unregistered) set_client(f, t);
    if (t->client_suspended) set_standing(f, FIRM_CLIENT, STANDING_SUSPEND);
}

static inline void spoil_money(struct fixture *f, const struct trial *t) {
    if (t->funds == FUNDS_GONE || t->funds == FUNDS_LATE)
        move_money(f, FIRM_BROKER, currency_of(t), DEPOSIT_WITHDRAW,
                   exchange_account(f->exchange, FIRM_BROKER, currency_of(t))->free.minor);
    if (t->funds == FUNDS_LATE) move_money(f, FIRM_BROKER, currency_of(t), DEPOSIT_CREDIT, initial_money(t));
    if (t->value_limit || t->exposure_limit)
        APPLY(f, RISK_LIMITS, c_.risk_limits = ((struct command_risk_limits){
              .participant = FIRM_BROKER, .currency = (uint8_t)currency_of(t), .order_value_max.minor = 1,
              .exposure_factor = 1, .given = (uint8_t)((t->value_limit ? RISK_ORDER_VALUE : 0) |
                                                       (t->exposure_limit ? RISK_EXPOSURE_FACTOR : 0))}););
}

static inline void set_band(struct fixture *f, enum band_kind band, uint32_t ticks, int at_home) {
    APPLY(f, BAND_RULE, c_.band_rule = ((struct command_band_rule){
          .instrument = GRAIN, .level.ticks = ticks, .to_date = date_none, .band = (uint8_t)band,
          .deal_class = (uint8_t)exchange_entry_class(f->exchange, GRAIN, SIDE_BUY, at_home)}););
}

static inline void set_session(struct fixture *f, uint32_t session, const struct trial *t) {
    uint32_t flags = (t->own_use ? SESSION_OWN_USE : 0) | (t->late ? SESSION_LATE_LOGIN_REFUSE : 0);
    APPLY(f, SESSION_TERMS, c_.session_terms = ((struct command_session_terms){
          .session = session, .direction = (uint8_t)t->direction, .flags = (uint8_t)flags,
          .role = t->brokers_only ? SESSION_ROLE_BROKERS_ONLY : SESSION_ROLE_ANY,
          .currencies_mask = t->currency_excluded ? 1 << CURRENCY_CNY : 0});
          if (t->buyers_from_china) memcpy(c_.session_terms.buyer_countries[0], "CN", 2););
    if (t->closed) APPLY(f, PHASE, c_.phase.session = session; c_.phase.phase = PHASE_CLOSED;);
    if (t->halted)
        APPLY(f, HALT, c_.halt = ((struct command_halt){.target = session, .scope = HALT_SESSION, .halted = 1}););
}

static inline void spoil_market(struct fixture *f, const struct trial *t) {
    for (uint32_t i = HALL; i <= EMPTY_HALL; i++) set_session(f, i, t);
    if (t->halted)
        APPLY(f, HALT, c_.halt = ((struct command_halt){.target = GRAIN, .scope = HALT_INSTRUMENT, .halted = 1}););
    if (t->currency_to_come)
        APPLY(f, CURRENCY_RULE, c_.currency_rule = ((struct command_currency_rule){
              .from_date = exchange_trade_date(f->exchange) + 1, .to_date = date_none,
              .currency = (uint8_t)currency_of(t)}););
    if (t->ceiling != 0) set_band(f, BAND_RULE_CEILING, t->ceiling, t->client_at_home);
    if (t->floor != 0) set_band(f, BAND_RULE_FLOOR, t->floor, t->client_at_home);
}

struct orders { uint64_t of_seller, own; };

static inline struct orders add_world(struct fixture *f, const struct trial *t) {
    int32_t today = date_from_civil(2021, 6, 28);
    struct orders orders = {0, 0};
    add_instruments(f, t);
    add_firms(f, t);
    add_tables(f, t);
    set_licence(f, BROKER_GRANT, today - 10, date_none);
    set_client(f, &(struct trial){0});
    start_session(f, t);
    orders.of_seller = add_orders(f, t);
    if (t->amends && !t->never_accredited) orders.own = add_own_order(f, t);
    spoil_money(f, t);
    spoil_market(f, t);
    spoil_broker(f, t);
    spoil_firm(f, t);
    return orders;
}

static inline void set_price(price *given, const struct trial *t) {
    if (t->would_trade) given->ticks = offer + 1;
    if (t->far) given->ticks = t->floor != 0 ? 1 : 2000;
    if (t->no_price) given->ticks = t->floor != 0 ? PRICE_INVALID : price_ticks_max + 1;
    if (t->off_tick) given->ticks = PRICE_OFF_TICK;
}

static inline struct command new_order_of(const struct trial *t) {
    struct command c = fixture_command(COMMAND_NEW_ORDER, t->participant);
    c.new_order = t->order;
    c.new_order.client = principal_of(t);
    set_price(&c.new_order.price, t);
    if (t->duplicate) memcpy(c.new_order.client_order_id, "again", 5);
    if (t->too_small && t->too_large) {     /* above the instrument's most, and its own least is above it as well */
        c.new_order.min.lots = 2 * t->order.quantity.lots;
        c.new_order.time_in_force = TIF_IOC;
    }
    return c;
}

static inline struct command amend_of(const struct trial *t, struct orders orders) {
    struct command c = fixture_command(COMMAND_AMEND_ORDER, t->participant);
    c.amend_order = t->amend;
    if (c.amend_order.order_id == 0) c.amend_order.order_id = t->of_another ? orders.of_seller : orders.own;
    set_price(&c.amend_order.price, t);
    if (t->duplicate) memcpy(c.amend_order.client_order_id, "again", 5);
    return c;
}

/* What the exchange says to the trial's request. A refusal changes nothing: neither orders nor money. */
static inline enum reject answer(const struct trial *t) {
    struct fixture *f = begin_world();
    struct orders orders = add_world(f, t);
    struct command c = t->amends ? amend_of(t, orders) : new_order_of(t);
    c.user = t->user;
    c.time_ns = f->time_ns - t->past;
    uint32_t orders_before = exchange_open_orders_count(f->exchange);
    money free_before = exchange_account(f->exchange, FIRM_BROKER, currency_of(t))->free;
    enum reject reason = reason_of(f, c);
    if (reason != REJECT_NONE) {
        cr_expect_eq(exchange_open_orders_count(f->exchange), orders_before, "a refusal leaves nothing behind");
        cr_expect_eq(exchange_account(f->exchange, FIRM_BROKER, currency_of(t))->free.minor, free_before.minor);
    }
    fixture_free(f);
    return reason;
}

/* ---- the matrix ---- */

/* The cause for which a pair is in a list; NULL when it is not. */
static inline const char *find_pair(const struct exclusion *list, int count, int first, int second) {
    for (int i = 0; i < count; i++) {
        for (int j = 0; list[i].first == first && list[i].others[j] != 0; j++)
            if (list[i].others[j] == second) return list[i].cause;
    }
    return NULL;
}

static inline int pairs_listed(const struct exclusion *list, int count) {
    int pairs = 0;
    for (int i = 0; i < count; i++)
        for (int j = 0; list[i].others[j] != 0; j++) pairs++;
    return pairs;
}

static inline enum reject expected_of(const struct matrix *m, int first, int second) {
    for (int i = 0; i < m->known_differences_count; i++)
        if (m->known_differences[i].first == first && m->known_differences[i].second == second)
            return (enum reject)m->known_differences[i].answer;
    return (enum reject)first;
}

/* The later fault is made first, so that the earlier one can see what it joins. `second` NULL: one alone. */
static inline void try_cell(const struct matrix *m, const struct fault *first, const struct fault *second) {
    struct trial t;
    memset(&t, 0, sizeof t);
    m->begin(&t);
    if (second != NULL) second->make(&t);
    first->make(&t);
    enum reject reason = answer(&t);
    int other = second != NULL ? (int)second->reason : 0;
    enum reject expected = expected_of(m, (int)first->reason, other);
    if ((int)reason == other && find_pair(m->unwritten, m->unwritten_count, (int)first->reason, other) != NULL)
        expected = reason;
    cr_expect_eq(reason, expected, "%s, %d %s and %s: %d %s", m->title, (int)first->reason, reject_name(first->reason),
                 second != NULL ? reject_name(second->reason) : "nothing else", (int)reason, reject_name(reason));
}

static inline void try_clean(const struct matrix *m) {
    struct trial t;
    memset(&t, 0, sizeof t);
    m->begin(&t);
    enum reject reason = answer(&t);
    cr_assert_eq(reason, REJECT_NONE, "%s: %s", m->title, reject_name(reason));
}

static inline void try_each(const struct matrix *m) {
    for (int i = 0; i < m->faults_count; i++) try_cell(m, &m->faults[i], NULL);
}

static inline void try_pairs(const struct matrix *m) {
    int tried = 0, excluded = 0, open = 0;
    for (int i = 0; i < m->faults_count; i++) {
        for (int j = i + 1; j < m->faults_count; j++) {
            int first = (int)m->faults[i].reason, second = (int)m->faults[j].reason;
            if (find_pair(m->exclusions, m->exclusions_count, first, second) != NULL) {
                excluded++;
                continue;
            }
            try_cell(m, &m->faults[i], &m->faults[j]);
            tried++;
            open += find_pair(m->unwritten, m->unwritten_count, first, second) != NULL;
        }
    }
    cr_expect_eq(tried + excluded, m->faults_count * (m->faults_count - 1) / 2, "no cell is empty");
    cr_expect_eq(excluded, pairs_listed(m->exclusions, m->exclusions_count), "a listed pair is none of the table");
    cr_expect_eq(open, pairs_listed(m->unwritten, m->unwritten_count), "a listed pair is none of the table");
    fprintf(stderr, "precedence of %s: %d reasons, %d pairs tried (%d in no written order), %d exclusive, "
            "%d known differences\n", m->title, m->faults_count, tried, open, excluded, m->known_differences_count);
}

#endif
