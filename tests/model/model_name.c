/* model_name.c - client order ids: which request used one, and which order bears it (MATCHING.md 1 and 6). */
#include "tests/model/model_state.h"

/* The last request of the participant that used the name, or NULL. */
struct used_name *model_find_name(struct model *m, uint32_t participant, const char *name) {
    for (uint32_t i = m->names_count; i-- > 0 && name[0] != '\0';) {
        struct used_name *n = &m->names[i];
        if (n->participant == participant && memcmp(n->name, name, client_order_id_size) == 0) return n;
    }
    return NULL;
}

bool model_is_used_today(const struct model *m, const struct used_name *n) {
    return n != NULL && n->date == model_today(m);
}

/* What was asked, word for word; that the order ends with its connection was not said by the request. */
static void copy_content(const struct model *m, uint8_t *content) {
    struct command_new_order asked = m->command->new_order;
    if (m->command->kind == COMMAND_NEW_ORDER) asked.flags &= (uint8_t)~ORDER_CANCEL_ON_DISCONNECT;
    memcpy(content, &asked, sizeof asked);
}

bool model_is_resend(const struct model *m, const struct used_name *n) {
    uint8_t content[sizeof n->content];
    copy_content(m, content);
    return model_is_used_today(m, n) && n->kind == m->command->kind &&
           memcmp(n->content, content, sizeof content) == 0;
}

void model_answer_resend(struct model *m, const struct used_name *n) {
    struct event *e = model_say(m, EVENT_ORDER_STATUS, n->instrument);
    e->order_status.order_id = n->order_id;
    e->order_status.participant = n->participant;
}

void model_say_name(struct model *m, uint32_t instrument, uint64_t order_id, const char *name) {
    if (name[0] == '\0') return;
    struct event *e = model_say(m, EVENT_CLIENT_ID, instrument);
    e->client_id.order_id = order_id;
    e->client_id.participant = m->command->participant;
    memcpy(e->client_id.text, name, client_order_id_size);
}

static struct used_name *new_name(struct model *m) {
    if (m->names_count == m->limits.client_ids_max) {
        m->names_count--;       /* the oldest is forgotten */
        memmove(m->names, m->names + 1, m->names_count * sizeof *m->names);
    }
    if (m->names_count == m->names_capacity) {
        m->names_capacity = m->names_capacity * 2 + 16;
        m->names = realloc(m->names, m->names_capacity * sizeof *m->names);
        CHECK(m->names != NULL);
    }
    return &m->names[m->names_count++];
}

void model_use_name(struct model *m, struct order *o, const char *name) {
    if (name[0] == '\0') return;
    for (uint32_t i = 0; i < m->names_count; i++)
        if (m->names[i].order_id == o->id) m->names[i].replaced = true;
    struct used_name *n = new_name(m);
    memset(n, 0, sizeof *n);
    n->participant = o->participant;
    memcpy(n->name, name, client_order_id_size);
    n->date = model_today(m);
    n->kind = m->command->kind;
    copy_content(m, n->content);
    n->order_id = o->id;
    n->instrument = o->instrument;
    memcpy(o->name, name, client_order_id_size);
}

uint64_t model_bearer_of(const struct model *m, uint32_t participant, const char *name) {
    for (uint32_t i = m->names_count; i-- > 0 && name[0] != '\0';) {
        const struct used_name *n = &m->names[i];
        if (n->participant == participant && !n->replaced && memcmp(n->name, name, client_order_id_size) == 0)
            return n->order_id;
    }
    return 0;
}
