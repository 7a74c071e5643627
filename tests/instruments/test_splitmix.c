/* test_splitmix.c - the numbers that the published generator gives for the seed 1234567. */
#include <criterion/criterion.h>

#include "instruments/splitmix.h"

Test(splitmix, known_answers) {
    static const uint64_t expected[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                        UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                        UINT64_C(16408922859458223821)};
    uint64_t state = 1234567;
    for (int i = 0; i < 5; i++) cr_expect_eq(splitmix64(&state), expected[i], "number %d", i);
}
