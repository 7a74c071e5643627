/* test_config.c - flags of the command line. */
#include <criterion/criterion.h>
#include <string.h>

#include "gateway/config.h"

enum { arguments_max = 12 };

static enum config_status parse(struct config *config, char *error, const char *const *arguments) {
    char *argv[arguments_max + 1] = {(char *)(uintptr_t)"birzhad"};
    int argc = 1;
    for (; argc < arguments_max && arguments[argc - 1]; argc++) argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
    return config_parse(config, argc, argv, error, 256);
}

Test(config, defaults_are_those_of_the_protocol) {
    struct config config;
    char error[256];
    cr_assert_eq(parse(&config, error, (const char *const[]){NULL}), CONFIG_RUN);
    cr_assert_str_eq(config.host, "127.0.0.1");
    cr_assert_eq(config.port, 7400);
    cr_assert_str_eq(config.data, "./birzha-data");
    cr_assert_null(config.scenario);
    cr_assert_eq(config.clock, CLOCK_MODE_WALL);
    cr_assert_eq(config.sync, SYNC_MODE_GROUP);
    cr_assert_eq(config.ephemeral, 0);
    cr_assert_eq(config.busy_poll, 0);
}

Test(config, every_flag_is_read) {
    struct config config;
    char error[256];
    cr_assert_eq(parse(&config, error, (const char *const[]){"--listen", "[::1]:0", "--data=/x", "--scenario", "w.json",
                                                              "--clock=manual", "--ephemeral", "--busy-poll", NULL}), CONFIG_RUN);
    cr_assert_str_eq(config.host, "::1");
    cr_assert_eq(config.port, 0);
    cr_assert_str_eq(config.data, "/x");
    cr_assert_str_eq(config.scenario, "w.json");
    cr_assert_eq(config.clock, CLOCK_MODE_MANUAL);
    cr_assert_eq(config.ephemeral, 1);
    cr_assert_eq(config.busy_poll, 1);
    cr_assert_null(config.record);
    cr_assert_eq(parse(&config, error, (const char *const[]){"--record", "day.stream", NULL}), CONFIG_RUN);
    cr_assert_str_eq(config.record, "day.stream");
    cr_assert_eq(parse(&config, error, (const char *const[]){"--sync", "none", NULL}), CONFIG_RUN);
    cr_assert_eq(config.sync, SYNC_MODE_NONE);
    cr_assert_str_empty(config.metrics_host);
    cr_assert_eq(config.stage_timings, 0);
    cr_assert_eq(parse(&config, error, (const char *const[]){"--metrics", "localhost:9100", "--stage-timings", NULL}),
                 CONFIG_RUN);
    cr_assert_str_eq(config.metrics_host, "localhost");
    cr_assert_eq(config.metrics_port, 9100);
    cr_assert_eq(config.stage_timings, 1);
    cr_assert_eq(parse(&config, error, (const char *const[]){"--help", NULL}), CONFIG_HELP);
    cr_assert_eq(parse(&config, error, (const char *const[]){"--version", NULL}), CONFIG_VERSION);
}

Test(config, what_is_wrong_is_said_in_one_line) {
    static const struct {
        const char *arguments[3];
        const char *part;
    } rows[] = {
        {{"--lisen"}, "unknown flag --lisen"},
        {{"extra"}, "unknown flag extra"},
        {{"--listen"}, "needs a value"},
        {{"--ephemeral=1"}, "takes no value"},
        {{"--busy-poll=1"}, "takes no value"},
        {{"--listen", "7400"}, "HOST:PORT"},
        {{"--listen", "127.0.0.1:65536"}, "HOST:PORT"},
        {{"--listen", "127.0.0.1:"}, "HOST:PORT"},
        {{"--listen", ":7400"}, "HOST:PORT"},
        {{"--listen", "::1:7400"}, "HOST:PORT"},
        {{"--listen", "a:-1"}, "HOST:PORT"},
        {{"--clock", "sun"}, "wall or manual"},
        {{"--sync", "always"}, "group, interval or none"},
        {{"--metrics"}, "needs a value"},
        {{"--metrics", "9100"}, "--metrics 9100: expected HOST:PORT"},
        {{"--stage-timings=1"}, "takes no value"},
        {{"--scenario="}, "a file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        char error[256] = "";
        cr_assert_eq(parse(&config, error, rows[i].arguments), CONFIG_BAD, "row %zu", i);
        cr_assert_not_null(strstr(error, rows[i].part), "row %zu: %s", i, error);
        cr_assert_null(strchr(error, '\n'));
    }
}
