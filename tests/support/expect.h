/* expect.h - says whether a message is what a test wants, member by member.
 *
 * An expectation is JSON text with ' for ". It names the members that matter; others may be there. Its values:
 *   number, true, false   equal
 *   "text"                equal; "*" any value; "~text" a string that contains it (expect_contains)
 *   null                  the member is not there
 *   [..]                  an array of the same length, element by element
 *   {..}                  an object, in the same way again */
#ifndef BIRZHA_TEST_EXPECT_H
#define BIRZHA_TEST_EXPECT_H

#include <stddef.h>

#include <cjson/cJSON.h>

/* 0 when `message` fits; else -1, and `why` (of `size` bytes) says which member does not. */
int expect_match(const char *expectation, const cJSON *message, char *why, size_t size);

/* The member that `path` leads to ("orders.0.order_id"), or NULL. */
const cJSON *expect_path(const cJSON *message, const char *path);

/* Whether `text` contains `part` as a whole word or number ("50" is not in "500" or "2.50"); a comma between two digits
 * of `text` counts for nothing. */
int expect_contains(const char *text, const char *part);

/* `text` with every ' turned into ". */
void expect_quotes(char *text);

#endif
