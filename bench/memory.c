/* memory.c - bytes that one more resting order takes, everything counted: its records in the engine, its name, and what
 * the server's view of orders keeps of it. One line of JSON.
 *
 *     bench_memory
 *
 * Every table of the exchange has the size that its limits say, so the cost of an order is the slope: the difference
 * between two worlds, divided by the difference in orders. */
#include <stdio.h>

#include "engine/exchange.h"
#include "engine/views/orders.h"

enum { few = 1 << 20, many = 1 << 21, leaves_of_deep = 320 };

static double slope(size_t from, size_t to) { return (double)(to - from) / (many - few); }

int main(void) {
    struct limits small = limits_default, large = limits_default, named = limits_default;
    small.orders_max = few;
    large.orders_max = named.orders_max = many;
    small.client_ids_max = large.client_ids_max = few;
    named.client_ids_max = many;
    double engine = slope(exchange_size(&small), exchange_size(&large));
    double name = slope(exchange_size(&large), exchange_size(&named));
    double view = slope(orders_view_size(&small, 2), orders_view_size(&large, 2));
    /* The prices of a book of a million orders: as `deep` touches them. */
    struct limits wide = small;
    wide.price_leaves_max = small.price_leaves_max + leaves_of_deep;
    double prices = (double)(exchange_size(&wide) - exchange_size(&small)) / 1e6;
    printf("{\"case\":\"memory\",\"engine_bytes\":%.1f,\"prices_bytes\":%.1f,\"name_bytes\":%.1f,\"view_bytes\":%.1f,"
           "\"engine_with_prices\":%.1f,\"all\":%.1f}\n", engine, prices, name, view, engine + prices,
           engine + prices + name + view);
    return 0;
}
