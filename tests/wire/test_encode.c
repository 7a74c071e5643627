/* Single messages, member by member against the protocol. Expectations are written with ' for ". */
#include "world.h"

#include <stdio.h>

#include "gateway/wire/encode.h"

TestSuite(encode, .timeout = 30);

static struct world *world;
static char out[line_size_max];
static const struct request_id id_7 = {.size = 1, .json = "7"};
#define TS "'ts':'2021-06-28T06:00:00.000000000Z'"
#define NOW (world->time_ns)

static void begin(void) { world = world_new(); }
static void end(void) { world_free(world); }

/* ---- session ---- */

Test(encode, welcome, .init = begin, .fini = end) {
    struct welcome_message message = {.version = "1.0", .clock = "manual",
                                      .trade_date = exchange_trade_date(world->exchange), .time_ns = NOW + 1};
    expect_line(out, encode_welcome(out, &message),
                "{'type':'welcome','exchange':'birzha','protocol':1,'version':'1.0','clock':'manual',"
                "'trade_date':'2021-06-28','ts':'2021-06-28T06:00:00.000000001Z'}", 7);
}

Test(encode, logon_ack, .init = begin, .fini = end) {
    char user[user_name_size] = "dairy1";
    struct logon_message message = {.id = &id_7, .user = user, .participant = BY_DAIRY_1, .role = ROLE_TRADER,
                                    .heartbeat_s = 10, .next_seq = 118, .time_ns = NOW};
    expect_line(out, encode_logon_ack(out, world->exchange, &message),
                "{'type':'logon_ack','req_id':7,'user':'dairy1','participant':'BY-DAIRY-1','role':'trader',"
                "'next_seq':118,'heartbeat_s':10," TS "}", 8);
    message.id = NULL;
    message.participant = NAME_NONE;
    message.role = ROLE_ADMIN;
    uint32_t size = encode_logon_ack(out, world->exchange, &message);
    expect_line(out, size, "{'type':'logon_ack','role':'admin','participant':null," TS "}", 7);
}

Test(encode, logout_heartbeat_and_gap, .init = begin, .fini = end) {
    expect_line(out, encode_logout(out, &id_7, NOW), "{'type':'logout','req_id':7," TS "}", 3);
    expect_line(out, encode_heartbeat(out, NULL, NOW), "{'type':'heartbeat'," TS "}", 2);
    expect_line(out, encode_gap(out, 5, 70000, NOW), "{'type':'gap','from':5,'to':70000," TS "}", 4);
}

/* ---- answers ---- */

Test(encode, error_with_everything_and_with_nothing, .init = begin, .fini = end) {
    char name[client_order_id_size] = "c-1", orig[client_order_id_size];
    memset(orig, 'x', sizeof orig);
    struct error_message message = {.id = &id_7, .reason = 904, .field = "orig_cl_ord_id", .text = "no \"such\"\norder",
                                    .client_order_id = name, .orig_client_order_id = orig, .order_id = 4294967297,
                                    .time_ns = NOW};
    expect_line(out, encode_error(out, &message),
                "{'type':'error','req_id':7,'reason':'order_unknown','code':904,'rule':'ORD-6',"
                "'text':'no \\\"such\\\"\\norder','field':'orig_cl_ord_id','cl_ord_id':'c-1',"
                "'orig_cl_ord_id':'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx','order_id':'4294967297'," TS "}", 11);
    struct decode_error error = {.reason = 1208, .text = "there is no request \"x\""};
    expect_line(out, encode_decode_error(out, NULL, &error, NOW),
                "{'type':'error','reason':'unknown_type','code':1208,'rule':null,'field':null," TS "}", 5);
}

/* The longest of everything, all of it escaped, still fits a line. */
Test(encode, error_fits_whatever_is_in_it, .init = begin, .fini = end) {
    static char text[decode_text_size], field[decode_field_size];
    struct request_id id = {.size = 0};
    memset(text, '\x1f', sizeof text);
    memset(field, '\x1f', sizeof field);
    id.json[id.size++] = '"';
    for (int i = 0; i < 36; i++, id.size += 6) memcpy(id.json + id.size, "\\u001f", 6);
    id.json[id.size++] = '"';
    struct error_message message = {.id = &id, .reason = 1207, .field = field, .text = text, .time_ns = NOW};
    expect_line(out, encode_error(out, &message), "{'type':'error','code':1207}", 7);
}

Test(encode, refused_names_the_order_of_the_request, .init = begin, .fini = end) {
    struct request request = {.type = REQUEST_CANCEL_ORDER, .id = id_7};
    request.command = world_command(COMMAND_CANCEL_ORDER, BY_DAIRY_1);
    WORLD_NAME(request.command.cancel_order.client_order_id, "c");
    WORLD_NAME(request.command.cancel_order.orig_client_order_id, "a");
    cr_assert_eq(world_apply(world, request.command), 2);   /* its CLIENT_ID, then REFUSED */
    expect_line(out, encode_refused(out, world->exchange, &world->events[1], &request, NOW),
                "{'type':'error','req_id':7,'reason':'order_unknown','code':904,'rule':'ORD-6','text':'*',"
                "'cl_ord_id':'c','orig_cl_ord_id':'a'," TS "}", 9);
    uint64_t order_id = world_order(world, DY_SMP_EX, "a", 5, 540);
    request = (struct request){.type = REQUEST_AMEND_ORDER};
    request.command = world_command(COMMAND_AMEND_ORDER, BY_DAIRY_1);
    WORLD_NAME(request.command.amend_order.client_order_id, "b");
    request.command.amend_order.order_id = order_id;
    request.command.amend_order.price.ticks = PRICE_OFF_TICK;
    request.command.amend_order.flags = AMEND_PRICE;
    memcpy(request.words.price, "2701.00", 8);
    uint32_t count = world_apply(world, request.command);
    char expectation[256];
    snprintf(expectation, sizeof expectation,
             "{'type':'error','code':702,'cl_ord_id':'b','order_id':'%llu',"
             "'text':'price 2701.00 is not a multiple of the tick 5.00; nearest are 2700.00 and 2705.00'}",
             (unsigned long long)order_id);
    expect_line(out, encode_refused(out, world->exchange, &world->events[count - 1], &request, NOW), expectation, 8);
}

Test(encode, acknowledgements, .init = begin, .fini = end) {
    expect_line(out, encode_ack(out, &id_7, NOW), "{'type':'ack','req_id':7," TS "}", 3);
    expect_line(out, encode_ack_clock(out, NULL, exchange_trade_date(world->exchange), NOW),
                "{'type':'ack','now':'2021-06-28T06:00:00.000000000Z','trade_date':'2021-06-28'," TS "}", 4);
    expect_line(out, encode_mass_cancel_ack(out, &id_7, 3, NOW),
                "{'type':'mass_cancel_ack','req_id':7,'count':3," TS "}", 4);
    expect_line(out, encode_digest(out, NULL, 42, 0xab, NOW),
                "{'type':'digest','sequence':42,'state_hash':'00000000000000ab'," TS "}", 4);
    static struct request request = {.type = REQUEST_SUBSCRIBE};
    request.subscribe.channel = CHANNEL_TRADES;
    request.subscribe.all = 1;
    expect_line(out, encode_ack_channel(out, world->exchange, &request, NOW),
                "{'type':'ack','channel':'trades','symbols':'all'," TS "}", 4);
    request.subscribe.all = 0;
    request.subscribe.instruments_count = 2;
    request.subscribe.instruments[0] = TB_SAW;
    request.subscribe.instruments[1] = DY_SMP_EX;
    expect_line(out, encode_ack_channel(out, world->exchange, &request, NOW),
                "{'type':'ack','channel':'trades','symbols':['TB-SAW','DY-SMP-EX']," TS "}", 4);
}

Test(encode, participant_record, .init = begin, .fini = end) {
    uint32_t from = 0;
    expect_line(out, encode_participant(out, world->exchange, &id_7, DE_TRADE_2, &from, NOW),
                "{'type':'participant','req_id':7,'participant':'DE-TRADE-2','name':'Trade Two','country':'DE',"
                "'resident':false,'accreditation':'accredited',"
                "'sections':[{'section':'agri','from':'2021-07-01','to':'2021-12-31'}],'open_orders':0,'broker':null,"
                "'clients':[],'remarks':[],'own_use':null,'killed':false,'last':true," TS "}", 16);
    cr_expect_eq(from, 0);
    expect_line(out, encode_participant(out, world->exchange, NULL, BY_DAIRY_1, &from, NOW),
                "{'resident':true,'sections':[{'section':'timber','to':null},{'section':'metals'},{'section':'agri'},"
                "{'section':'consumer'}]}", 15);
    expect_line(out, encode_participant(out, world->exchange, NULL, NAME_NONE, &from, NOW),
                "{'type':'participant','last':true}", 3);
}

/* ---- reports ---- */

static struct report report_of(uint32_t instrument, enum exec_type type, enum ord_status status) {
    struct report report = {
        .seq = 119, .time_ns = NOW, .order_id = 4294967297, .exec_sequence = 31, .exec_index = 1,
        .participant = BY_DAIRY_1, .instrument = instrument, .client = NAME_NONE, .price.ticks = 540,
        .order_quantity.lots = 40, .leaves_quantity.lots = 40, .expire_date = date_none, .kind = REPORT_EXECUTION,
        .exec_type = (uint8_t)type, .ord_status = (uint8_t)status, .side = SIDE_BUY};
    memcpy(report.client_order_id, "S042-17", 7);
    return report;
}

static void expect_report(const struct report *report, const struct request_words *words, const char *expectation,
                          int members_count) {
    expect_line(out, encode_report(out, world->exchange, report, NULL, words, DELIVERY_FIRST), expectation,
                members_count);
}

Test(encode, report_of_a_new_order, .init = begin, .fini = end) {
    struct report report = report_of(DY_SMP_EX, EXEC_TYPE_NEW, ORD_STATUS_NEW);
    uint32_t size = encode_report(out, world->exchange, &report, &id_7, NULL, DELIVERY_FIRST);
    expect_line(out, size,
                "{'type':'execution_report','req_id':7,'seq':119,'exec_type':'new','ord_status':'new',"
                "'cl_ord_id':'S042-17','orig_cl_ord_id':null,'order_id':'4294967297','exec_id':'31-1-b',"
                "'trade_id':null,'symbol':'DY-SMP-EX','side':'buy','client':null,'order_qty':40,'cum_qty':0,"
                "'leaves_qty':40,'price':'2700.00','last_qty':null,'avg_px':null,'ord_type':'limit',"
                "'time_in_force':'day','deposit':'0.00','reason':null,'poss_dup':null," TS "}", 18);
    size = encode_report(out, world->exchange, &report, NULL, NULL, DELIVERY_AGAIN);
    expect_line(out, size, "{'seq':119,'req_id':null,'poss_dup':true}", 18);
    report.seq = 0;
    report.flags = REPORT_POSS_DUP;
    report.exec_type = EXEC_TYPE_ORDER_STATUS;
    expect_report(&report, NULL, "{'seq':null,'exec_type':'order_status','poss_dup':true}", 17);
}

Test(encode, report_of_an_order_with_everything, .init = begin, .fini = end) {
    struct report report = report_of(MT_FINE, EXEC_TYPE_REPLACED, ORD_STATUS_PARTIALLY_FILLED);
    memcpy(report.orig_client_order_id, "S042-16", 7);
    report.side = SIDE_SELL;
    report.client = DE_TRADE_2;
    report.order_type = ORDER_TYPE_STOP_LIMIT;
    report.time_in_force = TIF_GTD;
    report.expire_date = date_from_civil(2021, 7, 1);
    report.stop.ticks = 1001;
    report.display_quantity.lots = 4;
    report.order_flags = ORDER_POST_ONLY | ORDER_ALL_OR_NONE;
    report.flags = REPORT_PRIORITY_LOST;
    report.cum_quantity.lots = 10;
    report.leaves_quantity.lots = 30;
    report.value = 5405;        /* 540.5 ticks of 0.0025 */
    expect_report(&report, NULL,
                  "{'exec_type':'replaced','ord_status':'partially_filled','orig_cl_ord_id':'S042-16',"
                  "'exec_id':'31-1-s','symbol':'MT-FINE','side':'sell','client':'DE-TRADE-2','order_qty':40,"
                  "'cum_qty':10,'leaves_qty':30,'price':'1.3500','avg_px':'1.3513','ord_type':'stop_limit',"
                  "'time_in_force':'gtd','expire_date':'2021-07-01','stop_px':'2.5025','display_qty':4,"
                  "'post_only':true,'all_or_none':true,'priority':'lost'}", 26);
    report.flags = REPORT_PRIORITY_KEPT;
    expect_report(&report, NULL, "{'priority':'kept'}", 26);
}

Test(encode, report_of_a_fill, .init = begin, .fini = end) {
    struct report report = report_of(DY_SMP_EX, EXEC_TYPE_TRADE, ORD_STATUS_FILLED);
    report.trade_id = 77;
    report.cum_quantity.lots = 40;
    report.leaves_quantity.lots = 0;
    report.last_quantity.lots = 10;
    report.last_price.ticks = 541;
    report.value = 21610;       /* 10 lots at 541, 30 at 540 ticks of 5.00: 2701.25 */
    report.liquidity = LIQUIDITY_TAKER;
    report.deal_class = DEAL_EXPORT;
    expect_report(&report, NULL,
                  "{'exec_type':'trade','ord_status':'filled','trade_id':'77','cum_qty':40,'leaves_qty':0,"
                  "'price':'2700.00','last_qty':10,'last_px':'2705.00','avg_px':'2701.2500','liquidity':'taker',"
                  "'deal_class':'export','deposit':'0.00'}", 21);
}

/* 4 places, half up, whatever the places of the instrument. */
Test(encode, avg_px_rounds_half_up_at_four_places, .init = begin, .fini = end) {
    static const struct { uint32_t instrument, lots; uint64_t value; const char *text; } rows[] = {
        {DY_SMP_EX, 3, 1621, "{'avg_px':'2701.6667'}"},      /* 8105 / 3 = 2701.66666.. */
        {DY_SMP_EX, 3, 1622, "{'avg_px':'2703.3333'}"},
        {TB_SAW, 1, 561, "{'avg_px':'280.5000'}"},
        {MT_FINE, 40, 21605, "{'avg_px':'1.3503'}"},         /* 1.3503125 */
        {MT_FINE, 50, 27001, "{'avg_px':'1.3501'}"},         /* 1.35005 -> up */
        {MT_FINE, 1000000000, 134217727000000000, "{'avg_px':'335544.3175'}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct report report = report_of(rows[i].instrument, EXEC_TYPE_ORDER_STATUS, ORD_STATUS_PARTIALLY_FILLED);
        report.cum_quantity.lots = rows[i].lots;
        report.value = rows[i].value;
        expect_report(&report, NULL, rows[i].text, 18);
    }
}

Test(encode, report_of_a_rejected_order, .init = begin, .fini = end) {
    struct report report = report_of(DY_SMP_EX, EXEC_TYPE_REJECTED, ORD_STATUS_REJECTED);
    struct request_words words = {.symbol = "DY-SMP-EX", .price = "2701.00"};
    report.order_id = 0;
    report.leaves_quantity.lots = 0;
    report.price.ticks = PRICE_OFF_TICK;
    report.reason = 702;
    expect_report(&report, &words,
                  "{'exec_type':'rejected','ord_status':'rejected','order_id':'','price':'2701.00',"
                  "'reason':'price_not_on_tick','code':702,'rule':'PRC-1',"
                  "'text':'price 2701.00 is not a multiple of the tick 5.00; nearest are 2700.00 and 2705.00'}", 21);
    expect_report(&report, NULL, "{'price':'0.00','text':'price is not a multiple of the tick 5.00'}", 21);
    report.instrument = NAME_NONE;
    report.reason = 104;
    report.order_quantity.lots = UINT32_MAX;
    memcpy(words.symbol, "X\"Y", 4);
    expect_report(&report, &words, "{'symbol':'X\\\"Y','order_qty':0,'price':'2701.00','code':104,'rule':'SES-17',"
                                   "'text':'there is no instrument \\\"X\\\"Y\\\"'}", 21);
    expect_report(&report, NULL, "{'symbol':'','price':'0.00','text':'there is no such instrument'}", 21);
}

Test(encode, notice, .init = begin, .fini = end) {
    struct report report = report_of(DY_SMP_EX, EXEC_TYPE_NEW, ORD_STATUS_NEW);
    report.kind = REPORT_NOTICE;
    report.reason = 1106;
    expect_report(&report, NULL, "{'type':'notice','seq':119,'reason':'stop_triggered','code':1106,'rule':'ORD-4',"
                                 "'text':'*','order_id':'4294967297'," TS "}", 8);
}

/* ---- market data ---- */

Test(encode, book_messages, .init = begin, .fini = end) {
    static const struct book_level bids[] = {{{540}, 2, 12}, {{539}, 1, 5000000000}}, asks[] = {{{541}, 0, 0}};
    struct book_message book = {.instrument = DY_SMP_EX, .md_seq = 12, .prev_md_seq = 11, .bids = bids, .asks = asks,
                                .bids_count = 2, .asks_count = 1, .time_ns = NOW};
    expect_line(out, encode_book_update(out, world->exchange, &book),
                "{'type':'book_update','symbol':'DY-SMP-EX','md_seq':12,'prev_md_seq':11,"
                "'bids':[['2700.00',12,2],['2695.00',5000000000,1]],'asks':[['2705.00',0,0]]," TS "}", 7);
    book.asks_count = 0;
    expect_line(out, encode_book_snapshot(out, world->exchange, &book),
                "{'type':'book_snapshot','md_seq':12,'prev_md_seq':null,'conflated':null,'asks':[]," TS "}", 6);
    book.conflated = 1;
    expect_line(out, encode_book_snapshot(out, world->exchange, &book), "{'conflated':true}", 7);
}

/* A full book of the largest figures fits a line. */
Test(encode, book_of_the_largest_depth_fits, .init = begin, .fini = end) {
    static struct book_level levels[100];
    for (int i = 0; i < 100; i++) levels[i] = (struct book_level){{price_ticks_max}, UINT32_MAX, UINT64_MAX};
    struct book_message book = {.instrument = DY_SMP_EX, .md_seq = UINT64_MAX, .prev_md_seq = UINT64_MAX - 1,
                                .bids = levels, .asks = levels, .bids_count = 100, .asks_count = 100, .time_ns = NOW};
    expect_line(out, encode_book_update(out, world->exchange, &book), "{'type':'book_update'}", 7);
}

Test(encode, trade, .init = begin, .fini = end) {
    struct trade_message trade = {.md_seq = 2, .prev_md_seq = 1, .trade_id = 77, .instrument = TB_SAW,
                                  .price.ticks = 561, .quantity.lots = 3, .deal_class = DEAL_TRANSIT,
                                  .condition = CONDITION_CONTINUOUS, .trade_date = exchange_trade_date(world->exchange),
                                  .time_ns = NOW};
    expect_line(out, encode_trade(out, world->exchange, &trade),
                "{'type':'trade','symbol':'TB-SAW','md_seq':2,'prev_md_seq':1,'trade_id':'77','price':'280.50',"
                "'qty':3,'deal_class':'transit','condition':'continuous','trade_date':'2021-06-28'," TS "}", 11);
}

Test(encode, ticker, .init = begin, .fini = end) {
    struct ticker_message ticker = {.md_seq = 2, .prev_md_seq = 1, .instrument = TB_SAW, .bid.ticks = 560,
                                    .bid_lots = 7, .ask.ticks = 562, .ask_lots = 8, .last.ticks = 561,
                                    .reference.ticks = 560, .volume_lots = 30, .time_ns = NOW};
    expect_line(out, encode_ticker(out, world->exchange, &ticker),
                "{'type':'ticker','symbol':'TB-SAW','md_seq':2,'prev_md_seq':1,'bid_px':'280.00','bid_qty':7,"
                "'ask_px':'281.00','ask_qty':8,'last_px':'280.50','volume':30,'reference_px':'280.00'," TS "}", 12);
    ticker.bid.ticks = ticker.ask.ticks = ticker.last.ticks = 0;
    expect_line(out, encode_ticker(out, world->exchange, &ticker),
                "{'bid_px':null,'bid_qty':null,'ask_px':null,'ask_qty':null,'last_px':null,'volume':30}", 7);
}

Test(encode, status, .init = begin, .fini = end) {
    struct status_message status = {.md_seq = 2, .prev_md_seq = 1, .instrument = TB_SAW, .session = TIMBER_ANY,
                                    .phase = PHASE_HALTED, .time_ns = NOW};
    expect_line(out, encode_status(out, world->exchange, &status),
                "{'type':'status','symbol':'TB-SAW','md_seq':2,'prev_md_seq':1,'session':'TIMBER-ANY',"
                "'phase':'halted'," TS "}", 7);
    status.session = NAME_NONE;
    expect_line(out, encode_status(out, world->exchange, &status), "{'session':null}", 6);
}
