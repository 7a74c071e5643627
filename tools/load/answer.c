/* answer.c - see answer.h. */
#include "tools/load/answer.h"

#include <string.h>

static const char *const exec_names[] = {
#define XX(name, text) text,
    EXEC_TYPE_MAP(XX)
#undef XX
};

/* The end of a string whose first byte is at `at`: its closing quote; NULL without one. */
static const char *string_end(const char *at) {
    for (;; at++) {
        at += strcspn(at, "\"\\");
        if (*at == '"') return at;
        if (*at == '\0' || *++at == '\0') return NULL;
    }
}

static int64_t integer_of(struct answer_text value) {
    int64_t number = 0;
    uint32_t is_negative = value.size > 0 && value.text[0] == '-';
    for (uint32_t i = is_negative; i < value.size && value.text[i] >= '0' && value.text[i] <= '9'; i++)
        number = number * 10 + value.text[i] - '0';
    return is_negative ? -number : number;
}

static enum exec_type exec_type_of(struct answer_text value) {
    int type = 0;
    while (type < EXEC_TYPE_COUNT && !answer_text_is(value, exec_names[type])) type++;
    return (enum exec_type)type;
}

static enum answer_kind kind_of(struct answer_text value) {
    if (answer_text_is(value, "execution_report")) return ANSWER_REPORT;
    if (answer_text_is(value, "error")) return ANSWER_ERROR;
    return answer_text_is(value, "notice") ? ANSWER_NOTICE : ANSWER_OTHER;
}

/* Names are told by their size first, so that most members cost one comparison or none. */
static void keep(struct answer *answer, struct answer_text name, struct answer_text value) {
    switch (name.size) {
        case 3: if (answer_text_is(name, "seq")) answer->seq = (uint64_t)integer_of(value); break;
        case 4:
            if (answer_text_is(name, "type")) answer->kind = kind_of(value);
            else if (answer_text_is(name, "side")) answer->is_buy = answer_text_is(value, "buy");
            else if (answer_text_is(name, "code")) answer->code = integer_of(value);
            break;
        case 5: if (answer_text_is(name, "price")) answer->price = value; break;
        case 6:
            if (answer_text_is(name, "req_id")) {
                answer->has_request = 1;
                answer->request = (uint64_t)integer_of(value);
            } else if (answer_text_is(name, "symbol")) {
                answer->symbol = value;
            } else if (answer_text_is(name, "reason")) {
                answer->reason = value;
            }
            break;
        case 7:
            if (answer_text_is(name, "cum_qty")) answer->filled = integer_of(value);
            else if (answer_text_is(name, "last_px")) answer->last_price = value;
            break;
        case 8:
            if (answer_text_is(name, "order_id")) answer->order_id = value;
            else if (answer_text_is(name, "trade_id")) answer->trade_id = value;
            else if (answer_text_is(name, "last_qty")) answer->last_quantity = integer_of(value);
            else if (answer_text_is(name, "poss_dup")) answer->is_duplicate = answer_text_is(value, "true");
            break;
        case 9:
            if (answer_text_is(name, "exec_type")) answer->exec_type = exec_type_of(value);
            else if (answer_text_is(name, "order_qty")) answer->quantity = integer_of(value);
            break;
        case 10:
            if (answer_text_is(name, "leaves_qty")) answer->leaves = integer_of(value);
            else if (answer_text_is(name, "ord_status")) answer->waits = answer_text_is(value, "pending_trigger");
            break;
        default: break;
    }
}

/* One member from `at`: its name, its value; the byte behind it, NULL when it is not of this form, or is no plain
 * value (*nests is set then). */
static const char *read_member(const char *at, struct answer_text *name, struct answer_text *value, int *nests) {
    const char *end = *at == '"' ? string_end(at + 1) : NULL;
    if (end == NULL || end[1] != ':') return NULL;
    *name = (struct answer_text){ at + 1, (uint32_t)(end - at - 1) };
    at = end + 2;
    *nests = *at == '[' || *at == '{';
    if (*nests) return NULL;
    if (*at == '"') {
        end = string_end(at + 1);
        if (end == NULL) return NULL;
        *value = (struct answer_text){ at + 1, (uint32_t)(end - at - 1) };
        return end + 1;
    }
    *value = (struct answer_text){ at, (uint32_t)strcspn(at, ",}") };
    return value->size > 0 ? at + value->size : NULL;
}

int answer_read(const char *line, struct answer *answer) {
    struct answer_text name, value;
    int nests = 0;
    *answer = (struct answer){ .kind = ANSWER_OTHER, .exec_type = EXEC_TYPE_COUNT };
    if (*line != '{') return -1;
    do {
        line = read_member(line + 1, &name, &value, &nests);
        if (line == NULL) {
            answer->kind = ANSWER_OTHER;
            return nests ? 0 : -1;
        }
        keep(answer, name, value);
    } while (*line == ',');
    return line[0] == '}' && line[1] == '\0' ? 0 : -1;
}
