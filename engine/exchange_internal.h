/* exchange_internal.h - the parts of exchange_apply, one file each: orders, world, time.
 * Only exchange*.c includes this. */
#ifndef BIRZHA_EXCHANGE_INTERNAL_H
#define BIRZHA_EXCHANGE_INTERNAL_H

#include "engine/rules/rules.h"
#include "engine/state.h"

/* exchange_everyday.c: the straight path. 0, and nothing has changed: the order is for orders_apply_new. */
int orders_apply_everyday(struct exchange *x, const struct command *command, struct event_buffer *events);

/* exchange_orders.c */
/* A new order that was admitted comes in; `content`: of names_content, where it has a name. */
void orders_enter(struct exchange *x, const struct command *command, const struct order_money *reckoned,
                  uint64_t content, struct event_buffer *events);
/* CHECKs that the written order of checks admits it too, with the same figures. */
void orders_check_agreement(struct exchange *x, const struct command *command, const struct order_money *reckoned);
void orders_apply_new(struct exchange *x, const struct command *command, struct event_buffer *events);
void orders_apply_amend(struct exchange *x, const struct command *command, struct event_buffer *events);
void orders_apply_cancel(struct exchange *x, const struct command *command, struct event_buffer *events);
void orders_apply_mass_cancel(struct exchange *x, const struct command *command, struct event_buffer *events);
void orders_apply_disconnect(struct exchange *x, const struct command *command, struct event_buffer *events);

/* Which orders end: those that `ends` says, in order of entry. Returns how many. */
struct order_filter {
    int (*ends)(const struct exchange *x, const struct order_filter *filter, uint32_t slot);
    uint16_t kind;              /* EVENT_CANCELED or EVENT_EXPIRED */
    uint16_t reason;            /* enum reject; with CAUSE_ADMISSION each order has its own */
    uint8_t cause, side;
    uint32_t instrument, participant, client, connection, session;
    int32_t date;
};
uint32_t orders_end_all(struct exchange *x, const struct order_filter *filter, struct event_buffer *events);

/* Ends the orders that may not stand any more, of everybody or those that a participant entered or that are for it. */
void orders_end_unfit(struct exchange *x, uint32_t participant, struct event_buffer *events);
/* RSK-3 */
void orders_end_killed(struct exchange *x, uint32_t participant, struct event_buffer *events);

/* exchange_people.c: who may trade; exchange_money.c: accounts, fees, busts. */
struct verdict people_register(struct exchange *x, const char *id, uint32_t participant, uint32_t *person);
void people_apply(struct exchange *x, const struct command *command, struct event_buffer *events);
void money_apply(struct exchange *x, const struct command *command, struct event_buffer *events);
/* A date begins: withdrawals leave, late money counts, fees are collected where the rules say so. */
void money_begin_date(struct exchange *x, struct event_buffer *events);

/* exchange_world.c: all commands that build or change the world. */
void world_apply(struct exchange *x, const struct command *command, struct event_buffer *events);
/* A request other than a new order is refused. */
void refuse(const struct command *command, uint32_t instrument, uint64_t order_id, struct verdict verdict,
            struct event_buffer *events);

void refuse_value(const struct command *command, struct event_buffer *events);
void refuse_full(const struct command *command, uint32_t count_max, struct event_buffer *events);

/* exchange_time.c */
void time_find_fee_due_date(struct exchange *x);
void time_change_phase(struct exchange *x, uint32_t session, enum phase phase, struct event_buffer *events);
void time_advance(struct exchange *x, int64_t time_ns, struct event_buffer *events);
void time_say(const struct exchange *x, struct event_buffer *events);
void time_plan(struct exchange *x);

#endif
