/* test_admin_request.c - an official's words, as the one line of JSON that is sent. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/wire/request.h"
#include "tools/client/admin_request.h"

/* `text` is words with one blank between them. Returns the line, or the mistake. */
static const char *make(const char *text) {
    static char result[1024];
    char copy[256], mistake[admin_mistake_size], *rest = copy;
    const char *words[20];
    uint32_t count = 0;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *word; (word = strsep(&rest, " ")) != NULL;) words[count++] = word;
    char *line = admin_request_make(words, count, 7, mistake);
    snprintf(result, sizeof result, "%s", line != NULL ? line : mistake);
    free(line);
    return result;
}

Test(admin_request, members_are_written_as_the_exchange_reads_them) {
    static const char *const cases[][2] = {
        {"accredit PL-1 agri 2021-01-01", "'type':'admin_accredit','req_id':7,'participant':'PL-1','section':'agri',"
         "'from':'2021-01-01'"},
        {"client PL-1 UA-1 agri side=buy order_qty_max=5 limit_px=2750.00 own_account=no expire_date=none",
         "'type':'admin_client','req_id':7,'broker':'PL-1','client':'UA-1','section':'agri','side':'buy',"
         "'order_qty_max':5,'limit_px':'2750.00','own_account':false,'expire_date':null"},
        {"broker PL-1 2022-01-01 other=-3 tax_arrears=yes", "'type':'admin_broker','req_id':7,'participant':'PL-1',"
         "'from':'2022-01-01','other':-3,'tax_arrears':true"},
        {"papers PL-1 none", "'type':'admin_papers','req_id':7,'participant':'PL-1','missing':[]"},
        {"papers PL-1 passport,statutes at_once=yes", "'type':'admin_papers','req_id':7,'participant':'PL-1',"
         "'missing':['passport','statutes'],'at_once':true"},
        {"sanction PL-1 none", "'type':'admin_sanction','req_id':7,'participant':'PL-1','until':null"},
        {"own-use PL-1 none", "'type':'admin_own_use','req_id':7,'participant':'PL-1','from':null"},
        {"session S symbols=A,B schedule=09:00-17:00/14@2021-01-11 countries=none own_use=yes",
         "'type':'admin_session','req_id':7,'session':'S','symbols':['A','B'],'schedule':{'open':'09:00',"
         "'close':'17:00','every_days':14,'anchor':'2021-01-11'},'countries':null,'own_use':true"},
        {"session S schedule=always", "'type':'admin_session','req_id':7,'session':'S','schedule':'always'"},
        {"payout PL-1 USD 5.00", "'type':'admin_deposit','req_id':7,'participant':'PL-1','currency':'USD',"
         "'amount':'5.00','action':'withdraw'"},
        {"user boss none supervisor pw person=p", "'type':'admin_user','req_id':7,'user':'boss','role':'supervisor',"
         "'password':'pw','person':'p'"},
        {"digest", "'type':'admin_digest','req_id':7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[512];
        snprintf(expected, sizeof expected, "{%s}", cases[i][1]);
        for (char *at = expected; *at != '\0'; at++) *at = *at == '\'' ? '"' : *at;
        cr_expect_str_eq(make(cases[i][0]), expected, "%s: %s", cases[i][0], make(cases[i][0]));
    }
}

Test(admin_request, words_that_make_no_request) {
    static const char *const cases[][2] = {
        {"dance", "admin wants a request, not \"dance\""},
        {"accredit PL-1 agri", "admin accredit wants 3 arguments"},
        {"kill PL-1 maybe", "on cannot be \"maybe\""},
        {"limits PL-1 message_rate=fast", "message_rate cannot be \"fast\""},
        {"session S schedule=noon", "schedule cannot be \"noon\""},
        {"session S schedule=09:00-17:00x", "schedule cannot be \"09:00-17:00x\""},
        {"papers PL-1 passport,,statutes", "missing cannot be \"passport,,statutes\""},
        {"halt A colour=red", "colour=red is no argument of admin halt"},
        {"sanction PL-1 none until=none", "until=none is no argument of admin sanction"},
        {"broker PL-1 2021-01-01 to=none to=none", "to is given twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_str_eq(make(cases[i][0]), cases[i][1], "%s", make(cases[i][0]));
}

/* Every message of an official that the exchange takes can be typed. */
Test(admin_request, knows_every_message) {
    for (int type = REQUEST_UNKNOWN + 1; type < REQUEST_COUNT; type++) {
        const char *name = request_name((enum request_type)type);
        if (strncmp(name, "admin_", 6) != 0 || request_availability((enum request_type)type) != OFFERED) continue;
        char usage[320], word[32], part[64], *line, mistake[admin_mistake_size];
        const char *summary;
        int found = 0;
        snprintf(part, sizeof part, "\"%s\"", name);
        for (uint32_t i = 0; admin_request_describe(i, usage, &summary); i++) {
            const char *words[] = {word, "none", "no", "no", "no"};
            snprintf(word, sizeof word, "%.*s", (int)strcspn(usage, " "), usage);
            for (uint32_t count = 1; count <= 5; count++) {
                line = admin_request_make(words, count, 1, mistake);
                if (line != NULL) found |= strstr(line, part) != NULL;
                free(line);
            }
        }
        cr_expect(found, "%s", name);
    }
}
