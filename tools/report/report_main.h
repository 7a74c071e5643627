/* report_main.h - `birzha report`. */
#ifndef BIRZHA_TOOLS_REPORT_MAIN_H
#define BIRZHA_TOOLS_REPORT_MAIN_H

/* argv[0] is "report". Returns the exit code: 0 done, 1 the file cannot be used, 2 wrong command line. */
int report_main(int argc, char **argv);

#endif
