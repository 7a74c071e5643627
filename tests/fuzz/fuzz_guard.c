/* fuzz_guard.c - whatever the guard accepts, cJSON accepts to the last byte. */
#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/guard.h"
#include "instruments/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct guard_error error = {.reason = GUARD_NONE};
    if (json_guard((const char *)data, size, &guard_limits_line, &error) != 0) {
        CHECK(error.reason > GUARD_NONE && error.reason < GUARD_REASON_COUNT);
        CHECK(error.offset <= size);
        return 0;
    }
    char *text = malloc(size + 1);
    CHECK(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    const char *end = NULL;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, size + 1, &end, 1);
    CHECK(tree != NULL && cJSON_IsObject(tree));
    cJSON_Delete(tree);
    free(text);
    return 0;
}
