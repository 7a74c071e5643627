/* pacing.h - sockets whose sender is not slowed down by BBR.
 *
 * Where the system's default is BBR, a sender falls back to a few packets for 200 ms every 10 seconds to probe the
 * round trip, and orders wait so long. Whoever accepts inherits the choice of its listener; a system that refuses keeps
 * its own. For server, clients and benchmarks alike. */
#ifndef BIRZHA_PACING_H
#define BIRZHA_PACING_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

static inline void pacing_avoid(int fd) {
    char name[16] = "";
    socklen_t size = sizeof name - 1;
    if (getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size) < 0 || strncmp(name, "bbr", 3) != 0) return;
    if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5) == 0) return;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

#endif
