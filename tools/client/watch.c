/* watch.c - subscription, poll loop and terminal of a live symbol; see watch.h. */
#include "tools/client/watch.h"

#include <cjson/cJSON.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tools/client/commands.h"
#include "tools/client/ladder_screen.h"
#include "tools/client/board.h"
#include "tools/client/message.h"
#include "tools/client/options.h"
#include "tools/client/ask.h"
#include "tools/client/show.h"
#include "tools/client/talk.h"

enum { redraw_pause_ms = 50, footer_size = 200, best_size = 160, depth_wanted = 20 };

static const char *const channels[] = {"book", "trades", "status"};
enum { channels_count = sizeof channels / sizeof channels[0] };

struct watch {
    struct peer *peer;
    const struct watch_settings *settings;
    struct board board;
    struct output output;
    struct output *others;
    char footer[footer_size];
    char best[best_size];       /* what print_best said last */
    int exit_code;              /* -1 while it goes on */
    int dirty;                  /* 1: the screen is out of date */
    int64_t drawn_ms, end_ms;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number) {
    if (number != SIGWINCH) interrupted = 1;
}

void terminal_size(uint32_t *columns, uint32_t *rows) {
    struct winsize size;
    *columns = 80;
    *rows = 24;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return;
    *columns = size.ws_col;
    *rows = size.ws_row;
}

static enum peer_status subscribe(struct watch *watch, const char *type) {
    enum peer_status status = PEER_OK;
    for (uint32_t i = 0; i < channels_count && status == PEER_OK; i++) {
        struct cJSON *request = ask_begin(type, watch_request_id + i);
        ask_text(request, "channel", channels[i]);
        ask_list(request, "symbols", &watch->settings->symbol, 1);
        if (i == 0 && strcmp(type, "subscribe") == 0) cJSON_AddNumberToObject(request, "depth", depth_wanted);
        char *line = ask_end(request);
        status = peer_send_line(watch->peer, line, watch->settings->timeout_ms);
        free(line);
    }
    return status;
}

static void draw(struct watch *watch) {
    struct ladder_frame frame = {.footer = watch->footer, .style = watch->settings->style};
    terminal_size(&frame.width, &frame.height);
    struct output text = {0};
    ladder_screen_draw(&watch->board, &frame, &text);
    /* Each line is cleared behind its text, so that nothing flickers and nothing old stays. */
    output_add(&watch->output, "\033[H");
    for (const char *line = text.bytes; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        output_add_bytes(&watch->output, line, size);
        output_add(&watch->output, line[size] == '\n' ? "\033[K\r\n" : "\033[K");
        line += size + (line[size] == '\n');
    }
    output_add(&watch->output, "\033[J");
    output_free(&text);
    output_flush(&watch->output, stdout);
    watch->dirty = 0;
    watch->drawn_ms = peer_now_ms();
}

/* "06:00:01  DY-SMP-EX  bid 2700.00 x 8  ask 2705.00 x 4"; nothing when that is what was printed last. */
static void print_best(struct watch *watch) {
    const struct board *board = &watch->board;
    char best[best_size], *at = best;
    const struct { const char *name; const struct board_level *level; uint32_t count; } sides[2] = {
        {"bid", board->bids, board->bids_count}, {"ask", board->asks, board->asks_count},
    };
    best[0] = '\0';
    for (uint32_t i = 0; i < 2; i++) {
        if (sides[i].count == 0) continue;
        at += snprintf(at, (size_t)(best + sizeof best - at), "  %s %s x %lld", sides[i].name, sides[i].level->price,
                       (long long)sides[i].level->quantity);
    }
    if (strcmp(best, watch->best) == 0) return;
    memcpy(watch->best, best, sizeof best);
    output_print(&watch->output, "%s  %s%s\n", board->time, board->symbol, best[0] != '\0' ? best : "  empty book");
}

/* Reports of own orders go to the caller, and the newest to the footer. */
static void take_other(struct watch *watch, const cJSON *message) {
    if (message_is(message, "ack") || message_is(message, "heartbeat")) return;
    struct output text = {0};
    show_message(message, &style_plain, &text);
    if (text.size > 0) {
        snprintf(watch->footer, sizeof watch->footer, "%.*s", (int)strcspn(text.bytes, "\n"), text.bytes);
        if (watch->others != NULL) output_add(watch->others, text.bytes);
        watch->dirty = 1;
    }
    output_free(&text);
}

static void take_message(struct watch *watch, const char *line, const cJSON *message) {
    const struct watch_settings *settings = watch->settings;
    enum board_change change = board_apply(&watch->board, message);
    if (settings->form == WATCH_JSON && !message_is(message, "heartbeat")) {
        output_print(&watch->output, "%s\n", line);
    }
    if (message_is(message, "error") && message_integer(message, "req_id") >= watch_request_id) {
        snprintf(watch->footer, sizeof watch->footer, "birzha: %s: %s (%s)", settings->symbol,
                 message_text(message, "text"), message_text(message, "reason"));
        watch->exit_code = EXIT_REFUSED;
        return;
    }
    if (change == BOARD_UNCHANGED) {
        take_other(watch, message);
        return;
    }
    if (change == BOARD_GAP && subscribe(watch, "subscribe") != PEER_OK) watch->exit_code = EXIT_CONNECTION;
    watch->dirty = 1;
    if (settings->form == WATCH_LINES && change == BOARD_BOOK) print_best(watch);
    else if (settings->form == WATCH_LINES) show_message(message, settings->style, &watch->output);
    if (settings->updates > 0 && watch->board.updates_count >= settings->updates) watch->exit_code = EXIT_DONE;
}

static void take_lines(struct watch *watch) {
    enum peer_status status = peer_receive(watch->peer);
    for (char *line; watch->exit_code < 0 && (line = peer_next_line(watch->peer)) != NULL;) {
        cJSON *message = cJSON_Parse(line);
        if (message != NULL) take_message(watch, line, message);
        cJSON_Delete(message);
    }
    if (watch->settings->form != WATCH_SCREEN) output_flush(&watch->output, stdout);
    if (status != PEER_OK && watch->exit_code < 0) watch->exit_code = EXIT_CONNECTION;
}

static void take_keys(struct watch *watch) {
    char keys[32];
    ssize_t size = read(STDIN_FILENO, keys, sizeof keys);
    if (size <= 0) watch->exit_code = EXIT_DONE;
    for (ssize_t i = 0; i < size; i++) {
        if (keys[i] == 'q' || keys[i] == 'Q' || keys[i] == 3 || keys[i] == 4) watch->exit_code = EXIT_DONE;
        if (keys[i] == 12) watch->dirty = 1;
    }
}

/* How long to sleep: until the next redraw, the end, or the next look at the heartbeat. */
static int pause_ms(const struct watch *watch) {
    int64_t now_ms = peer_now_ms(), wake_ms = now_ms + 1000;
    if (watch->settings->form == WATCH_SCREEN && watch->dirty) wake_ms = watch->drawn_ms + redraw_pause_ms;
    if (watch->end_ms < wake_ms) wake_ms = watch->end_ms;
    return wake_ms > now_ms ? (int)(wake_ms - now_ms) : 0;
}

static void watch_loop(struct watch *watch) {
    struct pollfd entries[2] = {{.fd = watch->peer->fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    int screen = watch->settings->form == WATCH_SCREEN;
    while (watch->exit_code < 0) {
        int ready = poll(entries, screen ? 2 : 1, pause_ms(watch));
        if (ready < 0) watch->dirty = 1;    /* a signal; the terminal may have changed its size */
        if (ready > 0 && entries[0].revents != 0) take_lines(watch);
        if (ready > 0 && screen && entries[1].revents != 0) take_keys(watch);
        if (peer_keep_alive(watch->peer) != PEER_OK) watch->exit_code = EXIT_CONNECTION;
        if (interrupted || (watch->exit_code < 0 && peer_now_ms() >= watch->end_ms)) watch->exit_code = EXIT_DONE;
        if (screen && watch->dirty && peer_now_ms() - watch->drawn_ms >= redraw_pause_ms) draw(watch);
    }
}

/* Signals and the terminal as the loop needs them, and back. */
struct terminal_state {
    struct sigaction actions[3];
    struct termios modes;
    int has_modes;
};
static const int signals[3] = {SIGWINCH, SIGINT, SIGTERM};

static void terminal_take(struct terminal_state *state, enum watch_form form) {
    struct sigaction action = {.sa_handler = on_signal};
    interrupted = 0;
    for (uint32_t i = 0; i < 3; i++) sigaction(signals[i], &action, &state->actions[i]);
    state->has_modes = form == WATCH_SCREEN && tcgetattr(STDIN_FILENO, &state->modes) == 0;
    if (!state->has_modes) return;
    struct termios raw = state->modes;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    fputs("\033[?1049h\033[?25l", stdout);
}

static void terminal_restore(const struct terminal_state *state) {
    if (state->has_modes) {
        fputs("\033[?25h\033[?1049l", stdout);
        fflush(stdout);
        tcsetattr(STDIN_FILENO, TCSANOW, &state->modes);
    }
    for (uint32_t i = 0; i < 3; i++) sigaction(signals[i], &state->actions[i], NULL);
}

int watch_run(struct peer *peer, const struct watch_settings *settings, struct output *others) {
    static struct watch watch;
    memset(&watch, 0, sizeof watch);
    watch.peer = peer;
    watch.settings = settings;
    watch.others = others;
    watch.exit_code = -1;
    watch.dirty = 1;
    watch.end_ms = settings->seconds > 0 ? peer_now_ms() + (int64_t)settings->seconds * 1000 : INT64_MAX;
    snprintf(watch.footer, sizeof watch.footer, "q leaves");
    board_init(&watch.board, settings->symbol);
    if (subscribe(&watch, "subscribe") != PEER_OK) return EXIT_CONNECTION;
    struct terminal_state terminal;
    terminal_take(&terminal, settings->form);
    watch_loop(&watch);
    terminal_restore(&terminal);
    if (watch.exit_code == EXIT_REFUSED) fprintf(stderr, "%s\n", watch.footer);
    output_free(&watch.output);
    if (watch.exit_code != EXIT_CONNECTION && subscribe(&watch, "unsubscribe") != PEER_OK) return EXIT_CONNECTION;
    return watch.exit_code;
}

static const char watch_usage[] =
    "usage: birzha watch SYMBOL [--seconds N] [--updates N]\n"
    "The order book and trades of a symbol, live. On a terminal the ladder is redrawn in place and q leaves it;\n"
    "elsewhere every change is one line. NO_COLOR=1 turns colours off. No user is needed for public data.\n"
    "  --seconds N   stop after N seconds   --updates N   stop after N changes\n";

int command_watch(int argc, char **argv) {
    static struct talk talk;
    struct watch_settings settings = {0};
    const struct option own[] = {
        {"--seconds", OPTION_NUMBER, &settings.seconds}, {"--updates", OPTION_NUMBER, &settings.updates},
    };
    struct client_options options;
    if (options_read(&options, own, 2, argc, argv) != 0) return EXIT_USAGE;
    if (options.help) {
        printf("%s%s", watch_usage, options_help);
        return EXIT_DONE;
    }
    if (options.positionals_count != 1) {
        fprintf(stderr, "birzha: watch wants one symbol; try --help\n");
        return EXIT_USAGE;
    }
    int code = talk_open(&talk, &options, TALK_LOGON_IF_GIVEN);
    if (code != EXIT_DONE) return code;
    settings.symbol = options.positionals[0];
    settings.style = &talk.style;
    settings.timeout_ms = options.timeout_s * 1000;
    int terminal = isatty(STDOUT_FILENO) && isatty(STDIN_FILENO);
    settings.form = options.json ? WATCH_JSON : terminal ? WATCH_SCREEN : WATCH_LINES;
    code = watch_run(&talk.peer, &settings, NULL);
    if (code == EXIT_CONNECTION) code = talk_failure(&options, PEER_CLOSED);
    peer_close(&talk.peer);
    return code;
}
