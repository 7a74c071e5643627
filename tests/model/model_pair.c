/* model_pair.c - see model_pair.h.
 *
 * The hook of CHECK is defined here instead of the ordinary one, so that a bug in the engine is a difference that can
 * be shrunk like any other. */
#include "tests/model/model_pair.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "instruments/check.h"
#include "instruments/name_table.h"

const struct limits pair_limits = { .instruments_max = 12, .sessions_max = 9, .participants_max = 12, .users_max = 12,
                                    .orders_max = 1024, .price_leaves_max = 2048, .price_branches_max = 2048,
                                    .client_ids_max = 1 << 16, .contracts_max = 1 << 14, .clients_max = 64 };

/* ---- bugs ---- */

static jmp_buf bug_landing;
static bool bug_expected;
static char bug_text[200];

void check_failed(const char *expression, const char *file, int line) {
    snprintf(bug_text, sizeof bug_text, "%s:%d: CHECK(%s) failed", file, line, expression);
    if (bug_expected) longjmp(bug_landing, 1);
    fprintf(stderr, "%s\n", bug_text);
    abort();
}

/* ---- life ---- */

static void more_room(struct event_buffer *buffer) {
    buffer->capacity *= 2;
    buffer->events = realloc(buffer->events, buffer->capacity * sizeof *buffer->events);
    if (buffer->events == NULL) abort();
}

static struct event_buffer new_buffer(void) {
    struct event_buffer buffer = { .capacity = 4096, .full = more_room };
    buffer.events = malloc(buffer.capacity * sizeof *buffer.events);
    CHECK(buffer.events != NULL);
    return buffer;
}

/* ---- room for events ---- */

/* The engine's array is full, or the command is done: its events go to the others. */
static void take_events(struct event_buffer *narrow) {
    struct event_buffer *all = &((struct pair *)narrow->owner)->engine_events;
    while (all->capacity - all->count < narrow->count) more_room(all);
    memcpy(all->events + all->count, narrow->events, narrow->count * sizeof *narrow->events);
    all->count += narrow->count;
    narrow->count = 0;
}

/* Into an array that is large or has hardly room, by turns: what is said may not depend on it. */
static void apply_to_engine(struct pair *p, const struct command *command) {
    static const uint32_t capacities[] = { 4096, 2, 4096, 3, 5 };
    struct event_buffer narrow = { .events = p->narrow_events, .full = take_events, .owner = p,
                                   .capacity = capacities[command->sequence % (sizeof capacities / sizeof *capacities)] };
    exchange_apply(p->exchange, command, &narrow);
    take_events(&narrow);
}

struct pair *pair_new(const struct limits *limits, uint32_t image_interval) {
    struct pair *p = calloc(1, sizeof *p);
    CHECK(p != NULL);
    p->limits = *limits;
    p->image_interval = image_interval;
    p->exchange_size = exchange_size(limits);
    void *memory = mmap(NULL, p->exchange_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    p->exchange = exchange_init(memory, limits);
    p->model = model_new(limits);
    p->engine_events = new_buffer();
    p->narrow_events = malloc(p->engine_events.capacity * sizeof *p->narrow_events);
    CHECK(p->narrow_events != NULL);
    p->model_events = new_buffer();
    p->numbers_by_slot = calloc(limits->orders_max, sizeof *p->numbers_by_slot);
    CHECK(p->numbers_by_slot != NULL);
    return p;
}

void pair_free(struct pair *p) {
    if (p == NULL) return;
    munmap(p->exchange, p->exchange_size);
    model_free(p->model);
    free(p->engine_events.events);
    free(p->narrow_events);
    free(p->model_events.events);
    free(p->engine_ids);
    free(p->numbers_by_slot);
    kept_image_free(&p->image);
    free(p);
}

/* ---- images ---- */

/* Nothing is left of the exchange but its place, for marks hold pointers into it; then the image is loaded. */
static int load_anew(struct pair *p) {
    CHECK(madvise(p->exchange, p->exchange_size, MADV_DONTNEED) == 0);     /* all zeroes again */
    p->exchange = exchange_init(p->exchange, &p->limits);
    return kept_image_load(&p->image, p->exchange);
}

static bool go_through_image(struct pair *p) {
    uint64_t digest = exchange_digest(p->exchange);
    kept_image_take(&p->image, p->exchange);
    if (load_anew(p) < 0) p->failure = "the image of the exchange cannot be loaded";
    else if (exchange_digest(p->exchange) != digest) p->failure = "the exchange loaded from the image is another one";
    return p->failure == NULL;
}

bool pair_spoil_image(struct pair *p) {
    bug_expected = true;
    if (setjmp(bug_landing) != 0) {
        bug_expected = false;
        p->failure = bug_text;
        return false;
    }
    kept_image_take(&p->image, p->exchange);
    kept_image_find_edges(&p->image, p->exchange);
    for (uint32_t i = 0; i < p->image.edges_count; i++) {
        kept_image_turn_edge(&p->image, i);
        bool is_taken = load_anew(p) == 0, is_good = p->image.edges[i].is_good;
        kept_image_turn_edge(&p->image, i);
        if (is_taken == is_good) continue;
        snprintf(bug_text, sizeof bug_text, "an image with a %s value of %s is %s", is_good ? "good" : "wrong",
                 p->image.edges[i].member, is_taken ? "loaded" : "refused");
        p->failure = bug_text;
    }
    p->image.size--;
    if (load_anew(p) == 0) p->failure = "an image that lacks a byte is loaded";
    p->image.size++;
    if (load_anew(p) < 0) p->failure = "the image of the exchange cannot be loaded";
    bug_expected = false;
    return p->failure == NULL;
}

/* ---- order numbers ---- */

enum { number_unknown = 0 };

static void learn_id(struct pair *p, uint64_t id) {
    if (p->engine_ids_count == p->engine_ids_capacity) {
        p->engine_ids_capacity = p->engine_ids_capacity * 2 + 64;
        p->engine_ids = realloc(p->engine_ids, p->engine_ids_capacity * sizeof *p->engine_ids);
        CHECK(p->engine_ids != NULL);
    }
    p->engine_ids[p->engine_ids_count++] = id;
    uint32_t slot = (uint32_t)id;
    if (slot >= p->limits.orders_max) return;
    p->numbers_by_slot[slot].id = id;
    p->numbers_by_slot[slot].number = p->engine_ids_count;
}

/* The slot table is a shortcut that may be out of date after pair_return; the list of ids is right. */
static uint64_t number_of(const struct pair *p, uint64_t id) {
    uint32_t slot = (uint32_t)id;
    if (slot < p->limits.orders_max && p->numbers_by_slot[slot].id == id) {
        uint32_t number = p->numbers_by_slot[slot].number;
        if (number <= p->engine_ids_count && p->engine_ids[number - 1] == id) return number;
    }
    for (uint32_t i = p->engine_ids_count; i-- > 0;)
        if (p->engine_ids[i] == id) return i + 1;
    return number_unknown;
}

/* Ids that were never given: a slot that cannot be, and a slot that is used but not yet for the so-many-th time. */
static uint64_t never_given(uint64_t number) {
    if (number % 2 == 0) return UINT64_C(1) << 32 | UINT64_C(0xFFFFFF0);
    return UINT64_C(900000000) << 32 | number % 16;
}

static uint64_t engine_id(const struct pair *p, uint64_t number) {
    if (number == 0) return 0;
    return number <= p->engine_ids_count ? p->engine_ids[number - 1] : never_given(number);
}

static struct command in_engine_ids(const struct pair *p, const struct command *command) {
    struct command c = *command;
    if (c.kind == COMMAND_AMEND_ORDER) c.amend_order.order_id = engine_id(p, c.amend_order.order_id);
    if (c.kind == COMMAND_CANCEL_ORDER) c.cancel_order.order_id = engine_id(p, c.cancel_order.order_id);
    return c;
}

static void rename_id(const struct pair *p, uint64_t *id) {
    if (*id == 0) return;
    uint64_t number = number_of(p, *id);
    *id = number != number_unknown ? number : UINT64_C(1) << 63 | *id;
}

static void rename_ids(const struct pair *p, struct event *e) {
    switch (e->kind) {
    case EVENT_CLIENT_ID: rename_id(p, &e->client_id.order_id); break;
    case EVENT_ACCEPTED: rename_id(p, &e->order.order_id); break;
    case EVENT_ORDER_STATUS: rename_id(p, &e->order_status.order_id); break;
    case EVENT_HELD: rename_id(p, &e->held.order_id); break;
    case EVENT_PAIR_SKIPPED:
        rename_id(p, &e->pair_skipped.order_id);
        rename_id(p, &e->pair_skipped.maker_order_id);
        break;
    case EVENT_REFUSED: rename_id(p, &e->refused.order_id); break;
    case EVENT_TRADE:
        rename_id(p, &e->trade.maker_order_id);
        rename_id(p, &e->trade.taker_order_id);
        break;
    case EVENT_RESTED: case EVENT_REFRESHED: case EVENT_REPLACED: case EVENT_RESTATED:
    case EVENT_TRIGGERED: case EVENT_CANCELED: case EVENT_EXPIRED:
        rename_id(p, &e->order_change.order_id);
        break;
    default: break;
    }
}

/* ---- comparing ---- */

/* Kind and reason of an event, as one number; 0 when there is none. */
static uint32_t gist_of(const struct event_buffer *buffer, uint32_t index) {
    if (index >= buffer->count) return 0;
    const struct event *e = &buffer->events[index];
    uint32_t reason = e->kind == EVENT_REJECTED ? e->rejected.reason : e->kind == EVENT_REFUSED ? e->refused.reason
                      : e->kind == EVENT_CANCELED ? e->order_change.reason : 0;
    return (uint32_t)e->kind << 16 | reason;
}

/* What the first events that differ are: a case that is made smaller shall go on being the same case. */
static uint64_t gist_of_difference(const struct pair *p) {
    uint32_t i = 0;
    while (i < p->engine_events.count && i < p->model_events.count &&
           memcmp(&p->engine_events.events[i], &p->model_events.events[i], sizeof(struct event)) == 0)
        i++;
    return (uint64_t)gist_of(&p->engine_events, i) << 32 | gist_of(&p->model_events, i);
}

bool pair_apply(struct pair *p, const struct command *command) {
    p->engine_events.count = p->model_events.count = 0;
    struct command c = in_engine_ids(p, command);
    model_apply(p->model, command, &p->model_events);
    bool has_image = p->image_interval != 0 && ++p->commands_count % p->image_interval == 0;
    bug_expected = true;
    if (setjmp(bug_landing) != 0) {
        bug_expected = false;
        p->failure = bug_text;
        return false;
    }
    apply_to_engine(p, &c);
    bool goes_on = !has_image || go_through_image(p);
    bug_expected = false;
    if (!goes_on) return false;
    for (uint32_t i = 0; i < p->engine_events.count; i++)
        if (p->engine_events.events[i].kind == EVENT_ACCEPTED)
            learn_id(p, p->engine_events.events[i].order.order_id);
    for (uint32_t i = 0; i < p->engine_events.count; i++) rename_ids(p, &p->engine_events.events[i]);
    if (p->engine_events.count != p->model_events.count) p->failure = "the number of events differs";
    else if (memcmp(p->engine_events.events, p->model_events.events,
                    p->engine_events.count * sizeof(struct event)) != 0)
        p->failure = "an event differs";
    if (p->failure != NULL) p->gist = gist_of_difference(p);
    return p->failure == NULL;
}

static void compare_listings(struct pair *p) {
    for (uint32_t i = 0; i < model_instruments_count(p->model); i++) {
        uint32_t engine_count = 0, count = model_listings_count(p->model, i);
        for (uint32_t k = 0; k < model_sessions_count(p->model); k++)
            if (exchange_session_lists(p->exchange, k, i)) engine_count++;
        if (engine_count != count) p->failure = "the number of sessions that list an instrument differs";
        for (uint32_t at = 0; at < count; at++)
            if (!exchange_session_lists(p->exchange, model_listing_at(p->model, i, at), i))
                p->failure = "the sessions that list an instrument differ";
    }
}

static void compare_sessions(struct pair *p) {
    for (uint32_t i = 0; i < model_sessions_count(p->model); i++) {
        bool is_open = exchange_session(p->exchange, i)->phase != PHASE_CLOSED;
        if (is_open != model_session_is_open(p->model, i)) p->failure = "the phase of a session differs";
        for (uint32_t k = 0; k < model_participants_count(p->model) && is_open; k++)
            if (exchange_remarks(p->exchange, k, i) != model_remarks(p->model, k, i))
                p->failure = "the remarks of a session differ";
    }
    for (uint32_t k = 0; k < model_participants_count(p->model); k++)
        if (exchange_remarks(p->exchange, k, NAME_NONE) != model_remarks(p->model, k, NAME_NONE))
            p->failure = "the remarks of a date differ";
}

bool pair_compare_state(struct pair *p) {
    bug_expected = true;
    if (setjmp(bug_landing) != 0) {
        bug_expected = false;
        p->failure = bug_text;
        return false;
    }
    exchange_verify(p->exchange);
    bug_expected = false;
    if (exchange_open_orders_count(p->exchange) != model_orders_count(p->model))
        p->failure = "the number of open orders differs";
    if (exchange_time_ns(p->exchange) != model_time_ns(p->model)) p->failure = "the time differs";
    if (exchange_trade_date(p->exchange) != model_trade_date(p->model)) p->failure = "the trade date differs";
    if (exchange_instruments_count(p->exchange) != model_instruments_count(p->model))
        p->failure = "the number of instruments differs";
    if (exchange_sessions_count(p->exchange) != model_sessions_count(p->model))
        p->failure = "the number of sessions differs";
    if (exchange_participants_count(p->exchange) != model_participants_count(p->model))
        p->failure = "the number of participants differs";
    if (p->failure == NULL) compare_sessions(p);
    if (p->failure == NULL) compare_listings(p);
    if (p->failure != NULL) return false;
    for (uint32_t i = 0; i < model_instruments_count(p->model); i++) {
        uint32_t low, high, reference = model_reference(p->model, i, &low, &high);
        for (enum side side = SIDE_BUY; side <= SIDE_SELL; side++)
            if (exchange_best(p->exchange, i, side).ticks != model_best(p->model, i, side))
                p->failure = "a best price differs";
        if (reference == 0) continue;   /* no terms yet */
        price engine_low, engine_high;
        exchange_collar(p->exchange, i, &engine_low, &engine_high);
        if (exchange_reference(p->exchange, i).ticks != reference) p->failure = "a reference price differs";
        if (engine_high.ticks != high || (high != 0 && engine_low.ticks != low)) p->failure = "a collar differs";
    }
    return p->failure == NULL;
}

/* ---- coming back ---- */

struct pair_mark {
    void *exchange;
    struct model *model;
    uint32_t engine_ids_count;
};

struct pair_mark *pair_mark_new(const struct pair *p) {
    struct pair_mark *mark = calloc(1, sizeof *mark);
    CHECK(mark != NULL);
    mark->exchange = malloc(p->exchange_size);
    CHECK(mark->exchange != NULL);
    mark->model = model_new(&p->limits);
    return mark;
}

void pair_mark_free(struct pair_mark *mark) {
    if (mark == NULL) return;
    free(mark->exchange);
    model_free(mark->model);
    free(mark);
}

void pair_mark_set(struct pair_mark *mark, const struct pair *p) {
    memcpy(mark->exchange, p->exchange, p->exchange_size);
    model_copy(mark->model, p->model);
    mark->engine_ids_count = p->engine_ids_count;
}

void pair_return(struct pair *p, const struct pair_mark *mark) {
    memcpy(p->exchange, mark->exchange, p->exchange_size);
    model_copy(p->model, mark->model);
    p->engine_ids_count = mark->engine_ids_count;
    p->failure = NULL;
}
