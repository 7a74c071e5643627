/* ask.h - what the client says to the exchange, built member by member into one line of JSON.
 *
 * Everything is text on its way from a person to the wire: quantities are checked to be digits and written as they
 * were typed, prices and amounts travel as decimal strings. No number is ever computed with here.
 * The JSON itself is made by cJSON, so that quoting is right whatever was typed. */
#ifndef BIRZHA_CLIENT_ASK_H
#define BIRZHA_CLIENT_ASK_H

#include <stdint.h>

struct cJSON;

/* A new order in words; NULL for what is not said, flags 0 or 1. */
struct order_request {
    const char *client_order_id, *symbol, *side;
    const char *quantity, *price, *stop, *display, *min;
    const char *type, *time_in_force, *expire_date;
    const char *client, *session, *payment_terms, *stp;
    uint32_t post_only, all_or_none;
};

/* Begins a request; `request_id` is its req_id. Members are added with the functions below (nothing is added for a
 * value of NULL), ask_end gives the line, which the caller frees. */
struct cJSON *ask_begin(const char *type, uint32_t request_id);
void ask_text(struct cJSON *request, const char *name, const char *value);
void ask_number(struct cJSON *request, const char *name, const char *digits);
void ask_flag(struct cJSON *request, const char *name, uint32_t flag);
/* A list of texts; the one text "all" instead where that is the only one. */
void ask_list(struct cJSON *request, const char *name, const char *const *values, uint32_t count);
char *ask_end(struct cJSON *request);

/* The line of a new order, to be freed; NULL, and a sentence in `mistake`, when the words cannot be an order. */
char *ask_new_order(const struct order_request *order, uint32_t request_id, char *mistake, uint32_t mistake_size);

/* A client order id that this process has not used before: microseconds of the time, in base 36. 24 bytes at least. */
void ask_make_order_id(char *text);

/* 1 when `text` is a whole number from 0 up, without sign, of at most 15 digits. */
int ask_is_number(const char *text);
/* 1 when `text` is a decimal: digits, perhaps a point and more digits. Which are prices is for the exchange. */
int ask_is_decimal(const char *text);

#endif
