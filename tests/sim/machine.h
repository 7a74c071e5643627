/* machine.h - what a process asks its machine for, made of nothing but the seed: the time of day, randomness, the hash
 * of a password, and its own end. machine.c gives gateway/clock.h and the functions of libc and libcrypt that the
 * server calls. */
#ifndef BIRZHA_TESTS_SIM_MACHINE_H
#define BIRZHA_TESTS_SIM_MACHINE_H

#include <setjmp.h>
#include <stdint.h>

struct machine {
    int64_t wall_ns;            /* the time of day; may stand still or jump while steady time goes on */
    jmp_buf end;                /* where _Exit goes */
    uint32_t can_end;           /* 1: `end` is set */
    uint64_t exits;
};
extern struct machine machine;

/* Called before a CHECK that failed ends the program, to say how to repeat it. */
extern void (*machine_on_check)(void);

#endif
