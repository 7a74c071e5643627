/* answers.h - what a dialog does with a request that may be asked and is well formed; private to this folder.
 *
 * Every function answers `request` (the hub's) exactly once: with a message, or by leaving the dialog busy with one. */
#ifndef BIRZHA_ANSWERS_H
#define BIRZHA_ANSWERS_H

#include "gateway/session/dialog.h"

/* Orders: new, amend, cancel, mass cancel. */
void answer_order(struct dialog *dialog, struct request *request);
void answer_order_status(struct dialog *dialog, const struct request *request);

/* Why. */
void answer_explain(struct dialog *dialog, const struct request *request);

/* Supervision and administration. */
void answer_admin(struct dialog *dialog, struct request *request);
/* The second half of admin_user, once the password is hashed (NULL: it could not be). */
void answer_user(struct dialog *dialog, const char *hash);

/* The second half of admin_snapshot: it is on disk, or `failure` says why not. */
void answer_snapshot(struct dialog *dialog, uint64_t sequence, const char *failure);

/* Sends the message of `size` bytes in hub->out. */
void dialog_send(struct dialog *dialog, uint32_t size);
/* Refuses a request by the layer of sessions. */
/* Counted, and sent. */
void dialog_send_error(struct dialog *dialog, const struct error_message *message);
void dialog_refuse(struct dialog *dialog, const struct request_id *id, enum reject reason, const char *text);
/* Puts who is asking into the head of a command. */
void dialog_sign(const struct dialog *dialog, struct command *command);
/* Exchange time, for `ts`. */
int64_t dialog_now_ns(const struct dialog *dialog);

/* The first event that is about the request itself; NULL if there is none. */
const struct event *applied_verdict(const struct applied *applied);

#endif
