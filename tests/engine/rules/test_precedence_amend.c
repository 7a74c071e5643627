/* test_precedence_amend.c - of two things wrong with an amend, the earlier in the written order answers. The order is
 * that of MATCHING.md section 1: what is asked of the request and of the order it names, then whether its market is
 * open, then the rules, by group and code, with the order's own values where the amend gives none. How the matrix works
 * is told in precedence.h.
 *
 * Of the reasons of a new order an amend never gets: 101, 104, 105, 504, 611, 708 and 903 (an amend cannot name what
 * they are about, and what the order said was right when it came in), 803 (an order that is there holds money of its
 * currency), 1210 (an order that finds no room ends with it instead), and 203 to 207, 301 to 304 and 808: such an order
 * is gone, see the last test. */
#include "tests/engine/rules/precedence.h"

FAULT(past, t->past = 1)
FAULT(duplicate, t->duplicate = 1)
FAULT(unknown_participant, t->participant = nowhere)
FAULT(not_accredited, t->never_accredited = 1)
FAULT(strange_user, t->user = USER_OF_OTHER)
FAULT(unknown_order, t->amend.order_id = 1000000)
FAULT(of_another, t->of_another = 1)
FAULT(ended, t->ended = 1)
FAULT(closed, t->closed = 1)
FAULT(halted, t->halted = 1)
FAULT(no_papers, t->papers = 1)
FAULT(no_contract, t->contract = 1)
FAULT(old_certificate, t->old_certificate = 1)
FAULT(late_login, t->late = 1)
FAULT(sanction, t->sanction = 1)
FAULT(arrears, t->arrears = 1)
FAULT(claim, t->claim = 1)
FAULT(no_own_use, t->own_use = 1)
FAULT(mandate, t->mandate_small = 1)
FAULT(wrong_country, t->buyers_from_china = 1)
FAULT(wrong_direction, make_direction_wrong(t))
FAULT(no_transit, (t->direction = DIRECTION_TRANSIT, t->transit_forbidden = 1))
FAULT(no_foreign_basis, (t->direction = DIRECTION_TRANSIT, t->bases_at_home = 1))
FAULT(brokers_only, t->brokers_only = 1)
FAULT(currency_excluded, t->currency_excluded = 1)
FAULT(currency_to_come, t->currency_to_come = 1)
/* A foreigner's order in BYN is never there to be amended; a resident's is, and its session may become one for imports. */
static void foreigners_wanted_in_byn(struct trial *t) {
    t->direction = t->direction == DIRECTION_DOMESTIC ? DIRECTION_EXPORT : DIRECTION_IMPORT;
    t->in_byn = t->client_at_home = 1;
}
FAULT(too_much, t->amend.quantity.lots = 5000)
FAULT(no_price_to_amend, t->stop_waits = 1)
FAULT(display_too_much, (t->amend.flags |= AMEND_DISPLAY, t->amend.display_lots = 6000))
FAULT(no_price, t->no_price = 1)
FAULT(off_tick, t->off_tick = 1)
FAULT(above_ceiling, (t->ceiling = offer, t->amend.price.ticks = offer + 2))
FAULT(below_floor, (t->floor = bid - 5, t->amend.price.ticks = bid - 10))
FAULT(far_away, t->far = 1)
FAULT(overflow, t->huge_lot = 1)
FAULT(no_funds, t->funds = FUNDS_GONE)
FAULT(late_funds, t->funds = FUNDS_LATE)
FAULT(value_limit, t->value_limit = 1)
FAULT(exposure_limit, t->exposure_limit = 1)
FAULT(would_trade, t->would_trade = 1)
/* Fewer lots than the least are worth more than the order was, or more than can be reckoned, only at a higher price. */
static void too_little(struct trial *t) {
    t->too_small = 1;
    t->amend.quantity.lots = 19;
    if (t->funds != FUNDS_AT_HAND || t->huge_lot) t->amend.price.ticks = 130;
}

static const struct fault faults[] = {
    {REJECT_TIMESTAMP_REGRESSION, past}, {REJECT_DUPLICATE_CLIENT_ORDER_ID, duplicate},
    {REJECT_UNKNOWN_PARTICIPANT, unknown_participant}, {REJECT_NOT_ACCREDITED, not_accredited},
    {REJECT_TRADER_NOT_REGISTERED, strange_user}, {REJECT_SIGNATURE_INVALID, old_certificate},
    {REJECT_ORDER_UNKNOWN, unknown_order},
    {REJECT_ORDER_NOT_OWNED, of_another}, {REJECT_ORDER_NOT_ACTIVE, ended},
    {REJECT_SESSION_CLOSED, closed}, {REJECT_MARKET_HALTED, halted},
    {REJECT_ACCREDITATION_DOCS_INCOMPLETE, no_papers}, {REJECT_SERVICE_CONTRACT_MISSING, no_contract},
    {REJECT_LATE_LOGIN, late_login}, {REJECT_SANCTION_ACTIVE, sanction},
    {REJECT_FEE_ARREARS, arrears}, {REJECT_OBLIGATIONS_OUTSTANDING, claim},
    {REJECT_OWN_USE_CERTIFICATE_REQUIRED, no_own_use}, {REJECT_MANDATE_EXCEEDED, mandate},
    {REJECT_SESSION_COUNTRY_RESTRICTED, wrong_country}, {REJECT_SESSION_DIRECTION_MISMATCH, wrong_direction},
    {REJECT_TRANSIT_NOT_ALLOWED, no_transit}, {REJECT_TRANSIT_BASIS_INVALID, no_foreign_basis},
    {REJECT_SESSION_ROLE_RESTRICTED, brokers_only}, {REJECT_CURRENCY_NOT_ALLOWED, currency_excluded},
    {REJECT_CURRENCY_NOT_YET_AVAILABLE, currency_to_come}, {REJECT_CURRENCY_RESIDENCY_MISMATCH, foreigners_wanted_in_byn},
    {REJECT_QTY_BELOW_MINIMUM, too_little}, {REJECT_QTY_ABOVE_MAXIMUM, too_much},
    {REJECT_ORDER_TYPE_NOT_ALLOWED, no_price_to_amend}, {REJECT_DISPLAY_QTY_INVALID, display_too_much},
    {REJECT_PRICE_INVALID, no_price}, {REJECT_PRICE_NOT_ON_TICK, off_tick}, {REJECT_PRICE_ABOVE_CEILING, above_ceiling},
    {REJECT_PRICE_BELOW_FLOOR, below_floor}, {REJECT_PRICE_OUTSIDE_COLLAR, far_away},
    {REJECT_VALUE_OVERFLOW, overflow}, {REJECT_INSUFFICIENT_DEPOSIT, no_funds}, {REJECT_DEPOSIT_TOO_LATE, late_funds},
    {REJECT_ORDER_VALUE_LIMIT, value_limit}, {REJECT_OPEN_EXPOSURE_LIMIT, exposure_limit},
    {REJECT_POST_ONLY_WOULD_TRADE, would_trade},
};
enum { faults_count = sizeof faults / sizeof *faults };

static const struct exclusion exclusive[] = {
    {107, {201, 202}, "whoever was never admitted has used no name"},
    {201, {202, 208, 209, 214, 215, 216}, "a firm that does not exist has no record"},
    {201, {305, 406}, "nor a mandate or a licence"},
    {201, {801, 802, 806, 807}, "nor an account, nor limits"},
    {202, {906}, "whoever was never admitted has had no order"},
    {904, {905, 906}, "an order has one fate"},
    {905, {906}, "an order has one fate"},
    {305, {406}, "who is no broker has no order for a client"},
    {403, {503}, "in a session for transit alone nobody from Belarus has a place, and no foreigner an order in BYN"},
    {404, {503}, "in a session for transit alone nobody from Belarus has a place, and no foreigner an order in BYN"},
    {406, {503}, "who has no licence and orders for itself is a foreigner, and has no order in BYN"},
    {602, {603}, "a quantity is too small or too large; what is filled is less than the most"},
    {610, {902}, "a stop that waits meets nobody"},
    {701, {702}, "a price is invalid or between two ticks"},
    {703, {704}, "the order that is there lies between them: no price is above the one and below the other"},
    {704, {902}, "what is for sale is above the order that is there, and that is above the floor"},
    {801, {802}, "an account has one balance"},
};

static void begin_amend(struct trial *t) {
    t->amends = 1;
    t->participant = FIRM_BROKER;
    t->user = USER_OF_BROKER;
    t->order.client = FIRM_CLIENT;
    t->amend = (struct command_amend_order){.quantity.lots = 30, .price.ticks = bid + 2,
                                            .flags = AMEND_QUANTITY | AMEND_PRICE};
}

static const struct matrix amends = {
    .title = "an amend", .faults = faults, .faults_count = faults_count, .begin = begin_amend,
    .exclusions = exclusive, .exclusions_count = sizeof exclusive / sizeof *exclusive,
};

Test(precedence_amend, nothing_is_wrong_with_the_clean_amend) { try_clean(&amends); }
Test(precedence_amend, each_fault_has_its_own_reason) { try_each(&amends); }
Test(precedence_amend, of_two_the_earlier_answers) { try_pairs(&amends); }

/* An order whose owner may no longer trade is canceled at that moment, so that an amend finds it ended. A firm that is
 * suspended or withdrawn may not even ask (ACC-2). */
FAULT(not_yet, t->dates = DATES_FUTURE)
FAULT(expired, t->dates = DATES_PAST)
FAULT(suspended, t->standing = STANDING_SUSPENDED)
FAULT(withdrawn, t->standing = STANDING_WITHDRAWN)
FAULT(no_licence, t->no_licence = 1)
FAULT(licence_expired, t->licence_expired = 1)
FAULT(licence_suspended, t->licence_suspended = 1)
FAULT(unregistered, t->unregistered = 1)
FAULT(client_suspended, t->client_suspended = 1)
FAULT(killed, t->killed = 1)

Test(precedence_amend, an_order_whose_owner_may_not_trade_is_gone) {
    static const struct fault gone[] = {
        {REJECT_ORDER_NOT_ACTIVE, not_yet}, {REJECT_ORDER_NOT_ACTIVE, expired},
        {REJECT_ACCREDITATION_SUSPENDED, suspended}, {REJECT_ACCREDITATION_WITHDRAWN, withdrawn},
        {REJECT_ORDER_NOT_ACTIVE, no_licence}, {REJECT_ORDER_NOT_ACTIVE, licence_expired},
        {REJECT_ORDER_NOT_ACTIVE, licence_suspended}, {REJECT_ORDER_NOT_ACTIVE, unregistered},
        {REJECT_ORDER_NOT_ACTIVE, client_suspended}, {REJECT_ORDER_NOT_ACTIVE, killed},
    };
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) try_cell(&amends, &gone[i], NULL);
}
