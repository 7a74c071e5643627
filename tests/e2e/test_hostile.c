/* test_hostile.c - bytes that no client should send, over a real connection: each gets its one error, the connection
 * goes on, and nobody else notices. And the other way round: odd but lawful bytes are taken. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/market.h"
#include "tests/wire/hostile.h"

#define DAIRY_WORLD "tests/e2e/worlds/dairy.json"

/* A line and the index of its first bad byte; -1 where several answers are right. */
struct bad_line { const char *bytes; size_t size; int offset; };

#define BAD(bytes, offset) {bytes, sizeof bytes - 1, offset}
#define REQUEST "{\"type\":\"balances_request\""

static const struct bad_line bad_lines[] = {
    /* not an object */
    BAD("", -1), BAD(" ", -1), BAD("[]", 0), BAD("[" REQUEST "}]", 0), BAD("\"balances_request\"", 0), BAD("17", 0),
    BAD("null", 0), BAD("true", 0), BAD("balances_request", 0), BAD("GET / HTTP/1.1", 0), BAD("\x7f" "ELF", 0),
    BAD("\x16\x03\x01\x02", 0), BAD("<order/>", 0),
    /* cut short */
    BAD("{", 1), BAD(REQUEST, 26), BAD("{\"type\"", 7), BAD("{\"type\":", 8), BAD("{\"type\":\"bal", -1),
    BAD("{\"ty", -1), BAD(REQUEST ",", 27), BAD("{\"type\":\"x\\", -1), BAD("{\"type\":\"\\u12", -1),
    /* too much */
    BAD(REQUEST "}}", 27), BAD(REQUEST "}{}", 27), BAD(REQUEST "} x", 28), BAD(REQUEST "},", 27),
    BAD(REQUEST "}\x00", 27), BAD("{{\"type\":\"balances_request\"}}", 1),
    /* commas, colons, quotes */
    BAD("{,\"type\":\"balances_request\"}", 1), BAD(REQUEST ",}", 27), BAD(REQUEST ",,\"a\":1}", 27),
    BAD("{\"type\" \"balances_request\"}", 8), BAD("{\"type\"::1}", 8), BAD("{type:\"balances_request\"}", 1),
    BAD("{'type':'balances_request'}", 1), BAD("{\"type\":balances_request}", 8), BAD("{\"type\":}", 8),
    BAD("{1:2}", 1), BAD(REQUEST ",\"a\":[1,]}", -1), BAD(REQUEST ",\"a\":[,1]}", 32),
    BAD(REQUEST ",\"a\":[1 2]}", 34), BAD(REQUEST ",\"a\":[1}", 33), BAD(REQUEST ",\"a\":{\"b\":1]}", -1),
    /* comments */
    BAD("{/* */\"type\":\"balances_request\"}", 1), BAD(REQUEST "} // end", 28),
    /* numbers */
    BAD(REQUEST ",\"a\":1.0}", -1), BAD(REQUEST ",\"a\":1e3}", -1), BAD(REQUEST ",\"a\":1E+3}", -1),
    BAD(REQUEST ",\"a\":-0}", -1), BAD(REQUEST ",\"a\":01}", -1), BAD(REQUEST ",\"a\":-01}", -1),
    BAD(REQUEST ",\"a\":+1}", 31), BAD(REQUEST ",\"a\":.5}", 31), BAD(REQUEST ",\"a\":1.}", -1),
    BAD(REQUEST ",\"a\":-}", -1), BAD(REQUEST ",\"a\":0x10}", -1), BAD(REQUEST ",\"a\":NaN}", 31),
    BAD(REQUEST ",\"a\":Infinity}", 31), BAD(REQUEST ",\"a\":-Infinity}", -1),
    BAD(REQUEST ",\"a\":9007199254740992}", -1), BAD(REQUEST ",\"a\":-9007199254740992}", -1),
    BAD(REQUEST ",\"a\":1e400}", -1), BAD(REQUEST ",\"a\":123456789012345678901234567890}", -1),
    /* words */
    BAD(REQUEST ",\"a\":True}", 31), BAD(REQUEST ",\"a\":nul}", -1), BAD(REQUEST ",\"a\":falsey}", -1),
    BAD(REQUEST ",\"a\":undefined}", 31),
    /* names */
    BAD("{\"type\":\"balances_request\",\"type\":\"x\"}", -1), BAD(REQUEST ",\"a\":1,\"a\":1}", -1),
    BAD(REQUEST ",\"a\":{\"b\":1,\"b\":2}}", -1), BAD(REQUEST ",\"a\":1,\"\\u0061\":2}", -1),
    /* bytes */
    BAD("\xef\xbb\xbf" REQUEST "}", 0), BAD("\x00" REQUEST "}", 0), BAD("\x01" REQUEST "}", 0),
    BAD("\x0b" REQUEST "}", 0), BAD(REQUEST ",\"a\":\"\x00\"}", 32), BAD(REQUEST ",\"a\":\"\x01\"}", 32),
    BAD(REQUEST ",\"a\":\"\t\"}", 32), BAD(REQUEST ",\"a\":\"\x1f\"}", 32), BAD(REQUEST ",\"a\":\"\\u0000\"}", -1),
    BAD(REQUEST ",\"a\":\"\x80\"}", 32), BAD(REQUEST ",\"a\":\"\xc0\x80\"}", -1),
    BAD(REQUEST ",\"a\":\"\xc1\xbf\"}", -1), BAD(REQUEST ",\"a\":\"\xe0\x80\x80\"}", -1),
    BAD(REQUEST ",\"a\":\"\xed\xa0\x80\"}", -1), BAD(REQUEST ",\"a\":\"\xf0\x80\x80\x80\"}", -1),
    BAD(REQUEST ",\"a\":\"\xf4\x90\x80\x80\"}", -1), BAD(REQUEST ",\"a\":\"\xf8\x88\x80\x80\x80\"}", -1),
    BAD(REQUEST ",\"a\":\"\xff\xfe\"}", -1), BAD(REQUEST ",\"a\":\"\xc3\"}", -1),
    BAD(REQUEST ",\"a\":\"\xe2\x82\"}", -1), BAD(REQUEST ",\"\xff\":1}", -1), BAD("\xc2\xa0" REQUEST "}", 0),
    /* escapes */
    BAD(REQUEST ",\"a\":\"\\x41\"}", -1), BAD(REQUEST ",\"a\":\"\\a\"}", -1), BAD(REQUEST ",\"a\":\"\\uZZZZ\"}", -1),
    BAD(REQUEST ",\"a\":\"\\u12\"}", -1), BAD(REQUEST ",\"a\":\"\\ud800\"}", -1),
    BAD(REQUEST ",\"a\":\"\\udc00\"}", -1), BAD(REQUEST ",\"a\":\"\\ud800\\u0041\"}", -1),
    BAD(REQUEST ",\"a\":\"\\ud800\\ud800\"}", -1), BAD(REQUEST ",\"a\":\"\\U0041\"}", -1),
};

/* Whether the sentence names a byte: the index itself, counted from 0 or from 1; for -1 any number. */
static int names_offset(const char *text, int offset) {
    for (const char *at = text; *at != '\0'; at++) {
        if (!isdigit((unsigned char)*at)) continue;
        char *end;
        long number = strtol(at, &end, 10);
        if (offset < 0 || number == offset || number == offset + 1) return 1;
        at = end - 1;
    }
    return 0;
}

Test(hostile, bad_bytes_get_108_and_the_connection_goes_on) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_logon(&server, "dairy"), *other = client_logon(&server, "food");
    for (size_t i = 0; i < sizeof bad_lines / sizeof *bad_lines; i++) {
        const struct bad_line *bad = &bad_lines[i];
        client_send_bytes(client, bad->bytes, bad->size);
        client_send_bytes(client, "\n", 1);
        client_expect(client, "{'type':'error','reason':'malformed_request','code':108,'rule':null,'text':'*'}");
        cr_expect(names_offset(client_text(client, "text"), bad->offset), "line %zu: %.*s: %s", i, (int)bad->size,
                  bad->bytes, client->line);
        if (i % 10 == 0) client_expect_quiet(other);
    }
    order_enter(client, "after-all", "sell", 1, "2700.00", "");
    client_expect_quiet(other);
    client_close(client);
    client_close(other);
    server_stop(&server);
}

/* The streams that the decoder is tested with, through the whole server. Too long a line ends the connection. */
Test(hostile, the_decoders_collection_is_refused_over_tcp_too) {
    static struct hostile stream;
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_open(&server), *other = client_logon(&server, "food");
    for (size_t i = 0; i < hostile_count(); i++) {
        hostile_get(i, &stream);
        client_send_bytes(client, stream.bytes, stream.size);
        send(client->socket, "\n", 1, MSG_NOSIGNAL);
        const cJSON *message = client_receive_within(client, client_wait_ms);
        cr_assert_not_null(message, "%s: no answer", stream.name);
        cr_expect_eq(client_number(client, "code"), stream.code, "%s: %s", stream.name, client->line);
        if (stream.code == 108) continue;
        cr_expect(client_ends_within(client, client_wait_ms), "%s: the connection goes on", stream.name);
        client_close(client);
        client = client_open(&server);
    }
    client_expect_quiet(client);
    order_enter(other, "served", "buy", 1, "2600.00", "");
    client_close(client);
    client_close(other);
    server_stop(&server);
}

/* Blanks inside the object bring the line to its length, newline included. */
static void send_line_of(struct client *client, size_t size, const char *end) {
    static char line[client_line_max + 64];
    size_t length = (size_t)snprintf(line, sizeof line, "{\"type\":\"no_such_request\",\"req_id\":\"long\"");
    size_t last = size - strlen(end) - 1;
    memset(line + length, ' ', last - length);
    line[last] = '}';
    memcpy(line + last + 1, end, strlen(end));
    client_send_bytes(client, line, size);
}

Test(hostile, a_line_of_16384_bytes_is_taken_and_a_longer_one_ends_the_connection) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_open(&server), *other = client_open(&server);
    send_line_of(client, client_line_max, "\n");
    client_expect(client, "{'type':'error','req_id':'long'}");
    send_line_of(client, client_line_max, "\r\n");
    client_expect(client, "{'type':'error','req_id':'long'}");
    send_line_of(client, client_line_max + 1, "\n");
    client_expect(client, "{'type':'error','reason':'message_too_long','code':1203,'text':'~16384'}");
    client_expect_end(client);
    client_expect_quiet(other);
    client_close(client);
    client = client_open(&server);
    static char endless[client_line_max * 4];
    memset(endless, 'x', sizeof endless);
    client_send_bytes(client, endless, sizeof endless);
    client_expect(client, "{'type':'error','reason':'message_too_long','code':1203}");
    client_close(client);
    client_expect_quiet(other);
    client_close(other);
    server_stop(&server);
}

/* Depth 8, 64 members, and the largest integers are still within the profile: what refuses them comes later. */
Test(hostile, the_limits_of_the_profile_are_inside_it) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_logon(&server, "dairy");
    static const struct { const char *line; int code; } cases[] = {
        {"{'type':'balances_request','a':[[[[[[[1]]]]]]]}", 1207},
        {"{'type':'balances_request','a':[[[[[[[[1]]]]]]]]}", 108},
        {"{'type':'balances_request','a':{'a':{'a':{'a':{'a':{'a':{'a':{'a':1}}}}}}}}", 1207},
        {"{'type':'balances_request','a':{'a':{'a':{'a':{'a':{'a':{'a':{'a':{'a':1}}}}}}}}}", 108},
        {"{'type':'balances_request','a':9007199254740991}", 1207},
        {"{'type':'balances_request','a':-9007199254740991}", 1207},
        {"{'type':'balances_request','a':0}", 1207}, {"{'type':'balances_request','a':'\\ud83d\\ude00'}", 1207},
        {"{'type':'balances_request','a':'\xf0\x9f\x98\x80 \xc3\xa4 \xe2\x82\xac'}", 1207},
        {"{'type':'balances_request','type ':1}", 1207}, {"{'type':'balances_request','':1}", 1207},
        {"{'type':'balances_request','a':'\\\"\\\\\\/\\b\\f\\n\\r\\t'}", 1207}, {"{'TYPE':'balances_request'}", 1207},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(client, "%s", cases[i].line);
        client_expect(client, "{'type':'error'}");
        if (i + 1 < sizeof cases / sizeof *cases)
            cr_expect_eq(client_number(client, "code"), cases[i].code, "%s: %s", cases[i].line, client->line);
    }
    for (int members = 64; members <= 65; members++) {
        char line[2048];
        int length = snprintf(line, sizeof line, "{'type':'balances_request'");
        for (int i = 1; i < members; i++)
            length += snprintf(line + length, sizeof line - (size_t)length, ",'m%d':%d", i, i);
        client_send(client, "%s}", line);
        client_expect(client, "{'type':'error','code':%d}", members == 64 ? 1207 : 108);
    }
    client_close(client);
    server_stop(&server);
}

/* The acknowledgement names every symbol again and must itself fit a line. */
Test(hostile, the_longest_list_of_symbols_is_acknowledged_and_a_longer_one_refused) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_open(&server);
    static const int counts[] = {512, 513, 1150};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        static char line[16384];
        int length = snprintf(line, sizeof line, "{'type':'unsubscribe','channel':'book','symbols':['DY-SMP-EX'");
        for (int n = 1; n < counts[i]; n++)
            length += snprintf(line + length, sizeof line - (size_t)length, ",'DY-SMP-EX'");
        client_send(client, "%s]}", line);
        client_expect(client, counts[i] == 512 ? "{'type':'ack','channel':'book'}"
                                               : "{'type':'error','code':1206,'field':'symbols'}");
    }
    client_close(client);
    server_stop(&server);
}

Test(hostile, lawful_but_odd_lines_are_taken) {
    static const char *const lines[] = {
        "{\"type\":\"balances_request\"}\r\n", " \t{ \"type\" : \"balances_request\" } \t\n",
        "{\"typ\\u0065\":\"balances_reques\\u0074\"}\n",
        "{\"req_id\":\"\\u00e4\\ud83d\\ude00\",\"type\":\"balances_request\"}\n",
        "\r{\"type\":\"balances_request\"}\r\n",
    };
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_logon(&server, "dairy");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        client_send_bytes(client, lines[i], strlen(lines[i]));
        client_expect(client, "{'type':'balances'}");
        if (i == 3) cr_expect_str_eq(client_text(client, "req_id"), "\xc3\xa4\xf0\x9f\x98\x80");
    }
    client_close(client);
    server_stop(&server);
}

/* What a client wrote comes back inside an error without breaking it. */
Test(hostile, quotes_and_controls_are_escaped_on_the_way_back) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_logon(&server, "dairy");
    client_send_bytes(client, "{\"type\":\"balances_request\",\"a\\\"b\\\\c\\u0001\":1}\n", 46);
    client_expect(client, "{'type':'error','code':1207}");
    cr_expect_str_eq(client_text(client, "field"), "a\"b\\c\x01");
    client_send_bytes(client, "{\"type\":\"x\\\"},{\\n\",\"req_id\":\"\\\"\\n\\\\\"}\n", 39);
    client_expect(client, "{'type':'error','code':1208}");
    cr_expect_str_eq(client_text(client, "req_id"), "\"\n\\");
    client_close(client);
    server_stop(&server);
}

Test(hostile, a_line_may_come_in_two_pieces_cut_anywhere) {
    static const char line[] = "{\"type\":\"new_order\",\"cl_ord_id\":\"cut-%03zu\",\"symbol\":\"DY-SMP-EX\","
                               "\"side\":\"sell\",\"order_qty\":1,\"price\":\"2700.00\",\"time_in_force\":\"gtc\"}\n";
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_logon(&server, "dairy");
    size_t size = 0;
    for (size_t cut = 1; cut == 1 || cut < size; cut++) {
        char bytes[256];
        size = (size_t)snprintf(bytes, sizeof bytes, line, cut);
        client_send_bytes(client, bytes, cut);
        usleep(1000);
        client_send_bytes(client, bytes + cut, size - cut);
        client_expect(client, "{'type':'execution_report','exec_type':'new','cl_ord_id':'cut-%03zu'}", cut);
    }
    for (const char *at = "{\"type\":\"balances_request\"}\n"; *at != '\0'; at++) {
        client_send_bytes(client, at, 1);
        usleep(500);
    }
    client_expect(client, "{'type':'balances'}");
    client_close(client);
    server_stop(&server);
}

Test(hostile, many_lines_in_one_piece_are_answered_in_order) {
    enum { lines_count = 500 };
    static char bytes[lines_count * 64];
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *client = client_logon(&server, "dairy");
    size_t size = 0;
    for (int i = 0; i < lines_count; i++)
        size += (size_t)snprintf(bytes + size, sizeof bytes - size,
                                 i % 3 == 0 ? "{\"type\":\"no_such\",\"req_id\":%d}\n"
                                 : "{\"type\":\"balances_request\",\"req_id\":%d}\n", i);
    client_send_bytes(client, bytes, size);
    for (int i = 0; i < lines_count; i++)
        client_expect(client, "{'type':'%s','req_id':%d}", i % 3 == 0 ? "error" : "balances", i);
    client_expect_quiet(client);
    client_close(client);
    server_stop(&server);
}

Test(hostile, connections_that_break_off_leave_no_trace) {
    struct server server;
    server_start(&server, DAIRY_WORLD);
    struct client *steady = client_logon(&server, "food");
    for (int i = 0; i < 60; i++) {
        struct client *client = client_connect(server.port);
        switch (i % 4) {
        case 0: break;
        case 1: client_send_bytes(client, "{\"type\":\"logon\",\"user\":\"da", 26); break;
        case 2: client_send(client, "{'type':'logon','user':'dairy','password':'dairy-secret'}"); break;
        case 3:
            client_send(client, "{'type':'subscribe','channel':'book','symbols':'all'}");
            shutdown(client->socket, SHUT_WR);
            break;
        }
        struct linger reset = {.l_onoff = 1, .l_linger = 0};
        if (i % 3 == 0) setsockopt(client->socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        client_close(client);
    }
    order_enter(steady, "still-here", "buy", 1, "2600.00", "");
    client_close(steady);
    server_stop(&server);
}
