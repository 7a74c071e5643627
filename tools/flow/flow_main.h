/* flow_main.h - `birzha flow`: writes order flows and replays them through the engine. */
#ifndef BIRZHA_FLOW_MAIN_H
#define BIRZHA_FLOW_MAIN_H

/* argv[0] is the subcommand's own name. The exit code: 0 done; 1 the file cannot be used, or the replay does not make
 * the trades that the file announces; 2 wrong command line. */
int flow_main(int argc, char **argv);

#endif
