/* answer_order.c - orders, and what the exchange makes of them; see answers.h. */
#include <string.h>

#include "engine/views/orders.h"
#include "gateway/session/answers.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

const struct event *applied_verdict(const struct applied *applied) {
    for (uint32_t i = 0; i < applied->events_count; i++) {
        uint16_t kind = applied->events[i].kind;
        if (kind != EVENT_CLIENT_ID && kind != EVENT_HELD) return &applied->events[i];
    }
    return NULL;
}

static const struct event *find_event(const struct applied *applied, enum event_kind kind) {
    for (uint32_t i = applied->events_count; i > 0; i--) {
        if (applied->events[i - 1].kind == kind) return &applied->events[i - 1];
    }
    return NULL;
}

/* The order that the verdict is about; 0 for one that was not accepted. */
static uint64_t order_of(const struct event *verdict) {
    if (!verdict || verdict->kind == EVENT_REJECTED) return 0;
    return verdict->kind == EVENT_ACCEPTED ? verdict->order.order_id : verdict->order_change.order_id;
}

/* The reports of this command that are about this order are its answer. */
static void expect_reports(struct dialog *dialog, const struct request *request, const struct applied *applied) {
    struct dialog_answer *answer = &dialog->answer;
    answer->sequence = applied->sequence;
    answer->order_id = order_of(applied_verdict(applied));
    answer->id = request->id;
    if (request->type == REQUEST_NEW_ORDER || request->type == REQUEST_AMEND_ORDER) answer->words = request->words;
    else memset(&answer->words, 0, sizeof answer->words);
}

/* The reports of a mass cancel are about many orders; the answer to it is what follows them. */
static void expect_ack(struct dialog *dialog, const struct request *request, const struct applied *applied) {
    const struct event *done = find_event(applied, EVENT_MASS_CANCELED);
    CHECK(done);
    dialog->answer = (struct dialog_answer){.id = request->id, .has_ack = 1, .count = done->mass_canceled.count};
}

/* The same request a second time: the order's present state, if it is still on record. */
static void answer_resend(struct dialog *dialog, const struct request *request, uint64_t order_id) {
    struct hub *hub = dialog->hub;
    if (hub->has_answer) {
        dialog_send(dialog, encode_report(hub->out, hub->views.exchange, &hub->answer, &request->id, NULL,
                                          DELIVERY_FIRST));
        return;
    }
    const struct error_message message = {
        .id = &request->id,
        .reason = REJECT_ORDER_NOT_ACTIVE,
        .text = "this request was taken before; its order ended and is no longer on record",
        .order_id = order_id,
        .time_ns = dialog_now_ns(dialog),
    };
    dialog_send_error(dialog, &message);
}

void answer_order(struct dialog *dialog, struct request *request) {
    struct hub *hub = dialog->hub;
    struct command *command = &request->command;
    dialog_sign(dialog, command);
    if (request->type == REQUEST_NEW_ORDER && dialog->cancel_on_disconnect) {
        command->new_order.flags |= ORDER_CANCEL_ON_DISCONNECT;
    }
    hub->has_answer = 0;
    struct applied applied = hub->host.apply(hub->host.owner, command);
    const struct event *verdict = applied_verdict(&applied);
    CHECK(verdict);
    if (verdict->kind == EVENT_REFUSED) {
        dialog_send(dialog, encode_refused(hub->out, hub->views.exchange, verdict, request, dialog_now_ns(dialog)));
    } else if (verdict->kind == EVENT_ORDER_STATUS) {
        answer_resend(dialog, request, verdict->order_status.order_id);
    } else if (request->type == REQUEST_MASS_CANCEL) {
        expect_ack(dialog, request, &applied);
    } else {
        expect_reports(dialog, request, &applied);
    }
    hub_deliver(hub);
    dialog_pump(dialog);
}

/* One of the participant's own orders; NULL when none of that name is on record. */
static const struct order_state *find_order(const struct dialog *dialog, const struct request_order_status *named) {
    const struct orders_view *orders = dialog->hub->views.orders;
    if (dialog->participant == NAME_NONE) return NULL;
    uint64_t order_id = named->order_id;
    if (order_id == 0)
        order_id = exchange_find_order(dialog->hub->views.exchange, dialog->participant, named->orig_client_order_id);
    const struct order_state *order = orders_view_find(orders, order_id);
    return order && order->participant == dialog->participant ? order : NULL;
}

void answer_order_status(struct dialog *dialog, const struct request *request) {
    struct hub *hub = dialog->hub;
    const struct request_order_status *named = &request->order_status;
    const struct order_state *order = find_order(dialog, named);
    if (order) {
        struct report report;
        orders_view_status(order, dialog_now_ns(dialog), &report);
        dialog_send(dialog, encode_report(hub->out, hub->views.exchange, &report, &request->id, NULL, DELIVERY_FIRST));
        return;
    }
    const struct error_message message = {
        .id = &request->id,
        .reason = REJECT_ORDER_UNKNOWN,
        .text = "no such order of yours is on record",
        .orig_client_order_id = named->orig_client_order_id,
        .order_id = named->order_id,
        .time_ns = dialog_now_ns(dialog),
    };
    dialog_send_error(dialog, &message);
}
