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

/* ---- reading ---- */

struct participant_section { int32_t from_date, to_date; uint32_t present; };
enum participant_state { PARTICIPANT_APPLIED, PARTICIPANT_ACCREDITED };
struct participant {
    char id[participant_id_size];
    char name[participant_name_size];
    char country[2];
    uint8_t state;              /* enum participant_state */
    uint8_t resident;           /* registered in Belarus */
    uint32_t open_orders_count;
    struct participant_section sections[SECTION_COUNT];
    money credited[CURRENCY_COUNT];
};

struct user {
    char name[user_name_size];
    uint32_t participant;
    uint8_t role;
    uint8_t reserved[3];
};

struct session {
    char id[session_id_size];
    uint16_t open_minute, close_minute;
    uint8_t model, phase, halted, reserved;
};

/* What the market did in one instrument. */
struct market {
    price last;                 /* price of the last trade; 0 = none yet */
    uint32_t session;
    uint32_t halted;            /* the instrument itself; see exchange_is_halted */
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

/* Whether the instrument, its session or its section is halted. */
int exchange_is_halted(const struct exchange *exchange, uint32_t instrument);
/* PRC-7 and PRC-4: the price that collars are drawn around, and the collar; *high is 0 where there is none. */
price exchange_reference(const struct exchange *exchange, uint32_t instrument);
void exchange_collar(const struct exchange *exchange, uint32_t instrument, price *low, price *high);
uint32_t exchange_open_orders_count(const struct exchange *exchange);

/* Best price of a side, shown or not; 0 = that side is empty. */
price exchange_best(const struct exchange *exchange, uint32_t instrument, enum side side);

#endif
