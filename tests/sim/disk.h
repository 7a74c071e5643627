/* disk.h - a disk in memory that behaves as badly as a disk may.
 *
 * A file has what would be read now (the cache) and what is on the platter. A write reaches the cache; a sync of the
 * file takes its sectors to the platter; a sync of the folder does so for names. When the power goes, every sector of
 * 512 bytes that was written and not synced is there, is not, or is garbage, by the toss of a coin or all alike; so
 * writes are torn, short, reordered and lost. A name that was not synced is there or is not. When only the process
 * dies, the cache stays.
 *
 * The calls are those of the operating system, with its return values and errno, and do what it may do: write less than
 * was asked, be interrupted, find no room, fail. Each call is a step; the plan says before which one the end comes
 * (disk_on_end is called, and from then on nothing reaches the disk, though every call says it did: whoever calls is
 * dead and does not know it yet). A sync that fails leaves some sectors on the platter and marks all of them clean, as
 * Linux does: a later sync will not write them. */
#ifndef BIRZHA_TESTS_SIM_DISK_H
#define BIRZHA_TESTS_SIM_DISK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { disk_files_max = 96, disk_name_size = 48, disk_sector_size = 512, disk_folder = 1000, disk_lock,
       disk_nowhere };

struct disk_file {
    char name[disk_name_size];
    uint8_t *now, *platter, *dirty;     /* dirty: a mark for each sector */
    uint64_t size, platter_size, capacity;
    uint8_t is_used, is_linked, is_listed;      /* its name: now, and on the platter */
    uint8_t is_hidden_loss;             /* a failed sync marked sectors clean that the platter has not */
};

/* What is to go wrong. 0 = never; others count down. */
struct disk_plan {
    uint32_t end_after_steps;           /* then disk_on_end is called */
    uint32_t fail_sync_after, fail_write_after;
    uint32_t short_write_one_in, interrupt_one_in;
    uint64_t room_bytes;                /* for all files; UINT64_MAX = without end */
};

struct disk_figures {
    uint64_t steps, writes, syncs, syncs_failed, writes_failed, short_writes, interrupts, no_room;
    uint64_t sectors_lost, sectors_kept, sectors_garbled, names_lost, power_cuts, crashes, bits_flipped;
};

struct disk {
    struct disk_file files[disk_files_max];
    struct disk_plan plan;
    struct disk_figures figures;
    uint32_t is_dead;
    void (*on_end)(void *owner);
    void (*on_synced)(void *owner, const struct disk_file *file);
    void *owner;
};

void disk_open(struct disk *disk);
void disk_close(struct disk *disk);

/* The power is back, or the process is started anew. */
void disk_lose_power(struct disk *disk);
void disk_restart(struct disk *disk);

/* The operating system's calls. Descriptors are numbers of files, or disk_folder, disk_lock, and
 * disk_nowhere for what the dead create. */
int disk_openat(struct disk *disk, const char *name, int flags);
ssize_t disk_pwrite(struct disk *disk, int descriptor, const void *bytes, size_t size, off_t offset);
ssize_t disk_pread(struct disk *disk, int descriptor, void *bytes, size_t size, off_t offset);
int disk_allocate(struct disk *disk, int descriptor, uint64_t size);    /* posix_fallocate: an errno, positive */
int disk_truncate(struct disk *disk, int descriptor, uint64_t size);
int disk_sync(struct disk *disk, int descriptor);
int disk_forget_cache(struct disk *disk, int descriptor);               /* posix_fadvise, DONTNEED */
int disk_unlink(struct disk *disk, const char *name);
int disk_rename(struct disk *disk, const char *from, const char *to);
/* NULL = no such name. */
struct disk_file *disk_find(struct disk *disk, const char *name);

/* A copy of what is on the disk; the plan and the figures are not part of it. */
struct disk_image;
struct disk_image *disk_save(const struct disk *disk);
void disk_load(struct disk *disk, struct disk_image *image);    /* and frees it */

#endif
