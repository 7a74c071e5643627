/* storage.h - gateway/storage_file.c and gateway/segment_files.c, the real ones, over the fake disk: storage.c compiles
 * them with the calls of the operating system replaced. Their thread is no thread here: a job that was submitted waits
 * until the simulation lets it run, and runs at once when somebody waits for it. */
#ifndef BIRZHA_TESTS_SIM_STORAGE_H
#define BIRZHA_TESTS_SIM_STORAGE_H

#include "gateway/storage_file.h"
#include "tests/sim/disk.h"

/* The disk that all storage lies on, the size of its segments, and who is told of every job before it is done. */
struct sim_storage {
    struct disk *disk;
    uint64_t segment_size;
    void (*on_submit)(const struct storage_job *job);
};
extern struct sim_storage sim_storage;

/* Snapshots that were made, that could not be, and from which a server came back. */
struct sim_snapshots { uint64_t made, failed, used; };
extern struct sim_snapshots sim_snapshots;

/* Whether a job waits for the disk. */
int sim_storage_has_job(void);
/* Lets it run. */
void sim_storage_run_job(void);
/* The process that used the storage is gone; what it has not done will not be done. */
void sim_storage_forget(void);

#endif
