/* enter.c - the beginning and the end of a run: connections, logons, what each may trade. See run.h. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "instruments/check.h"
#include "tools/client/ask.h"
#include "tools/client/message.h"
#include "tools/client/options.h"
#include "tools/load/run.h"

enum { logons_at_once = 64, spare_descriptors = 64 };

static void allow_descriptors(uint32_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count + spare_descriptors) return;
    limit.rlim_cur = limit.rlim_max < count + spare_descriptors ? limit.rlim_max : count + spare_descriptors;
    /* Where it is not allowed, connecting says so. */
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int fail(const struct load_run *run, enum peer_status status) {
    fprintf(stderr, "birzha load: %s: %s\n", run->address, peer_status_text(status));
    return status == PEER_TIMEOUT ? EXIT_TIMEOUT : EXIT_CONNECTION;
}

static enum peer_status send_logon(struct load_run *run, struct link *link) {
    char *line = peer_logon_line(link->user.user, link->user.password, "");
    enum peer_status status = peer_send_line(&link->peer, line, run->timeout_ms);
    free(line);
    return status;
}

/* PEER_REFUSED: the connection is closed and may be left out. */
static enum peer_status await_logon(struct load_run *run, struct link *link) {
    char *line;
    for (;;) {
        enum peer_status status = peer_read_line(&link->peer, run->timeout_ms, &line);
        if (status != PEER_OK) return status;
        if (peer_line_is(line, "error")) return PEER_REFUSED;
        if (peer_line_is(line, "logon_ack")) break;
    }
    cJSON *message = cJSON_Parse(line);
    link->next_seq = (uint64_t)message_integer(message, "next_seq");
    cJSON_Delete(message);
    return PEER_OK;
}

static int learn(struct load_run *run, struct link *link) {
    if (run->orderflow.instruments_count == 0) {
        cJSON *instruments = run_ask(run, link, ask_begin("instruments_request", 0), "instruments");
        if (instruments == NULL) return -1;
        orderflow_keep_instruments(&run->orderflow, instruments);
        cJSON_Delete(instruments);
    }
    cJSON *record = run_ask(run, link, ask_begin("participant_request", 0), "participant");
    if (record == NULL) return -1;
    orderflow_keep_record(&run->orderflow, link->index, record);
    cJSON_Delete(record);
    return 0;
}

/* Connections from `first` to `end`, all passwords checked side by side. Those that are refused are dropped. */
static int enter(struct load_run *run, uint32_t first, uint32_t end) {
    enum peer_status status = PEER_OK;
    for (uint32_t i = first; i < end && status == PEER_OK; i++) {
        status = (enum peer_status)link_open(&run->links[i], i, run->address, run->timeout_ms);
        if (status == PEER_OK) status = send_logon(run, &run->links[i]);
    }
    if (status != PEER_OK) return fail(run, status);
    for (uint32_t i = first; i < end; i++) {
        struct link *link = &run->links[i];
        status = await_logon(run, link);
        if (status == PEER_REFUSED) {
            fprintf(stderr, "birzha load: %s may not log on and is left out\n", link->user.user);
            link_close(link);
            continue;
        }
        if (status != PEER_OK) return fail(run, status);
        if (run->links_count != i) run->links[run->links_count] = *link;
        link = &run->links[run->links_count];
        link->index = run->links_count++;
        if (learn(run, link) != 0) return fail(run, PEER_CLOSED);
    }
    for (uint32_t i = 0; i < run->links_count; i++) {
        if (peer_keep_alive(&run->links[i].peer) != PEER_OK) return fail(run, PEER_CLOSED);
    }
    return EXIT_DONE;
}

static int open_idle(struct load_run *run, uint32_t count) {
    static struct peer peer;
    for (; run->idle_count < count; run->idle_count++) {
        enum peer_status status = peer_open(&peer, run->address, run->timeout_ms, NULL);
        if (status != PEER_OK) return fail(run, status);
        int *place = &run->idle[run->idle_count];
        *place = peer.fd;
        struct epoll_event entry = { .events = EPOLLIN, .data.ptr = place };
        CHECK(epoll_ctl(run->epoll, EPOLL_CTL_ADD, peer.fd, &entry) == 0);
    }
    return EXIT_DONE;
}

int run_open(struct load_run *run, const struct client_user *users, uint32_t users_count, uint32_t count,
             uint32_t idle_count) {
    allow_descriptors(count + idle_count);
    run->links = calloc(count, sizeof *run->links);
    run->dirty = calloc(count, sizeof *run->dirty);
    run->idle = calloc(idle_count + 1, sizeof *run->idle);
    run->orderflow.barred = calloc(count, sizeof *run->orderflow.barred);
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    CHECK(run->links != NULL && run->dirty != NULL && run->idle != NULL && run->orderflow.barred != NULL &&
          run->epoll >= 0);
    ledger_open(&run->ledger, count);
    int status = EXIT_DONE;
    for (uint32_t i = 0; i < count; i++) run->links[i].user = users[i % users_count];
    for (uint32_t first = 0; first < count && status == EXIT_DONE; first += logons_at_once)
        status = enter(run, first, first + logons_at_once < count ? first + logons_at_once : count);
    if (status != EXIT_DONE) return status;
    if (run->links_count == 0) return EXIT_LOGON;
    for (uint32_t i = 0; i < run->links_count; i++) {
        struct epoll_event entry = { .events = EPOLLIN, .data.ptr = &run->links[i] };
        CHECK(epoll_ctl(run->epoll, EPOLL_CTL_ADD, run->links[i].peer.fd, &entry) == 0);
    }
    return open_idle(run, idle_count);
}

void run_close(struct load_run *run) {
    for (uint32_t i = 0; i < run->links_count; i++) link_close(&run->links[i]);
    for (uint32_t i = 0; i < run->idle_count; i++) {
        if (run->idle[i] >= 0) close(run->idle[i]);
    }
    if (run->epoll > 0) close(run->epoll);
    free(run->links);
    free(run->dirty);
    free(run->idle);
    free(run->orderflow.barred);
    ledger_close(&run->ledger);
}
