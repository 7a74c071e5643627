/* tables.h - the rule tables: rows as commands brought them, and what they come to on one date for one instrument.
 * TRN-2, STL-2, STL-3, PRC-2, FEE-2, FEE-3, FEE-5, DEP-1, DEP-10. */
#ifndef BIRZHA_TABLES_H
#define BIRZHA_TABLES_H

#include <stdint.h>

#include "engine/exchange.h"

/* Works out exchange_instrument_rules of one instrument, or of all, for the present trade date. */
void tables_refresh(struct exchange *x, uint32_t instrument);
void tables_refresh_all(struct exchange *x);
/* FEE-6: the date on which trades' fees are due is another. */
void tables_take_fee_due_date(struct exchange *x);

/* Enters a row; the command is one of RULE_TERMS to FX_RATE and sound. False when the table is full. */
bool tables_add(struct exchange *x, const struct command *command);
/* Whether the row says something that can be. */
bool tables_are_sound(const struct exchange *x, const struct command *command);

/* TRN-2: whether two non-residents may deal in the section today; *from_date is the first day to come on which they
 * may, 0 = none is known. */
int tables_allow_transit(const struct exchange *x, uint32_t section, int32_t *from_date);

#endif
