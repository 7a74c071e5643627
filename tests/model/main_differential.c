/* main_differential.c - the engine against the model.
 *
 *   differential [--operations N] [--seed S]    N random commands (100,000), in worlds of 5,000 commands each
 *   differential --exhaustive L                 every sequence of L commands out of an alphabet of 24,
 *                                               under the rules, out of another of 20,
 *                                               and, with two sessions of one instrument, out of one of 16
 *   differential --replay FILE...               scripts: both must agree, and say what the script expects
 *   differential --engine FILE...               scripts: the engine alone, for rules that the model does not know
 *   with --rules MASK                           only worlds with these rules (model_generate.h)
 *   with --image-every N                        after every N-th command of a run the engine goes on from its own
 *                                               image (model_pair.h); 1499 unless told, 0 = never.
 *                                               Every 13th random world ends with images of it that are spoiled
 *   with --shrink no                            a difference is not made small (for mutants.sh)
 * What begins with "with" stands before --replay and --engine.
 *
 * After every command all events are compared byte by byte, and after every 64th what can be read of both. The first
 * difference is shrunk and written as a script. Exit code: 0 no difference, 1 a difference, 2 wrong usage. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/name_table.h"
#include "tests/model/model_generate.h"
#include "tests/model/model_pair.h"
#include "tests/model/model_script.h"
#include "tests/model/model_shrink.h"

static bool shrinks = true;
static uint64_t rules_mask = 31;   /* enum generator_rules that a world may have */
static uint32_t image_interval = 1499; /* a prime: the exhaustive runs come round to a letter in step with nothing */

enum { world_commands_count = 5000, state_interval = 64, spoiled_worlds_interval = 13, numbers_max = 1300 };

/* ---- what was seen ---- */

struct counts {
    uint64_t events[64];
    uint64_t rejected[numbers_max], refused[numbers_max], ended[numbers_max];
};

static void count_events(struct counts *counts, const struct event_buffer *events) {
    for (uint32_t i = 0; i < events->count; i++) {
        const struct event *e = &events->events[i];
        if (e->kind < 64) counts->events[e->kind]++;
        if (e->kind == EVENT_REJECTED) counts->rejected[e->rejected.reason]++;
        if (e->kind == EVENT_REFUSED) counts->refused[e->refused.reason]++;
        if (e->kind == EVENT_CANCELED || e->kind == EVENT_RESTATED) counts->ended[e->order_change.reason]++;
    }
}

static void print_reasons(const char *title, const uint64_t *numbers) {
    printf("%s:", title);
    for (uint32_t i = 1; i < numbers_max; i++)
        if (numbers[i] != 0) printf(" %u %s %" PRIu64 ",", i, script_reason_name(i), numbers[i]);
    printf("\n");
}

static void print_counts(const struct counts *counts) {
    printf("events:");
    for (uint32_t i = 0; i < 64; i++)
        if (counts->events[i] != 0) printf(" %s %" PRIu64 ",", script_event_name(i), counts->events[i]);
    printf("\n");
    print_reasons("rejected", counts->rejected);
    print_reasons("refused", counts->refused);
    print_reasons("canceled or restated", counts->ended);
}

/* ---- random ---- */

static int report(const struct command *commands, uint32_t count, const struct limits *limits, const char *failure) {
    printf("difference at command %u: %s\n", count, failure);
    if (!shrinks) return 1;
    fflush(stdout);
    uint32_t left = shrink_and_write(commands, count, limits, image_interval, stdout);
    if (left == 0) printf("the case did not fail again\n");
    return 1;
}

/* One world; returns the number of commands on which both agreed: none when the engine takes a spoiled image of what
 * came of them. */
static uint32_t run_world(uint64_t seed, uint32_t commands_count, bool spoils, struct counts *counts,
                          struct command *commands) {
    struct limits limits = pair_limits;
    struct generator generator;
    generator_init(&generator, seed, seed % 32 & rules_mask);
    if (seed % 8 == 3) limits.orders_max = 24;      /* no room, often */
    if (seed % 8 == 5) limits.client_ids_max = 64;  /* names are forgotten */
    if (seed % 8 == 6) {                            /* prices have little room */
        limits.price_leaves_max = 4 + seed / 8 % 24;
        limits.price_branches_max = 4 + seed / 16 % 16;
    }
    struct pair *p = pair_new(&limits, image_interval);
    uint32_t done = 0;
    for (; done < commands_count && p->failure == NULL; done++) {
        commands[done] = generator_next(&generator, p->model);
        if (!pair_apply(p, &commands[done])) break;
        count_events(counts, &p->model_events);
        if (done % state_interval == state_interval - 1 && !pair_compare_state(p)) break;
    }
    if (spoils && p->failure == NULL && !pair_spoil_image(p)) {
        printf("seed of the world: %" PRIu64 ": %s\n", seed, p->failure);
        done = 0;
    } else if (p->failure != NULL) {
        printf("seed of the world: %" PRIu64 "\n", seed);
        report(commands, done + 1, &limits, p->failure);
    }
    pair_free(p);
    return done;
}

static int run_random(uint64_t operations, uint64_t seed) {
    static struct command commands[world_commands_count];
    static struct counts counts;
    uint64_t done = 0;
    int differences = 0;
    for (uint64_t world = 0; done < operations && differences == 0; world++) {
        uint64_t left = operations - done;
        uint32_t wanted = left < world_commands_count ? (uint32_t)left : world_commands_count;
        bool spoils = image_interval != 0 && world % spoiled_worlds_interval == 0;
        uint32_t agreed = run_world(seed * 1000003 + world, wanted, spoils, &counts, commands);
        done += agreed;
        differences = agreed < wanted;
    }
    print_counts(&counts);
    printf("differential: %" PRIu64 " operations, %d differences\n", done, differences);
    return differences;
}

/* ---- exhaustive ---- */

/* BY-A and UA-B for plain orders; LT-C is broker of PL-D, whom UA-B may not meet in USD's transit-free section. */
static const char *const ruled_world =
    "instrument time=2021-01-04T06:00:00Z symbol=MILK section=agri currency=USD\n"
    "instrument_terms reference=100 quantity_max=100\n"
    "basis place=Vilnius country=LT\n"
    "participant id=BY-A country=BY\n"
    "participant id=UA-B country=UA\n"
    "participant id=LT-C country=LT\n"
    "participant id=PL-D country=PL\n"
    "accredit accredited=0 section=agri from=2020-01-01\n"
    "accredit accredited=1 section=agri from=2020-01-01\n"
    "accredit accredited=2 section=agri from=2020-01-01\n"
    "broker of=2 action=grant from=2020-01-01\n"
    "client broker=2 client=3 section=agri\n"
    "transit_rule from=2021-01-05 sections=4\n"
    "rule_terms deposit_ppm=2000 floor_usd=10 deposit_days=1 fee_ppm=2000 fee_days=1 exposure_factor=500 rule_flags=3\n"
    "fx_rate currency=USD byn=25300 from=2021-01-01\n"
    "deposit of=0 currency=USD action=at_once amount=40\n"
    "deposit of=1 currency=USD action=at_once amount=30\n"
    "deposit of=2 currency=USD action=at_once amount=30\n";

static const char *const ruled_alphabet =
    "new_order participant=0 side=sell quantity=2 price=100\n"
    "new_order participant=0 side=buy quantity=3 price=101 tif=gtc\n"
    "new_order participant=1 side=sell quantity=2 price=99 tif=gtc\n"
    "new_order participant=1 side=buy quantity=4 price=101 display=2\n"
    "new_order participant=2 client=3 side=buy quantity=3 price=100\n"
    "new_order participant=2 client=3 side=sell quantity=2 price=100 tif=gtc\n"
    "new_order participant=2 side=sell quantity=3 price=100 stp=decrement\n"
    "new_order participant=2 side=buy quantity=2 price=100 tif=ioc\n"
    "amend_order participant=0 order=1 quantity=1\n"
    "amend_order participant=2 order=1 price=101\n"
    "cancel_order participant=1 order=2\n"
    "deposit of=1 currency=USD action=withdraw amount=10\n"
    "deposit of=2 currency=USD amount=20\n"
    "client broker=2 client=3 section=agri side=buy\n"
    "standing of=3 action=suspend until=2021-01-05\n"
    "kill of=1 on=1\n"
    "band_rule band=ceiling level=100 class=export\n"
    "bust trade=1\n"
    "clock time=2021-01-05T06:00:00Z\n"
    "clock time=2021-01-07T06:00:00Z\n";

static const char *const small_world =
    "instrument time=2021-01-04T06:00:00Z symbol=MILK section=agri\n"
    "instrument_terms reference=100 quantity_max=100\n"
    "participant id=BY-A country=BY\n"
    "participant id=UA-B country=UA\n"
    "accredit accredited=0 section=agri from=2020-01-01\n"
    "accredit accredited=1 section=agri from=2020-01-01\n";

static const char *const alphabet =
    "new_order participant=0 side=buy quantity=2 price=100 flags=cancel_on_disconnect connection=1 id=A\n"
    "new_order participant=0 side=sell quantity=2 price=100\n"
    "new_order participant=1 side=buy quantity=2 price=100\n"
    "new_order participant=1 side=sell quantity=2 price=100\n"
    "new_order participant=1 side=sell quantity=3 price=101 tif=gtc\n"
    "new_order participant=0 side=buy quantity=5 price=101 tif=gtd expire_date=2021-01-05\n"
    "new_order participant=1 side=sell quantity=5 price=100 display=2\n"
    "new_order participant=0 side=buy quantity=3 type=market\n"
    "new_order participant=0 side=buy quantity=3 price=100 tif=ioc min=2\n"
    "new_order participant=1 side=sell quantity=2 price=100 tif=fok\n"
    "new_order participant=0 side=buy quantity=3 price=101 flags=all_or_none\n"
    "new_order participant=1 side=sell quantity=3 price=100 flags=all_or_none\n"
    "new_order participant=0 side=buy quantity=2 type=stop stop=101\n"
    "new_order participant=1 side=sell quantity=2 type=stop_limit stop=100 price=99\n"
    "new_order participant=0 side=sell quantity=3 price=100 stp=decrement\n"
    "new_order participant=0 side=sell quantity=1 price=100 stp=cancel_oldest\n"
    "new_order participant=1 side=sell quantity=2 price=101 flags=post_only stp=cancel_both\n"
    "cancel_order participant=0 order=1\n"
    "amend_order participant=0 order=1 quantity=1\n"
    "amend_order participant=1 order=2 price=101\n"
    "amend_order participant=1 order=1 quantity=4 display=1 id=B\n"
    "mass_cancel participant=1\n"
    "disconnect participant=0 connection=1\n"
    "clock time=2021-01-05T06:00:00Z\n";

/* Two sessions list MILK, at 15:00 in Minsk; the first closes at 16:00. An order and a stop are there from before any
 * session had it: they belong to the first, and a trade in the second triggers the stop. */
static const char *const shared_world =
    "instrument time=2021-01-04T12:00:00Z symbol=MILK section=agri\n"
    "instrument_terms reference=100 quantity_max=100\n"
    "participant id=BY-A country=BY\n"
    "participant id=UA-B country=UA\n"
    "accredit accredited=0 section=agri from=2020-01-01\n"
    "accredit accredited=1 section=agri from=2020-01-01\n"
    "session id=DAY open_minute=600 close_minute=960\n"
    "session id=ALWAYS\n"
    "new_order participant=0 side=buy quantity=3 price=99\n"
    "new_order participant=1 side=sell quantity=2 type=stop stop=99 tif=gtc\n"
    "session_symbol session=0\n"
    "session_symbol session=1\n";

static const char *const shared_alphabet =
    "new_order participant=0 session=0 side=buy quantity=2 price=100 tif=gtc\n"
    "new_order participant=1 session=0 side=sell quantity=3 price=99\n"
    "new_order participant=1 session=0 side=sell quantity=2 price=100 tif=gtc flags=post_only\n"
    "new_order participant=0 session=1 side=buy quantity=3 price=99 display=2\n"
    "new_order participant=1 session=1 side=sell quantity=3 price=99 tif=gtc\n"
    "new_order participant=0 session=1 side=sell quantity=1 price=99 stp=cancel_oldest\n"
    "new_order participant=1 session=1 side=sell quantity=2 price=99 tif=fok\n"
    "new_order participant=0 session=1 side=buy quantity=2 type=stop_limit stop=100 price=101 tif=gtc\n"
    "new_order participant=1 side=sell quantity=3 price=99 flags=all_or_none\n"
    "amend_order participant=0 order=1 price=100\n"
    "amend_order participant=1 order=3 quantity=1\n"
    "halt scope=session target=0\n"
    "phase session=1 phase=closed\n"
    "session_terms session=0 direction=export sellers=BY has_hours=1 open_minute=600 close_minute=1020\n"
    "clock time=2021-01-04T13:00:00Z\n"
    "clock time=2021-01-05T12:00:00Z\n";

struct exhaustion {
    struct pair *pair;
    struct script world, letters;
    struct pair_mark **marks;
    struct command *path;
    uint32_t depth_max;
    uint64_t sequences_count, commands_count;
    struct counts counts;
};

static bool apply_letter(struct exhaustion *x, uint32_t depth, uint32_t letter) {
    struct command *c = &x->path[x->world.steps_count + depth];
    *c = x->letters.steps[letter].command;
    c->sequence = x->world.steps_count + depth + 1;
    if (c->kind != COMMAND_CLOCK) c->time_ns = model_time_ns(x->pair->model);
    x->commands_count++;
    if (!pair_apply(x->pair, c)) return false;
    count_events(&x->counts, &x->pair->model_events);
    return depth + 1 < x->depth_max || x->commands_count % 16 != 0 || pair_compare_state(x->pair);
}

/* Counts up through all sequences, letter by letter, coming back to the mark of each depth; false = a difference. */
static bool exhaust(struct exhaustion *x) {
    uint32_t letters[16] = { 0 }, depth = 0;
    pair_mark_set(x->marks[0], x->pair);
    for (;;) {
        if (letters[depth] == x->letters.steps_count) {
            if (depth == 0) return true;
            letters[depth--] = 0;
            letters[depth]++;
            continue;
        }
        pair_return(x->pair, x->marks[depth]);
        if (!apply_letter(x, depth, letters[depth])) {
            report(x->path, x->world.steps_count + depth + 1, &x->pair->limits, x->pair->failure);
            return false;
        }
        if (depth + 1 == x->depth_max) {
            x->sequences_count++;
            letters[depth]++;
        } else {
            depth++;
            pair_mark_set(x->marks[depth], x->pair);
        }
    }
}

/* Builds the world on both sides; false = a difference. */
static bool build_small_world(struct exhaustion *x) {
    for (uint32_t i = 0; i < x->world.steps_count; i++) {
        x->path[i] = x->world.steps[i].command;
        if (pair_apply(x->pair, &x->path[i])) continue;
        report(x->path, i + 1, &x->pair->limits, x->pair->failure);
        return false;
    }
    return true;
}

static int run_exhaustive(uint32_t depth_max, const char *world, const char *letters) {
    struct exhaustion x = { .depth_max = depth_max };
    struct limits limits = { .instruments_max = 1, .sessions_max = 2, .participants_max = 4, .users_max = 1,
                             .orders_max = 16, .price_leaves_max = 4, .price_branches_max = 4, .client_ids_max = 16,
                             .contracts_max = 64, .clients_max = 4 };
    if (script_parse(&x.world, world) < 0 || script_parse(&x.letters, letters) < 0) {
        printf("%s%s\n", x.world.error, x.letters.error);
        return 1;
    }
    x.pair = pair_new(&limits, image_interval);
    x.path = calloc(x.world.steps_count + depth_max, sizeof *x.path);
    x.marks = calloc(depth_max + 1, sizeof *x.marks);
    CHECK(x.path != NULL && x.marks != NULL);
    for (uint32_t i = 0; i <= depth_max; i++) x.marks[i] = pair_mark_new(x.pair);
    bool agrees = build_small_world(&x) && exhaust(&x);
    print_counts(&x.counts);
    printf("exhaustive: all %" PRIu64 " sequences of %u out of %u commands (%" PRIu64 " commands), %d differences\n",
           x.sequences_count, depth_max, x.letters.steps_count, x.commands_count, agrees ? 0 : 1);
    for (uint32_t i = 0; i <= depth_max; i++) pair_mark_free(x.marks[i]);
    pair_free(x.pair);
    script_free(&x.world);
    script_free(&x.letters);
    free(x.path);
    free(x.marks);
    return agrees ? 0 : 1;
}

/* ---- replay ---- */

static void print_events(const char *title, const struct event_buffer *events) {
    printf("%s:\n", title);
    for (uint32_t i = 0; i < events->count; i++) script_write_event(stdout, &events->events[i]);
    if (events->count == 0) printf("  nothing\n");
}

static bool says_what_is_expected(const struct script *s, const struct script_step *step, const struct pair *p) {
    if (!step->expects) return true;
    bool matches = p->engine_events.count == step->expected_count;
    for (uint32_t i = 0; i < step->expected_count && matches; i++) {
        const struct expectation *x = &s->expectations[step->expected_first + i];
        matches = script_matches(x, &p->engine_events.events[i]);
        if (!matches) printf("line %u is not what the engine says\n", x->line);
    }
    return matches;
}

/* Whether the command went well so far: on both sides, or, engine_only, without a bug of the engine. */
static bool apply_step(struct pair *p, const struct script_step *step, bool engine_only) {
    bool agrees = pair_apply(p, &step->command) && pair_compare_state(p);
    if (!engine_only || agrees) return agrees;
    bool is_bug = strstr(p->failure, "CHECK") != NULL;
    if (!is_bug) p->failure = NULL;
    return !is_bug;
}

static int run_replay(const char *path, bool engine_only) {
    struct script s;
    if (script_read(&s, path) < 0) {
        printf("%s: %s\n", path, s.error);
        script_free(&s);
        return 1;
    }
    struct pair *p = pair_new(&pair_limits, image_interval);
    int differences = 0;
    for (uint32_t i = 0; i < s.steps_count && differences == 0; i++) {
        const struct script_step *step = &s.steps[i];
        if (apply_step(p, step, engine_only) && says_what_is_expected(&s, step, p)) continue;
        printf("%s: line %u: %s\n", path, step->line, p->failure != NULL ? p->failure : "not as the script expects");
        print_events("engine", &p->engine_events);
        print_events("model", &p->model_events);
        differences = 1;
    }
    printf("%s: %u commands, %d differences\n", path, s.steps_count, differences);
    pair_free(p);
    script_free(&s);
    return differences;
}

static int run_replays(char **paths, bool engine_only) {
    int failed = 0;
    for (; *paths != NULL; paths++) failed |= run_replay(*paths, engine_only);
    return failed;
}

/* ---- command line ---- */

static int usage(void) {
    fprintf(stderr, "usage: differential [--operations N] [--seed S] [--rules MASK] | --exhaustive L |\n"
                    "       --replay FILE... | --engine FILE..., with [--image-every N] [--shrink no]\n");
    return 2;
}

static bool read_number(const char *text, uint64_t *number) {
    char *end;
    *number = strtoull(text, &end, 10);
    return end != text && *end == '\0';
}

int main(int argc, char **argv) {
    uint64_t operations = 100000, seed = 1, depth = 0, number;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) return usage();
        if (strcmp(argv[i], "--replay") == 0) return run_replays(argv + i + 1, false);
        if (strcmp(argv[i], "--engine") == 0) return run_replays(argv + i + 1, true);
        if (strcmp(argv[i], "--shrink") == 0) shrinks = strcmp(argv[i + 1], "no") != 0;
        else if (strcmp(argv[i], "--operations") == 0 && read_number(argv[i + 1], &operations)) continue;
        else if (strcmp(argv[i], "--seed") == 0 && read_number(argv[i + 1], &seed)) continue;
        else if (strcmp(argv[i], "--exhaustive") == 0 && read_number(argv[i + 1], &depth) && depth >= 1 && depth <= 10)
            continue;
        else if (strcmp(argv[i], "--image-every") == 0 && read_number(argv[i + 1], &number) && number <= UINT32_MAX)
            image_interval = (uint32_t)number;
        else if (strcmp(argv[i], "--rules") == 0 && read_number(argv[i + 1], &rules_mask)) continue;
        else return usage();
    }
    if (depth != 0)
        return run_exhaustive((uint32_t)depth, small_world, alphabet) |
               run_exhaustive((uint32_t)depth, ruled_world, ruled_alphabet) |
               run_exhaustive((uint32_t)depth, shared_world, shared_alphabet);
    return run_random(operations, seed);
}
