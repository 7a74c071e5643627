/* fuzz_world.h - an exchange for fuzz targets, built once from a script and copied back before every input. */
#ifndef BIRZHA_TESTS_FUZZ_WORLD_H
#define BIRZHA_TESTS_FUZZ_WORLD_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exchange.h"
#include "instruments/check.h"
#include "tests/model/model_script.h"

static const char fuzz_world_script[] =
    "instrument time=2021-06-28T06:00:00Z symbol=MILK section=agri currency=USD\n"
    "instrument_terms reference=540 lot_units=20 tick_scaled=500\n"
    "basis place=Minsk country=BY\n"
    "basis place=Riga country=LV\n"
    "instrument symbol=BREAD section=agri\n"
    "instrument_terms instrument=1 reference=100\n"
    "session id=HALL\n"
    "session_symbol session=0 instrument=0\n"
    "participant id=BY-A country=BY\n"
    "participant id=PL-B country=PL\n"
    "participant id=RU-C country=RU\n"
    "participant id=BY-D country=BY\n"
    "accredit accredited=0 section=agri from=2020-01-01\n"
    "accredit accredited=1 section=agri from=2020-01-01\n"
    "accredit accredited=2 section=agri from=2020-01-01\n"
    "accredit accredited=3 section=agri from=2020-01-01\n"
    "user name=anna of=0 role=trader\n"
    "rule_terms deposit_ppm=2000 floor_usd=25000 floor_byn=60000 deposit_days=2 fee_ppm=2000 fee_days=5 "
    "exposure_factor=500 rule_flags=1\n"
    "transit_rule from=2021-01-01 sections=1\n"
    "fx_rate currency=USD byn=25300 from=2021-01-01\n"
    "deposit of=0 currency=USD action=at_once amount=100000000\n"
    "deposit of=1 currency=USD action=at_once amount=100000000\n"
    "deposit of=2 currency=USD action=at_once amount=10000000\n"
    "deposit of=0 currency=BYN action=at_once amount=100000000\n"
    "deposit of=3 currency=BYN action=at_once amount=100000000\n"
    "broker of=0 action=grant from=2020-01-01\n"
    "client broker=0 client=1 section=agri\n";

static const struct limits fuzz_limits = {
    .instruments_max = 4, .sessions_max = 2, .participants_max = 6, .users_max = 4, .orders_max = 64,
    .price_leaves_max = 16, .price_branches_max = 8, .client_ids_max = 64, .contracts_max = 256, .clients_max = 4,
};

struct fuzz_world {
    struct exchange *exchange;
    void *fresh;                /* as it was built */
    size_t size;
    uint64_t sequence;
    int64_t time_ns;
    struct event_buffer events;
};

static inline void fuzz_more(struct event_buffer *buffer) { buffer->count = 0; }

static inline void fuzz_apply(struct fuzz_world *w, struct command *command) {
    command->sequence = exchange_sequence(w->exchange) + 1;
    w->events.count = 0;
    exchange_apply(w->exchange, command, &w->events);
}

/* Built at the first call; afterwards as it was built. */
static inline struct fuzz_world *fuzz_world_fresh(void) {
    static struct fuzz_world w;
    if (w.exchange) {
        memcpy(w.exchange, w.fresh, w.size);
        return &w;
    }
    struct script script;
    CHECK(script_parse(&script, fuzz_world_script) == 0);
    w.size = (exchange_size(&fuzz_limits) + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, w.size);
    w.fresh = malloc(w.size);
    w.events = (struct event_buffer){.capacity = 4096, .full = fuzz_more};
    w.events.events = calloc(w.events.capacity, sizeof *w.events.events);
    CHECK(memory && w.fresh && w.events.events);
    memset(memory, 0, w.size);
    w.exchange = exchange_init(memory, &fuzz_limits);
    for (uint32_t i = 0; i < script.steps_count; i++) fuzz_apply(&w, &script.steps[i].command);
    w.time_ns = exchange_time_ns(w.exchange);
    memcpy(w.fresh, w.exchange, w.size);
    script_free(&script);
    return &w;
}

#endif
