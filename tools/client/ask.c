/* ask.c - building requests with cJSON; see ask.h. */
#include "tools/client/ask.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "instruments/check.h"

enum { digits_count_max = 15 };

int ask_is_number(const char *text) {
    size_t size = strspn(text, "0123456789");
    if (size == 0 || size > digits_count_max || text[size] != '\0') return 0;
    return text[0] != '0' || size == 1;
}

int ask_is_decimal(const char *text) {
    const char *digits = text[0] == '-' ? text + 1 : text;
    size_t whole = strspn(digits, "0123456789");
    if (whole == 0) return 0;
    if (digits[whole] == '\0') return 1;
    size_t places = strspn(digits + whole + 1, "0123456789");
    return digits[whole] == '.' && places > 0 && digits[whole + 1 + places] == '\0';
}

struct cJSON *ask_begin(const char *type, uint32_t request_id) {
    cJSON *request = cJSON_CreateObject();
    CHECK(request != NULL);
    ask_text(request, "type", type);
    char digits[16];
    snprintf(digits, sizeof digits, "%u", request_id);
    ask_number(request, "req_id", digits);
    return request;
}

void ask_text(struct cJSON *request, const char *name, const char *value) {
    if (value == NULL) return;
    CHECK(cJSON_AddStringToObject(request, name, value) != NULL);
}

void ask_number(struct cJSON *request, const char *name, const char *digits) {
    if (digits == NULL) return;
    CHECK(ask_is_number(digits));
    CHECK(cJSON_AddRawToObject(request, name, digits) != NULL);
}

void ask_flag(struct cJSON *request, const char *name, uint32_t flag) {
    if (flag == 0) return;
    CHECK(cJSON_AddTrueToObject(request, name) != NULL);
}

void ask_list(struct cJSON *request, const char *name, const char *const *values, uint32_t count) {
    if (count == 1 && strcmp(values[0], "all") == 0) {
        ask_text(request, name, "all");
        return;
    }
    cJSON *list = cJSON_AddArrayToObject(request, name);
    CHECK(list != NULL);
    for (uint32_t i = 0; i < count; i++) cJSON_AddItemToArray(list, cJSON_CreateString(values[i]));
}

char *ask_end(struct cJSON *request) {
    char *line = cJSON_PrintUnformatted(request);
    cJSON_Delete(request);
    CHECK(line != NULL);
    return line;
}

/* The order type that the words imply when none was named. */
static const char *implied_type(const struct order_request *order) {
    if (order->type != NULL) return order->type;
    if (order->stop != NULL) return order->price != NULL ? "stop_limit" : "stop";
    return NULL;
}

static int find_mistake(const struct order_request *order, char *mistake, uint32_t size) {
    const struct { const char *name, *text; } numbers[] = {
        {"quantity", order->quantity}, {"display", order->display}, {"min", order->min},
    }, prices[] = {{"price", order->price}, {"stop", order->stop}};
    for (uint32_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i].text == NULL || ask_is_number(numbers[i].text)) continue;
        snprintf(mistake, size, "%s is a whole number of lots, not \"%s\"", numbers[i].name, numbers[i].text);
        return 1;
    }
    for (uint32_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
        if (prices[i].text == NULL || ask_is_decimal(prices[i].text)) continue;
        snprintf(mistake, size, "%s is a decimal such as 2700.00, not \"%s\"", prices[i].name, prices[i].text);
        return 1;
    }
    const char *type = implied_type(order);
    int priceless = type != NULL && (strcmp(type, "market") == 0 || strcmp(type, "stop") == 0);
    if (order->price == NULL && !priceless) {
        snprintf(mistake, size, "a price is missing: give one, or make it a market order");
        return 1;
    }
    return 0;
}

char *ask_new_order(const struct order_request *order, uint32_t request_id, char *mistake, uint32_t mistake_size) {
    if (find_mistake(order, mistake, mistake_size)) return NULL;
    struct cJSON *request = ask_begin("new_order", request_id);
    ask_text(request, "cl_ord_id", order->client_order_id);
    ask_text(request, "symbol", order->symbol);
    ask_text(request, "side", order->side);
    ask_number(request, "order_qty", order->quantity);
    ask_text(request, "price", order->price);
    ask_text(request, "ord_type", implied_type(order));
    ask_text(request, "time_in_force", order->time_in_force);
    ask_text(request, "expire_date", order->expire_date);
    ask_text(request, "stop_px", order->stop);
    ask_number(request, "display_qty", order->display);
    ask_number(request, "min_qty", order->min);
    ask_flag(request, "post_only", order->post_only);
    ask_flag(request, "all_or_none", order->all_or_none);
    ask_text(request, "client", order->client);
    ask_text(request, "session", order->session);
    ask_text(request, "payment_terms", order->payment_terms);
    ask_text(request, "stp", order->stp);
    return ask_end(request);
}

void ask_make_order_id(char *text) {
    static uint64_t last_us;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t now_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
    last_us = now_us > last_us ? now_us : last_us + 1;
    char reversed[16];
    uint32_t size = 0;
    for (uint64_t rest = last_us; rest > 0; rest /= 36) {
        reversed[size++] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36];
    }
    *text++ = 'b';
    while (size > 0) *text++ = reversed[--size];
    *text = '\0';
}
