/* fuzz_scenario.c - any file as a world: it is loaded, or refused with a sentence. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gateway/scenario/error.h"
#include "gateway/scenario/scenario.h"
#include "instruments/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static int file = -1;
    static char path[32];
    static struct scenario_data *shipped;
    struct scenario_error error;
    if (file < 0) {
        file = memfd_create("scenario", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        CHECK(scenario_data_load("instruments/data", &shipped, &error) == 0);
    }
    CHECK(file >= 0 && ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
    struct scenario scenario;
    if (scenario_load_with(path, shipped, &scenario, &error) == 0) {
        scenario_free(&scenario);
        return 0;
    }
    char text[512];
    scenario_error_format(&error, text, sizeof text);
    CHECK(text[0] != '\0');
    return 0;
}
