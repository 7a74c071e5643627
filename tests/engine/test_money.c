/* test_money.c - what must hold of money and admission whatever is asked for: a million random commands (100,000 in
 * every run; ROUNDS says otherwise) by residents and foreigners, brokers and clients, in four currencies. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/splitmix.h"
#include "tests/engine/fixture.h"

enum { firms_count = 8, instruments_count = 4, events_max = 1 << 16, verify_every = 251 };

static uint64_t random_state;

static uint64_t next_random(void) { return splitmix64(&random_state); }
static uint32_t below(uint32_t limit) { return (uint32_t)(next_random() % limit); }

struct market_under_test {
    struct exchange *exchange;
    void *memory;
    struct event *events;
    struct event_buffer buffer;
    uint64_t sequence, trades_count, skips_count, refused_count;
    int64_t time_ns;
};

static void no_room(struct event_buffer *buffer) { cr_assert_fail("%u events of one command", buffer->count); }

static void apply(struct market_under_test *m, struct command *c) {
    c->sequence = ++m->sequence;
    c->time_ns = m->time_ns;
    m->buffer.count = 0;
    exchange_apply(m->exchange, c, &m->buffer);
}

static struct command ask(enum command_kind kind) {
    struct command c;
    memset(&c, 0, sizeof c);
    c.kind = (uint16_t)kind;
    c.participant = c.user = NAME_NONE;
    return c;
}

/* Four instruments: BYN, USD with a floor, EUR, CNY from a date on; transit from January 2021. */
static void build(struct market_under_test *m) {
    static const uint8_t currencies[] = { CURRENCY_BYN, CURRENCY_USD, CURRENCY_EUR, CURRENCY_CNY };
    static const char countries[firms_count][3] = { "BY", "BY", "RU", "PL", "CN", "BY", "CN", "UA" };
    struct command c;
    for (uint32_t i = 0; i < instruments_count; i++) {
        c = ask(COMMAND_INSTRUMENT);
        snprintf(c.instrument.symbol, symbol_size, "I%u", i);
        c.instrument.section = SECTION_AGRI;
        c.instrument.currency = currencies[i];
        c.instrument.price_places = 2;
        apply(m, &c);
        c = ask(COMMAND_INSTRUMENT_TERMS);
        c.instrument_terms = (struct command_instrument_terms){
            .instrument = i, .lot_units = 20, .tick_scaled = 500, .reference.ticks = 100, .quantity_min.lots = 1,
            .quantity_max.lots = 1000, .collar_ppm = i == 3 ? 0 : 100000, .payment_terms_mask = 1 };
        apply(m, &c);
    }
    for (uint32_t i = 0; i < firms_count; i++) {
        c = ask(COMMAND_PARTICIPANT);
        snprintf(c.add_participant.id, participant_id_size, "F%u", i);
        memcpy(c.add_participant.country, countries[i], 2);
        apply(m, &c);
        c = ask(COMMAND_ACCREDIT);
        c.accredit = (struct command_accredit){ .participant = i, .from_date = 0, .to_date = date_none,
                                                .section = SECTION_AGRI };
        apply(m, &c);
    }
    c = ask(COMMAND_RULE_TERMS);
    c.rule_terms = (struct command_rule_terms){ .deposit_floors = { { 60000 }, { 25000 }, { 20000 }, { 0 }, { 160000 } },
        .deposit_ppm = 2000, .deposit_business_days = 2, .fee_ppm = 2000, .fee_due_business_days = 5,
        .exposure_factor = 500, .flags = RULE_DOMESTIC_BYN_ONLY | RULE_COLLECT_FEES };
    apply(m, &c);
    c = ask(COMMAND_TRANSIT_RULE);
    c.transit_rule = (struct command_transit_rule){ .from_date = date_from_civil(2021, 1, 5), .to_date = date_none,
                                                    .sections_mask = 1 << SECTION_AGRI };
    apply(m, &c);
    c = ask(COMMAND_CURRENCY_RULE);
    c.currency_rule = (struct command_currency_rule){ .from_date = date_from_civil(2021, 1, 3), .to_date = date_none,
                                                      .countries = { "BY", "CN" }, .currency = CURRENCY_CNY };
    apply(m, &c);
    c = ask(COMMAND_BAND_RULE);
    c.band_rule = (struct command_band_rule){ .instrument = 1, .level.ticks = 95, .deal_class = DEAL_EXPORT,
        .from_date = date_from_civil(2021, 1, 4), .to_date = date_from_civil(2021, 1, 6), .band = BAND_RULE_FLOOR };
    apply(m, &c);
    c = ask(COMMAND_FX_RATE);
    c.fx_rate = (struct command_fx_rate){ .byn_scaled = 25300, .from_date = 0, .currency = CURRENCY_USD };
    apply(m, &c);
}

static void make_order(struct command *c) {
    *c = ask(COMMAND_NEW_ORDER);
    c->participant = below(firms_count);
    c->new_order = (struct command_new_order){
        .instrument = below(instruments_count), .client = below(4) == 0 ? below(firms_count) : NAME_NONE,
        .market_session = NAME_NONE, .price.ticks = 85 + below(30), .quantity.lots = 1 + below(40),
        .expire_date = date_none, .side = (uint8_t)below(2), .order_type = ORDER_TYPE_LIMIT,
        .time_in_force = (uint8_t)(below(3) == 0 ? TIF_IOC : below(2) ? TIF_DAY : TIF_GTC), .stp = (uint8_t)below(4) };
    uint32_t kind = below(10);
    if (kind == 0) {
        c->new_order.order_type = ORDER_TYPE_MARKET;
        c->new_order.price.ticks = 0;
    } else if (kind == 1) {
        c->new_order.order_type = ORDER_TYPE_STOP;
        c->new_order.time_in_force = TIF_GTC;
        c->new_order.stop.ticks = c->new_order.price.ticks;
        c->new_order.price.ticks = 0;
    } else if (kind == 2) {
        c->new_order.time_in_force = TIF_GTC;
        c->new_order.has_display = 1;
        c->new_order.display.lots = 1 + below(c->new_order.quantity.lots);
    }
}

static void make_change(struct command *c, const uint64_t *orders) {
    uint32_t pick = below(256);
    *c = ask(below(2) ? COMMAND_CANCEL_ORDER : COMMAND_AMEND_ORDER);
    c->participant = (uint32_t)(orders[pick] >> 48);
    if (c->kind == COMMAND_CANCEL_ORDER) {
        c->cancel_order.order_id = orders[pick] & UINT64_C(0xFFFFFFFFFFFF);
        return;
    }
    c->amend_order.order_id = orders[pick] & UINT64_C(0xFFFFFFFFFFFF);
    c->amend_order.flags = (uint8_t)(1 + below(3));
    c->amend_order.quantity.lots = 1 + below(40);
    c->amend_order.price.ticks = 85 + below(30);
}

static void make_world_command(struct market_under_test *m, struct command *c) {
    uint32_t firm = below(firms_count);
    switch (below(12)) {
        case 0: case 1: case 2:
            *c = ask(COMMAND_DEPOSIT);
            c->deposit = (struct command_deposit){ .participant = firm, .currency = (uint8_t)below(CURRENCY_COUNT),
                .action = (uint8_t)below(3), .amount.minor = 1 + below(UINT32_C(2000000000)) };
            return;
        case 3:
            *c = ask(COMMAND_STANDING);
            c->standing = (struct command_standing){ .participant = firm, .until_date = date_none,
                                                     .action = below(8) ? STANDING_REINSTATE : STANDING_SUSPEND };
            return;
        case 4:
            *c = ask(COMMAND_BROKER);
            c->broker = (struct command_broker){ .participant = firm, .from_date = 0, .to_date = date_none,
                .new_foreign_clients = below(8), .action = (uint8_t)below(3) };
            return;
        case 5:
            *c = ask(COMMAND_CLIENT);
            c->client = (struct command_client){ .broker = firm, .client = below(firms_count), .instrument = NAME_NONE,
                .expire_date = date_none, .section = SECTION_AGRI, .side = (uint8_t)below(3),
                .flags = (uint8_t)below(2), .registered = below(4) != 0 };
            return;
        case 6:
            *c = ask(COMMAND_KILL);
            c->kill = (struct command_kill){ .participant = firm, .on = below(8) == 0 };
            return;
        case 7:
            *c = ask(COMMAND_PAY_FEES);
            c->pay_fees = (struct command_pay_fees){ .amount.minor = 1 + below(20000), .participant = firm,
                .currency = (uint8_t)below(CURRENCY_COUNT), .source = (uint8_t)below(2) };
            return;
        case 8: case 9: case 10:
            *c = ask(COMMAND_BUST);
            c->bust.trade_id = 1 + below((uint32_t)m->trades_count + 1);
            return;
        default:
            m->time_ns += (int64_t)below(4) * 1800 * NS_PER_SECOND;
            *c = ask(COMMAND_CLOCK);
            return;
    }
}

/* TRN-2, STL-4: no trade between a pair that the tables forbid. */
static void check_trade(const struct market_under_test *m, const struct event *event) {
    uint8_t currency = exchange_instrument(m->exchange, event->instrument)->currency;
    int32_t date = exchange_trade_date(m->exchange);
    cr_assert((currency == CURRENCY_BYN) == (event->trade.deal_class == DEAL_DOMESTIC));
    if (event->trade.deal_class == DEAL_TRANSIT) cr_assert_geq(date, date_from_civil(2021, 1, 5));
    const struct contract *contract = exchange_contract(m->exchange, event->trade.trade_id);
    cr_assert_not_null(contract);
    cr_assert_neq(contract->principals[SIDE_BUY], contract->principals[SIDE_SELL]);
}

static void look_at_events(struct market_under_test *m, uint64_t *orders) {
    for (uint32_t i = 0; i < m->buffer.count; i++) {
        const struct event *event = &m->events[i];
        if (event->kind == EVENT_ACCEPTED)
            orders[below(256)] = event->order.order_id | (uint64_t)event->order.participant << 48;
        else if (event->kind == EVENT_PAIR_SKIPPED) m->skips_count++;
        else if (event->kind == EVENT_REJECTED) m->refused_count++;
        if (event->kind != EVENT_TRADE) continue;
        m->trades_count++;
        check_trade(m, event);
    }
}

Test(money, sums_hold_whatever_is_asked_for, .timeout = 600) {
    const char *rounds = getenv("ROUNDS");
    long count = rounds != NULL ? strtol(rounds, NULL, 10) : 100000;
    struct limits limits = { .instruments_max = 4, .sessions_max = 1, .participants_max = firms_count, .users_max = 1,
                             .orders_max = 400, .price_leaves_max = 64, .price_branches_max = 16, .client_ids_max = 1,
                             .contracts_max = 1 << 20, .clients_max = 64 };
    struct market_under_test m = { .time_ns = trade_date_begin_ns(date_from_civil(2021, 1, 2), 600) };
    uint64_t orders[256] = { 0 };
    size_t size = (exchange_size(&limits) + 63) & ~(size_t)63;
    m.memory = aligned_alloc(64, size);
    memset(m.memory, 0, size);
    m.events = calloc(events_max, sizeof *m.events);
    m.buffer = (struct event_buffer){ .events = m.events, .capacity = events_max, .full = no_room };
    m.exchange = exchange_init(m.memory, &limits);
    random_state = 7;
    build(&m);
    for (long i = 0; i < count; i++) {
        struct command c;
        uint32_t roll = below(100);
        if (roll < 62) make_order(&c);
        else if (roll < 88) make_change(&c, orders);
        else make_world_command(&m, &c);
        apply(&m, &c);
        look_at_events(&m, orders);
        if (i % verify_every == 0) exchange_verify(m.exchange);
    }
    exchange_verify(m.exchange);
    cr_log_info("%ld commands, %llu trades, %llu pairs skipped, %llu orders refused", count,
                (unsigned long long)m.trades_count, (unsigned long long)m.skips_count,
                (unsigned long long)m.refused_count);
    cr_assert_gt(m.trades_count, 500u);
    cr_assert_gt(m.skips_count, 500u);
    free(m.events);
    free(m.memory);
}
