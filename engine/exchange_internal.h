/* exchange_internal.h - the parts of exchange_apply, one file each: orders, world, time.
 * Only exchange*.c includes this. */
#ifndef BIRZHA_EXCHANGE_INTERNAL_H
#define BIRZHA_EXCHANGE_INTERNAL_H

#include "engine/rules/rules.h"
#include "engine/state.h"

/* exchange_orders.c */
void orders_apply_new(struct exchange *x, const struct command *command, struct event_buffer *events);
void orders_apply_amend(struct exchange *x, const struct command *command, struct event_buffer *events);
void orders_apply_cancel(struct exchange *x, const struct command *command, struct event_buffer *events);
void orders_apply_mass_cancel(struct exchange *x, const struct command *command, struct event_buffer *events);
void orders_apply_disconnect(struct exchange *x, const struct command *command, struct event_buffer *events);

/* Which orders end: those that `ends` says, in order of entry. Returns how many. */
struct order_filter {
    int (*ends)(const struct exchange *x, const struct order_filter *filter, uint32_t slot);
    uint16_t kind;              /* EVENT_CANCELED or EVENT_EXPIRED */
    uint8_t cause, side;
    uint32_t instrument, participant, connection, session;
    int32_t date;
};
uint32_t orders_end_all(struct exchange *x, const struct order_filter *filter, struct event_buffer *events);

/* exchange_world.c: all commands that build or change the world. */
void world_apply(struct exchange *x, const struct command *command, struct event_buffer *events);
/* A request other than a new order is refused. */
void refuse(const struct command *command, uint32_t instrument, uint64_t order_id, struct verdict verdict,
            struct event_buffer *events);

/* exchange_time.c */
void time_advance(struct exchange *x, int64_t time_ns, struct event_buffer *events);
void time_say(const struct exchange *x, struct event_buffer *events);
void time_plan(struct exchange *x);

#endif
