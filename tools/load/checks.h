/* checks.h - whether a run can be believed: after the last answer, what the exchange says is held against what it told
 * us on the way.
 *
 *   accounted   every request has exactly one answer, in order
 *   sequences   private messages are numbered without a gap
 *   ledger      every report fits the one before it, both sides of a trade were told the same, the exchange's list of
 *               open orders is ours to the lot, and money adds up in every currency
 *   book        what we have in the market stands in the public book
 *   replay      the state of the running server is the one that its journal gives when it is replayed */
#ifndef BIRZHA_LOAD_CHECKS_H
#define BIRZHA_LOAD_CHECKS_H

#include "tools/load/run.h"

/* CHECK_MAP(XX): XX(NAME, name in results) */
#define CHECK_MAP(XX) \
    XX(ACCOUNTED, "accounted") XX(SEQUENCES, "sequences") XX(LEDGER, "ledger") XX(BOOK, "book") XX(REPLAY, "replay")
#define XX(name, text) VALID_##name,
enum check { CHECK_MAP(XX) VALID_COUNT };
#undef XX

enum check_outcome { CHECK_OK, CHECK_FAILED, CHECK_NOT_MADE };

struct checks {
    struct { enum check_outcome outcome; char text[fault_text_size]; } of[VALID_COUNT];
};

struct check_plan {
    const char *journal;                /* the server's data folder; NULL: the replay is not checked */
    const char *admin, *admin_password;
    int is_recorded;                    /* orders may be hidden: the book is not checked */
};

void checks_make(struct load_run *run, uint64_t unanswered, const struct check_plan *plan, struct checks *checks);

/* No check failed. Whether all were made is another question. */
int checks_are_good(const struct checks *checks);

#endif
