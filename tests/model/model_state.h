/* model_state.h - what the model remembers, shared by its own files and by nobody else.
 *
 * model.c         dispatch, reading
 * model_world.c   what exists: instruments, sessions, participants, users
 * model_time.c    how time passes: dates, sessions, phases, what is due at midnight
 * model_people.c  who may trade and how far: standing, brokers, clients, remarks, certificates, limits
 * model_admit.c   the checks of groups 2 to 5: admission, brokers, eligibility, currency
 * model_tables.c  the dated rule tables, asked anew every time
 * model_money.c   accounts, deposits of orders, contracts, fees
 * model_name.c    client order ids
 * model_order.c   requests of participants: the order of checks, amends, cancels
 * model_end.c     how orders end
 * model_match.c   the look-ahead, the walk, stops
 *
 * Everything stands in arrays in the order in which it came, and is looked for from one end to the other. */
#ifndef BIRZHA_TESTS_MODEL_STATE_H
#define BIRZHA_TESTS_MODEL_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "instruments/name_table.h"
#include "tests/model/model.h"

enum {
    MODEL_INSTRUMENTS_MAX = 16,
    MODEL_SESSIONS_MAX = 16,
    MODEL_LISTINGS_MAX = 8,     /* sessions of one instrument */
    MODEL_PARTICIPANTS_MAX = 16,
    MODEL_USERS_MAX = 16,
    MODEL_PERSONS_MAX = 64,
    MODEL_CLIENTS_MAX = 64,
    MODEL_ORDERS_MAX = 2048,
    MODEL_HOLIDAYS_MAX = 64,
    MODEL_ROWS_MAX = 4096,
    MODEL_CREDITS_MAX = 4096,
};

enum order_state { ORDER_INCOMING, ORDER_RESTING, ORDER_WAITING, ORDER_TRIGGERED, ORDER_ENDED };

struct order {
    uint64_t id;
    uint64_t entry;         /* order of entry: what ends first, which stop triggers first */
    uint64_t place;         /* order within a price */
    uint32_t instrument, participant, connection;
    uint32_t principal;     /* the client, where a broker acts; else the participant */
    uint32_t payer;         /* whose account the deposit and the fees are of */
    uint32_t session;       /* the one it was entered in; NAME_NONE = no session had its instrument then */
    uint32_t price;         /* 0 for a STOP that waits */
    uint32_t stop;
    uint32_t total, filled, open;   /* total = filled + open */
    uint32_t shown;         /* what depth shows of a resting order; all-or-none: 0 */
    uint32_t display;       /* slice of an iceberg, else 0 */
    uint32_t reckoned;      /* price that its deposit was reckoned with (DEP-11); 0 before RULE_TERMS */
    int64_t hold;           /* what it holds of the payer's money */
    int32_t expire_date;
    uint8_t side, type, tif, stp, flags, payment_terms;
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
    char symbol[symbol_size], group[instrument_group_size];
    uint32_t section, currency, price_places;
    bool has_terms;
    int64_t lot_tick;
    uint32_t reference;     /* the catalogue's */
    uint32_t quantity_min, quantity_max, collar_ppm;
    uint32_t bases_count;
    uint32_t basis_abroad;  /* the first basis outside Belarus; bases_count_max = none */
    uint32_t payment_terms;
    uint32_t last;          /* price of the last trade; 0 = none */
    uint32_t sessions[MODEL_LISTINGS_MAX], sessions_count;      /* none: it trades always */
    bool halted;
};

struct model_session {
    char id[session_id_size];
    uint32_t open_minute, close_minute;
    bool open, halted;
    struct command_session_terms terms;
    int32_t dates[session_dates_max];
    uint32_t dates_count;
    int32_t opened_date, closed_date;       /* by hand; date_none = not */
    int64_t started_ns;                     /* INT64_MIN: it was open when it was created */
    uint8_t remarks[MODEL_PARTICIPANTS_MAX];    /* bit = enum remark; ACC-15: as they stood when it started */
};

struct model_account { int64_t credited, free, held, blocked, paying_out, paid_out, set_off; };

struct model_participant {
    char id[participant_id_size], country[2];
    bool resident, accredited, killed;
    bool suspended, withdrawn;
    int32_t suspended_until;
    struct { bool present; int32_t from, to; } sections[SECTION_COUNT];
    struct model_account accounts[CURRENCY_COUNT];
    uint8_t remarks, remarks_of_date;   /* bit = enum remark: as they stand, and as they stood when the date began */
    uint8_t papers_missing;
    int32_t sanction_until, own_use_from, own_use_to;
    uint8_t broker;         /* enum broker_state */
    int32_t broker_from, broker_to, score;
    uint32_t exposure_factor, message_rate;
    int64_t order_value_max[CURRENCY_COUNT];
};

struct model_user { char name[user_name_size]; uint32_t participant, role, person; bool here; int64_t here_since; };
struct model_person { char id[user_name_size]; uint32_t participant; int32_t from, to; };

/* DEP-3: money that does not count yet. */
struct model_credit { uint32_t participant; uint8_t currency; int64_t amount; int32_t counts_date; };

/* A trade that was made under RULE_TERMS. By enum side where there are two of a thing. */
struct model_contract {
    uint64_t trade_id;
    uint32_t instrument, parties[2], payers[2];
    int64_t value, blocked[2];
    int64_t fees[2], unpaid[2];
    uint8_t fee_currencies[2];
    int32_t due_date;
    bool busted;
};

struct model {
    struct limits limits;
    int64_t time_ns;
    uint64_t orders_given, entries_given, places_given, trades_given;

    struct model_instrument instruments[MODEL_INSTRUMENTS_MAX];
    struct model_session sessions[MODEL_SESSIONS_MAX];
    struct model_participant participants[MODEL_PARTICIPANTS_MAX];
    struct model_user users[MODEL_USERS_MAX];
    struct model_person persons[MODEL_PERSONS_MAX];
    struct command_client clients[MODEL_CLIENTS_MAX];   /* registrations */
    int32_t holidays[MODEL_HOLIDAYS_MAX];
    bool section_halted[SECTION_COUNT];
    uint32_t instruments_count, sessions_count, participants_count, users_count, persons_count, clients_count;
    uint32_t holidays_count;
    bool has_terms;                         /* RULE_TERMS was given */
    struct command_rule_terms terms;

    /* From here on arrays of which only the part in use is copied. */
    struct order orders[MODEL_ORDERS_MAX];
    uint32_t orders_count;
    uint64_t triggered[MODEL_ORDERS_MAX];   /* ids of stops, the next to enter first */
    uint32_t triggered_count;
    struct command rows[MODEL_ROWS_MAX];    /* of the rule tables, the oldest first */
    uint32_t rows_count;
    struct model_credit credits[MODEL_CREDITS_MAX];
    uint32_t credits_count;
    int64_t taken_in[CURRENCY_COUNT];   /* by the exchange: credits and fees paid by bank, less what it paid out */
    struct model_contract *contracts;
    uint32_t contracts_count, contracts_capacity;
    struct used_name *names;                /* the oldest first; only the last client_ids_max are remembered */
    uint32_t names_count, names_capacity;

    struct event_buffer *events;            /* of the command at hand */
    const struct command *command;
};

/* A verdict: a reason, its figures, and which case of it. */
struct verdict { enum reject reason; int64_t low, high; enum verdict_detail detail; };

static inline struct verdict refuse(enum reject reason) { return (struct verdict){ .reason = reason }; }
static inline struct verdict refuse_with(enum reject reason, int64_t low, int64_t high) {
    return (struct verdict){ .reason = reason, .low = low, .high = high };
}
static inline struct verdict refuse_case(enum reject reason, enum verdict_detail detail) {
    return (struct verdict){ .reason = reason, .detail = detail };
}
static inline struct verdict fine(void) { return refuse(REJECT_NONE); }

/* A check of an order as it comes in, or as it would be after an amend. */
typedef struct verdict model_check(const struct model *model, const struct order *order);
/* The first check that fails. */
struct verdict model_run_checks(const struct model *model, const struct order *order, model_check *const *checks,
                                uint32_t count);
#define RUN_CHECKS(model, order, checks) \
    model_run_checks(model, order, checks, sizeof(checks) / sizeof(checks)[0])

/* ---- model.c ---- */

/* An event with its head filled in and everything else 0; it is the newest of the buffer. */
struct event *model_say(struct model *model, enum event_kind kind, uint32_t instrument);
struct order *model_find_order(struct model *model, uint64_t id);
uint64_t model_next_place(struct model *model);
/* REFUSED for a request that is no participant's; figures as in MATCHING.md 10. */
void model_refuse(struct model *model, struct verdict verdict);

/* ---- model_world.c ---- */
struct verdict model_apply_world(struct model *model);

/* ---- model_time.c ---- */
void model_say_time(struct model *model);
void model_advance(struct model *model, int64_t time_ns);
int32_t model_date(int64_t time_ns);
int32_t model_today(const struct model *model);
/* Whether the calendar knows a date, or there is none. */
bool model_is_known_date(int32_t date);
/* Both known, and not turned round; each may be none. */
bool model_are_dates(int32_t from, int32_t to);
bool model_is_business_day(const struct model *model, int32_t date);
/* The `days`-th business day after a date; 0 = the date, or the next business day. */
int32_t model_add_business_days(const struct model *model, int32_t date, uint32_t days);
/* Whether a session may have these hours; 0 and 0: it is always open. */
bool model_are_hours(uint32_t open_minute, uint32_t close_minute);
bool model_is_always_open(const struct model_session *session);
/* The session that an order belongs to; NAME_NONE: none, it trades always. */
uint32_t model_session_of(const struct model *model, const struct order *order);
bool model_is_halted(const struct model *model, uint32_t instrument, uint32_t session);
/* Without a session it is always open. */
bool model_is_open(const struct model *model, uint32_t session);
bool model_is_listed(const struct model *model, uint32_t instrument, uint32_t session);
bool model_is_scheduled_open(const struct model *model, const struct model_session *session, int64_t time_ns);
struct verdict model_apply_phase(struct model *model, const struct command_phase *request);
struct verdict model_apply_session_terms(struct model *model, const struct command_session_terms *request);
struct verdict model_apply_session_date(struct model *model, const struct command_session_date *request);

/* ---- model_people.c ---- */
struct verdict model_apply_people(struct model *model);
/* A trader: 211 when the person trades for somebody else; registers the person otherwise. */
struct verdict model_register_person(struct model *model, const char *person, uint32_t participant, uint32_t *index);
/* Remarks as they stand now, arrears that follow from fees included (ACC-12). */
uint8_t model_remarks_now(const struct model *model, uint32_t participant);
/* Ends the suspensions whose last day was yesterday. */
void model_end_suspensions(struct model *model);
bool model_is_suspended(const struct model *model, uint32_t participant);

/* ---- model_admit.c ---- */
/* Groups of checks, in ascending order. */
struct verdict model_check_firm(const struct model *model);             /* 201, 202 */
model_check model_check_dates, model_check_standing, model_check_section, model_check_papers, model_check_trader,
    model_check_certificate, model_check_late, model_check_remarks, model_check_broker, model_check_eligible,
    model_check_currency;
/* The registration of an order's principal with its broker for the section, or NULL. */
const struct command_client *model_registration(const struct model *model, const struct order *order);
/* Why an order that stands may not: 203, 204, 207, 301 to 305. */
struct verdict model_check_stands(const struct model *model, const struct order *order);

/* ---- model_tables.c ---- */
struct verdict model_apply_table(struct model *model);
/* 0, or the reason why the two principals may not deal (TRN-3, STL-4). */
enum reject model_pair_reason(const struct model *model, uint32_t instrument, uint32_t seller, uint32_t buyer);
enum deal_class model_class_of(const struct model *model, uint32_t seller, uint32_t buyer);
/* Class that bands and waivers are asked for at entry (PRC-2). */
enum deal_class model_entry_class(const struct model *model, uint32_t instrument, uint32_t side, uint32_t principal);
/* Whether a price lies in the band of an order's side. */
struct verdict model_check_band(const struct model *model, const struct order *order, uint32_t ticks);
/* 0 = none. */
uint32_t model_band(const struct model *model, const struct order *order, enum band_kind band);
/* The first day to come on which a currency can be had; today when it can be had today; date_none = never again. With
 * a row for today, *row is it; without any row at all NULL. */
int32_t model_currency_from(const struct model *model, uint32_t currency, const struct command_currency_rule **row);
bool model_currency_has_begun(const struct model *model, uint32_t currency);
/* The first day to come on which the section is open to transit; 0 = none. */
int32_t model_transit_from(const struct model *model, uint32_t section);
bool model_transit_permitted(const struct model *model, uint32_t section, bool *is_asked);
bool model_leaves_belarus(const struct model_instrument *instrument);
bool model_lists_country(const char countries[countries_count_max][2], const char country[2]);
/* Rate of the deposit; 0 = none is asked for. */
uint32_t model_deposit_ppm(const struct model *model, const struct order *order);
/* The fee of one side before it is converted, and its currency. */
int64_t model_fee(const struct model *model, uint32_t instrument, enum deal_class deal_class, enum side side,
                  int64_t value, uint8_t *currency, bool *is_flat);
int64_t model_byn_rate(const struct model *model, uint32_t currency);   /* 4 places; 0 = unknown */

/* ---- model_money.c ---- */
struct verdict model_apply_money(struct model *model);
/* Group 8. `before` is the order as it stands when it is amended, else NULL. */
struct verdict model_check_money(const struct model *model, const struct order *order, const struct order *before);
uint32_t model_payer_of(const struct model *model, const struct order *order);
/* DEP-11: the price that an order that comes in or is amended now is reckoned with. */
uint32_t model_reckoned_price(const struct model *model, const struct order *order);
/* Reckons the order's deposit anew, at order->reckoned, and says HELD. */
void model_hold(struct model *model, struct order *order);
/* Frees the share of `lots` that came off the open part, and says HELD. */
void model_release_part(struct model *model, struct order *order, uint32_t lots);
void model_release(struct model *model, struct order *order);
/* Deposits move to the contract, fees fall due; says CONTRACT. */
void model_settle(struct model *model, uint64_t trade_id, struct order *buy, struct order *sell, uint32_t at,
                  uint32_t lots);
bool model_is_in_arrears(const struct model *model, uint32_t participant);
/* What a date brings: payouts, fees that are collected, money that begins to count. */
void model_begin_date_of_money(struct model *model);

/* ---- model_name.c ---- */
struct used_name *model_find_name(struct model *model, uint32_t participant, const char *name);
bool model_is_used_today(const struct model *model, const struct used_name *used);
/* Whether the request came before today, word for word. */
bool model_is_resend(const struct model *model, const struct used_name *used);
void model_answer_resend(struct model *model, const struct used_name *used);
void model_say_name(struct model *model, uint32_t instrument, uint64_t order_id, const char *name);
/* A request that is granted uses its name, and the order bears it from now on, and no other. */
void model_use_name(struct model *model, struct order *order, const char *name);
/* The latest order of the participant that bears the name; 0 = none. */
uint64_t model_bearer_of(const struct model *model, uint32_t participant, const char *name);

/* ---- model_order.c ---- */
void model_apply_new_order(struct model *model);
void model_apply_amend(struct model *model);
void model_apply_cancel(struct model *model);
void model_apply_mass_cancel(struct model *model);

/* ---- model_end.c ---- */
/* CANCELED or EXPIRED. */
void model_end_order(struct model *model, struct order *order, enum event_kind kind, enum change_cause cause,
                     enum reject reason);
typedef bool model_order_test(const struct model *model, const struct order *order, const void *context);
/* Ends every order that passes the test, in the order of entry; returns how many. */
uint32_t model_end_orders(struct model *model, model_order_test *test, const void *context, enum event_kind kind,
                          enum change_cause cause, enum reject reason);
/* Ends what may not stand any more, of one firm or (NAME_NONE) of all: cause ADMISSION, or BAND. */
void model_end_unfit(struct model *model, uint32_t participant);
/* Ends all orders that a firm entered or that others entered for it. */
void model_end_orders_of(struct model *model, uint32_t participant, enum change_cause cause, enum reject reason);
void model_end_at_midnight(struct model *model);
void model_apply_disconnect(struct model *model);

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
/* The limit of a market order that enters now: the collar's edge, and no band's level beyond. */
uint32_t model_market_limit(const struct model *model, const struct order *order);
/* Whether the order, resting or waiting, would find room at its price. */
bool model_has_room_for(const struct model *m, const struct order *order, enum order_state state);
/* Whether an order that comes in rests without a look at the other side: it meets nobody, or wants all or nothing. */
bool model_rests_at_once(const struct order *o, const struct foresight *ahead);
struct foresight model_look_ahead(const struct model *model, const struct order *incoming);
/* The order comes in: says `kind` (ACCEPTED, REPLACED or TRIGGERED; `before` for REPLACED), walks, rests or ends. */
void model_enter(struct model *model, struct order *order, enum event_kind kind, const struct order *before);
/* ACCEPTED, REPLACED or TRIGGERED of an order as it now stands. */
void model_announce(struct model *model, const struct order *order, enum event_kind kind, const struct order *before,
                    unsigned flags);
/* Works off the queue of stops. */
void model_run_triggered(struct model *model);

#endif
