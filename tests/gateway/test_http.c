/* test_http.c - one page, and no bytes that do harm. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "gateway/http.h"

TestSuite(http, .timeout = 20);

Test(http, requests_are_judged_by_their_first_line) {
    static const struct { const char *text; enum http_status status; } rows[] = {
        {"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", HTTP_OK},
        {"GET /metrics HTTP/1.0\r\n\r\n", HTTP_OK},
        {"GET /metrics HTTP/1.0\n\n", HTTP_OK},
        {"GET /metrics?name=x HTTP/1.1\r\nAccept: */*\r\n\r\n", HTTP_OK},
        {"GET /metrics HTTP/1.1\r\nHost: x\r\n", HTTP_INCOMPLETE},
        {"", HTTP_INCOMPLETE},
        {"GET / HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND},
        {"GET /metrics/ HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND},
        {"GET /metric HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND},
        {"POST /else HTTP/1.1\r\n\r\n", HTTP_NOT_FOUND},
        {"POST /metrics HTTP/1.1\r\n\r\n", HTTP_BAD_METHOD},
        {"HEAD /metrics HTTP/1.1\r\n\r\n", HTTP_BAD_METHOD},
        {"GETS /metrics HTTP/1.1\r\n\r\n", HTTP_BAD_METHOD},
        {"\r\n\r\n", HTTP_BAD},
        {"\n\n", HTTP_BAD},
        {"GET\r\n\r\n", HTTP_BAD},
        {"GET \r\n\r\n", HTTP_BAD},
        {"GET /metrics\r\n\r\n", HTTP_BAD},
        {"GET /metrics \r\n\r\n", HTTP_BAD},
        {"GET /metrics HTTP/1.2\r\n\r\n", HTTP_BAD},
        {"GET /metrics HTTP/1.11\r\n\r\n", HTTP_BAD},
        {"GET  /metrics HTTP/1.1\r\n\r\n", HTTP_BAD},
        {"get /metrics HTTP/1.1\r\n\r\n", HTTP_BAD},
        {"GET metrics HTTP/1.1\r\n\r\n", HTTP_BAD},
        {"GET /met\x80rics HTTP/1.1\r\n\r\n", HTTP_BAD},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_BAD},
        {"{\"type\":\"logon\"}\n\n", HTTP_BAD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(http_judge(rows[i].text, strlen(rows[i].text)), rows[i].status, "%s", rows[i].text);
    cr_expect_eq(http_judge("GET /met\0rics HTTP/1.1\r\n\r\n", 26), HTTP_BAD);
}

Test(http, every_prefix_of_a_request_is_incomplete) {
    const char *text = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    for (size_t size = 0; size < strlen(text); size++) cr_expect_eq(http_judge(text, size), HTTP_INCOMPLETE, "%zu", size);
}

Test(http, heads_say_how_long_the_body_is_and_that_it_is_the_last) {
    static const enum http_status statuses[] = {HTTP_OK, HTTP_BAD, HTTP_NOT_FOUND, HTTP_BAD_METHOD};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char head[http_head_size_max], part[40];
        uint32_t size = http_head(statuses[i], 12345, head);
        cr_assert_eq(size, strlen(head));
        const char *body = strstr(head, "\r\n\r\n");
        cr_assert_not_null(body);
        size_t body_size = statuses[i] == HTTP_OK ? 12345 : strlen(body + 4);
        snprintf(part, sizeof part, "\r\nContent-Length: %zu\r\n", body_size);
        cr_expect_not_null(strstr(head, part), "%s", head);
        cr_expect_not_null(strstr(head, "\r\nConnection: close\r\n"));
        cr_expect_eq(strstr(head, "\r\nAllow: GET\r\n") != NULL, statuses[i] == HTTP_BAD_METHOD);
    }
}
