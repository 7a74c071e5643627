/* reject.c - names and rules of the reasons. */
#include "engine/reject.h"

#include <stddef.h>

const char *reject_name(enum reject reason) {
    switch (reason) {
#define XX(number, name, text, rule) case REJECT_##name: return text;
        REJECT_MAP(XX)
#undef XX
    }
    return NULL;
}

const char *reject_rule(enum reject reason) {
    switch (reason) {
#define XX(number, name, text, rule) case REJECT_##name: return rule;
        REJECT_MAP(XX)
#undef XX
    }
    return NULL;
}
