/* http.c - see http.h. */
#include "gateway/http.h"

#include <stdio.h>
#include <string.h>

#include "instruments/check.h"

#define PAGE "/metrics"

/* Ends of lines are \r\n, or \n alone, as RFC 9112 lets a server take them. */
static int is_complete(const char *bytes, size_t size) {
    return memmem(bytes, size, "\n\r\n", 3) != NULL || memmem(bytes, size, "\n\n", 2) != NULL;
}

/* A word of the request line ends at its blank. 0: there is none, or it has a byte outside `low` to `high`. */
static size_t word_size(const char *at, const char *end, char low, char high) {
    const char *begin = at;
    while (at < end && *at >= low && *at <= high) at++;
    return at < end && *at == ' ' ? (size_t)(at - begin) : 0;
}

static int is_version(const char *at, size_t size) {
    return size == 8 && memcmp(at, "HTTP/1.", 7) == 0 && (at[7] == '0' || at[7] == '1');
}

static int is_page(const char *target, size_t size) {
    const char *query = memchr(target, '?', size);
    size_t path_size = query ? (size_t)(query - target) : size;
    return path_size == sizeof PAGE - 1 && memcmp(target, PAGE, path_size) == 0;
}

enum http_status http_judge(const char *bytes, size_t size) {
    if (!is_complete(bytes, size)) return HTTP_INCOMPLETE;
    const char *end = memchr(bytes, '\n', size);
    if (end > bytes && end[-1] == '\r') end--;
    size_t method_size = word_size(bytes, end, 'A', 'Z');
    if (method_size == 0) return HTTP_BAD;
    const char *target = bytes + method_size + 1;
    size_t target_size = word_size(target, end, '!', '~');
    if (target_size == 0 || *target != '/') return HTTP_BAD;
    const char *version = target + target_size + 1;
    if (!is_version(version, (size_t)(end - version))) return HTTP_BAD;
    if (!is_page(target, target_size)) return HTTP_NOT_FOUND;
    return method_size == 3 && memcmp(bytes, "GET", 3) == 0 ? HTTP_OK : HTTP_BAD_METHOD;
}

uint32_t http_head(enum http_status status, size_t body_size, char out[http_head_size_max]) {
    const char *reason = "OK", *type = "text/plain; version=0.0.4; charset=utf-8", *more = "", *body = "";
    if (status == HTTP_BAD) reason = "Bad Request", body = "this is not a request for " PAGE "\n";
    if (status == HTTP_NOT_FOUND) reason = "Not Found", body = "there is " PAGE " and nothing else\n";
    if (status == HTTP_BAD_METHOD) reason = "Method Not Allowed", body = "only GET\n", more = "Allow: GET\r\n";
    if (status != HTTP_OK) body_size = strlen(body), type = "text/plain; charset=utf-8";
    int size = snprintf(out, http_head_size_max, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n%s", (int)status, reason, type, more, body_size, body);
    CHECK(size > 0 && size < http_head_size_max);
    return (uint32_t)size;
}
