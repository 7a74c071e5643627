/* check.h - CHECK: what must hold in every build. A CHECK that fails is a bug in this program; the process stops
 * before it can do harm. Bad input never reaches one: it is refused with a reason. */
#ifndef BIRZHA_CHECK_H
#define BIRZHA_CHECK_H

/* Prints the place and aborts. The one hook that the pure layers leave undefined; check_abort.c in gateway/
 * gives the ordinary one. */
_Noreturn void check_failed(const char *expression, const char *file, int line);

#define CHECK(expression) \
    (__builtin_expect(!(expression), 0) ? check_failed(#expression, __FILE__, __LINE__) : (void)0)

/* Invariants too costly for the hot path of a release: on in every other flavour. */
#ifdef BIRZHA_PARANOID
#define PARANOID 1
#define CHECK_PARANOID(expression) CHECK(expression)
#else
#define PARANOID 0
#define CHECK_PARANOID(expression) ((void)0)
#endif

#endif
