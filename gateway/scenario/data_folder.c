/* data_folder.c - looks for catalogue.json around the program; see data_folder.h. */
#include "gateway/scenario/data_folder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From build/birzhad, build/FLAVOUR/birzhad and PREFIX/bin/birzhad. */
static const char *const beside[] = {"../instruments/data", "../../instruments/data", "../share/birzha/data"};

static int keep(const char *path, char out[data_folder_size]) {
    if (strlen(path) >= data_folder_size) return -ENAMETOOLONG;
    memcpy(out, path, strlen(path) + 1);
    return 0;
}

int data_folder_find_from(const char *program_folder, const char *variable, char out[data_folder_size]) {
    if (variable != NULL && variable[0] != '\0') return keep(variable, out);
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        char path[PATH_MAX + 64], real[PATH_MAX];
        int size = snprintf(path, sizeof path, "%s/%s/catalogue.json", program_folder, beside[i]);
        if (size >= (int)sizeof path || realpath(path, real) == NULL) continue;
        *strrchr(real, '/') = '\0';
        return keep(real, out);
    }
    return keep("instruments/data", out);
}

int data_folder_find(char out[data_folder_size]) {
    char program[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    program[size < 0 ? 0 : size] = '\0';
    char *slash = strrchr(program, '/');
    if (slash != NULL) *slash = '\0';
    return data_folder_find_from(program, getenv("BIRZHA_DATA_DIR"), out);
}
