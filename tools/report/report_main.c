/* report_main.c - the command line of `birzha report`. */
#include "tools/report/report_main.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "instruments/calendar.h"
#include "tools/report/database.h"
#include "tools/report/tables.h"

enum report_exit { REPORT_DONE = 0, REPORT_FAILED = 1, REPORT_USAGE = 2 };

static const char help_text[] =
    "birzha report - tables of a recorded stream\n"
    "\n"
    "  birzha report FILE [--what TABLE] [--from DATE] [--to DATE] [--period PERIOD] [--format FORMAT]\n"
    "                     [--sqlite OUT.db]\n"
    "\n"
    "FILE is what birzhad --record or birzha dataset wrote.\n"
    "\n"
    "  --what TABLE      deals        every deal\n"
    "                    countries    sold and bought, by country of the principals\n"
    "                    currencies classes sections    deals and value\n"
    "                    transit      deals between non-residents, by period, section and currency\n"
    "                    sellers buyers    by value\n"
    "                    fees         charged and reversed, by payer\n"
    "                    brokers      deals of their clients\n"
    "                    quotations   average price of a period by group of goods; with fewer than 3 deals or 2\n"
    "                                 sellers a price result\n"
    "                    all          all of them, if not given\n"
    "  --from, --to      trade dates, both included: 2021-01-01\n"
    "  --period PERIOD   month quarter half year, of transit and quotations; half if not given\n"
    "  --format FORMAT   text csv json; text if not given\n"
    "  --sqlite OUT.db   also writes a new SQLite file with the whole stream; without --what nothing is printed\n"
    "\n"
    "Exit code: 0 done; 1 the file cannot be used; 2 wrong command line.\n";

struct report_options {
    const char *file, *what, *from, *to, *period, *format, *sqlite;
    int help;
};

__attribute__((format(printf, 1, 2)))
static int fail_usage(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("birzha report: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs(" (see birzha report --help)\n", stderr);
    va_end(arguments);
    return REPORT_USAGE;
}

static const char **option_target(struct report_options *options, const char *name, size_t size) {
    const struct { const char *name; const char **target; } known[] = {
        {"--what", &options->what}, {"--from", &options->from}, {"--to", &options->to},
        {"--period", &options->period}, {"--format", &options->format}, {"--sqlite", &options->sqlite}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == size && memcmp(known[i].name, name, size) == 0) return known[i].target;
    }
    return NULL;
}

/* "--name VALUE" and "--name=VALUE"; everything else is the file. */
static int read_options(struct report_options *options, int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            options->help = 1;
            continue;
        }
        if (argument[0] != '-') {
            if (options->file) return fail_usage("two files, %s and %s", options->file, argument);
            options->file = argument;
            continue;
        }
        size_t size = strcspn(argument, "=");
        const char **target = option_target(options, argument, size);
        if (!target) return fail_usage("unknown option %.*s", (int)size, argument);
        if (*target) return fail_usage("%.*s is given twice", (int)size, argument);
        if (argument[size] != '=' && i + 1 == argc) return fail_usage("%s needs a value", argument);
        *target = argument[size] == '=' ? argument + size + 1 : argv[++i];
    }
    return 0;
}

/* ---- values ---- */

#define XX(name, text, ...) text,
static const char *const table_names[] = {REPORT_TABLE_MAP(XX)};
static const char *const period_names[] = {PERIOD_MAP(XX)};
static const char *const format_names[] = {SHEET_FORMAT_MAP(XX)};
#undef XX

/* Index of `text`, `otherwise` for NULL, -1 if it is none of them. */
static int find(const char *const *names, int count, const char *text, int otherwise) {
    if (!text) return otherwise;
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) return i;
    }
    return -1;
}

static int read_date(const char *text, int32_t *date) {
    *date = date_none;
    return !text || date_parse(text, (uint32_t)strlen(text), date);
}

/* What is asked for; `table` REPORT_TABLE_COUNT = all, and is_quiet = none. */
struct request {
    struct report_scope scope;
    int table, format, is_quiet;
};

static int read_request(const struct report_options *options, struct request *request) {
    const char *what = options->what && strcmp(options->what, "all") == 0 ? NULL : options->what;
    request->table = find(table_names, REPORT_TABLE_COUNT, what, REPORT_TABLE_COUNT);
    if (request->table < 0) return fail_usage("there is no table %s", options->what);
    request->format = find(format_names, SHEET_FORMAT_COUNT, options->format, SHEET_TEXT);
    if (request->format < 0) return fail_usage("--format is text, csv or json, not %s", options->format);
    int period = find(period_names, PERIOD_COUNT, options->period, PERIOD_HALF);
    if (period < 0) return fail_usage("--period is month, quarter, half or year, not %s", options->period);
    request->scope.period = (enum period)period;
    if (!read_date(options->from, &request->scope.from_date))
        return fail_usage("--from %s is not a date like 2021-01-01", options->from);
    if (!read_date(options->to, &request->scope.to_date))
        return fail_usage("--to %s is not a date like 2021-06-30", options->to);
    request->is_quiet = options->sqlite && !options->what;
    return 0;
}

static void print_tables(const struct follow *follow, const struct request *request) {
    int first = request->table == REPORT_TABLE_COUNT ? 0 : request->table;
    int last = request->table == REPORT_TABLE_COUNT ? REPORT_TABLE_COUNT - 1 : request->table;
    for (int table = first; table <= last; table++) {
        struct sheet sheet = report_make(follow, (enum report_table)table, &request->scope);
        if (table > first && request->format == SHEET_CSV) fputs("\r\n", stdout);
        sheet_print(&sheet, (enum sheet_format)request->format, stdout);
        sheet_free(&sheet);
    }
}

int report_main(int argc, char **argv) {
    struct report_options options = {.file = NULL};
    struct request request = {0};
    int status = read_options(&options, argc, argv);
    if (status != 0) return status;
    if (options.help) {
        fputs(help_text, stdout);
        return REPORT_DONE;
    }
    if (!options.file) return fail_usage("which file?");
    status = read_request(&options, &request);
    if (status != 0) return status;
    struct follow follow;
    struct stream_error error;
    status = follow_file(&follow, options.file, &error);
    if (status == 0) {
        if (options.sqlite) status = database_write(&follow, options.sqlite, &error);
        if (status == 0 && !request.is_quiet) print_tables(&follow, &request);
        follow_free(&follow);
    }
    if (status == 0 && fflush(stdout) == 0) return REPORT_DONE;
    fprintf(stderr, "birzha report: %s\n", status < 0 ? error.text : "the output cannot be written");
    return REPORT_FAILED;
}
