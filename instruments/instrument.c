/* instrument.c - the names of sections, currencies, units, incoterms and payment terms, from their lists. */
#include "instruments/instrument.h"

#include <stddef.h>
#include <string.h>

struct name {
    const char *text;
    uint32_t size;
};

#define NAME(text) { text, sizeof(text) - 1 },

#define XX(name, text) NAME(text)
static const struct name sections[] = { SECTION_MAP(XX) };
static const struct name units[] = { UNIT_MAP(XX) };
static const struct name payment_terms[] = { PAYMENT_TERMS_MAP(XX) };
#undef XX
#define XX(code) NAME(#code)
static const struct name currencies[] = { CURRENCY_MAP(XX) };
static const struct name incoterms[] = { INCOTERM_MAP(XX) };
#undef XX

static const char *name_of(const struct name *names, uint32_t count, uint32_t value) {
    return value < count ? names[value].text : NULL;
}

static int value_of(const struct name *names, uint32_t count, const char *text, uint32_t size) {
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].size == size && memcmp(names[i].text, text, size) == 0) return (int)i;
    }
    return -1;
}

const char *section_name(enum section section) { return name_of(sections, SECTION_COUNT, (uint32_t)section); }
const char *currency_code(enum currency currency) { return name_of(currencies, CURRENCY_COUNT, (uint32_t)currency); }
const char *unit_name(enum unit unit) { return name_of(units, UNIT_COUNT, (uint32_t)unit); }
const char *incoterm_code(enum incoterm incoterm) { return name_of(incoterms, INCOTERM_COUNT, (uint32_t)incoterm); }
const char *payment_terms_name(enum payment_terms terms) {
    return name_of(payment_terms, PAYMENT_COUNT, (uint32_t)terms);
}

int section_parse(const char *text, uint32_t size) { return value_of(sections, SECTION_COUNT, text, size); }
int currency_parse(const char *text, uint32_t size) { return value_of(currencies, CURRENCY_COUNT, text, size); }
int unit_parse(const char *text, uint32_t size) { return value_of(units, UNIT_COUNT, text, size); }
int incoterm_parse(const char *text, uint32_t size) { return value_of(incoterms, INCOTERM_COUNT, text, size); }
int payment_terms_parse(const char *text, uint32_t size) {
    return value_of(payment_terms, PAYMENT_COUNT, text, size);
}
