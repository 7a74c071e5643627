/* contract.h - what two sides of a trade owe until it is performed: deposits that stay blocked, and fees.
 *
 * One trade, one contract, found by its trade id. Arrays are by enum side: the buyer's, the seller's. The two
 * participants of a contract settle with each other (STL-16); the exchange keeps their deposits.
 *
 * Every trade writes one, and they lie one behind another: what a trade can say in 64 bytes is the cost of clearing. So
 * a value is reckoned from price and quantity, the deposit's currency is the instrument's, and who acted for others is
 * told in contract_agents, which is written for those trades only. */
#ifndef BIRZHA_CONTRACT_H
#define BIRZHA_CONTRACT_H

#include <stdint.h>

#include "instruments/money.h"

enum contract_flag {
    CONTRACT_BUSTED = 1 << 0,           /* cancelled by the supervisor as an error (FEE-7) */
    CONTRACT_HAS_AGENTS = 1 << 1,       /* a broker acted for a side, or pays for it */
    CONTRACT_BUYER_PAID = 1 << 2,       /* the fee, all of it */
    CONTRACT_SELLER_PAID = 1 << 3,
};

struct contract {
    money blocked[2];           /* deposits that secure it */
    money fees[2];              /* charged */
    uint32_t next_unpaid[2];    /* in the account's list, see ledger.h */
    uint32_t principals[2];     /* who bought and sold; without agents they also entered the orders, and pay */
    price price;
    quantity quantity;
    int32_t fee_due_date;
    uint16_t instrument;
    uint8_t fee_currencies;     /* the buyer's in the low four bits, the seller's above */
    uint8_t flags;              /* enum contract_flag */
};
_Static_assert(sizeof(struct contract) == 64, "one cache line");

/* BRK-5, BRK-6 */
struct contract_agents {
    uint32_t participants[2];   /* who entered the orders */
    uint32_t payers[2];         /* whose accounts deposit and fees are taken from */
};

static inline uint8_t contract_fee_currency(const struct contract *contract, int side) {
    return contract->fee_currencies >> 4 * side & 15;
}
static inline int contract_fee_is_paid(const struct contract *contract, int side) {
    return (contract->flags & CONTRACT_BUYER_PAID << side) != 0;
}

#endif
