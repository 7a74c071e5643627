/* exchange_read.c - the reading half of exchange.h: accessors, digest, consistency. */
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "engine/participants/names.h"
#include "engine/state.h"

int64_t exchange_time_ns(const struct exchange *x) { return x->time_ns; }
int32_t exchange_trade_date(const struct exchange *x) { return x->trade_date; }
uint64_t exchange_sequence(const struct exchange *x) { return x->sequence; }
int64_t exchange_next_due_ns(const struct exchange *x) { return x->next_due_ns; }
const struct calendar *exchange_calendar(const struct exchange *x) { return &x->calendar; }
const struct limits *exchange_limits(const struct exchange *x) { return &x->limits; }

uint32_t exchange_instruments_count(const struct exchange *x) { return x->instruments_count; }
uint32_t exchange_participants_count(const struct exchange *x) { return x->participants_count; }
uint32_t exchange_users_count(const struct exchange *x) { return x->users_count; }
uint32_t exchange_sessions_count(const struct exchange *x) { return x->sessions_count; }
uint32_t exchange_open_orders_count(const struct exchange *x) { return x->pool.live_count; }
uint64_t exchange_contracts_count(const struct exchange *x) { return contracts_count(x); }
/* The ring is full once its next entry has been used. */
uint32_t exchange_client_ids_count(const struct exchange *x) {
    return x->names[x->names_next].day != 0 ? x->limits.client_ids_max : x->names_next - 1;
}

const struct instrument *exchange_instrument(const struct exchange *x, uint32_t index) {
    CHECK(index < x->instruments_count);
    return &x->instruments[index];
}
const struct market *exchange_market(const struct exchange *x, uint32_t instrument) {
    CHECK(instrument < x->instruments_count);
    return &x->markets[instrument];
}
const struct participant *exchange_participant(const struct exchange *x, uint32_t index) {
    CHECK(index < x->participants_count);
    return &x->participants[index];
}
const struct user *exchange_user(const struct exchange *x, uint32_t index) {
    CHECK(index < x->users_count);
    return &x->users[index];
}
const struct session *exchange_session(const struct exchange *x, uint32_t index) {
    CHECK(index < x->sessions_count);
    return &x->sessions[index];
}

const struct account *exchange_account(const struct exchange *x, uint32_t participant, enum currency currency) {
    CHECK(participant < x->participants_count && currency < CURRENCY_COUNT);
    return account_of(x, participant, currency);
}
money exchange_cash(const struct exchange *x, enum currency currency) {
    CHECK(currency < CURRENCY_COUNT);
    return x->cash[currency];
}

money exchange_fee_income(const struct exchange *x, enum currency currency) {
    CHECK(currency < CURRENCY_COUNT);
    return x->fee_incomes[currency];
}
const struct contract *exchange_contract(const struct exchange *x, uint64_t trade_id) {
    if (trade_id == 0 || trade_id > x->trades_count || trade_id > x->limits.contracts_max) return NULL;
    return x->contracts[trade_id].quantity.lots != 0 ? &x->contracts[trade_id] : NULL;
}
uint32_t exchange_clients_count(const struct exchange *x) { return x->clients_count; }
const struct client *exchange_client(const struct exchange *x, uint32_t index) {
    CHECK(index < x->clients_count);
    return &x->clients[index];
}
const struct person *exchange_person(const struct exchange *x, uint32_t index) {
    CHECK(index < x->persons_count);
    return &x->persons[index];
}
const struct command_rule_terms *exchange_rule_terms(const struct exchange *x) {
    return x->tables->has_terms ? &x->tables->terms : NULL;
}
const struct instrument_rules *exchange_instrument_rules(const struct exchange *x, uint32_t instrument) {
    CHECK(instrument < x->instruments_count);
    return &x->rules_today[instrument];
}

uint32_t exchange_find_instrument(const struct exchange *x, const char *symbol, uint32_t size) {
    return name_table_find(&x->symbol_table, x->instruments[0].symbol, symbol, size);
}
uint32_t exchange_find_participant(const struct exchange *x, const char *id, uint32_t size) {
    return name_table_find(&x->participant_table, x->participants[0].id, id, size);
}
uint32_t exchange_find_user(const struct exchange *x, const char *name, uint32_t size) {
    return name_table_find(&x->user_table, x->users[0].name, name, size);
}
uint32_t exchange_find_session(const struct exchange *x, const char *id, uint32_t size) {
    return name_table_find(&x->session_table, x->sessions[0].id, id, size);
}

price exchange_best(const struct exchange *x, uint32_t instrument, enum side side) {
    CHECK(instrument < x->instruments_count && side < SIDE_BOTH);
    uint32_t ticks = x->books[instrument].sides[side].best_ticks;
    return (price){ ticks == ladder_none(side_order(side)) ? 0 : ticks };
}

uint32_t exchange_find_order_instrument(const struct exchange *x, uint32_t participant, uint64_t order_id,
                                        const char *client_order_id) {
    if (order_id == 0) {
        if (client_order_id[0] == '\0') return NAME_NONE;
        uint32_t name = names_find(x, participant, client_order_id);
        if (name == 0 && names_check(x, participant, client_order_id, 0, &name) == NAME_UNUSED) return NAME_NONE;
        order_id = x->names[name].order_id;
    }
    uint32_t slot = (uint32_t)order_id, generation = (uint32_t)(order_id >> 32);
    if (slot == 0 || slot > x->pool.slots_used || x->pool.orders[slot].generation != generation) return NAME_NONE;
    return x->pool.orders[slot].instrument;
}

uint64_t exchange_find_order(const struct exchange *x, uint32_t participant, const char *client_order_id) {
    uint32_t name = client_order_id[0] != '\0' ? names_find(x, participant, client_order_id) : 0;
    return name != 0 ? x->names[name].order_id : 0;
}

uint32_t exchange_order_connection(const struct exchange *x, uint64_t order_id) {
    uint32_t slot;
    return order_pool_find(&x->pool, order_id, &slot) == ORDER_FOUND ? x->details[slot].connection : 0;
}

int exchange_queue_ahead(const struct exchange *x, uint64_t order_id, uint32_t orders_max, uint32_t *orders,
                         uint64_t *lots) {
    uint32_t slot;
    if (order_pool_find(&x->pool, order_id, &slot) != ORDER_FOUND) return 0;
    if (x->pool.orders[slot].flags & BOOK_PENDING) return 0;
    *orders = 0;
    *lots = 0;
    for (slot = x->pool.orders[slot].prev; slot != 0 && *orders < orders_max; slot = x->pool.orders[slot].prev) {
        *lots += book_order_open(&x->pool.orders[slot]);
        ++*orders;
    }
    return 1;
}

/* ---- digest ---- */

static void digest_add(XXH3_state_t *state, const void *bytes, size_t size) {
    CHECK(XXH3_64bits_update(state, bytes, size) == XXH_OK);
}

/* Without the bucket links, which depend on how many buckets there are. */
static void digest_names(XXH3_state_t *state, const struct exchange *x) {
    for (uint32_t i = 1; i <= x->limits.client_ids_max && x->names[i].day != 0; i++) {
        struct order_name name = x->names[i];
        name.next = 0;
        digest_add(state, &name, sizeof name);
    }
}

static void digest_contracts(XXH3_state_t *state, const struct exchange *x) {
    digest_add(state, x->contracts + 1, sizeof *x->contracts * contracts_count(x));
    if (x->clients_count > 0) digest_add(state, x->agents + 1, sizeof *x->agents * contracts_count(x));
}

/* Accounts, contracts, registrations and rule tables. */
static void digest_rulebook(XXH3_state_t *state, const struct exchange *x) {
    const struct rule_tables *tables = x->tables;
    const uint64_t head[] = {
        x->persons_count, x->clients_count, tables->has_terms, tables->transit_count, tables->currencies_count,
        tables->bands_count, tables->fees_count, tables->waivers_count, tables->fx_count, (uint64_t)x->fee_due_date };
    digest_add(state, head, sizeof head);
    digest_add(state, x->cash, sizeof x->cash);
    digest_add(state, x->fee_incomes, sizeof x->fee_incomes);
    digest_add(state, x->persons, sizeof *x->persons * x->persons_count);
    digest_add(state, x->clients, sizeof *x->clients * x->clients_count);
    digest_add(state, x->accounts, sizeof *x->accounts * x->participants_count * CURRENCY_COUNT);
    digest_contracts(state, x);
    digest_add(state, &tables->terms, sizeof tables->terms);
    digest_add(state, tables->transit, sizeof *tables->transit * tables->transit_count);
    digest_add(state, tables->currencies, sizeof *tables->currencies * tables->currencies_count);
    digest_add(state, tables->bands, sizeof *tables->bands * tables->bands_count);
    digest_add(state, tables->fees, sizeof *tables->fees * tables->fees_count);
    digest_add(state, tables->waivers, sizeof *tables->waivers * tables->waivers_count);
    digest_add(state, tables->fx, sizeof *tables->fx * tables->fx_count);
    for (uint32_t row = 0; row <= x->sessions_count; row++)
        digest_add(state, &x->remarks_at_start[(size_t)row * x->limits.participants_max], x->participants_count);
}

uint64_t exchange_digest(const struct exchange *x) {
    XXH3_state_t state;
    memset(&state, 0, sizeof state);
    CHECK(XXH3_64bits_reset(&state) == XXH_OK);
    const uint64_t head[] = {
        x->sequence, (uint64_t)x->time_ns, (uint64_t)(int64_t)x->trade_date, x->trades_count, x->entries_count,
        x->fees_listed_count,
        x->instruments_count, x->sessions_count, x->participants_count, x->users_count, x->sections_halted,
        x->names_next, x->pool.slot_free, x->pool.slots_used, x->pool.live_count };
    digest_add(&state, head, sizeof head);
    digest_add(&state, &x->calendar, sizeof x->calendar);
    digest_add(&state, x->instruments, sizeof *x->instruments * x->instruments_count);
    digest_add(&state, x->markets, sizeof *x->markets * x->instruments_count);
    digest_add(&state, x->sessions, sizeof *x->sessions * x->sessions_count);
    digest_add(&state, x->participants, sizeof *x->participants * x->participants_count);
    digest_add(&state, x->users, sizeof *x->users * x->users_count);
    digest_add(&state, x->pool.orders + 1, sizeof *x->pool.orders * x->pool.slots_used);
    digest_add(&state, x->details + 1, sizeof *x->details * x->pool.slots_used);
    digest_names(&state, x);
    digest_rulebook(&state, x);
    return XXH3_64bits_digest(&state);
}

/* ---- consistency ---- */

static uint32_t verify_book(const struct exchange *x, uint32_t instrument) {
    const struct book *book = &x->books[instrument];
    const uint16_t mask = BOOK_LIVE | BOOK_SELL | BOOK_PENDING | BOOK_QUEUED;
    uint32_t count = 0;
    for (int s = SIDE_BUY; s <= SIDE_SELL; s++) {
        enum side side = (enum side)s;
        uint16_t live = (uint16_t)(BOOK_LIVE | (side == SIDE_SELL ? BOOK_SELL : 0));
        count += book_verify_ladder(&x->pool, &x->prices, &book->sides[side], side_order(side), mask, live);
        count += book_verify_ladder(&x->pool, &x->prices, &book->stops[side], stop_order(side), mask,
                                    (uint16_t)(live | BOOK_PENDING));
    }
    return count;
}

static void verify_orders(const struct exchange *x) {
    uint32_t live_count = 0, free_count = 0, by_participants = 0;
    for (uint32_t slot = 1; slot <= x->pool.slots_used; slot++) {
        if (!(x->pool.orders[slot].flags & BOOK_LIVE)) continue;
        live_count++;
        CHECK(x->details[slot].participant < x->participants_count);
        CHECK(x->details[slot].quantity_lots >= book_order_open(&x->pool.orders[slot]));
        CHECK(x->pool.orders[slot].hidden_lots == 0 || x->details[slot].display_lots > 0);
    }
    for (uint32_t slot = x->pool.slot_free; slot != 0; slot = x->pool.orders[slot].next) free_count++;
    for (uint32_t i = 0; i < x->participants_count; i++) by_participants += x->participants[i].open_orders_count;
    CHECK(live_count == x->pool.live_count);
    CHECK(live_count + free_count == x->pool.slots_used);
    CHECK(by_participants == live_count);
}

/* Fees of an account that are not in its list yet. */
static int64_t unlisted_minor(const struct exchange *x, uint32_t index) {
    int64_t minor = 0;
    for (uint64_t id = x->fees_listed_count + 1; id <= contracts_count(x); id++) {
        for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
            const struct contract *contract = &x->contracts[id];
            uint32_t payer = contract_payer(x, id, side), currency = contract_fee_currency(contract, side);
            if (payer * CURRENCY_COUNT + currency == index) minor += contract->fees[side].minor;
        }
    }
    return minor;
}

/* What an account owes is what its list says, and what will come into it; the list ends where it is said to. */
static void verify_unpaid(const struct exchange *x, uint32_t index) {
    const struct account *account = &x->accounts[index];
    int64_t due = unlisted_minor(x, index);
    uint32_t last = 0;
    for (uint32_t at = account->unpaid_head; at != 0; at = x->contracts[at / 2].next_unpaid[at % 2]) {
        CHECK(!contract_fee_is_paid(&x->contracts[at / 2], at % 2));
        due += contract_unpaid(x, account, at).minor;
        last = at;
    }
    CHECK(due == -account->receivable.minor && account->unpaid_tail == last);
    CHECK(account->unpaid_head_paid.minor >= 0 && (last != 0 || account->unpaid_head_paid.minor == 0));
}

/* Held = what open orders hold, blocked = what open contracts block, all balances of a currency together 0 (DEP-12,
 * FEE-8). */
static void verify_money(const struct exchange *x) {
    int64_t sums[CURRENCY_COUNT] = { 0 };
    int64_t held = 0, blocked = 0, by_orders = 0, by_contracts = 0;
    for (uint32_t i = 0; i < x->participants_count * CURRENCY_COUNT; i++) {
        const struct account *account = &x->accounts[i];
        ledger_verify(account);
        sums[i % CURRENCY_COUNT] += ledger_standing(account).minor + account->paying_out.minor +
                                    account->receivable.minor;
        held += account->held.minor;
        blocked += account->blocked.minor;
        verify_unpaid(x, i);
    }
    for (int i = 0; i < CURRENCY_COUNT; i++)
        CHECK(sums[i] + x->cash[i].minor + x->fee_incomes[i].minor == 0);
    for (uint32_t slot = 1; slot <= x->pool.slots_used; slot++) {
        if (x->pool.orders[slot].flags & BOOK_LIVE) by_orders += x->details[slot].hold.deposit.minor;
    }
    for (uint64_t id = 1; id <= contracts_count(x); id++) {
        const struct contract *contract = &x->contracts[id];
        by_contracts += contract->blocked[SIDE_BUY].minor + contract->blocked[SIDE_SELL].minor;
    }
    CHECK(held == by_orders && blocked == by_contracts);
}

void exchange_verify(const struct exchange *x) {
    uint32_t standing_count = 0;
    for (uint32_t i = 0; i < x->instruments_count; i++) standing_count += verify_book(x, i);
    CHECK(standing_count == x->pool.live_count);
    CHECK(x->trigger_head == 0 && x->trigger_tail == 0);
    verify_orders(x);
    verify_money(x);
}
