/* storage.c - see storage.h. */
#include "tests/sim/storage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/exchange.h"
#include "gateway/segment_files.h"
#include "gateway/sequencer.h"
#include "gateway/snapshot_files.h"
#include "gateway/world_image.h"
#include "instruments/check.h"

struct sim_storage sim_storage;

/* ---- the operating system ---- */

/* Where a file that is written_so_far from its beginning has come to; there is one at a time. */
static off_t written_so_far;

static ssize_t sim_write(int descriptor, const void *bytes, size_t size) {
    ssize_t done = disk_pwrite(sim_storage.disk, descriptor, bytes, size, written_so_far);
    if (done > 0) written_so_far += done;
    return done;
}

static int sim_close(int descriptor) {
    (void)descriptor;
    return 0;
}

static int sim_openat(int folder, const char *name, int flags) {
    CHECK(folder == disk_folder);
    written_so_far = 0;
    if (strcmp(name, ".") == 0) return disk_folder;
    return strcmp(name, "lock") == 0 ? disk_lock : disk_openat(sim_storage.disk, name, flags);
}

static uint32_t listed;

static DIR *sim_opendir(const char *path) {
    (void)path;
    listed = 0;
    return (DIR *)&listed;
}

static DIR *sim_open_names(int folder) {
    (void)folder;
    return sim_opendir(NULL);
}

static const struct dirent *sim_readdir(const DIR *folder) {
    static struct dirent entry;
    (void)folder;
    while (listed < disk_files_max) {
        const struct disk_file *file = &sim_storage.disk->files[listed++];
        if (!file->is_used || !file->is_linked) continue;
        snprintf(entry.d_name, sizeof entry.d_name, "%s", file->name);
        return &entry;
    }
    return NULL;
}

static int sim_fstat(int descriptor, struct stat *about) {
    memset(about, 0, sizeof *about);
    if (descriptor < disk_files_max) about->st_size = (off_t)sim_storage.disk->files[descriptor].size;
    return 0;
}

static void *sim_map(int descriptor) { return sim_storage.disk->files[descriptor].now; }

/* ---- the thread ---- */

static struct storage *the_storage;

static void run_writer(struct storage *storage);

/* Nobody else could wake who waits: what it waits for happens now. */
static int sim_wait(pthread_mutex_t *mutex) {
    pthread_mutex_unlock(mutex);
    run_writer(the_storage);
    pthread_mutex_lock(mutex);
    return 0;
}

static void real_storage_submit(struct storage *storage, const struct storage_job *job);
static int real_storage_open(struct storage *storage, const char *folder, uint64_t segment_size, char *error,
                             size_t error_size);

#define mkdir(path, mode) 0
#define open(path, flags) disk_folder
#define openat(folder, name, flags, ...) sim_openat(folder, name, flags)
#define fcntl(descriptor, command, lock) ((void)(descriptor), (void)(lock), 0)
#define pwrite(descriptor, bytes, size, offset) disk_pwrite(sim_storage.disk, descriptor, bytes, size, offset)
#define pread(descriptor, bytes, size, offset) disk_pread(sim_storage.disk, descriptor, bytes, size, offset)
#define fsync(descriptor) disk_sync(sim_storage.disk, descriptor)
#define fdatasync(descriptor) disk_sync(sim_storage.disk, descriptor)
#define ftruncate(descriptor, size) disk_truncate(sim_storage.disk, descriptor, (uint64_t)(size))
#define posix_fallocate(descriptor, offset, size) disk_allocate(sim_storage.disk, descriptor, (uint64_t)(size))
#define posix_fadvise(descriptor, offset, size, advice) disk_forget_cache(sim_storage.disk, descriptor)
#define unlinkat(folder, name, flags) disk_unlink(sim_storage.disk, name)
#define renameat(from_folder, from, to_folder, to) disk_rename(sim_storage.disk, from, to)
#define close(descriptor) sim_close(descriptor)
#define opendir(path) sim_opendir(path)
#define fdopendir(folder) sim_open_names(folder)
#define write(descriptor, bytes, size) sim_write(descriptor, bytes, size)
#define getpid() 1
#define readdir(folder) sim_readdir(folder)
#define dirfd(folder) disk_folder
#define closedir(folder) (void)(folder)
#define fstat(descriptor, about) sim_fstat(descriptor, about)
#define mmap(at, size, protection, flags, descriptor, offset) sim_map(descriptor)
#define munmap(bytes, size) (void)(size)
#define pthread_create(thread, attributes, function, argument) ((void)(function), 0)
#define pthread_join(thread, result) (void)0
#define pthread_cond_wait(condition, mutex) sim_wait(mutex)
#define storage_submit real_storage_submit
#define storage_open real_storage_open

#include "gateway/segment_files.c"
/* Both have a way to write everything. */
#define write_out snapshot_write_out
#include "gateway/snapshot_files.c"
#undef write_out
#include "gateway/storage_file.c"

#undef storage_submit
#undef storage_open

/* The real loop of the thread, for as long as there is a job. */
static void run_writer(struct storage *storage) {
    CHECK(storage && storage->has_job);
    storage->is_stopping = 1;
    write_jobs(storage);
    storage->is_stopping = 0;
}

int storage_open(struct storage *storage, const char *folder, uint64_t segment_size, char *error, size_t error_size) {
    (void)segment_size;
    the_storage = storage;
    return real_storage_open(storage, folder, sim_storage.segment_size, error, error_size);
}

void storage_submit(struct storage *storage, const struct storage_job *job) {
    if (sim_storage.on_submit) sim_storage.on_submit(job);
    real_storage_submit(storage, job);
}

int sim_storage_has_job(void) { return the_storage && the_storage->has_job; }

void sim_storage_run_job(void) { run_writer(the_storage); }

void sim_storage_forget(void) { the_storage = NULL; }
