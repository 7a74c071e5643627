/* publisher.h - market data: what the public is told, to whom, and from where on.
 *
 * A feed is one sequence of messages: one channel of one instrument, and for the book one depth as well. Its messages
 * are written once for all who read it. md_seq counts per instrument and channel; prev_md_seq is the feed's own message
 * before, so every reader sees an unbroken chain, or sees that it is broken.
 *   book     the best levels as its readers have them are kept by the feed; after every command the difference to the
 *            book goes out. A level that leaves the depth is removed, and comes again when it is back.
 *   trades   one message a trade
 *   ticker   after every command that changes a figure of it
 *   status   after every change of phase or halt; one message a session that lists the instrument
 *
 * A reader joins a feed by a snapshot: of the book, or the last ticker or status said again. Snapshots wait while the
 * reader is behind. One that is behind when something is published is no longer told updates; once it has caught up
 * it gets a fresh snapshot, which says "conflated" for a book. Trades that it missed are missed: the chain shows it.
 * So a reader costs its outbox and nothing else, however slow it is.
 *
 * Not here: sockets, and the decision that a reader is too slow to be kept. */
#ifndef BIRZHA_PUBLISHER_H
#define BIRZHA_PUBLISHER_H

#include <stdint.h>

#include "engine/exchange.h"
#include "gateway/book_diff.h"
#include "gateway/metrics.h"
#include "gateway/session/port.h"
#include "gateway/wire/encode.h"
#include "gateway/wire/request.h"

struct depth;
struct image;
struct market_view;
struct feed;
struct subscription;

/* What the messages are made from. */
struct publisher_views {
    const struct exchange *exchange;
    const struct depth *depth;
    const struct market_view *market;
};

/* All feeds of one instrument, and how far its channels have counted. */
struct instrument_desk {
    uint64_t md_seq[CHANNEL_COUNT];
    struct feed *feeds[CHANNEL_COUNT];
    uint32_t next_touched;              /* list of those to publish, by index + 1 */
    uint32_t touched;                   /* a bit a channel */
};

struct publisher {
    struct publisher_views views;
    struct instrument_desk *desks;      /* by instrument */
    uint32_t instruments_max;
    uint32_t touched_first;             /* index + 1; 0 = none */
    int64_t time_ns;                    /* of the command whose events are being published */
    struct publisher_counters counters;
    struct book_sides sides;            /* work space: a book now ... */
    struct book_change bids, asks;      /* ... and what changed */
    char out[line_size_max];            /* the message that is being written */
};

/* One connection's subscriptions. Zeroed by publisher_join. */
struct reader {
    struct port *port;
    struct subscription **subscriptions;    /* by channel and instrument; NULL while there are none */
    struct subscription *waiting_first, *waiting_last;      /* for a snapshot */
};

/* 0 or a negative errno. */
__attribute__((warn_unused_result))
int publisher_init(struct publisher *publisher, const struct publisher_views *views);
/* All readers must have left. */
void publisher_close(struct publisher *publisher);

/* How far the channels have counted, as engine/image.h says; back into a publisher that has told nobody anything. 0,
 * or -1: the image does not fit. */
void publisher_write(const struct publisher *publisher, struct image *image);
__attribute__((warn_unused_result))
int publisher_load(struct publisher *publisher, struct image *image);

/* The events of one command, after the views have taken them. */
void publisher_on_events(struct publisher *publisher, const struct event *events, uint32_t count, int64_t time_ns);

void publisher_join(struct publisher *publisher, struct reader *reader, struct port *port);
void publisher_leave(struct publisher *publisher, struct reader *reader);

/* Subscribing again starts afresh, with another depth if one is given. 0, or -ENOMEM: then some of it may be done. */
__attribute__((warn_unused_result))
int publisher_subscribe(struct publisher *publisher, struct reader *reader, const struct request_subscribe *subscribe);
void publisher_unsubscribe(struct publisher *publisher, struct reader *reader,
                           const struct request_subscribe *subscribe);

/* Sends snapshots that wait, as far as the reader is not behind. */
void publisher_pump(struct publisher *publisher, struct reader *reader);

static inline int publisher_is_waiting(const struct reader *reader) {
    return reader->waiting_first != NULL;
}

#endif
