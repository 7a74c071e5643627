/* catalogue.h - instruments as rows of JSON: the shipped catalogue, and those that a scenario defines itself.
 *
 * SCENARIO.md describes the keys of a row. A row that is read is complete and sound: its symbol is a name, its tick on
 * a lot is worth whole minor units, its reference price is on the tick, it has a basis. */
#ifndef BIRZHA_SCENARIO_CATALOGUE_H
#define BIRZHA_SCENARIO_CATALOGUE_H

#include <stdint.h>

#include "gateway/scenario/document.h"
#include "instruments/instrument.h"

/* BAND_MAP(XX): XX(NAME, name in files) - whether the rules hold dated fixed price limits for the instrument. PRC-2 */
#define BAND_MAP(XX) XX(NONE, "none") XX(FLOOR, "floor") XX(CEILING, "ceiling")
#define XX(name, text) BAND_##name,
enum band { BAND_MAP(XX) BAND_COUNT };
#undef XX

enum { hs_size = 16, collar_places = 4 };

/* A row whose file gives no collar: the rules' default will do. */
#define COLLAR_DEFAULT UINT32_MAX

struct catalogue_row {
    struct instrument instrument;       /* collar_ppm may be COLLAR_DEFAULT */
    char hs[hs_size];                   /* customs code, for people */
    enum band band;
};

struct catalogue {
    struct catalogue_row *rows;
    uint32_t rows_count;
};

/* Reads catalogue.json of the data folder. 0 or a negative errno and the error set; then there is nothing to free. */
__attribute__((warn_unused_result))
int catalogue_load(const char *data_dir, struct catalogue *catalogue, struct scenario_error *error);
void catalogue_free(struct catalogue *catalogue);

/* Reads one row; the symbols of rows are compared by who collects them. */
__attribute__((warn_unused_result))
int catalogue_read_row(const struct place *object, struct catalogue_row *row);

/* A collar: percent, as a decimal with 4 places. */
__attribute__((warn_unused_result))
int catalogue_read_collar(const struct place *place, uint32_t *collar_ppm);

/* Index of a symbol, or NAME_NONE. Looks at every row. */
uint32_t catalogue_find(const struct catalogue *catalogue, const char *symbol, uint32_t size);

/* A price of the instrument in ticks: a decimal above 0, on the tick, not beyond the largest price. */
__attribute__((warn_unused_result))
int catalogue_read_price(const struct place *place, const struct instrument *instrument, price *out);

#endif
