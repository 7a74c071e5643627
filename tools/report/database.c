/* database.c - one transaction, one prepared statement a table; see database.h. */
#include "tools/report/database.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/decimal.h"
#include "instruments/instrument.h"
#include "instruments/name_table.h"
#include "tools/report/tables.h"

static const char schema[] =
    "CREATE TABLE instruments (instrument INTEGER PRIMARY KEY, symbol TEXT NOT NULL, name TEXT, section TEXT,"
    " goods_group TEXT, currency TEXT, unit TEXT, lot_units INTEGER, tick TEXT);"
    "CREATE TABLE listings (session TEXT NOT NULL, instrument INTEGER REFERENCES instruments,"
    " PRIMARY KEY (session, instrument));"
    "CREATE TABLE participants (participant INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT, country TEXT);"
    "CREATE TABLE orders (order_id INTEGER PRIMARY KEY, time TEXT, cl_ord_id TEXT,"
    " instrument INTEGER REFERENCES instruments, side TEXT, type TEXT, time_in_force TEXT, price TEXT, stop TEXT,"
    " quantity INTEGER, filled INTEGER, leaves INTEGER, held_minor INTEGER, state TEXT,"
    " participant INTEGER REFERENCES participants, principal INTEGER REFERENCES participants,"
    " payer INTEGER REFERENCES participants);"
    "CREATE TABLE trades (trade_id INTEGER PRIMARY KEY, sequence INTEGER, time TEXT, date TEXT,"
    " instrument INTEGER REFERENCES instruments, price TEXT, quantity INTEGER, units INTEGER, value_minor INTEGER,"
    " currency TEXT, class TEXT, buy_order INTEGER REFERENCES orders, sell_order INTEGER REFERENCES orders,"
    " buyer INTEGER REFERENCES participants, seller INTEGER REFERENCES participants);"
    "CREATE TABLE contracts (trade_id INTEGER PRIMARY KEY REFERENCES trades, state TEXT,"
    " buyer_fee_minor INTEGER, buyer_fee_currency TEXT, seller_fee_minor INTEGER, seller_fee_currency TEXT,"
    " buyer_blocked_minor INTEGER, seller_blocked_minor INTEGER, fee_due_date TEXT);"
    "CREATE TABLE order_events (step INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders, sequence INTEGER,"
    " time TEXT, event TEXT, price TEXT, quantity INTEGER, leaves INTEGER,"
    " trade_id INTEGER REFERENCES trades, cause TEXT, reason TEXT);"
    "CREATE INDEX order_events_of ON order_events(order_id);"
    "CREATE INDEX trades_of ON trades(date);";

/* The row that is being filled: columns in the order of the table. */
struct row {
    sqlite3_stmt *statement;
    int column;
    int status;
};

static void put_number(struct row *row, int64_t number) {
    if (row->status == SQLITE_OK) row->status = sqlite3_bind_int64(row->statement, ++row->column, number);
}

static void put_text(struct row *row, const char *text) {
    if (row->status == SQLITE_OK)
        row->status = sqlite3_bind_text(row->statement, ++row->column, text, -1, SQLITE_TRANSIENT);
}

/* NULL where there is none. */
static void put_reference(struct row *row, uint64_t id, uint64_t none) {
    if (id != none) {
        put_number(row, (int64_t)id);
        return;
    }
    if (row->status == SQLITE_OK) row->status = sqlite3_bind_null(row->statement, ++row->column);
}

static void put_time(struct row *row, int64_t time_ns) {
    char text[timestamp_text_size + 1] = "";
    timestamp_format(time_ns, text);
    put_text(row, text);
}

static void put_date(struct row *row, int32_t date) {
    char text[11] = "";
    date_format(date, text);
    put_text(row, text);
}

/* NULL for an order without one. */
static void put_price(struct row *row, const struct followed_instrument *instrument, price at) {
    char text[decimal_text_size_max + 1];
    if (at.ticks == 0) {
        put_reference(row, 0, 0);
        return;
    }
    text[decimal_format(at.ticks * instrument->tick_scaled, instrument->price_places, text)] = '\0';
    put_text(row, text);
}

/* The row is complete: it goes in, and the next one begins. */
static int end_row(struct row *row) {
    if (row->status == SQLITE_OK) row->status = sqlite3_step(row->statement);
    int status = row->status == SQLITE_DONE ? sqlite3_reset(row->statement) : row->status;
    *row = (struct row){.statement = row->statement, .status = status};
    return status;
}

/* ---- tables ---- */

typedef void put_item(struct row *row, const struct follow *follow, uint32_t index);

static void put_instrument(struct row *row, const struct follow *follow, uint32_t index) {
    const struct followed_instrument *item = &follow->instruments[index];
    put_number(row, index);
    put_text(row, item->symbol);
    put_text(row, item->name);
    put_text(row, section_name(item->section));
    put_text(row, item->group);
    put_text(row, currency_code(item->currency));
    put_text(row, unit_name(item->unit));
    put_number(row, item->lot_units);
    put_price(row, item, (price){1});
}

static void put_listing(struct row *row, const struct follow *follow, uint32_t index) {
    put_text(row, follow->sessions[follow->listings[index].session].id);
    put_number(row, follow->listings[index].instrument);
}

static void put_participant(struct row *row, const struct follow *follow, uint32_t index) {
    const struct followed_participant *item = &follow->participants[index];
    put_number(row, index);
    put_text(row, item->id);
    put_text(row, item->name);
    put_text(row, item->country);
}

#define XX(name, text) text,
static const char *const order_types[] = {ORDER_TYPE_MAP(XX)};
static const char *const times_in_force[] = {TIME_IN_FORCE_MAP(XX)};
#undef XX
static const char *const order_states[] = {"open", "filled", "canceled", "expired"};
static const char *const side_texts[] = {"buy", "sell"};

static void put_order(struct row *row, const struct follow *follow, uint32_t index) {
    const struct followed_order *item = &follow->orders[index];
    const struct followed_instrument *instrument = &follow->instruments[item->instrument];
    put_number(row, (int64_t)item->order_id);
    put_time(row, item->time_ns);
    put_text(row, item->client_order_id[0] != '\0' ? item->client_order_id : NULL);
    put_number(row, item->instrument);
    put_text(row, side_texts[item->side]);
    put_text(row, order_types[item->order_type]);
    put_text(row, times_in_force[item->time_in_force]);
    put_price(row, instrument, item->price);
    put_price(row, instrument, item->stop);
    put_number(row, item->quantity.lots);
    put_number(row, item->filled.lots);
    put_number(row, item->leaves.lots);
    put_number(row, item->held.minor);
    put_text(row, order_states[item->state]);
    put_number(row, item->participant);
    put_number(row, item->principal);
    put_number(row, item->payer);
}

static void put_trade(struct row *row, const struct follow *follow, uint32_t index) {
    const struct followed_trade *item = &follow->trades[index];
    const struct followed_instrument *instrument = &follow->instruments[item->instrument];
    put_number(row, (int64_t)item->trade_id);
    put_number(row, (int64_t)item->sequence);
    put_time(row, item->time_ns);
    put_date(row, item->date);
    put_number(row, item->instrument);
    put_price(row, instrument, item->price);
    put_number(row, item->quantity.lots);
    put_number(row, (int64_t)item->quantity.lots * instrument->lot_units);
    put_number(row, item->value.minor);
    put_text(row, currency_code(instrument->currency));
    put_text(row, deal_class_text(item->deal_class));
    put_number(row, (int64_t)item->order_ids[SIDE_BUY]);
    put_number(row, (int64_t)item->order_ids[SIDE_SELL]);
    put_number(row, item->principals[SIDE_BUY]);
    put_number(row, item->principals[SIDE_SELL]);
}

static void put_contract(struct row *row, const struct follow *follow, uint32_t index) {
    const struct followed_trade *item = &follow->trades[index];
    put_number(row, (int64_t)item->trade_id);
    put_text(row, item->is_busted ? "busted" : "deal");
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        put_number(row, item->fees[side].minor);
        put_text(row, currency_code(item->fee_currencies[side]));
    }
    put_number(row, item->blocked[SIDE_BUY].minor);
    put_number(row, item->blocked[SIDE_SELL].minor);
    put_date(row, item->fee_due_date);
}

static const char *event_text(uint16_t kind) {
    switch (kind) {
        case EVENT_ACCEPTED: return "accepted";
        case EVENT_TRADE: return "trade";
        case EVENT_RESTED: return "rested";
        case EVENT_REFRESHED: return "refreshed";
        case EVENT_REPLACED: return "replaced";
        case EVENT_RESTATED: return "restated";
        case EVENT_TRIGGERED: return "triggered";
        case EVENT_CANCELED: return "canceled";
        case EVENT_EXPIRED: return "expired";
        default: return NULL;
    }
}

/* In the order of enum change_cause. */
static const char *const cause_texts[] = {
    "request", "mass_cancel", "disconnect", "remainder", "self_trade", "min_quantity", "end_of_day", "expire_date",
    "session_close", "limit_reached", "trading", "suspension", "admission", "band", "kill",
};

static void put_step(struct row *row, const struct follow *follow, uint32_t index) {
    const struct followed_step *item = &follow->steps[index];
    uint32_t place = id_map_find(&follow->order_places, item->order_id);
    CHECK(place != NAME_NONE);
    int is_change = item->kind != EVENT_ACCEPTED && item->kind != EVENT_TRADE;
    int has_cause = is_change && item->cause < sizeof cause_texts / sizeof *cause_texts;
    put_number(row, index);
    put_number(row, (int64_t)item->order_id);
    put_number(row, (int64_t)item->sequence);
    put_time(row, item->time_ns);
    put_text(row, event_text(item->kind));
    put_price(row, &follow->instruments[follow->orders[place].instrument], item->price);
    put_number(row, item->quantity.lots);
    put_number(row, item->leaves.lots);
    put_reference(row, item->trade_id, 0);
    put_text(row, has_cause ? cause_texts[item->cause] : NULL);
    put_text(row, item->reason != 0 ? reject_name((enum reject)item->reason) : NULL);
}

static int write_table(sqlite3 *database, const char *insert, const struct follow *follow, uint32_t count,
                       put_item *put) {
    struct row row = {.status = SQLITE_OK};
    int status = sqlite3_prepare_v2(database, insert, -1, &row.statement, NULL);
    for (uint32_t i = 0; i < count && status == SQLITE_OK; i++) {
        if (put == put_contract && !follow->trades[i].has_contract) continue;
        put(&row, follow, i);
        status = end_row(&row);
    }
    sqlite3_finalize(row.statement);
    return status;
}

static int write_all(sqlite3 *database, const struct follow *follow) {
    const struct { const char *insert; uint32_t count; put_item *put; } all[] = {
        {"INSERT INTO instruments VALUES (?,?,?,?,?,?,?,?,?)", follow->instruments_count, put_instrument},
        {"INSERT INTO listings VALUES (?,?)", follow->listings_count, put_listing},
        {"INSERT INTO participants VALUES (?,?,?,?)", follow->participants_count, put_participant},
        {"INSERT INTO orders VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", follow->orders_count, put_order},
        {"INSERT INTO trades VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", follow->trades_count, put_trade},
        {"INSERT INTO contracts VALUES (?,?,?,?,?,?,?,?,?)", follow->trades_count, put_contract},
        {"INSERT INTO order_events VALUES (?,?,?,?,?,?,?,?,?,?,?)", follow->steps_count, put_step},
    };
    int status = sqlite3_exec(database, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN", NULL, NULL, NULL);
    if (status == SQLITE_OK) status = sqlite3_exec(database, schema, NULL, NULL, NULL);
    for (size_t i = 0; i < sizeof all / sizeof *all && status == SQLITE_OK; i++)
        status = write_table(database, all[i].insert, follow, all[i].count, all[i].put);
    if (status == SQLITE_OK) status = sqlite3_exec(database, "COMMIT", NULL, NULL, NULL);
    return status;
}

int database_write(const struct follow *follow, const char *path, struct stream_error *error) {
    if (access(path, F_OK) == 0) return stream_fail(error, -EEXIST, "%s exists already", path);
    sqlite3 *database = NULL;
    int status = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    int is_created = status == SQLITE_OK;
    if (status == SQLITE_OK) status = write_all(database, follow);
    if (status != SQLITE_OK) stream_fail(error, -EIO, "%s: %s", path, sqlite3_errmsg(database));
    sqlite3_close(database);
    if (status == SQLITE_OK) return 0;
    if (is_created) unlink(path);
    return -EIO;
}
