/* recorder.c - see recorder.h. */
#include "gateway/recorder.h"

#include <errno.h>
#include <string.h>

enum { recorder_buffer_size = 1 << 20 };

static int put(struct recorder *recorder, const void *bytes, size_t size) {
    errno = 0;
    if (size == 0 || fwrite(bytes, size, 1, recorder->file) == 1) return 0;
    return errno > 0 ? -errno : -EIO;
}

int recorder_open(struct recorder *recorder, const char *path) {
    FILE *file = fopen(path, "wbe");
    if (!file) return -errno;
    setvbuf(file, NULL, _IOFBF, recorder_buffer_size);
    recorder->file = file;
    struct stream_header header = {
        .version = stream_version, .command_size = sizeof(struct command), .event_size = sizeof(struct event),
    };
    memcpy(header.magic, STREAM_MAGIC, stream_magic_size);
    int status = put(recorder, &header, sizeof header);
    if (status == 0) status = recorder_flush(recorder);
    if (status < 0) {
        fclose(file);
        recorder->file = NULL;
    }
    return status;
}

/* A hash could be attacked by whoever is given the file, and no reader needs it. */
static int put_command(struct recorder *recorder, const struct command *command) {
    if (command->kind != COMMAND_PASSWORD) return put(recorder, command, sizeof *command);
    struct command without_hash = *command;
    memset(without_hash.password.hash, 0, sizeof without_hash.password.hash);
    return put(recorder, &without_hash, sizeof without_hash);
}

int recorder_write(struct recorder *recorder, const struct command *command, const struct event *events,
                   uint32_t events_count) {
    const struct stream_events head = {.mark = STREAM_EVENTS_MARK, .events_count = events_count};
    int status = put_command(recorder, command);
    if (status == 0) status = put(recorder, &head, sizeof head);
    if (status == 0) status = put(recorder, events, (size_t)events_count * sizeof *events);
    return status;
}

int recorder_flush(struct recorder *recorder) {
    return fflush(recorder->file) == 0 ? 0 : -errno;
}

int recorder_close(struct recorder *recorder) {
    if (!recorder->file) return 0;
    int status = fclose(recorder->file) == 0 ? 0 : -errno;
    recorder->file = NULL;
    return status;
}
