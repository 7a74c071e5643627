/* test_story.c - what happened to each order, as notes. */
#include "engine/views/story.h"
#include "tests/views/fixture.h"

enum { notes_max = 8 };

/* The notes of a command: story first, then depth, as in the server. */
static void tell(struct story *story, struct depth *depth, struct event event) {
    story_apply(story, depth, &event, 1);
    depth_apply(depth, &event);
}

static struct story *story_new(void) { return story_init(views_memory(story_size(notes_max)), notes_max); }

Test(story, a_note_says_what_stood_before_the_order) {
    struct views *v = views_new();
    struct story *story = story_new();
    tell(story, v->depth, accepted(1, ANNA, SIDE_SELL, 30, 100));
    tell(story, v->depth, accepted(2, BORIS, SIDE_SELL, 5, 100));
    tell(story, v->depth, accepted(3, VERA, SIDE_SELL, 2, 100));
    tell(story, v->depth, accepted(4, VERA, SIDE_SELL, 2, 101));
    const struct story_note *third = story_last(story, 3), *fourth = story_last(story, 4);
    cr_assert_not_null(third);
    cr_expect_eq(third->queue.orders, 2);
    cr_expect_eq(third->queue.lots, 35);
    cr_expect_eq(third->queue.best.ticks, 100);
    cr_expect_eq(fourth->queue.orders, 0);
    cr_expect_eq(fourth->queue.best.ticks, 100);
    free(story);
    views_free(v);
}

Test(story, a_trade_is_told_to_both_orders_with_its_contract) {
    struct views *v = views_new();
    struct story *story = story_new();
    tell(story, v->depth, accepted(1, ANNA, SIDE_SELL, 30, 100));
    tell(story, v->depth, incoming(2, BORIS, SIDE_BUY, 10, 100));
    struct event contract = {.kind = EVENT_CONTRACT, .contract = {.trade_id = 7, .fees = {{3}, {4}}}};
    tell(story, v->depth, contract);
    tell(story, v->depth,
         trade(7, SIDE_BUY, (struct trade_side){1, ANNA, 20}, (struct trade_side){2, BORIS, 0}, 10, 100));
    for (uint64_t order_id = 1; order_id <= 2; order_id++) {
        const struct story_note *note = story_last(story, order_id);
        cr_assert_not_null(note);
        cr_expect_eq(note->event.kind, EVENT_TRADE);
        cr_expect_eq(note->contract.fees[SIDE_SELL].minor, 4);
        cr_expect_eq(story_find(story, note->number), note);
        note = story_before(story, note);
        cr_assert_not_null(note);
        cr_expect_eq(note->event.kind, EVENT_ACCEPTED);
        cr_expect_null(story_before(story, note));
    }
    free(story);
    views_free(v);
}

/* The oldest notes go; a chain that leads to them ends there. */
Test(story, forgets_the_oldest) {
    struct views *v = views_new();
    struct story *story = story_new();
    tell(story, v->depth, accepted(1, ANNA, SIDE_SELL, 30, 100));
    const uint64_t first = story_last(story, 1)->number;
    for (uint64_t i = 0; i < notes_max - 1; i++) tell(story, v->depth, accepted(10 + i, ANNA, SIDE_SELL, 1, 100));
    cr_assert_not_null(story_last(story, 1));
    struct event held = {.kind = EVENT_HELD, .held = {.order_id = 1}};
    tell(story, v->depth, held);
    const struct story_note *last = story_last(story, 1);
    cr_assert_not_null(last);
    cr_expect_eq(last->event.kind, EVENT_HELD);
    cr_expect_null(story_before(story, last));
    cr_expect_null(story_find(story, first));
    cr_expect_null(story_last(story, 99));
    free(story);
    views_free(v);
}
