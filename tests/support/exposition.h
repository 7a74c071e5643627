/* exposition.h - reads the Prometheus text format 0.0.4, and believes nothing about it. */
#ifndef BIRZHA_TEST_EXPOSITION_H
#define BIRZHA_TEST_EXPOSITION_H

#include <stddef.h>

/* Holds the page against the format, and against what Prometheus asks for beyond it: every family has HELP, then TYPE,
 * then its samples in one piece; names and labels are well formed; no sample comes twice; counters end in _total;
 * buckets rise in `le` and do not fall in count, +Inf is there and is the _count. 0, or -1 and what is wrong. */
int exposition_check(const char *page, char *why, size_t why_size);

/* The value of the sample that is written so, labels included ("name{a=\"b\"}"); -1 = there is none. */
double exposition_value(const char *page, const char *sample);

#endif
