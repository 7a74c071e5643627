/* ledger.h - money on accounts, in double entry: every posting moves an amount from one balance to another.
 *
 * An account belongs to one participant and one currency. Balances are signed, and what the exchange owes is positive:
 *
 *     free -> held -> blocked       deposit: at hand, behind open orders, behind open contracts (DEP-4)
 *     free -> paying_out            asked back, no longer counted (DEP-6)
 *     receivable                    negative: exchange fees that the participant owes (FEE-6)
 *
 * The exchange's own balances in a currency are the other ends: cash (negative: money that it holds for others) and fee
 * income. All balances of a currency together are always 0; and (DEP-12)
 *
 *     credited = free + held + blocked + paying_out + paid_out + set_off
 *
 * Some of what is free may not count for orders yet, since it came too late (DEP-3): `uncounted`, at most free.
 * This file knows amounts; not orders, rules or names. */
#ifndef BIRZHA_LEDGER_H
#define BIRZHA_LEDGER_H

#include <stdint.h>

#include "instruments/check.h"
#include "instruments/money.h"

enum { late_credits_max = 4 };

struct account {
    /* What an order touches: one cache line. No two amounts that one step changes lie side by side: compilers would
     * read and write both as one of twice the width, and what another step has just written in halves must reach the
     * cache before it can be read whole. */
    money free;
    money uncounted;            /* part of free that does not count for orders yet */
    money held;
    money order_value_max;      /* RSK-1; 0 = no limit */
    money exposure;             /* value of open orders and open contracts, RSK-1 */
    uint32_t unpaid_head, unpaid_tail;  /* unpaid fees, oldest first: 2 x trade id + side, 0 = none; see settle.h */
    money blocked;
    money receivable;           /* <= 0; the fees due are its amount */
    /* The rest. */
    money credited, paying_out, paid_out;
    money set_off;              /* fees paid from the deposit */
    money late_amounts[late_credits_max];       /* credits that make up `uncounted`, and the date each counts from */
    int32_t late_dates[late_credits_max];
    money unpaid_head_paid;     /* of the oldest unpaid fee, what has been paid */
    uint8_t reserved[40];
};
_Static_assert(sizeof(struct account) == 192, "whole cache lines");

/* The one way money moves. The amount is not negative. */
static inline void ledger_move(money *from, money *to, money amount) {
    CHECK(amount.minor >= 0);
    from->minor -= amount.minor;
    to->minor += amount.minor;
}

/* What counts for an order now. */
static inline money ledger_counted(const struct account *account) {
    return (money){ account->free.minor - account->uncounted.minor };
}

/* All the money that stands on the account. */
static inline money ledger_standing(const struct account *account) {
    return (money){ account->free.minor + account->held.minor + account->blocked.minor };
}

/* Money comes in; it counts for orders from counts_date on, at once with date_none. */
void ledger_credit(money *cash, struct account *account, money amount, int32_t counts_date);
/* DEP-6: the amount is asked back; what came last goes first. At most account->free. */
void ledger_ask_back(struct account *account, money amount);
/* What was asked back leaves. Returns how much. */
money ledger_pay_out(money *cash, struct account *account);
/* Fees due are paid from what is free. At most account->free and the fees due. */
void ledger_set_off(struct account *account, money amount);
/* `date` begins: late credits whose day has come count. */
void ledger_count_late(struct account *account, int32_t date);

/* CHECKs signs and DEP-12. */
void ledger_verify(const struct account *account);

#endif
