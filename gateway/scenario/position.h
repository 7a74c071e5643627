/* position.h - where in a JSON text a value stands: offset, line, and the way to it in words. Private to document.
 *
 * A walk passes over the entries of a text in order; an entry is a member of an object (at the quote of its key) or
 * an item of a list (at its first byte). The text need not be valid: a walk never leaves it, and up to the first
 * mistake its levels say the truth. */
#ifndef BIRZHA_SCENARIO_POSITION_H
#define BIRZHA_SCENARIO_POSITION_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/wire/guard.h"

struct walk_level {
    size_t entry;               /* offset of the latest entry */
    uint32_t ordinal;           /* its number, from 0 */
    uint8_t is_object;
    uint8_t begins_entry;       /* the next token begins an entry */
};

struct walk {
    const char *text;
    size_t size, at;
    uint32_t depth;             /* open objects and lists; the latest entry belongs to levels[depth - 1] */
    struct walk_level levels[guard_depth_max];
};

/* The outermost object itself: depth 0. */
void walk_init(struct walk *walk, const char *text, size_t size);
/* 1 when there is a next entry, else 0. */
int walk_next(struct walk *walk);
/* To the entry with these ordinals from the outside in. 1 when found, else 0. */
int walk_to(struct walk *walk, const uint32_t *ordinals, uint32_t ordinals_count);
/* To the last entry that begins at or before `offset`; none leaves depth 0. */
void walk_to_offset(struct walk *walk, size_t offset);

/* Offset of the latest entry, and of its value. */
size_t walk_entry(const struct walk *walk);
size_t walk_value(const struct walk *walk);
/* Offset behind the value that begins at `at`. */
size_t walk_value_end(const struct walk *walk, size_t at);

/* "participants[0].country"; "" at depth 0. Always NUL-terminated. */
void walk_describe(const struct walk *walk, char *out, size_t size);

/* Line of an offset, from 1. */
uint32_t line_of(const char *text, size_t offset);

#endif
