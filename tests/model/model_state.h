/* model_state.h - what the model remembers, shared by its own files and by nobody else.
 *
 * model.c        dispatch, reading
 * model_world.c  who and what exists; how time passes
 * model_order.c  requests of participants: the order of checks, amends, cancels, ends
 * model_match.c  the look-ahead, the walk, stops */
#ifndef BIRZHA_TESTS_MODEL_STATE_H
#define BIRZHA_TESTS_MODEL_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/name_table.h"
#include "tests/model/model.h"

enum {
    MODEL_INSTRUMENTS_MAX = 16,
    MODEL_SESSIONS_MAX = 8,
    MODEL_PARTICIPANTS_MAX = 16,
    MODEL_USERS_MAX = 16,
    MODEL_ORDERS_MAX = 2048,
    MODEL_HOLIDAYS_MAX = 64,
};

enum order_state { ORDER_INCOMING, ORDER_RESTING, ORDER_WAITING, ORDER_TRIGGERED, ORDER_ENDED };

struct order {
    uint64_t id;
    uint64_t entry;         /* order of entry: what ends first, which stop triggers first */
    uint64_t place;         /* order within a price */
    uint32_t instrument, participant, connection;
    uint32_t price;         /* 0 for a STOP that waits */
    uint32_t stop;
    uint32_t total, filled, open;   /* total = filled + open */
    uint32_t shown;         /* what depth shows of a resting order; all-or-none: 0 */
    uint32_t display;       /* slice of an iceberg, else 0 */
    int32_t expire_date;
    uint8_t side, type, tif, stp, flags;
    uint8_t state;          /* enum order_state */
    uint8_t passed_over;    /* by the walk that is going on */
    char name[client_order_id_size];
};

/* A request that was granted and had a client order id: the request, word for word, and the order it was about. The
 * order bears the name, also after it ended, until an amend gives it another. */
struct used_name {
    uint32_t participant;
    char name[client_order_id_size];
    int32_t date;
    uint16_t kind;
    uint8_t content[96];
    uint64_t order_id;
    uint32_t instrument;
    bool replaced;
};

struct model_instrument {
    char symbol[symbol_size];
    uint32_t section, currency, price_places;
    bool has_terms;
    int64_t lot_tick;
    uint32_t reference;     /* the catalogue's */
    uint32_t quantity_min, quantity_max, collar_ppm;
    uint32_t bases_count;
    uint32_t last;          /* price of the last trade; 0 = none */
    uint32_t session;       /* NAME_NONE = always open */
    bool halted;
};

struct model_session { char id[session_id_size]; uint32_t open_minute, close_minute; bool open, halted; };

struct model_participant {
    char id[participant_id_size];
    bool resident, accredited;
    struct { bool present; int32_t from, to; } sections[SECTION_COUNT];
    int64_t credited[CURRENCY_COUNT], free[CURRENCY_COUNT], paying_out[CURRENCY_COUNT];
};

struct model_user { char name[user_name_size]; uint32_t participant, role; };

struct model {
    struct limits limits;
    int64_t time_ns;
    uint64_t orders_given, entries_given, places_given, trades_given;

    struct model_instrument instruments[MODEL_INSTRUMENTS_MAX];
    struct model_session sessions[MODEL_SESSIONS_MAX];
    struct model_participant participants[MODEL_PARTICIPANTS_MAX];
    struct model_user users[MODEL_USERS_MAX];
    int32_t holidays[MODEL_HOLIDAYS_MAX];
    bool section_halted[SECTION_COUNT];
    uint32_t instruments_count, sessions_count, participants_count, users_count, holidays_count;

    struct order orders[MODEL_ORDERS_MAX];
    uint32_t orders_count;
    uint64_t triggered[MODEL_ORDERS_MAX];   /* ids of stops, the next to enter first */
    uint32_t triggered_count;
    struct used_name *names;                /* the oldest first; only the last client_ids_max are remembered */
    uint32_t names_count, names_capacity;

    struct event_buffer *events;            /* of the command at hand */
    const struct command *command;
};

/* ---- model.c ---- */

/* An event with its head filled in and everything else 0; it is the newest of the buffer. */
struct event *model_say(struct model *model, enum event_kind kind, uint32_t instrument);
struct order *model_find_order(struct model *model, uint64_t id);
uint64_t model_next_place(struct model *model);

/* ---- model_world.c ---- */
void model_apply_world(struct model *model);
void model_say_time(struct model *model);
/* REFUSED for a request that is no participant's; `high` as in MATCHING.md 10. */
void model_refuse(struct model *model, enum reject reason, int64_t high);
void model_advance(struct model *model, int64_t time_ns);
int32_t model_date(int64_t time_ns);
bool model_is_halted(const struct model *model, uint32_t instrument);
bool model_is_open(const struct model *model, uint32_t instrument);

/* ---- model_order.c ---- */
void model_apply_new_order(struct model *model);
void model_apply_amend(struct model *model);
void model_apply_cancel(struct model *model);
void model_apply_mass_cancel(struct model *model);
void model_apply_disconnect(struct model *model);
/* CANCELED or EXPIRED. */
void model_end_order(struct model *model, struct order *order, enum event_kind kind, enum change_cause cause,
                     enum reject reason);

typedef bool model_order_test(const struct model *model, const struct order *order, const void *context);
/* Ends every order that passes the test, in the order of entry; returns how many. */
uint32_t model_end_orders(struct model *model, model_order_test *test, const void *context, enum event_kind kind,
                          enum change_cause cause);

/* ---- model_match.c ---- */

/* What an incoming order would meet. */
struct foresight {
    uint32_t fillable;
    bool meets;             /* at least one order within its limit, be it one that it passes over */
};

struct model_collar { uint32_t low, high; };    /* high 0 = none */

uint32_t model_current_reference(const struct model_instrument *instrument);
/* `times` the collar around the reference: 1 for trades, 3 for orders. */
struct model_collar model_collar_of(const struct model_instrument *instrument, uint32_t times);
/* The limit of a market order that enters now. */
uint32_t model_market_limit(const struct model_instrument *instrument, enum side side);
struct foresight model_look_ahead(const struct model *model, const struct order *incoming);
/* The order comes in: says `kind` (ACCEPTED, REPLACED or TRIGGERED; `before` for REPLACED), walks, rests or ends. */
void model_enter(struct model *model, struct order *order, enum event_kind kind, const struct order *before);
/* ACCEPTED, REPLACED or TRIGGERED of an order as it now stands. */
void model_announce(struct model *model, const struct order *order, enum event_kind kind, const struct order *before,
                    unsigned flags);
/* Works off the queue of stops. */
void model_run_triggered(struct model *model);

#endif
