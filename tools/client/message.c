/* message.c - small accessors over cJSON; see message.h. */
#include "tools/client/message.h"

#include <cjson/cJSON.h>
#include <string.h>

const char *message_text(const struct cJSON *message, const char *name) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(message, name));
    return text != NULL ? text : "";
}

long long message_integer(const struct cJSON *message, const char *name) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(message, name);
    return cJSON_IsNumber(item) ? (long long)cJSON_GetNumberValue(item) : 0;
}

int message_is(const struct cJSON *message, const char *type) {
    return strcmp(message_text(message, "type"), type) == 0;
}

int message_answers(const struct cJSON *message, uint32_t request_id) {
    return cJSON_HasObjectItem(message, "req_id") && message_integer(message, "req_id") == request_id;
}

int message_has_more(const struct cJSON *message) {
    return cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(message, "last"));
}

void message_join(struct cJSON **whole, struct cJSON *part) {
    if (*whole == NULL) {
        *whole = part;
        return;
    }
    cJSON *list;
    cJSON_ArrayForEach(list, *whole) {
        cJSON *more = cJSON_GetObjectItemCaseSensitive(part, list->string);
        while (cJSON_IsArray(list) && cJSON_GetArraySize(more) > 0) {
            cJSON_AddItemToArray(list, cJSON_DetachItemFromArray(more, 0));
        }
    }
    cJSON_Delete(part);
}
