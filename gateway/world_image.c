/* world_image.c - the table of sections; see world_image.h. */
#include "gateway/world_image.h"

#include "engine/views/deals.h"
#include "engine/views/depth.h"
#include "engine/views/market.h"
#include "engine/views/orders.h"
#include "engine/views/story.h"
#include "gateway/sequencer.h"

/* WORLD_SECTION_MAP(XX): XX(name in the file, module, what of the sequencer it is) */
#define WORLD_SECTION_MAP(XX) \
    XX("exchange", exchange, exchange) XX("orders", orders_view, orders) XX("depth", depth, depth) \
    XX("market", market_view, market) XX("deals", deals, deals) XX("story", story, story) XX("streams", hub, hub) \
    XX("channels", publisher, publisher)

#define XX(name, module, member) \
    static void write_##member(const struct sequencer *sequencer, struct image *image) { \
        module##_write(sequencer->member, image); \
    } \
    static int load_##member(struct sequencer *sequencer, struct image *image) { \
        return module##_load(sequencer->member, image); \
    }
WORLD_SECTION_MAP(XX)
#undef XX

static void write_hashes(const struct sequencer *sequencer, struct image *image) {
    credentials_write(sequencer->credentials, exchange_users_count(sequencer->exchange), image);
}
static int load_hashes(struct sequencer *sequencer, struct image *image) {
    return credentials_load(sequencer->credentials, exchange_users_count(sequencer->exchange), image);
}

/* In the order in which they are loaded: what comes later asks the exchange. */
static const struct image_section {
    const char *name;
    void (*write)(const struct sequencer *sequencer, struct image *image);
    int (*load)(struct sequencer *sequencer, struct image *image);
} sections[] = {
#define XX(name, module, member) {name, write_##member, load_##member},
    WORLD_SECTION_MAP(XX)
#undef XX
    {"hashes", write_hashes, load_hashes},
};
enum { sections_count = sizeof sections / sizeof *sections };

void world_image_write(const struct sequencer *sequencer, struct snapshot_writer *writer) {
    for (uint32_t i = 0; i < sections_count; i++) {
        snapshot_begin_section(writer, sections[i].name);
        sections[i].write(sequencer, &writer->image);
        snapshot_end_section(writer);
    }
}

const char *world_image_load(struct sequencer *sequencer, const uint8_t *bytes, const struct snapshot_header *header) {
    for (uint32_t i = 0; i < sections_count; i++) {
        struct image image;
        if (snapshot_find_section(bytes, header, sections[i].name, &image) < 0 ||
            sections[i].load(sequencer, &image) < 0) return sections[i].name;
    }
    return exchange_digest(sequencer->exchange) == header->mark.state_hash ? NULL : sections[0].name;
}
