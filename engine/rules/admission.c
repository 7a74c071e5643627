/* admission.c - group 2: who may trade at all. ACC-1 to 17.
 * Asked of the participant that enters the order; the certificate of own use is the principal's. */
#include "engine/participants/standing.h"
#include "engine/rules/rules.h"
#include "engine/state.h"

struct verdict admission_check_participant(const struct exchange *x, uint32_t participant) {
    if (participant >= x->participants_count) return verdict_refuse(REJECT_UNKNOWN_PARTICIPANT, 0, 0);
    if (x->participants[participant].state == PARTICIPANT_APPLIED) return verdict_refuse(REJECT_NOT_ACCREDITED, 0, 0);
    return verdict_ok();
}

/* What a section's dates say, and the state that the supervisor set: 203 to 207. */
struct verdict admission_check_section(const struct exchange *x, uint32_t participant, uint32_t section) {
    const struct participant *record = &x->participants[participant];
    const struct participant_section *accreditation = &record->sections[section];
    if (accreditation->present && x->trade_date < accreditation->from_date)
        return verdict_refuse(REJECT_ACCREDITATION_NOT_YET_EFFECTIVE, accreditation->from_date, 0);
    if (accreditation->present && accreditation->to_date != date_none && x->trade_date > accreditation->to_date)
        return verdict_refuse(REJECT_ACCREDITATION_EXPIRED, 0, accreditation->to_date);
    struct verdict verdict = admission_check_state(x, participant);
    if (verdict.reason != REJECT_NONE) return verdict;
    if (!accreditation->present) return verdict_refuse(REJECT_SECTION_NOT_ACCREDITED, 0, 0);
    return verdict_ok();
}

struct verdict admission_check_state(const struct exchange *x, uint32_t participant) {
    const struct participant *record = &x->participants[participant];
    if (record->state == PARTICIPANT_SUSPENDED)
        return verdict_refuse(REJECT_ACCREDITATION_SUSPENDED, 0,
                              record->suspended_until_date == date_none ? 0 : record->suspended_until_date);
    if (record->state == PARTICIPANT_WITHDRAWN) return verdict_refuse(REJECT_ACCREDITATION_WITHDRAWN, 0, 0);
    return verdict_ok();
}

struct verdict admission_check_papers(uint8_t remarks, uint8_t papers_missing) {
    if (remarks & 1 << REMARK_PAPERS) return verdict_refuse(REJECT_ACCREDITATION_DOCS_INCOMPLETE, papers_missing, 0);
    if (remarks & 1 << REMARK_CONTRACT) return verdict_refuse(REJECT_SERVICE_CONTRACT_MISSING, 0, 0);
    return verdict_ok();
}

/* A command of the exchange itself has no user. */
struct verdict admission_check_trader(const struct exchange *x, uint32_t participant, uint32_t user) {
    if (user == NAME_NONE) return verdict_ok();
    if (user >= x->users_count || x->users[user].participant != participant || x->users[user].role != ROLE_TRADER ||
        x->persons[x->users[user].person].participant != participant)
        return verdict_refuse(REJECT_TRADER_NOT_REGISTERED, 0, 0);
    const struct person *person = &x->persons[x->users[user].person];
    int early = person->certificate_from_date != date_none && x->trade_date < person->certificate_from_date;
    int late = person->certificate_to_date != date_none && x->trade_date > person->certificate_to_date;
    if (early || late)
        return verdict_refuse(REJECT_SIGNATURE_INVALID, person->certificate_from_date, person->certificate_to_date);
    return verdict_ok();
}

/* ACC-10: whoever came after the start of the session waits for the next. */
struct verdict admission_check_login(const struct exchange *x, uint32_t user, uint32_t session) {
    if (user == NAME_NONE || session == NAME_NONE || !(x->sessions[session].flags & SESSION_LATE_LOGIN_REFUSE))
        return verdict_ok();
    int64_t started_ns = x->sessions[session].started_ns;
    if (started_ns == INT64_MIN || (x->users[user].is_here && x->users[user].here_since_ns < started_ns))
        return verdict_ok();
    return verdict_refuse(REJECT_LATE_LOGIN, started_ns, x->users[user].here_since_ns);
}

static int has_own_use(const struct exchange *x, uint32_t principal) {
    const struct participant *record = &x->participants[principal];
    return record->own_use_from_date != date_none && x->trade_date >= record->own_use_from_date &&
           (record->own_use_to_date == date_none || x->trade_date <= record->own_use_to_date);
}

struct verdict admission_check_remarks(const struct exchange *x, const struct order_terms *terms, uint8_t remarks) {
    const struct participant *record = &x->participants[terms->participant];
    if (record->sanction_until_date != date_none && x->trade_date <= record->sanction_until_date)
        return verdict_refuse(REJECT_SANCTION_ACTIVE, 0, record->sanction_until_date);
    if (remarks & 1 << REMARK_ARREARS) return verdict_refuse(REJECT_FEE_ARREARS, 0, 0);
    if (remarks & 1 << REMARK_CLAIM) return verdict_refuse(REJECT_OBLIGATIONS_OUTSTANDING, 0, 0);
    uint32_t session = terms->session;
    if (session != NAME_NONE && x->sessions[session].flags & SESSION_OWN_USE && terms->side == SIDE_BUY &&
        terms->principal < x->participants_count && !has_own_use(x, terms->principal))
        return verdict_refuse(REJECT_OWN_USE_CERTIFICATE_REQUIRED, 0, 0);
    return verdict_ok();
}
