/* position.c - the walk over a JSON text; see position.h. */
#include "gateway/scenario/position.h"

#include <stdio.h>
#include <string.h>

static int is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

/* `at` is on a quote; offset behind the closing one. */
static size_t string_end(const struct walk *walk, size_t at) {
    for (at++; at < walk->size; at++) {
        if (walk->text[at] == '\\') at++;
        else if (walk->text[at] == '"') return at + 1;
    }
    return walk->size;
}

void walk_init(struct walk *walk, const char *text, size_t size) {
    walk->text = text;
    walk->size = size;
    walk->at = 0;
    walk->depth = 0;
}

static void begin_entry(struct walk *walk, struct walk_level *level) {
    level->entry = walk->at;
    level->ordinal++;
    level->begins_entry = 0;
    /* The key is passed now, a list's item when the walk goes on. */
    if (level->is_object) walk->at = string_end(walk, walk->at);
}

static int push_level(struct walk *walk, int is_object) {
    if (walk->depth == guard_depth_max) return 0;
    walk->levels[walk->depth++] =
        (struct walk_level){.ordinal = UINT32_MAX, .is_object = (uint8_t)is_object, .begins_entry = 1};
    walk->at++;
    return 1;
}

int walk_next(struct walk *walk) {
    while (walk->at < walk->size) {
        char byte = walk->text[walk->at];
        struct walk_level *level = walk->depth > 0 ? &walk->levels[walk->depth - 1] : NULL;
        if (byte == '}' || byte == ']') {
            if (walk->depth <= 1) return 0;
            walk->depth--;
            walk->at++;
        } else if (byte == ',' && level != NULL) {
            level->begins_entry = 1;
            walk->at++;
        } else if (is_blank(byte)) {
            walk->at++;
        } else if (level != NULL && level->begins_entry) {
            begin_entry(walk, level);
            return 1;
        } else if (byte == '{' || byte == '[') {
            if (!push_level(walk, byte == '{')) return 0;
        } else if (byte == '"') {
            walk->at = string_end(walk, walk->at);
        } else {
            walk->at++;
        }
    }
    return 0;
}

int walk_to(struct walk *walk, const uint32_t *ordinals, uint32_t ordinals_count) {
    while (walk_next(walk)) {
        if (walk->depth != ordinals_count) continue;
        uint32_t same = 0;
        while (same < ordinals_count && walk->levels[same].ordinal == ordinals[same]) same++;
        if (same == ordinals_count) return 1;
    }
    return 0;
}

void walk_to_offset(struct walk *walk, size_t offset) {
    struct walk ahead = *walk;
    while (walk_next(&ahead) && walk_entry(&ahead) <= offset) *walk = ahead;
}

size_t walk_entry(const struct walk *walk) { return walk->levels[walk->depth - 1].entry; }

size_t walk_value(const struct walk *walk) {
    size_t at = walk_entry(walk);
    if (!walk->levels[walk->depth - 1].is_object) return at;
    at = string_end(walk, at);
    while (at < walk->size && (is_blank(walk->text[at]) || walk->text[at] == ':')) at++;
    return at;
}

size_t walk_value_end(const struct walk *walk, size_t at) {
    uint32_t open = 0;
    while (at < walk->size) {
        char byte = walk->text[at];
        if (open == 0 && (byte == ',' || byte == '}' || byte == ']' || is_blank(byte))) return at;
        if (byte == '"') {
            at = string_end(walk, at);
            if (open == 0) return at;
            continue;
        }
        at++;
        if (byte == '{' || byte == '[') open++;
        if ((byte == '}' || byte == ']') && --open == 0) return at;
    }
    return at;
}

void walk_describe(const struct walk *walk, char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < walk->depth && used < size; i++) {
        const struct walk_level *level = &walk->levels[i];
        int wrote;
        if (level->is_object) {
            size_t end = string_end(walk, level->entry);
            int key_size = (int)(end - level->entry < 2 ? 0 : end - level->entry - 2);
            wrote = snprintf(out + used, size - used, "%s%.*s", i == 0 ? "" : ".", key_size,
                             walk->text + level->entry + 1);
        } else {
            wrote = snprintf(out + used, size - used, "[%u]", level->ordinal);
        }
        used += (size_t)wrote;
    }
}

uint32_t line_of(const char *text, size_t offset) {
    uint32_t line = 1;
    for (const char *at = text; (at = memchr(at, '\n', offset - (size_t)(at - text))) != NULL; at++) line++;
    return line;
}
