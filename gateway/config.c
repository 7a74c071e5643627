/* config.c - flags by table; see config.h. */
#include "gateway/config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "instruments/check.h"

/* FLAG_MAP(XX): XX(NAME, text, whether it takes a value) */
#define FLAG_MAP(XX) \
    XX(LISTEN, "--listen", 1) XX(DATA, "--data", 1) XX(SCENARIO, "--scenario", 1) XX(CLOCK, "--clock", 1) \
    XX(SYNC, "--sync", 1) XX(SNAPSHOT_EVERY, "--snapshot-every", 1) XX(PRUNE, "--prune", 0) \
    XX(SEGMENT_MIB, "--segment-mib", 1) XX(RECORD, "--record", 1) XX(EPHEMERAL, "--ephemeral", 0) \
    XX(BUSY_POLL, "--busy-poll", 0) \
    XX(METRICS, "--metrics", 1) XX(STAGE_TIMINGS, "--stage-timings", 0) \
    XX(HELP, "--help", 0) XX(VERSION, "--version", 0)

#define XX(name, text, takes) FLAG_##name,
enum flag { FLAG_MAP(XX) FLAG_COUNT };
#undef XX

static const struct {
    const char *text;
    int takes_value;
} flags[FLAG_COUNT] = {
#define XX(name, text, takes) {text, takes},
    FLAG_MAP(XX)
#undef XX
};

static const char *const clock_modes[] = {
#define XX(name, text) text,
    CLOCK_MODE_MAP(XX)
#undef XX
};

static const char *const sync_modes[] = {
#define XX(name, text) text,
    SYNC_MODE_MAP(XX)
#undef XX
};

const char *clock_mode_name(enum clock_mode mode) {
    return clock_modes[mode];
}

const char *sync_mode_name(enum sync_mode mode) {
    return sync_modes[mode];
}

const char *config_usage(void) {
    return "birzhad - the exchange\n"
           "\n"
           "    birzhad [--listen HOST:PORT] [--data DIR] [--scenario FILE] [--clock wall|manual]\n"
           "            [--sync group|interval|none] [--snapshot-every N] [--prune] [--segment-mib N]\n"
           "            [--record FILE] [--ephemeral] [--busy-poll] [--metrics HOST:PORT] [--stage-timings]\n"
           "\n"
           "  --listen HOST:PORT   TCP address to listen on; port 0 takes a free port (127.0.0.1:7400)\n"
           "  --data DIR           journal and snapshots (./birzha-data); created when it is not there\n"
           "  --scenario FILE      world to create when the data folder is empty (the demonstration world)\n"
           "  --clock wall|manual  manual: time moves only by admin_clock (wall)\n"
           "  --sync MODE          group: an answer means it is on disk; interval: at most 10 ms may be lost;\n"
           "                       none: never waits (group)\n"
           "  --snapshot-every N   a snapshot after every N commands; 0: only at the end or when asked (1000000)\n"
           "  --prune              removes what of the journal the older of the two latest snapshots does not need\n"
           "  --segment-mib N      size of a journal file, 1 to 1024 MiB (64)\n"
           "  --record FILE        writes every command and its events to FILE, for birzha report\n"
           "  --metrics HOST:PORT  figures for Prometheus: GET /metrics there; port 0 takes a free port (none)\n"
           "  --stage-timings      measures where the time of order requests goes: in the figures, on standard error\n"
           "                       after SIGUSR1 and at the end\n"
           "  --ephemeral          no journal at all: the world ends with the process\n"
           "  --busy-poll          asks the network again and again instead of sleeping until something comes: the\n"
           "                       shortest answers, and a processor that is always busy\n"
           "  --help, --version\n"
           "\n"
           "Prints one line of JSON to standard output when it is ready to accept; logs go to standard error.\n"
           "Exit: 0 stopped by SIGTERM, SIGINT or admin_shutdown, 1 start failed, 2 bad flags, 3 corrupt journal.\n";
}

/* Digits only, from `low` to `high`, which has nine digits at most. */
static bool parse_number(const char *text, uint32_t low, uint32_t high, uint32_t *number) {
    uint32_t value = 0;
    size_t size = strlen(text);
    if (size == 0 || size > 9) return false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (uint32_t)(text[i] - '0');
    }
    if (value < low || value > high) return false;
    *number = value;
    return true;
}

static bool parse_port(const char *text, uint16_t *port) {
    uint32_t value;
    if (strlen(text) > 5 || !parse_number(text, 0, UINT16_MAX, &value)) return false;
    *port = (uint16_t)value;
    return true;
}

/* "127.0.0.1:7400", "localhost:0", "[::1]:7400". */
static bool parse_address(char host[host_size], uint16_t *port, const char *text) {
    const char *colon = strrchr(text, ':');
    if (!colon || !parse_port(colon + 1, port)) return false;
    const char *begin = text, *end = colon;
    if (*begin == '[') {
        if (end == begin || end[-1] != ']') return false;
        begin++;
        end--;
    } else if (memchr(begin, ':', (size_t)(end - begin))) {
        return false;
    }
    size_t size = (size_t)(end - begin);
    if (size == 0 || size >= host_size) return false;
    memcpy(host, begin, size);
    host[size] = '\0';
    return true;
}

/* Index of `text` among `names`, or -1. */
static int find(const char *const *names, size_t count, const char *text) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) return (int)i;
    }
    return -1;
}

/* NULL, or what would have been right. */
static const char *set(struct config *config, enum flag flag, const char *value) {
    int mode;
    CHECK(value != NULL || !flags[flag].takes_value);
    if (value == NULL) value = "";
    switch (flag) {
    case FLAG_LISTEN:
        return parse_address(config->host, &config->port, value) ? NULL : "HOST:PORT, port 0 to 65535";
    case FLAG_METRICS:
        return parse_address(config->metrics_host, &config->metrics_port, value) ? NULL : "HOST:PORT, port 0 to 65535";
    case FLAG_DATA:
        config->data = value;
        return *value ? NULL : "a folder";
    case FLAG_SCENARIO:
        config->scenario = value;
        return *value ? NULL : "a file";
    case FLAG_CLOCK:
        mode = find(clock_modes, sizeof clock_modes / sizeof *clock_modes, value);
        config->clock = mode < 0 ? config->clock : (enum clock_mode)mode;
        return mode < 0 ? "wall or manual" : NULL;
    case FLAG_SYNC:
        mode = find(sync_modes, sizeof sync_modes / sizeof *sync_modes, value);
        config->sync = mode < 0 ? config->sync : (enum sync_mode)mode;
        return mode < 0 ? "group, interval or none" : NULL;
    case FLAG_SNAPSHOT_EVERY:
        return parse_number(value, 0, 999999999, &config->snapshot_every) ? NULL : "0 to 999999999 commands";
    case FLAG_PRUNE:
        config->prune = 1;
        return NULL;
    case FLAG_SEGMENT_MIB:
        return parse_number(value, 1, 1024, &config->segment_mib) ? NULL : "1 to 1024";
    case FLAG_RECORD:
        config->record = value;
        return *value ? NULL : "a file";
    case FLAG_STAGE_TIMINGS:
        config->stage_timings = 1;
        return NULL;
    case FLAG_EPHEMERAL:
        config->ephemeral = 1;
        return NULL;
    case FLAG_BUSY_POLL:
        config->busy_poll = 1;
        return NULL;
    default:
        return NULL;
    }
}

/* The flag that `argument` names, with or without "=value"; FLAG_COUNT for none. */
static enum flag flag_of(const char *argument, const char **joined) {
    size_t size = strcspn(argument, "=");
    *joined = argument[size] == '=' ? argument + size + 1 : NULL;
    for (int flag = 0; flag < FLAG_COUNT; flag++) {
        if (strlen(flags[flag].text) == size && memcmp(flags[flag].text, argument, size) == 0) return (enum flag)flag;
    }
    return FLAG_COUNT;
}

enum config_status config_parse(struct config *config, int argc, char **argv, char *error, size_t error_size) {
    *config = (struct config){.host = "127.0.0.1", .port = 7400, .data = "./birzha-data",
                              .snapshot_every = 1000000, .segment_mib = 64};
    for (int i = 1; i < argc; i++) {
        const char *value;
        enum flag flag = flag_of(argv[i], &value);
        if (flag == FLAG_COUNT) {
            snprintf(error, error_size, "unknown flag %s; see --help", argv[i]);
            return CONFIG_BAD;
        }
        if (flags[flag].takes_value && !value) value = i + 1 < argc ? argv[++i] : NULL;
        if (flags[flag].takes_value != (value != NULL)) {
            snprintf(error, error_size, "%s %s", flags[flag].text, value ? "takes no value" : "needs a value");
            return CONFIG_BAD;
        }
        if (flag == FLAG_HELP) return CONFIG_HELP;
        if (flag == FLAG_VERSION) return CONFIG_VERSION;
        const char *expected = set(config, flag, value);
        if (expected) {
            snprintf(error, error_size, "%s %s: expected %s", flags[flag].text, value, expected);
            return CONFIG_BAD;
        }
    }
    return CONFIG_RUN;
}
