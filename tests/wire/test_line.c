/* Framing: lines come out whole, whatever the chunks are. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/line.h"

TestSuite(line, .timeout = 30);

static char buffer[line_size_max];

/* Feeds one chunk and appends every line that comes to `out`, each followed by '|'. */
static enum line_status drain(struct line_reader *reader, const char *chunk, size_t size, char *out) {
    struct line line;
    enum line_status status;
    line_reader_feed(reader, chunk, size);
    while ((status = line_reader_next(reader, &line)) == LINE_READY) {
        strncat(out, line.text, line.size);
        strncat(out, "|", 2);
    }
    return status;
}

Test(line, takes_any_split_of_the_stream) {
    static const char stream[] = "one\ntwo\r\n\n\r\nthree\rfour\nfi\r\r\nx";
    static const char expected[] = "one|two|||three\rfour|fi\r|";
    size_t size = sizeof stream - 1;
    for (size_t first = 0; first <= size; first++) {
        for (size_t second = first; second <= size; second++) {
            struct line_reader reader;
            char out[128] = "";
            line_reader_init(&reader, buffer);
            cr_assert_eq(drain(&reader, stream, first, out), LINE_NONE);
            cr_assert_eq(drain(&reader, stream + first, second - first, out), LINE_NONE);
            cr_assert_eq(drain(&reader, stream + second, size - second, out), LINE_NONE);
            cr_assert_str_eq(out, expected, "split at %zu and %zu: %s", first, second, out);
            cr_assert_eq(line_reader_pending(&reader), 1);
        }
    }
}

Test(line, hands_out_a_whole_line_where_it_lies) {
    struct line_reader reader;
    struct line line;
    static const char chunk[] = "abc\ndef\nrest";
    line_reader_init(&reader, buffer);
    line_reader_feed(&reader, chunk, sizeof chunk - 1);
    cr_assert_eq(line_reader_next(&reader, &line), LINE_READY);
    cr_assert_eq(line.text, chunk);
    cr_assert_eq(line.size, 3);
    cr_assert_eq(line_reader_next(&reader, &line), LINE_READY);
    cr_assert_eq(line.text, chunk + 4);
    cr_assert_eq(line_reader_next(&reader, &line), LINE_NONE);
    cr_assert_eq(line_reader_pending(&reader), 4);
}

/* The limit counts the line's end: 16,383 bytes and '\n' pass, 16,382 and "\r\n" too, one more does not. */
Test(line, counts_the_end_into_the_limit) {
    static char stream[line_size_max + 8];
    static const struct { size_t text_size; const char *end; enum line_status status; } rows[] = {
        {line_size_max - 1, "\n", LINE_READY},
        {line_size_max - 2, "\r\n", LINE_READY},
        {line_size_max, "\n", LINE_TOO_LONG},
        {line_size_max - 1, "\r\n", LINE_TOO_LONG},
        {line_size_max, "", LINE_TOO_LONG},
        {line_size_max - 1, "", LINE_NONE},
    };
    static const size_t chunk_sizes[] = {sizeof stream, 1, 7, 4096, line_size_max, line_size_max - 1};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t c = 0; c < sizeof chunk_sizes / sizeof chunk_sizes[0]; c++) {
            struct line_reader reader;
            struct line line = {NULL, 0};
            enum line_status status = LINE_NONE;
            size_t size = rows[i].text_size + strlen(rows[i].end);
            memset(stream, 'x', sizeof stream);
            memcpy(stream + rows[i].text_size, rows[i].end, strlen(rows[i].end));
            line_reader_init(&reader, buffer);
            for (size_t at = 0; at < size && status == LINE_NONE; at += chunk_sizes[c]) {
                size_t left = size - at;
                line_reader_feed(&reader, stream + at, left < chunk_sizes[c] ? left : chunk_sizes[c]);
                status = line_reader_next(&reader, &line);
            }
            cr_assert_eq(status, rows[i].status, "row %zu, chunks of %zu: %d", i, chunk_sizes[c], status);
            if (status == LINE_READY) cr_assert_eq(line.size, rows[i].text_size);
        }
    }
}

Test(line, stays_closed_once_a_line_was_too_long) {
    static char stream[line_size_max + 1];
    struct line_reader reader;
    struct line line;
    memset(stream, 'x', sizeof stream);
    line_reader_init(&reader, buffer);
    line_reader_feed(&reader, stream, sizeof stream);
    cr_assert_eq(line_reader_next(&reader, &line), LINE_TOO_LONG);
    line_reader_feed(&reader, "ok\n", 3);
    cr_assert_eq(line_reader_next(&reader, &line), LINE_TOO_LONG);
    cr_assert_eq(line_reader_pending(&reader), 0);
}

/* Lines before the one that is too long still come. */
Test(line, gives_what_came_before_the_line_that_is_too_long) {
    static char stream[line_size_max + 64];
    struct line_reader reader;
    struct line line;
    memset(stream, 'x', sizeof stream);
    stream[2] = '\n';
    line_reader_init(&reader, buffer);
    line_reader_feed(&reader, stream, sizeof stream);
    cr_assert_eq(line_reader_next(&reader, &line), LINE_READY);
    cr_assert_eq(line.size, 2);
    cr_assert_eq(line_reader_next(&reader, &line), LINE_TOO_LONG);
}

Test(line, takes_an_empty_chunk) {
    struct line_reader reader;
    struct line line;
    line_reader_init(&reader, buffer);
    line_reader_feed(&reader, NULL, 0);
    cr_assert_eq(line_reader_next(&reader, &line), LINE_NONE);
    cr_assert_eq(line_reader_pending(&reader), 0);
}
