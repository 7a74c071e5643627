/* test_connection.c - lines over a socket, against a server that is a few bytes written by hand. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/client/connection.h"

/* A listener on a free port and a thread that accepts once, says `bytes` one by one, and closes at once or when the
 * client does. */
struct server {
    char address[32];
    const char *bytes;
    int listener;
    int then_close;
    pthread_t thread;
};

static void *serve(void *argument) {
    const struct server *server = argument;
    int peer = accept(server->listener, NULL, NULL);
    size_t size = strlen(server->bytes), step = size > 4096 ? 4096 : 1;
    for (size_t at = 0; at < size; at += step) {
        if (send(peer, server->bytes + at, size - at < step ? size - at : step, MSG_NOSIGNAL) <= 0) break;
    }
    char buffer[256];
    while (!server->then_close && read(peer, buffer, sizeof buffer) > 0) continue;
    close(peer);
    return NULL;
}

static void server_start(struct server *server, const char *bytes, int then_close) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof where;
    server->bytes = bytes;
    server->then_close = then_close;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(server->listener, (struct sockaddr *)&where, sizeof where), 0);
    cr_assert_eq(listen(server->listener, 1), 0);
    getsockname(server->listener, (struct sockaddr *)&where, &size);
    snprintf(server->address, sizeof server->address, "127.0.0.1:%u", ntohs(where.sin_port));
    cr_assert_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server) {
    pthread_join(server->thread, NULL);
    close(server->listener);
}

#define WELCOME "{\"type\":\"welcome\",\"protocol\":1}\n"

Test(connection, lines_are_cut_at_their_ends_however_the_bytes_arrive) {
    struct server server;
    struct peer peer;
    char welcome[peer_line_size_max], *line;
    server_start(&server, WELCOME "{\"a\":1}\r\n\n{\"b\":2}\n{\"unfinished\"", 1);
    cr_assert_eq(peer_open(&peer, server.address, 2000, welcome), PEER_OK);
    cr_assert_str_eq(welcome, "{\"type\":\"welcome\",\"protocol\":1}");
    cr_assert_eq(peer_read_line(&peer, 2000, &line), PEER_OK);
    cr_assert_str_eq(line, "{\"a\":1}");
    cr_assert_eq(peer_read_line(&peer, 2000, &line), PEER_OK);
    cr_assert_str_eq(line, "");
    cr_assert_eq(peer_read_line(&peer, 2000, &line), PEER_OK);
    cr_assert_str_eq(line, "{\"b\":2}");
    cr_assert_eq(peer_read_line(&peer, 2000, &line), PEER_CLOSED);
    peer_close(&peer);
    server_stop(&server);
}

Test(connection, silence_is_a_timeout_and_the_connection_stays) {
    struct server server;
    struct peer peer;
    char *line;
    server_start(&server, WELCOME, 0);
    cr_assert_eq(peer_open(&peer, server.address, 2000, NULL), PEER_OK);
    cr_assert_eq(peer_read_line(&peer, 50, &line), PEER_TIMEOUT);
    cr_assert_eq(peer_send_line(&peer, "{\"type\":\"heartbeat\"}", 1000), PEER_OK);
    peer_close(&peer);
    server_stop(&server);
}

Test(connection, a_line_beyond_the_limit_is_not_this_protocol) {
    struct server server;
    struct peer peer;
    char *line, *bytes = malloc(3 * peer_line_size_max);
    memset(bytes, 'x', 3 * peer_line_size_max);
    memcpy(bytes, WELCOME, strlen(WELCOME));
    bytes[3 * peer_line_size_max - 1] = '\0';
    server_start(&server, bytes, 0);
    cr_assert_eq(peer_open(&peer, server.address, 2000, NULL), PEER_OK);
    cr_assert_eq(peer_read_line(&peer, 5000, &line), PEER_PROTOCOL);
    peer_close(&peer);
    server_stop(&server);
    free(bytes);
}

Test(connection, who_does_not_welcome_is_not_the_exchange) {
    struct server server;
    struct peer peer;
    server_start(&server, "SSH-2.0-OpenSSH\n", 0);
    cr_assert_eq(peer_open(&peer, server.address, 2000, NULL), PEER_PROTOCOL);
    cr_assert_eq(peer.fd, -1);
    server_stop(&server);
}

Test(connection, bad_addresses_are_told_from_silent_ones) {
    struct peer peer;
    const char *const addresses[] = {"", "7400", "host", "host:", ":7400"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        cr_assert_eq(peer_open(&peer, addresses[i], 100, NULL), PEER_ADDRESS, "%s", addresses[i]);
        cr_assert_eq(peer.fd, -1);
    }
    cr_assert_eq(peer_open(&peer, "127.0.0.1:1", 1000, NULL), PEER_UNREACHABLE);
}

Test(connection, logon_quotes_what_was_typed_and_takes_further_members) {
    char *line = peer_logon_line("a\"b", "p\\w", ",\"cancel_on_disconnect\":true");
    cr_assert_str_eq(line, "{\"type\":\"logon\",\"user\":\"a\\\"b\",\"password\":\"p\\\\w\","
                     "\"cancel_on_disconnect\":true}");
    free(line);
}
