/* follow.h - what a recorded stream tells: instruments, firms, orders, trades, contracts.
 *
 * Nothing is computed that the events do not say, but for the value of a trade (price x quantity x the worth of a tick
 * on a lot). Arrays "by side" have the buyer first, as everywhere. Indices are those of the exchange. */
#ifndef BIRZHA_TOOLS_FOLLOW_H
#define BIRZHA_TOOLS_FOLLOW_H

#include <stdint.h>

#include "engine/event.h"
#include "tools/report/stream.h"

struct followed_instrument {
    char symbol[symbol_size + 1], name[instrument_name_size + 1], group[instrument_group_size + 1];
    uint32_t lot_units;         /* 0 until its terms have come */
    int64_t tick_scaled;
    money lot_tick;
    uint8_t section, unit, currency, price_places;
};

struct followed_participant {
    char id[participant_id_size + 1], name[participant_name_size + 1], country[3];
};

/* A session has an instrument; one that none has trades always. */
struct followed_listing { uint32_t session, instrument; };
struct followed_session { char id[session_id_size + 1]; };

enum followed_state { FOLLOWED_OPEN, FOLLOWED_FILLED, FOLLOWED_CANCELED, FOLLOWED_EXPIRED };

struct followed_order {
    uint64_t order_id;
    int64_t time_ns;
    char client_order_id[client_order_id_size + 1];     /* the latest */
    uint32_t instrument, participant, principal, payer;
    price price, stop;
    quantity quantity, leaves, filled;
    money held;                 /* behind the open part; 0 once it has ended */
    uint8_t side, order_type, time_in_force, state;
};

/* One step in the life of an order. */
struct followed_step {
    uint64_t order_id, trade_id;        /* trade 0 = none */
    uint64_t sequence;
    int64_t time_ns;
    price price;
    quantity quantity, leaves;
    uint16_t kind, reason;              /* enum event_kind; enum reject */
    uint8_t cause;                      /* enum change_cause */
};

struct followed_trade {
    uint64_t trade_id, sequence;
    int64_t time_ns;
    int32_t date;
    uint32_t instrument;
    price price;
    quantity quantity;
    money value;
    uint64_t order_ids[2];              /* this and the rest by side */
    uint32_t participants[2], principals[2], payers[2];
    money fees[2], blocked[2];          /* 0 without a contract */
    uint8_t fee_currencies[2];
    uint8_t deal_class, condition;
    uint8_t has_contract, is_busted;
    int32_t fee_due_date;
    uint8_t basis;                      /* 255 = none is listed */
};

/* Open addressing from an id to its place; 0 = free, else place + 1. */
struct id_map {
    uint64_t *ids;
    uint32_t *places;
    uint32_t slots_count, used_count;
};

struct follow {
    struct followed_instrument *instruments;
    struct followed_participant *participants;
    struct followed_session *sessions;
    struct followed_listing *listings;
    struct followed_order *orders;
    struct followed_step *steps;
    struct followed_trade *trades;
    uint32_t instruments_count, participants_count, sessions_count, listings_count, orders_count;
    uint32_t steps_count, trades_count;
    struct id_map order_places, trade_places;
    /* What stands before the event that it belongs to. */
    struct event_client_id client_id;
    struct event_held held;
    struct event_contract contract;
    uint64_t money_total;               /* of all values and fees: bounds every sum that a report can make */
};

/* Reads the whole file. 0, or a negative errno and *error set; then there is nothing to free. */
__attribute__((warn_unused_result))
int follow_file(struct follow *follow, const char *path, struct stream_error *error);
void follow_free(struct follow *follow);

/* Place of an order or a trade in its array, or NAME_NONE. */
uint32_t id_map_find(const struct id_map *map, uint64_t id);

#endif
