/* test_command_line.c - `birzha` against a server: the official's requests and a broker's order, as they are typed. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/server.h"

static char said[8192];

/* Runs `birzha ARGUMENTS` as a user whose password is its name; its exit code. What it said is in `said`. */
static int run(const struct server *server, const char *user, const char *arguments) {
    char command[512], line[512];
    const char *birzha = getenv("BIRZHA");
    snprintf(command, sizeof command, "BIRZHA_CONNECT=127.0.0.1:%d BIRZHA_USER=%s BIRZHA_PASSWORD=%s %s %s 2>&1",
             server->port, user, user, birzha != NULL ? birzha : "build/release/birzha", arguments);
    FILE *output = popen(command, "r");
    cr_assert_not_null(output);
    said[0] = '\0';
    while (fgets(line, sizeof line, output) != NULL) strncat(said, line, sizeof said - strlen(said) - 1);
    return WEXITSTATUS(pclose(output));
}

static void expect_run(const struct server *server, const char *user, const char *arguments, int exit_code,
                       const char *part) {
    int code = run(server, user, arguments);
    cr_expect_eq(code, exit_code, "%s: %d: %s", arguments, code, said);
    cr_expect_not_null(strstr(said, part), "%s: no \"%s\" in: %s", arguments, part, said);
}

Test(command_line, the_desk_of_an_official) {
    static const char *const done[] = {
        "participant FR-1 Seine FR", "accredit FR-1 timber 2021-01-01 to=2021-12-31", "suspend FR-1 until=2021-04-02",
        "reinstate FR-1", "broker FR-1 2021-01-01", "broker-state FR-1 suspended", "broker-state FR-1 active",
        "client FR-1 CN-BUYER-1 timber side=buy order_qty_max=3 own_account=no", "papers FR-1 passport at_once=yes",
        "papers FR-1 none", "contract FR-1 yes", "arrears FR-1 no", "claim FR-1 no", "sanction FR-1 2021-04-02",
        "sanction FR-1 none", "own-use FR-1 2021-01-01 to=none", "trader FR-1 marie", "certificate marie 2021-01-01",
        "kill FR-1 on", "kill FR-1 off", "limits FR-1 message_rate=9 order_value_max=none currency=EUR",
        "deposit FR-1 EUR 1000.00", "payout FR-1 EUR 10.00", "user marie FR-1 trader marie", "user auditor none supervisor pw",
        "session PINE symbols=TB-PINE-SAW-EX countries=FR,EE direction=export", "session PINE countries=none",
        "phase PINE closed", "halt TB-SAW-TR", "resume TB-SAW-TR", "halt-section timber", "resume-section timber",
        "halt-session PINE", "resume-session PINE", "clock 2021-03-31T07:00:00Z", "withdraw FR-1",
    };
    struct server server;
    server_start(&server, "instruments/data/scenarios/broker.json");
    for (size_t i = 0; i < sizeof done / sizeof *done; i++) {
        char arguments[160];
        snprintf(arguments, sizeof arguments, "admin %s", done[i]);
        expect_run(&server, "admin", arguments, 0, "ack");
    }
    expect_run(&server, "admin", "admin user eye none observer pw", 1, "belongs to a participant");
    expect_run(&server, "admin", "admin news 'Rain in Brest'", 0, "Rain in Brest");
    expect_run(&server, "admin", "admin digest", 0, "state_hash");
    expect_run(&server, "admin", "admin kill FR-1 perhaps", 2, "on cannot be \"perhaps\"");
    expect_run(&server, "admin", "admin fees BY-SAW-1 EUR 1.00", 1, "fees that are due");
    expect_run(&server, "supervisor", "admin shutdown", 1, "not_authorised");
    expect_run(&server, "admin", "admin --help", 0, "client broker client section [side=");
    server_stop(&server);
}

Test(command_line, a_brokers_order_and_its_bust) {
    struct server server;
    server_start(&server, "instruments/data/scenarios/broker.json");
    expect_run(&server, "admin", "admin session CN symbols=TB-SAW-CN-CT countries=CN", 0, "ack");
    expect_run(&server, "decor-il", "order buy 5 TB-SAW-CN-CT 294.00 --client CN-BUYER-1 --session CN --terms lc", 0,
               "new");
    expect_run(&server, "decor-il", "order buy 1 TB-SAW-CN-CT 294.00 --client CN-BUYER-1 --session X", 1, "\"X\"");
    expect_run(&server, "decor-il", "order buy 1 TB-SAW-CN-CT 294.00 --client EE-BUYER-1", 1, "401, SES-3");
    expect_run(&server, "sawmill1", "order sell 5 TB-SAW-CN-CT 294.00 --session CN", 0, "new");
    expect_run(&server, "decor-il", "deals", 0, "deal");
    expect_run(&server, "supervisor", "admin bust 1 'wrong price'", 0, "ack");
    expect_run(&server, "decor-il", "deals", 0, "busted");
    expect_run(&server, "decor-il", "participant", 0, "EE-BUYER-1");
    expect_run(&server, "decor-il", "sessions", 0, "CN");
    server_stop(&server);
}
