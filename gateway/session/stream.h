/* stream.h - the private messages of one participant: numbered from 1, gap-free, the last ones kept.
 *
 * A report that is appended gets the next number and a place in a ring, of which there is as much as it holds, up to
 * stream_reports_max; then the oldest goes. The ring comes in blocks: nothing is ever copied to make room. Every
 * connection of the participant reads the same stream at its own place, and one that comes back names the number it
 * expects next.
 *
 * Reports are kept as records, not as bytes: encoding one again gives the same message. */
#ifndef BIRZHA_STREAM_H
#define BIRZHA_STREAM_H

#include <stdint.h>

#include "engine/views/report.h"

struct image;

enum { stream_reports_max = 65536 };

struct stream {
    struct report **blocks;     /* number n is in block n / 256 % 256; NULL while nothing was told */
    uint64_t first_seq;         /* oldest number kept; next_seq when none is */
    uint64_t next_seq;          /* number of the next report; 0 in a zeroed stream, which stands for 1 */
};

void stream_close(struct stream *stream);

/* Numbers a copy of `report` and keeps it; returns the number. When memory is short, fewer are kept. */
uint64_t stream_append(struct stream *stream, const struct report *report);

/* Number that the next report will get. */
uint64_t stream_next_seq(const struct stream *stream);
/* Oldest number still kept; stream_next_seq when nothing is. */
uint64_t stream_first_seq(const struct stream *stream);

/* The reports that are kept, and the numbers, as engine/image.h says; back into a stream that is zeroed. An image
 * that is unsound, or more than there is memory for, leaves the stream without reports and the image unsound. */
void stream_image(struct stream *stream, struct image *image);

/* The report with this number; NULL when it is not kept. Valid until the next append. */
const struct report *stream_find(const struct stream *stream, uint64_t seq);

#endif
