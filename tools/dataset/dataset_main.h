/* dataset_main.h - `birzha dataset`. */
#ifndef BIRZHA_TOOLS_DATASET_MAIN_H
#define BIRZHA_TOOLS_DATASET_MAIN_H

/* argv[0] is "dataset". Returns the exit code: 0 done, 1 failed, 2 wrong command line. */
int dataset_main(int argc, char **argv);

#endif
