/* snapshot.h - the bytes of a snapshot: the state at the end of one batch, and where in the journal to go on.
 *
 *     a page of header     magic, version, the place in the journal, the list of sections, a hash over all of it
 *     sections             one after another without a gap, to the end of the file: exchange, views, streams ...
 *
 * Sans-I/O: what is written is handed to `write` in order, the header last, as the file's first page; what is read are
 * bytes in memory. What the sections hold is their owners' business (engine/image.h). FORMAT.md specifies the file. */
#ifndef BIRZHA_JOURNAL_SNAPSHOT_H
#define BIRZHA_JOURNAL_SNAPSHOT_H

#include <stdint.h>

#include "engine/image.h"
#include "engine/journal/format.h"

enum {
    snapshot_version = 2, snapshot_name_size = 8, snapshot_sections_max = 16, snapshot_header_size = journal_page_size,
};
#define SNAPSHOT_MAGIC "BIRZHAP1"

struct snapshot_section {
    char name[snapshot_name_size];
    uint64_t offset, size;      /* in the file */
    uint64_t hash;              /* XXH3-64 of its bytes */
};

/* The place in the journal: behind the batch before `next_batch`. */
struct snapshot_mark {
    uint64_t file_id;           /* of the journal */
    uint64_t sequence;          /* of the last command */
    uint64_t next_batch;
    uint64_t previous_hash;     /* of the batch before */
    uint64_t events_hash;       /* of all events up to here */
    uint64_t state_hash;        /* exchange_digest */
    int64_t time_ns;            /* of the last command */
    uint64_t size;              /* of the file */
    struct limits limits;
};

struct snapshot_header {
    char magic[journal_magic_size];
    uint32_t version, sections_count;
    struct snapshot_mark mark;
    uint64_t hash;              /* of the page with 0 here */
    struct snapshot_section sections[snapshot_sections_max];
};
_Static_assert(sizeof(struct snapshot_mark) == 104, "no padding");
_Static_assert(sizeof(struct snapshot_header) == 128 + snapshot_sections_max * 32, "no padding");
_Static_assert(sizeof(struct snapshot_header) <= snapshot_header_size, "a header is one page");

/* ---- writing ---- */

struct snapshot_writer {
    struct image image;         /* what a section is written through */
    void (*write)(void *owner, const void *bytes, size_t size);
    void *owner;
    struct snapshot_header header;
    uint64_t offset;
    _Alignas(64) uint8_t hash_state[1024];
};

/* The file's first byte that `write` is given is that behind the header's page. */
void snapshot_begin(struct snapshot_writer *writer, void (*write)(void *owner, const void *bytes, size_t size),
                    void *owner);

/* A section is what is written through writer->image between these two. */
void snapshot_begin_section(struct snapshot_writer *writer, const char *name);
void snapshot_end_section(struct snapshot_writer *writer);

/* The first page; mark->size is filled in here. */
void snapshot_seal(struct snapshot_writer *writer, const struct snapshot_mark *mark,
                   uint8_t page[snapshot_header_size]);

/* ---- reading ---- */

enum snapshot_fault {
    SNAPSHOT_WHOLE,
    SNAPSHOT_SHORT,             /* it ends before, or goes on behind, where its header says */
    SNAPSHOT_HEADER,            /* the first page is damaged, or of something else */
    SNAPSHOT_VERSION,           /* of another version of this format */
    SNAPSHOT_SECTION,           /* a section is damaged */
};

/* Reads the first page alone; `size` bytes are there. */
enum snapshot_fault snapshot_read_header(const uint8_t *bytes, uint64_t size, struct snapshot_header *header);

/* Looks at every byte. */
enum snapshot_fault snapshot_open(const uint8_t *bytes, uint64_t size, struct snapshot_header *header);

/* In words, for people. */
const char *snapshot_fault_text(enum snapshot_fault fault);

/* The section to be loaded; -1 when the snapshot has none of this name. */
__attribute__((warn_unused_result))
int snapshot_find_section(const uint8_t *bytes, const struct snapshot_header *header, const char *name,
                          struct image *image);

#endif
