/* fuzz_agree.c - any line, decoded both ways against the same world: in one pass where that is possible, and by json_guard,
 * cJSON and the forms. Both give the same request, or refuse it with the same code, field and sentence. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/decode.h"
#include "gateway/wire/guard.h"
#include "gateway/wire/line.h"
#include "gateway/wire/scan.h"
#include "tests/fuzz/fuzz_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct way {
    struct decoder *decoder;
    struct request request;
    struct decode_error error;
    int status;
};

static void decode(struct way *way, const struct exchange *exchange, const char *line, uint32_t size) {
    memset(&way->request, 0, sizeof way->request);
    memset(&way->error, 0, sizeof way->error);
    way->status = decode_head(way->decoder, line, size, &way->request, &way->error);
    if (way->status == 0) way->status = decode_body(way->decoder, exchange, 0, &way->request, &way->error);
}

static void check_words(const struct request_words *a, const struct request_words *b) {
    CHECK(strcmp(a->symbol, b->symbol) == 0 && strcmp(a->client, b->client) == 0);
    CHECK(strcmp(a->session, b->session) == 0 && strcmp(a->price, b->price) == 0);
    CHECK(strcmp(a->stop, b->stop) == 0 && strcmp(a->quantity, b->quantity) == 0);
    CHECK(strcmp(a->display, b->display) == 0 && strcmp(a->min, b->min) == 0);
}

static void check_same(const struct way *a, const struct way *b) {
    CHECK(a->status == b->status && a->request.type == b->request.type);
    CHECK(a->request.id.size == b->request.id.size);
    CHECK(memcmp(a->request.id.json, b->request.id.json, a->request.id.size) == 0);
    if (a->status != 0) {
        CHECK(a->error.reason == b->error.reason);
        CHECK(strcmp(a->error.field, b->error.field) == 0 && strcmp(a->error.text, b->error.text) == 0);
        return;
    }
    CHECK(memcmp(&a->request.command, &b->request.command, sizeof a->request.command) == 0);
    check_words(&a->request.words, &b->request.words);
}

/* What the scanner takes json_guard takes. */
static void check_scan(const char *line, size_t size) {
    struct scan scan;
    struct guard_error error;
    if (!scan_line(line, size, &scan)) return;
    CHECK(json_guard(line, size, &guard_limits_line, &error) == 0);
    for (int i = 0; i < MEMBER_COUNT; i++) {
        const struct scan_value *value = scan_find(&scan, (enum member)i);
        if (value) CHECK(value->text >= line && value->text + value->size <= line + size && value->kind <= SCAN_NULL);
    }
}

/* Some orders that can be amended and canceled. */
static void enter_orders(struct fuzz_world *world) {
    static const char names[3][4] = {"a", "b-1", "c.2"};
    for (uint32_t i = 0; i < 3; i++) {
        struct command order = {.kind = COMMAND_NEW_ORDER, .time_ns = world->time_ns, .new_order = {
            .client = NAME_NONE, .market_session = NAME_NONE, .expire_date = date_none, .price.ticks = 540 - i,
            .quantity.lots = 10}};
        memcpy(order.new_order.client_order_id, names[i], strlen(names[i]));
        fuzz_apply(world, &order);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct way both, forms;
    static struct fuzz_world *world;
    if (size > line_size_max || memchr(data, '\n', size) != NULL) return 0;
    if (!world) {
        size_t decoder_bytes = (decoder_size() + 63) & ~(size_t)63;
        void *memory[2] = {aligned_alloc(64, decoder_bytes), aligned_alloc(64, decoder_bytes)};
        CHECK(memory[0] && memory[1]);
        both.decoder = decoder_init(memory[0]);
        forms.decoder = decoder_init_for(memory[1], DECODER_FORMS_ONLY);
        world = fuzz_world_fresh();
        enter_orders(world);
    }
    /* Memory that ends where the line ends: not a byte behind it may be read. */
    char *line = malloc(size + 1);
    CHECK(line);
    char *begin = line + 1;
    if (size > 0) memcpy(begin, data, size);
    check_scan(begin, size);
    decode(&both, world->exchange, begin, (uint32_t)size);
    decode(&forms, world->exchange, begin, (uint32_t)size);
    check_same(&both, &forms);
    free(line);
    return 0;
}
