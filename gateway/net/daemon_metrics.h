/* daemon_metrics.h - the server's figures at this moment, gathered from all its parts. */
#ifndef BIRZHA_DAEMON_METRICS_H
#define BIRZHA_DAEMON_METRICS_H

#include "gateway/metrics.h"
#include "gateway/net/daemon.h"

/* Pointers into the daemon: valid as long as it is. */
void daemon_metrics(const struct daemon *daemon, struct metrics *metrics);

#endif
