/* port.h - the way out of one connection, as the layers above the sockets see it.
 *
 * Messages are handed over whole. A connection that cannot take one more is lost: its owner deals with that after
 * the call, so nobody who sends needs to look at a result. In tests a port collects lines. */
#ifndef BIRZHA_PORT_H
#define BIRZHA_PORT_H

#include <stdint.h>

struct port {
    /* Takes a copy of `size` bytes: one or more whole lines. */
    void (*send)(struct port *port, const char *bytes, uint32_t size);
    /* The same for the last words before the end; there is a little room for them even when there is none. */
    void (*send_last)(struct port *port, const char *bytes, uint32_t size);
    /* Whether more waits than is good: messages that can wait or be merged should not be sent now. */
    int (*is_behind)(const struct port *port);
    /* No more input; what was sent leaves, then the connection closes. Nothing is sent after this call. */
    void (*finish)(struct port *port);
};

#endif
