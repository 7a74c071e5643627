/* show.h - a message of the exchange as text for a person.
 *
 * Pure: message in, text out. Lists become tables, events one line each; a message this client does not know is shown
 * as its members. Prices, money and quantities are shown as they were sent. */
#ifndef BIRZHA_CLIENT_SHOW_H
#define BIRZHA_CLIENT_SHOW_H

#include "tools/client/output.h"

struct cJSON;

/* Appends the text of `message`, whole lines. Heartbeats and the like give nothing. */
void show_message(const struct cJSON *message, const struct style *style, struct output *output);

#endif
