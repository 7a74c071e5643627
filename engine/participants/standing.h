/* standing.h - what a participant's record comes to: remarks, registrations of clients, fees overdue.
 * Reads the state; the commands that change it are in engine/exchange_people.c and exchange_money.c. */
#ifndef BIRZHA_STANDING_H
#define BIRZHA_STANDING_H

#include <stdint.h>

#include "engine/exchange.h"

/* ACC-12: whether a fee is unpaid after its due date. */
int standing_has_overdue_fees(const struct exchange *x, uint32_t participant);

/* BRK-4: the registration of `client` with `broker` for the section, or NAME_NONE; one whose own record is suspended or
 * withdrawn counts as not registered. standing_find_client finds it whatever the record says. */
uint32_t standing_registration(const struct exchange *x, uint32_t broker, uint32_t client, uint32_t section);
uint32_t standing_find_client(const struct exchange *x, uint32_t broker, uint32_t client, uint32_t section);

/* ACC-15: the remarks that count while a session runs are those of its start. session NAME_NONE: those who trade
 * without a session, from the start of the trade date. */
void standing_take_snapshot(struct exchange *x, uint32_t session);
/* One of them counts as it stands now, in sessions that have begun, too. */
void standing_set_at_once(struct exchange *x, uint32_t participant, enum remark remark);

/* ACC-5: the papers that are asked of the participant, of those missing. */
uint8_t standing_papers_missing(const struct participant *participant);

#endif
