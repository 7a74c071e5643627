/* connection.c - one socket, lines in and out; see connection.h. */
#include "tools/client/connection.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/net/pacing.h"
#include "instruments/check.h"

enum { host_size = 256, port_size = 16 };

int64_t peer_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *peer_status_text(enum peer_status status) {
    switch (status) {
        case PEER_OK: return "fine";
        case PEER_ADDRESS: return "the address is not HOST:PORT, or there is no such host";
        case PEER_UNREACHABLE: return "nobody answers there; is birzhad running?";
        case PEER_CLOSED: return "the exchange closed the connection";
        case PEER_TIMEOUT: return "no answer in time";
        case PEER_PROTOCOL: return "what answers there is not this exchange";
        case PEER_REFUSED: return "the exchange refused the logon";
    }
    return "unknown";
}

int peer_line_is(const char *line, const char *type) {
    char wanted[64];
    int size = snprintf(wanted, sizeof wanted, "{\"type\":\"%s\"", type);
    CHECK(size > 0 && (size_t)size < sizeof wanted);
    return strncmp(line, wanted, (size_t)size) == 0;
}

static enum peer_status split_address(const char *address, char host[host_size], char port[port_size]) {
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon == address || colon[1] == '\0') return PEER_ADDRESS;
    const char *begin = address, *end = colon;
    if (begin[0] == '[' && end[-1] == ']') {
        begin++;
        end--;
    }
    if (begin >= end || (size_t)(end - begin) >= host_size || strlen(colon + 1) >= port_size) return PEER_ADDRESS;
    memcpy(host, begin, (size_t)(end - begin));
    host[end - begin] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return PEER_OK;
}

/* Waits until `fd` is ready for `events`; the deadline is on peer_now_ms. */
static enum peer_status wait_for(int fd, short events, int64_t deadline_ms) {
    for (;;) {
        int64_t left_ms = deadline_ms - peer_now_ms();
        struct pollfd entry = {.fd = fd, .events = events};
        int ready = poll(&entry, 1, left_ms > 0 ? (int)left_ms : 0);
        if (ready > 0) return PEER_OK;
        if (ready < 0 && errno != EINTR) return PEER_CLOSED;
        if (ready == 0 && left_ms <= 0) return PEER_TIMEOUT;
    }
}

/* A non-blocking socket connected to one address, or -1. */
static int connect_to(const struct addrinfo *where, int64_t deadline_ms) {
    int fd = socket(where->ai_family, where->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, where->ai_protocol);
    if (fd < 0) return -1;
    if (connect(fd, where->ai_addr, where->ai_addrlen) != 0) {
        int failure = errno;
        socklen_t size = sizeof failure;
        if (failure != EINPROGRESS || wait_for(fd, POLLOUT, deadline_ms) != PEER_OK ||
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0 || failure != 0) {
            close(fd);
            return -1;
        }
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pacing_avoid(fd);
    return fd;
}

enum peer_status peer_open(struct peer *peer, const char *address, uint32_t timeout_ms, char *welcome) {
    int64_t deadline_ms = peer_now_ms() + timeout_ms;
    char host[host_size], port[port_size];
    peer->fd = -1;
    peer->input_begin = peer->input_end = 0;
    if (split_address(address, host, port) != PEER_OK) return PEER_ADDRESS;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) return PEER_ADDRESS;
    for (const struct addrinfo *each = found; each != NULL && peer->fd < 0; each = each->ai_next) {
        peer->fd = connect_to(each, deadline_ms);
    }
    freeaddrinfo(found);
    if (peer->fd < 0) return PEER_UNREACHABLE;
    peer->last_sent_ms = peer_now_ms();

    char *line;
    enum peer_status status = peer_read_line(peer, timeout_ms, &line);
    if (status == PEER_OK && !peer_line_is(line, "welcome")) status = PEER_PROTOCOL;
    if (status != PEER_OK) {
        peer_close(peer);
        return status == PEER_TIMEOUT ? PEER_PROTOCOL : status;
    }
    if (welcome != NULL) memcpy(welcome, line, strlen(line) + 1);
    return PEER_OK;
}

void peer_close(struct peer *peer) {
    if (peer->fd >= 0) close(peer->fd);
    peer->fd = -1;
}

static enum peer_status send_bytes(struct peer *peer, const char *bytes, size_t size, int64_t deadline_ms) {
    while (size > 0) {
        ssize_t sent = send(peer->fd, bytes, size, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        } else if (errno == EAGAIN) {
            enum peer_status status = wait_for(peer->fd, POLLOUT, deadline_ms);
            if (status != PEER_OK) return status;
        } else if (errno != EINTR) {
            return PEER_CLOSED;
        }
    }
    return PEER_OK;
}

enum peer_status peer_send_line(struct peer *peer, const char *line, uint32_t timeout_ms) {
    if (peer->fd < 0) return PEER_CLOSED;
    char whole[peer_line_size_max];
    size_t size = strlen(line);
    peer->last_sent_ms = peer_now_ms();
    int64_t deadline_ms = peer->last_sent_ms + timeout_ms;
    if (size + 1 <= sizeof whole) {
        memcpy(whole, line, size);
        whole[size] = '\n';
        return send_bytes(peer, whole, size + 1, deadline_ms);
    }
    /* Longer than the protocol allows: the exchange shall say so itself. */
    enum peer_status status = send_bytes(peer, line, size, deadline_ms);
    return status == PEER_OK ? send_bytes(peer, "\n", 1, deadline_ms) : status;
}

char *peer_next_line(struct peer *peer) {
    char *begin = peer->input + peer->input_begin;
    char *end = memchr(begin, '\n', peer->input_end - peer->input_begin);
    if (end == NULL) return NULL;
    peer->input_begin = (size_t)(end + 1 - peer->input);
    *end = '\0';
    if (end > begin && end[-1] == '\r') end[-1] = '\0';
    return begin;
}

enum peer_status peer_receive(struct peer *peer) {
    if (peer->fd < 0) return PEER_CLOSED;
    if (peer->input_begin > 0) {
        memmove(peer->input, peer->input + peer->input_begin, peer->input_end - peer->input_begin);
        peer->input_end -= peer->input_begin;
        peer->input_begin = 0;
    }
    size_t room = sizeof peer->input - peer->input_end;
    if (room == 0) return PEER_PROTOCOL;
    ssize_t size = recv(peer->fd, peer->input + peer->input_end, room, 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR ? PEER_OK : PEER_CLOSED;
    if (size == 0) return PEER_CLOSED;
    peer->input_end += (size_t)size;
    return PEER_OK;
}

enum peer_status peer_keep_alive(struct peer *peer) {
    if (peer_now_ms() - peer->last_sent_ms < heartbeat_silence_ms) return PEER_OK;
    return peer_send_line(peer, "{\"type\":\"heartbeat\"}", heartbeat_silence_ms);
}

enum peer_status peer_read_line(struct peer *peer, uint32_t timeout_ms, char **line) {
    int64_t deadline_ms = peer_now_ms() + timeout_ms;
    for (;;) {
        if ((*line = peer_next_line(peer)) != NULL) return PEER_OK;
        if (peer->fd < 0) return PEER_CLOSED;
        enum peer_status status = peer_keep_alive(peer);
        if (status != PEER_OK) return status;
        int64_t wake_ms = peer->last_sent_ms + heartbeat_silence_ms;
        if (wake_ms > deadline_ms) wake_ms = deadline_ms;
        status = wait_for(peer->fd, POLLIN, wake_ms);
        if (status == PEER_TIMEOUT && peer_now_ms() < deadline_ms) continue;
        if (status == PEER_OK) status = peer_receive(peer);
        if (status != PEER_OK) return status;
    }
}

char *peer_logon_line(const char *user, const char *password, const char *members) {
    cJSON *request = cJSON_CreateObject();
    cJSON_AddStringToObject(request, "type", "logon");
    cJSON_AddStringToObject(request, "user", user);
    cJSON_AddStringToObject(request, "password", password);
    char *text = cJSON_PrintUnformatted(request);
    cJSON_Delete(request);
    CHECK(text != NULL);
    size_t size = strlen(text), members_size = strlen(members);
    char *line = malloc(size + members_size + 1);
    CHECK(line != NULL);
    memcpy(line, text, size - 1);
    memcpy(line + size - 1, members, members_size);
    memcpy(line + size - 1 + members_size, "}", 2);
    cJSON_free(text);
    return line;
}

enum peer_status peer_logon(struct peer *peer, const char *user, const char *password, const char *members,
                                uint32_t timeout_ms, char *reply) {
    char *request = peer_logon_line(user, password, members);
    enum peer_status status = peer_send_line(peer, request, timeout_ms);
    free(request);
    while (status == PEER_OK) {
        char *line;
        status = peer_read_line(peer, timeout_ms, &line);
        if (status != PEER_OK) break;
        int refused = peer_line_is(line, "error");
        if (!refused && !peer_line_is(line, "logon_ack")) continue;
        memcpy(reply, line, strlen(line) + 1);
        return refused ? PEER_REFUSED : PEER_OK;
    }
    return status;
}
