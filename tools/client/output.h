/* output.h - text that is put together before it is printed, and how it may look.
 *
 * `struct output` is a growing buffer, always NUL-terminated once something was added. Everything the client shows is
 * written into one first, so that tables and screens can be tested without a terminal. Running out of memory
 * ends the program: a client has nothing better to do. */
#ifndef BIRZHA_CLIENT_OUTPUT_H
#define BIRZHA_CLIENT_OUTPUT_H

#include <stdint.h>
#include <stdio.h>

struct output {
    char *bytes;
    size_t size, capacity;      /* size without the NUL */
};

/* Colours and bars. Without colours every code is "". */
struct style {
    const char *buy, *sell, *strong, *faint, *alarm, *plain;
    const char *bar;            /* one column of a depth bar */
    const char *line;           /* one column of a rule */
};

void output_add(struct output *output, const char *text);
void output_add_bytes(struct output *output, const char *bytes, size_t size);
__attribute__((format(printf, 2, 3)))
void output_print(struct output *output, const char *format, ...);

/* `text` in a field of `width` columns: cut when longer, filled up with blanks on the right or on the left. */
void output_left(struct output *output, const char *text, uint32_t width);
void output_right(struct output *output, const char *text, uint32_t width);
void output_repeat(struct output *output, const char *text, uint32_t times);

/* Columns that UTF-8 text takes on a terminal, counting every character as one. */
uint32_t output_columns(const char *text);

void output_clear(struct output *output);
void output_free(struct output *output);

/* Writes everything to `stream`, flushes it and clears the buffer. */
void output_flush(struct output *output, FILE *stream);

/* The plain style, and the style that fits `stream`: colours on a terminal unless NO_COLOR is set, block characters
 * where the locale is UTF-8 (setlocale must have been called). */
extern const struct style style_plain;
struct style style_for(FILE *stream);

#endif
