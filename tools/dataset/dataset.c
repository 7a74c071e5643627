/* dataset.c - plan the deals, then let the exchange make them; see dataset.h. */
#include "tools/dataset/dataset.h"
#include "instruments/splitmix.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/genesis.h"
#include "gateway/scenario/data_folder.h"
#include "gateway/sequencer.h"
#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

enum {
    firms_max = 8, products_max = 2, tries_max = 100000, days_max = 181, path_size = 512,
    open_minute = 10 * 60, open_minutes_count = 6 * 60,     /* deals are made from 10:00 to 16:00 in Minsk */
    window_percent = 8,         /* how far the mean of the deals to come may drift from the mean of all */
};

/* What is traded, by whom and in which sizes; prices lie within `spread_ticks` of the middle. */
struct product {
    const char *symbol;
    uint32_t lots_min, lots_max, middle_ticks, spread_ticks;
    const char *sellers[firms_max];     /* up to the first NULL */
};

/* Deals that belong together. */
struct family {
    struct product products[products_max];
    uint32_t deals_count;
    int64_t total_minor;        /* 0 = whatever comes */
    const char *buyers[firms_max];      /* up to the first NULL */
};

static const struct family families[] = {
    {{{"TB-SAW-TR", 30, 60, 560, 22, {"RU-FOREST-1", "RU-FOREST-2", "RU-FOREST-3"}}}, 77, 96800000,
     {"LV-TRADE-1", "LV-TRADE-2", "LT-TRADE-1", "LT-TRADE-2", "EE-TRADE-1", "PL-TRADE-1", "PL-TRADE-2"}},
    {{{"IC-TEXT-TR", 3, 9, 1040, 40, {"RU-TEXT-1", "RU-TEXT-2"}},
      {"IC-MOTOIL-TR", 1, 5, 420, 16, {"RU-OIL-1", "RU-OIL-2"}}}, 76, 230000000,
     {"LV-TRADE-1", "LV-TRADE-2", "LT-TRADE-1", "EE-TRADE-1", "PL-TRADE-1", "PL-TRADE-2"}},
    {{{"TB-PINE-SAW-EX", 1, 8, 490, 18, {"BY-SAW-1", "BY-SAW-2"}}}, 48, 0,
     {"LT-TRADE-1", "DE-TRADE-1", "PL-TRADE-1"}},
    {{{"TB-PELLET-EX", 2, 12, 270, 10, {"BY-SAW-1", "BY-SAW-2"}}}, 30, 0,
     {"LT-TRADE-2", "LV-TRADE-2", "DE-TRADE-1"}},
    {{{"DY-SMP-EX", 1, 6, 540, 20, {"BY-DAIRY-1", "BY-DAIRY-2"}}}, 60, 0,
     {"UA-FOOD-1", "PL-TRADE-1", "DE-TRADE-1"}},
    {{{"MT-REBAR-PL", 2, 15, 660, 25, {"BY-STEEL-1", "BY-STEEL-2"}}}, 40, 0, {"PL-TRADE-1", "PL-TRADE-2"}},
    {{{"OS-RSM-EX", 2, 10, 320, 12, {"BY-CRUSH-1", "BY-CRUSH-2"}}}, 36, 0,
     {"LT-TRADE-1", "PL-TRADE-2", "LV-TRADE-1"}},
};

struct maker {
    struct sequencer sequencer;
    struct dataset_plan plan;
    uint64_t random;
    int32_t days[days_max];     /* business days of the half-year */
    uint32_t days_count;
    char *error;
};

static uint64_t draw(struct maker *maker) { return splitmix64(&maker->random); }

/* From 0 to n - 1. */
static uint32_t below(struct maker *maker, uint32_t n) {
    return (uint32_t)((uint128)draw(maker) * n >> 64);
}

static uint32_t between(struct maker *maker, uint32_t low, uint32_t high) {
    return low + below(maker, high - low + 1);
}

/* ---- the plan ---- */

static uint32_t texts_count(const char *const *texts) {
    uint32_t count = 0;
    while (count < firms_max && texts[count]) count++;
    return count;
}

static uint32_t find_firm(const struct maker *maker, const char *id) {
    uint32_t index = exchange_find_participant(maker->sequencer.exchange, id, (uint32_t)strlen(id));
    CHECK(index != NAME_NONE);
    return index;
}

static uint32_t pick_firm(struct maker *maker, const char *const *ids) {
    return find_firm(maker, ids[below(maker, texts_count(ids))]);
}

static uint32_t find_product(const struct maker *maker, const struct product *product) {
    uint32_t index = exchange_find_instrument(maker->sequencer.exchange, product->symbol,
                                              (uint32_t)strlen(product->symbol));
    CHECK(index != NAME_NONE);
    return index;
}

static int64_t lot_tick_minor(const struct maker *maker, uint32_t instrument) {
    return exchange_instrument(maker->sequencer.exchange, instrument)->lot_tick.minor;
}

static const struct product *pick_product(struct maker *maker, const struct family *family) {
    uint32_t count = family->products[1].symbol ? 2 : 1;
    return &family->products[below(maker, count)];
}

/* A size and a price for the next deal. */
static struct planned_deal draw_deal(struct maker *maker, const struct family *family) {
    const struct product *product = pick_product(maker, family);
    struct planned_deal deal = {.instrument = find_product(maker, product)};
    deal.lots = between(maker, product->lots_min, product->lots_max);
    deal.ticks = between(maker, product->middle_ticks - product->spread_ticks,
                         product->middle_ticks + product->spread_ticks);
    deal.value_minor = (int64_t)deal.lots * deal.ticks * lot_tick_minor(maker, deal.instrument);
    return deal;
}

/* Whether `count` more deals can make `rest_minor` without standing out: their mean is near that of the family. */
static int is_in_reach(const struct family *family, int64_t rest_minor, uint32_t count) {
    int64_t mean_minor = family->total_minor / family->deals_count;
    int64_t drift_minor = llabs(rest_minor / count - mean_minor);
    return drift_minor * 100 <= mean_minor * window_percent;
}

static struct planned_deal draw_towards(struct maker *maker, const struct family *family, int64_t rest_minor,
                                        uint32_t count) {
    for (uint32_t i = 0; i < tries_max; i++) {
        struct planned_deal deal = draw_deal(maker, family);
        if (is_in_reach(family, rest_minor - deal.value_minor, count - 1)) return deal;
    }
    CHECK(!"a deal that keeps the total in reach");
    return (struct planned_deal){0};
}

/* The last two deals, both in the family's first product: what one leaves, the other must make on the tick. */
static void close_total(struct maker *maker, const struct family *family, int64_t rest_minor,
                        struct planned_deal last[2]) {
    const struct product *product = &family->products[0];
    uint32_t instrument = find_product(maker, product);
    int64_t unit_minor = lot_tick_minor(maker, instrument);
    CHECK(rest_minor % unit_minor == 0);
    for (uint32_t i = 0; i < tries_max; i++) {
        struct planned_deal first = {.instrument = instrument}, second = first;
        first.lots = between(maker, product->lots_min, product->lots_max);
        first.ticks = between(maker, product->middle_ticks - product->spread_ticks,
                              product->middle_ticks + product->spread_ticks);
        second.lots = between(maker, product->lots_min, product->lots_max);
        int64_t left = rest_minor / unit_minor - (int64_t)first.lots * first.ticks;
        if (left <= 0 || left % second.lots != 0) continue;
        second.ticks = (uint32_t)(left / second.lots);
        if (second.ticks + product->spread_ticks < product->middle_ticks ||
            second.ticks > product->middle_ticks + product->spread_ticks) continue;
        first.value_minor = (int64_t)first.lots * first.ticks * unit_minor;
        second.value_minor = left * unit_minor;
        last[0] = first;
        last[1] = second;
        return;
    }
    CHECK(!"two deals that make the total exact");
}

static void plan_family(struct maker *maker, const struct family *family) {
    struct dataset_plan *plan = &maker->plan;
    struct planned_deal *deals = &plan->deals[plan->deals_count];
    const uint32_t count = family->deals_count;
    int64_t rest_minor = family->total_minor, sum_minor = 0;
    CHECK(plan->deals_count + count <= dataset_deals_max);
    uint32_t free_count = family->total_minor > 0 ? count - 2 : count;
    for (uint32_t i = 0; i < free_count; i++) {
        deals[i] = family->total_minor > 0 ? draw_towards(maker, family, rest_minor, count - i)
                                           : draw_deal(maker, family);
        rest_minor -= deals[i].value_minor;
    }
    if (family->total_minor > 0) close_total(maker, family, rest_minor, &deals[free_count]);
    for (uint32_t i = 0; i < count; i++) {
        int32_t day = maker->days[below(maker, maker->days_count)];
        int32_t minute = open_minute + (int32_t)below(maker, open_minutes_count);
        deals[i].time_ns = trade_date_begin_ns(day, minute) + (int64_t)below(maker, 60) * NS_PER_SECOND;
        int is_second = find_product(maker, &family->products[0]) != deals[i].instrument;
        deals[i].seller = pick_firm(maker, family->products[is_second].sellers);
        deals[i].buyer = pick_firm(maker, family->buyers);
        deals[i].detour = below(maker, 4) == 0;
        sum_minor += deals[i].value_minor;
    }
    CHECK(family->total_minor == 0 || sum_minor == family->total_minor);
    plan->deals_count += count;
}

static int compare_deals(const void *left, const void *right) {
    const struct planned_deal *a = left, *b = right;
    if (a->time_ns != b->time_ns) return a->time_ns < b->time_ns ? -1 : 1;
    if (a->instrument != b->instrument) return a->instrument < b->instrument ? -1 : 1;
    if (a->value_minor != b->value_minor) return a->value_minor < b->value_minor ? -1 : 1;
    return a->seller != b->seller ? (a->seller < b->seller ? -1 : 1) : (a->buyer > b->buyer) - (a->buyer < b->buyer);
}

static void make_plan(struct maker *maker) {
    int32_t first = date_from_civil(2021, 1, 1), last = date_from_civil(2021, 6, 30);
    const struct calendar *calendar = exchange_calendar(maker->sequencer.exchange);
    for (int32_t date = first; date <= last; date++) {
        if (calendar_is_business_day(calendar, date)) maker->days[maker->days_count++] = date;
    }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) plan_family(maker, &families[i]);
    qsort(maker->plan.deals, maker->plan.deals_count, sizeof *maker->plan.deals, compare_deals);
}

/* ---- the exchange ---- */

static int fail(struct maker *maker, const char *what, uint16_t reason) {
    snprintf(maker->error, dataset_error_size, "the exchange refused %s: %s", what, reject_name(reason));
    return -1;
}

/* Applies a command; *order_id (if wanted) becomes that of the order it brought. */
static int apply(struct maker *maker, struct command *command, const char *what, uint64_t *order_id) {
    struct applied applied = sequencer_apply(&maker->sequencer, command);
    for (uint32_t i = 0; i < applied.events_count; i++) {
        const struct event *event = &applied.events[i];
        if (event->kind == EVENT_REJECTED) return fail(maker, what, event->rejected.reason);
        if (event->kind == EVENT_REFUSED) return fail(maker, what, event->refused.reason);
        if (event->kind == EVENT_ACCEPTED && order_id) *order_id = event->order.order_id;
    }
    return 0;
}

/* The trader of a firm. */
static uint32_t user_of(const struct maker *maker, uint32_t participant) {
    const struct exchange *exchange = maker->sequencer.exchange;
    for (uint32_t i = 0; i < exchange_users_count(exchange); i++) {
        if (exchange_user(exchange, i)->participant == participant) return i;
    }
    return NAME_NONE;
}

static int enter(struct maker *maker, const struct planned_deal *deal, enum side side, uint32_t ticks,
                 uint64_t *order_id) {
    uint32_t firm = side == SIDE_BUY ? deal->buyer : deal->seller;
    struct command command = {
        .kind = COMMAND_NEW_ORDER, .participant = firm, .user = user_of(maker, firm),
        .new_order = {
            .instrument = deal->instrument, .client = NAME_NONE, .market_session = NAME_NONE, .price = {ticks},
            .quantity = {deal->lots}, .expire_date = date_none, .side = (uint8_t)side,
            .order_type = ORDER_TYPE_LIMIT, .time_in_force = TIF_DAY,
        },
    };
    return apply(maker, &command, side == SIDE_BUY ? "a buyer's order" : "a seller's order", order_id);
}

/* The seller asks a little more, finds nobody and takes it back. */
static int make_detour(struct maker *maker, const struct planned_deal *deal) {
    uint64_t order_id = 0;
    if (enter(maker, deal, SIDE_SELL, deal->ticks + 1 + deal->ticks / 100, &order_id) < 0) return -1;
    struct command command = {
        .kind = COMMAND_CANCEL_ORDER, .participant = deal->seller, .user = user_of(maker, deal->seller),
        .cancel_order = {.order_id = order_id},
    };
    return apply(maker, &command, "a cancel", NULL);
}

static int make_deal(struct maker *maker, const struct planned_deal *deal) {
    if (deal->detour && make_detour(maker, deal) < 0) return -1;
    if (enter(maker, deal, SIDE_SELL, deal->ticks, NULL) < 0) return -1;
    if (enter(maker, deal, SIDE_BUY, deal->ticks, NULL) < 0) return -1;
    CHECK(exchange_open_orders_count(maker->sequencer.exchange) == 0);
    return 0;
}

/* Whoever owes fees pays them, so that nobody falls into arrears. */
static int pay_fees(struct maker *maker) {
    const struct exchange *exchange = maker->sequencer.exchange;
    for (uint32_t firm = 0; firm < exchange_participants_count(exchange); firm++) {
        for (int currency = 0; currency < CURRENCY_COUNT; currency++) {
            const struct account *account = exchange_account(exchange, firm, (enum currency)currency);
            if (!account || account->receivable.minor >= 0) continue;
            struct command command = {
                .kind = COMMAND_PAY_FEES, .participant = NAME_NONE, .user = NAME_NONE,
                .pay_fees = {.amount = {-account->receivable.minor}, .participant = firm,
                             .currency = (uint8_t)currency, .source = FEE_SOURCE_BANK},
            };
            if (apply(maker, &command, "a payment of fees", NULL) < 0) return -1;
        }
    }
    return 0;
}

static int make_all(struct maker *maker) {
    int32_t last_date = date_none;
    for (uint32_t i = 0; i < maker->plan.deals_count; i++) {
        const struct planned_deal *deal = &maker->plan.deals[i];
        int32_t date = trade_date(deal->time_ns);
        if (date != last_date) {
            sequencer_move_clock(&maker->sequencer, trade_date_begin_ns(date, open_minute - 60));
            if (pay_fees(maker) < 0) return -1;
        }
        last_date = date;
        sequencer_move_clock(&maker->sequencer, deal->time_ns);
        if (make_deal(maker, deal) < 0) return -1;
    }
    sequencer_move_clock(&maker->sequencer, trade_date_begin_ns(date_from_civil(2021, 7, 1), 0));
    return 0;
}

/* ---- life ---- */

static int open_world(struct maker *maker, const char *path, struct scenario *scenario) {
    int status = sequencer_open(&maker->sequencer, &scenario->limits);
    if (status < 0) {
        snprintf(maker->error, dataset_error_size, "no memory for the exchange: %s", strerror(-status));
        return -1;
    }
    status = sequencer_record(&maker->sequencer, path);
    if (status < 0) {
        snprintf(maker->error, dataset_error_size, "%s cannot be written: %s", path, strerror(-status));
        return -1;
    }
    return genesis_apply(&maker->sequencer, scenario, CLOCK_MODE_MANUAL, maker->error, dataset_error_size);
}

static int make_dataset(struct maker *maker, const char *path) {
    char folder[data_folder_size], file[path_size];
    struct scenario scenario;
    if (data_folder_find(folder) < 0) {
        snprintf(maker->error, dataset_error_size, "the name of the data folder is too long");
        return -1;
    }
    snprintf(file, sizeof file, "%s/scenarios/h1-2021.json", folder);
    if (genesis_read(file, &scenario, maker->error, dataset_error_size) < 0) return -1;
    int status = open_world(maker, path, &scenario);
    scenario_free(&scenario);
    if (status == 0) {
        sequencer_start(&maker->sequencer, CLOCK_MODE_MANUAL);
        make_plan(maker);
        status = make_all(maker);
    }
    sequencer_close(&maker->sequencer);
    return status;
}

int dataset_h1_2021(const char *path, uint64_t seed, char error[dataset_error_size]) {
    struct maker *maker = calloc(1, sizeof *maker);
    if (!maker) {
        snprintf(error, dataset_error_size, "not enough memory");
        return -1;
    }
    maker->random = seed;
    maker->error = error;
    int status = make_dataset(maker, path);
    free(maker);
    return status;
}
