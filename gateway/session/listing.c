/* listing.c - one row at a time; see listing.h. */
#include "gateway/session/listing.h"

#include <stdlib.h>
#include <string.h>

#include "engine/views/deals.h"
#include "engine/views/orders.h"
#include "engine/views/story.h"
#include "gateway/wire/encode.h"
#include "gateway/wire/explain.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

/* An explanation and the notes it is told from, oldest first. */
struct telling {
    struct explain_subject subject;
    struct explanation explanation;
    uint32_t notes_count;
    uint64_t notes[];           /* by number: they may be overwritten while the list waits */
};

struct listing {
    struct hub *hub;
    struct port *port;
    uint32_t participant;
    uint32_t section;           /* instruments: -1 as unsigned = all */
    uint32_t is_record;         /* 1 = the participant's own record */
    struct request_id id;
    uint32_t position;          /* of the next balance, instrument, session */
    struct orders_cursor orders;
    struct deals_cursor deals;
    struct telling *telling;    /* NULL but for an explanation */
    struct list list;
    char out[line_size_max];
};

/* ---- rows: 1, or 0 when there are no more ---- */

static int add_order(struct listing *listing) {
    if (listing->participant == NAME_NONE) return 0;
    const struct order_state *order = orders_view_next(listing->hub->views.orders, &listing->orders);
    if (!order) return 0;
    struct report report;
    orders_view_status(order, listing->list.time_ns, &report);
    list_add_order(&listing->list, listing->hub->views.exchange, &report);
    return 1;
}

static int add_balance(struct listing *listing) {
    if (listing->participant == NAME_NONE || listing->position == CURRENCY_COUNT) return 0;
    uint32_t currency = listing->position++;
    const struct account *account =
        exchange_account(listing->hub->views.exchange, listing->participant, (enum currency)currency);
    const struct balance_row row = {
        .currency = (uint8_t)currency,
        .credited = account->credited,
        .free = account->free,
        .held = account->held,
        .blocked = account->blocked,
        .fees_due.minor = -account->receivable.minor,
        .uncounted = account->uncounted,
        .paying_out = account->paying_out,
        .paid_out = account->paid_out,
        .set_off = account->set_off,
    };
    list_add_balance(&listing->list, &row);
    return 1;
}

static int add_deal(struct listing *listing) {
    if (listing->participant == NAME_NONE) return 0;
    const struct deal *deal = deals_next(listing->hub->views.deals, &listing->deals);
    if (!deal) return 0;
    enum side side = deal->parties[SIDE_BUY].participant == listing->participant ? SIDE_BUY : SIDE_SELL;
    const struct contract *contract = exchange_contract(listing->hub->views.exchange, deal->trade_id);
    const struct deal_row row = {
        .trade_id = deal->trade_id,
        .contract_id = contract ? deal->contract_id : 0,
        .fee.minor = contract && deal->state != DEAL_STATE_BUSTED ? contract->fees[side].minor : 0,
        .fee_currency = contract ? contract_fee_currency(contract, side) : 0,
        .state = deal->state,
        .instrument = deal->instrument,
        .counterparty = deal->parties[side == SIDE_BUY ? SIDE_SELL : SIDE_BUY].principal,
        .price = deal->price,
        .quantity = deal->quantity,
        .trade_date = deal->trade_date,
        .side = (uint8_t)side,
        .deal_class = deal->deal_class,
    };
    list_add_deal(&listing->list, listing->hub->views.exchange, &row);
    return 1;
}

static int add_instrument(struct listing *listing) {
    const struct exchange *exchange = listing->hub->views.exchange;
    if (listing->position == exchange_instruments_count(exchange)) return 0;
    uint32_t index = listing->position++;
    if (listing->section >= SECTION_COUNT || exchange_instrument(exchange, index)->section == listing->section) {
        list_add_instrument(&listing->list, exchange, index);
    }
    return 1;
}

static int add_session(struct listing *listing) {
    const struct exchange *exchange = listing->hub->views.exchange;
    if (listing->position == exchange_sessions_count(exchange)) return 0;
    list_add_session(&listing->list, exchange, listing->position++);
    return 1;
}

/* A participant's record is no list of rows but lines that are written whole; 0 after the last. */
static int send_record(struct listing *listing) {
    uint32_t size = encode_participant(listing->out, listing->hub->views.exchange, &listing->id, listing->participant,
                                       &listing->position, listing->list.time_ns);
    listing->port->send(listing->port, listing->out, size);
    return listing->position != 0;
}

static int add_step(struct listing *listing) {
    struct telling *telling = listing->telling;
    uint32_t position = listing->position++;
    if (telling->subject.is_refusal) {
        if (position > 0) return 0;
        explain_refusal(&telling->explanation, &telling->subject.refused);
    } else if (position < telling->notes_count) {
        const struct story_note *note = story_find(listing->hub->views.story, telling->notes[position]);
        if (note != NULL) explain_note(&telling->explanation, note);
    } else if (position == telling->notes_count) {
        explain_now(&telling->explanation, orders_view_find(listing->hub->views.orders, telling->subject.order_id));
    } else {
        return 0;
    }
    return 1;
}

/* ---- life ---- */

static void on_line(void *owner, const char *line, uint32_t size) {
    const struct listing *listing = owner;
    listing->port->send(listing->port, line, size);
}

static enum list_kind kind_of(const struct request *request) {
    switch (request->type) {
    case REQUEST_OPEN_ORDERS: return LIST_OPEN_ORDERS;
    case REQUEST_BALANCES: return LIST_BALANCES;
    case REQUEST_DEALS: return LIST_DEALS;
    case REQUEST_INSTRUMENTS: return LIST_INSTRUMENTS;
    default:
        CHECK(request->type == REQUEST_SESSIONS);
        return LIST_SESSIONS;
    }
}

struct listing *listing_open(struct hub *hub, struct port *port, uint32_t participant, const struct request *request) {
    struct listing *listing = malloc(sizeof *listing);
    if (!listing) return NULL;
    memset(listing, 0, offsetof(struct listing, out));
    listing->hub = hub;
    listing->port = port;
    listing->participant = participant;
    listing->id = request->id;
    listing->is_record = request->type == REQUEST_PARTICIPANT;
    if (listing->is_record) {
        listing->list.time_ns = hub->host.now_ns(hub->host.owner);
        return listing;
    }
    enum list_kind kind = kind_of(request);
    listing->orders.participant = participant;
    listing->deals.participant = participant;
    if (kind == LIST_INSTRUMENTS) listing->section = (uint32_t)request->instruments.section;
    if (kind == LIST_DEALS) {
        listing->deals.from_date = request->deals.from_date;
        listing->deals.to_date = request->deals.to_date;
    }
    list_begin(&listing->list, listing->out, kind, &listing->id, hub->host.now_ns(hub->host.owner), on_line, listing);
    return listing;
}

/* The numbers of an order's notes, with room for what else a telling needs; NULL when memory is short. */
static struct telling *collect(const struct story *story, const struct explain_subject *subject) {
    uint32_t count = 0;
    const struct story_note *note = subject->is_refusal ? NULL : story_last(story, subject->order_id);
    for (const struct story_note *each = note; each != NULL; each = story_before(story, each)) count++;
    struct telling *telling = calloc(1, sizeof *telling + count * sizeof telling->notes[0]);
    if (!telling) return NULL;
    telling->subject = *subject;
    telling->notes_count = count;
    for (; note != NULL; note = story_before(story, note)) telling->notes[--count] = note->number;
    return telling;
}

struct listing *listing_open_explanation(struct hub *hub, struct port *port, const struct request_id *id,
                                         const struct explain_subject *subject) {
    struct listing *listing = calloc(1, sizeof *listing);
    struct telling *telling = collect(hub->views.story, subject);
    if (!listing || !telling) {
        free(listing);
        free(telling);
        return NULL;
    }
    listing->hub = hub;
    listing->port = port;
    listing->participant = NAME_NONE;
    listing->id = *id;
    listing->telling = telling;
    telling->explanation.list = &listing->list;
    telling->explanation.exchange = hub->views.exchange;
    telling->explanation.story = hub->views.story;
    telling->explanation.deals = hub->views.deals;
    telling->explanation.trade_id = subject->trade_id;
    telling->explanation.official = subject->official;
    list_begin(&listing->list, listing->out, LIST_EXPLANATION, &listing->id, hub->host.now_ns(hub->host.owner), on_line,
               listing);
    return listing;
}

void listing_close(struct listing *listing) {
    if (listing) free(listing->telling);
    free(listing);
}

enum listing_status listing_pump(struct listing *listing) {
    static int (*const add_row[])(struct listing *) = {
        [LIST_OPEN_ORDERS] = add_order, [LIST_BALANCES] = add_balance, [LIST_DEALS] = add_deal,
        [LIST_INSTRUMENTS] = add_instrument, [LIST_SESSIONS] = add_session,
        [LIST_EXPLANATION] = add_step,
    };
    while (!listing->port->is_behind(listing->port)) {
        if (listing->is_record) {
            if (send_record(listing)) continue;
            return LISTING_DONE;
        }
        if (add_row[listing->list.kind](listing)) continue;
        list_end(&listing->list);
        return LISTING_DONE;
    }
    return LISTING_MORE;
}
