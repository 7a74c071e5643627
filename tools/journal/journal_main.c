/* journal_main.c - the command line of `birzha journal`, and its verbs. */
#include "tools/journal/journal_main.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/recorder.h"
#include "instruments/calendar.h"
#include "instruments/decimal.h"
#include "instruments/name_table.h"
#include "tools/journal/reader.h"

enum journal_exit { JOURNAL_DONE = 0, JOURNAL_FAILED = 1, JOURNAL_USAGE = 2, JOURNAL_DAMAGED = 3 };

static const char help_text[] =
    "birzha journal - what a journal says\n"
    "\n"
    "  birzha journal verify DIR              is it whole? Replays it and checks every hash, and the snapshots\n"
    "  birzha journal digest DIR [UNTIL]      the hash of the state: one JSON line\n"
    "  birzha journal replay DIR [UNTIL]      the state: sessions, books and balances, one JSON line each\n"
    "  birzha journal dump DIR [UNTIL]        the commands, one JSON line each, with the events they gave\n"
    "  birzha journal diff DIR DIR            the first command in which two journals differ\n"
    "  birzha journal stream DIR FILE         a recorded stream for birzha report\n"
    "\n"
    "DIR is the data folder of a server, which may be running. Where the beginning has been removed (--prune), a\n"
    "snapshot stands for it. UNTIL is one of\n"
    "\n"
    "  --to SEQ      up to and including the command of this number\n"
    "  --at TIME     the last command not after this time: 2021-06-28T07:00:00Z\n"
    "\n"
    "Exit code: 0 done (diff: they are equal); 1 the folder cannot be used (diff: they differ);\n"
    "2 wrong command line; 3 the journal is damaged.\n";

struct journal_options {
    const char *verb, *folder, *second;
    uint64_t to_sequence;       /* UINT64_MAX = all */
    int64_t at_ns;              /* INT64_MAX = all */
};

/* ---- words ---- */

static int fail(const char *text) {
    fprintf(stderr, "birzha journal: %s\n", text);
    return JOURNAL_FAILED;
}

static const char *command_name(uint16_t kind) {
    switch (kind) {
#define XX(number, name, member) case number: return #name;
    COMMAND_MAP(XX)
#undef XX
    default: return "?";
    }
}

static const char *event_name(uint16_t kind) {
    switch (kind) {
#define XX(number, name, member) case number: return #name;
    EVENT_MAP(XX)
#undef XX
    default: return "?";
    }
}

static void print_lower(const char *text) {
    putchar('"');
    for (; *text; text++) putchar(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
    putchar('"');
}

/* Names of the world are letters, digits, '_', '.', '-' and so need no escapes. */
static void print_name(const char *member, const char *field, uint32_t size) {
    printf(",\"%s\":\"%.*s\"", member, (int)name_size(field, size), field);
}

static void print_decimal(const char *member, int64_t scaled, uint32_t places) {
    char text[decimal_text_size_max];
    printf(",\"%s\":\"%.*s\"", member, (int)decimal_format(scaled, places, text), text);
}

static void print_time(const char *member, int64_t time_ns) {
    char text[timestamp_text_size];
    timestamp_format(time_ns, text);
    printf(",\"%s\":\"%.*s\"", member, timestamp_text_size, text);
}

static int is_damaged(const struct reader *reader) {
    if (reader->status != JOURNAL_CORRUPT) return 0;
    fprintf(stderr, "birzha journal: %s is damaged: segment %" PRIu64 ", byte %" PRIu64 ": batch %" PRIu64
            " is not whole, and something after it is; it held command %" PRIu64 "\n", reader->folder,
            reader->scan.first_segment + reader->scan.segment, reader->scan.offset, reader->scan.next_batch,
            reader->scan.next_sequence);
    return 1;
}

static int fail_pruned(const struct reader *reader) {
    fprintf(stderr, "birzha journal: %s begins behind command %" PRIu64 ", with a snapshot; what was before has been "
            "removed\n", reader->folder, reader_sequence_before(reader));
    return JOURNAL_FAILED;
}

/* ---- following ---- */

typedef void visit_command(const struct follower *follower, const struct command *command);

/* What the snapshots in the folder say of the state; only `verify` asks them. */
static struct { struct snapshot_header headers[snapshots_listed_max]; uint32_t count; } claims;

static int is_as_snapshot_says(const struct follower *follower) {
    uint64_t sequence = exchange_sequence(follower->exchange);
    for (uint32_t i = 0; i < claims.count; i++) {
        const struct snapshot_mark *mark = &claims.headers[i].mark;
        if (mark->sequence != sequence || (mark->state_hash == exchange_digest(follower->exchange) &&
                                           mark->events_hash == follower->events_hash)) continue;
        fprintf(stderr, "birzha journal: after command %" PRIu64 " the state is another than its snapshot says\n",
                sequence);
        return 0;
    }
    return 1;
}

static int read_claims(const char *path) {
    struct snapshot_list list;
    struct snapshot_file file;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), code = JOURNAL_DONE;
    if (folder < 0 || snapshot_files_list(folder, &list) < 0) list.count = 0;
    for (uint32_t i = 0; i < list.count; i++) {
        if (snapshot_file_map(folder, list.sequences[i], &file) < 0) continue;
        enum snapshot_fault fault = snapshot_open(file.bytes, file.size, &claims.headers[claims.count]);
        snapshot_file_unmap(&file);
        if (fault == SNAPSHOT_WHOLE) {
            claims.count++;
            continue;
        }
        fprintf(stderr, "birzha journal: the snapshot of command %" PRIu64 ": %s\n", list.sequences[i],
                snapshot_fault_text(fault));
        code = JOURNAL_DAMAGED;
    }
    if (folder >= 0) close(folder);
    return code;
}

/* Applies all commands up to the end that is asked for. */
static int follow(struct reader *reader, struct follower *follower, const struct journal_options *options,
                  visit_command *visit) {
    const struct command *command;
    if (reader->snapshot.bytes) {
        const struct snapshot_mark *mark = &reader->snapshot_header.mark;
        if (mark->sequence > options->to_sequence || mark->time_ns > options->at_ns) return fail_pruned(reader);
        if (follower_open(follower, reader) < 0) return fail("no memory, or its snapshot is of another version");
    }
    while ((command = reader_next(reader)) != NULL) {
        if (command->sequence > options->to_sequence || command->time_ns > options->at_ns) return JOURNAL_DONE;
        if (!follower->exchange && follower_open(follower, reader) < 0) return fail("no memory");
        follower_apply(follower, command);
        if (visit) visit(follower, command);
        if (!is_as_snapshot_says(follower)) return JOURNAL_DAMAGED;
        if (!reader_is_batch_end(reader) || follower->events_hash == reader->header->events_hash) continue;
        fprintf(stderr, "birzha journal: batch %" PRIu64 " gives other events than it did: %016" PRIx64
                ", not %016" PRIx64 "\n", reader->header->batch_number, follower->events_hash,
                reader->header->events_hash);
        return JOURNAL_DAMAGED;
    }
    return is_damaged(reader) ? JOURNAL_DAMAGED : JOURNAL_DONE;
}

/* ---- verify, digest ---- */

static void say_verified(const struct reader *reader, const struct follower *follower) {
    printf("{\"segments\":%u,\"snapshots\":%u,\"batches\":%" PRIu64 ",\"sequence\":%" PRIu64 ",\"torn_bytes\":%" PRIu64
           ",\"events_hash\":\"%016" PRIx64 "\",\"state_hash\":\"%016" PRIx64 "\"}\n", reader->files.count,
           claims.count, reader->batches_count, exchange_sequence(follower->exchange),
           reader->status == JOURNAL_TORN ? reader->scan.torn_bytes : 0, follower->events_hash,
           exchange_digest(follower->exchange));
}

static void say_digest(const struct reader *reader, const struct follower *follower) {
    (void)reader;
    printf("{\"sequence\":%" PRIu64 ",\"state_hash\":\"%016" PRIx64 "\"}\n", exchange_sequence(follower->exchange),
           exchange_digest(follower->exchange));
}

/* ---- replay ---- */

static void say_session(const struct session *session) {
    static const char *const phases[] = {
#define XX(name, text) text,
        PHASE_MAP(XX)
#undef XX
    };
    printf("{\"type\":\"session\"");
    print_name("session", session->id, session_id_size);
    printf(",\"phase\":\"%s\"}\n", phases[session->halted ? PHASE_HALTED : session->phase]);
}

static void say_book(const struct exchange *exchange, uint32_t index) {
    const struct instrument *instrument = exchange_instrument(exchange, index);
    price bid = exchange_best(exchange, index, SIDE_BUY), ask = exchange_best(exchange, index, SIDE_SELL);
    price last = exchange_market(exchange, index)->last;
    if (bid.ticks + ask.ticks + last.ticks == 0) return;
    printf("{\"type\":\"book\"");
    print_name("symbol", instrument->symbol, symbol_size);
    if (bid.ticks) print_decimal("bid_px", bid.ticks * instrument->tick_scaled, instrument->price_places);
    if (ask.ticks) print_decimal("ask_px", ask.ticks * instrument->tick_scaled, instrument->price_places);
    if (last.ticks) print_decimal("last_px", last.ticks * instrument->tick_scaled, instrument->price_places);
    puts("}");
}

static void say_balance(const struct exchange *exchange, uint32_t participant, enum currency currency) {
    const struct account *account = exchange_account(exchange, participant, currency);
    if (account->credited.minor == 0 && account->receivable.minor == 0) return;
    printf("{\"type\":\"balance\"");
    print_name("participant", exchange_participant(exchange, participant)->id, participant_id_size);
    printf(",\"currency\":\"%s\"", currency_code(currency));
    print_decimal("credited", account->credited.minor, 2);
    print_decimal("free", account->free.minor, 2);
    print_decimal("held", account->held.minor, 2);
    print_decimal("blocked", account->blocked.minor, 2);
    print_decimal("fees_due", -account->receivable.minor, 2);
    puts("}");
}

static void say_state(const struct reader *reader, const struct follower *follower) {
    const struct exchange *exchange = follower->exchange;
    (void)reader;
    printf("{\"type\":\"state\",\"sequence\":%" PRIu64, exchange_sequence(exchange));
    print_time("ts", exchange_time_ns(exchange));
    printf(",\"open_orders\":%u,\"state_hash\":\"%016" PRIx64 "\"}\n", exchange_open_orders_count(exchange),
           exchange_digest(exchange));
    for (uint32_t i = 0; i < exchange_sessions_count(exchange); i++) say_session(exchange_session(exchange, i));
    for (uint32_t i = 0; i < exchange_instruments_count(exchange); i++) say_book(exchange, i);
    for (uint32_t i = 0; i < exchange_participants_count(exchange); i++)
        for (int c = 0; c < CURRENCY_COUNT; c++) say_balance(exchange, i, (enum currency)c);
}

/* ---- dump ---- */

static void say_order(const struct follower *follower, const struct command_new_order *order) {
    if (order->instrument >= exchange_instruments_count(follower->exchange)) return;
    const struct instrument *instrument = exchange_instrument(follower->exchange, order->instrument);
    print_name("symbol", instrument->symbol, symbol_size);
    printf(",\"side\":\"%s\",\"order_qty\":%u", order->side == SIDE_BUY ? "buy" : "sell", order->quantity.lots);
    if (order->price.ticks != 0 && order->price.ticks < PRICE_INVALID)
        print_decimal("price", order->price.ticks * instrument->tick_scaled, instrument->price_places);
}

static void say_command(const struct follower *follower, const struct command *command) {
    const struct exchange *exchange = follower->exchange;
    printf("{\"sequence\":%" PRIu64, command->sequence);
    print_time("ts", command->time_ns);
    printf(",\"command\":");
    print_lower(command_name(command->kind));
    if (command->participant < exchange_participants_count(exchange))
        print_name("participant", exchange_participant(exchange, command->participant)->id, participant_id_size);
    if (command->user < exchange_users_count(exchange))
        print_name("user", exchange_user(exchange, command->user)->name, user_name_size);
    if (command->kind == COMMAND_NEW_ORDER) say_order(follower, &command->new_order);
    printf(",\"events\":[");
    for (uint32_t i = 0; i < follower->events.count; i++) {
        if (i > 0) putchar(',');
        print_lower(event_name(follower->events.events[i].kind));
    }
    puts("]}");
}

static void say_nothing(const struct reader *reader, const struct follower *follower) {
    (void)reader;
    (void)follower;
}

/* ---- stream ---- */

static struct recorder stream_out;

static void record(const struct follower *follower, const struct command *command) {
    if (recorder_write(&stream_out, command, follower->events.events, follower->events.count) == 0) return;
    fputs("birzha journal: the stream cannot be written\n", stderr);
    exit(JOURNAL_FAILED);
}

/* ---- diff ---- */

static void say_side(const char *name, const struct command *command) {
    if (!command) printf("%s ends\n", name);
    else printf("%s has %s of participant %" PRId32 " at %" PRId64 " ns\n", name, command_name(command->kind),
                (int32_t)command->participant, command->time_ns);
}

/* The sequence of events is a function of the commands, so commands are all there is to compare. */
/* Where one has been pruned, only what both have can be compared. */
static void skip_to(struct reader *reader, uint64_t sequence) {
    uint64_t before = reader_sequence_before(reader);
    fprintf(stderr, "birzha journal: only commands behind %" PRIu64 " are in both\n", sequence);
    while (before < sequence) {
        const struct command *command = reader_next(reader);
        if (!command) return;
        before = command->sequence;
    }
}

static int diff(const struct journal_options *options) {
    struct reader left, right;
    char error[512];
    if (reader_open(&left, options->folder, error, sizeof error) < 0) return fail(error);
    if (reader_open(&right, options->second, error, sizeof error) < 0) {
        reader_close(&left);
        return fail(error);
    }
    const struct command *ours, *theirs;
    uint64_t begin = reader_sequence_before(&left), other = reader_sequence_before(&right);
    if (begin != other) skip_to(begin < other ? &left : &right, begin < other ? other : begin);
    uint64_t equal = 0;
    do {
        ours = reader_next(&left);
        theirs = reader_next(&right);
        equal += ours && theirs;
    } while (ours && theirs && memcmp(ours, theirs, sizeof *ours) == 0);
    int code = is_damaged(&left) || is_damaged(&right) ? JOURNAL_DAMAGED : JOURNAL_DONE;
    if (code == JOURNAL_DONE && (ours || theirs)) {
        printf("they differ at command %" PRIu64 "\n", ours ? ours->sequence : theirs->sequence);
        say_side(options->folder, ours);
        say_side(options->second, theirs);
        code = JOURNAL_FAILED;
    } else if (code == JOURNAL_DONE) {
        printf("equal: %" PRIu64 " commands\n", equal);
    }
    reader_close(&left);
    reader_close(&right);
    return code;
}

/* ---- command line ---- */

struct verb {
    const char *name;
    visit_command *visit;
    void (*conclude)(const struct reader *reader, const struct follower *follower);
};

static const struct verb verbs[] = {
    {"verify", NULL, say_verified}, {"digest", NULL, say_digest}, {"replay", NULL, say_state},
    {"dump", say_command, say_nothing}, {"stream", record, say_nothing},
};

static int run(const struct journal_options *options, const struct verb *verb) {
    struct reader reader;
    struct follower follower = {0};
    char error[512];
    if (reader_open(&reader, options->folder, error, sizeof error) < 0) return fail(error);
    int code = JOURNAL_DONE;
    if (verb->visit == record && reader.snapshot.bytes) code = fail_pruned(&reader);
    if (verb->conclude == say_verified) code = read_claims(options->folder);
    if (code == JOURNAL_DONE) code = follow(&reader, &follower, options, verb->visit);
    if (code == JOURNAL_DONE && !follower.exchange) code = fail("there is no command in it, or none so early");
    else if (code == JOURNAL_DONE) verb->conclude(&reader, &follower);
    follower_close(&follower);
    reader_close(&reader);
    return code;
}

static int run_stream(const struct journal_options *options, const struct verb *verb) {
    if (recorder_open(&stream_out, options->second) < 0) return fail("the stream's file cannot be written");
    int code = run(options, verb);
    return recorder_close(&stream_out) < 0 ? fail("the stream cannot be written") : code;
}

static int misuse(const char *text) {
    fprintf(stderr, "birzha journal: %s (see birzha journal --help)\n", text);
    return JOURNAL_USAGE;
}

/* 0, or -1: something is not understood. */
static int read_until(struct journal_options *options, const char *name, const char *value) {
    char *end;
    if (strcmp(name, "--at") == 0)
        return timestamp_parse(value, (uint32_t)strlen(value), &options->at_ns) ? 0 : -1;
    options->to_sequence = strtoull(value, &end, 10);
    return *value >= '0' && *value <= '9' && *end == '\0' ? 0 : -1;
}

static int read_options(struct journal_options *options, int argc, char **argv) {
    *options = (struct journal_options){.to_sequence = UINT64_MAX, .at_ns = INT64_MAX};
    const char **places[] = {&options->verb, &options->folder, &options->second};
    uint32_t taken = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--to") == 0 || strcmp(argv[i], "--at") == 0) {
            if (i + 1 == argc || read_until(options, argv[i], argv[i + 1]) < 0) return -1;
            i++;
        } else if (argv[i][0] == '-' || taken == 3) {
            return -1;
        } else {
            *places[taken++] = argv[i];
        }
    }
    return options->folder ? 0 : -1;
}

int journal_main(int argc, char **argv) {
    struct journal_options options;
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(help_text, stdout);
        return JOURNAL_DONE;
    }
    if (read_options(&options, argc, argv) < 0) return misuse("a verb and a folder are needed");
    int takes_two = strcmp(options.verb, "diff") == 0 || strcmp(options.verb, "stream") == 0;
    if (takes_two != (options.second != NULL)) return misuse(takes_two ? "a second name is needed" : "one folder");
    if (strcmp(options.verb, "diff") == 0) return diff(&options);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(options.verb, verbs[i].name) != 0) continue;
        return verbs[i].visit == record ? run_stream(&options, &verbs[i]) : run(&options, &verbs[i]);
    }
    return misuse("there is no such verb");
}
