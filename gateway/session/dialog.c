/* dialog.c - logon, dispatch, delivery and silence; see dialog.h. */
#include "gateway/session/dialog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/session/answers.h"
#include "gateway/session/listing.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

/* ---- small steps ---- */

int64_t dialog_now_ns(const struct dialog *dialog) {
    return dialog->hub->host.now_ns(dialog->hub->host.owner);
}

void dialog_send(struct dialog *dialog, uint32_t size) {
    dialog->port->send(dialog->port, dialog->hub->out, size);
}

void dialog_send_error(struct dialog *dialog, const struct error_message *message) {
    dialog->hub->counters.refusals[reject_group(message->reason)]++;
    dialog_send(dialog, encode_error(dialog->hub->out, message));
}

void dialog_refuse(struct dialog *dialog, const struct request_id *id, enum reject reason, const char *text) {
    const struct error_message message = {
        .id = id, .reason = (uint16_t)reason, .text = text, .time_ns = dialog_now_ns(dialog),
    };
    dialog_send_error(dialog, &message);
}

static void refuse_as(struct dialog *dialog, const struct request_id *id, const struct decode_error *error) {
    dialog->hub->counters.refusals[reject_group(error->reason)]++;
    dialog_send(dialog, encode_decode_error(dialog->hub->out, id, error, dialog_now_ns(dialog)));
}

void dialog_sign(const struct dialog *dialog, struct command *command) {
    command->participant = dialog->participant;
    command->user = dialog->user;
    command->connection = dialog->connection;
}

/* ---- begin and end ---- */

void dialog_init(struct dialog *dialog, struct hub *hub, struct port *port) {
    *dialog = (struct dialog){
        .hub = hub, .port = port, .connection = ++hub->connections_count, .user = NAME_NONE, .participant = NAME_NONE,
    };
    const struct welcome_message welcome = {
        .version = hub->host.version,
        .clock = hub->host.clock_mode,
        .trade_date = exchange_trade_date(hub->views.exchange),
        .time_ns = dialog_now_ns(dialog),
    };
    dialog_send(dialog, encode_welcome(hub->out, &welcome));
}

void dialog_close(struct dialog *dialog) {
    if (dialog->state == DIALOG_CLOSED) return;
    dialog->state = DIALOG_CLOSED;
    listing_close(dialog->listing);
    dialog->listing = NULL;
    if (dialog->user == NAME_NONE) return;
    struct hub *hub = dialog->hub;
    hub_leave(hub, dialog);
    if (dialog->cancel_on_disconnect) {
        struct command command = {.kind = COMMAND_DISCONNECT};
        dialog_sign(dialog, &command);
        hub->host.apply(hub->host.owner, &command);
        hub_deliver(hub);
    }
    hub_on_logoff(hub, dialog);
}

void dialog_on_line_too_long(struct dialog *dialog) {
    struct decode_error error;
    decode_error_too_long(&error);
    refuse_as(dialog, NULL, &error);
}

void dialog_on_too_slow(struct dialog *dialog) {
    const struct error_message message = {
        .reason = REJECT_SLOW_CONSUMER,
        .text = "the connection does not take what it is sent",
        .time_ns = dialog_now_ns(dialog),
    };
    dialog->hub->counters.refusals[reject_group(message.reason)]++;
    uint32_t size = encode_error(dialog->hub->out, &message);
    dialog->port->send_last(dialog->port, dialog->hub->out, size);
}

/* ---- logon ---- */

static void begin_logon(struct dialog *dialog, struct request *request) {
    struct hub *hub = dialog->hub;
    struct request_logon *logon = &request->logon;
    dialog->state = DIALOG_CHECKING;
    dialog->pending_id = request->id;
    dialog->pending_next_seq = logon->next_expected_seq;
    dialog->pending_command.kind = 0;
    dialog->cancel_on_disconnect = logon->cancel_on_disconnect != 0;
    uint32_t size = name_size(logon->user, sizeof logon->user);
    uint32_t user = size <= user_name_size ? exchange_find_user(hub->views.exchange, logon->user, size) : NAME_NONE;
    dialog->pending_user = user;
    hub->host.verify(hub->host.owner, dialog, user, &logon->password);
    explicit_bzero(&logon->password, sizeof logon->password);
}

/* Number of the next report to the participant of a user; 1 for officials, who get none. */
static uint64_t next_seq_of(const struct hub *hub, const struct user *user) {
    return user->participant == NAME_NONE ? 1 : stream_next_seq(&hub->desks[user->participant].stream);
}

/* Whoever expects a number that was never given follows another world than this one. */
static void refuse_expectation(struct dialog *dialog, uint64_t next_seq) {
    char text[96];
    snprintf(text, sizeof text, "next_expected_seq is %" PRIu64 ", but the next number is %" PRIu64,
             dialog->pending_next_seq, next_seq);
    const struct error_message message = {
        .id = &dialog->pending_id,
        .reason = REJECT_BAD_VALUE,
        .field = "next_expected_seq",
        .text = text,
        .time_ns = dialog_now_ns(dialog),
    };
    dialog->state = DIALOG_STRANGER;
    dialog->cancel_on_disconnect = 0;
    dialog_send_error(dialog, &message);
}

static void log_on(struct dialog *dialog) {
    struct hub *hub = dialog->hub;
    const struct user *user = exchange_user(hub->views.exchange, dialog->pending_user);
    uint64_t next_seq = next_seq_of(hub, user), expected_seq = dialog->pending_next_seq;
    if (expected_seq > next_seq) {
        refuse_expectation(dialog, next_seq);
        return;
    }
    dialog->state = DIALOG_LOGGED_ON;
    dialog->user = dialog->pending_user;
    dialog->role = user->role;
    dialog->participant = user->participant;
    dialog->logon_failures_count = 0;
    dialog->live_seq = next_seq;
    dialog->next_seq = expected_seq != 0 ? expected_seq : next_seq;
    hub_join(hub, dialog);
    const struct logon_message message = {
        .id = &dialog->pending_id,
        .user = user->name,
        .participant = user->participant,
        .role = user->role,
        .heartbeat_s = (uint32_t)(HEARTBEAT_NS / NS_PER_SECOND),
        .next_seq = next_seq,
        .time_ns = dialog_now_ns(dialog),
    };
    dialog_send(dialog, encode_logon_ack(hub->out, hub->views.exchange, &message));
    hub_on_logon(hub, dialog);
    dialog_pump(dialog);
}

/* The same words for a wrong name and a wrong password. */
static void refuse_logon(struct dialog *dialog) {
    dialog->state = DIALOG_STRANGER;
    dialog_refuse(dialog, &dialog->pending_id, REJECT_BAD_CREDENTIALS, "no such user, or the password is wrong");
    if (dialog->logon_failures_count >= logon_failures_max) dialog->port->finish(dialog->port);
}

/* One second for the first wrong password that is not free, twice as long for each one after that, up to eight. */
static int64_t logon_delay_ns(uint32_t failures_count) {
    uint32_t doublings = failures_count - logon_failures_free - 1;
    return LOGON_DELAY_NS << (doublings < 3 ? doublings : 3);
}

void dialog_on_verdict(struct dialog *dialog, enum logon_verdict verdict, int64_t now_ns) {
    if (dialog->state == DIALOG_CLOSED) return;
    CHECK(dialog->state == DIALOG_CHECKING);
    if (verdict == LOGON_PASSED && dialog->pending_user != NAME_NONE) {
        log_on(dialog);
        return;
    }
    dialog->cancel_on_disconnect = 0;
    dialog->logon_failures_count++;
    dialog->hub->counters.logon_failures++;
    if (dialog->logon_failures_count <= logon_failures_free) {
        refuse_logon(dialog);
        return;
    }
    dialog->state = DIALOG_DELAYED;
    dialog->answer_at_ns = now_ns + logon_delay_ns(dialog->logon_failures_count);
}

void dialog_on_hash(struct dialog *dialog, const char *hash) {
    if (dialog->state == DIALOG_CLOSED) return;
    CHECK(dialog->state == DIALOG_CHECKING && dialog->pending_command.kind == COMMAND_USER);
    dialog->state = DIALOG_LOGGED_ON;
    answer_user(dialog, hash);
}

void dialog_on_snapshot(struct dialog *dialog, uint64_t sequence, const char *failure) {
    if (dialog->state == DIALOG_CLOSED) return;
    CHECK(dialog->state == DIALOG_SAVING);
    dialog->state = DIALOG_LOGGED_ON;
    answer_snapshot(dialog, sequence, failure);
}

static void log_out(struct dialog *dialog, const struct request *request) {
    dialog->cancel_on_disconnect = 0;
    dialog_send(dialog, encode_logout(dialog->hub->out, &request->id, dialog_now_ns(dialog)));
    dialog->port->finish(dialog->port);
}

/* ---- requests ---- */

static void answer_subscribe(struct dialog *dialog, const struct request *request) {
    struct hub *hub = dialog->hub;
    uint32_t size = encode_ack_channel(hub->out, hub->views.exchange, request, dialog_now_ns(dialog));
    dialog_send(dialog, size);
    if (request->type == REQUEST_UNSUBSCRIBE) {
        hub->host.unsubscribe(hub->host.owner, dialog, &request->subscribe);
    } else if (hub->host.subscribe(hub->host.owner, dialog, &request->subscribe) < 0) {
        dialog_refuse(dialog, &request->id, REJECT_LIMIT_REACHED, "no memory for another subscription");
    }
}

static void begin_list(struct dialog *dialog, const struct request *request) {
    dialog->listing = listing_open(dialog->hub, dialog->port, dialog->participant, request);
    if (!dialog->listing) {
        dialog_refuse(dialog, &request->id, REJECT_LIMIT_REACHED, "no memory for a list");
        return;
    }
    dialog_pump(dialog);
}

/* A heartbeat is an answer only if the client gave it a name. */
static void answer_heartbeat(struct dialog *dialog, const struct request *request) {
    if (request->id.size == 0) return;
    dialog_send(dialog, encode_heartbeat(dialog->hub->out, &request->id, dialog_now_ns(dialog)));
}

/* A request that would change the exchange, while nothing more can be written down. A logon is one: that somebody is
 * here is written down, and so is that he left. What room there still is, is for those who leave and for the clock. */
static int is_refused_as_full(struct dialog *dialog, const struct request *request) {
    const struct hub_host *host = &dialog->hub->host;
    int changes = request->command.kind != 0 || request->type == REQUEST_LOGON || request->type == REQUEST_ADMIN_CLOCK;
    if (!changes || !host->is_full || !host->is_full(host->owner)) return 0;
    dialog_refuse(dialog, &request->id, REJECT_STORAGE_FULL,
                  "the journal's disk is full: nothing can be taken until there is room and the server is restarted");
    return 1;
}

static void answer(struct dialog *dialog, struct request *request) {
    if (is_refused_as_full(dialog, request)) return;
    switch (request->type) {
    case REQUEST_LOGON:
        begin_logon(dialog, request);
        break;
    case REQUEST_LOGOUT:
        log_out(dialog, request);
        break;
    case REQUEST_HEARTBEAT:
        answer_heartbeat(dialog, request);
        break;
    case REQUEST_NEW_ORDER: case REQUEST_AMEND_ORDER: case REQUEST_CANCEL_ORDER: case REQUEST_MASS_CANCEL:
        answer_order(dialog, request);
        break;
    case REQUEST_ORDER_STATUS:
        answer_order_status(dialog, request);
        break;
    case REQUEST_OPEN_ORDERS: case REQUEST_BALANCES: case REQUEST_DEALS:
    case REQUEST_INSTRUMENTS: case REQUEST_SESSIONS: case REQUEST_PARTICIPANT:
        begin_list(dialog, request);
        break;
    case REQUEST_EXPLAIN:
        answer_explain(dialog, request);
        break;
    case REQUEST_SUBSCRIBE: case REQUEST_UNSUBSCRIBE:
        answer_subscribe(dialog, request);
        break;
    default:
        answer_admin(dialog, request);
        break;
    }
}

/* 0, or -1 and the refusal: 1209, 1200, 1201. */
static int admit(const struct dialog *dialog, const struct request *request, struct decode_error *error) {
    enum access access = request_access(request->type);
    if (dialog->state == DIALOG_LOGGED_ON) {
        if (request->type == REQUEST_LOGON) {
            *error = (struct decode_error){.reason = REJECT_ALREADY_LOGGED_ON,
                                           .text = "this connection is logged on already; log out first"};
            return -1;
        }
        if (access_allows(access, (enum role)dialog->role)) return 0;
        decode_error_not_authorised(error, request->type, (enum role)dialog->role);
        return -1;
    }
    if (access == ACCESS_PUBLIC) return 0;
    decode_error_not_logged_on(error, request->type);
    return -1;
}

/* RSK-2: a bucket of one second's messages for each trader, whatever its connections; it fills as exchange time goes
 * by. Every line costs one but those that keep or end the connection. 0, or -1 and the refusal. */
static int spend(const struct dialog *dialog, const struct request *request, struct decode_error *error) {
    if (dialog->state != DIALOG_LOGGED_ON || dialog->role != ROLE_TRADER) return 0;
    if (request->type == REQUEST_HEARTBEAT || request->type == REQUEST_LOGOUT) return 0;
    uint32_t rate = exchange_participant(dialog->hub->views.exchange, dialog->participant)->message_rate;
    if (rate == 0) return 0;
    int64_t now_ns = dialog_now_ns(dialog), cost_ns = NS_PER_SECOND / rate;
    int64_t *paid_ns = &dialog->hub->rate_paid_ns[dialog->user];
    int64_t begin_ns = *paid_ns > now_ns ? *paid_ns : now_ns;
    if (begin_ns + cost_ns - now_ns <= NS_PER_SECOND) {
        *paid_ns = begin_ns + cost_ns;
        return 0;
    }
    *error = (struct decode_error){.reason = REJECT_RATE_LIMITED};
    snprintf(error->text, sizeof error->text, "a trader of this participant may send %" PRIu32 " messages a second; the"
             " next is taken in %" PRId64 " ms", rate, (begin_ns + cost_ns - now_ns - NS_PER_SECOND) / 1000000 + 1);
    return -1;
}

/* Every copy of a password that decoding has left behind. */
static void wipe(struct hub *hub, char *line, uint32_t size) {
    explicit_bzero(line, size);
    explicit_bzero(&hub->request, sizeof hub->request);
    explicit_bzero(hub->decoder, decoder_size());
    hub->decoder = decoder_init(hub->decoder);
}

void dialog_on_line(struct dialog *dialog, char *line, uint32_t size) {
    CHECK(!dialog_is_busy(dialog));
    struct hub *hub = dialog->hub;
    struct request *request = &hub->request;
    struct decode_error error;
    int status = decode_head(hub->decoder, line, size, request, &error);
    hub->counters.requests[request->type]++;
    struct decode_error limited;
    if (spend(dialog, request, &limited) < 0) {
        error = limited;
        status = -1;
    }
    if (status == 0) status = admit(dialog, request, &error);
    if (status == 0) status = decode_body(hub->decoder, hub->views.exchange, dialog->participant, request, &error);
    if (status == 0 && hub->host.on_decoded) hub->host.on_decoded(hub->host.owner, request->type);
    int is_secret = request->type == REQUEST_LOGON || request->type == REQUEST_ADMIN_USER;
    if (status < 0) refuse_as(dialog, &request->id, &error);
    else answer(dialog, request);
    if (is_secret) wipe(hub, line, size);
}

/* ---- delivery ---- */

/* What is no longer kept is told, and replaced by the orders as they are now. */
static void tell_gap(struct dialog *dialog, uint64_t first_seq) {
    struct hub *hub = dialog->hub;
    dialog_send(dialog, encode_gap(hub->out, dialog->next_seq, first_seq - 1, dialog_now_ns(dialog)));
    dialog->next_seq = first_seq;
    const struct request request = {.type = REQUEST_OPEN_ORDERS};
    dialog->listing = listing_open(hub, dialog->port, dialog->participant, &request);
}

static void send_report(struct dialog *dialog, const struct report *report) {
    struct hub *hub = dialog->hub;
    const struct dialog_answer *answer = &dialog->answer;
    enum delivery delivery = dialog->next_seq < dialog->live_seq ? DELIVERY_AGAIN : DELIVERY_FIRST;
    int answers = answer->sequence != 0 && report->exec_sequence == answer->sequence &&
                  report->order_id == answer->order_id;
    dialog_send(dialog, encode_report(hub->out, hub->views.exchange, report, answers ? &answer->id : NULL,
                                      answers ? &answer->words : NULL, delivery));
    dialog->next_seq++;
}

static void send_ack(struct dialog *dialog) {
    dialog->answer.has_ack = 0;
    dialog_send(dialog, encode_mass_cancel_ack(dialog->hub->out, &dialog->answer.id, dialog->answer.count,
                                               dialog_now_ns(dialog)));
}

/* Sends the next of what waits; 0 when nothing does. */
static int pump_once(struct dialog *dialog) {
    if (dialog->listing) {
        if (listing_pump(dialog->listing) == LISTING_DONE) {
            listing_close(dialog->listing);
            dialog->listing = NULL;
        }
        return 1;
    }
    if (dialog->participant != NAME_NONE) {
        const struct stream *stream = &dialog->hub->desks[dialog->participant].stream;
        if (dialog->next_seq < stream_first_seq(stream)) {
            tell_gap(dialog, stream_first_seq(stream));
            return 1;
        }
        const struct report *report = stream_find(stream, dialog->next_seq);
        if (report) {
            send_report(dialog, report);
            return 1;
        }
    }
    if (!dialog->answer.has_ack) return 0;
    send_ack(dialog);
    return 1;
}

void dialog_pump(struct dialog *dialog) {
    if (dialog->state == DIALOG_CLOSED) return;
    while (!dialog->port->is_behind(dialog->port) && pump_once(dialog)) continue;
}

int dialog_is_busy(const struct dialog *dialog) {
    if (dialog->state == DIALOG_CHECKING || dialog->state == DIALOG_DELAYED || dialog->state == DIALOG_SAVING) return 1;
    if (dialog->listing || dialog->answer.has_ack) return 1;
    if (dialog->state != DIALOG_LOGGED_ON || dialog->participant == NAME_NONE) return 0;
    return dialog->next_seq < stream_next_seq(&dialog->hub->desks[dialog->participant].stream);
}

/* ---- time ---- */

void dialog_on_tick(struct dialog *dialog, int64_t now_ns, int64_t sent_ns, int64_t received_ns) {
    if (dialog->state == DIALOG_DELAYED && now_ns >= dialog->answer_at_ns) refuse_logon(dialog);
    if (dialog->state != DIALOG_LOGGED_ON && dialog->state != DIALOG_SAVING) return;
    if (now_ns - received_ns >= SILENCE_NS) {
        dialog->port->finish(dialog->port);
    } else if (now_ns - sent_ns >= HEARTBEAT_NS) {
        dialog_send(dialog, encode_heartbeat(dialog->hub->out, NULL, dialog_now_ns(dialog)));
    }
}
