/* test_lists.c - answers that are lists: the catalogue, sessions, one's own record; long ones come in parts. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/expect.h"
#include "tests/support/market.h"

/* Takes all parts of a list and hands every element to `each`. Returns how many there were. */
static int list_receive(struct client *client, const char *type, const char *member,
                        void (*each)(const cJSON *element, int index)) {
    int count = 0;
    for (;;) {
        const cJSON *part = client_expect(client, "{'type':'%s','req_id':'list','%s':'*'}", type, member);
        const cJSON *element;
        cJSON_ArrayForEach(element, cJSON_GetObjectItemCaseSensitive(part, member)) {
            if (each != NULL) each(element, count);
            count++;
        }
        const cJSON *last = cJSON_GetObjectItemCaseSensitive(part, "last");
        cr_assert(cJSON_IsBool(last), "%s", client->line);
        if (cJSON_IsTrue(last)) return count;
    }
}

/* ---- the catalogue ---- */

static char symbols_seen[64][32];

static void symbol_take(const cJSON *element, int index) {
    const cJSON *symbol = cJSON_GetObjectItemCaseSensitive(element, "symbol");
    cr_assert(cJSON_IsString(symbol) && index < 64);
    snprintf(symbols_seen[index], sizeof symbols_seen[index], "%s", symbol->valuestring);
}

static int symbol_seen(const char *symbol, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(symbols_seen[i], symbol) == 0) return 1;
    return 0;
}

Test(lists, the_default_catalogue_has_52_instruments) {
    static const char *const some[] = {"TB-PINE-SAW-EX", "TB-SAW-TR", "DY-SMP-EX", "DY-MILK-RAW", "MT-REBAR-12",
                                       "MT-CU-ROD",
                                       "OS-RSO-EX", "OS-FLAX-TR", "IC-CEM-RU", "AG-WETBLUE", "IC-TEXT-TR"};
    struct server server;
    server_start(&server, "tests/e2e/worlds/catalogue.json");
    struct client *dairy = client_logon(&server, "dairy");
    client_send(dairy, "{'type':'instruments_request','req_id':'list'}");
    int count = list_receive(dairy, "instruments", "instruments", symbol_take);
    cr_expect_eq(count, 52);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) cr_expect(symbol_seen(some[i], count), "no %s", some[i]);
    client_expect_quiet(dairy);
    client_close(dairy);
    server_stop(&server);
}

/* The rows of the catalogue: 1-15 timber, 26-38 metals, 16-25 dairy with 39-47 oilseeds and 50 hides in agri, the other
 * four consumer goods. */
Test(lists, instruments_are_chosen_by_section) {
    static const struct { const char *section; int count; } cases[] = {
        {"timber", 15}, {"metals", 13}, {"agri", 20}, {"consumer", 4}};
    struct server server;
    server_start(&server, "tests/e2e/worlds/catalogue.json");
    struct client *dairy = client_logon(&server, "dairy");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        client_send(dairy, "{'type':'instruments_request','req_id':'list','section':'%s'}", cases[i].section);
        cr_expect_eq(list_receive(dairy, "instruments", "instruments", symbol_take), cases[i].count, "%s",
                     cases[i].section);
    }
    client_send(dairy, "{'type':'instruments_request','section':'fish'}");
    client_expect(dairy, "{'type':'error','code':1206,'field':'section'}");
    client_close(dairy);
    server_stop(&server);
}

Test(lists, an_instrument_says_what_a_trader_must_know) {
    struct market market;
    market_open(&market);
    client_send(market.food, "{'type':'instruments_request','req_id':1,'section':'agri'}");
    client_expect(market.food, "{'type':'instruments','req_id':1,'last':true,'instruments':["
                  "{'symbol':'DY-SMP-EX','name':'Skimmed milk powder, 25 kg bags, export','section':'agri',"
                  "'group':'dairy',"
                  "'currency':'USD','lot':20,'unit':'t','tick':'5.00','reference_px':'2700.00','order_qty_min':1,"
                  "'order_qty_max':10000,'collar_ppm':100000,'bases':[{'basis':'FCA'},{'basis':'CPT'},{'basis':'DAP'}],"
                  "'payment_terms':['prepaid_full_deferred','lc','cod']},"
                  "{'symbol':'DY-BUT-825','lot':10,'tick':'10.00','reference_px':'5130.00'}]}");
    market_close(&market);
}

/* ---- long lists ---- */

static void order_check(const cJSON *element, int index) {
    char expectation[64], why[128];
    snprintf(expectation, sizeof expectation, "{'cl_ord_id':'o%d','leaves_qty':%d}", index, index % 7 + 1);
    cr_assert(expect_match(expectation, element, why, sizeof why) == 0, "element %d: %s", index, why);
}

Test(lists, open_orders_that_fill_many_lines_come_whole_and_in_order) {
    enum { orders_count = 300 };
    struct market market;
    market_open(&market);
    for (int i = 0; i < orders_count; i++) {
        char id[24];
        snprintf(id, sizeof id, "o%d", i);
        order_send(market.dairy, id, "sell", i % 7 + 1, "2700.00", "");
    }
    for (int i = 0; i < orders_count; i++)
        client_expect(market.dairy, "{'type':'execution_report','cl_ord_id':'o%d'}", i);
    client_send(market.dairy, "{'type':'open_orders_request','req_id':'list'}");
    cr_expect_eq(list_receive(market.dairy, "open_orders", "orders", order_check), orders_count);
    client_send(market.food, "{'type':'open_orders_request','req_id':'list'}");
    cr_expect_eq(list_receive(market.food, "open_orders", "orders", NULL), 0);
    market_close(&market);
}

Test(lists, a_book_of_more_than_100_levels_still_fits_its_line) {
    struct server server;
    server_start(&server, "tests/e2e/worlds/limits.json");
    struct client *dairy = client_logon(&server, "dairy"), *reader = client_open(&server);
    for (int i = 0; i < 150; i++) {
        char id[24], price[24];
        snprintf(id, sizeof id, "o%d", i);
        snprintf(price, sizeof price, "%d.00", 1000000 + i);
        order_enter(dairy, id, "sell", 1, price, ",'symbol':'TEST-WIDE'");
    }
    client_send(reader, "{'type':'subscribe','channel':'book','symbols':['TEST-WIDE'],'depth':100}");
    client_expect(reader, "{'type':'ack'}");
    const cJSON *snapshot = client_expect(reader, "{'type':'book_snapshot'}");
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(snapshot, "asks")), 100);
    cr_expect_str_eq(client_text(reader, "asks.0.0"), "1000000.00");
    cr_expect_str_eq(client_text(reader, "asks.99.0"), "1000099.00");
    client_send(reader, "{'type':'subscribe','channel':'book','symbols':['TEST-WIDE']}");
    client_expect(reader, "{'type':'ack'}");
    snapshot = client_expect(reader, "{'type':'book_snapshot'}");
    cr_expect_eq(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(snapshot, "asks")), 20,
                 "20 levels is the default");
    client_close(dairy);
    client_close(reader);
    server_stop(&server);
}

/* ---- sessions and one's own record ---- */

Test(lists, sessions_say_what_is_open) {
    struct server server;
    server_start(&server, "tests/e2e/worlds/scheduled.json");
    struct client *dairy = client_logon(&server, "dairy"), *root = client_logon(&server, "root");
    client_send(dairy, "{'type':'sessions_request','req_id':1}");
    client_expect(dairy, "{'type':'sessions','req_id':1}");
    cr_expect_not_null(strstr(dairy->line, "\"AGRI-DAY\""), "%s", dairy->line);
    cr_expect_not_null(strstr(dairy->line, "\"closed\""), "%s", dairy->line);
    clock_move(root, "2021-06-28T06:00:00Z");
    client_send(dairy, "{'type':'sessions_request'}");
    const cJSON *answer = client_expect(dairy, "{'type':'sessions'}");
    const cJSON *session;
    char why[256] = "not there";
    int found = 0;
    cJSON_ArrayForEach(session, cJSON_GetObjectItemCaseSensitive(answer, "sessions"))
        found |= expect_match("{'session':'AGRI-DAY','model':'continuous','phase':'continuous','symbols':['DY-SMP-EX'],"
                              "'opens':'*','closes':'*'}", session, why, sizeof why) == 0;
    cr_expect(found, "%s: %s", why, dairy->line);
    client_close(dairy);
    client_close(root);
    server_stop(&server);
}

Test(lists, a_participant_sees_its_own_record) {
    struct market market;
    market_open(&market);
    order_enter(market.trade, "o", "buy", 1, "2600.00", "");
    client_send(market.trade, "{'type':'participant_request','req_id':1}");
    client_expect(market.trade, "{'type':'participant','req_id':1,'participant':'PL-TRADE-1','name':'A trading house',"
                  "'country':'PL','resident':false,'accreditation':'accredited','open_orders':1,'clients':[],"
                  "'remarks':[]}");
    const cJSON *sections = expect_path(market.trade->message, "sections");
    cr_expect_eq(cJSON_GetArraySize(sections), 2, "%s", market.trade->line);
    char why[256];
    static const char *const expected[] = {"{'section':'metals','from':'2020-01-01','to':null}",
                                           "{'section':'agri','from':'2020-01-01','to':null}"};
    for (int i = 0; i < 2; i++) {
        int fits = expect_match(expected[i], cJSON_GetArrayItem(sections, i), why, sizeof why) == 0;
        cr_expect(fits, "%s: %s", why, market.trade->line);
    }
    market_close(&market);
}
