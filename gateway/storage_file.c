/* storage_file.c - see storage_file.h. */
#include "gateway/storage_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/clock.h"
#include "instruments/check.h"

/* ---- opening ---- */

static int refuse(const struct storage *storage, char *error, size_t error_size, const char *what, int number) {
    snprintf(error, error_size, "%.300s: %s: %s", storage->folder, what, strerror(number));
    return -1;
}

/* A lock of the process alone: one that writes a snapshot for it, and may end a moment later, does not have it. */
static int take_lock(int descriptor) {
    struct flock whole_file = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_SETLK, &whole_file);
}

static int open_folder(struct storage *storage, char *error, size_t error_size) {
    if (mkdir(storage->folder, 0750) < 0 && errno != EEXIST)
        return refuse(storage, error, error_size, "cannot be created", errno);
    storage->folder_descriptor = open(storage->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (storage->folder_descriptor < 0) return refuse(storage, error, error_size, "cannot be opened", errno);
    storage->lock_descriptor = openat(storage->folder_descriptor, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (storage->lock_descriptor < 0) return refuse(storage, error, error_size, "cannot be locked", errno);
    if (take_lock(storage->lock_descriptor) < 0) {
        snprintf(error, error_size, "%.300s is used by another server", storage->folder);
        return -1;
    }
    return 0;
}

/* The cache must not be believed: where a sync has failed, the system keeps pages that the disk does not have, and
 * calls them clean, so that no later sync would write them. What is not clean is synced, the rest is given up, and read
 * from the disk. Only the last segment that was written to can be concerned, and the one prepared behind it. */
static int forget_cache(const struct storage *storage) {
    const struct segment_files *files = &storage->files;
    for (uint32_t back = 0; back < 2 && back < files->count; back++) {
        char name[segment_name_size];
        segment_name(files->first_number + files->count - 1 - back, name);
        int descriptor = openat(storage->folder_descriptor, name, O_RDWR | O_CLOEXEC);
        if (descriptor < 0) return -errno;
        int status = fdatasync(descriptor) < 0 ? -errno : -posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
        close(descriptor);
        if (status < 0) return status;
    }
    return 0;
}

static int map_all(struct storage *storage, char *error, size_t error_size) {
    int status = segment_files_map(&storage->files, storage->folder);
    if (status == 0) status = forget_cache(storage);
    return status == 0 ? 0 : refuse(storage, error, error_size, "its segments cannot be read", -status);
}

int storage_open(struct storage *storage, const char *folder, uint64_t segment_size, char *error, size_t error_size) {
    memset(storage, 0, sizeof *storage);
    storage->folder_descriptor = storage->lock_descriptor = storage->segment_descriptor = -1;
    storage->segment_size = segment_size;
    if (strlen(folder) >= storage_path_size) {
        snprintf(error, error_size, "the name of the data folder is too long");
        return -1;
    }
    snprintf(storage->folder, sizeof storage->folder, "%s", folder);
    int status = open_folder(storage, error, error_size);
    return status == 0 ? map_all(storage, error, error_size) : status;
}

/* ---- what is torn ---- */

static int write_all(int descriptor, const uint8_t *bytes, uint64_t size, uint64_t offset) {
    while (size > 0) {
        ssize_t written = pwrite(descriptor, bytes, size, (off_t)offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -errno;
        if (written == 0) return -EIO;
        bytes += written;
        size -= (uint64_t)written;
        offset += (uint64_t)written;
    }
    return 0;
}

static int zero_from(const struct storage *storage, uint64_t segment, uint64_t offset) {
    static const uint8_t zeros[journal_page_size];
    char name[segment_name_size];
    segment_name(segment, name);
    int descriptor = openat(storage->folder_descriptor, name, O_RDWR | O_CLOEXEC), status = 0;
    if (descriptor < 0) return -errno;
    const struct journal_bytes *bytes = &storage->files.segments[segment - storage->files.first_number];
    for (uint64_t at = offset; at < bytes->size && status == 0; at += journal_page_size) {
        uint64_t size = bytes->size - at < journal_page_size ? bytes->size - at : journal_page_size;
        if (memcmp(bytes->bytes + at, zeros, size) != 0) status = write_all(descriptor, zeros, size, at);
    }
    if (status == 0 && fsync(descriptor) < 0) status = -errno;
    close(descriptor);
    return status;
}

int storage_cut(struct storage *storage, uint64_t segment, uint64_t offset, char *error, size_t error_size) {
    int status = segment > 0 ? zero_from(storage, segment, offset) : 0;
    uint64_t last = storage->files.first_number + storage->files.count;
    for (uint64_t later = segment + 1; later < last && status == 0; later++) {
        char name[segment_name_size];
        segment_name(later, name);
        if (unlinkat(storage->folder_descriptor, name, 0) < 0) status = -errno;
    }
    if (status == 0 && fsync(storage->folder_descriptor) < 0) status = -errno;
    segment_files_unmap(&storage->files);
    return status == 0 ? 0 : refuse(storage, error, error_size, "the torn end cannot be cut off", -status);
}

/* ---- the writer ---- */

/* The segment's file with all its blocks, and its name, on disk. A file that cannot be had whole is not left behind. */
static int create_segment(struct storage *storage, uint64_t segment) {
    char name[segment_name_size];
    segment_name(segment, name);
    int descriptor = openat(storage->folder_descriptor, name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor < 0) return -errno;
    int status = -posix_fallocate(descriptor, 0, (off_t)storage->segment_size);
    if (status == 0 && fsync(descriptor) < 0) status = -errno;
    close(descriptor);
    if (status < 0) unlinkat(storage->folder_descriptor, name, 0);
    else if (fsync(storage->folder_descriptor) < 0) status = -errno;
    return status;
}

static int use_segment(struct storage *storage, uint64_t segment) {
    if (storage->segment_open == segment) return 0;
    if (storage->segment_descriptor >= 0) close(storage->segment_descriptor);
    char name[segment_name_size];
    segment_name(segment, name);
    storage->segment_descriptor = openat(storage->folder_descriptor, name, O_RDWR | O_CLOEXEC);
    if (storage->segment_descriptor < 0) return -errno;
    storage->segment_open = segment;
    return 0;
}

/* How long the disk took is for figures only; the loop reads it when it knows that the job is done. */
static int sync_data(struct storage *storage) {
    int64_t begin_ns = steady_now_ns();
    int status = fdatasync(storage->segment_descriptor) < 0 ? -errno : 0;
    storage->sync_ns = steady_now_ns() - begin_ns;
    return status;
}

static void do_job(struct storage *storage, const struct storage_job *job, int *status, int *create_status) {
    *status = *create_status = 0;
    storage->sync_ns = 0;
    if (job->segment > 0) *status = use_segment(storage, job->segment);
    if (*status == 0 && job->first_page) {
        *status = write_all(storage->segment_descriptor, job->first_page, journal_page_size, 0);
        if (*status == 0 && fdatasync(storage->segment_descriptor) < 0) *status = -errno;
    }
    if (*status == 0 && job->size > 0)
        *status = write_all(storage->segment_descriptor, job->bytes, job->size, job->offset);
    if (*status == 0 && job->sync && job->segment > 0) *status = sync_data(storage);
    storage->done_ns = steady_now_ns();
    if (*status == 0 && job->create_segment > 0) *create_status = create_segment(storage, job->create_segment);
}

static void *write_jobs(void *argument) {
    struct storage *storage = argument;
    pthread_mutex_lock(&storage->mutex);
    for (;;) {
        while (!storage->has_job && !storage->is_stopping) pthread_cond_wait(&storage->wake, &storage->mutex);
        if (!storage->has_job) break;
        struct storage_job job = storage->job;
        pthread_mutex_unlock(&storage->mutex);
        int status, create_status;
        do_job(storage, &job, &status, &create_status);
        pthread_mutex_lock(&storage->mutex);
        storage->has_job = 0;
        storage->is_done = 1;
        storage->status = status;
        storage->create_status = create_status;
        pthread_cond_broadcast(&storage->wake);
        uv_async_send(&storage->done);
    }
    pthread_mutex_unlock(&storage->mutex);
    return NULL;
}

/* Whether a job has been done that nobody has heard of yet. */
static int take_done(struct storage *storage, int *status, int *create_status) {
    pthread_mutex_lock(&storage->mutex);
    int is_done = (int)storage->is_done;
    storage->is_done = 0;
    *status = storage->status;
    *create_status = storage->create_status;
    pthread_mutex_unlock(&storage->mutex);
    return is_done;
}

static void on_async(uv_async_t *async) {
    struct storage *storage = async->data;
    int status, create_status;
    if (take_done(storage, &status, &create_status)) storage->on_done(storage->owner, status, create_status);
}

int storage_start(struct storage *storage, uv_loop_t *loop, void (*on_done)(void *, int, int), void *owner) {
    segment_files_unmap(&storage->files);
    storage->on_done = on_done;
    storage->owner = owner;
    int status = uv_async_init(loop, &storage->done, on_async);
    if (status < 0) return status;
    storage->done.data = storage;
    uv_unref((uv_handle_t *)&storage->done);
    pthread_mutex_init(&storage->mutex, NULL);
    pthread_cond_init(&storage->wake, NULL);
    status = -pthread_create(&storage->thread, NULL, write_jobs, storage);
    if (status < 0) uv_close((uv_handle_t *)&storage->done, NULL);
    else storage->is_started = 1;
    return status;
}

void storage_submit(struct storage *storage, const struct storage_job *job) {
    pthread_mutex_lock(&storage->mutex);
    CHECK(!storage->has_job && !storage->is_done);
    storage->job = *job;
    storage->has_job = 1;
    pthread_cond_broadcast(&storage->wake);
    pthread_mutex_unlock(&storage->mutex);
}

int storage_wait(struct storage *storage) {
    pthread_mutex_lock(&storage->mutex);
    while (storage->has_job) pthread_cond_wait(&storage->wake, &storage->mutex);
    pthread_mutex_unlock(&storage->mutex);
    int status, create_status;
    take_done(storage, &status, &create_status);
    return status;
}

void storage_close(struct storage *storage) {
    if (storage->is_started) {
        pthread_mutex_lock(&storage->mutex);
        storage->is_stopping = 1;
        pthread_cond_broadcast(&storage->wake);
        pthread_mutex_unlock(&storage->mutex);
        pthread_join(storage->thread, NULL);
        uv_close((uv_handle_t *)&storage->done, NULL);
    }
    segment_files_unmap(&storage->files);
    if (storage->segment_descriptor >= 0) close(storage->segment_descriptor);
    if (storage->lock_descriptor >= 0) close(storage->lock_descriptor);
    if (storage->folder_descriptor >= 0) close(storage->folder_descriptor);
}
