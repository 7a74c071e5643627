/* commands.h - the client's subcommands. Each takes its own name as argv[0], answers --help, gives the exit code. */
#ifndef BIRZHA_CLIENT_COMMANDS_H
#define BIRZHA_CLIENT_COMMANDS_H

/* One request, its answer, done. */
int command_order(int argc, char **argv);
int command_amend(int argc, char **argv);
int command_cancel(int argc, char **argv);
int command_orders(int argc, char **argv);
int command_deals(int argc, char **argv);
int command_balances(int argc, char **argv);
int command_participant(int argc, char **argv);
int command_instruments(int argc, char **argv);
int command_sessions(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_admin(int argc, char **argv);

/* Those that stay. */
int command_connect(int argc, char **argv);
int command_watch(int argc, char **argv);
int command_crowd(int argc, char **argv);

#endif
