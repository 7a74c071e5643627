/* stream.c - see stream.h. */
#include "tools/report/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { stream_buffer_size = 1 << 20 };

int stream_fail(struct stream_error *error, int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return status;
}

static int fail_reading(const struct stream_reader *stream, struct stream_error *error) {
    int status = ferror(stream->file) && errno > 0 ? -errno : -EINVAL;
    return stream_fail(error, status, "record %" PRIu64 ": the file ends in the middle of it", stream->record);
}

static int check_header(const struct stream_header *header, const char *path, struct stream_error *error) {
    if (memcmp(header->magic, STREAM_MAGIC, stream_magic_size) != 0)
        return stream_fail(error, -EINVAL, "%s is not a recorded stream", path);
    if (header->version != stream_version)
        return stream_fail(error, -EINVAL, "%s is a recorded stream of version %" PRIu32 "; this program reads %d",
                           path, header->version, stream_version);
    if (header->command_size != sizeof(struct command) || header->event_size != sizeof(struct event))
        return stream_fail(error, -EINVAL, "%s has commands of %" PRIu32 " and events of %" PRIu32
                           " bytes; this program reads %zu and %zu", path, header->command_size, header->event_size,
                           sizeof(struct command), sizeof(struct event));
    return 0;
}

/* The size first: a count of events is believed only as far as the file reaches. */
static int read_header(struct stream_reader *stream, const char *path, struct stream_error *error) {
    struct stream_header header;
    if (fseeko(stream->file, 0, SEEK_END) != 0) return stream_fail(error, -errno, "%s cannot be read", path);
    off_t size = ftello(stream->file);
    rewind(stream->file);
    if (size < (off_t)sizeof header || fread(&header, sizeof header, 1, stream->file) != 1)
        return stream_fail(error, -EINVAL, "%s is not a recorded stream: it is too short", path);
    stream->bytes_left = (uint64_t)size - sizeof header;
    return check_header(&header, path, error);
}

int stream_reader_open(struct stream_reader *stream, const char *path, struct stream_error *error) {
    *stream = (struct stream_reader){.file = fopen(path, "rbe")};
    if (!stream->file) return stream_fail(error, -errno, "%s: %s", path, strerror(errno));
    setvbuf(stream->file, NULL, _IOFBF, stream_buffer_size);
    int status = read_header(stream, path, error);
    if (status < 0) stream_reader_close(stream);
    return status;
}

static int make_room(struct stream_reader *stream, uint32_t count) {
    if (count <= stream->events_capacity) return 0;
    struct event *events = realloc(stream->events, (size_t)count * sizeof *events);
    if (!events) return -ENOMEM;
    stream->events = events;
    stream->events_capacity = count;
    return 0;
}

/* The command must be the one after the last, and no earlier. */
static int check_command(const struct stream_reader *stream, const struct command *last, struct stream_error *error) {
    if (stream->record > 1 && (stream->command.sequence != last->sequence + 1 ||
                               stream->command.time_ns < last->time_ns))
        return stream_fail(error, -EINVAL, "record %" PRIu64 ": command %" PRIu64 " does not follow command %" PRIu64,
                           stream->record, stream->command.sequence, last->sequence);
    return 0;
}

int stream_reader_next(struct stream_reader *stream, struct stream_error *error) {
    if (stream->bytes_left == 0) return 0;
    const struct command last = stream->command;
    struct stream_events head;
    const size_t fixed_size = sizeof stream->command + sizeof head;
    stream->record++;
    errno = 0;
    if (stream->bytes_left < fixed_size || fread(&stream->command, sizeof stream->command, 1, stream->file) != 1 ||
        fread(&head, sizeof head, 1, stream->file) != 1) return fail_reading(stream, error);
    stream->bytes_left -= fixed_size;
    if (head.mark != STREAM_EVENTS_MARK)
        return stream_fail(error, -EINVAL, "record %" PRIu64 ": there is no mark before the events", stream->record);
    if (head.events_count > stream->bytes_left / sizeof(struct event)) return fail_reading(stream, error);
    if (make_room(stream, head.events_count) < 0)
        return stream_fail(error, -ENOMEM, "record %" PRIu64 ": no memory for %" PRIu32 " events", stream->record,
                           head.events_count);
    stream->events_count = head.events_count;
    if (head.events_count > 0 &&
        fread(stream->events, sizeof *stream->events, head.events_count, stream->file) != head.events_count)
        return fail_reading(stream, error);
    stream->bytes_left -= (uint64_t)head.events_count * sizeof *stream->events;
    int status = check_command(stream, &last, error);
    return status < 0 ? status : 1;
}

void stream_reader_close(struct stream_reader *stream) {
    if (stream->file) fclose(stream->file);
    free(stream->events);
    memset(stream, 0, sizeof *stream);
}
