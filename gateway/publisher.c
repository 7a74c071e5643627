/* publisher.c - feeds, subscriptions and differences; see publisher.h. */
#include "gateway/publisher.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image.h"
#include "engine/views/depth.h"
#include "engine/views/market.h"
#include "instruments/check.h"

enum subscription_state {
    SUBSCRIPTION_FRESH,         /* waits for its first snapshot */
    SUBSCRIPTION_LIVE,
    SUBSCRIPTION_CONFLATED,     /* missed something, waits for a new snapshot */
};

/* One reader's interest in one feed. */
struct subscription {
    struct reader *reader;
    struct feed *feed;
    struct subscription *next, *previous;   /* of the feed */
    struct subscription *next_waiting, *previous_waiting;   /* of the reader, while not LIVE */
    uint8_t state;              /* enum subscription_state */
};

struct feed {
    struct feed *next;          /* of the same instrument and channel */
    struct subscription *subscriptions;
    uint32_t instrument;
    uint8_t channel;
    uint8_t depth;              /* book: levels a side; else 0 */
    uint64_t md_seq, prev_md_seq;       /* of the last message */
    union {
        struct book_sides *book;        /* as the readers have it */
        struct ticker_message ticker;   /* the last one */
        struct status_message statuses[sessions_per_instrument_max];    /* the last one of each session */
    };
};

/* ---- what the views say ---- */

static void read_side(const struct publisher *publisher, uint32_t instrument, uint32_t depth, enum side side,
                      struct book_side *out) {
    struct depth_level levels[depth_levels_max];
    out->count = depth_top(publisher->views.depth, instrument, side, levels, depth);
    for (uint32_t i = 0; i < out->count; i++) {
        out->levels[i] = (struct book_level){
            .price = levels[i].price, .orders_count = levels[i].orders_count, .quantity_lots = levels[i].quantity_lots,
        };
    }
}

static void read_book(const struct publisher *publisher, uint32_t instrument, uint32_t depth,
                      struct book_sides *sides) {
    read_side(publisher, instrument, depth, SIDE_BUY, &sides->bids);
    read_side(publisher, instrument, depth, SIDE_SELL, &sides->asks);
}

static struct ticker_message read_ticker(const struct publisher *publisher, uint32_t instrument) {
    const struct market_figures *figures = market_view_figures(publisher->views.market, instrument);
    const struct depth_level bid = depth_best(publisher->views.depth, instrument, SIDE_BUY);
    const struct depth_level ask = depth_best(publisher->views.depth, instrument, SIDE_SELL);
    const price of_catalogue = exchange_instrument(publisher->views.exchange, instrument)->reference;
    return (struct ticker_message){
        .instrument = instrument,
        .bid = bid.price,
        .ask = ask.price,
        .bid_lots = bid.quantity_lots,
        .ask_lots = ask.quantity_lots,
        .last = figures->last,
        .volume_lots = figures->volume_lots,
        .reference = figures->reference.ticks != 0 ? figures->reference : of_catalogue,
    };
}

/* An instrument that no session lists is always open: that is a status, too. */
static uint32_t statuses_count(const struct publisher *publisher, uint32_t instrument) {
    uint32_t count = exchange_market(publisher->views.exchange, instrument)->sessions_count;
    return count > 0 ? count : 1;
}

static struct status_message read_status(const struct publisher *publisher, uint32_t instrument, uint32_t place) {
    const struct exchange *exchange = publisher->views.exchange;
    const struct market *market = exchange_market(exchange, instrument);
    uint32_t session = market->sessions_count > 0 ? market->sessions[place] : NAME_NONE;
    uint8_t phase = PHASE_CONTINUOUS;
    if (session != NAME_NONE) phase = exchange_session(exchange, session)->phase;
    if (exchange_is_halted(exchange, instrument, session)) phase = PHASE_HALTED;
    return (struct status_message){.instrument = instrument, .session = session, .phase = phase};
}

static void read_statuses(const struct publisher *publisher, struct feed *feed) {
    for (uint32_t i = 0; i < statuses_count(publisher, feed->instrument); i++)
        feed->statuses[i] = read_status(publisher, feed->instrument, i);
}

/* ---- life ---- */

int publisher_init(struct publisher *publisher, const struct publisher_views *views) {
    memset(publisher, 0, sizeof *publisher);
    publisher->views = *views;
    publisher->instruments_max = exchange_limits(views->exchange)->instruments_max;
    publisher->desks = calloc(publisher->instruments_max, sizeof *publisher->desks);
    return publisher->desks ? 0 : -ENOMEM;
}

void publisher_close(struct publisher *publisher) {
    if (!publisher->desks) return;
    for (uint32_t i = 0; i < publisher->instruments_max; i++) {
        for (int channel = 0; channel < CHANNEL_COUNT; channel++) CHECK(!publisher->desks[i].feeds[channel]);
    }
    free(publisher->desks);
    publisher->desks = NULL;
}

/* ---- snapshots ---- */

static void span_counts(struct image *image, struct publisher *publisher) {
    const uint32_t shape[] = {CHANNEL_COUNT};
    uint32_t count = exchange_instruments_count(publisher->views.exchange);
    image_shape(image, shape, 1);
    IMAGE_MEMBER(image, publisher->time_ns);
    image_count(image, &count, count);
    for (uint32_t i = 0; i < count; i++) IMAGE_MEMBER(image, publisher->desks[i].md_seq);
}

void publisher_write(const struct publisher *publisher, struct image *image) {
    span_counts(image, (struct publisher *)(uintptr_t)publisher);
}

int publisher_load(struct publisher *publisher, struct image *image) {
    span_counts(image, publisher);
    return image_end(image);
}

/* ---- feeds ---- */

/* What a reader who joins now has to know. */
static void refresh(struct publisher *publisher, struct feed *feed) {
    if (feed->channel == CHANNEL_BOOK) read_book(publisher, feed->instrument, feed->depth, feed->book);
    else if (feed->channel == CHANNEL_TICKER) feed->ticker = read_ticker(publisher, feed->instrument);
    else if (feed->channel == CHANNEL_STATUS) read_statuses(publisher, feed);
}

/* NULL when memory is short. */
static struct feed *feed_open(struct publisher *publisher, uint32_t instrument, enum channel channel, uint32_t depth) {
    struct instrument_desk *desk = &publisher->desks[instrument];
    for (struct feed *feed = desk->feeds[channel]; feed; feed = feed->next) {
        if (feed->depth == depth) return feed;
    }
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed) return NULL;
    feed->instrument = instrument;
    feed->channel = (uint8_t)channel;
    feed->depth = (uint8_t)depth;
    feed->md_seq = desk->md_seq[channel];
    feed->prev_md_seq = feed->md_seq ? feed->md_seq - 1 : 0;
    if (channel == CHANNEL_BOOK) {
        feed->book = calloc(1, sizeof *feed->book);
        if (!feed->book) {
            free(feed);
            return NULL;
        }
    }
    refresh(publisher, feed);
    feed->next = desk->feeds[channel];
    desk->feeds[channel] = feed;
    return feed;
}

static void feed_close_if_unread(struct publisher *publisher, struct feed *feed) {
    if (feed->subscriptions) return;
    struct feed **link = &publisher->desks[feed->instrument].feeds[feed->channel];
    while (*link != feed) link = &(*link)->next;
    *link = feed->next;
    if (feed->channel == CHANNEL_BOOK) free(feed->book);
    free(feed);
}

/* ---- subscriptions ---- */

static void wait_for_snapshot(struct subscription *subscription, enum subscription_state state) {
    CHECK(subscription->state == SUBSCRIPTION_LIVE && state != SUBSCRIPTION_LIVE);
    struct reader *reader = subscription->reader;
    subscription->state = (uint8_t)state;
    subscription->next_waiting = NULL;
    subscription->previous_waiting = reader->waiting_last;
    if (reader->waiting_last) reader->waiting_last->next_waiting = subscription;
    else reader->waiting_first = subscription;
    reader->waiting_last = subscription;
}

static void go_live(struct subscription *subscription) {
    if (subscription->state == SUBSCRIPTION_LIVE) return;
    struct reader *reader = subscription->reader;
    struct subscription *next = subscription->next_waiting, *previous = subscription->previous_waiting;
    if (previous) previous->next_waiting = next;
    else reader->waiting_first = next;
    if (next) next->previous_waiting = previous;
    else reader->waiting_last = previous;
    subscription->state = SUBSCRIPTION_LIVE;
}

static uint32_t places_count(const struct publisher *publisher) {
    return CHANNEL_COUNT * publisher->instruments_max;
}

static struct subscription **slot(const struct publisher *publisher, const struct reader *reader, enum channel channel,
                                  uint32_t instrument) {
    return &reader->subscriptions[(uint32_t)channel * publisher->instruments_max + instrument];
}

static void drop(struct publisher *publisher, struct subscription **place) {
    struct subscription *subscription = *place;
    if (!subscription) return;
    struct feed *feed = subscription->feed;
    go_live(subscription);
    if (subscription->previous) subscription->previous->next = subscription->next;
    else feed->subscriptions = subscription->next;
    if (subscription->next) subscription->next->previous = subscription->previous;
    free(subscription);
    *place = NULL;
    feed_close_if_unread(publisher, feed);
}

static int subscribe_one(struct publisher *publisher, struct reader *reader, enum channel channel, uint32_t instrument,
                         uint32_t depth) {
    struct subscription **place = slot(publisher, reader, channel, instrument);
    drop(publisher, place);
    struct subscription *subscription = calloc(1, sizeof *subscription);
    if (!subscription) return -ENOMEM;
    struct feed *feed = feed_open(publisher, instrument, channel, depth);
    if (!feed) {
        free(subscription);
        return -ENOMEM;
    }
    subscription->reader = reader;
    subscription->feed = feed;
    subscription->next = feed->subscriptions;
    if (subscription->next) subscription->next->previous = subscription;
    feed->subscriptions = subscription;
    subscription->state = SUBSCRIPTION_LIVE;
    if (channel != CHANNEL_TRADES) wait_for_snapshot(subscription, SUBSCRIPTION_FRESH);
    *place = subscription;
    return 0;
}

void publisher_join(struct publisher *publisher, struct reader *reader, struct port *port) {
    (void)publisher;
    *reader = (struct reader){.port = port};
}

void publisher_leave(struct publisher *publisher, struct reader *reader) {
    if (!reader->subscriptions) return;
    for (uint32_t i = 0; i < places_count(publisher); i++) drop(publisher, &reader->subscriptions[i]);
    free(reader->subscriptions);
    reader->subscriptions = NULL;
}

/* Instruments that a request names, one after another. */
static uint32_t named_count(const struct publisher *publisher, const struct request_subscribe *subscribe) {
    return subscribe->all ? exchange_instruments_count(publisher->views.exchange) : subscribe->instruments_count;
}

static uint32_t named(const struct request_subscribe *subscribe, uint32_t position) {
    return subscribe->all ? position : subscribe->instruments[position];
}

int publisher_subscribe(struct publisher *publisher, struct reader *reader, const struct request_subscribe *subscribe) {
    if (!reader->subscriptions) {
        reader->subscriptions = calloc(places_count(publisher), sizeof *reader->subscriptions);
        if (!reader->subscriptions) return -ENOMEM;
    }
    uint32_t depth = subscribe->channel == CHANNEL_BOOK ? subscribe->depth : 0;
    uint32_t count = named_count(publisher, subscribe);
    for (uint32_t i = 0; i < count; i++) {
        int status = subscribe_one(publisher, reader, subscribe->channel, named(subscribe, i), depth);
        if (status < 0) return status;
    }
    publisher_pump(publisher, reader);
    return 0;
}

void publisher_unsubscribe(struct publisher *publisher, struct reader *reader,
                           const struct request_subscribe *subscribe) {
    if (!reader->subscriptions) return;
    uint32_t count = named_count(publisher, subscribe);
    for (uint32_t i = 0; i < count; i++) {
        drop(publisher, slot(publisher, reader, subscribe->channel, named(subscribe, i)));
    }
}

/* ---- snapshots ---- */

static uint32_t encode_book(struct publisher *publisher, const struct feed *feed, uint32_t conflated) {
    const struct book_message message = {
        .instrument = feed->instrument,
        .conflated = conflated,
        .md_seq = feed->md_seq,
        .bids = feed->book->bids.levels,
        .asks = feed->book->asks.levels,
        .bids_count = feed->book->bids.count,
        .asks_count = feed->book->asks.count,
        .time_ns = publisher->time_ns,
    };
    return encode_book_snapshot(publisher->out, publisher->views.exchange, &message);
}

static uint32_t encode_last_ticker(struct publisher *publisher, const struct feed *feed) {
    struct ticker_message message = feed->ticker;
    message.md_seq = feed->md_seq;
    message.prev_md_seq = feed->prev_md_seq;
    message.time_ns = publisher->time_ns;
    return encode_ticker(publisher->out, publisher->views.exchange, &message);
}

static uint32_t encode_last_status(struct publisher *publisher, const struct feed *feed, uint32_t place) {
    struct status_message message = feed->statuses[place];
    message.md_seq = feed->md_seq;
    message.prev_md_seq = feed->prev_md_seq;
    message.time_ns = publisher->time_ns;
    return encode_status(publisher->out, publisher->views.exchange, &message);
}

static void send_snapshot(struct publisher *publisher, struct subscription *subscription) {
    const struct feed *feed = subscription->feed;
    struct port *port = subscription->reader->port;
    if (feed->channel == CHANNEL_STATUS) {
        for (uint32_t i = 0; i < statuses_count(publisher, feed->instrument); i++)
            port->send(port, publisher->out, encode_last_status(publisher, feed, i));
        return;
    }
    int conflated = subscription->state == SUBSCRIPTION_CONFLATED;
    port->send(port, publisher->out, feed->channel == CHANNEL_BOOK ? encode_book(publisher, feed, conflated)
                                                                   : encode_last_ticker(publisher, feed));
}

void publisher_pump(struct publisher *publisher, struct reader *reader) {
    while (reader->waiting_first && !reader->port->is_behind(reader->port)) {
        send_snapshot(publisher, reader->waiting_first);
        go_live(reader->waiting_first);
    }
}

/* ---- updates ---- */

/* The next number of the channel becomes this feed's. */
static void advance(struct publisher *publisher, struct feed *feed) {
    feed->prev_md_seq = feed->md_seq;
    feed->md_seq = publisher->desks[feed->instrument].md_seq[feed->channel];
}

/* Sends what stands in `out` to all who follow; those who are behind have to catch up by a snapshot. */
static void send_to_all(struct publisher *publisher, struct feed *feed, uint32_t size) {
    publisher->counters.messages[feed->channel]++;
    for (struct subscription *subscription = feed->subscriptions; subscription; subscription = subscription->next) {
        struct port *port = subscription->reader->port;
        if (subscription->state != SUBSCRIPTION_LIVE) continue;
        if (!port->is_behind(port)) {
            port->send(port, publisher->out, size);
        } else if (feed->channel != CHANNEL_TRADES) {
            wait_for_snapshot(subscription, SUBSCRIPTION_CONFLATED);
            publisher->counters.conflations++;
        } else {
            publisher->counters.trades_missed++;
        }
    }
}

/* Encodes the difference, or the whole book where the difference is too long for a message. */
static uint32_t encode_change(struct publisher *publisher, const struct feed *feed) {
    const struct book_change *bids = &publisher->bids, *asks = &publisher->asks;
    if (bids->count + asks->count > book_levels_max) return encode_book(publisher, feed, 0);
    const struct book_message message = {
        .instrument = feed->instrument,
        .md_seq = feed->md_seq,
        .prev_md_seq = feed->prev_md_seq,
        .bids = bids->levels,
        .asks = asks->levels,
        .bids_count = bids->count,
        .asks_count = asks->count,
        .time_ns = publisher->time_ns,
    };
    return encode_book_update(publisher->out, publisher->views.exchange, &message);
}

static void publish_book(struct publisher *publisher, struct feed *feed) {
    struct book_sides *now = &publisher->sides;
    read_book(publisher, feed->instrument, feed->depth, now);
    book_diff(&feed->book->bids, &now->bids, SIDE_BUY, &publisher->bids);
    book_diff(&feed->book->asks, &now->asks, SIDE_SELL, &publisher->asks);
    if (publisher->bids.count + publisher->asks.count == 0) return;
    *feed->book = *now;
    advance(publisher, feed);
    send_to_all(publisher, feed, encode_change(publisher, feed));
}

static void publish_ticker(struct publisher *publisher, struct feed *feed) {
    struct ticker_message now = read_ticker(publisher, feed->instrument);
    const struct ticker_message *last = &feed->ticker;
    if (now.bid.ticks == last->bid.ticks && now.ask.ticks == last->ask.ticks && now.last.ticks == last->last.ticks &&
        now.reference.ticks == last->reference.ticks && now.bid_lots == last->bid_lots &&
        now.ask_lots == last->ask_lots && now.volume_lots == last->volume_lots) return;
    feed->ticker = now;
    advance(publisher, feed);
    send_to_all(publisher, feed, encode_last_ticker(publisher, feed));
}

static void publish_status(struct publisher *publisher, struct feed *feed) {
    for (uint32_t i = 0; i < statuses_count(publisher, feed->instrument); i++) {
        struct status_message now = read_status(publisher, feed->instrument, i), *last = &feed->statuses[i];
        if (now.phase == last->phase && now.session == last->session && now.instrument == last->instrument) continue;
        *last = now;
        uint64_t *md_seq = &publisher->desks[feed->instrument].md_seq[CHANNEL_STATUS];
        if (*md_seq == feed->md_seq) ++*md_seq;     /* a second session changed by the same command */
        advance(publisher, feed);
        send_to_all(publisher, feed, encode_last_status(publisher, feed, i));
    }
}

static void publish_trade(struct publisher *publisher, const struct event *event) {
    struct instrument_desk *desk = &publisher->desks[event->instrument];
    desk->md_seq[CHANNEL_TRADES]++;
    struct feed *feed = desk->feeds[CHANNEL_TRADES];
    if (!feed) return;
    advance(publisher, feed);
    const struct trade_message message = {
        .md_seq = feed->md_seq,
        .prev_md_seq = feed->prev_md_seq,
        .trade_id = event->trade.trade_id,
        .instrument = event->instrument,
        .price = event->trade.price,
        .quantity = event->trade.quantity,
        .deal_class = event->trade.deal_class,
        .condition = event->trade.condition,
        .trade_date = exchange_trade_date(publisher->views.exchange),
        .time_ns = publisher->time_ns,
    };
    send_to_all(publisher, feed, encode_trade(publisher->out, publisher->views.exchange, &message));
}

/* ---- events ---- */

static void touch(struct publisher *publisher, uint32_t instrument, enum channel channel) {
    struct instrument_desk *desk = &publisher->desks[instrument];
    if (!desk->touched) {
        desk->next_touched = publisher->touched_first;
        publisher->touched_first = instrument + 1;
    }
    desk->touched |= 1u << channel;
}

/* Phases, halts and the date concern many instruments; they are rare, so all are looked at. */
static void touch_all(struct publisher *publisher, enum channel channel) {
    uint32_t count = exchange_instruments_count(publisher->views.exchange);
    for (uint32_t i = 0; i < count; i++) touch(publisher, i, channel);
}

static void note(struct publisher *publisher, const struct event *event) {
    switch ((enum event_kind)event->kind) {
    case EVENT_TRADE:
        publish_trade(publisher, event);
        __attribute__((fallthrough));
    case EVENT_ACCEPTED: case EVENT_RESTED: case EVENT_REFRESHED: case EVENT_REPLACED: case EVENT_RESTATED:
    case EVENT_TRIGGERED: case EVENT_CANCELED: case EVENT_EXPIRED:
        touch(publisher, event->instrument, CHANNEL_BOOK);
        touch(publisher, event->instrument, CHANNEL_TICKER);
        break;
    case EVENT_SESSION_PHASE: case EVENT_HALT: case EVENT_SESSION:
        touch_all(publisher, CHANNEL_STATUS);
        break;
    case EVENT_TIME:
        touch_all(publisher, CHANNEL_TICKER);
        break;
    default:
        break;
    }
}

static void publish(struct publisher *publisher, struct instrument_desk *desk) {
    static void (*const publish_feed[CHANNEL_COUNT])(struct publisher *, struct feed *) = {
        [CHANNEL_BOOK] = publish_book, [CHANNEL_TICKER] = publish_ticker, [CHANNEL_STATUS] = publish_status,
    };
    for (int channel = 0; channel < CHANNEL_COUNT; channel++) {
        if (!(desk->touched & 1u << channel)) continue;
        desk->md_seq[channel]++;
        CHECK(publish_feed[channel] != NULL);
        for (struct feed *feed = desk->feeds[channel]; feed; feed = feed->next) publish_feed[channel](publisher, feed);
    }
    desk->touched = 0;
}

void publisher_on_events(struct publisher *publisher, const struct event *events, uint32_t count, int64_t time_ns) {
    publisher->time_ns = time_ns;
    for (uint32_t i = 0; i < count; i++) note(publisher, &events[i]);
    while (publisher->touched_first) {
        struct instrument_desk *desk = &publisher->desks[publisher->touched_first - 1];
        publisher->touched_first = desk->next_touched;
        publish(publisher, desk);
    }
}
