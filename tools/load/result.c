/* result.c - see result.h. */
#include "tools/load/result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { late_ns_max = 1000000, path_size = 512 };

const uint32_t percentile_ranks[percentiles_count] = { 50000, 90000, 99000, 99900, 99990, 100000 };
static const char *const percentile_names[percentiles_count] = { "p50", "p90", "p99", "p99.9", "p99.99", "max" };

static const char *const check_names[] = {
#define XX(name, text) text,
    CHECK_MAP(XX)
#undef XX
};
static const char *const kind_names[] = {
#define XX(name, text) text,
    REQUEST_MAP(XX)
#undef XX
};
static const char *const outcome_names[] = { "ok", "failed", "not checked" };

uint64_t step_sent(const struct load_step *step) {
    uint64_t sent = 0;
    for (int kind = 0; kind < REQUEST_COUNT; kind++) sent += step->counts.sent[kind];
    return sent;
}

int step_kept_schedule(const struct load_step *step) {
    return !step->is_cut && histogram_percentile(&step->late, 99000) <= late_ns_max;
}

double step_answered_rate(const struct load_step *step) {
    double seconds = (double)step->answered_ns / 1e9;
    return seconds > step->seconds ? (double)step->counts.answered / seconds
                                   : (double)step->counts.answered / (step->seconds > 0 ? step->seconds : 1);
}

static double us(uint64_t ns) { return (double)ns / 1e3; }

/* ---- text ---- */

static void print_latency(const char *name, const struct histogram *histogram) {
    printf("  %-34s", name);
    for (int i = 0; i < percentiles_count; i++)
        printf(" %10.1f", us(histogram_percentile(histogram, percentile_ranks[i])));
    printf("\n");
}

static void print_step(const struct load_step *step) {
    printf("%.0f requests a second for %.1f s: %" PRIu64 " sent, %" PRIu64 " answered (%.0f a second), %" PRIu64
           " refused%s\n", step->rate, step->seconds, step_sent(step), step->counts.answered, step_answered_rate(step),
           step->counts.refused, step->is_cut ? "; cut short, the server took no more" : "");
    printf("  %-34s", "microseconds");
    for (int i = 0; i < percentiles_count; i++) printf(" %10s", percentile_names[i]);
    printf("\n");
    print_latency("latency (from when it was due)", &step->corrected);
    print_latency("raw (from when it was sent)", &step->raw);
    print_latency("late (sent after it was due)", &step->late);
    printf("  schedule kept: %s\n", step_kept_schedule(step) ? "yes" : "no");
}

static void print_steps(const struct load_result *result) {
    printf("%12s %12s %10s %10s %10s %10s %12s  %s\n", "rate", "answered/s", "p50 us", "p99 us", "p99.9 us", "max us",
           "late p99 us", "schedule kept");
    for (uint32_t i = 0; i < result->steps_count; i++) {
        const struct load_step *step = &result->steps[i];
        printf("%12.0f %12.0f %10.1f %10.1f %10.1f %10.1f %12.1f  %s\n", step->rate, step_answered_rate(step),
               us(histogram_percentile(&step->corrected, 50000)), us(histogram_percentile(&step->corrected, 99000)),
               us(histogram_percentile(&step->corrected, 99900)), us(step->corrected.max),
               us(histogram_percentile(&step->late, 99000)), step_kept_schedule(step) ? "yes" : "no");
    }
    if (result->knee->why[0] != '\0')
        printf("knee: %.0f a second; at the next rate %s\n", result->knee->rate, result->knee->why);
    else printf("no knee up to %.0f a second\n", result->knee->rate);
}

static void print_checks(const struct checks *checks) {
    uint32_t left_out = 0;
    for (int i = 0; i < VALID_COUNT; i++) {
        printf("  %-10s %s%s%s\n", check_names[i], outcome_names[checks->of[i].outcome],
               checks->of[i].text[0] != '\0' ? ": " : "", checks->of[i].text);
        left_out += checks->of[i].outcome == CHECK_NOT_MADE;
    }
    if (!checks_are_good(checks)) printf("The run is NOT VALID.\n");
    else if (left_out > 0) printf("The run is valid as far as it was checked.\n");
    else printf("The run is valid.\n");
}

void result_print_text(const struct load_result *result) {
    const struct ledger *ledger = &result->run->ledger;
    printf("%u connections", result->run->links_count);
    if (result->run->idle_count > 0) printf(" and %u idle ones", result->run->idle_count);
    if (result->how.is_recorded) printf(", a recorded flow\n");
    else printf(", %s arrivals, %s profile, mix %u/%u/%u, seed %" PRIu64 "\n", result->how.arrivals,
                result->how.profile, result->how.mix.passive, result->how.mix.aggressive, result->how.mix.cancel,
                result->how.seed);
    if (result->knee != NULL) print_steps(result);
    else print_step(&result->steps[0]);
    printf("  fills %" PRIu64 ", trades between our own %" PRIu64 "\n", ledger->fills_count, ledger->trades_count);
    for (uint32_t i = 0; i < ledger->reasons_count; i++)
        printf("  refused: %-32s %" PRIu64 "\n", ledger->reasons[i].reason, ledger->reasons[i].count);
    print_checks(result->checks);
}

/* ---- JSON ---- */

static void put_text(FILE *out, const char *text) {
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
        else if (*c < 0x20) fprintf(out, "\\u%04x", *c);
        else fputc(*c, out);
    }
    fputc('"', out);
}

static void put_latency(FILE *out, const char *name, const struct histogram *histogram) {
    fprintf(out, ",\"%s\":{", name);
    for (int i = 0; i < percentiles_count; i++)
        fprintf(out, "%s\"%s\":%.1f", i > 0 ? "," : "", percentile_names[i],
                us(histogram_percentile(histogram, percentile_ranks[i])));
    fputc('}', out);
}

/* The members of a step, without braces. */
static void put_step(FILE *out, const struct load_step *step) {
    fprintf(out, "\"rate\":%.3f,\"duration_s\":%.3f,\"sent\":%" PRIu64 ",\"answered\":%" PRIu64 ",\"unanswered\":%"
            PRIu64 ",\"refused\":%" PRIu64, step->rate, step->seconds, step_sent(step), step->counts.answered,
            step->unanswered, step->counts.refused);
    fprintf(out, ",\"sent_by_kind\":{");
    for (int kind = 0; kind < REQUEST_COUNT; kind++)
        fprintf(out, "%s\"%s\":%" PRIu64, kind > 0 ? "," : "", kind_names[kind], step->counts.sent[kind]);
    fprintf(out, "},\"answered_per_s\":%.1f", step_answered_rate(step));
    put_latency(out, "latency_us", &step->corrected);
    put_latency(out, "raw_latency_us", &step->raw);
    put_latency(out, "late_us", &step->late);
    fprintf(out, ",\"schedule_kept\":%s", step_kept_schedule(step) ? "true" : "false");
}

static void put_checks(FILE *out, const struct checks *checks) {
    fprintf(out, ",\"checks\":{");
    for (int i = 0; i < VALID_COUNT; i++) {
        fprintf(out, "%s\"%s\":\"%s\"", i > 0 ? "," : "", check_names[i], outcome_names[checks->of[i].outcome]);
    }
    fprintf(out, "}");
    for (int i = 0; i < VALID_COUNT; i++) {
        if (checks->of[i].outcome != CHECK_FAILED) continue;
        fprintf(out, ",\"%s_failed\":", check_names[i]);
        put_text(out, checks->of[i].text);
    }
    fprintf(out, ",\"valid\":%s}\n", checks_are_good(checks) ? "true" : "false");
}

static void put_json(FILE *out, const struct load_result *result) {
    const struct ledger *ledger = &result->run->ledger;
    fprintf(out, "{\"connections\":%u,\"idle\":%u,", result->run->links_count, result->run->idle_count);
    if (result->how.is_recorded) fprintf(out, "\"arrivals\":\"recorded\",");
    else fprintf(out, "\"arrivals\":\"%s\",\"profile\":\"%s\",\"mix\":\"%u/%u/%u\",\"seed\":%" PRIu64 ",",
                 result->how.arrivals, result->how.profile, result->how.mix.passive, result->how.mix.aggressive,
                 result->how.mix.cancel, result->how.seed);
    if (result->knee == NULL) {
        put_step(out, &result->steps[0]);
    } else {
        fprintf(out, "\"steps\":[");
        for (uint32_t i = 0; i < result->steps_count; i++) {
            fprintf(out, "%s{", i > 0 ? "," : "");
            put_step(out, &result->steps[i]);
            fputc('}', out);
        }
        fprintf(out, "],\"knee\":{\"rate\":%.3f,\"next\":", result->knee->rate);
        put_text(out, result->knee->why);
        fputc('}', out);
    }
    fprintf(out, ",\"fills\":%" PRIu64 ",\"trades\":%" PRIu64 ",\"refused_by_reason\":{", ledger->fills_count,
            ledger->trades_count);
    for (uint32_t i = 0; i < ledger->reasons_count; i++) {
        if (i > 0) fputc(',', out);
        put_text(out, ledger->reasons[i].reason);
        fprintf(out, ":%" PRIu64, ledger->reasons[i].count);
    }
    fputc('}', out);
    put_checks(out, result->checks);
}

void result_print_json(const struct load_result *result) { put_json(stdout, result); }

/* ---- files ---- */

/* Percentiles as HdrHistogram's tools write and plot them: value in milliseconds, percentile, count, 1 / (1 - p). */
static void put_percentiles(FILE *out, const struct histogram *histogram) {
    uint64_t seen = 0;
    fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    for (uint32_t bucket = 0; bucket < histogram_buckets_count && seen < histogram->count; bucket++) {
        if (histogram->counts[bucket] == 0) continue;
        seen += histogram->counts[bucket];
        double part = (double)seen / (double)histogram->count;
        uint64_t limit = bucket + 1 < histogram_buckets_count ? histogram_limit(bucket) : histogram->max;
        if (limit > histogram->max) limit = histogram->max;
        fprintf(out, "%12.6f %2.12f %10" PRIu64, (double)limit / 1e6, part, seen);
        if (seen < histogram->count) fprintf(out, " %14.2f\n", 1 / (1 - part));
        else fprintf(out, " %14s\n", "inf");
    }
    double mean = histogram->count > 0 ? (double)histogram->sum / (double)histogram->count / 1e6 : 0;
    fprintf(out, "#[Mean    = %12.6f, Total count    = %12" PRIu64 "]\n#[Max     = %12.6f]\n", mean, histogram->count,
            (double)histogram->max / 1e6);
}

static void put_seconds(FILE *out, const struct load_result *result) {
    fprintf(out, "second,rate,sent,answered,p50_us,p99_us,max_us\n");
    uint32_t number = 0;
    for (uint32_t i = 0; i < result->steps_count; i++) {
        for (uint32_t s = 0; s < result->steps[i].seconds_count; s++) {
            const struct load_second *second = &result->steps[i].by_second[s];
            fprintf(out, "%u,%.0f,%" PRIu64 ",%" PRIu64 ",%.1f,%.1f,%.1f\n", ++number, result->steps[i].rate,
                    second->sent, second->answered, us(second->p50_ns), us(second->p99_ns), us(second->max_ns));
        }
    }
}

static void put_steps_table(FILE *out, const struct load_result *result) {
    fprintf(out, "rate,answered_per_s,p50_us,p90_us,p99_us,p99.9_us,p99.99_us,max_us,late_p99_us,schedule_kept\n");
    for (uint32_t i = 0; i < result->steps_count; i++) {
        const struct load_step *step = &result->steps[i];
        fprintf(out, "%.0f,%.1f", step->rate, step_answered_rate(step));
        for (int p = 0; p < percentiles_count; p++)
            fprintf(out, ",%.1f", us(histogram_percentile(&step->corrected, percentile_ranks[p])));
        fprintf(out, ",%.1f,%d\n", us(histogram_percentile(&step->late, 99000)), step_kept_schedule(step));
    }
}

static void put_last_percentiles(FILE *out, const struct load_result *result) {
    put_percentiles(out, &result->steps[result->steps_count - 1].corrected);
}
static void put_last_raw(FILE *out, const struct load_result *result) {
    put_percentiles(out, &result->steps[result->steps_count - 1].raw);
}

int result_write_files(const struct load_result *result, const char *folder) {
    static const struct { const char *name; void (*put)(FILE *out, const struct load_result *result); } files[] = {
        { "summary.json", put_json }, { "latency.hgrm", put_last_percentiles }, { "raw.hgrm", put_last_raw },
        { "seconds.csv", put_seconds }, { "steps.csv", put_steps_table },
    };
    char path[path_size];
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "birzha load: %s cannot be made: %s\n", folder, strerror(errno));
        return -1;
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        FILE *out = fopen(path, "w");
        if (out != NULL) files[i].put(out, result);
        if (out == NULL || fclose(out) != 0) {
            fprintf(stderr, "birzha load: %s cannot be written: %s\n", path, strerror(errno));
            return -1;
        }
    }
    return 0;
}
