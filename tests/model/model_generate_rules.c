/* model_generate_rules.c - what officials do under the rules, and what orders say because of them. Mistakes are undone
 * soon: a suspension is lifted, papers come, a switch is thrown back; else nobody would be left to trade. */
#include "tests/model/model_generate_inside.h"

/* Firms 0, 2 and 6 are brokers; these act for these. */
static const struct { uint8_t broker, client; } mandates[] = { { 0, 3 }, { 0, 4 }, { 0, 1 }, { 2, 6 }, { 2, 3 }, { 6, 1 } };
enum { mandates_count = sizeof mandates / sizeof *mandates };

static uint32_t some_firm(struct generator *g) {
    return percent(g, 97) ? below(g, world_participants) : one_in(g, 2) ? world_participants : NAME_NONE;
}

static int32_t near_date(struct generator *g, const struct model *m) {
    return model_trade_date(m) + (int32_t)below(g, 6) - 2;
}

static void some_dates(struct generator *g, const struct model *m, int32_t *from, int32_t *to) {
    *from = percent(g, 20) ? date_none : near_date(g, m);
    int32_t start = *from == date_none ? model_trade_date(m) : *from;
    *to = percent(g, 50) ? date_none : start + (int32_t)below(g, 6);
    if (percent(g, 3)) *to = start - 1;
}

/* ---- people ---- */

static void make_standing(struct generator *g, const struct model *m, struct command *c) {
    c->kind = COMMAND_STANDING;
    c->standing.participant = some_firm(g);
    c->standing.action = percent(g, 35) ? STANDING_SUSPEND : STANDING_REINSTATE;
    c->standing.until_date = date_none;
    if (c->standing.action == STANDING_SUSPEND && percent(g, 80)) c->standing.until_date = near_date(g, m);
    if (percent(g, 1)) c->standing.action = one_in(g, 2) ? STANDING_WITHDRAW : 3;
}

static void make_broker(struct generator *g, const struct model *m, struct command *c) {
    static const uint8_t brokers[] = { 0, 0, 2, 2, 6, 3 };
    c->kind = COMMAND_BROKER;
    c->broker.participant = percent(g, 90) ? brokers[below(g, 6)] : some_firm(g);
    c->broker.from_date = c->broker.to_date = date_none;
    c->broker.action = percent(g, 50) ? BROKER_GRANT : percent(g, 40) ? BROKER_SUSPEND : BROKER_REINSTATE;
    if (percent(g, 2)) c->broker.action = 3;
    if (c->broker.action != BROKER_GRANT) return;
    c->broker.from_date = model_trade_date(m) - (int32_t)below(g, 3) + (percent(g, 10) ? 2 : 0);
    if (percent(g, 30)) c->broker.to_date = c->broker.from_date + (int32_t)below(g, 8) - 1;
    c->broker.new_resident_clients = below(g, 10);
    c->broker.new_foreign_clients = below(g, 5);
    c->broker.other_points = (int32_t)below(g, 20) - 2;
    c->broker.tax_arrears = percent(g, 20);
}

static void make_client(struct generator *g, const struct model *m, struct command *c) {
    uint32_t at = below(g, mandates_count);
    c->kind = COMMAND_CLIENT;
    c->client.broker = mandates[at].broker;
    c->client.client = mandates[at].client;
    if (percent(g, 3)) c->client.client = some_firm(g);
    c->client.section = (uint8_t)below(g, SECTION_COUNT + (percent(g, 2) ? 1 : 0));
    c->client.side = percent(g, 75) ? SIDE_BOTH : (uint8_t)below(g, percent(g, 95) ? 2 : 4);
    c->client.instrument = NAME_NONE;
    c->client.expire_date = percent(g, 80) ? date_none : near_date(g, m);
    c->client.flags = (uint8_t)((one_in(g, 2) ? CLIENT_OWN_ACCOUNT : 0) | (one_in(g, 2) ? CLIENT_CROSS_ALLOWED : 0));
    c->client.registered = percent(g, 85);
    if (percent(g, 20)) c->client.quantity_max.lots = 3 + below(g, 10);
    if (percent(g, 20)) {
        c->client.instrument = below(g, world_instruments + (percent(g, 5) ? 1 : 0));
        if (c->client.instrument < world_instruments && percent(g, 60)) {
            c->client.section = generator_instruments[c->client.instrument].section;
            c->client.limit.ticks = generator_instruments[c->client.instrument].reference + below(g, 5) - 2;
            if (percent(g, 30)) c->client.limit.ticks = price_ticks_max + below(g, 2);
        }
    }
}

static void make_remark(struct generator *g, struct command *c) {
    c->kind = COMMAND_REMARK;
    c->remark.participant = some_firm(g);
    c->remark.remark = (uint8_t)below(g, REMARK_COUNT + (percent(g, 1) ? 1 : 0));
    c->remark.value = percent(g, 30);
    if (c->remark.remark == REMARK_PAPERS && c->remark.value) c->remark.value = (uint8_t)(1 + below(g, 15));
    c->remark.at_once = (uint8_t)below(g, 2);
    if (percent(g, 1)) c->remark.value = 16;
}

static void make_person(struct generator *g, const struct model *m, struct command *c) {
    static const char *const persons[] = { "alla", "boris", "clara", "fedor", "zoya", "yuri", "" };
    const char *person = persons[below(g, percent(g, 97) ? 6 : 7)];
    uint32_t roll = below(g, 10);
    if (roll < 3) {
        c->kind = COMMAND_TRADER;
        set_text(c->trader.person, user_name_size, person);
        c->trader.participant = percent(g, 80) ? below(g, 3) : some_firm(g);
        c->trader.registered = percent(g, 80);
    } else if (roll < 6) {
        c->kind = COMMAND_CERTIFICATE;
        set_text(c->certificate.person, user_name_size, person);
        c->certificate.issue_date = near_date(g, m) - (percent(g, 10) ? 1096 : 3);
        c->certificate.power_to_date = percent(g, 60) ? date_none : near_date(g, m) + 1;
    } else {
        c->kind = COMMAND_LOGON;
        c->logon.on = percent(g, 70);
    }
}

static void make_limit(struct generator *g, const struct model *m, struct command *c) {
    switch (below(g, 4)) {
    case 0:
        c->kind = COMMAND_SANCTION;
        c->sanction.participant = some_firm(g);
        c->sanction.until_date = percent(g, 60) ? date_none : near_date(g, m);
        break;
    case 1:
        c->kind = COMMAND_OWN_USE;
        c->own_use.participant = some_firm(g);
        some_dates(g, m, &c->own_use.from_date, &c->own_use.to_date);
        break;
    case 2:
        c->kind = COMMAND_KILL;
        c->kill.participant = some_firm(g);
        c->kill.on = percent(g, 25);
        break;
    default:
        c->kind = COMMAND_RISK_LIMITS;
        c->risk_limits.participant = some_firm(g);
        c->risk_limits.currency = (uint8_t)below(g, CURRENCY_COUNT + (percent(g, 15) ? 1 : 0));
        c->risk_limits.given = (uint8_t)below(g, 8);
        c->risk_limits.order_value_max.minor = percent(g, 50) ? 0 : 1000 + below(g, 10000000);
        c->risk_limits.exposure_factor = percent(g, 70) ? 0 : 1 + below(g, 600);
        c->risk_limits.message_rate = below(g, 3);
    }
}

static void make_people(struct generator *g, const struct model *m, struct command *c) {
    switch (below(g, 6)) {
    case 0: make_standing(g, m, c); break;
    case 1: make_broker(g, m, c); break;
    case 2: make_client(g, m, c); break;
    case 3: make_remark(g, c); break;
    case 4: make_person(g, m, c); break;
    default: make_limit(g, m, c); break;
    }
}

/* ---- sessions ---- */

static void make_session_terms(struct generator *g, const struct model *m, struct command *c) {
    static const char countries[][2] = { "BY", "UA", "LT", "CN", "PL" };
    struct command_session_terms *t = &c->session_terms;
    c->kind = COMMAND_SESSION_TERMS;
    t->session = below(g, world_sessions + (percent(g, 2) ? 1 : 0));
    if (percent(g, 30)) t->direction = (uint8_t)below(g, DIRECTION_COUNT + (percent(g, 5) ? 1 : 0));
    if (percent(g, 15)) t->role = (uint8_t)below(g, SESSION_ROLE_COUNT + (percent(g, 40) ? 1 : 0));
    if (percent(g, 30)) t->flags = (uint8_t)below(g, 8);
    if (percent(g, 15)) t->currencies_mask = (uint8_t)below(g, 32);
    for (uint32_t i = 0; percent(g, 40) && i < 4; i++) memcpy(t->buyer_countries[i], countries[below(g, 5)], 2);
    for (uint32_t i = 0; percent(g, 20) && i < 4; i++) memcpy(t->seller_countries[i], countries[below(g, 5)], 2);
    t->anchor_date = date_none;
    if (percent(g, 25)) {
        t->every_days = 1 + below(g, 5);
        t->anchor_date = near_date(g, m) - (int32_t)below(g, 10);
    }
    if (percent(g, 30)) {
        static const uint16_t minutes[] = { 0, 0, 540, 600, 720, 780, 960, 1440, 1440, 1441 };
        t->has_hours = 1;
        t->open_minute = minutes[below(g, percent(g, 80) ? 5 : 10)];
        t->close_minute = minutes[percent(g, 80) ? 6 + below(g, 3) : below(g, 10)];
    }
}

static void make_session_rule(struct generator *g, const struct model *m, struct command *c) {
    uint32_t roll = below(g, 10);
    if (roll < 5) {
        make_session_terms(g, m, c);
    } else if (roll < 9) {
        c->kind = COMMAND_PHASE;
        c->phase.session = below(g, world_sessions + (percent(g, 2) ? 1 : 0));
        c->phase.phase = percent(g, 60) ? PHASE_CONTINUOUS : (uint8_t)below(g, PHASE_COUNT);
    } else {
        c->kind = COMMAND_SESSION_DATE;
        c->session_date.session = below(g, 40) == 0 ? world_sessions : below(g, world_sessions);
        c->session_date.date = near_date(g, m);
    }
}

/* ---- tables ---- */

static void make_table(struct generator *g, const struct model *m, struct command *c) {
    uint32_t roll = below(g, 10);
    if (roll < 3) {
        c->kind = COMMAND_TRANSIT_RULE;
        some_dates(g, m, &c->transit_rule.from_date, &c->transit_rule.to_date);
        c->transit_rule.sections_mask = percent(g, 97) ? below(g, 16) : 16;
    } else if (roll < 5) {
        c->kind = COMMAND_CURRENCY_RULE;
        some_dates(g, m, &c->currency_rule.from_date, &c->currency_rule.to_date);
        c->currency_rule.currency = (uint8_t)below(g, CURRENCY_COUNT + (percent(g, 3) ? 1 : 0));
        if (percent(g, 50)) memcpy(c->currency_rule.countries, one_in(g, 2) ? "BYUAPL" : "BYCNLT", 6);
    } else {
        struct command_band_rule *b = &c->band_rule;
        c->kind = COMMAND_BAND_RULE;
        some_dates(g, m, &b->from_date, &b->to_date);
        b->instrument = below(g, world_instruments - 1 + (percent(g, 3) ? 2 : 0));
        b->band = (uint8_t)below(g, percent(g, 98) ? 2 : 3);
        b->deal_class = (uint8_t)below(g, percent(g, 98) ? 4 : 5);
        if (b->instrument >= world_instruments) return;
        uint32_t reference = generator_instruments[b->instrument].reference, width = below(g, 8);
        bool above = b->band == BAND_RULE_CEILING ? percent(g, 90) : percent(g, 10);    /* seldom the wrong way round */
        b->level.ticks = above ? reference + width : reference > width ? reference - width : 1;
        if (percent(g, 2)) b->level.ticks = one_in(g, 2) ? 0 : price_ticks_max + 1;
    }
}

/* ---- money ---- */

static void some_terms(struct generator *g, struct command *c) {
    struct command_rule_terms *t = &c->rule_terms;
    c->kind = COMMAND_RULE_TERMS;
    for (uint32_t i = 0; i < CURRENCY_COUNT; i++) t->deposit_floors[i].minor = below(g, 3) * 700;
    t->deposit_ppm = percent(g, 90) ? 2000 : one_in(g, 2) ? 1000000 : below(g, 100000);
    t->deposit_business_days = below(g, 4);
    t->fee_ppm = percent(g, 90) ? 2000 : below(g, 2) * 777777;
    t->fee_due_business_days = below(g, 6);
    t->exposure_factor = percent(g, 50) ? 500 : percent(g, 50) ? 0 : 50 + below(g, 1000);
    t->flags = (uint8_t)(below(g, 2) * RULE_COLLECT_FEES | (below(g, 3) > 0 ? RULE_DOMESTIC_BYN_ONLY : 0));
    bool is_first = g->world_next == 0;     /* which must be good: the flags count from the beginning */
    if (!is_first && percent(g, 3)) t->deposit_business_days = 4;
    if (!is_first && percent(g, 3)) t->deposit_ppm = 1000001;
}

static void make_fee_rule(struct generator *g, const struct model *m, struct command *c) {
    struct command_fee_rule *f = &c->fee_rule;
    c->kind = COMMAND_FEE_RULE;
    some_dates(g, m, &f->from_date, &f->to_date);
    f->instrument = percent(g, 60) ? NAME_NONE : below(g, world_instruments);
    f->section = percent(g, 60) ? RULE_ANY : (uint8_t)below(g, SECTION_COUNT);
    f->deal_class = percent(g, 60) ? RULE_ANY : (uint8_t)below(g, 4);
    f->side = percent(g, 60) ? RULE_ANY : (uint8_t)below(g, 2);
    f->ppm = below(g, 5000);
    if (percent(g, 30)) f->flat.minor = 1 + below(g, 500);
    f->currency = (uint8_t)below(g, CURRENCY_COUNT);
    if (percent(g, 20)) set_text(f->group, instrument_group_size, one_in(g, 2) ? "dairy" : "other");
}

static void make_waiver(struct generator *g, const struct model *m, struct command *c) {
    c->kind = COMMAND_WAIVER_RULE;
    c->waiver_rule.from_date = near_date(g, m);
    c->waiver_rule.to_date = c->waiver_rule.from_date + (int32_t)below(g, 3);
    c->waiver_rule.section = percent(g, 50) ? RULE_ANY : (uint8_t)below(g, SECTION_COUNT);
    c->waiver_rule.deal_class = percent(g, 50) ? RULE_ANY : (uint8_t)below(g, 4);
    c->waiver_rule.side = percent(g, 50) ? RULE_ANY : (uint8_t)below(g, 2);
}

static void make_fx(struct generator *g, const struct model *m, struct command *c) {
    c->kind = COMMAND_FX_RATE;
    c->fx_rate.currency = (uint8_t)(1 + below(g, CURRENCY_COUNT - 1));
    c->fx_rate.byn_scaled = 1 + below(g, 60000);
    c->fx_rate.from_date = near_date(g, m);
}

/* Mostly what somebody owes, all of it: arrears would stop the trade. */
static void make_payment(struct generator *g, const struct model *m, struct command *c) {
    struct command_pay_fees *p = &c->pay_fees;
    c->kind = COMMAND_PAY_FEES;
    p->source = percent(g, 80) ? FEE_SOURCE_BANK : (uint8_t)below(g, percent(g, 95) ? 2 : 3);
    for (uint32_t tries = 0; tries < 20 && p->amount.minor == 0; tries++) {
        p->participant = some_firm(g);
        p->currency = (uint8_t)below(g, CURRENCY_COUNT);
        p->amount.minor = model_fees_due(m, p->participant, p->currency);
    }
    if (percent(g, 20)) p->amount.minor = p->amount.minor / 2 + 1;
    if (percent(g, 5)) p->amount.minor += below(g, 3);
}

static void make_money(struct generator *g, const struct model *m, struct command *c) {
    uint32_t roll = below(g, 100);
    if (roll < 30) {
        c->kind = COMMAND_DEPOSIT;
        c->deposit.participant = below(g, world_participants);
        c->deposit.currency = (uint8_t)below(g, CURRENCY_COUNT);
        c->deposit.action = (uint8_t)below(g, 3);
        c->deposit.amount.minor = 1 + below(g, c->deposit.action == DEPOSIT_WITHDRAW ? 20000 : 2000000);
    } else if (roll < 80) {
        make_payment(g, m, c);
    } else if (roll < 90) {
        c->kind = COMMAND_BUST;
        c->bust.trade_id = 1 + below(g, 200);
    } else if (roll < 94) {
        make_fee_rule(g, m, c);
    } else if (roll < 97) {
        make_fx(g, m, c);
    } else if (roll < 99) {
        make_waiver(g, m, c);
    } else {
        some_terms(g, c);
    }
}

/* ---- all ---- */

void generator_make_official(struct generator *g, const struct model *m, struct command *c) {
    static void (*const makers[])(struct generator *, const struct model *, struct command *) =
        { make_people, make_session_rule, make_table, make_money };
    uint32_t kind = percent(g, 40) ? 3 : below(g, 4);
    while (!(g->rules & 1U << kind)) kind = (kind + 1) % 4;
    makers[kind](g, m, c);
}

/* Mostly one that lists the instrument and is open; no name, and a name that is wrong, are tried too. */
static uint32_t some_session(struct generator *g, const struct model *m, uint32_t instrument) {
    if (percent(g, 12)) return NAME_NONE;
    if (percent(g, 3)) return below(g, world_sessions + 4);
    if (instrument >= model_instruments_count(m)) return NAME_NONE;
    uint32_t count = model_listings_count(m, instrument), session = NAME_NONE;
    for (uint32_t tries = 0; tries < 4 && count > 0; tries++) {
        session = model_listing_at(m, instrument, below(g, count));
        if (model_session_is_open(m, session)) break;
    }
    return session;
}

void generator_add_to_order(struct generator *g, const struct model *m, struct command *c) {
    struct command_new_order *n = &c->new_order;
    if ((g->rules & GENERATE_PEOPLE) && percent(g, 25)) {
        uint32_t at = below(g, mandates_count);
        if (percent(g, 95)) c->participant = mandates[at].broker;
        n->client = percent(g, 95) ? mandates[at].client : some_firm(g);
    }
    if ((g->rules & GENERATE_SESSIONS) && percent(g, 10)) {
        n->market_session = below(g, world_sessions + 1);
        if (n->instrument < world_instruments && percent(g, 80))
            n->market_session = generator_instruments[n->instrument].session;
    }
    if (g->rules & GENERATE_SEVERAL) n->market_session = some_session(g, m, n->instrument);
    if (g->rules != 0 && percent(g, 10)) n->payment_terms = (uint8_t)below(g, 4);
}

static void build_money(struct generator *g) {
    some_terms(g, generator_add_world(g, COMMAND_RULE_TERMS));
    for (uint32_t i = 1; i < CURRENCY_COUNT; i++) {
        if (percent(g, 10)) continue;       /* nobody knows its rate yet */
        struct command *c = generator_add_world(g, COMMAND_FX_RATE);
        c->fx_rate.currency = (uint8_t)i;
        c->fx_rate.byn_scaled = 1000 + below(g, 40000);
        c->fx_rate.from_date = first_date - 10;
    }
    for (uint32_t i = 0; i < world_participants; i++) {
        for (uint32_t k = 0; k < CURRENCY_COUNT; k++) {
            if (percent(g, 10)) continue;
            struct command *c = generator_add_world(g, COMMAND_DEPOSIT);
            c->deposit.participant = i;
            c->deposit.currency = (uint8_t)k;
            c->deposit.action = DEPOSIT_AT_ONCE;
            c->deposit.amount.minor = k == CURRENCY_CNY ? INT64_C(1) << (20 + below(g, 25)) : 1 << (12 + below(g, 14));
        }
    }
}

void generator_build_rules(struct generator *g) {
    for (uint32_t i = 0; (g->rules & GENERATE_TABLES) && i < 4; i++) {
        struct command *c = generator_add_world(g, COMMAND_TRANSIT_RULE);
        c->transit_rule.from_date = first_date + (int32_t)i * 3 - 5;
        c->transit_rule.to_date = date_none;
        c->transit_rule.sections_mask = below(g, 16);
        c = generator_add_world(g, COMMAND_BASIS);
        c->basis.instrument = i * 2;
        set_text(c->basis.basis.place, place_size, "Vilnius");
        memcpy(c->basis.basis.country, "LT", 2);
    }
    for (uint32_t i = 0; (g->rules & GENERATE_PEOPLE) && i < 3; i++) {
        struct command *c = generator_add_world(g, COMMAND_BROKER);
        static const uint8_t brokers[] = { 0, 2, 6 };
        c->broker.participant = brokers[i];
        c->broker.from_date = first_date - 5;
        c->broker.to_date = date_none;
    }
    for (uint32_t i = 0; (g->rules & GENERATE_PEOPLE) && i < mandates_count * 2; i++) {
        struct command *c = generator_add_world(g, COMMAND_CLIENT);
        c->client.broker = mandates[i / 2].broker;
        c->client.client = mandates[i / 2].client;
        c->client.section = i % 2 == 0 ? SECTION_AGRI : SECTION_CONSUMER;
        c->client.side = SIDE_BOTH;
        c->client.instrument = NAME_NONE;
        c->client.expire_date = date_none;
        c->client.flags = one_in(g, 2) ? CLIENT_OWN_ACCOUNT : 0;
        c->client.registered = 1;
    }
    if (g->rules & GENERATE_MONEY) build_money(g);
}
