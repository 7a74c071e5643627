/* main.c - `birzha`, everything a person types: one table of subcommands.
 *
 * A subcommand is a function like main: it gets its own name as argv[0], prints its usage for --help and gives the exit
 * code. `birzha help NAME` is `birzha NAME --help`. */
#include <stdio.h>
#include <string.h>

#include "tools/client/commands.h"
#include "tools/client/options.h"
#include "tools/dataset/dataset_main.h"
#include "tools/flow/flow_main.h"
#include "tools/journal/journal_main.h"
#include "tools/load/load_main.h"
#include "tools/report/report_main.h"

#define BIRZHA_VERSION "0.1.0"

struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

static const struct subcommand subcommands[] = {
    {"connect", command_connect, "a prompt on the exchange"},
    {"watch", command_watch, "order book and trades of a symbol, live"},
    {"order", command_order, "enter one order"},
    {"amend", command_amend, "change an order"},
    {"cancel", command_cancel, "take orders back"},
    {"orders", command_orders, "your open orders"},
    {"deals", command_deals, "your deals"},
    {"balances", command_balances, "your money and what is held"},
    {"participant", command_participant, "your own record"},
    {"instruments", command_instruments, "what can be traded"},
    {"sessions", command_sessions, "market sessions and their phases"},
    {"explain", command_explain, "why an order traded, waited or was refused"},
    {"admin", command_admin, "requests of a supervisor or administrator"},
    {"crowd", command_crowd, "background traders that make a market"},
    {"flow", flow_main, "write order flows and run them through the engine"},
    {"load", load_main, "orders by a schedule, percentiles, and a proof that nothing was lost"},
    {"journal", journal_main, "what a server's journal says: verify, digest, replay, dump, diff"},
    {"report", report_main, "tables of a recorded stream; SQLite"},
    {"dataset", dataset_main, "generated data, made through the engine"},
};
enum { subcommands_count = sizeof subcommands / sizeof subcommands[0] };

static const struct subcommand *find(const char *name) {
    for (unsigned i = 0; i < subcommands_count; i++) {
        if (strcmp(subcommands[i].name, name) == 0) return &subcommands[i];
    }
    fprintf(stderr, "birzha: there is no subcommand %s; try birzha --help\n", name);
    return NULL;
}

static int print_help(void) {
    printf("usage: birzha SUBCOMMAND [ARGUMENTS]\n\n");
    for (unsigned i = 0; i < subcommands_count; i++) {
        printf("  %-13s %s\n", subcommands[i].name, subcommands[i].summary);
    }
    printf("\nbirzha help SUBCOMMAND says more about one; birzha --version prints the version.\n\n%s", options_help);
    return EXIT_DONE;
}

static int help_on(char *name) {
    const struct subcommand *found = find(name);
    char help[] = "--help";
    char *arguments[] = {name, help, NULL};
    return found != NULL ? found->run(2, arguments) : EXIT_USAGE;
}

int main(int argc, char **argv) {
    const char *first = argc > 1 ? argv[1] : "";
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) return print_help();
    if (strcmp(first, "help") == 0) return argc > 2 ? help_on(argv[2]) : print_help();
    if (strcmp(first, "--version") == 0) {
        printf("birzha %s\n", BIRZHA_VERSION);
        return EXIT_DONE;
    }
    if (argc < 2) {
        fprintf(stderr, "birzha: which subcommand? Try birzha --help\n");
        return EXIT_USAGE;
    }
    const struct subcommand *found = find(first);
    return found != NULL ? found->run(argc - 1, argv + 1) : EXIT_USAGE;
}
