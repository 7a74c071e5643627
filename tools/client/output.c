/* output.c - growing text, fields of a width, and what the terminal can show; see output.h. */
#include "tools/client/output.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "instruments/check.h"

const struct style style_plain = {"", "", "", "", "", "", "#", "-"};

static const struct style style_colour = {
    .buy = "\033[32m", .sell = "\033[31m", .strong = "\033[1m", .faint = "\033[2m", .alarm = "\033[33m",
    .plain = "\033[0m", .bar = "#", .line = "-",
};

static void reserve(struct output *output, size_t more) {
    size_t wanted = output->size + more + 1;
    if (wanted <= output->capacity) return;
    size_t capacity = output->capacity == 0 ? 1024 : output->capacity * 2;
    if (capacity < wanted) capacity = wanted;
    output->bytes = realloc(output->bytes, capacity);
    CHECK(output->bytes != NULL);
    output->capacity = capacity;
}

void output_add_bytes(struct output *output, const char *bytes, size_t size) {
    reserve(output, size);
    memcpy(output->bytes + output->size, bytes, size);
    output->size += size;
    output->bytes[output->size] = '\0';
}

void output_add(struct output *output, const char *text) {
    output_add_bytes(output, text, strlen(text));
}

void output_print(struct output *output, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    CHECK(size >= 0);
    reserve(output, (size_t)size);
    vsnprintf(output->bytes + output->size, (size_t)size + 1, format, again);
    output->size += (size_t)size;
    va_end(again);
    va_end(arguments);
}

static int is_continuation(char byte) {
    return ((unsigned char)byte & 0xC0) == 0x80;
}

uint32_t output_columns(const char *text) {
    uint32_t columns = 0;
    for (; *text != '\0'; text++) columns += !is_continuation(*text);
    return columns;
}

/* Bytes of the first `width` characters. */
static size_t prefix_size(const char *text, uint32_t width) {
    size_t at = 0;
    while (text[at] != '\0') {
        if (!is_continuation(text[at]) && width-- == 0) break;
        at++;
    }
    return at;
}

void output_repeat(struct output *output, const char *text, uint32_t times) {
    while (times-- > 0) output_add(output, text);
}

void output_left(struct output *output, const char *text, uint32_t width) {
    uint32_t columns = output_columns(text);
    output_add_bytes(output, text, prefix_size(text, width));
    if (columns < width) output_repeat(output, " ", width - columns);
}

void output_right(struct output *output, const char *text, uint32_t width) {
    uint32_t columns = output_columns(text);
    if (columns < width) output_repeat(output, " ", width - columns);
    output_add_bytes(output, text, prefix_size(text, width));
}

void output_clear(struct output *output) {
    output->size = 0;
    if (output->bytes != NULL) output->bytes[0] = '\0';
}

void output_free(struct output *output) {
    free(output->bytes);
    *output = (struct output){0};
}

void output_flush(struct output *output, FILE *stream) {
    if (output->size > 0) fwrite(output->bytes, 1, output->size, stream);
    fflush(stream);
    output_clear(output);
}

struct style style_for(FILE *stream) {
    const char *no_colour = getenv("NO_COLOR");
    int colour = isatty(fileno(stream)) && (no_colour == NULL || no_colour[0] == '\0');
    struct style style = colour ? style_colour : style_plain;
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) {
        style.bar = "\u2588";
        style.line = "\u2500";
    }
    return style;
}
