#include "gateway/wire/line.h"

#include <string.h>

#include "instruments/check.h"

void line_reader_init(struct line_reader *reader, char *buffer) {
    CHECK(buffer != NULL);
    *reader = (struct line_reader){.buffer = buffer};
}

void line_reader_feed(struct line_reader *reader, const char *chunk, size_t size) {
    CHECK(reader->chunk_size == 0);
    if (reader->too_long) return;
    reader->chunk = chunk;
    reader->chunk_size = size;
}

static enum line_status fail_too_long(struct line_reader *reader) {
    reader->too_long = 1;
    reader->buffer_size = 0;
    reader->chunk = NULL;
    reader->chunk_size = 0;
    return LINE_TOO_LONG;
}

/* Takes `size` bytes off the chunk and puts them behind what the buffer holds. */
static void keep(struct line_reader *reader, size_t size) {
    CHECK(size <= line_size_max - reader->buffer_size);
    if (size > 0) memcpy(reader->buffer + reader->buffer_size, reader->chunk, size);
    reader->buffer_size += (uint32_t)size;
    reader->chunk += size;
    reader->chunk_size -= size;
}

/* `size` bytes at `text`, their '\n' included. */
static struct line without_end(const char *text, size_t size) {
    CHECK(size > 0 && text[size - 1] == '\n');
    size_t end_size = size > 1 && text[size - 2] == '\r' ? 2 : 1;
    return (struct line){.text = text, .size = (uint32_t)(size - end_size)};
}

enum line_status line_reader_next(struct line_reader *reader, struct line *line) {
    if (reader->too_long) return LINE_TOO_LONG;
    if (reader->chunk_size == 0) return LINE_NONE;
    size_t room = line_size_max - reader->buffer_size;
    size_t search_size = reader->chunk_size < room ? reader->chunk_size : room;
    const char *end = memchr(reader->chunk, '\n', search_size);
    if (end == NULL) {
        /* A full buffer without an end cannot become a line any more. */
        if (reader->chunk_size >= room) return fail_too_long(reader);
        keep(reader, reader->chunk_size);
        return LINE_NONE;
    }
    size_t size = (size_t)(end - reader->chunk) + 1;
    if (reader->buffer_size == 0) {
        *line = without_end(reader->chunk, size);
        reader->chunk += size;
        reader->chunk_size -= size;
        return LINE_READY;
    }
    keep(reader, size);
    *line = without_end(reader->buffer, reader->buffer_size);
    reader->buffer_size = 0;
    return LINE_READY;
}
