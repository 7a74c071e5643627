/* snapshot_files.h - snapshots in the data folder: written whole under another name, synced, renamed; listed; removed.
 *
 *     snapshot-000000012345.snap           of the state after command 12,345
 *     snapshot-000000012345.PID.tmp        one that is being written; never read
 *
 * All of it may run in a process that was forked for it: nothing here touches what belongs to the loop. */
#ifndef BIRZHA_SNAPSHOT_FILES_H
#define BIRZHA_SNAPSHOT_FILES_H

#include <stdint.h>
#include <sys/types.h>

#include "engine/journal/snapshot.h"

struct sequencer;

enum { snapshot_file_name_size = 64, snapshots_listed_max = 16, snapshots_kept = 2 };

/* The latest ones, by the number in their names, the newest first. */
struct snapshot_list {
    uint64_t sequences[snapshots_listed_max];
    uint32_t count;
};

struct snapshot_file {
    const uint8_t *bytes;       /* mapped */
    uint64_t size;
};

void snapshot_file_name(uint64_t sequence, char name[snapshot_file_name_size]);
void snapshot_temporary_name(uint64_t sequence, pid_t writer, char name[snapshot_file_name_size]);

/* `folder` is a descriptor of the data folder; all of these give 0 or a negative errno. */
__attribute__((warn_unused_result))
int snapshot_files_list(int folder, struct snapshot_list *list);
__attribute__((warn_unused_result))
int snapshot_file_map(int folder, uint64_t sequence, struct snapshot_file *file);
void snapshot_file_unmap(struct snapshot_file *file);

/* Writes the state of `sequencer`, and `mark` with its digest, under the temporary name of the calling process; on disk
 * when it returns. On an error nothing is left behind. */
__attribute__((warn_unused_result))
int snapshot_file_write(int folder, const struct sequencer *sequencer, struct snapshot_mark mark);
/* Gives it its name. The journal must be on disk up to its mark. */
__attribute__((warn_unused_result))
int snapshot_file_publish(int folder, uint64_t sequence);

/* Snapshots but the two latest go. */
__attribute__((warn_unused_result))
int snapshot_files_thin(int folder);
/* Segments that the older of the two latest snapshots does not need go: if there are two, and every byte of both is
 * as it was written. */
__attribute__((warn_unused_result))
int snapshot_files_prune(int folder);
/* What was never finished goes. */
__attribute__((warn_unused_result))
int snapshot_files_sweep(int folder);

#endif
