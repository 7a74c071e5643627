#include "gateway/wire/entry.h"

#include <string.h>

#include "gateway/wire/decode.h"
#include "gateway/wire/figures.h"
#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

#define BIT(name) (1u << MEMBER_##name)
enum { ALWAYS = BIT(TYPE) | BIT(REQ_ID) };

/* Every reader below gives 1 and has set its output, or 0: the line is left to the forms. */

/* ---- words ---- */

/* What is longer is cut, with care for characters: not here. */
static int read_words(const struct scan_value *value, char words[request_word_size]) {
    if (value->size >= request_word_size) return 0;
    memcpy(words, value->text, value->size);
    words[value->size] = '\0';
    return 1;
}

/* Which bytes a client's name for an order is made of. */
static const uint8_t is_name_byte[256] = {
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
    ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1,
    ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1,
    ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1,
    ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1,
    ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1,
    ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
    ['_'] = 1, ['.'] = 1, ['-'] = 1,
};

static int read_order_name(const struct scan_value *value, char out[client_order_id_size]) {
    uint32_t good = 1;
    if (value->kind != SCAN_STRING || value->size == 0 || value->size > client_order_id_size) return 0;
    for (uint32_t i = 0; i < value->size; i++) good &= is_name_byte[(uint8_t)value->text[i]];
    if (!good) return 0;
    memset(out, 0, client_order_id_size);
    memcpy(out, value->text, value->size);
    return 1;
}

static int read_order_id(const struct scan_value *value, uint64_t *order_id) {
    if (value->kind != SCAN_STRING || value->size == 0) return 0;
    *order_id = figure_order_id(value->text, value->size);
    return 1;
}

/* One of some constants. */
struct choice {
    const char *text;
    uint32_t size;
};
#define CHOICE(text) {text, sizeof text - 1},
#define XX(name, text) CHOICE(text)
static const struct choice sides[] = {CHOICE("buy") CHOICE("sell")};
static const struct choice order_types[] = {ORDER_TYPE_MAP(XX)};
static const struct choice times_in_force[] = {TIME_IN_FORCE_MAP(XX)};
static const struct choice stp_modes[] = {STP_MAP(XX)};
static const struct choice payment_terms[] = {PAYMENT_TERMS_MAP(XX)};
#undef XX
#define COUNT(choices) (sizeof choices / sizeof choices[0])

/* An absent member leaves *index as it is. */
static inline int read_choice(const struct scan_value *value, const struct choice *choices, uint32_t count,
                              uint8_t *index) {
    if (value == NULL) return 1;
    for (uint32_t i = 0; i < count && value->kind == SCAN_STRING; i++) {
        if (choices[i].size != value->size || memcmp(choices[i].text, value->text, value->size) != 0) continue;
        *index = (uint8_t)i;
        return 1;
    }
    return 0;
}

static int read_flag(const struct scan_value *value, enum order_flag bit, uint8_t *flags) {
    if (value == NULL) return 1;
    if (value->kind == SCAN_TRUE) *flags |= (uint8_t)bit;
    return value->kind == SCAN_TRUE || value->kind == SCAN_FALSE;
}

/* ---- figures ---- */

static int read_lots(const struct scan_value *value, uint32_t *lots, char words[request_word_size]) {
    if (value == NULL) return 1;
    if (value->kind != SCAN_INTEGER) return 0;
    *lots = figure_lots(value->integer);
    return read_words(value, words);
}

static int read_price(const struct entry *entry, const struct scan_value *value, uint32_t instrument, uint32_t *ticks,
                      char words[request_word_size]) {
    if (value == NULL) return 1;
    if (value->kind != SCAN_STRING && value->kind != SCAN_INTEGER) return 0;
    const struct instrument *of = instrument < exchange_instruments_count(entry->exchange)
                                      ? exchange_instrument(entry->exchange, instrument) : NULL;
    return figure_ticks(of, value->text, value->size, ticks) == 0 && read_words(value, words);
}

/* ---- names of the world ---- */

/* NAME_NONE for a symbol that does not exist. Symbols are unique and stay where they are: a guess that bears the name
 * is it. */
static uint32_t find_instrument(const struct entry *entry, const char *text, uint32_t size) {
    if (size == 0 || size > symbol_size) return NAME_NONE;
    uint8_t last = (uint8_t)text[size - 1], before = (uint8_t)text[size / 2];
    uint32_t *guess = &entry->guesses->instruments[(last * 5u + before + size) % entry_guesses_count];
    if (*guess < exchange_instruments_count(entry->exchange)) {
        const char *symbol = exchange_instrument(entry->exchange, *guess)->symbol;
        if (memcmp(symbol, text, size) == 0 && (size == symbol_size || symbol[size] == '\0')) return *guess;
    }
    uint32_t found = exchange_find_instrument(entry->exchange, text, size);
    if (found != NAME_NONE) *guess = found;
    return found;
}

static int read_symbol(const struct entry *entry, const struct scan_value *value, uint32_t *instrument,
                       char words[request_word_size]) {
    if (value->kind != SCAN_STRING) return 0;
    *instrument = find_instrument(entry, value->text, value->size);
    return read_words(value, words);
}

/* Unknown names are indices that nobody has: they are refused at their place in the order of checks. */
enum { nobody = 0xFFFFFFFE };

static int read_client(const struct entry *entry, const struct scan_value *value, uint32_t *client,
                       char words[request_word_size]) {
    if (value == NULL) return 1;
    if (value->kind != SCAN_STRING || value->size == 0 || value->size > participant_id_size) return 0;
    *client = exchange_find_participant(entry->exchange, value->text, value->size);
    if (*client == NAME_NONE) *client = nobody;
    return read_words(value, words);
}

static int read_session(const struct entry *entry, const struct scan_value *value, uint32_t *session,
                        char words[request_word_size]) {
    if (value == NULL) return 1;
    if (value->kind != SCAN_STRING) return 0;
    int may_exist = value->size > 0 && value->size <= session_id_size;
    *session = may_exist ? exchange_find_session(entry->exchange, value->text, value->size) : NAME_NONE;
    if (*session == NAME_NONE) *session = nobody;
    return read_words(value, words);
}

/* ---- new_order ---- */

/* What hardly any order has. */
static int read_rare(const struct entry *entry, struct request *request, uint32_t rare) {
    struct command_new_order *order = &request->command.new_order;
    const struct scan *scan = entry->scan;
    if (rare == 0) return 1;
    const struct scan_value *date = scan_find(scan, MEMBER_EXPIRE_DATE), *terms = scan_find(scan, MEMBER_PAYMENT_TERMS);
    const struct scan_value *min = scan_find(scan, MEMBER_MIN_QTY);
    if (date != NULL && (date->kind != SCAN_STRING || !date_parse(date->text, date->size, &order->expire_date) ||
                         !calendar_covers(order->expire_date))) return 0;
    if (!read_price(entry, scan_find(scan, MEMBER_STOP_PX), order->instrument, &order->stop.ticks,
                    request->words.stop)) return 0;
    order->has_display = (scan->members & BIT(DISPLAY_QTY)) != 0;
    if (!read_lots(scan_find(scan, MEMBER_DISPLAY_QTY), &order->display.lots, request->words.display)) return 0;
    if (min != NULL && (min->kind != SCAN_INTEGER || min->integer < 1)) return 0;
    if (!read_lots(min, &order->min.lots, request->words.min)) return 0;
    if (!read_flag(scan_find(scan, MEMBER_POST_ONLY), ORDER_POST_ONLY, &order->flags)) return 0;
    if (!read_flag(scan_find(scan, MEMBER_ALL_OR_NONE), ORDER_ALL_OR_NONE, &order->flags)) return 0;
    if (!read_client(entry, scan_find(scan, MEMBER_CLIENT), &order->client, request->words.client)) return 0;
    if (!read_session(entry, scan_find(scan, MEMBER_SESSION), &order->market_session, request->words.session)) return 0;
    uint8_t place = 0;
    if (!read_choice(terms, payment_terms, COUNT(payment_terms), &place)) return 0;
    if (terms != NULL) order->payment_terms = (uint8_t)(1 + place);
    return read_choice(scan_find(scan, MEMBER_STP), stp_modes, COUNT(stp_modes), &order->stp);
}

/* Whether the price, the stop price and the date are there just where the type and the time in force ask for them. */
static int is_whole(const struct command_new_order *order, uint32_t members) {
    int limit = order->order_type == ORDER_TYPE_LIMIT || order->order_type == ORDER_TYPE_STOP_LIMIT;
    int stop = order->order_type == ORDER_TYPE_STOP || order->order_type == ORDER_TYPE_STOP_LIMIT;
    int gtd = order->time_in_force == TIF_GTD;
    return limit == ((members & BIT(PRICE)) != 0) && stop == ((members & BIT(STOP_PX)) != 0) &&
           gtd == ((members & BIT(EXPIRE_DATE)) != 0);
}

static int read_new_order(const struct entry *entry, struct request *request) {
    enum {
        REQUIRED = BIT(CL_ORD_ID) | BIT(SYMBOL) | BIT(SIDE) | BIT(ORDER_QTY),
        USUAL = REQUIRED | BIT(PRICE) | BIT(ORD_TYPE) | BIT(TIME_IN_FORCE),
        RARE = BIT(EXPIRE_DATE) | BIT(STOP_PX) | BIT(DISPLAY_QTY) | BIT(MIN_QTY) | BIT(POST_ONLY) | BIT(ALL_OR_NONE) |
               BIT(CLIENT) | BIT(SESSION) | BIT(PAYMENT_TERMS) | BIT(STP),
    };
    const struct scan *scan = entry->scan;
    const struct scan_value *values = scan->values;
    struct command_new_order *order = &request->command.new_order;
    if ((scan->members & REQUIRED) != REQUIRED || scan->members & ~(uint32_t)(ALWAYS | USUAL | RARE)) return 0;
    request->command.kind = COMMAND_NEW_ORDER;
    order->client = order->market_session = NAME_NONE;
    order->expire_date = date_none;
    if (!read_order_name(&values[MEMBER_CL_ORD_ID], order->client_order_id)) return 0;
    exchange_fetch_name(entry->exchange, entry->participant, order->client_order_id);
    if (!read_symbol(entry, &values[MEMBER_SYMBOL], &order->instrument, request->words.symbol)) return 0;
    if (!read_choice(&values[MEMBER_SIDE], sides, COUNT(sides), &order->side)) return 0;
    if (!read_lots(&values[MEMBER_ORDER_QTY], &order->quantity.lots, request->words.quantity)) return 0;
    if (!read_price(entry, scan_find(scan, MEMBER_PRICE), order->instrument, &order->price.ticks,
                    request->words.price)) return 0;
    if (!read_choice(scan_find(scan, MEMBER_ORD_TYPE), order_types, COUNT(order_types), &order->order_type)) return 0;
    if (!read_choice(scan_find(scan, MEMBER_TIME_IN_FORCE), times_in_force, COUNT(times_in_force),
                     &order->time_in_force)) return 0;
    if (order->time_in_force == TIF_AT_OPEN || order->time_in_force == TIF_AT_CLOSE) return 0;
    return read_rare(entry, request, scan->members & RARE) && is_whole(order, scan->members);
}

/* ---- an order that exists ---- */

/* Named in exactly one of two ways. */
static int read_named(const struct scan *scan, uint64_t *order_id, char name[client_order_id_size]) {
    const struct scan_value *id = scan_find(scan, MEMBER_ORDER_ID), *orig = scan_find(scan, MEMBER_ORIG_CL_ORD_ID);
    if ((id == NULL) == (orig == NULL)) return 0;
    return id != NULL ? read_order_id(id, order_id) : read_order_name(orig, name);
}

static int read_cancel_order(const struct entry *entry, struct request *request) {
    enum { MEMBERS = ALWAYS | BIT(CL_ORD_ID) | BIT(ORIG_CL_ORD_ID) | BIT(ORDER_ID) };
    struct command_cancel_order *cancel = &request->command.cancel_order;
    if (entry->scan->members & ~(uint32_t)MEMBERS) return 0;
    request->command.kind = COMMAND_CANCEL_ORDER;
    const struct scan_value *name = scan_find(entry->scan, MEMBER_CL_ORD_ID);
    if (name != NULL && !read_order_name(name, cancel->client_order_id)) return 0;
    return read_named(entry->scan, &cancel->order_id, cancel->orig_client_order_id);
}

/* The price is in ticks of the order's instrument; see forms.c for an amend that is sent again. */
static uint32_t instrument_of(const struct entry *entry, const struct command_amend_order *amend) {
    uint32_t instrument = exchange_find_order_instrument(entry->exchange, entry->participant, amend->order_id,
                                                         amend->orig_client_order_id);
    if (instrument != NAME_NONE) return instrument;
    return exchange_find_order_instrument(entry->exchange, entry->participant, 0, amend->client_order_id);
}

static int read_amend_order(const struct entry *entry, struct request *request) {
    enum {
        MEMBERS = ALWAYS | BIT(CL_ORD_ID) | BIT(ORIG_CL_ORD_ID) | BIT(ORDER_ID) | BIT(ORDER_QTY) | BIT(PRICE) |
                  BIT(DISPLAY_QTY),
    };
    const struct scan *scan = entry->scan;
    struct command_amend_order *amend = &request->command.amend_order;
    if (!(scan->members & BIT(CL_ORD_ID)) || scan->members & ~(uint32_t)MEMBERS) return 0;
    request->command.kind = COMMAND_AMEND_ORDER;
    if (!read_order_name(&scan->values[MEMBER_CL_ORD_ID], amend->client_order_id)) return 0;
    if (!read_named(scan, &amend->order_id, amend->orig_client_order_id)) return 0;
    if (scan->members & BIT(ORDER_QTY)) amend->flags |= AMEND_QUANTITY;
    if (!read_lots(scan_find(scan, MEMBER_ORDER_QTY), &amend->quantity.lots, request->words.quantity)) return 0;
    const struct scan_value *px = scan_find(scan, MEMBER_PRICE), *display = scan_find(scan, MEMBER_DISPLAY_QTY);
    if (px != NULL) {
        amend->flags |= AMEND_PRICE;
        if (!read_price(entry, px, instrument_of(entry, amend), &amend->price.ticks, request->words.price)) return 0;
    }
    if (display == NULL) return 1;
    amend->flags |= AMEND_DISPLAY;
    if (!read_lots(display, &amend->display_lots, request->words.display)) return 0;
    /* 0 takes the iceberg away; less than that is no quantity at all. */
    if (display->integer < 0) amend->display_lots = UINT32_MAX;
    return 1;
}

static int read_mass_cancel(const struct entry *entry, struct request *request) {
    enum { MEMBERS = ALWAYS | BIT(SYMBOL) | BIT(SIDE) | BIT(CLIENT) };
    struct command_mass_cancel *mass = &request->command.mass_cancel;
    const struct scan_value *symbol = scan_find(entry->scan, MEMBER_SYMBOL);
    const struct scan_value *client = scan_find(entry->scan, MEMBER_CLIENT);
    if (entry->scan->members & ~(uint32_t)MEMBERS) return 0;
    request->command.kind = COMMAND_MASS_CANCEL;
    mass->instrument = mass->client = NAME_NONE;
    mass->side = SIDE_BOTH;
    if (symbol != NULL) {
        if (!read_symbol(entry, symbol, &mass->instrument, request->words.symbol)) return 0;
        if (mass->instrument == NAME_NONE) mass->instrument = INSTRUMENT_UNKNOWN;
    }
    if (!read_choice(scan_find(entry->scan, MEMBER_SIDE), sides, COUNT(sides), &mass->side)) return 0;
    if (client == NULL) return 1;
    if (client->kind != SCAN_STRING || client->size == 0 || client->size > participant_id_size) return 0;
    mass->client = exchange_find_participant(entry->exchange, client->text, client->size);
    return mass->client != NAME_NONE;
}

enum entry_status entry_read(const struct entry *entry, struct request *request) {
    int read = 0;
    /* A req_id that is no good is refused. */
    if (entry->scan->members & BIT(REQ_ID) && request->id.size == 0) return ENTRY_LEFT;
    switch (request->type) {
    case REQUEST_NEW_ORDER: read = read_new_order(entry, request); break;
    case REQUEST_CANCEL_ORDER: read = read_cancel_order(entry, request); break;
    case REQUEST_AMEND_ORDER: read = read_amend_order(entry, request); break;
    case REQUEST_MASS_CANCEL: read = read_mass_cancel(entry, request); break;
    case REQUEST_HEARTBEAT: read = (entry->scan->members & ~(uint32_t)ALWAYS) == 0; break;
    default: break;
    }
    return read ? ENTRY_READ : ENTRY_LEFT;
}
