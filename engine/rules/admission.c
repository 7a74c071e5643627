/* admission.c - group 2: who may trade at all. ACC-1, ACC-2, ACC-3, ACC-7. */
#include "engine/rules/rules.h"
#include "engine/state.h"

struct verdict admission_check_participant(const struct exchange *x, uint32_t participant) {
    if (participant >= x->participants_count) return verdict_refuse(REJECT_UNKNOWN_PARTICIPANT, 0, 0);
    if (x->participants[participant].state == PARTICIPANT_APPLIED) return verdict_refuse(REJECT_NOT_ACCREDITED, 0, 0);
    return verdict_ok();
}

struct verdict admission_check_section(const struct exchange *x, uint32_t participant, uint32_t section) {
    const struct participant_section *accreditation = &x->participants[participant].sections[section];
    if (!accreditation->present) return verdict_refuse(REJECT_SECTION_NOT_ACCREDITED, 0, 0);
    if (x->trade_date < accreditation->from_date)
        return verdict_refuse(REJECT_ACCREDITATION_NOT_YET_EFFECTIVE, accreditation->from_date, 0);
    if (accreditation->to_date != date_none && x->trade_date > accreditation->to_date)
        return verdict_refuse(REJECT_ACCREDITATION_EXPIRED, 0, accreditation->to_date);
    return verdict_ok();
}

/* A command of the exchange itself has no user. */
struct verdict admission_check_trader(const struct exchange *x, uint32_t participant, uint32_t user) {
    if (user == NAME_NONE) return verdict_ok();
    if (user >= x->users_count || x->users[user].participant != participant || x->users[user].role != ROLE_TRADER)
        return verdict_refuse(REJECT_TRADER_NOT_REGISTERED, 0, 0);
    return verdict_ok();
}
