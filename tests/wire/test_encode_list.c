/* Lists: rows, and lines that end before the limit. */
#include "world.h"

#include <stdio.h>

#include "gateway/wire/encode.h"

TestSuite(list, .timeout = 30);

static struct world *world;
static char out[line_size_max];
static const struct request_id id_7 = {.size = 1, .json = "7"};

static void begin(void) { world = world_new(); }
static void end(void) { world_free(world); }

/* What a list sent: the lines, parsed. */
struct sent {
    cJSON *lines[64];
    uint32_t count;
};

static void take_line(void *owner, const char *line, uint32_t size) {
    struct sent *sent = owner;
    cr_assert(size > 0 && size <= 16384 && line[size - 1] == '\n');
    cr_assert_lt(sent->count, 64);
    sent->lines[sent->count] = cJSON_ParseWithLengthOpts(line, size, NULL, 0);
    cr_assert_not_null(sent->lines[sent->count], "%.*s", (int)size, line);
    sent->count++;
}

static void expect_sent(const struct sent *sent, const char *expectation) {
    char why[256];
    cr_assert_eq(sent->count, 1);
    cr_expect_eq(expect_match(expectation, sent->lines[0], why, sizeof why), 0, "%s", why);
}

static void free_sent(struct sent *sent) {
    for (uint32_t i = 0; i < sent->count; i++) cJSON_Delete(sent->lines[i]);
}

Test(list, of_nothing_is_one_last_line, .init = begin, .fini = end) {
    struct list list;
    struct sent sent = {.count = 0};
    list_begin(&list, out, LIST_OPEN_ORDERS, &id_7, world->time_ns, take_line, &sent);
    list_end(&list);
    expect_sent(&sent, "{'type':'open_orders','req_id':7,'orders':[],'last':true,"
                       "'ts':'2021-06-28T06:00:00.000000000Z'}");
    free_sent(&sent);
}

Test(list, of_orders, .init = begin, .fini = end) {
    struct list list;
    struct sent sent = {.count = 0};
    struct report order = {.order_id = 9, .instrument = DY_SMP_EX, .client = NAME_NONE, .price.ticks = 540,
                           .order_quantity.lots = 5, .cum_quantity.lots = 2, .leaves_quantity.lots = 3, .value = 1080,
                           .expire_date = date_none, .ord_status = ORD_STATUS_PARTIALLY_FILLED, .side = SIDE_SELL,
                           .client_order_id = "a"};
    list_begin(&list, out, LIST_OPEN_ORDERS, NULL, world->time_ns, take_line, &sent);
    list_add_order(&list, world->exchange, &order);
    order.order_type = ORDER_TYPE_STOP;
    order.price.ticks = 0;
    order.stop.ticks = 530;
    order.ord_status = ORD_STATUS_PENDING_TRIGGER;
    list_add_order(&list, world->exchange, &order);
    list_end(&list);
    expect_sent(&sent, "{'orders':[{'ord_status':'partially_filled','cl_ord_id':'a','order_id':'9','symbol':"
                       "'DY-SMP-EX','side':'sell','order_qty':5,'cum_qty':2,'leaves_qty':3,'price':'2700.00',"
                       "'avg_px':'2700.0000',"
                       "'ord_type':'limit','time_in_force':'day','deposit':'0.00','exec_type':null},"
                       "{'ord_status':'pending_trigger','ord_type':'stop','price':'0.00','stop_px':'2650.00'}]}");
    free_sent(&sent);
}

Test(list, of_balances, .init = begin, .fini = end) {
    struct list list;
    struct sent sent = {.count = 0};
    list_begin(&list, out, LIST_BALANCES, NULL, world->time_ns, take_line, &sent);
    list_add_balance(&list, &(struct balance_row){.currency = CURRENCY_EUR, .credited = {10050}, .free = {-5},
                                                  .held = {1}, .blocked = {20}, .fees_due = {300}});
    list_end(&list);
    expect_sent(&sent, "{'type':'balances','accounts':[{'currency':'EUR','credited':'100.50','free':'-0.05',"
                       "'held':'0.01','blocked':'0.20','fees_due':'3.00'}],'last':true}");
    free_sent(&sent);
}

Test(list, of_deals, .init = begin, .fini = end) {
    struct list list;
    struct sent sent = {.count = 0};
    list_begin(&list, out, LIST_DEALS, NULL, world->time_ns, take_line, &sent);
    list_add_deal(&list, world->exchange, &(struct deal_row){
        .trade_id = 77, .contract_id = 78, .instrument = DY_SMP_EX, .counterparty = DE_TRADE_2, .price = {540},
        .quantity = {2},
        .trade_date = date_from_civil(2021, 6, 28), .side = SIDE_SELL, .deal_class = DEAL_EXPORT});
    list_end(&list);
    /* 2 lots of 20 t at 2700.00 */
    expect_sent(&sent, "{'type':'deals','deals':[{'trade_id':'77','trade_date':'2021-06-28','symbol':'DY-SMP-EX',"
                       "'section':'agri','side':'sell','qty':2,'price':'2700.00','value':'108000.00','currency':'USD',"
                       "'deal_class':'export','counterparty':'DE-TRADE-2','fee':'0.00','state':'deal',"
                       "'contract_id':'78'}]}");
    free_sent(&sent);
}

Test(list, of_instruments, .init = begin, .fini = end) {
    struct list list;
    struct sent sent = {.count = 0};
    list_begin(&list, out, LIST_INSTRUMENTS, NULL, world->time_ns, take_line, &sent);
    for (uint32_t i = 0; i < exchange_instruments_count(world->exchange); i++) {
        list_add_instrument(&list, world->exchange, i);
    }
    list_end(&list);
    expect_sent(&sent, "{'type':'instruments','instruments':[{'symbol':'DY-SMP-EX',"
                       "'name':'Skimmed \\\"milk\\\" powder',"
                       "'section':'agri','group':'dairy','currency':'USD','lot':20,'unit':'t','tick':'5.00',"
                       "'reference_px':'2700.00','order_qty_min':1,'order_qty_max':10000,'collar_ppm':100000,"
                       "'session':'AGRI-DAY','bases':[{'basis':'FCA','place':'Minsk','country':'BY'}],"
                       "'payment_terms':['prepaid_full_deferred','cod']},{'symbol':'TB-SAW'},"
                       "{'symbol':'MT-FINE','tick':'0.0025','reference_px':'2.5000','session':null},"
                       "{'symbol':'NO-TERMS'}]}");
    free_sent(&sent);
}

Test(list, of_sessions, .init = begin, .fini = end) {
    struct list list;
    struct sent sent = {.count = 0};
    list_begin(&list, out, LIST_SESSIONS, NULL, world->time_ns, take_line, &sent);
    for (uint32_t i = 0; i < exchange_sessions_count(world->exchange); i++) list_add_session(&list, world->exchange, i);
    list_end(&list);
    expect_sent(&sent, "{'type':'sessions','sessions':[{'session':'AGRI-DAY','model':'continuous','phase':'continuous',"
                       "'opens':'09:00','closes':'17:00','restrictions':{},'symbols':['DY-SMP-EX']},"
                       "{'session':'TIMBER-ANY','opens':null,'closes':null,'symbols':['TB-SAW']}]}");
    free_sent(&sent);
}

/* A thousand orders: several lines, each within the limit, every order once, only the last line the last. */
Test(list, of_many_rows_comes_in_several_lines, .init = begin, .fini = end) {
    struct list list;
    struct sent sent = {.count = 0};
    struct report order = {.instrument = DY_SMP_EX, .client = NAME_NONE, .price.ticks = 540, .expire_date = date_none};
    memset(order.client_order_id, 'x', sizeof order.client_order_id);
    list_begin(&list, out, LIST_OPEN_ORDERS, &id_7, world->time_ns, take_line, &sent);
    for (uint64_t i = 1; i <= 1000; i++) {
        order.order_id = i;
        list_add_order(&list, world->exchange, &order);
    }
    list_end(&list);
    cr_assert_gt(sent.count, 10);
    unsigned long long expected_id = 1;
    for (uint32_t line = 0; line < sent.count; line++) {
        char why[256];
        const char *expectation = line + 1 == sent.count ? "{'type':'open_orders','req_id':7,'last':true}"
                                                         : "{'type':'open_orders','req_id':7,'last':false}";
        cr_expect_eq(expect_match(expectation, sent.lines[line], why, sizeof why), 0, "%s", why);
        const cJSON *row;
        cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(sent.lines[line], "orders")) {
            const cJSON *id = cJSON_GetObjectItemCaseSensitive(row, "order_id");
            cr_expect_eq(strtoull(id->valuestring, NULL, 10), expected_id++);
        }
    }
    cr_expect_eq(expected_id, 1001);
    free_sent(&sent);
}

/* A session whose symbols do not fit one row is listed again with the rest of them. */
Test(list, of_a_session_with_many_symbols_takes_several_rows) {
    struct limits limits = {.instruments_max = 1000, .sessions_max = 1, .participants_max = 1, .users_max = 1,
                            .orders_max = 1, .price_leaves_max = 1, .price_branches_max = 1, .client_ids_max = 1};
    size_t memory_size = (exchange_size(&limits) + 63) & ~(size_t)63;
    world = calloc(1, sizeof *world);
    void *memory = aligned_alloc(64, memory_size);
    memset(memory, 0, memory_size);
    world->exchange = exchange_init(memory, &limits);
    world->buffer = (struct event_buffer){.events = world->events, .capacity = world_events_max, .full = world_full};
    struct command session = world_command(COMMAND_SESSION, NAME_NONE);
    WORLD_NAME(session.session.id, "ALL");
    world_apply(world, session);
    for (uint32_t i = 0; i < 1000; i++) {
        char symbol[symbol_size];
        snprintf(symbol, sizeof symbol, "A-VERY-LONG-SYMBOL-%u", i);
        world_instrument(world, symbol, SECTION_AGRI, CURRENCY_USD, 2);
        struct command listed = world_command(COMMAND_SESSION_SYMBOL, NAME_NONE);
        listed.session_symbol.instrument = i;
        world_apply(world, listed);
    }
    struct list list;
    struct sent sent = {.count = 0};
    list_begin(&list, out, LIST_SESSIONS, NULL, 0, take_line, &sent);
    list_add_session(&list, world->exchange, 0);
    list_end(&list);
    int symbols_count = 0;
    for (uint32_t line = 0; line < sent.count; line++) {
        const cJSON *row;
        cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(sent.lines[line], "sessions")) {
            cr_expect_str_eq(cJSON_GetObjectItemCaseSensitive(row, "session")->valuestring, "ALL");
            symbols_count += cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(row, "symbols"));
        }
    }
    cr_expect_gt(sent.count, 1);
    cr_expect_eq(symbols_count, 1000);
    free_sent(&sent);
    world_free(world);
}
