/* flow_main.c - the command line of `birzha flow`, and the one JSON line that it prints. */
#include "tools/flow/flow_main.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "tools/flow/flow_make.h"
#include "tools/flow/flow_run.h"

enum flow_exit { FLOW_DONE = 0, FLOW_FAILED = 1, FLOW_USAGE = 2 };

static const char help_text[] =
    "birzha flow - write order flows and replay them through the engine\n"
    "\n"
    "  birzha flow FILE [--runs N] [--rules off|on] [--participants P] [--latency on]\n"
    "  birzha flow --make KIND --books B --live L --far F --operations N --seed S --out FILE\n"
    "\n"
    "The first form replays FILE N times (7 if not given) and prints one JSON line: trades, quantity and their\n"
    "checksum, orders left resting, nanoseconds an operation (median, least, most of the runs) and the hash of the\n"
    "final state.\n"
    "\n"
    "  --runs N         1 to 1000 fresh replays\n"
    "  --rules off|on   off (if not given): one participant buys, another sells, no rule is evaluated; on: all of\n"
    "                   them, for 64 participants in turn, resident and not, with a collar, an exposure limit and\n"
    "                   a deposit for every order and a contract and two fees for every trade\n"
    "  --participants P an even number of them: 2, 64 in turn, or any other, some often and many seldom\n"
    "  --latency on     one more replay, in which each operation is timed by itself: percentiles\n"
    "\n"
    "The second form writes a file; the same figures give the same bytes everywhere.\n"
    "\n"
    "  --make KIND      flow: resting orders, cancels and trades around a wandering middle\n"
    "                   sweep: one book, filled on one side and eaten from the other\n"
    "  --books B        books, 1 if not given; a sweep has 1\n"
    "  --live L         orders that rest in a book\n"
    "  --far F          ticks from the middle that orders may stand\n"
    "  --operations N   operations to time; those that fill the books come before\n"
    "  --seed S         any number of 64 bits\n"
    "  --out FILE       where to write\n"
    "\n"
    "Exit code: 0 done; 1 the file cannot be used, or the replay does not make the trades it announces;\n"
    "2 wrong command line.\n";

struct flow_options {
    const char *file, *runs, *rules, *participants, *latency, *make, *books, *live, *far, *operations, *seed, *out;
    int help;
};

__attribute__((format(printf, 1, 2)))
static int fail_usage(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("birzha flow: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs(" (see birzha flow --help)\n", stderr);
    va_end(arguments);
    return FLOW_USAGE;
}

static int fail(const struct flow_error *error) {
    fprintf(stderr, "birzha flow: %s\n", error->text);
    return FLOW_FAILED;
}

/* ---- reading the command line ---- */

static const char **option_target(struct flow_options *options, const char *name, size_t size) {
    const struct { const char *name; const char **target; } known[] = {
        { "--runs", &options->runs }, { "--rules", &options->rules },
        { "--participants", &options->participants }, { "--latency", &options->latency }, { "--make", &options->make },
        { "--books", &options->books }, { "--live", &options->live }, { "--far", &options->far },
        { "--operations", &options->operations }, { "--seed", &options->seed }, { "--out", &options->out } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i].name) == size && memcmp(known[i].name, name, size) == 0) return known[i].target;
    return NULL;
}

/* "--name VALUE" and "--name=VALUE"; everything else is the file. */
static int read_options(struct flow_options *options, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            options->help = 1;
            continue;
        }
        if (argument[0] != '-') {
            if (options->file != NULL) return fail_usage("two files, %s and %s", options->file, argument);
            options->file = argument;
            continue;
        }
        const char *equals = strchr(argument, '=');
        size_t size = equals != NULL ? (size_t)(equals - argument) : strlen(argument);
        const char **target = option_target(options, argument, size);
        if (target == NULL) return fail_usage("unknown option %.*s", (int)size, argument);
        if (*target != NULL) return fail_usage("%.*s is given twice", (int)size, argument);
        if (equals == NULL && i + 1 == argc) return fail_usage("%s needs a value", argument);
        *target = equals != NULL ? equals + 1 : argv[++i];
    }
    return 0;
}

/* A whole number from `low` to `high`. 0, or FLOW_USAGE with a line on standard error. */
static int read_number(const char *name, const char *text, uint64_t low, uint64_t high, uint64_t *number) {
    if (text == NULL) return fail_usage("%s is missing", name);
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    int is_number = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
    if (!is_number || value < low || value > high)
        return fail_usage("%s %s is not a whole number from %" PRIu64 " to %" PRIu64, name, text, low, high);
    *number = value;
    return 0;
}

/* ---- making ---- */

static int read_request(const struct flow_options *options, struct flow_request *request) {
    if (strcmp(options->make, "flow") == 0) request->kind = FLOW_KIND_FLOW;
    else if (strcmp(options->make, "sweep") == 0) request->kind = FLOW_KIND_SWEEP;
    else return fail_usage("--make %s: the kinds are flow and sweep", options->make);
    uint64_t books = 1, live = 0, far = 0, operations = 0, seed = 0;
    int status = options->books == NULL ? 0 : read_number("--books", options->books, 1, flow_books_count_max, &books);
    if (status == 0) status = read_number("--live", options->live, 1, FLOW_OPERATIONS_MAX, &live);
    if (status == 0) status = read_number("--far", options->far, 1, flow_price_ticks_max, &far);
    if (status == 0) status = read_number("--operations", options->operations, 1, FLOW_OPERATIONS_MAX, &operations);
    if (status == 0) status = read_number("--seed", options->seed, 0, UINT64_MAX, &seed);
    if (status != 0) return status;
    if (options->out == NULL) return fail_usage("--out is missing");
    request->books_count = (uint32_t)books;
    request->live_count = (uint32_t)live;
    request->far_ticks = (uint32_t)far;
    request->operations_count = (uint32_t)operations;
    request->seed = seed;
    return 0;
}

static void print_text(const char *name, const char *text) {
    CHECK(text != NULL);
    printf("\"%s\":\"", name);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') printf("\\%c", c);
        else if (c < 0x20) printf("\\u%04x", c);
        else putchar(c);
    }
    putchar('"');
}

static const char *last_name(const char *path) {
    CHECK(path != NULL);
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void print_begin(const char *path, uint32_t operations_count, const struct flow_sum *sum) {
    putchar('{');
    print_text("file", last_name(path));
    printf(",\"operations\":%" PRIu32 ",\"trades\":%" PRIu64 ",\"quantity\":%" PRIu64 ",\"hash\":\"%016" PRIx64 "\"",
           operations_count, sum->trades_count, sum->quantity_lots, sum->hash);
}

static int make(const struct flow_options *options) {
    if (options->file != NULL || options->runs != NULL || options->rules != NULL || options->participants != NULL ||
        options->latency != NULL)
        return fail_usage("--make writes a file; it takes no FILE, --runs, --rules, --participants or --latency");
    struct flow_request request;
    struct flow_error error;
    struct flow_file file;
    int status = read_request(options, &request);
    if (status != 0) return status;
    status = flow_make(&request, &file, &error);
    if (status == -EINVAL) return fail_usage("%s", error.text);
    if (status < 0) return fail(&error);
    status = flow_file_write(options->out, &file, &error);
    if (status == 0) {
        print_begin(options->out, file.header.operations_count, &file.header.expected);
        printf(",\"warm_up\":%" PRIu32 ",\"books\":%" PRIu32 "}\n", file.header.warm_up_count,
               file.header.books_count);
    }
    flow_file_close(&file);
    return status < 0 ? fail(&error) : FLOW_DONE;
}

/* ---- replaying ---- */

/* Says every figure that differs from the one that the file announces. */
static int compare(const struct flow_sum *made, const struct flow_sum *expected) {
    if (made->trades_count != expected->trades_count)
        fprintf(stderr, "birzha flow: %" PRIu64 " trades, the file announces %" PRIu64 "\n", made->trades_count,
                expected->trades_count);
    if (made->quantity_lots != expected->quantity_lots)
        fprintf(stderr, "birzha flow: %" PRIu64 " lots traded, the file announces %" PRIu64 "\n", made->quantity_lots,
                expected->quantity_lots);
    if (made->hash != expected->hash)
        fprintf(stderr, "birzha flow: the checksum of the trades is %016" PRIx64 ", the file announces %016" PRIx64
                "\n", made->hash, expected->hash);
    return memcmp(made, expected, sizeof *made) == 0 ? FLOW_DONE : FLOW_FAILED;
}

static int read_plan(const struct flow_options *options, struct flow_plan *plan) {
    int rules_on = options->rules != NULL && strcmp(options->rules, "on") == 0;
    uint64_t runs = 7, participants = rules_on ? 64 : 2;
    int status = 0;
    if (options->runs != NULL) status = read_number("--runs", options->runs, 1, flow_runs_count_max, &runs);
    if (status == 0 && options->participants != NULL)
        status = read_number("--participants", options->participants, 2, flow_participants_count_max, &participants);
    if (status != 0) return status;
    if (participants % 2 != 0) return fail_usage("--participants is an even number, not %" PRIu64, participants);
    if (!rules_on && options->rules != NULL && strcmp(options->rules, "off") != 0)
        return fail_usage("--rules is off or on, not %s", options->rules);
    int latency_on = options->latency != NULL && strcmp(options->latency, "on") == 0;
    if (!latency_on && options->latency != NULL && strcmp(options->latency, "off") != 0)
        return fail_usage("--latency is off or on, not %s", options->latency);
    *plan = (struct flow_plan){ .rules = rules_on ? RULES_ON : RULES_OFF, .runs_count = (uint32_t)runs,
                                .participants_count = (uint32_t)participants, .times_each = (uint32_t)latency_on };
    return 0;
}

static int replay(const struct flow_options *options) {
    struct flow_plan plan = { .rules = RULES_OFF };
    struct flow_file file;
    struct flow_error error;
    struct flow_result result;
    int status = read_plan(options, &plan);
    if (status != 0) return status;
    if (flow_file_read(options->file, &file, &error) < 0) return fail(&error);
    struct flow_header header = file.header;
    status = flow_run(&file, &plan, &result, &error);
    flow_file_close(&file);
    if (status < 0) return fail(&error);
    print_begin(options->file, header.operations_count, &result.sum);
    printf(",\"resting\":%" PRIu32 ",\"rules\":\"%s\",\"participants\":%" PRIu32 ",\"runs\":%" PRIu32
           ",\"ns_per_op\":%.1f,\"ns_min\":%.1f,\"ns_max\":%.1f", result.resting_count,
           plan.rules == RULES_ON ? "on" : "off", plan.participants_count, plan.runs_count, result.ns_median,
           result.ns_min, result.ns_max);
    if (plan.times_each)
        printf(",\"ns_p50\":%.0f,\"ns_p99\":%.0f,\"ns_p999\":%.0f", result.ns_p50, result.ns_p99, result.ns_p999);
    printf(",\"state_hash\":\"%016" PRIx64 "\"}\n", result.state_hash);
    return compare(&result.sum, &header.expected);
}

int flow_main(int argc, char **argv) {
    struct flow_options options = { .file = NULL };
    int status = read_options(&options, argc, argv);
    if (status != 0) return status;
    if (options.help) {
        fputs(help_text, stdout);
        return FLOW_DONE;
    }
    if (options.make != NULL) return make(&options);
    if (options.books != NULL || options.live != NULL || options.far != NULL || options.operations != NULL ||
        options.seed != NULL || options.out != NULL)
        return fail_usage("--books, --live, --far, --operations, --seed and --out go with --make");
    if (options.file == NULL) return fail_usage("which file?");
    return replay(&options);
}
