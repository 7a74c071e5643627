/* names.c - the ring of client order ids and its buckets. */
#include "engine/participants/names.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "engine/state.h"

uint32_t names_buckets_count(uint32_t client_ids_max) {
    uint32_t count = 2;
    while (count < client_ids_max) count *= 2;
    return count;
}

/* Whether an order ends with its connection is said by the session, not by the request: who comes back over a session
 * of the other kind sends the same order again. */
uint64_t names_content(const struct command *command) {
    if (command->kind != COMMAND_NEW_ORDER || !(command->new_order.flags & ORDER_CANCEL_ON_DISCONNECT))
        return XXH3_64bits_withSeed(&command->clock, sizeof command->clock, command->kind);
    struct command asked = *command;
    asked.new_order.flags &= (uint8_t)~ORDER_CANCEL_ON_DISCONNECT;
    return XXH3_64bits_withSeed(&asked.clock, sizeof asked.clock, asked.kind);
}

static uint32_t bucket_of(const struct exchange *x, uint32_t participant, const char *text) {
    return (uint32_t)XXH3_64bits_withSeed(text, client_order_id_size, participant) & (x->name_buckets_count - 1);
}

static uint16_t day_of(int32_t trade_date) {
    return (uint16_t)(trade_date - date_from_civil(calendar_year_first, 1, 1) + 1);
}

static bool name_is(const struct order_name *name, uint32_t participant, const char *text) {
    return name->participant == participant && memcmp(name->text, text, client_order_id_size) == 0;
}

enum name_use names_check(const struct exchange *x, uint32_t participant, const char *text, uint64_t content,
                          uint32_t *found) {
    uint16_t today = day_of(x->trade_date);
    for (uint32_t i = x->name_buckets[bucket_of(x, participant, text)]; i != 0; i = x->names[i].next) {
        const struct order_name *name = &x->names[i];
        if ((name->day & ~NAME_REPLACED) != today || !name_is(name, participant, text)) continue;
        *found = i;
        return name->content == content ? NAME_SAME_REQUEST : NAME_OTHER_REQUEST;
    }
    return NAME_UNUSED;
}

void names_fetch(const struct exchange *x, uint32_t participant, const char *text) {
    __builtin_prefetch(&x->name_buckets[bucket_of(x, participant, text)]);
}

/* Buckets are filled at the head, so the first match is the latest. */
uint32_t names_find(const struct exchange *x, uint32_t participant, const char *text) {
    for (uint32_t i = x->name_buckets[bucket_of(x, participant, text)]; i != 0; i = x->names[i].next)
        if (!(x->names[i].day & NAME_REPLACED) && name_is(&x->names[i], participant, text)) return i;
    return 0;
}

static void bucket_push(struct exchange *x, uint32_t index) {
    struct order_name *name = &x->names[index];
    uint32_t *bucket = &x->name_buckets[bucket_of(x, name->participant, name->text)];
    name->next = *bucket;
    *bucket = index;
}

/* Once the ring has gone round, the oldest lies where the next would go. */
void names_fill_buckets(struct exchange *x, uint32_t count) {
    uint32_t first = count == x->limits.client_ids_max ? x->names_next : 1;
    for (uint32_t i = first; i <= count; i++) bucket_push(x, i);
    for (uint32_t i = 1; i < first; i++) bucket_push(x, i);
}

static void forget(struct exchange *x, uint32_t index) {
    struct order_name *name = &x->names[index];
    uint32_t *link = &x->name_buckets[bucket_of(x, name->participant, name->text)];
    while (*link != index) link = &x->names[*link].next;
    *link = name->next;
    uint32_t slot;
    if (order_pool_find(&x->pool, name->order_id, &slot) == ORDER_FOUND && x->details[slot].name == index)
        x->details[slot].name = 0;
}

void names_replace(struct exchange *x, uint32_t name) { x->names[name].day |= NAME_REPLACED; }

uint32_t names_insert(struct exchange *x, uint32_t participant, const char *text, uint64_t content, uint64_t order_id,
                      uint32_t instrument) {
    CHECK(text[0] != '\0');
    uint32_t index = x->names_next;
    struct order_name *name = &x->names[index];
    if (name->day != 0) forget(x, index);
    memcpy(name->text, text, client_order_id_size);
    name->participant = participant;
    name->order_id = order_id;
    name->content = content;
    name->day = day_of(x->trade_date);
    name->instrument = (uint16_t)instrument;
    bucket_push(x, index);
    x->names_next = index == x->limits.client_ids_max ? 1 : index + 1;
    return index;
}
