/* dataset.h - half a year of generated deals, made by the exchange itself and recorded.
 *
 * The world is instruments/data/scenarios/h1-2021.json. On business days from 2021-01-01 to 2021-06-30, with plausible
 * sizes and prices on the tick, there are exactly
 *
 *     77 transit deals in timber      TB-SAW-TR                    968,000.00 USD in total
 *     76 transit deals in consumer    IC-TEXT-TR, IC-MOTOIL-TR   2,300,000.00 USD in total
 *
 * and export deals in five more instruments. Sizes and prices are random; the last two deals of a total make it exact.
 * The same seed gives the same bytes. Random numbers are splitmix64. */
#ifndef BIRZHA_TOOLS_DATASET_H
#define BIRZHA_TOOLS_DATASET_H

#include <stdint.h>

enum { dataset_deals_max = 512, dataset_error_size = 240 };

/* One seller meets one buyer. */
struct planned_deal {
    int64_t time_ns;
    uint32_t instrument, seller, buyer;
    uint32_t ticks, lots;
    int64_t value_minor;
    uint32_t detour;            /* 1 = the seller first asks more, and takes that back */
};

struct dataset_plan {
    struct planned_deal deals[dataset_deals_max];   /* by time */
    uint32_t deals_count;
};

/* Writes the recorded stream to `path`. 0, or -1 and one line in `error`. */
__attribute__((warn_unused_result))
int dataset_h1_2021(const char *path, uint64_t seed, char error[dataset_error_size]);

#endif
