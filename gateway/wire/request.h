/* request.h - everything a client can ask for, and a request once it is understood.
 *
 * A request that changes the exchange carries a finished `struct command`, except its head (sequence, time,
 * participant, user, connection), which the sequencer and the session fill in; any other request carries its few
 * members in the union below. A request stands alone: nothing in it points anywhere. */
#ifndef BIRZHA_WIRE_REQUEST_H
#define BIRZHA_WIRE_REQUEST_H

#include <stdint.h>

#include "engine/command.h"
#include "instruments/limits.h"

/* Who may ask. TRADER is the role trader alone (an official has no participant to trade for); SUPERVISOR includes
 * admin; LOGGED_ON is every role. */
enum access { ACCESS_PUBLIC, ACCESS_LOGGED_ON, ACCESS_TRADER, ACCESS_SUPERVISOR, ACCESS_ADMIN };

/* What is to be had today: OFFERED, or LATER, which is answered with 1211 not_available. */
enum availability { OFFERED, LATER };

/* REQUEST_MAP(XX): XX(NAME, name on the wire, enum availability, who may ask) */
#define REQUEST_MAP(XX) \
    XX(LOGON, "logon", OFFERED, PUBLIC) \
    XX(LOGOUT, "logout", OFFERED, PUBLIC) \
    XX(HEARTBEAT, "heartbeat", OFFERED, PUBLIC) \
    XX(NEW_ORDER, "new_order", OFFERED, TRADER) \
    XX(AMEND_ORDER, "amend_order", OFFERED, TRADER) \
    XX(CANCEL_ORDER, "cancel_order", OFFERED, TRADER) \
    XX(MASS_CANCEL, "mass_cancel", OFFERED, TRADER) \
    XX(OPEN_ORDERS, "open_orders_request", OFFERED, LOGGED_ON) \
    XX(ORDER_STATUS, "order_status_request", OFFERED, LOGGED_ON) \
    XX(BALANCES, "balances_request", OFFERED, LOGGED_ON) \
    XX(DEALS, "deals_request", OFFERED, LOGGED_ON) \
    XX(PARTICIPANT, "participant_request", OFFERED, LOGGED_ON) \
    XX(INSTRUMENTS, "instruments_request", OFFERED, PUBLIC) \
    XX(SESSIONS, "sessions_request", OFFERED, PUBLIC) \
    XX(EXPLAIN, "explain", OFFERED, LOGGED_ON) \
    XX(SUBSCRIBE, "subscribe", OFFERED, PUBLIC) \
    XX(UNSUBSCRIBE, "unsubscribe", OFFERED, PUBLIC) \
    XX(ADMIN_CLOCK, "admin_clock", OFFERED, ADMIN) \
    XX(ADMIN_PARTICIPANT, "admin_participant", OFFERED, SUPERVISOR) \
    XX(ADMIN_ACCREDIT, "admin_accredit", OFFERED, SUPERVISOR) \
    XX(ADMIN_DEPOSIT, "admin_deposit", OFFERED, SUPERVISOR) \
    XX(ADMIN_USER, "admin_user", OFFERED, ADMIN) \
    XX(ADMIN_HALT, "admin_halt", OFFERED, SUPERVISOR) \
    XX(ADMIN_RESUME, "admin_resume", OFFERED, SUPERVISOR) \
    XX(ADMIN_DIGEST, "admin_digest", OFFERED, SUPERVISOR) \
    XX(ADMIN_SHUTDOWN, "admin_shutdown", OFFERED, ADMIN) \
    XX(ADMIN_SNAPSHOT, "admin_snapshot", OFFERED, ADMIN) \
    XX(ADMIN_PHASE, "admin_phase", OFFERED, SUPERVISOR) \
    XX(ADMIN_KILL, "admin_kill", OFFERED, SUPERVISOR) \
    XX(ADMIN_NEWS, "admin_news", OFFERED, SUPERVISOR) \
    XX(ADMIN_SUSPEND, "admin_suspend", OFFERED, SUPERVISOR) \
    XX(ADMIN_REINSTATE, "admin_reinstate", OFFERED, SUPERVISOR) \
    XX(ADMIN_WITHDRAW, "admin_withdraw", OFFERED, SUPERVISOR) \
    XX(ADMIN_BROKER, "admin_broker", OFFERED, SUPERVISOR) \
    XX(ADMIN_CLIENT, "admin_client", OFFERED, SUPERVISOR) \
    XX(ADMIN_BUST, "admin_bust", OFFERED, SUPERVISOR) \
    XX(ADMIN_PAPERS, "admin_papers", OFFERED, SUPERVISOR) \
    XX(ADMIN_CONTRACT, "admin_contract", OFFERED, SUPERVISOR) \
    XX(ADMIN_TRADER, "admin_trader", OFFERED, SUPERVISOR) \
    XX(ADMIN_CERTIFICATE, "admin_certificate", OFFERED, SUPERVISOR) \
    XX(ADMIN_SANCTION, "admin_sanction", OFFERED, SUPERVISOR) \
    XX(ADMIN_CLAIM, "admin_claim", OFFERED, SUPERVISOR) \
    XX(ADMIN_OWN_USE, "admin_own_use", OFFERED, SUPERVISOR) \
    XX(ADMIN_ARREARS, "admin_arrears", OFFERED, SUPERVISOR) \
    XX(ADMIN_FEES, "admin_fees", OFFERED, SUPERVISOR) \
    XX(ADMIN_GUARANTEE, "admin_guarantee", LATER, SUPERVISOR) \
    XX(ADMIN_LIMITS, "admin_limits", OFFERED, SUPERVISOR) \
    XX(ADMIN_CARRY_OVER, "admin_carry_over", LATER, SUPERVISOR) \
    XX(ADMIN_SESSION, "admin_session", OFFERED, SUPERVISOR) \
    XX(LOT_OFFER, "lot_offer", LATER, TRADER) \
    XX(LOT_BID, "lot_bid", LATER, TRADER) \
    XX(LOT_CHOOSE_BASIS, "lot_choose_basis", LATER, TRADER) \
    XX(DEAL_PROPOSE, "deal_propose", LATER, TRADER) \
    XX(DEAL_CONFIRM, "deal_confirm", LATER, TRADER) \
    XX(DEAL_DECLINE, "deal_decline", LATER, TRADER) \
    XX(CONTRACT_SIGN, "contract_sign", LATER, TRADER) \
    XX(CONTRACT_PAY, "contract_pay", LATER, TRADER) \
    XX(CONTRACT_SHIP, "contract_ship", LATER, TRADER) \
    XX(CONTRACT_ACCEPT, "contract_accept", LATER, TRADER) \
    XX(CONTRACT_DISPUTE, "contract_dispute", LATER, TRADER) \
    XX(CONTRACT_CANCEL, "contract_cancel", LATER, TRADER)

/* REQUEST_UNKNOWN: the message has no type, or one that does not exist; access LOGGED_ON, since a stranger is told to
 * log on before anything else. */
#define XX(name, text, availability, access) REQUEST_##name,
enum request_type { REQUEST_UNKNOWN, REQUEST_MAP(XX) REQUEST_COUNT };
#undef XX

/* CHANNEL_MAP(XX): XX(NAME, name on the wire, enum availability) */
#define CHANNEL_MAP(XX) \
    XX(BOOK, "book", OFFERED) XX(TRADES, "trades", OFFERED) XX(TICKER, "ticker", OFFERED) \
    XX(STATUS, "status", OFFERED) XX(AUCTION, "auction", LATER)

#define XX(name, text, availability) CHANNEL_##name,
enum channel { CHANNEL_MAP(XX) CHANNEL_COUNT };
#undef XX

enum {
    request_id_characters_max = 36,
    request_id_json_size = 6 * request_id_characters_max + 2,
    request_symbols_max = 512,      /* in one subscribe, so that its ack fits a line; "all" has no such limit */
    request_user_size = 64,         /* longer than any user's name can be: a wrong name is simply not found */
    request_password_size = 128,
    request_word_size = 48,
    depth_levels_default = 20,
    depth_levels_max = 100,
};

/* The req_id, as it is to be written into every reply; size 0 = the request has none. */
struct request_id {
    uint8_t size;
    char json[request_id_json_size];    /* a JSON string with its quotes, or an integer */
};

/* What a request about orders said in its own words, NUL-terminated, "" = not said: for the sentence of a refusal.
 * A word that is too long is cut, and ends in "..." then. */
struct request_words {
    char symbol[request_word_size];
    char client[request_word_size], session[request_word_size];
    char price[request_word_size];
    char stop[request_word_size];
    char quantity[request_word_size], display[request_word_size], min[request_word_size];
};

struct request_text {
    uint32_t size;
    char text[request_password_size];
};

struct request_logon {
    char user[request_user_size];       /* NUL-padded; a name that fills it cannot exist */
    struct request_text password;       /* the caller wipes it (explicit_bzero) when it is done */
    uint64_t next_expected_seq;         /* 0 = not given: nothing is replayed */
    uint32_t cancel_on_disconnect;      /* 0 or 1 */
};

struct request_subscribe {
    enum channel channel;
    uint32_t depth;                     /* levels a side, 1 to depth_levels_max; book only, else the default */
    uint32_t all;                       /* 1 = every instrument, the list is empty */
    uint32_t instruments_count;
    uint32_t instruments[request_symbols_max];   /* as asked; one may come twice */
};

/* Named by order_id or, when that is 0, by orig_client_order_id. An order_id that no order can have is UINT64_MAX. */
struct request_order_status {
    uint64_t order_id;
    char orig_client_order_id[client_order_id_size];
};

/* Exactly one of the three is not 0. An id that nothing can have is UINT64_MAX. */
struct request_explain { uint64_t order_id, trade_id, seq; };

struct request_deals { int32_t from_date, to_date; };   /* trade dates, inclusive; date_none = not given */
struct request_instruments { int32_t section; };         /* enum section, -1 = all */
struct request_clock { int64_t now_ns; };

/* admin_session: a session with its terms as they are to be, and instruments and dates that are added. */
enum { request_session_symbols_max = 256 };
struct request_session {
    uint32_t index;                     /* NAME_NONE = it is created */
    struct command_session session;     /* read when it is created */
    struct command_session_terms terms; /* complete: what was not said is as before; `session` is not set */
    uint32_t dates_count, symbols_count;
    int32_t dates[32];
    uint32_t symbols[request_session_symbols_max];
};

struct request {
    enum request_type type;
    struct request_id id;
    struct command command;             /* kind 0: the request is no command */
    struct request_words words;         /* new_order, amend_order, mass_cancel */
    union {
        struct request_logon logon;
        struct request_subscribe subscribe;         /* and unsubscribe */
        struct request_order_status order_status;
        struct request_explain explain;
        struct request_deals deals;
        struct request_instruments instruments;
        struct request_session session;             /* admin_session */
        struct request_clock clock;                 /* admin_clock: becomes a CLOCK command of that time */
        struct request_text password;               /* admin_user, beside its command; to be hashed, then wiped */
    };
};

/* NULL for REQUEST_UNKNOWN. */
const char *request_name(enum request_type type);
/* The type whose name is `text`, or REQUEST_UNKNOWN. */
enum request_type request_find(const char *text, uint32_t size);
enum access request_access(enum request_type type);
enum availability request_availability(enum request_type type);
/* Whether somebody who is logged on with `role` may ask what needs `access`. */
int access_allows(enum access access, enum role role);
const char *access_name(enum access access);    /* "trader", for a sentence */

const char *channel_name(enum channel channel);

#endif
