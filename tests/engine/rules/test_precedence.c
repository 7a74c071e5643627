/* test_precedence.c - of two things wrong with a new order, the earlier in the written order answers: every pair of
 * reasons that one order can get at once. The order of checks is that of RULEBOOK.md: groups by ascending number, and
 * within a group by ascending code. How the matrix works is told in precedence.h. */
#include "tests/engine/rules/precedence.h"

FAULT(session_unknown, t->order.market_session = nowhere)
FAULT(session_closed, t->closed = 1)
FAULT(instrument_unknown, t->order.instrument = NAME_NONE)
FAULT(not_in_session, t->order.market_session = EMPTY_HALL)
FAULT(halted, t->halted = 1)
FAULT(duplicate, t->duplicate = 1)
FAULT(past, t->past = 1)
FAULT(unknown_participant, t->participant = nowhere)
FAULT(not_accredited, t->never_accredited = 1)
FAULT(not_yet, t->dates = DATES_FUTURE)
FAULT(expired, t->dates = DATES_PAST)
FAULT(suspended, t->standing = STANDING_SUSPENDED)
FAULT(withdrawn, t->standing = STANDING_WITHDRAWN)
FAULT(no_section, t->dates = DATES_NO_SECTION)
FAULT(no_papers, t->papers = 1)
FAULT(no_contract, t->contract = 1)
FAULT(strange_user, t->user = USER_OF_OTHER)
FAULT(old_certificate, t->old_certificate = 1)
FAULT(late_login, t->late = 1)
FAULT(sanction, t->sanction = 1)
FAULT(arrears, t->arrears = 1)
FAULT(claim, t->claim = 1)
FAULT(no_own_use, t->own_use = 1)
FAULT(no_licence, t->no_licence = 1)
FAULT(licence_expired, t->licence_expired = 1)
FAULT(licence_suspended, t->licence_suspended = 1)
FAULT(unregistered, (t->unregistered = 1, t->client_suspended = t->mandate_sells))
FAULT(mandate, t->mandate_sells = 1)
FAULT(wrong_country, t->buyers_from_china = 1)
FAULT(wrong_direction, make_direction_wrong(t))
FAULT(no_transit, (t->direction = DIRECTION_TRANSIT, t->transit_forbidden = 1))
FAULT(no_foreign_basis, (t->direction = DIRECTION_TRANSIT, t->bases_at_home = 1))
FAULT(brokers_only, t->brokers_only = 1)
FAULT(currency_excluded, t->currency_excluded = 1)
FAULT(currency_to_come, t->currency_to_come = 1)
FAULT(foreigner_in_byn, t->in_byn = 1)
FAULT(strange_terms, t->order.payment_terms = 1 + PAYMENT_CASH_ON_DELIVERY)
FAULT(too_little, t->too_small = 1)
FAULT(too_much, (t->too_large = 1, t->order.quantity.lots = 5000))
FAULT(post_only_whole, t->order.flags |= ORDER_POST_ONLY | ORDER_ALL_OR_NONE)
FAULT(min_of_day, t->order.min.lots = 1)
FAULT(display_nothing, t->order.has_display = 1)
FAULT(no_price, t->no_price = 1)
FAULT(off_tick, t->off_tick = 1)
FAULT(above_ceiling, t->ceiling = 90)
FAULT(below_floor, t->floor = 200)
FAULT(far_away, t->far = 1)
FAULT(no_stop_price, t->order.order_type = ORDER_TYPE_STOP_LIMIT)
FAULT(overflow, t->huge_lot = 1)
FAULT(no_funds, t->funds = FUNDS_GONE)
FAULT(late_funds, t->funds = FUNDS_LATE)
FAULT(other_funds, t->funds = FUNDS_ELSEWHERE)
FAULT(value_limit, t->value_limit = 1)
FAULT(exposure_limit, t->exposure_limit = 1)
FAULT(killed, t->killed = 1)
FAULT(post_only, t->order.flags |= ORDER_POST_ONLY)
FAULT(fill_or_kill, t->order.time_in_force = TIF_FOK)
FAULT(no_room, t->full = 1)

static const struct fault faults[] = {
    {REJECT_SESSION_UNKNOWN, session_unknown}, {REJECT_SESSION_CLOSED, session_closed},
    {REJECT_INSTRUMENT_UNKNOWN, instrument_unknown}, {REJECT_INSTRUMENT_NOT_IN_SESSION, not_in_session},
    {REJECT_MARKET_HALTED, halted}, {REJECT_DUPLICATE_CLIENT_ORDER_ID, duplicate}, {REJECT_TIMESTAMP_REGRESSION, past},
    {REJECT_UNKNOWN_PARTICIPANT, unknown_participant}, {REJECT_NOT_ACCREDITED, not_accredited},
    {REJECT_ACCREDITATION_NOT_YET_EFFECTIVE, not_yet}, {REJECT_ACCREDITATION_EXPIRED, expired},
    {REJECT_ACCREDITATION_SUSPENDED, suspended}, {REJECT_ACCREDITATION_WITHDRAWN, withdrawn},
    {REJECT_SECTION_NOT_ACCREDITED, no_section}, {REJECT_ACCREDITATION_DOCS_INCOMPLETE, no_papers},
    {REJECT_SERVICE_CONTRACT_MISSING, no_contract}, {REJECT_TRADER_NOT_REGISTERED, strange_user},
    {REJECT_SIGNATURE_INVALID, old_certificate}, {REJECT_LATE_LOGIN, late_login}, {REJECT_SANCTION_ACTIVE, sanction},
    {REJECT_FEE_ARREARS, arrears}, {REJECT_OBLIGATIONS_OUTSTANDING, claim},
    {REJECT_OWN_USE_CERTIFICATE_REQUIRED, no_own_use}, {REJECT_BROKER_LICENCE_REQUIRED, no_licence},
    {REJECT_BROKER_LICENCE_EXPIRED, licence_expired}, {REJECT_BROKER_LICENCE_SUSPENDED, licence_suspended},
    {REJECT_CLIENT_NOT_REGISTERED, unregistered}, {REJECT_MANDATE_EXCEEDED, mandate},
    {REJECT_SESSION_COUNTRY_RESTRICTED, wrong_country}, {REJECT_SESSION_DIRECTION_MISMATCH, wrong_direction},
    {REJECT_TRANSIT_NOT_ALLOWED, no_transit}, {REJECT_TRANSIT_BASIS_INVALID, no_foreign_basis},
    {REJECT_SESSION_ROLE_RESTRICTED, brokers_only}, {REJECT_CURRENCY_NOT_ALLOWED, currency_excluded},
    {REJECT_CURRENCY_NOT_YET_AVAILABLE, currency_to_come}, {REJECT_CURRENCY_RESIDENCY_MISMATCH, foreigner_in_byn},
    {REJECT_PAYMENT_TERMS_NOT_ALLOWED, strange_terms}, {REJECT_QTY_BELOW_MINIMUM, too_little},
    {REJECT_QTY_ABOVE_MAXIMUM, too_much}, {REJECT_ORDER_TYPE_NOT_ALLOWED, post_only_whole},
    {REJECT_TIF_INVALID, min_of_day}, {REJECT_DISPLAY_QTY_INVALID, display_nothing}, {REJECT_PRICE_INVALID, no_price},
    {REJECT_PRICE_NOT_ON_TICK, off_tick}, {REJECT_PRICE_ABOVE_CEILING, above_ceiling},
    {REJECT_PRICE_BELOW_FLOOR, below_floor}, {REJECT_PRICE_OUTSIDE_COLLAR, far_away},
    {REJECT_STOP_PRICE_INVALID, no_stop_price}, {REJECT_VALUE_OVERFLOW, overflow},
    {REJECT_INSUFFICIENT_DEPOSIT, no_funds}, {REJECT_DEPOSIT_TOO_LATE, late_funds},
    {REJECT_DEPOSIT_CURRENCY_MISMATCH, other_funds}, {REJECT_ORDER_VALUE_LIMIT, value_limit},
    {REJECT_OPEN_EXPOSURE_LIMIT, exposure_limit}, {REJECT_KILL_SWITCH_ACTIVE, killed},
    {REJECT_POST_ONLY_WOULD_TRADE, post_only}, {REJECT_FOK_NOT_FILLABLE, fill_or_kill}, {REJECT_LIMIT_REACHED, no_room},
};
enum { faults_count = sizeof faults / sizeof *faults };

static const struct exclusion exclusive[] = {
    {101, {105}, "an order names one session"},
    {107, {201, 202}, "whoever was never admitted has used no name"},
    {201, {202, 203, 204, 205, 206, 207, 208, 209, 214, 215, 216}, "a firm that does not exist has no record"},
    {201, {301, 302, 303, 305, 406}, "nor a licence, nor mandates"},
    {201, {801, 802, 803, 806, 807, 808}, "nor an account, nor limits"},
    {202, {203, 204, 205, 206, 207}, "what was never there is neither early, late, suspended nor in another section"},
    {203, {204, 207}, "a section has one accreditation"},
    {204, {207}, "a section has one accreditation"},
    {205, {206}, "a firm has one state"},
    {301, {302}, "a licence that has not begun has not ended"},
    {304, {406}, "who is no broker and acts for a client has 301"},
    {305, {406}, "who is no broker and acts for a client has 301"},
    {701, {702}, "a price is invalid or between two ticks"},
    {708, {902, 903}, "a stop that waits meets nobody"},
    {801, {802, 803}, "an account has one balance"},
    {802, {803}, "an account has one balance"},
    {902, {903}, "post-only and fill-or-kill is 610"},
};

static void begin_new_order(struct trial *t) {
    t->participant = FIRM_BROKER;
    t->user = USER_OF_BROKER;
    t->order = (struct command_new_order){.instrument = GRAIN, .client = FIRM_CLIENT, .market_session = HALL,
                                          .price.ticks = 100, .quantity.lots = 10, .side = SIDE_BUY,
                                          .expire_date = date_none};
}

static const struct matrix new_orders = {
    .title = "a new order", .faults = faults, .faults_count = faults_count, .begin = begin_new_order,
    .exclusions = exclusive, .exclusions_count = sizeof exclusive / sizeof *exclusive,
};

Test(precedence, nothing_is_wrong_with_the_clean_order) { try_clean(&new_orders); }
Test(precedence, each_fault_has_its_own_reason) { try_each(&new_orders); }
Test(precedence, of_two_the_earlier_answers) { try_pairs(&new_orders); }

Test(precedence, the_table_stands_in_the_written_order) {
    for (int i = 1; i < faults_count; i++) cr_expect_lt((int)faults[i - 1].reason, (int)faults[i].reason);
}

/* An order that names no session trades in the one of its instrument, and the instrument is looked for first (SES-1).
 * What is said of a session that is named, 101 and 105, cannot be. */
static void begin_without_session(struct trial *t) {
    begin_new_order(t);
    t->order.market_session = NAME_NONE;
}

Test(precedence, an_order_without_a_session) {
    struct fault reordered[faults_count] = {{REJECT_INSTRUMENT_UNKNOWN, instrument_unknown}};
    struct matrix m = new_orders;
    int count = 1;
    for (int i = 0; i < faults_count; i++) {
        enum reject reason = faults[i].reason;
        if (reason == REJECT_SESSION_UNKNOWN || reason == REJECT_INSTRUMENT_NOT_IN_SESSION) continue;
        if (reason != REJECT_INSTRUMENT_UNKNOWN) reordered[count++] = faults[i];
    }
    m.title = "a new order without a session";
    m.faults = reordered;
    m.faults_count = count;
    m.begin = begin_without_session;
    m.exclusions++;             /* the first row is that of 101 */
    m.exclusions_count--;
    try_clean(&m);
    try_each(&m);
    try_pairs(&m);
}
