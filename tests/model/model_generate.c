/* model_generate.c - see model_generate.h. */
#include "tests/model/model_generate_inside.h"

/* An iceberg of a thousand million lots is not to come in slices of one: nobody waits for that, and the contracts of a
 * pair would run out. */
enum { names_count = 250, patient_lots = 2000 };

static const int64_t second = NS_PER_SECOND, minute = 60 * NS_PER_SECOND, hour = 3600 * NS_PER_SECOND;
/* 2020-01-01 and 2030-12-31: the dates that the calendar knows. */
enum { calendar_date_first = 18262, calendar_date_last = 22279 };

uint64_t generator_random(uint64_t *state) { return splitmix64(state); }

void generator_init(struct generator *g, uint64_t seed, uint32_t rules) {
    memset(g, 0, sizeof *g);
    g->state = seed;
    generator_random(&g->state);
    g->rules = rules;
    generator_build_world(g);
    generator_build_rules(g);
    static const uint32_t wanted[] = { 30, 80, 150, 250 };
    g->open_orders_wanted = wanted[below(g, 4)];
}

/* ---- values ---- */

static uint32_t edge_price(struct generator *g, uint32_t reference, uint32_t low, uint32_t high) {
    uint32_t width = high > reference ? high - reference : 1;
    switch (below(g, 14)) {
    case 0: return 0;
    case 1: return 1;
    case 2: return price_ticks_max;
    case 3: return price_ticks_max + 1;
    case 4: return PRICE_INVALID;
    case 5: return PRICE_OFF_TICK;
    case 6: return low;
    case 7: return low - 1;
    case 8: return high;
    case 9: return high + 1;
    case 10: return reference + 3 * width + below(g, 3) - 1;
    case 11: return reference > 3 * width ? reference - 3 * width + below(g, 3) - 1 : 1;
    case 12: return reference + below(g, 2 * width + 1);
    default: return reference > width ? reference - below(g, width + 1) : 1;
    }
}

static uint32_t some_price(struct generator *g, const struct model *m, uint32_t instrument) {
    uint32_t low, high, reference = 50;
    low = high = 0;
    if (instrument < model_instruments_count(m)) reference = model_reference(m, instrument, &low, &high);
    if (percent(g, 5)) return edge_price(g, reference, low, high);
    uint32_t home = instrument < world_instruments ? generator_instruments[instrument].reference : 50;
    uint32_t centre = percent(g, 70) ? home : reference, step = below(g, 9);
    uint32_t at = centre + step < 5 ? 1 : centre + step - 4;
    return at == 0 ? 1 : at;
}

static uint32_t some_quantity(struct generator *g, uint32_t instrument) {
    const struct instrument_row *row = &generator_instruments[instrument < world_instruments ? instrument : 0];
    if (percent(g, 5)) {
        const uint32_t edges[] = { 0, 1, row->quantity_min - 1, row->quantity_min, row->quantity_max,
                                   row->quantity_max + 1, UINT32_MAX, 1000000000, 1000000001 };
        return edges[below(g, sizeof edges / sizeof *edges)];
    }
    return row->quantity_min + below(g, 12);
}

static uint32_t some_participant(struct generator *g) {
    static const uint8_t often[] = { 0, 1, 2, 3, 6 };
    if (percent(g, 95)) return often[below(g, sizeof often)];
    const uint32_t rare[] = { 4, 5, world_participants, NAME_NONE };
    return rare[below(g, 4)];
}

/* Where several sessions may list an instrument, these are what the world is about. */
static uint32_t tradable_instrument(struct generator *g) {
    if ((g->rules & GENERATE_SEVERAL) && percent(g, 60)) return generator_listings[below(g, listings_count)].instrument;
    return below(g, world_instruments - 1);
}

static uint32_t some_instrument(struct generator *g, const struct model *m) {
    if (percent(g, 97)) {
        uint32_t instrument = tradable_instrument(g);
        for (uint32_t tries = 0; tries < 6 && !model_accepts(m, instrument) && percent(g, 95); tries++)
            instrument = tradable_instrument(g);
        return instrument;
    }
    const uint32_t rare[] = { untradable, world_instruments, NAME_NONE };
    return rare[below(g, 3)];
}

static int32_t some_expire_date(struct generator *g, const struct model *m) {
    static const int32_t steps[] = { -1, 0, 0, 1, 1, 2, 3, 7, 3000 };
    return model_trade_date(m) + steps[below(g, sizeof steps / sizeof *steps)];
}

static void some_name(struct generator *g, char *field) {
    char text[16];
    snprintf(text, sizeof text, "N%u", below(g, names_count));
    set_text(field, client_order_id_size, text);
}

/* Every participant has two connections of its own, and now and then comes over another. */
static uint32_t some_connection(struct generator *g, uint32_t participant) {
    return percent(g, 95) ? participant * 2 + 1 + below(g, 2) : below(g, 8);
}

/* As many lots as the largest value allows at one of the prices that may count, or one more or less. */
static uint32_t edge_of_value(struct generator *g, const struct model *m, const struct command_new_order *n) {
    uint32_t low, high, reference = model_reference(m, n->instrument, &low, &high);
    const uint32_t prices[] = { reference, low, high, n->price.ticks, n->stop.ticks };
    uint32_t at = prices[below(g, 5)];
    return at == 0 || at > price_ticks_max ? 1 : (uint32_t)(VALUE_MINOR_MAX / at % UINT32_MAX) + below(g, 3) - 1;
}

static uint32_t patient_display(uint32_t display, uint32_t total) {
    return display > 0 && total > patient_lots ? display + total / 1000 : display;
}

/* ---- requests ---- */

static void make_order(struct generator *g, const struct model *m, struct command *c) {
    struct command_new_order *n = &c->new_order;
    c->kind = COMMAND_NEW_ORDER;
    n->instrument = some_instrument(g, m);
    n->client = n->market_session = NAME_NONE;
    n->side = (uint8_t)below(g, 2);
    n->quantity.lots = some_quantity(g, n->instrument);
    uint32_t roll = below(g, 100);
    n->order_type = roll < 74 ? ORDER_TYPE_LIMIT : roll < 82 ? ORDER_TYPE_MARKET
                    : roll < 91 ? ORDER_TYPE_STOP : ORDER_TYPE_STOP_LIMIT;
    bool is_stop = n->order_type == ORDER_TYPE_STOP || n->order_type == ORDER_TYPE_STOP_LIMIT;
    if (n->order_type == ORDER_TYPE_LIMIT || n->order_type == ORDER_TYPE_STOP_LIMIT)
        n->price.ticks = some_price(g, m, n->instrument);
    if (is_stop) {
        n->stop.ticks = some_price(g, m, n->instrument);
        uint32_t low, high, reference = 0;
        if (n->instrument < model_instruments_count(m)) reference = model_reference(m, n->instrument, &low, &high);
        if (percent(g, 70) && reference > 4)   /* one that can wait */
            n->stop.ticks = n->side == SIDE_BUY ? reference + 1 + below(g, 3) : reference - 1 - below(g, 3);
    }
    roll = below(g, 100);
    n->time_in_force = roll < 38 ? TIF_DAY : roll < 58 ? TIF_GTC : roll < 74 ? TIF_GTD : roll < 88 ? TIF_IOC
                       : roll < 98 ? TIF_FOK : roll < 99 ? TIF_AT_OPEN : TIF_AT_CLOSE;
    if (is_stop && percent(g, 85)) n->time_in_force = (uint8_t)below(g, 3);
    n->expire_date = n->time_in_force == TIF_GTD ? some_expire_date(g, m) : date_none;
    n->stp = (uint8_t)below(g, STP_COUNT);
    if (percent(g, 8)) n->flags |= ORDER_POST_ONLY;
    if (percent(g, 9)) n->flags |= ORDER_ALL_OR_NONE;
    if (percent(g, 20)) n->flags |= ORDER_CANCEL_ON_DISCONNECT;
    if (percent(g, n->flags & ORDER_ALL_OR_NONE || n->time_in_force == TIF_IOC ? 3 : 20)) {
        const uint32_t q = n->quantity.lots, some[] = { 1, 2, 3, q / 2, q / 3, q - 1, q, q + 1, 0 };
        n->has_display = 1;
        n->display.lots = some[below(g, percent(g, 90) ? 6 : 9)];
        n->display.lots = patient_display(n->display.lots, q);
    }
    if (percent(g, n->time_in_force == TIF_IOC ? 40 : 1)) {
        const uint32_t q = n->quantity.lots, some[] = { 1, 2, q / 2, q, q + 1 };
        n->min.lots = some[below(g, percent(g, 95) ? 4 : 5)];
    }
    if (percent(g, 75)) some_name(g, n->client_order_id);
    generator_add_to_order(g, m, c);
    if (n->instrument == valuable && percent(g, 10)) {
        n->quantity.lots = edge_of_value(g, m, n);
        n->display.lots = patient_display(n->display.lots, n->quantity.lots);
    }
}

/* An order number: mostly of an open order, sometimes of any that was ever there, or of none. */
static bool some_open_order(struct generator *g, const struct model *m, struct model_order *o) {
    uint32_t count = model_orders_count(m);
    if (count == 0 || percent(g, 6)) return false;
    *o = model_order_at(m, below(g, count));
    return true;
}

/* The participant whose order it is (mostly), and how the order is named. */
static void name_order(struct generator *g, const struct model *m, struct command *c, const struct model_order *o,
                       uint64_t *order_id, char *orig) {
    if (o == NULL) {
        uint64_t given = model_order_ids_count(m);
        if (percent(g, 60)) *order_id = 1 + below(g, (uint32_t)given + 3);
        else if (percent(g, 80)) some_name(g, orig);
        return;
    }
    if (percent(g, 94)) c->participant = o->participant;
    if (o->client_order_id[0] != '\0' && percent(g, 50)) {
        memcpy(orig, o->client_order_id, client_order_id_size);
        if (percent(g, 2)) some_name(g, orig);
    } else {
        *order_id = o->id;
        if (percent(g, 3)) some_name(g, orig);     /* the id goes before the name */
    }
}

static void make_amend(struct generator *g, const struct model *m, struct command *c) {
    struct command_amend_order *a = &c->amend_order;
    struct model_order o;
    bool known = some_open_order(g, m, &o);
    c->kind = COMMAND_AMEND_ORDER;
    name_order(g, m, c, known ? &o : NULL, &a->order_id, a->orig_client_order_id);
    if (!known) o = (struct model_order){ .total = 5, .price = 50 };
    if (percent(g, 70)) {
        const uint32_t some[] = { o.total - 1, o.total - 1, o.total - 2, o.total / 2, o.total, o.total + 1, o.total + 5,
                                  o.filled + 1, o.filled, 0, UINT32_MAX, some_quantity(g, o.instrument) };
        a->flags |= AMEND_QUANTITY;
        a->quantity.lots = some[below(g, percent(g, 90) ? 8 : 12)];
        if (o.is_iceberg && a->quantity.lots > patient_lots) a->quantity.lots = patient_lots;
    }
    if (percent(g, 40)) {
        const uint32_t some[] = { o.price, o.price, o.price + 1, o.price - 1, o.price + 2, o.price - 2,
                                  some_price(g, m, o.instrument), some_price(g, m, o.instrument) };
        a->flags |= AMEND_PRICE;
        a->price.ticks = some[below(g, 8)];
        if (a->price.ticks == 0) a->price.ticks = PRICE_INVALID;
    }
    if (percent(g, 15)) {
        const uint32_t some[] = { 0, 1, 2, o.total / 2, o.total - 1, o.total };
        a->flags |= AMEND_DISPLAY;
        a->display_lots = some[below(g, 6)];
        a->display_lots = patient_display(a->display_lots, a->flags & AMEND_QUANTITY ? a->quantity.lots : o.total);
    }
    if (percent(g, 60)) some_name(g, a->client_order_id);
}

static void make_cancel(struct generator *g, const struct model *m, struct command *c) {
    struct model_order o;
    bool known = some_open_order(g, m, &o);
    c->kind = COMMAND_CANCEL_ORDER;
    name_order(g, m, c, known ? &o : NULL, &c->cancel_order.order_id, c->cancel_order.orig_client_order_id);
    if (percent(g, 30)) some_name(g, c->cancel_order.client_order_id);
}

static void make_mass_cancel(struct generator *g, const struct model *m, struct command *c) {
    c->kind = COMMAND_MASS_CANCEL;
    c->mass_cancel.instrument = percent(g, 50) ? NAME_NONE : some_instrument(g, m);
    if (percent(g, 8)) c->mass_cancel.instrument = world_instruments + below(g, 4);
    if (percent(g, 8)) c->participant = one_in(g, 2) ? NAME_NONE : world_participants;
    c->mass_cancel.client = g->rules != 0 && one_in(g, 4) ? below(g, world_participants) : NAME_NONE;
    c->mass_cancel.side = (uint8_t)below(g, 3);
}

/* Comes back to a request with a name: word for word, or with a word changed. */
static bool make_again(struct generator *g, struct command *c) {
    if (g->recent_count == 0) return false;
    uint32_t held = g->recent_count < generator_recent_max ? g->recent_count : generator_recent_max;
    const struct command *r = &g->recent[below(g, held)];
    c->kind = r->kind;
    c->participant = percent(g, 95) ? r->participant : some_participant(g);
    memcpy(&c->new_order, &r->new_order, sizeof c->new_order);
    if (percent(g, 30)) {
        if (c->kind == COMMAND_NEW_ORDER && one_in(g, 3)) c->new_order.market_session = below(g, world_sessions);
        else if (c->kind == COMMAND_NEW_ORDER) c->new_order.quantity.lots++;
        else c->amend_order.quantity.lots++;
    }
    return true;
}

static void remember(struct generator *g, const struct command *c) {
    bool named = (c->kind == COMMAND_NEW_ORDER && c->new_order.client_order_id[0] != '\0') ||
                 (c->kind == COMMAND_AMEND_ORDER && c->amend_order.client_order_id[0] != '\0');
    if (named) g->recent[g->recent_count++ % generator_recent_max] = *c;
}

/* ---- the exchange's own ---- */

static void make_halt(struct generator *g, struct command *c) {
    c->kind = COMMAND_HALT;
    c->halt.scope = (uint8_t)below(g, 3);
    c->halt.halted = percent(g, 20);
    static const uint32_t counts[] = { world_instruments, world_sessions, SECTION_COUNT };
    uint32_t count = counts[c->halt.scope];
    c->halt.target = percent(g, 95) ? below(g, count) : count;
    if (percent(g, 2)) c->halt.scope = 3;
    if (percent(g, 2)) c->halt.halted = 2;
}

static void make_accredit(struct generator *g, const struct model *m, struct command *c) {
    c->kind = COMMAND_ACCREDIT;
    static const uint8_t often[] = { 2, 3, 5 };
    c->accredit.participant = often[below(g, 3)];
    c->accredit.section = (uint8_t)below(g, SECTION_COUNT);
    c->accredit.from_date = model_trade_date(m) + (int32_t)below(g, 4) - 2;
    c->accredit.to_date = percent(g, 85) ? date_none : c->accredit.from_date + (int32_t)below(g, 5);
    if (percent(g, 3)) c->accredit.participant = world_participants;
    if (percent(g, 3)) c->accredit.section = SECTION_COUNT;
}

static void make_deposit(struct generator *g, struct command *c) {
    c->kind = COMMAND_DEPOSIT;
    c->deposit.participant = below(g, world_participants + (one_in(g, 3) ? 1 : 0));
    c->deposit.currency = (uint8_t)below(g, CURRENCY_COUNT);
    c->deposit.action = (uint8_t)below(g, 3);
    c->deposit.amount.minor = 1 + below(g, 1000);
    if (percent(g, 5)) {
        static const int64_t edges[] = { 0, -1, INT64_MAX, INT64_MIN, VALUE_MINOR_MAX, VALUE_MINOR_MAX + 1,
                                         INT64_MAX / 4, INT64_MAX / 4 + 1 };
        c->deposit.amount.minor = edges[below(g, 8)];
    }
    if (percent(g, 2)) c->deposit.currency = CURRENCY_COUNT;
    if (percent(g, 2)) c->deposit.action = DEPOSIT_PAID_OUT;
}

/* Puts a value that is out of range (or just within it) into one place of a command that builds the world. */
static void spoil_instrument_terms(struct generator *g, struct command_instrument_terms *t) {
    static const uint32_t edges[] = { 0, 1, 2, 7, 9999999, 1000000, 1000001, price_ticks_max, price_ticks_max + 1,
                                      1000000000, 1000000001, UINT32_MAX };
    uint32_t edge = edges[below(g, sizeof edges / sizeof *edges)];
    switch (below(g, 8)) {
    case 0: t->lot_units = edge; break;
    case 1: t->tick_scaled = one_in(g, 2) ? -(int64_t)edge : edge; break;
    case 7: t->tick_scaled = VALUE_MINOR_MAX + (int64_t)below(g, 2); break;
    case 2: t->reference.ticks = edge; break;
    case 3: t->quantity_min.lots = edge; break;
    case 4: t->quantity_max.lots = edge; break;
    case 5: t->collar_ppm = edge; break;
    default: break;
    }
}

/* A name that is probably new, or none. */
static void some_new_name(struct generator *g, char *field, uint32_t size, char first) {
    char text[16] = "";
    if (!one_in(g, 4)) snprintf(text, sizeof text, "%c%u", first, below(g, 1000));
    set_text(field, size, text);
}

static void spoil(struct generator *g, struct command *c) {
    uint8_t edge = (uint8_t)below(g, 14);
    switch (c->kind) {
    case COMMAND_INSTRUMENT:
        some_new_name(g, c->instrument.symbol, symbol_size, 'X');
        if (one_in(g, 4)) c->instrument.section = edge;
        if (one_in(g, 4)) c->instrument.unit = edge;
        if (one_in(g, 4)) c->instrument.currency = edge;
        if (one_in(g, 3)) c->instrument.price_places = edge;
        break;
    case COMMAND_INSTRUMENT_TERMS:
        c->instrument_terms.instrument = untradable + below(g, 3);
        spoil_instrument_terms(g, &c->instrument_terms);
        break;
    case COMMAND_BASIS:
        if (one_in(g, 3)) c->basis.instrument = world_instruments + below(g, 2);
        else c->basis.basis.incoterm = edge;
        break;
    case COMMAND_SESSION:
        some_new_name(g, c->session.id, session_id_size, 'S');
        if (one_in(g, 2)) c->session.open_minute = (uint16_t)(below(g, 4) * 480 + below(g, 3) - 1);
        if (one_in(g, 2)) c->session.close_minute = (uint16_t)(below(g, 4) * 480 + below(g, 3) - 1);
        break;
    case COMMAND_SESSION_SYMBOL:
        /* Unknown, listed already, or one more for good. */
        c->session_symbol.instrument = below(g, world_instruments + 2);
        c->session_symbol.session = below(g, world_sessions + 4);
        if (percent(g, 95) && c->session_symbol.instrument < world_instruments)
            c->session_symbol.session = generator_instruments[c->session_symbol.instrument].session;
        break;
    case COMMAND_PARTICIPANT:
        some_new_name(g, c->add_participant.id, participant_id_size, 'P');
        break;
    case COMMAND_ACCREDIT:
        if (one_in(g, 3)) c->accredit.participant = world_participants + below(g, 2);
        c->accredit.to_date = c->accredit.from_date + (int32_t)below(g, 3) - 1;
        break;
    case COMMAND_USER:
        some_new_name(g, c->add_user.name, user_name_size, 'u');
        c->add_user.role = edge % 5;
        if (one_in(g, 2)) c->add_user.participant = one_in(g, 2) ? NAME_NONE : world_participants;
        break;
    default: break;
    }
}

/* What exists already, and what cannot be. */
static void make_odd_world(struct generator *g, struct command *c) {
    *c = g->world[below(g, g->world_count)];
    if (percent(g, 70)) spoil(g, c);
    c->participant = c->user = NAME_NONE;
}

/* What the exchange only passes on, or does not even tell. */
static void make_notice(struct generator *g, struct command *c) {
    c->kind = one_in(g, 2) ? COMMAND_NEWS : COMMAND_PASSWORD;
}

static void make_holiday(struct generator *g, const struct model *m, struct command *c) {
    c->kind = COMMAND_HOLIDAY;
    c->holiday.date = model_trade_date(m) + (int32_t)below(g, 6);
    if (one_in(g, 10)) c->holiday.date = one_in(g, 2) ? calendar_date_first - 1 : calendar_date_last + 1;
}

/* ---- time ---- */

static int64_t some_time(struct generator *g, const struct model *m, const struct command *c) {
    int64_t now = model_time_ns(m);
    uint32_t roll = below(g, 10000);
    bool moves = c->kind == COMMAND_CLOCK;
    if (roll < 30 || (moves && roll < 1500)) return now + minute * (1 + below(g, 300));
    if (roll < 45 || (moves && roll < 3000)) return now + hour * 24 - second * below(g, 3);
    if (roll < 48 || (moves && roll < 3200)) return now + hour * 24 * (1 + below(g, 4));
    if (roll < 65 || (moves && roll < 5000)) {   /* just before, at and just after a minute that may matter */
        static const int32_t minutes[] = { 0, 540, 600, 720, 780, 960, 1440 };
        int64_t at = ((int64_t)model_trade_date(m) * 1440 + minutes[below(g, 7)]) * minute - MINSK_OFFSET_NS +
                     (int64_t)below(g, 3) - 1;
        return at > now ? at : now;
    }
    bool checks_time = c->kind >= COMMAND_NEW_ORDER && c->kind <= COMMAND_MASS_CANCEL;
    if (roll < 95 && checks_time) return now - 1 - below(g, 1000);
    return now + below(g, 3) * (percent(g, 50) ? 1 : second);
}

static void make_request(struct generator *g, const struct model *m, struct command *c) {
    uint32_t roll = below(g, 1000), crowded = model_orders_count(m) > g->open_orders_wanted ? 300 : 0;
    if (roll < 120 + crowded) make_cancel(g, m, c);
    else if (roll < 250 + crowded) make_amend(g, m, c);
    else if (roll < 290 + crowded && make_again(g, c)) return;
    else if (roll < 300 + crowded) make_mass_cancel(g, m, c);
    else if (roll < 306 + crowded) c->kind = COMMAND_DISCONNECT;
    else if (roll < 316 + crowded) c->kind = COMMAND_CLOCK;
    else if (roll < 326 + crowded) make_halt(g, c);
    else if (roll < 329 + crowded) make_accredit(g, m, c);
    else if (roll < 333 + crowded) make_deposit(g, c);
    else if (roll < 338 + crowded) make_odd_world(g, c);
    else if (roll < 339 + crowded) one_in(g, 2) ? make_holiday(g, m, c) : make_notice(g, c);
    else if (roll < 341 + crowded && (g->rules & GENERATE_SEVERAL)) generator_make_listing(g, c);
    else if (roll < 380 + crowded && (g->rules & GENERATE_OFFICIALS)) generator_make_official(g, m, c);
    else make_order(g, m, c);
}

struct command generator_next(struct generator *g, const struct model *m) {
    struct command c = { 0 };
    if (g->world_next < g->world_count) {
        c = g->world[g->world_next++];
    } else {
        c.participant = some_participant(g);
        make_request(g, m, &c);
        c.connection = some_connection(g, c.participant);
        bool official = c.kind >= COMMAND_INSTRUMENT;
        c.user = NAME_NONE;
        if (c.kind == COMMAND_LOGON) c.user = below(g, world_users + (one_in(g, 50) ? 1 : 0));
        else if (official) c.participant = NAME_NONE;
        else if (c.participant < 3 && percent(g, 50)) c.user = c.participant;
        else if (percent(g, 2)) c.user = below(g, 8);
        c.time_ns = some_time(g, m, &c);
        remember(g, &c);
    }
    c.sequence = ++g->sequence;
    return c;
}
