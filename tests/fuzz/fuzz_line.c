/* fuzz_line.c - bytes in pieces of any size: the lines are those of the whole, whatever the pieces were. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/line.h"
#include "instruments/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A running hash of all lines, and how it ended. */
struct reading { uint64_t hash, lines; int too_long; };

static void take(struct reading *reading, struct line_reader *reader) {
    struct line line;
    enum line_status status;
    while ((status = line_reader_next(reader, &line)) == LINE_READY) {
        CHECK(line.size <= line_size_max && memchr(line.text, '\n', line.size) == NULL);
        for (uint32_t i = 0; i < line.size; i++)
            reading->hash = (reading->hash ^ (uint8_t)line.text[i]) * UINT64_C(1099511628211);
        reading->hash = (reading->hash ^ 256) * UINT64_C(1099511628211);
        reading->lines++;
    }
    if (status == LINE_TOO_LONG) reading->too_long = 1;
}

/* The first byte says how long the pieces are; 0: one piece. */
static struct reading read_in_pieces(const uint8_t *data, size_t size, size_t piece) {
    static char buffer[line_size_max];
    struct line_reader reader;
    struct reading reading = {.hash = 14695981039346656037u};
    line_reader_init(&reader, buffer);
    for (size_t at = 0; at < size && !reading.too_long; at += piece) {
        line_reader_feed(&reader, (const char *)data + at, size - at < piece ? size - at : piece);
        take(&reading, &reader);
    }
    return reading;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    struct reading whole = read_in_pieces(data + 1, size - 1, size);
    struct reading pieces = read_in_pieces(data + 1, size - 1, (size_t)data[0] + 1);
    CHECK(whole.hash == pieces.hash && whole.lines == pieces.lines && whole.too_long == pieces.too_long);
    return 0;
}
