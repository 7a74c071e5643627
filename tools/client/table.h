/* table.h - lists of the exchange as aligned tables.
 *
 * A table is described by its columns; the rows are a JSON array of objects. Cells show what the exchange sent,
 * character by character: no number is rounded or reformatted. A column in which no row has anything is left out. */
#ifndef BIRZHA_CLIENT_TABLE_H
#define BIRZHA_CLIENT_TABLE_H

#include <stdint.h>

#include "tools/client/output.h"

struct cJSON;

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table_column {
    const char *title;
    const char *member;
    enum table_align align;
};

enum { table_columns_max = 16 };

/* Appends heading and rows; "(none)" for an empty list. */
void table_print(const struct table_column *columns, uint32_t columns_count, const struct cJSON *rows,
                 const struct style *style, struct output *output);

/* Any JSON value for a person: texts bare, true and false as yes and no, lists joined with ", ", of an object the
 * values joined with blanks, nothing for null and for NULL. */
void table_value(const struct cJSON *value, struct output *output);

#endif
