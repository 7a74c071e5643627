/* The list of requests: names, who may ask what. */
#include <criterion/criterion.h>
#include <string.h>

#include "gateway/wire/request.h"

TestSuite(request, .timeout = 10);

Test(request, every_name_leads_back_to_its_type) {
    for (int type = REQUEST_UNKNOWN + 1; type < REQUEST_COUNT; type++) {
        const char *name = request_name((enum request_type)type);
        cr_expect_eq((int)request_find(name, (uint32_t)strlen(name)), type, "%s", name);
        cr_expect_eq(request_find(name, (uint32_t)strlen(name) - 1), REQUEST_UNKNOWN, "%s cut", name);
    }
    cr_expect_null(request_name(REQUEST_UNKNOWN));
    cr_expect_eq(request_find("New_Order", 9), REQUEST_UNKNOWN);
    cr_expect_eq(request_find("", 0), REQUEST_UNKNOWN);
}

Test(request, roles_may_ask_what_their_access_says) {
    static const struct { enum access access; int allowed[ROLE_COUNT]; } rows[] = {
        /*                   trader observer supervisor admin */
        {ACCESS_PUBLIC,     {1, 1, 1, 1}},
        {ACCESS_LOGGED_ON,  {1, 1, 1, 1}},
        {ACCESS_TRADER,     {1, 0, 0, 0}},
        {ACCESS_SUPERVISOR, {0, 0, 1, 1}},
        {ACCESS_ADMIN,      {0, 0, 0, 1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int role = 0; role < ROLE_COUNT; role++) {
            cr_expect_eq(access_allows(rows[i].access, (enum role)role), rows[i].allowed[role], "%s, role %d",
                         access_name(rows[i].access), role);
        }
    }
}

Test(request, access_is_that_of_the_protocol) {
    static const struct { enum request_type type; enum access access; } rows[] = {
        {REQUEST_LOGON, ACCESS_PUBLIC}, {REQUEST_SUBSCRIBE, ACCESS_PUBLIC}, {REQUEST_INSTRUMENTS, ACCESS_PUBLIC},
        {REQUEST_UNKNOWN, ACCESS_LOGGED_ON}, {REQUEST_BALANCES, ACCESS_LOGGED_ON}, {REQUEST_DEALS, ACCESS_LOGGED_ON},
        {REQUEST_NEW_ORDER, ACCESS_TRADER}, {REQUEST_MASS_CANCEL, ACCESS_TRADER}, {REQUEST_LOT_BID, ACCESS_TRADER},
        {REQUEST_ADMIN_HALT, ACCESS_SUPERVISOR}, {REQUEST_ADMIN_PHASE, ACCESS_SUPERVISOR},
        {REQUEST_ADMIN_ACCREDIT, ACCESS_SUPERVISOR}, {REQUEST_ADMIN_DEPOSIT, ACCESS_SUPERVISOR},
        {REQUEST_ADMIN_BUST, ACCESS_SUPERVISOR}, {REQUEST_ADMIN_CLOCK, ACCESS_ADMIN},
        {REQUEST_ADMIN_SNAPSHOT, ACCESS_ADMIN}, {REQUEST_ADMIN_SHUTDOWN, ACCESS_ADMIN},
        {REQUEST_ADMIN_USER, ACCESS_ADMIN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(request_access(rows[i].type), rows[i].access, "row %zu", i);
    }
}
