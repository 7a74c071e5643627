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

static int is_segment(const char *text, uint64_t *number) {
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
        if (!is_segment(entry->d_name, &number)) continue;
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

static int map_numbers(struct segment_files *files, int folder, const uint64_t *numbers, int64_t count) {
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

int segment_files_map(struct segment_files *files, const char *folder) {
    uint64_t *numbers;
    memset(files, 0, sizeof *files);
    DIR *open_folder = opendir(folder);
    if (!open_folder) return -errno;
    int64_t count = list_numbers(open_folder, &numbers);
    int status = count < 0 ? (int)count : map_numbers(files, dirfd(open_folder), numbers, count);
    free(numbers);
    closedir(open_folder);
    if (status < 0) segment_files_unmap(files);
    return status;
}

void segment_files_unmap(struct segment_files *files) {
    for (uint32_t i = 0; i < files->count; i++) {
        const struct journal_bytes *segment = &files->segments[i];
        if (segment->bytes) munmap((void *)(uintptr_t)segment->bytes, segment->size);
    }
    free(files->segments);
    memset(files, 0, sizeof *files);
}
