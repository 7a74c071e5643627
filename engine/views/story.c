/* story.c - a ring of notes in hashed chains; see story.h. */
#include "engine/views/story.h"

#include "engine/image.h"
#include "engine/views/depth.h"
#include "instruments/check.h"

struct story {
    uint64_t last_number;
    uint32_t notes_max;
    struct event_contract contract;     /* of the trade that follows */
    uint64_t *chains;                   /* newest note of each, notes_max of them; 0 = none */
    struct story_note *notes;           /* number n is at n & (notes_max - 1) */
};

static size_t aligned(size_t size) { return (size + 63) & ~(size_t)63; }

size_t story_size(uint32_t notes_max) {
    return aligned(sizeof(struct story)) + aligned((size_t)notes_max * sizeof(uint64_t)) +
           (size_t)notes_max * sizeof(struct story_note);
}

struct story *story_init(void *memory, uint32_t notes_max) {
    CHECK(notes_max != 0 && (notes_max & (notes_max - 1)) == 0);
    struct story *story = memory;
    char *chains = (char *)memory + aligned(sizeof *story);
    story->notes_max = notes_max;
    story->chains = (uint64_t *)(void *)chains;
    story->notes = (struct story_note *)(void *)(chains + aligned((size_t)notes_max * sizeof(uint64_t)));
    return story;
}

/* The low half of an order id is its slot in the book, and the last slot that became free is the first to be used
 * again: chains of orders that live now lie side by side, where the cache has them. The generation, in the upper
 * half, spreads the orders of a slot over some chains, so that one that ended long ago is not behind all that came
 * after it. */
enum { generations_apart = 64 };

static uint64_t *chain_of(const struct story *story, uint64_t order_id) {
    uint64_t slot = (uint32_t)order_id, generation = order_id >> 32;
    return &story->chains[(slot * generations_apart + generation % generations_apart) & (story->notes_max - 1)];
}

/* Whether the ring still has the note of that number. */
static int is_kept(const struct story *story, uint64_t number) {
    return number != 0 && number + story->notes_max > story->last_number;
}

static const struct story_note *find(const struct story *story, uint64_t number, uint64_t order_id) {
    while (is_kept(story, number)) {
        const struct story_note *note = &story->notes[number & (story->notes_max - 1)];
        CHECK(note->number == number);
        if (note->order_id == order_id) return note;
        number = note->before;
    }
    return NULL;
}

const struct story_note *story_last(const struct story *story, uint64_t order_id) {
    return find(story, *chain_of(story, order_id), order_id);
}

const struct story_note *story_find(const struct story *story, uint64_t number) {
    if (!is_kept(story, number)) return NULL;
    return &story->notes[number & (story->notes_max - 1)];
}

const struct story_note *story_before(const struct story *story, const struct story_note *note) {
    return find(story, note->before, note->order_id);
}

static struct story_note *write_note(struct story *story, uint64_t order_id, const struct event *event,
                                     int64_t time_ns) {
    uint64_t *chain = chain_of(story, order_id), number = ++story->last_number;
    uint64_t before = is_kept(story, *chain) ? *chain : 0;      /* the same, whether or not a snapshot lies between */
    struct story_note *note = &story->notes[number & (story->notes_max - 1)];
    *note = (struct story_note){
        .number = number, .before = before, .order_id = order_id, .time_ns = time_ns, .event = *event,
    };
    *chain = number;
    return note;
}

static struct story_queue queue_at(const struct depth *depth, uint32_t instrument, enum side side, price at) {
    struct depth_level level = depth_at(depth, instrument, side, at);
    return (struct story_queue){
        .lots = level.quantity_lots, .orders = level.orders_count, .best = depth_best(depth, instrument, side).price,
    };
}

/* An amend that loses its place leaves the level first: what it showed there does not stand before it. */
static struct story_queue queue_of_change(const struct depth *depth, const struct event *event) {
    const struct event_order_change *change = &event->order_change;
    struct story_queue queue = queue_at(depth, event->instrument, (enum side)change->side, change->price);
    if (change->shown_before.lots > 0 && change->price_before.ticks == change->price.ticks) {
        queue.lots -= change->shown_before.lots;
        queue.orders--;
    }
    return queue;
}

static void note_trade(struct story *story, const struct event *event, int64_t time_ns) {
    const struct event_trade *trade = &event->trade;
    struct event_contract contract = story->contract;
    if (contract.trade_id != trade->trade_id) contract = (struct event_contract){0};
    write_note(story, trade->maker_order_id, event, time_ns)->contract = contract;
    write_note(story, trade->taker_order_id, event, time_ns)->contract = contract;
}

void story_apply(struct story *story, const struct depth *depth, const struct event *event, int64_t time_ns) {
    switch ((enum event_kind)event->kind) {
    case EVENT_ACCEPTED: {
        struct story_note *note = write_note(story, event->order.order_id, event, time_ns);
        if (!(event->flags & EVENT_RESTS) || event->flags & EVENT_PENDING) break;
        note->queue = queue_at(depth, event->instrument, (enum side)event->order.side, event->order.price);
        break;
    }
    case EVENT_HELD:
        write_note(story, event->held.order_id, event, time_ns);
        break;
    case EVENT_PAIR_SKIPPED:
        write_note(story, event->pair_skipped.order_id, event, time_ns);
        break;
    case EVENT_CONTRACT:
        story->contract = event->contract;
        break;
    case EVENT_TRADE:
        note_trade(story, event, time_ns);
        break;
    case EVENT_RESTED: case EVENT_REPLACED: case EVENT_RESTATED: case EVENT_REFRESHED: case EVENT_TRIGGERED:
    case EVENT_CANCELED: case EVENT_EXPIRED: {
        struct story_note *note = write_note(story, event->order_change.order_id, event, time_ns);
        int takes_place = event->kind == EVENT_RESTED || event->kind == EVENT_REFRESHED ||
                          (event->flags & EVENT_RESTS && !(event->flags & (EVENT_PENDING | EVENT_PRIORITY_KEPT)));
        if (takes_place) note->queue = queue_of_change(depth, event);
        break;
    }
    default:
        break;
    }
}

/* ---- snapshots ---- */

/* The ring as far as it is filled: from 1 on until it has gone round. Chains follow from the notes. */
static void span_all(struct image *image, struct story *story) {
    const uint32_t shape[] = {sizeof(struct story_note), story->notes_max};
    image_shape(image, shape, sizeof shape / sizeof *shape);
    IMAGE_MEMBER(image, story->contract);
    IMAGE_MEMBER(image, story->last_number);
    image_expect(image, story->last_number <= UINT64_MAX / 2);
    if (image->is_unsound) story->last_number = 0;
    if (story->last_number < story->notes_max)
        image_array(image, story->notes + 1, sizeof *story->notes, story->last_number);
    else image_array(image, story->notes, sizeof *story->notes, story->notes_max);
}

void story_write(const struct story *story, struct image *image) {
    span_all(image, (struct story *)(uintptr_t)story);
}

int story_load(struct story *story, struct image *image) {
    span_all(image, story);
    if (image_end(image) < 0) return -1;
    uint64_t last = story->last_number;
    for (uint64_t number = last < story->notes_max ? 1 : last - story->notes_max + 1; number <= last; number++) {
        const struct story_note *note = &story->notes[number & (story->notes_max - 1)];
        if (note->number != number || note->before >= number) return -1;
        *chain_of(story, note->order_id) = number;
    }
    return 0;
}
