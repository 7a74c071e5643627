/* image.h - state to bytes and back, by one list for both ways.
 *
 * A module names the part of its state that is in use as spans, one after another: counts first, then arrays up to
 * their counts. While an image is written each span is given to `put`; while one is loaded it is filled from the
 * bytes. So what is written and what is read cannot come apart, and a snapshot follows what is used, not what could be.
 *
 * Loading trusts nothing that could make it run off: a count beyond its limit, bytes that end too early and whatever
 * image_expect is told make the image unsound; nothing more is read then, counts become 0, and the state that was being
 * loaded is of no use. Records are used as they lie in memory: little-endian, free of padding and of pointers. */
#ifndef BIRZHA_IMAGE_H
#define BIRZHA_IMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are used as they lie in the file");

struct image {
    void (*put)(struct image *image, const void *bytes, size_t size);   /* NULL: it is loaded */
    const uint8_t *bytes;       /* of an image that is loaded ... */
    uint64_t left;              /* ... and how many there still are */
    uint32_t is_unsound;
};

static inline int image_is_loading(const struct image *image) { return image->put == NULL; }

/* Loading: what has been read must be so. */
static inline void image_expect(struct image *image, int holds) {
    if (!holds) image->is_unsound = 1;
}

static inline void image_span(struct image *image, void *memory, size_t size) {
    if (image->put) {
        if (size > 0) image->put(image, memory, size);
        return;
    }
    image_expect(image, size <= image->left);
    if (image->is_unsound || size == 0) return;
    memcpy(memory, image->bytes, size);
    image->bytes += size;
    image->left -= size;
}

/* `count` records; the count has been looked at. */
static inline void image_array(struct image *image, void *records, size_t record_size, uint64_t count) {
    image_span(image, records, record_size * (size_t)count);
}

static inline void image_count(struct image *image, uint32_t *count, uint32_t count_max) {
    image_span(image, count, sizeof *count);
    image_expect(image, *count <= count_max);
    if (image->is_unsound) *count = 0;
}

/* Sizes of records and of rings, which must be those of the program that loads. */
static inline void image_shape(struct image *image, const uint32_t *numbers, uint32_t numbers_count) {
    for (uint32_t i = 0; i < numbers_count; i++) {
        uint32_t number = numbers[i];
        image_span(image, &number, sizeof number);
        image_expect(image, number == numbers[i]);
    }
}

/* All has been read, nothing is left, and all of it could be. 0 or -1. */
__attribute__((warn_unused_result))
static inline int image_end(struct image *image) {
    image_expect(image, image->left == 0);
    return image->is_unsound ? -1 : 0;
}

/* One more member of a state that the macro's user calls `x`. */
#define IMAGE_MEMBER(image, member) image_span(image, &(member), sizeof(member))

#endif
