/* fuzz_decode.c - any line: it is understood, or refused with a reason, a field and a sentence. What is understood to be a
 * command about orders is given to an exchange, which must stay whole. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/decode.h"
#include "gateway/wire/line.h"
#include "tests/fuzz/fuzz_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct decode_error *error) {
    CHECK(reject_name((enum reject)error->reason) != NULL);
    CHECK(memchr(error->field, '\0', sizeof error->field) != NULL);
    CHECK(memchr(error->text, '\0', sizeof error->text) != NULL && error->text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void *memory;
    static struct request request;
    if (size > line_size_max || memchr(data, '\n', size) != NULL) return 0;
    if (!memory) memory = aligned_alloc(64, (decoder_size() + 63) & ~(size_t)63);
    CHECK(memory);
    struct decoder *decoder = decoder_init(memory);
    struct fuzz_world *world = fuzz_world_fresh();
    struct decode_error error;
    if (decode_head(decoder, (const char *)data, (uint32_t)size, &request, &error) != 0 ||
        decode_body(decoder, world->exchange, 0, &request, &error) != 0) {
        check_error(&error);
        return 0;
    }
    if (request.command.kind < COMMAND_NEW_ORDER || request.command.kind > COMMAND_MASS_CANCEL) return 0;
    request.command.participant = request.command.user = 0;
    request.command.time_ns = world->time_ns;
    fuzz_apply(world, &request.command);
    exchange_verify(world->exchange);
    return 0;
}
