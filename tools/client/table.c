/* table.c - measure, then print; see table.h. */
#include "tools/client/table.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "instruments/check.h"

/* Numbers of the protocol are integers of at most 53 bits, which cJSON's number type holds exactly. */
static long long integer(const cJSON *number) {
    return (long long)cJSON_GetNumberValue(number);
}

static void add_scalar(const cJSON *value, struct output *output) {
    if (cJSON_IsString(value)) output_add(output, value->valuestring);
    else if (cJSON_IsNumber(value)) output_print(output, "%lld", integer(value));
    else if (cJSON_IsTrue(value)) output_add(output, "yes");
    else if (cJSON_IsFalse(value)) output_add(output, "no");
}

/* Lists and objects one level deep are shown; what lies deeper is of no use in a cell. */
void table_value(const struct cJSON *value, struct output *output) {
    if (value == NULL) return;
    if (!cJSON_IsArray(value) && !cJSON_IsObject(value)) {
        add_scalar(value, output);
        return;
    }
    const char *separator = cJSON_IsArray(value) ? ", " : " ";
    const cJSON *item, *part;
    cJSON_ArrayForEach(item, value) {
        if (item != value->child) output_add(output, separator);
        add_scalar(item, output);
        if (!cJSON_IsObject(item)) continue;
        cJSON_ArrayForEach(part, item) {
            if (part != item->child) output_add(output, " ");
            add_scalar(part, output);
        }
    }
}

static void cell(const struct table_column *column, const cJSON *row, struct output *scratch) {
    output_clear(scratch);
    output_add(scratch, "");
    table_value(cJSON_GetObjectItemCaseSensitive(row, column->member), scratch);
}

static void measure(const struct table_column *columns, uint32_t count, const cJSON *rows, uint32_t *widths) {
    struct output scratch = {0};
    for (uint32_t c = 0; c < count; c++) {
        const cJSON *row;
        widths[c] = 0;
        cJSON_ArrayForEach(row, rows) {
            cell(&columns[c], row, &scratch);
            uint32_t width = output_columns(scratch.bytes);
            if (width > widths[c]) widths[c] = width;
        }
        uint32_t title = output_columns(columns[c].title);
        if (widths[c] > 0 && widths[c] < title) widths[c] = title;
    }
    output_free(&scratch);
}

/* Blanks before the first column and between columns, none at the end of a line. */
static void add_cell(struct output *output, enum table_align align, const char *text, uint32_t width) {
    output_add(output, "  ");
    if (align == TABLE_RIGHT) output_right(output, text, width);
    else output_left(output, text, width);
}

static void end_line(struct output *output) {
    while (output->size > 0 && output->bytes[output->size - 1] == ' ') output->bytes[--output->size] = '\0';
    output_add(output, "\n");
}

void table_print(const struct table_column *columns, uint32_t columns_count, const struct cJSON *rows,
                 const struct style *style, struct output *output) {
    CHECK(columns_count <= table_columns_max);
    if (cJSON_GetArraySize(rows) == 0) {
        output_add(output, "  (none)\n");
        return;
    }
    uint32_t widths[table_columns_max];
    measure(columns, columns_count, rows, widths);
    output_add(output, style->faint);
    for (uint32_t c = 0; c < columns_count; c++) {
        if (widths[c] > 0) add_cell(output, columns[c].align, columns[c].title, widths[c]);
    }
    end_line(output);
    output_add(output, style->plain);
    struct output scratch = {0};
    const cJSON *row;
    cJSON_ArrayForEach(row, rows) {
        for (uint32_t c = 0; c < columns_count; c++) {
            if (widths[c] == 0) continue;
            cell(&columns[c], row, &scratch);
            add_cell(output, columns[c].align, scratch.bytes, widths[c]);
        }
        end_line(output);
    }
    output_free(&scratch);
}
