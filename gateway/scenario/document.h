/* document.h - a JSON file that is read strictly, and refused with the file, the line and the key.
 *
 * The bytes pass the guard of gateway/wire first, so the tree behind it holds nothing ambiguous: unique keys, valid
 * text, integers only. Every value is reached through a `struct place`, which knows the way to it; a refusal walks
 * the text once more along that way and so finds the line. Only refusals pay for that.
 *
 * All functions that return int give 0, or -EINVAL with the document's error set and their outputs unchanged. A place
 * and the texts in it are valid until document_close. A key that is absent is not an error here: place_check_keys has
 * asked for the required ones, and the place_read functions leave the default that stands in their output. */
#ifndef BIRZHA_SCENARIO_DOCUMENT_H
#define BIRZHA_SCENARIO_DOCUMENT_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/scenario/error.h"

enum { document_size_max = 16 << 20 };

struct document {
    const char *path;
    char *text;
    size_t size;
    cJSON *root;
    struct scenario_error *error;
};

/* Reads and parses the file. 0 or a negative errno; on an error there is nothing to close. */
__attribute__((warn_unused_result))
int document_open(struct document *document, const char *path, struct scenario_error *error);
void document_close(struct document *document);

/* A value in the document and the way to it. `up` must outlive it. */
struct place {
    const struct document *document;
    const struct place *up;             /* NULL for the outermost object */
    const cJSON *json;                  /* NULL behind the last item of a list */
};

struct place document_root(const struct document *document);

/* The text of a value as it stands in the file. */
void place_raw(const struct place *place, const char **text, size_t *size);

/* ---- refusing ---- */

/* Blames the value. Returns -EINVAL. */
__attribute__((format(printf, 2, 3)))
int place_refuse(const struct place *place, const char *format, ...);
/* Blames a key of the object, present or not. */
__attribute__((format(printf, 3, 4)))
int place_refuse_key(const struct place *object, const char *key, const char *format, ...);

/* The value as a sentence may quote it: a text in quotes and cut, a number, "a list" ... */
enum { place_quote_size = 64 };
const char *place_quote(const cJSON *json, char out[place_quote_size]);

/* ---- objects and lists ---- */

/* KEY_LATER: a key of a rule that is not enforced yet; it may only say "nothing": null, false or an empty list. */
enum key_use { KEY_REQUIRED, KEY_OPTIONAL, KEY_LATER };
struct key {
    const char *name;
    enum key_use use;
};

/* That the place is an object with these keys only, the required ones among them. */
__attribute__((warn_unused_result))
int place_check_keys(const struct place *place, const struct key *keys, uint32_t keys_count);
__attribute__((warn_unused_result))
int place_check_object(const struct place *place);
__attribute__((warn_unused_result))
int place_check_list(const struct place *place);

/* 1 and *member when the object has the key, else 0. */
int place_find(const struct place *object, const char *key, struct place *member);
/* The same for a key that may say null for "nothing". */
int place_find_given(const struct place *object, const char *key, struct place *member);
/* A member that place_check_keys has required. */
struct place place_get(const struct place *object, const char *key);

/* Items of a list, members of an object: for (struct place item = place_first(&list); item.json != NULL;
 * place_next(&item)). */
struct place place_first(const struct place *list);
void place_next(struct place *item);
uint32_t place_items_count(const struct place *list);

/* ---- values ---- */

/* A text for people: 1 to `size_max` bytes, no control characters. Written to a NUL-padded field. */
__attribute__((warn_unused_result))
int place_read_label(const struct place *object, const char *key, char *field, uint32_t size_max);
/* A name for programs: 1 to `size_max` of [A-Za-z0-9._-]. Written to a NUL-padded field. */
__attribute__((warn_unused_result))
int place_read_id(const struct place *object, const char *key, char *field, uint32_t size_max);
__attribute__((warn_unused_result))
int place_read_integer(const struct place *object, const char *key, int64_t low, int64_t high, int64_t *value);
/* A date of a year that the calendar knows. */
__attribute__((warn_unused_result))
int place_read_date(const struct place *object, const char *key, int32_t *date);
/* One of `names`; *index is its place among them. */
__attribute__((warn_unused_result))
int place_read_choice(const struct place *object, const char *key, const char *const *names, uint32_t names_count,
                      uint32_t *index);

/* The same for a value that is in hand, such as an item of a list. */
__attribute__((warn_unused_result))
int place_id(const struct place *place, char *field, uint32_t size_max);
__attribute__((warn_unused_result))
int place_choice(const struct place *place, const char *const *names, uint32_t names_count, uint32_t *index);
__attribute__((warn_unused_result))
int place_date(const struct place *place, int32_t *date);
/* Two capital letters. */
__attribute__((warn_unused_result))
int place_country(const struct place *place, char country[2]);
/* A decimal string, or an integer, scaled by 10^places, from `low` to `high`. */
__attribute__((warn_unused_result))
int place_decimal(const struct place *place, uint32_t places, int64_t low, int64_t high, int64_t *scaled);
/* The bytes of a text, any. */
__attribute__((warn_unused_result))
int place_text(const struct place *place, const char **text, uint32_t *size);

#endif
