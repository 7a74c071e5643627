/* world.h - a scenario that is made to be loaded: so many firms, each with a trader and money. */
#ifndef BIRZHA_LOAD_WORLD_H
#define BIRZHA_LOAD_WORLD_H

#include <stdint.h>

enum { world_firms_max = 20000 };

/* Writes the scenario to `path` and its traders, one a line, to `path`.users. 0, or -1 after a line on standard
 * error. */
__attribute__((warn_unused_result))
int world_write(const char *path, uint32_t firms_count, uint32_t message_rate);

#endif
