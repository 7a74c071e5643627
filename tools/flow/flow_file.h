/* flow_file.h - order flows: files of orders and cancels on which an engine is proved and timed.
 *
 * A flow knows nothing of participants, money or time: it is a list of limit orders and cancels over some
 * books, and the checksum of the trades that price-time priority must make of them. Two engines that replay the same
 * file can therefore be compared to the last trade, and their times are times for the same work.
 *
 * Format, little-endian, no padding:
 *    0  u64 magic          "BLKFLOW1"
 *    8  u32 books          books are numbered from 0
 *   12  u32 warm_up        operations to apply before the clock starts
 *   16  u32 operations     operations to time
 *   20  u32 id_max         the last order id; ids are dense from 1 in order of arrival, over all books
 *   24  u64 trades         what the whole file, warm-up included, must come to:
 *   32  u64 quantity           number of trades, lots traded,
 *   40  u64 hash               and their checksum in order, see flow_sum_add
 *   48  u32 price_max      the highest and
 *   52  u32 price_min      the lowest price of any operation
 *   56  warm_up + operations records of 16 bytes: u8 type, u8 side, u16 book, u32 id, u32 price, u32 quantity
 *
 * An order is a limit order that stays until it is filled or canceled; trades are at the resting order's price. A
 * cancel names an order that is live; its price and quantity repeat what was resting and need not be used. Whether
 * an order still lives cannot be seen without matching, so that is the one thing that reading does not check. */
#ifndef BIRZHA_FLOW_FILE_H
#define BIRZHA_FLOW_FILE_H

#include <stdint.h>

#include "instruments/limits.h"

#define FLOW_MAGIC UINT64_C(0x31574F4C464B4C42)

enum {
    flow_books_count_max = UINT16_MAX,
    flow_price_ticks_max = 262142,
    /* Zeroed operations that follow the last one in memory, so that a replay may look ahead. */
    flow_spare_count = 32,
};
/* Warm-up and timed operations together: ids and counts stay well within 32 bits. */
#define FLOW_OPERATIONS_MAX UINT32_C(1000000000)

enum flow_type { FLOW_ADD, FLOW_CANCEL };
enum flow_side { FLOW_BUY, FLOW_SELL };

struct flow_operation {
    uint8_t type;               /* enum flow_type */
    uint8_t side;               /* enum flow_side */
    uint16_t book;
    uint32_t id;
    uint32_t price_ticks;
    uint32_t quantity_lots;
};

/* Trades in order, as one number. */
struct flow_sum { uint64_t trades_count, quantity_lots, hash; };

struct flow_header {
    uint64_t magic;
    uint32_t books_count, warm_up_count, operations_count, id_max;
    struct flow_sum expected;
    uint32_t price_max_ticks, price_min_ticks;
};

_Static_assert(sizeof(struct flow_operation) == 16, "an operation is 16 bytes");
_Static_assert(sizeof(struct flow_header) == 56, "the header is 56 bytes");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are used as they lie in the file");

struct flow_file {
    struct flow_header header;
    struct flow_operation *operations;   /* owned; flow_file_close frees them */
};

/* What went wrong, as one sentence without a full stop. */
struct flow_error { char text[240]; };

static inline void flow_sum_add(struct flow_sum *sum, uint32_t taker_id, uint32_t maker_id, uint32_t price_ticks,
                                uint32_t lots) {
    uint64_t trade = ((uint64_t)taker_id << 32 | maker_id) + price_ticks * UINT64_C(0x9E3779B97F4A7C15) + lots;
    sum->trades_count++;
    sum->quantity_lots += lots;
    sum->hash = (sum->hash ^ trade) * UINT64_C(0x100000001B3);
}

static inline uint32_t flow_records_count(const struct flow_header *header) {
    return header->warm_up_count + header->operations_count;
}

/* Reads and checks a whole file. 0, or a negative errno (-EINVAL: not a sound flow) with *error set and *file
 * unchanged. */
__attribute__((warn_unused_result))
int flow_file_read(const char *path, struct flow_file *file, struct flow_error *error);

/* Writes `file` to `path`, which appears, or is replaced, only when all of it is written. */
__attribute__((warn_unused_result))
int flow_file_write(const char *path, const struct flow_file *file, struct flow_error *error);

void flow_file_close(struct flow_file *file);

/* Sets *error and returns `status`. */
__attribute__((format(printf, 3, 4)))
int flow_fail(struct flow_error *error, int status, const char *format, ...);

#endif
