/* model_image.h - the engine's exchange as an image in memory: taken, given to an exchange again, and spoiled.
 *
 * exchange.h promises that an image which holds what cannot be is refused. Which values these are is said here once
 * more, next to the records that hold them: the first value beyond every bound, in some record of every kind, and, of
 * bounds that a run hardly reaches, the last value within. So this is the one part of the model that reads the engine's
 * private state. */
#ifndef BIRZHA_TESTS_MODEL_IMAGE_H
#define BIRZHA_TESTS_MODEL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/exchange.h"

enum { kept_spans_max = 256, kept_edges_max = 128 };

struct kept_image {
    uint8_t *bytes;
    size_t size, capacity;
    struct { uintptr_t from; size_t size, at; } spans[kept_spans_max];     /* where what went */
    struct { size_t at, size; uint64_t value; bool is_good; const char *member; } edges[kept_edges_max];
    uint32_t spans_count, edges_count;
};

void kept_image_free(struct kept_image *kept);

/* Writes the exchange's image; what was kept before is forgotten. */
void kept_image_take(struct kept_image *kept, const struct exchange *exchange);

/* Loads it into an exchange that is new. 0 or -1. */
int kept_image_load(const struct kept_image *kept, struct exchange *exchange);

/* Finds values for the image of this exchange, taken just now, that decide whether it can be loaded; fills `edges`. */
void kept_image_find_edges(struct kept_image *kept, const struct exchange *exchange);

/* Puts the value in, and, called again, the one that was there back. */
void kept_image_turn_edge(struct kept_image *kept, uint32_t edge);

#endif
