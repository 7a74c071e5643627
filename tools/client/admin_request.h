/* admin_request.h - an official's request from words: which members it has, and how each is written.
 *
 * Words that must be there come first, in order; what may be left out follows as NAME=VALUE in any order. `none` says
 * null where the exchange takes one, lists have commas, flags are yes or no. Meaning is for the exchange. */
#ifndef BIRZHA_CLIENT_ADMIN_REQUEST_H
#define BIRZHA_CLIENT_ADMIN_REQUEST_H

#include <stdint.h>

enum { admin_mistake_size = 240 };

/* The line of the request, to be freed; NULL and a sentence in `mistake` when the words make none. words[0] is its
 * name; `request_id` its req_id. */
char *admin_request_make(const char *const *words, uint32_t words_count, uint32_t request_id,
                         char mistake[admin_mistake_size]);

/* Row `index` of the list of requests: its name and arguments, and what it is for; 0 behind the last. */
int admin_request_describe(uint32_t index, char usage[320], const char **summary);

#endif
