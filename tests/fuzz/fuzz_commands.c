/* fuzz_commands.c - any stream of commands such as the gateway makes: the exchange answers each and stays whole, and a
 * second exchange that is given the same says the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/name_table.h"
#include "tests/fuzz/fuzz_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { piece_size = 16 };

static uint32_t maybe(uint8_t byte) { return byte < 8 ? byte : NAME_NONE; }

static void make_order(const uint8_t *b, struct command_new_order *order) {
    *order = (struct command_new_order){
        .instrument = b[3] % 3, .client = maybe(b[4]), .market_session = b[5] < 2 ? b[5] : NAME_NONE,
        .price.ticks = (uint32_t)(b[6] | b[7] << 8), .quantity.lots = b[8], .side = b[9] & 1,
        .order_type = (uint8_t)(b[9] >> 1) % ORDER_TYPE_COUNT, .time_in_force = (uint8_t)(b[9] >> 3) % TIF_COUNT,
        .stp = (uint8_t)(b[9] >> 6) % STP_COUNT, .flags = b[10] & 7, .has_display = b[10] >> 3 & 1,
        .display.lots = b[10] >> 3 & 1 ? b[11] : 0, .min.lots = b[10] >> 4 & 1 ? b[11] : 0,
        .stop.ticks = b[12] ? 400 + (uint32_t)b[12] : 0, .expire_date = b[13] ? 18806 + b[13] % 4 : date_none,
        .payment_terms = b[14] % 4};
    if (b[15] < 200) order->client_order_id[0] = (char)('a' + b[15] % 16);
}

/* Sixteen bytes of the input are one command. */
static struct command make_command(const struct fuzz_world *w, const uint8_t *b) {
    struct command c = {.participant = b[1] % 5, .user = b[2] == 7 ? 0 : NAME_NONE, .connection = b[2] % 3,
                        .time_ns = exchange_time_ns(w->exchange) + (b[2] == 9 ? INT64_C(20) * 3600 * 1000000000 : b[2])};
    uint64_t order_id = (uint64_t)b[4] << 32 | b[5];
    switch (b[0] % 16) {
    case 0:
        c.kind = COMMAND_AMEND_ORDER;
        c.amend_order = (struct command_amend_order){.order_id = order_id, .quantity.lots = b[6],
            .price.ticks = (uint32_t)(b[7] | b[8] << 8), .display_lots = b[9], .flags = b[10] & 7};
        break;
    case 1: case 2:
        c.kind = COMMAND_CANCEL_ORDER;
        c.cancel_order.order_id = order_id;
        break;
    case 3:
        c.kind = COMMAND_MASS_CANCEL;
        c.mass_cancel = (struct command_mass_cancel){.instrument = maybe(b[3]), .client = maybe(b[4]), .side = b[5] % 3};
        break;
    case 4: c.kind = COMMAND_DISCONNECT; break;
    case 5:
        c.kind = COMMAND_STANDING;
        c.standing = (struct command_standing){.participant = b[3] % 5, .action = b[4] % 3, .until_date = date_none};
        break;
    case 6:
        c.kind = COMMAND_DEPOSIT;
        c.deposit = (struct command_deposit){.participant = b[3] % 5, .currency = b[4] % CURRENCY_COUNT,
            .action = b[5] % 3, .amount.minor = 1 + (int64_t)b[6] * 100000};
        break;
    case 7:
        c.kind = COMMAND_KILL;
        c.kill = (struct command_kill){.participant = b[3] % 5, .on = b[4] & 1};
        break;
    case 8:
        c.kind = COMMAND_BUST;
        c.bust.trade_id = b[3];
        break;
    case 9:
        c.kind = COMMAND_BAND_RULE;
        c.band_rule = (struct command_band_rule){.instrument = b[3] % 2, .level.ticks = 400 + (uint32_t)b[4],
            .to_date = date_none, .band = b[5] & 1, .deal_class = b[6] % 4};
        break;
    default:
        c.kind = COMMAND_NEW_ORDER;
        make_order(b, &c.new_order);
        break;
    }
    return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_world *w = fuzz_world_fresh();
    if (size > 64 * piece_size) size = 64 * piece_size;
    for (size_t at = 0; at + piece_size <= size; at += piece_size) {
        struct command command = make_command(w, data + at);
        fuzz_apply(w, &command);
        CHECK(w->events.count > 0 || command.kind == COMMAND_DISCONNECT);
    }
    exchange_verify(w->exchange);
    return 0;
}
