/* commands.c - subcommands that are one request and its answer: order, amend, cancel and the lists. */
#include "tools/client/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/client/ask.h"
#include "tools/client/talk.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { request_id_only = 1, mistake_size = 240 };

static int misuse(const char *sentence) {
    fprintf(stderr, "birzha: %s; try --help\n", sentence);
    return EXIT_USAGE;
}

static int print_help(const char *usage) {
    printf("%s%s", usage, options_help);
    return EXIT_DONE;
}

/* The whole life of a one-request subcommand; frees `request`. */
static int ask_once(const struct client_options *options, enum talk_logon logon, char *request) {
    static struct talk talk;
    int code = talk_open(&talk, options, logon);
    if (code != EXIT_DONE) {
        free(request);
        return code;
    }
    return talk_close(&talk, talk_ask(&talk, request, request_id_only));
}

static const char order_usage[] =
    "usage: birzha order buy|sell QTY SYMBOL [PRICE] [options]\n"
    "Enters one order and prints what became of it. QTY is in lots; without PRICE it is a market order.\n"
    "  --type limit|market|stop|stop_limit      (follows from PRICE and --stop when left out)\n"
    "  --tif day|gtc|gtd|ioc|fok   --expire DATE   how long it stands (day)\n"
    "  --stop PX          waits until the last trade reaches PX\n"
    "  --display N        shows only N lots at a time\n"
    "  --min N            trades at least N lots at once, or nothing (with --tif ioc)\n"
    "  --post-only        never trades at once    --all-or-none   trades whole or not at all\n"
    "  --id CL_ORD_ID     your own name for it (made up when left out)\n"
    "  --client ID        the client a broker acts for    --session ID   --terms PAYMENT_TERMS\n"
    "  --stp cancel_newest|cancel_oldest|cancel_both|decrement   against trading with yourself\n";

int command_order(int argc, char **argv) {
    struct order_request order = {0};
    char own_id[32], mistake[mistake_size];
    ask_make_order_id(own_id);
    order.client_order_id = own_id;
    const struct option own[] = {
        {"--type", OPTION_TEXT, &order.type}, {"--tif", OPTION_TEXT, &order.time_in_force},
        {"--expire", OPTION_TEXT, &order.expire_date}, {"--stop", OPTION_TEXT, &order.stop},
        {"--display", OPTION_TEXT, &order.display}, {"--min", OPTION_TEXT, &order.min},
        {"--post-only", OPTION_FLAG, &order.post_only}, {"--all-or-none", OPTION_FLAG, &order.all_or_none},
        {"--id", OPTION_TEXT, &order.client_order_id}, {"--client", OPTION_TEXT, &order.client},
        {"--session", OPTION_TEXT, &order.session}, {"--terms", OPTION_TEXT, &order.payment_terms},
        {"--stp", OPTION_TEXT, &order.stp},
    };
    struct client_options options;
    if (options_read(&options, own, COUNT(own), argc, argv) != 0) return EXIT_USAGE;
    if (options.help) return print_help(order_usage);
    if (options.positionals_count < 3 || options.positionals_count > 4) {
        return misuse("order wants buy or sell, a quantity, a symbol and perhaps a price");
    }
    order.side = options.positionals[0];
    order.quantity = options.positionals[1];
    order.symbol = options.positionals[2];
    if (options.positionals_count == 4) order.price = options.positionals[3];
    else if (order.type == NULL && order.stop == NULL) order.type = "market";
    char *request = ask_new_order(&order, request_id_only, mistake, sizeof mistake);
    if (request == NULL) return misuse(mistake);
    return ask_once(&options, TALK_LOGON, request);
}

static const char amend_usage[] =
    "usage: birzha amend (--id CL_ORD_ID | --order ORDER_ID) [--qty N] [--price PX] [--display N]\n"
    "                    [--new-id CL_ORD_ID]\n"
    "Changes an order. --qty is the new total, what has been filled included. Less quantity at the same price keeps\n"
    "the order's place in the queue; anything else loses it.\n";

int command_amend(int argc, char **argv) {
    const char *own_id = NULL, *order_id = NULL, *lots = NULL, *limit = NULL, *display = NULL;
    char made_id[32];
    ask_make_order_id(made_id);
    const char *new_id = made_id;
    const struct option own[] = {
        {"--id", OPTION_TEXT, &own_id}, {"--order", OPTION_TEXT, &order_id}, {"--qty", OPTION_TEXT, &lots},
        {"--price", OPTION_TEXT, &limit}, {"--display", OPTION_TEXT, &display}, {"--new-id", OPTION_TEXT, &new_id},
    };
    struct client_options options;
    if (options_read(&options, own, COUNT(own), argc, argv) != 0) return EXIT_USAGE;
    if (options.help) return print_help(amend_usage);
    if (options.positionals_count > 0) return misuse("amend takes options only");
    if ((own_id == NULL) == (order_id == NULL)) return misuse("name the order by --id or by --order");
    if (lots == NULL && limit == NULL && display == NULL) return misuse("give --qty, --price or --display");
    if ((lots != NULL && !ask_is_number(lots)) || (display != NULL && !ask_is_number(display))) {
        return misuse("--qty and --display are whole numbers of lots");
    }
    if (limit != NULL && !ask_is_decimal(limit)) return misuse("--price is a decimal such as 2700.00");
    struct cJSON *request = ask_begin("amend_order", request_id_only);
    ask_text(request, "cl_ord_id", new_id);
    ask_text(request, "orig_cl_ord_id", own_id);
    ask_text(request, "order_id", order_id);
    ask_number(request, "order_qty", lots);
    ask_text(request, "price", limit);
    ask_number(request, "display_qty", display);
    return ask_once(&options, TALK_LOGON, ask_end(request));
}

static const char cancel_usage[] =
    "usage: birzha cancel (--id CL_ORD_ID | --order ORDER_ID | --all [--symbol SYMBOL] [--side buy|sell])\n"
    "Takes one order back, or all of the participant's (of one symbol, of one side).\n";

int command_cancel(int argc, char **argv) {
    const char *own_id = NULL, *order_id = NULL, *symbol = NULL, *side = NULL;
    uint32_t all = 0;
    const struct option own[] = {
        {"--id", OPTION_TEXT, &own_id}, {"--order", OPTION_TEXT, &order_id}, {"--all", OPTION_FLAG, &all},
        {"--symbol", OPTION_TEXT, &symbol}, {"--side", OPTION_TEXT, &side},
    };
    struct client_options options;
    if (options_read(&options, own, COUNT(own), argc, argv) != 0) return EXIT_USAGE;
    if (options.help) return print_help(cancel_usage);
    if ((own_id != NULL) + (order_id != NULL) + (all != 0) != 1 || options.positionals_count > 0) {
        return misuse("name what to cancel by one of --id, --order and --all");
    }
    if (!all && (symbol != NULL || side != NULL)) return misuse("--symbol and --side go with --all");
    struct cJSON *request = ask_begin(all ? "mass_cancel" : "cancel_order", request_id_only);
    ask_text(request, "orig_cl_ord_id", own_id);
    ask_text(request, "order_id", order_id);
    ask_text(request, "symbol", symbol);
    ask_text(request, "side", side);
    return ask_once(&options, TALK_LOGON, ask_end(request));
}

/* A subcommand that asks for a list: the request's type and the members that positional arguments fill. */
struct list_command {
    const char *type, *first, *second;
    enum talk_logon logon;
    const char *usage;
};

static int list_main(const struct list_command *command, int argc, char **argv) {
    struct client_options options;
    if (options_read(&options, NULL, 0, argc, argv) != 0) return EXIT_USAGE;
    if (options.help) return print_help(command->usage);
    uint32_t wanted = (command->first != NULL) + (command->second != NULL);
    if (options.positionals_count > wanted) return misuse("that is one argument too many");
    struct cJSON *request = ask_begin(command->type, request_id_only);
    if (options.positionals_count > 0) ask_text(request, command->first, options.positionals[0]);
    if (options.positionals_count > 1) ask_text(request, command->second, options.positionals[1]);
    return ask_once(&options, command->logon, ask_end(request));
}

int command_orders(int argc, char **argv) {
    static const struct list_command command = {"open_orders_request", NULL, NULL, TALK_LOGON,
        "usage: birzha orders\nLists the participant's open orders.\n"};
    return list_main(&command, argc, argv);
}

int command_deals(int argc, char **argv) {
    static const struct list_command command = {"deals_request", "from", "to", TALK_LOGON,
        "usage: birzha deals [FROM [TO]]\nLists the participant's deals, by trade date such as 2021-06-28.\n"};
    return list_main(&command, argc, argv);
}

int command_balances(int argc, char **argv) {
    static const struct list_command command = {"balances_request", NULL, NULL, TALK_LOGON,
        "usage: birzha balances\n"
        "Shows the participant's money: credited, free, held for orders, blocked for contracts.\n"};
    return list_main(&command, argc, argv);
}

int command_participant(int argc, char **argv) {
    static const struct list_command command = {"participant_request", NULL, NULL, TALK_LOGON,
        "usage: birzha participant\n"
        "Shows the participant's own record: accreditation, sections, broker status, clients.\n"};
    return list_main(&command, argc, argv);
}

int command_instruments(int argc, char **argv) {
    static const struct list_command command = {"instruments_request", "section", NULL, TALK_LOGON_IF_GIVEN,
        "usage: birzha instruments [timber|metals|agri|consumer]\nLists what can be traded.\n"};
    return list_main(&command, argc, argv);
}

int command_sessions(int argc, char **argv) {
    static const struct list_command command = {"sessions_request", NULL, NULL, TALK_LOGON_IF_GIVEN,
        "usage: birzha sessions\nLists the market sessions and their phases.\n"};
    return list_main(&command, argc, argv);
}

static const char explain_usage[] =
    "usage: birzha explain (ORDER_ID | --trade TRADE_ID | --seq N)\n"
    "Says why an order was refused, where it stood, or why it traded at that price.\n";

int command_explain(int argc, char **argv) {
    const char *trade_id = NULL, *sequence = NULL;
    const struct option own[] = {{"--trade", OPTION_TEXT, &trade_id}, {"--seq", OPTION_TEXT, &sequence}};
    struct client_options options;
    if (options_read(&options, own, COUNT(own), argc, argv) != 0) return EXIT_USAGE;
    if (options.help) return print_help(explain_usage);
    if ((trade_id != NULL) + (sequence != NULL) + options.positionals_count != 1) {
        return misuse("name one thing to explain: an order id, --trade or --seq");
    }
    if (sequence != NULL && !ask_is_number(sequence)) return misuse("--seq wants a whole number");
    struct cJSON *request = ask_begin("explain", request_id_only);
    if (options.positionals_count == 1) ask_text(request, "order_id", options.positionals[0]);
    ask_text(request, "trade_id", trade_id);
    ask_number(request, "seq", sequence);
    return ask_once(&options, TALK_LOGON, ask_end(request));
}
