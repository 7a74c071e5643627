/* listing.h - a list on its way: open orders, balances, deals, instruments, sessions, a participant's record.
 *
 * A list can be far longer than what a connection takes at once, so it is made row by row and stops whenever the port
 * is behind. A row is as things stand when it is written; what happens to an order afterwards is reported behind the
 * list. It takes 17 KiB, whatever its length. */
#ifndef BIRZHA_LISTING_H
#define BIRZHA_LISTING_H

#include <stdint.h>

#include "gateway/session/hub.h"
#include "gateway/session/port.h"
#include "gateway/wire/request.h"

struct listing;

/* Begins the list that `request` asks for, on behalf of `participant` (NAME_NONE: an official, who has neither orders
 * nor money). NULL when memory is short. */
struct listing *listing_open(struct hub *hub, struct port *port, uint32_t participant, const struct request *request);
void listing_close(struct listing *listing);

enum listing_status { LISTING_MORE, LISTING_DONE };

/* Sends rows until the port is behind or the list ends. */
enum listing_status listing_pump(struct listing *listing);

#endif
