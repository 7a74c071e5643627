/* reader.c - see reader.h. */
#include "tools/journal/reader.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/recovery.h"

/* Begins behind a snapshot if that is whole and the journal goes on there. */
static int try_snapshot(struct reader *reader, int folder, uint64_t sequence) {
    struct recovery recovery;
    char unused[512];
    uint32_t needed;
    if (snapshot_file_map(folder, sequence, &reader->snapshot) < 0) return -1;
    if (snapshot_open(reader->snapshot.bytes, reader->snapshot.size, &reader->snapshot_header) == SNAPSHOT_WHOLE &&
        recovery_begin_behind(&recovery, reader->files.segments, reader->files.count, &reader->snapshot_header.mark,
                              &needed, unused, sizeof unused) == FIT_GOES_ON) {
        reader->scan = recovery.scan;
        return 0;
    }
    snapshot_file_unmap(&reader->snapshot);
    return -1;
}

/* The oldest one, so that as much as there is can be told. */
static int begin_behind_snapshot(struct reader *reader, char *error, size_t error_size) {
    struct snapshot_list list = {0};
    int status = -1, folder = open(reader->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0 && snapshot_files_list(folder, &list) < 0) list.count = 0;
    for (uint32_t i = list.count; i-- > 0 && status < 0;) status = try_snapshot(reader, folder, list.sequences[i]);
    if (folder >= 0) close(folder);
    if (status < 0) snprintf(error, error_size, "%s begins with segment %" PRIu64 ": those before it are missing, and "
                             "no snapshot that can be used stands for them", reader->folder,
                             reader->files.first_number);
    return status;
}

int reader_open(struct reader *reader, const char *folder, char *error, size_t error_size) {
    memset(reader, 0, sizeof *reader);
    reader->folder = folder;
    reader->status = JOURNAL_BATCH;
    int status = segment_files_map(&reader->files, folder);
    if (status < 0) {
        snprintf(error, error_size, "%s cannot be read: %s", folder, strerror(-status));
        return -1;
    }
    if (reader->files.count == 0) {
        snprintf(error, error_size, "%s holds no journal", folder);
        segment_files_unmap(&reader->files);
        return -1;
    }
    if (reader->files.first_number == 1) {
        journal_scan_init(&reader->scan, reader->files.segments, reader->files.count);
        return 0;
    }
    status = begin_behind_snapshot(reader, error, error_size);
    if (status < 0) segment_files_unmap(&reader->files);
    return status;
}

void reader_close(struct reader *reader) {
    snapshot_file_unmap(&reader->snapshot);
    segment_files_unmap(&reader->files);
}

const struct command *reader_next(struct reader *reader) {
    while (!reader->header || reader->next == reader->header->commands_count) {
        if (reader->status != JOURNAL_BATCH) return NULL;
        reader->status = journal_scan_next(&reader->scan, &reader->header, &reader->commands);
        if (reader->status != JOURNAL_BATCH) {
            reader->header = NULL;
            return NULL;
        }
        reader->next = 0;
        reader->batches_count++;
    }
    return &reader->commands[reader->next++];
}

int reader_is_batch_end(const struct reader *reader) { return reader->next == reader->header->commands_count; }

/* ---- the exchange ---- */

static void more_room(struct event_buffer *buffer) {
    buffer->capacity *= 2;
    buffer->events = realloc(buffer->events, buffer->capacity * sizeof *buffer->events);
    if (buffer->events) return;
    fputs("birzha journal: no memory\n", stderr);
    exit(EXIT_FAILURE);
}

static int take_snapshot(struct follower *follower, const struct reader *reader) {
    struct image image;
    if (!reader->snapshot.bytes) return 0;
    follower->events_hash = reader->snapshot_header.mark.events_hash;
    if (snapshot_find_section(reader->snapshot.bytes, &reader->snapshot_header, "exchange", &image) < 0) return -1;
    return exchange_load(follower->exchange, &image);
}

int follower_open(struct follower *follower, const struct reader *reader) {
    const struct limits *limits = &reader->scan.limits;
    memset(follower, 0, sizeof *follower);
    follower->size = exchange_size(limits);
    void *memory = mmap(NULL, follower->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                        -1, 0);
    follower->events = (struct event_buffer){.capacity = 4096, .full = more_room};
    follower->events.events = malloc(follower->events.capacity * sizeof *follower->events.events);
    if (memory == MAP_FAILED || !follower->events.events) {
        free(follower->events.events);
        return -1;
    }
    follower->exchange = exchange_init(memory, limits);
    return take_snapshot(follower, reader);
}

void follower_apply(struct follower *follower, const struct command *command) {
    follower->events.count = 0;
    exchange_apply(follower->exchange, command, &follower->events);
    follower->events_hash =
        journal_hash_events(follower->events_hash, follower->events.events, follower->events.count);
}

void follower_close(struct follower *follower) {
    if (!follower->exchange) return;
    munmap(follower->exchange, follower->size);
    free(follower->events.events);
}
