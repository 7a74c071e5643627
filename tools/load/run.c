/* run.c - see run.h. */
#include "tools/load/run.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "instruments/check.h"
#include "instruments/splitmix.h"
#include "tools/client/ask.h"
#include "tools/client/message.h"

enum {
    million = 1000000, awake_ns = 50 * 1000, drain_s = 20, entries_max = 256, issue_max = 256,
    unwritten_max = 256 * million, keep_alive_ms = 5000,
};
static const int64_t second_ns = 1000000000;

int64_t run_clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * second_ns + now.tv_nsec;
}

/* ---- what comes ---- */

static void lose(struct load_run *run, struct link *link, const char *why) {
    if (link->is_lost) return;
    ledger_fault(&run->ledger, "connection %u of %s was lost: %s", link->index, link->user.user, why);
    epoll_ctl(run->epoll, EPOLL_CTL_DEL, link->peer.fd, NULL);
    peer_close(&link->peer);
    link->is_lost = run->is_lost = 1;
}

/* The numbers of private messages have no gap. */
static void check_number(struct load_run *run, struct link *link, const struct answer *answer) {
    if (answer->seq == 0 || answer->is_duplicate) return;
    if (link->next_seq != 0 && answer->seq != link->next_seq && run->ledger.gaps_count++ == 0)
        snprintf(run->ledger.first_gap, fault_text_size, "connection %u: message %llu came where %llu was next",
                 link->index, (unsigned long long)answer->seq, (unsigned long long)link->next_seq);
    link->next_seq = answer->seq + 1;
}

static void take_answer(struct load_run *run, struct link *link, const struct answer *answer, int64_t now_ns) {
    struct request *request = link_oldest(link);
    link->answered++;
    run->waiting_count--;
    int is_refused = answer->kind == ANSWER_ERROR || answer->exec_type == EXEC_TYPE_REJECTED;
    if (is_refused) {
        ledger_count_reason(&run->ledger, answer->reason);
        orderflow_learn(&run->orderflow, link->index, answer);
    }
    if (run->step == NULL) return;
    struct load_step *step = run->step;
    uint64_t corrected_ns = (uint64_t)(now_ns - run->begin_ns - request->due_ns);
    step->counts.answered++;
    step->counts.refused += (uint64_t)is_refused;
    histogram_record(&step->corrected, corrected_ns);
    histogram_record(&step->raw, (uint64_t)(now_ns - request->sent_ns));
    histogram_record(&step->late, (uint64_t)(request->sent_ns - run->begin_ns - request->due_ns));
    histogram_record(&run->second, corrected_ns);
    step->answered_ns = now_ns - run->begin_ns;
}

static void take_line(struct load_run *run, struct link *link, const char *line, int64_t now_ns) {
    struct answer answer;
    if (answer_read(line, &answer) != 0) {
        ledger_fault(&run->ledger, "connection %u: a line that cannot be read: %.100s", link->index, line);
        return;
    }
    if (answer.kind == ANSWER_OTHER) return;
    check_number(run, link, &answer);
    const struct request *oldest = link_oldest(link);
    int is_own = answer.has_request && answer.request != 0 && answer.request <= link->last_number;
    if (is_own && oldest != NULL && answer.request == oldest->number) take_answer(run, link, &answer, now_ns);
    else if (is_own && oldest != NULL && answer.request > oldest->number)
        ledger_fault(&run->ledger, "connection %u: request %llu was answered before request %u", link->index,
                     (unsigned long long)answer.request, oldest->number);
    else if (answer.kind == ANSWER_ERROR) ledger_fault(&run->ledger, "connection %u: %.200s", link->index, line);
    if (answer.kind == ANSWER_REPORT) ledger_take(&run->ledger, link->index, &answer, is_own);
}

static void take_lines(struct load_run *run, struct link *link) {
    enum peer_status status = peer_receive(&link->peer);
    int64_t now_ns = run_clock_ns();
    for (char *line; (line = peer_next_line(&link->peer)) != NULL;) take_line(run, link, line, now_ns);
    if (status != PEER_OK) lose(run, link, peer_status_text(status));
}

/* ---- what is sent ---- */

static void watch(struct load_run *run, struct link *link) {
    struct epoll_event entry = { .events = EPOLLIN | (link->wants_room ? EPOLLOUT : 0), .data.ptr = link };
    CHECK(epoll_ctl(run->epoll, EPOLL_CTL_MOD, link->peer.fd, &entry) == 0);
}

static void flush(struct load_run *run, struct link *link) {
    int wanted_room = link->wants_room;
    link->is_dirty = 0;
    if (link->is_lost) return;
    if (link_flush(link, run_clock_ns()) < 0) lose(run, link, strerror(errno));
    else if (link->wants_room != wanted_room) watch(run, link);
}

static void flush_all(struct load_run *run) {
    run->unwritten_size = 0;
    for (uint32_t i = 0; i < run->dirty_count; i++) {
        flush(run, run->dirty[i]);
        run->unwritten_size += run->dirty[i]->out_end - run->dirty[i]->out_begin;
    }
    run->dirty_count = 0;
}

static void added(struct load_run *run, struct link *link, enum request_kind kind) {
    run->step->counts.sent[kind]++;
    run->waiting_count++;
    if (link->is_dirty) return;
    link->is_dirty = 1;
    run->dirty[run->dirty_count++] = link;
}

/* One request of the crowd, on any connection. */
static void issue(struct load_run *run, const struct arrivals *arrivals, int64_t due_ns) {
    uint32_t at = (uint32_t)((unsigned __int128)splitmix64(&run->random) * run->links_count >> 64);
    for (uint32_t i = 0; i < run->links_count; i++) {
        struct link *link = &run->links[(at + i) % run->links_count];
        if (link->is_lost) continue;
        enum request_kind kind;
        uint32_t number = link->last_number + 1;
        char *out = link_reserve(link, request_size_max);
        uint32_t size = orderflow_next_request(&run->orderflow, &run->ledger, link->index, number,
                                            arrivals_is_rush(arrivals, due_ns), out, &kind);
        if (size == 0) continue;
        link_add(link, size, due_ns, number, kind);
        added(run, link, kind);
        return;
    }
    ledger_fault(&run->ledger, "there is nothing that any of the %u connections may trade", run->links_count);
    run->is_lost = 1;
}

static void issue_recorded(struct load_run *run, const struct recorded *recorded, uint32_t index, int64_t due_ns) {
    const struct recorded_request *request = &recorded->requests[index];
    struct link *link = &run->links[request->user % run->links_count];
    if (link->is_lost) return;
    memcpy(link_reserve(link, request->size), recorded->text + request->offset, request->size);
    link_add(link, request->size, due_ns, request->number, REQUEST_RECORDED);
    added(run, link, REQUEST_RECORDED);
}

/* ---- seconds ---- */

static void close_second(struct load_run *run, uint64_t *sent_before, uint64_t *answered_before) {
    struct load_step *step = run->step;
    uint64_t sent = 0;
    for (int kind = 0; kind < REQUEST_COUNT; kind++) sent += step->counts.sent[kind];
    if (step->seconds_count == step->seconds_capacity) {
        step->seconds_capacity = step->seconds_capacity == 0 ? 64 : 2 * step->seconds_capacity;
        step->by_second = realloc(step->by_second, step->seconds_capacity * sizeof *step->by_second);
        CHECK(step->by_second != NULL);
    }
    struct load_second second = {
        .sent = sent - *sent_before, .answered = step->counts.answered - *answered_before,
        .p50_ns = histogram_percentile(&run->second, 50000), .p99_ns = histogram_percentile(&run->second, 99000),
        .max_ns = run->second.max };
    step->by_second[step->seconds_count++] = second;
    *sent_before = sent;
    *answered_before = step->counts.answered;
    memset(&run->second, 0, sizeof run->second);
    if (!run->shows_live) return;
    fprintf(stderr, "\r%4u s   sent %llu/s   answered %llu/s   waiting %llu   p50 %.0f us   p99 %.0f us   max %.0f us"
            "   refused %llu\033[K", step->seconds_count, (unsigned long long)second.sent,
            (unsigned long long)second.answered, (unsigned long long)run->waiting_count, (double)second.p50_ns / 1e3,
            (double)second.p99_ns / 1e3, (double)second.max_ns / 1e3, (unsigned long long)step->counts.refused);
}

/* ---- the loop ---- */

static void drop_idle(struct load_run *run, uint32_t index) {
    close(run->idle[index]);
    run->idle[index] = -1;
    ledger_fault(&run->ledger, "the exchange closed an idle connection");
}

static void take_entries(struct load_run *run, const struct epoll_event *entries, int count) {
    static char unread[1 << 16];
    for (int i = 0; i < count; i++) {
        struct link *link = entries[i].data.ptr;
        /* An idle connection is told by the address of its socket. */
        int *idle = entries[i].data.ptr;
        if (idle >= run->idle && idle < run->idle + run->idle_count) {
            if (*idle >= 0 && read(*idle, unread, sizeof unread) == 0) drop_idle(run, (uint32_t)(idle - run->idle));
            continue;
        }
        if (entries[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !link->is_lost) take_lines(run, link);
        if (entries[i].events & EPOLLOUT && !link->is_lost) flush(run, link);
    }
}

static void wait_for_entries(struct load_run *run, int64_t ns) {
    struct epoll_event entries[entries_max];
    struct timespec timeout = { .tv_sec = ns / second_ns, .tv_nsec = ns % second_ns };
    if (ns <= 0) timeout = (struct timespec){ .tv_sec = 0 };
    int count = epoll_pwait2(run->epoll, entries, entries_max, &timeout, NULL);
    take_entries(run, entries, count);
}

/* Some of the connections at a time, so that all have been looked at long before they must speak. */
static void keep_alive(struct load_run *run, int64_t now_ns) {
    for (uint32_t i = 0; i < run->links_count; i++) {
        struct link *link = &run->links[i];
        if (link->is_lost || now_ns / million - link->peer.last_sent_ms < keep_alive_ms) continue;
        static const char heartbeat[] = "{\"type\":\"heartbeat\"}\n";
        memcpy(link_reserve(link, sizeof heartbeat), heartbeat, sizeof heartbeat - 1);
        link->out_end += sizeof heartbeat - 1;
        flush(run, link);
    }
}

/* What is due: the crowd's next request or the next that was recorded. INT64_MAX: there are no more. */
struct source {
    struct arrivals *arrivals;          /* NULL: recorded */
    const struct recorded *recorded;
    uint32_t next;
    double speed;
    int64_t due_ns;
};

static void find_next(struct source *source) {
    source->due_ns = INT64_MAX;
    if (source->arrivals != NULL) {
        int64_t due_ns = arrivals_next(source->arrivals);
        if ((double)due_ns < source->arrivals->duration_ns) source->due_ns = due_ns;
    } else if (source->next < source->recorded->requests_count) {
        source->due_ns = (int64_t)((double)source->recorded->requests[source->next].due_ns / source->speed);
    }
}

static void send_due(struct load_run *run, struct source *source, int64_t now_ns) {
    for (int made = 0; source->due_ns <= now_ns && made < issue_max && !run->is_lost; made++) {
        if (source->arrivals != NULL) issue(run, source->arrivals, source->due_ns);
        else issue_recorded(run, source->recorded, source->next++, source->due_ns);
        run->step->spent_ns = source->due_ns;
        find_next(source);
    }
    flush_all(run);
}

static void send_all(struct load_run *run, struct source *source, struct load_step *step) {
    uint64_t sent_before = 0, answered_before = 0;
    int64_t next_second_ns = second_ns, drained_ns = INT64_MAX;
    run->step = step;
    memset(&run->second, 0, sizeof run->second);
    run->begin_ns = run_clock_ns();
    find_next(source);
    while (!run->is_lost) {
        int64_t now_ns = run_clock_ns() - run->begin_ns;
        send_due(run, source, now_ns);
        if (run->unwritten_size > unwritten_max) {
            step->is_cut = 1;
            source->due_ns = INT64_MAX;
        }
        if (source->due_ns == INT64_MAX) {
            if (run->waiting_count == 0 || now_ns > drained_ns) break;
            if (drained_ns == INT64_MAX) drained_ns = now_ns + drain_s * second_ns;
        }
        if (now_ns >= next_second_ns) {
            close_second(run, &sent_before, &answered_before);
            keep_alive(run, run->begin_ns + now_ns);
            next_second_ns += second_ns;
        }
        int64_t until_ns = source->due_ns < next_second_ns ? source->due_ns : next_second_ns;
        int64_t left_ns = until_ns - (run_clock_ns() - run->begin_ns);
        wait_for_entries(run, left_ns > awake_ns ? left_ns - awake_ns : 0);
    }
    if (run->second.count > 0) close_second(run, &sent_before, &answered_before);
    if (run->shows_live) fputs("\n", stderr);
    step->unanswered = run->waiting_count;
    run->step = NULL;
}

void run_step(struct load_run *run, struct arrivals *arrivals, struct load_step *step) {
    struct source source = { .arrivals = arrivals };
    *step = (struct load_step){ .rate = arrivals->rate, .seconds = arrivals->duration_ns / 1e9 };
    send_all(run, &source, step);
}

void run_recorded(struct load_run *run, const struct recorded *recorded, double speed, struct load_step *step) {
    struct source source = { .recorded = recorded, .speed = speed };
    uint32_t count = recorded->requests_count;
    double seconds = count > 0 ? (double)recorded->requests[count - 1].due_ns / speed / 1e9 : 0;
    *step = (struct load_step){ .seconds = seconds, .rate = seconds > 0 ? count / seconds : 0 };
    send_all(run, &source, step);
}

void step_close(struct load_step *step) {
    free(step->by_second);
    step->by_second = NULL;
}

void run_listen(struct load_run *run, int64_t ns) {
    int64_t end_ns = run_clock_ns() + ns;
    for (int64_t now_ns; (now_ns = run_clock_ns()) < end_ns; keep_alive(run, now_ns))
        wait_for_entries(run, end_ns - now_ns);
}

/* ---- asking ---- */

static int is_answer(const char *line, const char *type) {
    struct answer answer;
    if (peer_line_is(line, type)) return 1;
    return peer_line_is(line, "error") && answer_read(line, &answer) == 0 && answer.has_request && answer.request == 0;
}

struct cJSON *run_ask(struct load_run *run, struct link *link, struct cJSON *request, const char *answer_type) {
    char *line = ask_end(request);
    cJSON *whole = NULL;
    enum peer_status status = link->is_lost ? PEER_CLOSED : peer_send_line(&link->peer, line, run->timeout_ms);
    free(line);
    while (status == PEER_OK) {
        status = peer_read_line(&link->peer, run->timeout_ms, &line);
        if (status != PEER_OK) break;
        if (!is_answer(line, answer_type)) {
            take_line(run, link, line, run_clock_ns());
            continue;
        }
        cJSON *part = cJSON_Parse(line);
        if (part == NULL || !message_is(part, answer_type)) {
            cJSON_Delete(part);
            break;
        }
        int has_more = message_has_more(part);
        message_join(&whole, part);
        if (!has_more) return whole;
    }
    if (status != PEER_OK) lose(run, link, peer_status_text(status));
    cJSON_Delete(whole);
    return NULL;
}
