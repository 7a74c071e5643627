/* replay.h - what the bench's own engines have in common: reading a flow, timing its replay, one JSON line.
 *
 * Each engine is one program, bench/<name>.c, that fills in a `struct bench_engine` and calls bench_main. It is
 * replayed exactly as `birzha flow` replays the exchange: fresh for every run, the warm-up not timed, one pair of clock
 * readings around the rest. These are yardsticks that replay files which `birzha flow` has written and checked, so
 * reading is short here and trusts what it reads. Exit code: 0, or 1 when the trades are not those that the file
 * announces. */
#ifndef BIRZHA_BENCH_REPLAY_H
#define BIRZHA_BENCH_REPLAY_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "tools/flow/flow_file.h"
#include "tools/flow/stopwatch.h"

struct bench_engine {
    const char *name;
    /* A fresh engine for a flow; never NULL. */
    void *(*open)(const struct flow_header *header);
    /* Applies operations; every trade goes to *sum. */
    void (*apply)(void *engine, const struct flow_operation *operations, uint32_t count, struct flow_sum *sum);
    /* Orders that rest now. */
    uint32_t (*resting)(const void *engine);
    void (*close)(void *engine);
};

enum { bench_runs_count_max = 1000, bench_huge_page_size = 2 << 20 };

__attribute__((noreturn))
static inline void bench_stop(const char *what) {
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

/* Zeroed memory in huge pages where the system gives them, every page present. Kept until bench_unmap. */
static inline size_t bench_mapping_size(size_t size) {
    return (size + bench_huge_page_size - 1) & ~(size_t)(bench_huge_page_size - 1);
}

static inline void *bench_map(size_t size) {
    size_t mapping_size = bench_mapping_size(size);
    void *memory = mmap(NULL, mapping_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) bench_stop("not enough memory");
    (void)madvise(memory, mapping_size, MADV_HUGEPAGE);
    memset(memory, 0, size);
    return memory;
}

static inline void bench_unmap(void *memory, size_t size) { munmap(memory, bench_mapping_size(size)); }

static inline struct flow_file bench_read(const char *path) {
    struct flow_file file;
    FILE *stream = fopen(path, "rb");
    if (stream == NULL || fread(&file.header, sizeof file.header, 1, stream) != 1 || file.header.magic != FLOW_MAGIC)
        bench_stop("the file is not an order flow");
    size_t count = flow_records_count(&file.header);
    file.operations = bench_map((count + flow_spare_count) * sizeof *file.operations);
    if (fread(file.operations, sizeof *file.operations, count, stream) != count) bench_stop("the file is too short");
    fclose(stream);
    return file;
}

static inline int bench_compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* One replay. Returns nanoseconds an operation. */
static inline double bench_run(const struct bench_engine *engine, const struct flow_file *file, struct flow_sum *sum,
                               uint32_t *resting_count) {
    const struct flow_header *header = &file->header;
    void *state = engine->open(header);
    *sum = (struct flow_sum){ .trades_count = 0 };
    engine->apply(state, file->operations, header->warm_up_count, sum);
    int64_t begin_ns = stopwatch_clock_ns();
    engine->apply(state, file->operations + header->warm_up_count, header->operations_count, sum);
    int64_t spent_ns = stopwatch_clock_ns() - begin_ns;
    *resting_count = engine->resting(state);
    engine->close(state);
    return (double)spent_ns / header->operations_count;
}

/* One replay in which each operation is timed by itself. */
static inline struct stopwatch_percentiles bench_run_each(const struct bench_engine *engine,
                                                          const struct flow_file *file) {
    const uint32_t count = file->header.operations_count;
    const struct flow_operation *timed = file->operations + file->header.warm_up_count;
    void *state = engine->open(&file->header);
    struct flow_sum sum = { .trades_count = 0 };
    uint32_t *times = malloc((count + 1) * sizeof *times);
    if (times == NULL) bench_stop("not enough memory");
    engine->apply(state, file->operations, file->header.warm_up_count, &sum);
    const uint64_t overhead = stopwatch_overhead();
    int64_t begin_ns = stopwatch_clock_ns();
    uint64_t first = stopwatch_read();
    for (uint32_t i = 0; i < count; i++) {
        uint64_t begin = stopwatch_read();
        engine->apply(state, &timed[i], 1, &sum);
        uint64_t spent = stopwatch_read() - begin;
        times[i] = (uint32_t)(spent > overhead ? spent - overhead : 0);
    }
    double ns_per_tick = (double)(stopwatch_clock_ns() - begin_ns) / (double)(stopwatch_read() - first);
    struct stopwatch_percentiles each = stopwatch_percentiles(times, count, ns_per_tick);
    free(times);
    engine->close(state);
    return each;
}

/* PROGRAM FILE [RUNS] [latency] */
static inline int bench_main(const struct bench_engine *engine, int argc, char **argv) {
    static double times_ns[bench_runs_count_max];
    if (argc < 2 || argc > 4) bench_stop("usage: bench_ENGINE FILE [RUNS] [latency]");
    unsigned long runs_count = argc >= 3 ? strtoul(argv[2], NULL, 10) : 7;
    if (runs_count == 0 || runs_count > bench_runs_count_max) bench_stop("RUNS is 1 to 1000");
    struct flow_file file = bench_read(argv[1]);
    struct flow_sum sum;
    uint32_t resting_count;
    int agrees = 1;
    for (unsigned long run = 0; run < runs_count; run++) {
        times_ns[run] = bench_run(engine, &file, &sum, &resting_count);
        agrees = agrees && memcmp(&sum, &file.header.expected, sizeof sum) == 0;
    }
    qsort(times_ns, runs_count, sizeof *times_ns, bench_compare);
    const char *slash = strrchr(argv[1], '/');
    printf("{\"engine\":\"%s\",\"file\":\"%s\",\"operations\":%" PRIu32 ",\"trades\":%" PRIu64 ",\"quantity\":%" PRIu64
           ",\"hash\":\"%016" PRIx64 "\",\"resting\":%" PRIu32 ",\"runs\":%lu,\"ns_per_op\":%.1f,\"ns_min\":%.1f,"
           "\"ns_max\":%.1f", engine->name, slash != NULL ? slash + 1 : argv[1], file.header.operations_count,
           sum.trades_count, sum.quantity_lots, sum.hash, resting_count, runs_count,
           (times_ns[(runs_count - 1) / 2] + times_ns[runs_count / 2]) / 2, times_ns[0], times_ns[runs_count - 1]);
    if (argc == 4) {
        struct stopwatch_percentiles each = bench_run_each(engine, &file);
        printf(",\"ns_p50\":%.0f,\"ns_p99\":%.0f,\"ns_p999\":%.0f", each.p50_ns, each.p99_ns, each.p999_ns);
    }
    puts("}");
    if (!agrees) fprintf(stderr, "bench: %s does not make the trades that the file announces\n", engine->name);
    return agrees ? 0 : 1;
}

#endif
