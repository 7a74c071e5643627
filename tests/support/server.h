/* server.h - runs the server under test as an outsider would: a program with flags, a ready line and an exit code.
 *
 * The binary is the one that the environment names in BIRZHAD, else build/release/birzhad. Its standard error goes to a
 * file, which is shown when something fails. A server never outlives the test that started it.
 *
 * All functions fail the running test when what they promise does not come true. */
#ifndef BIRZHA_TEST_SERVER_H
#define BIRZHA_TEST_SERVER_H

#include <sys/types.h>

enum { server_arguments_max = 24, server_text_max = 8192, server_wait_ms = 20000 };

struct server {
    pid_t pid;                      /* 0 once it has ended */
    int port;
    int output;                     /* its standard output, after the ready line */
    char ready[server_text_max];    /* the ready line */
    char log_path[64];              /* its standard error */
    char scenario_path[64];         /* a world that was written for it, or "" */
};

/* How a run came to its end. */
struct server_outcome {
    int exit_code;                  /* -1: ended by a signal */
    char output[server_text_max];
    char errors[server_text_max];
};

/* Starts with `--listen 127.0.0.1:0 --ephemeral --clock manual --scenario FILE` and waits for the ready line. */
void server_start(struct server *server, const char *scenario_path);

/* The same for a world given as text, with ' for ". The file is removed when the server is stopped. */
void server_start_text(struct server *server, const char *scenario);

/* Starts with these flags and no others; the list ends with NULL. */
void server_start_with(struct server *server, const char *const *arguments);

/* SIGTERM, and the exit code must be 0. */
void server_stop(struct server *server);

/* Waits for a server that ends by itself or by a signal already sent; its exit code. */
int server_wait(struct server *server);

/* Starts with these flags a server that is expected to end at once. */
void server_run(const char *const *arguments, struct server_outcome *outcome);

/* Writes a world, with ' for ", to a new temporary file; `path` takes its name. */
void scenario_write(char path[64], const char *scenario);

#endif
