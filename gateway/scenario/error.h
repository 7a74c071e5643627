/* error.h - what is wrong with a file, where a person finds it. */
#ifndef BIRZHA_SCENARIO_ERROR_H
#define BIRZHA_SCENARIO_ERROR_H

#include <stddef.h>
#include <stdint.h>

enum { scenario_file_size = 256, scenario_key_size = 192, scenario_text_size = 384 };

struct scenario_error {
    char file[scenario_file_size];
    uint32_t line;                      /* from 1; 0 when the file cannot be read at all */
    char key[scenario_key_size];        /* "participants[0].country"; "" when no key is to blame */
    char text[scenario_text_size];      /* one sentence, without a full stop */
};

/* Writes "FILE:LINE: KEY: TEXT", leaving out what there is not. Always NUL-terminated. */
void scenario_error_format(const struct scenario_error *error, char *out, size_t size);

#endif
