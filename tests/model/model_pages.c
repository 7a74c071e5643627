/* model_pages.c - the room that prices need (struct limits, MATCHING.md 4): groups of 512 prices and of 262,144 prices
 * that orders stand at, each side by itself, and stops by their stop prices apart. */
#include "tests/model/model_state.h"

enum { leaf_bits = 9, branch_bits = 18 };

static uint32_t stands_at(const struct order *o) { return o->state == ORDER_WAITING ? o->stop : o->price; }

static bool shares_page(const struct order *a, const struct order *b, uint32_t bits) {
    return a->state == b->state && a->instrument == b->instrument && a->side == b->side &&
           stands_at(a) >> bits == stands_at(b) >> bits;
}

static bool stands(const struct order *o) { return o->state == ORDER_RESTING || o->state == ORDER_WAITING; }

/* How many pages orders stand on; *has says whether `o` would need no other. */
static uint32_t count_pages(const struct model *m, const struct order *o, uint32_t bits, bool *has) {
    uint32_t count = 0;
    *has = false;
    for (uint32_t i = 0; i < m->orders_count; i++) {
        if (!stands(&m->orders[i])) continue;
        if (shares_page(&m->orders[i], o, bits)) *has = true;
        uint32_t before = 0;
        while (before < i && !(stands(&m->orders[before]) && shares_page(&m->orders[before], &m->orders[i], bits)))
            before++;
        if (before == i) count++;
    }
    return count;
}

bool model_has_room_for(const struct model *m, const struct order *order, enum order_state state) {
    if (m->orders_count < m->limits.price_leaves_max && m->orders_count < m->limits.price_branches_max) return true;
    struct order o = *order;
    o.state = (uint8_t)state;
    bool has_leaf, has_branch;
    uint32_t leaves = count_pages(m, &o, leaf_bits, &has_leaf);
    uint32_t branches = count_pages(m, &o, branch_bits, &has_branch);
    return has_leaf || (leaves < m->limits.price_leaves_max &&
                        (has_branch || branches < m->limits.price_branches_max));
}
