/* daemon_world.h - how the server gets its world: from the latest snapshot that is whole and the journal behind it;
 * from the whole journal; or, when the data folder is empty, from its scenario. Private to daemon.c. */
#ifndef BIRZHA_DAEMON_WORLD_H
#define BIRZHA_DAEMON_WORLD_H

#include "gateway/net/daemon.h"

/* Opens exchange, views, hub, publisher, credentials and journal. *snapshot_sequence: of the snapshot used; 0 = none.
 * enum daemon_status; what was opened must be closed in any case. */
__attribute__((warn_unused_result))
int daemon_world_open(struct daemon *daemon, const struct config *config, const struct hub_host *host,
                      uint64_t *snapshot_sequence, char *error, size_t error_size);

void daemon_world_close_journal(struct daemon *daemon);
/* All of it. */
void daemon_world_close(struct daemon *daemon);

#endif
