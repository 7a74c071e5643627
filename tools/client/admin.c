/* admin.c - `birzha admin`: the official's requests, one table row each.
 *
 * A row names the words that must follow, in order, as members of the request; "?" before a name says that it may be
 * left out. Their meaning, and who may ask, is for the exchange. */
#include "tools/client/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/client/ask.h"
#include "tools/client/talk.h"

enum { request_id_only = 1, members_max = 5 };

struct admin_request {
    const char *name, *type;
    const char *members[members_max];
    const char *constant_name, *constant_value;     /* a member that the name itself implies */
    const char *summary;
};

static const struct admin_request admin_requests[] = {
    {"clock", "admin_clock", {"now"}, NULL, NULL, "move a manual clock forward, to 2021-06-28T09:00:00Z"},
    {"phase", "admin_phase", {"session", "phase"}, NULL, NULL, "move a session to a later phase (not yet)"},
    {"participant", "admin_participant", {"participant", "name", "country"}, NULL, NULL, "create a participant"},
    {"accredit", "admin_accredit", {"participant", "section", "from", "?to"}, NULL, NULL, "accredit it in a section"},
    {"suspend", "admin_suspend", {"participant", "?until"}, NULL, NULL, "suspend its accreditation (not yet)"},
    {"reinstate", "admin_reinstate", {"participant"}, NULL, NULL, "end the suspension (not yet)"},
    {"withdraw", "admin_withdraw", {"participant"}, NULL, NULL, "withdraw its accreditation (not yet)"},
    {"deposit", "admin_deposit", {"participant", "currency", "amount"}, "action", "credit", "credit a deposit"},
    {"payout", "admin_deposit", {"participant", "currency", "amount"}, "action", "withdraw", "pay a deposit out"},
    {"user", "admin_user", {"user", "participant", "role", "password"}, NULL, NULL, "create a user"},
    {"halt", "admin_halt", {"symbol"}, NULL, NULL, "halt a symbol"},
    {"resume", "admin_resume", {"symbol"}, NULL, NULL, "let it trade again"},
    {"halt-session", "admin_halt", {"session"}, NULL, NULL, "halt a session"},
    {"resume-session", "admin_resume", {"session"}, NULL, NULL, "let it trade again"},
    {"halt-section", "admin_halt", {"section"}, NULL, NULL, "halt a section"},
    {"resume-section", "admin_resume", {"section"}, NULL, NULL, "let it trade again"},
    {"news", "admin_news", {"text"}, NULL, NULL, "a sentence to everyone (not yet)"},
    {"digest", "admin_digest", {NULL}, NULL, NULL, "hash of the exchange's state"},
    {"snapshot", "admin_snapshot", {NULL}, NULL, NULL, "write a snapshot now (not yet)"},
    {"shutdown", "admin_shutdown", {NULL}, NULL, NULL, "stop the server"},
};
enum { admin_requests_count = sizeof admin_requests / sizeof admin_requests[0] };

static const char *bare(const char *member) {
    return member[0] == '?' ? member + 1 : member;
}

static void print_arguments(const struct admin_request *request, FILE *stream) {
    char text[80] = "";
    size_t size = 0;
    for (uint32_t i = 0; i < members_max && request->members[i] != NULL; i++) {
        int optional = request->members[i][0] == '?';
        size += (size_t)snprintf(text + size, sizeof text - size, optional ? " [%s]" : " %s",
                                 bare(request->members[i]));
    }
    fprintf(stream, "  %-15s%-42s %s\n", request->name, text, request->summary);
}

static int help(void) {
    printf("usage: birzha admin REQUEST [ARGUMENTS]\nRequests of a supervisor or administrator:\n");
    for (uint32_t i = 0; i < admin_requests_count; i++) print_arguments(&admin_requests[i], stdout);
    printf("%s", options_help);
    return EXIT_DONE;
}

int command_admin(int argc, char **argv) {
    struct client_options options;
    if (options_read(&options, NULL, 0, argc, argv) != 0) return EXIT_USAGE;
    if (options.help) return help();
    const char *name = options.positionals_count > 0 ? options.positionals[0] : "";
    const struct admin_request *found = NULL;
    for (uint32_t i = 0; i < admin_requests_count; i++) {
        if (strcmp(admin_requests[i].name, name) == 0) found = &admin_requests[i];
    }
    if (found == NULL) {
        fprintf(stderr, "birzha: admin wants a request, not \"%s\"; try birzha admin --help\n", name);
        return EXIT_USAGE;
    }
    uint32_t wanted = 0, needed = 0;
    for (; wanted < members_max && found->members[wanted] != NULL; wanted++) needed += found->members[wanted][0] != '?';
    uint32_t given = options.positionals_count - 1;
    if (given < needed || given > wanted) {
        fprintf(stderr, "birzha: usage: birzha admin\n");
        print_arguments(found, stderr);
        return EXIT_USAGE;
    }
    struct cJSON *request = ask_begin(found->type, request_id_only);
    for (uint32_t i = 0; i < given; i++) ask_text(request, bare(found->members[i]), options.positionals[i + 1]);
    if (found->constant_name != NULL) ask_text(request, found->constant_name, found->constant_value);
    static struct talk talk;
    char *line = ask_end(request);
    int code = talk_open(&talk, &options, TALK_LOGON);
    if (code != EXIT_DONE) {
        free(line);
        return code;
    }
    return talk_close(&talk, talk_ask(&talk, line, request_id_only));
}
