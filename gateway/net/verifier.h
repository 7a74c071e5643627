/* verifier.h - hashes and checks passwords on libuv's worker threads, so that the loop never waits 13 ms.
 *
 * A job has its own copies of the password and of the hash, wiped when it is done. It keeps the memory of its
 * connection until the result is handed over on the loop's thread. A connection has one job at a time, because its
 * dialog is busy meanwhile. */
#ifndef BIRZHA_VERIFIER_H
#define BIRZHA_VERIFIER_H

#include <uv.h>

#include "engine/command.h"
#include "gateway/wire/request.h"

struct connection;

/* The result is connection_on_verdict, after this call has returned unless memory is short. */
void verifier_check(uv_loop_t *loop, struct connection *connection, const char hash[password_hash_size],
                    const struct request_text *password);

/* The result is connection_on_hash, likewise. */
void verifier_hash(uv_loop_t *loop, struct connection *connection, const struct request_text *password);

#endif
