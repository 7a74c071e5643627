/* members.h - reads one member of a request as what it should be. Private to decode.
 *
 * Every function gives 0 and sets its output, or refuses with bad_value (1206), which names the member and says what
 * was given and what would do, and returns -1 with the output unchanged. */
#ifndef BIRZHA_WIRE_MEMBERS_H
#define BIRZHA_WIRE_MEMBERS_H

#include "gateway/wire/forms.h"

/* A string of `size_min` to `size_max` bytes; lives as long as the item. */
int member_text(struct body *body, const cJSON *item, const char *field, uint32_t size_min, uint32_t size_max,
                const char **text);
int member_integer(struct body *body, const cJSON *item, const char *field, int64_t low, int64_t high,
                   int64_t *integer);
int member_flag(struct body *body, const cJSON *item, const char *field, uint32_t *flag);
/* One of `names`; *index is its place. */
int member_choice(struct body *body, const cJSON *item, const char *field, const char *const *names,
                  uint32_t names_count, uint32_t *index);
/* "2021-06-28", of a year that the calendar knows. */
int member_date(struct body *body, const cJSON *item, const char *field, int32_t *date);

/* A client order id, NUL-padded. */
int member_order_name(struct body *body, const cJSON *item, const char *field, char out[client_order_id_size]);
/* UINT64_MAX for an id that no order can have. */
int member_order_id(struct body *body, const cJSON *item, const char *field, uint64_t *order_id);
/* The id of something that is created: 1 to `size` of [A-Za-z0-9_.-], NUL-padded. */
int member_id(struct body *body, const cJSON *item, const char *field, char *out, uint32_t size);

/* Lots: 0 for what is too few for anything, UINT32_MAX for what is too many. */
int member_lots(struct body *body, const cJSON *item, const char *field, uint32_t *lots,
                char words[request_word_size]);
/* Ticks of body->instrument, or a sentinel of command.h (PRICE_INVALID without an instrument). `words` gets the
 * text. */
int member_price(struct body *body, const cJSON *item, const char *field, uint32_t *ticks,
                 char words[request_word_size]);
/* A decimal string above 0 with two places. */
int member_money(struct body *body, const cJSON *item, const char *field, int64_t *minor);

/* Names of the world. A name that is a string but unknown gives NAME_NONE and no error. */
int member_instrument(struct body *body, const cJSON *item, const char *field, uint32_t *index);
int member_session(struct body *body, const cJSON *item, const char *field, uint32_t *index);
/* The same, and remembers 201 for a name that is unknown. */
int member_participant(struct body *body, const cJSON *item, const char *field, uint32_t *index);
int member_section(struct body *body, const cJSON *item, const char *field, uint32_t *section);

/* Remembers what is to be refused once nothing else is wrong; the first counts. */
__attribute__((format(printf, 4, 5)))
void body_unknown_name(struct body *body, uint16_t reason, const char *field, const char *format, ...);
__attribute__((format(printf, 3, 4)))
void body_later(struct body *body, const char *field, const char *format, ...);

/* A value of a request as it may be repeated in a sentence: at most 47 bytes, cut between characters. */
enum { quote_size = request_word_size };
const char *quote(const char *text, char out[quote_size]);

#endif
