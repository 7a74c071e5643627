/* load_main.h - `birzha load`: an open-loop load generator that says whether its run can be believed. */
#ifndef BIRZHA_LOAD_MAIN_H
#define BIRZHA_LOAD_MAIN_H

int load_main(int argc, char **argv);

#endif
