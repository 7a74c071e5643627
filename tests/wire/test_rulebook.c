/* engine/rules/RULEBOOK.md and engine/reject.h agree: every reason with a rule is in the page, and with its rule. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "engine/reject.h"

TestSuite(rulebook, .timeout = 10);

static char page[128 * 1024];

/* Tests run in the root of the repository. */
static void read_page(void) {
    FILE *file = fopen("engine/rules/RULEBOOK.md", "r");
    cr_assert_not_null(file, "engine/rules/RULEBOOK.md cannot be read from here");
    size_t size = fread(page, 1, sizeof page - 1, file);
    fclose(file);
    cr_assert_lt(size, sizeof page - 1);
    page[size] = '\0';
}

static const struct { int number; const char *name, *rule; } reasons[] = {
#define XX(number, name, text, rule) {number, text, rule},
    REJECT_MAP(XX)
#undef XX
};
enum { reasons_count = sizeof reasons / sizeof reasons[0] };

/* A rule in force has a row; one that is not is named behind the last heading. */
Test(rulebook, has_every_rule_that_a_reason_names, .init = read_page) {
    const char *later = strstr(page, "\n## Not enforced yet");
    cr_assert_not_null(later);
    for (int i = 1; i < reasons_count; i++) {
        if (reasons[i].rule[0] == '\0') continue;
        char row[32], word[48];
        snprintf(row, sizeof row, "\n| %s | ", reasons[i].rule);
        snprintf(word, sizeof word, "`%s`", reasons[i].name);
        cr_expect(strstr(page, row) != NULL || strstr(later, reasons[i].rule) != NULL, "no rule %s", reasons[i].rule);
        cr_expect(strstr(page, word) != NULL, "no word of %s", word);
    }
}

/* Every reason that the page names is one, and stands behind its number. */
Test(rulebook, names_no_reason_that_does_not_exist, .init = read_page) {
    int named_count = 0;
    for (const char *at = strchr(page, '`'); at != NULL; at = strchr(at + 1, '`')) {
        const char *end = strchr(at + 1, '`');
        cr_assert_not_null(end);
        int number = 0;
        if (at >= page + 5 && at[-1] == ' ' && sscanf(at - 5, "%d", &number) == 1 && number >= 100) {
            char name[64] = "";
            snprintf(name, sizeof name, "%.*s", (int)(end - at - 1), at + 1);
            const char *known = reject_name((enum reject)number);
            cr_expect(known != NULL && strcmp(known, name) == 0, "%d `%s`", number, name);
            named_count++;
        }
        at = end;
    }
    cr_expect_gt(named_count, 70);
}
