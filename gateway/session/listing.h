/* listing.h - a list on its way: open orders, balances, deals, instruments, sessions, a participant's record, the steps
 * of an explanation.
 *
 * A list can be far longer than what a connection takes at once, so it is made row by row and stops whenever the port
 * is behind. A row is as things stand when it is written; what happens to an order afterwards is reported behind the
 * list. It takes 17 KiB, whatever its length; an explanation twice that, and 8 bytes a note. */
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
/* What is explained: an order, one trade of it, or a refusal. Whether who asks may know has been decided. */
struct explain_subject {
    uint64_t order_id;
    uint64_t trade_id;          /* 0 = all that happened to the order */
    uint8_t is_refusal, official;
    struct report refused;
};
struct listing *listing_open_explanation(struct hub *hub, struct port *port, const struct request_id *id,
                                         const struct explain_subject *subject);
void listing_close(struct listing *listing);

enum listing_status { LISTING_MORE, LISTING_DONE };

/* Sends rows until the port is behind or the list ends. */
enum listing_status listing_pump(struct listing *listing);

#endif
