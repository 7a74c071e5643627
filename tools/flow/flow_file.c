/* flow_file.c - reading a flow with every check that needs no matching, and writing one. */
#include "tools/flow/flow_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int flow_fail(struct flow_error *error, int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return status;
}

void flow_file_close(struct flow_file *file) {
    free(file->operations);
    file->operations = NULL;
}

/* ---- checking ---- */

static int check_header(const struct flow_header *header, const char *path, struct flow_error *error) {
    if (header->magic != FLOW_MAGIC)
        return flow_fail(error, -EINVAL, "%s: byte 0: not an order flow (magic %016" PRIx64 ")", path, header->magic);
    if (header->books_count == 0 || header->books_count > flow_books_count_max)
        return flow_fail(error, -EINVAL, "%s: byte 8: %" PRIu32 " books, 1 to %d are possible", path,
                         header->books_count, flow_books_count_max);
    uint64_t records_count = (uint64_t)header->warm_up_count + header->operations_count;
    if (header->operations_count == 0 || records_count > FLOW_OPERATIONS_MAX)
        return flow_fail(error, -EINVAL, "%s: byte 12: %" PRIu32 " operations to warm up and %" PRIu32
                         " to time, 1 to %" PRIu32 " are possible", path, header->warm_up_count,
                         header->operations_count, FLOW_OPERATIONS_MAX);
    if (header->price_min_ticks == 0 || header->price_min_ticks > header->price_max_ticks ||
        header->price_max_ticks > flow_price_ticks_max)
        return flow_fail(error, -EINVAL, "%s: byte 48: prices from %" PRIu32 " to %" PRIu32
                         ", 1 to %d are possible", path, header->price_min_ticks, header->price_max_ticks,
                         flow_price_ticks_max);
    return 0;
}

static int check_size(const struct flow_header *header, uint64_t size, const char *path, struct flow_error *error) {
    uint64_t expected = sizeof *header + (uint64_t)flow_records_count(header) * sizeof(struct flow_operation);
    if (size == expected) return 0;
    return flow_fail(error, -EINVAL, "%s: %" PRIu64 " bytes, its header announces %" PRIu64, path, size, expected);
}

/* What reading has seen so far. `adds` gives the record of each id + 1, and 0 once it is canceled. */
struct checked { uint32_t *adds; uint32_t ids_count, price_max_ticks, price_min_ticks; };

static const char *range_fault(const struct flow_header *header, const struct flow_operation *operation) {
    if (operation->type > FLOW_CANCEL) return "an unknown type";
    if (operation->side > FLOW_SELL) return "an unknown side";
    if (operation->book >= header->books_count) return "a book beyond the last";
    if (operation->price_ticks < header->price_min_ticks || operation->price_ticks > header->price_max_ticks)
        return "a price outside those of the header";
    if (operation->quantity_lots == 0 || operation->quantity_lots > QUANTITY_LOTS_MAX)
        return "a quantity that is zero or too large";
    return NULL;
}

static const char *add_fault(const struct flow_header *header, struct checked *checked,
                             const struct flow_operation *operation, uint32_t index) {
    if (operation->id != checked->ids_count + 1) return "an id that is not the last one plus one";
    if (operation->id > header->id_max) return "an id beyond the header's last";
    checked->adds[operation->id] = index + 1;
    checked->ids_count++;
    return NULL;
}

static const char *cancel_fault(const struct flow_operation *operations, struct checked *checked,
                                const struct flow_operation *operation) {
    if (operation->id == 0 || operation->id > checked->ids_count) return "a cancel of an id not yet given";
    uint32_t record = checked->adds[operation->id];
    if (record == 0) return "a second cancel of an order";
    const struct flow_operation *added = &operations[record - 1];
    if (operation->book != added->book || operation->side != added->side) return "a cancel on another book or side";
    if (operation->price_ticks != added->price_ticks || operation->quantity_lots > added->quantity_lots)
        return "a cancel with a price or quantity that its order never had";
    checked->adds[operation->id] = 0;
    return NULL;
}

static int check_operations(const struct flow_file *file, struct checked *checked, const char *path,
                            struct flow_error *error) {
    const struct flow_header *header = &file->header;
    for (uint32_t i = 0; i < flow_records_count(header); i++) {
        const struct flow_operation *operation = &file->operations[i];
        const char *fault = range_fault(header, operation);
        if (fault == NULL)
            fault = operation->type == FLOW_ADD ? add_fault(header, checked, operation, i)
                                                : cancel_fault(file->operations, checked, operation);
        if (fault != NULL)
            return flow_fail(error, -EINVAL, "%s: operation %" PRIu32 " (byte %" PRIu64 "): %s", path, i,
                             sizeof *header + (uint64_t)i * sizeof *operation, fault);
        if (operation->price_ticks > checked->price_max_ticks) checked->price_max_ticks = operation->price_ticks;
        if (operation->price_ticks < checked->price_min_ticks) checked->price_min_ticks = operation->price_ticks;
    }
    if (checked->ids_count != header->id_max)
        return flow_fail(error, -EINVAL, "%s: byte 20: last id %" PRIu32 ", but the orders end at %" PRIu32, path,
                         header->id_max, checked->ids_count);
    if (checked->price_max_ticks != header->price_max_ticks || checked->price_min_ticks != header->price_min_ticks)
        return flow_fail(error, -EINVAL, "%s: byte 48: prices from %" PRIu32 " to %" PRIu32 ", but the orders have %"
                         PRIu32 " to %" PRIu32, path, header->price_min_ticks, header->price_max_ticks,
                         checked->price_min_ticks, checked->price_max_ticks);
    return 0;
}

static int check_file(const struct flow_file *file, const char *path, struct flow_error *error) {
    if (file->header.id_max > flow_records_count(&file->header))
        return flow_fail(error, -EINVAL, "%s: byte 20: more ids than operations", path);
    struct checked checked = { .price_min_ticks = UINT32_MAX };
    checked.adds = calloc((size_t)file->header.id_max + 1, sizeof *checked.adds);
    if (checked.adds == NULL) return flow_fail(error, -ENOMEM, "%s: not enough memory", path);
    int status = check_operations(file, &checked, path, error);
    free(checked.adds);
    return status;
}

/* ---- reading ---- */

static int stream_size(FILE *stream, uint64_t *size) {
    struct stat status;
    if (fstat(fileno(stream), &status) != 0) return -errno;
    if (!S_ISREG(status.st_mode)) return -EINVAL;
    *size = (uint64_t)status.st_size;
    return 0;
}

static int read_records(FILE *stream, struct flow_file *file, const char *path, struct flow_error *error) {
    uint32_t count = flow_records_count(&file->header);
    file->operations = calloc((size_t)count + flow_spare_count, sizeof *file->operations);
    if (file->operations == NULL) return flow_fail(error, -ENOMEM, "%s: not enough memory", path);
    if (fread(file->operations, sizeof *file->operations, count, stream) != count)
        return flow_fail(error, -EIO, "%s: cannot be read to its end", path);
    return check_file(file, path, error);
}

static int read_stream(FILE *stream, struct flow_file *file, const char *path, struct flow_error *error) {
    uint64_t size = 0;
    int status = stream_size(stream, &size);
    if (status < 0) return flow_fail(error, status, "%s: not a regular file", path);
    if (size < sizeof file->header)
        return flow_fail(error, -EINVAL, "%s: %" PRIu64 " bytes, shorter than the header", path, size);
    if (fread(&file->header, sizeof file->header, 1, stream) != 1)
        return flow_fail(error, -EIO, "%s: cannot be read", path);
    status = check_header(&file->header, path, error);
    if (status == 0) status = check_size(&file->header, size, path, error);
    return status < 0 ? status : read_records(stream, file, path, error);
}

int flow_file_read(const char *path, struct flow_file *file, struct flow_error *error) {
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        int status = -errno;
        return flow_fail(error, status, "%s: %s", path, strerror(-status));
    }
    struct flow_file fresh = { .operations = NULL };
    int status = read_stream(stream, &fresh, path, error);
    fclose(stream);
    if (status < 0) flow_file_close(&fresh);
    else *file = fresh;
    return status;
}

/* ---- writing ---- */

static int write_stream(FILE *stream, const struct flow_file *file) {
    size_t count = flow_records_count(&file->header);
    if (fwrite(&file->header, sizeof file->header, 1, stream) != 1) return -EIO;
    if (fwrite(file->operations, sizeof *file->operations, count, stream) != count) return -EIO;
    return fflush(stream) == 0 ? 0 : -EIO;
}

int flow_file_write(const char *path, const struct flow_file *file, struct flow_error *error) {
    char part[4096];
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return flow_fail(error, -ENAMETOOLONG, "%.80s...: the name is too long", path);
    FILE *stream = fopen(part, "wb");
    if (stream == NULL) {
        int status = -errno;
        return flow_fail(error, status, "%s: %s", part, strerror(-status));
    }
    int status = write_stream(stream, file);
    if (fclose(stream) != 0 && status == 0) status = -EIO;
    if (status == 0 && rename(part, path) != 0) status = -errno;
    if (status == 0) return 0;
    remove(part);
    return flow_fail(error, status, "%s: cannot be written: %s", path, strerror(-status));
}
