/* connect.c - `birzha connect`: a prompt on the exchange.
 *
 * On a terminal libedit reads the line. While it waits for a key, our key function also watches the connection: what
 * arrives is printed above the line being typed, which is then drawn again. With input from a file or a pipe each
 * line is carried out and answered before the next is read, so that scripts see answers in order.
 *
 * Requests the program makes for itself (the list of symbols, one look at a book) have ids from quiet_request_id;
 * their plain answers are not printed. */
#include "tools/client/commands.h"

#include <cjson/cJSON.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "instruments/check.h"
#include "tools/client/ladder_screen.h"
#include "tools/client/board.h"
#include "tools/client/message.h"
#include "tools/client/ask.h"
#include "tools/client/show.h"
#include "tools/client/talk.h"
#include "tools/client/typed.h"
#include "tools/client/watch.h"

enum {
    quiet_request_id = 1000000,
    request_timeout_ms = 5000,
    idle_poll_ms = 1000,
    silence_ms = 300,
    logout_timeout_ms = 1000,
    history_size = 1000,
    user_size = 64,
    book_once_rows = 10,
    path_size = 512,
    kill_line_key = 0x15,               /* Ctrl-U */
};

struct console {
    struct peer peer;
    const struct client_options *options;
    struct style style;
    struct output output;
    char user[user_size];               /* "" while not logged on */
    char asked_user[user_size];         /* of the logon under way */
    char prompt[user_size + 8];
    const char **symbols;
    uint32_t symbols_count;
    struct cJSON *list;                 /* parts of a list so far */
    char book_once[board_text_size];   /* symbol whose next snapshot is to be shown; "" = none */
    uint32_t request_id, answered_id;   /* newest sent, newest answered */
    uint32_t quiet_id;
    int raw;                            /* 1: the newest line was sent as it is */
    int lost;                           /* 1: the connection is gone */
    EditLine *editor;                   /* NULL without a terminal */
    History *history;
};

/* libedit's key function gets no argument that it could carry, only the editor's client data; prompts do not even
 * get that. One console a process. */
static struct console console;

static void send_line(const char *line) {
    if (console.lost) return;
    if (peer_send_line(&console.peer, line, request_timeout_ms) != PEER_OK) console.lost = 1;
}

static void send_quiet(struct cJSON *request) {
    char *line = ask_end(request);
    send_line(line);
    free(line);
}

static void ask_symbols(void) {
    send_quiet(ask_begin("instruments_request", console.quiet_id++));
}

static struct symbol_list symbol_list(void) {
    return (struct symbol_list){.symbols = console.symbols, .count = console.symbols_count};
}

/* ---- what arrives ---- */

static void keep_symbols(const struct cJSON *message) {
    const cJSON *row;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(message, "instruments")) {
        const char *symbol = message_text(row, "symbol");
        uint32_t i = 0;
        while (i < console.symbols_count && strcmp(console.symbols[i], symbol) != 0) i++;
        if (i < console.symbols_count || symbol[0] == '\0') continue;
        console.symbols = realloc(console.symbols, (i + 1) * sizeof console.symbols[0]);
        CHECK(console.symbols != NULL);
        console.symbols[i] = strdup(symbol);
        CHECK(console.symbols[i] != NULL);
        console.symbols_count++;
    }
}

static void draw_book_once(const struct cJSON *message) {
    static struct board board;
    board_init(&board, console.book_once);
    console.book_once[0] = '\0';
    board_apply(&board, message);
    uint32_t levels = board.bids_count > board.asks_count ? board.bids_count : board.asks_count;
    if (levels > book_once_rows) levels = book_once_rows;
    struct ladder_frame frame = {.height = 2 * levels + 4, .style = &console.style};
    terminal_size(&frame.width, &(uint32_t){0});
    if (frame.width >= ladder_tape_width_min) frame.width = ladder_tape_width_min - 1;
    ladder_screen_draw(&board, &frame, &console.output);
    output_add(&console.output, "\n");
    struct cJSON *request = ask_begin("unsubscribe", console.quiet_id++);
    const char *symbols[1] = {board.symbol};
    ask_text(request, "channel", "book");
    ask_list(request, "symbols", symbols, 1);
    send_quiet(request);
}

static void on_logon_ack(const struct cJSON *message) {
    snprintf(console.user, sizeof console.user, "%s", console.asked_user);
    output_print(&console.output, "logged on as %s%s%s", console.style.strong, console.user, console.style.plain);
    if (message_text(message, "participant")[0] != '\0') {
        output_print(&console.output, " of %s", message_text(message, "participant"));
    }
    output_print(&console.output, ", %s\n", message_text(message, "role"));
    ask_symbols();
}

/* Whether the program itself takes care of `message`, so that it is not printed. */
static int take_quietly(const struct cJSON *message) {
    if (message_is(message, "instruments")) keep_symbols(message);
    if (message_is(message, "heartbeat")) return 1;
    if (message_is(message, "logon_ack")) return on_logon_ack(message), 1;
    if (console.book_once[0] != '\0' && message_is(message, "book_snapshot") &&
        strcmp(message_text(message, "symbol"), console.book_once) == 0) {
        return draw_book_once(message), 1;
    }
    if (message_integer(message, "req_id") < quiet_request_id) return 0;
    if (message_is(message, "error") && console.book_once[0] != '\0') {
        console.book_once[0] = '\0';
        return 0;
    }
    return 1;
}

/* Which of the person's requests is answered by now. */
static void note_answer(const struct cJSON *message) {
    long long id = message_integer(message, "req_id");
    if (message_has_more(message) || id >= quiet_request_id || id <= console.answered_id) return;
    console.answered_id = (uint32_t)id;
}

/* Frees `message`, or keeps it as part of a list. */
static void on_message(struct cJSON *message) {
    int more = message_has_more(message);
    note_answer(message);
    if (message_is(message, "logout")) console.user[0] = '\0';
    if (take_quietly(message)) {
        cJSON_Delete(message);
    } else if (more || (console.list != NULL && cJSON_HasObjectItem(message, "last"))) {
        message_join(&console.list, message);
        if (!more) {
            show_message(console.list, &console.style, &console.output);
            cJSON_Delete(console.list);
            console.list = NULL;
        }
    } else {
        show_message(message, &console.style, &console.output);
        cJSON_Delete(message);
    }
}

static void take_received(void) {
    for (char *line; (line = peer_next_line(&console.peer)) != NULL;) {
        cJSON *message = cJSON_Parse(line);
        if (console.options->json && !peer_line_is(line, "heartbeat")) {
            output_print(&console.output, "%s\n", line);
            if (message_is(message, "instruments")) keep_symbols(message);
            note_answer(message);
            cJSON_Delete(message);
        } else if (message != NULL) {
            on_message(message);
        }
    }
}

/* Takes what has come in; the line being typed is put back below it. */
static void receive(void) {
    if (peer_receive(&console.peer) != PEER_OK) console.lost = 1;
    take_received();
    if (console.lost) output_add(&console.output, "the exchange closed the connection\n");
    if (console.output.size == 0) return;
    if (console.editor == NULL) {
        output_flush(&console.output, stdout);
        return;
    }
    const LineInfo *line = el_line(console.editor);
    uint32_t columns, rows, before = (uint32_t)strlen(console.prompt) + (uint32_t)(line->cursor - line->buffer);
    terminal_size(&columns, &rows);
    if (before / columns > 0) printf("\033[%uA", before / columns);
    fputs("\r\033[J", stdout);
    output_flush(&console.output, stdout);
    el_set(console.editor, EL_REFRESH);
}

/* ---- the terminal ---- */

static char *prompt(EditLine *editor) {
    (void)editor;
    snprintf(console.prompt, sizeof console.prompt, "%s> ", console.user[0] != '\0' ? console.user : "birzha");
    return console.prompt;
}

/* The newest signal that read_key has not dealt with: Ctrl-C empties the line, SIGTERM is the end of input. */
static volatile sig_atomic_t signal_pending;

static void on_signal(int number) {
    signal_pending = number;
}

static void signals_take(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGWINCH};
    struct sigaction action = {.sa_handler = on_signal};
    for (uint32_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) sigaction(numbers[i], &action, NULL);
}

/* Whether a signal ends the wait for a key, and with what; 0 = end of input. */
static int signal_key(EditLine *editor, wchar_t *key, int *result) {
    int number = signal_pending;
    signal_pending = 0;
    if (number == SIGWINCH) el_resize(editor);
    *key = kill_line_key;
    *result = number == SIGINT;
    return number == SIGINT || number == SIGTERM;
}

/* One character from the keyboard; the connection is served while waiting. 0 at the end of input, as libedit wants. */
static int read_key(EditLine *editor, wchar_t *key) {
    mbstate_t state = {0};
    int result;
    for (;;) {
        struct pollfd entries[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                    {.fd = console.peer.fd, .events = POLLIN}};
        int ready = poll(entries, 2, idle_poll_ms);
        if (signal_pending != 0 && signal_key(editor, key, &result)) return result;
        if (!console.lost && peer_keep_alive(&console.peer) != PEER_OK) console.lost = 1;
        if (ready > 0 && entries[1].revents != 0) receive();
        if (console.lost) return 0;
        if (ready <= 0 || entries[0].revents == 0) continue;
        char byte;
        if (read(STDIN_FILENO, &byte, 1) != 1) return 0;
        size_t size = mbrtowc(key, &byte, 1, &state);
        if (size == (size_t)-1) memset(&state, 0, sizeof state);
        if (size <= 1) return 1;
    }
}

static uint32_t common_size(const char *const *words, uint32_t count) {
    uint32_t size = (uint32_t)strlen(words[0]);
    for (uint32_t i = 1; i < count; i++) {
        uint32_t same = 0;
        while (same < size && words[i][same] == words[0][same]) same++;
        size = same;
    }
    return size;
}

static void list_words(const char *const *words, uint32_t count) {
    uint32_t columns, rows, width = 2;
    terminal_size(&columns, &rows);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = (uint32_t)strlen(words[i]) + 2;
        if (size > width) width = size;
    }
    uint32_t each_line = columns / width > 0 ? columns / width : 1;
    fputs("\n", stdout);
    for (uint32_t i = 0; i < count; i++) {
        output_left(&console.output, words[i], width);
        if (i % each_line == each_line - 1 || i + 1 == count) output_add(&console.output, "\n");
    }
    output_flush(&console.output, stdout);
}

/* The tab key. */
static unsigned char complete(EditLine *editor, int key) {
    (void)key;
    const LineInfo *line = el_line(editor);
    char *typed = strndup(line->buffer, (size_t)(line->cursor - line->buffer));
    CHECK(typed != NULL);
    const char *words[completions_count_max];
    struct symbol_list symbols = symbol_list();
    uint32_t word_size, count = typed_complete(typed, &symbols, words, &word_size);
    free(typed);
    if (count == 0) return CC_REFRESH_BEEP;
    uint32_t size = common_size(words, count);
    if (size >= word_size && (size > word_size || count == 1)) {
        char *insert = malloc(size + 2);
        CHECK(insert != NULL);
        memcpy(insert, words[0], size);
        memcpy(insert + size, count == 1 ? " " : "", count == 1 ? 2 : 1);
        el_deletestr(editor, (int)word_size);
        el_insertstr(editor, insert);
        free(insert);
        return CC_REFRESH;
    }
    list_words(words, count);
    return CC_REDISPLAY;
}

static void history_path(char path[path_size]) {
    const char *home = getenv("HOME");
    snprintf(path, path_size, "%s/.birzha_history", home != NULL ? home : ".");
}

static void editor_open(void) {
    HistEvent event;
    char path[path_size];
    history_path(path);
    console.history = history_init();
    console.editor = el_init("birzha", stdin, stdout, stderr);
    CHECK(console.history != NULL && console.editor != NULL);
    history(console.history, &event, H_SETSIZE, history_size);
    history(console.history, &event, H_SETUNIQUE, 1);
    history(console.history, &event, H_LOAD, path);
    el_set(console.editor, EL_PROMPT, prompt);
    el_set(console.editor, EL_EDITOR, "emacs");
    el_set(console.editor, EL_HIST, history, console.history);
    el_set(console.editor, EL_ADDFN, "birzha-complete", "complete commands and symbols", complete);
    el_set(console.editor, EL_BIND, "^I", "birzha-complete", NULL);
    el_set(console.editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_set(console.editor, EL_GETCFN, read_key);
}

static void editor_close(void) {
    HistEvent event;
    char path[path_size];
    history_path(path);
    history(console.history, &event, H_SAVE, path);
    el_end(console.editor);
    history_end(console.history);
}

/* Passwords do not belong into a file. */
static void remember(const char *line) {
    HistEvent event;
    if (strstr(line, "logon") != NULL || strstr(line, "login") != NULL || strstr(line, "password") != NULL) return;
    if (line[strspn(line, " \t\n")] == '\0') return;
    history(console.history, &event, H_ENTER, line);
}

/* ---- what is typed ---- */

static void log_on(const char *user, const char *password) {
    char typed[256];
    snprintf(console.asked_user, sizeof console.asked_user, "%s", user);
    if (password == NULL || password[0] == '\0') {
        if (talk_ask_password(user, typed, sizeof typed) != 0) {
            fprintf(stderr, "no password\n");
            return;
        }
        password = typed;
    }
    char members[32];
    snprintf(members, sizeof members, ",\"req_id\":%u", ++console.request_id);
    char *line = peer_logon_line(user, password, members);
    send_line(line);
    explicit_bzero(line, strlen(line));
    explicit_bzero(typed, sizeof typed);
    free(line);
}

static void help(const char *name) {
    for (uint32_t i = 0; i < typed_commands_count; i++) {
        const struct typed_command *command = &typed_commands[i];
        if (name[0] != '\0' && strcmp(name, command->name) != 0) continue;
        output_print(&console.output, "  %s%-11s%s %-29s %s\n", console.style.strong, command->name,
                     console.style.plain, command->arguments, command->summary);
        if (name[0] == '\0' || command->keywords[0] == '\0') continue;
        output_print(&console.output, "  words that may follow: %s\n", command->keywords);
    }
    if (name[0] == '\0') {
        output_add(&console.output,
                   "An ORDER is an order id, or the word id and your own name for the order.\n"
                   "  buy 2 DY-SMP-EX at 2700.00 gtc display 1\n"
                   "  sell 1 DY-SMP-EX market\n"
                   "Tab completes commands and symbols; a line that begins with { is sent as it is.\n");
    }
    output_flush(&console.output, stdout);
}

static void look_at_book(const char *symbol) {
    snprintf(console.book_once, sizeof console.book_once, "%.*s", board_text_size - 1, symbol);
    struct cJSON *request = ask_begin("subscribe", console.quiet_id++);
    ask_text(request, "channel", "book");
    ask_list(request, "symbols", &symbol, 1);
    send_quiet(request);
}

static void watch(const char *symbol) {
    struct watch_settings settings = {
        .symbol = symbol, .style = &console.style, .timeout_ms = request_timeout_ms,
        .form = console.editor != NULL && isatty(STDOUT_FILENO) ? WATCH_SCREEN : WATCH_LINES,
        .seconds = console.editor != NULL ? 0 : 5,
    };
    if (watch_run(&console.peer, &settings, &console.output) == EXIT_CONNECTION) console.lost = 1;
    output_flush(&console.output, stdout);
}

/* 1 when the person wants to leave. */
static int act(const struct typed *typed) {
    switch (typed->action) {
        case ACTION_HELP: help(typed->words[0]); break;
        case ACTION_QUIT: return 1;
        case ACTION_BOOK: look_at_book(typed->words[0]); break;
        case ACTION_WATCH: watch(typed->words[0]); break;
        case ACTION_LOGON: {
            const char *user = typed->words[0][0] != '\0' ? typed->words[0] : console.options->user;
            if (user == NULL) fprintf(stderr, "logon wants a user\n");
            else log_on(user, typed->words[0][0] != '\0' ? typed->words[1] : console.options->password);
            break;
        }
    }
    return 0;
}

/* Carries out one line. 1 when the person wants to leave. */
static int execute(const char *line) {
    struct symbol_list symbols = symbol_list();
    struct typed typed;
    char order_id[32];
    ask_make_order_id(order_id);
    typed_parse(line, &symbols, console.request_id + 1, order_id, &typed);
    int leave = 0;
    if (typed.kind == TYPED_MISTAKE) printf("%s%s%s\n", console.style.alarm, typed.mistake, console.style.plain);
    if (typed.kind == TYPED_ACTION) leave = act(&typed);
    if (typed.kind == TYPED_REQUEST) {
        console.raw = typed.request[0] == '{' && line[strspn(line, " \t")] == '{';
        if (!console.raw) console.request_id++;
        send_line(typed.request);
    }
    free(typed.request);
    fflush(stdout);
    return leave;
}

static void run_terminal(void) {
    int count;
    const char *line;
    while (!console.lost && (line = el_gets(console.editor, &count)) != NULL && count > 0) {
        remember(line);
        if (execute(line)) return;
    }
    fputs("\n", stdout);
}

/* Serves the connection until the newest request is answered and a book that was asked for is shown. A line that was
 * sent as it is may have no answer that could be recognised: then until nothing comes for a moment. */
static void await_answer(void) {
    int64_t deadline_ms = peer_now_ms() + console.options->timeout_s * 1000;
    while (!console.lost) {
        int waits = console.answered_id < console.request_id || console.book_once[0] != '\0';
        if (!waits && !console.raw) return;
        struct pollfd entry = {.fd = console.peer.fd, .events = POLLIN};
        int64_t left_ms = deadline_ms - peer_now_ms();
        if (!waits && left_ms > silence_ms) left_ms = silence_ms;
        if (left_ms <= 0 || poll(&entry, 1, (int)left_ms) <= 0) break;
        receive();
    }
    console.raw = 0;
}

static void run_script(void) {
    char *line = NULL;
    size_t capacity = 0;
    while (!console.lost && getline(&line, &capacity, stdin) > 0) {
        if (execute(line)) break;
        await_answer();
    }
    free(line);
}

/* Says good-bye and prints what was still on its way. */
static void leave(void) {
    if (console.lost) return;
    if (console.user[0] != '\0') {
        console.request_id++;
        struct cJSON *request = ask_begin("logout", console.request_id);
        char *line = ask_end(request);
        send_line(line);
        free(line);
        while (!console.lost && console.user[0] != '\0') {
            char *answer;
            if (peer_read_line(&console.peer, logout_timeout_ms, &answer) != PEER_OK) break;
            if (peer_line_is(answer, "logout")) break;
            cJSON *message = cJSON_Parse(answer);
            if (message != NULL) on_message(message);
        }
    }
    output_flush(&console.output, stdout);
    peer_close(&console.peer);
}

static void greet(const char *welcome) {
    cJSON *message = cJSON_Parse(welcome);
    printf("birzha %s at %s, trade date %s, %s clock\n"
           "help lists the commands, quit leaves\n",
           message_text(message, "version"), console.options->address, message_text(message, "trade_date"),
           message_text(message, "clock"));
    cJSON_Delete(message);
}

static const char connect_usage[] =
    "usage: birzha connect [HOST:PORT]\n"
    "A prompt on the exchange, with history and completion; type help there. Public data needs no user.\n"
    "Commands may also come from a file or a pipe, one a line.\n";

static int start(struct client_options *options) {
    static char welcome[peer_line_size_max];
    if (options->positionals_count == 1) options->address = options->positionals[0];
    setlocale(LC_CTYPE, "");
    console.options = options;
    console.style = style_for(stdout);
    console.quiet_id = quiet_request_id;
    enum peer_status status = peer_open(&console.peer, options->address, options->timeout_s * 1000, welcome);
    if (status != PEER_OK) return talk_failure(options, status);
    if (options->json) printf("%s\n", welcome);
    else greet(welcome);
    if (options->user != NULL) log_on(options->user, options->password);
    else ask_symbols();
    await_answer();
    return options->user != NULL && console.user[0] == '\0' && !options->json ? EXIT_LOGON : EXIT_DONE;
}

int command_connect(int argc, char **argv) {
    static struct client_options options;
    if (options_read(&options, NULL, 0, argc, argv) != 0) return EXIT_USAGE;
    if (options.help) {
        printf("%s%s", connect_usage, options_help);
        return EXIT_DONE;
    }
    if (options.positionals_count > 1) {
        fprintf(stderr, "birzha: connect wants one HOST:PORT; try --help\n");
        return EXIT_USAGE;
    }
    int code = start(&options);
    if (code != EXIT_DONE) return code;
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        signals_take();
        editor_open();
        run_terminal();
        editor_close();
        console.editor = NULL;
    } else {
        run_script();
    }
    leave();
    return console.lost ? EXIT_CONNECTION : EXIT_DONE;
}
