/* hand_made.h - a small recorded stream, command by command, whose figures were worked out on paper.
 *
 * MILK (agri, USD, tick 5.00, lot 20 t, group dairy), WOOD (timber, EUR, tick 0.50, lot 1 m3, group lumber).
 *
 *     trade  date        goods  lots  price    value       seller  buyer                 class    fees buyer, seller
 *     1      2021-01-04  MILK   2     2700.00  108,000.00  BY-A    UA-B                  export   216.00 USD, 546.48 BYN
 *     2      2021-01-04  MILK   1     2690.00   53,800.00  RU-D    LT-C                  transit  107.60, 107.60 USD
 *     3      2021-01-04  WOOD   10     280.00    2,800.00  RU-D    LT-C                  transit  5.60, 5.60 EUR; busted
 *     4      2021-07-05  MILK   3     2710.00  162,600.00  BY-A    LT-C by broker UA-B   export   325.20 USD, 822.76 BYN */
#ifndef BIRZHA_TESTS_TOOLS_HAND_MADE_H
#define BIRZHA_TESTS_TOOLS_HAND_MADE_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/recorder.h"
#include "instruments/calendar.h"
#include "instruments/name_table.h"

enum { MILK, WOOD };
enum { BY_A, UA_B, LT_C, RU_D };

struct hand_made {
    char path[64];
    struct recorder recorder;
    uint64_t sequence, order_id, trade_id;
    int64_t time_ns;
};

static inline void hand_made_write(struct hand_made *made, struct command command, const struct event *events,
                                   uint32_t count) {
    command.sequence = ++made->sequence;
    command.time_ns = made->time_ns;
    cr_assert_eq(recorder_write(&made->recorder, &command, events, count), 0);
}

static inline void hand_made_instrument(struct hand_made *made, uint32_t index, const char *symbol, const char *group,
                                        enum section section, enum unit unit, enum currency currency,
                                        uint32_t lot_units, int64_t tick_scaled) {
    const struct event said = {.kind = EVENT_INSTRUMENT, .instrument = index, .subject = {.index = index}};
    struct command names = {.kind = COMMAND_INSTRUMENT, .instrument = {
        .section = (uint8_t)section, .unit = (uint8_t)unit, .currency = (uint8_t)currency, .price_places = 2}};
    name_set(names.instrument.symbol, symbol_size, symbol, (uint32_t)strlen(symbol));
    hand_made_write(made, names, &said, 1);
    struct command terms = {.kind = COMMAND_INSTRUMENT_TERMS, .instrument_terms = {
        .instrument = index, .lot_units = lot_units, .tick_scaled = tick_scaled}};
    name_set(terms.instrument_terms.group, instrument_group_size, group, (uint32_t)strlen(group));
    hand_made_write(made, terms, &said, 1);
}

static inline void hand_made_participant(struct hand_made *made, const char *id, const char *country) {
    const struct event said = {.kind = EVENT_PARTICIPANT};
    struct command command = {.kind = COMMAND_PARTICIPANT};
    name_set(command.add_participant.id, participant_id_size, id, (uint32_t)strlen(id));
    name_set(command.add_participant.name, participant_name_size, id, (uint32_t)strlen(id));
    name_set(command.add_participant.country, 2, country, 2);
    hand_made_write(made, command, &said, 1);
}

struct hand_made_deal {
    uint32_t instrument, seller, buyer, buyer_principal, ticks, lots;
    enum deal_class deal_class;
    int64_t buyer_fee, seller_fee;
    enum currency buyer_fee_currency, seller_fee_currency;
};

static inline struct event hand_made_accepted(const struct hand_made_deal *deal, uint64_t order_id, enum side side) {
    int buys = side == SIDE_BUY;
    return (struct event){.kind = EVENT_ACCEPTED, .instrument = deal->instrument, .order = {
        .order_id = order_id, .participant = buys ? deal->buyer : deal->seller,
        .principal = buys ? deal->buyer_principal : deal->seller, .price = {deal->ticks}, .quantity = {deal->lots},
        .side = (uint8_t)side}};
}

/* The seller's order rests, the buyer's takes it whole. Each holds 250.00, all of which becomes the contract's. */
static inline void hand_made_trade(struct hand_made *made, struct hand_made_deal deal) {
    uint64_t sell = ++made->order_id, buy = ++made->order_id;
    struct event events[4] = {
        {.kind = EVENT_HELD, .instrument = deal.instrument, .held = {.order_id = sell, .amount = {25000},
         .participant = deal.seller, .principal = deal.seller, .payer = deal.seller}},
        hand_made_accepted(&deal, sell, SIDE_SELL),
    };
    hand_made_write(made, (struct command){.kind = COMMAND_NEW_ORDER}, events, 2);
    events[0] = (struct event){.kind = EVENT_HELD, .instrument = deal.instrument, .held = {.order_id = buy,
        .amount = {25000}, .participant = deal.buyer, .principal = deal.buyer_principal, .payer = deal.buyer}};
    events[1] = hand_made_accepted(&deal, buy, SIDE_BUY);
    events[2] = (struct event){.kind = EVENT_CONTRACT, .instrument = deal.instrument, .contract = {
        .trade_id = ++made->trade_id, .fees = {{deal.buyer_fee}, {deal.seller_fee}}, .blocked = {{25000}, {25000}},
        .fee_due_date = trade_date(made->time_ns) + 7,
        .fee_currencies = {(uint8_t)deal.buyer_fee_currency, (uint8_t)deal.seller_fee_currency}, .basis = 255}};
    events[3] = (struct event){.kind = EVENT_TRADE, .flags = TRADE_TAKER_BUYS, .instrument = deal.instrument, .trade = {
        .trade_id = made->trade_id, .maker_order_id = sell, .taker_order_id = buy, .price = {deal.ticks},
        .quantity = {deal.lots}, .maker_participant = deal.seller, .taker_participant = deal.buyer,
        .deal_class = (uint8_t)deal.deal_class}};
    hand_made_write(made, (struct command){.kind = COMMAND_NEW_ORDER}, events, 4);
}

static inline void hand_made_bust(struct hand_made *made, uint64_t trade_id) {
    const struct event said = {.kind = EVENT_BUSTED, .instrument = WOOD, .busted = {.trade_id = trade_id}};
    hand_made_write(made, (struct command){.kind = COMMAND_BUST, .bust = {.trade_id = trade_id}}, &said, 1);
}

static inline void hand_made_begin(struct hand_made *made) {
    *made = (struct hand_made){.path = "/tmp/birzha-stream-XXXXXX"};
    int fd = mkstemp(made->path);
    cr_assert_geq(fd, 0);
    close(fd);
    made->time_ns = trade_date_begin_ns(date_from_civil(2021, 1, 4), 600);
    cr_assert_eq(recorder_open(&made->recorder, made->path), 0);
    hand_made_instrument(made, MILK, "MILK", "dairy", SECTION_AGRI, UNIT_TONNE, CURRENCY_USD, 20, 500);
    hand_made_instrument(made, WOOD, "WOOD", "lumber", SECTION_TIMBER, UNIT_M3, CURRENCY_EUR, 1, 50);
    hand_made_participant(made, "BY-A", "BY");
    hand_made_participant(made, "UA-B", "UA");
    hand_made_participant(made, "LT-C", "LT");
    hand_made_participant(made, "RU-D", "RU");
}

/* The whole stream; the caller unlinks the file. */
static inline struct hand_made hand_made_stream(void) {
    struct hand_made made;
    hand_made_begin(&made);
    hand_made_trade(&made, (struct hand_made_deal){MILK, BY_A, UA_B, UA_B, 540, 2, DEAL_EXPORT, 21600, 54648,
                                                   CURRENCY_USD, CURRENCY_BYN});
    hand_made_trade(&made, (struct hand_made_deal){MILK, RU_D, LT_C, LT_C, 538, 1, DEAL_TRANSIT, 10760, 10760,
                                                   CURRENCY_USD, CURRENCY_USD});
    hand_made_trade(&made, (struct hand_made_deal){WOOD, RU_D, LT_C, LT_C, 560, 10, DEAL_TRANSIT, 560, 560,
                                                   CURRENCY_EUR, CURRENCY_EUR});
    hand_made_bust(&made, 3);
    made.time_ns = trade_date_begin_ns(date_from_civil(2021, 7, 5), 600);
    hand_made_trade(&made, (struct hand_made_deal){MILK, BY_A, UA_B, LT_C, 542, 3, DEAL_EXPORT, 32520, 82276,
                                                   CURRENCY_USD, CURRENCY_BYN});
    cr_assert_eq(recorder_close(&made.recorder), 0);
    return made;
}

#endif
