#include "gateway/wire/forms.h"

#include <string.h>

#include "gateway/wire/forms_market.h"
#include "gateway/wire/forms_people.h"
#include "gateway/wire/members.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

/* The raw member of a field of this request, NULL when it was not given. */
static const cJSON *given(const struct body *body, const char *field) {
    for (uint32_t i = 0; i < body->form->fields_count; i++) {
        if (strcmp(body->form->fields[i].name, field) == 0) return body->members[i];
    }
    CHECK(0);
    return NULL;
}

static const char *type_name(const struct body *body) { return request_name(body->request->type); }

/* ---- new_order ---- */

#define XX(name, text) text,
static const char *const sides[] = {"buy", "sell"};
static const char *const order_types[] = {ORDER_TYPE_MAP(XX)};
static const char *const times_in_force[] = {TIME_IN_FORCE_MAP(XX)};
static const char *const stp_modes[] = {STP_MAP(XX)};
static const char *const payment_terms[] = {PAYMENT_TERMS_MAP(XX)};
static const char *const roles[] = {ROLE_MAP(XX)};
#undef XX

#define ORDER (body->request->command.new_order)

static void begin_new_order(struct request *request) {
    request->command.kind = COMMAND_NEW_ORDER;
    request->command.new_order = (struct command_new_order){
        .client = NAME_NONE, .market_session = NAME_NONE, .expire_date = date_none};
}

static int read_cl_ord_id(struct body *body, const cJSON *item, const char *field) {
    return member_order_name(body, item, field, ORDER.client_order_id);
}
static int read_symbol(struct body *body, const cJSON *item, const char *field) {
    if (member_instrument(body, item, field, &ORDER.instrument) != 0) return -1;
    body->instrument = ORDER.instrument;
    (void)quote(item->valuestring, body->request->words.symbol);
    return 0;
}
static int read_side(struct body *body, const cJSON *item, const char *field) {
    uint32_t side;
    if (member_choice(body, item, field, sides, 2, &side) != 0) return -1;
    ORDER.side = (uint8_t)side;
    return 0;
}
static int read_order_qty(struct body *body, const cJSON *item, const char *field) {
    return member_lots(body, item, field, &ORDER.quantity.lots, body->request->words.quantity);
}
static int read_price(struct body *body, const cJSON *item, const char *field) {
    return member_price(body, item, field, &ORDER.price.ticks, body->request->words.price);
}
static int read_ord_type(struct body *body, const cJSON *item, const char *field) {
    uint32_t type;
    if (member_choice(body, item, field, order_types, ORDER_TYPE_COUNT, &type) != 0) return -1;
    ORDER.order_type = (uint8_t)type;
    return 0;
}
static int read_time_in_force(struct body *body, const cJSON *item, const char *field) {
    uint32_t tif;
    if (member_choice(body, item, field, times_in_force, TIF_COUNT, &tif) != 0) return -1;
    ORDER.time_in_force = (uint8_t)tif;
    if (tif == TIF_AT_OPEN || tif == TIF_AT_CLOSE) {
        body_later(body, field, "%s %s is not available yet: there are no auctions", field, times_in_force[tif]);
    }
    return 0;
}
static int read_expire_date(struct body *body, const cJSON *item, const char *field) {
    return member_date(body, item, field, &ORDER.expire_date);
}
static int read_stop_px(struct body *body, const cJSON *item, const char *field) {
    return member_price(body, item, field, &ORDER.stop.ticks, body->request->words.stop);
}
static int read_display_qty(struct body *body, const cJSON *item, const char *field) {
    ORDER.has_display = 1;
    return member_lots(body, item, field, &ORDER.display.lots, body->request->words.display);
}
static int read_min_qty(struct body *body, const cJSON *item, const char *field) {
    int64_t lots;
    if (member_integer(body, item, field, 1, (INT64_C(1) << 53) - 1, &lots) != 0) return -1;
    return member_lots(body, item, field, &ORDER.min.lots, body->request->words.min);
}
static int read_order_flag(struct body *body, const cJSON *item, const char *field, enum order_flag bit) {
    uint32_t flag;
    if (member_flag(body, item, field, &flag) != 0) return -1;
    if (flag) ORDER.flags |= (uint8_t)bit;
    return 0;
}
static int read_post_only(struct body *body, const cJSON *item, const char *field) {
    return read_order_flag(body, item, field, ORDER_POST_ONLY);
}
static int read_all_or_none(struct body *body, const cJSON *item, const char *field) {
    return read_order_flag(body, item, field, ORDER_ALL_OR_NONE);
}
/* Unknown names are indices that nobody has: they are refused at their place in the order of checks. */
enum { nobody = 0xFFFFFFFE };
static int read_client(struct body *body, const cJSON *item, const char *field) {
    const char *text;
    if (member_text(body, item, field, 1, participant_id_size, &text) != 0) return -1;
    ORDER.client = exchange_find_participant(body->exchange, text, (uint32_t)strlen(text));
    if (ORDER.client == NAME_NONE) ORDER.client = nobody;
    (void)quote(text, body->request->words.client);
    return 0;
}
static int read_session(struct body *body, const cJSON *item, const char *field) {
    if (member_session(body, item, field, &ORDER.market_session) != 0) return -1;
    if (ORDER.market_session == NAME_NONE) ORDER.market_session = nobody;
    (void)quote(item->valuestring, body->request->words.session);
    return 0;
}
static int read_payment_terms(struct body *body, const cJSON *item, const char *field) {
    uint32_t terms;
    if (member_choice(body, item, field, payment_terms, PAYMENT_COUNT, &terms) != 0) return -1;
    ORDER.payment_terms = (uint8_t)(1 + terms);
    return 0;
}
static int read_stp(struct body *body, const cJSON *item, const char *field) {
    uint32_t mode;
    if (member_choice(body, item, field, stp_modes, STP_COUNT, &mode) != 0) return -1;
    ORDER.stp = (uint8_t)mode;
    return 0;
}

static int text_is(const cJSON *item, const char *text) {
    return item != NULL && cJSON_IsString(item) && strcmp(item->valuestring, text) == 0;
}

/* A limit needs a price, a stop its stop price, good-till-date its date. Types that do not exist are refused later. */
static int complete_new_order(struct body *body) {
    const cJSON *type = given(body, "ord_type");
    int limit = type == NULL || text_is(type, "limit") || text_is(type, "stop_limit");
    int stop = text_is(type, "stop") || text_is(type, "stop_limit");
    if (limit && given(body, "price") == NULL) {
        return body_refuse(body, REJECT_MISSING_FIELD, "price", "a %s order needs a price",
                           type == NULL ? "limit" : type->valuestring);
    }
    if (stop && given(body, "stop_px") == NULL) {
        return body_refuse(body, REJECT_MISSING_FIELD, "stop_px", "a %s order needs stop_px", type->valuestring);
    }
    if (text_is(given(body, "time_in_force"), "gtd") && given(body, "expire_date") == NULL) {
        return body_refuse(body, REJECT_MISSING_FIELD, "expire_date", "time_in_force gtd needs expire_date");
    }
    return 0;
}

static int finish_new_order(struct body *body) {
    int limit = ORDER.order_type == ORDER_TYPE_LIMIT || ORDER.order_type == ORDER_TYPE_STOP_LIMIT;
    int stop = ORDER.order_type == ORDER_TYPE_STOP || ORDER.order_type == ORDER_TYPE_STOP_LIMIT;
    const char *type = order_types[ORDER.order_type];
    if (!limit && given(body, "price") != NULL) {
        return body_refuse(body, REJECT_BAD_VALUE, "price", "a %s order has no price", type);
    }
    if (!stop && given(body, "stop_px") != NULL) {
        return body_refuse(body, REJECT_BAD_VALUE, "stop_px", "a %s order has no stop_px; stop and stop_limit have",
                           type);
    }
    if (ORDER.time_in_force != TIF_GTD && given(body, "expire_date") != NULL) {
        return body_refuse(body, REJECT_BAD_VALUE, "expire_date", "expire_date belongs to time_in_force gtd");
    }
    return 0;
}

static const struct field new_order_fields[] = {
    {"cl_ord_id", REQUIRED, read_cl_ord_id},
    {"symbol", REQUIRED, read_symbol},
    {"side", REQUIRED, read_side},
    {"order_qty", REQUIRED, read_order_qty},
    {"price", OPTIONAL, read_price},
    {"ord_type", OPTIONAL, read_ord_type},
    {"time_in_force", OPTIONAL, read_time_in_force},
    {"expire_date", OPTIONAL, read_expire_date},
    {"stop_px", OPTIONAL, read_stop_px},
    {"display_qty", OPTIONAL, read_display_qty},
    {"min_qty", OPTIONAL, read_min_qty},
    {"post_only", OPTIONAL, read_post_only},
    {"all_or_none", OPTIONAL, read_all_or_none},
    {"client", OPTIONAL, read_client},
    {"session", OPTIONAL, read_session},
    {"payment_terms", OPTIONAL, read_payment_terms},
    {"stp", OPTIONAL, read_stp},
};

/* ---- an order that exists: amend_order, cancel_order, order_status_request ---- */

#define AMEND (body->request->command.amend_order)
#define CANCEL (body->request->command.cancel_order)
#define STATUS (body->request->order_status)

/* Named in exactly one of two ways. */
static int complete_named_order(struct body *body) {
    if (given(body, "order_id") != NULL || given(body, "orig_cl_ord_id") != NULL) return 0;
    return body_refuse(body, REJECT_MISSING_FIELD, "orig_cl_ord_id", "%s names its order by orig_cl_ord_id or order_id",
                       type_name(body));
}
static int finish_named_order(struct body *body) {
    if (given(body, "order_id") == NULL || given(body, "orig_cl_ord_id") == NULL) return 0;
    return body_refuse(body, REJECT_BAD_VALUE, "order_id", "%s names its order by orig_cl_ord_id or order_id, not by"
                       " both", type_name(body));
}

static void begin_amend_order(struct request *request) { request->command.kind = COMMAND_AMEND_ORDER; }

static int read_amend_cl_ord_id(struct body *body, const cJSON *item, const char *field) {
    return member_order_name(body, item, field, AMEND.client_order_id);
}
static int read_amend_orig(struct body *body, const cJSON *item, const char *field) {
    return member_order_name(body, item, field, AMEND.orig_client_order_id);
}
static int read_amend_order_id(struct body *body, const cJSON *item, const char *field) {
    return member_order_id(body, item, field, &AMEND.order_id);
}
static int read_amend_qty(struct body *body, const cJSON *item, const char *field) {
    AMEND.flags |= AMEND_QUANTITY;
    return member_lots(body, item, field, &AMEND.quantity.lots, body->request->words.quantity);
}
/* An order that is not found has no ticks: the exchange refuses the amend before it looks at the price. For an amend
 * that is sent again the old name may lead nowhere any more, but the new one leads to the order. */
static int read_amend_price(struct body *body, const cJSON *item, const char *field) {
    uint32_t instrument = exchange_find_order_instrument(body->exchange, body->participant, AMEND.order_id,
                                                         AMEND.orig_client_order_id);
    if (instrument == NAME_NONE) {
        instrument = exchange_find_order_instrument(body->exchange, body->participant, 0, AMEND.client_order_id);
    }
    body->instrument = instrument;
    AMEND.flags |= AMEND_PRICE;
    return member_price(body, item, field, &AMEND.price.ticks, body->request->words.price);
}
/* 0 takes the iceberg away; less than that is no quantity at all. */
static int read_amend_display(struct body *body, const cJSON *item, const char *field) {
    AMEND.flags |= AMEND_DISPLAY;
    if (member_lots(body, item, field, &AMEND.display_lots, body->request->words.display) != 0) return -1;
    if (AMEND.display_lots == 0 && item->valuedouble < 0) AMEND.display_lots = UINT32_MAX;
    return 0;
}

static const struct field amend_order_fields[] = {
    {"cl_ord_id", REQUIRED, read_amend_cl_ord_id},
    {"orig_cl_ord_id", OPTIONAL, read_amend_orig},
    {"order_id", OPTIONAL, read_amend_order_id},
    {"order_qty", OPTIONAL, read_amend_qty},
    {"price", OPTIONAL, read_amend_price},
    {"display_qty", OPTIONAL, read_amend_display},
};

static void begin_cancel_order(struct request *request) { request->command.kind = COMMAND_CANCEL_ORDER; }

static int read_cancel_cl_ord_id(struct body *body, const cJSON *item, const char *field) {
    return member_order_name(body, item, field, CANCEL.client_order_id);
}
static int read_cancel_orig(struct body *body, const cJSON *item, const char *field) {
    return member_order_name(body, item, field, CANCEL.orig_client_order_id);
}
static int read_cancel_order_id(struct body *body, const cJSON *item, const char *field) {
    return member_order_id(body, item, field, &CANCEL.order_id);
}

static const struct field cancel_order_fields[] = {
    {"cl_ord_id", OPTIONAL, read_cancel_cl_ord_id},
    {"orig_cl_ord_id", OPTIONAL, read_cancel_orig},
    {"order_id", OPTIONAL, read_cancel_order_id},
};

static void begin_order_status(struct request *request) {
    request->order_status = (struct request_order_status){.order_id = 0};
}
static int read_status_order_id(struct body *body, const cJSON *item, const char *field) {
    return member_order_id(body, item, field, &STATUS.order_id);
}
static int read_status_orig(struct body *body, const cJSON *item, const char *field) {
    return member_order_name(body, item, field, STATUS.orig_client_order_id);
}

static const struct field order_status_fields[] = {
    {"order_id", OPTIONAL, read_status_order_id},
    {"orig_cl_ord_id", OPTIONAL, read_status_orig},
};

/* ---- mass_cancel ---- */

#define MASS (body->request->command.mass_cancel)

static void begin_mass_cancel(struct request *request) {
    request->command.kind = COMMAND_MASS_CANCEL;
    request->command.mass_cancel = (struct command_mass_cancel){
        .instrument = NAME_NONE, .client = NAME_NONE, .side = SIDE_BOTH};
}
static int read_mass_symbol(struct body *body, const cJSON *item, const char *field) {
    if (member_instrument(body, item, field, &MASS.instrument) != 0) return -1;
    (void)quote(item->valuestring, body->request->words.symbol);
    if (MASS.instrument == NAME_NONE) MASS.instrument = INSTRUMENT_UNKNOWN;
    return 0;
}
static int read_mass_side(struct body *body, const cJSON *item, const char *field) {
    uint32_t side;
    if (member_choice(body, item, field, sides, 2, &side) != 0) return -1;
    MASS.side = (uint8_t)side;
    return 0;
}

static int read_mass_client(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &body->request->command.mass_cancel.client);
}

static const struct field mass_cancel_fields[] = {
    {"symbol", OPTIONAL, read_mass_symbol},
    {"side", OPTIONAL, read_mass_side},
    {"client", OPTIONAL, read_mass_client},
};

/* ---- session and queries ---- */

#define LOGON (body->request->logon)

static void begin_logon(struct request *request) { request->logon = (struct request_logon){.next_expected_seq = 0}; }

static int read_user(struct body *body, const cJSON *item, const char *field) {
    const char *text;
    if (member_text(body, item, field, 0, UINT32_MAX, &text) != 0) return -1;
    size_t size = strlen(text);
    name_set(LOGON.user, request_user_size, text, size < request_user_size ? (uint32_t)size : request_user_size);
    return 0;
}
/* A password that is too long is cut to the full size, which no user's password has: it is wrong, not malformed. */
static int read_logon_password(struct body *body, const cJSON *item, const char *field) {
    const char *text;
    if (member_text(body, item, field, 0, UINT32_MAX, &text) != 0) return -1;
    size_t size = strlen(text);
    LOGON.password.size = size < request_password_size ? (uint32_t)size : request_password_size;
    memcpy(LOGON.password.text, text, LOGON.password.size);
    return 0;
}
static int read_next_expected_seq(struct body *body, const cJSON *item, const char *field) {
    int64_t seq;
    if (member_integer(body, item, field, 1, (INT64_C(1) << 53) - 1, &seq) != 0) return -1;
    LOGON.next_expected_seq = (uint64_t)seq;
    return 0;
}
static int read_cancel_on_disconnect(struct body *body, const cJSON *item, const char *field) {
    return member_flag(body, item, field, &LOGON.cancel_on_disconnect);
}

static const struct field logon_fields[] = {
    {"user", REQUIRED, read_user},
    {"password", REQUIRED, read_logon_password},
    {"next_expected_seq", OPTIONAL, read_next_expected_seq},
    {"cancel_on_disconnect", OPTIONAL, read_cancel_on_disconnect},
};

static void begin_deals(struct request *request) {
    request->deals = (struct request_deals){.from_date = date_none, .to_date = date_none};
}
static int read_deals_from(struct body *body, const cJSON *item, const char *field) {
    return member_date(body, item, field, &body->request->deals.from_date);
}
static int read_deals_to(struct body *body, const cJSON *item, const char *field) {
    return member_date(body, item, field, &body->request->deals.to_date);
}
/* Two dates, the first not after the second. */
static int finish_dates(struct body *body, int32_t from_date, int32_t to_date) {
    if (from_date == date_none || to_date == date_none || from_date <= to_date) return 0;
    return body_refuse(body, REJECT_BAD_VALUE, "to", "to is %s and lies before from, %s",
                       given(body, "to")->valuestring, given(body, "from")->valuestring);
}
static int finish_deals(struct body *body) {
    return finish_dates(body, body->request->deals.from_date, body->request->deals.to_date);
}

static const struct field deals_fields[] = {
    {"from", OPTIONAL, read_deals_from},
    {"to", OPTIONAL, read_deals_to},
};

#define EXPLAIN (body->request->explain)

static void begin_explain(struct request *request) { request->explain = (struct request_explain){0}; }

static int read_explain_order(struct body *body, const cJSON *item, const char *field) {
    return member_order_id(body, item, field, &EXPLAIN.order_id);
}
static int read_explain_trade(struct body *body, const cJSON *item, const char *field) {
    return member_order_id(body, item, field, &EXPLAIN.trade_id);
}
static int read_explain_seq(struct body *body, const cJSON *item, const char *field) {
    int64_t seq;
    if (member_integer(body, item, field, 1, INT64_C(9007199254740991), &seq) != 0) return -1;
    EXPLAIN.seq = (uint64_t)seq;
    return 0;
}
static uint32_t explain_names_count(const struct body *body) {
    return (given(body, "order_id") != NULL) + (given(body, "trade_id") != NULL) + (given(body, "seq") != NULL);
}
static int complete_explain(struct body *body) {
    if (explain_names_count(body) > 0) return 0;
    return body_refuse(body, REJECT_MISSING_FIELD, "order_id", "explain needs an order_id, a trade_id or a seq");
}
static int finish_explain(struct body *body) {
    if (explain_names_count(body) == 1) return 0;
    return body_refuse(body, REJECT_BAD_VALUE, given(body, "seq") != NULL ? "seq" : "trade_id",
                       "explain takes one of order_id, trade_id and seq");
}

static const struct field explain_fields[] = {
    {"order_id", OPTIONAL, read_explain_order},
    {"trade_id", OPTIONAL, read_explain_trade},
    {"seq", OPTIONAL, read_explain_seq},
};

static void begin_instruments(struct request *request) { request->instruments.section = -1; }

static int read_instruments_section(struct body *body, const cJSON *item, const char *field) {
    uint32_t section;
    if (member_section(body, item, field, &section) != 0) return -1;
    body->request->instruments.section = (int32_t)section;
    return 0;
}

static const struct field instruments_fields[] = {{"section", OPTIONAL, read_instruments_section}};

/* ---- subscribe, unsubscribe ---- */

#define SUBSCRIBE (body->request->subscribe)

/* The list is filled as far as it goes; the rest of it stays untouched. */
static void begin_subscribe(struct request *request) {
    request->subscribe.depth = depth_levels_default;
    request->subscribe.all = 0;
    request->subscribe.instruments_count = 0;
}
static int read_channel(struct body *body, const cJSON *item, const char *field) {
    static const char *const names[] = {
#define XX(name, text, availability) text,
        CHANNEL_MAP(XX)
#undef XX
    };
    static const enum availability availabilities[] = {
#define XX(name, text, availability) availability,
        CHANNEL_MAP(XX)
#undef XX
    };
    uint32_t channel;
    if (member_choice(body, item, field, names, CHANNEL_COUNT, &channel) != 0) return -1;
    if (availabilities[channel] == LATER) body_later(body, field, "channel %s is not available yet", names[channel]);
    SUBSCRIBE.channel = (enum channel)channel;
    return 0;
}
static int read_symbols(struct body *body, const cJSON *item, const char *field) {
    char text[quote_size];
    SUBSCRIBE.all = text_is(item, "all");
    if (SUBSCRIBE.all) return 0;
    if (!cJSON_IsArray(item) || item->child == NULL) {
        return body_refuse(body, REJECT_BAD_VALUE, field, "symbols is \"all\" or a list of one or more symbols");
    }
    for (const cJSON *symbol = item->child; symbol != NULL; symbol = symbol->next) {
        if (SUBSCRIBE.instruments_count == request_symbols_max) {
            return body_refuse(body, REJECT_BAD_VALUE, field, "symbols lists at most %d; \"all\" takes all",
                               request_symbols_max);
        }
        uint32_t *instrument = &SUBSCRIBE.instruments[SUBSCRIBE.instruments_count++];
        if (member_instrument(body, symbol, field, instrument) != 0) return -1;
        if (*instrument == NAME_NONE) {
            body_unknown_name(body, REJECT_INSTRUMENT_UNKNOWN, field, "there is no instrument \"%s\"",
                              quote(symbol->valuestring, text));
        }
    }
    return 0;
}
static int read_depth(struct body *body, const cJSON *item, const char *field) {
    int64_t depth;
    if (member_integer(body, item, field, 1, depth_levels_max, &depth) != 0) return -1;
    SUBSCRIBE.depth = (uint32_t)depth;
    return 0;
}

static const struct field subscribe_fields[] = {
    {"channel", REQUIRED, read_channel},
    {"symbols", REQUIRED, read_symbols},
    {"depth", OPTIONAL, read_depth},
};

/* ---- administration ---- */

#define COMMAND (body->request->command)

static int read_now(struct body *body, const cJSON *item, const char *field) {
    char text[quote_size];
    if (cJSON_IsString(item) && timestamp_parse(item->valuestring, (uint32_t)strlen(item->valuestring),
                                                &body->request->clock.now_ns)) return 0;
    if (!cJSON_IsString(item)) item = NULL;
    return body_refuse(body, REJECT_BAD_VALUE, field, "now is a time such as \"2021-06-28T06:00:00Z\"%s%s",
                       item == NULL ? "" : ", not ", item == NULL ? "" : quote(item->valuestring, text));
}

static const struct field admin_clock_fields[] = {{"now", REQUIRED, read_now}};

static void begin_participant(struct request *request) { request->command.kind = COMMAND_PARTICIPANT; }

static int read_new_participant(struct body *body, const cJSON *item, const char *field) {
    return member_id(body, item, field, COMMAND.add_participant.id, participant_id_size);
}
static int read_participant_name(struct body *body, const cJSON *item, const char *field) {
    const char *text;
    if (member_text(body, item, field, 1, participant_name_size, &text) != 0) return -1;
    name_set(COMMAND.add_participant.name, participant_name_size, text, (uint32_t)strlen(text));
    return 0;
}
static int read_country(struct body *body, const cJSON *item, const char *field) {
    const char *text = cJSON_IsString(item) ? item->valuestring : "";
    size_t size = strlen(text);
    if (size != 2 || text[0] < 'A' || text[0] > 'Z' || text[1] < 'A' || text[1] > 'Z') {
        return body_refuse(body, REJECT_BAD_VALUE, field, "country is a code of two capital letters such as \"BY\"");
    }
    memcpy(COMMAND.add_participant.country, text, 2);
    return 0;
}

static const struct field admin_participant_fields[] = {
    {"participant", REQUIRED, read_new_participant},
    {"name", REQUIRED, read_participant_name},
    {"country", REQUIRED, read_country},
};

static void begin_accredit(struct request *request) {
    request->command.kind = COMMAND_ACCREDIT;
    request->command.accredit.to_date = date_none;
}
static int read_accredit_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.accredit.participant);
}
static int read_accredit_section(struct body *body, const cJSON *item, const char *field) {
    uint32_t section;
    if (member_section(body, item, field, &section) != 0) return -1;
    COMMAND.accredit.section = (uint8_t)section;
    return 0;
}
static int read_accredit_from(struct body *body, const cJSON *item, const char *field) {
    return member_date(body, item, field, &COMMAND.accredit.from_date);
}
static int read_accredit_to(struct body *body, const cJSON *item, const char *field) {
    return member_date(body, item, field, &COMMAND.accredit.to_date);
}
static int finish_accredit(struct body *body) {
    return finish_dates(body, COMMAND.accredit.from_date, COMMAND.accredit.to_date);
}

static const struct field admin_accredit_fields[] = {
    {"participant", REQUIRED, read_accredit_participant},
    {"section", REQUIRED, read_accredit_section},
    {"from", REQUIRED, read_accredit_from},
    {"to", OPTIONAL, read_accredit_to},
};

static void begin_deposit(struct request *request) { request->command.kind = COMMAND_DEPOSIT; }

static int read_deposit_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.deposit.participant);
}
static int read_deposit_currency(struct body *body, const cJSON *item, const char *field) {
    static const char *const codes[] = {
#define XX(code) #code,
        CURRENCY_MAP(XX)
#undef XX
    };
    uint32_t currency;
    if (member_choice(body, item, field, codes, CURRENCY_COUNT, &currency) != 0) return -1;
    COMMAND.deposit.currency = (uint8_t)currency;
    return 0;
}
static int read_deposit_amount(struct body *body, const cJSON *item, const char *field) {
    return member_money(body, item, field, &COMMAND.deposit.amount.minor);
}
static int read_deposit_action(struct body *body, const cJSON *item, const char *field) {
    static const char *const actions[] = {"credit", "withdraw"};   /* enum deposit_action */
    uint32_t action;
    if (member_choice(body, item, field, actions, 2, &action) != 0) return -1;
    COMMAND.deposit.action = (uint8_t)action;
    return 0;
}

static const struct field admin_deposit_fields[] = {
    {"participant", REQUIRED, read_deposit_participant},
    {"currency", REQUIRED, read_deposit_currency},
    {"amount", REQUIRED, read_deposit_amount},
    {"action", REQUIRED, read_deposit_action},
};

static void begin_user(struct request *request) {
    request->command.kind = COMMAND_USER;
    request->command.add_user.participant = NAME_NONE;
    request->password.size = 0;
}
static int read_new_user(struct body *body, const cJSON *item, const char *field) {
    return member_id(body, item, field, COMMAND.add_user.name, user_name_size);
}
static int read_user_participant(struct body *body, const cJSON *item, const char *field) {
    return member_participant(body, item, field, &COMMAND.add_user.participant);
}
static int read_role(struct body *body, const cJSON *item, const char *field) {
    uint32_t role;
    if (member_choice(body, item, field, roles, ROLE_COUNT, &role) != 0) return -1;
    COMMAND.add_user.role = (uint8_t)role;
    return 0;
}
static int read_new_password(struct body *body, const cJSON *item, const char *field) {
    const char *text;
    if (member_text(body, item, field, 1, request_password_size - 1, &text) != 0) return -1;
    body->request->password.size = (uint32_t)strlen(text);
    memcpy(body->request->password.text, text, body->request->password.size);
    return 0;
}
static int read_person(struct body *body, const cJSON *item, const char *field) {
    return member_id(body, item, field, COMMAND.add_user.person, user_name_size);
}
static int complete_user(struct body *body) {
    const cJSON *role = given(body, "role");
    if (given(body, "participant") != NULL || (!text_is(role, "trader") && !text_is(role, "observer"))) return 0;
    return body_refuse(body, REJECT_MISSING_FIELD, "participant", "a user with the role %s belongs to a participant",
                       role->valuestring);
}

static const struct field admin_user_fields[] = {
    {"user", REQUIRED, read_new_user},
    {"participant", OPTIONAL, read_user_participant},
    {"role", REQUIRED, read_role},
    {"password", REQUIRED, read_new_password},
    {"person", OPTIONAL, read_person},
};

#define HALT (body->request->command.halt)

static void begin_halt(struct request *request) {
    request->command.kind = COMMAND_HALT;
    request->command.halt.halted = request->type == REQUEST_ADMIN_HALT;
}
static int read_halt_symbol(struct body *body, const cJSON *item, const char *field) {
    char text[quote_size];
    HALT.scope = HALT_INSTRUMENT;
    if (member_instrument(body, item, field, &HALT.target) != 0) return -1;
    if (HALT.target == NAME_NONE) {
        body_unknown_name(body, REJECT_INSTRUMENT_UNKNOWN, field, "there is no instrument \"%s\"",
                          quote(item->valuestring, text));
    }
    return 0;
}
static int read_halt_session(struct body *body, const cJSON *item, const char *field) {
    char text[quote_size];
    HALT.scope = HALT_SESSION;
    if (member_session(body, item, field, &HALT.target) != 0) return -1;
    if (HALT.target == NAME_NONE) {
        body_unknown_name(body, REJECT_SESSION_UNKNOWN, field, "there is no session \"%s\"",
                          quote(item->valuestring, text));
    }
    return 0;
}
static int read_halt_section(struct body *body, const cJSON *item, const char *field) {
    HALT.scope = HALT_SECTION;
    return member_section(body, item, field, &HALT.target);
}
static uint32_t halt_scopes_count(const struct body *body) {
    return (given(body, "symbol") != NULL) + (given(body, "session") != NULL) + (given(body, "section") != NULL);
}
static int complete_halt(struct body *body) {
    if (halt_scopes_count(body) > 0) return 0;
    return body_refuse(body, REJECT_MISSING_FIELD, "symbol", "%s needs a symbol, a session or a section",
                       type_name(body));
}
static int finish_halt(struct body *body) {
    if (halt_scopes_count(body) == 1) return 0;
    return body_refuse(body, REJECT_BAD_VALUE, given(body, "section") != NULL ? "section" : "session",
                       "%s takes one of symbol, session and section", type_name(body));
}

static const struct field admin_halt_fields[] = {
    {"symbol", OPTIONAL, read_halt_symbol},
    {"session", OPTIONAL, read_halt_session},
    {"section", OPTIONAL, read_halt_section},
};

/* ---- all of them ---- */

#define FIELDS(table) table, sizeof table / sizeof table[0]

static const struct form forms[REQUEST_COUNT] = {
    [REQUEST_LOGON] = {FIELDS(logon_fields), begin_logon, NULL, NULL},
    [REQUEST_LOGOUT] = {NULL, 0, NULL, NULL, NULL},
    [REQUEST_HEARTBEAT] = {NULL, 0, NULL, NULL, NULL},
    [REQUEST_NEW_ORDER] = {FIELDS(new_order_fields), begin_new_order, complete_new_order, finish_new_order},
    [REQUEST_AMEND_ORDER] = {FIELDS(amend_order_fields), begin_amend_order, complete_named_order, finish_named_order},
    [REQUEST_CANCEL_ORDER] =
        {FIELDS(cancel_order_fields), begin_cancel_order, complete_named_order, finish_named_order},
    [REQUEST_MASS_CANCEL] = {FIELDS(mass_cancel_fields), begin_mass_cancel, NULL, NULL},
    [REQUEST_OPEN_ORDERS] = {NULL, 0, NULL, NULL, NULL},
    [REQUEST_ORDER_STATUS] =
        {FIELDS(order_status_fields), begin_order_status, complete_named_order, finish_named_order},
    [REQUEST_BALANCES] = {NULL, 0, NULL, NULL, NULL},
    [REQUEST_DEALS] = {FIELDS(deals_fields), begin_deals, NULL, finish_deals},
    [REQUEST_EXPLAIN] = {FIELDS(explain_fields), begin_explain, complete_explain, finish_explain},
    [REQUEST_PARTICIPANT] = {NULL, 0, NULL, NULL, NULL},
    [REQUEST_INSTRUMENTS] = {FIELDS(instruments_fields), begin_instruments, NULL, NULL},
    [REQUEST_SESSIONS] = {NULL, 0, NULL, NULL, NULL},
    [REQUEST_SUBSCRIBE] = {FIELDS(subscribe_fields), begin_subscribe, NULL, NULL},
    /* The same but for depth, the last field: what is given up is given up at any depth. */
    [REQUEST_UNSUBSCRIBE] = {subscribe_fields, sizeof subscribe_fields / sizeof subscribe_fields[0] - 1,
                             begin_subscribe, NULL, NULL},
    [REQUEST_ADMIN_CLOCK] = {FIELDS(admin_clock_fields), NULL, NULL, NULL},
    [REQUEST_ADMIN_PARTICIPANT] = {FIELDS(admin_participant_fields), begin_participant, NULL, NULL},
    [REQUEST_ADMIN_ACCREDIT] = {FIELDS(admin_accredit_fields), begin_accredit, NULL, finish_accredit},
    [REQUEST_ADMIN_DEPOSIT] = {FIELDS(admin_deposit_fields), begin_deposit, NULL, NULL},
    [REQUEST_ADMIN_USER] = {FIELDS(admin_user_fields), begin_user, complete_user, NULL},
    [REQUEST_ADMIN_HALT] = {FIELDS(admin_halt_fields), begin_halt, complete_halt, finish_halt},
    [REQUEST_ADMIN_RESUME] = {FIELDS(admin_halt_fields), begin_halt, complete_halt, finish_halt},
    [REQUEST_ADMIN_DIGEST] = {NULL, 0, NULL, NULL, NULL},
    [REQUEST_ADMIN_SHUTDOWN] = {NULL, 0, NULL, NULL, NULL},
    [REQUEST_ADMIN_SNAPSHOT] = {NULL, 0, NULL, NULL, NULL},
};

const struct form *form_of(enum request_type type) {
    CHECK(type != REQUEST_UNKNOWN && request_availability(type) == OFFERED);
    const struct form *desk = form_of_people(type);
    if (desk == NULL) desk = form_of_market(type);
    return desk != NULL ? desk : &forms[type];
}
