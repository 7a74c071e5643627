/* From lines to requests: every request, every refusal, and their order. Lines are written with ' for ". */
#include "world.h"

#include "gateway/wire/decode.h"
#include "hostile.h"
#include "instruments/money.h"

TestSuite(decode, .timeout = 30);

static struct world *world;
static struct decoder *decoder, *forms;
static struct request request;
static struct decode_error error;

static void begin(void) {
    world = world_new();
    decoder = decoder_init(aligned_alloc(64, (decoder_size() + 63) & ~(size_t)63));
    forms = decoder_init_for(aligned_alloc(64, (decoder_size() + 63) & ~(size_t)63), DECODER_FORMS_ONLY);
}
static void end(void) {
    free(decoder);
    free(forms);
    world_free(world);
}

static int decode_by(struct decoder *which, char *line, uint32_t size, struct request *out, struct decode_error *why) {
    memset(why, 0, sizeof *why);
    if (decode_head(which, line, size, out, why) != 0) return why->reason;
    if (decode_body(which, world->exchange, BY_DAIRY_1, out, why) != 0) return why->reason;
    return 0;
}

/* Whichever way a line is read, the result is the same. */
static void expect_agreement(const char *text, char *line, uint32_t size, int reason) {
    static struct request other;
    static struct decode_error other_error;
    cr_assert_eq(decode_by(forms, line, size, &other, &other_error), reason, "%s: %s, %s", text, error.text,
                 other_error.text);
    cr_expect_str_eq(error.field, other_error.field, "%s", text);
    cr_expect_str_eq(error.text, other_error.text, "%s", text);
    cr_expect_eq(request.type, other.type, "%s", text);
    cr_expect_eq(request.id.size, other.id.size, "%s", text);
    cr_expect_eq(memcmp(request.id.json, other.id.json, request.id.size), 0, "%s", text);
    if (reason != 0) return;
    cr_expect_eq(memcmp(&request.command, &other.command, sizeof other.command), 0, "%s", text);
    const char *words[] = {
        request.words.symbol, other.words.symbol, request.words.client, other.words.client, request.words.session,
        other.words.session, request.words.price, other.words.price, request.words.stop, other.words.stop,
        request.words.quantity, other.words.quantity, request.words.display, other.words.display, request.words.min,
        other.words.min};
    for (uint32_t i = 0; i < sizeof words / sizeof *words; i += 2) cr_expect_str_eq(words[i], words[i + 1], "%s", text);
}

/* Both steps, both ways; 0, or the reason. */
static int decode(const char *text) {
    static char line[32768];
    size_t size = strlen(text);
    memcpy(line, text, size + 1);
    expect_quotes(line);
    int reason = decode_by(decoder, line, (uint32_t)size, &request, &error);
    expect_agreement(text, line, (uint32_t)size, reason);
    memset(line, '#', size);    /* nothing may point into it */
    return reason;
}

struct refusal {
    const char *line;
    int reason;
    const char *field;
};

static void expect_refusals(const struct refusal *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int reason = decode(rows[i].line);
        cr_expect_eq(reason, rows[i].reason, "%s: %d (%s)", rows[i].line, reason, error.text);
        cr_expect_str_eq(error.field, rows[i].field, "%s: field %s", rows[i].line, error.field);
        cr_expect_neq(error.text[0], '\0', "%s", rows[i].line);
    }
}
#define EXPECT_REFUSALS(rows) expect_refusals(rows, sizeof rows / sizeof rows[0])

#define ORDER "'type':'new_order','cl_ord_id':'a','symbol':'DY-SMP-EX','side':'buy','order_qty':2"

/* ---- step 1 ---- */

Test(decode, head_gives_type_and_req_id_of_any_request, .init = begin, .fini = end) {
    static const struct { const char *line; enum request_type type; const char *id; } rows[] = {
        {"{'type':'new_order','req_id':7}", REQUEST_NEW_ORDER, "7"},
        {"{'req_id':-9007199254740991,'type':'nonsense'}", REQUEST_UNKNOWN, "-9007199254740991"},
        {"{'req_id':9007199254740991}", REQUEST_UNKNOWN, "9007199254740991"},
        {"{'type':'explain','order_id':'5','req_id':'a b'}", REQUEST_EXPLAIN, "\"a b\""},
        {"{'type':'logout','req_id':''}", REQUEST_LOGOUT, "\"\""},
        {"{'type':'logout','req_id':'\\u0001\\n\\\"\\\\\\u00e9'}", REQUEST_LOGOUT,
         "\"\\u0001\\u000a\\\"\\\\\xc3\xa9\""},
        {"{'type':'logout','req_id':'123456789012345678901234567890123456'}", REQUEST_LOGOUT,
         "\"123456789012345678901234567890123456\""},
        {"{'type':'logout','req_id':'1234567890123456789012345678901234567'}", REQUEST_LOGOUT, ""},
        {"{'type':'logout','req_id':true}", REQUEST_LOGOUT, ""},
        {"{'type':'logout','req_id':null}", REQUEST_LOGOUT, ""},
        {"{'type':'Logout'}", REQUEST_UNKNOWN, ""},
        {"{'Type':'logout'}", REQUEST_UNKNOWN, ""},
        {"{'type':3}", REQUEST_UNKNOWN, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[256];
        snprintf(line, sizeof line, "%s", rows[i].line);
        for (char *c = line; *c != '\0'; c++) if (*c == '\'') *c = '"';
        cr_assert_eq(decode_head(decoder, line, (uint32_t)strlen(line), &request, &error), 0, "%s", line);
        cr_expect_eq(request.type, rows[i].type, "%s", line);
        cr_expect_eq(request.id.size, strlen(rows[i].id), "%s: %.*s", line, request.id.size, request.id.json);
        cr_expect_eq(memcmp(request.id.json, rows[i].id, request.id.size), 0, "%s: %.*s", line, request.id.size,
                     request.id.json);
    }
}

/* 36 characters of four bytes, and 36 that are escaped, are what the id's buffer must hold. */
Test(decode, head_takes_the_longest_req_id, .init = begin, .fini = end) {
    static const char *const characters[] = {"\xf0\x9f\x98\x80", "\\u001f"};
    for (int i = 0; i < 2; i++) {
        char line[400];
        int size = snprintf(line, sizeof line, "{\"type\":\"logout\",\"req_id\":\"");
        for (int n = 0; n < 36; n++) size += snprintf(line + size, sizeof line - (size_t)size, "%s", characters[i]);
        snprintf(line + size, sizeof line - (size_t)size, "\"}");
        cr_assert_eq(decode_head(decoder, line, (uint32_t)strlen(line), &request, &error), 0);
        cr_expect_eq(request.id.size, 36 * strlen(characters[i]) + 2);
    }
}

Test(decode, head_refuses_every_hostile_line_with_108, .init = begin, .fini = end) {
    static struct hostile stream;
    for (size_t i = 0; i < hostile_count(); i++) {
        hostile_get(i, &stream);
        if (stream.code != 108) continue;
        memset(&error, 0, sizeof error);
        cr_assert_eq(decode_head(decoder, stream.bytes, (uint32_t)stream.size, &request, &error), -1, "%s",
                     stream.name);
        cr_expect_eq(error.reason, 108, "%s", stream.name);
        cr_expect_eq(request.type, REQUEST_UNKNOWN);
        cr_expect_eq(request.id.size, 0);
        cr_expect(strstr(error.text, "at byte ") != NULL, "%s: %s", stream.name, error.text);
    }
}

/* The parser's tree of the longest line fits the arena: one digit and a comma a value, the dearest there is. */
Test(decode, head_parses_the_dearest_line, .init = begin, .fini = end) {
    static char line[16383];
    memcpy(line, "{\"a\":[", 6);
    for (size_t i = 6; i < sizeof line - 3; i++) line[i] = i % 2 == 0 ? '1' : ',';
    memcpy(line + sizeof line - 3, "1]}", 3);
    cr_expect_eq(decode_head(decoder, line, sizeof line, &request, &error), 0);
    memcpy(line, "{\"a\":[", 6);
    size_t size = 6;
    while (size < sizeof line - 6) {
        memcpy(line + size, "\"\",", 3);
        size += 3;
    }
    memcpy(line + size - 1, "]}", 2);
    cr_expect_eq(decode_head(decoder, line, (uint32_t)size + 1, &request, &error), 0);
}

/* ---- step 2: refusals ---- */

Test(decode, refuses_in_the_order_type_unknown_missing_bad, .init = begin, .fini = end) {
    static const struct refusal rows[] = {
        {"{}", 1205, "type"},
        {"{'type':1}", 1206, "type"},
        {"{'type':'nonsense','what':1}", 1208, "type"},
        {"{'type':'admin_guarantee','what':1}", 1211, "type"},
        {"{'type':'new_order','what':1}", 1207, "what"},
        {"{'type':'new_order','side':'up','what':1,'else':2}", 1207, "what"},
        {"{'type':'new_order','Symbol':'DY-SMP-EX'}", 1207, "Symbol"},
        {"{'type':'new_order','side':'up'}", 1205, "cl_ord_id"},
        {"{'type':'new_order','cl_ord_id':'a','side':'up'}", 1205, "symbol"},
        {"{" ORDER "}", 1205, "price"},
        {"{'type':'new_order','cl_ord_id':'','symbol':1,'side':'up','order_qty':2}", 1205, "price"},
        {"{'type':'new_order','cl_ord_id':'','symbol':1,'side':'up','order_qty':2,'price':1}", 1206, "cl_ord_id"},
        {"{'type':'new_order','cl_ord_id':'a','symbol':1,'side':'up','order_qty':2,'price':1}", 1206, "symbol"},
        {"{" ORDER ",'price':'2700.00','req_id':[]}", 1206, "req_id"},
        {"{" ORDER ",'price':'x','client':'BY-FARM-2'}", 1206, "price"},
        {"{" ORDER ",'price':'2700.00','payment_terms':'barter'}", 1206, "payment_terms"},
        {"{" ORDER ",'price':'2700.00','time_in_force':'at_open'}", 1211, "time_in_force"},
        {"{" ORDER ",'price':'2700.00','time_in_force':'at_close'}", 1211, "time_in_force"},
    };
    EXPECT_REFUSALS(rows);
}

Test(decode, refuses_every_type_that_is_not_available, .init = begin, .fini = end) {
    static const char *const names[] = {
        "admin_guarantee", "admin_carry_over", "lot_offer", "lot_bid",
        "lot_choose_basis", "deal_propose", "deal_confirm", "deal_decline", "contract_sign", "contract_pay",
        "contract_ship", "contract_accept", "contract_dispute", "contract_cancel",
    };
    int later_count = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char line[64];
        snprintf(line, sizeof line, "{'type':'%s'}", names[i]);
        cr_expect_eq(decode(line), 1211, "%s", line);
    }
    for (int type = 1; type < REQUEST_COUNT; type++) {
        later_count += request_availability((enum request_type)type) == LATER;
    }
    cr_expect_eq(later_count, (int)(sizeof names / sizeof names[0]));
}

Test(decode, refuses_bad_members_of_a_new_order, .init = begin, .fini = end) {
    static const struct refusal rows[] = {
        {"{'type':'new_order','cl_ord_id':'1234567890123456789012345678901234567','symbol':'A','side':'buy',"
         "'order_qty':1,'price':1}", 1206, "cl_ord_id"},
        {"{'type':'new_order','cl_ord_id':'a b','symbol':'A','side':'buy','order_qty':1,'price':1}", 1206, "cl_ord_id"},
        {"{'type':'new_order','cl_ord_id':'\\u00e9','symbol':'A','side':'buy','order_qty':1,'price':1}", 1206,
         "cl_ord_id"},
        {"{'type':'new_order','cl_ord_id':5,'symbol':'A','side':'buy','order_qty':1,'price':1}", 1206, "cl_ord_id"},
        {"{'type':'new_order','cl_ord_id':'a','symbol':'A','side':'Buy','order_qty':1,'price':1}", 1206, "side"},
        {"{'type':'new_order','cl_ord_id':'a','symbol':'A','side':'buy','order_qty':'1','price':1}", 1206, "order_qty"},
        {"{'type':'new_order','cl_ord_id':'a','symbol':'A','side':'buy','order_qty':null,'price':1}", 1206,
         "order_qty"},
        {"{" ORDER ",'price':''}", 1206, "price"},
        {"{" ORDER ",'price':'27 00'}", 1206, "price"},
        {"{" ORDER ",'price':'2700.'}", 1206, "price"},
        {"{" ORDER ",'price':'.5'}", 1206, "price"},
        {"{" ORDER ",'price':'1e3'}", 1206, "price"},
        {"{" ORDER ",'price':'+2700'}", 1206, "price"},
        {"{" ORDER ",'price':'02700'}", 1206, "price"},
        {"{" ORDER ",'price':'-0'}", 1206, "price"},
        {"{" ORDER ",'price':'NaN'}", 1206, "price"},
        {"{" ORDER ",'price':'2,700.00'}", 1206, "price"},
        {"{" ORDER ",'price':true}", 1206, "price"},
        {"{" ORDER ",'price':null}", 1206, "price"},
        {"{" ORDER ",'price':['2700.00']}", 1206, "price"},
        {"{" ORDER ",'price':'2700.00','ord_type':'LIMIT'}", 1206, "ord_type"},
        {"{" ORDER ",'price':'2700.00','ord_type':'iceberg'}", 1206, "ord_type"},
        {"{" ORDER ",'price':'2700.00','time_in_force':'gtx'}", 1206, "time_in_force"},
        {"{" ORDER ",'price':'2700.00','time_in_force':'gtd'}", 1205, "expire_date"},
        {"{" ORDER ",'price':'2700.00','time_in_force':'gtd','expire_date':'2021-02-30'}", 1206, "expire_date"},
        {"{" ORDER ",'price':'2700.00','time_in_force':'gtd','expire_date':'2031-01-01'}", 1206, "expire_date"},
        {"{" ORDER ",'price':'2700.00','time_in_force':'gtd','expire_date':20210701}", 1206, "expire_date"},
        {"{" ORDER ",'price':'2700.00','expire_date':'2021-07-01'}", 1206, "expire_date"},
        {"{" ORDER ",'price':'2700.00','display_qty':'1'}", 1206, "display_qty"},
        {"{" ORDER ",'price':'2700.00','min_qty':0}", 1206, "min_qty"},
        {"{" ORDER ",'price':'2700.00','min_qty':-1}", 1206, "min_qty"},
        {"{" ORDER ",'price':'2700.00','post_only':1}", 1206, "post_only"},
        {"{" ORDER ",'price':'2700.00','post_only':'true'}", 1206, "post_only"},
        {"{" ORDER ",'price':'2700.00','all_or_none':null}", 1206, "all_or_none"},
        {"{" ORDER ",'price':'2700.00','stp':'cancel'}", 1206, "stp"},
        {"{" ORDER ",'price':'2700.00','client':5}", 1206, "client"},
        {"{" ORDER ",'ord_type':'market','price':'2700.00'}", 1206, "price"},
        {"{" ORDER ",'ord_type':'stop','price':'2700.00','stop_px':'2700.00'}", 1206, "price"},
        {"{" ORDER ",'ord_type':'stop'}", 1205, "stop_px"},
        {"{" ORDER ",'ord_type':'stop_limit','stop_px':'2700.00'}", 1205, "price"},
        {"{" ORDER ",'ord_type':'stop_limit','price':'2700.00'}", 1205, "stop_px"},
        {"{" ORDER ",'price':'2700.00','stop_px':'2700.00'}", 1206, "stop_px"},
        {"{" ORDER ",'ord_type':'market','stop_px':'2700.00'}", 1206, "stop_px"},
    };
    EXPECT_REFUSALS(rows);
}

Test(decode, refuses_bad_members_of_the_other_requests, .init = begin, .fini = end) {
    static const struct refusal rows[] = {
        {"{'type':'amend_order','orig_cl_ord_id':'a'}", 1205, "cl_ord_id"},
        {"{'type':'amend_order','cl_ord_id':'b','order_qty':2}", 1205, "orig_cl_ord_id"},
        {"{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'a','order_id':'1'}", 1206, "order_id"},
        {"{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'a','side':'buy'}", 1207, "side"},
        {"{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'a','price':'x'}", 1206, "price"},
        {"{'type':'cancel_order'}", 1205, "orig_cl_ord_id"},
        {"{'type':'cancel_order','order_id':7}", 1206, "order_id"},
        {"{'type':'cancel_order','order_id':''}", 1206, "order_id"},
        {"{'type':'order_status_request','cl_ord_id':'a'}", 1207, "cl_ord_id"},
        {"{'type':'order_status_request'}", 1205, "orig_cl_ord_id"},
        {"{'type':'mass_cancel','side':'both'}", 1206, "side"},
        {"{'type':'mass_cancel','client':'BY-FARM-2'}", 201, "client"},
        {"{'type':'open_orders_request','symbol':'DY-SMP-EX'}", 1207, "symbol"},
        {"{'type':'heartbeat','x':1}", 1207, "x"},
        {"{'type':'logon','user':'dairy1'}", 1205, "password"},
        {"{'type':'logon','user':1,'password':'x'}", 1206, "user"},
        {"{'type':'logon','user':'a','password':'x','next_expected_seq':0}", 1206, "next_expected_seq"},
        {"{'type':'logon','user':'a','password':'x','next_expected_seq':'1'}", 1206, "next_expected_seq"},
        {"{'type':'logon','user':'a','password':'x','cancel_on_disconnect':'yes'}", 1206, "cancel_on_disconnect"},
        {"{'type':'deals_request','from':'yesterday'}", 1206, "from"},
        {"{'type':'deals_request','from':'2021-06-28','to':'2021-06-27'}", 1206, "to"},
        {"{'type':'instruments_request','section':'lumber'}", 1206, "section"},
        {"{'type':'subscribe','channel':'book'}", 1205, "symbols"},
        {"{'type':'subscribe','channel':'books','symbols':'all'}", 1206, "channel"},
        {"{'type':'subscribe','channel':'auction','symbols':'all'}", 1211, "channel"},
        {"{'type':'subscribe','channel':'book','symbols':'DY-SMP-EX'}", 1206, "symbols"},
        {"{'type':'subscribe','channel':'book','symbols':[]}", 1206, "symbols"},
        {"{'type':'subscribe','channel':'book','symbols':[1]}", 1206, "symbols"},
        {"{'type':'subscribe','channel':'book','symbols':['DY-SMP-EX','XX'],'depth':0}", 1206, "depth"},
        {"{'type':'subscribe','channel':'book','symbols':['DY-SMP-EX','XX'],'depth':101}", 1206, "depth"},
        {"{'type':'subscribe','channel':'book','symbols':['DY-SMP-EX','XX']}", 104, "symbols"},
        {"{'type':'unsubscribe','channel':'book','symbols':'all','depth':20}", 1207, "depth"},
        {"{'type':'admin_clock'}", 1205, "now"},
        {"{'type':'admin_clock','now':'2021-06-28 06:00:00'}", 1206, "now"},
        {"{'type':'admin_clock','now':1}", 1206, "now"},
        {"{'type':'admin_participant','participant':'A B','name':'x','country':'BY'}", 1206, "participant"},
        {"{'type':'admin_participant','participant':'AB','name':'','country':'BY'}", 1206, "name"},
        {"{'type':'admin_participant','participant':'AB','name':'x','country':'by'}", 1206, "country"},
        {"{'type':'admin_accredit','participant':'XX','section':'wood','from':'2021-01-01'}", 1206, "section"},
        {"{'type':'admin_accredit','participant':'XX','section':'agri','from':'2021-01-01'}", 201, "participant"},
        {"{'type':'admin_accredit','participant':'BY-DAIRY-1','section':'agri','from':'2021-01-02','to':'2021-01-01'}",
         1206, "to"},
        {"{'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'GBP','amount':'1.00','action':'credit'}",
         1206, "currency"},
        {"{'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':1,'action':'credit'}",
         1206, "amount"},
        {"{'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':'0.00','action':'credit'}",
         1206, "amount"},
        {"{'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':'-1.00','action':'credit'}",
         1206, "amount"},
        {"{'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':'1.005','action':'credit'}",
         1206, "amount"},
        {"{'type':'admin_deposit','participant':'BY-DAIRY-1','currency':'USD','amount':'1.00','action':'block'}",
         1206, "action"},
        {"{'type':'admin_deposit','participant':'XX','currency':'USD','amount':'1.00','action':'credit'}",
         201, "participant"},
        {"{'type':'admin_user','user':'u','role':'trader','password':'p'}", 1205, "participant"},
        {"{'type':'admin_user','user':'u','role':'king','password':'p'}", 1206, "role"},
        {"{'type':'admin_user','user':'u','role':'admin','password':''}", 1206, "password"},
        {"{'type':'admin_user','user':'u','participant':'XX','role':'trader','password':'p'}", 201, "participant"},
        {"{'type':'admin_halt'}", 1205, "symbol"},
        {"{'type':'admin_halt','symbol':'DY-SMP-EX','section':'agri'}", 1206, "section"},
        {"{'type':'admin_halt','symbol':'XX'}", 104, "symbol"},
        {"{'type':'admin_resume','session':'XX'}", 101, "session"},
        {"{'type':'admin_resume','section':'XX'}", 1206, "section"},
    };
    EXPECT_REFUSALS(rows);
}

/* ---- step 2: orders ---- */

Test(decode, reads_a_plain_order_and_its_defaults, .init = begin, .fini = end) {
    cr_assert_eq(decode("{'type':'new_order','cl_ord_id':'A.b-c_9','symbol':'DY-SMP-EX','side':'sell','order_qty':12,"
                        "'price':'2705.00'}"), 0, "%s", error.text);
    const struct command_new_order *order = &request.command.new_order;
    struct command_new_order expected = {
        .instrument = DY_SMP_EX, .client = NAME_NONE, .market_session = NAME_NONE, .price.ticks = 541,
        .quantity.lots = 12, .expire_date = date_none, .side = SIDE_SELL, .client_order_id = "A.b-c_9"};
    cr_expect_eq(request.command.kind, COMMAND_NEW_ORDER);
    cr_expect_eq(memcmp(order, &expected, sizeof expected), 0);
    cr_expect_str_eq(request.words.symbol, "DY-SMP-EX");
    cr_expect_str_eq(request.words.price, "2705.00");
}

Test(decode, reads_every_member_of_an_order, .init = begin, .fini = end) {
    cr_assert_eq(decode("{" ORDER ",'price':2700,'ord_type':'stop_limit','time_in_force':'gtd','expire_date':"
                        "'2021-07-01','stop_px':'2695.00','display_qty':1,'min_qty':2,'post_only':true,"
                        "'all_or_none':true,'stp':'decrement'}"), 0, "%s", error.text);
    const struct command_new_order *order = &request.command.new_order;
    cr_expect_eq(order->price.ticks, 540);
    cr_expect_eq(order->stop.ticks, 539);
    cr_expect_eq(order->order_type, ORDER_TYPE_STOP_LIMIT);
    cr_expect_eq(order->time_in_force, TIF_GTD);
    cr_expect_eq(order->expire_date, date_from_civil(2021, 7, 1));
    cr_expect_eq(order->display.lots, 1);
    cr_expect_eq(order->has_display, 1);
    cr_expect_eq(order->min.lots, 2);
    cr_expect_eq(order->flags, ORDER_POST_ONLY | ORDER_ALL_OR_NONE);
    cr_expect_eq(order->stp, STP_DECREMENT);
    cr_expect_eq(decode("{" ORDER ",'ord_type':'market','time_in_force':'ioc','post_only':false}"), 0);
    cr_expect_eq(order->order_type, ORDER_TYPE_MARKET);
    cr_expect_eq(order->time_in_force, TIF_IOC);
    cr_expect_eq(order->price.ticks, 0);
    cr_expect_eq(order->flags, 0);
    cr_expect_eq(order->has_display, 0);
    cr_expect_eq(decode("{" ORDER ",'price':'2700.00','display_qty':0}"), 0);
    cr_expect_eq(order->has_display, 1);
    cr_expect_eq(order->display.lots, 0);
}

/* What is well written but cannot be traded is left to the exchange, as a sentinel. */
Test(decode, turns_prices_into_ticks_or_sentinels, .init = begin, .fini = end) {
    static const struct { const char *symbol, *price; uint32_t ticks; } rows[] = {
        {"DY-SMP-EX", "'2700.00'", 540}, {"DY-SMP-EX", "'2700'", 540}, {"DY-SMP-EX", "'2700.0'", 540},
        {"DY-SMP-EX", "'2700.000000'", 540}, {"DY-SMP-EX", "2700", 540}, {"DY-SMP-EX", "5", 1},
        {"DY-SMP-EX", "'2701.00'", PRICE_OFF_TICK}, {"DY-SMP-EX", "'2700.01'", PRICE_OFF_TICK},
        {"DY-SMP-EX", "'2700.001'", PRICE_OFF_TICK}, {"DY-SMP-EX", "2701", PRICE_OFF_TICK},
        {"DY-SMP-EX", "'0'", PRICE_INVALID}, {"DY-SMP-EX", "0", PRICE_INVALID}, {"DY-SMP-EX", "'0.00'", PRICE_INVALID},
        {"DY-SMP-EX", "'-2700.00'", PRICE_INVALID}, {"DY-SMP-EX", "-5", PRICE_INVALID},
        {"DY-SMP-EX", "'-0.001'", PRICE_INVALID},
        {"DY-SMP-EX", "9007199254740991", PRICE_INVALID}, {"DY-SMP-EX", "'99999999999999999999999'", PRICE_INVALID},
        {"DY-SMP-EX", "'671088635.00'", 134217727}, {"DY-SMP-EX", "'671088640.00'", PRICE_INVALID},
        {"MT-FINE", "'2.5000'", 1000}, {"MT-FINE", "'0.0025'", 1}, {"MT-FINE", "'0.002'", PRICE_OFF_TICK},
        {"MT-FINE", "'0.00251'", PRICE_OFF_TICK}, {"MT-FINE", "3", 1200},
        {"NO-TERMS", "'1.00'", PRICE_INVALID}, {"XX", "'1.00'", PRICE_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[256];
        snprintf(line, sizeof line, "{'type':'new_order','cl_ord_id':'a','symbol':'%s','side':'buy','order_qty':1,"
                 "'price':%s}", rows[i].symbol, rows[i].price);
        cr_assert_eq(decode(line), 0, "%s: %s", line, error.text);
        cr_expect_eq(request.command.new_order.price.ticks, rows[i].ticks, "%s: %u", line,
                     request.command.new_order.price.ticks);
    }
    cr_expect_eq(request.command.new_order.instrument, NAME_NONE);
    cr_expect_str_eq(request.words.symbol, "XX");
}

Test(decode, turns_quantities_into_lots_or_sentinels, .init = begin, .fini = end) {
    static const struct { const char *quantity; uint32_t lots; } rows[] = {
        {"1", 1}, {"0", 0}, {"-5", 0}, {"-9007199254740991", 0}, {"1000000000", 1000000000},
        {"1000000001", UINT32_MAX}, {"4294967296", UINT32_MAX}, {"9007199254740991", UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[256];
        snprintf(line, sizeof line, "{'type':'new_order','cl_ord_id':'a','symbol':'DY-SMP-EX','side':'buy',"
                 "'order_qty':%s,'price':'2700.00','display_qty':%s}", rows[i].quantity, rows[i].quantity);
        cr_assert_eq(decode(line), 0, "%s: %s", line, error.text);
        cr_expect_eq(request.command.new_order.quantity.lots, rows[i].lots, "%s", line);
        cr_expect_eq(request.command.new_order.display.lots, rows[i].lots, "%s", line);
    }
}

/* A name of the full length has no NUL in the command; a symbol longer than any is unknown, and is quoted cut. */
Test(decode, takes_names_up_to_their_full_length, .init = begin, .fini = end) {
    cr_assert_eq(decode("{'type':'new_order','cl_ord_id':'123456789012345678901234567890123456','symbol':"
                        "'A-SYMBOL-THAT-IS-MUCH-LONGER-THAN-ANY-SYMBOL-CAN-EVER-BE','side':'buy','order_qty':1,"
                        "'price':1}"), 0, "%s", error.text);
    cr_expect_eq(memcmp(request.command.new_order.client_order_id, "123456789012345678901234567890123456", 36), 0);
    cr_expect_eq(request.command.new_order.instrument, NAME_NONE);
    cr_expect_str_eq(request.words.symbol, "A-SYMBOL-THAT-IS-MUCH-LONGER-THAN-ANY-SYMBOL...");
}

Test(decode, reads_amends_with_prices_in_ticks_of_their_order, .init = begin, .fini = end) {
    uint64_t order_id = world_order(world, MT_FINE, "fine", 5, 1000);
    world_order(world, DY_SMP_EX, "milk", 5, 540);
    const struct command_amend_order *amend = &request.command.amend_order;
    char line[256];
    snprintf(line, sizeof line, "{'type':'amend_order','cl_ord_id':'b','order_id':'%llu','order_qty':3,"
             "'price':'2.5025'}", (unsigned long long)order_id);
    cr_assert_eq(decode(line), 0, "%s", error.text);
    cr_expect_eq(request.command.kind, COMMAND_AMEND_ORDER);
    cr_expect_eq(amend->order_id, order_id);
    cr_expect_eq(amend->price.ticks, 1001);
    cr_expect_eq(amend->quantity.lots, 3);
    cr_expect_eq(amend->flags, AMEND_QUANTITY | AMEND_PRICE);
    cr_expect_str_eq(amend->client_order_id, "b");
    cr_assert_eq(decode("{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'milk','price':'2695.00',"
                        "'display_qty':0}"), 0);
    cr_expect_eq(amend->price.ticks, 539);
    cr_expect_eq(amend->flags, AMEND_PRICE | AMEND_DISPLAY);
    cr_expect_eq(amend->display_lots, 0);
    cr_expect_str_eq(amend->orig_client_order_id, "milk");
    cr_assert_eq(decode("{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'milk','display_qty':-1}"), 0);
    cr_expect_eq(amend->display_lots, UINT32_MAX);
    cr_assert_eq(decode("{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'other','price':'2695.00'}"), 0);
    cr_expect_eq(amend->price.ticks, PRICE_INVALID);
    cr_assert_eq(decode("{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'milk'}"), 0);
    cr_expect_eq(amend->flags, 0);
}

/* The same line twice gives the same command, although the first changed the order's name. */
Test(decode, reads_an_amend_that_is_sent_again_like_the_first_time, .init = begin, .fini = end) {
    static const char line[] = "{'type':'amend_order','cl_ord_id':'b','orig_cl_ord_id':'a','price':'2695.00'}";
    world_order(world, DY_SMP_EX, "a", 5, 540);
    cr_assert_eq(decode(line), 0);
    struct command first = request.command;
    first.participant = BY_DAIRY_1;
    first.user = NAME_NONE;
    world_apply(world, first);
    cr_assert_eq(world->events[1].kind, EVENT_REPLACED);
    cr_assert_eq(decode(line), 0);
    cr_expect_eq(memcmp(&request.command.amend_order, &first.amend_order, sizeof first.amend_order), 0);
    first = request.command;
    first.participant = BY_DAIRY_1;
    first.user = NAME_NONE;
    world_apply(world, first);
    cr_expect_eq(world->events[0].kind, EVENT_ORDER_STATUS);
}

Test(decode, reads_cancels_and_status_requests, .init = begin, .fini = end) {
    cr_assert_eq(decode("{'type':'cancel_order','cl_ord_id':'c','orig_cl_ord_id':'a'}"), 0);
    cr_expect_eq(request.command.kind, COMMAND_CANCEL_ORDER);
    cr_expect_str_eq(request.command.cancel_order.client_order_id, "c");
    cr_expect_str_eq(request.command.cancel_order.orig_client_order_id, "a");
    cr_expect_eq(request.command.cancel_order.order_id, 0);
    static const struct { const char *text; uint64_t id; } rows[] = {
        {"1", 1}, {"4294967297", 4294967297}, {"18446744073709551615", UINT64_MAX},
        {"18446744073709551616", UINT64_MAX}, {"0", UINT64_MAX}, {"01", UINT64_MAX}, {"x", UINT64_MAX},
        {"-1", UINT64_MAX}, {"1 ", UINT64_MAX}, {"NONE", UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[128];
        snprintf(line, sizeof line, "{'type':'cancel_order','order_id':'%s'}", rows[i].text);
        cr_assert_eq(decode(line), 0, "%s", line);
        cr_expect_eq(request.command.cancel_order.order_id, rows[i].id, "%s", line);
        snprintf(line, sizeof line, "{'type':'order_status_request','order_id':'%s'}", rows[i].text);
        cr_assert_eq(decode(line), 0, "%s", line);
        cr_expect_eq(request.order_status.order_id, rows[i].id, "%s", line);
        cr_expect_eq(request.command.kind, 0);
    }
    cr_assert_eq(decode("{'type':'order_status_request','orig_cl_ord_id':'a'}"), 0);
    cr_expect_str_eq(request.order_status.orig_client_order_id, "a");
    cr_expect_eq(request.order_status.order_id, 0);
}

Test(decode, reads_mass_cancels, .init = begin, .fini = end) {
    const struct command_mass_cancel *mass = &request.command.mass_cancel;
    cr_assert_eq(decode("{'type':'mass_cancel'}"), 0);
    cr_expect_eq(request.command.kind, COMMAND_MASS_CANCEL);
    cr_expect(mass->instrument == NAME_NONE && mass->side == SIDE_BOTH && mass->client == NAME_NONE);
    cr_assert_eq(decode("{'type':'mass_cancel','symbol':'TB-SAW','side':'sell'}"), 0);
    cr_expect(mass->instrument == TB_SAW && mass->side == SIDE_SELL);
    cr_assert_eq(decode("{'type':'mass_cancel','symbol':'XX'}"), 0);
    cr_expect_str_eq(request.words.symbol, "XX");
    struct command command = request.command;
    command.participant = BY_DAIRY_1;
    command.user = NAME_NONE;
    world_apply(world, command);
    cr_expect_eq(world->events[0].kind, EVENT_REFUSED);
    cr_expect_eq(world->events[0].refused.reason, 104);
}

/* ---- step 2: everything else ---- */

Test(decode, reads_logons, .init = begin, .fini = end) {
    cr_assert_eq(decode("{'type':'logon','user':'dairy1','password':'p \\u00e9','next_expected_seq':118,"
                        "'cancel_on_disconnect':true}"), 0);
    cr_expect_str_eq(request.logon.user, "dairy1");
    cr_expect_eq(request.logon.password.size, 4);
    cr_expect_eq(memcmp(request.logon.password.text, "p \xc3\xa9", 4), 0);
    cr_expect_eq(request.logon.next_expected_seq, 118);
    cr_expect_eq(request.logon.cancel_on_disconnect, 1);
    cr_assert_eq(decode("{'type':'logon','user':'','password':''}"), 0);
    cr_expect_eq(request.logon.next_expected_seq, 0);
    cr_expect_eq(request.logon.cancel_on_disconnect, 0);
    char line[512];
    snprintf(line, sizeof line, "{'type':'logon','user':'%0100d','password':'%0200d'}", 1, 1);
    cr_assert_eq(decode(line), 0);
    cr_expect_eq(request.logon.user[63], '0');
    cr_expect_eq(request.logon.password.size, 128);
}

Test(decode, reads_queries, .init = begin, .fini = end) {
    static const char *const plain[] = {
        "heartbeat", "logout", "open_orders_request", "balances_request", "participant_request", "sessions_request",
        "instruments_request", "deals_request", "admin_digest", "admin_shutdown", "admin_snapshot",
    };
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        char line[64];
        snprintf(line, sizeof line, "{'type':'%s'}", plain[i]);
        cr_expect_eq(decode(line), 0, "%s", line);
        cr_expect_str_eq(request_name(request.type), plain[i]);
        cr_expect_eq(request.command.kind, 0);
    }
    cr_assert_eq(decode("{'type':'instruments_request'}"), 0);
    cr_expect_eq(request.instruments.section, -1);
    cr_assert_eq(decode("{'type':'instruments_request','section':'consumer'}"), 0);
    cr_expect_eq(request.instruments.section, SECTION_CONSUMER);
    cr_assert_eq(decode("{'type':'deals_request'}"), 0);
    cr_expect(request.deals.from_date == date_none && request.deals.to_date == date_none);
    cr_assert_eq(decode("{'type':'deals_request','from':'2021-06-28','to':'2021-06-28'}"), 0);
    cr_expect_eq(request.deals.from_date, date_from_civil(2021, 6, 28));
    cr_expect_eq(request.deals.to_date, date_from_civil(2021, 6, 28));
}

Test(decode, reads_subscriptions, .init = begin, .fini = end) {
    cr_assert_eq(decode("{'type':'subscribe','channel':'book','symbols':['TB-SAW','DY-SMP-EX'],'depth':5}"), 0);
    cr_expect_eq(request.subscribe.channel, CHANNEL_BOOK);
    cr_expect_eq(request.subscribe.all, 0);
    cr_expect_eq(request.subscribe.instruments_count, 2);
    cr_expect_eq(request.subscribe.instruments[0], TB_SAW);
    cr_expect_eq(request.subscribe.instruments[1], DY_SMP_EX);
    cr_expect_eq(request.subscribe.depth, 5);
    static const struct { const char *name; enum channel channel; } rows[] = {
        {"book", CHANNEL_BOOK}, {"trades", CHANNEL_TRADES}, {"ticker", CHANNEL_TICKER}, {"status", CHANNEL_STATUS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char line[96];
        snprintf(line, sizeof line, "{'type':'unsubscribe','channel':'%s','symbols':'all'}", rows[i].name);
        cr_assert_eq(decode(line), 0, "%s", line);
        cr_expect_eq(request.subscribe.channel, rows[i].channel);
        cr_expect_eq(request.subscribe.all, 1);
        cr_expect_eq(request.subscribe.depth, 20);
    }
}

Test(decode, bounds_the_list_of_symbols, .init = begin, .fini = end) {
    static char line[16384];
    static const char head[] = "{'type':'subscribe','channel':'book','symbols':['TB-SAW'";
    size_t size = sizeof head - 1;
    memcpy(line, head, size);
    for (int i = 1; i < 512; i++, size += 9) memcpy(line + size, ",'TB-SAW'", 9);
    memcpy(line + size, "]}", 3);
    cr_expect_eq(decode(line), 0);
    cr_expect_eq(request.subscribe.instruments_count, 512);
    memcpy(line + size, ",'TB-SAW']}", 12);
    cr_expect_eq(decode(line), 1206);
    cr_expect_str_eq(error.field, "symbols");
}

Test(decode, reads_administration, .init = begin, .fini = end) {
    const struct command *command = &request.command;
    cr_assert_eq(decode("{'type':'admin_clock','now':'2021-06-28T06:00:00.5Z'}"), 0);
    cr_expect_eq(command->kind, 0);
    cr_expect_eq(request.clock.now_ns, world->time_ns + 500000000);
    cr_assert_eq(decode("{'type':'admin_participant','participant':'CN-1','name':'\\u5317','country':'CN'}"), 0);
    cr_expect_eq(command->kind, COMMAND_PARTICIPANT);
    cr_expect_str_eq(command->add_participant.id, "CN-1");
    cr_expect_str_eq(command->add_participant.name, "\xe5\x8c\x97");
    cr_expect_eq(memcmp(command->add_participant.country, "CN", 2), 0);
    cr_assert_eq(decode("{'type':'admin_accredit','participant':'RU-WOOD-3','section':'timber',"
                        "'from':'2021-01-01'}"), 0);
    cr_expect_eq(command->kind, COMMAND_ACCREDIT);
    cr_expect_eq(command->accredit.participant, RU_WOOD_3);
    cr_expect_eq(command->accredit.section, SECTION_TIMBER);
    cr_expect_eq(command->accredit.from_date, date_from_civil(2021, 1, 1));
    cr_expect_eq(command->accredit.to_date, date_none);
    cr_assert_eq(decode("{'type':'admin_deposit','participant':'DE-TRADE-2','currency':'EUR','amount':'1000.5',"
                        "'action':'withdraw'}"), 0);
    cr_expect_eq(command->kind, COMMAND_DEPOSIT);
    cr_expect_eq(command->deposit.participant, DE_TRADE_2);
    cr_expect_eq(command->deposit.currency, CURRENCY_EUR);
    cr_expect_eq(command->deposit.amount.minor, 100050);
    cr_expect_eq(command->deposit.action, DEPOSIT_WITHDRAW);
    cr_assert_eq(decode("{'type':'admin_user','user':'t2','participant':'DE-TRADE-2','role':'observer',"
                        "'password':'pw'}"), 0);
    cr_expect_eq(command->kind, COMMAND_USER);
    cr_expect_str_eq(command->add_user.name, "t2");
    cr_expect_eq(command->add_user.participant, DE_TRADE_2);
    cr_expect_eq(command->add_user.role, ROLE_OBSERVER);
    cr_expect_eq(request.password.size, 2);
    cr_assert_eq(decode("{'type':'admin_user','user':'boss','role':'supervisor','password':'pw'}"), 0);
    cr_expect_eq(command->add_user.participant, NAME_NONE);
}

Test(decode, reads_halts, .init = begin, .fini = end) {
    static const struct { const char *line; uint32_t target; uint8_t scope, halted; } rows[] = {
        {"{'type':'admin_halt','symbol':'TB-SAW'}", TB_SAW, HALT_INSTRUMENT, 1},
        {"{'type':'admin_halt','session':'TIMBER-ANY'}", TIMBER_ANY, HALT_SESSION, 1},
        {"{'type':'admin_resume','section':'agri'}", SECTION_AGRI, HALT_SECTION, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(decode(rows[i].line), 0, "%s", rows[i].line);
        cr_expect_eq(request.command.kind, COMMAND_HALT);
        cr_expect_eq(request.command.halt.target, rows[i].target);
        cr_expect_eq(request.command.halt.scope, rows[i].scope);
        cr_expect_eq(request.command.halt.halted, rows[i].halted);
    }
}

/* Long and strange values come back cut between characters: what is said about them is valid UTF-8. */
Test(decode, quotes_what_was_given_without_breaking_characters, .init = begin, .fini = end) {
    char line[1024], value[512] = "";
    for (int shift = 0; shift < 4; shift++) {
        memset(value, 'a', (size_t)shift);
        for (int i = 0; i < 60; i++) memcpy(value + shift + 4 * i, "\xf0\x9f\x98\x80", 5);
        static const struct { const char *before, *after; } rows[] = {
            {"{'type':'", "'}"}, {"{'type':'heartbeat','", "':1}"}, {"{'type':'mass_cancel','side':'", "'}"},
            {"{'type':'cancel_order','orig_cl_ord_id':'", "'}"}, {"{'type':'admin_halt','symbol':'", "'}"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            char wrapped[1200];
            snprintf(line, sizeof line, "%s%s%s", rows[i].before, value, rows[i].after);
            cr_assert_gt(decode(line), 0, "%s", line);
            int size = snprintf(wrapped, sizeof wrapped, "{\"a\":\"");
            for (const char *c = error.text; *c != '\0'; c++) {
                if (*c == '"') wrapped[size++] = '\\';
                wrapped[size++] = *c;
            }
            size += snprintf(wrapped + size, sizeof wrapped - (size_t)size, "\",\"b\":\"%s\"}", error.field);
            cr_expect_eq(decode_head(decoder, wrapped, (uint32_t)size, &request, &error), 0, "%s: %s", wrapped,
                         error.text);
        }
    }
}

Test(decode, leaves_cjson_with_its_own_allocator, .init = begin, .fini = end) {
    cr_assert_eq(decode("{'type':'heartbeat'}"), 0);
    cJSON *tree = cJSON_CreateObject();
    cr_assert_not_null(tree);
    cJSON_Delete(tree);
}

Test(decode, has_sentences_for_the_layers_around) {
    decode_error_too_long(&error);
    cr_expect(error.reason == 1203 && strstr(error.text, "16384") != NULL);
    decode_error_not_logged_on(&error, REQUEST_UNKNOWN);
    cr_expect(error.reason == 1200 && error.text[0] != '\0');
    decode_error_not_logged_on(&error, REQUEST_NEW_ORDER);
    cr_expect_str_eq(error.text, "new_order needs a logon first");
    decode_error_not_authorised(&error, REQUEST_ADMIN_HALT, ROLE_OBSERVER);
    cr_expect_eq(error.reason, 1201);
    cr_expect_str_eq(error.text, "admin_halt needs the role supervisor, and this user is an observer");
}
