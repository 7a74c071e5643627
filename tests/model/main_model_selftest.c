/* main_model_selftest.c - the model against cases worked out by hand from MATCHING.md.
 *
 * Every case is a script (tests/scripts/README.md) that starts in the world below; a command with event lines must give
 * exactly these events, in this order, with the members that are named. The engine takes no part. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "tests/model/model.h"
#include "tests/model/model_script.h"
#include "tests/model/model_vectors.h"

/* Instrument 0: reference 100, 1 to 50 lots, collar 10 % (90 to 110; orders 70 to 130); 1: no collar; 2: no terms yet.
 * Participants 0 (BY), 1 (UA), 2 (LT) are accredited; 3 never was, 4 in another section, 5 not yet, 6 no longer.
 * User 0 is a trader of participant 0, user 1 its observer. Monday 2021-01-04, 09:00 in Minsk. */
static const char world[] =
    "instrument time=2021-01-04T06:00:00Z symbol=MILK section=agri currency=USD\n"
    "instrument_terms reference=100 quantity_max=50 lot_units=20 tick_scaled=500\n"
    "instrument symbol=PLAIN section=agri\n"
    "instrument_terms instrument=1 reference=100 quantity_min=2 collar_ppm=0\n"
    "instrument symbol=BARE section=agri\n"
    "participant id=BY-A country=BY\n"
    "participant id=UA-B country=UA\n"
    "participant id=LT-C country=LT\n"
    "participant id=BY-NEVER country=BY\n"
    "participant id=BY-WOOD country=BY\n"
    "participant id=BY-SOON country=BY\n"
    "participant id=BY-PAST country=BY\n"
    "accredit accredited=0 section=agri from=2020-01-01\n"
    "accredit accredited=1 section=agri from=2020-01-01\n"
    "accredit accredited=2 section=agri from=2020-01-01\n"
    "accredit accredited=4 section=timber from=2020-01-01\n"
    "accredit accredited=5 section=agri from=2021-02-01\n"
    "accredit accredited=6 section=agri from=2020-01-01 to=2020-12-31\n"
    "user name=alla of=0 role=trader\n"
    "user name=olga of=0 role=observer\n";

/* 0 from 10:00 to 16:00 in Minsk, 1 always; both list instrument 0. */
#define TWO_SESSIONS \
    "session id=DAY open_minute=600 close_minute=960\n" \
    "session id=ALWAYS\n" \
    "session_symbol session=0\n" \
    "session_symbol session=1\n"

static const struct { const char *name, *script; } cases[] = {
    { "1: group 1 in its order",
      "halt scope=instrument target=0\n"
      "new_order participant=9 instrument=2 side=buy quantity=0\n"
      "  rejected instrument=2 reason=instrument_unknown participant=9\n"
      "new_order participant=9 instrument=- side=buy quantity=0\n"
      "  rejected instrument=- reason=instrument_unknown\n"
      "new_order participant=9 side=buy quantity=0 price=0\n"
      "  rejected reason=market_halted\n"
      "halt scope=instrument target=0 halted=0\n"
      "new_order participant=0 side=buy quantity=1 price=100 id=A\n"
      "  client_id instrument=0 order=1 participant=0 id=A\n"
      "  accepted is=rests order=1 quantity=1 price=100 shown=1\n"
      "new_order participant=0 side=buy quantity=2 price=100 id=A time=2021-01-04T05:59:59Z\n"
      "  client_id instrument=0 order=0 id=A\n"
      "  rejected reason=duplicate_client_order_id\n"
      "new_order participant=9 side=buy quantity=2 price=100 time=2021-01-04T05:59:59Z\n"
      "  rejected reason=timestamp_regression\n" },
    { "1: the same request again, and the name tomorrow",
      "new_order participant=0 side=buy quantity=1 price=100 id=A\n"
      "new_order participant=0 side=buy quantity=1 price=100 id=A\n"
      "  order_status instrument=0 order=1 participant=0\n"
      "cancel_order participant=0 orig=A\n"
      "  canceled order=1 cause=request price_before=100 shown_before=1 leaves_before=1 leaves=0\n"
      "new_order participant=0 side=buy quantity=1 price=100 id=A\n"
      "  order_status order=1\n"
      "new_order participant=1 side=buy quantity=1 price=100 id=A\n"
      "  client_id order=2 participant=1 id=A\n"
      "  accepted order=2 participant=1\n"
      "clock time=2021-01-05T06:00:00Z\n"
      "new_order participant=0 side=buy quantity=1 price=100 id=A\n"
      "  client_id order=3\n"
      "  accepted order=3\n" },
    { "8: admission",
      "new_order participant=9 side=buy quantity=1 price=100\n"
      "  rejected reason=unknown_participant participant=9\n"
      "new_order participant=3 side=buy quantity=1 price=100\n"
      "  rejected reason=not_accredited\n"
      "new_order participant=5 side=buy quantity=1 price=100\n"
      "  rejected reason=accreditation_not_yet_effective low=18659 high=0\n"
      "new_order participant=6 side=buy quantity=1 price=100\n"
      "  rejected reason=accreditation_expired low=0 high=18627\n"
      "new_order participant=4 side=buy quantity=1 price=100\n"
      "  rejected reason=section_not_accredited\n"
      "new_order participant=0 user=1 side=buy quantity=1 price=100\n"
      "  rejected reason=trader_not_registered user=1\n"
      "new_order participant=1 user=0 side=buy quantity=1 price=100\n"
      "  rejected reason=trader_not_registered\n"
      "new_order participant=0 user=0 side=buy quantity=1 price=100\n"
      "  accepted order=1 user=0\n" },
    { "2: quantities",
      "new_order participant=0 instrument=1 side=buy quantity=1 price=100\n"
      "  rejected reason=qty_below_minimum low=2 high=10000 quantity=1\n"
      "new_order participant=0 side=buy quantity=0 price=100\n"
      "  rejected reason=qty_below_minimum low=1 high=50\n"
      "new_order participant=0 side=buy quantity=5 min=6 tif=ioc price=100\n"
      "  rejected reason=qty_below_minimum low=1 high=5\n"
      "new_order participant=0 side=buy quantity=51 price=100\n"
      "  rejected reason=qty_above_maximum low=1 high=50\n"
      "new_order participant=0 side=buy quantity=max price=100\n"
      "  rejected reason=qty_above_maximum\n" },
    { "2: kinds of orders",
      "new_order participant=0 side=buy quantity=2 type=market flags=post_only\n"
      "  rejected reason=order_type_not_allowed\n"
      "new_order participant=0 side=buy quantity=2 price=100 tif=ioc flags=post_only\n"
      "  rejected reason=order_type_not_allowed\n"
      "new_order participant=0 side=buy quantity=2 price=100 flags=post_only+all_or_none\n"
      "  rejected reason=order_type_not_allowed\n"
      "new_order participant=0 side=buy quantity=2 price=100 tif=fok flags=all_or_none\n"
      "  rejected reason=order_type_not_allowed\n"
      "new_order participant=0 side=buy quantity=2 price=100 tif=gtd expire_date=2021-01-03\n"
      "  rejected reason=tif_invalid low=18631 high=0\n"
      "new_order participant=0 side=buy quantity=2 price=100 tif=at_open\n"
      "  rejected reason=tif_invalid low=0 high=0\n"
      "new_order participant=0 side=buy quantity=2 price=100 min=1\n"
      "  rejected reason=tif_invalid\n"
      "new_order participant=0 side=buy quantity=2 type=stop stop=105 tif=ioc\n"
      "  rejected reason=tif_invalid\n"
      "new_order participant=0 side=buy quantity=2 price=100 display=0\n"
      "  rejected reason=display_qty_invalid low=1 high=1\n"
      "new_order participant=0 side=buy quantity=2 price=100 display=2\n"
      "  rejected reason=display_qty_invalid low=1 high=1\n"
      "new_order participant=0 side=buy quantity=2 price=100 display=1 tif=ioc\n"
      "  rejected reason=display_qty_invalid\n"
      "new_order participant=0 side=buy quantity=2 price=100 display=1 flags=all_or_none\n"
      "  rejected reason=display_qty_invalid\n" },
    { "2 and 3: prices",
      "new_order participant=0 side=buy quantity=2 price=invalid\n"
      "  rejected reason=price_invalid low=1 high=134217727 price=invalid\n"
      "new_order participant=0 instrument=1 side=buy quantity=2 price=134217728\n"
      "  rejected reason=price_invalid\n"
      "new_order participant=0 side=buy quantity=2 price=off_tick\n"
      "  rejected reason=price_not_on_tick low=0 high=0\n"
      "new_order participant=0 side=buy quantity=2 price=131\n"
      "  rejected reason=price_outside_collar low=70 high=130\n"
      "new_order participant=0 side=sell quantity=2 price=69\n"
      "  rejected reason=price_outside_collar low=70 high=130\n"
      "new_order participant=0 side=sell quantity=2 price=70\n"
      "  accepted is=rests price=70\n"
      "new_order participant=0 side=buy quantity=2 type=stop\n"
      "  rejected reason=stop_price_invalid low=0 high=0\n"
      "new_order participant=0 side=buy quantity=2 type=stop stop=off_tick\n"
      "  rejected reason=stop_price_invalid\n" },
    { "3: a market order is a limit at the collar and keeps its time in force",
      "new_order participant=0 side=buy quantity=2 type=market\n"
      "  accepted is=rests order=1 type=market price=110 shown=2\n"
      "new_order participant=0 side=sell quantity=2 type=market tif=ioc\n"
      "  accepted is=- order=2 price=90\n"
      "  canceled order=2 cause=self_trade reason=self_trade_prevented price_before=0 leaves_before=2\n"
      "new_order participant=0 instrument=1 side=sell quantity=2 type=market\n"
      "  accepted is=rests order=3 price=1\n" },
    { "3: beyond the collar there is no trade, and the book may stay crossed",
      "new_order participant=0 side=sell quantity=2 price=108\n"
      "new_order participant=0 side=sell quantity=2 price=112\n"
      "new_order participant=1 side=buy quantity=4 price=115\n"
      "  accepted is=- order=3 price=115 shown=0\n"
      "  trade is=taker_buys trade=1 maker=1 taker=3 price=108 quantity=2 maker_leaves=0 taker_leaves=2\n"
      "  rested order=3 price=115 shown=2 leaves=2 cause=trading\n"
      "new_order participant=2 side=buy quantity=1 price=115 tif=ioc\n"
      "  accepted order=4\n"
      "  trade maker=2 taker=4 price=112 quantity=1 maker_leaves=1 taker_leaves=0\n" },
    { "3: the collar moves with the last trade and rounds inwards",
      "new_order participant=0 side=sell quantity=2 price=93\n"
      "new_order participant=1 side=buy quantity=2 price=93\n"
      "  accepted\n"
      "  trade price=93\n"
      "new_order participant=0 side=sell quantity=2 type=market\n"
      "  accepted price=84\n"
      "new_order participant=1 side=buy quantity=2 type=market tif=ioc stp=cancel_both\n"
      "  accepted price=102\n"
      "  trade price=84\n" },
    { "4: price, then time, at the resting price; deal classes",
      "new_order participant=0 side=sell quantity=2 price=101\n"
      "new_order participant=0 side=sell quantity=2 price=100\n"
      "new_order participant=1 side=sell quantity=2 price=100\n"
      "new_order participant=2 side=buy quantity=5 price=101\n"
      "  accepted is=- order=4 shown=0 quantity=5\n"
      "  trade is=taker_buys trade=1 maker=2 taker=4 price=100 quantity=2 taker_leaves=3 class=export\n"
      "  trade trade=2 maker=3 taker=4 price=100 quantity=2 taker_leaves=1 class=transit maker_participant=1\n"
      "  trade trade=3 maker=1 taker=4 price=101 quantity=1 maker_leaves=1 taker_leaves=0 class=export\n"
      "new_order participant=0 side=buy quantity=1 price=100\n"
      "new_order participant=1 side=sell quantity=1 price=100\n"
      "  accepted order=6\n"
      "  trade is=- maker=5 taker=6 class=import\n" },
    { "4.1: self-trade, the newest and both",
      "new_order participant=0 side=sell quantity=5 price=100\n"
      "new_order participant=0 side=buy quantity=2 price=100\n"
      "  accepted is=- order=2\n"
      "  canceled order=2 side=buy cause=self_trade reason=self_trade_prevented leaves_before=2 shown_before=0\n"
      "new_order participant=0 side=buy quantity=2 price=100 stp=cancel_both\n"
      "  accepted order=3\n"
      "  canceled order=1 cause=self_trade reason=self_trade_prevented price_before=100 shown_before=5\n"
      "  canceled order=3 cause=self_trade reason=self_trade_prevented price_before=0\n" },
    { "4.1: self-trade, the oldest",
      "new_order participant=0 side=sell quantity=5 price=100\n"
      "new_order participant=1 side=sell quantity=5 price=100\n"
      "new_order participant=0 side=buy quantity=2 price=100 stp=cancel_oldest\n"
      "  accepted order=3\n"
      "  canceled order=1 cause=self_trade\n"
      "  trade maker=2 taker=3 quantity=2 maker_leaves=3\n" },
    { "4.1: decrement; an iceberg gives from its hidden part and keeps its place",
      "new_order participant=0 side=sell quantity=10 price=100 display=4\n"
      "  accepted is=rests shown=4 display=4 quantity=10\n"
      "new_order participant=1 side=sell quantity=1 price=100\n"
      "new_order participant=0 side=buy quantity=5 price=100 stp=decrement\n"
      "  accepted order=3\n"
      "  restated order=1 price_before=100 shown_before=4 leaves_before=10 price=100 shown=4 quantity=5 leaves=5\n"
      "  canceled order=3 leaves_before=5 cause=self_trade reason=self_trade_prevented\n"
      "new_order participant=0 side=buy quantity=7 price=100 stp=decrement\n"
      "  accepted order=4\n"
      "  canceled order=1 shown_before=4 leaves_before=5 cause=self_trade\n"
      "  restated order=4 leaves_before=7 leaves=2 quantity=2 price=0 shown=0 cause=self_trade\n"
      "  trade maker=2 taker=4 quantity=1 taker_leaves=1\n"
      "  rested order=4 shown=1 leaves=1\n" },
    { "4.3: a resting all-or-none order is passed over and keeps its place",
      "new_order participant=0 side=sell quantity=5 price=100 flags=all_or_none\n"
      "  accepted is=rests shown=0 flags=all_or_none\n"
      "new_order participant=1 side=sell quantity=2 price=100\n"
      "new_order participant=2 side=buy quantity=3 price=100\n"
      "  accepted order=3\n"
      "  trade maker=2 quantity=2\n"
      "  rested order=3 shown=1 leaves=1\n"
      "new_order participant=2 side=buy quantity=5 price=100\n"
      "  accepted order=4\n"
      "  trade is=taker_buys+maker_hidden maker=1 taker=4 quantity=5 maker_leaves=0\n" },
    { "4.4: an iceberg's next slice goes to the back",
      "new_order participant=0 side=sell quantity=5 price=100 display=2\n"
      "new_order participant=1 side=sell quantity=2 price=100\n"
      "new_order participant=2 side=buy quantity=5 price=100\n"
      "  accepted order=3\n"
      "  trade maker=1 quantity=2 maker_leaves=3\n"
      "  refreshed order=1 price=100 shown=2 leaves=3 cause=trading\n"
      "  trade maker=2 quantity=2 maker_leaves=0\n"
      "  trade maker=1 quantity=1 maker_leaves=2 taker_leaves=0\n"
      "new_order participant=2 side=buy quantity=2 price=100\n"
      "  accepted order=4\n"
      "  trade maker=1 quantity=1 maker_leaves=1\n"
      "  refreshed order=1 shown=1 leaves=1\n"
      "  trade maker=1 quantity=1 maker_leaves=0 taker_leaves=0\n" },
    { "4: look-ahead: fill or kill",
      "new_order participant=0 side=sell quantity=5 price=100 display=1\n"
      "new_order participant=1 side=buy quantity=6 price=100 tif=fok\n"
      "  rejected reason=fok_not_fillable low=0 high=5\n"
      "new_order participant=1 side=buy quantity=5 price=100 tif=fok\n"
      "  accepted order=2\n"
      "  trade quantity=1\n  refreshed shown=1\n  trade quantity=1\n  refreshed\n  trade quantity=1\n  refreshed\n"
      "  trade quantity=1\n  refreshed\n  trade quantity=1 maker_leaves=0 taker_leaves=0\n" },
    { "4: look-ahead: an own order ends it, unless the mode is cancel_oldest",
      "new_order participant=0 side=sell quantity=2 price=99\n"
      "new_order participant=1 side=sell quantity=2 price=100\n"
      "new_order participant=0 side=sell quantity=2 price=101\n"
      "new_order participant=1 side=buy quantity=4 price=101 tif=fok stp=decrement\n"
      "  rejected reason=fok_not_fillable high=2\n"
      "new_order participant=1 side=buy quantity=4 price=101 tif=fok stp=cancel_oldest\n"
      "  accepted order=4\n"
      "  trade maker=1\n"
      "  canceled order=2 cause=self_trade\n"
      "  trade maker=3 taker_leaves=0\n" },
    { "4: look-ahead: post-only, also behind an own order",
      "new_order participant=0 side=sell quantity=2 price=100\n"
      "new_order participant=1 side=buy quantity=2 price=100 flags=post_only\n"
      "  rejected reason=post_only_would_trade\n"
      "new_order participant=1 side=buy quantity=2 price=99 flags=post_only\n"
      "  accepted is=rests order=2\n"
      "new_order participant=0 side=buy quantity=2 price=100 flags=post_only\n"
      "  accepted is=- order=3\n"
      "  canceled order=3 cause=self_trade reason=self_trade_prevented\n" },
    { "4: immediate or cancel, with and without a minimum",
      "new_order participant=0 side=sell quantity=2 price=100\n"
      "new_order participant=1 side=buy quantity=5 price=100 tif=ioc min=3\n"
      "  accepted is=- order=2\n"
      "  canceled order=2 cause=min_quantity reason=partial_not_allowed leaves_before=5\n"
      "new_order participant=1 side=buy quantity=5 price=100 tif=ioc min=2\n"
      "  accepted order=3\n"
      "  trade quantity=2 taker_leaves=3\n"
      "  canceled order=3 cause=remainder reason=none leaves_before=3\n"
      "new_order participant=1 side=buy quantity=5 price=100 tif=ioc\n"
      "  accepted is=- order=4\n"
      "  canceled order=4 cause=remainder leaves_before=5\n" },
    { "4: an all-or-none order that cannot fill rests and touches nobody",
      "new_order participant=0 side=sell quantity=2 price=99\n"
      "new_order participant=1 side=sell quantity=2 price=100\n"
      "new_order participant=0 side=buy quantity=3 price=100 flags=all_or_none stp=cancel_oldest\n"
      "  accepted is=rests order=3 shown=0\n"
      "new_order participant=0 side=buy quantity=2 price=100 flags=all_or_none stp=cancel_oldest\n"
      "  accepted is=- order=4\n"
      "  canceled order=1 cause=self_trade\n"
      "  trade maker=2 taker=4 quantity=2\n" },
    { "4: two all-or-none orders meet only whole",
      "new_order participant=0 side=sell quantity=3 price=100 flags=all_or_none\n"
      "new_order participant=1 side=buy quantity=4 price=100 flags=all_or_none\n"
      "  accepted is=rests order=2\n"
      "new_order participant=2 side=buy quantity=3 price=100 flags=all_or_none\n"
      "  accepted is=- order=3\n"
      "  trade is=taker_buys+maker_hidden maker=1 taker=3 quantity=3\n" },
    { "5: stops wait, trigger in the order of entry after the command, and cascade",
      "new_order participant=0 side=buy quantity=1 type=stop stop=105\n"
      "  accepted is=pending order=1 type=stop price=0 shown=0 stop=105\n"
      "new_order participant=2 side=sell quantity=1 type=stop_limit stop=105 price=104\n"
      "  accepted is=pending order=2 price=104\n"
      "new_order participant=0 side=buy quantity=1 type=stop_limit stop=106 price=106\n"
      "new_order participant=1 side=sell quantity=1 price=105\n"
      "new_order participant=1 side=sell quantity=1 price=106\n"
      "new_order participant=2 side=buy quantity=1 price=105\n"
      "  accepted order=6\n"
      "  trade maker=4 taker=6 price=105\n"
      "  triggered is=- order=1 price=115 shown=0 leaves=1 cause=trading\n"
      "  trade maker=5 taker=1 price=106\n"
      "  triggered is=rests order=2 price=104 shown=1 leaves=1\n"
      "  triggered is=- order=3 price=106\n"
      "  trade maker=2 taker=3 price=104\n" },
    { "5: a stop that the last trade satisfies; post-only when triggered",
      "new_order participant=0 side=sell quantity=1 price=100\n"
      "new_order participant=1 side=buy quantity=1 price=100\n"
      "new_order participant=1 side=buy quantity=1 type=stop stop=100\n"
      "  rejected reason=stop_price_invalid low=100 high=100 stop=100\n"
      "new_order participant=1 side=sell quantity=1 type=stop stop=100\n"
      "  rejected reason=stop_price_invalid low=100 high=100\n"
      "new_order participant=2 side=buy quantity=1 type=stop_limit stop=101 price=102 flags=post_only\n"
      "  accepted is=pending order=3\n"
      "new_order participant=0 side=sell quantity=2 price=101\n"
      "new_order participant=1 side=buy quantity=1 price=101\n"
      "  accepted order=5\n"
      "  trade maker=4 price=101\n"
      "  triggered is=- order=3\n"
      "  canceled is=- order=3 reason=post_only_would_trade leaves_before=1\n" },
    { "6: less quantity keeps the place, the hidden part goes first",
      "new_order participant=0 side=sell quantity=10 price=100 display=3 id=A\n"
      "new_order participant=1 side=sell quantity=1 price=100\n"
      "amend_order participant=0 orig=A quantity=2 id=B\n"
      "  client_id order=1 id=B\n"
      "  replaced is=rests+priority_kept order=1 shown_before=3 leaves_before=10 shown=2 quantity=2 leaves=2\n"
      "amend_order participant=0 orig=A quantity=1\n"
      "  refused reason=order_unknown order=0 command=amend_order\n"
      "new_order participant=2 side=buy quantity=1 price=100\n"
      "  accepted\n"
      "  trade maker=1\n" },
    { "6: anything else loses it",
      "new_order participant=0 side=sell quantity=2 price=100\n"
      "new_order participant=1 side=sell quantity=2 price=100\n"
      "amend_order participant=0 order=1\n"
      "  replaced is=rests order=1 price_before=100 shown_before=2 leaves_before=2 price=100 shown=2 leaves=2\n"
      "new_order participant=2 side=buy quantity=1 price=100\n"
      "  accepted\n"
      "  trade maker=2\n"
      "amend_order participant=1 order=2 quantity=5\n"
      "  replaced order=2 leaves_before=1 quantity=5 leaves=4 shown=4\n"
      "amend_order participant=1 order=2 display=1\n"
      "  replaced order=2 shown=1 display=1 leaves=4\n"
      "amend_order participant=1 order=2 display=0\n"
      "  replaced order=2 shown=4 display=0\n" },
    { "6: an amended order comes in and may trade",
      "new_order participant=0 side=sell quantity=2 price=105\n"
      "new_order participant=1 side=buy quantity=1 price=100\n"
      "amend_order participant=0 order=1 price=100\n"
      "  replaced is=- order=1 price_before=105 shown_before=2 price=100 shown=0 leaves=2\n"
      "  trade maker=2 taker=1 price=100 quantity=1 taker_leaves=1\n"
      "  rested order=1 price=100 shown=1 leaves=1\n"
      "amend_order participant=0 order=1 quantity=1\n"
      "  refused reason=qty_below_minimum order=1 low=2 high=50\n" },
    { "6: refusals of an amend",
      "new_order participant=0 side=sell quantity=4 price=105 id=A\n"
      "new_order participant=1 side=buy quantity=4 price=95 flags=post_only\n"
      "new_order participant=1 side=buy quantity=4 type=stop stop=120\n"
      "amend_order participant=0 order=9 quantity=1\n"
      "  refused instrument=- reason=order_unknown order=0\n"
      "amend_order participant=1 order=1 quantity=1\n"
      "  refused instrument=0 reason=order_not_owned order=1\n"
      "amend_order participant=0 orig=A quantity=3 id=A\n"
      "  client_id instrument=- order=0 id=A\n"
      "  refused instrument=- reason=duplicate_client_order_id order=0\n"
      "amend_order participant=1 order=2 price=105\n"
      "  refused reason=post_only_would_trade order=2\n"
      "amend_order participant=1 order=3 price=105\n"
      "  refused reason=order_type_not_allowed order=3\n"
      "amend_order participant=0 order=1 display=4\n"
      "  refused reason=display_qty_invalid low=1 high=3\n"
      "amend_order participant=0 order=1 price=131\n"
      "  refused reason=price_outside_collar low=70 high=130\n"
      "cancel_order participant=0 order=1\n"
      "amend_order participant=0 order=1\n"
      "  refused instrument=- reason=order_not_active order=0\n"
      "amend_order participant=1 order=1\n"
      "  refused reason=order_not_active order=0\n" },
    { "6: the same amend again",
      "new_order participant=0 side=sell quantity=4 price=105 id=A\n"
      "amend_order participant=0 orig=A quantity=3 id=B\n"
      "  client_id id=B\n"
      "  replaced is=rests+priority_kept\n"
      "amend_order participant=0 orig=A quantity=3 id=B\n"
      "  order_status instrument=0 order=1\n" },
    { "6: a waiting stop stays waiting; a lost priority puts it behind",
      "new_order participant=0 side=buy quantity=1 type=stop_limit stop=105 price=90\n"
      "new_order participant=0 side=buy quantity=1 type=stop_limit stop=105 price=91\n"
      "amend_order participant=0 order=1 quantity=2\n"
      "  replaced is=pending order=1 price_before=0 leaves_before=1 price=90 shown=0 quantity=2 leaves=2\n"
      "amend_order participant=0 order=1 quantity=1\n"
      "  replaced is=pending+priority_kept order=1\n"
      "new_order participant=1 side=sell quantity=1 price=105\n"
      "new_order participant=2 side=buy quantity=1 price=105\n"
      "  accepted\n"
      "  trade\n"
      "  triggered is=rests order=2\n"
      "  triggered is=rests order=1\n" },
    { "7: ends of the day, in the order of entry",
      "new_order participant=0 side=buy quantity=1 price=95 tif=gtd expire_date=2021-01-04\n"
      "new_order participant=0 side=buy quantity=1 price=94 tif=gtc\n"
      "new_order participant=1 side=buy quantity=1 type=stop stop=120\n"
      "new_order participant=0 side=buy quantity=1 price=96 tif=gtd expire_date=2021-01-05\n"
      "new_order participant=0 side=sell quantity=1 price=105\n"
      "amend_order participant=0 order=1 price=97\n"
      "clock time=2021-01-04T20:59:59.999999999Z\n"
      "  time date=2021-01-04\n"
      "clock time=2021-01-05T21:00:00Z\n"
      "  time at=2021-01-04T21:00:00Z date=2021-01-05\n"
      "  expired is=pending order=3 cause=end_of_day price_before=0 leaves_before=1\n"
      "  expired is=- order=5 cause=end_of_day price_before=105 shown_before=1\n"
      "  expired order=1 cause=expire_date price_before=97\n"
      "  time at=2021-01-05T21:00:00Z date=2021-01-06\n"
      "  expired order=4 cause=expire_date\n"
      "  time at=2021-01-05T21:00:00Z date=2021-01-06\n" },
    { "7: sessions open and close on business days, before the command's own work",
      "session id=DAY open_minute=600 close_minute=960\n"
      "session id=LATE open_minute=600 close_minute=1440\n"
      "session_symbol session=0 instrument=0\n"
      "new_order participant=0 side=buy quantity=1 price=100\n"
      "  rejected reason=session_closed\n"
      "new_order participant=0 side=buy quantity=1 price=100 time=2021-01-04T07:00:00Z\n"
      "  session_phase session=0 phase=continuous\n"
      "  session_phase session=1 phase=continuous\n"
      "  accepted order=1\n"
      "new_order participant=0 side=buy quantity=1 price=100 time=2021-01-04T13:00:00Z\n"
      "  session_phase session=0 phase=closed\n"
      "  expired order=1 cause=session_close price_before=100 shown_before=1\n"
      "  rejected reason=session_closed\n"
      "holiday date=2021-01-05\n"
      "clock time=2021-01-06T06:59:59Z\n"
      "  session_phase session=1 phase=closed\n"
      "  time at=2021-01-04T21:00:00Z\n"
      "  time at=2021-01-05T21:00:00Z\n"
      "  time at=2021-01-06T06:59:59Z\n"
      "clock time=2021-01-06T07:00:00Z\n"
      "  session_phase session=0 phase=continuous\n"
      "  session_phase session=1 phase=continuous\n"
      "  time\n" },
    { "7: several sessions, and the order of checks",
      TWO_SESSIONS
      "new_order participant=0 side=buy quantity=1 price=100\n"
      "  accepted order=1\n"
      "clock time=2021-01-04T07:00:00Z\n"
      "new_order participant=9 side=buy quantity=0\n"
      "  rejected reason=session_unknown\n"
      "new_order participant=9 instrument=2 side=buy quantity=0\n"
      "  rejected reason=instrument_unknown\n"
      "new_order participant=9 instrument=2 session=7 side=buy quantity=0\n"
      "  rejected reason=session_unknown\n"
      "new_order participant=9 instrument=1 session=0 side=buy quantity=0\n"
      "  rejected reason=instrument_not_in_session\n"
      "halt scope=session target=0\n"
      "new_order participant=9 session=0 side=buy quantity=0\n"
      "  rejected reason=market_halted\n"
      "new_order participant=0 session=1 side=buy quantity=1 price=100\n"
      "  accepted order=2\n"
      "phase session=0 phase=closed\n"
      "new_order participant=9 instrument=2 session=0 side=buy quantity=0\n"
      "  rejected reason=session_closed\n"
      "new_order participant=9 session=0 side=buy quantity=0\n"
      "  rejected reason=session_closed\n"
      "phase session=1 phase=closed\n"
      "  session_phase session=1 phase=closed\n"
      "  expired order=1 cause=session_close\n"
      "  expired order=2 cause=session_close\n"
      "new_order participant=9 side=buy quantity=0\n"
      "  rejected reason=session_closed\n" },
    { "7: the same request with and without the name of its session",
      TWO_SESSIONS
      "new_order participant=0 session=1 side=buy quantity=1 price=100 id=A\n"
      "new_order participant=0 session=1 side=buy quantity=1 price=100 id=A\n"
      "  order_status order=1\n"
      "new_order participant=0 side=buy quantity=1 price=100 id=A\n"
      "  client_id order=0 id=A\n"
      "  rejected reason=duplicate_client_order_id\n" },
    { "7: orders of different sessions do not meet",
      TWO_SESSIONS
      "clock time=2021-01-04T07:00:00Z\n"
      "new_order participant=0 session=0 side=sell quantity=2 price=99\n"
      "  accepted is=rests order=1\n"
      "new_order participant=1 session=1 side=sell quantity=2 price=100\n"
      "  accepted is=rests order=2\n"
      "new_order participant=2 session=1 side=buy quantity=3 price=100\n"
      "  accepted is=- order=3\n"
      "  trade maker=2 taker=3 price=100 quantity=2\n"
      "  rested order=3 leaves=1 price=100\n"
      "new_order participant=0 session=1 side=buy quantity=1 price=99\n"
      "  accepted is=- order=4\n"
      "  rested order=4 leaves=1\n"
      "new_order participant=2 session=1 side=buy quantity=1 price=99 flags=post_only\n"
      "  accepted is=- order=5\n"
      "  rested order=5\n"
      "new_order participant=2 session=1 side=buy quantity=1 price=99 tif=fok\n"
      "  rejected reason=fok_not_fillable high=0\n"
      "amend_order participant=0 order=1 price=98\n"
      "  replaced is=- order=1 price=98\n"
      "  rested order=1 price=98\n" },
    { "7: a session ends and asks its own orders only",
      TWO_SESSIONS
      "clock time=2021-01-04T07:00:00Z\n"
      "new_order participant=0 session=1 side=buy quantity=1 price=96\n"
      "new_order participant=0 session=0 side=buy quantity=1 price=97\n"
      "new_order participant=0 session=0 side=buy quantity=1 price=98 tif=gtc\n"
      "new_order participant=0 session=0 side=buy quantity=1 type=stop stop=105\n"
      "clock time=2021-01-04T13:00:00Z\n"
      "  session_phase session=0 phase=closed\n"
      "  expired order=2 cause=session_close price_before=97\n"
      "  expired is=pending order=4 cause=session_close\n"
      "  time\n"
      "amend_order participant=0 order=3 quantity=2\n"
      "  refused order=3 reason=session_closed\n"
      "halt scope=session target=1\n"
      "amend_order participant=0 order=1 quantity=2\n"
      "  refused order=1 reason=market_halted\n"
      "cancel_order participant=0 order=3\n"
      "  canceled order=3 cause=request\n"
      "cancel_order participant=0 order=1\n"
      "  canceled order=1 cause=request\n" },
    { "7: the only open one of several is meant by an order that names none",
      TWO_SESSIONS
      "new_order participant=0 side=buy quantity=1 price=100 tif=gtc\n"
      "  accepted order=1\n"
      "clock time=2021-01-04T07:00:00Z\n"
      "phase session=1 phase=closed\n"
      "new_order participant=1 side=sell quantity=1 price=100\n"
      "  accepted is=- order=2\n"
      "  rested order=2\n"
      "amend_order participant=0 order=1 price=101\n"
      "  refused order=1 reason=session_closed\n"
      "new_order participant=0 side=buy quantity=1 price=100\n"
      "  accepted is=- order=3\n"
      "  trade maker=2 taker=3 price=100\n" },
    { "7: whom a session admits is asked of its own orders (SES-3, SES-6, SES-18)",
      TWO_SESSIONS
      "clock time=2021-01-04T07:00:00Z\n"
      "new_order participant=1 session=0 side=buy quantity=1 price=95\n"
      "session_terms session=0 direction=export buyers=LT sellers=LT role=brokers_only\n"
      "new_order participant=1 session=0 side=buy quantity=0 price=100\n"
      "  rejected reason=session_country_restricted\n"
      "new_order participant=2 session=0 side=sell quantity=0 price=100\n"
      "  rejected reason=session_direction_mismatch\n"
      "new_order participant=2 session=0 side=buy quantity=0 price=100\n"
      "  rejected reason=session_role_restricted\n"
      "amend_order participant=1 order=1 price=96\n"
      "  refused order=1 reason=session_country_restricted\n"
      "new_order participant=1 session=1 side=sell quantity=1 price=100\n"
      "  accepted is=rests order=2\n" },
    { "7: what rested before any session had it belongs to the first that does",
      "new_order participant=0 side=buy quantity=1 price=100 tif=gtc\n"
      TWO_SESSIONS
      "new_order participant=1 session=1 side=sell quantity=1 price=100 tif=ioc\n"
      "  accepted is=- order=2\n"
      "  canceled order=2 cause=remainder\n"
      "amend_order participant=0 order=1 quantity=2\n"
      "  refused order=1 reason=session_closed\n"
      "new_order participant=1 session=0 side=sell quantity=1 price=100 time=2021-01-04T07:00:00Z\n"
      "  session_phase session=0 phase=continuous\n"
      "  accepted is=- order=3\n"
      "  trade maker=1 taker=3 price=100\n" },
    { "7: the last price is the instrument's, and so are its stops",
      TWO_SESSIONS
      "clock time=2021-01-04T07:00:00Z\n"
      "new_order participant=0 session=0 side=buy quantity=1 type=stop stop=100\n"
      "  accepted is=pending order=1\n"
      "new_order participant=1 session=0 side=sell quantity=1 price=101\n"
      "new_order participant=1 session=1 side=sell quantity=1 price=100\n"
      "new_order participant=2 session=1 side=buy quantity=1 price=100\n"
      "  accepted order=4\n"
      "  trade maker=3 taker=4 price=100\n"
      "  triggered order=1\n"
      "  trade maker=2 taker=1 price=101\n" },
    { "7: other hours",
      TWO_SESSIONS
      "session_terms session=0 has_hours=1 open_minute=540 close_minute=720\n"
      "  session_phase session=0 phase=continuous\n"
      "  session index=0\n"
      "new_order participant=0 session=0 side=buy quantity=1 price=100\n"
      "new_order participant=0 session=1 side=buy quantity=1 price=99\n"
      "session_terms session=0 has_hours=1 open_minute=720 close_minute=720\n"
      "  refused reason=bad_value\n"
      "session_terms session=0 has_hours=1 open_minute=720 close_minute=1441\n"
      "  refused reason=bad_value\n"
      "session_terms session=0 has_hours=1 open_minute=541 close_minute=1440\n"
      "  session_phase session=0 phase=closed\n"
      "  expired order=1 cause=session_close\n"
      "  session index=0\n"
      "session_terms session=0 open_minute=540 close_minute=720\n"
      "  session index=0\n"
      "session_terms session=1 has_hours=1 open_minute=600 close_minute=720\n"
      "  session_phase session=1 phase=closed\n"
      "  expired order=2 cause=session_close\n"
      "  session index=1\n"
      "session_terms session=0 has_hours=1\n"
      "  session_phase session=0 phase=continuous\n"
      "  session index=0\n"
      "clock time=2021-01-05T20:00:00Z\n"
      "  session_phase session=1 phase=continuous\n"
      "  session_phase session=1 phase=closed\n"
      "  time at=2021-01-04T21:00:00Z\n"
      "  session_phase session=1 phase=continuous\n"
      "  session_phase session=1 phase=closed\n"
      "  time at=2021-01-05T20:00:00Z\n" },
    { "7: eight sessions may list an instrument",
      "session id=A\n" "session id=B\n" "session id=C\n" "session id=D\n" "session id=E\n" "session id=F\n"
      "session id=G\n" "session id=H\n" "session id=I\n"
      "session_symbol session=8\n" "session_symbol session=1\n" "session_symbol session=2\n"
      "session_symbol session=3\n" "session_symbol session=4\n" "session_symbol session=5\n"
      "session_symbol session=6\n" "session_symbol session=7\n"
      "session_symbol session=1\n"
      "  refused reason=bad_value\n"
      "session_symbol session=0\n"
      "  refused reason=limit_reached\n"
      "new_order participant=0 session=0 side=buy quantity=1 price=100\n"
      "  rejected reason=instrument_not_in_session\n"
      "new_order participant=0 session=7 side=buy quantity=1 price=100\n"
      "  accepted order=1\n" },
    { "7: mass cancel and disconnect",
      "new_order participant=0 side=buy quantity=1 price=95 connection=1 flags=cancel_on_disconnect\n"
      "new_order participant=0 side=sell quantity=1 price=105 connection=2 flags=cancel_on_disconnect\n"
      "new_order participant=0 instrument=1 side=buy quantity=2 type=stop stop=120 connection=1\n"
      "new_order participant=1 side=buy quantity=1 price=95 connection=3 flags=cancel_on_disconnect\n"
      "disconnect participant=0 connection=1\n"
      "  canceled order=1 cause=disconnect\n"
      "mass_cancel participant=0 instrument=0 side=buy\n"
      "  mass_canceled instrument=0 participant=0 count=0\n"
      "mass_cancel participant=0\n"
      "  canceled order=2 cause=mass_cancel\n"
      "  canceled is=pending instrument=1 order=3 cause=mass_cancel\n"
      "  mass_canceled instrument=- participant=0 count=2\n"
      "mass_cancel participant=0 instrument=9\n"
      "  refused instrument=9 reason=instrument_unknown command=mass_cancel\n" },
    { "9: halts; only cancels pass",
      "new_order participant=0 side=buy quantity=1 price=95\n"
      "halt scope=section target=2\n"
      "  halt scope=section target=2 halted=1\n"
      "amend_order participant=0 order=1 quantity=1\n"
      "  refused reason=market_halted order=1\n"
      "cancel_order participant=0 order=1\n"
      "  canceled order=1\n"
      "halt scope=section target=9\n"
      "  refused reason=bad_value command=halt\n" },
    { "9: money",
      "deposit of=0 currency=USD amount=500\n"
      "  deposit participant=0 currency=USD amount=500 credited=500 free=500\n"
      "deposit of=0 currency=USD action=withdraw amount=501\n"
      "  refused reason=withdrawal_exceeds_free high=500\n"
      "deposit of=0 currency=USD action=withdraw amount=500\n"
      "  deposit action=withdraw credited=500 free=0\n" },
    { "4: no room for a new price",     /* five groups of 512 prices */
      "instrument symbol=WIDE section=agri price_places=2\n"
      "instrument_terms instrument=3 reference=1000 quantity_max=100 collar_ppm=0\n"
      "new_order participant=1 instrument=3 side=sell quantity=1 price=512\n"
      "new_order participant=1 instrument=3 side=sell quantity=1 price=1023\n"
      "new_order participant=1 instrument=3 side=sell quantity=1 price=1024\n"
      "new_order participant=1 instrument=3 side=sell quantity=1 price=1536\n"
      "new_order participant=1 instrument=3 side=sell quantity=1 price=2048\n"
      "new_order participant=0 instrument=3 side=buy quantity=1 price=511\n"
      "  accepted is=rests order=6\n"
      "new_order participant=0 instrument=3 side=buy quantity=1 price=510\n"
      "  accepted is=rests order=7\n"
      "new_order participant=1 instrument=3 side=sell quantity=1 price=2560\n"
      "  rejected reason=limit_reached high=0\n"
      "new_order participant=1 instrument=3 side=buy quantity=1 type=stop stop=5000\n"
      "  rejected reason=limit_reached high=0\n"
      "amend_order participant=1 order=5 price=2560\n"
      "  refused reason=limit_reached high=0\n"
      "new_order participant=0 instrument=3 side=buy quantity=2 price=600\n"
      "  accepted order=8\n"
      "  trade maker=1 taker=8 price=512 quantity=1\n"
      "  canceled order=8 cause=limit_reached reason=limit_reached leaves_before=1\n"
      "cancel_order participant=1 order=5\n"
      "  canceled order=5\n"
      "new_order participant=1 instrument=3 side=buy quantity=1 type=stop stop=5000\n"
      "  accepted is=pending order=9\n"
      "new_order participant=0 instrument=3 side=buy quantity=2 price=1023\n"
      "  accepted order=10\n"
      "  trade maker=2 taker=10 price=1023 quantity=1\n"
      "  rested order=10 price=1023 shown=1\n" },
    { "2: value",
      "instrument symbol=DEAR section=agri price_places=2\n"
      "instrument_terms instrument=3 reference=100 lot_units=1000000000 tick_scaled=4600 quantity_max=100\n"
      "new_order participant=0 instrument=3 side=buy quantity=10 price=100\n"
      "  accepted\n"
      "new_order participant=0 instrument=3 side=buy quantity=10 price=101\n"
      "  rejected reason=value_overflow high=4600000000000000\n"
      "new_order participant=0 instrument=3 side=buy quantity=9 type=stop stop=112\n"
      "  rejected reason=value_overflow\n"
      "new_order participant=0 instrument=3 side=buy quantity=10 type=market\n"
      "  rejected reason=value_overflow\n"
      "new_order participant=1 instrument=3 side=sell quantity=11 type=market\n"
      "  accepted order=2 price=90\n"
      "  trade maker=1 taker=2 price=100 quantity=10\n"
      "  rested order=2 price=90 shown=1\n" },
};

static void no_room(struct event_buffer *buffer) {
    (void)buffer;
    CHECK(!"a case has few events");
}

static bool is_as_expected(const struct script *s, const struct script_step *step, const struct event_buffer *events) {
    if (!step->expects) return true;
    if (events->count != step->expected_count) return false;
    for (uint32_t i = 0; i < step->expected_count; i++)
        if (!script_matches(&s->expectations[step->expected_first + i], &events->events[i])) return false;
    return true;
}

/* What was written and read again must be the same command. */
static bool survives_writing(const struct command *command) {
    char text[1024];
    FILE *file = fmemopen(text, sizeof text, "w");
    CHECK(file != NULL);
    int64_t time_ns = 0;
    script_write_command(file, command, &time_ns);
    fputc('\0', file);
    fclose(file);
    struct script again;
    bool same = script_parse(&again, text) == 0 && again.steps_count == 1;
    if (same) {
        again.steps[0].command.sequence = command->sequence;
        same = memcmp(&again.steps[0].command, command, sizeof *command) == 0;
    }
    script_free(&again);
    return same;
}

/* Runs one case; 0 when all is as expected. */
static int run_case(const char *name, const char *begin, const char *text) {
    static struct event events[256];
    static const struct limits limits = { .instruments_max = 8, .sessions_max = 9, .participants_max = 8,
                                          .users_max = 4, .orders_max = 64, .price_leaves_max = 5,
                                          .price_branches_max = 5, .client_ids_max = 64, .contracts_max = 16,
                                          .clients_max = 8 };
    size_t size = strlen(begin) + strlen(text) + 1;
    char *whole = malloc(size);
    CHECK(whole != NULL);
    snprintf(whole, size, "%s%s", begin, text);
    struct script s;
    int failures = script_parse(&s, whole) < 0;
    if (failures != 0) printf("%s: %s\n", name, s.error);
    struct model *model = model_new(&limits);
    for (uint32_t i = 0; i < s.steps_count && failures == 0; i++) {
        const struct script_step *step = &s.steps[i];
        struct event_buffer buffer = { .events = events, .capacity = 256, .full = no_room };
        int64_t time_ns = 0;
        model_apply(model, &step->command, &buffer);
        if (is_as_expected(&s, step, &buffer) && survives_writing(&step->command)) continue;
        failures = 1;
        printf("%s: not as expected:\n", name);
        script_write_command(stdout, &step->command, &time_ns);
        for (uint32_t k = 0; k < buffer.count; k++) script_write_event(stdout, &buffer.events[k]);
    }
    model_free(model);
    script_free(&s);
    free(whole);
    return failures;
}

int main(void) {
    uint32_t count = sizeof cases / sizeof *cases, failures = 0;
    for (uint32_t i = 0; i < count; i++) failures += (uint32_t)run_case(cases[i].name, world, cases[i].script);
    for (uint32_t i = 0; i < model_vectors_count; i++)
        failures += (uint32_t)run_case(model_vectors[i].name, "", model_vectors[i].script);
    count += model_vectors_count;
    printf("model selftest: %u cases, %u failures\n", count, failures);
    return failures != 0;
}
