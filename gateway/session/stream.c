/* stream.c - a growing ring; see stream.h. */
#include "gateway/session/stream.h"

#include <stdlib.h>

#include "engine/image.h"
#include "instruments/check.h"

enum { reports_min = 16 };

_Static_assert((stream_reports_max & (stream_reports_max - 1)) == 0, "a ring is a power of two");

void stream_close(struct stream *stream) {
    free(stream->reports);
    *stream = (struct stream){0};
}

uint64_t stream_next_seq(const struct stream *stream) {
    return stream->next_seq ? stream->next_seq : 1;
}

uint64_t stream_first_seq(const struct stream *stream) {
    return stream->next_seq ? stream->first_seq : 1;
}

static struct report *slot(const struct stream *stream, uint64_t seq) {
    return &stream->reports[seq & (stream->capacity - 1)];
}

/* Doubles the ring if it is full and may still grow. */
static void grow(struct stream *stream) {
    uint64_t kept = stream->next_seq - stream->first_seq;
    if (kept < stream->capacity || stream->capacity == stream_reports_max) return;
    struct stream larger = *stream;
    larger.capacity = stream->capacity ? 2 * stream->capacity : (uint32_t)reports_min;
    larger.reports = malloc(larger.capacity * sizeof *larger.reports);
    if (!larger.reports) return;
    for (uint64_t seq = stream->first_seq; seq < stream->next_seq; seq++) *slot(&larger, seq) = *slot(stream, seq);
    free(stream->reports);
    *stream = larger;
}

uint64_t stream_append(struct stream *stream, const struct report *report) {
    if (stream->next_seq == 0) {
        stream->next_seq = 1;
        stream->first_seq = 1;
    }
    grow(stream);
    uint64_t seq = stream->next_seq++;
    if (stream->capacity == 0) {
        stream->first_seq = stream->next_seq;
        return seq;
    }
    if (seq - stream->first_seq == stream->capacity) stream->first_seq++;
    CHECK(seq - stream->first_seq < stream->capacity);
    *slot(stream, seq) = *report;
    slot(stream, seq)->seq = seq;
    return seq;
}

const struct report *stream_find(const struct stream *stream, uint64_t seq) {
    if (seq < stream_first_seq(stream) || seq >= stream_next_seq(stream)) return NULL;
    return slot(stream, seq);
}

/* ---- snapshots ---- */

static int reserve(struct stream *stream, uint64_t kept) {
    uint32_t capacity = reports_min;
    while (capacity < kept) capacity *= 2;
    stream->reports = malloc(capacity * sizeof *stream->reports);
    if (!stream->reports) return -1;
    stream->capacity = capacity;
    return 0;
}

void stream_image(struct stream *stream, struct image *image) {
    IMAGE_MEMBER(image, stream->first_seq);
    IMAGE_MEMBER(image, stream->next_seq);
    uint64_t kept = stream->next_seq - stream->first_seq;
    image_expect(image, stream->first_seq > 0 && stream->first_seq <= stream->next_seq && kept <= stream_reports_max);
    if (image_is_loading(image) && (image->is_unsound || (kept > 0 && reserve(stream, kept) < 0))) {
        image_expect(image, 0);
        *stream = (struct stream){0};
        return;
    }
    for (uint64_t seq = stream->first_seq; seq < stream->next_seq; seq++) {
        image_span(image, slot(stream, seq), sizeof *stream->reports);
        image_expect(image, image->is_unsound || slot(stream, seq)->seq == seq);
    }
}
