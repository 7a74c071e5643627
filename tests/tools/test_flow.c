/* test_flow.c - order flows: the generator to the byte, the reader's strictness, the replay through the engine.
 *
 * The figures of made flows (header and FNV-1a of all bytes) come from an independent generator written from the same
 * description; those of the hand-made flow from arithmetic. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/flow/flow_main.h"
#include "tools/flow/flow_make.h"
#include "tools/flow/flow_run.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t fnv1a(uint64_t hash, const void *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001B3);
    return hash;
}

static uint64_t flow_fnv1a(const struct flow_file *file) {
    uint64_t hash = fnv1a(UINT64_C(0xCBF29CE484222325), &file->header, sizeof file->header);
    return fnv1a(hash, file->operations, flow_records_count(&file->header) * sizeof *file->operations);
}

static struct flow_file make(const struct flow_request *request) {
    struct flow_file file;
    struct flow_error error;
    cr_assert_eq(flow_make(request, &file, &error), 0, "%s", error.text);
    return file;
}

struct known_flow {
    struct flow_request request;
    uint32_t warm_up_count, operations_count, id_max;
    uint64_t trades_count, quantity_lots, hash;
    uint32_t price_max_ticks, price_min_ticks;
    uint64_t bytes_hash;
};

static const struct known_flow known_flows[] = {
    { { FLOW_KIND_FLOW, 1, 100, 50, 5000, 7 }, 100, 5000, 2948, 688, 14070, UINT64_C(0x3d6857e8b0a42544), 100098, 99895,
      UINT64_C(0x480e3113e06c0734) },
    { { FLOW_KIND_SWEEP, 1, 100, 50, 5000, 7 }, 0, 5010, 4969, 4914, 207423, UINT64_C(0x058cbb222dcb96f5), 100099,
      99901, UINT64_C(0x5c0e80d77492543b) },
    { { FLOW_KIND_FLOW, 4, 100, 50, 5000, 7 }, 400, 5000, 3253, 727, 14434, UINT64_C(0x70be1c3feb5da4a5), 23078, 19908,
      UINT64_C(0x257ddf9c184af91c) },
    { { FLOW_KIND_SWEEP, 1, 3, 1, 100, 1 }, 0, 101, 83, 64, 2997, UINT64_C(0xc26bcabfdd2637f2), 100050, 99950,
      UINT64_C(0xa48be3a0365350c5) },
    /* Prices reach both ends of the format and are pulled in. */
    { { FLOW_KIND_FLOW, 200, 5, 262142, 4000, 9 }, 1000, 4000, 3183, 374, 7890, UINT64_C(0x855ffdac91466408), 262142, 1,
      UINT64_C(0xf7716df10a59b3d0) },
};

/* Two sellers at 100, a buyer who takes the first and part of the second, and a cancel of what is left. */
static const struct flow_operation hand_made[] = {
    { FLOW_ADD, FLOW_SELL, 0, 1, 100, 5 },
    { FLOW_ADD, FLOW_SELL, 0, 2, 100, 5 },
    { FLOW_ADD, FLOW_BUY, 0, 3, 101, 7 },
    { FLOW_CANCEL, FLOW_SELL, 0, 2, 100, 3 },
};

static struct flow_header hand_made_header(void) {
    return (struct flow_header){ .magic = FLOW_MAGIC, .books_count = 1, .warm_up_count = 1, .operations_count = 3,
                                 .id_max = 3, .expected = { 2, 7, UINT64_C(0x96365456953a2b42) },
                                 .price_max_ticks = 101, .price_min_ticks = 100 };
}

/* A file on disk that goes away with the test. */
static char scratch_path[] = "/tmp/birzha-test-flow-XXXXXX";

static void write_scratch(const void *header, size_t header_size, const void *operations, size_t operations_size) {
    int descriptor = mkstemp(scratch_path);
    cr_assert_geq(descriptor, 0);
    cr_assert_eq(write(descriptor, header, header_size), (ssize_t)header_size);
    cr_assert_eq(write(descriptor, operations, operations_size), (ssize_t)operations_size);
    cr_assert_eq(close(descriptor), 0);
}

static void remove_scratch(void) {
    unlink(scratch_path);
    memcpy(scratch_path + sizeof scratch_path - 7, "XXXXXX", 6);
}

static const struct flow_plan once = {.rules = RULES_OFF, .runs_count = 1, .participants_count = 2};
static const struct flow_plan twice = {.rules = RULES_OFF, .runs_count = 2, .participants_count = 2};

Test(flow, a_request_gives_the_known_header_and_bytes) {
    for (size_t i = 0; i < COUNT(known_flows); i++) {
        const struct known_flow *known = &known_flows[i];
        struct flow_file file = make(&known->request);
        cr_assert_eq(file.header.magic, FLOW_MAGIC);
        cr_assert_eq(file.header.books_count, known->request.books_count);
        cr_assert_eq(file.header.warm_up_count, known->warm_up_count);
        cr_assert_eq(file.header.operations_count, known->operations_count);
        cr_assert_eq(file.header.id_max, known->id_max);
        cr_assert_eq(file.header.expected.trades_count, known->trades_count);
        cr_assert_eq(file.header.expected.quantity_lots, known->quantity_lots);
        cr_assert_eq(file.header.expected.hash, known->hash);
        cr_assert_eq(file.header.price_max_ticks, known->price_max_ticks);
        cr_assert_eq(file.header.price_min_ticks, known->price_min_ticks);
        cr_assert_eq(flow_fnv1a(&file), known->bytes_hash, "flow %zu differs from the reference in its bytes", i);
        flow_file_close(&file);
    }
}

Test(flow, more_than_200_books_come_round_to_the_first_middle) {
    const struct flow_request request = { FLOW_KIND_FLOW, 300, 2, 10, 10, 1 };
    struct flow_file file = make(&request);
    for (uint32_t i = 0; i < file.header.warm_up_count; i++) {
        const struct flow_operation *operation = &file.operations[i];
        int32_t away = (int32_t)operation->price_ticks - (int32_t)(20000 + 1000 * (operation->book % 200));
        cr_assert(away > -500 && away < 500 && away != 0, "book %u at %u", operation->book, operation->price_ticks);
    }
    flow_file_close(&file);
}

Test(flow, a_request_that_makes_no_sense_is_refused) {
    const struct flow_request requests[] = {
        { FLOW_KIND_FLOW, 0, 10, 10, 10, 1 }, { FLOW_KIND_FLOW, 65536, 10, 10, 10, 1 },
        { FLOW_KIND_FLOW, 1, 0, 10, 10, 1 }, { FLOW_KIND_FLOW, 1, 10, 0, 10, 1 },
        { FLOW_KIND_FLOW, 1, 10, 262143, 10, 1 }, { FLOW_KIND_FLOW, 1, 10, 10, 0, 1 },
        { FLOW_KIND_FLOW, 2, 1000000000, 10, 10, 1 }, { FLOW_KIND_SWEEP, 2, 10, 10, 10, 1 } };
    for (size_t i = 0; i < COUNT(requests); i++) {
        struct flow_file file;
        struct flow_error error = { "" };
        cr_assert_eq(flow_make(&requests[i], &file, &error), -EINVAL, "request %zu", i);
        cr_assert_neq(error.text[0], '\0');
    }
}

Test(flow, what_is_written_is_read_again) {
    struct flow_file made = make(&known_flows[0].request), read;
    struct flow_error error = { "" };
    write_scratch("", 0, "", 0);
    cr_assert_eq(flow_file_write(scratch_path, &made, &error), 0, "%s", error.text);
    cr_assert_eq(flow_file_read(scratch_path, &read, &error), 0, "%s", error.text);
    cr_assert_eq(flow_fnv1a(&read), known_flows[0].bytes_hash);
    flow_file_close(&made);
    flow_file_close(&read);
    remove_scratch();
}

Test(flow, a_file_that_cannot_be_written_leaves_nothing) {
    struct flow_file made = make(&known_flows[3].request);
    struct flow_error error = { "" };
    cr_assert_lt(flow_file_write("/tmp/no-such-folder-of-birzha/x.flow", &made, &error), 0);
    cr_assert_neq(strstr(error.text, "no-such-folder-of-birzha"), NULL);
    flow_file_close(&made);
}

/* A hand-made flow with one thing wrong: `size` bytes at `offset` become `value`; what the error must name. */
struct broken { size_t offset, size; uint64_t value; const char *says; };

enum { at_operation_0 = 56, at_operation_1 = 72, at_operation_2 = 88, at_operation_3 = 104 };

static const struct broken broken_flows[] = {
    { 0, 1, 0x43, "byte 0: not an order flow" },
    { 8, 4, 0, "byte 8: 0 books" },
    { 8, 4, 65536, "byte 8: 65536 books" },
    { 12, 4, 2, "136" },
    { 12, 4, UINT32_MAX, "byte 12" },
    { 16, 4, 0, "byte 12" },
    { 20, 4, 2, "operation 2 (byte 88): an id beyond the header's last" },
    { 20, 4, 4, "byte 20" },
    { 20, 4, 5, "byte 20: more ids than operations" },
    { 48, 4, 102, "byte 48: prices from 100 to 102, but the orders have 100 to 101" },
    { 48, 4, 262143, "byte 48" },
    { 48, 4, 99, "byte 48" },
    { 52, 4, 0, "byte 48" },
    { 52, 4, 99, "byte 48" },
    { 52, 4, 101, "operation 0 (byte 56): a price outside" },
    { at_operation_1, 1, 2, "operation 1 (byte 72): an unknown type" },
    { at_operation_1 + 1, 1, 2, "operation 1 (byte 72): an unknown side" },
    { at_operation_1 + 2, 2, 1, "operation 1 (byte 72): a book beyond the last" },
    { at_operation_1 + 4, 4, 1, "operation 1 (byte 72): an id that is not the last one plus one" },
    { at_operation_1 + 4, 4, 3, "operation 1 (byte 72): an id that is not the last one plus one" },
    { at_operation_1 + 8, 4, 102, "operation 1 (byte 72): a price outside" },
    { at_operation_1 + 12, 4, 0, "operation 1 (byte 72): a quantity" },
    { at_operation_1 + 12, 4, 1000000001, "operation 1 (byte 72): a quantity" },
    { at_operation_3 + 1, 1, 0, "operation 3 (byte 104): a cancel on another book or side" },
    { at_operation_3 + 4, 4, 0, "operation 3 (byte 104): a cancel of an id not yet given" },
    { at_operation_3 + 4, 4, 4, "operation 3 (byte 104): a cancel of an id not yet given" },
    { at_operation_3 + 8, 4, 101, "operation 3 (byte 104): a cancel with a price or quantity" },
    { at_operation_3 + 12, 4, 6, "operation 3 (byte 104): a cancel with a price or quantity" },
};

Test(flow, an_unsound_file_is_refused_with_what_and_where) {
    for (size_t i = 0; i < COUNT(broken_flows); i++) {
        const struct broken *broken = &broken_flows[i];
        struct flow_header header = hand_made_header();
        uint8_t bytes[sizeof header + sizeof hand_made];
        memcpy(bytes, &header, sizeof header);
        memcpy(bytes + sizeof header, hand_made, sizeof hand_made);
        memcpy(bytes + broken->offset, &broken->value, broken->size);
        write_scratch(bytes, sizeof bytes, "", 0);
        struct flow_file file = { .operations = NULL };
        struct flow_error error = { "" };
        cr_assert_eq(flow_file_read(scratch_path, &file, &error), -EINVAL, "case %zu was read", i);
        cr_assert_neq(strstr(error.text, broken->says), NULL, "case %zu says: %s", i, error.text);
        cr_assert_null(file.operations);
        remove_scratch();
    }
}

Test(flow, a_second_cancel_of_an_order_is_refused) {
    struct flow_header header = hand_made_header();
    struct flow_operation operations[5];
    memcpy(operations, hand_made, sizeof hand_made);
    operations[4] = operations[3];
    header.operations_count = 4;
    write_scratch(&header, sizeof header, operations, sizeof operations);
    struct flow_file file;
    struct flow_error error = { "" };
    cr_assert_eq(flow_file_read(scratch_path, &file, &error), -EINVAL);
    cr_assert_neq(strstr(error.text, "operation 4 (byte 120): a second cancel"), NULL, "%s", error.text);
    remove_scratch();
}

Test(flow, a_file_of_the_wrong_size_is_refused) {
    struct flow_header header = hand_made_header();
    const struct { size_t header_size, operations_size; } sizes[] = {
        { 0, 0 }, { 55, 0 }, { 56, 0 }, { 56, 63 }, { 56, 65 } };
    uint8_t operations[sizeof hand_made + 1] = { 0 };
    memcpy(operations, hand_made, sizeof hand_made);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        write_scratch(&header, sizes[i].header_size, operations, sizes[i].operations_size);
        struct flow_file file;
        struct flow_error error = { "" };
        cr_assert_eq(flow_file_read(scratch_path, &file, &error), -EINVAL, "size %zu was read", i);
        cr_assert_neq(strstr(error.text, "bytes"), NULL, "%s", error.text);
        remove_scratch();
    }
}

Test(flow, a_file_that_is_not_there_or_no_file_is_refused) {
    struct flow_file file;
    struct flow_error error = { "" };
    cr_assert_eq(flow_file_read("/tmp/no-such-file-of-birzha", &file, &error), -ENOENT);
    cr_assert_lt(flow_file_read("/tmp", &file, &error), 0);
}

Test(flow, the_engine_makes_the_trades_of_the_generator) {
    for (size_t i = 0; i < COUNT(known_flows); i++) {
        struct flow_file file = make(&known_flows[i].request);
        struct flow_result result;
        struct flow_error error = { "" };
        cr_assert_eq(flow_run(&file, &twice, &result, &error), 0, "flow %zu: %s", i, error.text);
        cr_assert_eq(result.sum.trades_count, known_flows[i].trades_count);
        cr_assert_eq(result.sum.quantity_lots, known_flows[i].quantity_lots);
        cr_assert_eq(result.sum.hash, known_flows[i].hash, "flow %zu: other trades", i);
        cr_assert(result.ns_min > 0 && result.ns_min <= result.ns_median && result.ns_median <= result.ns_max);
        flow_file_close(&file);
    }
}

Test(flow, a_sweep_larger_than_the_event_buffer_loses_no_trade) {
    enum { makers_count = 3000 };
    struct flow_operation operations[makers_count + 1 + flow_spare_count] = { { 0 } };
    for (uint32_t i = 0; i < makers_count; i++)
        operations[i] = (struct flow_operation){ FLOW_ADD, FLOW_SELL, 0, i + 1, 100, 1 };
    operations[makers_count] =
        (struct flow_operation){ FLOW_ADD, FLOW_BUY, 0, makers_count + 1, 100, makers_count + 7 };
    struct flow_file file = { .operations = operations, .header = { .magic = FLOW_MAGIC, .books_count = 1,
        .warm_up_count = makers_count, .operations_count = 1, .id_max = makers_count + 1,
        .price_max_ticks = 100, .price_min_ticks = 100 } };
    struct flow_sum expected = { 0 };
    for (uint32_t i = 0; i < makers_count; i++) flow_sum_add(&expected, makers_count + 1, i + 1, 100, 1);
    struct flow_result result;
    struct flow_error error = { "" };
    cr_assert_eq(flow_run(&file, &once, &result, &error), 0, "%s", error.text);
    cr_assert_eq(memcmp(&result.sum, &expected, sizeof expected), 0);
    cr_assert_eq(result.resting_count, 1);
}

Test(flow, the_hand_made_flow_gives_the_figures_of_its_arithmetic) {
    struct flow_header header = hand_made_header();
    write_scratch(&header, sizeof header, hand_made, sizeof hand_made);
    struct flow_file file;
    struct flow_error error = { "" };
    struct flow_result result;
    cr_assert_eq(flow_file_read(scratch_path, &file, &error), 0, "%s", error.text);
    cr_assert_eq(flow_run(&file, &once, &result, &error), 0, "%s", error.text);
    cr_assert_eq(result.sum.trades_count, 2);
    cr_assert_eq(result.sum.quantity_lots, 7);
    cr_assert_eq(result.sum.hash, UINT64_C(0x96365456953a2b42));
    cr_assert_eq(result.resting_count, 0);
    flow_file_close(&file);
    remove_scratch();
}

Test(flow, a_cancel_of_a_filled_order_ends_the_replay_and_says_where) {
    struct flow_header header = hand_made_header();
    struct flow_operation operations[COUNT(hand_made)];
    memcpy(operations, hand_made, sizeof hand_made);
    operations[3].id = 1;
    write_scratch(&header, sizeof header, operations, sizeof operations);
    struct flow_file file;
    struct flow_error error = { "" };
    struct flow_result result;
    cr_assert_eq(flow_file_read(scratch_path, &file, &error), 0, "%s", error.text);
    cr_assert_eq(flow_run(&file, &once, &result, &error), -EPROTO);
    cr_assert_neq(strstr(error.text, "operation 3 (cancel of order 1)"), NULL, "%s", error.text);
    flow_file_close(&file);
    remove_scratch();
}

/* flow_main of up to eight arguments. */
static int run_main(const char *const *arguments) {
    char *argv[12] = { strdup("flow") };
    int argc = 1;
    for (; arguments[argc - 1] != NULL; argc++) argv[argc] = strdup(arguments[argc - 1]);
    int code = flow_main(argc, argv);
    for (int i = 0; i < argc; i++) free(argv[i]);
    return code;
}

Test(flow, the_command_line_gives_the_announced_exit_codes, .init = cr_redirect_stderr) {
    cr_redirect_stdout();
    struct flow_header header = hand_made_header();
    write_scratch(&header, sizeof header, hand_made, sizeof hand_made);
    const char *path = scratch_path;
    const struct { const char *arguments[9]; int code; } lines[] = {
        { { path, "--runs", "1" }, 0 },
        { { path, "--runs=2", "--rules", "off" }, 0 },
        { { "--help" }, 0 },
        { { "/tmp/no-such-file-of-birzha" }, 1 },
        { { NULL }, 2 },
        { { path, path }, 2 },
        { { path, "--runs", "1", "--rules", "on" }, 0 },
        { { path, "--rules", "perhaps" }, 2 },
        { { path, "--runs", "0" }, 2 },
        { { path, "--runs", "1001" }, 2 },
        { { path, "--runs", "-1" }, 2 },
        { { path, "--runs", "7x" }, 2 },
        { { path, "--runs" }, 2 },
        { { path, "--runs", "1", "--runs", "1" }, 2 },
        { { path, "--speed", "9" }, 2 },
        { { path, "--seed", "9" }, 2 },
        { { "--make", "flow", "--live", "10", "--far", "5" }, 2 },
        { { "--make", "waves" }, 2 } };
    for (size_t i = 0; i < COUNT(lines); i++)
        cr_assert_eq(run_main(lines[i].arguments), lines[i].code, "command line %zu", i);
    remove_scratch();
}

Test(flow, a_replay_that_differs_from_its_header_exits_1_and_says_what, .init = cr_redirect_stderr) {
    cr_redirect_stdout();
    struct flow_header header = hand_made_header();
    header.expected.quantity_lots = 8;
    write_scratch(&header, sizeof header, hand_made, sizeof hand_made);
    const char *arguments[] = { scratch_path, "--runs", "1", NULL };
    cr_assert_eq(run_main(arguments), 1);
    remove_scratch();
    fflush(stderr);
    cr_assert_stderr_eq_str("birzha flow: 7 lots traded, the file announces 8\n");
}

Test(flow, making_from_the_command_line_writes_the_file_that_it_prints) {
    cr_redirect_stdout();
    write_scratch("", 0, "", 0);
    const char *arguments[] = { "--make=flow", "--books=1", "--live=100", "--far=50", "--operations=5000", "--seed=7",
                                "--out", scratch_path, NULL };
    cr_assert_eq(run_main(arguments), 0);
    struct flow_file file;
    struct flow_error error = { "" };
    cr_assert_eq(flow_file_read(scratch_path, &file, &error), 0, "%s", error.text);
    cr_assert_eq(flow_fnv1a(&file), known_flows[0].bytes_hash);
    flow_file_close(&file);
    remove_scratch();
}
