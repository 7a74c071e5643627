/* model_money.c - accounts, deposits of orders, contracts and fees (RULEBOOK.md, DEP, FEE and RSK-1). An account is a
 * few sums; which orders and contracts they consist of is found by looking through all of them. */
#include "tests/model/model_state.h"

static struct model_account *account_of(struct model *m, uint32_t participant, uint32_t currency) {
    return &m->participants[participant].accounts[currency];
}

static int64_t value_at(const struct model *m, const struct order *o, uint32_t lots, uint32_t at) {
    uint128 value = (uint128)lots * at * (uint64_t)m->instruments[o->instrument].lot_tick;
    return value > (uint128)VALUE_MINOR_MAX ? VALUE_MINOR_MAX : (int64_t)value;
}

/* ---- deposits: DEP-3, DEP-6, DEP-8 ---- */

static void say_deposit(struct model *m, uint32_t participant, uint8_t currency, uint8_t action, int64_t amount,
                        int32_t counts_date) {
    const struct model_account *a = account_of(m, participant, currency);
    struct event *e = model_say(m, EVENT_DEPOSIT, NAME_NONE);
    e->deposit.participant = participant;
    e->deposit.currency = currency;
    e->deposit.action = action;
    e->deposit.amount.minor = amount;
    e->deposit.credited.minor = a->credited;
    e->deposit.free.minor = a->free;
    e->deposit.counts_date = counts_date;
}

/* What of the free money does not count for orders yet. */
static int64_t uncounted_of(const struct model *m, uint32_t participant, uint32_t currency) {
    int64_t sum = 0, free = m->participants[participant].accounts[currency].free;
    for (uint32_t i = 0; i < m->credits_count; i++) {
        const struct model_credit *c = &m->credits[i];
        if (c->participant == participant && c->currency == currency && c->counts_date > model_today(m))
            sum += c->amount;
    }
    return sum < free ? sum : free;
}

/* The money that begins to count last, of what does not count yet; NULL = all does. */
static struct model_credit *latest_credit(struct model *m, uint32_t participant, uint8_t currency) {
    struct model_credit *latest = NULL;
    for (uint32_t i = 0; i < m->credits_count; i++) {
        struct model_credit *c = &m->credits[i];
        if (c->participant != participant || c->currency != currency || c->amount == 0) continue;
        if (c->counts_date > model_today(m) && (latest == NULL || c->counts_date > latest->counts_date)) latest = c;
    }
    return latest;
}

/* Free money leaves: first what does not count yet, and of that what would count last. */
static void take_free(struct model *m, uint32_t participant, uint8_t currency, int64_t amount) {
    account_of(m, participant, currency)->free -= amount;
    while (amount > 0) {
        struct model_credit *c = latest_credit(m, participant, currency);
        if (c == NULL) return;
        int64_t part = c->amount < amount ? c->amount : amount;
        c->amount -= part;
        amount -= part;
    }
}

static struct verdict withdraw(struct model *m, const struct command_deposit *c) {
    struct model_account *a = account_of(m, c->participant, c->currency);
    if (c->amount.minor > a->free) return refuse_with(REJECT_WITHDRAWAL_EXCEEDS_FREE, 0, a->free);
    take_free(m, c->participant, c->currency, c->amount.minor);
    a->paying_out += c->amount.minor;
    say_deposit(m, c->participant, c->currency, c->action, c->amount.minor, date_none);
    return fine();
}

static struct verdict credit(struct model *m, const struct command_deposit *c) {
    struct model_account *a = account_of(m, c->participant, c->currency);
    const struct command_currency_rule *row;
    int32_t from = model_currency_from(m, c->currency, &row), counts = date_none;
    if (c->action == DEPOSIT_CREDIT && from != date_none && !model_currency_has_begun(m, c->currency))
        return refuse_with(REJECT_CURRENCY_NOT_YET_AVAILABLE, from, 0);
    int64_t sum;
    if (__builtin_add_overflow(a->credited, c->amount.minor, &sum) || sum > INT64_MAX / 4)
        return refuse(REJECT_BAD_VALUE);
    if (m->taken_in[c->currency] > INT64_MAX / 2 - c->amount.minor) return refuse(REJECT_BAD_VALUE);
    m->taken_in[c->currency] += c->amount.minor;
    if (c->action == DEPOSIT_CREDIT && m->terms.deposit_business_days > 0)
        counts = model_add_business_days(m, model_today(m), m->terms.deposit_business_days);
    a->credited = sum;
    a->free += c->amount.minor;
    if (counts != date_none) {
        CHECK(m->credits_count < MODEL_CREDITS_MAX);
        m->credits[m->credits_count++] = (struct model_credit){ c->participant, c->currency, c->amount.minor, counts };
    }
    say_deposit(m, c->participant, c->currency, c->action, c->amount.minor, counts);
    return fine();
}

static struct verdict apply_deposit(struct model *m, const struct command_deposit *c) {
    if (c->participant >= m->participants_count || c->currency >= CURRENCY_COUNT || c->action > DEPOSIT_AT_ONCE ||
        c->amount.minor <= 0 || c->amount.minor > VALUE_MINOR_MAX)
        return refuse(REJECT_BAD_VALUE);
    return c->action == DEPOSIT_WITHDRAW ? withdraw(m, c) : credit(m, c);
}

/* What was asked back leaves on the next business day. */
static void pay_out(struct model *m, uint32_t participant, uint8_t currency) {
    struct model_account *a = account_of(m, participant, currency);
    int64_t amount = a->paying_out;
    if (amount == 0 || !model_is_business_day(m, model_today(m))) return;
    a->paying_out = 0;
    a->paid_out += amount;
    m->taken_in[currency] -= amount;
    say_deposit(m, participant, currency, DEPOSIT_PAID_OUT, amount, date_none);
}

/* ---- what an order must hold: DEP-1, DEP-4, DEP-10, DEP-11 ---- */

uint32_t model_reckoned_price(const struct model *m, const struct order *o) {
    const struct model_instrument *i = &m->instruments[o->instrument];
    bool buys = o->side == SIDE_BUY;
    if (o->price != 0 || o->type == ORDER_TYPE_LIMIT || o->type == ORDER_TYPE_STOP_LIMIT) return o->price;
    uint32_t edge = model_market_limit(m, o), reference = model_current_reference(i);
    if (edge == (buys ? price_ticks_max : 1U) && i->collar_ppm == 0 &&
        model_band(m, o, buys ? BAND_RULE_CEILING : BAND_RULE_FLOOR) == 0)
        edge = buys ? reference + reference / 10 : reference - reference / 10;
    if (edge > price_ticks_max) edge = price_ticks_max;
    return o->type == ORDER_TYPE_STOP && o->stop > edge ? o->stop : edge;
}

uint32_t model_payer_of(const struct model *m, const struct order *o) {
    if (o->principal == o->participant) return o->participant;
    const struct command_client *c = model_registration(m, o);
    return c != NULL && (c->flags & CLIENT_OWN_ACCOUNT) ? o->principal : o->participant;
}

struct requirement { int64_t value, amount; uint32_t ppm; bool by_floor; };

/* Of the open part; the floor counts as long as nothing is filled. */
static struct requirement requirement_of(const struct model *m, const struct order *o, uint32_t at) {
    struct requirement r = { .value = value_at(m, o, o->open, at), .ppm = model_deposit_ppm(m, o) };
    if (r.ppm == 0) return r;
    r.amount = (int64_t)(((uint128)r.value * r.ppm + 999999) / 1000000);
    int64_t floor = m->terms.deposit_floors[m->instruments[o->instrument].currency].minor;
    if (o->filled == 0 && r.amount < floor) {
        r.amount = floor;
        r.by_floor = true;
    }
    return r;
}

/* Values of the open orders and contracts that an account answers for, `but` one order. */
static uint128 exposure_of(const struct model *m, uint32_t payer, uint32_t currency, uint64_t but) {
    uint128 sum = 0;
    for (uint32_t i = 0; i < m->orders_count; i++) {
        const struct order *o = &m->orders[i];
        if (o->state == ORDER_ENDED || o->payer != payer || o->id == but) continue;
        if (m->instruments[o->instrument].currency != currency) continue;
        sum += (uint128)value_at(m, o, o->open, o->reckoned);
    }
    for (uint32_t i = 0; i < m->contracts_count; i++) {
        const struct model_contract *c = &m->contracts[i];
        if (c->busted || m->instruments[c->instrument].currency != currency) continue;
        for (uint32_t side = 0; side < 2; side++)
            if (c->payers[side] == payer) sum += (uint128)c->value;
    }
    return sum;
}

static struct verdict check_deposit(const struct model *m, const struct order *o, int64_t amount, int64_t own) {
    uint32_t currency = m->instruments[o->instrument].currency;
    const struct model_account *accounts = m->participants[o->payer].accounts;
    int64_t free = accounts[currency].free + own, counted = free - uncounted_of(m, o->payer, currency);
    if (free < amount) {
        bool has_other = false;
        for (uint32_t c = 0; c < CURRENCY_COUNT; c++) has_other |= accounts[c].credited > 0;
        if (has_other && accounts[currency].credited == 0)
            return refuse_with(REJECT_DEPOSIT_CURRENCY_MISMATCH, amount, 0);
        return refuse_with(REJECT_INSUFFICIENT_DEPOSIT, amount, free);
    }
    return counted < amount ? refuse_with(REJECT_DEPOSIT_TOO_LATE, amount, counted) : fine();
}

static struct verdict check_limits(const struct model *m, const struct order *o, const struct requirement *r) {
    uint32_t currency = m->instruments[o->instrument].currency;
    const struct model_participant *p = &m->participants[o->payer];
    const struct model_account *a = &p->accounts[currency];
    int64_t value_max = p->order_value_max[currency];
    if (value_max != 0 && r->value > value_max) return refuse_with(REJECT_ORDER_VALUE_LIMIT, r->value, value_max);
    uint32_t factor = p->exposure_factor != 0 ? p->exposure_factor : m->terms.exposure_factor;
    if (factor == 0 || r->amount == 0) return fine();
    uint128 wanted = exposure_of(m, o->payer, currency, o->id) + (uint128)r->value;
    uint128 limit = (uint128)(a->free + a->held + a->blocked) * factor;
    if (wanted <= limit) return fine();
    return refuse_with(REJECT_OPEN_EXPOSURE_LIMIT, wanted > INT64_MAX ? INT64_MAX : (int64_t)wanted,
                       limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
}

struct verdict model_check_money(const struct model *m, const struct order *o, const struct order *before) {
    struct verdict v = fine();
    if (m->has_terms) {
        struct requirement r = requirement_of(m, o, model_reckoned_price(m, o));
        v = check_deposit(m, o, r.amount, before != NULL && before->payer == o->payer ? before->hold : 0);
        if (v.reason == REJECT_NONE) v = check_limits(m, o, &r);
    }
    if (v.reason == REJECT_NONE && m->participants[o->participant].killed) v = refuse(REJECT_KILL_SWITCH_ACTIVE);
    if (v.reason == REJECT_NONE && m->participants[o->principal].killed)
        v = refuse_case(REJECT_KILL_SWITCH_ACTIVE, DETAIL_FIRM_HALTED);
    return v;
}

void model_release(struct model *m, struct order *o) {
    struct model_account *a = account_of(m, o->payer, m->instruments[o->instrument].currency);
    a->held -= o->hold;
    a->free += o->hold;
    o->hold = 0;
}

static struct event *say_held(struct model *m, const struct order *o) {
    uint32_t currency = m->instruments[o->instrument].currency;
    struct event *e = model_say(m, EVENT_HELD, o->instrument);
    e->held.order_id = o->id;
    e->held.amount.minor = o->hold;
    e->held.value.minor = value_at(m, o, o->open, o->reckoned);
    e->held.free.minor = account_of(m, o->payer, currency)->free;
    e->held.participant = o->participant;
    e->held.principal = o->principal;
    e->held.payer = o->payer;
    e->held.currency = (uint8_t)currency;
    return e;
}

void model_hold(struct model *m, struct order *o) {
    if (!m->has_terms) return;
    struct model_account *a = account_of(m, o->payer, m->instruments[o->instrument].currency);
    struct requirement r = requirement_of(m, o, o->reckoned);
    model_release(m, o);
    o->hold = r.amount;
    a->held += r.amount;
    a->free -= r.amount;
    struct event *e = say_held(m, o);
    e->held.ppm = r.ppm;
    e->held.deal_class = (uint8_t)model_entry_class(m, o->instrument, o->side, o->principal);
    e->held.by_floor = r.by_floor;
}

/* STP-1, decrement: what `lots` of the open part held is free again; the order is as it will be. */
void model_release_part(struct model *m, struct order *o, uint32_t lots) {
    if (!m->has_terms) return;
    struct model_account *a = account_of(m, o->payer, m->instruments[o->instrument].currency);
    int64_t freed = (int64_t)((uint128)o->hold * lots / (o->open + lots));
    o->hold -= freed;
    a->held -= freed;
    a->free += freed;
    say_held(m, o);
}

/* ---- contracts: DEP-4, FEE-1 to 6 ---- */

/* Each fill moves hold x filled / open before, rounded down; the last fill the rest. */
static int64_t move_to_contract(struct model *m, struct order *o, uint32_t lots) {
    struct model_account *a = account_of(m, o->payer, m->instruments[o->instrument].currency);
    int64_t moved = lots == o->open ? o->hold : (int64_t)((uint128)o->hold * lots / o->open);
    o->hold -= moved;
    a->held -= moved;
    a->blocked += moved;
    return moved;
}

static void charge(struct model *m, struct model_contract *c, const struct order *o, enum deal_class deal_class) {
    bool is_flat;
    uint8_t side = o->side;
    c->fees[side] = model_fee(m, o->instrument, deal_class, side, c->value, &c->fee_currencies[side], &is_flat);
    int64_t rate = model_byn_rate(m, c->fee_currencies[side]);
    if (!is_flat && m->participants[o->principal].resident && c->fee_currencies[side] != CURRENCY_BYN && rate != 0) {
        c->fees[side] = (int64_t)(((uint128)c->fees[side] * (uint64_t)rate + 5000) / 10000);
        c->fee_currencies[side] = CURRENCY_BYN;
    }
    c->unpaid[side] = c->fees[side];
}

void model_settle(struct model *m, uint64_t trade_id, struct order *buy, struct order *sell, uint32_t at,
                  uint32_t lots) {
    if (!m->has_terms) return;
    const struct model_instrument *i = &m->instruments[buy->instrument];
    enum deal_class deal_class = model_class_of(m, sell->principal, buy->principal);
    if (m->contracts_count == m->contracts_capacity) {
        m->contracts_capacity = m->contracts_capacity * 2 + 64;
        m->contracts = realloc(m->contracts, m->contracts_capacity * sizeof *m->contracts);
        CHECK(m->contracts != NULL);
    }
    struct model_contract *c = &m->contracts[m->contracts_count++];
    memset(c, 0, sizeof *c);
    c->trade_id = trade_id;
    c->instrument = buy->instrument;
    c->value = value_at(m, buy, lots, at);
    c->due_date = model_add_business_days(m, model_today(m), m->terms.fee_due_business_days);
    struct order *orders[] = { buy, sell };
    struct event *e = model_say(m, EVENT_CONTRACT, buy->instrument);
    for (uint32_t side = 0; side < 2; side++) {
        c->parties[side] = orders[side]->participant;
        c->payers[side] = orders[side]->payer;
        c->blocked[side] = move_to_contract(m, orders[side], lots);
        charge(m, c, orders[side], deal_class);
        e->contract.fees[side].minor = c->fees[side];
        e->contract.blocked[side].minor = c->blocked[side];
        e->contract.fee_currencies[side] = c->fee_currencies[side];
    }
    uint32_t basis = deal_class == DEAL_TRANSIT ? i->basis_abroad : 0;
    e->contract.trade_id = trade_id;
    e->contract.fee_due_date = c->due_date;
    e->contract.basis = (uint8_t)(basis < i->bases_count ? basis : 255);
}

/* ---- fees: FEE-6 ---- */

bool model_is_in_arrears(const struct model *m, uint32_t participant) {
    for (uint32_t i = 0; i < m->contracts_count; i++)
        for (uint32_t side = 0; side < 2; side++)
            if (m->contracts[i].payers[side] == participant && m->contracts[i].unpaid[side] > 0 &&
                model_today(m) > m->contracts[i].due_date)
                return true;
    return false;
}

/* What a firm owes in a currency, of what is due until a date. */
static int64_t owed(const struct model *m, uint32_t participant, uint8_t currency, int32_t until) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < m->contracts_count; i++) {
        const struct model_contract *c = &m->contracts[i];
        for (uint32_t side = 0; side < 2; side++)
            if (c->payers[side] == participant && c->fee_currencies[side] == currency && c->due_date <= until)
                sum += c->unpaid[side];
    }
    return sum;
}

int64_t model_fees_due(const struct model *m, uint32_t participant, enum currency currency) {
    return owed(m, participant, (uint8_t)currency, INT32_MAX);
}

/* Payments go to the oldest fee first. */
static void pay(struct model *m, uint32_t participant, uint8_t currency, int64_t amount, uint8_t source) {
    struct model_account *a = account_of(m, participant, currency);
    int64_t left = amount;
    for (uint32_t i = 0; i < m->contracts_count; i++) {
        struct model_contract *c = &m->contracts[i];
        for (uint32_t side = 0; side < 2; side++) {
            if (c->payers[side] != participant || c->fee_currencies[side] != currency) continue;
            int64_t part = c->unpaid[side] < left ? c->unpaid[side] : left;
            c->unpaid[side] -= part;
                left -= part;
        }
    }
    CHECK(left == 0);
    if (source == FEE_SOURCE_DEPOSIT) {
        take_free(m, participant, currency, amount);
        a->set_off += amount;
    } else {
        m->taken_in[currency] += amount;
    }
    struct event *e = model_say(m, EVENT_FEES_PAID, NAME_NONE);
    e->fees_paid.amount.minor = amount;
    e->fees_paid.fees_due.minor = owed(m, participant, currency, INT32_MAX);
    e->fees_paid.free.minor = a->free;
    e->fees_paid.participant = participant;
    e->fees_paid.currency = currency;
    e->fees_paid.source = source;
}

static struct verdict apply_pay_fees(struct model *m, const struct command_pay_fees *c) {
    if (c->participant >= m->participants_count || c->currency >= CURRENCY_COUNT || c->source > FEE_SOURCE_BANK ||
        c->amount.minor <= 0)
        return refuse(REJECT_BAD_VALUE);
    int64_t due = owed(m, c->participant, c->currency, INT32_MAX);
    int64_t free = account_of(m, c->participant, c->currency)->free;
    if (c->amount.minor > due) return refuse(REJECT_BAD_VALUE);
    if (c->source == FEE_SOURCE_DEPOSIT && c->amount.minor > free)
        return refuse_with(REJECT_WITHDRAWAL_EXCEEDS_FREE, 0, free);
    pay(m, c->participant, c->currency, c->amount.minor, c->source);
    return fine();
}

/* A world may collect fees from the free deposit on the day they are due. */
static void collect_fees(struct model *m, uint32_t participant, uint8_t currency) {
    if (!(m->terms.flags & RULE_COLLECT_FEES)) return;
    int64_t amount = owed(m, participant, currency, model_today(m)), free = account_of(m, participant, currency)->free;
    if (amount > free) amount = free;
    if (amount > 0) pay(m, participant, currency, amount, FEE_SOURCE_DEPOSIT);
}

/* FEE-7: fees are owed no more, paid ones are free again; deposits are released. */
static struct verdict apply_bust(struct model *m, const struct command_bust *b) {
    struct model_contract *c = NULL;
    for (uint32_t i = 0; i < m->contracts_count; i++)
        if (m->contracts[i].trade_id == b->trade_id) c = &m->contracts[i];
    if (c == NULL || c->busted) return refuse(REJECT_BAD_VALUE);
    c->busted = true;
    struct event *e = model_say(m, EVENT_BUSTED, c->instrument);
    e->busted.trade_id = c->trade_id;
    for (uint32_t side = 0; side < 2; side++) {
        struct model_account *a = account_of(m, c->payers[side], m->instruments[c->instrument].currency);
        a->blocked -= c->blocked[side];
        a->free += c->blocked[side];
        a = account_of(m, c->payers[side], c->fee_currencies[side]);
        int64_t paid = c->fees[side] - c->unpaid[side];
        a->credited += paid;        /* given back as new money; what was set off stays set off */
        a->free += paid;
        c->unpaid[side] = 0;
        e->busted.fees[side].minor = c->fees[side];
        e->busted.released[side].minor = c->blocked[side];
        e->busted.participants[side] = c->parties[side];
        e->busted.fee_currencies[side] = c->fee_currencies[side];
    }
    return fine();
}

void model_begin_date_of_money(struct model *m) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m->credits_count; i++)
        if (m->credits[i].counts_date > model_today(m)) m->credits[kept++] = m->credits[i];
    m->credits_count = kept;
    for (uint32_t i = 0; i < m->participants_count; i++) {
        for (uint8_t c = 0; c < CURRENCY_COUNT; c++) {
            pay_out(m, i, c);
            collect_fees(m, i, c);
        }
    }
}

struct verdict model_apply_money(struct model *m) {
    const struct command *c = m->command;
    switch (c->kind) {
    case COMMAND_DEPOSIT: return apply_deposit(m, &c->deposit);
    case COMMAND_PAY_FEES: return apply_pay_fees(m, &c->pay_fees);
    case COMMAND_BUST: return apply_bust(m, &c->bust);
    default: return fine();
    }
}
