/* ledger.c - credits, withdrawals, and the money that comes too late. */
#include "engine/clearing/ledger.h"

/* Adds to the late credits of a date. When there is no room the newest date takes it: no money counts too early. */
static void add_late(struct account *account, money amount, int32_t counts_date) {
    uint32_t at = 0;
    while (at + 1 < late_credits_max && account->late_amounts[at].minor != 0 && account->late_dates[at] != counts_date)
        at++;
    if (account->late_amounts[at].minor == 0 || account->late_dates[at] < counts_date)
        account->late_dates[at] = counts_date;
    account->late_amounts[at].minor += amount.minor;
    account->uncounted.minor += amount.minor;
}

void ledger_credit(money *cash, struct account *account, money amount, int32_t counts_date) {
    ledger_move(cash, &account->free, amount);
    account->credited.minor += amount.minor;
    if (counts_date != INT32_MIN) add_late(account, amount, counts_date);
}

/* The late credit that counts last; late_credits_max when there is none. */
static uint32_t latest(const struct account *account) {
    uint32_t best = late_credits_max;
    for (uint32_t i = 0; i < late_credits_max; i++) {
        if (account->late_amounts[i].minor == 0) continue;
        if (best == late_credits_max || account->late_dates[i] > account->late_dates[best]) best = i;
    }
    return best;
}

/* Takes up to `amount` out of what does not count yet, the latest first. */
static void take_late(struct account *account, int64_t amount_minor) {
    while (amount_minor > 0) {
        uint32_t at = latest(account);
        if (at == late_credits_max) return;
        int64_t part = account->late_amounts[at].minor < amount_minor ? account->late_amounts[at].minor : amount_minor;
        account->late_amounts[at].minor -= part;
        account->uncounted.minor -= part;
        amount_minor -= part;
    }
}

void ledger_ask_back(struct account *account, money amount) {
    CHECK(amount.minor <= account->free.minor);
    take_late(account, amount.minor);
    ledger_move(&account->free, &account->paying_out, amount);
}

money ledger_pay_out(money *cash, struct account *account) {
    money amount = account->paying_out;
    ledger_move(&account->paying_out, cash, amount);
    account->paid_out.minor += amount.minor;
    return amount;
}

void ledger_set_off(struct account *account, money amount) {
    CHECK(amount.minor <= account->free.minor && amount.minor <= -account->receivable.minor);
    take_late(account, amount.minor);
    ledger_move(&account->free, &account->receivable, amount);
    account->set_off.minor += amount.minor;
}

void ledger_count_late(struct account *account, int32_t date) {
    if (account->uncounted.minor == 0) return;
    for (uint32_t i = 0; i < late_credits_max; i++) {
        if (account->late_amounts[i].minor == 0 || account->late_dates[i] > date) continue;
        account->uncounted.minor -= account->late_amounts[i].minor;
        account->late_amounts[i].minor = 0;
    }
}

void ledger_verify(const struct account *account) {
    int64_t late_minor = 0;
    for (uint32_t i = 0; i < late_credits_max; i++) late_minor += account->late_amounts[i].minor;
    CHECK(late_minor == account->uncounted.minor);
    CHECK(account->free.minor >= account->uncounted.minor && account->uncounted.minor >= 0);
    CHECK(account->held.minor >= 0 && account->blocked.minor >= 0 && account->paying_out.minor >= 0);
    CHECK(account->receivable.minor <= 0 && account->exposure.minor >= 0);
    CHECK(account->credited.minor == account->free.minor + account->held.minor + account->blocked.minor +
          account->paying_out.minor + account->paid_out.minor + account->set_off.minor);
}
