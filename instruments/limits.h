/* limits.h - every bound of the system that is fixed when it is built, and how the bounds relate.
 *
 * What can be chosen when a process starts (how many orders, participants, price pages ...) is
 * `struct limits` in engine/exchange.h; what cannot, because a format or a data structure rests on it, is
 * here. Sizes are bytes, counts are items. Texts are NUL-padded arrays: a text of the full length has no NUL. */
#ifndef BIRZHA_LIMITS_H
#define BIRZHA_LIMITS_H

enum {
    /* Names, as they travel in commands. */
    symbol_size = 24,
    instrument_name_size = 64,
    instrument_group_size = 24,
    participant_id_size = 24,
    participant_name_size = 56,
    user_name_size = 24,
    password_hash_size = 88,
    session_id_size = 24,
    place_size = 32,
    client_order_id_size = 36,

    /* The price ladder: three levels of 512, see engine/book/ladder.h. */
    price_ticks_max = (1 << 27) - 1,

    bases_count_max = 8,

    /* Business calendar: inclusive years with known holidays. */
    calendar_year_first = 2020,
    calendar_year_last = 2030,
};

#define QUANTITY_LOTS_MAX UINT32_C(1000000000)

/* Of a deal's value; keeps value x ppm within 128 bits and sums of a million deals within 64. */
#define VALUE_MINOR_MAX INT64_C(4600000000000000)

#endif
