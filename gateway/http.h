/* http.h - as much of HTTP/1.0 and 1.1 as one fixed page needs: is this head of a request `GET /metrics`?
 *
 * Written here because the libraries that Debian has bring more than they save: libmicrohttpd has threads and sockets
 * of its own beside libuv, llhttp is packaged for Node alone. A head is looked at once it is complete, so there is no
 * state; header fields say nothing that this page would heed (the connection is closed behind every answer, and no body
 * is read), so only the request line is looked at. Sans-I/O; any bytes are fine. */
#ifndef BIRZHA_HTTP_H
#define BIRZHA_HTTP_H

#include <stddef.h>
#include <stdint.h>

enum http_status { HTTP_INCOMPLETE = 0, HTTP_OK = 200, HTTP_BAD = 400, HTTP_NOT_FOUND = 404, HTTP_BAD_METHOD = 405 };

/* What to answer to the bytes that have come so far; HTTP_INCOMPLETE = the empty line that ends a head is not there. */
enum http_status http_judge(const char *bytes, size_t size);

enum { http_head_size_max = 256 };

/* The answer up to its body, which has `body_size` bytes; for all but HTTP_OK the body is in it. Returns its length. */
uint32_t http_head(enum http_status status, size_t body_size, char out[http_head_size_max]);

#endif
