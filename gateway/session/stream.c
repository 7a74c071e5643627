/* stream.c - a ring of blocks that comes into being block by block; see stream.h. */
#include "gateway/session/stream.h"

#include <stdlib.h>

#include "engine/image.h"
#include "instruments/check.h"

/* Small enough that a new one is no pause, large enough that few are needed. */
enum { block_reports = 256, blocks_count = stream_reports_max / block_reports };

_Static_assert((stream_reports_max & (stream_reports_max - 1)) == 0 && stream_reports_max % block_reports == 0,
               "a ring is a power of two, and whole blocks");

void stream_close(struct stream *stream) {
    for (uint32_t i = 0; stream->blocks && i < blocks_count; i++) free(stream->blocks[i]);
    free(stream->blocks);
    *stream = (struct stream){0};
}

uint64_t stream_next_seq(const struct stream *stream) {
    return stream->next_seq ? stream->next_seq : 1;
}

uint64_t stream_first_seq(const struct stream *stream) {
    return stream->next_seq ? stream->first_seq : 1;
}

static struct report **block_of(const struct stream *stream, uint64_t seq) {
    return &stream->blocks[seq / block_reports % blocks_count];
}

static struct report *slot(const struct stream *stream, uint64_t seq) {
    return &(*block_of(stream, seq))[seq % block_reports];
}

/* Without memory the oldest block serves again, and what it held is gone. */
static struct report *oldest_block(struct stream *stream, uint64_t seq) {
    if (stream->first_seq == seq) return NULL;
    struct report **oldest = block_of(stream, stream->first_seq), *block = *oldest;
    uint64_t behind = (stream->first_seq / block_reports + 1) * block_reports;
    *oldest = NULL;
    stream->first_seq = behind < seq ? behind : seq;
    return block;
}

/* Makes the block that has the place of `seq`. 0, or -1: there is no memory at all. */
static int reach(struct stream *stream, uint64_t seq) {
    if (!stream->blocks) stream->blocks = calloc(blocks_count, sizeof *stream->blocks);
    if (!stream->blocks) return -1;
    struct report **block = block_of(stream, seq);
    if (*block) return 0;
    *block = malloc(block_reports * sizeof **block);
    if (!*block) *block = oldest_block(stream, seq);
    return *block ? 0 : -1;
}

uint64_t stream_append(struct stream *stream, const struct report *report) {
    if (stream->next_seq == 0) {
        stream->next_seq = 1;
        stream->first_seq = 1;
    }
    uint64_t seq = stream->next_seq;
    if (seq - stream->first_seq == stream_reports_max) stream->first_seq++;
    if (reach(stream, seq) < 0) {
        stream->first_seq = ++stream->next_seq;
        return seq;
    }
    stream->next_seq++;
    *slot(stream, seq) = *report;
    slot(stream, seq)->seq = seq;
    return seq;
}

const struct report *stream_find(const struct stream *stream, uint64_t seq) {
    if (seq < stream_first_seq(stream) || seq >= stream_next_seq(stream)) return NULL;
    return slot(stream, seq);
}

/* ---- snapshots ---- */

void stream_image(struct stream *stream, struct image *image) {
    IMAGE_MEMBER(image, stream->first_seq);
    IMAGE_MEMBER(image, stream->next_seq);
    uint64_t kept = stream->next_seq - stream->first_seq;
    image_expect(image, stream->first_seq > 0 && stream->first_seq <= stream->next_seq && kept <= stream_reports_max);
    for (uint64_t seq = stream->first_seq; !image->is_unsound && seq < stream->next_seq; seq++) {
        if (image_is_loading(image) && reach(stream, seq) < 0) image_expect(image, 0);
        if (image->is_unsound) break;
        image_span(image, slot(stream, seq), sizeof **stream->blocks);
        image_expect(image, image->is_unsound || slot(stream, seq)->seq == seq);
    }
    if (image_is_loading(image) && image->is_unsound) stream_close(stream);
}
