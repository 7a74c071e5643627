/* exposition.c - a strict little reader; see exposition.h. */
#include "tests/support/exposition.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { name_max = 120, labels_max = 200 };

struct reading {
    char family[name_max], type[16];
    int has_help, has_type, samples_count;
    char labels[labels_max];            /* of the histogram's row of buckets, without le */
    double le, count;                   /* of the last bucket; le NAN = none is open */
};

static size_t name_length(const char *text) {
    size_t size = 0;
    while (isalpha((unsigned char)text[size]) || text[size] == '_' || text[size] == ':' ||
           (size > 0 && isdigit((unsigned char)text[size]))) size++;
    return size;
}

static int ends_with(const char *text, const char *end) {
    size_t size = strlen(text), end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static const char *take_help(struct reading *r, const char *page, const char *at) {
    char before[name_max + 16];
    size_t size = name_length(at);
    if (size == 0 || size >= name_max || at[size] != ' ' || at[size + 1] == '\n') return "HELP without name or text";
    if (r->family[0] && r->samples_count == 0) return "a family without samples";
    memset(r, 0, sizeof *r);
    r->le = NAN;
    memcpy(r->family, at, size);
    r->has_help = 1;
    snprintf(before, sizeof before, "# HELP %s ", r->family);
    return strstr(page, before) != at - strlen("# HELP ") ? "a family comes twice" : NULL;
}

static const char *take_type(struct reading *r, const char *at, const char *end) {
    size_t size = name_length(at);
    if (!r->has_help || r->has_type || strlen(r->family) != size || memcmp(r->family, at, size) != 0)
        return "TYPE is not behind its HELP";
    if (at[size] != ' ' || (size_t)(end - at) - size - 1 >= sizeof r->type) return "TYPE without a type";
    memcpy(r->type, at + size + 1, (size_t)(end - at) - size - 1);
    r->has_type = 1;
    if (strcmp(r->type, "counter") && strcmp(r->type, "gauge") && strcmp(r->type, "histogram")) return "unknown type";
    if ((strcmp(r->type, "counter") == 0) != ends_with(r->family, "_total")) return "a counter ends in _total, nothing else";
    return NULL;
}

/* Labels up to their brace; `le` apart. */
static const char *take_labels(const char **at, char labels[labels_max], double *le) {
    labels[0] = '\0';
    *le = NAN;
    if (**at != '{') return NULL;
    do {
        const char *name = ++*at;
        size_t size = name_length(name);
        if (size == 0 || name[size] != '=' || name[size + 1] != '"') return "a label is not NAME=\"";
        const char *value = name + size + 2, *end = value;
        while (*end != '"' && *end != '\n' && *end != '\\') end++;
        if (*end != '"') return "a label has no end";
        if (size == 2 && memcmp(name, "le", 2) == 0) *le = strncmp(value, "+Inf", 4) ? strtod(value, NULL) : INFINITY;
        else snprintf(labels + strlen(labels), labels_max - strlen(labels), "%.*s;", (int)(end - name), name);
        *at = end + 1;
    } while (**at == ',');
    if (**at != '}') return "labels without a brace";
    ++*at;
    return NULL;
}

static const char *take_bucket(struct reading *r, const char *part, const char *labels, double le, double value) {
    if (strcmp(part, "_bucket") == 0) {
        if (isnan(le)) return "a bucket without le";
        int goes_on = !isnan(r->le) && strcmp(r->labels, labels) == 0;
        if (!isnan(r->le) && !goes_on) return "a row of buckets without +Inf, _sum and _count";
        if (goes_on && (le <= r->le || value < r->count)) return "buckets do not rise";
        snprintf(r->labels, sizeof r->labels, "%s", labels);
        r->le = le;
        r->count = value;
        return NULL;
    }
    if (!isnan(le) || !isinf(r->le) || strcmp(r->labels, labels) != 0) return "_sum or _count without its buckets";
    if (strcmp(part, "_sum") == 0) return NULL;
    if (strcmp(part, "_count") != 0) return "a sample that no histogram has";
    if (value != r->count) return "+Inf is not the count";
    r->le = NAN;
    return NULL;
}

static const char *take_sample(struct reading *r, const char *page, const char *line, const char *end) {
    char name[name_max], labels[labels_max], whole[name_max + labels_max];
    const char *at = line;
    double le;
    size_t size = name_length(at), family_size = strlen(r->family);
    if (size == 0 || size >= name_max) return "no name";
    if (!r->has_type) return "a sample before its TYPE";
    snprintf(name, sizeof name, "%.*s", (int)size, at);
    at += size;
    const char *wrong = take_labels(&at, labels, &le);
    if (wrong) return wrong;
    char *value_end;
    if (*at != ' ') return "no blank before the value";
    double value = strtod(at + 1, &value_end);
    if (value_end != end || value_end == at + 1 || !(value >= 0)) return "the value is no number, or negative";
    snprintf(whole, sizeof whole, "\n%.*s", (int)(at + 1 - line), line);
    if (strstr(page, whole) != line - 1) return "a sample comes twice";
    r->samples_count++;
    if (strncmp(name, r->family, family_size) != 0) return "a sample outside its family";
    if (strcmp(r->type, "histogram") == 0) return take_bucket(r, name + family_size, labels, le, value);
    return name[family_size] == '\0' && isnan(le) ? NULL : "a sample outside its family";
}

int exposition_check(const char *page, char *why, size_t why_size) {
    struct reading reading = {.le = NAN};
    for (const char *line = page, *end; *line; line = end + 1) {
        const char *wrong = NULL;
        end = strchr(line, '\n');
        if (!end) wrong = "the last line has no end", end = line + strlen(line) - 1;
        else if (strncmp(line, "# HELP ", 7) == 0) wrong = take_help(&reading, page, line + 7);
        else if (strncmp(line, "# TYPE ", 7) == 0) wrong = take_type(&reading, line + 7, end);
        else wrong = take_sample(&reading, page, line, end);
        if (!wrong) continue;
        snprintf(why, why_size, "%s: %.*s", wrong, (int)(end - line), line);
        return -1;
    }
    if (isnan(reading.le) && reading.samples_count > 0) return 0;
    snprintf(why, why_size, "the page ends in the middle of %s", reading.family);
    return -1;
}

double exposition_value(const char *page, const char *sample) {
    char start[name_max + labels_max];
    snprintf(start, sizeof start, "\n%s ", sample);
    const char *found = strstr(page, start);
    return found ? strtod(found + strlen(start), NULL) : -1;
}
