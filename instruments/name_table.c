/* name_table.c - open addressing with linear probing; at least half of the slots stay empty. */
#include "instruments/name_table.h"

#include <string.h>

#include "instruments/check.h"

uint32_t name_table_slots_count(uint32_t names_count_max) {
    CHECK(names_count_max <= UINT32_C(1) << 30);
    uint32_t count = 2;
    while (count < 2 * names_count_max) count *= 2;
    return count;
}

uint32_t name_size(const char *field, uint32_t field_size) {
    uint32_t size = 0;
    while (size < field_size && field[size] != '\0') size++;
    return size;
}

void name_set(char *field, uint32_t field_size, const char *text, uint32_t size) {
    CHECK(size <= field_size);
    memcpy(field, text, size);
    memset(field + size, 0, field_size - size);
}

/* FNV-1a, then a multiplication that lets the high bits reach the low ones that choose the slot. */
static uint32_t hash_of(const char *text, uint32_t size) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (uint32_t i = 0; i < size; i++) hash = (hash ^ (uint8_t)text[i]) * UINT64_C(1099511628211);
    hash = (hash ^ hash >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(hash >> 32);
}

static const char *name_at(const struct name_table *table, const void *names, uint32_t index) {
    return (const char *)names + (size_t)index * table->record_size;
}

/* The slot that holds the name, or the empty slot where it belongs. */
static uint32_t *slot_of(const struct name_table *table, const void *names, const char *text, uint32_t size) {
    uint32_t mask = table->slots_count - 1;
    uint32_t at = hash_of(text, size) & mask;
    for (uint32_t probes = 0; probes < table->slots_count; probes++, at = (at + 1) & mask) {
        uint32_t entry = table->slots[at];
        if (entry == 0) return &table->slots[at];
        const char *name = name_at(table, names, entry - 1);
        if (name_size(name, table->name_size) == size && memcmp(name, text, size) == 0) return &table->slots[at];
    }
    CHECK(!"a name table always has an empty slot");
    return NULL;
}

uint32_t name_table_find(const struct name_table *table, const void *names, const char *text, uint32_t size) {
    CHECK((table->slots_count & (table->slots_count - 1)) == 0);
    if (size == 0 || size > table->name_size) return NAME_NONE;
    uint32_t entry = *slot_of(table, names, text, size);
    return entry == 0 ? NAME_NONE : entry - 1;
}

void name_table_insert(struct name_table *table, const void *names, uint32_t index) {
    const char *name = name_at(table, names, index);
    uint32_t size = name_size(name, table->name_size);
    CHECK(size > 0);
    uint32_t *slot = slot_of(table, names, name, size);
    CHECK(*slot == 0);
    *slot = index + 1;
}
