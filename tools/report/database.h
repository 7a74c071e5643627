/* database.h - a followed stream as an SQLite file. REPORT.md names tables and columns. */
#ifndef BIRZHA_TOOLS_DATABASE_H
#define BIRZHA_TOOLS_DATABASE_H

#include "tools/report/follow.h"

/* Writes a new file; one that exists is refused (-EEXIST). 0, or a negative errno and *error set; then no file is
 * left behind. */
__attribute__((warn_unused_result))
int database_write(const struct follow *follow, const char *path, struct stream_error *error);

#endif
