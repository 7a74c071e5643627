/* exchange.h - the public face of the exchange: one function from (state, command) to events.
 *
 *     size_t size = exchange_size(&limits);
 *     struct exchange *x = exchange_init(memory, &limits);     // memory: `size` zeroed bytes, 64-byte aligned
 *     exchange_apply(x, &command, &events);                    // again and again
 *
 * The same commands give the same events, the same state and the same digest on every build and machine: there
 * is no clock, no allocation, no I/O and no floating point behind this header. All memory is taken once;
 * a fresh anonymous mapping will do, and pages that are not needed are never touched.
 *
 * Reading: the accessors below return pointers into the state, valid until the next exchange_apply. */
#ifndef BIRZHA_EXCHANGE_H
#define BIRZHA_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/clearing/contract.h"
#include "engine/clearing/ledger.h"
#include "engine/command.h"
#include "engine/event.h"
#include "instruments/calendar.h"
#include "instruments/instrument.h"

/* How much of everything there can be. Chosen at start; no effect on what is decided until one is reached, then
 * the request that would exceed it is refused with 1210 limit_reached. */
struct limits {
    uint32_t instruments_max;
    uint32_t sessions_max;
    uint32_t participants_max;
    uint32_t users_max;
    uint32_t orders_max;            /* open at the same time, waiting stops included; < 2^28 */
    uint32_t price_leaves_max;      /* touched groups of 512 prices, a side: 4.2 KiB each */
    uint32_t price_branches_max;    /* touched groups of 262,144 prices, a side: 2.2 KiB each */
    uint32_t client_ids_max;        /* client order ids remembered; the oldest are forgotten first */
    uint32_t contracts_max;         /* trades that have become contracts; 64 bytes each, 16 more with a broker */
    uint32_t clients_max;           /* registrations of clients with brokers */
};

/* A world that fits a class room and a laptop: 1 Mi open orders, 256 instruments, 4,096 participants. */
extern const struct limits limits_default;

/* RULES_OFF skips admission and limits (everything in engine/rules), for measuring the bare book. */
enum rules_mode { RULES_ON, RULES_OFF };

struct exchange;

size_t exchange_size(const struct limits *limits);
struct exchange *exchange_init(void *memory, const struct limits *limits);
void exchange_set_rules(struct exchange *exchange, enum rules_mode mode);

/* Applies one command and appends what happened. Never fails: what may not be is an event with its reason. */
void exchange_apply(struct exchange *exchange, const struct command *command, struct event_buffer *events);

/* XXH3-64 over every used record in index order: equal states, equal digests, whatever the limits. */
uint64_t exchange_digest(const struct exchange *exchange);

/* Internal consistency: books, links, bitmaps, counts. CHECKs; for tests and simulations. */
void exchange_verify(const struct exchange *exchange);

/* ---- snapshots ---- */

struct image;

/* All of the state, as engine/image.h says, between two commands. */
void exchange_write(const struct exchange *exchange, struct image *image);
/* Fills an exchange that was initialised with the same limits and has had no command. 0; or -1, and the exchange is
 * of no use: the image does not fit these limits or this program, or holds what cannot be. It never crashes on any
 * bytes. */
__attribute__((warn_unused_result))
int exchange_load(struct exchange *exchange, struct image *image);

/* ---- reading ---- */

struct participant_section { int32_t from_date, to_date; uint32_t present; };

/* PARTICIPANT_STATE_MAP(XX), BROKER_STATE_MAP(XX): XX(NAME, name on the wire). ACC-2, BRK-1. That an accreditation has
 * expired, or has not begun, follows from its dates. ENDED: by its score (BRK-10). */
#define PARTICIPANT_STATE_MAP(XX) \
    XX(APPLIED, "applied") XX(ACCREDITED, "accredited") XX(SUSPENDED, "suspended") XX(WITHDRAWN, "withdrawn")
#define BROKER_STATE_MAP(XX) XX(NONE, "none") XX(ACTIVE, "active") XX(SUSPENDED, "suspended") XX(ENDED, "ended")
#define XX(name, text) PARTICIPANT_##name,
enum participant_state { PARTICIPANT_STATE_MAP(XX) PARTICIPANT_STATE_COUNT };
#undef XX
#define XX(name, text) BROKER_STATE_##name,
enum broker_state { BROKER_STATE_MAP(XX) BROKER_STATE_COUNT };
#undef XX

struct participant {
    char id[participant_id_size];
    char name[participant_name_size];
    char country[2];
    uint8_t state;              /* enum participant_state */
    uint8_t resident;           /* registered in Belarus */
    uint32_t open_orders_count; /* that it entered */
    struct participant_section sections[SECTION_COUNT];
    int32_t suspended_until_date;       /* date_none = until it is lifted */
    int32_t sanction_until_date;        /* ACC-11; date_none = none */
    int32_t own_use_from_date, own_use_to_date;     /* ACC-14; from date_none = no certificate */
    int32_t broker_from_date, broker_to_date;
    int32_t broker_score;       /* of the last re-accreditation */
    uint32_t exposure_factor;   /* RSK-1; 0 = the rule's own */
    uint32_t message_rate;      /* RSK-2, a trader and second; 0 = no limit */
    uint32_t clients_head;      /* registrations with this broker: index + 1, 0 = none */
    uint8_t broker_state;       /* enum broker_state */
    uint8_t remarks;            /* bit = enum remark, as they stand now; a session asks its own snapshot (ACC-15) */
    uint8_t papers_missing;     /* bit = enum paper */
    uint8_t killed;             /* RSK-3 */
};

/* BRK-4, BRK-7: one client, one broker, one section. */
struct client {
    uint32_t broker, client, instrument;
    quantity quantity_max;
    price limit;
    int32_t expire_date;
    uint8_t section, side, flags, registered;   /* as in command_client */
    uint32_t next;              /* of the same broker: index + 1 */
};

/* A natural person who may trade for a participant. ACC-7 to 9. */
struct person {
    char id[user_name_size];
    uint32_t participant;       /* NAME_NONE = trades for nobody now */
    int32_t certificate_from_date, certificate_to_date;     /* date_none = without limit */
};

struct user {
    char name[user_name_size];
    uint32_t participant;
    uint32_t person;            /* index; NAME_NONE for all but traders */
    uint8_t role;
    uint8_t is_here;            /* logged on, over at least one connection */
    uint8_t reserved[2];
    int64_t here_since_ns;      /* exchange time */
};

enum { session_dates_max = 32 };
struct session {
    char id[session_id_size];
    uint16_t open_minute, close_minute;
    uint8_t model, phase, halted;
    uint8_t direction, role, flags, currencies_mask;    /* as in command_session_terms */
    uint8_t dates_count;        /* 0 = grid or business days */
    uint32_t every_days;
    int32_t anchor_date;
    int32_t closed_date;        /* the date on which it was closed by hand; date_none = not */
    int32_t opened_date;        /* the date on which it was opened by hand, for all of that date */
    char buyer_countries[countries_count_max][2], seller_countries[countries_count_max][2];
    int32_t dates[session_dates_max];
    int64_t started_ns;         /* when it last opened; INT64_MIN = it was open when it was created */
};

/* What the market did in one instrument, and the sessions that list it, in the order in which they did. An order
 * belongs to the session it was entered in, and meets orders of that session only. */
enum { sessions_per_instrument_max = 8 };
struct market {
    price last;                 /* price of the last trade; 0 = none yet */
    uint16_t sessions_count;    /* 0 = it trades always */
    uint16_t halted;            /* the instrument itself; see exchange_is_halted */
    uint32_t sessions[sessions_per_instrument_max];
};

/* What a trade of one deal class costs. The class says who of the two is resident, so nothing of the parties need be
 * asked. */
struct class_terms {
    uint32_t fee_ppm;           /* of both sides */
    uint8_t is_unlike;          /* the fees differ: a flat one, two rates, or one side's is converted */
    uint8_t converted_sides;    /* bit = side: its fee is converted at byn_scaled (FEE-5) */
    uint8_t reserved[2];
    int32_t fee_accounts[2];    /* where fees are owed: bytes from the account of the deposits */
    struct {                    /* as struct contract has it from fee_due_date on */
        int32_t fee_due_date;
        uint16_t instrument;
        uint8_t fee_currencies, flags;
    } contract;
    struct {                    /* as struct event_contract has it from fee_due_date on */
        int32_t fee_due_date;
        uint8_t fee_currencies[2];
        uint8_t basis;          /* place of delivery: of the instrument's list, 255 = none is listed (TRN-10) */
        uint8_t reserved;
    } event;
};
_Static_assert(sizeof(struct class_terms) == 32, "all classes in two cache lines");

/* What the rules say of an instrument today: rows of the tables that are in force, looked up once a date. */
struct instrument_rules {
    struct class_terms classes[4];  /* by deal class: what follows, as a trade needs it */
    uint32_t fee_ppm[4][2];     /* by deal class, side */
    money fee_flat[4][2];       /* > 0: instead of the rate */
    uint8_t fee_flat_currency[4][2];
    uint32_t deposit_ppm[2][2]; /* by resident, side; 0 = none is asked for */
    uint32_t floor_ticks[2][2], ceiling_ticks[2][2];    /* 0 = none */
    money deposit_floor;
    int64_t byn_scaled;         /* official rate of its currency, 4 places; 0 = none is known */
    int32_t currency_from_date; /* date_none = available today; else the first day to come */
    uint8_t currency_is_gone;   /* not available, and no first day to come */
    uint8_t transit_allowed;    /* TRN-2 and a place outside Belarus (TRN-10) */
    uint8_t transit_basis;      /* place of delivery of a transit deal; 255 = none */
    uint8_t countries_count;    /* principals' countries that its currency is open to; 0 = all */
    char countries[countries_count_max][2];
    uint8_t entry_class[2][2];  /* by resident, side: exchange_entry_class */
};

int64_t exchange_time_ns(const struct exchange *exchange);
int32_t exchange_trade_date(const struct exchange *exchange);
uint64_t exchange_sequence(const struct exchange *exchange);      /* of the last command */
/* When a CLOCK command is due next (session phase, end of day); INT64_MAX = never. */
int64_t exchange_next_due_ns(const struct exchange *exchange);
const struct calendar *exchange_calendar(const struct exchange *exchange);
const struct limits *exchange_limits(const struct exchange *exchange);

uint32_t exchange_instruments_count(const struct exchange *exchange);
uint32_t exchange_participants_count(const struct exchange *exchange);
uint32_t exchange_users_count(const struct exchange *exchange);
uint32_t exchange_sessions_count(const struct exchange *exchange);
const struct instrument *exchange_instrument(const struct exchange *exchange, uint32_t index);
const struct market *exchange_market(const struct exchange *exchange, uint32_t instrument);
const struct participant *exchange_participant(const struct exchange *exchange, uint32_t index);
const struct user *exchange_user(const struct exchange *exchange, uint32_t index);
const struct session *exchange_session(const struct exchange *exchange, uint32_t index);
const struct account *exchange_account(const struct exchange *exchange, uint32_t participant, enum currency currency);
money exchange_cash(const struct exchange *exchange, enum currency currency);
money exchange_fee_income(const struct exchange *exchange, enum currency currency);
/* NULL when there is no such trade, or it was made without RULE_TERMS. */
const struct contract *exchange_contract(const struct exchange *exchange, uint64_t trade_id);
uint32_t exchange_clients_count(const struct exchange *exchange);
const struct client *exchange_client(const struct exchange *exchange, uint32_t index);
const struct person *exchange_person(const struct exchange *exchange, uint32_t index);
/* The tables as they are in force: terms (NULL = never given), and an instrument's row of today. */
const struct command_rule_terms *exchange_rule_terms(const struct exchange *exchange);
const struct instrument_rules *exchange_instrument_rules(const struct exchange *exchange, uint32_t instrument);
/* Deal class that bands and waivers are asked for when an order comes in: with a resident on the other side, or, where
 * that cannot be (STL-4), with a non-resident. */
enum deal_class exchange_entry_class(const struct exchange *exchange, uint32_t instrument, enum side side,
                                     int resident);
/* Remarks that count in the instrument's session: bit = enum remark. ACC-15 */
uint8_t exchange_remarks(const struct exchange *exchange, uint32_t participant, uint32_t session);
/* The same as they stand now: they count when the next session starts. */
uint8_t exchange_remarks_now(const struct exchange *exchange, uint32_t participant);
/* When a session with hours opens next; INT64_MAX = never, or it has none. */
int64_t exchange_session_opens_ns(const struct exchange *exchange, uint32_t session);
/* The row behind instrument_rules' floor or ceiling of today; NULL = there is none. */
const struct command_band_rule *exchange_band_rule(const struct exchange *exchange, uint32_t instrument, enum side side,
                                                   int resident, enum band_kind band);

/* Hints that an order at this price, or a request about this order, comes soon: FAR ahead, NEAR, and NEXT, some
 * commands apart, in this order. See exchange_fetch.c; what they name need not exist. */
enum fetch_stage { FETCH_FAR, FETCH_NEAR, FETCH_NEXT };
void exchange_fetch_price(const struct exchange *exchange, uint32_t instrument, enum side side, uint32_t ticks,
                          enum fetch_stage stage);
void exchange_fetch_order(const struct exchange *exchange, uint64_t order_id, enum fetch_stage stage);
/* The same of an order of this firm in this instrument; once, FAR ahead. */
void exchange_fetch_firm(const struct exchange *exchange, uint32_t participant, uint32_t instrument, enum side side);
/* The same of a request that bears a name (client_order_id_size bytes, NUL-padded), before the rest of it is read. */
void exchange_fetch_name(const struct exchange *exchange, uint32_t participant, const char *client_order_id);

/* Index of a name, or NAME_NONE. */
uint32_t exchange_find_instrument(const struct exchange *exchange, const char *symbol, uint32_t size);
uint32_t exchange_find_participant(const struct exchange *exchange, const char *id, uint32_t size);
uint32_t exchange_find_user(const struct exchange *exchange, const char *name, uint32_t size);
uint32_t exchange_find_session(const struct exchange *exchange, const char *id, uint32_t size);

/* Instrument of an order that is named as in a command: by order_id or, when that is 0, by the id that `participant`
 * gave it (client_order_id_size bytes, NUL-padded), even if an amend replaced it today. Orders that ended are found as
 * long as nothing else took their place. NAME_NONE when there is none. */
uint32_t exchange_find_order_instrument(const struct exchange *exchange, uint32_t participant, uint64_t order_id,
                                        const char *client_order_id);

/* The latest order of `participant` that bears this name (client_order_id_size bytes, NUL-padded), open or ended; 0
 * = none is on record. A name that an amend replaced finds nothing. */
uint64_t exchange_find_order(const struct exchange *exchange, uint32_t participant, const char *client_order_id);

/* The connection that an open order came over; 0 when there is no such order. */
uint32_t exchange_order_connection(const struct exchange *exchange, uint64_t order_id);

/* Who stands before an order at its own price, hidden and all-or-none orders included; the walk ends after
 * orders_max of them. 0 when there is no such order in the book. */
int exchange_queue_ahead(const struct exchange *exchange, uint64_t order_id, uint32_t orders_max, uint32_t *orders,
                         uint64_t *lots);

/* The session that an order belongs to which names none: the only one that lists the instrument or, of several, the
 * only one that is open. NAME_NONE = none lists it, it trades always. SESSION_AMBIGUOUS = several are open; of several
 * that are closed it is the first. */
#define SESSION_AMBIGUOUS UINT32_C(0xFFFFFFFE)
uint32_t exchange_session_of(const struct exchange *exchange, uint32_t instrument);
int exchange_session_lists(const struct exchange *exchange, uint32_t session, uint32_t instrument);

/* Whether the instrument, its section or the session is halted; NAME_NONE = no session. */
int exchange_is_halted(const struct exchange *exchange, uint32_t instrument, uint32_t session);
/* PRC-7 and PRC-4: the price that collars are drawn around, and the collar; *high is 0 where there is none. */
price exchange_reference(const struct exchange *exchange, uint32_t instrument);
void exchange_collar(const struct exchange *exchange, uint32_t instrument, price *low, price *high);
uint32_t exchange_open_orders_count(const struct exchange *exchange);
/* How much is in use of limits.contracts_max and limits.client_ids_max. */
uint64_t exchange_contracts_count(const struct exchange *exchange);
uint32_t exchange_client_ids_count(const struct exchange *exchange);

/* Best price of a side, shown or not; 0 = that side is empty. */
price exchange_best(const struct exchange *exchange, uint32_t instrument, enum side side);

#endif
