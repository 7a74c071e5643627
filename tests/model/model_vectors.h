/* model_vectors.h - the rulebook's written examples, as scripts with a world of their own each.
 *
 * They were worked out before there was an exchange; what is expected here is copied from there, not from a run. */
#ifndef BIRZHA_TESTS_MODEL_VECTORS_H
#define BIRZHA_TESTS_MODEL_VECTORS_H

#include <stdint.h>

struct model_vector { const char *name, *script; };
extern const struct model_vector model_vectors[];
extern const uint32_t model_vectors_count;

#endif
