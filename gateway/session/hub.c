/* hub.c - streams and who reads them; see hub.h. */
#include "gateway/session/hub.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image.h"
#include "gateway/session/dialog.h"
#include "instruments/check.h"

int hub_init(struct hub *hub, const struct hub_host *host, const struct hub_views *views) {
    memset(hub, 0, sizeof *hub);
    hub->host = *host;
    hub->views = *views;
    hub->participants_max = exchange_limits(views->exchange)->participants_max;
    hub->desks = calloc(hub->participants_max, sizeof *hub->desks);
    uint32_t users_max = exchange_limits(views->exchange)->users_max;
    hub->rate_paid_ns = calloc(users_max, sizeof *hub->rate_paid_ns);
    hub->logons_count = calloc(users_max, sizeof *hub->logons_count);
    void *memory = aligned_alloc(64, (decoder_size() + 63) & ~(size_t)63);
    if (!hub->desks || !hub->rate_paid_ns || !hub->logons_count || !memory) {
        free(hub->desks);
        free(hub->logons_count);
        free(hub->rate_paid_ns);
        free(memory);
        hub->desks = NULL;
        return -ENOMEM;
    }
    hub->decoder = decoder_init(memory);
    return 0;
}

void hub_close(struct hub *hub) {
    if (!hub->desks) return;
    for (uint32_t i = 0; i < hub->participants_max; i++) {
        CHECK(!hub->desks[i].dialogs);
        stream_close(&hub->desks[i].stream);
    }
    free(hub->desks);
    free(hub->logons_count);
    free(hub->rate_paid_ns);
    free(hub->decoder);
    hub->desks = NULL;
}

/* ---- snapshots ---- */

/* Whatever is encoded again by an index must have one that exists. */
static int is_sound(const struct exchange *exchange, const struct report *report) {
    /* An order may be refused because there is no such instrument. */
    return (report->instrument < exchange_instruments_count(exchange) || report->exec_type == EXEC_TYPE_REJECTED) &&
           report->participant < exchange_participants_count(exchange) &&
           (report->client == NAME_NONE || report->client < exchange_participants_count(exchange)) &&
           report->kind <= REPORT_NOTICE && report->exec_type < EXEC_TYPE_COUNT &&
           report->ord_status < ORD_STATUS_COUNT && report->liquidity < LIQUIDITY_COUNT &&
           report->side <= SIDE_SELL && report->order_type < ORDER_TYPE_COUNT && report->time_in_force < TIF_COUNT &&
           report->deal_class <= DEAL_TRANSIT && report->fee_currency < CURRENCY_COUNT;
}

static int are_sound(const struct exchange *exchange, const struct stream *stream) {
    for (uint64_t seq = stream_first_seq(stream); seq < stream_next_seq(stream); seq++) {
        if (!is_sound(exchange, stream_find(stream, seq))) return 0;
    }
    return 1;
}

/* Those who were ever told something, each behind its index. */
static void span_streams(struct image *image, struct hub *hub) {
    const uint32_t shape[] = {sizeof(struct report), stream_reports_max};
    uint32_t count = 0;
    image_shape(image, shape, sizeof shape / sizeof *shape);
    for (uint32_t i = 0; i < hub->participants_max; i++) count += hub->desks[i].stream.next_seq > 0;
    image_count(image, &count, exchange_participants_count(hub->views.exchange));
    for (uint32_t index = 0; count > 0 && !image->is_unsound; count--, index++) {
        while (!image_is_loading(image) && hub->desks[index].stream.next_seq == 0) index++;
        image_count(image, &index, exchange_participants_count(hub->views.exchange) - 1);
        image_expect(image, !image_is_loading(image) || hub->desks[index].stream.next_seq == 0);
        if (image->is_unsound) return;
        stream_image(&hub->desks[index].stream, image);
        image_expect(image, !image_is_loading(image) || image->is_unsound ||
                            are_sound(hub->views.exchange, &hub->desks[index].stream));
    }
}

void hub_write(const struct hub *hub, struct image *image) {
    span_streams(image, (struct hub *)(uintptr_t)hub);
}

int hub_load(struct hub *hub, struct image *image) {
    span_streams(image, hub);
    return image_end(image);
}

/* ---- reports ---- */

void hub_on_report(struct hub *hub, const struct report *report) {
    CHECK(report->participant < hub->participants_max);
    if (report->exec_type == EXEC_TYPE_ORDER_STATUS && report->kind == REPORT_EXECUTION) {
        hub->answer = *report;
        hub->has_answer = 1;
        return;
    }
    struct participant_desk *desk = &hub->desks[report->participant];
    stream_append(&desk->stream, report);
    if (desk->touched) return;
    desk->touched = 1;
    desk->next_touched = hub->touched_first;
    hub->touched_first = report->participant + 1;
}

void hub_deliver(struct hub *hub) {
    while (hub->touched_first) {
        struct participant_desk *desk = &hub->desks[hub->touched_first - 1];
        hub->touched_first = desk->next_touched;
        desk->touched = 0;
        for (struct dialog *dialog = desk->dialogs; dialog; dialog = dialog->next) dialog_pump(dialog);
    }
}

void hub_join(struct hub *hub, struct dialog *dialog) {
    if (dialog->participant == NAME_NONE) return;
    struct participant_desk *desk = &hub->desks[dialog->participant];
    dialog->previous = NULL;
    dialog->next = desk->dialogs;
    if (dialog->next) dialog->next->previous = dialog;
    desk->dialogs = dialog;
}

void hub_leave(struct hub *hub, struct dialog *dialog) {
    if (dialog->participant == NAME_NONE) return;
    struct participant_desk *desk = &hub->desks[dialog->participant];
    if (dialog->previous) dialog->previous->next = dialog->next;
    else desk->dialogs = dialog->next;
    if (dialog->next) dialog->next->previous = dialog->previous;
    dialog->previous = NULL;
    dialog->next = NULL;
}

/* ---- who is here (ACC-10) ---- */

/* Logons are commands only where a session asks for them: elsewhere a world does not depend on who looks at it. */
static int logons_matter(const struct hub *hub) {
    const struct exchange *exchange = hub->views.exchange;
    for (uint32_t i = 0; i < exchange_sessions_count(exchange); i++) {
        if (exchange_session(exchange, i)->flags & SESSION_LATE_LOGIN_REFUSE) return 1;
    }
    return 0;
}

static void tell_logon(struct hub *hub, uint32_t index, uint32_t connection, uint8_t on) {
    const struct user *user = exchange_user(hub->views.exchange, index);
    if (user->role != ROLE_TRADER || user->is_here == on) return;
    struct command command = {.kind = COMMAND_LOGON, .participant = user->participant, .user = index,
                              .connection = connection, .logon.on = on};
    hub->host.apply(hub->host.owner, &command);
    hub_deliver(hub);
}

void hub_on_logon(struct hub *hub, const struct dialog *dialog) {
    hub->counters.logons++;
    hub->counters.logged_on++;
    hub->logons_count[dialog->user]++;
    if (logons_matter(hub)) tell_logon(hub, dialog->user, dialog->connection, 1);
}

void hub_on_logoff(struct hub *hub, const struct dialog *dialog) {
    CHECK(hub->logons_count[dialog->user] > 0 && hub->counters.logged_on > 0);
    hub->counters.logged_on--;
    if (--hub->logons_count[dialog->user] == 0) tell_logon(hub, dialog->user, dialog->connection, 0);
}

void hub_tell_logons(struct hub *hub) {
    for (uint32_t i = 0; i < exchange_users_count(hub->views.exchange); i++) {
        if (hub->logons_count[i] > 0) tell_logon(hub, i, 0, 1);
    }
}
