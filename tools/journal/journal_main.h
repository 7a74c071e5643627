/* journal_main.h - `birzha journal`: what a journal says. */
#ifndef BIRZHA_JOURNAL_MAIN_H
#define BIRZHA_JOURNAL_MAIN_H

/* Returns the exit code. */
int journal_main(int argc, char **argv);

#endif
