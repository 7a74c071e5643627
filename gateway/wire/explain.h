/* explain.h - why an order stood where it stood, traded as it did, cost what it cost, or was refused: the rules that
 * decided, in order, in sentences with their arithmetic.
 *
 * What is told comes from the notes of the story (engine/views/story.h) and from the state as it is now. A rate of
 * today explains a figure of the past only if it gives that very figure; else the figure stands alone. So no sentence
 * is ever wrong, at most one is shorter than it might be.
 *
 * Each step becomes a row of a list: {"rule":...,"text":...,"figures":{...}}. Parties that the book does not name stay
 * unnamed, unless an official asks. */
#ifndef BIRZHA_WIRE_EXPLAIN_H
#define BIRZHA_WIRE_EXPLAIN_H

#include <stdint.h>

#include "engine/exchange.h"
#include "engine/views/report.h"
#include "engine/views/story.h"
#include "gateway/wire/encode.h"
#include "gateway/wire/json.h"

struct deals;
struct order_state;

/* One explanation in the making. The first block is the caller's, who zeroes the rest. */
struct explanation {
    struct list *list;                  /* LIST_EXPLANATION, begun */
    const struct exchange *exchange;
    const struct story *story;
    const struct deals *deals;
    uint64_t trade_id;                  /* only this trade and what led to it; 0 = everything */
    uint8_t official;                   /* who asks may see all names */

    uint8_t is_begun, is_over, side;
    uint32_t instrument, participant, principal;
    price limit;
    uint32_t leaves_lots;
    money hold;                         /* of the order, as far as has been told */
    uint8_t has_held;                   /* `held` was said and waits for the event that it belongs to */
    struct event_held held;
    struct json figures;                /* of the step that is being written */
    char scratch[line_size_max];
};

/* The notes of one order, oldest first. */
void explain_note(struct explanation *explanation, const struct story_note *note);
/* Where the order is now; `order` is NULL when it is no longer on record. */
void explain_now(struct explanation *explanation, const struct order_state *order);
/* A new order that was refused: what it passed, and where it failed. */
void explain_refusal(struct explanation *explanation, const struct report *refused);

#endif
