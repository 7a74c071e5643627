/* talk.c - connect, ask, print, leave; see talk.h. */
#include "tools/client/talk.h"

#include <cjson/cJSON.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tools/client/message.h"
#include "tools/client/show.h"

enum { password_size = 256, logout_timeout_ms = 2000 };

int talk_failure(const struct client_options *options, enum peer_status status) {
    fprintf(stderr, "birzha: %s: %s\n", options->address, peer_status_text(status));
    return status == PEER_TIMEOUT ? EXIT_TIMEOUT : status == PEER_REFUSED ? EXIT_LOGON : EXIT_CONNECTION;
}

int talk_ask_password(const char *user, char *password, uint32_t size) {
    struct termios before, silent;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0) return -1;
    fprintf(stderr, "Password of %s: ", user);
    fflush(stderr);
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    silent.c_lflag |= ICANON | ISIG;
    silent.c_iflag |= ICRNL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    uint32_t length = 0;
    ssize_t taken;
    char byte;
    while ((taken = read(STDIN_FILENO, &byte, 1)) == 1 && byte != '\n') {
        if (length + 1 < size) password[length++] = byte;
    }
    password[length] = '\0';
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputc('\n', stderr);
    return taken == 1 ? 0 : -1;
}

static int log_on(struct talk *talk) {
    const struct client_options *options = talk->options;
    char typed[password_size];
    const char *password = options->password;
    if (password == NULL) {
        if (talk_ask_password(options->user, typed, sizeof typed) != 0) {
            fprintf(stderr, "birzha: no password: give --password, or set BIRZHA_PASSWORD\n");
            return EXIT_USAGE;
        }
        password = typed;
    }
    enum peer_status status =
        peer_logon(&talk->peer, options->user, password, "", options->timeout_s * 1000, talk->reply);
    explicit_bzero(typed, sizeof typed);
    if (status == PEER_OK) return EXIT_DONE;
    if (status != PEER_REFUSED) return talk_failure(options, status);
    cJSON *error = cJSON_Parse(talk->reply);
    fprintf(stderr, "birzha: logon of %s refused: %s (%s)\n", options->user, message_text(error, "text"),
            message_text(error, "reason"));
    cJSON_Delete(error);
    return EXIT_LOGON;
}

int talk_open(struct talk *talk, const struct client_options *options, enum talk_logon logon) {
    setlocale(LC_CTYPE, "");
    memset(talk, 0, sizeof *talk);
    talk->options = options;
    talk->style = style_for(stdout);
    talk->peer.fd = -1;
    if (options->user == NULL && logon == TALK_LOGON) {
        fprintf(stderr, "birzha: who logs on? Give --user, or set BIRZHA_USER\n");
        return EXIT_USAGE;
    }
    enum peer_status status = peer_open(&talk->peer, options->address, options->timeout_s * 1000, NULL);
    if (status != PEER_OK) return talk_failure(options, status);
    int code = options->user != NULL ? log_on(talk) : EXIT_DONE;
    if (code != EXIT_DONE) peer_close(&talk->peer);
    return code;
}

static void print_text(struct talk *talk, const struct cJSON *message) {
    show_message(message, &talk->style, &talk->output);
    output_flush(&talk->output, stdout);
}

/* A line in the form that was asked for. */
static void print_line(struct talk *talk, const char *line, const struct cJSON *message) {
    if (!talk->options->json) {
        print_text(talk, message);
    } else if (!message_is(message, "heartbeat")) {
        printf("%s\n", line);
        fflush(stdout);
    }
}

/* Whether `message` ends the answer; a mass cancel is answered by reports and then by its own ack. */
static int is_answer(const struct cJSON *message, uint32_t request_id, int mass_cancel) {
    if (!message_answers(message, request_id)) return 0;
    return !mass_cancel || !message_is(message, "execution_report");
}

static int answer_exit(const struct cJSON *message) {
    if (message_is(message, "error")) return EXIT_REFUSED;
    return strcmp(message_text(message, "exec_type"), "rejected") == 0 ? EXIT_REFUSED : EXIT_DONE;
}

int talk_ask(struct talk *talk, char *request, uint32_t request_id) {
    uint32_t timeout_ms = talk->options->timeout_s * 1000;
    int64_t deadline_ms = peer_now_ms() + timeout_ms;
    int mass_cancel = peer_line_is(request, "mass_cancel");
    enum peer_status status = peer_send_line(&talk->peer, request, timeout_ms);
    free(request);
    cJSON *list = NULL;
    int code = -1;
    while (status == PEER_OK && code < 0) {
        char *line;
        int64_t left_ms = deadline_ms - peer_now_ms();
        status = peer_read_line(&talk->peer, left_ms > 0 ? (uint32_t)left_ms : 0, &line);
        cJSON *message = status == PEER_OK ? cJSON_Parse(line) : NULL;
        if (message == NULL) continue;
        if (!is_answer(message, request_id, mass_cancel)) {
            print_line(talk, line, message);
            cJSON_Delete(message);
            continue;
        }
        if (!message_has_more(message)) code = answer_exit(message);
        if (talk->options->json) print_line(talk, line, message);
        message_join(&list, message);
    }
    if (code >= 0 && !talk->options->json) print_text(talk, list);
    cJSON_Delete(list);
    return code >= 0 ? code : talk_failure(talk->options, status);
}

int talk_close(struct talk *talk, int exit_code) {
    enum peer_status status = PEER_CLOSED;
    if (talk->peer.fd >= 0 && talk->options->user != NULL && exit_code <= EXIT_REFUSED) {
        status = peer_send_line(&talk->peer, "{\"type\":\"logout\"}", logout_timeout_ms);
    }
    char *line;
    while (status == PEER_OK && (status = peer_read_line(&talk->peer, logout_timeout_ms, &line)) == PEER_OK) {
        if (peer_line_is(line, "logout")) break;
        cJSON *message = cJSON_Parse(line);
        print_line(talk, line, message);
        cJSON_Delete(message);
    }
    peer_close(&talk->peer);
    output_free(&talk->output);
    return exit_code;
}
