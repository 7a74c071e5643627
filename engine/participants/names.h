/* names.h - client order ids: the names that participants give their orders (ORD-7).
 *
 * A name is unique per participant and trade date among accepted requests. It is kept with a hash of the request, so
 * that the same request sent twice is known for what it is. Names live in a ring of client_ids_max entries; the oldest
 * is forgotten when a new one needs its place, whatever became of its order. */
#ifndef BIRZHA_NAMES_H
#define BIRZHA_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct exchange;

/* What a name means to a new request. */
enum name_use { NAME_UNUSED, NAME_SAME_REQUEST, NAME_OTHER_REQUEST };

uint32_t names_buckets_count(uint32_t client_ids_max);

/* Hash of a command's content: kind and payload, not who sent it when and over which kind of session. */
struct command;
uint64_t names_content(const struct command *command);

/* Whether `participant` used `text` (client_order_id_size bytes, NUL-padded, not empty) on the present trade
 * date; *name is the entry when it did. */
enum name_use names_check(const struct exchange *x, uint32_t participant, const char *text, uint64_t content,
                          uint32_t *name);

/* A hint that one of the two below is asked soon: see exchange_fetch.c. */
void names_fetch(const struct exchange *x, uint32_t participant, const char *text);

/* The latest entry of that name whose order still bears it, on whatever date; 0 = none. */
uint32_t names_find(const struct exchange *x, uint32_t participant, const char *text);

/* Enters a name for an order and returns the entry. */
uint32_t names_insert(struct exchange *x, uint32_t participant, const char *text, uint64_t content, uint64_t order_id,
                      uint32_t instrument);

/* The first `count` entries have been brought back: finds them again, in the order in which they were entered. */
void names_fill_buckets(struct exchange *x, uint32_t count);

/* The order has another name from now on: names_find no longer finds it by this one. */
void names_replace(struct exchange *x, uint32_t name);

#endif
