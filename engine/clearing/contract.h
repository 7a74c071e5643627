/* contract.h - what two sides of a trade owe until it is performed: deposits that stay blocked, and fees.
 *
 * One trade, one contract, found by its trade id. Arrays are by enum side: the buyer's, the seller's. The two
 * participants of a contract settle with each other (STL-16); the exchange keeps their deposits. */
#ifndef BIRZHA_CONTRACT_H
#define BIRZHA_CONTRACT_H

#include <stdint.h>

#include "instruments/money.h"

/* CONTRACT_STATE_MAP(XX): XX(NAME, name on the wire). BUSTED: cancelled by the supervisor as an error (FEE-7). */
#define CONTRACT_STATE_MAP(XX) XX(DEAL, "deal") XX(BUSTED, "busted")
#define XX(name, text) CONTRACT_STATE_##name,
enum contract_state { CONTRACT_STATE_MAP(XX) CONTRACT_STATE_COUNT };
#undef XX

struct contract {
    money value;
    money blocked[2];           /* deposits that secure it */
    money fees[2], unpaid[2];   /* charged, and what of it is still due */
    uint32_t next_unpaid[2];    /* in the account's list, see ledger.h */
    uint32_t participants[2];   /* who entered the orders */
    uint32_t principals[2];     /* who bought and sold */
    uint32_t payers[2];         /* whose accounts deposit and fees are taken from: BRK-6 */
    uint32_t instrument;
    price price;
    quantity quantity;
    int32_t trade_date, fee_due_date;
    uint8_t currency;           /* of value and deposits */
    uint8_t fee_currencies[2];
    uint8_t state;              /* enum contract_state */
    uint8_t deal_class;         /* enum deal_class */
    uint8_t basis;              /* place of delivery, of the instrument's list; 255 = none is listed */
    uint8_t reserved[14];
};
_Static_assert(sizeof(struct contract) == 128, "no padding");

#endif
