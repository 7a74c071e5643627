/* The sentence of a refusal, with its figures. */
#include "world.h"

#include "engine/reject.h"
#include "gateway/wire/reasons.h"

TestSuite(reasons, .timeout = 30);

static struct world *world;
static void begin(void) { world = world_new(); }
static void end(void) { world_free(world); }

static const struct request_words off_tick = {.price = "2701.00", .stop = "2699.99"};
static const struct request_words tiny = {.price = "0.01"};
static const struct request_words huge = {.price = "99999999999.00"};
static const struct request_words unknown = {.symbol = "XX"};

Test(reasons, say_what_was_given_and_what_is_allowed, .init = begin, .fini = end) {
    int32_t july = date_from_civil(2021, 7, 1);
    const struct { struct reason_case about; const char *text; } rows[] = {
        {{.reason = 102, .instrument = DY_SMP_EX},
         "session AGRI-DAY of DY-SMP-EX is closed; its hours are 09:00 to 17:00 Minsk time on business days, and it "
         "opens on 2021-06-29 at 09:00"},
        {{.reason = 102, .instrument = MT_FINE}, "MT-FINE is in no session that is open"},
        {{.reason = 104, .instrument = NAME_NONE, .words = &unknown}, "there is no instrument \"XX\""},
        {{.reason = 104, .instrument = NO_TERMS}, "NO-TERMS cannot be traded yet"},
        {{.reason = 106, .instrument = TB_SAW}, "trading in TB-SAW is halted; cancels are taken"},
        {{.reason = 202, .instrument = TB_SAW, .participant = RU_WOOD_3},
         "RU-WOOD-3 is not accredited with the exchange"},
        {{.reason = 203, .instrument = DY_SMP_EX, .participant = DE_TRADE_2, .allowed_low = july},
         "the accreditation of DE-TRADE-2 in section agri begins on 2021-07-01, and the trade date is 2021-06-28"},
        {{.reason = 204, .instrument = DY_SMP_EX, .participant = DE_TRADE_2, .allowed_high = july - 10},
         "the accreditation of DE-TRADE-2 in section agri ended on 2021-06-21, and the trade date is 2021-06-28"},
        {{.reason = 207, .instrument = TB_SAW, .participant = DE_TRADE_2},
         "DE-TRADE-2 is not accredited in section timber; it is in agri"},
        {{.reason = 602, .instrument = TB_SAW, .quantity = {0}, .allowed_low = 1, .allowed_high = 10000},
         "the quantity is below the least allowed, 1 lots; the most is 10000"},
        {{.reason = 602, .instrument = TB_SAW, .quantity = {2}, .allowed_low = 5, .allowed_high = 10000},
         "quantity 2 is below the least allowed, 5 lots; the most is 10000"},
        {{.reason = 602, .instrument = TB_SAW, .quantity = {7}, .min = {9}, .allowed_low = 1, .allowed_high = 7},
         "min_qty 9 is above the order's quantity, 7 lots"},
        {{.reason = 603, .instrument = TB_SAW, .quantity = {10001}, .allowed_low = 1, .allowed_high = 10000},
         "quantity 10001 is above the most allowed, 10000 lots; the least is 1"},
        {{.reason = 603, .instrument = TB_SAW, .quantity = {UINT32_MAX}, .allowed_low = 1, .allowed_high = 10000},
         "the quantity is above the most allowed, 10000 lots; the least is 1"},
        {{.reason = 611, .instrument = TB_SAW, .time_in_force = TIF_GTD, .allowed_low = july - 3, .expire_date = july - 4},
         "expire_date 2021-06-27 lies before the trade date, 2021-06-28"},
        {{.reason = 611, .instrument = TB_SAW, .time_in_force = TIF_DAY}, "min_qty is for ioc orders only"},
        {{.reason = 611, .instrument = TB_SAW, .time_in_force = TIF_IOC, .order_type = ORDER_TYPE_STOP},
         "a stop waits: it can be day, gtc or gtd, and has no min_qty"},
        {{.reason = 612, .instrument = TB_SAW, .display = {12}, .allowed_low = 1, .allowed_high = 9},
         "display_qty 12 cannot be: it is 1 to 9 here, and goes with neither ioc, fok nor all_or_none"},
        {{.reason = 701, .instrument = TB_SAW, .price = {PRICE_INVALID}, .allowed_low = 1, .allowed_high = 134217727},
         "price is not a price; possible are 0.50 to 67108863.50"},
        {{.reason = 702, .instrument = DY_SMP_EX, .price = {PRICE_OFF_TICK}, .words = &off_tick},
         "price 2701.00 is not a multiple of the tick 5.00; nearest are 2700.00 and 2705.00"},
        {{.reason = 702, .instrument = DY_SMP_EX, .price = {PRICE_OFF_TICK}, .words = &tiny},
         "price 0.01 is not a multiple of the tick 5.00; the nearest is 5.00"},
        {{.reason = 702, .instrument = DY_SMP_EX, .price = {PRICE_OFF_TICK}, .words = &huge},
         "price 99999999999.00 is not a multiple of the tick 5.00"},
        {{.reason = 705, .instrument = DY_SMP_EX, .price = {800}, .allowed_low = 378, .allowed_high = 702},
         "price 4000.00 is too far from the market; allowed now are 1890.00 to 3510.00"},
        {{.reason = 708, .instrument = DY_SMP_EX, .stop = {PRICE_OFF_TICK}, .words = &off_tick},
         "stop_px 2699.99 is not a multiple of the tick 5.00; nearest are 2695.00 and 2700.00"},
        {{.reason = 708, .instrument = DY_SMP_EX, .stop = {530}, .side = SIDE_BUY, .allowed_low = 540,
          .allowed_high = 540}, "the last trade, at 2700.00, already triggers a buy stop at 2650.00"},
        {{.reason = 708, .instrument = DY_SMP_EX, .stop = {PRICE_INVALID}}, "stop_px is not a price"},
        {{.reason = 709, .instrument = DY_SMP_EX, .allowed_high = VALUE_MINOR_MAX},
         "quantity times price exceeds 46000000000000.00"},
        {{.reason = 805, .instrument = NAME_NONE, .allowed_high = 1200}, "only 12.00 is free"},
        {{.reason = 903, .instrument = DY_SMP_EX, .quantity = {10}, .allowed_high = 4},
         "4 of 10 lots can be filled now"},
        {{.reason = 403, .instrument = DY_SMP_EX}, "deals between two non-residents are not allowed in section agri"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[reason_text_size];
        uint32_t size = reason_text(world->exchange, &rows[i].about, text);
        cr_expect_str_eq(text, rows[i].text, "%s", text);
        cr_expect_eq(size, strlen(rows[i].text));
    }
}

/* Every reason has a sentence, whatever is known of the request. */
Test(reasons, are_never_silent, .init = begin, .fini = end) {
    static const uint16_t numbers[] = {
#define XX(number, name, text, rule) number,
        REJECT_MAP(XX)
#undef XX
    };
    static const struct request_words odd[] = {{.price = ""}, {.price = "abc", .stop = "-1"}, {.price = "0"}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const uint32_t instruments[] = {NAME_NONE, DY_SMP_EX, MT_FINE, NO_TERMS};
        for (int n = 0; n < 4; n++) {
            for (int w = 0; w < 4; w++) {
                char text[reason_text_size];
                struct reason_case about = {.reason = numbers[i], .instrument = instruments[n],
                                            .participant = NAME_NONE, .price = {PRICE_OFF_TICK},
                                            .stop = {PRICE_OFF_TICK},
                                            .words = w < 3 ? &odd[w] : NULL};
                cr_expect_gt(reason_text(world->exchange, &about, text), 0, "reason %u", numbers[i]);
            }
        }
    }
}
