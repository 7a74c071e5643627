/* recorded.h - the order flow of a journal, to be sent again: the requests of traders with their times.
 *
 * Only what traders asked for is taken: new orders, amends, cancels. What officials did makes the world, and the
 * world of the server that gets the load is made by its scenario. */
#ifndef BIRZHA_LOAD_RECORDED_H
#define BIRZHA_LOAD_RECORDED_H

#include <stddef.h>
#include <stdint.h>

#include "tools/load/link.h"

struct recorded_request {
    int64_t due_ns;                     /* from the first one on */
    size_t offset;                      /* of its line, with its end, in `text` */
    uint32_t size, user;
    uint32_t number;                    /* its req_id: from 1 */
};

struct recorded {
    struct recorded_request *requests;
    uint32_t requests_count, requests_capacity;
    char *text;
    size_t text_size, text_capacity;
    struct client_users users;          /* whose they are; passwords are not in a journal */
    uint64_t skipped_count;             /* commands of other kinds */
};

/* 0, or -1 and a line in `error`. */
__attribute__((warn_unused_result))
int recorded_open(struct recorded *recorded, const char *folder, char *error, size_t error_size);
void recorded_close(struct recorded *recorded);

#endif
