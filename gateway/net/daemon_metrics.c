/* daemon_metrics.c - see daemon_metrics.h. What is not counted as it happens is looked up: lists are walked, at most as
 * many steps as there are connections. */
#include "gateway/net/daemon_metrics.h"

#include <stdio.h>
#include <unistd.h>

#include "gateway/net/connection.h"

/* The second figure of /proc/self/statm; 0 where there is none. */
static uint64_t resident_bytes(void) {
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    if (fscanf(file, "%*u %llu", &pages) != 1) pages = 0;
    fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void gather_network(const struct network *network, struct metrics *metrics) {
    metrics->network = &network->counters;
    metrics->connections = network->connections_count;
    metrics->connections_max = network->connections_count_max;
    metrics->outbox_bytes = network->pool.pending_size;
    metrics->outbox_chunks_bytes = (uint64_t)chunk_size * (network->pool.used_count + network->pool.free_count);
    for (const struct connection *each = network->ready_first; each; each = each->next_ready)
        metrics->ready_connections++;
    for (const struct connection *each = network->held; each; each = each->next_held) metrics->held_connections++;
}

static void gather_exchange(const struct exchange *exchange, struct metrics *metrics) {
    const struct limits *limits = exchange_limits(exchange);
    metrics->last_sequence = exchange_sequence(exchange);
    metrics->uses[USE_ORDERS] = (struct metrics_use){exchange_open_orders_count(exchange), limits->orders_max};
    metrics->uses[USE_CLIENT_IDS] = (struct metrics_use){exchange_client_ids_count(exchange), limits->client_ids_max};
    metrics->uses[USE_CONTRACTS] = (struct metrics_use){exchange_contracts_count(exchange), limits->contracts_max};
    metrics->uses[USE_PARTICIPANTS] =
        (struct metrics_use){exchange_participants_count(exchange), limits->participants_max};
    metrics->uses[USE_USERS] = (struct metrics_use){exchange_users_count(exchange), limits->users_max};
    metrics->uses[USE_INSTRUMENTS] =
        (struct metrics_use){exchange_instruments_count(exchange), limits->instruments_max};
    metrics->uses[USE_SESSIONS] = (struct metrics_use){exchange_sessions_count(exchange), limits->sessions_max};
    metrics->uses[USE_CLIENTS] = (struct metrics_use){exchange_clients_count(exchange), limits->clients_max};
}

void daemon_metrics(const struct daemon *daemon, struct metrics *metrics) {
    const struct committer *committer = daemon->committer;
    *metrics = (struct metrics){
        .version = BIRZHA_VERSION, .hub = &daemon->hub.counters, .sequencer = &daemon->sequencer.counters,
        .publisher = &daemon->publisher.counters, .stages = daemon->stages,
        .arena_bytes = daemon->sequencer.memory_size, .resident_bytes = resident_bytes(),
    };
    gather_network(&daemon->network, metrics);
    gather_exchange(daemon->sequencer.exchange, metrics);
    if (!committer) return;
    metrics->committer = &committer->counters;
    metrics->snapshots = &daemon->snapshots.counters;
    metrics->filling_commands = committer->filling.commands_count;
    metrics->writing_commands = committer->is_writing ? committer->writing.commands_count : 0;
}
