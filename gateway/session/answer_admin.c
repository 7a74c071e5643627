/* answer_admin.c - supervision and administration; see answers.h. */
#include <string.h>

#include "gateway/session/answers.h"
#include "instruments/calendar.h"
#include "instruments/check.h"

static void send_ack(struct dialog *dialog, const struct request_id *id) {
    dialog_send(dialog, encode_ack(dialog->hub->out, id, dialog_now_ns(dialog)));
}

/* Applies the command; NULL when it was done, else the event that refused it. */
static const struct event *apply(struct dialog *dialog, struct command *command, struct applied *applied) {
    struct hub *hub = dialog->hub;
    dialog_sign(dialog, command);
    *applied = hub->host.apply(hub->host.owner, command);
    const struct event *verdict = applied_verdict(applied);
    return verdict && verdict->kind == EVENT_REFUSED ? verdict : NULL;
}

static void answer_command(struct dialog *dialog, struct request *request) {
    struct hub *hub = dialog->hub;
    struct applied applied;
    const struct event *refused = apply(dialog, &request->command, &applied);
    if (refused) {
        dialog_send(dialog, encode_refused(hub->out, hub->views.exchange, refused, request, dialog_now_ns(dialog)));
    } else {
        send_ack(dialog, &request->id);
    }
    hub_deliver(hub);
}

/* A command that nothing can be said against any more. */
static void apply_sound(struct dialog *dialog, struct command *command) {
    struct applied applied;
    const struct event *refused = apply(dialog, command, &applied);
    CHECK(!refused);
}

/* One request, several commands: only the first, which creates the session, can be refused; what the others bring was
 * looked at when the request was read. Instruments come last, so they join a session that is as it is to be. */
static void answer_session(struct dialog *dialog, struct request *request) {
    struct hub *hub = dialog->hub;
    struct request_session *session = &request->session;
    uint32_t index = session->index;
    if (index == NAME_NONE) {
        struct applied applied;
        request->command = (struct command){.kind = COMMAND_SESSION, .session = session->session};
        const struct event *refused = apply(dialog, &request->command, &applied);
        if (refused) {
            dialog_send(dialog, encode_refused(hub->out, hub->views.exchange, refused, request, dialog_now_ns(dialog)));
            hub_deliver(hub);
            return;
        }
        index = exchange_sessions_count(hub->views.exchange) - 1;
    }
    session->terms.session = index;
    if (session->terms.flags & SESSION_LATE_LOGIN_REFUSE) hub_tell_logons(hub);
    apply_sound(dialog, &(struct command){.kind = COMMAND_SESSION_TERMS, .session_terms = session->terms});
    for (uint32_t i = 0; i < session->dates_count; i++)
        apply_sound(dialog, &(struct command){.kind = COMMAND_SESSION_DATE,
                                              .session_date = {.session = index, .date = session->dates[i]}});
    for (uint32_t i = 0; i < session->symbols_count; i++)
        apply_sound(dialog, &(struct command){.kind = COMMAND_SESSION_SYMBOL, .session_symbol = {
                                                  .session = index, .instrument = session->symbols[i]}});
    send_ack(dialog, &request->id);
    hub_deliver(hub);
}

/* The exchange takes any news; it is read by everybody, who asked it included. */
static void answer_news(struct dialog *dialog, struct request *request) {
    struct hub *hub = dialog->hub;
    const struct command_news *news = &request->command.news;
    apply_sound(dialog, &request->command);
    send_ack(dialog, &request->id);
    uint32_t size = encode_news(hub->out, news->text, sizeof news->text, dialog_now_ns(dialog));
    hub->host.announce(hub->host.owner, hub->out, size);
    hub_deliver(hub);
}

/* Forward only, and only the manual clock; what becomes due on the way is reported before the answer. */
static void answer_clock(struct dialog *dialog, const struct request *request) {
    struct hub *hub = dialog->hub;
    int64_t now_ns = request->clock.now_ns;
    if (!hub->host.move_clock) {
        dialog_refuse(dialog, &request->id, REJECT_NOT_AVAILABLE, "time moves by itself; start with --clock manual");
        return;
    }
    if (now_ns < exchange_time_ns(hub->views.exchange)) {
        dialog_refuse(dialog, &request->id, REJECT_TIMESTAMP_REGRESSION, "the clock moves forward only");
        return;
    }
    if (!calendar_covers(trade_date(now_ns))) {
        dialog_refuse(dialog, &request->id, REJECT_BAD_VALUE, "the calendar does not know that date");
        return;
    }
    hub->host.move_clock(hub->host.owner, now_ns);
    hub_deliver(hub);
    const struct exchange *exchange = hub->views.exchange;
    dialog_send(dialog, encode_ack_clock(hub->out, &request->id, exchange_trade_date(exchange),
                                         exchange_time_ns(exchange)));
}

static void answer_digest(struct dialog *dialog, const struct request *request) {
    struct hub *hub = dialog->hub;
    const struct exchange *exchange = hub->views.exchange;
    dialog_send(dialog, encode_digest(hub->out, &request->id, exchange_sequence(exchange), exchange_digest(exchange),
                                      dialog_now_ns(dialog)));
}

/* Takes its time, elsewhere; answer_snapshot does the rest. */
static void begin_snapshot(struct dialog *dialog, const struct request *request) {
    const struct hub_host *host = &dialog->hub->host;
    dialog->pending_id = request->id;
    dialog->state = DIALOG_SAVING;
    const char *refusal = host->snapshot ? host->snapshot(host->owner, dialog) : "there is no journal";
    if (refusal) dialog_on_snapshot(dialog, 0, refusal);
}

void answer_snapshot(struct dialog *dialog, uint64_t sequence, const char *failure) {
    if (failure) dialog_refuse(dialog, &dialog->pending_id, REJECT_NOT_AVAILABLE, failure);
    else dialog_send(dialog, encode_ack_snapshot(dialog->hub->out, &dialog->pending_id, sequence,
                                                 dialog_now_ns(dialog)));
}

/* The password is hashed first, elsewhere; answer_user does the rest. */
static void begin_user(struct dialog *dialog, struct request *request) {
    struct hub *hub = dialog->hub;
    dialog->state = DIALOG_CHECKING;
    dialog->pending_id = request->id;
    dialog->pending_command = request->command;
    hub->host.hash(hub->host.owner, dialog, &request->password);
    explicit_bzero(&request->password, sizeof request->password);
}

void answer_user(struct dialog *dialog, const char *hash) {
    struct hub *hub = dialog->hub;
    if (!hash) {
        dialog_refuse(dialog, &dialog->pending_id, REJECT_LIMIT_REACHED, "the password could not be hashed");
        return;
    }
    struct applied applied;
    const struct event *refused = apply(dialog, &dialog->pending_command, &applied);
    if (refused) {
        const struct request request = {
            .type = REQUEST_ADMIN_USER, .id = dialog->pending_id, .command = dialog->pending_command,
        };
        dialog_send(dialog, encode_refused(hub->out, hub->views.exchange, refused, &request, dialog_now_ns(dialog)));
        hub_deliver(hub);
        return;
    }
    const struct event *created = applied_verdict(&applied);
    CHECK(created && created->kind == EVENT_USER);
    struct command password = {.kind = COMMAND_PASSWORD, .password.user = created->subject.index};
    memcpy(password.password.hash, hash, password_hash_size);
    refused = apply(dialog, &password, &applied);
    CHECK(!refused);
    send_ack(dialog, &dialog->pending_id);
    hub_deliver(hub);
}

void answer_admin(struct dialog *dialog, struct request *request) {
    struct hub *hub = dialog->hub;
    switch (request->type) {
    case REQUEST_ADMIN_CLOCK:
        answer_clock(dialog, request);
        break;
    case REQUEST_ADMIN_DIGEST:
        answer_digest(dialog, request);
        break;
    case REQUEST_ADMIN_SESSION:
        answer_session(dialog, request);
        break;
    case REQUEST_ADMIN_NEWS:
        answer_news(dialog, request);
        break;
    case REQUEST_ADMIN_USER:
        begin_user(dialog, request);
        break;
    case REQUEST_ADMIN_SNAPSHOT:
        begin_snapshot(dialog, request);
        break;
    case REQUEST_ADMIN_SHUTDOWN:
        send_ack(dialog, &request->id);
        hub->host.shutdown(hub->host.owner);
        break;
    default:
        CHECK(request->command.kind != 0);
        answer_command(dialog, request);
        break;
    }
}
