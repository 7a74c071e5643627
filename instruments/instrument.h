/* instrument.h - one thing that can be traded: its section, lot, tick, currency, bases and limits.
 *
 * An instrument is a flat record without pointers, so that it can live in the exchange's state, in a journal
 * and in a digest. Catalogue rows are data (instruments/data/catalogue.json); this header gives them shape. */
#ifndef BIRZHA_INSTRUMENT_H
#define BIRZHA_INSTRUMENT_H

#include <stdint.h>

#include "instruments/limits.h"
#include "instruments/money.h"

/* SECTION_MAP(XX): XX(NAME, name on the wire) */
#define SECTION_MAP(XX) \
    XX(TIMBER, "timber") \
    XX(METALS, "metals") \
    XX(AGRI, "agri") \
    XX(CONSUMER, "consumer")

/* CURRENCY_MAP(XX): XX(CODE). Every one has 100 minor units. STL-1. */
#define CURRENCY_MAP(XX) XX(BYN) XX(USD) XX(EUR) XX(RUB) XX(CNY)

/* UNIT_MAP(XX): XX(NAME, name on the wire) - what a lot is counted in. */
#define UNIT_MAP(XX) XX(M3, "m3") XX(TONNE, "t")

/* INCOTERM_MAP(XX): XX(CODE) - terms of delivery that a basis may name. */
#define INCOTERM_MAP(XX) XX(EXW) XX(FCA) XX(CPT) XX(CIP) XX(CIF) XX(DAP)

/* PAYMENT_TERMS_MAP(XX): XX(NAME, name on the wire). STL-5; a set of them is a bit mask, bit = enum value. */
#define PAYMENT_TERMS_MAP(XX) \
    XX(PREPAID_FULL_DEFERRED, "prepaid_full_deferred") \
    XX(LETTER_OF_CREDIT, "lc") \
    XX(CASH_ON_DELIVERY, "cod")

#define XX(name, text) SECTION_##name,
enum section { SECTION_MAP(XX) SECTION_COUNT };
#undef XX
#define XX(code) CURRENCY_##code,
enum currency { CURRENCY_MAP(XX) CURRENCY_COUNT };
#undef XX
#define XX(name, text) UNIT_##name,
enum unit { UNIT_MAP(XX) UNIT_COUNT };
#undef XX
#define XX(code) INCOTERM_##code,
enum incoterm { INCOTERM_MAP(XX) INCOTERM_COUNT };
#undef XX
#define XX(name, text) PAYMENT_##name,
enum payment_terms { PAYMENT_TERMS_MAP(XX) PAYMENT_COUNT };
#undef XX

/* Where the goods change hands. The first basis of an instrument is its reference basis. */
struct basis {
    char place[place_size];
    char country[2];
    uint8_t incoterm;
    uint8_t reserved[5];
};

struct instrument {
    char symbol[symbol_size];
    char name[instrument_name_size];
    char group[instrument_group_size];
    struct basis bases[bases_count_max];
    money lot_tick;             /* what one tick on one lot is worth; whole minor units, > 0 */
    int64_t tick_scaled;        /* the tick, in units of 10^-price_places of the currency */
    price reference;            /* the catalogue's price, PRC-7's last resort */
    quantity quantity_min;      /* LOT-2 */
    quantity quantity_max;
    uint32_t lot_units;         /* units (m3, t) in a lot */
    uint32_t collar_ppm;        /* PRC-4; 0 = no collar */
    uint8_t price_places;       /* 2 to 6: decimals that its prices are written with */
    uint8_t section, unit, currency;
    uint8_t bases_count;
    uint8_t payment_terms_mask;
    uint8_t reserved[6];
};

_Static_assert(sizeof(struct basis) == 40, "basis has no padding");
_Static_assert(sizeof(struct instrument) == symbol_size + instrument_name_size + instrument_group_size +
               bases_count_max * 40 + 16 + 24 + 8, "instrument has no padding");

/* Names on the wire; NULL for a value that is not of the list. */
const char *section_name(enum section section);
const char *currency_code(enum currency currency);
const char *unit_name(enum unit unit);
const char *incoterm_code(enum incoterm incoterm);
const char *payment_terms_name(enum payment_terms terms);

/* The value whose name is `text` (`size` bytes, no NUL needed), or -1. */
int section_parse(const char *text, uint32_t size);
int currency_parse(const char *text, uint32_t size);
int unit_parse(const char *text, uint32_t size);
int incoterm_parse(const char *text, uint32_t size);
int payment_terms_parse(const char *text, uint32_t size);

#endif
