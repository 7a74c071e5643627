/* exchange_money.c - the commands about money: deposits, fees that are paid, trades that are taken back. DEP-3, DEP-6,
 * FEE-6, FEE-7. What orders and trades do to accounts is in engine/match/settle.c. */
#include "engine/exchange_internal.h"
#include "engine/match/settle.h"

static void say_deposit(const struct account *account, uint32_t participant, uint32_t currency,
                        enum deposit_action action, money amount, int32_t counts_date, struct event_buffer *events) {
    *event_next(events) = (struct event){ .kind = EVENT_DEPOSIT, .instrument = NAME_NONE, .deposit = {
        .participant = participant, .currency = (uint8_t)currency, .action = (uint8_t)action, .amount = amount,
        .credited = account->credited, .free = account->free, .counts_date = counts_date } };
}

/* DEP-8: a currency that is not to be had yet takes no deposits. */
static struct verdict check_currency(const struct exchange *x, uint32_t currency) {
    int32_t first_date = date_none;
    for (uint32_t i = 0; i < x->tables->currencies_count; i++) {
        const struct command_currency_rule *row = &x->tables->currencies[i];
        if (row->currency != currency) continue;
        if (row->from_date <= x->trade_date) return verdict_ok();
        if (first_date == date_none || row->from_date < first_date) first_date = row->from_date;
    }
    return first_date == date_none ? verdict_ok() : verdict_refuse(REJECT_CURRENCY_NOT_YET_AVAILABLE, first_date, 0);
}

static void deposit(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_deposit *row = &command->deposit;
    if (row->participant >= x->participants_count || row->currency >= CURRENCY_COUNT || row->amount.minor <= 0 ||
        row->amount.minor > VALUE_MINOR_MAX || row->action > DEPOSIT_AT_ONCE) {
        refuse_value(command, events);
        return;
    }
    struct account *account = account_of(x, row->participant, row->currency);
    if (row->action == DEPOSIT_WITHDRAW) {
        if (row->amount.minor > account->free.minor) {
            refuse(command, NAME_NONE, 0,
                   verdict_refuse(REJECT_WITHDRAWAL_EXCEEDS_FREE, 0, account->free.minor), events);
            return;
        }
        ledger_ask_back(account, row->amount);
        say_deposit(account, row->participant, row->currency, DEPOSIT_WITHDRAW, row->amount, date_none, events);
        return;
    }
    struct verdict verdict = row->action == DEPOSIT_CREDIT ? check_currency(x, row->currency) : verdict_ok();
    if (verdict.reason != REJECT_NONE) {
        refuse(command, NAME_NONE, 0, verdict, events);
        return;
    }
    int64_t sum, held_for_all = -x->cash[row->currency].minor;
    if (__builtin_add_overflow(account->credited.minor, row->amount.minor, &sum) || sum > INT64_MAX / 4 ||
        held_for_all > INT64_MAX / 2 - row->amount.minor) {
        refuse_value(command, events);
        return;
    }
    int32_t days = (int32_t)x->tables->terms.deposit_business_days, counts_date = date_none;
    if (row->action == DEPOSIT_CREDIT && days > 0 && calendar_covers(x->trade_date))
        counts_date = calendar_add_business_days(&x->calendar, x->trade_date, days);
    ledger_credit(&x->cash[row->currency], account, row->amount, counts_date);
    say_deposit(account, row->participant, row->currency, (enum deposit_action)row->action, row->amount, counts_date,
                events);
}

/* ---- fees ---- */

/* Takes what is paid off the oldest unpaid fees. */
static void mark_paid(struct exchange *x, struct account *account, int64_t amount_minor) {
    while (account->unpaid_head != 0) {
        uint32_t at = account->unpaid_head;
        struct contract *contract = &x->contracts[at / 2];
        int64_t owed_minor = contract_unpaid(x, account, at).minor;
        if (amount_minor < owed_minor) {
            account->unpaid_head_paid.minor += amount_minor;
            return;
        }
        amount_minor -= owed_minor;
        contract->flags |= (uint8_t)(CONTRACT_BUYER_PAID << at % 2);
        account->unpaid_head_paid.minor = 0;
        account->unpaid_head = contract->next_unpaid[at % 2];
        if (account->unpaid_head == 0) account->unpaid_tail = 0;
    }
    CHECK(amount_minor == 0);
}

static void settle_fees(struct exchange *x, uint32_t participant, uint32_t currency, enum fee_source source,
                        money amount, struct event_buffer *events) {
    struct account *account = account_of(x, participant, currency);
    if (source == FEE_SOURCE_DEPOSIT) ledger_set_off(account, amount);
    else ledger_move(&x->cash[currency], &account->receivable, amount);
    mark_paid(x, account, amount.minor);
    *event_next(events) = (struct event){ .kind = EVENT_FEES_PAID, .instrument = NAME_NONE, .fees_paid = {
        .amount = amount, .fees_due.minor = -account->receivable.minor, .free = account->free,
        .participant = participant, .currency = (uint8_t)currency, .source = (uint8_t)source } };
}

static void pay_fees(struct exchange *x, const struct command *command, struct event_buffer *events) {
    const struct command_pay_fees *row = &command->pay_fees;
    if (row->participant >= x->participants_count || row->currency >= CURRENCY_COUNT || row->amount.minor <= 0 ||
        row->source > FEE_SOURCE_BANK ||
        row->amount.minor > -account_of(x, row->participant, row->currency)->receivable.minor) {
        refuse_value(command, events);
        return;
    }
    const struct account *account = account_of(x, row->participant, row->currency);
    if (row->source == FEE_SOURCE_DEPOSIT && row->amount.minor > account->free.minor) {
        refuse(command, NAME_NONE, 0, verdict_refuse(REJECT_WITHDRAWAL_EXCEEDS_FREE, 0, account->free.minor), events);
        return;
    }
    settle_list_fees(x);
    settle_fees(x, row->participant, row->currency, (enum fee_source)row->source, row->amount, events);
}

/* What of the fees is due on this date or before. */
static int64_t due_now(const struct exchange *x, const struct account *account) {
    int64_t due_minor = 0;
    for (uint32_t at = account->unpaid_head; at != 0; at = x->contracts[at / 2].next_unpaid[at % 2]) {
        if (x->contracts[at / 2].fee_due_date > x->trade_date) break;
        due_minor += contract_unpaid(x, account, at).minor;
    }
    return due_minor;
}

void money_begin_date(struct exchange *x, struct event_buffer *events) {
    settle_list_fees(x);
    int pays_out = calendar_covers(x->trade_date) && calendar_is_business_day(&x->calendar, x->trade_date);
    int collects = x->tables->terms.flags & RULE_COLLECT_FEES;
    for (uint32_t i = 0; i < x->participants_count * CURRENCY_COUNT; i++) {
        struct account *account = &x->accounts[i];
        uint32_t participant = i / CURRENCY_COUNT, currency = i % CURRENCY_COUNT;
        ledger_count_late(account, x->trade_date);
        if (pays_out && account->paying_out.minor > 0) {
            money amount = ledger_pay_out(&x->cash[currency], account);
            say_deposit(account, participant, currency, DEPOSIT_PAID_OUT, amount, date_none, events);
        }
        if (!collects || account->unpaid_head == 0) continue;
        int64_t due_minor = due_now(x, account);
        if (due_minor > account->free.minor) due_minor = account->free.minor;
        if (due_minor > 0)
            settle_fees(x, participant, currency, FEE_SOURCE_DEPOSIT, (money){ due_minor }, events);
    }
}

/* ---- bust (FEE-7) ---- */

/* Both entries of a fee are reversed: what was not paid is owed no more, what was paid is the payer's again. The fee
 * keeps its place in the list of those that are unpaid, with nothing owed. */
static void reverse_fee(struct exchange *x, uint32_t trade_id, enum side side) {
    const struct contract *contract = &x->contracts[trade_id];
    uint32_t currency = contract_fee_currency(contract, side), at = 2 * trade_id + side;
    struct account *account = account_of(x, contract_payer(x, trade_id, side), currency);
    money *income = &x->fee_incomes[currency];
    money owed = contract_fee_is_paid(contract, side) ? (money){ 0 } : contract_unpaid(x, account, at);
    money paid = { contract->fees[side].minor - owed.minor };
    if (account->unpaid_head == at) account->unpaid_head_paid.minor = 0;
    ledger_move(income, &account->receivable, owed);
    ledger_move(income, &account->free, paid);
    account->credited.minor += paid.minor;
}

static void bust(struct exchange *x, const struct command *command, struct event_buffer *events) {
    uint64_t trade_id = command->bust.trade_id;
    if (trade_id == 0 || trade_id > x->trades_count || trade_id > x->limits.contracts_max || !x->tables->has_terms ||
        x->contracts[trade_id].quantity.lots == 0 || x->contracts[trade_id].flags & CONTRACT_BUSTED) {
        refuse_value(command, events);
        return;
    }
    settle_list_fees(x);
    struct contract *contract = &x->contracts[trade_id];
    uint32_t currency = x->instruments[contract->instrument].currency;
    struct event *event = event_next(events);
    *event = (struct event){ .kind = EVENT_BUSTED, .instrument = contract->instrument,
                             .busted = { .trade_id = trade_id } };
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        struct account *account = account_of(x, contract_payer(x, trade_id, side), currency);
        event->busted.fees[side] = contract->fees[side];
        event->busted.fee_currencies[side] = contract_fee_currency(contract, side);
        event->busted.released[side] = contract->blocked[side];
        event->busted.participants[side] = contract_participant(x, trade_id, side);
        reverse_fee(x, (uint32_t)trade_id, (enum side)side);
        ledger_move(&account->blocked, &account->free, contract->blocked[side]);
        account->exposure.minor -= contract_value(x, contract).minor;
        contract->blocked[side].minor = 0;
    }
    contract->flags |= CONTRACT_BUSTED;
}

void money_apply(struct exchange *x, const struct command *command, struct event_buffer *events) {
    switch ((enum command_kind)command->kind) {
        case COMMAND_DEPOSIT: deposit(x, command, events); return;
        case COMMAND_PAY_FEES: pay_fees(x, command, events); return;
        case COMMAND_BUST: bust(x, command, events); return;
        default: refuse_value(command, events); return;
    }
}
