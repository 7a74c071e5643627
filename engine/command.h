/* command.h - everything that can change the exchange, as records of one size.
 *
 * A command is 128 bytes, free of padding, and stands alone: names have become indices, decimal text has become
 * ticks, lots and minor units, time has been stamped. The journal stores commands; the state is a function of them.
 *
 * Values that the edge could not turn into ticks or lots travel as sentinels, so that the refusal comes at its
 * place in the order of checks and not before:
 *   instrument  NAME_NONE              no such symbol (104)
 *   price       PRICE_INVALID          zero, negative, too large or not a price of this currency (701)
 *               PRICE_OFF_TICK         a fine price, but between two ticks (702)
 *   quantity    0 / UINT32_MAX         below / above everything that can be traded (602, 603) */
#ifndef BIRZHA_COMMAND_H
#define BIRZHA_COMMAND_H

#include <stdint.h>

#include "instruments/instrument.h"
#include "instruments/limits.h"
#include "instruments/money.h"

/* COMMAND_MAP(XX): XX(number, NAME, member of the union). Numbers are part of the journal format. */
#define COMMAND_MAP(XX) \
    XX(1, CLOCK, clock) \
    XX(2, NEW_ORDER, new_order) \
    XX(3, AMEND_ORDER, amend_order) \
    XX(4, CANCEL_ORDER, cancel_order) \
    XX(5, MASS_CANCEL, mass_cancel) \
    XX(6, DISCONNECT, disconnect) \
    XX(16, INSTRUMENT, instrument) \
    XX(17, INSTRUMENT_TERMS, instrument_terms) \
    XX(18, BASIS, basis) \
    XX(19, SESSION, session) \
    XX(20, SESSION_SYMBOL, session_symbol) \
    XX(21, PARTICIPANT, add_participant) \
    XX(22, ACCREDIT, accredit) \
    XX(23, USER, add_user) \
    XX(24, PASSWORD, password) \
    XX(25, DEPOSIT, deposit) \
    XX(26, HALT, halt) \
    XX(27, HOLIDAY, holiday)

#define XX(number, name, member) COMMAND_##name = number,
enum command_kind { COMMAND_MAP(XX) };
#undef XX

#define PRICE_INVALID UINT32_C(0xFFFFFFFE)
#define PRICE_OFF_TICK UINT32_C(0xFFFFFFFF)

enum side { SIDE_BUY, SIDE_SELL, SIDE_BOTH };

/* ORDER_TYPE_MAP(XX), TIME_IN_FORCE_MAP(XX), STP_MAP(XX), ROLE_MAP(XX): XX(NAME, name on the wire) */
#define ORDER_TYPE_MAP(XX) XX(LIMIT, "limit") XX(MARKET, "market") XX(STOP, "stop") XX(STOP_LIMIT, "stop_limit")
#define TIME_IN_FORCE_MAP(XX) \
    XX(DAY, "day") XX(GTC, "gtc") XX(GTD, "gtd") XX(IOC, "ioc") XX(FOK, "fok") \
    XX(AT_OPEN, "at_open") XX(AT_CLOSE, "at_close")
#define STP_MAP(XX) \
    XX(CANCEL_NEWEST, "cancel_newest") XX(CANCEL_OLDEST, "cancel_oldest") \
    XX(CANCEL_BOTH, "cancel_both") XX(DECREMENT, "decrement")
#define ROLE_MAP(XX) XX(TRADER, "trader") XX(OBSERVER, "observer") XX(SUPERVISOR, "supervisor") XX(ADMIN, "admin")

#define XX(name, text) ORDER_TYPE_##name,
enum order_type { ORDER_TYPE_MAP(XX) ORDER_TYPE_COUNT };
#undef XX
#define XX(name, text) TIF_##name,
enum time_in_force { TIME_IN_FORCE_MAP(XX) TIF_COUNT };
#undef XX
#define XX(name, text) STP_##name,
enum stp { STP_MAP(XX) STP_COUNT };
#undef XX
#define XX(name, text) ROLE_##name,
enum role { ROLE_MAP(XX) ROLE_COUNT };
#undef XX

enum order_flag {
    ORDER_POST_ONLY = 1 << 0,
    ORDER_ALL_OR_NONE = 1 << 1,
    ORDER_CANCEL_ON_DISCONNECT = 1 << 2,
};

enum amend_flag { AMEND_QUANTITY = 1 << 0, AMEND_PRICE = 1 << 1, AMEND_DISPLAY = 1 << 2 };

/* Time passes: the exchange moves to the command's time; what is due on the way happens, in order. */
struct command_clock { uint8_t reserved[96]; };

struct command_new_order {
    uint32_t instrument;
    uint32_t client;            /* the principal a broker acts for; NAME_NONE = own account */
    uint32_t market_session;    /* NAME_NONE = the instrument's */
    price price;                /* ticks or a sentinel; 0 for market and stop */
    price stop;                 /* ticks or a sentinel; 0 = none */
    quantity quantity;
    quantity display;           /* ICEBERG when > 0 */
    quantity min;
    int32_t expire_date;        /* GTD; date_none otherwise */
    uint8_t side, order_type, time_in_force, stp;
    uint8_t flags;              /* enum order_flag */
    uint8_t payment_terms;
    uint8_t has_display;        /* display was given, even if 0 (612) */
    uint8_t reserved0;
    char client_order_id[client_order_id_size];   /* "" = the order has none and is known by its order id */
    uint8_t reserved[16];
};

/* The order is named by order_id or, when that is 0, by orig_client_order_id. */
struct command_amend_order {
    uint64_t order_id;
    char client_order_id[client_order_id_size];
    char orig_client_order_id[client_order_id_size];
    quantity quantity;          /* new total, what has been filled included */
    price price;
    uint32_t display_lots;      /* new displayed quantity; 0 = no longer an iceberg */
    uint8_t flags;              /* enum amend_flag: which of the three are given */
    uint8_t reserved[3];
};

struct command_cancel_order {
    uint64_t order_id;
    char client_order_id[client_order_id_size];
    char orig_client_order_id[client_order_id_size];
    uint8_t reserved[16];
};

struct command_mass_cancel {
    uint32_t instrument;        /* NAME_NONE = all */
    uint32_t client;            /* NAME_NONE = all of the participant's */
    uint8_t side;               /* SIDE_BOTH = both */
    uint8_t reserved[87];
};

/* A connection is gone: the orders that the participant entered over it with ORDER_CANCEL_ON_DISCONNECT end. */
struct command_disconnect { uint8_t reserved[96]; };

/* An instrument comes in parts, since a command is small: INSTRUMENT gives names, INSTRUMENT_TERMS makes it
 * tradable, BASIS adds one delivery basis (the first is the reference basis). */
struct command_instrument {
    char symbol[symbol_size];
    char name[instrument_name_size];
    uint8_t section, unit, currency, price_places;
    uint8_t reserved[4];
};

struct command_instrument_terms {
    uint32_t instrument;
    uint32_t lot_units;
    int64_t tick_scaled;
    price reference;
    quantity quantity_min, quantity_max;
    uint32_t collar_ppm;
    uint8_t payment_terms_mask;
    uint8_t reserved0[7];
    char group[instrument_group_size];
    uint8_t reserved[32];
};

struct command_basis {
    uint32_t instrument;
    uint8_t reserved0[4];
    struct basis basis;
    uint8_t reserved[48];
};

/* MODEL_MAP(XX): XX(NAME, name on the wire) - market models of sessions. */
#define MODEL_MAP(XX) \
    XX(CONTINUOUS, "continuous") XX(CALL, "call") XX(DOUBLE_COUNTER, "double_counter") XX(ENGLISH, "english") \
    XX(REVERSE, "reverse") XX(DUTCH, "dutch") XX(SEALED_FIRST, "sealed_first") XX(SEALED_SECOND, "sealed_second") \
    XX(SEALED_UNIFORM, "sealed_uniform") XX(CLOCK, "clock") XX(NEGOTIATED, "negotiated")
#define XX(name, text) MODEL_##name,
enum market_model { MODEL_MAP(XX) MODEL_COUNT };
#undef XX

struct command_session {
    char id[session_id_size];
    uint16_t open_minute, close_minute;   /* of the Minsk day; both 0 = always open */
    uint8_t model;
    uint8_t reserved[67];
};

struct command_session_symbol { uint32_t session, instrument; uint8_t reserved[88]; };

struct command_add_participant {
    char id[participant_id_size];
    char name[participant_name_size];
    char country[2];
    uint8_t reserved[14];
};

/* ACC-3: accreditation of one participant in one section; a later one replaces it. */
struct command_accredit {
    uint32_t participant;
    int32_t from_date;
    int32_t to_date;            /* date_none = open-ended */
    uint8_t section;
    uint8_t reserved[83];
};

struct command_add_user {
    char name[user_name_size];
    uint32_t participant;       /* NAME_NONE = none; only a trader needs one */
    uint8_t role;
    uint8_t reserved[67];
};

/* Credentials pass through the journal but are no part of the exchange's state: applying one changes nothing. */
struct command_password { uint32_t user; uint8_t reserved[4]; char hash[password_hash_size]; };

enum deposit_action { DEPOSIT_CREDIT, DEPOSIT_WITHDRAW };
struct command_deposit {
    uint32_t participant;
    uint8_t currency;
    uint8_t action;
    uint8_t reserved0[2];
    money amount;
    uint8_t reserved[80];
};

enum halt_scope { HALT_INSTRUMENT, HALT_SESSION, HALT_SECTION };
struct command_halt {
    uint32_t target;            /* index of the instrument or session, or the section */
    uint8_t scope;
    uint8_t halted;             /* 1 = halt, 0 = resume */
    uint8_t reserved[90];
};

struct command_holiday { int32_t date; uint8_t reserved[92]; };

struct command {
    uint64_t sequence;          /* gap-free from 1, given by the sequencer */
    int64_t time_ns;            /* exchange time, UTC; never less than the command's before */
    uint16_t kind;              /* enum command_kind */
    uint16_t reserved;
    uint32_t participant;       /* who asks; NAME_NONE = the exchange itself */
    uint32_t user;              /* the trader or official; NAME_NONE = the exchange itself */
    uint32_t connection;        /* which connection asked; for cancel-on-disconnect */
    union {
#define XX(number, name, member) struct command_##member member;
        COMMAND_MAP(XX)
#undef XX
    };
};

#define XX(number, name, member) \
    _Static_assert(sizeof(struct command_##member) == 96, #member " fills a command");
COMMAND_MAP(XX)
#undef XX
_Static_assert(sizeof(struct command) == 128, "a command is 128 bytes");

#endif
