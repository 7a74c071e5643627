/* sheet.c - see sheet.h. */
#include "tools/report/sheet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"
#include "instruments/decimal.h"

enum { cells_count_first = 256 };

static char *next_cell(struct sheet *sheet) {
    if (sheet->cells_count == sheet->cells_capacity) {
        uint32_t capacity = sheet->cells_capacity > 0 ? 2 * sheet->cells_capacity : cells_count_first;
        struct cell *larger = realloc(sheet->cells, (size_t)capacity * sizeof *larger);
        if (!larger) {
            fputs("birzha report: not enough memory\n", stderr);
            exit(EXIT_FAILURE);
        }
        sheet->cells = larger;
        sheet->cells_capacity = capacity;
    }
    return sheet->cells[sheet->cells_count++].text;
}

void sheet_words(struct sheet *sheet, const char *text) {
    snprintf(next_cell(sheet), cell_size, "%s", text);
}

void sheet_count(struct sheet *sheet, uint64_t count) {
    snprintf(next_cell(sheet), cell_size, "%" PRIu64, count);
}

void sheet_decimal(struct sheet *sheet, int64_t scaled, uint32_t places) {
    char *text = next_cell(sheet);
    text[decimal_format(scaled, places, text)] = '\0';
}

/* ---- text ---- */

/* Characters, not bytes: names of firms are UTF-8. */
static int characters_count(const char *text) {
    int count = 0;
    for (; *text; text++) count += (*text & 0xC0) != 0x80;
    return count;
}

static void print_padded(const char *text, int width, enum cell_kind kind, int is_last, FILE *out) {
    int blanks = width - characters_count(text);
    if (kind != CELL_WORDS) fprintf(out, "%*s", blanks, "");
    fputs(text, out);
    if (is_last) fputc('\n', out);
    else fprintf(out, "%*s", (kind == CELL_WORDS ? blanks : 0) + 2, "");
}

static void print_text(const struct sheet *sheet, FILE *out) {
    const uint32_t columns_count = sheet->columns_count;
    CHECK(columns_count > 0);
    int widths[sheet_columns_max];
    for (uint32_t i = 0; i < columns_count; i++) widths[i] = characters_count(sheet->columns[i].name);
    for (uint32_t i = 0; i < sheet->cells_count; i++) {
        int width = characters_count(sheet->cells[i].text);
        if (width > widths[i % columns_count]) widths[i % columns_count] = width;
    }
    fprintf(out, "%s\n", sheet->title);
    for (uint32_t i = 0; i < columns_count; i++)
        print_padded(sheet->columns[i].name, widths[i], sheet->columns[i].kind, i + 1 == columns_count, out);
    for (uint32_t i = 0; i < sheet->cells_count; i++) {
        uint32_t column = i % columns_count;
        print_padded(sheet->cells[i].text, widths[column], sheet->columns[column].kind, column + 1 == columns_count,
                     out);
    }
    if (sheet->cells_count == 0) fputs("(none)\n", out);
    fputc('\n', out);
}

/* ---- csv ---- */

/* Quoted only where it must be: RFC 4180. */
static void print_csv_cell(const char *text, FILE *out) {
    if (!strpbrk(text, ",\"\n\r")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void print_csv(const struct sheet *sheet, FILE *out) {
    CHECK(sheet->columns_count > 0);
    for (uint32_t i = 0; i < sheet->columns_count; i++)
        fprintf(out, "%s%s", i > 0 ? "," : "", sheet->columns[i].name);
    fputs("\r\n", out);
    for (uint32_t i = 0; i < sheet->cells_count; i++) {
        uint32_t column = i % sheet->columns_count;
        if (column > 0) fputc(',', out);
        print_csv_cell(sheet->cells[i].text, out);
        if (column + 1 == sheet->columns_count) fputs("\r\n", out);
    }
}

/* ---- json ---- */

static void print_json_string(const char *text, FILE *out) {
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') fprintf(out, "\\%c", c);
        else if (c < 0x20) fprintf(out, "\\u%04x", c);
        else fputc(c, out);
    }
    fputc('"', out);
}

static void print_json(const struct sheet *sheet, FILE *out) {
    fputs("{\"table\":", out);
    print_json_string(sheet->title, out);
    fputs(",\"rows\":[", out);
    for (uint32_t i = 0; i < sheet->cells_count; i++) {
        uint32_t column = i % sheet->columns_count;
        fputs(column > 0 ? "," : i > 0 ? ",{" : "{", out);
        print_json_string(sheet->columns[column].name, out);
        fputc(':', out);
        if (sheet->columns[column].kind == CELL_COUNT) fputs(sheet->cells[i].text, out);
        else print_json_string(sheet->cells[i].text, out);
        if (column + 1 == sheet->columns_count) fputc('}', out);
    }
    fputs("]}\n", out);
}

void sheet_print(const struct sheet *sheet, enum sheet_format format, FILE *out) {
    switch (format) {
        case SHEET_CSV: print_csv(sheet, out); break;
        case SHEET_JSON: print_json(sheet, out); break;
        default: print_text(sheet, out); break;
    }
}

void sheet_free(struct sheet *sheet) {
    free(sheet->cells);
    sheet->cells = NULL;
    sheet->cells_count = sheet->cells_capacity = 0;
}
