/* answer.h - what a load generator needs to know of a message of the exchange, read in one pass.
 *
 * Reports and errors are flat objects and come by the hundred thousand a second; everything else is rare and left to
 * cJSON. Texts are views into the line. */
#ifndef BIRZHA_LOAD_ANSWER_H
#define BIRZHA_LOAD_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include "engine/views/report.h"

enum answer_kind { ANSWER_OTHER, ANSWER_REPORT, ANSWER_ERROR, ANSWER_NOTICE };

struct answer_text { const char *text; uint32_t size; };

struct answer {
    enum answer_kind kind;
    enum exec_type exec_type;       /* of a report; EXEC_TYPE_COUNT: unknown */
    int has_request, is_buy, is_duplicate, waits;       /* `waits`: a stop before its trigger */
    uint64_t request;               /* req_id */
    uint64_t seq;                   /* 0: none */
    struct answer_text order_id, symbol, price, trade_id, last_price, reason;
    int64_t quantity, filled, leaves, last_quantity, code;
};

/* 0; -1: the line is not a JSON object of the form that the exchange writes. A message with anything inside that is
 * not a plain value is ANSWER_OTHER. */
__attribute__((warn_unused_result))
int answer_read(const char *line, struct answer *answer);

static inline int answer_text_is(struct answer_text text, const char *word) {
    size_t i = 0;
    while (i < text.size && word[i] == text.text[i] && word[i] != '\0') i++;
    return i == text.size && word[i] == '\0';
}

/* 64 bits of a text (FNV-1a, finished with a multiplication). */
static inline uint64_t answer_text_hash(struct answer_text text) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (uint32_t i = 0; i < text.size; i++) hash = (hash ^ (unsigned char)text.text[i]) * UINT64_C(0x100000001B3);
    return (hash ^ hash >> 32) * UINT64_C(0x9E3779B97F4A7C15);
}

#endif
