/* tables.h - the tables of `birzha report`, each a sum over the trades of a followed stream.
 *
 * Busted trades count nowhere but in the list of deals, which names them, and in `fees`, which shows what was reversed.
 * Money is exact: sums of minor units, and a quotation is rounded once, half up, to two places. */
#ifndef BIRZHA_TOOLS_TABLES_H
#define BIRZHA_TOOLS_TABLES_H

#include "tools/report/follow.h"
#include "tools/report/sheet.h"

/* REPORT_TABLE_MAP(XX): XX(NAME, text of --what) */
#define REPORT_TABLE_MAP(XX) \
    XX(DEALS, "deals") XX(COUNTRIES, "countries") XX(CURRENCIES, "currencies") XX(CLASSES, "classes") \
    XX(SECTIONS, "sections") XX(TRANSIT, "transit") XX(SELLERS, "sellers") XX(BUYERS, "buyers") XX(FEES, "fees") \
    XX(BROKERS, "brokers") XX(QUOTATIONS, "quotations")
#define XX(name, text) REPORT_##name,
enum report_table { REPORT_TABLE_MAP(XX) REPORT_TABLE_COUNT };
#undef XX

/* PERIOD_MAP(XX): XX(NAME, text of --period, months in it) */
#define PERIOD_MAP(XX) XX(MONTH, "month", 1) XX(QUARTER, "quarter", 3) XX(HALF, "half", 6) XX(YEAR, "year", 12)
#define XX(name, text, months) PERIOD_##name,
enum period { PERIOD_MAP(XX) PERIOD_COUNT };
#undef XX

struct report_scope {
    int32_t from_date, to_date;     /* trade dates, both included; date_none = open */
    enum period period;             /* of transit and quotations */
};

/* A quotation needs this many deals from this many sellers; fewer give a "price result". PRC-8. */
enum { quotation_deals_min = 3, quotation_sellers_min = 2 };

/* Fills a sheet; free it with sheet_free. */
struct sheet report_make(const struct follow *follow, enum report_table table, const struct report_scope *scope);

const char *deal_class_text(uint32_t deal_class);

#endif
