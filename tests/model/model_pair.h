/* model_pair.h - the engine and the model side by side.
 *
 * Every command goes to both, and every byte of every event is compared. An order is known here by the number of its
 * ACCEPTED (1 is the first order of the run): commands name orders so, and the engine's events are rewritten so before
 * the comparison. An order number that has not been given yet becomes an id that the engine never gave.
 *
 * A pair may be asked for images: then the engine's exchange is, every so many commands, written as an image, emptied
 * and loaded again, as a server's is that was stopped. What was not written, or was worked out wrongly, shows in the
 * events that follow; the model knows nothing of images. */
#ifndef BIRZHA_TESTS_MODEL_PAIR_H
#define BIRZHA_TESTS_MODEL_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/exchange.h"
#include "tests/model/model.h"
#include "tests/model/model_image.h"

struct pair {
    struct limits limits;
    struct exchange *exchange;
    struct model *model;
    struct event_buffer engine_events, model_events;    /* of the last command, order numbers in both */
    struct event *narrow_events;                        /* what the engine says it into, see model_pair.c */
    const char *failure;        /* what differs; NULL = nothing */
    uint64_t gist;              /* which events differ, roughly */
    size_t exchange_size;
    uint32_t image_interval, commands_count;
    struct kept_image image;
    uint64_t *engine_ids;       /* of order numbers 1, 2, 3 ... */
    uint32_t engine_ids_count, engine_ids_capacity;
    struct { uint64_t id; uint32_t number; } *numbers_by_slot;
};

/* Enough for the random runs and for any script. */
extern const struct limits pair_limits;

/* An image after every `image_interval` commands; 0 = none. */
struct pair *pair_new(const struct limits *limits, uint32_t image_interval);
void pair_free(struct pair *pair);

/* Applies a command to both; false, and pair->failure, when they do not say the same. A CHECK of the engine that fails
 * counts as a difference; nothing but pair_free may follow it. */
bool pair_apply(struct pair *pair, const struct command *command);

/* Looks into both: best prices, number of open orders, time; and lets the engine verify itself. */
bool pair_compare_state(struct pair *pair);

/* Whether images of the engine's exchange with one value changed are refused, or loaded, as model_image.h knows of the
 * value; the exchange is as before then. */
bool pair_spoil_image(struct pair *pair);

/* A state to come back to, for pairs with small limits. */
struct pair_mark;
struct pair_mark *pair_mark_new(const struct pair *pair);
void pair_mark_free(struct pair_mark *mark);
void pair_mark_set(struct pair_mark *mark, const struct pair *pair);
void pair_return(struct pair *pair, const struct pair_mark *mark);

#endif
