/* storage_file.h - the files of a journal: a folder with a lock and segments, and one thread that writes.
 *
 * Whoever opens the folder is its only user; a second server is refused. Segments that exist are mapped for reading, as
 * the disk has them and not as the cache remembers them.
 * Writing is done by a thread of its own, one job at a time, so the loop never waits for the disk; when a job is done
 * the loop is woken.
 *
 * A segment is created whole (its blocks are taken, so a full disk is known before anything is accepted), and both it
 * and the folder are synced before its first batch. After a write or sync that failed nothing is tried again. */
#ifndef BIRZHA_STORAGE_FILE_H
#define BIRZHA_STORAGE_FILE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "engine/journal/scan.h"
#include "gateway/segment_files.h"

enum { storage_path_size = 4096 };

/* What the thread is asked to do, in this order. */
struct storage_job {
    uint64_t create_segment;    /* > 0: prepare this segment, without its first page */
    uint64_t segment;           /* > 0: write into this one ... */
    uint64_t offset;
    const uint8_t *bytes;       /* ... which stay as they are meanwhile */
    uint64_t size;
    const uint8_t *first_page;  /* not NULL: the segment's header, written and synced before */
    int sync;                   /* the data is on disk when the job is done */
};

struct storage {
    char folder[storage_path_size];
    int folder_descriptor, lock_descriptor;
    uint64_t segment_size;
    struct segment_files files;         /* what was there; until storage_start */
    /* The writer. */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct storage_job job;
    uint32_t has_job, is_done, is_stopping, is_started;
    int status;                         /* of the job; 0 or a negative errno */
    int create_status;                  /* of its create_segment */
    int64_t sync_ns;                    /* how long its sync took; 0 = it had none */
    int64_t done_ns;                    /* steady time when what it wrote was on disk, or written */
    int segment_descriptor;             /* the one that was written to last */
    uint64_t segment_open;
    uv_async_t done;
    void (*on_done)(void *owner, int status, int create_status);
    void *owner;
};

/* Opens or creates the folder and maps what is there. 0, or -1 and one line in `error`. */
__attribute__((warn_unused_result))
int storage_open(struct storage *storage, const char *folder, uint64_t segment_size, char *error, size_t error_size);

/* Cuts off what is torn: zeros from `offset` of the segment on, and no segments after it. Synced. Unmaps all. */
__attribute__((warn_unused_result))
int storage_cut(struct storage *storage, uint64_t segment, uint64_t offset, char *error, size_t error_size);

/* From now on jobs are taken; on_done is called on the loop when one is done. 0 or a negative errno. */
__attribute__((warn_unused_result))
int storage_start(struct storage *storage, uv_loop_t *loop, void (*on_done)(void *, int, int), void *owner);
void storage_submit(struct storage *storage, const struct storage_job *job);
/* Waits for the job at hand without the loop; its status, as on_done would get it. */
int storage_wait(struct storage *storage);
/* No job may be at hand. The handle closes on the loop's next turn. */
void storage_close(struct storage *storage);

#endif
