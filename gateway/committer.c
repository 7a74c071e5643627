/* committer.c - see committer.h. */
#include "gateway/committer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "gateway/clock.h"
#include "instruments/check.h"

enum { commands_capacity_first = 1024, batch_commands_max = 65536, reserve_size = 256 * 1024 };

/* ---- ends ---- */

/* Nothing that depended on this write has left the process, and nothing will. */
static void fail(const char *what, int status) {
    fprintf(stderr, "birzhad: %s: %s; what is not on disk has not been acknowledged; stopping\n", what,
            strerror(-status));
    _Exit(EXIT_FAILURE);
}

/* ---- batches ---- */

static struct command *commands_of(const struct command_batch *batch) {
    return (void *)(batch->bytes + sizeof(struct journal_batch_header));
}

static void make_room(struct command_batch *batch) {
    if (batch->bytes && journal_batch_size(batch->commands_count + 1) <= batch->capacity) return;
    uint64_t capacity = batch->capacity > 0 ? 2 * batch->capacity : journal_batch_size(commands_capacity_first);
    uint8_t *larger = realloc(batch->bytes, capacity);
    if (!larger) fail("no memory for the journal", -ENOMEM);
    batch->bytes = larger;
    batch->capacity = capacity;
}

static void wait_for_room(struct committer *committer);

void committer_add(struct committer *committer, const struct command *command, const struct event *events,
                   uint32_t events_count) {
    struct command_batch *batch = &committer->filling;
    if (batch->commands_count >= batch_commands_max && committer->is_writing) wait_for_room(committer);
    make_room(batch);
    commands_of(batch)[batch->commands_count++] = *command;
    batch->time_ns = command->time_ns;
    committer->events_hash = journal_hash_events(committer->events_hash, events, events_count);
}

/* ---- life ---- */

int committer_open(struct committer *committer, const struct config *config, char *error, size_t error_size) {
    memset(committer, 0, sizeof *committer);
    committer->sync = config->sync;
    return storage_open(&committer->storage, config->data, (uint64_t)config->segment_mib << 20, error, error_size);
}

int committer_begin(struct committer *committer, const struct limits *limits, char *error, size_t error_size) {
    uint64_t file_id = 0;
    while (file_id == 0) {
        if (getrandom(&file_id, sizeof file_id, 0) == (ssize_t)sizeof file_id || errno == EINTR) continue;
        snprintf(error, error_size, "no random number for the journal: %s", strerror(errno));
        return -1;
    }
    /* A first segment that was never finished may be there. */
    const struct segment_files *files = &committer->storage.files;
    if (files->count > 0 && storage_cut(&committer->storage, files->first_number - 1, 0, error, error_size) < 0)
        return -1;
    journal_writer_init(&committer->writer, file_id, committer->storage.segment_size, limits);
    return 0;
}

int committer_resume(struct committer *committer, const struct journal_scan *scan, uint64_t events_hash, char *error,
                     size_t error_size) {
    journal_resume(scan, &committer->writer);
    committer->events_hash = events_hash;
    committer->durable_batch = scan->next_batch - 1;
    return storage_cut(&committer->storage, committer->writer.segment_number, scan->offset, error, error_size);
}

static void on_done(void *owner, int status, int create_status);

int committer_start(struct committer *committer, uv_loop_t *loop, void (*on_durable)(void *), void *owner) {
    committer->on_durable = on_durable;
    committer->owner = owner;
    return storage_start(&committer->storage, loop, on_done, committer);
}

/* ---- writing ---- */

/* The next segment is created while the present one still has half of its room. */
static uint64_t segment_to_prepare(const struct committer *committer) {
    const struct journal_writer *writer = &committer->writer;
    if (committer->prepared_segment > 0 || committer->prepare_status < 0) return 0;
    return writer->segment_size - writer->offset < writer->segment_size / 2 ? writer->segment_number + 1 : 0;
}

/* A new segment takes the batch: the one prepared, or, for the first, one created now. */
static const uint8_t *begin_segment(struct committer *committer) {
    struct journal_writer *writer = &committer->writer;
    writer->segment_size = committer->storage.segment_size;
    if (committer->prepared_segment != writer->segment_number + 1) {
        const struct storage_job job = {.create_segment = writer->segment_number + 1};
        storage_submit(&committer->storage, &job);
        storage_wait(&committer->storage);
        if (committer->storage.create_status < 0) fail("the journal cannot grow", committer->storage.create_status);
    }
    committer->prepared_segment = 0;
    committer->prepare_status = 0;
    journal_begin_segment(writer, committer->first_page);
    return committer->first_page;
}

static void count(struct committer_counters *counters, uint32_t commands_count, uint64_t size) {
    counters->batches++;
    counters->bytes += size;
    histogram_record(&counters->batch_commands, commands_count);
}

static void write_batch(struct committer *committer) {
    struct command_batch *batch = &committer->filling;
    struct journal_writer *writer = &committer->writer;
    struct storage_job job = {0};
    make_room(batch);
    if (!journal_has_room(writer, batch->commands_count)) {
        if (!journal_fits_segment(writer, batch->commands_count)) fail("a batch is larger than a segment", -EFBIG);
        job.first_page = begin_segment(committer);
    }
    job.segment = writer->segment_number;
    job.offset = writer->offset;
    job.size = journal_seal(writer, batch->bytes, batch->commands_count, batch->time_ns, committer->events_hash);
    job.create_segment = segment_to_prepare(committer);
    count(&committer->counters, batch->commands_count, job.size);
    int64_t now_ns = steady_now_ns();
    job.sync = committer->sync == SYNC_MODE_GROUP ||
               (committer->sync == SYNC_MODE_INTERVAL && now_ns - committer->synced_ns >= INTERVAL_NS);
    if (job.sync) committer->synced_ns = now_ns;
    committer->is_unsynced = !job.sync;
    const struct command_batch spare = committer->writing;
    committer->writing = *batch;
    *batch = spare;
    batch->commands_count = 0;
    job.bytes = committer->writing.bytes;
    committer->is_writing = 1;
    storage_submit(&committer->storage, &job);
}

void committer_turn_end(struct committer *committer) {
    if (!committer->is_writing && committer->filling.commands_count > 0) write_batch(committer);
}

void committer_on_tick(struct committer *committer) {
    int64_t now_ns = steady_now_ns();
    if (committer->is_writing || !committer->is_unsynced || now_ns - committer->synced_ns < INTERVAL_NS) return;
    const struct storage_job job = {.segment = committer->writer.segment_number, .sync = 1};
    committer->synced_ns = now_ns;
    committer->is_unsynced = 0;
    committer->is_writing = 1;
    storage_submit(&committer->storage, &job);
}

static void take_result(struct committer *committer, int status, int create_status) {
    if (status < 0) fail("the journal cannot be written", status);
    uint64_t asked = committer->storage.job.create_segment;
    if (asked > 0 && create_status == 0) committer->prepared_segment = asked;
    if (create_status < 0) {
        committer->prepare_status = create_status;
        fprintf(stderr, "birzhad: no room for another segment of the journal: %s; new requests will be refused\n",
                strerror(-create_status));
    }
    int64_t sync_ns = committer->storage.sync_ns;
    if (sync_ns > 0) histogram_record(&committer->counters.sync_ns, (uint64_t)sync_ns);
    committer->durable_ns = committer->storage.done_ns;
    committer->is_writing = 0;
    committer->durable_batch = committer->writer.next_batch - 1;
}

static void on_done(void *owner, int status, int create_status) {
    struct committer *committer = owner;
    take_result(committer, status, create_status);
    committer_turn_end(committer);
    committer->on_durable(committer->owner);
}

int committer_is_full(const struct committer *committer) {
    if (committer->prepare_status == 0) return 0;
    const struct journal_writer *writer = &committer->writer;
    return journal_batch_size(committer->filling.commands_count + 1) + reserve_size >
           writer->segment_size - writer->offset;
}

static void wait_for_job(struct committer *committer) {
    if (!committer->is_writing) return;
    int status = storage_wait(&committer->storage);
    take_result(committer, status, committer->storage.create_status);
}

/* The disk is slower than the clients: they wait for it. */
static void wait_for_room(struct committer *committer) {
    wait_for_job(committer);
    committer_turn_end(committer);
}

void committer_drain(struct committer *committer) {
    wait_for_job(committer);
    committer_turn_end(committer);
    wait_for_job(committer);
}

/* A batch of nothing proves that the last one was whole. */
void committer_finish(struct committer *committer) {
    if (!committer->storage.is_started || committer->is_finished) return;
    committer_drain(committer);
    committer->is_finished = 1;
    committer->sync = SYNC_MODE_GROUP;
    if (journal_has_room(&committer->writer, 0)) write_batch(committer);
    wait_for_job(committer);
}

void committer_close(struct committer *committer) {
    committer_finish(committer);
    storage_close(&committer->storage);
    free(committer->filling.bytes);
    free(committer->writing.bytes);
}
