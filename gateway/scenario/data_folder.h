/* data_folder.h - where catalogue, calendar, rules and shipped scenarios lie. */
#ifndef BIRZHA_SCENARIO_DATA_FOLDER_H
#define BIRZHA_SCENARIO_DATA_FOLDER_H

enum { data_folder_size = 240 };

/* The folder that BIRZHA_DATA_DIR names; else the first that exists beside the program's own folder: instruments/data
 * of the source tree it was built in, share/birzha/data of an installation; else instruments/data. 0, or -ENAMETOOLONG
 * and `out` is unchanged. Whether the files are there shows when they are opened. */
__attribute__((warn_unused_result))
int data_folder_find(char out[data_folder_size]);

/* The same for a program that lies in `program_folder`, with the value of the variable (NULL = not set). */
__attribute__((warn_unused_result))
int data_folder_find_from(const char *program_folder, const char *variable, char out[data_folder_size]);

#endif
