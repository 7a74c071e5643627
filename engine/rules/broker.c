/* broker.c - group 3: who may act for whom. BRK-1 to 7. */
#include "engine/participants/standing.h"
#include "engine/rules/rules.h"
#include "engine/state.h"

struct verdict broker_check_licence(const struct exchange *x, uint32_t participant) {
    const struct participant *broker = &x->participants[participant];
    if (broker->broker_state == BROKER_STATE_NONE) return verdict_refuse(REJECT_BROKER_LICENCE_REQUIRED, 0, 0);
    if (x->trade_date < broker->broker_from_date)
        return verdict_refuse(REJECT_BROKER_LICENCE_REQUIRED, broker->broker_from_date, 0);
    if (broker->broker_state == BROKER_STATE_ENDED ||
        (broker->broker_to_date != date_none && x->trade_date > broker->broker_to_date))
        return verdict_refuse(REJECT_BROKER_LICENCE_EXPIRED, 0, broker->broker_to_date);
    if (broker->broker_state == BROKER_STATE_SUSPENDED) return verdict_refuse(REJECT_BROKER_LICENCE_SUSPENDED, 0, 0);
    return verdict_ok();
}

static struct verdict mandate_refuse(enum verdict_detail detail, int64_t low, int64_t high) {
    struct verdict verdict = verdict_refuse(REJECT_MANDATE_EXCEEDED, low, high);
    verdict.detail = (uint8_t)detail;
    return verdict;
}

/* BRK-7. `price_ticks`: what the order may trade at, at worst; 0 = not known. */
static struct verdict check_mandate(const struct exchange *x, const struct order_terms *terms,
                                    const struct client *client) {
    if (client->side != SIDE_BOTH && client->side != terms->side) return mandate_refuse(DETAIL_MANDATE_SIDE, 0, 0);
    if (client->instrument != NAME_NONE && client->instrument != terms->instrument)
        return mandate_refuse(DETAIL_MANDATE_INSTRUMENT, 0, 0);
    if (client->quantity_max.lots != 0 && terms->quantity_lots > client->quantity_max.lots)
        return mandate_refuse(DETAIL_MANDATE_QUANTITY, 0, client->quantity_max.lots);
    if (client->limit.ticks != 0) {
        uint32_t ticks = rules_value_ticks(x, terms);
        int within = terms->side == SIDE_BUY ? ticks <= client->limit.ticks : ticks >= client->limit.ticks;
        if (!within) return mandate_refuse(DETAIL_MANDATE_PRICE, client->limit.ticks, client->limit.ticks);
    }
    return broker_check_expiry(x, client);
}

struct verdict broker_check_expiry(const struct exchange *x, const struct client *client) {
    if (client->expire_date != date_none && x->trade_date > client->expire_date)
        return mandate_refuse(DETAIL_MANDATE_EXPIRED, 0, client->expire_date);
    return verdict_ok();
}

struct verdict broker_check(const struct exchange *x, const struct order_terms *terms) {
    if (terms->principal == terms->participant) return verdict_ok();
    struct verdict verdict = broker_check_licence(x, terms->participant);
    if (verdict.reason != REJECT_NONE) return verdict;
    if (terms->client == NAME_NONE) return verdict_refuse(REJECT_CLIENT_NOT_REGISTERED, 0, 0);
    return check_mandate(x, terms, &x->clients[terms->client]);
}
