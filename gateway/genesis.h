/* genesis.h - how a world begins: its scenario file becomes the first commands of the sequencer.
 *
 * Passwords are in clear in the file only: they are hashed here, on as many threads as there are processors, since a
 * class of sixty would take a second on one, and become PASSWORD commands. */
#ifndef BIRZHA_GENESIS_H
#define BIRZHA_GENESIS_H

#include <stddef.h>

#include "gateway/scenario/scenario.h"
#include "gateway/sequencer.h"

/* Reads the scenario at `path`, NULL = the shipped demonstration world. 0, or -1 and one line in `error`; then there is
 * nothing to free. */
__attribute__((warn_unused_result))
int genesis_read(const char *path, struct scenario *scenario, char *error, size_t error_size);

/* Applies everything that `scenario` contains to a sequencer that has not started. Under the manual clock the world
 * begins at the scenario's start, under the wall clock now. 0, or -1 and one line in `error`. */
__attribute__((warn_unused_result))
int genesis_apply(struct sequencer *sequencer, struct scenario *scenario, enum clock_mode clock, char *error,
                  size_t error_size);

#endif
