/* story.h - what happened to each order, kept as the events that said it; from it `explain` is told.
 *
 * A note is one event that concerns an order, with what the event does not say itself: when it was, and what stood
 * in the book before the order when it took its place there. Notes lie in a ring of notes_max; each knows the one
 * before it in its chain, newest first, and a chain holds the orders whose ids hash alike. A number that the ring has
 * passed ends the walk, so nothing is ever unlinked. Once notes are overwritten, the beginning of an old story is
 * missing, and who tells it says so.
 *
 * A trade makes two notes, one for each order, and what CONTRACT said before it is kept beside it. */
#ifndef BIRZHA_VIEWS_STORY_H
#define BIRZHA_VIEWS_STORY_H

#include <stddef.h>
#include <stdint.h>

#include "engine/event.h"

struct depth;
struct image;
struct story;

/* What an order found when it came to rest: those before it at its own price, and the best price of its side then
 * (0 = the side was empty). As depth shows it: without hidden quantity and all-or-none orders. */
struct story_queue {
    uint64_t lots;
    uint32_t orders;
    price best;
};

struct story_note {
    uint64_t number;            /* counts the notes from 1 */
    uint64_t before;            /* of its chain; 0 = none */
    uint64_t order_id;
    int64_t time_ns;
    struct story_queue queue;   /* ACCEPTED, REPLACED with EVENT_RESTS, and RESTED */
    struct event event;
    struct event_contract contract;     /* TRADE; trade_id 0 = none was made */
};

/* `memory` is story_size zeroed bytes, 64-byte aligned; what is not needed of it is never touched.
 * notes_max is a power of two. */
size_t story_size(uint32_t notes_max);
struct story *story_init(void *memory, uint32_t notes_max);

/* Takes an event of a command that was applied at `time_ns`, before `depth` has taken it. */
void story_apply(struct story *story, const struct depth *depth, const struct event *event, int64_t time_ns);

/* The order's latest note; the note of that number; the one of the same order before a note. NULL when there is none,
 * or it was overwritten. Valid until the next story_apply. */
const struct story_note *story_last(const struct story *story, uint64_t order_id);
const struct story_note *story_find(const struct story *story, uint64_t number);
const struct story_note *story_before(const struct story *story, const struct story_note *note);

/* All that it remembers, as engine/image.h says, between two commands; and back, into one that was initialised with the
 * same figures and has taken nothing. 0, or -1 and it is of no use: the image does not fit, or holds what cannot be. */
void story_write(const struct story *story, struct image *image);
__attribute__((warn_unused_result))
int story_load(struct story *story, struct image *image);

#endif
