/* gateway/PROTOCOL.md names everything that the code knows: requests, channels, reasons with numbers and rules. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/reject.h"
#include "gateway/wire/request.h"

TestSuite(protocol_page, .timeout = 10);

static char page[128 * 1024];

/* Tests run in the root of the repository. */
static void read_page(void) {
    FILE *file = fopen("gateway/PROTOCOL.md", "r");
    cr_assert_not_null(file, "gateway/PROTOCOL.md cannot be read from here");
    size_t size = fread(page, 1, sizeof page - 1, file);
    fclose(file);
    cr_assert_lt(size, sizeof page - 1);
    page[size] = '\0';
}

Test(protocol_page, lists_every_reason_with_number_and_rule, .init = read_page) {
    static const struct { int number; const char *name, *rule; } reasons[] = {
#define XX(number, name, text, rule) {number, text, rule},
        REJECT_MAP(XX)
#undef XX
    };
    for (size_t i = 1; i < sizeof reasons / sizeof reasons[0]; i++) {
        char row[160];
        snprintf(row, sizeof row, "\n| %d | `%s` | %s | ", reasons[i].number, reasons[i].name, reasons[i].rule);
        cr_expect(strstr(page, row) != NULL, "no row %s", row + 1);
    }
}

Test(protocol_page, names_every_request_and_channel, .init = read_page) {
    for (int type = REQUEST_UNKNOWN + 1; type < REQUEST_COUNT; type++) {
        cr_expect(strstr(page, request_name((enum request_type)type)) != NULL, "no word of %s",
                  request_name((enum request_type)type));
    }
    for (int channel = 0; channel < CHANNEL_COUNT; channel++) {
        char word[32];
        snprintf(word, sizeof word, "`%s`", channel_name((enum channel)channel));
        cr_expect(strstr(page, word) != NULL, "no word of %s", word);
    }
}

/* Section 11 and the list of requests agree on what is to come. */
Test(protocol_page, says_what_is_not_available, .init = read_page) {
    const char *section = strstr(page, "\n## 11. Not available yet");
    cr_assert_not_null(section);
    for (int type = REQUEST_UNKNOWN + 1; type < REQUEST_COUNT; type++) {
        char word[48];
        snprintf(word, sizeof word, "`%s`", request_name((enum request_type)type));
        int later = request_availability((enum request_type)type) == LATER;
        cr_expect_eq(strstr(section, word) != NULL, later, "%s", word);
    }
}
