/* config.h - the command line of the server.
 *
 *     birzhad [--listen HOST:PORT] [--data DIR] [--scenario FILE] [--clock wall|manual]
 *             [--sync group|interval|none] [--snapshot-every N] [--prune] [--segment-mib N]
 *             [--record FILE] [--ephemeral] [--busy-poll] [--metrics HOST:PORT] [--stage-timings] [--help]
 *             [--version]
 *
 * A value may stand behind its flag or be joined to it by '='. Texts point into argv. */
#ifndef BIRZHA_CONFIG_H
#define BIRZHA_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#define BIRZHA_VERSION "0.1.0"

/* CLOCK_MODE_MAP(XX), SYNC_MODE_MAP(XX): XX(NAME, text of the flag) */
#define CLOCK_MODE_MAP(XX) XX(WALL, "wall") XX(MANUAL, "manual")
#define SYNC_MODE_MAP(XX) XX(GROUP, "group") XX(INTERVAL, "interval") XX(NONE, "none")

#define XX(name, text) CLOCK_MODE_##name,
enum clock_mode { CLOCK_MODE_MAP(XX) };
#undef XX
#define XX(name, text) SYNC_MODE_##name,
enum sync_mode { SYNC_MODE_MAP(XX) };
#undef XX

enum { host_size = 256 };

struct config {
    char host[host_size];
    uint16_t port;                  /* 0 = a free one */
    const char *data;
    const char *scenario;           /* NULL = the shipped demonstration world */
    enum clock_mode clock;
    enum sync_mode sync;
    const char *record;             /* NULL = no recording; else where commands and events are written */
    char metrics_host[host_size];   /* "" = no metrics */
    uint16_t metrics_port;          /* 0 = a free one */
    uint32_t stage_timings;         /* 1 = where the time of order requests goes is measured */
    uint32_t ephemeral;             /* 1 = no journal at all */
    uint32_t busy_poll;             /* 1 = never waits for the network, asks again and again */
    uint32_t snapshot_every;        /* commands between snapshots; 0 = only when asked and at the end */
    uint32_t prune;                 /* 1 = segments that the older snapshot does not need are removed */
    uint32_t segment_mib;           /* of a new journal segment */
};

enum config_status {
    CONFIG_RUN = 0,
    CONFIG_HELP = 1,
    CONFIG_VERSION = 2,
    CONFIG_BAD = -1,
};

/* Reads the command line into *config. On CONFIG_BAD `error` holds one line without its end. */
__attribute__((warn_unused_result))
enum config_status config_parse(struct config *config, int argc, char **argv, char *error, size_t error_size);

const char *config_usage(void);
const char *clock_mode_name(enum clock_mode mode);
const char *sync_mode_name(enum sync_mode mode);

#endif
