/* message.h - looking into messages of the exchange, and putting lists that came in parts together. */
#ifndef BIRZHA_CLIENT_MESSAGE_H
#define BIRZHA_CLIENT_MESSAGE_H

#include <stdint.h>

struct cJSON;

/* The text of member `name`, or "" when it is not a text. Valid as long as the message. */
const char *message_text(const struct cJSON *message, const char *name);
/* The integer of member `name`, or 0. Integers of the protocol have at most 53 bits, which cJSON holds exactly. */
long long message_integer(const struct cJSON *message, const char *name);
/* Whether the message's type is `type`. */
int message_is(const struct cJSON *message, const char *type);

/* Whether it answers the request with this req_id. */
int message_answers(const struct cJSON *message, uint32_t request_id);

/* Whether another part of the same list follows. */
int message_has_more(const struct cJSON *message);

/* Appends the list members of `part` to those of *whole; `part` is freed or becomes *whole when that is NULL. */
void message_join(struct cJSON **whole, struct cJSON *part);

#endif
