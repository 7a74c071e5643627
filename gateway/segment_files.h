/* segment_files.h - the segments of a journal in a folder, mapped for reading, in the order of their numbers.
 *
 * They may be written to meanwhile: what is read is what was there. */
#ifndef BIRZHA_SEGMENT_FILES_H
#define BIRZHA_SEGMENT_FILES_H

#include <stdint.h>

#include "engine/journal/scan.h"

enum { segment_name_size = 48 };

struct segment_files {
    struct journal_bytes *segments;
    uint64_t *numbers;          /* of each, from its name */
    uint32_t count;
    uint64_t first_number;      /* of the first; 0 = there is none */
};

void segment_name(uint64_t number, char name[segment_name_size]);
/* Whether a file of this name is a segment, and which. */
int segment_number(const char *name, uint64_t *number);

/* 0 or a negative errno; then nothing is mapped. A folder without segments has none. */
__attribute__((warn_unused_result))
int segment_files_map(struct segment_files *files, const char *folder);
/* The same by a descriptor of the folder. */
__attribute__((warn_unused_result))
int segment_files_map_at(struct segment_files *files, int folder);
/* The first `count` of them are not needed. */
void segment_files_drop(struct segment_files *files, uint32_t count);
void segment_files_unmap(struct segment_files *files);

#endif
