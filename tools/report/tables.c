/* tables.c - every table is made the same way: each trade gives entries (a key and figures), equal keys are summed, and
 * each sum becomes a row. See tables.h. */
#include "tools/report/tables.h"

#include <stdlib.h>
#include <string.h>

#include "instruments/calendar.h"
#include "instruments/decimal.h"
#include "instruments/instrument.h"
#include "instruments/name_table.h"

enum { key_parts_count = 5 };

struct entry {
    uint32_t key[key_parts_count];
    uint32_t who;               /* whose number in the sum is wanted; equal ones count once */
    uint32_t distinct_count;    /* of a sum: how many different `who` */
    uint64_t counts[2];
    int64_t amounts[2];         /* money, or units of goods */
};

struct tally {
    const struct follow *follow;
    const struct report_scope *scope;
    struct entry *entries;
    uint32_t count, capacity;
};

const char *deal_class_text(uint32_t deal_class) {
    static const char *const texts[] = {"domestic", "export", "import", "transit"};
    return deal_class < sizeof texts / sizeof *texts ? texts[deal_class] : "?";
}

/* ---- sums ---- */

static struct entry *add(struct tally *tally) {
    if (tally->count == tally->capacity) {
        uint32_t capacity = tally->capacity > 0 ? 2 * tally->capacity : 256;
        struct entry *larger = realloc(tally->entries, (size_t)capacity * sizeof *larger);
        if (!larger) {
            fputs("birzha report: not enough memory\n", stderr);
            exit(EXIT_FAILURE);
        }
        tally->entries = larger;
        tally->capacity = capacity;
    }
    return memset(&tally->entries[tally->count++], 0, sizeof *tally->entries);
}

static int compare_keys(const struct entry *a, const struct entry *b) {
    for (int i = 0; i < key_parts_count; i++) {
        if (a->key[i] != b->key[i]) return a->key[i] < b->key[i] ? -1 : 1;
    }
    return 0;
}

static int compare_entries(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    int order = compare_keys(a, b);
    return order != 0 ? order : (a->who > b->who) - (a->who < b->who);
}

/* Sums of money cannot overflow: follow.c bounds the total of all. */
static void sum_up(struct tally *tally) {
    if (tally->count == 0) return;
    qsort(tally->entries, tally->count, sizeof *tally->entries, compare_entries);
    uint32_t sums_count = 0;
    for (uint32_t i = 0; i < tally->count; i++) {
        const struct entry entry = tally->entries[i];
        struct entry *sum = sums_count > 0 ? &tally->entries[sums_count - 1] : NULL;
        if (!sum || compare_keys(sum, &entry) != 0) {
            sum = &tally->entries[sums_count++];
            *sum = entry;
            sum->distinct_count = 1;
            continue;
        }
        sum->distinct_count += sum->who != entry.who;
        sum->who = entry.who;
        for (int j = 0; j < 2; j++) {
            sum->counts[j] += entry.counts[j];
            sum->amounts[j] += entry.amounts[j];
        }
    }
    tally->count = sums_count;
}

static int in_scope(const struct report_scope *scope, const struct followed_trade *trade) {
    return (scope->from_date == date_none || trade->date >= scope->from_date) &&
           (scope->to_date == date_none || trade->date <= scope->to_date);
}

typedef void entries_of(struct tally *tally, const struct followed_trade *trade);

static struct tally tally_make(const struct follow *follow, const struct report_scope *scope, entries_of *entries) {
    struct tally tally = {.follow = follow, .scope = scope};
    for (uint32_t i = 0; i < follow->trades_count; i++) {
        if (in_scope(scope, &follow->trades[i])) entries(&tally, &follow->trades[i]);
    }
    sum_up(&tally);
    return tally;
}

static const struct followed_instrument *instrument_of(const struct follow *follow,
                                                       const struct followed_trade *trade) {
    return &follow->instruments[trade->instrument];
}

/* ---- periods ---- */

static const uint32_t period_months[PERIOD_COUNT] = {
#define XX(name, text, months) months,
    PERIOD_MAP(XX)
#undef XX
};

/* Year and number of the period in it: comparable, and enough to name it. */
static uint32_t period_key(enum period period, int32_t date) {
    int32_t year, month, day;
    date_to_civil(date, &year, &month, &day);
    return (uint32_t)year * 16 + ((uint32_t)month - 1) / period_months[period] + 1;
}

static void put_period(struct sheet *sheet, enum period period, uint32_t key) {
    char text[24];
    uint32_t year = key / 16, number = key % 16;
    switch (period) {
        case PERIOD_MONTH: snprintf(text, sizeof text, "%u-%02u", year, number); break;
        case PERIOD_QUARTER: snprintf(text, sizeof text, "%u-Q%u", year, number); break;
        case PERIOD_HALF: snprintf(text, sizeof text, "%u-H%u", year, number); break;
        default: snprintf(text, sizeof text, "%u", year); break;
    }
    sheet_words(sheet, text);
}

/* ---- deals, one by one ---- */

static const struct sheet_column deal_columns[] = {
    {"trade_id", CELL_COUNT}, {"date", CELL_WORDS}, {"symbol", CELL_WORDS}, {"quantity", CELL_COUNT},
    {"unit", CELL_WORDS}, {"price", CELL_DECIMAL}, {"value", CELL_DECIMAL}, {"currency", CELL_WORDS},
    {"class", CELL_WORDS}, {"seller", CELL_WORDS}, {"seller_country", CELL_WORDS}, {"buyer", CELL_WORDS},
    {"buyer_country", CELL_WORDS}, {"state", CELL_WORDS},
};

static void put_deal(struct sheet *sheet, const struct follow *follow, const struct followed_trade *trade) {
    const struct followed_instrument *instrument = instrument_of(follow, trade);
    char date[11] = "";
    date_format(trade->date, date);
    sheet_count(sheet, trade->trade_id);
    sheet_words(sheet, date);
    sheet_words(sheet, instrument->symbol);
    sheet_count(sheet, (uint64_t)trade->quantity.lots * instrument->lot_units);
    sheet_words(sheet, unit_name(instrument->unit));
    sheet_decimal(sheet, trade->price.ticks * instrument->tick_scaled, instrument->price_places);
    sheet_decimal(sheet, trade->value.minor, 2);
    sheet_words(sheet, currency_code(instrument->currency));
    sheet_words(sheet, deal_class_text(trade->deal_class));
    for (int side = SIDE_SELL; side >= SIDE_BUY; side--) {
        const struct followed_participant *principal = &follow->participants[trade->principals[side]];
        sheet_words(sheet, principal->id);
        sheet_words(sheet, principal->country);
    }
    sheet_words(sheet, trade->is_busted ? "busted" : "deal");
}

/* ---- countries of the principals ---- */

static const struct sheet_column country_columns[] = {
    {"country", CELL_WORDS}, {"currency", CELL_WORDS}, {"deals_sold", CELL_COUNT}, {"value_sold", CELL_DECIMAL},
    {"deals_bought", CELL_COUNT}, {"value_bought", CELL_DECIMAL},
};

static void country_entries(struct tally *tally, const struct followed_trade *trade) {
    if (trade->is_busted) return;
    for (int side = SIDE_BUY; side <= SIDE_SELL; side++) {
        const char *country = tally->follow->participants[trade->principals[side]].country;
        struct entry *entry = add(tally);
        entry->key[0] = (uint32_t)(uint8_t)country[0] << 8 | (uint8_t)country[1];
        entry->key[1] = instrument_of(tally->follow, trade)->currency;
        entry->counts[side == SIDE_BUY] = 1;
        entry->amounts[side == SIDE_BUY] = trade->value.minor;
    }
}

static void put_country(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    (void)tally;
    char country[3] = {(char)(sum->key[0] >> 8), (char)(sum->key[0] & 0xFF), '\0'};
    sheet_words(sheet, country);
    sheet_words(sheet, currency_code((enum currency)sum->key[1]));
    for (int i = 0; i < 2; i++) {
        sheet_count(sheet, sum->counts[i]);
        sheet_decimal(sheet, sum->amounts[i], 2);
    }
}

/* ---- currencies, classes, sections, transit ---- */

static const struct sheet_column currency_columns[] = {
    {"currency", CELL_WORDS}, {"deals", CELL_COUNT}, {"value", CELL_DECIMAL},
};
static const struct sheet_column class_columns[] = {
    {"class", CELL_WORDS}, {"currency", CELL_WORDS}, {"deals", CELL_COUNT}, {"value", CELL_DECIMAL},
};
static const struct sheet_column section_columns[] = {
    {"section", CELL_WORDS}, {"currency", CELL_WORDS}, {"deals", CELL_COUNT}, {"value", CELL_DECIMAL},
};
static const struct sheet_column transit_columns[] = {
    {"period", CELL_WORDS}, {"section", CELL_WORDS}, {"currency", CELL_WORDS}, {"deals", CELL_COUNT},
    {"value", CELL_DECIMAL},
};

static void add_value(struct tally *tally, const struct followed_trade *trade, uint32_t first, uint32_t second) {
    struct entry *entry = add(tally);
    entry->key[0] = first;
    entry->key[1] = second;
    entry->key[2] = instrument_of(tally->follow, trade)->currency;
    entry->counts[0] = 1;
    entry->amounts[0] = trade->value.minor;
}

static void currency_entries(struct tally *tally, const struct followed_trade *trade) {
    if (!trade->is_busted) add_value(tally, trade, 0, 0);
}

static void class_entries(struct tally *tally, const struct followed_trade *trade) {
    if (!trade->is_busted) add_value(tally, trade, trade->deal_class, 0);
}

static void section_entries(struct tally *tally, const struct followed_trade *trade) {
    if (!trade->is_busted) add_value(tally, trade, instrument_of(tally->follow, trade)->section, 0);
}

static void transit_entries(struct tally *tally, const struct followed_trade *trade) {
    if (trade->is_busted || trade->deal_class != DEAL_TRANSIT) return;
    add_value(tally, trade, period_key(tally->scope->period, trade->date),
              instrument_of(tally->follow, trade)->section);
}

static void put_value(struct sheet *sheet, const struct entry *sum) {
    sheet_words(sheet, currency_code((enum currency)sum->key[2]));
    sheet_count(sheet, sum->counts[0]);
    sheet_decimal(sheet, sum->amounts[0], 2);
}

static void put_currency(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    (void)tally;
    put_value(sheet, sum);
}

static void put_class(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    (void)tally;
    sheet_words(sheet, deal_class_text(sum->key[0]));
    put_value(sheet, sum);
}

static void put_section(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    (void)tally;
    sheet_words(sheet, section_name((enum section)sum->key[0]));
    put_value(sheet, sum);
}

static void put_transit(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    put_period(sheet, tally->scope->period, sum->key[0]);
    sheet_words(sheet, section_name((enum section)sum->key[1]));
    put_value(sheet, sum);
}

/* ---- ratings of sellers and buyers ---- */

static const struct sheet_column rating_columns[] = {
    {"currency", CELL_WORDS}, {"rank", CELL_COUNT}, {"participant", CELL_WORDS}, {"name", CELL_WORDS},
    {"country", CELL_WORDS}, {"deals", CELL_COUNT}, {"value", CELL_DECIMAL},
};

static void rating_entries(struct tally *tally, const struct followed_trade *trade, enum side side) {
    if (trade->is_busted) return;
    add_value(tally, trade, trade->principals[side], 0);
}

static void seller_entries(struct tally *tally, const struct followed_trade *trade) {
    rating_entries(tally, trade, SIDE_SELL);
}

static void buyer_entries(struct tally *tally, const struct followed_trade *trade) {
    rating_entries(tally, trade, SIDE_BUY);
}

/* By currency, the largest value first; equal values in the order of the participants. */
static int compare_ratings(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    if (a->key[2] != b->key[2]) return a->key[2] < b->key[2] ? -1 : 1;
    if (a->amounts[0] != b->amounts[0]) return a->amounts[0] > b->amounts[0] ? -1 : 1;
    return (a->key[0] > b->key[0]) - (a->key[0] < b->key[0]);
}

static void put_rating(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    const struct followed_participant *participant = &tally->follow->participants[sum->key[0]];
    uint32_t rank = 1;
    for (const struct entry *above = sum; above > tally->entries && above[-1].key[2] == sum->key[2]; above--) rank++;
    sheet_words(sheet, currency_code((enum currency)sum->key[2]));
    sheet_count(sheet, rank);
    sheet_words(sheet, participant->id);
    sheet_words(sheet, participant->name);
    sheet_words(sheet, participant->country);
    sheet_count(sheet, sum->counts[0]);
    sheet_decimal(sheet, sum->amounts[0], 2);
}

/* ---- fees ---- */

static const struct sheet_column fee_columns[] = {
    {"payer", CELL_WORDS}, {"currency", CELL_WORDS}, {"deals", CELL_COUNT}, {"charged", CELL_DECIMAL},
    {"reversed", CELL_DECIMAL}, {"net", CELL_DECIMAL},
};

static void fee_entries(struct tally *tally, const struct followed_trade *trade) {
    for (int side = SIDE_BUY; side <= SIDE_SELL && trade->has_contract; side++) {
        struct entry *entry = add(tally);
        entry->key[0] = trade->payers[side];
        entry->key[1] = trade->fee_currencies[side];
        entry->counts[0] = 1;
        entry->amounts[0] = trade->fees[side].minor;
        entry->amounts[1] = trade->is_busted ? trade->fees[side].minor : 0;
    }
}

static void put_fee(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    sheet_words(sheet, tally->follow->participants[sum->key[0]].id);
    sheet_words(sheet, currency_code((enum currency)sum->key[1]));
    sheet_count(sheet, sum->counts[0]);
    sheet_decimal(sheet, sum->amounts[0], 2);
    sheet_decimal(sheet, sum->amounts[1], 2);
    sheet_decimal(sheet, sum->amounts[0] - sum->amounts[1], 2);
}

/* ---- brokers ---- */

static const struct sheet_column broker_columns[] = {
    {"broker", CELL_WORDS}, {"country", CELL_WORDS}, {"currency", CELL_WORDS}, {"clients", CELL_COUNT},
    {"client_deals", CELL_COUNT}, {"value", CELL_DECIMAL},
};

/* A deal in which a broker acted for both sides counts for each. */
static void broker_entries(struct tally *tally, const struct followed_trade *trade) {
    for (int side = SIDE_BUY; side <= SIDE_SELL && !trade->is_busted; side++) {
        if (trade->participants[side] == trade->principals[side]) continue;
        add_value(tally, trade, trade->participants[side], 0);
        tally->entries[tally->count - 1].who = trade->principals[side];
    }
}

static void put_broker(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    const struct followed_participant *broker = &tally->follow->participants[sum->key[0]];
    sheet_words(sheet, broker->id);
    sheet_words(sheet, broker->country);
    sheet_words(sheet, currency_code((enum currency)sum->key[2]));
    sheet_count(sheet, sum->distinct_count);
    sheet_count(sheet, sum->counts[0]);
    sheet_decimal(sheet, sum->amounts[0], 2);
}

/* ---- quotations ---- */

static const struct sheet_column quotation_columns[] = {
    {"period", CELL_WORDS}, {"section", CELL_WORDS}, {"group", CELL_WORDS}, {"currency", CELL_WORDS},
    {"deals", CELL_COUNT}, {"sellers", CELL_COUNT}, {"quantity", CELL_COUNT}, {"unit", CELL_WORDS},
    {"value", CELL_DECIMAL}, {"price", CELL_DECIMAL}, {"kind", CELL_WORDS},
};

/* The first instrument of the same group: its number stands for the group. One without a group is its own. */
static uint32_t group_of(const struct follow *follow, uint32_t index) {
    const struct followed_instrument *instrument = &follow->instruments[index];
    if (instrument->group[0] == '\0') return index;
    uint32_t first = 0;
    while (strcmp(follow->instruments[first].group, instrument->group) != 0 ||
           follow->instruments[first].section != instrument->section) first++;
    return first;
}

static void quotation_entries(struct tally *tally, const struct followed_trade *trade) {
    if (trade->is_busted) return;
    const struct followed_instrument *instrument = instrument_of(tally->follow, trade);
    struct entry *entry = add(tally);
    entry->key[0] = period_key(tally->scope->period, trade->date);
    entry->key[1] = instrument->section;
    entry->key[2] = group_of(tally->follow, trade->instrument);
    entry->key[3] = instrument->currency;
    entry->key[4] = instrument->unit;
    entry->who = trade->principals[SIDE_SELL];
    entry->counts[0] = 1;
    entry->counts[1] = (uint64_t)trade->quantity.lots * instrument->lot_units;
    entry->amounts[0] = trade->value.minor;
}

static void put_quotation(struct sheet *sheet, const struct tally *tally, const struct entry *sum) {
    const struct followed_instrument *first = &tally->follow->instruments[sum->key[2]];
    int is_quotation = sum->counts[0] >= quotation_deals_min && sum->distinct_count >= quotation_sellers_min;
    put_period(sheet, tally->scope->period, sum->key[0]);
    sheet_words(sheet, section_name((enum section)sum->key[1]));
    sheet_words(sheet, first->group[0] != '\0' ? first->group : first->symbol);
    sheet_words(sheet, currency_code((enum currency)sum->key[3]));
    sheet_count(sheet, sum->counts[0]);
    sheet_count(sheet, sum->distinct_count);
    sheet_count(sheet, sum->counts[1]);
    sheet_words(sheet, unit_name((enum unit)sum->key[4]));
    sheet_decimal(sheet, sum->amounts[0], 2);
    uint64_t average = sum->counts[1] > 0 ? decimal_divide_half_up((uint128)sum->amounts[0], sum->counts[1]) : 0;
    sheet_decimal(sheet, (int64_t)average, 2);
    sheet_words(sheet, is_quotation ? "quotation" : "price result");
}

/* ---- all of them ---- */

#define COLUMNS(columns) columns, sizeof columns / sizeof *columns

static const struct table {
    const char *title;
    const struct sheet_column *columns;
    uint32_t columns_count;
    entries_of *entries;
    void (*put)(struct sheet *sheet, const struct tally *tally, const struct entry *sum);
    int (*compare)(const void *left, const void *right);    /* NULL = by key */
} tables[REPORT_TABLE_COUNT] = {
    [REPORT_DEALS] = {"deals", COLUMNS(deal_columns), NULL, NULL, NULL},
    [REPORT_COUNTRIES] = {"countries", COLUMNS(country_columns), country_entries, put_country, NULL},
    [REPORT_CURRENCIES] = {"currencies", COLUMNS(currency_columns), currency_entries, put_currency, NULL},
    [REPORT_CLASSES] = {"classes", COLUMNS(class_columns), class_entries, put_class, NULL},
    [REPORT_SECTIONS] = {"sections", COLUMNS(section_columns), section_entries, put_section, NULL},
    [REPORT_TRANSIT] = {"transit", COLUMNS(transit_columns), transit_entries, put_transit, NULL},
    [REPORT_SELLERS] = {"sellers", COLUMNS(rating_columns), seller_entries, put_rating, compare_ratings},
    [REPORT_BUYERS] = {"buyers", COLUMNS(rating_columns), buyer_entries, put_rating, compare_ratings},
    [REPORT_FEES] = {"fees", COLUMNS(fee_columns), fee_entries, put_fee, NULL},
    [REPORT_BROKERS] = {"brokers", COLUMNS(broker_columns), broker_entries, put_broker, NULL},
    [REPORT_QUOTATIONS] = {"quotations", COLUMNS(quotation_columns), quotation_entries, put_quotation, NULL},
};

struct sheet report_make(const struct follow *follow, enum report_table which, const struct report_scope *scope) {
    const struct table *table = &tables[which];
    struct sheet sheet = {.title = table->title, .columns = table->columns, .columns_count = table->columns_count};
    if (which == REPORT_DEALS) {
        for (uint32_t i = 0; i < follow->trades_count; i++) {
            if (in_scope(scope, &follow->trades[i])) put_deal(&sheet, follow, &follow->trades[i]);
        }
        return sheet;
    }
    struct tally tally = tally_make(follow, scope, table->entries);
    if (table->compare && tally.count > 0)
        qsort(tally.entries, tally.count, sizeof *tally.entries, table->compare);
    for (uint32_t i = 0; i < tally.count; i++) table->put(&sheet, &tally, &tally.entries[i]);
    free(tally.entries);
    return sheet;
}
