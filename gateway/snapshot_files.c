/* snapshot_files.c - see snapshot_files.h. */
#include "gateway/snapshot_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/exchange.h"
#include "engine/journal/scan.h"
#include "gateway/segment_files.h"
#include "gateway/sequencer.h"
#include "gateway/world_image.h"

/* ---- names ---- */

void snapshot_file_name(uint64_t sequence, char name[snapshot_file_name_size]) {
    snprintf(name, snapshot_file_name_size, "snapshot-%012" PRIu64 ".snap", sequence);
}

void snapshot_temporary_name(uint64_t sequence, pid_t writer, char name[snapshot_file_name_size]) {
    snprintf(name, snapshot_file_name_size, "snapshot-%012" PRIu64 ".%ld.tmp", sequence, (long)writer);
}

static int is_snapshot(const char *text, uint64_t *sequence) {
    char name[snapshot_file_name_size];
    if (sscanf(text, "snapshot-%20" SCNu64 ".snap", sequence) != 1) return 0;
    snapshot_file_name(*sequence, name);
    return strcmp(name, text) == 0;
}

static int is_temporary(const char *text) {
    size_t size = strlen(text);
    return strncmp(text, "snapshot-", 9) == 0 && size > 4 && strcmp(text + size - 4, ".tmp") == 0;
}

/* ---- lists ---- */

/* The folder once more, for reading its names; NULL and errno. */
static DIR *open_names(int folder) {
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = again < 0 ? NULL : fdopendir(again);
    if (!names && again >= 0) close(again);
    return names;
}

static void enter(struct snapshot_list *list, uint64_t sequence) {
    uint32_t at = list->count < snapshots_listed_max ? list->count++ : list->count;
    while (at > 0 && list->sequences[at - 1] < sequence) {
        if (at < snapshots_listed_max) list->sequences[at] = list->sequences[at - 1];
        at--;
    }
    if (at < snapshots_listed_max) list->sequences[at] = sequence;
}

int snapshot_files_list(int folder, struct snapshot_list *list) {
    uint64_t sequence;
    list->count = 0;
    DIR *names = open_names(folder);
    if (!names) return -errno;
    for (const struct dirent *entry; (entry = readdir(names)) != NULL;)
        if (is_snapshot(entry->d_name, &sequence)) enter(list, sequence);
    closedir(names);
    return 0;
}

/* Removes every file that `goes` says. */
static int remove_all(int folder, int (*goes)(const char *name, const void *argument), const void *argument) {
    int status = 0;
    DIR *names = open_names(folder);
    if (!names) return -errno;
    for (const struct dirent *entry; (entry = readdir(names)) != NULL;)
        if (goes(entry->d_name, argument) && unlinkat(folder, entry->d_name, 0) < 0 && errno != ENOENT) status = -errno;
    closedir(names);
    return status;
}

static int is_unfinished(const char *name, const void *argument) {
    (void)argument;
    return is_temporary(name);
}

static int is_before(const char *name, const void *argument) {
    uint64_t sequence;
    return is_snapshot(name, &sequence) && sequence < *(const uint64_t *)argument;
}

static int is_segment_before(const char *name, const void *argument) {
    uint64_t number;
    return segment_number(name, &number) && number < *(const uint64_t *)argument;
}

int snapshot_files_sweep(int folder) { return remove_all(folder, is_unfinished, NULL); }

int snapshot_files_thin(int folder) {
    struct snapshot_list list;
    int status = snapshot_files_list(folder, &list);
    if (status < 0 || list.count <= snapshots_kept) return status;
    return remove_all(folder, is_before, &list.sequences[snapshots_kept - 1]);
}

/* ---- reading ---- */

int snapshot_file_map(int folder, uint64_t sequence, struct snapshot_file *file) {
    char name[snapshot_file_name_size];
    struct stat about;
    snapshot_file_name(sequence, name);
    *file = (struct snapshot_file){0};
    int descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int status = fstat(descriptor, &about) < 0 ? -errno : 0;
    if (status == 0 && about.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (bytes == MAP_FAILED) status = -errno;
        else *file = (struct snapshot_file){bytes, (uint64_t)about.st_size};
    }
    close(descriptor);
    return status;
}

void snapshot_file_unmap(struct snapshot_file *file) {
    if (file->bytes) munmap((void *)(uintptr_t)file->bytes, file->size);
    *file = (struct snapshot_file){0};
}

/* ---- pruning ---- */

/* Whether all of it is as it was written; its mark. */
static int is_whole(int folder, uint64_t sequence, struct snapshot_header *header) {
    struct snapshot_file file;
    if (snapshot_file_map(folder, sequence, &file) < 0) return 0;
    int whole = snapshot_open(file.bytes, file.size, header) == SNAPSHOT_WHOLE;
    snapshot_file_unmap(&file);
    return whole;
}

/* Number of the segment that holds, or will hold, the mark's next batch; 0 when none of them does. */
static int find_segment(int folder, const struct snapshot_mark *mark, uint64_t *number) {
    struct segment_files files;
    struct journal_segment_header header;
    int status = segment_files_map_at(&files, folder);
    *number = 0;
    for (uint32_t i = 0; status == 0 && i < files.count; i++)
        if (journal_read_segment(&files.segments[i], &header) && header.file_id == mark->file_id &&
            header.first_batch <= mark->next_batch) *number = files.numbers[i];
    if (status == 0) segment_files_unmap(&files);
    return status;
}

int snapshot_files_prune(int folder) {
    struct snapshot_list list;
    struct snapshot_header header;
    uint64_t number;
    int status = snapshot_files_list(folder, &list);
    if (status < 0 || list.count < snapshots_kept) return status;
    for (uint32_t i = 0; i < snapshots_kept; i++)
        if (!is_whole(folder, list.sequences[i], &header)) return 0;
    status = find_segment(folder, &header.mark, &number);
    return status < 0 || number == 0 ? status : remove_all(folder, is_segment_before, &number);
}

/* ---- writing ---- */

enum { buffer_size = 1 << 20, sync_after_size = 16 << 20 };

struct output {
    int descriptor, status;
    size_t used;
    uint64_t unsynced;
    uint8_t buffer[buffer_size];
};

static void write_out(struct output *output, const uint8_t *bytes, size_t size) {
    while (size > 0 && output->status == 0) {
        ssize_t written = write(output->descriptor, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            output->status = written < 0 ? -errno : -EIO;
            return;
        }
        bytes += written;
        size -= (size_t)written;
        output->unsynced += (uint64_t)written;
    }
    /* Little by little: a large sync at the end would hold up those of the journal. */
    if (output->unsynced < sync_after_size || output->status < 0) return;
    if (fdatasync(output->descriptor) < 0) output->status = -errno;
    output->unsynced = 0;
}

static void flush(struct output *output) {
    write_out(output, output->buffer, output->used);
    output->used = 0;
}

static void put(void *owner, const void *bytes, size_t size) {
    struct output *output = owner;
    if (size > buffer_size - output->used) flush(output);
    if (size > buffer_size) {
        write_out(output, bytes, size);
        return;
    }
    memcpy(output->buffer + output->used, bytes, size);
    output->used += size;
}

/* The header's page comes last: until then the file begins with zeros. */
static int fill(struct output *output, const struct sequencer *sequencer, const struct snapshot_mark *mark) {
    static struct snapshot_writer writer;
    uint8_t page[snapshot_header_size] = {0};
    put(output, page, sizeof page);
    snapshot_begin(&writer, put, output);
    world_image_write(sequencer, &writer);
    flush(output);
    snapshot_seal(&writer, mark, page);
    for (size_t done = 0; done < sizeof page && output->status == 0;) {
        ssize_t written = pwrite(output->descriptor, page + done, sizeof page - done, (off_t)done);
        if (written > 0) done += (size_t)written;
        else if (written == 0 || errno != EINTR) output->status = written == 0 ? -EIO : -errno;
    }
    if (output->status == 0 && fsync(output->descriptor) < 0) output->status = -errno;
    return output->status;
}

int snapshot_file_write(int folder, const struct sequencer *sequencer, struct snapshot_mark mark) {
    static struct output output;
    char name[snapshot_file_name_size];
    snapshot_temporary_name(mark.sequence, getpid(), name);
    mark.state_hash = exchange_digest(sequencer->exchange);
    output.status = 0;
    output.used = output.unsynced = 0;
    output.descriptor = openat(folder, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (output.descriptor < 0) return -errno;
    int status = fill(&output, sequencer, &mark);
    close(output.descriptor);
    if (status < 0) unlinkat(folder, name, 0);
    return status;
}

int snapshot_file_publish(int folder, uint64_t sequence) {
    char temporary[snapshot_file_name_size], name[snapshot_file_name_size];
    snapshot_temporary_name(sequence, getpid(), temporary);
    snapshot_file_name(sequence, name);
    if (renameat(folder, temporary, folder, name) < 0) return -errno;
    return fsync(folder) < 0 ? -errno : 0;
}
