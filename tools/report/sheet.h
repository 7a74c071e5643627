/* sheet.h - a table of texts and numbers, printed for people (text), spreadsheets (csv) or programs (json). */
#ifndef BIRZHA_TOOLS_SHEET_H
#define BIRZHA_TOOLS_SHEET_H

#include <stdint.h>
#include <stdio.h>

/* SHEET_FORMAT_MAP(XX): XX(NAME, text of the flag) */
#define SHEET_FORMAT_MAP(XX) XX(TEXT, "text") XX(CSV, "csv") XX(JSON, "json")
#define XX(name, text) SHEET_##name,
enum sheet_format { SHEET_FORMAT_MAP(XX) SHEET_FORMAT_COUNT };
#undef XX

/* WORDS stand left, the others right. In JSON a COUNT is a number; a DECIMAL is a string, as in the protocol. */
enum cell_kind { CELL_WORDS, CELL_COUNT, CELL_DECIMAL };

enum { sheet_columns_max = 16, cell_size = 72 };

struct sheet_column { const char *name; enum cell_kind kind; };

struct cell { char text[cell_size]; };

struct sheet {
    const char *title;
    const struct sheet_column *columns;
    uint32_t columns_count;
    struct cell *cells;         /* owned, row by row */
    uint32_t cells_count, cells_capacity;
};

/* Each adds the next cell, left to right, row by row. Without memory the process ends: there is no half report. */
void sheet_words(struct sheet *sheet, const char *text);
void sheet_count(struct sheet *sheet, uint64_t count);
/* `scaled` with that many decimals: 2 for money. */
void sheet_decimal(struct sheet *sheet, int64_t scaled, uint32_t places);

/* CSV and JSON: one sheet a file is the rule; several follow each other with an empty line between (csv), as one object
 * a line with `table` and `rows` (json). */
void sheet_print(const struct sheet *sheet, enum sheet_format format, FILE *out);
void sheet_free(struct sheet *sheet);

#endif
