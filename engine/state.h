/* state.h - everything the exchange remembers. Private to the engine: the outside reads through exchange.h.
 *
 * One block of memory, taken once: this struct, then the arrays that its pointers name. Between records, links are
 * 32-bit indices; the pointers below are only where the arrays lie and are no part of the digest. */
#ifndef BIRZHA_STATE_H
#define BIRZHA_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/book/book.h"
#include "engine/exchange.h"
#include "instruments/calendar.h"
#include "instruments/name_table.h"

/* What stands behind an order's open part. */
struct order_hold {
    money deposit;              /* held, DEP-4 */
    uint32_t account;           /* where it is held: CURRENCY_COUNT x payer + currency */
    uint32_t value_ticks;       /* price that the open part counts with in the account's exposure */
};

/* What the matching walk does not read of an order; same slot as its book_order. The hold lies here since the line is
 * written anyway when an order comes in: one of its own would be one more to fetch. */
struct order_detail {
    uint64_t entry;             /* order of entry over all instruments: what "earlier" means */
    uint32_t quantity_lots;     /* total: filled + open */
    uint32_t display_lots;      /* slice of an iceberg; 0 = none */
    uint32_t limit_ticks;       /* of a waiting stop: the limit it will have (0 = market) */
    uint32_t participant, user, connection;
    uint32_t name;              /* entry in the client ids, 0 = none */
    int32_t expire_date;
    uint8_t order_type, time_in_force, stp, order_flags;
    uint8_t reserved[4];
    struct order_hold hold;     /* with money */
};
_Static_assert(sizeof(struct order_detail) == 64, "one cache line");

/* A client order id in use: who gave it to which order for which request. A ring: the oldest are forgotten. */
struct order_name {
    char text[client_order_id_size];
    uint32_t participant;
    uint64_t order_id;
    uint64_t content;           /* hash of the request that brought the name */
    uint32_t next;              /* in its bucket */
    uint16_t day;               /* trade date, days since 2019-12-31, and NAME_REPLACED; 0 = the entry is empty */
    uint16_t instrument;        /* of the order */
};
/* Flag in order_name.day: an amend gave the order another name since. */
#define NAME_REPLACED UINT16_C(0x8000)
_Static_assert(sizeof(struct order_name) == 64, "one cache line");

enum {
    transit_rows_max = 64, currency_rows_max = 64, band_rows_max = 512, fee_rows_max = 256, waiver_rows_max = 64,
    fx_rows_max = 4096,
};

/* Rows of the rule tables, as their commands brought them. A later row goes before an earlier one. */
struct rule_tables {
    uint32_t has_terms;
    uint32_t transit_count, currencies_count, bands_count, fees_count, waivers_count, fx_count;
    struct command_rule_terms terms;
    struct command_transit_rule transit[transit_rows_max];
    struct command_currency_rule currencies[currency_rows_max];
    struct command_band_rule bands[band_rows_max];
    struct command_fee_rule fees[fee_rows_max];
    struct command_waiver_rule waivers[waiver_rows_max];
    struct command_fx_rate fx[fx_rows_max];
};

/* PRC-4: how far trades and orders may lie from the reference price; 1 and price_ticks_max where there is no collar. */
struct collar {
    uint32_t low, high;         /* of trades */
    uint32_t far_low, far_high; /* of orders: three times as far */
};

/* What the price and the quantity of every order of an instrument are asked. */
struct order_bounds {
    struct collar collar;
    /* Written when a clearance is given. */
    uint32_t lots_low, lots_high;
    int64_t lot_tick;
    uint64_t units_max;         /* ticks x lots whose deposit can be reckoned in 64 bits */
    uint8_t reserved[24];
};
_Static_assert(sizeof(struct order_bounds) == 64, "one cache line");

/* Who was admitted with an order on its own account is known to have nothing in its way that depends on neither price
 * nor quantity, until something else than orders happens; with the figures that its next order is asked about, as far
 * as they are not the instrument's. See rules/clearance.h. */
struct clearance {
    uint64_t world;             /* exchange.world then; 0 = none */
    uint32_t participant, user, instrument, session;    /* as the order names them */
    uint32_t account;           /* of the deposit */
    uint32_t ppm;               /* of the deposit; 0 = none is asked for */
    uint32_t band_low, band_high;       /* PRC-2; 1 and price_ticks_max where there is none */
    money deposit_floor;
    int64_t exposure_max;       /* RSK-1 */
    uint8_t side, payment_terms;        /* as the order has them */
    uint16_t book_flags;        /* of its orders, but for the side */
    uint8_t currency, deal_class;       /* as HELD says them */
    uint8_t has_money;
    uint8_t reserved;
};
_Static_assert(sizeof(struct clearance) == 64, "one cache line");
/* Places for them: a power of two, some for every participant. */
enum { clearances_count_min = 1 << 14, clearances_count_max = 1 << 22 };

struct exchange {
    struct limits limits;
    enum rules_mode rules;
    uint32_t has_money;                     /* rules are on and RULE_TERMS was given: see money_is_on */
    uint64_t sequence;
    int64_t time_ns;
    int64_t next_due_ns;
    int32_t trade_date;
    int32_t fee_due_date;                   /* of the fees of this date's trades (FEE-6) */
    uint64_t trades_count, entries_count;
    uint64_t fees_listed_count;             /* contracts whose fees stand in the lists of unpaid ones */
    uint64_t world;                         /* counts what happens beside orders; see clearance */
    uint32_t trigger_head, trigger_tail;    /* triggered stops, linked by book_order.next */
    uint32_t instruments_count, sessions_count, participants_count, users_count, persons_count, clients_count;
    uint32_t sections_halted;               /* bit = section */
    uint32_t names_next;                    /* ring position of the next client id, from 1 */
    struct calendar calendar;
    money cash[CURRENCY_COUNT], fee_incomes[CURRENCY_COUNT];    /* the exchange's own, see ledger.h */
    struct rule_tables *tables;

    struct order_pool pool;
    struct price_pool prices;
    struct book *books;
    struct market *markets;
    struct order_bounds *bounds;            /* by instrument; derived */
    struct order_detail *details;
    struct instrument *instruments;
    struct session *sessions;
    struct participant *participants;
    struct user *users;
    struct person *persons;
    struct client *clients;
    struct account *accounts;               /* CURRENCY_COUNT a participant */
    struct contract *contracts;             /* by trade id, from 1; empty where a trade made none */
    struct contract_agents *agents;         /* the same; of those with CONTRACT_HAS_AGENTS */
    struct clearance *clearances;           /* derived */
    uint32_t clearances_count;
    uint32_t clearances_shift;              /* 2^shift: places of one book's side, by participant */
    struct instrument_rules *rules_today;   /* derived from tables, date and instruments */
    uint8_t *remarks_at_start;              /* ACC-15: a row of participants for those without session, one a session */
    struct order_name *names;
    uint32_t *name_buckets;                 /* a power of two, see names.c */
    uint32_t name_buckets_count;
    uint32_t *scratch;                      /* slots, for ends that must be put in order of entry */
    struct name_table symbol_table, participant_table, user_table, session_table;
};

/* One load; a freestanding memcpy would be a call. */
static inline uint64_t eight_bytes(const void *address) {
    uint64_t bytes;
    __builtin_memcpy(&bytes, address, sizeof bytes);
    return bytes;
}
static inline void copy_eight(void *to, const void *from) { __builtin_memcpy(to, from, 8); }
/* Two members of four bytes that lie side by side, or one of four behind two of two bytes. */
static inline uint64_t eight_bytes_of(uint32_t first, uint32_t second) { return first | (uint64_t)second << 32; }
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "as eight_bytes_of has it");
/* Writes sixteen bytes past the caches, for what will not be read soon: it takes no place from what will. `to` is a
 * multiple of 16. */
static inline void write_past_caches(void *to, uint64_t first, uint64_t second) {
#if defined(__x86_64__) && !defined(__clang__)
    typedef long long pair __attribute__((vector_size(16), may_alias));
    __builtin_ia32_movntdq((pair *)to, (pair){ (long long)first, (long long)second });
#else
    copy_eight(to, &first);
    copy_eight((char *)to + 8, &second);
#endif
}

static inline struct account *account_of(const struct exchange *x, uint32_t participant, uint32_t currency) {
    return &x->accounts[(size_t)participant * CURRENCY_COUNT + currency];
}
/* Slots of contracts in use: trades that made one, and those of before RULE_TERMS that made none. */
static inline uint64_t contracts_count(const struct exchange *x) {
    if (!x->tables->has_terms) return 0;
    return x->trades_count < x->limits.contracts_max ? x->trades_count : x->limits.contracts_max;
}
static inline uint32_t contract_participant(const struct exchange *x, uint64_t trade_id, int side) {
    const struct contract *contract = &x->contracts[trade_id];
    return contract->flags & CONTRACT_HAS_AGENTS ? x->agents[trade_id].participants[side] : contract->principals[side];
}
static inline uint32_t contract_payer(const struct exchange *x, uint64_t trade_id, int side) {
    const struct contract *contract = &x->contracts[trade_id];
    return contract->flags & CONTRACT_HAS_AGENTS ? x->agents[trade_id].payers[side] : contract->principals[side];
}
static inline money contract_value(const struct exchange *x, const struct contract *contract) {
    return (money){ (int64_t)contract->price.ticks * contract->quantity.lots *
                    x->instruments[contract->instrument].lot_tick.minor };
}
/* What is owed of an unpaid fee, list entry `at` of the account: the oldest may be paid in part. */
static inline money contract_unpaid(const struct exchange *x, const struct account *account, uint32_t at) {
    const struct contract *contract = &x->contracts[at / 2];
    if (contract->flags & CONTRACT_BUSTED) return (money){ 0 };
    money paid = at == account->unpaid_head ? account->unpaid_head_paid : (money){ 0 };
    return (money){ contract->fees[at % 2].minor - paid.minor };
}

/* Whether deposits, fees and contracts are asked for. */
static inline int money_is_on(const struct exchange *x) { return __builtin_expect(x->has_money, 0) != 0; }

/* Who entered a live order. Its principal, without a look at the cold record, unless a broker acted. */
static inline uint32_t order_participant(const struct exchange *x, uint32_t slot) {
    const struct book_order *order = &x->pool.orders[slot];
    return order->flags & BOOK_FOR_CLIENT ? x->details[slot].participant : order->principal;
}

/* Room for one event, zeroed head to tail by the caller's assignment. */
static inline struct event *event_next(struct event_buffer *events) {
    if (__builtin_expect(events->count == events->capacity, 0)) {
        events->full(events);
        CHECK(events->count < events->capacity);
    }
    return &events->events[events->count++];
}

#endif
