/* test_stream.c - recorded streams: what is written is read again, and what is none is refused with a reason. */
#include <errno.h>

#include "tests/tools/report/hand_made.h"
#include "tools/report/stream.h"

TestSuite(stream, .timeout = 20);

Test(stream, what_is_written_is_read) {
    struct hand_made made = hand_made_stream();
    struct stream_reader stream;
    struct stream_error error;
    uint64_t commands_count = 0, events_count = 0;
    cr_assert_eq(stream_reader_open(&stream, made.path, &error), 0, "%s", error.text);
    int status;
    while ((status = stream_reader_next(&stream, &error)) == 1) {
        commands_count++;
        events_count += stream.events_count;
        cr_assert_eq(stream.command.sequence, commands_count);
    }
    cr_assert_eq(status, 0, "%s", error.text);
    /* 2 instruments of 2 commands, 4 participants, 4 trades of 2 orders, 1 bust. */
    cr_expect_eq(commands_count, 4 + 4 + 8 + 1);
    cr_expect_eq(events_count, 4 + 4 + 4 * (2 + 4) + 1);
    stream_reader_close(&stream);
    unlink(made.path);
}

Test(stream, hashes_of_passwords_are_not_written) {
    struct hand_made made;
    hand_made_begin(&made);
    struct command command = {.kind = COMMAND_PASSWORD, .password = {.user = 3, .hash = "$y$secret"}};
    hand_made_write(&made, command, NULL, 0);
    cr_assert_eq(recorder_close(&made.recorder), 0);
    cr_expect_str_eq(command.password.hash, "$y$secret");
    struct stream_reader stream;
    struct stream_error error;
    cr_assert_eq(stream_reader_open(&stream, made.path, &error), 0);
    while (stream_reader_next(&stream, &error) == 1 && stream.command.kind != COMMAND_PASSWORD) {}
    cr_expect_eq(stream.command.password.user, 3);
    for (int i = 0; i < password_hash_size; i++) cr_expect_eq(stream.command.password.hash[i], 0);
    stream_reader_close(&stream);
    unlink(made.path);
}

/* Reads to the end, which must be an error. */
static struct stream_error read_broken(const char *path) {
    struct stream_reader stream;
    struct stream_error error = {""};
    int status = stream_reader_open(&stream, path, &error);
    if (status == 0) {
        while ((status = stream_reader_next(&stream, &error)) == 1) {}
        stream_reader_close(&stream);
    }
    cr_assert_eq(status, -EINVAL, "%d: %s", status, error.text);
    return error;
}

Test(stream, a_file_that_ends_inside_a_record_is_refused) {
    struct hand_made made = hand_made_stream();
    /* 32 of the header, and 128 + 8 + 64 of every record with one event. */
    static const struct { off_t size; const char *part; } rows[] = {
        {32 + 200 + 199, "record 2: the file ends in the middle"},
        {32 + 200 + 130, "record 2: the file ends in the middle"},
        {32 + 200 + 1, "record 2: the file ends in the middle"},
        {31, "too short"},
        {0, "too short"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_eq(truncate(made.path, rows[i].size), 0);
        struct stream_error error = read_broken(made.path);
        cr_expect_not_null(strstr(error.text, rows[i].part), "%zu: %s", i, error.text);
    }
    unlink(made.path);
}

static void overwrite(const char *path, long at, const void *bytes, size_t size) {
    FILE *file = fopen(path, "r+b");
    cr_assert_not_null(file);
    fseek(file, at, SEEK_SET);
    cr_assert_eq(fwrite(bytes, size, 1, file), 1);
    fclose(file);
}

Test(stream, foreign_and_damaged_files_are_refused) {
    static const struct { long at; uint32_t word; const char *part; } rows[] = {
        {0, 0x464C457F, "is not a recorded stream"},
        {8, 2, "version 2; this program reads 1"},
        {12, 96, "commands of 96"},
        {16, 32, "events of 32"},
        {32 + 128, 0, "record 1: there is no mark"},
        {32 + 132, UINT32_MAX, "record 1: the file ends in the middle"},
        {32 + 200, 7, "record 2: command 7 does not follow command 1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hand_made made = hand_made_stream();
        overwrite(made.path, rows[i].at, &rows[i].word, sizeof rows[i].word);
        struct stream_error error = read_broken(made.path);
        cr_expect_not_null(strstr(error.text, rows[i].part), "%zu: %s", i, error.text);
        unlink(made.path);
    }
}

Test(stream, a_file_that_is_not_there_says_so) {
    struct stream_reader stream;
    struct stream_error error;
    cr_assert_eq(stream_reader_open(&stream, "/tmp/no/such/stream", &error), -ENOENT);
    cr_expect_not_null(strstr(error.text, "/tmp/no/such/stream"));
}
