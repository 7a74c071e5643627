/* name_table.h - finds the index of a name; open addressing over memory that the caller gives.
 *
 * The table stores indices only (index + 1; 0 is an empty slot); the names stay where their owner keeps them, as
 * NUL-padded fields inside an array of equal records. It is derived state: it can be rebuilt from the records and
 * takes no part in a digest. Names are never removed. */
#ifndef BIRZHA_NAME_TABLE_H
#define BIRZHA_NAME_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct name_table {
    uint32_t *slots;        /* a power of two of them, at least twice the number of names */
    uint32_t slots_count;
    uint32_t name_size;     /* bytes of the name field */
    uint32_t record_size;   /* distance from one record to the next */
};

#define NAME_NONE UINT32_MAX

/* Slots that a table for `names_count_max` names needs. */
uint32_t name_table_slots_count(uint32_t names_count_max);

/* Index of `text` (`size` bytes) among the records whose name field of the first is at `names`, or NAME_NONE. */
uint32_t name_table_find(const struct name_table *table, const void *names, const char *text, uint32_t size);

/* Enters record `index`; its name must not be in the table yet. */
void name_table_insert(struct name_table *table, const void *names, uint32_t index);

/* Length of a NUL-padded field. */
uint32_t name_size(const char *field, uint32_t field_size);

/* Copies `size` <= field_size bytes and pads with NULs. */
void name_set(char *field, uint32_t field_size, const char *text, uint32_t size);

#endif
