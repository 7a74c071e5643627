/* stream.h - reads a recorded stream, command by command. STREAM.md is the format, gateway/recorder.h its records. */
#ifndef BIRZHA_TOOLS_STREAM_H
#define BIRZHA_TOOLS_STREAM_H

#include <stdint.h>
#include <stdio.h>

#include "gateway/recorder.h"

/* What went wrong, as one sentence without a full stop. */
struct stream_error { char text[240]; };

struct stream_reader {
    FILE *file;
    uint64_t record;            /* of the last command read, from 1 */
    uint64_t bytes_left;        /* of the file, after the last record */
    struct command command;     /* the last one read */
    struct event *events;       /* and its events; valid until the next read */
    uint32_t events_count, events_capacity;
};

/* 0, or a negative errno (-EINVAL: not a stream that this program can read) with *error set; then nothing is open. */
__attribute__((warn_unused_result))
int stream_reader_open(struct stream_reader *stream, const char *path, struct stream_error *error);

/* Reads the next command with its events. 1, or 0 at the end, or a negative errno (-EINVAL: damaged) and *error set. */
__attribute__((warn_unused_result))
int stream_reader_next(struct stream_reader *stream, struct stream_error *error);

void stream_reader_close(struct stream_reader *stream);

/* Sets *error and returns `status`. */
__attribute__((format(printf, 3, 4)))
int stream_fail(struct stream_error *error, int status, const char *format, ...);

#endif
