/* load_main.c - the command line of `birzha load`, one rate or a ramp of them, and what it comes to. */
#include "tools/load/load_main.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "instruments/check.h"
#include "tools/client/options.h"
#include "tools/load/plot.h"
#include "tools/load/result.h"
#include "tools/load/world.h"

enum {
    rate_max = 5000000, duration_max = 86400, connections_max = 60000, steps_max = 64, timeout_slow_s = 60,
    exit_not_valid = 1, settle_ms = 300,
};

static const char usage[] =
    "usage: birzha load [--users FILE] --rate N --duration S [OPTIONS]\n"
    "       birzha load --replay DIR [--users FILE] [--speed X] [OPTIONS]\n"
    "       birzha load --make-world FILE --firms N [--message-rate N]\n"
    "Sends orders by a schedule that waits for no answer, measures every answer from the moment its request was due,\n"
    "and then holds what it was told against what the exchange says. Without --users it logs on as the traders of\n"
    "the demonstration world.\n"
    "  --rate N           requests a second, all connections together\n"
    "  --duration S       seconds\n"
    "  --connections N    users in turn (one each)     --idle N     more that connect and only stay\n"
    "  --arrivals KIND    poisson, constant or bursty (poisson)\n"
    "  --profile NAME     steady; opening: four times the rate at first; spike: six times, for a while (steady)\n"
    "  --mix P/A/C        percent of passive orders, aggressive ones and cancels (50/10/40)\n"
    "  --open N           orders that a connection keeps open at most (32)\n"
    "  --seed N           other choices (1)\n"
    "  --ramp N           from --rate up to N in --steps rates (12), --duration each; finds the knee\n"
    "  --limit-ms N       p99 that a kept-up rate of a ramp does not exceed (10)\n"
    "  --replay DIR       the orders of a recorded journal instead, with their times\n"
    "  --speed X          that many times as fast (1); a server with the manual clock does not mind\n"
    "  --data DIR         the server's data folder: the run's state is compared with a replay of its journal\n"
    "  --admin USER --admin-password PASSWORD   who may ask for the digest (admin, admin)\n"
    "  --out DIR          summary.json, latency.hgrm (HdrHistogram's form), seconds.csv, steps.csv and pictures\n"
    "  --make-world FILE  a scenario of --firms N firms to be loaded, and FILE.users, for --users\n"
    "With --json one JSON object is printed. Exit code 1: the run is not valid.\n";

struct load_options {
    struct client_options client;
    const char *users, *arrivals, *profile, *mix, *replay, *speed, *data, *admin, *admin_password, *out, *make_world;
    uint32_t rate, duration, connections, idle, open, seed, ramp, steps, limit_ms, firms, message_rate;
};

struct load_plan {
    enum arrival_kind arrivals;
    enum profile profile;
    struct mix mix;
    double speed;
};

static int fail(const char *text) {
    fprintf(stderr, "birzha load: %s (see birzha load --help)\n", text);
    return EXIT_USAGE;
}

/* ---- options ---- */

static int read_options(struct load_options *o, int argc, char **argv) {
    const struct option own[] = {
        { "--users", OPTION_TEXT, &o->users }, { "--rate", OPTION_NUMBER, &o->rate },
        { "--duration", OPTION_NUMBER, &o->duration }, { "--connections", OPTION_NUMBER, &o->connections },
        { "--idle", OPTION_NUMBER, &o->idle }, { "--arrivals", OPTION_TEXT, &o->arrivals },
        { "--profile", OPTION_TEXT, &o->profile }, { "--mix", OPTION_TEXT, &o->mix },
        { "--open", OPTION_NUMBER, &o->open }, { "--seed", OPTION_NUMBER, &o->seed },
        { "--ramp", OPTION_NUMBER, &o->ramp }, { "--steps", OPTION_NUMBER, &o->steps },
        { "--limit-ms", OPTION_NUMBER, &o->limit_ms }, { "--replay", OPTION_TEXT, &o->replay },
        { "--speed", OPTION_TEXT, &o->speed }, { "--data", OPTION_TEXT, &o->data },
        { "--admin", OPTION_TEXT, &o->admin }, { "--admin-password", OPTION_TEXT, &o->admin_password },
        { "--out", OPTION_TEXT, &o->out }, { "--make-world", OPTION_TEXT, &o->make_world },
        { "--firms", OPTION_NUMBER, &o->firms }, { "--message-rate", OPTION_NUMBER, &o->message_rate },
    };
    *o = (struct load_options){ .open = 32, .seed = 1, .steps = 12, .limit_ms = 10, .admin = "admin",
                                .admin_password = "admin" };
    return options_read(&o->client, own, sizeof own / sizeof own[0], argc, argv);
}

static int find_word(const char *const *words, int count, const char *word) {
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) return i;
    }
    return -1;
}

static const char *const arrival_words[] = {
#define XX(name, word) word,
    ARRIVAL_MAP(XX)
#undef XX
};
static const char *const profile_words[] = {
#define XX(name, word) word,
    PROFILE_MAP(XX)
#undef XX
};

static int read_plan(const struct load_options *o, struct load_plan *plan) {
    *plan = (struct load_plan){ .mix = { 50, 10, 40 }, .speed = 1 };
    int arrivals = find_word(arrival_words, ARRIVAL_COUNT, o->arrivals != NULL ? o->arrivals : "poisson");
    int profile = find_word(profile_words, PROFILE_COUNT, o->profile != NULL ? o->profile : "steady");
    char end = '\0';
    if (arrivals < 0) return fail("--arrivals is poisson, constant or bursty");
    if (profile < 0) return fail("--profile is steady, opening or spike");
    plan->arrivals = (enum arrival_kind)arrivals;
    plan->profile = (enum profile)profile;
    if (o->mix != NULL && (sscanf(o->mix, "%u/%u/%u%c", &plan->mix.passive, &plan->mix.aggressive, &plan->mix.cancel,
                                  &end) != 3 ||
                           plan->mix.passive + plan->mix.aggressive + plan->mix.cancel != 100))
        return fail("--mix is three numbers that come to 100, such as 50/10/40");
    if (o->speed != NULL && (sscanf(o->speed, "%lf%c", &plan->speed, &end) != 1 || !(plan->speed > 0)))
        return fail("--speed is a number above 0");
    return 0;
}

static int check_options(const struct load_options *o) {
    if (o->client.positionals_count > 0) return fail("it takes options only");
    if (o->replay == NULL && (o->rate == 0 || o->rate > rate_max)) return fail("--rate is 1 to 5000000 a second");
    if (o->replay == NULL && (o->duration == 0 || o->duration > duration_max))
        return fail("--duration is 1 to 86400 seconds");
    if (o->replay != NULL && (o->rate > 0 || o->ramp > 0)) return fail("a recorded flow has its own times");
    if (o->connections > connections_max || o->idle > connections_max)
        return fail("there are 60000 connections of a kind at most");
    if (o->ramp > 0 && (o->ramp <= o->rate || o->ramp > rate_max)) return fail("--ramp is above --rate");
    if (o->steps < 2 || o->steps > steps_max) return fail("--steps is 2 to 64");
    if (o->open == 0 || o->limit_ms == 0) return fail("--open and --limit-ms are above 0");
    return 0;
}

/* ---- users ---- */

/* Traders of the shipped demonstration world; the crowd of `make run` are others. */
static void take_demonstration_users(struct client_users *users) {
    static const char *const names[] = { "dairy1", "food-ua", "dairy2", "trade-ru", "trade-pl", "milk-ru", "trade-de",
                                         "trade-lv", "trade-lt", "builder1", "steel1", "metal-pl" };
    *users = (struct client_users){ .users = NULL };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) users_add(users, names[i], names[i]);
}

static int find_users(const struct load_options *o, struct client_users *users) {
    if (o->users != NULL) return users_read(o->users, users) == 0 ? 0 : EXIT_USAGE;
    if (o->client.user == NULL) {
        take_demonstration_users(users);
        return 0;
    }
    if (o->client.password == NULL) return fail("--user takes --password");
    *users = (struct client_users){ .users = NULL };
    users_add(users, o->client.user, o->client.password);
    return 0;
}

/* Those who sent what was recorded, with the passwords that are known of them: else their own names. */
static void give_passwords(struct recorded *recorded, const struct client_users *known) {
    for (uint32_t i = 0; i < recorded->users.count; i++) {
        struct client_user *user = &recorded->users.users[i];
        const char *password = user->user;
        for (uint32_t k = 0; k < known->count; k++) {
            if (strcmp(known->users[k].user, user->user) == 0) password = known->users[k].password;
        }
        snprintf(user->password, sizeof user->password, "%s", password);
    }
}

/* ---- runs ---- */

/* Why a rate of a ramp was not kept up with; "" when it was. */
static void judge(const struct load_step *step, uint32_t limit_ms, char why[fault_text_size]) {
    uint64_t p99_ns = histogram_percentile(&step->corrected, 99000), sent = step_sent(step);
    why[0] = '\0';
    if (step->unanswered > 0 || step->is_cut)
        snprintf(why, fault_text_size, "the server took no more");
    else if (p99_ns > (uint64_t)limit_ms * 1000000)
        snprintf(why, fault_text_size, "p99 was %.1f ms", (double)p99_ns / 1e6);
    else if (step_answered_rate(step) * step->seconds < 0.99 * (double)sent)
        snprintf(why, fault_text_size, "%.0f a second were answered", step_answered_rate(step));
    else if (!step_kept_schedule(step)) snprintf(why, fault_text_size, "the schedule was not kept");
}

/* Rates rise by equal factors. The ramp ends at the second rate that is not kept up with. */
static uint32_t run_ramp(struct load_run *run, const struct load_options *o, const struct load_plan *plan,
                         struct load_step *steps, struct knee *knee) {
    double factor = pow((double)o->ramp / o->rate, 1.0 / (o->steps - 1));
    uint32_t failed_count = 0, count = 0;
    *knee = (struct knee){ .rate = 0 };
    for (; count < o->steps && failed_count < 2 && !run->is_lost; count++) {
        struct arrivals arrivals;
        char why[fault_text_size];
        double rate = floor(o->rate * pow(factor, count) + 0.5);
        arrivals_begin(&arrivals, plan->arrivals, plan->profile, rate, o->duration, o->seed + count);
        run_step(run, &arrivals, &steps[count]);
        judge(&steps[count], o->limit_ms, why);
        if (why[0] == '\0' && failed_count == 0) knee->rate = rate;
        if (why[0] != '\0' && failed_count++ == 0) memcpy(knee->why, why, sizeof why);
        run_listen(run, (int64_t)settle_ms * 1000000);
    }
    return count;
}

static uint64_t unanswered(const struct load_step *steps, uint32_t count) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) sum += steps[i].unanswered;
    return sum;
}

static int say(const struct load_options *o, const struct load_result *result) {
    if (o->client.json) result_print_json(result);
    else result_print_text(result);
    if (o->out != NULL) {
        if (result_write_files(result, o->out) != 0) return EXIT_USAGE;
        plot_draw(o->out, result->knee != NULL, result->knee != NULL ? result->knee->rate : 0);
    }
    return checks_are_good(result->checks) ? EXIT_DONE : exit_not_valid;
}

static int run_all(struct load_run *run, const struct load_options *o, const struct load_plan *plan,
                   const struct recorded *recorded) {
    static struct load_step steps[steps_max];
    static struct checks checks;
    struct knee knee;
    uint32_t steps_count = 1;
    if (recorded != NULL) {
        run_recorded(run, recorded, plan->speed, &steps[0]);
    } else if (o->ramp > 0) {
        steps_count = run_ramp(run, o, plan, steps, &knee);
    } else {
        struct arrivals arrivals;
        arrivals_begin(&arrivals, plan->arrivals, plan->profile, o->rate, o->duration, o->seed);
        run_step(run, &arrivals, &steps[0]);
    }
    run_listen(run, (int64_t)settle_ms * 1000000);
    struct check_plan check_plan = { .journal = o->data, .admin = o->admin, .admin_password = o->admin_password,
                                     .is_recorded = recorded != NULL };
    checks_make(run, unanswered(steps, steps_count), &check_plan, &checks);
    struct load_result result = {
        .how = { .arrivals = arrival_words[plan->arrivals], .profile = profile_words[plan->profile], .mix = plan->mix,
                 .seed = o->seed, .is_recorded = recorded != NULL },
        .run = run, .steps = steps, .steps_count = steps_count, .knee = o->ramp > 0 ? &knee : NULL, .checks = &checks };
    int code = say(o, &result);
    for (uint32_t i = 0; i < steps_count; i++) step_close(&steps[i]);
    return code;
}

static int load(const struct load_options *o, const struct load_plan *plan, struct client_users *users,
                const struct recorded *recorded) {
    static struct load_run run;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    run.address = o->client.address;
    run.timeout_ms = 1000 * (o->client.timeout_s > timeout_slow_s ? o->client.timeout_s : timeout_slow_s);
    run.random = o->seed;
    run.orderflow.mix = plan->mix;
    run.orderflow.open_max = o->open;
    run.orderflow.random = o->seed ^ UINT64_C(0x9E3779B97F4A7C15);
    run.shows_live = isatty(STDERR_FILENO) && !o->client.json;
    snprintf(run.orderflow.run_name, sizeof run.orderflow.run_name, "L%llx",
             (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000);
    uint32_t connections = o->connections > 0 && recorded == NULL ? o->connections : users->count;
    int code = run_open(&run, users->users, users->count, connections, o->idle);
    if (code == EXIT_DONE && recorded != NULL && run.links_count < users->count) {
        fputs("birzha load: a recorded flow takes all of its users; --users FILE gives their passwords\n", stderr);
        code = EXIT_LOGON;
    }
    if (code == EXIT_DONE) code = run_all(&run, o, plan, recorded);
    run_close(&run);
    return code;
}

static int replay(const struct load_options *o, const struct load_plan *plan, const struct client_users *known) {
    struct recorded recorded;
    char error[256];
    if (recorded_open(&recorded, o->replay, error, sizeof error) < 0) {
        fprintf(stderr, "birzha load: %s\n", error);
        return EXIT_USAGE;
    }
    if (recorded.skipped_count > 0 && !o->client.json)
        fprintf(stderr, "%u requests of %u users; %llu commands of other kinds are left out\n",
                recorded.requests_count, recorded.users.count, (unsigned long long)recorded.skipped_count);
    give_passwords(&recorded, known);
    int code = load(o, plan, &recorded.users, &recorded);
    recorded_close(&recorded);
    return code;
}

int load_main(int argc, char **argv) {
    struct load_options options;
    struct load_plan plan;
    struct client_users users;
    if (read_options(&options, argc, argv) != 0) return EXIT_USAGE;
    if (options.client.help) {
        printf("%s%s", usage, options_help);
        return EXIT_DONE;
    }
    if (options.make_world != NULL) {
        if (options.firms == 0 || options.firms > world_firms_max) return fail("--firms is 1 to 20000");
        return world_write(options.make_world, options.firms, options.message_rate) == 0 ? EXIT_DONE : EXIT_USAGE;
    }
    int status = check_options(&options);
    if (status == 0) status = read_plan(&options, &plan);
    if (status == 0) status = find_users(&options, &users);
    if (status != 0) return status;
    int code = options.replay != NULL ? replay(&options, &plan, &users) : load(&options, &plan, &users, NULL);
    users_free(&users);
    return code;
}
