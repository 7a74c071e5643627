/* flow_make.h - writes order flows from a seed: the same request gives the same file, to the byte, everywhere.
 *
 * Two kinds:
 *   flow   Books around a slowly wandering middle, kept near `live_count` orders each: about half of the operations
 *          rest, four in ten cancel, one in ten trades. The warm-up fills the books. With many books, low numbers
 *          are the busy ones.
 *   sweep  One book, filled on one side by `live_count` orders over `far_ticks` prices and then eaten level by
 *          level from the other side, the sides taking turns.
 *
 * Random numbers are splitmix64 from `seed`. A number below n is the high half of the 128-bit product of a draw and n;
 * a geometric number with parameter k counts draws below k until one is 0. The order of the draws is part
 * of the format's definition: changing it changes every file. Matching is done by a small book of this module's own,
 * so that a fault of the engine cannot hide in the files that test it. */
#ifndef BIRZHA_FLOW_MAKE_H
#define BIRZHA_FLOW_MAKE_H

#include "tools/flow/flow_file.h"

enum flow_kind { FLOW_KIND_FLOW, FLOW_KIND_SWEEP };

struct flow_request {
    enum flow_kind kind;
    uint32_t books_count;       /* 1 for a sweep */
    uint32_t live_count;        /* a book; > 0 */
    uint32_t far_ticks;         /* how far from the middle orders may stand; > 0 */
    uint32_t operations_count;  /* to be timed; a sweep finishes its last round */
    uint64_t seed;
};

/* Makes a flow in memory. 0, or -EINVAL or -ENOMEM with *error set and *file unchanged. */
__attribute__((warn_unused_result))
int flow_make(const struct flow_request *request, struct flow_file *file, struct flow_error *error);

#endif
