/* model_shrink.c - see model_shrink.h. */
#include "tests/model/model_shrink.h"

#include <stdlib.h>
#include <string.h>

#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/name_table.h"
#include "tests/model/model_script.h"

enum { creator_none = UINT32_MAX };
enum { short_count = 200 };

/* A command and, if it names an order by number, the place of the command that made the order. */
struct step {
    struct command command;
    uint32_t place;             /* in the list as it came */
    uint32_t creator;
};

struct shrinking {
    const struct limits *limits;
    uint32_t image_interval;    /* 0 = it needs no images, or there were none */
    struct step *steps, *trial;
    uint32_t count;
    uint64_t *number_of_place;  /* of the order that the command at a place made in this run; 0 = none */
    uint32_t places_count;
    uint64_t gist, gist_wanted;     /* of the difference that the last run found; that the case is about */
};

static uint64_t *named_number(struct command *c) {
    if (c->kind == COMMAND_AMEND_ORDER) return &c->amend_order.order_id;
    if (c->kind == COMMAND_CANCEL_ORDER) return &c->cancel_order.order_id;
    return NULL;
}

/* The step as it must be sent in this run. */
static struct command command_of(const struct shrinking *s, const struct step *step, uint64_t sequence) {
    struct command c = step->command;
    c.sequence = sequence;
    uint64_t *number = named_number(&c);
    if (number == NULL || step->creator == creator_none) return c;
    uint64_t made = s->number_of_place[step->creator];
    *number = made != 0 ? made : 1000001;
    return c;
}

/* A case that is cut shorter must not lose its images: sixteen of a long one, of a short one an image a command. */
static uint32_t image_interval_of(const struct shrinking *s, uint32_t steps_count) {
    if (s->image_interval == 0 || steps_count == s->places_count) return s->image_interval;
    return steps_count < short_count ? 1 : steps_count / 16;
}

/* Runs steps until engine and model differ; the number of steps that took, 0 = they agree. */
static uint32_t run(struct shrinking *s, const struct step *steps, uint32_t count) {
    struct pair *p = pair_new(s->limits, image_interval_of(s, count));
    memset(s->number_of_place, 0, s->places_count * sizeof *s->number_of_place);
    uint32_t failed_at = 0;
    for (uint32_t i = 0; i < count && failed_at == 0; i++) {
        struct command c = command_of(s, &steps[i], i + 1);
        uint64_t orders_before = model_order_ids_count(p->model);
        if (!pair_apply(p, &c)) failed_at = i + 1;
        else if ((i % 64 == 63 || count < short_count || i + 1 == count) && !pair_compare_state(p)) failed_at = i + 1;
        if (model_order_ids_count(p->model) > orders_before)
            s->number_of_place[steps[i].place] = model_order_ids_count(p->model);
    }
    s->gist = p->gist;
    pair_free(p);
    return failed_at;
}

/* Takes the trial over if it still fails. */
static bool take_trial(struct shrinking *s, uint32_t count) {
    uint32_t failed_at = run(s, s->trial, count);
    if (failed_at == 0 || s->gist != s->gist_wanted) return false;
    memcpy(s->steps, s->trial, failed_at * sizeof *s->steps);
    s->count = failed_at;
    return true;
}

static bool drop_stretches(struct shrinking *s, uint32_t length) {
    bool dropped = false;
    for (uint32_t first = 0; first < s->count;) {
        uint32_t size = length < s->count - first ? length : s->count - first;
        memcpy(s->trial, s->steps, first * sizeof *s->trial);
        memcpy(s->trial + first, s->steps + first + size, (s->count - first - size) * sizeof *s->trial);
        if (take_trial(s, s->count - size)) dropped = true;
        else first += size;
    }
    return dropped;
}

static void drop(struct shrinking *s) {
    for (uint32_t length = s->count / 2; length > 1; length /= 2) drop_stretches(s, length);
    while (drop_stretches(s, 1)) continue;
}

/* ---- leaving out who or what nobody speaks of ---- */

enum { places_max = 4 };

/* Places that hold the index of an instrument. */
static uint32_t find_instruments(struct command *c, uint32_t **places) {
    uint32_t n = 0;
    switch (c->kind) {
    case COMMAND_NEW_ORDER: places[n++] = &c->new_order.instrument; break;
    case COMMAND_MASS_CANCEL: places[n++] = &c->mass_cancel.instrument; break;
    case COMMAND_INSTRUMENT_TERMS: places[n++] = &c->instrument_terms.instrument; break;
    case COMMAND_BASIS: places[n++] = &c->basis.instrument; break;
    case COMMAND_SESSION_SYMBOL: places[n++] = &c->session_symbol.instrument; break;
    case COMMAND_HALT: if (c->halt.scope == HALT_INSTRUMENT) places[n++] = &c->halt.target; break;
    case COMMAND_CLIENT: places[n++] = &c->client.instrument; break;
    case COMMAND_BAND_RULE: places[n++] = &c->band_rule.instrument; break;
    case COMMAND_FEE_RULE: places[n++] = &c->fee_rule.instrument; break;
    default: break;
    }
    return n;
}

static uint32_t find_sessions(struct command *c, uint32_t **places) {
    uint32_t n = 0;
    switch (c->kind) {
    case COMMAND_NEW_ORDER: places[n++] = &c->new_order.market_session; break;
    case COMMAND_SESSION_SYMBOL: places[n++] = &c->session_symbol.session; break;
    case COMMAND_HALT: if (c->halt.scope == HALT_SESSION) places[n++] = &c->halt.target; break;
    case COMMAND_PHASE: places[n++] = &c->phase.session; break;
    case COMMAND_SESSION_TERMS: places[n++] = &c->session_terms.session; break;
    case COMMAND_SESSION_DATE: places[n++] = &c->session_date.session; break;
    default: break;
    }
    return n;
}

static uint32_t find_participants(struct command *c, uint32_t **places) {
    uint32_t n = 0;
    places[n++] = &c->participant;
    switch (c->kind) {
    case COMMAND_NEW_ORDER: places[n++] = &c->new_order.client; break;
    case COMMAND_MASS_CANCEL: places[n++] = &c->mass_cancel.client; break;
    case COMMAND_ACCREDIT: places[n++] = &c->accredit.participant; break;
    case COMMAND_USER: places[n++] = &c->add_user.participant; break;
    case COMMAND_DEPOSIT: places[n++] = &c->deposit.participant; break;
    case COMMAND_STANDING: places[n++] = &c->standing.participant; break;
    case COMMAND_BROKER: places[n++] = &c->broker.participant; break;
    case COMMAND_CLIENT:
        places[n++] = &c->client.broker;
        places[n++] = &c->client.client;
        break;
    case COMMAND_REMARK: places[n++] = &c->remark.participant; break;
    case COMMAND_SANCTION: places[n++] = &c->sanction.participant; break;
    case COMMAND_OWN_USE: places[n++] = &c->own_use.participant; break;
    case COMMAND_TRADER: places[n++] = &c->trader.participant; break;
    case COMMAND_KILL: places[n++] = &c->kill.participant; break;
    case COMMAND_RISK_LIMITS: places[n++] = &c->risk_limits.participant; break;
    case COMMAND_PAY_FEES: places[n++] = &c->pay_fees.participant; break;
    default: break;
    }
    return n;
}

/* The places of a command that hold an index of what commands of `kind` create. */
static uint32_t find_indices(struct command *c, enum command_kind kind, uint32_t *places[places_max]) {
    switch (kind) {
    case COMMAND_INSTRUMENT: return find_instruments(c, places);
    case COMMAND_SESSION: return find_sessions(c, places);
    case COMMAND_PARTICIPANT: return find_participants(c, places);
    default: places[0] = &c->user; return 1;
    }
}

/* Drops each command of `kind` in turn and counts down the indices behind it. */
static void drop_subjects(struct shrinking *s, enum command_kind kind) {
    uint32_t index = 0;
    for (uint32_t at = 0; at < s->count; at++) {
        if (s->steps[at].command.kind != kind) continue;
        memcpy(s->trial, s->steps, at * sizeof *s->trial);
        memcpy(s->trial + at, s->steps + at + 1, (s->count - at - 1) * sizeof *s->trial);
        bool is_spoken_of = false;
        for (uint32_t i = 0; i + 1 < s->count; i++) {
            uint32_t *places[places_max];
            uint32_t places_count = find_indices(&s->trial[i].command, kind, places);
            for (uint32_t k = 0; k < places_count; k++) {
                is_spoken_of |= *places[k] == index;
                if (*places[k] != NAME_NONE && *places[k] > index) (*places[k])--;
            }
        }
        if (is_spoken_of) {
            index++;
            continue;
        }
        if (take_trial(s, s->count - 1)) at--;
        else index++;
    }
}

/* ---- plainer values ---- */

/* Change number `change` of a new order; false when there is no such change. */
static bool simplify_order(struct command_new_order *n, uint32_t change) {
    bool has_limit = n->order_type == ORDER_TYPE_LIMIT || n->order_type == ORDER_TYPE_STOP_LIMIT;
    switch (change) {
    case 0: memset(n->client_order_id, 0, sizeof n->client_order_id); break;
    case 1: n->flags = 0; break;
    case 2: n->flags &= (uint8_t)~ORDER_CANCEL_ON_DISCONNECT; break;
    case 3: n->stp = STP_CANCEL_NEWEST; break;
    case 4: n->has_display = 0; n->display.lots = 0; break;
    case 5: n->min.lots = 0; break;
    case 6: n->time_in_force = TIF_DAY; n->expire_date = date_none; break;
    case 7: n->time_in_force = TIF_GTC; n->expire_date = date_none; break;
    case 8:
        if (has_limit && n->stop.ticks != 0) { n->order_type = ORDER_TYPE_LIMIT; n->stop.ticks = 0; }
        break;
    case 9: n->quantity.lots = 1; break;
    case 10: n->quantity.lots = 2; break;
    case 11: n->quantity.lots = 5; break;
    case 12: n->instrument = 0; break;
    default: return false;
    }
    return true;
}

static bool simplify(struct step *steps, uint32_t at, uint32_t change) {
    struct command *c = &steps[at].command;
    switch (change) {
    case 0: c->user = NAME_NONE; return true;
    case 1: c->connection = 0; return true;
    case 2: if (at > 0) c->time_ns = steps[at - 1].command.time_ns; return true;
    case 3: if (c->participant != NAME_NONE) c->participant = 0; return true;
    case 4: if (c->participant != NAME_NONE) c->participant = 1; return true;
    default: break;
    }
    if (c->kind == COMMAND_NEW_ORDER) return simplify_order(&c->new_order, change - 5);
    if (c->kind != COMMAND_AMEND_ORDER) return false;
    switch (change) {
    case 5: memset(c->amend_order.client_order_id, 0, client_order_id_size); return true;
    case 6: c->amend_order.flags &= (uint8_t)~AMEND_DISPLAY; c->amend_order.display_lots = 0; return true;
    case 7: c->amend_order.flags &= (uint8_t)~AMEND_PRICE; c->amend_order.price.ticks = 0; return true;
    case 8: c->amend_order.flags &= (uint8_t)~AMEND_QUANTITY; c->amend_order.quantity.lots = 0; return true;
    default: return false;
    }
}

static void simplify_all(struct shrinking *s) {
    for (uint32_t at = s->count; at-- > 0;) {
        for (uint32_t change = 0; at < s->count; change++) {
            memcpy(s->trial, s->steps, s->count * sizeof *s->trial);
            if (!simplify(s->trial, at, change)) break;
            if (memcmp(&s->trial[at], &s->steps[at], sizeof *s->trial) == 0) continue;
            take_trial(s, s->count);
        }
    }
}

/* ---- telling ---- */

static void write_script(struct shrinking *s, FILE *file) {
    struct pair *p = pair_new(s->limits, image_interval_of(s, s->count));
    int64_t time_ns = 0;
    if (s->image_interval != 0) fprintf(file, "# with --image-every %u\n", image_interval_of(s, s->count));
    memset(s->number_of_place, 0, s->places_count * sizeof *s->number_of_place);
    for (uint32_t i = 0; i < s->count; i++) {
        struct command c = command_of(s, &s->steps[i], i + 1);
        uint64_t orders_before = model_order_ids_count(p->model);
        bool agrees = pair_apply(p, &c);
        if (agrees) pair_compare_state(p);
        if (model_order_ids_count(p->model) > orders_before)
            s->number_of_place[s->steps[i].place] = model_order_ids_count(p->model);
        script_write_command(file, &c, &time_ns);
        for (uint32_t k = 0; k < p->model_events.count; k++) script_write_event(file, &p->model_events.events[k]);
        if (p->model_events.count == 0) fputs("  nothing\n", file);
        if (p->failure == NULL) continue;
        fprintf(file, "# %s; the engine says:\n", p->failure);
        for (uint32_t k = 0; k < p->engine_events.count; k++) {
            fputc('#', file);
            script_write_event(file, &p->engine_events.events[k]);
        }
        break;
    }
    pair_free(p);
}

static void find_creators(struct shrinking *s, const struct command *commands, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        s->steps[i] = (struct step){ .command = commands[i], .place = i, .creator = creator_none };
    run(s, s->steps, count);    /* says which command made which order */
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *number = named_number(&s->steps[i].command);
        for (uint32_t place = 0; number != NULL && *number != 0 && place < i; place++)
            if (s->number_of_place[place] == *number) s->steps[i].creator = place;
    }
}

uint32_t shrink_and_write(const struct command *commands, uint32_t count, const struct limits *limits,
                          uint32_t image_interval, FILE *file) {
    struct shrinking s = { .limits = limits, .places_count = count };
    s.steps = calloc(count, sizeof *s.steps);
    s.trial = calloc(count, sizeof *s.trial);
    s.number_of_place = calloc(count, sizeof *s.number_of_place);
    CHECK(s.steps != NULL && s.trial != NULL && s.number_of_place != NULL);
    find_creators(&s, commands, count);
    s.count = run(&s, s.steps, count);
    if (s.count == 0 && image_interval != 0) {
        s.image_interval = image_interval;
        find_creators(&s, commands, count);
        s.count = run(&s, s.steps, count);
    }
    s.gist_wanted = s.gist;
    if (s.count > 0) {
        for (uint32_t pass = 0; pass < 3; pass++) {
            drop(&s);
            drop_subjects(&s, COMMAND_INSTRUMENT);
            drop_subjects(&s, COMMAND_PARTICIPANT);
            drop_subjects(&s, COMMAND_SESSION);
            drop_subjects(&s, COMMAND_USER);
            simplify_all(&s);
        }
        drop(&s);
        write_script(&s, file);
    }
    free(s.steps);
    free(s.trial);
    free(s.number_of_place);
    return s.count;
}
