/* disk.c - see disk.h. */
#include "tests/sim/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "tests/sim/chance.h"

void disk_open(struct disk *disk) {
    memset(disk, 0, sizeof *disk);
    disk->plan.room_bytes = UINT64_MAX;
}

static void free_file(struct disk_file *file) {
    free(file->now);
    free(file->platter);
    free(file->dirty);
    memset(file, 0, sizeof *file);
}

void disk_close(struct disk *disk) {
    for (uint32_t i = 0; i < disk_files_max; i++) free_file(&disk->files[i]);
}

/* ---- steps ---- */

static void step(struct disk *disk) {
    if (disk->is_dead) return;
    disk->figures.steps++;
    if (disk->plan.end_after_steps == 0 || --disk->plan.end_after_steps > 0) return;
    disk->is_dead = 1;
    if (disk->on_end) disk->on_end(disk->owner);
}

static int comes_up(uint32_t *after) {
    return *after > 0 && --*after == 0;
}

static int fail(int number) {
    errno = number;
    return -1;
}

/* ---- files ---- */

struct disk_file *disk_find(struct disk *disk, const char *name) {
    for (uint32_t i = 0; i < disk_files_max; i++) {
        struct disk_file *file = &disk->files[i];
        if (file->is_used && file->is_linked && strcmp(file->name, name) == 0) return file;
    }
    return NULL;
}

static struct disk_file *file_of(struct disk *disk, int descriptor) {
    CHECK(descriptor >= 0 && descriptor < disk_files_max && disk->files[descriptor].is_used);
    return &disk->files[descriptor];
}

static struct disk_file *create(struct disk *disk, const char *name) {
    for (uint32_t i = 0; i < disk_files_max; i++) {
        struct disk_file *file = &disk->files[i];
        if (file->is_used) continue;
        memset(file, 0, sizeof *file);
        CHECK(strlen(name) < disk_name_size);
        memcpy(file->name, name, strlen(name) + 1);
        file->is_used = file->is_linked = 1;
        return file;
    }
    CHECK(!"the disk has no place for another file");
    return NULL;
}

static void *grown(void *bytes, uint64_t before, uint64_t after) {
    uint8_t *larger = realloc(bytes, after);
    CHECK(larger);
    memset(larger + before, 0, after - before);
    return larger;
}

static void reserve(struct disk_file *file, uint64_t size) {
    if (size <= file->capacity) return;
    uint64_t capacity = (size + disk_sector_size - 1) / disk_sector_size * disk_sector_size;
    file->now = grown(file->now, file->capacity, capacity);
    file->platter = grown(file->platter, file->capacity, capacity);
    file->dirty = grown(file->dirty, file->capacity / disk_sector_size, capacity / disk_sector_size);
    file->capacity = capacity;
}

int disk_openat(struct disk *disk, const char *name, int flags) {
    struct disk_file *file = disk_find(disk, name);
    if (!file && disk->is_dead) return disk_nowhere;
    if (!file && !(flags & O_CREAT)) return fail(ENOENT);
    if (file && flags & O_CREAT && flags & O_EXCL) return fail(EEXIST);
    if (!file) {
        step(disk);
        if (disk->is_dead) return disk_nowhere;
        file = create(disk, name);
    }
    if (flags & O_TRUNC) disk_truncate(disk, (int)(file - disk->files), 0);
    return (int)(file - disk->files);
}

static uint64_t used_bytes(const struct disk *disk) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < disk_files_max; i++)
        if (disk->files[i].is_used && disk->files[i].is_linked) sum += disk->files[i].size;
    return sum;
}

static int has_room(struct disk *disk, const struct disk_file *file, uint64_t size) {
    uint64_t more = size > file->size ? size - file->size : 0;
    if (disk->plan.room_bytes == UINT64_MAX || more == 0 || used_bytes(disk) + more <= disk->plan.room_bytes) return 1;
    disk->figures.no_room++;
    return 0;
}

int disk_allocate(struct disk *disk, int descriptor, uint64_t size) {
    step(disk);
    if (disk->is_dead) return 0;
    struct disk_file *file = file_of(disk, descriptor);
    if (!has_room(disk, file, size)) return ENOSPC;
    reserve(file, size);
    if (size > file->size) file->size = size;
    return 0;
}

int disk_truncate(struct disk *disk, int descriptor, uint64_t size) {
    step(disk);
    if (disk->is_dead) return 0;
    struct disk_file *file = file_of(disk, descriptor);
    reserve(file, size);
    if (size < file->size) memset(file->now + size, 0, file->size - size);
    file->size = size;
    return 0;
}

/* ---- writing ---- */

static void write_sectors(struct disk_file *file, const void *bytes, size_t size, uint64_t offset) {
    memcpy(file->now + offset, bytes, size);
    for (uint64_t i = offset / disk_sector_size; i * disk_sector_size < offset + size; i++) file->dirty[i] = 1;
}

ssize_t disk_pwrite(struct disk *disk, int descriptor, const void *bytes, size_t size, off_t offset) {
    step(disk);
    if (disk->is_dead) return (ssize_t)size;
    struct disk_file *file = file_of(disk, descriptor);
    disk->figures.writes++;
    if (disk->plan.interrupt_one_in > 0 && chance_one_in(disk->plan.interrupt_one_in)) {
        disk->figures.interrupts++;
        return fail(EINTR);
    }
    if (comes_up(&disk->plan.fail_write_after)) {
        disk->figures.writes_failed++;
        return fail(EIO);
    }
    if (size > 1 && disk->plan.short_write_one_in > 0 && chance_one_in(disk->plan.short_write_one_in)) {
        disk->figures.short_writes++;
        size = 1 + chance_below((uint32_t)size - 1);
    }
    uint64_t end = (uint64_t)offset + size;
    if (!has_room(disk, file, end)) return fail(ENOSPC);
    reserve(file, end);
    write_sectors(file, bytes, size, (uint64_t)offset);
    if (end > file->size) file->size = end;
    return (ssize_t)size;
}

ssize_t disk_pread(struct disk *disk, int descriptor, void *bytes, size_t size, off_t offset) {
    if (descriptor == disk_nowhere) return 0;
    const struct disk_file *file = file_of(disk, descriptor);
    if ((uint64_t)offset >= file->size) return 0;
    uint64_t rest = file->size - (uint64_t)offset;
    if (size > rest) size = rest;
    memcpy(bytes, file->now + offset, size);
    return (ssize_t)size;
}

static void settle_sector(struct disk_file *file, uint64_t sector) {
    memcpy(file->platter + sector * disk_sector_size, file->now + sector * disk_sector_size, disk_sector_size);
}

/* Some of it arrives, and the cache forgets that the rest has not. */
static void fail_to_sync(struct disk_file *file) {
    for (uint64_t i = 0; i < file->capacity / disk_sector_size; i++) {
        if (!file->dirty[i]) continue;
        if (chance_below(2)) settle_sector(file, i);
        else file->is_hidden_loss = 1;
        file->dirty[i] = 0;
    }
}

static void sync_file(struct disk_file *file) {
    for (uint64_t i = 0; i < file->capacity / disk_sector_size; i++)
        if (file->dirty[i]) settle_sector(file, i);
    if (file->capacity > 0) memset(file->dirty, 0, file->capacity / disk_sector_size);
    file->platter_size = file->size;
}

int disk_sync(struct disk *disk, int descriptor) {
    step(disk);
    if (disk->is_dead) return 0;
    disk->figures.syncs++;
    int fails = comes_up(&disk->plan.fail_sync_after);
    if (fails) disk->figures.syncs_failed++;
    if (descriptor == disk_folder) {
        if (fails) return fail(EIO);
        for (uint32_t i = 0; i < disk_files_max; i++) {
            disk->files[i].is_listed = disk->files[i].is_linked;
            if (!disk->files[i].is_linked) free_file(&disk->files[i]);
        }
        return 0;
    }
    struct disk_file *file = file_of(disk, descriptor);
    if (fails) {
        fail_to_sync(file);
        return fail(EIO);
    }
    sync_file(file);
    if (disk->on_synced) disk->on_synced(disk->owner, file);
    return 0;
}

int disk_forget_cache(struct disk *disk, int descriptor) {
    if (disk->is_dead) return 0;
    struct disk_file *file = file_of(disk, descriptor);
    for (uint64_t i = 0; i < file->capacity / disk_sector_size; i++)
        if (!file->dirty[i]) memcpy(file->now + i * disk_sector_size, file->platter + i * disk_sector_size, disk_sector_size);
    file->is_hidden_loss = 0;
    return 0;
}

int disk_unlink(struct disk *disk, const char *name) {
    struct disk_file *file = disk_find(disk, name);
    step(disk);
    if (disk->is_dead) return 0;
    if (!file) return fail(ENOENT);
    file->is_linked = 0;
    if (!file->is_listed) free_file(file);
    return 0;
}

/* Names are not moved one by one: on the platter the old one stays until the folder is synced. */
int disk_rename(struct disk *disk, const char *from, const char *to) {
    struct disk_file *file = disk_find(disk, from), *before = disk_find(disk, to);
    step(disk);
    if (disk->is_dead) return 0;
    if (!file) return fail(ENOENT);
    if (before) before->is_linked = 0;
    if (file->is_listed) {
        struct disk_file *old = create(disk, from);
        reserve(old, file->capacity);
        memcpy(old->platter, file->platter, file->capacity);
        old->platter_size = file->platter_size;
        old->is_linked = 0;
        old->is_listed = 1;
        file->is_listed = 0;
    }
    memcpy(file->name, to, strlen(to) + 1);
    return 0;
}

/* ---- the end, and what is left ---- */

enum loss { LOSS_ALL, LOSS_NOTHING, LOSS_SOME, LOSS_SOME_GARBLED, LOSS_KINDS };

static void lose_sector(struct disk *disk, struct disk_file *file, uint64_t sector, enum loss loss) {
    int arrives = loss == LOSS_ALL ? 0 : loss == LOSS_NOTHING ? 1 : (int)chance_below(2);
    if (loss == LOSS_SOME_GARBLED && chance_one_in(4)) {
        disk->figures.sectors_garbled++;
        uint64_t *words = (void *)(file->platter + sector * disk_sector_size);
        for (uint32_t i = 0; i < disk_sector_size / sizeof *words; i++) words[i] = chance_next();
    } else if (arrives) {
        disk->figures.sectors_kept++;
        settle_sector(file, sector);
    } else {
        disk->figures.sectors_lost++;
    }
}

static void lose_of_file(struct disk *disk, struct disk_file *file, enum loss loss) {
    for (uint64_t i = 0; i < file->capacity / disk_sector_size; i++)
        if (file->dirty[i]) lose_sector(disk, file, i, loss);
    if (file->size != file->platter_size && chance_below(2)) file->platter_size = file->size;
    if (file->capacity > 0) {
        memset(file->platter + file->platter_size, 0, file->capacity - file->platter_size);
        memcpy(file->now, file->platter, file->capacity);
        memset(file->dirty, 0, file->capacity / disk_sector_size);
    }
    file->size = file->platter_size;
    file->is_hidden_loss = 0;
}

/* A name that two files would bear is the newer one's: the other has lost it. */
static void settle_names(struct disk *disk) {
    for (uint32_t i = 0; i < disk_files_max; i++) {
        struct disk_file *file = &disk->files[i];
        if (!file->is_used) continue;
        if (file->is_linked != file->is_listed) {
            disk->figures.names_lost++;
            if (chance_below(2)) file->is_listed = file->is_linked;
        }
        file->is_linked = file->is_listed;
        struct disk_file *other = file->is_linked ? disk_find(disk, file->name) : NULL;
        if (other && other != file) free_file(other);
    }
    for (uint32_t i = 0; i < disk_files_max; i++)
        if (disk->files[i].is_used && !disk->files[i].is_linked) free_file(&disk->files[i]);
}

void disk_lose_power(struct disk *disk) {
    enum loss loss = (enum loss)chance_below(LOSS_KINDS);
    disk->figures.power_cuts++;
    for (uint32_t i = 0; i < disk_files_max; i++)
        if (disk->files[i].is_used) lose_of_file(disk, &disk->files[i], loss);
    settle_names(disk);
}

void disk_restart(struct disk *disk) {
    uint64_t room_bytes = disk->plan.room_bytes;
    disk->plan = (struct disk_plan){.room_bytes = room_bytes};
    disk->is_dead = 0;
}

/* ---- copies ---- */

struct disk_image { struct disk_file files[disk_files_max]; };

static uint8_t *copied(const uint8_t *bytes, uint64_t size) {
    return size > 0 ? memcpy(malloc(size), bytes, size) : NULL;
}

struct disk_image *disk_save(const struct disk *disk) {
    struct disk_image *image = calloc(1, sizeof *image);
    for (uint32_t i = 0; i < disk_files_max; i++) {
        struct disk_file *to = &image->files[i];
        *to = disk->files[i];
        to->now = copied(to->now, to->capacity);
        to->platter = copied(to->platter, to->capacity);
        to->dirty = copied(to->dirty, to->capacity / disk_sector_size);
    }
    return image;
}

void disk_load(struct disk *disk, struct disk_image *image) {
    disk_close(disk);
    memcpy(disk->files, image->files, sizeof disk->files);
    free(image);
}
