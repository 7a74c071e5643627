/* answer_explain.c - what a request to explain is about, and whether who asks may know; see answers.h. */
#include <inttypes.h>
#include <stdio.h>

#include "engine/views/deals.h"
#include "engine/views/orders.h"
#include "engine/views/story.h"
#include "gateway/session/answers.h"
#include "gateway/session/listing.h"
#include "instruments/name_table.h"

static int is_official(const struct dialog *dialog) { return dialog->participant == NAME_NONE; }

/* A firm's orders are explained to it, to the client they are for, and to officials. */
static int may_know(const struct dialog *dialog, uint32_t participant, uint32_t principal) {
    return is_official(dialog) || dialog->participant == participant || dialog->participant == principal;
}

static int find_order(const struct dialog *dialog, uint64_t order_id, struct explain_subject *subject) {
    const struct story *story = dialog->hub->views.story;
    const struct story_note *note = story_last(story, order_id);
    for (; note != NULL; note = story_before(story, note)) {
        const struct event *event = &note->event;
        if (event->kind != EVENT_ACCEPTED) continue;
        if (!may_know(dialog, event->order.participant, event->order.principal)) return -1;
        subject->order_id = order_id;
        return 0;
    }
    return -1;
}

/* The trade as the side tells it that who asks was on; officials hear it of the order that came in. */
static int find_trade(const struct dialog *dialog, uint64_t trade_id, struct explain_subject *subject) {
    const struct deal *deal = deals_find(dialog->hub->views.deals, trade_id);
    if (deal == NULL) return -1;
    uint32_t side = deal->taker_side;
    for (int tries = 0; tries < 2; tries++, side = side == SIDE_BUY ? SIDE_SELL : SIDE_BUY) {
        const struct deal_party *party = &deal->parties[side];
        if (!may_know(dialog, party->participant, party->principal)) continue;
        *subject = (struct explain_subject){.order_id = party->order_id, .trade_id = trade_id};
        return 0;
    }
    return -1;
}

static int find_report(const struct dialog *dialog, uint64_t seq, struct explain_subject *subject) {
    if (is_official(dialog)) return -1;
    const struct report *report = stream_find(&dialog->hub->desks[dialog->participant].stream, seq);
    if (report == NULL) return -1;
    if (report->kind == REPORT_EXECUTION && report->exec_type == EXEC_TYPE_REJECTED) {
        subject->is_refusal = 1;
        subject->refused = *report;
        return 0;
    }
    if (find_order(dialog, report->order_id, subject) < 0) return -1;
    subject->trade_id = report->trade_id;
    return 0;
}

static void refuse(struct dialog *dialog, const struct request *request) {
    char text[128];
    const struct request_explain *asked = &request->explain;
    struct error_message message = {
        .id = &request->id, .reason = REJECT_ORDER_UNKNOWN, .text = text, .order_id = asked->order_id,
        .time_ns = dialog_now_ns(dialog),
    };
    if (asked->order_id != 0) {
        snprintf(text, sizeof text, "no such order of yours is on record");
    } else if (asked->trade_id != 0) {
        snprintf(text, sizeof text, "no such trade of yours is on record");
    } else if (is_official(dialog)) {
        message.reason = REJECT_BAD_VALUE;
        message.field = "seq";
        snprintf(text, sizeof text, "only participants get numbered messages; name an order_id or a trade_id");
    } else {
        const struct stream *stream = &dialog->hub->desks[dialog->participant].stream;
        message.reason = REJECT_BAD_VALUE;
        message.field = "seq";
        snprintf(text, sizeof text, "no message %" PRIu64 " that can be explained is kept; kept are %" PRIu64 " to %"
                 PRIu64, asked->seq, stream_first_seq(stream), stream_next_seq(stream) - 1);
    }
    dialog_send_error(dialog, &message);
}

void answer_explain(struct dialog *dialog, const struct request *request) {
    struct explain_subject subject = {0};
    const struct request_explain *asked = &request->explain;
    int status = asked->order_id != 0   ? find_order(dialog, asked->order_id, &subject)
                 : asked->trade_id != 0 ? find_trade(dialog, asked->trade_id, &subject)
                                        : find_report(dialog, asked->seq, &subject);
    if (status < 0) {
        refuse(dialog, request);
        return;
    }
    subject.official = (uint8_t)is_official(dialog);
    dialog->listing = listing_open_explanation(dialog->hub, dialog->port, &request->id, &subject);
    if (!dialog->listing) {
        dialog_refuse(dialog, &request->id, REJECT_LIMIT_REACHED, "no memory for an explanation");
        return;
    }
    dialog_pump(dialog);
}
