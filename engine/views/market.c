/* market.c - figures and tapes; see market.h. */
#include "engine/views/market.h"

#include "engine/exchange.h"
#include "engine/image.h"
#include "instruments/calendar.h"
#include "instruments/check.h"
#include "instruments/decimal.h"

enum { window_minutes = 30 };

/* Trades of one minute of the date. */
struct minute {
    uint128 turnover;
    uint64_t volume_lots;
    int64_t number;             /* minutes since 1970; of another number: empty */
};

/* What is remembered of one instrument. The tape is a ring: trade number n lies at n % trades_max. */
struct instrument_market {
    struct market_figures figures;
    struct minute minutes[window_minutes];      /* minute n lies at n % window_minutes */
    uint64_t taped_count;       /* trades ever */
    int64_t last_minute;        /* of the last trade */
};

struct market_view {
    struct instrument_market *markets;
    struct tape_trade *tape;            /* trades_max for each instrument, one after another */
    uint32_t instruments_max;
    uint32_t trades_max;
    int32_t date;
};

/* ---- memory ---- */

enum { cache_line = 64 };

struct layout { size_t markets, tape, size; };

static size_t reserve(struct layout *at, size_t record_size, size_t count) {
    size_t offset = at->size;
    at->size = (offset + record_size * count + cache_line - 1) & ~(size_t)(cache_line - 1);
    return offset;
}

static struct layout layout_of(const struct limits *limits, uint32_t trades_max) {
    struct layout at = {0};
    reserve(&at, sizeof(struct market_view), 1);
    at.markets = reserve(&at, sizeof(struct instrument_market), limits->instruments_max);
    at.tape = reserve(&at, sizeof(struct tape_trade), (size_t)limits->instruments_max * trades_max);
    return at;
}

size_t market_view_size(const struct limits *limits, uint32_t trades_max) {
    return layout_of(limits, trades_max).size;
}

struct market_view *market_view_init(void *memory, const struct limits *limits, uint32_t trades_max) {
    CHECK(((uintptr_t)memory & (cache_line - 1)) == 0);
    CHECK(limits->instruments_max > 0 && trades_max > 0);
    const struct layout at = layout_of(limits, trades_max);
    char *base = memory;
    struct market_view *view = memory;
    view->markets = (void *)(base + at.markets);
    view->tape = (void *)(base + at.tape);
    view->instruments_max = limits->instruments_max;
    view->trades_max = trades_max;
    view->date = date_none;
    return view;
}

/* ---- events ---- */

/* PRC-7. At least one trade is in the window: the last. */
static price closing_price(const struct instrument_market *market) {
    uint128 turnover = 0;
    uint64_t volume_lots = 0;
    for (uint32_t i = 0; i < window_minutes; i++) {
        const struct minute *minute = &market->minutes[i];
        if (minute->number <= market->last_minute - window_minutes) continue;
        turnover += minute->turnover;
        volume_lots += minute->volume_lots;
    }
    CHECK(volume_lots > 0);
    return (price){(uint32_t)decimal_divide_half_up(turnover, volume_lots)};
}

/* From `date` on, the figures of the day are those of `date`. Nothing happens when it is so already. */
static void begin_date(struct market_view *view, int32_t date) {
    if (date == view->date) return;
    CHECK(view->date == date_none || date > view->date);
    view->date = date;
    for (uint32_t i = 0; i < view->instruments_max; i++) {
        struct market_figures *figures = &view->markets[i].figures;
        price reference = figures->trades_count > 0 ? closing_price(&view->markets[i]) : figures->reference;
        *figures = (struct market_figures){.last = figures->last, .last_quantity = figures->last_quantity,
                                           .reference = reference};
    }
}

static void count_minute(struct instrument_market *market, price at, quantity lots, int64_t time_ns) {
    int64_t number = time_ns / (60 * NS_PER_SECOND);
    struct minute *minute = &market->minutes[(uint64_t)number % window_minutes];
    if (minute->number != number) *minute = (struct minute){.number = number};
    minute->turnover += (uint64_t)at.ticks * lots.lots;
    minute->volume_lots += lots.lots;
    market->last_minute = number;
}

static void count_trade(struct market_figures *figures, price at, quantity lots) {
    if (figures->trades_count == 0) figures->open = figures->high = figures->low = at;
    if (at.ticks > figures->high.ticks) figures->high = at;
    if (at.ticks < figures->low.ticks) figures->low = at;
    figures->last = at;
    figures->last_quantity = lots;
    figures->trades_count++;
    figures->volume_lots += lots.lots;
    figures->turnover += (uint64_t)at.ticks * lots.lots;
}

static void apply_trade(struct market_view *view, const struct event *event, int64_t time_ns) {
    const struct event_trade *trade = &event->trade;
    CHECK(event->instrument < view->instruments_max);
    CHECK(trade->price.ticks > 0 && trade->quantity.lots > 0);
    begin_date(view, trade_date(time_ns));
    struct instrument_market *market = &view->markets[event->instrument];
    count_trade(&market->figures, trade->price, trade->quantity);
    count_minute(market, trade->price, trade->quantity, time_ns);
    size_t place = (size_t)event->instrument * view->trades_max + market->taped_count % view->trades_max;
    view->tape[place] = (struct tape_trade){
        .trade_id = trade->trade_id, .time_ns = time_ns, .price = trade->price, .quantity = trade->quantity,
        .trade_date = view->date, .deal_class = trade->deal_class, .condition = trade->condition,
        .taker_side = event->flags & TRADE_TAKER_BUYS ? SIDE_BUY : SIDE_SELL};
    market->taped_count++;
}

void market_view_apply(struct market_view *view, const struct event *event, int64_t time_ns) {
    if (event->kind == EVENT_TRADE) apply_trade(view, event, time_ns);
    else if (event->kind == EVENT_TIME) begin_date(view, event->time.trade_date);
}

/* ---- reading ---- */

static const struct instrument_market *market_of(const struct market_view *view, uint32_t instrument) {
    CHECK(instrument < view->instruments_max);
    return &view->markets[instrument];
}

const struct market_figures *market_view_figures(const struct market_view *view, uint32_t instrument) {
    return &market_of(view, instrument)->figures;
}

int32_t market_view_date(const struct market_view *view) {
    return view->date;
}

uint32_t market_view_tape_count(const struct market_view *view, uint32_t instrument) {
    uint64_t count = market_of(view, instrument)->taped_count;
    return count < view->trades_max ? (uint32_t)count : view->trades_max;
}

const struct tape_trade *market_view_tape(const struct market_view *view, uint32_t instrument, uint32_t age) {
    CHECK(age < market_view_tape_count(view, instrument));
    uint64_t number = market_of(view, instrument)->taped_count - 1 - age;
    return &view->tape[(size_t)instrument * view->trades_max + number % view->trades_max];
}

/* ---- snapshots ---- */

/* An instrument in which something was traded, and the part of its tape that is in use. */
static void span_market(struct image *image, struct market_view *view, uint32_t instrument) {
    struct instrument_market *market = &view->markets[instrument];
    IMAGE_MEMBER(image, *market);
    image_expect(image, market->taped_count > 0);
    if (image->is_unsound) market->taped_count = 0;
    image_array(image, &view->tape[(size_t)instrument * view->trades_max], sizeof *view->tape,
                market_view_tape_count(view, instrument));
}

static void span_all(struct image *image, struct market_view *view) {
    const uint32_t shape[] = {sizeof(struct instrument_market), sizeof(struct tape_trade), view->trades_max};
    uint32_t count = 0;
    image_shape(image, shape, sizeof shape / sizeof *shape);
    IMAGE_MEMBER(image, view->date);
    for (uint32_t i = 0; i < view->instruments_max; i++) count += view->markets[i].taped_count > 0;
    image_count(image, &count, view->instruments_max);
    for (uint32_t instrument = 0; count > 0 && !image->is_unsound; count--, instrument++) {
        while (instrument + 1 < view->instruments_max && view->markets[instrument].taped_count == 0 &&
               !image_is_loading(image)) instrument++;
        image_count(image, &instrument, view->instruments_max - 1);
        if (!image->is_unsound) span_market(image, view, instrument);
    }
}

void market_view_write(const struct market_view *view, struct image *image) {
    span_all(image, (struct market_view *)(uintptr_t)view);
}

int market_view_load(struct market_view *view, struct image *image) {
    span_all(image, view);
    return image_end(image);
}

/* ---- consistency ---- */

static void verify_figures(const struct market_figures *figures) {
    if (figures->trades_count == 0) {
        CHECK(figures->volume_lots == 0 && figures->turnover == 0);
        CHECK(figures->open.ticks == 0 && figures->high.ticks == 0 && figures->low.ticks == 0);
        return;
    }
    CHECK(figures->low.ticks > 0);
    CHECK(figures->low.ticks <= figures->open.ticks && figures->open.ticks <= figures->high.ticks);
    CHECK(figures->low.ticks <= figures->last.ticks && figures->last.ticks <= figures->high.ticks);
    CHECK(figures->volume_lots >= figures->trades_count);
    CHECK(figures->turnover >= (uint128)figures->low.ticks * figures->volume_lots);
    CHECK(figures->turnover <= (uint128)figures->high.ticks * figures->volume_lots);
}

/* The tape's part of the day can be summed up again; it is the whole day when an older trade is on it too. */
static void verify_tape(const struct market_view *view, uint32_t instrument) {
    const struct market_figures *figures = market_view_figures(view, instrument);
    uint32_t count = market_view_tape_count(view, instrument);
    uint64_t today_count = 0, volume_lots = 0;
    uint128 turnover = 0;
    for (uint32_t age = 0; age < count; age++) {
        const struct tape_trade *trade = market_view_tape(view, instrument, age);
        if (age > 0) CHECK(trade->trade_id < market_view_tape(view, instrument, age - 1)->trade_id);
        CHECK(trade->trade_date <= view->date);
        if (trade->trade_date != view->date) continue;
        today_count++;
        volume_lots += trade->quantity.lots;
        turnover += (uint128)trade->price.ticks * trade->quantity.lots;
    }
    CHECK(today_count <= figures->trades_count && volume_lots <= figures->volume_lots);
    CHECK(turnover <= figures->turnover);
    if (count < view->trades_max || today_count < count)
        CHECK(today_count == figures->trades_count && volume_lots == figures->volume_lots);
    if (count > 0) CHECK(market_view_tape(view, instrument, 0)->price.ticks == figures->last.ticks);
}

void market_view_verify(const struct market_view *view) {
    for (uint32_t i = 0; i < view->instruments_max; i++) {
        verify_figures(&view->markets[i].figures);
        verify_tape(view, i);
    }
}
