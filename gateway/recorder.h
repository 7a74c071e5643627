/* recorder.h - writes a recorded stream: every command, and the events that it brought.
 *
 * The format is in tools/report/STREAM.md. Records are used as they lie in memory, little-endian and free of padding.
 * What is written is kept in a buffer until recorder_flush: a batch reaches the file together. A recording is no
 * journal; nobody waits for the disk. Hashes of passwords are never written: their bytes are zero. */
#ifndef BIRZHA_RECORDER_H
#define BIRZHA_RECORDER_H

#include <stdint.h>
#include <stdio.h>

#include "engine/event.h"

#define STREAM_MAGIC "BIRZHAS1"

enum { stream_magic_size = 8, stream_version = 1 };

/* Stands once, at the beginning. */
struct stream_header {
    char magic[stream_magic_size];
    uint32_t version;
    uint32_t command_size, event_size;
    uint32_t reserved[3];
};

#define STREAM_EVENTS_MARK UINT32_C(0x53545645)     /* "EVTS" */

/* Stands between a command and its events. */
struct stream_events {
    uint32_t mark;
    uint32_t events_count;
};

_Static_assert(sizeof(struct stream_header) == 32, "no padding");
_Static_assert(sizeof(struct stream_events) == 8, "no padding");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are used as they lie in the file");

struct recorder { FILE *file; };    /* NULL = nothing is recorded */

/* Creates or empties the file and writes its header. 0 or a negative errno. */
__attribute__((warn_unused_result))
int recorder_open(struct recorder *recorder, const char *path);

/* One command and all its events. 0 or a negative errno. */
__attribute__((warn_unused_result))
int recorder_write(struct recorder *recorder, const struct command *command, const struct event *events,
                   uint32_t events_count);

/* What is in the buffer goes to the file. 0 or a negative errno. */
__attribute__((warn_unused_result))
int recorder_flush(struct recorder *recorder);

/* Flushes and closes; does nothing if it is not open. 0 or a negative errno. */
__attribute__((warn_unused_result))
int recorder_close(struct recorder *recorder);

#endif
