/* expect.c - partial comparison of JSON. Depth is that of the expectation, which tests write by hand. */
#include "tests/support/expect.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void expect_quotes(char *text) {
    for (; *text != '\0'; text++)
        if (*text == '\'') *text = '"';
}

/* Whether the character before or behind a part belongs to the same word or number; `step` leads away from the part. */
static int continues(const char *at, int step) {
    if (isalnum((unsigned char)*at) || *at == '_' || (*at == '-' && step < 0)) return 1;
    return *at == '.' && isdigit((unsigned char)at[step]);
}

int expect_contains(const char *text, const char *part) {
    char plain[4096];
    size_t length = 0;
    for (size_t i = 0; text[i] != '\0' && length + 1 < sizeof plain; i++) {
        int follows = i > 0 && isdigit((unsigned char)text[i - 1]), precedes = isdigit((unsigned char)text[i + 1]);
        int separates = text[i] == ',' && follows && precedes;
        if (!separates) plain[length++] = text[i];
    }
    plain[length] = '\0';
    for (const char *at = strstr(plain, part); at != NULL; at = strstr(at + 1, part))
        if ((at == plain || !continues(at - 1, -1)) && !continues(at + strlen(part), 1)) return 1;
    return 0;
}

static int match_text(const char *wanted, const cJSON *value) {
    if (strcmp(wanted, "*") == 0) return value != NULL;
    if (!cJSON_IsString(value)) return 0;
    if (wanted[0] == '~') return expect_contains(value->valuestring, wanted + 1);
    return strcmp(wanted, value->valuestring) == 0;
}

static int match(const cJSON *wanted, const cJSON *value, char *where, size_t size);

/* Every element of `wanted` against its partner; `where` collects the path to the one that fails. */
static int match_children(const cJSON *wanted, const cJSON *value, char *where, size_t size) {
    int index = 0;
    for (const cJSON *child = wanted->child; child != NULL; child = child->next, index++) {
        const cJSON *partner = cJSON_IsArray(wanted) ? cJSON_GetArrayItem(value, index)
                                                     : cJSON_GetObjectItemCaseSensitive(value, child->string);
        char below[256] = "";
        if (match(child, partner, below, sizeof below)) continue;
        if (cJSON_IsArray(wanted)) snprintf(where, size, ".%d%s", index, below);
        else snprintf(where, size, ".%s%s", child->string, below);
        return 0;
    }
    return 1;
}

static int match(const cJSON *wanted, const cJSON *value, char *where, size_t size) {
    if (cJSON_IsNull(wanted)) return value == NULL || cJSON_IsNull(value);
    if (cJSON_IsString(wanted)) return match_text(wanted->valuestring, value);
    if (value == NULL) return 0;
    if (cJSON_IsNumber(wanted)) return cJSON_IsNumber(value) && wanted->valuedouble == value->valuedouble;
    if (cJSON_IsBool(wanted)) return cJSON_IsBool(value) && cJSON_IsTrue(wanted) == cJSON_IsTrue(value);
    if (cJSON_IsArray(wanted) && (!cJSON_IsArray(value) || cJSON_GetArraySize(wanted) != cJSON_GetArraySize(value)))
        return 0;
    if (cJSON_IsObject(wanted) && !cJSON_IsObject(value)) return 0;
    return match_children(wanted, value, where, size);
}

int expect_match(const char *expectation, const cJSON *message, char *why, size_t size) {
    char *text = strdup(expectation);
    expect_quotes(text);
    cJSON *wanted = cJSON_Parse(text);
    int result = -1;
    char where[512] = "";
    if (wanted == NULL) snprintf(why, size, "the expectation is no JSON");
    else if (match(wanted, message, where, sizeof where)) result = 0;
    else snprintf(why, size, "%s differs", *where != '\0' ? where + 1 : "it");
    cJSON_Delete(wanted);
    free(text);
    return result;
}

const cJSON *expect_path(const cJSON *message, const char *path) {
    char part[64];
    while (message != NULL && *path != '\0') {
        size_t length = strcspn(path, ".");
        if (length >= sizeof part) return NULL;
        memcpy(part, path, length);
        part[length] = '\0';
        message = cJSON_IsArray(message) ? cJSON_GetArrayItem(message, (int)strtol(part, NULL, 10))
                                         : cJSON_GetObjectItemCaseSensitive(message, part);
        path += length + (path[length] == '.');
    }
    return message;
}
