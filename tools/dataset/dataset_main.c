/* dataset_main.c - the command line of `birzha dataset`. */
#include "tools/dataset/dataset_main.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/dataset/dataset.h"

enum dataset_exit { DATASET_DONE = 0, DATASET_FAILED = 1, DATASET_USAGE = 2 };

enum { seed_default = 2021 };

static const char help_text[] =
    "birzha dataset - generated data, made through the engine\n"
    "\n"
    "  birzha dataset h1-2021 --out FILE [--seed N]\n"
    "\n"
    "Writes a recorded stream for birzha report. h1-2021 is the first half of 2021: on business days, 77 transit\n"
    "deals in timber for 968000.00 USD, 76 in consumer goods for 2300000.00 USD, and exports of timber, dairy,\n"
    "metals and oilseeds. All firms are fictional. The same seed (2021 if not given) gives the same bytes.\n"
    "\n"
    "Exit code: 0 done; 1 the file cannot be written; 2 wrong command line.\n";

struct dataset_options { const char *name, *out, *seed; };

static int fail_usage(const char *what, const char *argument) {
    fprintf(stderr, "birzha dataset: %s%s (see birzha dataset --help)\n", what, argument);
    return DATASET_USAGE;
}

static int read_options(struct dataset_options *options, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        size_t size = strcspn(argument, "=");
        const char **target = argument[0] != '-' ? &options->name
                              : size == 5 && memcmp(argument, "--out", size) == 0 ? &options->out
                              : size == 6 && memcmp(argument, "--seed", size) == 0 ? &options->seed : NULL;
        if (!target) return fail_usage("unknown option ", argument);
        if (*target) return fail_usage("given twice: ", argument);
        if (argument[0] != '-') *target = argument;
        else if (argument[size] == '=') *target = argument + size + 1;
        else if (i + 1 < argc) *target = argv[++i];
        else return fail_usage("a value is missing after ", argument);
    }
    return 0;
}

static int read_seed(const char *text, uint64_t *seed) {
    char *end;
    errno = 0;
    *seed = seed_default;
    if (!text) return 1;
    *seed = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

int dataset_main(int argc, char **argv) {
    struct dataset_options options = {.name = NULL};
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(help_text, stdout);
        return DATASET_DONE;
    }
    int status = read_options(&options, argc, argv);
    if (status != 0) return status;
    if (!options.name) return fail_usage("which data set?", "");
    if (strcmp(options.name, "h1-2021") != 0) return fail_usage("there is no data set ", options.name);
    if (!options.out) return fail_usage("--out is missing", "");
    uint64_t seed;
    if (!read_seed(options.seed, &seed)) return fail_usage("--seed is a whole number, not ", options.seed);
    char error[dataset_error_size];
    if (dataset_h1_2021(options.out, seed, error) == 0) return DATASET_DONE;
    fprintf(stderr, "birzha dataset: %s\n", error);
    return DATASET_FAILED;
}
