/* registry.h - the names of one kind that a scenario has given so far, in the order of their numbers. */
#ifndef BIRZHA_SCENARIO_REGISTRY_H
#define BIRZHA_SCENARIO_REGISTRY_H

#include <stdint.h>

#include "gateway/scenario/document.h"
#include "instruments/name_table.h"

struct registry {
    const char *noun;               /* "participant" */
    struct name_table table;
    char *names;                    /* fields of name_size bytes */
    uint32_t names_count;
};

/* Room for so many names. 0 or -ENOMEM; registry_close in any case. */
__attribute__((warn_unused_result))
int registry_open(struct registry *registry, const char *noun, uint32_t names_count_max, uint32_t name_size);
void registry_close(struct registry *registry);

/* Adds the NUL-padded name that stands at `place`; refused when it is there already. */
__attribute__((warn_unused_result))
int registry_add(struct registry *registry, const char *field, const struct place *place);

/* The number of the name that the place holds; refused when there is none of that name. */
__attribute__((warn_unused_result))
int registry_find(const struct registry *registry, const struct place *place, uint32_t *index);

#endif
