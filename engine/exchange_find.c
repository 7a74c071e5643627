/* exchange_find.c - which instrument an order belongs to, for those who must turn its price into ticks. */
#include "engine/participants/names.h"
#include "engine/state.h"
#include "instruments/name_table.h"

uint32_t exchange_find_order_instrument(const struct exchange *x, uint32_t participant, uint64_t order_id,
                                        const char *client_order_id) {
    if (order_id == 0) {
        if (client_order_id[0] == '\0') return NAME_NONE;
        uint32_t name = names_find(x, participant, client_order_id);
        if (name == 0 && names_check(x, participant, client_order_id, 0, &name) == NAME_UNUSED) return NAME_NONE;
        order_id = x->names[name].order_id;
    }
    uint32_t slot = (uint32_t)order_id, generation = (uint32_t)(order_id >> 32);
    if (slot == 0 || slot > x->pool.slots_used || x->pool.orders[slot].generation != generation) return NAME_NONE;
    return x->pool.orders[slot].instrument;
}
