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
    XX(27, HOLIDAY, holiday) \
    XX(28, STANDING, standing) \
    XX(29, BROKER, broker) \
    XX(30, CLIENT, client) \
    XX(31, REMARK, remark) \
    XX(32, SANCTION, sanction) \
    XX(33, OWN_USE, own_use) \
    XX(34, TRADER, trader) \
    XX(35, CERTIFICATE, certificate) \
    XX(36, KILL, kill) \
    XX(37, RISK_LIMITS, risk_limits) \
    XX(38, PHASE, phase) \
    XX(39, SESSION_TERMS, session_terms) \
    XX(40, SESSION_DATE, session_date) \
    XX(41, RULE_TERMS, rule_terms) \
    XX(42, TRANSIT_RULE, transit_rule) \
    XX(43, CURRENCY_RULE, currency_rule) \
    XX(44, BAND_RULE, band_rule) \
    XX(45, FEE_RULE, fee_rule) \
    XX(46, WAIVER_RULE, waiver_rule) \
    XX(47, FX_RATE, fx_rate) \
    XX(48, PAY_FEES, pay_fees) \
    XX(49, BUST, bust) \
    XX(50, NEWS, news) \
    XX(51, LOGON, logon)

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
    uint8_t payment_terms;      /* STL-5; 0 = the instrument's first, else 1 + enum payment_terms */
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
    uint8_t reserved0[3];
    char person[user_name_size];    /* who it is; "" = the one of the user's name */
    uint8_t reserved[40];
};

/* Credentials pass through the journal but are no part of the exchange's state: applying one changes nothing. */
struct command_password { uint32_t user; uint8_t reserved[4]; char hash[password_hash_size]; };

/* A firm may have been credited a quarter of 2^63 minor units, and all firms together half of it may stand in a
 * currency: sums never overflow. CREDIT counts for orders from two business days on (DEP-3); AT_ONCE is a world's
 * initial deposit. PAID_OUT is never asked for: the event of a withdrawal that was executed. */
enum deposit_action { DEPOSIT_CREDIT, DEPOSIT_WITHDRAW, DEPOSIT_AT_ONCE, DEPOSIT_PAID_OUT };
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

/* ---- who may trade, and how far ---- */

/* ACC-2, ACC-16, ACC-17. A withdrawal is final. */
enum standing_action { STANDING_SUSPEND, STANDING_REINSTATE, STANDING_WITHDRAW };
struct command_standing {
    uint32_t participant;
    int32_t until_date;         /* SUSPEND: the last day of it; date_none = until it is lifted */
    uint8_t action;
    uint8_t reserved[87];
};

/* BRK-1, BRK-10. The first GRANT makes a broker; a later one is the yearly re-accreditation, decided by the score. */
enum broker_action { BROKER_GRANT, BROKER_SUSPEND, BROKER_REINSTATE };
struct command_broker {
    uint32_t participant;
    int32_t from_date, to_date; /* GRANT; to_date date_none = open-ended */
    uint32_t new_resident_clients, new_foreign_clients;
    int32_t other_points;
    uint8_t action;
    uint8_t tax_arrears;        /* 0 or 1 */
    uint8_t reserved[70];
};

/* BRK-4, BRK-6, BRK-7: a client is registered with a broker for a section, with a mandate; a later one replaces it. */
enum client_flag {
    CLIENT_OWN_ACCOUNT = 1 << 0,    /* deposit and fees from the client's account, not the broker's */
    CLIENT_CROSS_ALLOWED = 1 << 1,  /* BRK-9 */
};
struct command_client {
    uint32_t broker, client;
    uint32_t instrument;        /* NAME_NONE = any of the section */
    quantity quantity_max;      /* of one order; 0 = any */
    price limit;                /* highest to buy at, lowest to sell at; 0 = any; needs an instrument */
    int32_t expire_date;        /* last day; date_none = open-ended */
    uint8_t section;
    uint8_t side;               /* SIDE_BOTH = both */
    uint8_t flags;              /* enum client_flag */
    uint8_t registered;         /* 0 = the registration ends */
    uint8_t reserved[68];
};

/* REMARK_MAP(XX): XX(NAME, name on the wire). What is in the way of a participant when a session starts (ACC-15). */
#define REMARK_MAP(XX) XX(PAPERS, "papers") XX(CONTRACT, "contract") XX(ARREARS, "arrears") XX(CLAIM, "claim")
#define XX(name, text) REMARK_##name,
enum remark { REMARK_MAP(XX) REMARK_COUNT };
#undef XX
/* PAPER_MAP(XX): XX(NAME, name on the wire). ACC-5; the register extract is asked of non-residents only. */
#define PAPER_MAP(XX) \
    XX(STATUTES, "statutes") XX(POWER_OF_ATTORNEY, "power_of_attorney") XX(PASSPORT, "passport") \
    XX(REGISTER_EXTRACT, "register_extract")
#define XX(name, text) PAPER_##name,
enum paper { PAPER_MAP(XX) PAPER_COUNT };
#undef XX
struct command_remark {
    uint32_t participant;
    uint8_t remark;             /* enum remark */
    uint8_t value;              /* PAPERS: bits of the papers that are missing; others: 1 = in the way, 0 = cured */
    uint8_t at_once;            /* this remark counts in sessions that have begun, too: those a world begins with */
    uint8_t reserved[89];
};

struct command_sanction { uint32_t participant; int32_t until_date; uint8_t reserved[88]; };  /* date_none lifts it */
/* ACC-14: certificate of own use; from_date date_none = none. */
struct command_own_use { uint32_t participant; int32_t from_date, to_date; uint8_t reserved[84]; };

/* ACC-7, ACC-8: a natural person becomes, or ceases to be, a trader of the participant. The person of a user is the
 * one of the user's name unless the user says another. */
struct command_trader {
    char person[user_name_size];
    uint32_t participant;
    uint8_t registered;
    uint8_t reserved[67];
};
/* ACC-9: ends with the power of attorney or three years after its issue. */
struct command_certificate {
    char person[user_name_size];
    int32_t issue_date, power_to_date;
    uint8_t reserved[64];
};

/* The user of the command's head came, or left: its first connection, its last. ACC-10 asks since when it is here. */
struct command_logon { uint8_t on; uint8_t reserved[95]; };

struct command_kill { uint32_t participant; uint8_t on; uint8_t reserved[91]; };       /* RSK-3 */
/* RSK-1, RSK-2. Which of the members are given is said by `given`. */
enum risk_limit_flag { RISK_ORDER_VALUE = 1 << 0, RISK_EXPOSURE_FACTOR = 1 << 1, RISK_MESSAGE_RATE = 1 << 2 };
struct command_risk_limits {
    uint32_t participant;
    uint32_t exposure_factor;   /* times the deposit; 0 = the rule's own */
    uint32_t message_rate;      /* a trader and second; 0 = no limit */
    uint8_t currency;           /* of order_value_max */
    uint8_t given;
    uint8_t reserved0[2];
    money order_value_max;      /* 0 = no limit */
    uint8_t reserved[72];
};

/* ---- sessions ---- */

struct command_phase { uint32_t session; uint8_t phase; uint8_t reserved[91]; };

/* DIRECTION_MAP(XX), SESSION_ROLE_MAP(XX): XX(NAME, name on the wire). SES-6, SES-18. */
#define DIRECTION_MAP(XX) \
    XX(ANY, "any") XX(DOMESTIC, "domestic") XX(EXPORT, "export") XX(IMPORT, "import") XX(TRANSIT, "transit")
#define SESSION_ROLE_MAP(XX) XX(ANY, "any") XX(BROKERS_ONLY, "brokers_only")
#define XX(name, text) DIRECTION_##name,
enum direction { DIRECTION_MAP(XX) DIRECTION_COUNT };
#undef XX
#define XX(name, text) SESSION_ROLE_##name,
enum session_role { SESSION_ROLE_MAP(XX) SESSION_ROLE_COUNT };
#undef XX
enum session_flag { SESSION_OWN_USE = 1 << 0, SESSION_LATE_LOGIN_REFUSE = 1 << 1, SESSION_MULTI_BASIS = 1 << 2 };
enum { countries_count_max = 8 };

/* What a session admits, and other hours than SESSION gave it; it comes after SESSION. Countries are codes of two
 * letters, an empty list admits all. */
struct command_session_terms {
    uint32_t session;
    uint32_t every_days;        /* SES-4: a grid of days from anchor_date; 0 = every business day */
    int32_t anchor_date;
    uint8_t direction, role, flags;
    uint8_t currencies_mask;    /* STL-1; 0 = all */
    char buyer_countries[countries_count_max][2], seller_countries[countries_count_max][2];
    uint16_t open_minute, close_minute;     /* as in command_session; from now on */
    uint8_t has_hours;          /* 0 = the hours stay */
    uint8_t reserved[43];
};
/* One more date on which the session takes place; with the first, hours and grid no longer say which. SES-5. */
struct command_session_date { uint32_t session; int32_t date; uint8_t reserved[88]; };

/* ---- the rule tables. Nothing is asked for that no table asks for; later rows go before earlier ones. ---- */

enum rule_flag {
    RULE_DOMESTIC_BYN_ONLY = 1 << 0,    /* STL-4 */
    RULE_COLLECT_FEES = 1 << 1,         /* fees are taken from the free deposit on the day they are due */
};
/* RULE_TERMS switches deposits, fees and contracts on: DEP-1, DEP-3, FEE-2, FEE-6, RSK-1, STL-4. It comes before the
 * first order that is accepted, and is refused (1206) afterwards: what an order holds and a contract owes is
 * reckoned by one set of terms. The dated tables may grow at any time. */
struct command_rule_terms {
    money deposit_floors[CURRENCY_COUNT];
    uint32_t deposit_ppm;
    uint32_t deposit_business_days;     /* 0 to 3 */
    uint32_t fee_ppm;
    uint32_t fee_due_business_days;     /* 0 to 60 */
    uint32_t exposure_factor;           /* 0 = no limit */
    uint8_t flags;                      /* enum rule_flag */
    uint8_t reserved[35];
};
struct command_transit_rule { int32_t from_date, to_date; uint32_t sections_mask; uint8_t reserved[84]; };  /* TRN-2 */
struct command_currency_rule {          /* STL-2, STL-3, DEP-8 */
    int32_t from_date, to_date;
    char countries[countries_count_max][2];
    uint8_t currency;
    uint8_t reserved[71];
};
enum band_kind { BAND_RULE_FLOOR, BAND_RULE_CEILING };
struct command_band_rule {              /* PRC-2 */
    uint32_t instrument;
    price level;
    int32_t from_date, to_date;
    uint8_t band;                       /* enum band_kind */
    uint8_t deal_class;
    uint8_t reserved[78];
};
/* FEE-2, FEE-5: of the deals that it fits, a rate or, with flat > 0, an amount. */
enum { RULE_ANY = 255 };
struct command_fee_rule {
    uint32_t instrument;                /* NAME_NONE = any */
    uint32_t ppm;
    int32_t from_date, to_date;
    money flat;
    char group[instrument_group_size];  /* "" = any */
    uint8_t section, deal_class, side;  /* RULE_ANY = any */
    uint8_t currency;                   /* of flat */
    uint8_t reserved[44];
};
struct command_waiver_rule {            /* DEP-10 */
    int32_t from_date, to_date;
    uint8_t section, deal_class, side;  /* RULE_ANY = any */
    uint8_t reserved[85];
};
struct command_fx_rate { int64_t byn_scaled; int32_t from_date; uint8_t currency; uint8_t reserved[83]; };  /* FEE-3 */

/* Fees are paid, oldest first: from the free deposit, or with money from outside. */
enum fee_source { FEE_SOURCE_DEPOSIT, FEE_SOURCE_BANK };
struct command_pay_fees {
    money amount;
    uint32_t participant;
    uint8_t currency, source;
    uint8_t reserved[82];
};
struct command_bust { uint64_t trade_id; char text[88]; };              /* FEE-7 */
struct command_news { char text[96]; };

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
