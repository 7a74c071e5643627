/* segment_files.c - see segment_files.h. */
#include "gateway/segment_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void segment_name(uint64_t number, char name[segment_name_size]) {
    snprintf(name, segment_name_size, "journal-%08" PRIu64 ".seg", number);
}

int segment_number(const char *text, uint64_t *number) {
    char name[segment_name_size];
    if (sscanf(text, "journal-%8" SCNu64 ".seg", number) != 1) return 0;
    segment_name(*number, name);
    return strcmp(name, text) == 0;
}

static int compare_numbers(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

/* The numbers that are there, sorted; their count or a negative errno. The caller frees them. */
static int64_t list_numbers(DIR *folder, uint64_t **numbers) {
    int64_t count = 0, capacity = 0;
    uint64_t number;
    *numbers = NULL;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!segment_number(entry->d_name, &number)) continue;
        if (count == capacity) {
            capacity = 2 * capacity + 64;
            uint64_t *larger = realloc(*numbers, (size_t)capacity * sizeof **numbers);
            if (!larger) return -ENOMEM;
            *numbers = larger;
        }
        (*numbers)[count++] = number;
    }
    if (count > 1) qsort(*numbers, (size_t)count, sizeof **numbers, compare_numbers);
    return count;
}

static int map_one(int folder, uint64_t number, struct journal_bytes *segment) {
    char name[segment_name_size];
    struct stat about;
    segment_name(number, name);
    int descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    int status = fstat(descriptor, &about) < 0 ? -errno : 0;
    void *bytes = NULL;
    if (status == 0 && about.st_size > 0) {
        bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
        if (bytes == MAP_FAILED) status = -errno;
    }
    close(descriptor);
    if (status == 0) *segment = (struct journal_bytes){bytes, (uint64_t)about.st_size};
    return status;
}

static int map_numbers(struct segment_files *files, int folder, uint64_t *numbers, int64_t count) {
    files->numbers = numbers;
    if (count == 0) return 0;
    files->segments = calloc((size_t)count, sizeof *files->segments);
    if (!files->segments) return -ENOMEM;
    files->first_number = numbers[0];
    for (int64_t i = 0; i < count; i++) {
        int status = map_one(folder, numbers[i], &files->segments[i]);
        if (status < 0) return status;
        files->count++;
    }
    return 0;
}

static int map_names(struct segment_files *files, DIR *names) {
    uint64_t *numbers;
    memset(files, 0, sizeof *files);
    int64_t count = list_numbers(names, &numbers);
    int status = count < 0 ? (int)count : map_numbers(files, dirfd(names), numbers, count);
    if (count < 0) free(numbers);
    if (status < 0) segment_files_unmap(files);
    closedir(names);
    return status;
}

int segment_files_map(struct segment_files *files, const char *folder) {
    DIR *names = opendir(folder);
    return names ? map_names(files, names) : -errno;
}

int segment_files_map_at(struct segment_files *files, int folder) {
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = again < 0 ? NULL : fdopendir(again);
    if (names) return map_names(files, names);
    int status = -errno;
    if (again >= 0) close(again);
    return status;
}

void segment_files_drop(struct segment_files *files, uint32_t count) {
    if (count == 0) return;
    for (uint32_t i = 0; i < count; i++)
        if (files->segments[i].bytes) munmap((void *)(uintptr_t)files->segments[i].bytes, files->segments[i].size);
    files->count -= count;
    memmove(files->segments, files->segments + count, files->count * sizeof *files->segments);
    memmove(files->numbers, files->numbers + count, files->count * sizeof *files->numbers);
    files->first_number = files->count > 0 ? files->numbers[0] : 0;
}

void segment_files_unmap(struct segment_files *files) {
    for (uint32_t i = 0; i < files->count; i++) {
        const struct journal_bytes *segment = &files->segments[i];
        if (segment->bytes) munmap((void *)(uintptr_t)segment->bytes, segment->size);
    }
    free(files->numbers);
    free(files->segments);
    memset(files, 0, sizeof *files);
}
