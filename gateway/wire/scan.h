/* scan.h - one pass over a line of order entry: is it well-formed, and what are its members.
 *
 * Most lines of a busy exchange are flat objects of a few known members, without escapes. This scanner reads just
 * those, and hands out the members as they lie in the line: a string's bytes between its quotes, a number's digits and
 * its value. It says no to everything else, right or wrong: to a name that is not in the list below, to a name that
 * comes twice, to an escape, a byte beyond ASCII, an object or array inside, a number that is none of ours. What it
 * says no to is looked at by json_guard, which is the one to say what is wrong, and parsed by cJSON.
 *
 * So: every line that it takes is a line that json_guard takes and that cJSON understands the same way
 * (tests/fuzz/fuzz_agree.c). Eight bytes of a string at a time, no allocation, nothing but the line is read. */
#ifndef BIRZHA_WIRE_SCAN_H
#define BIRZHA_WIRE_SCAN_H

#include <stddef.h>
#include <stdint.h>

/* MEMBER_MAP(XX): XX(NAME, name on the wire, its first and its last letter). A name is told from all others by its
 * size and these two. */
#define MEMBER_MAP(XX) \
    XX(TYPE, "type", 't', 'e') XX(REQ_ID, "req_id", 'r', 'd') XX(CL_ORD_ID, "cl_ord_id", 'c', 'd') \
    XX(ORIG_CL_ORD_ID, "orig_cl_ord_id", 'o', 'd') XX(ORDER_ID, "order_id", 'o', 'd') \
    XX(SYMBOL, "symbol", 's', 'l') XX(SIDE, "side", 's', 'e') XX(ORDER_QTY, "order_qty", 'o', 'y') \
    XX(PRICE, "price", 'p', 'e') XX(ORD_TYPE, "ord_type", 'o', 'e') XX(TIME_IN_FORCE, "time_in_force", 't', 'e') \
    XX(EXPIRE_DATE, "expire_date", 'e', 'e') XX(STOP_PX, "stop_px", 's', 'x') XX(DISPLAY_QTY, "display_qty", 'd', 'y') \
    XX(MIN_QTY, "min_qty", 'm', 'y') XX(POST_ONLY, "post_only", 'p', 'y') XX(ALL_OR_NONE, "all_or_none", 'a', 'e') \
    XX(CLIENT, "client", 'c', 't') XX(SESSION, "session", 's', 'n') \
    XX(PAYMENT_TERMS, "payment_terms", 'p', 's') XX(STP, "stp", 's', 'p')

#define XX(name, text, first, last) MEMBER_##name,
enum member { MEMBER_MAP(XX) MEMBER_COUNT };
#undef XX

enum scan_kind { SCAN_STRING, SCAN_INTEGER, SCAN_TRUE, SCAN_FALSE, SCAN_NULL };

struct scan_value {
    const char *text;           /* in the line: the string without its quotes, or the word or number */
    uint32_t size;
    uint32_t kind;              /* enum scan_kind */
    int64_t integer;            /* SCAN_INTEGER */
};

struct scan {
    uint32_t members;           /* a bit for each that is there */
    struct scan_value values[MEMBER_COUNT];     /* set for those */
};

/* 1: the line is well-formed and *scan has all its members. 0: it is not such a line; *scan is of no use. */
__attribute__((warn_unused_result))
int scan_line(const char *text, size_t size, struct scan *scan);

/* The value of a member, NULL when it is not there. */
static inline const struct scan_value *scan_find(const struct scan *scan, enum member member) {
    return scan->members & 1u << member ? &scan->values[member] : NULL;
}

#endif
