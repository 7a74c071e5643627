/* decode.h - from a line to a request.
 *
 * Two steps, because verdicts have an order and the session stands between them:
 *   decode_head   bytes and JSON (108); then the type and the req_id are known, of an unknown type too
 *                 - the session looks whether this may be asked at all (1200, 1201) -
 *   decode_body   1208 unknown_type, 1211 not_available for a type, 1207 unknown_field, 1205 missing_field,
 *                 1206 bad_value; then names become indices (104, 101, 201 where no command could carry a name
 *                 that is not known); last, 1211 for a member or value that is not available yet
 * Within one number the first wins: for 1207 in the order of the message, for 1205 and 1206 in that of PROTOCOL.md.
 *
 * Prices and quantities that are well written but cannot be traded are no errors here: they become the sentinels of
 * engine/command.h and are refused by the exchange at their place in the order of checks. An order of a symbol that
 * does not exist has instrument NAME_NONE; a mass cancel's is INSTRUMENT_UNKNOWN, as NAME_NONE says "all" there.
 *
 * Two ways lead to a request. The lines of order entry (new, amend and cancel an order, mass cancel, heartbeat) are
 * flat and plain, and are understood in one pass (scan.h, entry.h). Everything else, and every line with anything wrong
 * in it, is read by json_guard, cJSON and the forms (forms.h), which alone refuse. A line that goes the first way gives
 * the request that the second would give, to the byte.
 *
 * The JSON parser's memory is a bump arena inside the decoder, emptied with every line. cJSON knows one allocator per
 * process: it is switched while a line is parsed, so there is one decoder at work at a time, on one thread. */
#ifndef BIRZHA_WIRE_DECODE_H
#define BIRZHA_WIRE_DECODE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/exchange.h"
#include "gateway/wire/request.h"
#include "instruments/name_table.h"

#define INSTRUMENT_UNKNOWN (NAME_NONE - 1)

enum { decode_field_size = 64, decode_text_size = 320 };

/* A refusal, ready for encode_error. */
struct decode_error {
    uint16_t reason;                    /* enum reject */
    char field[decode_field_size];      /* member that it is about, "" = none; long names are cut */
    char text[decode_text_size];        /* one sentence */
};

/* Opaque; about 1 MiB, most of it untouched by ordinary messages. */
struct decoder;
size_t decoder_size(void);
/* `memory`: decoder_size() bytes, 64-byte aligned, the caller's; zeroed or not. */
struct decoder *decoder_init(void *memory);
/* FORMS_ONLY: for those who compare the two ways. */
enum decoder_way { DECODER_BOTH_WAYS, DECODER_FORMS_ONLY };
struct decoder *decoder_init_for(void *memory, enum decoder_way way);

/* Step 1. `line` has no end-of-line and at most line_size_max bytes; it stays where it is until step 2 is done. 0:
 * request->type and request->id are set (a req_id that is no good is not: step 2 refuses it). -1: *error is 108, and
 * request->type is REQUEST_UNKNOWN without id. */
__attribute__((warn_unused_result))
int decode_head(struct decoder *decoder, const char *line, uint32_t size, struct request *request,
                struct decode_error *error);

/* Step 2, after step 1 for the same line. `participant` asks, NAME_NONE when nobody is logged on: an amend's price is
 * in ticks of an order that may be named by the participant's own id for it. 0: the request is complete. -1: *error
 * says why not, the request has type and id as before and nothing else that counts. */
__attribute__((warn_unused_result))
int decode_body(struct decoder *decoder, const struct exchange *exchange, uint32_t participant,
                struct request *request, struct decode_error *error);

/* The errors of the layer around, in the same form: 1203, and 1200 or 1201 for a request that may not be asked. */
void decode_error_too_long(struct decode_error *error);
void decode_error_not_logged_on(struct decode_error *error, enum request_type type);
void decode_error_not_authorised(struct decode_error *error, enum request_type type, enum role role);

#endif
