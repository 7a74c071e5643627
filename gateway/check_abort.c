/* check_abort.c - what a failed CHECK does in every program of this project: it says where, and stops. */
#include <stdio.h>
#include <stdlib.h>

#include "instruments/check.h"

_Noreturn void check_failed(const char *expression, const char *file, int line) {
    fprintf(stderr, "birzha: internal error: CHECK(%s) failed at %s:%d\n", expression, file, line);
    abort();
}
