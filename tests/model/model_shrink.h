/* model_shrink.h - makes a failing case small, and tells it.
 *
 * First whole stretches of commands are left out, long ones before short ones; then single values are made plainer. An
 * amend or cancel goes on meaning the order of the same earlier command, whatever is left out between the two. */
#ifndef BIRZHA_TESTS_MODEL_SHRINK_H
#define BIRZHA_TESTS_MODEL_SHRINK_H

#include <stdint.h>
#include <stdio.h>

#include "tests/model/model_pair.h"

/* Shrinks a list of commands, the last of which makes engine and model differ, and writes it as a script to `file`; the
 * expected events are the model's. A case that fails only with images (model_pair.h) keeps them, and the
 * script says how often. Returns the number of commands left; 0 when the case does not fail again. */
uint32_t shrink_and_write(const struct command *commands, uint32_t count, const struct limits *limits,
                          uint32_t image_interval, FILE *file);

#endif
