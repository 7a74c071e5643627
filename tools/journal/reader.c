/* reader.c - see reader.h. */
#include "tools/journal/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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
    journal_scan_init(&reader->scan, reader->files.segments, reader->files.count);
    return 0;
}

void reader_close(struct reader *reader) { segment_files_unmap(&reader->files); }

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

int follower_open(struct follower *follower, const struct limits *limits) {
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
    return 0;
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
