/* snapshot.c - see snapshot.h. */
#include "engine/journal/snapshot.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "instruments/check.h"

/* ---- writing ---- */

static XXH3_state_t *hash_of(struct snapshot_writer *writer) {
    _Static_assert(sizeof(XXH3_state_t) <= sizeof writer->hash_state, "the hash's state has room");
    return (void *)writer->hash_state;
}

static void put(struct image *image, const void *bytes, size_t size) {
    struct snapshot_writer *writer = (void *)((char *)image - offsetof(struct snapshot_writer, image));
    CHECK(XXH3_64bits_update(hash_of(writer), bytes, size) == XXH_OK);
    writer->write(writer->owner, bytes, size);
    writer->offset += size;
}

void snapshot_begin(struct snapshot_writer *writer, void (*write)(void *owner, const void *bytes, size_t size),
                    void *owner) {
    memset(writer, 0, sizeof *writer);
    writer->image.put = put;
    writer->write = write;
    writer->owner = owner;
    writer->offset = snapshot_header_size;
}

void snapshot_begin_section(struct snapshot_writer *writer, const char *name) {
    CHECK(writer->header.sections_count < snapshot_sections_max);
    struct snapshot_section *section = &writer->header.sections[writer->header.sections_count++];
    for (uint32_t i = 0; i < snapshot_name_size && name[i] != '\0'; i++) section->name[i] = name[i];
    section->offset = writer->offset;
    CHECK(XXH3_64bits_reset(hash_of(writer)) == XXH_OK);
}

void snapshot_end_section(struct snapshot_writer *writer) {
    struct snapshot_section *section = &writer->header.sections[writer->header.sections_count - 1];
    section->size = writer->offset - section->offset;
    section->hash = XXH3_64bits_digest(hash_of(writer));
}

void snapshot_seal(struct snapshot_writer *writer, const struct snapshot_mark *mark,
                   uint8_t page[snapshot_header_size]) {
    struct snapshot_header *header = &writer->header;
    memcpy(header->magic, SNAPSHOT_MAGIC, journal_magic_size);
    header->version = snapshot_version;
    header->mark = *mark;
    header->mark.size = writer->offset;
    header->hash = 0;
    memset(page, 0, snapshot_header_size);
    memcpy(page, header, sizeof *header);
    header->hash = journal_hash(page, snapshot_header_size);
    memcpy(page, header, sizeof *header);
}

/* ---- reading ---- */

enum snapshot_fault snapshot_read_header(const uint8_t *bytes, uint64_t size, struct snapshot_header *header) {
    uint8_t page[snapshot_header_size];
    if (size < snapshot_header_size) return SNAPSHOT_SHORT;
    memcpy(page, bytes, sizeof page);
    memcpy(header, page, sizeof *header);
    memset(page + offsetof(struct snapshot_header, hash), 0, sizeof header->hash);
    if (memcmp(header->magic, SNAPSHOT_MAGIC, journal_magic_size) != 0 ||
        journal_hash(page, sizeof page) != header->hash) return SNAPSHOT_HEADER;
    if (header->version != snapshot_version) return SNAPSHOT_VERSION;
    return header->sections_count <= snapshot_sections_max ? SNAPSHOT_WHOLE : SNAPSHOT_HEADER;
}

enum snapshot_fault snapshot_open(const uint8_t *bytes, uint64_t size, struct snapshot_header *header) {
    enum snapshot_fault fault = snapshot_read_header(bytes, size, header);
    if (fault != SNAPSHOT_WHOLE) return fault;
    if (header->mark.size != size) return SNAPSHOT_SHORT;
    uint64_t offset = snapshot_header_size;
    for (uint32_t i = 0; i < header->sections_count; i++) {
        const struct snapshot_section *section = &header->sections[i];
        if (section->offset != offset || section->size > size - offset) return SNAPSHOT_HEADER;
        if (journal_hash(bytes + offset, section->size) != section->hash) return SNAPSHOT_SECTION;
        offset += section->size;
    }
    return offset == size ? SNAPSHOT_WHOLE : SNAPSHOT_SHORT;
}

const char *snapshot_fault_text(enum snapshot_fault fault) {
    switch (fault) {
    case SNAPSHOT_SHORT: return "it has not the size that it should have";
    case SNAPSHOT_HEADER: return "its first page is damaged";
    case SNAPSHOT_VERSION: return "it is of another version";
    case SNAPSHOT_SECTION: return "a part of it is damaged";
    case SNAPSHOT_WHOLE: break;
    }
    return "it is whole";
}

int snapshot_find_section(const uint8_t *bytes, const struct snapshot_header *header, const char *name,
                          struct image *image) {
    char padded[snapshot_name_size] = {0};
    for (uint32_t i = 0; i < snapshot_name_size && name[i] != '\0'; i++) padded[i] = name[i];
    for (uint32_t i = 0; i < header->sections_count; i++) {
        const struct snapshot_section *section = &header->sections[i];
        if (memcmp(section->name, padded, sizeof padded) != 0) continue;
        *image = (struct image){.bytes = bytes + section->offset, .left = section->size};
        return 0;
    }
    return -1;
}
