/* client_hear.h - what clients make of what they read; private to client.c and client_hear.c. */
#ifndef BIRZHA_TESTS_SIM_CLIENT_HEAR_H
#define BIRZHA_TESTS_SIM_CLIENT_HEAR_H

#include "tests/sim/client.h"

/* A subscription to a book was sent with this req_id: what comes for it before the ack is of the one before. */
void client_awaits_book(struct peer *client, uint32_t symbol, uint64_t req_id, uint32_t depth);

#endif
