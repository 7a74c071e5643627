/* collateral.c - group 8: deposits and limits. DEP-1, DEP-2, DEP-3, DEP-7, DEP-10, DEP-11, RSK-1, RSK-3.
 * Reckoned once, here; what comes out is what the order will hold. */
#include "engine/market/market.h"
#include "engine/rules/rules.h"
#include "engine/state.h"

enum { million = 1000000 };

/* DEP-1: the rate's share of the value, rounded up. */
static money deposit_share(money value, uint32_t ppm) {
    uint128 product = (uint128)(uint64_t)value.minor * ppm;
    int64_t minor = product <= UINT64_MAX - million ? (int64_t)(((uint64_t)product + million - 1) / million)
                                                    : (int64_t)((product + million - 1) / million);
    return (money){ minor };
}

static int has_other_money(const struct exchange *x, uint32_t payer) {
    for (uint32_t currency = 0; currency < CURRENCY_COUNT; currency++) {
        if (account_of(x, payer, currency)->credited.minor > 0) return 1;
    }
    return 0;
}

/* DEP-2, DEP-3, DEP-7. What the order itself holds counts as free while it is amended. */
static struct verdict check_deposit(const struct exchange *x, const struct account *account, money required,
                                    const struct order_terms *terms) {
    int64_t free_minor = account->free.minor + terms->own_hold.minor;
    if (account->credited.minor == 0 && has_other_money(x, terms->payer))
        return verdict_refuse(REJECT_DEPOSIT_CURRENCY_MISMATCH, required.minor, 0);
    if (free_minor < required.minor) return verdict_refuse(REJECT_INSUFFICIENT_DEPOSIT, required.minor, free_minor);
    int64_t counted_minor = free_minor - account->uncounted.minor;
    if (counted_minor < required.minor) return verdict_refuse(REJECT_DEPOSIT_TOO_LATE, required.minor, counted_minor);
    return verdict_ok();
}

/* RSK-1 */
static struct verdict check_order_value(const struct account *account, money value) {
    if (account->order_value_max.minor > 0 && value.minor > account->order_value_max.minor)
        return verdict_refuse(REJECT_ORDER_VALUE_LIMIT, value.minor, account->order_value_max.minor);
    return verdict_ok();
}

/* RSK-1: open orders and contracts, at most so many times the money that stands on the account. */
static struct verdict check_exposure(const struct exchange *x, const struct account *account, money value,
                                     const struct order_terms *terms) {
    uint32_t factor = x->participants[terms->payer].exposure_factor;
    if (factor == 0) factor = x->tables->terms.exposure_factor;
    int64_t limit = INT64_MAX / 2;
    if (factor != 0) {
        int64_t product;
        if (!__builtin_mul_overflow(ledger_standing(account).minor, (int64_t)factor, &product) && product < limit)
            limit = product;
    }
    int64_t exposure = account->exposure.minor - terms->own_exposure.minor + value.minor;
    if (exposure > limit) return verdict_refuse(REJECT_OPEN_EXPOSURE_LIMIT, exposure, limit);
    return verdict_ok();
}

static struct verdict check_kill(const struct exchange *x, const struct order_terms *terms) {
    struct verdict verdict = verdict_refuse(REJECT_KILL_SWITCH_ACTIVE, 0, 0);
    if (x->participants[terms->participant].killed) return verdict;
    if (!x->participants[terms->principal].killed) return verdict_ok();
    verdict.detail = DETAIL_FIRM_HALTED;
    return verdict;
}

/* What the order will hold, and the figures behind it. */
static inline void reckon(const struct exchange *x, const struct order_terms *terms, struct order_money *money_out) {
    const struct instrument *instrument = &x->instruments[terms->instrument];
    const struct instrument_rules *rules = &x->rules_today[terms->instrument];
    int resident = x->participants[terms->principal].resident;
    uint32_t ticks = rules_value_ticks(x, terms), ppm = rules->deposit_ppm[resident][terms->side];
    /* PRC-1 has been asked: the value fits. */
    money value = { (int64_t)ticks * (terms->quantity_lots - terms->filled_lots) * instrument->lot_tick.minor };
    /* DEP-4: the floor counts while nothing of the order has been filled. */
    money floor = { ppm > 0 && terms->filled_lots == 0 ? rules->deposit_floor.minor : 0 };
    money share = deposit_share(value, ppm);
    int by_floor = share.minor < floor.minor;
    *money_out = (struct order_money){
        .payer = terms->payer, .account = terms->payer * CURRENCY_COUNT + instrument->currency, .value = value,
        .value_ticks = ticks, .ppm = ppm, .required = by_floor ? floor : share, .by_floor = (uint8_t)by_floor,
        .deal_class = rules->entry_class[resident][terms->side] };
}

/* Whether there is nothing to refuse, in one look; what there is, check_deposit and check_exposure tell in their
 * order. */
static inline int suffices(const struct exchange *x, const struct account *account, const struct order_terms *terms,
                           const struct order_money *reckoned) {
    uint32_t factor = x->participants[terms->payer].exposure_factor;
    if (factor == 0) factor = x->tables->terms.exposure_factor;
    int64_t standing = ledger_standing(account).minor;
    int64_t exposure = account->exposure.minor - terms->own_exposure.minor + reckoned->value.minor;
    int within = reckoned->ppm == 0 ||
                 (exposure <= INT64_MAX / 2 && standing >= 0 &&
                  (factor == 0 || exposure <= 0 || (uint64_t)exposure <= (uint128)(uint64_t)standing * factor));
    int secured = reckoned->ppm == 0 || (ledger_counted(account).minor + terms->own_hold.minor >=
                                             reckoned->required.minor && account->credited.minor > 0);
    return within & secured & (account->order_value_max.minor == 0);
}

struct verdict collateral_check(const struct exchange *x, const struct order_terms *terms,
                                struct order_money *money_out) {
    *money_out = (struct order_money){ .payer = terms->payer };
    if (!x->tables->has_terms) return check_kill(x, terms);
    reckon(x, terms, money_out);
    const struct account *account = account_of(x, terms->payer, x->instruments[terms->instrument].currency);
    if (__builtin_expect(!suffices(x, account, terms, money_out), 0)) {
        struct verdict verdict = verdict_ok();
        if (money_out->ppm > 0) verdict = check_deposit(x, account, money_out->required, terms);
        if (verdict.reason == REJECT_NONE) verdict = check_order_value(account, money_out->value);
        if (verdict.reason == REJECT_NONE && money_out->ppm > 0)
            verdict = check_exposure(x, account, money_out->value, terms);
        if (verdict.reason != REJECT_NONE) return verdict;
    }
    return check_kill(x, terms);
}

enum deal_class exchange_entry_class(const struct exchange *x, uint32_t instrument, enum side side, int resident) {
    int foreign_currency = x->instruments[instrument].currency != CURRENCY_BYN;
    if (resident) {
        if (!foreign_currency || !(x->tables->terms.flags & RULE_DOMESTIC_BYN_ONLY)) return DEAL_DOMESTIC;
        return side == SIDE_SELL ? DEAL_EXPORT : DEAL_IMPORT;
    }
    return side == SIDE_BUY ? DEAL_EXPORT : DEAL_IMPORT;
}
