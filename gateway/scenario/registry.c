/* registry.c - names and their numbers; see registry.h. */
#include "gateway/scenario/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int registry_open(struct registry *registry, const char *noun, uint32_t names_count_max, uint32_t size) {
    uint32_t slots_count = name_table_slots_count(names_count_max);
    *registry = (struct registry){.noun = noun, .table = {.slots_count = slots_count, .name_size = size,
                                                          .record_size = size}};
    registry->table.slots = calloc(slots_count, sizeof registry->table.slots[0]);
    registry->names = calloc((size_t)names_count_max + 1, size);
    return registry->table.slots != NULL && registry->names != NULL ? 0 : -ENOMEM;
}

void registry_close(struct registry *registry) {
    free(registry->table.slots);
    free(registry->names);
    *registry = (struct registry){0};
}

int registry_add(struct registry *registry, const char *field, const struct place *place) {
    uint32_t field_size = registry->table.name_size, size = name_size(field, field_size);
    uint32_t found = name_table_find(&registry->table, registry->names, field, size);
    if (found != NAME_NONE) {
        return place_refuse(place, "\"%.*s\" is %s number %u of this world already", (int)size, field, registry->noun,
                            found + 1);
    }
    memcpy(registry->names + (size_t)registry->names_count * field_size, field, field_size);
    name_table_insert(&registry->table, registry->names, registry->names_count);
    registry->names_count++;
    return 0;
}

int registry_find(const struct registry *registry, const struct place *place, uint32_t *index) {
    const char *text;
    uint32_t size;
    char quote[place_quote_size];
    if (place_text(place, &text, &size) != 0) return -EINVAL;
    uint32_t found = name_table_find(&registry->table, registry->names, text, size);
    if (found == NAME_NONE) {
        return place_refuse(place, "this world has no %s %s", registry->noun, place_quote(place->json, quote));
    }
    *index = found;
    return 0;
}
