/* typed.h - what a person types at the prompt of `birzha connect`, turned into a request or an action.
 *
 * A line is words separated by blanks; the first names the command. A line that begins with '{' is sent as it is.
 * Parsing is pure: it knows the symbols of the exchange (so that they may be typed in small letters) and nothing else.
 * The commands, with their usage and what completes them, are one table, which `help` prints. */
#ifndef BIRZHA_CLIENT_TYPED_H
#define BIRZHA_CLIENT_TYPED_H

#include <stdint.h>

enum { typed_word_size = 128, typed_mistake_size = 240, completions_count_max = 512 };

enum typed_kind {
    TYPED_NOTHING,      /* an empty line */
    TYPED_REQUEST,      /* `request` is to be sent */
    TYPED_ACTION,       /* something that takes more than one message, see enum typed_action */
    TYPED_MISTAKE,      /* `mistake` says what is wrong */
};

enum typed_action { ACTION_HELP, ACTION_QUIT, ACTION_LOGON, ACTION_BOOK, ACTION_WATCH };

/* Symbols of the exchange. The texts belong to the owner of the list. */
struct symbol_list {
    const char *const *symbols;
    uint32_t count;
};

struct typed {
    enum typed_kind kind;
    enum typed_action action;
    char words[2][typed_word_size];     /* of an action: its arguments, "" where there is none */
    char *request;                      /* to be freed by the caller; NULL unless TYPED_REQUEST */
    char mistake[typed_mistake_size];
};

/* One command, for help and completion. */
struct typed_command {
    const char *name;
    const char *arguments;
    const char *summary;
    const char *keywords;       /* words that may follow, separated by blanks */
    uint32_t takes_symbol;      /* 1: a symbol may follow as well */
};

extern const struct typed_command typed_commands[];
extern const uint32_t typed_commands_count;

/* Parses one line. `request_id` is given to the request; a new order without an id of its own gets `order_id`. */
void typed_parse(const char *line, const struct symbol_list *symbols, uint32_t request_id, const char *order_id,
                 struct typed *typed);

/* What the unfinished last word of `line` may become: fills `words` with up to completions_count_max texts, which are
 * valid as long as `symbols`, and returns their number. *word_size is the length of the unfinished word. */
uint32_t typed_complete(const char *line, const struct symbol_list *symbols, const char **words, uint32_t *word_size);

#endif
