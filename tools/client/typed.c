/* typed.c - the prompt's commands, parsed by one function each; see typed.h. */
#include "tools/client/typed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "instruments/check.h"
#include "tools/client/ask.h"

enum { words_count_max = 48, line_copy_size = 4096, keywords_size = 256 };

#define ORDER_WORDS \
    "at market stop display min post_only all_or_none day gtc gtd ioc fok at_open at_close id for session stp terms"
#define CHANNEL_WORDS "book trades ticker auction status all"
#define ORDER_ARGUMENTS "QTY SYMBOL at PRICE|market ..."

const struct typed_command typed_commands[] = {
    {"help", "[COMMAND]", "this list, or one command", "", 0},
    {"logon", "[USER [PASSWORD]]", "log on; a password left out is asked", "", 0},
    {"logout", "", "log out", "", 0},
    {"instruments", "[SECTION]", "what can be traded", "timber metals agri consumer", 0},
    {"sessions", "", "market sessions and their phases", "", 0},
    {"book", "SYMBOL", "the order book of a symbol, once", "", 1},
    {"watch", "SYMBOL", "live book and trades; q leaves it", "", 1},
    {"buy", ORDER_ARGUMENTS, "enter an order to buy", ORDER_WORDS, 1},
    {"sell", ORDER_ARGUMENTS, "enter an order to sell", ORDER_WORDS, 1},
    {"amend", "ORDER [qty N] [at PRICE]", "change an order; N is its new total", "id qty at display", 0},
    {"cancel", "ORDER | all [SYMBOL] [SIDE]", "take orders back", "id all buy sell", 1},
    {"status", "ORDER", "how an order stands", "id", 0},
    {"orders", "", "your open orders", "", 0},
    {"deals", "[FROM [TO]]", "your deals, by date (2021-06-28)", "", 0},
    {"balances", "", "your money and what is held", "", 0},
    {"participant", "", "your own record", "", 0},
    {"explain", "ORDER | trade ID | seq N", "why something happened", "id trade seq", 0},
    {"subscribe", "CHANNEL SYMBOL... | all", "public messages as they come", CHANNEL_WORDS, 1},
    {"unsubscribe", "CHANNEL SYMBOL... | all", "no more of them", CHANNEL_WORDS, 1},
    {"quit", "", "leave", "", 0},
};
const uint32_t typed_commands_count = sizeof typed_commands / sizeof typed_commands[0];

/* The words of one line on their way through a parser. */
struct words {
    const char *texts[words_count_max];
    uint32_t count, next;
    const struct symbol_list *symbols;
    uint32_t request_id;
    const char *order_id;
};

static const char *take(struct words *words) {
    return words->next < words->count ? words->texts[words->next++] : NULL;
}

static int take_if(struct words *words, const char *keyword) {
    if (words->next >= words->count || strcasecmp(words->texts[words->next], keyword) != 0) return 0;
    words->next++;
    return 1;
}

static void mistake(struct typed *typed, const char *what, const char *word) {
    typed->kind = TYPED_MISTAKE;
    snprintf(typed->mistake, sizeof typed->mistake, "%s%s%s%s", what, word != NULL ? " \"" : "",
             word != NULL ? word : "", word != NULL ? "\"" : "");
}

static void request(struct typed *typed, struct cJSON *built) {
    typed->kind = TYPED_REQUEST;
    typed->request = ask_end(built);
}

/* The symbol as the exchange spells it, where it knows one that differs only in the size of letters. */
static const char *spelled(const struct symbol_list *symbols, const char *word) {
    for (uint32_t i = 0; word != NULL && i < symbols->count; i++) {
        if (strcasecmp(symbols->symbols[i], word) == 0) return symbols->symbols[i];
    }
    return word;
}

/* "17" is an order id, "id abc" is the client's own. -1 when neither follows. */
static int take_order_name(struct words *words, struct cJSON *built, const char *own_name) {
    int own = take_if(words, "id");
    const char *name = take(words);
    if (name == NULL) return -1;
    ask_text(built, own ? own_name : "order_id", name);
    return 0;
}

/* An option of buy and sell that stands alone: a time in force, or a flag. 0 when `word` is none. */
static int take_plain_option(const char *word, struct order_request *order) {
    static const char *const times[] = {"day", "gtc", "gtd", "ioc", "fok", "at_open", "at_close"};
    for (uint32_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (strcasecmp(word, times[i]) == 0) return order->time_in_force = times[i], 1;
    }
    if (strcasecmp(word, "market") == 0) return order->type = "market", 1;
    if (strcasecmp(word, "post_only") == 0 || strcasecmp(word, "post-only") == 0) return order->post_only = 1, 1;
    if (strcasecmp(word, "all_or_none") == 0 || strcasecmp(word, "all-or-none") == 0) {
        return order->all_or_none = 1, 1;
    }
    return 0;
}

/* Where the value of an option goes; NULL when `word` is no option. */
static const char **option_value(const char *word, struct order_request *order) {
    const struct { const char *word; const char **value; } options[] = {
        {"at", &order->price}, {"@", &order->price}, {"stop", &order->stop}, {"display", &order->display},
        {"iceberg", &order->display}, {"min", &order->min}, {"id", &order->client_order_id},
        {"for", &order->client}, {"session", &order->session}, {"stp", &order->stp}, {"terms", &order->payment_terms},
    };
    for (uint32_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (strcasecmp(word, options[i].word) == 0) return options[i].value;
    }
    return NULL;
}

static int take_order_options(struct words *words, struct order_request *order, struct typed *typed) {
    for (const char *word = take(words); word != NULL; word = take(words)) {
        if (take_plain_option(word, order)) {
            if (order->time_in_force == NULL || strcasecmp(word, "gtd") != 0) continue;
            if ((order->expire_date = take(words)) != NULL) continue;
            mistake(typed, "gtd wants a date, such as gtd 2021-07-30", NULL);
            return -1;
        }
        const char **value = option_value(word, order);
        if (value == NULL) {
            int figure = word[0] >= '0' && word[0] <= '9';
            mistake(typed, figure ? "a price needs the word at before it:" : "no such option of an order:", word);
            return -1;
        }
        if ((*value = take(words)) == NULL) {
            mistake(typed, "a value is missing after", word);
            return -1;
        }
    }
    return 0;
}

static void parse_order(const char *side, struct words *words, struct typed *typed) {
    struct order_request order = {.side = side, .client_order_id = words->order_id};
    order.quantity = take(words);
    order.symbol = spelled(words->symbols, take(words));
    if (order.symbol == NULL) {
        mistake(typed, "say it like this: buy 2 DY-SMP-EX at 2700.00", NULL);
        return;
    }
    if (take_order_options(words, &order, typed) != 0) return;
    typed->request = ask_new_order(&order, words->request_id, typed->mistake, sizeof typed->mistake);
    typed->kind = typed->request != NULL ? TYPED_REQUEST : TYPED_MISTAKE;
}

/* The changes that an amend asks for; -1, and a mistake, when they make no sense. */
static int take_changes(struct words *words, struct cJSON *built, struct typed *typed) {
    uint32_t count = 0;
    for (const char *word = take(words); word != NULL; word = take(words), count++) {
        const char *value = take(words);
        int price = strcasecmp(word, "at") == 0 || strcasecmp(word, "price") == 0;
        int quantity = strcasecmp(word, "qty") == 0, display = strcasecmp(word, "display") == 0;
        if (!price && !quantity && !display) return mistake(typed, "amend changes qty, at or display, not", word), -1;
        if (value == NULL) return mistake(typed, "a value is missing after", word), -1;
        if (price ? !ask_is_decimal(value) : !ask_is_number(value)) {
            return mistake(typed, price ? "not a price:" : "not a whole number of lots:", value), -1;
        }
        if (price) ask_text(built, "price", value);
        else ask_number(built, quantity ? "order_qty" : "display_qty", value);
    }
    if (count == 0) return mistake(typed, "what shall change? For example: amend 17 qty 3 at 2690.00", NULL), -1;
    return 0;
}

static void parse_amend(struct words *words, struct typed *typed) {
    struct cJSON *built = ask_begin("amend_order", words->request_id);
    ask_text(built, "cl_ord_id", words->order_id);
    if (take_order_name(words, built, "orig_cl_ord_id") != 0) {
        mistake(typed, "which order? For example: amend 17 qty 3, or amend id my-1 at 2690.00", NULL);
    } else if (take_changes(words, built, typed) == 0) {
        request(typed, built);
        return;
    }
    free(ask_end(built));
}

static void parse_cancel(struct words *words, struct typed *typed) {
    int all = take_if(words, "all");
    struct cJSON *built = ask_begin(all ? "mass_cancel" : "cancel_order", words->request_id);
    if (all) {
        for (const char *word = take(words); word != NULL; word = take(words)) {
            int side = strcasecmp(word, "buy") == 0 || strcasecmp(word, "sell") == 0;
            if (side) ask_text(built, "side", strcasecmp(word, "buy") == 0 ? "buy" : "sell");
            else ask_text(built, "symbol", spelled(words->symbols, word));
        }
    } else if (take_order_name(words, built, "orig_cl_ord_id") != 0) {
        mistake(typed, "which order? For example: cancel 17, cancel id my-1, or cancel all DY-SMP-EX", NULL);
        free(ask_end(built));
        return;
    }
    request(typed, built);
}

static void parse_explain(struct words *words, struct typed *typed) {
    struct cJSON *built = ask_begin("explain", words->request_id);
    int sequence = take_if(words, "seq"), trade = take_if(words, "trade");
    const char *own = NULL;
    if (!sequence && !trade && take_if(words, "id")) own = take(words);
    const char *name = own == NULL ? take(words) : NULL;
    if (own == NULL && (name == NULL || (sequence && !ask_is_number(name)))) {
        mistake(typed, "explain what? For example: explain 17, explain trade 5 or explain seq 12", NULL);
        free(ask_end(built));
        return;
    }
    ask_text(built, "orig_cl_ord_id", own);
    if (sequence) ask_number(built, "seq", name);
    else ask_text(built, trade ? "trade_id" : "order_id", name);
    request(typed, built);
}

static void parse_subscription(const char *type, struct words *words, struct typed *typed) {
    const char *channel = take(words);
    uint32_t count = words->count - words->next;
    if (channel == NULL || count == 0) {
        mistake(typed, "a channel and symbols, for example: subscribe trades DY-SMP-EX, or subscribe ticker all", NULL);
        return;
    }
    const char *symbols[words_count_max];
    for (uint32_t i = 0; i < count; i++) symbols[i] = spelled(words->symbols, words->texts[words->next + i]);
    struct cJSON *built = ask_begin(type, words->request_id);
    ask_text(built, "channel", channel);
    ask_list(built, "symbols", symbols, count);
    request(typed, built);
}

/* Requests that are a type and at most two texts. */
static int parse_query(const char *command, struct words *words, struct typed *typed) {
    static const struct { const char *command, *type, *first, *second; } queries[] = {
        {"instruments", "instruments_request", "section", NULL}, {"sessions", "sessions_request", NULL, NULL},
        {"orders", "open_orders_request", NULL, NULL}, {"deals", "deals_request", "from", "to"},
        {"balances", "balances_request", NULL, NULL}, {"participant", "participant_request", NULL, NULL},
        {"logout", "logout", NULL, NULL},
    };
    for (uint32_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        if (strcasecmp(command, queries[i].command) != 0) continue;
        struct cJSON *built = ask_begin(queries[i].type, words->request_id);
        if (queries[i].first != NULL) ask_text(built, queries[i].first, take(words));
        if (queries[i].second != NULL) ask_text(built, queries[i].second, take(words));
        request(typed, built);
        return 1;
    }
    return 0;
}

static void parse_status(struct words *words, struct typed *typed) {
    struct cJSON *built = ask_begin("order_status_request", words->request_id);
    if (take_order_name(words, built, "orig_cl_ord_id") == 0) {
        request(typed, built);
        return;
    }
    free(ask_end(built));
    mistake(typed, "which order? For example: status 17, or status id my-1", NULL);
}

static int parse_action(const char *command, struct words *words, struct typed *typed) {
    static const struct { const char *command; enum typed_action action; uint32_t needs_symbol; } actions[] = {
        {"help", ACTION_HELP, 0}, {"?", ACTION_HELP, 0}, {"quit", ACTION_QUIT, 0}, {"exit", ACTION_QUIT, 0},
        {"logon", ACTION_LOGON, 0}, {"login", ACTION_LOGON, 0}, {"book", ACTION_BOOK, 1}, {"watch", ACTION_WATCH, 1},
    };
    for (uint32_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcasecmp(command, actions[i].command) != 0) continue;
        typed->kind = TYPED_ACTION;
        typed->action = actions[i].action;
        for (uint32_t w = 0; w < 2; w++) {
            const char *word = take(words);
            if (w == 0 && actions[i].needs_symbol) word = spelled(words->symbols, word);
            snprintf(typed->words[w], sizeof typed->words[w], "%s", word != NULL ? word : "");
        }
        if (!actions[i].needs_symbol || typed->words[0][0] != '\0') return 1;
        mistake(typed, "which symbol? Try: instruments", NULL);
        return 1;
    }
    return 0;
}

static void parse_command(const char *command, struct words *words, struct typed *typed) {
    if (strcasecmp(command, "buy") == 0) parse_order("buy", words, typed);
    else if (strcasecmp(command, "sell") == 0) parse_order("sell", words, typed);
    else if (strcasecmp(command, "amend") == 0) parse_amend(words, typed);
    else if (strcasecmp(command, "cancel") == 0) parse_cancel(words, typed);
    else if (strcasecmp(command, "status") == 0) parse_status(words, typed);
    else if (strcasecmp(command, "explain") == 0) parse_explain(words, typed);
    else if (strcasecmp(command, "subscribe") == 0) parse_subscription("subscribe", words, typed);
    else if (strcasecmp(command, "unsubscribe") == 0) parse_subscription("unsubscribe", words, typed);
    else if (!parse_action(command, words, typed) && !parse_query(command, words, typed)) {
        mistake(typed, "no such command (help lists them):", command);
        return;
    }
    if (typed->kind == TYPED_REQUEST && words->next < words->count && strcasecmp(command, "subscribe") != 0 &&
        strcasecmp(command, "unsubscribe") != 0) {
        free(typed->request);
        typed->request = NULL;
        mistake(typed, "this is one word too many:", words->texts[words->next]);
    }
}

void typed_parse(const char *line, const struct symbol_list *symbols, uint32_t request_id, const char *order_id,
                 struct typed *typed) {
    memset(typed, 0, sizeof *typed);
    line += strspn(line, " \t\r\n");
    if (line[0] == '{') {
        typed->kind = TYPED_REQUEST;
        typed->request = strndup(line, strcspn(line, "\r\n"));
        CHECK(typed->request != NULL);
        return;
    }
    char copy[line_copy_size];
    if (strlen(line) >= sizeof copy) {
        mistake(typed, "that is too long for a command", NULL);
        return;
    }
    memcpy(copy, line, strlen(line) + 1);
    struct words words = {.symbols = symbols, .request_id = request_id, .order_id = order_id};
    char *rest = copy;
    for (char *word; (word = strtok_r(rest, " \t\r\n", &rest)) != NULL;) {
        if (words.count == words_count_max) {
            mistake(typed, "that is too many words", NULL);
            return;
        }
        words.texts[words.count++] = word;
    }
    const char *command = take(&words);
    if (command != NULL) parse_command(command, &words, typed);
}

/* Adds the words of `list` that begin with `prefix`. The words are cut once and kept. */
static uint32_t complete_keywords(const char *list, const char *prefix, size_t size, const char **found,
                                  uint32_t count) {
    static char kept[keywords_size];
    CHECK(strlen(list) < sizeof kept);
    memcpy(kept, list, strlen(list) + 1);
    char *rest = kept;
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
        if (strncasecmp(word, prefix, size) == 0 && count < completions_count_max) found[count++] = word;
    }
    return count;
}

uint32_t typed_complete(const char *line, const struct symbol_list *symbols, const char **words, uint32_t *word_size) {
    line += strspn(line, " \t");
    size_t first_size = strcspn(line, " \t"), size = strlen(line);
    size_t begin = size;
    while (begin > 0 && line[begin - 1] != ' ' && line[begin - 1] != '\t') begin--;
    const char *prefix = line + begin;
    *word_size = (uint32_t)(size - begin);
    uint32_t count = 0;
    for (uint32_t i = 0; i < typed_commands_count; i++) {
        const struct typed_command *command = &typed_commands[i];
        int chosen = strlen(command->name) == first_size && strncasecmp(command->name, line, first_size) == 0;
        if (begin == 0) {
            if (strncasecmp(command->name, prefix, *word_size) == 0) words[count++] = command->name;
        } else if (chosen) {
            count = complete_keywords(command->keywords, prefix, *word_size, words, count);
            for (uint32_t s = 0; command->takes_symbol && s < symbols->count && count < completions_count_max; s++) {
                if (strncasecmp(symbols->symbols[s], prefix, *word_size) == 0) words[count++] = symbols->symbols[s];
            }
        } else if (strncmp(line, "help", first_size) == 0 && strncasecmp(command->name, prefix, *word_size) == 0) {
            words[count++] = command->name;
        }
    }
    return count;
}
