/* line.h - cuts a stream of bytes into lines.
 *
 * A connection delivers chunks as the network pleases; a message is a line: bytes ended by '\n', or by "\r\n". A line
 * has at most line_size_max bytes, its end included. A line that lies whole inside a chunk is handed out where it lies,
 * without a copy; only the unfinished rest of a chunk is kept, in a buffer of fixed size that the caller gives.
 *
 *     line_reader_feed(&reader, chunk, size);
 *     while ((status = line_reader_next(&reader, &line)) == LINE_READY) ...
 *
 * No I/O, no time and no JSON here: an empty line is a line. */
#ifndef BIRZHA_WIRE_LINE_H
#define BIRZHA_WIRE_LINE_H

#include <stddef.h>
#include <stdint.h>

enum { line_size_max = 16384 };

enum line_status {
    LINE_NONE,          /* the chunk is used up; its unfinished rest is kept, the chunk itself is no longer needed */
    LINE_READY,
    LINE_TOO_LONG,      /* 1203: the stream cannot be followed any more; every later call says so again */
};

/* A line without its end; valid until the next call with the same reader. */
struct line {
    const char *text;
    uint32_t size;
};

struct line_reader {
    char *buffer;               /* line_size_max bytes, the caller's */
    uint32_t buffer_size;       /* bytes of an unfinished line in it */
    uint32_t too_long;          /* 0 or 1 */
    const char *chunk;          /* what is left of the chunk that was fed; NULL = nothing */
    size_t chunk_size;
};

/* `buffer`: line_size_max bytes that live as long as the reader. Nothing is written to it before it is needed. */
void line_reader_init(struct line_reader *reader, char *buffer);

/* Gives the reader the next chunk; the one before must be used up (LINE_NONE). The chunk must stay where it is until
 * line_reader_next says LINE_NONE or LINE_TOO_LONG. An empty chunk is fine. */
void line_reader_feed(struct line_reader *reader, const char *chunk, size_t size);

/* The next complete line. *line is set for LINE_READY only. */
__attribute__((warn_unused_result))
enum line_status line_reader_next(struct line_reader *reader, struct line *line);

/* Bytes of an unfinished line that wait for their end: more than 0 for too long, and the connection is cut off.
 * Meaningful after LINE_NONE. */
static inline uint32_t line_reader_pending(const struct line_reader *reader) {
    return reader->buffer_size;
}

#endif
