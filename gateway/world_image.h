/* world_image.h - what a snapshot of the server consists of: the exchange, its views, and what the participants,
 * readers and users need to go on as if nothing had happened. One table; FORMAT.md lists its sections. */
#ifndef BIRZHA_WORLD_IMAGE_H
#define BIRZHA_WORLD_IMAGE_H

#include "engine/journal/snapshot.h"

struct sequencer;

/* Writes all sections, between two commands. Allocates nothing. The sequencer is connected. */
void world_image_write(const struct sequencer *sequencer, struct snapshot_writer *writer);

/* Fills a sequencer that was opened with the limits of the snapshot, is connected and has applied nothing. NULL, or the
 * name of the section that does not fit; then the sequencer and what it is connected to are of no use any more. What
 * was brought back has the digest that the snapshot says. */
__attribute__((warn_unused_result))
const char *world_image_load(struct sequencer *sequencer, const uint8_t *bytes, const struct snapshot_header *header);

#endif
