/* standing.c - remarks and registrations. */
#include "engine/participants/standing.h"

#include "engine/state.h"

/* What is not listed yet is of today, and so not overdue, unless the calendar knows no due date for it. */
static int has_unlisted_overdue_fees(const struct exchange *x, uint32_t participant) {
    if (x->fee_due_date >= x->trade_date) return 0;
    for (uint64_t id = x->fees_listed_count + 1; id <= contracts_count(x); id++) {
        for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
            if (contract_payer(x, id, side) == participant && x->contracts[id].fees[side].minor > 0) return 1;
        }
    }
    return 0;
}

int standing_has_overdue_fees(const struct exchange *x, uint32_t participant) {
    for (uint32_t currency = 0; currency < CURRENCY_COUNT; currency++) {
        const struct account *account = account_of(x, participant, currency);
        uint32_t at = account->unpaid_head;
        while (at != 0 && contract_unpaid(x, account, at).minor == 0) at = x->contracts[at / 2].next_unpaid[at % 2];
        if (at != 0 && x->contracts[at / 2].fee_due_date < x->trade_date) return 1;
    }
    return has_unlisted_overdue_fees(x, participant);
}

uint32_t standing_find_client(const struct exchange *x, uint32_t broker, uint32_t client, uint32_t section) {
    for (uint32_t at = x->participants[broker].clients_head; at != 0; at = x->clients[at - 1].next) {
        const struct client *row = &x->clients[at - 1];
        if (row->client == client && row->section == section) return at - 1;
    }
    return NAME_NONE;
}

uint32_t standing_registration(const struct exchange *x, uint32_t broker, uint32_t client, uint32_t section) {
    if (client >= x->participants_count) return NAME_NONE;
    uint8_t state = x->participants[client].state;
    if (state == PARTICIPANT_SUSPENDED || state == PARTICIPANT_WITHDRAWN) return NAME_NONE;
    uint32_t at = standing_find_client(x, broker, client, section);
    return at != NAME_NONE && x->clients[at].registered ? at : NAME_NONE;
}

uint8_t standing_papers_missing(const struct participant *participant) {
    uint8_t asked = (uint8_t)((1 << PAPER_COUNT) - 1);
    if (participant->resident) asked &= (uint8_t)~(1 << PAPER_REGISTER_EXTRACT);
    return participant->papers_missing & asked;
}

static uint8_t remarks_now(const struct exchange *x, uint32_t participant) {
    const struct participant *record = &x->participants[participant];
    uint8_t remarks = record->remarks;
    if (standing_papers_missing(record) != 0) remarks |= 1 << REMARK_PAPERS;
    if (standing_has_overdue_fees(x, participant)) remarks |= 1 << REMARK_ARREARS;
    return remarks;
}

static uint8_t *row_of(const struct exchange *x, uint32_t session) {
    size_t row = session == NAME_NONE ? 0 : (size_t)session + 1;
    return &x->remarks_at_start[row * x->limits.participants_max];
}

void standing_take_snapshot(struct exchange *x, uint32_t session) {
    uint8_t *row = row_of(x, session);
    for (uint32_t i = 0; i < x->participants_count; i++) row[i] = remarks_now(x, i);
}

void standing_set_at_once(struct exchange *x, uint32_t participant, enum remark remark) {
    const uint8_t bit = (uint8_t)(1 << remark), now = remarks_now(x, participant) & bit;
    for (uint32_t i = 0; i <= x->sessions_count; i++) {
        uint8_t *remarks = &row_of(x, i == 0 ? NAME_NONE : i - 1)[participant];
        *remarks = (uint8_t)((*remarks & ~bit) | now);
    }
}

uint8_t exchange_remarks_now(const struct exchange *x, uint32_t participant) {
    CHECK(participant < x->participants_count);
    return remarks_now(x, participant);
}

uint8_t exchange_remarks(const struct exchange *x, uint32_t participant, uint32_t session) {
    CHECK(participant < x->participants_count && (session == NAME_NONE || session < x->sessions_count));
    return row_of(x, session)[participant];
}
